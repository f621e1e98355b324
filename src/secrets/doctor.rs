//! What `secret doctor` finds out.

use serde::Serialize;

use super::Secrets;
use super::os::{UNLOCK, WITHOUT};
use super::vault::{VaultError, account, canary};

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

impl Secrets {
    /// Finds out whether the keyring and the index work, by writing, reading and deleting a canary entry, and by looking
    /// for every version that the index names.
    pub fn doctor(&self) -> DoctorReport {
        let vault = &*self.inner().vault;
        let shelf = &self.inner().shelf;
        let canary = canary(vault);
        let (reachable, locked) = match &canary.write {
            Ok(()) => (CheckResult::Ok, Some(false)),
            Err(VaultError::Unreachable(why)) => (CheckResult::Failed(why.clone()), None),
            Err(VaultError::Locked(_)) => (CheckResult::Ok, Some(true)),
            Err(VaultError::TooLong(_) | VaultError::Other(_)) => (CheckResult::Ok, None),
        };
        let usable = canary.write.is_ok();
        let (index, entries) = match shelf.read() {
            Ok(index) => (CheckResult::Ok, index.entries()),
            Err(error) => (CheckResult::Failed(error.to_string()), Vec::new()),
        };
        let mut report = DoctorReport {
            ok: false,
            store: vault.describe(),
            reachable,
            locked,
            write: check(Some(canary.write)),
            read: check(canary.read),
            delete: check(canary.delete),
            index_path: shelf.path().map(|path| path.display().to_string()),
            index,
            names: entries.len(),
            missing: None,
            advice: Vec::new(),
        };
        if usable {
            let versions = entries
                .iter()
                .flat_map(|entry| entry.versions.iter().map(move |version| (&entry.name, version.version)));
            let missing: Result<Vec<_>, VaultError> = versions
                .filter_map(|(name, version)| match vault.get(&account(name, version)) {
                    Ok(Some(_)) => None,
                    Ok(None) => Some(Ok(MissingEntry { name: name.clone(), version })),
                    Err(error) => Some(Err(error)),
                })
                .collect();
            report.missing = missing.ok();
        }
        report.advice = advice(&report);
        report.ok = report.advice.is_empty();
        report
    }
}

fn check(step: Option<Result<(), VaultError>>) -> CheckResult {
    match step {
        None => CheckResult::NotTried,
        Some(Ok(())) => CheckResult::Ok,
        Some(Err(VaultError::Unreachable(why) | VaultError::Locked(why) | VaultError::Other(why))) => {
            CheckResult::Failed(why)
        }
        Some(Err(VaultError::TooLong(limit))) => {
            CheckResult::Failed(format!("it holds {limit} bytes at most"))
        }
    }
}

fn advice(report: &DoctorReport) -> Vec<String> {
    let mut advice = Vec::new();
    match (&report.reachable, report.locked) {
        (CheckResult::Failed(_), _) => advice.push(format!("No keyring answers. {WITHOUT}")),
        (_, Some(true)) => advice.push(format!("The keyring is locked. {UNLOCK}")),
        _ if [&report.write, &report.read, &report.delete].iter().any(|step| **step != CheckResult::Ok) => {
            advice.push(
                "The keyring answers and does not keep what it is given. Restart the desktop session's keyring and run \
                 `scanfleet secret doctor` again, or refer to secrets with `file:PATH` or `env:VAR`."
                    .to_owned(),
            );
        }
        _ => {}
    }
    if let CheckResult::Failed(why) = &report.index {
        advice.push(why.clone());
    }
    match report.missing.as_deref() {
        Some([]) => {}
        Some(missing) => advice.extend(missing.iter().map(|MissingEntry { name, version }| {
            format!(
                "Version {version} of `{name}` is in the index and not in the keyring: it was deleted outside scanfleet, or \
                 belongs to another account. Store the secret again with `scanfleet secret set {name}`, or forget it with \
                 `scanfleet secret delete {name}`."
            )
        })),
        None if report.locked == Some(false) => {
            advice.push("The keyring stopped answering in the middle; run `scanfleet secret doctor` again.".to_owned());
        }
        None => {}
    }
    advice
}
