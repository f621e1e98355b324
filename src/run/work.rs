//! One device's way through a run.

use std::sync::Arc;

use scanfleet_sdk::transport::Access;
use scanfleet_sdk::{
    AuthMethod, Capabilities, Category, Certainty, Change, DeviceError, Driver, Fault, FieldChange, Observed,
    PasswordState, PasswordWanted, ReplyState, Rerun, Section, SmtpSettings, Support,
};
use tokio_util::sync::CancellationToken;

use super::attach::{Attached, Known, same_serial};
use super::engine::KnownSecret;
use super::observe::{PASSWORD, broken_task, journal_entry, keep, snapshot_of};
use super::witness::JournalWitness;
use super::{DeviceOutcome, Engine, Event, Grade, ResultKind};
use crate::files::words::count;
use crate::inventory::Device;
use crate::journal::{DeviceKey, DeviceLock, Holder, LockError, RunId, Settlement, SnapshotReason};
use crate::plan::{Desired, diff, unsupported};

/// What is to be done to the devices of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mode {
    /// Read and compare; nothing that can alter a device leaves.
    Plan,
    /// Bring the devices to what is desired.
    Apply(RunId),
    /// Bring the devices back to a snapshot.
    Rollback(RunId),
}

impl Mode {
    fn run(&self) -> Option<&RunId> {
        match self {
            Self::Plan => None,
            Self::Apply(run) | Self::Rollback(run) => Some(run),
        }
    }
}

/// Who the device was when the plan was made, and what was to change.
#[derive(Debug, Clone, Default)]
pub struct Expected {
    /// The serial number the plan or the snapshot is for.
    pub serial: Option<String>,
    /// What a person agreed to; absent means whatever differs.
    pub changes: Option<Vec<FieldChange>>,
}

impl Expected {
    /// Stops where the device is another than the one the plan was made for.
    pub(super) fn check(&self, identity: &scanfleet_sdk::Identity) -> Result<(), DeviceError> {
        match (&self.serial, &identity.serial) {
            (Some(planned), Some(seen)) if !same_serial(planned, seen) => Err(DeviceError::new(
                Category::UnknownModel,
                "make sure it is the right device",
                format!("the plan was made for the serial number {planned}, and the device says {seen}"),
            )
            .hint("make a new plan; nothing was sent to this device")
            .rerun(Rerun::AfterMending)),
            (Some(planned), None) => Err(DeviceError::new(
                Category::UnknownModel,
                "make sure it is the right device",
                format!("the plan was made for the serial number {planned}, and the device tells none"),
            )
            .rerun(Rerun::AfterMending)),
            _ => Ok(()),
        }
    }
}

/// What a device should hold.
#[derive(Debug, Clone)]
pub struct Aim {
    /// The settings.
    pub desired: Desired,
    /// The password behind the wish, resolved before any connection.
    pub password: Option<KnownSecret>,
    /// Fields whose former value nobody knows (rollback).
    pub unrestorable: Vec<String>,
    /// Why nobody knows it.
    pub unrestorable_because: Option<String>,
}

/// One device's part of a run.
#[derive(Debug, Clone)]
pub struct Task {
    /// The device.
    pub device: Device,
    /// Its administrator's password, resolved before any connection; absent where the inventory names none.
    pub admin: Option<KnownSecret>,
    /// What it should hold, or why that cannot be said.
    pub aim: Aim,
    /// Who it has to be.
    pub expected: Option<Expected>,
}

/// A gate that one device passes at a time.
type Gate = Arc<tokio::sync::Mutex<()>>;

/// How long a device's lock lasts without being renewed, beyond the device's own time.
const LOCK_GRACE: std::time::Duration = std::time::Duration::from_secs(60);

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

    /// Takes the device's lock.
    pub(super) async fn hold(
        &self,
        device: &Device,
        run: &RunId,
        command: &str,
    ) -> Result<DeviceLock, DeviceError> {
        let key = DeviceKey::of(None, &device.name);
        let holder = Holder {
            host: self.settings.host.clone(),
            pid: std::process::id(),
            run: *run,
            command: command.to_owned(),
        };
        let ttl = self.settings.device_time + LOCK_GRACE;
        self.journal(move |journal| journal.lock_device(&key, &holder, ttl)).await.map_err(
            |error| match error {
                LockError::Held(other) => {
                    DeviceError::new(Category::Busy, "lock the device", other.to_string())
                        .hint("wait until that run is done")
                }
                LockError::Journal(error) => DeviceError::workspace("lock the device", error.to_string()),
            },
        )
    }

    /// Ctrl-C ends a device that is only being read at once, and lets one that is being written to finish: an answer
    /// thrown away would leave a change that nobody has seen.
    pub(super) fn patience(&self) -> Patience {
        let cancel = CancellationToken::new();
        let writing = Arc::new(tokio::sync::Mutex::new(()));
        let (stop, token, busy) = (self.settings.cancel.clone(), cancel.clone(), Arc::clone(&writing));
        let watch = tokio::spawn(async move {
            stop.cancelled().await;
            let _done = busy.lock().await;
            token.cancel();
        });
        Patience { cancel, writing, watch }
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
        self.step(&device.name, "reading the settings");
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
        let password = self.password_to_store(task, &attached.known.key, &before.smtp, &desired).await?;
        let (changes, mut change) = diff(&before.smtp, &desired, password.is_some());
        if changes.is_empty() {
            self.settle(mode, &attached.known.key, Settlement::Unknown).await?;
            return Ok(DeviceOutcome::new(
                &device.name,
                ResultKind::Unchanged,
                "The device holds what it should already.",
            ));
        }
        can_hold(attached.driver.as_ref(), &before.smtp, &desired)?;
        let problems = unsupported(&desired, &capabilities, password.as_ref().map(|p| p.secret.chars()));
        if !problems.is_empty() {
            return Err(DeviceError::new(Category::Unsupported, "work out the change", problems.join("; "))
                .hint("choose a shorter value; nothing was written"));
        }
        if let Some(agreed) = task.expected.as_ref().and_then(|e| e.changes.as_ref())
            && *agreed != changes
        {
            return Err(DeviceError::new(
                Category::Interrupted,
                "carry out the plan",
                format!("the device changed since the plan was made: {}", differences(agreed, &changes)),
            )
            .hint("make a new plan; nothing was written"));
        }
        change.to.password = match &password {
            Some(known) => PasswordWanted::Set(known.secret.clone()),
            None => PasswordWanted::Keep,
        };
        let change = Change::Smtp(Box::new(change));
        // What the page cannot hold is no change that is pending, nor one to begin with.
        attached.driver.check(&change)?;
        let (Some(run), Some(witness)) = (mode.run(), witness) else {
            let mut outcome = DeviceOutcome::new(
                &device.name,
                ResultKind::Pending,
                format!("{} would change.", count(changes.len(), "setting")),
            );
            outcome.changes = changes;
            outcome.notes = assumptions(attached.driver.as_ref());
            return Ok(outcome);
        };
        let gate = self.unproven(&attached.known).await?;
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
            && open.is_empty()
            && now.password != PasswordState::Unset
            // A sign-in that somebody switched off or gave to another user may hold another password, too.
            && now.auth.method == AuthMethod::Password
            && desired.auth_user.as_ref().is_none_or(|user| Some(user) == now.auth.user.as_ref());
        Ok(if held { None } else { Some(known.clone()) })
    }

    /// The gate that a device passes alone while the way its family stores settings is assumed and nobody has seen a
    /// write read back equal on this model and firmware.
    async fn unproven(&self, known: &Known) -> Result<Option<Gate>, DeviceError> {
        let family = known.family.clone();
        if family.smtp_write != Certainty::Assumed {
            return Ok(None);
        }
        let identity = known.identity.clone();
        let model = (identity.vendor.clone(), identity.model.clone(), identity.firmware.clone());
        let gate = {
            let mut gates = self.gates.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            Arc::clone(gates.entry(model).or_default())
        };
        let proven =
            move |journal: &crate::journal::Journal| journal.is_proven(&identity, Section::Smtp, &family);
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
    pub(super) async fn prove(&self, mode: &Mode, known: &Known) -> Result<(), DeviceError> {
        let Some(run) = mode.run().copied() else { return Ok(()) };
        let (identity, family) = (known.identity.clone(), known.family.clone());
        self.journal(move |journal| journal.record_proven(&run, &identity, Section::Smtp, &family))
            .await
            .map_err(|e| DeviceError::workspace("note that the model is proven", e.to_string()))
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

    /// Reads the device again and says what is true now; the device's own words count for nothing.
    async fn read_back(
        &self,
        task: &Task,
        mode: &Mode,
        attached: &mut Attached,
        witness: &JournalWitness,
        written: Written<'_>,
    ) -> Result<DeviceOutcome, DeviceError> {
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
            self.prove(mode, &attached.known).await?;
        }
        Ok(verified(name, mode, written.changes, readable, lost))
    }

    /// Notes what reading has shown about writes whose fate was unknown. Where even reading cannot tell, the password is
    /// no longer known either.
    pub(super) async fn settle(
        &self,
        mode: &Mode,
        key: &DeviceKey,
        settlement: Settlement,
    ) -> Result<(), DeviceError> {
        let Some(run) = mode.run().copied() else { return Ok(()) };
        let key = key.clone();
        self.journal(move |journal| {
            let open = journal.settle_all(&key, settlement, "the device was read")?;
            if open > 0 && settlement == Settlement::Unknown {
                journal.password_unknown(&run, &key, PASSWORD)?;
            }
            Ok::<_, crate::journal::JournalError>(())
        })
        .await
        .map_err(|e| DeviceError::workspace("settle former writes", e.to_string()))
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

/// How Ctrl-C is heard while one device is worked on.
pub(super) struct Patience {
    /// Ends the device's session; cancelled once nothing is being written.
    pub cancel: CancellationToken,
    /// Held while the device is being written to.
    pub writing: Arc<tokio::sync::Mutex<()>>,
    watch: tokio::task::JoinHandle<()>,
}

impl Drop for Patience {
    fn drop(&mut self) {
        self.watch.abort();
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

/// What was sent, and what was before.
struct Written<'a> {
    before: &'a Observed,
    desired: &'a Desired,
    password: Option<&'a KnownSecret>,
    changes: Vec<FieldChange>,
    result: Result<scanfleet_sdk::Receipt, DeviceError>,
}

fn unreachable_write(name: &str) -> DeviceError {
    DeviceError::workspace("write the settings", format!("the journal failed while {name} was written to"))
}

fn verified(name: &str, mode: &Mode, changes: Vec<FieldChange>, readable: bool, lost: bool) -> DeviceOutcome {
    let kind = if matches!(mode, Mode::Rollback(_)) { ResultKind::RolledBack } else { ResultKind::Changed };
    let password = changes.iter().any(|c| c.field == PASSWORD);
    let what = count(changes.len(), "setting");
    let message = match (readable, password) {
        (true, false) => format!("{what} changed and read back equal."),
        (true, true) => format!("{what} changed and read back equal; the password cannot be read back."),
        (false, _) => "The device took the new password; a password cannot be read back.".to_owned(),
    };
    let mut outcome = DeviceOutcome::new(name, kind, message);
    outcome.grade = Some(if readable { Grade::Verified } else { Grade::Applied });
    outcome.changes = changes;
    if lost {
        outcome
            .notes
            .push("The answer to the write was lost; reading back settled that it was taken.".into());
    }
    outcome
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

fn differences(agreed: &[FieldChange], now: &[FieldChange]) -> String {
    let mut parts = Vec::new();
    for change in now {
        match agreed.iter().find(|a| a.field == change.field) {
            Some(planned) if planned == change => {}
            Some(planned) => parts.push(format!(
                "{} was {} and is {}",
                change.field,
                words(&planned.before),
                words(&change.before)
            )),
            None => parts.push(format!("{} is {}", change.field, words(&change.before))),
        }
    }
    for planned in agreed {
        if !now.iter().any(|c| c.field == planned.field) {
            parts.push(format!("{} is {} already", planned.field, words(&planned.after)));
        }
    }
    parts.join("; ")
}

/// A value as people read it.
pub(super) fn words(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Null => "empty".into(),
        serde_json::Value::String(text) => format!("`{}`", scanfleet_sdk::error::clean(text)),
        other => other.to_string(),
    }
}

/// What the write path rests on, where that is no more than an assumption or one source.
fn assumptions(driver: &dyn Driver) -> Vec<String> {
    let family = driver.family();
    match family.smtp_write {
        Certainty::Assumed => vec![format!(
            "The way this family ({}) stores settings is partly assumed; the read-back decides.",
            family.id
        )],
        _ => Vec::new(),
    }
}

fn name_the_connection(outcome: &mut DeviceOutcome, driver: &dyn Driver) {
    let facts = driver.session().facts().clone();
    outcome.notes.extend(super::observe::connection_notes(&facts));
    outcome.connection = Some(facts);
}
