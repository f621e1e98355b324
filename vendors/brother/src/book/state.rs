//! What a session knows of the address book, and what it can say about it.

use std::collections::{BTreeMap, HashMap};

use scanfleet_sdk::{BookCapabilities, BookWrite, EntryKind, Support};
use url::Url;

use crate::book::list::Row;
use crate::driver::BrotherDriver;
use crate::script_door;

/// Where an entry of the last reading stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) kind: EntryKind,
    pub(crate) row: Row,
    /// The page of the list that showed it.
    pub(crate) page: Url,
}

/// One of the two lists: of users, or of groups.
#[derive(Debug, Clone, Default)]
pub(crate) struct Listed {
    /// Its first page.
    pub(crate) address: Option<Url>,
    /// Free numbers that have a page, by number.
    pub(crate) free: BTreeMap<u32, Known>,
    /// The page for a new entry, where it is a link of its own.
    pub(crate) new: Option<Url>,
    /// That page was taken: its address is good for one entry only.
    pub(crate) new_is_used: bool,
    /// Its address was seen to change with each entry.
    pub(crate) new_changes: bool,
    /// A row for every number, so that the list itself tells how many there are.
    pub(crate) most: Option<usize>,
    /// Entries that have a page of their own.
    pub(crate) linked: bool,
}

/// What a session knows of the address book.
#[derive(Debug, Default)]
pub(crate) struct BookState {
    /// The book was read in this session.
    pub(crate) read: bool,
    /// The entries of the last reading, by their handles.
    pub(crate) known: HashMap<String, Known>,
    pub(crate) users: Listed,
    pub(crate) groups: Listed,
    /// Longest name and e-mail address, once an entry's page has told them.
    pub(crate) limits: [Option<usize>; 2],
    /// An entry's page was understood.
    pub(crate) seen: bool,
    /// Why entries cannot be written, once a page has shown it.
    pub(crate) no_write: Option<String>,
    /// Why groups cannot be edited.
    pub(crate) no_groups: Option<String>,
    /// The encoding of the pages.
    pub(crate) charset: Option<&'static str>,
    /// Requests that can alter the device, sent in the running batch.
    pub(crate) posts: u32,
}

impl BookState {
    pub(crate) fn listed(&mut self, kind: EntryKind) -> &mut Listed {
        match kind {
            EntryKind::User => &mut self.users,
            EntryKind::Group => &mut self.groups,
        }
    }
}

impl BrotherDriver {
    /// What the address book can hold and how it takes changes.
    pub(crate) fn book_capabilities(&self) -> Support<BookCapabilities> {
        if self.script {
            return Support::No(script_door::BEYOND.to_owned());
        }
        if self.family.book_read().is_none() {
            return Support::Unknown;
        }
        let book = &self.book;
        let limit = |seen: Option<usize>, what: &str| seen.or_else(|| self.family.limit(what));
        let count = |kind| book.known.values().filter(|known| known.kind == kind).count();
        // A device that holds more than the family thinks possible is believed.
        let most = |listed: &Listed, what: &str, kind| {
            listed.most.or_else(|| self.family.limit(what).filter(|most| *most >= count(kind)))
        };
        Support::Yes(BookCapabilities {
            write: match (&book.no_write, self.family.book_write()) {
                (Some(why), _) => Support::No(why.clone()),
                (None, Some(_)) => Support::Yes(BookWrite::Entries),
                (None, None) => Support::No("the family file knows no way to write it".to_owned()),
            },
            users: most(&book.users, "book.users", EntryKind::User),
            groups: most(&book.groups, "book.groups", EntryKind::Group),
            name_limit: limit(book.limits[0], "book.name"),
            key_limit: None,
            email_limit: limit(book.limits[1], "book.email"),
            has_key: false,
            has_favourite: false,
            has_number: !book.users.free.is_empty(),
            edits_groups: match &book.no_groups {
                Some(why) => Support::No(why.clone()),
                None if book.read => Support::Yes(()),
                None => Support::Unknown,
            },
            encoding: match book.charset {
                // What browsers read as windows-1252 is iso-8859-1 to the device.
                Some("windows-1252") => Some("iso-8859-1"),
                Some("UTF-8") | None => None,
                other => other,
            },
        })
    }
}
