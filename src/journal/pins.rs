//! Certificates: which one is trusted, and which ones were seen.

use jiff::Timestamp;
use scanfleet_sdk::transport::CertificateFacts;
use serde::Serialize;

use super::{Journal, JournalError};

/// What a pin is kept under: the device's inventory name and the host and port it answered on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct PinKey {
    /// The device's inventory name.
    pub device: String,
    /// `host:port`.
    pub address: String,
}

impl PinKey {
    /// The key of a device at a host and port.
    pub fn new(device: &str, host: &str, port: u16) -> Self {
        Self { device: device.to_owned(), address: format!("{}:{port}", host.to_ascii_lowercase()) }
    }
}

/// A certificate as it was presented.
#[derive(Debug, Clone, Serialize)]
pub struct Presented {
    /// What is known of it.
    pub facts: CertificateFacts,
    /// When it was last presented.
    pub at: Timestamp,
    /// Whether it was refused.
    pub refused: bool,
}

/// A trusted certificate.
#[derive(Debug, Clone, Serialize)]
pub struct Pin {
    /// Device and address.
    #[serde(flatten)]
    pub key: PinKey,
    /// SHA-256 of the certificate, lower-case hexadecimal.
    pub sha256: String,
    /// When it was pinned.
    pub first_seen: Timestamp,
    /// What is known of it.
    pub facts: CertificateFacts,
    /// What the device presented last, where that is another certificate.
    pub refused: Option<Presented>,
}

/// A certificate that a person has accepted.
#[derive(Debug, Clone, Serialize)]
pub struct Accepted {
    /// Device and address.
    #[serde(flatten)]
    pub key: PinKey,
    /// SHA-256 trusted before, where there was one.
    pub before: Option<String>,
    /// SHA-256 trusted now.
    pub after: String,
}

impl Journal {
    /// The trusted certificate of a device at an address.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn pin(&self, _key: &PinKey) -> Result<Option<Pin>, JournalError> {
        Err(self.not_yet())
    }

    /// Whether any address of a device was ever pinned on https: then it is never spoken to over http.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn pinned(&self, _device: &str) -> Result<bool, JournalError> {
        Err(self.not_yet())
    }

    /// Trusts a certificate on first contact. Where one is trusted already, that one stays and is returned: the caller
    /// compares.
    ///
    /// # Errors
    /// The journal cannot be written: nothing secret may be sent.
    pub fn pin_first(&self, _key: &PinKey, _facts: &CertificateFacts) -> Result<Pin, JournalError> {
        Err(self.not_yet())
    }

    /// Keeps a certificate that was presented, trusted or refused; `accept` takes the last of them.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn observe(
        &self,
        _key: &PinKey,
        _facts: &CertificateFacts,
        _refused: bool,
    ) -> Result<(), JournalError> {
        Err(self.not_yet())
    }

    /// Trusts what a device presented last, on each of its addresses. Gives those that changed.
    ///
    /// # Errors
    /// [`JournalError::NothingPresented`], or the journal cannot be written.
    pub fn accept(&self, _device: &str) -> Result<Vec<Accepted>, JournalError> {
        Err(self.not_yet())
    }

    /// Forgets every pin of a device and gives how many there were: the next contact pins afresh.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn forget(&self, _device: &str) -> Result<usize, JournalError> {
        Err(self.not_yet())
    }

    /// Every trusted certificate, by device and address.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn pins(&self) -> Result<Vec<Pin>, JournalError> {
        Err(self.not_yet())
    }
}
