//! Titles and "Freq.": up to three selects and a pair of radio buttons that share one name, in the page's order.

use scanfleet_sdk::form::{ControlType, Form};

use crate::choice::{meaning, own_text};
use crate::family::Family;

/// Where the titles and the favourite's switch are among a form's controls.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tags {
    titles: Vec<usize>,
    favourite: Vec<usize>,
}

impl Tags {
    /// Finds them by their name.
    pub(crate) fn find(form: &Form, name: &str) -> Self {
        let of = |kind: &dyn Fn(ControlType) -> bool| -> Vec<usize> {
            let named = form.controls.iter().enumerate().filter(|(_, c)| c.name == name && kind(c.kind));
            named.map(|(at, _)| at).collect()
        };
        let mut titles = of(&|k| k == ControlType::Select);
        let mut favourite = of(&ControlType::is_checkable);
        // A select of two is a switch, not a title.
        if favourite.is_empty()
            && let Some(last) = titles.last().copied()
            && form.controls[last].options.len() == 2
        {
            titles.pop();
            favourite = vec![last];
        }
        Self { titles, favourite }
    }

    /// The text of each title that is set, from 1.
    pub(crate) fn titles(&self, form: &Form) -> Vec<(usize, String)> {
        let chosen = |at: &usize| {
            let options = &form.controls[*at].options;
            // The first option stands for none.
            options
                .iter()
                .position(|o| o.selected)
                .filter(|place| *place > 0)
                .map(|place| options[place].label.clone())
        };
        self.titles.iter().enumerate().filter_map(|(n, at)| chosen(at).map(|text| (n + 1, text))).collect()
    }

    /// Whether it is a favourite; `None` where that cannot be told.
    pub(crate) fn favourite(&self, form: &Form, family: &Family) -> Option<bool> {
        let first = &form.controls[*self.favourite.first()?];
        match first.kind {
            ControlType::Checkbox => Some(first.checked),
            ControlType::Select => {
                let chosen = first.options.iter().find(|o| o.selected)?;
                says(family, &chosen.label, &chosen.value)
            }
            _ => {
                let chosen = self.favourite.iter().map(|at| &form.controls[*at]).find(|c| c.checked)?;
                says(family, own_text(chosen), &chosen.value)
            }
        }
    }

    /// Makes it a favourite or none; the error says what is missing.
    pub(crate) fn set_favourite(&self, form: &mut Form, on: bool, family: &Family) -> Result<(), String> {
        let Some(&first) = self.favourite.first() else {
            return Err("the form has no choice for favourites".to_owned());
        };
        let none = || "its choice for favourites cannot be told".to_owned();
        match form.controls[first].kind {
            ControlType::Checkbox => form.controls[first].checked = on,
            ControlType::Select => {
                let options = &mut form.controls[first].options;
                let wanted = options
                    .iter()
                    .position(|o| says(family, &o.label, &o.value) == Some(on))
                    .ok_or_else(none)?;
                for (at, option) in options.iter_mut().enumerate() {
                    option.selected = at == wanted;
                }
                form.controls[first].value = form.controls[first].options[wanted].value.clone();
            }
            _ => {
                let fits = |at: &&usize| {
                    let control = &form.controls[**at];
                    says(family, own_text(control), &control.value) == Some(on)
                };
                let wanted = *self.favourite.iter().find(fits).ok_or_else(none)?;
                for at in &self.favourite {
                    form.controls[*at].checked = *at == wanted;
                }
                form.controls[wanted].disabled = false;
            }
        }
        Ok(())
    }

    /// Sets a title (from 1) by its text; the error says what is offered.
    pub(crate) fn set_title(&self, form: &mut Form, number: usize, text: &str) -> Result<(), String> {
        let Some(&at) = number.checked_sub(1).and_then(|n| self.titles.get(n)) else {
            return Err(format!("the form has no title {number}"));
        };
        let options = &mut form.controls[at].options;
        // The texts of one title are the values of another: the text decides.
        let by_text = options.iter().position(|o| o.label == text);
        let wanted = if text.is_empty() {
            Some(0)
        } else {
            by_text.or_else(|| options.iter().position(|o| o.value == text))
        };
        let Some(wanted) = wanted.filter(|w| *w < options.len()) else {
            let offered: Vec<String> =
                options.iter().map(|o| scanfleet_sdk::error::clean(&o.label)).collect();
            return Err(format!("title {number} does not offer `{text}`; it offers {}", offered.join(", ")));
        };
        for (place, option) in options.iter_mut().enumerate() {
            option.selected = place == wanted;
        }
        form.controls[at].value = form.controls[at].options[wanted].value.clone();
        Ok(())
    }

    /// The device's rule: at least one title, or a favourite. Where neither is, the first title that fits the name is set.
    pub(crate) fn keep_rule(&self, form: &mut Form, name: &str, family: &Family) {
        if self.favourite(form, family) != Some(false) || !self.titles(form).is_empty() {
            return;
        }
        let Some(&at) = self.titles.first() else { return };
        let initial =
            scanfleet_sdk::family::words::fold(name).chars().next().unwrap_or('a').to_ascii_uppercase();
        let options = &mut form.controls[at].options;
        let is_letters = |label: &str| {
            !label.is_empty() && label.len() <= 3 && label.bytes().all(|b| b.is_ascii_uppercase())
        };
        let fitting = options.iter().position(|o| is_letters(&o.label) && o.label.contains(initial));
        // A name in another script stands under the first title there is.
        let Some(wanted) = fitting.or_else(|| (options.len() > 1).then_some(1)) else { return };
        for (place, option) in options.iter_mut().enumerate() {
            option.selected = place == wanted;
        }
        form.controls[at].value = form.controls[at].options[wanted].value.clone();
    }
}

/// What a choice for favourites means: by its text, else by the values that devices use.
fn says(family: &Family, text: &str, value: &str) -> Option<bool> {
    meaning(family, text, value).or(match value {
        "1" => Some(true),
        "2" => Some(false),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use scanfleet_sdk::form::Document;

    use super::*;
    use crate::family;

    const FORM: &str = "<form><select name=t><option value=1 selected>None<option value=2>AB<option value=7>LMN<option value=9>RST</select>
        <select name=t><option value=1>None<option value=2 selected>1</select><select name=t><option value=1>None<option value=2>1<option value=3>2</select>
        <input type=radio name=t value=1 checked id=a><label for=a>On</label><input type=radio name=t value=2 id=b><label for=b>Off</label></form>";

    fn form() -> Form {
        Document::parse(FORM, None, "UTF-8").forms().remove(0)
    }

    fn sent(form: &Form) -> Vec<String> {
        form.entries(None).unwrap().into_iter().map(|(_, v)| v).collect()
    }

    #[test]
    fn titles_and_favourites_are_read_and_set() {
        let family = &family::all().unwrap()[0];
        let mut form = form();
        let tags = Tags::find(&form, "t");
        assert_eq!(tags.titles(&form), [(2, "1".to_owned())]);
        assert_eq!(tags.favourite(&form, family), Some(true));
        tags.set_title(&mut form, 3, "1").unwrap();
        assert_eq!(sent(&form), ["1", "2", "2", "1"], "the text is 1, the value 2");
        tags.set_title(&mut form, 3, "").unwrap();
        tags.set_title(&mut form, 2, "").unwrap();
        tags.set_favourite(&mut form, false, family).unwrap();
        assert_eq!(sent(&form), ["1", "1", "1", "2"]);
        tags.keep_rule(&mut form, "Müller", family);
        assert_eq!(sent(&form), ["7", "1", "1", "2"], "M stands under LMN");
        assert!(tags.set_title(&mut form, 1, "XYZ").unwrap_err().contains("it offers None, AB"));
        assert!(tags.set_title(&mut form, 4, "AB").is_err());
    }

    #[test]
    fn the_rule_leaves_alone_what_keeps_it() {
        let family = &family::all().unwrap()[0];
        let mut form = form();
        let tags = Tags::find(&form, "t");
        let before = sent(&form);
        tags.keep_rule(&mut form, "A", family);
        assert_eq!(sent(&form), before);
        tags.set_title(&mut form, 2, "").unwrap();
        tags.set_favourite(&mut form, false, family).unwrap();
        tags.keep_rule(&mut form, "山田", family);
        assert_eq!(sent(&form)[0], "2", "the first title where no letter fits");
    }
}
