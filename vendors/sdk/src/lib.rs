//! The contract between scanfleet's engine and its vendor adapters.
//!
//! The engine knows intent and never a page; an adapter knows pages and never intent. Both meet in the types of
//! this crate: what a device is and holds ([`domain`]), how a live administrator session behaves ([`driver`]), the one
//! door through which bytes reach a device ([`transport`]), and the toolkit that reads pages and fills forms
//! exactly as a browser would ([`page`], [`form`]).

#[cfg(feature = "contract")]
pub mod contract;
pub mod delimited;
pub mod domain;
pub mod driver;
pub mod error;
pub mod family;
pub mod form;
pub mod page;
pub mod script;
pub mod secret;
pub mod survey;
pub mod transport;

pub use domain::{
    AuthMethod, AuthWanted, Book, BookEntry, BookTold, Certainty, Change, EntryChange, EntryKind,
    EntryWanted, FamilyUsed, FieldChange, FolderDestination, Identity, Observed, PasswordState,
    PasswordWanted, RawForm, Section, Security, SmtpAuth, SmtpChange, SmtpSettings, SmtpWanted, Support,
};
pub use driver::{
    BookCapabilities, BookFile, BookReceipt, BookWrite, Capabilities, Credentials, Driver, EntryReceipt,
    LoginHistory, Receipt, Recognised, ReplyState, Saved, SavedError, Signpost, SmtpCapabilities, Vendor,
};
pub use error::{Category, DeviceError, Fault, Rerun};
pub use secret::Secret;
