//! What every maker's adapter offers: recognising its own devices, and a live administrator session.

use std::any::Any;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use url::Url;

use crate::family::Families;
use crate::page::Page;
use crate::transport::Session;
use crate::{
    Book, BookEntry, Category, Change, DeviceError, EntryChange, FamilyUsed, Identity, Observed, Secret,
    Section, Security, SmtpSettings, Support,
};

/// The administrator's name and password for one device.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The log-in name; absent where the maker knows none or the family's usual name is meant.
    pub user: Option<String>,
    /// The password; may be the empty text.
    pub password: Secret,
    /// What the journal knows of this very password on this very device.
    pub history: LoginHistory,
}

/// What the journal knows of a password on a device, to tell "wrong" from "locked" where the device does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LoginHistory {
    /// Never tried, or not since it changed.
    #[default]
    Unknown,
    /// The device has accepted this same password before.
    AcceptedBefore,
}

/// What happened to the answer of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReplyState {
    /// The device answered, and no failure sign was in the answer. Only a read-back proves anything.
    Answered,
    /// The answer never came; the engine must read back before it says anything.
    Lost,
}

/// What a driver can say of a change it has posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// How many requests that can alter the device were sent.
    pub posts: u32,
    /// What happened to the answer of the last of them.
    pub reply: ReplyState,
}

/// What a device can hold in its scan-to-email settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmtpCapabilities {
    /// Whether the device keeps the signing-in address apart from the sender.
    pub separate_auth_sender: bool,
    /// Longest password in characters, where known.
    pub password_limit: Option<usize>,
    /// Longest value of a field in characters, by the field's name in JSON (`server`, `auth.user`, …), where known.
    pub limits: Vec<(&'static str, usize)>,
    /// The page, as it was read last, shows a mask such as `***` for a stored password and gets it back with every save.
    /// Whether the device then keeps the password or stores the mask is not known: the engine sends the password along
    /// where it knows it, and says so where it does not.
    pub password_masked: bool,
    /// The account's name can be written only while the device signs in with a password; else the page locks it, and
    /// what stands there is not in force.
    pub user_locked_without_auth: bool,
}

/// What a device offers; each point is explicit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capabilities {
    /// Scan-to-email settings.
    pub smtp: Support<SmtpCapabilities>,
    /// A test mail sent by the device itself.
    pub test_mail: Support<()>,
    /// A log that tells whether a scan was sent.
    pub log: Support<()>,
}

/// How a device takes changes of its address book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BookWrite {
    /// One entry at a time; a change of one touches no other.
    Entries,
    /// Additions are imported as a file; for a change or a removal the whole book is replaced by its edited export.
    Import {
        /// Whether the export leaves stored folder passwords out, so that a replacement loses them.
        loses_passwords: bool,
    },
}

/// What a device can hold in its address book, and how it takes changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookCapabilities {
    /// How changes are taken; `No` where the book can only be read, with the reason.
    pub write: Support<BookWrite>,
    /// Most users, where the page or the family tells.
    pub users: Option<usize>,
    /// Most groups, where told.
    pub groups: Option<usize>,
    /// Longest name in characters, where known.
    pub name_limit: Option<usize>,
    /// Longest key display, where known.
    pub key_limit: Option<usize>,
    /// Longest e-mail address, where known.
    pub email_limit: Option<usize>,
    /// Whether an entry has a key display.
    pub has_key: bool,
    /// Whether an entry can be a favourite.
    pub has_favourite: bool,
    /// Whether a new entry can be given a number.
    pub has_number: bool,
    /// Whether groups can be made and altered; the reason where they cannot.
    pub edits_groups: Support<()>,
    /// The encoding its texts must fit into, as a WHATWG label (`iso-8859-1`); absent means any.
    pub encoding: Option<&'static str>,
}

/// What came of one change of an entry, before anything is read back.
#[derive(Debug, Clone)]
pub enum EntryReceipt {
    /// The device answered, and no failure sign was in the answer.
    Answered,
    /// The answer never came; only reading the book again tells.
    Lost,
    /// The device refused it, or a step before it failed; says why. Nothing was stored as far as the device says.
    Refused(DeviceError),
    /// It was not tried, because one before it failed in a way that stops all.
    NotTried,
}

/// What came of a batch of changes.
#[derive(Debug, Clone)]
pub struct BookReceipt {
    /// How many requests that can alter the device were sent.
    pub posts: u32,
    /// One for each change, in their order.
    pub entries: Vec<EntryReceipt>,
}

/// An address book in a maker's own file format.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BookFile {
    /// The format's name, such as `xerox-26`.
    pub format: &'static str,
    /// What the file holds; the handles are the file's own.
    pub book: Book,
    /// Rows that could not be read or are doubtful: the line (from 1) and a full sentence. No row is dropped silently.
    pub doubts: Vec<(u64, String)>,
}

/// What a family file has to say so that a driver finds a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Signpost {
    /// Facts by name, such as the last segment of the page's address.
    pub facts: Vec<(String, String)>,
    /// Words by group, such as the menu entry's text.
    pub words: Vec<(String, String)>,
}

/// A live administrator session with one device.
///
/// One request is in flight at a time. `close` must be called on every path; it logs out, because an abandoned
/// session locks people out of the copier.
#[async_trait]
pub trait Driver: Send {
    /// The family the driver works by.
    fn family(&self) -> &FamilyUsed;

    /// What this device offers.
    fn capabilities(&self) -> Capabilities;

    /// Whether an administrator's password is needed, as far as the device showed while it was recognised. A device on
    /// which nobody ever set one is open to everybody.
    fn needs_password(&self) -> bool {
        true
    }

    /// Whether the device can express a combination of security and port, before anything is written.
    ///
    /// # Errors
    /// The text says what the device offers instead.
    fn can_hold(&self, security: Security, port: u16) -> Result<(), String>;

    /// Says whether the device can hold a change: fills the page that was read last in memory, as [`Driver::apply`] would,
    /// and sends nothing. A plan asks this, so that what cannot be held is told before anything is written; `apply` refuses
    /// it all the same. Where nothing was read yet, nothing is known, and all is well.
    ///
    /// # Errors
    /// `unsupported` for a value or a choice that the page cannot hold, `page-changed` where it cannot be filled.
    fn check(&self, _change: &Change) -> Result<(), DeviceError> {
        Ok(())
    }

    /// Who the device says it is; needs no log-in where the family offers that.
    async fn identity(&mut self) -> Result<Identity, DeviceError>;

    /// Logs in. A refused log-in is never repeated.
    ///
    /// # Errors
    /// `auth-refused`, `locked-out`, `busy` (too many sessions), or a transport failure.
    async fn login(&mut self) -> Result<(), DeviceError>;

    /// Reads a section afresh from the device; logs in first where that is needed and has not happened.
    async fn read(&mut self, section: Section) -> Result<Observed, DeviceError>;

    /// Posts one change. The caller reads back afterwards; nothing here claims success.
    async fn apply(&mut self, change: &Change) -> Result<Receipt, DeviceError>;

    /// What the device's address book can hold and how it takes changes; after a reading it says what the pages told.
    fn book(&self) -> Support<BookCapabilities> {
        Support::Unknown
    }

    /// Reads the whole address book afresh; logs in first where that is needed. Sends reads only, as few as the dialect
    /// allows.
    ///
    /// # Errors
    /// `unsupported` where the driver reads no address books (the default), else as any read.
    async fn read_book(&mut self) -> Result<Book, DeviceError> {
        Err(DeviceError::new(
            Category::Unsupported,
            "read the address book",
            "address books of this family cannot be read",
        ))
    }

    /// Reads everything about one entry of the last reading. May open the entry for editing, so that only a session that may
    /// write can use it; gives the entry as it is where [`Driver::read_book`] tells everything (the default).
    ///
    /// # Errors
    /// `busy` while somebody else edits the book, `interrupted` where the entry is no longer there, else as any read.
    async fn read_entry(&mut self, entry: &BookEntry) -> Result<BookEntry, DeviceError> {
        Ok(entry.clone())
    }

    /// Carries out changes of single entries, in their order, in as few requests as the dialect allows. `book` is the last
    /// reading. Stops after a change whose answer was lost and after failures that concern the whole book (locked, session
    /// gone), and before the next change once [`Session::stopping`](crate::transport::Session::stopping) says so; goes on
    /// after one that concerns a single entry. Leaves no half-open edit behind, whatever happens. The
    /// caller reads the book again; nothing here claims success. `done` hears how many changes are behind.
    async fn change_book(
        &mut self,
        _book: &Book,
        changes: &[EntryChange],
        _done: &(dyn Fn(usize) + Send + Sync),
    ) -> BookReceipt {
        let refused = DeviceError::new(
            Category::Unsupported,
            "change the address book",
            "address books of this family cannot be written",
        );
        BookReceipt {
            posts: 0,
            entries: changes.iter().map(|_| EntryReceipt::Refused(refused.clone())).collect(),
        }
    }

    /// Asks the device to send a test mail.
    async fn send_test_mail(&mut self, to: &str) -> Result<Support<String>, DeviceError>;

    /// Fetches the device's log.
    async fn fetch_log(&mut self) -> Result<Support<String>, DeviceError>;

    /// Paths of the pages from which all others can be reached once a session is open; for [`crate::survey`].
    fn start_pages(&self) -> Vec<String> {
        vec!["/".to_owned()]
    }

    /// Reads one page of the signed-in session by GET, whatever it is about; for [`crate::survey`]. A session that the
    /// device ended is opened anew where the maker's pages allow that.
    ///
    /// # Errors
    /// `unsupported` where the driver has no such way (the default), else as any read.
    async fn open_page(&mut self, _url: &str, tried: &str) -> Result<Page, DeviceError> {
        Err(DeviceError::new(Category::Unsupported, tried, "this maker's pages cannot be surveyed yet"))
    }

    /// What a family file has to say so that this driver finds a page again that a survey has found for a section.
    /// `link` is the text of the menu entry that led there.
    fn signpost(&self, _section: Section, _page: &Url, _link: &str) -> Signpost {
        Signpost::default()
    }

    /// Logs out (where a session was opened) and ends the connection.
    async fn close(&mut self) -> Result<(), DeviceError>;

    /// The connection underneath, for facts that the result names (plain http, certificate, requests).
    fn session(&self) -> &Session;
}

/// A device that a maker's adapter has recognised.
#[derive(Debug)]
pub struct Recognised {
    /// Who it says it is. The model is empty where only a signed-in session is told; [`Driver::identity`] fills it then.
    pub identity: Identity,
    /// Whatever else the adapter learnt on the way, for its own driver.
    pub memory: Box<dyn Any + Send + Sync>,
}

/// What a file holds that a person saved from a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Saved {
    /// What kind of file it is, for people ("Xerox clone file").
    pub kind: String,
    /// The device it was saved from, as far as the file tells; what it does not tell is empty or absent.
    pub identity: Identity,
    /// The scan-to-email settings. A stored password is told as set or unset and never kept.
    pub smtp: SmtpSettings,
    /// What else is worth knowing, in full sentences.
    pub notes: Vec<String>,
}

/// Why a saved file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{got}")]
pub struct SavedError {
    /// What is wrong with it, as a fragment.
    pub got: String,
    /// What to do next.
    pub next: String,
}

/// One maker's adapter.
#[async_trait]
pub trait Vendor: Send + Sync {
    /// The maker in the word of the inventory: `ricoh`, `xerox`, `brother`.
    fn name(&self) -> &'static str;

    /// The families of web UI that the adapter knows.
    fn families(&self) -> &Families;

    /// The requests that only read, for the transport's gate.
    fn reads(&self) -> &'static [crate::transport::ReadRule];

    /// Looks at the device (no log-in) and says whether it is one of this maker's, leaving the session usable.
    ///
    /// # Errors
    /// Transport failures, and `unknown-model` for a device of this maker that no family knows.
    async fn recognise(&self, session: &mut Session) -> Result<Option<Recognised>, DeviceError>;

    /// The maker's own address-book file formats, by name.
    fn book_formats(&self) -> &'static [&'static str] {
        &[]
    }

    /// Reads an address-book file of the maker's own (decoded text, without byte order mark); `None` where it is none.
    fn read_book_file(&self, _text: &str) -> Option<BookFile> {
        None
    }

    /// Writes an address book in one of the maker's formats, as the bytes of a file.
    ///
    /// # Errors
    /// A sentence: the format is none of the maker's, or cannot hold something of the book.
    fn write_book_file(&self, format: &str, _book: &Book) -> Result<Vec<u8>, String> {
        Err(format!("{} has no address-book format `{format}`", self.name()))
    }

    /// Reads settings from a file that a person saved from a device of this maker, such as a clone or a backup; `None`
    /// where the bytes are no such file. Hostile files are safe: nothing is unpacked to disk, and sizes are limited.
    fn read_saved(&self, _bytes: &[u8]) -> Option<Result<Saved, SavedError>> {
        None
    }

    /// Takes over a session with a recognised device. Sends nothing.
    fn driver(
        &self,
        session: Session,
        recognised: Recognised,
        credentials: Option<Credentials>,
    ) -> Box<dyn Driver>;
}
