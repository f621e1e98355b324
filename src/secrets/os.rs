//! The operating system's keyring, through the keyring project's stores.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use keyring_core::{CredentialStore, Entry, Error};
use scanfleet_sdk::Secret;
use scanfleet_sdk::error::clean;
use zeroize::Zeroizing;

use super::vault::{Vault, VaultError};

const SERVICE: &str = "scanfleet";
/// Long enough for a person to find the password of the keyring.
const PATIENCE: Duration = Duration::from_secs(120);

/// The keyring of this platform; asked at first use.
#[derive(Default)]
pub(super) struct Os {
    store: Arc<Mutex<Option<Arc<CredentialStore>>>>,
}

impl Os {
    /// Runs one piece of work on a thread of its own. The Secret Service store starts an async runtime inside each call
    /// and panics where one is running already, and any keyring may wait for a person.
    fn ask<T: Send + 'static>(
        &self,
        account: &str,
        work: impl FnOnce(&Entry) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, VaultError> {
        let (answer, answered) = mpsc::channel();
        let (store, account) = (self.store.clone(), account.to_owned());
        let started = std::thread::Builder::new().name("keyring".into()).spawn(move || {
            // Nobody listens any more when the patience is at its end.
            let _ = answer.send(with_entry(&store, &account, work));
        });
        if let Err(error) = started {
            return Err(VaultError::Other(format!("no thread could be started for it: {error}")));
        }
        match answered.recv_timeout(PATIENCE) {
            Ok(result) => result,
            Err(RecvTimeoutError::Timeout) => Err(VaultError::Locked(format!(
                "it has not answered within {} s; perhaps it waits for somebody to unlock it",
                PATIENCE.as_secs()
            ))),
            Err(RecvTimeoutError::Disconnected) => {
                Err(VaultError::Other("its library ended without an answer".into()))
            }
        }
    }
}

impl Drop for Os {
    /// The Secret Service store starts an async runtime also when it is dropped, and the last owner may be async code.
    fn drop(&mut self) {
        let store = self.store.lock().unwrap_or_else(PoisonError::into_inner).take();
        if store.is_some() {
            let _ = std::thread::Builder::new()
                .name("keyring".into())
                .spawn(move || drop(store))
                .map(std::thread::JoinHandle::join);
        }
    }
}

fn with_entry<T>(
    store: &Mutex<Option<Arc<CredentialStore>>>,
    account: &str,
    work: impl FnOnce(&Entry) -> Result<T, Error>,
) -> Result<T, VaultError> {
    let store = {
        let mut held = store.lock().unwrap_or_else(PoisonError::into_inner);
        match &*held {
            Some(store) => store.clone(),
            None => held.insert(connect()?).clone(),
        }
    };
    let entry = store.build(SERVICE, account, None).map_err(judge)?;
    work(&entry).map_err(judge)
}

impl Vault for Os {
    fn describe(&self) -> String {
        NAME.into()
    }

    fn get(&self, account: &str) -> Result<Option<Secret>, VaultError> {
        self.ask(account, |entry| match entry.get_password() {
            Ok(text) => Ok(Some(Secret::new(text))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(error),
        })
    }

    fn set(&self, account: &str, secret: &Secret) -> Result<(), VaultError> {
        let secret = secret.clone();
        self.ask(account, move |entry| entry.set_password(secret.expose()))
    }

    fn delete(&self, account: &str) -> Result<bool, VaultError> {
        self.ask(account, |entry| match entry.delete_credential() {
            Ok(()) => Ok(true),
            Err(Error::NoEntry) => Ok(false),
            Err(error) => Err(error),
        })
    }

    fn limit(&self) -> Option<usize> {
        // Credential Manager keeps text as UTF-16 in a blob of this size; half of it always fits.
        cfg!(target_os = "windows").then_some(1280)
    }
}

/// Puts a store's error into a word, without ever repeating the bytes that some of them carry.
fn judge(error: Error) -> VaultError {
    match error {
        Error::NoStorageAccess(cause) => VaultError::Locked(clean(&cause.to_string())),
        Error::PlatformFailure(cause) => {
            let text = clean(&cause.to_string());
            // The store tells these only by D-Bus names inside the text.
            if ["IsLocked", "ObjectLocked"].iter().any(|sign| text.contains(sign)) {
                VaultError::Locked(text)
            } else if ["ServiceUnknown", "NameHasNoOwner", "NoReply", "Disconnected", "Spawn."]
                .iter()
                .any(|sign| text.contains(sign))
            {
                VaultError::Unreachable(text)
            } else {
                VaultError::Other(text)
            }
        }
        Error::BadEncoding(bytes) | Error::BadDataFormat(bytes, _) => {
            drop(Zeroizing::new(bytes));
            VaultError::Other(
                "the entry holds something that is not UTF-8 text; store the secret again".into(),
            )
        }
        Error::TooLong(_, limit) => VaultError::TooLong(limit as usize),
        Error::Ambiguous(entries) => {
            VaultError::Other(format!("{} entries have this name; delete all but one of them", entries.len()))
        }
        other => VaultError::Other(clean(&other.to_string())),
    }
}

/// Connects to the keyring; what fails here means that none answers.
fn connect() -> Result<Arc<CredentialStore>, VaultError> {
    #[cfg(all(target_os = "linux", feature = "secret-service"))]
    let store = zbus_secret_service_keyring_store::Store::new();
    #[cfg(target_os = "windows")]
    let store = windows_native_keyring_store::Store::new();
    #[cfg(target_os = "macos")]
    let store = apple_native_keyring_store::keychain::Store::new();
    #[cfg(any(
        all(target_os = "linux", feature = "secret-service"),
        target_os = "windows",
        target_os = "macos"
    ))]
    return match store {
        Ok(store) => Ok(store),
        Err(Error::PlatformFailure(cause) | Error::NoStorageAccess(cause)) => {
            Err(VaultError::Unreachable(clean(&cause.to_string())))
        }
        Err(other) => Err(VaultError::Unreachable(clean(&other.to_string()))),
    };
    #[cfg(not(any(
        all(target_os = "linux", feature = "secret-service"),
        target_os = "windows",
        target_os = "macos"
    )))]
    Err(VaultError::Unreachable("this program was built without a keyring".into()))
}

/// The keyring that is meant on this platform.
#[cfg(target_os = "windows")]
const NAME: &str = "Windows Credential Manager";
#[cfg(target_os = "macos")]
const NAME: &str = "macOS Keychain";
#[cfg(not(any(target_os = "windows", target_os = "macos")))]
const NAME: &str = "Secret Service (GNOME Keyring, KWallet, KeePassXC)";

/// What to do where no keyring answers.
#[cfg(target_os = "windows")]
pub(super) const WITHOUT: &str = "Log in as the account that scanfleet runs as and store the secrets there: a service does not \
     see the entries of a person. Or refer to secrets with `file:PATH` or `env:VAR`.";
#[cfg(target_os = "macos")]
pub(super) const WITHOUT: &str =
    "Log in to a session that has a login keychain, or refer to secrets with `file:PATH` or `env:VAR`.";
#[cfg(not(any(target_os = "windows", target_os = "macos")))]
pub(super) const WITHOUT: &str = "On a desktop, log in to the graphical session, whose keyring (GNOME Keyring, KWallet, \
     KeePassXC) must offer the Secret Service. On a server without a desktop session, either start scanfleet below \
     `dbus-run-session` after `gnome-keyring-daemon --unlock --components=secrets` (it reads the keyring's password from \
     standard input), or refer to secrets with `file:PATH` or `env:VAR` instead; systemd hands such files to a service with \
     `LoadCredential=`.";

/// How a locked keyring is unlocked.
#[cfg(target_os = "windows")]
pub(super) const UNLOCK: &str = "Log in as the account that scanfleet runs as, then run again.";
#[cfg(target_os = "macos")]
pub(super) const UNLOCK: &str = "Unlock it with `security unlock-keychain`, then run again.";
#[cfg(not(any(target_os = "windows", target_os = "macos")))]
pub(super) const UNLOCK: &str = "Unlock it in the desktop session (Passwords and Keys, KWallet Manager, KeePassXC), or, without \
     a desktop, give its password to `gnome-keyring-daemon --unlock --components=secrets` on standard input within the same \
     D-Bus session, then run again.";
