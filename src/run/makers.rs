//! The makers this program has an adapter for.

use std::sync::Arc;

use scanfleet_brother::Brother;
use scanfleet_ricoh::Ricoh;
use scanfleet_sdk::family::{FamilyError, FamilySource};
use scanfleet_sdk::{Saved, SavedError, Vendor};
use scanfleet_xerox::Xerox;

use crate::family::{Known, of_maker};

/// Every adapter, in the order in which an unknown device is tried, with the embedded families only.
pub fn makers() -> Vec<Arc<dyn Vendor>> {
    vec![Arc::new(Ricoh::default()), Arc::new(Xerox::default()), Arc::new(Brother::default())]
}

/// Every adapter with users' families beside the embedded ones; a file of an embedded id replaces that family.
///
/// # Errors
/// A file that cannot be used. Files that [`crate::family::load`] has let pass can be.
pub fn makers_with(users: &[FamilySource]) -> Result<Vec<Arc<dyn Vendor>>, FamilyError> {
    let embedded = makers();
    if users.is_empty() {
        return Ok(embedded);
    }
    let known = Known::of(&embedded);
    let of = |maker| of_maker(users, maker, &known);
    Ok(vec![
        Arc::new(Ricoh::with_families(&of("ricoh")?)?),
        Arc::new(Xerox::with_families(&of("xerox")?)?),
        Arc::new(Brother::with_families(&of("brother")?)?),
    ])
}

/// Reads settings from a file that a person saved from a device; `None` where no maker's devices save such files.
pub fn read_saved(makers: &[Arc<dyn Vendor>], bytes: &[u8]) -> Option<Result<Saved, SavedError>> {
    makers.iter().find_map(|maker| maker.read_saved(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Users' families may be for any maker: no adapter is left out where there are some.
    #[test]
    fn the_adapters_are_the_same_with_users_families() {
        for (index, maker) in makers().iter().enumerate() {
            let name = maker.name();
            let text = format!(
                "{{id: {name}-own, title: Own, maker: {name}, signs: [{{where: model, contains: X, certainty: single}}]}}"
            );
            let source = FamilySource { file: "own.yaml".into(), origin: "own.yaml".into(), text };
            let with = makers_with(&[source]).unwrap();
            assert_eq!(with.len(), makers().len());
            assert_eq!(with[index].name(), name);
            for adapter in &with {
                let own = adapter.families().get(&format!("{name}-own"));
                assert_eq!(own.is_some(), adapter.name() == name);
            }
        }
    }
}
