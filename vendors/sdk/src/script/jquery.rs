//! Sets of elements: jQuery, and the selectors that page scripts use on forms.

use super::Place;
use super::dom::number;
use super::machine::{Machine, Walked};
use super::value::Value;
use crate::form::ControlType;

impl Machine<'_> {
    pub(super) fn set_method(&mut self, all: &[Value], name: &str, arguments: Vec<Value>) -> Walked<Value> {
        let first = arguments.first().cloned();
        let set = Value::Set(all.to_vec());
        match (name, first) {
            ("val", None) => {
                return Ok(match all {
                    [] => Value::Undefined,
                    // The value of a radio group's set is its first button's, as jQuery has it.
                    [one, ..] => self.get(one, &Value::Text("value".into())),
                });
            }
            ("val", Some(value)) => {
                for item in all {
                    self.put(item, "value", value.clone())?;
                }
            }
            ("attr" | "prop", Some(Value::Object(at))) => {
                let members: Vec<(String, Value)> = self
                    .objects
                    .get(at)
                    .map(|m| m.iter().map(|(k, v)| (k.clone(), v.clone())).collect())
                    .unwrap_or_default();
                for item in all {
                    for (key, value) in &members {
                        self.put(item, key, value.clone())?;
                    }
                }
            }
            ("attr" | "prop", Some(key)) => match (arguments.get(1), key.text()) {
                (Some(value), Some(key)) => {
                    for item in all {
                        self.put(item, &key, value.clone())?;
                    }
                }
                (None, Some(_)) => {
                    return Ok(match all.first() {
                        Some(item) => self.get(item, &key),
                        None => Value::Undefined,
                    });
                }
                _ => {}
            },
            ("removeAttr", Some(key)) => {
                for item in all {
                    if let Some(key) = key.text() {
                        self.put(item, &key, Value::Bool(false))?;
                    }
                }
            }
            ("submit", None) => return self.submit_first(all, &set),
            ("trigger" | "triggerHandler", Some(event)) => match event.text().as_deref() {
                Some("submit") => return self.submit_first(all, &set),
                Some("click") => {
                    for item in all {
                        self.pressed(item)?;
                    }
                }
                _ => {}
            },
            ("click", None) => {
                for item in all {
                    self.pressed(item)?;
                }
            }
            ("click", Some(function)) => self.bind(set.clone(), "click", function),
            ("bind" | "on" | "live" | "one", Some(event)) => {
                if let (Some(event), Some(function)) = (event.text(), arguments.last()) {
                    self.bind(set.clone(), &event, function.clone());
                }
            }
            ("ready" | "load", Some(function @ Value::Function(..))) => {
                self.call(&function, Value::Document, Vec::new())?;
            }
            ("each", Some(function)) => {
                for (at, item) in all.iter().enumerate().take(200) {
                    if self.call(&function, item.clone(), vec![number(at), item.clone()])?.truth()
                        == Some(false)
                        && matches!(function, Value::Function(..))
                    {
                        break;
                    }
                }
            }
            ("is", Some(test)) => {
                let key = match test.text().as_deref() {
                    Some(":checked") => "checked",
                    Some(":disabled") => "disabled",
                    _ => return Ok(Value::Unknown),
                };
                return Ok(all.first().map_or(Value::Bool(false), |i| self.get(i, &Value::Text(key.into()))));
            }
            ("find", Some(selector)) => {
                let within = all.iter().find_map(|v| if let Value::Form(f) = v { Some(*f) } else { None });
                return Ok(Value::Set(selector.text().map(|s| self.select(&s, within)).unwrap_or_default()));
            }
            ("filter", Some(selector)) if selector.text().as_deref() == Some(":checked") => {
                let mut checked = Vec::new();
                for item in all {
                    if self.get(item, &Value::Text("checked".into())).truth() == Some(true) {
                        checked.push(item.clone());
                    }
                }
                return Ok(Value::Set(checked));
            }
            ("closest" | "parents" | "parent", _) => {
                let form = all.iter().find_map(|v| match v {
                    Value::Control((f, _)) | Value::Form(f) => Some(Value::Form(*f)),
                    _ => None,
                });
                return Ok(Value::Set(form.into_iter().collect()));
            }
            ("append", Some(Value::Object(made))) => {
                if let Some(Value::Form(form)) = all.first() {
                    self.append(*form, made);
                }
            }
            ("eq" | "get" | "first" | "last", at) => {
                let at = match (name, at.and_then(|a| a.number())) {
                    ("first", _) => 0,
                    ("last", _) => all.len().saturating_sub(1),
                    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index")]
                    (_, Some(n)) if n >= 0.0 => n as usize,
                    _ => return Ok(Value::Unknown),
                };
                let item = all.get(at).cloned();
                return Ok(match name {
                    "get" => item.unwrap_or(Value::Undefined),
                    _ => Value::Set(item.into_iter().collect()),
                });
            }
            ("size", _) => return Ok(number(all.len())),
            ("serialize", _) => return Ok(Value::Unknown),
            _ => {}
        }
        Ok(set)
    }

    pub(super) fn submit_first(&mut self, all: &[Value], set: &Value) -> Walked<Value> {
        match all.iter().find(|v| matches!(v, Value::Form(_))) {
            Some(Value::Form(form)) => self.submit(*form),
            _ => Ok(set.clone()),
        }
    }

    /// The elements of a selector, as far as page scripts use them on forms.
    pub(super) fn select(&self, selector: &str, within: Option<usize>) -> Vec<Value> {
        let mut out = Vec::new();
        for one in selector.split(',') {
            let mut within = within;
            let parts: Vec<&str> = one.split([' ', '>']).map(str::trim).filter(|p| !p.is_empty()).collect();
            for (at, part) in parts.iter().enumerate() {
                let found = self.compound(part, within);
                if at + 1 == parts.len() {
                    out.extend(found);
                } else if let Some(form) =
                    found.iter().find_map(|v| if let Value::Form(f) = v { Some(*f) } else { None })
                {
                    within = Some(form);
                }
            }
        }
        out
    }

    pub(super) fn compound(&self, part: &str, within: Option<usize>) -> Vec<Value> {
        let (simple, pseudo) = match part.find(':') {
            Some(at) if !part[..at].contains('[') || part[..at].contains(']') => (&part[..at], &part[at..]),
            _ => (part, ""),
        };
        let end = simple.find(['#', '[', '.']).unwrap_or(simple.len());
        let tag = &simple[..end];
        let mut id = None;
        let mut attributes: Vec<(String, String)> = Vec::new();
        let mut rest = &simple[end..];
        while let Some(mark) = rest.chars().next() {
            let body = &rest[1..];
            if mark == '[' {
                let close = body.find(']').unwrap_or(body.len());
                let (key, value) = body[..close].split_once('=').unwrap_or((&body[..close], ""));
                let key = key.trim().trim_end_matches(['~', '^', '$', '*', '|']);
                attributes.push((key.to_owned(), value.trim().trim_matches(['"', '\'']).to_owned()));
                rest = body.get(close + 1..).unwrap_or_default();
            } else {
                let close = body.find(['#', '[', '.']).unwrap_or(body.len());
                if mark == '#' {
                    id = Some(body[..close].to_owned());
                } else if mark != '.' {
                    return Vec::new();
                }
                rest = &body[close..];
            }
        }
        if let Some(id) = id {
            return vec![self.by_id(&id)];
        }
        if tag.eq_ignore_ascii_case("form") {
            return (0..self.forms.len())
                .filter(|f| {
                    attributes.iter().all(|(k, v)| match k.as_str() {
                        "name" => self.forms[*f].name == *v,
                        "id" => self.forms[*f].id == *v,
                        _ => false,
                    })
                })
                .map(Value::Form)
                .collect();
        }
        if attributes.is_empty() && pseudo.is_empty() && !matches!(tag, "input" | "select" | "textarea") {
            return Vec::new();
        }
        let matches = |place: Place| {
            let Some(c) = self.control(place) else { return false };
            let tag_fits = match tag.to_ascii_lowercase().as_str() {
                "select" => matches!(c.kind, ControlType::Select | ControlType::SelectMultiple),
                "textarea" => c.kind == ControlType::Textarea,
                _ => true,
            };
            tag_fits
                && (!pseudo.contains(":checked") || c.checked)
                && attributes.iter().all(|(k, v)| match k.as_str() {
                    "name" => c.name == *v,
                    "id" => c.id == *v,
                    "type" => c.type_name == *v,
                    "value" => c.value == *v,
                    _ => false,
                })
        };
        let mut out = Vec::new();
        for (f, form) in self.forms.iter().enumerate() {
            if within.is_none_or(|w| w == f) {
                out.extend(
                    (0..form.controls.len()).map(|c| (f, c)).filter(|p| matches(*p)).map(Value::Control),
                );
            }
        }
        out
    }
}
