//! What a lab is made of, before it is started.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::book::Book;
use crate::mail;
use crate::maker::MakerProfile;
use crate::settings::Settings;
use crate::subnet::SubnetSpec;

/// A whole lab.
#[derive(Debug, Clone)]
pub struct LabSpec {
    /// The copiers.
    pub devices: Vec<DeviceSpec>,
    /// The subnets they name.
    pub subnets: Vec<SubnetSpec>,
    /// The mail tenant behind the egress tables.
    pub mail: mail::TenantSpec,
    /// How long each copier thinks before it answers; real ones take 1.0 to 2.7 s.
    pub delay: Duration,
    /// The control endpoint's port on 127.0.0.1; absent means any free one.
    pub control_port: Option<u16>,
}

/// How a copier's web server is secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TlsKind {
    /// Plain http.
    None,
    /// https with a self-signed 2048-bit certificate of its own.
    SelfSigned,
    /// https with a self-signed certificate that ended years ago.
    Expired,
    /// TLS 1.0 only, RSA key exchange, 1024-bit key, SHA-1 signature.
    Legacy,
}

/// What a copier with https does on plain http, at a port of its own. INVENTED as far as it goes beyond "redirects".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlainDoor {
    /// Nothing listens.
    Closed,
    /// Every page is a redirect to https ("Ciphertext Only").
    Redirect,
    /// A visitor's pages are shown; the log-in and all that needs one is a redirect to https.
    UntilLogIn,
}

/// One simulated copier.
#[derive(Clone)]
pub struct DeviceSpec {
    /// The name in the inventory; unique in the lab.
    pub name: String,
    /// Its generation and manners.
    pub profile: MakerProfile,
    /// The address to listen on. Where the system has only 127.0.0.1, that one is used instead.
    pub address: IpAddr,
    /// The port to listen on; 0 means any free one.
    pub port: u16,
    /// Whether and how it speaks https.
    pub tls: TlsKind,
    /// Whether there is a plain http port beside https; without https it means nothing.
    pub plain: PlainDoor,
    /// The model name as its pages write it.
    pub model: String,
    /// The serial number ("Machine ID").
    pub serial: String,
    /// The system firmware version.
    pub firmware: String,
    /// The host name in its titles.
    pub host_name: String,
    /// The site it belongs to.
    pub site: String,
    /// Where it stands.
    pub location: String,
    /// The name of its subnet.
    pub subnet: String,
    /// The administrator's login name.
    pub admin_user: String,
    /// The administrator's password, obviously fake.
    pub admin_password: String,
    /// What the inventory says instead, where it is wrong.
    pub inventory_password: Option<String>,
    /// What it holds at the start.
    pub settings: Settings,
    /// The SMTP password it holds at the start.
    pub smtp_password: Option<String>,
    /// The SMTP password that its owner means to store in it; a file of the workspace.
    pub next_smtp_password: Option<String>,
    /// The address book it holds at the start; empty unless somebody fills it.
    pub book: Book,
    /// How many administrator sessions it allows at once.
    pub max_sessions: usize,
    /// After how many wrong passwords the account locks; absent means never, as from the factory.
    pub lockout: Option<u32>,
    /// Whether nothing listens at its address.
    pub dead: bool,
    /// Words for the inventory's `tags` column.
    pub tags: Vec<String>,
}

impl fmt::Debug for DeviceSpec {
    /// Leaves the passwords out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceSpec")
            .field("name", &self.name)
            .field("profile", &self.profile.name())
            .field("address", &self.address)
            .field("tls", &self.tls)
            .field("model", &self.model)
            .field("serial", &self.serial)
            .field("subnet", &self.subnet)
            .finish_non_exhaustive()
    }
}

impl DeviceSpec {
    /// A healthy copier of a profile, on any free port of 127.0.0.1, with factory settings.
    pub fn new(name: impl Into<String>, profile: impl Into<MakerProfile>) -> Self {
        let name = name.into();
        let profile = profile.into();
        Self {
            host_name: name.to_ascii_uppercase(),
            name,
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            tls: profile.tls(),
            plain: PlainDoor::Closed,
            model: profile.model().to_owned(),
            serial: profile.sample_serial().to_owned(),
            firmware: profile.firmware().to_owned(),
            site: "lab".into(),
            location: "Test bench".into(),
            subnet: "lab".into(),
            admin_user: "admin".into(),
            admin_password: "lab-admin-not-a-secret".into(),
            inventory_password: None,
            settings: profile.factory_settings(),
            smtp_password: None,
            next_smtp_password: None,
            book: Book::new(profile.book_limits()),
            max_sessions: 5,
            lockout: None,
            dead: false,
            tags: Vec::new(),
            profile,
        }
    }

    /// The same copier with an address book of so many entries (see [`Book::sample`]).
    #[must_use]
    pub fn with_book(mut self, entries: usize) -> Self {
        self.book = self.profile.fit_book(Book::sample(entries, self.profile.book_limits()));
        self
    }

    /// The password that an inventory of this lab gives for the device.
    pub fn password_in_inventory(&self) -> &str {
        self.inventory_password.as_deref().unwrap_or(&self.admin_password)
    }
}
