//! The generations of Xerox's web pages as data: words, attributes, signs and limits, each with its certainty.

use std::sync::{Arc, LazyLock};

pub(crate) use scanfleet_sdk::family::{Families, Family};
use scanfleet_sdk::family::{FamilyError, FamilySource};

/// The files of this crate; that they load is shown by its tests. Refused generations come first: where no sign speaks, the
/// last one counts.
const FILES: [(&str, &str); 7] = [
    ("families/before-php.yaml", include_str!("../families/before-php.yaml")),
    ("families/lexmark-built.yaml", include_str!("../families/lexmark-built.yaml")),
    ("families/versalink-2016.yaml", include_str!("../families/versalink-2016.yaml")),
    ("families/php.yaml", include_str!("../families/php.yaml")),
    ("families/versalink-php.yaml", include_str!("../families/versalink-php.yaml")),
    ("families/altalink.yaml", include_str!("../families/altalink.yaml")),
    ("families/workcentre.yaml", include_str!("../families/workcentre.yaml")),
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

/// A fact of the family, or what every known generation has where a user's file says nothing of it.
pub(crate) fn fact<'a>(family: &'a Family, name: &str) -> &'a str {
    family.fact(name).unwrap_or(match name {
        "default_user" => "admin",
        "login_page" => "/properties/authentication/login.php",
        "login_function" => "HTTP_Authenticate_fn",
        "login_target" => "/userpost/xerox.set",
        "login_next" => "/properties/authentication/luidLogin.php",
        "login_domain" => "default",
        "login_decoy" => "fred",
        "save_function" => "HTTP_Set_Config_Attrib_fn",
        "save_target" => "/dummypost/xerox.set",
        "site_index" => "/sitemap.php",
        "site_index_other" => "/links.php",
        "configuration" => "/properties/configuration.php?tab=Status",
        "description" => "/properties/description.php",
        "header" => "/header.php?tab=status",
        "book_tab" => "tab_addressbook",
        "book_list" => "/addressbook/viewContact.php",
        _ => "",
    })
}

/// Why a generation is recognised only; `None` for those that are driven.
pub(crate) fn refusal(family: &Family) -> Option<&str> {
    family.fact("refused")
}

/// Whether a name is one that the family knows for a field. An attribute path may bear indices
/// (`ldap.server[default].server`), and they do not make it another attribute.
pub(crate) fn is_name_of(family: &Family, field: &str, name: &str) -> bool {
    let bare = without_indices(name);
    family
        .field(field)
        .is_some_and(|facts| facts.names.iter().any(|fact| fact.value == name || fact.value == bare))
}

/// An attribute path without what stands in square brackets.
fn without_indices(name: &str) -> String {
    let mut depth = 0_u32;
    let mut bare = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            c if depth == 0 => bare.push(c),
            _ => {}
        }
    }
    bare
}

/// Whether a text is one of a field's labels.
pub(crate) fn is_label_of(family: &Family, field: &str, text: &str) -> bool {
    use scanfleet_sdk::family::words::{key, key_without_brackets};
    let (text, bare) = (key(text), key_without_brackets(text));
    !text.is_empty()
        && family
            .field(field)
            .is_some_and(|facts| facts.all_labels().any(|label| label.key == text || label.key == bare))
}

#[cfg(test)]
mod tests {
    use scanfleet_sdk::Certainty;

    use super::*;

    #[test]
    fn an_index_makes_no_other_attribute() {
        let families = embedded().unwrap();
        let family = families.get("xerox-altalink").unwrap();
        assert!(is_name_of(family, "server", "connectivity.smtp[default].server"));
        assert!(is_name_of(family, "server", "connectivity.smtp.server"));
        assert!(!is_name_of(family, "server", "connectivity.smtp.server]x"));
        assert!(!is_name_of(family, "server", "connectivity.pop3[default].server"));
    }

    #[test]
    fn every_generation_loads_and_says_how_sure_it_is() {
        let families = embedded().unwrap();
        let ids: Vec<&str> = families.all().map(|f| f.id()).collect();
        assert_eq!(
            ids,
            [
                "xerox-before-php",
                "xerox-lexmark-built",
                "xerox-versalink-2016",
                "xerox-versalink-php",
                "xerox-altalink",
                "xerox-workcentre"
            ]
        );
        for family in families.all() {
            assert_eq!(family.maker(), "xerox");
            assert_eq!(family.smtp_write().is_some(), refusal(family).is_none(), "{}", family.id());
            assert!(family.caveats().next().is_some());
            assert_eq!(family.used().smtp_write, Certainty::Assumed);
        }
    }
}
