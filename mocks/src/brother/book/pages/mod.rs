//! The pages of the address book. INVENTED in all but the list's address and the names of the submenu's entries; rows,
//! forms, notes and buttons are written as on the pages that were recorded.

mod entry;
mod groups;
mod list;
mod transfer;

pub(super) use entry::{entry, sure};
pub(super) use groups::{group, groups};
pub(super) use list::list;
pub(super) use transfer::{export, import, please_wait};

use super::super::pages::{Tab, View, document, menu};
use super::super::profile::field;
use super::super::wire::entities;
use super::words::{BookWords, words};
use crate::book::BookEntry;

/// What an entry is: 0 an e-mail address, 1 a fax number, 2 a network folder.
pub(super) fn kind_of(entry: &BookEntry) -> usize {
    match (entry.email.is_empty(), entry.fax.is_empty(), entry.folder.is_some()) {
        (true, false, _) => 1,
        (true, true, true) => 2,
        _ => 0,
    }
}

fn speech(view: &View<'_>) -> &'static BookWords {
    words(view.texts.code)
}

fn menus(view: &View<'_>) -> String {
    let book = &view.profile.book;
    let (paths, ids, t) = (&view.profile.paths, &view.profile.page_ids, speech(view));
    let at = |path: &str| view.path == path;
    let mut entries = vec![(
        view.texts.address_book,
        format!("{}?start=1&amp;pageid={}", paths.address, ids.address),
        at(&paths.address),
    )];
    let mut add = |words: &'static str, (path, id): &(String, u32)| {
        entries.push((words, format!("{path}?pageid={id}"), at(path)));
    };
    if let Some(groups) = &book.groups {
        add(t.setup_groups, &groups.list);
    }
    if let Some(transfer) = &book.transfer {
        add(t.import, &transfer.import);
        add(t.export, &transfer.export);
    }
    menu("subMenu", &entries)
}

fn page(view: &View<'_>, title: &str, contents: &str) -> String {
    document(view, Tab::AddressBook, &menus(view), title, contents)
}

/// A page's own form at another address than the page's.
fn open_at(view: &View<'_>, id: &str, path: &str, page_id: u32) -> String {
    let here = view.path.rsplit('/').next().unwrap_or_default();
    let form = view.open_form(id, page_id);
    let there = path.rsplit('/').next().unwrap_or_default();
    form.replacen(&format!("action=\"{}\"", view.path), &format!("action=\"{path}\""), 1).replacen(
        &format!("action=\"{here}\""),
        &format!("action=\"{there}\""),
        1,
    )
}

fn hidden(name: &str, value: &str) -> String {
    format!("<div class=\"hidden\"><input type=\"hidden\" name=\"{name}\" value=\"{value}\"/></div>\n")
}

fn written(view: &View<'_>, number: u32) -> String {
    let (before, digits) = &view.profile.book.number;
    format!("{before}{number:0digits$}")
}

fn row(label: &str, control: &str) -> String {
    format!("<dt>{}</dt><dd>{control}</dd>\n", entities(label))
}

fn text(id: u32, value: &str, max: usize, disabled: bool) -> String {
    let (name, value) = (field(id), entities(value));
    let disabled = if disabled { " disabled=\"disabled\"" } else { "" };
    format!(
        "<input type=\"text\" id=\"{name}\" name=\"{name}\" value=\"{value}\" maxlength=\"{max}\"{disabled}/>"
    )
}

fn tick(id: u32, value: &str, on: bool) -> String {
    let name = field(id);
    let checked = if on { " checked=\"checked\"" } else { "" };
    format!("<input type=\"checkbox\" id=\"{name}\" name=\"{name}\" value=\"{value}\"{checked}/>")
}

fn kind_words(t: &BookWords, kind: usize) -> &'static str {
    [t.email, t.fax, t.network].get(kind).copied().unwrap_or_default()
}
