//! A live administrator session with one device with PHP pages.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use scanfleet_sdk::driver::Signpost;
use scanfleet_sdk::page::Page;
use scanfleet_sdk::transport::{Effect, Request, Session};
use scanfleet_sdk::{
    Book, BookCapabilities, BookReceipt, Capabilities, Category, Change, Credentials, DeviceError, Driver,
    EntryChange, FamilyUsed, Identity, Observed, Receipt, Recognised, Section, Security, SmtpCapabilities,
    Support,
};
use url::Url;

use crate::choice::{meaning, offers};
use crate::family::{Family, fact};
use crate::problem;
use crate::recognise::{Seen, facts, serial_of_description};
use crate::settings::{SECURITY, find, group_of, others, raw, settings};
use crate::sheet::Sheet;
use crate::signs::{Sign, classify};

/// The driver.
pub(crate) struct XeroxDriver {
    pub(crate) session: Session,
    pub(crate) credentials: Option<Credentials>,
    pub(crate) family: Arc<Family>,
    /// The site index that the log-in led to, until it is read.
    pub(crate) index: Option<Page>,
    /// The addresses of the pages with SMTP settings, once they are found.
    pub(crate) settled: Option<Vec<Url>>,
    /// External scripts, fetched once.
    pub(crate) scripts: HashMap<Url, String>,
    /// What the log-in read already, for the first read.
    held: Option<Vec<Sheet>>,
    /// The pages as they were read last.
    pub(crate) seen: Vec<Sheet>,
    /// Where the session is ended.
    log_out: Option<Url>,
    identity: Identity,
    used: FamilyUsed,
    /// The device took the log-in, as far as its answer tells.
    pub(crate) logged_in: bool,
    /// A page that needs a log-in was really shown, or a way out that visitors are not shown.
    proven: bool,
    /// Visitors are shown a way out, too, so that it proves nothing.
    guests_may_leave: bool,
    /// The first page was looked at for the way out.
    looked: bool,
    /// The log-in was refused; it is never sent again.
    pub(crate) turned_away: Option<DeviceError>,
    /// The session was renewed once; never twice.
    renewed: bool,
    /// The renewed session was ended as well: nobody signs in a third time.
    lost: bool,
    limits: Limits,
    /// What is known of the address book.
    pub(crate) book: crate::book::BookState,
}

/// What the pages told of their limits, once they were read.
#[derive(Debug, Default)]
struct Limits {
    /// The securities on offer; absent before the page was read.
    securities: Option<Vec<Security>>,
    password: Option<usize>,
    texts: Vec<(&'static str, usize)>,
    /// Whether the page offers a test mail.
    test: Option<bool>,
}

impl XeroxDriver {
    pub(crate) fn new(
        mut session: Session,
        recognised: Recognised,
        credentials: Option<Credentials>,
    ) -> Self {
        let Recognised { identity, memory } = recognised;
        if let Some(credentials) = &credentials {
            session.hide(&credentials.password);
        }
        let (family, guests_may_leave) = match memory.downcast::<Seen>() {
            Ok(seen) => (seen.family, seen.guests_may_leave),
            Err(_) => (fallback_family(), true),
        };
        let used = family.used();
        Self {
            session,
            credentials,
            family,
            index: None,
            settled: None,
            scripts: HashMap::new(),
            held: None,
            seen: Vec::new(),
            log_out: None,
            identity,
            used,
            logged_in: false,
            proven: false,
            guests_may_leave,
            looked: false,
            turned_away: None,
            renewed: false,
            lost: false,
            limits: Limits::default(),
            book: crate::book::BookState::default(),
        }
    }

    /// Reads a page that needs a log-in.
    pub(crate) async fn protected(&mut self, url: &str, tried: &str) -> Result<Page, DeviceError> {
        self.in_session(url, tried, true).await
    }

    /// Reads a page of the session, renewing the session once where the device ended it. Only a page that visitors are
    /// not shown proves that the log-in was taken.
    pub(crate) async fn in_session(
        &mut self,
        url: &str,
        tried: &str,
        protected: bool,
    ) -> Result<Page, DeviceError> {
        if self.lost {
            return Err(ended_again(tried));
        }
        for _ in 0..2 {
            self.sign_in().await?;
            if protected {
                self.look_for_the_way_out().await?;
            }
            let page = self.session.get(url, tried).await?;
            match classify(&page, &self.family) {
                Sign::Ordinary => {
                    self.proven |= protected;
                    self.notice_log_out(&page);
                    return Ok(page);
                }
                // After a renewal it is no longer the password that is in doubt.
                Sign::SessionGone if !self.proven && !self.renewed => {
                    let got = "the device took name and password and then asked for the log-in again";
                    self.logged_in = false;
                    let error = self.refused(&page, got);
                    self.turned_away = Some(error.clone());
                    return Err(error);
                }
                Sign::SessionGone => self.renew(&page, tried).await?,
                Sign::Busy(text) => return Err(problem::busy(&page, tried, &text)),
                Sign::TooManySessions(text) => return Err(problem::too_many_sessions(&page, tried, &text)),
                Sign::Status(status) => return Err(problem::status(&self.session, &page, tried, status)),
                Sign::Token => {
                    let got = "the device shows its error page";
                    return Err(problem::page_changed(&self.session, &page, tried, got));
                }
                Sign::Refused(text) => {
                    let got = format!("the device says: {text}");
                    return Err(problem::page_changed(&self.session, &page, tried, got));
                }
            }
        }
        Err(ended_again(tried))
    }

    /// Opens a new session in place of one that the device ended; once in a driver's life.
    pub(crate) async fn renew(&mut self, page: &Page, tried: &str) -> Result<(), DeviceError> {
        self.logged_in = false;
        if self.renewed {
            self.lost = true;
            return Err(problem::session_lost(page, tried));
        }
        self.renewed = true;
        self.session.forget_cookie("PHPSESSID");
        self.sign_in().await
    }

    /// Remembers the link that ends the session, wherever a page shows it; visitors are shown none.
    pub(crate) fn notice_log_out(&mut self, page: &Page) {
        // Where the way out stands, the tabs stand, too.
        if self.book.tab.is_none() {
            self.book.tab = crate::book::tab(page, &self.family);
        }
        if let Some(url) = log_out_link(page, &self.family) {
            self.log_out = Some(url);
            self.proven |= self.logged_in && !self.guests_may_leave;
        }
    }

    /// Looks for the way out before it is needed: a session that cannot be ended is known at once, the link proves the
    /// log-in, and a run that is stopped can still leave.
    async fn look_for_the_way_out(&mut self) -> Result<(), DeviceError> {
        if self.looked || self.log_out.is_some() {
            return Ok(());
        }
        self.looked = true;
        self.find_the_way_out().await.map(|_| ())
    }

    async fn find_the_way_out(&mut self) -> Result<Option<Page>, DeviceError> {
        let mut last = None;
        for place in ["/".to_owned(), fact(&self.family, "header").to_owned()] {
            // Part of logging out, so that it is not given up when the run is stopped.
            let request = Request::get(place, FIND_WAY_OUT).effect(Effect::Logout);
            let page = self.session.send(request).await?.page();
            self.notice_log_out(&page);
            last = Some(page);
            if self.log_out.is_some() {
                break;
            }
        }
        Ok(last)
    }

    async fn log_out(&mut self) -> Result<(), DeviceError> {
        let last = if self.log_out.is_none() { self.find_the_way_out().await? } else { None };
        let Some(url) = self.log_out.take() else {
            self.session.forget_cookie("PHPSESSID");
            let error = DeviceError::new(
                Category::PageChanged,
                FIND_WAY_OUT,
                "neither the first page nor the page head has a link called Log Out; the session stays open on the device until it times out",
            )
            .hint("add the link's text to the family file (`menu.logout`)");
            return Err(match last {
                Some(page) => {
                    error.on_page(problem::place(&page)).with_capture(self.session.redact(&page.text))
                }
                None => error,
            });
        };
        let request = Request::get(url, "log out").effect(Effect::Logout);
        let answer = self.session.send(request).await;
        self.session.forget_cookie("PHPSESSID");
        answer.map(|_| ())
    }

    /// What the pages tell of what they can hold.
    pub(crate) fn learn(&mut self, sheets: &[Sheet]) {
        let family = &self.family;
        let encryption = find(sheets, "encryption");
        self.limits.securities = encryption.map(|(sheet, spot)| {
            let all = offers(sheet.form(), spot.shown.unwrap_or(spot.at));
            let offered: Vec<&str> = all.iter().filter_map(|o| meaning(family, o, &SECURITY)).collect();
            Security::ALL.into_iter().filter(|s| offered.contains(&group_of(*s))).collect()
        });
        let limit = |field: &str| {
            let (sheet, spot) = find(sheets, field)?;
            let shown = spot.shown.and_then(|at| sheet.form().controls[at].max_length);
            shown.or(sheet.form().controls[spot.at].max_length)
        };
        self.limits.password = limit("password");
        self.limits.texts =
            [("server", limit("host")), ("sender", limit("sender")), ("auth.user", limit("user"))]
                .into_iter()
                .filter_map(|(name, limit)| limit.map(|l| (name, l)))
                .collect();
        self.limits.test =
            Some(sheets.iter().any(|s| crate::test_mail::recipient(&s.forms, family).is_some()));
    }

    pub(crate) fn securities(&self) -> Option<&[Security]> {
        self.limits.securities.as_deref()
    }

    async fn read_identity(&mut self) -> Result<Identity, DeviceError> {
        const TRIED: &str = "read the description page";
        if !self.identity.model.is_empty() && (self.identity.serial.is_some() || self.credentials.is_none()) {
            return Ok(self.identity.clone());
        }
        let url = fact(&self.family, "description").to_owned();
        match self.protected(&url, TRIED).await {
            Ok(page) => {
                self.identity.serial = serial_of_description(&page, &self.family);
                if self.identity.model.is_empty() {
                    self.identity.model = facts(&page, &self.family).model;
                }
            }
            // The serial number is nowhere else; the model is known.
            Err(error) if error.category == Category::PageChanged && !self.identity.model.is_empty() => {}
            Err(error) => return Err(error),
        }
        Ok(self.identity.clone())
    }

    async fn read_smtp(&mut self) -> Result<Observed, DeviceError> {
        let sheets = match self.held.take() {
            Some(sheets) => sheets,
            None => self.sheets().await?,
        };
        let observed =
            Observed { smtp: settings(&sheets, &self.family), raw: raw(&sheets), others: others(&sheets) };
        self.seen = sheets;
        Ok(observed)
    }
}

fn ended_again(tried: &str) -> DeviceError {
    DeviceError::new(Category::Interrupted, tried, "the device ended the session again")
        .hint("look who else is signed in as administrator, and run again")
}

const FIND_WAY_OUT: &str = "find the link that logs out";

/// The link that ends a session.
pub(crate) fn log_out_link(page: &Page, family: &Family) -> Option<Url> {
    let own = |url: &Url| url.origin() == page.url.origin();
    page.document()
        .links()
        .into_iter()
        .filter(|link| family.is("menu.logout", &link.text))
        .filter_map(|link| link.target)
        // A link to the page itself (`href="#"`) opens a menu.
        .find(|url| own(url) && !url.path().ends_with("/login.php") && url.path() != page.url.path())
}

/// The newest embedded family, for a driver that was given no other.
fn fallback_family() -> Arc<Family> {
    let families = crate::family::embedded().unwrap_or_default();
    families.all().next_back().cloned().unwrap_or_else(|| Arc::new(Family::empty()))
}

#[async_trait]
impl Driver for XeroxDriver {
    fn family(&self) -> &FamilyUsed {
        &self.used
    }

    fn capabilities(&self) -> Capabilities {
        let mut limits = self.limits.texts.clone();
        for name in ["server", "sender", "auth.user"] {
            if let Some(limit) = self.family.limit(name)
                && !limits.iter().any(|(known, _)| *known == name)
            {
                limits.push((name, limit));
            }
        }
        Capabilities {
            smtp: Support::Yes(SmtpCapabilities {
                separate_auth_sender: false,
                password_limit: self.limits.password.or(self.family.limit("password")),
                limits,
                password_masked: false,
                user_locked_without_auth: false,
            }),
            test_mail: match self.limits.test {
                Some(true) => Support::Yes(()),
                Some(false) => Support::No(crate::test_mail::NONE.to_owned()),
                None => Support::Unknown,
            },
            log: Support::Unknown,
        }
    }

    fn can_hold(&self, security: Security, _port: u16) -> Result<(), String> {
        match self.securities() {
            Some(offered) if !offered.contains(&security) => {
                let all: Vec<String> = offered.iter().map(|s| format!("`{}`", s.as_str())).collect();
                Err(format!(
                    "`{}` cannot be set: the page of this device offers {}",
                    security.as_str(),
                    all.join(", ")
                ))
            }
            _ => Ok(()),
        }
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
        // The answer to a log-in proves nothing. The SMTP page does, and it is needed next anyway.
        match self.sheets().await {
            Ok(sheets) => {
                self.held = Some(sheets);
                Ok(())
            }
            Err(error) if error.category == Category::PageChanged => {
                if self.proven {
                    return Ok(());
                }
                let url = fact(&self.family, "description").to_owned();
                match self.protected(&url, "make sure that the log-in was taken").await {
                    Err(error) if error.category == Category::PageChanged => Ok(()),
                    other => other.map(|_| ()),
                }
            }
            Err(error) => Err(error),
        }
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
        self.held = None;
        match change {
            Change::Smtp(change) => {
                if let scanfleet_sdk::PasswordWanted::Set(password) = &change.to.password {
                    self.session.hide(password);
                }
                self.write_smtp(&change.to).await
            }
        }
    }

    fn book(&self) -> Support<BookCapabilities> {
        self.book_capabilities()
    }

    async fn read_book(&mut self) -> Result<Book, DeviceError> {
        self.export_book().await
    }

    async fn change_book(
        &mut self,
        book: &Book,
        changes: &[EntryChange],
        done: &(dyn Fn(usize) + Send + Sync),
    ) -> BookReceipt {
        self.write_book(book, changes, done).await
    }

    async fn send_test_mail(&mut self, to: &str) -> Result<Support<String>, DeviceError> {
        self.test_mail(to).await
    }

    async fn fetch_log(&mut self) -> Result<Support<String>, DeviceError> {
        Ok(Support::Unknown)
    }

    fn start_pages(&self) -> Vec<String> {
        ["site_index", "site_index_other"].iter().map(|name| fact(&self.family, name).to_owned()).collect()
    }

    async fn open_page(&mut self, url: &str, tried: &str) -> Result<Page, DeviceError> {
        self.in_session(url, tried, false).await
    }

    fn signpost(&self, section: Section, _page: &Url, link: &str) -> Signpost {
        match section {
            Section::Smtp if !link.is_empty() => {
                Signpost { words: vec![("menu.smtp".to_owned(), link.to_owned())], ..Signpost::default() }
            }
            _ => Signpost::default(),
        }
    }

    async fn close(&mut self) -> Result<(), DeviceError> {
        if !self.logged_in {
            return Ok(());
        }
        self.logged_in = false;
        self.log_out().await
    }

    fn session(&self) -> &Session {
        &self.session
    }
}
