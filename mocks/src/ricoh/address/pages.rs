//! Pieces of the address book's pages: controls, notices, scripts.

use super::super::pages::Page;
use super::super::texts::Word;
use super::texts::book_text;
use crate::http::escape;

impl Page<'_> {
    /// A text of the address book in the page's language.
    pub(super) fn book(&self, id: &str) -> &'static str {
        book_text(self.language, self.profile.wording, id)
    }

    /// As [`Page::book`], ready for HTML; `<br />` in it stays.
    pub(super) fn book_html(&self, id: &str) -> String {
        escape(self.book(id)).replace("&lt;br /&gt;", "<br />")
    }
}

/// A hidden field.
pub(super) fn hidden(name: &str, value: &str) -> String {
    format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">\n", escape(value))
}

/// A row with a label and what stands beside it.
pub(super) fn line(label: &str, control: &str) -> String {
    format!(
        "<tr class=\"standard\"><td nowrap>{}</td><td nowrap>:</td><td nowrap>{control}</td></tr>\n",
        escape(label)
    )
}

/// A text field.
pub(super) fn text(name: &str, value: &str, longest: usize, on: bool) -> String {
    let disabled = if on { "" } else { " disabled" };
    format!(
        "<input type=\"text\" name=\"{name}\" value=\"{}\" maxLength=\"{longest}\" size=\"40\"{disabled}>",
        escape(value)
    )
}

/// A password field, always empty.
pub(super) fn password(name: &str, longest: usize) -> String {
    format!("<input type=\"password\" name=\"{name}\" value=\"\" maxLength=\"{longest}\" size=\"40\">")
}

/// Radio buttons or boxes of one name: value, words, whether it is on.
pub(super) fn boxes(kind: &str, name: &str, choices: &[(&str, &str, bool)], on: bool) -> String {
    let disabled = if on { "" } else { " disabled" };
    choices
        .iter()
        .map(|(value, words, chosen)| {
            let checked = if *chosen { " checked" } else { "" };
            format!(
                "<input type=\"{kind}\" name=\"{name}\" value=\"{value}\"{checked}{disabled}>{}\n",
                escape(words)
            )
        })
        .collect()
}

/// A select: value, words, whether it is chosen. `attributes` begin with a blank where there are any.
pub(super) fn select(name: &str, attributes: &str, choices: &[(String, String, bool)]) -> String {
    let options: String = choices
        .iter()
        .map(|(value, words, chosen)| {
            let selected = if *chosen { " selected" } else { "" };
            format!("<option value=\"{}\"{selected}>{}</option>\n", escape(value), escape(words))
        })
        .collect();
    format!("<select name=\"{name}\"{attributes}>\n{options}</select>")
}

/// A page of the full form's family that carries one sentence. `result` goes into the hidden `returnValue`, the CGI's
/// own name into `methodName`.
pub(super) fn failure(
    page: &Page<'_>,
    title: &str,
    mode: &str,
    result: &str,
    method: &str,
    html: &str,
) -> String {
    let body = format!(
        "<h4 class=\"title\">{title}</h4>\n<form name=\"commandForm\" onSubmit=\"return false;\">\n{token}\n<table>\n\
         <tr class=\"responseMessage\"><td nowrap width=\"40\"><img src=\"/images/messageIconE.gif\" alt=\"\"></td>\
         <td nowrap height=\"32\">{error}</td></tr>\n</table>\n</form>\n\
         <form name=\"mainForm\" onSubmit=\"return false;\">\n{token}\n{mode_field}<table>\n\
         <tr class=\"responseMessage\"><td>{html}</td></tr>\n</table>\n</form>\n\
         <a href=\"javascript:adrsListJump()\" class=\"defaultTableCommandButton\">{ok}</a>\n\
         <form name=\"basicForm\" onSubmit=\"return false;\">\n{token}\n{mode_field}{result}{method}</form>\n",
        title = escape(title),
        token = page.token_field(),
        error = page.h(Word::Error),
        ok = page.h(Word::Ok),
        mode_field = hidden("mode", mode),
        result = hidden("returnValue", result),
        method = hidden("methodName", method),
    );
    page.document(title, "", " class=\"errorMessage\"", &body)
}

/// The wizard's page with one sentence. That it says `BUSY` in a hidden field, and nothing where the edit is lost, is
/// as far as the evidence goes: the latter was captured, the former is known of the full form.
pub(super) fn wizard_failure(page: &Page<'_>, title: &str, result: Option<&str>, html: &str) -> String {
    let result = result.map_or_else(String::new, |result| hidden("returnValue", result));
    let body = format!(
        "<a name=\"link00\"></a>\n<div>{title}</div>\n<table>\n<tr class=\"staticProp\"><td>\
         <img src=\"/images/messageIconE.gif\" alt=\"\"></td><td></td><td nowrap>{error}</td></tr>\n\
         <tr class=\"staticProp\"><td></td><td></td><td nowrap><table>\n<tr class=\"responseMessage\">\
         <td align=\"left\" valign=\"top\">{html}</td></tr>\n</table></td></tr>\n</table>\n<form name=\"form1\">\n\
         {token}\n{result}<a href=\"javascript:g_objModalDialog.hide()\" class=\"defaultTableCommandButton\">{ok}</a>\n\
         </form>\n<form name=\"checkForm\"></form>\n",
        title = escape(title),
        error = page.h(Word::Error),
        token = page.token_field(),
        ok = page.h(Word::Ok),
    );
    page.document(title, "", " class=\"errorMessage\"", &body)
}

/// A page of the full form's family that worked and goes on by script: it posts its form to `wayTo`. `fields` are the
/// hidden ones of its form.
pub(super) fn skip(
    page: &Page<'_>,
    title: &str,
    mode: &str,
    method: &str,
    fields: &[(&str, &str)],
) -> String {
    let fields: String = fields.iter().map(|(name, value)| hidden(name, value)).collect();
    let body = format!(
        "<a name=\"TOP\"></a>\n<form name=\"mainForm\" onSubmit=\"return false;\">\n{token}\n{mode}{fields}</form>\n\
         <form name=\"basicForm\" onSubmit=\"return false;\">\n{token}\n{mode}{result}{method}</form>\n",
        token = page.token_field(),
        mode = hidden("mode", mode),
        result = hidden("returnValue", "SUCCESS"),
        method = hidden("methodName", method),
    );
    let script = "function pageSkip(){\n  var f = document.mainForm;\n  f.action = f.wayTo.value;\n  \
                  f.method = 'post';\n  f.submit();\n}\n";
    page.document(title, script, " onLoad=\"javascript:pageSkip();\"", &body)
}

/// The script files beside the list: the names of the CGIs only, in words of the lab's own.
pub(crate) fn script_file(page: &str) -> Option<&'static str> {
    match page {
        "address/adrsBase.xjs" => Some(
            "var g_cgiList='adrsList.cgi', g_cgiListLoad='adrsListLoadEntry.cgi';\n\
             var g_cgiGetUser='adrsGetUser.cgi', g_cgiSetUser='adrsSetUser.cgi';\n\
             var g_cgiGetGroup='adrsGetGroup.cgi', g_cgiSetGroup='adrsSetGroup.cgi';\n\
             var g_cgiConfDelete='adrsConfDeleteEntry.cgi', g_cgiDelete='adrsDeleteEntry.cgi';\n\
             var g_cgiDeleteEntries='adrsDeleteEntries.cgi';\n",
        ),
        "address/adrsUserWizard.xjs" => {
            Some("var g_cgiGetWizard='adrsGetUserWizard.cgi', g_cgiSetWizard='adrsSetUserWizard.cgi';\n")
        }
        "address/adrsListAll.xjs" | "address/adrsPage.xjs" => Some("/* left out */\n"),
        _ => None,
    }
}
