//! HTTP in clear, by reqwest with everything switched off that decides for itself.

use std::io;

use async_trait::async_trait;
use http_body_util::BodyExt;
use tokio::time::{Instant, timeout_at};

use super::{BodyFailure, Incoming, Outgoing, Wire, WireFailure, cause, latin1_headers, spell};
use crate::error::Category;
use crate::transport::Limits;

pub(in crate::transport) struct PlainWire {
    limits: Limits,
    /// A client and the number of requests it has carried. Dropping it closes the connection it keeps.
    kept: Option<(reqwest::Client, u32)>,
}

impl PlainWire {
    pub(in crate::transport) fn new(limits: Limits) -> Self {
        Self { limits, kept: None }
    }

    fn client(&self) -> Result<reqwest::Client, WireFailure> {
        reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            // Would log every byte, passwords too.
            .connection_verbose(false)
            .http1_only()
            .http1_title_case_headers()
            .http1_allow_spaces_after_header_name_in_responses(true)
            .http1_allow_obsolete_multiline_headers_in_responses(true)
            .http1_ignore_invalid_headers_in_responses(true)
            .http1_max_headers(500)
            .http09_responses()
            .pool_max_idle_per_host(1)
            .connect_timeout(self.limits.connect)
            .tcp_nodelay(true)
            .build()
            .map_err(|e| WireFailure::new(Category::Interrupted, format!("no HTTP client: {}", cause(&e))))
    }

    fn failure(&self, error: &reqwest::Error, outgoing: &Outgoing<'_>, reused: bool) -> WireFailure {
        if error.is_connect() {
            outgoing.left.take_back();
            return WireFailure::new(Category::Unreachable, self.connect_text(error, outgoing));
        }
        if error.is_builder() {
            outgoing.left.take_back();
            return WireFailure::new(Category::PageChanged, cause(error));
        }
        let mut failure = WireFailure::new(
            Category::Unreachable,
            format!("the connection broke before an answer came: {}", cause(error)),
        );
        failure.broke = true;
        failure.stale = reused;
        failure
    }

    fn connect_text(&self, error: &reqwest::Error, outgoing: &Outgoing<'_>) -> String {
        let port = outgoing.url.port_or_known_default().unwrap_or(80);
        let mut source = std::error::Error::source(error);
        while let Some(cause) = source {
            match cause.downcast_ref::<io::Error>().map(io::Error::kind) {
                Some(io::ErrorKind::ConnectionRefused) => {
                    return format!("port {port} refuses the connection");
                }
                Some(io::ErrorKind::TimedOut) => {
                    return format!("port {port} did not answer within {}", spell(self.limits.connect));
                }
                _ => source = cause.source(),
            }
        }
        if error.is_timeout() {
            return format!("port {port} did not answer within {}", spell(self.limits.connect));
        }
        cause(error)
    }
}

#[async_trait]
impl Wire for PlainWire {
    async fn exchange(&mut self, outgoing: &Outgoing<'_>) -> Result<Incoming, WireFailure> {
        if outgoing.fresh {
            // Also closes the kept connection: some devices serve one connection at a time.
            self.kept = None;
        }
        let (client, carried) = match self.kept.take() {
            Some(kept) => kept,
            None => (self.client()?, 0),
        };
        let reused = carried > 0;
        let mut request = client
            .request(
                if outgoing.method == "POST" { reqwest::Method::POST } else { reqwest::Method::GET },
                outgoing.url.clone(),
            )
            .body(outgoing.body.clone());
        for (name, value) in &outgoing.headers {
            request = request.header(name, value);
        }
        // Whether reqwest is still connecting cannot be seen from here, so an abandoned request counts as sent.
        outgoing.left.mark();
        let read = self.limits.read;
        let until = Instant::now() + read;
        let response = match timeout_at(until, request.send()).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Err(self.failure(&error, outgoing, reused)),
            Err(_) => {
                let got = format!("no answer came within {}", spell(read));
                return Err(WireFailure::new(Category::Unreachable, got));
            }
        };
        self.kept = Some((client, carried + 1));
        let response: http::Response<reqwest::Body> = response.into();
        let (head, body) = response.into_parts();
        Ok(Incoming {
            status: head.status.as_u16(),
            headers: latin1_headers(&head.headers),
            body: body.map_err(|e| Box::new(e) as BodyFailure).boxed_unsync(),
            until,
            reused,
            certificate: None,
        })
    }
}
