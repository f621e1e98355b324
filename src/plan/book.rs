//! Address books in a plan file: the lists as they were when the plan was made, so that a later apply does what was looked over.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::book::merge::MergeOptions;
use crate::book::{Contact, ContactList};

/// A list as it was when the plan was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedList {
    /// Its file.
    pub file: PathBuf,
    /// SHA-256 of the file's bytes, lower-case hexadecimal.
    pub sha256: String,
    /// Whether it has a column of groups.
    pub has_groups: bool,
    /// Its rows.
    pub contacts: Vec<Contact>,
}

impl From<&ContactList> for PlannedList {
    fn from(list: &ContactList) -> Self {
        Self {
            file: list.file.clone(),
            sha256: list.sha256.clone(),
            has_groups: list.has_groups,
            contacts: list.contacts.clone(),
        }
    }
}

impl From<PlannedList> for ContactList {
    fn from(list: PlannedList) -> Self {
        Self {
            file: list.file,
            sha256: list.sha256,
            has_groups: list.has_groups,
            contacts: list.contacts,
            notes: Vec::new(),
        }
    }
}

/// What one device's address book should become.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedBook {
    /// The list's path as the playbook writes it.
    pub list: String,
    /// The name of the list among the plan's lists.
    pub people: String,
    /// How the list is meant.
    pub options: MergeOptions,
}
