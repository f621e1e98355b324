//! Links of a page, script links among them.

use url::Url;

use super::build::Place;
use super::dom::{Dom, Id};
use super::text;

/// A link of a page: `a[href]`, `area[href]`, also script links (`javascript:jump('...')`, `onclick`), whose target is
/// the first string literal that looks like a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The visible text, white space folded (alt or title text where there is none).
    pub text: String,
    /// The attribute as written: `href`, or `onclick` where that is what leads somewhere.
    pub href: String,
    /// The absolute target, where one can be told.
    pub target: Option<Url>,
}

/// All links, in tree order.
pub(super) fn of(dom: &Dom, page: &Place<'_>) -> Vec<Link> {
    dom.descendants(0).filter_map(|id| link(dom, id, page)).collect()
}

fn link(dom: &Dom, id: Id, page: &Place<'_>) -> Option<Link> {
    let anchor = matches!(dom.tag(id), "a" | "area");
    let href = if anchor { dom.attr(id, "href") } else { None };
    let onclick = dom.attr(id, "onclick");
    let from_href = href.and_then(|h| match script(h) {
        Some(code) => path_in(&code).and_then(|p| page.address(&p)),
        None if h.trim_matches(text::is_space).starts_with('#') => None,
        None => page.address(h),
    });
    let from_click = onclick.and_then(path_in).and_then(|p| page.address(&p));
    let (written, target) = match (href, from_href, onclick, from_click) {
        (Some(h), Some(target), ..) => (h, Some(target)),
        (_, None, Some(code), Some(target)) => (code, Some(target)),
        (Some(h), None, ..) => (h, None),
        _ => return None,
    };
    Some(Link { text: caption(dom, id), href: written.to_owned(), target })
}

fn caption(dom: &Dom, id: Id) -> String {
    let mut candidates = vec![text::fold(&text::gather(dom, id, |_| false))];
    candidates.extend(["value", "alt", "title"].iter().filter_map(|a| dom.attr(id, a)).map(text::fold));
    candidates.into_iter().find(|c| !c.is_empty()).unwrap_or_default()
}

/// The code of a `javascript:` address, percent-decoded as browsers do.
fn script(href: &str) -> Option<String> {
    let href = href.trim_matches(|c: char| c <= ' ');
    let (scheme, code) = href.split_once(':')?;
    let scheme: String = scheme.chars().filter(|c| !matches!(c, '\t' | '\n' | '\r')).collect();
    if !scheme.eq_ignore_ascii_case("javascript") {
        return None;
    }
    let mut out = Vec::with_capacity(code.len());
    let mut rest = code.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let escaped = || u8::from_str_radix(std::str::from_utf8(after.get(..2)?).ok()?, 16).ok();
        match (byte, escaped()) {
            (b'%', Some(value)) if after[..2].iter().all(u8::is_ascii_hexdigit) => {
                out.push(value);
                rest = &after[2..];
            }
            _ => {
                out.push(byte);
                rest = after;
            }
        }
    }
    Some(String::from_utf8_lossy(&out).into_owned())
}

/// The first string literal of a script that looks like a path.
pub(super) fn path_in(code: &str) -> Option<String> {
    literals(code).into_iter().find(|l| looks_like_path(l))
}

/// The string literals of a script, unescaped.
fn literals(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut chars = code.chars();
    while let Some(quote) = chars.next() {
        if !matches!(quote, '\'' | '"' | '`') {
            continue;
        }
        let mut literal = String::new();
        let mut closed = false;
        while let Some(c) = chars.next() {
            match c {
                c if c == quote => {
                    closed = true;
                    break;
                }
                '\\' => match chars.next() {
                    Some('n' | 'r' | 't') => literal.push(' '),
                    Some('x') => literal.extend(hex(&mut chars, 2)),
                    Some('u') => literal.extend(hex(&mut chars, 4)),
                    Some(other) => literal.push(other),
                    None => break,
                },
                c => literal.push(c),
            }
        }
        if closed {
            found.push(literal);
        }
    }
    found
}

fn hex(chars: &mut std::str::Chars<'_>, digits: usize) -> Option<char> {
    let text = chars.as_str();
    let value = u32::from_str_radix(text.get(..digits)?, 16).ok()?;
    chars.nth(digits - 1);
    char::from_u32(value)
}

fn looks_like_path(text: &str) -> bool {
    let Some(first) = text.chars().next() else { return false };
    if text.chars().any(|c| c.is_whitespace() || c.is_control() || "<>\"'(){};,".contains(c)) || first == '#'
    {
        return false;
    }
    let path = text.split(['?', '#']).next().unwrap_or_default();
    // `name.cgi`, `page.html`: a dot with letters behind it; `a/b`: a slash; `?x=1`: the page itself.
    let file = path.rsplit('/').next().unwrap_or_default();
    let extension = file.rsplit_once('.').is_some_and(|(stem, ext)| {
        !stem.is_empty() && (2..=5).contains(&ext.len()) && ext.bytes().all(|b| b.is_ascii_alphanumeric())
    });
    path.contains('/') || extension || (first == '?' && text.len() > 1)
}
