//! "Import" and "Export".

use super::super::profile::{BookExport, BrotherTransfer};
use super::{open_at, page, row, speech};
use crate::brother::pages::{Note, View, note};
use crate::brother::profile::field;
use crate::brother::wire::entities;

/// The choice between the two files; one of them where there are no groups.
fn choice(view: &View<'_>, transfer: &BrotherTransfer) -> String {
    let (id, book, groups) = &transfer.choice;
    let name = field(*id);
    let mut choices = vec![(book, view.texts.address_book)];
    if view.profile.book.groups.is_some() {
        choices.push((groups, speech(view).group));
    }
    let each = choices.iter().enumerate().map(|(place, (value, words))| {
        let checked = if place == 0 { " checked=\"checked\"" } else { "" };
        format!(
            "<input type=\"radio\" id=\"{name}_{place}\" name=\"{name}\" value=\"{value}\"{checked}/>\
             <label for=\"{name}_{place}\">{}</label>",
            entities(words)
        )
    });
    row(speech(view).kind, &each.collect::<String>())
}

/// "Export".
pub(in crate::brother::book) fn export(view: &View<'_>, transfer: &BrotherTransfer) -> String {
    let t = speech(view);
    let (path, id) = &transfer.export;
    let contents = match &transfer.way {
        BookExport::Links(book, groups) => {
            let link =
                |href: &str, words: &str| format!("<p><a href=\"{href}\">{}</a></p>\n", entities(words));
            let mut links = link(book, view.texts.address_book);
            if view.profile.book.groups.is_some() {
                links.push_str(&link(groups, t.group));
            }
            links
        }
        BookExport::Post => format!(
            "{}<div class=\"contentsGroup\"><dl class=\"items\">\n{}</dl></div>\n{}",
            open_at(view, "export_file", path, *id),
            choice(view, transfer),
            view.close_form(*id, t.export)
        ),
    };
    page(view, t.export, &contents)
}

/// "Import".
pub(in crate::brother::book) fn import(
    view: &View<'_>,
    transfer: &BrotherTransfer,
    said: Option<Note>,
) -> String {
    let t = speech(view);
    let (path, id) = &transfer.import;
    let name = field(transfer.file);
    let form = open_at(view, "import_file", path, *id);
    let form = form.replacen(" method=\"post\"", " method=\"post\" enctype=\"multipart/form-data\"", 1);
    let contents = format!(
        "{}{form}<div class=\"contentsGroup\"><dl class=\"items\">\n{}{}</dl></div>\n{}",
        note(said),
        choice(view, transfer),
        row(t.file, &format!("<input type=\"file\" id=\"{name}\" name=\"{name}\"/>")),
        view.close_form(*id, t.import)
    );
    page(view, t.import, &contents)
}

/// After an import; where something is told later, the page wants to be asked again.
pub(in crate::brother::book) fn please_wait(view: &View<'_>) -> String {
    let contents = format!("<p class=\"waitMessage\">{}&#46;&#46;&#46;</p>\n", entities(view.texts.wait));
    let html = page(view, speech(view).import, &contents);
    match &view.profile.book.transfer {
        Some(transfer) => {
            let (path, id) = &transfer.import;
            let again =
                format!("<meta http-equiv=\"refresh\" content=\"1; url={path}?pageid={id}\" />\n<title>");
            html.replacen("<title>", &again, 1)
        }
        None => html,
    }
}
