//! The form of a group.
//!
//! Known are the two CGIs, their modes and that they follow the user's form. INVENTED: the field with the members (its
//! name differs by profile), that it is a select of several choices, and that registration numbers stand in it.

use super::super::device::{Device, Inner, Visit};
use super::super::pages::Page;
use super::edit::{Edit, Way};
use super::form::{form_page, priority_row};
use super::pages::{line, select};
use super::{fields, list, wizard_page};
use crate::book::{Book, BookEntry};
use crate::http::Response;

impl Device {
    /// `adrsGetGroup.cgi`.
    pub(in super::super) fn group_open(&self, inner: &mut Inner, visit: &Visit<'_>) -> Response {
        let method = "adrsGetGroup";
        let mode = visit.form.text("mode");
        if visit.request.method != "POST" {
            return self.form_failure(visit, "TIMEOUT", method);
        }
        if !matches!(mode, "ADDGROUP" | "MODGROUP") {
            return self.form_failure(visit, "BADFLOW", method);
        }
        if self.book_busy(inner, visit) {
            return self.form_failure(visit, "BUSY", method);
        }
        let adding = mode == "ADDGROUP";
        let draft = if adding { self.blank(inner, true) } else { self.named(inner, visit, true) };
        let Some(draft) = draft else {
            inner.sessions.leave(visit.session.as_deref());
            if adding {
                return self.form_failure(visit, "FULL", method);
            }
            let book = &inner.book;
            return self.html(visit, |page| list::unknown_entry(page, book));
        };
        if !adding && !self.was_listed(inner, visit, draft.id) {
            return self.form_failure(visit, "BADFLOW", method);
        }
        inner.sessions.begin(visit.session.as_deref(), Edit::new(Way::Group, adding, draft.clone()));
        let book = &inner.book;
        self.html(visit, |page| group_form(page, book, &draft, mode))
    }

    /// `adrsSetGroup.cgi`.
    pub(in super::super) fn group_save(&self, inner: &mut Inner, visit: &Visit<'_>) -> Response {
        let method = "adrsSetGroup";
        if !matches!(visit.form.text("mode"), "ADDGROUP" | "MODGROUP") {
            return self.form_failure(visit, "BADFLOW", method);
        }
        if self.book_busy(inner, visit) {
            return self.form_failure(visit, "BUSY", method);
        }
        let edit = self.edit_of(inner, visit, Way::Group);
        let (Some(edit), "POST") = (edit, visit.request.method.as_str()) else {
            return self.form_failure(visit, "TIMEOUT", method);
        };
        if visit.form.text("entryIndexIn").is_empty() {
            return self.html(visit, list::invalid);
        }
        if visit.form.text("inputSpecifyModeIn") != "WRITE" {
            return self.form_failure(visit, "BADFLOW", method);
        }
        let pages = &self.profile.address;
        let mut entry = edit.draft;
        if let Err(trouble) = fields::base(pages, &inner.book, &visit.form, &mut entry) {
            return self.form_failure(visit, trouble.id, method);
        }
        match visit.form.text("priorityIn") {
            "" | "5" => entry.hidden.remove("priorityIn"),
            priority => entry.hidden.insert("priorityIn".to_owned(), priority.to_owned()),
        };
        entry.members.clear();
        for number in visit.form.all(&pages.members) {
            match number.parse().ok().and_then(|number| inner.book.numbered(number)) {
                Some(member) if !member.group => entry.members.push(member.id),
                _ => return self.form_failure(visit, "NGPARAM_WIZARD_E", method),
            }
        }
        self.saved(inner, visit, edit.adding, entry, method)
    }
}

fn group_form(page: &Page<'_>, book: &Book, entry: &BookEntry, mode: &str) -> String {
    let mut rows = wizard_page::base_rows(page, entry);
    rows.push_str(&priority_row(page, entry));
    rows.push_str(&wizard_page::title_rows(page, entry));
    let choices: Vec<(String, String, bool)> = book
        .entries()
        .iter()
        .filter(|user| !user.group)
        .map(|user| (format!("{:05}", user.number), user.name.clone(), entry.members.contains(&user.id)))
        .collect();
    rows.push_str(&line(page.book("MEMBERS"), &select(&page.profile.address.members, " multiple", &choices)));
    let title = if mode == "ADDGROUP" { "ADD_GROUP" } else { "CHANGE_GROUP" };
    form_page(page, title, mode, "adrsGetGroup", &rows)
}
