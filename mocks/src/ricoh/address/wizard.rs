//! The wizard ("Easy Input"): opened, filled in step by step, confirmed.

use super::super::device::{Device, Inner, Visit};
use super::super::texts::Word;
use super::edit::{Edit, Way};
use super::fields::{self, Trouble};
use super::pages::wizard_failure;
use super::{rows, wizard_page};
use crate::book::{BookEntry, BookFolder};
use crate::http::{Form, Response, epoch};

impl Device {
    /// Whether the book is closed to this session.
    pub(super) fn book_busy(&self, inner: &Inner, visit: &Visit<'_>) -> bool {
        let idle = self.profile.address.idle;
        visit.strike.busy
            || inner.book.locked_by.is_some()
            || inner.sessions.held_by_another(visit.session.as_deref(), idle)
    }

    /// The session's edit by these pages and of this kind (`ADDUSER`, `MODUSER`, …).
    pub(super) fn edit_of(&self, inner: &mut Inner, visit: &Visit<'_>, way: Way) -> Option<Edit> {
        if visit.strike.edit_lost {
            inner.sessions.leave(visit.session.as_deref());
        }
        let adding = visit.form.text("mode").starts_with("ADD");
        let edit = inner.sessions.edit(visit.session.as_deref(), self.profile.address.idle)?;
        (edit.way == way && edit.adding == adding).then(|| edit.clone())
    }

    /// A new entry as the forms suggest it: the lowest free number, among the frequent ones.
    pub(super) fn blank(&self, inner: &Inner, group: bool) -> Option<BookEntry> {
        let limits = &inner.book.limits;
        let full =
            if group { inner.book.groups() >= limits.groups } else { inner.book.users() >= limits.users };
        let number = inner.book.lowest_free(group)?;
        (!full).then(|| BookEntry {
            group,
            number,
            titles: [1, 1, 1],
            frequent: true,
            ..BookEntry::default()
        })
    }

    /// The entry that a request names by its registration number.
    pub(super) fn named(&self, inner: &Inner, visit: &Visit<'_>, group: bool) -> Option<BookEntry> {
        let number = visit.form.text("entryIndexIn").parse().ok()?;
        inner.book.numbered(number).filter(|entry| entry.group == group).cloned()
    }

    /// Stores an entry and frees the book; answers it as it is stored. With the fault "dropped write", nothing is
    /// stored and the answer looks the same.
    pub(super) fn store(
        &self,
        inner: &mut Inner,
        visit: &Visit<'_>,
        adding: bool,
        mut entry: BookEntry,
    ) -> Result<BookEntry, Trouble> {
        let dropped = visit.strike.drop_write;
        let before = dropped.then(|| inner.book.clone());
        if adding {
            entry.last_used = epoch();
            entry.id = inner.book.add(entry.clone())?;
        } else {
            inner.book.change(entry.clone())?;
        }
        inner.sessions.leave(visit.session.as_deref());
        match before {
            Some(before) => inner.book = before,
            None => inner.book_writes += 1,
        }
        Ok(entry)
    }

    fn wizard_page(&self, visit: &Visit<'_>, result: Option<&str>, id: &str) -> Response {
        let adding = visit.form.text("mode") != "MODUSER";
        self.html(visit, |page| {
            let title = page.book(if adding { "ADD_USER" } else { "CHANGE_USER" });
            let text = match id {
                "BUSY" => page.h(Word::Busy),
                "TIMEOUT" => page.t(Word::SessionTimedOut).to_owned(),
                id => page.book_html(id),
            };
            wizard_failure(page, title, result, &text)
        })
    }

    /// `adrsGetUserWizard.cgi`. A number that the book does not have gives the list page, as in the full form
    /// (INVENTED for the wizard).
    pub(in super::super) fn wizard_open(&self, inner: &mut Inner, visit: &Visit<'_>) -> Response {
        if self.book_busy(inner, visit) {
            return self.wizard_page(visit, Some("BUSY"), "BUSY");
        }
        let (adding, draft) = match (visit.request.method.as_str(), visit.form.text("mode")) {
            ("POST", "ADDUSER") => match self.blank(inner, false) {
                Some(draft) => (true, draft),
                None => return self.wizard_page(visit, None, "FULL"),
            },
            ("POST", "MODUSER") => match self.named(inner, visit, false) {
                Some(draft) => (false, draft),
                None => {
                    inner.sessions.leave(visit.session.as_deref());
                    let book = &inner.book;
                    return self.html(visit, |page| super::list::unknown_entry(page, book));
                }
            },
            _ => return self.wizard_page(visit, None, "TIMEOUT"),
        };
        inner.sessions.begin(visit.session.as_deref(), Edit::new(Way::Wizard, adding, draft.clone()));
        self.html(visit, |page| wizard_page::fragment(page, &draft, adding))
    }

    /// `adrsSetUserWizard.cgi`, one step; that of the confirmation too.
    pub(in super::super) fn wizard_step(&self, inner: &mut Inner, visit: &Visit<'_>) -> Response {
        if self.book_busy(inner, visit) {
            return self.wizard_page(visit, Some("BUSY"), "BUSY");
        }
        let edit = self.edit_of(inner, visit, Way::Wizard);
        let (Some(mut edit), "POST") = (edit, visit.request.method.as_str()) else {
            return self.wizard_page(visit, None, "TIMEOUT");
        };
        let step = visit.form.text("step").to_owned();
        if step == "CONFIRM" {
            return self.wizard_confirm(inner, visit, edit);
        }
        let mut piece = edit.draft.clone();
        let pages = &self.profile.address;
        for work in ["wk_folderPasswordIn", "wk_folderPasswordConfirmIn"] {
            inner.clear_passwords += u64::from(!visit.form.text(work).is_empty());
        }
        let read = match step.as_str() {
            "BASE" => fields::base(pages, &inner.book, &visit.form, &mut piece),
            "FAX" if pages.fax => fields::fax(&visit.form, &mut piece),
            "MAIL" => mail(&visit.form, &mut piece),
            "FOLDER" => fields::folder(pages, &visit.form, piece.folder.as_ref())
                .and_then(|folder| folder_step(&visit.form, &mut piece, folder, edit.adding)),
            _ => return self.wizard_page(visit, None, "TIMEOUT"),
        };
        match read {
            Ok(()) => {
                edit.pieces.insert(step, piece);
                inner.sessions.begin(visit.session.as_deref(), edit);
                let success = pages.text_table().len();
                Response::plain(200, "text/plain", format!("[{success}]"))
            }
            Err(trouble) => self.wizard_code(&trouble),
        }
    }

    fn wizard_code(&self, trouble: &Trouble) -> Response {
        let fields: String = trouble.fields.iter().map(|name| format!(",'{name}'")).collect();
        let code = self.profile.address.code(trouble.id);
        Response::plain(200, "text/plain", format!("[{code}{fields}]"))
    }

    fn wizard_confirm(&self, inner: &mut Inner, visit: &Visit<'_>, edit: Edit) -> Response {
        let listed: Vec<&str> = visit.form.all("stepListIn").collect();
        // What a device does with a step that is listed and was not sent is not known.
        if !listed.contains(&"BASE") || listed.iter().any(|step| !edit.pieces.contains_key(*step)) {
            return self.wizard_page(visit, None, "TIMEOUT");
        }
        let mut entry = edit.draft;
        for (step, piece) in &edit.pieces {
            if listed.contains(&step.as_str()) {
                take(step, piece, &mut entry);
            }
        }
        match self.store(inner, visit, edit.adding, entry) {
            Ok(entry) => {
                let codes = inner.book.user_codes();
                let body = rows::saved(&self.profile, &visit.route.language, &entry, codes);
                Response::plain(200, "text/plain", body)
            }
            // Captured as an HTML page for every trouble at this point.
            Err(trouble) => self.wizard_page(visit, None, trouble.id),
        }
    }
}

/// The step with the e-mail address, which is needed there.
fn mail(form: &Form, entry: &mut BookEntry) -> Result<(), Trouble> {
    fields::mail(form, entry)?;
    if entry.email.is_empty() {
        return Err(Trouble::field("mailAddressIn"));
    }
    entry.sender = form.text("mailSendUserIn") == "true";
    Ok(())
}

/// The step with the folder, which is needed there, its login and its password.
fn folder_step(
    form: &Form,
    entry: &mut BookEntry,
    folder: Option<BookFolder>,
    adding: bool,
) -> Result<(), Trouble> {
    let mut folder = folder.ok_or(Trouble::field("folderPathNameIn"))?;
    fields::login(form, &mut folder)?;
    let keep = !adding
        && (form.text("folderPasswordUpdateIn") == "ACCOUNTPWD_OFF_RB"
            || form.get("folderPasswordIn").is_none());
    if !keep {
        folder.password = fields::password(form, "folderPasswordIn", "folderPasswordConfirmIn")?;
    }
    entry.folder = Some(folder);
    Ok(())
}

/// Takes over what one step is about.
fn take(step: &str, piece: &BookEntry, entry: &mut BookEntry) {
    match step {
        "BASE" => {
            entry.number = piece.number;
            entry.name.clone_from(&piece.name);
            entry.reading.clone_from(&piece.reading);
            entry.key_display.clone_from(&piece.key_display);
            entry.titles = piece.titles;
            entry.frequent = piece.frequent;
        }
        "FAX" => entry.fax.clone_from(&piece.fax),
        "MAIL" => {
            entry.email.clone_from(&piece.email);
            entry.sender = piece.sender;
        }
        _ => entry.folder.clone_from(&piece.folder),
    }
}
