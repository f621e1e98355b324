//! The pages, by what they are about.

mod cloning;
mod frame;
mod identity;
mod login;
mod smtp;
mod test_mail;
mod words;

pub(super) use cloning::cloning;
pub(super) use frame::{header, home, notice, other_settings, site_index};
pub(super) use identity::{configuration, description};
pub(super) use login::{invalid, login, login_error, opener};
pub(super) use smtp::{smtp, with_error};
pub(super) use test_mail::{ajax_done, ajax_error, ajax_message, test_result};

use super::profile::{ProductStyle, XeroxProfile};
use crate::http::escape;

/// What every page needs to know.
#[derive(Debug, Clone, Copy)]
pub(super) struct Page<'a> {
    pub(super) profile: &'a XeroxProfile,
    /// The session's token, where there is such a thing.
    pub(super) token: Option<&'a str>,
    pub(super) admin: bool,
    pub(super) model: &'a str,
    pub(super) serial: &'a str,
    pub(super) firmware: &'a str,
    pub(super) host_name: &'a str,
}

impl Page<'_> {
    /// The hidden input with the token, or nothing. The order of its attributes varies, as it does on devices.
    pub(super) fn token_field(&self) -> String {
        match self.token {
            None => String::new(),
            Some(token) if self.profile.links => {
                format!("<input type=\"hidden\" name=\"CSRFToken\" value=\"{token}\">\n")
            }
            Some(token) => format!("<input value=\"{token}\" type=\"hidden\" name=\"CSRFToken\"/>\n"),
        }
    }

    /// `#productName`.
    pub(super) fn product(&self) -> String {
        let plain = self.model.strip_prefix("Xerox ").unwrap_or(self.model);
        let inside = match (self.profile.product, plain.split_once(' ')) {
            (ProductStyle::Marks, Some((family, rest))) => format!(
                "<sup> </sup>{}<sup>&reg; </sup>{} Multifunction Printer ",
                escape(family),
                escape(rest)
            ),
            _ => format!("XEROX {}", escape(plain)),
        };
        format!("<div id=\"productName\">{inside}</div>\n")
    }

    /// A page with the head that all of them share.
    pub(super) fn document(&self, title: &str, script: &str, body: &str) -> String {
        let script = if script.is_empty() {
            String::new()
        } else {
            format!("<script type=\"text/javascript\">\n{script}</script>\n")
        };
        format!(
            "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\" \
             \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">\n<html>\n<head>\n\
             <meta http-equiv=\"Content-Type\" content=\"text/html; charset=UTF-8\" />\n<title>{}</title>\n\
             {script}</head>\n<body>\n{body}</body>\n</html>\n",
            escape(title),
        )
    }
}

/// A text as a string of a script; also safe inside HTML.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            // A closing tag inside a script would end it.
            '<' => out.push_str("\\x3c"),
            '>' => out.push_str("\\x3e"),
            '&' => out.push_str("\\x26"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
