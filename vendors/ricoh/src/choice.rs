//! Switches of a page: a pair of radio buttons, a select or a check box that means on or off.

use scanfleet_sdk::form::{Control, ControlType, Form, FormError};

use crate::family::Family;
use scanfleet_sdk::family::words::key;

/// What an option means. The text decides; the value only where the text is unknown.
pub(crate) fn meaning(family: &Family, text: &str, value: &str) -> Option<bool> {
    if family.is("choice.on", text) {
        return Some(true);
    }
    if family.is("choice.off", text) {
        return Some(false);
    }
    // A text that is known to mean nothing here still leaves the values that a device was seen to use.
    match key(value).as_str() {
        "true" | "on" | "1" | "yes" | "enable" | "active" => Some(true),
        "false" | "off" | "0" | "no" | "disable" | "inactive" => Some(false),
        _ => None,
    }
}

/// The text a person reads on a radio button.
pub(crate) fn own_text(control: &Control) -> &str {
    let group = control.group_label.as_deref();
    control.labels.iter().map(|l| l.text.as_str()).find(|t| Some(*t) != group).unwrap_or_default()
}

/// The state of a switch; `None` where its choice has no word.
pub(crate) fn state(form: &Form, name: &str, family: &Family) -> Option<bool> {
    let controls = switch_controls(form, name);
    match controls.first()?.kind {
        ControlType::Checkbox => Some(controls[0].checked),
        ControlType::Radio => {
            let chosen = controls.iter().find(|c| c.checked)?;
            meaning(family, own_text(chosen), &chosen.value)
        }
        _ => {
            let chosen = controls[0].options.iter().find(|o| o.selected)?;
            meaning(family, &chosen.label, &chosen.value)
        }
    }
}

/// Turns a switch on or off; gives the place of the control that was chosen.
pub(crate) fn turn(form: &mut Form, name: &str, on: bool, family: &Family) -> Result<usize, FormError> {
    let controls = switch_controls(form, name);
    let Some(first) = controls.first() else { return Err(FormError::Missing(name.to_owned())) };
    let kind = first.kind;
    let offered: Vec<(String, String)> = match kind {
        ControlType::Radio => controls.iter().map(|c| (own_text(c).to_owned(), c.value.clone())).collect(),
        ControlType::Checkbox => Vec::new(),
        _ => first.options.iter().map(|o| (o.label.clone(), o.value.clone())).collect(),
    };
    if kind == ControlType::Checkbox {
        form.check(name, None, on)?;
    } else {
        let fitting: Vec<&(String, String)> =
            offered.iter().filter(|(t, v)| meaning(family, t, v) == Some(on)).collect();
        let [(_, value)] = fitting.as_slice() else {
            let offered: Vec<String> =
                offered.iter().map(|(t, v)| format!("\u{201c}{t}\u{201d} ({v})")).collect();
            return Err(match fitting.len() {
                0 => FormError::NoSuchChoice {
                    name: name.to_owned(),
                    wanted: if on { "on" } else { "off" }.to_owned(),
                    offered: offered.join(", "),
                },
                count => FormError::Doubled { name: name.to_owned(), count },
            });
        };
        form.choose(name, value)?;
    }
    let chosen = form
        .controls
        .iter()
        .position(|c| c.name == name && c.kind == kind && (kind != ControlType::Radio || c.checked));
    chosen.ok_or_else(|| FormError::Missing(name.to_owned()))
}

fn switch_controls<'a>(form: &'a Form, name: &str) -> Vec<&'a Control> {
    form.controls.iter().filter(|c| c.name == name && is_switch(c)).collect()
}

/// Whether a control can be (part of) a switch.
pub(crate) fn is_switch(control: &Control) -> bool {
    matches!(control.kind, ControlType::Radio | ControlType::Checkbox | ControlType::Select)
}

#[cfg(test)]
mod tests {
    use scanfleet_sdk::form::Document;

    use super::*;
    use crate::family;

    fn form(html: &str) -> Form {
        Document::parse(&format!("<form>{html}</form>"), None, "UTF-8").forms().remove(0)
    }

    #[test]
    fn switches_are_read_and_turned_by_their_text() {
        let family = &family::all().unwrap()[0];
        for (html, before) in [
            (
                "<table><tr><td>X</td><td><input type=radio name=s id=a value=true checked><label for=a>On</label><input type=radio name=s id=b value=false><label for=b>Off</label></td></tr></table>",
                true,
            ),
            // The values say the reverse of the texts: the texts count.
            (
                "<input type=radio name=s id=a value=0 checked><label for=a>有効</label><input type=radio name=s id=b value=1><label for=b>無効</label>",
                true,
            ),
            (
                "<label><input type=radio name=s value=2>Activé</label><label><input type=radio name=s value=3 checked>Désactivé</label>",
                false,
            ),
            ("<select name=s><option value=x>Aktiv<option value=y selected>Inaktiv</select>", false),
            ("<input type=checkbox name=s>", false),
            (
                "<input type=radio name=s value=true>???<input type=radio name=s value=false checked>!!!",
                false,
            ),
        ] {
            let mut form = form(html);
            assert_eq!(state(&form, "s", family), Some(before), "{html}");
            turn(&mut form, "s", !before, family).unwrap();
            assert_eq!(state(&form, "s", family), Some(!before), "{html}");
        }
        let mut odd = form("<select name=s><option value=x>Red<option value=y>Blue</select>");
        assert_eq!(state(&odd, "s", family), None);
        assert!(turn(&mut odd, "s", true, family).is_err());
    }
}
