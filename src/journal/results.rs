//! What came of a run on each device.

use rusqlite::{Transaction, params};
use scanfleet_sdk::{Category, FamilyUsed, FieldChange};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::audit::{self, kind};
use super::proofs::note_family;
use super::store::{Fault, from_json, now, to_json};
use super::verify::{Row, digest};
use super::{Journal, JournalError, RunId};

/// What came of a run on one device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeviceOutcome {
    /// Nothing had to be done.
    Unchanged,
    /// Something would be done (plan).
    Pending,
    /// The device was changed.
    Changed,
    /// The device differs from what is wanted (check).
    Drift,
    /// It failed.
    Failed,
    /// It was changed and taken back.
    RolledBack,
    /// The run ended before it.
    NotReached,
    /// It was left out.
    Skipped,
}

impl DeviceOutcome {
    /// The word used in JSON and tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unchanged => "unchanged",
            Self::Pending => "pending",
            Self::Changed => "changed",
            Self::Drift => "drift",
            Self::Failed => "failed",
            Self::RolledBack => "rolled-back",
            Self::NotReached => "not-reached",
            Self::Skipped => "skipped",
        }
    }
}

/// How done a change is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grade {
    /// The device took it.
    Applied,
    /// It was read back equal.
    Verified,
    /// A message really went through.
    Proven,
}

impl Grade {
    /// The word used in JSON and tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Verified => "verified",
            Self::Proven => "proven",
        }
    }
}

/// The result of a run on one device.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeviceResult {
    /// The device's inventory name.
    pub device: String,
    /// Its address as the inventory writes it.
    pub address: String,
    /// The maker, where known.
    pub vendor: Option<String>,
    /// The model as the device writes it.
    pub model: Option<String>,
    /// The serial number the device told.
    pub serial: Option<String>,
    /// The firmware the device told.
    pub firmware: Option<String>,
    /// What came of it.
    pub result: DeviceOutcome,
    /// How done it is, where something was done.
    pub grade: Option<Grade>,
    /// The category of a failure.
    pub category: Option<Category>,
    /// A sentence for people.
    pub message: String,
    /// The fields that differ or were changed.
    pub changes: Vec<FieldChange>,
    /// What nobody can take back.
    pub unrestorable: Vec<String>,
    /// The family the driver worked by.
    pub family: Option<FamilyUsed>,
    /// Facts about the connection (plain http, certificate, legacy TLS).
    pub connection: Value,
    /// Requests that left.
    pub requests: u32,
}

impl Journal {
    /// Stores the result on one device; a second result of the same device in the same run replaces the first.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn record_result(&self, run: &RunId, result: &DeviceResult) -> Result<(), JournalError> {
        self.write("store the result on a device", |transaction| {
            let body = to_json(result)?;
            transaction
                .prepare_cached(
                    "INSERT INTO results (run, device, at, body) VALUES (?1,?2,?3,?4) \
                     ON CONFLICT (run, device) DO UPDATE SET at = excluded.at, body = excluded.body",
                )?
                .execute(params![run.to_string(), result.device, now(), body])?;
            if let Some(family) = &result.family {
                note_family(transaction, family)?;
            }
            audit::append(
                transaction,
                kind::RESULT,
                &subject(&run.to_string(), &result.device),
                &digest(&body),
            )
        })
    }

    /// The results of a run in the order they were first stored.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn results(&self, run: &RunId) -> Result<Vec<DeviceResult>, JournalError> {
        self.read("read the results of the run", |transaction| {
            let mut statement =
                transaction.prepare_cached("SELECT body FROM results WHERE run = ?1 ORDER BY seq")?;
            let mut rows = statement.query([run.to_string()])?;
            let mut results = Vec::new();
            while let Some(row) = rows.next()? {
                results.push(from_json(&row.get::<_, String>(0)?)?);
            }
            Ok(results)
        })
    }
}

fn subject(run: &str, device: &str) -> String {
    format!("{run} {device}")
}

/// What the audit trail vouches for.
pub(super) fn vouched(transaction: &Transaction<'_>) -> Result<Vec<Row>, Fault> {
    let mut statement = transaction.prepare("SELECT run, device, body FROM results")?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let (run, device, body): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        found.push((kind::RESULT, subject(&run, &device), digest(&body)));
    }
    Ok(found)
}
