//! What the suite's hand does with address books, and how a book that was read is held against the true one.

use std::collections::{BTreeMap, BTreeSet};

use super::bench::{Setup, Truth};
use super::book::{BookOffers, BookTruth, FOLDER_PASSWORD, Held, PanelEdit};
use super::device::{Device, Stand, none, sha256};
use super::hand::{Hand, failed};
use super::matrix::Stop;
use crate::{
    Book, BookEntry, BookReceipt, DeviceError, EntryChange, EntryKind, EntryReceipt, EntryWanted,
    FolderDestination,
};

/// A person without anything but an address.
pub(super) fn person(name: &str, email: &str) -> BookEntry {
    BookEntry { name: name.to_owned(), email: Some(email.to_owned()), ..BookEntry::default() }
}

/// A wish for a new person.
pub(super) fn new_person(name: &str, email: &str) -> EntryWanted {
    EntryWanted { name: Some(name.to_owned()), email: Some(email.to_owned()), ..EntryWanted::default() }
}

impl Stand {
    /// What the profile's book can hold, or why the case does not apply.
    pub(super) fn book(&self) -> Result<&BookOffers, Stop> {
        self.profile.offers.book.as_ref().map_err(|why| Stop::NotApplicable(why.clone()))
    }

    /// A small book with something of everything that the profile can hold. Names and addresses are all different.
    pub(super) fn mixture(&self) -> Result<Vec<BookEntry>, Stop> {
        let offers = self.book()?;
        let mut all = vec![
            person("Ann Abbot", "ann@example.test"),
            person("Bert O'Neil", "bert@example.test"),
            person(&format!("Cleo {}", offers.letters), "cleo.x+y@example.test"),
            person("Dora Dent", "dora@example.test"),
            person("Emil Ende", "emil@example.test"),
        ];
        if offers.favourites {
            all[1].favourite = Some(true);
            all[3].favourite = Some(false);
        }
        if offers.keys {
            all[3].key = Some("Dora".into());
        }
        if offers.folders {
            // Where a replacement of the book loses folder passwords, none is planted: no driver could help it.
            let user = if offers.by_entry { "scanner" } else { "" };
            let folder = |path: &str| FolderDestination {
                path: path.to_owned(),
                user: user.to_owned(),
                ..FolderDestination::default()
            };
            all[4].folder = Some(folder(r"\\files.example.test\home"));
            all.push(BookEntry {
                name: "Scans".into(),
                folder: Some(folder(r"\\files.example.test\scan")),
                ..BookEntry::default()
            });
        }
        if offers.groups {
            all.push(BookEntry {
                kind: EntryKind::Group,
                name: "Team".into(),
                members: Some(vec!["0".into(), "2".into()]),
                ..BookEntry::default()
            });
        }
        Ok(all)
    }

    /// A fresh device with these entries.
    pub(super) async fn with_book(&self, book: Vec<BookEntry>) -> Result<Device, Stop> {
        self.book()?;
        self.device(Setup { smtp: self.plain(), book, ..Setup::default() }).await
    }

    /// A fresh device with the small book.
    pub(super) async fn booked(&self) -> Result<Device, Stop> {
        let book = self.mixture()?;
        self.with_book(book).await
    }
}

impl Device {
    pub(super) fn book(&self) -> BookTruth {
        self.sim.book()
    }

    pub(super) fn panel_book(&self, edit: &PanelEdit) -> Result<(), Stop> {
        self.sim.panel_book(edit).map_err(Stop::NotApplicable)
    }

    /// The book is as it was but for what `expected` did to it; the settings are as they were; nobody's edit is open.
    pub(super) fn book_is(&self, before: &Truth, expected: &[Held]) -> Result<(), Stop> {
        let after = self.book();
        let mut wrong = book_differences(expected, &after.entries);
        if after.open {
            wrong.push("an edit of the address book is left open".into());
        }
        if self.truth().smtp != before.smtp {
            wrong.push("the scan-to-email settings changed".into());
        }
        none("the device's address book", wrong)
    }
}

impl Hand {
    /// Reads the book, whatever comes of it.
    pub(super) async fn try_book(&mut self) -> Result<Book, DeviceError> {
        let result = self.driver.read_book().await;
        self.heard(result)
    }

    /// Reads the book, and it is the device's.
    pub(super) async fn book(&mut self, device: &Device) -> Result<Book, Stop> {
        let book = self.try_book().await.map_err(|error| failed("reading the address book", &error))?;
        none("the driver's address book", reading_differences(&book, &device.book().entries))?;
        Ok(book)
    }

    /// Reads everything about one entry, whatever comes of it.
    pub(super) async fn try_entry(&mut self, entry: &BookEntry) -> Result<BookEntry, DeviceError> {
        let result = self.driver.read_entry(entry).await;
        self.heard(result)
    }

    /// Carries out changes; one receipt each, and as many posts as were announced.
    pub(super) async fn try_change(
        &mut self,
        book: &Book,
        changes: &[EntryChange],
    ) -> Result<BookReceipt, Stop> {
        self.witness.forget();
        let receipt = self.driver.change_book(book, changes, &|_| {}).await;
        self.said.push(format!("{receipt:?}"));
        for entry in &receipt.entries {
            if let EntryReceipt::Refused(error) = entry {
                self.said.push(error.to_string());
                if error.got.is_empty() || error.tried.is_empty() {
                    return Err(format!("a refusal does not say what came back: {error}").into());
                }
            }
        }
        if receipt.entries.len() != changes.len() {
            return Err(format!("{} receipts for {} changes", receipt.entries.len(), changes.len()).into());
        }
        let told = self.witness.intents();
        if usize::try_from(receipt.posts) != Ok(told) {
            return Err(format!(
                "the receipt counts {} request(s) that alter, and the witness heard of {told}",
                receipt.posts
            )
            .into());
        }
        Ok(receipt)
    }

    /// Carries out changes, and each was answered.
    pub(super) async fn change(&mut self, book: &Book, changes: &[EntryChange]) -> Result<BookReceipt, Stop> {
        let receipt = self.try_change(book, changes).await?;
        for (number, entry) in receipt.entries.iter().enumerate() {
            match entry {
                EntryReceipt::Answered => {}
                EntryReceipt::Refused(error) => {
                    return Err(failed(
                        &format!("change {} ({})", number + 1, changes[number].name()),
                        error,
                    ));
                }
                other => return Err(format!("change {} came to {other:?}", number + 1).into()),
            }
        }
        Ok(receipt)
    }
}

/// The entry of a name in a book that was read.
pub(super) fn entry<'a>(book: &'a Book, name: &str) -> Result<&'a BookEntry, Stop> {
    let mut of_name = book.entries.iter().filter(|entry| entry.name == name);
    match (of_name.next(), of_name.next()) {
        (Some(entry), None) => Ok(entry),
        (None, _) => Err(format!("the driver's address book has no entry {name:?}").into()),
        (Some(_), Some(_)) => Err(format!("the driver's address book has {name:?} twice").into()),
    }
}

/// What an entry's name and address make of it in a comparison; neither handle nor number is looked at.
fn sort_key(entry: &BookEntry) -> (EntryKind, String, String) {
    (entry.kind, entry.name.clone(), entry.email.clone().unwrap_or_default())
}

fn by_key<T>(all: &[T], entry: impl Fn(&T) -> &BookEntry) -> BTreeMap<(EntryKind, String, String), Vec<&T>> {
    let mut map: BTreeMap<_, Vec<&T>> = BTreeMap::new();
    for one in all {
        map.entry(sort_key(entry(one))).or_default().push(one);
    }
    map
}

fn words(key: &(EntryKind, String, String)) -> String {
    format!("{:?} <{}>", key.1, key.2)
}

/// Where what a driver read differs from what is there; only what the reading claims to tell is looked at.
pub(super) fn reading_differences(seen: &Book, truth: &[Held]) -> Vec<String> {
    let mut wrong = Vec::new();
    let ids: BTreeSet<&str> = seen.entries.iter().map(|entry| entry.id.as_str()).collect();
    if ids.len() != seen.entries.len() {
        wrong.push("two entries have one handle".to_owned());
    }
    let (read, real) = (by_key(&seen.entries, |entry| entry), by_key(truth, |held| &held.entry));
    for (key, held) in &real {
        let there = read.get(key).map_or(0, Vec::len);
        if there != held.len() {
            wrong.push(format!(
                "{} is there {} time(s), and was read {there} time(s)",
                words(key),
                held.len()
            ));
        }
    }
    for key in read.keys().filter(|key| !real.contains_key(*key)) {
        wrong.push(format!("{} was read and is not there", words(key)));
    }
    let told = &seen.told;
    for (key, entries) in &read {
        let (Some(held), [entry]) = (real.get(key), entries.as_slice()) else { continue };
        let [held] = held.as_slice() else { continue };
        let real = &held.entry;
        let mut compare = |what: &str, differs: bool| {
            if differs {
                wrong.push(format!("{what} of {}: read {entry:?}, held {real:?}", words(key)));
            }
        };
        let path = |entry: &BookEntry| entry.folder.as_ref().map(|f| f.path.clone()).unwrap_or_default();
        compare("the folder", path(entry) != path(real));
        compare("the number", told.number && entry.number != real.number);
        compare(
            "the key display",
            told.key && entry.key.as_deref().unwrap_or_default() != real.key.as_deref().unwrap_or_default(),
        );
        compare(
            "the favourite",
            told.favourite && entry.favourite.unwrap_or(false) != real.favourite.unwrap_or(false),
        );
        if told.members && real.kind == EntryKind::Group {
            let names =
                |ids: &Option<Vec<String>>, name: &dyn Fn(&str) -> Option<String>| -> BTreeSet<String> {
                    ids.iter().flatten().map(|id| name(id).unwrap_or_else(|| format!("? {id}"))).collect()
                };
            let read = names(&entry.members, &|id| seen.entry(id).map(|e| e.name.clone()));
            let held = names(&real.members, &|id| {
                truth.iter().find(|held| held.entry.id == id).map(|held| held.entry.name.clone())
            });
            compare("the members", read != held);
        }
    }
    wrong
}

/// Where a true book differs from what it should be. Handles and numbers given by the device are not looked at; an entry
/// that was there keeps both.
pub(super) fn book_differences(expected: &[Held], is: &[Held]) -> Vec<String> {
    let mut wrong = Vec::new();
    let (wanted, there) = (by_key(expected, |held| &held.entry), by_key(is, |held| &held.entry));
    for (key, held) in &wanted {
        let count = there.get(key).map_or(0, Vec::len);
        if count != held.len() {
            wrong.push(format!("{} is there {count} time(s), not {}", words(key), held.len()));
        }
    }
    for key in there.keys().filter(|key| !wanted.contains_key(*key)) {
        wrong.push(format!("{} is there and should not be", words(key)));
    }
    let name_of = |all: &[Held], id: &str| {
        all.iter()
            .find(|held| held.entry.id == id)
            .map_or_else(|| "?".to_owned(), |held| held.entry.name.clone())
    };
    for (key, entries) in &wanted {
        let ([wanted], Some([held])) = (entries.as_slice(), there.get(key).map(Vec::as_slice)) else {
            continue;
        };
        let (a, b) = (&wanted.entry, &held.entry);
        let members = |all: &[Held], entry: &BookEntry| -> BTreeSet<String> {
            entry.members.iter().flatten().map(|id| name_of(all, id)).collect()
        };
        if a.key.is_some() && a.key != b.key {
            wrong.push(format!("the key display of {} is {:?}, not {:?}", words(key), b.key, a.key));
        }
        if a.favourite.is_some() && a.favourite != b.favourite {
            wrong.push(format!(
                "the favourite of {} is {:?}, not {:?}",
                words(key),
                b.favourite,
                a.favourite
            ));
        }
        if a.folder != b.folder || wanted.folder_password_sha256 != held.folder_password_sha256 {
            wrong.push(format!("the folder of {} is another one", words(key)));
        }
        if a.fax != b.fax {
            wrong.push(format!("the fax number of {} is {:?}, not {:?}", words(key), b.fax, a.fax));
        }
        if members(expected, a) != members(is, b) {
            wrong.push(format!(
                "the members of {} are {:?}, not {:?}",
                words(key),
                members(is, b),
                members(expected, a)
            ));
        }
        for (name, value) in &wanted.rest {
            if held.rest.get(name) != Some(value) {
                wrong.push(format!(
                    "{name} of {} was {value:?} and is {:?}",
                    words(key),
                    held.rest.get(name)
                ));
            }
        }
    }
    wrong
}

/// The SHA-256 of the folder password that the suite plants.
pub(super) fn folder_sha256() -> String {
    sha256(FOLDER_PASSWORD)
}
