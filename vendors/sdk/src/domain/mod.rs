//! What a device is and holds, in the words of the field.

mod change;
mod identity;
mod smtp;

pub use change::{Change, FamilyUsed, FieldChange, Observed, RawForm, Section};
pub use identity::{Certainty, Identity, Support};
pub use smtp::{
    AuthMethod, AuthWanted, PasswordState, PasswordWanted, Security, SmtpAuth, SmtpChange, SmtpSettings,
    SmtpWanted,
};
