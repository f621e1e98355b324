//! Runs: what was started, by whom, and how it ended.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction, params};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::alive;
use super::audit::{self, kind};
use super::store::{Fault, from_json, from_word, now, time, to_json, word};
use super::verify::Row;
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
    /// Writes one harmless change to a device and takes it back, to prove the family.
    Verify,
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
            Self::Verify => "verify",
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

const COLUMNS: &str = "id, kind, playbook, playbook_sha256, what, host, user, pid, version, of_run, started, ended, \
                       status, counts FROM runs";

impl Journal {
    /// Stores the start of a run. While this process lives and has not finished it, the run counts as running.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn start_run(&self, run: &NewRun) -> Result<RunId, JournalError> {
        let id = RunId::now();
        // Held before the run can be seen, so that nobody takes it for one whose process died.
        self.hold_alive(id)?;
        let stored = self.write("store the start of the run", |transaction| {
            let record = RunRecord {
                id,
                kind: run.kind,
                playbook: run.playbook.clone(),
                playbook_sha256: run.playbook_sha256.clone(),
                what: run.what.clone(),
                host: run.host.clone(),
                user: run.user.clone(),
                pid: std::process::id(),
                version: run.version.clone(),
                of_run: run.of_run,
                started: time(now())?,
                ended: None,
                status: None,
                counts: BTreeMap::new(),
            };
            transaction.execute(
                "INSERT INTO runs (id, kind, playbook, playbook_sha256, what, host, user, pid, version, of_run, started) \
                 VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11)",
                params![
                    id.to_string(),
                    word(&record.kind)?,
                    record.playbook,
                    record.playbook_sha256,
                    to_json(&record.what)?,
                    record.host,
                    record.user,
                    record.pid,
                    record.version,
                    record.of_run.map(|run| run.to_string()),
                    record.started.as_millisecond(),
                ],
            )?;
            audit::append(transaction, kind::RUN_START, &id.to_string(), &start_of(&record)?)
        });
        if stored.is_err() {
            self.release_alive(&id);
        }
        stored.map(|()| id)
    }

    /// Stores the end of a run.
    ///
    /// # Errors
    /// The journal cannot be written, or the run is unknown.
    pub fn finish_run(
        &self,
        run: &RunId,
        status: RunStatus,
        counts: &BTreeMap<String, u64>,
    ) -> Result<(), JournalError> {
        self.write("store the end of the run", |transaction| {
            let changed = transaction.execute(
                "UPDATE runs SET ended = ?2, status = ?3, counts = ?4 WHERE id = ?1",
                params![run.to_string(), now(), word(&status)?, to_json(counts)?],
            )?;
            if changed == 0 {
                return Err(JournalError::UnknownRun { text: run.to_string() }.into());
            }
            audit::append(transaction, kind::RUN_END, &run.to_string(), &end_of(status, counts)?)
        })?;
        self.release_alive(run);
        Ok(())
    }

    /// All runs, newest first.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn runs(&self) -> Result<Vec<RunRecord>, JournalError> {
        let mut runs = self.read("read the runs", |transaction| all(transaction, "DESC"))?;
        runs.iter_mut().for_each(|run| self.judge(run));
        Ok(runs)
    }

    /// One run.
    ///
    /// # Errors
    /// [`JournalError::UnknownRun`], or the journal cannot be read.
    pub fn run(&self, run: &RunId) -> Result<RunRecord, JournalError> {
        let mut record = self.read("read the run", |transaction| {
            let mut statement = transaction.prepare_cached(&format!("SELECT {COLUMNS} WHERE id = ?1"))?;
            let mut rows = statement.query([run.to_string()])?;
            match rows.next()? {
                Some(row) => record(row),
                None => Err(JournalError::UnknownRun { text: run.to_string() }.into()),
            }
        })?;
        self.judge(&mut record);
        Ok(record)
    }

    /// Finds a run by its id, a unique prefix, or `last`: the newest run that can have changed devices
    /// (apply, rollback, restore).
    ///
    /// # Errors
    /// [`JournalError::NoRun`], [`JournalError::UnknownRun`], [`JournalError::AmbiguousRun`], or the journal cannot be
    /// read.
    pub fn resolve_run(&self, text: &str) -> Result<RunId, JournalError> {
        let text = text.trim();
        self.read("look the run up", |transaction| {
            if text.eq_ignore_ascii_case("last") {
                let last = transaction
                    .query_row(
                        "SELECT id FROM runs WHERE kind IN ('apply', 'rollback', 'restore') ORDER BY seq DESC LIMIT 1",
                        [],
                        |row| row.get::<_, String>(0),
                    )
                    .optional()?;
                return last.map_or_else(|| Err(JournalError::NoRun.into()), |id| run_id(&id));
            }
            let wanted = text.to_ascii_lowercase();
            let mut statement = transaction.prepare_cached("SELECT id FROM runs ORDER BY seq DESC")?;
            let ids = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
            let mut fits =
                ids.iter().filter(|id| id.starts_with(&wanted)).map(|id| run_id(id)).collect::<Result<Vec<_>, _>>()?;
            match fits.len() {
                _ if wanted.is_empty() => Err(JournalError::UnknownRun { text: text.to_owned() }.into()),
                0 => Err(JournalError::UnknownRun { text: text.to_owned() }.into()),
                1 => Ok(fits.remove(0)),
                _ => Err(JournalError::AmbiguousRun { text: text.to_owned(), candidates: fits }.into()),
            }
        })
    }

    /// A run without an end whose process died was interrupted, whatever it could not write any more.
    fn judge(&self, run: &mut RunRecord) {
        if run.status.is_none() && !alive::is_alive(&self.inner.state, &run.id) {
            run.status = Some(RunStatus::Interrupted);
        }
    }
}

fn all(transaction: &Transaction<'_>, order: &str) -> Result<Vec<RunRecord>, Fault> {
    let mut statement = transaction.prepare_cached(&format!("SELECT {COLUMNS} ORDER BY seq {order}"))?;
    let mut rows = statement.query([])?;
    let mut runs = Vec::new();
    while let Some(row) = rows.next()? {
        runs.push(record(row)?);
    }
    Ok(runs)
}

fn record(row: &rusqlite::Row<'_>) -> Result<RunRecord, Fault> {
    let of_run: Option<String> = row.get(9)?;
    let ended: Option<i64> = row.get(11)?;
    let status: Option<String> = row.get(12)?;
    Ok(RunRecord {
        id: run_id(&row.get::<_, String>(0)?)?,
        kind: from_word(row.get(1)?)?,
        playbook: row.get(2)?,
        playbook_sha256: row.get(3)?,
        what: from_json(&row.get::<_, String>(4)?)?,
        host: row.get(5)?,
        user: row.get(6)?,
        pid: row.get(7)?,
        version: row.get(8)?,
        of_run: of_run.as_deref().map(run_id).transpose()?,
        started: time(row.get(10)?)?,
        ended: ended.map(time).transpose()?,
        status: status.map(from_word).transpose()?,
        counts: from_json(&row.get::<_, String>(13)?)?,
    })
}

/// An id as it is stored.
pub(super) fn run_id(text: &str) -> Result<RunId, Fault> {
    text.parse().map_err(Fault::Content)
}

fn start_of(run: &RunRecord) -> Result<Value, Fault> {
    Ok(json!({
        "kind": word(&run.kind)?, "playbook": run.playbook, "playbook_sha256": run.playbook_sha256, "what": run.what,
        "host": run.host, "user": run.user, "pid": run.pid, "version": run.version,
        "of_run": run.of_run.map(|run| run.to_string()), "started": run.started.as_millisecond(),
    }))
}

fn end_of(status: RunStatus, counts: &BTreeMap<String, u64>) -> Result<Value, Fault> {
    Ok(json!({ "status": word(&status)?, "counts": counts }))
}

/// What the audit trail vouches for.
pub(super) fn vouched(transaction: &Transaction<'_>) -> Result<Vec<Row>, Fault> {
    let mut rows = Vec::new();
    for run in all(transaction, "ASC")? {
        rows.push((kind::RUN_START, run.id.to_string(), start_of(&run)?));
        if let Some(status) = run.status {
            rows.push((kind::RUN_END, run.id.to_string(), end_of(status, &run.counts)?));
        }
    }
    Ok(rows)
}
