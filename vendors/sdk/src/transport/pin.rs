//! Certificates: what is known of one, and whether it is the one that was trusted.

use async_trait::async_trait;
use openssl::asn1::Asn1Time;
use openssl::hash::MessageDigest;
use openssl::ssl::SslRef;
use openssl::x509::{X509NameRef, X509Ref};

use crate::error::clean;

/// What is known of a device's certificate and its TLS.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CertificateFacts {
    /// SHA-256 of the certificate (DER), lower-case hexadecimal without separators.
    pub sha256: String,
    /// Subject, on one line.
    pub subject: String,
    /// Issuer, on one line.
    pub issuer: String,
    /// First day of validity, as OpenSSL prints it.
    pub not_before: String,
    /// Last day of validity, as OpenSSL prints it.
    pub not_after: String,
    /// Whether the last day has passed.
    pub expired: bool,
    /// Size of the public key in bits.
    pub key_bits: u32,
    /// Protocol version, such as `TLSv1.2`.
    pub protocol: String,
    /// Cipher suite.
    pub cipher: String,
}

impl CertificateFacts {
    /// Whether the connection used TLS older than 1.2.
    pub fn legacy_tls(&self) -> bool {
        !matches!(self.protocol.as_str(), "TLSv1.2" | "TLSv1.3")
    }
}

/// Why a certificate is not trusted.
#[derive(Debug, Clone, thiserror::Error)]
pub enum TrustRefusal {
    /// Another certificate than the one that was pinned.
    #[error("the device presents the certificate {presented}, and {pinned} was trusted before")]
    Changed {
        /// The pinned SHA-256.
        pinned: String,
        /// The SHA-256 presented now.
        presented: String,
    },
    /// The pin could not be looked up or stored.
    #[error("{0}")]
    Store(String),
}

/// Remembers certificates, trust on first use. Asked after the handshake and before anything is sent.
#[async_trait]
pub trait Trust: Send + Sync {
    /// Accepts, pins and accepts, or refuses.
    async fn check(&self, facts: &CertificateFacts) -> Result<(), TrustRefusal>;

    /// Whether the device was once pinned on https: then it is never spoken to over http.
    async fn pinned(&self) -> Result<bool, TrustRefusal>;
}

/// Reads the facts from a finished handshake.
pub(super) fn facts(ssl: &SslRef) -> Result<CertificateFacts, String> {
    let certificate = ssl.peer_certificate().ok_or("the device presents no certificate")?;
    let digest = certificate
        .digest(MessageDigest::sha256())
        .map_err(|e| format!("the certificate's fingerprint cannot be computed: {e}"))?;
    Ok(CertificateFacts {
        sha256: digest.iter().map(|b| format!("{b:02x}")).collect(),
        subject: name(certificate.subject_name()),
        issuer: name(certificate.issuer_name()),
        not_before: certificate.not_before().to_string(),
        not_after: certificate.not_after().to_string(),
        expired: expired(&certificate),
        key_bits: certificate.public_key().map_or(0, |key| key.bits()),
        protocol: ssl.version_str().to_owned(),
        cipher: ssl.current_cipher().map_or("none", |c| c.name()).to_owned(),
    })
}

fn expired(certificate: &X509Ref) -> bool {
    Asn1Time::days_from_now(0).is_ok_and(|now| certificate.not_after() < now)
}

/// `CN=copier, O=Example`, with control characters removed: a certificate is device text too.
fn name(name: &X509NameRef) -> String {
    let parts: Vec<String> = name
        .entries()
        .map(|entry| {
            let key = entry.object().nid().short_name().unwrap_or("?");
            let value = entry
                .data()
                .to_string()
                .unwrap_or_else(|_| String::from_utf8_lossy(entry.data().as_slice()).into_owned());
            format!("{key}={value}")
        })
        .collect();
    clean(&parts.join(", "))
}
