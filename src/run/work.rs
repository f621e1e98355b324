//! One device's way through a run.

use std::sync::Arc;

use scanfleet_sdk::transport::Access;
use scanfleet_sdk::{Category, DeviceError, Driver};

use super::attach::{Attached, Known};
use super::observe::{broken_task, journal_entry};
use super::witness::JournalWitness;
use super::{DeviceOutcome, Engine, Event, Mode, ResultKind, Task};
use crate::journal::RunId;

/// What every section needs that writes to a device.
#[derive(Clone, Copy)]
pub(super) struct Writes<'a> {
    pub task: &'a Task,
    pub mode: &'a Mode,
    pub run: &'a RunId,
    pub witness: &'a JournalWitness,
    /// Held while the device is written to; see [`super::lock::Patience`].
    pub writing: &'a tokio::sync::Mutex<()>,
}

impl Engine {
    /// Takes many devices through the run, several at once, and sums up. Devices whose turn never came are `not-reached`.
    pub async fn run(&self, tasks: Vec<Task>, mode: Mode) -> Vec<DeviceOutcome> {
        let names: Vec<String> = tasks.iter().map(|t| t.device.name.clone()).collect();
        let engine = Arc::new(self.clone());
        let shared = Arc::new(mode.clone());
        let job = move |task: Task| {
            let (engine, mode) = (Arc::clone(&engine), Arc::clone(&shared));
            async move { engine.work(task, &mode).await }
        };
        let broken = |index: usize| DeviceOutcome::failed(&names[index], &broken_task());
        let outcomes =
            super::fleet::on_each(tasks.clone(), self.settings.parallel, &self.settings.cancel, job, broken)
                .await;
        let mut all = Vec::with_capacity(outcomes.len());
        for (outcome, task) in outcomes.into_iter().zip(&tasks) {
            all.push(match outcome {
                Some(outcome) => outcome,
                None => {
                    let mut outcome = DeviceOutcome::not_reached(&task.device.name);
                    self.record(&mode, task, None, &mut outcome).await;
                    self.finished(&outcome);
                    outcome
                }
            });
        }
        all
    }

    /// Takes one device through the run and says what came of it. Records the outcome when the run is kept.
    pub async fn work(&self, task: Task, mode: &Mode) -> DeviceOutcome {
        let name = task.device.name.clone();
        self.observer.event(&Event::Started { device: &name });
        let outcome = match self.locked(&task, mode).await {
            Ok(outcome) => outcome,
            Err(error) => {
                let mut outcome = DeviceOutcome::failed(&name, &error);
                self.record(mode, &task, None, &mut outcome).await;
                outcome
            }
        };
        self.finished(&outcome);
        outcome
    }

    /// Holds the device's lock for as long as it is worked on; plans only read and take none.
    async fn locked(&self, task: &Task, mode: &Mode) -> Result<DeviceOutcome, DeviceError> {
        let Some(run) = mode.run() else { return self.session(task, mode).await };
        let command = if matches!(mode, Mode::Rollback(_)) { "rollback" } else { "apply" };
        let held = self.hold(&task.device, run, command).await?;
        let result = self.session(task, mode).await;
        self.journal(move |_| drop(held)).await;
        result
    }

    /// One session from connecting to logging out.
    async fn session(&self, task: &Task, mode: &Mode) -> Result<DeviceOutcome, DeviceError> {
        let device = &task.device;
        let Some(admin) = &task.admin else { return Err(no_password()) };
        let patience = self.patience();
        let witness = mode.run().map(|run| Arc::new(JournalWitness::new(&self.journal, run)));
        let access = |maker: &dyn scanfleet_sdk::Vendor| match &witness {
            None => Access::ReadOnly(maker.reads()),
            Some(witness) => {
                Access::ReadWrite(Arc::clone(witness) as Arc<dyn scanfleet_sdk::transport::Witness>)
            }
        };
        let attached = self
            .attach(
                device,
                Some(admin),
                task.aim.password.as_ref(),
                access,
                task.expected.as_ref(),
                &patience.cancel,
            )
            .await;
        match attached {
            Err(error) => Err(error),
            Ok(mut attached) => {
                let done =
                    self.logged_in(task, mode, &mut attached, witness.as_deref(), &patience.writing).await;
                self.step(&device.name, "logging out");
                let closed = attached.driver.close().await;
                let mut outcome = match done {
                    Ok(outcome) => outcome,
                    Err(error) => DeviceOutcome::failed(&device.name, &error),
                };
                if let Err(error) = closed {
                    tracing::warn!(device = %device.name, %error, "logging out failed");
                    outcome.notes.push(format!(
                        "Logging out failed ({}); the session stays open on the device until it times out.",
                        error.got
                    ));
                }
                if outcome.result != ResultKind::Failed {
                    outcome.unrestorable = task.aim.unrestorable.clone();
                    outcome.unrestorable_because = task.aim.unrestorable_because.clone();
                }
                name_the_connection(&mut outcome, attached.driver.as_ref());
                outcome.model = Some(attached.known.identity.model.clone());
                outcome.serial = attached.known.identity.serial.clone();
                self.record(mode, task, Some(&attached.known), &mut outcome).await;
                Ok(outcome)
            }
        }
    }

    async fn logged_in(
        &self,
        task: &Task,
        mode: &Mode,
        attached: &mut Attached,
        witness: Option<&JournalWitness>,
        writing: &tokio::sync::Mutex<()>,
    ) -> Result<DeviceOutcome, DeviceError> {
        let device = &task.device;
        self.sign_in(device, task.admin.as_ref(), task.expected.as_ref(), attached).await?;
        if let Some(witness) = witness {
            witness.device_is(&attached.known.key);
        }
        let smtp = self.plan_smtp(task, mode, attached).await?;
        if smtp.changes.is_empty() {
            return Ok(DeviceOutcome::new(
                &device.name,
                ResultKind::Unchanged,
                "The device holds what it should already.",
            ));
        }
        match (mode.run(), witness) {
            (Some(run), Some(witness)) => {
                let writes = Writes { task, mode, run, witness, writing };
                self.write_smtp(&writes, attached, smtp).await
            }
            _ => Ok(smtp.pending(&device.name, attached.driver.as_ref())),
        }
    }

    pub(super) async fn record(
        &self,
        mode: &Mode,
        task: &Task,
        known: Option<&Known>,
        outcome: &mut DeviceOutcome,
    ) {
        let Some(run) = mode.run().copied() else { return };
        let result = journal_entry(task, known, outcome);
        if let Err(error) = self.journal(move |journal| journal.record_result(&run, &result)).await {
            outcome.workspace_failed = true;
            outcome.notes.push(format!("The journal could not take this result. {error}"));
        }
    }
}

/// Nobody can log in without a password.
pub(super) fn no_password() -> DeviceError {
    DeviceError::new(
        Category::AuthRefused,
        "log in",
        "the inventory names no administrator password for this device",
    )
    .hint("add `admin_secret` to the inventory and store the password with `scanfleet secret set`")
}

fn name_the_connection(outcome: &mut DeviceOutcome, driver: &dyn Driver) {
    let facts = driver.session().facts().clone();
    outcome.notes.extend(super::observe::connection_notes(&facts));
    outcome.connection = Some(facts);
}
