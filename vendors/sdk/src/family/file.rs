//! The shape of a family file.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::words::{bearing, fold, key};
use crate::Certainty;

/// A family file as written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FamilyFile {
    /// Unique among all makers, such as `ricoh-wim-newer`.
    pub id: String,
    /// For people.
    pub title: String,
    /// The maker in the word of the inventory; absent where the family it extends says so.
    #[serde(default)]
    pub maker: Option<String>,
    /// The family that everything not said here is taken from.
    #[serde(default)]
    pub extends: Option<String>,
    /// What a device of this family is recognised by. A family without signs is only extended by others.
    #[serde(default)]
    pub signs: Vec<Sign>,
    /// Single facts by name: paths, user names, names of CGI programs.
    #[serde(default)]
    pub facts: BTreeMap<String, Fact>,
    /// How sure the way is that scan-to-email settings are written.
    #[serde(default)]
    pub smtp_write: Option<Weakest>,
    /// How sure the way is that scan-to-email settings are read; only for a family that reads and does not write.
    #[serde(default)]
    pub smtp_read: Option<Weakest>,
    /// How sure the way is that a test mail is sent from the page; absent where the pages offer none.
    #[serde(default)]
    pub test_mail: Option<Weakest>,
    /// How sure the way is that address-book entries are written; absent where the family writes none.
    #[serde(default)]
    pub book_write: Option<Weakest>,
    /// How sure the way is that the address book is read; needed only where it differs from the writing.
    #[serde(default)]
    pub book_read: Option<Weakest>,
    /// Limits in characters, by field; those of the address book are named `book.…`, and `book.users` and `book.groups`
    /// count entries.
    #[serde(default)]
    pub limits: BTreeMap<String, Limit>,
    /// What is known of the fields of the pages, by the driver's name for them.
    #[serde(default)]
    pub fields: BTreeMap<String, FieldFacts>,
    /// Words by group: menu entries, choices, buttons, signs of failure.
    #[serde(default)]
    pub words: BTreeMap<String, Vec<Words>>,
    /// CSS selectors by the driver's name for them, for pages whose structure says more than their words.
    #[serde(default)]
    pub selectors: BTreeMap<String, Fact>,
    /// Code hooks by the driver's name for the place; only names in [`HOOKS`](super::HOOKS).
    #[serde(default)]
    pub hooks: BTreeMap<String, String>,
    /// Restrictions and oddities, as full sentences for the support matrix.
    #[serde(default)]
    pub caveats: Vec<String>,
}

/// One fact.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// The value.
    pub value: String,
    /// How sure it is.
    pub certainty: Certainty,
}

/// The weakest fact a section rests on.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weakest {
    /// How sure it is.
    pub certainty: Certainty,
    /// Which fact that is, for people.
    pub because: String,
}

/// A limit in characters.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// The longest value.
    pub value: usize,
    /// How sure it is.
    pub certainty: Certainty,
}

/// What is known of a field.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldFacts {
    /// Names in the page's source.
    #[serde(default)]
    pub names: Vec<Fact>,
    /// Labels by language.
    #[serde(default)]
    pub labels: Vec<Words>,
    /// Some devices lack it.
    #[serde(default)]
    pub optional: bool,
    /// A field for a secret: the only kind that a secret is ever put into.
    #[serde(default)]
    pub secret: bool,
}

impl FieldFacts {
    /// The labels in all languages.
    pub fn all_labels(&self) -> impl Iterator<Item = &Word> {
        self.labels.iter().flat_map(|w| &w.words)
    }
}

/// Words of one language with one certainty.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// The language.
    pub lang: String,
    /// How sure they are.
    pub certainty: Certainty,
    /// The words.
    pub words: Vec<Word>,
}

/// A word as written, and what it is compared by, worked out once.
#[derive(Debug, Clone, Deserialize)]
#[serde(from = "String")]
pub struct Word {
    /// As written.
    pub text: String,
    /// Folded: case, accents and punctuation gone.
    pub folded: String,
    /// Folded and without spaces.
    pub key: String,
    /// The words that bear the meaning, in order; see [`bearing`].
    pub bearing: Vec<String>,
}

impl From<String> for Word {
    fn from(text: String) -> Self {
        Self { folded: fold(&text), key: key(&text), bearing: bearing(&text), text }
    }
}

/// A sign of a family.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sign {
    /// The page it stands on, by the driver's name for it; `model` stands for the model name itself.
    #[serde(rename = "where")]
    pub page: String,
    /// A part of the page's source, compared without regard to case.
    #[serde(default)]
    pub contains: Option<String>,
    /// How the page shows its facts.
    #[serde(default)]
    pub shape: Option<Shape>,
    /// How sure it is.
    pub certainty: Certainty,
}

/// How an information page shows its facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Shape {
    /// Table rows.
    Rows,
    /// Definition lists.
    Terms,
}

impl Sign {
    /// Whether a page's source bears the sign.
    pub fn is_in(&self, source: &str) -> bool {
        let source = source.to_ascii_lowercase();
        let terms = source.contains("<dt");
        self.contains.as_deref().is_none_or(|part| source.contains(&part.to_ascii_lowercase()))
            && match self.shape {
                Some(Shape::Terms) => terms,
                Some(Shape::Rows) => !terms && source.contains("<td"),
                None => true,
            }
    }
}
