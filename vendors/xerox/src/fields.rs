//! The fields of the SMTP settings on a page: found by attribute, with the label as a cross-check, else by label.

use std::collections::BTreeMap;

use scanfleet_sdk::error::clean;
use scanfleet_sdk::family::words::key;
use scanfleet_sdk::form::{Control, ControlType, Form, Overrides};

use crate::choice::is_choice;
use crate::family::{Family, is_label_of, is_name_of};

/// All fields, by the names of the family file.
pub(crate) const FIELDS: [&str; 11] = [
    "server",
    "host",
    "port",
    "server_choice",
    "sender",
    "encryption",
    "user_jobs",
    "system_jobs",
    "user",
    "password",
    "save_box",
];

/// Fields without which nothing is read and nothing written; the server beside them.
pub(crate) const REQUIRED: [&str; 5] = ["sender", "encryption", "user_jobs", "system_jobs", "user"];

/// Where a field is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spot {
    /// The control that is posted; for radio buttons the first of its group.
    pub(crate) at: usize,
    /// What a person fills instead, where a script carries that into the posted field.
    pub(crate) shown: Option<usize>,
}

/// The fields found in one form.
pub(crate) type Spots = BTreeMap<&'static str, Spot>;

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

/// A hidden field as a script would make it.
pub(crate) fn hidden(name: &str, value: &str) -> Control {
    Control {
        name: name.to_owned(),
        id: String::new(),
        kind: ControlType::Hidden,
        type_name: "hidden".to_owned(),
        labels: Vec::new(),
        group_label: None,
        heading: None,
        value: value.to_owned(),
        checked: false,
        options: Vec::new(),
        disabled: false,
        readonly: false,
        max_length: None,
        onclick: None,
        overrides: Overrides::default(),
        dirname: None,
        rtl: None,
        default_caption: false,
        in_datalist: false,
    }
}

fn fits(field: &str, control: &Control) -> bool {
    match field {
        "server_choice" | "encryption" | "user_jobs" | "system_jobs" => is_choice(control),
        "password" | "retype" => control.kind == ControlType::Password,
        "save_box" => control.kind == ControlType::Checkbox,
        _ => matches!(control.kind, ControlType::Text | ControlType::Textarea),
    }
}

/// The labels of a control as a field of its row: for radio buttons the row's, not the option's.
fn row_labels(control: &Control) -> Vec<&str> {
    let group = control.group_label.as_deref().into_iter();
    let own = control.labels.iter().map(|l| l.text.as_str());
    if control.kind == ControlType::Radio && control.group_label.is_some() {
        group.collect()
    } else {
        group.chain(own).collect()
    }
}

fn describe(form: &Form, places: &[usize]) -> String {
    let name = |at: &usize| {
        let control = &form.controls[*at];
        let name = if control.name.is_empty() { &control.id } else { &control.name };
        format!("\u{201c}{}\u{201d} (`{}`)", clean(control.label()), clean(name))
    };
    places.iter().map(name).collect::<Vec<_>>().join(", ")
}

/// Leaves of each radio group only the first button.
fn units(form: &Form, places: Vec<usize>) -> Vec<usize> {
    let mut out: Vec<usize> = Vec::new();
    for at in places {
        let control = &form.controls[at];
        let same = |other: &usize| {
            let other = &form.controls[*other];
            control.kind == ControlType::Radio
                && other.kind == ControlType::Radio
                && other.name == control.name
        };
        if !out.iter().any(same) {
            out.push(at);
        }
    }
    out
}

/// Finds one field.
pub(crate) fn locate(form: &Form, field: &str, family: &Family) -> Result<Option<Spot>, Trouble> {
    if field == "password" {
        return password(form, family);
    }
    let places = |test: &dyn Fn(&Control) -> bool| -> Vec<usize> {
        let all = form.controls.iter().enumerate();
        units(form, all.filter(|(_, c)| test(c)).map(|(at, _)| at).collect())
    };
    let named = places(&|c| !c.kind.is_button() && is_name_of(family, field, &c.name));
    let labelled = places(&|c| {
        fits(field, c)
            && row_labels(c).iter().any(|l| is_label_of(family, field, l))
            // Another field's attribute is that field, whatever it is called.
            && !FIELDS.iter().any(|other| *other != field && is_name_of(family, other, &c.name))
    });
    let labelled = match field {
        "host" => of_host(form, labelled),
        "port" if labelled.is_empty() => of_port(form, family),
        _ => labelled,
    };
    match (named.as_slice(), labelled.as_slice()) {
        ([], []) => Ok(None),
        ([], [one]) => Ok(Some(Spot { at: *one, shown: None })),
        ([], many) => Err(Trouble::Doubled(describe(form, many))),
        ([one], _) if form.controls[*one].kind == ControlType::Hidden => match labelled.as_slice() {
            [] => Ok(Some(Spot { at: *one, shown: None })),
            [shown] => Ok(Some(Spot { at: *one, shown: Some(*shown) })),
            many => Err(Trouble::Doubled(describe(form, many))),
        },
        ([one], _) => {
            let control = &form.controls[*one];
            if !fits(field, control) {
                return Err(Trouble::WrongKind {
                    name: clean(&control.name),
                    kind: control.kind.to_string(),
                });
            }
            let own: Vec<String> = row_labels(control).into_iter().map(key).collect();
            let rivals: Vec<usize> = labelled
                .iter()
                .copied()
                .filter(|at| {
                    at == one || row_labels(&form.controls[*at]).iter().any(|l| own.contains(&key(l)))
                })
                .collect();
            if rivals.iter().any(|at| at != one) {
                return Err(Trouble::Doubled(describe(form, &rivals)));
            }
            match other_label(control, field, family) {
                Some(label) => Err(Trouble::Contradicted { name: clean(&control.name), label: clean(label) }),
                None => Ok(Some(Spot { at: *one, shown: None })),
            }
        }
        (many, _) => Err(Trouble::Doubled(format!(
            "{} controls named `{}`",
            many.len(),
            clean(&form.controls[many[0]].name)
        ))),
    }
}

/// Whether a field is called like the one for the port: `prt_1`, `portNum`, `srvPort`.
fn called_port(control: &Control) -> bool {
    let called = |text: &str| {
        let text = text.to_ascii_lowercase();
        !text.contains("portal") && (text.contains("prt") || text.contains("port"))
    };
    // Five digits are the longest port.
    control.max_length.is_none_or(|most| most <= 5) && (called(&control.name) || called(&control.id))
}

/// Of several fields under the label for the host, the one that takes a name: not the four octets of an address, nor the
/// port beside them.
fn of_host(form: &Form, labelled: Vec<usize>) -> Vec<usize> {
    if labelled.len() < 2 {
        return labelled;
    }
    let octets = labelled.iter().filter(|at| form.controls[**at].max_length == Some(3)).count();
    let left: Vec<usize> = labelled
        .iter()
        .copied()
        .filter(|at| {
            let control = &form.controls[*at];
            !(called_port(control) || (octets == 4 && control.max_length == Some(3)))
        })
        .collect();
    left
}

/// The field for the port where it has no label of its own: beside a posted server, and the only one called so.
fn of_port(form: &Form, family: &Family) -> Vec<usize> {
    let joined = |c: &Control| c.kind == ControlType::Hidden && is_name_of(family, "server", &c.name);
    if !form.controls.iter().any(joined) {
        return Vec::new();
    }
    let all = 0..form.controls.len();
    all.filter(|at| {
        let control = &form.controls[*at];
        fits("port", control)
            && called_port(control)
            && !FIELDS.iter().any(|field| is_name_of(family, field, &control.name))
    })
    .collect()
}

/// A label of the control that is known to be another field's, where none of its labels is this field's.
fn other_label<'a>(control: &'a Control, field: &str, family: &Family) -> Option<&'a str> {
    let kin = |other: &str| matches!((field, other), ("server", "host" | "port" | "server_choice"));
    let labels = row_labels(control);
    if labels.iter().any(|l| is_label_of(family, field, l)) {
        return None;
    }
    let others = || FIELDS.iter().filter(|other| **other != field && !kin(other));
    labels.into_iter().find(|l| others().any(|other| fits(other, control) && is_label_of(family, other, l)))
}

/// The password's field, and the one for typing it again.
fn password(form: &Form, family: &Family) -> Result<Option<Spot>, Trouble> {
    let all: Vec<usize> =
        (0..form.controls.len()).filter(|at| form.controls[*at].kind == ControlType::Password).collect();
    let bears = |at: &usize, field: &str| {
        row_labels(&form.controls[*at]).iter().any(|l| is_label_of(family, field, l))
    };
    let named: Vec<usize> =
        all.iter().copied().filter(|at| is_name_of(family, "password", &form.controls[*at].name)).collect();
    let again: Vec<usize> =
        all.iter().copied().filter(|at| !named.contains(at) && bears(at, "retype")).collect();
    let mut first = named;
    if first.is_empty() {
        first = all.iter().copied().filter(|at| !again.contains(at) && bears(at, "password")).collect();
    }
    if first.is_empty() && all.len() <= 2 {
        first = all.iter().copied().filter(|at| !again.contains(at)).take(1).collect();
    }
    match (first.as_slice(), again.as_slice()) {
        ([], _) => Ok(None),
        ([one], [] | [_]) => {
            let left: Vec<usize> = all.iter().copied().filter(|at| at != one).collect();
            let shown = again.first().copied().or(if left.len() == 1 { Some(left[0]) } else { None });
            Ok(Some(Spot { at: *one, shown }))
        }
        ([_], many) | (many, _) => Err(Trouble::Doubled(describe(form, many))),
    }
}

/// Finds all fields of a form.
pub(crate) fn spots(form: &Form, family: &Family) -> Result<Spots, (&'static str, Trouble)> {
    let mut found = Spots::new();
    for field in FIELDS {
        if let Some(spot) = locate(form, field, family).map_err(|t| (field, t))? {
            found.insert(field, spot);
        }
    }
    joined(form, family, &mut found);
    Ok(found)
}

/// Makes one of what says who the server is: the attribute that is posted, and the fields a person fills.
fn joined(form: &Form, family: &Family, found: &mut Spots) {
    let host = found.get("host").copied();
    if let (Some(server), Some(host)) = (found.get("server"), host)
        && server.at == host.at
    {
        found.remove("host");
    }
    let nameless = |spot: Spot| form.controls[spot.at].name.is_empty();
    if found.contains_key("server") || !host.is_some_and(nameless) {
        return;
    }
    // The posted field has another name than the known one: it is the only hidden one that holds `host:port`.
    let fits = |c: &Control| {
        let known = FIELDS.iter().any(|field| is_name_of(family, field, &c.name));
        let split = c.value.rsplit_once(':');
        c.kind == ControlType::Hidden
            && !c.name.is_empty()
            && !known
            && !c.value.contains('/')
            && split.is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok())
    };
    let hidden: Vec<usize> = (0..form.controls.len()).filter(|at| fits(&form.controls[*at])).collect();
    if let [one] = hidden.as_slice() {
        found.insert("server", Spot { at: *one, shown: None });
    }
}

/// How surely a form is the one with SMTP settings: attributes count twice, labels once.
pub(crate) fn weight(form: &Form, family: &Family) -> usize {
    let mut sum = 0;
    for field in FIELDS.iter().filter(|f| !matches!(**f, "port" | "password" | "save_box")) {
        sum += match locate(form, field, family) {
            Ok(Some(spot)) if is_name_of(family, field, &form.controls[spot.at].name) => 2,
            Ok(Some(_)) => 1,
            Ok(None) => 0,
            Err(_) => 1,
        };
    }
    sum
}

/// The labels of a page's fields, for an error; those that the family does not know come first, because a message is cut
/// and one of them is likely the one that is looked for.
pub(crate) fn labels(forms: &[Form], family: &Family) -> String {
    let known = |control: &Control| {
        FIELDS.iter().any(|field| {
            is_name_of(family, field, &control.name)
                || row_labels(control).iter().any(|l| is_label_of(family, field, l))
        })
    };
    let (mut all, mut rest): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    for control in forms.iter().flat_map(|f| &f.controls) {
        if control.kind == ControlType::Hidden || control.kind.is_button() {
            continue;
        }
        let label = clean(control.group_label.as_deref().unwrap_or_else(|| control.label()));
        let text = format!("\u{201c}{label}\u{201d} (`{}`)", clean(&control.name));
        let list = if known(control) { &mut rest } else { &mut all };
        if !list.contains(&text) && list.len() < 30 {
            list.push(text);
        }
    }
    all.append(&mut rest);
    if all.is_empty() { "none".to_owned() } else { all.join(", ") }
}

#[cfg(test)]
mod tests {
    use scanfleet_sdk::form::Document;

    use super::*;
    use crate::family;

    fn at(field: &str, html: &str) -> Result<Option<Spot>, Trouble> {
        let form = Document::parse(&format!("<form>{html}</form>"), None, "UTF-8").forms().remove(0);
        locate(&form, field, family::embedded().unwrap().get("xerox-altalink").unwrap())
    }

    #[test]
    fn by_attribute_by_label_doubled_contradicted_and_of_another_kind() {
        let spot = |at, shown| Ok(Some(Spot { at, shown }));
        assert_eq!(
            at("sender", "<label>???<input name=connectivity.smtp.emailAddress></label>"),
            spot(0, None)
        );
        assert_eq!(
            at("sender", "<label for=x>Machine E-mail Address:</label><input id=x name=q>"),
            spot(0, None)
        );
        assert_eq!(at("sender", "<input name=q>"), Ok(None));
        let two = "<label for=x>Device Email Address</label><input id=x name=a><label for=y>Device E-mail Address</label><input id=y name=b>";
        assert!(matches!(at("sender", two), Err(Trouble::Doubled(_))));
        let twice = "<input name=connectivity.smtp.emailAddress><input name=connectivity.smtp.emailAddress>";
        assert!(matches!(at("sender", twice), Err(Trouble::Doubled(_))));
        let contradicted = "<label for=x>Login Name</label><input id=x name=connectivity.smtp.emailAddress>";
        assert!(matches!(at("sender", contradicted), Err(Trouble::Contradicted { .. })));
        let kind = "<input type=checkbox name=connectivity.smtp.emailAddress>";
        assert!(matches!(at("sender", kind), Err(Trouble::WrongKind { .. })));
        // Posted hidden, filled in by a script from what a person sees.
        let carried = "<label for=x>Connection Encryption</label><select id=x><option>None</select><input type=hidden name=connectivity.smtp.encryption>";
        assert_eq!(at("encryption", carried), spot(1, Some(0)));
    }

    #[test]
    fn the_password_and_its_second_field() {
        let html = "<label for=a>Password</label><input type=password id=a name=connectivity.smtp.password><label for=b>Retype Password</label><input type=password id=b>";
        assert_eq!(at("password", html), Ok(Some(Spot { at: 0, shown: Some(1) })));
        assert_eq!(at("password", "<input type=password name=x>"), Ok(Some(Spot { at: 0, shown: None })));
    }
}
