//! What a post of the E-mail page means: the whole form, always.

use super::pages::depends_on_auth;
use super::profile::{EmailPages, Row};
use crate::http::Form;
use crate::machine::Marks;
use crate::settings::{Domain, Item, Settings};

/// Reads a posted E-mail form over the settings that stood on the page.
///
/// A settings page of this family is posted whole: what is missing is lost, as a browser would never leave it out. The
/// exception are fields that the page itself disables. (That a missing field is cleared is INVENTED; it punishes
/// clients that post only what they change.)
///
/// # Errors
/// The item whose value the device does not take.
pub(crate) fn read(
    pages: &EmailPages,
    marks: &Marks,
    before: &Settings,
    form: &Form,
) -> Result<Settings, Item> {
    let mut after = before.clone();
    let auth = pages.rows.iter().any(|row| {
        matches!(row, Row::Field(Item::SmtpAuth, name) if form.get(name).is_some_and(|wire| {
            pages.word(Item::SmtpAuth, wire) == Some("true")
        }))
    });
    for row in &pages.rows {
        let Row::Field(item, name) = row else { continue };
        if marks.missing.contains(item) {
            continue;
        }
        let posted = form.get(marks.name(*item, name));
        if posted.is_none() && pages.disables_auth_fields && depends_on_auth(*item) && !auth {
            continue;
        }
        let value = match (item.domain(), posted) {
            (Domain::Text(_), posted) => posted.unwrap_or_default().to_owned(),
            (Domain::Number(..), Some(posted)) => posted.to_owned(),
            (Domain::Number(..), None) => item.factory().to_owned(),
            (Domain::Switch, None) => "false".to_owned(),
            (Domain::Choice(words), None) => words.first().copied().unwrap_or_default().to_owned(),
            (Domain::Switch | Domain::Choice(_), Some(wire)) => {
                pages.word(*item, wire).ok_or(*item)?.to_owned()
            }
        };
        if !item.accepts(&value) {
            return Err(*item);
        }
        after.set(*item, value);
    }
    Ok(after)
}
