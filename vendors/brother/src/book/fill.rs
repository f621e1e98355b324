//! Filling the page of an entry: only what is wanted, everything else as the page shows it.

use scanfleet_sdk::form::{ControlType, Form, FormError};
use scanfleet_sdk::page::Page;
use scanfleet_sdk::{BookEntry, DeviceError, EntryKind, EntryWanted};

use crate::book::entry::{EntryPage, Fields};
use crate::book::words::number;
use crate::choice::{choose, holdable, offered};
use crate::driver::BrotherDriver;
use crate::problem;

/// What an entry leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Email,
    Fax,
}

impl BrotherDriver {
    fn kind_of(&self, text: &str) -> Option<Kind> {
        [("book.type.email", Kind::Email), ("book.type.fax", Kind::Fax)]
            .into_iter()
            .find(|(group, _)| self.family.is(group, text))
            .map(|(_, kind)| kind)
    }

    /// The form with what is wanted. `entry` is the entry as it was read; absent for a new one.
    pub(crate) fn filled(
        &self,
        opened: &EntryPage,
        entry: Option<&BookEntry>,
        wanted: &EntryWanted,
    ) -> Result<Form, DeviceError> {
        let EntryPage { page, fields, shown, .. } = opened;
        let mut form = opened.form.clone();
        let refuse = |what: &str, got: &str| Err(problem::unsupported(page, what, got));
        if wanted.folder.is_some() {
            return refuse(
                "the folder",
                "folders are kept by the device and cannot be typed into its address book",
            );
        }
        if wanted.key.as_deref().is_some_and(|key| !key.is_empty()) {
            return refuse("the key display", "entries of this device have none");
        }
        if wanted.favourite == Some(true) {
            return refuse("the favourite", "entries of this device cannot be favourites");
        }
        match (&wanted.name, entry) {
            (Some(name), _) => self.put(page, &mut form, &fields.name, "the name", name)?,
            (None, None) => return refuse("the name", "a new entry needs a name"),
            (None, Some(_)) => {}
        }
        if wanted.kind == EntryKind::Group {
            if let Some(members) = &wanted.members {
                self.fill_members(page, &mut form, fields, members)?;
            }
        } else {
            let has_fax = shown.fax.is_some() || wanted.fax.as_deref().is_some_and(|fax| !fax.is_empty());
            let wants_mail = wanted.email.as_deref().is_some_and(|email| !email.is_empty());
            if fields.joint && has_fax && wants_mail {
                let got = "the entry has a fax number, and the page has one field for both";
                return refuse("the e-mail address", got);
            }
            self.fill_kind(opened, &mut form, entry.is_some(), wanted, wants_mail)?;
            if let Some(email) = &wanted.email
                && (wants_mail || shown.email.is_some())
            {
                let Some(field) = &fields.email else {
                    return refuse("the e-mail address", "the page has no field for it");
                };
                self.put(page, &mut form, field, "the e-mail address", email)?;
            }
            if let Some(fax) = &wanted.fax
                && Some(fax.as_str()) != shown.fax.as_deref()
            {
                let field = if fields.joint { &fields.email } else { &fields.fax };
                match field {
                    Some(field) => self.put(page, &mut form, field, "the fax number", fax)?,
                    None => return refuse("the fax number", "the page has no field for it"),
                }
            }
        }
        if entry.is_none() {
            self.fill_number(page, &mut form, fields, wanted)?;
        }
        for (name, value) in &wanted.extra {
            restore(&mut form, name, value)
                .map_err(|e| problem::unfillable(&self.session, page, "a kept value", &e))?;
        }
        Ok(form)
    }

    /// Chooses the kind that goes with what is wanted. The kind of an entry that is there stays, where it has a meaning here.
    fn fill_kind(
        &self,
        opened: &EntryPage,
        form: &mut Form,
        there: bool,
        wanted: &EntryWanted,
        wants_mail: bool,
    ) -> Result<(), DeviceError> {
        let EntryPage { page, fields, shown, .. } = opened;
        let Some(field) = &fields.kind else { return Ok(()) };
        let now = shown.kind.as_deref().and_then(|text| self.kind_of(text));
        let wants_fax = wanted.fax.as_deref().is_some_and(|fax| !fax.is_empty());
        if there && (wants_mail || wants_fax) && now.is_none() {
            let got = "the entry leads to something else, and the page keeps the field for it";
            return Err(problem::unsupported(page, "the e-mail address", got));
        }
        let kind = match (wants_mail, wants_fax) {
            // An entry that is there and has another destination keeps it.
            _ if there && !fields.joint => return Ok(()),
            (true, _) => Kind::Email,
            (false, true) => Kind::Fax,
            (false, false) => return Ok(()),
        };
        let word = if kind == Kind::Email { "e-mail" } else { "fax" };
        choose(form, field, &kind, word, |text| self.kind_of(text))
            .map_err(|e| problem::unfillable(&self.session, page, "the type of the entry", &e))
    }

    /// The number of a new entry, where its page asks for one.
    fn fill_number(
        &self,
        page: &Page,
        form: &mut Form,
        fields: &Fields,
        wanted: &EntryWanted,
    ) -> Result<(), DeviceError> {
        let Some(field) = &fields.number else { return Ok(()) };
        let rows = self.book.known.values().filter(|known| known.kind == wanted.kind);
        let taken: Vec<u32> = rows.filter_map(|known| known.row.number).collect();
        let unfillable = |e: &FormError| problem::unfillable(&self.session, page, "the number", e);
        let Some(control) = form.controls.iter().find(|c| c.name == *field) else { return Ok(()) };
        if control.kind == ControlType::Select {
            let free = |text: &str| number(text).is_some_and(|n| !taken.contains(&n));
            let all = offered(form, field);
            let fits = |text: &str| match wanted.number {
                Some(wanted) => number(text) == Some(wanted),
                None => free(text),
            };
            return match all.iter().find(|(text, _)| fits(text)) {
                Some((_, value)) => form.choose(field, value).map_err(|e| unfillable(&e)),
                None => {
                    Err(problem::unsupported(page, "the number", "the page offers no free number for it"))
                }
            };
        }
        let held = number(&control.value).filter(|n| !taken.contains(n));
        match wanted.number.or_else(|| held.is_none().then(|| (1..).find(|n| !taken.contains(n))).flatten()) {
            Some(number) => form.set_text(field, &number.to_string()).map_err(|e| unfillable(&e)),
            None => Ok(()),
        }
    }

    fn put(
        &self,
        page: &Page,
        form: &mut Form,
        field: &str,
        what: &str,
        value: &str,
    ) -> Result<(), DeviceError> {
        holdable(page, field, value)
            .and_then(|()| form.set_text(field, value))
            .map_err(|e| problem::unfillable(&self.session, page, what, &e))
    }
}

/// Puts a value back by the control's own name.
fn restore(form: &mut Form, name: &str, value: &str) -> Result<(), FormError> {
    let kind = form.controls.iter().find(|c| c.name == name && !c.kind.is_button()).map(|c| c.kind);
    match kind {
        Some(ControlType::Checkbox) => form.check(name, Some(value), true),
        Some(ControlType::Radio | ControlType::Select) => form.choose(name, value),
        _ => form.set_text(name, value),
    }
}
