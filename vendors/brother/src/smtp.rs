//! The SMTP page: finding its fields by their labels, and what they mean.
//!
//! No such page was ever recorded. A label that is only assumed counts where the control itself says the same: a port
//! holds a number, a choice offers SSL or SMTP-AUTH, a password field is one. Else nothing is read and nothing written.

use scanfleet_sdk::error::clean;
use scanfleet_sdk::family::words::{fold, key, key_without_brackets};
use scanfleet_sdk::form::{Control, ControlType, Form};
use scanfleet_sdk::page::Page;
use scanfleet_sdk::{
    AuthMethod, Certainty, DeviceError, Observed, PasswordState, RawForm, Security, SmtpAuth, SmtpSettings,
};

use crate::choice::{self, chosen, offered, texts};
use crate::door::{is_token, login_form};
use crate::driver::BrotherDriver;
use crate::family::Family;
use crate::problem;

/// The fields that matter, by the names of the family file; the field that repeats the password is found behind it.
pub(crate) const FIELDS: [&str; 7] = ["server", "port", "security", "method", "user", "password", "sender"];

/// Where the fields are: the control's name for each, in the order of [`FIELDS`], and the repeated password's.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Fields {
    pub(crate) server: String,
    pub(crate) port: String,
    pub(crate) security: String,
    pub(crate) method: String,
    pub(crate) user: String,
    pub(crate) password: Option<String>,
    pub(crate) again: Option<String>,
    pub(crate) sender: String,
}

/// What the page offers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Offer {
    securities: Vec<Security>,
    /// The texts of the choice, for a message.
    texts: String,
    limits: Vec<(&'static str, usize)>,
    /// The password's field shows that one is stored: what it shows goes back with every save.
    pub(crate) masked: bool,
}

impl Offer {
    fn of(form: &Form, fields: &Fields, family: &Family) -> Self {
        let choices = offered(form, &fields.security);
        let mut limits = Vec::new();
        for (name, field) in [
            ("server", Some(&fields.server)),
            ("sender", Some(&fields.sender)),
            ("auth.user", Some(&fields.user)),
            ("password", fields.password.as_ref()),
        ] {
            let control = field.and_then(|field| form.controls.iter().find(|c| c.name == *field));
            if let Some(limit) = control.and_then(|c| c.max_length) {
                limits.push((name, limit));
            }
        }
        Self {
            securities: choices.iter().filter_map(|(text, _)| choice::security(family, text)).collect(),
            texts: texts(&choices),
            limits,
            masked: fields.password.as_ref().is_some_and(|name| !text_of(form, name).is_empty()),
        }
    }

    /// The page's own limit of a field, in characters.
    pub(crate) fn limit(&self, name: &str) -> Option<usize> {
        self.limits.iter().find(|(known, _)| *known == name).map(|(_, limit)| *limit)
    }

    /// Whether the page can express a security; without a page, whether any page of this maker can.
    pub(crate) fn can_hold(offer: Option<&Self>, security: Security) -> Result<(), String> {
        let all = [Security::None, Security::Tls, Security::Starttls];
        let (fits, seen) = match offer {
            Some(offer) => (offer.securities.contains(&security), offer.texts.clone()),
            None => (all.contains(&security), "None, SSL and TLS".to_owned()),
        };
        if fits {
            return Ok(());
        }
        Err(format!(
            "`{}` cannot be set: the page offers {seen}, where SSL is taken for TLS from the first byte and TLS for STARTTLS",
            security.as_str()
        ))
    }
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Several controls bear its label; what they are.
    Doubled(String),
    /// A control of another kind bears its label.
    WrongKind { name: String, kind: String },
    /// Its label is only assumed, and the control does not look like it.
    Unbacked { name: String, label: String, wants: &'static str },
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Doubled(all) => write!(f, "the page has it more than once: {all}"),
            Self::WrongKind { name, kind } => write!(f, "`{name}` is a {kind}"),
            Self::Unbacked { name, label, wants } => {
                write!(f, "the label \u{201c}{label}\u{201d} of `{name}` is only assumed, and {wants}")
            }
        }
    }
}

fn fits(field: &str, control: &Control) -> bool {
    match field {
        "security" | "method" => matches!(control.kind, ControlType::Radio | ControlType::Select),
        "password" | "again" => control.kind == ControlType::Password,
        _ => matches!(control.kind, ControlType::Text | ControlType::Textarea),
    }
}

/// The labels of a control as a field of its row.
fn row_labels(control: &Control) -> Vec<&str> {
    let mut all: Vec<&str> = control.group_label.as_deref().into_iter().collect();
    all.extend(control.labels.iter().map(|l| l.text.as_str()));
    all
}

/// How sure a label is one of a field's; `None` where it is not.
fn label_certainty(family: &Family, field: &str, text: &str) -> Option<Certainty> {
    let (text, bare) = (key(text), key_without_brackets(text));
    if text.is_empty() {
        return None;
    }
    let groups = family.field(field)?.labels.iter();
    groups
        .filter(|group| group.words.iter().any(|word| word.key == text || word.key == bare))
        .map(|group| group.certainty)
        .max()
}

/// Whether a family file names this very control for a field, as one that was learned from a device does.
fn is_name_of(family: &Family, field: &str, name: &str) -> bool {
    family.field(field).is_some_and(|facts| facts.names.iter().any(|fact| fact.value == name))
}

/// Finds a field's control by its label. A name that the family gives decides between controls of one label, and bears
/// out a label that is only assumed; alone it counts for nothing, because these names differ between firmwares.
pub(crate) fn locate(form: &Form, field: &str, family: &Family) -> Result<Option<String>, Trouble> {
    let labelled: Vec<(&Control, Certainty, &str)> = form
        .controls
        .iter()
        .filter(|c| !c.name.is_empty() && c.kind != ControlType::Hidden && !c.kind.is_button())
        .filter_map(|c| {
            let labels = row_labels(c);
            let sure = labels.iter().filter_map(|l| label_certainty(family, field, l).map(|s| (s, *l)));
            sure.max_by_key(|(sure, _)| *sure).map(|(sure, label)| (c, sure, label))
        })
        .collect();
    let mut fitting: Vec<(&Control, Certainty, &str)> =
        labelled.iter().filter(|(c, ..)| fits(field, c)).copied().collect();
    // A label that was seen goes before labels that are only assumed: those may be another field's.
    if fitting.iter().any(|(_, sure, _)| *sure > Certainty::Assumed) {
        fitting.retain(|(_, sure, _)| *sure > Certainty::Assumed);
    }
    if fitting.iter().any(|(c, ..)| is_name_of(family, field, &c.name)) {
        fitting.retain(|(c, ..)| is_name_of(family, field, &c.name));
    }
    // The very label goes before the one that only fits without what stands in brackets, and so on: none is guessed.
    let mut names: Vec<&str> = Vec::new();
    for (control, ..) in &fitting {
        if !names.contains(&control.name.as_str()) {
            names.push(&control.name);
        }
    }
    if names.len() > 1 {
        let same_part = in_servers_part(form, field, family, &names);
        if let [name] = same_part.as_slice() {
            fitting.retain(|(control, ..)| control.name == *name);
            names = same_part;
        }
    }
    match names.as_slice() {
        [] => match labelled.first() {
            Some((control, ..)) => {
                Err(Trouble::WrongKind { name: clean(&control.name), kind: control.kind.to_string() })
            }
            None => Ok(None),
        },
        [name] => {
            let same: Vec<&Control> = form.controls.iter().filter(|c| c.name == *name).collect();
            if same.len() > 1 && !same.iter().all(|c| c.kind == ControlType::Radio) {
                return Err(Trouble::Doubled(format!("{} controls named `{}`", same.len(), clean(name))));
            }
            let (control, sure, label) = fitting[0];
            if sure == Certainty::Assumed
                && !is_name_of(family, field, name)
                && let Some(wants) = unbacked(form, field, control, family)
            {
                let (name, label) = (clean(name), clean(label));
                return Err(Trouble::Unbacked { name, label, wants });
            }
            Ok(Some((*name).to_owned()))
        }
        many => Err(Trouble::Doubled(
            many.iter().map(|n| format!("`{}`", clean(n))).collect::<Vec<_>>().join(", "),
        )),
    }
}

/// Of several controls with one label, those under the same head line as the mail server: a page that also holds POP3's
/// settings has a port and a choice of SSL for each.
fn in_servers_part<'a>(form: &'a Form, field: &str, family: &Family, names: &[&'a str]) -> Vec<&'a str> {
    let heading =
        |name: &str| form.controls.iter().find(|c| c.name == name).and_then(|c| c.heading.as_deref());
    if field == "server" {
        return Vec::new();
    }
    let Ok(Some(server)) = locate(form, "server", family) else { return Vec::new() };
    let Some(part) = heading(&server) else { return Vec::new() };
    names.iter().copied().filter(|name| heading(name) == Some(part)).collect()
}

/// What speaks against an assumed label; `None` where the control itself bears it out.
fn unbacked(form: &Form, field: &str, control: &Control, family: &Family) -> Option<&'static str> {
    let names_smtp = row_labels(control).iter().any(|l| fold(l).split(' ').any(|w| w.contains("smtp")));
    let beside_password = || {
        let at = form.controls.iter().position(|c| std::ptr::eq(c, control)).unwrap_or_default();
        visible_from(form, at + 1).next().is_some_and(|c| c.kind == ControlType::Password)
    };
    let held = control.value.trim();
    // A port or a choice of SSL under POP3's head line is not the mail server's, even where that has none.
    if !names_smtp && field != "server" && field != "sender" && elsewhere(form, control, family) {
        return Some("it stands under the head line of another protocol");
    }
    let (backed, wants) = match field {
        "port" => {
            let number = held.is_empty() || held.parse::<u16>().is_ok();
            (number && control.max_length.is_none_or(|most| most <= 6), "it does not hold a port's number")
        }
        "security" => {
            let known = offered(form, &control.name);
            let all: Vec<_> = known.iter().filter_map(|(text, _)| choice::security(family, text)).collect();
            (all.iter().any(|s| *s != Security::None), "it offers neither SSL nor TLS")
        }
        "method" => {
            let known = offered(form, &control.name);
            let all: Vec<_> = known.iter().filter_map(|(text, _)| choice::method(family, text)).collect();
            (all.contains(&AuthMethod::Password), "it does not offer SMTP-AUTH")
        }
        "server" => (names_smtp, "it does not speak of SMTP"),
        "user" => (names_smtp || beside_password(), "it neither speaks of SMTP nor stands before a password"),
        "password" | "again" => (control.kind == ControlType::Password, "it is no password field"),
        _ => (held.is_empty() || held.contains('@'), "it does not hold an address"),
    };
    (!backed).then_some(wants)
}

/// Whether a control stands under the head line of another protocol than the mail server's.
fn elsewhere(form: &Form, control: &Control, family: &Family) -> bool {
    const OTHERS: [&str; 6] = ["pop", "imap", "ldap", "ftp", "snmp", "sntp"];
    let Some(heading) = &control.heading else { return false };
    let other = fold(heading).split(' ').any(|word| OTHERS.iter().any(|other| word.contains(other)));
    let server = locate(form, "server", family).ok().flatten();
    let server = server.and_then(|name| form.controls.iter().find(|c| c.name == name));
    other && server.is_some_and(|server| server.heading.as_ref() != Some(heading))
}

/// The controls that a person sees, from a place on.
fn visible_from(form: &Form, at: usize) -> impl Iterator<Item = &Control> {
    form.controls.iter().skip(at).filter(|c| c.kind != ControlType::Hidden && !c.kind.is_button())
}

/// The field that repeats the password: the password field right behind it.
fn again(form: &Form, password: &str, family: &Family) -> Option<String> {
    let at = form.controls.iter().position(|c| c.name == password)?;
    let next = visible_from(form, at + 1).next()?;
    let another = row_labels(next).iter().any(|l| label_certainty(family, "password", l).is_some());
    (next.kind == ControlType::Password && !next.name.is_empty() && !another).then(|| next.name.clone())
}

/// The form with the mail server's fields: the one that has most of them, and the server among them; never the log-in.
pub(crate) fn smtp_form<'a>(forms: &'a [Form], family: &Family) -> Option<&'a Form> {
    let count = |form: &Form| {
        if login_form(std::slice::from_ref(form)).is_some() {
            return 0;
        }
        let found = |field: &&&str| !matches!(locate(form, field, family), Ok(None));
        let all = FIELDS.iter().filter(found).count();
        if all >= 3 { all } else { 0 }
    };
    let counted = forms.iter().rev().map(|f| (count(f), f));
    counted.max_by_key(|(count, _)| *count).filter(|(count, _)| *count > 0).map(|(_, form)| form)
}

/// The labels of a page's fields, for an error.
pub(crate) fn labels(forms: &[Form]) -> String {
    let mut all: Vec<String> = Vec::new();
    for control in forms.iter().flat_map(|f| visible_from(f, 0)) {
        let label = clean(control.group_label.as_deref().unwrap_or_else(|| control.label()));
        let text = format!("\u{201c}{label}\u{201d} (`{}`)", clean(&control.name));
        if !all.contains(&text) && all.len() < 30 {
            all.push(text);
        }
    }
    if all.is_empty() { "none".to_owned() } else { all.join(", ") }
}

/// The text of a field.
fn text_of(form: &Form, name: &str) -> String {
    let control = form.controls.iter().find(|c| c.name == name && c.kind.is_text());
    control.map(|c| c.value.trim().to_owned()).unwrap_or_default()
}

/// What the page says.
pub(crate) fn settings(form: &Form, fields: &Fields, family: &Family) -> SmtpSettings {
    let some = |name: &str| Some(text_of(form, name)).filter(|v| !v.is_empty());
    let security = chosen(form, &fields.security).and_then(|text| choice::security(family, &text));
    let method = chosen(form, &fields.method).and_then(|text| choice::method(family, &text));
    let password = match &fields.password {
        None => PasswordState::Unreadable,
        // `***` or the like where one is stored, nothing where none is; the text itself is never shown.
        Some(name) if text_of(form, name).is_empty() => PasswordState::Unset,
        Some(_) => PasswordState::Set,
    };
    SmtpSettings {
        server: text_of(form, &fields.server),
        port: text_of(form, &fields.port).parse::<u16>().ok().filter(|p| *p > 0),
        security,
        sender: some(&fields.sender),
        auth: SmtpAuth {
            method: method.unwrap_or(AuthMethod::Other),
            user: some(&fields.user),
            sender: None,
        },
        password,
    }
}

/// Names of the fields whose values nobody may keep: passwords and tokens.
pub(crate) fn sensitive(form: &Form) -> Vec<String> {
    let secret = |c: &&Control| c.kind == ControlType::Password || is_token(&c.name);
    form.controls.iter().filter(secret).map(|c| c.name.clone()).collect()
}

impl BrotherDriver {
    /// Finds all fields of the SMTP page, or says which are not there.
    fn fields(&self, page: &Page, form: &Form, tried: &str) -> Result<Fields, DeviceError> {
        let mut found: Vec<Option<String>> = Vec::new();
        for field in FIELDS {
            let facts = self.family.field(field);
            let label = facts.and_then(|f| f.all_labels().next()).map_or(field, |l| &l.text);
            match locate(form, field, &self.family) {
                Ok(Some(name)) => found.push(Some(name)),
                Ok(None) if field == "password" || facts.is_some_and(|f| f.optional) => found.push(None),
                Ok(None) => {
                    let got = format!(
                        "the field \u{201c}{label}\u{201d} is not there; labels there: {}",
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
        let names: Vec<String> = found.iter().flatten().cloned().collect();
        let twice = names.iter().enumerate().find(|(at, name)| names[..*at].contains(name));
        if let Some((_, name)) = twice {
            let got = format!("the control `{}` bears the labels of two fields", clean(name));
            return Err(problem::page_changed(&self.session, page, tried, got));
        }
        Ok(arranged(form, found, &self.family))
    }

    /// The form with the mail server's fields, and where they are.
    pub(crate) fn smtp_fields(&self, page: &Page, tried: &str) -> Result<(Form, Fields), DeviceError> {
        let forms = page.forms();
        let Some(form) = smtp_form(&forms, &self.family) else {
            let got = format!("no form has the mail server's fields; labels there: {}", labels(&forms));
            return Err(problem::page_changed(&self.session, page, tried, got));
        };
        let fields = self.fields(page, form, tried)?;
        Ok((form.clone(), fields))
    }

    /// Reads the scan-to-email settings.
    pub(crate) async fn read_smtp(&mut self) -> Result<Observed, DeviceError> {
        let page = self.smtp_page().await?;
        let (form, fields) = self.smtp_fields(&page, "read the SMTP page")?;
        self.offer = Some(Offer::of(&form, &fields, &self.family));
        let smtp = settings(&form, &fields, &self.family);
        let hidden = sensitive(&form);
        let entries = form.entries(None).unwrap_or_default();
        let entries = entries.into_iter().filter(|(name, _)| !hidden.contains(name)).collect();
        let typed =
            [&fields.server, &fields.port, &fields.security, &fields.method, &fields.user, &fields.sender];
        let others = form.beside(|name| typed.iter().any(|t| *t == name) || hidden.iter().any(|h| h == name));
        let raw = RawForm { page: page.url.path().to_owned(), entries };
        self.seen = Some(page);
        Ok(Observed { smtp, raw, others })
    }
}

/// The names in the order of [`FIELDS`], and the repeated password's.
pub(crate) fn arranged(form: &Form, found: Vec<Option<String>>, family: &Family) -> Fields {
    let mut found = found.into_iter();
    let mut next = || found.next().flatten();
    let (server, port, security, method) = (next(), next(), next(), next());
    let (user, password, sender) = (next(), next(), next());
    Fields {
        again: password.as_deref().and_then(|name| again(form, name, family)),
        server: server.unwrap_or_default(),
        port: port.unwrap_or_default(),
        security: security.unwrap_or_default(),
        method: method.unwrap_or_default(),
        user: user.unwrap_or_default(),
        password,
        sender: sender.unwrap_or_default(),
    }
}
