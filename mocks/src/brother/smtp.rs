//! The SMTP page: what a post means, and the test behind it. ASSUMED, as the page is.

use std::sync::{Arc, PoisonError};

use super::device::{Device, Done, Inner, Test, Visit};
use super::network::taken;
use super::pages::{self, Note, Shown, depends};
use super::profile::{BrotherProfile, BrotherRow, MissingFields, Stars, TestMail, field};
use super::wire::Fields;
use crate::http::Response;
use crate::machine::{Aftermath, Errand, Marks};
use crate::mail::client::SendOutcome;
use crate::scan::ScanRequest;
use crate::settings::{Domain, Item, PasswordKind, Settings};

/// Why a post is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    Range,
    Mismatch,
}

/// What a post does to a password.
enum NewPassword {
    Stays,
    Goes,
    Becomes(String),
}

/// What a post leaves behind.
struct Posted {
    settings: Settings,
    passwords: Vec<(PasswordKind, NewPassword)>,
}

/// Reads a post over what is stored. Fields that the page disables are missing in an honest post and stay as they are,
/// whatever the profile does with missing fields.
fn read(
    profile: &BrotherProfile,
    marks: &Marks,
    before: &Settings,
    stored: &[PasswordKind],
    fields: &Fields,
) -> Result<Posted, Refusal> {
    let lost = profile.missing == MissingFields::Lost;
    let mut settings = before.clone();
    let mut passwords = Vec::new();
    // Whether the page let the account be typed in, and this post still wants one.
    let mut account = before.on(Item::SmtpAuth);
    for row in &profile.rows {
        if let BrotherRow::Choice { item, id, options, .. } = row {
            if marks.missing.contains(item) {
                continue;
            }
            let word = match fields.get(marks.name(*item, &field(*id))) {
                Some(value) => {
                    let offered = options.iter().filter(|option| !marks.lacks(*item, &option.word));
                    offered
                        .into_iter()
                        .find(|option| option.value == value)
                        .ok_or(Refusal::Range)?
                        .word
                        .as_str()
                }
                None if lost => options.first().map_or("none", |option| option.word.as_str()),
                None => continue,
            };
            if *item == Item::SmtpAuth {
                settings.set(Item::SmtpAuth, (word == "smtp_auth").to_string());
                settings.set(Item::PopBeforeSmtp, (word == "pop_before_smtp").to_string());
            } else {
                settings.set(*item, word);
            }
        }
    }
    account &= settings.on(Item::SmtpAuth);
    for row in &profile.rows {
        match row {
            BrotherRow::Text { item, id, max, .. } if !marks.missing.contains(item) => {
                let value = match fields.get(marks.name(*item, &field(*id))) {
                    Some(value) => value,
                    None if !lost || (depends(*item) && !account) => continue,
                    None => item.factory(),
                };
                let number = matches!(item.domain(), Domain::Number(..));
                if value.chars().count() > *max
                    || value.chars().any(char::is_control)
                    || (number && !item.accepts(value))
                {
                    return Err(Refusal::Range);
                }
                settings.set(*item, value);
            }
            // A missing box is off, everywhere; a box that is sent is on, even one that nobody ticked.
            BrotherRow::Switch { item, id, .. } if !marks.missing.contains(item) => {
                settings.set(*item, fields.has(marks.name(*item, &field(*id))).to_string());
            }
            BrotherRow::Password { kind, id, again, max, .. } => {
                let first = fields.get(&field(*id));
                let disabled = *kind == PasswordKind::Smtp && !account;
                if let (Some(first), Some((again, _))) = (first, again)
                    && fields.get(&field(*again)) != Some(first)
                {
                    return Err(Refusal::Mismatch);
                }
                let new = match first {
                    None if !lost || disabled => NewPassword::Stays,
                    None | Some("") => NewPassword::Goes,
                    Some("***") if stored.contains(kind) => match profile.stars {
                        Stars::Keep => NewPassword::Stays,
                        Stars::Literal => NewPassword::Becomes("***".to_owned()),
                        Stars::Clear => NewPassword::Goes,
                    },
                    Some(text) if text.chars().count() > *max || text.chars().any(char::is_control) => {
                        return Err(Refusal::Range);
                    }
                    Some(text) => NewPassword::Becomes(text.to_owned()),
                };
                passwords.push((*kind, new));
            }
            _ => {}
        }
    }
    Ok(Posted { settings, passwords })
}

impl Device {
    fn smtp_form(&self, inner: &mut Inner, visit: &Visit<'_>, said: Option<Note>) -> Response {
        let (settings, stored) = (inner.settings.clone(), inner.stored());
        let shown = Shown { settings: &settings, stored: &stored, marks: &visit.strike.marks };
        self.show(inner, visit, |view| pages::smtp(view, &shown, said))
    }

    /// The page, or while a test is under way "Please wait", or once what came of it.
    pub(super) fn smtp_page(&self, inner: &mut Inner, visit: &Visit<'_>) -> Response {
        let place = Arc::clone(&inner.test);
        let mut test = place.lock().unwrap_or_else(PoisonError::into_inner);
        match test.as_mut().filter(|test| test.session == visit.session) {
            Some(under_way) if under_way.waits > 0 || under_way.outcome.is_none() => {
                under_way.waits = under_way.waits.saturating_sub(1);
                self.show(inner, visit, pages::please_wait)
            }
            Some(_) => match test.take().and_then(|test| test.outcome) {
                Some(outcome) => self.show(inner, visit, |view| pages::test_result(view, &outcome)),
                None => self.smtp_form(inner, visit, None),
            },
            None => self.smtp_form(inner, visit, None),
        }
    }

    pub(super) fn save(&self, inner: &mut Inner, visit: &Visit<'_>) -> Done {
        let texts = self.texts();
        let strike = &visit.strike;
        if strike.marks.read_only {
            return self.smtp_form(inner, visit, Some(Note::Error(texts.submit_error))).into();
        }
        if strike.busy || inner.panel_in_use {
            return self.smtp_form(inner, visit, Some(Note::Error(texts.in_use))).into();
        }
        let posted = read(&self.profile, &strike.marks, &inner.settings, &inner.stored(), &visit.fields);
        let mut posted = match posted {
            Ok(posted) => posted,
            Err(refusal) => {
                let text = match refusal {
                    Refusal::Range => texts.out_of_range,
                    Refusal::Mismatch => texts.mismatch,
                };
                return self.smtp_form(inner, visit, Some(Note::Error(text))).into();
            }
        };
        if !strike.drop_write {
            for item in &strike.ignores {
                if inner.settings.has(*item) {
                    let kept = inner.settings.get(*item).to_owned();
                    posted.settings.set(*item, kept);
                }
            }
            inner.settings = posted.settings;
            for (kind, new) in posted.passwords {
                match new {
                    NewPassword::Stays => {}
                    NewPassword::Goes => {
                        inner.passwords.remove(&kind);
                    }
                    NewPassword::Becomes(text) => {
                        inner.passwords.insert(kind, text);
                    }
                }
            }
            inner.writes += 1;
        }
        let said = taken(&self.profile, texts);
        let response = match self.profile.test_mail {
            TestMail::SecondStep { .. } => self.show(inner, visit, |view| pages::test_question(view, said)),
            TestMail::Absent => self.smtp_form(inner, visit, said),
        };
        let restarts = self.profile.restarts_after_save;
        let aftermath = if restarts { Aftermath::RestartSoon(self.profile.restart) } else { Aftermath::None };
        Done { response, aftermath, errand: None }
    }

    /// The second step: a mail is sent while the client asks the page again and again.
    pub(super) fn start_test(&self, inner: &mut Inner, visit: &Visit<'_>) -> Done {
        let to = visit.fields.text(&field(self.profile.field_ids.test_address)).trim();
        let TestMail::SecondStep { waits, .. } = self.profile.test_mail else {
            return self.smtp_form(inner, visit, None).into();
        };
        if !to.contains('@') || to.chars().count() > 60 {
            let said = Some(Note::Error(self.texts().out_of_range));
            return self.show(inner, visit, |view| pages::test_question(view, said)).into();
        }
        // A test of its own place: one that a restart overtook tells nobody any more.
        inner.test = Arc::default();
        let place = Arc::clone(&inner.test);
        *place.lock().unwrap_or_else(PoisonError::into_inner) =
            Some(Test { session: visit.session.clone(), waits, outcome: None });
        let scan = ScanRequest {
            to: to.to_owned(),
            from: None,
            subject: Some(format!("Test E-mail from Brother {}", self.spec.model)),
        };
        let response = self.show(inner, visit, pages::please_wait);
        let told = Box::new(move |outcome: &SendOutcome| {
            if let Some(test) = place.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
                test.outcome = Some(outcome.clone());
            }
            Response::not_found()
        });
        Done { response, aftermath: Aftermath::None, errand: Some(Errand { scan, background: true, told }) }
    }
}
