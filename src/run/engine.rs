//! What every device of a run shares.

use std::path::PathBuf;
use std::sync::Arc;
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
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            parallel: 16,
            limits: Limits::default(),
            device_time: Duration::from_secs(600),
            transcripts: None,
            cancel: CancellationToken::new(),
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
}

impl Engine {
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
    pub(super) async fn secret(&self, reference: &SecretRef, version: Option<u32>) -> Result<Resolved, SecretError> {
        let (secrets, reference) = (Arc::clone(&self.secrets), reference.clone());
        let looked_up = tokio::task::spawn_blocking(move || match (version, &reference) {
            (Some(version), SecretRef::Keyring(name)) => secrets.get_version(name, version),
            _ => secrets.get(&reference),
        });
        match looked_up.await {
            Ok(found) => found,
            Err(broken) => std::panic::resume_unwind(broken.into_panic()),
        }
    }

    /// Runs a piece of journal work on a thread that may wait for the disk.
    pub(super) async fn journal<T: Send + 'static>(&self, work: impl FnOnce(&Journal) -> T + Send + 'static) -> T {
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
