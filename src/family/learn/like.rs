//! How much a control looks like a field: by its label, its name and what it holds.

use scanfleet_sdk::family::FieldFacts;
use scanfleet_sdk::family::words::fold;
use scanfleet_sdk::form::{Control, ControlType};

/// What a field is for, whatever its maker calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Host,
    Port,
    Switch,
    Address,
    Secret,
    Text,
}

/// Fields that drivers know by these names, with wordings that no family needs to list. All of them are guesses, fit for a
/// proposal that a person reads.
const COMMON: &[(&str, Kind, &[&str])] = &[
    (
        "server",
        Kind::Host,
        &[
            "SMTP server",
            "mail server",
            "e-mail server",
            "SMTP host",
            "mail host",
            "outgoing mail server",
            "mail relay",
            "relay host",
            "relay server",
            "SMTP gateway",
            "mail gateway",
            "SMTP address",
            "server address",
            "server name",
            "host name",
            "serveur de messagerie",
            "servidor de correo",
            "Mailserver",
            "Postausgangsserver",
        ],
    ),
    (
        "port",
        Kind::Port,
        &[
            "SMTP port",
            "port number",
            "server port",
            "mail port",
            "relay port",
            "TCP port",
            "port",
            "numéro de port",
            "puerto",
            "Portnummer",
        ],
    ),
    (
        "ssl",
        Kind::Switch,
        &[
            "SSL",
            "TLS",
            "SSL TLS",
            "STARTTLS",
            "secure connection",
            "encrypted connection",
            "encrypt connection",
            "connection security",
            "connexion sécurisée",
            "conexión segura",
            "Verschlüsselung",
        ],
    ),
    (
        "auth",
        Kind::Switch,
        &[
            "authentication",
            "SMTP authentication",
            "server requires authentication",
            "log in to server",
            "login required",
            "sign in",
            "authentification",
            "autenticación",
            "Authentifizierung",
        ],
    ),
    (
        "user",
        Kind::Text,
        &[
            "user name",
            "login name",
            "log-in name",
            "account name",
            "account",
            "mail account",
            "user id",
            "nom d'utilisateur",
            "nombre de usuario",
            "Benutzername",
            "Anmeldename",
        ],
    ),
    (
        "password",
        Kind::Secret,
        &["password", "account password", "mot de passe", "contraseña", "Kennwort", "Passwort"],
    ),
    (
        "sender",
        Kind::Address,
        &[
            "from address",
            "sender address",
            "sender",
            "from",
            "reply address",
            "device e-mail address",
            "machine e-mail address",
            "administrator e-mail address",
            "owner e-mail address",
            "adresse de l'expéditeur",
            "dirección del remitente",
            "Absenderadresse",
        ],
    ),
    (
        "auth_sender",
        Kind::Address,
        &[
            "account e-mail address",
            "authentication e-mail address",
            "log-in e-mail address",
            "e-mail address of account",
        ],
    ),
    ("pop", Kind::Switch, &["POP before SMTP", "POP authentication"]),
    (
        "user_jobs",
        Kind::Switch,
        &[
            "login for scanned e-mail",
            "credentials for scanned mail",
            "sign-in for scans",
            "scan to e-mail login",
            "user jobs",
        ],
    ),
    (
        "system_jobs",
        Kind::Switch,
        &[
            "login for automated e-mail",
            "credentials for automatic mail",
            "sign-in for device messages",
            "automated e-mail login",
            "system jobs",
        ],
    ),
];

/// Other names that drivers give the same field.
const ALSO: &[(&str, &str)] = &[
    ("host", "server"),
    ("address", "server"),
    ("security", "ssl"),
    ("tls", "ssl"),
    ("encryption", "ssl"),
    ("method", "auth"),
    ("authentication", "auth"),
    ("login", "user"),
    ("account", "user"),
    ("from", "sender"),
    ("device_address", "sender"),
    ("secret", "password"),
    ("pop_before_smtp", "pop"),
];

fn common(field: &str) -> Option<&'static (&'static str, Kind, &'static [&'static str])> {
    let last = field.rsplit(['.', '-']).next().unwrap_or(field);
    let name = ALSO.iter().find(|(other, _)| *other == last).map_or(last, |(_, name)| *name);
    COMMON.iter().find(|(known, ..)| *known == name)
}

/// Words of neighbours on the same page: other protocols' accounts look just like the mail server's.
const FOREIGN: [&str; 14] = [
    "pop",
    "pop3",
    "imap",
    "imap4",
    "fax",
    "ldap",
    "ftp",
    "smb",
    "snmp",
    "proxy",
    "notification",
    "reception",
    "receive",
    "recv",
];

/// Words by which a label says that it is about one thing and not about another.
const MARKS: &[(&str, &[&str])] = &[
    (
        "ssl",
        &["ssl", "tls", "starttls", "encryption", "encrypt", "verschlusselung", "cifrado", "chiffrement"],
    ),
    ("port", &["port", "puerto", "porta"]),
    ("password", &["password", "passwort", "kennwort", "contrasena"]),
    ("user", &["user", "utilisateur", "usuario", "benutzername"]),
];

/// Whether a control can hold such a field at all.
pub(super) fn fits(field: &str, facts: &FieldFacts, control: &Control) -> bool {
    if control.kind == ControlType::Hidden || control.kind.is_button() {
        return false;
    }
    // What a script carries into another field has no name of its own; its label has to do.
    if control.name.is_empty() && (!control.kind.is_text() || row_labels(control).is_empty()) {
        return false;
    }
    let choice = control.kind.is_checkable() || control.kind == ControlType::Select;
    let text = matches!(control.kind, ControlType::Text | ControlType::Textarea);
    match common(field).map(|(_, kind, _)| *kind) {
        _ if facts.secret => control.kind == ControlType::Password,
        Some(Kind::Switch) => choice,
        Some(Kind::Secret) => control.kind == ControlType::Password,
        Some(Kind::Port) => text && control.value.trim().parse::<u16>().is_ok_and(|port| port > 0),
        Some(Kind::Host | Kind::Address | Kind::Text) => text,
        None => choice || text,
    }
}

/// The labels of a control as a field of its row, best first.
pub(super) fn row_labels(control: &Control) -> Vec<&str> {
    let mut all: Vec<&str> = control.group_label.as_deref().into_iter().collect();
    // Of a radio button without a label for its row the option's own text is no field's label.
    if control.kind != ControlType::Radio || all.is_empty() {
        all.extend(control.labels.iter().map(|label| label.text.as_str()));
    }
    all
}

/// How alike, from 0 to about 1.2: the wording, helped by what the control holds.
pub(super) fn likeness(field: &str, facts: &FieldFacts, control: &Control) -> f64 {
    let common = common(field);
    let known = facts.all_labels().map(|word| word.text.as_str());
    let wordings: Vec<Vec<String>> =
        known.chain(common.iter().flat_map(|(.., words)| words.iter().copied())).map(tokens).collect();
    let best = |text: &str| {
        let text = tokens(text);
        wordings.iter().map(|wording| alike(&text, wording)).fold(0.0, f64::max)
    };
    let label = row_labels(control).into_iter().map(best).fold(0.0, f64::max);
    let names =
        facts.names.iter().map(|name| alike(&tokens(&humps(&control.name)), &tokens(&humps(&name.value))));
    let name = names.fold(best(&humps(&control.name)), f64::max);
    let held = match common.map(|(_, kind, _)| *kind) {
        Some(Kind::Host) if looks_like_host(&control.value) => 0.15,
        Some(Kind::Address) if looks_like_address(&control.value) => 0.15,
        // A switch has two positions; a choice of methods beside it has more.
        Some(Kind::Switch) if control.kind != ControlType::Select || control.options.len() == 2 => 0.15,
        Some(Kind::Port) if ["25", "465", "587", "2525"].contains(&control.value.trim()) => 0.25,
        _ => 0.0,
    };
    let mut worded = label.max(0.8 * name);
    let said = row_labels(control).into_iter().map(tokens).chain([tokens(&humps(&control.name))]).flatten();
    let own = |word: &String| wordings.iter().any(|wording| wording.contains(word));
    let said: Vec<String> = said.filter(|word| !own(word)).collect();
    if said.iter().any(|word| FOREIGN.contains(&word.as_str())) {
        worded *= 0.6;
    }
    let me = common.map(|(name, ..)| *name);
    let marked =
        |word: &String| MARKS.iter().any(|(of, words)| Some(*of) != me && words.contains(&word.as_str()));
    if said.iter().any(marked) {
        worded *= 0.75;
    }
    if worded > 0.0 { worded + held } else { 0.0 }
}

/// Dice's measure over words; a word may be the beginning of another, or nearly equal to it.
fn alike(a: &[String], b: &[String]) -> f64 {
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    let near = |x: &String, y: &String| {
        x == y
            || x.chars().count() >= 4
                && y.chars().count() >= 4
                && (x.starts_with(y.as_str()) || y.starts_with(x.as_str()))
            || x.chars().count() >= 6 && strsim::damerau_levenshtein(x, y) <= 1
    };
    let shared = a.iter().filter(|x| b.iter().any(|y| near(x, y))).count();
    2.0 * shared as f64 / (a.len() + b.len()) as f64
}

fn tokens(text: &str) -> Vec<String> {
    let folded = fold(text);
    let mut words: Vec<String> =
        folded.split(' ').filter(|w| !w.is_empty()).take(24).map(str::to_owned).collect();
    words.retain(|w| {
        !["of", "the", "de", "du", "del", "der", "no", "s", "to", "for", "a"].contains(&w.as_str())
    });
    words
}

/// `smtpServerName` as words.
fn humps(name: &str) -> String {
    let mut out = String::new();
    let mut last_small = false;
    for c in name.chars().take(200) {
        if c.is_uppercase() && last_small {
            out.push(' ');
        }
        last_small = c.is_lowercase();
        out.push(if c.is_alphanumeric() { c } else { ' ' });
    }
    out
}

/// `mail.example.org`, `10.0.0.1`.
pub(super) fn looks_like_host(value: &str) -> bool {
    let value = value.trim();
    value.contains('.')
        && value.len() <= 255
        && !value.contains("..")
        && value.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
        && value.chars().any(|c| c.is_ascii_alphanumeric())
}

/// `somebody@example.org`.
pub(super) fn looks_like_address(value: &str) -> bool {
    value.trim().split_once('@').is_some_and(|(user, host)| !user.is_empty() && looks_like_host(host))
}
