//! One request on the wire and its answer, byte for byte: no cookies, no redirects, no decisions.

mod open;
mod plain;
mod sniff;
mod tls;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use http::{HeaderMap, HeaderName, HeaderValue};
use http_body_util::combinators::UnsyncBoxBody;
use hyper::body::Bytes;
use tokio::time::Instant;
use url::Url;

pub(super) use open::{OpenError, connect_tcp};
pub(super) use plain::PlainWire;
pub(super) use tls::TlsWire;

use super::CertificateFacts;
use crate::error::{Category, Fault, clean};

/// Where requests go out: in clear or over TLS.
#[async_trait]
pub(super) trait Wire: Send + Sync {
    /// Sends one request; gives the head of its answer and the body still to come.
    async fn exchange(&mut self, outgoing: &Outgoing<'_>) -> Result<Incoming, WireFailure>;
}

/// A request with everything decided.
pub(super) struct Outgoing<'a> {
    pub(super) method: &'static str,
    pub(super) url: &'a Url,
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) body: Vec<u8>,
    /// Never use a connection that was kept: the device may have dropped it.
    pub(super) fresh: bool,
    pub(super) left: Left,
}

/// Remembers whether bytes of a request may have left, also when the exchange is abandoned in the middle.
#[derive(Clone, Default)]
pub(super) struct Left(Arc<AtomicBool>);

impl Left {
    pub(super) fn mark(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    pub(super) fn take_back(&self) {
        self.0.store(false, Ordering::SeqCst);
    }

    pub(super) fn is_marked(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// The error of a body that broke, as text.
pub(super) type BodyFailure = Box<dyn std::error::Error + Send + Sync>;

/// The head of an answer.
pub(super) struct Incoming {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: UnsyncBoxBody<Bytes, BodyFailure>,
    /// When the last byte must have come.
    pub(super) until: Instant,
    /// Whether the connection had carried a request before.
    pub(super) reused: bool,
    /// The certificate of the connection, over TLS.
    pub(super) certificate: Option<CertificateFacts>,
}

/// Why there is no answer. Whether anything left is told by [`Outgoing::left`].
#[derive(Debug)]
pub(super) struct WireFailure {
    pub(super) category: Category,
    pub(super) got: String,
    pub(super) hint: Option<String>,
    pub(super) fault: Fault,
    /// The connection broke, so that a read may be tried again.
    pub(super) broke: bool,
    /// It broke on a connection that was kept: most likely the device had dropped it before.
    pub(super) stale: bool,
}

impl WireFailure {
    pub(super) fn new(category: Category, got: impl Into<String>) -> Self {
        Self { category, got: got.into(), hint: None, fault: Fault::Device, broke: false, stale: false }
    }
}

/// Header values are bytes; each is shown as the latin-1 character it is.
fn latin1_headers(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|(name, value)| {
            let value: String = value.as_bytes().iter().map(|b| char::from(*b)).collect();
            (name.as_str().to_owned(), value.trim().to_owned())
        })
        .collect()
}

/// The innermost cause of an error: the layers above only say that something below failed, and name the whole address.
fn cause(error: &(dyn std::error::Error + 'static)) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    clean(&innermost.to_string())
}

/// Time as a person says it.
pub(super) fn spell(time: Duration) -> String {
    if time.subsec_millis() == 0 {
        format!("{} s", time.as_secs())
    } else {
        format!("{} ms", time.as_millis())
    }
}
