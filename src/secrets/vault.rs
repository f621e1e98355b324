//! What holds the values: the operating system's keyring, or memory.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use scanfleet_sdk::Secret;

/// Why a vault did not do it. No text holds a value.
#[derive(Debug, Clone)]
pub(super) enum VaultError {
    /// Nothing answers.
    Unreachable(String),
    /// It is there and locked.
    Locked(String),
    /// The value is too long; the limit in bytes.
    TooLong(usize),
    /// Anything else.
    Other(String),
}

/// A keyring as far as it is needed here. `Ok(None)` may also mean "locked": see [`canary`].
pub(super) trait Vault: Send + Sync {
    fn describe(&self) -> String;
    fn get(&self, account: &str) -> Result<Option<Secret>, VaultError>;
    fn set(&self, account: &str, secret: &Secret) -> Result<(), VaultError>;
    /// Whether there was such an entry.
    fn delete(&self, account: &str) -> Result<bool, VaultError>;
    /// The longest value in bytes, where there is a limit.
    fn limit(&self) -> Option<usize>;
}

/// The account of one version of a secret.
pub(super) fn account(name: &str, version: u32) -> String {
    format!("{name}#v{version}")
}

/// How writing, reading and deleting a canary entry came out; `None` where an earlier step failed.
pub(super) struct Canary {
    pub write: Result<(), VaultError>,
    pub read: Option<Result<(), VaultError>>,
    pub delete: Option<Result<(), VaultError>>,
}

impl Canary {
    /// The first failure.
    pub(super) fn outcome(self) -> Result<(), VaultError> {
        self.write?;
        self.read.unwrap_or(Ok(()))?;
        self.delete.unwrap_or(Ok(()))
    }
}

/// Tells a locked keyring from one that lacks an entry: both answer "no entry" to a reader, and only the second takes
/// a new entry.
pub(super) fn canary(vault: &dyn Vault) -> Canary {
    // Each time another, so that two processes do not take away each other's.
    let mark = uuid::Uuid::now_v7().to_string();
    let account = format!("canary {mark}");
    let write = vault.set(&account, &Secret::new(mark.clone()));
    if write.is_err() {
        return Canary { write, read: None, delete: None };
    }
    let read = match vault.get(&account) {
        Ok(Some(found)) if found.expose() == mark => Ok(()),
        Ok(Some(_)) => Err(VaultError::Other("it gives back another text than was stored".into())),
        Ok(None) => Err(VaultError::Other("it does not find an entry that it has just stored".into())),
        Err(error) => Err(error),
    };
    let delete = match vault.delete(&account) {
        Ok(true) => Ok(()),
        Ok(false) => Err(VaultError::Other("it does not find the entry that is to be deleted".into())),
        Err(error) => Err(error),
    };
    Canary { write, read: Some(read), delete: Some(delete) }
}

/// Values in this process's memory, wiped when it is dropped.
#[derive(Default)]
pub(super) struct Memory {
    values: Mutex<HashMap<String, Secret>>,
}

impl Memory {
    fn values(&self) -> std::sync::MutexGuard<'_, HashMap<String, Secret>> {
        self.values.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Vault for Memory {
    fn describe(&self) -> String {
        "memory of this process".into()
    }

    fn get(&self, account: &str) -> Result<Option<Secret>, VaultError> {
        Ok(self.values().get(account).cloned())
    }

    fn set(&self, account: &str, secret: &Secret) -> Result<(), VaultError> {
        self.values().insert(account.to_owned(), secret.clone());
        Ok(())
    }

    fn delete(&self, account: &str) -> Result<bool, VaultError> {
        Ok(self.values().remove(account).is_some())
    }

    fn limit(&self) -> Option<usize> {
        None
    }
}
