//! Whether the process of a run still lives: it holds an operating-system lock on a file of its own, which ends with it
//! however it ends.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::PoisonError;

use super::open::{io_error, open_private};
use super::{Journal, JournalError, RunId};

fn file_of(state: &Path, run: &RunId) -> PathBuf {
    state.join("alive").join(run.to_string())
}

/// Whether a run's process lives. Where that cannot be told, it counts as alive: a lock then ends by its time.
pub(super) fn is_alive(state: &Path, run: &RunId) -> bool {
    match File::open(file_of(state, run)) {
        Ok(file) => !free(&file),
        Err(error) => error.kind() != io::ErrorKind::NotFound,
    }
}

fn free(file: &File) -> bool {
    matches!(file.try_lock_shared(), Ok(()))
}

impl Journal {
    /// Shows to other processes that this run is alive.
    pub(super) fn hold_alive(&self, run: RunId) -> Result<(), JournalError> {
        let path = file_of(&self.inner.state, &run);
        let held = (|| {
            fs::create_dir_all(self.inner.state.join("alive"))?;
            let file = open_private(&path)?;
            match file.try_lock() {
                // Whoever looks at the file holds it for a moment only.
                Err(TryLockError::WouldBlock) => file.lock()?,
                // A file system without locks: the run then counts as alive until it is finished.
                Err(TryLockError::Error(_)) | Ok(()) => {}
            }
            Ok(file)
        })();
        let file = held.map_err(|error| io_error(&path, "show that the run is alive", &error))?;
        self.inner.alive.lock().unwrap_or_else(PoisonError::into_inner).insert(run, file);
        Ok(())
    }

    /// Ends what [`Journal::hold_alive`] began.
    pub(super) fn release_alive(&self, run: &RunId) {
        self.inner.alive.lock().unwrap_or_else(PoisonError::into_inner).remove(run);
        // A file that stays is swept when the journal is opened next.
        let _ = fs::remove_file(file_of(&self.inner.state, run));
    }

    /// Removes the files of runs that have ended or whose process died. A file whose run is not stored yet belongs to a
    /// process that is just starting and is left alone.
    pub(super) fn sweep_alive(&self) -> Result<(), JournalError> {
        let Ok(entries) = fs::read_dir(self.inner.state.join("alive")) else { return Ok(()) };
        for entry in entries.flatten() {
            let Some(run) = entry.file_name().to_str().and_then(|name| name.parse::<RunId>().ok()) else {
                continue;
            };
            let stored = match self.run(&run) {
                Ok(_) => true,
                Err(JournalError::UnknownRun { .. }) => false,
                Err(error) => return Err(error),
            };
            if stored && !is_alive(&self.inner.state, &run) {
                let _ = fs::remove_file(entry.path());
            }
        }
        Ok(())
    }
}
