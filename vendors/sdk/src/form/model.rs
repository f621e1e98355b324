//! A form, and what it submits.

use std::fmt;

use url::Url;

use super::control::Control;

/// A form of a page, owned and `Send`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// Position among the page's forms, from 0.
    pub index: usize,
    /// `name`.
    pub name: String,
    /// `id`.
    pub id: String,
    /// `get`, `post` or `dialog`.
    pub method: String,
    /// `action` as written, absent where it is missing or empty.
    pub action_written: Option<String>,
    /// `action` against the base; the page's own address where it is missing or empty.
    pub action: Option<Url>,
    /// `application/x-www-form-urlencoded`, `multipart/form-data` or `text/plain`.
    pub enctype: String,
    /// The encoding it submits in.
    pub charset: &'static str,
    /// Its controls in tree order, wherever the parser placed them.
    pub controls: Vec<Control>,
    /// The page's own address.
    pub document_url: Option<Url>,
    /// What relative addresses of the page are relative to.
    pub base: Option<Url>,
    /// The encoding of the page, in which the queries of its addresses are written.
    pub page_charset: &'static str,
}

impl Form {
    /// The controls of a name, in order.
    pub fn named(&self, name: &str) -> Vec<&Control> {
        self.controls.iter().filter(|c| c.name == name).collect()
    }
}

/// A file that a person would choose in a file field.
///
/// `Debug` shows its name and length only.
#[derive(Clone, PartialEq, Eq)]
pub struct FileContent {
    /// Its name, without folders.
    pub name: String,
    /// Its media type, such as `text/csv`.
    pub content_type: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for FileContent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} bytes)", self.name, self.bytes.len())
    }
}

/// What a form submits.
///
/// `Debug` shows names and lengths only: a value may be a password.
#[derive(Clone, PartialEq, Eq)]
pub struct Submission {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// Where to; for GET the query is in it.
    pub url: Url,
    /// Content type of the body (with boundary for multipart); absent for GET.
    pub content_type: Option<String>,
    /// The body; empty for GET.
    pub body: Vec<u8>,
    /// Names and values as the entry list holds them, before encoding.
    pub entries: Vec<(String, String)>,
}

impl fmt::Debug for Submission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut url = self.url.clone();
        if self.method == "GET" {
            // The entries stand there.
            url.set_query(None);
        }
        let entries: Vec<String> =
            self.entries.iter().map(|(n, v)| format!("{n} ({} bytes)", v.len())).collect();
        f.debug_struct("Submission")
            .field("method", &self.method)
            .field("url", &url.as_str())
            .field("content_type", &self.content_type)
            .field("body", &format_args!("({} bytes)", self.body.len()))
            .field("entries", &entries)
            .finish()
    }
}
