//! The answer to a test mail, and what Ajax gets. All of it INVENTED.

use super::super::device::SERVER;
use super::Page;
use crate::http::{Response, escape};

/// The page that tells how the test went; empty before there was one.
pub(in crate::xerox) fn test_result(page: &Page<'_>, text: &str) -> String {
    let body = format!(
        "<h1>Test Configuration</h1>\n<div id=\"testResult\">{}</div>\n<a href=\"{}\">Close</a>\n",
        // The mark in whose place the result comes must survive.
        if text == "\0" { text.to_owned() } else { escape(text) },
        escape(&page.profile.smtp.page),
    );
    page.document("Test Configuration", "", &body)
}

/// JSON for a post that the page's script made.
pub(in crate::xerox) fn ajax_message(status: &str, message: &str) -> Response {
    let body = serde_json::json!({ "status": status, "message": message }).to_string();
    Response::plain(200, "application/json; charset=UTF-8", body).by(SERVER)
}

/// As [`ajax_message`], for a post that was carried out.
pub(in crate::xerox) fn ajax_done() -> Response {
    ajax_message("0", "")
}

/// As [`ajax_message`], for a post that was not.
pub(in crate::xerox) fn ajax_error(text: &str) -> Response {
    let body = serde_json::json!({ "status": "1", "http_errmsg": text }).to_string();
    Response::plain(200, "application/json; charset=UTF-8", body).by(SERVER)
}
