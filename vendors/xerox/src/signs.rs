//! What a body is, before anybody reads it as a page. These devices answer nearly everything with status 200.

use scanfleet_sdk::error::clean;
use scanfleet_sdk::form::{Control, ControlType, Form};
use scanfleet_sdk::page::Page;

use crate::family::{Family, fact, is_name_of};

/// What a body is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sign {
    /// The log-in page, or a page that leads there: the session is gone.
    SessionGone,
    /// The error page that takes the place of an answer to a form whose token is not the session's.
    Token,
    /// In use by somebody else; the device's own words.
    Busy(String),
    /// As many sessions as the device allows; its own words.
    TooManySessions(String),
    /// An error message; the device's own words.
    Refused(String),
    /// The status says that there is no such page, or that it may not be seen.
    Status(u16),
    /// An ordinary page.
    Ordinary,
}

/// Classifies a body.
pub(crate) fn classify(page: &Page, family: &Family) -> Sign {
    let path = page.url.path().to_ascii_lowercase();
    let forms = page.forms();
    if path.ends_with("/login.php") || login_form(&forms, family).is_some() || leads_to_login(page, &forms) {
        return Sign::SessionGone;
    }
    if path.ends_with("/error.php") {
        return Sign::Token;
    }
    if !(200..300).contains(&page.status) {
        return Sign::Status(page.status);
    }
    let visible = page.document().visible_text();
    if let Some(text) = message(page) {
        return words_of(family, text);
    }
    // A page without fields that speaks of being used is a message.
    if !has_fields(&forms) && visible.chars().count() < 600 {
        if family.holds("sign.sessions", &visible) {
            return Sign::TooManySessions(visible);
        }
        if family.holds("sign.busy", &visible) {
            return Sign::Busy(visible);
        }
    }
    Sign::Ordinary
}

fn words_of(family: &Family, text: String) -> Sign {
    if family.holds("sign.sessions", &text) {
        Sign::TooManySessions(text)
    } else if family.holds("sign.busy", &text) {
        Sign::Busy(text)
    } else {
        Sign::Refused(text)
    }
}

/// The error message that a page carries: a script variable or an element called `http_errmsg`, not empty.
pub(crate) fn message(page: &Page) -> Option<String> {
    const NAME: &str = "http_errmsg";
    let text = &page.text;
    let shown = page.document().text_of_id(NAME).map(|t| clean(&t)).filter(|t| !t.is_empty());
    shown.or_else(|| {
        text.match_indices(NAME).find_map(|(at, _)| {
            let rest = text[at + NAME.len()..].trim_start_matches(['"', '\'', ']', ' ', '\t']);
            let rest = rest.strip_prefix('=').or_else(|| rest.strip_prefix(':'))?;
            if rest.starts_with('=') {
                return None;
            }
            let said = crate::literals::quoted(rest.trim_start())?;
            Some(clean(&said)).filter(|t| !t.is_empty())
        })
    })
}

/// A field that a person fills.
fn is_field(control: &Control) -> bool {
    control.kind != ControlType::Hidden && !control.kind.is_button()
}

fn has_fields(forms: &[Form]) -> bool {
    forms.iter().any(|f| f.controls.iter().any(is_field))
}

/// A small page that sends the browser to the log-in page.
fn leads_to_login(page: &Page, forms: &[Form]) -> bool {
    let text = &page.text;
    text.len() < 4096
        && !has_fields(forms)
        && text.contains("login.php")
        && (text.contains("location") || text.to_ascii_lowercase().contains("http-equiv=\"refresh"))
        && !text.contains("window.opener")
        && page.document().links().is_empty()
}

/// The log-in form: a password field beside one of the known names, the domain, or the log-in's function.
pub(crate) fn login_form<'a>(forms: &'a [Form], family: &Family) -> Option<&'a Form> {
    let target = fact(family, "login_target");
    forms.iter().find(|form| {
        let secret = form.controls.iter().any(|c| c.kind == ControlType::Password);
        let bears = |c: &Control| {
            is_name_of(family, "login_user", &c.name)
                || is_name_of(family, "login_password", &c.name)
                || c.name == "frmaltDomain"
                || (c.name == "_fun_function" && c.value.contains("Authenticate"))
        };
        // A page with settings may have a password and a test on that address, but then it has other fields, too.
        let few = form.controls.iter().filter(|c| is_field(c)).count() <= 3;
        let goes = form.action_written.as_deref().is_some_and(|a| a.contains(target));
        secret && (form.controls.iter().any(bears) || (few && goes))
    })
}

/// Whether the answer to a log-in says that it failed. That it says nothing proves nothing.
pub(crate) fn login_failed(page: &Page, family: &Family) -> Option<&'static str> {
    let address = page.url.as_str();
    let text = &page.text;
    // The right password's page speaks of its opener; what its script compares with is no sign.
    let small = text.len() < 4096 && !text.contains("window.opener");
    if address.contains("invalid=t") || (small && text.contains("invalid=t")) {
        return Some("`invalid=t`");
    }
    if address.contains("authStatus=0") || (small && text.contains("authStatus=0")) {
        return Some("`authStatus=0`");
    }
    if message(page).is_some() {
        return Some("`http_errmsg`");
    }
    if login_form(&page.forms(), family).is_some() || leads_to_login(page, &page.forms()) {
        return Some("the log-in page again");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::family;

    fn page(path: &str, status: u16, text: &str) -> Page {
        let url = format!("http://192.0.2.1{path}").parse().unwrap();
        Page { url, status, charset: "UTF-8", text: text.to_owned() }
    }

    fn sign(path: &str, text: &str) -> Sign {
        classify(&page(path, 200, text), family::embedded().unwrap().get("xerox-altalink").unwrap())
    }

    #[test]
    fn every_body_is_what_it_looks_like() {
        let login = "<form action=/userpost/xerox.set><input name=_fun_function type=hidden><input name=fred><input name=frmwebUsername><input type=password name=frmwebPassword></form>";
        assert_eq!(sign("/x.php", login), Sign::SessionGone);
        assert_eq!(sign("/properties/authentication/login.php", "<p>x"), Sign::SessionGone);
        assert_eq!(
            sign(
                "/x.php",
                "<script>top.location='/properties/authentication/login.php?redir=/x.php'</script>"
            ),
            Sign::SessionGone
        );
        assert_eq!(sign("/error.php", "<p>x"), Sign::Token);
        assert_eq!(
            sign(
                "/x.php",
                "<script>var http_errmsg = \"Not \\x26 valid\";</script><form><input name=a></form>"
            ),
            Sign::Refused("Not & valid".into())
        );
        assert!(matches!(
            sign("/x.php", "<script>var http_errmsg='The device is busy.';</script>"),
            Sign::Busy(_)
        ));
        assert_eq!(
            sign("/x.php", "<script>var http_errmsg = ''; if (http_errmsg == 'x') f();</script>"),
            Sign::Ordinary
        );
        assert_eq!(
            sign("/x.php", "<a href='/properties/authentication/login.php'>Login</a><p>Menu"),
            Sign::Ordinary
        );
        let family = family::embedded().unwrap();
        let family = family.get("xerox-workcentre").unwrap();
        assert_eq!(classify(&page("/x.php", 404, "<p>no"), family), Sign::Status(404));
        let failed = |path: &str, text: &str| login_failed(&page(path, 200, text), family).is_some();
        assert!(failed(
            "/a.php",
            "<script>top.location = '/properties/authentication/login.php?invalid=t'</script>"
        ));
        assert!(failed("/luidLogin.php?type=&authStatus=0", "<p>"));
        assert!(failed("/a.php", login));
        assert!(!failed(
            "/a.php",
            "<script>if (window.opener) window.close(); else top.location='/properties/authentication/login.php?x'</script>"
        ));
        assert!(!failed("/stat/welcome.php", "<div id=productName>XEROX WorkCentre 7835</div>"));
    }
}
