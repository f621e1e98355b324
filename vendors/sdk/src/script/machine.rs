//! The small machine: walks the tree of the scripts on the page's forms.

use std::collections::HashMap;
use std::rc::Rc;

use super::ast::{Expression, Function, Statement};
use super::value::Value;
use super::{Outcome, Place, Scripts, Sent, Trigger, Typed, parse};
use crate::form::Form;

/// Steps of one walk; a page's handler needs some hundred.
const STEPS: u32 = 60_000;
/// Walks for one button: one for each way through conditions that cannot be told.
const WALKS: usize = 48;
/// Nested evaluations.
const DEPTH: u32 = 220;
/// Rounds of one loop.
const ROUNDS: u32 = 2_000;

/// The walk is over: something was sent, or it went on too long.
pub(super) struct Halt;
pub(super) type Walked<T> = Result<T, Halt>;

/// How a statement ends.
enum Flow {
    Next,
    Return(Value),
    Break,
    Continue,
}

pub(super) struct Scope {
    names: HashMap<String, Value>,
    parent: Option<usize>,
    with: Option<Value>,
}

pub(super) struct Machine<'a> {
    pub(super) scripts: &'a Scripts<'a>,
    pub(super) forms: Vec<Form>,
    pub(super) actions: Vec<Option<String>>,
    /// Whether an action was set to something that cannot be told.
    pub(super) dark_action: Vec<bool>,
    pub(super) typed: Vec<(Place, Typed)>,
    /// Password fields that the script has emptied.
    pub(super) emptied: Vec<Place>,
    pub(super) secrets: &'a [Place],
    pub(super) objects: Vec<HashMap<String, Value>>,
    pub(super) prototypes: HashMap<String, usize>,
    pub(super) bindings: Vec<(Value, Value)>,
    pub(super) missing: Vec<String>,
    pub(super) outcome: Option<Outcome>,
    /// False while the scripts are only loaded.
    pub(super) live: bool,
    scopes: Vec<Scope>,
    this: Value,
    steps: u32,
    depth: u32,
    /// Choices at unknown conditions, and whether each was turned already.
    trail: Vec<(bool, bool)>,
    next_choice: usize,
}

/// Whether a function of this name is defined at the top.
pub(super) fn defines(sources: &[String], name: &str) -> bool {
    sources.iter().filter(|s| s.contains(name)).any(|s| {
        parse::program(s).iter().any(|statement| match statement {
            Statement::Function(f) => f.name == name,
            Statement::Variables(v) => {
                v.iter().any(|(n, e)| n == name && matches!(e, Some(Expression::Function(_))))
            }
            Statement::Expression(Expression::Assign("=", left, right)) => {
                matches!(&**right, Expression::Function(_))
                    && match &**left {
                        Expression::Name(n) => n == name,
                        Expression::Member(_, key) => matches!(&**key, Expression::Text(n) if n == name),
                        _ => false,
                    }
            }
            _ => false,
        })
    })
}

/// Follows a button on every way.
pub(super) fn press(scripts: &Scripts<'_>, trigger: &Trigger, secrets: &[Place]) -> Vec<Outcome> {
    let programs: Vec<Vec<Statement>> = scripts.sources.iter().map(|s| parse::program(s)).collect();
    let handler = trigger.code.as_deref().map(parse::program);
    let mut trail = Vec::new();
    let mut found: Vec<Outcome> = Vec::new();
    for _ in 0..WALKS {
        let mut machine = Machine::new(scripts, secrets, std::mem::take(&mut trail));
        let outcome = machine.walk(&programs, handler.as_deref(), trigger);
        if !found.contains(&outcome) {
            found.push(outcome);
        }
        trail = machine.trail;
        while trail.last().is_some_and(|(_, turned)| *turned) {
            trail.pop();
        }
        match trail.last_mut() {
            Some(last) => *last = (!last.0, true),
            None => break,
        }
    }
    found
}

impl<'a> Machine<'a> {
    fn new(scripts: &'a Scripts<'a>, secrets: &'a [Place], trail: Vec<(bool, bool)>) -> Self {
        Self {
            scripts,
            forms: scripts.forms.to_vec(),
            actions: vec![None; scripts.forms.len()],
            dark_action: vec![false; scripts.forms.len()],
            typed: Vec::new(),
            emptied: Vec::new(),
            secrets,
            objects: Vec::new(),
            prototypes: HashMap::new(),
            bindings: Vec::new(),
            missing: Vec::new(),
            outcome: None,
            live: false,
            scopes: vec![Scope { names: HashMap::new(), parent: None, with: None }],
            this: Value::Window,
            steps: STEPS,
            depth: 0,
            trail,
            next_choice: 0,
        }
    }

    /// Loads the scripts, then runs what hangs on the trigger.
    fn walk(
        &mut self,
        programs: &[Vec<Statement>],
        handler: Option<&[Statement]>,
        trigger: &Trigger,
    ) -> Outcome {
        for program in programs {
            self.hoist(program, 0);
        }
        for program in programs {
            // A script that stops in the middle does not keep the next one from loading.
            let _ = self.block(program, 0);
        }
        // Loading a page's scripts alters no field here: the forms count as they are filled now.
        self.forms = self.scripts.forms.to_vec();
        self.actions = vec![None; self.forms.len()];
        self.dark_action = vec![false; self.forms.len()];
        self.typed.clear();
        self.emptied.clear();
        self.steps = STEPS;
        self.missing.clear();
        self.outcome = None;
        self.live = true;
        let target = match (trigger.control, &trigger.id) {
            (Some(place), _) => Value::Control(place),
            (None, Some(id)) => Value::Node(id.clone()),
            (None, None) => Value::Window,
        };
        let mut returned = None;
        let halted = self.handle(handler, &target, &mut returned).is_err();
        if let (true, Some(outcome)) = (halted, self.outcome.take()) {
            return outcome;
        }
        let forms = (0..self.forms.len()).map(|i| self.sent(i)).collect();
        Outcome::Nothing { returned, forms, missing: std::mem::take(&mut self.missing) }
    }

    fn handle(
        &mut self,
        handler: Option<&[Statement]>,
        target: &Value,
        returned: &mut Option<bool>,
    ) -> Walked<()> {
        self.this = target.clone();
        if let Some(statements) = handler {
            self.hoist(statements, 0);
            if let Flow::Return(value) = self.block(statements, 0)? {
                *returned = value.truth();
            }
        }
        let attached: Vec<Value> = self
            .bindings
            .iter()
            .filter(|(to, _)| self.same_element(to, target))
            .map(|(_, f)| f.clone())
            .collect();
        for function in attached {
            let value = self.call(&function, target.clone(), Vec::new())?;
            if value.truth() == Some(false) {
                *returned = Some(false);
            }
        }
        Ok(())
    }

    /// What a form would send now.
    pub(super) fn sent(&self, form: usize) -> Sent {
        let typed = self.typed.iter().filter(|(place, _)| place.0 == form).map(|(_, t)| t.clone()).collect();
        Sent { form: self.forms[form].clone(), action: self.actions[form].clone(), typed }
    }

    /// Ends the walk with an outcome; while the scripts are only loaded, nothing is sent.
    pub(super) fn end(&mut self, outcome: Outcome) -> Walked<Value> {
        if !self.live {
            return Ok(Value::Undefined);
        }
        self.outcome = Some(outcome);
        Err(Halt)
    }

    fn step(&mut self) -> Walked<()> {
        self.steps = self.steps.saturating_sub(1);
        if self.steps == 0 { Err(Halt) } else { Ok(()) }
    }

    /// Whether a condition holds; an unknown one is taken both ways, in separate walks, `likely` first.
    fn decide(&mut self, value: &Value, likely: bool) -> bool {
        if let Some(truth) = value.truth() {
            return truth;
        }
        if !self.live {
            return likely;
        }
        let at = self.next_choice;
        self.next_choice += 1;
        if at >= self.trail.len() {
            self.trail.push((likely, false));
        }
        self.trail[at].0
    }

    /// Makes functions and variables known before a block runs.
    fn hoist(&mut self, statements: &[Statement], scope: usize) {
        for statement in statements {
            if let Statement::Function(f) = statement {
                self.scopes[scope].names.insert(f.name.clone(), Value::Function(Rc::clone(f), scope));
            }
        }
    }

    fn block(&mut self, statements: &[Statement], scope: usize) -> Walked<Flow> {
        for statement in statements {
            match self.statement(statement, scope)? {
                Flow::Next => {}
                flow => return Ok(flow),
            }
        }
        Ok(Flow::Next)
    }

    fn statement(&mut self, statement: &Statement, scope: usize) -> Walked<Flow> {
        self.step()?;
        match statement {
            Statement::Empty => {}
            Statement::Function(f) => {
                let value = Value::Function(Rc::clone(f), scope);
                self.scopes[scope].names.insert(f.name.clone(), value);
            }
            Statement::Variables(all) => {
                for (name, value) in all {
                    match value {
                        Some(value) => {
                            let value = self.value(value, scope)?;
                            self.scopes[scope].names.insert(name.clone(), value);
                        }
                        None => {
                            self.scopes[scope].names.entry(name.clone()).or_insert(Value::Undefined);
                        }
                    }
                }
            }
            Statement::Expression(e) => {
                self.value(e, scope)?;
            }
            Statement::Block(all) => {
                self.hoist(all, scope);
                return self.block(all, scope);
            }
            Statement::If(condition, then, otherwise) => {
                let value = self.value(condition, scope)?;
                // A branch that only complains and leaves is the unlikely one.
                let likely = !leaves(then) || otherwise.as_deref().is_some_and(leaves);
                if self.decide(&value, likely) {
                    return self.statement(then, scope);
                }
                if let Some(otherwise) = otherwise {
                    return self.statement(otherwise, scope);
                }
            }
            Statement::Return(value) => {
                let value = match value {
                    Some(value) => self.value(value, scope)?,
                    None => Value::Undefined,
                };
                return Ok(Flow::Return(value));
            }
            Statement::Throw => return Ok(Flow::Return(Value::Undefined)),
            Statement::Break => return Ok(Flow::Break),
            Statement::Continue => return Ok(Flow::Continue),
            Statement::Try(body) => return self.block(body, scope),
            Statement::With(object, body) => {
                let object = self.value(object, scope)?;
                let inner = self.scope(scope, Some(object));
                return self.statement(body, inner);
            }
            Statement::Switch(subject, cases) => return self.switch(subject, cases, scope),
            Statement::For(start, condition, step, body) => {
                if let Some(start) = start {
                    self.statement(start, scope)?;
                }
                return self.rounds(condition.as_ref(), step.as_ref(), body, scope);
            }
            Statement::While(condition, body) => return self.rounds(Some(condition), None, body, scope),
            Statement::DoWhile(body, condition) => match self.statement(body, scope)? {
                Flow::Next | Flow::Continue => return self.rounds(Some(condition), None, body, scope),
                Flow::Break => {}
                flow => return Ok(flow),
            },
            Statement::ForIn(name, object, body) => {
                let object = self.value(object, scope)?;
                for item in self.keys(&object) {
                    self.assign_name(name, item, scope);
                    match self.statement(body, scope)? {
                        Flow::Next | Flow::Continue => {}
                        Flow::Break => break,
                        flow => return Ok(flow),
                    }
                }
            }
        }
        Ok(Flow::Next)
    }

    fn rounds(
        &mut self,
        condition: Option<&Expression>,
        step: Option<&Expression>,
        body: &Statement,
        scope: usize,
    ) -> Walked<Flow> {
        for _ in 0..ROUNDS {
            let truth = match condition {
                Some(condition) => self.value(condition, scope)?.truth(),
                None => Some(true),
            };
            if truth == Some(false) {
                break;
            }
            match self.statement(body, scope)? {
                Flow::Next | Flow::Continue => {}
                Flow::Break => break,
                flow => return Ok(flow),
            }
            if let Some(step) = step {
                self.value(step, scope)?;
            }
            // How often a loop of an unknown condition runs cannot be told: once.
            if truth.is_none() {
                break;
            }
        }
        Ok(Flow::Next)
    }

    fn switch(
        &mut self,
        subject: &Expression,
        cases: &[(Option<Expression>, Vec<Statement>)],
        scope: usize,
    ) -> Walked<Flow> {
        let subject = self.value(subject, scope)?;
        let mut start = None;
        for (at, (label, _)) in cases.iter().enumerate() {
            let Some(label) = label else { continue };
            let label = self.value(label, scope)?;
            let equal = subject.equals(&label, true).map_or(Value::Unknown, Value::Bool);
            if self.decide(&equal, true) {
                start = Some(at);
                break;
            }
        }
        let start = start.or_else(|| cases.iter().position(|(label, _)| label.is_none()));
        for (_, body) in cases.iter().skip(start.unwrap_or(cases.len())) {
            match self.block(body, scope)? {
                Flow::Next => {}
                Flow::Break => break,
                flow => return Ok(flow),
            }
        }
        Ok(Flow::Next)
    }

    fn scope(&mut self, parent: usize, with: Option<Value>) -> usize {
        self.scopes.push(Scope { names: HashMap::new(), parent: Some(parent), with });
        self.scopes.len() - 1
    }

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

    fn value_inner(&mut self, expression: &Expression, scope: usize) -> Walked<Value> {
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

    fn lookup(&mut self, name: &str, scope: usize) -> Value {
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

    fn assign_name(&mut self, name: &str, value: Value, scope: usize) {
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

    fn assign(&mut self, target: &Expression, value: Value, scope: usize) -> Walked<()> {
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

    fn call_function(
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

/// Whether a branch only leaves (returns, throws) or complains.
fn leaves(statement: &Statement) -> bool {
    match statement {
        Statement::Return(value) => {
            // `return submitForm();` goes on; `return;`, `return false;` leave.
            !matches!(value, Some(Expression::Call(..)))
        }
        Statement::Throw => true,
        Statement::Block(all) => all.last().is_some_and(leaves) || all.first().is_some_and(complains),
        statement => complains(statement),
    }
}

fn complains(statement: &Statement) -> bool {
    matches!(statement, Statement::Expression(Expression::Call(callee, _))
        if matches!(&**callee, Expression::Name(n) if n == "alert"))
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
