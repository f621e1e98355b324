//! Second manner: a newer copier in English, definition lists and labels, everything done by an external script with
//! the query library, other names and paths for all that the evidence leaves open.

use super::device::{Device, Field, Kind, Manner, Profile, Role, esc, field, unbase64};
use crate::strangers::wire::{Reply, Request};

pub struct Newer;

const SWITCH: &[(&str, &str)] = &[("Off", "Off"), ("On", "On")];

pub fn profile() -> Profile {
    Profile {
        lang: "en",
        serial: "3061R810457",
        admin: ("admin", super::ADMIN.to_owned()),
        auth_failed: "Authentication has failed.",
        full: "The number of users accessing the server exceeds the maximum number allowed.",
        after_login: "websys/webArch/mainFrame.cgi?open=websys/easySecurity/getEasySecurity.cgi",
        dashes: true,
        cookie_everywhere: false,
        token_at_login: false,
        http_only: true,
        save: "websys/relay/relayEntrySet.cgi",
    }
}

pub fn fields() -> Vec<Field> {
    use Kind::{Check, Password, Select, Text};
    use Role::{Auth, AuthSender, Other, Port, Sender, Server, Ssl, User};
    vec![
        field(Sender, "mfpOwnerAdr", "Administrator Email Address", Text, "ward7@clinic.example"),
        field(Other, "senderAuto", "Auto Specify Sender Name", Check("yes"), "yes"),
        field(Other, "sigText", "Signature", Text, "Ward 7 – 50% <b>off</b> & more"),
        field(
            Other,
            "inMode",
            "Reception Protocol",
            Select(&[("P", "POP3"), ("I", "IMAP4"), ("S", "SMTP")]),
            "I",
        ),
        field(Server, "relayHost", "SMTP Server Name", Text, "mail-old.clinic.example"),
        field(Port, "relayPort", "SMTP Port No.", Text, "25"),
        field(Ssl, "relaySec", "Use Secure Connection (SSL)", Select(SWITCH), "Off"),
        field(Auth, "relayLogin", "SMTP Authentication", Select(SWITCH), "Off"),
        field(AuthSender, "relayLoginAdr", "SMTP Auth. Email Address", Text, "old@clinic.example"),
        field(User, "relayLoginName", "SMTP Auth. User Name", Text, "olduser"),
        field(Other, "relayPwBtn", "SMTP Auth. Password", Password("SMTP"), ""),
        field(
            Other,
            "relayCrypt",
            "SMTP Auth. Encryption",
            Select(&[("2", "Auto Select"), ("1", "Active"), ("0", "Inactive")]),
            "2",
        ),
        field(Other, "popFirst", "POP before SMTP", Select(SWITCH), "Off"),
        field(Other, "boxAdr", "POP Email Address", Text, ""),
        field(Other, "boxUser", "POP User Name", Text, "ward7box"),
        field(Other, "boxPwBtn", "POP Password", Password("POP"), ""),
        field(Other, "boxHost", "POP3/IMAP4 Server Name", Text, "imap.clinic.example"),
        field(Other, "boxPort", "IMAP4 Reception Port No.", Text, "143"),
        field(Other, "keepFlag", "", Kind::Hidden, "a=b&c;d"),
    ]
}

const TOP: &str = "<!DOCTYPE html>\n<html xmlns:axsl=\"http://localhost\" lang=\"en\"><head><meta charset=\"utf-8\"><title>Web Image Monitor</title>";

const SCRIPT: &str = r#"
// Email settings.
var MAIL = { dir: '../relay/', set: 'relayEntrySet' };
function goto_cgi(name) {
  var base = MAIL.dir;
  return base + name + '.cgi';
}
function refreshAuth() {
  var off = $('#relayLogin').val() != 'On';
  $('.authItem').attr('disabled', off);
}
function editSecret(kind) {
  $("input[name='passwdKind']").val(kind);
  $("input[name='paramControl']").val('EDIT');
  $('form[name=form1]').attr('action', goto_cgi('relaySecret')).submit();
}
function saveEntry() {
  $("input[name='paramControl']").val("SET");
  $("input[name='passwdKind']").val("");
  var f = $('form[name=form1]');
  f.attr('action', goto_cgi(MAIL.set));
  f.submit();
}
function setPwd() {
  var a = $("input[name='passwd1wk']").val(), b = $("input[name='passwd2wk']").val();
  if (a !== b) { showError($('#PWD_E').val()); return false; }
  $("input[name='enc1']").val(base64encode(a));
  $("input[name='enc2']").val(base64encode(b));
  $("input[name='passwd1wk']").val('');
  $("input[name='passwd2wk']").val('');
  document.forms['form1'].action = MAIL.dir + 'relaySecretFix.cgi';
  document.forms['form1'].submit();
  return false;
}
$(document).ready(function () {
  refreshAuth();
  $('#relayLogin').change(refreshAuth);
});
"#;

fn page(text: impl AsRef<str>) -> Option<Reply> {
    Some(Reply::page(text))
}

impl Manner for Newer {
    fn guest(&self, device: &Device, path: &str) -> Option<Reply> {
        match path {
            "" => page(
                "<!DOCTYPE html><html><head><title>Web Image Monitor</title><script>window.onload = function () { location.href = '/web/guest/en/websys/webArch/mainFrame.cgi'; };</script></head><body></body></html>",
            ),
            "scripts/relay.js" => Some(Reply::script(SCRIPT)),
            "guest:websys/webArch/mainFrame.cgi" => page(
                "<!DOCTYPE html><html><head><title>IMC3010 - Web Image Monitor</title></head><frameset rows='64,*'><frame name='header' src='header.cgi'><frame name='work' src='topPage.cgi'></frameset></html>",
            ),
            "guest:websys/webArch/header.cgi" => {
                page(format!("{TOP}</head><body><h2 id=\"modelName\">IM C3010</h2></body></html>"))
            }
            "guest:websys/webArch/topPage.cgi" => page(format!(
                "{TOP}</head><body><dl><dt>Device Name</dt><dd>:&nbsp;RICOH IM C3010</dd><dt>Host Name</dt><dd>:&nbsp;IMC3010</dd></dl></body></html>"
            )),
            "guest:websys/status/configuration.cgi" => {
                let row = |l: &str, v: &str| {
                    format!("<dl><dt>{l}</dt><dd class=\"indentColon\">:&nbsp;{v}</dd></dl>")
                };
                page(format!(
                    "{TOP}</head><body><h1>Device Info</h1>{}{}{}{}{}</body></html>",
                    row("Model Name", "RICOH IM C3010"),
                    row("Machine ID", device.profile.serial),
                    row("Total Memory", "4096 MB"),
                    row("System", "3.06"),
                    row("Web Image Monitor", "2.01")
                ))
            }
            _ => None,
        }
    }

    fn auth_form(&self, _: &Device, token: &str, open: &str, message: &str) -> String {
        format!(
            "{TOP}<script src=\"/scripts/base64.js\"></script></head><body><div class=\"errorMsg\">{message}</div><form name='form1' method='POST' onsubmit='return false'><input value='{token}' name='wimToken' type='hidden'/><input type='hidden' name='userid'/><input type='hidden' name='password'/><input type='hidden' name='open' value='{open}'/><dl><dt>Login User Name</dt><dd><input name='userid_work' type='text'/></dd><dt>Login Password</dt><dd><input name='password_work' type='password'/></dd></dl><a href='#' onclick='authForm_login()'>Login</a></form></body></html>"
        )
    }

    fn entry(&self, device: &mut Device, at: usize, path: &str, request: &Request) -> Option<Reply> {
        let pairs = request.form(encoding_rs::UTF_8);
        let get =
            |name: &str| pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).unwrap_or_default();
        match path {
            "websys/easySecurity/getEasySecurity.cgi" => page(format!(
                "{TOP}</head><body><h1>Easy Security Setting</h1><form name='form1'><input type='hidden' name='wimToken' value='{}'></form></body></html>",
                device.sessions[at].token
            )),
            "websys/webArch/configList.cgi" => page(list()),
            "websys/relay/relayEntry.cgi" => {
                // Opened afresh: whatever was begun before is forgotten.
                if !request.query.contains("KEEP") {
                    device.sessions[at].staged = None;
                    device.sessions[at].staged_passwords.clear();
                }
                page(form(device, at))
            }
            "websys/relay/relaySecret.cgi" => {
                if get("paramControl") != "EDIT" {
                    device.complain("paramControl is not what the script sets");
                }
                let base = device.fields.clone();
                let fields = device.taken(&base, &pairs, false, &[]).ok()?;
                device.sessions[at].staged = Some(fields);
                device.sessions[at].kind = Some(get("passwdKind"));
                page(secret(&device.sessions[at].token))
            }
            "websys/relay/relaySecretFix.cgi" => {
                let kind = device.sessions[at].kind.take()?;
                if get("enc1") != get("enc2") || !get("passwd1wk").is_empty() {
                    device.complain("the password page was filled in wrongly");
                }
                match unbase64(&get("enc1")) {
                    Some(password) => device.sessions[at].staged_passwords.push((kind, password)),
                    None => device.complain("the password was not base64"),
                }
                // Back by a redirect, as this generation likes it.
                Some(Reply::moved("relayEntry.cgi?sessionControl=KEEP"))
            }
            "websys/relay/relayEntrySet.cgi" => {
                if device.faults.busy {
                    return page(format!(
                        "{TOP}</head><body class=\"errorMessage\"><table><tr class=\"responseMessage\"><td>The device is being used by other functions. Try again later.</td></tr></table></body></html>"
                    ));
                }
                if get("paramControl") != "SET" {
                    device.complain("paramControl is not what the script sets");
                }
                let base = device.sessions[at].staged.clone().unwrap_or_else(|| device.fields.clone());
                match device.taken(&base, &pairs, false, &[]) {
                    Ok(fields) => device.store(at, fields),
                    Err(error) => device.complain(error),
                }
                Some(Reply::moved("../webArch/configList.cgi"))
            }
            _ => None,
        }
    }
}

fn list() -> String {
    let item = |to: &str, text: &str| {
        format!(
            "<li><a href='#' onclick=\"wsMenu_jumpUrl('{to}'); return false;\"><span>{text}</span></a></li>"
        )
    };
    format!(
        "{TOP}</head><body><h1>Configuration</h1><h2>Device Settings</h2><ul>{}{}{}{}{}{}</ul></body></html>",
        item("../config/getSystem.cgi", "System"),
        item("../notify/autoEvents.cgi", "Auto Email Notification"),
        item("../notify/onDemand.cgi", "On-demand Email Notification"),
        item("../relay/relayEntry.cgi", "Email"),
        item("../config/getFileTransfer.cgi", "File Transfer"),
        item("../ldapServer/ldapServerGetFunc.cgi", "LDAP Server")
    )
}

fn form(device: &Device, at: usize) -> String {
    let session = &device.sessions[at];
    let current = session.staged.as_ref().unwrap_or(&device.fields);
    let on = current.iter().any(|f| f.role == Role::Auth && f.value == "On");
    let mut rows = String::new();
    for f in device.rows(current) {
        let of_auth = matches!(f.role, Role::AuthSender | Role::User) || f.name == "relayCrypt";
        let off = if of_auth && !on { " disabled" } else { "" };
        let class = if of_auth { " class='authItem'" } else { "" };
        let control = match &f.kind {
            Kind::Hidden => {
                rows += &format!("<input type='hidden' name='{}' value='{}'>", f.name, esc(&f.value));
                continue;
            }
            Kind::Select(choices) => {
                let options: String = choices
                    .iter()
                    .map(|(value, text)| {
                        let on = if f.value == *value { " selected='selected'" } else { "" };
                        format!("<option value='{value}'{on}>{text}</option>")
                    })
                    .collect();
                format!("<select name='{0}' id='{0}'{class}{off}>{options}</select>", f.name)
            }
            Kind::Check(value) => {
                let on = if f.value == *value { " checked" } else { "" };
                format!("<input type='checkbox' name='{0}' id='{0}' value='{value}'{on}>", f.name)
            }
            Kind::Password(kind) => format!(
                "<button type='button' id='{}' onclick=\"editSecret('{kind}'); return false;\">Change</button>",
                f.name
            ),
            _ => format!(
                "<input type='text' name='{0}' id='{0}' value='{1}' maxlength='128'{class}{off}>",
                f.name,
                esc(&f.value).replace('\'', "&#39;")
            ),
        };
        rows += &format!("<dl><dt><label for='{}'>{}</label></dt><dd>{control}</dd></dl>\n", f.name, f.label);
    }
    format!(
        "{TOP}<script src='/scripts/jquery.1.4.js'></script><script src='/scripts/base64.js'></script><script src='/scripts/relay.js'></script></head><body><h1>Email</h1><div class='buttons'><a href='#' onclick='saveEntry(); return false;'>OK</a><a href='../webArch/configList.cgi'>Cancel</a></div><form name='form1' method='post' onsubmit='return false'><input type='hidden' name='wimToken' value='{0}'><input type='hidden' name='methodName' value='relayEntry'><input type='hidden' name='passwdKind' value=''><input type='hidden' name='paramControl' value=''><input type='hidden' name='sessionControl' value=''>{rows}</form><form name='checkForm'><input type='hidden' name='wimToken' value='{0}'></form></body></html>",
        session.token
    )
}

fn secret(token: &str) -> String {
    format!(
        "{TOP}<script src='/scripts/jquery.1.4.js'></script><script src='/scripts/base64.js'></script><script src='/scripts/relay.js'></script></head><body><h1>Change SMTP Auth. Password</h1><form name='form1' method='post' onsubmit='return false'><input type='hidden' name='wimToken' value='{token}'><dl><dt><label for='p1'>New Password</label></dt><dd><input type='password' id='p1' name='passwd1wk' maxlength='128'></dd><dt><label for='p2'>Confirm Password</label></dt><dd><input type='password' id='p2' name='passwd2wk' maxlength='128'></dd></dl><input type='hidden' name='enc1' value=''><input type='hidden' name='enc2' value=''></form><a href='#' onclick='return setPwd()'>OK</a> <a href='relayEntry.cgi'>Cancel</a></body></html>"
    )
}
