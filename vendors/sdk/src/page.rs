//! A page as a device sent it: decoded text, and what can be read from it.

use url::Url;

use crate::form::{Document, Form};

/// A decoded page.
#[derive(Debug, Clone)]
pub struct Page {
    /// The address it came from, after redirects.
    pub url: Url,
    /// HTTP status.
    pub status: u16,
    /// Label of the encoding it was decoded with, as the WHATWG names it (`UTF-8`, `windows-1252`, `Shift_JIS`).
    pub charset: &'static str,
    /// The text.
    pub text: String,
}

impl Page {
    /// Parses the page. A [`Document`] is not `Send`: take what is needed from it before the next `await`.
    pub fn document(&self) -> Document {
        Document::parse(&self.text, Some(&self.url), self.charset)
    }

    /// All forms of the page, in tree order.
    pub fn forms(&self) -> Vec<Form> {
        self.document().forms()
    }
}
