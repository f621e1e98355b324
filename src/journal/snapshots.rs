//! What devices held: typed values and the raw form, kept by content.

use jiff::Timestamp;
use rusqlite::{ToSql, Transaction, params};
use scanfleet_sdk::{RawForm, Section};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::audit::{self, kind, sha256};
use super::pack::{packed, unpacked};
use super::runs::run_id;
use super::store::{Fault, from_json, from_word, now, time, to_json, word};
use super::verify::Row;
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

/// The part of a snapshot that is kept by content.
#[derive(Serialize, Deserialize)]
struct Body {
    typed: Value,
    raw: RawForm,
}

const SUMMARY: &str = "s.id, s.at, s.run, s.device, s.device_key, s.serial, s.vendor, s.model, s.firmware, s.section, \
                       s.reason, s.body";

impl Journal {
    /// Stores a snapshot; a body that is there already is not stored again.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn save_snapshot(&self, snapshot: &NewSnapshot) -> Result<SnapshotId, JournalError> {
        self.write("store a snapshot", |transaction| {
            let body =
                to_json(&Body { typed: snapshot.typed.clone(), raw: without_secrets(&snapshot.raw) })?;
            let sha256 = sha256(&body);
            let run = snapshot.run.map(|run| run.to_string());
            let (section, reason) = (snapshot.section.as_str(), word(&snapshot.reason)?);
            let password = snapshot.password.as_ref().map(to_json).transpose()?;
            transaction
                .prepare_cached("INSERT INTO bodies (sha256, body) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
                .execute(params![sha256, packed(&body)])?;
            transaction
                .prepare_cached(
                    "INSERT INTO snapshots (at, run, device, device_key, serial, vendor, model, firmware, section, \
                     reason, body, password) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12)",
                )?
                .execute(params![
                    now(),
                    run,
                    snapshot.device,
                    snapshot.key.as_str(),
                    snapshot.serial,
                    snapshot.vendor,
                    snapshot.model,
                    snapshot.firmware,
                    section,
                    reason,
                    sha256,
                    password
                ])?;
            let id = SnapshotId(transaction.last_insert_rowid());
            let content = stored(run.as_deref(), snapshot.key.as_str(), section, &reason, &sha256, password.as_deref());
            audit::append(transaction, kind::SNAPSHOT, &id.to_string(), &content)?;
            Ok(id)
        })
    }

    /// Finds a snapshot by its id (`s12`) or `last`.
    ///
    /// # Errors
    /// [`JournalError::UnknownSnapshot`], or the journal cannot be read.
    pub fn snapshot(&self, text: &str) -> Result<Snapshot, JournalError> {
        let found = if text.trim().eq_ignore_ascii_case("last") {
            self.select("ORDER BY s.id DESC LIMIT 1", &[])?
        } else {
            match text.parse::<SnapshotId>() {
                Ok(id) => self.select("WHERE s.id = ?1", &[&id.0])?,
                Err(_) => Vec::new(),
            }
        };
        found.into_iter().next().ok_or_else(|| JournalError::UnknownSnapshot { text: text.trim().to_owned() })
    }

    /// All snapshots, newest first; of one device (by inventory name or serial number) where one is given.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn snapshots(&self, device: Option<&str>) -> Result<Vec<SnapshotSummary>, JournalError> {
        match device {
            None => self.summaries("ORDER BY s.id DESC", &[]),
            Some(device) => {
                self.summaries("WHERE s.device = ?1 OR s.serial = ?1 ORDER BY s.id DESC", &[&device])
            }
        }
    }

    /// The snapshot a run took of a device's section before it changed it: the first, where it took several.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn snapshot_before(
        &self,
        run: &RunId,
        device: &DeviceKey,
        section: Section,
    ) -> Result<Option<Snapshot>, JournalError> {
        let found = self.select(
            "WHERE s.run = ?1 AND s.device_key = ?2 AND s.section = ?3 AND s.reason = 'before-apply' \
             ORDER BY s.id LIMIT 1",
            &[&run.to_string(), &device.as_str(), &section.as_str()],
        )?;
        Ok(found.into_iter().next())
    }

    /// Every snapshot a run took before it changed something, in order: what a rollback works from.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn snapshots_before(&self, run: &RunId) -> Result<Vec<Snapshot>, JournalError> {
        self.select("WHERE s.run = ?1 AND s.reason = 'before-apply' ORDER BY s.id", &[&run.to_string()])
    }

    /// Bodies may be whole address books; a list leaves them where they are.
    fn summaries(&self, which: &str, values: &[&dyn ToSql]) -> Result<Vec<SnapshotSummary>, JournalError> {
        self.read("read snapshots", |transaction| {
            let mut statement =
                transaction.prepare_cached(&format!("SELECT {SUMMARY} FROM snapshots s {which}"))?;
            let mut rows = statement.query(values)?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                found.push(summary(row)?);
            }
            Ok(found)
        })
    }

    fn select(&self, which: &str, values: &[&dyn ToSql]) -> Result<Vec<Snapshot>, JournalError> {
        self.read("read snapshots", |transaction| {
            let mut statement = transaction.prepare_cached(&format!(
                "SELECT {SUMMARY}, s.password, b.body FROM snapshots s JOIN bodies b ON b.sha256 = s.body {which}"
            ))?;
            let mut rows = statement.query(values)?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                found.push(snapshot(row)?);
            }
            Ok(found)
        })
    }
}

fn summary(row: &rusqlite::Row<'_>) -> Result<SnapshotSummary, Fault> {
    let run: Option<String> = row.get(2)?;
    Ok(SnapshotSummary {
        id: SnapshotId(row.get(0)?),
        at: time(row.get(1)?)?,
        run: run.as_deref().map(run_id).transpose()?,
        device: row.get(3)?,
        key: DeviceKey::stored(row.get(4)?),
        serial: row.get(5)?,
        vendor: row.get(6)?,
        model: row.get(7)?,
        firmware: row.get(8)?,
        section: from_word(row.get(9)?)?,
        reason: from_word(row.get(10)?)?,
        content: row.get(11)?,
    })
}

fn snapshot(row: &rusqlite::Row<'_>) -> Result<Snapshot, Fault> {
    let password: Option<String> = row.get(12)?;
    let body: Body = from_json(&unpacked(row.get(13)?)?)?;
    Ok(Snapshot {
        summary: summary(row)?,
        typed: body.typed,
        raw: body.raw,
        password: password.as_deref().map(from_json).transpose()?,
    })
}

/// Adapters leave password and token fields out; this is the last door before the disk.
fn without_secrets(raw: &RawForm) -> RawForm {
    const NAMES: [&str; 7] = ["passw", "pwd", "token", "secret", "passphrase", "passcode", "credential"];
    let looks_secret = |name: &str| {
        let name = name.to_lowercase();
        NAMES.iter().any(|part| name.contains(part))
    };
    RawForm {
        page: raw.page.clone(),
        entries: raw.entries.iter().filter(|(name, _)| !looks_secret(name)).cloned().collect(),
    }
}

fn stored(
    run: Option<&str>,
    device: &str,
    section: &str,
    reason: &str,
    content: &str,
    password: Option<&str>,
) -> Value {
    json!({
        "run": run, "device": device, "section": section, "reason": reason, "content": content, "password": password,
    })
}

/// What the audit trail vouches for.
pub(super) fn vouched(transaction: &Transaction<'_>) -> Result<Vec<Row>, Fault> {
    let mut statement =
        transaction.prepare("SELECT id, run, device_key, section, reason, body, password FROM snapshots")?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let text = |column: usize| row.get::<_, String>(column);
        let maybe = |column: usize| row.get::<_, Option<String>>(column);
        let id = SnapshotId(row.get(0)?).to_string();
        let content =
            stored(maybe(1)?.as_deref(), &text(2)?, &text(3)?, &text(4)?, &text(5)?, maybe(6)?.as_deref());
        found.push((kind::SNAPSHOT, id, content));
    }
    Ok(found)
}
