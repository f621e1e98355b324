//! A delimited file as a device writes it, cell by cell, so that whatever is not altered stays as it is byte for byte.

use std::ops::Range;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Rows taken of one file at most; far more than any copier holds.
const ROWS: usize = 200_000;
/// Cells taken of one row at most.
const CELLS: usize = 256;

/// One cell: where it stands in the row as written, and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Cell {
    at: Range<usize>,
    value: String,
    quoted: bool,
}

/// One row, the line break at its end included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    raw: String,
    cells: Vec<Cell>,
    /// The line it begins in, from 1.
    pub(crate) line: u64,
}

impl Row {
    /// What a cell says; nothing where the row ends before it.
    pub(crate) fn get(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", |c| c.value.as_str())
    }

    /// How many cells it has.
    pub(crate) fn len(&self) -> usize {
        self.cells.len()
    }

    /// As written.
    #[cfg(test)]
    pub(crate) fn raw(&self) -> &str {
        &self.raw
    }

    fn is_blank(&self) -> bool {
        self.cells.iter().all(|c| c.value.trim().is_empty() && !c.quoted) && self.cells.len() <= 1
    }
}

/// A whole file.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    encoding: &'static Encoding,
    /// The byte order mark it begins with.
    mark: &'static [u8],
    /// What parts cells.
    pub(crate) delimiter: char,
    /// What ends rows.
    ending: String,
    /// The headings.
    pub(crate) head: Row,
    /// The rows below, blank ones left out.
    pub(crate) rows: Vec<Row>,
}

/// Why a file is no table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NoTable(pub(crate) String);

impl Table {
    /// Reads a file. `declared` is the charset its answer named.
    pub(crate) fn read(bytes: &[u8], declared: Option<&str>) -> Result<Self, NoTable> {
        let (encoding, mark) = encoding_of(bytes, declared);
        let body = &bytes[mark.len()..];
        let text = encoding
            .decode_without_bom_handling_and_without_replacement(body)
            .ok_or_else(|| NoTable(format!("it is not written in {}", encoding.name())))?;
        let delimiter = delimiter_of(&text);
        let mut rows = rows_of(&text, delimiter)?;
        if rows.is_empty() {
            return Err(NoTable("it is empty".to_owned()));
        }
        let head = rows.remove(0);
        let ending = if head.raw.ends_with("\r\n") || !head.raw.ends_with(['\r', '\n']) {
            "\r\n"
        } else {
            &head.raw[head.raw.len() - 1..]
        }
        .to_owned();
        rows.retain(|row| !row.is_blank());
        Ok(Self { encoding, mark, delimiter, ending, head, rows })
    }

    /// The headings.
    pub(crate) fn headings(&self) -> impl Iterator<Item = &str> {
        self.head.cells.iter().map(|c| c.value.as_str())
    }

    /// The encoding's label.
    pub(crate) fn encoding(&self) -> &'static Encoding {
        self.encoding
    }

    /// Whether the file's encoding holds every character of a text.
    pub(crate) fn holds(&self, text: &str) -> bool {
        self.is_unicode() || !self.encoding.encode(text).2
    }

    pub(crate) fn is_unicode(&self) -> bool {
        self.encoding == UTF_8 || self.encoding == UTF_16LE || self.encoding == UTF_16BE
    }

    /// A row with some cells altered; every other cell as it was written.
    pub(crate) fn altered(&self, row: &Row, cells: &[(usize, String)]) -> Row {
        let mut raw = String::with_capacity(row.raw.len() + 32);
        let mut from = 0;
        let mut all: Vec<&(usize, String)> = cells.iter().collect();
        all.sort_by_key(|(column, _)| *column);
        let mut beyond: Vec<&(usize, String)> = Vec::new();
        for one in all {
            match row.cells.get(one.0) {
                Some(cell) if cell.value == one.1 => {}
                Some(cell) => {
                    raw.push_str(&row.raw[from..cell.at.start]);
                    raw.push_str(&self.written(one.0, &one.1));
                    from = cell.at.end;
                }
                None => beyond.push(one),
            }
        }
        let end = row.cells.last().map_or(0, |c| c.at.end);
        if beyond.is_empty() {
            raw.push_str(&row.raw[from..]);
        } else {
            // A row that ends early is filled up to the cell.
            raw.push_str(&row.raw[from..end]);
            let mut column = row.cells.len();
            for (wanted, value) in beyond {
                while column <= *wanted {
                    raw.push(self.delimiter);
                    let value = if column == *wanted { value.as_str() } else { "" };
                    raw.push_str(&self.written(column, value));
                    column += 1;
                }
            }
            raw.push_str(&row.raw[end..]);
        }
        self.row(raw, row.line)
    }

    /// A new row of these values, one for each heading, written as the device writes its own.
    pub(crate) fn made(&self, values: &[String]) -> Row {
        let cells: Vec<String> = values.iter().enumerate().map(|(c, v)| self.written(c, v)).collect();
        let raw = cells.join(&self.delimiter.to_string()) + &self.ending;
        self.row(raw, 0)
    }

    fn row(&self, raw: String, line: u64) -> Row {
        let rows = rows_of(&raw, self.delimiter).unwrap_or_default();
        let mut row = rows.into_iter().next().unwrap_or(Row { raw, cells: Vec::new(), line });
        row.line = line;
        row
    }

    /// How the device would write a value in a column.
    fn written(&self, column: usize, value: &str) -> String {
        let needed = value.contains([self.delimiter, '"', '\r', '\n'])
            || value.starts_with([' ', '\t'])
            || value.ends_with([' ', '\t']);
        if needed || self.quotes(column, value) {
            format!("\"{}\"", value.replace('"', "\"\""))
        } else {
            value.to_owned()
        }
    }

    /// Whether the device puts such values into quotes although it need not: as in the same column, else as elsewhere.
    fn quotes(&self, column: usize, value: &str) -> bool {
        let alike = |cell: &&Cell| {
            cell.value.is_empty() == value.is_empty() && numeric(&cell.value) == numeric(value)
        };
        let in_column = || self.rows.iter().filter_map(|r| r.cells.get(column)).filter(alike).take(50);
        let anywhere = || self.rows.iter().take(50).flat_map(|r| &r.cells).filter(alike);
        let all = |mut cells: Box<dyn Iterator<Item = &Cell> + '_>| -> Option<bool> {
            let first = cells.next()?;
            Some(first.quoted && cells.all(|c| c.quoted))
        };
        all(Box::new(in_column()))
            .or_else(|| all(Box::new(anywhere())))
            .or_else(|| all(Box::new(self.head.cells.iter())))
            .unwrap_or(false)
    }

    /// The bytes of a file with the same head and these rows.
    pub(crate) fn bytes<'a>(&'a self, rows: impl IntoIterator<Item = &'a Row>) -> Vec<u8> {
        let mut text = String::new();
        for row in std::iter::once(&self.head).chain(rows) {
            text.push_str(&row.raw);
            // The last row of a file may lack its line break; nothing may be glued to it.
            if !row.raw.ends_with(['\r', '\n']) {
                text.push_str(&self.ending);
            }
        }
        let mut out = self.mark.to_vec();
        if self.encoding == UTF_16LE || self.encoding == UTF_16BE {
            for unit in text.encode_utf16() {
                let two = if self.encoding == UTF_16LE { unit.to_le_bytes() } else { unit.to_be_bytes() };
                out.extend_from_slice(&two);
            }
        } else {
            out.extend_from_slice(&self.encoding.encode(&text).0);
        }
        out
    }
}

fn numeric(value: &str) -> bool {
    !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit())
}

/// The encoding, by byte order mark, by what the bytes can be, by what the answer said; and the mark.
fn encoding_of(bytes: &[u8], declared: Option<&str>) -> (&'static Encoding, &'static [u8]) {
    if bytes.starts_with(b"\xef\xbb\xbf") {
        return (UTF_8, b"\xef\xbb\xbf");
    }
    if bytes.starts_with(b"\xff\xfe") {
        return (UTF_16LE, b"\xff\xfe");
    }
    if bytes.starts_with(b"\xfe\xff") {
        return (UTF_16BE, b"\xfe\xff");
    }
    if std::str::from_utf8(bytes).is_ok() {
        return (UTF_8, b"");
    }
    let declared = declared.and_then(|label| Encoding::for_label(label.trim().as_bytes()));
    let usable = declared.filter(|e| *e != UTF_8 && *e != UTF_16LE && *e != UTF_16BE);
    (usable.unwrap_or(WINDOWS_1252), b"")
}

/// What parts the headings: whatever stands there most often outside quotes.
fn delimiter_of(text: &str) -> char {
    let mut counts = [(',', 0_usize), (';', 0), ('\t', 0)];
    let mut quoted = false;
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            '\n' | '\r' if !quoted => break,
            c if !quoted => {
                if let Some(count) = counts.iter_mut().find(|(d, _)| *d == c) {
                    count.1 += 1;
                }
            }
            _ => {}
        }
    }
    // Of equals the comma wins.
    counts.iter().rev().max_by_key(|(_, n)| *n).map_or(',', |(d, _)| *d)
}

fn rows_of(text: &str, delimiter: char) -> Result<Vec<Row>, NoTable> {
    let mut rows = Vec::new();
    let bytes = text.as_bytes();
    let parting = delimiter as u8;
    let (mut at, mut line) = (0, 1_u64);
    while at < bytes.len() {
        if rows.len() >= ROWS {
            return Err(NoTable(format!("it has more than {ROWS} rows")));
        }
        let (start, first) = (at, line);
        let mut cells = Vec::new();
        loop {
            let cell = cell_at(text, at, parting, &mut line)?;
            at = cell.at.end;
            // Positions in the row, not in the file.
            cells.push(Cell { at: cell.at.start - start..cell.at.end - start, ..cell });
            if cells.len() > CELLS {
                return Err(NoTable(format!("line {first} has more than {CELLS} cells")));
            }
            if bytes.get(at) == Some(&parting) {
                at += 1;
                continue;
            }
            break;
        }
        if bytes.get(at) == Some(&b'\r') {
            at += 1;
        }
        if bytes.get(at) == Some(&b'\n') {
            at += 1;
        }
        line += 1;
        rows.push(Row { raw: text[start..at].to_owned(), cells, line: first });
    }
    Ok(rows)
}

/// The cell that begins at a place; its end is a delimiter, a line break or the end of the text.
fn cell_at(text: &str, start: usize, parting: u8, line: &mut u64) -> Result<Cell, NoTable> {
    let bytes = text.as_bytes();
    let ends = |b: u8| b == parting || b == b'\n' || b == b'\r';
    let mut value = String::new();
    let mut at = start;
    let quoted = bytes.get(at) == Some(&b'"');
    if quoted {
        let begun = *line;
        at += 1;
        loop {
            let Some(next) = text[at..].find('"') else {
                return Err(NoTable(format!("the quoted text that begins in line {begun} never ends")));
            };
            let piece = &text[at..at + next];
            *line += piece.matches('\n').count() as u64;
            value.push_str(piece);
            at += next + 1;
            if bytes.get(at) == Some(&b'"') {
                value.push('"');
                at += 1;
            } else {
                break;
            }
        }
    }
    // What stands behind closing quotes belongs to the cell, as most programs read it.
    let rest = bytes[at..].iter().position(|b| ends(*b)).map_or(bytes.len(), |n| at + n);
    value.push_str(&text[at..rest]);
    Ok(Cell { at: start..rest, value, quoted })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Table {
        Table::read(text.as_bytes(), None).unwrap()
    }

    #[test]
    fn quotes_breaks_and_short_rows() {
        let table = read("a,b,c\r\n1,\"x \"\"y\"\"\nz\",\r\n\r\n2\r\n");
        assert_eq!(table.rows.len(), 2);
        assert_eq!((table.rows[0].get(1), table.rows[0].line), ("x \"y\"\nz", 2));
        assert_eq!((table.rows[1].get(1), table.rows[1].line), ("", 5));
        assert_eq!(read("a;b\n1;2,3\n").rows[0].get(1), "2,3");
        assert!(Table::read(b"a,\"b\r\n", None).unwrap_err().0.contains("line 1"));
        assert!(Table::read(b"", None).is_err());
    }

    #[test]
    fn new_values_look_like_the_devices_own() {
        let all = read("\"a\",\"b\"\r\n\"1\",\"\"\r\n");
        assert_eq!(all.made(&["2".into(), "x".into()]).raw(), "\"2\",\"x\"\r\n");
        let text = read("a,b,c\n1,\"x\",\n");
        assert_eq!(text.made(&["2".into(), "y".into(), String::new()]).raw(), "2,\"y\",\n");
        let needed = read("a,b\n1,x\n");
        assert_eq!(needed.made(&["2".into(), "=1,\"2\"".into()]).raw(), "2,\"=1,\"\"2\"\"\"\n");
        assert_eq!(needed.altered(&needed.rows[0], &[(1, "y".into())]).raw(), "1,y\n");
        let short = read("a,b,c\n1\n");
        assert_eq!(short.altered(&short.rows[0], &[(2, "z".into())]).raw(), "1,,z\n");
    }

    #[test]
    fn encodings_go_back_as_they_came() {
        let wide: Vec<u8> = std::iter::once(0xfeff)
            .chain("a,b\r\né,2\r\n".encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect();
        let mark = [b"\xef\xbb\xbf".as_slice(), "a,b\r\né,2\r\n".as_bytes()].concat();
        for bytes in [wide, mark, b"a,b\r\n\xe9,2\r\n".to_vec()] {
            let table = Table::read(&bytes, None).unwrap();
            assert_eq!(table.rows[0].get(0), "é");
            assert_eq!(table.bytes(&table.rows), bytes);
        }
        let small = Table::read(b"a,b\r\n\xe9,2\r\n", None).unwrap();
        assert!(small.holds("é€") && !small.holds("日"));
    }

    proptest! {
        #[test]
        fn whatever_is_read_goes_back_byte_for_byte(text in "[a-c,;\"\t \r\nü]{0,60}") {
            if let Ok(table) = Table::read(text.as_bytes(), None) {
                let blank = text.ends_with(['\r', '\n']);
                let back = table.bytes(&table.rows);
                let again = Table::read(&back, None).unwrap();
                prop_assert_eq!(again.rows.len(), table.rows.len());
                let raw: String = std::iter::once(&table.head).chain(&table.rows).map(Row::raw).collect();
                if blank {
                    prop_assert_eq!(String::from_utf8(back).unwrap(), raw);
                }
            }
        }

        #[test]
        fn an_altered_row_keeps_every_other_cell(
            rows in proptest::collection::vec(proptest::collection::vec("[a-z,\"\\n é;]{0,6}", 4), 1..6),
            which in 0usize..6, column in 0usize..4, value in "[a-z,\"\\n é=]{0,6}",
        ) {
            let cell = |v: &String| format!("\"{}\"", v.replace('"', "\"\""));
            let text: String = std::iter::once("w,x,y,z\r\n".to_owned())
                .chain(rows.iter().map(|r| r.iter().map(cell).collect::<Vec<_>>().join(",") + "\r\n"))
                .collect();
            let table = read(&text);
            let which = which % rows.len();
            let after = table.altered(&table.rows[which], &[(column, value.clone())]);
            for (at, held) in rows[which].iter().enumerate() {
                let wanted = if at == column { &value } else { held };
                prop_assert_eq!(after.get(at), wanted);
            }
            let mut all = table.rows.clone();
            all[which] = after;
            let bytes = table.bytes(&all);
            let back = Table::read(&bytes, None).unwrap();
            for (at, row) in back.rows.iter().enumerate() {
                if at != which {
                    prop_assert_eq!(row.raw(), table.rows[at].raw());
                }
            }
        }
    }
}
