//! Reading back: what is true after a write, whatever the device said.

use scanfleet_sdk::{Category, DeviceError, Fault, FieldChange, Observed, ReplyState, Rerun, Section};

use super::attach::Attached;
use super::engine::KnownSecret;
use super::observe::PASSWORD;
use super::witness::JournalWitness;
use super::words::words;
use super::{Engine, Mode, Task};
use crate::journal::{DeviceKey, Settlement};
use crate::plan::{Desired, diff};

/// Settings that were written and read back equal.
#[derive(Debug)]
pub(super) struct SmtpDone {
    /// What changed.
    pub changes: Vec<FieldChange>,
    /// Whether anything besides the password changed, which cannot be read back.
    pub readable: bool,
    /// Whether the answer was lost.
    pub lost: bool,
}

/// What was sent, and what was before.
pub(super) struct Written<'a> {
    pub before: &'a Observed,
    pub desired: &'a Desired,
    pub password: Option<&'a KnownSecret>,
    pub changes: Vec<FieldChange>,
    pub result: Result<scanfleet_sdk::Receipt, DeviceError>,
}

impl Engine {
    /// Reads the device again and says what is true now; the device's own words count for nothing.
    pub(super) async fn read_back(
        &self,
        task: &Task,
        mode: &Mode,
        attached: &mut Attached,
        witness: &JournalWitness,
        written: Written<'_>,
    ) -> Result<SmtpDone, DeviceError> {
        let name = &task.device.name;
        let (receipt, failure) = match written.result {
            Ok(receipt) => (Some(receipt), None),
            Err(error) if witness.writes() == 0 => {
                self.settle(mode, &attached.known.key, Settlement::NotApplied).await?;
                return Err(error);
            }
            Err(error) => (None, Some(error)),
        };
        if let Some(error) = &failure
            && error.fault == Fault::Workspace
        {
            return Err(failure.unwrap_or_else(|| unreachable_write(name)));
        }
        self.step(name, "reading back");
        let after = match attached.driver.read(Section::Smtp).await {
            Ok(after) => after,
            // The device had put the log-in page in the write's place; that there is no session for a look changes nothing.
            Err(error)
                if failure
                    .as_ref()
                    .is_some_and(|f| f.category == Category::Interrupted && !f.answer_lost) =>
            {
                let mut first = failure.unwrap_or_else(|| error.clone());
                first.got = format!("{}; then {error}", first.got);
                first.rerun = Rerun::ReadsFirst;
                return Err(first);
            }
            Err(error) => {
                let first = failure.map(|f| format!("{f}; then ")).unwrap_or_default();
                return Err(DeviceError::new(
                    Category::Unconfirmed,
                    "read back what was written",
                    format!("{first}{error}"),
                )
                .hint("look at the device, or run this again")
                .rerun(Rerun::ReadsFirst));
            }
        };
        let (left, _) = diff(&after.smtp, written.desired, false);
        let lost = receipt.as_ref().is_none_or(|r| r.reply == ReplyState::Lost);
        let readable = written.changes.iter().any(|c| c.field != PASSWORD);
        let collateral = collateral(written.before, &after, &written.changes);

        if !left.is_empty() || !collateral.is_empty() {
            let untouched = after.smtp == written.before.smtp && collateral.is_empty();
            self.settle(
                mode,
                &attached.known.key,
                if untouched { Settlement::NotApplied } else { Settlement::Unknown },
            )
            .await?;
            let holds = if untouched {
                "reading back shows the former settings: nothing was stored".to_owned()
            } else {
                let mut parts: Vec<String> = left
                    .iter()
                    .map(|c| format!("{} is {}, not {}", c.field, words(&c.before), words(&c.after)))
                    .collect();
                parts.extend(collateral);
                format!("reading back shows: {}", parts.join("; "))
            };
            return Err(match failure {
                Some(mut error) => {
                    // The device's own words may end with a period.
                    error.got = format!("{}; {holds}", error.got.trim_end_matches('.'));
                    error
                }
                None => DeviceError::new(
                    Category::NotApplied,
                    "write the settings",
                    format!("the device answered, and {holds}"),
                )
                .hint("look at the page in a browser; the former settings are in the snapshot of this run"),
            });
        }
        if let Some(error) = failure
            && !error.answer_lost
            && (!readable || written.password.is_some())
        {
            self.settle(mode, &attached.known.key, Settlement::Unknown).await?;
            // Only the password was to change: what the device said of it is all there is.
            if !readable {
                return Err(error);
            }
            // The readable settings are as wanted, and a step failed that may have been the one for the password.
            return Err(DeviceError::new(
                Category::Unconfirmed,
                "store the password",
                format!("{error}; the other settings read back equal, and a password cannot be read back"),
            )
            .hint("run this again: the password is then stored anew"));
        }
        if lost && !readable {
            self.settle(mode, &attached.known.key, Settlement::Unknown).await?;
            return Err(DeviceError::new(
                Category::Unconfirmed,
                "store the password",
                "the answer was lost, and a password cannot be read back",
            )
            .hint("run this again: the password is then stored anew"));
        }
        self.settle(mode, &attached.known.key, Settlement::Applied).await?;
        if let (Some(known), Some(run)) = (written.password, mode.run()) {
            let (known, key, run) = (known.clone(), attached.known.key.clone(), *run);
            self.journal(move |journal| {
                let fingerprint = journal.fingerprint(&known.secret)?;
                journal.push_password(&run, &key, PASSWORD, &fingerprint, &known.reference, known.version)
            })
            .await
            .map_err(|e| DeviceError::workspace("note the stored password", e.to_string()))?;
        }
        if readable {
            self.prove(mode, &attached.known, Section::Smtp).await?;
        }
        Ok(SmtpDone { changes: written.changes, readable, lost })
    }

    /// Notes what reading has shown about writes whose fate was unknown. Where even reading cannot tell, the password is
    /// no longer known either.
    pub(super) async fn settle(
        &self,
        mode: &Mode,
        key: &DeviceKey,
        settlement: Settlement,
    ) -> Result<(), DeviceError> {
        self.settle_section(mode, key, Section::Smtp, settlement).await
    }

    /// The same for writes to one section.
    pub(super) async fn settle_section(
        &self,
        mode: &Mode,
        key: &DeviceKey,
        section: Section,
        settlement: Settlement,
    ) -> Result<(), DeviceError> {
        let Some(run) = mode.run().copied() else { return Ok(()) };
        let key = key.clone();
        self.journal(move |journal| {
            let open = journal.settle_all(&key, section, settlement, "the device was read")?;
            if open > 0 && settlement == Settlement::Unknown && section == Section::Smtp {
                journal.password_unknown(&run, &key, PASSWORD)?;
            }
            Ok::<_, crate::journal::JournalError>(())
        })
        .await
        .map_err(|e| DeviceError::workspace("settle former writes", e.to_string()))
    }
}

fn unreachable_write(name: &str) -> DeviceError {
    DeviceError::workspace("write the settings", format!("the journal failed while {name} was written to"))
}

/// Fields that changed although nobody asked for it: a whole-form post that lost something.
fn collateral(before: &Observed, after: &Observed, asked: &[FieldChange]) -> Vec<String> {
    let former = Desired::from_snapshot(&before.smtp, crate::plan::DesiredPassword::Keep);
    let (others, _) = diff(&after.smtp, &former, false);
    let mut changed: Vec<String> = others
        .into_iter()
        .filter(|other| !asked.iter().any(|a| a.field == other.field))
        .map(|other| format!("{} became {} although nobody asked for it", other.field, words(&other.before)))
        .collect();
    // The page's own fields by name; their values, which may be anything, are told by the page and the snapshot.
    let values = |of: &Observed, name: &str| -> Vec<String> {
        of.others.iter().filter(|(n, _)| n == name).map(|(_, value)| value.clone()).collect()
    };
    let mut seen: Vec<&str> = Vec::new();
    for (name, _) in &before.others {
        if seen.contains(&name.as_str()) {
            continue;
        }
        seen.push(name);
        let now = values(after, name);
        // A page may leave out what no longer has a meaning; that says nothing about what the device keeps.
        if !now.is_empty() && now != values(before, name) {
            changed.push(format!(
                "the page's field `{}` changed although nobody asked for it",
                scanfleet_sdk::error::clean(name)
            ));
        }
    }
    changed
}
