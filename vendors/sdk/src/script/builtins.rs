//! What the browser and jQuery offer to page scripts, as far as handlers of buttons use it.

use super::Outcome;
use super::dom::number;
use super::machine::{Machine, Walked};
use super::value::Value;
use crate::form::ControlType;

impl Machine<'_> {
    /// Calls a method of a value.
    pub(super) fn method(&mut self, object: &Value, name: &str, arguments: Vec<Value>) -> Walked<Value> {
        let first = arguments.first().cloned().unwrap_or(Value::Undefined);
        if matches!((name, object), ("call" | "apply", Value::Function(..))) {
            let rest = if name == "call" { arguments.into_iter().skip(1).collect() } else { Vec::new() };
            return self.call(object, first, rest);
        }
        match object {
            Value::Secret(place, via) => {
                let mut via = via.clone();
                via.push(name.to_owned());
                Ok(Value::Secret(*place, via))
            }
            Value::Text(text) if name == "split" => Ok(self.split(text, &first)),
            Value::Text(text) => Ok(text_method(text, name, &arguments)),
            Value::Number(n) => {
                Ok(if name == "toString" { Value::Text(n.to_string()) } else { Value::Unknown })
            }
            Value::Location => match name {
                "assign" | "replace" => self.navigate(&first),
                _ => Ok(Value::Unknown),
            },
            Value::Window | Value::Document if matches!(name, "addEventListener" | "attachEvent") => {
                self.element_method(object, name, &arguments)
            }
            Value::Document => Ok(match (name, first.text()) {
                ("getElementById", Some(id)) => self.by_id(&id),
                ("getElementsByName", Some(name)) => Value::Set(self.by_name(&name)),
                ("getElementsByTagName", Some(tag)) if tag.eq_ignore_ascii_case("form") => Value::Forms,
                ("querySelector", Some(selector)) => {
                    self.select(&selector, None).into_iter().next().unwrap_or(Value::Null)
                }
                ("querySelectorAll", Some(selector)) => Value::Set(self.select(&selector, None)),
                ("createElement", Some(tag)) => {
                    let map = [("__tag".to_owned(), Value::Text(tag))].into_iter().collect();
                    self.object(map)
                }
                _ => Value::Unknown,
            }),
            Value::Form(form) => self.form_method(*form, name, &arguments),
            Value::Elements(form) => Ok(match (name, first.text()) {
                ("item" | "namedItem", Some(key)) => {
                    let key = Value::Text(key);
                    self.get(object, &key)
                }
                _ => Value::Form(*form),
            }),
            Value::Control(_) | Value::Node(_) | Value::Object(_) => {
                self.element_method(object, name, &arguments)
            }
            Value::Set(all) => self.set_method(&all.clone(), name, arguments),
            _ => self.foreign(name, arguments),
        }
    }

    pub(super) fn form_method(&mut self, form: usize, name: &str, arguments: &[Value]) -> Walked<Value> {
        let first = arguments.first().cloned().unwrap_or(Value::Undefined);
        match name {
            "submit" | "requestSubmit" => return self.submit(form),
            "appendChild" => {
                if let Value::Object(made) = first {
                    self.append(form, made);
                }
            }
            "setAttribute" => {
                if let Some(key) = first.text() {
                    let value = arguments.get(1).cloned().unwrap_or(Value::Undefined);
                    self.put(&Value::Form(form), &key, value)?;
                }
            }
            "getAttribute" => return Ok(self.get(&Value::Form(form), &first)),
            "querySelector" | "querySelectorAll" => {
                let found = first.text().map(|s| self.select(&s, Some(form))).unwrap_or_default();
                return Ok(match name {
                    "querySelector" => found.into_iter().next().unwrap_or(Value::Null),
                    _ => Value::Set(found),
                });
            }
            _ => {}
        }
        Ok(Value::Undefined)
    }

    pub(super) fn element_method(
        &mut self,
        object: &Value,
        name: &str,
        arguments: &[Value],
    ) -> Walked<Value> {
        let first = arguments.first().cloned().unwrap_or(Value::Undefined);
        let second = arguments.get(1).cloned().unwrap_or(Value::Undefined);
        match (name, first.text()) {
            ("setAttribute", Some(key)) => self.put(object, &key, second)?,
            ("removeAttribute", Some(key)) => self.put(object, &key, Value::Bool(false))?,
            ("getAttribute", Some(_)) => return Ok(self.get(object, &first)),
            ("addEventListener" | "attachEvent", Some(event)) => self.bind(object.clone(), &event, second),
            ("click", _) if arguments.is_empty() => return self.pressed(object),
            ("join", between) => {
                let between = if arguments.is_empty() { Some(",".to_owned()) } else { between };
                return Ok(self.join(object, between.as_deref()).map_or(Value::Unknown, Value::Text));
            }
            ("concat", _) => return Ok(Value::Unknown),
            _ => {}
        }
        Ok(Value::Undefined)
    }

    /// The elements of an array as one text, where all of them are known.
    fn join(&self, array: &Value, between: Option<&str>) -> Option<String> {
        let (Value::Object(at), Some(between)) = (array, between) else { return None };
        let map = self.objects.get(*at)?;
        let texts: Option<Vec<String>> =
            (0..map.len()).map_while(|i| map.get(&i.to_string())).map(Value::text).collect();
        texts.map(|t| t.join(between))
    }

    /// The parts of a text.
    fn split(&mut self, text: &str, between: &Value) -> Value {
        let Some(between) = between.text().filter(|b| !b.is_empty() && text.len() < 4096) else {
            return Value::Unknown;
        };
        let mut map: std::collections::HashMap<String, Value> = text
            .split(between.as_str())
            .enumerate()
            .map(|(i, part)| (i.to_string(), Value::Text(part.to_owned())))
            .collect();
        map.insert("length".to_owned(), number(map.len()));
        self.object(map)
    }

    /// A script presses another button.
    pub(super) fn pressed(&mut self, object: &Value) -> Walked<Value> {
        let handlers: Vec<Value> = self
            .bindings
            .iter()
            .filter(|(to, _)| self.same_element(to, object))
            .map(|(_, f)| f.clone())
            .collect();
        for handler in handlers {
            self.call(&handler, object.clone(), Vec::new())?;
        }
        if let Value::Control(place) = object {
            let control = self.control(*place).map(|c| (c.onclick.clone(), c.kind));
            if let Some((onclick, kind)) = control {
                if let Some(code) = onclick
                    && self.run_text(&code)?.truth() == Some(false)
                {
                    return Ok(Value::Undefined);
                }
                if matches!(kind, ControlType::Submit | ControlType::Image) {
                    return self.submit(place.0);
                }
            }
        }
        Ok(Value::Undefined)
    }

    /// Calls a function of the browser, or one whose script is not at hand.
    pub(super) fn foreign(&mut self, name: &str, arguments: Vec<Value>) -> Walked<Value> {
        let first = arguments.first().cloned().unwrap_or(Value::Undefined);
        let secret = arguments.iter().find_map(|a| match a {
            Value::Secret(place, via) => Some((*place, via.clone())),
            _ => None,
        });
        if let Some((place, mut via)) = secret {
            let plain = matches!(name, "String" | "alert" | "isNaN" | "parseInt" | "Number");
            if !plain {
                via.push(name.to_owned());
                if !self.missing.iter().any(|m| m == name) {
                    self.missing.push(name.to_owned());
                }
            }
            return Ok(Value::Secret(place, via));
        }
        Ok(match name {
            "alert" | "focus" | "blur" | "close" => Value::Undefined,
            "confirm" | "window.confirm" => Value::Bool(true),
            "$" | "jQuery" => match first {
                Value::Function(..) => {
                    self.call(&first, Value::Document, Vec::new())?;
                    Value::Undefined
                }
                Value::Text(selector) => Value::Set(self.select(&selector, None)),
                Value::Document | Value::Window => Value::Set(vec![Value::Document]),
                Value::Set(all) => Value::Set(all),
                Value::Group(places) => Value::Set(places.into_iter().map(Value::Control).collect()),
                other => Value::Set(vec![other]),
            },
            "$.ajax" | "jQuery.ajax" | "$.post" | "jQuery.post" | "$.get" | "jQuery.get" => {
                // A page that posts by script cannot be followed as a form; say what it called.
                self.missing.push(name.to_owned());
                Value::Unknown
            }
            "setTimeout" | "setInterval" | "window.setTimeout" => match &first {
                Value::Text(code) => self.run_text(code)?,
                function @ Value::Function(..) => self.call(function, Value::Window, Vec::new())?,
                _ => Value::Unknown,
            },
            "eval" => match &first {
                Value::Text(code) => self.run_text(code)?,
                _ => Value::Unknown,
            },
            "open" | "window.open" => match first.text() {
                Some(url) if !url.is_empty() => self.end(Outcome::Navigate(url))?,
                _ => Value::Unknown,
            },
            "String" => first.text().map_or(Value::Unknown, Value::Text),
            "Number" | "parseFloat" => first.number().map_or(Value::Unknown, Value::Number),
            "parseInt" => match first.text() {
                Some(text) => {
                    let digits: String = text.trim().chars().take_while(char::is_ascii_digit).collect();
                    Value::Number(digits.parse().unwrap_or(f64::NAN))
                }
                None => Value::Unknown,
            },
            "isNaN" => first.number().map_or(Value::Unknown, |n| Value::Bool(n.is_nan())),
            "encodeURIComponent" | "encodeURI" | "escape" => match first.text() {
                Some(text) if text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.~".contains(c)) => {
                    Value::Text(text)
                }
                Some(text) if name == "encodeURIComponent" => Value::Text(
                    form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20"),
                ),
                _ => Value::Unknown,
            },
            "Date.now" => Value::Number(1_700_000_000_000.0),
            "Math.random" => Value::Number(0.5),
            "Math.floor" | "Math.round" => {
                first.number().map_or(Value::Unknown, |n| Value::Number(n.floor()))
            }
            _ => {
                if !name.is_empty() && !self.missing.iter().any(|m| m == name) {
                    self.missing.push(name.to_owned());
                }
                // A dialogue's answer is taken as yes: its callbacks run.
                for function in arguments.iter().filter(|a| matches!(a, Value::Function(..))) {
                    self.call(function, Value::Window, vec![Value::Unknown])?;
                }
                Value::Unknown
            }
        })
    }

    /// `new X(…)`.
    pub(super) fn construct(&mut self, callee: &Value, arguments: Vec<Value>) -> Walked<Value> {
        match callee {
            Value::Function(f, _) => {
                let prototype = self.prototype(&f.name.clone());
                let this = self.object([("__proto__".to_owned(), prototype)].into_iter().collect());
                self.call(callee, this.clone(), arguments)?;
                Ok(this)
            }
            Value::Foreign(name) if name == "Date" => {
                // Only ever used to keep an address from being cached: any time does.
                Ok(Value::Number(1_700_000_000_000.0))
            }
            // `new Array(3)` is three empty places, `new Array("", 0, "x")` its elements.
            Value::Foreign(name)
                if name == "Array" && !matches!(arguments.as_slice(), [] | [Value::Number(_)]) =>
            {
                #[expect(clippy::cast_precision_loss, reason = "a script's list is short")]
                let length = ("length".to_owned(), Value::Number(arguments.len() as f64));
                let items = arguments.into_iter().enumerate().map(|(at, item)| (at.to_string(), item));
                Ok(self.object(items.chain([length]).collect()))
            }
            Value::Foreign(name) if matches!(name.as_str(), "Array" | "Object") => {
                Ok(self.object([("length".to_owned(), Value::Number(0.0))].into_iter().collect()))
            }
            _ => Ok(Value::Unknown),
        }
    }
}

fn text_method(text: &str, name: &str, arguments: &[Value]) -> Value {
    let first = arguments.first();
    let at = |index: usize, default: f64| -> Option<usize> {
        let n = arguments.get(index).map_or(Some(default), Value::number)?;
        let count = text.chars().count();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "an index"
        )]
        let n = if n.is_nan() || n < 0.0 { 0 } else { n.min(count as f64) as usize };
        Some(n)
    };
    let cut =
        |from: usize, to: usize| Value::Text(text.chars().skip(from).take(to.saturating_sub(from)).collect());
    match name {
        "toString" | "valueOf" => Value::Text(text.to_owned()),
        "toLowerCase" => Value::Text(text.to_lowercase()),
        "toUpperCase" => Value::Text(text.to_uppercase()),
        "trim" => Value::Text(text.trim().to_owned()),
        "indexOf" | "lastIndexOf" => match first.and_then(Value::text) {
            Some(what) => {
                let byte = if name == "indexOf" { text.find(&what) } else { text.rfind(&what) };
                byte.map_or(Value::Number(-1.0), |b| number(text[..b].chars().count()))
            }
            None => Value::Unknown,
        },
        "charAt" => match at(0, 0.0) {
            Some(n) => Value::Text(text.chars().nth(n).map(String::from).unwrap_or_default()),
            None => Value::Unknown,
        },
        "substring" | "slice" => match (at(0, 0.0), at(1, f64::INFINITY)) {
            (Some(from), Some(to)) if arguments.iter().all(|a| a.number().is_some_and(|n| n >= 0.0)) => {
                cut(from, to)
            }
            _ => Value::Unknown,
        },
        "substr" => match (at(0, 0.0), at(1, f64::INFINITY)) {
            (Some(from), Some(count)) => cut(from, from.saturating_add(count)),
            _ => Value::Unknown,
        },
        "replace" => match (first, arguments.get(1).and_then(Value::text)) {
            (Some(Value::Text(what)), Some(with)) if text.len() < 1 << 16 => {
                Value::Text(text.replacen(what.as_str(), &with, 1))
            }
            _ => Value::Unknown,
        },
        "concat" => match first.and_then(Value::text) {
            Some(more) => Value::Text(format!("{text}{more}")),
            None => Value::Unknown,
        },
        _ => Value::Unknown,
    }
}
