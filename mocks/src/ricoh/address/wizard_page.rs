//! The fragment that the wizard opens with.

use super::super::pages::Page;
use super::fields::{self, FAX, KEY, LOGIN, MAIL, NAME, PASSWORD, SERVER};
use super::pages::{boxes, hidden, line, password, select, text};
use super::rows::TITLE_1;
use crate::book::BookEntry;

/// Rows with number, name, reading, key display and the four `entryTagInfoIn`.
pub(super) fn base_rows(page: &Page<'_>, entry: &BookEntry) -> String {
    let mut rows = line(page.book("INDEX"), &text("entryIndexIn", &format!("{:05}", entry.number), 5, true));
    rows.push_str(&line(page.book("NAME"), &text("entryNameIn", &entry.name, NAME, true)));
    if page.profile.address.reading {
        rows.push_str(&line(page.book("READING"), &text("entryReadNameIn", &entry.reading, NAME, true)));
    }
    rows.push_str(&line(page.book("KEY"), &text("entryDisplayNameIn", &entry.key_display, KEY, true)));
    rows
}

/// The three titles and the frequent list.
pub(super) fn title_rows(page: &Page<'_>, entry: &BookEntry) -> String {
    let none = page.book("NONE");
    let mut rows = String::new();
    for (place, count) in [11_usize, 11, 6].into_iter().enumerate() {
        let choices: Vec<(String, String, bool)> = (1..=count)
            .map(|value| {
                let words = match (value, place) {
                    (1, _) => none.to_owned(),
                    (value, 0) => TITLE_1.get(value - 1).copied().unwrap_or_default().to_owned(),
                    (value, _) => (value - 1).to_string(),
                };
                (value.to_string(), words, usize::from(entry.titles[place].max(1)) == value)
            })
            .collect();
        let label = format!("{} {}", page.book("TITLE"), place + 1);
        rows.push_str(&line(&label, &select("entryTagInfoIn", "", &choices)));
    }
    let (on, off) = (page.book("FREQ_ON_LB"), page.book("FREQ_OFF_LB"));
    let choices = [("1", on, entry.frequent), ("2", off, !entry.frequent)];
    rows.push_str(&line(page.book("FREQ"), &boxes("radio", "entryTagInfoIn", &choices, true)));
    rows
}

/// Protocol, port, server and path. Port and server are for FTP only and disabled otherwise.
pub(super) fn folder_rows(page: &Page<'_>, entry: &BookEntry) -> String {
    let folder = entry.folder.clone().unwrap_or_default();
    let code = fields::protocol_code(&folder.protocol);
    let mut protocols = vec![("SMB_O", "SMB", code == "SMB_O"), ("FTP_O", "FTP", code == "FTP_O")];
    if page.profile.address.ncp {
        protocols.push(("NCP_O", "NCP", code == "NCP_O"));
    }
    let ftp = code == "FTP_O";
    let port = folder.port.unwrap_or(21).to_string();
    [
        line(page.book("PROTOCOL"), &boxes("radio", "folderProtocolIn", &protocols, true)),
        line(page.book("PORT"), &text("folderPortNoIn", &port, 5, ftp)),
        line(page.book("SERVER"), &text("folderServerNameIn", &folder.server, SERVER, ftp)),
        line(
            page.book("PATH"),
            &text("folderPathNameIn", &folder.path, page.profile.address.folder_path, true),
        ),
    ]
    .concat()
}

/// `<div id="additionalArea">` with a division for each step.
pub(super) fn fragment(page: &Page<'_>, entry: &BookEntry, adding: bool) -> String {
    let pages = &page.profile.address;
    let step = |name: &str, rows: &str| {
        format!(
            "<div id=\"step_{name}\">\n<form id=\"form_{name}\" onSubmit=\"return false;\">\n<table>\n{rows}</table>\n\
             </form>\n</div>\n"
        )
    };
    let title = page.book_html(if adding { "ADD_USER" } else { "CHANGE_USER" });
    let mut choices = vec![("BASE", "NAME")];
    if pages.fax {
        choices.push(("FAX", "FAX"));
    }
    choices.extend([("MAIL", "MAIL"), ("FOLDER", "FOLDER")]);
    let ticks: String = choices
        .iter()
        .map(|(name, id)| {
            let fixed = if *name == "BASE" { " checked" } else { "" };
            line(
                page.book(id),
                &format!("<input type=\"checkbox\" name=\"stepListIn\" value=\"{name}\"{fixed}>"),
            )
        })
        .collect();
    let mut steps = step("STEP", &ticks);
    steps.push_str(&step("BASE", &(base_rows(page, entry) + &title_rows(page, entry))));
    if pages.fax {
        steps.push_str(&step("FAX", &line(page.book("FAX"), &text("faxDestIn", &entry.fax, FAX, true))));
    }
    let sender = [("true", page.book("SENDER"), entry.sender)];
    let mail = line(page.book("MAIL"), &text("mailAddressIn", &entry.email, MAIL, true))
        + &line("", &boxes("checkbox", "mailSendUserIn", &sender, true));
    steps.push_str(&step("MAIL", &mail));
    steps.push_str(&step("FOLDER", &(folder_rows(page, entry) + &login_rows(page, entry, adding))));
    steps.push_str(&step("CONFIRM", ""));
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><div id=\"additionalArea\">\n<h4>{title}</h4>\n{}{steps}</div>\n",
        hidden("mode", if adding { "ADDUSER" } else { "MODUSER" }),
    )
}

fn login_rows(page: &Page<'_>, entry: &BookEntry, adding: bool) -> String {
    let login = entry.folder.as_ref().map_or("", |folder| folder.login.as_str());
    let mut rows = line(page.book("LOGIN"), &text("folderAuthUserNameIn", login, LOGIN, true));
    if !adding {
        let choices = [
            ("ACCOUNTPWD_ON_RB", page.book("FREQ_ON_LB"), false),
            ("ACCOUNTPWD_OFF_RB", page.book("FREQ_OFF_LB"), true),
        ];
        rows.push_str(&line("", &boxes("radio", "folderPasswordUpdateIn", &choices, true)));
    }
    for name in ["folderPassword", "folderPasswordConfirm"] {
        rows.push_str(&line(page.book("PASSWORD"), &password(&format!("wk_{name}In"), PASSWORD)));
        rows.push_str(&hidden(&format!("{name}In"), ""));
    }
    rows
}
