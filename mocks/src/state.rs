//! The true state of a device, as the control endpoint tells it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::book::Book;
use crate::settings::{PasswordKind, Settings};

/// What a device really holds and has seen, whatever its pages say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceState {
    /// The name in the inventory.
    pub name: String,
    /// The base URL, such as `https://127.20.1.11:40123`.
    pub address: String,
    /// The profile's name.
    pub profile: String,
    /// The model name.
    pub model: String,
    /// The serial number.
    pub serial: String,
    /// The name of the subnet.
    pub subnet: String,
    /// The e-mail settings.
    pub settings: Settings,
    /// The SHA-256 (lower-case hexadecimal) of each stored password, never a password.
    pub passwords: BTreeMap<PasswordKind, String>,
    /// The address book; where an entry has a folder password, its SHA-256 stands there.
    pub book: Book,
    /// How many administrator sessions are open.
    pub sessions: usize,
    /// Whether somebody at the panel holds the machine, so that saves are answered "in use".
    pub locked: bool,
    /// Requests by kind of page; `total` counts all, `waited` those that came while another was under way at a web
    /// server that takes one at a time.
    pub requests: BTreeMap<String, u64>,
    /// How many saves changed or confirmed the stored settings.
    pub writes: u64,
    /// How many requests changed or confirmed entries of the address book.
    pub book_writes: u64,
    /// Wrong passwords since the last right one.
    pub failed_logins: u32,
    /// Passwords that came in a field meant to be empty: a client that does not do what the page's script does.
    pub clear_passwords: u64,
}

impl DeviceState {
    /// Whether an SMTP password is stored.
    pub fn smtp_password_set(&self) -> bool {
        self.passwords.contains_key(&PasswordKind::Smtp)
    }
}

/// One request in a device's log. Values are not kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoggedRequest {
    /// Its place in the order of arrival, from 1.
    pub number: u64,
    /// The method.
    pub method: String,
    /// The path without its query.
    pub path: String,
    /// The kind of page, as the counters name it.
    pub kind: String,
    /// The status of the answer; 0 where none was sent.
    pub status: u16,
}
