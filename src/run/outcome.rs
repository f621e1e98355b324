//! What came of a run, in the shape that others build on.

use std::collections::BTreeMap;

use scanfleet_sdk::transport::ConnectionFacts;
use scanfleet_sdk::{Category, DeviceError, Fault, FieldChange, Rerun};
use serde::Serialize;

use crate::files::words::count;
pub use crate::journal::{DeviceOutcome as ResultKind, Grade, RunStatus as Status};

/// What came of one device, with everything a person needs to go on.
#[derive(Debug, Clone, Serialize)]
pub struct DeviceOutcome {
    /// The device's name in the inventory.
    pub name: String,
    /// What came of it.
    pub result: ResultKind,
    /// How far a change is known to have come.
    pub grade: Option<Grade>,
    /// The stable category of a failure.
    pub category: Option<Category>,
    /// Full sentences.
    pub message: String,
    /// What changed, or would.
    pub changes: Vec<FieldChange>,
    /// Fields whose former value nobody knows.
    pub unrestorable: Vec<String>,
    /// Why nobody knows it, in full sentences.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unrestorable_because: Option<String>,
    /// What to do next, after a failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Whether the same command may be run again, after a failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rerun: Option<Rerun>,
    /// What else is worth knowing: plain http, old TLS, assumptions of the family.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Model and serial number the device told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Serial number the device told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
    /// Facts about the connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection: Option<ConnectionFacts>,
    /// Where the list and somebody at the panel changed the same entry.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<crate::book::merge::Conflict>,
    /// How many address-book entries go, or went, that were never this program's.
    #[serde(skip_serializing_if = "is_zero")]
    pub foreign_removed: usize,
    /// The address book was in use and nothing was written to it: a second try later may do.
    #[serde(skip)]
    pub again: bool,
    /// Our own workspace failed (journal full or gone), not the device.
    #[serde(skip)]
    pub workspace_failed: bool,
}

impl DeviceOutcome {
    /// An outcome without details.
    pub fn new(name: &str, result: ResultKind, message: impl Into<String>) -> Self {
        Self {
            name: name.to_owned(),
            result,
            grade: None,
            category: None,
            message: message.into(),
            changes: Vec::new(),
            unrestorable: Vec::new(),
            unrestorable_because: None,
            next: None,
            rerun: None,
            notes: Vec::new(),
            model: None,
            serial: None,
            connection: None,
            conflicts: Vec::new(),
            foreign_removed: 0,
            again: false,
            workspace_failed: false,
        }
    }

    /// A failure, in full sentences: what was tried, what came back, what to do next, whether to run again.
    pub fn failed(name: &str, error: &DeviceError) -> Self {
        let mut outcome = Self::new(name, ResultKind::Failed, sentence(error));
        outcome.category = Some(error.category);
        outcome.next = error.next.clone();
        outcome.rerun = Some(error.rerun);
        outcome.workspace_failed = error.fault == Fault::Workspace;
        outcome
    }

    /// Adds settings that an earlier pass of the same run has changed and read back.
    pub(super) fn after(&mut self, settings: Vec<FieldChange>) {
        let before = format!("{} changed and read back equal.", count(settings.len(), "setting"));
        if self.result == ResultKind::Unchanged {
            self.result = ResultKind::Changed;
            self.grade = Some(Grade::Verified);
            self.message = before;
        } else {
            self.message = format!("{before} Then: {}", self.message);
        }
        self.changes.splice(0..0, settings);
    }

    /// A device whose turn never came.
    pub fn not_reached(name: &str) -> Self {
        Self::new(
            name,
            ResultKind::NotReached,
            "The run was stopped before this device's turn. Nothing was sent to it.",
        )
    }
}

fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// An error as full sentences.
fn sentence(error: &DeviceError) -> String {
    let mut text = capitalised(&error.to_string());
    for part in [error.next.as_deref(), Some(rerun_words(error.rerun))].into_iter().flatten() {
        if !text.ends_with(['.', '!', '?']) {
            text.push('.');
        }
        text.push(' ');
        text.push_str(&capitalised(part));
    }
    if !text.ends_with(['.', '!', '?']) {
        text.push('.');
    }
    text
}

fn rerun_words(rerun: Rerun) -> &'static str {
    match rerun {
        Rerun::Safe => "It is safe to run this again",
        Rerun::ReadsFirst => "It is safe to run this again: the device is read before it is touched",
        Rerun::AfterMending => "Mend this before you run it again",
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// What came of a run; the JSON of `plan`, `apply`, `rollback` and `restore`.
#[derive(Debug, Clone, Serialize)]
pub struct RunOutcome {
    /// The run's id; null for a plan, which changes nothing and is not kept.
    pub run: Option<String>,
    /// The playbook's name; null for a rollback.
    pub playbook: Option<String>,
    /// What came of it.
    pub status: Status,
    /// Devices by result, and `total`.
    pub counts: BTreeMap<String, u64>,
    /// One entry a device, in the order of the inventory.
    pub devices: Vec<DeviceOutcome>,
    /// True where our own workspace failed in the middle (journal full or gone); exit code 8.
    #[serde(skip)]
    pub workspace_failed: bool,
}

impl RunOutcome {
    /// Sums up devices.
    pub fn of(
        run: Option<String>,
        playbook: Option<String>,
        devices: Vec<DeviceOutcome>,
        interrupted: bool,
    ) -> Self {
        let mut counts = BTreeMap::from([("total".to_owned(), devices.len() as u64)]);
        for device in &devices {
            *counts.entry(device.result.as_str().to_owned()).or_default() += 1;
        }
        let failed = devices.iter().filter(|d| d.result == ResultKind::Failed).count();
        let status = if interrupted {
            Status::Interrupted
        } else if failed == 0 {
            Status::Ok
        } else if failed == devices.len() {
            Status::Failed
        } else {
            Status::Partial
        };
        let workspace_failed = devices.iter().any(|d| d.workspace_failed);
        Self { run, playbook, status, counts, devices, workspace_failed }
    }

    /// How many devices have a result.
    pub fn count(&self, kind: ResultKind) -> usize {
        self.devices.iter().filter(|d| d.result == kind).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_reads_as_full_sentences() {
        let error = DeviceError::new(Category::Busy, "save the E-mail page", "the device is in use")
            .on_page("/x.cgi")
            .hint("wait until the job is done");
        let outcome = DeviceOutcome::failed("a", &error);
        assert_eq!(
            outcome.message,
            "Could not save the E-mail page (/x.cgi): the device is in use. Wait until the job is done. It is safe to run this again."
        );
    }

    #[test]
    fn the_status_follows_the_devices() {
        let device = |result| DeviceOutcome::new("a", result, "");
        let status = |kinds: &[ResultKind], stop| {
            RunOutcome::of(None, None, kinds.iter().map(|k| device(*k)).collect(), stop).status
        };
        use ResultKind::*;
        assert_eq!(status(&[Changed, Unchanged], false), Status::Ok);
        assert_eq!(status(&[Changed, Failed], false), Status::Partial);
        assert_eq!(status(&[Failed, Failed], false), Status::Failed);
        assert_eq!(status(&[Failed, NotReached], true), Status::Interrupted);
        assert_eq!(status(&[], false), Status::Ok);
    }
}
