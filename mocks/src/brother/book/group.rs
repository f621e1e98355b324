//! "Setup Groups".

use super::super::device::{Device, Inner, Visit};
use super::super::network::taken;
use super::super::pages::Note;
use super::super::profile::{MissingFields, field};
use super::flow::{numbered, takes_name};
use super::pages;
use super::profile::{BrotherGroups, GroupMembers};
use super::words::words;
use crate::book::{Book, BookEntry};
use crate::http::Response;

/// The group with this number.
pub(super) fn group(book: &Book, number: u32) -> Option<&BookEntry> {
    book.entries().iter().find(|entry| entry.group && entry.number == number)
}

/// The numbers of a group's members, in order.
pub(super) fn numbers(book: &Book, group: &BookEntry) -> Vec<u32> {
    let mut numbers: Vec<u32> =
        group.members.iter().filter_map(|id| book.entry(*id)).map(|it| it.number).collect();
    numbers.sort_unstable();
    numbers
}

/// The ids of entries by their numbers; nothing where one does not exist.
pub(super) fn members(book: &Book, numbers: &[u32]) -> Option<Vec<u64>> {
    numbers.iter().map(|number| numbered(book, *number).map(|entry| entry.id)).collect()
}

impl Device {
    pub(in crate::brother) fn group_list(&self, inner: &mut Inner, visit: &Visit<'_>) -> Response {
        self.groups_with(inner, visit, None)
    }

    fn groups_with(&self, inner: &mut Inner, visit: &Visit<'_>, said: Option<Note>) -> Response {
        let book = inner.book.clone();
        self.show(inner, visit, |view| pages::groups(view, &book, said))
    }

    pub(in crate::brother) fn group_page(&self, inner: &mut Inner, visit: &Visit<'_>) -> Response {
        self.group_with(inner, visit, None)
    }

    fn group_number(&self, inner: &Inner, visit: &Visit<'_>, groups: &BrotherGroups) -> Option<u32> {
        let number = self.number(visit, &groups.page)?;
        usize::try_from(number).is_ok_and(|number| number <= inner.book.limits.groups).then_some(number)
    }

    fn group_with(&self, inner: &mut Inner, visit: &Visit<'_>, said: Option<Note>) -> Response {
        let Some(groups) = &self.profile.book.groups else { return self.book_list(inner, visit) };
        let Some(number) = self.group_number(inner, visit, groups) else {
            return self.groups_with(inner, visit, Some(self.out_of_range()));
        };
        let book = inner.book.clone();
        self.show(inner, visit, |view| pages::group(view, groups, &book, number, said))
    }

    /// A post of a group's page.
    pub(in crate::brother) fn save_group(&self, inner: &mut Inner, visit: &Visit<'_>) -> Response {
        let Some(groups) = &self.profile.book.groups else { return self.book_list(inner, visit) };
        if let Some(note) = self.in_use(inner, visit) {
            return self.group_with(inner, visit, Some(note));
        }
        let number = self.group_number(inner, visit, groups);
        let Some(entry) = number.and_then(|number| self.read_group(inner, visit, groups, number)) else {
            return self.group_with(inner, visit, Some(self.out_of_range()));
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
        self.group_with(inner, visit, said)
    }

    fn read_group(
        &self,
        inner: &Inner,
        visit: &Visit<'_>,
        groups: &BrotherGroups,
        number: u32,
    ) -> Option<BookEntry> {
        let lost = self.profile.missing == MissingFields::Lost;
        let known = group(&inner.book, number).cloned();
        let mut entry = known.unwrap_or_else(|| BookEntry { number, ..BookEntry::group("", Vec::new()) });
        match visit.fields.get(&field(groups.name)) {
            Some(name) => entry.name = name.to_owned(),
            None if lost => entry.name.clear(),
            None => {}
        }
        if !takes_name(&entry.name, self.profile.book.name_max) {
            return None;
        }
        let chosen = match groups.members {
            // A missing box is off, everywhere.
            GroupMembers::Boxes(first) => Some(
                (1..=inner.book.limits.numbers)
                    .zip(first..)
                    .filter(|(_, id)| visit.fields.has(&field(*id)))
                    .map(|(number, _)| number)
                    .collect(),
            ),
            GroupMembers::Text(id) => match visit.fields.get(&field(id)) {
                Some(text) => Some(read_numbers(text)?),
                None if lost => Some(Vec::new()),
                None => None,
            },
        };
        if let Some(chosen) = chosen {
            entry.members = members(&inner.book, &chosen)?;
        }
        Some(entry)
    }

    /// A post that deletes a group.
    pub(in crate::brother) fn delete_group(&self, inner: &mut Inner, visit: &Visit<'_>) -> Response {
        let Some(groups) = &self.profile.book.groups else { return self.book_list(inner, visit) };
        if let Some(note) = self.in_use(inner, visit) {
            return self.group_with(inner, visit, Some(note));
        }
        let number = self.group_number(inner, visit, groups);
        let Some(id) = number.and_then(|number| group(&inner.book, number)).map(|entry| entry.id) else {
            return self.groups_with(inner, visit, Some(self.out_of_range()));
        };
        if !visit.strike.drop_write {
            inner.book.remove(id);
            inner.book_writes += 1;
        }
        let said = taken(&self.profile, self.texts());
        self.groups_with(inner, visit, said)
    }
}

/// Numbers with commas or blanks between; nothing where something else stands there.
pub(super) fn read_numbers(text: &str) -> Option<Vec<u32>> {
    text.split([',', ' '])
        .map(str::trim)
        .filter(|piece| !piece.is_empty())
        .map(|it| it.parse().ok())
        .collect()
}
