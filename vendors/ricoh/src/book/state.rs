//! What a session knows of the address book, and what it can say about it.

use std::collections::{HashMap, HashSet};

use scanfleet_sdk::{BookCapabilities, BookWrite, Category, DeviceError, Support};
use url::Url;

use crate::book::list::ListPage;
use crate::driver::RicohDriver;

/// An entry of the last reading, as far as changes need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Known {
    /// The registration number as the device writes it.
    pub(crate) number: String,
    pub(crate) name: String,
    pub(crate) has_id: bool,
    /// Its place in the list, from 0; none of an entry that was added since.
    pub(crate) place: Option<usize>,
}

/// What a session knows of the address book.
#[derive(Debug, Default)]
pub(crate) struct BookState {
    /// The list's address, once the menu has told it.
    pub(crate) address: Option<Url>,
    /// The list page of the last reading in this session.
    pub(crate) list: Option<ListPage>,
    /// The entries of the last reading, by their handles.
    pub(crate) known: HashMap<String, Known>,
    /// Scripts of the list page that were fetched.
    pub(crate) scripts: Vec<String>,
    /// External scripts not fetched yet, the likeliest first; `None` before the page was seen.
    pub(crate) unread: Option<Vec<Url>>,
    /// Rows that a batch of this device has.
    pub(crate) batch: usize,
    /// Batches given since the list page was opened last: some firmware opens an entry only after it has given its row.
    pub(crate) given: HashSet<usize>,
    /// A form may be open for editing, so that the book may be locked by this session.
    pub(crate) open: bool,
    /// The wizard was called and is not there.
    pub(crate) no_wizard: bool,
    /// Why groups cannot be edited, once a form has shown it.
    pub(crate) no_groups: Option<String>,
    /// Longest name, key display and e-mail address, once a form has told them.
    pub(crate) limits: [Option<usize>; 3],
    /// Requests that can alter the device, sent in the running batch.
    pub(crate) posts: u32,
}

impl BookState {
    /// A new session knows nothing of pages that an old one had open.
    pub(crate) fn leave(&mut self) {
        self.open = false;
        self.list = None;
        self.known.clear();
        self.given.clear();
        // An address may carry the old session's token.
        self.address = self.address.take().filter(|url| !url.query().unwrap_or_default().contains("Token"));
    }

    /// The lowest registration number that no entry has, as the device writes them.
    pub(crate) fn free_number(&self) -> String {
        let taken: HashSet<u32> = self.known.values().filter_map(|k| k.number.parse().ok()).collect();
        let free = (1..).find(|n| !taken.contains(n)).unwrap_or(1);
        format!("{free:05}")
    }
}

impl RicohDriver {
    /// What the address book can hold and how it takes changes.
    pub(crate) fn book_capabilities(&self) -> Support<BookCapabilities> {
        if self.family.book_read().is_none() {
            return Support::Unknown;
        }
        let list = self.book.list.as_ref();
        let [name, key, email] = self.book.limits;
        let limit = |seen: Option<usize>, what: &str| seen.or_else(|| self.family.limit(what));
        Support::Yes(BookCapabilities {
            write: match self.family.book_write() {
                Some(_) => Support::Yes(BookWrite::Entries),
                None => Support::No("the family file knows no way to write it".to_owned()),
            },
            users: list.and_then(|l| l.most_users).or_else(|| self.family.limit("book.users")),
            groups: list.and_then(|l| l.most_groups).or_else(|| self.family.limit("book.groups")),
            name_limit: limit(name, "book.name"),
            key_limit: limit(key, "book.key"),
            email_limit: limit(email, "book.email"),
            has_key: true,
            has_favourite: true,
            has_number: true,
            edits_groups: match &self.book.no_groups {
                None => Support::Yes(()),
                Some(why) => Support::No(why.clone()),
            },
            encoding: list.map(|l| l.charset).filter(|c| !c.eq_ignore_ascii_case("UTF-8")),
        })
    }

    /// The list page of the last reading.
    pub(crate) fn listed(&self) -> Result<ListPage, DeviceError> {
        self.book.list.clone().ok_or_else(|| {
            DeviceError::new(
                Category::Interrupted,
                "use the address book",
                "its list was not read in this session",
            )
            .hint("run again; the device is read before it is touched")
        })
    }
}
