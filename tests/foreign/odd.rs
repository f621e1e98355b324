//! Fifth manner: everything that parsers trip over, in German: entities and hard spaces everywhere, ids used twice,
//! comments and scripts that hold forms, line ends in hidden values, a model name with terminal escapes.

use super::device::{Device, Field, Kind, Manner, Profile, Role, field, unbase64};
use crate::strangers::wire::{Reply, Request};

pub struct Odd;

const EIN: &[(&str, &str)] = &[("true", "&nbsp;Ein&nbsp;"), ("false", "&nbsp;Aus&nbsp;")];

pub fn profile() -> Profile {
    Profile {
        lang: "de",
        serial: "E205R960031",
        admin: ("admin", super::ADMIN.to_owned()),
        auth_failed: "Authentifizierung fehlgeschlagen.",
        full: "Die maximale Anzahl von Benutzern, die auf den Server zugreifen, ist &uuml;berschritten.",
        after_login: "websys/webArch/mainFrame.cgi",
        dashes: true,
        cookie_everywhere: false,
        token_at_login: false,
        http_only: false,
        save: "websys/email/save.cgi",
    }
}

pub fn fields() -> Vec<Field> {
    use Kind::{Hidden, Password, Radio, Select, Text};
    use Role::{Auth, AuthSender, Other, Port, Sender, Server, Ssl, User};
    vec![
        field(Other, "notes", "", Hidden, "line one\r\nline two \"quoted\"\r\n\tline three"),
        field(
            Sender,
            "adminMailAddress",
            "E-Mail-Adresse Administrator",
            Text,
            "d\u{fc}sseldorf@klinik.example",
        ),
        field(Other, "sig", "Signatur", Text, "Gr\u{fc}\u{df}e \u{2014} \u{1f600} <!-- & -->"),
        field(Server, "smtpServerName", "SMTP-Servername", Text, "mail-alt.klinik.example"),
        field(Port, "smtpSendPort", "SMTP-Portnr.", Text, "25"),
        field(Ssl, "smtpOverSSL", "Sichere Verbindung (SSL) verwenden", Radio(EIN), "false"),
        field(Auth, "smtpAuth", "SMTP-Authentifizierung", Radio(EIN), "false"),
        field(AuthSender, "smtpAuthMailAddress", "SMTP-Auth.-E-Mail-Adresse", Text, ""),
        field(User, "smtpUserName", "SMTP-Auth.-Benutzername", Text, ""),
        field(Other, "", "SMTP-Auth.-Passwort", Password("smtp"), ""),
        field(
            Other,
            "enc",
            "SMTP-Auth.-Verschl\u{fc}sselung",
            Select(&[("x1", "Auto"), ("x2", "Aktiv"), ("x3", "Inaktiv")]),
            "x3",
        ),
        field(Other, "pbs", "POP vor SMTP", Radio(EIN), "false"),
        field(Other, "popUser", "POP-Benutzername", Text, "flur 3"),
        field(Other, "popServer", "POP3/IMAP4-Servername", Text, "pop.klinik.example"),
    ]
}

/// Every letter that is not plain ASCII as a numeric reference, and hard spaces for blanks.
fn entities(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            ' ' => out += "&nbsp;",
            '-' => out += "&#45;",
            '&' => out += "&amp",
            '<' => out += "&lt;",
            '"' => out += "&quot;",
            c if c.is_ascii() => out.push(c),
            c => out += &format!("&#x{:X};", c as u32),
        }
        if c == '&' {
            out.push(';');
        }
    }
    out
}

/// A value that keeps its blanks and line ends.
fn value(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\r' => "&#13;".to_owned(),
            '\n' => "&#10;".to_owned(),
            '&' => "&amp;".to_owned(),
            '"' => "&#34;".to_owned(),
            c if c.is_ascii() => c.to_string(),
            c => format!("&#{};", c as u32),
        })
        .collect()
}

const NOISE: &str = "<!-- <form name=\"form1\" method=\"post\" action=\"old.cgi\"><input name=\"smtpServerName\" value=\"commented\"></form> --><script>var tail = '</form>'; var s = \"<form name='form1'><input name='smtpServerName'>\"; /* </form> */</script><style>/* <form> */</style><noscript><form action=x><input name=smtpServerName></form></noscript>";

fn page(title: &str, body: &str) -> Option<Reply> {
    Some(Reply::page(format!(
        "\u{feff}<!-- WIM -->\r\n<html lang=\"de\"><head><title>{title}</title>{NOISE}</head><body id=\"a\">{body}</body></html>\r\n\r\n"
    )))
}

impl Manner for Odd {
    fn guest(&self, device: &Device, path: &str) -> Option<Reply> {
        match path {
            "" => page(
                "Web Image Monitor",
                "<script>setTimeout(function(){},0);\nlocation.href=\"/web/guest/de/websys/webArch/mainFrame.cgi\";</script>",
            ),
            "guest:websys/webArch/mainFrame.cgi" => Some(Reply::page(
                "<html><head><title>a&amp;b - Web Image Monitor</title></head><frameset rows=64,*><frame src=header.cgi name=header><frame src=topPage.cgi name=work></frameset></html>",
            )),
            "guest:websys/webArch/header.cgi" => page("h", "<h2 id=modelName>IM&nbsp;C3500\u{1b}[31m</h2>"),
            "guest:websys/webArch/topPage.cgi" => page(
                "t",
                "<dl><dt>Ger&auml;tename<dd>:&nbsp;RICOH&nbsp;IM&nbsp;C3500\u{1b}]0;x\u{7}</dl><a href=\"javascript:wsMenu_jumpUrl(&#39;../../websys/status/configuration.cgi&#39;)\">Konfiguration</a>",
            ),
            "guest:websys/status/configuration.cgi" => page(
                "Konfiguration",
                &format!(
                    "<dl><dt id=x>&nbsp;Modellname&nbsp;</dt><dd class=\"indentColon\">:&nbsp;RICOH&nbsp;IM&nbsp;C3500\u{1b}[31m</dd></dl><dl><dt id=x>Ger&auml;te&#45;ID</dt><dd class=\"indentColon\">:&nbsp;{}</dd></dl><dl><dt id=x>System</dt><dd>:&nbsp;5.00</dd></dl>",
                    device.profile.serial
                ),
            ),
            _ => None,
        }
    }

    fn auth_form(&self, _: &Device, token: &str, open: &str, message: &str) -> String {
        format!(
            "<html><head><title>Web Image Monitor</title>{NOISE}</head><body>{}<form action=\"&#108;ogin.cgi\" method=POST name=form1><input name=wimToken type=hidden value=\"{token}\"><input name=\"userid_work\" id=x><input name=password_work type=password id=x><input type=hidden name=userid><input type=hidden name=password><input type=hidden name=open value=\"{open}\"></form></body></html>",
            entities(message)
        )
    }

    fn entry(&self, device: &mut Device, at: usize, path: &str, request: &Request) -> Option<Reply> {
        let pairs = request.form(encoding_rs::UTF_8);
        let get =
            |name: &str| pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).unwrap_or_default();
        match path {
            "websys/webArch/configList.cgi" => list(),
            "websys/email/show.cgi" => form(device, at),
            "websys/email/word.cgi" => {
                let base = device.fields.clone();
                device.sessions[at].staged =
                    Some(device.taken(&base, &pairs, true, &["wimToken", "passwdKind"]).ok()?);
                device.sessions[at].kind = Some(get("passwdKind"));
                page(
                    "SMTP&#45;Auth.&#45;Passwort&nbsp;&auml;ndern",
                    &format!(
                        "<script src=/scripts/gone.js></script><form name=form1 method=post action=wordSet.cgi><input type=hidden name=wimToken value={}><p>Neues&nbsp;Passwort<input id=x type=password name=passwd1wk><p>Passwort&nbsp;best&auml;tigen<input id=x type=password name=passwd2wk><input type=hidden name=passwd1><input type=hidden name=passwd2></form><a id=x href=\"&#106;avascript:setPwd()\">&nbsp;OK&nbsp;</a>",
                        device.sessions[at].token
                    ),
                )
            }
            "websys/email/wordSet.cgi" => {
                let kind = device.sessions[at].kind.take()?;
                if get("passwd1") != get("passwd2") || !get("passwd1wk").is_empty() {
                    device.complain("the password page was filled in wrongly");
                }
                match unbase64(&get("passwd1")) {
                    Some(password) => device.sessions[at].staged_passwords.push((kind, password)),
                    None => device.complain("the password was not base64"),
                }
                // A small page that sends itself on, as the password page of the address book does.
                page(
                    "E&#45;Mail",
                    &format!(
                        "<script>function pageSkip(){{ document.form1.action = 'show.cgi'; document.form1.submit(); }} window.onload = pageSkip;</script><form name=form1 method=post><input type=hidden name=wimToken value={}><input type=hidden name=returnValue value=SUCCESS><input type=hidden name=methodName value=word></form>",
                        device.sessions[at].token
                    ),
                )
            }
            "websys/email/save.cgi" => {
                if device.faults.busy {
                    return page(
                        "E&#45;Mail",
                        "<h1>E&#45;Mail&nbsp;/&nbsp;Fehler</h1><div class=\"errorMessage\"><img src=/images/messageIconE.gif>Das&nbsp;Ger&auml;t wird von anderen Funktionen verwendet. Versuchen Sie es sp&auml;ter erneut.</div>",
                    );
                }
                let base = device.fields.clone();
                match device.taken(&base, &pairs, true, &["wimToken", "passwdKind"]) {
                    Ok(fields) => device.store(at, fields),
                    Err(error) => device.complain(error),
                }
                list()
            }
            _ => None,
        }
    }
}

fn list() -> Option<Reply> {
    let item = |to: &str, text: &str| {
        format!(
            "<div><a id=x href=\"javascript:wsMenu_jumpUrl(&quot;{to}&quot;)\">&nbsp;{text}&nbsp;</a></div>"
        )
    };
    page(
        "Konfiguration",
        &format!(
            "<!-- {} -->{}{}{}",
            item("../email/wrong.cgi", "E&#45;Mail"),
            item("../email/auto.cgi", "Autom.&nbsp;E&#45;Mail&#45;Benachrichtigung"),
            item("../email/show.cgi", "E&#45;Mail"),
            item("../email/demand.cgi", "On&#45;demand&nbsp;E&#45;Mail&#45;Benachrichtigung")
        ),
    )
}

fn form(device: &Device, at: usize) -> Option<Reply> {
    let session = &device.sessions[at];
    let mut rows = String::new();
    for f in device.rows(session.staged.as_ref().unwrap_or(&device.fields)) {
        let control = match &f.kind {
            Kind::Hidden => {
                rows += &format!("<input type=hidden name={} value=\"{}\">", f.name, value(&f.value));
                continue;
            }
            Kind::Radio(choices) => choices
                .iter()
                .map(|(v, text)| {
                    let on = if f.value == *v { " checked=\"\"" } else { "" };
                    format!("<input type=radio id=x name={} value={v}{on}>{text}", f.name)
                })
                .collect(),
            Kind::Select(choices) => {
                let options: String = choices
                    .iter()
                    .map(|(v, text)| {
                        let on = if f.value == *v { " selected" } else { "" };
                        format!("<option value={v}{on}>{text}")
                    })
                    .collect();
                format!("<select id=x name={}>{options}</select>", f.name)
            }
            Kind::Password(kind) => {
                format!("<a id=x href=\"javascript:smtpPwd(&#39;{kind}&#39;)\">[&nbsp;&Auml;ndern&nbsp;]</a>")
            }
            _ => format!("<input id=x name={} value=\"{}\">", f.name, value(&f.value)),
        };
        rows += &format!(
            "<dl><dt><b>{}</b></dt><dd class=\"indentColon\">:&nbsp;{control}</dd></dl>\r\n",
            entities(f.label)
        );
    }
    page(
        "E&#45;Mail",
        &format!(
            "<script>//<![CDATA[\r\nfunction smtpPwd(kind){{ document.form1.passwdKind.value=kind; document.form1.action='word.cgi'; document.form1.submit(); }}\r\nfunction applyButton(){{ var a='</form>'; document.form1.action='save.cgi'; document.form1.submit(); }}\r\n//]]></script><script src=\"/scripts/gone.js\"></script><h1>E&#45;Mail</h1><a href=\"javascript:clickOK()\">&nbsp;OK&nbsp;</a><form name=form1 method=post onsubmit=\"return false\"><input type=hidden name=wimToken value={}><input type=hidden name=passwdKind>{rows}</form><form name=checkForm></form>",
            session.token
        ),
    )
}
