//! Exchanges that no profile of the lab has: settings on two pages, an index in a script, a log-in that says nothing.
#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use common::{change, drive, read_only, read_write, wanted};
use scanfleet_sdk::{AuthWanted, Category, PasswordWanted, Secret, Section, SmtpWanted};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

const LOGIN: &str = "/properties/authentication/login.php";

/// A device in one session: an SMTP page with a tab of its own for the sign-in.
#[derive(Clone, Default)]
struct Device {
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    signed_in: bool,
    /// Whether any password is taken.
    deaf: bool,
    /// Whether the SMTP pages are written in western letters only.
    western: bool,
    stored: BTreeMap<String, String>,
    posts: Vec<Vec<(String, String)>>,
    logins: Vec<Vec<(String, String)>>,
}

fn html(text: impl Into<String>) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(text.into(), "text/html; charset=utf-8")
}

/// A page in western letters only, or in all.
fn page(western: bool, text: impl Into<String>) -> ResponseTemplate {
    let charset = if western { "iso-8859-1" } else { "utf-8" };
    ResponseTemplate::new(200).set_body_raw(text.into(), &format!("text/html; charset={charset}"))
}

impl Device {
    fn respond_to(&self, request: &Request) -> ResponseTemplate {
        let mut state = self.state.lock().unwrap();
        let path = request.url.path();
        let form: Vec<(String, String)> = url::form_urlencoded::parse(&request.body).into_owned().collect();
        let get =
            |name: &str| form.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).unwrap_or_default();
        let held = |state: &State, name: &str| state.stored.get(name).cloned().unwrap_or_default();
        match path {
            "/" => {
                let way =
                    if state.signed_in { "<a href='/bye.php'>Logout</a>" } else { "<a href='#'>Login</a>" };
                html(format!("<title>CentreWare</title><div id=productName>XEROX WorkCentre 7855</div>{way}"))
            }
            "/properties/configuration.php" => {
                html("<tr><td>Machine Model:</td><td>Xerox WorkCentre 7855</td></tr>")
            }
            LOGIN => html(
                "<form method=post action=/userpost/xerox.set><input type=hidden name=_fun_function value=HTTP_Authenticate_Function>\
                 <input type=hidden name=NextPage value=/next.php><input name=fred><input name=webUsername><input type=password name=webPassword>\
                 <input type=hidden name=frmaltDomain></form>",
            ),
            "/userpost/xerox.set" => {
                assert_eq!(get("_fun_function"), "HTTP_Authenticate_fn");
                assert_eq!((get("frmaltDomain").as_str(), get("fred").as_str()), ("default", ""));
                state.signed_in = !state.deaf && get("webPassword") == "secret";
                state.logins.push(form);
                // Says the same whatever happened.
                html("<script>window.opener.location.reload();</script>")
            }
            "/bye.php" => {
                state.signed_in = false;
                html("bye")
            }
            "/sitemap.php" => html(
                "<script>var pages = [['LDAP', '/ldap/ldap_list.php'], ['SMTP (Email)', '/mail/server.php']];</script><div id=map></div>",
            ),
            _ if !state.signed_in && !path.starts_with("/webservices") => {
                html(format!("<script>top.location='{LOGIN}?redir={path}'</script>"))
            }
            "/dummypost/xerox.set" => {
                assert_eq!(get("_fun_function"), "HTTP_Set_Config_Attrib_fn");
                assert!(request.headers.contains_key("referer"));
                for (name, value) in &form {
                    if name.starts_with("connectivity.") {
                        state.stored.insert(name.clone(), value.clone());
                    }
                }
                state.posts.push(form);
                html("<p>Properties saved.</p>")
            }
            "/mail/server.php" => page(
                state.western,
                format!(
                    "<a href='/mail/other.txt'>x</a><a href='/mail/signing.php'>Login Credentials</a>\
                 <form method=post action=/dummypost/xerox.set><label for=s>SMTP Server</label><input id=s name=connectivity.smtp.server value='{}'>\
                 <label for=d>Device Email Address</label><input id=d name=connectivity.smtp.emailAddress value='{}'>\
                 <input type=hidden name=_fun_function value=HTTP_Set_Config_Attrib_fn><input type=hidden name=NextPage value=/mail/server.php>\
                 <input type=submit value=Apply></form>",
                    held(&state, "connectivity.smtp.server"),
                    held(&state, "connectivity.smtp.emailAddress"),
                ),
            ),
            "/mail/signing.php" => {
                let select = |name: &str, options: &[(&str, &str)]| {
                    let now = held(&state, name);
                    let options: String = options
                        .iter()
                        .map(|(v, t)| {
                            format!("<option value={v} {}>{t}", if *v == now { "selected" } else { "" })
                        })
                        .collect();
                    format!("<select name={name}>{options}</select>")
                };
                page(
                    state.western,
                    format!(
                        "<form method=post action=/dummypost/xerox.set><input type=hidden name=_fun_function>{}{}{}\
                     <input name=connectivity.smtp.username value='{}'><input type=password name=connectivity.smtp.password>\
                     <label><input type=checkbox name=savePw value=1>Select to save new password</label><input type=submit value=Apply></form>",
                        select(
                            "connectivity.smtp.credentialSource.userJobs",
                            &[("none", "None"), ("system", "System")]
                        ),
                        select(
                            "connectivity.smtp.credentialSource.systemJobs",
                            &[("none", "None"), ("system", "System")]
                        ),
                        select("connectivity.smtp.encryption", &[("none", "None"), ("k", "STARTTLS")]),
                        held(&state, "connectivity.smtp.username"),
                    ),
                )
            }
            _ => ResponseTemplate::new(404),
        }
    }
}

impl Respond for Device {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        self.respond_to(request)
    }
}

async fn serve(device: &Device) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(wiremock::matchers::any()).respond_with(device.clone()).mount(&server).await;
    device.state.lock().unwrap().stored.insert("connectivity.smtp.server".into(), "0.0.0.0:25".into());
    server
}

#[tokio::test]
async fn settings_on_two_pages_are_saved_page_by_page() {
    let device = Device::default();
    let server = serve(&device).await;
    let (book, access) = read_write();
    let mut driver = drive(&server.uri(), access, "secret").await;
    driver.login().await.unwrap();
    assert_eq!(driver.read(Section::Smtp).await.unwrap().smtp.server, "");
    assert_eq!(driver.apply(&change(wanted())).await.unwrap().posts, 2);
    let after = driver.read(Section::Smtp).await.unwrap().smtp;
    assert_eq!((after.server.as_str(), after.port), ("smtp.example.test", Some(587)));
    assert_eq!(after.auth.user.as_deref(), Some("scan@example.test"));
    driver.close().await.unwrap();
    let state = device.state.lock().unwrap();
    assert!(!state.signed_in);
    assert_eq!(book.0.lock().unwrap().len(), 2);
    let second = &state.posts[1];
    assert!(second.iter().any(|(n, v)| n == "savePw" && v == "1"), "{second:?}");
    assert!(second.iter().any(|(n, v)| n == "connectivity.smtp.password" && v == common::MAIL_PASSWORD));
    assert!(!state.posts[0].iter().any(|(n, _)| n.contains("password")));
}

#[tokio::test]
async fn a_log_in_that_says_nothing_is_proven_by_a_page_and_sent_once() {
    let device = Device::default();
    device.state.lock().unwrap().deaf = true;
    let server = serve(&device).await;
    let mut driver = drive(&server.uri(), read_only(), "secret").await;
    for _ in 0..2 {
        let error = driver.login().await.unwrap_err();
        assert_eq!(error.category, Category::AuthRefused, "{error}");
    }
    assert!(driver.read(Section::Smtp).await.is_err());
    driver.close().await.unwrap();
    assert_eq!(device.state.lock().unwrap().logins.len(), 1);
}

/// Letters that the page's charset lacks are told by a plan and by a write, and nothing of them is sent.
#[tokio::test]
async fn letters_that_the_page_cannot_hold_are_never_sent() {
    let greek = |text: &str| Some(text.to_owned());
    for (what, wanted) in [
        ("sender", SmtpWanted { sender: greek("\u{3b1}@example.test"), ..SmtpWanted::default() }),
        (
            "user",
            SmtpWanted {
                auth: AuthWanted { user: greek("\u{3b1}"), ..AuthWanted::default() },
                ..SmtpWanted::default()
            },
        ),
        (
            "password",
            SmtpWanted {
                password: PasswordWanted::Set(Secret::new("p\u{3b1}ss".into())),
                ..SmtpWanted::default()
            },
        ),
    ] {
        let device = Device::default();
        device.state.lock().unwrap().western = true;
        let server = serve(&device).await;
        let (book, access) = read_write();
        let mut driver = drive(&server.uri(), access, "secret").await;
        driver.login().await.unwrap();
        driver.read(Section::Smtp).await.unwrap();
        let change = change(wanted);
        for error in [driver.check(&change).unwrap_err(), driver.apply(&change).await.unwrap_err()] {
            assert_eq!(error.category, Category::Unsupported, "{what}: {error}");
            assert!(!error.to_string().contains("p\u{3b1}ss"), "{what}: {error}");
        }
        driver.close().await.unwrap();
        assert!(device.state.lock().unwrap().posts.is_empty() && book.0.lock().unwrap().is_empty(), "{what}");
    }
}
