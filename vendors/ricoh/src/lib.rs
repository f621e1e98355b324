//! Ricoh Web Image Monitor: recognising, signing in, reading and writing scan-to-email settings and address books.
//!
//! What the pages of this maker have in common is code; words, names and signs are data in `families/`. Nothing a page
//! can tell is built in: the E-mail page is found through the configuration list, its target in its own scripts.
//! What is known, how surely, and what is assumed stands in `notes.md`.

mod book;
mod choice;
mod driver;
mod email;
mod family;
#[cfg(test)]
mod goldens;
mod login;
mod menu;
mod password;
mod press;
mod problem;
mod recognise;
mod signs;
mod write;

use std::sync::Arc;

use async_trait::async_trait;
use scanfleet_sdk::family::{Families, FamilyError, FamilySource};
use scanfleet_sdk::transport::{ReadRule, Session};
use scanfleet_sdk::{Book, BookFile, Credentials, DeviceError, Driver, Recognised, Vendor};

/// The adapter for Ricoh copiers with Web Image Monitor.
#[derive(Debug, Clone)]
pub struct Ricoh {
    families: Arc<Families>,
}

impl Default for Ricoh {
    fn default() -> Self {
        // The embedded files are tested to load; without them every device is told to be of no known family.
        Self { families: family::embedded().unwrap_or_default() }
    }
}

impl Ricoh {
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

/// Pages that are only read, and the two requests that open and end a session. Addresses of the E-mail page differ from
/// firmware to firmware, so pages of a signed-in session are allowed by GET, and whatever is named like a write is not.
const READS: &[ReadRule] = &[
    ReadRule::allow("GET", "/"),
    ReadRule::allow("GET", "/web/guest/*.cgi"),
    ReadRule::allow("GET", "/web/entry/*.cgi"),
    ReadRule::allow("GET", "*.js"),
    ReadRule::allow("GET", "*.xjs"),
    ReadRule::allow("POST", "/web/guest/*/websys/webArch/login.cgi"),
    ReadRule::deny("GET", "*Set.cgi"),
    ReadRule::deny("GET", "*SetFunc.cgi"),
    // Forms of the address book take its lock, whichever way they are asked for.
    ReadRule::deny("GET", "*/adrsGet*"),
    ReadRule::deny("GET", "*/adrsSet*"),
    ReadRule::deny("GET", "*/adrsEdit*"),
    ReadRule::deny("GET", "*/adrsMainte*"),
    ReadRule::deny("GET", "*/adrsCentra*"),
    ReadRule::deny("GET", "*delete*"),
    ReadRule::deny("GET", "*reboot*"),
];

#[async_trait]
impl Vendor for Ricoh {
    fn name(&self) -> &'static str {
        "ricoh"
    }

    fn book_formats(&self) -> &'static [&'static str] {
        &[book::file::FORMAT]
    }

    fn read_book_file(&self, text: &str) -> Option<BookFile> {
        book::file::read(text)
    }

    fn write_book_file(&self, format: &str, book: &Book) -> Result<Vec<u8>, String> {
        match format {
            book::file::FORMAT => book::file::write(book),
            other => Err(format!("ricoh has no address-book format `{other}`")),
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
        Box::new(driver::RicohDriver::new(session, recognised, credentials))
    }
}
