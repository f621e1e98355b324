//! Tables in text (CSV and its kin) as makers' address-book files are written: for adapters that read and write them.

use crate::{Book, BookEntry, EntryKind};

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Row {
    /// The line it begins on, from 1.
    pub line: u64,
    /// The cells without their quotes.
    pub cells: Vec<String>,
}

impl Row {
    /// Whether nothing stands in it.
    pub fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| cell.trim().is_empty())
    }
}

/// Takes a text apart. Quoted cells may hold delimiters, line breaks and doubled quotes. The number is the line of a quote
/// that is never closed.
pub fn rows(text: &str, delimiter: char) -> (Vec<Row>, Option<u64>) {
    let mut rows = Vec::new();
    let mut row = Row { line: 1, cells: Vec::new() };
    let (mut cell, mut line, mut quoted, mut open) = (String::new(), 1, false, None);
    let mut chars = text.chars().peekable();
    let mut any = false;
    while let Some(c) = chars.next() {
        any = true;
        match c {
            '"' if quoted => {
                if chars.next_if_eq(&'"').is_some() {
                    cell.push('"');
                } else {
                    (quoted, open) = (false, None);
                }
            }
            '"' if cell.trim().is_empty() => {
                cell.clear();
                (quoted, open) = (true, Some(line));
            }
            '\n' | '\r' if !quoted => {
                if c == '\r' {
                    chars.next_if_eq(&'\n');
                }
                line += 1;
                row.cells.push(std::mem::take(&mut cell));
                rows.push(std::mem::replace(&mut row, Row { line, cells: Vec::new() }));
                any = false;
            }
            c if c == delimiter && !quoted => row.cells.push(std::mem::take(&mut cell)),
            c => {
                line += u64::from(c == '\n');
                cell.push(c);
            }
        }
    }
    if any {
        row.cells.push(cell);
        rows.push(row);
    }
    (rows, open)
}

/// The delimiter of a line of headings: the one of comma, semicolon and tab that stands in it most often.
pub fn delimiter(line: &str) -> char {
    [',', ';', '\t'].into_iter().max_by_key(|d| (line.matches(*d).count(), *d == ',')).unwrap_or(',')
}

/// A cell in quotes.
pub fn quoted(cell: &str) -> String {
    format!("\"{}\"", cell.replace('"', "\"\""))
}

/// A cell with quotes only where it needs them.
pub fn bare(cell: &str, delimiter: char) -> String {
    let needs = cell.contains([delimiter, '"', '\n', '\r']) || cell.trim() != cell;
    if needs { quoted(cell) } else { cell.to_owned() }
}

/// Gives groups their members, where a file tells of each entry the names of the groups that it is in. What names no group
/// of the book is said of the line.
pub fn join_groups(book: &mut Book, told: Vec<(usize, u64, Vec<String>)>) -> Vec<(u64, String)> {
    let mut doubts = Vec::new();
    for group in book.entries.iter_mut().filter(|entry| entry.kind == EntryKind::Group) {
        group.members.get_or_insert_default();
    }
    for (at, line, names) in told {
        let Some(id) = book.entries.get(at).map(|entry| entry.id.clone()) else { continue };
        for name in names {
            let of_name = |entry: &&mut BookEntry| entry.kind == EntryKind::Group && entry.name == name;
            match book.entries.iter_mut().find(of_name) {
                Some(group) => group.members.get_or_insert_default().push(id.clone()),
                None => doubts.push((
                    line,
                    format!(
                        "This entry is in the group `{}`, but the file has no such group; that is left out.",
                        crate::error::clean(&name)
                    ),
                )),
            }
        }
    }
    doubts
}

/// The names of the groups that an entry is a member of, in the book's order.
pub fn groups_of<'a>(book: &'a Book, entry: &BookEntry) -> Vec<&'a str> {
    let groups = book.entries.iter().filter(|group| group.kind == EntryKind::Group);
    let holds = |group: &&BookEntry| group.members.iter().flatten().any(|id| *id == entry.id);
    groups.filter(holds).map(|group| group.name.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(text: &str, delimiter: char) -> Vec<Vec<String>> {
        rows(text, delimiter).0.into_iter().map(|row| row.cells).collect()
    }

    #[test]
    fn quotes_breaks_and_lines() {
        assert_eq!(cells("a,b\r\n1,\"x, \"\"y\"\"\"\n", ','), [["a", "b"], ["1", "x, \"y\""]]);
        assert_eq!(cells("a;\n;b", ';'), [["a", ""], ["", "b"]]);
        let (rows, open) = rows("a\n\"1\n2\",x\nz\n\"open", ',');
        assert_eq!(rows.iter().map(|row| row.line).collect::<Vec<_>>(), [1, 2, 4, 5]);
        assert_eq!(open, Some(5));
        assert_eq!(cells("", ','), Vec::<Vec<String>>::new());
        assert_eq!(cells("\"\"\"\"\"\"", ','), [["\"\""]]);
    }

    #[test]
    fn what_is_written_is_read_again() {
        for cell in ["", "plain", "a,b", "say \"hi\"", " edge ", "two\nlines", "\"\""] {
            assert_eq!(cells(&format!("x,{}", quoted(cell)), ',')[0][1], cell);
            assert_eq!(cells(&format!("x,{}", bare(cell, ',')), ',')[0][1], cell);
        }
        assert_eq!(delimiter("a;b,c;d"), ';');
        assert_eq!(delimiter("a"), ',');
    }
}
