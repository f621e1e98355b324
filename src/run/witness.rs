//! Write-ahead: every write's intent in the journal before it leaves, and its receipt after.

use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use scanfleet_sdk::transport::{Intent, Witness, WitnessError};
use tokio_util::sync::CancellationToken;

use crate::journal::{DeviceKey, Journal, JournalError, RunId};

/// Hears of one device's writes in one run.
pub(super) struct JournalWitness {
    journal: Journal,
    run: RunId,
    key: std::sync::OnceLock<DeviceKey>,
    sent: AtomicU32,
    stop: CancellationToken,
}

impl JournalWitness {
    /// The device's key is told later, once the device has told its serial number. `stop` is somebody's wish to end the
    /// run.
    pub(super) fn new(journal: &Journal, run: &RunId, stop: &CancellationToken) -> Self {
        Self {
            journal: journal.clone(),
            run: *run,
            key: std::sync::OnceLock::new(),
            sent: AtomicU32::new(0),
            stop: stop.clone(),
        }
    }

    /// Tells the device's key; the first one stays.
    pub(super) fn device_is(&self, key: &DeviceKey) {
        let _ = self.key.set(key.clone());
    }

    /// How many writes were announced.
    pub(super) fn writes(&self) -> u32 {
        self.sent.load(Ordering::SeqCst)
    }

    async fn journal<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Journal) -> Result<T, JournalError> + Send + 'static,
    ) -> Result<T, WitnessError> {
        let journal = self.journal.clone();
        tokio::task::spawn_blocking(move || work(&journal))
            .await
            .map_err(|e| WitnessError(e.to_string()))?
            .map_err(|e| WitnessError(e.to_string()))
    }
}

#[async_trait]
impl Witness for JournalWitness {
    async fn intend(&self, intent: &Intent) -> Result<i64, WitnessError> {
        let Some(key) = self.key.get().cloned() else {
            return Err(WitnessError("a write was tried before the device was known".into()));
        };
        let (run, intent) = (self.run, intent.clone());
        let id = self.journal(move |journal| journal.intend(&run, &key, &intent)).await?;
        self.sent.fetch_add(1, Ordering::SeqCst);
        Ok(id)
    }

    async fn receive(&self, intent: i64, status: Option<u16>) -> Result<(), WitnessError> {
        self.journal(move |journal| journal.receive(intent, status)).await
    }

    async fn withdraw(&self, intent: i64) -> Result<(), WitnessError> {
        self.journal(move |journal| journal.withdraw(intent)).await?;
        self.sent.fetch_sub(1, Ordering::SeqCst);
        Ok(())
    }

    fn stopping(&self) -> bool {
        self.stop.is_cancelled()
    }
}
