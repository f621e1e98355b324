//! Labels in table rows.

use super::dom::{Dom, Id};
use super::text;

/// Rows looked back at for a cell that spans down to this one.
const ROWS_BACK: usize = 50;
/// Cells of a row looked at.
const CELLS: usize = 64;

/// The cell before this one in its row that bears a text; cells that are empty, hold only a colon or hold controls
/// are passed over. Where the row has none, a cell that spans down from a row above.
pub(super) fn label_of(dom: &Dom, cell: Id, checkable: bool) -> Option<String> {
    let behind = checkable && labels_stand_behind(dom, cell);
    let mut at = dom.prev_sibling(cell);
    let mut seen = 0;
    while let Some(id) = at {
        at = dom.prev_sibling(id);
        if !is_cell(dom, id) {
            continue;
        }
        seen += 1;
        if seen > CELLS {
            return None;
        }
        let text = cell_text(dom, id);
        if text.is_empty() || has_control(dom, id) {
            continue;
        }
        // The text of the radio button before it.
        if behind && prev_cell(dom, id).is_some_and(|p| has_control(dom, p)) {
            continue;
        }
        return Some(text);
    }
    from_above(dom, dom.parent(cell)?)
}

/// The text in the cell behind a radio button or check box that stands alone in its cell.
pub(super) fn text_behind(dom: &Dom, cell: Id) -> Option<String> {
    if !labels_stand_behind(dom, cell) {
        return None;
    }
    let next =
        std::iter::successors(dom.next_sibling(cell), |&n| dom.next_sibling(n)).find(|&n| is_cell(dom, n))?;
    let text = cell_text(dom, next);
    (!text.is_empty() && !has_control(dom, next)).then_some(text)
}

/// Whether this row ends with a text: `label | o | On | o | Off`, not `label | o | label | o`.
fn labels_stand_behind(dom: &Dom, cell: Id) -> bool {
    let Some(row) = dom.parent(cell) else { return false };
    std::iter::successors(dom.last_child(row), |&n| dom.prev_sibling(n))
        .filter(|&n| is_cell(dom, n))
        .take(CELLS)
        .find_map(|n| {
            if has_control(dom, n) {
                Some(false)
            } else if cell_text(dom, n).is_empty() {
                None
            } else {
                Some(n != cell)
            }
        })
        .unwrap_or(false)
}

/// A label cell of a row above that spans down to this row.
fn from_above(dom: &Dom, row: Id) -> Option<String> {
    let mut distance = 0;
    let mut at = dom.prev_sibling(row);
    while let Some(id) = at {
        at = dom.prev_sibling(id);
        if dom.tag(id) != "tr" {
            continue;
        }
        distance += 1;
        if distance > ROWS_BACK {
            return None;
        }
        let spanning = dom.children(id).take(CELLS).filter(|&c| is_cell(dom, c)).find(|&c| {
            let rows = dom.attr(c, "rowspan").and_then(super::build::non_negative).unwrap_or(1);
            (rows == 0 || rows > distance) && !has_control(dom, c) && !cell_text(dom, c).is_empty()
        });
        if let Some(cell) = spanning {
            return Some(cell_text(dom, cell));
        }
    }
    None
}

fn is_cell(dom: &Dom, id: Id) -> bool {
    matches!(dom.tag(id), "td" | "th")
}

fn prev_cell(dom: &Dom, id: Id) -> Option<Id> {
    std::iter::successors(dom.prev_sibling(id), |&n| dom.prev_sibling(n)).find(|&n| is_cell(dom, n))
}

fn has_control(dom: &Dom, id: Id) -> bool {
    dom.descendants(id).take(text::NODES).any(|d| text::visible_control(dom, d))
}

/// The folded text; empty where it is only a colon.
fn cell_text(dom: &Dom, id: Id) -> String {
    text::label(&text::label_text(dom, id))
}
