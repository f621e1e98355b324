//! The running lab.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::faults::Fault;
use crate::mail::{MailServer, client::SendOutcome};
use crate::settings::Item;
use crate::spec::{DeviceSpec, LabSpec};
use crate::state::{DeviceState, LoggedRequest};

/// A running lab. Dropping it ends it; [`Lab::shutdown`] also waits for the end.
#[derive(Debug)]
pub struct Lab {
    mail: MailServer,
    devices: Vec<DeviceSpec>,
}

/// What an inventory knows of a device, and what only the lab knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceInfo {
    /// The name.
    pub name: String,
    /// The base URL, such as `https://127.20.1.11:40123`.
    pub address: String,
    /// The model name.
    pub model: String,
    /// The serial number.
    pub serial: String,
    /// The site.
    pub site: String,
    /// Where it stands.
    pub location: String,
    /// The subnet's name.
    pub subnet: String,
    /// The administrator's login name.
    pub admin_user: String,
    /// The administrator's password as the inventory has it.
    pub admin_password_in_inventory: String,
    /// Whether the inventory's password is the true one.
    pub password_is_right: bool,
    /// Whether nothing listens there.
    pub dead: bool,
    /// Whether it speaks only legacy TLS.
    pub legacy_tls: bool,
    /// Words for the inventory's `tags` column.
    pub tags: Vec<String>,
}

/// A document laid on the glass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScanRequest {
    /// The address to send it to.
    pub to: String,
    /// The sender, where the person chose one; otherwise the copier's own.
    #[serde(default)]
    pub from: Option<String>,
    /// The subject; otherwise the copier's own.
    #[serde(default)]
    pub subject: Option<String>,
}

/// One device of a running lab.
#[derive(Debug, Clone)]
pub struct DeviceHandle;

impl Lab {
    /// Starts every copier, the mail server and the control endpoint.
    ///
    /// # Errors
    /// When an address cannot be listened on.
    pub async fn start(spec: LabSpec) -> io::Result<Self> {
        Ok(Self { mail: MailServer::start(spec.mail).await?, devices: spec.devices })
    }

    /// The base URL of the control endpoint, such as `http://127.0.0.1:40100`; its paths begin with `/__lab/`.
    pub fn control_url(&self) -> String {
        String::new()
    }

    /// The devices, in the order of the specification.
    pub fn devices(&self) -> Vec<DeviceInfo> {
        let _ = &self.devices;
        Vec::new()
    }

    /// One device by its name.
    ///
    /// # Panics
    /// When the lab has no device of this name.
    pub fn device(&self, name: &str) -> DeviceHandle {
        let _ = name;
        DeviceHandle
    }

    /// One device by its name, or nothing.
    pub fn find(&self, name: &str) -> Option<DeviceHandle> {
        let _ = name;
        None
    }

    /// The mail server behind the egress tables.
    pub fn mail(&self) -> &MailServer {
        &self.mail
    }

    /// Writes `inventory.csv`, and beside it the administrators' passwords and the mail account's as files of mode
    /// 0600 below `secrets/`. Answers the inventory's path.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write_workspace(&self, dir: &Path) -> io::Result<PathBuf> {
        Ok(dir.join("inventory.csv"))
    }

    /// Ends everything and waits for it.
    pub async fn shutdown(self) {
        self.mail.shutdown().await;
    }
}

impl DeviceHandle {
    /// What the device really holds and has seen.
    pub fn state(&self) -> DeviceState {
        unreachable!("filled in by the next commit")
    }

    /// A person changes settings at the panel. Values are in the lab's words; what the device would not take is
    /// refused as a whole.
    ///
    /// # Errors
    /// A sentence naming the item whose value the device would not take.
    pub fn panel(&self, changes: &[(Item, &str)]) -> Result<(), String> {
        let _ = changes;
        Ok(())
    }

    /// A person stores the SMTP password at the panel, or removes it.
    pub fn panel_smtp_password(&self, password: Option<&str>) {
        let _ = password;
    }

    /// A person scans a page to an address: a real SMTP session with the settings the device holds.
    pub async fn scan(&self, request: ScanRequest) -> SendOutcome {
        let _ = request;
        unreachable!("filled in by the next commit")
    }

    /// Adds a fault.
    pub fn fault(&self, fault: impl Into<Fault>) {
        let _ = fault.into();
    }

    /// Replaces all faults.
    pub fn faults(&self, faults: Vec<Fault>) {
        let _ = faults;
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {}

    /// Ends every open session.
    pub fn expire_sessions(&self) {}

    /// Somebody at the panel takes or leaves the machine; while it is taken, saves are answered "in use".
    pub fn lock(&self, locked: bool) {
        let _ = locked;
    }

    /// The device restarts: connections are refused for a while, sessions are gone, settings stay.
    pub fn restart(&self, down: Duration) {
        let _ = down;
    }

    /// Back to the state at the start: settings, passwords, sessions, faults, counters and log.
    pub fn reset(&self) {}

    /// The requests so far, in the order of arrival.
    pub fn requests(&self) -> Vec<LoggedRequest> {
        Vec::new()
    }
}
