//! Text as a person reads it.

use super::dom::{Dom, Id, Kind};

/// ASCII white space as HTML defines it.
pub(super) fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0c')
}

/// Folds white space (also U+00A0 and its kin) to single spaces and trims.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\u{200b}') {
        if word.is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// Strips and collapses ASCII white space, as an option's value does.
pub(super) fn collapse(text: &str) -> String {
    text.split(is_space).filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Folds, and removes trailing colons: a label.
pub(super) fn label(text: &str) -> String {
    let mut text = fold(text);
    while let Some(rest) = text.strip_suffix([':', '：']) {
        text.truncate(rest.trim_end().len());
    }
    text
}

/// Elements whose text nobody reads in place.
pub(super) fn unread(tag: &str) -> bool {
    matches!(
        tag,
        "script"
            | "style"
            | "template"
            | "noscript"
            | "noembed"
            | "noframes"
            | "iframe"
            | "head"
            | "title"
            | "datalist"
            | "object"
            | "svg"
            | "math"
            | "audio"
            | "video"
            | "canvas"
    )
}

/// Elements that begin and end a line.
pub(super) fn block(tag: &str) -> bool {
    matches!(
        tag,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "caption"
            | "center"
            | "dd"
            | "details"
            | "dialog"
            | "dir"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hgroup"
            | "hr"
            | "html"
            | "legend"
            | "li"
            | "main"
            | "menu"
            | "nav"
            | "ol"
            | "p"
            | "pre"
            | "section"
            | "summary"
            | "table"
            | "tbody"
            | "td"
            | "tfoot"
            | "th"
            | "thead"
            | "tr"
            | "ul"
    )
}

/// Elements that are controls a person sees (a hidden field is none).
pub(super) fn visible_control(dom: &Dom, id: Id) -> bool {
    match dom.tag(id) {
        "input" => !dom.attr(id, "type").is_some_and(|t| t.eq_ignore_ascii_case("hidden")),
        "select" | "textarea" | "button" => true,
        _ => false,
    }
}

/// All text below `root` for which `skip` does not say that its element is passed over; not folded. Blocks are set apart.
pub(super) fn gather(dom: &Dom, root: Id, skip: impl Fn(Id) -> bool) -> String {
    gather_within(dom, root, (usize::MAX, usize::MAX), skip).unwrap_or_default()
}

/// The same, as long as it takes no more than that many nodes and bytes.
fn gather_within(
    dom: &Dom,
    root: Id,
    (most_nodes, most_bytes): (usize, usize),
    skip: impl Fn(Id) -> bool,
) -> Option<String> {
    let mut out = String::new();
    let mut nodes = 0;
    let mut at = dom.following(root, root, false);
    // Open blocks need a space behind them too: one is put before whatever follows at a lower or equal depth, which is
    // cheaper to do by putting one before each node that is not the first child of an inline element.
    while let Some(id) = at {
        nodes += 1;
        if nodes > most_nodes || out.len() > most_bytes {
            return None;
        }
        let mut over = false;
        match dom.kind(id) {
            Kind::Text(t) if t.len() > most_bytes => return None,
            Kind::Text(t) => out.push_str(t),
            Kind::Element(_) => {
                let tag = dom.tag(id);
                if block(tag) || tag == "br" {
                    out.push(' ');
                }
                if tag == "img"
                    && let Some(alt) = dom.attr(id, "alt")
                {
                    out.push_str(alt);
                }
                over = unread(tag) || skip(id);
            }
            Kind::Root | Kind::Other => {}
        }
        let next = dom.following(id, root, over);
        if let Some(next) = next
            && dom.parent(next) != Some(id)
        {
            // Every element closed on the way from here to there.
            let stop = dom.parent(next);
            let mut closed = Some(id);
            while closed != stop {
                let Some(c) = closed else { break };
                if block(dom.tag(c)) {
                    out.push(' ');
                    break;
                }
                closed = dom.parent(c);
            }
        }
        at = next;
    }
    Some(out)
}

/// Bytes of the text of a label: many controls may share one, so that it must be cheap to read.
pub(super) const BRIEF: usize = 4096;
/// Nodes of what may label something.
pub(super) const NODES: usize = 256;

/// The text of an element that may label something, without what stands in controls; empty where it is far too long.
pub(super) fn label_text(dom: &Dom, root: Id) -> String {
    gather_within(dom, root, (NODES, BRIEF), |id| visible_control(dom, id)).unwrap_or_default()
}

/// The text of an element without what stands in controls.
pub(super) fn own_text(dom: &Dom, root: Id) -> String {
    gather(dom, root, |id| visible_control(dom, id))
}

/// Plain text of all text nodes below `root`, scripts left out.
pub(super) fn content(dom: &Dom, root: Id) -> String {
    let mut out = String::new();
    let mut at = dom.following(root, root, false);
    while let Some(id) = at {
        if let Some(t) = dom.text(id) {
            out.push_str(t);
        }
        at = dom.following(id, root, dom.element(id).is_some_and(|e| &*e.name.local == "script"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::parse::parse;

    #[test]
    fn folding_takes_every_kind_of_space() {
        assert_eq!(fold(" a\u{a0}\u{3000}b\n\tc "), "a b c");
        assert_eq!(label("SMTP Server Name \u{a0}:"), "SMTP Server Name");
        assert_eq!(label("サーバー名："), "サーバー名");
        assert_eq!(label(":"), "");
        assert_eq!(collapse(" a \n b\u{a0}"), "a b\u{a0}");
    }

    #[test]
    fn blocks_set_words_apart_and_inline_elements_do_not() {
        let (dom, _) = parse("<body>a<b>b</b>c<div>d</div>e<p>f<br>g<table><tr><td>h<td>i</table>");
        assert_eq!(fold(&gather(&dom, 0, |_| false)), "abc d e f g h i");
    }
}
