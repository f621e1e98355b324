//! A plan kept in a file, for people to look over and for `apply` to carry out later.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use scanfleet_sdk::FieldChange;
use serde::{Deserialize, Serialize};

use super::{Desired, DesiredPassword, PlannedBook, PlannedList};
use crate::files::SecretRef;

/// Version of the file's layout.
pub const PLAN_FORMAT: u32 = 2;
/// The layout of a plan without address books, which older programs read, too.
const WITHOUT_BOOKS: u32 = 1;

/// A plan: for each device what it held, what it should hold, and who it was.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanFile {
    /// Version of the layout, [`PLAN_FORMAT`].
    pub scanfleet_plan: u32,
    /// The playbook's name.
    pub playbook: String,
    /// The playbook's file.
    pub playbook_file: PathBuf,
    /// SHA-256 of the playbook, lower-case hexadecimal.
    pub playbook_sha256: String,
    /// When the plan was made (RFC 3339).
    pub made: String,
    /// Lists of people by the names that the devices' plans use.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub lists: BTreeMap<String, PlannedList>,
    /// The devices that would change, in the order of the inventory.
    pub devices: Vec<PlannedDevice>,
}

/// One device of a plan.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedDevice {
    /// The device's name in the inventory.
    pub name: String,
    /// The model it said it was.
    pub model: String,
    /// The serial number the plan was made for; absent where the device tells none.
    pub serial: Option<String>,
    /// What should change.
    pub changes: Vec<FieldChange>,
    /// What it should hold.
    pub desired: Desired,
    /// Reference to the password it should hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// What its address book should become; absent means leave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub book: Option<PlannedBook>,
}

impl PlannedDevice {
    /// The wish with its password reference.
    ///
    /// # Errors
    /// A sentence, when the reference cannot be read.
    pub fn desired(&self) -> Result<Desired, String> {
        let mut desired = self.desired.clone();
        if let Some(text) = &self.password {
            let reference = SecretRef::parse(text, Path::new(""))?;
            desired.password = DesiredPassword::Secret { reference, version: None };
        }
        Ok(desired)
    }
}

/// Why a plan file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PlanFileError {
    /// It cannot be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// It is not a plan.
    #[error("{path} is not a plan of this program: {reason}")]
    NotAPlan {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// It was made by a newer program.
    #[error(
        "{path} has the plan layout {found}, and this program knows {PLAN_FORMAT}; use the program that made it"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its layout.
        found: u32,
    },
}

impl PlanFile {
    /// The layout that a plan needs.
    pub fn layout(lists: &BTreeMap<String, PlannedList>) -> u32 {
        if lists.is_empty() { WITHOUT_BOOKS } else { PLAN_FORMAT }
    }

    /// Writes the plan; the file appears whole or not at all.
    ///
    /// # Errors
    /// What the system says.
    pub fn save(&self, path: &Path) -> Result<(), PlanFileError> {
        let io = |source| PlanFileError::Io { path: path.to_owned(), source };
        let text = serde_json::to_string_pretty(self).map_err(|e| io(e.into()))?;
        let directory = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let file = tempfile::NamedTempFile::new_in(directory).map_err(io)?;
        fs::write(file.path(), text + "\n").map_err(io)?;
        file.persist(path).map_err(|e| io(e.error))?;
        Ok(())
    }

    /// Whether a file looks like a plan rather than a playbook: a JSON object that names the layout first.
    pub fn looks_like(text: &str) -> bool {
        text.trim_start().starts_with('{') && text.contains("\"scanfleet_plan\"")
    }

    /// Reads a plan.
    ///
    /// # Errors
    /// Not readable, not a plan, or of a newer layout.
    pub fn load(path: &Path) -> Result<Self, PlanFileError> {
        let text =
            fs::read_to_string(path).map_err(|source| PlanFileError::Io { path: path.to_owned(), source })?;
        let not_a_plan = |reason: String| PlanFileError::NotAPlan { path: path.to_owned(), reason };
        let value: serde_json::Value = serde_json::from_str(&text).map_err(|e| not_a_plan(e.to_string()))?;
        let found = value.get("scanfleet_plan").and_then(serde_json::Value::as_u64).unwrap_or_default();
        let found = u32::try_from(found).unwrap_or(u32::MAX);
        if found > PLAN_FORMAT {
            return Err(PlanFileError::Newer { path: path.to_owned(), found });
        }
        serde_json::from_value(value).map_err(|e| not_a_plan(e.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::Contact;
    use crate::book::merge::MergeOptions;

    #[test]
    fn a_plan_survives_its_file_and_a_newer_one_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("plan.json");
        let list = PlannedList {
            file: "staff.csv".into(),
            sha256: "00".into(),
            has_groups: false,
            contacts: vec![Contact { name: "Ann".into(), ..Contact::default() }],
        };
        let mut plan = PlanFile {
            scanfleet_plan: PLAN_FORMAT,
            playbook: "m365".into(),
            playbook_file: "m365.yaml".into(),
            playbook_sha256: "00".into(),
            made: "2026-11-21T00:00:00Z".into(),
            lists: BTreeMap::from([("staff.csv".to_owned(), list)]),
            devices: vec![PlannedDevice {
                name: "a".into(),
                model: "M".into(),
                serial: None,
                changes: Vec::new(),
                desired: Desired { port: Some(587), ..Desired::default() },
                password: Some("keyring:m365/scan".into()),
                book: Some(PlannedBook {
                    list: "staff.csv".into(),
                    people: "staff.csv".into(),
                    options: MergeOptions { shorten: true, ..MergeOptions::default() },
                }),
            }],
        };
        plan.save(&path).unwrap();
        assert!(PlanFile::looks_like(&fs::read_to_string(&path).unwrap()));
        let back = PlanFile::load(&path).unwrap();
        let desired = back.devices[0].desired().unwrap();
        assert_eq!(desired.port, Some(587));
        assert_eq!((&back.devices[0].book, &back.lists), (&plan.devices[0].book, &plan.lists));
        assert!(matches!(desired.password, DesiredPassword::Secret { .. }));
        plan.scanfleet_plan = PLAN_FORMAT + 1;
        plan.save(&path).unwrap();
        assert!(matches!(PlanFile::load(&path), Err(PlanFileError::Newer { .. })));
        fs::write(&path, "{\"scanfleet_plan\":1").unwrap();
        assert!(matches!(PlanFile::load(&path), Err(PlanFileError::NotAPlan { .. })));
    }
}
