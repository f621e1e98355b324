//! Who a device says it is, and how sure a fact about it is.

use serde::{Deserialize, Serialize};

/// What a device tells about itself.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Identity {
    /// The maker, in the word of the inventory: `ricoh`, `xerox`, `brother`.
    pub vendor: String,
    /// The model name as the device writes it.
    pub model: String,
    /// The serial number (Ricoh: Machine ID); absent where the device tells none.
    pub serial: Option<String>,
    /// The system firmware version; absent where the device tells none.
    pub firmware: Option<String>,
}

/// How sure a wire fact is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Certainty {
    /// Nobody has seen it; it follows from a pattern or from general knowledge.
    Assumed,
    /// One source.
    Single,
    /// Two or more independent sources.
    Confirmed,
    /// Recorded from a device.
    Captured,
}

impl Certainty {
    /// The word used in family files, notes and tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Assumed => "assumed",
            Self::Single => "single",
            Self::Confirmed => "confirmed",
            Self::Captured => "captured",
        }
    }
}

/// Whether a device offers something; nothing is left to silence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "support", content = "value")]
pub enum Support<T> {
    /// The device offers it.
    Yes(T),
    /// The device does not offer it; the text says what is known.
    No(String),
    /// Nobody knows.
    Unknown,
}

impl<T> Support<T> {
    /// Whether the device is known to offer it.
    pub fn is_yes(&self) -> bool {
        matches!(self, Self::Yes(_))
    }
}
