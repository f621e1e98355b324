//! Write-ahead: what was about to be sent to a device, and what came back.

use jiff::Timestamp;
use scanfleet_sdk::transport::Intent;
use serde::Serialize;

use super::{DeviceKey, Journal, JournalError, RunId};

/// What reading back has shown about an intent whose fate was unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Settlement {
    /// The device holds what was sent.
    Applied,
    /// The device does not hold it.
    NotApplied,
    /// Reading could not tell; nobody needs to look again.
    Unknown,
}

/// What is known of the answer to an open intent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OpenReceipt {
    /// Nothing was stored: the process ended between the intent and the receipt.
    None,
    /// The answer was lost.
    Lost,
}

/// A write whose fate is unknown: read the device before touching it.
#[derive(Debug, Clone, Serialize)]
pub struct OpenIntent {
    /// The intent's id.
    pub id: i64,
    /// The run that sent it.
    pub run: RunId,
    /// The section it alters (`smtp`).
    pub section: String,
    /// What it does, in the infinitive.
    pub what: String,
    /// `POST`, mostly.
    pub method: String,
    /// The path without query.
    pub path: String,
    /// When it was stored.
    pub at: Timestamp,
    /// What is known of the answer.
    pub receipt: OpenReceipt,
}

impl Journal {
    /// Stores an intent; the request may leave only after this returned.
    ///
    /// # Errors
    /// The journal cannot be written: the request must not leave.
    pub fn intend(&self, _run: &RunId, _device: &DeviceKey, _intent: &Intent) -> Result<i64, JournalError> {
        Err(self.not_yet())
    }

    /// Stores what came back: the HTTP status, or `None` when the answer was lost.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn receive(&self, _intent: i64, _status: Option<u16>) -> Result<(), JournalError> {
        Err(self.not_yet())
    }

    /// Notes that the request provably never left (the connection was refused).
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn withdraw(&self, _intent: i64) -> Result<(), JournalError> {
        Err(self.not_yet())
    }

    /// Notes what reading back has shown about one intent.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn settle(&self, _intent: i64, _settlement: Settlement, _note: &str) -> Result<(), JournalError> {
        Err(self.not_yet())
    }

    /// Notes the same of every open intent of a device; gives how many there were.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn settle_all(
        &self,
        _device: &DeviceKey,
        _settlement: Settlement,
        _note: &str,
    ) -> Result<usize, JournalError> {
        Err(self.not_yet())
    }

    /// The writes to a device whose fate is unknown, oldest first: no receipt (a crash) or a lost answer, not settled.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn open_intents(&self, _device: &DeviceKey) -> Result<Vec<OpenIntent>, JournalError> {
        Err(self.not_yet())
    }
}
