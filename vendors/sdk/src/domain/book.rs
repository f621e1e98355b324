//! The address book of a device: the entries it holds, and changes to single entries.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::PasswordState;

/// What an entry stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EntryKind {
    /// One person or one destination.
    #[default]
    User,
    /// Several entries under one name.
    Group,
}

/// Where scans to a folder go.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FolderDestination {
    /// The protocol in the device's own word (`SMB_O`, `4`), or empty where it is not told.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub protocol: String,
    /// The server, where it is kept apart from the path.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub server: String,
    /// The port, where told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// The path, such as `\\server\share`.
    pub path: String,
    /// The log-in name, where told.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub user: String,
    /// What is known of the stored password.
    #[serde(default)]
    pub password: PasswordState,
}

/// One entry as a device holds it. An absent value is one that the device does not hold or that the reading does not tell;
/// [`Book::told`] says which.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct BookEntry {
    /// The device's own handle of the entry, opaque to everybody but the driver; unique within one reading.
    pub id: String,
    /// User or group.
    #[serde(default)]
    pub kind: EntryKind,
    /// The name, exactly as the device writes it.
    pub name: String,
    /// The e-mail address; absent where it holds none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The registration or list number, where the device has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u32>,
    /// The short name shown on a key of the panel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Whether it stands among the favourites ("Freq.").
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub favourite: Option<bool>,
    /// A fax number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fax: Option<String>,
    /// A folder that scans go to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<FolderDestination>,
    /// Of a group: the handles of its members.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub members: Option<Vec<String>>,
    /// Whatever else the device holds for the entry, by the device's own names, without anything secret and without
    /// empty values; goes back unchanged when the entry is changed or restored.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, String>,
}

impl BookEntry {
    /// Whether the entry leads anywhere besides an e-mail address: such an entry is never removed for want of an address.
    pub fn has_other_destination(&self) -> bool {
        self.folder.is_some() || self.fax.is_some()
    }
}

/// What a reading of the whole book tells of each entry; the rest only [`crate::Driver::read_entry`] tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct BookTold {
    /// The registration or list number.
    pub number: bool,
    /// The key display.
    pub key: bool,
    /// Whether it is a favourite.
    pub favourite: bool,
    /// The members of groups.
    pub members: bool,
    /// Everything that has no word here.
    pub extra: bool,
}

/// The whole address book as one reading saw it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Book {
    /// The entries in the device's order.
    pub entries: Vec<BookEntry>,
    /// What the reading tells of each.
    #[serde(default)]
    pub told: BookTold,
    /// Names of the device's own columns in their order, where the book was read as a table; for makers' files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
}

impl Book {
    /// The entry with a handle.
    pub fn entry(&self, id: &str) -> Option<&BookEntry> {
        self.entries.iter().find(|e| e.id == id)
    }
}

/// What somebody wants an entry to hold; whatever is absent stays as it is, or becomes what the device gives a new entry.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct EntryWanted {
    /// User or group; of a change, the kind the entry has.
    pub kind: EntryKind,
    /// The name.
    pub name: Option<String>,
    /// The e-mail address; empty means none.
    pub email: Option<String>,
    /// The registration or list number of a new entry; a taken one is an error and nothing else.
    pub number: Option<u32>,
    /// The key display; empty means none. A driver derives one from the name where a new entry needs one.
    pub key: Option<String>,
    /// Whether it stands among the favourites.
    pub favourite: Option<bool>,
    /// Of a group: the handles of its members, in order.
    pub members: Option<Vec<String>>,
    /// A fax number (restoring an entry).
    pub fax: Option<String>,
    /// A folder (restoring an entry); its password is never known.
    pub folder: Option<FolderDestination>,
    /// Values by the device's own names (restoring an entry).
    pub extra: BTreeMap<String, String>,
}

/// One change of one entry.
// A batch holds a few changes, and boxes would burden everybody who makes or matches one.
#[allow(clippy::large_enum_variant)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryChange {
    /// A new entry.
    Add(EntryWanted),
    /// Some values of an entry that is there; everything else of it stays.
    Change {
        /// The entry as it was read last.
        entry: BookEntry,
        /// Only the values to alter.
        to: EntryWanted,
    },
    /// The entry goes.
    Remove {
        /// The entry as it was read last.
        entry: BookEntry,
    },
}

impl EntryChange {
    /// The name people know the entry by: its present name, or the one it gets.
    pub fn name(&self) -> &str {
        match self {
            Self::Add(wanted) => wanted.name.as_deref().unwrap_or_default(),
            Self::Change { entry, .. } | Self::Remove { entry } => &entry.name,
        }
    }

    /// The handle of the entry, where it is there already.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Add(_) => None,
            Self::Change { entry, .. } | Self::Remove { entry } => Some(&entry.id),
        }
    }
}
