//! The root page, the frameset and its frames.

use super::super::profile::Markup;
use super::super::texts::{LANGUAGES, Menu, Word};
use super::Page;
use crate::http::escape;

/// `/`: goes to the panel's language by script, or to a message where there is none.
pub(crate) fn root(page: &Page<'_>) -> String {
    let language = page.profile.panel_language();
    format!(
        "<html>\n<head>\n<meta http-equiv=\"Content-Type\" content=\"text/html; charset=UTF-8\">\n\
         <meta http-equiv=\"refresh\" content=\"1; \
         URL=/web/guest/{language}/websys/webArch/message.cgi?messageID=MSG_JAVASCRIPTOFF&buttonURL=/../../../\">\n\
         <title>Web Image Monitor</title>\n<script language=\"javascript\">\n<!--\nfunction jumpPage(){{\n  \
         location.href=\"/web/guest/{language}/websys/webArch/mainFrame.cgi\";\n}}\n//-->\n</script>\n</head>\n\
         <body onLoad=\"jumpPage()\"></body>\n</html>\n"
    )
}

/// `mainFrame.cgi`: two frames; `open` names the page in the lower one.
pub(crate) fn main_frame(page: &Page<'_>, open: Option<&str>) -> String {
    // Only a page of the device may be opened; what the true device does with anything else is not known.
    let work = open
        .filter(|open| {
            !open.is_empty() && open.chars().all(|c| c.is_ascii_alphanumeric() || "/._?=&".contains(c))
        })
        .map_or_else(|| "topPage.cgi".to_owned(), |open| format!("../../{open}"));
    format!(
        "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01 Frameset//EN\">\n<html lang=\"{language}\">\n<head>\n\
         <meta http-equiv=\"Content-Type\" content=\"text/html; charset=UTF-8\">\n\
         <title>{host} - Web Image Monitor</title>\n</head>\n\
         <frameset rows=\"64,*\" border=\"0\" frameborder=\"0\">\n\
         <frame src=\"header.cgi\" name=\"header\" scrolling=\"no\" noresize>\n\
         <frame src=\"{work}\" name=\"work\">\n</frameset>\n</html>\n",
        language = page.language,
        host = escape(page.host_name),
        work = escape(&work),
    )
}

/// `header.cgi`: the model's name, the languages, log-in or log-out.
pub(crate) fn header(page: &Page<'_>) -> String {
    let model = escape(page.model);
    let model = match page.profile.markup {
        Markup::Table => format!("<span class=\"modelName\">{model}</span>\n"),
        Markup::List => format!("<h2 id=\"modelName\">{model}</h2>\n"),
    };
    let languages: String = LANGUAGES
        .iter()
        .filter(|language| page.profile.speaks(language))
        .map(|language| {
            format!(
                "<option value=\"../../../{language}/websys/webArch/mainFrame.cgi\"{}>{language}</option>\n",
                if *language == page.language { " selected" } else { "" }
            )
        })
        .collect();
    let door = if page.entry {
        format!("<a href=\"javascript:parent.location.href='logout.cgi'\">{}</a>\n", page.h(Word::LogOut))
    } else {
        format!(
            "<a href=\"javascript:parent.work.location.href='authForm.cgi'\">{}</a>\n",
            page.h(Word::LogIn)
        )
    };
    let body =
        format!("{model}<select name=\"lang\" onchange=\"changeLang()\">\n{languages}</select>\n{door}");
    page.document("Web Image Monitor", "", "", &body)
}

/// `topPage.cgi`: the device's name and the menu.
pub(crate) fn top_page(page: &Page<'_>) -> String {
    let rows = [
        (Word::DeviceName, page.model),
        (Word::Location, page.location),
        (Word::HostName, page.host_name),
        (Word::Status, page.t(Word::Ready)),
    ];
    let rows: String = rows
        .iter()
        .map(|(word, value)| format!("<dt>{}</dt><dd>: {}</dd>\n", page.h(*word), escape(value)))
        .collect();
    let link = |url: &str, text: &str| {
        format!("<li><a href=\"javascript:wsMenu_jumpUrl('../../{url}')\">{}</a></li>\n", escape(text))
    };
    let body = format!(
        "<dl>\n{rows}</dl>\n<ul id=\"menu\">\n{}{}{}{}</ul>\n",
        link("websys/webArch/getStatus.cgi", page.t(Word::Status)),
        link("websys/status/configuration.cgi", page.t(Word::DeviceInfo)),
        link("websys/webArch/configList.cgi", page.t(Word::Configuration)),
        if page.entry {
            // That administrators find the address book in the menu, and visitors do not, is known; its place is not.
            let book = super::super::address::book_text(page.language, page.profile.wording, "BOOK");
            link("address/adrsList.cgi", book)
                + &link("websys/config/getLogs.cgi", page.t(Word::Menu(Menu::Logs)))
        } else {
            String::new()
        },
    );
    page.document("Web Image Monitor", "", "", &body)
}

/// `message.cgi`: what went wrong with the browser.
pub(crate) fn message(page: &Page<'_>, id: &str) -> String {
    let text = match id {
        "MSG_COOKIEOFF" => page.t(Word::CookieText),
        _ => "JavaScript",
    };
    page.document("Web Image Monitor", "", "", &format!("<p class=\"message\">{}</p>\n", escape(text)))
}
