//! The CSV of address books, format 5.1.1.0: six lines of preamble, a header of 79 columns, every value in square brackets.
//!
//! Known of "User Data Preference" files of Ricoh's device managers (three independent converters); that a device's own
//! export has the same layout is inferred. Assumed here, because no source spells them out: the names of the ten functions
//! between "Can Use B/W Copy" and "Can Use Document Server", of the second and third words of the log-in columns, and that
//! "Groups" lists the "Index in ACLs and Groups" of the groups that the entry is a member of.

use std::collections::HashMap;

use scanfleet_sdk::delimited::{bare, delimiter, groups_of, join_groups, rows};
use scanfleet_sdk::{Book, BookEntry, BookFile, BookTold, EntryKind, FolderDestination, PasswordState};

/// The name of the format.
pub(crate) const FORMAT: &str = "ricoh";

const PREAMBLE: [&str; 6] = [
    "# Format Version: 5.1.1.0",
    "# Generated at: ",
    "# Function Name: User Data Preference",
    "# Template Name: null",
    "# Description: null",
    "# Authentication Method (0=none or user code/1=others): 0",
];

pub(crate) const COLUMNS: [&str; 79] = [
    "Index in ACLs and Groups",
    "Name",
    "Set General Settings",
    "Set Registration No.",
    "Registration No.",
    "Entry Type",
    "Phonetic Name",
    "Display Name",
    "Display Priority",
    "Set Title Settings",
    "Title 1",
    "Title 2",
    "Title 3",
    "Title Freq.",
    "Set User Code Settings",
    "User Code",
    "Set Auth. Info Settings",
    "Device Login User Name",
    "Device Login Password",
    "Device Login Password Encoding",
    "SMTP Authentication",
    "SMTP Authentication Login User Name",
    "SMTP Authentication Login Password",
    "SMTP Authentication Password Encoding",
    "Folder Authentication",
    "Folder Authentication Login User Name",
    "Folder Authentication Login Password",
    "Folder Authentication Password Encoding",
    "LDAP Authentication",
    "LDAP Authentication Login User Name",
    "LDAP Authentication Login Password",
    "LDAP Authentication Password Encoding",
    "Set Access Control Settings",
    "Can Use B/W Copy",
    "Can Use Single Color Copy",
    "Can Use Two Color Copy",
    "Can Use Full Color Copy",
    "Can Use Auto Color Copy",
    "Can Use B/W Print",
    "Can Use Color Print",
    "Can Use Scanner",
    "Can Use Fax",
    "Can Use Document Server",
    "Maximum of Print Usage Limit",
    "Set Email/Fax Settings",
    "Fax Destination",
    "Fax Line Type",
    "International Fax Transmission Mode",
    "E-mail Address",
    "Ifax Address",
    "Ifax Enable",
    "Direct SMTP",
    "Ifax Direct SMTP",
    "Fax Header",
    "Label Insertion 1st Line",
    "Label Insertion 2nd Line",
    "Label Insertion 3rd Line",
    "Set Folder Settings",
    "Folder Protocol",
    "Folder Port No.",
    "Folder Server Name",
    "Folder Path",
    "Folder Japanese Character Encoding",
    "Set Protection Settings",
    "Is Setting Destination Protection",
    "Is Protecting Destination Folder",
    "Is Setting Sender Protection",
    "Is Protecting Sender",
    "Sender Protection Password",
    "Sender Protection Password Encoding",
    "Access Privilege to User",
    "Access Privilege to Protected File",
    "Set Group List Settings",
    "Groups",
    "Set Counter Reset Settings",
    "Enable Plot Counter Reset",
    "Enable Fax Counter Reset",
    "Enable Scanner Counter Reset",
    "Enable User Volume Counter Reset",
];

/// Columns that have a word in [`BookEntry`]; every other one is kept by its name.
const OWN: [&str; 10] = [
    "Index in ACLs and Groups",
    "Name",
    "Registration No.",
    "Entry Type",
    "Display Name",
    "Title Freq.",
    "Fax Destination",
    "E-mail Address",
    "Groups",
    "Folder Path",
];

/// Reads a file; `None` where neither the preamble nor the header is one.
pub(crate) fn read(text: &str) -> Option<BookFile> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let header = text.lines().find(|line| !line.trim_start_matches(['"', ' ']).starts_with('#'))?;
    let (rows, open) = rows(text, delimiter(header));
    let mut rows = rows.into_iter().filter(|row| !row.is_blank());
    let head = rows.find(|row| !row.cells[0].trim_start().starts_with('#'))?;
    let columns: Vec<String> = head.cells.iter().map(|cell| heading(cell)).collect();
    let has = |name: &str| columns.iter().any(|column| column == name);
    if !["Index in ACLs and Groups", "Name", "Entry Type"].into_iter().all(has) {
        return None;
    }
    let mut doubts: Vec<(u64, String)> = Vec::new();
    let mut book = Book {
        told: BookTold { number: true, key: true, favourite: true, members: true, extra: true },
        columns: columns.clone(),
        ..Book::default()
    };
    let (mut in_groups, mut names) = (Vec::new(), HashMap::new());
    for row in rows {
        if row.cells.len() != columns.len() {
            doubts.push((
                row.line,
                format!("The line has {} cells, and the header {}.", row.cells.len(), columns.len()),
            ));
        }
        let bracketed = |cell: &str| cell.trim().starts_with('[') && cell.trim().ends_with(']');
        if let Some(cell) = row.cells.iter().find(|cell| !bracketed(cell)) {
            doubts.push((
                row.line,
                format!("A value is not in square brackets: `{}`.", scanfleet_sdk::error::clean(cell)),
            ));
        }
        let cell = |name: &str| {
            let at = columns.iter().position(|column| column == name)?;
            row.cells.get(at).map(|cell| value(cell)).filter(|value| !value.is_empty())
        };
        let index = cell("Index in ACLs and Groups").unwrap_or_default();
        let id = match index {
            "" => format!("line-{}", row.line),
            index if names.contains_key(index) => {
                doubts.push((
                    row.line,
                    format!("The index {} stands twice.", scanfleet_sdk::error::clean(index)),
                ));
                format!("line-{}", row.line)
            }
            index => index.to_owned(),
        };
        let name = cell("Name").unwrap_or_default().to_owned();
        if name.is_empty() {
            doubts.push((row.line, "The entry has no name.".to_owned()));
        }
        let number = cell("Registration No.").map(|number| number.parse::<u32>());
        if let Some(Err(_)) = number {
            doubts.push((row.line, "The registration number is no number.".to_owned()));
        }
        let extra = columns.iter().zip(&row.cells).filter(|(column, cell)| {
            !OWN.contains(&column.as_str()) && !column.contains("Password") && !value(cell).is_empty()
        });
        let extra = extra.map(|(column, cell)| (column.clone(), value(cell).to_owned())).collect();
        let kind = if cell("Entry Type") == Some("G") { EntryKind::Group } else { EntryKind::User };
        names.insert(id.clone(), name.clone());
        book.entries.push(BookEntry {
            id,
            kind,
            name,
            email: cell("E-mail Address").map(str::to_owned),
            number: number.and_then(Result::ok),
            key: cell("Display Name").map(str::to_owned),
            favourite: Some(cell("Title Freq.") == Some("1")),
            fax: cell("Fax Destination").map(str::to_owned),
            folder: folder(&cell),
            extra,
            ..BookEntry::default()
        });
        let groups = cell("Groups").unwrap_or_default();
        let groups: Vec<String> =
            groups.split([',', ';', ' ']).filter(|group| !group.is_empty()).map(str::to_owned).collect();
        in_groups.push((book.entries.len() - 1, row.line, groups));
    }
    for (_, _, groups) in &mut in_groups {
        for group in groups {
            *group = names.get(group).cloned().unwrap_or_else(|| group.clone());
        }
    }
    doubts.extend(join_groups(&mut book, in_groups));
    doubts.extend(open.map(|line| (line, "A quote is opened here and never closed.".to_owned())));
    doubts.sort();
    Some(BookFile { format: FORMAT, book, doubts })
}

/// A heading without brackets around it and without what follows in brackets (`Entry Type [U/G]`).
fn heading(cell: &str) -> String {
    let name = value(cell);
    name.split_once(" [").map_or(name, |(name, _)| name).trim().to_owned()
}

/// A value without its brackets.
fn value(cell: &str) -> &str {
    let cell = cell.trim();
    cell.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(cell).trim()
}

fn folder<'a>(cell: &impl Fn(&str) -> Option<&'a str>) -> Option<FolderDestination> {
    let text = |name: &str| cell(name).unwrap_or_default().to_owned();
    let (server, path) = (text("Folder Server Name"), text("Folder Path"));
    if server.is_empty() && path.is_empty() {
        return None;
    }
    Some(FolderDestination {
        protocol: text("Folder Protocol"),
        server,
        port: cell("Folder Port No.").and_then(|port| port.parse().ok()),
        path,
        user: text("Folder Authentication Login User Name"),
        // The file never tells.
        password: PasswordState::Unreadable,
    })
}

/// Writes a book as a file: UTF-8 with a byte order mark. It holds no date, so that the same book gives the same file.
///
/// # Errors
/// A sentence, where a value holds a line break, which no value in brackets is known to.
pub(crate) fn write(book: &Book) -> Result<Vec<u8>, String> {
    let mut text = "\u{feff}".to_owned();
    for line in PREAMBLE {
        text.push_str(line);
        text.push_str("\r\n");
    }
    text.push_str(&COLUMNS.join(","));
    text.push_str("\r\n");
    let index: HashMap<&str, usize> =
        book.entries.iter().enumerate().map(|(at, entry)| (entry.id.as_str(), at + 1)).collect();
    let mut of_group: HashMap<&str, usize> = HashMap::new();
    for group in book.entries.iter().filter(|entry| entry.kind == EntryKind::Group) {
        of_group
            .entry(&group.name)
            .or_insert_with(|| index.get(group.id.as_str()).copied().unwrap_or_default());
    }
    for (at, entry) in book.entries.iter().enumerate() {
        let groups = groups_of(book, entry).into_iter().filter_map(|name| of_group.get(name));
        let groups: Vec<String> = groups.map(usize::to_string).collect();
        let cells: Vec<String> =
            COLUMNS.iter().map(|column| cell(entry, column, at + 1, &groups.join(","))).collect();
        if let Some(broken) = cells.iter().find(|cell| cell.contains(['\r', '\n'])) {
            return Err(format!(
                "`{}` holds a line break, which this format cannot hold",
                scanfleet_sdk::error::clean(broken)
            ));
        }
        let cells: Vec<String> = cells.iter().map(|cell| bare(&format!("[{cell}]"), ',')).collect();
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    }
    Ok(text.into_bytes())
}

fn cell(entry: &BookEntry, column: &str, index: usize, groups: &str) -> String {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let folder = entry.folder.as_ref();
    let own = |value: Option<String>| value.or_else(|| entry.extra.get(column).cloned()).unwrap_or_default();
    let user = entry.kind == EntryKind::User;
    match column {
        "Index in ACLs and Groups" => index.to_string(),
        "Name" => entry.name.clone(),
        "Registration No." => entry.number.map(|number| number.to_string()).unwrap_or_default(),
        "Entry Type" => if user { "U" } else { "G" }.to_owned(),
        "Display Name" => text(&entry.key),
        "Title Freq." => if entry.favourite.unwrap_or(false) { "1" } else { "0" }.to_owned(),
        "Fax Destination" => text(&entry.fax),
        "E-mail Address" => text(&entry.email),
        "Groups" => groups.to_owned(),
        // 0 is SMB; the numbers of others are not known.
        "Folder Protocol" => own(folder.map(|folder| match folder.protocol.as_str() {
            "" | "SMB_O" | "smb" | "SMB" => "0".to_owned(),
            other => other.to_owned(),
        })),
        "Folder Port No." => own(folder.and_then(|folder| folder.port).map(|port| port.to_string())),
        "Folder Server Name" => own(folder.map(|folder| folder.server.clone())),
        "Folder Path" => folder.map(|folder| folder.path.clone()).unwrap_or_default(),
        "Folder Authentication Login User Name" => own(folder.map(|folder| folder.user.clone())),
        // Which sections of an entry the file sets.
        "Set General Settings" | "Set Registration No." | "Set Title Settings" => own(None).or_one(),
        "Set Email/Fax Settings" | "Set Folder Settings" if user => own(None).or_one(),
        "Set Group List Settings" => own(None).or_one(),
        _ => own(None),
    }
}

trait OrOne {
    fn or_one(self) -> String;
}

impl OrOne for String {
    fn or_one(self) -> String {
        if self.is_empty() { "1".to_owned() } else { self }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_managers_file_is_read() {
        let text = "# Format Version: 5.1.1.0\r\n# Generated at: 2026-01-01\r\n# Function Name: User Data Preference\r\n\
            # Template Name: null\r\n# Description: null\r\n# Authentication Method (0=none or user code/1=others): 0\r\n\
            Index in ACLs and Groups,Name,Registration No.,Entry Type [U/G],Display Name,Title Freq.,Device Login Password,\
            E-mail Address,Folder Protocol [0=SMB],Folder Path,Groups\r\n\
            [1],[Team],[00100],[G],[Team],[0],[],[],[],[],[]\r\n\
            [2],[Sample One],[00001],[U],[One],[1],[omitted],[one@example.test],[0],[\\\\srv\\in],[1]\r\n\
            [2],Two,[x],[U],[],[0],[],[],[],[],[9]\r\n";
        let file = read(text).expect("it is one");
        let one = &file.book.entries[1];
        assert_eq!((one.name.as_str(), one.number, one.key.as_deref()), ("Sample One", Some(1), Some("One")));
        assert_eq!(one.favourite, Some(true));
        assert_eq!(one.folder.as_ref().map(|folder| folder.path.as_str()), Some("\\\\srv\\in"));
        assert_eq!(file.book.entries[0].members, Some(vec!["2".to_owned()]));
        assert!(!format!("{:?}", file.book).contains("omitted"));
        let said: Vec<&str> = file.doubts.iter().map(|(_, said)| said.as_str()).collect();
        assert_eq!(said.len(), 4, "{said:?}");
        assert!(file.doubts.iter().all(|(line, _)| *line == 10));
    }

    #[test]
    fn other_tables_are_not_taken_for_it() {
        for text in ["", "name,email\nAnn,a@example.test\n", "# a comment\nName,Type\n", "#"] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(COLUMNS.len(), 79);
    }

    fn any_book() -> impl Strategy<Value = Book> {
        let entry = (
            "[ -~é日]{0,9}",
            prop::option::of("[a-z,;\"]{1,9}@x"),
            any::<bool>(),
            prop::option::of(1..50_000u32),
            prop::option::of("[A-Z]{1,5}"),
            prop::bool::weighted(0.2),
        );
        prop::collection::vec(entry, 0..8).prop_map(|entries| {
            let told = BookTold { number: true, key: true, favourite: true, members: true, extra: true };
            let mut book = Book { told, ..Book::default() };
            let mut members = Vec::new();
            for (at, (name, email, favourite, number, key, group)) in entries.into_iter().enumerate() {
                let mut entry = BookEntry {
                    id: (at + 1).to_string(),
                    name: format!("n{name}{at}"),
                    favourite: Some(favourite),
                    email,
                    number,
                    key,
                    ..BookEntry::default()
                };
                entry.extra.insert("Title 1".into(), "3".into());
                if group {
                    entry.kind = EntryKind::Group;
                    entry.members = Some(std::mem::take(&mut members));
                } else {
                    members.push(entry.id.clone());
                }
                book.entries.push(entry);
            }
            book
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(book in any_book()) {
            let text = String::from_utf8(write(&book).unwrap()).unwrap();
            let mut back = read(&text).expect("it is one");
            prop_assert_eq!(&back.doubts, &Vec::new());
            back.book.columns.clear();
            for entry in &mut back.book.entries {
                entry.extra.retain(|name, _| name == "Title 1");
            }
            prop_assert_eq!(&back.book, &book);
        }

        #[test]
        fn nothing_at_all_makes_it_fail(text in "\\PC{0,200}") {
            let _ = read(&text);
            let _ = read(&format!("Index in ACLs and Groups,Name,Entry Type\n{text}"));
        }
    }
}
