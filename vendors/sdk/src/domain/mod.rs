//! What a device is and holds, in the words of the field.

mod book;
mod change;
mod identity;
mod smtp;

pub use book::{Book, BookEntry, BookTold, EntryChange, EntryKind, EntryWanted, FolderDestination};
pub use change::{Change, FamilyUsed, FieldChange, Observed, RawForm, Section};
pub use identity::{Certainty, Identity, Support};
pub use smtp::{
    AuthMethod, AuthWanted, PasswordState, PasswordWanted, Security, SmtpAuth, SmtpChange, SmtpSettings,
    SmtpWanted,
};
