//! What one device should hold.

use scanfleet_sdk::{AuthMethod, Security, SmtpCapabilities, SmtpSettings};
use serde::{Deserialize, Serialize};

use crate::files::SecretRef;
use crate::playbook::{WantedAuth, WantedSmtp};

/// The password a device should hold, as a reference.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum DesiredPassword {
    /// Whatever it holds.
    #[default]
    Keep,
    /// The secret behind a reference, in the current version or in a former one.
    Secret {
        /// Where it is kept.
        reference: SecretRef,
        /// The version in the keyring; absent means the current one.
        version: Option<u32>,
    },
}

/// What one device should hold; whatever is absent stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Desired {
    /// Host name or address of the mail server.
    pub server: Option<String>,
    /// TCP port.
    pub port: Option<u16>,
    /// How the connection is secured.
    pub security: Option<Security>,
    /// The address mail leaves under; empty means none.
    pub sender: Option<String>,
    /// How the device signs in.
    pub auth_method: Option<AuthMethod>,
    /// The user name it signs in with; empty means none.
    pub auth_user: Option<String>,
    /// The signing-in address, where the device keeps one apart; empty means none.
    pub auth_sender: Option<String>,
    /// The password; kept out of files and made anew from the reference.
    #[serde(skip)]
    pub password: DesiredPassword,
}

impl Desired {
    /// What a play of a playbook wants.
    pub fn from_playbook(wanted: &WantedSmtp) -> Self {
        let mut desired = Self {
            server: wanted.server.clone(),
            port: wanted.port,
            security: wanted.security,
            sender: wanted.sender.clone(),
            ..Self::default()
        };
        match &wanted.auth {
            None => {}
            Some(WantedAuth::None) => desired.auth_method = Some(AuthMethod::None),
            Some(WantedAuth::Password { user, secret }) => {
                desired.auth_method = Some(AuthMethod::Password);
                desired.auth_user = user.clone();
                if let Some(reference) = secret {
                    desired.password =
                        DesiredPassword::Secret { reference: reference.clone(), version: None };
                }
            }
        }
        desired
    }

    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Lays a later play over this one: what the later one names wins.
    pub fn then(self, later: Self) -> Self {
        Self {
            server: later.server.or(self.server),
            port: later.port.or(self.port),
            security: later.security.or(self.security),
            sender: later.sender.or(self.sender),
            // A sign-in is one thing: a later method does not inherit the user and password of another method.
            auth_user: if later.auth_method.is_some() { later.auth_user } else { self.auth_user },
            auth_sender: if later.auth_method.is_some() { later.auth_sender } else { self.auth_sender },
            password: if later.auth_method.is_some() { later.password } else { self.password },
            auth_method: later.auth_method.or(self.auth_method),
        }
    }

    /// What a snapshot holds: every field exactly, the password apart.
    pub fn from_snapshot(settings: &SmtpSettings, password: DesiredPassword) -> Self {
        Self {
            server: Some(settings.server.clone()),
            port: settings.port,
            security: settings.security,
            sender: Some(settings.sender.clone().unwrap_or_default()),
            auth_method: Some(settings.auth.method),
            auth_user: Some(settings.auth.user.clone().unwrap_or_default()),
            auth_sender: Some(settings.auth.sender.clone().unwrap_or_default()),
            password,
        }
    }

    /// Fits the wish to what a device offers: a device that keeps the signing-in address apart gets the sender there too,
    /// one that does not is not asked for it.
    pub fn fitted(mut self, capabilities: &SmtpCapabilities) -> Self {
        if !capabilities.separate_auth_sender {
            self.auth_sender = None;
        } else if self.auth_method == Some(AuthMethod::Password) && self.auth_sender.is_none() {
            self.auth_sender = self.sender.clone();
        }
        // A name on a page that locks it while nobody signs in is not in force, and cannot be written there either.
        if capabilities.user_locked_without_auth
            && self.auth_method.is_some_and(|method| method != AuthMethod::Password)
        {
            self.auth_user = None;
        }
        self
    }
}
