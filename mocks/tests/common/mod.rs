//! A client that knows HTTP and a little HTML, and nothing of scanfleet's own toolkit.
#![allow(dead_code, missing_docs)]

use std::collections::BTreeMap;
use std::pin::Pin;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use openssl::ssl::{Ssl, SslContext, SslMethod, SslVerifyMode, SslVersion};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_openssl::SslStream;

/// An answer, or what came of one.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
    /// All announced bytes came.
    pub whole: bool,
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub fn set_cookies(&self) -> Vec<&str> {
        self.headers
            .iter()
            .filter(|(key, _)| key.eq_ignore_ascii_case("set-cookie"))
            .map(|(_, value)| value.as_str())
            .collect()
    }

    pub fn is_trampoline(&self) -> bool {
        self.body.contains("authForm.cgi") && self.body.contains("document.form1.submit()")
    }
}

/// A client with cookies. Digits of `wimsesid` are never overwritten by `--`, unless it logs out.
#[derive(Debug, Clone)]
pub struct Client {
    pub base: String,
    pub cookies: BTreeMap<String, String>,
    pub token: String,
    pub language: String,
    /// The SHA-256 of the last certificate.
    pub certificate: Option<Vec<u8>>,
}

impl Client {
    pub fn new(base: &str, language: &str) -> Self {
        Self {
            base: base.to_owned(),
            cookies: BTreeMap::from([("cookieOnOffChecker".to_owned(), "on".to_owned())]),
            token: String::new(),
            language: language.to_owned(),
            certificate: None,
        }
    }

    pub async fn get(&mut self, path: &str) -> Option<Reply> {
        self.send("GET", path, "").await
    }

    pub async fn post(&mut self, path: &str, fields: &[(String, String)]) -> Option<Reply> {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send("POST", path, &body).await
    }

    /// One request with a form on its own connection; nothing if no head came back.
    pub async fn send(&mut self, method: &str, path: &str, body: &str) -> Option<Reply> {
        self.send_as(method, path, "application/x-www-form-urlencoded", body.as_bytes()).await
    }

    /// The same with a body of another kind.
    pub async fn send_as(&mut self, method: &str, path: &str, kind: &str, body: &[u8]) -> Option<Reply> {
        let (tls, address) = match self.base.split_once("://").unwrap() {
            ("https", rest) => (true, rest.to_owned()),
            (_, rest) => (false, rest.to_owned()),
        };
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookies =
            if cookies.is_empty() { String::new() } else { format!("Cookie: {}\r\n", cookies.join("; ")) };
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {address}\r\n{cookies}Content-Type: {kind}\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n",
            body.len()
        );
        let request = [head.as_bytes(), body].concat();
        let (raw, certificate) = exchange_at(tls, &address, &request).await?;
        if certificate.is_some() {
            self.certificate = certificate;
        }
        let reply = parse(&raw)?;
        for cookie in reply.set_cookies() {
            let (name, value) = cookie.split(';').next()?.split_once('=')?;
            if name == "wimsesid" && value == "--" && !reply.is_trampoline() && !path.contains("logout") {
                continue;
            }
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        if let Some(token) = inputs(&reply.body).into_iter().find(|input| input.name == "wimToken") {
            self.token = token.value;
        }
        Some(reply)
    }

    pub fn guest(&self, page: &str) -> String {
        format!("/web/guest/{}/{page}", self.language)
    }

    pub fn entry(&self, page: &str) -> String {
        format!("/web/entry/{}/{page}", self.language)
    }

    /// Reads the form and posts a log-in; the answer to the post.
    pub async fn log_in(&mut self, user: &str, password: &str) -> Reply {
        let form = self.guest("websys/webArch/authForm.cgi");
        self.get(&form).await.unwrap();
        let fields = [
            ("wimToken", self.token.clone()),
            ("userid_work", String::new()),
            ("userid", BASE64.encode(user)),
            ("password_work", String::new()),
            ("password", BASE64.encode(password)),
            ("open", String::new()),
        ];
        let fields: Vec<(String, String)> =
            fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let target = self.guest("websys/webArch/login.cgi");
        self.post(&target, &fields).await.unwrap()
    }

    pub fn logged_in(&self) -> bool {
        self.cookies
            .get("wimsesid")
            .is_some_and(|id| !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit()))
    }
}

/// The bytes that come back for a GET, head and all.
pub async fn bytes(base: &str, path: &str, cookie: &str) -> Vec<u8> {
    let (scheme, address) = base.split_once("://").unwrap();
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n");
    exchange_at(scheme == "https", address, request.as_bytes()).await.unwrap().0
}

/// One request on its own connection: all bytes that came, and the SHA-256 of the certificate.
async fn exchange_at(tls: bool, address: &str, request: &[u8]) -> Option<(Vec<u8>, Option<Vec<u8>>)> {
    let stream = TcpStream::connect(address).await.ok()?;
    if !tls {
        return Some((exchange(stream, request).await, None));
    }
    let mut context = SslContext::builder(SslMethod::tls_client()).unwrap();
    context.set_security_level(0);
    context.set_cipher_list("ALL:@SECLEVEL=0").unwrap();
    context.set_min_proto_version(Some(SslVersion::TLS1)).unwrap();
    context.set_verify(SslVerifyMode::NONE);
    let mut stream = SslStream::new(Ssl::new(&context.build()).unwrap(), stream).unwrap();
    Pin::new(&mut stream).connect().await.ok()?;
    let der = stream.ssl().peer_certificate().unwrap().to_der().unwrap();
    let raw = exchange(stream, request).await;
    Some((raw, Some(openssl::sha::sha256(&der).to_vec())))
}

async fn exchange<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, request: &[u8]) -> Vec<u8> {
    let mut raw = Vec::new();
    if stream.write_all(request).await.is_ok() {
        let _ = stream.read_to_end(&mut raw).await;
    }
    raw
}

fn parse(raw: &[u8]) -> Option<Reply> {
    let text = String::from_utf8_lossy(raw).into_owned();
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers: Vec<(String, String)> =
        lines.filter_map(|line| line.split_once(": ")).map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
    let mut reply = Reply { status, headers, body: body.to_owned(), whole: false };
    reply.whole =
        reply.header("content-length").and_then(|length| length.parse::<usize>().ok()) == Some(body.len());
    Some(reply)
}

/// One control as the page has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    pub name: String,
    pub kind: String,
    pub value: String,
    pub on: bool,
    pub disabled: bool,
}

/// The inputs of a page, selects as one input with the chosen value. Knows the lab's markup only.
pub fn inputs(page: &str) -> Vec<Input> {
    let page = page.split("<form name=\"checkForm\"").next().unwrap();
    let mut found = Vec::new();
    for piece in page.split('<').skip(1) {
        let tag = piece.split('>').next().unwrap();
        let word = tag.split(' ').next().unwrap();
        let disabled = tag.split(' ').any(|part| part == "disabled");
        match word {
            "input" => found.push(Input {
                name: attribute(tag, "name"),
                kind: attribute(tag, "type"),
                value: attribute(tag, "value"),
                on: tag.split(' ').any(|part| part == "checked"),
                disabled,
            }),
            "select" => found.push(Input {
                name: attribute(tag, "name"),
                kind: "select".into(),
                value: String::new(),
                on: true,
                disabled,
            }),
            "option" if tag.contains(" selected") => {
                if let Some(last) = found.last_mut() {
                    last.value = attribute(tag, "value");
                }
            }
            _ => {}
        }
    }
    found
}

fn attribute(tag: &str, name: &str) -> String {
    let Some(at) = tag.find(&format!(" {name}=\"")) else { return String::new() };
    let rest = &tag[at + name.len() + 3..];
    rest.split('"').next().unwrap().replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&")
}

/// What a browser would post of these inputs.
pub fn entries(inputs: &[Input]) -> Vec<(String, String)> {
    inputs
        .iter()
        .filter(|input| !input.disabled && !input.name.is_empty() && input.kind != "button")
        .filter(|input| input.kind != "radio" || input.on)
        .map(|input| (input.name.clone(), input.value.clone()))
        .collect()
}

/// Sets a field; it must be there once.
pub fn set(fields: &mut [(String, String)], name: &str, value: &str) {
    let mut matching = fields.iter_mut().filter(|(key, _)| key == name);
    matching.next().unwrap_or_else(|| panic!("no field {name}")).1 = value.to_owned();
    assert!(matching.next().is_none(), "field {name} stands twice");
}

/// The address that a script function of the page posts to, absolute.
pub fn target(page: &str, function: &str, from: &str) -> String {
    let body =
        page.split(&format!("function {function}(){{")).nth(1).unwrap_or_else(|| panic!("no {function}"));
    let body = body.split("\n}").next().unwrap();
    let address = body.split(".action = ").nth(1).unwrap();
    let quote = &address[..1];
    let address = address[1..].split(quote).next().unwrap();
    if address.starts_with('/') {
        return address.to_owned();
    }
    format!("{}/{address}", from.rsplit_once('/').unwrap().0)
}

/// The pairs that a script function sets before it posts.
pub fn assignments(page: &str, function: &str) -> Vec<(String, String)> {
    let body = page.split(&format!("function {function}(){{")).nth(1).unwrap().split("\n}").next().unwrap();
    body.lines()
        .filter_map(|line| line.split_once(".value = "))
        .filter(|(_, value)| value.starts_with(['\'', '"']))
        .map(|(left, value)| {
            (
                left.rsplit('.').next().unwrap().to_owned(),
                value[1..].split(['\'', '"']).next().unwrap().to_owned(),
            )
        })
        .collect()
}
