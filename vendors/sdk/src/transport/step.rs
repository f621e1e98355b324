//! One step of a request: announced where it writes, sent under all limits, sent again only where that is harmless, recorded,
//! and its failure put into words.

use std::time::{Duration, Instant};

use http::{HeaderName, HeaderValue};
use url::Url;

use super::connect::UNREACHABLE;
use super::exchange::{Patience, Stop, Whole, whole};
use super::wire::{Left, Outgoing, WireFailure};
use super::{Access, Effect, Intent, Request, Session, Witness, WitnessError, redirect};
use crate::DeviceError;
use crate::error::{Category, Fault, Rerun, clean};

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

/// What goes out in one step of a request: the request itself, or a redirect's GET after it.
pub(super) struct Step<'a> {
    pub(super) request: &'a Request,
    pub(super) url: Url,
    pub(super) method: &'static str,
    pub(super) body: Option<&'a (String, Vec<u8>)>,
    /// Whether it is a redirect that the device sent us on.
    pub(super) redirected: bool,
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
    /// Sends a step; a write is announced before it leaves and accounted for afterwards.
    pub(super) async fn witnessed(&mut self, step: &Step<'_>) -> Result<Whole, DeviceError> {
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
        let mut sent = 0;
        loop {
            let (result, left) = self.once(step, fresh).await;
            sent += 1;
            match &result {
                Err(failure) if repeatable && failure.broke => {
                    // A kept connection that the device had dropped says nothing about the device: one more try at least.
                    let tries = self.options.limits.read_tries.max(if failure.stale { 2 } else { 1 });
                    if sent >= tries {
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
            fresh: fresh || self.suspect,
            left: left.clone(),
        };
        let begun = Instant::now();
        let (stop, patience) = (self.stop(), self.patience(step));
        let sending = whole(self.wire.as_mut(), &outgoing, self.options.limits.page_bytes);
        let result = stop.within(patience, &left, sending).await;
        let left = left.is_marked();
        self.suspect = result.is_err();
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

    pub(super) fn stop(&self) -> Stop {
        Stop { cancel: self.options.cancel.clone(), deadline: self.options.deadline }
    }

    pub(super) fn patience(&self, step: &Step<'_>) -> Patience {
        match step.request.effect {
            Effect::Read => Patience::None,
            Effect::Login | Effect::Write { .. } => Patience::OnceLeft,
            Effect::Logout => Patience::Always,
        }
    }

    /// An answer that may not be followed.
    pub(super) fn refused(&self, step: &Step<'_>, category: Category, got: String) -> DeviceError {
        let error = DeviceError::new(category, &step.request.tried, got).on_page(redirect::named(&step.url));
        if step.matters() { error.rerun(Rerun::ReadsFirst) } else { error }
    }

    /// `left`: whether bytes of this very step may have left.
    pub(super) fn failed(&self, step: &Step<'_>, failure: WireFailure, left: bool) -> DeviceError {
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
) -> Result<(), WitnessError> {
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
