//! An answer, and the manner in which it is given.

use super::date;

/// The body of a missing file: 89 bytes, as captured.
const NOT_FOUND: &str =
    "<html><head><title>404 Not Found</title></head><body><h1>404 Not Found</h1></body></html>";

/// One answer.
#[derive(Debug, Clone)]
pub(crate) struct Response {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// How an answer is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// As it should be.
    Whole,
    /// One byte every so many milliseconds.
    Drip(u64),
    /// Half of the body, then the end.
    Half,
    /// So many bytes, then the end.
    Cut(usize),
    /// A body of 1 GiB.
    Huge,
    /// A body of 1 GiB, compressed.
    Bomb,
    /// No answer; the connection closes.
    Drop,
    /// No answer; the connection stays open.
    Stuck,
}

impl Response {
    /// A page, with the headers of one.
    pub(crate) fn html(body: impl Into<String>) -> Self {
        let now = date::now();
        Self {
            status: 200,
            headers: vec![
                ("Server".into(), "Web-Server/3.0".into()),
                ("Content-Type".into(), "text/html; charset=UTF-8".into()),
                ("Cache-Control".into(), "no-cache".into()),
                ("Pragma".into(), "no-cache".into()),
                ("Date".into(), now.clone()),
                ("Expires".into(), now),
            ],
            body: body.into().into_bytes(),
        }
    }

    /// An answer of another kind, without the cache headers of a page.
    pub(crate) fn plain(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: vec![
                ("Server".into(), "Web-Server/3.0".into()),
                ("Content-Type".into(), content_type.into()),
                ("Date".into(), date::now()),
            ],
            body: body.into(),
        }
    }

    /// JSON of the control endpoint.
    pub(crate) fn json(status: u16, value: &serde_json::Value) -> Self {
        Self::plain(status, "application/json", format!("{value:#}\n"))
    }

    /// "Go there".
    pub(crate) fn found(location: impl Into<String>) -> Self {
        let mut response = Self::html("");
        response.status = 302;
        response.header("Location", location);
        response
    }

    /// The device's 404.
    pub(crate) fn not_found() -> Self {
        Self::plain(404, "text/html", NOT_FOUND)
    }

    /// The same answer by another web server.
    #[must_use]
    pub(crate) fn by(mut self, server: &str) -> Self {
        for (name, value) in &mut self.headers {
            if name == "Server" {
                server.clone_into(value);
            }
        }
        self
    }

    /// Adds a header; the same name may stand several times.
    pub(crate) fn header(&mut self, name: &str, value: impl Into<String>) {
        self.headers.push((name.into(), value.into()));
    }

    /// The head, with a length that the caller chooses.
    pub(crate) fn head(&self, length: u64, close: bool) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status));
        for (name, value) in &self.headers {
            // A fault may bring text from outside; a line break in it would write headers of its own.
            let value: String = value.chars().filter(|c| !c.is_control()).collect();
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("Content-Length: {length}\r\n"));
        head.push_str(if close { "Connection: close\r\n\r\n" } else { "Connection: Keep-Alive\r\n\r\n" });
        head.into_bytes()
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        301 => "Moved Permanently",
        302 => "Found",
        304 => "Not Modified",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        411 => "Length Required",
        413 => "Content Too Large",
        422 => "Unprocessable Content",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        _ => "Status",
    }
}

/// Text as it may stand in HTML, in attributes too.
pub(crate) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_missing_page_has_its_89_bytes() {
        assert_eq!(Response::not_found().body.len(), 89);
    }

    #[test]
    fn a_header_cannot_break_its_line() {
        let head = Response::found("http://x/\r\nSet-Cookie: a=b").head(0, true);
        assert!(!String::from_utf8(head).unwrap().contains("\r\nSet-Cookie"));
    }
}
