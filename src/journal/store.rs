//! The database file: opening, modes, one writer.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::JournalError;

/// How a journal is opened.
#[derive(Debug, Clone)]
pub struct JournalOptions {
    /// How long to wait for another process; 10 s.
    pub busy: Duration,
    /// A cap on the file in pages of 4 KiB; none by default.
    pub max_pages: Option<u32>,
}

impl Default for JournalOptions {
    fn default() -> Self {
        Self { busy: Duration::from_secs(10), max_pages: None }
    }
}

#[derive(Debug)]
struct Inner {
    path: PathBuf,
}

/// The journal of one workspace; cheap to clone, one writer.
#[derive(Debug, Clone)]
pub struct Journal {
    inner: Arc<Inner>,
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
    pub fn open_with(state: &Path, _options: &JournalOptions) -> Result<Self, JournalError> {
        Ok(Self { inner: Arc::new(Inner { path: state.join("journal.db") }) })
    }

    /// Opens an existing journal for reading only, also where nothing can be written.
    ///
    /// # Errors
    /// [`JournalError::Missing`], and as [`Journal::open`].
    pub fn open_read_only(state: &Path) -> Result<Self, JournalError> {
        Self::open(state)
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

    pub(super) fn not_yet(&self) -> JournalError {
        JournalError::Database {
            path: self.inner.path.clone(),
            doing: "do this".into(),
            detail: "not built yet".into(),
        }
    }
}
