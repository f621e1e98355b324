//! The list.

use super::super::flow::numbered;
use super::super::profile::BookDelete;
use super::{hidden, kind_of, kind_words, open_at, page, speech, tick, written};
use crate::book::{Book, BookEntry};
use crate::brother::pages::{Note, View, note};
use crate::brother::wire::entities;

/// The list from a number, or from a place among those that are taken.
pub(in crate::brother::book) fn list(view: &View<'_>, book: &Book, start: u32, said: Option<Note>) -> String {
    let profile = &view.profile.book;
    let t = speech(view);
    let taken: Vec<&BookEntry> = book.entries().iter().filter(|entry| !entry.group).collect();
    let (last, shown): (u32, Vec<(u32, Option<&BookEntry>)>) = if profile.all_numbers {
        let end = start.saturating_add(profile.per_page.saturating_sub(1)).min(book.limits.numbers);
        (book.limits.numbers, (start..=end).map(|number| (number, numbered(book, number))).collect())
    } else {
        let places = (1..).zip(&taken).map(|(place, entry)| (place, *entry));
        let shown =
            places.filter(|(place, _)| (start..start.saturating_add(profile.per_page)).contains(place));
        let last = u32::try_from(taken.len()).unwrap_or(u32::MAX);
        (last, shown.map(|(_, entry)| (entry.number, Some(entry))).collect())
    };
    let mut rows = String::new();
    for (place, (number, entry)) in shown.into_iter().enumerate() {
        rows.push_str(&list_row(view, place, number, entry));
    }
    let mut turns = String::new();
    let address = &view.profile.paths.address;
    let id = view.profile.page_ids.address;
    let mut turn = |to: u32, words: &str| {
        turns.push_str(&format!(
            "<a href=\"{address}?start={to}&amp;pageid={id}\">{}</a>&#32;",
            entities(words)
        ));
    };
    if start > 1 {
        turn(start.saturating_sub(profile.per_page).max(1), t.previous);
    }
    if start.saturating_add(profile.per_page) <= last {
        turn(start + profile.per_page, t.next);
    }
    let add = match book.lowest_free(false) {
        Some(free) if !profile.all_numbers => format!("<p>{}</p>\n", entry_link(view, free, t.add)),
        _ => String::new(),
    };
    let boxes = matches!(profile.delete, BookDelete::Boxes { .. });
    let heads = [t.number, t.name, t.kind, t.fax_or_email];
    let heads: String = heads.iter().map(|head| format!("<th>{}</th>", entities(head))).collect();
    let heads = if boxes { format!("<th></th>{heads}") } else { heads };
    let table = format!("<table summary=\"Address Book\">\n<tr>{heads}</tr>\n{rows}</table>\n");
    let body = match &profile.delete {
        BookDelete::Boxes { control, .. } => format!(
            "{}{}{table}{}",
            open_at(view, "speeddial_list", address, id),
            hidden(control, "1"),
            view.close_form(id, t.delete)
        ),
        BookDelete::Button { .. } => table,
    };
    let contents = format!("{}{add}<p class=\"turns\">{turns}</p>\n{body}", note(said));
    page(view, view.texts.address_book, &contents)
}

fn entry_link(view: &View<'_>, number: u32, words: &str) -> String {
    let entry = &view.profile.book.entry;
    format!(
        "<a href=\"{}?{}={number}&amp;pageid={}\">{}</a>",
        entry.path,
        entry.number,
        entry.page_id,
        entities(words)
    )
}

fn list_row(view: &View<'_>, place: usize, number: u32, entry: Option<&BookEntry>) -> String {
    let profile = &view.profile.book;
    let t = speech(view);
    let class = if place.is_multiple_of(2) { "odd" } else { "even" };
    let written = written(view, number);
    let mut cells = Vec::new();
    if let BookDelete::Boxes { first, .. } = &profile.delete {
        cells.push(entry.map_or(String::new(), |_| tick(first + number - 1, "1", false)));
    }
    let name = entry.map_or("", |entry| entry.name.as_str());
    if profile.all_numbers {
        cells.extend([entry_link(view, number, &written), entities(name)]);
    } else {
        cells.extend([entities(&written), entry_link(view, number, name)]);
    }
    match entry {
        None => cells.extend([String::new(), String::new()]),
        Some(entry) => {
            let kind = kind_of(entry);
            let address = match kind {
                0 => &entry.email,
                1 => &entry.fax,
                _ => &String::new(),
            };
            cells.extend([entities(kind_words(t, kind)), entities(address)]);
        }
    }
    let cells: String = cells.iter().map(|cell| format!("<td>{cell}</td>")).collect();
    format!("<tr class=\"{class}\">{cells}</tr>\n")
}
