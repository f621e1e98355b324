//! Reading of family files: strict YAML, one entry for all makers.
//!
//! A family file is data: what a generation of pages is recognised by, its words, field names and limits, each with its
//! certainty. It holds no conditions and no scripts.

mod file;
mod resolved;
pub mod words;

pub use file::{Fact, FamilyFile, FieldFacts, Limit, Shape, Sign, Weakest, Word, Words};
pub use resolved::{Families, Family, FamilySource};

use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

/// Code hooks that a family file may name, by maker. A hook is code of the maker's driver for a habit that data cannot tell.
pub const HOOKS: &[(&str, &[&str])] = &[];

/// The hooks that a maker's family file may name.
pub fn hooks_of(maker: &str) -> impl Iterator<Item = &'static str> {
    HOOKS.iter().filter(move |(name, _)| *name == maker).flat_map(|(_, hooks)| hooks.iter().copied())
}

/// Whether a text is a CSS selector that the page toolkit can use.
///
/// # Errors
/// What is wrong with it, as a fragment.
pub fn check_selector(text: &str) -> Result<(), String> {
    scraper::Selector::parse(text).map(|_| ()).map_err(|e| crate::error::clean(&e.to_string()))
}

/// A family file that cannot be used; the text names the file, line and column where that is known.
#[derive(Debug, Clone, thiserror::Error)]
#[error("family file {file}: {problem}")]
pub struct FamilyError {
    /// The file.
    pub file: String,
    /// What is wrong.
    pub problem: String,
}

/// Reads a family file into a maker's own shape. Unknown keys are errors where the shape denies them; duplicate keys,
/// merge keys, unknown tags and alias bombs always are.
///
/// # Errors
/// [`FamilyError`] with line and column.
pub fn load<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, FamilyError> {
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! { max_nodes: 20_000 },
        duplicate_keys: serde_saphyr::options::DuplicateKeyPolicy::Error,
        merge_keys: serde_saphyr::options::MergeKeyPolicy::Error,
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        reject_unsupported_tags: true,
    };
    serde_saphyr::from_str_with_options(text, options)
        .map_err(|e| FamilyError { file: file.to_owned(), problem: e.to_string() })
}

/// SHA-256 over the texts a family is made of (itself and what it extends), in lower-case hexadecimal.
pub fn digest(texts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for text in texts {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text.as_bytes());
    }
    hash.finalize().iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Shape {
        words: Vec<String>,
    }

    #[test]
    fn words_stay_words_and_mistakes_name_their_line() {
        let shape: Shape = load("x.yaml", "words: [On, Off, No, Yes]").unwrap();
        assert_eq!(shape.words, ["On", "Off", "No", "Yes"]);
        for bad in ["words: []\nwords: []", "words: []\nword: []", "words: [*a]"] {
            assert!(load::<Shape>("x.yaml", bad).is_err(), "{bad}");
        }
        assert!(load::<Shape>("x.yaml", "words: []\nword: []").unwrap_err().to_string().contains("line 2"));
    }

    #[test]
    fn the_digest_depends_on_every_text() {
        assert_ne!(digest(&["a", "b"]), digest(&["ab", ""]));
        assert_eq!(digest(&["a"]).len(), 64);
    }
}
