//! What the device is.

use super::Page;
use crate::http::escape;

/// The configuration page; anybody may see it.
pub(in crate::xerox) fn configuration(page: &Page<'_>) -> String {
    let body = format!(
        "<table>\n<tr><td>Machine Model:</td><td>{}</td></tr>\n\
         <tr><td>{}</td><td>{}</td></tr>\n<tr><td>Host Name:</td><td>{}</td></tr>\n</table>\n",
        escape(page.model),
        escape(&page.profile.version_label),
        escape(page.firmware),
        escape(page.host_name),
    );
    page.document("Configuration Report", "", &body)
}

/// The description page with the serial number, below `#widSerNum`.
pub(in crate::xerox) fn description(page: &Page<'_>) -> String {
    let body = format!(
        "<h1>Description</h1>\n<div id=\"widModel\"><div><div>{}</div></div></div>\n\
         <label>Serial Number</label>\n<div id=\"widSerNum\"><div><div>{}</div></div></div>\n",
        escape(page.model),
        escape(page.serial),
    );
    page.document("Description", "", &body)
}
