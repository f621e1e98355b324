//! Which write paths a real device has taken and read back equal.

use scanfleet_sdk::{FamilyUsed, Identity, Section};

use super::{Journal, JournalError, RunId};

impl Journal {
    /// Notes that a device of this maker, model and firmware took a write of a section and read it back equal.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn record_proven(
        &self,
        _run: &RunId,
        _identity: &Identity,
        _section: Section,
        _family: &FamilyUsed,
    ) -> Result<(), JournalError> {
        Err(self.not_yet())
    }

    /// Whether a device of this maker, model and firmware has done so under the same family.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn is_proven(
        &self,
        _identity: &Identity,
        _section: Section,
        _family: &FamilyUsed,
    ) -> Result<bool, JournalError> {
        Err(self.not_yet())
    }

    /// Every family file that was used, in the order of first use.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn families_used(&self) -> Result<Vec<FamilyUsed>, JournalError> {
        Err(self.not_yet())
    }
}
