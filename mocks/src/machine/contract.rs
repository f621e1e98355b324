//! What the lab may ask of a machine.

use std::ops::DerefMut;
use std::time::Duration;

use super::common::{Answer, Common};
use crate::faults::Fault;
use crate::http::Request;
use crate::mail::client::MailClientSettings;
use crate::settings::{Item, PasswordKind};
use crate::spec::DeviceSpec;

/// Why a machine sends a mail. Some log in as somebody else, or not at all, when nobody stands before them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A person scans a page.
    Scan,
    /// The machine sends by itself: a test mail, a notice.
    Automatic,
}

/// A simulated machine.
pub(crate) trait Machine: Send + Sync {
    /// What it was made from.
    fn spec(&self) -> &DeviceSpec;

    /// The changing part that all machines share. A panic elsewhere does not take the machine down. The guard must be
    /// gone before another method is called.
    fn lock(&self) -> Box<dyn DerefMut<Target = Common> + '_>;

    /// Answers a request.
    fn answer(&self, request: &Request) -> Answer;

    /// Whether a visitor may see a page without logging in, the log-in itself aside.
    fn is_open(&self, path: &str) -> bool;

    /// How many administrators are logged in.
    fn sessions(&self) -> usize;

    /// Whether somebody's edit of the address book is open, so that others find the book in use.
    fn book_is_open(&self) -> bool {
        false
    }

    /// Ends all sessions.
    fn expire(&self);

    /// What a restart takes with it: sessions, and whatever else does not outlive one.
    fn power_cycle(&self);

    /// Back to the start.
    fn reset(&self);

    /// What its web server calls itself.
    fn server(&self) -> &str {
        "Web-Server/3.0"
    }

    /// Where the web server takes one request at a time: how long a body that does not come holds everybody up.
    fn one_at_a_time(&self) -> Option<Duration> {
        None
    }

    /// The file in which a person saves its settings, without a password that could be read; nothing where it offers none.
    fn saved_file(&self) -> Option<Vec<u8>> {
        None
    }

    /// What its mail client works with now; nothing where no server is configured. Host name, serial number, model
    /// and source address are filled in by the caller, and so is a sender that a person chose.
    fn mail_client(&self, purpose: Purpose) -> Option<MailClientSettings>;
}

impl dyn Machine {
    /// Adds a fault.
    pub(crate) fn add_fault(&self, fault: Fault) {
        self.lock().faults.add(fault);
    }

    /// A person changes settings at the panel.
    ///
    /// # Errors
    /// A sentence naming the item that the device does not have, or whose value it would not take.
    pub(crate) fn panel(&self, changes: &[(Item, String)]) -> Result<(), String> {
        let mut inner = self.lock();
        if let Some((item, _)) = changes.iter().find(|(item, _)| !inner.settings.has(*item)) {
            return Err(format!("the panel of this machine has no {item:?}"));
        }
        if let Some((item, value)) = changes.iter().find(|(item, value)| !item.accepts(value)) {
            return Err(format!("the panel does not take {value:?} for {item:?}"));
        }
        for (item, value) in changes {
            inner.settings.set(*item, value.as_str());
        }
        Ok(())
    }

    /// A person stores the SMTP password at the panel, or removes it.
    pub(crate) fn panel_password(&self, password: Option<String>) {
        let mut inner = self.lock();
        match password {
            Some(password) => inner.passwords.insert(PasswordKind::Smtp, password),
            None => inner.passwords.remove(&PasswordKind::Smtp),
        };
    }
}
