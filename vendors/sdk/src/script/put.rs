//! What scripts do to the page: writing fields, attaching handlers, submitting, going elsewhere.

use super::dom::{is_select, number};
use super::machine::{Machine, Walked};
use super::value::Value;
use super::{Outcome, Place, Typed};
use crate::form::{Control, ControlType, Overrides};

impl Machine<'_> {
    /// Writes a property.
    pub(super) fn put(&mut self, object: &Value, key: &str, value: Value) -> Walked<()> {
        match object {
            Value::Window | Value::Document if key == "location" => {
                self.navigate(&value)?;
            }
            Value::Window => self.put_global(key, value),
            Value::Location if key == "href" => {
                self.navigate(&value)?;
            }
            Value::Form(form) => match key {
                "action" => {
                    self.dark_action[*form] = value.text().is_none();
                    self.actions[*form] = value.text();
                }
                "method" => {
                    if let Some(method) = value.text() {
                        self.forms[*form].method = method.to_ascii_lowercase();
                    }
                }
                "enctype" | "encoding" => {
                    if let Some(enctype) = value.text() {
                        self.forms[*form].enctype = enctype;
                    }
                }
                _ => {}
            },
            Value::Control(place) => self.put_control(*place, key, value),
            Value::Group(places) if key == "value" => {
                for place in places.clone() {
                    let on = self.control(place).map(|c| Value::Text(c.value.clone()));
                    if on.is_some_and(|v| v.equals(&value, false) == Some(true)) {
                        self.put_control(place, "checked", Value::Bool(true));
                    }
                }
            }
            Value::Options(place) if key == "selectedIndex" => self.put_control(*place, key, value),
            Value::Choice(place, index) if key == "selected" && value.truth() == Some(true) => {
                self.put_control(*place, "selectedIndex", number(*index));
            }
            Value::Object(at) => {
                if let Some(map) = self.objects.get_mut(*at) {
                    map.insert(key.to_owned(), value);
                }
            }
            Value::Node(_) if key.starts_with("on") => self.bind(object.clone(), &key[2..], value),
            Value::Set(all) => {
                for item in all.clone() {
                    self.put(&item, key, value.clone())?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    pub(super) fn put_control(&mut self, place: Place, key: &str, value: Value) {
        if let Some(event) = key.strip_prefix("on") {
            self.bind(Value::Control(place), event, value);
            return;
        }
        let Some(control) = self.forms.get_mut(place.0).and_then(|f| f.controls.get_mut(place.1)) else {
            return;
        };
        match key {
            "value" => {
                self.typed.retain(|(p, _)| *p != place);
                if let Value::Secret(from, via) = value {
                    control.value.clear();
                    if from != place || !via.is_empty() {
                        self.typed.push((place, Typed { into: place.1, from, via }));
                    }
                    return;
                }
                self.dark.retain(|p| *p != place);
                let Some(text) = value.text() else {
                    self.dark.push(place);
                    return;
                };
                if is_select(control) {
                    for option in &mut control.options {
                        option.selected = option.value == text;
                    }
                }
                control.value = text;
                if self.secrets.contains(&place) && !self.emptied.contains(&place) {
                    self.emptied.push(place);
                }
            }
            "checked" => {
                let Some(on) = value.truth() else { return };
                control.checked = on;
                let (name, radio) = (control.name.clone(), control.kind == ControlType::Radio);
                if radio && on {
                    for (at, other) in self.forms[place.0].controls.iter_mut().enumerate() {
                        if at != place.1 && other.kind == ControlType::Radio && other.name == name {
                            other.checked = false;
                        }
                    }
                }
            }
            "disabled" => {
                if let Some(off) = value.truth() {
                    control.disabled = off;
                }
            }
            "name" => {
                if let Some(name) = value.text() {
                    control.name = name;
                }
            }
            "selectedIndex" => {
                let Some(number) = value.number() else { return };
                for (at, option) in control.options.iter_mut().enumerate() {
                    #[expect(clippy::cast_precision_loss, reason = "options are few")]
                    let here = at as f64;
                    option.selected = (here - number).abs() < 0.5;
                }
                control.value =
                    control.options.iter().find(|o| o.selected).map(|o| o.value.clone()).unwrap_or_default();
            }
            _ => {}
        }
    }

    /// Puts a field that a script made into a form.
    pub(super) fn append(&mut self, form: usize, made: usize) {
        let text = |machine: &Self, key: &str| match machine.objects.get(made).and_then(|m| m.get(key)) {
            Some(value) => value.text(),
            None => None,
        };
        let Some(name) = text(self, "name") else { return };
        let secret = match self.objects.get(made).and_then(|m| m.get("value")) {
            Some(Value::Secret(from, via)) => Some((*from, via.clone())),
            _ => None,
        };
        let value = text(self, "value").unwrap_or_default();
        let at = self.forms[form].controls.len();
        self.forms[form].controls.push(hidden(&name, &value));
        if let Some((from, via)) = secret {
            self.typed.push(((form, at), Typed { into: at, from, via }));
        }
    }

    /// Remembers a handler that a script attaches.
    pub(super) fn bind(&mut self, target: Value, event: &str, function: Value) {
        if event.trim_start_matches("on").starts_with("click") && matches!(function, Value::Function(..)) {
            self.bindings.push((target, function));
        } else if matches!(target, Value::Window | Value::Document)
            && matches!(event, "load" | "onload" | "DOMContentLoaded")
        {
            // As if written to `window.onload`, for whoever asks what the page does by itself.
            self.put_global("onload", function);
        }
    }

    pub(super) fn same_element(&self, a: &Value, b: &Value) -> bool {
        match (a, b) {
            (Value::Control(a), Value::Control(b)) => a == b,
            (Value::Node(a), Value::Node(b)) => a == b,
            (Value::Form(a), Value::Form(b)) => a == b,
            (Value::Set(all), b) => all.iter().any(|a| self.same_element(a, b)),
            _ => false,
        }
    }

    /// What a `for … in` or `of` runs through.
    pub(super) fn keys(&self, object: &Value) -> Vec<Value> {
        match object {
            Value::Group(places) => places.iter().map(|p| Value::Control(*p)).collect(),
            Value::Elements(form) | Value::Form(form) => {
                (0..self.forms[*form].controls.len()).map(|c| Value::Control((*form, c))).collect()
            }
            Value::Object(at) => self.objects.get(*at).map_or_else(Vec::new, |map| {
                let mut keys: Vec<&String> =
                    map.keys().filter(|k| *k != "length" && *k != "__proto__").collect();
                keys.sort();
                keys.into_iter().map(|k| Value::Text(k.clone())).collect()
            }),
            _ => Vec::new(),
        }
    }

    /// Opens another page.
    pub(super) fn navigate(&mut self, target: &Value) -> Walked<Value> {
        match target.text() {
            Some(url) => match url.trim().strip_prefix("javascript:") {
                Some(code) => self.run_text(code),
                None => self.end(Outcome::Navigate(url)),
            },
            None => Ok(Value::Undefined),
        }
    }

    /// Submits a form.
    pub(super) fn submit(&mut self, form: usize) -> Walked<Value> {
        // An address that cannot be told is no address to send a hospital's settings to.
        if self.dark_action[form] {
            self.missing.push("the address the form is sent to".to_owned());
            return Ok(Value::Undefined);
        }
        let sent = self.sent(form);
        self.end(Outcome::Submit(Box::new(sent)))
    }
}

/// A hidden field as a script makes it.
fn hidden(name: &str, value: &str) -> Control {
    Control {
        name: name.to_owned(),
        id: String::new(),
        kind: ControlType::Hidden,
        type_name: "hidden".to_owned(),
        labels: Vec::new(),
        group_label: None,
        heading: None,
        value: value.to_owned(),
        checked: false,
        options: Vec::new(),
        disabled: false,
        readonly: false,
        max_length: None,
        onclick: None,
        overrides: Overrides::default(),
        dirname: None,
        rtl: None,
        default_caption: false,
        in_datalist: false,
    }
}
