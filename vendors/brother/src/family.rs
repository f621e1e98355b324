//! The generations of Web Based Management as data: words, labels, signs and limits, each with its certainty.

use std::sync::{Arc, LazyLock};

pub(crate) use scanfleet_sdk::family::{Families, Family};
use scanfleet_sdk::family::{FamilyError, FamilySource};

/// The files of this crate; that they load is shown by its tests.
const FILES: [(&str, &str); 5] = [
    ("families/wbm.yaml", include_str!("../families/wbm.yaml")),
    ("families/wbm-b.yaml", include_str!("../families/wbm-b.yaml")),
    ("families/wbm-c.yaml", include_str!("../families/wbm-c.yaml")),
    ("families/wbm-c2.yaml", include_str!("../families/wbm-c2.yaml")),
    ("families/script.yaml", include_str!("../families/script.yaml")),
];

/// Pages the driver knows of without a family.
pub(crate) const STATUS_PAGES: [&str; 3] =
    ["/general/status.html", "/home/status.html", "/EWS/home/status.html"];

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

/// The list of protocols.
pub(crate) fn protocol_page(family: &Family) -> &str {
    family.fact("protocol_page").unwrap_or("/net/net/protocol.html")
}

/// "Maintenance Information".
pub(crate) fn information_page(family: &Family) -> &str {
    family.fact("information_page").unwrap_or("/general/information.html?kind=item")
}

/// The same facts as a file.
pub(crate) fn csv_page(family: &Family) -> &str {
    family.fact("csv_page").unwrap_or("/etc/mnt_info.csv")
}

/// Where pages made by script take the password.
pub(crate) fn login_page(family: &Family) -> &str {
    family.fact("login_page").unwrap_or("/auth/login")
}

#[cfg(test)]
pub(crate) fn all() -> Vec<Arc<Family>> {
    embedded().unwrap().all().cloned().collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use scanfleet_sdk::Certainty;

    use super::*;

    #[test]
    fn every_generation_loads() {
        let ids: Vec<String> = all().iter().map(|f| f.used().id).collect();
        assert_eq!(ids, ["brother-wbm-b", "brother-wbm-c", "brother-wbm-c2", "brother-script"]);
        for family in all() {
            assert_eq!(family.maker(), "brother");
            assert!(STATUS_PAGES.contains(&family.fact("status_page").unwrap()));
            // No SMTP page was ever seen, and nothing here may pretend otherwise.
            assert_eq!(family.used().smtp_write, Certainty::Assumed);
            assert_eq!(family.smtp_write().is_none(), family.id() == "brother-script");
        }
    }

    #[test]
    fn no_label_means_two_fields_and_no_choice_two_things() {
        let families = all();
        let mut seen: BTreeMap<String, &str> = BTreeMap::new();
        for (field, facts) in families[0].fields() {
            for label in facts.all_labels() {
                if let Some(other) = seen.insert(label.key.clone(), field) {
                    assert_eq!(other, field, "`{}`", label.text);
                }
            }
        }
        for groups in [
            vec!["security.none", "security.tls", "security.starttls"],
            vec!["method.none", "method.password", "method.pop", "method.oauth"],
        ] {
            let mut seen: BTreeMap<String, &str> = BTreeMap::new();
            for group in groups {
                for word in families[0].words(group) {
                    if let Some(other) = seen.insert(word.key.clone(), group) {
                        assert_eq!(other, group, "`{}`", word.text);
                    }
                }
            }
        }
    }
}
