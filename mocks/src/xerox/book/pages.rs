//! The pages of the address book. The list's tab, `viewContact.php`, `<h6>` and `subText` are known; the words on the
//! pages of export and import too. The markup around them is INVENTED.

use super::super::pages::Page;
use super::super::profile::XeroxWording;
use super::LIST;
use super::columns;
use super::import::{Uploaded, by_heading};
use super::profile::{ExportWay, XeroxImport};
use crate::book::{Book, BookEntry};
use crate::http::escape;

fn hidden(name: &str, value: &str) -> String {
    format!("<input type=\"hidden\" name=\"{}\" value=\"{}\" />\n", escape(name), escape(value))
}

/// A button that posts its form; older pages do it by script.
fn button(page: &Page<'_>, form: &str, words: &str) -> String {
    let words = escape(words);
    match page.profile.smtp.wording {
        XeroxWording::Older => {
            format!("<input type=\"button\" value=\"{words}\" onclick=\"document.{form}.submit()\" />\n")
        }
        XeroxWording::Newer => format!("<button type=\"submit\" id=\"{form}Btn\">{words}</button>\n"),
    }
}

/// A form that posts a function: its opening.
fn open(page: &Page<'_>, form: &str, way: &str, function: &str, next: &str) -> String {
    let upload = way == "upload";
    let kind = if upload { " enctype=\"multipart/form-data\"" } else { "" };
    format!(
        "<form name=\"{form}\" id=\"{form}\" method=\"post\"{kind} action=\"/{way}/xerox.set\">\n{}{}{}",
        hidden("_fun_function", function),
        hidden("NextPage", next),
        page.token_field()
    )
}

fn link(href: &str, words: &str) -> String {
    format!("<a href=\"{}\">{}</a>\n", escape(href), escape(words))
}

fn export_and_import(page: &Page<'_>) -> String {
    let book = &page.profile.book;
    link(&book.export.page, &book.export.link) + &link(&book.import.page, &book.import.link)
}

/// The list of contacts.
pub(super) fn list(page: &Page<'_>, book: &Book, number: usize) -> String {
    let profile = &page.profile.book;
    let number = number.max(1);
    let shown =
        book.entries().iter().skip((number - 1).saturating_mul(profile.per_page)).take(profile.per_page);
    let rows: String = shown
        .map(|entry| {
            let kind = if entry.group { "group" } else { "contact" };
            format!(
                "<li class=\"{kind}\"><a href=\"{LIST}?contactId={}\">{}</a></li>\n",
                entry.id,
                escape(&entry.name)
            )
        })
        .collect();
    let total = book.entries().len();
    let mut turns = String::new();
    if number > 1 {
        turns.push_str(&link(&format!("{LIST}?page={}", number - 1), "Previous"));
    }
    if number.saturating_mul(profile.per_page) < total {
        turns.push_str(&link(&format!("{LIST}?page={}", number + 1), "Next"));
    }
    let mut actions = match &profile.management {
        Some((href, words)) => link(href, words),
        None => export_and_import(page),
    };
    if let Some(ways) = &profile.contacts {
        actions.push_str(&link(&format!("{}?{}=new", ways.page, ways.fields.id), &ways.add));
    }
    let body = format!(
        "<h1>Address Book</h1>\n<div id=\"actions\">\n{actions}</div>\n\
         <h2>All Contacts (<span id=\"allContacts\">{total}</span>)</h2>\n<ul id=\"contactList\">\n{rows}</ul>\n{turns}"
    );
    page.document("Address Book", "", &body)
}

/// One contact; an id that nobody has gives a page without one.
pub(super) fn contact(page: &Page<'_>, book: &Book, entry: Option<&BookEntry>) -> String {
    let mut body = String::new();
    if let Some(entry) = entry {
        body.push_str(&format!("<h2 class=\"contactName\">{}</h2>\n", escape(&entry.name)));
        let company = (entry.company.as_str(), "Company");
        for (value, title) in [(entry.email.as_str(), "Email"), (entry.fax.as_str(), "Fax"), company] {
            if !value.is_empty() {
                body.push_str(&detail(title, &[value]));
            }
        }
        if let Some(folder) = &entry.folder {
            let place = format!("{}{}", folder.server, folder.path);
            body.push_str(&detail("Scan", &[folder.protocol.as_str(), place.as_str()]));
        }
        if entry.group {
            let members: Vec<&str> =
                entry.members.iter().filter_map(|id| book.entry(*id)).map(|it| it.name.as_str()).collect();
            body.push_str(&detail("Members", &members));
        }
        if let Some(ways) = &page.profile.book.contacts {
            body.push_str(&link(&format!("{}?{}={}", ways.page, ways.fields.id, entry.id), "Edit"));
            body.push_str(&open(page, "deleteForm", "dummypost", &ways.delete, LIST));
            body.push_str(&hidden(&ways.fields.id, &entry.id.to_string()));
            body.push_str(&button(page, "deleteForm", "Delete Contact"));
            body.push_str("</form>\n");
        }
    }
    page.document("Address Book", "", &format!("<h1>Address Book</h1>\n{body}"))
}

fn detail(title: &str, values: &[&str]) -> String {
    let spans: String =
        values.iter().map(|value| format!("<span class=\"subText\">{}</span>\n", escape(value))).collect();
    format!("<h6>{title}</h6>\n{spans}")
}

/// The page between the list and its export and import.
pub(super) fn management(page: &Page<'_>) -> String {
    let words = page.profile.book.management.as_ref().map_or("Management", |(_, words)| words);
    let body = format!("<h1>{}</h1>\n{}", escape(words), export_and_import(page));
    page.document(words, "", &body)
}

fn select(name: &str, label: &str, options: &str) -> String {
    let name = escape(name);
    format!(
        "<div class=\"row\"><label for=\"{name}\">{label}</label> \
         <select id=\"{name}\" name=\"{name}\">{options}</select></div>\n"
    )
}

fn delimiters(import: &XeroxImport) -> String {
    let each = import.delimiters.iter().enumerate().map(|(place, (value, words, _))| {
        let selected = if place == 0 { " selected=\"selected\"" } else { "" };
        format!("<option value=\"{}\"{selected}>{}</option>", escape(value), escape(words))
    });
    each.collect()
}

fn tick(name: &str, value: &str, label: &str) -> String {
    let (name, value) = (escape(name), escape(value));
    format!(
        "<div class=\"row\"><input type=\"checkbox\" id=\"{name}\" name=\"{name}\" value=\"{value}\" /> \
         <label for=\"{name}\">{label}</label></div>\n"
    )
}

/// The export's choices.
pub(super) fn export(page: &Page<'_>) -> String {
    let book = &page.profile.book;
    let export = &book.export;
    let opening = match &export.way {
        ExportWay::Get => format!(
            "<form name=\"exportForm\" id=\"exportForm\" method=\"get\" action=\"{}\">\n",
            escape(&export.file)
        ),
        ExportWay::Prepared(function, next) => open(page, "exportForm", "dummypost", function, next),
    };
    let body = format!(
        "<h1>{}</h1>\n{opening}{}{}{}</form>\n",
        escape(&export.link),
        select(&export.delimiter, "Delimiter", &delimiters(&book.import)),
        tick(&export.legacy, "1", "Export in Legacy Mode"),
        button(page, "exportForm", &export.button),
    );
    page.document(&export.link, "", &body)
}

/// The page after an export was prepared.
pub(in crate::xerox) fn export_ready(page: &Page<'_>) -> String {
    let export = &page.profile.book.export;
    let body = format!(
        "<h1>{}</h1>\n<p>The file is ready.</p>\n{}",
        escape(&export.link),
        link(&export.file, "Download")
    );
    page.document(&export.link, "", &body)
}

fn error(words: Option<&str>) -> String {
    words.map_or(String::new(), |words| {
        format!("<p class=\"error\" id=\"importMessage\">{}</p>\n", escape(words))
    })
}

/// Delimiter, brackets, and whether contacts are added or replace those that are there.
fn choices(import: &XeroxImport) -> String {
    let (name, add, replace) = &import.mode;
    let radio = |value: &str, label: &str, chosen: bool| {
        let (name, value) = (escape(name), escape(value));
        let checked = if chosen { " checked=\"checked\"" } else { "" };
        format!(
            "<div class=\"row\"><input type=\"radio\" id=\"{name}_{value}\" name=\"{name}\" value=\"{value}\"{checked} /> \
             <label for=\"{name}_{value}\">{label}</label></div>\n"
        )
    };
    let (box_name, box_value) = &import.brackets;
    format!(
        "{}{}{}{}",
        select(&import.delimiter, "Record Delimiter", &delimiters(import)),
        tick(box_name, box_value, "Remove brackets from the beginning and end of text fields"),
        radio(add, "Add new contacts to existing Device Address Book", !import.replace_first),
        radio(replace, "Replace existing Device Address Book with new contacts", import.replace_first),
    )
}

/// "Import from File".
pub(super) fn import(page: &Page<'_>, words: Option<&str>) -> String {
    let import = &page.profile.book.import;
    let file = escape(&import.file);
    let choices = if import.choices_with_import { String::new() } else { choices(import) };
    let body = format!(
        "<h1>{}</h1>\n{}{}\
         <div class=\"row\"><label for=\"{file}\">File</label> <input type=\"file\" id=\"{file}\" name=\"{file}\" /></div>\n\
         {choices}{}</form>\n",
        escape(&import.link),
        error(words),
        open(page, "uploadForm", "upload", &import.upload.0, &import.upload.1),
        button(page, "uploadForm", "Upload File"),
    );
    page.document(&import.link, "", &body)
}

/// The page after the upload.
pub(super) fn uploaded(page: &Page<'_>, file: &Uploaded) -> String {
    let import = &page.profile.book.import;
    let choices = if import.choices_with_import { choices(import) } else { String::new() };
    let body = format!(
        "<h1>{}</h1>\n<p id=\"fileName\">{}</p>\n{}{choices}{}</form>\n",
        escape(&import.link),
        escape(&file.name),
        open(page, "startForm", "dummypost", &import.start.0, &import.start.1),
        button(page, "startForm", "Import"),
    );
    page.document(&import.link, "", &body)
}

/// The mapping of headings where it is needed, and the last button.
pub(super) fn mapping(page: &Page<'_>, file: &Uploaded) -> String {
    let book = &page.profile.book;
    let import = &book.import;
    let found = file.headings();
    let (known, exact) = by_heading(book, &found);
    let mut selects = String::new();
    if !(exact && import.skips_mapping) {
        selects.push_str("<p>Select the heading of your file for each field.</p>\n");
        for (place, heading) in columns::headings(book.export.columns).iter().enumerate() {
            let chosen = known.get(place).copied().flatten();
            let mut options = "<option value=\"\">(none)</option>".to_owned();
            for (number, words) in found.iter().enumerate() {
                let selected = if chosen == Some(number) { " selected=\"selected\"" } else { "" };
                options.push_str(&format!("<option value=\"{number}\"{selected}>{}</option>", escape(words)));
            }
            selects.push_str(&select(&format!("{}{place}", import.mapping), heading, &options));
        }
    }
    let rows = file.records().len().saturating_sub(1);
    let body = format!(
        "<h1>{}</h1>\n<p>Records in the file: <span id=\"recordCount\">{rows}</span></p>\n{}{selects}{}</form>\n",
        escape(&import.link),
        open(page, "finishForm", "dummypost", &import.finish.0, &import.finish.1),
        button(page, "finishForm", "Import Address Book"),
    );
    page.document(&import.link, "", &body)
}

/// While the import is under way.
pub(super) fn in_progress(page: &Page<'_>) -> String {
    let import = &page.profile.book.import;
    let body = "<p id=\"importProgress\">The import is in progress. Please wait...</p>\n";
    let html = page.document(&import.link, "", body);
    let again =
        format!("<meta http-equiv=\"refresh\" content=\"1; url={}\" />\n</head>", escape(&import.finish.1));
    html.replacen("</head>", &again, 1)
}

/// What came of an import.
pub(super) fn outcome(page: &Page<'_>, words: &str, done: bool) -> String {
    let import = &page.profile.book.import;
    let said = if done {
        format!("<p class=\"success\" id=\"importMessage\">{}</p>\n", escape(words))
    } else {
        error(Some(words))
    };
    page.document(&import.link, "", &format!("<h1>{}</h1>\n{said}", escape(&import.link)))
}

/// The form of one contact.
pub(super) fn form(page: &Page<'_>, book: &Book, entry: &BookEntry) -> String {
    let Some(ways) = &page.profile.book.contacts else { return String::new() };
    let names = &ways.fields;
    let new = entry.id == 0;
    let id = if new { "new".to_owned() } else { entry.id.to_string() };
    let next = if new { LIST.to_owned() } else { format!("{LIST}?contactId={id}") };
    let max = page.profile.book.name_max;
    let text = |name: &str, label: &str, value: &str, max: usize| {
        let name = escape(name);
        format!(
            "<div class=\"row\"><label for=\"{name}\">{label}</label> <input type=\"text\" id=\"{name}\" \
             name=\"{name}\" value=\"{}\" maxlength=\"{max}\" /></div>\n",
            escape(value)
        )
    };
    let mut rows = hidden(&names.id, &id);
    rows.push_str(&text(&names.display, "Display Name", &entry.name, max));
    if !entry.group {
        rows.push_str(&text(&names.first, "First Name", &entry.first_name, 32));
        rows.push_str(&text(&names.last, "Last Name", &entry.last_name, 32));
        rows.push_str(&text(&names.company, "Company", &entry.company, 64));
        rows.push_str(&text(&names.email, "Email", &entry.email, 128));
        rows.push_str(&text(&names.fax, "Fax", &entry.fax, 50));
    }
    let frequent = tick(&names.favorite, "TRUE", "Email Favorite");
    let frequent =
        if entry.frequent { frequent.replace(" /> ", " checked=\"checked\" /> ") } else { frequent };
    rows.push_str(&frequent);
    if !entry.group {
        for group in book.entries().iter().filter(|it| it.group) {
            let (name, id) = (escape(&names.groups), group.id);
            let checked = if group.members.contains(&entry.id) { " checked=\"checked\"" } else { "" };
            rows.push_str(&format!(
                "<div class=\"row\"><input type=\"checkbox\" id=\"{name}_{id}\" name=\"{name}\" value=\"{id}\"{checked} /> \
                 <label for=\"{name}_{id}\">{}</label></div>\n",
                escape(&group.name)
            ));
        }
    }
    if let Some(folder) = &entry.folder {
        // Shown, not asked for: it stays as it is.
        rows.push_str(&detail("Scan", &[&format!("{}{}", folder.server, folder.path)]));
    }
    let body = format!(
        "<h1>{}</h1>\n{}{rows}{}</form>\n",
        if new { escape(&ways.add) } else { escape(&entry.name) },
        open(page, "contactForm", "dummypost", &ways.save, &next),
        button(page, "contactForm", "Save"),
    );
    page.document("Address Book", "", &body)
}

/// A sentence in place of a page.
pub(super) fn sentence(page: &Page<'_>, words: &str) -> String {
    page.document("Address Book", "", &format!("<h1>Address Book</h1>\n{}", error(Some(words))))
}
