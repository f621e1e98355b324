//! What differs between two generations, as data.

use std::time::Duration;

use super::book::BrotherBook;
use crate::mail::client::TlsMax;
use crate::settings::{Item, PasswordKind, Settings};
use crate::spec::TlsKind;

/// One generation of Brother machines: its ids, pages, words and manners. All fields can be changed by a test.
#[derive(Debug, Clone)]
pub struct BrotherProfile {
    /// The name; see [`BrotherProfile::NAMES`].
    pub name: String,
    /// The model, as its pages write it between "Brother" and "series".
    pub model: String,
    /// A serial number as such a model has it.
    pub sample_serial: String,
    /// The main firmware version, a letter.
    pub firmware: String,
    /// How its pages are made.
    pub generation: Generation,
    /// How it is secured unless its spec says otherwise.
    pub tls: TlsKind,
    /// The `Server` header.
    pub server: String,
    /// The language of its pages: `en`, `es` or `fr`.
    pub language: String,
    /// Where its pages are.
    pub paths: BrotherPaths,
    /// The numbers of its pages.
    pub page_ids: PageIds,
    /// The ids of fields outside the SMTP page.
    pub field_ids: FieldIds,
    /// The link beside a protocol's name.
    pub advanced: String,
    /// The name of the row that leads to the SMTP page.
    pub smtp_row: String,
    /// The rows of the SMTP page in order (assumed: no page was ever recorded).
    pub rows: Vec<BrotherRow>,
    /// The address book.
    pub book: BrotherBook,
    /// Log-in and log-out.
    pub door: DoorManners,
    /// The tokens of its forms; absent where its firmware has none.
    pub token: Option<TokenManners>,
    /// Whether every POST needs a `Referer` of the machine's own.
    pub referer: bool,
    /// What a page says after a post that it took.
    pub marker: Marker,
    /// What a post without a field does to the field.
    pub missing: MissingFields,
    /// What a password field's `***` means when it comes back.
    pub stars: Stars,
    /// What `/etc/mnt_info.csv` answers.
    pub mnt_info: MntInfo,
    /// Whether the page with model and serial number needs a log-in.
    pub identity_needs_login: bool,
    /// "Send Test E-mail".
    pub test_mail: TestMail,
    /// Whether the web server restarts after the SMTP page was posted. INVENTED, off in every profile.
    pub restarts_after_save: bool,
    /// How long it is away after a restart; real ones take 60 to 90 s.
    pub restart: Duration,
    /// How long a body that is shorter than announced holds everybody up; real ones about 300 s.
    pub patience: Duration,
    /// After how long an unused session ends. INVENTED.
    pub idle: Duration,
    /// The newest TLS version of its mail client; absent means all of them.
    pub mail_tls_max: Option<TlsMax>,
}

/// How a machine's pages are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Generation {
    /// About 2011 to 2016: form log-in, no tokens.
    B,
    /// About 2016 to 2023: form log-in, tokens.
    C,
    /// From about 2021: the same with `LogInOutBox` and `/home/status.html`.
    C2,
    /// From about 2023: pages made by script, log-in at `/auth/login`. Only recognising, logging in and being locked out
    /// are simulated.
    D,
}

/// Where pages are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrotherPaths {
    /// The start page, with the log-in box.
    pub status: String,
    /// "Maintenance Information".
    pub information: String,
    /// The list of protocols.
    pub protocol: String,
    /// The SMTP page (assumed).
    pub smtp: String,
    /// "HTTP Server Settings".
    pub http: String,
    /// The address book's list.
    pub address: String,
}

/// The `pageid` of each page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageIds {
    /// The page with the administrator's password.
    pub password: u32,
    /// "Maintenance Information".
    pub information: u32,
    /// Network status.
    pub network: u32,
    /// The list of protocols.
    pub protocol: u32,
    /// The SMTP page.
    pub smtp: u32,
    /// "HTTP Server Settings".
    pub http: u32,
    /// The address book's list.
    pub address: u32,
    /// "Reset Menu".
    pub reset: u32,
}

/// Numbers of fields; a field is named `B` and the number in hexadecimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldIds {
    /// The log-in's password. The log-out's field has the next number.
    pub login: u32,
    /// The first box of the list of protocols.
    pub protocol: u32,
    /// The first box of "HTTP Server Settings".
    pub http: u32,
    /// The address of the test e-mail.
    pub test_address: u32,
}

/// One row of the SMTP page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BrotherRow {
    /// A heading.
    Heading(String),
    /// A line of text.
    Text {
        /// What it holds.
        item: Item,
        /// The field's number.
        id: u32,
        /// Its label.
        label: String,
        /// The longest text, in characters.
        max: usize,
    },
    /// Radio buttons or a select.
    Choice {
        /// What it holds. [`Item::SmtpAuth`] stands for the whole choice of a method, whose words are `none`,
        /// `smtp_auth` and `pop_before_smtp`.
        item: Item,
        /// The field's number.
        id: u32,
        /// Its label.
        label: String,
        /// Radio buttons rather than a select.
        radio: bool,
        /// The choices in order.
        options: Vec<BrotherOption>,
    },
    /// A box to tick.
    Switch {
        /// What it holds.
        item: Item,
        /// The field's number.
        id: u32,
        /// Its label.
        label: String,
    },
    /// A password, and the field to type it again.
    Password {
        /// Which one.
        kind: PasswordKind,
        /// The number of the first field.
        id: u32,
        /// Its label.
        label: String,
        /// The number of the second field and its label.
        again: Option<(u32, String)>,
        /// The longest password, in characters.
        max: usize,
    },
}

/// One choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrotherOption {
    /// The lab's word.
    pub word: String,
    /// The value on the wire.
    pub value: String,
    /// The words on the page.
    pub text: String,
}

/// Log-in and log-out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DoorManners {
    /// The status of a log-in that worked: 301, 302 or 200.
    pub accepted: u16,
    /// What a wrong password gets.
    pub refused: WrongPassword,
    /// Whether a wrong password gets an `AuthCookie` too, which is good for nothing.
    pub cookie_on_failure: bool,
    /// Whether the log-in form has a token (where the firmware has tokens).
    pub token: bool,
}

/// What a wrong password gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WrongPassword {
    /// A redirect to `/etc/passerror.html`.
    Redirect,
    /// The page again, with "Login Failure".
    Page,
}

/// The tokens of forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenManners {
    /// Which ones are good.
    pub life: FormTokens,
    /// How line breaks stand in the attribute.
    pub breaks: TokenBreaks,
}

/// Which tokens are good. That each is good once, and what becomes of unused ones, is INVENTED.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormTokens {
    /// Those of the page that was shown last.
    LastPage,
    /// All that were not used yet.
    Unused,
}

/// How a token's line breaks stand in the attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenBreaks {
    /// As they are.
    Plain,
    /// As `&#13;&#10;`, other signs as entities too.
    Entities,
}

/// What a page says after a post that it took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marker {
    /// "Submit OK".
    SubmitOk,
    /// "Accepted."
    Accepted,
    /// Nothing.
    Nothing,
}

/// What a post without a field does to the field. Both were reported of different pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MissingFields {
    /// It is emptied, or set to its first choice.
    Lost,
    /// It stays. A missing box is off all the same.
    Kept,
}

/// What a password field's `***` means when it comes back. Not known of any machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stars {
    /// The stored password stays.
    Keep,
    /// Three asterisks are the new password.
    Literal,
    /// There is no password any more.
    Clear,
}

/// What `/etc/mnt_info.csv` answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MntInfo {
    /// Two lines, to everybody: firmware before 2025.
    Open,
    /// The log-in page (assumed of repaired firmware).
    LoginPage,
    /// 404 (assumed of repaired firmware).
    Missing,
}

/// "Send Test E-mail" (assumed, as nothing of it was recorded).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TestMail {
    /// There is none.
    Absent,
    /// The answer to a post of the SMTP page asks where to send it.
    SecondStep {
        /// The hidden field that makes the second post a test.
        control: String,
        /// How often at least "Please wait" is said.
        waits: u32,
    },
}

impl BrotherProfile {
    /// The items of this profile with the factory's values.
    pub fn factory_settings(&self) -> Settings {
        let mut items: Vec<Item> = Vec::new();
        for row in &self.rows {
            match row {
                BrotherRow::Choice { item: Item::SmtpAuth, .. } => {
                    items.extend([Item::SmtpAuth, Item::PopBeforeSmtp]);
                }
                BrotherRow::Text { item, .. }
                | BrotherRow::Choice { item, .. }
                | BrotherRow::Switch { item, .. } => items.push(*item),
                BrotherRow::Heading(_) | BrotherRow::Password { .. } => {}
            }
        }
        Settings::factory(&items)
    }
}

/// A field's name.
pub(crate) fn field(id: u32) -> String {
    format!("B{id:x}")
}
