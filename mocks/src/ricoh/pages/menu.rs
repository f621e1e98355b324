//! The configuration list and the pages behind its other entries.

use super::super::route::OTHER_SETTINGS;
use super::super::texts::{Menu, Word};
use super::Page;
use crate::http::escape;

/// `configList.cgi`. A visitor sees no settings that need an administrator.
pub(crate) fn config_list(page: &Page<'_>, with_email: bool) -> String {
    let mut entries: Vec<(Menu, String)> =
        OTHER_SETTINGS.iter().map(|(menu, path)| (*menu, (*path).to_owned())).collect();
    if with_email {
        let place = entries.iter().position(|(menu, _)| *menu == Menu::AutoNotification).unwrap_or(0);
        entries.insert(place, (Menu::Email, page.profile.email.page.clone()));
        if page.profile.name == "im-c4500" {
            // Two entries with nearly the same words, the wrong one first.
            entries.swap(place, place + 1);
        }
    }
    if !page.entry {
        entries.retain(|(menu, _)| matches!(menu, Menu::DateTime | Menu::Timer));
    }
    let items: String = entries
        .iter()
        .map(|(menu, path)| {
            format!(
                "<li><a href=\"javascript:wsMenu_jumpUrl('{}')\">{}</a></li>\n",
                escape(&format!("../../{path}")),
                page.h(Word::Menu(*menu))
            )
        })
        .collect();
    let body = format!(
        "<h1>{}</h1>\n<form name=\"form1\" method=\"post\" action=\"\">\n{}\n</form>\n<h2>{}</h2>\n<ul>\n{items}</ul>\n",
        page.h(Word::Configuration),
        page.token_field(),
        page.h(Word::DeviceSettings),
    );
    page.document(page.t(Word::Configuration), "", "", &body)
}

/// A settings page that the lab does not play: title, token and hidden name only. INVENTED.
pub(crate) fn other_settings(page: &Page<'_>, path: &str) -> String {
    let title = OTHER_SETTINGS
        .iter()
        .find(|(_, known)| *known == path)
        .map_or(page.t(Word::Configuration), |(menu, _)| page.t(Word::Menu(*menu)));
    let method = path.rsplit('/').next().unwrap_or(path).trim_end_matches(".cgi");
    let body = format!(
        "<h1>{}</h1>\n<form name=\"form1\" method=\"post\" action=\"\" onsubmit=\"return false\">\n{}\n\
         <input type=\"hidden\" name=\"methodName\" value=\"{}\">\n</form>\n",
        escape(title),
        page.token_field(),
        escape(method)
    );
    page.document(title, "", "", &body)
}
