//! Signing in. A refused log-in is never repeated.

use scanfleet_sdk::error::clean;
use scanfleet_sdk::form::Form;
use scanfleet_sdk::page::Page;
use scanfleet_sdk::transport::{Answer, Effect, Request};
use scanfleet_sdk::{Category, DeviceError, LoginHistory, Rerun, Secret};

use crate::choice::holdable;
use crate::door::{Door, door, is_outside, is_token};
use crate::driver::{BrotherDriver, Standing};
use crate::problem;
use crate::signs::{Said, said};

pub(crate) const TRIED: &str = "log in";
/// The cookie of a session. It may come with a refusal too, so it proves nothing.
pub(crate) const COOKIE: &str = "AuthCookie";

/// The log-in form on a page that was just read.
struct Entrance {
    page: Page,
    form: Form,
    field: String,
}

impl BrotherDriver {
    /// Opens a session where none is open and one is needed.
    pub(crate) async fn sign_in(&mut self) -> Result<(), DeviceError> {
        if self.standing != Standing::Outside {
            return Ok(());
        }
        if let Some(error) = &self.refused {
            return Err(error.clone());
        }
        let entrance = if self.script { None } else { self.entrance().await? };
        if entrance.is_none() && !self.script {
            return Ok(());
        }
        let Some(credentials) = self.credentials.clone() else {
            return Err(DeviceError::new(
                Category::AuthRefused,
                TRIED,
                "no administrator password is given for this device",
            )
            .hint("name one in the inventory with `admin_secret`; nothing was sent"));
        };
        let done = match entrance {
            Some(entrance) => self.knock(entrance, &credentials.password).await,
            None => self.script_login(&credentials.password).await,
        };
        if let Err(error) = &done
            && matches!(error.category, Category::AuthRefused | Category::LockedOut)
        {
            self.refused = Some(error.clone());
        }
        done
    }

    /// The log-in form, fresh where it bears a token; `None` where no password is set or somebody is inside already.
    async fn entrance(&mut self) -> Result<Option<Entrance>, DeviceError> {
        const TRIED: &str = "open the log-in page";
        if let Some(page) = &self.front
            && door(page, None) == Door::Open
        {
            self.standing = Standing::Open;
            return Ok(None);
        }
        let remembered = [self.last.as_ref().map(|p| (p, true)), self.front.as_ref().map(|p| (p, false))];
        for (page, fresh) in remembered.into_iter().flatten() {
            // The page may be from before a session that ended: then another one is wanted.
            if let Door::Outside { form, field } = door(page, None)
                && self.leads_to_start(&form)
                && (fresh || !form.controls.iter().any(|c| is_token(&c.name)))
            {
                return Ok(Some(Entrance { page: page.clone(), form, field }));
            }
        }
        let status = self.status.clone();
        let page = self.fetch(&status, TRIED).await?;
        match door(&page, self.login_field.as_deref()) {
            Door::Outside { form, field } => Ok(Some(Entrance { page, form, field })),
            Door::Open => {
                self.standing = Standing::Open;
                Ok(None)
            }
            Door::Inside { .. } => {
                self.standing = Standing::Inside;
                Ok(None)
            }
            Door::Unknown if page.status >= 400 => Err(problem::status(&self.session, &page, TRIED)),
            Door::Unknown => {
                let got = "the page has neither a log-in field (`LogBox`), nor a log-out, nor the note that no password is set";
                Err(problem::page_changed(&self.session, &page, TRIED, got))
            }
        }
    }

    /// Whether a form goes to the start page, as log-ins and log-outs do.
    pub(crate) fn leads_to_start(&self, form: &Form) -> bool {
        form.action.as_ref().is_some_and(|url| url.path() == self.status)
    }

    /// Sends the password.
    async fn knock(&mut self, entrance: Entrance, password: &Secret) -> Result<(), DeviceError> {
        let Entrance { page, mut form, field } = entrance;
        holdable(&page, &field, password.expose())
            .and_then(|()| form.set_text(&field, password.expose()))
            .map_err(|e| problem::unfillable(&self.session, &page, "the administrator's password", &e))?;
        "post".clone_into(&mut form.method);
        let submission = form
            .submission(None, None)
            .map_err(|e| problem::unfillable(&self.session, &page, "the log-in", &e))?;
        let request = Request::submit(submission, Effect::Login, TRIED, &[&field, "CSRFToken"])
            .header("Referer", page.url.as_str())
            .no_follow();
        self.session.forget_cookie(COOKIE);
        self.login_field = Some(field);
        self.last = None;
        let answer = self.session.send(request).await?;
        self.settle(&answer)
    }

    /// Tells what the answer to the log-in means. Only a page of the session proves success; here refusals are told.
    fn settle(&mut self, answer: &Answer) -> Result<(), DeviceError> {
        let page = answer.page();
        let location = answer.header("location").unwrap_or_default().to_ascii_lowercase();
        let cookie =
            answer.set_cookies.iter().rev().find(|(name, value)| name == COOKIE && !value.is_empty());
        if location.contains("passerror") {
            return Err(self.refusal(&page, "the device led to its page for wrong passwords"));
        }
        if page.status == 403 || page.status == 423 || page.status == 429 {
            return Err(self.locked(&page, &format!("status {}", page.status)));
        }
        if page.status >= 400 {
            return Err(problem::status(&self.session, &page, TRIED));
        }
        if let Said::Rejected(text) = said(&page, &self.family) {
            // The request itself, not the password.
            return Err(problem::rejected(&self.session, &page, TRIED, &text).rerun(Rerun::Safe));
        }
        let visible = page.document().visible_text();
        if self.family.holds("sign.locked", &visible) {
            return Err(self.locked(&page, &visible.chars().take(200).collect::<String>()));
        }
        if is_outside(&page) && (cookie.is_none() || self.family.holds("sign.login-failure", &visible)) {
            return Err(self.refusal(&page, "the device showed its log-in again"));
        }
        if let Some((_, value)) = cookie {
            // For all pages, byte for byte: its attributes are not known, and browsers get along with them.
            self.session.set_cookie(COOKIE, value);
        }
        if !is_outside(&page) && !(300..400).contains(&page.status) {
            self.last = Some(page);
        }
        self.standing = Standing::Inside;
        self.proven = false;
        Ok(())
    }

    /// The log-in did not open the session's pages, whatever it answered.
    pub(crate) fn not_honoured(&mut self, page: &Page) -> DeviceError {
        self.standing = Standing::Outside;
        let error = self.refusal(
            page,
            "the device took the log-in without a word and then asked for it again (a cookie proves nothing)",
        );
        self.refused = Some(error.clone());
        error
    }

    fn refusal(&mut self, page: &Page, got: &str) -> DeviceError {
        self.session.forget_cookie(COOKIE);
        let before = self.credentials.as_ref().is_some_and(|c| c.history == LoginHistory::AcceptedBefore);
        if before {
            return DeviceError::new(
                Category::LockedOut,
                TRIED,
                format!("{got}, with a password that it had accepted before: the log-in is locked, or the password was changed"),
            )
            .on_page(problem::place(page))
            .hint(RELEASE);
        }
        DeviceError::new(
            Category::AuthRefused,
            TRIED,
            format!("{got}: the password is wrong, or the log-in is locked (the answer is the same)"),
        )
        .on_page(problem::place(page))
        .hint("check the password in a browser first; the log-in is not repeated, because refused ones may lock it")
    }

    pub(crate) fn locked(&mut self, page: &Page, got: &str) -> DeviceError {
        self.session.forget_cookie(COOKIE);
        DeviceError::new(Category::LockedOut, TRIED, format!("the log-in is locked: {}", clean(got)))
            .on_page(problem::place(page))
            .hint(RELEASE)
    }

    /// Opens a new session in place of one that the device ended; once in a driver's life.
    pub(crate) async fn renew(&mut self, page: &Page, tried: &str) -> Result<(), DeviceError> {
        if self.renewed {
            self.standing = Standing::Outside;
            let error = problem::session_lost(page, tried);
            self.refused = Some(error.clone());
            return Err(error);
        }
        self.renewed = true;
        self.standing = Standing::Outside;
        self.proven = false;
        self.session.forget_cookie(COOKIE);
        // Where no password was set, the start page that was seen is out of date.
        self.front = None;
        self.sign_in().await
    }
}

const RELEASE: &str = "the lock ends by itself after some minutes, or when the device is switched off and on; do not try again before";
