//! A secret as a type: it can be sent to a device and compared, and nothing else.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

/// A password or another value that must never be printed, logged, serialised or diffed.
///
/// The type has no `Display`, `Serialize` or `PartialEq`; its `Debug` prints a fixed mark. The text is
/// wiped from memory when the last owner drops it.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Wraps a text; the caller gives up its own copy.
    pub fn new(text: String) -> Self {
        Self(SecretString::from(text))
    }

    /// Gives the text to the one place that writes it to a device, a keyring or a fingerprint.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Whether the secret is the empty text (a device without a password).
    pub fn is_empty(&self) -> bool {
        self.expose().is_empty()
    }

    /// Counts the characters, for a device's length limit.
    pub fn chars(&self) -> usize {
        self.expose().chars().count()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_never_shows_the_text() {
        let secret = Secret::new("hunter2".into());
        assert_eq!(format!("{secret:?}"), "Secret(…)");
        assert!(!format!("{:#?}", vec![secret]).contains("hunter2"));
    }
}
