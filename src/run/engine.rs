//! What every device of a run shares.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use scanfleet_sdk::transport::Limits;
use scanfleet_sdk::{Secret, Vendor};
use tokio_util::sync::CancellationToken;

use super::{DeviceOutcome, Event, Observer};
use crate::files::SecretRef;
use crate::journal::{Journal, JournalError};
use crate::secrets::{Resolved, SecretError, Secrets};

/// How a run behaves.
#[derive(Clone)]
pub struct Settings {
    /// Devices in flight at once.
    pub parallel: usize,
    /// Time-outs and caps of each connection.
    pub limits: Limits,
    /// Time for one device, from connecting to logging out.
    pub device_time: Duration,
    /// Where redacted transcripts go, one file a device.
    pub transcripts: Option<PathBuf>,
    /// Ctrl-C.
    pub cancel: CancellationToken,
    /// How long to wait, at the end of a run, before devices are tried again whose address book was in use.
    pub busy_wait: Duration,
    /// This machine's name, for whoever meets a lock.
    pub host: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            parallel: 16,
            limits: Limits::default(),
            device_time: Duration::from_secs(600),
            transcripts: None,
            cancel: CancellationToken::new(),
            busy_wait: Duration::from_secs(15),
            host: "this machine".into(),
        }
    }
}

/// Why a run could not begin or go on as a whole.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A secret, before any connection.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// A rollback names a run or snapshot with nothing to go back to, or a device that the inventory does not know.
    #[error("{0}")]
    Nothing(String),
}

/// What every device of a run shares.
#[derive(Clone)]
pub struct Engine {
    /// What was done and seen.
    pub journal: Journal,
    /// Where secrets are kept.
    pub secrets: Arc<Secrets>,
    /// The makers' adapters.
    pub makers: Arc<Vec<Arc<dyn Vendor>>>,
    /// How the run behaves.
    pub settings: Settings,
    /// Who hears of events.
    pub observer: Arc<dyn Observer>,
    /// One gate for each model and firmware whose family is unproven.
    pub(super) gates: Gates,
}

/// Gates by maker, model and firmware.
pub(super) type Gates = Arc<Mutex<HashMap<(String, String, Option<String>), Arc<tokio::sync::Mutex<()>>>>>;

impl Engine {
    /// Puts an engine together with the adapters this program has, and the embedded families.
    pub fn new(journal: Journal, secrets: Secrets, settings: Settings, observer: Arc<dyn Observer>) -> Self {
        Self {
            journal,
            secrets: Arc::new(secrets),
            makers: Arc::new(super::makers()),
            settings,
            observer,
            gates: Gates::default(),
        }
    }

    /// The same engine with other adapters, such as those of [`super::makers_with`] with users' families.
    pub fn with_makers(self, makers: Vec<Arc<dyn Vendor>>) -> Self {
        Self { makers: Arc::new(makers), ..self }
    }

    /// The same engine for somebody else to listen to.
    pub fn heard_by(&self, observer: Arc<dyn Observer>) -> Self {
        Self { observer, ..self.clone() }
    }

    /// Tells the observer of a step.
    pub(super) fn step(&self, device: &str, step: &str) {
        tracing::info!(device, step);
        self.observer.event(&Event::Step { device, step });
    }

    /// Tells the observer that a device is done.
    pub(super) fn finished(&self, outcome: &DeviceOutcome) {
        self.observer.event(&Event::Finished { outcome });
    }

    /// Looks a secret up on a thread of its own: keyring stores must not run inside an async task.
    ///
    /// # Errors
    /// Why it cannot be had.
    pub async fn secret(
        &self,
        reference: &SecretRef,
        version: Option<u32>,
    ) -> Result<KnownSecret, SecretError> {
        let (secrets, wanted) = (Arc::clone(&self.secrets), reference.clone());
        let looked_up = tokio::task::spawn_blocking(move || match (version, &wanted) {
            (Some(version), SecretRef::Keyring(name)) => secrets
                .get_version(name, version)
                .map(|secret| Resolved { secret, version: Some(version), note: None }),
            _ => secrets.get(&wanted),
        });
        let found = match looked_up.await {
            Ok(found) => found?,
            Err(broken) => std::panic::resume_unwind(broken.into_panic()),
        };
        if let Some(note) = &found.note {
            tracing::warn!("{note}");
        }
        Ok(KnownSecret { secret: found.secret, reference: reference.to_string(), version: found.version })
    }

    /// Runs a piece of journal work on a thread that may wait for the disk.
    pub(super) async fn journal<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Journal) -> T + Send + 'static,
    ) -> T {
        let journal = self.journal.clone();
        match tokio::task::spawn_blocking(move || work(&journal)).await {
            Ok(done) => done,
            Err(broken) => std::panic::resume_unwind(broken.into_panic()),
        }
    }
}

/// A resolved secret with what the journal may know of it: reference and version.
#[derive(Debug, Clone)]
pub struct KnownSecret {
    /// The secret.
    pub secret: Secret,
    /// The reference, as written.
    pub reference: String,
    /// The version in the keyring.
    pub version: Option<u32>,
}
