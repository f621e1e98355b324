//! A device and a site, as an inventory tells them.

use std::collections::BTreeMap;
use std::fmt;

use scanfleet_sdk::transport::{Endpoint, TlsProfile};

use crate::files::SecretRef;

/// Where in the inventory something stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// The sheet of a spreadsheet.
    pub sheet: Option<String>,
    /// Line or row, counted from 1.
    pub line: usize,
    /// Column in characters, counted from 1; absent in spreadsheets and CSV.
    pub column: Option<usize>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.sheet {
            Some(sheet) => write!(f, "sheet `{sheet}`, row {}", self.line),
            None => write!(f, "line {}", self.line),
        }
    }
}

/// One copier, as the inventory tells it, with the defaults of its site and of the file filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Unique name; the address's host where none was written.
    pub name: String,
    /// The address as written.
    pub address: String,
    /// Where it answers.
    pub endpoint: Endpoint,
    /// The maker: `ricoh`, `xerox` or `brother`; absent means find out.
    pub vendor: Option<String>,
    /// Administrator's user name.
    pub admin_user: Option<String>,
    /// Where the administrator's password is kept.
    pub admin_secret: Option<SecretRef>,
    /// The site's name.
    pub site: Option<String>,
    /// Where it stands.
    pub location: Option<String>,
    /// The model the inventory expects.
    pub model: Option<String>,
    /// The serial number the inventory expects.
    pub serial: Option<String>,
    /// The subnet: a prefix such as `10.1.90.0/24`, a name from the inventory, or `unknown` for a host name about
    /// which the inventory says nothing.
    pub subnet: String,
    /// Which TLS it is offered.
    pub tls: TlsProfile,
    /// Tags, and every column that is not one of the known ones. A tag without value has the empty text.
    pub tags: BTreeMap<String, String>,
    /// Where it stands in the file.
    pub place: Place,
}

/// A place of work; its fields are for templates (`site.name`, `site.mx`) and selections.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Site {
    /// Unique name.
    pub name: String,
    /// Every other field as written; `admin_user` and the like were handed to the devices and are not repeated here.
    pub fields: BTreeMap<String, String>,
}
