//! Which write paths a real device has taken and read back equal.

use rusqlite::{Transaction, params};
use scanfleet_sdk::{FamilyUsed, Identity, Section};

use super::store::{Fault, from_json, now, to_json};
use super::{Journal, JournalError, RunId};

/// A write path that a device took and read back equal, under one family file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The maker, in the word of the inventory.
    pub vendor: String,
    /// The model as the device writes it.
    pub model: String,
    /// The firmware; absent where the device tells none.
    pub firmware: Option<String>,
    /// What was written, in the word of JSON.
    pub section: String,
    /// The family's id.
    pub family: String,
    /// SHA-256 of the family file and of those it extends, lower-case hexadecimal: another file is unproven.
    pub family_sha256: String,
}

impl Journal {
    /// Notes that a device of this maker, model and firmware took a write of a section and read it back equal.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn record_proven(
        &self,
        run: &RunId,
        identity: &Identity,
        section: Section,
        family: &FamilyUsed,
    ) -> Result<(), JournalError> {
        self.write("note that a write path is proven", |transaction| {
            note_family(transaction, family)?;
            transaction.execute(
                "INSERT INTO proofs (vendor, model, firmware, section, family, family_sha256, run, at) \
                 VALUES (?1,?2,?3,?4,?5,?6,?7,?8) ON CONFLICT DO NOTHING",
                params![
                    identity.vendor,
                    identity.model,
                    firmware(identity),
                    section.as_str(),
                    family.id,
                    family.sha256,
                    run.to_string(),
                    now()
                ],
            )?;
            Ok(())
        })
    }

    /// Whether a device of this maker, model and firmware has done so under the very same family file; one that has
    /// changed since, or whose base has, is unproven again.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn is_proven(
        &self,
        identity: &Identity,
        section: Section,
        family: &FamilyUsed,
    ) -> Result<bool, JournalError> {
        self.read("look up whether a write path is proven", |transaction| {
            Ok(transaction.query_row(
                "SELECT EXISTS (SELECT 1 FROM proofs WHERE vendor = ?1 AND model = ?2 AND firmware = ?3 \
                 AND section = ?4 AND family_sha256 = ?5)",
                params![identity.vendor, identity.model, firmware(identity), section.as_str(), family.sha256],
                |row| row.get(0),
            )?)
        })
    }

    /// Every proof, by maker, model and firmware.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn proofs(&self) -> Result<Vec<Proof>, JournalError> {
        self.read("read what is proven", |transaction| {
            let mut statement = transaction.prepare(
                "SELECT vendor, model, firmware, section, family, family_sha256 FROM proofs \
                 ORDER BY vendor, model, firmware, section, at",
            )?;
            let mut rows = statement.query([])?;
            let mut proofs = Vec::new();
            while let Some(row) = rows.next()? {
                proofs.push(Proof {
                    vendor: row.get(0)?,
                    model: row.get(1)?,
                    firmware: Some(row.get::<_, String>(2)?).filter(|text| !text.is_empty()),
                    section: row.get(3)?,
                    family: row.get(4)?,
                    family_sha256: row.get(5)?,
                });
            }
            Ok(proofs)
        })
    }

    /// Every family file that was used, in the order of first use.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn families_used(&self) -> Result<Vec<FamilyUsed>, JournalError> {
        self.read("read the families used", |transaction| {
            let mut statement = transaction.prepare("SELECT body FROM families ORDER BY seq")?;
            let mut rows = statement.query([])?;
            let mut families = Vec::new();
            while let Some(row) = rows.next()? {
                families.push(from_json(&row.get::<_, String>(0)?)?);
            }
            Ok(families)
        })
    }
}

/// A device that tells no firmware is its own case.
fn firmware(identity: &Identity) -> &str {
    identity.firmware.as_deref().unwrap_or_default()
}

/// Keeps a family file's id, hash and origin.
pub(super) fn note_family(transaction: &Transaction<'_>, family: &FamilyUsed) -> Result<(), Fault> {
    transaction
        .prepare_cached(
            "INSERT INTO families (id, sha256, origin, body, first_used) VALUES (?1,?2,?3,?4,?5) ON CONFLICT DO NOTHING",
        )?
        .execute(params![family.id, family.sha256, family.origin, to_json(family)?, now()])?;
    Ok(())
}
