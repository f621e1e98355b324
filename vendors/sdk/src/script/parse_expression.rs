//! Expressions of a script, from tokens to a tree.

use std::rc::Rc;

use super::ast::{Expression, Function, Statement};
use super::lex::Token;
use super::parse::{Parsed, Parser, Unreadable, program};

impl Parser {
    pub(super) fn expression(&mut self) -> Parsed<Expression> {
        self.deeper(Self::assignment)
    }

    pub(super) fn assignment(&mut self) -> Parsed<Expression> {
        if let Some(arrow) = self.arrow()? {
            return Ok(arrow);
        }
        let left = self.choice()?;
        for op in ["=", "+=", "-=", "*=", "/=", "%=", "||=", "&&=", "??=", "|=", "&=", "^=", "<<=", ">>="] {
            if self.take(op) {
                let right = self.expression()?;
                return Ok(Expression::Assign(op, Box::new(left), Box::new(right)));
            }
        }
        Ok(left)
    }

    /// `x => …` and `(a, b) => …`; anything else is left where it was.
    pub(super) fn arrow(&mut self) -> Parsed<Option<Expression>> {
        let start = self.at;
        let mut parameters = Vec::new();
        if matches!(self.peek(), Some(Token::Word(_))) {
            parameters.push(self.name()?);
        } else if self.take("(") {
            while let Some(Token::Word(_)) = self.peek() {
                parameters.push(self.name()?);
                self.take(",");
            }
            if !self.take(")") {
                self.at = start;
                return Ok(None);
            }
        }
        if self.at == start || !self.take("=>") {
            self.at = start;
            return Ok(None);
        }
        let body =
            if self.is("{") { self.block()? } else { vec![Statement::Return(Some(self.expression()?))] };
        Ok(Some(Expression::Function(Rc::new(Function {
            name: String::new(),
            parameters,
            body,
            arrow: true,
        }))))
    }

    pub(super) fn choice(&mut self) -> Parsed<Expression> {
        let condition = self.binary(0)?;
        if !self.take("?") {
            return Ok(condition);
        }
        let then = self.expression()?;
        self.need(":")?;
        let otherwise = self.expression()?;
        Ok(Expression::Choice(Box::new(condition), Box::new(then), Box::new(otherwise)))
    }

    pub(super) fn binary(&mut self, level: u8) -> Parsed<Expression> {
        let mut left = self.unary()?;
        let mut links = 0;
        while let Some((op, strength)) = self.operator() {
            if strength < level {
                break;
            }
            self.link(&mut links)?;
            self.at += 1;
            let right = self.deeper(|p| p.binary(strength + 1))?;
            left = Expression::Binary(op, Box::new(left), Box::new(right));
        }
        Ok(left)
    }

    pub(super) fn operator(&self) -> Option<(&'static str, u8)> {
        match self.peek()? {
            Token::Mark(m) => Some((
                m,
                match *m {
                    "||" | "??" => 1,
                    "&&" => 2,
                    "|" => 3,
                    "^" => 4,
                    "&" => 5,
                    "==" | "!=" | "===" | "!==" => 6,
                    "<" | ">" | "<=" | ">=" => 7,
                    "<<" | ">>" | ">>>" => 8,
                    "+" | "-" => 9,
                    "*" | "/" | "%" | "**" => 10,
                    _ => return None,
                },
            )),
            Token::Word(w) if w == "in" => Some(("in", 7)),
            Token::Word(w) if w == "instanceof" => Some(("instanceof", 7)),
            _ => None,
        }
    }

    pub(super) fn unary(&mut self) -> Parsed<Expression> {
        for op in ["!", "-", "+", "~"] {
            if self.take(op) {
                return Ok(Expression::Unary(op, Box::new(self.deeper(Self::unary)?)));
            }
        }
        for (op, step) in [("++", 1.0), ("--", -1.0)] {
            if self.take(op) {
                return Ok(Expression::Step(step, true, Box::new(self.deeper(Self::unary)?)));
            }
        }
        for op in ["typeof", "void", "delete", "await"] {
            if self.take_word(op) {
                return Ok(Expression::Unary(op, Box::new(self.deeper(Self::unary)?)));
            }
        }
        let mut left = self.primary()?;
        let mut links = 0;
        loop {
            self.link(&mut links)?;
            if self.take(".") || self.take("?.") {
                let name = self.name()?;
                left = Expression::Member(Box::new(left), Box::new(Expression::Text(name)));
            } else if self.take("[") {
                let key = self.sequence()?;
                self.need("]")?;
                left = Expression::Member(Box::new(left), Box::new(key));
            } else if self.is("(") {
                left = Expression::Call(Box::new(left), self.arguments()?);
            } else if self.take("++") {
                left = Expression::Step(1.0, false, Box::new(left));
            } else if self.take("--") {
                left = Expression::Step(-1.0, false, Box::new(left));
            } else {
                return Ok(left);
            }
        }
    }

    pub(super) fn arguments(&mut self) -> Parsed<Vec<Expression>> {
        self.need("(")?;
        let mut out = Vec::new();
        while !self.take(")") {
            self.take("...");
            out.push(self.expression()?);
            if !self.is(")") {
                self.need(",")?;
            }
        }
        Ok(out)
    }

    pub(super) fn primary(&mut self) -> Parsed<Expression> {
        let Some(token) = self.peek().cloned() else { return Err(Unreadable) };
        self.at += 1;
        Ok(match token {
            Token::Text(text) => Expression::Text(text),
            Token::Number(number) => Expression::Number(number),
            Token::Regex => Expression::Opaque,
            Token::Template(texts, codes) => template(texts, &codes),
            Token::Mark("(") => {
                let inner = self.sequence()?;
                self.need(")")?;
                inner
            }
            Token::Mark("[") => {
                let mut items = Vec::new();
                while !self.take("]") {
                    if self.take(",") {
                        continue;
                    }
                    self.take("...");
                    items.push(self.expression()?);
                }
                Expression::Array(items)
            }
            Token::Mark("{") => self.object()?,
            Token::Word(word) => match word.as_str() {
                "true" => Expression::Bool(true),
                "false" => Expression::Bool(false),
                "null" => Expression::Null,
                "undefined" => Expression::Undefined,
                "this" => Expression::This,
                "function" => Expression::Function(Rc::new(self.function()?)),
                "new" => {
                    let mut target = self.primary()?;
                    while self.take(".") {
                        let name = self.name()?;
                        target = Expression::Member(Box::new(target), Box::new(Expression::Text(name)));
                    }
                    let arguments = if self.is("(") { self.arguments()? } else { Vec::new() };
                    Expression::New(Box::new(target), arguments)
                }
                _ => Expression::Name(word),
            },
            Token::Mark(_) => return Err(Unreadable),
        })
    }

    pub(super) fn object(&mut self) -> Parsed<Expression> {
        let mut out = Vec::new();
        while !self.take("}") {
            let key = match self.peek() {
                Some(Token::Word(w)) => w.clone(),
                Some(Token::Text(t)) => t.clone(),
                Some(Token::Number(n)) => n.to_string(),
                _ => return Err(Unreadable),
            };
            self.at += 1;
            let value = if self.take(":") {
                self.expression()?
            } else if self.is("(") {
                Expression::Function(Rc::new(self.function()?))
            } else {
                Expression::Name(key.clone())
            };
            out.push((key, value));
            if !self.is("}") {
                self.need(",")?;
            }
        }
        Ok(Expression::Object(out))
    }
}

/// A template literal is the sum of its parts.
fn template(texts: Vec<String>, codes: &[String]) -> Expression {
    let mut texts = texts.into_iter();
    let mut sum = Expression::Text(texts.next().unwrap_or_default());
    for (code, text) in codes.iter().zip(texts) {
        // A template within a template is not followed: each would start with a fresh depth.
        let statements = if code.contains('`') { Vec::new() } else { program(code) };
        let value = match statements.into_iter().next() {
            Some(Statement::Expression(e)) => e,
            _ => Expression::Opaque,
        };
        sum = Expression::Binary("+", Box::new(sum), Box::new(value));
        sum = Expression::Binary("+", Box::new(sum), Box::new(Expression::Text(text)));
    }
    sum
}
