//! What the suite asks of whoever runs it: simulated devices, in words that belong to no maker.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;

use super::book::{BookOffers, BookTruth, PanelEdit};
use crate::transport::{Endpoint, TlsProfile};
use crate::{AuthMethod, BookEntry, Identity, Security, SmtpSettings, SmtpWanted, Support, Vendor};

/// The administrator's password of every simulated device that has one, planted to be found where it must not be.
pub const ADMIN_PASSWORD: &str = "planted-adm1n&=<+7";

/// The SMTP password that the suite stores, planted likewise; 18 characters, each of them in ASCII.
pub const SMTP_PASSWORD: &str = "planted-%sm+p;\"&=7";

/// The simulated devices of all makers.
#[async_trait]
pub trait Bench: Send + Sync + 'static {
    /// Every adapter of the program.
    fn adapters(&self) -> Vec<Arc<dyn Vendor>>;

    /// Every profile, in the order of the table.
    fn profiles(&self) -> Vec<Profile>;

    /// Starts a fresh device of a profile.
    ///
    /// # Errors
    /// Why the profile cannot be set up so; the cases that need it are then shown as not applicable with this reason.
    async fn start(&self, profile: &str, setup: &Setup) -> Result<Box<dyn Simulated>, String>;
}

/// A profile, and what a device of it can hold.
#[derive(Debug, Clone)]
pub struct Profile {
    /// The name.
    pub name: String,
    /// The word of its maker's adapter.
    pub maker: String,
    /// Whether it is driven, or only told apart.
    pub standing: Standing,
    /// What its page offers.
    pub offers: Offers,
}

/// Whether a profile is driven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Settings are read and written.
    Driven,
    /// It is recognised and refused.
    Refused {
        /// Words of which the refusal must name one.
        names: Vec<String>,
    },
}

/// What the page of a profile offers, whatever a driver says of it.
#[derive(Debug, Clone)]
pub struct Offers {
    /// The combinations of security and usual port that it can hold; `(Starttls, 587)` and one more are among them.
    pub security: Vec<(Security, u16)>,
    /// The sign-in methods; `None` and `Password` are among them.
    pub methods: Vec<AuthMethod>,
    /// Whether it keeps the signing-in address apart from the sender.
    pub auth_sender: bool,
    /// Whether it sends a test mail; the text of a `No` is for people who read the bench.
    pub test_mail: Support<()>,
    /// Why a password that is not given again may be lost by a save, where no page tells and no driver can help it.
    pub loses_password: Option<String>,
    /// Its address book; the reason where it has none that could be written.
    pub book: Result<BookOffers, String>,
}

/// How a device is to be when a case begins.
#[derive(Debug, Clone, Default)]
pub struct Setup {
    /// The scan-to-email settings it holds.
    pub smtp: SmtpSettings,
    /// The SMTP password it holds.
    pub smtp_password: Option<String>,
    /// The address book; handles are not looked at, members of a group are places in this list, and each folder has
    /// [`super::FOLDER_PASSWORD`] where its user is given.
    pub book: Vec<BookEntry>,
    /// How many users the address book takes, where it is not the profile's own number.
    pub book_users: Option<usize>,
    /// Whether its administrator has no password.
    pub open_door: bool,
    /// Whether every name, id and address that firmware may change is another one than the profile's own.
    pub renamed: bool,
}

/// One simulated device.
#[async_trait]
pub trait Simulated: Send + Sync {
    /// Where it answers.
    fn endpoint(&self) -> Endpoint;

    /// Which TLS it must be offered.
    fn tls(&self) -> TlsProfile;

    /// The administrator's log-in name.
    fn admin_user(&self) -> Option<String>;

    /// What it really is, holds and has seen.
    fn truth(&self) -> Truth;

    /// Something goes wrong from now on.
    ///
    /// # Errors
    /// Why this cannot happen to such a device; the case is then shown as not applicable with this reason.
    fn trouble(&self, trouble: &Trouble) -> Result<(), String>;

    /// A person at the panel enters these settings.
    ///
    /// # Errors
    /// Why the panel does not take them.
    fn panel(&self, smtp: &SmtpSettings) -> Result<(), String>;

    /// The address book as it really is.
    fn book(&self) -> BookTruth;

    /// A person at the panel works with the address book.
    ///
    /// # Errors
    /// Why the panel does not take it.
    fn panel_book(&self, edit: &PanelEdit) -> Result<(), String>;

    /// What went wrong is mended.
    fn mend(&self);

    /// Every open session ends.
    fn expire(&self);

    /// Settings with which its test mail arrives, and the recipient's address.
    fn mail_that_works(&self) -> (SmtpWanted, String);

    /// How many mails have arrived for an address.
    async fn delivered(&self, to: &str) -> usize;
}

/// What a device really is, holds and has seen.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Truth {
    /// What it is.
    pub identity: Identity,
    /// The scan-to-email settings; the password is `Set` or `Unset`.
    pub smtp: SmtpSettings,
    /// Everything else that stands on the same page.
    pub others: BTreeMap<String, String>,
    /// SHA-256 of the stored SMTP password, lower-case hexadecimal.
    pub password_sha256: Option<String>,
    /// SHA-256 of each other stored password, by the simulator's word for it.
    pub other_passwords: BTreeMap<String, String>,
    /// Open administrator sessions.
    pub sessions: usize,
    /// Saves that changed or confirmed the settings.
    pub writes: u64,
    /// The requests so far.
    pub log: Vec<Seen>,
}

/// A request as the device saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The method.
    pub method: String,
    /// The path.
    pub path: String,
    /// The simulator's word for the page; `login` is the request that carries the administrator's password and `save`
    /// the one that stores the settings; `book_save` is the one that stores a change of the address book.
    pub kind: String,
    /// Whether it can alter the device, log-in and log-out aside.
    pub alters: bool,
}

impl Truth {
    /// How many requests of a kind came.
    pub fn seen(&self, kind: &str) -> usize {
        self.log.iter().filter(|seen| seen.kind == kind).count()
    }

    /// How many log-ins came: requests that carried a password.
    pub fn logins(&self) -> usize {
        self.log.iter().filter(|seen| seen.kind == "login" && seen.method == "POST").count()
    }

    /// How many saves came.
    pub fn saves(&self) -> usize {
        self.seen("save")
    }
}

/// A field of the scan-to-email settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// Host name or address of the mail server.
    Server,
    /// Its port, where it is a field of its own.
    Port,
    /// How the connection is secured.
    Security,
    /// The address mail leaves under.
    Sender,
    /// Whether and how the device signs in.
    Method,
    /// The user name.
    User,
}

/// How often something goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Times {
    /// Once.
    Once,
    /// Each time, until it is mended.
    Always,
}

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// The log-in is refused although the password is right.
    LoginRefused,
    /// The account is locked; the answer is that of a wrong password where the device makes no difference.
    LockedOut,
    /// As many people are signed in as the device lets in.
    TooManySessions,
    /// The session has ended before the page with the settings is asked for.
    ExpiredAtRead(Times),
    /// The session has ended before the save is looked at.
    ExpiredAtSave(Times),
    /// The page's token is no longer good when the save comes.
    StaleToken(Times),
    /// The save is answered "in use".
    Busy,
    /// Somebody at the panel holds the device.
    PanelInUse,
    /// The save is carried out, and its answer is lost.
    LostReply,
    /// The connection breaks before the save is carried out.
    LostBefore,
    /// The save is answered as if it had worked, and nothing is stored.
    DroppedWrite,
    /// The save is answered `500`, and nothing is stored.
    ServerErrorAtSave,
    /// The page lacks a field.
    FieldMissing(Field),
    /// The page has a field twice.
    FieldDoubled(Field),
    /// The page does not offer a choice of the security.
    SecurityMissing(Security),
    /// Neither the label nor the name of a field is one that any family knows.
    UnknownField(Field),
    /// Nothing leads to the page with the settings.
    NoMenuEntry,
    /// The page can be looked at and not saved.
    LookOnly,
    /// A save stores everything but the server.
    IgnoresServer,
    /// Somebody at the panel works with the address book.
    BookLocked,
    /// A change of the address book is carried out, and its answer is lost.
    BookLostReply,
    /// The connection breaks before a change of the address book is carried out.
    BookLostBefore,
    /// A change of the address book is answered as if it had worked, and nothing is stored.
    BookDropped,
    /// The session has ended before the change of the address book is looked at.
    BookExpired,
}
