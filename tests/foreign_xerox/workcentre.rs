//! First manner: a WorkCentre 5755 of the first PHP generation. http only, no CSRF, 200 to everything; the site index is
//! `/sitemap.php`; every value stands in script arrays, the address as octets, and the posted address is put together
//! by the page's own script.

use super::device::{Csrf, Device, Form, Manner, Part, Profile, Refusal, Seat, js};
use crate::strangers::wire::Reply;

/// The page nobody guesses.
pub const SMTP: &str = "/properties/c7/mailout/p31.php?from=protocolConfig&sel=4";

const ENCRYPTION: [(&str, &str); 4] = [
    ("none", "None"),
    ("tlsIfAvailable", "STARTTLS (if available)"),
    ("tls", "STARTTLS"),
    ("ssl", "SSL/TLS"),
];
const LOGINS: [(&str, &str); 4] = [
    ("none", "None"),
    ("system", "System"),
    ("user", "Authenticated User"),
    ("promptAlways", "Prompt at the Device"),
];

pub struct WorkCentre {
    /// An older firmware that can encrypt from the first byte or not at all.
    pub clear_only: bool,
}

const TOP: &str = "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01 Transitional//EN\"><html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=UTF-8\">";

impl WorkCentre {
    fn encryptions(&self) -> Vec<(&'static str, &'static str)> {
        let old = |(value, _): &&(&'static str, &'static str)| !self.clear_only || !value.starts_with("tls");
        ENCRYPTION.iter().filter(old).copied().collect()
    }

    fn head(&self, device: &Device, seat: &Seat) -> String {
        let way = if seat.inside {
            format!("<a href=\"{}\" target=\"_top\">Logout</a>", device.profile.logout)
        } else {
            "<a href=\"/properties/authentication/login.php\" target=\"_top\">Login</a>".to_owned()
        };
        let model = device.faults.other_model.unwrap_or(device.profile.model).replace("Xerox", "XEROX");
        format!(
            "{TOP}<title>header</title></head><body><div id=\"productName\">{model}</div><div id=\"links\">{way} | <a href=\"/sitemap.php\">Site Map</a></div></body></html>"
        )
    }

    fn smtp(&self, device: &Device) -> String {
        let (host, _) = device.server();
        let octets: Vec<&str> = host.split('.').collect();
        let numeric = octets.len() == 4 && octets.iter().all(|o| o.parse::<u8>().is_ok());
        let octet = |at: usize| if numeric { octets[at] } else { "0" };
        let name = if numeric { "" } else { host };
        let value = |attribute: &str| js(device.value(attribute));
        let options: String =
            self.encryptions().iter().map(|(v, t)| format!("<option value='{v}'>{t}</option>")).collect();
        let encryption = device.shown(
            "encryption",
            format!(
                "<tr><td class=rowHeading>Connection Encryption</td><td><select name='connectivity.smtp.encryption' id='encSel'>{options}</select></td></tr>"
            ),
        );
        let logins = |name: &str| -> String {
            LOGINS
                .iter()
                .map(|(v, t)| format!("<input type=radio name='{name}' id='{name}.{v}' value='{v}'><label for='{name}.{v}'>{t}</label><br>"))
                .collect()
        };
        let port = device.shown("port", "<input type=text id=prt_1 name=prt_1 size=5 maxlength=5>".into());
        let mail = device.shown(
            "email",
            "<input type=text name='connectivity.smtp.emailAddress' id=devMail maxlength=128>".into(),
        );
        format!(
            r#"{TOP}<title>SMTP (E-mail)</title><script type="text/javascript">
/* filled in by the server */
var valChoice = new Array(3);
valChoice[0] = 0; valChoice[1] = 0; valChoice[2] = "{choice}";
var valIpv4_1_0 = new Array(3), valIpv4_1_1 = new Array(3), valIpv4_1_2 = new Array(3), valIpv4_1_3 = new Array(3);
valIpv4_1_0[2] = {o0};
valIpv4_1_1[2] = {o1};
valIpv4_1_2[2] = {o2};
valIpv4_1_3[2] = {o3};
var valPrt_1 = []; valPrt_1[2] = {port_value};
var valHost_1 = []; valHost_1[2] = '{name}';
let valMail = ["", 0, "{mail_value}"];
var valFrag = []; valFrag[2]="{frag}" ;
var valParts = new Array("", 0, "{parts}");
var valEncr = new Array(3);
valEncr[2] = '{encryption_value}';
let valUsr = []; valUsr[2] = "{user_jobs}";
let valSys = []; valSys[2] = '{system_jobs}';
var valLogin = []; valLogin[2] = "{username}";
function tick(name, value) {{
  var all = document.getElementsByName(name);
  for (var i = 0; i < all.length; i++) {{ all[i].checked = (all[i].value == value); }}
}}
function init() {{
  var f = document.forms["frmMail"];
  tick('connectivity.smtp.serverChoice', valChoice[2]);
  tick('addrType', valHost_1[2] == '' ? '4' : 'h');
  f.elements["oct_1_0"].value = valIpv4_1_0[2];
  f.elements["oct_1_1"].value = valIpv4_1_1[2];
  f.elements["oct_1_2"].value = valIpv4_1_2[2];
  f.elements["oct_1_3"].value = valIpv4_1_3[2];
  f.elements["host_1"].value = valHost_1[2];
  f.elements["prt_1"].value = valPrt_1[2];
  f.elements["connectivity.smtp.emailAddress"].value = valMail[2];
  f.elements["connectivity.smtp.maxFragSize"].value = valFrag[2];
  f.elements["connectivity.smtp.maxFragments"].value = valParts[2];
  document.getElementById('encSel').value = valEncr[2];
  tick('connectivity.smtp.credentialSource.userJobs', valUsr[2]);
  tick('connectivity.smtp.credentialSource.systemJobs', valSys[2]);
  f.elements["connectivity.smtp.username"].value = valLogin[2];
}}
function applyIt() {{
  var f = document.forms["frmMail"];
  var host = f.elements["host_1"].value;
  if (f.addrType[0].checked) {{
    host = f.oct_1_0.value + "." + f.oct_1_1.value + "." + f.oct_1_2.value + "." + f.oct_1_3.value;
  }}
  f.elements["connectivity.smtp.server"].value = host + ":" + f.prt_1.value;
  f.submit();
}}
</script></head><body onload="init()">
<h2>SMTP (E-mail)</h2>
<form name="frmMail" method="post" action="/dummypost/xerox.set">
<input type=hidden name="_fun_function" value="HTTP_Set_Config_Attrib_fn">
<input type=hidden name="NextPage" value="{SMTP}">
<table>
<tr><td class=rowHeading>Server</td><td><input type=radio name='connectivity.smtp.serverChoice' value='dns'>Use DNS (to identify SMTP Server)<br><input type=radio name='connectivity.smtp.serverChoice' value='manual'>Specify SMTP Server manually</td></tr>
<tr><td>IP Address / Host Name</td><td><input type=radio name=addrType value=4>IPv4 Address <input type=radio name=addrType value=h>Host Name<br>
<input name=oct_1_0 size=3 maxlength=3>.<input name=oct_1_1 size=3 maxlength=3>.<input name=oct_1_2 size=3 maxlength=3>.<input name=oct_1_3 size=3 maxlength=3>
<input name=host_1 maxlength=60> : {port}{server}</td></tr>
<tr><td>Machine E-mail Address</td><td>{mail}</td></tr>
<tr><td>Maximum Message Size</td><td><input name='connectivity.smtp.maxFragSize' maxlength=12> bytes</td></tr>
<tr><td>Number of Fragments</td><td><input name='connectivity.smtp.maxFragments' maxlength=3></td></tr>
{encryption}
<tr><td>Login Credentials for the Walkup User to send Scanned E-mail</td><td>{user_radio}</td></tr>
<tr><td>Login Credentials for the Machine to send Automated E-mail</td><td>{system_radio}</td></tr>
<tr><td>Login Name</td><td><input name='connectivity.smtp.username' maxlength=100></td></tr>
<tr><td>Password</td><td><input type=password name='connectivity.smtp.password' maxlength=64></td></tr>
<tr><td>Retype Password</td><td><input type=password name='pwAgain' maxlength=64></td></tr>
<tr><td></td><td><input type=checkbox name='savePw' value='1'>Select to save new password</td></tr>
</table>
<input type=button value="Apply" onclick="applyIt()"> <input type=button value="Undo" onclick="location.reload()">
</form></body></html>"#,
            choice = value("choice"),
            o0 = octet(0),
            o1 = octet(1),
            o2 = octet(2),
            o3 = octet(3),
            port_value = device.server().1,
            name = js(name),
            mail_value = value("email"),
            frag = value("maxFragSize"),
            parts = value("maxFragments"),
            encryption_value = value("encryption"),
            user_jobs = value("user_jobs"),
            system_jobs = value("system_jobs"),
            username = value("username"),
            server =
                device.shown("server", "<input type=hidden name='connectivity.smtp.server' value=''>".into()),
            user_radio = logins("connectivity.smtp.credentialSource.userJobs"),
            system_radio = logins("connectivity.smtp.credentialSource.systemJobs"),
        )
    }
}

impl Manner for WorkCentre {
    fn profile(&self) -> Profile {
        Profile {
            serial: "XEF471182",
            model: "Xerox WorkCentre 5755",
            csrf: Csrf::None,
            refusal: Refusal::Invalid,
            login: &[
                ("_fun_function", "HTTP_Authenticate_fn"),
                ("NextPage", "/properties/authentication/luidLogin.php"),
                ("webUsername", "{user}"),
                ("webPassword", "{password}"),
                ("frmaltDomain", "default"),
            ],
            welcome: "<html><head><script>window.opener.top.location.reload(); window.close();</script></head><body></body></html>",
            logout: "/properties/authentication/goodbye.php?who=me",
            inline: true,
            answers_all: true,
            soap: false,
        }
    }

    fn attributes(&self) -> Vec<(&'static str, &'static str)> {
        vec![
            ("choice", "manual"),
            ("server", "10.20.1.25:25"),
            ("email", "o'ward@clinic.example"),
            ("maxFragSize", "10485760"),
            ("maxFragments", "3"),
            ("encryption", "none"),
            ("user_jobs", "none"),
            ("system_jobs", "none"),
            ("username", ""),
        ]
    }

    fn protected(&self, path: &str) -> bool {
        path.starts_with("/properties/c7/") || path == "/properties/description.php"
    }

    fn forms(&self) -> Vec<Form> {
        use Part::{Box, Choice, Fixed, Helper, Password, Retype, Text};
        let logins = || LOGINS.iter().map(|(v, _)| *v).collect::<Vec<_>>();
        let mut parts = vec![
            Fixed("_fun_function", "HTTP_Set_Config_Attrib_fn".into()),
            Fixed("NextPage", SMTP.into()),
            Choice("connectivity.smtp.serverChoice", "choice", vec!["dns", "manual"]),
            Helper("addrType"),
            Helper("oct_1_0"),
            Helper("oct_1_1"),
            Helper("oct_1_2"),
            Helper("oct_1_3"),
            Helper("host_1"),
            Helper("prt_1"),
            Text("connectivity.smtp.server", "server", 128),
            Text("connectivity.smtp.emailAddress", "email", 128),
            Text("connectivity.smtp.maxFragSize", "maxFragSize", 12),
            Text("connectivity.smtp.maxFragments", "maxFragments", 3),
        ];
        parts.push(Choice(
            "connectivity.smtp.encryption",
            "encryption",
            self.encryptions().iter().map(|(v, _)| *v).collect(),
        ));
        parts.extend([
            Choice("connectivity.smtp.credentialSource.userJobs", "user_jobs", logins()),
            Choice("connectivity.smtp.credentialSource.systemJobs", "system_jobs", logins()),
            Text("connectivity.smtp.username", "username", 100),
            Password("connectivity.smtp.password"),
            Retype("pwAgain"),
            Box("savePw", "1"),
        ]);
        vec![Form { page: SMTP, parts }]
    }

    fn page(&self, device: &Device, target: &str, seat: &Seat) -> Option<Reply> {
        let path = target.split('?').next().unwrap_or_default();
        let model = device.faults.other_model.unwrap_or(device.profile.model);
        let text = match path {
            "/" => format!(
                "{TOP}<title>XEROX WORKCENTRE</title></head><frameset rows=\"90,*\"><frame name=\"head\" src=\"/header.php?tab=status\"><frame name=\"main\" src=\"/properties/configuration.php?tab=Status\"></frameset></html>"
            ),
            "/header.php" => self.head(device, seat),
            "/sitemap.php" => format!(
                "{TOP}<title>Site Map</title></head><body><div id=\"productName\">{}</div><ul><li><a href='/status/index.php'>Status</a></li><li><a href='/properties/c7/mailin/p12.php?from=x'>POP3 Setup</a></li><li><a href='/properties/c7/alerts/mail.php'>E-mail Alerts</a></li><li><a href='{}'>SMTP (E-mail)</a></li><li><a href='/properties/description.php'>Description</a></li><li><a href='/ldap/ldap_list.php?from=protocolConfig'>LDAP Directory</a></li></ul></body></html>",
                model.replace("Xerox", "XEROX"),
                SMTP.replace('&', "&amp;")
            ),
            "/properties/configuration.php" => format!(
                "{TOP}<title>Configuration</title></head><body><table><tr><td>Machine Model:</td><td>{model}</td></tr><tr><td>System Software:</td><td>061.132.221.35400</td></tr></table></body></html>"
            ),
            "/properties/description.php" => format!(
                "{TOP}<title>Description</title></head><body><div id=\"widSerNum\"><div><span>Serial Number</span><div>{}</div></div></div></body></html>",
                device.profile.serial
            ),
            "/properties/authentication/login.php" => format!(
                "{TOP}<title>Login</title></head><body>{}<form name=\"loginForm\" method=\"post\" action=\"/userpost/xerox.set\"><input type=hidden name=_fun_function value=HTTP_Authenticate_fn><input type=hidden name=NextPage value=/properties/authentication/luidLogin.php>User ID <input type=text name=webUsername maxlength=64> Password <input type=password name=webPassword maxlength=64><input type=hidden name=frmaltDomain value=default><input type=submit value=Login></form></body></html>",
                if target.contains("invalid=t") { "<b>Login failed</b>" } else { "" }
            ),
            "/properties/c7/alerts/mail.php" => format!(
                "{TOP}<title>E-mail Alerts</title></head><body><form method=post action=/dummypost/xerox.set><input name=alertAddr><input type=submit></form></body></html>"
            ),
            _ if path == SMTP.split('?').next().unwrap_or_default() => self.smtp(device),
            _ => return None,
        };
        Some(Reply::page(text))
    }
}
