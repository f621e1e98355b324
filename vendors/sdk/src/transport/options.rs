//! What a session is opened with: the address, the TLS it offers, its rights, time-outs and caps.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use super::{Access, CertificateFacts, Endpoint, Trust};

/// How a device's certificate is checked and which TLS it is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TlsProfile {
    /// TLS 1.2 and newer, certificate pinned on first contact.
    #[default]
    Modern,
    /// TLS 1.0 and newer, RSA key exchange, 1024-bit keys; certificate pinned on first contact.
    Legacy,
    /// TLS 1.2 and newer, certificate checked against the system's certificate authorities and the host name.
    /// Such a device is never spoken to over http.
    CertificateAuthority,
}

/// Time-outs and caps.
#[derive(Debug, Clone)]
pub struct Limits {
    /// TCP connect; 3 s.
    pub connect: Duration,
    /// TLS handshake; 15 s (old copiers compute slowly).
    pub handshake: Duration,
    /// From the request to the last byte of its answer; 45 s. Over plain http a new connection is within it.
    pub read: Duration,
    /// Bytes of one answer after decompression; 8 MiB.
    pub page_bytes: usize,
    /// Redirects followed for one request; 10.
    pub redirects: usize,
    /// Tries of a read whose connection broke; 2. A write is never sent twice.
    pub read_tries: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(3),
            handshake: Duration::from_secs(15),
            read: Duration::from_secs(45),
            page_bytes: 8 << 20,
            redirects: 10,
            read_tries: 2,
        }
    }
}

/// Where a redacted record of every exchange goes: one file per device.
#[derive(Debug, Clone)]
pub struct Transcript {
    /// The file; made or appended to, mode 0600.
    pub file: PathBuf,
}

/// Everything a session needs.
#[derive(Clone)]
pub struct SessionOptions {
    /// The device's name, for messages and the transcript.
    pub device: String,
    /// Where it answers.
    pub endpoint: Endpoint,
    /// Which TLS it is offered.
    pub tls: TlsProfile,
    /// Certificate authorities (PEM) that count beside the system's, for [`TlsProfile::CertificateAuthority`].
    pub extra_ca: Option<PathBuf>,
    /// What the session may do.
    pub access: Access,
    /// The pins.
    pub trust: Arc<dyn Trust>,
    /// The redacted record, where asked for.
    pub transcript: Option<Transcript>,
    /// Time-outs and caps.
    pub limits: Limits,
    /// When the device's time is up.
    pub deadline: Option<Instant>,
    /// Ctrl-C. A cancelled session still lets `Effect::Logout` through, within 5 s.
    pub cancel: CancellationToken,
}

/// What a result names about the connection.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct ConnectionFacts {
    /// Plain http was used.
    pub plain_http: bool,
    /// The certificate, on https.
    pub certificate: Option<CertificateFacts>,
    /// TLS older than 1.2 was used.
    pub legacy_tls: bool,
    /// Requests that left.
    pub requests: u32,
}
