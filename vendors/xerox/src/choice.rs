//! Choices of a page, by the text a person reads; their values count only where no text is known.

use scanfleet_sdk::family::words::fold;
use scanfleet_sdk::form::{Control, ControlType, Form};

use crate::family::Family;

/// One option: what it says, what it submits, whether it is chosen, and where it is (control, option).
#[derive(Debug, Clone)]
pub(crate) struct Offer {
    pub(crate) text: String,
    pub(crate) value: String,
    pub(crate) chosen: bool,
    place: (usize, Option<usize>),
}

/// Whether a control can be (part of) a choice.
pub(crate) fn is_choice(control: &Control) -> bool {
    matches!(control.kind, ControlType::Radio | ControlType::Select)
}

/// What the choice at this place offers: the options of a select, or the radio buttons of its name.
pub(crate) fn offers(form: &Form, at: usize) -> Vec<Offer> {
    let Some(control) = form.controls.get(at) else { return Vec::new() };
    if control.kind == ControlType::Select {
        let all = control.options.iter().enumerate();
        return all
            .map(|(i, o)| Offer {
                text: o.label.clone(),
                value: o.value.clone(),
                chosen: o.selected,
                place: (at, Some(i)),
            })
            .collect();
    }
    let group = form.controls.iter().enumerate();
    group
        .filter(|(_, c)| c.kind == ControlType::Radio && c.name == control.name)
        .map(|(i, c)| {
            let own = c.labels.iter().map(|l| l.text.as_str()).find(|t| Some(*t) != c.group_label.as_deref());
            Offer {
                text: own.unwrap_or_default().to_owned(),
                value: c.value.clone(),
                chosen: c.checked,
                place: (i, None),
            }
        })
        .collect()
}

/// The meaning of an option among these groups of words: by its text, by what such texts have in common, by its value.
pub(crate) fn meaning<'a>(family: &Family, offer: &Offer, groups: &[&'a str]) -> Option<&'a str> {
    let by = |text: &str| groups.iter().copied().find(|group| family.is(group, text));
    // Words in brackets are dropped when texts are compared, and "STARTTLS (if available)" is no STARTTLS.
    let qualified = fold(&offer.text).contains("starttls") && offer.text.contains(['(', '[', '\u{ff08}']);
    let exactly = if qualified { None } else { by(&offer.text) };
    exactly
        .or_else(|| alike(&offer.text, groups))
        .or_else(|| by(&offer.value))
        .or_else(|| alike(&offer.value, groups))
}

/// What "if available" says in the languages these devices speak, folded.
const IF_OFFERED: [&str; 10] = [
    "avail",
    "offered",
    "supported",
    "optional",
    "possible",
    "dispon",
    "verfugbar",
    "moglich",
    "beschikbaar",
    "mogelijk",
];
/// Words that may stand beside STARTTLS without making it anything else.
const PLAIN: [&str; 12] = [
    "starttls",
    "start",
    "tls",
    "always",
    "use",
    "required",
    "ssl",
    "explicit",
    "encryption",
    "connection",
    "only",
    "mandatory",
];

/// Wordings that no list can hold all of.
fn alike<'a>(text: &str, groups: &[&'a str]) -> Option<&'a str> {
    let text = fold(text);
    let words: Vec<&str> = text.split(' ').collect();
    let has = |word: &str| words.contains(&word);
    let starttls = text.replace(' ', "").contains("starttls");
    let offered = IF_OFFERED.iter().any(|part| text.contains(part));
    let group = if starttls && offered {
        "security.starttls-if-offered"
    } else if starttls && words.iter().all(|word| PLAIN.contains(word)) {
        "security.starttls"
    } else if starttls {
        // Something is said of it in words that nobody knows.
        return None;
    } else if has("no") && has("encryption") {
        "security.none"
    } else if (has("ssl") || has("smtps")) && !has("no") && !has("available") {
        "security.tls"
    } else if has("dns") {
        "choice.dns"
    } else if has("manually") {
        "choice.manual"
    } else if has("system") && !has("user") {
        "login.system"
    } else {
        return None;
    };
    groups.iter().copied().find(|g| *g == group)
}

/// What is chosen now; `None` where nothing is, or where it has no word.
pub(crate) fn state<'a>(form: &Form, at: usize, family: &Family, groups: &[&'a str]) -> Option<&'a str> {
    let all = offers(form, at);
    let chosen = all.iter().find(|o| o.chosen)?;
    meaning(family, chosen, groups)
}

/// Chooses the one option of this meaning and gives its value. The error says what is offered instead.
pub(crate) fn choose(
    form: &mut Form,
    at: usize,
    family: &Family,
    group: &str,
    groups: &[&str],
) -> Result<String, String> {
    let all = offers(form, at);
    let fitting: Vec<&Offer> = all.iter().filter(|o| meaning(family, o, groups) == Some(group)).collect();
    let [offer] = fitting.as_slice() else {
        let offered: Vec<String> =
            all.iter().map(|o| format!("\u{201c}{}\u{201d}", scanfleet_sdk::error::clean(&o.text))).collect();
        let count = if fitting.is_empty() { "no option" } else { "more than one option" };
        return Err(format!("{count} of the page means it; it offers {}", offered.join(", ")));
    };
    let value = offer.value.clone();
    let (control, option) = offer.place;
    match option {
        Some(option) => {
            let control = &mut form.controls[control];
            for (i, o) in control.options.iter_mut().enumerate() {
                o.selected = i == option;
            }
            control.options[option].disabled = false;
            control.disabled = false;
            control.value.clone_from(&value);
        }
        None => {
            let name = form.controls[control].name.clone();
            for (i, c) in form.controls.iter_mut().enumerate() {
                if c.kind == ControlType::Radio && c.name == name {
                    c.checked = i == control;
                }
            }
            form.controls[control].disabled = false;
        }
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use scanfleet_sdk::form::Document;

    use super::*;
    use crate::family;

    const SECURITY: [&str; 4] =
        ["security.none", "security.starttls-if-offered", "security.starttls", "security.tls"];

    fn form(html: &str) -> Form {
        Document::parse(&format!("<form>{html}</form>"), None, "UTF-8").forms().remove(0)
    }

    #[test]
    fn the_text_decides_and_the_value_only_where_it_is_unknown() {
        let families = family::embedded().unwrap();
        let family = families.get("xerox-altalink").unwrap();
        let mut select = form(
            "<select name=e><option value=9>None<option value=none>STARTTLS (if available)<option value=x selected>STARTTLS - always<option value=y>SSL/TLS</select>",
        );
        assert_eq!(state(&select, 0, family, &SECURITY), Some("security.starttls"));
        choose(&mut select, 0, family, "security.none", &SECURITY).unwrap();
        assert_eq!(select.controls[0].value, "9");
        let mut radio = form(
            "<input type=radio name=l value=none id=a checked><label for=a>Keine Ahnung</label><input type=radio name=l value=q id=b><label for=b>System</label>",
        );
        let groups = ["login.none", "login.system"];
        assert_eq!(state(&radio, 0, family, &groups), Some("login.none"));
        assert_eq!(choose(&mut radio, 0, family, "login.system", &groups).unwrap(), "q");
        assert!(radio.controls[1].checked && !radio.controls[0].checked);
        let said = choose(&mut select, 0, family, "login.system", &groups).unwrap_err();
        assert!(said.contains("SSL/TLS"), "{said}");
    }
}
