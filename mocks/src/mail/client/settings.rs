//! What a copier holds for mail, where its packets go, and what came of a scan.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use crate::mail::Password;

/// The mail settings of a copier, as its own pages hold them.
#[derive(Debug, Clone)]
pub struct MailClientSettings {
    /// The configured server name. Used for SNI and for messages; the address comes from the [`Route`].
    pub server: String,
    /// The configured port; only for messages, as the [`Route`] decides where the connection goes.
    pub port: u16,
    /// Encryption.
    pub security: Security,
    /// Envelope sender and From header.
    pub sender: String,
    /// Log-in, or nothing when SMTP authentication is off.
    pub auth: Option<Login>,
    /// Which mechanism is taken when the server offers several.
    pub auth_habit: AuthHabit,
    /// What happens when a log-in is configured and the server offers none.
    pub without_auth: WithoutAuth,
    /// The name given with EHLO.
    pub ehlo_name: String,
    /// The newest TLS version the copier speaks; nothing for all of them.
    pub tls_max: Option<TlsMax>,
    /// Certificates (PEM) the server's must chain to, with the right name; nothing means it is not looked at, the
    /// habit of copiers.
    pub trusted: Option<Vec<u8>>,
    /// Serial number, a part of the Message-ID.
    pub serial: String,
    /// Model name, shown in the message.
    pub model: String,
    /// The address the copier sends from; nothing lets the system choose.
    pub source: Option<IpAddr>,
    /// How long the client waits for a connection, for a handshake and for each reply.
    pub patience: Duration,
}

impl MailClientSettings {
    /// Settings for a server name and a port, without encryption and log-in.
    pub fn new(server: impl Into<String>, port: u16, sender: impl Into<String>) -> Self {
        Self {
            server: server.into(),
            port,
            security: Security::None,
            sender: sender.into(),
            auth: None,
            auth_habit: AuthHabit::default(),
            without_auth: WithoutAuth::default(),
            ehlo_name: "copier.invalid".to_owned(),
            tls_max: None,
            trusted: None,
            serial: "0000000000".to_owned(),
            model: "Copier".to_owned(),
            source: None,
            patience: Duration::from_secs(30),
        }
    }
}

/// A log-in name and its password.
#[derive(Debug, Clone)]
pub struct Login {
    /// Log-in name.
    pub user: String,
    /// Password; never shown by `Debug`.
    pub password: Password,
}

impl Login {
    /// A log-in.
    pub fn new(user: impl Into<String>, password: impl Into<Password>) -> Self {
        Self { user: user.into(), password: password.into() }
    }
}

/// Encryption of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Security {
    /// Plain text, even when the server offers STARTTLS.
    #[default]
    None,
    /// STARTTLS when the server offers it, plain text when not.
    StarttlsIfOffered,
    /// STARTTLS or nothing.
    Starttls,
    /// TLS from the first byte, the "SSL" of a copier's page.
    Tls,
}

/// The newest TLS version of an old copier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsMax {
    /// TLS 1.0.
    Tls10,
    /// TLS 1.1.
    Tls11,
    /// TLS 1.2.
    Tls12,
}

/// Which mechanism is taken when the server offers several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AuthHabit {
    /// LOGIN, then PLAIN; CRAM-MD5 only when nothing else is offered.
    #[default]
    LoginFirst,
    /// CRAM-MD5 when it is offered, then LOGIN, then PLAIN.
    CramMd5First,
    /// PLAIN even when the server did not offer it (what some old firmware does).
    PlainAlways,
}

/// What a copier does when it should log in and the server offers no mechanism that it knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WithoutAuth {
    /// It goes on without a log-in and reports what the server says to that.
    #[default]
    GoOn,
    /// It gives up at the log-in.
    GiveUp,
}

/// Where the copier's packets go: the answer of its name server and of its subnet's way out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// The connection reaches this address.
    Open(SocketAddr),
    /// Something on the way drops the packets: a time-out, told at once.
    Blocked,
    /// The connection is refused.
    Refused,
    /// The name is not known.
    NxDomain,
}

/// How far a session came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Looking up the server's name.
    Dns,
    /// The TCP connection.
    Connect,
    /// The server's greeting.
    Banner,
    /// EHLO.
    Ehlo,
    /// STARTTLS and the handshake.
    Tls,
    /// The log-in.
    Auth,
    /// MAIL FROM.
    MailFrom,
    /// RCPT TO.
    Rcpt,
    /// DATA and the message.
    Data,
    /// QUIT: the message has been taken.
    Quit,
}

impl Stage {
    /// The stage in one lower-case word (`mail_from`).
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::Connect => "connect",
            Self::Banner => "banner",
            Self::Ehlo => "ehlo",
            Self::Tls => "tls",
            Self::Auth => "auth",
            Self::MailFrom => "mail_from",
            Self::Rcpt => "rcpt",
            Self::Data => "data",
            Self::Quit => "quit",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What came of a scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendOutcome {
    /// The server took the message.
    pub sent: bool,
    /// Where it ended; [`Stage::Quit`] when it was sent.
    pub stage: Stage,
    /// The server's last words of interest, with their code; several lines are joined by a blank.
    pub reply: Option<String>,
    /// What happened, in one lower-case fragment (`timed out`, `name not found`).
    pub detail: String,
    /// The TLS version of the session (`TLSv1.2`), if there was one.
    pub tls: Option<String>,
    /// The Message-ID of the scan, once it was offered to the server.
    pub message_id: Option<String>,
}

impl SendOutcome {
    pub(super) fn failed(stage: Stage, reply: Option<String>, detail: impl Into<String>) -> Self {
        Self { sent: false, stage, reply, detail: detail.into(), tls: None, message_id: None }
    }
}
