//! The page on which a password of an entry is changed, in the middle of the full form.

use super::super::device::{Device, Inner, Visit};
use super::super::pages::Page;
use super::super::texts::Word;
use super::edit::Way;
use super::fields::{self, PASSWORD};
use super::pages::{failure, hidden, line, password as password_field, skip};
use crate::http::Response;

/// The kinds of passwords.
const KINDS: [&str; 5] = ["FOLDER", "SMTP", "LDAP", "LOCAL", "PROTECT"];

impl Device {
    /// `adrsEditPassword.cgi`: the page (`inputSpecifyMode=NONE`), or what was entered there (`FIX`). Some clients
    /// give both words in the query of the address.
    pub(in super::super) fn book_password(&self, inner: &mut Inner, visit: &Visit<'_>) -> Response {
        let method = "adrsEditPassword";
        let query = visit.request.query_form();
        let word = |name: &str| match visit.form.text(name) {
            "" => query.text(name).to_owned(),
            value => value.to_owned(),
        };
        let (what, kind) = (word("inputSpecifyMode"), word("kind"));
        let edit = self.edit_of(inner, visit, Way::Form);
        let (Some(mut edit), "POST") = (edit, visit.request.method.as_str()) else {
            return self.form_failure(visit, "TIMEOUT", method);
        };
        if !KINDS.contains(&kind.as_str()) {
            return self.form_failure(visit, "BADFLOW", method);
        }
        let ways = [visit.form.text("wayFrom"), visit.form.text("wayTo")];
        let mode = visit.form.text("mode");
        match what.as_str() {
            "NONE" => {
                edit.open = Some(kind.clone());
                inner.sessions.begin(visit.session.as_deref(), edit);
                self.html(visit, |page| form(page, mode, &kind, ways))
            }
            "FIX" if edit.open.as_deref() == Some(kind.as_str()) => {
                for work in ["passwordInwk", "passwordConfirmInwk"] {
                    inner.clear_passwords += u64::from(!visit.form.text(work).is_empty());
                }
                let Ok(password) = fields::password(&visit.form, "passwordIn", "passwordConfirmIn") else {
                    return self.html(visit, |page| {
                        let text = page.book_html("ACCOUNTPWD_E");
                        failure(page, page.book("CHANGE_PASSWORD"), mode, "NGPARAM", method, &text)
                    });
                };
                edit.open = None;
                edit.passwords.insert(kind.clone(), password.unwrap_or_default());
                inner.sessions.begin(visit.session.as_deref(), edit);
                let fields = [
                    ("kind", kind.as_str()),
                    ("inputSpecifyMode", "FIX"),
                    ("wayFrom", ways[0]),
                    ("wayTo", ways[1]),
                    ("pageSpecifiedIn", ""),
                    ("pageNumberIn", ""),
                    ("outputSpecifyModeIn", ""),
                ];
                self.html(visit, |page| skip(page, page.book("CHANGE_PASSWORD"), mode, method, &fields))
            }
            _ => self.form_failure(visit, "BADFLOW", method),
        }
    }
}

/// The page itself; the ways stand exchanged on it, because it leads back to where it was called from.
fn form(page: &Page<'_>, mode: &str, kind: &str, [from, to]: [&str; 2]) -> String {
    let note = if page.https {
        String::new()
    } else {
        format!("<p class=\"note\">{}</p>\n", page.h(Word::NoSslNote))
    };
    let fields: String = [
        ("mode", mode),
        ("kind", kind),
        ("inputSpecifyMode", "FIX"),
        ("wayFrom", to),
        ("wayTo", from),
        ("pageSpecifiedIn", ""),
        ("pageNumberIn", ""),
        ("outputSpecifyModeIn", ""),
        ("passwordIn", ""),
        ("passwordConfirmIn", ""),
    ]
    .iter()
    .map(|(name, value)| hidden(name, value))
    .collect();
    let body = format!(
        "<h4 class=\"title\">{title}</h4>\n{note}<form name=\"mainForm\" onSubmit=\"return false;\">\n{token}\n\
         {fields}<table>\n{one}{two}</table>\n</form>\n<a href=\"javascript:clickOK()\">{ok}</a>\n\
         <form name=\"basicForm\" onSubmit=\"return false;\">\n{token}\n{result}{method}</form>\n",
        title = page.book_html("CHANGE_PASSWORD"),
        token = page.token_field(),
        one = line(page.h(Word::NewPassword).as_str(), &password_field("passwordInwk", PASSWORD)),
        two = line(page.h(Word::ConfirmPassword).as_str(), &password_field("passwordConfirmInwk", PASSWORD)),
        ok = page.h(Word::Ok),
        result = hidden("returnValue", "SUCCESS"),
        method = hidden("methodName", "adrsEditPassword"),
    );
    page.document(page.book("CHANGE_PASSWORD"), "", "", &body)
}
