//! Second manner: a WorkCentre 7855 of the ConnectKey generation. One CSRF token a session, the site index is
//! `/links.php` and wants a log-in, attribute paths with an index, values partly in the inputs and partly in script.

use super::device::{Csrf, Device, Form, Manner, Part, Profile, Refusal, Seat, js};
use crate::strangers::program::escaped as esc;
use crate::strangers::wire::Reply;

pub const SMTP: &str = "/protocols/sending/set.php?box=1";

const ENCRYPTION: [(&str, &str); 4] = [
    ("NONE", "No Encryption"),
    ("STARTTLS_OPT", "STARTTLS (if available)"),
    ("STARTTLS", "STARTTLS"),
    ("SSL", "SSL/TLS"),
];
const LOGINS: [(&str, &str); 3] = [("none", "None"), ("system", "System"), ("user", "Logged-in User")];

pub struct ConnectKey {
    /// Host and port are attributes of their own; otherwise a script joins them.
    pub apart: bool,
}

impl ConnectKey {
    fn frame(device: &Device, seat: &Seat, title: &str, script: &str, body: &str) -> String {
        let way = if seat.inside {
            format!(
                "<a class='lnk' href='#' onclick=\"top.location.href='{}';return false;\">Logout</a>",
                device.profile.logout
            )
        } else {
            "<a class='lnk' href='/properties/authentication/login.php'>Login</a>".to_owned()
        };
        let model = device.faults.other_model.unwrap_or(device.profile.model).replace("Xerox", "XEROX");
        format!(
            "<html><head><title>{title}</title>{script}</head><body><div id='productName'><span>{model}</span></div>{way} <a href='/links.php'>Index</a>{body}</body></html>"
        )
    }

    fn smtp(&self, device: &Device, seat: &Seat) -> String {
        let (host, port) = device.server();
        let at = if self.apart {
            device.shown(
                "server",
                format!(
                    "<input maxlength='128' value='{}' id='srv' name='connectivity.smtp[default].server' type='text'>",
                    esc(host)
                ),
            ) + &device.shown(
                "port",
                format!(
                    " <label for='prt'>Port</label> <input maxlength='5' value='{port}' id='prt' name='connectivity.smtp[default].port' type='text'>"
                ),
            )
        } else {
            device.shown("server", format!(
                "<input maxlength='128' id='srvHost' value='{}'><input type='hidden' id='srv' value='' name='connectivity.smtp[default].server'>",
                esc(host)
            )) + &device.shown("port", format!(" <label for='srvPort'>Port</label> <input maxlength='5' id='srvPort' value='{port}'>"))
        };
        let join = if self.apart {
            ""
        } else {
            "  $('#srv').val($('#srvHost').val() + ':' + $('#srvPort').val());\n"
        };
        let select = |name: &str, id: &str, stored: &str, all: &[(&str, &str)], marked: bool| -> String {
            let options: String = all
                .iter()
                .map(|(v, t)| {
                    let on = if marked && *v == stored { " selected" } else { "" };
                    format!("<option{on} value='{v}'>{t}</option>")
                })
                .collect();
            format!("<select id='{id}' name='{name}'>{options}</select>")
        };
        let script = format!(
            r##"<script>
var valAddr = new Array(3); valAddr[2] = '{mail}';
const valUid = []; valUid[2] = "{user}";
var valSysJobs=[];valSysJobs[2]='{system}';
$(document).ready(function () {{
  $('#mailAddr').val(valAddr[2]);
  $("#loginName").val(valUid[2]);
  $('#sysJobs').val(valSysJobs[2]);
  $('#newPw').click(function () {{ $('#pw1, #pw2').prop('disabled', !this.checked); }});
}});
function save() {{
{join}  document.getElementById('mailForm').submit();
}}
</script>"##,
            mail = js(device.value("email")),
            user = js(device.value("username")),
            system = js(device.value("system_jobs")),
        );
        let body = format!(
            r#"<form action="/dummypost/xerox.set" id="mailForm" method="POST">
<fieldset><legend>Outgoing Mail (SMTP)</legend>
<p><label for='{srv}'>SMTP Server</label> {at}</p>
<p><label for='mailAddr'>Device Email Address</label> {mail}</p>
<p><label for='splitSel'>Email Job Splitting Boundary</label> {split}</p>
<p><label for='encSel'>Connection Encryption</label> {enc}</p>
<p><label for='usrJobs'>Credentials for the Walk-Up User to send Scanned Email</label> {usr}</p>
<p><label for='sysJobs'>Credentials for the Device to send Automated Email</label> {sys}</p>
<p><label for='loginName'>Login Name</label> <input id='loginName' name='connectivity.smtp[default].username' maxlength='64'></p>
<p><input type='checkbox' id='newPw' name='chkSavePw' value='TRUE'><label for='newPw'>Select to save new password</label></p>
<p><label for='pw1'>Password</label> <input type='password' id='pw1' name='connectivity.smtp[default].password' maxlength='63' disabled></p>
<p><label for='pw2'>Retype Password</label> <input type='password' id='pw2' name='retype' maxlength='63' disabled></p>
<input value="HTTP_Set_Config_Attrib_fn" name="_fun_function" type="hidden">
<input value="{next}" name="NextPage" type="hidden">
<input value="{token}" type="hidden" name="CSRFToken">
<button type="button" onclick="save()">Save</button></fieldset></form>"#,
            mail = device.shown(
                "email",
                "<input id='mailAddr' maxlength='128' name='connectivity.smtp[default].emailAddress'>".into()
            ),
            srv = if self.apart { "srv" } else { "srvHost" },
            split = select(
                "connectivity.smtp[default].emailSplitting",
                "splitSel",
                device.value("splitting"),
                &[("auto", "Automatic Boundary"), ("imgbdry", "Page Boundary")],
                true
            ),
            enc = device.shown(
                "encryption",
                select(
                    "connectivity.smtp[default].encryption",
                    "encSel",
                    device.value("encryption"),
                    &ENCRYPTION,
                    true
                )
            ),
            usr = select(
                "connectivity.smtp[default].credentialSource.userJobs",
                "usrJobs",
                device.value("user_jobs"),
                &LOGINS,
                true
            ),
            sys = select(
                "connectivity.smtp[default].credentialSource.systemJobs",
                "sysJobs",
                "",
                &LOGINS,
                false
            ),
            next = esc(SMTP),
            token = seat.token,
        );
        Self::frame(device, seat, "SMTP", &script, &body)
    }
}

impl Manner for ConnectKey {
    fn profile(&self) -> Profile {
        Profile {
            serial: "MX4380117",
            model: "Xerox WorkCentre 7855",
            csrf: Csrf::Session,
            refusal: Refusal::Errmsg,
            login: &[
                ("_fun_function", "HTTP_Authenticate_fn"),
                ("NextPage", "/properties/authentication/luidLogin.php"),
                ("webUsername", "{user}"),
                ("webPassword", "{password}"),
                ("frmaltDomain", "default"),
                ("CSRFToken", "{token}"),
            ],
            welcome: "<html><body><script>if (window.opener) { window.opener.location.href = window.opener.location.href; }</script></body></html>",
            logout: "/properties/authentication/luidLogout.php",
            inline: true,
            answers_all: false,
            soap: true,
        }
    }

    fn attributes(&self) -> Vec<(&'static str, &'static str)> {
        let mut all = vec![
            ("server", if self.apart { "relay.old.example" } else { "relay.old.example:25" }),
            ("email", "mfp7855@old.example"),
            ("splitting", "imgbdry"),
            ("encryption", "NONE"),
            ("user_jobs", "none"),
            ("system_jobs", "none"),
            ("username", "former \"user\""),
        ];
        if self.apart {
            all.push(("port", "25"));
        }
        all
    }

    fn protected(&self, path: &str) -> bool {
        path.starts_with("/protocols/") || path == "/links.php" || path == "/properties/description.php"
    }

    fn forms(&self) -> Vec<Form> {
        use Part::{Box, Choice, Fixed, Password, Retype, Text, Token};
        let logins = || LOGINS.iter().map(|(v, _)| *v).collect::<Vec<_>>();
        let mut parts = vec![Text("connectivity.smtp[default].server", "server", 134)];
        if self.apart {
            parts.push(Text("connectivity.smtp[default].port", "port", 5));
        }
        parts.extend([
            Text("connectivity.smtp[default].emailAddress", "email", 128),
            Choice("connectivity.smtp[default].emailSplitting", "splitting", vec!["auto", "imgbdry"]),
            Choice(
                "connectivity.smtp[default].encryption",
                "encryption",
                ENCRYPTION.iter().map(|(v, _)| *v).collect(),
            ),
            Choice("connectivity.smtp[default].credentialSource.userJobs", "user_jobs", logins()),
            Choice("connectivity.smtp[default].credentialSource.systemJobs", "system_jobs", logins()),
            Text("connectivity.smtp[default].username", "username", 64),
            Box("chkSavePw", "TRUE"),
            Password("connectivity.smtp[default].password"),
            Retype("retype"),
            Fixed("_fun_function", "HTTP_Set_Config_Attrib_fn".into()),
            Fixed("NextPage", SMTP.into()),
            Token,
        ]);
        vec![Form { page: SMTP, parts }]
    }

    fn page(&self, device: &Device, target: &str, seat: &Seat) -> Option<Reply> {
        let path = target.split('?').next().unwrap_or_default();
        let model = device.faults.other_model.unwrap_or(device.profile.model);
        let text = match path {
            "/" | "/header.php" => {
                Self::frame(device, seat, "CentreWare Internet Services", "", "<h1>Welcome</h1>")
            }
            "/links.php" => Self::frame(
                device,
                seat,
                "Site Index",
                "",
                &format!(
                    "<table><tr><td><a href=\"/protocols/snmp/index.php\">SNMP</a></td><td><a href=\"{SMTP}\">SMTP (Email)</a></td></tr><tr><td><a href=\"/protocols/pop/set.php\">POP3</a></td><td><a href=\"/properties/description.php\">Description &amp; Alerts</a></td></tr></table>"
                ),
            ),
            "/properties/configuration.php" => Self::frame(
                device,
                seat,
                "Configuration",
                "",
                &format!(
                    "<table><tr><td>Machine Model:</td><td>{model}</td></tr><tr>\n<td>Device Software:</td><td>073.040.167.21700</td></tr></table>"
                ),
            ),
            "/properties/description.php" => Self::frame(
                device,
                seat,
                "Description",
                "",
                &format!(
                    "<div id=\"widSerNum\"><div><label>Serial</label><div>{}</div></div></div>",
                    device.profile.serial
                ),
            ),
            "/properties/authentication/login.php" => Self::frame(
                device,
                seat,
                "Login",
                "",
                &format!(
                    "<form method='post' action='/userpost/xerox.set'><input value='HTTP_Authenticate_fn' name='_fun_function' type='hidden'><input value='/properties/authentication/luidLogin.php' name='NextPage' type='hidden'><input name='webUsername'><input name='webPassword' type='password'><input value='default' name='frmaltDomain' type='hidden'><input value='{}' name='CSRFToken' type='hidden'><button>Log In</button></form>",
                    seat.token
                ),
            ),
            _ if path == SMTP.split('?').next().unwrap_or_default() => self.smtp(device, seat),
            _ => return None,
        };
        Some(Reply::page(text))
    }
}
