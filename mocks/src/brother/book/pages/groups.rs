//! "Setup Groups", and one group.

use super::super::group;
use super::super::profile::{BrotherGroups, GroupMembers};
use super::{hidden, open_at, page, row, speech, text, tick, written};
use crate::book::Book;
use crate::brother::pages::{Note, View, note};
use crate::brother::profile::field;
use crate::brother::wire::entities;

/// "Setup Groups": a row for each number.
pub(in crate::brother::book) fn groups(view: &View<'_>, book: &Book, said: Option<Note>) -> String {
    let t = speech(view);
    let Some(groups) = &view.profile.book.groups else { return String::new() };
    let most = u32::try_from(book.limits.groups).unwrap_or_default();
    let mut rows = String::new();
    for number in 1..=most {
        let entry = group::group(book, number);
        let members = entry.map(|entry| group::numbers(book, entry)).unwrap_or_default();
        let members: Vec<String> = members.iter().map(|number| written(view, *number)).collect();
        let at = &groups.page;
        rows.push_str(&format!(
            "<tr class=\"{}\"><td><a href=\"{}?{}={number}&amp;pageid={}\">{number}</a></td><td>{}</td><td>{}</td></tr>\n",
            if number.is_multiple_of(2) { "even" } else { "odd" },
            at.path,
            at.number,
            at.page_id,
            entities(entry.map_or("", |entry| entry.name.as_str())),
            entities(&members.join(", ")),
        ));
    }
    let heads: String = [t.number, t.group_name, t.members]
        .iter()
        .map(|head| format!("<th>{}</th>", entities(head)))
        .collect();
    let contents =
        format!("{}<table summary=\"Group List\">\n<tr>{heads}</tr>\n{rows}</table>\n", note(said));
    page(view, t.setup_groups, &contents)
}

/// The page of one group.
pub(in crate::brother::book) fn group(
    view: &View<'_>,
    groups: &BrotherGroups,
    book: &Book,
    number: u32,
    said: Option<Note>,
) -> String {
    let profile = &view.profile.book;
    let (t, at) = (speech(view), &groups.page);
    let held = group::group(book, number);
    let members = held.map(|entry| group::numbers(book, entry)).unwrap_or_default();
    let mut rows = row(t.number, &number.to_string());
    let name = held.map_or("", |entry| entry.name.as_str());
    rows.push_str(&row(t.group_name, &text(groups.name, name, profile.name_max, false)));
    match groups.members {
        GroupMembers::Boxes(first) => {
            let boxes: String = book
                .entries()
                .iter()
                .filter(|entry| !entry.group)
                .map(|entry| {
                    let id = first + entry.number - 1;
                    let words = format!("{} {}", written(view, entry.number), entry.name);
                    let tick = tick(id, "1", members.contains(&entry.number));
                    format!("{tick}<label for=\"{}\">{}</label><br/>\n", field(id), entities(&words))
                })
                .collect();
            rows.push_str(&row(t.members, &boxes));
        }
        GroupMembers::Text(id) => {
            let members: Vec<String> = members.iter().map(u32::to_string).collect();
            rows.push_str(&row(t.members, &text(id, &members.join(","), 1200, false)));
        }
    }
    let opening =
        |id: &str| open_at(view, id, &at.path, at.page_id) + &hidden(&at.number, &number.to_string());
    let delete = match held {
        Some(_) => format!(
            "{}{}{}",
            opening("delete_group"),
            hidden(&groups.control, "1"),
            view.close_form(at.page_id, t.delete)
        ),
        None => String::new(),
    };
    let contents = format!(
        "{}{delete}{}<div class=\"contentsGroup\"><dl class=\"items\">\n{rows}</dl></div>\n{}",
        note(said),
        opening("edit_group"),
        view.close_form(at.page_id, view.texts.submit),
    );
    page(view, t.setup_groups, &contents)
}
