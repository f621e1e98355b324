//! One device's way through a run.

use std::sync::Arc;

use scanfleet_sdk::transport::Access;
use scanfleet_sdk::{Category, DeviceError, Driver};

use super::attach::{Attached, Known};
use super::book::{self, BookPlan, FIELDS, entries_word};
use super::joined::{amount, written};
use super::observe::{broken_task, journal_entry};
use super::rollback::FOLDER_PASSWORDS;
use super::smtp::{self, ACCOUNT_STAYS, SmtpPlan};
use super::witness::JournalWitness;
use super::{DeviceOutcome, Engine, Event, Mode, ResultKind, Task};
use crate::book::merge::Conflict;
use crate::journal::{DeviceResult, RunId};

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
    /// Devices whose address book was in use, and to which nothing was written, are tried once more at the end.
    pub async fn run(&self, tasks: Vec<Task>, mode: Mode) -> Vec<DeviceOutcome> {
        let mut all = Vec::with_capacity(tasks.len());
        for (outcome, task) in self.pass(tasks.clone(), &mode).await.into_iter().zip(&tasks) {
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
        if mode.run().is_some() {
            self.second_pass(&tasks, &mode, &mut all).await;
        }
        all
    }

    /// One pass over devices; `None` for those whose turn never came.
    async fn pass(&self, tasks: Vec<Task>, mode: &Mode) -> Vec<Option<DeviceOutcome>> {
        let names: Vec<String> = tasks.iter().map(|t| t.device.name.clone()).collect();
        let (engine, shared) = (Arc::new(self.clone()), Arc::new(mode.clone()));
        let job = move |task: Task| {
            let (engine, mode) = (Arc::clone(&engine), Arc::clone(&shared));
            async move { engine.work(task, &mode).await }
        };
        let broken = |index: usize| DeviceOutcome::failed(&names[index], &broken_task());
        super::fleet::on_each(tasks, self.settings.parallel, &self.settings.cancel, job, broken).await
    }

    /// Tries devices again whose address book was in use.
    async fn second_pass(&self, tasks: &[Task], mode: &Mode, all: &mut [DeviceOutcome]) {
        let waiting: Vec<usize> = (0..all.len()).filter(|index| all[*index].again).collect();
        if waiting.is_empty() {
            return;
        }
        for index in &waiting {
            self.step(&all[*index].name, "waiting: its address book is in use");
        }
        tokio::select! {
            () = tokio::time::sleep(self.settings.busy_wait) => {}
            () = self.settings.cancel.cancelled() => {}
        }
        let again = waiting.iter().map(|index| {
            let mut task = tasks[*index].clone();
            // The settings were written in the first pass, or had nothing to change.
            if let Some(agreed) = task.expected.as_mut().and_then(|e| e.changes.as_mut()) {
                agreed.retain(|c| c.field.starts_with(FIELDS) || all[*index].changes.is_empty());
            }
            task
        });
        let second = self.pass(again.collect(), mode).await;
        for (index, outcome) in waiting.into_iter().zip(second) {
            // Where its second turn never came, the first result stands.
            let first = std::mem::replace(&mut all[index], DeviceOutcome::not_reached(""));
            let settings = first.changes.clone();
            all[index] = match outcome {
                Some(mut outcome) if !settings.is_empty() => {
                    outcome.after(settings);
                    self.amend(mode, &mut outcome).await;
                    outcome
                }
                Some(outcome) => outcome,
                None => first,
            };
            all[index].again = false;
            self.finished(&all[index]);
        }
    }

    /// Takes one device through the run and says what came of it. Records the outcome when the run is kept. A device that
    /// is worth a second try is not told to be finished.
    async fn work(&self, task: Task, mode: &Mode) -> DeviceOutcome {
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
        if !outcome.again || mode.run().is_none() {
            self.finished(&outcome);
        }
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
        let patience = self.patience();
        let witness =
            mode.run().map(|run| Arc::new(JournalWitness::new(&self.journal, run, &self.settings.cancel)));
        let access = |maker: &dyn scanfleet_sdk::Vendor| match &witness {
            None => Access::ReadOnly(maker.reads()),
            Some(witness) => {
                Access::ReadWrite(Arc::clone(witness) as Arc<dyn scanfleet_sdk::transport::Witness>)
            }
        };
        let attached = self
            .attach(
                device,
                task.admin.as_ref(),
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
                if outcome.result == ResultKind::Failed {
                    outcome.unrestorable.clear();
                } else {
                    outcome.unrestorable.splice(0..0, task.aim.unrestorable.clone());
                    let mut seen = std::collections::BTreeSet::new();
                    outcome.unrestorable.retain(|field| seen.insert(field.clone()));
                    let because = task.aim.unrestorable_because.clone();
                    outcome.unrestorable_because = because.or(outcome.unrestorable_because.take());
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
        if task.admin.is_none() && attached.driver.needs_password() {
            return Err(no_password());
        }
        self.sign_in(device, task.admin.as_ref(), task.expected.as_ref(), attached).await?;
        if let Some(witness) = witness {
            witness.device_is(&attached.known.key);
        }
        // Everything is read and weighed before anything is written.
        let smtp = match task.aim.desired.is_empty() {
            true => None,
            false => {
                Some(self.plan_smtp(task, mode, attached).await?).filter(|plan| !plan.changes.is_empty())
            }
        };
        let book = match &task.aim.book {
            Some(aim) => Some(match self.plan_book(task, aim, mode, attached).await {
                Ok(plan) => plan,
                Err(error) => return Ok(busy(&device.name, error)),
            }),
            None => None,
        };
        if let Some(book) = &book
            && let Some(error) = book.blocked()
        {
            let mut outcome = DeviceOutcome::failed(&device.name, &error);
            outcome.conflicts = book.merge().conflicts.clone();
            return Ok(outcome);
        }
        let told = book.as_ref().map(Told::of);
        let book = book.filter(|plan| !plan.merge().is_empty());
        let may_be_lost = smtp.as_ref().is_some_and(|plan| plan.may_be_lost);
        let account_stays = smtp.as_ref().is_some_and(|plan| plan.account_stays);
        let mut outcome = match (mode.run(), witness) {
            _ if smtp.is_none() && book.is_none() => DeviceOutcome::new(
                &device.name,
                ResultKind::Unchanged,
                "The device holds what it should already.",
            ),
            (Some(run), Some(witness)) => {
                let writes = Writes { task, mode, run, witness, writing };
                self.write(&writes, attached, smtp, book).await?
            }
            _ => pending(&device.name, attached.driver.as_ref(), smtp, book),
        };
        if may_be_lost {
            outcome.notes.push(super::masked::MAY_BE_LOST.to_owned());
        }
        if account_stays {
            outcome.notes.push(ACCOUNT_STAYS.to_owned());
            outcome.unrestorable.push("smtp.auth.user".to_owned());
        }
        if let Some(told) = told {
            outcome.conflicts = told.conflicts;
            outcome.foreign_removed = told.foreign_removed;
            outcome.unrestorable.extend(told.unrestorable);
            outcome.notes.extend(told.notes);
            // Agreed to, and yet named: somebody has to type them in again.
            for field in told.lost {
                outcome.unrestorable_because.get_or_insert_with(|| FOLDER_PASSWORDS.to_owned());
                if !outcome.unrestorable.contains(&field) {
                    outcome.unrestorable.push(field);
                }
            }
        }
        Ok(outcome)
    }

    /// Writes one section after the other; what failed in one is not hidden by the next.
    async fn write(
        &self,
        writes: &Writes<'_>,
        attached: &mut Attached,
        smtp: Option<SmtpPlan>,
        book: Option<BookPlan>,
    ) -> Result<DeviceOutcome, DeviceError> {
        let name = &writes.task.device.name;
        let settings = match smtp {
            Some(plan) => Some(self.write_smtp(writes, attached, plan).await.map_err(|mut error| {
                if book.is_some() {
                    error.got =
                        format!("{}; the address book was not touched", error.got.trim_end_matches('.'));
                }
                error
            })?),
            None => None,
        };
        let entries = match book {
            Some(plan) => Some(self.write_book(writes, attached, plan).await),
            None => None,
        };
        let again = match &entries {
            Some(Err(error)) => error.category == Category::Busy,
            // Some dialects say so only once a dialogue is opened; reading back has shown that nothing came of it.
            Some(Ok(done)) => {
                done.entries == 0
                    && done.changes.is_empty()
                    && done.error.as_ref().is_some_and(|error| error.category == Category::Busy)
            }
            None => false,
        };
        let mut outcome = written(name, writes.mode, settings, entries);
        outcome.again = again;
        Ok(outcome)
    }

    /// Puts into the journal what a second pass adds to what the first has done.
    async fn amend(&self, mode: &Mode, outcome: &mut DeviceOutcome) {
        let Some(run) = mode.run().copied() else { return };
        let (name, kind, grade) = (outcome.name.clone(), outcome.result, outcome.grade);
        let (message, changes) = (outcome.message.clone(), outcome.changes.clone());
        let amended = self
            .journal(move |journal| {
                let found = journal.results(&run)?.into_iter().find(|r| r.device == name);
                match found {
                    Some(entry) => journal.record_result(
                        &run,
                        &DeviceResult { result: kind, grade, message, changes, ..entry },
                    ),
                    None => Ok(()),
                }
            })
            .await;
        if let Err(error) = amended {
            outcome.workspace_failed = true;
            outcome.notes.push(format!("The journal could not take this result. {error}"));
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

/// What a plan has to say besides its changes.
struct Told {
    conflicts: Vec<Conflict>,
    foreign_removed: usize,
    unrestorable: Vec<String>,
    notes: Vec<String>,
    /// Folder passwords that this way of writing loses.
    lost: Vec<String>,
}

impl Told {
    fn of(plan: &BookPlan) -> Self {
        let merge = plan.merge();
        Self {
            conflicts: merge.conflicts.clone(),
            foreign_removed: merge.foreign_removed,
            unrestorable: plan.unrestorable.clone(),
            notes: merge.notes.clone(),
            lost: plan.lost().to_vec(),
        }
    }
}

/// What a plan says of a device.
fn pending(name: &str, driver: &dyn Driver, smtp: Option<SmtpPlan>, book: Option<BookPlan>) -> DeviceOutcome {
    let settings = smtp.as_ref().map_or(0, |plan| plan.changes.len());
    let entries = book.as_ref().map_or(0, BookPlan::entries);
    let mut message = format!("{} would change.", amount(settings, entries));
    if let Some(foreign) = book.as_ref().map(|plan| plan.merge().foreign_removed).filter(|n| *n > 0) {
        message.push_str(&format!(" {} of others would go.", entries_word(foreign)));
    }
    let mut outcome = DeviceOutcome::new(name, ResultKind::Pending, message);
    outcome.notes.extend(smtp.as_ref().and_then(|_| smtp::assumptions(driver)));
    outcome.notes.extend(book.as_ref().and_then(|_| book::assumptions(driver)));
    outcome.changes = smtp.map(|plan| plan.changes).unwrap_or_default();
    outcome.changes.extend(book.map(|plan| plan.merge().fields.clone()).unwrap_or_default());
    outcome
}

/// A failure before anything was written to the address book.
fn busy(name: &str, error: DeviceError) -> DeviceOutcome {
    let mut outcome = DeviceOutcome::failed(name, &error);
    outcome.again = error.category == Category::Busy;
    outcome
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
