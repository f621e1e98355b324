//! Our CSV: the same people give the same bytes.

use scanfleet_sdk::{Book, BookEntry, BookTold, EntryKind};

use super::columns::join;
use super::list::{Contact, Place};
use super::who::fold;
use crate::files::words::count;

/// The people of a book as rows of a list, sorted by address, then by name (entries without an address last), without what
/// a device makes itself; and what a list cannot say, as full sentences.
pub fn contacts_of(book: &Book) -> (Vec<Contact>, Vec<String>) {
    let mut notes = Vec::new();
    let users = book.entries.iter().filter(|entry| entry.kind == EntryKind::User);
    let mut in_groups: std::collections::HashMap<&str, Vec<String>> = std::collections::HashMap::new();
    let (mut untold, mut empty, mut nested) = (0, 0, 0);
    for group in book.entries.iter().filter(|entry| entry.kind == EntryKind::Group) {
        match &group.members {
            None => untold += 1,
            Some(members) => {
                empty += usize::from(members.is_empty());
                for member in members {
                    in_groups.entry(member).or_default().push(group.name.trim().to_owned());
                }
                let is_group =
                    |id: &String| book.entries.iter().any(|e| e.id == *id && e.kind == EntryKind::Group);
                nested += usize::from(members.len() < 100 && members.iter().any(is_group));
            }
        }
    }
    if untold > 0 {
        notes.push(format!(
            "The members of {} are not told by this reading; the column `group` lacks them.",
            count(untold, "group")
        ));
    }
    if empty > 0 {
        notes.push(format!(
            "{} without members cannot be said by a list and left out.",
            count(empty, "group")
        ));
    }
    if nested > 0 {
        notes.push(format!("{} within other groups cannot be said by a list.", count(nested, "group")));
    }
    let mut folders = 0;
    let mut contacts: Vec<Contact> = users
        .map(|entry| {
            folders += usize::from(entry.has_other_destination());
            let mut groups = in_groups.remove(entry.id.as_str()).unwrap_or_default();
            groups.sort();
            groups.dedup();
            let text = |text: &Option<String>| {
                text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
            };
            Contact {
                name: entry.name.trim().to_owned(),
                email: text(&entry.email),
                key: text(&entry.key),
                groups,
                tags: Vec::new(),
                favourite: entry.favourite,
                number: entry.number,
                place: Place::default(),
            }
        })
        .collect();
    if folders > 0 {
        notes.push(format!(
            "{} {} to a folder or a fax; a list holds only names and addresses.",
            count(folders, "entry").replace("entrys", "entries"),
            if folders == 1 { "leads" } else { "lead" }
        ));
    }
    contacts.sort_by_cached_key(|contact| {
        let email = contact.email.as_deref().and_then(fold);
        (
            email.is_none(),
            email,
            contact.name.clone(),
            contact.key.clone(),
            contact.groups.clone(),
            contact.favourite,
        )
    });
    (contacts, notes)
}

/// Our CSV of people, in their order: `name,email,key,group,tags`, then `favourite` where anybody is one, then `number` where
/// it is asked for. Cells that a spreadsheet would take for a formula are made inert by an apostrophe, which reading takes
/// off again.
pub fn to_csv(contacts: &[Contact], numbers: bool) -> String {
    let favourites = contacts.iter().any(|contact| contact.favourite == Some(true));
    let mut out = String::from("name,email,key,group,tags");
    out.push_str(if favourites { ",favourite" } else { "" });
    out.push_str(if numbers { ",number\n" } else { "\n" });
    for contact in contacts {
        let mut cells = vec![
            contact.name.clone(),
            contact.email.clone().unwrap_or_default(),
            contact.key.clone().unwrap_or_default(),
            join(&contact.groups),
            join(&contact.tags),
        ];
        if favourites {
            cells.push(match contact.favourite {
                Some(true) => "yes".into(),
                Some(false) => "no".into(),
                None => String::new(),
            });
        }
        if numbers {
            cells.push(contact.number.map(|number| number.to_string()).unwrap_or_default());
        }
        let cells: Vec<String> = cells.iter().map(|cell| written(cell)).collect();
        out.push_str(&cells.join(","));
        out.push('\n');
    }
    out
}

fn written(cell: &str) -> String {
    let formula = cell.trim_start_matches('\'').starts_with(['=', '+', '-', '@']);
    let cell = if formula { format!("'{cell}") } else { cell.to_owned() };
    let quote = cell.contains([',', ';', '"', '\n', '\r', '\t']) || cell.trim() != cell;
    if quote { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
}

/// A book that holds the people of a list, for makers' formats and comparisons.
pub fn to_book(contacts: &[Contact]) -> Book {
    let told = BookTold { number: true, key: true, favourite: true, members: true, extra: false };
    let mut book = Book { told, ..Book::default() };
    let mut groups: std::collections::BTreeMap<&str, Vec<String>> = std::collections::BTreeMap::new();
    for (at, contact) in contacts.iter().enumerate() {
        let id = (at + 1).to_string();
        for group in &contact.groups {
            groups.entry(group).or_default().push(id.clone());
        }
        book.entries.push(BookEntry {
            id,
            name: contact.name.clone(),
            email: contact.email.clone(),
            key: contact.key.clone(),
            favourite: contact.favourite,
            number: contact.number,
            ..BookEntry::default()
        });
    }
    for (at, (name, members)) in groups.into_iter().enumerate() {
        book.entries.push(BookEntry {
            id: (contacts.len() + at + 1).to_string(),
            kind: EntryKind::Group,
            name: name.to_owned(),
            members: Some(members),
            ..BookEntry::default()
        });
    }
    book
}
