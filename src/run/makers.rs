//! The makers this program has an adapter for.

use std::sync::Arc;

use scanfleet_ricoh::Ricoh;
use scanfleet_sdk::Vendor;
use scanfleet_sdk::family::{FamilyError, FamilySource};

use crate::family::{Known, of_maker};

/// Every adapter, in the order in which an unknown device is tried, with the embedded families only.
pub fn embedded_makers() -> Vec<Arc<dyn Vendor>> {
    vec![Arc::new(Ricoh::default())]
}

/// Every adapter with users' families beside the embedded ones; a file of an embedded id replaces that family.
///
/// # Errors
/// A file that cannot be used. Files that [`crate::family::load`] has let pass can be.
pub fn makers(users: &[FamilySource]) -> Result<Vec<Arc<dyn Vendor>>, FamilyError> {
    let embedded = embedded_makers();
    if users.is_empty() {
        return Ok(embedded);
    }
    let known = Known::of(&embedded);
    let of = |maker| of_maker(users, maker, &known);
    Ok(vec![Arc::new(Ricoh::with_families(&of("ricoh")?)?)])
}
