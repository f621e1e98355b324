//! From a reference to a secret.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use scanfleet_sdk::Secret;

use super::index::{Index, Named, SecretEntry, Shelf, VersionEntry, default_directory};
use super::os::{Os, UNLOCK, WITHOUT};
use super::vault::{Memory, Vault, VaultError, account, canary};
use super::{SecretError, plain};
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

/// Turns references into secrets; cheap to clone. Opening touches no keyring.
#[derive(Clone)]
pub struct Secrets {
    inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub(super) vault: Box<dyn Vault>,
    pub(super) shelf: Shelf,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Secrets").field(&self.inner.vault.describe()).finish()
    }
}

impl Secrets {
    /// Opens secrets. The keyring and the index are asked at first use only, so that `env:` and `file:` work without
    /// them.
    ///
    /// # Errors
    /// None at present.
    pub fn open(config: SecretsConfig) -> Result<Self, SecretError> {
        let vault: Box<dyn Vault> = match config.backend {
            Backend::Os => Box::new(Os::default()),
            Backend::Memory => Box::new(Memory::default()),
        };
        let shelf = match (config.backend, config.index_dir) {
            (_, Some(directory)) => Shelf::Directory(Some(directory)),
            (Backend::Os, None) => Shelf::Directory(default_directory()),
            (Backend::Memory, None) => Shelf::Memory(Mutex::default()),
        };
        Ok(Self::with(vault, shelf))
    }

    pub(super) fn with(vault: Box<dyn Vault>, shelf: Shelf) -> Self {
        Self { inner: Arc::new(Inner { vault, shelf }) }
    }

    pub(super) fn inner(&self) -> &Inner {
        &self.inner
    }

    /// The current secret of a reference.
    ///
    /// # Errors
    /// Why it cannot be had.
    pub fn get(&self, reference: &SecretRef) -> Result<Resolved, SecretError> {
        match reference {
            SecretRef::Env(variable) => plain::env(variable),
            SecretRef::File(path) => plain::file(path),
            SecretRef::Keyring(name) => {
                let index = self.inner.shelf.read()?;
                let (secret, version) = match index.current(name) {
                    Some(version) => (self.indexed(name, version)?, version),
                    None => self.unindexed(name, &index)?,
                };
                Ok(Resolved { secret, version: Some(version), note: None })
            }
        }
    }

    /// A former (or the current) version of a keyring secret.
    ///
    /// # Errors
    /// [`SecretError::MissingVersion`], and as [`Secrets::get`].
    pub fn get_version(&self, name: &str, version: u32) -> Result<Secret, SecretError> {
        if let Some(secret) = self.look(name, version)? {
            return Ok(secret);
        }
        let index = self.inner.shelf.read()?;
        let versions = index
            .secrets
            .get(name)
            .map(|named| named.versions.iter().rev().map(|entry| entry.version).collect::<Vec<_>>())
            .unwrap_or_default();
        Err(SecretError::MissingVersion { name: name.to_owned(), version, versions })
    }

    /// Stores a new version of a keyring secret and gives its number. The empty text can be stored too: some devices have
    /// an empty password.
    ///
    /// # Errors
    /// [`SecretError::Locked`], [`SecretError::NoKeyring`], [`SecretError::TooLong`], [`SecretError::BadName`], …
    pub fn set(&self, name: &str, secret: &Secret) -> Result<u32, SecretError> {
        check_name(name)?;
        let vault = &*self.inner.vault;
        let length = secret.expose().len();
        if let Some(limit) = vault.limit().filter(|limit| length > *limit) {
            return Err(SecretError::TooLong { reference: format!("keyring:{name}"), length, limit });
        }
        let mut held = self.inner.shelf.hold()?;
        let version = match held.index.secrets.get(name) {
            Some(named) => named.next,
            // The index may have been lost: no former version is ever written over.
            None => {
                let mut version = 1;
                while self.ask(name, vault.get(&account(name, version)))?.is_some() {
                    version += 1;
                }
                version
            }
        };
        let account_now = account(name, version);
        vault.set(&account_now, secret).map_err(|error| told(name, length, error))?;
        match vault.get(&account_now) {
            Ok(Some(found)) if found.expose() == secret.expose() => {}
            Ok(_) => {
                let _ = vault.delete(&account_now);
                return Err(SecretError::Backend {
                    reference: format!("keyring:{name}"),
                    why: "it took the secret and does not give it back".into(),
                });
            }
            Err(error) => return Err(told(name, length, error)),
        }
        let named = held
            .index
            .secrets
            .entry(name.to_owned())
            .or_insert_with(|| Named { next: 1, versions: Vec::new() });
        named.versions.push(VersionEntry { version, set_at: Timestamp::now() });
        named.next = version + 1;
        let mut old = Vec::new();
        while named.versions.len() > VERSIONS_KEPT {
            old.push(named.versions.remove(0).version);
        }
        if let Err(error) = held.save() {
            // Nobody would ever find it.
            let _ = vault.delete(&account_now);
            return Err(error);
        }
        for version in old {
            // What stays behind does no harm: the index does not name it any more.
            let _ = vault.delete(&account(name, version));
        }
        Ok(version)
    }

    /// Names and versions by name; never values. Asks the index only.
    ///
    /// # Errors
    /// [`SecretError::Index`].
    pub fn list(&self) -> Result<Vec<SecretEntry>, SecretError> {
        Ok(self.inner.shelf.read()?.entries())
    }

    /// Deletes the current version (the one before becomes current), or all versions. Gives the versions deleted, newest
    /// first.
    ///
    /// # Errors
    /// [`SecretError::Missing`] and the keyring's.
    pub fn delete(&self, name: &str, all: bool) -> Result<Vec<u32>, SecretError> {
        let mut held = self.inner.shelf.hold()?;
        let Some(named) = held.index.secrets.get(name).filter(|named| !named.versions.is_empty()) else {
            return Err(SecretError::Missing { name: name.to_owned(), similar: held.index.similar(name) });
        };
        let going: Vec<u32> = named
            .versions
            .iter()
            .rev()
            .map(|entry| entry.version)
            .take(if all { usize::MAX } else { 1 })
            .collect();
        for version in &going {
            let there = self.ask(name, self.inner.vault.delete(&account(name, *version)))?;
            if !there {
                // Gone already, or hidden by a lock: then nothing may be struck from the index.
                self.ask(name, canary(&*self.inner.vault).outcome())?;
            }
            // One by one, so that the index is right when the next one fails.
            if let Some(named) = held.index.secrets.get_mut(name) {
                named.versions.retain(|entry| entry.version != *version);
            }
            held.save()?;
        }
        Ok(going)
    }

    /// A version that the index names.
    fn indexed(&self, name: &str, version: u32) -> Result<Secret, SecretError> {
        self.look(name, version)?.ok_or_else(|| SecretError::Vanished { name: name.to_owned(), version })
    }

    /// A name that the index does not know: the index may have been lost, the keyring decides.
    fn unindexed(&self, name: &str, index: &Index) -> Result<(Secret, u32), SecretError> {
        check_name(name)?;
        let mut found = None;
        let mut version = 1;
        while let Some(secret) = match found {
            None => self.look(name, version)?,
            Some(_) => self.ask(name, self.inner.vault.get(&account(name, version)))?,
        } {
            found = Some((secret, version));
            version += 1;
        }
        found.ok_or_else(|| SecretError::Missing { name: name.to_owned(), similar: index.similar(name) })
    }

    /// Asks the keyring; `None` only when it is certain that it is not locked.
    fn look(&self, name: &str, version: u32) -> Result<Option<Secret>, SecretError> {
        let (vault, account) = (&*self.inner.vault, account(name, version));
        if let Some(secret) = self.ask(name, vault.get(&account))? {
            return Ok(Some(secret));
        }
        self.ask(name, canary(vault).outcome())?;
        // Writing the canary may have led somebody to unlock the keyring.
        self.ask(name, vault.get(&account))
    }

    fn ask<T>(&self, name: &str, answer: Result<T, VaultError>) -> Result<T, SecretError> {
        answer.map_err(|error| told(name, 0, error))
    }
}

fn told(name: &str, length: usize, error: VaultError) -> SecretError {
    let reference = format!("keyring:{name}");
    match error {
        VaultError::Unreachable(why) => SecretError::NoKeyring { reference, why, how: WITHOUT.into() },
        VaultError::Locked(why) => SecretError::Locked { reference, why, how: UNLOCK.into() },
        VaultError::TooLong(limit) => SecretError::TooLong { reference, length, limit },
        VaultError::Other(why) => SecretError::Backend { reference, why },
    }
}

fn check_name(name: &str) -> Result<(), SecretError> {
    match SecretRef::parse(&format!("keyring:{name}"), Path::new("")) {
        Ok(SecretRef::Keyring(read)) if read == name => Ok(()),
        _ => Err(SecretError::BadName { name: scanfleet_sdk::error::clean(name) }),
    }
}
