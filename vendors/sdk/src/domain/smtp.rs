//! The scan-to-email settings of a device: what it holds, and what somebody wants it to hold.

use serde::{Deserialize, Serialize};

use crate::Secret;

/// How the connection to the mail server is secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Security {
    /// In clear.
    None,
    /// TLS if the server offers STARTTLS, in clear otherwise.
    StarttlsIfOffered,
    /// STARTTLS or nothing (587, 25).
    Starttls,
    /// TLS from the first byte (465).
    Tls,
}

impl Security {
    /// Every choice, weakest first.
    pub const ALL: [Self; 4] = [Self::None, Self::StarttlsIfOffered, Self::Starttls, Self::Tls];

    /// The word used in playbooks and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::StarttlsIfOffered => "starttls-if-offered",
            Self::Starttls => "starttls",
            Self::Tls => "tls",
        }
    }
}

/// How the device signs in to the mail server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuthMethod {
    /// It does not.
    #[default]
    None,
    /// SMTP AUTH with user name and password.
    Password,
    /// A POP3 log-in first.
    PopBeforeSmtp,
    /// OAuth 2.0.
    Oauth,
    /// Something that this program has no word for; kept so that nothing is lost on the way back.
    Other,
}

impl AuthMethod {
    /// The word used in playbooks and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Password => "password",
            Self::PopBeforeSmtp => "pop-before-smtp",
            Self::Oauth => "oauth",
            Self::Other => "other",
        }
    }
}

/// What can be told of a stored password without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PasswordState {
    /// The device says that it holds one.
    Set,
    /// The device says that it holds none.
    Unset,
    /// The device does not say.
    #[default]
    Unreadable,
}

impl PasswordState {
    /// The word used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Set => "set",
            Self::Unset => "unset",
            Self::Unreadable => "unreadable",
        }
    }
}

/// The sign-in part of the settings a device holds.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SmtpAuth {
    /// How the device signs in.
    pub method: AuthMethod,
    /// The user name the device holds, also while it does not sign in; absent where empty or not told.
    pub user: Option<String>,
    /// The address mail leaves under while signing in, where the device keeps one apart from the sender
    /// (Ricoh: SMTP Auth. E-mail Address).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender: Option<String>,
}

/// What a device holds now.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SmtpSettings {
    /// Host name or address of the mail server; empty where none is set.
    pub server: String,
    /// TCP port, 1 to 65535; absent where the page's value is none.
    pub port: Option<u16>,
    /// How the connection is secured; absent where the page's choice has no word here.
    pub security: Option<Security>,
    /// The address mail leaves under; absent where empty or not offered.
    pub sender: Option<String>,
    /// How the device signs in.
    pub auth: SmtpAuth,
    /// What is known of the stored password.
    pub password: PasswordState,
}

/// What somebody wants of the sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuthWanted {
    /// The method; absent means leave it.
    pub method: Option<AuthMethod>,
    /// The user name; absent means leave it, empty means clear it.
    pub user: Option<String>,
    /// The signing-in address, where the device keeps one apart; absent means leave it, empty means clear it.
    pub sender: Option<String>,
}

/// What somebody wants of the password.
#[derive(Debug, Clone, Default)]
pub enum PasswordWanted {
    /// Leave it.
    #[default]
    Keep,
    /// Store this one.
    Set(Secret),
}

impl PasswordWanted {
    /// Whether a new password is to be stored.
    pub fn is_set(&self) -> bool {
        matches!(self, Self::Set(_))
    }
}

/// What somebody wants a device to hold; whatever is absent stays as it is.
#[derive(Debug, Clone, Default)]
pub struct SmtpWanted {
    /// Host name or address of the mail server.
    pub server: Option<String>,
    /// TCP port.
    pub port: Option<u16>,
    /// How the connection is secured.
    pub security: Option<Security>,
    /// The address mail leaves under; empty means clear it.
    pub sender: Option<String>,
    /// The sign-in.
    pub auth: AuthWanted,
    /// The password.
    pub password: PasswordWanted,
}

impl SmtpWanted {
    /// Whether nothing at all is wanted.
    pub fn is_empty(&self) -> bool {
        self.server.is_none()
            && self.port.is_none()
            && self.security.is_none()
            && self.sender.is_none()
            && self.auth == AuthWanted::default()
            && !self.password.is_set()
    }
}

/// One change of a device's scan-to-email settings: the fields that differ, and nothing else.
#[derive(Debug, Clone)]
pub struct SmtpChange {
    /// What the device held when the change was worked out.
    pub from: SmtpSettings,
    /// Only the fields to alter.
    pub to: SmtpWanted,
}
