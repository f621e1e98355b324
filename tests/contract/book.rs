//! The lab's address books as the contract suite wants them.

use std::collections::BTreeMap;

use scanfleet_mocks::{Book, BookEntry as Entry, BookFolder, BookLimits, DeviceHandle, MakerProfile};
use scanfleet_sdk::contract::{BookTruth, FOLDER_PASSWORD, Held, PanelEdit};
use scanfleet_sdk::{BookEntry, EntryKind, FolderDestination, PasswordState};

/// The kinds of pages that store a change of the address book.
pub const SAVES: [&str; 9] = [
    "book_save",
    "book_confirm",
    "book_group_save",
    "book_delete",
    "contact_save",
    "contact_delete",
    "group_save",
    "group_delete",
    "book_import",
];

/// Whether a request of a kind of page may change the book or keeps others from it.
pub fn alters(kind: &str) -> bool {
    const ON_THE_WAY: [&str; 9] = [
        "book_open",
        "book_step",
        "book_form",
        "book_stage",
        "book_group",
        "book_password",
        "book_question",
        "book_upload",
        "book_start",
    ];
    SAVES.contains(&kind) || ON_THE_WAY.contains(&kind)
}

/// A book with these entries, each with something beside that nobody may lose.
pub fn planted(profile: &MakerProfile, entries: &[BookEntry], users: Option<usize>) -> Result<Book, String> {
    let limits = profile.book_limits();
    let mut book = Book::new(BookLimits { users: users.unwrap_or(limits.users), ..limits });
    let mut ids = Vec::new();
    for (place, entry) in entries.iter().enumerate() {
        let mut new = stored(entry);
        for member in entry.members.iter().flatten() {
            let place: usize = member.parse().map_err(|_| format!("`{member}` is no place in the list"))?;
            new.members.push(*ids.get(place).ok_or("a group stands before its members")?);
        }
        furnish(profile, place, &mut new);
        ids.push(book.add(new).map_err(|refusal| format!("{}: {refusal}", entry.name))?);
    }
    Ok(book)
}

/// What only some entries have, and no change of something else may lose.
fn furnish(profile: &MakerProfile, place: usize, entry: &mut Entry) {
    match profile {
        MakerProfile::Ricoh(_) if !entry.group && place.is_multiple_of(3) => {
            entry.titles = [4, 3, 2];
            entry.user_code = format!("7{place:03}");
        }
        MakerProfile::Xerox(_) | MakerProfile::Brother(_) if entry.group => no_keys(entry),
        MakerProfile::Brother(_) => no_keys(entry),
        MakerProfile::Xerox(_) => {
            no_keys(entry);
            entry.first_name = "First".into();
            entry.company = "Company, \"Sons\" & Co".into();
        }
        MakerProfile::Ricoh(_) => {}
    }
}

/// These makers' panels have neither keys with names nor titles.
fn no_keys(entry: &mut Entry) {
    entry.key_display.clear();
    entry.titles = [0; 3];
}

fn stored(entry: &BookEntry) -> Entry {
    let mut new = Entry::person(&entry.name, entry.email.as_deref().unwrap_or_default());
    new.group = entry.kind == EntryKind::Group;
    if let Some(key) = &entry.key {
        new.key_display.clone_from(key);
    }
    if let Some(favourite) = entry.favourite {
        new.frequent = favourite;
        if !favourite {
            new.titles = [2, 1, 1];
        }
    }
    new.fax = entry.fax.clone().unwrap_or_default();
    new.folder = entry.folder.as_ref().map(|folder| BookFolder {
        protocol: "smb".into(),
        path: folder.path.clone(),
        login: folder.user.clone(),
        password: (!folder.user.is_empty()).then(|| FOLDER_PASSWORD.to_owned()),
        ..BookFolder::default()
    });
    new
}

/// The book as it is.
pub fn truth(device: &DeviceHandle) -> BookTruth {
    BookTruth { entries: device.book().entries().iter().map(held).collect(), open: device.book_is_open() }
}

fn held(entry: &Entry) -> Held {
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let mut rest = BTreeMap::from([
        ("titles".to_owned(), format!("{:?}", entry.titles)),
        ("user code".to_owned(), entry.user_code.clone()),
        ("reading".to_owned(), entry.reading.clone()),
        ("sender".to_owned(), entry.sender.to_string()),
        ("first name".to_owned(), entry.first_name.clone()),
        ("last name".to_owned(), entry.last_name.clone()),
        ("company".to_owned(), entry.company.clone()),
    ]);
    rest.extend(entry.hidden.iter().map(|(name, value)| (format!("hidden {name}"), value.clone())));
    let folder = entry.folder.as_ref();
    Held {
        entry: BookEntry {
            id: entry.id.to_string(),
            kind: if entry.group { EntryKind::Group } else { EntryKind::User },
            name: entry.name.clone(),
            email: text(&entry.email),
            number: Some(entry.number),
            key: text(&entry.key_display),
            favourite: Some(entry.frequent),
            fax: text(&entry.fax),
            folder: folder.map(|folder| FolderDestination {
                path: folder.path.clone(),
                user: folder.login.clone(),
                password: if folder.password.is_some() { PasswordState::Set } else { PasswordState::Unset },
                ..FolderDestination::default()
            }),
            members: entry.group.then(|| entry.members.iter().map(u64::to_string).collect()),
            ..BookEntry::default()
        },
        folder_password_sha256: folder.and_then(|folder| folder.password.clone()),
        rest,
    }
}

/// Somebody at the panel works with the book.
pub fn panel(device: &DeviceHandle, edit: &PanelEdit) -> Result<(), String> {
    device.panel_book(|book| match edit {
        PanelEdit::Add(entry) => book.add(stored(entry)).map(|_| ()).map_err(|refusal| refusal.to_string()),
        PanelEdit::Rename(from, to) => {
            let mut entry = book.named(from).ok_or("there is no such entry")?.clone();
            entry.name.clone_from(to);
            book.change(entry).map_err(|refusal| refusal.to_string())
        }
        PanelEdit::Remove(name) => {
            let id = book.named(name).ok_or("there is no such entry")?.id;
            book.remove(id).map(|_| ()).ok_or_else(|| "there is no such entry".to_owned())
        }
    })
}
