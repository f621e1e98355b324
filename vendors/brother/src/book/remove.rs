//! Taking entries out: by their boxes in the list, by a link of their row, or by a button on their own page.

use std::collections::HashMap;

use scanfleet_sdk::form::{ControlType, Form, fold};
use scanfleet_sdk::page::Page;
use scanfleet_sdk::transport::{Effect, Request};
use scanfleet_sdk::{BookEntry, DeviceError, Section};
use url::Url;

use crate::book::answer::{Halt, plain_entries};
use crate::book::entry::not_there;
use crate::book::list::{ListPage, Row};
use crate::book::state::Known;
use crate::driver::BrotherDriver;
use crate::problem;
use crate::write::Stop;

pub(crate) const REMOVE: &str = "remove entries from the address book";

/// Whether a text of the list says what is held, of which it may show only the beginning.
fn says(shown: &str, held: &str) -> bool {
    let (shown, held) = (fold(shown), fold(held));
    let begun = shown.strip_suffix("...").or_else(|| shown.strip_suffix('\u{2026}'));
    shown == held || begun.is_some_and(|begun| held.starts_with(begun))
}

/// Whether a row still is the entry as it was read.
fn same(row: &Row, entry: &BookEntry) -> bool {
    says(&row.name, &entry.name)
        && says(row.email.as_deref().unwrap_or_default(), entry.email.as_deref().unwrap_or_default())
}

impl BrotherDriver {
    /// Which page of the list has the box of an entry; `None` where it is taken out on a page of its own.
    pub(crate) fn box_page(&self, entry: &BookEntry) -> Option<Url> {
        self.book
            .known
            .get(&entry.id)
            .filter(|known| known.row.tick.is_some())
            .map(|known| known.page.clone())
    }

    /// Takes out entries whose boxes stand on one page of the list, together. Gives what was found of each that is not
    /// there as it was read; those are left alone.
    pub(crate) async fn remove_ticked(
        &mut self,
        url: &Url,
        entries: &[&BookEntry],
    ) -> Result<HashMap<String, DeviceError>, Halt> {
        let mut left: HashMap<String, DeviceError> = HashMap::new();
        let page = self.entry_page(url.as_str(), REMOVE).await?;
        let shown = self.listed_on(&page, REMOVE)?;
        let mut ticks: Vec<&(String, String)> = Vec::new();
        for entry in entries {
            let wanted = self.book.known.get(&entry.id).map(|known| known.row.id.clone()).unwrap_or_default();
            match shown.rows.iter().find(|row| row.id == wanted) {
                Some(row) if same(row, entry) && row.tick.is_some() => ticks.extend(&row.tick),
                _ => {
                    left.insert(entry.id.clone(), not_there(entry, REMOVE).on_page(problem::place(&page)));
                }
            }
        }
        if ticks.is_empty() {
            return Ok(left);
        }
        let (form, button) = self.ticked_form(&page, &shown, &ticks)?;
        let sent = plain_entries(&form);
        let answer = self.post_book(&page, &form, button.as_deref(), REMOVE).await?;
        self.confirm(answer, sent, REMOVE).await?;
        for entry in entries.iter().filter(|entry| !left.contains_key(&entry.id)) {
            self.forget(entry);
        }
        Ok(left)
    }

    /// The form of the list with these boxes ticked and no others, and its button for taking out.
    fn ticked_form(
        &self,
        page: &Page,
        shown: &ListPage,
        ticks: &[&(String, String)],
    ) -> Result<(Form, Option<String>), DeviceError> {
        let changed = |got: &str| problem::page_changed(&self.session, page, REMOVE, got);
        let is = |control: &scanfleet_sdk::form::Control, (name, value): &(String, String)| {
            control.kind == ControlType::Checkbox && control.name == *name && control.value == *value
        };
        let forms = page.forms();
        let holds =
            |form: &&Form| ticks.iter().all(|tick| form.controls.iter().filter(|c| is(c, tick)).count() == 1);
        let fitting: Vec<&Form> = forms.iter().filter(holds).collect();
        let [form] = fitting.as_slice() else {
            return Err(changed("the boxes of the rows belong to no form of the list"));
        };
        let mut form = (*form).clone();
        let rows: Vec<&(String, String)> = shown.rows.iter().filter_map(|row| row.tick.as_ref()).collect();
        for control in &mut form.controls {
            if ticks.iter().any(|tick| is(control, tick)) {
                control.checked = true;
            } else if rows.iter().any(|tick| is(control, tick)) {
                control.checked = false;
            }
        }
        match self.button(&form, &["book.delete"]) {
            Some(button) => Ok((form, button)),
            None => {
                Err(changed("the list has boxes, and no button beside them is known to take entries out"))
            }
        }
    }

    /// Takes out one entry that has no box.
    pub(crate) async fn remove_one(&mut self, entry: &BookEntry) -> Result<(), Halt> {
        let known = self.book.known.get(&entry.id).cloned();
        let Some(Known { row, page, .. }) = known else {
            return Err(Halt::One(Box::new(not_there(entry, REMOVE))));
        };
        if let Some(link) = row.delete {
            // Before the link is followed: whoever takes the place of the entry must not be taken for it.
            let now = self.entry_page(page.as_str(), REMOVE).await?;
            let shown = self.listed_on(&now, REMOVE)?;
            if !shown.rows.iter().any(|found| found.id == row.id && same(found, entry)) {
                return Err(Halt::One(Box::new(not_there(entry, REMOVE).on_page(problem::place(&now)))));
            }
            self.follow_delete(&link, &now).await?;
        } else {
            let opened = self.open_known(entry, REMOVE).await?.map_err(|e| Halt::One(Box::new(e)))?;
            let mut forms = self.bare_forms(&opened.page.forms(), &["book.delete"]);
            let (form, button) = match forms.len() {
                1 => forms.remove(0),
                // In the form of the entry itself only a button of its own name can be told from the one that saves.
                0 => match self.button(&opened.form, &["book.delete"]) {
                    Some(Some(name)) => (opened.form.clone(), Some(name)),
                    _ => {
                        let got = "the page of the entry offers no known way to take it out";
                        return Err(problem::page_changed(&self.session, &opened.page, REMOVE, got).into());
                    }
                },
                _ => {
                    let got = "the page of the entry has several buttons that take something out";
                    return Err(problem::page_changed(&self.session, &opened.page, REMOVE, got).into());
                }
            };
            let sent = plain_entries(&form);
            let answer = self.post_book(&opened.page, &form, button.as_deref(), REMOVE).await?;
            self.confirm(answer, sent, REMOVE).await?;
        }
        self.forget(entry);
        Ok(())
    }

    /// Follows a link that takes an entry out, or asks whether to: nobody knows which, so that it counts as a write.
    async fn follow_delete(&mut self, link: &Url, from: &Page) -> Result<(), Halt> {
        let effect = Effect::Write { section: Section::AddressBook, what: REMOVE.to_owned() };
        let request = Request::get(link.as_str(), REMOVE)
            .effect(effect)
            .header("Referer", from.url.as_str())
            .no_follow();
        self.book.posts += 1;
        self.posted = true;
        self.last = None;
        let answer = self.session.send(request).await.map_err(Stop::from)?.page();
        self.last = Some(answer.clone());
        self.judge(&answer, REMOVE)?;
        self.confirm(answer, Vec::new(), REMOVE).await
    }

    /// An entry that was taken out, as far as the device says: its number is free where numbers have rows of their own.
    fn forget(&mut self, entry: &BookEntry) {
        let Some(known) = self.book.known.remove(&entry.id) else { return };
        let row = Row {
            id: known.row.id,
            number: known.row.number,
            link: known.row.link.clone(),
            ..Row::default()
        };
        let listed = self.book.listed(known.kind);
        if let (Some(_), Some(number), Some(_)) = (listed.most, row.number, &row.link) {
            listed.free.insert(number, Known { kind: known.kind, row, page: known.page });
        }
    }
}
