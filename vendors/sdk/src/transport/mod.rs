//! The one door to a device: own origin, time-outs, size caps, cookies, pinned certificates, read-only enforcement,
//! write-ahead intents and redacted transcripts.
//!
//! Below stands the wire (`wire`), which moves one request and its answer and decides nothing; above it the session
//! decides what may leave, where to, and what a failure means. Drivers see only [`Session`].

mod access;
mod connect;
mod cookies;
mod decode;
mod decompress;
mod endpoint;
mod exchange;
mod gate;
mod options;
mod pin;
mod redact;
mod redirect;
mod request;
mod session;
mod step;
mod transcript;
mod wire;

pub use access::{Access, Effect, FieldRule, Intent, ReadRule, Witness, WitnessError};
pub use cookies::CookieGuard;
pub use endpoint::{Endpoint, Scheme};
pub use options::{ConnectionFacts, Limits, SessionOptions, TlsProfile, Transcript};
pub use pin::{CertificateFacts, Trust, TrustRefusal};
pub use redact::redact_page;
pub use request::{Answer, Request};
pub use session::Session;
