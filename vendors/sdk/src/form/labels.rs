//! Labels of controls: everything on the page that names one.

use std::collections::HashMap;

use super::control::{Control, ControlType, Label, LabelSource};
use super::dom::{Dom, Id, Kind};
use super::{cells, text};

/// No label is longer; what is longer is a paragraph or a menu.
pub(super) const LONGEST: usize = 200;
/// Nodes looked at on the way to a text beside a control.
const REACH: usize = 200;

/// Radio buttons or check boxes of one line.
const IN_LINE: usize = 32;
/// Labels of one kind taken for one control.
const MOST: usize = 8;

/// Finds labels in one page.
pub(super) struct Labels<'a> {
    dom: &'a Dom,
    by_id: &'a HashMap<&'a str, Id>,
    /// `label for` by the id it names.
    by_for: HashMap<&'a str, Vec<Id>>,
    legends: &'a HashMap<Id, Id>,
}

impl<'a> Labels<'a> {
    pub fn new(dom: &'a Dom, by_id: &'a HashMap<&'a str, Id>, legends: &'a HashMap<Id, Id>) -> Self {
        let mut by_for: HashMap<&str, Vec<Id>> = HashMap::new();
        for id in dom.descendants(0).filter(|&id| dom.tag(id) == "label") {
            if let Some(wanted) = dom.attr(id, "for").filter(|f| !f.is_empty()) {
                by_for.entry(wanted).or_default().push(id);
            }
        }
        Self { dom, by_id, by_for, legends }
    }

    /// Fills a control's labels. A hidden field has none.
    pub fn fill(&self, id: Id, control: &mut Control) {
        if control.kind == ControlType::Hidden {
            return;
        }
        let mut found = Found::default();
        if control.kind.is_button() {
            let own = match self.dom.tag(id) {
                "button" => text::gather(self.dom, id, |_| false),
                _ if control.kind == ControlType::Image => {
                    self.dom.attr(id, "alt").unwrap_or_default().to_owned()
                }
                _ => control.value.clone(),
            };
            found.add(&own, LabelSource::Own);
        }
        self.explicit(id, &mut found);
        if !control.kind.is_button() {
            self.around(id, control, &mut found);
        }
        for attr in ["title", "placeholder"] {
            found.add(self.dom.attr(id, attr).unwrap_or_default(), LabelSource::Title);
        }
        control.labels = found.0;
    }

    /// `label for`, a label around it, ARIA.
    fn explicit(&self, id: Id, found: &mut Found) {
        let dom = self.dom;
        let own_id = dom.attr(id, "id").filter(|own| self.by_id.get(own) == Some(&id));
        for &label in own_id.and_then(|own| self.by_for.get(own)).into_iter().flatten().take(MOST) {
            found.add(&text::label_text(dom, label), LabelSource::For);
        }
        // In a label around several controls each has only what stands beside it.
        let alone = |l: Id| {
            dom.descendants(l).take(text::NODES).filter(|&d| text::visible_control(dom, d)).nth(1).is_none()
        };
        let around = dom.nearest(id, "label").filter(|&l| alone(l));
        if let Some(label) = around.filter(|&l| dom.attr(l, "for").is_none_or(|f| Some(f) == own_id)) {
            found.add(&text::label_text(dom, label), LabelSource::Wrapping);
        }
        if let Some(ids) = dom.attr(id, "aria-labelledby") {
            let texts: Vec<String> = ids
                .split(text::is_space)
                .filter_map(|wanted| self.by_id.get(wanted))
                .take(MOST)
                .map(|&n| text::label_text(dom, n))
                .collect();
            found.add(&texts.join(" "), LabelSource::Aria);
        }
        found.add(dom.attr(id, "aria-label").unwrap_or_default(), LabelSource::Aria);
    }

    /// What stands around it: cells, terms, texts, legends.
    fn around(&self, id: Id, control: &mut Control, found: &mut Found) {
        let dom = self.dom;
        let mut outer = Found::default();
        for (cell, depth) in dom.ancestors(id).filter(|&a| matches!(dom.tag(a), "td" | "th")).zip(0..4) {
            if let Some(label) = cells::label_of(dom, cell, control.kind.is_checkable() && depth == 0) {
                outer.add(&label, LabelSource::Cell);
            }
        }
        if let Some(term) = dom.nearest(id, "dd").and_then(|dd| term(dom, dd)) {
            outer.add(&text::label_text(dom, term), LabelSource::Term);
        }
        let before = self.beside(id, Direction::Before);
        let mut legends = Found::default();
        for legend in dom.ancestors(id).filter_map(|a| self.legends.get(&a)) {
            legends.add(&text::label_text(dom, *legend), LabelSource::Legend);
        }
        if !control.kind.is_checkable() {
            found.0.append(&mut outer.0);
            found.add(&before, LabelSource::Before);
            found.0.append(&mut legends.0);
            return;
        }
        let mut behind = self.beside(id, Direction::Behind);
        if text::label(&behind).is_empty() {
            behind = dom
                .ancestors(id)
                .find(|&a| matches!(dom.tag(a), "td" | "th"))
                .and_then(|cell| cells::text_behind(dom, cell))
                .unwrap_or_default();
        }
        found.add(&behind, LabelSource::Behind);
        let mut group = outer;
        group.add(&self.group_before(id), LabelSource::Before);
        group.0.append(&mut legends.0);
        let own = found.0.clone();
        control.group_label =
            group.0.iter().find(|g| own.iter().all(|o| o.text != g.text)).map(|g| g.text.clone());
        if found.0.is_empty() {
            found.add(&before, LabelSource::Before);
            let rest =
                group.0.into_iter().filter(|g| found.0.iter().all(|o| o.text != g.text)).collect::<Vec<_>>();
            found.0.extend(rest);
            found.0.sort_by_key(|l| l.source);
        }
    }

    /// The text before the first radio button or check box of its line.
    fn group_before(&self, id: Id) -> String {
        let mut first = id;
        for _ in 0..IN_LINE {
            match self.walk(first, Direction::Before).1 {
                Some(stop) if checkable(self.dom, stop) => first = stop,
                _ => break,
            }
        }
        self.beside(first, Direction::Before)
    }

    /// The text beside a control, up to the next control or the end of its line.
    fn beside(&self, id: Id, direction: Direction) -> String {
        let (text, stop) = self.walk(id, direction);
        // A text between a radio button or check box and this control is the former's.
        if direction == Direction::Before && stop.is_some_and(|s| checkable(self.dom, s)) {
            return String::new();
        }
        text
    }

    /// Walks from a control; gives the text met and the control that ended the walk.
    fn walk(&self, id: Id, direction: Direction) -> (String, Option<Id>) {
        let dom = self.dom;
        let mut parts: Vec<&str> = Vec::new();
        let mut stop = None;
        let mut at = id;
        let mut enter = false;
        let mut filled = false;
        for _ in 0..REACH {
            let inside = if enter { direction.first(dom, at) } else { None };
            let next = match inside.or_else(|| direction.next(dom, at)) {
                Some(next) => next,
                None => {
                    let Some(parent) = dom.parent(at) else { break };
                    let tag = dom.tag(parent);
                    if matches!(
                        tag,
                        "td" | "th" | "dd" | "form" | "fieldset" | "body" | "label" | "legend" | ""
                    ) {
                        break;
                    }
                    if text::block(tag) && (filled || direction == Direction::Behind) {
                        break;
                    }
                    at = parent;
                    enter = false;
                    continue;
                }
            };
            at = next;
            enter = false;
            match dom.kind(at) {
                Kind::Text(t) if t.len() > text::BRIEF => break,
                Kind::Text(t) => {
                    filled |= t.chars().any(|c| !c.is_whitespace() && !matches!(c, ':' | '：'));
                    parts.push(t);
                }
                Kind::Element(_) => {
                    let tag = dom.tag(at);
                    if text::visible_control(dom, at) {
                        stop = Some(at);
                        break;
                    }
                    let line_end = text::block(tag) || tag == "br";
                    if line_end && (filled || direction == Direction::Behind) {
                        break;
                    }
                    // Text of a label or legend names something else; a table or list before it is no label.
                    if matches!(
                        tag,
                        "label" | "legend" | "table" | "fieldset" | "ul" | "ol" | "dl" | "form" | "hr"
                    ) {
                        break;
                    }
                    enter = !text::unread(tag) && tag != "input";
                }
                Kind::Root | Kind::Other => {}
            }
        }
        if direction == Direction::Before {
            parts.reverse();
        }
        (parts.concat(), stop)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Before,
    Behind,
}

impl Direction {
    fn next(self, dom: &Dom, id: Id) -> Option<Id> {
        match self {
            Self::Before => dom.prev_sibling(id),
            Self::Behind => dom.next_sibling(id),
        }
    }

    fn first(self, dom: &Dom, id: Id) -> Option<Id> {
        match self {
            Self::Before => dom.last_child(id),
            Self::Behind => dom.first_child(id),
        }
    }
}

fn checkable(dom: &Dom, id: Id) -> bool {
    dom.tag(id) == "input"
        && dom
            .attr(id, "type")
            .is_some_and(|t| t.eq_ignore_ascii_case("radio") || t.eq_ignore_ascii_case("checkbox"))
}

/// The nearest `dt` before a `dd`.
fn term(dom: &Dom, dd: Id) -> Option<Id> {
    std::iter::successors(dom.prev_sibling(dd), |&n| dom.prev_sibling(n))
        .take(REACH)
        .find(|&n| dom.tag(n) == "dt")
}

/// Labels found so far, none empty, none too long, none twice.
#[derive(Default)]
struct Found(Vec<Label>);

impl Found {
    fn add(&mut self, text: &str, source: LabelSource) {
        let text = text::label(text);
        let fits = !text.is_empty() && text.chars().count() <= LONGEST;
        if fits && self.0.iter().all(|l| l.text != text) {
            self.0.push(Label { text, source });
        }
    }
}
