//! Pressing a button of a page: what its handler would send, read from the page's own scripts.

use scanfleet_sdk::error::clean;
use scanfleet_sdk::form::{Form, Submission};
use scanfleet_sdk::page::Page;
use scanfleet_sdk::script::{Clickable, Outcome, PageHooks, Place, Scripts, Sent, Trigger};
use scanfleet_sdk::transport::Request;
use url::Url;

use crate::driver::RicohDriver;

/// External scripts fetched for one page at most.
const FETCHED: usize = 6;

/// What pressing a button leads to.
#[derive(Debug)]
pub(crate) enum Way {
    /// A form goes off.
    Post(Box<Sent>),
    /// Another page is opened.
    Get(String),
}

impl Way {
    /// The address it leads to, for comparing and for messages.
    fn target(&self) -> String {
        match self {
            Self::Get(url) => url.clone(),
            Self::Post(sent) => {
                let own = sent.form.action_written.clone();
                format!("{} {}", sent.form.index, sent.action.clone().or(own).unwrap_or_default())
            }
        }
    }
}

/// A page with its scripts, ready for its buttons to be pressed.
pub(crate) struct Desk {
    pub(crate) hooks: PageHooks,
    pub(crate) url: Url,
    /// Inline scripts, then the external ones that were fetched.
    pub(crate) sources: Vec<String>,
    external: Vec<Url>,
}

impl Desk {
    pub(crate) fn new(page: &Page) -> Self {
        let hooks = PageHooks::read(&page.text);
        let mut external: Vec<Url> = hooks.sources.iter().filter_map(|s| page.url.join(s).ok()).collect();
        // Libraries last: a page's own functions are hardly ever there.
        external.sort_by_key(is_library);
        Self { sources: hooks.scripts.clone(), hooks, url: page.url.clone(), external }
    }

    /// Whether the page brings the functions that make base64.
    pub(crate) fn has_base64(&self) -> bool {
        const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        self.sources.iter().any(|s| s.contains(ALPHABET))
            || self
                .external
                .iter()
                .chain(std::iter::empty())
                .any(|u| u.path().to_ascii_lowercase().contains("base64"))
            || self.hooks.sources.iter().any(|s| s.to_ascii_lowercase().contains("base64"))
    }
}

fn is_library(url: &Url) -> bool {
    let path = url.path().to_ascii_lowercase();
    ["jquery", "base64", "ajax", "modal"].iter().any(|l| path.contains(l))
}

/// The place of a button among the forms' controls.
fn control_of(button: &Clickable, forms: &[Form]) -> Option<Place> {
    if !button.control {
        return None;
    }
    let find = |test: &dyn Fn(&scanfleet_sdk::form::Control) -> bool| {
        forms.iter().enumerate().find_map(|(f, form)| {
            form.controls.iter().position(|c| c.kind.is_button() && test(c)).map(|c| (f, c))
        })
    };
    button
        .id
        .as_deref()
        .and_then(|id| find(&|c| c.id == id))
        .or_else(|| {
            button.name.as_deref().and_then(|name| find(&|c| c.name == name && c.value == button.text))
        })
        .or_else(|| {
            button
                .code
                .as_deref()
                .and_then(|code| find(&|c| c.onclick.as_deref().map(str::trim) == Some(code)))
        })
        .or_else(|| find(&|c| button.submits && (c.value == button.text || c.label() == button.text)))
}

impl RicohDriver {
    /// Every different way that pressing one of the buttons leads to; empty where nothing would be sent.
    pub(crate) async fn ways(
        &mut self,
        desk: &mut Desk,
        forms: &[Form],
        buttons: &[Clickable],
        secrets: &[Place],
    ) -> Vec<Way> {
        let mut found: Vec<Way> = Vec::new();
        for button in buttons {
            let trigger = Trigger {
                code: button.code.clone(),
                id: button.id.clone(),
                control: control_of(button, forms),
            };
            for outcome in self.outcomes(desk, forms, &trigger, secrets).await {
                let way = match outcome {
                    Outcome::Submit(sent) => Way::Post(sent),
                    Outcome::Navigate(url) => Way::Get(url),
                    Outcome::Nothing { returned: Some(false), .. } => continue,
                    Outcome::Nothing { forms: after, .. } => {
                        let Some(sent) = self.native(desk, button, trigger.control, after, secrets).await
                        else {
                            continue;
                        };
                        Way::Post(Box::new(sent))
                    }
                };
                if !found.iter().any(|w| w.target() == way.target()) {
                    found.push(way);
                }
            }
        }
        found
    }

    /// What pressing OK leads to. Where its handler lies in a script that cannot be had: what the page's own functions of
    /// the known names lead to, else the form as the page itself addresses it.
    pub(crate) async fn ok_ways(
        &mut self,
        desk: &mut Desk,
        forms: &[Form],
        at: usize,
        secrets: &[Place],
    ) -> Vec<Way> {
        let buttons = self.ok_buttons(desk);
        let found = self.ways(desk, forms, &buttons, secrets).await;
        if buttons.is_empty() || found.iter().any(|w| matches!(w, Way::Post(_))) {
            return found;
        }
        let defines =
            |desk: &Desk, name: &str| Scripts { sources: &desk.sources, url: &desk.url, forms }.defines(name);
        let out_of_reach = |button: &Clickable| {
            let name = called(button.code.as_deref().unwrap_or_default());
            !name.is_empty() && !defines(desk, &name)
        };
        if !buttons.iter().all(out_of_reach) {
            return found;
        }
        let at_hand: Vec<Clickable> = self
            .family
            .words("function.ok")
            .filter(|w| defines(desk, &w.text))
            .map(|w| Clickable { code: Some(format!("{}()", w.text)), id: None, ..buttons[0].clone() })
            .collect();
        let found = self.ways(desk, forms, &at_hand, secrets).await;
        if !found.is_empty() {
            return found;
        }
        let addressed =
            forms.get(at).filter(|f| f.action_written.as_deref().is_some_and(|a| !a.trim().is_empty()));
        addressed
            .map(|form| Way::Post(Box::new(Sent { form: form.clone(), action: None, typed: Vec::new() })))
            .into_iter()
            .collect()
    }

    /// A submit button goes on by itself, unless the form's own handler stops or replaces it.
    async fn native(
        &mut self,
        desk: &mut Desk,
        button: &Clickable,
        control: Option<Place>,
        after: Vec<Sent>,
        secrets: &[Place],
    ) -> Option<Sent> {
        let (form, at) = control.filter(|_| button.submits && !button.disabled)?;
        let forms: Vec<Form> = after.iter().map(|s| s.form.clone()).collect();
        let mut sent = after.into_iter().nth(form)?;
        // The pressed button belongs to what is sent: as a field, since the submission is built from the script's copy.
        if let Some(pressed) = sent.form.controls.get(at).cloned()
            && !pressed.name.is_empty()
        {
            let mut field = pressed;
            field.kind = scanfleet_sdk::form::ControlType::Hidden;
            "hidden".clone_into(&mut field.type_name);
            sent.form.controls[at] = field;
        }
        let Some(code) = desk.hooks.onsubmit.get(form).cloned().flatten() else { return Some(sent) };
        let trigger = Trigger { code: Some(code), id: None, control: None };
        for outcome in self.outcomes(desk, &forms, &trigger, secrets).await {
            match outcome {
                Outcome::Submit(sent) => return Some(*sent),
                Outcome::Nothing { returned, forms, .. } if returned != Some(false) => {
                    let Some(mut after) = forms.into_iter().nth(form) else { continue };
                    if after.form.controls.len() == sent.form.controls.len() {
                        after.form.controls[at] = sent.form.controls[at].clone();
                    }
                    after.action = after.action.or(sent.action.clone());
                    return Some(after);
                }
                _ => {}
            }
        }
        None
    }

    /// What the trigger leads to; external scripts of the device are fetched only where the functions are not inline.
    pub(crate) async fn outcomes(
        &mut self,
        desk: &mut Desk,
        forms: &[Form],
        trigger: &Trigger,
        secrets: &[Place],
    ) -> Vec<Outcome> {
        for _ in 0..=FETCHED {
            let outcomes = Scripts { sources: &desk.sources, url: &desk.url, forms }.press(trigger, secrets);
            let missing = outcomes.iter().all(|o| match o {
                Outcome::Nothing { missing, .. } => {
                    !missing.is_empty() || (trigger.code.is_none() && trigger.id.is_some())
                }
                _ => false,
            });
            if !missing || desk.external.is_empty() {
                return outcomes;
            }
            let url = desk.external.remove(0);
            if let Some(text) = self.external(&url).await {
                // Before the page's own, as pages load their libraries first.
                desk.sources.insert(0, text);
            }
        }
        Scripts { sources: &desk.sources, url: &desk.url, forms }.press(trigger, secrets)
    }

    /// An external script of the device itself; anything else is left alone.
    async fn external(&mut self, url: &Url) -> Option<String> {
        if url.origin() != self.session.origin().origin() {
            return None;
        }
        if let Some(text) = self.scripts.get(url) {
            return Some(text.clone());
        }
        let answer = self.session.send(Request::get(url.as_str(), "read a script of the page")).await.ok()?;
        let page = answer.page();
        if answer.status != 200 || page.text.trim_start().starts_with('<') {
            return None;
        }
        self.scripts.insert(url.clone(), page.text.clone());
        Some(page.text)
    }

    /// The buttons that save a page: by their text, else by the conventional functions of their handlers.
    pub(crate) fn ok_buttons(&self, desk: &Desk) -> Vec<Clickable> {
        let usable = |c: &&Clickable| !c.disabled && (c.code.is_some() || c.submits || c.id.is_some());
        let by_text: Vec<Clickable> = desk
            .hooks
            .clickables
            .iter()
            .filter(usable)
            .filter(|c| self.family.is("button.ok", &c.text))
            .cloned()
            .collect();
        // "Set" also stands on buttons that open a password page; where others are left, those are meant.
        let opens = |c: &Clickable| {
            let name = called(c.code.as_deref().unwrap_or_default()).to_ascii_lowercase();
            name.contains("pwd") || name.contains("passw") || self.family.is("password.smtp", &c.row_label)
        };
        if by_text.iter().any(|c| !opens(c)) {
            return by_text.into_iter().filter(|c| !opens(c)).collect();
        }
        if !by_text.is_empty() {
            return by_text;
        }
        let calls = |code: &str| {
            let name = called(code);
            self.family.words("function.ok").any(|w| w.text == name)
        };
        let by_function: Vec<Clickable> = desk
            .hooks
            .clickables
            .iter()
            .filter(|c| !c.disabled && c.code.as_deref().is_some_and(calls))
            .cloned()
            .collect();
        if !by_function.is_empty() {
            return by_function;
        }
        // The last resort: the page's only submit button.
        let submits: Vec<Clickable> =
            desk.hooks.clickables.iter().filter(|c| c.submits && !c.disabled).cloned().collect();
        if submits.len() == 1 { submits } else { Vec::new() }
    }
}

/// The function a handler calls first: `return clickOK(this)` gives `clickOK`.
pub(crate) fn called(code: &str) -> String {
    let code = code.trim().trim_start_matches("javascript:").trim();
    let code = code.strip_prefix("return ").unwrap_or(code).trim();
    let head: String =
        code.chars().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '.')).collect();
    head.rsplit('.').next().unwrap_or_default().to_owned()
}

/// The buttons of a page, for an error.
pub(crate) fn buttons(desk: &Desk) -> String {
    let all: Vec<String> = desk
        .hooks
        .clickables
        .iter()
        .take(20)
        .map(|c| {
            format!(
                "\u{201c}{}\u{201d} ({})",
                clean(&c.text),
                clean(&called(c.code.as_deref().unwrap_or("-")))
            )
        })
        .collect();
    if all.is_empty() { "none".to_owned() } else { all.join(", ") }
}

/// The submission of a form as a script left it.
pub(crate) fn submission(sent: &Sent) -> Result<Submission, scanfleet_sdk::form::FormError> {
    sent.form.submission(None, sent.action.as_deref())
}

#[cfg(test)]
mod tests {
    use super::called;

    #[test]
    fn the_called_function() {
        for (code, name) in [
            ("javascript:clickOK();", "clickOK"),
            ("return Apply(this)", "Apply"),
            ("g_page.apply()", "apply"),
            ("", ""),
        ] {
            assert_eq!(called(code), name);
        }
    }
}
