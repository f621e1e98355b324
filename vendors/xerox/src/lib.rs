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
use scanfleet_sdk::transport::{ReadRule, Session};
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

/// Pages that are only read, the log-in's post and the service that tells who the device is. Addresses of the SMTP page
/// differ from firmware to firmware, so pages are allowed by GET; whatever alters a device is a POST to `…/xerox.set`, of which
/// only the log-in's address is allowed, and never for a request that is declared as a write.
const READS: &[ReadRule] = &[
    ReadRule::allow("GET", "/"),
    ReadRule::allow("GET", "*.php"),
    ReadRule::allow("GET", "*.js"),
    ReadRule::allow("GET", "/home/index.html"),
    ReadRule::allow("POST", "/userpost/xerox.set"),
    ReadRule::allow("POST", soap::PATH),
    ReadRule::deny("GET", "*delete*"),
    ReadRule::deny("GET", "*reboot*"),
    ReadRule::deny("GET", "*reset*"),
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
