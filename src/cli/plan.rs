//! `scanfleet plan`: what a playbook would change.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use clap::Args;

use super::args::Global;
use super::context;
use super::error::{CliError, Exit};
use super::render;
use super::ui::Ui;
use crate::files::SecretRef;
use crate::inventory::{Device, Inventory};
use crate::plan::{Desired, DesiredPassword, PLAN_FORMAT, PlanFile, PlannedDevice};
use crate::playbook::Playbook;
use crate::run::{Aim, Engine, KnownSecret, Mode, ResultKind, RunOutcome, Task};

/// Options of `plan`.
#[derive(Debug, Args)]
pub struct PlanArgs {
    /// The playbook.
    pub playbook: PathBuf,
    /// Keeps the plan in a file, for `scanfleet apply FILE`.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Exits with 4 when changes are pending.
    #[arg(long)]
    pub detailed_exitcode: bool,
}

pub(super) async fn run(ui: &Ui, global: &Global, args: PlanArgs) -> Result<Exit, CliError> {
    let prepared = Prepared::from_playbook(ui, global, &args.playbook).await?;
    let (outcome, tasks) = prepared.plan().await;
    if let Some(path) = &args.output {
        prepared.file(&outcome, &tasks).save(path)?;
        ui.say(format!("The plan is kept in {}. Carry it out with `scanfleet apply {0}`.", path.display()));
    }
    render::outcome(ui, &outcome)?;
    let exit = Exit::of(&outcome);
    let pending = outcome.count(ResultKind::Pending) > 0;
    Ok(if exit == Exit::Done && pending && args.detailed_exitcode { Exit::Pending } else { exit })
}

/// A playbook and the devices it means, with every secret resolved: nothing has been connected to yet.
pub(super) struct Prepared {
    pub engine: Engine,
    pub playbook: Playbook,
    pub tasks: Vec<Task>,
}

impl Prepared {
    pub(super) async fn from_playbook(ui: &Ui, global: &Global, path: &Path) -> Result<Self, CliError> {
        let playbook = Playbook::load(path)?;
        for note in &playbook.notes {
            ui.say(format!("Note: {note}"));
        }
        let inventory = context::inventory(ui, global)?;
        let chosen = context::selected(&inventory, &[], global)?;
        let wishes = wishes(&playbook, &inventory, &chosen)?;
        let cancel = context::ctrl_c(ui);
        let engine = context::engine(ui, global, wishes.len(), &cancel)?;
        let tasks = tasks(&engine, wishes).await?;
        Ok(Self { engine, playbook, tasks })
    }

    /// Reads and compares. The tasks come back with what was found, for an `apply` that follows.
    pub(super) async fn plan(&self) -> (RunOutcome, Vec<Task>) {
        let outcomes = self.engine.run(self.tasks.clone(), Mode::Plan).await;
        let interrupted = self.engine.settings.cancel.is_cancelled();
        let outcome = RunOutcome::of(None, Some(self.playbook.name.clone()), outcomes, interrupted);
        (outcome, self.tasks.clone())
    }

    fn file(&self, outcome: &RunOutcome, tasks: &[Task]) -> PlanFile {
        let devices = outcome
            .devices
            .iter()
            .zip(tasks)
            .filter(|(device, _)| device.result == ResultKind::Pending)
            .map(|(device, task)| PlannedDevice {
                name: device.name.clone(),
                model: device.model.clone().unwrap_or_default(),
                serial: device.serial.clone(),
                changes: device.changes.clone(),
                desired: task.aim.desired.clone(),
                password: match &task.aim.desired.password {
                    DesiredPassword::Keep => None,
                    DesiredPassword::Secret { reference, .. } => Some(reference.to_string()),
                },
            })
            .collect();
        PlanFile {
            scanfleet_plan: PLAN_FORMAT,
            playbook: self.playbook.name.clone(),
            playbook_file: self.playbook.file.clone(),
            playbook_sha256: self.playbook.sha256.clone(),
            made: jiff::Timestamp::now().to_string(),
            devices,
        }
    }
}

/// What each device should hold: the plays that mean it, laid over each other in order.
pub(super) fn wishes(
    playbook: &Playbook,
    inventory: &Inventory,
    chosen: &[Device],
) -> Result<Vec<(Device, Desired)>, CliError> {
    let mut wishes: HashMap<&str, Desired> = HashMap::new();
    for play in &playbook.plays {
        let targets = match play.target() {
            Some(selection) => inventory.select(selection)?,
            None => inventory.devices.iter().collect(),
        };
        for device in targets {
            if !chosen.iter().any(|c| c.name == device.name) {
                continue;
            }
            let wanted = play.wanted(playbook, device, inventory.site_of(device))?;
            let desired = Desired::from_playbook(&wanted);
            let before = wishes.remove(device.name.as_str()).unwrap_or_default();
            wishes.insert(&device.name, before.then(desired));
        }
    }
    let meant: Vec<_> = chosen
        .iter()
        .filter_map(|device| wishes.remove(device.name.as_str()).map(|desired| (device.clone(), desired)))
        .collect();
    if meant.is_empty() {
        return Err(CliError::usage("The playbook's targets and `-t` have no device in common."));
    }
    Ok(meant)
}

/// Resolves every secret, so that a missing one is known before any connection.
pub(super) async fn tasks(engine: &Engine, wishes: Vec<(Device, Desired)>) -> Result<Vec<Task>, CliError> {
    let (devices, desired): (Vec<_>, Vec<_>) = wishes.into_iter().unzip();
    let mut known: HashMap<SecretRef, KnownSecret> = HashMap::new();
    let mut tasks = Vec::new();
    for ((device, admin), desired) in context::with_passwords(engine, devices).await?.into_iter().zip(desired)
    {
        let password = match &desired.password {
            DesiredPassword::Keep => None,
            DesiredPassword::Secret { reference, version } => match known.get(reference) {
                Some(secret) => Some(secret.clone()),
                None => {
                    let secret = engine.secret(reference, *version).await.map_err(|error| {
                        CliError::from(error).hinted("the playbook names it; no device was contacted")
                    })?;
                    known.insert(reference.clone(), secret.clone());
                    Some(secret)
                }
            },
        };
        tasks.push(Task { device, admin, aim: Aim { desired, password, ..Aim::default() }, expected: None });
    }
    Ok(tasks)
}
