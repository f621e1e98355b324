//! Filling a form: only what the page offers, only where it is unmistakable.

use super::control::{Control, ControlType};
use super::encode;
use super::error::FormError;
use super::model::Form;
use super::value::sanitise;
use crate::error::clean;

impl Form {
    /// Sets a text-like control, hidden field, textarea or password. A disabled control is enabled, as the page's script
    /// would when the choice it hangs on is made.
    ///
    /// # Errors
    /// Missing, doubled, wrong type, too long, unencodable, unfit for the control's type.
    pub fn set_text(&mut self, name: &str, value: &str) -> Result<(), FormError> {
        let at = self.one_text(name)?;
        let control = &self.controls[at];
        let value = if control.kind == ControlType::Textarea {
            value.replace("\r\n", "\n").replace('\r', "\n")
        } else {
            value.to_owned()
        };
        let length = value.encode_utf16().count();
        if let Some(limit) = control.max_length
            && length > limit
            && limits(control)
        {
            return Err(FormError::TooLong { name: clean(name), limit, length });
        }
        if control.kind == ControlType::Text || control.kind == ControlType::Password {
            // An empty text is always allowed; a field such as a range makes something else of it, though.
            if sanitise(&control.type_name, &value, |_| None) != value {
                return Err(FormError::Unfit { name: clean(name), type_name: control.type_name.clone() });
            }
        }
        self.encodable(name, &value)?;
        let control = &mut self.controls[at];
        control.value = value;
        control.disabled = false;
        Ok(())
    }

    /// Chooses the radio button or option with this value; enables it where it is disabled. In a multiple select it is then
    /// the only one chosen.
    ///
    /// # Errors
    /// Missing, doubled (two selects of the name, or the value offered twice), no such choice, wrong type.
    pub fn choose(&mut self, name: &str, value: &str) -> Result<(), FormError> {
        let all = self.places(name);
        let first = *all.first().ok_or_else(|| FormError::Missing(clean(name)))?;
        if all.iter().all(|&at| self.controls[at].kind == ControlType::Radio) {
            let values: Vec<&str> = all.iter().map(|&at| self.controls[at].value.as_str()).collect();
            let chosen = all[only(name, value, &values)?];
            for at in all {
                self.controls[at].checked = at == chosen;
            }
            self.controls[chosen].disabled = false;
            return Ok(());
        }
        if let Some(other) = all
            .iter()
            .find(|&&at| !matches!(self.controls[at].kind, ControlType::Select | ControlType::SelectMultiple))
        {
            return Err(wrong_type(&self.controls[*other]));
        }
        if all.len() > 1 {
            return Err(FormError::Doubled { name: clean(name), count: all.len() });
        }
        let control = &mut self.controls[first];
        let values: Vec<&str> = control.options.iter().map(|o| o.value.as_str()).collect();
        let chosen = only(name, value, &values)?;
        for (at, option) in control.options.iter_mut().enumerate() {
            option.selected = at == chosen;
        }
        control.options[chosen].disabled = false;
        control.disabled = false;
        value.clone_into(&mut control.value);
        Ok(())
    }

    /// Checks or unchecks a check box by name (and value, where several share the name). A check box that is to be checked
    /// is enabled. Hidden fields of the same name, as some pages have beside a check box, are left alone.
    ///
    /// # Errors
    /// Missing, doubled, no such choice, wrong type.
    pub fn check(&mut self, name: &str, value: Option<&str>, on: bool) -> Result<(), FormError> {
        let all = self.places(name);
        let first = *all.first().ok_or_else(|| FormError::Missing(clean(name)))?;
        let boxes: Vec<usize> =
            all.into_iter().filter(|&at| self.controls[at].kind == ControlType::Checkbox).collect();
        if boxes.is_empty() {
            return Err(wrong_type(&self.controls[first]));
        }
        let at = match value {
            Some(value) => {
                let values: Vec<&str> = boxes.iter().map(|&at| self.controls[at].value.as_str()).collect();
                boxes[only(name, value, &values)?]
            }
            None if boxes.len() > 1 => {
                return Err(FormError::Doubled { name: clean(name), count: boxes.len() });
            }
            None => boxes[0],
        };
        let control = &mut self.controls[at];
        control.checked = on;
        if on {
            control.disabled = false;
        }
        Ok(())
    }

    /// Sets a hidden (or other text-like) field as a script's `form.name.value = …` would, without regard to `maxlength`;
    /// adds nothing where it is missing, and enables nothing.
    ///
    /// # Errors
    /// Missing, doubled, wrong type, unencodable.
    pub fn assign(&mut self, name: &str, value: &str) -> Result<(), FormError> {
        let at = self.one_text(name)?;
        self.encodable(name, value)?;
        let control = &mut self.controls[at];
        control.value = match control.kind {
            ControlType::Hidden => value.to_owned(),
            ControlType::Textarea => value.replace("\r\n", "\n").replace('\r', "\n"),
            _ => sanitise(&control.type_name, value, |_| None),
        };
        Ok(())
    }

    /// Places of all controls of a name that are not buttons.
    fn places(&self, name: &str) -> Vec<usize> {
        let named = |c: &Control| !name.is_empty() && c.name == name && !c.kind.is_button();
        self.controls.iter().enumerate().filter(|(_, c)| named(c)).map(|(at, _)| at).collect()
    }

    /// The one text-like control of a name.
    fn one_text(&self, name: &str) -> Result<usize, FormError> {
        let all = self.places(name);
        let Some(&first) = all.first() else {
            return match self.controls.iter().find(|c| !name.is_empty() && c.name == name) {
                Some(button) => Err(wrong_type(button)),
                None => Err(FormError::Missing(clean(name))),
            };
        };
        let texts = all.iter().filter(|&&at| self.controls[at].kind.is_text()).count();
        if texts == 0 {
            return Err(wrong_type(&self.controls[first]));
        }
        if all.len() > 1 {
            return Err(FormError::Doubled { name: clean(name), count: all.len() });
        }
        Ok(first)
    }

    fn encodable(&self, name: &str, value: &str) -> Result<(), FormError> {
        if encode::encodable(value, encode::encoding(self.charset)) {
            Ok(())
        } else {
            Err(FormError::Unencodable { name: clean(name), charset: self.charset.to_owned() })
        }
    }
}

/// Whether `maxlength` applies to the control.
fn limits(control: &Control) -> bool {
    match control.kind {
        ControlType::Password | ControlType::Textarea => true,
        ControlType::Text => {
            matches!(control.type_name.as_str(), "text" | "search" | "tel" | "url" | "email")
        }
        _ => false,
    }
}

fn wrong_type(control: &Control) -> FormError {
    FormError::WrongType { name: clean(&control.name), kind: control.kind.to_string() }
}

/// The place of the one value that equals the wanted one.
fn only(name: &str, wanted: &str, offered: &[&str]) -> Result<usize, FormError> {
    let mut hits = offered.iter().enumerate().filter(|(_, v)| **v == wanted);
    match (hits.next(), hits.count()) {
        (Some((at, _)), 0) => Ok(at),
        (Some(_), more) => Err(FormError::Doubled { name: clean(name), count: more + 1 }),
        (None, _) => Err(FormError::NoSuchChoice {
            name: clean(name),
            wanted: clean(wanted),
            offered: clean(&offered.iter().map(|v| format!("`{v}`")).collect::<Vec<_>>().join(", ")),
        }),
    }
}
