//! Signing in. A refused log-in is never repeated.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use scanfleet_sdk::form::{ControlType, Form};
use scanfleet_sdk::page::Page;
use scanfleet_sdk::transport::{Answer, Effect, Request};
use scanfleet_sdk::{Category, DeviceError, LoginHistory, Secret};

use crate::driver::RicohDriver;
use crate::family::default_user;
use crate::problem;
use crate::recognise::is_session;
use crate::signs::{Sign, classify, login_form};

const TRIED: &str = "log in";

impl RicohDriver {
    /// Opens a session where none is open.
    pub(crate) async fn sign_in(&mut self) -> Result<(), DeviceError> {
        if self.logged_in {
            return Ok(());
        }
        // Whatever is asked of the driver next: a refused password is sent once.
        if let Some(refused) = &self.refused {
            return Err(refused.clone());
        }
        let Some(credentials) = self.credentials.clone() else {
            return Err(DeviceError::new(
                Category::AuthRefused,
                TRIED,
                "no administrator password is given for this device",
            )
            .hint("name one in the inventory with `admin_secret`; nothing was sent"));
        };
        let (page, form) = self.login_page().await?;
        let user = credentials.user.clone().unwrap_or_else(|| default_user(&self.family).to_owned());
        let form = filled(form, &user, &credentials.password);
        let submission = form
            .submission(None, Some(&target(&form)))
            .map_err(|e| problem::unfillable(&self.session, &page, "the log-in", &e))?;
        let request =
            Request::submit(submission, Effect::Login, TRIED, &["userid", "password", "password_work"])
                .header("Referer", page.url.as_str())
                .no_follow();
        self.session.forget_cookie("wimsesid");
        let answer = self.session.send(request).await?;
        let settled = self.settle(&answer);
        self.refused = settled
            .as_ref()
            .err()
            .filter(|error| matches!(error.category, Category::AuthRefused | Category::LockedOut))
            .cloned();
        settled
    }

    /// The log-in page and its form.
    async fn login_page(&mut self) -> Result<(Page, Form), DeviceError> {
        const TRIED: &str = "open the log-in page";
        let url = format!("/web/guest/{}/websys/webArch/authForm.cgi", self.lang);
        for attempt in 0..2 {
            let page = self.session.get(&url, TRIED).await?;
            if let Some(form) = login_form(&page.forms()).cloned() {
                return Ok((page, form));
            }
            match classify(&page, &self.family) {
                // Once more with the cookie set: the device may have wiped it.
                Sign::Cookie if attempt == 0 => self.session.set_cookie("cookieOnOffChecker", "on"),
                Sign::Cookie => return Err(problem::cookies(&page, TRIED)),
                Sign::Busy(text) => return Err(problem::busy(&page, TRIED, &text)),
                Sign::TooManySessions(text) => return Err(problem::too_many_sessions(&page, TRIED, &text)),
                Sign::Status(status) => return Err(problem::status(&self.session, &page, TRIED, status)),
                Sign::Failure(text) => {
                    let got = format!("the device says: {text}");
                    return Err(problem::page_changed(&self.session, &page, TRIED, got));
                }
                _ => {
                    let got = "no form with the hidden fields `userid` and `password` is there";
                    return Err(problem::page_changed(&self.session, &page, TRIED, got));
                }
            }
        }
        Err(DeviceError::new(Category::PageChanged, TRIED, "the device did not show its log-in page")
            .on_page(url))
    }

    /// Tells what the answer to the log-in means.
    fn settle(&mut self, answer: &Answer) -> Result<(), DeviceError> {
        let given = answer.set_cookies.iter().rev().find(|(n, v)| n == "wimsesid" && is_session(v));
        let held = self.session.cookie("wimsesid").filter(|v| is_session(v));
        let page = answer.page();
        let refused = answer.header("location").is_some_and(|l| l.contains("authForm.cgi"))
            || login_form(&page.forms()).is_some();
        if let Some(number) = held.or_else(|| given.map(|(_, v)| v.clone()))
            && !refused
        {
            self.session.set_cookie("wimsesid", &number);
            self.logged_in = true;
            return Ok(());
        }
        // Whatever number came with a refusal is none of ours.
        self.session.forget_cookie("wimsesid");
        let visible = page.document().visible_text();
        let place = problem::place(&page);
        if self.family.holds("sign.sessions", &visible) {
            return Err(problem::too_many_sessions(&page, TRIED, &visible));
        }
        if self.family.holds("sign.locked", &visible) {
            return Err(DeviceError::new(
                Category::LockedOut,
                TRIED,
                format!("the device says: {}", visible.chars().take(200).collect::<String>()),
            )
            .on_page(place)
            .hint(RELEASE));
        }
        if !refused {
            match classify(&page, &self.family) {
                Sign::Cookie => return Err(problem::cookies(&page, TRIED)),
                Sign::Busy(text) => return Err(problem::busy(&page, TRIED, &text)),
                // A redirect is no error of its own here: what is missing is the session number.
                Sign::Status(status) if status >= 400 => {
                    return Err(problem::status(&self.session, &page, TRIED, status));
                }
                _ => {
                    let got = format!(
                        "status {} without a session number, and not the log-in page either",
                        answer.status
                    );
                    return Err(problem::page_changed(&self.session, &page, TRIED, got));
                }
            }
        }
        let before = self.credentials.as_ref().is_some_and(|c| c.history == LoginHistory::AcceptedBefore);
        Err(if before {
            DeviceError::new(
                Category::LockedOut,
                TRIED,
                "the device refused a password that it had accepted before: the account is locked, or the password was changed",
            )
            .on_page(place)
            .hint(RELEASE)
        } else {
            DeviceError::new(
                Category::AuthRefused,
                TRIED,
                "the device showed its log-in page again: name or password is wrong, or the account is locked (the text is the same)",
            )
            .on_page(place)
            .hint("check name and password in a browser first; the log-in is not repeated, because refused ones may lock the account")
        })
    }
}

const RELEASE: &str = "the lock is released by the supervisor, by its timer, or by switching the device off and on; do not try again before";

/// Fills in the log-in: name and password in base64 in their hidden fields, the visible work fields empty.
fn filled(mut form: Form, user: &str, password: &Secret) -> Form {
    let password =
        if password.is_empty() { String::new() } else { STANDARD.encode(password.expose().as_bytes()) };
    for control in &mut form.controls {
        match control.name.as_str() {
            "userid" => control.value = STANDARD.encode(user.as_bytes()),
            "password" => control.value.clone_from(&password),
            _ if matches!(control.kind, ControlType::Text | ControlType::Password) => control.value.clear(),
            _ => continue,
        }
        control.disabled = false;
    }
    "post".clone_into(&mut form.method);
    form
}

/// Where the log-in goes: the form's own action where that is the log-in, else its neighbour of the known name.
fn target(form: &Form) -> String {
    let own = form.action_written.as_deref().unwrap_or_default();
    let path = own.split(['?', '#']).next().unwrap_or_default();
    if path.rsplit('/').next() == Some("login.cgi") { own.to_owned() } else { "login.cgi".to_owned() }
}
