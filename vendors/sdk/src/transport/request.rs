//! A request before it leaves, and the answer to it.

use url::Url;

use super::{Effect, decode};
use crate::form::Submission;
use crate::page::Page;

/// A request before it leaves.
#[derive(Debug, Clone)]
pub struct Request {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// Absolute, or relative to the origin.
    pub url: String,
    /// Extra headers (`Referer`, `X-Requested-With`); never cookies.
    pub headers: Vec<(String, String)>,
    /// Content type and body of a POST.
    pub body: Option<(String, Vec<u8>)>,
    /// Names of the fields in the body whose values are secret: the transcript shows their names only.
    /// Fields whose names look like passwords or tokens are redacted anyway.
    pub secret_fields: Vec<String>,
    /// Names of all the body's fields in order, for the intent.
    pub fields: Vec<String>,
    /// What it does.
    pub effect: Effect,
    /// What is being done, in the infinitive, for error messages ("read the E-mail page").
    pub tried: String,
    /// Whether redirects within the origin are followed.
    pub follow: bool,
}

impl Request {
    /// A read by GET; redirects are followed.
    pub fn get(url: impl Into<String>, tried: impl Into<String>) -> Self {
        Self {
            method: "GET",
            url: url.into(),
            headers: Vec::new(),
            body: None,
            secret_fields: Vec::new(),
            fields: Vec::new(),
            effect: Effect::Read,
            tried: tried.into(),
            follow: true,
        }
    }

    /// A form's submission; `secret_fields` names those whose values no record may show.
    pub fn submit(
        submission: Submission,
        effect: Effect,
        tried: impl Into<String>,
        secret_fields: &[&str],
    ) -> Self {
        let body = submission.content_type.map(|content_type| (content_type, submission.body));
        Self {
            method: submission.method,
            url: submission.url.into(),
            headers: Vec::new(),
            body,
            secret_fields: secret_fields.iter().map(|name| (*name).to_owned()).collect(),
            fields: submission.entries.into_iter().map(|(name, _)| name).collect(),
            effect,
            tried: tried.into(),
            follow: true,
        }
    }

    /// Adds a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Leaves redirects to the caller.
    pub fn no_follow(mut self) -> Self {
        self.follow = false;
        self
    }

    /// Changes what the request does (`Effect::Logout` for a GET that logs out).
    pub fn effect(mut self, effect: Effect) -> Self {
        self.effect = effect;
        self
    }
}

/// An answer, decompressed.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The address that answered, after redirects.
    pub url: Url,
    /// HTTP status.
    pub status: u16,
    /// Headers in order; values as latin-1 text. Names in lower case.
    pub headers: Vec<(String, String)>,
    /// `Set-Cookie` names and values of this answer (and of the redirects before it), in order, before any guard.
    pub set_cookies: Vec<(String, String)>,
    /// The body after decompression.
    pub body: Vec<u8>,
}

impl Answer {
    /// The first header of a name (lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// Decodes the body: charset from a byte order mark, the header, or the page's `<meta>`.
    pub fn page(&self) -> Page {
        let (text, charset) = decode::decode(&self.body, self.header("content-type"));
        Page { url: self.url.clone(), status: self.status, charset, text }
    }
}
