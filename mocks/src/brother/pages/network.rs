//! The network pages: status, the list of protocols, "HTTP Server Settings".

use super::super::profile::field;
use super::super::wire::entities;
use super::frame::{Note, Tab, View, document, menu, note};

/// The rows of the list of protocols: name, whether it is on in the factory, whether a link stands beside it. The SMTP
/// row comes fifth, under the name its profile gives it. Which rows there are is INVENTED.
pub(crate) const PROTOCOLS: [(&str, bool, bool); 9] = [
    ("Web Based Management (Web Server)", true, true),
    ("Telnet", false, false),
    ("SNMP", true, true),
    ("LPD", true, true),
    ("SMTP", true, true),
    ("SNTP", false, true),
    ("FTP", false, false),
    ("LLMNR", true, false),
    ("POP3/IMAP4", false, false),
];

/// The boxes of "HTTP Server Settings", and whether they are ticked in the factory.
pub(crate) const HTTP_BOXES: [(&str, bool); 5] = [
    ("Web Based Management HTTPS (Port 443)", true),
    ("Web Based Management HTTP (Port 80)", true),
    ("IPP HTTPS (Port 443)", true),
    ("IPP HTTP (Port 80)", false),
    ("Web Services HTTP", true),
];

fn tick(id: u32, on: bool) -> String {
    let checked = if on { " checked=\"checked\"" } else { "" };
    let name = field(id);
    format!("<input type=\"checkbox\" id=\"{name}\" name=\"{name}\" value=\"1\"{checked}/>")
}

/// The menus of the network tab; `at` is the chosen page's path.
pub(crate) fn network_menus(view: &View<'_>, at: &str) -> String {
    let (t, ids, paths) = (view.texts, &view.profile.page_ids, &view.profile.paths);
    let first = menu(
        "subTabMenu",
        &[
            (t.network, "/net/net/net.html".to_owned(), true),
            (t.security, format!("{}?pageid={}", paths.http, ids.http), false),
        ],
    );
    let second = menu(
        "subMenu",
        &[
            (
                t.network_status,
                format!("/net/net/net.html?pageid={}", ids.network),
                at == "/net/net/net.html",
            ),
            (t.protocol, format!("{}?pageid={}", paths.protocol, ids.protocol), at == paths.protocol),
        ],
    );
    first + &second
}

/// "Network Status".
pub(crate) fn network_status(view: &View<'_>) -> String {
    let contents = format!(
        "<div class=\"contentsGroup\"><dl class=\"items\"><dt>{}</dt><dd>{}&#32;{}</dd></dl></div>\n",
        entities(view.texts.node_name),
        entities(view.node),
        entities(view.texts.active)
    );
    document(view, Tab::Network, &network_menus(view, view.path), view.texts.network_status, &contents)
}

/// The list of protocols: boxes, and links to the pages behind them.
pub(crate) fn protocols(view: &View<'_>, on: &[bool], with_smtp: bool, said: Option<Note>) -> String {
    let profile = view.profile;
    let ids = &profile.page_ids;
    let mut rows = String::new();
    for (place, ((name, _, link), id)) in PROTOCOLS.iter().zip(profile.field_ids.protocol..).enumerate() {
        let smtp = *name == "SMTP";
        if smtp && !with_smtp {
            continue;
        }
        let (name, target, page_id) = match *name {
            "SMTP" => (profile.smtp_row.as_str(), profile.paths.smtp.clone(), ids.smtp),
            "SNMP" => ("SNMP", "/net/net/snmp.html".to_owned(), ids.protocol + 1),
            "LPD" => ("LPD", "/net/net/lpd.html".to_owned(), ids.protocol + 2),
            "SNTP" => ("SNTP", "/net/net/sntp.html".to_owned(), ids.protocol + 3),
            other => (other, profile.paths.http.clone(), ids.http),
        };
        let link = if *link {
            format!("&#32;<a href=\"{target}?pageid={page_id}\">{}</a>", entities(&profile.advanced))
        } else {
            String::new()
        };
        let tick = tick(id, on.get(place).copied().unwrap_or_default());
        rows.push_str(&format!("<dt>{}</dt><dd>{tick}{link}</dd>\n", entities(name)));
    }
    let contents = format!(
        "{}{}<div class=\"contentsGroup\"><dl class=\"items\">\n{rows}</dl></div>\n{}",
        note(said),
        view.open_form("protocol", ids.protocol),
        view.close_form(ids.protocol, view.texts.submit)
    );
    document(view, Tab::Network, &network_menus(view, view.path), view.texts.protocol, &contents)
}

/// "HTTP Server Settings", the first of its two steps.
pub(crate) fn http_settings(view: &View<'_>, on: &[bool]) -> String {
    let profile = view.profile;
    let mut rows = String::new();
    for ((name, _), (id, on)) in HTTP_BOXES.iter().zip((profile.field_ids.http..).zip(on)) {
        rows.push_str(&format!("<dt>{}</dt><dd>{}</dd>\n", entities(name), tick(id, *on)));
    }
    let contents = format!(
        "{}<div class=\"hidden\"><input type=\"hidden\" name=\"http_page_mode\" value=\"0\"/></div>\n\
         <div class=\"contentsGroup\"><dl class=\"items\">\n{rows}</dl></div>\n{}",
        view.open_form("http_setting", profile.page_ids.http),
        view.close_form(profile.page_ids.http, view.texts.submit)
    );
    document(view, Tab::Network, &network_menus(view, view.path), view.texts.http_settings, &contents)
}

/// The question of the second step: whether other secure protocols are activated too.
pub(crate) fn http_question(view: &View<'_>) -> String {
    let page_id = view.profile.page_ids.http;
    let contents = format!(
        "<p>{}</p>\n{}<div><input type=\"radio\" name=\"http_page_mode\" value=\"4\" checked=\"checked\"/>\
         <input type=\"radio\" name=\"http_page_mode\" value=\"5\"/></div>\n{}",
        entities(view.texts.other_protocols),
        view.open_form("http_setting", page_id),
        view.close_form(page_id, view.texts.submit)
    );
    document(view, Tab::Network, &network_menus(view, view.path), view.texts.http_settings, &contents)
}

/// The last page before a restart.
pub(crate) fn restarting(view: &View<'_>) -> String {
    let contents = format!("<p>{}</p>\n", view.texts.restarting);
    document(view, Tab::Network, "", view.texts.http_settings, &contents)
}
