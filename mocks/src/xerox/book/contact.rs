//! Pages that add, change and delete one contact. INVENTED as a whole; one profile has them.

use super::super::device::{Device, Inner, Visit};
use super::super::pages::with_error;
use super::import::takes_address;
use super::pages;
use super::profile::ContactPages;
use crate::book::{Book, BookEntry};
use crate::http::{Form, Response};

const BUSY: &str = "The contact is in use. Try again later.";
const NONE: &str = "The contact does not exist.";

impl Device {
    /// The form of one contact, empty for a new one.
    pub(in crate::xerox) fn contact_form(
        &self,
        inner: &mut Inner,
        visit: &Visit<'_>,
        query: &Form,
    ) -> Response {
        let Some(ways) = &self.profile.book.contacts else { return Response::not_found() };
        match query.text(&ways.fields.id) {
            "new" => self.html(visit, |page| pages::form(page, &inner.book, &BookEntry::default())),
            id => match id.parse().ok().and_then(|id| inner.book.entry(id)) {
                Some(entry) => self.html(visit, |page| pages::form(page, &inner.book, entry)),
                None => self.html(visit, |page| pages::sentence(page, NONE)),
            },
        }
    }

    /// Stores one contact.
    pub(in crate::xerox) fn save_contact(&self, inner: &mut Inner, visit: &Visit<'_>) -> Response {
        let Some(ways) = &self.profile.book.contacts else { return Response::html("") };
        if visit.strike.busy || inner.panel_in_use || inner.book.locked_by.is_some() {
            return self.contact_error(visit, BUSY);
        }
        let mut book = inner.book.clone();
        match self.store(ways, &mut book, &visit.form) {
            Ok(()) => {
                if !visit.strike.drop_write {
                    inner.book = book;
                    inner.book_writes += 1;
                }
                self.next(inner, visit)
            }
            Err(words) => self.contact_error(visit, &words),
        }
    }

    /// Deletes one contact.
    pub(in crate::xerox) fn delete_contact(&self, inner: &mut Inner, visit: &Visit<'_>) -> Response {
        let Some(ways) = &self.profile.book.contacts else { return Response::html("") };
        if visit.strike.busy || inner.panel_in_use || inner.book.locked_by.is_some() {
            return self.contact_error(visit, BUSY);
        }
        let id: Option<u64> = visit.form.text(&ways.fields.id).parse().ok();
        let Some(id) = id.filter(|id| inner.book.entry(*id).is_some()) else {
            return self.contact_error(visit, NONE);
        };
        if !visit.strike.drop_write {
            inner.book.remove(id);
            inner.book_writes += 1;
        }
        self.next(inner, visit)
    }

    fn contact_error(&self, visit: &Visit<'_>, words: &str) -> Response {
        self.html(visit, |page| with_error(&pages::sentence(page, words), words))
    }

    /// Texts that did not come stay as they are; a box that did not come is not ticked.
    fn store(&self, ways: &ContactPages, book: &mut Book, form: &Form) -> Result<(), String> {
        let names = &ways.fields;
        let new = form.text(&names.id) == "new";
        let mut entry = if new {
            BookEntry::person("", "")
        } else {
            let id = form.text(&names.id).parse().ok();
            id.and_then(|id| book.entry(id)).cloned().ok_or(NONE)?
        };
        let fields = [
            (&names.display, &mut entry.name),
            (&names.first, &mut entry.first_name),
            (&names.last, &mut entry.last_name),
            (&names.company, &mut entry.company),
            (&names.email, &mut entry.email),
            (&names.fax, &mut entry.fax),
        ];
        for (name, place) in fields {
            if let Some(value) = form.get(name) {
                if value.chars().any(char::is_control) {
                    return Err(format!("The value of {name} is not valid."));
                }
                *place = value.to_owned();
            }
        }
        entry.frequent = form.get(&names.favorite).is_some();
        if entry.name.trim().is_empty() {
            return Err("Enter a display name.".to_owned());
        }
        if entry.name.chars().count() > self.profile.book.name_max {
            return Err("The display name is too long.".to_owned());
        }
        if !entry.email.is_empty() && !takes_address(&entry.email) {
            return Err("Enter a valid email address.".to_owned());
        }
        let is_group = entry.group;
        let id = if new {
            super::fit(&mut entry);
            book.add(entry).map_err(|_| "The address book is full.".to_owned())?
        } else {
            let id = entry.id;
            book.change(entry).map_err(|refusal| format!("The contact was not saved: {refusal}."))?;
            id
        };
        if is_group {
            return Ok(());
        }
        let ticked: Vec<&str> = form.all(&names.groups).collect();
        let groups: Vec<BookEntry> = book.entries().iter().filter(|entry| entry.group).cloned().collect();
        for mut group in groups {
            let wanted = ticked.iter().any(|value| value.parse() == Ok(group.id));
            if wanted != group.members.contains(&id) {
                group.members.retain(|member| *member != id);
                if wanted {
                    group.members.push(id);
                }
                book.change(group).map_err(|refusal| format!("The group was not saved: {refusal}."))?;
            }
        }
        Ok(())
    }
}
