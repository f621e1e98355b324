//! Two runs on one device exclude each other.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use super::{DeviceKey, Journal, JournalError, RunId};

/// Who holds a lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Holder {
    /// The machine.
    pub host: String,
    /// The process.
    pub pid: u32,
    /// The run.
    pub run: RunId,
    /// The command, such as `apply`.
    pub command: String,
}

/// A device is locked by somebody else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LockedBy {
    /// Who holds it.
    pub holder: Holder,
    /// When the lock ends by itself.
    pub expires: Timestamp,
}

impl fmt::Display for LockedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Holder { host, pid, run, command } = &self.holder;
        write!(
            f,
            "another run is on this device: `{command}` {run}, process {pid} on {host}; its lock ends at {:.0} at the latest",
            self.expires
        )
    }
}

/// A device could not be locked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LockError {
    /// Somebody else holds it.
    #[error("{0}")]
    Held(Box<LockedBy>),
    /// The journal cannot be written.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// A device's lock; dropping it releases it.
#[derive(Debug)]
pub struct DeviceLock {
    journal: Journal,
    device: DeviceKey,
    token: String,
}

impl DeviceLock {
    /// Prolongs the lock to `ttl` from now.
    ///
    /// # Errors
    /// [`JournalError::LockLost`] when it had expired and somebody took it over, or the journal cannot be written.
    pub fn renew(&self, _ttl: Duration) -> Result<(), JournalError> {
        let _ = (&self.device, &self.token);
        Err(self.journal.not_yet())
    }
}

impl Journal {
    /// Locks a device for a run, for `ttl` unless renewed. A lock that has expired, or whose run's process has died on this
    /// machine, is taken over.
    ///
    /// # Errors
    /// [`LockError::Held`], or the journal cannot be written.
    pub fn lock_device(
        &self,
        _device: &DeviceKey,
        _holder: &Holder,
        _ttl: Duration,
    ) -> Result<DeviceLock, LockError> {
        Err(LockError::Journal(self.not_yet()))
    }
}
