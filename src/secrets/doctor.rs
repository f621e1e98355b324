//! What `secret doctor` finds out.

use serde::Serialize;

/// How one check came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "result", content = "why", rename_all = "kebab-case")]
pub enum CheckResult {
    /// It worked.
    Ok,
    /// It did not; the text says what came back.
    Failed(String),
    /// It was not tried because an earlier check failed.
    NotTried,
}

/// A version that the index names and the keyring lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MissingEntry {
    /// The name.
    pub name: String,
    /// The version.
    pub version: u32,
}

/// What is known of the keyring and the index. Holds names and versions, never values.
#[derive(Debug, Clone, Serialize)]
pub struct DoctorReport {
    /// Whether everything works.
    pub ok: bool,
    /// Which keyring is meant ("Secret Service (GNOME Keyring, KWallet, KeePassXC)").
    pub store: String,
    /// Whether it answers.
    pub reachable: CheckResult,
    /// Whether it is locked; `None` where that could not be found out.
    pub locked: Option<bool>,
    /// Writing a canary entry.
    pub write: CheckResult,
    /// Reading it back equal.
    pub read: CheckResult,
    /// Deleting it.
    pub delete: CheckResult,
    /// Where the index of names lies; absent for secrets in memory.
    pub index_path: Option<String>,
    /// Whether the index can be read.
    pub index: CheckResult,
    /// How many names the index knows.
    pub names: usize,
    /// Versions that the index names and the keyring lacks; `None` where the keyring could not be asked.
    pub missing: Option<Vec<MissingEntry>>,
    /// What to do next, in plain sentences; empty when everything works.
    pub advice: Vec<String>,
}
