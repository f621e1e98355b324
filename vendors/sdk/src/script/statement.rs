//! Statements: the order in which a script goes on, branches and loops.

use std::rc::Rc;

use super::ast::{Expression, Statement};
use super::machine::{Flow, Machine, ROUNDS, Walked};
use super::value::Value;

impl Machine<'_> {
    /// Makes functions and variables known before a block runs.
    pub(super) fn hoist(&mut self, statements: &[Statement], scope: usize) {
        for statement in statements {
            if let Statement::Function(f) = statement {
                self.scopes[scope].names.insert(f.name.clone(), Value::Function(Rc::clone(f), scope));
            }
        }
    }

    pub(super) fn block(&mut self, statements: &[Statement], scope: usize) -> Walked<Flow> {
        for statement in statements {
            match self.statement(statement, scope)? {
                Flow::Next => {}
                flow => return Ok(flow),
            }
        }
        Ok(Flow::Next)
    }

    pub(super) fn statement(&mut self, statement: &Statement, scope: usize) -> Walked<Flow> {
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

    pub(super) fn rounds(
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

    pub(super) fn switch(
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
