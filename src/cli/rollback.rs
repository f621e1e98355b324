//! `scanfleet rollback`: takes every device that a run changed back to what it held before.

use std::sync::Arc;

use clap::Args;
use serde_json::json;

use super::apply::{About, carry_out};
use super::args::Global;
use super::context;
use super::error::{CliError, Exit};
use super::plan::lose_passwords;
use super::progress::Progress;
use super::render::names;
use super::ui::Ui;
use crate::files::words::count;
use crate::inventory::Device;
use crate::journal::RunKind;
use crate::run::{Engine, Restore, RunError, RunOutcome, Task};

/// Options of `rollback`.
#[derive(Debug, Args)]
pub struct RollbackArgs {
    /// The run: its id, a unique prefix, or `last`.
    pub run: String,
    /// Does not ask.
    #[arg(short, long)]
    pub yes: bool,
    /// Agrees to the loss of folder passwords on devices that take changes of their address book as a whole file only.
    #[arg(long)]
    pub yes_lose_passwords: bool,
}

pub(super) async fn run(ui: &Ui, global: &Global, args: RollbackArgs) -> Result<Exit, CliError> {
    let inventory = context::inventory(ui, global)?;
    let chosen = context::selected(&inventory, &[], global)?;
    let cancel = context::ctrl_c(ui);
    let engine = context::engine(ui, global, chosen.len(), &cancel)?;
    let run = engine.journal.resolve_run(&args.run)?;
    let only = |device: &Device| chosen.iter().any(|c| c.name == device.name);
    let restores = match engine.before_run(run, &inventory, only).await {
        Ok(restores) => restores,
        // Nothing to do is no mistake: a script may take back whatever a run did, little or nothing.
        Err(RunError::Nothing(message)) => {
            ui.say(message);
            let nothing = RunOutcome::of(None, engine.journal.run(&run)?.playbook, Vec::new(), false);
            super::render::outcome(ui, &nothing)?;
            return Ok(Exit::Done);
        }
        Err(error) => return Err(error.into()),
    };
    for name in &restores.missing {
        ui.say(format!("The run changed `{name}`, and the inventory does not know it any more."));
    }
    if !restores.missing.is_empty() {
        return Err(CliError::new(
            Exit::Invalid,
            format!(
                "The run changed {} that the inventory does not know. Nothing was changed.",
                count(restores.missing.len(), "device")
            ),
        )
        .hinted("put them back into the inventory under their names, or narrow the rollback with `-t`"));
    }
    let engine = engine.heard_by(Arc::new(Progress::new(ui, restores.devices.len())));
    let mut tasks = restore_tasks(&engine, &restores.devices).await?;
    lose_passwords(&mut tasks, args.yes_lose_passwords);
    if args.yes {
        // Nobody is asked, so what cannot come back is named here, before it begins.
        name_the_lost(ui, &tasks);
    }
    let about = About {
        kind: RunKind::Rollback,
        playbook: engine.journal.run(&run)?.playbook,
        playbook_sha256: None,
        what: json!({"rollback": run.to_string(), "target": global.target}),
        of_run: Some(run),
    };
    carry_out(ui, &engine, about, tasks, args.yes).await
}

/// Names what nobody can bring back, devices alike together.
fn name_the_lost(ui: &Ui, tasks: &[Task]) {
    let mut gathered: Vec<(String, Vec<String>)> = Vec::new();
    for task in tasks.iter().filter(|task| !task.aim.unrestorable.is_empty()) {
        let because = task.aim.unrestorable_because.as_deref().unwrap_or_default();
        let text = format!("{}. {because}", names(&task.aim.unrestorable, 12));
        match gathered.iter_mut().find(|(other, _)| *other == text) {
            Some((_, devices)) => devices.push(task.device.name.clone()),
            None => gathered.push((text, vec![task.device.name.clone()])),
        }
    }
    for (text, devices) in gathered {
        ui.say(format!("Cannot be restored on {}: {text}", names(&devices, 12)).trim_end());
    }
}

/// The tasks of ways back, with every password resolved.
pub(super) async fn restore_tasks(engine: &Engine, restores: &[Restore]) -> Result<Vec<Task>, CliError> {
    let devices = restores.iter().map(|r| r.device.clone()).collect();
    let mut tasks = Vec::new();
    for ((_, admin), restore) in context::with_passwords(engine, devices).await?.into_iter().zip(restores) {
        tasks.push(restore.task(admin).map_err(CliError::bug)?);
    }
    Ok(tasks)
}
