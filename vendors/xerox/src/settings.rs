//! What the pages say, in the words of the field.

use scanfleet_sdk::form::Form;
use scanfleet_sdk::{AuthMethod, PasswordState, RawForm, Security, SmtpAuth, SmtpSettings};

use crate::choice::{meaning, offers, state};
use crate::family::Family;
use crate::fields::Spot;
use crate::literals::server_of;
use crate::sheet::Sheet;

pub(crate) const SECURITY: [&str; 4] =
    ["security.none", "security.starttls-if-offered", "security.starttls", "security.tls"];
pub(crate) const LOGIN: [&str; 2] = ["login.none", "login.system"];
pub(crate) const CHOICE: [&str; 2] = ["choice.manual", "choice.dns"];

/// The group of words for a security.
pub(crate) fn group_of(security: Security) -> &'static str {
    match security {
        Security::None => "security.none",
        Security::StarttlsIfOffered => "security.starttls-if-offered",
        Security::Starttls => "security.starttls",
        Security::Tls => "security.tls",
    }
}

/// The sheet that has a field, and where.
pub(crate) fn find<'a>(sheets: &'a [Sheet], field: &str) -> Option<(&'a Sheet, Spot)> {
    sheets.iter().find_map(|sheet| sheet.spots.get(field).map(|spot| (sheet, *spot)))
}

/// The text of a field.
pub(crate) fn text_of(form: &Form, spot: Spot) -> String {
    let value = |at: usize| form.controls.get(at).map(|c| c.value.trim().to_owned()).unwrap_or_default();
    let posted = value(spot.at);
    if posted.is_empty() { spot.shown.map(value).unwrap_or_default() } else { posted }
}

/// Splits `host:port`, `[address]:port` or a lone host.
pub(crate) fn split_server(text: &str) -> (String, Option<u16>) {
    let text = text.trim();
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') || host.ends_with(']') => (host, port.trim().parse().ok()),
        _ => (text, None),
    };
    let host = host.trim();
    let host = if matches!(host, "0.0.0.0" | "[::]" | "\"\"") { "" } else { host };
    (host.to_owned(), port.filter(|p| *p > 0))
}

/// Joins host and port as these devices keep them.
pub(crate) fn join_server(host: &str, port: u16) -> String {
    match host {
        "" => format!("0.0.0.0:{port}"),
        host if host.contains(':') && !host.starts_with('[') => format!("[{host}]:{port}"),
        host => format!("{host}:{port}"),
    }
}

/// Host and port as the pages hold them, whatever the choice between DNS and a server of its own says.
pub(crate) fn server(sheets: &[Sheet]) -> (String, Option<u16>) {
    let text = |field: &str| find(sheets, field).map(|(s, spot)| text_of(s.form(), spot)).unwrap_or_default();
    let joined = text("server");
    if !joined.is_empty() {
        let (host, port) = split_server(&joined);
        // A posted field without a port has it in a field of its own.
        return (host, port.or_else(|| text("port").parse().ok()));
    }
    let (host, port) = (text("host"), text("port"));
    let (host, beside) = split_server(&host);
    let port = port.parse().ok().filter(|p| *p > 0).or(beside);
    if !host.is_empty() {
        return (host, port);
    }
    // In octets, or under a name that only the page's scripts know.
    let kept = sheets.iter().map(|s| server_of(&s.literals)).find(|(h, p)| h.is_some() || p.is_some());
    let (host, kept_port) = kept.unwrap_or_default();
    (split_server(&host.unwrap_or_default()).0, port.or_else(|| kept_port.and_then(|p| p.parse().ok())))
}

/// Whether the device looks for its server by DNS.
pub(crate) fn by_dns(sheets: &[Sheet], family: &Family) -> bool {
    let found = find(sheets, "server_choice").and_then(|(s, spot)| word(s, spot, family, &CHOICE));
    found == Some("choice.dns")
}

/// The meaning of what is chosen in a field; of a hidden one by its value.
pub(crate) fn word<'a>(sheet: &Sheet, spot: Spot, family: &Family, groups: &[&'a str]) -> Option<&'a str> {
    let form = sheet.form();
    if sheet.unknown.contains(&spot.at) && spot.shown.is_none() {
        return None;
    }
    let shown = spot.shown.unwrap_or(spot.at);
    let control = &form.controls[spot.at];
    if spot.shown.is_none() && !crate::choice::is_choice(control) {
        return groups.iter().copied().find(|g| family.is(g, &control.value));
    }
    // What is posted counts: the visible choice may not have been set by a script that could be followed.
    if spot.shown.is_some() && !control.value.is_empty() {
        let all = offers(form, shown);
        let same = all.iter().find(|o| o.value == control.value);
        return match same {
            Some(offer) => meaning(family, offer, groups),
            None => groups.iter().copied().find(|g| family.is(g, &control.value)),
        };
    }
    state(form, shown, family, groups)
}

/// What the pages say.
pub(crate) fn settings(sheets: &[Sheet], family: &Family) -> SmtpSettings {
    let some = |field: &str| {
        find(sheets, field).map(|(s, spot)| text_of(s.form(), spot)).filter(|v| !v.is_empty() && v != "\"\"")
    };
    let (host, port) = server(sheets);
    let host = if by_dns(sheets, family) { String::new() } else { host };
    let security = find(sheets, "encryption").and_then(|(s, spot)| word(s, spot, family, &SECURITY));
    let security = Security::ALL.into_iter().find(|s| Some(group_of(*s)) == security);
    let login = |field: &str| find(sheets, field).and_then(|(s, spot)| word(s, spot, family, &LOGIN));
    let method = match (login("user_jobs"), login("system_jobs")) {
        (Some("login.system"), Some("login.system")) => AuthMethod::Password,
        (Some("login.none"), Some("login.none")) => AuthMethod::None,
        // Only one kind of jobs signs in, or a person does at the panel: nothing that one word could say.
        _ => AuthMethod::Other,
    };
    SmtpSettings {
        server: host,
        port,
        security,
        sender: some("sender"),
        auth: SmtpAuth { method, user: some("user"), sender: None },
        password: PasswordState::Unreadable,
    }
}

/// The forms as they stand, without passwords and tokens.
pub(crate) fn raw(sheets: &[Sheet]) -> RawForm {
    let entries = sheets.iter().flat_map(|s| s.form().entries(None).unwrap_or_default());
    RawForm {
        page: sheets.first().map(|s| s.page.url.path().to_owned()).unwrap_or_default(),
        entries: entries.filter(|(name, _)| !is_sensitive(name)).collect(),
    }
}

/// The page's other settings, for noticing that a write lost one. What a script joins into an attribute changes with the
/// settings themselves, so only what is posted under an attribute's name counts.
pub(crate) fn others(sheets: &[Sheet]) -> Vec<(String, String)> {
    let of = |sheet: &Sheet| {
        let form = sheet.form();
        let spots = sheet.spots.values().flat_map(|s| [Some(s.at), s.shown]).flatten();
        let own: Vec<&str> = spots.map(|at| form.controls[at].name.as_str()).collect();
        let unknown: Vec<&str> = sheet.unknown.iter().map(|at| form.controls[*at].name.as_str()).collect();
        let left_out = |name: &str| {
            !name.contains('.') || own.contains(&name) || unknown.contains(&name) || is_sensitive(name)
        };
        form.beside(left_out)
    };
    sheets.iter().flat_map(of).collect()
}

/// Fields that no snapshot keeps.
pub(crate) fn is_sensitive(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["token", "pass", "pwd", "session", "secret"].iter().any(|part| name.contains(part))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn servers_as_devices_write_them() {
        for (text, host, port) in [
            ("192.0.2.10:25", "192.0.2.10", Some(25)),
            ("0.0.0.0:25", "", Some(25)),
            ("mail.example.test", "mail.example.test", None),
            ("[2001:db8::1]:587", "[2001:db8::1]", Some(587)),
            ("2001:db8::1", "2001:db8::1", None),
            ("", "", None),
        ] {
            assert_eq!(split_server(text), (host.to_owned(), port), "{text}");
        }
    }

    proptest! {
        #[test]
        fn joined_and_split_is_the_same(host in "[a-z][a-z0-9.-]{0,40}", port in 1u16..) {
            prop_assert_eq!(split_server(&join_server(&host, port)), (host, Some(port)));
        }
    }
}
