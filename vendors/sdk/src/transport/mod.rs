//! The one door to a device: own origin, time-outs, size caps, cookies, pinned certificates, read-only enforcement,
//! write-ahead intents and redacted transcripts.

mod access;
mod endpoint;
mod session;

pub use access::{Access, Effect, Intent, ReadRule, Witness, WitnessError};
pub use endpoint::{Endpoint, Scheme};
pub use session::{
    Answer, CertificateFacts, ConnectionFacts, Limits, Request, Session, SessionOptions, TlsProfile,
    Transcript, Trust, TrustRefusal,
};
