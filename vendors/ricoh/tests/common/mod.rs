//! A small Web Image Monitor for single exchanges, and sessions with it.
// Each test program uses a part of it.
#![allow(dead_code)]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use scanfleet_ricoh::Ricoh;
use scanfleet_sdk::transport::{
    Access, CertificateFacts, Endpoint, Intent, Limits, Session, SessionOptions, TlsProfile, Trust,
    TrustRefusal, Witness, WitnessError,
};
use scanfleet_sdk::{Credentials, Driver, LoginHistory, Secret, Vendor};
use wiremock::{MockServer, Request, Respond, ResponseTemplate};

pub const ADMIN_PASSWORD: &str = "s3cret-Ädmin";

/// How the simulated pages are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `document.form1.…`, table rows, English.
    Plain,
    /// jQuery, definition lists, French, `<a href="javascript:…">` buttons, label-only fields.
    JQuery,
    /// `with`, external script, German; fields under other names.
    External,
}

#[derive(Debug, Default)]
pub struct State {
    pub stored: BTreeMap<String, String>,
    pub password: Option<String>,
    pub staged_password: Option<String>,
    pub session: Option<String>,
    pub log: Vec<String>,
    pub refused_logins: u32,
    pub saves: u32,
    /// Faults, by what they do.
    pub expire_before_save: bool,
    pub busy_on_save: bool,
    pub login_text: Option<&'static str>,
    pub deny_guest: bool,
    pub double_field: bool,
    pub drop_field: Option<&'static str>,
    pub sleepers: bool,
    next_session: u32,
}

#[derive(Clone)]
pub struct Device {
    pub state: Arc<Mutex<State>>,
    pub style: Style,
}

fn field_names(style: Style) -> [&'static str; 7] {
    match style {
        Style::Plain => [
            "adminMailAddress",
            "smtpServerName",
            "smtpSendPort",
            "smtpOverSSL",
            "smtpAuth",
            "smtpAuthMailAddress",
            "smtpUserName",
        ],
        _ => ["f1", "f2", "f3", "f4", "f5", "f6", "f7"],
    }
}

fn labels(style: Style) -> [&'static str; 7] {
    match style {
        Style::Plain => [
            "Administrator E-mail Address",
            "SMTP Server Name",
            "SMTP Port No.",
            "Use Secure Connection (SSL)",
            "SMTP Authentication",
            "SMTP Auth. E-mail Address",
            "SMTP Auth. User Name",
        ],
        Style::JQuery => [
            "Adresse e-mail de l'administrateur",
            "Nom du serveur SMTP",
            "N° de port SMTP",
            "Utiliser la connexion sécurisée (SSL)",
            "Authentification SMTP",
            "Adresse e-mail auth. SMTP",
            "Nom d'utilisateur auth. SMTP",
        ],
        Style::External => [
            "E-Mail-Adresse des Administrators",
            "SMTP-Servername",
            "SMTP-Portnr.",
            "Sichere Verbindung verwenden (SSL)",
            "SMTP-Authentifizierung",
            "SMTP-Auth.-E-Mail-Adresse",
            "SMTP-Auth.-Benutzername",
        ],
    }
}

impl Device {
    pub fn new(style: Style) -> Self {
        let mut state = State::default();
        for (name, value) in field_names(style).into_iter().zip([
            "old@example.test",
            "exchange.example.test",
            "25",
            "false",
            "false",
            "",
            "",
        ]) {
            state.stored.insert(name.to_owned(), value.to_owned());
        }
        Self { state: Arc::new(Mutex::new(state)), style }
    }

    pub fn stored(&self, field: usize) -> String {
        self.state.lock().unwrap().stored[field_names(self.style)[field]].clone()
    }

    fn lang(&self) -> &'static str {
        match self.style {
            Style::Plain => "en",
            Style::JQuery => "fr",
            Style::External => "de",
        }
    }

    fn row(&self, label: &str, control: &str) -> String {
        match self.style {
            Style::JQuery => format!("<dl><dt>{label}</dt><dd>{control}</dd></dl>"),
            _ => format!("<tr><td nowrap>{label}</td><td>:</td><td>{control}</td></tr>"),
        }
    }

    fn email_page(&self, state: &State) -> String {
        let (names, labels) = (field_names(self.style), labels(self.style));
        let asleep = state.sleepers && state.stored[names[4]] != "true";
        let mut rows = String::new();
        for (at, (name, label)) in names.into_iter().zip(labels).enumerate() {
            if state.drop_field == Some(name) {
                continue;
            }
            let value = &state.stored[name];
            let control = if at == 3 || at == 4 {
                let (on, off) = match self.style {
                    Style::Plain => ("On", "Off"),
                    Style::JQuery => ("Actif", "Inactif"),
                    Style::External => ("Ein", "Aus"),
                };
                let check = |v: &str| if value == v { " checked" } else { "" };
                format!(
                    "<input type=radio name={name} id={name}a value=true{}><label for={name}a>{on}</label><input type=radio name={name} id={name}b value=false{}><label for={name}b>{off}</label>",
                    check("true"),
                    check("false")
                )
            } else {
                let disabled = if asleep && at >= 5 { " disabled" } else { "" };
                format!("<input type=text name={name} value=\"{value}\" maxlength=128{disabled}>")
            };
            rows += &self.row(label, &control);
            if state.double_field && at == 1 {
                rows += &self.row(label, "<input type=text name=other>");
            }
        }
        let (password, change) = match self.style {
            Style::Plain => ("SMTP Auth. Password", "<input type=button value=Change onclick=\"smtpPwd()\">"),
            Style::JQuery => {
                ("Mot de passe auth. SMTP", "<a href=\"javascript:openPwd('SMTP')\">Modifier</a>")
            }
            Style::External => {
                ("SMTP-Auth.-Passwort", "<button type=button onclick='g.pw(this.form)'>Ändern</button>")
            }
        };
        rows += &self.row(password, change);
        let (other, other_button) = ("POP Password", "<input type=button value=Change onclick=\"popPwd()\">");
        rows += &self.row(other, other_button);
        let (ok, script) = match self.style {
            Style::Plain => (
                "<input type=button value=OK onclick='clickOK()'><input type=button value=Cancel onclick='history.back()'>",
                "<script>function smtpPwd(){document.form1.passwdKind.value='SMTP';document.form1.action='mailPw.cgi';document.form1.submit();}
                 function popPwd(){document.form1.passwdKind.value='POP';document.form1.action='mailPw.cgi';document.form1.submit();}
                 function clickOK(){ if(!checkAll()){return false;} applyButton(); }
                 function checkAll(){ if(document.form1.smtpServerName.value==''){alert('x');return false;} return true; }
                 function applyButton(){document.form1.paramControl.value='SET';document.form1.action=\"mailConfSet.cgi\";document.form1.submit();}</script>",
            ),
            Style::JQuery => (
                "<table><tr><td class=defaultTableButton><a id=okBtn href='#'>OK</a></td><td><a href='javascript:history.back()'>Annuler</a></td></tr></table>",
                "<script>function openPwd(kind){ if(kind=='SMTP'){ $('input[name=passwdKind]').val(kind); } $('form[name=form1]').attr('action','../mail/mailPw.cgi').submit(); }
                 $(document).ready(function(){ $('#okBtn').click(function(){ var base='mailConf'; $(\"[name='paramControl']\").val('SET'); $('form[name=form1]').attr('action', base+'Set.cgi'); $('form[name=form1]').trigger('submit'); return false; }); });</script>",
            ),
            Style::External => (
                "<button type=button onclick='return g.save(this.form)'>Übernehmen</button>",
                "<script src=/scripts/jquery.js></script><script src=/scripts/mail.js></script>",
            ),
        };
        let (open, close) = if self.style == Style::JQuery { ("", "") } else { ("<table>", "</table>") };
        format!(
            "<html><head><title>E-mail</title>{script}</head><body><form name=\"form1\" method=\"post\" onsubmit=\"return false\">
             <input type=hidden name=wimToken value=1234567890><input type=hidden name=methodName value=mailConfGet>
             <input type=hidden name=passwdKind><input type=hidden name=paramControl><input type=hidden name=sessionControl value=s>
             {open}{rows}{close}{ok}</form><form name=checkForm></form></body></html>"
        )
    }

    fn password_page(&self) -> String {
        match self.style {
            Style::Plain => "<title>Change SMTP Auth. Password</title><form name=form1 method=post><input type=hidden name=wimToken value=1234567890>
                <input type=password name=passwd1wk maxlength=64><input type=password name=passwd2wk maxlength=64><input type=hidden name=passwd1><input type=hidden name=passwd2>
                <input type=button value=OK onclick='setPwd()'></form><script src=/scripts/base64.js></script><script>
                function setPwd(){ var f=document.form1; if(f.passwd1wk.value!=f.passwd2wk.value){alert('no');return;}
                f.passwd1.value=encode64(f.passwd1wk.value);f.passwd2.value=encode64(f.passwd2wk.value);f.passwd1wk.value='';f.passwd2wk.value='';
                f.action='mailPwSet.cgi';f.submit();}</script>".to_owned(),
            _ => "<title>PW</title><form name=f method=post action=mailPwSet.cgi><input type=hidden name=wimToken value=1234567890>
                <input type=password name=wk_new><input type=password name=wk_again><input type=hidden name=new><input type=hidden name=again>
                <input type=submit value=OK onclick=\"put()\"></form><script>function put(){ $('[name=new]').val(Base64.encode($('[name=wk_new]').val())); $('[name=again]').val(Base64.encode($('[name=wk_again]').val())); $('input[type=password]').val(''); return true; }</script>".to_owned(),
        }
    }

    fn answer(&self, request: &Request) -> ResponseTemplate {
        let mut state = self.state.lock().unwrap();
        let path = request.url.path().to_owned();
        state.log.push(format!("{} {path}", request.method));
        let html = |body: String| {
            ResponseTemplate::new(200)
                .append_header("Set-Cookie", "cookieOnOffChecker=on; path=/")
                .set_body_raw(body, "text/html; charset=UTF-8")
        };
        let cookies =
            request.headers.get("cookie").map(|c| c.to_str().unwrap().to_owned()).unwrap_or_default();
        if path != "/" && !path.starts_with("/scripts") && !cookies.contains("cookieOnOffChecker=on") {
            return html("<script>location.href='message.cgi?messageID=MSG_COOKIEOFF'</script>".into());
        }
        let form: BTreeMap<String, String> = url::form_urlencoded::parse(&request.body)
            .map(|(k, v)| (k.into_owned(), v.into_owned()))
            .collect();
        let last = path.rsplit('/').next().unwrap_or_default();
        let lang = self.lang();
        match (request.method.as_str(), last) {
            ("GET", "") => html(format!(
                "<html><head><title>Web Image Monitor</title><script>function jump(){{location.href=\"/web/guest/{lang}/websys/webArch/mainFrame.cgi\"}}</script></head><body onLoad=jump()></body></html>"
            )),
            ("GET", "jquery.js") => html("function(){".into()),
            ("GET", "mail.js") => ResponseTemplate::new(200).set_body_raw(
                "var g = { save: function(f){ with (f) { paramControl.value = 'SET'; action = 'mailConfSet.cgi'; submit(); } return false; },
                  pw: function(f){ f.passwdKind.value='SMTP'; f.setAttribute('action', 'mailPw.cgi'); f.submit(); } };",
                "text/javascript",
            ),
            ("GET", "configuration.cgi") if state.deny_guest && path.contains("/guest/") => self.trampoline(),
            ("GET", "configuration.cgi") => html(match self.style {
                Style::JQuery => "<dl><dt>Nom du modèle</dt><dd class=\"indentColon\">:&nbsp;RICOH IM C3000</dd><dt>ID machine</dt><dd class=\"indentColon\">:&nbsp;3920M110022</dd></dl>".into(),
                _ => "<table><tr><td nowrap>Model Name</td><td nowrap>:</td><td nowrap>RICOH MP C3003</td></tr><tr><td nowrap>Machine ID</td><td>:</td><td>E154C500012</td></tr><tr><td>System</td><td>:</td><td>1.21</td></tr></table>".into(),
            }),
            ("GET", "header.cgi") => html("<span class=\"modelName\">RICOH MP C3003</span>".into()),
            ("GET", "authForm.cgi") => html(LOGIN_PAGE.into()),
            ("POST", "login.cgi") => {
                let right = form.get("userid") == Some(&STANDARD.encode("admin"))
                    && form.get("password") == Some(&STANDARD.encode(ADMIN_PASSWORD))
                    && form.get("password_work").is_some_and(String::is_empty);
                if !right || state.login_text.is_some() {
                    state.refused_logins += 1;
                    let text = state.login_text.unwrap_or("Authentication has failed.");
                    return html(format!("<p>{text}</p>{LOGIN_PAGE}")).append_header("Set-Cookie", "risessionid=066124883298009;HttpOnly");
                }
                state.next_session += 1;
                let session = format!("17896252{}", state.next_session);
                state.session = Some(session.clone());
                ResponseTemplate::new(302)
                    .append_header("Location", "mainFrame.cgi")
                    .append_header("Set-Cookie", format!("wimsesid={session};path=/;HttpOnly").as_str())
                    .append_header("Set-Cookie", "wimsesid=--;path=/")
            }
            ("GET", "logout.cgi") => {
                state.session = None;
                html("<p>bye".into()).append_header("Set-Cookie", "wimsesid=--;path=/")
            }
            _ if path.starts_with("/web/entry/") => {
                let signed_in = state.session.as_ref().is_some_and(|s| cookies.contains(&format!("wimsesid={s}")));
                if !signed_in {
                    return self.trampoline();
                }
                self.inside(&mut state, last, &form, &html)
            }
            _ => ResponseTemplate::new(404).set_body_string("<h1>404 Not Found</h1>"),
        }
    }

    fn trampoline(&self) -> ResponseTemplate {
        ResponseTemplate::new(200).append_header("Set-Cookie", "wimsesid=--;path=/").set_body_raw(
            "<body onload='document.form1.submit()'><form name='form1' method='post' action='../../../guest/en/websys/webArch/authForm.cgi'><input type=hidden name=open value=x></form></body>",
            "text/html",
        )
    }

    fn inside(
        &self,
        state: &mut State,
        last: &str,
        form: &BTreeMap<String, String>,
        html: &dyn Fn(String) -> ResponseTemplate,
    ) -> ResponseTemplate {
        let page = match (self.style, last) {
            (_, "configList.cgi") => {
                let link = match self.style {
                    Style::Plain => {
                        "<a href=\"javascript:wsMenu_jumpUrl('../../websys/odd/place/mailConfGet.cgi')\">E-mail</a>"
                    }
                    Style::JQuery => "<a href=\"../mail/x17.cgi\">E-mail</a>",
                    Style::External => "<a href='../settings/mailConfGet.cgi'>Mailversand</a>",
                };
                format!(
                    "<ul><li>{link}</li><li><a href='../a/autoMail.cgi'>Auto E-mail Notification</a></li></ul>"
                )
            }
            (Style::JQuery, "x17.cgi") | (Style::Plain | Style::External, "mailConfGet.cgi") => {
                self.email_page(state)
            }
            (_, "mailPw.cgi") => {
                assert_eq!(form.get("passwdKind").map(String::as_str), Some("SMTP"));
                self.stage(state, form);
                self.password_page()
            }
            (_, "mailPwSet.cgi") => {
                let (one, two) =
                    if self.style == Style::Plain { ("passwd1", "passwd2") } else { ("new", "again") };
                let work = if self.style == Style::Plain { "passwd1wk" } else { "wk_new" };
                assert_eq!(form[work], "");
                assert_eq!(form[one], form[two]);
                state.staged_password =
                    Some(String::from_utf8(STANDARD.decode(&form[one]).unwrap()).unwrap());
                self.email_page(state)
            }
            (_, "mailConfSet.cgi") => {
                if std::mem::take(&mut state.expire_before_save) {
                    state.session = None;
                    state.staged_password = None;
                    return self.trampoline();
                }
                assert_eq!(form["paramControl"], "SET");
                assert_eq!(form["wimToken"], "1234567890");
                if state.busy_on_save {
                    return html("<title>E-mail / Erreur</title><table><tr class='responseMessage'><td>Le périphérique est en cours d'utilisation par d'autres fonctions. Réessayer ultérieurement.</td></tr></table>".into());
                }
                state.saves += 1;
                self.stage(state, form);
                if let Some(password) = state.staged_password.take() {
                    state.password = Some(password);
                }
                "<title>Configuration</title><ul><li>E-mail</li></ul>".into()
            }
            _ => return ResponseTemplate::new(404).set_body_string("<h1>404 Not Found</h1>"),
        };
        html(page)
    }

    fn stage(&self, state: &mut State, form: &BTreeMap<String, String>) {
        let names = field_names(self.style);
        let asleep = state.sleepers && state.stored[names[4]] != "true";
        for (at, name) in names.into_iter().enumerate() {
            if let (Some(value), false) = (form.get(name), asleep && at >= 5) {
                state.stored.insert(name.to_owned(), value.clone());
            }
        }
    }
}

const LOGIN_PAGE: &str = "<form name=form1 method=post action=login.cgi><input type=hidden name=wimToken value=1234567890>
    <input type=text name=userid_work><input type=password name=password_work><input type=hidden name=userid><input type=hidden name=password><input type=hidden name=open></form>";

impl Respond for Device {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        self.answer(request)
    }
}

struct Anyone;

#[async_trait]
impl Trust for Anyone {
    async fn check(&self, _facts: &CertificateFacts) -> Result<(), TrustRefusal> {
        Ok(())
    }
    async fn pinned(&self) -> Result<bool, TrustRefusal> {
        Ok(false)
    }
}

/// Keeps every intent.
#[derive(Default)]
pub struct Book(pub Mutex<Vec<Intent>>);

#[async_trait]
impl Witness for Book {
    async fn intend(&self, intent: &Intent) -> Result<i64, WitnessError> {
        let mut book = self.0.lock().unwrap();
        book.push(intent.clone());
        Ok(i64::try_from(book.len()).unwrap())
    }
    async fn receive(&self, _intent: i64, _status: Option<u16>) -> Result<(), WitnessError> {
        Ok(())
    }
}

pub async fn serve(device: &Device) -> MockServer {
    let server = MockServer::start().await;
    wiremock::Mock::given(wiremock::matchers::any()).respond_with(device.clone()).mount(&server).await;
    server
}

pub async fn connect(server: &MockServer, access: Access) -> Session {
    Session::connect(SessionOptions {
        device: format!("copier-{}", server.address().port()),
        endpoint: Endpoint::parse(&server.uri()).unwrap(),
        tls: TlsProfile::Modern,
        extra_ca: None,
        access,
        trust: Arc::new(Anyone),
        transcript: None,
        limits: Limits::default(),
        deadline: None,
        cancel: Default::default(),
    })
    .await
    .unwrap()
}

pub fn credentials(password: &str) -> Credentials {
    Credentials { user: None, password: Secret::new(password.into()), history: LoginHistory::Unknown }
}

/// A recognised device with a driver.
pub async fn drive(server: &MockServer, access: Access, credentials: Credentials) -> Box<dyn Driver> {
    let mut session = connect(server, access).await;
    let identity = Ricoh::default().recognise(&mut session).await.unwrap().unwrap();
    Ricoh::default().driver(session, identity, Some(credentials))
}

pub fn read_only() -> Access {
    Access::ReadOnly(Ricoh::default().reads())
}
