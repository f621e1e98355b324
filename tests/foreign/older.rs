//! Third manner: an old copier, in Spanish (latin-1) or in Japanese (Shift_JIS). Upper-case tags, attributes without
//! quotes, a form whose tags stand in the wrong places of a table, one frame, absolute addresses, a password page that is
//! opened by its address and has no hidden partners.

use encoding_rs::Encoding;

use super::device::{Device, Field, Kind, Manner, Profile, Role, encoded, esc, field, unbase64};
use crate::strangers::wire::{Reply, Request};

/// The texts of one language.
struct Words {
    lang: &'static str,
    charset: &'static Encoding,
    meta: &'static str,
    mail: &'static str,
    decoys: [&'static str; 2],
    ok: &'static str,
    cancel: &'static str,
    change: &'static str,
    model: [&'static str; 2],
    serial: &'static str,
    system: &'static str,
    secret: [&'static str; 3],
    login: [&'static str; 3],
    busy: &'static str,
    /// How the password page is opened.
    open: &'static str,
}

pub struct Older(&'static Words);

pub const SPANISH: Older = Older(&Words {
    lang: "es",
    charset: encoding_rs::WINDOWS_1252,
    meta: "ISO-8859-1",
    mail: "Correo electrónico",
    decoys: ["Notificación automática por correo electrónico", "Notificación por correo a petición"],
    ok: "Aceptar",
    cancel: "Cancelar",
    change: "Cambiar",
    model: ["Nombre del modelo", "Aficio MP C5000"],
    serial: "ID máquina",
    system: "Sistema",
    secret: ["Cambiar contraseña autenticación SMTP", "Contraseña nueva", "Confirmar contraseña"],
    login: ["Nombre de usuario", "Contraseña", "Inicio de sesión"],
    busy: "El dispositivo está siendo utilizado por otras funciones. Inténtelo más tarde.",
    open: "location.href = '/web/entry/es/websys/netw/clave.cgi?tipo=' + tipo;",
});

pub const JAPANESE: Older = Older(&Words {
    lang: "ja",
    charset: encoding_rs::SHIFT_JIS,
    meta: "Shift_JIS",
    mail: "メール",
    decoys: ["自動メール通知", "要求時メール通知"],
    ok: "OK",
    cancel: "キャンセル",
    change: "変更",
    model: ["機種名", "RICOH imagio MP C4000"],
    serial: "機番",
    system: "システム",
    secret: ["SMTP認証パスワード変更", "新しいパスワード", "確認用パスワード"],
    login: ["ログインユーザー名", "ログインパスワード", "ログイン"],
    busy: "他の機能で使用中です。しばらくしてからやり直してください。",
    open: "window.open('clave.cgi?tipo=' + tipo, 'clave', 'width=400,height=300');",
});

pub fn profile(spanish: bool) -> Profile {
    Profile {
        lang: if spanish { "es" } else { "ja" },
        serial: if spanish { "V2694400771" } else { "M5297800135" },
        admin: ("admin", super::ADMIN.to_owned()),
        auth_failed: if spanish { "Error de autenticación." } else { "認証に失敗しました。" },
        full: "El número de usuarios que accede al servidor supera el límite máximo permitido",
        after_login: "websys/webArch/mainFrame.cgi",
        dashes: false,
        cookie_everywhere: false,
        token_at_login: false,
        http_only: false,
        save: "websys/netw/correo.cgi",
    }
}

const SI: &[(&str, &str)] = &[("1", "Activo"), ("0", "Inactivo")];
const HAI: &[(&str, &str)] = &[("1", "する"), ("0", "しない")];

pub fn spanish() -> Vec<Field> {
    use Kind::{Heading, Password, Radio, Select, Text};
    use Role::{Auth, AuthSender, Other, Port, Sender, Server, Ssl, User};
    vec![
        field(
            Sender,
            "dirAdmin",
            "Dirección de correo electrónico del administrador",
            Text,
            "señor@clinica.example",
        ),
        field(Other, "firma", "Firma", Text, "Atención al paciente – 8 € / año"),
        field(Other, "", "Recepción", Heading, ""),
        field(Other, "protRec", "Protocolo de recepción", Select(&[("1", "POP3"), ("2", "IMAP4")]), "1"),
        field(Other, "", "SMTP", Heading, ""),
        field(Server, "srvSmtp", "Nombre del servidor SMTP", Text, "correo-viejo.clinica.example"),
        field(Port, "ptoSmtp", "Nº puerto SMTP", Text, "25"),
        field(Ssl, "sslSmtp", "Usar conexión segura (SSL)", Radio(SI), "0"),
        field(Auth, "autSmtp", "Autenticación SMTP", Radio(SI), "0"),
        field(AuthSender, "dirAut", "Dirección de correo electrónico autenticación SMTP", Text, ""),
        field(User, "usuAut", "Nombre de usuario autenticación SMTP", Text, ""),
        field(Other, "", "Contraseña autenticación SMTP", Password("1"), ""),
        field(Other, "", "POP antes de SMTP", Heading, ""),
        field(Other, "popSmtp", "POP antes de SMTP", Radio(SI), "0"),
        field(Other, "dirPop", "Dirección de correo electrónico POP", Text, ""),
        field(Other, "usuPop", "Nombre de usuario POP", Text, "buzón"),
        field(Other, "", "Contraseña POP", Password("2"), ""),
        field(Other, "srvPop", "Nombre del servidor POP3/IMAP4", Text, "pop.clinica.example"),
    ]
}

pub fn japanese() -> Vec<Field> {
    use Kind::{Heading, Password, Radio, Select, Text};
    use Role::{Auth, AuthSender, Other, Port, Sender, Server, Ssl, User};
    vec![
        field(Sender, "kanri", "管理者メールアドレス", Text, "kanri@byouin.example"),
        field(Other, "shomei", "署名", Text, "総務課 能登 表示"),
        field(Other, "jushin", "受信プロトコル", Select(&[("1", "POP3"), ("2", "IMAP4")]), "1"),
        field(Other, "", "SMTP", Heading, ""),
        field(Server, "smtpS", "SMTPサーバー名", Text, "mail-old.byouin.example"),
        field(Port, "smtpP", "SMTPポート番号", Text, "25"),
        field(Ssl, "smtpSec", "SSL(保護された接続)", Radio(HAI), "0"),
        field(Auth, "smtpN", "SMTP認証", Radio(HAI), "0"),
        field(AuthSender, "smtpNA", "SMTP認証メールアドレス", Text, ""),
        field(User, "smtpNU", "SMTP認証ユーザー名", Text, ""),
        field(Other, "", "SMTP認証パスワード", Password("1"), ""),
        field(Other, "popN", "POP before SMTP", Radio(HAI), "0"),
        field(Other, "popA", "POPメールアドレス", Text, ""),
        field(Other, "popU", "POPユーザー名", Text, "soumu"),
        field(Other, "", "POPパスワード", Password("2"), ""),
        field(Other, "popS", "POP3/IMAP4サーバー名", Text, "pop.byouin.example"),
    ]
}

impl Older {
    fn page(&self, body: &str) -> Option<Reply> {
        let w = self.0;
        let text = format!(
            "<HTML LANG={}><HEAD><META HTTP-EQUIV=Content-Type CONTENT='text/html; charset={}'><TITLE>Web Image Monitor</TITLE></HEAD>{body}</HTML>",
            w.lang, w.meta
        );
        Some(encoded(&text, w.charset))
    }
}

impl Manner for Older {
    fn charset(&self) -> &'static Encoding {
        self.0.charset
    }

    fn guest(&self, device: &Device, path: &str) -> Option<Reply> {
        let w = self.0;
        match path {
            "" if w.lang == "ja" => Some(Reply::moved("/web/guest/ja/websys/webArch/mainFrame.cgi")),
            "" => self.page(&format!("<SCRIPT LANGUAGE=JavaScript>\n<!--\nfunction init() {{ location.href=\"/web/guest/{}/websys/webArch/mainFrame.cgi\"; }}\n//-->\n</SCRIPT><BODY ONLOAD=init()></BODY>", w.lang)),
            "guest:websys/webArch/mainFrame.cgi" | "guest:websys/webArch/topPage.cgi" => self.page(&format!(
                "<BODY BGCOLOR=#ffffff><SPAN CLASS=modelName>{0}</SPAN><BR><A HREF=/web/guest/{1}/websys/status/configuration.cgi>{2}</A><BR><A HREF=/web/guest/{1}/websys/webArch/authForm.cgi>{3}</A></BODY>",
                w.model[1], w.lang, w.system, w.login[2]
            )),
            "guest:websys/status/configuration.cgi" => self.page(&format!(
                "<BODY><TABLE BORDER=0><TR><TD NOWRAP>{}</TD><TD NOWRAP>:</TD><TD NOWRAP>{}</TD><TR><TD NOWRAP>{}</TD><TD NOWRAP>:</TD><TD NOWRAP>{}</TD><TR><TD NOWRAP>{}</TD><TD NOWRAP>:</TD><TD NOWRAP>1.45</TD><TR><TD NOWRAP>NIB</TD><TD NOWRAP>:</TD><TD NOWRAP>8.67</TD></TABLE></BODY>",
                w.model[0], w.model[1], w.serial, device.profile.serial, w.system
            )),
            _ => None,
        }
    }

    fn auth_form(&self, _: &Device, token: &str, open: &str, message: &str) -> String {
        let w = self.0;
        format!(
            "<HTML><HEAD><META HTTP-EQUIV=Content-Type CONTENT='text/html; charset={}'><TITLE>{}</TITLE></HEAD><BODY><FONT COLOR=red>{message}</FONT><FORM NAME=form1 METHOD=POST ACTION=/web/guest/{}/websys/webArch/login.cgi><INPUT TYPE=HIDDEN NAME=wimToken VALUE={token}><TABLE><TR><TD>{}<TD><INPUT NAME=userid_work><TR><TD>{}<TD><INPUT TYPE=PASSWORD NAME=password_work></TABLE><INPUT TYPE=HIDDEN NAME=userid VALUE=''><INPUT TYPE=HIDDEN NAME=password VALUE=''><INPUT TYPE=HIDDEN NAME=open VALUE='{open}'></FORM></BODY></HTML>",
            w.meta, w.login[2], w.lang, w.login[0], w.login[1]
        )
    }

    fn entry(&self, device: &mut Device, at: usize, path: &str, request: &Request) -> Option<Reply> {
        let w = self.0;
        let pairs = request.form(w.charset);
        let get =
            |name: &str| pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).unwrap_or_default();
        let host = request.header("host").unwrap_or_default();
        match (path, request.method.as_str()) {
            ("websys/webArch/configList.cgi", _) => self.list(host),
            // The page and its save have one address.
            ("websys/netw/correo.cgi", "GET") => self.form(device, at, ""),
            ("websys/netw/correo.cgi", _) => {
                let base = device.fields.clone();
                let fields = match device.taken(&base, &pairs, false, &[]) {
                    Ok(fields) => fields,
                    Err(error) => {
                        device.complain(error);
                        return self.list(host);
                    }
                };
                if device.faults.busy {
                    return self.page(&format!(
                        "<BODY CLASS=errorMessage><H1>{}</H1><TABLE><TR CLASS=responseMessage><TD><IMG SRC=/images/messageIconE.gif><TD>{}</TABLE></BODY>",
                        w.mail, w.busy
                    ));
                }
                device.store(at, fields);
                self.list(host)
            }
            ("websys/netw/clave.cgi", "GET") => {
                device.sessions[at].kind =
                    request.query.split('&').find_map(|p| p.strip_prefix("tipo=")).map(str::to_owned);
                let token = device.sessions[at].token.clone();
                self.page(&format!(
                    r#"<SCRIPT SRC=/scripts/base64.js></SCRIPT><SCRIPT>
function setPwd() {{
  if (document.form1.passwd1wk.value != document.form1.passwd2wk.value) {{ return; }}
  document.form1.passwd1wk.value = base64encode(document.form1.passwd1wk.value);
  document.form1.passwd2wk.value = base64encode(document.form1.passwd2wk.value);
  document.form1.submit();
}}
</SCRIPT><BODY><H1>{}</H1><FORM NAME=form1 METHOD=POST ACTION=http://{host}/web/entry/{}/websys/netw/clave.cgi>
<INPUT TYPE=HIDDEN NAME=wimToken VALUE={token}><TABLE><TR><TD>{}<TD><INPUT TYPE=PASSWORD NAME=passwd1wk MAXLENGTH=128>
<TR><TD>{}<TD><INPUT TYPE=PASSWORD NAME=passwd2wk MAXLENGTH=128></TABLE>
<INPUT TYPE=BUTTON VALUE={} ONCLICK=setPwd()> <INPUT TYPE=BUTTON VALUE={} ONCLICK=history.back()></FORM></BODY>"#,
                    w.secret[0], w.lang, w.secret[1], w.secret[2], w.ok, w.cancel
                ))
            }
            ("websys/netw/clave.cgi", _) => {
                let kind = device.sessions[at].kind.take()?;
                if get("passwd1wk") != get("passwd2wk") {
                    device.complain("the two passwords differ");
                }
                match unbase64(&get("passwd1wk")) {
                    Some(password) => device.sessions[at].staged_passwords.push((kind, password)),
                    None => device.complain("the password was not base64"),
                }
                self.form(device, at, "")
            }
            _ => None,
        }
    }
}

impl Older {
    fn list(&self, host: &str) -> Option<Reply> {
        let w = self.0;
        let link = |to: &str, text: &str| {
            format!("<TR><TD><A HREF=http://{host}/web/entry/{}/websys/{to}>{text}</A>", w.lang)
        };
        self.page(&format!(
            "<BODY><TABLE>{}{}{}{}</TABLE></BODY>",
            link("config/getSystem.cgi", w.system),
            link("netw/autoNotif.cgi", w.decoys[0]),
            link("netw/petNotif.cgi", w.decoys[1]),
            link("netw/correo.cgi", w.mail)
        ))
    }

    fn form(&self, device: &Device, at: usize, note: &str) -> Option<Reply> {
        let w = self.0;
        let mut rows = String::new();
        for f in device.rows(&device.fields) {
            let control = match &f.kind {
                Kind::Heading => {
                    rows += &format!("<TR><TH COLSPAN=3 ALIGN=LEFT>{}\n", f.label);
                    continue;
                }
                Kind::Radio(choices) => choices
                    .iter()
                    .map(|(value, text)| {
                        let on = if f.value == *value { " CHECKED" } else { "" };
                        format!("<INPUT TYPE=RADIO NAME={} VALUE={value}{on}>{text} ", f.name)
                    })
                    .collect(),
                Kind::Select(choices) => {
                    let options: String = choices
                        .iter()
                        .map(|(value, text)| {
                            let on = if f.value == *value { " SELECTED" } else { "" };
                            format!("<OPTION VALUE={value}{on}>{text}")
                        })
                        .collect();
                    format!("<SELECT NAME={}>{options}</SELECT>", f.name)
                }
                Kind::Password(kind) => {
                    format!("<INPUT TYPE=BUTTON VALUE={} ONCLICK=\"cambiarClave({kind})\">", w.change)
                }
                _ => format!("<INPUT NAME={} VALUE=\"{}\" SIZE=40>", f.name, esc(&f.value)),
            };
            rows += &format!("<TR><TD NOWRAP>{}<TD>:<TD>{control}\n", f.label);
        }
        self.page(&format!(
            r#"<SCRIPT LANGUAGE=JavaScript>
<!--
function cambiarClave(tipo) {{
  {4}
}}
function aplicar() {{
  with_form(document.form1);
}}
function with_form(f) {{
  f.target = "_self";
  f.action = "correo.cgi";
  f.submit();
}}
//-->
</SCRIPT><BODY>{note}<H1>{0}</H1><TABLE BORDER=0><FORM NAME=form1 METHOD=POST ONSUBMIT="return false"><TR><TD COLSPAN=3>
<INPUT TYPE=HIDDEN NAME=wimToken VALUE={1}><INPUT TYPE=HIDDEN NAME=sessionControl VALUE=>
{rows}<TR><TD><INPUT TYPE=BUTTON VALUE={2} ONCLICK=aplicar()><TD><TD><INPUT TYPE=BUTTON VALUE={3} ONCLICK=history.back()></FORM></TABLE></BODY>"#,
            w.mail, device.sessions[at].token, w.ok, w.cancel, w.open
        ))
    }
}
