//! Redaction of a page by its own structure: password fields, hidden tokens, tokens in scripts and addresses.

use super::{MARK, looks_secret};

/// A copy of a page (or script, or JSON) that may be kept: the values of password fields and of fields, variables and
/// parameters whose names look like passwords, tokens or sessions are replaced. Secrets that a session knows are
/// masked by the session besides. Of a table (a CSV file) whole columns are replaced by their heads.
pub fn redact_page(text: &str) -> String {
    if let Some(table) = super::table::redact_table(text) {
        return table;
    }
    redact_assignments(&redact_tags(text))
}

/// Replaces `value` in tags that hold a password or a token.
fn redact_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let lower: String = rest.chars().take(10).flat_map(char::to_lowercase).collect();
        let controls = ["<input", "<param", "<meta", "<option", "<button"];
        if !controls.iter().any(|tag| lower.starts_with(tag)) {
            out.push('<');
            rest = &rest[1..];
            continue;
        }
        let end = tag_end(rest);
        redact_tag(&rest[..end], &mut out);
        rest = &rest[end..];
    }
    out.push_str(rest);
    redact_textareas(&out)
}

/// The end of a tag, quotes respected; a tag that never ends takes the rest of the text.
fn tag_end(text: &str) -> usize {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (None, '>') => return at + 1,
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    text.len()
}

/// Positions of an attribute: its name, and its value without quotes.
struct Attribute<'a> {
    name: &'a str,
    value: &'a str,
    /// Where the value begins in the tag.
    at: usize,
}

fn redact_tag(tag: &str, out: &mut String) {
    let attributes = attributes(tag);
    let of = |wanted: &str| attributes.iter().find(|a| a.name.eq_ignore_ascii_case(wanted)).map(|a| a.value);
    let secret = of("type").is_some_and(|kind| kind.trim().eq_ignore_ascii_case("password"))
        || ["name", "id", "property"].iter().any(|key| of(key).is_some_and(looks_secret));
    let mut copied = 0;
    if secret {
        for attribute in &attributes {
            let holds = ["value", "content"].iter().any(|key| attribute.name.eq_ignore_ascii_case(key));
            if holds && !attribute.value.is_empty() {
                out.push_str(&tag[copied..attribute.at]);
                out.push_str(MARK);
                copied = attribute.at + attribute.value.len();
            }
        }
    }
    out.push_str(&tag[copied..]);
}

fn attributes(tag: &str) -> Vec<Attribute<'_>> {
    let bytes = tag.as_bytes();
    let mut found = Vec::new();
    let mut at = tag.find(|c: char| c.is_whitespace() || c == '/').unwrap_or(tag.len());
    let skip = |mut at: usize, test: fn(u8) -> bool| {
        while at < bytes.len() && test(bytes[at]) {
            at += 1;
        }
        at
    };
    while at < bytes.len() {
        at = skip(at, |b| b.is_ascii_whitespace() || matches!(b, b'/' | b'>' | b'"' | b'\'' | b'='));
        let name_at = at;
        at = skip(at, |b| !b.is_ascii_whitespace() && !matches!(b, b'=' | b'>' | b'/'));
        let name = &tag[name_at..at];
        let after = skip(at, |b| b.is_ascii_whitespace());
        if bytes.get(after) != Some(&b'=') {
            continue;
        }
        at = skip(after + 1, |b| b.is_ascii_whitespace());
        let (value_at, end) = match bytes.get(at) {
            Some(&quote @ (b'"' | b'\'')) => {
                let end =
                    bytes[at + 1..].iter().position(|b| *b == quote).map_or(bytes.len(), |n| at + 1 + n);
                (at + 1, end)
            }
            _ => (at, skip(at, |b| !b.is_ascii_whitespace() && b != b'>')),
        };
        found.push(Attribute { name, value: &tag[value_at..end], at: value_at });
        at = end;
    }
    found
}

fn redact_textareas(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    let mut from = 0;
    while let Some(at) = lower[from..].find("<textarea").map(|n| n + from) {
        let open = at + tag_end(&text[at..]);
        let close = lower[open..].find("</textarea").map_or(text.len(), |n| n + open);
        let secret = attributes(&text[at..open]).iter().any(|a| {
            (a.name.eq_ignore_ascii_case("name") || a.name.eq_ignore_ascii_case("id"))
                && looks_secret(a.value)
        });
        if secret && close > open {
            out.push_str(&text[copied..open]);
            out.push_str(MARK);
            copied = close;
        }
        from = close;
    }
    out + &text[copied..]
}

/// Replaces what stands behind `token = '…'`, `"password": "…"` and `?wimToken=…`.
fn redact_assignments(text: &str) -> String {
    let bytes = text.as_bytes();
    let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-' || b == b'$';
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    let mut at = 0;
    while at < bytes.len() {
        if !word(bytes[at]) {
            at += 1;
            continue;
        }
        let start = at;
        while at < bytes.len() && word(bytes[at]) {
            at += 1;
        }
        if at - start > 64 || !looks_secret(&text[start..at]) {
            continue;
        }
        let Some(value) = assigned(bytes, at) else { continue };
        if value.0 < value.1 && &text[value.0..value.1] != MARK {
            out.push_str(&text[copied..value.0]);
            out.push_str(MARK);
            copied = value.1;
        }
        at = value.1;
    }
    out + &text[copied..]
}

/// Where the value behind a name begins and ends. `:` counts only where name or value is quoted, so that labels of a
/// page ("Password: not set") stay readable.
fn assigned(bytes: &[u8], mut at: usize) -> Option<(usize, usize)> {
    let blank = |b: Option<&u8>| matches!(b, Some(b' ' | b'\t'));
    let mut quoted = false;
    if matches!(bytes.get(at), Some(b'"' | b'\'' | b']')) {
        quoted = true;
        at += 1;
        if bytes.get(at) == Some(&b']') {
            at += 1;
        }
    }
    while blank(bytes.get(at)) {
        at += 1;
    }
    let colon = match bytes.get(at)? {
        b'=' if bytes.get(at + 1) != Some(&b'=') => false,
        b':' => true,
        _ => return None,
    };
    at += 1;
    while blank(bytes.get(at)) {
        at += 1;
    }
    match bytes.get(at)? {
        quote @ (b'"' | b'\'') => {
            let mut end = at + 1;
            while end < bytes.len() && bytes[end] != *quote && bytes[end] != b'\n' {
                end += if bytes[end] == b'\\' { 2 } else { 1 };
            }
            // A backslash may have skipped into the middle of a character only at the very end of the text.
            Some((at + 1, boundary(bytes, end)))
        }
        _ if colon && !quoted => None,
        _ => {
            let plain = |b: u8| b.is_ascii_alphanumeric() || b"%_+/.-~*!$@=".contains(&b);
            let mut end = at;
            while end < bytes.len() && plain(bytes[end]) {
                end += 1;
            }
            Some((at, end))
        }
    }
}

/// The next index that does not lie inside a UTF-8 sequence.
fn boundary(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() && bytes[at] & 0xc0 == 0x80 {
        at += 1;
    }
    at.min(bytes.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values_go_and_structure_stays() {
        for (page, kept) in [
            ("<INPUT TYPE=password name=x value='abc'>", "<INPUT TYPE=password name=x value='[redacted]'>"),
            (
                "<input value=9 type=\"hidden\" name=wimToken>",
                "<input value=[redacted] type=\"hidden\" name=wimToken>",
            ),
            ("<input type=text name=host value='a>b'>", "<input type=text name=host value='a>b'>"),
            ("<input type=password value=\"\">", "<input type=password value=\"\">"),
            ("<textarea name=secretKey>line</textarea>", "<textarea name=secretKey>[redacted]</textarea>"),
            ("var wimToken = '12\\'3'; x", "var wimToken = '[redacted]'; x"),
            ("href='/a.cgi?wimToken=12&b=1'", "href='/a.cgi?wimToken=[redacted]&b=1'"),
            ("{\"password\": \"x\", \"port\": 25}", "{\"password\": \"[redacted]\", \"port\": 25}"),
            ("<td>Password: not set</td>", "<td>Password: not set</td>"),
            ("if (token == 1)", "if (token == 1)"),
            ("document.cookie='wimsesid=123'", "document.cookie='wimsesid=[redacted]'"),
            ("<input type=password value='never ends", "<input type=password value='[redacted]"),
        ] {
            assert_eq!(redact_page(page), kept);
        }
    }

    proptest! {
        #[test]
        fn no_page_makes_it_panic(page in "([<>='\"/ ]|input|textarea|type=password|value|token|[a-zé\\\\:]){0,60}") {
            let once = redact_page(&page);
            prop_assert!(once.len() <= page.len() * 12 + 12);
        }
    }
}
