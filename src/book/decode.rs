//! From bytes to text: which encoding a file is in, found out and said, never guessed silently.

use std::path::Path;

use encoding_rs::{Encoding, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252};

use crate::files::{FileError, Problem, SourceFile, read_capped};

/// Bytes of a list: a quarter of a million rows.
const BYTES: u64 = 32 << 20;

/// A file's text and what should be known of its encoding.
pub(super) struct Decoded {
    pub(super) source: SourceFile,
    /// A sentence, where the encoding was found out by looking at the letters.
    pub(super) note: Option<String>,
}

/// Reads a text file. `forced` is an encoding by any of its usual names.
///
/// # Errors
/// It cannot be read, is binary, is not what `forced` says, or nothing tells what it is.
pub(super) fn read(path: &Path, forced: Option<&str>) -> Result<Decoded, FileError> {
    let bytes = read_capped(path, BYTES)?;
    decode(path, &bytes, forced)
}

pub(super) fn decode(path: &Path, bytes: &[u8], forced: Option<&str>) -> Result<Decoded, FileError> {
    if let Some(name) = forced {
        let Some(encoding) = Encoding::for_label(name.as_bytes()) else {
            return Err(FileError::of_file(
                path,
                Problem::new(format!("there is no encoding `{}`", scanfleet_sdk::error::clean(name)))
                    .help("such as utf-8, utf-16le, windows-1252, shift_jis"),
            ));
        };
        let text = strictly(path, bytes, encoding)?;
        return Ok(Decoded { source: SourceFile::from_text(path, text), note: None });
    }
    let certain = Encoding::for_bom(bytes).map(|(encoding, _)| encoding).or_else(|| wide(bytes));
    if let Some(encoding) = certain {
        let text = strictly(path, bytes, encoding)?;
        return checked(path, text, None);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => checked(path, text.to_owned(), None),
        Err(error) => {
            if mostly_utf8(bytes) {
                return Err(broken(path, bytes, error.valid_up_to(), UTF_8));
            }
            let encoding = guess(path, bytes)?;
            let text = strictly(path, bytes, encoding)?;
            let name = encoding.name();
            let note = text.lines().enumerate().find(|(_, line)| !line.is_ascii()).map(|(at, line)| {
                let line: String = scanfleet_sdk::error::clean(line).chars().take(60).collect();
                format!(
                    "The file is not UTF-8; by its letters it is {name}: line {} reads `{line}`. If that is wrong, save it as \
                     UTF-8, or name its encoding with `scanfleet book import FILE --encoding NAME`.",
                    at + 1
                )
            });
            checked(path, text, note)
        }
    }
}

/// Zero bytes in every other place: UTF-16 without a mark.
fn wide(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(4096) & !1];
    let zeros = |from: usize| head.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count();
    let half = head.len() / 2;
    match (zeros(0), zeros(1)) {
        _ if half < 2 => None,
        (0, odd) if odd * 3 > half => Some(UTF_16LE),
        (even, 0) if even * 3 > half => Some(UTF_16BE),
        _ => None,
    }
}

/// Whether a text was UTF-8 and has been damaged, or was put together from two files.
fn mostly_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    good > bad
}

/// The encoding whose letters make most sense.
fn guess(path: &Path, bytes: &[u8]) -> Result<&'static Encoding, FileError> {
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let encoding = detector.guess(None, chardetng::Utf8Detection::Deny);
    // A letter that is a control character is the wrong letter.
    let fits = |encoding: &'static Encoding| {
        let text = encoding.decode_without_bom_handling_and_without_replacement(bytes);
        text.is_some_and(|text| !text.contains(|c: char| matches!(c, '\u{80}'..='\u{9f}')))
    };
    if fits(encoding) {
        return Ok(encoding);
    }
    let others = [WINDOWS_1252, WINDOWS_1250, WINDOWS_1251, SHIFT_JIS].into_iter().filter(|e| fits(e));
    let others: Vec<&str> = others.map(Encoding::name).collect();
    let at = bytes.iter().position(|byte| !byte.is_ascii()).unwrap_or_default();
    Err(FileError::of_file(
        path,
        Problem::new(format!(
            "the file is not UTF-8, and its letters do not tell what else it is (it might be {})",
            crate::files::words::list(others, 4)
        ))
        .at(bytes[..at].iter().filter(|byte| **byte == b'\n').count() + 1, None)
        .help("save it as UTF-8 (in Excel: CSV UTF-8), or name its encoding with `scanfleet book import FILE --encoding NAME`"),
    ))
}

fn strictly(path: &Path, bytes: &[u8], encoding: &'static Encoding) -> Result<String, FileError> {
    let body = match Encoding::for_bom(bytes) {
        Some((found, length)) if found == encoding => &bytes[length..],
        _ => bytes,
    };
    match encoding.decode_without_bom_handling_and_without_replacement(body) {
        Some(text) => Ok(text.into_owned()),
        None => {
            // Where the first replacement stands.
            let lossy = encoding.decode_without_bom_handling(body).0;
            let at = lossy.find('\u{fffd}').unwrap_or_default();
            let line = lossy[..at].matches('\n').count() + 1;
            let column = lossy[..at].rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
            Err(not(path, encoding, line, column))
        }
    }
}

fn broken(path: &Path, bytes: &[u8], at: usize, encoding: &'static Encoding) -> FileError {
    let line = bytes[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
    let start = bytes[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    not(path, encoding, line, String::from_utf8_lossy(&bytes[start..at]).chars().count() + 1)
}

fn not(path: &Path, encoding: &'static Encoding, line: usize, column: usize) -> FileError {
    FileError::of_file(
        path,
        Problem::new(format!("the file is {} up to here, and then it is not", encoding.name()))
            .at(line, Some(column))
            .help("was it put together from two files? save it anew as UTF-8 (in Excel: CSV UTF-8)"),
    )
}

/// Text that was damaged before it was saved, and files that are no text.
fn checked(path: &Path, text: String, note: Option<String>) -> Result<Decoded, FileError> {
    let source = SourceFile::from_text(path, text);
    let said = |at: usize, message: &str, help: &str| {
        let end = at + source.text()[at..].chars().next().map_or(0, char::len_utf8);
        let problem = Problem::new(message).span(at..end).help(help);
        Err(FileError::in_source(&source, vec![problem]))
    };
    if source.text().contains('\0') {
        return Err(FileError::of_file(
            path,
            Problem::new("this is no text").help("lists are .csv or .xlsx files"),
        ));
    }
    if let Some(at) = source.text().find('\u{fffd}') {
        return said(
            at,
            "a letter was lost here when the file was saved",
            "go back to the program it came from and save it as UTF-8",
        );
    }
    if let Some(at) = twice(source.text()) {
        return said(
            at,
            "the file was decoded wrongly before it was saved: UTF-8 was taken for windows-1252",
            "go back to the program it came from; open it as UTF-8 there and save it again",
        );
    }
    Ok(Decoded { source, note })
}

/// Where `Ã¼` stands instead of `ü`.
fn twice(text: &str) -> Option<usize> {
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        if matches!(c, 'Ã' | 'Å' | 'Ä') && next.is_some_and(|next| matches!(next, '\u{80}'..='\u{bf}')) {
            return Some(at);
        }
    }
    None
}
