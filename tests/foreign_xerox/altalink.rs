//! Third manner: an AltaLink, https with a certificate of its own making, a decoy and scripted hidden fields at the
//! log-in, a new token with each look at a page, and the SMTP page in four tabs that are pages of their own.
//!
//! One speaks English and has values that say nothing; one speaks French and one Spanish.

use super::device::{Csrf, Device, Form, Manner, Part, Profile, Refusal, Seat, js};
use crate::strangers::program::escaped as esc;
use crate::strangers::wire::Reply;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tongue {
    English,
    French,
    Spanish,
}

pub struct AltaLink(pub Tongue);

const SERVER: &str = "/connectivity/smtpSetup/main.php?from=setup";
const ENCRYPTION: &str = "/connectivity/smtpSetup/crypt.php?from=setup";
const LOGIN: &str = "/connectivity/smtpSetup/cred.php?from=setup";
const TEST: &str = "/connectivity/smtpSetup/try.php?from=setup";

impl AltaLink {
    fn say(&self, english: &'static str) -> &'static str {
        let words: &[(&str, &str, &str)] = &[
            ("Server", "Serveur", "Servidor"),
            ("Connection Encryption", "Chiffrement de la connexion", "Cifrado de la conexión"),
            ("SMTP Authentication", "Authentification SMTP", "Autenticación SMTP"),
            ("Test Configuration", "Tester la configuration", "Probar la configuración"),
            (
                "Use DNS to identify SMTP Server",
                "Identifier le serveur SMTP par DNS",
                "Usar DNS para identificar el servidor SMTP",
            ),
            (
                "Specify SMTP Server manually",
                "Indiquer le serveur SMTP manuellement",
                "Especificar el servidor SMTP manualmente",
            ),
            ("Host Name", "Nom d'hôte", "Nombre de host"),
            ("Port", "Port", "Puerto"),
            (
                "Device Email Address",
                "Adresse électronique du périphérique",
                "Dirección de e-mail del dispositivo",
            ),
            ("Maximum Message Size", "Taille maximale des messages", "Tamaño máximo del mensaje"),
            ("No Encryption", "Aucun chiffrement", "Sin cifrado"),
            ("STARTTLS (if available)", "STARTTLS (si disponible)", "STARTTLS (si está disponible)"),
            (
                "Validate Server Certificate",
                "Valider le certificat du serveur",
                "Validar certificado del servidor",
            ),
            (
                "Login Credentials for the Walk-up User to send Scanned Emails",
                "Identification de l'utilisateur local pour l'envoi des numérisations",
                "Credenciales del usuario local para enviar escaneos",
            ),
            (
                "Login Credentials for the Device to send Automated Emails",
                "Identification du périphérique pour les courriels automatiques",
                "Credenciales del dispositivo para los e-mails automáticos",
            ),
            ("None", "Aucune", "Ninguna"),
            ("System", "Système", "Sistema"),
            ("Authenticated User", "Utilisateur authentifié", "Usuario autenticado"),
            ("Login Name", "Nom de connexion", "Nombre de inicio de sesión"),
            ("Password", "Mot de passe", "Contraseña"),
            ("Retype Password", "Confirmer le mot de passe", "Confirmar contraseña"),
            (
                "Select to save new password",
                "Sélectionner pour enregistrer le nouveau mot de passe",
                "Seleccione para guardar la contraseña nueva",
            ),
            ("To Address", "Adresse du destinataire", "Dirección de destino"),
            ("Send Email", "Envoyer", "Enviar"),
            ("Apply", "Appliquer", "Aplicar"),
            ("Log Out", "Fermer la session", "Cerrar sesión"),
            ("Login", "Connexion", "Iniciar sesión"),
            ("Machine Model", "Modèle", "Modelo"),
            ("Device Software Version", "Version du logiciel", "Versión del software"),
        ];
        let found = words.iter().find(|w| w.0 == english);
        match (self.0, found) {
            (Tongue::French, Some(w)) => w.1,
            (Tongue::Spanish, Some(w)) => w.2,
            _ => english,
        }
    }

    fn encryptions(&self) -> [(&'static str, String); 4] {
        let values = match self.0 {
            Tongue::English => ["3", "0", "1", "2"],
            _ => ["none", "starttlsIfAvailable", "starttls", "ssl"],
        };
        let texts = ["No Encryption", "STARTTLS (if available)", "STARTTLS", "SSL/TLS"];
        [0, 1, 2, 3].map(|at| (values[at], self.say(texts[at]).to_owned()))
    }

    fn logins(&self) -> [(&'static str, &'static str); 3] {
        let values = match self.0 {
            Tongue::English => ["7", "9", "8"],
            _ => ["none", "system", "user"],
        };
        [
            (values[0], self.say("None")),
            (values[1], self.say("System")),
            (values[2], self.say("Authenticated User")),
        ]
    }

    fn frame(&self, device: &Device, seat: &Seat, title: &str, body: &str) -> Reply {
        let user = if seat.inside {
            format!(
                "<a id=\"LogoutLink\" href=\"#\">admin</a><div class=\"menu\"><a id=\"log-out\" href=\"{}\">{}</a></div>",
                device.profile.logout,
                self.say("Log Out")
            )
        } else {
            format!(
                "<a id=\"LoginLink\" href=\"/properties/authentication/login.php?redir=/stat/welcome.php\">{}</a>",
                self.say("Login")
            )
        };
        let model = device.faults.other_model.unwrap_or(device.profile.model);
        Reply::page(format!(
            "<!DOCTYPE html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{title}</title></head><body><header><div id=\"productName\"><sup> </sup>{}<sup>&reg; </sup>{} </div>{user}</header><main>{body}</main></body></html>",
            match self.0 {
                Tongue::English => "en",
                Tongue::French => "fr",
                Tongue::Spanish => "es",
            },
            model.split(' ').nth(1).unwrap_or(model),
            model.split(' ').nth(2).unwrap_or_default(),
        ))
    }

    fn tabs(&self) -> String {
        [
            (SERVER, "Server"),
            (ENCRYPTION, "Connection Encryption"),
            (LOGIN, "SMTP Authentication"),
            (TEST, "Test Configuration"),
        ]
        .map(|(to, text)| format!("<li><a href=\"{to}\">{}</a></li>", self.say(text)))
        .concat()
    }

    fn tab(&self, device: &Device, seat: &Seat, at: &str, rows: &str, script: &str) -> Reply {
        let body = format!(
            "<h1>SMTP</h1><ul class=\"tabs\">{}</ul>{script}<form id=\"tabForm\" method=\"post\" action=\"/dummypost/xerox.set\"><input type=\"hidden\" name=\"_fun_function\" value=\"HTTP_Set_Config_Attrib_fn\"/><input type=\"hidden\" name=\"NextPage\" value=\"{at}\"/><input type=\"hidden\" id=\"tok\" value=\"{}\" name=\"CSRFToken\"/><dl>{rows}</dl><input type=\"submit\" value=\"{}\"/></form>",
            self.tabs(),
            seat.token,
            self.say("Apply"),
        );
        self.frame(device, seat, "SMTP", &body)
    }

    fn server_tab(&self, device: &Device, seat: &Seat) -> Reply {
        let (host, port) = device.server();
        let script = format!(
            r#"<script>
var valSrvChoice = new Array(); valSrvChoice[2] = "{choice}";
var valHostName = new Array(); valHostName[2] = "{host}";
var valPortNum = new Array(); valPortNum[2] = "{port}";
var valMaxMsg = new Array(); valMaxMsg[2] = "{size}";
window.onload = function () {{
  var form = document.getElementById("tabForm");
  document.querySelector('input[name="connectivity.smtp.serverChoice"][value="' + valSrvChoice[2] + '"]').checked = true;
  document.getElementById("hostName").value = valHostName[2];
  document.getElementById("portNum").value = valPortNum[2];
  document.getElementById("maxMsg").value = valMaxMsg[2];
  form.onsubmit = function () {{
    document.getElementById("joined").value = document.getElementById("hostName").value + ":" + document.getElementById("portNum").value;
    return true;
  }};
}};
</script>"#,
            choice = js(device.value("choice")),
            host = js(host),
            size = js(device.value("maxFragSize")),
        );
        let rows = format!(
            "<dt>{}</dt><dd><label><input type=\"radio\" name=\"connectivity.smtp.serverChoice\" value=\"dns\"/>{}</label><label><input type=\"radio\" name=\"connectivity.smtp.serverChoice\" value=\"manual\"/>{}</label></dd><dt>{}</dt><dd>{}</dd><dt>{}</dt><dd>{}</dd><dt>{}</dt><dd>{}</dd><dt>{} (KB)</dt><dd><input type=\"text\" id=\"maxMsg\" name=\"connectivity.smtp.maxFragSize\" maxlength=\"9\"/></dd>",
            self.say("Server"),
            self.say("Use DNS to identify SMTP Server"),
            self.say("Specify SMTP Server manually"),
            self.say("Host Name"),
            device.shown(
                "server",
                "<input type=\"text\" id=\"hostName\" maxlength=\"64\"/><input type=\"hidden\" id=\"joined\" name=\"connectivity.smtp.server\"/>".into()
            ),
            self.say("Port"),
            device.shown("port", "<input type=\"text\" id=\"portNum\" maxlength=\"5\"/>".into()),
            self.say("Device Email Address"),
            device.shown(
                "email",
                format!("<input type=\"text\" name=\"connectivity.smtp.emailAddress\" maxlength=\"128\" value=\"{}\"/>", esc(device.value("email")))
            ),
            self.say("Maximum Message Size"),
        );
        self.tab(device, seat, SERVER, &rows, &script)
    }

    fn encryption_tab(&self, device: &Device, seat: &Seat) -> Reply {
        let radios: String = self
            .encryptions()
            .iter()
            .map(|(v, t)| {
                let on = if *v == device.value("encryption") { " checked" } else { "" };
                format!("<input type=\"radio\" id=\"e{v}\" name=\"connectivity.smtp.encryption\" value=\"{v}\"{on}/><label for=\"e{v}\">{t}</label>")
            })
            .collect();
        let on = if device.value("certificate") == "TRUE" { " checked" } else { "" };
        let rows = format!(
            "<dt>{}</dt><dd>{}</dd><dt></dt><dd><input type=\"checkbox\" id=\"cv\" name=\"connectivity.smtp.sslCertVal\" value=\"TRUE\"{on}/><label for=\"cv\">{}</label></dd>",
            self.say("Connection Encryption"),
            device.shown("encryption", radios),
            self.say("Validate Server Certificate"),
        );
        self.tab(device, seat, ENCRYPTION, &rows, "")
    }

    fn login_tab(&self, device: &Device, seat: &Seat) -> Reply {
        let select = |name: &str, stored: &str| -> String {
            let options: String = self
                .logins()
                .iter()
                .map(|(v, t)| {
                    let on = if *v == stored { " selected=\"selected\"" } else { "" };
                    format!("<option value=\"{v}\"{on}>{t}</option>")
                })
                .collect();
            format!("<select name=\"connectivity.smtp.credentialSource.{name}\">{options}</select>")
        };
        let rows = format!(
            "<dt>{}</dt><dd>{}</dd><dt>{}</dt><dd>{}</dd><dt>{}</dt><dd><input type=\"text\" name=\"connectivity.smtp.username\" maxlength=\"128\" value=\"{}\"/></dd><dt>{}</dt><dd><input type=\"password\" name=\"connectivity.smtp.password\" maxlength=\"128\" autocomplete=\"off\"/></dd><dt>{}</dt><dd><input type=\"password\" name=\"verifyPassword\" maxlength=\"128\" autocomplete=\"off\"/></dd><dd><label><input type=\"checkbox\" name=\"saveNewPassword\" value=\"yes\"/>{}</label></dd>",
            self.say("Login Credentials for the Walk-up User to send Scanned Emails"),
            device.shown("user_jobs", select("userJobs", device.value("user_jobs"))),
            self.say("Login Credentials for the Device to send Automated Emails"),
            select("systemJobs", device.value("system_jobs")),
            self.say("Login Name"),
            esc(device.value("username")),
            self.say("Password"),
            self.say("Retype Password"),
            self.say("Select to save new password"),
        );
        self.tab(device, seat, LOGIN, &rows, "")
    }

    fn test_tab(&self, device: &Device, seat: &Seat) -> Reply {
        let body = format!(
            "<h1>SMTP</h1><ul class=\"tabs\">{}</ul><form method=\"post\" action=\"/userpost/xerox.set\"><input type=\"hidden\" name=\"_fun_function\" value=\"HTTP_Send_Test_Email_fn\"/><input type=\"hidden\" name=\"NextPage\" value=\"{TEST}\"/><input type=\"hidden\" value=\"{}\" name=\"CSRFToken\"/>{} <input name=\"toAddress\"/> <input type=\"submit\" value=\"{}\"/></form>",
            self.tabs(),
            seat.token,
            self.say("To Address"),
            self.say("Send Email"),
        );
        self.frame(device, seat, "SMTP", &body)
    }

    fn login(&self, device: &Device, seat: &Seat, target: &str) -> Reply {
        let body = format!(
            r#"<script>
function doLogin() {{
  var frm = document.frmLogin;
  if (frm.fred.value != "") {{ return false; }}
  frm._fun_function.value = "HTTP_Authenticate_fn";
  frm.NextPage.value = "/properties/authentication/luidLogin.php?type=&authStatus=";
  frm.frmaltDomain.value = "default";
  frm.submit();
  return false;
}}
</script>{}<form name="frmLogin" method="post" action="/userpost/xerox.set" onsubmit="return doLogin()"><input type="hidden" name="_fun_function" value=""/><input type="hidden" name="NextPage" value=""/><input type="text" name="fred" style="display:none" value=""/><input type="text" id="frmwebUsername" name="frmwebUsername"/><input type="password" id="frmwebPassword" name="frmwebPassword"/><input type="hidden" name="frmaltDomain" value=""/><input type="hidden" value="{}" name="CSRFToken"/><button id="loginBtn" type="button" onclick="doLogin()">{}</button></form>"#,
            if target.contains("authStatus=0") { "<p class=\"err\">!</p>" } else { "" },
            seat.token,
            self.say("Login"),
        );
        self.frame(device, seat, "Login", &body)
    }
}

impl Manner for AltaLink {
    fn profile(&self) -> Profile {
        Profile {
            serial: "3UA204417",
            model: "Xerox AltaLink C8170",
            csrf: Csrf::Page,
            refusal: Refusal::AuthStatus,
            login: &[
                ("_fun_function", "HTTP_Authenticate_fn"),
                ("NextPage", "/properties/authentication/luidLogin.php?type=&authStatus="),
                ("fred?", ""),
                ("frmwebUsername", "{user}"),
                ("frmwebPassword", "{password}"),
                ("frmaltDomain", "default"),
                ("CSRFToken", "{token}"),
            ],
            welcome: "/properties/dataManagement/autoConfiguration.php",
            logout: "/properties/authentication/signoff.php?done=1",
            inline: false,
            answers_all: false,
            soap: self.0 != Tongue::English,
        }
    }

    fn attributes(&self) -> Vec<(&'static str, &'static str)> {
        vec![
            ("choice", "manual"),
            ("server", "10.44.0.9:25"),
            ("email", "accueil@clinique.example"),
            ("maxFragSize", "10240"),
            ("encryption", self.encryptions()[0].0),
            ("certificate", "TRUE"),
            ("user_jobs", self.logins()[0].0),
            ("system_jobs", self.logins()[0].0),
            ("username", ""),
        ]
    }

    fn protected(&self, path: &str) -> bool {
        path.starts_with("/connectivity/") || path == "/properties/description.php"
    }

    fn forms(&self) -> Vec<Form> {
        use Part::{Box, Choice, Fixed, Flag, Password, Retype, Text, Token};
        let top = |page: &str| {
            vec![
                Fixed("_fun_function", "HTTP_Set_Config_Attrib_fn".into()),
                Fixed("NextPage", page.into()),
                Token,
            ]
        };
        let logins = || self.logins().map(|(v, _)| v).to_vec();
        let mut server = top(SERVER);
        server.extend([
            Choice("connectivity.smtp.serverChoice", "choice", vec!["dns", "manual"]),
            Text("connectivity.smtp.server", "server", 70),
            Text("connectivity.smtp.emailAddress", "email", 128),
            Text("connectivity.smtp.maxFragSize", "maxFragSize", 9),
        ]);
        let mut encryption = top(ENCRYPTION);
        encryption.extend([
            Choice("connectivity.smtp.encryption", "encryption", self.encryptions().map(|e| e.0).to_vec()),
            Flag("connectivity.smtp.sslCertVal", "certificate"),
        ]);
        let mut login = top(LOGIN);
        login.extend([
            Choice("connectivity.smtp.credentialSource.userJobs", "user_jobs", logins()),
            Choice("connectivity.smtp.credentialSource.systemJobs", "system_jobs", logins()),
            Text("connectivity.smtp.username", "username", 128),
            Password("connectivity.smtp.password"),
            Retype("verifyPassword"),
            Box("saveNewPassword", "yes"),
        ]);
        vec![
            Form { page: SERVER, parts: server },
            Form { page: ENCRYPTION, parts: encryption },
            Form { page: LOGIN, parts: login },
        ]
    }

    fn page(&self, device: &Device, target: &str, seat: &Seat) -> Option<Reply> {
        let path = target.split('?').next().unwrap_or_default();
        let at = |page: &str| page.split('?').next() == Some(path);
        let model = device.faults.other_model.unwrap_or(device.profile.model);
        Some(match path {
            "/" => Reply::moved("/stat/welcome.php"),
            "/stat/welcome.php" | "/header.php" | "/properties/dataManagement/autoConfiguration.php" => {
                self.frame(device, seat, "Home", "<p id=\"device-name\">mfp-1</p>")
            }
            "/links.php" => self.frame(
                device,
                seat,
                "Index",
                &format!(
                    "<ul><li><a href=\"/connectivity/snmp.php\">SNMP</a></li><li><a href=\"{SERVER}\">SMTP</a></li><li><a href=\"/connectivity/ldap.php\">LDAP</a></li></ul>"
                ),
            ),
            "/properties/configuration.php" => self.frame(
                device,
                seat,
                "Configuration",
                &format!(
                    "<table><tr><td>{}:</td><td>{model}</td></tr><tr><td>{}:</td><td>118.009.003.10410</td></tr></table>",
                    self.say("Machine Model"),
                    self.say("Device Software Version")
                ),
            ),
            "/properties/description.php" => self.frame(
                device,
                seat,
                "Description",
                &format!("<div id=\"widSerNum\"><div><span>S/N</span><div>{}</div></div></div>", device.profile.serial),
            ),
            "/properties/authentication/login.php" | "/properties/authentication/luidLogin.php" => {
                self.login(device, seat, target)
            }
            _ if at(SERVER) => self.server_tab(device, seat),
            _ if at(ENCRYPTION) => self.encryption_tab(device, seat),
            _ if at(LOGIN) => self.login_tab(device, seat),
            _ if at(TEST) => self.test_tab(device, seat),
            _ => return None,
        })
    }
}
