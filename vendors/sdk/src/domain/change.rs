//! Sections of a device's configuration, what was observed in them, and changes to them.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Certainty, SmtpChange, SmtpSettings};

/// A part of a device's configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// Maker, model, serial number, firmware.
    Identity,
    /// Scan-to-email settings.
    Smtp,
    /// The address book.
    AddressBook,
}

impl Section {
    /// The word used in JSON and in the journal.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Smtp => "smtp",
            Self::AddressBook => "address_book",
        }
    }
}

/// A form's entries as the page held them, without password and token fields.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RawForm {
    /// Path of the page on the device.
    pub page: String,
    /// Names and values in the page's order.
    pub entries: Vec<(String, String)>,
}

/// What was read of a device's scan-to-email settings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Observed {
    /// The typed settings.
    pub smtp: SmtpSettings,
    /// The form as it stood, kept with the snapshot.
    pub raw: RawForm,
    /// The page's settings that the typed ones do not cover, by field name, those included that the page disables: a write
    /// that loses one of them is noticed. No password or token is among them.
    pub others: Vec<(String, String)>,
}

/// One change of a section that is written as a whole; address books change by the entry ([`super::EntryChange`]).
#[derive(Debug, Clone)]
pub enum Change {
    /// A change of the scan-to-email settings.
    Smtp(Box<SmtpChange>),
}

impl Change {
    /// The section the change belongs to.
    pub fn section(&self) -> Section {
        match self {
            Self::Smtp(_) => Section::Smtp,
        }
    }
}

/// The family file a driver worked by; goes into the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FamilyUsed {
    /// The family's id, such as `ricoh-wim-newer`.
    pub id: String,
    /// SHA-256 of the family file, in lower-case hexadecimal.
    pub sha256: String,
    /// `embedded`, or the path of the user's file.
    pub origin: String,
    /// The certainty of the weakest fact the SMTP write path rests on.
    pub smtp_write: Certainty,
    /// The certainty of the weakest fact the address book's write path rests on; absent where the family writes none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub book_write: Option<Certainty>,
}

/// One field that differs or was changed; the words of a password are `set`, `unset`, `unknown` and `new`, never the
/// password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// Such as `smtp.server`.
    pub field: String,
    /// What the device held; null where it held nothing, or nothing that has a word.
    pub before: Value,
    /// What it should hold, or holds now.
    pub after: Value,
}
