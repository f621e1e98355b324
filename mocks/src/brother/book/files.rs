//! The files of export and import: INVENTED as a whole.

use super::super::wire::latin1;
use super::flow::{numbered, takes_address, takes_name, takes_number};
use super::group::{group, members, numbers, read_numbers};
use super::pages::kind_of;
use super::profile::{BookCharset, BookColumn, BrotherBook, BrotherTransfer};
use crate::book::{Book, BookEntry};
use crate::delimited;

/// The file of the address book, or of the groups.
pub(super) fn export(
    profile: &BrotherBook,
    transfer: &BrotherTransfer,
    book: &Book,
    groups: bool,
) -> Vec<u8> {
    let mut lines: Vec<Vec<String>> = Vec::new();
    if groups {
        lines.push(transfer.group_columns.to_vec());
        for entry in book.entries().iter().filter(|entry| entry.group) {
            let members: Vec<String> = numbers(book, entry).iter().map(u32::to_string).collect();
            lines.push(vec![entry.number.to_string(), entry.name.clone(), members.join(" ")]);
        }
    } else {
        lines.push(transfer.columns.iter().map(|(_, name)| name.clone()).collect());
        for entry in book.entries().iter().filter(|entry| !entry.group) {
            lines.push(transfer.columns.iter().map(|(column, _)| cell(profile, entry, *column)).collect());
        }
    }
    let delimiter = transfer.delimiter;
    let mut text = String::new();
    for cells in lines {
        if transfer.quoted {
            text.extend(cells.iter().map(|cell| format!("{}{delimiter}", delimited::quoted(cell))));
        } else {
            let cells: Vec<String> = cells.iter().map(|cell| delimited::bare(cell, delimiter)).collect();
            text.push_str(&cells.join(&delimiter.to_string()));
        }
        text.push_str("\r\n");
    }
    match transfer.charset {
        BookCharset::Utf8 => format!("\u{feff}{text}").into_bytes(),
        BookCharset::Latin1 => latin1(&text),
        BookCharset::Utf16 => format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect(),
    }
}

/// A machine reads its own charset and no other.
fn decode(charset: BookCharset, bytes: &[u8]) -> String {
    match charset {
        BookCharset::Utf8 => String::from_utf8_lossy(bytes).into_owned(),
        BookCharset::Latin1 => bytes.iter().copied().map(char::from).collect(),
        BookCharset::Utf16 => {
            let units: Vec<u16> = bytes
                .chunks(2)
                .map(|pair| u16::from_le_bytes([pair[0], *pair.get(1).unwrap_or(&0)]))
                .collect();
            String::from_utf16_lossy(&units)
        }
    }
}

fn cell(profile: &BrotherBook, entry: &BookEntry, column: BookColumn) -> String {
    let kind = kind_of(entry);
    match column {
        BookColumn::Number => entry.number.to_string(),
        BookColumn::Name => entry.name.clone(),
        BookColumn::Kind => profile.fields.kinds.get(kind).cloned().unwrap_or_default(),
        BookColumn::Address if kind == 1 => entry.fax.clone(),
        BookColumn::Address | BookColumn::Email => entry.email.clone(),
        BookColumn::Fax => entry.fax.clone(),
    }
}

/// What a file makes of a book; nothing where the machine does not take it. Rows are laid over the entries of the same
/// numbers, others stay unless the profile replaces.
pub(super) fn import(
    profile: &BrotherBook,
    transfer: &BrotherTransfer,
    held: &Book,
    bytes: &[u8],
    groups: bool,
) -> Option<Book> {
    let text = decode(transfer.charset, bytes);
    let mut records = delimited::read(&text, transfer.delimiter).into_iter();
    let expected: Vec<String> = match groups {
        true => transfer.group_columns.to_vec(),
        false => transfer.columns.iter().map(|(_, name)| name.clone()).collect(),
    };
    let mut first = records.next()?.cells;
    first.truncate(expected.len());
    if first != expected {
        return None;
    }
    let mut book = held.clone();
    let mut seen = Vec::new();
    for record in records {
        let number = match groups {
            true => group_row(profile, &mut book, &record.cells)?,
            false => entry_row(profile, transfer, &mut book, &record.cells)?,
        };
        seen.push(number);
    }
    if transfer.replaces {
        let gone = |entry: &&BookEntry| entry.group == groups && !seen.contains(&entry.number);
        let gone: Vec<u64> = book.entries().iter().filter(gone).map(|entry| entry.id).collect();
        for id in gone {
            book.remove(id);
        }
    }
    Some(book)
}

fn put(book: &mut Book, entry: BookEntry) -> Option<u32> {
    let number = entry.number;
    let stored = if entry.id == 0 { book.add(entry).map(drop) } else { book.change(entry) };
    stored.ok().map(|()| number)
}

fn entry_row(
    profile: &BrotherBook,
    transfer: &BrotherTransfer,
    book: &mut Book,
    cells: &[String],
) -> Option<u32> {
    let cell = |wanted: BookColumn| {
        let place = transfer.columns.iter().position(|(column, _)| *column == wanted)?;
        cells.get(place).map(String::as_str)
    };
    let number: u32 = cell(BookColumn::Number)?.parse().ok().filter(|number| *number > 0)?;
    let mut entry = match numbered(book, number) {
        Some(known) => known.clone(),
        None => {
            let mut new = BookEntry { number, ..BookEntry::person("", "") };
            profile.fit(&mut new);
            new
        }
    };
    entry.name = cell(BookColumn::Name)?.to_owned();
    if !takes_name(&entry.name, profile.name_max) {
        return None;
    }
    let folder = kind_of(&entry) == 2;
    if let Some(address) = cell(BookColumn::Address) {
        let fax = match cell(BookColumn::Kind) {
            Some(kind) => kind == profile.fields.kinds[1],
            None => takes_number(address),
        };
        match (fax, address) {
            (_, "") if folder => {}
            (true, address) => (entry.fax, entry.email) = (address.to_owned(), String::new()),
            (false, address) => entry.email = address.to_owned(),
        }
    } else {
        entry.email = cell(BookColumn::Email).unwrap_or_default().to_owned();
        entry.fax = cell(BookColumn::Fax).unwrap_or_default().to_owned();
    }
    let good = match kind_of(&entry) {
        0 => takes_address(&entry.email, profile.address_max),
        1 => takes_number(&entry.fax),
        _ => true,
    };
    if good { put(book, entry) } else { None }
}

fn group_row(profile: &BrotherBook, book: &mut Book, cells: &[String]) -> Option<u32> {
    let [number, name, listed, ..] = cells else { return None };
    let number: u32 = number.parse().ok()?;
    let most = u32::try_from(book.limits.groups).unwrap_or(u32::MAX);
    if !(1..=most).contains(&number) || !takes_name(name, profile.name_max) {
        return None;
    }
    let known = group(book, number).cloned();
    let mut entry = known.unwrap_or_else(|| BookEntry { number, ..BookEntry::group(name, Vec::new()) });
    entry.name = name.clone();
    entry.members = members(book, &read_numbers(listed)?)?;
    put(book, entry)
}
