//! Two runs on one device exclude each other.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use serde::Serialize;

use super::alive;
use super::runs::run_id;
use super::store::{Fault, now, time};
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
    pub fn renew(&self, ttl: Duration) -> Result<(), JournalError> {
        self.journal.write("prolong the lock on a device", |transaction| {
            let changed = transaction.execute(
                "UPDATE locks SET expires = ?3 WHERE device_key = ?1 AND token = ?2",
                params![self.device.as_str(), self.token, until(ttl)],
            )?;
            match changed {
                0 => Err(JournalError::LockLost { device: self.device.to_string() }.into()),
                _ => Ok(()),
            }
        })
    }
}

impl Drop for DeviceLock {
    fn drop(&mut self) {
        // A lock that cannot be released ends by its time, or with the run's process.
        let _ = self.journal.write("release the lock on a device", |transaction| {
            transaction.execute(
                "DELETE FROM locks WHERE device_key = ?1 AND token = ?2",
                [self.device.as_str(), &self.token],
            )?;
            Ok(())
        });
    }
}

impl Journal {
    /// Locks a device for a run, for `ttl` unless renewed. A lock that has expired, or whose run's process has died on this
    /// machine, is taken over. A run does not get the same device twice.
    ///
    /// # Errors
    /// [`LockError::Held`], or the journal cannot be written.
    pub fn lock_device(
        &self,
        device: &DeviceKey,
        holder: &Holder,
        ttl: Duration,
    ) -> Result<DeviceLock, LockError> {
        let token = RunId::now().to_string();
        let held = self.write("lock a device", |transaction| {
            let present = transaction
                .query_row(
                    "SELECT host, pid, run, command, expires FROM locks WHERE device_key = ?1",
                    [device.as_str()],
                    |row| {
                        let strings = (row.get::<_, String>(0)?, row.get::<_, String>(2)?, row.get::<_, String>(3)?);
                        Ok((strings, row.get::<_, u32>(1)?, row.get::<_, i64>(4)?))
                    },
                )
                .optional()?;
            if let Some(((host, run, command), pid, expires)) = present {
                let run = run_id(&run)?;
                let dead = host == holder.host && !alive::is_alive(&self.inner.state, &run);
                if expires > now() && !dead {
                    let holder = Holder { host, pid, run, command };
                    return Ok::<_, Fault>(Some(LockedBy { holder, expires: time(expires)? }));
                }
            }
            transaction.execute(
                "INSERT INTO locks (device_key, token, host, pid, run, command, expires) VALUES (?1,?2,?3,?4,?5,?6,?7) \
                 ON CONFLICT (device_key) DO UPDATE SET token = excluded.token, host = excluded.host, \
                 pid = excluded.pid, run = excluded.run, command = excluded.command, expires = excluded.expires",
                params![
                    device.as_str(),
                    token,
                    holder.host,
                    holder.pid,
                    holder.run.to_string(),
                    holder.command,
                    until(ttl)
                ],
            )?;
            Ok(None)
        })?;
        match held {
            Some(by) => Err(LockError::Held(Box::new(by))),
            None => Ok(DeviceLock { journal: self.clone(), device: device.clone(), token }),
        }
    }
}

fn until(ttl: Duration) -> i64 {
    now().saturating_add(i64::try_from(ttl.as_millis()).unwrap_or(i64::MAX))
}
