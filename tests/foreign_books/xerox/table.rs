//! The book as a table: what is exported and what an import makes of a file, read and written with care for quotes and
//! nothing else.

/// The 26 columns.
pub const COLUMNS: [&str; 26] = [
    "XrxAddressBookId",
    "DisplayName",
    "FirstName",
    "LastName",
    "Company",
    "XrxAllFavoritesOrder",
    "MemberOf",
    "IsDL",
    "XrxApplicableWorkflows",
    "FaxNumber",
    "XrxIsFaxFavorite",
    "E-mailAddress",
    "XrxIsEmailFavorite",
    "InternetFaxAddress",
    "ScanNickName",
    "XrxIsScanFavorite",
    "ScanTransferProtocol",
    "ScanServerAddress",
    "ScanServerPort",
    "ScanDocumentPath",
    "ScanLoginName",
    "ScanLoginPassword",
    "ScanSMBShare",
    "ScanNDSTree",
    "ScanNDSContext",
    "ScanNDSVolume",
];

pub fn at(column: &str) -> usize {
    COLUMNS.iter().position(|c| *c == column).unwrap()
}

/// One contact, a value for each column.
pub type Row = Vec<String>;

/// A contact with an address and nothing else, as such a contact is exported.
pub fn person(id: u32, name: &str, address: &str) -> Row {
    let mut row = vec![String::new(); COLUMNS.len()];
    for (column, value) in [
        ("XrxAddressBookId", id.to_string().as_str()),
        ("DisplayName", name),
        ("MemberOf", "\"\""),
        ("IsDL", "0"),
        ("XrxIsFaxFavorite", "0"),
        ("E-mailAddress", address),
        ("XrxIsEmailFavorite", "0"),
        ("XrxIsScanFavorite", "0"),
        ("ScanTransferProtocol", "4"),
        ("ScanServerAddress", "(null)"),
        ("ScanServerPort", "0"),
    ] {
        row[at(column)] = value.to_owned();
    }
    row
}

pub fn with(mut row: Row, column: &str, value: &str) -> Row {
    row[at(column)] = value.to_owned();
    row
}

/// The file as the copier writes it.
pub fn write(rows: &[Row], delimiter: char) -> String {
    let field = |text: &str| {
        if text.chars().any(|c| c == delimiter || matches!(c, '"' | '\r' | '\n')) {
            format!("\"{}\"", text.replace('"', "\"\""))
        } else {
            text.to_owned()
        }
    };
    let line = |cells: Vec<String>| cells.join(&delimiter.to_string()) + "\r\n";
    let mut out = line(COLUMNS.iter().map(|c| (*c).to_owned()).collect());
    for row in rows {
        out += &line(row.iter().map(|v| field(v)).collect());
    }
    out
}

/// The rows of a file, the first of them the headings; `None`: it is broken.
pub fn read(bytes: &[u8], delimiter: char) -> Option<Vec<Row>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (mut rows, mut row, mut cell, mut quoted, mut was_quoted) =
        (Vec::new(), Vec::new(), String::new(), false, false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            '"' if quoted => quoted = false,
            '"' if cell.is_empty() && !was_quoted => (quoted, was_quoted) = (true, true),
            '"' => return None,
            _ if quoted => cell.push(c),
            '\r' => {}
            '\n' => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
                was_quoted = false;
            }
            c if c == delimiter => {
                row.push(std::mem::take(&mut cell));
                was_quoted = false;
            }
            _ if was_quoted => return None,
            c => cell.push(c),
        }
    }
    if quoted {
        return None;
    }
    if !row.is_empty() || !cell.is_empty() {
        row.push(cell);
        rows.push(row);
    }
    Some(rows)
}
