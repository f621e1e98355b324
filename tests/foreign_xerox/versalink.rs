//! Fourth manner: a VersaLink C415 in German, AltaLink's pages with the older names at the log-in; one page with
//! everything, the function set by the button's script, and a page of another kind that looks alike.

use super::device::{Csrf, Device, Form, Manner, Part, Profile, Refusal, Seat};
use crate::strangers::program::escaped as esc;
use crate::strangers::wire::Reply;

pub struct VersaLink;

const SMTP: &str = "/apps/mailer/out.php";
const ENCRYPTION: [(&str, &str); 4] = [
    ("none", "Keine"),
    ("starttlsAvail", "STARTTLS (wenn verfügbar)"),
    ("starttls", "STARTTLS"),
    ("ssl", "SSL/TLS"),
];
const LOGINS: [(&str, &str); 3] =
    [("none", "Keine"), ("system", "System"), ("promptAlways", "Aufforderung am Gerät")];

impl VersaLink {
    fn frame(device: &Device, seat: &Seat, title: &str, body: &str) -> Reply {
        let model = device.faults.other_model.unwrap_or("Xerox VersaLink C415");
        let name = model.strip_prefix("Xerox VersaLink ").map_or_else(
            || model.to_owned(),
            |rest| format!("<sup> </sup>VersaLink<sup>&reg; </sup>{rest} Multifunction Printer "),
        );
        let user = if seat.inside {
            format!(
                "<button id=\"LogoutLink\" type=\"button\">admin</button><a id=\"log-out\" class=\"x\" href=\"{}\">Abmelden</a>",
                device.profile.logout
            )
        } else {
            "<a href=\"javascript:OpenLogin('stat')\">Anmelden</a>".to_owned()
        };
        Reply::page(format!(
            "<!DOCTYPE html><html lang=\"de\"><head><meta charset=\"UTF-8\"><title>{title}</title></head><body><div id=\"productName\">{name}</div>{user}{body}<div id=\"timeout-alert\" hidden>Das Ger&auml;t meldet Sie bald ab.<button id=\"timeout-alert-ok\">OK</button></div></body></html>"
        ))
    }

    fn smtp(device: &Device, seat: &Seat) -> Reply {
        let (host, port) = device.server();
        let select = |name: &str, label: &str, stored: &str, all: &[(&str, &str)]| -> String {
            let options: String = all
                .iter()
                .map(|(v, t)| {
                    let on = if *v == stored { " selected" } else { "" };
                    format!("<option value=\"{v}\"{on}>{t}</option>")
                })
                .collect();
            format!(
                "<div class=\"row\"><label>{label} <select name=\"{name}\">{options}</select></label></div>"
            )
        };
        let body = format!(
            r#"<script>
function send(f, fn) {{ f.elements['_fun_function'].value = fn; f.elements['NextPage'].value = '{SMTP}'; f.submit(); }}
</script>
<form name="search" action="/search.php" method="get"><input name="q" aria-label="SMTP-Server suchen"></form>
<form name="smtp" id="smtp" method="post" action="/dummypost/xerox.set"><input type="hidden" name="CSRFToken" value="{token}">
<div class="row"><label>SMTP-Server angeben <select name="connectivity.smtp.serverChoice"><option value="dns"{dns}>DNS verwenden</option><option value="manual"{manual}>Manuell</option></select></label></div>
{server}{port_row}{email}{encryption}{user_jobs}{system_jobs}
<div class="row"><label>Anmeldename <input name="connectivity.smtp.username" maxlength="96" value="{username}"></label></div>
<div class="row"><label>Kennwort <input type="password" name="connectivity.smtp.password" maxlength="96" value=""></label></div>
<div class="row"><label>Kennwort erneut eingeben <input type="password" name="connectivity.smtp.password.confirm" maxlength="96" value=""></label></div>
<div class="row"><label><input type="checkbox" name="connectivity.smtp.password.save" value="on"> Neues Kennwort speichern</label></div>
<input type="hidden" name="_fun_function" value=""><input type="hidden" name="NextPage" value="">
<button type="button" onclick="send(document.forms['smtp'], 'HTTP_Set_Config_Attrib_fn')">Anwenden</button></form>"#,
            token = seat.token,
            dns = if device.value("choice") == "dns" { " selected" } else { "" },
            manual = if device.value("choice") == "manual" { " selected" } else { "" },
            server = device.shown("server", format!("<div class=\"row\"><label>Hostname <input name=\"connectivity.smtp.server\" maxlength=\"255\" value=\"{}\"></label></div>", esc(host))),
            port_row = device.shown("port", format!("<div class=\"row\"><label>Anschluss <input name=\"connectivity.smtp.port\" maxlength=\"5\" value=\"{port}\"></label></div>")),
            email = device.shown("email", format!("<div class=\"row\"><label>E-Mail-Adresse des Geräts <input name=\"connectivity.smtp.emailAddress\" maxlength=\"128\" value=\"{}\"></label></div>", esc(device.value("email")))),
            encryption = device.shown("encryption", select("connectivity.smtp.encryption", "Verbindungsverschlüsselung", device.value("encryption"), &ENCRYPTION)),
            user_jobs = select("connectivity.smtp.credentialSource.userJobs", "Anmeldedaten des Benutzers am Gerät", device.value("user_jobs"), &LOGINS),
            system_jobs = select("connectivity.smtp.credentialSource.systemJobs", "Anmeldedaten des Geräts", device.value("system_jobs"), &LOGINS[..2]),
            username = esc(device.value("username")),
        );
        Self::frame(device, seat, "SMTP", &body)
    }
}

impl Manner for VersaLink {
    fn profile(&self) -> Profile {
        Profile {
            serial: "E7B318842",
            model: "Xerox VersaLink C415 Multifunction Printer",
            csrf: Csrf::Session,
            refusal: Refusal::AuthStatus,
            login: &[
                ("_fun_function", "HTTP_Authenticate_fn"),
                ("NextPage", "/properties/authentication/luidLogin.php?type=&authStatus="),
                ("webUsername", "{user}"),
                ("webPassword", "{password}"),
                ("frmaltDomain", "default"),
                ("CSRFToken", "{token}"),
                ("fred?", ""),
            ],
            welcome: "/stat/welcome.php",
            logout: "/properties/authentication/logoff.php",
            inline: false,
            answers_all: true,
            soap: true,
        }
    }

    fn attributes(&self) -> Vec<(&'static str, &'static str)> {
        vec![
            ("choice", "manual"),
            ("server", "mail.klinik.example"),
            ("port", "25"),
            ("email", "empfang@klinik.example"),
            ("encryption", "none"),
            ("user_jobs", "none"),
            ("system_jobs", "none"),
            ("username", ""),
        ]
    }

    fn protected(&self, path: &str) -> bool {
        path.starts_with("/apps/") || path == "/properties/description.php"
    }

    fn forms(&self) -> Vec<Form> {
        use Part::{Box, Choice, Fixed, Password, Retype, Text, Token};
        vec![Form {
            page: SMTP,
            parts: vec![
                Token,
                Choice("connectivity.smtp.serverChoice", "choice", vec!["dns", "manual"]),
                Text("connectivity.smtp.server", "server", 255),
                Text("connectivity.smtp.port", "port", 5),
                Text("connectivity.smtp.emailAddress", "email", 128),
                Choice("connectivity.smtp.encryption", "encryption", ENCRYPTION.map(|e| e.0).to_vec()),
                Choice(
                    "connectivity.smtp.credentialSource.userJobs",
                    "user_jobs",
                    LOGINS.map(|e| e.0).to_vec(),
                ),
                Choice(
                    "connectivity.smtp.credentialSource.systemJobs",
                    "system_jobs",
                    vec!["none", "system"],
                ),
                Text("connectivity.smtp.username", "username", 96),
                Password("connectivity.smtp.password"),
                Retype("connectivity.smtp.password.confirm"),
                Box("connectivity.smtp.password.save", "on"),
                Fixed("_fun_function", "HTTP_Set_Config_Attrib_fn".into()),
                Fixed("NextPage", SMTP.into()),
            ],
        }]
    }

    fn page(&self, device: &Device, target: &str, seat: &Seat) -> Option<Reply> {
        let path = target.split('?').next().unwrap_or_default();
        let frame = |title: &str, body: &str| Some(Self::frame(device, seat, title, body));
        match path {
            "/" | "/stat/welcome.php" | "/properties/blank.php" | "/header.php" => {
                frame("Startseite", "<a href=\"/sitemap.php\">Inhalt</a>")
            }
            "/sitemap.php" | "/links.php" => frame(
                "Inhalt",
                &format!(
                    "<table><tr><td><a href='/apps/mailer/in.php'>POP3</a></td><td><a href='{SMTP}'>SMTP</a></td><td><a href='/addressbook/viewContact.php'>Adressbuch</a></td></tr></table>"
                ),
            ),
            "/properties/description.php" => frame(
                "Beschreibung",
                &format!(
                    "<div id='widSerNum'><div><b>SN</b><div>{}</div></div></div>",
                    device.profile.serial
                ),
            ),
            "/properties/authentication/login.php" | "/properties/authentication/luidLogin.php" => frame(
                "Anmelden",
                &format!(
                    "<form method='post' action='/userpost/xerox.set'><input type='hidden' name='_fun_function' value='HTTP_Authenticate_fn'><input type='hidden' name='NextPage' value='/properties/authentication/luidLogin.php?type=&amp;authStatus='><input name='webUsername'><input type='password' name='webPassword'><input type='hidden' name='frmaltDomain' value='default'><input type='hidden' name='CSRFToken' value='{}'><input type='text' name='fred' style='display:none'><button type='submit'>Anmelden</button></form>",
                    seat.token
                ),
            ),
            _ if path == SMTP => Some(Self::smtp(device, seat)),
            _ => None,
        }
    }
}
