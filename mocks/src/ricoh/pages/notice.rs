//! Pages that carry one sentence instead of what was asked for.

use super::super::texts::{Menu, Word};
use super::Page;
use crate::http::escape;

/// A sentence with an error icon. `title` stands before the word "Error"; `result` goes into a hidden `returnValue`;
/// OK leads to `back`.
pub(crate) fn notice(
    page: &Page<'_>,
    title: &str,
    text_html: &str,
    result: Option<&str>,
    back: &str,
) -> String {
    let result = result.map_or_else(String::new, |result| {
        format!("<input type=\"hidden\" name=\"returnValue\" value=\"{}\">\n", escape(result))
    });
    let body = format!(
        "<form name=\"basicForm\" method=\"post\" action=\"\">\n{token}\n{result}</form>\n\
         <h1>{title} / {error}</h1>\n<table>\n<tr class=\"responseMessage\"><td>\
         <img src=\"/images/messageIconE.gif\" alt=\"\"></td><td>{text_html}</td></tr>\n</table>\n\
         <a href=\"javascript:wsMenu_jumpUrl('{back}')\">{ok}</a>\n",
        token = page.token_field(),
        title = escape(title),
        error = page.h(Word::Error),
        back = escape(back),
        ok = page.h(Word::Ok),
    );
    let title = format!("{title} / {}", page.t(Word::Error));
    page.document(&title, "", " class=\"errorMessage\"", &body)
}

/// "E-mail / Error": the machine is in use, nothing was saved.
pub(crate) fn busy(page: &Page<'_>, back: &str) -> String {
    let result = page.profile.email.busy_return_value.then_some("BUSY");
    notice(page, page.t(Word::Menu(Menu::Email)), &page.h(Word::Busy), result, back)
}

/// A page was called out of its order, or without its token.
pub(crate) fn bad_flow(page: &Page<'_>, title: &str) -> String {
    let back = format!("{}websys/webArch/topPage.cgi", page.base());
    notice(page, title, page.t(Word::SessionTimedOut), Some("BADFLOW"), &back)
}

/// "Done, go on there": a page whose script posts its form to `target`.
pub(crate) fn skip(page: &Page<'_>, method: &str, target: &str) -> String {
    let script = format!(
        "function pageSkip(){{\n  document.mainForm.action = \"{}\";\n  document.mainForm.submit();\n}}\n",
        target.replace(['"', '\\', '\n'], "")
    );
    let body = format!(
        "<form name=\"basicForm\" method=\"post\" action=\"\">\n\
         <input type=\"hidden\" name=\"returnValue\" value=\"SUCCESS\">\n\
         <input type=\"hidden\" name=\"methodName\" value=\"{}\">\n</form>\n\
         <form name=\"mainForm\" method=\"post\" action=\"\">\n{}\n\
         <input type=\"hidden\" name=\"sessionControl\" value=\"SESSION\">\n</form>\n",
        escape(method),
        page.token_field()
    );
    page.document("Web Image Monitor", &script, " onLoad=\"pageSkip()\"", &body)
}
