//! The copier's client: its modes, its habits, and servers that are not what they should be.

use std::net::SocketAddr;
use std::time::Duration;

use scanfleet_mocks::mail::client::{AuthHabit, Route, Security, Stage, WithoutAuth};
use scanfleet_mocks::mail::{MailServer, Via};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::{NURSE, SCAN, copier, direct, direct_send, send_to, server, submit, tenant};

/// A server that greets and then answers one line after the other from a list; gives what it heard.
async fn scripted(script: &'static [&'static str]) -> (SocketAddr, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let task = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut stream = BufReader::new(stream);
        let mut heard = Vec::new();
        for reply in script {
            // The client may have heard enough.
            if stream.get_mut().write_all(format!("{reply}\r\n").as_bytes()).await.is_err() {
                break;
            }
            let mut line = String::new();
            // A body is heard up to its dot.
            while stream.read_line(&mut line).await.unwrap_or(0) > 0
                && reply.starts_with("354")
                && !line.ends_with("\r\n.\r\n")
            {}
            heard.push(line.trim_end().to_owned());
        }
        heard
    });
    (address, task)
}

#[tokio::test]
async fn every_security_mode_against_the_server() {
    let mut spec = tenant();
    spec.implicit_tls = true;
    let server = MailServer::start(spec).await.unwrap();
    for security in [Security::Starttls, Security::StarttlsIfOffered] {
        let mut settings = copier();
        settings.security = security;
        let outcome = submit(&server, &settings).await;
        assert!(outcome.sent, "{outcome:?}");
        assert_eq!(outcome.tls.as_deref(), Some("TLSv1.3"));
    }
    let mut settings = copier();
    settings.security = Security::Tls;
    let implicit = Route::Open(server.implicit_tls_addr().unwrap());
    let outcome = send_to(&settings, implicit, NURSE).await;
    assert!(outcome.sent, "{outcome:?}");
    // TLS from the first byte on the STARTTLS port: the greeting is not TLS.
    let outcome = submit(&server, &settings).await;
    assert_eq!((outcome.sent, outcome.stage), (false, Stage::Tls));
    assert!(outcome.detail.contains("TLS handshake failed"), "{}", outcome.detail);
    assert!(direct_send(&server, &direct(), NURSE).await.sent);

    let messages = server.messages();
    let vias: Vec<_> = messages.iter().map(|message| message.via).collect();
    assert_eq!(vias, [Via::Submission, Via::Submission, Via::ImplicitTls, Via::Mx]);
    for message in &messages {
        assert_eq!(message.envelope_from, SCAN);
        assert_eq!(message.recipients, [NURSE]);
        assert_eq!(message.helo, "mfp-3rd-floor");
        assert_eq!(message.header("Subject").as_deref(), Some("Scan 0001"));
        assert!(message.header("Message-ID").unwrap().contains("3352M510123"));
        assert!(message.data.contains("Content-Type: application/pdf"));
        // `%PDF-1.4` in base64.
        assert!(message.data.contains("JVBERi0xLjQ"));
        assert_eq!(message.authenticated_as.is_some(), message.via != Via::Mx);
    }
}

#[tokio::test]
async fn routes_that_lead_nowhere_answer_at_once() {
    for (route, stage, detail) in [
        (Route::NxDomain, Stage::Dns, "name not found"),
        (Route::Blocked, Stage::Connect, "timed out"),
        (Route::Refused, Stage::Connect, "connection refused"),
    ] {
        let outcome = send_to(&copier(), route, NURSE).await;
        assert_eq!((outcome.sent, outcome.stage, outcome.detail.as_str()), (false, stage, detail));
        assert_eq!((outcome.reply, outcome.message_id), (None, None));
    }
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let outcome = send_to(&copier(), Route::Open(closed), NURSE).await;
    assert_eq!((outcome.stage, outcome.detail.as_str()), (Stage::Connect, "connection refused"));
}

#[tokio::test]
async fn starttls_when_it_is_not_offered() {
    let (address, _server) = scripted(&["220 old", "250-old\r\n250 SIZE 1", "221 bye"]).await;
    let outcome = send_to(&copier(), Route::Open(address), NURSE).await;
    assert_eq!((outcome.stage, outcome.reply), (Stage::Tls, None));
    assert_eq!(outcome.detail, "the server does not offer STARTTLS");

    // "If offered" goes on in plain text, and a server without AUTH is met without a login.
    let (address, server) =
        scripted(&["220 old", "502 what", "250 old", "250 ok", "250 ok", "354 go", "250 taken", "221 bye"])
            .await;
    let mut settings = copier();
    settings.security = Security::StarttlsIfOffered;
    let outcome = send_to(&settings, Route::Open(address), NURSE).await;
    assert!(outcome.sent, "{outcome:?}");
    assert_eq!((outcome.reply.as_deref(), outcome.tls), (Some("250 taken"), None));
    let heard = server.await.unwrap();
    assert_eq!(heard[..3], ["EHLO mfp-3rd-floor", "HELO mfp-3rd-floor", "MAIL FROM:<scan@ward.example>"]);

    let (address, _server) = scripted(&["220 old", "250 old", "221 bye"]).await;
    settings.without_auth = WithoutAuth::GiveUp;
    let outcome = send_to(&settings, Route::Open(address), NURSE).await;
    assert_eq!(outcome.stage, Stage::Auth);
}

#[tokio::test]
async fn mechanisms() {
    static CRAM: &[&str] = &[
        "220 relay",
        "250-relay\r\n250 AUTH CRAM-MD5 LOGIN PLAIN",
        "334 PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2U+",
        "535 no",
        "221 bye",
    ];
    let mut settings = copier();
    settings.security = Security::None;
    settings.auth_habit = AuthHabit::CramMd5First;
    let (address, server) = scripted(CRAM).await;
    let outcome = send_to(&settings, Route::Open(address), NURSE).await;
    assert_eq!((outcome.stage, outcome.reply.as_deref()), (Stage::Auth, Some("535 no")));
    assert_eq!(server.await.unwrap()[1], "AUTH CRAM-MD5");

    let (address, _server) = scripted(&["220 relay", "250-relay\r\n250 AUTH CRAM-MD5", "334 ?!", ""]).await;
    let outcome = send_to(&settings, Route::Open(address), NURSE).await;
    assert_eq!(outcome.detail, "the server's challenge cannot be read");

    settings.auth_habit = AuthHabit::LoginFirst;
    let (address, server) =
        scripted(&["220 relay", "250-relay\r\n250 AUTH=PLAIN", "535-no\r\n535 way", ""]).await;
    let outcome = send_to(&settings, Route::Open(address), NURSE).await;
    assert_eq!(outcome.reply.as_deref(), Some("535 no way"));
    assert!(server.await.unwrap()[1].starts_with("AUTH PLAIN "));
}

#[tokio::test]
async fn servers_that_are_none() {
    for (script, stage, detail) in [
        (&["HTTP/1.0 400 Bad\u{7} Request"][..], Stage::Banner, "this is no reply of a mail server"),
        (&["220"][..], Stage::Ehlo, "the server closed the connection"),
        (&["554 no service"][..], Stage::Banner, "the server refused"),
        (&["220 x", "250-x\r\nüü"][..], Stage::Ehlo, "this is no reply of a mail server"),
    ] {
        let script: &'static [&'static str] = Box::leak(script.to_vec().into_boxed_slice());
        let (address, _server) = scripted(script).await;
        let outcome = send_to(&direct(), Route::Open(address), NURSE).await;
        assert_eq!((outcome.stage, outcome.detail.as_str()), (stage, detail), "{outcome:?}");
        assert!(!outcome.reply.unwrap_or_default().contains('\u{7}'));
    }
}

#[tokio::test]
async fn a_server_without_end_or_without_a_word() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        while stream.write_all(b"220-more\r\n").await.is_ok() {}
        // The second one is accepted and hears nothing.
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.read_to_end(&mut Vec::new()).await;
    });
    let outcome = send_to(&direct(), Route::Open(address), NURSE).await;
    assert_eq!(outcome.detail, "the server's reply is too long");
    let mut hasty = direct();
    hasty.patience = Duration::from_millis(100);
    let outcome = send_to(&hasty, Route::Open(address), NURSE).await;
    assert_eq!((outcome.stage, outcome.detail.as_str()), (Stage::Banner, "timed out"));
}

#[tokio::test]
async fn a_copier_that_checks_the_certificate() {
    let server = server().await;
    let mut settings = copier();
    settings.trusted = Some(server.certificate_pem());
    assert!(submit(&server, &settings).await.sent);
    settings.server = "mail.ward.example".to_owned();
    let outcome = submit(&server, &settings).await;
    assert_eq!((outcome.sent, outcome.stage), (false, Stage::Tls));
    settings.trusted = Some(Vec::new());
    assert_eq!(submit(&server, &settings).await.stage, Stage::Tls);
}

#[tokio::test]
async fn settings_cannot_smuggle_commands() {
    let server = server().await;
    let mut settings = direct();
    settings.sender = "scan@ward.example>\r\nRSET".to_owned();
    let outcome = direct_send(&server, &settings, "nurse@ward.example>\r\nDATA").await;
    assert_eq!(outcome.stage, Stage::Rcpt, "{outcome:?}");
    let sessions = server.sessions();
    assert!(sessions[0].lines.iter().all(|line| line.text != "RSET" && line.text != "DATA"));
}

#[tokio::test]
async fn many_copiers_at_once() {
    let server = std::sync::Arc::new(server().await);
    server.update(|spec| spec.limits.concurrent_per_account = 100);
    let mut scans = tokio::task::JoinSet::new();
    for _ in 0..40 {
        let server = server.clone();
        scans.spawn(async move { submit(&server, &copier()).await });
    }
    let outcomes = scans.join_all().await;
    assert!(outcomes.iter().all(|outcome| outcome.sent), "{outcomes:?}");
    let ids: std::collections::BTreeSet<_> =
        server.messages().iter().map(|message| message.header("Message-ID").unwrap()).collect();
    assert_eq!(ids.len(), 40);
}
