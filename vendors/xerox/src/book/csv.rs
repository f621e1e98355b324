//! The device's own CSV: what an export holds and what an import takes. The same code reads files and the device's export.

use std::collections::HashSet;

use scanfleet_sdk::delimited::{bare, delimiter, groups_of, join_groups, quoted, rows};
use scanfleet_sdk::{Book, BookEntry, BookFile, BookTold, EntryKind, FolderDestination, PasswordState};

/// WorkCentre and AltaLink; two independent programs write it.
pub(crate) const TWENTY_SIX: [&str; 26] = [
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

/// VersaLink C7130; one header is known.
pub(crate) const TWENTY_EIGHT: [&str; 28] = [
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
    "XrxIsScanFavorite",
    "ScanNickName",
    "ScanTransferProtocol",
    "ScanServerAddress",
    "ScanServerPort",
    "ScanDocumentPath",
    "ScanLoginName",
    "ScanLoginPassword",
    "ScanSMBShare",
    "ScanHTTPScript",
    "RefId",
    "GroupRefId",
    "MailRefId",
    "FaxRefId",
    "ServerRefId",
];

/// The one column that may hold a secret; it is never kept, and blank in every export.
const PASSWORD: &str = "ScanLoginPassword";

/// Columns that have a word in [`BookEntry`]; every other one is kept by its name.
const OWN: [&str; 8] = [
    "XrxAddressBookId",
    "DisplayName",
    "Friendly Name",
    "MemberOf",
    "IsDL",
    "FaxNumber",
    "E-mailAddress",
    "XrxIsEmailFavorite",
];

/// Reads an export. `None` where the first line is no such header. Unknown columns are kept in [`BookEntry::extra`] under
/// their names, and [`Book::columns`] keeps their order.
pub(crate) fn read(text: &str) -> Option<BookFile> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let between = delimiter(text.lines().next()?);
    let (rows, open) = rows(text, between);
    let mut rows = rows.into_iter();
    let head = rows.next()?;
    let columns: Vec<String> = head.cells.iter().map(|name| name.trim().to_owned()).collect();
    let has = |name: &str| columns.iter().any(|column| column == name);
    if !(has("DisplayName") || has("Friendly Name")) || !has("E-mailAddress") {
        return None;
    }
    let format = if has("RefId") { "xerox-28" } else { "xerox-26" };
    let mut doubts: Vec<(u64, String)> = Vec::new();
    let mut book = Book {
        told: BookTold { number: false, key: false, favourite: true, members: true, extra: true },
        columns: columns.clone(),
        ..Book::default()
    };
    let (mut ids, mut member_of) = (HashSet::new(), Vec::new());
    for row in rows.filter(|row| !row.is_blank()) {
        if row.cells.len() != columns.len() {
            doubts.push((
                row.line,
                format!("The line has {} cells, and the header {}.", row.cells.len(), columns.len()),
            ));
        }
        let cell = |name: &str| {
            let at = columns.iter().position(|column| column == name)?;
            row.cells.get(at).map(|cell| cell.trim()).filter(|cell| !cell.is_empty())
        };
        let name = cell("DisplayName").or_else(|| cell("Friendly Name")).unwrap_or_default().to_owned();
        if name.is_empty() {
            doubts.push((row.line, "The entry has no name.".to_owned()));
        }
        let mut id = cell("XrxAddressBookId").map_or_else(|| format!("line-{}", row.line), str::to_owned);
        if !ids.insert(id.clone()) {
            doubts.push((row.line, format!("The id {} stands twice.", scanfleet_sdk::error::clean(&id))));
            id = format!("line-{}", row.line);
            ids.insert(id.clone());
        }
        let kind = if cell("IsDL") == Some("1") { EntryKind::Group } else { EntryKind::User };
        let extra = columns.iter().zip(&row.cells).filter(|(column, cell)| {
            !OWN.contains(&column.as_str()) && *column != PASSWORD && !cell.trim().is_empty()
        });
        let extra = extra.map(|(column, cell)| (column.clone(), cell.clone())).collect();
        book.entries.push(BookEntry {
            id,
            kind,
            name,
            email: cell("E-mailAddress").map(str::to_owned),
            favourite: has("XrxIsEmailFavorite").then(|| cell("XrxIsEmailFavorite") == Some("1")),
            fax: cell("FaxNumber").map(str::to_owned),
            folder: folder(&cell),
            extra,
            ..BookEntry::default()
        });
        member_of.push((book.entries.len() - 1, row.line, names(cell("MemberOf").unwrap_or_default())));
    }
    doubts.extend(join_groups(&mut book, member_of));
    doubts.extend(open.map(|line| (line, "A quote is opened here and never closed.".to_owned())));
    doubts.sort();
    Some(BookFile { format, book, doubts })
}

/// Where scans go, as the columns divide it.
fn folder<'a>(cell: &impl Fn(&str) -> Option<&'a str>) -> Option<FolderDestination> {
    let server = cell("ScanServerAddress").filter(|server| *server != "(null)").unwrap_or_default();
    let path = [cell("ScanSMBShare"), cell("ScanDocumentPath")];
    let path = path.into_iter().flatten().collect::<Vec<_>>().join("\\");
    if server.is_empty() && path.is_empty() {
        return None;
    }
    let user = cell("ScanLoginName").unwrap_or_default();
    let password = match cell(PASSWORD) {
        Some(_) => PasswordState::Set,
        None if user.is_empty() => PasswordState::Unset,
        // Exports leave it out, whether there is one or not.
        None => PasswordState::Unreadable,
    };
    Some(FolderDestination {
        protocol: cell("ScanTransferProtocol").unwrap_or_default().to_owned(),
        server: server.to_owned(),
        port: cell("ScanServerPort").and_then(|port| port.parse().ok()).filter(|port| *port != 0),
        path,
        user: user.to_owned(),
        password,
    })
}

/// The names in `MemberOf`: each in quotes, or `""` for none.
fn names(cell: &str) -> Vec<String> {
    let cells = rows(cell, ',').0.into_iter().flat_map(|row| row.cells);
    cells.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
}

/// How a file is written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    /// What parts the cells.
    pub(crate) delimiter: char,
    /// Whether a byte order mark comes first.
    pub(crate) mark: bool,
}

/// Writes entries under given columns, in their order; a group that is not among `entries` is still named by its members.
/// Columns that no entry knows get what the device writes for a contact with an address only.
pub(crate) fn write(book: &Book, entries: &[&BookEntry], columns: &[&str], style: Style) -> String {
    let older = !columns.contains(&"RefId");
    let between = style.delimiter.to_string();
    let mut text = if style.mark { "\u{feff}".to_owned() } else { String::new() };
    text.push_str(&columns.iter().map(|name| bare(name, style.delimiter)).collect::<Vec<_>>().join(&between));
    text.push_str("\r\n");
    for entry in entries {
        let cells = columns.iter().map(|column| {
            let value = cell(book, entry, column, older);
            if value.is_empty() || is_number(column) { bare(&value, style.delimiter) } else { quoted(&value) }
        });
        text.push_str(&cells.collect::<Vec<_>>().join(&between));
        text.push_str("\r\n");
    }
    text
}

fn is_number(column: &str) -> bool {
    matches!(column, "XrxAddressBookId" | "IsDL" | "ScanTransferProtocol" | "ScanServerPort")
        || column.starts_with("XrxIs")
}

fn cell(book: &Book, entry: &BookEntry, column: &str, older: bool) -> String {
    let flag = |on: bool| if on { "1" } else { "0" }.to_owned();
    let folder = entry.folder.as_ref();
    let usual = |folder_value: Option<String>, none: &str| {
        entry.extra.get(column).cloned().or(folder_value).unwrap_or_else(|| {
            // Known of the 26 columns for a contact without a destination; the 28 leave them empty.
            if older && folder.is_none() { none.to_owned() } else { String::new() }
        })
    };
    match column {
        "XrxAddressBookId" => {
            Some(&entry.id).filter(|id| id.parse::<u64>().is_ok()).cloned().unwrap_or_default()
        }
        "DisplayName" | "Friendly Name" => entry.name.clone(),
        "E-mailAddress" => entry.email.clone().unwrap_or_default(),
        "FaxNumber" => entry.fax.clone().unwrap_or_default(),
        "IsDL" => flag(entry.kind == EntryKind::Group),
        "XrxIsEmailFavorite" => flag(entry.favourite.unwrap_or(false)),
        "MemberOf" => match groups_of(book, entry) {
            groups if groups.is_empty() && older => "\"\"".to_owned(),
            groups => groups.into_iter().map(quoted).collect::<Vec<_>>().join(","),
        },
        PASSWORD => String::new(),
        "XrxIsFaxFavorite" | "XrxIsScanFavorite" => {
            entry.extra.get(column).cloned().unwrap_or_else(|| "0".to_owned())
        }
        "ScanTransferProtocol" => usual(folder.map(|folder| protocol(&folder.protocol)), "4"),
        "ScanServerAddress" => usual(folder.map(|folder| place(folder).0), "(null)"),
        "ScanServerPort" => usual(folder.and_then(|folder| folder.port).map(|port| port.to_string()), "0"),
        "ScanDocumentPath" => usual(folder.map(|folder| place(folder).1), ""),
        "ScanLoginName" => usual(folder.map(|folder| folder.user.clone()), ""),
        _ => entry.extra.get(column).cloned().unwrap_or_default(),
    }
}

/// Only `4` is known, of contacts without a destination; another maker's word has no number.
fn protocol(word: &str) -> String {
    if word.chars().all(|c| c.is_ascii_digit()) { word.to_owned() } else { String::new() }
}

/// Server and path; `\\server\share` holds both.
fn place(folder: &FolderDestination) -> (String, String) {
    match folder.path.strip_prefix(r"\\").and_then(|rest| rest.split_once('\\')) {
        Some((server, path)) if folder.server.is_empty() => (server.to_owned(), path.to_owned()),
        _ => (folder.server.clone(), folder.path.clone()),
    }
}

/// The names of the formats.
pub(crate) const FORMATS: &[&str] = &["xerox-26", "xerox-28"];

/// Writes a whole book as a file.
///
/// # Errors
/// The format is none of these.
pub(crate) fn file(format: &str, book: &Book) -> Result<Vec<u8>, String> {
    let columns = match format {
        "xerox-26" => &TWENTY_SIX[..],
        "xerox-28" => &TWENTY_EIGHT[..],
        other => return Err(format!("xerox has no address-book format `{other}`")),
    };
    let style = Style { delimiter: ',', mark: format == "xerox-28" };
    Ok(write(book, &book.entries.iter().collect::<Vec<_>>(), columns, style).into_bytes())
}
