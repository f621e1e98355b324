//! What a form holds beside the fields somebody has a word for.

use super::{ControlType, Form};

impl Form {
    /// The form's settings that a person sees and could change, but for the controls of some names: a write that loses one
    /// of them is noticed by comparing them before and after. Passwords, hidden fields and buttons are never among them.
    pub fn beside(&self, left_out: impl Fn(&str) -> bool) -> Vec<(String, String)> {
        let mut all = Vec::new();
        for control in &self.controls {
            if control.name.is_empty() || left_out(&control.name) {
                continue;
            }
            let value = match control.kind {
                ControlType::Radio | ControlType::Checkbox if control.checked => control.value.clone(),
                ControlType::Select | ControlType::SelectMultiple => {
                    let chosen = control.options.iter().filter(|o| o.selected);
                    chosen.map(|o| o.value.as_str()).collect::<Vec<_>>().join(",")
                }
                ControlType::Text | ControlType::Textarea => control.value.trim().to_owned(),
                _ => continue,
            };
            all.push((control.name.clone(), value));
        }
        all
    }
}
