//! Choices of a page, matched by their text and never by their value, and what its charset can hold.

use scanfleet_sdk::error::clean;
use scanfleet_sdk::form::{Control, ControlType, Form, FormError};
use scanfleet_sdk::page::Page;
use scanfleet_sdk::{AuthMethod, Security};

use crate::family::Family;

/// One choice: its text and its value.
pub(crate) type Offered = (String, String);

/// What a choice about the connection means.
pub(crate) fn security(family: &Family, text: &str) -> Option<Security> {
    [
        ("security.none", Security::None),
        ("security.tls", Security::Tls),
        ("security.starttls", Security::Starttls),
    ]
    .into_iter()
    .find(|(group, _)| family.is(group, text))
    .map(|(_, security)| security)
}

/// What a choice about signing in means.
pub(crate) fn method(family: &Family, text: &str) -> Option<AuthMethod> {
    [
        ("method.none", AuthMethod::None),
        ("method.password", AuthMethod::Password),
        ("method.pop", AuthMethod::PopBeforeSmtp),
        ("method.oauth", AuthMethod::Oauth),
    ]
    .into_iter()
    .find(|(group, _)| family.is(group, text))
    .map(|(_, method)| method)
}

/// The text a person reads on a radio button.
fn own_text(control: &Control) -> &str {
    let group = control.group_label.as_deref();
    control.labels.iter().map(|l| l.text.as_str()).find(|t| Some(*t) != group).unwrap_or_default()
}

fn controls<'a>(form: &'a Form, name: &str) -> impl Iterator<Item = &'a Control> {
    form.controls
        .iter()
        .filter(move |c| c.name == name && matches!(c.kind, ControlType::Radio | ControlType::Select))
}

/// What a choice offers, in the page's order. What is disabled is offered too: it depends on another choice.
pub(crate) fn offered(form: &Form, name: &str) -> Vec<Offered> {
    controls(form, name)
        .flat_map(|control| match control.kind {
            ControlType::Radio => vec![(own_text(control).to_owned(), control.value.clone())],
            _ => control.options.iter().map(|o| (o.label.clone(), o.value.clone())).collect(),
        })
        .collect()
}

/// The text of what is chosen.
pub(crate) fn chosen(form: &Form, name: &str) -> Option<String> {
    controls(form, name).find_map(|control| match control.kind {
        ControlType::Radio => control.checked.then(|| own_text(control).to_owned()),
        _ => control.options.iter().find(|o| o.selected).map(|o| o.label.clone()),
    })
}

/// Chooses the one choice that means what is wanted.
pub(crate) fn choose<T: PartialEq>(
    form: &mut Form,
    name: &str,
    wanted: &T,
    word: &str,
    meaning: impl Fn(&str) -> Option<T>,
) -> Result<(), FormError> {
    let all = offered(form, name);
    let fitting: Vec<&Offered> =
        all.iter().filter(|(text, _)| meaning(text).as_ref() == Some(wanted)).collect();
    match fitting.as_slice() {
        [(_, value)] => {
            let value = value.clone();
            form.choose(name, &value)
        }
        [] => {
            Err(FormError::NoSuchChoice { name: clean(name), wanted: word.to_owned(), offered: texts(&all) })
        }
        many => Err(FormError::Doubled { name: clean(name), count: many.len() }),
    }
}

/// The texts of choices, for a message.
pub(crate) fn texts(offered: &[Offered]) -> String {
    offered.iter().map(|(text, _)| format!("\u{201c}{}\u{201d}", clean(text))).collect::<Vec<_>>().join(", ")
}

/// Whether the page's charset holds a text. Pages say iso-8859-1, which browsers read as windows-1252; what only the latter
/// has, such as the euro sign, would reach the device as a control character.
pub(crate) fn holdable(page: &Page, name: &str, text: &str) -> Result<(), FormError> {
    let latin1 = |c: char| u32::from(c) <= 0xff && !('\u{80}'..='\u{9f}').contains(&c);
    if page.charset != "windows-1252" || text.chars().all(latin1) {
        return Ok(());
    }
    Err(FormError::Unencodable { name: clean(name), charset: "iso-8859-1".to_owned() })
}

#[cfg(test)]
mod tests {
    use scanfleet_sdk::form::Document;

    use super::*;

    fn form(html: &str) -> Form {
        Document::parse(&format!("<form>{html}</form>"), None, "windows-1252").forms().remove(0)
    }

    #[test]
    fn choices_are_read_and_made_by_their_text() {
        let family = &crate::family::all()[0];
        let radio = "<dl><dt>SSL&#47;TLS</dt><dd><input type=radio id=a name=B1 value=2 checked><label for=a>None</label>
            <input type=radio id=b name=B1 value=0><label for=b>SSL</label><input type=radio id=c name=B1 value=1><label for=c>TLS</label></dd></dl>";
        let select =
            "<select name=B1><option value=x>Ninguno<option value=y>SSL<option value=z>STARTTLS</select>";
        for html in [radio, select] {
            let mut form = form(html);
            let now = |form: &Form| chosen(form, "B1").and_then(|text| security(family, &text));
            assert_eq!(now(&form), Some(Security::None));
            for wanted in [Security::Tls, Security::Starttls, Security::None] {
                choose(&mut form, "B1", &wanted, wanted.as_str(), |text| security(family, text)).unwrap();
                assert_eq!(now(&form), Some(wanted), "{html}");
            }
        }
        let mut odd = form("<select name=B1><option value=1>SSL<option value=2>SSL</select>");
        let choose = |form: &mut Form, wanted: Security| {
            choose(form, "B1", &wanted, wanted.as_str(), |text| security(family, text))
        };
        assert!(matches!(choose(&mut odd, Security::Tls), Err(FormError::Doubled { .. })));
        let Err(FormError::NoSuchChoice { offered, .. }) = choose(&mut odd, Security::Starttls) else {
            panic!()
        };
        assert!(offered.contains("SSL"), "{offered}");
    }

    #[test]
    fn what_the_charset_cannot_hold() {
        let url: url::Url = "http://192.0.2.1/".parse().unwrap();
        let page = |charset| Page { url: url.clone(), status: 200, charset, text: String::new() };
        assert!(holdable(&page("windows-1252"), "B1", "Pässwörd ÿ").is_ok());
        for text in ["\u{20ac}", "\u{85}", "\u{17e}", "日"] {
            assert!(holdable(&page("windows-1252"), "B1", text).is_err(), "{text}");
            assert!(holdable(&page("UTF-8"), "B1", text).is_ok());
        }
    }
}
