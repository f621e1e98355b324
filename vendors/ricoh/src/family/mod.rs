//! The generations of Web Image Monitor as data: words, field names, signs and limits, each with its certainty.

mod file;

#[cfg(test)]
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use scanfleet_sdk::family::{FamilyError, digest, load};
use scanfleet_sdk::{Certainty, FamilyUsed};

use crate::words::{alike, bearing, fold, key, key_without_brackets};
use file::Word;
pub(crate) use file::{FamilyFile, FieldFacts, Shape, Sign, Where};

const BASE: (&str, &str) = ("families/wim.yaml", include_str!("../../families/wim.yaml"));
const OLDER: (&str, &str) = ("families/wim-older.yaml", include_str!("../../families/wim-older.yaml"));
const NEWER: (&str, &str) = ("families/wim-newer.yaml", include_str!("../../families/wim-newer.yaml"));

/// The embedded families. Files of this crate: that they load is shown by its tests.
static FAMILIES: LazyLock<Result<Vec<Arc<Family>>, FamilyError>> =
    LazyLock::new(|| [OLDER, NEWER].into_iter().map(|file| Family::read(file, BASE).map(Arc::new)).collect());

/// One generation, with what it takes over from the common file.
#[derive(Debug)]
pub(crate) struct Family {
    file: FamilyFile,
    base: FamilyFile,
    sha256: String,
}

/// Every embedded family.
pub(crate) fn all() -> Result<&'static [Arc<Family>], FamilyError> {
    match &*FAMILIES {
        Ok(families) => Ok(families),
        Err(error) => Err(error.clone()),
    }
}

impl Family {
    fn read(file: (&str, &str), base: (&str, &str)) -> Result<Self, FamilyError> {
        let read: FamilyFile = load(file.0, file.1)?;
        let common: FamilyFile = load(base.0, base.1)?;
        match &read.extends {
            Some(id) if *id != common.id => {
                let problem = format!("it extends `{id}`, and only `{}` can be extended", common.id);
                return Err(FamilyError { file: file.0.to_owned(), problem });
            }
            _ => {}
        }
        Ok(Self { file: read, base: common, sha256: digest(&[file.1, base.1]) })
    }

    /// A family that knows nothing, for a program whose own files cannot be read.
    pub(crate) fn empty() -> Self {
        Self { file: FamilyFile::default(), base: FamilyFile::default(), sha256: digest(&[]) }
    }

    /// What the journal records.
    pub(crate) fn used(&self) -> FamilyUsed {
        FamilyUsed {
            id: self.file.id.clone(),
            sha256: self.sha256.clone(),
            origin: "embedded".to_owned(),
            smtp_write: self.smtp_write(),
        }
    }

    fn smtp_write(&self) -> Certainty {
        let facts = self.file.smtp_write.as_ref().or(self.base.smtp_write.as_ref());
        facts.map_or(Certainty::Assumed, |w| w.certainty)
    }

    /// What speaks for this generation.
    pub(crate) fn signs(&self) -> &[Sign] {
        &self.file.signs
    }

    /// The administrator's usual name.
    pub(crate) fn default_user(&self) -> &str {
        let fact = self.file.default_user.as_ref().or(self.base.default_user.as_ref());
        fact.map_or("admin", |f| f.value.as_str())
    }

    /// Last segment of the E-mail page's address, where the menu has it.
    pub(crate) fn email_page(&self) -> &str {
        let fact = self.file.email_page.as_ref().or(self.base.email_page.as_ref());
        fact.map_or("mailConfGet.cgi", |f| f.value.as_str())
    }

    /// A limit in characters.
    pub(crate) fn limit(&self, name: &str) -> Option<usize> {
        self.file.limits.get(name).or_else(|| self.base.limits.get(name)).map(|l| l.value)
    }

    /// Every word of a group, in all languages.
    pub(crate) fn words(&self, group: &str) -> impl Iterator<Item = &Word> {
        let own = self.file.words.get(group).into_iter().flatten();
        let base = self.base.words.get(group).into_iter().flatten();
        own.chain(base).flat_map(|w| &w.words)
    }

    /// Whether a text is one of a group's words.
    pub(crate) fn is(&self, group: &str, text: &str) -> bool {
        let (text, bare) = (key(text), key_without_brackets(text));
        !text.is_empty() && self.words(group).any(|w| w.key == text || w.key == bare)
    }

    /// Whether a text says the same as one of a group's words, small words, order and abbreviations aside.
    pub(crate) fn is_like(&self, group: &str, text: &str) -> bool {
        let bearing = bearing(text);
        self.words(group).any(|w| alike(&w.bearing, &bearing))
    }

    /// Whether a text holds one of a group's parts of sentences.
    pub(crate) fn holds(&self, group: &str, text: &str) -> bool {
        let (spaced, tight) = (fold(text), key(text));
        self.words(group).any(|w| {
            // Languages without spaces are compared without them; others keep their word boundaries.
            if w.text.is_ascii() { spaced.contains(&w.folded) } else { tight.contains(&w.key) }
        })
    }

    /// The facts about a field of the E-mail page.
    pub(crate) fn field(&self, field: &str) -> Option<&FieldFacts> {
        self.file.fields.get(field).or_else(|| self.base.fields.get(field))
    }

    /// All fields and their facts.
    #[cfg(test)]
    pub(crate) fn fields(&self) -> BTreeMap<&str, &FieldFacts> {
        let mut all: BTreeMap<&str, &FieldFacts> =
            self.base.fields.iter().map(|(k, v)| (k.as_str(), v)).collect();
        all.extend(self.file.fields.iter().map(|(k, v)| (k.as_str(), v)));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_generations_load() {
        let ids: Vec<String> = all().unwrap().iter().map(|f| f.used().id).collect();
        assert_eq!(ids, ["ricoh-wim-older", "ricoh-wim-newer"]);
        for family in all().unwrap() {
            assert!(!family.signs().is_empty());
            assert_eq!(family.used().smtp_write, Certainty::Assumed);
            assert_eq!(family.limit("auth.user"), Some(191));
        }
    }

    #[test]
    fn no_label_means_two_fields() {
        let family = &all().unwrap()[0];
        let mut seen: BTreeMap<String, &str> = BTreeMap::new();
        for (field, facts) in family.fields() {
            for label in facts.all_labels() {
                if let Some(other) = seen.insert(label.key.clone(), field) {
                    assert_eq!(other, field, "`{}`", label.text);
                }
            }
        }
    }

    #[test]
    fn no_word_is_both_on_and_off() {
        let family = &all().unwrap()[0];
        for on in family.words("choice.on") {
            assert!(!family.words("choice.off").any(|off| off.key == on.key), "{}", on.text);
        }
    }
}
