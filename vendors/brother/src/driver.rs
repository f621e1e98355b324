//! A live administrator session with one device.

use std::sync::Arc;

use async_trait::async_trait;
use scanfleet_sdk::page::Page;
use scanfleet_sdk::transport::Session;
use scanfleet_sdk::{
    Book, BookCapabilities, BookEntry, BookReceipt, Capabilities, Change, Credentials, DeviceError, Driver,
    EntryChange, FamilyUsed, Identity, Observed, Receipt, Recognised, Secret, Section, Security, Signpost,
    SmtpCapabilities, Support,
};
use url::Url;

use crate::book::BookState;
use crate::family::{Family, information_page, protocol_page};
use crate::recognise::{self, Seen};
use crate::smtp::Offer;
use crate::{door, facts, problem, script_door};

/// How the driver stands to the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Not logged in, as far as is known.
    Outside,
    /// No password is set: there is nothing to log in to.
    Open,
    /// A log-in was not refused.
    Inside,
}

/// The driver.
pub(crate) struct BrotherDriver {
    pub(crate) session: Session,
    pub(crate) credentials: Option<Credentials>,
    pub(crate) family: Arc<Family>,
    pub(crate) used: FamilyUsed,
    pub(crate) identity: Identity,
    /// The start page as it was recognised.
    pub(crate) front: Option<Page>,
    /// Path of the start page.
    pub(crate) status: String,
    /// The page that the device showed last: only its tokens are good everywhere.
    pub(crate) last: Option<Page>,
    /// The pages are made by script.
    pub(crate) script: bool,
    pub(crate) standing: Standing,
    /// A page of the session was really shown.
    pub(crate) proven: bool,
    /// The session was renewed once; never twice.
    pub(crate) renewed: bool,
    /// A log-in was refused; it is never repeated.
    pub(crate) refused: Option<DeviceError>,
    /// Name of the log-in's password field.
    pub(crate) login_field: Option<String>,
    /// Who the device is was read after the log-in.
    asked: bool,
    /// The list of protocols, read once; reading it proves the session.
    pub(crate) protocols: Option<Page>,
    /// The SMTP page, once it is settled.
    pub(crate) smtp: Option<Url>,
    /// What the SMTP page offers, once it was read.
    pub(crate) offer: Option<Offer>,
    /// The SMTP page as it was read last.
    pub(crate) seen: Option<Page>,
    /// Something was posted: the web server may be restarting.
    pub(crate) posted: bool,
    /// The mail password that was stored in this session.
    pub(crate) stored: Option<Secret>,
    /// Whether the page was seen to offer a test mail.
    pub(crate) test_mail: Option<bool>,
    /// What is known of the address book.
    pub(crate) book: BookState,
}

impl BrotherDriver {
    pub(crate) fn new(
        mut session: Session,
        recognised: Recognised,
        credentials: Option<Credentials>,
    ) -> Self {
        let Recognised { identity, memory } = recognised;
        if let Some(credentials) = &credentials {
            session.hide(&credentials.password);
        }
        let (family, front, last, script) = match memory.downcast::<Seen>().map(|seen| *seen) {
            Ok(seen) => (seen.family, Some(seen.front), Some(seen.last), seen.script),
            // Driven without having been recognised here.
            Err(_) => (fallback_family(), None, None, false),
        };
        let status = front.as_ref().map(|page| page.url.path().to_owned());
        let status = status
            .or_else(|| family.fact("status_page").map(str::to_owned))
            .unwrap_or_else(|| "/general/status.html".to_owned());
        let login_field = front.as_ref().and_then(|page| match door::door(page, None) {
            door::Door::Outside { field, .. } => Some(field),
            _ => None,
        });
        Self {
            session,
            credentials,
            used: family.used(),
            family,
            identity,
            front,
            status,
            last,
            script,
            standing: Standing::Outside,
            proven: false,
            renewed: false,
            refused: None,
            login_field,
            asked: false,
            protocols: None,
            smtp: None,
            offer: None,
            seen: None,
            posted: false,
            stored: None,
            test_mail: None,
            book: BookState::default(),
        }
    }

    async fn read_identity(&mut self) -> Result<Identity, DeviceError> {
        const TRIED: &str = "read who the device is";
        // What guests are told was read while recognising; more is told only to a session.
        if self.script || self.asked || self.identity.serial.is_some() || self.standing == Standing::Outside {
            return Ok(self.identity.clone());
        }
        self.asked = true;
        let url = information_page(&self.family).to_owned();
        let page = self.entry_page(&url, TRIED).await?;
        recognise::take(&mut self.identity, facts::of_page(&page, &self.family), &page)?;
        if self.identity.model.is_empty() {
            let error = problem::page_changed(&self.session, &page, TRIED, "the page names no model");
            return Err(DeviceError { category: scanfleet_sdk::Category::UnknownModel, ..error });
        }
        Ok(self.identity.clone())
    }
}

/// The oldest embedded family, for a driver that was given no other.
fn fallback_family() -> Arc<Family> {
    let families = crate::family::embedded().unwrap_or_default();
    families.all().next().cloned().unwrap_or_else(|| Arc::new(Family::empty()))
}

#[async_trait]
impl Driver for BrotherDriver {
    fn family(&self) -> &FamilyUsed {
        &self.used
    }

    fn capabilities(&self) -> Capabilities {
        if self.script {
            return Capabilities {
                smtp: Support::No(script_door::BEYOND.to_owned()),
                test_mail: Support::No(script_door::BEYOND.to_owned()),
                log: Support::Unknown,
            };
        }
        let known = |name: &'static str| {
            let shown = self.offer.as_ref().map(|offer| offer.limit(name));
            shown.unwrap_or_else(|| self.family.limit(name))
        };
        let limits = ["server", "sender", "auth.user"]
            .into_iter()
            .filter_map(|name| known(name).map(|limit| (name, limit)))
            .collect();
        Capabilities {
            smtp: Support::Yes(SmtpCapabilities {
                separate_auth_sender: false,
                password_limit: known("password"),
                limits,
                password_masked: self.offer.as_ref().is_some_and(|offer| offer.masked),
                user_locked_without_auth: true,
            }),
            test_mail: match self.test_mail {
                Some(true) => Support::Yes(()),
                Some(false) => Support::No("the SMTP page of this device asks for no test mail".to_owned()),
                // Assumed of every page until one was seen without.
                None if self.family.test_mail().is_some() => Support::Yes(()),
                None => Support::Unknown,
            },
            log: Support::Unknown,
        }
    }

    fn needs_password(&self) -> bool {
        self.script || !self.front.as_ref().is_some_and(|page| door::door(page, None) == door::Door::Open)
    }

    fn can_hold(&self, security: Security, _port: u16) -> Result<(), String> {
        Offer::can_hold(self.offer.as_ref(), security)
    }

    fn check(&self, change: &Change) -> Result<(), DeviceError> {
        let Change::Smtp(change) = change;
        let Some(page) = &self.seen else { return Ok(()) };
        let (mut form, fields) = self.smtp_fields(page, "work out the change")?;
        self.fill(page, &mut form, &fields, &change.to)
    }

    async fn identity(&mut self) -> Result<Identity, DeviceError> {
        self.read_identity().await
    }

    async fn login(&mut self) -> Result<(), DeviceError> {
        if self.script {
            return self.sign_in().await;
        }
        // A cookie proves nothing; the list of protocols is needed next anyway.
        self.protocols().await.map(|_| ())
    }

    async fn read(&mut self, section: Section) -> Result<Observed, DeviceError> {
        match section {
            Section::Smtp => self.read_smtp().await,
            Section::Identity => {
                self.read_identity().await?;
                Ok(Observed::default())
            }
            Section::AddressBook => self.read_whole_book().await.map(|_| Observed::default()),
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
        self.read_one(entry).await
    }

    async fn change_book(
        &mut self,
        book: &Book,
        changes: &[EntryChange],
        done: &(dyn Fn(usize) + Send + Sync),
    ) -> BookReceipt {
        self.change_whole_book(book, changes, done).await
    }

    async fn send_test_mail(&mut self, to: &str) -> Result<Support<String>, DeviceError> {
        self.test_mail_to(to).await
    }

    async fn fetch_log(&mut self) -> Result<Support<String>, DeviceError> {
        Ok(Support::Unknown)
    }

    fn start_pages(&self) -> Vec<String> {
        if self.script {
            return vec![self.status.clone()];
        }
        vec![self.status.clone(), protocol_page(&self.family).to_owned()]
    }

    async fn open_page(&mut self, url: &str, tried: &str) -> Result<Page, DeviceError> {
        if self.script {
            return Err(script_door::beyond(tried, &self.identity.model));
        }
        self.entry_page(url, tried).await
    }

    fn signpost(&self, section: Section, page: &Url, _link: &str) -> Signpost {
        match section {
            Section::Smtp => {
                Signpost { facts: vec![("smtp_page".to_owned(), page.path().to_owned())], words: Vec::new() }
            }
            Section::Identity => Signpost {
                facts: vec![("information_page".to_owned(), page.path().to_owned())],
                words: Vec::new(),
            },
            Section::AddressBook => {
                Signpost { facts: vec![("book_page".to_owned(), page.path().to_owned())], words: Vec::new() }
            }
        }
    }

    async fn close(&mut self) -> Result<(), DeviceError> {
        match self.standing {
            Standing::Inside => self.log_out().await,
            Standing::Outside | Standing::Open => Ok(()),
        }
    }

    fn session(&self) -> &Session {
        &self.session
    }
}
