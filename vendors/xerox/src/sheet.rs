//! A page of SMTP settings as a browser has it once its scripts have run.

use scanfleet_sdk::form::{ControlType, Form};
use scanfleet_sdk::page::Page;
use scanfleet_sdk::script::{PageHooks, Place, Scripts};

use crate::family::Family;
use crate::fields::{Spots, Trouble, spots, weight};
use crate::literals::{self, Literal};

/// A page and its form with SMTP settings.
#[derive(Debug, Clone)]
pub(crate) struct Sheet {
    pub(crate) page: Page,
    /// All forms, filled as the page's scripts fill them.
    pub(crate) forms: Vec<Form>,
    /// The form with the settings, among them.
    pub(crate) at: usize,
    pub(crate) spots: Spots,
    /// Controls of that form whose content is not known: a script set them to something that cannot be told.
    pub(crate) unknown: Vec<usize>,
    /// Values the page keeps in scripts.
    pub(crate) literals: Vec<Literal>,
}

impl Sheet {
    /// The form.
    pub(crate) fn form(&self) -> &Form {
        &self.forms[self.at]
    }
}

/// The forms of a page as its scripts leave them, and what they set to something that cannot be told.
pub(crate) fn loaded(page: &Page, external: &[String]) -> (Vec<Form>, Vec<Place>) {
    let hooks = PageHooks::read(&page.text);
    let sources: Vec<String> = external.iter().chain(&hooks.scripts).cloned().collect();
    let forms = page.forms();
    let literals = literals::of(&hooks.scripts);
    let (mut after, mut dark) =
        Scripts { sources: &sources, url: &page.url, forms: &forms }.load(hooks.onload.as_deref());
    for (f, form) in after.iter_mut().enumerate() {
        for at in 0..form.controls.len() {
            let place = (f, at);
            let untouched =
                forms[f].controls.get(at).is_some_and(|before| before.value == form.controls[at].value);
            if (untouched || dark.contains(&place)) && from_literals(form, at, &literals) {
                dark.retain(|p| *p != place);
            }
        }
    }
    (after, dark)
}

/// Takes a control's content from the page's scripts, where it is kept under the control's own name. Tells whether it did.
fn from_literals(form: &mut Form, at: usize, literals: &[Literal]) -> bool {
    let control = &form.controls[at];
    let exact = |name: &str| {
        literals
            .iter()
            .rev()
            .find(|l| l.path.last().is_some_and(|last| last == name))
            .map(|l| l.value.clone())
    };
    match control.kind {
        ControlType::Text | ControlType::Hidden | ControlType::Textarea if control.value.is_empty() => {
            // Mechanics of the form are the form's own business.
            if control.name == "CSRFToken" || control.name == "_fun_function" || control.name == "NextPage" {
                return false;
            }
            let found = literals::value_of(literals, &control.name, &control.id);
            let Some(value) = found.filter(|v| !v.is_empty()) else { return false };
            form.controls[at].value = value;
            true
        }
        ControlType::Select => {
            let found =
                exact(&control.name).or_else(|| literals::value_of(literals, &control.name, &control.id));
            let Some(value) = found.filter(|v| control.options.iter().any(|o| o.value == *v)) else {
                return false;
            };
            let control = &mut form.controls[at];
            for option in &mut control.options {
                option.selected = option.value == value;
            }
            control.value = value;
            true
        }
        ControlType::Radio => {
            let Some(value) = exact(&control.name) else { return false };
            let name = control.name.clone();
            if !form
                .controls
                .iter()
                .any(|c| c.kind == ControlType::Radio && c.name == name && c.value == value)
            {
                return false;
            }
            for other in form.controls.iter_mut().filter(|c| c.kind == ControlType::Radio && c.name == name) {
                other.checked = other.value == value;
            }
            true
        }
        _ => false,
    }
}

/// Reads a page of SMTP settings; `None` where none of its forms is one.
pub(crate) fn read(
    page: Page,
    external: &[String],
    family: &Family,
) -> Result<Option<Sheet>, (Page, Vec<Form>, &'static str, Trouble)> {
    let (forms, dark) = loaded(&page, external);
    let best = forms.iter().enumerate().rev().map(|(at, form)| (weight(form, family), at));
    let Some((_, at)) = best.max_by_key(|(weight, _)| *weight).filter(|(weight, _)| *weight >= 2) else {
        return Ok(None);
    };
    let spots = match spots(&forms[at], family) {
        Ok(spots) => spots,
        Err((field, trouble)) => return Err((page, forms, field, trouble)),
    };
    let unknown = dark.into_iter().filter(|(form, _)| *form == at).map(|(_, control)| control).collect();
    let literals = literals::of(&PageHooks::read(&page.text).scripts);
    Ok(Some(Sheet { page, forms, at, spots, unknown, literals }))
}

/// The best words for a field in an error: its first label and its attribute.
pub(crate) fn called(family: &Family, field: &str) -> String {
    let known = if field == "server" { "host" } else { field };
    let label = family.field(known).and_then(|f| f.all_labels().next()).map_or(field, |l| l.text.as_str());
    let name = family.field(field).and_then(|f| f.names.first()).map(|n| n.value.as_str());
    match name {
        Some(name) => format!("\u{201c}{label}\u{201d} (`{name}`)"),
        None => format!("\u{201c}{label}\u{201d}"),
    }
}
