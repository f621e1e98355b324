//! Why a command ends, and with which exit code.

use std::fmt;
use std::process::ExitCode;

use crate::files::FileError;
use crate::inventory::SelectError;
use crate::journal::JournalError;
use crate::plan::PlanFileError;
use crate::run::{RunError, RunOutcome, Status};
use crate::secrets::SecretError;

/// The exit codes; scripts build on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: done, or compliant.
    Done,
    /// 1: a bug in scanfleet.
    Bug,
    /// 2: wrong usage.
    Usage,
    /// 3: an invalid playbook, inventory or family file, or a secret that is missing or locked, before any connection.
    Invalid,
    /// 4: changes are pending (`plan --detailed-exitcode`).
    Pending,
    /// 5: some devices failed.
    SomeFailed,
    /// 6: all devices failed.
    AllFailed,
    /// 7: stopped by a guard.
    Stopped,
    /// 8: the workspace, journal or keyring cannot be used.
    Unusable,
    /// 130: interrupted.
    Interrupted,
}

impl Exit {
    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Bug => 1,
            Self::Usage => 2,
            Self::Invalid => 3,
            Self::Pending => 4,
            Self::SomeFailed => 5,
            Self::AllFailed => 6,
            Self::Stopped => 7,
            Self::Unusable => 8,
            Self::Interrupted => 130,
        }
    }

    /// What a run's outcome means for the exit code.
    pub(super) fn of(outcome: &RunOutcome) -> Self {
        if outcome.workspace_failed {
            return Self::Unusable;
        }
        match outcome.status {
            Status::Ok => Self::Done,
            Status::Partial => Self::SomeFailed,
            Status::Failed => Self::AllFailed,
            Status::Stopped => Self::Stopped,
            Status::Interrupted => Self::Interrupted,
        }
    }

    /// What counts of devices mean: some failed, all failed, or none.
    pub(super) fn of_counts(failed: usize, total: usize) -> Self {
        match failed {
            0 => Self::Done,
            n if n == total => Self::AllFailed,
            _ => Self::SomeFailed,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// A command that could not be carried out: an exit code, a message in full sentences, and hints.
#[derive(Debug)]
pub struct CliError {
    /// The exit code.
    pub exit: Exit,
    /// What happened.
    pub message: String,
    /// What to do next.
    pub hints: Vec<String>,
    /// The picture of a user's file, where there is one.
    pub(super) file: Option<FileError>,
}

impl CliError {
    /// An error with an exit code.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into(), hints: Vec::new(), file: None }
    }

    /// Wrong usage.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// A bug of ours.
    pub fn bug(message: impl Into<String>) -> Self {
        Self::new(Exit::Bug, message)
    }

    /// Adds what to do next.
    pub fn hinted(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<FileError> for CliError {
    fn from(error: FileError) -> Self {
        let mut new = Self::new(Exit::Invalid, error.to_string());
        new.file = Some(error);
        new
    }
}

impl From<SelectError> for CliError {
    fn from(error: SelectError) -> Self {
        let mut letters = error.message.chars();
        let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
        let new = Self::usage(format!("{first}{}.", letters.as_str()));
        match error.help {
            Some(help) => new.hinted(help),
            None => new,
        }
    }
}

impl From<JournalError> for CliError {
    fn from(error: JournalError) -> Self {
        let exit = match &error {
            JournalError::NoRun
            | JournalError::UnknownRun { .. }
            | JournalError::AmbiguousRun { .. }
            | JournalError::UnknownSnapshot { .. }
            | JournalError::NothingPresented { .. } => Exit::Usage,
            _ => Exit::Unusable,
        };
        Self::new(exit, error.to_string())
    }
}

impl From<SecretError> for CliError {
    fn from(error: SecretError) -> Self {
        let exit = if error.is_unusable_keyring() { Exit::Unusable } else { Exit::Invalid };
        Self::new(exit, error.to_string())
    }
}

impl From<RunError> for CliError {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Journal(error) => error.into(),
            RunError::Secret(error) => error.into(),
            RunError::Nothing(message) => Self::usage(message),
        }
    }
}

impl From<PlanFileError> for CliError {
    fn from(error: PlanFileError) -> Self {
        Self::new(Exit::Invalid, error.to_string())
    }
}

impl From<std::io::Error> for CliError {
    fn from(error: std::io::Error) -> Self {
        Self::new(Exit::Unusable, error.to_string())
    }
}
