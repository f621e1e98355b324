//! What is known of passwords that were pushed or accepted: keyed fingerprints, references and versions.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::sync::PoisonError;

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, ToSql, params};
use scanfleet_sdk::Secret;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::audit::hex;
use super::open::io_error;
use super::runs::run_id;
use super::store::{Fault, now, time};
use super::{DeviceKey, Journal, JournalError, RunId};

/// A keyed fingerprint of a password (HMAC-SHA-256 under the workspace's key), with the key's own id.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// Whether two fingerprints were made under the same key; if not, "different" means nothing.
    pub fn comparable(&self, other: &Self) -> bool {
        self.key_id() == other.key_id()
    }

    fn key_id(&self) -> &str {
        self.0.split(':').next().unwrap_or_default()
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A password that was pushed to a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pushed {
    /// Its keyed fingerprint.
    pub fingerprint: Fingerprint,
    /// The reference it came from (`keyring:m365/scan`).
    pub reference: String,
    /// The secret's version, where the store knows versions.
    pub version: Option<u32>,
    /// The run that pushed it.
    pub run: RunId,
    /// When.
    pub at: Timestamp,
}

impl Journal {
    /// The keyed fingerprint of a password. The key (`key` beside the journal, mode 0600) is made on first use and is never
    /// in the database.
    ///
    /// # Errors
    /// The key cannot be made or read.
    pub fn fingerprint(&self, secret: &Secret) -> Result<Fingerprint, JournalError> {
        let mut held = self.inner.key.lock().unwrap_or_else(PoisonError::into_inner);
        let key = match &*held {
            Some(key) => key,
            None => held.insert(read_or_make_key(&self.inner.state.join("key"))?),
        };
        // Each purpose has a word of its own in front, so that the key's id tells nothing about any password.
        let id = mac(key, "scanfleet key id", b"");
        let mark = mac(key, "scanfleet password", secret.expose().as_bytes());
        Ok(Fingerprint(format!("{}:{}", &id[..16], mark)))
    }

    /// Notes that a password was pushed to a field of a device (`smtp.password`).
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn push_password(
        &self,
        run: &RunId,
        device: &DeviceKey,
        field: &str,
        fingerprint: &Fingerprint,
        reference: &str,
        version: Option<u32>,
    ) -> Result<(), JournalError> {
        self.write("note that a password was pushed", |transaction| {
            transaction.execute(
                "INSERT INTO passwords (device_key, field, fingerprint, reference, version, run, at) \
                 VALUES (?1,?2,?3,?4,?5,?6,?7)",
                params![device.as_str(), field, fingerprint.0, reference, version, run.to_string(), now()],
            )?;
            Ok(())
        })
    }

    /// Notes that what a field of a device holds is no longer known (a lost answer, a change at the panel).
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn password_unknown(&self, run: &RunId, device: &DeviceKey, field: &str) -> Result<(), JournalError> {
        self.write("note that a password is unknown", |transaction| {
            transaction.execute(
                "INSERT INTO passwords (device_key, field, run, at) VALUES (?1,?2,?3,?4)",
                params![device.as_str(), field, run.to_string(), now()],
            )?;
            Ok(())
        })
    }

    /// What was last pushed to a field of a device; `None` when that is not known.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn pushed_password(&self, device: &DeviceKey, field: &str) -> Result<Option<Pushed>, JournalError> {
        self.pushed("", &[&device.as_str(), &field])
    }

    /// What a field of a device held before a run pushed to it (before the run started, where it pushed nothing); `None`
    /// when that is not known.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn pushed_before(
        &self,
        run: &RunId,
        device: &DeviceKey,
        field: &str,
    ) -> Result<Option<Pushed>, JournalError> {
        // The order of pushes decides, not the order in which runs started: two runs may overlap.
        self.pushed(
            "AND id < coalesce(\
               (SELECT min(id) FROM passwords WHERE device_key = ?1 AND field = ?2 AND run = ?3), \
               (SELECT min(later.id) FROM passwords later JOIN runs r ON r.id = later.run \
                WHERE r.seq > (SELECT seq FROM runs WHERE id = ?3)), \
               9223372036854775807)",
            &[&device.as_str(), &field, &run.to_string()],
        )
    }

    fn pushed(&self, before: &str, values: &[&dyn ToSql]) -> Result<Option<Pushed>, JournalError> {
        self.read("look up what password was pushed", |transaction| {
            let mut statement = transaction.prepare_cached(&format!(
                "SELECT fingerprint, reference, version, run, at FROM passwords \
                 WHERE device_key = ?1 AND field = ?2 {before} ORDER BY id DESC LIMIT 1"
            ))?;
            let mut rows = statement.query(values)?;
            let Some(row) = rows.next()? else { return Ok(None) };
            let Some(fingerprint) = row.get::<_, Option<String>>(0)? else { return Ok(None) };
            Ok(Some(Pushed {
                fingerprint: Fingerprint(fingerprint),
                reference: row.get::<_, Option<String>>(1)?.unwrap_or_default(),
                version: row.get(2)?,
                run: run_id(&row.get::<_, String>(3)?)?,
                at: time(row.get(4)?)?,
            }))
        })
    }

    /// Notes that a device accepted an administrator password.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn login_accepted(&self, device: &DeviceKey, password: &Fingerprint) -> Result<(), JournalError> {
        self.write("note that a device accepted the log-in", |transaction| {
            transaction.execute(
                "INSERT INTO logins (device_key, fingerprint, at) VALUES (?1,?2,?3) ON CONFLICT DO NOTHING",
                params![device.as_str(), password.0, now()],
            )?;
            Ok(())
        })
    }

    /// Whether a device has accepted this same administrator password before.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn login_was_accepted(
        &self,
        device: &DeviceKey,
        password: &Fingerprint,
    ) -> Result<bool, JournalError> {
        self.read("look up whether a log-in was accepted", |transaction| {
            let found = transaction
                .query_row(
                    "SELECT 1 FROM logins WHERE device_key = ?1 AND fingerprint = ?2",
                    [device.as_str(), &password.0],
                    |_| Ok(()),
                )
                .optional()?;
            Ok::<_, Fault>(found.is_some())
        })
    }
}

fn mac(key: &[u8; 32], purpose: &str, message: &[u8]) -> String {
    // HMAC fills a short key up with zeros to one block; doing so here leaves nothing that could fail.
    let mut block = Zeroizing::new([0_u8; 64]);
    block[..32].copy_from_slice(key);
    let mut mac = Hmac::<Sha256>::new((&*block).into());
    mac.update(purpose.as_bytes());
    mac.update(&[0]);
    mac.update(message);
    hex(&mac.finalize().into_bytes())
}

fn read_or_make_key(path: &Path) -> Result<Zeroizing<[u8; 32]>, JournalError> {
    if let Some(key) = read_key(path)? {
        return Ok(key);
    }
    make_key(path).map_err(|error| io_error(path, "make the fingerprint key", &error))?;
    // Whatever lies there now counts: another process may have been first.
    read_key(path)?.ok_or_else(|| JournalError::Key { path: path.to_owned() })
}

fn read_key(path: &Path) -> Result<Option<Zeroizing<[u8; 32]>>, JournalError> {
    match fs::read(path).map(Zeroizing::new) {
        Ok(bytes) => match <[u8; 32]>::try_from(bytes.as_slice()) {
            Ok(key) => Ok(Some(Zeroizing::new(key))),
            Err(_) => Err(JournalError::Key { path: path.to_owned() }),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io_error(path, "read the fingerprint key", &error)),
    }
}

/// Makes the key whole or not at all, and never over one that is there.
fn make_key(path: &Path) -> io::Result<()> {
    let directory = path.parent().unwrap_or_else(|| Path::new("."));
    let mut key = Zeroizing::new([0_u8; 32]);
    getrandom::fill(key.as_mut()).map_err(io::Error::other)?;
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    file.write_all(key.as_ref())?;
    file.as_file().sync_all()?;
    match file.persist_noclobber(path) {
        Ok(_) => {}
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error.error),
    }
    // A key that a power cut takes away makes every fingerprint before it unknown.
    if let Ok(directory) = File::open(directory) {
        let _ = directory.sync_all();
    }
    Ok(())
}
