//! The tenant: its domains, accounts, switches and limits. All of it can change while the server runs.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use super::password::Password;

/// A tenant of the lab's mail service.
///
/// [`TenantSpec::new`] gives one in which a copier with a right login can send: every obstacle is off.
#[derive(Debug, Clone)]
pub struct TenantSpec {
    /// Whose service it is. Google's knows none of the switches below but limits, recipients and locked accounts.
    pub provider: Provider,
    /// Accepted domains, the first one being the main one.
    pub domains: Vec<String>,
    /// Mailboxes that can log in. Each is also a recipient.
    pub accounts: Vec<Account>,
    /// Further known recipients. `*@domain` stands for every address of a domain.
    pub recipients: Vec<String>,
    /// What becomes of mail for an address of an accepted domain that nobody has.
    pub unknown_recipient: UnknownRecipient,
    /// SMTP AUTH for the tenant. An account's own setting wins.
    pub smtp_auth: SmtpAuthSwitch,
    /// An authentication policy forbids user name and password for SMTP (`AllowBasicAuthSmtp` is false).
    pub basic_auth_disabled: bool,
    /// The service no longer knows password logins for client submission.
    pub basic_auth_retired: bool,
    /// The directory's security defaults are on.
    pub security_defaults: bool,
    /// A conditional access policy refuses this kind of sign-in (accounts may be excluded).
    pub conditional_access: bool,
    /// `RejectDirectSend`: anonymous mail from an own domain is refused at the MX, except through a connector.
    pub reject_direct_send: bool,
    /// Inbound connectors, which let an address range relay and use own sender addresses.
    pub connectors: Vec<Connector>,
    /// How old TLS is met on the submission side.
    pub tls_min: TlsMin,
    /// The wording of "may not send as".
    pub send_as_reply: SendAsReply,
    /// Whether a port with TLS from the first byte is opened. Read at the start only; the real service has none.
    pub implicit_tls: bool,
    /// Replies put in place of the server's own, by the id of the reply they replace.
    pub overrides: BTreeMap<String, String>,
    /// Caps.
    pub limits: Limits,
}

impl TenantSpec {
    /// A tenant with one accepted domain, no accounts, SMTP AUTH on and no obstacle.
    pub fn new(domain: impl Into<String>) -> Self {
        Self {
            provider: Provider::Microsoft365,
            domains: vec![domain.into()],
            accounts: Vec::new(),
            recipients: Vec::new(),
            unknown_recipient: UnknownRecipient::default(),
            smtp_auth: SmtpAuthSwitch::On,
            basic_auth_disabled: false,
            basic_auth_retired: false,
            security_defaults: false,
            conditional_access: false,
            reject_direct_send: false,
            connectors: Vec::new(),
            tls_min: TlsMin::default(),
            send_as_reply: SendAsReply::default(),
            implicit_tls: false,
            overrides: BTreeMap::new(),
            limits: Limits::default(),
        }
    }

    /// A tenant at Google with one domain and no accounts, with a port for TLS from the first byte. Its accounts log in
    /// with app passwords; see [`Account::app_passwords`].
    pub fn google(domain: impl Into<String>) -> Self {
        Self {
            provider: Provider::Google,
            implicit_tls: true,
            // How Google meets old TLS is not among the facts at hand.
            tls_min: TlsMin::Tls10,
            limits: Limits { message_size: 35_882_577, ..Limits::default() },
            ..Self::new(domain)
        }
    }

    /// The same tenant with one account more.
    #[must_use]
    pub fn with_account(mut self, account: Account) -> Self {
        self.accounts.push(account);
        self
    }

    /// The same tenant with one recipient more (`*@domain` for all of a domain).
    #[must_use]
    pub fn with_recipient(mut self, address: impl Into<String>) -> Self {
        self.recipients.push(address.into());
        self
    }

    /// The account with this address, for a change at run time.
    pub fn account_mut(&mut self, address: &str) -> Option<&mut Account> {
        self.accounts.iter_mut().find(|account| account.address.eq_ignore_ascii_case(address))
    }

    pub(super) fn account(&self, address: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.address.eq_ignore_ascii_case(address))
    }

    /// Whether the address lies in an accepted domain.
    pub(super) fn is_own(&self, address: &str) -> bool {
        domain_of(address)
            .is_some_and(|domain| self.domains.iter().any(|own| own.eq_ignore_ascii_case(domain)))
    }

    /// Whether somebody has this address.
    pub(super) fn knows(&self, address: &str) -> bool {
        self.account(address).is_some()
            || self.recipients.iter().any(|known| {
                known.eq_ignore_ascii_case(address)
                    || known.strip_prefix("*@").is_some_and(|whole| {
                        domain_of(address).is_some_and(|domain| domain.eq_ignore_ascii_case(whole))
                    })
            })
    }

    pub(super) fn connector_for(&self, peer: IpAddr) -> bool {
        self.connectors.iter().any(|connector| connector.covers(peer))
    }
}

/// The part after the last `@`, if there is a part on both sides.
pub(super) fn domain_of(address: &str) -> Option<&str> {
    address
        .rsplit_once('@')
        .filter(|(local, domain)| !local.is_empty() && !domain.is_empty())
        .map(|(_, domain)| domain)
}

/// Whose service a tenant is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Provider {
    /// Microsoft 365.
    #[default]
    Microsoft365,
    /// Google: plain passwords are no longer taken, senders are rewritten to the account's address.
    Google,
}

/// A mailbox that can log in.
#[derive(Debug, Clone)]
pub struct Account {
    /// Address and log-in name.
    pub address: String,
    /// Its password; never shown by `Debug`.
    pub password: Password,
    /// At Google: the passwords that devices log in with. The account's own password is refused there.
    pub app_passwords: Vec<Password>,
    /// At Google: whether 2-Step Verification is on, which decides how the account's own password is refused.
    pub two_step: bool,
    /// Other addresses it may use as a sender.
    pub may_send_as: Vec<String>,
    /// SMTP AUTH of this mailbox: on, off, or nothing to inherit from the tenant.
    pub smtp_auth: Option<bool>,
    /// Left out of the conditional access policy.
    pub excluded_from_conditional_access: bool,
    /// Locked after failed attempts, or by hand.
    pub locked: bool,
    /// Has a usable mailbox. Without one the login is right and sending is not possible.
    pub licensed: bool,
    /// The mailbox is full (every scan stays in its Sent Items).
    pub full: bool,
}

impl Account {
    /// An ordinary mailbox that inherits the tenant's setting.
    pub fn new(address: impl Into<String>, password: impl Into<Password>) -> Self {
        Self {
            address: address.into(),
            password: password.into(),
            app_passwords: Vec::new(),
            two_step: false,
            may_send_as: Vec::new(),
            smtp_auth: None,
            excluded_from_conditional_access: false,
            locked: false,
            licensed: true,
            full: false,
        }
    }

    /// The same mailbox with 2-Step Verification on and one app password more (16 letters; blanks do not count).
    #[must_use]
    pub fn with_app_password(mut self, password: impl Into<Password>) -> Self {
        self.app_passwords.push(password.into());
        self.two_step = true;
        self
    }

    /// Whether this is one of its app passwords. Google shows them in four groups; the blanks do not count.
    pub(super) fn has_app_password(&self, given: &str) -> bool {
        let bare = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        let given = bare(given);
        !given.is_empty() && self.app_passwords.iter().any(|known| bare(known.reveal()) == given)
    }

    pub(super) fn may_send_as(&self, sender: &str) -> bool {
        self.address.eq_ignore_ascii_case(sender)
            || self.may_send_as.iter().any(|other| other.eq_ignore_ascii_case(sender))
    }
}

/// A switch of the tenant that a mailbox may overrule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpAuthSwitch {
    /// On for each mailbox that does not say otherwise.
    On,
    /// Off for each mailbox that does not say otherwise (what a new tenant has).
    Off,
}

/// How the submission side meets TLS 1.0 and 1.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TlsMin {
    /// Any version from TLS 1.0 on (the opt-in legacy endpoint).
    Tls10,
    /// The handshake succeeds and the login is then refused with `421 4.7.66`.
    #[default]
    Tls12ByReply,
    /// The handshake itself fails with a protocol version alert.
    Tls12ByHandshake,
}

/// What becomes of mail for an unknown address of an accepted domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UnknownRecipient {
    /// The MX refuses the recipient (`550 5.4.1`), as directory based edge blocking does. Mail that was submitted
    /// with a login is taken and bounced (`550 5.1.10`).
    #[default]
    EdgeBlocked,
    /// Both doors take the mail and bounce it with `550 5.1.10`.
    Bounced,
    /// Both doors refuse the recipient with the words `550 5.1.10 …`. For tests of a reader of replies: the real
    /// service says them in the report that comes back later.
    Refused,
}

/// The wording with which a foreign sender address is refused after the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SendAsReply {
    /// `554 5.2.252 SendAsDenied; …`
    #[default]
    Current,
    /// `550 5.7.60 SMTP; Client does not have permissions to send as this sender`
    Older,
}

/// An inbound connector that knows its senders by their address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connector {
    /// An address of the range.
    pub network: IpAddr,
    /// Length of the prefix in bits.
    pub prefix: u8,
}

impl Connector {
    fn covers(&self, peer: IpAddr) -> bool {
        fn bits(address: IpAddr) -> (u128, u32) {
            match address {
                IpAddr::V4(v4) => (u128::from(u32::from(v4)) << 96, 32),
                IpAddr::V6(v6) => (u128::from(v6), 128),
            }
        }
        let ((mine, width), (theirs, other)) = (bits(self.network), bits(peer));
        let kept = u32::from(self.prefix).min(width);
        // A shift by the whole width is not defined for integers; a prefix of 0 covers everything.
        width == other && (kept == 0 || (mine ^ theirs) >> (128 - kept) == 0)
    }
}

/// Caps of the service. Sizes are in bytes.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Sessions one account may have open at the same time (3 at the real service).
    pub concurrent_per_account: usize,
    /// Sessions the whole server holds before it turns new ones away.
    pub connections: usize,
    /// Largest message, and the number of the SIZE extension.
    pub message_size: usize,
    /// Longest command line.
    pub command_line: usize,
    /// Recipients of one message.
    pub recipients: usize,
    /// Recipients an account may write to before `SubmissionQuotaExceeded`; nothing means no limit.
    pub recipients_per_day: Option<usize>,
    /// Wrong passwords after which an account is locked; nothing means never.
    pub lock_after: Option<u32>,
    /// Commands that fail before the server hangs up.
    pub bad_commands: usize,
    /// How long the server waits for the next line or for a handshake.
    pub idle: Duration,
    /// Messages and dialogues that are kept; the oldest go first.
    pub kept: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            concurrent_per_account: 3,
            connections: 512,
            // 150 MB, what the service announces.
            message_size: 157_286_400,
            command_line: 12_288,
            recipients: 1000,
            recipients_per_day: None,
            lock_after: None,
            bad_commands: 25,
            idle: Duration::from_secs(60),
            kept: 10_000,
        }
    }
}
