//! The full form ("Detail Input") of a user.
//!
//! Field names are evidence. That fields are disabled in the markup rather than by script, and the answers to values
//! that are not taken, are INVENTED.

use super::super::device::{Device, Inner, Visit};
use super::super::pages::Page;
use super::super::texts::Word;
use super::edit::{Edit, Way};
use super::fields::{self, LOGIN, MAIL, Trouble, USER_CODE};
use super::pages::{boxes, failure, hidden, line, skip, text};
use super::{list, rows, wizard_page};
use crate::book::{BookEntry, BookFolder};
use crate::http::Response;

impl Device {
    /// A page of this family that failed: `TIMEOUT`, `BADFLOW`, `BUSY`, or a text of the table with `NGPARAM`.
    pub(super) fn form_failure(&self, visit: &Visit<'_>, result: &str, method: &str) -> Response {
        let mode = match visit.form.text("mode") {
            mode @ ("ADDUSER" | "MODUSER" | "ADDGROUP" | "MODGROUP" | "DELETE") => mode,
            _ => "MODUSER",
        };
        self.html(visit, |page| {
            let title = page.book(match mode {
                "ADDUSER" => "ADD_USER",
                "ADDGROUP" => "ADD_GROUP",
                "MODGROUP" => "CHANGE_GROUP",
                "DELETE" => "DELETE",
                _ => "CHANGE_USER",
            });
            let (value, text) = match result {
                "BUSY" => ("BUSY", page.h(Word::Busy)),
                "TIMEOUT" | "BADFLOW" => (result, page.t(Word::SessionTimedOut).to_owned()),
                id => ("NGPARAM", page.book_html(id)),
            };
            failure(page, title, mode, value, method, &text)
        })
    }

    /// Whether the list's data was read as far as this entry, where the device wants that.
    pub(super) fn was_listed(&self, inner: &mut Inner, visit: &Visit<'_>, id: u64) -> bool {
        let place = inner.book.entries().iter().position(|entry| entry.id == id);
        let loaded = inner.sessions.book(visit.session.as_deref()).map_or(0, |book| book.loaded);
        !self.profile.address.batches_first || place.is_some_and(|place| place < loaded)
    }

    /// `adrsGetUser.cgi`.
    pub(in super::super) fn form_open(&self, inner: &mut Inner, visit: &Visit<'_>) -> Response {
        let method = "adrsGetUser";
        let mode = visit.form.text("mode");
        if visit.request.method != "POST" {
            return self.form_failure(visit, "TIMEOUT", method);
        }
        if !matches!(mode, "ADDUSER" | "MODUSER") {
            return self.form_failure(visit, "BADFLOW", method);
        }
        if self.book_busy(inner, visit) {
            return self.form_failure(visit, "BUSY", method);
        }
        let adding = mode == "ADDUSER";
        if visit.form.text("outputSpecifyModeIn") == "SETTINGS" {
            return match self.edit_of(inner, visit, Way::Form) {
                Some(edit) => self.html(visit, |page| user_form(page, &edit.draft, mode)),
                None => self.form_failure(visit, "TIMEOUT", method),
            };
        }
        let draft = if adding { self.blank(inner, false) } else { self.named(inner, visit, false) };
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
        inner.sessions.begin(visit.session.as_deref(), Edit::new(Way::Form, adding, draft.clone()));
        self.html(visit, |page| user_form(page, &draft, mode))
    }

    /// `adrsSetUser.cgi`: stores the form, or keeps it while a password is changed on a page of its own.
    pub(in super::super) fn form_save(&self, inner: &mut Inner, visit: &Visit<'_>) -> Response {
        let method = "adrsSetUser";
        if !matches!(visit.form.text("mode"), "ADDUSER" | "MODUSER") {
            return self.form_failure(visit, "BADFLOW", method);
        }
        if self.book_busy(inner, visit) {
            return self.form_failure(visit, "BUSY", method);
        }
        let edit = self.edit_of(inner, visit, Way::Form);
        let (Some(mut edit), "POST") = (edit, visit.request.method.as_str()) else {
            return self.form_failure(visit, "TIMEOUT", method);
        };
        if visit.form.text("entryIndexIn").is_empty() {
            return self.html(visit, list::invalid);
        }
        // The first of a doubled field counts.
        let write = match visit.form.text("inputSpecifyModeIn") {
            "WRITE" => true,
            "SESSION" => false,
            _ => return self.form_failure(visit, "BADFLOW", method),
        };
        let read = fields::full(&self.profile.address, &inner.book, &visit.form, &edit.draft);
        let mut entry = match read {
            Ok(entry) => entry,
            Err(trouble) => return self.form_failure(visit, trouble.id, method),
        };
        if !write {
            edit.draft = entry;
            let (from, to) = (visit.form.text("wayFrom"), visit.form.text("wayTo"));
            inner.sessions.begin(visit.session.as_deref(), edit);
            let fields = [("wayFrom", from), ("wayTo", to), ("pageSpecifiedIn", ""), ("pageNumberIn", "")];
            let mode = visit.form.text("mode");
            return self.html(visit, |page| skip(page, page.book("CHANGE_USER"), mode, method, &fields));
        }
        for (kind, password) in &edit.passwords {
            put_password(&mut entry, kind, password);
        }
        self.saved(inner, visit, edit.adding, entry, method)
    }

    /// Stores an entry and answers with its row.
    pub(super) fn saved(
        &self,
        inner: &mut Inner,
        visit: &Visit<'_>,
        adding: bool,
        entry: BookEntry,
        method: &str,
    ) -> Response {
        match self.store(inner, visit, adding, entry) {
            Ok(entry) => {
                let codes = inner.book.user_codes();
                let body = rows::saved(&self.profile, &visit.route.language, &entry, codes);
                Response::plain(200, "text/plain", body)
            }
            Err(Trouble { id, .. }) => self.form_failure(visit, id, method),
        }
    }
}

/// Stores a password that was given on its own page. Others than the folder's are kept only as digests: nothing in the
/// lab uses them.
fn put_password(entry: &mut BookEntry, kind: &str, password: &str) {
    let given = (!password.is_empty()).then(|| password.to_owned());
    if kind == "FOLDER" {
        if let Some(folder) = &mut entry.folder {
            folder.password = given;
        }
        return;
    }
    let name = format!("password:{kind}");
    match given {
        Some(password) => entry.hidden.insert(name, crate::lab::digest(&password)),
        None => entry.hidden.remove(&name),
    };
}

/// The frame of a form: the hidden fields, the rows, the verdict.
pub(super) fn form_page(page: &Page<'_>, title: &str, mode: &str, method: &str, rows: &str) -> String {
    let newer = page.profile.address.is_newer();
    let mut fields = hidden("mode", mode);
    for name in ["pageSpecifiedIn", "pageNumberIn"] {
        fields.push_str(&hidden(name, ""));
    }
    if !newer {
        fields.push_str(&hidden("searchSpecifyModeIn", ""));
    }
    for name in ["outputSpecifyModeIn", "inputSpecifyModeIn", "wayFrom", "wayTo"] {
        fields.push_str(&hidden(name, ""));
    }
    fields.push_str(&hidden("isSelfPasswordEditMode", "false"));
    if !newer {
        fields.push_str(&hidden("isLocalAuthPasswordUpdated", "false"));
        fields.push_str(&hidden("isFolderAuthPasswordUpdated", "false"));
    }
    let body = format!(
        "<input type=\"hidden\" id=\"CONFIRM_FOLDER_PASSWORD_G\" value=\"{warning}\">\n\
         <h4 class=\"title\">{title}</h4>\n<form name=\"commandForm\" onSubmit=\"return false;\">\n{token}\n\
         <a href=\"javascript:{ok_function}\" class=\"defaultTableCommandButton\">{ok}</a>\n\
         <a href=\"javascript:adrsListJump()\" class=\"defaultTableCommandButton\">{cancel}</a>\n</form>\n\
         <form name=\"mainForm\" onSubmit=\"return false;\">\n{token}\n{fields}<table>\n{rows}</table>\n</form>\n\
         <form name=\"basicForm\" onSubmit=\"return false;\">\n{token}\n{mode_field}{result}{method}</form>\n",
        warning = page.book_html("CONFIRM_FOLDER_PASSWORD_G"),
        title = page.book_html(title),
        token = page.token_field(),
        ok_function = if newer { "Apply()" } else { "clickOK()" },
        ok = page.h(Word::Ok),
        cancel = page.h(Word::Cancel),
        mode_field = hidden("mode", mode),
        result = hidden("returnValue", "SUCCESS"),
        method = hidden("methodName", method),
    );
    page.document(page.book(title), "", "", &body)
}

/// Priority on the panel, where the generation has it.
pub(super) fn priority_row(page: &Page<'_>, entry: &BookEntry) -> String {
    if !page.profile.address.is_newer() {
        return String::new();
    }
    let chosen = fields::hidden(entry, "priorityIn", "5");
    let choices: Vec<(String, String, bool)> = (1..=10)
        .map(|number: u8| (number.to_string(), number.to_string(), number.to_string() == chosen))
        .collect();
    line(page.book("PRIORITY"), &super::pages::select("priorityIn", "", &choices))
}

fn user_form(page: &Page<'_>, entry: &BookEntry, mode: &str) -> String {
    let pages = &page.profile.address;
    let mut rows = wizard_page::base_rows(page, entry);
    rows.push_str(&priority_row(page, entry));
    rows.push_str(&wizard_page::title_rows(page, entry));
    rows.push_str(&line(page.book("CODE"), &text("userCodeIn", &entry.user_code, USER_CODE, true)));
    rows.push_str(&account(page, "smtp", fields::hidden(entry, "smtpAuthUserNameIn", ""), 191, {
        fields::hidden(entry, "smtpAuthAccountIn", "AUTH_SYSTEM_O") == "AUTH_ASSIGNMENT_O"
    }));
    let folder = entry.folder.clone().unwrap_or_default();
    rows.push_str(&account(page, "folder", &folder.login, LOGIN, has_login(&folder)));
    rows.push_str(&account(page, "ldap", fields::hidden(entry, "ldapAuthUserNameIn", ""), 128, {
        fields::hidden(entry, "ldapAuthAccountIn", "AUTH_SYSTEM_O") == "AUTH_ASSIGNMENT_O"
    }));
    let functions: &[&str] = if pages.colour {
        &["COPY_FC", "COPY_TC", "COPY_MC", "COPY_BW", "PRT_FC", "PRT_BW", "DBX", "FAX", "SCAN", "MFPBROWSER"]
    } else {
        &["COPY", "FAX", "SCAN", "DBX", "PRT", "MFPBROWSER"]
    };
    rows.push_str(&ticks(entry, "availableFuncIn", functions, "", !entry.user_code.is_empty()));
    if pages.colour {
        let chosen = fields::hidden(entry, "acsLimitationIn", "ACSFULLCOLOR_O");
        let choices = ["ACSONLY_O", "ACSFULLCOLOR_O"].map(|code| (code, code, code == chosen));
        rows.push_str(&line("", &boxes("radio", "acsLimitationIn", &choices, true)));
    }
    let to = fields::hidden(entry, "entryUseIn", "ENTRYUSE_TO_O").contains("ENTRYUSE_TO_O");
    let uses = [("ENTRYUSE_TO_O", "", to), ("ENTRYUSE_FROM_O", page.book("SENDER"), entry.sender)];
    rows.push_str(&line("", &boxes("checkbox", "entryUseIn", &uses, true)));
    rows.push_str(&ticks(entry, "protectedUseIn", &["PROTECT_SENDER_O", "PROTECT_FOLDER_O"], "", true));
    if pages.fax {
        rows.push_str(&line(page.book("FAX"), &text("faxDestIn", &entry.fax, fields::FAX, true)));
    }
    rows.push_str(&line(page.book("MAIL"), &text("mailAddressIn", &entry.email, MAIL, true)));
    rows.push_str(&hidden("isCertificateExist", fields::hidden(entry, "isCertificateExist", "false")));
    rows.push_str(&hidden("isEncryptAlways", "false"));
    if pages.is_newer() {
        let on = fields::hidden(entry, "isEncryptAlwaysIn", "") == "true";
        rows.push_str(&line(
            "",
            &boxes("checkbox", "isEncryptAlwaysIn", &[("true", "", on)], !entry.email.is_empty()),
        ));
    }
    rows.push_str(&wizard_page::folder_rows(page, entry));
    let title = if mode == "ADDUSER" { "ADD_USER" } else { "CHANGE_USER" };
    form_page(page, title, mode, "adrsGetUser", &rows)
}

fn has_login(folder: &BookFolder) -> bool {
    !folder.login.is_empty() || folder.password.is_some()
}

/// Who logs in: nobody of its own, or somebody with a name.
fn account(page: &Page<'_>, kind: &str, name: &str, longest: usize, own: bool) -> String {
    let choices = [
        ("AUTH_ASSIGNMENT_O", page.book("FREQ_ON_LB"), own),
        ("AUTH_SYSTEM_O", page.book("FREQ_OFF_LB"), !own),
    ];
    line(page.book("LOGIN"), &boxes("radio", &format!("{kind}AuthAccountIn"), &choices, true))
        + &line(page.book("LOGIN"), &text(&format!("{kind}AuthUserNameIn"), name, longest, own))
}

/// Boxes of one field.
fn ticks(entry: &BookEntry, name: &str, values: &[&str], usual: &str, on: bool) -> String {
    let chosen: Vec<&str> = fields::hidden(entry, name, usual).split(',').collect();
    let choices: Vec<(&str, &str, bool)> =
        values.iter().map(|value| (*value, *value, chosen.contains(value))).collect();
    line("", &boxes("checkbox", name, &choices, on))
}
