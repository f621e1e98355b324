//! Trust on first use, kept in the journal.

use async_trait::async_trait;
use scanfleet_sdk::transport::{CertificateFacts, Endpoint, Trust, TrustRefusal};

use crate::journal::{Journal, JournalError, PinKey};

/// The pins of one device.
pub(super) struct JournalTrust {
    journal: Journal,
    key: PinKey,
}

impl JournalTrust {
    /// Pins are known by the device's name and its address.
    pub(super) fn new(journal: &Journal, device: &str, endpoint: &Endpoint) -> Self {
        let port = endpoint.port.unwrap_or(443);
        Self { journal: journal.clone(), key: PinKey::new(device, &endpoint.host, port) }
    }

    async fn journal<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Journal, &PinKey) -> Result<T, JournalError> + Send + 'static,
    ) -> Result<T, TrustRefusal> {
        let (journal, key) = (self.journal.clone(), self.key.clone());
        tokio::task::spawn_blocking(move || work(&journal, &key))
            .await
            .map_err(|e| TrustRefusal::Store(e.to_string()))?
            .map_err(|e| TrustRefusal::Store(e.to_string()))
    }
}

#[async_trait]
impl Trust for JournalTrust {
    async fn check(&self, facts: &CertificateFacts) -> Result<(), TrustRefusal> {
        let presented = facts.clone();
        let pin = self
            .journal(move |journal, key| {
                let pin = journal.pin_first(key, &presented)?;
                if pin.sha256 != presented.sha256 {
                    journal.observe(key, &presented, true)?;
                }
                Ok(pin)
            })
            .await?;
        if pin.sha256 == facts.sha256 {
            Ok(())
        } else {
            Err(TrustRefusal::Changed { pinned: pin.sha256, presented: facts.sha256.clone() })
        }
    }

    async fn pinned(&self) -> Result<bool, TrustRefusal> {
        self.journal(|journal, key| journal.pinned(&key.device)).await
    }
}
