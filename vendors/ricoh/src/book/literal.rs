//! JavaScript literals as devices write them: lists of rows, tables of columns. What is no literal is kept as its code and
//! never run. Hostile input costs time in proportion to its length and never a panic.

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Literal {
    /// A string, escapes resolved.
    Text(String),
    /// A number.
    Number(f64),
    /// An empty element, `null` or `undefined`.
    Nothing,
    /// A list.
    List(Vec<Literal>),
    /// An object's members in their order.
    Object(Vec<(String, Literal)>),
    /// Anything else, as written.
    Code(String),
}

impl Literal {
    /// The elements of a list.
    pub(crate) fn list(&self) -> Option<&[Self]> {
        if let Self::List(list) = self { Some(list) } else { None }
    }

    /// A member of an object.
    pub(crate) fn member(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else { return None };
        members.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// A whole number that is no less than zero.
    pub(crate) fn index(&self) -> Option<usize> {
        let number = match self {
            Self::Number(number) => *number,
            Self::Text(text) => text.trim().parse().ok()?,
            _ => return None,
        };
        // Beyond this a float no longer tells neighbours apart.
        (number >= 0.0 && number.fract() == 0.0 && number < 9e15).then_some(number as usize)
    }

    /// The text a person would read of it; empty for nothing.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Text(text) | Self::Code(text) => text.clone(),
            Self::Number(number) => format!("{number}"),
            _ => String::new(),
        }
    }
}

/// Lists within lists at most.
const DEPTH: usize = 24;

/// Reads the literal that a text begins with.
///
/// # Errors
/// A fragment that says what is wrong: it breaks off, or it is nested too deeply.
pub(crate) fn parse(text: &str) -> Result<Literal, &'static str> {
    let mut reader = Reader { chars: text.trim_start_matches('\u{feff}').chars().collect(), at: 0 };
    reader.value(0)
}

/// Characters of a literal within a script at most: tables are small, and a page may be hostile.
const NEAR: usize = 65_536;

/// Reads the literal that the rest of a script begins with.
pub(crate) fn parse_near(text: &str) -> Option<Literal> {
    let mut reader = Reader { chars: text.chars().take(NEAR).collect(), at: 0 };
    reader.value(0).ok()
}

/// The string literals of a script that is free of comments.
pub(crate) fn strings(script: &str) -> Vec<String> {
    let mut reader = Reader { chars: script.chars().collect(), at: 0 };
    let mut found = Vec::new();
    while let Some(c) = reader.peek() {
        if matches!(c, '\'' | '"') {
            let start = reader.at;
            match reader.string() {
                Ok(text) => found.push(text),
                Err(_) => reader.at = start + 1,
            }
        } else {
            reader.at += 1;
        }
    }
    found
}

/// Whether a letter can stand in a name.
pub(crate) fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$')
}

struct Reader {
    chars: Vec<char>,
    at: usize,
}

const CUT: &str = "it breaks off";
const DEEP: &str = "it is nested too deeply";

impl Reader {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn starts(&self, what: &str) -> bool {
        what.chars().enumerate().all(|(i, c)| self.chars.get(self.at + i) == Some(&c))
    }

    fn space(&mut self) {
        loop {
            while self.peek().is_some_and(|c| c.is_whitespace() || c == '\u{feff}') {
                self.at += 1;
            }
            if self.starts("//") {
                while self.peek().is_some_and(|c| c != '\n' && c != '\r') {
                    self.at += 1;
                }
            } else if self.starts("/*") {
                self.at += 2;
                while self.at < self.chars.len() && !self.starts("*/") {
                    self.at += 1;
                }
                self.at = (self.at + 2).min(self.chars.len());
            } else {
                return;
            }
        }
    }

    fn value(&mut self, depth: usize) -> Result<Literal, &'static str> {
        if depth > DEPTH {
            return Err(DEEP);
        }
        self.space();
        let start = self.at;
        let value = match self.peek().ok_or(CUT)? {
            '\'' | '"' | '`' => self.string().map(Literal::Text),
            '[' => self.list(depth),
            '{' => self.object(depth),
            c if c.is_ascii_digit() || matches!(c, '-' | '+' | '.') => Ok(self.number()),
            _ => Ok(Literal::Code(String::new())),
        };
        match value {
            Ok(value) => {
                let end = self.at;
                self.space();
                let ended = self.peek().is_none_or(|c| matches!(c, ',' | ']' | '}' | ';' | ')'));
                // At the top whatever comes behind is none of the value's.
                if !matches!(value, Literal::Code(_)) && (ended || depth == 0) {
                    self.at = end;
                    return Ok(value);
                }
            }
            // A list or a string that breaks off is no expression either.
            Err(why) => return Err(why),
        }
        self.at = start;
        self.code()
    }

    fn number(&mut self) -> Literal {
        let start = self.at;
        while self.peek().is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.')) {
            self.at += 1;
        }
        let text: String = self.chars[start..self.at].iter().collect();
        let parsed = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
            Some(digits) => u32::from_str_radix(digits, 16).ok().map(f64::from),
            None => text.parse::<f64>().ok().filter(|n| n.is_finite()),
        };
        parsed.map_or(Literal::Code(text), Literal::Number)
    }

    fn list(&mut self, depth: usize) -> Result<Literal, &'static str> {
        self.at += 1;
        let mut elements = Vec::new();
        loop {
            self.space();
            match self.peek().ok_or(CUT)? {
                ']' => {
                    self.at += 1;
                    return Ok(Literal::List(elements));
                }
                ',' => {
                    self.at += 1;
                    elements.push(Literal::Nothing);
                }
                '}' | ')' => return Err("a bracket closes what was not opened"),
                _ => {
                    elements.push(self.value(depth + 1)?);
                    self.space();
                    match self.peek().ok_or(CUT)? {
                        ',' => self.at += 1,
                        ']' => {}
                        _ => return Err("two elements without a comma between them"),
                    }
                }
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Literal, &'static str> {
        self.at += 1;
        let mut members = Vec::new();
        loop {
            self.space();
            let key = match self.peek().ok_or(CUT)? {
                '}' => {
                    self.at += 1;
                    return Ok(Literal::Object(members));
                }
                ',' => {
                    self.at += 1;
                    continue;
                }
                '\'' | '"' => self.string()?,
                _ => {
                    let start = self.at;
                    while self.peek().is_some_and(is_name) {
                        self.at += 1;
                    }
                    self.chars[start..self.at].iter().collect()
                }
            };
            self.space();
            if self.peek().ok_or(CUT)? != ':' {
                return Err("a member without a value");
            }
            self.at += 1;
            let value = self.value(depth + 1)?;
            members.push((key, value));
            self.space();
            if !matches!(self.peek().ok_or(CUT)?, ',' | '}') {
                return Err("two members without a comma between them");
            }
        }
    }

    /// Everything up to where an element ends, brackets and strings within it left whole.
    fn code(&mut self) -> Result<Literal, &'static str> {
        let start = self.at;
        let mut open = Vec::new();
        while let Some(c) = self.peek() {
            match c {
                '\'' | '"' | '`' => {
                    let quote = self.at;
                    if self.string().is_err() {
                        self.at = quote + 1;
                    }
                    continue;
                }
                '(' => open.push(')'),
                '[' => open.push(']'),
                '{' => open.push('}'),
                ')' | ']' | '}' if open.last() == Some(&c) => {
                    open.pop();
                }
                ',' | ';' | ')' | ']' | '}' if open.is_empty() => break,
                _ => {}
            }
            self.at += 1;
        }
        if !open.is_empty() {
            return Err(CUT);
        }
        let text: String = self.chars[start..self.at].iter().collect();
        Ok(match text.trim() {
            "null" | "undefined" => Literal::Nothing,
            text => Literal::Code(text.to_owned()),
        })
    }

    fn string(&mut self) -> Result<String, &'static str> {
        let quote = self.peek().ok_or(CUT)?;
        self.at += 1;
        let mut units: Vec<u16> = Vec::new();
        let put = |units: &mut Vec<u16>, c: char| {
            units.extend_from_slice(c.encode_utf16(&mut [0; 2]));
        };
        loop {
            let c = self.peek().ok_or(CUT)?;
            self.at += 1;
            match c {
                c if c == quote => return Ok(String::from_utf16_lossy(&units)),
                '\\' => {
                    let c = self.peek().ok_or(CUT)?;
                    self.at += 1;
                    match c {
                        'n' => put(&mut units, '\n'),
                        'r' => put(&mut units, '\r'),
                        't' => put(&mut units, '\t'),
                        'b' => put(&mut units, '\u{8}'),
                        'f' => put(&mut units, '\u{c}'),
                        'v' => put(&mut units, '\u{b}'),
                        '0' if !self.peek().is_some_and(|c| c.is_ascii_digit()) => put(&mut units, '\0'),
                        'x' => units.push(self.hex(2).unwrap_or(u16::from(b'x'))),
                        'u' => units.push(self.hex(4).unwrap_or(u16::from(b'u'))),
                        '\r' if self.peek() == Some('\n') => self.at += 1,
                        '\n' | '\r' => {}
                        c => put(&mut units, c),
                    }
                }
                c => put(&mut units, c),
            }
        }
    }

    fn hex(&mut self, digits: usize) -> Option<u16> {
        let text: String = self.chars.get(self.at..self.at + digits)?.iter().collect();
        if !text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        self.at += digits;
        u16::from_str_radix(&text, 16).ok()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(text: &str) -> Literal {
        Literal::Text(text.into())
    }

    #[test]
    fn rows_as_devices_write_them() {
        let body = "[[22,1,'00001','Sample One','','1771411032#Feb 18,2026 07:37 PM','one@example.test','192.0.2.9'],\n\
                    \u{20}[24,1,'00002',\"O'Neil\",'7104',,'','\\\\\\\\srv\\\\scan'],]";
        let rows = parse(body).unwrap();
        let rows = rows.list().unwrap();
        assert_eq!(rows.len(), 2);
        let first = rows[0].list().unwrap();
        assert_eq!((first.len(), &first[0], &first[3]), (8, &Literal::Number(22.0), &text("Sample One")));
        let second = rows[1].list().unwrap();
        assert_eq!(second[3], text("O'Neil"));
        assert_eq!(second[5], Literal::Nothing);
        assert_eq!(second[7], text("\\\\srv\\scan"));
    }

    #[test]
    fn escapes_comments_elisions_and_expressions() {
        assert_eq!(parse(r"'\u00e9\x41\'\ud83d\ude00\q'").unwrap(), text("éA'😀q"));
        assert_eq!(
            parse("[ /* [ */ 'a', // ]\n -1, , null, f(1,[2],')') + 'x', true]").unwrap(),
            Literal::List(vec![
                text("a"),
                Literal::Number(-1.0),
                Literal::Nothing,
                Literal::Nothing,
                Literal::Code("f(1,[2],')') + 'x'".into()),
                Literal::Code("true".into()),
            ])
        );
        assert_eq!(parse("[14]\n").unwrap().list().unwrap()[0].index(), Some(14));
    }

    #[test]
    fn objects_with_functions_in_them() {
        let script = "var g = {a:{func:function(x){ if (x) { return '}'; } },num:0}, 'b':{func:o.f[1],num:1,},\n c:{num:'2'} };";
        let found = crate::book::script::assigned(script, "g").unwrap();
        let at = |name: &str| found.member(name).and_then(|m| m.member("num")).and_then(Literal::index);
        assert_eq!((at("a"), at("b"), at("c")), (Some(0), Some(1), Some(2)));
    }

    #[test]
    fn what_is_broken_says_so() {
        for bad in ["[[1,2", "['a", "", "[1}", "['a' 'b'", "{a:", "{a 1}"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
        assert_eq!(parse(&"[".repeat(100_000)), Err(DEEP));
        assert_eq!(parse(&"{a:".repeat(100_000)), Err(DEEP));
    }

    fn quoted(text: &str) -> String {
        let mut out = String::from("'");
        for c in text.chars() {
            match c {
                '\'' | '\\' => out.extend(['\\', c]),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                c => out.push(c),
            }
        }
        out + "'"
    }

    proptest! {
        #[test]
        fn anything_is_survived(text in any::<String>()) {
            let _ = parse(&text);
            let _ = strings(&text);
        }

        #[test]
        fn script_like_noise_is_survived(text in r#"[\[\]{}(),;:'"`/*\\ a=0-9\n]{0,200}"#) {
            let _ = parse(&text);
            let _ = strings(&text);
        }

        #[test]
        fn what_is_quoted_comes_back(rows in proptest::collection::vec(proptest::collection::vec(any::<String>(), 1..5), 0..6)) {
            let body: Vec<String> = rows
                .iter()
                .map(|row| format!("[{}]", row.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(",")))
                .collect();
            let read = parse(&format!("[{}]", body.join(", "))).unwrap();
            let back: Vec<Vec<String>> =
                read.list().unwrap().iter().map(|row| row.list().unwrap().iter().map(Literal::text).collect()).collect();
            prop_assert_eq!(back, rows);
        }
    }
}
