//! Encodings of a form's entries: urlencoded, multipart and plain text, in any charset.

use std::borrow::Cow;

use encoding_rs::Encoding;

use super::model::FileContent;

/// An entry: a name, and what stands for it.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Entry {
    Text(String, String),
    /// A file field without a file.
    EmptyFile(String),
    /// A file field with a file: the field, and the file.
    File(String, FileContent),
}

impl Entry {
    pub fn pair(&self) -> (String, String) {
        match self {
            Self::Text(name, value) => (name.clone(), value.clone()),
            Self::EmptyFile(name) => (name.clone(), String::new()),
            // As in a form that is sent without its files.
            Self::File(name, file) => (name.clone(), file.name.clone()),
        }
    }
}

/// The encoding of that name; UTF-8 where there is none.
pub(super) fn encoding(label: &str) -> &'static Encoding {
    Encoding::for_label(label.as_bytes()).unwrap_or(encoding_rs::UTF_8).output_encoding()
}

/// Lone CR and lone LF become CRLF.
pub(super) fn crlf(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' => {
                if chars.peek() == Some(&'\n') {
                    chars.next();
                }
                out.push_str("\r\n");
            }
            '\n' => out.push_str("\r\n"),
            c => out.push(c),
        }
    }
    out
}

/// Encodes text; what the charset lacks becomes a decimal numeric character reference.
fn encode<'t>(text: &'t str, charset: &'static Encoding) -> Cow<'t, [u8]> {
    charset.encode(text).0
}

/// Encodes the query of an address, as far as the charset goes: the address's parser percent-encodes it. A numeric
/// reference is percent-encoded here, for in a query the parser would leave its `&` and `;` as they are.
pub(super) fn query_in(charset: &'static Encoding) -> impl for<'t> Fn(&'t str) -> Cow<'t, [u8]> {
    move |text| query(text, charset)
}

fn query<'t>(text: &'t str, charset: &'static Encoding) -> Cow<'t, [u8]> {
    if encodable(text, charset) {
        return encode(text, charset);
    }
    let mut out = Vec::new();
    for c in text.chars() {
        let mut buffer = [0; 4];
        let one: &str = c.encode_utf8(&mut buffer);
        if encodable(one, charset) {
            out.extend_from_slice(&encode(one, charset));
        } else {
            out.extend_from_slice(format!("%26%23{}%3B", u32::from(c)).as_bytes());
        }
    }
    Cow::Owned(out)
}

/// Whether the charset holds every character of the text.
pub(super) fn encodable(text: &str, charset: &'static Encoding) -> bool {
    !charset.encode(text).2
}

/// `application/x-www-form-urlencoded`.
pub(super) fn urlencoded(entries: &[Entry], charset: &'static Encoding) -> String {
    let mut out = String::new();
    for entry in entries {
        let (name, value) = entry.pair();
        if !out.is_empty() {
            out.push('&');
        }
        out.extend(form_urlencoded::byte_serialize(&encode(&crlf(&name), charset)));
        out.push('=');
        out.extend(form_urlencoded::byte_serialize(&encode(&crlf(&value), charset)));
    }
    out
}

/// `text/plain`: one `name=value` a line.
pub(super) fn plain(entries: &[Entry], charset: &'static Encoding) -> Vec<u8> {
    let mut out = String::new();
    for entry in entries {
        let (name, value) = entry.pair();
        out.push_str(&crlf(&name));
        out.push('=');
        out.push_str(&crlf(&value));
        out.push_str("\r\n");
    }
    encode(&out, charset).into_owned()
}

/// The boundary's start; it is lengthened until it stands nowhere in the entries.
const BOUNDARY: &str = "----scanfleet-form-boundary";

/// `multipart/form-data`: the boundary and the body. The same entries give the same body.
pub(super) fn multipart(entries: &[Entry], charset: &'static Encoding) -> (String, Vec<u8>) {
    let parts: Vec<Vec<u8>> = entries.iter().map(|e| part(e, charset)).collect();
    let mut boundary = BOUNDARY.to_owned();
    let mut tries = 0_u32;
    while parts.iter().any(|p| contains(p, boundary.as_bytes())) {
        tries += 1;
        boundary = format!("{BOUNDARY}-{tries}");
    }
    let mut body = Vec::new();
    for part in parts {
        body.extend_from_slice(format!("--{boundary}\r\n").as_bytes());
        body.extend_from_slice(&part);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    (boundary, body)
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|w| w == part)
}

fn part(entry: &Entry, charset: &'static Encoding) -> Vec<u8> {
    let mut out = b"Content-Disposition: form-data; name=\"".to_vec();
    match entry {
        Entry::Text(name, value) => {
            out.extend(quoted(name, charset));
            out.extend_from_slice(b"\"\r\n\r\n");
            out.extend_from_slice(&encode(&crlf(value), charset));
        }
        Entry::File(name, file) => {
            out.extend(quoted(name, charset));
            out.extend_from_slice(b"\"; filename=\"");
            out.extend(quoted(&file.name, charset));
            out.extend_from_slice(b"\"\r\nContent-Type: ");
            // A type with a break in it would be a header of its own.
            out.extend(file.content_type.bytes().filter(|b| (b' '..=b'~').contains(b)));
            out.extend_from_slice(b"\r\n\r\n");
            out.extend_from_slice(&file.bytes);
        }
        Entry::EmptyFile(name) => {
            out.extend(quoted(name, charset));
            out.extend_from_slice(b"\"; filename=\"\"\r\nContent-Type: application/octet-stream\r\n\r\n");
        }
    }
    out
}

/// A name within quotes: `"`, CR and LF are percent-encoded.
fn quoted(name: &str, charset: &'static Encoding) -> Vec<u8> {
    let mut out = Vec::new();
    for &byte in encode(&crlf(name), charset).iter() {
        match byte {
            b'"' => out.extend_from_slice(b"%22"),
            b'\r' => out.extend_from_slice(b"%0D"),
            b'\n' => out.extend_from_slice(b"%0A"),
            b => out.push(b),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(name: &str, value: &str) -> Entry {
        Entry::Text(name.to_owned(), value.to_owned())
    }

    #[test]
    fn urlencoded_in_several_charsets() {
        let entries = [text("a b", "ü*-._~&=+"), text("日", "€")];
        assert_eq!(
            urlencoded(&entries, encoding_rs::UTF_8),
            "a+b=%C3%BC*-._%7E%26%3D%2B&%E6%97%A5=%E2%82%AC"
        );
        assert_eq!(
            urlencoded(&entries, encoding_rs::WINDOWS_1252),
            "a+b=%FC*-._%7E%26%3D%2B&%26%2326085%3B=%80"
        );
        assert_eq!(
            urlencoded(&[text("日", "ソ")], encoding_rs::SHIFT_JIS),
            "%93%FA=%83%5C",
            "a trail byte that looks like a backslash"
        );
    }

    #[test]
    fn lone_breaks_become_crlf() {
        assert_eq!(crlf("a\rb\nc\r\nd\n\re"), "a\r\nb\r\nc\r\nd\r\n\r\ne");
    }

    #[test]
    fn multipart_escapes_names_and_marks_empty_files() {
        let (boundary, body) =
            multipart(&[text("a\"b\nc", "x\ny"), Entry::EmptyFile("f".into())], encoding_rs::UTF_8);
        assert_eq!(
            String::from_utf8(body).unwrap(),
            format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"a%22b%0D%0Ac\"\r\n\r\nx\r\ny\r\n\
                 --{boundary}\r\nContent-Disposition: form-data; name=\"f\"; filename=\"\"\r\n\
                 Content-Type: application/octet-stream\r\n\r\n\r\n--{boundary}--\r\n"
            )
        );
    }

    #[test]
    fn a_boundary_never_stands_in_a_value() {
        let (boundary, _) = multipart(&[text("a", BOUNDARY)], encoding_rs::UTF_8);
        assert!(!BOUNDARY.contains(&boundary));
    }

    #[test]
    fn plain_text_is_one_line_an_entry() {
        assert_eq!(
            plain(&[text("a", "b c"), text("d", "é")], encoding_rs::WINDOWS_1252),
            b"a=b c\r\nd=\xe9\r\n"
        );
    }

    proptest! {
        #[test]
        fn urlencoded_decodes_to_what_went_in(pairs in proptest::collection::vec(("[^\r\n]*", "[^\r\n]*"), 0..6)) {
            let entries: Vec<Entry> = pairs.iter().map(|(n, v)| text(n, v)).collect();
            let body = urlencoded(&entries, encoding_rs::UTF_8);
            let back: Vec<(String, String)> = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
            prop_assert_eq!(back, pairs);
        }

        #[test]
        fn every_charset_gives_ascii(value in any::<String>(), which in 0usize..6) {
            let charsets = [
                encoding_rs::SHIFT_JIS, encoding_rs::ISO_2022_JP, encoding_rs::GB18030, encoding_rs::WINDOWS_1252,
                encoding_rs::EUC_KR, encoding_rs::BIG5,
            ];
            prop_assert!(urlencoded(&[text("n", &value)], charsets[which]).is_ascii());
        }
    }
}
