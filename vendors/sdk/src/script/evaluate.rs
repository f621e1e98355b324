//! Expressions: values, names, calls.

use std::collections::HashMap;
use std::rc::Rc;

use super::ast::{Expression, Function, Statement};
use super::machine::{DEPTH, Flow, Machine, Walked};
use super::parse;
use super::value::Value;

impl Machine<'_> {
    /// Evaluates an expression.
    pub(super) fn value(&mut self, expression: &Expression, scope: usize) -> Walked<Value> {
        self.step()?;
        if self.depth >= DEPTH {
            return Ok(Value::Unknown);
        }
        self.depth += 1;
        let value = self.value_inner(expression, scope);
        self.depth -= 1;
        value
    }

    pub(super) fn value_inner(&mut self, expression: &Expression, scope: usize) -> Walked<Value> {
        Ok(match expression {
            Expression::Text(t) => Value::Text(t.clone()),
            Expression::Number(n) => Value::Number(*n),
            Expression::Bool(b) => Value::Bool(*b),
            Expression::Null => Value::Null,
            Expression::Undefined => Value::Undefined,
            Expression::Opaque => Value::Unknown,
            Expression::This => self.this.clone(),
            Expression::Name(name) => self.lookup(name, scope),
            Expression::Function(f) => Value::Function(Rc::clone(f), scope),
            Expression::Member(object, key) => {
                let object = self.value(object, scope)?;
                let key = self.value(key, scope)?;
                self.get(&object, &key)
            }
            Expression::Call(callee, arguments) => {
                let (callee, this) = match &**callee {
                    Expression::Member(object, key) => {
                        let object = self.value(object, scope)?;
                        let key = self.value(key, scope)?;
                        (self.get(&object, &key), object)
                    }
                    callee => (self.value(callee, scope)?, Value::Window),
                };
                let mut values = Vec::new();
                for argument in arguments {
                    values.push(self.value(argument, scope)?);
                }
                self.call(&callee, this, values)?
            }
            Expression::New(callee, arguments) => {
                let callee = self.value(callee, scope)?;
                let mut values = Vec::new();
                for argument in arguments {
                    values.push(self.value(argument, scope)?);
                }
                self.construct(&callee, values)?
            }
            Expression::Assign(op, target, value) => {
                let mut new = self.value(value, scope)?;
                if *op != "=" {
                    let old = self.value(target, scope)?;
                    new = binary(op.trim_end_matches('='), &old, &new);
                }
                self.assign(target, new.clone(), scope)?;
                new
            }
            Expression::Step(step, before, target) => {
                let old = self.value(target, scope)?;
                let new = old.number().map_or(Value::Unknown, |n| Value::Number(n + step));
                self.assign(target, new.clone(), scope)?;
                if *before { new } else { old }
            }
            Expression::Unary(op, operand) => {
                let value = self.value(operand, scope)?;
                match *op {
                    "!" => value.truth().map_or(Value::Unknown, |t| Value::Bool(!t)),
                    "-" => value.number().map_or(Value::Unknown, |n| Value::Number(-n)),
                    "+" => value.number().map_or(Value::Unknown, Value::Number),
                    "typeof" => kind(&value),
                    _ => Value::Undefined,
                }
            }
            Expression::Binary(op @ ("&&" | "||" | "??"), left, right) => {
                let left = self.value(left, scope)?;
                let take_right = match *op {
                    "&&" => left.truth().unwrap_or(true),
                    "||" => !left.truth().unwrap_or(false),
                    _ => matches!(left, Value::Undefined | Value::Null),
                };
                if !take_right {
                    return Ok(left);
                }
                let known = left.truth().is_some();
                let right = self.value(right, scope)?;
                // With an unknown left side the result is known only where the right side settles it.
                match (known, *op, right.truth()) {
                    (false, "&&", Some(false)) => Value::Bool(false),
                    (false, "||", Some(true)) if !matches!(right, Value::Text(_)) => Value::Bool(true),
                    (false, _, _) => Value::Unknown,
                    (true, _, _) => right,
                }
            }
            Expression::Binary(op, left, right) => {
                let left = self.value(left, scope)?;
                let right = self.value(right, scope)?;
                binary(op, &left, &right)
            }
            Expression::Choice(condition, then, otherwise) => {
                let condition = self.value(condition, scope)?;
                if self.decide(&condition, true) {
                    self.value(then, scope)?
                } else {
                    self.value(otherwise, scope)?
                }
            }
            Expression::Object(members) => {
                let mut map = HashMap::new();
                for (key, value) in members {
                    map.insert(key.clone(), self.value(value, scope)?);
                }
                self.object(map)
            }
            Expression::Array(items) => {
                let mut map = HashMap::new();
                for (at, item) in items.iter().enumerate() {
                    map.insert(at.to_string(), self.value(item, scope)?);
                }
                #[expect(clippy::cast_precision_loss, reason = "an array literal has few items")]
                map.insert("length".to_owned(), Value::Number(items.len() as f64));
                self.object(map)
            }
        })
    }

    /// Stores an object.
    pub(super) fn object(&mut self, map: HashMap<String, Value>) -> Value {
        self.objects.push(map);
        Value::Object(self.objects.len() - 1)
    }

    pub(super) fn lookup(&mut self, name: &str, scope: usize) -> Value {
        let mut at = Some(scope);
        while let Some(here) = at {
            if let Some(value) = self.scopes[here].names.get(name) {
                return value.clone();
            }
            if let Some(object) = self.scopes[here].with.clone() {
                let value = self.get(&object, &Value::Text(name.to_owned()));
                if !matches!(value, Value::Undefined | Value::Unknown | Value::Foreign(_)) {
                    return value;
                }
            }
            at = self.scopes[here].parent;
        }
        match name {
            "window" | "self" | "top" | "parent" | "globalThis" => Value::Window,
            "document" => Value::Document,
            "location" => Value::Location,
            // A form's name is a global of its own in browsers.
            _ => match self.forms.iter().position(|f| !name.is_empty() && (f.name == name || f.id == name)) {
                Some(form) => Value::Form(form),
                None => Value::Foreign(name.to_owned()),
            },
        }
    }

    /// A global variable, as `window.name`.
    pub(super) fn global(&mut self, name: &str) -> Value {
        self.lookup(name, 0)
    }

    pub(super) fn assign_name(&mut self, name: &str, value: Value, scope: usize) {
        let mut at = Some(scope);
        while let Some(here) = at {
            if self.scopes[here].names.contains_key(name) {
                self.scopes[here].names.insert(name.to_owned(), value);
                return;
            }
            at = self.scopes[here].parent;
        }
        self.scopes[0].names.insert(name.to_owned(), value);
    }

    pub(super) fn assign(&mut self, target: &Expression, value: Value, scope: usize) -> Walked<()> {
        match target {
            Expression::Name(name) if name == "location" => {
                self.navigate(&value)?;
            }
            Expression::Name(name) => {
                // Within `with (form)`, a name may be a field or the form's own property.
                let mut at = Some(scope);
                while let Some(here) = at {
                    if self.scopes[here].names.contains_key(name) {
                        break;
                    }
                    if let Some(object) = self.scopes[here].with.clone()
                        && !matches!(
                            self.get(&object, &Value::Text(name.clone())),
                            Value::Undefined | Value::Unknown
                        )
                    {
                        return self.put(&object, name, value);
                    }
                    at = self.scopes[here].parent;
                }
                self.assign_name(name, value, scope);
            }
            Expression::Member(object, key) => {
                let object = self.value(object, scope)?;
                let key = self.value(key, scope)?;
                if let Some(key) = key.text() {
                    self.put(&object, &key, value)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Assigns a global variable, as `window.name = …` does.
    pub(super) fn put_global(&mut self, name: &str, value: Value) {
        self.scopes[0].names.insert(name.to_owned(), value);
    }

    /// Calls a value.
    pub(super) fn call(&mut self, callee: &Value, this: Value, arguments: Vec<Value>) -> Walked<Value> {
        self.step()?;
        match callee {
            Value::Function(f, scope) => self.call_function(f, *scope, this, arguments),
            Value::Method(object, name) => self.method(object, name, arguments),
            Value::Foreign(name) => self.foreign(name, arguments),
            _ => {
                let name = String::new();
                self.foreign(&name, arguments)
            }
        }
    }

    pub(super) fn call_function(
        &mut self,
        f: &Rc<Function>,
        scope: usize,
        this: Value,
        arguments: Vec<Value>,
    ) -> Walked<Value> {
        if self.depth >= DEPTH {
            return Ok(Value::Unknown);
        }
        let secret = arguments.iter().find_map(|a| match a {
            Value::Secret(place, via) => Some((*place, via.clone())),
            _ => None,
        });
        let inner = self.scope(scope, None);
        for (at, name) in f.parameters.iter().enumerate() {
            let value = arguments.get(at).cloned().unwrap_or(Value::Undefined);
            self.scopes[inner].names.insert(name.clone(), value);
        }
        let arguments = arguments.into_iter().enumerate().map(|(at, v)| (at.to_string(), v)).collect();
        let arguments = self.object(arguments);
        self.scopes[inner].names.insert("arguments".to_owned(), arguments);
        let outer = (!f.arrow).then(|| std::mem::replace(&mut self.this, this));
        self.hoist(&f.body, inner);
        self.depth += 8;
        let flow = self.block(&f.body, inner);
        self.depth -= 8;
        if let Some(outer) = outer {
            self.this = outer;
        }
        let value = match flow? {
            Flow::Return(value) => value,
            _ => Value::Undefined,
        };
        // A function that works on the letters of a password gives something that comes from it.
        Ok(match (value, secret) {
            (Value::Unknown, Some((place, mut via))) => {
                via.push(f.name.clone());
                Value::Secret(place, via)
            }
            (value, _) => value,
        })
    }

    /// Runs a piece of script given as text (`eval`, `setTimeout('…')`, `javascript:` targets).
    pub(super) fn run_text(&mut self, code: &str) -> Walked<Value> {
        if self.depth >= DEPTH {
            return Ok(Value::Unknown);
        }
        let statements = parse::program(code);
        self.hoist(&statements, 0);
        self.depth += 8;
        let mut last = Value::Undefined;
        for statement in &statements {
            last = match statement {
                Statement::Expression(e) => self.value(e, 0)?,
                statement => match self.statement(statement, 0)? {
                    Flow::Return(value) => value,
                    _ => Value::Undefined,
                },
            };
        }
        self.depth -= 8;
        Ok(last)
    }
}

fn kind(value: &Value) -> Value {
    Value::Text(
        match value {
            Value::Unknown => return Value::Unknown,
            Value::Undefined | Value::Foreign(_) => "undefined",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "number",
            Value::Text(_) | Value::Secret(..) => "string",
            Value::Function(..) | Value::Method(..) => "function",
            _ => "object",
        }
        .to_owned(),
    )
}

fn binary(op: &str, left: &Value, right: &Value) -> Value {
    let bool = |b: Option<bool>| b.map_or(Value::Unknown, Value::Bool);
    match op {
        "==" => bool(left.equals(right, false)),
        "!=" => bool(left.equals(right, false).map(|b| !b)),
        "===" => bool(left.equals(right, true)),
        "!==" => bool(left.equals(right, true).map(|b| !b)),
        "," => right.clone(),
        "+" => match (left, right) {
            (Value::Number(a), Value::Number(b)) => Value::Number(a + b),
            (Value::Secret(place, via), Value::Text(t)) | (Value::Text(t), Value::Secret(place, via)) => {
                let mut via = via.clone();
                if !t.is_empty() {
                    via.push(format!("+ {t:?}"));
                }
                Value::Secret(*place, via)
            }
            _ => match (left.text(), right.text()) {
                (Some(a), Some(b)) if a.len() + b.len() < 1 << 16 => Value::Text(a + &b),
                _ => Value::Unknown,
            },
        },
        "<" | ">" | "<=" | ">=" => match (left, right) {
            (Value::Text(a), Value::Text(b)) => bool(Some(match op {
                "<" => a < b,
                ">" => a > b,
                "<=" => a <= b,
                _ => a >= b,
            })),
            _ => match (left.number(), right.number()) {
                (Some(a), Some(b)) => bool(Some(match op {
                    "<" => a < b,
                    ">" => a > b,
                    "<=" => a <= b,
                    _ => a >= b,
                })),
                _ => Value::Unknown,
            },
        },
        "-" | "*" | "/" | "%" => match (left.number(), right.number()) {
            (Some(a), Some(b)) => Value::Number(match op {
                "-" => a - b,
                "*" => a * b,
                "/" => a / b,
                _ => a % b,
            }),
            _ => Value::Unknown,
        },
        _ => Value::Unknown,
    }
}
