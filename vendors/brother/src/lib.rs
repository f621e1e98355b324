//! Brother Web Based Management: recognising, signing in, reading and writing scan-to-email settings and
//! address books.
//!
//! What the pages of this maker have in common is code; words, paths and signs are data in `families/`. Ids of fields
//! and numbers of pages differ from firmware to firmware, so none is built in: the SMTP page is found beside its label in
//! the list of protocols, its fields by their labels. What is known, how surely, and what is assumed stands in `notes.md`.

mod book;
mod book_file;
mod choice;
mod door;
mod driver;
mod facts;
mod family;
#[cfg(test)]
mod goldens;
mod login;
mod logout;
mod pages;
mod problem;
mod recognise;
mod script_door;
mod signs;
mod smtp;
mod test_mail;
mod write;

use std::sync::Arc;

use async_trait::async_trait;
use scanfleet_sdk::family::{Families, FamilyError, FamilySource};
use scanfleet_sdk::transport::{ReadRule, Session};
use scanfleet_sdk::{Book, BookFile, Credentials, DeviceError, Driver, Recognised, Vendor};

/// The adapter for Brother devices with Web Based Management.
#[derive(Debug, Clone)]
pub struct Brother {
    families: Arc<Families>,
}

impl Default for Brother {
    fn default() -> Self {
        // The embedded files are tested to load; without them every device is told to be of no known family.
        Self { families: family::embedded().unwrap_or_default() }
    }
}

impl Brother {
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

/// Pages that are only read, and the posts that open and end a session, which go to the start page. The address of the
/// SMTP page differs from model to model, so pages are allowed by GET; whatever resets, deletes or imports is not.
const READS: &[ReadRule] = &[
    ReadRule::allow("GET", "/etc/mnt_info.csv"),
    ReadRule::allow("GET", "*.html"),
    ReadRule::allow("GET", "/net/*"),
    ReadRule::allow("GET", "/address/*"),
    ReadRule::allow("GET", "/common/js/*.js"),
    ReadRule::allow("POST", "/general/status.html"),
    ReadRule::allow("POST", "/home/status.html"),
    ReadRule::allow("POST", "/auth/login"),
    ReadRule::deny("GET", "/admin/*"),
    ReadRule::deny("GET", "*/default.html"),
    ReadRule::deny("GET", "*reset*"),
    ReadRule::deny("GET", "*delete*"),
    ReadRule::deny("GET", "*import*"),
    ReadRule::deny("GET", "*clean*"),
    ReadRule::deny("GET", "*powerdown*"),
];

#[async_trait]
impl Vendor for Brother {
    fn name(&self) -> &'static str {
        "brother"
    }

    fn book_formats(&self) -> &'static [&'static str] {
        &[book_file::FORMAT]
    }

    fn read_book_file(&self, text: &str) -> Option<BookFile> {
        book_file::read(text)
    }

    fn write_book_file(&self, format: &str, book: &Book) -> Result<Vec<u8>, String> {
        match format {
            book_file::FORMAT => book_file::write(book),
            other => Err(format!("brother has no address-book format `{other}`")),
        }
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

    fn driver(
        &self,
        session: Session,
        recognised: Recognised,
        credentials: Option<Credentials>,
    ) -> Box<dyn Driver> {
        Box::new(driver::BrotherDriver::new(session, recognised, credentials))
    }
}
