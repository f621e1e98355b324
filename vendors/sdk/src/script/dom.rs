//! The page as scripts see it: forms, controls and their properties.

use super::Place;
use super::machine::Machine;
use super::value::Value;
use crate::form::{Control, ControlType};

impl Machine<'_> {
    pub(super) fn control(&self, place: Place) -> Option<&Control> {
        self.forms.get(place.0)?.controls.get(place.1)
    }

    /// Reads a property.
    pub(super) fn get(&mut self, object: &Value, key: &Value) -> Value {
        if let Value::Secret(place, via) = object {
            return match key.text().as_deref() {
                Some("length") | None => Value::Unknown,
                Some(name) => Value::Method(Box::new(Value::Secret(*place, via.clone())), name.to_owned()),
            };
        }
        let Some(key) = key.text() else { return Value::Unknown };
        let index: Option<usize> = key.parse().ok();
        let method = |object: &Value| Value::Method(Box::new(object.clone()), key.clone());
        match object {
            Value::Window => match key.as_str() {
                "forms" => Value::Unknown,
                "addEventListener" | "attachEvent" => method(object),
                _ => self.global(&key),
            },
            Value::Document => match key.as_str() {
                "forms" => Value::Forms,
                "location" => Value::Location,
                "all" => Value::Document,
                _ => match self.form_named(&key) {
                    Some(form) => Value::Form(form),
                    None => method(object),
                },
            },
            Value::Forms => match index {
                Some(index) if index < self.forms.len() => Value::Form(index),
                Some(_) => Value::Undefined,
                None if key == "length" => number(self.forms.len()),
                None => self.form_named(&key).map_or(Value::Undefined, Value::Form),
            },
            Value::Form(form) => self.form_member(*form, &key, index, object),
            Value::Elements(form) => match index {
                Some(index) if index < self.forms[*form].controls.len() => Value::Control((*form, index)),
                Some(_) => Value::Undefined,
                None if key == "length" => number(self.forms[*form].controls.len()),
                None => self.named(*form, &key).unwrap_or_else(|| method(object)),
            },
            Value::Group(places) => match (index, key.as_str()) {
                (Some(index), _) => places.get(index).map_or(Value::Undefined, |p| Value::Control(*p)),
                (None, "length") => number(places.len()),
                (None, "value") => places
                    .iter()
                    .find(|p| self.control(**p).is_some_and(|c| c.checked))
                    .map_or(Value::Text(String::new()), |p| self.control_member(*p, "value", None)),
                _ => Value::Unknown,
            },
            Value::Control(place) => self.control_member(*place, &key, index),
            Value::Options(place) => {
                let count = self.control(*place).map_or(0, |c| c.options.len());
                match index {
                    Some(index) if index < count => Value::Choice(*place, index),
                    Some(_) => Value::Undefined,
                    None if key == "length" => number(count),
                    None if key == "selectedIndex" => self.control_member(*place, &key, None),
                    None => Value::Unknown,
                }
            }
            Value::Choice(place, index) => match self.control(*place).and_then(|c| c.options.get(*index)) {
                Some(choice) => match key.as_str() {
                    "value" => Value::Text(choice.value.clone()),
                    "text" | "label" | "innerHTML" => Value::Text(choice.label.clone()),
                    "selected" => Value::Bool(choice.selected),
                    _ => Value::Unknown,
                },
                None => Value::Undefined,
            },
            Value::Location => {
                let url = self.scripts.url;
                match key.as_str() {
                    "href" => Value::Text(url.to_string()),
                    "pathname" => Value::Text(url.path().to_owned()),
                    "protocol" => Value::Text(format!("{}:", url.scheme())),
                    "hostname" => Value::Text(url.host_str().unwrap_or_default().to_owned()),
                    "host" => Value::Text(host(url)),
                    "origin" => Value::Text(format!("{}://{}", url.scheme(), host(url))),
                    "search" => Value::Text(url.query().map(|q| format!("?{q}")).unwrap_or_default()),
                    _ => method(object),
                }
            }
            Value::Object(at) => self.object_member(*at, &key, object),
            Value::Set(all) => match (index, key.as_str()) {
                (Some(index), _) => all.get(index).cloned().unwrap_or(Value::Undefined),
                (None, "length") => number(all.len()),
                _ => method(object),
            },
            Value::Text(text) => match (index, key.as_str()) {
                (None, "length") => number(text.chars().count()),
                (Some(index), _) => {
                    text.chars().nth(index).map_or(Value::Undefined, |c| Value::Text(c.to_string()))
                }
                _ => method(object),
            },
            Value::Function(f, _) if key == "prototype" => self.prototype(&f.name.clone()),
            Value::Function(..) | Value::Number(_) | Value::Bool(_) | Value::Node(_) => method(object),
            // A member of something foreign keeps the last name, so that an encoder is known by it.
            Value::Foreign(name) => Value::Foreign(format!("{name}.{key}")),
            Value::Undefined | Value::Null | Value::Unknown | Value::Method(..) | Value::Secret(..) => {
                Value::Unknown
            }
        }
    }

    pub(super) fn form_member(&self, form: usize, key: &str, index: Option<usize>, object: &Value) -> Value {
        if let Some(found) = self.named(form, key) {
            return found;
        }
        let this = &self.forms[form];
        match (index, key) {
            (Some(index), _) => {
                if index < this.controls.len() {
                    Value::Control((form, index))
                } else {
                    Value::Undefined
                }
            }
            (None, "elements") => Value::Elements(form),
            (None, "length") => number(this.controls.len()),
            (None, "name") => Value::Text(this.name.clone()),
            (None, "id") => Value::Text(this.id.clone()),
            (None, "method") => Value::Text(this.method.clone()),
            (None, "action") => {
                let written = self.actions[form].clone().or_else(|| this.action_written.clone());
                if self.dark_action[form] { Value::Unknown } else { Value::Text(written.unwrap_or_default()) }
            }
            (
                None,
                "submit" | "setAttribute" | "getAttribute" | "appendChild" | "reset" | "querySelector"
                | "querySelectorAll" | "removeChild" | "removeAttribute" | "addEventListener",
            ) => Value::Method(Box::new(object.clone()), key.to_owned()),
            (None, "target" | "enctype" | "encoding") => Value::Text(String::new()),
            _ => Value::Undefined,
        }
    }

    pub(super) fn control_member(&self, place: Place, key: &str, index: Option<usize>) -> Value {
        let Some(control) = self.control(place) else { return Value::Undefined };
        match (index, key) {
            (_, "value") => {
                if self.secrets.contains(&place) && control.value.is_empty() && !self.is_typed(place) {
                    return Value::Secret(place, Vec::new());
                }
                match self.typed.iter().find(|(p, _)| *p == place) {
                    Some((_, typed)) => Value::Secret(typed.from, typed.via.clone()),
                    None => Value::Text(control.value.clone()),
                }
            }
            (_, "checked") => Value::Bool(control.checked),
            (_, "disabled") => Value::Bool(control.disabled),
            (_, "readOnly") => Value::Bool(control.readonly),
            (_, "name") => Value::Text(control.name.clone()),
            (_, "id") => Value::Text(control.id.clone()),
            (_, "type") => Value::Text(control.type_name.clone()),
            (_, "form") => Value::Form(place.0),
            (_, "options") => Value::Options(place),
            (_, "selectedIndex") => {
                let at = control.options.iter().position(|o| o.selected);
                at.map_or(Value::Number(-1.0), number)
            }
            (_, "length") if is_select(control) => number(control.options.len()),
            (Some(index), _) if is_select(control) && index < control.options.len() => {
                Value::Choice(place, index)
            }
            // A group of one is written like a group of many by careless scripts.
            (Some(0), _) => Value::Control(place),
            (Some(_), _) | (_, "length") => Value::Undefined,
            (_, "style" | "className" | "parentNode" | "nextSibling" | "classList") => Value::Unknown,
            _ => Value::Method(Box::new(Value::Control(place)), key.to_owned()),
        }
    }

    pub(super) fn is_typed(&self, place: Place) -> bool {
        // A password field that the script emptied holds nothing any more.
        self.emptied.contains(&place)
    }

    pub(super) fn object_member(&self, at: usize, key: &str, object: &Value) -> Value {
        let mut here = Some(at);
        // A prototype of a prototype of … ends somewhere; a loop must too.
        for _ in 0..8 {
            let Some(map) = here.and_then(|h| self.objects.get(h)) else { break };
            if let Some(value) = map.get(key) {
                return value.clone();
            }
            here = match map.get("__proto__") {
                Some(Value::Object(next)) => Some(*next),
                _ => None,
            };
        }
        match key {
            "setAttribute" | "push" | "join" | "appendChild" | "submit" | "getAttribute" | "concat"
            | "forEach" => Value::Method(Box::new(object.clone()), key.to_owned()),
            _ => Value::Undefined,
        }
    }

    pub(super) fn prototype(&mut self, function: &str) -> Value {
        if let Some(at) = self.prototypes.get(function) {
            return Value::Object(*at);
        }
        let value = self.object(std::collections::HashMap::new());
        if let Value::Object(at) = value {
            self.prototypes.insert(function.to_owned(), at);
        }
        value
    }

    pub(super) fn form_named(&self, name: &str) -> Option<usize> {
        if name.is_empty() {
            return None;
        }
        self.forms.iter().position(|f| f.name == name || f.id == name)
    }

    /// The controls of a name or id within a form, as `form.name` gives them.
    pub(super) fn named(&self, form: usize, name: &str) -> Option<Value> {
        if name.is_empty() {
            return None;
        }
        let places: Vec<Place> = self.forms[form]
            .controls
            .iter()
            .enumerate()
            .filter(|(_, c)| c.name == name || c.id == name)
            .map(|(i, _)| (form, i))
            .collect();
        match places.as_slice() {
            [] => None,
            [one] => Some(Value::Control(*one)),
            _ => Some(Value::Group(places)),
        }
    }

    /// The element of an id: a control, a form, or something else.
    pub(super) fn by_id(&self, id: &str) -> Value {
        let pick = |test: &dyn Fn(&Control) -> bool| {
            self.forms
                .iter()
                .enumerate()
                .find_map(|(f, form)| form.controls.iter().position(test).map(|c| Value::Control((f, c))))
        };
        if let Some(found) = pick(&|c| c.id == id) {
            return found;
        }
        if let Some(form) = self.forms.iter().position(|f| f.id == id) {
            return Value::Form(form);
        }
        Value::Node(id.to_owned())
    }

    /// All controls of a name on the page.
    pub(super) fn by_name(&self, name: &str) -> Vec<Value> {
        let mut out = Vec::new();
        for (f, form) in self.forms.iter().enumerate() {
            if form.name == name {
                out.push(Value::Form(f));
            }
            for (c, control) in form.controls.iter().enumerate() {
                if control.name == name {
                    out.push(Value::Control((f, c)));
                }
            }
        }
        out
    }
}

pub(super) fn is_select(control: &Control) -> bool {
    matches!(control.kind, ControlType::Select | ControlType::SelectMultiple)
}

fn host(url: &url::Url) -> String {
    let name = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| name.to_owned(), |port| format!("{name}:{port}"))
}

#[expect(clippy::cast_precision_loss, reason = "counts of controls and letters are small")]
pub(super) fn number(count: usize) -> Value {
    Value::Number(count as f64)
}
