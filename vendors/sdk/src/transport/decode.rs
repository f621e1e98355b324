//! The charset of a page: byte order mark, `Content-Type`, `<meta>`, XML declaration, in this order; else windows-1252,
//! which is what browsers assume of a page that says nothing.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// How far into a page a declaration may stand.
const PRESCAN: usize = 1024;

/// The text of a body and the name of its encoding.
pub(super) fn decode(body: &[u8], content_type: Option<&str>) -> (String, &'static str) {
    if let Some((encoding, mark)) = Encoding::for_bom(body) {
        let (text, _) = encoding.decode_without_bom_handling(&body[mark..]);
        return (text.into_owned(), encoding.name());
    }
    let head = &body[..body.len().min(PRESCAN)];
    let encoding = content_type
        .and_then(|value| parameter(value, "charset"))
        .and_then(|label| Encoding::for_label(label.as_bytes()))
        .or_else(|| from_meta(head))
        .or_else(|| from_xml(head))
        .unwrap_or(WINDOWS_1252);
    let (text, _) = encoding.decode_without_bom_handling(body);
    (text.into_owned(), encoding.name())
}

/// A parameter of a header value (`text/html; charset="Shift_JIS"`).
fn parameter<'a>(value: &'a str, name: &str) -> Option<&'a str> {
    value.split([';', ',']).find_map(|part| {
        let (key, value) = part.split_once('=')?;
        let key = key.trim();
        key.eq_ignore_ascii_case(name).then(|| value.trim().trim_matches(['"', '\'']).trim())
    })
}

fn from_meta(head: &[u8]) -> Option<&'static Encoding> {
    // All declarations are ASCII, whatever the page's encoding is.
    let head: String = head.iter().map(|b| char::from(*b).to_ascii_lowercase()).collect();
    let mut rest = without_comments(&head);
    while let Some(at) = rest.find("<meta") {
        let tag = &rest[at + 5..];
        let end = tag.find('>').unwrap_or(tag.len());
        if let Some(label) = charset_of(&tag[..end]) {
            return Encoding::for_label(label.as_bytes()).map(declared);
        }
        rest = tag[end..].to_owned();
    }
    None
}

fn without_comments(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("<!--") {
        out.push_str(before);
        rest = behind.split_once("-->").map_or("", |(_, after)| after);
    }
    out + rest
}

/// The label behind `charset=`, in `<meta charset=x>` as well as in `<meta content="text/html; charset=x">`.
fn charset_of(tag: &str) -> Option<&str> {
    let behind = tag[tag.find("charset")? + 7..].trim_start().strip_prefix('=')?.trim_start();
    let behind = behind.trim_start_matches(['"', '\'']).trim_start();
    let end = behind.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ';' | '/' | '>'));
    Some(&behind[..end.unwrap_or(behind.len())]).filter(|label| !label.is_empty())
}

fn from_xml(head: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(head);
    let declaration = head.trim_start().strip_prefix("<?xml")?.split_once("?>")?.0;
    let behind =
        declaration[declaration.find("encoding")? + 8..].trim_start().strip_prefix('=')?.trim_start();
    let quote = behind.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let label = behind[1..].split_once(quote)?.0;
    Encoding::for_label(label.trim().as_bytes()).map(declared)
}

/// A declaration that could be read as ASCII cannot have been UTF-16.
fn declared(encoding: &'static Encoding) -> &'static Encoding {
    if encoding == UTF_16LE || encoding == UTF_16BE { UTF_8 } else { encoding }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_charset_is_found_where_browsers_look_for_it() {
        for (body, header, expected) in [
            (&b"\xef\xbb\xbfx"[..], Some("text/html; charset=Shift_JIS"), "UTF-8"),
            (b"\xff\xfea\0", None, "UTF-16LE"),
            (b"<meta charset=utf-8>", Some("text/html; Charset=\"shift_jis\""), "Shift_JIS"),
            (b"<meta charset='Shift_JIS'>", Some("text/html"), "Shift_JIS"),
            (b"<META HTTP-EQUIV=Content-Type CONTENT=\"text/html; charset=euc-kr\">", None, "EUC-KR"),
            (b"<!-- <meta charset=big5> --><meta charset = utf-8 />", None, "UTF-8"),
            (b"<meta name=viewport><meta charset=utf-16>", None, "UTF-8"),
            (b"<?xml version='1.0' encoding='iso-2022-jp'?><x/>", None, "ISO-2022-JP"),
            (b"<meta charset=nonsense>", Some("text/html; charset=also-nonsense"), "windows-1252"),
            (b"plain", None, "windows-1252"),
            (b"", None, "windows-1252"),
            (b"<meta charset", None, "windows-1252"),
        ] {
            assert_eq!(decode(body, header).1, expected, "{:?}", String::from_utf8_lossy(body));
        }
        assert_eq!(decode(b"Stra\xdfe", None).0, "Straße");
        assert_eq!(decode(b"<meta charset=shift_jis>\x8e\xd0", None).0, "<meta charset=shift_jis>社");
    }
}
