//! What the answer to a change means, and how a change may fail.

use scanfleet_sdk::form::{ControlType, Form};
use scanfleet_sdk::page::Page;
use scanfleet_sdk::{Category, DeviceError, EntryKind, Section};

use crate::book::entry::entry_form;
use crate::book::list::list;
use crate::door::{is_outside, is_token, login_form, logout_form};
use crate::driver::{BrotherDriver, Standing};
use crate::problem;
use crate::signs::{Said, said};
use crate::write::Stop;

/// Why a change came to nothing.
pub(crate) enum Halt {
    /// It concerns this entry alone.
    One(Box<DeviceError>),
    /// It concerns the whole book.
    All(Box<DeviceError>),
    /// The answer never came.
    Lost,
    /// The device had ended the session: nothing was taken.
    Session(Box<Page>),
    /// The device rejected the request itself (a stale token): nothing was taken.
    Stale(Box<Page>, String),
}

impl From<DeviceError> for Halt {
    fn from(error: DeviceError) -> Self {
        match error.category {
            _ if error.answer_lost => Self::Lost,
            Category::PageChanged | Category::Unsupported | Category::Rejected => Self::One(Box::new(error)),
            _ => Self::All(Box::new(error)),
        }
    }
}

impl From<Stop> for Halt {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Session(page) => Self::Session(page),
            Stop::Stale(page, text) => Self::Stale(page, text),
            Stop::Lost => Self::Lost,
            Stop::Error(error) => Self::from(*error),
        }
    }
}

/// Questions that a device may ask before it takes something out.
const QUESTIONS: usize = 3;

impl BrotherDriver {
    /// Posts a form of the address book, and judges the answer.
    pub(crate) async fn post_book(
        &mut self,
        page: &Page,
        form: &Form,
        button: Option<&str>,
        what: &str,
    ) -> Result<Page, Halt> {
        let mut posts = self.book.posts;
        let answer = self.post_with(page, form, button, Section::AddressBook, what, &mut posts).await;
        self.book.posts = posts;
        let answer = answer?;
        self.judge(&answer, what)?;
        Ok(answer)
    }

    /// Judges the answer to a change. Without any sign of failure only reading the book again tells.
    pub(crate) fn judge(&self, page: &Page, what: &str) -> Result<(), Halt> {
        match page.status {
            500.. => return Err(Halt::Lost),
            400.. => return Err(problem::status(&self.session, page, what).into()),
            _ => {}
        }
        if is_outside(page) && self.standing != Standing::Open {
            return Err(Halt::Session(Box::new(page.clone())));
        }
        match said(page, &self.family) {
            Said::Nothing | Said::Success(_) => Ok(()),
            Said::Rejected(text) => Err(Halt::Stale(Box::new(page.clone()), text)),
            Said::Busy(text) => Err(problem::busy(page, what, &text).into()),
            // A message in place of the page is about the request; one above the page is about its values.
            Said::Failure(text) if !self.is_of_the_book(page) => {
                Err(Halt::Stale(Box::new(page.clone()), text))
            }
            Said::Failure(text) => Err(problem::rejected(&self.session, page, what, &text).into()),
        }
    }

    /// Whether a page is a list or an entry's page.
    fn is_of_the_book(&self, page: &Page) -> bool {
        list(page, &self.family).is_ok()
            || [EntryKind::User, EntryKind::Group]
                .iter()
                .any(|kind| entry_form(page, *kind, &self.family).is_ok())
    }

    /// Answers the questions that a device asks before it takes something out. `sent` is what was posted last.
    pub(crate) async fn confirm(
        &mut self,
        mut answer: Page,
        mut sent: Vec<(String, String)>,
        what: &str,
    ) -> Result<(), Halt> {
        for _ in 0..QUESTIONS {
            let Some((form, button)) = self.removal_question(&answer, &sent) else { return Ok(()) };
            sent = plain_entries(&form);
            answer = self.post_book(&answer, &form, button.as_deref(), what).await?;
        }
        Ok(())
    }

    /// The form of a question: nothing to fill in, a button that says yes, and other values than were posted last.
    pub(crate) fn removal_question(
        &self,
        page: &Page,
        sent: &[(String, String)],
    ) -> Option<(Form, Option<String>)> {
        if self.is_of_the_book(page) {
            return None;
        }
        let forms = page.forms();
        let mut found = self.bare_forms(&forms, &["book.delete", "book.confirm"]);
        found.retain(|(form, _)| plain_entries(form) != sent);
        if found.len() == 1 { found.pop() } else { None }
    }

    /// Forms without anything to fill in that have one button with one of these words; the door's own left out.
    pub(crate) fn bare_forms(&self, forms: &[Form], words: &[&str]) -> Vec<(Form, Option<String>)> {
        let door = logout_form(forms, self.login_field.as_deref()).map(|(form, _)| form.index);
        let bare = forms.iter().filter(|form| {
            form.method == "post"
                && Some(form.index) != door
                && login_form(std::slice::from_ref(*form)).is_none()
                && form.controls.iter().all(|c| c.kind == ControlType::Hidden || c.kind.is_button())
                && !plain_entries(form).is_empty()
        });
        bare.filter_map(|form| self.button(form, words).map(|button| (form.clone(), button))).collect()
    }

    /// The one button of a form that bears one of these words, by its name where it has one; `None` where it has none, or
    /// where a device could not tell it from another.
    pub(crate) fn button(&self, form: &Form, words: &[&str]) -> Option<Option<String>> {
        let buttons: Vec<_> = form
            .controls
            .iter()
            .filter(|c| matches!(c.kind, ControlType::Submit | ControlType::Image) && !c.disabled)
            .collect();
        let says = |text: &str| words.iter().any(|group| self.family.is(group, text));
        let wanted: Vec<_> = buttons.iter().filter(|c| says(c.label())).collect();
        match wanted.as_slice() {
            [button] if !button.name.is_empty() => Some(Some(button.name.clone())),
            [_] if buttons.len() == 1 => Some(None),
            _ => None,
        }
    }
}

/// What a form holds besides its token.
pub(crate) fn plain_entries(form: &Form) -> Vec<(String, String)> {
    let entries = form.entries(None).unwrap_or_default();
    entries.into_iter().filter(|(name, _)| !is_token(name)).collect()
}
