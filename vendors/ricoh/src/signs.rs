//! What a body is, before anybody reads it as a page. WIM answers nearly everything with status 200, so the body tells.

use scanfleet_sdk::form::{ControlType, Form};
use scanfleet_sdk::page::Page;

use crate::family::Family;

/// What a body is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sign {
    /// Data of a script request.
    Data,
    /// The log-in page, or the page that leads to it: the session is gone.
    SessionGone,
    /// Cookies are not taken.
    Cookie,
    /// `returnValue` says that the context of the page is lost.
    TimedOut,
    /// `returnValue` says that a page was called out of order.
    BadFlow,
    /// In use by another function, session or person; the device's own words.
    Busy(String),
    /// As many sessions as the device allows; its own words.
    TooManySessions(String),
    /// An error page; the device's own words.
    Failure(String),
    /// The status says that there is no such page, or that it may not be seen.
    Status(u16),
    /// An ordinary page.
    Ordinary,
}

/// Classifies a body.
pub(crate) fn classify(page: &Page, family: &Family) -> Sign {
    let text = page.text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    if text.starts_with('[') {
        return Sign::Data;
    }
    let document = page.document();
    let forms = document.forms();
    if is_trampoline(&page.text, &forms) || login_form(&forms).is_some() {
        return Sign::SessionGone;
    }
    let title = document.title();
    let visible = document.visible_text();
    // The list of the address book has no field of a form, and its scripts hold texts and icons for dialogues of their own.
    let is_list = family.fact("book_columns").is_some_and(|map| page.text.contains(map));
    let shows_fields = is_list || forms.iter().any(|f| f.controls.iter().any(is_field));
    if !shows_fields && (page.text.contains("MSG_COOKIEOFF") || family.holds("sign.cookie", &title)) {
        return Sign::Cookie;
    }
    if !(200..300).contains(&page.status) {
        return Sign::Status(page.status);
    }
    let said = said(&document.texts_of_class("responseMessage"), &document.texts_of_class("errorMessage"));
    // On a page with fields only a marked message counts: its scripts may name the icon for dialogues of their own.
    let message = match (said, shows_fields) {
        (Some(text), _) => text,
        (None, false) => visible.chars().take(300).collect(),
        (None, true) => String::new(),
    };
    if let Some(value) = return_value(&forms) {
        match value.to_ascii_uppercase().as_str() {
            "TIMEOUT" => return Sign::TimedOut,
            "BADFLOW" => return Sign::BadFlow,
            "BUSY" => return Sign::Busy(message),
            _ => return words_of(family, &title, &message, format!("{value}: {message}")),
        }
    }
    let marked = page.text.contains("messageIconE.gif") || has_error_class(&page.text);
    if marked && !message.is_empty() || is_error_title(family, &title) {
        return words_of(family, &title, &message, message.clone());
    }
    // A page without fields that speaks of being used is a message, marked or not.
    if !shows_fields && visible.chars().count() < 600 {
        if family.holds("sign.sessions", &visible) {
            return Sign::TooManySessions(visible);
        }
        if family.holds("sign.busy", &visible) {
            return Sign::Busy(visible);
        }
        if family.holds("sign.cookie", &visible) {
            return Sign::Cookie;
        }
    }
    Sign::Ordinary
}

fn words_of(family: &Family, title: &str, message: &str, text: String) -> Sign {
    let text = if text.is_empty() { title.to_owned() } else { text };
    if family.holds("sign.sessions", message) {
        Sign::TooManySessions(text)
    } else if family.holds("sign.busy", message) {
        Sign::Busy(text)
    } else if family.holds("sign.cookie", message) {
        Sign::Cookie
    } else {
        Sign::Failure(text)
    }
}

/// A field that a person fills.
fn is_field(control: &scanfleet_sdk::form::Control) -> bool {
    matches!(
        control.kind,
        ControlType::Text
            | ControlType::Password
            | ControlType::Radio
            | ControlType::Checkbox
            | ControlType::Select
            | ControlType::Textarea
    )
}

/// The page that leads to the log-in page by itself: a `form1` that goes to `authForm.cgi`.
fn is_trampoline(text: &str, forms: &[Form]) -> bool {
    let leads = forms.iter().any(|f| {
        f.action_written.as_deref().is_some_and(|a| a.contains("authForm.cgi"))
            && !f.controls.iter().any(is_field)
    });
    // Ordinary pages link to the log-in page too: without fields of their own and with the form that goes by itself,
    // it is the trampoline.
    leads
        || (text.contains("authForm.cgi")
            && text.contains("form1")
            && text.contains("submit()")
            && !forms.iter().any(|f| f.controls.iter().any(is_field))
            && text.len() < 4096)
}

/// The log-in form: hidden `userid` and `password`, or a password field beside a text field with their names.
pub(crate) fn login_form(forms: &[Form]) -> Option<&Form> {
    forms.iter().find(|f| {
        let has = |name: &str| f.controls.iter().any(|c| c.name == name);
        has("userid") && has("password")
    })
}

fn return_value(forms: &[Form]) -> Option<String> {
    forms
        .iter()
        .flat_map(|f| &f.controls)
        .find(|c| c.name == "returnValue" && c.kind == ControlType::Hidden)
        .map(|c| c.value.trim().to_owned())
        .filter(|v| !v.is_empty() && !v.eq_ignore_ascii_case("SUCCESS"))
}

fn has_error_class(text: &str) -> bool {
    text.match_indices("errorMessage").any(|(at, _)| {
        let before = &text[..at];
        before.ends_with("class=\"") || before.ends_with("class='") || before.ends_with("class=")
    })
}

/// `E-mail / Error`: one part of the title is the word.
fn is_error_title(family: &Family, title: &str) -> bool {
    title.split(['/', ':', '-', '–', '|', '>']).any(|part| family.is("sign.error-title", part))
}

/// The message of an error page, where it is marked as one.
fn said(rows: &[String], blocks: &[String]) -> Option<String> {
    let text = rows.iter().chain(blocks).find(|t| !t.trim().is_empty())?;
    Some(text.chars().take(300).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::family;

    fn sign(status: u16, text: &str) -> Sign {
        let url = "http://192.0.2.1/web/entry/en/x.cgi".parse().unwrap();
        let page = Page { url, status, charset: "UTF-8", text: text.to_owned() };
        classify(&page, &family::all().unwrap()[0])
    }

    #[test]
    fn every_body_is_what_it_looks_like() {
        assert_eq!(sign(200, "\n[[1,2]]"), Sign::Data);
        assert_eq!(
            sign(
                200,
                "<body onload='document.form1.submit()'><form name='form1' method='post' action='../../guest/en/websys/webArch/authForm.cgi'><input type=hidden name=open value=x></form>"
            ),
            Sign::SessionGone
        );
        assert_eq!(
            sign(
                200,
                "<form name=form1 action=login.cgi><input type=hidden name=userid><input name=userid_work><input type=hidden name=password></form>"
            ),
            Sign::SessionGone
        );
        assert_eq!(
            sign(200, "<script>location.href='message.cgi?messageID=MSG_COOKIEOFF'</script>"),
            Sign::Cookie
        );
        assert_eq!(
            sign(200, "<title>Erreur de cookie</title><p>Activer les cookies dans le navigateur."),
            Sign::Cookie
        );
        assert_eq!(
            sign(200, "<form><input value='TIMEOUT' name='returnValue' type='hidden'></form>"),
            Sign::TimedOut
        );
        assert_eq!(
            sign(200, "<form><input type=hidden name=returnValue value=BADFLOW></form>"),
            Sign::BadFlow
        );
        assert_eq!(
            sign(200, "<form><input type=hidden name=returnValue value=SUCCESS><input name=a></form>"),
            Sign::Ordinary
        );
        assert_eq!(
            sign(
                200,
                "<title>E-mail / Erreur</title><table><tr class='responseMessage'><td>Le périphérique est en cours d'utilisation par d'autres fonctions.</td></tr></table>"
            ),
            Sign::Busy("Le périphérique est en cours d'utilisation par d'autres fonctions.".into())
        );
        assert_eq!(
            sign(
                200,
                "<body class=\"errorMessage\"><table><tr class=responseMessage><td>There is an error with the entry.</td></tr></table>"
            ),
            Sign::Failure("There is an error with the entry.".into())
        );
        assert!(matches!(
            sign(200, "<p>El número de usuarios que accede al servidor supera el límite máximo permitido"),
            Sign::TooManySessions(_)
        ));
        assert_eq!(sign(404, "<h1>404 Not Found</h1>"), Sign::Status(404));
        let icon =
            "<script>var i = 'messageIconE.gif';</script><form name=form1><input name=smtpServerName></form>";
        assert_eq!(sign(200, icon), Sign::Ordinary);
        let list = "<script>var g_columnInfoHash={}; var i='messageIconE.gif';</script><form name=listAllForm><input type=hidden name=wimToken value=1></form><p>3 users; the book is being used by many";
        assert_eq!(sign(200, list), Sign::Ordinary);
        let busy = list.replace("wimToken value=1", "returnValue value=BUSY");
        assert!(matches!(sign(200, &busy), Sign::Busy(_)));
        // The sentence alone, in a script of an ordinary page, means nothing.
        assert_eq!(
            sign(
                200,
                "<script>var m='Session timed out.<br />';var b='is being used';</script><form name=form1><input name=smtpServerName></form>"
            ),
            Sign::Ordinary
        );
        assert_eq!(
            sign(
                200,
                "<a href='../../guest/en/websys/webArch/authForm.cgi'>Login</a><form name=form1 action=x.cgi><input name=q></form>"
            ),
            Sign::Ordinary
        );
    }
}
