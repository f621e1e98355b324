//! One device of a running lab, in the hands of a test or of the demo.

use std::sync::Arc;
use std::time::Duration;

use crate::book::{Book, BookRefusal};
use crate::faults::Fault;
use crate::host::Host;
use crate::lab::{DeviceInfo, Shared, info, state};
use crate::machine::Purpose;
use crate::mail::client::SendOutcome;
use crate::scan::ScanRequest;
use crate::settings::Item;
use crate::state::{DeviceState, LoggedRequest};

/// One device of a running lab.
#[derive(Debug, Clone)]
pub struct DeviceHandle {
    shared: Arc<Shared>,
    host: Arc<Host>,
}

impl DeviceHandle {
    pub(crate) fn new(shared: Arc<Shared>, host: Arc<Host>) -> Self {
        Self { shared, host }
    }

    /// What an inventory knows of the device.
    pub fn info(&self) -> DeviceInfo {
        info(&self.host)
    }

    /// What the device really holds and has seen.
    pub fn state(&self) -> DeviceState {
        state(&self.host)
    }

    /// A person changes settings at the panel. Values are in the lab's words; what the device would not take is
    /// refused as a whole.
    ///
    /// # Errors
    /// A sentence naming the item whose value the device would not take.
    pub fn panel(&self, changes: &[(Item, &str)]) -> Result<(), String> {
        let changes: Vec<(Item, String)> =
            changes.iter().map(|(item, value)| (*item, (*value).to_owned())).collect();
        self.host.device.panel(&changes)
    }

    /// A person stores the SMTP password at the panel, or removes it.
    pub fn panel_smtp_password(&self, password: Option<&str>) {
        self.host.device.panel_password(password.map(str::to_owned));
    }

    /// The address book as it is, folder passwords replaced by their SHA-256.
    pub fn book(&self) -> Book {
        self.host.device.lock().book.without_passwords()
    }

    /// Whether a web session's edit of the address book is open, so that others find the book in use.
    pub fn book_is_open(&self) -> bool {
        self.host.device.book_is_open()
    }

    /// A person at the panel works with the address book: adds, changes, removes entries, or locks it
    /// ([`Book::locked_by`]) for all web pages.
    ///
    /// ```no_run
    /// # use scanfleet_mocks::{BookEntry, DeviceHandle};
    /// # fn example(device: &DeviceHandle) {
    /// device.panel_book(|book| book.add(BookEntry::person("Ann", "ann@example.test"))).unwrap();
    /// # }
    /// ```
    pub fn panel_book<T>(&self, work: impl FnOnce(&mut Book) -> T) -> T {
        work(&mut self.host.device.lock().book)
    }

    /// Whether a folder password is stored with an entry and is this one.
    ///
    /// # Errors
    /// When there is no such entry.
    pub fn folder_password_is(&self, id: u64, password: &str) -> Result<bool, BookRefusal> {
        let device = self.host.device.lock();
        let entry = device.book.entry(id).ok_or(BookRefusal::NoSuchEntry)?;
        Ok(entry.folder.as_ref().is_some_and(|folder| folder.password.as_deref() == Some(password)))
    }

    /// A person scans a page to an address: a real SMTP session with the settings the device holds.
    pub async fn scan(&self, request: ScanRequest) -> SendOutcome {
        self.shared.scan(&self.host, request, Purpose::Scan).await
    }

    /// A person saves the device's settings in a file (Xerox: a clone file with all groups); nothing where the device
    /// offers none.
    pub fn saved_file(&self) -> Option<Vec<u8>> {
        self.host.device.saved_file()
    }

    /// Adds a fault.
    pub fn fault(&self, fault: impl Into<Fault>) {
        self.host.device.add_fault(fault.into());
    }

    /// Replaces all faults.
    pub fn faults(&self, faults: Vec<Fault>) {
        self.host.device.lock().faults.set(faults);
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {
        self.faults(Vec::new());
    }

    /// Ends every open session.
    pub fn expire_sessions(&self) {
        self.host.device.expire();
    }

    /// Somebody at the panel takes or leaves the machine; while it is taken, saves are answered "in use".
    pub fn lock(&self, locked: bool) {
        self.host.device.lock().panel_in_use = locked;
    }

    /// The device restarts: connections are refused for a while, sessions are gone, settings stay.
    pub fn restart(&self, down: Duration) {
        self.host.restart(down);
    }

    /// Back to the state at the start: settings, passwords, sessions, faults, counters and log.
    pub fn reset(&self) {
        self.host.device.reset();
    }

    /// The requests so far, in the order of arrival.
    pub fn requests(&self) -> Vec<LoggedRequest> {
        self.host.device.lock().log.iter().cloned().collect()
    }
}
