//! A live administrator session with one Web Image Monitor.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use scanfleet_sdk::page::Page;
use scanfleet_sdk::transport::{Effect, Request, Session};
use scanfleet_sdk::{
    Book, BookCapabilities, BookEntry, BookReceipt, Capabilities, Category, Change, Credentials, DeviceError,
    Driver, EntryChange, FamilyUsed, Identity, Observed, Receipt, Recognised, Section, Security, Signpost,
    SmtpCapabilities, Support,
};
use url::Url;

use crate::book::BookState;
use crate::family::Family;
use crate::menu::Menu;
use crate::problem;
use crate::recognise::{self, Seen, configuration, is_session};
use crate::signs::{Sign, classify};

/// The driver.
pub(crate) struct RicohDriver {
    pub(crate) session: Session,
    pub(crate) credentials: Option<Credentials>,
    pub(crate) family: Arc<Family>,
    /// The language segment of the addresses.
    pub(crate) lang: String,
    pub(crate) menu: Option<Menu>,
    /// External scripts, fetched once.
    pub(crate) scripts: HashMap<Url, String>,
    identity: Identity,
    used: FamilyUsed,
    guest_denied: bool,
    /// A session number was given.
    pub(crate) logged_in: bool,
    /// The log-in was refused, with these words; it is not tried again.
    pub(crate) refused: Option<DeviceError>,
    /// A page of the signed-in session was really shown.
    proven: bool,
    /// Something was posted in this session and not seen to be saved: its pages may show what is only staged.
    pub(crate) unsettled: bool,
    /// The session was renewed once; never twice.
    pub(crate) renewed: bool,
    /// Whether the E-mail page has an address for signing in, once it was read.
    pub(crate) auth_sender: Option<bool>,
    /// The E-mail page as it was read last.
    pub(crate) seen: Option<Page>,
    /// What the session knows of the address book.
    pub(crate) book: BookState,
}

/// Why a page of the session could not be had.
pub(crate) enum Missed {
    /// The session is gone, or the page's context is: nothing was taken.
    Session(Box<Page>),
    /// Anything else.
    Error(Box<DeviceError>),
}

impl From<DeviceError> for Missed {
    fn from(error: DeviceError) -> Self {
        Self::Error(Box::new(error))
    }
}

impl RicohDriver {
    pub(crate) fn new(
        mut session: Session,
        recognised: Recognised,
        credentials: Option<Credentials>,
    ) -> Self {
        let Recognised { identity, memory } = recognised;
        recognise::prepare(&mut session);
        if let Some(credentials) = &credentials {
            session.hide(&credentials.password);
        }
        let (lang, family, guest_denied) = match memory.downcast::<Seen>().map(|seen| *seen) {
            Ok(seen) => (seen.lang, seen.family, seen.guest_denied),
            // Driven without having been recognised here: English is installed everywhere.
            Err(_) => ("en".to_owned(), fallback_family(), false),
        };
        let used = family.used();
        Self {
            session,
            credentials,
            family,
            lang,
            menu: None,
            scripts: HashMap::new(),
            identity,
            used,
            guest_denied,
            logged_in: false,
            refused: None,
            proven: false,
            unsettled: false,
            renewed: false,
            auth_sender: None,
            seen: None,
            book: BookState::default(),
        }
    }

    /// An address of the signed-in session.
    pub(crate) fn entry(&self, path: &str) -> String {
        format!("/web/entry/{}/{path}", self.lang)
    }

    /// Judges a page of the session.
    pub(crate) fn judge(&self, page: &Page, tried: &str) -> Result<(), Missed> {
        Err(match classify(page, &self.family) {
            Sign::Ordinary => return Ok(()),
            // After a renewal it is no longer the password that is in doubt.
            Sign::SessionGone if !self.proven && !self.renewed => self.not_honoured(page, tried).into(),
            Sign::SessionGone | Sign::TimedOut | Sign::BadFlow => {
                return Err(Missed::Session(Box::new(page.clone())));
            }
            Sign::Busy(text) => problem::busy(page, tried, &text).into(),
            Sign::TooManySessions(text) => problem::too_many_sessions(page, tried, &text).into(),
            Sign::Cookie => problem::cookies(page, tried).into(),
            Sign::Data => problem::page_changed(&self.session, page, tried, "data instead of a page").into(),
            Sign::Status(status) => problem::status(&self.session, page, tried, status).into(),
            Sign::Failure(text) => {
                problem::page_changed(&self.session, page, tried, format!("the device says: {text}")).into()
            }
        })
    }

    fn not_honoured(&self, page: &Page, tried: &str) -> DeviceError {
        DeviceError::new(
            Category::AuthRefused,
            tried,
            "the device gave a session number and then asked for the log-in again: the password is wrong, or the account is \
             locked or no administrator",
        )
        .on_page(problem::place(page))
        .hint("sign in with a browser; the log-in is not repeated, because refused ones may lock the account")
    }

    /// Reads a page of the session, renewing the session once where the device ended it.
    pub(crate) async fn entry_page(&mut self, url: &str, tried: &str) -> Result<Page, DeviceError> {
        for _ in 0..2 {
            self.sign_in().await?;
            let page = self.session.send(Request::get(url, tried)).await?.page();
            match self.judge(&page, tried) {
                Ok(()) => {
                    self.proven = true;
                    return Ok(page);
                }
                Err(Missed::Session(page)) => self.renew(&page, tried).await?,
                Err(Missed::Error(error)) => return Err(*error),
            }
        }
        Err(DeviceError::new(Category::Interrupted, tried, "the device ended the session again")
            .hint("look who else is signed in as administrator, and run again"))
    }

    /// Opens a new session in place of one that the device ended; once in a driver's life.
    pub(crate) async fn renew(&mut self, page: &Page, tried: &str) -> Result<(), DeviceError> {
        if self.renewed {
            return Err(problem::session_lost(page, tried));
        }
        self.renewed = true;
        // The old one may still hold a slot (a lost context is not a lost session).
        if matches!(classify(page, &self.family), Sign::TimedOut | Sign::BadFlow) {
            self.log_out().await?;
        }
        self.logged_in = false;
        self.proven = false;
        self.unsettled = false;
        // Its addresses may carry the old session's token.
        self.menu = None;
        self.book.leave();
        self.session.forget_cookie("wimsesid");
        self.sign_in().await
    }

    /// Leaves a session whose pages may show entered values as if they were stored; the next page opens a new one.
    pub(crate) async fn leave_staged(&mut self) {
        if std::mem::take(&mut self.unsettled) && self.logged_in {
            self.proven = false;
            self.menu = None;
            self.book.leave();
            // A device that cannot be spoken to says so to the next read.
            if let Err(error) = self.log_out().await {
                tracing::debug!(%error, "leaving the session failed");
            }
        }
    }

    async fn log_out(&mut self) -> Result<(), DeviceError> {
        let url = self.entry("websys/webArch/logout.cgi");
        let answer = self.session.send(Request::get(url, "log out").effect(Effect::Logout).no_follow()).await;
        self.session.forget_cookie("wimsesid");
        self.logged_in = false;
        answer.map(|_| ())
    }

    async fn read_identity(&mut self) -> Result<Identity, DeviceError> {
        const TRIED: &str = "read the configuration page";
        if !self.identity.model.is_empty() && (self.identity.serial.is_some() || !self.guest_denied) {
            return Ok(self.identity.clone());
        }
        let page = if self.guest_denied {
            let url = configuration("entry", &self.lang);
            self.entry_page(&url, TRIED).await?
        } else {
            self.session.get(&configuration("guest", &self.lang), TRIED).await?
        };
        let found = recognise::facts(&page, &self.family);
        if found.model.is_empty() && self.identity.model.is_empty() {
            let error = problem::page_changed(&self.session, &page, TRIED, "the page names no model");
            return Err(DeviceError { category: Category::UnknownModel, ..error });
        }
        if !found.model.is_empty() {
            self.identity.model = found.model;
        }
        self.identity.serial = found.serial.or(self.identity.serial.take());
        self.identity.firmware = found.firmware.or(self.identity.firmware.take());
        Ok(self.identity.clone())
    }
}

/// The newest embedded family, for a driver that was given no other.
fn fallback_family() -> Arc<Family> {
    let families = crate::family::embedded().unwrap_or_default();
    families.all().next_back().cloned().unwrap_or_else(|| Arc::new(Family::empty()))
}

#[async_trait]
impl Driver for RicohDriver {
    fn family(&self) -> &FamilyUsed {
        &self.used
    }

    fn capabilities(&self) -> Capabilities {
        let mut limits = Vec::new();
        for name in ["server", "sender", "auth.user", "auth.sender"] {
            if let Some(limit) = self.family.limit(name) {
                limits.push((name, limit));
            }
        }
        Capabilities {
            smtp: Support::Yes(SmtpCapabilities {
                separate_auth_sender: self.auth_sender.unwrap_or(true),
                password_limit: self.family.limit("password"),
                limits,
                password_masked: false,
                user_locked_without_auth: false,
            }),
            test_mail: Support::No(TEST_MAIL.to_owned()),
            log: Support::Unknown,
        }
    }

    fn can_hold(&self, security: Security, port: u16) -> Result<(), String> {
        crate::email::can_hold(security, port)
    }

    fn check(&self, change: &Change) -> Result<(), DeviceError> {
        let Change::Smtp(change) = change;
        self.check_smtp(&change.to)
    }

    async fn identity(&mut self) -> Result<Identity, DeviceError> {
        self.read_identity().await
    }

    async fn login(&mut self) -> Result<(), DeviceError> {
        self.sign_in().await?;
        // The session number alone proves nothing; the list is needed next anyway.
        self.menu().await.map(|_| ())
    }

    async fn read(&mut self, section: Section) -> Result<Observed, DeviceError> {
        match section {
            Section::Smtp => self.read_smtp().await,
            Section::Identity => {
                self.read_identity().await?;
                Ok(Observed::default())
            }
            Section::AddressBook => self.read_book().await.map(|_| Observed::default()),
        }
    }

    async fn apply(&mut self, change: &Change) -> Result<Receipt, DeviceError> {
        match change {
            Change::Smtp(change) => self.write_smtp(&change.to).await,
        }
    }

    fn book(&self) -> Support<BookCapabilities> {
        self.book_capabilities()
    }

    async fn read_book(&mut self) -> Result<Book, DeviceError> {
        self.read_whole_book().await
    }

    async fn read_entry(&mut self, entry: &BookEntry) -> Result<BookEntry, DeviceError> {
        self.read_whole_entry(entry).await
    }

    async fn change_book(
        &mut self,
        book: &Book,
        changes: &[EntryChange],
        done: &(dyn Fn(usize) + Send + Sync),
    ) -> BookReceipt {
        self.change_whole_book(book, changes, done).await
    }

    async fn send_test_mail(&mut self, _to: &str) -> Result<Support<String>, DeviceError> {
        Ok(Support::No(TEST_MAIL.to_owned()))
    }

    async fn fetch_log(&mut self) -> Result<Support<String>, DeviceError> {
        Ok(Support::Unknown)
    }

    fn start_pages(&self) -> Vec<String> {
        vec![self.entry("websys/webArch/configList.cgi"), self.entry("websys/webArch/mainFrame.cgi")]
    }

    async fn open_page(&mut self, url: &str, tried: &str) -> Result<Page, DeviceError> {
        self.entry_page(url, tried).await
    }

    fn signpost(&self, section: Section, page: &Url, link: &str) -> Signpost {
        let name = page.path_segments().and_then(|mut segments| segments.next_back()).unwrap_or_default();
        match section {
            Section::Smtp if !name.is_empty() => Signpost {
                facts: vec![("email_page".to_owned(), name.to_owned())],
                words: vec![("menu.email".to_owned(), link.to_owned())],
            },
            Section::AddressBook if !name.is_empty() => Signpost {
                facts: vec![("book_path".to_owned(), beneath(page).unwrap_or(name).to_owned())],
                words: vec![("menu.book".to_owned(), link.to_owned())],
            },
            _ => Signpost::default(),
        }
    }

    async fn close(&mut self) -> Result<(), DeviceError> {
        let open = self.logged_in || self.session.cookie("wimsesid").is_some_and(|v| is_session(&v));
        if open { self.log_out().await } else { Ok(()) }
    }

    fn session(&self) -> &Session {
        &self.session
    }
}

/// The path of a page of the session beneath its language: `/web/entry/en/address/x.cgi` gives `address/x.cgi`.
fn beneath(page: &Url) -> Option<&str> {
    page.path().strip_prefix("/web/")?.splitn(3, '/').nth(2).filter(|rest| !rest.is_empty())
}

const TEST_MAIL: &str = "Web Image Monitor has no button that sends a test mail; scan at the panel, or test the mail server from \
                         this machine";
