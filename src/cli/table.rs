//! Tables for people: one line a row, as wide as the terminal and no wider.

use console::{measure_text_width, truncate_str};
use scanfleet_sdk::error::clean;

/// Spaces between columns.
const GAP: usize = 2;
/// No column is shortened below this.
const LEAST: usize = 8;

/// A laid-out table.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Laid {
    /// The head, a rule and the rows.
    pub lines: Vec<String>,
    /// Whether something did not fit and was left out or shortened.
    pub shortened: bool,
}

/// Lays a table out. Columns without any content are left out. Where the rest is too wide, the columns named in
/// `expendable` go first, in that order; then the widest are shortened, but never the first, which people copy.
pub(super) fn lay(head: &[&str], rows: &[Vec<String>], expendable: &[&str], width: Option<usize>) -> Laid {
    let rows: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|cell| clean(cell)).collect()).collect();
    let natural = |column: usize| {
        let cells = rows.iter().map(|row| row.get(column).map_or(0, |cell| measure_text_width(cell)));
        cells.max().unwrap_or_default()
    };
    let mut columns: Vec<(usize, usize)> = (0..head.len())
        .map(|column| (column, natural(column)))
        .filter(|(_, content)| *content > 0)
        .map(|(column, content)| (column, content.max(measure_text_width(head[column]))))
        .collect();
    let mut shortened = false;
    if let Some(width) = width {
        let total = |columns: &[(usize, usize)]| {
            columns.iter().map(|(_, w)| w).sum::<usize>() + GAP * columns.len().saturating_sub(1)
        };
        for name in expendable {
            if total(&columns) <= width {
                break;
            }
            let before = columns.len();
            columns.retain(|(column, _)| head[*column] != *name);
            shortened |= columns.len() < before;
        }
        while total(&columns) > width {
            let widest = columns.iter_mut().skip(1).max_by_key(|(_, w)| *w);
            match widest {
                Some((_, w)) if *w > LEAST => *w -= 1,
                // A table that cannot fit is better wrapped by the terminal than cut to nothing.
                _ => break,
            }
            shortened = true;
        }
    }
    let line = |cell: &dyn Fn(usize) -> String| {
        let mut line = String::new();
        for (column, width) in &columns {
            let text = cell(*column);
            let text = truncate_str(&text, *width, "…");
            line.push_str(&text);
            line.push_str(&" ".repeat(width.saturating_sub(measure_text_width(&text)) + GAP));
        }
        line.trim_end().to_owned()
    };
    let mut lines = vec![line(&|column| head[column].to_owned())];
    lines.push(line(&|column| {
        "─".repeat(columns.iter().find(|(c, _)| *c == column).map_or(0, |(_, width)| *width))
    }));
    lines.extend(rows.iter().map(|row| line(&|column| row.get(column).cloned().unwrap_or_default())));
    Laid { lines, shortened }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<Vec<String>> {
        [["ward-3", "10.1.90.21", "", "RICOH MP C4504ex"], ["reception", "10.1.90.22", "", "RICOH IM C3000"]]
            .map(|row| row.map(str::to_owned).to_vec())
            .to_vec()
    }

    const HEAD: [&str; 4] = ["DEVICE", "ADDRESS", "PING", "MODEL"];

    #[test]
    fn empty_columns_are_left_out_and_the_rest_is_one_line_a_row() {
        let laid = lay(&HEAD, &rows(), &[], None);
        let expected = [
            "DEVICE     ADDRESS     MODEL",
            "─────────  ──────────  ────────────────",
            "ward-3     10.1.90.21  RICOH MP C4504ex",
            "reception  10.1.90.22  RICOH IM C3000",
        ];
        assert_eq!(laid, Laid { lines: expected.map(str::to_owned).to_vec(), shortened: false });
    }

    #[test]
    fn what_does_not_fit_goes_in_the_order_given_and_then_by_width() {
        let laid = lay(&HEAD, &rows(), &["ADDRESS"], Some(30));
        assert_eq!(laid.lines[2], "ward-3     RICOH MP C4504ex");
        assert!(laid.shortened);
        let laid = lay(&HEAD, &rows(), &[], Some(34));
        assert!(laid.lines.iter().all(|line| measure_text_width(line) <= 34), "{laid:?}");
        assert_eq!(laid.lines[2], "ward-3     10.1.90.21  RICOH MP C…");
        // Too narrow for anything: names stay whole.
        assert!(lay(&HEAD, &rows(), &[], Some(5)).lines[3].starts_with("reception  "));
    }

    #[test]
    fn wide_letters_keep_the_columns_straight() {
        let rows = vec![vec!["コピー".to_owned(), "x".to_owned()], vec!["a".to_owned(), "y".to_owned()]];
        let laid = lay(&["NAME", "B"], &rows, &[], None);
        assert_eq!(laid.lines[2..], ["コピー  x", "a       y"]);
    }
}
