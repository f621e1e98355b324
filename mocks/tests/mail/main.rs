//! The lab's mail service and the copier's mail client, alone and against each other.

mod client;
mod google;
mod protocol;
mod raw;
mod switches;

use scanfleet_mocks::mail::client::{Login, MailClientSettings, Route, Security, SendOutcome};
use scanfleet_mocks::mail::{Account, MailServer, TenantSpec};

const DOMAIN: &str = "ward.example";
const SCAN: &str = "scan@ward.example";
const NURSE: &str = "nurse@ward.example";
/// A password that must turn up nowhere.
const PASSWORD: &str = "pl4nted-Pa55 wörd";

fn tenant() -> TenantSpec {
    TenantSpec::new(DOMAIN).with_account(Account::new(SCAN, PASSWORD)).with_recipient(NURSE)
}

async fn server() -> MailServer {
    MailServer::start(tenant()).await.unwrap()
}

/// A copier set up for client submission.
fn copier() -> MailClientSettings {
    let mut settings = MailClientSettings::new("smtp.office365.com", 587, SCAN);
    settings.security = Security::Starttls;
    settings.auth = Some(Login::new(SCAN, PASSWORD));
    settings.ehlo_name = "mfp-3rd-floor".to_owned();
    settings.serial = "3352M510123".to_owned();
    settings
}

/// A copier set up for direct send.
fn direct() -> MailClientSettings {
    let mut settings = copier();
    settings.server = "ward-example.mail.protection.outlook.com".to_owned();
    settings.port = 25;
    settings.auth = None;
    settings.security = Security::None;
    settings
}

async fn submit(server: &MailServer, settings: &MailClientSettings) -> SendOutcome {
    send_to(settings, Route::Open(server.submission_addr()), NURSE).await
}

async fn direct_send(server: &MailServer, settings: &MailClientSettings, to: &str) -> SendOutcome {
    send_to(settings, Route::Open(server.mx_addr()), to).await
}

async fn send_to(settings: &MailClientSettings, route: Route, to: &str) -> SendOutcome {
    scanfleet_mocks::mail::client::send(settings, route, to, "Scan 0001", "Sent from the copier.").await
}

/// A session of the scan account behind its login.
async fn logged_in(server: &MailServer) -> raw::Raw {
    use base64::Engine;
    let encode = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
    let mut raw = raw::Raw::secure(server.submission_addr()).await;
    raw.say(&format!("AUTH LOGIN {}", encode(SCAN)), "334 UGFzc3dvcmQ6").await;
    raw.say(&encode(PASSWORD), "235 2.7.0 Authentication successful").await;
    raw
}
