//! A session with one device: one request in flight, one cookie jar, one origin.

use url::Url;

use super::connect;
use super::cookies::{CookieGuard, Jar};
use super::exchange::{Patience, Stop};
use super::redact::{Mask, redact_page};
use super::redirect::{self, Next, Reach};
use super::step::Step;
use super::transcript::Recorder;
use super::wire::{Left, TlsWire, Wire};
use super::{Access, Answer, ConnectionFacts, Effect, Request, SessionOptions, gate};
use crate::error::{Category, Rerun, clean};
use crate::page::Page;
use crate::{DeviceError, Secret};

/// A session with one device.
pub struct Session {
    pub(super) options: SessionOptions,
    pub(super) origin: Url,
    pub(super) wire: Box<dyn Wire>,
    pub(super) jar: Jar,
    pub(super) facts: ConnectionFacts,
    pub(super) mask: Mask,
    pub(super) recorder: Option<Recorder>,
    /// The last exchange failed, so that what it left on the connection is not known.
    pub(super) suspect: bool,
}

impl Session {
    /// Finds out how the device answers (https first where no scheme is written) and checks its certificate.
    ///
    /// Without a written scheme http is used only where port 443 refuses the connection, or where another written port
    /// evidently does not speak TLS; never for a device whose certificate was pinned.
    ///
    /// # Errors
    /// `unreachable`, `tls`; `interrupted` where the run was stopped or the device's time is up; a workspace error where the pins or
    /// the transcript cannot be used.
    pub async fn connect(options: SessionOptions) -> Result<Self, DeviceError> {
        let recorder =
            options.transcript.as_ref().map(|file| Recorder::open(file, &options.device)).transpose()?;
        let stop = Stop { cancel: options.cancel.clone(), deadline: options.deadline };
        let connecting = async { Ok(connect::connect(&options).await) };
        let connected = stop.within(Patience::None, &Left::default(), connecting).await;
        let connected = connected.map_err(|stopped| {
            DeviceError::new(stopped.category, format!("connect to {}", options.endpoint), stopped.got)
                .rerun(Rerun::Safe)
        })??;
        Ok(Self {
            origin: connected.origin,
            wire: connected.wire,
            facts: connected.facts,
            jar: Jar::default(),
            mask: Mask::default(),
            recorder,
            suspect: false,
            options,
        })
    }

    /// Whether somebody wants the run to end. A driver that carries out many changes asks before each of them and leaves
    /// the rest untried; what is under way is finished, because a change that nobody has seen is worse than one more.
    pub fn stopping(&self) -> bool {
        match &self.options.access {
            Access::ReadWrite(witness) => witness.stopping(),
            Access::ReadOnly(_) => false,
        }
    }

    /// The device's name.
    pub fn device(&self) -> &str {
        &self.options.device
    }

    /// Scheme, host and port the session is bound to.
    pub fn origin(&self) -> &Url {
        &self.origin
    }

    /// Registers a secret: its text, and its URL-encoded, base64, HTML-escaped and JSON-escaped forms, are masked in the
    /// transcript, in errors and in log lines from now on.
    pub fn hide(&mut self, secret: &Secret) {
        self.mask.add(secret);
    }

    /// A copy of a page that may be kept with an error: password fields, tokens and all hidden secrets removed.
    pub fn redact(&self, page: &str) -> String {
        self.mask.apply(&redact_page(page))
    }

    /// The error with every known secret masked, its capture too. Errors of the session itself come masked.
    pub fn masked(&self, error: DeviceError) -> DeviceError {
        self.mask.error(error)
    }

    /// Sends one request and reads its whole answer.
    ///
    /// A GET that reads is sent again once when its connection broke; nothing else is ever sent twice. Redirects are followed
    /// inside the origin and from http to https on the same host, which moves the session there.
    ///
    /// # Errors
    /// - `unreachable` and `tls` where nothing could leave, or nothing came back on a read;
    /// - `unconfirmed` with `answer_lost` where a log-in, log-out or write left and its whole answer never came;
    /// - `interrupted` where the run was stopped, the device's time was up or a page broke off, and for requests that the
    ///   read-only gate or the origin rule refuses (mistakes of a driver; nothing leaves);
    /// - `page-changed` for redirects out of the origin and for answers that are too large or wrongly encoded;
    /// - workspace errors where an intent or a receipt could not be stored.
    pub async fn send(&mut self, request: Request) -> Result<Answer, DeviceError> {
        let result = self.run(&request).await;
        result.map_err(|error| self.mask.error(error))
    }

    /// Sends a GET and decodes its page.
    ///
    /// # Errors
    /// As [`Session::send`].
    pub async fn get(&mut self, url: &str, tried: &str) -> Result<Page, DeviceError> {
        Ok(self.send(Request::get(url, tried)).await?.page())
    }

    /// The value of a cookie.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.jar.get(name)
    }

    /// Sets a cookie for the whole device, as a page's script would.
    pub fn set_cookie(&mut self, name: &str, value: &str) {
        self.jar.set(&self.origin, name, value);
    }

    /// Removes a cookie.
    pub fn forget_cookie(&mut self, name: &str) {
        self.jar.forget(name);
    }

    /// Lets a driver refuse cookies that the device sets.
    pub fn guard_cookies(&mut self, guard: CookieGuard) {
        self.jar.guard(guard);
    }

    /// Whether the gate lets a GET of this address pass as a read. The origin is not looked at.
    pub fn may_read(&self, url: &Url) -> bool {
        match &self.options.access {
            Access::ReadOnly(rules) => {
                gate::passes(rules, "GET", url.path(), gate::Load { query: url.query(), body: None })
            }
            Access::ReadWrite(_) => true,
        }
    }

    /// What a result names about the connection.
    pub fn facts(&self) -> &ConnectionFacts {
        &self.facts
    }

    async fn run(&mut self, request: &Request) -> Result<Answer, DeviceError> {
        let mut step = Step {
            request,
            url: self.resolve(request)?,
            method: request.method,
            body: request.body.as_ref(),
            redirected: false,
        };
        let mut set_cookies = Vec::new();
        let mut redirects = 0;
        loop {
            self.pass_gate(&step)?;
            self.stay_or_move(&step).await?;
            let whole = self.witnessed(&step).await?;
            for (_, line) in whole.headers.iter().filter(|(name, _)| name == "set-cookie") {
                set_cookies.extend(self.jar.take(&step.url, line));
            }
            let location = whole.headers.iter().find(|(name, _)| name == "location").map(|(_, v)| v.as_str());
            let next = if request.follow {
                redirect::next(&self.origin, &step.url, whole.status, location, step.method, &request.effect)
            } else {
                Next::Stay
            };
            match next {
                Next::Stay => {
                    return Ok(Answer {
                        url: step.url,
                        status: whole.status,
                        headers: whole.headers,
                        set_cookies,
                        body: whole.body,
                    });
                }
                Next::Refuse { category, got, hint } => {
                    return Err(self.refused(&step, category, got).hint(hint));
                }
                Next::Follow { .. } if redirects >= self.options.limits.redirects => {
                    let got = format!("the device redirected more than {redirects} times");
                    return Err(self.refused(&step, Category::PageChanged, got));
                }
                Next::Follow { url, repeat } => {
                    redirects += 1;
                    step.url = url;
                    step.redirected = true;
                    if !repeat {
                        step.method = "GET";
                        step.body = None;
                    }
                }
            }
        }
    }

    /// The absolute address of a request, inside the origin or on its way from http to https.
    fn resolve(&self, request: &Request) -> Result<Url, DeviceError> {
        let Ok(mut url) = self.origin.join(&request.url) else {
            let got =
                format!("`{}` is no address; nothing was sent", clean(redirect::without_query(&request.url)));
            return Err(DeviceError::new(Category::PageChanged, &request.tried, got));
        };
        url.set_fragment(None);
        match redirect::reach(&self.origin, &url) {
            Reach::Inside | Reach::Upgrade => Ok(url),
            Reach::Downgrade | Reach::Outside => Err(DeviceError::new(
                Category::PageChanged,
                &request.tried,
                format!(
                    "the page points to {}, outside the device's own origin {}; nothing was sent",
                    redirect::named(&url),
                    self.origin
                ),
            )
            .hint("if that is the same device, write that host and port as its address in the inventory")),
        }
    }

    fn pass_gate(&self, step: &Step<'_>) -> Result<(), DeviceError> {
        let Access::ReadOnly(rules) = &self.options.access else { return Ok(()) };
        let write = matches!(step.request.effect, Effect::Write { .. });
        let load = gate::Load { query: step.url.query(), body: step.body };
        if !write && gate::passes(rules, step.method, step.url.path(), load) {
            return Ok(());
        }
        let (method, path) = (step.method, clean(step.url.path()));
        let why = if write { "it is declared as a write" } else { "it is not on the driver's list of reads" };
        tracing::error!(device = %self.options.device, method, path = %self.mask.apply(&path), "refused by the read-only gate");
        Err(DeviceError::new(
            Category::Interrupted,
            &step.request.tried,
            format!("refused by the read-only gate: {method} {path}: {why}; nothing was sent"),
        )
        .hint("this is a mistake in the driver; please report it"))
    }

    /// Moves the session where a step leads from http to https; the certificate is checked before anything is sent.
    async fn stay_or_move(&mut self, step: &Step<'_>) -> Result<(), DeviceError> {
        if redirect::reach(&self.origin, &step.url) != Reach::Upgrade {
            return Ok(());
        }
        let port = step.url.port_or_known_default().unwrap_or(443);
        let host = self.options.endpoint.host.clone();
        let stop = self.stop();
        let opening = async {
            let mut wire = TlsWire::new(&self.options, host, port).map_err(|e| e.into_failure())?;
            let certificate = wire.open(None).await.map_err(|e| e.into_failure())?;
            Ok((wire, certificate))
        };
        let opened = stop.within(self.patience(step), &Left::default(), opening).await;
        let (wire, certificate) = opened.map_err(|failure| self.failed(step, failure, false))?;
        self.wire = Box::new(wire);
        self.facts.legacy_tls |= certificate.legacy_tls();
        self.facts.certificate = Some(certificate);
        let mut origin = step.url.clone();
        origin.set_path("/");
        origin.set_query(None);
        self.origin = origin;
        Ok(())
    }
}
