//! HTTPS by hyper over an OpenSSL context of our own, which speaks to machines that every default refuses.
//!
//! The certificate is judged after the handshake and before the first byte of HTTP, on every connection.

use std::net::IpAddr;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use openssl::error::ErrorStack;
use openssl::ssl::{self, Ssl, SslContext, SslMethod, SslOptions, SslVerifyMode, SslVersion};
use openssl::x509::X509VerifyResult;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_openssl::SslStream;

use super::sniff::Sniff;
use super::{
    BodyFailure, Incoming, OpenError, Outgoing, Wire, WireFailure, cause, connect_tcp, latin1_headers, spell,
};
use crate::error::{Category, clean};
use crate::transport::pin::{self, CertificateFacts, Trust, TrustRefusal};
use crate::transport::{Limits, SessionOptions, TlsProfile};

/// What OpenSSL says of a device that is too old for the profile.
const TOO_OLD: &[&str] = &[
    "unsupported protocol",
    "protocol version",
    "wrong ssl version",
    "wrong version number",
    "handshake failure",
    "no protocols available",
    "dh key too small",
    "ee key too small",
    "ca md too weak",
    "legacy sigalg",
    "wrong signature type",
    "unsafe legacy renegotiation",
    "no shared cipher",
    "wrong cipher returned",
    "unknown cipher returned",
    "insufficient security",
    "no suitable signature algorithm",
    "no shared signature algorithms",
];

pub(in crate::transport) struct TlsWire {
    device: String,
    host: String,
    port: u16,
    profile: TlsProfile,
    limits: Limits,
    trust: Arc<dyn Trust>,
    context: SslContext,
    kept: Option<Live>,
}

/// An open connection whose certificate was accepted.
struct Live {
    sender: SendRequest<Full<Bytes>>,
    task: JoinHandle<()>,
    facts: CertificateFacts,
    carried: u32,
}

impl Drop for Live {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl TlsWire {
    /// Prepares a wire; nothing is sent. Fails where OpenSSL or the file of authorities cannot be used.
    pub(in crate::transport) fn new(
        options: &SessionOptions,
        host: String,
        port: u16,
    ) -> Result<Self, OpenError> {
        let context = context(options.tls, options.extra_ca.as_ref())
            .map_err(|got| OpenError::Tls { got, hint: None })?;
        Ok(Self {
            device: options.device.clone(),
            host,
            port,
            profile: options.tls,
            limits: options.limits.clone(),
            trust: options.trust.clone(),
            context,
            kept: None,
        })
    }

    /// Opens the connection that the first request will use, and gives the facts of its certificate.
    pub(in crate::transport) async fn open(
        &mut self,
        silence: Option<Duration>,
    ) -> Result<CertificateFacts, OpenError> {
        self.kept = None;
        let live = self.dial(silence).await?;
        let facts = live.facts.clone();
        self.kept = Some(live);
        Ok(facts)
    }

    /// `silence`: how long a peer may keep silent before it counts as one that does not speak TLS.
    async fn dial(&self, silence: Option<Duration>) -> Result<Live, OpenError> {
        let tcp = connect_tcp(&self.host, self.port, self.limits.connect).await?;
        let mut stream =
            self.ssl().and_then(|ssl| SslStream::new(ssl, Sniff::new(tcp))).map_err(|error| {
                OpenError::Tls {
                    got: format!("no TLS connection can be set up: {}", reasons(&error)),
                    hint: None,
                }
            })?;
        let limit = self.limits.handshake;
        let until = Instant::now() + limit;
        let patience = silence.map_or(limit, |silence| silence.min(limit));
        let done = {
            let mut handshake = std::pin::pin!(Pin::new(&mut stream).connect());
            timeout(patience, &mut handshake).await.ok()
        };
        // A silent peer has used up its patience; one that has begun to speak TLS gets the rest of the time.
        let done = match done {
            None if silence.is_some() && stream.get_ref().is_silent() => {
                return Err(OpenError::NotTls(format!(
                    "port {} says nothing to a TLS greeting within {}",
                    self.port,
                    spell(patience)
                )));
            }
            None => timeout_at(until, Pin::new(&mut stream).connect()).await.ok(),
            done => done,
        };
        match done {
            Some(Ok(())) => {}
            Some(Err(error)) => return Err(self.handshake_failed(&stream, &error)),
            None => {
                let got = format!("the TLS handshake was not finished within {}", spell(limit));
                return Err(OpenError::Unreachable(got));
            }
        }
        let facts = self.judge(&stream).await?;
        let (sender, connection) = http1::Builder::new()
            .title_case_headers(true)
            .allow_spaces_after_header_name_in_responses(true)
            .allow_obsolete_multiline_headers_in_responses(true)
            .ignore_invalid_headers_in_responses(true)
            .http09_responses(true)
            .max_headers(500)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(|e| OpenError::Unreachable(cause(&e)))?;
        // Errors of the connection reach the request that waits on it.
        let task = tokio::spawn(async move { drop(connection.await) });
        Ok(Live { sender, task, facts, carried: 0 })
    }

    fn ssl(&self) -> Result<Ssl, ErrorStack> {
        let mut ssl = Ssl::new(&self.context)?;
        let ip: Option<IpAddr> = self.host.parse().ok();
        let name = self.host.trim_end_matches('.');
        if ip.is_none() {
            ssl.set_hostname(name)?;
        }
        if self.profile == TlsProfile::CertificateAuthority {
            match ip {
                Some(ip) => ssl.param_mut().set_ip(ip)?,
                None => ssl.param_mut().set_host(name)?,
            }
        }
        Ok(ssl)
    }

    async fn judge(&self, stream: &SslStream<Sniff>) -> Result<CertificateFacts, OpenError> {
        let facts = pin::facts(stream.ssl())
            .map_err(|got| OpenError::Tls { got: format!("{got}; nothing was sent"), hint: None })?;
        if self.profile == TlsProfile::CertificateAuthority {
            return Ok(facts);
        }
        match self.trust.check(&facts).await {
            Ok(()) => Ok(facts),
            Err(refusal @ TrustRefusal::Changed { .. }) => Err(OpenError::Tls {
                got: format!("{refusal}; nothing was sent"),
                hint: Some(format!(
                    "find out why the certificate changed; if the change is right, accept it with \
                     `scanfleet trust accept {}`",
                    self.device
                )),
            }),
            Err(TrustRefusal::Store(reason)) => Err(OpenError::Store(format!(
                "the pinned certificates cannot be used: {reason}; nothing was sent"
            ))),
        }
    }

    fn handshake_failed(&self, stream: &SslStream<Sniff>, error: &ssl::Error) -> OpenError {
        let peer = stream.get_ref();
        let port = self.port;
        if !peer.is_silent() && !peer.is_tls() {
            return OpenError::NotTls(format!("port {port} answers, and not in TLS"));
        }
        let verified = stream.ssl().verify_result();
        if self.profile == TlsProfile::CertificateAuthority && verified != X509VerifyResult::OK {
            return OpenError::Tls {
                got: format!("the certificate is not trusted: {}; nothing was sent", verified.error_string()),
                hint: Some(
                    "give the device a certificate of a known authority in its own name, or pin its certificate by \
                     leaving out `tls: ca`"
                        .into(),
                ),
            };
        }
        let reason = match (error.ssl_error(), error.io_error()) {
            (Some(stack), _) => reasons(stack),
            (None, Some(io)) => clean(&io.to_string()),
            (None, None) => "the connection was closed".to_owned(),
        };
        if peer.is_silent() && error.ssl_error().is_none_or(|stack| reasons(stack).contains("unexpected eof"))
        {
            return OpenError::NotTls(format!(
                "port {port} closes the connection at the TLS greeting: {reason}"
            ));
        }
        let old = TOO_OLD.iter().any(|sign| reason.contains(sign));
        let hint = (old && self.profile != TlsProfile::Legacy).then(|| {
            "the device is too old for TLS 1.2; set `tls: legacy` for it in the inventory".to_owned()
        });
        OpenError::Tls { got: format!("the TLS handshake failed: {reason}; nothing was sent"), hint }
    }

    /// A kept connection that still seems to be open, or a new one.
    async fn live(&mut self, fresh: bool) -> Result<Live, WireFailure> {
        // Taking it out of `kept` also closes it before another is opened: some devices serve one at a time.
        if let Some(mut live) = self.kept.take()
            && !fresh
            && !live.sender.is_closed()
            && matches!(timeout(self.limits.connect, live.sender.ready()).await, Ok(Ok(())))
        {
            return Ok(live);
        }
        self.dial(None).await.map_err(OpenError::into_failure)
    }
}

#[async_trait]
impl Wire for TlsWire {
    async fn exchange(&mut self, outgoing: &Outgoing<'_>) -> Result<Incoming, WireFailure> {
        let mut live = self.live(outgoing.fresh).await?;
        let reused = live.carried > 0;
        // A connection that was opened for the check may have been dropped since, too.
        let kept = reused || !outgoing.fresh;
        let url = outgoing.url;
        let target =
            url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
        let mut request = http::Request::builder().method(outgoing.method).uri(target);
        for (name, value) in &outgoing.headers {
            request = request.header(name, value);
        }
        let request = request
            .body(Full::new(Bytes::from(outgoing.body.clone())))
            .map_err(|e| WireFailure::new(Category::PageChanged, clean(&e.to_string())))?;
        let read = self.limits.read;
        let until = Instant::now() + read;
        outgoing.left.mark();
        let response = match timeout_at(until, live.sender.try_send_request(request)).await {
            Ok(Ok(response)) => response,
            Ok(Err(mut error)) => {
                if error.take_message().is_some() {
                    outgoing.left.take_back();
                }
                let error = error.into_error();
                let mut failure = WireFailure::new(
                    Category::Unreachable,
                    format!("the connection broke before an answer came: {}", cause(&error)),
                );
                failure.broke = true;
                failure.stale = kept;
                return Err(failure);
            }
            Err(_) => {
                let got = format!("no answer came within {}", spell(read));
                return Err(WireFailure::new(Category::Unreachable, got));
            }
        };
        live.carried += 1;
        let certificate = Some(live.facts.clone());
        self.kept = Some(live);
        let (head, body) = response.into_parts();
        Ok(Incoming {
            status: head.status.as_u16(),
            headers: latin1_headers(&head.headers),
            body: body.map_err(|e| Box::new(e) as BodyFailure).boxed_unsync(),
            until,
            reused,
            certificate,
        })
    }
}

fn context(profile: TlsProfile, extra_ca: Option<&PathBuf>) -> Result<SslContext, String> {
    let unusable = |e: ErrorStack| format!("OpenSSL cannot be set up: {}", reasons(&e));
    let mut builder = SslContext::builder(SslMethod::tls_client()).map_err(unusable)?;
    // Old servers close without a close_notify; a body without a length then ends where the connection ends.
    builder.set_options(SslOptions::ALL | SslOptions::NO_COMPRESSION | SslOptions::IGNORE_UNEXPECTED_EOF);
    // Minimum and ciphers are set in every profile, because the machine's openssl.cnf may say otherwise.
    match profile {
        TlsProfile::Modern | TlsProfile::CertificateAuthority => {
            builder.set_min_proto_version(Some(SslVersion::TLS1_2)).map_err(unusable)?;
            builder.set_cipher_list("DEFAULT:@SECLEVEL=1").map_err(unusable)?;
        }
        TlsProfile::Legacy => {
            builder.set_min_proto_version(Some(SslVersion::TLS1)).map_err(unusable)?;
            builder.set_cipher_list("ALL:@SECLEVEL=0").map_err(unusable)?;
            // SSL_OP_LEGACY_SERVER_CONNECT, which the binding does not name: servers from before RFC 5746.
            builder.set_options(SslOptions::from_bits_retain(0x4));
        }
    }
    builder.set_max_proto_version(None).map_err(unusable)?;
    if profile == TlsProfile::CertificateAuthority {
        builder.set_verify(SslVerifyMode::PEER);
        trust_authorities(&mut builder, extra_ca)?;
    } else {
        // The check is ours: see `judge`.
        builder.set_verify(SslVerifyMode::NONE);
    }
    Ok(builder.build())
}

fn trust_authorities(builder: &mut ssl::SslContextBuilder, extra_ca: Option<&PathBuf>) -> Result<(), String> {
    // The system's store may be missing or broken; then only the extra file counts.
    let _ = builder.set_default_verify_paths();
    // An OpenSSL built from source looks where it would have been installed; the probe knows where systems keep theirs.
    // (The binding panics on a path that is not UTF-8, hence the filter.)
    let found = openssl_probe::probe();
    let usable = |path: &PathBuf| path.to_str().is_some_and(|text| !text.contains('\0'));
    if let Some(file) = found.cert_file.filter(usable) {
        let _ = builder.load_verify_locations(Some(&file), None);
    }
    for directory in found.cert_dir.iter().filter(|path| usable(path)) {
        let _ = builder.load_verify_locations(None, Some(directory));
    }
    if let Some(file) = extra_ca {
        let loaded = usable(file).then(|| builder.load_verify_locations(Some(file), None).is_ok());
        if loaded != Some(true) {
            return Err(format!("the file of certificate authorities {} cannot be read", file.display()));
        }
    }
    Ok(())
}

/// OpenSSL's own words, without its file names and numbers.
fn reasons(stack: &ErrorStack) -> String {
    let texts: Vec<&str> = stack.errors().iter().filter_map(|error| error.reason()).collect();
    if texts.is_empty() { "no reason is given".to_owned() } else { clean(&texts.join(", ")) }
}
