//! Address-book files. ASSUMED as a whole: it is known that there are an "Address Book" file and a "Group" file, and nothing
//! of their columns. What is written here is a table whose columns speak for themselves; groups are named in each row.

use scanfleet_sdk::delimited::{bare, delimiter, groups_of, join_groups, rows};
use scanfleet_sdk::{Book, BookEntry, BookFile, BookTold, EntryKind};

/// The name of the format.
pub(crate) const FORMAT: &str = "brother";

const COLUMNS: [&str; 5] = ["Address Book No.", "Name", "E-mail Address", "Fax Number", "Groups"];

/// Reads such a table; `None` where the first line is another.
pub(crate) fn read(text: &str) -> Option<BookFile> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (rows, open) = rows(text, delimiter(text.lines().next()?));
    let mut rows = rows.into_iter();
    let columns: Vec<String> = rows.next()?.cells.iter().map(|name| name.trim().to_owned()).collect();
    let place = |name: &str| columns.iter().position(|column| column == name);
    let (number_at, name_at, email_at) = (place(COLUMNS[0])?, place(COLUMNS[1])?, place(COLUMNS[2])?);
    let told = BookTold { number: true, members: true, ..BookTold::default() };
    let mut book = Book { told, columns: columns.clone(), ..Book::default() };
    let (mut doubts, mut told) = (Vec::new(), Vec::new());
    for row in rows.filter(|row| !row.is_blank()) {
        let cell = |at: Option<usize>| {
            let cell = row.cells.get(at?).map(|cell| cell.trim());
            cell.filter(|cell| !cell.is_empty()).map(str::to_owned)
        };
        let number = cell(Some(number_at)).map(|number| number.trim_start_matches(['#', '*']).parse::<u32>());
        if let Some(Err(_)) = number {
            doubts.push((row.line, "The number is no number.".to_owned()));
        }
        let name = cell(Some(name_at)).unwrap_or_default();
        if name.is_empty() {
            doubts.push((row.line, "The entry has no name.".to_owned()));
        }
        let groups = cell(place(COLUMNS[4])).unwrap_or_default();
        let groups: Vec<String> = groups.split(';').map(|group| group.trim().to_owned()).collect();
        let groups: Vec<String> = groups.into_iter().filter(|group| !group.is_empty()).collect();
        for group in &groups {
            let known = |entry: &BookEntry| entry.kind == EntryKind::Group && entry.name == *group;
            if !book.entries.iter().any(known) {
                let (id, name) = (format!("group-{}", book.entries.len()), group.clone());
                book.entries.push(BookEntry { id, name, kind: EntryKind::Group, ..BookEntry::default() });
            }
        }
        book.entries.push(BookEntry {
            id: format!("line-{}", row.line),
            name,
            number: number.and_then(Result::ok),
            email: cell(Some(email_at)),
            fax: cell(place(COLUMNS[3])),
            ..BookEntry::default()
        });
        told.push((book.entries.len() - 1, row.line, groups));
    }
    doubts.extend(join_groups(&mut book, told));
    doubts.extend(open.map(|line| (line, "A quote is opened here and never closed.".to_owned())));
    doubts.sort();
    Some(BookFile { format: FORMAT, book, doubts })
}

/// Writes such a table: UTF-8 with a byte order mark. Folders and empty groups have no place in it.
pub(crate) fn write(book: &Book) -> Result<Vec<u8>, String> {
    let mut text = format!("\u{feff}{}\r\n", COLUMNS.join(","));
    for entry in book.entries.iter().filter(|entry| entry.kind == EntryKind::User) {
        let groups = groups_of(book, entry);
        if let Some(group) = groups.iter().find(|group| group.contains(';')) {
            return Err(format!(
                "the group `{}` has a semicolon in its name, which this format cannot hold",
                scanfleet_sdk::error::clean(group)
            ));
        }
        let cells = [
            entry.number.map(|number| number.to_string()).unwrap_or_default(),
            entry.name.clone(),
            entry.email.clone().unwrap_or_default(),
            entry.fax.clone().unwrap_or_default(),
            groups.join("; "),
        ];
        text.push_str(&cells.iter().map(|cell| bare(cell, ',')).collect::<Vec<_>>().join(","));
        text.push_str("\r\n");
    }
    Ok(text.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let user = |id: &str, name: &str, number| BookEntry {
            id: id.into(),
            name: name.into(),
            number,
            email: Some(format!("{id}@example.test")),
            ..BookEntry::default()
        };
        let group = BookEntry {
            id: "g".into(),
            name: "Team".into(),
            kind: EntryKind::Group,
            members: Some(vec!["a".into()]),
            ..BookEntry::default()
        };
        let book = Book {
            entries: vec![user("a", "Ann, A.", Some(7)), user("b", "Bob", None), group],
            ..Book::default()
        };
        let text = String::from_utf8(write(&book).unwrap()).unwrap();
        let back = read(&text).expect("it is one");
        assert!(back.doubts.is_empty());
        let names: Vec<&str> = back.book.entries.iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(names, ["Team", "Ann, A.", "Bob"]);
        assert_eq!(back.book.entries[1].number, Some(7));
        assert_eq!(back.book.entries[0].members, Some(vec![back.book.entries[1].id.clone()]));
        assert_eq!(read("name,email\nAnn,a@example.test\n"), None);
        let bad = read("Address Book No.,Name,E-mail Address\nx,,a@example.test\n").unwrap();
        assert_eq!(bad.doubts.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2, 2]);
    }
}
