//! The generations of Web Image Monitor as data: words, field names, signs and limits, each with its certainty.

use std::sync::{Arc, LazyLock};

pub(crate) use scanfleet_sdk::family::{Families, Family};
use scanfleet_sdk::family::{FamilyError, FamilySource};

/// The files of this crate; that they load is shown by its tests.
const FILES: [(&str, &str); 3] = [
    ("families/wim.yaml", include_str!("../families/wim.yaml")),
    ("families/wim-older.yaml", include_str!("../families/wim-older.yaml")),
    ("families/wim-newer.yaml", include_str!("../families/wim-newer.yaml")),
];

static EMBEDDED: LazyLock<Result<Arc<Families>, FamilyError>> =
    LazyLock::new(|| Families::resolve(&sources()).map(Arc::new));

/// The embedded files.
pub(crate) fn sources() -> Vec<FamilySource> {
    FILES.iter().map(|(file, text)| FamilySource::embedded(file, text)).collect()
}

/// The embedded families.
pub(crate) fn embedded() -> Result<Arc<Families>, FamilyError> {
    EMBEDDED.clone()
}

/// Last segment of the E-mail page's address, where the menu has it.
pub(crate) fn email_page(family: &Family) -> &str {
    family.fact("email_page").unwrap_or("mailConfGet.cgi")
}

/// The administrator's usual name.
pub(crate) fn default_user(family: &Family) -> &str {
    family.fact("default_user").unwrap_or("admin")
}

#[cfg(test)]
pub(crate) fn all() -> Result<Vec<Arc<Family>>, FamilyError> {
    embedded().map(|families| families.all().cloned().collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use scanfleet_sdk::Certainty;

    use super::*;

    #[test]
    fn both_generations_load() {
        let ids: Vec<String> = all().unwrap().iter().map(|f| f.used().id).collect();
        assert_eq!(ids, ["ricoh-wim-older", "ricoh-wim-newer"]);
        for family in all().unwrap() {
            assert!(!family.signs().is_empty());
            assert_eq!(family.maker(), "ricoh");
            assert_eq!(family.used().smtp_write, Certainty::Assumed);
            assert_eq!(family.limit("auth.user"), Some(191));
        }
    }

    #[test]
    fn no_label_means_two_fields() {
        let families = all().unwrap();
        let mut seen: BTreeMap<String, &str> = BTreeMap::new();
        for (field, facts) in families[0].fields() {
            for label in facts.all_labels() {
                if let Some(other) = seen.insert(label.key.clone(), field) {
                    assert_eq!(other, field, "`{}`", label.text);
                }
            }
        }
    }

    #[test]
    fn no_word_is_both_on_and_off() {
        let families = all().unwrap();
        for on in families[0].words("choice.on") {
            assert!(!families[0].words("choice.off").any(|off| off.key == on.key), "{}", on.text);
        }
    }
}
