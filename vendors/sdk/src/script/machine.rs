//! The small machine: walks the tree of the scripts on the page's forms.

use std::collections::HashMap;

use super::ast::{Expression, Statement};
use super::value::Value;
use super::{Outcome, Place, Scripts, Sent, Trigger, Typed, parse};
use crate::form::Form;

/// Steps of one walk; a page's handler needs some hundred.
const STEPS: u32 = 60_000;
/// Walks for one button: one for each way through conditions that cannot be told.
const WALKS: usize = 48;
/// Nested evaluations.
pub(super) const DEPTH: u32 = 220;
/// Rounds of one loop.
pub(super) const ROUNDS: u32 = 2_000;

/// The walk is over: something was sent, or it went on too long.
pub(super) struct Halt;
pub(super) type Walked<T> = Result<T, Halt>;

/// How a statement ends.
pub(super) enum Flow {
    Next,
    Return(Value),
    Break,
    Continue,
}

pub(super) struct Scope {
    pub(super) names: HashMap<String, Value>,
    pub(super) parent: Option<usize>,
    pub(super) with: Option<Value>,
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
    /// Fields whose content a script last set to something that cannot be told.
    pub(super) dark: Vec<Place>,
    pub(super) secrets: &'a [Place],
    pub(super) objects: Vec<HashMap<String, Value>>,
    pub(super) prototypes: HashMap<String, usize>,
    pub(super) bindings: Vec<(Value, Value)>,
    pub(super) missing: Vec<String>,
    pub(super) outcome: Option<Outcome>,
    /// False while the scripts are only loaded.
    pub(super) live: bool,
    pub(super) scopes: Vec<Scope>,
    pub(super) this: Value,
    pub(super) steps: u32,
    pub(super) depth: u32,
    /// Choices at unknown conditions, and whether each was turned already.
    pub(super) trail: Vec<(bool, bool)>,
    pub(super) next_choice: usize,
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

/// The forms as the page's scripts leave them when it has loaded, and the fields whose content cannot be told.
pub(super) fn load(scripts: &Scripts<'_>, onload: Option<&str>) -> (Vec<Form>, Vec<Place>) {
    let programs: Vec<Vec<Statement>> = scripts.sources.iter().map(|s| parse::program(s)).collect();
    let mut machine = Machine::new(scripts, &[], Vec::new());
    for program in &programs {
        machine.hoist(program, 0);
    }
    for program in &programs {
        let _ = machine.block(program, 0);
    }
    machine.steps = STEPS;
    let handler = machine.global("onload");
    if matches!(handler, Value::Function(..)) {
        let _ = machine.call(&handler, Value::Window, Vec::new());
    }
    if let Some(code) = onload {
        let program = parse::program(code);
        machine.hoist(&program, 0);
        let _ = machine.block(&program, 0);
    }
    (machine.forms, machine.dark)
}

impl<'a> Machine<'a> {
    pub(super) fn new(scripts: &'a Scripts<'a>, secrets: &'a [Place], trail: Vec<(bool, bool)>) -> Self {
        Self {
            scripts,
            forms: scripts.forms.to_vec(),
            actions: vec![None; scripts.forms.len()],
            dark_action: vec![false; scripts.forms.len()],
            typed: Vec::new(),
            emptied: Vec::new(),
            dark: Vec::new(),
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
    pub(super) fn walk(
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
        self.dark.clear();
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

    pub(super) fn handle(
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

    pub(super) fn step(&mut self) -> Walked<()> {
        self.steps = self.steps.saturating_sub(1);
        if self.steps == 0 { Err(Halt) } else { Ok(()) }
    }

    /// Whether a condition holds; an unknown one is taken both ways, in separate walks, `likely` first.
    pub(super) fn decide(&mut self, value: &Value, likely: bool) -> bool {
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

    pub(super) fn scope(&mut self, parent: usize, with: Option<Value>) -> usize {
        self.scopes.push(Scope { names: HashMap::new(), parent: Some(parent), with });
        self.scopes.len() - 1
    }
}
