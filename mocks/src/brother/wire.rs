//! Text as these machines put it on the wire: iso-8859-1, numeric entities, forms in the page's own charset.

use crate::http::Part;

/// Text with everything but letters and digits of ASCII as numeric entities, such as `Model&#32;Name`.
pub(crate) fn entities(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            out.push(c);
        } else {
            out.push_str(&format!("&#{};", u32::from(c)));
        }
    }
    out
}

/// A page as bytes. What iso-8859-1 cannot hold becomes a question mark; pages write such text as entities anyway.
pub(crate) fn latin1(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect()
}

/// Fields of a posted form in the order sent. No `Debug`: it may hold passwords.
#[derive(Clone, Default)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads `application/x-www-form-urlencoded`. Each byte is one character, as the pages are iso-8859-1: a client that
    /// posts UTF-8 finds two characters where it meant one.
    pub(crate) fn parse(body: &[u8]) -> Self {
        let pairs = body.split(|byte| *byte == b'&').filter(|piece| !piece.is_empty()).map(|piece| {
            let mut halves = piece.splitn(2, |byte| *byte == b'=');
            let name = decode(halves.next().unwrap_or_default());
            (name, decode(halves.next().unwrap_or_default()))
        });
        Self(pairs.collect())
    }

    /// The parts of a multipart post that are no files, each byte one character.
    pub(crate) fn of_parts(parts: &[Part]) -> Self {
        let texts = parts.iter().filter(|part| part.file_name.is_none());
        Self(
            texts
                .map(|part| (part.name.clone(), part.body.iter().copied().map(char::from).collect()))
                .collect(),
        )
    }

    /// The first value of a field.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// As [`Fields::get`], empty where the field is absent.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// Whether a field was sent, with or without a value.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }
}

fn decode(piece: &[u8]) -> String {
    let mut out = String::with_capacity(piece.len());
    let mut rest = piece.iter().copied();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => out.push(' '),
            b'%' => {
                let mut ahead = rest.clone();
                let digits = [ahead.next(), ahead.next()].map(|digit| digit.and_then(hexadecimal));
                match digits {
                    [Some(high), Some(low)] => {
                        rest = ahead;
                        out.push(char::from(high << 4 | low));
                    }
                    _ => out.push('%'),
                }
            }
            other => out.push(char::from(other)),
        }
    }
    out
}

fn hexadecimal(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_becomes_numeric_entities() {
        assert_eq!(entities("Model Name"), "Model&#32;Name");
        assert_eq!(entities("*.example é"), "&#42;&#46;example&#32;&#233;");
    }

    #[test]
    fn forms_are_read_byte_by_byte() {
        let fields = Fields::parse(b"B1=caf%E9&B2=caf%C3%A9&empty=&bare&B1=second&x=100%&plus=a+b%2Bc");
        assert_eq!(fields.text("B1"), "café");
        assert_eq!(fields.text("B2"), "cafÃ©");
        assert!(fields.has("empty") && fields.has("bare") && !fields.has("none"));
        assert_eq!(fields.text("x"), "100%");
        assert_eq!(fields.text("plus"), "a b+c");
    }
}
