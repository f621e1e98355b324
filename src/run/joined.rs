//! What came of a device's sections, joined into one result.

use scanfleet_sdk::{DeviceError, FieldChange};

use super::book::{BookDone, entries_word};
use super::observe::PASSWORD;
use super::read_back::SmtpDone;
use super::{DeviceOutcome, Grade, Mode, ResultKind};
use crate::files::words::count;

/// `3 settings and 12 address-book entries`.
pub(super) fn amount(settings: usize, entries: usize) -> String {
    let book = entries_word(entries).replacen(' ', " address-book ", 1);
    match (settings, entries) {
        (_, 0) => count(settings, "setting"),
        (0, _) => book,
        _ => format!("{} and {book}", count(settings, "setting")),
    }
}

/// What a device that was written to holds now.
pub(super) fn written(
    name: &str,
    mode: &Mode,
    smtp: Option<SmtpDone>,
    book: Option<Result<BookDone, DeviceError>>,
) -> DeviceOutcome {
    let kind = if matches!(mode, Mode::Rollback(_)) { ResultKind::RolledBack } else { ResultKind::Changed };
    let settings: &[FieldChange] = smtp.as_ref().map_or(&[], |s| &s.changes);
    let readable = smtp.as_ref().is_none_or(|s| s.readable);
    let password = settings.iter().any(|c| c.field == PASSWORD);
    let entries = match &book {
        Some(Ok(done)) => done.entries,
        _ => 0,
    };
    let what = amount(settings.len(), entries);
    let message = match (readable, password) {
        (true, false) => format!("{what} changed and read back equal."),
        (true, true) => format!("{what} changed and read back equal; the password cannot be read back."),
        (false, _) if entries > 0 => format!(
            "{} changed and read back equal. The device took the new password; a password cannot be read back.",
            amount(0, entries)
        ),
        (false, _) => "The device took the new password; a password cannot be read back.".to_owned(),
    };
    let failure = match &book {
        Some(Err(error)) => Some(error.clone()),
        Some(Ok(done)) => done.error.clone(),
        None => None,
    };
    let mut outcome = match failure {
        None => {
            let mut outcome = DeviceOutcome::new(name, kind, message);
            outcome.grade = Some(if readable { Grade::Verified } else { Grade::Applied });
            outcome
        }
        Some(error) => {
            let mut outcome = DeviceOutcome::failed(name, &error);
            if !settings.is_empty() {
                outcome.message = format!(
                    "{} {} changed and read back equal before that.",
                    outcome.message,
                    count(settings.len(), "setting")
                );
            }
            outcome
        }
    };
    if let Some(done) = smtp {
        outcome.changes = done.changes;
        if done.lost {
            outcome
                .notes
                .push("The answer to the write was lost; reading back settled that it was taken.".into());
        }
    }
    if let Some(Ok(done)) = book {
        outcome.changes.extend(done.changes);
        if done.lost {
            outcome.notes.push(
                "An answer to a change of the address book was lost; reading back settled what was taken."
                    .into(),
            );
        }
        if done.unread > 0 {
            outcome
                .notes
                .push(format!("{} of the address book cannot be read back.", count(done.unread, "value")));
        }
    }
    outcome
}
