//! A very small HTTP server: what a copier's web server does on the wire, well or badly.

use std::io::Write as _;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::rsa::Rsa;
use openssl::ssl::{Ssl, SslContext, SslMethod};
use openssl::x509::{X509, X509NameBuilder};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;

/// How the web server speaks.
#[derive(Debug, Clone, Default)]
pub struct Wire {
    pub tls: bool,
    /// HTTP/1.0, no length, the end of the connection ends the page.
    pub old: bool,
    pub gzip: bool,
    /// In pieces instead of a length.
    pub chunked: bool,
    pub keep_alive: bool,
    pub slow: Option<Duration>,
}

/// A copier that answers.
pub trait Answers: Send + 'static {
    fn answer(&mut self, request: &Request) -> Reply;
}

#[derive(Debug, Clone, Default)]
pub struct Request {
    pub method: String,
    pub path: String,
    pub query: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    /// Every value of a cookie that the client sent.
    pub fn cookies(&self, name: &str) -> Vec<&str> {
        let lines = self.headers.iter().filter(|(n, _)| n.eq_ignore_ascii_case("cookie"));
        lines
            .flat_map(|(_, v)| v.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(|(n, _)| *n == name)
            .map(|(_, v)| v)
            .collect()
    }

    /// The urlencoded body in the page's own charset.
    pub fn form(&self, charset: &'static encoding_rs::Encoding) -> Vec<(String, String)> {
        let text = |bytes: &[u8]| charset.decode_without_bom_handling(&unescape(bytes)).0.into_owned();
        let pairs = self.body.split(|b| *b == b'&').filter(|pair| !pair.is_empty());
        pairs
            .map(|pair| {
                let cut = pair.iter().position(|b| *b == b'=').unwrap_or(pair.len());
                (text(&pair[..cut]), text(pair.get(cut + 1..).unwrap_or_default()))
            })
            .collect()
    }
}

fn unescape(bytes: &[u8]) -> Vec<u8> {
    let plus: Vec<u8> = bytes.iter().map(|b| if *b == b'+' { b' ' } else { *b }).collect();
    let mut out = Vec::new();
    let mut at = 0;
    while at < plus.len() {
        let hex = plus.get(at + 1..at + 3).and_then(|h| std::str::from_utf8(h).ok());
        match (plus[at], hex.and_then(|h| u8::from_str_radix(h, 16).ok())) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 3;
            }
            (byte, _) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    out
}

#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub kind: &'static str,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// The connection closes and nothing is said.
    pub hang_up: bool,
}

impl Reply {
    pub fn page(text: impl AsRef<str>) -> Self {
        Self {
            status: 200,
            kind: "text/html; charset=UTF-8",
            headers: Vec::new(),
            body: text.as_ref().as_bytes().to_vec(),
            hang_up: false,
        }
    }

    /// A page in a charset that only the page itself declares.
    pub fn encoded(text: &str, charset: &'static encoding_rs::Encoding) -> Self {
        let mut reply = Self::page("");
        reply.kind = "text/html";
        reply.body = charset.encode(text).0.into_owned();
        reply
    }

    pub fn script(text: &str) -> Self {
        Self { kind: "text/javascript", ..Self::page(text) }
    }

    pub fn moved(to: &str) -> Self {
        Self { status: 302, ..Self::page("") }.with("Location", to)
    }

    pub fn not_found() -> Self {
        let body =
            "<html><head><title>404 Not Found</title></head><body><h1>404 Not Found</h1></body></html>";
        Self { status: 404, ..Self::page(body) }
    }

    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

/// Serves a device until the runtime ends; gives its address.
pub async fn serve<D: Answers>(device: Arc<Mutex<D>>, wire: Wire) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (device, wire) = (device.clone(), wire.clone());
            tokio::spawn(async move {
                if wire.tls {
                    let mut stream =
                        tokio_openssl::SslStream::new(Ssl::new(context()).unwrap(), stream).unwrap();
                    if Pin::new(&mut stream).accept().await.is_ok() {
                        talk(stream, &device, &wire).await;
                    }
                } else {
                    talk(stream, &device, &wire).await;
                }
            });
        }
    });
    address
}

async fn talk<D: Answers>(mut stream: impl AsyncRead + AsyncWrite + Unpin, device: &Mutex<D>, wire: &Wire) {
    while let Some(request) = receive(&mut stream).await {
        let reply = device.lock().unwrap().answer(&request);
        if reply.hang_up {
            return;
        }
        if let Some(pause) = wire.slow {
            tokio::time::sleep(pause).await;
        }
        if stream.write_all(&bytes(&reply, wire, &request)).await.is_err() || !wire.keep_alive {
            break;
        }
    }
    let _ = stream.shutdown().await;
}

fn bytes(reply: &Reply, wire: &Wire, request: &Request) -> Vec<u8> {
    let mut body = reply.body.clone();
    let zipped = wire.gzip && request.header("accept-encoding").is_some_and(|v| v.contains("gzip"));
    if zipped {
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        writer.write_all(&body).unwrap();
        body = writer.finish().unwrap();
    }
    let reason = match reply.status {
        200 => "OK",
        302 => "Found",
        _ => "Not Found",
    };
    let version = if wire.old { "1.0" } else { "1.1" };
    let mut head = format!("HTTP/{version} {} {reason}\r\n", reply.status);
    if !reply.headers.iter().any(|(name, _)| name == "Server") {
        head += "Server: Web-Server/3.0\r\n";
    }
    head += &format!("Content-Type: {}\r\nCache-Control: no-cache\r\nPragma: no-cache\r\n", reply.kind);
    if zipped {
        head += "Content-Encoding: gzip\r\n";
    }
    for (name, value) in &reply.headers {
        head += &format!("{name}: {value}\r\n");
    }
    if wire.chunked {
        head += "Transfer-Encoding: chunked\r\nConnection: Keep-Alive\r\n\r\n";
        let mut out = head.into_bytes();
        for piece in body.chunks(700) {
            out.extend_from_slice(format!("{:X}\r\n", piece.len()).as_bytes());
            out.extend_from_slice(piece);
            out.extend_from_slice(b"\r\n");
        }
        out.extend_from_slice(b"0\r\n\r\n");
        return out;
    }
    if !wire.old {
        head += &format!("Content-Length: {}\r\n", body.len());
        head += if wire.keep_alive { "Connection: Keep-Alive\r\n" } else { "Connection: close\r\n" };
    }
    head += "\r\n";
    let mut out = head.into_bytes();
    out.extend_from_slice(&body);
    out
}

async fn receive(stream: &mut (impl AsyncRead + Unpin)) -> Option<Request> {
    let mut data = Vec::new();
    let end = loop {
        if let Some(at) = data.windows(4).position(|w| w == b"\r\n\r\n") {
            break at;
        }
        if stream.read_buf(&mut data).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&data[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let mut words = lines.next()?.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(n, v)| (n.trim().to_owned(), v.trim().to_owned()))
        .collect();
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let mut request =
        Request { method, path: path.to_owned(), query: query.to_owned(), headers, body: Vec::new() };
    let length: usize = request.header("content-length").and_then(|v| v.parse().ok()).unwrap_or(0);
    let mut body = data.split_off(end + 4);
    while body.len() < length {
        if stream.read_buf(&mut body).await.ok()? == 0 {
            return None;
        }
    }
    request.body = body;
    Some(request)
}

/// A self-signed certificate that ran out years ago, as copiers have them; made once.
fn context() -> &'static SslContext {
    static CONTEXT: OnceLock<SslContext> = OnceLock::new();
    CONTEXT.get_or_init(|| {
        let key = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
        let mut name = X509NameBuilder::new().unwrap();
        name.append_entry_by_text("CN", "RNP0026738A1B2C").unwrap();
        let name = name.build();
        let mut certificate = X509::builder().unwrap();
        certificate.set_version(2).unwrap();
        certificate.set_serial_number(&BigNum::from_u32(1).unwrap().to_asn1_integer().unwrap()).unwrap();
        certificate.set_subject_name(&name).unwrap();
        certificate.set_issuer_name(&name).unwrap();
        certificate.set_pubkey(&key).unwrap();
        certificate.set_not_before(&Asn1Time::from_unix(1_262_304_000).unwrap()).unwrap();
        certificate.set_not_after(&Asn1Time::from_unix(1_420_070_400).unwrap()).unwrap();
        certificate.sign(&key, MessageDigest::sha256()).unwrap();
        let mut builder = SslContext::builder(SslMethod::tls_server()).unwrap();
        builder.set_private_key(&key).unwrap();
        builder.set_certificate(&certificate.build()).unwrap();
        builder.build()
    })
}
