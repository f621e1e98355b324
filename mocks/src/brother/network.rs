//! Posts of the network pages but the SMTP page, and of "Reset Menu".

use super::device::{Device, Done, Inner, Visit};
use super::pages::{self, HTTP_BOXES, Note, PROTOCOLS};
use super::profile::{BrotherProfile, Marker, field};
use super::texts::Texts;
use super::wire::Fields;
use crate::http::Response;
use crate::machine::Aftermath;

/// The boxes that a post ticks: a box that is sent is on whatever its value, one that is not is off.
fn ticked(fields: &Fields, first: u32, count: usize) -> Vec<bool> {
    (first..).take(count).map(|id| fields.has(&field(id))).collect()
}

/// What a page says after a post that it took.
pub(super) fn taken(profile: &BrotherProfile, texts: &'static Texts) -> Option<Note> {
    match profile.marker {
        Marker::SubmitOk => Some(Note::Success(texts.submit_ok)),
        Marker::Accepted => Some(Note::Success(texts.accepted)),
        Marker::Nothing => None,
    }
}

impl Device {
    pub(super) fn save_protocols(&self, inner: &mut Inner, visit: &Visit<'_>) -> Response {
        inner.protocols = ticked(&visit.fields, self.profile.field_ids.protocol, PROTOCOLS.len());
        let (on, with_smtp) = (inner.protocols.clone(), !visit.strike.no_menu_entry);
        let said = taken(&self.profile, self.texts());
        self.show(inner, visit, |view| pages::protocols(view, &on, with_smtp, said))
    }

    /// Two steps: the form, then the question about other protocols; then the web server restarts.
    pub(super) fn save_http(&self, inner: &mut Inner, visit: &Visit<'_>) -> Done {
        match (visit.fields.text("http_page_mode"), inner.http_wanted.take()) {
            (mode @ ("4" | "5"), Some(mut wanted)) => {
                if mode == "5" {
                    wanted.fill(true);
                }
                inner.http = wanted;
                Done {
                    response: self.show(inner, visit, pages::restarting),
                    aftermath: Aftermath::RestartSoon(self.profile.restart),
                    errand: None,
                }
            }
            _ => {
                let wanted = ticked(&visit.fields, self.profile.field_ids.http, HTTP_BOXES.len());
                inner.http_wanted = Some(wanted);
                self.show(inner, visit, pages::http_question).into()
            }
        }
    }

    /// Somebody pressed what nobody should press: network reset (2) or factory reset (6).
    pub(super) fn reset_posted(&self, inner: &mut Inner, visit: &Visit<'_>) -> Done {
        if !matches!(visit.fields.text("btn_def"), "2" | "6") {
            return self.show(inner, visit, pages::reset_menu).into();
        }
        inner.settings = self.profile.factory_settings();
        inner.passwords.clear();
        inner.writes += 1;
        Done {
            response: self.show(inner, visit, pages::restarting),
            aftermath: Aftermath::RestartSoon(self.profile.restart),
            errand: None,
        }
    }
}
