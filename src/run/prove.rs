//! Write paths that rest on assumptions: one device passes first, and the journal remembers the proof.

use std::sync::Arc;

use scanfleet_sdk::{Certainty, DeviceError, Section};

use super::attach::Known;
use super::{Engine, Mode};

/// A gate that one device passes at a time.
pub(super) type Gate = Arc<tokio::sync::Mutex<()>>;

impl Engine {
    /// The gate that a device passes alone while the way its family stores settings is assumed and nobody has seen a
    /// write read back equal on this model and firmware.
    pub(super) async fn unproven(
        &self,
        known: &Known,
        section: Section,
    ) -> Result<Option<Gate>, DeviceError> {
        let family = known.family.clone();
        let assumed = match section {
            Section::AddressBook => family.book_write == Some(Certainty::Assumed),
            _ => family.smtp_write == Certainty::Assumed,
        };
        if !assumed {
            return Ok(None);
        }
        let identity = known.identity.clone();
        let model = (identity.vendor.clone(), identity.model.clone(), identity.firmware.clone());
        let gate = {
            let mut gates = self.gates.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            Arc::clone(gates.entry(model).or_default())
        };
        let proven = move |journal: &crate::journal::Journal| journal.is_proven(&identity, section, &family);
        let workspace =
            |e: crate::journal::JournalError| DeviceError::workspace("look up what is proven", e.to_string());
        if self.journal(proven.clone()).await.map_err(workspace)? {
            return Ok(None);
        }
        // Whoever waited here while another device proved the model needs no gate any more.
        drop(gate.lock().await);
        Ok(if self.journal(proven).await.map_err(workspace)? { None } else { Some(gate) })
    }

    /// Remembers that this model and firmware took a write and read it back equal.
    pub(super) async fn prove(
        &self,
        mode: &Mode,
        known: &Known,
        section: Section,
    ) -> Result<(), DeviceError> {
        let Some(run) = mode.run().copied() else { return Ok(()) };
        let (identity, family) = (known.identity.clone(), known.family.clone());
        self.journal(move |journal| journal.record_proven(&run, &identity, section, &family))
            .await
            .map_err(|e| DeviceError::workspace("note that the model is proven", e.to_string()))
    }
}
