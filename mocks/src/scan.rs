//! A person scans a page to e-mail.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use crate::machine::{Machine, Purpose};
use crate::mail::MailServer;
use crate::mail::client::{self, MailClientSettings, SendOutcome, Stage};
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
/// # Errors
/// The outcome, where the device would not even try.
pub(crate) fn prepare(
    device: &dyn Machine,
    source: SocketAddr,
    subnet: Option<&SubnetSpec>,
    mail: &MailServer,
    request: ScanRequest,
    purpose: Purpose,
) -> Result<Errand, SendOutcome> {
    let spec = device.spec();
    let Some(mut settings) = device.mail_client(purpose) else {
        return Err(SendOutcome {
            sent: false,
            stage: Stage::Dns,
            reply: None,
            detail: "no SMTP server is configured".into(),
            tls: None,
            message_id: None,
        });
    };
    if let Some(from) = request.from {
        settings.sender = from;
    }
    settings.ehlo_name.clone_from(&spec.host_name);
    settings.serial.clone_from(&spec.serial);
    settings.model.clone_from(&spec.model);
    settings.source = Some(source.ip());
    let egress = subnet.map_or(Egress::Blocked, |subnet| subnet.route(&settings.server, settings.port));
    let route = match egress {
        Egress::Submission => client::Route::Open(mail.submission_addr()),
        Egress::Mx => client::Route::Open(mail.mx_addr()),
        Egress::ImplicitTls => mail.implicit_tls_addr().map_or(client::Route::Refused, client::Route::Open),
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
