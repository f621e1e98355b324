//! Which entry of a reading is meant: by address and name, by address, by name; never by position.

use scanfleet_sdk::{Book, BookEntry, BookTold, EntryKind};

use crate::book::Who;

/// The user who is meant. `hint` is a former handle, which decides only between entries that are equal otherwise. `None`
/// where there is none, or where nothing tells which of several is meant.
pub(super) fn user<'a>(book: &'a Book, who: &Who, hint: Option<&str>) -> Option<&'a BookEntry> {
    let users = || book.entries.iter().filter(|e| e.kind == EntryKind::User);
    let exact: Vec<&BookEntry> = users().filter(|e| Who::of(e) == *who).collect();
    if !exact.is_empty() {
        return one(exact, hint);
    }
    // Without an address only the name tells, and that was compared.
    who.email.as_ref()?;
    one(users().filter(|e| Who::of(e).email == who.email).collect(), hint)
}

/// The group of a name.
pub(super) fn group<'a>(book: &'a Book, name: &str, hint: Option<&str>) -> Option<&'a BookEntry> {
    let named = |e: &&BookEntry| e.kind == EntryKind::Group && e.name.trim() == name.trim();
    one(book.entries.iter().filter(named).collect(), hint)
}

fn one<'a>(found: Vec<&'a BookEntry>, hint: Option<&str>) -> Option<&'a BookEntry> {
    match found.as_slice() {
        [only] => Some(only),
        [] => None,
        several => several.iter().find(|e| Some(e.id.as_str()) == hint).copied(),
    }
}

/// Whether an entry is still as another reading had it, as far as both tell.
pub(super) fn same(then: &BookEntry, now: &BookEntry, told: BookTold) -> bool {
    let email = |e: &BookEntry| Who::of(e).email;
    let folder = |e: &BookEntry| e.folder.as_ref().map(|f| f.path.clone()).unwrap_or_default();
    then.name == now.name
        && email(then) == email(now)
        && (!told.number || then.number == now.number)
        && (!told.key || text(then.key.as_ref()) == text(now.key.as_ref()))
        && (!told.favourite || then.favourite.unwrap_or_default() == now.favourite.unwrap_or_default())
        // A reading that tells no folders tells of none, and a list may tell only the server.
        && (folder(then).is_empty() || folder(then) == folder(now))
}

fn text(value: Option<&String>) -> &str {
    value.map(String::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(id: &str, name: &str, email: Option<&str>) -> BookEntry {
        BookEntry {
            id: id.into(),
            name: name.into(),
            email: email.map(str::to_owned),
            ..BookEntry::default()
        }
    }

    #[test]
    fn an_entry_is_found_by_what_people_know_it_by() {
        let book = Book {
            entries: vec![
                entry("1", "Ann", Some("ann@x.example")),
                entry("2", "Ann Other", Some("ANN@x.example")),
                entry("3", "Scans", None),
                entry("4", "Scans", None),
                entry("5", "Bob", Some("bob@x.example")),
            ],
            ..Book::default()
        };
        let id = |name: &str, email: Option<&str>, hint: Option<&str>| {
            user(&book, &Who::new(name, email), hint).map(|e| e.id.as_str())
        };
        assert_eq!(id("Ann", Some("Ann@x.example"), None), Some("1"));
        assert_eq!(id("Nobody", Some("ann@x.example"), None), None, "two fit");
        assert_eq!(id("Robert", Some("bob@x.example"), None), Some("5"));
        assert_eq!(id("Bob", None, None), None, "Bob has an address");
        assert_eq!(id("Scans", None, None), None);
        assert_eq!(id("Scans", None, Some("4")), Some("4"));
    }
}
