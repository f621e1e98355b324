//! The makers this program has an adapter for.

use std::sync::Arc;

use scanfleet_sdk::Vendor;

/// Every adapter, in the order in which an unknown device is tried.
pub fn makers() -> Vec<Arc<dyn Vendor>> {
    vec![Arc::new(scanfleet_ricoh::Ricoh::default())]
}
