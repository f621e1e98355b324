//! Runs: what was started, by whom, and how it ended.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Journal, JournalError, RunId};

/// What a run does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunKind {
    /// Reads and compares.
    Plan,
    /// Changes devices to what a playbook wants.
    Apply,
    /// Reads and judges compliance.
    Check,
    /// Takes the devices of a run back to the snapshots before it.
    Rollback,
    /// Takes a device to a saved snapshot.
    Restore,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunStatus {
    /// Every device did what was wanted.
    Ok,
    /// Some devices failed.
    Partial,
    /// All devices failed.
    Failed,
    /// A guard stopped it.
    Stopped,
    /// A person or a crash ended it.
    Interrupted,
}

impl RunKind {
    /// The word used in JSON and tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Apply => "apply",
            Self::Check => "check",
            Self::Rollback => "rollback",
            Self::Restore => "restore",
        }
    }
}

impl RunStatus {
    /// The word used in JSON and tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Partial => "partial",
            Self::Failed => "failed",
            Self::Stopped => "stopped",
            Self::Interrupted => "interrupted",
        }
    }
}

/// A run before it starts.
#[derive(Debug, Clone)]
pub struct NewRun {
    /// What it does.
    pub kind: RunKind,
    /// The playbook's name, where there is one.
    pub playbook: Option<String>,
    /// SHA-256 of the playbook file, lower-case hexadecimal.
    pub playbook_sha256: Option<String>,
    /// Arguments and selection, as data; never a secret.
    pub what: Value,
    /// The machine it runs on.
    pub host: String,
    /// The account it runs as.
    pub user: String,
    /// The program's version.
    pub version: String,
    /// The run that is rolled back.
    pub of_run: Option<RunId>,
}

/// A run as the journal knows it.
#[derive(Debug, Clone, Serialize)]
pub struct RunRecord {
    /// Its id.
    #[serde(rename = "run")]
    pub id: RunId,
    /// What it does.
    pub kind: RunKind,
    /// The playbook's name, where there is one.
    pub playbook: Option<String>,
    /// SHA-256 of the playbook file.
    pub playbook_sha256: Option<String>,
    /// Arguments and selection.
    pub what: Value,
    /// The machine it ran on.
    pub host: String,
    /// The account it ran as.
    pub user: String,
    /// The process that ran it.
    pub pid: u32,
    /// The program's version.
    pub version: String,
    /// The run that was rolled back.
    pub of_run: Option<RunId>,
    /// When it started.
    pub started: Timestamp,
    /// When it ended; absent while it runs and when its process died.
    pub ended: Option<Timestamp>,
    /// How it ended; `None` while it runs. A run without an end whose process died is [`RunStatus::Interrupted`].
    pub status: Option<RunStatus>,
    /// Devices by result.
    pub counts: BTreeMap<String, u64>,
}

impl Journal {
    /// Stores the start of a run. While this process lives and has not finished it, the run counts as running.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn start_run(&self, _run: &NewRun) -> Result<RunId, JournalError> {
        Err(self.not_yet())
    }

    /// Stores the end of a run.
    ///
    /// # Errors
    /// The journal cannot be written, or the run is unknown.
    pub fn finish_run(
        &self,
        _run: &RunId,
        _status: RunStatus,
        _counts: &BTreeMap<String, u64>,
    ) -> Result<(), JournalError> {
        Err(self.not_yet())
    }

    /// All runs, newest first.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn runs(&self) -> Result<Vec<RunRecord>, JournalError> {
        Err(self.not_yet())
    }

    /// One run.
    ///
    /// # Errors
    /// [`JournalError::UnknownRun`], or the journal cannot be read.
    pub fn run(&self, _run: &RunId) -> Result<RunRecord, JournalError> {
        Err(self.not_yet())
    }

    /// Finds a run by its id, a unique prefix, or `last`: the newest run that can have changed devices
    /// (apply, rollback, restore).
    ///
    /// # Errors
    /// [`JournalError::NoRun`], [`JournalError::UnknownRun`], [`JournalError::AmbiguousRun`], or the journal cannot be
    /// read.
    pub fn resolve_run(&self, _text: &str) -> Result<RunId, JournalError> {
        Err(self.not_yet())
    }
}
