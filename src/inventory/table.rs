//! From a table with a head to devices, whatever program wrote it.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

use scanfleet_sdk::error::clean;

use super::columns::{Column, suggestion, tag_name};
use super::draft::{At, Cell, Draft, Drafts, tags_of};
use crate::files::Problem;
use crate::files::mask::looks_secret;
use crate::files::words::{count, list};

/// A table as read.
#[derive(Debug, Default)]
pub(crate) struct Table {
    pub(crate) sheet: Option<String>,
    pub(crate) rows: Vec<Row>,
    /// Merged cells: the row's number, the column's index, and the text of the cell they belong to.
    pub(crate) merged_heads: Vec<(usize, usize, String)>,
}

/// A row of a table.
#[derive(Debug)]
pub(crate) struct Row {
    /// Counted from 1.
    pub(crate) line: usize,
    pub(crate) cells: Vec<TableCell>,
}

/// A cell of a table.
#[derive(Debug, Clone, Default)]
pub(crate) struct TableCell {
    pub(crate) text: String,
    pub(crate) at: At,
}

impl TableCell {
    fn is_empty(&self) -> bool {
        self.text.trim().is_empty()
    }
}

/// What a column of the table is.
enum Meaning {
    Known(Column, bool),
    Tag(String),
    Nothing,
}

/// Rows looked at in search of the head.
const HEAD_WITHIN: usize = 30;

/// The index of the row that names the columns: the one among the first that knows most of them, an address included.
pub(super) fn head(table: &Table) -> Option<usize> {
    let known = |row: &Row| {
        let columns: Vec<_> =
            row.cells.iter().filter_map(|cell| Column::of(&cell.text)).map(|(c, _)| c).collect();
        columns.contains(&Column::Address).then_some(columns.len())
    };
    let rows = table.rows.iter().take(HEAD_WITHIN).enumerate();
    rows.filter_map(|(at, row)| Some((at, known(row)?)))
        // The first of equals.
        .max_by_key(|(at, known)| (*known, usize::MAX - at))
        .map(|(at, _)| at)
}

/// The places of all cells whose column's name speaks of a secret, in any row that may be the head; and of user names
/// and passwords in addresses.
pub(super) fn secret_cells(table: &Table) -> Vec<Range<usize>> {
    let heads = table.rows.iter().take(HEAD_WITHIN);
    let columns: HashSet<usize> = heads
        .flat_map(|row| row.cells.iter().enumerate())
        .filter(|(_, cell)| looks_secret(&cell.text) && cell.text.chars().count() < 40)
        .map(|(at, _)| at)
        .collect();
    let head = head(table).unwrap_or(0);
    let rows = table.rows.iter().enumerate();
    rows.flat_map(|(row_at, row)| row.cells.iter().enumerate().map(move |(at, cell)| (row_at, at, cell)))
        .filter_map(|(row_at, at, cell)| {
            let span = cell.at.span.clone()?;
            let url = cell.text.contains('@') && cell.text.contains(':');
            (columns.contains(&at) && row_at != head || url).then_some(span)
        })
        .collect()
}

/// Reads a table's devices.
pub(super) fn drafts(table: &Table) -> Drafts {
    let mut drafts = Drafts { sheet: table.sheet.clone(), ..Drafts::default() };
    let Some(head_at) = head(table) else {
        drafts.problems.push(no_address(table));
        return drafts;
    };
    let meanings = meanings(table, head_at, &mut drafts);
    let mut left_out = Vec::new();
    for row in &table.rows[head_at + 1..] {
        let filled = row.cells.iter().filter(|cell| !cell.is_empty()).count();
        if filled == 0 {
            continue;
        }
        let draft = draft(row, &meanings);
        // A heading between the rows, or a sum below them.
        if filled == 1 && !draft.fields.contains_key(&Column::Address) {
            left_out.push(row.line.to_string());
            continue;
        }
        drafts.devices.push(draft);
    }
    if !left_out.is_empty() {
        let rows = count(left_out.len(), "row");
        left_out.truncate(10);
        drafts.notes.push(format!(
            "Left out {rows} without an address that hold one cell only (line {}).",
            left_out.join(", ")
        ));
    }
    drafts
}

fn draft(row: &Row, meanings: &[Meaning]) -> Draft {
    let first = row.cells.iter().find(|cell| !cell.is_empty());
    let mut draft = Draft {
        at: At { line: row.line, column: None, span: first.and_then(|cell| cell.at.span.clone()) },
        ..Draft::default()
    };
    for (cell, meaning) in row.cells.iter().zip(meanings) {
        let text = clean(&cell.text);
        if matches!(text.as_str(), "" | "-" | "–" | "—" | "n/a" | "N/A" | "#N/A") {
            continue;
        }
        match meaning {
            Meaning::Known(Column::Tags, _) => tags_of(&text, &mut draft.tags),
            Meaning::Known(column, password) => match draft.fields.get_mut(column) {
                // A head merged over two columns: building and room.
                Some(earlier) if *column == Column::Location => {
                    earlier.text.push_str(", ");
                    earlier.text.push_str(&text);
                }
                Some(_) => {}
                None => {
                    draft.fields.insert(*column, Cell { text, at: cell.at.clone(), password: *password });
                }
            },
            Meaning::Tag(name) => {
                draft.tags.insert(name.clone(), text);
            }
            Meaning::Nothing => {}
        }
    }
    draft
}

/// What each column is. Where several mean the same, the best name wins and the others become tags; two columns under
/// one merged head stay together.
fn meanings(table: &Table, head_at: usize, drafts: &mut Drafts) -> Vec<Meaning> {
    let row = &table.rows[head_at];
    let width = table.rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let names: Vec<(String, At)> = (0..width)
        .map(|at| {
            let own = row.cells.get(at).filter(|cell| !cell.is_empty());
            let merged =
                || table.merged_heads.iter().find(|(line, column, _)| *line == row.line && *column == at);
            match own {
                Some(cell) => (clean(&cell.text), cell.at.clone()),
                None => (merged().map(|(_, _, text)| clean(text)).unwrap_or_default(), At::default()),
            }
        })
        .collect();
    let mut best: BTreeMap<Column, (u8, usize)> = BTreeMap::new();
    for (at, (name, _)) in names.iter().enumerate() {
        if let Some((column, rank)) = Column::of(name)
            && best.get(&column).is_none_or(|(known, _)| rank < *known)
        {
            best.insert(column, (rank, at));
        }
    }
    let mut taken: Vec<String> = Vec::new();
    let mut meanings = Vec::with_capacity(width);
    for (at, (name, place)) in names.iter().enumerate() {
        let meaning = match Column::of(name) {
            Some((column, rank)) if best[&column] == (rank, at) || names[best[&column].1].0 == *name => {
                let beside = best[&column].1 != at;
                if beside && column != Column::Location && !place_is_merged(place) {
                    drafts.problems.push(place.problem(format!("two columns are called `{name}`")));
                }
                Meaning::Known(column, Column::is_password(name))
            }
            // A host name beside an IP address names the device, unless another column does.
            Some((Column::Address, _))
                if !best.contains_key(&Column::Name) && tag_name(name).contains("host") =>
            {
                best.insert(Column::Name, (u8::MAX, at));
                Meaning::Known(Column::Name, false)
            }
            // A second column for passwords is not kept as a tag, where it would be shown.
            Some((Column::AdminSecret, _)) => {
                drafts.problems.push(place.problem(format!(
                    "the columns `{}` and `{name}` mean the same",
                    names[best[&Column::AdminSecret].1].0
                )));
                Meaning::Nothing
            }
            _ => match tag_name(name) {
                tag if tag.is_empty() || looks_secret(&tag) => Meaning::Nothing,
                tag if taken.contains(&tag) => Meaning::Nothing,
                tag => {
                    if let Some(meant) = suggestion(name).filter(|_| Column::of(name).is_none()) {
                        drafts.notes.push(format!("The column `{name}` is kept as a tag; {meant}"));
                    }
                    taken.push(tag.clone());
                    Meaning::Tag(tag)
                }
            },
        };
        if matches!(meaning, Meaning::Nothing) && looks_secret(name) {
            drafts.notes.push(format!("The column `{name}` may hold secrets and is not read."));
        }
        meanings.push(meaning);
    }
    meanings
}

/// Whether a head's place is that of a merged cell, which has none of its own.
fn place_is_merged(place: &At) -> bool {
    place.line == 0
}

fn no_address(table: &Table) -> Problem {
    let sheet = table.sheet.as_ref().map(|sheet| format!("the sheet `{}` ", clean(sheet)));
    let Some(row) = table.rows.iter().find(|row| row.cells.iter().any(|cell| !cell.is_empty())) else {
        return Problem::new(format!("{}is empty", sheet.unwrap_or("the file ".into())));
    };
    let widest = table.rows.iter().take(HEAD_WITHIN).max_by_key(|row| {
        row.cells.iter().filter(|cell| !cell.is_empty() && cell.text.parse::<f64>().is_err()).count()
    });
    let row = widest.filter(|_| table.sheet.is_some()).unwrap_or(row);
    let found: Vec<String> = row.cells.iter().map(|c| clean(&c.text)).filter(|c| !c.is_empty()).collect();
    let hide = |text: &str| match text {
        text if text.chars().count() > 40 => format!("{}…", text.chars().take(40).collect::<String>()),
        text => text.to_owned(),
    };
    let found: Vec<String> = found.iter().map(|text| hide(text)).collect();
    let at = row.cells.iter().find(|cell| !cell.is_empty()).map(|cell| cell.at.clone()).unwrap_or_default();
    at.problem(format!(
        "{}has no column with addresses; the columns found are {}",
        sheet.unwrap_or("the file ".into()),
        list(found.iter().map(String::as_str), 15)
    ))
    .help("name the column `address` (also `IP`, `IP Address`, `Host` or `URL`); the first row names the columns")
}
