//! Address books: what lists last put there, and which entries a run changes. What the bodies say is the run's affair.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension, ToSql, Transaction, params};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::audit::{self, kind, sha256};
use super::pack::{packed, unpacked};
use super::runs::run_id;
use super::store::{Fault, from_json, now, to_json};
use super::verify::Row;
use super::{DeviceKey, Journal, JournalError, RunId};

/// What a run was about to change in one device's address book, or did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookChanges<T> {
    /// The run.
    pub run: RunId,
    /// Whether the body tells what reading back has shown; until then it tells what was about to happen.
    pub settled: bool,
    /// The changes.
    pub body: T,
}

impl Journal {
    /// What a list last put into a device's address book, as it was read back then; `None` where it never did.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn book_base<T: DeserializeOwned>(
        &self,
        device: &DeviceKey,
        list: &str,
    ) -> Result<Option<T>, JournalError> {
        self.read("read what was put into an address book", |transaction| {
            let body = transaction
                .prepare_cached("SELECT body FROM book_bases WHERE device_key = ?1 AND list = ?2")?
                .query_row([device.as_str(), list], |row| row.get::<_, String>(0))
                .optional()?;
            body.map(|body| from_json(&unpacked(body)?)).transpose()
        })
    }

    /// The same for every list that was ever used with the device.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn book_bases<T: DeserializeOwned>(
        &self,
        device: &DeviceKey,
    ) -> Result<BTreeMap<String, T>, JournalError> {
        self.read("read what was put into an address book", |transaction| {
            let mut statement =
                transaction.prepare_cached("SELECT list, body FROM book_bases WHERE device_key = ?1")?;
            let mut rows = statement.query([device.as_str()])?;
            let mut bases = BTreeMap::new();
            while let Some(row) = rows.next()? {
                bases.insert(row.get(0)?, from_json(&unpacked(row.get(1)?)?)?);
            }
            Ok(bases)
        })
    }

    /// Keeps what is now in a device's address book from a list.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn save_book_base(
        &self,
        run: &RunId,
        device: &DeviceKey,
        list: &str,
        base: &impl Serialize,
    ) -> Result<(), JournalError> {
        self.write("store what was put into an address book", |transaction| {
            save_base(transaction, run, device, list, &to_json(base)?)
        })
    }

    /// Keeps what a run is about to change in a device's address book; replaces what was kept of the same run and device.
    ///
    /// # Errors
    /// The journal cannot be written: nothing may be sent.
    pub fn begin_book(
        &self,
        run: &RunId,
        device: &DeviceKey,
        changes: &impl Serialize,
    ) -> Result<(), JournalError> {
        self.write("store what is about to change in an address book", |transaction| {
            save_changes(transaction, run, device, false, &to_json(changes)?)
        })
    }

    /// Keeps what a run has changed, as it was read back, and what is now there from each list; both or neither.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn settle_book<B: Serialize>(
        &self,
        run: &RunId,
        device: &DeviceKey,
        changes: &impl Serialize,
        bases: &BTreeMap<String, B>,
    ) -> Result<(), JournalError> {
        self.write("store what was changed in an address book", |transaction| {
            save_changes(transaction, run, device, true, &to_json(changes)?)?;
            for (list, base) in bases {
                save_base(transaction, run, device, list, &to_json(base)?)?;
            }
            Ok(())
        })
    }

    /// What a run changed in a device's address book.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn book_changes<T: DeserializeOwned>(
        &self,
        run: &RunId,
        device: &DeviceKey,
    ) -> Result<Option<BookChanges<T>>, JournalError> {
        let found =
            self.changes("WHERE run = ?1 AND device_key = ?2", &[&run.to_string(), &device.as_str()])?;
        Ok(found.into_iter().next())
    }

    /// What runs were about to change in a device's address book without anybody having read it since; the oldest first.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn open_book_changes<T: DeserializeOwned>(
        &self,
        device: &DeviceKey,
    ) -> Result<Vec<BookChanges<T>>, JournalError> {
        self.changes("WHERE device_key = ?1 AND settled = 0 ORDER BY at", &[&device.as_str()])
    }

    fn changes<T: DeserializeOwned>(
        &self,
        which: &str,
        values: &[&dyn ToSql],
    ) -> Result<Vec<BookChanges<T>>, JournalError> {
        self.read("read what was changed in an address book", |transaction| {
            let mut statement = transaction
                .prepare_cached(&format!("SELECT run, settled, body FROM book_changes {which}"))?;
            let mut rows = statement.query(values)?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                found.push(BookChanges {
                    run: run_id(&row.get::<_, String>(0)?)?,
                    settled: row.get(1)?,
                    body: from_json(&unpacked(row.get(2)?)?)?,
                });
            }
            Ok(found)
        })
    }
}

fn save_base(
    transaction: &Transaction<'_>,
    run: &RunId,
    device: &DeviceKey,
    list: &str,
    body: &str,
) -> Result<(), Fault> {
    transaction
        .prepare_cached(
            "INSERT INTO book_bases (device_key, list, run, at, body) VALUES (?1,?2,?3,?4,?5) \
             ON CONFLICT (device_key, list) DO UPDATE SET run = excluded.run, at = excluded.at, body = excluded.body",
        )?
        .execute(params![device.as_str(), list, run.to_string(), now(), packed(body)])?;
    let subject = base_subject(device.as_str(), list);
    audit::append(transaction, kind::BOOK_BASE, &subject, &base_content(&run.to_string(), body))
}

fn save_changes(
    transaction: &Transaction<'_>,
    run: &RunId,
    device: &DeviceKey,
    settled: bool,
    body: &str,
) -> Result<(), Fault> {
    transaction
        .prepare_cached(
            "INSERT INTO book_changes (run, device_key, at, settled, body) VALUES (?1,?2,?3,?4,?5) \
             ON CONFLICT (run, device_key) DO UPDATE SET at = excluded.at, settled = excluded.settled, \
             body = excluded.body",
        )?
        .execute(params![run.to_string(), device.as_str(), now(), settled, packed(body)])?;
    let subject = changes_subject(&run.to_string(), device.as_str());
    audit::append(transaction, kind::BOOK_CHANGES, &subject, &changes_content(settled, body))
}

fn base_subject(device: &str, list: &str) -> String {
    format!("{device} {list}")
}

fn base_content(run: &str, body: &str) -> Value {
    json!({ "run": run, "sha256": sha256(body) })
}

fn changes_subject(run: &str, device: &str) -> String {
    format!("{run} {device}")
}

fn changes_content(settled: bool, body: &str) -> Value {
    json!({ "settled": settled, "sha256": sha256(body) })
}

/// What the audit trail vouches for.
pub(super) fn vouched(transaction: &Transaction<'_>) -> Result<Vec<Row>, Fault> {
    let mut found = Vec::new();
    let mut statement = transaction.prepare("SELECT device_key, list, run, body FROM book_bases")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (device, list, run): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let body = unpacked(row.get(3)?).unwrap_or_default();
        found.push((kind::BOOK_BASE, base_subject(&device, &list), base_content(&run, &body)));
    }
    let mut statement = transaction.prepare("SELECT run, device_key, settled, body FROM book_changes")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (run, device, settled): (String, String, bool) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let body = unpacked(row.get(3)?).unwrap_or_default();
        found.push((kind::BOOK_CHANGES, changes_subject(&run, &device), changes_content(settled, &body)));
    }
    Ok(found)
}
