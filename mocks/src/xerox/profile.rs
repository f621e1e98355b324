//! What differs between two generations of Xerox devices, as data.

use super::book::XeroxBook;
use crate::mail::client::TlsMax;
use crate::settings::{Domain, Item, Settings};
use crate::spec::TlsKind;

/// One generation of devices: its pages, names, words and manners. All fields can be changed by a test.
#[derive(Debug, Clone)]
pub struct XeroxProfile {
    /// The name, one of [`XeroxProfile::NAMES`].
    pub name: String,
    /// The model as the configuration page writes it (`Xerox WorkCentre 7835`).
    pub model: String,
    /// How `#productName` writes the model.
    pub product: ProductStyle,
    /// A serial number as such a model has it (made up).
    pub sample_serial: String,
    /// The system software version.
    pub firmware: String,
    /// How it is secured unless its specification says otherwise.
    pub tls: TlsKind,
    /// Which web server it is.
    pub ui: XeroxUi,
    /// Log-in, cookies and tokens.
    pub door: XeroxDoor,
    /// The page with the SMTP settings.
    pub smtp: SmtpPages,
    /// The address book.
    pub book: XeroxBook,
    /// Whether the site index is at `/links.php`; without it, it is at `/sitemap.php` only.
    pub links: bool,
    /// The label of the version on the configuration page.
    pub version_label: String,
    /// The clone export, where it has one.
    pub cloning: Option<Cloning>,
    /// Whether the device-configuration service answers.
    pub soap: bool,
    /// The newest TLS version of its mail client; absent means all of them.
    pub mail_tls_max: Option<TlsMax>,
}

/// Which web server a device has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum XeroxUi {
    /// The PHP pages.
    Php,
    /// The single-page application of the VersaLink generation of 2016 to 2022; only enough to be recognised.
    FirstGeneration,
    /// A device built by Lexmark; only enough to be recognised.
    Lexmark,
}

/// How `#productName` writes the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProductStyle {
    /// `XEROX WorkCentre 7835`.
    Capitals,
    /// `<sup> </sup>VersaLink<sup>&reg; </sup>B415 Multifunction Printer `.
    Marks,
}

/// Which words stand beside the fields. INVENTED where no manual has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum XeroxWording {
    /// `Machine E-mail Address`.
    Older,
    /// `Device Email Address`.
    Newer,
}

/// Log-in, cookies and tokens.
#[derive(Debug, Clone)]
pub struct XeroxDoor {
    /// The field of the user's name: `webUsername` or `frmwebUsername`.
    pub user_field: String,
    /// The field of the password: `webPassword` or `frmwebPassword`.
    pub password_field: String,
    /// A text field that must stay empty.
    pub decoy: Option<String>,
    /// The `NextPage` of the log-in.
    pub next_page: String,
    /// Whether the form's `_fun_function` and `frmaltDomain` are filled in by script only.
    pub script_fills: bool,
    /// Whether there is a token, and whether it is looked at (whether a real device looks is not known).
    pub csrf: Csrf,
    /// How the log-in ends.
    pub end: LoginEnd,
    /// What a visitor gets in place of a page that needs a log-in.
    pub barrier: Barrier,
    /// Where the link of the log-out leads (INVENTED).
    pub logout: String,
}

/// The token `CSRFToken`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Csrf {
    /// There is none.
    None,
    /// Pages carry it, nobody looks at it.
    Sent,
    /// A post without the session's token is refused.
    Enforced,
}

/// How a log-in ends. The status is 200 in any case, after a redirect or without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginEnd {
    /// A script page that refreshes `window.opener`, or one that goes to `login.php?invalid=t`.
    Opener,
    /// The same, or the log-in page again with an `http_errmsg`.
    Message,
    /// A redirect to the next page with `authStatus=1` (INVENTED number) or `authStatus=0`.
    Status,
}

/// What a visitor gets in place of a page that needs a log-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Barrier {
    /// A redirect to `login.php?redir=…`.
    Redirect,
    /// The log-in page itself, at the address that was asked for (INVENTED).
    Page,
}

/// The page with the SMTP settings. INVENTED but for the attributes' names.
#[derive(Debug, Clone)]
pub struct SmtpPages {
    /// The page with its query, as the site index links it.
    pub page: String,
    /// The words of that link.
    pub link: String,
    /// What the form posts, in order.
    pub fields: Vec<SmtpField>,
    /// Where the page keeps its values.
    pub values: FieldValues,
    /// The words beside the fields.
    pub wording: XeroxWording,
    /// A prefix of the elements' ids.
    pub ids: String,
    /// Whether the form's `_fun_function` is filled in by script only.
    pub script_fills: bool,
    /// Whether a post whose fields come in another order than the form's is answered as if it had worked, and stores
    /// nothing. That order matters is known, in which way is not.
    pub strict_order: bool,
    /// What a choice is called on the wire; a choice without an entry is not offered.
    pub wire: Vec<(Item, &'static str, &'static str)>,
    /// The box without which a new password is not stored: name and value.
    pub save_box: (String, String),
    /// The name of the password's second field, where it has one and is looked at.
    pub retype: Option<String>,
    /// Whether another server is refused unless the password comes with it, as patched firmware may do.
    pub password_with_server: bool,
    /// The test mail, where the page offers one.
    pub test: Option<XeroxTestMail>,
}

/// One thing that the form posts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SmtpField {
    /// `_fun_function`.
    Function,
    /// `NextPage`.
    NextPage,
    /// `CSRFToken`; nothing where the door has none.
    Token,
    /// Another hidden field.
    Hidden(String, String),
    /// Server and port, joined by a colon, under this attribute.
    Server(String),
    /// A setting under this attribute.
    Setting(Item, String),
    /// The password under this attribute, its second field, and the box to save it.
    Password(String),
}

/// Where a page keeps its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldValues {
    /// In the inputs.
    Inputs,
    /// In script: `valHst_1[2] = "…";`, an address in four octets, and `f["attribute"].value = valHst_1[2];`.
    Arrays,
    /// Server and port in script as with [`FieldValues::Arrays`], the others in the inputs.
    Mixed,
    /// In script, by attribute: `attr["connectivity.smtp.server"] = "host:port";`.
    Object,
}

/// The test mail of the page. INVENTED.
#[derive(Debug, Clone)]
pub struct XeroxTestMail {
    /// The function on `/userpost/xerox.set`.
    pub function: String,
    /// The field of the recipient.
    pub to_field: String,
    /// The page that tells the result.
    pub next_page: String,
    /// Whether the page's script posts it by Ajax (`?ajts…`, `isAjax=true`).
    pub ajax: bool,
}

/// The clone export.
#[derive(Debug, Clone)]
pub struct Cloning {
    /// The groups: value and words. One of them holds the SMTP settings.
    pub groups: Vec<(&'static str, &'static str)>,
    /// The group with the SMTP settings.
    pub smtp_group: &'static str,
    /// Whether the groups are a list in script, `directoryList = "1,2,…"`; otherwise boxes.
    pub in_script: bool,
    /// Where the file is.
    pub download: String,
}

impl SmtpPages {
    /// The path without the query.
    pub(crate) fn path(&self) -> &str {
        self.page.split('?').next().unwrap_or_default()
    }

    /// The items on the page.
    pub(crate) fn items(&self) -> Vec<Item> {
        let mut items = Vec::new();
        for field in &self.fields {
            match field {
                SmtpField::Server(_) => items.extend([Item::SmtpServer, Item::SmtpPort]),
                SmtpField::Setting(item, _) => items.push(*item),
                _ => {}
            }
        }
        items
    }

    /// What a value is called on the wire.
    pub(crate) fn wire(&self, item: Item, word: &str) -> String {
        match item {
            // The page speaks of KB, the wire of bytes.
            Item::MaxMessageKb | Item::MaxJobKb => {
                word.parse::<u64>().map_or_else(|_| word.to_owned(), |kb| (kb * 1024).to_string())
            }
            _ => self
                .wire
                .iter()
                .find(|(other, known, _)| *other == item && *known == word)
                .map_or_else(|| word.to_owned(), |(.., wire)| (*wire).to_owned()),
        }
    }

    /// The lab's word for a wire value; nothing where the device would not take it.
    pub(crate) fn word(&self, item: Item, wire: &str) -> Option<String> {
        let word = match (item, item.domain()) {
            (Item::MaxMessageKb | Item::MaxJobKb, _) => {
                let bytes = wire.parse::<u64>().ok()?;
                (bytes % 1024 == 0).then(|| (bytes / 1024).to_string())?
            }
            (_, Domain::Choice(_) | Domain::Switch) => {
                self.wire.iter().find(|(other, _, known)| *other == item && *known == wire)?.1.to_owned()
            }
            _ => wire.to_owned(),
        };
        item.accepts(&word).then_some(word)
    }
}

impl XeroxProfile {
    /// What it holds when it leaves the factory.
    pub(crate) fn factory_settings(&self) -> Settings {
        Settings::factory(&self.smtp.items())
    }

    /// Whether pages carry a token.
    pub(crate) fn has_token(&self) -> bool {
        self.door.csrf != Csrf::None
    }

    /// The same device with older or newer firmware: without a token, or with one that is enforced.
    #[must_use]
    pub fn with_csrf(mut self, csrf: Csrf) -> Self {
        self.door.csrf = csrf;
        self
    }
}
