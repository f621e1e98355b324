//! Choices on the export and import pages, made by what a person reads.

use scanfleet_sdk::family::words::{fold, key};
use scanfleet_sdk::form::{ControlType, Form};

use crate::choice::{is_choice, offers};
use crate::family::Family;

/// How an import treats what is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// New contacts beside those that are there.
    Add,
    /// The file in place of all that is there.
    Replace,
}

impl Mode {
    fn words(self) -> &'static str {
        match self {
            Self::Add => "import.add",
            Self::Replace => "import.replace",
        }
    }
}

/// The words for what parts cells.
fn parting(delimiter: char) -> &'static str {
    match delimiter {
        ';' => "choice.semicolon",
        '\t' => "choice.tab",
        _ => "choice.comma",
    }
}

/// Whether the text of an offer means what parts cells: its name, or the bare sign.
fn parts_with(family: &Family, text: &str, delimiter: char) -> bool {
    let bare = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '"' | '\''));
    family.is(parting(delimiter), text) || bare.chars().eq([delimiter])
}

/// Whether somebody labelled a control as what parts cells.
fn says_delimiter(form: &Form, at: usize, family: &Family) -> bool {
    let control = &form.controls[at];
    let labels = control.labels.iter().map(|l| l.text.as_str()).chain(control.group_label.as_deref());
    labels.into_iter().any(|l| family.holds("book.delimiter", l))
}

/// The choice of what parts cells.
pub(crate) fn delimiter(form: &Form, family: &Family) -> Option<usize> {
    (0..form.controls.len()).find(|at| {
        let control = &form.controls[*at];
        is_choice(control) && offers(form, *at).iter().any(|o| parts_with(family, &o.text, ',')) && {
            let labels = control.labels.iter().map(|l| l.text.as_str()).chain(control.group_label.as_deref());
            let mut labels = labels.peekable();
            // Where the page labels it, the label has to fit, too.
            labels.peek().is_none()
                || control.kind == ControlType::Radio
                || labels.any(|l| family.holds("book.delimiter", l))
        }
    })
}

/// Chooses one offer of the choice at a place.
fn pick(form: &mut Form, at: usize, test: impl Fn(&str) -> bool) -> Result<(), String> {
    let all = offers(form, at);
    let fitting: Vec<usize> = (0..all.len()).filter(|n| test(&all[*n].text)).collect();
    let [one] = fitting.as_slice() else {
        let texts: Vec<String> =
            all.iter().map(|o| format!("\u{201c}{}\u{201d}", scanfleet_sdk::error::clean(&o.text))).collect();
        let count = if fitting.is_empty() { "none" } else { "more than one" };
        return Err(format!("{count} of its choices means it: {}", texts.join(", ")));
    };
    let name = form.controls[at].name.clone();
    if form.controls[at].kind == ControlType::Select {
        let control = &mut form.controls[at];
        for (n, option) in control.options.iter_mut().enumerate() {
            option.selected = n == *one;
        }
        control.options[*one].disabled = false;
        control.disabled = false;
        control.value.clone_from(&all[*one].value);
    } else {
        let radios = form.controls.iter_mut().filter(|c| c.kind == ControlType::Radio && c.name == name);
        for (nth, control) in radios.enumerate() {
            control.checked = nth == *one;
            if nth == *one {
                control.disabled = false;
            }
        }
    }
    Ok(())
}

/// Chooses what parts cells, where the form asks for it.
pub(crate) fn set_delimiter(form: &mut Form, family: &Family, parting_with: char) -> Result<(), String> {
    match delimiter(form, family) {
        Some(at) => pick(form, at, |text| parts_with(family, text, parting_with))
            .map_err(|why| format!("the delimiter cannot be chosen: {why}")),
        None => match (0..form.controls.len())
            .find(|at| is_choice(&form.controls[*at]) && says_delimiter(form, *at, family))
        {
            Some(at) => Err(format!(
                "the delimiter cannot be chosen: nothing is known of \u{201c}{}\u{201d}",
                scanfleet_sdk::error::clean(form.controls[at].label())
            )),
            None => Ok(()),
        },
    }
}

/// Takes the marks out of boxes of these words.
pub(crate) fn untick(form: &mut Form, family: &Family, words: &str) {
    for control in form.controls.iter_mut().filter(|c| c.kind == ControlType::Checkbox) {
        if control.labels.iter().any(|l| family.holds(words, &l.text)) {
            control.checked = false;
        }
    }
}

/// Chooses whole exports where that is a choice of two rather than a box.
pub(crate) fn not_legacy(form: &mut Form, family: &Family) {
    untick(form, family, "book.legacy");
    let legacy = |text: &str| family.holds("book.legacy", text);
    for at in 0..form.controls.len() {
        if !is_choice(&form.controls[at]) || delimiter(form, family) == Some(at) {
            continue;
        }
        let all = offers(form, at);
        let others = all.iter().filter(|o| !legacy(&o.text)).count();
        if all.iter().any(|o| legacy(&o.text) && o.chosen) && others == 1 {
            let _ = pick(form, at, |text| !legacy(text));
        }
    }
}

/// The choice between adding and replacing.
fn mode_at(form: &Form, family: &Family) -> Option<usize> {
    (0..form.controls.len()).find(|at| {
        is_choice(&form.controls[*at]) && {
            let all = offers(form, *at);
            [Mode::Add, Mode::Replace].iter().all(|m| all.iter().any(|o| means(family, &o.text, *m)))
        }
    })
}

fn means(family: &Family, text: &str, mode: Mode) -> bool {
    let other = if mode == Mode::Add { Mode::Replace } else { Mode::Add };
    family.is(mode.words(), text) || (family.holds(mode.words(), text) && !family.holds(other.words(), text))
}

/// Chooses between adding and replacing; tells whether the form asks for it at all.
pub(crate) fn set_mode(form: &mut Form, family: &Family, mode: Mode) -> Result<bool, String> {
    let Some(at) = mode_at(form, family) else { return Ok(false) };
    pick(form, at, |text| means(family, text, mode))
        .map(|()| true)
        .map_err(|why| format!("whether contacts are added or replaced cannot be chosen: {why}"))
}

/// Maps the columns of the file to the device's fields on a page that asks for it: a choice for each field, with the
/// file's headings. Gives the columns of the file that are mapped; `None` where the form does not ask.
///
/// # Errors
/// A sentence: a field offers a heading twice.
pub(crate) fn map_headings(form: &mut Form, headings: &[String]) -> Result<Option<Vec<usize>>, String> {
    let keys: Vec<String> = headings.iter().map(|h| key(h)).collect();
    let column = |text: &str| {
        let wanted = key(text);
        keys.iter().position(|k| *k == wanted && !wanted.is_empty())
    };
    let selects: Vec<usize> = (0..form.controls.len())
        .filter(|at| form.controls[*at].kind == ControlType::Select && !form.controls[*at].disabled)
        .collect();
    let asks = |at: &usize| {
        let control = &form.controls[*at];
        control.options.iter().filter(|o| column(&o.label).is_some()).count() >= 2.min(headings.len())
    };
    let mapping: Vec<usize> = selects.into_iter().filter(asks).collect();
    if mapping.is_empty() {
        return Ok(None);
    }
    let mut mapped = Vec::new();
    for at in mapping {
        let control = &mut form.controls[at];
        let label = control.labels.iter().map(|l| key(&l.text)).find(|k| keys.contains(k));
        let fits = |text: &str| label.as_deref() == Some(key(text).as_str());
        let found: Vec<usize> =
            (0..control.options.len()).filter(|n| fits(&control.options[*n].label)).collect();
        let chosen = match found.as_slice() {
            [one] => Some(*one),
            [] => {
                // A field of the device that the file has no column for takes none.
                control.options.iter().position(|o| o.value.is_empty() || is_none(&o.label))
            }
            _ => {
                return Err(format!(
                    "the field \u{201c}{}\u{201d} offers a heading twice",
                    scanfleet_sdk::error::clean(control.label())
                ));
            }
        };
        if let Some(chosen) = chosen {
            for (n, option) in control.options.iter_mut().enumerate() {
                option.selected = n == chosen;
            }
            control.value = control.options[chosen].value.clone();
        }
        // Of a file with other headings than the device's, its own choice stands.
        if let Some(c) = control.options.iter().find(|o| o.selected).and_then(|o| column(&o.label)) {
            mapped.push(c);
        }
    }
    mapped.sort_unstable();
    mapped.dedup();
    Ok(Some(mapped))
}

fn is_none(text: &str) -> bool {
    matches!(fold(text).as_str(), "" | "none" | "no mapping" | "not mapped" | "do not import" | "ignore")
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
    fn choices_are_made_by_their_texts() {
        let families = family::embedded().unwrap();
        let family = families.get("xerox-altalink").unwrap();
        let mut one = form(
            "<label for=d>Record Delimiter</label><select id=d name=d><option value=9>Tab<option value=1 selected>Semicolon (;)<option value=0>Comma (,)</select>\
             <input type=checkbox id=l name=l checked><label for=l>Export in Legacy Mode</label>\
             <input type=radio name=m value=x id=a><label for=a>Add new contacts to existing Device Address Book</label>\
             <input type=radio name=m value=y id=r checked><label for=r>Replace existing Device Address Book with new contacts</label>",
        );
        set_delimiter(&mut one, family, ',').unwrap();
        not_legacy(&mut one, family);
        assert!(set_mode(&mut one, family, Mode::Add).unwrap());
        let sent = one.entries(None).unwrap();
        let sent: Vec<(&str, &str)> = sent.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(sent, [("d", "0"), ("m", "x")]);
        set_mode(&mut one, family, Mode::Replace).unwrap();
        assert!(one.entries(None).unwrap().contains(&("m".to_owned(), "y".to_owned())));
        let mut none = form("<select name=x><option>a<option>b</select>");
        assert!(!set_mode(&mut none, family, Mode::Add).unwrap());
        let mut legacy = form(
            "<input type=radio name=e value=1 checked id=a><label for=a>Legacy Mode</label><input type=radio name=e value=2 id=b><label for=b>All fields</label>",
        );
        not_legacy(&mut legacy, family);
        assert_eq!(legacy.entries(None).unwrap()[0].1, "2");
    }

    #[test]
    fn headings_are_mapped_by_their_text() {
        let headings: Vec<String> = ["Id", "Display Name", "E-mail"].map(str::to_owned).to_vec();
        let options =
            "<option value=''>(none)<option value=0>Id<option value=1>Display Name<option value=2>E-mail";
        let row = |n: usize, label: &str| {
            format!("<label for=s{n}>{label}</label><select id=s{n} name=s{n}>{options}</select>")
        };
        let mut page = form(&(row(0, "Display Name") + &row(1, "Email") + &row(2, "Fax")));
        assert_eq!(map_headings(&mut page, &headings).unwrap(), Some(vec![1, 2]));
        let values: Vec<String> = page.entries(None).unwrap().into_iter().map(|(_, v)| v).collect();
        assert_eq!(values, ["1", "2", ""]);
        assert_eq!(map_headings(&mut form("<input name=a>"), &headings).unwrap(), None);
    }
}
