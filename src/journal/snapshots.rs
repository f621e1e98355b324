//! What devices held: typed values and the raw form, kept by content.

use jiff::Timestamp;
use scanfleet_sdk::{RawForm, Section};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{DeviceKey, Fingerprint, Journal, JournalError, RunId, SnapshotId};

/// Why a snapshot was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SnapshotReason {
    /// Before a run changes the device.
    BeforeApply,
    /// After a run changed the device and read it back.
    AfterApply,
    /// Somebody asked for it.
    Manual,
    /// A reading run kept what it saw.
    Observed,
}

/// What is known of the password a device held when a snapshot was taken; never the password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordAtSnapshot {
    /// The field (`smtp.password`).
    pub field: String,
    /// The keyed fingerprint of the password last pushed.
    pub fingerprint: Fingerprint,
    /// The reference it came from (`keyring:m365/scan`).
    pub reference: String,
    /// The secret's version, where the store knows versions.
    pub version: Option<u32>,
}

/// A snapshot before it is stored.
#[derive(Debug, Clone)]
pub struct NewSnapshot {
    /// The run it belongs to, where there is one.
    pub run: Option<RunId>,
    /// The device's inventory name.
    pub device: String,
    /// What the device is known by.
    pub key: DeviceKey,
    /// The serial number the device told.
    pub serial: Option<String>,
    /// The maker.
    pub vendor: String,
    /// The model as the device writes it.
    pub model: String,
    /// The firmware the device told.
    pub firmware: Option<String>,
    /// The section.
    pub section: Section,
    /// The typed values as JSON.
    pub typed: Value,
    /// The raw form. Fields named like passwords and tokens are left out once more when it is stored.
    pub raw: RawForm,
    /// What is known of the password on the device.
    pub password: Option<PasswordAtSnapshot>,
    /// Why it is taken.
    pub reason: SnapshotReason,
}

/// A snapshot without its body.
#[derive(Debug, Clone, Serialize)]
pub struct SnapshotSummary {
    /// Its id.
    pub id: SnapshotId,
    /// When it was stored.
    pub at: Timestamp,
    /// The run it belongs to, where there is one.
    pub run: Option<RunId>,
    /// The device's inventory name then.
    pub device: String,
    /// What the device is known by.
    #[serde(skip)]
    pub key: DeviceKey,
    /// The serial number the device told.
    pub serial: Option<String>,
    /// The maker.
    pub vendor: String,
    /// The model as the device writes it.
    pub model: String,
    /// The firmware the device told.
    pub firmware: Option<String>,
    /// The section.
    pub section: Section,
    /// Why it was taken.
    pub reason: SnapshotReason,
    /// SHA-256 of the body: equal means equal content.
    pub content: String,
}

/// A snapshot with its body.
#[derive(Debug, Clone, Serialize)]
pub struct Snapshot {
    /// What it is of.
    #[serde(flatten)]
    pub summary: SnapshotSummary,
    /// The typed values as JSON.
    pub typed: Value,
    /// The raw form.
    pub raw: RawForm,
    /// What is known of the password the device held.
    pub password: Option<PasswordAtSnapshot>,
}

impl Journal {
    /// Stores a snapshot; a body that is there already is not stored again.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn save_snapshot(&self, _snapshot: &NewSnapshot) -> Result<SnapshotId, JournalError> {
        Err(self.not_yet())
    }

    /// Finds a snapshot by its id (`s12`) or `last`.
    ///
    /// # Errors
    /// [`JournalError::UnknownSnapshot`], or the journal cannot be read.
    pub fn snapshot(&self, _text: &str) -> Result<Snapshot, JournalError> {
        Err(self.not_yet())
    }

    /// All snapshots, newest first; of one device (by inventory name or serial number) where one is given.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn snapshots(&self, _device: Option<&str>) -> Result<Vec<SnapshotSummary>, JournalError> {
        Err(self.not_yet())
    }

    /// The snapshot a run took of a device's section before it changed it.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn snapshot_before(
        &self,
        _run: &RunId,
        _device: &DeviceKey,
        _section: Section,
    ) -> Result<Option<Snapshot>, JournalError> {
        Err(self.not_yet())
    }

    /// Every snapshot a run took before it changed something, in order: what a rollback works from.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn snapshots_before(&self, _run: &RunId) -> Result<Vec<Snapshot>, JournalError> {
        Err(self.not_yet())
    }
}
