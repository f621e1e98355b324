//! The home page, the head with the log-out, the site index, and pages about nothing here.

use super::super::book::LIST;
use super::super::profile::ProductStyle;
use super::super::route::OTHER_SETTINGS;
use super::Page;
use crate::http::escape;

/// The home page.
pub(in crate::xerox) fn home(page: &Page<'_>) -> String {
    // Known of AltaLink and VersaLink: the serial number stands behind an underscore.
    let device = match page.profile.product {
        ProductStyle::Marks => {
            format!("<div id=\"device-name\">{}_{}</div>\n", escape(page.host_name), escape(page.serial))
        }
        ProductStyle::Capitals => format!("<div id=\"hostName\">{}</div>\n", escape(page.host_name)),
    };
    let body = format!(
        "{}{device}<table id=\"tableNotifications\"><tr><td>Ready</td></tr></table>\n\
         <a id=\"tab_properties\" href=\"/properties/blank.php\">Properties</a> \
         <a id=\"tab_addressbook\" href=\"{}\">Address Book</a> \
         <a href=\"/sitemap.php\">Site Map</a>{}\n\
         <div id=\"timeout-alert\" style=\"display:none\">The device is about to time out because of inactivity. \
         <button id=\"timeout-alert-ok\">OK</button></div>\n",
        page.product(),
        LIST,
        links(page)
    );
    page.document("CentreWare Internet Services", "", &body)
}

/// The log-in or log-out link of a page.
fn links(page: &Page<'_>) -> String {
    let newer = page.profile.product == ProductStyle::Marks;
    match (page.admin, newer) {
        (true, true) => format!(
            " <a id=\"LogoutLink\" href=\"#\">Admin</a> <a id=\"log-out\" href=\"{}\">Log Out</a>",
            escape(&page.profile.door.logout)
        ),
        (true, false) => format!(" <a href=\"{}\">Logout</a>", escape(&page.profile.door.logout)),
        (false, true) => {
            " <a id=\"LoginLink\" href=\"#\" onclick=\"OpenLogin('stat')\">Log In</a>".to_owned()
        }
        (false, false) => {
            " <a href=\"/properties/authentication/login.php?redir=/stat/welcome.php\">Login</a>".to_owned()
        }
    }
}

/// The head of the frames.
pub(in crate::xerox) fn header(page: &Page<'_>) -> String {
    let body = format!("{}<div id=\"links\">{}</div>\n", page.product(), links(page));
    page.document("header", "", &body)
}

/// The site index: `/links.php` as a list, `/sitemap.php` as a table. Its entries are INVENTED.
pub(in crate::xerox) fn site_index(page: &Page<'_>, sitemap: bool, with_email: bool) -> String {
    let smtp = (page.profile.smtp.page.as_str(), page.profile.smtp.link.as_str());
    let mut entries: Vec<(&str, &str)> = OTHER_SETTINGS.to_vec();
    if with_email {
        // In the middle, between entries whose words look like it.
        entries.insert(7, smtp);
    }
    let mut known = vec![
        ("/properties/configuration.php?tab=Status", "Configuration Report"),
        ("/properties/description.php", "Description"),
    ];
    if page.profile.cloning.is_some() {
        known.push(("/properties/cloning.php", "Cloning"));
    }
    let book = &page.profile.book;
    if book.in_site_index {
        known.push((&book.export.page, &book.export.link));
        known.push((&book.import.page, &book.import.link));
    }
    entries.extend(known);
    let mut list = String::new();
    for (href, words) in entries {
        let (href, words) = (escape(href), escape(words));
        if sitemap {
            list.push_str(&format!("<tr><td><a href=\"{href}\" target=\"_top\">{words}</a></td></tr>\n"));
        } else {
            list.push_str(&format!("<li><a href='{href}'><span>{words}</span></a></li>\n"));
        }
    }
    let (title, body) = if sitemap {
        ("Site Map", format!("{}<table id=\"siteMap\">\n{list}</table>\n", page.product()))
    } else {
        ("Index", format!("{}<ul id=\"siteIndex\">\n{list}</ul>\n", page.product()))
    };
    page.document(title, "", &body)
}

/// Another page of settings, empty.
pub(in crate::xerox) fn other_settings(page: &Page<'_>, path: &str) -> String {
    let words = OTHER_SETTINGS
        .iter()
        .find(|(known, _)| known.split('?').next() == Some(path))
        .map_or("Properties", |(_, words)| words);
    let body = format!(
        "<h1>{}</h1>\n<form method=\"post\" action=\"/dummypost/xerox.set\">\n{}</form>\n",
        escape(words),
        page.token_field()
    );
    page.document(words, "", &body)
}

/// A sentence.
pub(in crate::xerox) fn notice(page: &Page<'_>, title: &str, text: &str) -> String {
    page.document(
        title,
        "",
        &format!("<h1>{}</h1>\n<p class=\"notice\">{}</p>\n", escape(title), escape(text)),
    )
}
