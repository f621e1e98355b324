//! From tokens to a tree. What cannot be read is skipped up to the next statement.

use std::rc::Rc;

use super::ast::{Expression, Function, Statement};
use super::lex::{Token, tokens};

/// Nesting beyond this is not a page's script but an attack on the stack.
const DEPTH: usize = 60;

/// Links of one chain (`a.b.c`, `a + b + c`); fewer the deeper it stands, so that no tree grows tall.
const CHAIN: usize = 600;

/// The text cannot be read from here on.
struct Unreadable;
type Parsed<T> = Result<T, Unreadable>;

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

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn is(&self, mark: &str) -> bool {
        matches!(self.peek(), Some(Token::Mark(m)) if *m == mark)
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), Some(Token::Word(w)) if w == word)
    }

    fn take(&mut self, mark: &str) -> bool {
        let found = self.is(mark);
        self.at += usize::from(found);
        found
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        self.at += usize::from(found);
        found
    }

    fn need(&mut self, mark: &str) -> Parsed<()> {
        if self.take(mark) { Ok(()) } else { Err(Unreadable) }
    }

    fn name(&mut self) -> Parsed<String> {
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
    fn skip_from(&mut self, start: usize) {
        self.at = start + 1;
        while let Some(token) = self.peek() {
            if matches!(token, Token::Word(w) if matches!(w.as_str(), "function" | "var" | "let" | "const")) {
                return;
            }
            self.at += 1;
        }
    }

    fn deeper<T>(&mut self, what: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= DEPTH {
            return Err(Unreadable);
        }
        self.depth += 1;
        let result = what(self);
        self.depth -= 1;
        result
    }

    fn link(&self, links: &mut usize) -> Parsed<()> {
        *links += 1;
        if *links > CHAIN / (1 + self.depth) { Err(Unreadable) } else { Ok(()) }
    }

    fn statement(&mut self) -> Parsed<Statement> {
        self.deeper(Self::statement_inner)
    }

    fn statement_inner(&mut self) -> Parsed<Statement> {
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

    fn parenthesised(&mut self) -> Parsed<Expression> {
        self.need("(")?;
        let expression = self.sequence()?;
        self.need(")")?;
        Ok(expression)
    }

    /// Expressions between commas; the last one counts, the others are kept for what they do.
    fn sequence(&mut self) -> Parsed<Expression> {
        let mut expression = self.expression()?;
        let mut links = 0;
        while self.take(",") {
            self.link(&mut links)?;
            let next = self.expression()?;
            expression = Expression::Binary(",", Box::new(expression), Box::new(next));
        }
        Ok(expression)
    }

    fn block(&mut self) -> Parsed<Vec<Statement>> {
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

    fn variables(&mut self) -> Parsed<Statement> {
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

    fn for_loop(&mut self) -> Parsed<Statement> {
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

    fn switch(&mut self) -> Parsed<Statement> {
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
    fn function(&mut self) -> Parsed<Function> {
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

    fn expression(&mut self) -> Parsed<Expression> {
        self.deeper(Self::assignment)
    }

    fn assignment(&mut self) -> Parsed<Expression> {
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
    fn arrow(&mut self) -> Parsed<Option<Expression>> {
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

    fn choice(&mut self) -> Parsed<Expression> {
        let condition = self.binary(0)?;
        if !self.take("?") {
            return Ok(condition);
        }
        let then = self.expression()?;
        self.need(":")?;
        let otherwise = self.expression()?;
        Ok(Expression::Choice(Box::new(condition), Box::new(then), Box::new(otherwise)))
    }

    fn binary(&mut self, level: u8) -> Parsed<Expression> {
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

    fn operator(&self) -> Option<(&'static str, u8)> {
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

    fn unary(&mut self) -> Parsed<Expression> {
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

    fn arguments(&mut self) -> Parsed<Vec<Expression>> {
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

    fn primary(&mut self) -> Parsed<Expression> {
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

    fn object(&mut self) -> Parsed<Expression> {
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
