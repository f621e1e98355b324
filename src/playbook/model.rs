//! A playbook in memory.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use scanfleet_sdk::Security;

use super::template::Template;
use crate::files::{SecretRef, SourceFile};
use crate::inventory::Selection;

/// What somebody wants of a fleet.
#[derive(Debug, Clone)]
pub struct Playbook {
    /// Its name; the file's name without suffix where none was written.
    pub name: String,
    /// Values by name, exactly as written (`0123`, `+49…` and `no` stay text). They are literal: no templates.
    pub vars: BTreeMap<String, String>,
    /// The plays, run in order; at least one.
    pub plays: Vec<Play>,
    /// The file it came from.
    pub file: PathBuf,
    /// SHA-256 of the file's bytes, lower-case hexadecimal.
    pub sha256: String,
    /// What is legal and yet looks odd, as full sentences.
    pub notes: Vec<String>,
    pub(super) source: SourceFile,
}

impl Playbook {
    /// Every secret that the playbook names, each once, in order of reference.
    pub fn secrets(&self) -> Vec<&SecretRef> {
        let mut all: Vec<_> = self
            .plays
            .iter()
            .filter_map(|play| play.smtp.as_ref())
            .filter_map(|smtp| match &smtp.auth {
                Some(AuthTemplate::Password { secret, .. }) => secret.as_ref(),
                _ => None,
            })
            .collect();
        all.sort();
        all.dedup();
        all
    }

    /// The directory that relative paths in the playbook start from.
    pub fn dir(&self) -> &Path {
        self.file.parent().unwrap_or(Path::new(""))
    }
}

/// One step of a playbook: the same wish for a selection of devices.
#[derive(Debug, Clone)]
pub struct Play {
    /// Its name; `play 1` and so on where none was written.
    pub name: String,
    /// The devices meant; absent means all.
    pub target: Option<Selection>,
    /// The scan-to-email settings; absent means leave them.
    pub smtp: Option<SmtpTemplate>,
    /// The list that has to be in the address books; absent means leave them.
    pub address_book: Option<super::BookTemplate>,
}

impl Play {
    /// The devices meant; `None` means all.
    pub fn target(&self) -> Option<&Selection> {
        self.target.as_ref()
    }
}

/// Scan-to-email settings whose values may be templates; whatever is absent stays as it is on the device.
#[derive(Debug, Clone)]
pub struct SmtpTemplate {
    /// Host name or address of the mail server.
    pub server: Option<Template>,
    /// TCP port.
    pub port: Option<Template>,
    /// How the connection is secured.
    pub security: Option<Security>,
    /// The address mail leaves under.
    pub sender: Option<Template>,
    /// How the device signs in.
    pub auth: Option<AuthTemplate>,
}

/// How a device signs in, before templates are filled in.
#[derive(Debug, Clone)]
pub enum AuthTemplate {
    /// It does not.
    None,
    /// With user name and password.
    Password {
        /// The user name; absent means leave it.
        user: Option<Template>,
        /// Where the password is kept; absent means keep the one the device holds.
        secret: Option<SecretRef>,
    },
}

/// What a play wants of one device's scan-to-email settings; whatever is absent stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WantedSmtp {
    /// Host name or address of the mail server.
    pub server: Option<String>,
    /// TCP port.
    pub port: Option<u16>,
    /// How the connection is secured.
    pub security: Option<Security>,
    /// The address mail leaves under.
    pub sender: Option<String>,
    /// The sign-in.
    pub auth: Option<WantedAuth>,
}

/// How a device is to sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WantedAuth {
    /// Not at all.
    None,
    /// With user name and password.
    Password {
        /// The user name; absent means leave it.
        user: Option<String>,
        /// Where the password is kept; absent means keep the one the device holds.
        secret: Option<SecretRef>,
    },
}
