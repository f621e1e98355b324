//! From a reference to a secret.

use std::path::PathBuf;

use jiff::Timestamp;
use scanfleet_sdk::Secret;
use serde::Serialize;

use super::{DoctorReport, SecretError};
use crate::files::SecretRef;

/// How many versions of a secret stay; older ones are deleted when a new one is set.
pub const VERSIONS_KEPT: usize = 10;

/// Where keyring secrets are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Backend {
    /// The operating system's keyring.
    #[default]
    Os,
    /// This process's memory: for the demo and for tests.
    Memory,
}

/// How secrets are opened.
#[derive(Debug, Clone, Default)]
pub struct SecretsConfig {
    /// Directory of the index of names. `None`: the user's data directory for [`Backend::Os`], memory for
    /// [`Backend::Memory`].
    pub index_dir: Option<PathBuf>,
    /// Where the values are.
    pub backend: Backend,
}

/// A secret that was found.
#[derive(Debug, Clone)]
pub struct Resolved {
    /// The secret.
    pub secret: Secret,
    /// Its version; `env:` and `file:` have none.
    pub version: Option<u32>,
    /// Something a person should know (a file that everybody can read), as a sentence.
    pub note: Option<String>,
}

/// One version of a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VersionEntry {
    /// Its number; numbers are never used twice.
    pub version: u32,
    /// When it was set.
    pub set_at: Timestamp,
}

/// A name in the index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SecretEntry {
    /// The name.
    pub name: String,
    /// The versions that are kept, newest first.
    pub versions: Vec<VersionEntry>,
    /// The current version.
    pub current: u32,
    /// When the current version was set.
    pub changed_at: Timestamp,
}

/// Turns references into secrets; cheap to clone. Opening touches no keyring.
#[derive(Debug, Clone)]
pub struct Secrets {
    _config: SecretsConfig,
}

impl Secrets {
    /// Opens secrets. The keyring is asked at first use only, so that `env:` and `file:` work without one.
    ///
    /// # Errors
    /// [`SecretError::Index`] when the user's data directory cannot be found out.
    pub fn open(config: SecretsConfig) -> Result<Self, SecretError> {
        Ok(Self { _config: config })
    }

    /// The current secret of a reference.
    ///
    /// # Errors
    /// Why it cannot be had.
    pub fn get(&self, _reference: &SecretRef) -> Result<Resolved, SecretError> {
        Err(not_yet())
    }

    /// A former (or the current) version of a keyring secret.
    ///
    /// # Errors
    /// [`SecretError::MissingVersion`], and as [`Secrets::get`].
    pub fn get_version(&self, _name: &str, _version: u32) -> Result<Secret, SecretError> {
        Err(not_yet())
    }

    /// Stores a new version of a keyring secret and gives its number.
    ///
    /// # Errors
    /// [`SecretError::Locked`], [`SecretError::NoKeyring`], [`SecretError::TooLong`], [`SecretError::BadName`], …
    pub fn set(&self, _name: &str, _secret: &Secret) -> Result<u32, SecretError> {
        Err(not_yet())
    }

    /// Names and versions by name; never values. Asks the index only.
    ///
    /// # Errors
    /// [`SecretError::Index`].
    pub fn list(&self) -> Result<Vec<SecretEntry>, SecretError> {
        Err(not_yet())
    }

    /// Deletes the current version (the one before becomes current), or all versions. Gives the versions deleted.
    ///
    /// # Errors
    /// [`SecretError::Missing`] and the keyring's.
    pub fn delete(&self, _name: &str, _all: bool) -> Result<Vec<u32>, SecretError> {
        Err(not_yet())
    }

    /// Finds out whether the keyring and the index work, by writing, reading and deleting a canary entry.
    pub fn doctor(&self) -> DoctorReport {
        DoctorReport {
            ok: false,
            store: "not built yet".into(),
            reachable: super::CheckResult::NotTried,
            locked: None,
            write: super::CheckResult::NotTried,
            read: super::CheckResult::NotTried,
            delete: super::CheckResult::NotTried,
            index_path: None,
            index: super::CheckResult::NotTried,
            names: 0,
            missing: None,
            advice: Vec::new(),
        }
    }
}

fn not_yet() -> SecretError {
    SecretError::Backend { reference: "keyring".into(), why: "not built yet".into() }
}
