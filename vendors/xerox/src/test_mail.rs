//! The device's own test mail, where its SMTP page offers one. Nothing of it was ever recorded: everything is taken from
//! the page, its words are assumed.

use std::time::{SystemTime, UNIX_EPOCH};

use scanfleet_sdk::error::clean;
use scanfleet_sdk::form::{ControlType, Form};
use scanfleet_sdk::page::Page;
use scanfleet_sdk::transport::{Effect, Request};
use scanfleet_sdk::{DeviceError, Section, Support};

use crate::driver::XeroxDriver;
use crate::family::{Family, fact, is_name_of};
use crate::fields::FIELDS;
use crate::press::{Pressed, origin};
use crate::problem;
use crate::sheet::Sheet;
use crate::signs::{Sign, classify};

/// What is said where the page offers none.
pub(crate) const NONE: &str = "the SMTP page of this device has no test e-mail; scan at the panel, or test the mail server from this machine";

const TRIED: &str = "send a test e-mail";

/// The form and the field of the recipient.
pub(crate) fn recipient(forms: &[Form], family: &Family) -> Option<(usize, usize)> {
    forms.iter().enumerate().find_map(|(f, form)| {
        let own = |name: &str| FIELDS.iter().any(|field| is_name_of(family, field, name));
        let labelled = form.controls.iter().position(|c| {
            c.kind == ControlType::Text
                && !own(&c.name)
                && c.labels.iter().any(|l| family.is("test.to", &l.text))
        });
        // In a form of settings an address without more words is a setting.
        let tests = form.controls.iter().any(|c| c.kind.is_button() && family.is("button.test", c.label()));
        labelled.filter(|_| tests).map(|at| (f, at))
    })
}

impl XeroxDriver {
    pub(crate) async fn test_mail(&mut self, to: &str) -> Result<Support<String>, DeviceError> {
        let sheets = self.sheets().await?;
        let found =
            sheets.iter().find_map(|s| recipient(&s.forms, &self.family).map(|place| (s.clone(), place)));
        let Some((sheet, (form, at))) = found else { return Ok(Support::No(NONE.to_owned())) };
        let Sheet { page, mut forms, .. } = sheet;
        match forms[form].controls[at].name.clone() {
            name if name.is_empty() => to.clone_into(&mut forms[form].controls[at].value),
            name => forms[form]
                .set_text(&name, to)
                .map_err(|e| problem::unfillable(&self.session, &page, "the recipient", &e))?,
        }
        let mut ajax = false;
        let mut sent = match self.press(&page, &forms, form, "button.test", &[]).await {
            Pressed::Sent(sent) => *sent,
            // The script posts it by itself: the form goes where such posts go.
            Pressed::Unclear => {
                ajax = by_ajax(&page, &forms[form], &self.family);
                scanfleet_sdk::script::Sent { form: forms[form].clone(), action: None, typed: Vec::new() }
            }
            Pressed::Several(_) | Pressed::NoButton => {
                let got = "its button leads to no one address";
                return Err(problem::page_changed(&self.session, &page, TRIED, got));
            }
        };
        let function = sent.form.controls.iter().find(|c| c.name == "_fun_function").map(|c| c.value.clone());
        if function.as_deref().is_none_or(|f| f.is_empty() || f == fact(&self.family, "save_function")) {
            let got = "the page does not tell which function sends it";
            return Err(problem::page_changed(&self.session, &page, TRIED, got));
        }
        if ajax {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
            let target = sent.form.action_written.clone();
            let target = target.unwrap_or_else(|| fact(&self.family, "login_target").to_owned());
            sent.action = Some(format!("{}?ajts{now}", target.split('?').next().unwrap_or(&target)));
        }
        "post".clone_into(&mut sent.form.method);
        let submission = sent
            .form
            .submission(None, sent.action.as_deref())
            .map_err(|e| problem::unfillable(&self.session, &page, "the test e-mail", &e))?;
        let effect = Effect::Write { section: Section::Smtp, what: TRIED.to_owned() };
        let mut request = Request::submit(submission, effect, TRIED, &[])
            .header("Referer", page.url.as_str())
            .header("Origin", &origin(&page.url));
        if ajax {
            request = request
                .header("X-Requested-With", "XMLHttpRequest")
                .header("Accept", "application/json, text/javascript, */*; q=0.01");
        }
        let answer = self.session.send(request).await?.page();
        self.told(&answer)
    }

    /// What the device says of the test.
    fn told(&mut self, page: &Page) -> Result<Support<String>, DeviceError> {
        if let Ok(serde_json::Value::Object(json)) = serde_json::from_str(page.text.trim()) {
            let text =
                |key: &str| json.get(key).and_then(|v| v.as_str()).filter(|t| !t.is_empty()).map(clean);
            if let Some(error) = text("http_errmsg").or_else(|| text("error")) {
                return Err(problem::rejected(&self.session, page, TRIED, &error));
            }
            let said =
                text("message").or_else(|| text("result")).or_else(|| text("status")).unwrap_or_default();
            return self.judged(page, said);
        }
        match classify(page, &self.family) {
            Sign::Ordinary => {}
            Sign::Busy(text) => return Err(problem::busy(page, TRIED, &text)),
            Sign::TooManySessions(text) => return Err(problem::too_many_sessions(page, TRIED, &text)),
            Sign::Refused(text) => return Err(problem::rejected(&self.session, page, TRIED, &text)),
            Sign::Status(status) => return Err(problem::status(&self.session, page, TRIED, status)),
            Sign::SessionGone => return Err(problem::session_lost(page, TRIED)),
            Sign::Token => return Err(problem::token_refused(page, TRIED)),
        }
        self.notice_log_out(page);
        let text: String = page.document().visible_text().chars().take(400).collect();
        self.judged(page, text)
    }

    fn judged(&self, page: &Page, said: String) -> Result<Support<String>, DeviceError> {
        if self.family.holds("test.failed", &said) {
            return Err(problem::rejected(&self.session, page, TRIED, &said));
        }
        Ok(Support::Yes(said))
    }
}

/// Whether the page's script posts the test by Ajax.
fn by_ajax(page: &Page, form: &Form, family: &Family) -> bool {
    let hooks = scanfleet_sdk::script::PageHooks::read(&page.text);
    let button = hooks.clickables.iter().find(|c| family.is("button.test", &c.text));
    let code = button.and_then(|c| c.code.clone()).unwrap_or_default().to_ascii_lowercase();
    form.controls.iter().any(|c| c.name == "isAjax") || code.contains("ajts") || code.contains("ajax")
}
