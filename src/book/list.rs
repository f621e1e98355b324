//! A list of the people who have to be in an address book.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::who::Who;

/// Where a row stands in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Place {
    /// Line of a text or row of a sheet, counted from 1; 0 where there is no file.
    pub line: usize,
}

/// One row of a list. An absent value means "as the device has it".
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Contact {
    /// The name, trimmed; never empty.
    pub name: String,
    /// The address as written, trimmed and valid; absent for entries without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The key display.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Names of the groups it is a member of, in the row's order, each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// Words for selections; no device holds them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Whether it stands among the favourites.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub favourite: Option<bool>,
    /// The registration or list number of a new entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u32>,
    /// Where the row stands.
    #[serde(default)]
    pub place: Place,
}

impl Contact {
    /// Who it is.
    pub fn who(&self) -> Who {
        Who::new(&self.name, self.email.as_deref())
    }
}

/// A list as read and checked: names and addresses are unique.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ContactList {
    /// The file it came from.
    pub file: PathBuf,
    /// The rows in the file's order.
    pub contacts: Vec<Contact>,
    /// Whether the file has a column of groups at all; without one a list says nothing about groups.
    pub has_groups: bool,
    /// What is legal and yet looks odd, as full sentences with the line.
    pub notes: Vec<String>,
    /// SHA-256 of the file's bytes, lower-case hexadecimal.
    pub sha256: String,
}
