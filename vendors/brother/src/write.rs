//! Writing the SMTP page: the whole form with only the wanted controls changed. Nothing here claims success.

use scanfleet_sdk::error::clean;
use scanfleet_sdk::form::{ControlType, Form};
use scanfleet_sdk::page::Page;
use scanfleet_sdk::transport::{Effect, Request};
use scanfleet_sdk::{
    AuthMethod, DeviceError, PasswordState, PasswordWanted, Receipt, ReplyState, Section, SmtpWanted,
};

use crate::choice::{self, choose, holdable};
use crate::door::{is_outside, next_name};
use crate::driver::{BrotherDriver, Standing};
use crate::pages::forbidden;
use crate::problem;
use crate::signs::{Said, said};
use crate::smtp::{Fields, Offer, sensitive, settings, smtp_form};

pub(crate) const SAVE: &str = "save the SMTP page";

/// Why writing stopped.
pub(crate) enum Stop {
    /// The device had ended the session: nothing was taken.
    Session(Box<Page>),
    /// The device rejected the request itself (a stale token): nothing was taken.
    Stale(Box<Page>, String),
    /// The answer of a write never came, or was none.
    Lost,
    /// Anything else.
    Error(Box<DeviceError>),
}

impl From<DeviceError> for Stop {
    fn from(error: DeviceError) -> Self {
        if error.answer_lost { Self::Lost } else { Self::Error(Box::new(error)) }
    }
}

impl BrotherDriver {
    /// Posts a change of the scan-to-email settings.
    pub(crate) async fn write_smtp(&mut self, wanted: &SmtpWanted) -> Result<Receipt, DeviceError> {
        let mut posts = 0;
        let mut again = true;
        loop {
            match self.write_once(wanted, &mut posts).await {
                Ok(()) => return Ok(Receipt { posts, reply: ReplyState::Answered }),
                Err(Stop::Lost) => return Ok(Receipt { posts, reply: ReplyState::Lost }),
                // The log-in in answer to a post means that it was not taken: once more, after a fresh read.
                Err(Stop::Session(page)) => self.renew(&page, SAVE).await?,
                Err(Stop::Stale(..)) if again => again = false,
                Err(Stop::Stale(page, text)) => {
                    return Err(problem::request_rejected(&self.session, &page, SAVE, &text));
                }
                Err(Stop::Error(error)) => return Err(*error),
            }
        }
    }

    async fn write_once(&mut self, wanted: &SmtpWanted, posts: &mut u32) -> Result<(), Stop> {
        if let PasswordWanted::Set(password) = &wanted.password {
            self.session.hide(password);
        }
        // Until here nothing has left that could alter the device, so a failure is never a lost answer.
        let page = self.smtp_page().await.map_err(|e| Stop::Error(Box::new(e)))?;
        let (mut form, fields) = self
            .smtp_fields(&page, "read the SMTP page before it is saved")
            .map_err(|e| Stop::Error(Box::new(e)))?;
        let slept = asleep(&form, &fields);
        let signed_in = settings(&form, &fields, &self.family).auth.method == AuthMethod::Password;
        self.fill(&page, &mut form, &fields, wanted).map_err(|e| Stop::Error(Box::new(e)))?;
        let answer = self.post(&page, &form, SAVE, posts).await?;
        if let PasswordWanted::Set(password) = &wanted.password {
            self.stored = Some(password.clone());
        }
        self.check_saved(&answer)?;
        if slept && wanted.auth.method == Some(AuthMethod::Password) {
            self.wake(answer, wanted, posts).await?;
        } else if signed_in && wanted.auth.method.is_some_and(|method| method != AuthMethod::Password) {
            self.rename(answer, wanted, posts).await?;
        }
        Ok(())
    }

    /// Some devices may drop what hangs on a choice when it comes together with the choice: then it is posted once more,
    /// now that the choice stands.
    async fn wake(&mut self, answer: Page, wanted: &SmtpWanted, posts: &mut u32) -> Result<(), Stop> {
        let page = if smtp_form(&answer.forms(), &self.family).is_some() {
            answer
        } else {
            // The save itself was answered: whatever keeps the page from being read now, reading back tells.
            let Ok(page) = self.smtp_page().await else { return Ok(()) };
            page
        };
        let Ok((mut form, fields)) = self.smtp_fields(&page, SAVE) else { return Ok(()) };
        let now = settings(&form, &fields, &self.family);
        let user =
            wanted.auth.user.as_deref().is_some_and(|u| u != now.auth.user.as_deref().unwrap_or_default());
        let password = wanted.password.is_set() && now.password == PasswordState::Unset;
        if now.auth.method != AuthMethod::Password || !(user || password) {
            return Ok(());
        }
        self.fill(&page, &mut form, &fields, wanted).map_err(|e| Stop::Error(Box::new(e)))?;
        let answer = self.post(&page, &form, SAVE, posts).await?;
        self.check_saved(&answer)
    }

    /// The account's name was held back when signing in was switched off, as the page's script does. A page that leaves
    /// it open all the same gets it now.
    async fn rename(&mut self, answer: Page, wanted: &SmtpWanted, posts: &mut u32) -> Result<(), Stop> {
        let Some(user) = &wanted.auth.user else { return Ok(()) };
        let page = if smtp_form(&answer.forms(), &self.family).is_some() {
            answer
        } else {
            let Ok(page) = self.smtp_page().await else { return Ok(()) };
            page
        };
        let Ok((mut form, fields)) = self.smtp_fields(&page, SAVE) else { return Ok(()) };
        let now = settings(&form, &fields, &self.family).auth;
        if now.method == AuthMethod::Password
            || now.user.as_deref().unwrap_or_default() == user
            || asleep(&form, &fields)
        {
            return Ok(());
        }
        self.fill(&page, &mut form, &fields, wanted).map_err(|e| Stop::Error(Box::new(e)))?;
        let answer = self.post(&page, &form, SAVE, posts).await?;
        self.check_saved(&answer)
    }

    /// Fills the wanted controls, choices first, then what hangs on them.
    pub(crate) fn fill(
        &self,
        page: &Page,
        form: &mut Form,
        fields: &Fields,
        wanted: &SmtpWanted,
    ) -> Result<(), DeviceError> {
        let unfillable = |what: &str, e| problem::unfillable(&self.session, page, what, &e);
        let family = &self.family;
        if let Some(security) = wanted.security {
            let offer = self.offer.as_ref();
            Offer::can_hold(offer, security).map_err(|text| problem::unsupported(page, "SSL/TLS", text))?;
            choose(form, &fields.security, &security, security.as_str(), |text| {
                choice::security(family, text)
            })
            .map_err(|e| unfillable("SSL/TLS", e))?;
        }
        let mut method = settings(form, fields, family).auth.method;
        let signed_in = method == AuthMethod::Password;
        if let Some(wanted) = wanted.auth.method {
            choose(form, &fields.method, &wanted, wanted.as_str(), |text| choice::method(family, text))
                .map_err(|e| unfillable("the server authentication method", e))?;
            method = wanted;
        }
        if method == AuthMethod::Password {
            // The page's script enables what hangs on SMTP-AUTH, so it is sent even where it stays as it is.
            let names = [Some(&fields.user), fields.password.as_ref(), fields.again.as_ref()];
            for control in form.controls.iter_mut().filter(|c| names.contains(&Some(&c.name))) {
                control.disabled = false;
            }
        } else if signed_in {
            // And it disables them where SMTP-AUTH is left: what is disabled is not sent.
            let names = [Some(&fields.user), fields.password.as_ref(), fields.again.as_ref()];
            for control in form.controls.iter_mut().filter(|c| names.contains(&Some(&c.name))) {
                control.disabled = true;
            }
        }
        let locked = signed_in && method != AuthMethod::Password;
        let mut text = |name: &str, what: &str, value: &str| {
            holdable(page, name, value)
                .and_then(|()| form.set_text(name, value))
                .map_err(|e| unfillable(what, e))
        };
        if let Some(server) = &wanted.server {
            text(&fields.server, "SMTP Server Address", server)?;
        }
        if let Some(port) = wanted.port {
            text(&fields.port, "Port", &port.to_string())?;
        }
        if let Some(sender) = &wanted.sender {
            text(&fields.sender, "Device E-mail Address", sender)?;
        }
        if let Some(user) = wanted.auth.user.as_ref().filter(|_| !locked) {
            text(&fields.user, "SMTP-AUTH Account Name", user)?;
        }
        if wanted.auth.sender.as_deref().is_some_and(|sender| !sender.is_empty()) {
            let got = "the device keeps no address for signing in apart from the Device E-mail Address";
            return Err(problem::unsupported(page, "the signing-in address", got));
        }
        if let PasswordWanted::Set(password) = &wanted.password {
            let Some(name) = &fields.password else {
                let got = "the page has no field labelled as the SMTP-AUTH account's password";
                return Err(problem::page_changed(&self.session, page, "fill in the password", got));
            };
            // Only a field that is a password field by its own kind and by the family ever gets a secret.
            for name in std::iter::once(name).chain(&fields.again) {
                text(name, "SMTP-AUTH Account Password", password.expose())?;
            }
        }
        Ok(())
    }

    /// Sends one form of a page, all of it and nothing of any other.
    pub(crate) async fn post(
        &mut self,
        page: &Page,
        form: &Form,
        what: &str,
        posts: &mut u32,
    ) -> Result<Page, Stop> {
        self.post_with(page, form, None, Section::Smtp, what, posts).await
    }

    /// The same for any section, with a button pressed where one is named.
    pub(crate) async fn post_with(
        &mut self,
        page: &Page,
        form: &Form,
        button: Option<&str>,
        section: Section,
        what: &str,
        posts: &mut u32,
    ) -> Result<Page, Stop> {
        let refuse = |got: String| -> Stop { problem::page_changed(&self.session, page, what, got).into() };
        if form.method != "post" {
            return Err(refuse(format!("the form is sent by `{}`, not by `post`", clean(&form.method))));
        }
        let buttons =
            form.controls.iter().any(|c| c.kind == ControlType::Submit || c.kind == ControlType::Image);
        if !buttons && !form.controls.iter().any(|c| c.kind == ControlType::Button) {
            return Err(refuse("the form has no button: the page can only be looked at".to_owned()));
        }
        // Whatever carries the log-in's or log-out's field is taken for one, and the rest is dropped without a word.
        if let Some(login) = &self.login_field {
            let trap = [Some(login.clone()), next_name(login)];
            if let Some(control) = form.controls.iter().find(|c| trap.contains(&Some(c.name.clone()))) {
                return Err(refuse(format!(
                    "the form holds `{}`, the field of the log-in or log-out: the device would take it for that and drop the rest",
                    clean(&control.name)
                )));
            }
        }
        let submission = form
            .submission(button, None)
            .map_err(|e| Stop::Error(Box::new(problem::unfillable(&self.session, page, "the form", &e))))?;
        if forbidden(&submission.url) || submission.url.path().starts_with("/admin/") {
            return Err(refuse(format!("the form leads to {}", clean(submission.url.path()))));
        }
        let secrets = sensitive(form);
        let secrets: Vec<&str> = secrets.iter().map(String::as_str).collect();
        let effect = Effect::Write { section, what: what.to_owned() };
        let request = Request::submit(submission, effect, what, &secrets)
            .header("Referer", page.url.as_str())
            .no_follow();
        *posts += 1;
        self.posted = true;
        self.last = None;
        let answer = self.session.send(request).await.map_err(Stop::from)?;
        let location = answer.header("location").unwrap_or_default().to_ascii_lowercase();
        let page = answer.page();
        if (300..400).contains(&page.status) {
            // Nowhere is gone blindly: only that it was not taken can be told from where it leads.
            let shut = location.contains("loginerror") || location.contains("passerror");
            return if shut { Err(Stop::Session(Box::new(page))) } else { Ok(page) };
        }
        self.last = Some(page.clone());
        Ok(page)
    }

    /// Judges the answer to a save. Without any sign of failure only reading back tells.
    pub(crate) fn check_saved(&self, page: &Page) -> Result<(), Stop> {
        if page.status >= 400 {
            return Err(Stop::Lost);
        }
        if is_outside(page) && self.standing != Standing::Open {
            return Err(Stop::Session(Box::new(page.clone())));
        }
        let error = |e: DeviceError| Err(Stop::Error(Box::new(e)));
        match said(page, &self.family) {
            Said::Nothing | Said::Success(_) => Ok(()),
            Said::Rejected(text) => Err(Stop::Stale(Box::new(page.clone()), text)),
            Said::Busy(text) => error(problem::busy(page, SAVE, &text)),
            Said::Failure(text) => {
                // A message in place of the page is about the request; one above the page is about its values.
                if smtp_form(&page.forms(), &self.family).is_none() {
                    return Err(Stop::Stale(Box::new(page.clone()), text));
                }
                error(problem::rejected(&self.session, page, SAVE, &text))
            }
        }
    }
}

/// Whether what hangs on SMTP-AUTH is disabled as the page stands.
fn asleep(form: &Form, fields: &Fields) -> bool {
    let names = [Some(&fields.user), fields.password.as_ref()];
    form.controls.iter().any(|c| c.disabled && names.contains(&Some(&c.name)))
}
