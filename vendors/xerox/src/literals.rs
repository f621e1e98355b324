//! Values that a page keeps in its scripts, where no line of them can be followed into a field: `valPrt_1[2] = 389;`,
//! `attr["connectivity.smtp.server"] = "host:port";`, `{"connectivity.smtp.encryption": "none"}`.

/// One assignment of a literal: the name with its keys, and the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Literal {
    /// `["valPrt_1", "2"]`, `["attr", "connectivity.smtp.server"]`; one part for a key of an object.
    pub(crate) path: Vec<String>,
    pub(crate) value: String,
}

/// More are no page's.
const MOST: usize = 20_000;

/// The quoted text at the beginning, unescaped.
pub(crate) fn quoted(text: &str) -> Option<String> {
    let mut chars = text.chars();
    let quote = chars.next().filter(|c| matches!(c, '"' | '\'' | '`'))?;
    let mut out = String::new();
    while let Some(c) = chars.next() {
        match c {
            c if c == quote => return Some(out),
            '\n' if quote != '`' => return None,
            '\\' => match chars.next()? {
                'n' => out.push('\n'),
                'r' => out.push('\r'),
                't' => out.push('\t'),
                'x' => out.push(hex(&mut chars, 2)?),
                'u' => out.push(hex(&mut chars, 4)?),
                other => out.push(other),
            },
            c => out.push(c),
        }
    }
    None
}

fn hex(chars: &mut std::str::Chars<'_>, digits: usize) -> Option<char> {
    let text = chars.as_str();
    let value = u32::from_str_radix(text.get(..digits)?, 16).ok()?;
    chars.nth(digits - 1);
    char::from_u32(value)
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    Text(String),
    Number(String),
    Sign(char),
}

fn tokens(script: &str) -> Vec<Token> {
    let mut out = Vec::new();
    let mut rest = script;
    while let Some(c) = rest.chars().next() {
        if out.len() >= MOST {
            break;
        }
        if let Some(after) = rest.strip_prefix("//") {
            rest = after.find('\n').map_or("", |end| &after[end..]);
            continue;
        }
        if let Some(after) = rest.strip_prefix("/*") {
            rest = after.find("*/").map_or("", |end| &after[end + 2..]);
            continue;
        }
        let length = match c {
            '"' | '\'' | '`' => match (quoted(rest), closing(rest)) {
                (Some(text), Some(length)) => {
                    out.push(Token::Text(text));
                    length
                }
                _ => 1,
            },
            c if c.is_ascii_digit() => {
                let length = run(rest, |c| c.is_ascii_alphanumeric() || c == '.');
                out.push(Token::Number(rest[..length].to_owned()));
                length
            }
            c if c.is_alphabetic() || matches!(c, '_' | '$') => {
                let length = run(rest, |c| c.is_alphanumeric() || matches!(c, '_' | '$'));
                out.push(Token::Word(rest[..length].to_owned()));
                length
            }
            c if c.is_whitespace() => c.len_utf8(),
            c => {
                out.push(Token::Sign(c));
                c.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    out
}

fn run(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|c| !belongs(c)).unwrap_or(text.len())
}

/// The length of the quoted text at the beginning, quotes included.
fn closing(text: &str) -> Option<usize> {
    let quote = text.chars().next()?;
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return Some(at + c.len_utf8()),
            _ => {}
        }
    }
    None
}

/// All quoted texts of a script, in order.
pub(crate) fn texts(script: &str) -> Vec<String> {
    let texts = tokens(script).into_iter();
    texts.filter_map(|t| if let Token::Text(text) = t { Some(text) } else { None }).collect()
}

/// All assignments of literals in the scripts, in order.
pub(crate) fn of(scripts: &[String]) -> Vec<Literal> {
    let mut found = Vec::new();
    for script in scripts {
        let tokens = tokens(script);
        let mut at = 0;
        while at < tokens.len() {
            let (path, next) = path_at(&tokens, at);
            if path.is_empty() {
                at += 1;
                continue;
            }
            if let Some(value) = value_behind(&tokens, next, path.len()) {
                found.push(Literal { path, value });
            }
            at = next.max(at + 1);
        }
    }
    found
}

/// A name with its keys, or the key of an object; and the place behind it.
fn path_at(tokens: &[Token], at: usize) -> (Vec<String>, usize) {
    let mut path = match &tokens[at] {
        Token::Word(name) => vec![name.clone()],
        Token::Text(key) => return (vec![key.clone()], at + 1),
        _ => return (Vec::new(), at + 1),
    };
    let mut here = at + 1;
    loop {
        match (tokens.get(here), tokens.get(here + 1), tokens.get(here + 2)) {
            (Some(Token::Sign('[')), Some(Token::Text(key) | Token::Number(key)), Some(Token::Sign(']'))) => {
                path.push(key.clone());
                here += 3;
            }
            (Some(Token::Sign('.')), Some(Token::Word(key)), _) => {
                path.push(key.clone());
                here += 2;
            }
            _ => return (path, here),
        }
    }
}

/// The literal that is assigned: behind `=` (not `==`), or behind `:` for a lone key.
fn value_behind(tokens: &[Token], at: usize, parts: usize) -> Option<String> {
    match tokens.get(at)? {
        Token::Sign('=') => {}
        Token::Sign(':') if parts == 1 => {}
        _ => return None,
    }
    let value = match tokens.get(at + 1)? {
        Token::Text(text) => text.clone(),
        Token::Number(number) => number.clone(),
        _ => return None,
    };
    // What goes on is no literal.
    match tokens.get(at + 2) {
        None | Some(Token::Sign(';' | ',' | '}' | ')') | Token::Word(_)) => Some(value),
        _ => None,
    }
}

/// The value kept under exactly this key, or under a variable called like the field (`valUsr` for `Usr`); the last one counts.
pub(crate) fn value_of(literals: &[Literal], key: &str, id: &str) -> Option<String> {
    let exact = literals.iter().rev().find(|l| l.path.last().is_some_and(|last| last == key));
    let named = |l: &&Literal| {
        let name = l.path.first().map(String::as_str).unwrap_or_default();
        let bare = name.strip_prefix("val").unwrap_or(name).trim_start_matches('_');
        [key, id].iter().any(|wanted| !wanted.is_empty() && bare.eq_ignore_ascii_case(wanted))
    };
    exact.or_else(|| literals.iter().rev().find(named)).map(|l| l.value.clone())
}

/// The server's host and port in the variables known of the LDAP page: four octets or a host name, and the port.
pub(crate) fn server_of(literals: &[Literal]) -> (Option<String>, Option<String>) {
    let first = |test: &dyn Fn(&str) -> bool| {
        let found = literals.iter().find(|l| l.path.first().is_some_and(|name| test(name)));
        found.map(|l| l.value.trim().to_owned()).filter(|v| !v.is_empty())
    };
    let lower = |name: &str| name.to_ascii_lowercase();
    let octets: Option<Vec<String>> = (0..4)
        .map(|at| {
            first(&|name| lower(name).starts_with("valipv4_1") && lower(name).ends_with(&format!("_{at}")))
        })
        .collect();
    let address = octets.map(|o| o.join(".")).filter(|a| a.parse::<std::net::Ipv4Addr>().is_ok());
    let name = first(&|name| {
        let name = lower(name);
        name.starts_with("val") && (name.contains("hst") || name.contains("host"))
    });
    let port = first(&|name| {
        let name = lower(name);
        name.starts_with("val") && (name.contains("prt") || name.contains("port"))
    });
    let unset = |a: &String| a == "0.0.0.0";
    let host = match (address, name) {
        (Some(address), Some(name)) if unset(&address) => Some(name),
        (Some(address), _) => Some(address),
        (None, name) => name,
    };
    (host, port.filter(|p| p.parse::<u16>().is_ok()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(script: &str) -> Vec<Literal> {
        of(&[script.to_owned()])
    }

    #[test]
    fn values_are_read_from_every_way_a_page_writes_them() {
        let found = read(
            "// attr['x'] = 'no';\nvar attr = {}; attr[\"connectivity.smtp.server\"] = \"a\\x2db:587\";
             valUsr[2] = 'scan'; var o = { \"connectivity.smtp.encryption\": 'none', k: 7 };
             if (valUsr[2] == 'x') { y = 'a' + b; } /* z = 'no' */",
        );
        assert_eq!(value_of(&found, "connectivity.smtp.server", ""), Some("a-b:587".into()));
        assert_eq!(value_of(&found, "connectivity.smtp.encryption", ""), Some("none".into()));
        assert_eq!(value_of(&found, "connectivity.smtp.username", "usr"), Some("scan".into()));
        assert_eq!(value_of(&found, "x", ""), None);
        assert_eq!(value_of(&found, "y", ""), None);
        assert_eq!(value_of(&found, "z", ""), None);
    }

    #[test]
    fn octets_and_port_make_a_server() {
        let found = read(
            "valIpv4_1_0[2] = 10; valIpv4_1_1[2] = 1; valIpv4_1_2[2] = 1;\nvalIpv4_1_3[2] = 20; valPrt_1[2] = 25;",
        );
        assert_eq!(server_of(&found), (Some("10.1.1.20".into()), Some("25".into())));
        let found = read("valHst_1[2] = \"mail.example.test\"; valPrt_1[2] = 587;");
        assert_eq!(server_of(&found), (Some("mail.example.test".into()), Some("587".into())));
        assert_eq!(server_of(&read("valIpv4_1_0[2] = 10;")), (None, None));
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_harm(text in ".{0,300}") {
            let _ = read(&text);
            let _ = quoted(&text);
        }

        #[test]
        fn what_a_page_quotes_comes_back(value in "[^\\x00-\\x1f]{0,40}") {
            let mut written = String::from("\"");
            for c in value.chars() {
                match c {
                    '"' | '\\' => { written.push('\\'); written.push(c); }
                    '<' => written.push_str("\\x3c"),
                    c => written.push(c),
                }
            }
            written.push('"');
            prop_assert_eq!(quoted(&written), Some(value.clone()));
            let found = read(&format!("attr[\"k.v\"] = {written};"));
            prop_assert_eq!(value_of(&found, "k.v", ""), Some(value));
        }
    }
}
