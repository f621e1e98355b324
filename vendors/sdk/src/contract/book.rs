//! What the suite asks of simulated address books, in words that belong to no maker.

use std::collections::BTreeMap;

use crate::BookEntry;

/// The password of every folder that the suite plants, to be found where it must not be.
pub const FOLDER_PASSWORD: &str = "planted-f0lder%+&\"=";

/// What the address book of a profile can hold, whatever a driver says of it.
#[derive(Debug, Clone)]
pub struct BookOffers {
    /// Whether a change touches one entry; otherwise the whole book is replaced.
    pub by_entry: bool,
    /// How many users it holds.
    pub users: usize,
    /// Whether it has groups.
    pub groups: bool,
    /// Whether an entry may lead to a folder.
    pub folders: bool,
    /// Whether an entry has a key display.
    pub keys: bool,
    /// Whether an entry can be a favourite.
    pub favourites: bool,
    /// Letters beyond ASCII that it can hold.
    pub letters: &'static str,
}

/// An entry of a simulated book.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Held {
    /// The entry in the words of the contract; the handle is the simulator's own.
    pub entry: BookEntry,
    /// SHA-256 of the stored folder password, lower-case hexadecimal.
    pub folder_password_sha256: Option<String>,
    /// Whatever else it holds and nobody may lose, by the simulator's words.
    pub rest: BTreeMap<String, String>,
}

/// The address book as it really is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BookTruth {
    /// The entries in the device's order.
    pub entries: Vec<Held>,
    /// Whether somebody's edit is open, so that others find the book in use.
    pub open: bool,
}

impl BookTruth {
    /// The entries of this name.
    pub fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Held> {
        self.entries.iter().filter(move |held| held.entry.name == name)
    }
}

/// What a person at the panel does with the book.
#[derive(Debug, Clone)]
pub enum PanelEdit {
    /// Puts an entry in.
    Add(Box<BookEntry>),
    /// Gives the entry of this name another one.
    Rename(String, String),
    /// Takes the entry of this name out.
    Remove(String),
}
