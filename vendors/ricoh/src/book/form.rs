//! Sending the address book's forms. Each POST takes the book's lock or alters the book, so each is announced as a write.

use scanfleet_sdk::form::{Document, Form};
use scanfleet_sdk::page::Page;
use scanfleet_sdk::transport::{Answer, Effect, Request};
use scanfleet_sdk::{Category, DeviceError, Section};
use url::Url;

use crate::book::answer::Halt;
use crate::book::list::token;
use crate::driver::RicohDriver;

/// A form's content as it is sent.
pub(crate) type Fields = Vec<(String, String)>;

/// A pair of a field.
pub(crate) fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

/// An answer to a script's own request: UTF-8 where its head names no encoding, as browsers read it.
pub(crate) fn script_page(answer: &Answer) -> Page {
    let mut page = answer.page();
    let named = answer.header("content-type").is_some_and(|t| t.to_ascii_lowercase().contains("charset"));
    if !named && let Ok(text) = std::str::from_utf8(&answer.body) {
        page.text = text.trim_start_matches('\u{feff}').to_owned();
        page.charset = "UTF-8";
    }
    page
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\r' => out.push_str("&#13;"),
            '\n' => out.push_str("&#10;"),
            c => out.push(c),
        }
    }
    out
}

/// A form of hidden fields, so that they are encoded as a browser encodes them.
fn hidden_form(url: &Url, charset: &str, fields: &[(String, String)], multipart: bool) -> Option<Form> {
    let enctype = if multipart { " enctype=\"multipart/form-data\"" } else { "" };
    let mut html = format!("<form method=\"post\"{enctype}>");
    for (name, value) in fields {
        html.push_str(&format!(
            "<input type=\"hidden\" name=\"{}\" value=\"{}\">",
            escaped(name),
            escaped(value)
        ));
    }
    html.push_str("</form>");
    Document::parse(&html, Some(url), charset).forms().into_iter().next()
}

/// What is sent, and how.
pub(crate) struct Post<'a> {
    pub(crate) url: &'a Url,
    pub(crate) fields: &'a [(String, String)],
    pub(crate) multipart: bool,
    /// What it does, in the infinitive.
    pub(crate) what: &'a str,
}

impl RicohDriver {
    /// Sends a form of the address book, as the page's own scripts do, and takes the token of the answer.
    pub(crate) async fn book_post(&mut self, post: Post<'_>) -> Result<Page, Halt> {
        let list = self.listed()?;
        let form = hidden_form(post.url, list.charset, post.fields, post.multipart);
        let submission = form.and_then(|f| f.submission(None, None).ok()).ok_or_else(|| {
            DeviceError::new(
                Category::PageChanged,
                post.what,
                "the request cannot be written down; nothing was sent",
            )
        })?;
        let effect = Effect::Write { section: Section::AddressBook, what: post.what.to_owned() };
        let request = Request::submit(submission, effect, post.what, &[])
            .header("X-Requested-With", "XMLHttpRequest")
            .header("Referer", list.url.as_str());
        self.book.posts += 1;
        let answer = self.session.send(request).await?;
        let page = script_page(&answer);
        if let Some(token) = token(&page.forms())
            && let Some(list) = &mut self.book.list
        {
            list.token = Some(token);
        }
        Ok(page)
    }

    /// The token as a field.
    pub(crate) fn token_field(&self) -> (String, String) {
        let token = self.book.list.as_ref().and_then(|l| l.token.clone());
        pair("wimToken", &token.unwrap_or_default())
    }

    /// Gives back what is open for editing, by the list page; a failure says itself to the next request, and the log-out
    /// gives it back as well.
    pub(crate) async fn release(&mut self) {
        if !self.book.open {
            return;
        }
        let Some(url) = self.book.address.clone() else { return };
        // What was given before is forgotten by a device that shows its list anew.
        self.book.given.clear();
        let request = Request::get(url.as_str(), "give back the lock of the address book");
        match self.session.send(request).await {
            Ok(answer) => {
                self.book.open = false;
                if let Some(token) = token(&answer.page().forms())
                    && let Some(list) = &mut self.book.list
                {
                    list.token = Some(token);
                }
            }
            Err(error) => tracing::debug!(%error, "giving back the address book failed"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_value_is_sent_as_it_is(pairs in proptest::collection::vec(("[a-zA-Z]{1,9}", "[^\0\u{fffd}\r\n]*"), 0..5)) {
            let url: Url = "http://192.0.2.1/x.cgi".parse().unwrap();
            let sent = hidden_form(&url, "UTF-8", &pairs, false).unwrap().submission(None, None).unwrap();
            prop_assert_eq!(&sent.entries, &pairs);
            let back: Fields = url::form_urlencoded::parse(&sent.body).into_owned().collect();
            prop_assert_eq!(back, pairs);
        }
    }

    #[test]
    fn several_ids_go_as_parts() {
        let url: Url = "http://192.0.2.1/x.cgi".parse().unwrap();
        let fields = [pair("entryIndex", "22,24,"), pair("wimToken", "1")];
        let sent = hidden_form(&url, "UTF-8", &fields, true).unwrap().submission(None, None).unwrap();
        let body = String::from_utf8(sent.body).unwrap();
        assert!(sent.content_type.unwrap().starts_with("multipart/form-data; boundary="));
        assert!(body.contains("name=\"entryIndex\"\r\n\r\n22,24,\r\n"), "{body}");
    }
}
