//! A workspace beside a running lab: the program as a child process, and the engine as a library.
#![allow(dead_code)]

pub mod child;
pub mod engine;

use std::path::{Path, PathBuf};

use scanfleet::inventory::Inventory;
use scanfleet_mocks::{DeviceHandle, Item, Lab, LabSpec, PasswordKind, Settings};
use sha2::{Digest, Sha256};

/// The playbook that `scanfleet lab` writes, so that the tests and people use the same.
pub const PLAYBOOK: &str = include_str!("../../src/cli/lab_playbook.yaml");

/// A lab and a workspace that knows its devices.
pub struct Bench {
    pub lab: Lab,
    pub dir: tempfile::TempDir,
}

impl Bench {
    /// Starts a lab and writes its workspace.
    pub async fn of(spec: LabSpec) -> Self {
        let lab = Lab::start(spec).await.unwrap();
        let dir = tempfile::tempdir().unwrap();
        let bench = Self { lab, dir };
        std::fs::create_dir(bench.path("home")).unwrap();
        bench.lab.write_workspace(&bench.workspace()).unwrap();
        bench.write("m365.yaml", PLAYBOOK);
        bench
    }

    /// One healthy copier of a profile, named `copier`, with a few settings that a careless write would lose.
    pub async fn single(profile: &str) -> Self {
        let mut spec = LabSpec::single(profile);
        spec.devices[0].settings = lived_in(&spec.devices[0].settings);
        Self::of(spec).await
    }

    /// The workspace's directory.
    pub fn workspace(&self) -> PathBuf {
        self.path("work")
    }

    /// Something in the bench's own directory.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Where the workspace keeps its state.
    pub fn state_dir(&self) -> PathBuf {
        self.workspace().join(".scanfleet")
    }

    /// Writes a file of the workspace.
    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.workspace().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// The workspace's inventory.
    pub fn inventory(&self) -> Inventory {
        Inventory::load(&self.workspace().join("inventory.csv")).unwrap()
    }

    /// Rewrites the inventory's text.
    pub fn edit_inventory(&self, change: impl FnOnce(String) -> String) {
        let path = self.workspace().join("inventory.csv");
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, change(text)).unwrap();
    }

    /// The one copier of [`Bench::single`].
    pub fn copier(&self) -> DeviceHandle {
        self.lab.device("copier")
    }

    /// Every device of the lab.
    pub fn devices(&self) -> Vec<DeviceHandle> {
        self.lab.devices().iter().map(|info| self.lab.device(&info.name)).collect()
    }

    /// Nobody is logged in anywhere, and no password came in a field that a browser would have emptied.
    pub fn assert_nobody_logged_in(&self) {
        for device in self.devices() {
            let state = device.state();
            assert_eq!(state.sessions, 0, "{} has an open session", state.name);
            assert_eq!(state.clear_passwords, 0, "{} got a password in a work field", state.name);
        }
    }
}

/// Settings that somebody has used for years.
pub fn lived_in(settings: &Settings) -> Settings {
    settings
        .clone()
        .with(Item::AdminAddress, "scanner@northshore.example")
        .with(Item::SmtpServer, "exchange.northshore.example")
        .with(Item::Signature, "Ärzte & \"Söhne\" <Station 3>")
        .with(Item::MaxReceptionSize, "7")
        .with(Item::PopServer, "pop.northshore.example")
        .with(Item::PopUser, "fetcher")
        .with(Item::FaxAddress, "fax@northshore.example")
        .with(Item::NotifyReceive, "true")
}

/// What a device holds after the playbook, when nothing else has changed.
pub fn migrated(before: &Settings) -> Settings {
    before
        .clone()
        .with(Item::SmtpServer, "smtp.office365.com")
        .with(Item::SmtpPort, "587")
        .with(Item::SmtpSsl, "true")
        .with(Item::SmtpAuth, "true")
        .with(Item::AdminAddress, "scan@northshore.example")
        .with(Item::SmtpUser, "scan@northshore.example")
        .with(Item::SmtpAuthAddress, "scan@northshore.example")
}

/// The password of the lab's mail account, as `secrets/m365-scan.txt` has it.
pub const SCAN_PASSWORD: &str = "lab-m365-not-a-secret";

/// A digest as the lab tells it of a stored password.
pub fn sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The digest of the SMTP password a device stores.
pub fn smtp_password(device: &DeviceHandle) -> Option<String> {
    device.state().passwords.get(&PasswordKind::Smtp).cloned()
}

/// How many requests of a kind a device has had.
pub fn requests(device: &DeviceHandle, kind: &str) -> u64 {
    device.state().requests.get(kind).copied().unwrap_or_default()
}

/// Every file below a directory.
pub fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![directory.to_owned()];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { open.push(path) } else { found.push(path) }
        }
    }
    found
}

/// Waits until something is true; fails after a minute.
pub async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while !holds() {
        assert!(std::time::Instant::now() < deadline, "waited in vain: {what}");
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}
