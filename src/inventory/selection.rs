//! Which devices are meant.

use std::fmt;

/// A selection over an inventory: device names, or `key=value[,value]` terms. Spaces are AND, commas OR.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Selection {
    text: String,
}

impl Selection {
    /// Reads the words of a selection, as they come from `-t` or from a playbook's `target`. No words, or only empty
    /// ones, mean every device.
    ///
    /// # Errors
    /// A term that cannot be read.
    pub fn parse(words: &[String]) -> Result<Self, SelectError> {
        Ok(Self { text: words.join(" ") })
    }

    /// Whether every device is meant.
    pub fn is_all(&self) -> bool {
        self.text.trim().is_empty()
    }
}

impl fmt::Display for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A selection that cannot be read or means nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SelectError {
    /// What is wrong, as a fragment.
    pub message: String,
    /// What exists, or what was probably meant.
    pub help: Option<String>,
}
