//! How a session finds its device, and what it trusts before anything is sent.

mod support;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use openssl::hash::MessageDigest;
use openssl::ssl::SslVersion;
use scanfleet_sdk::transport::{Session, SessionOptions, TlsProfile};
use scanfleet_sdk::{Category, DeviceError, Fault};
use support::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

fn hello(_: &Seen) -> Reply {
    Reply::Keep(page("200 OK", "", "hello"))
}

async fn refused(options: SessionOptions) -> DeviceError {
    match Session::connect(options).await {
        Ok(_) => panic!("connected"),
        Err(error) => error,
    }
}

#[tokio::test]
async fn a_port_that_speaks_tls_is_https_and_the_checked_connection_carries_the_first_request() {
    let certificate = common();
    let server = Server::https(modern_context(&certificate), hello).await;
    let mut session = Session::connect(options(&server.address())).await.unwrap();
    assert_eq!(session.origin().as_str(), format!("https://127.0.0.1:{}/", server.port));
    assert_eq!(server.bytes(), 0);
    assert_eq!(session.get("/a", "read").await.unwrap().text, "hello");
    assert_eq!(session.get("/b", "read").await.unwrap().text, "hello");
    assert_eq!((server.connections(), server.lines()), (1, vec!["GET /a".to_owned(), "GET /b".to_owned()]));
    let facts = session.facts();
    let known = facts.certificate.as_ref().unwrap();
    assert_eq!((known.sha256.as_str(), known.key_bits), (certificate.sha256().as_str(), 2048));
    assert_eq!(known.subject, "CN=copier[31m", "terminal escapes are removed");
    assert!(!facts.plain_http && !facts.legacy_tls && !known.expired);
    assert_eq!(facts.requests, 2);
    let seen = &server.seen()[0];
    assert_eq!(seen.header("host"), Some(server.address().as_str()));
    assert_eq!(seen.header("connection"), Some("keep-alive"));
    assert_eq!(seen.header("accept-encoding"), Some("gzip, deflate"));
    assert!(seen.header("user-agent").unwrap().starts_with("scanfleet/"));
}

#[tokio::test]
async fn a_port_that_answers_the_greeting_with_http_is_http() {
    let server = Server::raw(|mut tcp| async move {
        let mut head = [0; 1024];
        let n = tcp.read(&mut head).await.unwrap_or(0);
        let answer = if head[..n].starts_with(b"GET ") { "200 OK" } else { "400 Bad Request" };
        let _ = tcp.write_all(&page(answer, "Connection: close\r\n", "plain")).await;
    })
    .await;
    let mut session = Session::connect(options(&server.address())).await.unwrap();
    assert_eq!(session.origin().scheme(), "http");
    assert!(session.facts().plain_http);
    assert_eq!(session.get("/", "read").await.unwrap().text, "plain");
}

#[tokio::test]
async fn a_port_that_hangs_up_on_the_greeting_is_http() {
    let server = Server::raw(|mut tcp| async move {
        let mut head = [0; 1024];
        let n = tcp.read(&mut head).await.unwrap_or(0);
        if head[..n].starts_with(b"GET ") {
            let _ = tcp.write_all(&page("200 OK", "Connection: close\r\n", "plain")).await;
        }
    })
    .await;
    let mut session = Session::connect(options(&server.address())).await.unwrap();
    assert_eq!(session.get("/", "read").await.unwrap().text, "plain");
}

#[tokio::test]
async fn a_port_that_is_silent_at_the_greeting_is_http() {
    let server = Server::raw(|mut tcp| async move {
        let mut head = [0; 1024];
        while let Ok(n) = tcp.read(&mut head).await {
            if head[..n].starts_with(b"GET ") {
                let _ = tcp.write_all(&page("200 OK", "Connection: close\r\n", "plain")).await;
                return;
            }
        }
    })
    .await;
    let mut options = options(&server.address());
    options.limits.handshake = Duration::from_millis(300);
    let mut session = Session::connect(options).await.unwrap();
    assert_eq!(session.get("/", "read").await.unwrap().text, "plain");
}

#[tokio::test]
async fn a_device_once_pinned_is_never_spoken_to_over_http() {
    let server = Server::http(hello).await;
    for address in [server.address(), format!("http://{}", server.address())] {
        let mut options = options(&address);
        options.limits.handshake = Duration::from_millis(300);
        options.trust = Pins::with("00");
        let error = refused(options).await;
        assert_eq!(error.category, Category::Tls);
        assert!(error.got.contains("https before"), "{error}");
    }
    assert!(server.seen().is_empty());
    let mut options = options(&server.address());
    options.limits.handshake = Duration::from_millis(300);
    options.tls = TlsProfile::CertificateAuthority;
    assert_eq!(refused(options).await.category, Category::Tls);
}

#[tokio::test]
async fn nobody_listens() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    for scheme in ["", "http://", "https://"] {
        let error = refused(options(&format!("{scheme}127.0.0.1:{port}"))).await;
        assert_eq!((error.category, error.answer_lost), (Category::Unreachable, false));
        assert!(error.got.contains("refuses"), "{error}");
        assert!(error.next.is_some());
    }
}

#[tokio::test]
async fn a_device_that_never_finishes_the_handshake_is_unreachable_and_not_http() {
    let server = Server::raw(|tcp| async move {
        let _held = tcp;
        std::future::pending::<()>().await;
    })
    .await;
    let mut options = options(&format!("https://{}", server.address()));
    options.limits.handshake = Duration::from_millis(200);
    let error = refused(options).await;
    assert_eq!(error.category, Category::Unreachable);
    assert!(error.got.contains("200 ms"), "{error}");
}

#[tokio::test]
async fn another_certificate_than_pinned_gets_not_one_byte_of_http() {
    let certificate = common();
    let server = Server::https(modern_context(&certificate), hello).await;
    let mut options = options(&server.address());
    let pinned = "ab".repeat(32);
    options.trust = Pins::with(&pinned);
    let error = refused(options).await;
    assert_eq!(error.category, Category::Tls);
    assert!(error.got.contains(&pinned) && error.got.contains(&certificate.sha256()), "{error}");
    assert!(error.got.contains("nothing was sent"), "{error}");
    assert!(error.next.unwrap().contains("scanfleet trust accept copier-1"));
    assert_eq!((server.connections(), server.bytes()), (1, 0));
}

#[tokio::test]
async fn a_certificate_that_changes_between_connections_stops_the_session() {
    let first = certificate(2048, MessageDigest::sha256(), 30);
    let other = certificate(2048, MessageDigest::sha256(), 30);
    let server = Server::start(vec![modern_context(&first), modern_context(&other)], |_| {
        Reply::Close(page("200 OK", "", "x"))
    })
    .await;
    let mut session = Session::connect(options(&server.address())).await.unwrap();
    session.get("/a", "read").await.unwrap();
    let error = session.get("/b", "read").await.unwrap_err();
    assert_eq!((error.category, error.answer_lost), (Category::Tls, false));
    assert_eq!(server.lines(), ["GET /a"]);
}

#[tokio::test]
async fn pins_that_cannot_be_stored_are_our_own_fault() {
    let certificate = common();
    let server = Server::https(modern_context(&certificate), hello).await;
    let mut options = options(&server.address());
    let pins = Arc::new(Pins::default());
    pins.broken.store(true, Ordering::SeqCst);
    options.trust = pins;
    let error = refused(options).await;
    assert_eq!(error.fault, Fault::Workspace);
    assert_eq!(server.bytes(), 0);
}

#[tokio::test]
async fn an_expired_self_signed_certificate_is_accepted_by_its_pin() {
    let certificate = certificate(2048, MessageDigest::sha1(), -400);
    let server = Server::https(modern_context(&certificate), hello).await;
    let mut options = options(&server.address());
    options.trust = Pins::with(&certificate.sha256());
    let mut session = Session::connect(options).await.unwrap();
    session.get("/", "read").await.unwrap();
    assert!(session.facts().certificate.as_ref().unwrap().expired);
}

#[tokio::test]
async fn what_modern_tls_still_takes() {
    let weak = certificate(1024, MessageDigest::sha1(), 30);
    let ecdhe = legacy_context(&weak, SslVersion::TLS1_2, "ECDHE-RSA-AES128-GCM-SHA256");
    for context in [modern_context(&weak), ecdhe, tls12_rsa_context(&weak)] {
        let server = Server::https(context, hello).await;
        let mut session = Session::connect(options(&server.address())).await.unwrap();
        session.get("/", "read").await.unwrap();
        let facts = session.facts();
        assert_eq!(facts.certificate.as_ref().unwrap().key_bits, 1024);
        assert!(!facts.legacy_tls);
    }
}

#[tokio::test]
async fn old_machines_need_the_legacy_profile_and_the_result_says_so() {
    let weak = certificate(1024, MessageDigest::sha1(), 30);
    for (version, ciphers) in [
        (SslVersion::TLS1, "AES128-SHA"),
        (SslVersion::TLS1, "ECDHE-RSA-AES128-SHA"),
        (SslVersion::TLS1_1, "ALL"),
    ] {
        let server = Server::https(legacy_context(&weak, version, ciphers), hello).await;
        let error = refused(options(&format!("https://{}", server.address()))).await;
        assert_eq!(error.category, Category::Tls, "{error}");
        assert!(
            error.next.as_ref().is_some_and(|next| next.contains("tls: legacy")),
            "{error} {:?}",
            error.next
        );
        let mut options = options(&server.address());
        options.tls = TlsProfile::Legacy;
        let mut session = Session::connect(options).await.unwrap();
        assert_eq!(session.get("/", "read").await.unwrap().text, "hello");
        let facts = session.facts();
        assert!(facts.legacy_tls, "{:?}", facts.certificate);
    }
}

#[tokio::test]
async fn a_certificate_of_an_authority_is_checked_by_chain_and_name() {
    let (authority, leaf) = signed_by_own_ca();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    std::fs::write(&file, authority.x509.to_pem().unwrap()).unwrap();
    let server = Server::https(modern_context(&leaf), hello).await;
    let with = |address: &str, extra_ca: Option<&std::path::Path>| {
        let mut options = options(address);
        options.tls = TlsProfile::CertificateAuthority;
        options.extra_ca = extra_ca.map(ToOwned::to_owned);
        options
    };
    let mut session = Session::connect(with(&server.address(), Some(&file))).await.unwrap();
    session.get("/", "read").await.unwrap();
    let bytes = server.bytes();
    let unknown = refused(with(&server.address(), None)).await;
    let named = refused(with(&format!("localhost:{}", server.port), Some(&file))).await;
    let missing = refused(with(&server.address(), Some(&folder.path().join("none.pem")))).await;
    for error in [unknown, named, missing] {
        assert_eq!(error.category, Category::Tls, "{error}");
    }
    assert_eq!(server.bytes(), bytes);
}

#[tokio::test]
async fn a_cancelled_run_does_not_connect() {
    let server = Server::http(hello).await;
    let options = options(&format!("http://{}", server.address()));
    options.cancel.cancel();
    let error = refused(options).await;
    assert_eq!(error.category, Category::Interrupted);
    assert_eq!(server.connections(), 0);
}

/// An address of the loopback network where nobody listens on 443 or 80.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn without_scheme_and_port_http_is_tried_only_where_443_refuses() {
    let error = refused(options("127.91.82.73")).await;
    assert_eq!(error.category, Category::Unreachable);
    assert_eq!(error.got, "port 443 refuses the connection, and port 80 refuses the connection");
    let error = refused(options("127.91.82.73:443")).await;
    assert_eq!(error.got, "port 443 refuses the connection");
    let mut options = options("127.91.82.73");
    options.trust = Pins::with("00");
    assert_eq!(refused(options).await.category, Category::Tls);
}
