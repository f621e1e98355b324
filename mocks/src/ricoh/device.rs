//! One copier: what it holds, and how it answers.

use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::pages::{self, Page};
use super::profile::{Dashes, Profile, TokenLife};
use super::route::{Kind, Route};
use super::session::Sessions;
use super::texts::Word;
use crate::http::{Form, Manner, Reply, Request, Response};
use crate::machine::{Aftermath, Answer, Common, Instead, Machine, PageKind as _, Purpose, Strike};
use crate::mail::client::{AuthHabit, Login, MailClientSettings, Security};
use crate::settings::{Item, PasswordKind};
use crate::spec::{DeviceSpec, TlsKind};

/// One copier.
pub(crate) struct Device {
    pub(super) spec: DeviceSpec,
    pub(super) profile: Profile,
    inner: Mutex<Inner>,
}

/// Everything of a copier that changes. No `Debug`: it holds passwords.
pub(crate) struct Inner {
    common: Common,
    pub(super) sessions: Sessions,
}

impl Deref for Inner {
    type Target = Common;

    fn deref(&self) -> &Common {
        &self.common
    }
}

impl DerefMut for Inner {
    fn deref_mut(&mut self) -> &mut Common {
        &mut self.common
    }
}

/// The part of a locked copier that all machines share.
struct Shared<'a>(MutexGuard<'a, Inner>);

impl Deref for Shared<'_> {
    type Target = Common;

    fn deref(&self) -> &Common {
        &self.0.common
    }
}

impl DerefMut for Shared<'_> {
    fn deref_mut(&mut self) -> &mut Common {
        &mut self.0.common
    }
}

impl Inner {
    fn new(spec: &DeviceSpec) -> Self {
        Self { common: Common::new(spec), sessions: Sessions::default() }
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
    /// A copier of this profile; the profile in the specification is not looked at.
    pub(crate) fn new(spec: DeviceSpec, profile: Profile) -> Self {
        Self { inner: Mutex::new(Inner::new(&spec)), spec, profile }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
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
        if strike.stale_token {
            inner.sessions.renew_tokens();
        }
        let manners = &self.profile.session;
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
        let manners = &self.profile.session;
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
            Kind::BookList => self.book_list(inner, visit),
            Kind::BookData => self.book_data(inner, visit),
            Kind::BookOpen => self.wizard_open(inner, visit),
            Kind::BookStep | Kind::BookConfirm => self.wizard_step(inner, visit),
            Kind::BookForm => self.form_open(inner, visit),
            Kind::BookStage | Kind::BookSave => self.form_save(inner, visit),
            Kind::BookPassword => self.book_password(inner, visit),
            Kind::BookGroup => self.group_open(inner, visit),
            Kind::BookGroupSave => self.group_save(inner, visit),
            Kind::BookDelete if self.profile.address.is_newer() => self.delete_entries(inner, visit),
            Kind::BookDelete => self.delete_entry(inner, visit),
            Kind::BookQuestion => self.delete_question(inner, visit),
            Kind::BookScript => {
                let body = super::address::script_file(&visit.route.page).unwrap_or_default();
                Response::plain(200, "text/javascript", body)
            }
            Kind::Static | Kind::ConnectTest | Kind::Missing => Response::not_found(),
        }
    }

    /// Makes a page with what the device says of itself.
    pub(super) fn html(&self, visit: &Visit<'_>, make: impl FnOnce(&Page<'_>) -> String) -> Response {
        let spec = &self.spec;
        let page = Page {
            profile: &self.profile,
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
}

impl Machine for Device {
    fn spec(&self) -> &DeviceSpec {
        &self.spec
    }

    fn lock(&self) -> Box<dyn DerefMut<Target = Common> + '_> {
        Box::new(Shared(self.inner()))
    }

    fn answer(&self, request: &Request) -> Answer {
        let mut route = Route::of(&self.profile, &request.path);
        if route.kind.is_book() {
            route.kind = route.kind.with(&request.form());
        }
        let mut inner = self.inner();
        let mut strike = inner.faults.strike(route.kind, &request.path);
        let slow = Duration::from_millis(strike.slow);
        let name = route.kind.name();
        match strike.instead.take() {
            Some(Instead::Silence(manner)) => {
                inner.note(request, name, 0);
                return Answer { slow, ..Answer::silence(manner) };
            }
            Some(Instead::Answer(response)) => {
                inner.note(request, name, response.status);
                return Answer { slow, ..Answer::plain(response) };
            }
            Some(Instead::Restart(ms)) => {
                inner.note(request, name, 0);
                let aftermath = Aftermath::Restart(Duration::from_millis(ms));
                return Answer { slow, aftermath, ..Answer::silence(Manner::Drop) };
            }
            None => {}
        }
        let manner = strike.manner.unwrap_or(Manner::Whole);
        let response = self.page(&mut inner, request, &route, strike);
        inner.note(request, name, if manner == Manner::Drop { 0 } else { response.status });
        Answer { slow, ..Answer::plain(Reply { response, manner }) }
    }

    fn book_is_open(&self) -> bool {
        self.inner().sessions.held_by_another(None, self.profile.address.idle)
    }

    fn is_open(&self, path: &str) -> bool {
        let route = Route::of(&self.profile, path);
        !route.entry && !route.kind.needs_login() && !matches!(route.kind, Kind::AuthForm | Kind::Login)
    }

    fn sessions(&self) -> usize {
        self.inner().sessions.open()
    }

    fn expire(&self) {
        self.inner().sessions.expire();
    }

    fn power_cycle(&self) {
        let mut inner = self.inner();
        inner.sessions.expire();
        inner.account_locked = false;
        inner.failed_logins = 0;
        inner.panel_in_use = false;
    }

    fn reset(&self) {
        *self.inner() = Inner::new(&self.spec);
    }

    /// How the one SSL switch meets the wire is an assumption: STARTTLS, except on port 465, where TLS comes first.
    fn mail_client(&self, _: Purpose) -> Option<MailClientSettings> {
        let inner = self.inner();
        let held = &inner.settings;
        let server = held.get(Item::SmtpServer);
        if server.is_empty() {
            return None;
        }
        let port = held.smtp_port();
        let auth = held.on(Item::SmtpAuth);
        let sender = match held.get(Item::SmtpAuthAddress) {
            address if auth && !address.is_empty() => address,
            _ => held.get(Item::AdminAddress),
        };
        let mut settings = MailClientSettings::new(server, port, sender);
        settings.security = match (held.on(Item::SmtpSsl), port) {
            (false, _) => Security::None,
            (true, 465) => Security::Tls,
            (true, _) => Security::Starttls,
        };
        settings.auth = auth.then(|| {
            let password = inner.passwords.get(&PasswordKind::Smtp).cloned().unwrap_or_default();
            Login::new(held.get(Item::SmtpUser), password)
        });
        settings.auth_habit = match held.get(Item::SmtpEncryption) {
            "active" => AuthHabit::CramMd5First,
            _ => AuthHabit::LoginFirst,
        };
        settings.tls_max = self.profile.mail_tls_max;
        Some(settings)
    }
}
