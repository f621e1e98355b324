//! One entry of an address book.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// A person, a group or a folder in a copier's address book. What a maker's pages do not have stays empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BookEntry {
    /// The machine's own number: it only grows and is never given twice. 0 before the entry is in a book.
    pub id: u64,
    /// The registration or list number that people see, from 1; 0 lets the book choose the lowest free one.
    pub number: u32,
    /// Whether it is a group; otherwise a person or a folder.
    pub group: bool,
    /// The name.
    pub name: String,
    /// What stands on the panel's key.
    pub key_display: String,
    /// How the name is read (phonetic).
    pub reading: String,
    /// The e-mail address; empty where it has none.
    pub email: String,
    /// The fax number; empty where it has none.
    pub fax: String,
    /// The places on the panel's title tabs as the wire has them: 1 is none. 0 where the maker has no titles.
    pub titles: [u8; 3],
    /// Whether it stands among the frequent ones (favourites).
    pub frequent: bool,
    /// The user code; empty where it has none.
    pub user_code: String,
    /// Whether it is also registered as a sender.
    pub sender: bool,
    /// The folder it scans to.
    pub folder: Option<BookFolder>,
    /// The ids of a group's members, in order.
    pub members: Vec<u64>,
    /// The first name, where the maker keeps one.
    pub first_name: String,
    /// The last name, where the maker keeps one.
    pub last_name: String,
    /// The company, where the maker keeps one.
    pub company: String,
    /// When it was last used, in seconds since 1970; 0 is never.
    pub last_used: u64,
    /// Other fields that a full form holds, by their wire names; several values of one name are joined by commas.
    /// They must survive a change of something else.
    pub hidden: BTreeMap<String, String>,
}

/// A folder that an entry scans to.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BookFolder {
    /// The protocol: `smb`, `ftp` or `ncp`, whatever the maker writes for it.
    pub protocol: String,
    /// The server; empty where the path names it.
    pub server: String,
    /// The port; absent where the protocol's own is meant.
    pub port: Option<u16>,
    /// The path.
    pub path: String,
    /// The login name; empty where none is stored.
    pub login: String,
    /// The password. In a device's state, and wherever else the lab shows a book, its SHA-256 in lower-case
    /// hexadecimal stands here instead.
    pub password: Option<String>,
}

impl fmt::Debug for BookFolder {
    /// Leaves the password out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BookFolder")
            .field("protocol", &self.protocol)
            .field("server", &self.server)
            .field("port", &self.port)
            .field("path", &self.path)
            .field("login", &self.login)
            .field("password", &self.password.is_some())
            .finish()
    }
}

impl BookEntry {
    /// A person with an e-mail address, among the frequent ones; the key shows the first 16 characters of the name.
    pub fn person(name: &str, email: &str) -> Self {
        Self {
            name: name.to_owned(),
            key_display: name.chars().take(16).collect(),
            email: email.to_owned(),
            titles: [1, 1, 1],
            frequent: true,
            ..Self::default()
        }
    }

    /// A group of entries that are in the book already.
    pub fn group(name: &str, members: Vec<u64>) -> Self {
        Self { group: true, members, ..Self::person(name, "") }
    }

    /// A shared folder (`\\server\share`) with a login and a password, without an e-mail address.
    pub fn folder(name: &str, path: &str, login: &str, password: &str) -> Self {
        let folder = BookFolder {
            protocol: "smb".to_owned(),
            path: path.to_owned(),
            login: login.to_owned(),
            password: Some(password.to_owned()),
            ..BookFolder::default()
        };
        Self { folder: Some(folder), ..Self::person(name, "") }
    }
}
