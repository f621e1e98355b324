//! `multipart/form-data`: what a browser posts from a form with a file input.

use super::request::{Form, Request};

/// One part of such a post. No `Debug`: it may hold passwords.
#[derive(Clone, Default)]
pub(crate) struct Part {
    /// The control's name.
    pub(crate) name: String,
    /// The name of the file, where it is one; empty when nothing was chosen.
    pub(crate) file_name: Option<String>,
    /// Its bytes.
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// The parts in the order sent; nothing where the body is of another kind or has no end.
    pub(crate) fn parts(&self) -> Option<Vec<Part>> {
        let kind = self.header("content-type")?;
        if !kind.to_ascii_lowercase().starts_with("multipart/form-data") {
            return None;
        }
        let boundary = kind.split(';').find_map(|piece| piece.trim().strip_prefix("boundary="))?;
        let fence = format!("--{}", boundary.trim_matches('"'));
        read(&self.body, fence.as_bytes())
    }
}

impl Form {
    /// The parts that are no files, read as UTF-8.
    pub(crate) fn of_parts(parts: &[Part]) -> Self {
        let texts = parts.iter().filter(|part| part.file_name.is_none());
        Self::of_pairs(
            texts.map(|part| (part.name.clone(), String::from_utf8_lossy(&part.body).into_owned())).collect(),
        )
    }
}

fn read(body: &[u8], fence: &[u8]) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut rest = body.get(find(body, fence)? + fence.len()..)?;
    loop {
        if rest.starts_with(b"--") {
            return Some(parts);
        }
        rest = rest.strip_prefix(b"\r\n")?;
        let head_end = find(rest, b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(rest.get(..head_end)?).into_owned();
        rest = rest.get(head_end + 4..)?;
        // The fence stands at the start of a line; the line break before it belongs to it.
        let mut line = b"\r\n".to_vec();
        line.extend_from_slice(fence);
        let end = find(rest, &line)?;
        let content = rest.get(..end)?.to_vec();
        rest = rest.get(end + line.len()..)?;
        let disposition =
            head.split("\r\n").find(|line| line.to_ascii_lowercase().starts_with("content-disposition:"))?;
        parts.push(Part {
            name: parameter(disposition, "name")?,
            file_name: parameter(disposition, "filename"),
            body: content,
        });
    }
}

/// A parameter of a header line, with the escapes that browsers use resolved.
fn parameter(line: &str, name: &str) -> Option<String> {
    let value = line.split(';').map(str::trim).find_map(|piece| {
        let (key, value) = piece.split_once('=')?;
        key.eq_ignore_ascii_case(name).then_some(value)
    })?;
    Some(value.trim_matches('"').replace("%22", "\""))
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_read_byte_by_byte() {
        let body = b"--x\r\nContent-Disposition: form-data; name=\"CSRFToken\"\r\n\r\nab\r\ncd\r\n--x\r\n\
                     Content-Disposition: form-data; name=\"f\"; filename=\"a.csv\"\r\n\
                     Content-Type: text/csv\r\n\r\n\xff\r\n\r\n--y\r\n--x--\r\n";
        let parts = read(body, b"--x").unwrap();
        assert_eq!(parts.len(), 2);
        assert_eq!((parts[0].name.as_str(), parts[0].body.as_slice()), ("CSRFToken", &b"ab\r\ncd"[..]));
        assert_eq!(parts[1].file_name.as_deref(), Some("a.csv"));
        assert_eq!(parts[1].body, b"\xff\r\n\r\n--y");
        assert!(read(b"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nno end", b"--x").is_none());
        assert!(read(b"", b"--x").is_none());
    }
}
