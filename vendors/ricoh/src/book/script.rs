//! What a page's scripts say without being run: the literals they assign, and their text without comments.

use crate::book::literal::{Literal, is_name, parse_near};

/// Places looked at for one name.
const PLACES: usize = 200;

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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::book::literal::strings;

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

    proptest! {
        #[test]
        fn anything_is_survived(text in any::<String>(), noise in r#"[\[\]{}(),;:'"`/*\\ a=0-9\n]{0,200}"#) {
            for script in [text, noise] {
                let _ = assigned(&script, "a");
                let _ = assigned_members(&script, "a");
                let bare = without_comments(&script);
                let _ = strings(&bare);
                let _ = objects(&bare).count();
            }
        }
    }
}
