//! Address-book entries as tables.

use scanfleet_sdk::{Book, BookEntry, EntryKind};

use super::error::CliError;
use super::ui::Ui;
use crate::files::words::count;

/// The columns of an entry.
const HEAD: [&str; 10] =
    ["device", "kind", "number", "name", "email", "key", "favourite", "folder", "fax", "members"];

/// Prints the entries of devices as CSV, one a row.
pub(super) fn csv(ui: &Ui, books: &[(&str, &Book)]) -> Result<(), CliError> {
    ui.csv(&HEAD, &rows(books))
}

/// Prints the entries of devices as a table that fits the terminal.
pub(super) fn table(ui: &Ui, books: &[(&str, &Book)]) -> Result<(), CliError> {
    let head = ["NAME", "E-MAIL", "NUMBER", "KEY", "FREQ", "FOLDER", "FAX", "MEMBERS", "KIND", "DEVICE"];
    let several = books.len() > 1;
    let rows: Vec<Vec<String>> = rows(books)
        .into_iter()
        .map(|row| {
            let mut row: Vec<String> =
                [3, 4, 2, 5, 6, 7, 8, 9, 1, 0].map(|at: usize| row[at].clone()).to_vec();
            // A user is what everybody expects.
            if row[8] == "user" {
                row[8].clear();
            }
            if !several {
                row[9].clear();
            }
            row
        })
        .collect();
    if rows.is_empty() {
        return ui.out("The address book is empty.");
    }
    ui.table(&head, &rows, &["MEMBERS", "FAX", "FREQ", "KEY", "FOLDER", "NUMBER"])
}

/// `214 users, 3 groups`.
pub(super) fn summary(book: &Book) -> String {
    let groups = book.entries.iter().filter(|e| e.kind == EntryKind::Group).count();
    let users = count(book.entries.len() - groups, "user");
    if groups == 0 { users } else { format!("{users}, {}", count(groups, "group")) }
}

fn rows(books: &[(&str, &Book)]) -> Vec<Vec<String>> {
    books
        .iter()
        .flat_map(|(device, book)| book.entries.iter().map(|entry| row(device, book, entry)))
        .collect()
}

fn row(device: &str, book: &Book, entry: &BookEntry) -> Vec<String> {
    let members = entry.members.iter().flatten();
    let members: Vec<&str> = members.filter_map(|id| book.entry(id)).map(|e| e.name.as_str()).collect();
    vec![
        device.to_owned(),
        match entry.kind {
            EntryKind::User => "user".to_owned(),
            EntryKind::Group => "group".to_owned(),
        },
        entry.number.map(|n| n.to_string()).unwrap_or_default(),
        entry.name.clone(),
        entry.email.clone().unwrap_or_default(),
        entry.key.clone().unwrap_or_default(),
        match entry.favourite {
            Some(true) => "yes".to_owned(),
            _ => String::new(),
        },
        entry.folder.as_ref().map(|folder| folder.path.clone()).unwrap_or_default(),
        entry.fax.clone().unwrap_or_default(),
        members.join(", "),
    ]
}
