//! Reading a list: a text or a spreadsheet, with every doubtful row named by its line.

use std::collections::HashMap;
use std::path::Path;

use scanfleet_sdk::error::clean;

use super::columns::{CANONICAL, Column, split, truth};
use super::list::{Contact, ContactList, Place};
use super::who::fold;
use super::{address, decode};
use crate::files::words::{did_you_mean, list as listed};
use crate::files::{FileError, Problem, SourceFile};
use crate::inventory::sheet::{self, Found};
use crate::inventory::table::{Row, Table, TableCell};

/// Rows looked at in search of the head.
const HEAD_WITHIN: usize = 30;
/// More people than any copier holds; beyond this a file is something else.
const ROWS: usize = 250_000;
/// Notes kept; a file of 50,000 odd rows is told by its first ones.
const NOTES: usize = 100;

impl ContactList {
    /// Reads a list for a run: our CSV however it is written, or a spreadsheet.
    ///
    /// # Errors
    /// Everything that is wrong in the file, with line and column.
    pub fn load(path: &Path) -> Result<Self, FileError> {
        Self::read(path, None)
    }

    /// As [`ContactList::load`], in a given encoding (`windows-1252`).
    ///
    /// # Errors
    /// Everything that is wrong in the file, with line and column.
    pub fn read(path: &Path, encoding: Option<&str>) -> Result<Self, FileError> {
        let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_lowercase();
        if matches!(extension.as_str(), "xlsx" | "xlsm") {
            return match sheet::first(path, |table| head(table).is_some())? {
                Found::Wanted(table) | Found::Other(table, _) => Reader::new(path, None, table).read(),
                Found::Nothing => Err(FileError::of_file(path, Problem::new("the spreadsheet is empty"))),
            };
        }
        let decoded = decode::read(path, encoding)?;
        let mut list = Self::of_source(&decoded.source)?;
        list.notes.splice(0..0, decoded.note);
        Ok(list)
    }

    /// Reads a list from a text that is at hand.
    ///
    /// # Errors
    /// Everything that is wrong in it, with line and column.
    pub fn of_source(source: &SourceFile) -> Result<Self, FileError> {
        let table = crate::inventory::csv::table(source);
        Reader::new(source.path(), Some(source), table).read()
    }
}

/// The text of a file in whatever encoding it is, for makers' own formats; with a sentence where the encoding was found out
/// by looking at the letters.
///
/// # Errors
/// It cannot be read, or nothing tells its encoding.
pub fn text_of(path: &Path, encoding: Option<&str>) -> Result<(SourceFile, Option<String>), FileError> {
    let decoded = decode::read(path, encoding)?;
    Ok((decoded.source, decoded.note))
}

/// The row that names the columns: the first of those that know most of them, an address or a name included.
fn head(table: &Table) -> Option<usize> {
    let known = |row: &Row| {
        let columns: Vec<Column> =
            row.cells.iter().filter_map(|cell| Column::of(&cell.text)).map(|(c, _)| c).collect();
        let useful = columns.contains(&Column::Email) || columns.contains(&Column::Name);
        (useful && columns.len() > 1 || columns == [Column::Email]).then_some(columns.len())
    };
    let rows = table.rows.iter().take(HEAD_WITHIN).enumerate();
    rows.filter_map(|(at, row)| Some((at, known(row)?)))
        .max_by_key(|(at, known)| (*known, usize::MAX - at))
        .map(|(at, _)| at)
}

struct Reader<'a> {
    path: &'a Path,
    source: Option<&'a SourceFile>,
    table: Table,
    problems: Vec<Problem>,
    notes: Vec<String>,
    more_notes: usize,
}

impl<'a> Reader<'a> {
    fn new(path: &'a Path, source: Option<&'a SourceFile>, table: Table) -> Self {
        Self { path, source, table, problems: Vec::new(), notes: Vec::new(), more_notes: 0 }
    }

    fn read(mut self) -> Result<ContactList, FileError> {
        let table = std::mem::take(&mut self.table);
        let mut contacts: Vec<Contact> = Vec::new();
        let mut columns = Vec::new();
        match head(&table) {
            None => self.no_head(&table),
            Some(at) => {
                columns = self.columns(&table.rows[at]);
                if table.rows.len() > ROWS {
                    self.problems.push(Problem::new(format!("the file has more than {ROWS} rows")));
                } else {
                    for row in &table.rows[at + 1..] {
                        contacts.extend(self.contact(row, &columns));
                    }
                    if contacts.is_empty() && self.problems.is_empty() {
                        let nobody = Problem::new("nobody stands in the list");
                        let help = "a list without people would empty every copier that it is meant for";
                        self.problems.push(nobody.at(table.rows[at].line, None).help(help));
                    }
                }
            }
        }
        self.twice(&contacts);
        if self.more_notes > 0 {
            self.notes.push(format!("{} more rows are doubtful.", self.more_notes));
        }
        if !self.problems.is_empty() {
            return Err(match self.source {
                Some(source) => FileError::in_source(source, self.problems),
                None => FileError::of_problems(self.path, self.problems),
            });
        }
        Ok(ContactList {
            file: self.path.to_owned(),
            contacts,
            has_groups: columns.contains(&Some(Column::Groups)),
            notes: self.notes,
            sha256: self.source.map(|source| source.sha256().to_owned()).unwrap_or_default(),
        })
    }

    fn note(&mut self, line: usize, text: &str) {
        if self.notes.len() < NOTES {
            self.notes.push(format!("Line {line}: {text}"));
        } else {
            self.more_notes += 1;
        }
    }

    fn no_head(&mut self, table: &Table) {
        let Some(row) =
            table.rows.iter().find(|row| row.cells.iter().any(|cell| !cell.text.trim().is_empty()))
        else {
            self.problems.push(Problem::new("the file is empty"));
            return;
        };
        let found: Vec<String> =
            row.cells.iter().map(|cell| clean(cell.text.trim()).chars().take(40).collect()).collect();
        let meant = found.iter().find_map(|name| did_you_mean(name, CANONICAL));
        let meant = meant.map(|meant| format!("; {meant}")).unwrap_or_default();
        self.problems.push(
            Problem::new(format!(
                "no row names the columns; the first row holds {}",
                listed(found.iter().map(String::as_str), 8)
            ))
            .at(row.line, None)
            .help(format!("the first row is `name,email`, with `key`, `group`, `tags`, `favourite` and `number` as needed{meant}")),
        );
    }

    /// What each column is; of several that mean the same the best name wins.
    fn columns(&mut self, row: &Row) -> Vec<Option<Column>> {
        if row.cells.iter().any(|cell| cell.text.trim() == "XrxAddressBookId") {
            self.problems.push(
                Problem::new("this is a Xerox address book, not a list")
                    .at(row.line, None)
                    .help("`scanfleet book import` makes a list of it"),
            );
        }
        let mut best: HashMap<Column, (usize, usize)> = HashMap::new();
        let found: Vec<Option<(Column, usize)>> =
            row.cells.iter().map(|cell| Column::of(&cell.text)).collect();
        for (at, (column, rank)) in found.iter().enumerate().filter_map(|(at, found)| Some((at, (*found)?))) {
            let kept = best.entry(column).or_insert((rank, at));
            *kept = (*kept).min((rank, at));
        }
        let unused: Vec<String> = row
            .cells
            .iter()
            .enumerate()
            .filter(|(at, cell)| {
                let kept = found[*at].is_some_and(|(column, _)| best[&column].1 == *at);
                !kept && !cell.text.trim().is_empty()
            })
            .map(|(_, cell)| clean(cell.text.trim()))
            .collect();
        if !unused.is_empty() {
            let meant = unused.iter().find_map(|name| did_you_mean(name, CANONICAL));
            let meant = meant.map(|meant| format!(" ({meant})")).unwrap_or_default();
            self.notes.push(format!(
                "These columns are not read: {}{meant}.",
                listed(unused.iter().map(String::as_str), 10)
            ));
        }
        let kept = found
            .iter()
            .enumerate()
            .map(|(at, found)| found.filter(|(column, _)| best[column].1 == at).map(|(column, _)| column));
        kept.collect()
    }

    fn contact(&mut self, row: &Row, columns: &[Option<Column>]) -> Option<Contact> {
        let line = row.line;
        let mut cells: HashMap<Column, (String, &TableCell)> = HashMap::new();
        let before = self.problems.len();
        for (at, cell) in row.cells.iter().enumerate() {
            let text = cell.text.replace('\u{a0}', " ").trim().to_owned();
            if text.is_empty() || matches!(text.as_str(), "-" | "–" | "—" | "n/a" | "N/A" | "#N/A") {
                continue;
            }
            match columns.get(at) {
                Some(Some(column)) => {
                    let several = matches!(column, Column::Groups | Column::Tags);
                    if self.is_text(&text, cell, line, *column, several) {
                        cells.insert(*column, (text, cell));
                    }
                }
                Some(None) => {}
                None => {
                    self.note(line, "the row has more cells than there are columns; is a cell not quoted?")
                }
            }
        }
        if cells.is_empty() {
            return None;
        }
        let text = |column: Column| cells.get(&column).map(|(text, _)| text.clone());
        let parts =
            [text(Column::First), text(Column::Last)].into_iter().flatten().collect::<Vec<_>>().join(" ");
        let name = text(Column::Name).or_else(|| Some(parts).filter(|name| !name.is_empty()));
        let email = cells.get(&Column::Email);
        let Some(name) = name else {
            // A name that cannot be used has been told already.
            if self.problems.len() > before {
                return None;
            }
            let cell = cells.values().map(|(_, cell)| *cell).next();
            let help = email
                .and_then(|(email, _)| email.split('@').next())
                .map(|local| format!("such as `{}`", clean(local)));
            self.problem(cell, line, "the row has no name", None, help);
            return None;
        };
        if let Some((email, cell)) = email
            && let Err(wrong) = address::check(email)
        {
            self.problem(Some(cell), line, &wrong.message, Some(&wrong.piece), wrong.help);
        }
        if email.is_none() {
            self.note(
                line,
                &format!(
                    "`{}` has no e-mail address; only an entry that is there already can be meant.",
                    clean(&name)
                ),
            );
        }
        let favourite = cells.get(&Column::Favourite).and_then(|(text, cell)| {
            let truth = truth(text);
            if truth.is_none() {
                let message = format!("`{}` is neither yes nor no", clean(text));
                self.problem(Some(cell), line, &message, None, Some("write `yes` or `no`".into()));
            }
            truth
        });
        let number = cells.get(&Column::Number).and_then(|(text, cell)| {
            let number = text.parse::<u32>().ok().filter(|number| *number > 0);
            if number.is_none() {
                let message = format!("`{}` is no registration number", clean(text));
                self.problem(Some(cell), line, &message, None, None);
            }
            number
        });
        Some(Contact {
            name,
            email: email.map(|(email, _)| email.clone()),
            key: text(Column::Key),
            groups: text(Column::Groups).map(|text| split(&text)).unwrap_or_default(),
            tags: text(Column::Tags).map(|text| split(&text)).unwrap_or_default(),
            favourite,
            number,
            place: Place { line },
        })
    }

    /// Whether a cell is text that may be used: no formula, no control characters.
    fn is_text(&mut self, text: &str, cell: &TableCell, line: usize, column: Column, several: bool) -> bool {
        let hidden = |c: &char| {
            (c.is_control() && !(several && matches!(c, '\n' | '\r')))
                || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{200b}')
        };
        if let Some(bad) = text.chars().find(hidden) {
            let what = if bad == '\n' || bad == '\r' {
                "a line break".into()
            } else {
                format!("the control character U+{:04X}", u32::from(bad))
            };
            let message = format!("the {} holds {what}", column.as_str());
            self.problem(
                Some(cell),
                line,
                &message,
                Some(&bad.to_string()),
                Some("no copier can show it; take it out".into()),
            );
            return false;
        }
        // An apostrophe made it inert: it is meant as it stands.
        let raw = cell.at.span.clone().and_then(|span| self.source?.text().get(span));
        if raw.is_some_and(|raw| raw.trim_start_matches('"').starts_with('\'')) {
            return true;
        }
        if text.starts_with('=') && self.source.is_some() {
            let message = format!("the {} is a formula, and formulas are never evaluated", column.as_str());
            let help = "save the values instead (in Excel: copy, Paste Special, Values)";
            self.problem(Some(cell), line, &message, None, Some(help.into()));
            return false;
        }
        if text.starts_with(['=', '+', '-', '@']) && column != Column::Email {
            self.note(
                line,
                &format!(
                    "the {} `{}` begins like a formula; it is taken as text.",
                    column.as_str(),
                    clean(text)
                ),
            );
        }
        true
    }

    /// Adds a problem at a cell, or at a piece of it.
    fn problem(
        &mut self,
        cell: Option<&TableCell>,
        line: usize,
        message: &str,
        piece: Option<&str>,
        help: Option<String>,
    ) {
        let mut problem = Problem::new(message)
            .at(cell.map_or(line, |cell| cell.at.line), cell.and_then(|cell| cell.at.column));
        if let Some(span) = cell.and_then(|cell| cell.at.span.clone()) {
            let raw = self.source.and_then(|source| source.text().get(span.clone())).unwrap_or_default();
            let found = piece
                .filter(|piece| !piece.is_empty())
                .and_then(|piece| Some((raw.find(piece)?, piece.len())));
            problem = problem.span(match found {
                Some((at, length)) => span.start + at..span.start + at + length,
                None => span,
            });
        }
        self.problems.push(problem.help_maybe(help));
    }

    /// Names and addresses that stand twice.
    fn twice(&mut self, contacts: &[Contact]) {
        let (mut names, mut emails) = (HashMap::new(), HashMap::new());
        for contact in contacts {
            let line = contact.place.line;
            if let Some(first) = names.insert(contact.name.to_lowercase(), line) {
                self.again(
                    line,
                    &contact.name,
                    "name",
                    first,
                    "copiers refuse a second entry of the same name",
                );
            }
            let Some(email) = contact.email.as_deref() else { continue };
            if let Some(first) = fold(email).and_then(|email| emails.insert(email, line)) {
                self.again(
                    line,
                    email,
                    "address",
                    first,
                    "keep one of the rows; a row may name several groups",
                );
            }
        }
    }

    fn again(&mut self, line: usize, text: &str, what: &str, first: usize, help: &str) {
        let mut problem =
            Problem::new(format!("the {what} `{}` stands in line {first} already", clean(text)))
                .at(line, None)
                .help(help);
        if let Some(source) = self.source
            && let Some(span) = source.line_span(line)
        {
            let raw = source.text().get(span.clone()).unwrap_or_default();
            let at = raw.find(text).map(|at| span.start + at..span.start + at + text.len());
            problem = problem.span(at.unwrap_or(span));
        }
        self.problems.push(problem);
    }
}
