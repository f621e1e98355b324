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

/// Characters of a literal within a script at most, and places looked at: tables are small, and a page may be hostile.
const NEAR: usize = 65_536;
const PLACES: usize = 200;

fn parse_near(text: &str) -> Option<Literal> {
    let mut reader = Reader { chars: text.chars().take(NEAR).collect(), at: 0 };
    reader.value(0).ok()
}

/// The literal that a script assigns to a variable (`var name = …`, `name = …`), the last one where there are several that
/// can be read. `script` is free of comments.
pub(crate) fn assigned(script: &str, name: &str) -> Option<Literal> {
    places(script, name)
        .filter_map(|after| {
            let rest = script[after..].trim_start().strip_prefix('=')?;
            if rest.starts_with('=') { None } else { parse_near(rest) }
        })
        .last()
}

/// The literals that a script assigns to members of a variable (`name.member = …`, `name['member'] = …`).
pub(crate) fn assigned_members(script: &str, name: &str) -> Vec<(String, Literal)> {
    let member = |after: usize| {
        let rest = script[after..].trim_start();
        let (key, rest) = if let Some(rest) = rest.strip_prefix('.') {
            let end = rest.find(|c: char| !is_name(c)).unwrap_or(rest.len());
            (rest[..end].to_owned(), &rest[end..])
        } else {
            let rest = rest.strip_prefix('[')?.trim_start();
            let quote = rest.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
            let (key, rest) = rest[1..].split_once(quote)?;
            (key.to_owned(), rest.trim_start().strip_prefix(']')?)
        };
        let rest = rest.trim_start().strip_prefix('=').filter(|r| !r.starts_with('='))?;
        parse_near(rest).map(|value| (key, value))
    };
    places(script, name).filter_map(member).collect()
}

/// Every object that a script assigns to anything.
pub(crate) fn objects(script: &str) -> impl Iterator<Item = Literal> + '_ {
    let starts = script.match_indices('=').map(|(at, _)| script[at + 1..].trim_start());
    starts.filter(|rest| rest.starts_with('{')).take(PLACES).filter_map(parse_near)
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$')
}

/// Where a name stands as a whole word: the places behind it.
fn places<'a>(script: &'a str, name: &'a str) -> impl Iterator<Item = usize> + 'a {
    let whole = script.match_indices(name).filter_map(move |(at, _)| {
        let before = script[..at].chars().next_back().is_none_or(|c| !is_name(c) && c != '.');
        let after = at + name.len();
        let behind = script[after..].chars().next().is_none_or(|c| !is_name(c));
        (before && behind && !name.is_empty()).then_some(after)
    });
    whole.take(PLACES)
}

/// A script without its comments; what looks like one within a string stays.
pub(crate) fn without_comments(script: &str) -> String {
    let mut out = String::with_capacity(script.len());
    let mut rest = script;
    let mut quote: Option<char> = None;
    while let Some(c) = rest.chars().next() {
        let mut take = c.len_utf8();
        match quote {
            Some(open) => {
                if c == '\\' {
                    take += rest[1..].chars().next().map_or(0, char::len_utf8);
                } else if c == open || (c == '\n' && open != '`') {
                    // A string does not go over the end of its line; what seemed one was a regular expression.
                    quote = None;
                }
            }
            None if rest.starts_with("//") => {
                let end = rest.find(['\n', '\r']).unwrap_or(rest.len());
                rest = &rest[end..];
                continue;
            }
            None if rest.starts_with("/*") => {
                if let Some(end) = rest[2..].find("*/") {
                    out.push(' ');
                    rest = &rest[end + 4..];
                    continue;
                }
            }
            None if matches!(c, '\'' | '"' | '`') => quote = Some(c),
            None => {}
        }
        out.push_str(&rest[..take]);
        rest = &rest[take..];
    }
    out
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
        let found = assigned(script, "g").unwrap();
        let at = |name: &str| found.member(name).and_then(|m| m.member("num")).and_then(Literal::index);
        assert_eq!((at("a"), at("b"), at("c")), (Some(0), Some(1), Some(2)));
    }

    #[test]
    fn assignments_are_told_from_comparisons_and_longer_names() {
        let script = "if (n == 3) {} var xn = 1; o.n = 2; var n = 4; n2 = 5;";
        assert_eq!(assigned(script, "n"), Some(Literal::Number(4.0)));
        assert_eq!(assigned(script, "m"), None);
        let members = assigned_members("h={}; h.a = {num:1}; h['b'] = {num:2}; if (h.c == 1) x();", "h");
        assert_eq!(members.iter().map(|(k, _)| k.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn comments_go_and_strings_stay() {
        let script = "a='//x'; // b='c.cgi'\n/* d */ e=\"/*f*/\"; g=/['\"]/; h='i.cgi';";
        let bare = without_comments(script);
        assert!(!bare.contains("c.cgi") && bare.contains("'//x'") && bare.contains("/*f*/"));
        assert!(strings(&bare).contains(&"//x".to_owned()));
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
            let _ = assigned(&text, "a");
            let _ = assigned_members(&text, "a");
            let bare = without_comments(&text);
            let _ = strings(&bare);
            let _ = objects(&bare).count();
        }

        #[test]
        fn script_like_noise_is_survived(text in r#"[\[\]{}(),;:'"`/*\\ a=0-9\n]{0,200}"#) {
            let _ = parse(&text);
            let _ = assigned(&text, "a");
            let _ = assigned_members(&text, "a");
            let _ = strings(&without_comments(&text));
            let _ = objects(&text).count();
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
