//! The e-mail settings a copier holds, in words of the lab rather than of a page.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One setting of the E-mail page.
///
/// The names are the lab's own; which form field carries one is the business of a [profile](crate::Profile).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Item {
    /// Administrator E-mail Address.
    AdminAddress,
    /// Auto Specify Sender Name: `true` or `false`.
    AutoSender,
    /// Signature.
    Signature,
    /// Reception Protocol: `pop3`, `imap4` or `smtp`.
    ReceptionProtocol,
    /// Whether mail is fetched at an interval: `true` or `false`.
    ReceptionIntervalOn,
    /// E-mail Reception Interval in minutes, 2 to 1440.
    ReceptionInterval,
    /// Max. Reception E-mail Size in MB, 1 to 50.
    MaxReceptionSize,
    /// E-mail Storage in Server: `off`, `all` or `errors`.
    StorageInServer,
    /// SMTP Server Name.
    SmtpServer,
    /// SMTP Port No., 1 to 65535.
    SmtpPort,
    /// Use Secure Connection (SSL): `true` or `false`.
    SmtpSsl,
    /// SMTP Authentication: `true` or `false`.
    SmtpAuth,
    /// SMTP Auth. E-mail Address.
    SmtpAuthAddress,
    /// SMTP Auth. User Name.
    SmtpUser,
    /// SMTP Auth. Encryption: `auto`, `active` or `inactive`.
    SmtpEncryption,
    /// POP before SMTP: `true` or `false`.
    PopBeforeSmtp,
    /// POP E-mail Address.
    PopAddress,
    /// POP User Name.
    PopUser,
    /// Timeout setting after POP Auth. in milliseconds, 0 to 10000.
    PopWait,
    /// POP3/IMAP4 Server Name.
    PopServer,
    /// POP3/IMAP4 Encryption: `auto`, `active` or `inactive`.
    PopEncryption,
    /// POP3 Reception Port No.
    Pop3Port,
    /// IMAP4 Reception Port No.
    ImapPort,
    /// Receive E-mail of the fax account: `true` or `false`.
    FaxReceive,
    /// Fax E-mail Address.
    FaxAddress,
    /// Fax E-mail User Name.
    FaxUser,
    /// E-mail Notification E-mail Address.
    NotifyAddress,
    /// Receive E-mail Notification: `true` or `false`.
    NotifyReceive,
    /// E-mail Notification User Name.
    NotifyUser,
    /// The machine's own e-mail address, the sender of what it sends (Xerox, Brother).
    DeviceAddress,
    /// Whether the server's certificate must be good: `true` or `false` (Brother).
    VerifyCertificate,
    /// How the connection is secured: `none`, `starttls_if_offered`, `starttls` or `tls` (Xerox, Brother; a machine may
    /// offer fewer of them).
    SmtpSecurity,
    /// How the server is found: `manual` or `dns` (Xerox).
    ServerChoice,
    /// Maximum Message Size in KB, 512 to 20480 (Xerox).
    MaxMessageKb,
    /// Number of Fragments, 1 to 500 (Xerox).
    Fragments,
    /// Total Job Size in KB, 512 to 2000000 (Xerox).
    MaxJobKb,
    /// E-mail Job Splitting Boundary: `page` or `automatic` (Xerox).
    Splitting,
    /// Whose log-in a person's scans are sent with: `none`, `system`, `user` or `prompt` (Xerox).
    UserJobsLogin,
    /// Whose log-in the machine's own mail is sent with: `none` or `system` (Xerox).
    SystemJobsLogin,
    /// Kerberos tickets: `true` or `false` (Xerox).
    Kerberos,
}

/// What a value of an [`Item`] may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Domain {
    /// Text of at most so many characters.
    Text(usize),
    /// A whole number between two bounds, both allowed.
    Number(u32, u32),
    /// `true` or `false`.
    Switch,
    /// One of these words.
    Choice(&'static [&'static str]),
}

impl Item {
    /// Every item of a Ricoh's e-mail page, in the order of the enumeration.
    pub const ALL: [Self; 29] = [
        Self::AdminAddress,
        Self::AutoSender,
        Self::Signature,
        Self::ReceptionProtocol,
        Self::ReceptionIntervalOn,
        Self::ReceptionInterval,
        Self::MaxReceptionSize,
        Self::StorageInServer,
        Self::SmtpServer,
        Self::SmtpPort,
        Self::SmtpSsl,
        Self::SmtpAuth,
        Self::SmtpAuthAddress,
        Self::SmtpUser,
        Self::SmtpEncryption,
        Self::PopBeforeSmtp,
        Self::PopAddress,
        Self::PopUser,
        Self::PopWait,
        Self::PopServer,
        Self::PopEncryption,
        Self::Pop3Port,
        Self::ImapPort,
        Self::FaxReceive,
        Self::FaxAddress,
        Self::FaxUser,
        Self::NotifyAddress,
        Self::NotifyReceive,
        Self::NotifyUser,
    ];

    /// What values the item takes.
    pub(crate) fn domain(self) -> Domain {
        use Item::*;
        match self {
            AdminAddress | SmtpAuthAddress | PopAddress | FaxAddress | NotifyAddress | DeviceAddress => {
                Domain::Text(128)
            }
            Signature => Domain::Text(256),
            SmtpServer | PopServer => Domain::Text(127),
            SmtpUser | PopUser | FaxUser | NotifyUser => Domain::Text(191),
            ReceptionInterval => Domain::Number(2, 1440),
            MaxReceptionSize => Domain::Number(1, 50),
            SmtpPort | Pop3Port | ImapPort => Domain::Number(1, 65535),
            PopWait => Domain::Number(0, 10000),
            AutoSender | ReceptionIntervalOn | SmtpSsl | SmtpAuth | PopBeforeSmtp | FaxReceive
            | NotifyReceive | VerifyCertificate => Domain::Switch,
            ReceptionProtocol => Domain::Choice(&["pop3", "imap4", "smtp"]),
            StorageInServer => Domain::Choice(&["off", "all", "errors"]),
            SmtpEncryption | PopEncryption => Domain::Choice(&["auto", "active", "inactive"]),
            MaxMessageKb => Domain::Number(512, 20_480),
            Fragments => Domain::Number(1, 500),
            MaxJobKb => Domain::Number(512, 2_000_000),
            Kerberos => Domain::Switch,
            ServerChoice => Domain::Choice(&["manual", "dns"]),
            Splitting => Domain::Choice(&["page", "automatic"]),
            UserJobsLogin => Domain::Choice(&["none", "system", "user", "prompt"]),
            SystemJobsLogin => Domain::Choice(&["none", "system"]),
            SmtpSecurity => Domain::Choice(&["none", "starttls_if_offered", "starttls", "tls"]),
        }
    }

    /// What the item holds when a copier leaves the factory (most defaults are the lab's assumption).
    pub(crate) fn factory(self) -> &'static str {
        use Item::*;
        match self {
            ReceptionProtocol => "pop3",
            ReceptionInterval => "15",
            MaxReceptionSize => "2",
            StorageInServer => "off",
            SmtpPort => "25",
            SmtpEncryption | PopEncryption => "auto",
            PopWait => "300",
            Pop3Port => "110",
            ImapPort => "143",
            AutoSender | ReceptionIntervalOn | SmtpSsl | SmtpAuth | PopBeforeSmtp | FaxReceive
            | NotifyReceive | VerifyCertificate => "false",
            AdminAddress | Signature | SmtpServer | SmtpAuthAddress | SmtpUser | PopAddress | PopUser
            | PopServer | FaxAddress | FaxUser | NotifyAddress | NotifyUser | DeviceAddress => "",
            SmtpSecurity | UserJobsLogin | SystemJobsLogin => "none",
            ServerChoice => "manual",
            MaxMessageKb => "10240",
            Fragments => "1",
            MaxJobKb => "300000",
            Splitting => "page",
            Kerberos => "false",
        }
    }

    /// Whether a copier would take this value.
    pub(crate) fn accepts(self, value: &str) -> bool {
        match self.domain() {
            Domain::Text(max) => value.chars().count() <= max && !value.chars().any(char::is_control),
            Domain::Number(low, high) => value.parse::<u32>().is_ok_and(|n| (low..=high).contains(&n)),
            Domain::Switch => matches!(value, "true" | "false"),
            Domain::Choice(words) => words.contains(&value),
        }
    }
}

/// The passwords a copier stores beside its e-mail settings. None of them can be read back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PasswordKind {
    /// SMTP Auth. Password.
    Smtp,
    /// POP Password.
    Pop,
    /// Fax E-mail Password.
    Fax,
    /// E-mail Notification Password.
    Notify,
}

/// All e-mail settings of one copier, passwords aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Settings(BTreeMap<Item, String>);

impl Default for Settings {
    /// The factory's settings of a Ricoh.
    fn default() -> Self {
        Self::factory(&Item::ALL)
    }
}

impl Settings {
    /// The factory's values of these items, and no others.
    pub fn factory(items: &[Item]) -> Self {
        Self(items.iter().map(|item| (*item, item.factory().to_owned())).collect())
    }

    /// Whether the machine has such an item.
    pub fn has(&self, item: Item) -> bool {
        self.0.contains_key(&item)
    }

    /// The value of an item; the factory's where nothing was set.
    pub fn get(&self, item: Item) -> &str {
        self.0.get(&item).map_or(item.factory(), String::as_str)
    }

    /// Whether a switch is on.
    pub fn on(&self, item: Item) -> bool {
        self.get(item) == "true"
    }

    /// Sets an item without asking whether a copier would take the value.
    pub fn set(&mut self, item: Item, value: impl Into<String>) {
        self.0.insert(item, value.into());
    }

    /// The same settings with one item changed.
    #[must_use]
    pub fn with(mut self, item: Item, value: impl Into<String>) -> Self {
        self.set(item, value);
        self
    }

    /// The SMTP port as a number, 25 where the stored text is none.
    pub fn smtp_port(&self) -> u16 {
        self.get(Item::SmtpPort).parse().unwrap_or(25)
    }
}
