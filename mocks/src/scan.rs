//! A person scans a page to e-mail.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use crate::mail::client::{self, AuthHabit, Login, MailClientSettings, Security, SendOutcome, Stage};
use crate::ricoh::Device;
use crate::settings::{Item, PasswordKind};
use crate::subnet::{Egress, SubnetSpec};

/// A document laid on the glass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScanRequest {
    /// The address to send it to.
    pub to: String,
    /// The sender, where the person chose one; otherwise the copier's own.
    #[serde(default)]
    pub from: Option<String>,
    /// The subject; otherwise the copier's own.
    #[serde(default)]
    pub subject: Option<String>,
}

impl ScanRequest {
    /// A scan to an address, with the copier's own sender and subject.
    pub fn to(address: impl Into<String>) -> Self {
        Self { to: address.into(), from: None, subject: None }
    }
}

/// What the copier's mail client works with, and where its packets go.
#[derive(Debug)]
pub(crate) struct Errand {
    settings: MailClientSettings,
    route: client::Route,
    to: String,
    subject: String,
}

/// Prepares a scan with what the device holds now.
///
/// How the one SSL switch meets the wire is an assumption: STARTTLS, except on port 465, where TLS comes first.
///
/// # Errors
/// The outcome, where the device would not even try.
pub(crate) fn prepare(
    device: &Device,
    source: SocketAddr,
    subnet: Option<&SubnetSpec>,
    submission: SocketAddr,
    mx: SocketAddr,
    request: ScanRequest,
) -> Result<Errand, SendOutcome> {
    let spec = &device.spec;
    let inner = device.lock();
    let held = &inner.settings;
    let server = held.get(Item::SmtpServer).to_owned();
    if server.is_empty() {
        return Err(SendOutcome {
            sent: false,
            stage: Stage::Dns,
            reply: None,
            detail: "no SMTP server is configured".into(),
            tls: None,
            message_id: None,
        });
    }
    let port = held.smtp_port();
    let auth = held.on(Item::SmtpAuth);
    let own = match held.get(Item::SmtpAuthAddress) {
        address if auth && !address.is_empty() => address,
        _ => held.get(Item::AdminAddress),
    };
    let mut settings =
        MailClientSettings::new(server.as_str(), port, request.from.unwrap_or_else(|| own.to_owned()));
    settings.security = match (held.on(Item::SmtpSsl), port) {
        (false, _) => Security::None,
        (true, 465) => Security::Tls,
        (true, _) => Security::Starttls,
    };
    settings.auth = auth.then(|| {
        let password = inner.passwords.get(&PasswordKind::Smtp).cloned().unwrap_or_default();
        Login::new(held.get(Item::SmtpUser), password)
    });
    settings.auth_habit = match held.get(Item::SmtpEncryption) {
        "active" => AuthHabit::CramMd5First,
        _ => AuthHabit::LoginFirst,
    };
    settings.tls_max = spec.profile.mail_tls_max;
    settings.ehlo_name.clone_from(&spec.host_name);
    settings.serial.clone_from(&spec.serial);
    settings.model.clone_from(&spec.model);
    settings.source = Some(source.ip());
    let egress = subnet.map_or(Egress::Blocked, |subnet| subnet.route(&server, port));
    let route = match egress {
        Egress::Submission => client::Route::Open(submission),
        Egress::Mx => client::Route::Open(mx),
        Egress::Address(address) => client::Route::Open(address),
        Egress::Blocked => client::Route::Blocked,
        Egress::Refused => client::Route::Refused,
        Egress::NxDomain => client::Route::NxDomain,
    };
    let subject = request.subject.unwrap_or_else(|| format!("Message from {}", spec.host_name));
    Ok(Errand { settings, route, to: request.to, subject })
}

impl Errand {
    /// Sends the page.
    pub(crate) async fn run(self) -> SendOutcome {
        let body = "This e-mail was sent from a simulated copier. One page was scanned.\r\n";
        client::send(&self.settings, self.route, &self.to, &self.subject, body).await
    }
}
