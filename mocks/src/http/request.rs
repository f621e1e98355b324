//! Reading one request, with caps on everything.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt};

/// Longest request head.
const MAX_HEAD: usize = 64 * 1024;
/// Longest request body.
const MAX_BODY: usize = 4 * 1024 * 1024;

/// One request. No `Debug`: it may carry passwords.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// The path as it was sent, without the query.
    pub(crate) path: String,
    /// The query without its question mark.
    pub(crate) query: String,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// Whether the client wants the connection closed after the answer.
    pub(crate) close: bool,
}

/// Why no request came.
#[derive(Debug)]
pub(crate) enum ReadError {
    /// The connection is at its end or broken.
    Gone,
    /// The client sent something that is answered with this status.
    Refused(u16),
}

impl From<io::Error> for ReadError {
    fn from(_: io::Error) -> Self {
        Self::Gone
    }
}

impl Request {
    /// Reads the next request; `buffer` keeps what was read beyond it.
    #[cfg(test)]
    pub(crate) async fn read<S>(stream: &mut S, buffer: &mut Vec<u8>) -> Result<Self, ReadError>
    where
        S: AsyncRead + Unpin,
    {
        let (mut request, length) = Self::read_head(stream, buffer).await?;
        request.read_body(stream, buffer, length).await?;
        Ok(request)
    }

    /// Reads the next request's head, and the length of its body.
    pub(crate) async fn read_head<S>(stream: &mut S, buffer: &mut Vec<u8>) -> Result<(Self, usize), ReadError>
    where
        S: AsyncRead + Unpin,
    {
        let (request, head) = loop {
            if let Some(found) = Self::parse(buffer)? {
                break found;
            }
            if buffer.len() > MAX_HEAD {
                return Err(ReadError::Refused(431));
            }
            if stream.read_buf(buffer).await? == 0 {
                return Err(ReadError::Gone);
            }
        };
        buffer.drain(..head);
        if request.header("transfer-encoding").is_some() {
            // No client of such a device sends one; the real answer is not known.
            return Err(ReadError::Refused(411));
        }
        let length = match request.header("content-length") {
            None => 0,
            Some(text) => text.trim().parse::<usize>().map_err(|_| ReadError::Refused(400))?,
        };
        if length > MAX_BODY {
            return Err(ReadError::Refused(413));
        }
        Ok((request, length))
    }

    /// Reads the body that belongs to the head.
    pub(crate) async fn read_body<S>(
        &mut self,
        stream: &mut S,
        buffer: &mut Vec<u8>,
        length: usize,
    ) -> Result<(), ReadError>
    where
        S: AsyncRead + Unpin,
    {
        while buffer.len() < length {
            if stream.read_buf(buffer).await? == 0 {
                return Err(ReadError::Gone);
            }
        }
        self.body = buffer.drain(..length).collect();
        Ok(())
    }

    fn parse(buffer: &[u8]) -> Result<Option<(Self, usize)>, ReadError> {
        let mut headers = [httparse::EMPTY_HEADER; 100];
        let mut parsed = httparse::Request::new(&mut headers);
        let head = match parsed.parse(buffer) {
            Ok(httparse::Status::Complete(head)) => head,
            Ok(httparse::Status::Partial) => return Ok(None),
            Err(_) => return Err(ReadError::Refused(400)),
        };
        let target = parsed.path.unwrap_or("/");
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let headers: Vec<(String, String)> = parsed
            .headers
            .iter()
            .map(|header| {
                (header.name.to_ascii_lowercase(), String::from_utf8_lossy(header.value).trim().to_owned())
            })
            .collect();
        let wish = headers
            .iter()
            .find(|(name, _)| name == "connection")
            .map(|(_, value)| value.to_ascii_lowercase());
        let close = match wish {
            Some(wish) => {
                wish.contains("close") || (parsed.version == Some(0) && !wish.contains("keep-alive"))
            }
            None => parsed.version == Some(0),
        };
        let request = Self {
            method: parsed.method.unwrap_or_default().to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers,
            body: Vec::new(),
            close,
        };
        Ok(Some((request, head)))
    }

    /// The first header of this name (lower case).
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// All values of a cookie, in the order sent.
    pub(crate) fn cookies<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers
            .iter()
            .filter(|(key, _)| key == "cookie")
            .flat_map(|(_, value)| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(move |(key, _)| key.trim() == name)
            .map(|(_, value)| value.trim().trim_matches('"'))
    }

    /// The form of the query, whatever the method.
    pub(crate) fn query_form(&self) -> Form {
        Form::of(&self.query)
    }

    /// The posted form, or the query of a GET.
    pub(crate) fn form(&self) -> Form {
        let source = if self.method == "POST" { self.body.as_slice() } else { self.query.as_bytes() };
        if let (true, Some(parts)) = (self.method == "POST", self.parts()) {
            return Form::of_parts(&parts);
        }
        Form(form_urlencoded::parse(source).into_owned().collect())
    }
}

/// Fields of a form in the order sent.
#[derive(Clone, Default)]
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads a query.
    pub(crate) fn of(query: &str) -> Self {
        Self(form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    /// Fields that were read elsewhere.
    pub(crate) fn of_pairs(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// The first value of a field; pages of this family read the first of a doubled field.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// All values of a field, in the order sent.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The names of the fields, in the order sent.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(key, _)| key.as_str())
    }

    /// As [`Form::get`], empty where the field is absent.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(bytes: &[u8]) -> Result<Request, ReadError> {
        Request::read(&mut &bytes[..], &mut Vec::new()).await
    }

    #[tokio::test]
    async fn a_post_with_cookies_is_read_whole() {
        let request = read(
            b"POST /a/b.cgi?x=1 HTTP/1.1\r\nCookie: a=1; wimsesid=42\r\nContent-Length: 9\r\n\r\nn=%C3%A9&m",
        )
        .await
        .unwrap();
        assert_eq!((request.path.as_str(), request.query.as_str()), ("/a/b.cgi", "x=1"));
        assert_eq!(request.cookies("wimsesid").collect::<Vec<_>>(), ["42"]);
        assert_eq!(request.form().get("n"), Some("é"));
        assert!(!request.close);
    }

    #[tokio::test]
    async fn a_multipart_form_is_read_as_any_other() {
        let body = "--xyz\r\nContent-Disposition: form-data; name=\"entryIndex\"\r\n\r\n22,24,\r\n--xyz\r\n\
                    Content-Disposition: form-data; name=\"wimToken\"\r\n\r\n42\r\n--xyz--\n";
        let head = format!(
            "POST / HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=xyz\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let form = read(format!("{head}{body}").as_bytes()).await.unwrap().form();
        assert_eq!((form.text("entryIndex"), form.text("wimToken")), ("22,24,", "42"));
    }

    #[tokio::test]
    async fn too_much_is_refused() {
        let head = format!("GET / HTTP/1.1\r\nX: {}", "a".repeat(MAX_HEAD));
        assert!(matches!(read(head.as_bytes()).await, Err(ReadError::Refused(431))));
        let body = format!("POST / HTTP/1.1\r\nContent-Length: {}\r\n\r\n", MAX_BODY + 1);
        assert!(matches!(read(body.as_bytes()).await, Err(ReadError::Refused(413))));
        assert!(matches!(read(b"\x16\x03\x01\x02\x00").await, Err(ReadError::Refused(400))));
    }
}
