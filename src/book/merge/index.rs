//! Finding entries of a reading by address, name and handle.

use std::collections::HashMap;

use scanfleet_sdk::{Book, BookEntry, EntryKind};

use crate::book::Who;
use crate::book::who::fold;

/// A reading with its entries by address, by name and by handle; positions are those of [`Book::entries`].
pub(super) struct Index<'a> {
    pub(super) book: &'a Book,
    emails: HashMap<String, Vec<usize>>,
    names: HashMap<&'a str, Vec<usize>>,
    groups: HashMap<&'a str, Vec<usize>>,
    ids: HashMap<&'a str, usize>,
}

impl<'a> Index<'a> {
    pub(super) fn of(book: &'a Book) -> Self {
        let mut index = Self {
            book,
            emails: HashMap::new(),
            names: HashMap::new(),
            groups: HashMap::new(),
            ids: HashMap::with_capacity(book.entries.len()),
        };
        for (at, entry) in book.entries.iter().enumerate() {
            index.ids.insert(&entry.id, at);
            match entry.kind {
                EntryKind::Group => index.groups.entry(entry.name.trim()).or_default().push(at),
                EntryKind::User => {
                    index.names.entry(entry.name.trim()).or_default().push(at);
                    if let Some(email) = entry.email.as_deref().and_then(fold) {
                        index.emails.entry(email).or_default().push(at);
                    }
                }
            }
        }
        index
    }

    /// The entry at a position.
    pub(super) fn entry(&self, at: usize) -> &'a BookEntry {
        &self.book.entries[at]
    }

    /// Users with an address (in lower case).
    pub(super) fn by_email(&self, email: &str) -> &[usize] {
        self.emails.get(email).map_or(&[], Vec::as_slice)
    }

    /// Users with a name.
    pub(super) fn by_name(&self, name: &str) -> &[usize] {
        self.names.get(name.trim()).map_or(&[], Vec::as_slice)
    }

    /// Groups with a name.
    pub(super) fn groups(&self, name: &str) -> &[usize] {
        self.groups.get(name.trim()).map_or(&[], Vec::as_slice)
    }

    /// Where the entry of a handle stands.
    pub(super) fn by_id(&self, id: &str) -> Option<usize> {
        self.ids.get(id).copied()
    }

    /// Users that are somebody: by address, then those of the very name first; by name where there is no address.
    pub(super) fn of_who(&self, who: &Who) -> Vec<usize> {
        let mut found: Vec<usize> = match &who.email {
            Some(email) => self.by_email(email).to_vec(),
            None => {
                let named = self.by_name(&who.name).iter().copied();
                named.filter(|at| Who::of(self.entry(*at)).email.is_none()).collect()
            }
        };
        found.sort_by_key(|at| self.entry(*at).name.trim() != who.name);
        found
    }

    /// The one user that is somebody: the one of the very name, or the only one.
    pub(super) fn the_one(&self, who: &Who) -> Option<usize> {
        let found = self.of_who(who);
        let first = *found.first()?;
        (found.len() == 1 || self.entry(first).name.trim() == who.name).then_some(first)
    }

    /// Users or groups of the book.
    pub(super) fn count(&self, kind: EntryKind) -> usize {
        self.book.entries.iter().filter(|entry| entry.kind == kind).count()
    }

    /// Where the members of a group stand, where the reading tells them.
    pub(super) fn members(&self, group: &BookEntry) -> Option<Vec<usize>> {
        let members = group.members.as_ref()?;
        Some(members.iter().filter_map(|id| self.by_id(id)).collect())
    }
}
