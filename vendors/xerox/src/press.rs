//! Pressing a button of a page: what its handler would send, read from the page's own scripts.

use scanfleet_sdk::error::clean;
use scanfleet_sdk::form::{ControlType, Form};
use scanfleet_sdk::page::Page;
use scanfleet_sdk::script::{Clickable, Outcome, PageHooks, Place, Scripts, Sent, Trigger};
use scanfleet_sdk::transport::Request;
use url::Url;

use crate::driver::XeroxDriver;
use crate::family::{Family, is_name_of};
use crate::sheet::loaded;

/// External scripts fetched for one page at most.
const FETCHED: usize = 4;

/// `https://host`, as browsers name where a form comes from.
pub(crate) fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// What pressing one of the buttons leads to.
#[derive(Debug)]
pub(crate) enum Pressed {
    /// The form goes off.
    Sent(Box<Sent>),
    /// There is a button, and its script cannot be followed to the end.
    Unclear,
    /// Several buttons or ways lead to several addresses; which.
    Several(String),
    /// No such button is there.
    NoButton,
}

impl XeroxDriver {
    /// External scripts of the device itself that a page's own ones need to fill its fields; mostly none.
    pub(crate) async fn helpers(&mut self, page: &Page) -> Vec<String> {
        let (forms, dark) = loaded(page, &[]);
        let blank = forms.iter().flat_map(|f| &f.controls).any(|c| {
            c.value.is_empty()
                && is_name_of(&self.family, "server", &c.name)
                && c.kind != ControlType::Password
        });
        if dark.is_empty() && !blank {
            return Vec::new();
        }
        self.external(page).await
    }

    /// External scripts of the device itself, libraries left out.
    pub(crate) async fn external(&mut self, page: &Page) -> Vec<String> {
        let mut out = Vec::new();
        let sources = page.document().script_sources();
        let own = sources.into_iter().filter(|url| {
            let path = url.path().to_ascii_lowercase();
            let library =
                ["jquery", "prototype.js", "angular", "yui", "extjs"].iter().any(|l| path.contains(l));
            url.origin() == self.session.origin().origin() && path.ends_with(".js") && !library
        });
        for url in own.take(FETCHED).collect::<Vec<_>>() {
            if let Some(text) = self.scripts.get(&url) {
                out.push(text.clone());
                continue;
            }
            let Ok(answer) = self.session.send(Request::get(url.as_str(), "read a script of the page")).await
            else {
                continue;
            };
            let text = answer.page().text;
            if answer.status == 200 && !text.trim_start().starts_with('<') {
                self.scripts.insert(url, text.clone());
                out.push(text);
            }
        }
        out
    }

    /// What pressing the buttons of these words would send of one form.
    pub(crate) async fn press(
        &mut self,
        page: &Page,
        forms: &[Form],
        form: usize,
        words: &str,
        secrets: &[Place],
    ) -> Pressed {
        let first = press(&self.family, page, forms, form, words, secrets, &[]);
        if !matches!(first, Pressed::Unclear) || page.document().script_sources().is_empty() {
            return first;
        }
        let external = self.external(page).await;
        press(&self.family, page, forms, form, words, secrets, &external)
    }
}

pub(crate) fn press(
    family: &Family,
    page: &Page,
    forms: &[Form],
    form: usize,
    words: &str,
    secrets: &[Place],
    external: &[String],
) -> Pressed {
    let hooks = PageHooks::read(&page.text);
    let sources: Vec<String> = external.iter().chain(&hooks.scripts).cloned().collect();
    let buttons = buttons(&hooks, family, words, &forms[form]);
    if buttons.is_empty() {
        return Pressed::NoButton;
    }
    let mut found: Vec<Sent> = Vec::new();
    for button in &buttons {
        let control = control_of(button, forms);
        let trigger = Trigger { code: button.code.clone(), id: button.id.clone(), control };
        for outcome in (Scripts { sources: &sources, url: &page.url, forms }).press(&trigger, secrets) {
            let sent = match outcome {
                Outcome::Submit(sent) => Some(*sent),
                Outcome::Nothing { returned, forms: after, missing } => {
                    let goes_on = returned != Some(false) && button.submits && missing.is_empty();
                    let here = control.is_none_or(|(f, _)| f == form);
                    if goes_on && here {
                        native(&hooks, &sources, page, form, after, control, secrets)
                    } else {
                        None
                    }
                }
                Outcome::Navigate(_) => None,
            };
            if let Some(sent) = sent.filter(|s| s.form.index == forms[form].index)
                && !found
                    .iter()
                    .any(|f| f.action == sent.action && f.form.action_written == sent.form.action_written)
            {
                found.push(sent);
            }
        }
    }
    match (found.pop(), found.len()) {
        (None, _) => Pressed::Unclear,
        (Some(sent), 0) => Pressed::Sent(Box::new(sent)),
        (Some(last), _) => {
            let all = found.iter().chain(std::iter::once(&last));
            let all: Vec<String> =
                all.map(|s| clean(s.action.as_deref().unwrap_or("the form's own action"))).collect();
            Pressed::Several(all.join(", "))
        }
    }
}

/// A submit button goes on by itself, unless the form's own handler stops it.
fn native(
    hooks: &PageHooks,
    sources: &[String],
    page: &Page,
    form: usize,
    after: Vec<Sent>,
    control: Option<Place>,
    secrets: &[Place],
) -> Option<Sent> {
    let forms: Vec<Form> = after.iter().map(|s| s.form.clone()).collect();
    let mut sent = after.into_iter().nth(form)?;
    if let Some(code) = hooks.onsubmit.get(form).cloned().flatten() {
        let trigger = Trigger { code: Some(code), id: None, control: None };
        let outcomes = Scripts { sources, url: &page.url, forms: &forms }.press(&trigger, secrets);
        sent = outcomes.into_iter().find_map(|outcome| match outcome {
            Outcome::Submit(sent) => Some(*sent),
            Outcome::Nothing { returned, forms, .. } if returned != Some(false) => {
                forms.into_iter().nth(form)
            }
            _ => None,
        })?;
    }
    // The pressed button belongs to what is sent.
    if let Some((_, at)) = control
        && let Some(button) = sent.form.controls.get_mut(at)
        && !button.name.is_empty()
    {
        button.kind = ControlType::Hidden;
        "hidden".clone_into(&mut button.type_name);
    }
    Some(sent)
}

/// The buttons of these words; where there are none, the form's only submit button.
fn buttons(hooks: &PageHooks, family: &Family, words: &str, form: &Form) -> Vec<Clickable> {
    let usable = |c: &&Clickable| !c.disabled && (c.code.is_some() || c.submits || c.id.is_some());
    let all = || hooks.clickables.iter().filter(usable);
    let by_text: Vec<Clickable> = all().filter(|c| family.is(words, &c.text)).cloned().collect();
    if !by_text.is_empty() {
        return by_text;
    }
    let submits: Vec<&scanfleet_sdk::form::Control> =
        form.controls.iter().filter(|c| c.kind == ControlType::Submit && !c.disabled).collect();
    let [only] = submits.as_slice() else { return Vec::new() };
    let other = ["button.ok", "button.test", "button.login"]
        .iter()
        .any(|g| *g != words && family.is(g, only.label()));
    if other {
        return Vec::new();
    }
    all().filter(|c| c.submits && c.text == only.label()).take(1).cloned().collect()
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
    let by_id = button.id.as_deref().and_then(|id| find(&|c| c.id == id));
    let by_code = || {
        button.code.as_deref().and_then(|code| find(&|c| c.onclick.as_deref().map(str::trim) == Some(code)))
    };
    by_id.or_else(by_code).or_else(|| find(&|c| c.value == button.text || c.label() == button.text))
}

/// The buttons of a page, for an error.
pub(crate) fn button_texts(page: &Page) -> String {
    let hooks = PageHooks::read(&page.text);
    let all: Vec<String> = hooks
        .clickables
        .iter()
        .filter(|c| c.control)
        .take(20)
        .map(|c| format!("\u{201c}{}\u{201d}", clean(&c.text)))
        .collect();
    if all.is_empty() { "none".to_owned() } else { all.join(", ") }
}
