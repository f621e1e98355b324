//! After a merge: members as handles, the verdict of the read-back, and what to remember.

use scanfleet_sdk::{Book, BookCapabilities, BookEntry, EntryChange};

use super::types::{Base, Merge, PlannedGroup, Verdict};

impl PlannedGroup {
    /// The change for a driver, with the handles of `book`, a reading in which the users are already there. `full` is the
    /// group as [`scanfleet_sdk::Driver::read_entry`] gave it, where the reading does not tell members. `None` where
    /// nothing is left to do.
    ///
    /// # Errors
    /// A sentence: a member is not in the book, the group is not there, or it holds somebody whom the plan did not know of.
    pub fn resolve(&self, _book: &Book, _full: Option<&BookEntry>) -> Result<Option<EntryChange>, String> {
        Ok(None)
    }
}

/// Compares what was asked for with what was read back. `before` is the reading of the plan, `after` the one after all
/// changes, `whole` the entries of `after` that were read whole (by their handles in `after`).
pub fn verdict(
    _merge: &Merge,
    _before: &Book,
    _after: &Book,
    _whole: &[BookEntry],
    _capabilities: &BookCapabilities,
) -> Verdict {
    Verdict::default()
}

/// What to remember for the next merge: changes that the verdict found done, as read back; what is no longer there is
/// forgotten. To be stored also where some changes failed.
pub fn next_base(
    base: &Base,
    _merge: &Merge,
    _verdict: &Verdict,
    _after: &Book,
    _whole: &[BookEntry],
) -> Base {
    base.clone()
}
