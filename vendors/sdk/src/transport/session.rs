//! A session with one device: one request in flight, one cookie jar, one origin.

use std::time::{Duration, Instant};

use http::{HeaderName, HeaderValue};
use url::Url;

use super::connect::{self, UNREACHABLE};
use super::cookies::{CookieGuard, Jar};
use super::exchange::{Patience, Stop, Whole, whole};
use super::redact::{Mask, redact_page};
use super::redirect::{self, Next, Reach};
use super::transcript::Recorder;
use super::wire::{Left, Outgoing, TlsWire, Wire, WireFailure};
use super::{Access, Answer, ConnectionFacts, Effect, Intent, Request, SessionOptions, Witness, gate};
use crate::error::{Category, Fault, Rerun, clean};
use crate::page::Page;
use crate::{DeviceError, Secret};

/// Headers that belong to the transport.
const OURS: [&str; 7] = [
    "cookie",
    "host",
    "content-length",
    "content-type",
    "transfer-encoding",
    "connection",
    "accept-encoding",
];

/// A session with one device.
pub struct Session {
    options: SessionOptions,
    origin: Url,
    wire: Box<dyn Wire>,
    jar: Jar,
    facts: ConnectionFacts,
    mask: Mask,
    recorder: Option<Recorder>,
}

/// What goes out in one step of a request: the request itself, or a redirect's GET after it.
struct Step<'a> {
    request: &'a Request,
    url: Url,
    method: &'static str,
    body: Option<&'a (String, Vec<u8>)>,
    /// Whether it is a redirect that the device sent us on.
    redirected: bool,
}

impl Step<'_> {
    /// Whether it may be sent again on a fresh connection when the first one broke.
    fn repeatable(&self) -> bool {
        self.method == "GET" && (self.redirected || self.request.effect == Effect::Read)
    }

    /// Whether losing its answer leaves open what the device did.
    fn matters(&self) -> bool {
        self.request.effect != Effect::Read
    }
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
            options,
        })
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
            let got = format!("`{}` is no address; nothing was sent", clean(&request.url));
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
        if !write && gate::passes(rules, step.method, step.url.path()) {
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

    /// Sends a step; a write is announced before it leaves and accounted for afterwards.
    async fn witnessed(&mut self, step: &Step<'_>) -> Result<Whole, DeviceError> {
        let witness = match (&self.options.access, &step.request.effect) {
            (Access::ReadWrite(witness), Effect::Write { section, what }) if !step.redirected => {
                Some((witness.clone(), *section, what.clone()))
            }
            _ => None,
        };
        let Some((witness, section, what)) = witness else {
            let (result, left) = self.tries(step).await;
            return result.map_err(|failure| self.failed(step, failure, left));
        };
        if let Some(stopped) = self.stop().reached() {
            return Err(self.failed(step, stopped, false));
        }
        let intent = Intent {
            section,
            what,
            method: step.method.to_owned(),
            path: self.mask.apply(step.url.path()),
            fields: step.request.fields.clone(),
        };
        let intent = witness.intend(&intent).await.map_err(|e| {
            DeviceError::workspace(
                &step.request.tried,
                format!("the intent could not be stored: {e}; nothing was sent"),
            )
            .rerun(Rerun::Safe)
        })?;
        let (result, left) = self.tries(step).await;
        let stored = account(witness.as_ref(), intent, &result, left).await;
        match (result, stored) {
            (result, Ok(())) => result.map_err(|failure| self.failed(step, failure, left)),
            (Ok(whole), Err(e)) => Err(DeviceError::workspace(
                &step.request.tried,
                format!("the device answered {}, and the receipt could not be stored: {e}", whole.status),
            )),
            (Err(failure), Err(e)) => {
                let error = DeviceError::workspace(
                    &step.request.tried,
                    format!("{}, and that could not be stored: {e}", failure.got),
                );
                Err(if left { error.lost_answer() } else { error })
            }
        }
    }

    /// Sends a step, and a repeatable one again where the connection broke. Tells whether bytes of it may have left.
    async fn tries(&mut self, step: &Step<'_>) -> (Result<Whole, WireFailure>, bool) {
        let repeatable = step.repeatable();
        // What must not be sent twice never goes out on a connection that may be dead already.
        let mut fresh = !repeatable;
        let mut broken = 0;
        loop {
            let (result, left) = self.once(step, fresh).await;
            match &result {
                Err(failure) if repeatable && failure.broke => {
                    // A kept connection that the device had dropped says nothing about the device.
                    broken += usize::from(!failure.stale || fresh);
                    if broken >= self.options.limits.read_tries.max(1) {
                        return (result, left);
                    }
                    fresh = true;
                }
                _ => return (result, left),
            }
        }
    }

    async fn once(&mut self, step: &Step<'_>, fresh: bool) -> (Result<Whole, WireFailure>, bool) {
        let headers = self.headers(step);
        let wire_headers = match headers.iter().map(|(n, v)| wire_header(n, v)).collect::<Result<_, _>>() {
            Ok(headers) => headers,
            Err(failure) => return (Err(failure), false),
        };
        if let Some(recorder) = &mut self.recorder {
            recorder.request(&self.mask, step.method, &step.url, &headers, step.body, step.request);
        }
        let left = Left::default();
        let outgoing = Outgoing {
            method: step.method,
            url: &step.url,
            headers: wire_headers,
            body: step.body.map(|(_, body)| body.clone()).unwrap_or_default(),
            fresh,
            left: left.clone(),
        };
        let begun = Instant::now();
        let (stop, patience) = (self.stop(), self.patience(step));
        let sending = whole(self.wire.as_mut(), &outgoing, self.options.limits.page_bytes);
        let result = stop.within(patience, &left, sending).await;
        let left = left.is_marked();
        self.facts.requests += u32::from(left);
        self.record(step, &result, begun.elapsed());
        (result, left)
    }

    fn record(&mut self, step: &Step<'_>, result: &Result<Whole, WireFailure>, took: Duration) {
        let path = self.mask.apply(&clean(step.url.path()));
        let (device, method, ms) = (self.options.device.as_str(), step.method, took.as_millis() as u64);
        match result {
            Ok(whole) => {
                let (status, bytes) = (whole.status, whole.body.len());
                tracing::debug!(device, method, path, status, bytes, ms, "request");
                if let Some(certificate) = &whole.certificate {
                    self.facts.legacy_tls |= certificate.legacy_tls();
                    self.facts.certificate = Some(certificate.clone());
                }
                if let Some(recorder) = &mut self.recorder {
                    recorder.answer(&self.mask, whole.status, &whole.headers, &whole.body);
                }
            }
            Err(failure) => {
                let got = self.mask.apply(&failure.got);
                tracing::debug!(device, method, path, got, ms, "request failed");
                if let Some(recorder) = &mut self.recorder {
                    recorder.failure(&self.mask, &failure.got);
                }
            }
        }
    }

    fn headers(&self, step: &Step<'_>) -> Vec<(String, String)> {
        let host = step.url.host_str().unwrap_or_default();
        let host = step.url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        let mut headers = vec![
            ("Host".to_owned(), host),
            ("User-Agent".to_owned(), concat!("scanfleet/", env!("CARGO_PKG_VERSION")).to_owned()),
            ("Accept".to_owned(), "text/html,application/xhtml+xml,*/*;q=0.8".to_owned()),
            ("Accept-Encoding".to_owned(), "gzip, deflate".to_owned()),
            ("Connection".to_owned(), "keep-alive".to_owned()),
        ];
        for (name, value) in &step.request.headers {
            // What the transport decides cannot be overruled by a driver, least of all cookies.
            if OURS.iter().any(|ours| ours.eq_ignore_ascii_case(name)) {
                continue;
            }
            headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
            headers.push((name.clone(), value.clone()));
        }
        if let Some((content_type, body)) = step.body {
            headers.push(("Content-Type".to_owned(), content_type.clone()));
            headers.push(("Content-Length".to_owned(), body.len().to_string()));
        } else if step.method == "POST" {
            headers.push(("Content-Length".to_owned(), "0".to_owned()));
        }
        if let Some(cookies) = self.jar.header(&step.url) {
            headers.push(("Cookie".to_owned(), cookies));
        }
        headers
    }

    fn stop(&self) -> Stop {
        Stop { cancel: self.options.cancel.clone(), deadline: self.options.deadline }
    }

    fn patience(&self, step: &Step<'_>) -> Patience {
        match step.request.effect {
            Effect::Read => Patience::None,
            Effect::Login | Effect::Write { .. } => Patience::OnceLeft,
            Effect::Logout => Patience::Always,
        }
    }

    /// An answer that may not be followed.
    fn refused(&self, step: &Step<'_>, category: Category, got: String) -> DeviceError {
        let error = DeviceError::new(category, &step.request.tried, got).on_page(redirect::named(&step.url));
        if step.matters() { error.rerun(Rerun::ReadsFirst) } else { error }
    }

    /// `left`: whether bytes of this very step may have left.
    fn failed(&self, step: &Step<'_>, failure: WireFailure, left: bool) -> DeviceError {
        let tried = &step.request.tried;
        if failure.fault == Fault::Workspace {
            return DeviceError::workspace(tried, failure.got);
        }
        // After a redirect the request itself was answered, but the page that tells its outcome is lost.
        let lost = step.matters() && (left || step.redirected);
        let category = if lost { Category::Unconfirmed } else { failure.category };
        let error = DeviceError::new(category, tried, failure.got).on_page(redirect::named(&step.url));
        let error = match failure.hint {
            Some(hint) => error.hint(hint),
            None if lost => error.hint("read the device to see whether it took the request"),
            None if category == Category::Unreachable => error.hint(UNREACHABLE),
            None => error,
        };
        match (lost, step.matters()) {
            (true, _) => error.lost_answer(),
            // Nothing of a write has left: running again cannot do anything twice.
            (false, true) if category == Category::Interrupted => error.rerun(Rerun::Safe),
            _ => error,
        }
    }
}

/// Tells the witness how a write ended.
async fn account(
    witness: &dyn Witness,
    intent: i64,
    result: &Result<Whole, WireFailure>,
    left: bool,
) -> Result<(), super::WitnessError> {
    match result {
        Ok(whole) => witness.receive(intent, Some(whole.status)).await,
        Err(_) if left => witness.receive(intent, None).await,
        Err(_) => witness.withdraw(intent).await,
    }
}

/// Header text as bytes: latin-1 where it fits, as the device sent it.
fn wire_header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), WireFailure> {
    let latin1: Option<Vec<u8>> = value.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
    let bytes = latin1.unwrap_or_else(|| value.as_bytes().to_vec());
    match (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_bytes(&bytes)) {
        (Ok(name), Ok(value)) => Ok((name, value)),
        _ => Err(WireFailure::new(
            Category::Interrupted,
            format!("the header `{}` cannot be sent; nothing was sent", clean(name)),
        )),
    }
}
