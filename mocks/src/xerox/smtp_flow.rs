//! The SMTP page: save and test mail.

use super::device::{Device, Inner, Outcome, Visit};
use super::pages;
use super::posting;
use crate::http::Response;
use crate::machine::Errand;
use crate::scan::ScanRequest;
use crate::settings::PasswordKind;

/// What a page says while somebody else holds the device. INVENTED.
const BUSY: &str = "The device is busy. Another user is changing its settings. Try again later.";

impl Device {
    pub(super) fn save(&self, inner: &mut Inner, visit: &Visit<'_>) -> Response {
        let pages_of = &self.profile.smtp;
        let marks = &visit.strike.marks;
        if marks.read_only {
            return self.refused(inner, visit, "You are not allowed to change these settings.");
        }
        if visit.strike.busy || inner.panel_in_use {
            return self.refused(inner, visit, BUSY);
        }
        let stored = inner.passwords.contains_key(&PasswordKind::Smtp);
        let wish = match posting::read(pages_of, marks, &inner.settings, stored, &visit.form) {
            Ok(wish) => wish,
            Err(refusal) => return self.refused(inner, visit, &refusal.words()),
        };
        // Order matters to the module behind the page; that it then answers 200 and stores nothing is INVENTED.
        let unheard = pages_of.strict_order && !posting::in_order(pages_of, marks, &visit.form);
        if !visit.strike.drop_write && !unheard {
            for (item, value) in wish.changes {
                if !visit.strike.ignores.contains(&item) {
                    inner.settings.set(item, value);
                }
            }
            match wish.password {
                Some(password) if password.is_empty() => {
                    inner.passwords.remove(&PasswordKind::Smtp);
                }
                Some(password) => {
                    inner.passwords.insert(PasswordKind::Smtp, password);
                }
                None => {}
            }
            inner.writes += 1;
        }
        self.next(inner, visit)
    }

    /// The page again, with a message in a script variable. INVENTED for settings; known of the log-in.
    fn refused(&self, inner: &Inner, visit: &Visit<'_>, words: &str) -> Response {
        if visit.is_ajax() {
            return pages::ajax_error(words);
        }
        self.html(visit, |page| {
            let html = pages::smtp(page, &inner.settings, &visit.strike.marks, None);
            pages::with_error(&html, words)
        })
    }

    /// The test mail; all of it INVENTED.
    pub(super) fn test(&self, visit: &Visit<'_>) -> Outcome {
        let Some(test) = &self.profile.smtp.test else { return Response::html("").into() };
        let ajax = visit.is_ajax();
        if test.ajax && !ajax {
            // The page's script never posts it this way.
            return self.html(visit, |page| pages::test_result(page, "")).into();
        }
        let to = visit.form.text(&test.to_field);
        if !to.contains('@') || to.chars().any(char::is_control) {
            let words = "Enter a valid email address.";
            let response = if ajax {
                pages::ajax_error(words)
            } else {
                self.html(visit, |page| pages::test_result(page, words))
            };
            return response.into();
        }
        // A mark that no page text can hold; the result takes its place.
        let page = pages::test_result(&self.page(visit), "\0");
        let told = move |outcome: &crate::mail::client::SendOutcome| {
            let words = if outcome.sent {
                "The test email was sent successfully.".to_owned()
            } else {
                let why = outcome.reply.as_deref().unwrap_or(&outcome.detail);
                format!("The test email could not be sent. {why}")
            };
            let response = match (ajax, outcome.sent) {
                (true, true) => pages::ajax_message("0", &words),
                (true, false) => pages::ajax_error(&words),
                (false, _) => Response::html(page.replace('\0', &crate::http::escape(&words))),
            };
            response.by(super::device::SERVER)
        };
        let scan =
            ScanRequest { to: to.to_owned(), from: None, subject: Some("Xerox SMTP Test Email".to_owned()) };
        Outcome {
            response: Response::html(""),
            errand: Some(Errand { scan, background: false, told: Box::new(told) }),
        }
    }
}
