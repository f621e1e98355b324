//! Adding and changing by the wizard: opened, its steps posted as its own form shows them, confirmed.

use scanfleet_sdk::form::{ControlType, Form};
use scanfleet_sdk::page::Page;
use scanfleet_sdk::{BookEntry, EntryWanted};
use url::Url;

use crate::book::answer::{Halt, Said, changed_meanwhile};
use crate::book::fields::{keep_passwords, named, value};
use crate::book::form::{Fields, Post, pair};
use crate::book::roles::Role;
use crate::driver::RicohDriver;
use crate::problem::page_changed;

/// What a form is opened for.
#[derive(Clone, Copy)]
pub(crate) enum Target<'a> {
    /// A new entry.
    New,
    /// One that is there, with its registration number as the device writes it.
    There(&'a BookEntry, &'a str),
}

impl Target<'_> {
    pub(crate) fn is_new(self) -> bool {
        matches!(self, Self::New)
    }

    /// What a program that opens a form is told; `what` is `USER` or `GROUP`.
    pub(crate) fn opening(self, what: &str) -> Fields {
        match self {
            Self::New => vec![pair("mode", &format!("ADD{what}")), pair("outputSpecifyModeIn", "DEFAULT")],
            Self::There(_, number) => vec![
                pair("mode", &format!("MOD{what}")),
                pair("outputSpecifyModeIn", "PROGRAMMED"),
                pair("entryIndexIn", number),
            ],
        }
    }

    fn mode(self) -> &'static str {
        if self.is_new() { "ADDUSER" } else { "MODUSER" }
    }
}

/// How far the wizard went.
pub(crate) enum Went {
    /// It was confirmed.
    Through,
    /// It is not offered, or cannot express this without loss; nothing was posted but its opening.
    NotOffered,
}

const OPEN: &str = "open an entry of the address book in the wizard";

/// The steps of the wizard by name, each with its form, in the fragment's order.
fn steps(page: &Page) -> Vec<(String, Form)> {
    let step = |form: &Form| {
        let id = if form.id.is_empty() { &form.name } else { &form.id };
        id.rsplit_once('_').map(|(_, step)| step.to_owned()).filter(|s| !s.is_empty())
    };
    page.forms().into_iter().filter_map(|form| step(&form).map(|s| (s, form))).collect()
}

/// Whether the fragment shows a step as ticked.
fn is_ticked(steps: &[(String, Form)], step: &str) -> bool {
    let boxes = steps.iter().flat_map(|(_, form)| &form.controls).filter(|c| c.kind == ControlType::Checkbox);
    boxes.into_iter().any(|c| {
        c.checked
            && (c.value == step || c.id.rsplit('_').next() == Some(step))
            && c.name.to_ascii_lowercase().contains("step")
    })
}

/// Whether a step has anything to say: some text in it.
fn is_filled(form: &Form) -> bool {
    let says = |c: &scanfleet_sdk::form::Control| {
        matches!(c.kind, ControlType::Text | ControlType::Textarea) && !c.disabled
    };
    // A port alone is no destination.
    form.controls
        .iter()
        .any(|c| says(c) && !c.value.is_empty() && !c.value.bytes().all(|b| b.is_ascii_digit()))
}

impl RicohDriver {
    /// Adds or changes a user by the wizard.
    pub(crate) async fn by_wizard(&mut self, target: Target<'_>, wanted: &EntryWanted) -> Result<Went, Halt> {
        let program = self.program(Role::WizardOpen).await?;
        let Some((page, mut steps)) = self.open_wizard(&program, target).await? else {
            return Ok(Went::NotOffered);
        };
        let family = self.family.clone();
        let holding = |steps: &[(String, Form)], what: &str| {
            steps.iter().position(|(_, f)| named(f, what, &family).is_some())
        };
        let Some(base) = holding(&steps, "name") else {
            return Err(page_changed(
                &self.session,
                &page,
                OPEN,
                "no step of the wizard has a field for the name",
            )
            .into());
        };
        let mail = holding(&steps, "email");
        if let Target::There(entry, _) = target {
            let email = mail.map(|at| value(&steps[at].1, "email", &family));
            same_entry(entry, &value(&steps[base].1, "name", &family), email.as_deref())?;
        }
        self.fill_entry(&page, &mut steps[base].1, wanted, target.is_new())?;
        let mut posted = vec![base];
        match (&wanted.email, mail) {
            (Some(email), Some(at)) => {
                self.fill_email(&page, &mut steps[at].1, email)?;
                posted.push(at);
            }
            (Some(_), None) => {
                return Err(page_changed(
                    &self.session,
                    &page,
                    OPEN,
                    "no step of the wizard has a field for the e-mail address",
                )
                .into());
            }
            (None, _) => {}
        }
        if !target.is_new() {
            // A browser sends the steps that are ticked for it; what they hold goes back as it is.
            // Where the page ticks none, its script does: then everything filled in goes back, for what is left out might
            // be taken for a wish to have it emptied.
            let scripted = !(0..steps.len()).any(|at| at != base && is_ticked(&steps, &steps[at].0));
            for at in 0..steps.len() {
                let (step, form) = &steps[at];
                if !posted.contains(&at) && (scripted || is_ticked(&steps, step)) && is_filled(form) {
                    posted.push(at);
                }
            }
        }
        posted.sort_unstable();
        posted.dedup();
        // The base comes first whatever stands before it.
        posted.retain(|at| *at != base);
        posted.insert(0, base);
        if !target.is_new() && !posted.iter().all(|at| keep_passwords(&mut steps[*at].1)) {
            return Ok(Went::NotOffered);
        }
        let number = value(&steps[base].1, "number", &family);
        let program = self.program(Role::WizardStep).await?;
        for at in &posted {
            let (step, form) = &steps[*at];
            self.post_step(&program, target, step, form).await?;
        }
        self.confirm(&program, target, posted.iter().map(|at| steps[*at].0.as_str()), wanted, &number)
            .await?;
        Ok(Went::Through)
    }

    /// Opens the wizard; `None` where the device has none.
    async fn open_wizard(
        &mut self,
        program: &Url,
        target: Target<'_>,
    ) -> Result<Option<(Page, Vec<(String, Form)>)>, Halt> {
        let mut fields = target.opening("USER");
        fields.push(self.token_field());
        self.book.open = true;
        let page =
            self.book_post(Post { url: program, fields: &fields, multipart: false, what: OPEN }).await?;
        if matches!(page.status, 404 | 405 | 501) {
            self.book.no_wizard = true;
            return Ok(None);
        }
        let whole = page.text.to_ascii_lowercase().contains("<body");
        match self.judge_book(&page, OPEN)? {
            Said::Page if !whole => {
                let steps = steps(&page);
                if steps.is_empty() {
                    return Err(page_changed(
                        &self.session,
                        &page,
                        OPEN,
                        "the answer has no step of a wizard",
                    )
                    .into());
                }
                Ok(Some((page, steps)))
            }
            Said::Page => Err(self.no_form(&page, OPEN, target)),
            Said::Saved(_) => {
                Err(page_changed(&self.session, &page, OPEN, "data instead of the wizard's form").into())
            }
        }
    }

    async fn post_step(
        &mut self,
        program: &Url,
        target: Target<'_>,
        step: &str,
        form: &Form,
    ) -> Result<(), Halt> {
        let what = format!("enter the step {step} of an entry of the address book");
        let token = self.token_field();
        let mut fields = vec![pair("mode", target.mode()), pair("step", step), token];
        let own = form.entries(None).unwrap_or_default();
        fields.extend(
            own.into_iter().filter(|(name, _)| !matches!(name.as_str(), "mode" | "step" | "wimToken")),
        );
        let page =
            self.book_post(Post { url: program, fields: &fields, multipart: false, what: &what }).await?;
        match self.judge_book(&page, &what)? {
            Said::Saved(_) => Ok(()),
            Said::Page => Err(page_changed(&self.session, &page, &what, "a page instead of a code").into()),
        }
    }

    async fn confirm<'a>(
        &mut self,
        program: &Url,
        target: Target<'_>,
        steps: impl Iterator<Item = &'a str>,
        wanted: &EntryWanted,
        number: &str,
    ) -> Result<(), Halt> {
        const SAVE: &str = "save an entry of the address book";
        let mut fields = vec![self.token_field()];
        fields.extend(steps.map(|step| pair("stepListIn", step)));
        fields.extend([pair("mode", target.mode()), pair("step", "CONFIRM")]);
        let page =
            self.book_post(Post { url: program, fields: &fields, multipart: false, what: SAVE }).await?;
        self.saved(&page, SAVE, wanted, number)
    }

    /// Judges the answer to a save.
    pub(crate) fn saved(
        &mut self,
        page: &Page,
        what: &str,
        wanted: &EntryWanted,
        number: &str,
    ) -> Result<(), Halt> {
        // An answer that is no page says nothing about the save: only reading does.
        if page.status >= 400 {
            return Err(Halt::Lost);
        }
        let said = match self.judge_book(page, what)? {
            Said::Page => return Err(Halt::Lost),
            said => said,
        };
        self.book.open = false;
        self.check_row(said, wanted.name.as_deref(), wanted.email.as_deref(), number)
    }

    /// A page that should have shown an entry's form and does not.
    pub(crate) fn no_form(&self, page: &Page, tried: &str, target: Target<'_>) -> Halt {
        let columns = self.family.fact("book_columns").unwrap_or("g_columnInfoHash");
        match target {
            // A number that nobody has is answered with the list, and with no word of it.
            Target::There(entry, number) if page.text.contains(columns) => changed_meanwhile(
                tried,
                format!(
                    "the device shows its list instead of \u{201c}{}\u{201d} ({number}): it is no longer there",
                    scanfleet_sdk::error::clean(&entry.name)
                ),
            ),
            _ => page_changed(&self.session, page, tried, "the page has no form with a field for the name")
                .into(),
        }
    }
}

/// The form must show the entry that was read.
pub(crate) fn same_entry(entry: &BookEntry, name: &str, email: Option<&str>) -> Result<(), Halt> {
    let was = entry.email.as_deref().unwrap_or_default();
    let other_email = email.is_some_and(|e| e.trim() != was.trim());
    if name.trim() == entry.name.trim() && !other_email {
        return Ok(());
    }
    let clean = scanfleet_sdk::error::clean;
    Err(changed_meanwhile(
        "change an entry of the address book",
        format!(
            "under its number stands \u{201c}{}\u{201d} <{}>, where \u{201c}{}\u{201d} <{}> was read",
            clean(name),
            clean(email.unwrap_or_default()),
            clean(&entry.name),
            clean(was)
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_and_what_is_ticked() {
        let text = r#"<?xml version="1.0" encoding="UTF-8"?><div id="additionalArea"><div id="step_STEP"><form id="form_STEP">
            <input type="checkbox" name="stepListIn" value="BASE" checked="checked"/><input type="checkbox" name="stepListIn" value="MAIL"/>
            <input type="checkbox" name="stepListIn" value="FOLDER" checked="checked"/></form></div>
            <div id="step_BASE"><form id="form_BASE"><input name="entryNameIn" value="N"/></form></div>
            <div id="step_FOLDER"><form id="form_FOLDER"><input name="folderPortNoIn" value="21"/><input name="folderPathNameIn" value=""/></form></div></div>"#;
        let page = Page {
            url: "http://192.0.2.1/x.cgi".parse().unwrap(),
            status: 200,
            charset: "UTF-8",
            text: text.into(),
        };
        let steps = steps(&page);
        assert_eq!(steps.iter().map(|(s, _)| s.as_str()).collect::<Vec<_>>(), ["STEP", "BASE", "FOLDER"]);
        assert!(is_ticked(&steps, "FOLDER") && !is_ticked(&steps, "MAIL"));
        assert!(is_filled(&steps[1].1) && !is_filled(&steps[2].1));
    }
}
