//! The server against whatever a connection can carry.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use scanfleet_mocks::mail::{Speaker, replies};

use crate::raw::Raw;
use crate::{NURSE, PASSWORD, SCAN, copier, logged_in, server, submit};

#[tokio::test]
async fn greetings_and_lists() {
    let server = server().await;
    let mut raw = Raw::connect(server.submission_addr()).await;
    let list = raw.say("EHLO x", "250-AM0PR04CA0083.outlook.office365.com Hello [127.0.0.1]\n").await;
    assert!(list.contains("\n250-SIZE 157286400\n250-PIPELINING\n"), "{list}");
    assert!(list.contains("\n250-STARTTLS\n") && !list.contains("AUTH"), "{list}");
    raw.say("STARTTLS", "220 ").await;
    let mut raw = raw.tls().await;
    raw.say("MAIL FROM:<a@b>", "503 5.5.2 Send hello first").await;
    let list = raw.say("EHLO x", "250-").await;
    assert!(list.contains("\n250-AUTH LOGIN XOAUTH2\n") && !list.contains("STARTTLS"), "{list}");
    raw.say("STARTTLS", "503 ").await;

    let mut mx = Raw::secure(server.mx_addr()).await;
    let list = mx.say("EHLO x", "250-DB5EUR02FT041.mail.protection.outlook.com Hello").await;
    assert!(!list.contains("AUTH") && !list.contains("STARTTLS"), "{list}");
    mx.say("AUTH LOGIN", "504 5.7.4 ").await;
    assert_eq!(server.mx_name(), "ward-example.mail.protection.outlook.com");
}

#[tokio::test]
async fn the_order_of_commands() {
    let server = server().await;
    let mut raw = Raw::connect(server.mx_addr()).await;
    for (line, wanted) in [
        ("NOOP", "250 2.0.0"),
        ("HELP", "214-"),
        ("MAIL FROM:<a@b.c>", "503 5.5.2 Send hello first"),
        ("AUTH LOGIN", "503 5.5.2 Send hello first"),
        ("EHLO", "250-"),
        ("HELO x", "250 DB5EUR02FT041.mail.protection.outlook.com Hello"),
        ("STARTTLS now", "501 "),
        ("VRFY x", "252 "),
        ("RCPT TO:<nurse@ward.example>", "503 5.5.2 Need mail command"),
        ("DATA", "503 5.5.2 Need mail command"),
        ("MAIL FROM:a b", "501 "),
        ("MAIL FROM:<nodomain>", "501 5.1.7"),
        ("MAIL FROM:<a@b.c> SIZE=99999999999999999999999", "552 5.3.4"),
        ("mail from: <a@b.c> SIZE=10 BODY=8BITMIME", "250 2.1.0"),
        ("MAIL FROM:<a@b.c>", "503 5.5.2 Sender already specified"),
        ("DATA", "503 5.5.2 Need rcpt command"),
        ("RCPT TO:<>", "501 5.1.7"),
        ("RCPT TO:<nurse@ward.example>", "250 2.1.5"),
        ("RSET", "250 2.0.0"),
        ("DATA", "503 5.5.2 Need mail command"),
        ("WIZ", "500 5.3.3 Unrecognized command"),
        ("QUIT", "221 2.0.0 Service closing transmission channel"),
    ] {
        raw.say(line, wanted).await;
    }
    assert_eq!(raw.reply().await, "");
}

#[tokio::test]
async fn the_login_exchange() {
    let server = server().await;
    let user = STANDARD.encode(SCAN);
    let mut plain = Raw::connect(server.submission_addr()).await;
    plain.say("EHLO x", "250").await;
    plain.say("AUTH LOGIN", "504 5.7.4 Unrecognized authentication type [").await;

    let mut raw = Raw::secure(server.submission_addr()).await;
    raw.say("AUTH", "504 5.7.4 ").await;
    raw.say("AUTH PLAIN AAAA", "504 5.7.4 Unrecognized authentication type [").await;
    raw.say("AUTH LOGIN", "334 VXNlcm5hbWU6").await;
    raw.say("*", "501 5.7.0").await;
    raw.say("AUTH LOGIN", "334 ").await;
    raw.say("no base64!", "535 5.7.3 Authentication unsuccessful [").await;
    raw.say("AUTH LOGIN =", "334 UGFzc3dvcmQ6").await;
    raw.say(&STANDARD.encode([0xff, 0xfe]), "535 5.7.3 Authentication unsuccessful [").await;
    raw.say("AUTH XOAUTH2 dXNlcj1h", "535 5.7.3 Authentication unsuccessful [").await;
    raw.say("AUTH XOAUTH2", "334").await;
    raw.say("*", "501 ").await;
    raw.say("auth login", "334 VXNlcm5hbWU6").await;
    raw.say(&user, "334 UGFzc3dvcmQ6").await;
    raw.say(&STANDARD.encode(PASSWORD), "235 2.7.0").await;
    raw.say("AUTH LOGIN", "503 ").await;
    raw.say("MAIL FROM:<scan@ward.example>", "250 ").await;
}

#[tokio::test]
async fn pipelined_commands_and_dots() {
    let server = server().await;
    let mut raw = Raw::connect(server.mx_addr()).await;
    raw.send(
        format!(
            "EHLO x\r\nMAIL FROM:<{SCAN}>\r\nRCPT TO:<{NURSE}>\r\nRCPT TO:<no@ward.example>\r\nDATA\r\n\
             From: Copier <{SCAN}>\r\nSubject: a\r\n b\r\n\r\n..one\r\n...\r\nx\n.\ny\r\n.\r\nQUIT\r\n"
        )
        .as_bytes(),
    )
    .await;
    for wanted in ["250", "250 2.1.0", "250 2.1.5", "550 5.4.1", "354", "250 2.6.0", "221"] {
        let reply = raw.reply().await;
        assert!(reply.starts_with(wanted), "{wanted}: {reply}");
    }
    let message = server.messages().remove(0);
    assert_eq!(message.recipients, [NURSE]);
    assert_eq!(message.header("subject").as_deref(), Some("a b"));
    assert!(message.data.ends_with("\r\n\r\n.one\r\n..\r\nx\n.\ny\r\n"), "{:?}", message.data);
    assert_eq!((message.received_at_order, message.helo.as_str()), (1, "x"));
}

#[tokio::test]
async fn commands_before_the_handshake_are_forgotten() {
    let server = server().await;
    let mut raw = Raw::connect(server.mx_addr()).await;
    raw.say("EHLO x", "250").await;
    raw.send(b"STARTTLS\r\nMAIL FROM:<evil@ward.example>\r\n").await;
    assert!(raw.reply().await.starts_with("220 2.0.0"));
    let mut raw = raw.tls().await;
    raw.say("EHLO y", "250-").await;
    raw.say("RCPT TO:<nurse@ward.example>", "503 5.5.2 Need mail command").await;
}

#[tokio::test]
async fn a_message_needs_a_from_header() {
    let server = server().await;
    let mut raw = Raw::connect(server.mx_addr()).await;
    raw.say("EHLO x", "250").await;
    raw.say("MAIL FROM:<>", "250").await;
    raw.say(&format!("RCPT TO:<{NURSE}>"), "250").await;
    raw.say("DATA", "354").await;
    raw.say("Subject: x\r\n\r\nFrom: a@b.c\r\n.", "550 5.7.512 ").await;
    assert!(server.messages().is_empty());

    // Submission writes the header itself, but only if there is none.
    let mut raw = logged_in(&server).await;
    for (data, wanted) in [("From: me", "550 5.7.512 "), ("Subject: x", "250 2.0.0 OK <")] {
        raw.say(&format!("MAIL FROM:<{SCAN}>"), "250").await;
        raw.say(&format!("RCPT TO:<{NURSE}>"), "250").await;
        raw.say("DATA", "354").await;
        raw.say(&format!("{data}\r\n\r\nx\r\n."), wanted).await;
    }
    assert_eq!(server.messages().len(), 1);
}

#[tokio::test]
async fn garbage_harms_nobody() {
    let server = server().await;
    let mut every_byte: Vec<u8> = (0..=255).collect();
    every_byte.extend_from_slice(b"\r\n");
    let long = "A".repeat(50_000);
    for address in [server.submission_addr(), server.mx_addr()] {
        let mut raw = Raw::connect(address).await;
        raw.send(&every_byte).await;
        assert!(raw.reply().await.starts_with("500 5.3.3"));
        assert!(raw.reply().await.starts_with("500 5.3.3"));
        raw.say(&long, "500 5.3.3 Line too long").await;
        raw.say("EHLO \u{0}\u{7f}\u{202e}", "250").await;
        raw.say("MAIL FROM:<\u{e9}@", if address == server.mx_addr() { "501" } else { "451" }).await;
        raw.say("", "500").await;
        // A TLS greeting on the plain port, then a connection that just goes.
        raw.send(&[0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]).await;
        drop(raw);
        let mut raw = Raw::connect(address).await;
        let mut last = String::new();
        for _ in 0..40 {
            raw.send(b"NONSENSE\r\n").await;
            last = raw.reply().await;
            if last.starts_with("421") {
                break;
            }
        }
        assert_eq!(last, replies::TOO_MANY_ERRORS.text);
    }
    assert!(submit(&server, &copier()).await.sent);
}

#[tokio::test]
async fn no_record_holds_a_password() {
    let server = server().await;
    assert!(submit(&server, &copier()).await.sent);
    let encoded = STANDARD.encode(PASSWORD);
    let mut raw = Raw::secure(server.submission_addr()).await;
    // A client that goes on talking after its login has been refused, in every way it can.
    raw.say(&format!("AUTH PLAIN {encoded}"), "504").await;
    raw.say(&encoded, "500").await;
    raw.say(PASSWORD, "500").await;
    raw.say(&format!("AUTH {encoded}"), "504").await;
    raw.say(&format!("AUTH LOGIN {encoded}"), "334").await;
    raw.say(&encoded, "535").await;
    raw.say(&format!("AUTH XOAUTH2 {encoded}"), "535").await;
    let shown =
        format!("{:?}{:?}{:?}{server:?}{:?}", server.sessions(), server.messages(), server.spec(), copier());
    for part in [PASSWORD, &encoded, "pl4nted", &encoded[..12], &STANDARD.encode(SCAN)] {
        assert!(!shown.contains(part), "{part} in {shown}");
    }
    let sessions = server.sessions();
    let said: Vec<_> = sessions[1].lines.iter().filter(|line| line.speaker == Speaker::Client).collect();
    assert!(said.iter().any(|line| line.text == "AUTH [not kept]"), "{said:?}");
}

#[tokio::test]
async fn shutdown_closes_ports_and_sessions() {
    let server = server().await;
    let address = server.submission_addr();
    let mut raw = Raw::connect(address).await;
    server.shutdown().await;
    assert_eq!(raw.reply().await, "");
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}
