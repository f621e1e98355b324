//! First manner: an MP C2004-like copier with a French panel, table rows, and the field names of the one page that
//! has been described.

use super::device::{Device, Field, Kind, Manner, Profile, Role, encoded, esc, field, unbase64};
use crate::strangers::wire::{Reply, Request};

pub struct Sober;

const ACTIVE: &[(&str, &str)] = &[("true", "Actif"), ("false", "Inactif")];
const CRYPT: &[(&str, &str)] = &[("AUTO", "Sélection auto"), ("ACTIVE", "Activé"), ("INACTIVE", "Désactivé")];

pub fn profile() -> Profile {
    Profile {
        lang: "fr",
        serial: "G707X100023",
        admin: ("admin", super::ADMIN.to_owned()),
        auth_failed: "Échec de l'authentification.",
        full: "Le nombre d'utilisateurs accédant au serveur dépasse la limite autorisée.",
        after_login: "websys/webArch/mainFrame.cgi",
        dashes: false,
        cookie_everywhere: false,
        token_at_login: false,
        http_only: true,
        save: "websys/config/mailConfSet.cgi",
    }
}

pub fn fields() -> Vec<Field> {
    use Kind::{Password, Radio, Select, Text};
    use Role::{Auth, AuthSender, Other, Port, Sender, Server, Ssl, User};
    vec![
        field(
            Sender,
            "adminMailAddress",
            "Adresse e-mail administrateur",
            Text,
            "copieur-urgences@hopital.example",
        ),
        field(Other, "autoSenderName", "Spécif. auto nom expéditeur", Radio(ACTIVE), "false"),
        field(Other, "mailSignature", "Signature", Text, "Service \"Urgences\" <3e étage> & accueil"),
        field(
            Other,
            "recvProtocol",
            "Protocole de réception",
            Select(&[("0", "POP3"), ("1", "IMAP4"), ("2", "SMTP")]),
            "0",
        ),
        field(Other, "recvInterval", "Intervalle de réception e-mail", Radio(ACTIVE), "true"),
        field(Other, "recvMinutes", "minute(s)", Text, "15"),
        field(Other, "recvMaxSize", "Taille max. e-mail reçu", Text, "2"),
        field(Server, "smtpServerName", "Nom serveur SMTP", Text, "exchange.hopital.example"),
        field(Port, "smtpSendPort", "N° port SMTP", Text, "25"),
        field(Ssl, "smtpOverSSL", "Utiliser connexion sécurisée (SSL)", Radio(ACTIVE), "false"),
        field(Auth, "smtpAuth", "Authentification SMTP", Radio(ACTIVE), "false"),
        field(AuthSender, "smtpAuthMailAddress", "Adresse e-mail auth. SMTP", Text, ""),
        field(User, "smtpUserName", "Nom utilisateur auth. SMTP", Text, ""),
        field(Other, "", "Mot de passe auth. SMTP", Password("smtpPwd"), ""),
        field(Other, "smtpAuthEncrypt", "Cryptage auth. SMTP", Select(CRYPT), "AUTO"),
        field(Other, "popBeforeSmtp", "POP avant SMTP", Radio(ACTIVE), "false"),
        field(Other, "popMailAddress", "Adresse e-mail POP", Text, ""),
        field(Other, "popUserName", "Nom utilisateur POP", Text, "urgences"),
        field(Other, "", "Mot de passe POP", Password("popPwd"), ""),
        field(Other, "popTimeout", "Délai après auth. POP", Text, "300"),
        field(Other, "popServerName", "Nom serveur POP3/IMAP4", Text, "pop.hopital.example"),
        field(Other, "popPort", "N° port réception POP3", Text, "110"),
        field(Other, "notifyMailAddress", "Adresse e-mail notification", Text, ""),
        field(Other, "notifyReceive", "Recevoir notification e-mail", Radio(ACTIVE), "false"),
        field(Other, "", "Mot de passe notification e-mail", Password("mirsPwd"), ""),
    ]
}

const TOP: &str =
    "<html xmlns:axsl=\"http://localhost\" lang=\"fr\"><head><title>Web Image Monitor</title></head><body>";

fn page(text: impl AsRef<str>) -> Option<Reply> {
    Some(encoded(text.as_ref(), encoding_rs::UTF_8))
}

impl Manner for Sober {
    fn guest(&self, device: &Device, path: &str) -> Option<Reply> {
        match path {
            "" => page(
                "<html><head><meta http-equiv=\"refresh\" content=\"1; URL=/web/guest/fr/websys/webArch/message.cgi?messageID=MSG_JAVASCRIPTOFF&buttonURL=/../../../\"><title>Web Image Monitor</title><script language=\"javascript\">function jump(){location.href=\"/web/guest/fr/websys/webArch/mainFrame.cgi\";}</script></head><body onLoad=\"jump()\"></body></html>",
            ),
            "guest:websys/webArch/mainFrame.cgi" => page(
                "<html><head><title>RNP002673 - Web Image Monitor</title></head><frameset rows=\"64,*\"><frame src=\"header.cgi\" name=\"header\"><frame src=\"topPage.cgi\" name=\"work\"></frameset></html>",
            ),
            "guest:websys/webArch/header.cgi" => page(format!(
                "{TOP}<span class=\"modelName\">MP C2004</span><a href=\"javascript:wsMenu_jumpUrl('authForm.cgi')\">Connexion</a></body></html>"
            )),
            "guest:websys/webArch/topPage.cgi" => page(format!(
                "{TOP}<table><tr><td nowrap>Nom du périphérique</td><td nowrap>:</td><td nowrap>RICOH MP C2004</td></tr><tr><td nowrap>Emplacement</td><td nowrap>:</td><td nowrap>Urgences</td></tr></table><a href=\"javascript:wsMenu_jumpUrl('../../websys/status/configuration.cgi')\">Informations</a></body></html>"
            )),
            "guest:websys/status/configuration.cgi" => {
                let row = |l: &str, v: &str| {
                    format!("<tr><td nowrap align=\"\">{l}</td><td nowrap>:</td><td nowrap>{v}</td></tr>")
                };
                page(format!(
                    "{TOP}<table>{}{}{}{}{}{}</table></body></html>",
                    row("Nom du modèle", "RICOH MP C2004"),
                    row("ID machine", device.profile.serial),
                    row("Mémoire totale", "2048 Mo"),
                    row("Système", "1.13"),
                    row("NIB", "16.41.3"),
                    row("Web Image Monitor", "1.12")
                ))
            }
            _ => None,
        }
    }

    fn auth_form(&self, _: &Device, token: &str, open: &str, message: &str) -> String {
        format!(
            "{TOP}<p class=\"error\">{message}</p><form name=\"form1\" method=\"post\" action=\"login.cgi\"><input type=\"hidden\" name=\"wimToken\" value=\"{token}\"><table><tr><td>Nom utilisateur de connexion</td><td>:</td><td><input type=\"text\" name=\"userid_work\" value=\"\" maxlength=\"32\"></td></tr><tr><td>Mot de passe de connexion</td><td>:</td><td><input type=\"password\" name=\"password_work\" value=\"\"></td></tr></table><input type=\"hidden\" name=\"userid\" value=\"\"><input type=\"hidden\" name=\"password\" value=\"\"><input type=\"hidden\" name=\"open\" value=\"{open}\"><a href=\"javascript:login()\">Connexion</a></form></body></html>"
        )
    }

    fn entry(&self, device: &mut Device, at: usize, path: &str, request: &Request) -> Option<Reply> {
        let pairs = request.form(encoding_rs::UTF_8);
        let get =
            |name: &str| pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).unwrap_or_default();
        match path {
            "websys/webArch/configList.cgi" => page(list()),
            "websys/config/mailConfGet.cgi" => page(form(device, at)),
            "websys/config/mailPasswdGet.cgi" => {
                let base = device.sessions[at].staged.clone().unwrap_or_else(|| device.fields.clone());
                let fields = device.taken(&base, &pairs, false, &[]).ok()?;
                device.sessions[at].staged = Some(fields);
                device.sessions[at].kind = Some(get("passwdKind"));
                page(secret(&device.sessions[at].token, &get("passwdKind")))
            }
            "websys/config/mailPasswdSet.cgi" => {
                if get("passwd1") != get("passwd2")
                    || !get("passwd1wk").is_empty()
                    || !get("passwd2wk").is_empty()
                {
                    device.complain("the password page was filled in wrongly");
                }
                let kind = device.sessions[at].kind.take()?;
                match unbase64(&get("passwd1")) {
                    Some(password) => device.sessions[at].staged_passwords.push((kind, password)),
                    None => device.complain("the password was not base64"),
                }
                page(form(device, at))
            }
            "websys/config/mailConfSet.cgi" => {
                if device.faults.busy {
                    return page(format!(
                        "{TOP}<h1>E-mail / Erreur</h1><table><tr class=\"responseMessage\"><td><img src=\"/images/messageIconE.gif\"></td><td>Le périphérique est en cours d'utilisation par d'autres fonctions. Réessayer ultérieurement.</td></tr></table><a href=\"javascript:history.back()\">OK</a></body></html>"
                    ));
                }
                let base = device.sessions[at].staged.clone().unwrap_or_else(|| device.fields.clone());
                match device.taken(&base, &pairs, false, &[]) {
                    Ok(fields) => device.store(at, fields),
                    Err(error) => device.complain(error),
                }
                page(list())
            }
            _ => None,
        }
    }
}

fn list() -> String {
    let items = [
        ("../config/getSystem.cgi", "Système"),
        ("../config/getTimer.cgi", "Minuterie"),
        ("../config/getLogDownload.cgi", "Téléchargement journaux"),
        ("../config/mailConfGet.cgi", "E-mail"),
        ("../config/autoMailGet.cgi", "Notification e-mail automatique"),
        ("../config/demandMailGet.cgi", "Notification e-mail à la demande"),
        ("../ldapServer/ldapServerGetFunc.cgi", "Serveur LDAP"),
    ];
    let rows: String = items
        .iter()
        .map(|(to, text)| {
            format!("<tr><td><a href=\"javascript:wsMenu_jumpUrl('{to}')\">{text}</a></td></tr>")
        })
        .collect();
    format!(
        "{TOP}<script>function wsMenu_jumpUrl(url){{ location.href = url; }}</script><h1>Configuration</h1><table>{rows}</table></body></html>"
    )
}

fn form(device: &Device, at: usize) -> String {
    let session = &device.sessions[at];
    let shown = device.rows(session.staged.as_ref().unwrap_or(&device.fields));
    let rows: String = shown
        .iter()
        .map(|f| {
            let control = match &f.kind {
                Kind::Radio(choices) => choices
                    .iter()
                    .map(|(value, text)| {
                        let on = if f.value == *value { " checked" } else { "" };
                        format!(
                            "<input type=\"radio\" name=\"{}\" value=\"{value}\"{on}>{text}&nbsp;",
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
                Kind::Password(function) => {
                    format!("<input type=\"button\" value=\"Modifier\" onclick=\"{function}()\">")
                }
                _ => format!(
                    "<input type=\"text\" name=\"{}\" value=\"{}\" size=\"40\" maxlength=\"128\">",
                    f.name,
                    esc(&f.value)
                ),
            };
            format!("<tr><td nowrap class=\"label\">{}</td><td>:</td><td>{control}</td></tr>\n", f.label)
        })
        .collect();
    let token = &session.token;
    format!(
        r#"<html xmlns:axsl="http://localhost" lang="fr"><head><title>E-mail</title>
<script language="javascript" src="/scripts/jquery.1.4.js"></script>
<script language="javascript">
<!--
function applyButton() {{
  document.form1.action = "mailConfSet.cgi";
  document.form1.submit();
}}
function clickOK() {{
  if (document.form1.smtpSendPort && document.form1.smtpSendPort.value == "") {{
    alert("N° port SMTP");
    return;
  }}
  applyButton();
}}
function clickCancel() {{ location.href = "../webArch/configList.cgi"; }}
function openPasswd(kind) {{
  document.form1.passwdKind.value = kind;
  document.form1.action = "mailPasswdGet.cgi";
  document.form1.submit();
}}
function popPwd() {{ openPasswd("POP"); }}
function smtpPwd() {{ openPasswd("SMTP"); }}
function mirsPwd() {{ openPasswd("MIRS"); }}
// -->
</script></head><body>
<h1>E-mail</h1>
<a href="javascript:clickOK()">OK</a> <a href="javascript:clickCancel()">Annuler</a>
<form name="form1" method="post" onsubmit="return false">
<input type="hidden" name="wimToken" value="{token}">
<input type="hidden" name="methodName" value="mailConfGet">
<input type="hidden" name="passwdKind" value="">
<input type="hidden" name="paramControl" value="">
<input type="hidden" name="sessionControl" value="">
<table>{rows}</table>
</form>
<form name="checkForm" method="post"><input type="hidden" name="wimToken" value="{token}"></form>
</body></html>"#
    )
}

fn secret(token: &str, kind: &str) -> String {
    format!(
        r#"<html lang="fr"><head><title>Modifier mot de passe auth. SMTP</title>
<script language="javascript" src="/scripts/base64.js"></script>
<script language="javascript">
function setPwd() {{
  var f = document.form1;
  if (f.passwd1wk.value != f.passwd2wk.value) {{ alert("Mot de passe de confirmation incorrect"); return; }}
  f.passwd1.value = base64encode(f.passwd1wk.value);
  f.passwd2.value = base64encode(f.passwd2wk.value);
  f.passwd1wk.value = "";
  f.passwd2wk.value = "";
  f.action = "mailPasswdSet.cgi";
  f.submit();
}}
</script></head><body>
<form name="form1" method="post" onsubmit="return false">
<input type="hidden" name="wimToken" value="{token}"><input type="hidden" name="passwdKind" value="{kind}">
<input type="hidden" name="passwd1" value=""><input type="hidden" name="passwd2" value="">
<table><tr><td>Nouveau mot de passe</td><td>:</td><td><input type="password" name="passwd1wk" maxlength="128"></td></tr>
<tr><td>Confirmer mot de passe</td><td>:</td><td><input type="password" name="passwd2wk" maxlength="128"></td></tr></table>
</form><a href="javascript:setPwd()">OK</a> <a href="javascript:history.back()">Annuler</a></body></html>"#
    )
}
