//! What a device holds, what it lets pass and what it takes exception to.

use std::time::Duration;

use super::pages;
use super::wire::Reply;
use super::words::Words;
use crate::strangers::wire::Request;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Server,
    Port,
    Security,
    Auth,
    User,
    Password,
    Sender,
    Other,
}

#[derive(Debug, Clone)]
pub enum Kind {
    Text,
    Number(u32, u32),
    /// A password; the page shows stars where one is stored.
    Secret,
    /// The same once more; the name of the password it repeats.
    Again(&'static str),
    Radio(&'static [(&'static str, &'static str)]),
    Select(&'static [(&'static str, &'static str)]),
    Check(&'static str),
    /// Shown, and no control.
    Note,
}

/// A row of the e-mail page.
#[derive(Debug, Clone)]
pub struct Row {
    pub role: Role,
    /// The head line it stands under.
    pub group: &'static str,
    pub name: &'static str,
    pub label: &'static str,
    pub kind: Kind,
    pub value: String,
    pub max: usize,
    /// Enabled only while the named control has one of these values.
    pub needs: Option<(&'static str, &'static [&'static str])>,
}

pub fn row(
    role: Role,
    group: &'static str,
    name: &'static str,
    label: &'static str,
    kind: Kind,
    value: &str,
    max: usize,
) -> Row {
    Row { role, group, name, label, kind, value: value.to_owned(), max, needs: None }
}

impl Row {
    pub fn needs(mut self, master: &'static str, values: &'static [&'static str]) -> Self {
        self.needs = Some((master, values));
        self
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Generation {
    B,
    C,
    C2,
    D,
}

/// What a returned `***` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stars {
    Keep,
    Literal,
}

/// How the rows of a page are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// `dl.items` with `dt` and `dd`.
    List,
    /// The same, every control in a box of its own, choices inside their labels.
    Boxed,
}

#[derive(Clone)]
pub struct Profile {
    pub generation: Generation,
    pub words: &'static Words,
    pub model: &'static str,
    pub serial: &'static str,
    pub firmware: &'static str,
    /// The page with the log-in form.
    pub status: &'static str,
    pub protocol: &'static str,
    /// The row of the protocol page, and its link's text.
    pub smtp_row: &'static str,
    pub smtp_link: &'static str,
    pub smtp: &'static str,
    /// The page stands in the menu itself.
    pub in_menu: bool,
    pub pageid: &'static str,
    pub login: &'static str,
    pub logout: &'static str,
    pub admin: Option<&'static str>,
    pub csrf: bool,
    pub token_at_login: bool,
    pub referer: bool,
    pub login_status: u16,
    /// A wrong password leads to `/etc/passerror.html`; else the page comes again.
    pub passerror: bool,
    pub marker: bool,
    pub stars: Stars,
    pub identity_open: bool,
    pub csv: bool,
    /// Letters outside ASCII as bytes instead of entities.
    pub raw: bool,
    pub layout: Layout,
    /// After a save the page asks where a test mail shall go.
    pub test_mail: bool,
}

/// What goes wrong on demand.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    pub missing: Option<Role>,
    pub doubled: Option<Role>,
    pub drop_write: bool,
    pub lose_reply: bool,
    pub lose_request: bool,
    /// The session ends just before this many saves.
    pub expire_before_save: u32,
    /// The session ends once, before this many pages of a signed-in administrator.
    pub expire_after: Option<u32>,
    /// A save is answered with this kind of error and stores nothing.
    pub out_of_range: bool,
    /// A save restarts the device.
    pub away: Option<Duration>,
    /// The test mail fails.
    pub mail_fails: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    Read,
    Login,
    Logout,
    Write,
    Mail,
}

#[derive(Clone)]
pub struct Seen {
    pub what: What,
    pub line: String,
    /// Names of what was posted.
    pub names: Vec<String>,
}

impl std::fmt::Debug for Seen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "\n    {:?} {} {:?}", self.what, self.line, self.names)
    }
}

pub struct Device {
    pub profile: Profile,
    pub rows: Vec<Row>,
    pub faults: Faults,
    pub seen: Vec<Seen>,
    /// What the device took exception to; tests expect none.
    pub complaints: Vec<String>,
    pub saves: u32,
    pub mails: Vec<String>,
    /// The one session's cookie.
    pub session: Option<String>,
    /// Tokens of the page that was shown last: of the header's form, of the main form.
    pub tokens: (String, String),
    /// Asked for the outcome of a test mail this often.
    pub polls: u32,
    /// The address book, where the device shows one.
    pub book: Option<super::address::Book>,
    counter: u64,
}

impl Device {
    pub fn new(profile: Profile, rows: Vec<Row>) -> Self {
        Self {
            profile,
            rows,
            faults: Faults::default(),
            seen: Vec::new(),
            complaints: Vec::new(),
            saves: 0,
            mails: Vec::new(),
            session: None,
            tokens: Default::default(),
            polls: 0,
            book: None,
            counter: 0,
        }
    }

    pub fn value(&self, role: Role) -> String {
        self.rows.iter().find(|r| r.role == role).map(|r| r.value.clone()).unwrap_or_default()
    }

    pub fn set(&mut self, role: Role, value: &str) {
        let row = self.rows.iter_mut().find(|r| r.role == role).unwrap();
        row.value = value.to_owned();
    }

    /// Stores the mail account's password.
    pub fn set_password(&mut self, password: &str) {
        for row in &mut self.rows {
            if matches!(row.kind, Kind::Secret | Kind::Again(_)) {
                row.value = password.to_owned();
            }
        }
    }

    pub fn count(&self, what: What) -> usize {
        self.seen.iter().filter(|s| s.what == what).count()
    }

    /// Notes what happened to the address book.
    pub fn log(&mut self, what: String) {
        if let Some(book) = &mut self.book {
            book.log.push(what);
        }
    }

    pub fn complain(&mut self, text: impl Into<String>) {
        self.complaints.push(text.into());
    }

    fn number(&mut self) -> u64 {
        self.counter += 1;
        let mut x = self.counter.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        x ^= x >> 29;
        x.wrapping_mul(0xbf58_476d_1ce4_e5b9)
    }

    /// Base64 over several lines, as the pages have it.
    fn token(&mut self) -> String {
        use base64::Engine as _;
        let mut text = String::new();
        for part in 0..3 {
            let mut bytes = Vec::new();
            for _ in 0..6 {
                bytes.extend_from_slice(&self.number().to_be_bytes());
            }
            text +=
                &base64::engine::general_purpose::STANDARD.encode(&bytes[..if part == 2 { 22 } else { 48 }]);
            text += "\r\n";
        }
        text
    }

    /// Every page has tokens of its own, and those of the page before are worth nothing.
    pub fn new_tokens(&mut self) {
        self.tokens = (self.token(), self.token());
    }

    /// Counts the pages of the administrator until the session ends by itself.
    fn wear(&mut self) {
        match &mut self.faults.expire_after {
            Some(0) => {
                self.faults.expire_after = None;
                self.session = None;
            }
            Some(left) if self.session.is_some() => *left -= 1,
            _ => {}
        }
    }

    pub fn signed_in(&self, request: &Request) -> bool {
        self.profile.admin.is_none()
            || self.session.as_deref().is_some_and(|s| request.cookies("AuthCookie") == [s])
    }

    /// Whether the row can be used, given the values of the others.
    pub fn enabled(row: &Row, value: &dyn Fn(&str) -> Option<String>) -> bool {
        row.needs.is_none_or(|(master, values)| value(master).is_some_and(|v| values.contains(&&*v)))
    }

    /// One request, one answer.
    pub fn handle(&mut self, request: &Request) -> Reply {
        let post = request.method == "POST";
        let names: Vec<String> = pairs(request).into_iter().map(|(n, _)| n).collect();
        let has = |name: &str| names.iter().any(|n| n == name);
        let smtp = path_of(self.profile.smtp);
        let what = match request.path.as_str() {
            _ if !post => What::Read,
            "/auth/login" => What::Login,
            _ if has(self.profile.login) => What::Login,
            _ if has("hidden_mail_test_control") => What::Mail,
            path if has(self.profile.logout) && path != smtp => What::Logout,
            _ => What::Write,
        };
        self.seen.push(Seen {
            what,
            line: format!("{} {}?{}", request.method, request.path, request.query),
            names,
        });
        if post && request.header("content-length").is_none() {
            self.complain("a post without its length");
            return Reply { status: 411, ..Reply::page("") };
        }
        if post
            && !request
                .header("content-type")
                .is_some_and(|v| v.starts_with("application/x-www-form-urlencoded"))
        {
            self.complain("not a form");
        }
        self.wear();
        let save = what == What::Write && request.path == smtp;
        if save && self.faults.expire_before_save > 0 {
            self.faults.expire_before_save -= 1;
            self.session = None;
        }
        if save && self.faults.lose_request {
            return Reply { hang_up: true, ..Reply::default() };
        }
        let mut reply = pages::route(self, request, what);
        if save && self.faults.lose_reply {
            reply.hang_up = true;
        }
        if save {
            reply.away = self.faults.away.take();
        }
        reply
    }

    /// Referer and token of a post from the page at `path`.
    pub fn passes(&mut self, request: &Request, path: &str, main: bool) -> bool {
        let host = request.header("host").unwrap_or_default();
        let referer = request.header("referer").unwrap_or_default();
        let from = referer.strip_prefix(&format!("http://{host}"));
        if self.profile.referer && from.is_none_or(|p| main && path_of(p) != path) {
            self.complain(format!("referer {referer:?} at {path}"));
            return false;
        }
        let token = pairs(request).into_iter().find(|(n, _)| n == "CSRFToken").map(|(_, v)| v);
        let wanted = if main { &self.tokens.1 } else { &self.tokens.0 };
        let needed = self.profile.csrf && (main || self.profile.token_at_login || self.signed_in(request));
        let fine = match (needed, token) {
            (true, Some(token)) => token == *wanted,
            (true, None) => false,
            (false, token) => token.is_none(),
        };
        if !fine {
            self.complain(format!("token at {path}"));
        }
        fine
    }

    /// Takes the e-mail form. `Err` is the text of the error.
    pub fn take(&mut self, request: &Request) -> Result<(), &'static str> {
        let pairs = pairs(request);
        let posted = |name: &str| pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone());
        for (at, (name, _)) in pairs.iter().enumerate() {
            if pairs[..at].iter().any(|(n, _)| n == name) {
                self.complaints.push(format!("{name} twice"));
            }
            let fixed = ["pageid", "CSRFToken", "postif_registration_reject"].contains(&name.as_str());
            if !fixed && !self.rows.iter().any(|r| r.name == name) {
                self.complaints.push(format!("unknown field {name}"));
            }
        }
        if posted("pageid").as_deref() != Some(self.profile.pageid)
            || posted("postif_registration_reject").as_deref() != Some("1")
        {
            self.complain("a hidden field is missing or altered");
        }
        let before = |name: &str| self.rows.iter().find(|r| r.name == name).map(|r| r.value.clone());
        let mut after = self.rows.clone();
        let mut complaints = Vec::new();
        for row in &mut after {
            let value = posted(row.name);
            let usable = Self::enabled(row, &posted);
            if matches!(row.kind, Kind::Note) {
                continue;
            }
            if !usable {
                if value.is_some() {
                    complaints.push(format!("{} is disabled", row.name));
                }
                continue;
            }
            // A row that has only now become usable may be filled by a second post.
            let optional = !Self::enabled(row, &before);
            match (&row.kind, value) {
                (Kind::Check(on), value) => {
                    if value.as_ref().is_some_and(|v| v != on) {
                        complaints.push(format!("{} has another value", row.name));
                    }
                    row.value = value.map_or(String::new(), |_| (*on).to_owned());
                }
                (_, None) if optional => {}
                (_, None) => {
                    complaints.push(format!("{} was lost", row.name));
                    row.value.clear();
                }
                (Kind::Radio(choices) | Kind::Select(choices), Some(value)) => {
                    if !choices.iter().any(|(v, _)| *v == value) {
                        return Err(self.profile.words.range);
                    }
                    row.value = value;
                }
                (Kind::Number(from, to), Some(value)) => {
                    if !value.parse().is_ok_and(|n: u32| (*from..=*to).contains(&n)) {
                        return Err(self.profile.words.range);
                    }
                    row.value = value;
                }
                (Kind::Secret | Kind::Again(_), Some(value))
                    if value == "***" && self.profile.stars == Stars::Keep => {}
                (_, Some(value)) => {
                    if value.chars().count() > row.max {
                        return Err(self.profile.words.range);
                    }
                    row.value = value;
                }
            }
        }
        self.complaints.extend(complaints);
        for row in &after {
            if let Kind::Again(of) = row.kind
                && after.iter().find(|r| r.name == of).map(|r| &r.value) != Some(&row.value)
            {
                return Err(self.profile.words.error);
            }
        }
        self.saves += 1;
        if self.faults.out_of_range {
            return Err(self.profile.words.range);
        }
        if !self.faults.drop_write {
            self.rows = after;
        }
        Ok(())
    }

    /// Checks a password and opens the session.
    pub fn login(&mut self, request: &Request) -> (bool, String) {
        let given = pairs(request).into_iter().find(|(n, _)| n == self.profile.login).map(|(_, v)| v);
        for (name, _) in pairs(request) {
            if ![self.profile.login, "loginurl", "CSRFToken"].contains(&name.as_str()) {
                self.complain(format!("{name} in the log-in"));
            }
        }
        // A cookie comes in either case.
        let cookie = format!("{:x}%2Fq%2B{:x}%0D%0A%3D", self.number(), self.number());
        let right = given.as_deref() == self.profile.admin;
        self.session = right.then(|| cookie.clone());
        (right, cookie)
    }
}

/// The posted form in the pages' charset.
pub fn pairs(request: &Request) -> Vec<(String, String)> {
    request.form(encoding_rs::WINDOWS_1252)
}

/// A path without what follows the question mark.
pub fn path_of(target: &str) -> &str {
    target.split('?').next().unwrap_or_default()
}
