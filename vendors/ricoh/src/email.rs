//! The E-mail page: finding its fields by name and label, and what they mean.

use scanfleet_sdk::error::clean;
use scanfleet_sdk::family::words::{alike, bearing, key, key_without_brackets};
use scanfleet_sdk::form::{Control, ControlType, Form};
use scanfleet_sdk::page::Page;
use scanfleet_sdk::{
    AuthMethod, DeviceError, Observed, PasswordState, RawForm, Security, SmtpAuth, SmtpSettings,
};

use crate::choice::{is_switch, state};
use crate::driver::RicohDriver;
use crate::family::Family;
use crate::problem;

/// The fields that matter, by the names of the family file.
pub(crate) const FIELDS: [&str; 8] =
    ["server", "port", "ssl", "auth", "user", "auth_sender", "sender", "pop"];

/// Where the fields are: the control's name for each.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Fields {
    pub(crate) server: String,
    pub(crate) port: String,
    pub(crate) ssl: String,
    pub(crate) auth: String,
    pub(crate) user: String,
    pub(crate) sender: String,
    pub(crate) auth_sender: Option<String>,
    pub(crate) pop: Option<String>,
}

/// Whether the page can express a combination: one switch for TLS, and the port decides which kind.
pub(crate) fn can_hold(security: Security, port: u16) -> Result<(), String> {
    const OFFER: &str = "the page has one switch for SSL: with it, port 465 means TLS from the first byte and any other port \
                         means STARTTLS; without it, mail goes in clear";
    match (security, port) {
        (Security::StarttlsIfOffered, _) => Err(format!("`starttls-if-offered` cannot be set: {OFFER}")),
        (Security::Starttls, 465) => Err(format!("`starttls` on port 465 cannot be set: {OFFER}")),
        (Security::Tls, port) if port != 465 => Err(format!("`tls` on port {port} cannot be set: {OFFER}")),
        _ => Ok(()),
    }
}

/// The form with the mail server's fields: the one that has most of them, and the server among them.
pub(crate) fn smtp_form<'a>(forms: &'a [Form], family: &Family) -> Option<&'a Form> {
    let count = |form: &Form| {
        let found =
            |field: &&&str| matches!(locate(form, field, family), Ok(Some(_)) | Err(Trouble::Doubled(_)));
        let all = FIELDS.iter().filter(|f| found(f)).count();
        let mail = ["server", "port", "auth", "user", "ssl"].iter().filter(|f| found(f)).count();
        if mail >= 2 { all } else { 0 }
    };
    let counted = forms.iter().rev().map(|f| (count(f), f));
    counted.max_by_key(|(count, _)| *count).filter(|(count, _)| *count > 0).map(|(_, form)| form)
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Several controls could be it; what they are.
    Doubled(String),
    /// The control of the known name bears another field's label.
    Contradicted { name: String, label: String },
    /// It is there in a kind that cannot be it.
    WrongKind { name: String, kind: String },
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Doubled(all) => write!(f, "the page has it more than once: {all}"),
            Self::Contradicted { name, label } => {
                write!(f, "the control `{name}` bears the label of another field, \u{201c}{label}\u{201d}")
            }
            Self::WrongKind { name, kind } => write!(f, "`{name}` is a {kind}"),
        }
    }
}

fn fits(field: &str, control: &Control) -> bool {
    match field {
        "ssl" | "auth" | "pop" => is_switch(control),
        _ => matches!(control.kind, ControlType::Text | ControlType::Textarea),
    }
}

/// The labels of a control as a field of its row: for radio buttons and check boxes the row's, not the option's.
pub(crate) fn row_labels(control: &Control) -> Vec<&str> {
    let mut all: Vec<&str> = control.group_label.as_deref().into_iter().collect();
    // A radio button of a row without a label of its own bears the row's; "On" and "Off" are no field's label.
    all.extend(control.labels.iter().map(|l| l.text.as_str()));
    all
}

fn is_label_of(family: &Family, field: &str, text: &str) -> bool {
    let (text, bare) = (key(text), key_without_brackets(text));
    let Some(facts) = family.field(field) else { return false };
    !text.is_empty() && facts.all_labels().any(|l| l.key == text || l.key == bare)
}

/// Whether a text says the same as a field's label, small words, order and abbreviations aside, and as no other field's.
fn is_like_label_of(family: &Family, field: &str, text: &str) -> bool {
    let bearing = bearing(text);
    let like = |field: &str| {
        family.field(field).is_some_and(|f| f.all_labels().any(|l| alike(&l.bearing, &bearing)))
    };
    like(field) && !FIELDS.iter().any(|other| *other != field && is_label_of(family, other, text))
}

/// Finds a field's control: by the known name, with the label as a cross-check, else by the label alone.
pub(crate) fn locate(form: &Form, field: &str, family: &Family) -> Result<Option<String>, Trouble> {
    let Some(facts) = family.field(field) else { return Ok(None) };
    let mut named: Vec<&Control> = Vec::new();
    let mut wrong = None;
    for fact in &facts.names {
        for control in form.controls.iter().filter(|c| c.name == fact.value) {
            if fits(field, control) {
                named.push(control);
            } else if control.kind != ControlType::Hidden && !control.kind.is_button() {
                wrong = Some(control);
            }
        }
    }
    let with_label = |is: fn(&Family, &str, &str) -> bool| -> Vec<&Control> {
        form.controls
            .iter()
            .filter(|c| !c.name.is_empty() && fits(field, c))
            .filter(|c| row_labels(c).iter().any(|l| is(family, field, l)))
            .collect()
    };
    let mut labelled = with_label(is_label_of);
    if named.is_empty() && labelled.is_empty() {
        labelled = with_label(is_like_label_of);
    }
    // Beside a known name, a second control counts only under the very same label: other wordings may be another field's.
    let own: Vec<String> = named.iter().flat_map(|c| row_labels(c)).map(key).collect();
    let rival = |c: &&&Control| named.is_empty() || row_labels(c).iter().any(|l| own.contains(&key(l)));
    let mut names: Vec<&str> = Vec::new();
    for control in named.iter().chain(labelled.iter().filter(rival)) {
        if !names.contains(&control.name.as_str()) {
            names.push(&control.name);
        }
    }
    match names.as_slice() {
        [] => match wrong {
            Some(control) => {
                Err(Trouble::WrongKind { name: clean(&control.name), kind: control.kind.to_string() })
            }
            None => Ok(None),
        },
        [name] => {
            let same: Vec<&Control> =
                form.controls.iter().filter(|c| c.name == *name && fits(field, c)).collect();
            let group = same.iter().all(|c| c.kind == ControlType::Radio);
            if same.len() > 1 && !group {
                return Err(Trouble::Doubled(format!("{} controls named `{}`", same.len(), clean(name))));
            }
            if let Some(label) = other_label(same[0], field, family) {
                return Err(Trouble::Contradicted { name: clean(name), label: clean(label) });
            }
            Ok(Some((*name).to_owned()))
        }
        many => Err(Trouble::Doubled(
            many.iter().map(|n| format!("`{}`", clean(n))).collect::<Vec<_>>().join(", "),
        )),
    }
}

/// A label of the control that is known to be another field's, where none of its labels is this field's.
fn other_label<'a>(control: &'a Control, field: &str, family: &Family) -> Option<&'a str> {
    let labels = row_labels(control);
    if labels.iter().any(|l| is_label_of(family, field, l)) {
        return None;
    }
    labels.into_iter().find(|l| FIELDS.iter().any(|other| *other != field && is_label_of(family, other, l)))
}

/// The labels of a page's fields, for an error.
pub(crate) fn labels(forms: &[Form]) -> String {
    let mut all: Vec<String> = Vec::new();
    for control in forms.iter().flat_map(|f| &f.controls) {
        if control.kind == ControlType::Hidden || control.kind.is_button() {
            continue;
        }
        let label = clean(control.group_label.as_deref().unwrap_or_else(|| control.label()));
        let text = format!("\u{201c}{label}\u{201d} (`{}`)", clean(&control.name));
        if !all.contains(&text) && all.len() < 30 {
            all.push(text);
        }
    }
    if all.is_empty() { "none".to_owned() } else { all.join(", ") }
}

impl RicohDriver {
    /// Finds all fields of the E-mail page, or says which are not there.
    pub(crate) fn fields(&self, page: &Page, form: &Form, tried: &str) -> Result<Fields, DeviceError> {
        let mut found: Vec<Option<String>> = Vec::new();
        for field in FIELDS {
            let label = self
                .family
                .field(field)
                .and_then(|f| f.all_labels().next())
                .map_or(field, |l| &l.text)
                .to_owned();
            let facts = self.family.field(field);
            match locate(form, field, &self.family) {
                Ok(Some(name)) => found.push(Some(name)),
                Ok(None) if facts.is_some_and(|f| f.optional) => found.push(None),
                Ok(None) => {
                    let known =
                        facts.and_then(|f| f.names.first()).map_or("no known name", |n| n.value.as_str());
                    let got = format!(
                        "the field \u{201c}{label}\u{201d} (`{known}`) is not there; labels there: {}",
                        labels(std::slice::from_ref(form))
                    );
                    return Err(problem::page_changed(&self.session, page, tried, got));
                }
                Err(trouble) => {
                    let got = format!("the field \u{201c}{label}\u{201d} cannot be told: {trouble}");
                    return Err(problem::page_changed(&self.session, page, tried, got));
                }
            }
        }
        let mut found = found.into_iter();
        let mut next = || found.next().flatten();
        // In the order of `FIELDS`; the required ones are there.
        let (server, port, ssl, auth) = (next(), next(), next(), next());
        let (user, auth_sender, sender, pop) = (next(), next(), next(), next());
        Ok(Fields {
            server: server.unwrap_or_default(),
            port: port.unwrap_or_default(),
            ssl: ssl.unwrap_or_default(),
            auth: auth.unwrap_or_default(),
            user: user.unwrap_or_default(),
            sender: sender.unwrap_or_default(),
            auth_sender,
            pop,
        })
    }

    /// The form with the mail server's fields, and where they are.
    pub(crate) fn email_form(
        &self,
        page: &Page,
        tried: &str,
    ) -> Result<(Vec<Form>, usize, Fields), DeviceError> {
        let forms = page.forms();
        let Some(index) = smtp_form(&forms, &self.family).map(|f| f.index) else {
            let got = format!("no form has the mail server's fields; labels there: {}", labels(&forms));
            return Err(problem::page_changed(&self.session, page, tried, got));
        };
        let at = forms.iter().position(|f| f.index == index).unwrap_or_default();
        let fields = self.fields(page, &forms[at], tried)?;
        Ok((forms, at, fields))
    }

    /// Reads the scan-to-email settings.
    pub(crate) async fn read_smtp(&mut self) -> Result<Observed, DeviceError> {
        self.leave_staged().await;
        let page = self.email_page().await?;
        let (forms, at, fields) = self.email_form(&page, "read the E-mail page")?;
        self.auth_sender = Some(fields.auth_sender.is_some());
        let smtp = settings(&forms[at], &fields, &self.family);
        let entries = forms[at].entries(None).unwrap_or_default();
        let entries = entries.into_iter().filter(|(name, _)| !is_sensitive(name)).collect();
        let others = others(&forms[at], &fields);
        let raw = RawForm { page: page.url.path().to_owned(), entries };
        self.seen = Some(page);
        Ok(Observed { smtp, raw, others })
    }
}

/// Fields that no snapshot keeps.
pub(crate) fn is_sensitive(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["token", "pass", "pwd", "session", "secret"].iter().any(|part| name.contains(part))
}

/// The page's settings that have no typed meaning here: what a person sees and could change.
fn others(form: &Form, fields: &Fields) -> Vec<(String, String)> {
    let typed = [&fields.server, &fields.port, &fields.ssl, &fields.auth, &fields.user, &fields.sender];
    let typed: Vec<&String> = typed.into_iter().chain(&fields.auth_sender).chain(&fields.pop).collect();
    form.beside(|name| is_sensitive(name) || typed.iter().any(|t| *t == name))
}

/// The text of a field.
pub(crate) fn text_of(form: &Form, name: &str) -> String {
    let control = form.controls.iter().find(|c| c.name == name && c.kind.is_text());
    control.map(|c| c.value.trim().to_owned()).unwrap_or_default()
}

/// What the page says.
pub(crate) fn settings(form: &Form, fields: &Fields, family: &Family) -> SmtpSettings {
    let some = |name: &str| Some(text_of(form, name)).filter(|v| !v.is_empty());
    let port = text_of(form, &fields.port).parse::<u16>().ok().filter(|p| *p > 0);
    let security = match state(form, &fields.ssl, family) {
        Some(false) => Some(Security::None),
        Some(true) if port == Some(465) => Some(Security::Tls),
        Some(true) => Some(Security::Starttls),
        None => None,
    };
    let pop = fields.pop.as_deref().and_then(|name| state(form, name, family));
    let method = match (state(form, &fields.auth, family), pop) {
        (Some(true), _) => AuthMethod::Password,
        (Some(false), Some(true)) => AuthMethod::PopBeforeSmtp,
        (Some(false), _) => AuthMethod::None,
        (None, _) => AuthMethod::Other,
    };
    SmtpSettings {
        server: text_of(form, &fields.server),
        port,
        security,
        sender: some(&fields.sender),
        auth: SmtpAuth {
            method,
            user: some(&fields.user),
            sender: fields.auth_sender.as_deref().and_then(some),
        },
        password: PasswordState::Unreadable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::family;
    use scanfleet_sdk::form::Document;

    fn form(rows: &[(&str, &str)]) -> Form {
        let rows: String =
            rows.iter().map(|(l, c)| format!("<tr><td>{l}</td><td>:</td><td>{c}</td></tr>")).collect();
        Document::parse(&format!("<form name=form1><table>{rows}</table></form>"), None, "UTF-8")
            .forms()
            .remove(0)
    }

    #[test]
    fn by_name_by_label_doubled_contradicted_and_missing() {
        let family = &family::all().unwrap()[0];
        let at = |rows: &[(&str, &str)]| locate(&form(rows), "server", family);
        assert_eq!(at(&[("???", "<input name=smtpServerName>")]), Ok(Some("smtpServerName".into())));
        assert_eq!(at(&[("Serveur SMTP", "<input name=f12>")]), Ok(Some("f12".into())));
        assert_eq!(at(&[("SMTP Server Name (IP or host)", "<input name=f12>")]), Ok(Some("f12".into())));
        assert!(matches!(
            at(&[("SMTP Server Name", "<input name=a>"), ("SMTP-Servername", "<input name=b>")]),
            Err(Trouble::Doubled(_))
        ));
        assert!(matches!(
            at(&[("x", "<input name=smtpServerName>"), ("y", "<input name=smtpServerName>")]),
            Err(Trouble::Doubled(_))
        ));
        assert!(matches!(
            at(&[("SMTP Port No.", "<input name=smtpServerName>")]),
            Err(Trouble::Contradicted { .. })
        ));
        assert!(matches!(
            at(&[("SMTP Server Name", "<input type=checkbox name=smtpServerName>")]),
            Err(Trouble::WrongKind { .. })
        ));
        assert_eq!(at(&[("POP3/IMAP4 Server Name", "<input name=pop>")]), Ok(None));
    }

    #[test]
    fn combinations_the_page_cannot_express() {
        for (security, port, ok) in [
            (Security::None, 25, true),
            (Security::Starttls, 587, true),
            (Security::Tls, 465, true),
            (Security::None, 465, true),
            (Security::Starttls, 465, false),
            (Security::Tls, 587, false),
            (Security::StarttlsIfOffered, 587, false),
        ] {
            assert_eq!(can_hold(security, port).is_ok(), ok, "{security:?} {port}");
        }
    }
}
