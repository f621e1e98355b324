//! The shape of a family file.

use std::collections::BTreeMap;

use scanfleet_sdk::Certainty;
use serde::Deserialize;

use crate::words::{bearing, fold, key};

/// A family file as written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FamilyFile {
    pub(crate) id: String,
    #[expect(dead_code, reason = "for people who read the file, and for lists of families")]
    pub(crate) title: String,
    #[serde(default)]
    pub(crate) extends: Option<String>,
    #[serde(default)]
    pub(crate) signs: Vec<Sign>,
    #[serde(default)]
    pub(crate) default_user: Option<Fact>,
    #[serde(default)]
    pub(crate) email_page: Option<Fact>,
    #[serde(default)]
    pub(crate) smtp_write: Option<Weakest>,
    #[serde(default)]
    pub(crate) limits: BTreeMap<String, Limit>,
    #[serde(default)]
    pub(crate) fields: BTreeMap<String, FieldFacts>,
    #[serde(default)]
    pub(crate) words: BTreeMap<String, Vec<Words>>,
}

/// One fact.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fact {
    pub(crate) value: String,
    #[expect(dead_code, reason = "every wire fact bears its certainty, used or not")]
    pub(crate) certainty: Certainty,
}

/// The weakest fact a section rests on.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Weakest {
    pub(crate) certainty: Certainty,
    #[expect(dead_code, reason = "for people who read the file")]
    pub(crate) because: String,
}

/// A limit in characters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Limit {
    pub(crate) value: usize,
    #[expect(dead_code, reason = "every wire fact bears its certainty, used or not")]
    pub(crate) certainty: Certainty,
}

/// What is known of a field of the E-mail page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FieldFacts {
    pub(crate) names: Vec<Fact>,
    pub(crate) labels: Vec<Words>,
    /// Some devices lack it.
    #[serde(default)]
    pub(crate) optional: bool,
}

impl FieldFacts {
    /// The labels in all languages.
    pub(crate) fn all_labels(&self) -> impl Iterator<Item = &Word> {
        self.labels.iter().flat_map(|w| &w.words)
    }
}

/// Words of one language with one certainty.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Words {
    #[expect(dead_code, reason = "words are compared whatever the language; the file says whose they are")]
    pub(crate) lang: String,
    #[expect(dead_code, reason = "every wire fact bears its certainty, used or not")]
    pub(crate) certainty: Certainty,
    pub(crate) words: Vec<Word>,
}

/// A word or a part of a sentence, folded once: every label of every page is compared with every word.
#[derive(Debug, Deserialize)]
#[serde(from = "String")]
pub(crate) struct Word {
    /// As written.
    pub(crate) text: String,
    /// As [`crate::words::fold`] makes it.
    pub(crate) folded: String,
    /// As [`crate::words::key`] makes it.
    pub(crate) key: String,
    /// As [`crate::words::bearing`] makes it.
    pub(crate) bearing: Vec<String>,
}

impl From<String> for Word {
    fn from(text: String) -> Self {
        Self { folded: fold(&text), key: key(&text), bearing: bearing(&text), text }
    }
}

/// A sign of a generation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sign {
    #[serde(rename = "where")]
    pub(crate) page: Where,
    /// Text of the page's source.
    #[serde(default)]
    pub(crate) contains: Option<String>,
    /// How the page shows its facts.
    #[serde(default)]
    pub(crate) shape: Option<Shape>,
    #[expect(dead_code, reason = "every wire fact bears its certainty, used or not")]
    pub(crate) certainty: Certainty,
}

/// The page a sign stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Where {
    /// `configuration.cgi`.
    Configuration,
    /// `header.cgi`.
    Header,
}

/// How an information page shows its facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Shape {
    /// Table rows.
    Rows,
    /// Definition lists.
    Terms,
}
