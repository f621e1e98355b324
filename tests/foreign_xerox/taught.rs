//! A WorkCentre whose firmware calls everything otherwise: no family knows its labels or its names, and a person
//! teaches it.

use super::device::{Csrf, Device, Form, Manner, Part, Profile, Refusal, Seat};
use crate::strangers::program::escaped as esc;
use crate::strangers::wire::Reply;

pub struct Taught;

const PAGE: &str = "/svc/outbox/relay.php";

impl Taught {
    fn relay(device: &Device, seat: &Seat) -> String {
        let input = |name: &str, key: &str, most: u32| {
            format!("<input type='text' name='{name}' maxlength='{most}' value='{}'>", esc(device.value(key)))
        };
        let select = |name: &str, key: &str, all: &[(&str, &str)]| -> String {
            let options: String = all
                .iter()
                .map(|(v, t)| {
                    let on = if *v == device.value(key) { " selected" } else { "" };
                    format!("<option value='{v}'{on}>{t}</option>")
                })
                .collect();
            format!("<select name='{name}'>{options}</select>")
        };
        format!(
            "<h2>Mail Relay (SMTP)</h2><form method='post' action='/dummypost/xerox.set'><input type='hidden' name='_fun_function' value='HTTP_Set_Config_Attrib_fn'><input type='hidden' name='NextPage' value='{PAGE}'><input type='hidden' name='CSRFToken' value='{}'><table><tr><td>Mail Relay Host</td><td>{}</td></tr><tr><td>Relay Port</td><td>{}</td></tr><tr><td>Owner's E-mail Address</td><td>{}</td></tr><tr><td>Encrypted Connection</td><td>{}</td></tr><tr><td>Credentials for Walk-up Scans</td><td>{}</td></tr><tr><td>Credentials for Automated Mail</td><td>{}</td></tr><tr><td>Mail Account Name</td><td>{}</td></tr><tr><td>Mail Account Password</td><td><input type='password' name='svcout.acctSecret' maxlength='64'></td></tr></table><input type='submit' value='Apply'></form>",
            seat.token,
            input("svcout.relayHost", "server", 128),
            input("svcout.relayPort", "port", 5),
            input("svcout.ownerAddr", "email", 128),
            select(
                "svcout.crypt",
                "encryption",
                &[("0", "No Encryption"), ("1", "STARTTLS"), ("2", "SSL/TLS")]
            ),
            select("svcout.walkup", "user_jobs", &[("none", "None"), ("system", "System")]),
            select("svcout.auto", "system_jobs", &[("none", "None"), ("system", "System")]),
            input("svcout.acctName", "username", 64),
        )
    }
}

impl Manner for Taught {
    fn profile(&self) -> Profile {
        Profile {
            serial: "LX9004127",
            model: "Xerox WorkCentre 7970",
            csrf: Csrf::Session,
            refusal: Refusal::Invalid,
            login: &[
                ("_fun_function", "HTTP_Authenticate_fn"),
                ("NextPage", "/properties/authentication/luidLogin.php"),
                ("webUsername", "{user}"),
                ("webPassword", "{password}"),
                ("frmaltDomain", "default"),
                ("CSRFToken", "{token}"),
            ],
            welcome: "<html><body><script>window.opener.location.reload();</script></body></html>",
            logout: "/properties/authentication/luidLogout.php",
            inline: true,
            answers_all: false,
            soap: true,
        }
    }

    fn attributes(&self) -> Vec<(&'static str, &'static str)> {
        vec![
            ("server", "relay.clinic.example"),
            ("port", "25"),
            ("email", "ward9@clinic.example"),
            ("encryption", "0"),
            ("user_jobs", "none"),
            ("system_jobs", "none"),
            ("username", ""),
        ]
    }

    fn protected(&self, path: &str) -> bool {
        path.starts_with("/svc/")
    }

    fn forms(&self) -> Vec<Form> {
        use Part::{Choice, Fixed, Password, Text, Token};
        vec![Form {
            page: PAGE,
            parts: vec![
                Fixed("_fun_function", "HTTP_Set_Config_Attrib_fn".into()),
                Fixed("NextPage", PAGE.into()),
                Token,
                Text("svcout.relayHost", "server", 128),
                Text("svcout.relayPort", "port", 5),
                Text("svcout.ownerAddr", "email", 128),
                Choice("svcout.crypt", "encryption", vec!["0", "1", "2"]),
                Choice("svcout.walkup", "user_jobs", vec!["none", "system"]),
                Choice("svcout.auto", "system_jobs", vec!["none", "system"]),
                Text("svcout.acctName", "username", 64),
                Password("svcout.acctSecret"),
            ],
        }]
    }

    fn page(&self, device: &Device, target: &str, seat: &Seat) -> Option<Reply> {
        let path = target.split('?').next().unwrap_or_default();
        let way = if seat.inside {
            format!("<a href='{}'>Logout</a>", device.profile.logout)
        } else {
            "<a href='/properties/authentication/login.php'>Login</a>".to_owned()
        };
        let body = match path {
            "/" | "/header.php" => String::new(),
            "/sitemap.php" => format!(
                "<ul><li><a href='/svc/inbox/pop.php'>Mail Pickup</a></li><li><a href='{PAGE}'>Mail Relay</a></li><li><a href='/svc/clock.php'>Clock</a></li></ul>"
            ),
            "/svc/inbox/pop.php" => "<form method='post' action='/dummypost/xerox.set'>Pickup Host <input name='svcin.host'></form>".into(),
            "/svc/clock.php" => "<form method='post' action='/dummypost/xerox.set'>Time Server <input name='clock.ntp'></form>".into(),
            "/properties/configuration.php" => format!("<table><tr><td>Machine Model:</td><td>{}</td></tr><tr><td>Device Software:</td><td>075.110.010.08700</td></tr></table>", device.profile.model),
            "/properties/authentication/login.php" => format!("<form method='post' action='/userpost/xerox.set'><input type='hidden' name='_fun_function' value='HTTP_Authenticate_fn'><input type='hidden' name='NextPage' value='/properties/authentication/luidLogin.php'><input name='webUsername'><input type='password' name='webPassword'><input type='hidden' name='frmaltDomain' value='default'><input type='hidden' name='CSRFToken' value='{}'><input type='submit' value='Login'></form>", seat.token),
            PAGE => Self::relay(device, seat),
            _ => return None,
        };
        Some(Reply::page(format!(
            "<html><head><title>CentreWare Internet Services</title></head><body><div id='productName'>XEROX WorkCentre 7970</div>{way}{body}</body></html>"
        )))
    }
}
