//! An address book and its rules.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::entry::BookEntry;

/// How much a book takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookLimits {
    /// Persons and folders.
    pub users: usize,
    /// Groups.
    pub groups: usize,
    /// Entries with a user code.
    pub user_codes: usize,
    /// The highest registration number.
    pub numbers: u32,
    /// Whether groups have numbers of their own, so that number 1 may stand twice.
    pub own_group_numbers: bool,
}

impl Default for BookLimits {
    /// 2000 users, 100 groups, 1000 user codes, numbers to 50000, shared with groups.
    fn default() -> Self {
        Self { users: 2000, groups: 100, user_codes: 1000, numbers: 50_000, own_group_numbers: false }
    }
}

/// Why a book does not take an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BookRefusal {
    /// No room for another user, group or number.
    Full,
    /// No room for another user code.
    UserCodesFull,
    /// Another entry has this registration number.
    NumberTaken,
    /// The number is higher than the book's numbers go.
    NumberTooHigh,
    /// Another entry has this user code.
    UserCodeTaken,
    /// There is no such entry.
    NoSuchEntry,
}

impl fmt::Display for BookRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full => "the address book is full",
            Self::UserCodesFull => "the address book takes no more user codes",
            Self::NumberTaken => "another entry has this registration number",
            Self::NumberTooHigh => "the registration number is too high",
            Self::UserCodeTaken => "another entry has this user code",
            Self::NoSuchEntry => "the address book has no such entry",
        })
    }
}

impl std::error::Error for BookRefusal {}

/// An address book: its entries in the order of their numbers, users before groups where both count for themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Book {
    /// How much it takes.
    pub limits: BookLimits,
    /// Who works with it at the panel, in a word for messages; web pages find it busy then.
    pub locked_by: Option<String>,
    /// Shared between a copier and the specification it goes back to, until one of them changes.
    #[serde(serialize_with = "write_entries", deserialize_with = "read_entries")]
    entries: Arc<Vec<BookEntry>>,
    last_id: u64,
}

fn write_entries<S: Serializer>(entries: &Arc<Vec<BookEntry>>, to: S) -> Result<S::Ok, S::Error> {
    entries.as_slice().serialize(to)
}

fn read_entries<'de, D: Deserializer<'de>>(from: D) -> Result<Arc<Vec<BookEntry>>, D::Error> {
    Vec::deserialize(from).map(Arc::new)
}

impl Book {
    /// An empty book.
    pub fn new(limits: BookLimits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// The same entries in a book of other limits; entries that it would not take stay nevertheless.
    #[must_use]
    pub fn with_limits(mut self, limits: BookLimits) -> Self {
        self.limits = limits;
        self
    }

    /// The entries, in order.
    pub fn entries(&self) -> &[BookEntry] {
        &self.entries
    }

    /// The entry with this id.
    pub fn entry(&self, id: u64) -> Option<&BookEntry> {
        self.entries.iter().find(|entry| entry.id == id)
    }

    /// The first entry with this registration number.
    pub fn numbered(&self, number: u32) -> Option<&BookEntry> {
        self.entries.iter().find(|entry| entry.number == number)
    }

    /// The first entry with this name.
    pub fn named(&self, name: &str) -> Option<&BookEntry> {
        self.entries.iter().find(|entry| entry.name == name)
    }

    /// The entries with this e-mail address, capitals aside.
    pub fn with_email<'a, 'b>(&'a self, email: &'b str) -> impl Iterator<Item = &'a BookEntry> + use<'a, 'b> {
        self.entries.iter().filter(move |entry| !email.is_empty() && entry.email.eq_ignore_ascii_case(email))
    }

    /// How many persons and folders it has.
    pub fn users(&self) -> usize {
        self.entries.iter().filter(|entry| !entry.group).count()
    }

    /// How many groups it has.
    pub fn groups(&self) -> usize {
        self.entries.len() - self.users()
    }

    /// How many entries have a user code.
    pub fn user_codes(&self) -> usize {
        self.entries.iter().filter(|entry| !entry.user_code.is_empty()).count()
    }

    /// The lowest number that a new user or group could have.
    pub fn lowest_free(&self, group: bool) -> Option<u32> {
        let mut free = 1;
        for entry in self.entries.iter().filter(|entry| self.same_numbers(entry.group, group)) {
            if entry.number > free {
                break;
            }
            free = entry.number + 1;
        }
        (free <= self.limits.numbers).then_some(free)
    }

    /// Puts an entry in and answers its new id; the one it brings is not looked at.
    ///
    /// # Errors
    /// When the book does not take it.
    pub fn add(&mut self, mut entry: BookEntry) -> Result<u64, BookRefusal> {
        let (count, limit) =
            if entry.group { (self.groups(), self.limits.groups) } else { (self.users(), self.limits.users) };
        if count >= limit {
            return Err(BookRefusal::Full);
        }
        if entry.number == 0 {
            entry.number = self.lowest_free(entry.group).ok_or(BookRefusal::Full)?;
        }
        entry.id = 0;
        self.check(&entry)?;
        self.last_id += 1;
        entry.id = self.last_id;
        self.put(entry);
        Ok(self.last_id)
    }

    /// Puts an entry in the place of that with its id. Its number may be another one.
    ///
    /// # Errors
    /// When there is no such entry, or the book does not take the new one.
    pub fn change(&mut self, entry: BookEntry) -> Result<(), BookRefusal> {
        let place =
            self.entries.iter().position(|known| known.id == entry.id).ok_or(BookRefusal::NoSuchEntry)?;
        self.check(&entry)?;
        Arc::make_mut(&mut self.entries).remove(place);
        self.put(entry);
        Ok(())
    }

    /// Takes an entry out, and out of all groups; answers it.
    pub fn remove(&mut self, id: u64) -> Option<BookEntry> {
        let place = self.entries.iter().position(|entry| entry.id == id)?;
        let entries = Arc::make_mut(&mut self.entries);
        let gone = entries.remove(place);
        for entry in entries {
            entry.members.retain(|member| *member != id);
        }
        Some(gone)
    }

    /// Makes a book that was filled for any copier fit one: whatever that copier has no place for goes.
    #[must_use]
    pub(crate) fn fitted(mut self, fit: impl Fn(&mut BookEntry)) -> Self {
        Arc::make_mut(&mut self.entries).iter_mut().for_each(fit);
        self
    }

    /// Takes everything out; ids go on from where they were.
    pub fn clear(&mut self) {
        self.entries = Arc::default();
    }

    /// The book with each folder password's SHA-256 in its place.
    #[must_use]
    pub fn without_passwords(&self) -> Self {
        let mut book = self.clone();
        let entries = Arc::make_mut(&mut book.entries);
        for folder in entries.iter_mut().filter_map(|entry| entry.folder.as_mut()) {
            folder.password = folder.password.as_deref().map(crate::lab::digest);
        }
        book
    }

    fn same_numbers(&self, one: bool, other: bool) -> bool {
        one == other || !self.limits.own_group_numbers
    }

    fn check(&self, entry: &BookEntry) -> Result<(), BookRefusal> {
        if entry.number > self.limits.numbers {
            return Err(BookRefusal::NumberTooHigh);
        }
        let mut others = self.entries.iter().filter(|known| known.id != entry.id);
        if others
            .clone()
            .any(|known| known.number == entry.number && self.same_numbers(known.group, entry.group))
        {
            return Err(BookRefusal::NumberTaken);
        }
        if entry.user_code.is_empty() {
            return Ok(());
        }
        if others.clone().any(|known| known.user_code == entry.user_code) {
            return Err(BookRefusal::UserCodeTaken);
        }
        let had = self.entry(entry.id).is_some_and(|known| !known.user_code.is_empty());
        if !had
            && others.by_ref().filter(|known| !known.user_code.is_empty()).count() >= self.limits.user_codes
        {
            return Err(BookRefusal::UserCodesFull);
        }
        Ok(())
    }

    fn put(&mut self, entry: BookEntry) {
        let own = self.limits.own_group_numbers;
        let order = |entry: &BookEntry| (own && entry.group, entry.number);
        let place = self.entries.partition_point(|known| order(known) <= order(&entry));
        Arc::make_mut(&mut self.entries).insert(place, entry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_grow_and_numbers_are_filled_from_below() {
        let mut book = Book::default();
        let first = book.add(BookEntry::person("One", "one@example.test")).unwrap();
        let second = book.add(BookEntry::person("Two", "two@example.test")).unwrap();
        let ten = BookEntry { number: 10, ..BookEntry::person("Ten", "ten@example.test") };
        book.add(ten.clone()).unwrap();
        assert_eq!(book.add(ten), Err(BookRefusal::NumberTaken));
        let group = book.add(BookEntry::group("All", vec![first, second])).unwrap();
        assert_eq!(book.entry(group).unwrap().number, 3);
        book.remove(second).unwrap();
        assert_eq!(book.entry(group).unwrap().members, [first]);
        let again = book.add(BookEntry::person("Two", "two@example.test")).unwrap();
        assert!(again > group);
        assert_eq!(book.entry(again).unwrap().number, 2);
        let numbers: Vec<u32> = book.entries().iter().map(|entry| entry.number).collect();
        assert_eq!(numbers, [1, 2, 3, 10]);
    }

    #[test]
    fn limits_hold() {
        let limits = BookLimits { users: 1, groups: 1, own_group_numbers: true, ..BookLimits::default() };
        let mut book = Book::new(limits);
        let one = book.add(BookEntry::person("One", "")).unwrap();
        assert_eq!(book.add(BookEntry::person("Two", "")), Err(BookRefusal::Full));
        let group = book.add(BookEntry::group("All", vec![one])).unwrap();
        assert_eq!(book.entry(group).unwrap().number, 1);
        let mut changed = book.entry(one).unwrap().clone();
        changed.user_code = "7104".to_owned();
        book.change(changed).unwrap();
        assert_eq!(book.user_codes(), 1);
        assert_eq!(book.change(BookEntry { id: 99, ..BookEntry::default() }), Err(BookRefusal::NoSuchEntry));
    }

    #[test]
    fn a_shown_book_holds_no_password() {
        let mut book = Book::default();
        book.add(BookEntry::folder("Scans", r"\\srv\scan", "scanner", "lab-not-a-secret")).unwrap();
        let shown = serde_json::to_string(&book.without_passwords()).unwrap();
        assert!(
            !shown.contains("lab-not-a-secret") && shown.contains(&crate::lab::digest("lab-not-a-secret"))
        );
        assert!(!format!("{book:?}").contains("lab-not-a-secret"));
    }
}
