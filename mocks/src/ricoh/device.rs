//! One copier: what it holds, and how it answers.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::pages::{self, Page};
use super::profile::{Dashes, TokenLife};
use super::route::{Kind, Route};
use super::session::Sessions;
use super::strike::{Faults, Instead, Strike};
use super::texts::Word;
use crate::faults::Fault;
use crate::http::{Form, Manner, Reply, Request, Response};
use crate::settings::{Item, PasswordKind, Settings};
use crate::spec::{DeviceSpec, TlsKind};
use crate::state::LoggedRequest;

/// How many requests the log keeps.
const LOG: usize = 10_000;

/// One copier.
pub(crate) struct Device {
    pub(crate) spec: DeviceSpec,
    inner: Mutex<Inner>,
}

/// Everything of a copier that changes. No `Debug`: it holds passwords.
pub(crate) struct Inner {
    pub(crate) settings: Settings,
    pub(crate) passwords: BTreeMap<PasswordKind, String>,
    pub(crate) sessions: Sessions,
    pub(crate) faults: Faults,
    pub(crate) panel_in_use: bool,
    pub(crate) failed_logins: u32,
    pub(crate) account_locked: bool,
    pub(crate) writes: u64,
    pub(crate) clear_passwords: u64,
    pub(crate) counters: BTreeMap<String, u64>,
    pub(crate) log: VecDeque<LoggedRequest>,
    numbered: u64,
}

/// What a device does besides answering.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aftermath {
    /// Nothing.
    None,
    /// It restarts and refuses connections for this long.
    Restart(Duration),
}

/// An answer, what else happens, and how much later than usual.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) reply: Reply,
    pub(crate) aftermath: Aftermath,
    pub(crate) slow: Duration,
}

impl Inner {
    fn new(spec: &DeviceSpec) -> Self {
        let mut passwords = BTreeMap::new();
        if let Some(password) = &spec.smtp_password {
            passwords.insert(PasswordKind::Smtp, password.clone());
        }
        Self {
            settings: spec.settings.clone(),
            passwords,
            sessions: Sessions::default(),
            faults: Faults::default(),
            panel_in_use: false,
            failed_logins: 0,
            account_locked: false,
            writes: 0,
            clear_passwords: 0,
            counters: BTreeMap::new(),
            log: VecDeque::new(),
            numbered: 0,
        }
    }

    fn note(&mut self, request: &Request, kind: Kind, status: u16) {
        for name in [kind.name(), "total"] {
            *self.counters.entry(name.to_owned()).or_default() += 1;
        }
        if self.log.len() >= LOG {
            self.log.pop_front();
        }
        self.numbered += 1;
        self.log.push_back(LoggedRequest {
            number: self.numbered,
            method: request.method.clone(),
            path: request.path.clone(),
            kind: kind.name().to_owned(),
            status,
        });
    }
}

/// A request with all that is known about its sender.
pub(super) struct Visit<'a> {
    pub(super) request: &'a Request,
    pub(super) route: &'a Route,
    pub(super) form: Form,
    /// The `wimsesid` of a valid session.
    pub(super) session: Option<String>,
    /// The `risessionid` that a new visitor gets.
    pub(super) new_guest: Option<String>,
    pub(super) token: String,
    pub(super) strike: Strike,
}

impl Device {
    pub(crate) fn new(spec: DeviceSpec) -> Self {
        Self { inner: Mutex::new(Inner::new(&spec)), spec }
    }

    /// The changing part. A panic elsewhere does not take the device down.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Back to the start.
    pub(crate) fn reset(&self) {
        *self.lock() = Inner::new(&self.spec);
    }

    /// What a restart takes with it: sessions, and the lock of an administrator's account.
    pub(crate) fn power_cycle(&self) {
        let mut inner = self.lock();
        inner.sessions.expire();
        inner.account_locked = false;
        inner.failed_logins = 0;
        inner.panel_in_use = false;
    }

    /// Adds a fault.
    pub(crate) fn add_fault(&self, fault: Fault) {
        self.lock().faults.add(fault);
    }

    /// Whether a visitor may see a page without logging in, the log-in itself aside.
    pub(crate) fn is_open(&self, path: &str) -> bool {
        let route = Route::of(&self.spec.profile, path);
        !route.entry && !route.kind.needs_login() && !matches!(route.kind, Kind::AuthForm | Kind::Login)
    }

    /// Answers a request.
    pub(crate) fn answer(self: &Arc<Self>, request: &Request) -> Answer {
        let profile = &self.spec.profile;
        let route = Route::of(profile, &request.path);
        let mut inner = self.lock();
        let mut strike = inner.faults.strike(route.kind, &request.path);
        let slow = Duration::from_millis(strike.slow);
        let done = |reply: Reply, aftermath| Answer { reply, aftermath, slow };
        match strike.instead.take() {
            Some(Instead::Silence(manner)) => {
                inner.note(request, route.kind, 0);
                return done(Reply { response: Response::html(""), manner }, Aftermath::None);
            }
            Some(Instead::Answer(response)) => {
                inner.note(request, route.kind, response.status);
                return done(response.into(), Aftermath::None);
            }
            Some(Instead::Restart(ms)) => {
                inner.note(request, route.kind, 0);
                let reply = Reply { response: Response::html(""), manner: Manner::Drop };
                return done(reply, Aftermath::Restart(Duration::from_millis(ms)));
            }
            None => {}
        }
        let manner = strike.manner.unwrap_or(Manner::Whole);
        let response = self.page(&mut inner, request, &route, strike);
        inner.note(request, route.kind, if manner == Manner::Drop { 0 } else { response.status });
        done(Reply { response, manner }, Aftermath::None)
    }

    fn page(&self, inner: &mut Inner, request: &Request, route: &Route, strike: Strike) -> Response {
        match route.kind {
            Kind::Missing => return Response::not_found(),
            Kind::ConnectTest => return Response::plain(200, "text/plain", "OK"),
            Kind::Static => {
                let (kind, body) = pages::static_file(&request.path).unwrap_or(("text/plain", ""));
                return Response::plain(200, kind, body);
            }
            _ => {}
        }
        if strike.expire {
            inner.sessions.expire();
        }
        let manners = &self.spec.profile.session;
        let session = request
            .cookies("wimsesid")
            .find(|id| id.bytes().all(|byte| byte.is_ascii_digit()) && inner.sessions.find(id).is_some())
            .map(str::to_owned);
        let mut new_guest = None;
        let token = match session.as_deref().and_then(|id| inner.sessions.find(id)) {
            Some(session) => session.token.clone(),
            None => {
                let known = request
                    .cookies("risessionid")
                    .find_map(|id| inner.sessions.guest_token(id).map(str::to_owned));
                known.unwrap_or_else(|| {
                    let (id, token) = inner.sessions.welcome();
                    new_guest = Some(id);
                    token
                })
            }
        };
        let mut visit = Visit { request, route, form: request.form(), session, new_guest, token, strike };
        let mut response = self.dispatch(inner, &mut visit);
        let http_only = if manners.cookie_http_only { "; HttpOnly" } else { "" };
        response.header("Set-Cookie", format!("cookieOnOffChecker=on; path=/{http_only}"));
        if let Some(id) = &visit.new_guest {
            response.header("Set-Cookie", format!("risessionid={id};HttpOnly"));
        }
        if manners.dashes == Dashes::Always && visit.session.is_some() && route.kind != Kind::Logout {
            response.header("Set-Cookie", "wimsesid=--;path=/;HttpOnly");
        }
        response
    }

    fn dispatch(&self, inner: &mut Inner, visit: &mut Visit<'_>) -> Response {
        let kind = visit.route.kind;
        let cookie = visit.request.cookies("cookieOnOffChecker").any(|value| value == "on");
        let guarded = visit.route.entry || matches!(kind, Kind::AuthForm | Kind::Login);
        if !cookie && guarded {
            return self.html(visit, pages::cookie_page);
        }
        let outside = visit.session.is_none();
        if outside && kind != Kind::Logout && (visit.route.entry || kind.needs_login()) {
            let mut response = Response::html(pages::trampoline(&visit.route.language, &visit.route.page));
            response.header("Set-Cookie", "wimsesid=--;path=/;HttpOnly");
            return response;
        }
        let manners = &self.spec.profile.session;
        if manners.token_checked
            && visit.request.method == "POST"
            && kind.needs_login()
            && visit.form.text("wimToken") != visit.token
        {
            // INVENTED: what a wrong token gets after the log-in was never captured.
            return self.html(visit, |page| pages::bad_flow(page, page.t(Word::Configuration)));
        }
        if manners.token == TokenLife::Rotating {
            self.rotate(inner, visit);
        }
        match kind {
            Kind::Root => self.html(visit, pages::root),
            Kind::Frame => {
                let open = visit.form.get("open").map(str::to_owned);
                self.html(visit, |page| pages::main_frame(page, open.as_deref()))
            }
            Kind::Header => self.html(visit, pages::header),
            Kind::Top => self.html(visit, pages::top_page),
            Kind::Message => {
                let id = visit.form.text("messageID").to_owned();
                self.html(visit, |page| pages::message(page, &id))
            }
            Kind::Identity => self.html(visit, pages::configuration),
            Kind::Status => self.html(visit, pages::status),
            Kind::AuthForm => self.auth_form(inner, visit),
            Kind::Login => self.log_in(inner, visit),
            Kind::Logout => self.log_out(inner, visit),
            Kind::Menu => {
                let with_email = !visit.strike.no_menu_entry;
                self.html(visit, |page| pages::config_list(page, with_email))
            }
            Kind::EasySecurity => self.html(visit, pages::easy_security),
            Kind::OtherSettings => {
                let path = visit.route.page.clone();
                self.html(visit, |page| pages::other_settings(page, &path))
            }
            Kind::Email => self.email(inner, visit),
            Kind::Password => self.password_page(inner, visit),
            Kind::PasswordSave => self.set_password(inner, visit),
            Kind::Save => self.save(inner, visit),
            Kind::Static | Kind::ConnectTest | Kind::Missing => Response::not_found(),
        }
    }

    /// Makes a page with what the device says of itself.
    pub(super) fn html(&self, visit: &Visit<'_>, make: impl FnOnce(&Page<'_>) -> String) -> Response {
        let spec = &self.spec;
        let page = Page {
            profile: &spec.profile,
            language: &visit.route.language,
            entry: visit.route.entry,
            token: &visit.token,
            https: spec.tls != TlsKind::None,
            model: visit.strike.model.as_deref().unwrap_or(&spec.model),
            serial: visit.strike.serial.as_deref().unwrap_or(&spec.serial),
            firmware: &spec.firmware,
            host_name: &spec.host_name,
            location: &spec.location,
        };
        Response::html(make(&page))
    }

    fn rotate(&self, inner: &mut Inner, visit: &mut Visit<'_>) {
        // The log-in compares with the token of the form, so that one stays until then.
        if visit.route.kind == Kind::Login {
            return;
        }
        match visit.session.as_deref().and_then(|id| inner.sessions.find(id)) {
            Some(session) => {
                session.token = super::session::digits(10);
                visit.token.clone_from(&session.token);
            }
            None => {
                if let Some(token) =
                    visit.request.cookies("risessionid").find_map(|id| inner.sessions.rotate_guest(id))
                {
                    visit.token = token;
                }
            }
        }
    }

    /// A person changes settings at the panel.
    ///
    /// # Errors
    /// A sentence naming the item whose value the device would not take.
    pub(crate) fn panel(&self, changes: &[(Item, String)]) -> Result<(), String> {
        if let Some((item, value)) = changes.iter().find(|(item, value)| !item.accepts(value)) {
            return Err(format!("the panel does not take {value:?} for {item:?}"));
        }
        let mut inner = self.lock();
        for (item, value) in changes {
            inner.settings.set(*item, value.as_str());
        }
        Ok(())
    }

    /// A person stores the SMTP password at the panel, or removes it.
    pub(crate) fn panel_password(&self, password: Option<String>) {
        let mut inner = self.lock();
        match password {
            Some(password) => inner.passwords.insert(PasswordKind::Smtp, password),
            None => inner.passwords.remove(&PasswordKind::Smtp),
        };
    }
}
