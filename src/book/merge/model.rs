//! A device without pages, for tests: holds a book, tells some of it, carries out what a merge plans.

use std::path::PathBuf;

use scanfleet_sdk::{
    Book, BookCapabilities, BookEntry, BookTold, BookWrite, EntryChange, EntryKind, EntryWanted,
    FolderDestination, Support,
};

use super::{Base, Merge, MergeOptions, Verdict, merge, next_base, verdict};
use crate::book::{Contact, ContactList, Place};

/// A device's book with everything, of which a reading may tell less.
#[derive(Debug, Clone)]
pub(super) struct Model {
    pub(super) truth: Vec<BookEntry>,
    pub(super) told: BookTold,
    next: usize,
}

/// A reading tells everything.
pub(super) const ALL: BookTold =
    BookTold { number: true, key: true, favourite: true, members: true, extra: true };

impl Model {
    pub(super) fn new(mut truth: Vec<BookEntry>, told: BookTold) -> Self {
        for (at, entry) in truth.iter_mut().enumerate() {
            if entry.id.is_empty() {
                entry.id = format!("e{at}");
            }
        }
        let next = truth.len();
        Self { truth, told, next }
    }

    /// What a reading of the list tells.
    pub(super) fn read(&self) -> Book {
        let entries = self.truth.iter().cloned().map(|mut entry| {
            if !self.told.key {
                entry.key = None;
            }
            if !self.told.favourite {
                entry.favourite = None;
            }
            if !self.told.members {
                entry.members = None;
            }
            entry
        });
        Book { entries: entries.collect(), told: self.told, columns: Vec::new() }
    }

    fn put(entry: &mut BookEntry, wanted: &EntryWanted) {
        if let Some(name) = &wanted.name {
            entry.name = name.clone();
        }
        if let Some(email) = &wanted.email {
            entry.email = Some(email.clone()).filter(|email| !email.is_empty());
        }
        if let Some(key) = &wanted.key {
            entry.key = Some(key.clone());
        }
        if let Some(favourite) = wanted.favourite {
            entry.favourite = Some(favourite);
        }
        if let Some(members) = &wanted.members {
            entry.members = Some(members.clone());
        }
        if let Some(number) = wanted.number {
            entry.number = Some(number);
        }
    }

    pub(super) fn carry_out(&mut self, change: &EntryChange) {
        match change {
            EntryChange::Add(wanted) => {
                let mut entry =
                    BookEntry { id: format!("e{}", self.next), kind: wanted.kind, ..BookEntry::default() };
                self.next += 1;
                if entry.kind == EntryKind::User {
                    (entry.key, entry.favourite) = (Some("made".into()), Some(false));
                }
                Self::put(&mut entry, wanted);
                self.truth.push(entry);
            }
            EntryChange::Change { entry, to } => {
                let entry = self.truth.iter_mut().find(|other| other.id == entry.id);
                Self::put(entry.expect("the entry is there"), to);
            }
            EntryChange::Remove { entry } => {
                self.truth.retain(|other| other.id != entry.id);
                for group in &mut self.truth {
                    group.members.iter_mut().for_each(|members| members.retain(|id| *id != entry.id));
                }
            }
        }
    }

    /// The whole course: plan, complete, write, read back, remember. `Err` is what the plan said.
    pub(super) fn run(
        &mut self,
        base: &mut Base,
        list: &ContactList,
        options: &MergeOptions,
        can: &BookCapabilities,
    ) -> Result<(Merge, Verdict), Vec<String>> {
        let before = self.read();
        let mut plan = merge(base, &before, list, options, can)?;
        if plan.blocked().next().is_some() {
            return Err(plan.blocked().map(|conflict| conflict.text.clone()).collect());
        }
        for full in self.truth.clone() {
            plan.complete(full, &before).map_err(|said| vec![said])?;
        }
        for user in plan.user_order() {
            self.carry_out(&user.to_change(None));
        }
        for group in &plan.groups {
            let book = self.read();
            let full = self
                .truth
                .iter()
                .find(|entry| entry.kind == EntryKind::Group && entry.name.trim() == group.name);
            if let Some(change) = group.resolve(&book, full).map_err(|said| vec![said])? {
                self.carry_out(&change);
            }
        }
        let after = self.read();
        let said = verdict(&plan, &before, &after, &self.truth, can);
        *base = next_base(base, &plan, &said, &after, &self.truth);
        Ok((plan, said))
    }
}

/// A device that can do everything.
pub(super) fn able() -> BookCapabilities {
    BookCapabilities {
        write: Support::Yes(BookWrite::Entries),
        users: Some(2000),
        groups: Some(100),
        name_limit: Some(20),
        key_limit: Some(16),
        email_limit: Some(128),
        has_key: true,
        has_favourite: true,
        has_number: true,
        edits_groups: Support::Yes(()),
        encoding: None,
    }
}

pub(super) fn user(name: &str, email: &str) -> BookEntry {
    BookEntry {
        name: name.into(),
        email: Some(email.to_owned()).filter(|email| !email.is_empty()),
        key: Some(String::new()),
        favourite: Some(false),
        ..BookEntry::default()
    }
}

pub(super) fn folder(name: &str) -> BookEntry {
    let folder = FolderDestination { path: format!("\\\\srv\\{name}"), ..FolderDestination::default() };
    BookEntry { folder: Some(folder), ..user(name, "") }
}

pub(super) fn group(name: &str, members: &[&str]) -> BookEntry {
    let members = members.iter().map(|id| (*id).to_owned()).collect();
    BookEntry { kind: EntryKind::Group, name: name.into(), members: Some(members), ..BookEntry::default() }
}

pub(super) fn contact(line: usize, name: &str, email: &str) -> Contact {
    Contact {
        name: name.into(),
        email: Some(email.to_owned()).filter(|email| !email.is_empty()),
        place: Place { line },
        ..Contact::default()
    }
}

pub(super) fn list(contacts: Vec<Contact>) -> ContactList {
    let has_groups = contacts.iter().any(|contact| !contact.groups.is_empty());
    ContactList { file: PathBuf::from("contacts.csv"), contacts, has_groups, ..ContactList::default() }
}
