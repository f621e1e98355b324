//! One entry, and the question before entries are deleted.

use super::super::profile::BookDelete;
use super::{hidden, kind_of, kind_words, open_at, page, row, speech, text, written};
use crate::book::BookEntry;
use crate::brother::pages::{Note, View, note};
use crate::brother::profile::field;
use crate::brother::wire::entities;

/// The page of one entry, empty for a number that is free.
pub(in crate::brother::book) fn entry(
    view: &View<'_>,
    number: u32,
    entry: Option<&BookEntry>,
    said: Option<Note>,
) -> String {
    let profile = &view.profile.book;
    let (t, names, at) = (speech(view), &profile.fields, &profile.entry);
    let empty = BookEntry::default();
    let held = entry.unwrap_or(&empty);
    let kind = kind_of(held);
    let folder = kind == 2;
    let mut options = String::new();
    for (place, value) in names.kinds.iter().enumerate() {
        if place == 2 && !folder {
            continue;
        }
        let selected = if place == kind { " selected=\"selected\"" } else { "" };
        let words = entities(kind_words(t, place));
        options.push_str(&format!("<option value=\"{value}\"{selected}>{words}</option>"));
    }
    let disabled = if folder { " disabled=\"disabled\"" } else { "" };
    let select = field(names.kind);
    let select = format!("<select id=\"{select}\" name=\"{select}\"{disabled}>{options}</select>");
    let mut rows = row(t.number, &entities(&written(view, number)));
    rows.push_str(&row(t.name, &text(names.name, &held.name, profile.name_max, false)));
    rows.push_str(&row(t.kind, &select));
    match names.fax {
        Some(fax) => {
            rows.push_str(&row(
                t.email_address,
                &text(names.address, &held.email, profile.address_max, folder),
            ));
            rows.push_str(&row(t.fax_no, &text(fax, &held.fax, 20, folder)));
        }
        None => {
            let value = if kind == 1 { &held.fax } else { &held.email };
            rows.push_str(&row(t.fax_or_email, &text(names.address, value, profile.address_max, folder)));
        }
    }
    let delete = match &profile.delete {
        BookDelete::Button { control, .. } if entry.is_some() => format!(
            "{}{}{}{}",
            open_at(view, "delete_entry", &at.path, at.page_id),
            hidden(&at.number, &number.to_string()),
            hidden(control, "1"),
            view.close_form(at.page_id, t.delete)
        ),
        _ => String::new(),
    };
    let contents = format!(
        "{}{delete}{}{}<div class=\"contentsGroup\"><dl class=\"items\">\n{rows}</dl></div>\n{}",
        note(said),
        open_at(view, "edit_entry", &at.path, at.page_id),
        hidden(&at.number, &number.to_string()),
        view.close_form(at.page_id, view.texts.submit),
    );
    page(view, view.texts.address_book, &contents)
}

/// The question before a deletion.
pub(in crate::brother::book) fn sure(view: &View<'_>, numbers: &[u32]) -> String {
    let profile = &view.profile.book;
    let (form, control, fields) = match &profile.delete {
        BookDelete::Boxes { first, control, .. } => {
            let fields: String =
                numbers.iter().map(|number| hidden(&field(first + number - 1), "1")).collect();
            let (path, id) = (&view.profile.paths.address, view.profile.page_ids.address);
            (open_at(view, "speeddial_list", path, id), control, fields)
        }
        BookDelete::Button { control, .. } => {
            let at = &profile.entry;
            let fields: String =
                numbers.iter().map(|number| hidden(&at.number, &number.to_string())).collect();
            (open_at(view, "delete_entry", &at.path, at.page_id), control, fields)
        }
    };
    let t = speech(view);
    let contents = format!(
        "<p>{}</p>\n{form}{}{fields}{}",
        entities(t.sure),
        hidden(control, "2"),
        view.close_form(view.profile.page_ids.address, t.delete)
    );
    page(view, t.delete, &contents)
}
