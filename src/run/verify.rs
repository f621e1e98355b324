//! Proving a family on one device: one harmless change is written, read back, put back and read back again.
//!
//! The change is chosen so that scanning goes on meanwhile: mail servers' names and the domains of addresses mean the
//! same in capital and small letters, so one letter changes its case.

use std::sync::Arc;

use scanfleet_sdk::error::clean;
use scanfleet_sdk::transport::{Access, Witness};
use scanfleet_sdk::{
    Category, Change, DeviceError, Driver, Fault, FieldChange, Observed, PasswordWanted, Receipt, Rerun,
    Section, Security, SmtpChange, SmtpSettings, SmtpWanted, Support,
};
use serde_json::json;

use super::attach::Attached;
use super::masked::{MAY_BE_LOST, Masked};
use super::observe::{journal_entry, keep, snapshot_of};
use super::witness::JournalWitness;
use super::work::no_password;
use super::{Aim, DeviceOutcome, Engine, Event, Grade, Mode, ResultKind, Task};
use crate::inventory::Device;
use crate::journal::{RunId, Settlement, SnapshotId, SnapshotReason};

use super::engine::KnownSecret;

/// Which value is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum VerifyChange {
    /// The least harmful one that this device has.
    #[default]
    Auto,
    /// The case of one letter of the mail server's name.
    Server,
    /// The case of one letter of the sender's domain.
    Sender,
    /// The port; the device cannot send for the moments until it is put back.
    Port,
}

/// One change that is put back at once.
#[derive(Debug, Clone)]
pub struct HarmlessChange {
    /// Such as `smtp.server`.
    pub field: FieldChange,
    /// Why it does no harm, or what harm it does, as a full sentence.
    pub why: &'static str,
    /// What the device holds with it.
    with: SmtpSettings,
}

impl HarmlessChange {
    /// Chooses the change for what a device holds; `holds` tells whether it can express security and port. `None` where
    /// there is nothing to change in the way asked for.
    pub fn choose(
        now: &SmtpSettings,
        wanted: VerifyChange,
        holds: impl Fn(Security, u16) -> bool,
    ) -> Option<Self> {
        match wanted {
            VerifyChange::Server => server(now),
            VerifyChange::Sender => sender(now),
            VerifyChange::Port => port(now, holds),
            VerifyChange::Auto => server(now).or_else(|| sender(now)).or_else(|| port(now, holds)),
        }
    }
}

fn server(now: &SmtpSettings) -> Option<HarmlessChange> {
    let with = SmtpSettings { server: other_case(&now.server, 0)?, ..now.clone() };
    Some(HarmlessChange {
        field: FieldChange {
            field: "smtp.server".into(),
            before: json!(now.server),
            after: json!(with.server),
        },
        why: "Names of servers mean the same in capital and small letters, so scanning goes on meanwhile.",
        with,
    })
}

fn sender(now: &SmtpSettings) -> Option<HarmlessChange> {
    let address = now.sender.as_deref()?;
    let other = other_case(address, address.rfind('@')? + 1)?;
    let with = SmtpSettings { sender: Some(other.clone()), ..now.clone() };
    Some(HarmlessChange {
        field: FieldChange { field: "smtp.sender".into(), before: json!(address), after: json!(other) },
        why: "The domain of an address means the same in capital and small letters, so scanning goes on meanwhile.",
        with,
    })
}

fn port(now: &SmtpSettings, holds: impl Fn(Security, u16) -> bool) -> Option<HarmlessChange> {
    let before = now.port?;
    let security = now.security.unwrap_or(Security::None);
    let after = [before.saturating_add(1), 26, 25, 587, 2525]
        .into_iter()
        .find(|port| *port != before && holds(security, *port))?;
    let with = SmtpSettings { port: Some(after), ..now.clone() };
    Some(HarmlessChange {
        field: FieldChange { field: "smtp.port".into(), before: json!(before), after: json!(after) },
        why: if now.server.is_empty() {
            "The device has no mail server, so nothing is sent by this port."
        } else {
            "The device cannot send scans for the moments until the port is put back."
        },
        with,
    })
}

/// The text with the first letter from a place on in the other case.
fn other_case(text: &str, from: usize) -> Option<String> {
    let at = from + text.get(from..)?.find(|c: char| c.is_ascii_alphabetic())?;
    let letter = text[at..].chars().next()?;
    let other =
        if letter.is_ascii_lowercase() { letter.to_ascii_uppercase() } else { letter.to_ascii_lowercase() };
    Some(format!("{}{other}{}", &text[..at], &text[at + 1..]))
}

/// What has to be written to get from one configuration to another, to the letter.
fn way(from: &SmtpSettings, to: &SmtpSettings) -> SmtpChange {
    let mut wanted = SmtpWanted::default();
    let text = |value: &Option<String>| Some(value.clone().unwrap_or_default());
    if from.server != to.server {
        wanted.server = Some(to.server.clone());
    }
    if from.port != to.port {
        wanted.port = to.port;
    }
    if from.security != to.security {
        wanted.security = to.security;
    }
    if from.sender != to.sender {
        wanted.sender = text(&to.sender);
    }
    if from.auth.method != to.auth.method {
        wanted.auth.method = Some(to.auth.method);
    }
    if from.auth.user != to.auth.user {
        wanted.auth.user = text(&to.auth.user);
    }
    if from.auth.sender != to.auth.sender {
        wanted.auth.sender = text(&to.auth.sender);
    }
    SmtpChange { from: from.clone(), to: wanted }
}

/// The fields in which two configurations differ, to the letter.
fn differing(wanted: &SmtpSettings, seen: &SmtpSettings) -> String {
    let (wanted, seen) = (json!(wanted), json!(seen));
    let mut parts = Vec::new();
    for (name, value) in wanted.as_object().into_iter().flatten() {
        let other = seen.get(name).unwrap_or(&serde_json::Value::Null);
        if value != other {
            parts.push(format!(
                "smtp.{name} is {}, not {}",
                super::words::words(other),
                super::words::words(value)
            ));
        }
    }
    parts.join("; ")
}

impl Engine {
    /// Proves the family on one device in a run of the journal; the outcome is recorded.
    pub async fn verify(
        &self,
        device: &Device,
        admin: Option<KnownSecret>,
        run: RunId,
        wanted: VerifyChange,
    ) -> DeviceOutcome {
        self.observer.event(&Event::Started { device: &device.name });
        let task = Task { device: device.clone(), admin, aim: Aim::default(), expected: None };
        let outcome = match self.hold(&task.device, &run, "vendor verify").await {
            Ok(held) => {
                let outcome = self.verify_held(&task, run, wanted).await;
                self.journal(move |_| drop(held)).await;
                outcome
            }
            Err(error) => Err(error),
        };
        let outcome = match outcome {
            Ok(outcome) => outcome,
            Err(error) => {
                let mut outcome = DeviceOutcome::failed(&device.name, &error);
                self.record(&Mode::Apply(run), &task, None, &mut outcome).await;
                outcome
            }
        };
        self.finished(&outcome);
        outcome
    }

    async fn verify_held(
        &self,
        task: &Task,
        run: RunId,
        wanted: VerifyChange,
    ) -> Result<DeviceOutcome, DeviceError> {
        let device = &task.device;
        let patience = self.patience();
        let witness = Arc::new(JournalWitness::new(&self.journal, &run, &self.settings.cancel));
        let access =
            |_: &dyn scanfleet_sdk::Vendor| Access::ReadWrite(Arc::clone(&witness) as Arc<dyn Witness>);
        let mut attached =
            self.attach(device, task.admin.as_ref(), None, access, None, &patience.cancel).await?;
        let writing = patience.writing.lock().await;
        let done = self.there_and_back(task, run, wanted, &mut attached, &witness).await;
        self.step(&device.name, "logging out");
        let closed = attached.driver.close().await;
        drop(writing);
        let mut outcome = done.unwrap_or_else(|error| DeviceOutcome::failed(&device.name, &error));
        if let Err(error) = closed {
            outcome.notes.push(format!(
                "Logging out failed ({}); the session stays open on the device until it times out.",
                error.got
            ));
        }
        let facts = attached.driver.session().facts().clone();
        outcome.notes.extend(super::observe::connection_notes(&facts));
        outcome.connection = Some(facts);
        outcome.model = Some(attached.known.identity.model.clone());
        outcome.serial = attached.known.identity.serial.clone();
        let entry = journal_entry(task, Some(&attached.known), &outcome);
        if let Err(error) = self.journal(move |journal| journal.record_result(&run, &entry)).await {
            outcome.workspace_failed = true;
            outcome.notes.push(format!("The journal could not take this result. {error}"));
        }
        Ok(outcome)
    }

    async fn there_and_back(
        &self,
        task: &Task,
        run: RunId,
        wanted: VerifyChange,
        attached: &mut Attached,
        witness: &JournalWitness,
    ) -> Result<DeviceOutcome, DeviceError> {
        let device = &task.device;
        let mode = Mode::Apply(run);
        if task.admin.is_none() && attached.driver.needs_password() {
            return Err(no_password());
        }
        self.sign_in(device, task.admin.as_ref(), None, attached).await?;
        witness.device_is(&attached.known.key);
        self.step(&device.name, "reading the settings");
        let before = attached.driver.read(Section::Smtp).await?;
        let Support::Yes(capabilities) = attached.driver.capabilities().smtp else {
            return Err(DeviceError::new(
                Category::Unsupported,
                "choose a change",
                "this family does not offer scan-to-email settings",
            ));
        };
        let holds = |security, port| attached.driver.can_hold(security, port).is_ok();
        let Some(change) = HarmlessChange::choose(&before.smtp, wanted, holds) else {
            return Err(DeviceError::new(
                Category::Unsupported,
                "choose a change",
                "the device holds no value that can be changed in the way asked for",
            )
            .hint("choose another with `--change`; nothing was written"));
        };
        if self.settings.cancel.is_cancelled() {
            return Err(DeviceError::new(
                Category::Interrupted,
                "write the change",
                "the run was stopped before that",
            )
            .hint("nothing was written"));
        }
        let nothing = crate::plan::Desired::default();
        let masked = self.masked(task, &attached.known.key, &before.smtp, &nothing, &capabilities).await?;
        let along = |mut change: SmtpChange| {
            if let Masked::SentAlong(known) = &masked {
                change.to.password = PasswordWanted::Set(known.secret.clone());
            }
            change
        };
        let snapshot = self.keep_before(task, run, attached, &before).await?;
        let safe = |error: DeviceError| named(error, &snapshot);

        self.step(&device.name, "writing one harmless change");
        let there = self.write_and_read(attached, along(way(&before.smtp, &change.with))).await;
        let (written, after) = match there {
            Ok(done) => done,
            Err(error) if witness.writes() == 0 => {
                self.settle(&mode, &attached.known.key, Settlement::NotApplied).await?;
                return Err(error);
            }
            Err(error) => return Err(safe(error)),
        };
        let mut problem = None;
        if after.smtp != change.with {
            let seen = if after.smtp == before.smtp {
                "reading back shows the former settings: nothing was stored".to_owned()
            } else {
                format!("reading back shows: {}", differing(&change.with, &after.smtp))
            };
            problem = Some(match &written {
                Ok(_) => format!("the device answered, and {seen}"),
                Err(error) => format!("{error}; {seen}"),
            });
        } else if let Err(error) = &written
            && !error.answer_lost
        {
            problem = Some(format!("the change is there, although the device said: {error}"));
        }
        if let Some(lost) = lost(&before, &after) {
            let first = problem.map(|p| format!("{p}; ")).unwrap_or_default();
            problem = Some(format!("{first}{lost}"));
        }
        if after.smtp == before.smtp {
            self.settle(&mode, &attached.known.key, Settlement::NotApplied).await?;
        } else {
            self.step(&device.name, "putting it back");
            let back =
                self.write_and_read(attached, along(way(&after.smtp, &before.smtp))).await.map_err(safe)?;
            if back.1.smtp != before.smtp {
                self.settle(&mode, &attached.known.key, Settlement::Unknown).await?;
                let why = match &back.0 {
                    Ok(_) => String::new(),
                    Err(error) => format!("{error}; "),
                };
                let first = problem.map(|p| format!("{p}; then ")).unwrap_or_default();
                let got = format!(
                    "{first}{why}the device does not hold what it held before: {}",
                    differing(&before.smtp, &back.1.smtp)
                );
                return Err(safe(DeviceError::new(Category::NotApplied, "put the change back", got)));
            }
            self.settle(&mode, &attached.known.key, Settlement::Applied).await?;
            if let Some(lost) = lost(&before, &back.1) {
                // Nothing this program has a word for: only a person can put it back.
                let got = format!("{lost}; the mail settings are as before");
                return Err(safe(DeviceError::new(Category::NotApplied, "put the change back", got)));
            }
        }
        if let Some(got) = problem {
            let error = DeviceError::new(Category::NotApplied, "write one harmless change", got).hint(format!(
                "the device holds what it held before (snapshot {snapshot}), and the family is not proven; a device that keeps \
                 names in small letters shows the same: try `--change port`"
            ));
            return Err(error);
        }
        self.prove(&mode, &attached.known, Section::Smtp).await?;
        let identity = &attached.known.identity;
        let firmware = identity.firmware.as_ref().map(|f| format!(", firmware {f}")).unwrap_or_default();
        let message = format!(
            "{} was written, read back equal, put back and read back equal. The family `{}` is proven for {}{firmware}.",
            change.field.field, attached.known.family.id, identity.model
        );
        let mut outcome = DeviceOutcome::new(&device.name, ResultKind::RolledBack, message);
        outcome.grade = Some(Grade::Verified);
        outcome.changes = vec![change.field];
        if matches!(masked, Masked::MayBeLost) {
            outcome.notes.push(MAY_BE_LOST.to_owned());
        }
        Ok(outcome)
    }

    /// Posts a change and reads the device again, whatever came of the posting.
    async fn write_and_read(
        &self,
        attached: &mut Attached,
        change: SmtpChange,
    ) -> Result<(Result<Receipt, DeviceError>, Observed), DeviceError> {
        let name = attached.driver.session().device().to_owned();
        let driver: &mut dyn Driver = attached.driver.as_mut();
        let written = driver.apply(&Change::Smtp(Box::new(change))).await;
        if let Err(error) = &written
            && error.fault == Fault::Workspace
        {
            return Err(error.clone());
        }
        self.step(&name, "reading back");
        match driver.read(Section::Smtp).await {
            Ok(after) => Ok((written, after)),
            Err(error) => {
                let first = written.err().map(|e| format!("{e}; then ")).unwrap_or_default();
                Err(DeviceError::new(
                    Category::Unconfirmed,
                    "read back what was written",
                    format!("{first}{error}"),
                )
                .rerun(Rerun::ReadsFirst))
            }
        }
    }

    async fn keep_before(
        &self,
        task: &Task,
        run: RunId,
        attached: &Attached,
        before: &Observed,
    ) -> Result<SnapshotId, DeviceError> {
        self.step(&task.device.name, "saving what it holds");
        let known = &attached.known;
        let snapshot = snapshot_of(
            Some(&run),
            &task.device.name,
            &known.key,
            &known.identity,
            before,
            SnapshotReason::BeforeApply,
        );
        self.journal(move |journal| keep(journal, snapshot))
            .await
            .map_err(|e| DeviceError::workspace("save what the device holds", e.to_string()))
    }
}

/// What else on the page is no longer as it was.
fn lost(before: &Observed, after: &Observed) -> Option<String> {
    let names: Vec<String> = before
        .others
        .iter()
        .filter(|other| !after.others.contains(other))
        .map(|(name, _)| format!("`{}`", clean(name)))
        .collect();
    (!names.is_empty()).then(|| format!("other settings of the page changed: {}", names.join(", ")))
}

/// The error with the way back.
fn named(error: DeviceError, snapshot: &SnapshotId) -> DeviceError {
    error.hint(format!(
        "what the device held before is the snapshot {snapshot}: look at the device with `scanfleet show`, and take it back with \
         `scanfleet restore {snapshot}`"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holding(server: &str, sender: Option<&str>) -> SmtpSettings {
        SmtpSettings {
            server: server.into(),
            port: Some(25),
            security: Some(Security::None),
            sender: sender.map(str::to_owned),
            ..SmtpSettings::default()
        }
    }

    fn chosen(now: &SmtpSettings) -> (String, serde_json::Value) {
        let change = HarmlessChange::choose(now, VerifyChange::Auto, |_, port| port != 26).unwrap();
        assert!(!way(now, &change.with).to.is_empty() && !differing(now, &change.with).is_empty());
        assert_eq!(way(now, now).to.is_empty(), differing(now, now).is_empty());
        (change.field.field, change.field.after)
    }

    #[test]
    fn the_least_harmful_change_is_chosen() {
        assert_eq!(chosen(&holding("mail.example", None)), ("smtp.server".into(), json!("Mail.example")));
        assert_eq!(
            chosen(&holding("10.0.0.1", Some("A@B.example"))),
            ("smtp.sender".into(), json!("A@b.example"))
        );
        assert_eq!(chosen(&holding("10.0.0.1", Some("no address"))), ("smtp.port".into(), json!(587)));
        assert_eq!(chosen(&holding("", None)).0, "smtp.port");
        assert!(
            HarmlessChange::choose(&holding("10.0.0.1", None), VerifyChange::Server, |_, _| true).is_none()
        );
    }
}
