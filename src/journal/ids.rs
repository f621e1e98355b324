//! How runs, snapshots and devices are named.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A run's id: a UUID of version 7, so that ids sort by the time they were made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(Uuid);

impl RunId {
    /// Makes a new id.
    pub(crate) fn now() -> Self {
        Self(Uuid::now_v7())
    }

    /// The first 13 characters: the millisecond of the start, enough to tell runs apart in a table and a valid prefix.
    pub fn short(&self) -> String {
        self.0.to_string()[..13].to_owned()
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for RunId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Uuid::parse_str(text.trim()).map(Self).map_err(|_| "this is not the id of a run".to_owned())
    }
}

/// A snapshot's id: `s` and a number counted up within the workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SnapshotId(pub(crate) i64);

impl fmt::Display for SnapshotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s{}", self.0)
    }
}

impl FromStr for SnapshotId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let digits = text.strip_prefix(['s', 'S']).unwrap_or(text);
        match digits.parse::<i64>() {
            Ok(number) if number > 0 && digits.bytes().all(|b| b.is_ascii_digit()) => Ok(Self(number)),
            _ => {
                Err("this is not the id of a snapshot; snapshots are called `s1`, `s2` and so on".to_owned())
            }
        }
    }
}

impl Serialize for SnapshotId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SnapshotId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// What a device is known by in the journal: its serial number, or its name where it tells none.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DeviceKey(String);

impl DeviceKey {
    /// The key of a device. A serial number without a letter or digit (empty, `-`, `***`) counts as none.
    pub fn of(serial: Option<&str>, name: &str) -> Self {
        match serial.map(str::trim) {
            Some(serial) if serial.chars().any(char::is_alphanumeric) => Self(format!("serial:{serial}")),
            _ => Self(format!("name:{}", name.trim())),
        }
    }

    /// The key as it is stored: `serial:…` or `name:…`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Takes a key from the database.
    pub(crate) fn stored(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Display for DeviceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.split_once(':') {
            Some(("serial", serial)) => write!(f, "serial number {serial}"),
            Some((_, name)) => f.write_str(name),
            None => f.write_str(&self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_known_by_its_serial_number_and_else_by_its_name() {
        assert_eq!(DeviceKey::of(Some(" 3089X "), "ward-3").as_str(), "serial:3089X");
        assert_eq!(DeviceKey::of(Some(" -- "), "ward-3").as_str(), "name:ward-3");
        assert_eq!(DeviceKey::of(None, "ward-3").as_str(), "name:ward-3");
        assert_ne!(DeviceKey::of(None, "3089X"), DeviceKey::of(Some("3089X"), "3089X"));
    }

    #[test]
    fn snapshot_ids_read_back() {
        assert_eq!("s12".parse::<SnapshotId>().unwrap().to_string(), "s12");
        assert_eq!("12".parse::<SnapshotId>().unwrap(), SnapshotId(12));
        for bad in ["", "s", "s0", "s-1", "s+1", "sx", "last"] {
            assert!(bad.parse::<SnapshotId>().is_err(), "{bad}");
        }
    }
}
