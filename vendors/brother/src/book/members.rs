//! The members of a group: by the numbers that a text lists, or as boxes that bear numbers and names.

use scanfleet_sdk::error::clean;
use scanfleet_sdk::form::{Control, ControlType, Form, fold};
use scanfleet_sdk::page::Page;
use scanfleet_sdk::{BookEntry, DeviceError, EntryKind};

use crate::book::entry::Fields;
use crate::book::words::number;
use crate::choice::holdable;
use crate::driver::BrotherDriver;
use crate::problem;

/// The handles of the entries whose numbers a text lists; `None` where it says something else.
pub(crate) fn by_numbers(text: &str, users: &[BookEntry]) -> Option<Vec<String>> {
    let parts = text.split([',', ';', ' ']).map(str::trim).filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let wanted = number(part)?;
            let mut found = users.iter().filter(|user| user.number == Some(wanted));
            match (found.next(), found.next()) {
                (Some(user), None) => Some(user.id.clone()),
                _ => None,
            }
        })
        .collect()
}

/// A member that a page offers: its number where the page says it, and its text.
fn offered(text: &str) -> (Option<u32>, String) {
    let text = fold(text);
    match text.split_once([' ', ':']) {
        Some((first, rest)) if number(first).is_some() => (number(first), rest.trim().to_owned()),
        _ => (number(&text), text),
    }
}

/// What a box says of itself, its group's label aside.
fn own_text(control: &Control) -> &str {
    let group = control.group_label.as_deref();
    control.labels.iter().map(|l| l.text.as_str()).find(|text| Some(*text) != group).unwrap_or_default()
}

impl BrotherDriver {
    /// The entry that a page offers as a member under a text.
    fn member(&self, text: &str) -> Option<String> {
        let (number, name) = offered(text);
        let users = self.book.known.iter().filter(|(_, known)| known.kind == EntryKind::User);
        let fits = |row: &crate::book::list::Row| match number {
            // A number alone is enough; a name beside it must agree.
            Some(number) => {
                row.number == Some(number)
                    && (name.is_empty() || name == fold(&row.name) || self::number(&name) == Some(number))
            }
            None => fold(&row.name) == name,
        };
        let mut found = users.filter(|(_, known)| fits(&known.row)).map(|(id, _)| id.clone());
        match (found.next(), found.next()) {
            (Some(id), None) => Some(id),
            _ => None,
        }
    }

    /// The members that a group's page shows.
    pub(crate) fn members_on(
        &self,
        page: &Page,
        form: &Form,
        fields: &Fields,
        tried: &str,
    ) -> Result<Vec<String>, DeviceError> {
        let doubt = |text: &str| {
            let got = format!("which entry the member \u{201c}{}\u{201d} is cannot be told", clean(text));
            problem::page_changed(&self.session, page, tried, got)
        };
        let mut members = Vec::new();
        for control in form.controls.iter().filter(|c| fields.members.contains(&c.name)) {
            let texts: Vec<&str> = match control.kind {
                ControlType::Checkbox if control.checked => vec![own_text(control)],
                ControlType::Checkbox => Vec::new(),
                ControlType::SelectMultiple => {
                    control.options.iter().filter(|o| o.selected).map(|o| o.label.as_str()).collect()
                }
                _ => control
                    .value
                    .split([',', ';', ' '])
                    .map(str::trim)
                    .filter(|part| !part.is_empty())
                    .collect(),
            };
            for text in texts {
                members.push(self.member(text).ok_or_else(|| doubt(text))?);
            }
        }
        Ok(members)
    }

    /// Puts the members into a group's form.
    pub(crate) fn fill_members(
        &self,
        page: &Page,
        form: &mut Form,
        fields: &Fields,
        wanted: &[String],
    ) -> Result<(), DeviceError> {
        const TRIED: &str = "fill in the members of the group";
        let changed = |got: String| problem::page_changed(&self.session, page, TRIED, got);
        let known = |id: &String| {
            self.book.known.get(id).filter(|known| known.kind == EntryKind::User).ok_or_else(|| {
                changed(format!("the member \u{201c}{}\u{201d} is not in the list that was read", clean(id)))
            })
        };
        let text = form.controls.iter().find(|c| {
            fields.members.contains(&c.name) && matches!(c.kind, ControlType::Text | ControlType::Textarea)
        });
        if let Some(control) = text {
            if fields.members.len() > 1 {
                return Err(changed("the page has the field of the members more than once".to_owned()));
            }
            // Written as it is written already.
            let marked = control.value.trim_start().starts_with('#');
            let mut parts = Vec::new();
            for id in wanted {
                let row = &known(id)?.row;
                let number =
                    row.number.ok_or_else(|| changed(format!("{} has no number", clean(&row.name))))?;
                parts.push(if marked { row.id.clone() } else { number.to_string() });
            }
            let (name, value) = (control.name.clone(), parts.join(","));
            return holdable(page, &name, &value)
                .and_then(|()| form.set_text(&name, &value))
                .map_err(|e| problem::unfillable(&self.session, page, "the members", &e));
        }
        for id in wanted {
            known(id)?;
        }
        let mut missing: Vec<&String> = wanted.iter().collect();
        for at in 0..form.controls.len() {
            let control = &form.controls[at];
            if !fields.members.contains(&control.name) {
                continue;
            }
            match control.kind {
                ControlType::Checkbox => {
                    let member = self.member(own_text(control));
                    if member.is_none() && control.checked {
                        let text = clean(own_text(control));
                        return Err(changed(format!(
                            "which entry the member \u{201c}{text}\u{201d} is cannot be told"
                        )));
                    }
                    let on = member.as_ref().is_some_and(|member| wanted.contains(member));
                    missing.retain(|id| Some(*id) != member.as_ref());
                    form.controls[at].checked = on;
                }
                ControlType::SelectMultiple => {
                    for option in 0..form.controls[at].options.len() {
                        let member = self.member(&form.controls[at].options[option].label);
                        let on = member.as_ref().is_some_and(|member| wanted.contains(member));
                        missing.retain(|id| Some(*id) != member.as_ref());
                        form.controls[at].options[option].selected = on;
                    }
                }
                _ => {}
            }
        }
        match missing.first() {
            None => Ok(()),
            Some(id) => {
                let name = self.book.known.get(*id).map(|known| clean(&known.row.name)).unwrap_or_default();
                Err(problem::unsupported(
                    page,
                    "the members of the group",
                    format!("the page does not offer \u{201c}{name}\u{201d} as a member"),
                ))
            }
        }
    }
}
