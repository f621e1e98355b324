//! Writing the E-mail page: fill, press OK as a browser would, say what came back. Nothing here claims success.

use scanfleet_sdk::error::clean;
use scanfleet_sdk::form::{ControlType, Form};
use scanfleet_sdk::page::Page;
use scanfleet_sdk::script::{Outcome, Scripts, Sent, Trigger};
use scanfleet_sdk::transport::{Effect, Request};
use scanfleet_sdk::{
    AuthMethod, Category, DeviceError, PasswordWanted, Receipt, ReplyState, Section, Security, SmtpWanted,
};

use crate::choice::{state, turn};
use crate::driver::{Missed, RicohDriver};
use crate::email::{Fields, can_hold, settings};
use crate::press::{Desk, Way, buttons, submission};
use crate::problem::{page_changed, place, unfillable};

const SAVE: &str = "save the E-mail page";

/// Requests that can alter the device, sent so far.
#[derive(Debug, Default)]
pub(crate) struct Posted(pub(crate) u32);

/// Why writing stopped.
pub(crate) enum Stop {
    /// The device had ended the session, or lost the page's context: nothing was taken.
    Session(Box<Page>),
    /// The answer of a write never came.
    Lost,
    /// Anything else.
    Error(Box<DeviceError>),
}

impl From<DeviceError> for Stop {
    fn from(error: DeviceError) -> Self {
        if error.answer_lost { Self::Lost } else { Self::Error(Box::new(error)) }
    }
}

impl From<Missed> for Stop {
    fn from(missed: Missed) -> Self {
        match missed {
            Missed::Session(page) => Self::Session(page),
            Missed::Error(error) => Self::Error(error),
        }
    }
}

impl RicohDriver {
    /// Posts a change of the scan-to-email settings.
    pub(crate) async fn write_smtp(&mut self, wanted: &SmtpWanted) -> Result<Receipt, DeviceError> {
        let mut posted = Posted::default();
        loop {
            match self.write_once(wanted, &mut posted).await {
                Ok(()) => return Ok(Receipt { posts: posted.0, reply: ReplyState::Answered }),
                Err(Stop::Lost) => return Ok(Receipt { posts: posted.0, reply: ReplyState::Lost }),
                // The log-in page in answer to a POST means that it was not taken: once more, after a fresh read.
                Err(Stop::Session(page)) => {
                    self.unsettled = false;
                    self.renew(&page, SAVE).await?;
                }
                Err(Stop::Error(error)) => return Err(*error),
            }
        }
    }

    async fn write_once(&mut self, wanted: &SmtpWanted, posted: &mut Posted) -> Result<(), Stop> {
        let page = self.email_page().await.map_err(|e| Stop::Error(Box::new(e)))?;
        let (mut forms, at, fields) = self.email_form(&page, "read the E-mail page before it is saved")?;
        let slept = asleep(&forms[at], &fields);
        self.fill(&page, &mut forms, at, &fields, wanted)?;
        let mut page = page;
        let mut at = at;
        // Everything that could keep the page from being saved is found out before the first request that alters anything.
        let mut sent = self.ok(&page, &forms, at, &fields).await?;
        if let PasswordWanted::Set(password) = &wanted.password {
            let back = self.stage_password(&page, &forms, password, posted).await?;
            let staged;
            (forms, staged, _) =
                self.email_form(&back, "read the E-mail page after the password was staged")?;
            at = staged;
            page = back;
            // What was staged is what is wanted, or it is filled in again.
            let (_, _, fields) = self.email_form(&page, SAVE)?;
            self.fill(&page, &mut forms, at, &fields, wanted)?;
            sent = self.ok(&page, &forms, at, &fields).await?;
        }
        let answer = self.post(&page, &sent, SAVE, &[], posted).await?;
        self.check_saved(&answer)?;
        self.unsettled = false;
        if slept {
            self.wake(wanted, posted).await?;
        }
        Ok(())
    }

    /// Some devices drop what hangs on a choice when it comes together with the choice: then it is posted once more,
    /// now that the choice stands.
    async fn wake(&mut self, wanted: &SmtpWanted, posted: &mut Posted) -> Result<(), Stop> {
        let Ok(page) = self.email_page().await else { return Ok(()) };
        let Ok((mut forms, at, fields)) = self.email_form(&page, SAVE) else { return Ok(()) };
        let now = settings(&forms[at], &fields, &self.family);
        let differs = |want: &Option<String>, have: &Option<String>| {
            want.as_deref().is_some_and(|w| w != have.as_deref().unwrap_or_default())
        };
        let master =
            now.auth.method == AuthMethod::Password && wanted.auth.method == Some(AuthMethod::Password);
        if !master
            || !(differs(&wanted.auth.user, &now.auth.user) || differs(&wanted.auth.sender, &now.auth.sender))
        {
            return Ok(());
        }
        self.fill(&page, &mut forms, at, &fields, wanted)?;
        let sent = self.ok(&page, &forms, at, &fields).await?;
        let answer = self.post(&page, &sent, SAVE, &[], posted).await?;
        self.check_saved(&answer)?;
        self.unsettled = false;
        Ok(())
    }

    /// Fills the page that was read last in memory; its password page is opened only by a write.
    pub(crate) fn check_smtp(&self, wanted: &SmtpWanted) -> Result<(), DeviceError> {
        let Some(page) = &self.seen else { return Ok(()) };
        let (mut forms, at, fields) = self.email_form(page, "work out the change")?;
        match self.fill(page, &mut forms, at, &fields, wanted) {
            Err(Stop::Error(error)) => Err(*error),
            // Nothing is sent, so that no session ends and no answer is lost.
            Ok(()) | Err(Stop::Session(_) | Stop::Lost) => Ok(()),
        }
    }

    /// Fills the wanted controls, choices first, then what hangs on them.
    fn fill(
        &self,
        page: &Page,
        forms: &mut [Form],
        at: usize,
        fields: &Fields,
        wanted: &SmtpWanted,
    ) -> Result<(), Stop> {
        let now = settings(&forms[at], fields, &self.family);
        let unsupported = |what: &str, got: String| {
            Stop::Error(Box::new(
                DeviceError::new(Category::Unsupported, format!("set {what}"), got)
                    .on_page(place(page))
                    .hint("choose what the page can express; nothing was written"),
            ))
        };
        if let Some(security) = wanted.security {
            let port = wanted.port.or(now.port).unwrap_or(25);
            can_hold(security, port).map_err(|text| unsupported("the security", text))?;
            self.turn(page, forms, at, &fields.ssl, security != Security::None, "the switch for SSL")?;
        }
        if let Some(method) = wanted.auth.method {
            let (auth, pop) = match method {
                AuthMethod::None => (false, false),
                AuthMethod::Password => (true, false),
                AuthMethod::PopBeforeSmtp => (false, true),
                other => {
                    let got = format!("the page has no choice for `{}`", other.as_str());
                    return Err(unsupported("the sign-in", got));
                }
            };
            match &fields.pop {
                Some(name) if state(&forms[at], name, &self.family) != Some(pop) => {
                    self.turn(page, forms, at, name, pop, "POP before SMTP")?;
                }
                None if pop => {
                    return Err(unsupported(
                        "the sign-in",
                        "the page has no switch for POP before SMTP".to_owned(),
                    ));
                }
                _ => {}
            }
            self.turn(page, forms, at, &fields.auth, auth, "SMTP authentication")?;
            if auth {
                // A browser's script enables what hangs on the choice, so it is sent even where it stays as it is.
                for name in std::iter::once(&fields.user).chain(&fields.auth_sender) {
                    for control in forms[at].controls.iter_mut().filter(|c| c.name == *name) {
                        control.disabled = false;
                    }
                }
            }
        }
        let mut text = |name: &str, what: &str, value: &str| {
            forms[at].set_text(name, value).map_err(|e| unfillable(&self.session, page, what, &e))
        };
        if let Some(server) = &wanted.server {
            text(&fields.server, "SMTP Server Name", server)?;
        }
        if let Some(port) = wanted.port {
            text(&fields.port, "SMTP Port No.", &port.to_string())?;
        }
        if let Some(sender) = &wanted.sender {
            text(&fields.sender, "Administrator E-mail Address", sender)?;
        }
        if let Some(user) = &wanted.auth.user {
            text(&fields.user, "SMTP Auth. User Name", user)?;
        }
        match (&wanted.auth.sender, &fields.auth_sender) {
            (Some(sender), Some(name)) => text(name, "SMTP Auth. E-mail Address", sender)?,
            (Some(sender), None) if !sender.is_empty() => {
                let got = "the page has no field for it".to_owned();
                return Err(unsupported("SMTP Auth. E-mail Address", got));
            }
            _ => {}
        }
        Ok(())
    }

    /// Turns a switch, and enables or disables what the page's own handler of it does.
    fn turn(
        &self,
        page: &Page,
        forms: &mut [Form],
        at: usize,
        name: &str,
        on: bool,
        what: &str,
    ) -> Result<(), Stop> {
        let chosen = turn(&mut forms[at], name, on, &self.family)
            .map_err(|e| Stop::Error(Box::new(unfillable(&self.session, page, what, &e))))?;
        let Some(code) = forms[at].controls[chosen].onclick.clone() else { return Ok(()) };
        let sources = Desk::new(page).sources;
        let trigger = Trigger { code: Some(code), id: None, control: Some((at, chosen)) };
        let outcomes = Scripts { sources: &sources, url: &page.url, forms }.press(&trigger, &[]);
        if let [Outcome::Nothing { forms: after, .. }] = outcomes.as_slice()
            && let Some(after) = after.get(at)
            && after.form.controls.len() == forms[at].controls.len()
        {
            for (control, after) in forms[at].controls.iter_mut().zip(&after.form.controls) {
                control.disabled = after.disabled;
            }
        }
        Ok(())
    }

    /// What pressing OK on the E-mail page would send.
    async fn ok(&mut self, page: &Page, forms: &[Form], at: usize, fields: &Fields) -> Result<Sent, Stop> {
        const TRIED: &str = "find where the E-mail page is saved to";
        let mut desk = Desk::new(page);
        let ways = self.ok_ways(&mut desk, forms, at, &[]).await;
        let mut targets: Vec<Sent> = ways
            .into_iter()
            .filter_map(|way| match way {
                // Only a form that carries the mail server saves this page.
                Way::Post(sent) if sent.form.controls.iter().any(|c| c.name == fields.server) => Some(*sent),
                _ => None,
            })
            .collect();
        match (targets.pop(), targets.len()) {
            (Some(sent), 0) => Ok(sent),
            (Some(last), _) => {
                let mut all: Vec<String> = targets
                    .iter()
                    .chain(std::iter::once(&last))
                    .map(|s| clean(s.action.as_deref().unwrap_or("the form's own action")))
                    .collect();
                all.dedup();
                let got = format!(
                    "the scripts lead to several addresses ({}), and none may be guessed",
                    all.join(", ")
                );
                Err(page_changed(&self.session, page, TRIED, got).into())
            }
            (None, _) => {
                let read_only = desk.hooks.clickables.is_empty()
                    || forms[at]
                        .controls
                        .iter()
                        .filter(|c| c.kind == ControlType::Text)
                        .all(|c| c.readonly || c.disabled);
                let why = if read_only {
                    " (the page can only be looked at: the administrator's role may not set it)"
                } else {
                    ""
                };
                let got = format!("no OK button tells it{why}; buttons there: {}", buttons(&desk));
                Err(page_changed(&self.session, page, TRIED, got).into())
            }
        }
    }

    /// Sends a form that can alter the device.
    pub(crate) async fn post(
        &mut self,
        page: &Page,
        sent: &Sent,
        what: &str,
        secret_fields: &[&str],
        posted: &mut Posted,
    ) -> Result<Page, Stop> {
        let submission = submission(sent)
            .map_err(|e| Stop::Error(Box::new(unfillable(&self.session, page, "the form", &e))))?;
        let effect = Effect::Write { section: Section::Smtp, what: what.to_owned() };
        let request =
            Request::submit(submission, effect, what, secret_fields).header("Referer", page.url.as_str());
        posted.0 += 1;
        self.unsettled = true;
        let answer = self.session.send(request).await.map_err(Stop::from)?;
        Ok(answer.page())
    }

    /// Stops on any sign of failure in an answer.
    pub(crate) fn check(&self, page: &Page, tried: &str) -> Result<(), Stop> {
        self.judge(page, tried).map_err(Stop::from)
    }

    /// Judges the answer to the save: an error page with the device's own words is a refusal of the values.
    fn check_saved(&self, page: &Page) -> Result<(), Stop> {
        // An answer that is no page says nothing about the save: only reading back does.
        if page.status >= 400 {
            return Err(Stop::Lost);
        }
        match self.check(page, SAVE) {
            Err(Stop::Error(error))
                if error.category == Category::PageChanged && (200..300).contains(&page.status) =>
            {
                Err(Stop::Error(Box::new(DeviceError {
                    category: Category::Rejected,
                    next: Some(
                        "nothing was saved; set the value in a browser to see what the device wants"
                            .to_owned(),
                    ),
                    ..*error
                })))
            }
            other => other,
        }
    }
}

/// Whether what hangs on SMTP authentication is disabled as the page stands.
fn asleep(form: &Form, fields: &Fields) -> bool {
    let names = [Some(&fields.user), fields.auth_sender.as_ref()];
    form.controls.iter().any(|c| c.disabled && names.contains(&Some(&c.name)))
}
