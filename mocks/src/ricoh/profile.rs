//! What differs between two generations of copiers, as data.

use super::address::AddressPages;
use super::texts::{Heading, Wording};
use crate::mail::client::TlsMax;
use crate::settings::{Item, PasswordKind};
use crate::spec::TlsKind;

/// One generation of copiers: its pages, names, words and manners. All fields can be changed by a test.
#[derive(Debug, Clone)]
pub struct Profile {
    /// The name: `mp-c3003`, `mp-c4504ex`, `im-c4500`, `aficio-mp-301`.
    pub name: String,
    /// The model name that a device of this profile has unless its spec says otherwise.
    pub model: String,
    /// A serial number as such a model has it.
    pub sample_serial: String,
    /// The system firmware version.
    pub firmware: String,
    /// The version of Web Image Monitor.
    pub wim_version: String,
    /// How it is secured unless its spec says otherwise.
    pub tls: TlsKind,
    /// The installed languages (`en`, `fr`, `es`); the first is the panel's.
    pub languages: Vec<String>,
    /// Which vocabulary it uses.
    pub wording: Wording,
    /// How rows are marked up.
    pub markup: Markup,
    /// The E-mail page and the pages behind it.
    pub email: EmailPages,
    /// The address book.
    pub address: AddressPages,
    /// Log-in, cookies and tokens.
    pub session: SessionManners,
    /// The newest TLS version of its mail client; absent means all of them.
    pub mail_tls_max: Option<TlsMax>,
}

/// How label and value stand on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Markup {
    /// Table rows with a cell for the colon.
    Table,
    /// `dl` lists, the colon inside the `dd`.
    List,
}

/// The E-mail page: where it is, what stands on it, how it is posted.
///
/// Only seven field names, the hidden names and the functions are known from a device; the paths, the other names and
/// the wire values are inventions, and differ from profile to profile on purpose.
#[derive(Debug, Clone)]
pub struct EmailPages {
    /// The page, below `/web/entry/{lang}/`.
    pub page: String,
    /// The target of its OK button.
    pub save: String,
    /// The target of its password buttons.
    pub password: String,
    /// The target of the password page's OK button.
    pub password_save: String,
    /// The rows in order.
    pub rows: Vec<Row>,
    /// The words beside radio buttons.
    pub switches: SwitchWords,
    /// The wire values of what the evidence leaves open.
    pub values: ValueStyle,
    /// Whether choices are selects; otherwise radio buttons.
    pub selects: bool,
    /// Hidden fields that the OK button's script sets; a save without them is refused.
    pub apply_sets: Vec<(String, String)>,
    /// How its scripts are written.
    pub scripts: ScriptStyle,
    /// What follows a save.
    pub after_save: AfterSave,
    /// What follows a new password.
    pub after_password: AfterPassword,
    /// Whether the SMTP account's fields are disabled while SMTP Authentication is off.
    pub disables_auth_fields: bool,
    /// Whether the page "in use by other functions" also says `BUSY` in a hidden field.
    pub busy_return_value: bool,
}

/// One row of the E-mail page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// A heading.
    Heading(Heading),
    /// A setting and the name of its field.
    Field(Item, String),
    /// A password's button and the name of its script function.
    Password(PasswordKind, String),
}

/// The words beside radio buttons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SwitchWords {
    /// On and Off.
    OnOff,
    /// Active and Inactive.
    ActiveInactive,
}

/// The wire values of choices, and of switches whose names are not known from a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueStyle {
    /// `AUTO`, `true`.
    Words,
    /// `0`, `1`, …
    Numbers,
    /// `SEL_AUTO_O`, `SW_ON_RB`.
    Codes,
}

/// How a page's scripts address its form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScriptStyle {
    /// `document.form1.action = "x.cgi";`
    Plain,
    /// `var f = document.form1; f.action='x.cgi';`
    Variable,
    /// `document.forms['form1'].action = '/web/entry/…/x.cgi';`
    Absolute,
}

/// What follows a save.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterSave {
    /// 302 to the configuration list.
    Redirect,
    /// The configuration list itself.
    Page,
}

/// What follows a new password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterPassword {
    /// The E-mail page itself.
    Page,
    /// 302 to the E-mail page, in a form that keeps what was entered.
    Redirect,
    /// A page whose script posts itself to the E-mail page, as the address book's password page does.
    Skip,
}

/// Log-in, cookies and tokens.
#[derive(Debug, Clone)]
pub struct SessionManners {
    /// What a client without the cookie `cookieOnOffChecker` gets.
    pub cookie_page: CookiePage,
    /// Whether that cookie is set with `HttpOnly`.
    pub cookie_http_only: bool,
    /// When `wimsesid=--` is set although the session is valid.
    pub dashes: Dashes,
    /// Whether Easy Security opens after the log-in.
    pub easy_security: bool,
    /// Whether the log-in's `Location` is a whole URL.
    pub absolute_location: bool,
    /// How `wimToken` lives.
    pub token: TokenLife,
    /// Whether a POST after the log-in is refused without the session's token (not known from a device).
    pub token_checked: bool,
}

/// What a client without the cookie `cookieOnOffChecker` gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CookiePage {
    /// A tiny page that goes to `message.cgi` by script.
    Script,
    /// The page "Cookie error".
    Page,
}

/// When `wimsesid=--` is set although the session is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dashes {
    /// Never.
    Never,
    /// As a second cookie of the log-in's answer.
    AtLogin,
    /// On the log-in's answer and on each later one.
    Always,
}

/// How `wimToken` lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenLife {
    /// One token a session; the log-in does not look at it. As captured.
    Constant,
    /// One token a session, and the log-in wants it too.
    Strict,
    /// A new token on each page; the log-in wants it too.
    Rotating,
}

impl Profile {
    /// Whether a language is installed.
    pub(crate) fn speaks(&self, language: &str) -> bool {
        self.languages.iter().any(|installed| installed == language)
    }

    /// The panel's language.
    pub(crate) fn panel_language(&self) -> &str {
        self.languages.first().map_or("en", String::as_str)
    }

    /// The same profile with another language at the panel; it is installed if it was not.
    #[must_use]
    pub fn with_panel_language(mut self, language: &str) -> Self {
        self.languages.retain(|installed| installed != language);
        self.languages.insert(0, language.to_owned());
        self
    }
}

impl EmailPages {
    /// The wire value of a choice or switch.
    pub(crate) fn wire(&self, item: Item, word: &str) -> String {
        // These two were seen on a device.
        if matches!(item, Item::SmtpSsl | Item::SmtpAuth) {
            return word.to_owned();
        }
        let words: &[&str] = match item.domain() {
            crate::settings::Domain::Choice(words) => words,
            _ => &["false", "true"],
        };
        let switch = words == ["false", "true"];
        match self.values {
            ValueStyle::Words if switch => word.to_owned(),
            ValueStyle::Words => word.to_ascii_uppercase(),
            ValueStyle::Numbers => words.iter().position(|known| *known == word).unwrap_or(0).to_string(),
            ValueStyle::Codes if switch => (if word == "true" { "SW_ON_RB" } else { "SW_OFF_RB" }).to_owned(),
            ValueStyle::Codes => format!("SEL_{}_O", word.to_ascii_uppercase()),
        }
    }

    /// The lab's word for a wire value.
    pub(crate) fn word(&self, item: Item, wire: &str) -> Option<&'static str> {
        let words: &[&'static str] = match item.domain() {
            crate::settings::Domain::Choice(words) => words,
            _ => &["true", "false"],
        };
        words.iter().find(|word| self.wire(item, word) == wire).copied()
    }
}
