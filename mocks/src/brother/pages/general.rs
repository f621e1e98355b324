//! Start page, maintenance information, log-in pages, and pages nobody needs.

use super::super::profile::{Generation, field};
use super::super::wire::entities;
use super::frame::{Door, Note, Tab, View, document, menu, note};

fn general_menu(view: &View<'_>, information: bool) -> String {
    let paths = &view.profile.paths;
    menu(
        "subMenu",
        &[
            (view.texts.status, paths.status.clone(), !information),
            (view.texts.maintenance, format!("{}?kind=item", paths.information), information),
        ],
    )
}

/// The start page.
pub(crate) fn status(view: &View<'_>) -> String {
    // The newest forms fill this by script, and only for those who are logged in.
    let ready = match (view.profile.generation, view.door) {
        (Generation::C2, Door::Outside) => String::new(),
        _ => format!("<span class=\"moni moniOk\">{}</span>", entities(view.texts.ready)),
    };
    let contents = format!(
        "<div class=\"contentsGroup\"><dl class=\"items\"><dt>{}</dt><dd><div id=\"moni_data\">\
         {ready}</div></dd></dl></div>\n",
        entities(view.texts.status),
    );
    document(view, Tab::General, &general_menu(view, false), view.texts.status, &contents)
}

fn facts(view: &View<'_>) -> [(&'static str, String); 5] {
    let t = view.texts;
    [
        (t.model_name, format!("Brother {} series", view.model)),
        (t.serial, view.serial.to_owned()),
        (t.firmware, view.firmware.to_owned()),
        (t.memory, "512 MB".to_owned()),
        (t.pages, "20417".to_owned()),
    ]
}

/// "Maintenance Information".
pub(crate) fn information(view: &View<'_>) -> String {
    let rows: String = facts(view)
        .iter()
        // The full stop of "Serial no." is one of the few signs that stand for themselves.
        .map(|(label, value)| {
            let label = entities(label).replace("&#46;", ".");
            format!("<dt>{label}</dt><dd>{}</dd>\n", entities(value))
        })
        .collect();
    let contents = format!(
        "<div class=\"contentsGroup\"><dl class=\"items\">\n<dt class=\"head\"><span>{}</span></dt>\n{rows}</dl></div>\n\
         <form method=\"post\" action=\"/etc/mnt_info.csv\"><div>\
         <input type=\"hidden\" name=\"pageid\" value=\"{}\"/><input type=\"submit\" value=\"CSV\"/></div></form>\n",
        entities(view.texts.node_name),
        view.profile.page_ids.information,
    );
    document(view, Tab::General, &general_menu(view, true), view.texts.maintenance, &contents)
}

/// `mnt_info.csv`: two lines, each value in quotes, a comma at the end.
pub(crate) fn mnt_info(view: &View<'_>) -> String {
    let facts = facts(view);
    let mut columns = vec![
        (view.texts.node_name, view.node),
        (facts[0].0, &facts[0].1),
        (view.texts.location, view.location),
        (view.texts.contact, ""),
        ("IP Address", "192.0.2.10"),
    ];
    columns.extend(facts.iter().skip(1).map(|(label, value)| (*label, value.as_str())));
    let line = |cells: Vec<&str>| -> String { cells.iter().map(|cell| format!("\"{cell}\",")).collect() };
    let heads = line(columns.iter().map(|(label, _)| *label).collect());
    let values = line(columns.iter().map(|(_, value)| *value).collect());
    format!("{heads}\r\n{values}\r\n")
}

/// What stands where a page should be that needs a log-in. It says "Login Failure" though no password was tried.
pub(crate) fn please_login(view: &View<'_>) -> String {
    let contents = format!(
        "<p class=\"warningMessage\">{}</p>\n<p>{}</p>\n",
        entities(view.texts.login_failure),
        view.texts.must_login
    );
    document(view, Tab::General, "", view.texts.please_login, &contents)
}

/// After a wrong password. That it looks like this is INVENTED; its address is known.
pub(crate) fn pass_error(view: &View<'_>) -> String {
    let contents = format!("<p class=\"warningMessage\">{}</p>\n", entities(view.texts.login_failure));
    document(view, Tab::General, "", view.texts.login_failure, &contents)
}

fn administrator_menu(view: &View<'_>, reset: bool) -> String {
    let ids = &view.profile.page_ids;
    menu(
        "subMenu",
        &[
            (view.texts.login_password, format!("/admin/password.html?pageid={}", ids.password), !reset),
            (view.texts.reset_menu, format!("/admin/default.html?pageid={}", ids.reset), reset),
        ],
    )
}

/// The page with the administrator's password; posts to it are refused. A second form with password fields, so that a
/// client does not take any password field for the log-in.
pub(crate) fn admin_password(view: &View<'_>, refused: bool) -> String {
    let page_id = view.profile.page_ids.password;
    // Ids well away from those of other pages; INVENTED.
    let fields: String = (0..2)
        .map(|number| {
            format!(
                "<dt>{}</dt><dd><input type=\"password\" name=\"{}\" value=\"\" maxlength=\"32\"/></dd>\n",
                entities(view.texts.login_password),
                field(0x20 + number)
            )
        })
        .collect();
    let contents = format!(
        "{}{}<div class=\"contentsGroup\"><dl class=\"items\">\n{fields}</dl></div>\n{}",
        note(refused.then_some(Note::Error(view.texts.submit_error))),
        view.open_form("admin_password", page_id),
        view.close_form(page_id, view.texts.submit)
    );
    document(view, Tab::Administrator, &administrator_menu(view, false), view.texts.login_password, &contents)
}

/// "Reset Menu", with the buttons nobody should press.
pub(crate) fn reset_menu(view: &View<'_>) -> String {
    let page_id = view.profile.page_ids.reset;
    let contents = format!(
        "{}<div class=\"contentsGroup\"><dl class=\"items\"><dt>{reset}</dt><dd>\
         <input type=\"radio\" name=\"btn_def\" value=\"2\"/><input type=\"radio\" name=\"btn_def\" value=\"6\"/>\
         </dd></dl></div>\n{}",
        view.open_form("default", page_id),
        view.close_form(page_id, view.texts.submit),
        reset = entities(view.texts.reset_menu),
    );
    document(view, Tab::Administrator, &administrator_menu(view, true), view.texts.reset_menu, &contents)
}

/// The start page of the generation whose pages are made by script: no password field in it. The markup is INVENTED.
pub(crate) fn script_status(view: &View<'_>) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head><meta charset=\"utf-8\"/><title>Brother {} series</title>\n\
         <script type=\"text/javascript\" src=\"/common/js/ews.js\"></script></head>\n\
         <body><div id=\"root\"></div></body>\n</html>\n",
        view.texts.code,
        crate::http::escape(view.model)
    )
}
