//! Delimited text, as devices write and read it: quotes doubled inside quotes, line breaks inside quotes.

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    /// Its place in the file, from 1; headings count.
    pub(crate) row: usize,
    /// Its cells.
    pub(crate) cells: Vec<String>,
}

/// Reads all records; empty lines are left out and not counted. A quote that is never closed ends with the text.
pub(crate) fn read(text: &str, delimiter: char) -> Vec<Record> {
    let mut records: Vec<Record> = Vec::new();
    let mut cells: Vec<String> = Vec::new();
    let mut cell = String::new();
    let mut quoted = false;
    // Whether anything stood on the line, an empty quoted cell included.
    let mut any = false;
    let mut signs = text.strip_prefix('\u{feff}').unwrap_or(text).chars().peekable();
    let mut end = |cells: &mut Vec<String>, cell: &mut String, any: &mut bool| {
        if *any {
            cells.push(std::mem::take(cell));
            records.push(Record { row: records.len() + 1, cells: std::mem::take(cells) });
        }
        *any = false;
    };
    while let Some(sign) = signs.next() {
        match sign {
            '"' if quoted && signs.peek() == Some(&'"') => {
                signs.next();
                cell.push('"');
            }
            '"' if quoted => quoted = false,
            '"' if cell.is_empty() => (quoted, any) = (true, true),
            sign if quoted => cell.push(sign),
            '\r' | '\n' => end(&mut cells, &mut cell, &mut any),
            sign if sign == delimiter => {
                any = true;
                cells.push(std::mem::take(&mut cell));
            }
            sign => {
                any = true;
                cell.push(sign);
            }
        }
    }
    end(&mut cells, &mut cell, &mut any);
    records
}

/// A cell in quotes.
pub(crate) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// A cell in quotes only where it cannot do without.
pub(crate) fn bare(text: &str, delimiter: char) -> String {
    let needs = text.contains([delimiter, '"', '\r', '\n']);
    if needs { quoted(text) } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read() {
        let hard = ["", "a,b", "say \"x\"", "two\r\nlines", "\"\"", " pad "];
        for delimiter in [',', ';', '\t'] {
            let line: Vec<String> = hard.iter().map(|cell| bare(cell, delimiter)).collect();
            let text = format!("{}\r\n", line.join(&delimiter.to_string()));
            assert_eq!(read(&text, delimiter)[0].cells, hard);
        }
        assert_eq!(quoted("\"\""), "\"\"\"\"\"\"");
    }

    #[test]
    fn rows_are_counted_and_empty_lines_are_not() {
        let records = read("\u{feff}a;b\r\n\r\n\"\";2\n;\n3", ';');
        let rows: Vec<_> = records.iter().map(|it| (it.row, it.cells.len())).collect();
        assert_eq!(rows, [(1, 2), (2, 2), (3, 2), (4, 1)]);
        assert!(read("", ',').is_empty());
        assert_eq!(read("\"open, cell", ',')[0].cells, ["open, cell"]);
    }
}
