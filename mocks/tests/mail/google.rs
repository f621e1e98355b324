//! A tenant at Google, line by line.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use scanfleet_mocks::mail::{Account, MailServer, TenantSpec};

use crate::raw::Raw;

const SCAN: &str = "scan@firm.example";

async fn start() -> MailServer {
    let account = Account::new(SCAN, "own-not-a-secret").with_app_password("abcd efgh ijkl mnop");
    MailServer::start(TenantSpec::google("firm.example").with_account(account)).await.unwrap()
}

fn plain(password: &str) -> String {
    format!("AUTH PLAIN {}", STANDARD.encode(format!("\0{SCAN}\0{password}")))
}

#[tokio::test]
async fn only_app_passwords_log_in() {
    let server = start().await;
    let mut raw = Raw::secure(server.submission_addr()).await;
    let list = raw.say("EHLO copier", "250-smtp.gmail.com at your service").await;
    assert!(list.contains("AUTH LOGIN PLAIN"), "{list}");
    raw.say("MAIL FROM:<x@firm.example>", "530-5.7.0 Authentication Required.").await;
    let own = raw.say(&plain("own-not-a-secret"), "534-5.7.9 Application-specific password required.").await;
    assert!(own.contains("\n534 5.7.9 https://support.google.com/mail/?p=InvalidSecondFactor "), "{own}");
    raw.say(&plain("nonsense"), "535-5.7.8 Username and Password not accepted.").await;
    raw.say(&plain("abcdefghijklmnop"), "235 2.7.0 Accepted").await;
    raw.say("MAIL FROM:<other@firm.example>", "250 2.1.0 OK").await;
    raw.say("RCPT TO:<client@elsewhere.example>", "250 2.1.5 OK").await;
    raw.say("DATA", "354 Go ahead").await;
    raw.say("From: other@firm.example\r\n\r\nx\r\n.", "250 2.0.0 OK").await;
    assert_eq!(server.messages()[0].envelope_from, SCAN);
}

#[tokio::test]
async fn without_two_step_verification_the_own_password_is_just_wrong() {
    let server = start().await;
    server.update(|tenant| tenant.account_mut(SCAN).unwrap().two_step = false);
    let mut raw = Raw::secure(server.submission_addr()).await;
    raw.say(&plain("own-not-a-secret"), "535-5.7.8 ").await;
    server.update(|tenant| tenant.account_mut(SCAN).unwrap().locked = true);
    raw.say(&plain("abcdefghijklmnop"), "534-5.7.14 ").await;
    let mut bare = Raw::connect(server.submission_addr()).await;
    bare.say("EHLO copier", "250-").await;
    bare.say("MAIL FROM:<x@firm.example>", "530 5.7.0 Must issue a STARTTLS command first.").await;
    assert!(server.implicit_tls_addr().is_some());
}
