//! Tokens of a page's script. Never fails: what it does not know becomes punctuation or is left out.

/// A token.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    /// A name or a keyword.
    Word(String),
    /// A string literal, escapes resolved.
    Text(String),
    /// A template literal: texts and, between them, the source of the substitutions.
    Template(Vec<String>, Vec<String>),
    /// A number.
    Number(f64),
    /// A regular expression, not looked into.
    Regex,
    /// An operator or a bracket.
    Mark(&'static str),
}

/// Operators and brackets, longest first.
const MARKS: [&str; 53] = [
    ">>>=", "===", "!==", ">>>", "<<=", ">>=", "...", "&&=", "||=", "??=", "**=", "=>", "==", "!=", "<=",
    ">=", "&&", "||", "??", "?.", "++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<", ">>",
    "**", "{", "}", "(", ")", "[", "]", ";", ",", "<", ">", "+", "-", "*", "/", "%", "&", "|", "^", "!", "~",
];
const SINGLES: [&str; 5] = ["?", ":", "=", ".", "@"];

/// Splits a script into tokens.
pub(super) fn tokens(source: &str) -> Vec<Token> {
    let chars: Vec<char> = source.chars().collect();
    let mut out: Vec<Token> = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        let c = chars[i];
        if c.is_whitespace() || c == '\u{feff}' {
            i += 1;
        } else if starts(&chars, i, "//") || starts(&chars, i, "<!--") || starts(&chars, i, "-->") {
            while i < chars.len() && chars[i] != '\n' && chars[i] != '\r' {
                i += 1;
            }
        } else if starts(&chars, i, "/*") {
            i += 2;
            while i < chars.len() && !starts(&chars, i, "*/") {
                i += 1;
            }
            i += 2;
        } else if starts(&chars, i, "<![CDATA[") {
            i += 9;
        } else if starts(&chars, i, "]]>") {
            i += 3;
        } else if c == '"' || c == '\'' {
            let (text, next) = string(&chars, i);
            out.push(Token::Text(text));
            i = next;
        } else if c == '`' {
            let (token, next) = template(&chars, i);
            out.push(token);
            i = next;
        } else if c.is_ascii_digit() || (c == '.' && chars.get(i + 1).is_some_and(char::is_ascii_digit)) {
            let start = i;
            while i < chars.len() && (chars[i].is_ascii_alphanumeric() || chars[i] == '.') {
                i += 1;
            }
            let text: String = chars[start..i].iter().collect();
            let number = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
                Some(hex) => u32::from_str_radix(hex, 16).map_or(f64::NAN, f64::from),
                None => text.parse().unwrap_or(f64::NAN),
            };
            out.push(Token::Number(number));
        } else if c.is_alphabetic() || c == '_' || c == '$' {
            let start = i;
            while i < chars.len() && (chars[i].is_alphanumeric() || chars[i] == '_' || chars[i] == '$') {
                i += 1;
            }
            out.push(Token::Word(chars[start..i].iter().collect()));
        } else if c == '/' && regex_may_start(out.last()) {
            match regex(&chars, i) {
                Some(next) => {
                    out.push(Token::Regex);
                    i = next;
                }
                None => {
                    out.push(Token::Mark("/"));
                    i += 1;
                }
            }
        } else {
            match MARKS.iter().chain(&SINGLES).find(|m| starts(&chars, i, m)) {
                Some(mark) => {
                    out.push(Token::Mark(mark));
                    i += mark.len();
                }
                None => i += 1,
            }
        }
    }
    out
}

fn starts(chars: &[char], at: usize, what: &str) -> bool {
    what.chars().enumerate().all(|(n, c)| chars.get(at + n) == Some(&c))
}

fn regex_may_start(last: Option<&Token>) -> bool {
    match last {
        None => true,
        Some(Token::Mark(m)) => !matches!(*m, ")" | "]" | "}" | "++" | "--"),
        Some(Token::Word(w)) => {
            matches!(w.as_str(), "return" | "typeof" | "case" | "in" | "else" | "do" | "void")
        }
        Some(_) => false,
    }
}

/// Finds the end of a regular expression that starts at `at`; `None` where the line ends first.
fn regex(chars: &[char], at: usize) -> Option<usize> {
    let mut i = at + 1;
    let mut class = false;
    loop {
        match chars.get(i)? {
            '\n' | '\r' => return None,
            '\\' => i += 1,
            '[' => class = true,
            ']' => class = false,
            '/' if !class => break,
            _ => {}
        }
        i += 1;
    }
    i += 1;
    while chars.get(i).is_some_and(char::is_ascii_alphabetic) {
        i += 1;
    }
    Some(i)
}

fn string(chars: &[char], at: usize) -> (String, usize) {
    let quote = chars[at];
    let mut text = String::new();
    let mut i = at + 1;
    while let Some(&c) = chars.get(i) {
        if c == quote {
            return (text, i + 1);
        }
        // An unclosed string ends with its line, so that the rest of the script stays readable.
        if c == '\n' || c == '\r' {
            return (text, i);
        }
        if c == '\\' {
            i = escape(chars, i + 1, &mut text);
        } else {
            text.push(c);
            i += 1;
        }
    }
    (text, i)
}

/// Resolves the escape whose letter stands at `at`; gives the place behind it.
fn escape(chars: &[char], at: usize, text: &mut String) -> usize {
    let hex = |from: usize, count: usize| -> Option<char> {
        let digits: String = chars.get(from..from + count)?.iter().collect();
        char::from_u32(u32::from_str_radix(&digits, 16).ok()?)
    };
    match chars.get(at) {
        None => return at,
        Some('n') => text.push('\n'),
        Some('r') => text.push('\r'),
        Some('t') => text.push('\t'),
        Some('b') => text.push('\u{8}'),
        Some('f') => text.push('\u{c}'),
        Some('0') => text.push('\0'),
        Some('\r') if chars.get(at + 1) == Some(&'\n') => return at + 2,
        Some('\n' | '\r') => {}
        Some('x') => {
            if let Some(c) = hex(at + 1, 2) {
                text.push(c);
                return at + 3;
            }
            text.push('x');
        }
        Some('u') => {
            if let Some(c) = hex(at + 1, 4) {
                text.push(c);
                return at + 5;
            }
            text.push('u');
        }
        Some(c) => text.push(*c),
    }
    at + 1
}

fn template(chars: &[char], at: usize) -> (Token, usize) {
    let (mut texts, mut codes) = (vec![String::new()], Vec::new());
    let mut i = at + 1;
    while let Some(&c) = chars.get(i) {
        match c {
            '`' => return (Token::Template(texts, codes), i + 1),
            '\\' => {
                let last = texts.len() - 1;
                i = escape(chars, i + 1, &mut texts[last]);
            }
            '$' if chars.get(i + 1) == Some(&'{') => {
                let start = i + 2;
                let mut depth = 1;
                i = start;
                while i < chars.len() && depth > 0 {
                    match chars[i] {
                        '{' => depth += 1,
                        '}' => depth -= 1,
                        _ => {}
                    }
                    i += 1;
                }
                codes.push(chars[start..i.saturating_sub(1).max(start)].iter().collect());
                texts.push(String::new());
            }
            c => {
                let last = texts.len() - 1;
                texts[last].push(c);
                i += 1;
            }
        }
    }
    (Token::Template(texts, codes), i)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_escapes_are_resolved() {
        let found = tokens("<!--\n// no\nX.action = 'a\\x2fb'; /* gone */ y = /[/]'/g.test(z)\n//-->");
        assert!(found.contains(&Token::Text("a/b".into())));
        assert!(found.contains(&Token::Regex));
        assert_eq!(found.iter().filter(|t| matches!(t, Token::Text(_))).count(), 1);
    }
}
