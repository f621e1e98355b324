//! The mail client inside a copier: one scan, one session, one message.

mod compose;
mod dialogue;
mod login;
mod settings;

pub use dialogue::send;
pub use settings::{
    AuthHabit, Login, MailClientSettings, Route, Security, SendOutcome, Stage, TlsMax, WithoutAuth,
};
