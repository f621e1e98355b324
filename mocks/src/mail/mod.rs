//! The lab's mail service: a small tenant that behaves like Microsoft 365, or like Google's, and the mail client
//! inside a copier.
//!
//! Everything listens and connects on loopback addresses only. Reply texts are data in [`replies`], each with the
//! certainty of its wording.

pub mod client;
mod clock;
mod delivery;
mod login;
mod message;
mod password;
mod policy;
pub mod replies;
mod server;
mod session;
mod state;
mod tenant;
mod tls;
mod wire;

pub use message::{Dialogue, DialogueLine, Message, Speaker, Via};
pub use password::Password;
pub use server::MailServer;
pub use tenant::{
    Account, Connector, Limits, Provider, SendAsReply, SmtpAuthSwitch, TenantSpec, TlsMin, UnknownRecipient,
};
