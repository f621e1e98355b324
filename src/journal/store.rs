//! The handle: one writer, transactions, and errors that say what was being done.

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{JournalError, RunId, open};

/// How a journal is opened.
#[derive(Debug, Clone)]
pub struct JournalOptions {
    /// How long to wait for another process; 10 s.
    pub busy: Duration,
    /// A cap on the file in pages of 4 KiB; none by default. A journal that is larger already does not grow any more.
    pub max_pages: Option<u32>,
}

impl Default for JournalOptions {
    fn default() -> Self {
        Self { busy: Duration::from_secs(10), max_pages: None }
    }
}

pub(super) struct Inner {
    /// First, so that it is closed before the copy it may lie in is removed.
    pub(super) connection: Mutex<Connection>,
    pub(super) state: PathBuf,
    pub(super) path: PathBuf,
    pub(super) busy: Duration,
    /// The locked files that show that this process's runs are alive.
    pub(super) alive: Mutex<HashMap<RunId, File>>,
    pub(super) key: Mutex<Option<zeroize::Zeroizing<[u8; 32]>>>,
    /// The copy that is read where the journal's own directory cannot be written.
    pub(super) _copy: Option<tempfile::TempDir>,
}

/// The journal of one workspace; cheap to clone, one writer.
#[derive(Clone)]
pub struct Journal {
    pub(super) inner: Arc<Inner>,
}

impl std::fmt::Debug for Journal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Journal").field(&self.inner.path).finish()
    }
}

impl Journal {
    /// Opens the journal in a state directory (`WORKSPACE/.scanfleet`); makes directory and file where there are none.
    ///
    /// # Errors
    /// Read-only directory, not a database, newer version, full disk, locked, damaged.
    pub fn open(state: &Path) -> Result<Self, JournalError> {
        Self::open_with(state, &JournalOptions::default())
    }

    /// Opens the journal with options.
    ///
    /// # Errors
    /// As [`Journal::open`].
    pub fn open_with(state: &Path, options: &JournalOptions) -> Result<Self, JournalError> {
        let journal = Self { inner: Arc::new(open::writable(state, options)?) };
        journal.sweep_alive()?;
        Ok(journal)
    }

    /// Opens an existing journal for reading only, also where nothing can be written.
    ///
    /// # Errors
    /// [`JournalError::Missing`], [`JournalError::Older`], and as [`Journal::open`].
    pub fn open_read_only(state: &Path) -> Result<Self, JournalError> {
        Ok(Self { inner: Arc::new(open::read_only(state)?) })
    }

    /// The database file.
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// Runs short journal work off the async runtime's threads.
    ///
    /// # Errors
    /// What the work returns.
    pub async fn blocking<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<JournalError> + Send + 'static,
        F: FnOnce(&Self) -> Result<T, E> + Send + 'static,
    {
        let journal = self.clone();
        match tokio::task::spawn_blocking(move || work(&journal)).await {
            Ok(result) => result,
            Err(failed) => Err(JournalError::Io {
                path: self.path().to_owned(),
                doing: "finish work on the journal".into(),
                detail: failed.to_string(),
            }
            .into()),
        }
    }

    /// Does all of `work` or nothing, and has it on the disk at return.
    pub(super) fn write<T>(
        &self,
        doing: &str,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, Fault>,
    ) -> Result<T, JournalError> {
        let mut connection = self.connection();
        let done = (|| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let value = work(&transaction)?;
            transaction.commit()?;
            Ok(value)
        })();
        done.map_err(|fault| self.error(doing, fault))
    }

    /// Reads from one state of the database.
    pub(super) fn read<T>(
        &self,
        doing: &str,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, Fault>,
    ) -> Result<T, JournalError> {
        let mut connection = self.connection();
        let done = (|| {
            let transaction = connection.transaction()?;
            let value = work(&transaction)?;
            transaction.finish()?;
            Ok(value)
        })();
        done.map_err(|fault| self.error(doing, fault))
    }

    /// A thread that panicked has rolled its transaction back when it dropped it, so the connection is sound.
    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.inner.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn error(&self, doing: &str, fault: Fault) -> JournalError {
        match fault {
            Fault::Journal(error) => *error,
            Fault::Sql(error) => explain(&self.inner.path, self.inner.busy, doing, &error),
            Fault::Content(detail) => {
                JournalError::Corrupt { path: self.inner.path.clone(), doing: doing.to_owned(), detail }
            }
            Fault::NoSuch(what) => JournalError::Database {
                path: self.inner.path.clone(),
                doing: doing.to_owned(),
                detail: format!("there is no {what}"),
            },
        }
    }
}

/// What can go wrong inside a transaction, before it is known what it was about.
pub(super) enum Fault {
    /// SQLite refused.
    Sql(rusqlite::Error),
    /// An error that is complete already.
    Journal(Box<JournalError>),
    /// A stored value cannot be read.
    Content(String),
    /// A row that the caller names is not there.
    NoSuch(String),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<JournalError> for Fault {
    fn from(error: JournalError) -> Self {
        Self::Journal(Box::new(error))
    }
}

/// Puts SQLite's refusal into words.
pub(super) fn explain(path: &Path, busy: Duration, doing: &str, error: &rusqlite::Error) -> JournalError {
    let path = path.to_owned();
    let doing = doing.to_owned();
    let detail = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            JournalError::ReadOnly { path, why: detail }
        }
        Some(ErrorCode::NotADatabase) => JournalError::NotADatabase { path },
        Some(ErrorCode::DiskFull) => JournalError::Full { path, doing },
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            JournalError::Busy { path, doing, seconds: busy.as_secs() }
        }
        Some(ErrorCode::DatabaseCorrupt) => JournalError::Corrupt { path, doing, detail },
        Some(ErrorCode::SystemIoFailure) => JournalError::Io { path, doing, detail },
        _ => JournalError::Database { path, doing, detail },
    }
}

/// Now, in the unit of the database.
pub(super) fn now() -> i64 {
    Timestamp::now().as_millisecond()
}

/// A stored time.
pub(super) fn time(milliseconds: i64) -> Result<Timestamp, Fault> {
    Timestamp::from_millisecond(milliseconds).map_err(|error| Fault::Content(error.to_string()))
}

/// A value as stored JSON.
pub(super) fn to_json<T: Serialize>(value: &T) -> Result<String, Fault> {
    serde_json::to_string(value).map_err(|error| Fault::Content(error.to_string()))
}

/// Stored JSON as a value.
pub(super) fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, Fault> {
    serde_json::from_str(text)
        .map_err(|error| Fault::Content(format!("a stored value cannot be read: {error}")))
}

/// The word of a plain enum, the same in JSON and in the database.
pub(super) fn word<T: Serialize>(value: &T) -> Result<String, Fault> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        other => Err(Fault::Content(format!("{other:?} is not a word"))),
    }
}

/// A plain enum from its stored word.
pub(super) fn from_word<T: DeserializeOwned>(word: String) -> Result<T, Fault> {
    serde_json::from_value(serde_json::Value::String(word))
        .map_err(|error| Fault::Content(format!("a stored word cannot be read: {error}")))
}
