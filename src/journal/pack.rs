//! Long texts packed for the database. Their names are always made of the text itself.

use std::borrow::Cow;
use std::io::{Read, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;

use super::store::Fault;

/// What a packed text begins with; JSON never does.
const MARK: &str = "deflate:";
/// Texts shorter than this stay as they are, for whoever looks into the database.
const LONG: usize = 8 * 1024;
/// A text longer than this is no text of ours.
const MOST: u64 = 256 * 1024 * 1024;

/// A text as it is stored.
pub(super) fn packed(text: &str) -> Cow<'_, str> {
    if text.len() < LONG {
        return Cow::Borrowed(text);
    }
    let mut encoder = DeflateEncoder::new(Vec::with_capacity(text.len() / 8), Compression::fast());
    // Writing into memory cannot fail; if it ever did, the text stays as it is.
    match encoder.write_all(text.as_bytes()).and_then(|()| encoder.finish()) {
        Ok(bytes) => Cow::Owned(format!("{MARK}{}", STANDARD_NO_PAD.encode(bytes))),
        Err(_) => Cow::Borrowed(text),
    }
}

/// The text that was stored.
pub(super) fn unpacked(stored: String) -> Result<String, Fault> {
    let Some(code) = stored.strip_prefix(MARK) else { return Ok(stored) };
    let damaged = |why: String| Fault::Content(format!("a packed text cannot be unpacked: {why}"));
    let bytes = STANDARD_NO_PAD.decode(code).map_err(|e| damaged(e.to_string()))?;
    let mut text = String::with_capacity(bytes.len() * 8);
    DeflateDecoder::new(bytes.as_slice())
        .take(MOST)
        .read_to_string(&mut text)
        .map_err(|e| damaged(e.to_string()))?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_come_back_and_short_ones_stay_readable() {
        let long = "{\"name\":\"Ward 3, Straße\"}".repeat(2_000);
        let stored = packed(&long).into_owned();
        assert!(stored.len() < long.len() / 20, "{}", stored.len());
        assert_eq!(unpacked(stored).ok(), Some(long));
        assert_eq!(packed("{}"), "{}");
        assert_eq!(unpacked("{}".into()).ok().as_deref(), Some("{}"));
        assert!(unpacked("deflate:%%".into()).is_err());
        assert!(unpacked("deflate:AAAA".into()).is_err());
    }
}
