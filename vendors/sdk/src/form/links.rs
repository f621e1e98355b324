//! Links of a page, script links among them.

use url::Url;

use super::build::Place;
use super::cells;
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

/// A link, and what stands beside it in its row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowLink {
    /// What labels the row: the `dt` of its `dd`, the label cell of its table row, the text before it. Nearest meaning
    /// first, none empty.
    pub labels: Vec<String>,
    /// The link.
    pub link: Link,
}

/// All links with what labels their rows, in tree order.
pub(super) fn in_rows(dom: &Dom, page: &Place<'_>) -> Vec<RowLink> {
    dom.descendants(0)
        .filter_map(|id| link(dom, id, page).map(|link| RowLink { labels: row_labels(dom, id), link }))
        .collect()
}

fn row_labels(dom: &Dom, id: Id) -> Vec<String> {
    let term = dom.nearest(id, "dd").and_then(|dd| {
        std::iter::successors(dom.prev_sibling(dd), |&n| dom.prev_sibling(n))
            .take(ROW)
            .find(|&n| dom.tag(n) == "dt")
            .map(|dt| text::label_text(dom, dt))
    });
    let cell = dom
        .ancestors(id)
        .find(|&a| matches!(dom.tag(a), "td" | "th"))
        .and_then(|cell| cells::label_of(dom, cell, false));
    let mut labels: Vec<String> = Vec::new();
    for label in [term, cell, Some(before(dom, id))].into_iter().flatten() {
        let label = text::label(&label);
        if !label.is_empty() && !labels.contains(&label) {
            labels.push(label);
        }
    }
    labels
}

/// Siblings looked at on the way back from a link.
const ROW: usize = 50;

/// The text before a link in its row, back to the link before it.
fn before(dom: &Dom, id: Id) -> String {
    let mut at = id;
    for _ in 0..3 {
        let mut parts: Vec<String> = Vec::new();
        for sibling in std::iter::successors(dom.prev_sibling(at), |&n| dom.prev_sibling(n)).take(ROW) {
            if dom.tag(sibling) == "a"
                || dom.descendants(sibling).take(text::NODES).any(|d| dom.tag(d) == "a")
            {
                break;
            }
            parts.push(dom.text(sibling).map_or_else(|| text::label_text(dom, sibling), str::to_owned));
        }
        parts.reverse();
        let said = text::fold(&parts.join(" "));
        if !said.is_empty() {
            return said;
        }
        match dom.parent(at) {
            Some(parent)
                if !matches!(
                    dom.tag(parent),
                    "dd" | "td" | "th" | "li" | "tr" | "dl" | "form" | "body" | ""
                ) =>
            {
                at = parent;
            }
            _ => return String::new(),
        }
    }
    String::new()
}

/// All links, in tree order.
pub(super) fn of(dom: &Dom, page: &Place<'_>) -> Vec<Link> {
    dom.descendants(0).filter_map(|id| link(dom, id, page)).collect()
}

/// The link that an element is, where it is one.
pub(super) fn link(dom: &Dom, id: Id, page: &Place<'_>) -> Option<Link> {
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

#[cfg(test)]
mod tests {
    use crate::form::Document;

    #[test]
    fn a_link_bears_the_label_of_its_row() {
        let html = "<dl><dt>SNMP</dt><dd><input type=checkbox><a href=/snmp>Advanced</a></dd>
            <dt>POP3/SMTP:</dt><dd><div><input type=checkbox> <a href=/smtp>Advanced</a></div></dd></dl>
            <table><tr><td>LPD</td><td><a href=/lpd>Advanced</a></td></tr></table>
            <ul><li><input type=checkbox id=f><label for=f>FTP</label> <a href=/ftp>Advanced</a></li>
            <li>Sntp <a href=/sntp>Advanced</a> Web <a href=/web>Advanced</a></li><li><a href=/bare>Bare</a></li></ul>";
        let url = "http://192.0.2.1/".parse().unwrap();
        let rows = Document::parse(html, Some(&url), "UTF-8").row_links();
        let found: Vec<(&str, Vec<&str>)> = rows
            .iter()
            .map(|r| (r.link.href.as_str(), r.labels.iter().map(String::as_str).collect()))
            .collect();
        assert_eq!(
            found,
            [
                ("/snmp", vec!["SNMP"]),
                ("/smtp", vec!["POP3/SMTP"]),
                ("/lpd", vec!["LPD"]),
                ("/ftp", vec!["FTP"]),
                ("/sntp", vec!["Sntp"]),
                ("/web", vec!["Web"]),
                ("/bare", vec![]),
            ]
        );
    }
}
