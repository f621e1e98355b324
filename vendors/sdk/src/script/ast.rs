//! The tree of a script, as far as page scripts need it.

use std::rc::Rc;

/// A function.
#[derive(Debug, Clone)]
pub(super) struct Function {
    pub(super) name: String,
    pub(super) parameters: Vec<String>,
    pub(super) body: Vec<Statement>,
    /// An arrow function keeps the `this` around it.
    pub(super) arrow: bool,
}

/// An expression.
#[derive(Debug, Clone)]
pub(super) enum Expression {
    Text(String),
    Number(f64),
    Bool(bool),
    Null,
    Undefined,
    This,
    /// Something that is not looked into (regular expressions).
    Opaque,
    Name(String),
    Member(Box<Expression>, Box<Expression>),
    Call(Box<Expression>, Vec<Expression>),
    New(Box<Expression>, Vec<Expression>),
    Assign(&'static str, Box<Expression>, Box<Expression>),
    Binary(&'static str, Box<Expression>, Box<Expression>),
    Unary(&'static str, Box<Expression>),
    Step(f64, bool, Box<Expression>),
    Choice(Box<Expression>, Box<Expression>, Box<Expression>),
    Function(Rc<Function>),
    Object(Vec<(String, Expression)>),
    Array(Vec<Expression>),
}

/// A statement.
#[derive(Debug, Clone)]
pub(super) enum Statement {
    Variables(Vec<(String, Option<Expression>)>),
    Expression(Expression),
    If(Expression, Box<Statement>, Option<Box<Statement>>),
    For(Option<Box<Statement>>, Option<Expression>, Option<Expression>, Box<Statement>),
    ForIn(String, Expression, Box<Statement>),
    While(Expression, Box<Statement>),
    DoWhile(Box<Statement>, Expression),
    Return(Option<Expression>),
    Break,
    Continue,
    Block(Vec<Statement>),
    Function(Rc<Function>),
    Switch(Expression, Vec<(Option<Expression>, Vec<Statement>)>),
    Try(Vec<Statement>),
    With(Expression, Box<Statement>),
    Throw,
    Empty,
}
