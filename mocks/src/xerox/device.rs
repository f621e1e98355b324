//! One device: what it holds, and how it answers.

use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::book::Import;
use super::other_generations;
use super::pages::{self, Page};
use super::profile::{Barrier, Csrf, XeroxProfile, XeroxUi};
use super::route::Kind;
use super::session::Sessions;
use super::{clone_file, soap};
use crate::http::{Form, Part, Request, Response};
use crate::machine::{Common, Errand, Strike};
use crate::spec::DeviceSpec;

/// The `Server` header.
pub(super) const SERVER: &str = "Apache";

/// One device.
pub(crate) struct Device {
    pub(super) spec: DeviceSpec,
    pub(super) profile: XeroxProfile,
    inner: Mutex<Inner>,
}

/// Everything of a device that changes. No `Debug`: it holds passwords.
pub(super) struct Inner {
    pub(super) common: Common,
    pub(super) sessions: Sessions,
    /// The groups of the last clone export.
    pub(super) cloned: Vec<String>,
    /// Where an import of the address book stands.
    pub(super) import: Import,
    /// Delimiter and legacy mode of the export that was prepared last.
    pub(super) export_wish: Option<(char, bool)>,
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
            cloned: Vec::new(),
            import: Import::default(),
            export_wish: None,
        }
    }
}

/// A request with all that is known about its sender.
pub(super) struct Visit<'a> {
    pub(super) request: &'a Request,
    pub(super) form: Form,
    /// What came with a file, files included.
    pub(super) parts: Vec<Part>,
    /// The `PHPSESSID`.
    pub(super) session: String,
    pub(super) admin: bool,
    pub(super) token: String,
    pub(super) strike: Strike,
}

impl Visit<'_> {
    /// Whether the page's script posts it, so that JSON is expected.
    pub(super) fn is_ajax(&self) -> bool {
        self.request.query.starts_with("ajts")
    }
}

/// A page, or a mail to be sent before there is one.
pub(super) struct Outcome {
    pub(super) response: Response,
    pub(super) errand: Option<Errand>,
}

impl From<Response> for Outcome {
    fn from(response: Response) -> Self {
        Self { response, errand: None }
    }
}

impl Device {
    /// A device of this profile; the profile in the specification is not looked at.
    pub(crate) fn new(spec: DeviceSpec, profile: XeroxProfile) -> Self {
        Self { inner: Mutex::new(Inner::new(&spec)), spec, profile }
    }

    pub(super) fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn outcome(
        &self,
        inner: &mut Inner,
        request: &Request,
        (form, parts): (Form, Vec<Part>),
        kind: Kind,
        strike: Strike,
    ) -> Outcome {
        if self.profile.ui != XeroxUi::Php {
            return other_generations::answer(&self.spec, &self.profile, request, &strike).into();
        }
        if strike.expire {
            inner.sessions.expire();
        }
        if strike.stale_token {
            inner.sessions.renew_tokens();
        }
        if kind == Kind::Soap {
            return soap::answer(&self.spec, &self.profile, &request.body, &strike).into();
        }
        let known =
            request.cookies("PHPSESSID").find(|id| inner.sessions.find(id).is_some()).map(str::to_owned);
        let new = known.is_none();
        let session = known.unwrap_or_else(|| inner.sessions.welcome());
        let (admin, token) = match inner.sessions.find(&session) {
            Some(session) => (session.admin, session.token.clone()),
            None => (false, String::new()),
        };
        let mut visit = Visit { request, form, parts, session, admin, token, strike };
        let mut outcome = self.dispatch(inner, &mut visit, kind);
        if new {
            outcome.response.header("Set-Cookie", format!("PHPSESSID={}; path=/; HttpOnly", visit.session));
        }
        outcome
    }

    fn dispatch(&self, inner: &mut Inner, visit: &mut Visit<'_>, kind: Kind) -> Outcome {
        if visit.request.method == "POST" {
            if self.profile.door.csrf == Csrf::Enforced && visit.form.text("CSRFToken") != visit.token {
                // INVENTED: what a wrong token gets was never captured. One untrusted source names the page.
                let response = if visit.is_ajax() {
                    pages::ajax_error("Invalid session token.")
                } else {
                    Response::found(format!("/error.php?token={:06}", visit.form.text("CSRFToken").len()))
                };
                return response.into();
            }
            if self.is_shut(kind) && !visit.admin {
                return self.barrier(inner, visit, visit.form.text("NextPage").to_owned()).into();
            }
            return match kind {
                Kind::Login => self.log_in(inner, visit).into(),
                Kind::Save => self.save(inner, visit).into(),
                Kind::Test => self.test(visit),
                Kind::CloneSave => self.clone(inner, visit).into(),
                Kind::ExportPrepare => self.prepare_export(inner, visit).into(),
                Kind::BookUpload => self.upload(inner, visit).into(),
                Kind::BookStart => self.start_import(inner, visit).into(),
                Kind::BookSave => self.finish_import(inner, visit).into(),
                Kind::ContactSave => self.save_contact(inner, visit).into(),
                Kind::ContactDelete => self.delete_contact(inner, visit).into(),
                // A function that the lab does not carry out: the next page, as if nothing had happened.
                Kind::OtherPost => self.next(inner, visit).into(),
                _ => self.show(inner, visit, kind, &visit.request.path.clone(), &Form::default()).into(),
            };
        }
        let query = visit.request.query_form();
        self.show(inner, visit, kind, &visit.request.path.clone(), &query).into()
    }

    /// Whether only an administrator may see a page of this device.
    pub(super) fn is_shut(&self, kind: Kind) -> bool {
        let book = &self.profile.book;
        match kind {
            Kind::Contacts => !book.open_to_visitors,
            Kind::ExportFile => !book.export.open,
            _ if kind.is_book_work() => book.admin_only,
            _ => kind.needs_login(),
        }
    }

    /// What a visitor gets in place of a protected page.
    fn barrier(&self, inner: &mut Inner, visit: &Visit<'_>, wanted: String) -> Response {
        match self.profile.door.barrier {
            Barrier::Redirect => {
                let query = form_urlencoded::byte_serialize(wanted.as_bytes()).collect::<String>();
                Response::found(format!("/properties/authentication/login.php?redir={query}"))
            }
            Barrier::Page => {
                if let Some(session) = inner.sessions.find(&visit.session) {
                    session.wanted = Some(wanted);
                }
                self.html(visit, |page| pages::login(page, None))
            }
        }
    }

    /// The page that a post named as its `NextPage`. Only pages of this device are shown.
    pub(super) fn next(&self, inner: &mut Inner, visit: &Visit<'_>) -> Response {
        let wanted = visit.form.text("NextPage");
        if visit.is_ajax() {
            return pages::ajax_done();
        }
        if wanted.ends_with("authStatus=") {
            return Response::found(format!("{wanted}{}", u8::from(visit.admin)));
        }
        let (path, query) = wanted.split_once('?').unwrap_or((wanted, ""));
        let query = Form::of(query);
        let kind = Kind::of_page(&self.profile, path);
        if kind == Kind::Missing || kind == Kind::Logout {
            return Response::html("");
        }
        self.show(inner, visit, kind, path, &query)
    }

    /// A page as a GET shows it.
    fn show(&self, inner: &mut Inner, visit: &Visit<'_>, kind: Kind, path: &str, query: &Form) -> Response {
        if self.is_shut(kind) && !visit.admin {
            let wanted = match visit.request.query.as_str() {
                "" => path.to_owned(),
                query => format!("{path}?{query}"),
            };
            return self.barrier(inner, visit, wanted);
        }
        match kind {
            Kind::Root => self.html(visit, pages::home),
            Kind::Header => self.html(visit, pages::header),
            Kind::Identity => self.html(visit, pages::configuration),
            Kind::Description => self.html(visit, pages::description),
            Kind::Menu => {
                let with_email = !visit.strike.no_menu_entry;
                let sitemap = path == "/sitemap.php";
                self.html(visit, |page| pages::site_index(page, sitemap, with_email))
            }
            Kind::AuthForm => self.auth_form(inner, visit, query),
            Kind::AfterLogin => self.after_login(inner, visit, query),
            Kind::Logout => self.log_out(inner, visit),
            Kind::Email => self.html(visit, |page| {
                pages::smtp(page, &inner.settings, &visit.strike.marks, query.get("tab"))
            }),
            Kind::TestResult => self.html(visit, |page| pages::test_result(page, "")),
            Kind::Cloning => self.html(visit, pages::cloning),
            Kind::CloneFile => clone_file::download(&self.spec, &self.profile, inner),
            Kind::OtherSettings => self.html(visit, |page| pages::other_settings(page, path)),
            Kind::ErrorPage => {
                self.html(visit, |page| pages::notice(page, "Error", "The session is not valid."))
            }
            Kind::Contacts => self.contacts(inner, visit, query),
            Kind::BookMenu => self.management(visit),
            Kind::ExportPage => self.export_page(visit),
            Kind::ExportReady => self.html(visit, super::book::export_ready),
            Kind::ExportFile => self.export_file(inner, visit, query),
            Kind::ImportPage => self.import_page(visit),
            Kind::ImportUploaded => self.uploaded_page(inner, visit),
            Kind::ImportMapping => self.mapping_page(inner, visit),
            Kind::ImportOutcome => self.outcome_page(inner, visit),
            Kind::ContactForm => self.contact_form(inner, visit, query),
            Kind::Login
            | Kind::Save
            | Kind::Test
            | Kind::CloneSave
            | Kind::ExportPrepare
            | Kind::BookUpload
            | Kind::BookStart
            | Kind::BookSave
            | Kind::ContactSave
            | Kind::ContactDelete
            | Kind::OtherPost => Response::html(""),
            Kind::Soap | Kind::Missing => Response::not_found(),
        }
    }

    fn clone(&self, inner: &mut Inner, visit: &Visit<'_>) -> Response {
        inner.cloned = visit.form.all("clone_group").map(str::to_owned).collect();
        self.next(inner, visit)
    }

    /// Makes a page with what the device says of itself.
    pub(super) fn html(&self, visit: &Visit<'_>, make: impl FnOnce(&Page<'_>) -> String) -> Response {
        Response::html(make(&self.page(visit)))
    }

    pub(super) fn page<'a>(&'a self, visit: &'a Visit<'_>) -> Page<'a> {
        let spec = &self.spec;
        Page {
            profile: &self.profile,
            token: self.profile.has_token().then_some(visit.token.as_str()),
            admin: visit.admin,
            model: visit.strike.model.as_deref().unwrap_or(&spec.model),
            serial: visit.strike.serial.as_deref().unwrap_or(&spec.serial),
            firmware: &spec.firmware,
            host_name: &spec.host_name,
        }
    }
}
