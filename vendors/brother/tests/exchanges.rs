//! Single exchanges: what leaves, byte for byte, and what answers mean.
#![allow(missing_docs)]

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use scanfleet_brother::Brother;
use scanfleet_sdk::transport::{
    Access, CertificateFacts, Endpoint, Intent, Limits, Session, SessionOptions, TlsProfile, Trust,
    TrustRefusal, Witness, WitnessError,
};
use scanfleet_sdk::{
    Category, Change, Credentials, DeviceError, Driver, LoginHistory, Secret, Section, SmtpChange,
    SmtpSettings, SmtpWanted, Vendor,
};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

const COOKIE: &str = "QUJD%2FREVG%0D%0AR0g%3D";

struct Anyone;

#[async_trait]
impl Trust for Anyone {
    async fn check(&self, _: &CertificateFacts) -> Result<(), TrustRefusal> {
        Ok(())
    }
    async fn pinned(&self) -> Result<bool, TrustRefusal> {
        Ok(false)
    }
}

struct Book;

#[async_trait]
impl Witness for Book {
    async fn intend(&self, _: &Intent) -> Result<i64, WitnessError> {
        Ok(1)
    }
    async fn receive(&self, _: i64, _: Option<u16>) -> Result<(), WitnessError> {
        Ok(())
    }
}

/// What is odd about the device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Odd {
    /// The log-in answers with a cookie and opens nothing.
    cookie_for_nothing: bool,
    /// The settings form holds the log-out's field.
    trap: bool,
    /// The settings form leads to the page that resets the device.
    reset: bool,
    /// The log-in answers with a redirect to another host.
    lured: bool,
}

#[derive(Clone)]
struct Device {
    odd: Odd,
    log: Arc<Mutex<Vec<(String, String, String)>>>,
}

const TOKEN: &str = "<input type=\"hidden\" name=\"CSRFToken\" value=\"QUJD&#13;&#10;REVG/+=\"/>";

impl Device {
    fn page(&self, inside: bool, body: &str) -> String {
        let door = if inside {
            "<form method=\"post\" action=\"/general/status.html\"><input type=\"hidden\" name=\"B127\" value=\"\"/><input type=\"submit\" value=\"Logout\"/></form>"
        } else {
            "<form method=\"post\" action=\"/general/status.html\"><input type=\"password\" id=\"LogBox\" name=\"B126\"/><input type=\"hidden\" name=\"loginurl\" value=\"/general/status.html\"/></form>"
        };
        format!(
            "<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=iso-8859-1\"/><title>Brother MFC-X1 series</title></head><body><div id=modelName><h1>MFC&#45;X1&#32;series</h1></div>{door}{body}</body></html>"
        )
    }

    fn smtp(&self) -> String {
        let trap = if self.odd.trap { "<input type=hidden name=B127 value=''>" } else { "" };
        let action = if self.odd.reset { "/admin/default.html" } else { "smtp.html" };
        format!(
            "<form method=post action={action}>{TOKEN}{trap}<input type=hidden name=pageid value=9><dl>
             <dt>SMTP&#32;Server&#32;Address</dt><dd><input name=B1 value=old maxlength=64></dd><dt>Port</dt><dd><input name=B2 value=25 maxlength=5></dd>
             <dt>Server Authentication Method (SMTP)</dt><dd><select name=B3><option value=0>None<option value=1 selected>SMTP-AUTH</select></dd>
             <dt>SMTP-AUTH Account Name</dt><dd><input name=B4 value='caf&#233;'></dd>
             <dt>SMTP-AUTH Account Password</dt><dd><input type=password name=B5 value='***'></dd><dt>Retype Password</dt><dd><input type=password name=B6 value='***'></dd>
             <dt>SSL/TLS</dt><dd><select name=B7><option value=0>None<option value=1>SSL<option value=2 selected>TLS</select></dd>
             <dt>Verify</dt><dd><input type=checkbox name=B8 value=1></dd><dt>Device&#32;E&#45;mail&#32;Address</dt><dd><input name=B9 value='a@example.test'></dd>
             </dl><input type=submit value=Submit></form>"
        )
    }
}

impl Respond for Device {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let header = |name: &str| {
            request.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned()
        };
        let body = String::from_utf8_lossy(&request.body).into_owned();
        let line = format!("{} {}", request.method, request.url.path());
        self.log.lock().unwrap().push((line, body.clone(), header("referer")));
        let inside = header("cookie") == format!("AuthCookie={COOKIE}") && !self.odd.cookie_for_nothing;
        let html = |text: String| ResponseTemplate::new(200).set_body_raw(text, "text/html");
        if request.method.as_str() == "POST" && body.contains("B126=") {
            let answer = ResponseTemplate::new(301)
                .insert_header("Set-Cookie", format!("AuthCookie={COOKIE};").as_str());
            let to = if self.odd.lured { "http://127.0.0.9:9/steal" } else { "/general/status.html" };
            return answer.insert_header("Location", to);
        }
        match request.url.path() {
            "/general/status.html" => html(self.page(inside && request.method.as_str() == "GET", "")),
            "/general/information.html" => html(self.page(
                inside,
                "<dl><dt>Model&#32;Name</dt><dd>Brother&#32;MFC&#45;X1&#32;series</dd><dt>Serial&#32;no.</dt><dd>X1</dd></dl>",
            )),
            "/net/net/protocol.html" if inside => html(self.page(
                true,
                "<dl><dt>SMTP</dt><dd><a href='/net/net/smtp.html?pageid=9'>Advanced&#32;Setting</a></dd></dl>",
            )),
            "/net/net/smtp.html" if inside => html(self.page(true, &self.smtp())),
            path if path.starts_with("/net/") => html(self.page(false, "<h2>Please Login</h2><p>Login Failure</p>")),
            _ => ResponseTemplate::new(404),
        }
    }
}

async fn drive(odd: Odd) -> (MockServer, Device, Box<dyn Driver>) {
    let device = Device { odd, log: Arc::default() };
    let server = MockServer::start().await;
    Mock::given(wiremock::matchers::any()).respond_with(device.clone()).mount(&server).await;
    let mut session = Session::connect(SessionOptions {
        device: "copier".into(),
        endpoint: Endpoint::parse(&server.uri()).unwrap(),
        tls: TlsProfile::Modern,
        extra_ca: None,
        access: Access::ReadWrite(Arc::new(Book)),
        trust: Arc::new(Anyone),
        transcript: None,
        limits: Limits::default(),
        deadline: None,
        cancel: Default::default(),
    })
    .await
    .unwrap();
    let recognised = Brother::default().recognise(&mut session).await.unwrap().unwrap();
    assert_eq!(recognised.identity.serial.as_deref(), Some("X1"));
    let credentials = Credentials {
        user: None,
        password: Secret::new("p\u{e4}ss&=".into()),
        history: LoginHistory::Unknown,
    };
    let driver = Brother::default().driver(session, recognised, Some(credentials));
    (server, device, driver)
}

async fn set_server(driver: &mut dyn Driver, server: &str) -> Result<(), DeviceError> {
    let to = SmtpWanted { server: Some(server.into()), ..SmtpWanted::default() };
    let change = Change::Smtp(Box::new(SmtpChange { from: SmtpSettings::default(), to }));
    driver.apply(&change).await.map(|_| ())
}

#[tokio::test]
async fn what_leaves_byte_for_byte() {
    let (server, device, mut driver) = drive(Odd::default()).await;
    let observed = driver.read(Section::Smtp).await.unwrap();
    assert_eq!(observed.smtp.auth.user.as_deref(), Some("café"));
    assert!(observed.raw.entries.iter().all(|(n, _)| !["B5", "B6", "CSRFToken"].contains(&n.as_str())));
    set_server(driver.as_mut(), "n\u{fc}w.example.test").await.unwrap();
    driver.close().await.unwrap();
    let log = device.log.lock().unwrap();
    let posts: Vec<_> = log.iter().filter(|(line, ..)| line.starts_with("POST")).collect();
    assert_eq!(posts.len(), 3, "{log:?}");
    // In iso-8859-1; only the log-in's own fields.
    assert_eq!(posts[0].1, "B126=p%E4ss%26%3D&loginurl=%2Fgeneral%2Fstatus.html");
    // The whole form in the page's order, the token with its line break, stars as they stand, no unticked box.
    assert_eq!(
        posts[1].1,
        "CSRFToken=QUJD%0D%0AREVG%2F%2B%3D&pageid=9&B1=n%FCw.example.test&B2=25&B3=1&B4=caf%E9&B5=***&B6=***&B7=2&B9=a%40example.test"
    );
    assert_eq!(posts[2].1, "B127=");
    for (post, page) in posts.iter().zip([
        "/general/information.html?kind=item",
        "/net/net/smtp.html?pageid=9",
        "/net/net/smtp.html",
    ]) {
        assert!(post.2.starts_with(&format!("{}{page}", server.uri())), "{post:?}");
    }
    assert!(log.iter().all(|(line, ..)| !line.contains("/admin/")));
}

#[tokio::test]
async fn a_cookie_proves_nothing() {
    let (_server, device, mut driver) = drive(Odd { cookie_for_nothing: true, ..Odd::default() }).await;
    for _ in 0..2 {
        let error = driver.login().await.unwrap_err();
        assert_eq!(error.category, Category::AuthRefused, "{error}");
    }
    driver.close().await.unwrap();
    let log = device.log.lock().unwrap();
    let posts = log.iter().filter(|(line, ..)| line.starts_with("POST")).count();
    assert_eq!(posts, 1, "a refused log-in is never repeated: {log:?}");
}

#[tokio::test]
async fn a_redirect_after_the_log_in_is_not_followed() {
    let (_server, _device, mut driver) = drive(Odd { lured: true, ..Odd::default() }).await;
    assert_eq!(driver.read(Section::Smtp).await.unwrap().smtp.server, "old");
    driver.close().await.unwrap();
}

#[tokio::test]
async fn forms_that_would_do_something_else_are_not_sent() {
    for odd in [Odd { trap: true, ..Odd::default() }, Odd { reset: true, ..Odd::default() }] {
        let (_server, device, mut driver) = drive(odd).await;
        let error = set_server(driver.as_mut(), "new").await.unwrap_err();
        assert_eq!(error.category, Category::PageChanged, "{odd:?}: {error}");
        assert!(!error.capture.unwrap_or_default().contains("REVG"), "a token is kept");
        driver.close().await.unwrap();
        let log = device.log.lock().unwrap();
        assert_eq!(log.iter().filter(|(line, ..)| line.starts_with("POST")).count(), 2, "{odd:?}: {log:?}");
    }
}
