//! What the columns of an export mean, and entries made of its rows.

use std::collections::{BTreeMap, HashMap};

use scanfleet_sdk::error::clean;
use scanfleet_sdk::family::words::key;
use scanfleet_sdk::{Book, BookEntry, BookTold, EntryKind, FolderDestination, PasswordState};

use super::table::{Row, Table};
use crate::family::Family;

/// The columns that have a meaning here, as the family file names their words (`column.…`).
const KNOWN: [&str; 18] = [
    "id",
    "name",
    "legacy_name",
    "order",
    "member_of",
    "is_group",
    "fax",
    "email",
    "favourite",
    "scan_protocol",
    "scan_server",
    "scan_port",
    "scan_path",
    "scan_share",
    "scan_login",
    "scan_password",
    "ref",
    "group_ref",
];

/// Where the known columns stand.
#[derive(Debug, Clone)]
pub(crate) struct Columns {
    at: BTreeMap<&'static str, usize>,
    /// Columns that the device numbers by itself: no part of what an entry holds.
    made: Vec<usize>,
    headings: Vec<String>,
}

impl Columns {
    /// Finds them by their headings.
    ///
    /// # Errors
    /// A sentence: no column of names, or one column twice.
    pub(crate) fn find(table: &Table, family: &Family) -> Result<Self, String> {
        let headings: Vec<String> = table.headings().map(|h| h.trim().to_owned()).collect();
        let mut at = BTreeMap::new();
        for known in KNOWN {
            let group = format!("column.{known}");
            let found: Vec<usize> =
                (0..headings.len()).filter(|c| family.is(&group, &headings[*c])).collect();
            match found.as_slice() {
                [] => {}
                [one] => {
                    at.insert(known, *one);
                }
                many => {
                    return Err(format!("{} columns are called {}", many.len(), clean(&headings[many[0]])));
                }
            }
        }
        let made = (0..headings.len())
            .filter(|c| family.is("column.made", &headings[*c]))
            .chain(["id", "order", "ref", "group_ref"].iter().filter_map(|k| at.get(k).copied()))
            .collect();
        let columns = Self { at, made, headings };
        if columns.name().is_none() {
            let all: Vec<String> = columns.headings.iter().take(40).map(|h| clean(h)).collect();
            return Err(format!("no column holds names; columns: {}", all.join(", ")));
        }
        Ok(columns)
    }

    /// A known column.
    pub(crate) fn at(&self, known: &str) -> Option<usize> {
        self.at.get(known).copied()
    }

    /// The column of names.
    pub(crate) fn name(&self) -> Option<usize> {
        self.at("name").or_else(|| self.at("legacy_name"))
    }

    /// Whether the file came in the mode that leaves half of the book out.
    pub(crate) fn is_legacy(&self) -> bool {
        self.at("name").is_none()
    }

    /// The headings.
    pub(crate) fn headings(&self) -> &[String] {
        &self.headings
    }

    /// The column of a heading.
    pub(crate) fn headed(&self, heading: &str) -> Option<usize> {
        self.headings.iter().position(|h| h == heading).or_else(|| {
            let wanted = key(heading);
            self.headings.iter().position(|h| key(h) == wanted)
        })
    }

    /// What a known column of a row says; nothing where it says that there is nothing.
    pub(crate) fn value<'r>(&self, row: &'r Row, known: &str) -> &'r str {
        self.at(known).map_or("", |c| nothing_else(row.get(c)))
    }

    fn is_group(&self, row: &Row) -> bool {
        matches!(self.value(row, "is_group").to_ascii_lowercase().as_str(), "1" | "true" | "yes")
    }

    /// The folder of a row.
    fn folder(&self, row: &Row) -> Option<FolderDestination> {
        let (server, path, user) =
            (self.value(row, "scan_server"), self.value(row, "scan_path"), self.value(row, "scan_login"));
        let stored = self.value(row, "scan_password");
        // Server, share and path are three columns and one place.
        let share = self.value(row, "scan_share");
        let path = match (share, path) {
            ("", path) => path.to_owned(),
            (share, "") => format!("\\\\{server}\\{share}"),
            (share, path) => format!("\\\\{server}\\{share}\\{path}"),
        };
        if server.is_empty() && path.is_empty() && user.is_empty() {
            return None;
        }
        Some(FolderDestination {
            protocol: self.value(row, "scan_protocol").to_owned(),
            server: server.to_owned(),
            port: self.value(row, "scan_port").parse().ok().filter(|p| *p > 0),
            path,
            user: user.to_owned(),
            password: match (user.is_empty(), stored.is_empty()) {
                (_, false) => PasswordState::Set,
                (false, true) => PasswordState::Unreadable,
                (true, true) => PasswordState::Unset,
            },
        })
    }

    /// Whether the row has a scan log-in whose password is not in the file, so that an import of it would lose it.
    pub(crate) fn loses_password(&self, row: &Row) -> bool {
        let stored = self.value(row, "scan_password");
        let masked = !stored.is_empty() && stored.chars().all(|c| matches!(c, '*' | '\u{2022}' | '\u{25cf}'));
        masked || (stored.is_empty() && !self.value(row, "scan_login").is_empty())
    }

    /// Columns that a snapshot keeps under the device's own names.
    fn is_extra(&self, column: usize) -> bool {
        let secret = crate::settings::is_sensitive(&self.headings[column]);
        !secret && !self.made.contains(&column) && !self.at.values().any(|c| *c == column)
    }
}

/// What stands for nothing in these files.
fn nothing_else(value: &str) -> &str {
    match value {
        "(null)" | "\"\"" => "",
        other => other,
    }
}

/// The names in a cell that lists groups: in quotes, or parted by commas or semicolons.
pub(crate) fn listed(cell: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut rest = cell.trim();
    while !rest.is_empty() {
        let (item, after) = if let Some(inner) = rest.strip_prefix('"') {
            let mut item = String::new();
            let mut at = inner;
            loop {
                let Some(end) = at.find('"') else {
                    item.push_str(at);
                    at = "";
                    break;
                };
                item.push_str(&at[..end]);
                at = &at[end + 1..];
                match at.strip_prefix('"') {
                    Some(more) => {
                        item.push('"');
                        at = more;
                    }
                    None => break,
                }
            }
            (item, at)
        } else {
            let end = rest.find([',', ';']).unwrap_or(rest.len());
            (rest[..end].trim().to_owned(), &rest[end..])
        };
        if !item.is_empty() {
            out.push(item);
        }
        rest = after.trim_start_matches([',', ';', ' ', '\t']);
    }
    out
}

/// A cell that lists groups, written as the device writes it.
pub(crate) fn list(names: &[String], empty: &str) -> String {
    if names.is_empty() {
        return empty.to_owned();
    }
    names.iter().map(|n| format!("\"{}\"", n.replace('"', "\"\""))).collect::<Vec<_>>().join(",")
}

/// The book of an export. Entries stand in the order of the rows.
pub(crate) fn book(table: &Table, columns: &Columns) -> Book {
    let mut entries: Vec<BookEntry> = Vec::with_capacity(table.rows.len());
    let mut ids: HashMap<String, usize> = HashMap::new();
    for row in &table.rows {
        *ids.entry(columns.value(row, "id").to_owned()).or_default() += 1;
    }
    for (at, row) in table.rows.iter().enumerate() {
        let own = columns.value(row, "id");
        // A handle is unique within one reading, whatever the file says.
        let id = match ids.get(own) {
            Some(1) if !own.is_empty() => own.to_owned(),
            _ => format!("{own}#{}", at + 1),
        };
        entries.push(entry(row, columns, id));
    }
    let groups = groups(table, columns, &entries);
    for (at, entry) in entries.iter_mut().enumerate() {
        if entry.kind == EntryKind::Group {
            entry.members = Some(groups.members.get(&at).cloned().unwrap_or_default());
        }
        if let (Some(unknown), Some(column)) = (groups.unknown.get(&at), columns.at("member_of")) {
            entry.extra.insert(columns.headings[column].clone(), unknown.clone());
        }
    }
    Book {
        entries,
        told: BookTold {
            number: false,
            key: false,
            favourite: columns.at("favourite").is_some(),
            members: columns.at("member_of").is_some(),
            extra: !columns.is_legacy(),
        },
        columns: columns.headings.clone(),
    }
}

fn entry(row: &Row, columns: &Columns, id: String) -> BookEntry {
    let some = |known: &str| Some(columns.value(row, known).to_owned()).filter(|v| !v.is_empty());
    let mut extra = BTreeMap::new();
    for column in 0..columns.headings.len() {
        let value = nothing_else(row.get(column));
        // A nought says as little as an empty cell.
        if columns.is_extra(column) && !value.is_empty() && value != "0" {
            extra.insert(columns.headings[column].clone(), value.to_owned());
        }
    }
    let favourite = columns.at("favourite").map(|c| is_on(row.get(c)));
    BookEntry {
        id,
        kind: if columns.is_group(row) { EntryKind::Group } else { EntryKind::User },
        name: columns.name().map(|c| row.get(c).to_owned()).unwrap_or_default(),
        email: some("email"),
        number: None,
        key: None,
        favourite,
        fax: some("fax"),
        folder: columns.folder(row),
        members: None,
        extra,
    }
}

/// Whether a cell says yes.
pub(crate) fn is_on(cell: &str) -> bool {
    !matches!(cell.trim().to_ascii_lowercase().as_str(), "" | "0" | "false" | "no" | "(null)")
}

/// Who is in which group, by places of rows.
pub(crate) struct Groups {
    /// Handles of the members by the group's place.
    pub(crate) members: HashMap<usize, Vec<String>>,
    /// By the member's place, the cell where it names groups that are not there.
    unknown: HashMap<usize, String>,
}

/// Reads who is in which group: rows name their groups by name, number or reference.
pub(crate) fn groups(table: &Table, columns: &Columns, entries: &[BookEntry]) -> Groups {
    let mut out = Groups { members: HashMap::new(), unknown: HashMap::new() };
    let mut known: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, row) in table.rows.iter().enumerate() {
        if entries[at].kind != EntryKind::Group {
            continue;
        }
        let mut by = vec![entries[at].name.as_str(), columns.value(row, "id"), columns.value(row, "ref")];
        by.sort_unstable();
        by.dedup();
        for name in by.into_iter().filter(|n| !n.is_empty()) {
            known.entry(name).or_default().push(at);
        }
    }
    for (at, row) in table.rows.iter().enumerate() {
        let cell = columns.value(row, "member_of");
        // A name may hold what parts names.
        let named = if known.contains_key(cell) { vec![cell.to_owned()] } else { listed(cell) };
        let mut of: Vec<usize> = Vec::new();
        let mut strange = false;
        for name in named {
            match known.get(name.as_str()).map(Vec::as_slice) {
                // Two groups of one name: the cell does not say which.
                Some([one]) => of.push(*one),
                _ => strange = true,
            }
        }
        if of.is_empty() && !strange {
            for reference in listed(columns.value(row, "group_ref")) {
                if let Some([one]) = known.get(reference.as_str()).map(Vec::as_slice) {
                    of.push(*one);
                }
            }
        }
        of.dedup();
        for group in of {
            out.members.entry(group).or_default().push(entries[at].id.clone());
        }
        if strange {
            out.unknown.insert(at, cell.to_owned());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::family;

    const HEAD: &str = "XrxAddressBookId,DisplayName,FirstName,LastName,Company,XrxAllFavoritesOrder,MemberOf,IsDL,XrxApplicableWorkflows,FaxNumber,XrxIsFaxFavorite,E-mailAddress,XrxIsEmailFavorite,InternetFaxAddress,ScanNickName,XrxIsScanFavorite,ScanTransferProtocol,ScanServerAddress,ScanServerPort,ScanDocumentPath,ScanLoginName,ScanLoginPassword,ScanSMBShare,ScanNDSTree,ScanNDSContext,ScanNDSVolume\r\n";

    fn read(rows: &str) -> (Table, Columns, Book) {
        let families = family::embedded().unwrap();
        let table = Table::read(format!("{HEAD}{rows}").as_bytes(), None).unwrap();
        let columns = Columns::find(&table, families.get("xerox-altalink").unwrap()).unwrap();
        let book = book(&table, &columns);
        (table, columns, book)
    }

    #[test]
    fn rows_become_entries() {
        let (table, columns, book) = read(
            "1,Ann,Ann,A.,Acme,,\"\"\"Team \"\"\"\"A\"\"\"\"\"\"\",0,,555,0,ann@example.test,1,,,0,4,(null),0,,,,,,,\r\n\
             2,\"Team \"\"A\"\"\",,,,,\"\"\"\"\"\",1,,,0,,0,,,0,4,(null),0,,,,,,,\r\n\
             3,Scan,,,,2,\"\"\"\"\"\",0,,,0,,0,,nick,1,2,srv,445,in,svc,****,share,,,\r\n\
             3,Ghost,,,,,\"\"\"No such\"\"\",0,,,0,,0,,,0,4,(null),0,,svc,,,,,\r\n",
        );
        let [ann, team, scan, ghost] = book.entries.as_slice() else { panic!("{book:?}") };
        assert_eq!((ann.id.as_str(), ann.email.as_deref()), ("1", Some("ann@example.test")));
        assert_eq!((ann.favourite, ann.fax.as_deref(), &ann.folder), (Some(true), Some("555"), &None));
        assert_eq!(ann.extra.keys().collect::<Vec<_>>(), ["Company", "FirstName", "LastName"]);
        assert_eq!((team.kind, team.members.clone()), (EntryKind::Group, Some(vec!["1".to_owned()])));
        let folder = scan.folder.clone().unwrap();
        assert_eq!(
            (folder.server.as_str(), folder.port, folder.path.as_str()),
            ("srv", Some(445), r"\\srv\share\in")
        );
        assert_eq!((folder.user.as_str(), folder.password), ("svc", PasswordState::Set));
        assert_eq!(scan.extra["ScanNickName"], "nick");
        assert!(!format!("{book:?}").contains("****"));
        assert_eq!(ghost.folder.as_ref().unwrap().password, PasswordState::Unreadable);
        assert_eq!(ghost.extra["MemberOf"], "\"No such\"");
        assert_ne!(scan.id, ghost.id);
        let loses: Vec<bool> = table.rows.iter().map(|r| columns.loses_password(r)).collect();
        assert_eq!(loses, [false, false, true, true]);
    }

    #[test]
    fn group_lists_of_every_spelling() {
        for (cell, names) in [
            ("\"\"", vec![]),
            ("\"A, B\",\"C \"\"x\"\"\"", vec!["A, B", "C \"x\""]),
            ("A;B , C", vec!["A", "B", "C"]),
            ("\"open", vec!["open"]),
        ] {
            assert_eq!(listed(cell), names, "{cell}");
        }
        let names = ["A, B".to_owned(), "C \"x\"".to_owned()];
        assert_eq!(listed(&list(&names, "\"\"")), names);
    }

    #[test]
    fn headings_that_cannot_be_told_are_refused() {
        let families = family::embedded().unwrap();
        let family = families.get("xerox-altalink").unwrap();
        let find = |head: &str| Columns::find(&Table::read(head.as_bytes(), None).unwrap(), family);
        assert!(find("a,b,c\r\n").unwrap_err().contains("no column holds names"));
        assert!(find("DisplayName,Display Name\r\n").unwrap_err().contains("2 columns"));
        assert!(find("Friendly Name,E-mailAddress\r\n").unwrap().is_legacy());
    }
}
