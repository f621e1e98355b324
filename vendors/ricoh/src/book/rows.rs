//! Rows of the list, and the entries they stand for.

use scanfleet_sdk::{BookEntry, EntryKind, FolderDestination};

use crate::book::list::ListPage;
use crate::book::literal::{Literal, parse};
use crate::family::Family;

/// A row of the list: the entry, and its registration number as the device writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) entry: BookEntry,
    /// The registration number as written, zeroes included.
    pub(crate) number: String,
    /// Whether the device gave it an internal id.
    pub(crate) has_id: bool,
}

/// The rows of a batch.
///
/// # Errors
/// A fragment: what is wrong with the body.
pub(crate) fn batch(body: &str, list: &ListPage, family: &Family) -> Result<Vec<Row>, String> {
    let parsed = parse(body.trim_start()).map_err(|why| format!("the rows cannot be read: {why}"))?;
    let Literal::List(rows) = parsed else { return Err("the answer is no list of rows".to_owned()) };
    rows.iter()
        .enumerate()
        .map(|(at, cells)| row(cells, list, family).map_err(|why| format!("row {}: {why}", at + 1)))
        .collect()
}

/// One row.
///
/// # Errors
/// A fragment: what is wrong with it.
pub(crate) fn row(cells: &Literal, list: &ListPage, family: &Family) -> Result<Row, String> {
    let columns = &list.columns;
    let Some(cells) = cells.list() else { return Err("it is no list of cells".to_owned()) };
    if cells.len() < columns.width() {
        return Err(format!("it has {} cells where the columns need {}", cells.len(), columns.width()));
    }
    let text = |at: usize| cells.get(at).map(|c| c.text().trim().to_owned()).unwrap_or_default();
    let some = |at: Option<usize>| at.map(text).filter(|t| !t.is_empty());
    let number = text(columns.number);
    let kind = match text(columns.kind).as_str() {
        "1" => EntryKind::User,
        "2" => EntryKind::Group,
        other => {
            return Err(format!(
                "its type is `{}`, and only users (1) and groups (2) are known",
                scanfleet_sdk::error::clean(other)
            ));
        }
    };
    let id = some(columns.id);
    let has_id = id.is_some();
    let id = match id {
        Some(id) => id,
        None if !number.is_empty() => number.clone(),
        None => return Err("it has neither an id nor a registration number".to_owned()),
    };
    let mut entry = BookEntry {
        id,
        kind,
        name: cells.get(columns.name).map(Literal::text).unwrap_or_default(),
        email: some(Some(columns.email)),
        number: number.parse().ok(),
        key: some(columns.key),
        favourite: columns
            .favourite
            .and_then(|at| cells.get(at))
            .and_then(|cell| favourite(cell, list, family)),
        fax: some(columns.fax),
        folder: some(columns.folder).map(|shown| folder(&shown)),
        ..BookEntry::default()
    };
    for (at, column) in columns.titles.iter().enumerate() {
        if let Some(title) = some(Some(*column)) {
            entry.extra.insert(format!("title{}", at + 1), title);
        }
    }
    if let Some(code) = some(columns.user_code) {
        entry.extra.insert(family.fact("book_user_code").unwrap_or("userCodeIn").to_owned(), code);
    }
    Ok(Row { entry, number, has_id })
}

/// The column holds a place in the table of texts; -1 and anything else there says nothing.
fn favourite(cell: &Literal, list: &ListPage, family: &Family) -> Option<bool> {
    let at = cell.index()?;
    let told = list.text(at);
    let id = told.map(|t| t.id.to_ascii_uppercase()).unwrap_or_default();
    if id.contains("_OFF") {
        return Some(false);
    }
    if id.contains("_ON") {
        return Some(true);
    }
    match told.map(|t| t.text.as_str()).unwrap_or_default() {
        text if family.is("choice.on", text) => Some(true),
        text if family.is("choice.off", text) => Some(false),
        _ if at < 2 => Some(at == 1),
        _ => None,
    }
}

/// What the list shows of a folder: the path of a share, or the server of an FTP folder.
fn folder(shown: &str) -> FolderDestination {
    let (server, path) = if shown.contains(['\\', '/']) { ("", shown) } else { (shown, "") };
    FolderDestination { server: server.to_owned(), path: path.to_owned(), ..FolderDestination::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::columns::Columns;
    use crate::book::list::{Removal, ResultText};
    use crate::family;

    fn list(columns: Columns) -> ListPage {
        let texts = ["FREQ_OFF_LB", "FREQ_ON_LB"]
            .map(|id| ResultText { id: id.into(), text: String::new() })
            .to_vec();
        ListPage {
            url: "http://192.0.2.1/".parse().unwrap(),
            charset: "UTF-8",
            token: None,
            users: 1,
            groups: 0,
            most_users: None,
            most_groups: None,
            columns,
            texts,
            removal: Removal::Untold,
            wizard: false,
            programs: Vec::new(),
        }
    }

    fn read(body: &str, columns: Columns) -> Result<Vec<Row>, String> {
        batch(body, &list(columns), &family::all().unwrap()[0])
    }

    fn newer() -> Columns {
        Columns {
            id: Some(0),
            kind: 1,
            number: 2,
            name: 3,
            user_code: Some(4),
            email: 6,
            folder: Some(7),
            ..Columns::default()
        }
    }

    #[test]
    fn layouts_a_b_and_c() {
        let rows = read(
            "[[22,1,'00001','Sample One','','1771411032#Feb 18,2026','one@example.test','192.0.2.9'],[24,2,'00002','All','7104','','','']]",
            newer(),
        )
        .unwrap();
        let one = &rows[0].entry;
        assert_eq!(
            (one.id.as_str(), one.number, one.email.as_deref()),
            ("22", Some(1), Some("one@example.test"))
        );
        assert_eq!(one.folder.as_ref().unwrap().server, "192.0.2.9");
        assert_eq!(
            (rows[1].entry.kind, rows[1].entry.extra["userCodeIn"].as_str()),
            (EntryKind::Group, "7104")
        );
        let a = Columns {
            id: Some(0),
            kind: 1,
            number: 2,
            name: 3,
            favourite: Some(4),
            titles: vec![5, 6, 7],
            user_code: Some(8),
            email: 9,
            folder: Some(10),
            ..Columns::default()
        };
        let rows = read("[['',1,'00195','SAMPLE',1,'AB','','','7104','','\\\\\\\\192.0.2.5\\\\Scan'],['',1,'00196','B',-1,'','','','','b@example.test','']]", a).unwrap();
        let old = &rows[0].entry;
        assert_eq!((old.id.as_str(), old.favourite, rows[0].has_id), ("00195", Some(true), false));
        assert_eq!(old.folder.as_ref().unwrap().path, "\\\\192.0.2.5\\Scan");
        assert_eq!(old.extra["title1"], "AB");
        assert_eq!(rows[1].entry.favourite, None);
        let c = Columns {
            id: Some(0),
            kind: 1,
            number: 2,
            name: 3,
            fax: Some(6),
            email: 7,
            folder: Some(8),
            ..Columns::default()
        };
        let rows = read("[[5,1,'00001','F','','','0441','f@example.test','']]", c).unwrap();
        assert_eq!(rows[0].entry.fax.as_deref(), Some("0441"));
    }

    #[test]
    fn broken_rows_are_errors() {
        for (body, why) in [
            ("[[22,1", "breaks off"),
            ("[14]", "no list of cells"),
            ("[[1,1,'2']]", "3 cells"),
            ("[[1,9,'2','n','','','','']]", "type is `9`"),
            ("[['',1,'','n','','','','']]", "neither"),
            ("<html>", "no list"),
        ] {
            let error = read(body, newer()).unwrap_err();
            assert!(error.contains(why), "{body}: {error}");
        }
        assert_eq!(read("[]", newer()), Ok(Vec::new()));
    }
}
