//! What is known of passwords that were pushed or accepted: keyed fingerprints, references and versions.

use std::fmt;

use jiff::Timestamp;
use scanfleet_sdk::Secret;
use serde::{Deserialize, Serialize};

use super::{DeviceKey, Journal, JournalError, RunId};

/// A keyed fingerprint of a password (HMAC-SHA-256 under the workspace's key), with the key's own id.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// Whether two fingerprints were made under the same key; if not, "different" means nothing.
    pub fn comparable(&self, other: &Self) -> bool {
        self.key_id() == other.key_id()
    }

    fn key_id(&self) -> &str {
        self.0.split(':').next().unwrap_or_default()
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A password that was pushed to a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pushed {
    /// Its keyed fingerprint.
    pub fingerprint: Fingerprint,
    /// The reference it came from (`keyring:m365/scan`).
    pub reference: String,
    /// The secret's version, where the store knows versions.
    pub version: Option<u32>,
    /// The run that pushed it.
    pub run: RunId,
    /// When.
    pub at: Timestamp,
}

impl Journal {
    /// The keyed fingerprint of a password. The key is made on first use.
    ///
    /// # Errors
    /// The key cannot be made or read.
    pub fn fingerprint(&self, _secret: &Secret) -> Result<Fingerprint, JournalError> {
        Err(self.not_yet())
    }

    /// Notes that a password was pushed to a field of a device (`smtp.password`).
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn push_password(
        &self,
        _run: &RunId,
        _device: &DeviceKey,
        _field: &str,
        _fingerprint: &Fingerprint,
        _reference: &str,
        _version: Option<u32>,
    ) -> Result<(), JournalError> {
        Err(self.not_yet())
    }

    /// Notes that what a field of a device holds is no longer known (a lost answer, a change at the panel).
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn password_unknown(
        &self,
        _run: &RunId,
        _device: &DeviceKey,
        _field: &str,
    ) -> Result<(), JournalError> {
        Err(self.not_yet())
    }

    /// What was last pushed to a field of a device; `None` when that is not known.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn pushed_password(&self, _device: &DeviceKey, _field: &str) -> Result<Option<Pushed>, JournalError> {
        Err(self.not_yet())
    }

    /// What a field of a device held before a run pushed to it; `None` when that is not known.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn pushed_before(
        &self,
        _run: &RunId,
        _device: &DeviceKey,
        _field: &str,
    ) -> Result<Option<Pushed>, JournalError> {
        Err(self.not_yet())
    }

    /// Notes that a device accepted an administrator password.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn login_accepted(&self, _device: &DeviceKey, _password: &Fingerprint) -> Result<(), JournalError> {
        Err(self.not_yet())
    }

    /// Whether a device has accepted this same administrator password before.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn login_was_accepted(
        &self,
        _device: &DeviceKey,
        _password: &Fingerprint,
    ) -> Result<bool, JournalError> {
        Err(self.not_yet())
    }
}
