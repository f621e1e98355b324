//! What an import does to the book. INVENTED as far as it goes beyond "adds" and "replaces".

use super::columns;
use super::profile::{BadRows, OnAgain, XeroxBook};
use crate::book::{Book, BookEntry};
use crate::delimited::{self, Record};

/// A file that was uploaded, and what is to be done with it.
#[derive(Debug, Clone)]
pub(in crate::xerox) struct Uploaded {
    pub(in crate::xerox) session: String,
    pub(in crate::xerox) name: String,
    /// As the device reads it: what is not UTF-8 is lost.
    text: String,
    pub(in crate::xerox) delimiter: char,
    pub(in crate::xerox) strip: bool,
    pub(in crate::xerox) replace: bool,
}

impl Uploaded {
    pub(in crate::xerox) fn new(session: &str, name: &str, bytes: &[u8]) -> Self {
        Self {
            session: session.to_owned(),
            name: name.to_owned(),
            text: String::from_utf8_lossy(bytes).into_owned(),
            delimiter: ',',
            strip: false,
            replace: false,
        }
    }

    /// The rows, brackets removed where that is wanted; the first holds the headings.
    pub(in crate::xerox) fn records(&self) -> Vec<Record> {
        let mut records = delimited::read(&self.text, self.delimiter);
        if self.strip {
            for cell in records.iter_mut().flat_map(|record| &mut record.cells) {
                if let Some(inside) = cell.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                    *cell = inside.to_owned();
                }
            }
        }
        records
    }

    /// The headings of the file.
    pub(in crate::xerox) fn headings(&self) -> Vec<String> {
        self.records().into_iter().next().map(|first| first.cells).unwrap_or_default()
    }
}

/// Which column of a file stands for each of the device's, in the device's order.
pub(in crate::xerox) type Mapping = Vec<Option<usize>>;

/// The mapping by equal headings, and whether the file has all of the device's headings and no others.
pub(in crate::xerox) fn by_heading(book: &XeroxBook, found: &[String]) -> (Mapping, bool) {
    let own = columns::headings(book.export.columns);
    let place = |heading: &&str| {
        found.iter().position(|it| {
            it.trim() == *heading || (*heading == "DisplayName" && it.trim() == "Friendly Name")
        })
    };
    let mapping: Mapping = own.iter().map(place).collect();
    let exact = found.len() == own.len() && own.iter().all(|heading| found.iter().any(|it| it == heading));
    (mapping, exact)
}

/// What came of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::xerox) struct Outcome {
    /// Whether the book was changed.
    pub(in crate::xerox) done: bool,
    /// What the page says.
    pub(in crate::xerox) words: String,
}

fn refused(words: impl Into<String>) -> Outcome {
    Outcome { done: false, words: words.into() }
}

/// One row as the device understands it.
struct Row {
    entry: BookEntry,
    groups: Vec<String>,
    row: usize,
}

/// Carries an import out on a copy; the book as it is afterwards, and what is said.
pub(in crate::xerox) fn carry_out(
    profile: &XeroxBook,
    held: &Book,
    file: &Uploaded,
    mapping: &Mapping,
) -> (Book, Outcome) {
    let mut records = file.records().into_iter();
    let width = records.next().map_or(0, |first| first.cells.len());
    let (mut rows, mut bad) = (Vec::new(), Vec::new());
    for record in records {
        match read(profile, mapping, width, &record) {
            Ok(row) => rows.push(row),
            Err(words) => bad.push(format!("Row {}: {words}", record.row)),
        }
    }
    let mut book = held.clone();
    if file.replace {
        book.clear();
    }
    // Groups first, so that rows before them can name them.
    let (groups, people): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(|row| row.entry.group);
    let (mut added, mut updated) = (0_usize, 0_usize);
    for row in groups.into_iter().chain(people) {
        let known: Option<Vec<u64>> = row
            .groups
            .iter()
            .map(|name| book.entries().iter().find(|it| it.group && it.name == *name).map(|it| it.id))
            .collect();
        let Some(known) = known else {
            bad.push(format!("Row {}: The group in MemberOf is not in the address book.", row.row));
            continue;
        };
        let there = match profile.import.again {
            OnAgain::Update if !file.replace => already(&book, &row.entry).cloned(),
            _ => None,
        };
        let stored = match there {
            Some(there) => {
                let id = there.id;
                book.change(updated_by(there, row.entry)).map(|()| {
                    updated += 1;
                    id
                })
            }
            None => book.add(row.entry).inspect(|_| added += 1),
        };
        match stored {
            Ok(id) => join(&mut book, id, &known),
            Err(_) => {
                // Room is not a matter of one row.
                return (held.clone(), refused(format!("Row {}: The address book is full.", row.row)));
            }
        }
    }
    bad.sort_by_key(|words| row_of(words));
    if !bad.is_empty() && profile.import.bad_rows == BadRows::Refuse {
        return (held.clone(), refused(format!("No contacts were imported. {}", bad.join(" "))));
    }
    let mut words = if file.replace {
        format!("The address book was replaced. {added} contacts were imported.")
    } else {
        format!("The import is complete. {added} contacts were added, {updated} were updated.")
    };
    if !bad.is_empty() {
        words.push_str(&format!(" {} rows were not imported. {}", bad.len(), bad.join(" ")));
    }
    (book, Outcome { done: true, words })
}

fn row_of(words: &str) -> usize {
    let number = words.strip_prefix("Row ").and_then(|rest| rest.split(':').next());
    number.and_then(|number| number.parse().ok()).unwrap_or(usize::MAX)
}

fn already<'a>(book: &'a Book, entry: &BookEntry) -> Option<&'a BookEntry> {
    let named = |known: &&BookEntry| known.name == entry.name && known.email.is_empty();
    match entry.email.as_str() {
        "" => book.entries().iter().filter(|known| known.group == entry.group).find(named),
        email => book.with_email(email).next(),
    }
}

/// What is there, with the file's values; an empty cell leaves what is there.
fn updated_by(mut there: BookEntry, new: BookEntry) -> BookEntry {
    let texts = [
        (&mut there.name, new.name),
        (&mut there.email, new.email),
        (&mut there.fax, new.fax),
        (&mut there.first_name, new.first_name),
        (&mut there.last_name, new.last_name),
        (&mut there.company, new.company),
    ];
    for (old, new) in texts {
        if !new.is_empty() {
            *old = new;
        }
    }
    there.frequent = new.frequent;
    there.hidden.extend(new.hidden.into_iter().filter(|(_, value)| !value.is_empty()));
    if let Some(mut folder) = new.folder {
        if folder.password.is_none() {
            folder.password = there.folder.and_then(|old| old.password);
        }
        there.folder = Some(folder);
    }
    there
}

fn join(book: &mut Book, id: u64, groups: &[u64]) {
    for group in groups {
        if let Some(mut group) = book.entry(*group).cloned()
            && !group.members.contains(&id)
        {
            group.members.push(id);
            // Its number is its own and its name is not looked at, so it is taken.
            let _ = book.change(group);
        }
    }
}

/// Whether the device takes an e-mail address.
pub(in crate::xerox) fn takes_address(address: &str) -> bool {
    let sign = |c: char| c.is_ascii_graphic() && !",;<>()[]\"\\".contains(c);
    address.len() <= 128
        && address.chars().all(sign)
        && matches!(address.split_once('@'), Some((user, host)) if !user.is_empty() && !host.is_empty() && !host.contains('@'))
}

fn read(profile: &XeroxBook, mapping: &Mapping, width: usize, record: &Record) -> Result<Row, &'static str> {
    if record.cells.len() != width {
        return Err("The number of fields differs from that of the headings.");
    }
    let own = columns::headings(profile.export.columns);
    let cell = |heading: &str| -> String {
        let place = own.iter().position(|it| *it == heading);
        let from = place.and_then(|place| mapping.get(place).copied().flatten());
        let value = from.and_then(|from| record.cells.get(from)).map(String::as_str).unwrap_or_default();
        if value == "(null)" { String::new() } else { value.to_owned() }
    };
    let (first, last) = (cell("FirstName"), cell("LastName"));
    let mut name = cell("DisplayName");
    if name.trim().is_empty() {
        name = format!("{first} {last}").trim().to_owned();
    }
    if name.is_empty() {
        return Err("A display name is required.");
    }
    if name.chars().count() > profile.name_max {
        return Err("The display name is too long.");
    }
    if name.chars().any(char::is_control) {
        return Err("The display name is not valid.");
    }
    let email = cell("E-mailAddress");
    if !email.is_empty() && !takes_address(&email) {
        return Err("The email address is not valid.");
    }
    let group = match cell("IsDL").as_str() {
        "" | "0" => false,
        "1" => true,
        _ => return Err("IsDL is 0 or 1."),
    };
    let mut entry =
        if group { BookEntry::group(&name, Vec::new()) } else { BookEntry::person(&name, &email) };
    super::fit(&mut entry);
    entry.frequent = cell("XrxIsEmailFavorite") == "1";
    entry.fax = cell("FaxNumber");
    entry.first_name = first;
    entry.last_name = last;
    entry.company = cell("Company");
    entry.folder = columns::folder(cell);
    for heading in own.iter().filter(|heading| columns::is_kept(heading)) {
        let value = cell(heading);
        let usual = if heading.starts_with("XrxIs") { "0" } else { "" };
        if !value.is_empty() && value != usual {
            entry.hidden.insert((*heading).to_owned(), value);
        }
    }
    let listed = delimited::read(&cell("MemberOf"), ',').into_iter().flat_map(|record| record.cells);
    let groups = listed.filter(|name| !name.is_empty()).collect();
    Ok(Row { entry, groups, row: record.row })
}
