//! Trust on first use, kept in the journal.

use async_trait::async_trait;
use scanfleet_sdk::transport::{CertificateFacts, Trust, TrustRefusal};

use crate::journal::Journal;

/// The pins of one device.
pub(super) struct JournalTrust {
    journal: Journal,
    device: String,
    address: String,
}

impl JournalTrust {
    /// Pins are known by the device's name and address.
    pub(super) fn new(journal: &Journal, device: &str, address: &str) -> Self {
        Self { journal: journal.clone(), device: device.to_owned(), address: address.to_owned() }
    }

    async fn journal<T: Send + 'static>(
        &self, work: impl FnOnce(&Journal, &str, &str) -> Result<T, TrustRefusal> + Send + 'static,
    ) -> Result<T, TrustRefusal> {
        let (journal, device, address) = (self.journal.clone(), self.device.clone(), self.address.clone());
        tokio::task::spawn_blocking(move || work(&journal, &device, &address))
            .await
            .map_err(|e| TrustRefusal::Store(e.to_string()))?
    }
}

#[async_trait]
impl Trust for JournalTrust {
    async fn check(&self, facts: &CertificateFacts) -> Result<(), TrustRefusal> {
        let facts = facts.clone();
        self.journal(move |journal, device, address| {
            let store = |e: crate::journal::JournalError| TrustRefusal::Store(e.to_string());
            match journal.pin(device, address).map_err(store)? {
                None => journal.pin_first(device, address, &facts).map_err(store),
                Some(pin) if pin.sha256 == facts.sha256 => Ok(()),
                Some(pin) => {
                    journal.observe(device, address, &facts).map_err(store)?;
                    Err(TrustRefusal::Changed { pinned: pin.sha256, presented: facts.sha256 })
                }
            }
        })
        .await
    }

    async fn pinned(&self) -> Result<bool, TrustRefusal> {
        self.journal(|journal, device, address| {
            journal.pin(device, address).map(|pin| pin.is_some()).map_err(|e| TrustRefusal::Store(e.to_string()))
        })
        .await
    }
}
