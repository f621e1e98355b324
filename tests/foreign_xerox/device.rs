//! What copiers with this maker's PHP pages have in common by what is publicly known: `PHPSESSID`, the log-in through
//! `/userpost/xerox.set`, configuration through `/dummypost/xerox.set`, 200 to everything, `NextPage` as the answer.
//!
//! The checks are those of a strict device: names, their order, the token, the page the post comes from, options and
//! lengths. What it does not take it does not store, and it says so in `complaints`.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::strangers::wire::{Answers, Reply, Request};

/// How forms are guarded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Csrf {
    /// Old firmware.
    None,
    /// One token for the session.
    Session,
    /// Each page has its own, and each look at it makes another.
    Page,
}

/// What a refused log-in looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Sent to `login.php?invalid=t`.
    Invalid,
    /// Sent to `luidLogin.php?type=&authStatus=0`.
    AuthStatus,
    /// The page says `http_errmsg`.
    Errmsg,
}

/// What differs in the common part.
#[derive(Debug, Clone)]
pub struct Profile {
    pub serial: &'static str,
    pub model: &'static str,
    pub csrf: Csrf,
    pub refusal: Refusal,
    /// Names and fixed values of the log-in, in the order they are to arrive; `{user}`, `{password}` and `{token}`
    /// stand for those. A name with `?` at its end may be left out.
    pub login: &'static [(&'static str, &'static str)],
    /// What is said after a log-in that is taken.
    pub welcome: &'static str,
    pub logout: &'static str,
    /// The next page comes in the answer itself and not as a redirect.
    pub inline: bool,
    /// Unknown addresses are answered with the front page and 200.
    pub answers_all: bool,
    /// Whether the device-configuration service is switched on.
    pub soap: bool,
}

/// What one position of a form's post may hold.
#[derive(Debug, Clone)]
pub enum Part {
    Fixed(&'static str, String),
    Token,
    /// Posted name, what is stored, its greatest length.
    Text(&'static str, &'static str, usize),
    /// Posted name, what is stored, the values of its options.
    Choice(&'static str, &'static str, Vec<&'static str>),
    /// Sent, and of no consequence: the page's script makes another field of it.
    Helper(&'static str),
    /// Sent if ticked: name and value.
    Box(&'static str, &'static str),
    /// What is stored is `TRUE` while it is ticked: posted name, what is stored.
    Flag(&'static str, &'static str),
    /// Twice the same, where `retype` names the second; both only count with the box ticked.
    Password(&'static str),
    Retype(&'static str),
}

/// A form, by the page it stands on.
#[derive(Debug, Clone)]
pub struct Form {
    pub page: &'static str,
    pub parts: Vec<Part>,
}

/// One way of being such a copier.
pub trait Manner: Send + Sync {
    fn profile(&self) -> Profile;
    /// A page by its path and query; `None`: there is none.
    fn page(&self, device: &Device, target: &str, seat: &Seat) -> Option<Reply>;
    fn protected(&self, path: &str) -> bool;
    fn forms(&self) -> Vec<Form>;
    /// What it holds at first.
    fn attributes(&self) -> Vec<(&'static str, &'static str)>;
}

/// Who asks for a page.
#[derive(Debug, Clone, Default)]
pub struct Seat {
    pub inside: bool,
    pub token: String,
}

#[derive(Debug, Clone, Default)]
pub struct Faults {
    pub drop_write: bool,
    pub lose_reply: bool,
    /// Leaves this attribute's control out, or shows it twice.
    pub missing: Option<&'static str>,
    pub doubled: Option<&'static str>,
    /// The session ends just before this many writes.
    pub expire_before_write: u32,
    /// Every token is called stale.
    pub refuse_tokens: bool,
    /// Asks for the administrator's page and gets another copier's.
    pub other_model: Option<&'static str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    Read,
    Login,
    Logout,
    Write,
    Service,
}

#[derive(Clone)]
pub struct Seen {
    pub what: What,
    pub line: String,
    pub names: Vec<String>,
}

impl std::fmt::Debug for Seen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "\n    {:?} {} {}", self.what, self.line, self.names.join(" "))
    }
}

struct Session {
    id: String,
    inside: bool,
    token: String,
    /// The token of each page that was looked at last.
    tokens: BTreeMap<String, String>,
}

pub struct Device {
    pub profile: Profile,
    manner: Arc<dyn Manner>,
    pub attributes: BTreeMap<&'static str, String>,
    /// The mail account's password.
    pub password: Option<String>,
    sessions: Vec<Session>,
    pub seen: Vec<Seen>,
    pub complaints: Vec<String>,
    pub faults: Faults,
    /// Writes that were taken.
    pub writes: u32,
    counter: u64,
}

impl Device {
    pub fn new(manner: Arc<dyn Manner>) -> Self {
        Self {
            profile: manner.profile(),
            attributes: manner.attributes().into_iter().map(|(n, v)| (n, v.to_owned())).collect(),
            manner,
            password: Some("what it held before".into()),
            sessions: Vec::new(),
            seen: Vec::new(),
            complaints: Vec::new(),
            faults: Faults::default(),
            writes: 0,
            counter: 7,
        }
    }

    pub fn value(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }

    /// Host and port of what is stored as one.
    pub fn server(&self) -> (&str, &str) {
        match self.attributes.get("port") {
            Some(port) => (self.value("server"), port),
            None => self.value("server").rsplit_once(':').unwrap_or((self.value("server"), "")),
        }
    }

    pub fn count(&self, what: What) -> usize {
        self.seen.iter().filter(|s| s.what == what).count()
    }

    pub fn inside(&self) -> usize {
        self.sessions.iter().filter(|s| s.inside).count()
    }

    /// A control as the faults want it: as it is, not there, or twice.
    pub fn shown(&self, attribute: &str, control: String) -> String {
        let is = |fault: Option<&str>| fault == Some(attribute);
        match () {
            () if is(self.faults.missing) => String::new(),
            () if is(self.faults.doubled) => format!("{control} {control}"),
            () => control,
        }
    }

    fn hex(&mut self, digits: usize) -> String {
        self.counter += 1;
        let mut state = self.counter.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut text = String::new();
        while text.len() < digits {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            text += &format!("{:08x}", state >> 32);
        }
        text.truncate(digits);
        text
    }

    fn complain(&mut self, what: String) {
        self.complaints.push(what);
    }

    /// Passwords belong in the password fields of posts and nowhere else.
    fn secrets(&mut self, request: &Request, pairs: &[(String, String)]) {
        let admin = self.profile.login.iter().find(|(_, v)| *v == "{password}").map_or("", |(n, _)| *n);
        let mut mail = Vec::new();
        for form in self.manner.forms() {
            for part in form.parts {
                if let Part::Password(name) | Part::Retype(name) = part {
                    mail.push(name);
                }
            }
        }
        let plain: Vec<String> = [super::ADMIN, super::MAIL].map(str::to_owned).into();
        let percent = plain.iter().map(|s| form_urlencoded::byte_serialize(s.as_bytes()).collect::<String>());
        let forms: Vec<String> = plain.iter().cloned().chain(percent).collect();
        let mut elsewhere = format!("{} {}", request.path, request.query);
        for (name, value) in &request.headers {
            elsewhere += &format!(" {name}: {value}");
        }
        for (name, value) in pairs {
            let is_login = pairs.iter().any(|(_, v)| v == "HTTP_Authenticate_fn");
            let right = if is_login { name == admin } else { mail.contains(&name.as_str()) };
            let secret = if is_login { super::ADMIN } else { super::MAIL };
            if !(right && (value == secret || value.is_empty() || is_login)) {
                elsewhere += &format!(" {name}={value}");
            }
        }
        if let Some(found) = forms.iter().find(|form| elsewhere.contains(form.as_str())) {
            let line = format!("{} {}: {found} where it has no business", request.method, request.path);
            self.complain(line);
        }
    }

    fn handle(&mut self, request: &Request) -> Reply {
        let pairs = if request.method == "POST" { request.form(encoding_rs::UTF_8) } else { Vec::new() };
        let target = match request.query.as_str() {
            "" => request.path.clone(),
            query => format!("{}?{query}", request.path),
        };
        let function = pairs.iter().find(|(n, _)| n == "_fun_function").map(|(_, v)| v.clone());
        let what = match (request.method.as_str(), function.as_deref()) {
            ("POST", _) if request.path.starts_with("/webservices/") => What::Service,
            ("POST", _) if request.path.starts_with("/ssm/") => What::Service,
            ("POST", Some("HTTP_Authenticate_fn")) => What::Login,
            ("POST", _) => What::Write,
            _ if target == self.profile.logout => What::Logout,
            _ => What::Read,
        };
        let names = pairs.iter().map(|(n, _)| n.clone()).collect();
        self.seen.push(Seen { what, line: format!("{} {target}", request.method), names });
        self.secrets(request, &pairs);
        if what == What::Service {
            return self.service(request);
        }
        let mut cookie = None;
        let known = request
            .cookies("PHPSESSID")
            .first()
            .and_then(|id| self.sessions.iter().position(|s| s.id == *id));
        let at = known.unwrap_or_else(|| {
            let (id, token) = (self.hex(32), self.hex(128));
            cookie = Some(format!("PHPSESSID={id}; path=/"));
            self.sessions.push(Session { id, inside: false, token, tokens: BTreeMap::new() });
            self.sessions.len() - 1
        });
        let reply = match what {
            What::Login => self.login(at, request, &pairs),
            What::Write => self.write(at, request, &pairs),
            What::Logout => {
                self.sessions[at].inside = false;
                self.show(at, "/").unwrap_or_else(Reply::not_found)
            }
            _ if request.method == "GET" || request.method == "HEAD" => self.read(at, &target),
            _ => Reply::not_found(),
        };
        match cookie {
            Some(cookie) => reply.with("Set-Cookie", &cookie),
            None => reply,
        }
    }

    /// Who sends a request, if somebody who is logged in does (the tests of address books ask).
    #[allow(dead_code)]
    pub fn seat_of(&self, request: &Request) -> Option<Seat> {
        let ids = request.cookies("PHPSESSID");
        let session = self.sessions.iter().find(|s| s.inside && ids.contains(&s.id.as_str()))?;
        let token = if self.profile.csrf == Csrf::None { String::new() } else { session.token.clone() };
        Some(Seat { inside: true, token })
    }

    fn read(&mut self, at: usize, target: &str) -> Reply {
        let path = target.split('?').next().unwrap_or_default().to_owned();
        if self.manner.protected(&path) && !self.sessions[at].inside {
            let back = form_urlencoded::byte_serialize(target.as_bytes()).collect::<String>();
            return Reply::moved(&format!("/properties/authentication/login.php?redir={back}"));
        }
        if let Some(reply) = self.show(at, target) {
            return reply;
        }
        if self.profile.answers_all {
            self.show(at, "/").unwrap_or_else(Reply::not_found)
        } else {
            Reply::not_found()
        }
    }

    /// A page with a token of its own where the firmware has it so.
    fn show(&mut self, at: usize, target: &str) -> Option<Reply> {
        let token = match self.profile.csrf {
            Csrf::None => String::new(),
            Csrf::Session => self.sessions[at].token.clone(),
            Csrf::Page => {
                let token = self.hex(128);
                let path = target.split('?').next().unwrap_or_default().to_owned();
                self.sessions[at].tokens.insert(path, token.clone());
                token
            }
        };
        let seat = Seat { inside: self.sessions[at].inside, token };
        self.manner.clone().page(self, target, &seat)
    }

    /// Whether a token and a page it comes from are right.
    fn guarded(&mut self, at: usize, request: &Request, pairs: &[(String, String)]) -> Result<(), String> {
        let kind = request.header("content-type").unwrap_or_default();
        if !kind.starts_with("application/x-www-form-urlencoded") {
            return Err(format!("content type {kind:?}"));
        }
        if self.profile.csrf == Csrf::None {
            return Ok(());
        }
        let given = pairs.iter().find(|(n, _)| n == "CSRFToken").map(|(_, v)| v.as_str()).unwrap_or_default();
        let host = request.header("host").unwrap_or_default().to_owned();
        let referer = request.header("referer").unwrap_or_default();
        let path =
            referer.split_once("://").map_or("", |(_, rest)| rest).strip_prefix(&host).unwrap_or_default();
        let path = path.split('?').next().unwrap_or_default();
        let right = match self.profile.csrf {
            Csrf::Page => self.sessions[at].tokens.get(path).cloned().unwrap_or_default(),
            _ => self.sessions[at].token.clone(),
        };
        if path.is_empty() {
            return Err(format!("no page of this copier sends that: {referer:?}"));
        }
        if given.len() != 128 || given != right {
            return Err(format!("the token of {path} is another"));
        }
        Ok(())
    }

    fn login(&mut self, at: usize, request: &Request, pairs: &[(String, String)]) -> Reply {
        if request.path != "/userpost/xerox.set" {
            self.complain(format!("a log-in at {}", request.path));
        }
        if let Err(why) = self.guarded(at, request, pairs) {
            self.complain(format!("log-in: {why}"));
            return self.refused(at);
        }
        let mut given = pairs.iter().peekable();
        let (mut user, mut password) = (String::new(), String::new());
        for (name, value) in self.profile.login {
            let (bare, optional) = (name.trim_end_matches('?'), name.ends_with('?'));
            let arrived = given.next_if(|(n, _)| n == bare).map(|(_, v)| v.clone());
            let Some(arrived) = arrived else {
                if optional {
                    continue;
                }
                let names: Vec<&String> = pairs.iter().map(|(n, _)| n).collect();
                self.complain(format!("log-in: {bare} expected in {names:?}"));
                return self.refused(at);
            };
            match *value {
                "{user}" => user = arrived,
                "{password}" => password = arrived,
                "{token}" => {}
                right if right == arrived => {}
                _ => {
                    self.complain(format!("log-in: {bare} is {arrived:?}"));
                    return self.refused(at);
                }
            }
        }
        if let Some((name, _)) = given.next() {
            self.complain(format!("log-in: {name} is too much"));
        }
        if user != "admin" || password != super::ADMIN {
            return self.refused(at);
        }
        self.sessions[at].inside = true;
        if self.profile.welcome.starts_with('/') {
            return Reply::moved(self.profile.welcome);
        }
        Reply::page(self.profile.welcome)
    }

    fn refused(&mut self, at: usize) -> Reply {
        match self.profile.refusal {
            Refusal::Invalid => Reply::moved("/properties/authentication/login.php?invalid=t"),
            Refusal::AuthStatus => {
                Reply::moved("/properties/authentication/luidLogin.php?type=&authStatus=0")
            }
            Refusal::Errmsg => {
                let _ = at;
                Reply::page(
                    "<html><body><div id=\"http_errmsg\">Login failed</div><script>location.replace('/properties/authentication/login.php');</script></body></html>",
                )
            }
        }
    }

    fn write(&mut self, at: usize, request: &Request, pairs: &[(String, String)]) -> Reply {
        if self.faults.expire_before_write > 0 {
            self.faults.expire_before_write -= 1;
            self.sessions[at].inside = false;
        }
        if !self.sessions[at].inside {
            return Reply::moved("/properties/authentication/login.php?redir=/stat/welcome.php");
        }
        if self.faults.refuse_tokens {
            return Reply::moved("/error.php?token=4711");
        }
        let next = pairs.iter().find(|(n, _)| n == "NextPage").map(|(_, v)| v.clone()).unwrap_or_default();
        match self.taken(at, request, pairs) {
            Err(why) => {
                self.complain(why);
                return Reply::moved("/error.php?token=815");
            }
            Ok((stored, password)) => {
                self.writes += 1;
                if !self.faults.drop_write {
                    for (name, value) in stored {
                        self.attributes.insert(name, value);
                    }
                    if password.is_some() {
                        self.password = password;
                    }
                }
            }
        }
        if self.faults.lose_reply {
            return Reply { hang_up: true, ..Reply::page("") };
        }
        if self.profile.inline { self.read(at, &next) } else { Reply::moved(&next) }
    }

    #[allow(clippy::type_complexity)]
    fn taken(
        &mut self,
        at: usize,
        request: &Request,
        pairs: &[(String, String)],
    ) -> Result<(Vec<(&'static str, String)>, Option<String>), String> {
        if request.path != "/dummypost/xerox.set" {
            return Err(format!("a write at {}", request.path));
        }
        self.guarded(at, request, pairs)?;
        let referer = request.header("referer").unwrap_or_default().to_owned();
        let names: Vec<&str> = pairs.iter().map(|(n, _)| n.as_str()).collect();
        let forms = self.manner.forms();
        let form = forms
            .iter()
            .find(|form| {
                form.parts
                    .iter()
                    .any(|part| matches!(part, Part::Text(n, ..) | Part::Choice(n, ..) if names.contains(n)))
            })
            .ok_or_else(|| format!("no form sends {names:?}"))?;
        let page = form.page.split('?').next().unwrap_or_default();
        if self.profile.csrf != Csrf::None && !referer.contains(page) {
            return Err(format!("{page} is posted from {referer:?}"));
        }
        let (mut stored, mut password, mut retyped, mut ticked) = (Vec::new(), None, None, None);
        let mut given = pairs.iter().peekable();
        for part in &form.parts {
            let name = match part {
                Part::Fixed(n, _) | Part::Text(n, ..) | Part::Choice(n, ..) | Part::Helper(n) => *n,
                Part::Box(n, _) | Part::Flag(n, _) | Part::Password(n) | Part::Retype(n) => *n,
                Part::Token => "CSRFToken",
            };
            let optional =
                matches!(part, Part::Box(..) | Part::Flag(..) | Part::Password(_) | Part::Retype(_));
            let Some((_, value)) = given.next_if(|(n, _)| n == name) else {
                match part {
                    Part::Box(..) => ticked = Some(false),
                    Part::Flag(_, key) => stored.push((*key, "FALSE".to_owned())),
                    _ => {}
                }
                if optional {
                    continue;
                }
                return Err(format!("{name} expected, {:?} came, in {names:?}", given.peek().map(|p| &p.0)));
            };
            match part {
                Part::Fixed(_, right) if right != value => return Err(format!("{name} is {value:?}")),
                Part::Text(_, key, most) => {
                    if value.chars().count() > *most {
                        return Err(format!("{name} is longer than {most}"));
                    }
                    stored.push((*key, value.clone()));
                }
                Part::Choice(_, key, options) => {
                    if !options.contains(&value.as_str()) {
                        return Err(format!("{name} has no option {value:?}"));
                    }
                    stored.push((*key, value.clone()));
                }
                Part::Flag(_, key) => stored.push((*key, value.clone())),
                Part::Box(_, right) if right == value => ticked = Some(true),
                Part::Box(..) => return Err(format!("{name} is {value:?}")),
                Part::Password(_) => password = Some(value.clone()),
                Part::Retype(_) => retyped = Some(value.clone()),
                Part::Fixed(..) | Part::Token | Part::Helper(_) => {}
            }
        }
        if let Some((name, _)) = given.next() {
            return Err(format!("{name} is not awaited there, in {names:?}"));
        }
        if ticked != Some(true) && password.as_ref().is_some_and(|p| !p.is_empty()) && ticked.is_some() {
            return Err("a password without its box".into());
        }
        let has_retype = form.parts.iter().any(|part| matches!(part, Part::Retype(_)));
        let password =
            password.filter(|_| ticked != Some(false)).filter(|p| !p.is_empty() || ticked == Some(true));
        if password.is_some() && has_retype && password != retyped {
            return Err("the password was not typed twice".into());
        }
        for (name, value) in &mut stored {
            if *name == "server"
                && !value.contains(':')
                && form.parts.iter().all(|p| !matches!(p, Part::Text(_, "port", _)))
            {
                return Err(format!("{value:?} has no port"));
            }
        }
        Ok((stored, password))
    }

    /// The device-configuration service, where it is on.
    fn service(&mut self, request: &Request) -> Reply {
        let model = self.faults.other_model.unwrap_or(self.profile.model);
        if !self.profile.soap || request.path != "/webservices/office/device_configuration/1" {
            return if self.profile.answers_all {
                Reply::page("<html><head><title>Home</title></head><body>Home</body></html>")
            } else {
                Reply::not_found()
            };
        }
        let information = format!(
            "<?xml version=\"1.0\"?><DeviceInformation xmlns=\"http://www.xerox.com/webservices/office/device_configuration/1\"><device><name>{model}</name><mac>9c:93:4e:11:22:33</mac><serial>{}</serial><model>{model}</model></device><version><systemSoftware>118.009.003.10410</systemSoftware><uiSoftware>118.009.10410</uiSoftware><eipSoftware><majorVersion>4</majorVersion><minorVersion>1</minorVersion><revision>0</revision></eipSoftware></version></DeviceInformation>",
            self.profile.serial
        );
        let mut reply = Reply::page(format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><SOAP-ENV:Envelope xmlns:SOAP-ENV=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:c=\"http://www.xerox.com/webservices/office/device_configuration/1\"><SOAP-ENV:Body><c:GetDeviceInformationResponse><c:Information>{}</c:Information></c:GetDeviceInformationResponse></SOAP-ENV:Body></SOAP-ENV:Envelope>",
            crate::strangers::program::escaped(&information)
        ));
        reply.kind = "text/xml; charset=utf-8";
        reply
    }
}

impl Answers for Device {
    fn answer(&mut self, request: &Request) -> Reply {
        self.handle(request)
    }
}

/// Text inside a script's quotes, written with as many escapes as a cautious firmware would.
pub fn js(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '@' => out += "\\u0040",
            '\'' | '"' | '<' | '>' | '&' | '\\' => out += &format!("\\x{:02x}", c as u32),
            c if c.is_ascii() => out.push(c),
            c => out += &format!("\\u{:04x}", c as u32),
        }
    }
    out
}
