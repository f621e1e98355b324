//! Pairs of label and value on information pages.

use super::dom::{Dom, Id};
use super::text;

/// All facts, in tree order.
pub(super) fn of(dom: &Dom) -> Vec<(String, String)> {
    let mut facts = Vec::new();
    for id in dom.descendants(0) {
        match dom.tag(id) {
            "tr" => row(dom, id, &mut facts),
            "dt" => {
                if let Some(dd) = definition(dom, id) {
                    push(text::own_text(dom, id), text::own_text(dom, dd), &mut facts);
                }
            }
            _ => {}
        }
    }
    facts
}

/// The first `dd` behind a `dt`, before the next `dt`.
fn definition(dom: &Dom, dt: Id) -> Option<Id> {
    std::iter::successors(dom.next_sibling(dt), |&n| dom.next_sibling(n))
        .take_while(|&n| dom.tag(n) != "dt")
        .find(|&n| dom.tag(n) == "dd")
}

fn row(dom: &Dom, tr: Id, facts: &mut Vec<(String, String)>) {
    let cells: Vec<Id> = dom.children(tr).filter(|&c| matches!(dom.tag(c), "td" | "th")).collect();
    // A row that holds a table is there for the layout; its own rows tell the facts.
    let layout = cells.iter().any(|&c| dom.descendants(c).any(|d| matches!(dom.tag(d), "table" | "dl")));
    let asks = cells.iter().any(|&c| dom.descendants(c).any(|d| text::visible_control(dom, d)));
    if layout || asks {
        return;
    }
    let texts: Vec<String> = cells.iter().map(|&c| text::fold(&text::own_text(dom, c))).collect();
    let colons: Vec<usize> = (0..texts.len()).filter(|&i| is_colon(&texts[i])).collect();
    if !colons.is_empty() {
        for at in colons {
            let label = texts[..at].iter().rev().find(|t| !t.is_empty());
            if let (Some(label), Some(value)) = (label, texts.get(at + 1)) {
                push(label.clone(), value.clone(), facts);
            }
        }
        return;
    }
    let filled: Vec<&String> = texts.iter().filter(|t| !t.is_empty()).collect();
    match (filled.as_slice(), texts.len()) {
        ([label, value], _) => push((*label).clone(), (*value).clone(), facts),
        ([label], 2) if texts[0] == **label => push((*label).clone(), String::new(), facts),
        _ => {}
    }
}

fn is_colon(text: &str) -> bool {
    matches!(text, ":" | "：")
}

fn push(label: String, value: String, facts: &mut Vec<(String, String)>) {
    let label = text::label(&label);
    if label.is_empty() {
        return;
    }
    let mut value = text::fold(&value);
    // `: value` and `:value`, but not the address `::1`.
    if let Some(rest) = value.strip_prefix([':', '：'])
        && !rest.starts_with(':')
    {
        value = rest.trim_start().to_owned();
    }
    facts.push((label, value));
}
