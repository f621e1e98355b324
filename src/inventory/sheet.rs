//! Reading spreadsheets.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::Path;

use calamine::{DataRef, Reader, Xlsx};

use super::draft::{At, Drafts};
use super::table::{self, Row, Table, TableCell};
use crate::files::words::list;
use crate::files::{FileError, Problem, read_capped};

/// Bytes of a spreadsheet's file.
const BYTES: u64 = 16 << 20;
/// Beyond these a sheet is no inventory. A stray cell in the last row must not cost memory.
const ROWS: u32 = 200_000;
const COLUMNS: u32 = 256;

/// Reads the first sheet that has a column with addresses.
pub(super) fn read(path: &Path) -> Result<Drafts, FileError> {
    match first(path, |table| table::head(table).is_some())? {
        Found::Wanted(table) => Ok(table::drafts(&table)),
        Found::Other(table, names) => {
            let mut drafts = table::drafts(&table);
            if names.len() > 1 {
                let sheets = list(names.iter().map(String::as_str), 10);
                drafts.notes.push(format!("No sheet among {sheets} has a column with addresses."));
            }
            Ok(drafts)
        }
        Found::Nothing => Err(FileError::of_file(
            path,
            Problem::new("the spreadsheet is empty")
                .help("the first row names the columns, one of them `address`"),
        )),
    }
}

/// What a spreadsheet holds.
pub(crate) enum Found {
    /// The first sheet that was wanted.
    Wanted(Table),
    /// The first sheet with any rows, and the names of all; none was wanted.
    Other(Table, Vec<String>),
    /// No rows at all.
    Nothing,
}

/// Reads the first sheet that is wanted. Formulas are not evaluated: their stored results are read.
pub(crate) fn first(path: &Path, wanted: impl Fn(&Table) -> bool) -> Result<Found, FileError> {
    let bytes = read_capped(path, BYTES)?;
    let fail = |message: String, help: &str| {
        Err(FileError::of_file(path, Problem::new(message).help(help.to_owned())))
    };
    let mut book = match Xlsx::new(Cursor::new(bytes)) {
        Ok(book) => book,
        Err(error) => {
            let said = scanfleet_sdk::error::clean(&error.to_string());
            return fail(
                format!("this is no spreadsheet that can be read: {said}"),
                "save it as .xlsx without a password, or as .csv",
            );
        }
    };
    let names = book.sheet_names();
    let mut without = None;
    for name in &names {
        let table = match sheet(&mut book, name) {
            Ok(table) => table,
            Err(said) => {
                return fail(
                    format!("the sheet `{name}` cannot be read: {said}"),
                    "save it anew, or as .csv",
                );
            }
        };
        if wanted(&table) {
            return Ok(Found::Wanted(table));
        }
        if without.is_none() && !table.rows.is_empty() {
            without = Some(table);
        }
    }
    Ok(without.map_or(Found::Nothing, |table| Found::Other(table, names)))
}

fn sheet(book: &mut Xlsx<Cursor<Vec<u8>>>, name: &str) -> Result<Table, String> {
    let said = |error: calamine::XlsxError| scanfleet_sdk::error::clean(&error.to_string());
    let merged = match book.merge_cells_by_sheet_name(name) {
        Ok(merged) => merged,
        // Charts and macros have sheets without cells.
        Err(calamine::XlsxError::NotAWorksheet(_)) => return Ok(Table::default()),
        Err(error) => return Err(said(error)),
    };
    let mut rows: BTreeMap<u32, BTreeMap<u32, String>> = BTreeMap::new();
    let mut cells = match book.worksheet_cells_reader(name) {
        Ok(cells) => cells,
        Err(calamine::XlsxError::NotAWorksheet(_)) => return Ok(Table::default()),
        Err(error) => return Err(said(error)),
    };
    while let Some(cell) = cells.next_cell().map_err(said)? {
        let (row, column) = cell.get_position();
        let text = text_of(cell.get_value());
        if text.trim().is_empty() || column >= COLUMNS {
            continue;
        }
        if row >= ROWS {
            return Err(format!("it has more than {ROWS} rows"));
        }
        rows.entry(row).or_default().insert(column, text);
    }
    let merged_heads = spread(&mut rows, &merged);
    let rows = rows
        .into_iter()
        .map(|(row, mut cells)| {
            let line = row as usize + 1;
            let width = cells.last_key_value().map_or(0, |(column, _)| column + 1);
            let cells = (0..width)
                .map(|column| TableCell {
                    text: cells.remove(&column).unwrap_or_default(),
                    at: At { line, column: Some(column as usize + 1), span: None },
                })
                .collect();
            Row { line, cells }
        })
        .collect();
    Ok(Table { sheet: Some(name.to_owned()), rows, merged_heads })
}

/// Gives merged cells their text in every row that has cells of its own: "Site" written once for eight copiers. Over
/// several columns the text counts only as a head, since two columns of one row rarely hold the same value.
fn spread(
    rows: &mut BTreeMap<u32, BTreeMap<u32, String>>,
    merged: &[calamine::Dimensions],
) -> Vec<(usize, usize, String)> {
    let mut heads = Vec::new();
    for region in merged {
        let (top, left) = region.start;
        let (bottom, right) = (region.end.0.min(ROWS), region.end.1.min(COLUMNS));
        let Some(text) = rows.get(&top).and_then(|row| row.get(&left)).cloned() else { continue };
        // Only rows that exist: a region over a whole column must not make rows.
        for (row, cells) in rows.range_mut(top..=bottom) {
            if *row != top {
                cells.entry(left).or_insert_with(|| text.clone());
            }
            heads.extend((left..=right).map(|column| (*row as usize + 1, column as usize, text.clone())));
            if heads.len() > 100_000 {
                return heads;
            }
        }
    }
    heads
}

/// A cell as a person sees it: whole numbers without `.0`, dates as dates.
fn text_of(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        // Display writes 12345.0 as `12345`, and large numbers without an exponent.
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(truth) => if *truth { "yes" } else { "no" }.to_owned(),
        DataRef::DateTime(date) if date.is_datetime() => {
            let (year, month, day, hour, minute, ..) = date.to_ymd_hms_milli();
            match (hour, minute) {
                (0, 0) => format!("{year:04}-{month:02}-{day:02}"),
                _ => format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}"),
            }
        }
        DataRef::DateTime(duration) => duration.as_f64().to_string(),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        // `#N/A` and the like: a formula without result.
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}
