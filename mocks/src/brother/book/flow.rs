//! The list and single entries.

use super::super::device::{Device, Inner, Visit};
use super::super::network::taken;
use super::super::pages::Note;
use super::super::profile::{MissingFields, field};
use super::super::wire::Fields;
use super::pages::{self, kind_of};
use super::profile::{BookDelete, BookPage, BrotherBook};
use super::words::words;
use crate::book::{Book, BookEntry};
use crate::http::Response;

/// The person or folder with this number; groups have numbers of their own.
pub(super) fn numbered(book: &Book, number: u32) -> Option<&BookEntry> {
    book.entries().iter().find(|entry| !entry.group && entry.number == number)
}

/// Whether a machine takes an e-mail address.
pub(super) fn takes_address(address: &str, max: usize) -> bool {
    let plain = address.chars().all(|c| c.is_ascii_graphic() && !",;<>()[]\"\\".contains(c));
    let halves = address.split_once('@');
    plain
        && address.len() <= max
        && halves.is_some_and(|(user, host)| !user.is_empty() && !host.is_empty() && !host.contains('@'))
}

/// Whether a machine takes a fax number.
pub(super) fn takes_number(number: &str) -> bool {
    !number.is_empty()
        && number.len() <= 20
        && number.chars().all(|c| c.is_ascii_digit() || "+-*# ".contains(c))
}

/// Whether a machine takes a name.
pub(super) fn takes_name(name: &str, max: usize) -> bool {
    !name.trim().is_empty() && name.chars().count() <= max && !name.chars().any(char::is_control)
}

impl Device {
    /// What a page says when somebody else has the book; nothing where it is free.
    pub(super) fn in_use(&self, inner: &Inner, visit: &Visit<'_>) -> Option<Note> {
        let taken = visit.strike.busy || inner.panel_in_use || inner.book.locked_by.is_some();
        taken.then_some(Note::Error(self.texts().in_use))
    }

    pub(super) fn out_of_range(&self) -> Note {
        Note::Error(self.texts().out_of_range)
    }

    /// The number that a request is about: the hidden field of a post, the query otherwise.
    pub(super) fn number(&self, visit: &Visit<'_>, page: &BookPage) -> Option<u32> {
        let query = Fields::parse(visit.request.query.as_bytes());
        let value = visit.fields.get(&page.number).or_else(|| query.get(&page.number))?;
        value.parse().ok().filter(|number| *number > 0)
    }

    pub(in crate::brother) fn book_list(&self, inner: &mut Inner, visit: &Visit<'_>) -> Response {
        self.list_with(inner, visit, None)
    }

    pub(super) fn list_with(&self, inner: &mut Inner, visit: &Visit<'_>, said: Option<Note>) -> Response {
        let query = Fields::parse(visit.request.query.as_bytes());
        let start = query.text("start").parse().unwrap_or(1).max(1);
        let book = inner.book.clone();
        self.show(inner, visit, |view| pages::list(view, &book, start, said))
    }

    pub(in crate::brother) fn book_entry(&self, inner: &mut Inner, visit: &Visit<'_>) -> Response {
        self.entry_with(inner, visit, None)
    }

    fn entry_with(&self, inner: &mut Inner, visit: &Visit<'_>, said: Option<Note>) -> Response {
        let profile = &self.profile.book;
        let number = self.number(visit, &profile.entry).filter(|it| *it <= inner.book.limits.numbers);
        let Some(number) = number else {
            return self.list_with(inner, visit, Some(self.out_of_range()));
        };
        let entry = numbered(&inner.book, number).cloned();
        self.show(inner, visit, |view| pages::entry(view, number, entry.as_ref(), said))
    }

    /// A post of an entry's page.
    pub(in crate::brother) fn save_entry(&self, inner: &mut Inner, visit: &Visit<'_>) -> Response {
        if let Some(note) = self.in_use(inner, visit) {
            return self.entry_with(inner, visit, Some(note));
        }
        let number = self.number(visit, &self.profile.book.entry);
        let number = number.filter(|number| *number <= inner.book.limits.numbers);
        let lost = self.profile.missing == MissingFields::Lost;
        let known = number.and_then(|number| numbered(&inner.book, number));
        let read = number.and_then(|number| read(&self.profile.book, known, number, lost, &visit.fields));
        let Some(entry) = read else {
            return self.entry_with(inner, visit, Some(self.out_of_range()));
        };
        let mut book = inner.book.clone();
        let stored = if entry.id == 0 { book.add(entry).map(drop) } else { book.change(entry) };
        let said = match stored {
            Ok(()) => {
                if !visit.strike.drop_write {
                    inner.book = book;
                    inner.book_writes += 1;
                }
                taken(&self.profile, self.texts())
            }
            Err(_) => Some(Note::Error(words(&self.profile.language).full)),
        };
        self.entry_with(inner, visit, said)
    }

    /// A post that deletes entries: the first step asks where the profile does so.
    pub(in crate::brother) fn delete_entries(&self, inner: &mut Inner, visit: &Visit<'_>) -> Response {
        let profile = &self.profile.book;
        let (control, asks) = match &profile.delete {
            BookDelete::Boxes { control, asks, .. } | BookDelete::Button { control, asks } => {
                (control, *asks)
            }
        };
        let numbers: Vec<u32> = match &profile.delete {
            // A box that came is ticked, whatever its value.
            BookDelete::Boxes { first, .. } => (1..=inner.book.limits.numbers)
                .zip(*first..)
                .filter(|(_, id)| visit.fields.has(&field(*id)))
                .map(|(number, _)| number)
                .collect(),
            BookDelete::Button { .. } => self.number(visit, &profile.entry).into_iter().collect(),
        };
        if let Some(note) = self.in_use(inner, visit) {
            return self.list_with(inner, visit, Some(note));
        }
        let ids: Vec<u64> =
            numbers.iter().filter_map(|it| numbered(&inner.book, *it)).map(|entry| entry.id).collect();
        if ids.is_empty() {
            return self.list_with(inner, visit, Some(self.out_of_range()));
        }
        if asks && visit.fields.text(control) != "2" {
            return self.show(inner, visit, |view| pages::sure(view, &numbers));
        }
        if !visit.strike.drop_write {
            for id in ids {
                inner.book.remove(id);
            }
            inner.book_writes += 1;
        }
        let said = taken(&self.profile, self.texts());
        self.list_with(inner, visit, said)
    }
}

/// Reads a post over what is stored; nothing where a value is not taken. Fields that the page disables stay.
fn read(
    profile: &BrotherBook,
    known: Option<&BookEntry>,
    number: u32,
    lost: bool,
    fields: &Fields,
) -> Option<BookEntry> {
    let mut entry = known.cloned().unwrap_or_else(|| BookEntry { number, ..BookEntry::person("", "") });
    let value = |id: u32, held: &str| match fields.get(&field(id)) {
        Some(value) => value.to_owned(),
        None if lost => String::new(),
        None => held.to_owned(),
    };
    let names = &profile.fields;
    entry.name = value(names.name, &entry.name);
    if known.is_none() {
        profile.fit(&mut entry);
    }
    if !takes_name(&entry.name, profile.name_max) {
        return None;
    }
    let before = kind_of(&entry);
    if before == 2 {
        return Some(entry);
    }
    let kind = match fields.get(&field(names.kind)) {
        Some(value) => names.kinds.iter().position(|known| known == value).filter(|kind| *kind < 2)?,
        None if lost => 0,
        None => before,
    };
    match names.fax {
        Some(fax) => {
            let number = value(fax, &entry.fax);
            entry.email = if kind == 0 { value(names.address, &entry.email) } else { String::new() };
            if !(number.is_empty() || takes_number(&number)) || (kind == 1 && number.is_empty()) {
                return None;
            }
            entry.fax = number;
        }
        None if kind == 0 => {
            entry.email = value(names.address, &entry.email);
            if before == 1 {
                entry.fax.clear();
            }
        }
        None => {
            entry.fax = value(names.address, &entry.fax);
            entry.email.clear();
            if !takes_number(&entry.fax) {
                return None;
            }
        }
    }
    (kind == 1 || takes_address(&entry.email, profile.address_max)).then_some(entry)
}
