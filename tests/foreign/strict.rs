//! Fourth manner: a copier that insists on everything: token, referer, content type, every field of the form and no
//! other; with a search box, look-alike pages, look-alike fields and two password buttons.

use super::device::{Device, Field, Kind, Manner, Profile, Role, esc, field, unbase64};
use crate::strangers::wire::{Reply, Request};

pub struct Strict;

const ON: &[(&str, &str)] = &[("ENABLE_RB", "Active"), ("DISABLE_RB", "Inactive")];
const HIDDEN: &[&str] = &["wimToken", "methodName", "passwdKind", "paramControl", "sessionControl", "title"];

pub fn profile() -> Profile {
    Profile {
        lang: "en",
        serial: "C507J600212",
        admin: ("netadmin", super::ADMIN.to_owned()),
        auth_failed: "Authentication has failed.",
        full: "The number of users accessing the server exceeds the maximum number allowed.",
        after_login: "websys/webArch/mainFrame.cgi",
        dashes: true,
        cookie_everywhere: true,
        token_at_login: true,
        http_only: true,
        save: "websys/mailcfg/mailConfSet.cgi",
    }
}

pub fn fields() -> Vec<Field> {
    use Kind::{Check, Heading, Password, Radio, Select, Text};
    use Role::{Auth, AuthSender, Other, Port, Sender, Server, Ssl, User};
    vec![
        field(Other, "", "Reception", Heading, ""),
        field(
            Other,
            "recvProto",
            "Reception Protocol",
            Radio(&[("POP", "POP3"), ("IMAP", "IMAP4"), ("SMTP", "SMTP")]),
            "POP",
        ),
        field(Other, "popServerName", "POP3/IMAP4 Server Name", Text, "pop.district.example"),
        field(Other, "popPort", "POP3 Reception Port No.", Text, "110"),
        field(Other, "imapPort", "IMAP4 Reception Port No.", Text, "143"),
        field(Other, "popOverSSL", "POP3/IMAP4 Encryption (SSL)", Radio(ON), "DISABLE_RB"),
        field(Other, "popUserName", "POP User Name", Text, "district"),
        field(Other, "popMailAddress", "POP E-mail Address", Text, "district@district.example"),
        field(Other, "", "POP Password", Password("POP"), ""),
        field(Other, "", "SMTP", Heading, ""),
        field(Sender, "adminMailAddress", "Administrator E-mail Address", Text, "admin@district.example"),
        field(Server, "smtpServerName", "SMTP Server Name", Text, "10.20.1.25"),
        field(Port, "smtpSendPort", "SMTP Port No.", Text, "25"),
        field(Ssl, "smtpOverSSL", "Use Secure Connection (SSL)", Radio(ON), "DISABLE_RB"),
        field(Auth, "smtpAuth", "SMTP Authentication", Radio(ON), "DISABLE_RB"),
        field(AuthSender, "smtpAuthMailAddress", "SMTP Auth. E-mail Address", Text, "old@district.example"),
        field(User, "smtpUserName", "SMTP Auth. User Name", Text, "old"),
        field(Other, "", "SMTP Auth. Password", Password("SMTP"), ""),
        field(
            Other,
            "smtpEnc",
            "SMTP Auth. Encryption",
            Select(&[("A", "Auto Select"), ("Y", "Active"), ("N", "Inactive")]),
            "N",
        ),
        field(Other, "", "E-mail Notification", Heading, ""),
        field(Other, "notifyAddress", "E-mail Notification E-mail Address", Text, "mfp12@district.example"),
        field(Other, "notifyOn", "Receive E-mail Notification", Check("true"), "true"),
        field(Other, "notifyUser", "E-mail Notification User Name", Text, "mfp12"),
        field(Other, "", "E-mail Notification Password", Password("MIRS"), ""),
    ]
}

const TOP: &str = "<html xmlns:axsl=\"http://localhost\" lang=\"en\"><head><title>E-mail</title>";
const SEARCH: &str = "<form name=\"searchForm\" method=\"get\" action=\"/web/guest/en/websys/webArch/search.cgi\"><label>Search help for <input type=\"text\" name=\"smtpServerName\" value=\"\"></label><input type=\"text\" name=\"adminMailAddress\" value=\"\"><input type=\"submit\" value=\"Search\"></form>";

fn page(text: impl AsRef<str>) -> Option<Reply> {
    Some(Reply::page(text))
}

fn refused(device: &mut Device, why: String) -> Option<Reply> {
    device.complain(why);
    page(format!(
        "{TOP}</head><body class=\"errorMessage\"><table><tr class=\"responseMessage\"><td>Invalid parameters.</td></tr></table></body></html>"
    ))
}

impl Manner for Strict {
    fn guest(&self, device: &Device, path: &str) -> Option<Reply> {
        match path {
            "" => page(
                "<html><head><title>Web Image Monitor</title><script>function jump(){location.href=\"/web/guest/en/websys/webArch/mainFrame.cgi\";}</script></head><body onLoad=\"jump()\"></body></html>",
            ),
            "guest:websys/webArch/mainFrame.cgi" => page(
                "<html><head><title>MFP12 - Web Image Monitor</title></head><frameset rows=\"64,*\"><frame src=\"/web/guest/en/websys/webArch/header.cgi\" name=\"header\"><frame src=\"/web/guest/en/websys/webArch/topPage.cgi\" name=\"work\"></frameset></html>",
            ),
            "guest:websys/webArch/header.cgi" => {
                page("<html><body><h2 id=\"modelName\">MP C4504ex</h2></body></html>")
            }
            "guest:websys/webArch/topPage.cgi" => page(
                "<html><body><table><tr><td>Device Name</td><td>:</td><td>RICOH MP C4504ex</td></tr></table></body></html>",
            ),
            "guest:websys/status/configuration.cgi" => page(format!(
                "<html><body><table><tr><td nowrap align=\"\">Model Name</td><td nowrap>:</td><td nowrap>RICOH MP C4504ex</td></tr><tr><td nowrap align=\"\">Machine ID</td><td nowrap>:</td><td nowrap>{}</td></tr><tr><td nowrap align=\"\">System</td><td nowrap>:</td><td nowrap>1.05</td></tr><tr><td nowrap align=\"\">Fax Card Model Name</td><td nowrap>:</td><td nowrap>FAX-M26</td></tr></table></body></html>",
                device.profile.serial
            )),
            _ => None,
        }
    }

    fn auth_form(&self, _: &Device, token: &str, open: &str, message: &str) -> String {
        format!(
            "<html><head><title>Web Image Monitor</title></head><body>{SEARCH}<p>{message}</p><form name=\"form1\" method=\"post\" action=\"login.cgi\" onsubmit=\"return false\"><input type=\"hidden\" name=\"wimToken\" value=\"{token}\"><input type=\"text\" name=\"userid_work\"><input type=\"hidden\" name=\"userid\" value=\"\"><input type=\"password\" name=\"password_work\"><input type=\"hidden\" name=\"password\" value=\"\"><input type=\"hidden\" name=\"open\" value=\"{open}\"></form></body></html>"
        )
    }

    fn entry(&self, device: &mut Device, at: usize, path: &str, request: &Request) -> Option<Reply> {
        let pairs = request.form(encoding_rs::UTF_8);
        let get =
            |name: &str| pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).unwrap_or_default();
        if request.method == "POST" {
            let host = request.header("host").unwrap_or_default().to_owned();
            let from = request.header("referer").unwrap_or_default().to_owned();
            if !from.starts_with(&format!("http://{host}/web/entry/en/websys/mailcfg/")) {
                return refused(device, format!("referer {from:?}"));
            }
            let kind = request.header("content-type").unwrap_or_default().to_owned();
            if !kind.starts_with("application/x-www-form-urlencoded") {
                return refused(device, format!("content type {kind:?}"));
            }
            if get("wimToken") != device.sessions[at].token {
                return refused(device, "wrong token".into());
            }
        }
        device.new_token(at);
        match path {
            "websys/webArch/configList.cgi" => page(list()),
            "websys/mailcfg/emailPage.cgi" => page(form(device, at)),
            "websys/mailcfg/autoMail.cgi" | "websys/mailcfg/demandMail.cgi" => page(format!(
                "{TOP}</head><body><h1>Auto E-mail Notification</h1><form name=\"form1\" method=\"post\"><input type=\"hidden\" name=\"wimToken\" value=\"{}\"><table><tr><td>SMTP Server Name</td><td><input name=\"smtpServerName\" value=\"\"></td></tr><tr><td>SMTP Port No.</td><td><input name=\"smtpSendPort\" value=\"25\"></td></tr></table></form></body></html>",
                device.sessions[at].token
            )),
            "websys/mailcfg/passwd.cgi" if request.method == "POST" => {
                let base = device.fields.clone();
                match device.taken(&base, &pairs, true, HIDDEN) {
                    Ok(fields) => device.sessions[at].staged = Some(fields),
                    Err(error) => return refused(device, error),
                }
                device.sessions[at].kind = Some(get("passwdKind"));
                page(secret(&device.sessions[at].token))
            }
            "websys/mailcfg/passwdSet.cgi" if request.method == "POST" => {
                let kind = device.sessions[at].kind.take()?;
                let names: Vec<&str> = pairs.iter().map(|(n, _)| n.as_str()).collect();
                if names != ["wimToken", "title", "passwd1wk", "passwd1", "passwd2wk", "passwd2"] {
                    return refused(device, format!("fields {names:?}"));
                }
                if get("passwd1") != get("passwd2")
                    || !get("passwd1wk").is_empty()
                    || !get("passwd2wk").is_empty()
                {
                    return refused(device, "the password page was filled in wrongly".into());
                }
                match unbase64(&get("passwd1")) {
                    Some(password) => device.sessions[at].staged_passwords.push((kind, password)),
                    None => return refused(device, "the password was not base64".into()),
                }
                page(form(device, at))
            }
            "websys/mailcfg/mailConfSet.cgi" if request.method == "POST" => {
                if device.faults.busy {
                    return page(format!(
                        "{TOP}</head><body class=\"errorMessage\"><h1>E-mail</h1><table><tr class=\"responseMessage\"><td>The device is being used by other functions. Try again later.</td></tr></table></body></html>"
                    ));
                }
                let base = device.fields.clone();
                match device.taken(&base, &pairs, true, HIDDEN) {
                    Ok(fields) => device.store(at, fields),
                    Err(error) => return refused(device, error),
                }
                page(list())
            }
            _ => None,
        }
    }
}

fn list() -> String {
    let item = |to: &str, text: &str| {
        format!("<td class=\"listItem\"><a href=\"javascript:wsMenu_jumpUrl('{to}')\">{text}</a></td>")
    };
    format!(
        "<html><head><title>Configuration</title></head><body>{SEARCH}<table><tr>{}{}{}{}{}</tr></table></body></html>",
        item("../../websys/config/getSystem.cgi", "System"),
        item("../../websys/mailcfg/autoMail.cgi", "Auto E-mail Notification"),
        item("../../websys/mailcfg/demandMail.cgi", "On-demand E-mail Notification"),
        item("../../websys/mailcfg/emailPage.cgi", "E-mail"),
        item("../../websys/ldapServer/ldapServerGetFunc.cgi", "LDAP Server")
    )
}

fn form(device: &Device, at: usize) -> String {
    let session = &device.sessions[at];
    let mut rows = String::new();
    for f in device.rows(session.staged.as_ref().unwrap_or(&device.fields)) {
        let control = match &f.kind {
            Kind::Heading => {
                rows += &format!("</table><h3>{}</h3><table>", f.label);
                continue;
            }
            Kind::Radio(choices) => choices
                .iter()
                .map(|(value, text)| {
                    let on = if f.value == *value { " checked=\"checked\"" } else { "" };
                    format!(
                        "<label><input type=\"radio\" name=\"{}\" value=\"{value}\"{on}/> {text}</label> ",
                        f.name
                    )
                })
                .collect(),
            Kind::Select(choices) => {
                let options: String = choices
                    .iter()
                    .map(|(value, text)| {
                        let on = if f.value == *value { " selected" } else { "" };
                        format!("<option value=\"{value}\"{on}>{text}</option>")
                    })
                    .collect();
                format!("<select name=\"{}\">{options}</select>", f.name)
            }
            Kind::Check(value) => {
                let on = if f.value == *value { " checked" } else { "" };
                format!("<input type=\"checkbox\" name=\"{}\" value=\"{value}\"{on}>", f.name)
            }
            Kind::Password(kind) => format!(
                "<input type=\"button\" name=\"change\" value=\"Change\" onclick=\"jumpPwd('{kind}')\">"
            ),
            _ => format!("<input type=\"text\" name=\"{}\" value=\"{}\">", f.name, esc(&f.value)),
        };
        rows += &format!("<tr><td class=\"itemName\">{}</td><td>{control}</td></tr>", f.label);
    }
    let token = &session.token;
    format!(
        r#"{TOP}<script type="text/javascript">
var KIND = {{ POP: 'POP', SMTP: 'SMTP', MIRS: 'MIRS' }};
function jumpPwd(kind) {{
  with_form(function (f) {{
    f.elements['passwdKind'].value = KIND[kind];
    f.elements['paramControl'].value = 'INPUT';
    f.action = './passwd.cgi';
  }});
}}
function with_form(prepare) {{
  var f = document.getElementsByName('form1')[0];
  prepare(f);
  f.submit();
}}
function clickOK() {{
  if (!confirm('The settings are applied.')) {{ return; }}
  with_form(function (f) {{ f.elements['passwdKind'].value = ''; f.elements['paramControl'].value = 'SET'; f.action = 'mailConfSet.cgi'; }});
}}
</script></head><body>{SEARCH}
<form name="form1" id="form1" method="post" action="" onsubmit="return false"><input type="hidden" name="wimToken" value="{token}"><input type="hidden" name="methodName" value="emailPage"><input type="hidden" name="passwdKind" value=""><input type="hidden" name="paramControl" value=""><input type="hidden" name="sessionControl" value=""><input type="hidden" name="title" value="MENU_MAIL">
<table>{rows}</table>
<input type="button" name="ok" value="OK" onclick="clickOK()"><input type="button" name="cancel" value="Cancel" onclick="history.back()"></form></body></html>"#
    )
}

fn secret(token: &str) -> String {
    format!(
        r#"{TOP}<script>
function $f(n) {{ return document.forms.form1.elements[n]; }}
function setPwd() {{
  $f('passwd1').value = base64encode($f('passwd1wk').value);
  $f('passwd2').value = base64encode($f('passwd2wk').value);
  $f('passwd1wk').value = $f('passwd2wk').value = "";
  document.forms.form1.action = "passwdSet.cgi";
  document.forms.form1.submit();
}}
</script><script src="/scripts/base64.js"></script></head><body>{SEARCH}<h1>Change SMTP Auth. Password</h1>
<form name="form1" method="post"><input type="hidden" name="wimToken" value="{token}"><input type="hidden" name="title" value="PWD">
New Password <input type="password" name="passwd1wk"><input type="hidden" name="passwd1" value=""><br>
Confirm Password <input type="password" name="passwd2wk"><input type="hidden" name="passwd2" value="">
</form><a href="javascript:setPwd();">OK</a><a href="javascript:history.go(-1);">Cancel</a></body></html>"#
    )
}
