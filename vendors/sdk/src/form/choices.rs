//! Options of a select: what they submit, and which are selected when the page is opened.

use super::build::non_negative;
use super::control::Choice;
use super::dom::{Dom, Id};
use super::text;

/// The options of a select, in tree order.
pub(super) fn of(dom: &Dom, select: Id, multiple: bool) -> Vec<Choice> {
    let mut choices: Vec<Choice> = Vec::new();
    for id in dom.descendants(select).filter(|&id| dom.tag(id) == "option") {
        let content = text::content(dom, id);
        let group_off = dom
            .ancestors(id)
            .take_while(|&a| a != select)
            .find(|&a| dom.tag(a) == "optgroup")
            .is_some_and(|g| dom.has_attr(g, "disabled"));
        let label = dom.attr(id, "label").filter(|l| !l.is_empty());
        choices.push(Choice {
            value: dom.attr(id, "value").map_or_else(|| text::collapse(&content), str::to_owned),
            label: text::fold(label.unwrap_or(&content)),
            selected: dom.has_attr(id, "selected"),
            disabled: group_off || dom.has_attr(id, "disabled"),
        });
    }
    if multiple {
        return choices;
    }
    let size = dom.attr(select, "size").and_then(non_negative).unwrap_or(1);
    let chosen = choices
        .iter()
        .rposition(|c| c.selected)
        .or_else(|| (size <= 1).then(|| choices.iter().position(|c| !c.disabled)).flatten());
    for (at, choice) in choices.iter_mut().enumerate() {
        choice.selected = Some(at) == chosen;
    }
    choices
}

/// The value of the first selected option.
pub(super) fn value(choices: &[Choice]) -> String {
    choices.iter().find(|c| c.selected).map(|c| c.value.clone()).unwrap_or_default()
}
