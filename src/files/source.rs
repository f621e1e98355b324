//! Reading a file as text.

use std::fmt;
use std::io::Read;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use super::{FileError, Problem};

/// A file's text with its path, for errors that show the place.
#[derive(Clone)]
pub struct SourceFile {
    path: PathBuf,
    text: String,
    sha256: String,
    /// Where lines begin; found when first asked for.
    lines: OnceLock<Vec<usize>>,
}

impl fmt::Debug for SourceFile {
    // The text may hold a password that somebody wrote down by mistake.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SourceFile").field("path", &self.path).finish_non_exhaustive()
    }
}

impl SourceFile {
    /// Wraps a text that is at hand already.
    pub fn from_text(path: impl Into<PathBuf>, text: impl Into<String>) -> Self {
        let text = text.into();
        let sha256 = digest(text.as_bytes());
        Self { path: path.into(), text, sha256, lines: OnceLock::new() }
    }

    /// Reads a file that must be UTF-8 (a byte order mark is dropped).
    ///
    /// # Errors
    /// The file cannot be read, is larger than `cap` bytes, or is not UTF-8; the last one names line and column.
    pub fn read_utf8(path: &Path, cap: u64) -> Result<Self, FileError> {
        let bytes = read_capped(path, cap)?;
        Self::utf8(path, bytes)
    }

    /// As [`SourceFile::read_utf8`], for bytes that are at hand already.
    ///
    /// # Errors
    /// The bytes are not UTF-8.
    pub fn utf8(path: &Path, bytes: Vec<u8>) -> Result<Self, FileError> {
        let sha256 = digest(&bytes);
        let marked = [(&[0xff, 0xfe][..], "UTF-16"), (&[0xfe, 0xff][..], "UTF-16")];
        if let Some((_, name)) = marked.iter().find(|(mark, _)| bytes.starts_with(mark)) {
            return Err(FileError::of_file(
                path,
                Problem::new(format!("the file is {name} and must be UTF-8"))
                    .help("save it as UTF-8 (in many editors: Save as, Encoding)"),
            ));
        }
        match String::from_utf8(bytes) {
            Ok(text) => {
                let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
                Ok(Self { path: path.to_owned(), text, sha256, lines: OnceLock::new() })
            }
            Err(error) => {
                let offset = error.utf8_error().valid_up_to();
                let bytes = error.as_bytes();
                let line = bytes[..offset].iter().filter(|b| **b == b'\n').count() + 1;
                let start = bytes[..offset].iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
                let column = String::from_utf8_lossy(&bytes[start..offset]).chars().count() + 1;
                Err(FileError::of_file(
                    path,
                    Problem::new(format!("the file is not UTF-8: byte {offset} is 0x{:02x}", bytes[offset]))
                        .at(line, Some(column))
                        .help("save it as UTF-8 (in many editors: Save as, Encoding)"),
                ))
            }
        }
    }

    /// Reads a file as spreadsheet programs write CSV: UTF-8 with or without mark, UTF-16, otherwise windows-1252.
    ///
    /// # Errors
    /// The file cannot be read or is larger than `cap` bytes.
    pub fn read_tolerant(path: &Path, cap: u64) -> Result<Self, FileError> {
        Ok(Self::tolerant(path, &read_capped(path, cap)?))
    }

    /// As [`SourceFile::read_tolerant`], for bytes that are at hand already.
    pub fn tolerant(path: &Path, bytes: &[u8]) -> Self {
        let text = match Encoding::for_bom(bytes) {
            // `decode` drops the mark.
            Some((encoding, _)) => encoding.decode(bytes).0,
            None => match std::str::from_utf8(bytes) {
                Ok(_) => UTF_8.decode(bytes).0,
                Err(_) => WINDOWS_1252.decode(bytes).0,
            },
        };
        Self { path: path.to_owned(), text: text.into_owned(), sha256: digest(bytes), lines: OnceLock::new() }
    }

    /// The file's path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The text, without byte order mark.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// SHA-256 of the file's bytes, lower-case hexadecimal.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// The directory that relative paths in the file start from.
    pub fn dir(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }

    /// Line and column (in characters) of a byte offset, both counted from 1.
    pub fn place(&self, offset: usize) -> (usize, usize) {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.line(offset);
        let start = self.starts()[line - 1];
        (line, self.text[start..offset].chars().count() + 1)
    }

    /// Line of a byte offset, counted from 1.
    pub fn line(&self, offset: usize) -> usize {
        self.starts().partition_point(|start| *start <= offset).max(1)
    }

    /// The text of a line, counted from 1, as bytes; without the white space around it.
    pub fn line_span(&self, line: usize) -> Option<Range<usize>> {
        let start = *self.starts().get(line.checked_sub(1)?)?;
        let end = self.starts().get(line).copied().unwrap_or(self.text.len());
        let text = &self.text[start..end];
        let start = start + text.len() - text.trim_start().len();
        Some(start..(start + text.trim().len()))
    }

    fn starts(&self) -> &[usize] {
        self.lines.get_or_init(|| {
            std::iter::once(0).chain(self.text.match_indices('\n').map(|(at, _)| at + 1)).collect()
        })
    }
}

/// Reads a file of at most `cap` bytes.
///
/// # Errors
/// The file cannot be read, is not a regular file, or is too large.
pub fn read_capped(path: &Path, cap: u64) -> Result<Vec<u8>, FileError> {
    let fail = |message: String| FileError::of_file(path, Problem::new(message));
    let file = std::fs::File::open(path).map_err(|e| fail(format!("the file cannot be read: {e}")))?;
    if file.metadata().is_ok_and(|facts| facts.is_dir()) {
        return Err(fail("this is a directory, not a file".into()));
    }
    let mut bytes = Vec::new();
    file.take(cap + 1).read_to_end(&mut bytes).map_err(|e| fail(format!("the file cannot be read: {e}")))?;
    if bytes.len() as u64 > cap {
        return Err(fail(format!("the file is larger than {} MiB", cap >> 20)));
    }
    Ok(bytes)
}

fn digest(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    use std::fmt::Write;
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
