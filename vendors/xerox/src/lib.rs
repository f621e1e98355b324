//! Xerox devices with PHP pages (WorkCentre, ColorQube, AltaLink, VersaLink of 2023 and later): recognising, signing in,
//! reading and writing scan-to-email settings.
//!
//! What the pages of this maker have in common is code; words, attributes and signs are data in `families/`. No SMTP page of
//! such a device was ever published: it is found through the site index, and its fields by attribute or label. Other generations are
//! recognised and refused. What is known, how surely, and what is assumed stands in `notes.md`.

mod book;
mod choice;
mod clone;
mod driver;
mod family;
mod fields;
#[cfg(test)]
mod goldens;
mod literals;
mod login;
mod menu;
mod press;
mod problem;
mod recognise;
mod settings;
mod sheet;
mod signs;
mod soap;
mod test_mail;
mod write;

use std::sync::Arc;

use async_trait::async_trait;
use scanfleet_sdk::family::{Families, FamilyError, FamilySource};
use scanfleet_sdk::transport::{FieldRule, ReadRule, Session};
use scanfleet_sdk::{
    Book, BookFile, Credentials, DeviceError, Driver, Recognised, Saved, SavedError, Vendor,
};

/// The adapter for Xerox devices with PHP pages.
#[derive(Debug, Clone)]
pub struct Xerox {
    families: Arc<Families>,
}

impl Default for Xerox {
    fn default() -> Self {
        // The embedded files are tested to load; without them every device is told to be of no known family.
        Self { families: family::embedded().unwrap_or_default() }
    }
}

impl Xerox {
    /// The adapter with users' families beside the embedded ones; a file of an embedded id replaces that family.
    ///
    /// # Errors
    /// A file that cannot be used.
    pub fn with_families(users: &[FamilySource]) -> Result<Self, FamilyError> {
        let mut sources = family::sources();
        sources.extend_from_slice(users);
        Ok(Self { families: Arc::new(Families::resolve(&sources)?) })
    }
}

/// The functions that a post may call as a read: signing in, and the export of the address book. `…/xerox.set` takes posts of
/// every kind, so that the address says nothing: the function does, each of them where several are named. One that sets
/// anything is never let through, whatever stands beside it.
const FUNCTIONS: &[FieldRule] = &[
    FieldRule { name: "_fun_function", required: true, holds: only_reads },
    FieldRule { name: "NextPage", required: false, holds: leads_to_a_page },
];

/// An export that is no `…/xerox.set` names a function or none.
const EXPORTS: &[FieldRule] = &[
    FieldRule { name: "fun_function", required: false, holds: book::harmless_function },
    FieldRule { name: "NextPage", required: false, holds: leads_to_a_page },
];

fn only_reads(function: &str) -> bool {
    let name = function.to_ascii_lowercase();
    let signs_in = name.starts_with("http_")
        && ["authenticate", "login"].iter().any(|w| name.contains(w))
        && !["set", "config", "delete", "reset", "import"].iter().any(|w| name.contains(w))
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    signs_in || book::harmless_function(function)
}

/// Whether the page that is shown afterwards is one that may be read.
fn leads_to_a_page(next: &str) -> bool {
    let next = next.to_ascii_lowercase();
    !["delete", "reboot", "reset", "xerox.set"].iter().any(|w| next.contains(w))
}

/// Pages that are only read, the log-in's post, the export of the address book and the service that tells who the device is.
/// Addresses differ from firmware to firmware, so pages are allowed by GET; whatever alters a device is a POST to
/// `…/xerox.set`, of which only those pass that say by their own fields that they read, and never one that is declared as
/// a write.
const READS: &[ReadRule] = &[
    ReadRule::allow("GET", "/"),
    ReadRule::allow("GET", "*.php"),
    ReadRule::allow("GET", "*.js"),
    ReadRule::allow("GET", "*.csv"),
    ReadRule::allow("GET", "/home/index.html"),
    ReadRule::allow_when("POST", "*/xerox.set", FUNCTIONS),
    ReadRule::allow_when("POST", "*export*.php", EXPORTS),
    ReadRule::allow("POST", soap::PATH),
    ReadRule::deny("GET", "*delete*"),
    ReadRule::deny("GET", "*reboot*"),
    ReadRule::deny("GET", "*reset*"),
    ReadRule::deny("POST", "*delete*"),
    ReadRule::deny("POST", "*import*"),
    ReadRule::deny("POST", "*upload*"),
    ReadRule::deny("POST", "*reset*"),
    ReadRule::deny("POST", "*save*"),
];

#[async_trait]
impl Vendor for Xerox {
    fn name(&self) -> &'static str {
        "xerox"
    }

    fn book_formats(&self) -> &'static [&'static str] {
        book::csv::FORMATS
    }

    fn read_book_file(&self, text: &str) -> Option<BookFile> {
        book::csv::read(text)
    }

    fn write_book_file(&self, format: &str, book: &Book) -> Result<Vec<u8>, String> {
        book::csv::file(format, book)
    }

    fn families(&self) -> &Families {
        &self.families
    }

    fn reads(&self) -> &'static [ReadRule] {
        READS
    }

    async fn recognise(&self, session: &mut Session) -> Result<Option<Recognised>, DeviceError> {
        recognise::recognise(&self.families, session).await
    }

    fn read_saved(&self, bytes: &[u8]) -> Option<Result<Saved, SavedError>> {
        clone::read(bytes, &self.families)
    }

    fn driver(
        &self,
        session: Session,
        recognised: Recognised,
        credentials: Option<Credentials>,
    ) -> Box<dyn Driver> {
        Box::new(driver::XeroxDriver::new(session, recognised, credentials))
    }
}
