//! Groups: their form, and the control in it whose choices are the entries of the book.

use std::collections::HashMap;

use scanfleet_sdk::EntryWanted;
use scanfleet_sdk::error::clean;
use scanfleet_sdk::form::{ControlType, Form};

use crate::book::answer::Halt;
use crate::book::fields::{named, value};
use crate::book::roles::Role;
use crate::book::state::Known;
use crate::book::wizard::{Target, same_entry};
use crate::driver::RicohDriver;

/// Where a group's form keeps its members: the control's name, and the handle of the entry that each value stands for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Members {
    name: String,
    /// Value of a choice, and handle of the entry.
    of: Vec<(String, String)>,
}

/// A choice of a control: its value and its text.
type Offer = (String, String);

/// Finds the control for members; the error says why it cannot be told.
pub(crate) fn members(form: &Form, known: &HashMap<String, Known>) -> Result<Members, String> {
    let mut found: Vec<Members> = Vec::new();
    let mut doubt = None;
    for (name, offers) in controls(form) {
        match by_value(&offers, known) {
            Ok(Some(of)) => found.push(Members { name, of }),
            Ok(None) => {}
            Err(why) => doubt = Some(format!("`{}`: {why}", clean(&name))),
        }
    }
    match (found.pop(), found.len()) {
        (Some(only), 0) => Ok(only),
        (Some(last), _) => {
            let mut names: Vec<String> = found.iter().map(|m| format!("`{}`", clean(&m.name))).collect();
            names.push(format!("`{}`", clean(&last.name)));
            Err(format!("several controls of the group's form could hold its members: {}", names.join(", ")))
        }
        (None, _) => Err(doubt.unwrap_or_else(|| {
            "no control of the group's form has the entries of the book for choices, so its members cannot be told".to_owned()
        })),
    }
}

/// The controls that can hold several choices, by name.
fn controls(form: &Form) -> Vec<(String, Vec<Offer>)> {
    let mut all: Vec<(String, Vec<Offer>)> = Vec::new();
    for control in form.controls.iter().filter(|c| !c.name.is_empty()) {
        let offers: Vec<Offer> = match control.kind {
            ControlType::SelectMultiple => {
                control.options.iter().map(|o| (o.value.clone(), o.label.clone())).collect()
            }
            ControlType::Checkbox => vec![(control.value.clone(), control.label().to_owned())],
            _ => continue,
        };
        match all.iter_mut().find(|(name, _)| *name == control.name) {
            Some((_, known)) => known.extend(offers),
            None => all.push((control.name.clone(), offers)),
        }
    }
    all
}

/// The entry of each choice; `None` where the choices are no entries.
fn by_value(
    offers: &[Offer],
    known: &HashMap<String, Known>,
) -> Result<Option<Vec<(String, String)>>, String> {
    let offers: Vec<&Offer> = offers.iter().filter(|(value, _)| !value.trim().is_empty()).collect();
    if offers.is_empty() {
        return Ok(None);
    }
    let number_of = |text: &str| text.trim().parse::<u32>().ok();
    let mut numbers: HashMap<u32, &String> = HashMap::new();
    for (id, entry) in known {
        numbers.extend(number_of(&entry.number).map(|n| (n, id)));
    }
    let by_id = |value: &str| known.get_key_value(value.trim()).map(|(id, _)| id.clone());
    let by_number = |value: &str| number_of(value).and_then(|n| numbers.get(&n)).map(|id| (*id).clone());
    let all = |of: &dyn Fn(&str) -> Option<String>| -> Option<Vec<(String, String)>> {
        offers.iter().map(|(value, _)| of(value).map(|id| (value.clone(), id))).collect()
    };
    // How many texts name the entry that the value stands for.
    let agreeing = |of: &Vec<(String, String)>| {
        let named = |((_, id), (_, text)): (&(String, String), &&Offer)| {
            known.get(id).is_some_and(|k| !k.name.trim().is_empty() && text.contains(k.name.trim()))
        };
        of.iter().zip(&offers).filter(|pair| named((pair.0, pair.1))).count()
    };
    match (all(&by_id), all(&by_number)) {
        (Some(ids), Some(numbers)) if ids != numbers => match (agreeing(&ids), agreeing(&numbers)) {
            (a, b) if a > b => Ok(Some(ids)),
            (a, b) if b > a => Ok(Some(numbers)),
            _ if offers.iter().any(|(_, text)| !text.trim().is_empty()) => Ok(None),
            _ => Err("its values could be entry ids as well as registration numbers".to_owned()),
        },
        (Some(of), _) | (None, Some(of)) => {
            // A few small numbers may mean anything: the texts must not speak against it.
            let texts = offers.iter().any(|(_, text)| !text.trim().is_empty());
            if texts && agreeing(&of) == 0 { Ok(None) } else { Ok(Some(of)) }
        }
        (None, None) => by_text(&offers, known),
    }
}

/// Choices whose texts are names of entries, each of one entry only.
fn by_text(
    offers: &[&Offer],
    known: &HashMap<String, Known>,
) -> Result<Option<Vec<(String, String)>>, String> {
    let mut of = Vec::new();
    for (value, text) in offers {
        let fitting: Vec<&String> =
            known.iter().filter(|(_, k)| k.name.trim() == text.trim()).map(|(id, _)| id).collect();
        match fitting.as_slice() {
            [] => return Ok(None),
            [id] => of.push((value.clone(), (*id).clone())),
            _ => return Err(format!("several entries are called \u{201c}{}\u{201d}", clean(text))),
        }
    }
    Ok(Some(of))
}

impl Members {
    /// The handles of the members, in the page's order.
    pub(crate) fn chosen(&self, form: &Form) -> Vec<String> {
        let on = |value: &str| {
            form.controls.iter().filter(|c| c.name == self.name).any(|c| match c.kind {
                ControlType::Checkbox => c.checked && c.value == value,
                _ => c.options.iter().any(|o| o.selected && o.value == value),
            })
        };
        self.of.iter().filter(|(value, _)| on(value)).map(|(_, id)| id.clone()).collect()
    }

    /// Makes exactly these entries members; the error names the handle that the form does not offer.
    pub(crate) fn choose(&self, form: &mut Form, wanted: &[String]) -> Result<(), String> {
        if let Some(missing) = wanted.iter().find(|id| !self.of.iter().any(|(_, known)| known == *id)) {
            return Err(missing.clone());
        }
        let is_wanted = |value: &str| self.of.iter().any(|(v, id)| v == value && wanted.contains(id));
        for control in form.controls.iter_mut().filter(|c| c.name == self.name) {
            if control.kind == ControlType::Checkbox {
                control.checked = is_wanted(&control.value);
                control.disabled &= !control.checked;
                continue;
            }
            for option in &mut control.options {
                option.selected = is_wanted(&option.value);
            }
            control.value =
                control.options.iter().find(|o| o.selected).map(|o| o.value.clone()).unwrap_or_default();
            control.disabled = false;
        }
        Ok(())
    }
}

impl RicohDriver {
    /// Adds or changes a group.
    pub(crate) async fn by_group_form(
        &mut self,
        target: Target<'_>,
        wanted: &EntryWanted,
    ) -> Result<(), Halt> {
        let (page, mut form) = self.open_form(Role::GroupOpen, target).await?;
        if let Target::There(entry, _) = target {
            same_entry(entry, &value(&form, "name", &self.family), None)?;
        }
        let wanted_members = wanted.members.as_deref().filter(|m| !target.is_new() || !m.is_empty());
        if let Some(ids) = wanted_members {
            let members = match members(&form, &self.book.known) {
                Ok(members) => members,
                Err(why) => {
                    self.book.no_groups = Some(why.clone());
                    return Err(self.cannot(&page, "the members of a group", why));
                }
            };
            members.choose(&mut form, ids).map_err(|id| {
                let name = self.book.known.get(&id).map_or("?", |k| k.name.as_str());
                let got = format!(
                    "the form does not offer \u{201c}{}\u{201d} ({}) as a member",
                    clean(name),
                    clean(&id)
                );
                self.cannot(&page, "the members of a group", got)
            })?;
        }
        self.fill_entry(&page, &mut form, wanted, target.is_new())?;
        if let Some(email) = wanted.email.as_deref().filter(|e| !e.is_empty()) {
            if named(&form, "email", &self.family).is_none() {
                return Err(self.cannot(
                    &page,
                    "a group",
                    "a group of this device has no e-mail address of its own",
                ));
            }
            self.fill_email(&page, &mut form, email)?;
        }
        self.fill_rest(&page, &mut form, wanted)?;
        self.save_form(Role::GroupOpen, Role::GroupSave, &page, form, wanted).await
    }
}

#[cfg(test)]
mod tests {
    use scanfleet_sdk::form::Document;

    use super::*;

    fn form(html: &str) -> Form {
        Document::parse(&format!("<form>{html}</form>"), None, "UTF-8").forms().remove(0)
    }

    fn known(entries: &[(&str, &str, &str)]) -> HashMap<String, Known> {
        let entry = |(id, number, name): &(&str, &str, &str)| {
            (
                (*id).to_owned(),
                Known { number: (*number).into(), name: (*name).into(), has_id: true, place: None },
            )
        };
        entries.iter().map(entry).collect()
    }

    fn book() -> HashMap<String, Known> {
        known(&[("1", "00002", "Ann"), ("2", "00001", "Bob"), ("30", "00003", "Cid")])
    }

    #[test]
    fn a_select_or_check_boxes_by_id_by_number_or_by_name() {
        let by_number = "<select multiple name=m><option value=00002 selected>00002 Ann<option value=00001>Bob<option value=00003 selected>Cid</select>";
        let mut group = form(by_number);
        let found = members(&group, &book()).unwrap();
        assert_eq!(found.chosen(&group), ["1", "30"]);
        found.choose(&mut group, &["2".into()]).unwrap();
        assert_eq!(group.entries(None).unwrap(), [("m".to_owned(), "00001".to_owned())]);
        assert_eq!(found.choose(&mut group, &["77".into()]), Err("77".into()));
        // The values are ids as well as numbers; the texts decide.
        let by_id = "<input type=checkbox name=m value=1 id=a checked><label for=a>Ann</label><input type=checkbox name=m value=2 id=b><label for=b>Bob</label>";
        assert_eq!(members(&form(by_id), &book()).unwrap().chosen(&form(by_id)), ["1"]);
        let by_text = "<select multiple name=m><option value=x selected>Ann<option value=y>Bob</select>";
        assert_eq!(members(&form(by_text), &book()).unwrap().chosen(&form(by_text)), ["1"]);
    }

    #[test]
    fn what_cannot_be_told_is_not_guessed() {
        let why = |html: &str, known: &HashMap<String, Known>| members(&form(html), known).unwrap_err();
        assert!(
            why("<input name=entryNameIn><input type=checkbox name=f value=COPY>", &book())
                .contains("no control")
        );
        let untold = "<input type=checkbox name=m value=1><input type=checkbox name=m value=2>";
        assert!(why(untold, &book()).contains("as well as registration numbers"));
        let two = "<select multiple name=a><option value=1>Ann</select><select multiple name=b><option value=1>Ann</select>";
        assert!(why(two, &book()).contains("several controls"));
        let twins = known(&[("1", "00001", "Ann"), ("5", "00002", "Ann")]);
        assert!(
            why("<select multiple name=m><option value=x>Ann</select>", &twins).contains("several entries")
        );
        // Check boxes with small numbers that mean something else.
        let other = "<input type=checkbox name=f value=1 id=c><label for=c>Copier</label>";
        assert!(why(other, &book()).contains("no control"));
    }
}
