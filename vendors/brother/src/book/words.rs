//! What labels and columns of the address book mean. Nearly all words are assumed: they serve to recognise, and a write
//! needs a page that shows the values of the entry under them besides.

use scanfleet_sdk::family::words::key;
use scanfleet_sdk::form::{Control, ControlType, Form};

use crate::family::Family;

/// What a column of the list or a field of an entry's page holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Role {
    Number,
    Name,
    Kind,
    /// Fax number or e-mail address, whichever the entry has.
    Address,
    Email,
    Fax,
    Members,
}

/// No label is longer; what is longer is a sentence.
const LONGEST: usize = 60;

/// What a text says by itself.
fn exact(family: &Family, text: &str) -> Option<Role> {
    if text.trim() == "#" {
        return Some(Role::Number);
    }
    [
        ("book.number", Role::Number),
        ("book.name", Role::Name),
        ("book.type", Role::Kind),
        ("book.address", Role::Address),
        ("book.email", Role::Email),
        ("book.fax", Role::Fax),
        ("book.members", Role::Members),
    ]
    .into_iter()
    .find(|(group, _)| family.is(group, text))
    .map(|(_, role)| role)
}

/// What a label or the head of a column means; a text that speaks of mail or fax is told by that.
pub(crate) fn role(family: &Family, text: &str) -> Option<Role> {
    let told = exact(family, text);
    if told.is_some() || key(text).chars().count() > LONGEST {
        return told;
    }
    match (family.holds("book.part.mail", text), family.holds("book.part.fax", text)) {
        (true, true) => Some(Role::Address),
        (true, false) => Some(Role::Email),
        (false, true) => Some(Role::Fax),
        (false, false) => None,
    }
}

/// The labels of a control as a field of its row, the group's first.
fn labels(control: &Control) -> impl Iterator<Item = &str> {
    let group = control.group_label.as_deref().into_iter();
    group.chain(control.labels.iter().map(|label| label.text.as_str()))
}

/// Whether a control can hold what belongs into a field.
fn fits(role: Role, control: &Control) -> bool {
    match role {
        Role::Kind => matches!(control.kind, ControlType::Select | ControlType::Radio),
        Role::Number => matches!(control.kind, ControlType::Select | ControlType::Text),
        Role::Members => matches!(
            control.kind,
            ControlType::Checkbox | ControlType::SelectMultiple | ControlType::Text | ControlType::Textarea
        ),
        _ => matches!(control.kind, ControlType::Text | ControlType::Textarea),
    }
}

/// The names of the controls that bear the label of a field, those with the very word before those that only speak of it.
/// Several controls of one name are a group of radio buttons, or a doubled field.
pub(crate) fn fields<'a>(form: &'a Form, wanted: Role, family: &Family) -> Vec<&'a str> {
    let mut found: Vec<(&str, bool)> = Vec::new();
    for control in &form.controls {
        if control.name.is_empty() || control.kind == ControlType::Hidden || !fits(wanted, control) {
            continue;
        }
        let sure = labels(control).any(|label| exact(family, label) == Some(wanted));
        // The best label decides: a legend around the form may speak of anything.
        let first = labels(control).find_map(|label| role(family, label));
        if (sure || first == Some(wanted)) && !found.iter().any(|(name, _)| *name == control.name) {
            found.push((&control.name, sure));
        }
    }
    if found.iter().any(|(_, sure)| *sure) {
        found.retain(|(_, sure)| *sure);
    }
    found.into_iter().map(|(name, _)| name).collect()
}

/// The number in a text such as `#001`, `*12` or `7`.
pub(crate) fn number(text: &str) -> Option<u32> {
    let digits = text.trim().trim_start_matches(['#', '*']).trim();
    let plain = !digits.is_empty() && digits.len() <= 6 && digits.bytes().all(|b| b.is_ascii_digit());
    if plain { digits.parse().ok() } else { None }
}

/// Whether a text may be a fax number.
pub(crate) fn is_fax(text: &str) -> bool {
    let text = text.trim();
    text.bytes().any(|b| b.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_digit() || " +-()./*#!pPwWtT,&".contains(c))
}

/// Sorts what stands in a column for either into e-mail address, fax number, and what is neither.
pub(crate) fn address(text: &str) -> (Option<String>, Option<String>, Option<String>) {
    let text = text.trim();
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    if !text.contains('@') {
        return if is_fax(text) { (None, some(text), None) } else { (None, None, some(text)) };
    }
    // Both may stand there.
    let (mails, rest): (Vec<&str>, Vec<&str>) =
        text.split(char::is_whitespace).filter(|w| !w.is_empty()).partition(|word| word.contains('@'));
    let rest: Vec<&str> = rest.into_iter().filter(|word| *word != "/").collect();
    match mails.as_slice() {
        [mail] if rest.is_empty() => (some(mail), None, None),
        [mail] if rest.iter().all(|word| is_fax(word)) => {
            (some(mail.trim_matches(['/', ','])), some(&rest.join(" ")), None)
        }
        _ => (some(text), None, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_and_labels_in_several_languages() {
        let family = &crate::family::all()[0];
        for (text, wanted) in [
            ("No.", Some(Role::Number)),
            ("#", Some(Role::Number)),
            ("N.º", Some(Role::Number)),
            ("Name", Some(Role::Name)),
            ("Nombre del grupo", Some(Role::Name)),
            ("Nom", Some(Role::Name)),
            ("Typ", Some(Role::Kind)),
            ("Fax No./E-mail Address", Some(Role::Address)),
            ("N.º de fax/dirección de correo", Some(Role::Address)),
            ("Faxnummer/E-Mail-Adresse", Some(Role::Address)),
            ("Dirección de correo electrónico", Some(Role::Email)),
            ("Adresse courriel", Some(Role::Email)),
            ("N° de télécopie", Some(Role::Fax)),
            ("Miembros", Some(Role::Members)),
            ("Frequency", None),
            ("", None),
        ] {
            assert_eq!(role(family, text), wanted, "{text}");
        }
    }

    #[test]
    fn numbers_and_addresses() {
        assert_eq!(
            ["#001", "*12", " 7 ", "0200", "x1", "", "1-2", "1234567"].map(number),
            [Some(1), Some(12), Some(7), Some(200), None, None, None, None]
        );
        let of = |text| {
            let (mail, fax, other) = address(text);
            [mail, fax, other].map(Option::unwrap_or_default)
        };
        assert_eq!(of("a.b+c@example.test"), ["a.b+c@example.test", "", ""]);
        assert_eq!(of("+49 (0)89 / 12-34"), ["", "+49 (0)89 / 12-34", ""]);
        assert_eq!(of("a@b.c / 0123"), ["a@b.c", "0123", ""]);
        assert_eq!(of(r"\\files\scan"), ["", "", r"\\files\scan"]);
        assert_eq!(of(""), ["", "", ""]);
    }
}
