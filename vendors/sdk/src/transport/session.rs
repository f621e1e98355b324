//! A session with one device: one request in flight, one cookie jar, one origin.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::{Access, Effect, Endpoint};
use crate::DeviceError;
use crate::form::Submission;
use crate::page::Page;

/// How a device's certificate is checked and which TLS it is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TlsProfile {
    /// TLS 1.2 and newer, certificate pinned on first contact.
    #[default]
    Modern,
    /// TLS 1.0 and newer, RSA key exchange, 1024-bit keys; certificate pinned on first contact.
    Legacy,
    /// TLS 1.2 and newer, certificate checked against the system's certificate authorities and the host name.
    CertificateAuthority,
}

/// Time-outs and caps.
#[derive(Debug, Clone)]
pub struct Limits {
    /// TCP connect; 3 s.
    pub connect: Duration,
    /// TLS handshake; 15 s (old copiers compute slowly).
    pub handshake: Duration,
    /// From the last byte sent to the last byte of the answer; 45 s.
    pub read: Duration,
    /// Bytes of one answer after decompression; 8 MiB.
    pub page_bytes: usize,
    /// Redirects followed for one request; 10.
    pub redirects: usize,
    /// Tries of a read whose connection failed or broke; 2. A write is never sent twice.
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

/// A request before it leaves.
#[derive(Debug, Clone)]
pub struct Request {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// Absolute, or relative to the origin.
    pub url: String,
    /// Extra headers (`Referer`, `X-Requested-With`); never cookies.
    pub headers: Vec<(String, String)>,
    /// Content type and body of a POST.
    pub body: Option<(String, Vec<u8>)>,
    /// Names of the fields in the body whose values are secret: the transcript shows their names only.
    /// Fields whose names look like passwords or tokens are redacted anyway.
    pub secret_fields: Vec<String>,
    /// Names of all the body's fields in order, for the intent.
    pub fields: Vec<String>,
    /// What it does.
    pub effect: Effect,
    /// What is being done, in the infinitive, for error messages ("read the E-mail page").
    pub tried: String,
    /// Whether redirects within the origin are followed.
    pub follow: bool,
}

impl Request {
    /// A read by GET; redirects are followed.
    pub fn get(_url: impl Into<String>, _tried: impl Into<String>) -> Self {
        unimplemented!()
    }

    /// A form's submission; `secret_fields` names those whose values no record may show.
    pub fn submit(
        _submission: Submission,
        _effect: Effect,
        _tried: impl Into<String>,
        _secret_fields: &[&str],
    ) -> Self {
        unimplemented!()
    }

    /// Adds a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Leaves redirects to the caller.
    pub fn no_follow(mut self) -> Self {
        self.follow = false;
        self
    }

    /// Changes what the request does (`Effect::Logout` for a GET that logs out).
    pub fn effect(mut self, effect: Effect) -> Self {
        self.effect = effect;
        self
    }
}

/// An answer, decompressed.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The address that answered, after redirects.
    pub url: Url,
    /// HTTP status.
    pub status: u16,
    /// Headers in order; values as latin-1 text. Names in lower case.
    pub headers: Vec<(String, String)>,
    /// `Set-Cookie` names and values of this answer (and of the redirects before it), in order, before any guard.
    pub set_cookies: Vec<(String, String)>,
    /// The body after decompression.
    pub body: Vec<u8>,
}

impl Answer {
    /// The first header of a name (lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// Decodes the body: charset from a byte order mark, the header, or the page's `<meta>`.
    pub fn page(&self) -> Page {
        unimplemented!()
    }
}

/// Decides whether a cookie that the device sets may replace the present one: name, new value, present value.
pub type CookieGuard = Box<dyn Fn(&str, &str, Option<&str>) -> bool + Send + Sync>;

/// A session with one device.
pub struct Session {
    _private: (),
}

impl Session {
    /// Finds out how the device answers (https first where no scheme is written) and checks its certificate.
    ///
    /// # Errors
    /// `unreachable`, `tls`.
    pub async fn connect(_options: SessionOptions) -> Result<Self, DeviceError> {
        unimplemented!()
    }

    /// The device's name.
    pub fn device(&self) -> &str {
        unimplemented!()
    }

    /// Scheme, host and port the session is bound to.
    pub fn origin(&self) -> &Url {
        unimplemented!()
    }

    /// Sends one request and reads its whole answer.
    ///
    /// # Errors
    /// Transport failures; a refusal of the read-only gate or of the origin rule; `answer_lost` is set where the request left.
    pub async fn send(&mut self, _request: Request) -> Result<Answer, DeviceError> {
        unimplemented!()
    }

    /// Sends a GET and decodes its page.
    ///
    /// # Errors
    /// As [`Session::send`].
    pub async fn get(&mut self, _url: &str, _tried: &str) -> Result<Page, DeviceError> {
        unimplemented!()
    }

    /// The value of a cookie.
    pub fn cookie(&self, _name: &str) -> Option<String> {
        unimplemented!()
    }

    /// Sets a cookie for the whole device, as a page's script would.
    pub fn set_cookie(&mut self, _name: &str, _value: &str) {
        unimplemented!()
    }

    /// Removes a cookie.
    pub fn forget_cookie(&mut self, _name: &str) {
        unimplemented!()
    }

    /// Lets a driver refuse cookies that the device sets.
    pub fn guard_cookies(&mut self, _guard: CookieGuard) {
        unimplemented!()
    }

    /// What a result names about the connection.
    pub fn facts(&self) -> &ConnectionFacts {
        unimplemented!()
    }
}
