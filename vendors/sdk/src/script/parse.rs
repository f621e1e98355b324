//! From tokens to a tree. What cannot be read is skipped up to the next statement.

use std::rc::Rc;

use super::ast::{Expression, Function, Statement};
use super::lex::{Token, tokens};

/// Nesting beyond this is not a page's script but an attack on the stack.
const DEPTH: usize = 60;

/// Links of one chain (`a.b.c`, `a + b + c`); fewer the deeper it stands, so that no tree grows tall.
const CHAIN: usize = 600;

/// The text cannot be read from here on.
pub(super) struct Unreadable;
pub(super) type Parsed<T> = Result<T, Unreadable>;

/// Reads a script; never fails, leaving out what it cannot read.
pub(super) fn program(source: &str) -> Vec<Statement> {
    let mut parser = Parser { tokens: tokens(source), at: 0, depth: 0 };
    let mut out = Vec::new();
    while parser.at < parser.tokens.len() {
        let start = parser.at;
        parser.depth = 0;
        match parser.statement() {
            Ok(statement) => out.push(statement),
            Err(Unreadable) => parser.skip_from(start),
        }
        if parser.at == start {
            parser.at += 1;
        }
    }
    out
}

pub(super) struct Parser {
    pub(super) tokens: Vec<Token>,
    pub(super) at: usize,
    pub(super) depth: usize,
}

impl Parser {
    pub(super) fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    pub(super) fn is(&self, mark: &str) -> bool {
        matches!(self.peek(), Some(Token::Mark(m)) if *m == mark)
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), Some(Token::Word(w)) if w == word)
    }

    pub(super) fn take(&mut self, mark: &str) -> bool {
        let found = self.is(mark);
        self.at += usize::from(found);
        found
    }

    pub(super) fn take_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        self.at += usize::from(found);
        found
    }

    pub(super) fn need(&mut self, mark: &str) -> Parsed<()> {
        if self.take(mark) { Ok(()) } else { Err(Unreadable) }
    }

    pub(super) fn name(&mut self) -> Parsed<String> {
        match self.peek() {
            Some(Token::Word(w)) => {
                let word = w.clone();
                self.at += 1;
                Ok(word)
            }
            _ => Err(Unreadable),
        }
    }

    /// Goes on behind an unreadable statement: at the next `function` or `var`.
    pub(super) fn skip_from(&mut self, start: usize) {
        self.at = start + 1;
        while let Some(token) = self.peek() {
            if matches!(token, Token::Word(w) if matches!(w.as_str(), "function" | "var" | "let" | "const")) {
                return;
            }
            self.at += 1;
        }
    }

    pub(super) fn deeper<T>(&mut self, what: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= DEPTH {
            return Err(Unreadable);
        }
        self.depth += 1;
        let result = what(self);
        self.depth -= 1;
        result
    }

    pub(super) fn link(&self, links: &mut usize) -> Parsed<()> {
        *links += 1;
        if *links > CHAIN / (1 + self.depth) { Err(Unreadable) } else { Ok(()) }
    }

    pub(super) fn statement(&mut self) -> Parsed<Statement> {
        self.deeper(Self::statement_inner)
    }

    pub(super) fn statement_inner(&mut self) -> Parsed<Statement> {
        if self.take(";") {
            return Ok(Statement::Empty);
        }
        if self.is("{") {
            return Ok(Statement::Block(self.block()?));
        }
        let word = match self.peek() {
            Some(Token::Word(w)) => w.clone(),
            _ => String::new(),
        };
        match word.as_str() {
            "function" if matches!(self.tokens.get(self.at + 1), Some(Token::Word(_))) => {
                self.at += 1;
                Ok(Statement::Function(Rc::new(self.function()?)))
            }
            "var" | "let" | "const" => {
                let statement = self.variables()?;
                self.take(";");
                Ok(statement)
            }
            "if" => {
                self.at += 1;
                let condition = self.parenthesised()?;
                let then = Box::new(self.statement()?);
                let otherwise = if self.take_word("else") { Some(Box::new(self.statement()?)) } else { None };
                Ok(Statement::If(condition, then, otherwise))
            }
            "for" => self.for_loop(),
            "while" => {
                self.at += 1;
                let condition = self.parenthesised()?;
                Ok(Statement::While(condition, Box::new(self.statement()?)))
            }
            "do" => {
                self.at += 1;
                let body = Box::new(self.statement()?);
                if !self.take_word("while") {
                    return Err(Unreadable);
                }
                let condition = self.parenthesised()?;
                self.take(";");
                Ok(Statement::DoWhile(body, condition))
            }
            "with" => {
                self.at += 1;
                let object = self.parenthesised()?;
                Ok(Statement::With(object, Box::new(self.statement()?)))
            }
            "return" => {
                self.at += 1;
                let value = if self.is(";") || self.is("}") || self.peek().is_none() {
                    None
                } else {
                    Some(self.expression()?)
                };
                self.take(";");
                Ok(Statement::Return(value))
            }
            "throw" => {
                self.at += 1;
                self.expression()?;
                self.take(";");
                Ok(Statement::Throw)
            }
            "break" | "continue" => {
                self.at += 1;
                self.take(";");
                Ok(if word == "break" { Statement::Break } else { Statement::Continue })
            }
            "switch" => self.switch(),
            "try" => {
                self.at += 1;
                let mut body = self.block()?;
                if self.take_word("catch") {
                    if self.take("(") {
                        self.name()?;
                        self.need(")")?;
                    }
                    // What is done about an exception is never on the way to a saved page.
                    self.block()?;
                }
                if self.take_word("finally") {
                    body.extend(self.block()?);
                }
                Ok(Statement::Try(body))
            }
            // The `javascript:` in front of a script link, or a label.
            _ if !word.is_empty() && matches!(self.tokens.get(self.at + 1), Some(Token::Mark(":"))) => {
                self.at += 2;
                self.statement()
            }
            _ => {
                let mut expression = self.expression()?;
                // A sequence keeps its order as statements would.
                if self.is(",") {
                    let mut all = vec![Statement::Expression(expression)];
                    while self.take(",") {
                        expression = self.expression()?;
                        all.push(Statement::Expression(expression));
                    }
                    self.take(";");
                    return Ok(Statement::Block(all));
                }
                self.take(";");
                Ok(Statement::Expression(expression))
            }
        }
    }

    pub(super) fn parenthesised(&mut self) -> Parsed<Expression> {
        self.need("(")?;
        let expression = self.sequence()?;
        self.need(")")?;
        Ok(expression)
    }

    /// Expressions between commas; the last one counts, the others are kept for what they do.
    pub(super) fn sequence(&mut self) -> Parsed<Expression> {
        let mut expression = self.expression()?;
        let mut links = 0;
        while self.take(",") {
            self.link(&mut links)?;
            let next = self.expression()?;
            expression = Expression::Binary(",", Box::new(expression), Box::new(next));
        }
        Ok(expression)
    }

    pub(super) fn block(&mut self) -> Parsed<Vec<Statement>> {
        self.need("{")?;
        let mut out = Vec::new();
        while !self.take("}") {
            if self.peek().is_none() {
                return Err(Unreadable);
            }
            out.push(self.statement()?);
        }
        Ok(out)
    }

    pub(super) fn variables(&mut self) -> Parsed<Statement> {
        self.at += 1;
        let mut out = Vec::new();
        loop {
            let name = self.name()?;
            let value = if self.take("=") { Some(self.expression()?) } else { None };
            out.push((name, value));
            if !self.take(",") {
                return Ok(Statement::Variables(out));
            }
        }
    }

    pub(super) fn for_loop(&mut self) -> Parsed<Statement> {
        self.at += 1;
        self.need("(")?;
        let declared =
            matches!(self.peek(), Some(Token::Word(w)) if matches!(w.as_str(), "var" | "let" | "const"));
        let offset = usize::from(declared);
        if let (Some(Token::Word(name)), Some(Token::Word(of))) =
            (self.tokens.get(self.at + offset), self.tokens.get(self.at + offset + 1))
            && (of == "in" || of == "of")
        {
            let name = name.clone();
            self.at += offset + 2;
            let object = self.expression()?;
            self.need(")")?;
            return Ok(Statement::ForIn(name, object, Box::new(self.statement()?)));
        }
        let start = if self.is(";") {
            None
        } else if declared {
            Some(Box::new(self.variables()?))
        } else {
            Some(Box::new(Statement::Expression(self.sequence()?)))
        };
        self.need(";")?;
        let condition = if self.is(";") { None } else { Some(self.sequence()?) };
        self.need(";")?;
        let step = if self.is(")") { None } else { Some(self.sequence()?) };
        self.need(")")?;
        Ok(Statement::For(start, condition, step, Box::new(self.statement()?)))
    }

    pub(super) fn switch(&mut self) -> Parsed<Statement> {
        self.at += 1;
        let subject = self.parenthesised()?;
        self.need("{")?;
        let mut cases = Vec::new();
        while !self.take("}") {
            let label = if self.take_word("default") {
                None
            } else if self.take_word("case") {
                Some(self.expression()?)
            } else {
                return Err(Unreadable);
            };
            self.need(":")?;
            let mut body = Vec::new();
            while !self.is("}") && !self.is_word("case") && !self.is_word("default") {
                if self.peek().is_none() {
                    return Err(Unreadable);
                }
                body.push(self.statement()?);
            }
            cases.push((label, body));
        }
        Ok(Statement::Switch(subject, cases))
    }

    /// The rest of a function behind the word `function`.
    pub(super) fn function(&mut self) -> Parsed<Function> {
        let name = if self.is("(") { String::new() } else { self.name()? };
        self.need("(")?;
        let mut parameters = Vec::new();
        while !self.take(")") {
            self.take("...");
            parameters.push(self.name()?);
            if self.take("=") {
                self.expression()?;
            }
            if !self.is(")") {
                self.need(",")?;
            }
        }
        Ok(Function { name, parameters, body: self.block()?, arrow: false })
    }
}
