//! One machine: what it holds, and how it answers.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::book::Import;
use super::pages::{self, Door, HTTP_BOXES, Note, PROTOCOLS, View};
use super::profile::{BrotherProfile, FormTokens, MntInfo};
use super::route::Kind;
use super::session::Sessions;
use super::texts::{Texts, texts};
use super::wire::{Fields, latin1};
use crate::http::{Part, Request, Response};
use crate::machine::{Aftermath, Common, Errand, Machine as _, Strike};
use crate::mail::client::SendOutcome;
use crate::settings::PasswordKind;
use crate::spec::{DeviceSpec, TlsKind};

/// One machine.
pub(crate) struct Device {
    pub(super) spec: DeviceSpec,
    pub(super) profile: BrotherProfile,
    pub(super) inner: Mutex<Inner>,
}

/// A test e-mail under way.
#[derive(Debug)]
pub(super) struct Test {
    /// The session that wanted it; others see the SMTP page meanwhile. INVENTED.
    pub(super) session: Option<String>,
    /// How often "Please wait" is still said.
    pub(super) waits: u32,
    /// What came of it.
    pub(super) outcome: Option<SendOutcome>,
}

/// Everything of a machine that changes. No `Debug`: it holds passwords.
pub(crate) struct Inner {
    pub(super) common: Common,
    pub(super) sessions: Sessions,
    /// Which boxes of the list of protocols are ticked.
    pub(super) protocols: Vec<bool>,
    /// Which boxes of "HTTP Server Settings" are ticked, and what the first of two steps wants.
    pub(super) http: Vec<bool>,
    pub(super) http_wanted: Option<Vec<bool>>,
    pub(super) test: Arc<Mutex<Option<Test>>>,
    /// What an import of the address book has to tell.
    pub(super) import: Option<Import>,
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

impl Inner {
    pub(super) fn new(spec: &DeviceSpec) -> Self {
        Self {
            common: Common::new(spec),
            sessions: Sessions::default(),
            protocols: PROTOCOLS.iter().map(|(_, on, _)| *on).collect(),
            http: HTTP_BOXES.iter().map(|(_, on)| *on).collect(),
            http_wanted: None,
            test: Arc::default(),
            import: None,
        }
    }

    /// The passwords that are stored.
    pub(super) fn stored(&self) -> Vec<PasswordKind> {
        self.passwords.keys().copied().collect()
    }
}

/// A request with all that is known about its sender.
pub(super) struct Visit<'a> {
    pub(super) request: &'a Request,
    pub(super) kind: Kind,
    pub(super) fields: Fields,
    /// What came with a file, files included.
    pub(super) parts: Vec<Part>,
    /// The cookie of a valid session.
    pub(super) session: Option<String>,
    pub(super) strike: Strike,
}

/// A page, and what it brings with it.
pub(super) struct Done {
    pub(super) response: Response,
    pub(super) aftermath: Aftermath,
    pub(super) errand: Option<Errand>,
}

impl From<Response> for Done {
    fn from(response: Response) -> Self {
        Self { response, aftermath: Aftermath::None, errand: None }
    }
}

impl Device {
    /// A machine of this profile; the profile in the specification is not looked at.
    pub(crate) fn new(spec: DeviceSpec, profile: BrotherProfile) -> Self {
        Self { inner: Mutex::new(Inner::new(&spec)), spec, profile }
    }

    pub(super) fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn texts(&self) -> &'static Texts {
        texts(&self.profile.language)
    }

    /// Whether an administrator's password is set; without one everything is open.
    pub(super) fn guarded(&self) -> bool {
        !self.spec.admin_password.is_empty()
    }

    pub(super) fn plain(&self, status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Response {
        Response::plain(status, content_type, body).by(&self.profile.server)
    }

    /// A page in its charset.
    pub(super) fn html(&self, body: &str) -> Response {
        self.plain(200, "text/html; charset=iso-8859-1", latin1(body))
    }

    pub(super) fn redirect(&self, status: u16, location: &str) -> Response {
        let mut response = self.plain(status, "text/html; charset=iso-8859-1", "");
        response.header("Location", location);
        response
    }

    /// What a page needs to know. Makes the page's tokens, so the tokens of earlier pages may go stale.
    pub(super) fn view<'a>(&'a self, inner: &mut Inner, visit: &'a Visit<'_>) -> View<'a> {
        let strike = &visit.strike;
        let tokens =
            self.profile.token.map(|manners| inner.sessions.tokens(visit.session.as_deref(), manners.life));
        let asked = &visit.request.path;
        let login_url = match (self.is_open(asked), visit.request.query.as_str()) {
            (true, "") => asked.clone(),
            (true, query) => format!("{asked}?{query}"),
            (false, _) => format!("/etc/loginerror.html?url={asked}"),
        };
        View {
            profile: &self.profile,
            texts: self.texts(),
            model: strike.model.as_deref().unwrap_or(&self.spec.model),
            serial: strike.serial.as_deref().unwrap_or(&self.spec.serial),
            firmware: &self.spec.firmware,
            location: &self.spec.location,
            node: &self.spec.host_name,
            door: match &visit.session {
                _ if !self.guarded() => Door::NoPassword,
                Some(_) => Door::Inside,
                None => Door::Outside,
            },
            tokens,
            path: asked,
            login_url,
        }
    }

    /// Makes a page.
    pub(super) fn show(
        &self,
        inner: &mut Inner,
        visit: &Visit<'_>,
        make: impl FnOnce(&View<'_>) -> String,
    ) -> Response {
        let view = self.view(inner, visit);
        self.html(&make(&view))
    }

    /// "Your request was rejected": no `Referer`, no token, a wrong one or a stale one.
    fn rejected(&self, inner: &mut Inner, visit: &Visit<'_>) -> Response {
        self.show(inner, visit, |view| pages::refusal(view, Note::Refused(view.texts.rejected)))
    }

    /// Whether a POST comes from one of the machine's own pages, as far as it looks at that.
    fn referred(&self, request: &Request) -> bool {
        let scheme = if self.spec.tls == TlsKind::None { "http" } else { "https" };
        let own = request.header("host").map(|host| format!("{scheme}://{host}/"));
        match (request.header("referer"), own) {
            (Some(referer), Some(own)) => referer.starts_with(&own),
            _ => false,
        }
    }

    /// Whether the post of a form has one of the tokens that are good now; it is used up.
    fn has_token(&self, inner: &mut Inner, visit: &Visit<'_>) -> bool {
        let door = matches!(visit.kind, Kind::Login | Kind::Logout);
        if self.profile.token.is_none() || (door && !self.profile.door.token) {
            return true;
        }
        if visit.strike.stale_token {
            // As if another page had been shown meanwhile.
            inner.sessions.tokens(visit.session.as_deref(), FormTokens::LastPage);
        }
        inner.sessions.take_token(visit.session.as_deref(), visit.fields.text("CSRFToken"))
    }

    pub(super) fn page(&self, inner: &mut Inner, visit: &Visit<'_>) -> Done {
        let kind = visit.kind;
        match kind {
            Kind::Missing => return self.plain(404, "text/html", NOT_FOUND).into(),
            Kind::Root => return self.redirect(302, &self.profile.paths.status).into(),
            Kind::Static => return self.plain(200, "text/javascript", SCRIPT).into(),
            Kind::ScriptStatus => return self.script_status(inner, visit).into(),
            Kind::ScriptLogin => return self.script_login(inner, visit).into(),
            _ => {}
        }
        let post = visit.request.method == "POST";
        if post && self.profile.referer && !self.referred(visit.request) {
            return self.rejected(inner, visit).into();
        }
        let inside = visit.session.is_some() || !self.guarded();
        if self.protected(kind) && !inside {
            return self.show(inner, visit, pages::please_login).into();
        }
        let form = matches!(kind, Kind::Login | Kind::Logout) || kind.needs_login();
        if post && form && !self.has_token(inner, visit) {
            return self.rejected(inner, visit).into();
        }
        match kind {
            Kind::Login => self.log_in(inner, visit).into(),
            Kind::Logout => self.log_out(inner, visit).into(),
            Kind::LoginError => self.login_error(inner, visit).into(),
            Kind::PassError => self.show(inner, visit, pages::pass_error).into(),
            Kind::Identity => self.show(inner, visit, pages::information).into(),
            Kind::MntInfo => self.mnt_info(inner, visit).into(),
            Kind::Menu => {
                let (on, with_smtp) = (inner.protocols.clone(), !visit.strike.no_menu_entry);
                self.show(inner, visit, |view| pages::protocols(view, &on, with_smtp, None)).into()
            }
            Kind::MenuSave => self.save_protocols(inner, visit).into(),
            Kind::Email => self.smtp_page(inner, visit).into(),
            Kind::Save => self.save(inner, visit),
            Kind::TestMail => self.start_test(inner, visit),
            Kind::HttpSettings => {
                let on = inner.http.clone();
                self.show(inner, visit, |view| pages::http_settings(view, &on)).into()
            }
            Kind::HttpSave => self.save_http(inner, visit),
            Kind::AddressBook => self.book_list(inner, visit).into(),
            Kind::BookDelete => self.delete_entries(inner, visit).into(),
            Kind::BookEntry => self.book_entry(inner, visit).into(),
            Kind::BookSave => self.save_entry(inner, visit).into(),
            Kind::GroupList => self.group_list(inner, visit).into(),
            Kind::Group => self.group_page(inner, visit).into(),
            Kind::GroupSave => self.save_group(inner, visit).into(),
            Kind::GroupDelete => self.delete_group(inner, visit).into(),
            Kind::ExportPage => self.export_page(inner, visit).into(),
            Kind::ExportFile => self.export_file(inner, visit).into(),
            Kind::ImportPage => self.import_page(inner, visit).into(),
            Kind::BookImport => self.import_file(inner, visit).into(),
            Kind::Network => self.show(inner, visit, pages::network_status).into(),
            Kind::AdminPassword => self.show(inner, visit, |view| pages::admin_password(view, post)).into(),
            Kind::Reset if post => self.reset_posted(inner, visit),
            Kind::Reset => self.show(inner, visit, pages::reset_menu).into(),
            _ => self.show(inner, visit, pages::status).into(),
        }
    }

    /// Whether only an administrator sees a page.
    pub(super) fn protected(&self, kind: Kind) -> bool {
        match kind {
            Kind::Identity => self.profile.identity_needs_login,
            Kind::MntInfo => self.profile.mnt_info == MntInfo::LoginPage,
            other => other.needs_login(),
        }
    }

    fn mnt_info(&self, inner: &mut Inner, visit: &Visit<'_>) -> Response {
        match self.profile.mnt_info {
            MntInfo::Open | MntInfo::LoginPage => {
                let view = self.view(inner, visit);
                self.plain(200, "text/csv", latin1(&pages::mnt_info(&view)))
            }
            MntInfo::Missing => self.plain(404, "text/html", NOT_FOUND),
        }
    }
}

/// The body of a missing page. INVENTED; the status is known.
const NOT_FOUND: &str =
    "<html><head><title>404 Not Found</title></head><body><h1>404 Not Found</h1></body></html>";

/// The rules between controls live in scripts, which everybody may read. The text is INVENTED.
const SCRIPT: &str = "function changeAuth(on){\n  var f = document.forms;\n  for (var i = 0; i < f.length; i++) {\n    \
                      for (var k = 0; k < f[i].elements.length; k++) {\n      var e = f[i].elements[k];\n      \
                      if (e.className == 'auth') { e.disabled = !on; }\n    }\n  }\n}\n";
