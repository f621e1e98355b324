//! What every copier of this maker has in common by the evidence: cookies, log-in, trampoline, sessions, a form that
//! is posted whole. The pages are each manner's own.

use base64::Engine as _;
use encoding_rs::Encoding;

use crate::strangers::wire::{Reply, Request};

/// What a control of the E-mail page means to the test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Server,
    Port,
    Ssl,
    Auth,
    Sender,
    AuthSender,
    User,
    Other,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    Text,
    /// Values and texts, shown as radio buttons.
    Radio(&'static [(&'static str, &'static str)]),
    /// Values and texts, shown as a list.
    Select(&'static [(&'static str, &'static str)]),
    /// One value that is sent when the box is ticked.
    Check(&'static str),
    Hidden,
    /// A password that has a page of its own; the kind of password that page is asked for.
    Password(&'static str),
    /// A head line between rows.
    Heading,
}

/// A row of the E-mail page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    pub role: Role,
    pub name: &'static str,
    pub label: &'static str,
    pub kind: Kind,
    pub value: String,
}

pub fn field(role: Role, name: &'static str, label: &'static str, kind: Kind, value: &str) -> Field {
    Field { role, name, label, kind, value: value.to_owned() }
}

/// What goes wrong on demand.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    pub missing: Option<Role>,
    pub doubled: Option<Role>,
    /// The save is answered as ever, and nothing is stored.
    pub drop_write: bool,
    /// The save is stored, and the connection closes without an answer.
    pub lose_reply: bool,
    /// The connection closes at the save, and nothing is stored.
    pub lose_request: bool,
    /// Guests are shown nothing but the way to the log-in.
    pub guests_denied: bool,
    /// The session ends just before this many saves.
    pub expire_before_save: u32,
    pub busy: bool,
    /// Every log-in is refused with the usual text.
    pub locked: bool,
    pub full: bool,
}

#[derive(Debug, Clone, Default)]
pub struct Session {
    pub id: String,
    pub token: String,
    /// The form as it was left on the way to the password page.
    pub staged: Option<Vec<Field>>,
    pub staged_passwords: Vec<(String, String)>,
    /// Which password the password page was opened for.
    pub kind: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    Read,
    Login,
    Logout,
    Write,
}

#[derive(Clone)]
pub struct Seen {
    pub what: What,
    pub line: String,
}

impl std::fmt::Debug for Seen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "\n    {:?} {}", self.what, self.line)
    }
}

/// What differs in the common part.
#[derive(Debug, Clone)]
pub struct Profile {
    pub lang: &'static str,
    pub serial: &'static str,
    pub admin: (&'static str, String),
    pub auth_failed: &'static str,
    /// Texts for 5.8.
    pub full: &'static str,
    /// Where the log-in leads, below `/web/entry/{lang}/`.
    pub after_login: &'static str,
    /// `wimsesid=--` beside every other cookie.
    pub dashes: bool,
    /// The log-in needs the token of its page.
    pub token_at_login: bool,
    /// Every page but the first wants the cookie, not only those of the log-in.
    pub cookie_everywhere: bool,
    pub http_only: bool,
    /// The address the form is saved at.
    pub save: &'static str,
}

/// One manner of being a copier.
pub trait Manner: Send + Sync {
    fn charset(&self) -> &'static Encoding {
        encoding_rs::UTF_8
    }
    /// Pages for everybody; the front page included. `None`: there is no such page.
    fn guest(&self, device: &Device, path: &str) -> Option<Reply>;
    /// The page with the log-in form.
    fn auth_form(&self, device: &Device, token: &str, open: &str, message: &str) -> String;
    /// Pages of a logged-in administrator; `None`: there is no such page.
    fn entry(&self, device: &mut Device, at: usize, path: &str, request: &Request) -> Option<Reply>;
}

pub struct Device {
    pub profile: Profile,
    pub manner: std::sync::Arc<dyn Manner>,
    pub fields: Vec<Field>,
    /// Stored passwords by kind.
    pub passwords: Vec<(String, String)>,
    pub sessions: Vec<Session>,
    pub seen: Vec<Seen>,
    pub faults: Faults,
    /// What the copier took exception to; tests expect none.
    pub complaints: Vec<String>,
    pub saves: u32,
    counter: u64,
}

impl Device {
    pub fn new(profile: Profile, manner: std::sync::Arc<dyn Manner>, fields: Vec<Field>) -> Self {
        Self {
            profile,
            manner,
            fields,
            passwords: Vec::new(),
            sessions: Vec::new(),
            seen: Vec::new(),
            faults: Faults::default(),
            complaints: Vec::new(),
            saves: 0,
            counter: 0,
        }
    }

    pub fn value(&self, role: Role) -> String {
        self.fields.iter().find(|f| f.role == role).map(|f| f.value.clone()).unwrap_or_default()
    }

    pub fn password(&self, kind: &str) -> Option<String> {
        self.passwords.iter().find(|(k, _)| k == kind).map(|(_, p)| p.clone())
    }

    pub fn count(&self, what: What) -> usize {
        self.seen.iter().filter(|s| s.what == what).count()
    }

    /// The rows as the faults want them shown.
    pub fn rows(&self, fields: &[Field]) -> Vec<Field> {
        let mut rows = Vec::new();
        for field in fields {
            if field.role != Role::Other && self.faults.missing == Some(field.role) {
                continue;
            }
            rows.push(field.clone());
            if field.role != Role::Other && self.faults.doubled == Some(field.role) {
                rows.push(field.clone());
            }
        }
        rows
    }

    /// What the form holds after a post. What a browser leaves out keeps its value, or is cleared where the firmware is
    /// `strict`; a name that is not on the page is an error there.
    pub fn taken(
        &mut self,
        base: &[Field],
        pairs: &[(String, String)],
        strict: bool,
        hidden: &[&str],
    ) -> Result<Vec<Field>, String> {
        let mut fields = base.to_vec();
        for field in &mut fields {
            let posted = pairs.iter().find(|(name, _)| name == field.name).map(|(_, v)| v.clone());
            match (&field.kind, posted) {
                (Kind::Password(_) | Kind::Heading, _) => {}
                (Kind::Radio(choices) | Kind::Select(choices), Some(value)) => {
                    if !choices.iter().any(|(v, _)| *v == value) {
                        return Err(format!("{} has no choice {value:?}", field.name));
                    }
                    field.value = value;
                }
                (Kind::Check(on), posted) => field.value = posted.filter(|v| v == on).unwrap_or_default(),
                (_, Some(value)) => field.value = value,
                (_, None) if strict => field.value = String::new(),
                (_, None) => {}
            }
        }
        let known = |name: &str| hidden.contains(&name) || base.iter().any(|f| f.name == name);
        if strict && let Some((name, _)) = pairs.iter().find(|(name, _)| !known(name)) {
            return Err(format!("unknown field {name}"));
        }
        Ok(fields)
    }

    /// Stores the form with everything staged; the dropped write happens here.
    pub fn store(&mut self, at: usize, fields: Vec<Field>) {
        self.saves += 1;
        let staged = std::mem::take(&mut self.sessions[at].staged_passwords);
        self.sessions[at].staged = None;
        if self.faults.drop_write {
            return;
        }
        self.fields = fields;
        for (kind, password) in staged {
            self.passwords.retain(|(k, _)| *k != kind);
            self.passwords.push((kind, password));
        }
    }

    /// Gives the session another token: only the page that comes now knows it.
    pub fn new_token(&mut self, at: usize) {
        self.sessions[at].token = self.digits(10);
    }

    pub fn complain(&mut self, text: impl Into<String>) {
        self.complaints.push(text.into());
    }

    fn digits(&mut self, many: usize) -> String {
        self.counter += 1;
        let mut text = String::new();
        let mut state = self.counter.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        while text.len() < many {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            text.push(char::from(b'1' + ((state >> 60) % 9) as u8));
        }
        text
    }

    /// One request, one answer.
    fn handle(&mut self, request: &Request) -> Reply {
        let lang = self.profile.lang;
        let guest = request.path.strip_prefix(&format!("/web/guest/{lang}/")).map(str::to_owned);
        let entry = request.path.strip_prefix(&format!("/web/entry/{lang}/")).map(str::to_owned);
        let page = guest.as_deref().or(entry.as_deref());
        let post = request.method == "POST";
        let what = match page {
            Some("websys/webArch/login.cgi") if post => What::Login,
            Some("websys/webArch/logout.cgi") => What::Logout,
            _ if post => What::Write,
            _ => What::Read,
        };
        self.seen.push(Seen { what, line: format!("{} {}", request.method, request.path) });
        let save = post && entry.as_deref() == Some(self.profile.save);
        if save && self.faults.expire_before_save > 0 {
            self.faults.expire_before_save -= 1;
            self.sessions.clear();
        }
        if save && self.faults.lose_request {
            return Reply { hang_up: true, ..Reply::page("") };
        }
        let mut reply = self.route(request, page, entry.as_deref());
        if save && self.faults.lose_reply {
            reply.hang_up = true;
        }
        let only = if self.profile.http_only { "; HttpOnly" } else { "" };
        reply = reply.with("Set-Cookie", &format!("cookieOnOffChecker=on; path=/{only}"));
        if self.profile.dashes {
            reply = reply.with("Set-Cookie", "wimsesid=--; path=/; HttpOnly");
        }
        reply
    }

    fn route(&mut self, request: &Request, page: Option<&str>, entry: Option<&str>) -> Reply {
        let manner = self.manner.clone();
        let lang = self.profile.lang;
        let cookie = request.cookies("cookieOnOffChecker").contains(&"on");
        match page {
            Some("websys/webArch/authForm.cgi" | "websys/webArch/login.cgi") if !cookie => {
                self.complain("no cookieOnOffChecker");
                return Reply::page(
                    "<html><head><script>location.href='message.cgi?messageID=MSG_COOKIEOFF&buttonURL=..';</script></head></html>",
                );
            }
            Some(_) if !cookie && self.profile.cookie_everywhere => {
                self.complain("no cookieOnOffChecker");
                return Reply::page(
                    "<html><head><title>Cookie error</title></head><body>Enable cookies in the browser.</body></html>",
                );
            }
            Some("websys/webArch/authForm.cgi") => {
                let token = self.digits(10);
                let open =
                    request.query.split('&').find_map(|p| p.strip_prefix("open=")).unwrap_or("").to_owned();
                let open = percent(&open);
                if self.faults.full {
                    return Reply::page(format!(
                        "<html><head><title>Web Image Monitor</title></head><body><table><tr class=\"responseMessage\"><td>{}</td></tr></table></body></html>",
                        self.profile.full
                    ));
                }
                let text = manner.auth_form(self, &token, &open, "");
                self.sessions.retain(|s| !s.id.is_empty());
                self.sessions.push(Session { token, ..Session::default() });
                let id = self.digits(15);
                return encoded(&text, manner.charset())
                    .with("Set-Cookie", &format!("risessionid={id};HttpOnly"));
            }
            Some("websys/webArch/login.cgi") => return self.login(request),
            Some("websys/webArch/logout.cgi") => {
                let ids = request.cookies("wimsesid");
                self.sessions.retain(|s| !ids.contains(&s.id.as_str()));
                return Reply::moved(&format!("/web/guest/{lang}/websys/webArch/mainFrame.cgi"))
                    .with("Set-Cookie", "wimsesid=--; path=/");
            }
            _ => {}
        }
        let denied = self.faults.guests_denied && page == Some("websys/status/configuration.cgi");
        let Some(path) = entry.or(page.filter(|_| denied)) else {
            let path = page
                .map_or_else(|| request.path.trim_start_matches('/').to_owned(), |p| format!("guest:{p}"));
            return manner.guest(self, &path).unwrap_or_else(Reply::not_found);
        };
        let ids = request.cookies("wimsesid");
        let at = self.sessions.iter().position(|s| !s.id.is_empty() && ids.contains(&s.id.as_str()));
        let at = at.filter(|_| entry.is_some());
        let Some(at) = at else {
            // The page for whoever is not logged in.
            return Reply::page(format!(
                "<html><head><title>Web Image Monitor</title></head><body onLoad=\"document.form1.submit();\"><form name='form1' method='post' action='/web/guest/{lang}/websys/webArch/authForm.cgi'><input type='hidden' name='open' value='{path}'></form></body></html>"
            ));
        };
        let frames = match path {
            "websys/webArch/mainFrame.cgi"
            | "websys/webArch/topPage.cgi"
            | "websys/webArch/header.cgi"
            | "websys/status/configuration.cgi" => manner.guest(self, &format!("guest:{path}")),
            _ => None,
        };
        frames.or_else(|| manner.entry(self, at, path, request)).unwrap_or_else(Reply::not_found)
    }

    fn login(&mut self, request: &Request) -> Reply {
        let manner = self.manner.clone();
        let pairs = request.form(manner.charset());
        let get = |name: &str| pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone());
        let plain = |name: &str| {
            get(name)
                .and_then(|v| base64::engine::general_purpose::STANDARD.decode(v).ok())
                .unwrap_or_default()
        };
        for work in ["userid_work", "password_work"] {
            if get(work).is_some_and(|v| !v.is_empty()) {
                self.complain(format!("{work} was not empty"));
            }
        }
        let pending = self.sessions.iter().position(|s| s.id.is_empty());
        let token = get("wimToken").unwrap_or_default();
        let fresh = pending.is_some_and(|at| self.sessions[at].token == token);
        if !fresh && self.profile.token_at_login {
            self.complain("log-in without the token of its page");
        }
        let (user, password) = &self.profile.admin;
        let right = plain("userid") == user.as_bytes() && plain("password") == password.as_bytes();
        self.sessions.retain(|s| !s.id.is_empty());
        let risession = self.digits(15);
        let rid = format!("risessionid={risession};HttpOnly");
        if !right || self.faults.locked || (self.profile.token_at_login && !fresh) {
            let token = self.digits(10);
            let text = manner.auth_form(self, &token, "", self.profile.auth_failed);
            self.sessions.push(Session { token, ..Session::default() });
            return encoded(&text, manner.charset()).with("Set-Cookie", &rid);
        }
        let (id, token) = (self.digits(9), self.digits(10));
        self.sessions.push(Session { id: id.clone(), token, ..Session::default() });
        let to = format!("/web/entry/{}/{}", self.profile.lang, self.profile.after_login);
        Reply::moved(&to)
            .with("Set-Cookie", &rid)
            .with("Set-Cookie", &format!("wimsesid={id};path=/;HttpOnly"))
    }
}

/// A page in a charset: UTF-8 is announced in the head, anything else only by the page itself.
pub fn encoded(text: &str, charset: &'static Encoding) -> Reply {
    if charset == encoding_rs::UTF_8 { Reply::page(text) } else { Reply::encoded(text, charset) }
}

fn percent(text: &str) -> String {
    form_urlencoded::parse(format!("x={text}").as_bytes())
        .next()
        .map(|(_, v)| v.into_owned())
        .unwrap_or_default()
}

/// Text made safe for HTML.
pub fn esc(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The password a base64 field holds.
pub fn unbase64(text: &str) -> Option<String> {
    let bytes = base64::engine::general_purpose::STANDARD.decode(text).ok()?;
    String::from_utf8(bytes).ok()
}

impl crate::strangers::wire::Answers for Device {
    fn answer(&mut self, request: &Request) -> Reply {
        self.handle(request)
    }
}
