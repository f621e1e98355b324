//! The scan-to-email part of a device's way through a run: read, compare, write, read back.

use scanfleet_sdk::{
    AuthMethod, Capabilities, Category, Certainty, Change, DeviceError, Driver, FieldChange, Observed,
    PasswordState, PasswordWanted, Section, SmtpSettings, Support,
};

use super::attach::{Attached, Known};
use super::book::FIELDS;
use super::engine::KnownSecret;
use super::masked::Masked;
use super::observe::{PASSWORD, keep, snapshot_of};
use super::read_back::{SmtpDone, Written};
use super::words::differences;
use super::work::Writes;
use super::{Engine, Mode, Task};
use crate::journal::{DeviceKey, RunId, Settlement, SnapshotReason};
use crate::plan::{Desired, diff, unsupported};

/// What a device holds and what is to become of it.
pub(super) struct SmtpPlan {
    before: Observed,
    desired: Desired,
    password: Option<KnownSecret>,
    /// What would change; empty where there is nothing to do.
    pub changes: Vec<FieldChange>,
    change: Change,
    /// The save may lose a stored password that is not known.
    pub may_be_lost: bool,
    /// The wish names another account, and the page locks the account while nobody signs in.
    pub account_stays: bool,
}

/// What is said of [`SmtpPlan::account_stays`].
pub(super) const ACCOUNT_STAYS: &str = "The account name stays stored on the device: its page locks that field while \
                                        the device does not sign in. It is not in force.";

impl Engine {
    /// Reads and compares; nothing is written.
    pub(super) async fn plan_smtp(
        &self,
        task: &Task,
        mode: &Mode,
        attached: &mut Attached,
    ) -> Result<SmtpPlan, DeviceError> {
        self.step(&task.device.name, "reading the settings");
        let before = attached.driver.read(Section::Smtp).await?;
        let Capabilities { smtp, .. } = attached.driver.capabilities();
        let Support::Yes(capabilities) = smtp else {
            return Err(DeviceError::new(
                Category::Unsupported,
                "work out the change",
                "this family does not offer scan-to-email settings",
            ));
        };
        let desired = task.aim.desired.clone().fitted(&capabilities);
        let account_stays = match (&task.aim.desired.auth_user, &desired.auth_user) {
            (Some(wanted), None) => *wanted != before.smtp.auth.user.clone().unwrap_or_default(),
            _ => false,
        };
        let password = self.password_to_store(task, &attached.known.key, &before.smtp, &desired).await?;
        let (changes, mut change) = diff(&before.smtp, &desired, password.is_some());
        if changes.is_empty() {
            self.settle(mode, &attached.known.key, Settlement::Unknown).await?;
            let change = Change::Smtp(Box::new(change));
            return Ok(SmtpPlan {
                before,
                desired,
                password,
                changes,
                change,
                may_be_lost: false,
                account_stays,
            });
        }
        can_hold(attached.driver.as_ref(), &before.smtp, &desired)?;
        let problems = unsupported(&desired, &capabilities, password.as_ref().map(|p| p.secret.chars()));
        if !problems.is_empty() {
            return Err(DeviceError::new(Category::Unsupported, "work out the change", problems.join("; "))
                .hint("choose a shorter value; nothing was written"));
        }
        if let Some(agreed) = task.expected.as_ref().and_then(|e| e.changes.as_ref())
            && let agreed =
                agreed.iter().filter(|c| !c.field.starts_with(FIELDS)).cloned().collect::<Vec<_>>()
            && agreed != changes
        {
            return Err(DeviceError::new(
                Category::Interrupted,
                "carry out the plan",
                format!("the device changed since the plan was made: {}", differences(&agreed, &changes)),
            )
            .hint("make a new plan; nothing was written"));
        }
        let masked = if password.is_some() {
            Masked::Safe
        } else {
            self.masked(task, &attached.known.key, &before.smtp, &desired, &capabilities).await?
        };
        let may_be_lost = matches!(masked, Masked::MayBeLost);
        let password = match masked {
            Masked::SentAlong(known) => Some(known),
            Masked::Safe | Masked::MayBeLost => password,
        };
        change.to.password = match &password {
            Some(known) => PasswordWanted::Set(known.secret.clone()),
            None => PasswordWanted::Keep,
        };
        let change = Change::Smtp(Box::new(change));
        // What the page cannot hold is no change that is pending, nor one to begin with.
        attached.driver.check(&change)?;
        Ok(SmtpPlan { before, desired, password, changes, change, may_be_lost, account_stays })
    }

    /// Writes what [`Engine::plan_smtp`] has found to be different, and reads it back.
    pub(super) async fn write_smtp(
        &self,
        writes: &Writes<'_>,
        attached: &mut Attached,
        plan: SmtpPlan,
    ) -> Result<SmtpDone, DeviceError> {
        let Writes { task, mode, run, witness, writing } = *writes;
        let device = &task.device;
        let SmtpPlan { before, desired, password, changes, change, .. } = plan;
        let gate = self.unproven(&attached.known, Section::Smtp).await?;
        let _first = match &gate {
            Some(gate) => {
                self.step(&device.name, "waiting for the first of its model");
                Some(gate.lock().await)
            }
            None => None,
        };
        if self.settings.cancel.is_cancelled() {
            return Err(DeviceError::new(
                Category::Interrupted,
                "write the settings",
                "the run was stopped before that",
            )
            .hint("nothing was written"));
        }
        let writing = writing.lock().await;
        self.save_snapshot(run, task, &attached.known, &before).await?;
        self.step(&device.name, "writing the settings");
        let written = attached.driver.apply(&change).await;
        let done = self
            .read_back(
                task,
                mode,
                attached,
                witness,
                Written {
                    before: &before,
                    desired: &desired,
                    password: password.as_ref(),
                    changes,
                    result: written,
                },
            )
            .await;
        drop(writing);
        done
    }

    /// The password to store, or `None` where the device is known to hold it.
    ///
    /// No copier shows its password; the journal knows the fingerprint of what was last stored there. A write whose
    /// answer nobody saw makes that knowledge void.
    async fn password_to_store(
        &self,
        task: &Task,
        key: &DeviceKey,
        now: &SmtpSettings,
        desired: &Desired,
    ) -> Result<Option<KnownSecret>, DeviceError> {
        let Some(known) = &task.aim.password else { return Ok(None) };
        if desired.auth_method.unwrap_or(now.auth.method) != AuthMethod::Password {
            return Ok(None);
        }
        let (secret, key) = (known.secret.clone(), key.clone());
        let (pushed, fingerprint, open) = self
            .journal(move |journal| {
                let pushed = journal.pushed_password(&key, PASSWORD)?;
                Ok::<_, crate::journal::JournalError>((
                    pushed,
                    journal.fingerprint(&secret)?,
                    journal.open_intents(&key)?,
                ))
            })
            .await
            .map_err(|e| DeviceError::workspace("look up the stored password", e.to_string()))?;
        let held = pushed.is_some_and(|p| p.fingerprint == fingerprint)
            && !open.iter().any(|i| i.section == Section::Smtp.as_str())
            && now.password != PasswordState::Unset
            // A sign-in that somebody switched off or gave to another user may hold another password, too.
            && now.auth.method == AuthMethod::Password
            && desired.auth_user.as_ref().is_none_or(|user| Some(user) == now.auth.user.as_ref());
        Ok(if held { None } else { Some(known.clone()) })
    }

    async fn save_snapshot(
        &self,
        run: &RunId,
        task: &Task,
        known: &Known,
        before: &Observed,
    ) -> Result<(), DeviceError> {
        self.step(&task.device.name, "saving what it holds");
        let snapshot = snapshot_of(
            Some(run),
            &task.device.name,
            &known.key,
            &known.identity,
            before,
            SnapshotReason::BeforeApply,
        );
        self.journal(move |journal| keep(journal, snapshot))
            .await
            .map(|_| ())
            .map_err(|e| DeviceError::workspace("save what the device holds", e.to_string()))
    }
}

/// Whether the device can express the combination of security and port that is wanted.
fn can_hold(driver: &dyn Driver, now: &SmtpSettings, desired: &Desired) -> Result<(), DeviceError> {
    if let (Some(security), Some(port)) = (desired.security.or(now.security), desired.port.or(now.port))
        && (now.security != Some(security) || now.port != Some(port))
    {
        driver.can_hold(security, port).map_err(|reason| {
            DeviceError::new(Category::Unsupported, "work out the change", reason).hint("nothing was written")
        })?;
    }
    Ok(())
}

/// What the write path rests on, where that is no more than an assumption or one source.
pub(super) fn assumptions(driver: &dyn Driver) -> Option<String> {
    let family = driver.family();
    (family.smtp_write == Certainty::Assumed).then(|| {
        format!(
            "The way this family ({}) stores settings is partly assumed; the read-back decides.",
            family.id
        )
    })
}
