//! Write-ahead: what was about to be sent to a device, and what came back.

use jiff::Timestamp;
use rusqlite::{Transaction, params};
use scanfleet_sdk::Section;
use scanfleet_sdk::transport::Intent;
use serde::Serialize;
use serde_json::{Value, json};

use super::audit::{self, kind};
use super::runs::run_id;
use super::store::{Fault, now, time, to_json, word};
use super::verify::Row;
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
    /// The section it alters (`smtp`, `address_book`).
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
    pub fn intend(&self, run: &RunId, device: &DeviceKey, intent: &Intent) -> Result<i64, JournalError> {
        self.write("store what is about to be sent to a device", |transaction| {
            let run = run.to_string();
            let section = intent.section.as_str();
            let fields = to_json(&intent.fields)?;
            transaction
                .prepare_cached(
                    "INSERT INTO intents (run, device_key, at, section, what, method, path, fields, state) \
                     VALUES (?1,?2,?3,?4,?5,?6,?7,?8,'sent')",
                )?
                .execute(params![
                    run,
                    device.as_str(),
                    now(),
                    section,
                    intent.what,
                    intent.method,
                    intent.path,
                    fields
                ])?;
            let id = transaction.last_insert_rowid();
            let content =
                sent(&run, device.as_str(), section, &intent.what, &intent.method, &intent.path, &fields);
            audit::append(transaction, kind::INTENT, &id.to_string(), &content)?;
            Ok(id)
        })
    }

    /// Stores what came back: the HTTP status, or `None` when the answer was lost.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn receive(&self, intent: i64, status: Option<u16>) -> Result<(), JournalError> {
        let state = if status.is_some() { "answered" } else { "lost" };
        self.receipt("store the answer of a device", intent, state, status)
    }

    /// Notes that the request provably never left (the connection was refused).
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn withdraw(&self, intent: i64) -> Result<(), JournalError> {
        self.receipt("note that a request never left", intent, "withdrawn", None)
    }

    fn receipt(
        &self,
        doing: &str,
        intent: i64,
        state: &str,
        status: Option<u16>,
    ) -> Result<(), JournalError> {
        self.write(doing, |transaction| {
            let changed = transaction
                .prepare_cached("UPDATE intents SET state = ?2, status = ?3, received = ?4 WHERE id = ?1")?
                .execute(params![intent, state, status, now()])?;
            if changed == 0 {
                return Err(Fault::NoSuch(format!("intent {intent}")));
            }
            audit_receipt(transaction, intent)
        })
    }

    /// Notes what reading back has shown about one intent.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn settle(&self, intent: i64, settlement: Settlement, note: &str) -> Result<(), JournalError> {
        self.write("store what reading back has shown", |transaction| {
            settle_one(transaction, intent, settlement, note)
        })
    }

    /// Notes the same of every open intent of a device's section; gives how many there were.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn settle_all(
        &self,
        device: &DeviceKey,
        section: Section,
        settlement: Settlement,
        note: &str,
    ) -> Result<usize, JournalError> {
        self.write("store what reading back has shown", |transaction| {
            let open = transaction
                .prepare_cached(
                    "SELECT id FROM intents WHERE device_key = ?1 AND section = ?2 AND settlement IS NULL \
                     AND state IN ('sent', 'lost')",
                )?
                .query_map([device.as_str(), section.as_str()], |row| row.get::<_, i64>(0))?
                .collect::<Result<Vec<_>, _>>()?;
            for intent in &open {
                settle_one(transaction, *intent, settlement, note)?;
            }
            Ok(open.len())
        })
    }

    /// The writes to a device whose fate is unknown, oldest first: no receipt (a crash) or a lost answer, not settled.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn open_intents(&self, device: &DeviceKey) -> Result<Vec<OpenIntent>, JournalError> {
        self.read("read the open intents of a device", |transaction| {
            let mut statement = transaction.prepare_cached(
                "SELECT id, run, section, what, method, path, at, state FROM intents \
                 WHERE device_key = ?1 AND settlement IS NULL AND state IN ('sent', 'lost') ORDER BY id",
            )?;
            let mut rows = statement.query([device.as_str()])?;
            let mut open = Vec::new();
            while let Some(row) = rows.next()? {
                open.push(OpenIntent {
                    id: row.get(0)?,
                    run: run_id(&row.get::<_, String>(1)?)?,
                    section: row.get(2)?,
                    what: row.get(3)?,
                    method: row.get(4)?,
                    path: row.get(5)?,
                    at: time(row.get(6)?)?,
                    receipt: if row.get::<_, String>(7)? == "lost" {
                        OpenReceipt::Lost
                    } else {
                        OpenReceipt::None
                    },
                });
            }
            Ok(open)
        })
    }
}

fn settle_one(
    transaction: &Transaction<'_>,
    intent: i64,
    settlement: Settlement,
    note: &str,
) -> Result<(), Fault> {
    let settlement = word(&settlement)?;
    let changed = transaction
        .prepare_cached("UPDATE intents SET settlement = ?2, settled = ?3, note = ?4 WHERE id = ?1")?
        .execute(params![intent, settlement, now(), note])?;
    if changed == 0 {
        return Err(Fault::NoSuch(format!("intent {intent}")));
    }
    audit_receipt(transaction, intent)
}

/// Vouches for what is known of an intent now.
fn audit_receipt(transaction: &Transaction<'_>, intent: i64) -> Result<(), Fault> {
    let content = transaction.query_row(
        "SELECT state, status, settlement FROM intents WHERE id = ?1",
        [intent],
        |row| {
            let (state, settlement): (String, Option<String>) = (row.get(0)?, row.get(2)?);
            Ok(received(&state, row.get(1)?, settlement.as_deref()))
        },
    )?;
    audit::append(transaction, kind::RECEIPT, &intent.to_string(), &content)
}

fn sent(run: &str, device: &str, section: &str, what: &str, method: &str, path: &str, fields: &str) -> Value {
    json!({
        "run": run, "device": device, "section": section, "what": what, "method": method, "path": path, "fields": fields,
    })
}

fn received(state: &str, status: Option<u16>, settlement: Option<&str>) -> Value {
    json!({ "state": state, "status": status, "settlement": settlement })
}

/// What the audit trail vouches for.
pub(super) fn vouched(transaction: &Transaction<'_>) -> Result<Vec<Row>, Fault> {
    let mut statement = transaction.prepare(
        "SELECT id, run, device_key, section, what, method, path, fields, state, status, settlement FROM intents",
    )?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let text = |column: usize| row.get::<_, String>(column);
        let id = row.get::<_, i64>(0)?.to_string();
        let content = sent(&text(1)?, &text(2)?, &text(3)?, &text(4)?, &text(5)?, &text(6)?, &text(7)?);
        found.push((kind::INTENT, id.clone(), content));
        let (state, status, settlement): (String, Option<u16>, Option<String>) =
            (row.get(8)?, row.get(9)?, row.get(10)?);
        if state != "sent" || settlement.is_some() {
            found.push((kind::RECEIPT, id, received(&state, status, settlement.as_deref())));
        }
    }
    Ok(found)
}
