//! Who the device is: the one page that everybody may read.

use super::super::profile::Markup;
use super::super::texts::Word;
use super::Page;
use crate::http::escape;

/// `configuration.cgi`: table rows on older devices, a list on newer ones.
pub(crate) fn configuration(page: &Page<'_>) -> String {
    let rows: [(String, &str); 6] = [
        (page.t(Word::ModelName).to_owned(), page.model),
        (page.t(Word::MachineId).to_owned(), page.serial),
        (page.t(Word::TotalMemory).to_owned(), "2048 MB"),
        (page.t(Word::SystemVersion).to_owned(), page.firmware),
        (page.t(Word::NibVersion).to_owned(), "13.22"),
        (page.t(Word::WimVersion).to_owned(), &page.profile.wim_version),
    ];
    let body = match page.profile.markup {
        Markup::Table => {
            let rows: String = rows
                .iter()
                .map(|(label, value)| {
                    format!(
                        "<tr class=\"staticProp\"><td nowrap align=\"\">{}</td><td nowrap>:</td><td nowrap>{}</td></tr>\n",
                        escape(label),
                        escape(value)
                    )
                })
                .collect();
            format!("<table border=\"0\">\n{rows}</table>\n")
        }
        Markup::List => {
            let rows: String = rows
                .iter()
                .map(|(label, value)| {
                    format!(
                        "<dt>{}</dt><dd class=\"indentColon\">:&nbsp;{}</dd>\n",
                        escape(label),
                        escape(value)
                    )
                })
                .collect();
            format!("<dl class=\"deviceInfo\">\n{rows}</dl>\n")
        }
    };
    let body = format!("<h1>{}</h1>\n{body}", page.h(Word::DeviceInfo));
    page.document(page.t(Word::DeviceInfo), "", "", &body)
}

/// `getStatus.cgi`, shortened.
pub(crate) fn status(page: &Page<'_>) -> String {
    page.document(
        page.t(Word::Status),
        "",
        "",
        &format!("<h1>{}</h1>\n<p>{}</p>\n", page.h(Word::Status), page.h(Word::Ready)),
    )
}
