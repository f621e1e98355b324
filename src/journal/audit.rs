//! The audit trail: entries chained by SHA-256, only ever added.

use serde::Serialize;

use super::{Journal, JournalError};

/// What happened to a secret's name; the secret itself is never known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecretChange {
    /// A version was stored.
    Set,
    /// Versions were deleted.
    Deleted,
}

/// What a verification has gone through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VerifyReport {
    /// How many entries hold.
    pub entries: u64,
    /// The hash of the last entry, lower-case hexadecimal: noted elsewhere, it proves later that nothing was cut off.
    pub head: String,
}

impl Journal {
    /// Notes that a secret's name got a version or lost some.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn note_secret(
        &self,
        _name: &str,
        _change: SecretChange,
        _version: Option<u32>,
    ) -> Result<(), JournalError> {
        Err(self.not_yet())
    }

    /// Goes through the whole chain, and through the runs, results and snapshots it vouches for.
    ///
    /// # Errors
    /// [`JournalError::BrokenChain`], or the journal cannot be read.
    pub fn verify(&self) -> Result<VerifyReport, JournalError> {
        Err(self.not_yet())
    }
}
