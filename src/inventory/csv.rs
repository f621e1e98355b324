//! Taking CSV apart with the place of every cell, so that pictures are exact and secrets can be masked.

use crate::files::SourceFile;

use super::draft::At;
use super::table::{Row, Table, TableCell};

/// Reads a text whose cells are parted by commas, semicolons or tabs, with or without quotes.
pub(crate) fn table(source: &SourceFile) -> Table {
    let text = source.text();
    // Excel's own hint.
    let hint =
        text.get(..4).filter(|head| head.eq_ignore_ascii_case("sep=")).and_then(|_| text[4..].chars().next());
    let told = hint.filter(|c| !c.is_alphanumeric() && !matches!(c, '"' | '\n' | '\r'));
    let skip = told.map_or(0, |_| text.find('\n').map_or(text.len(), |at| at + 1));
    let delimiter = told.unwrap_or_else(|| guess(&text[skip..]));
    let mut rows = Vec::new();
    let (mut at, mut line) = (skip, 1 + text[..skip].matches('\n').count());
    while at < text.len() {
        let start_line = line;
        let mut cells = Vec::new();
        loop {
            let (cell, end, breaks) = cell(text, at, delimiter, line);
            line += breaks;
            cells.push(cell);
            at = end;
            match text[at..].chars().next() {
                Some(c) if c == delimiter => at += c.len_utf8(),
                Some('\r') if text[at..].starts_with("\r\n") => {
                    at += 2;
                    line += 1;
                    break;
                }
                Some('\n' | '\r') => {
                    at += 1;
                    line += 1;
                    break;
                }
                // The end of the text.
                _ => break,
            }
        }
        rows.push(Row { line: start_line, cells });
    }
    Table { sheet: None, rows, merged_heads: Vec::new() }
}

/// One cell from `at` on: the cell, where it ends, and the line breaks within.
fn cell(text: &str, at: usize, delimiter: char, line: usize) -> (TableCell, usize, usize) {
    let rest = &text[at..];
    let indent = rest.len() - rest.trim_start_matches([' ', '\u{feff}']).len();
    let ends = |c: char| c == delimiter || c == '\n' || c == '\r';
    let (value, end) = if rest[indent..].starts_with('"') {
        let body = &rest[indent + 1..];
        let mut value = String::new();
        let mut chars = body.char_indices().peekable();
        let mut end = body.len();
        while let Some((index, c)) = chars.next() {
            if c != '"' {
                value.push(c);
            } else if chars.peek().is_some_and(|(_, next)| *next == '"') {
                value.push('"');
                chars.next();
            } else {
                end = index + 1;
                break;
            }
        }
        // Whatever stands between the closing quote and the delimiter belongs to the cell as it is.
        let tail = body[end..].find(ends).map_or(body.len(), |tail| end + tail);
        value.push_str(body[end..tail].trim_end());
        (value, at + indent + 1 + tail)
    } else {
        let end = rest.find(ends).unwrap_or(rest.len());
        (rest[..end].to_owned(), at + end)
    };
    let breaks = text[at..end].matches('\n').count();
    let lead = (at + indent).min(end);
    let trimmed = lead + text[lead..end].trim_end().len();
    let place = At { line, column: None, span: Some(lead..trimmed) };
    (TableCell { text: inert(&value).to_owned(), at: place }, end, breaks)
}

/// Undoes what [`super::write`] does to cells that a spreadsheet program would run.
fn inert(value: &str) -> &str {
    match value.strip_prefix('\'') {
        // As many apostrophes as there were before one was added.
        Some(rest) if rest.trim_start_matches('\'').starts_with(['=', '+', '-', '@']) => rest,
        _ => value,
    }
}

/// The delimiter that parts the first lines most evenly; quotes are left out of the count.
fn guess(text: &str) -> char {
    let mut quoted = false;
    let (mut counts, mut lines) = ([0usize; 3], 0);
    for c in text.chars().take(20_000) {
        match c {
            '"' => quoted = !quoted,
            '\n' if !quoted => {
                lines += 1;
                if lines > 20 {
                    break;
                }
            }
            c if !quoted => {
                if let Some(at) = DELIMITERS.iter().position(|d| *d == c) {
                    counts[at] += 1;
                }
            }
            _ => {}
        }
    }
    let best = counts.iter().enumerate().max_by_key(|(at, count)| (**count, DELIMITERS.len() - at));
    best.map_or(',', |(at, _)| DELIMITERS[at])
}

/// On a draw the first wins. Semicolons come first: with them, commas are mostly inside the cells.
const DELIMITERS: [char; 3] = [';', '\t', ','];

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Vec<String>> {
        let source = SourceFile::from_text("x.csv", text);
        let table = table(&source);
        for cell in table.rows.iter().flat_map(|row| &row.cells) {
            assert!(source.text().get(cell.at.span.clone().unwrap()).is_some());
        }
        table.rows.into_iter().map(|row| row.cells.into_iter().map(|cell| cell.text).collect()).collect()
    }

    #[test]
    fn delimiters_and_quotes() {
        assert_eq!(read("a,b\n1,\"x, y\"\n"), [["a", "b"], ["1", "x, y"]]);
        assert_eq!(read("a;b\r\n1;\"say \"\"hi\"\"\"\r\n"), [["a", "b"], ["1", "say \"hi\""]]);
        assert_eq!(read("a\tb\r1\t2"), [["a", "b"], ["1", "2"]]);
        assert_eq!(read("sep=;\na;b,c\n"), [["a", "b,c"]]);
        assert_eq!(read("a,b\n\"1\n2\",3"), [["a", "b"], ["1\n2", "3"]]);
        assert_eq!(read("a,\"open"), [["a", "open"]]);
        assert_eq!(read("a,\"x\" y,z"), [["a", "x y", "z"]]);
        assert_eq!(read("'=1+1,'x"), [["=1+1", "'x"]]);
        assert_eq!(read(""), Vec::<Vec<String>>::new());
    }

    #[test]
    fn lines_are_counted_through_quotes() {
        let source = SourceFile::from_text("x.csv", "a,b\n\"1\n2\",3\nlast,4\n");
        let lines: Vec<_> = table(&source).rows.iter().map(|row| row.line).collect();
        assert_eq!(lines, [1, 2, 4]);
    }
}
