//! `scanfleet apply`: brings devices to what a playbook or a saved plan wants.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use serde_json::json;

use super::args::{Format, Global};
use super::context;
use super::error::{CliError, Exit};
use super::plan::{Prepared, Wish, lose_passwords, tasks};
use super::render;
use super::ui::Ui;
use crate::book::ContactList;
use crate::files::words::count;
use crate::journal::{NewRun, RunId, RunKind};
use crate::plan::{PlanFile, PlannedBook};
use crate::run::{BookAim, BookWish, Engine, Expected, Mode, ResultKind, RunOutcome, Task};

/// Options of `apply`.
#[derive(Debug, Args)]
pub struct ApplyArgs {
    /// The playbook, or a plan kept with `scanfleet plan -o FILE`.
    pub playbook: PathBuf,
    /// Does not ask. Also agrees to the removal of address-book entries of others (`mode: exact`).
    #[arg(short, long)]
    pub yes: bool,
    /// Agrees to the loss of folder passwords on devices that take changes of their address book as a whole file only.
    #[arg(long)]
    pub yes_lose_passwords: bool,
}

pub(super) async fn run(ui: &Ui, global: &Global, args: ApplyArgs) -> Result<Exit, CliError> {
    let is_plan = std::fs::read(&args.playbook)
        .is_ok_and(|bytes| PlanFile::looks_like(&String::from_utf8_lossy(&bytes)));
    let (engine, about, mut tasks) = if is_plan {
        from_plan(ui, global, &args).await?
    } else {
        let prepared = Prepared::from_playbook(ui, global, &args.playbook).await?;
        let about = About {
            kind: RunKind::Apply,
            playbook: Some(prepared.playbook.name.clone()),
            playbook_sha256: Some(prepared.playbook.sha256.clone()),
            what: json!({"playbook": args.playbook.display().to_string(), "target": global.target}),
            of_run: None,
        };
        (prepared.engine, about, prepared.tasks)
    };
    lose_passwords(&mut tasks, args.yes_lose_passwords);
    carry_out(ui, &engine, about, tasks, args.yes).await
}

async fn from_plan(
    ui: &Ui,
    global: &Global,
    args: &ApplyArgs,
) -> Result<(Engine, About, Vec<Task>), CliError> {
    let plan = PlanFile::load(&args.playbook)?;
    let inventory = context::inventory(ui, global)?;
    let chosen = context::selected(&inventory, &[], global)?;
    let lists: HashMap<String, Arc<ContactList>> =
        plan.lists.into_iter().map(|(name, list)| (name, Arc::new(ContactList::from(list)))).collect();
    let mut wishes = Vec::new();
    let mut planned = Vec::new();
    for device in &plan.devices {
        let Some(found) = inventory.device(&device.name) else {
            return Err(CliError::new(
                Exit::Invalid,
                format!("The plan names the device `{}`, and the inventory does not know it.", device.name),
            )
            .hinted("make a new plan"));
        };
        if !chosen.iter().any(|c| c.name == found.name) {
            continue;
        }
        let desired = device.desired().map_err(|e| CliError::new(Exit::Invalid, e))?;
        let book = match &device.book {
            None => None,
            Some(PlannedBook { list, people, options }) => {
                let Some(contacts) = lists.get(people) else {
                    return Err(CliError::new(
                        Exit::Invalid,
                        format!(
                            "The plan of `{}` names the list `{people}`, which the file does not hold.",
                            device.name
                        ),
                    )
                    .hinted("make a new plan"));
                };
                let (list, contacts) = (list.clone(), Arc::clone(contacts));
                Some(BookAim::new(BookWish::List { list, contacts, options: *options }))
            }
        };
        wishes.push(Wish { device: found.clone(), desired, book });
        planned.push(Expected {
            model: Some(device.model.clone()).filter(|model| !model.is_empty()),
            serial: device.serial.clone(),
            changes: Some(device.changes.clone()),
        });
    }
    let cancel = context::ctrl_c(ui);
    let engine = context::engine(ui, global, wishes.len(), &cancel)?;
    let mut tasks = tasks(&engine, wishes).await?;
    for (task, expected) in tasks.iter_mut().zip(planned) {
        task.expected = Some(expected);
    }
    let about = About {
        kind: RunKind::Apply,
        playbook: Some(plan.playbook),
        playbook_sha256: Some(plan.playbook_sha256),
        what: json!({"plan": args.playbook.display().to_string(), "target": global.target}),
        of_run: None,
    };
    Ok((engine, about, tasks))
}

/// What the journal keeps about a run besides its devices.
pub(super) struct About {
    pub kind: RunKind,
    pub playbook: Option<String>,
    pub playbook_sha256: Option<String>,
    pub what: serde_json::Value,
    pub of_run: Option<RunId>,
}

/// Shows what would change and asks, unless told not to; then does it, keeps it in the journal and prints it.
pub(super) async fn carry_out(
    ui: &Ui,
    engine: &Engine,
    about: About,
    mut tasks: Vec<Task>,
    yes: bool,
) -> Result<Exit, CliError> {
    for book in tasks.iter_mut().filter_map(|task| task.aim.book.as_mut()) {
        // Typed at the question it is not enough: whoever agrees to that has read how many go.
        book.may_remove_foreign = yes;
    }
    if !yes {
        context::can_ask(ui)?;
        let outcomes = engine.run(tasks.clone(), Mode::Plan).await;
        let interrupted = engine.settings.cancel.is_cancelled();
        let preview = RunOutcome::of(None, about.playbook.clone(), outcomes, interrupted);
        let pending = preview.count(ResultKind::Pending);
        if pending == 0 || interrupted {
            render::outcome(ui, &preview)?;
            return Ok(Exit::of(&preview));
        }
        if ui.format == Format::Text {
            render::outcome(ui, &preview)?;
        }
        let foreign: usize = preview.devices.iter().map(|d| d.foreign_removed).sum();
        if foreign > 0 {
            let entries = if foreign == 1 { "1 entry".to_owned() } else { format!("{foreign} entries") };
            return Err(CliError::usage(format!(
                "This would remove {entries} of others from the address books. Typing yes is not enough for that. Nothing was changed."
            ))
            .hinted("look the plan over, then run again with `--yes`"));
        }
        if !context::confirmed(&format!("Change {}?", count(pending, "device")))? {
            ui.say("Nothing was changed.");
            return Ok(Exit::Done);
        }
        // What was agreed to is what will be done: a device that changed meanwhile is left alone.
        for (task, seen) in tasks.iter_mut().zip(&preview.devices) {
            if seen.result == ResultKind::Pending {
                task.expected = Some(Expected {
                    model: seen.model.clone().filter(|model| !model.is_empty()),
                    serial: seen.serial.clone(),
                    changes: Some(seen.changes.clone()),
                });
            }
        }
    }
    let outcome = keep_and_run(engine, about, tasks).await?;
    if yes {
        render::outcome(ui, &outcome)?
    } else {
        render::result(ui, &outcome)?
    }
    if let (Some(run), Format::Text) = (&outcome.run, ui.format)
        && outcome.count(ResultKind::Changed) > 0
    {
        ui.say(format!("`scanfleet rollback {run}` takes these devices back to what they held before."));
    }
    Ok(Exit::of(&outcome))
}

/// Carries tasks out as a run of the journal.
pub(super) async fn keep_and_run(
    engine: &Engine,
    about: About,
    tasks: Vec<Task>,
) -> Result<RunOutcome, CliError> {
    let new = NewRun {
        kind: about.kind,
        playbook: about.playbook.clone(),
        playbook_sha256: about.playbook_sha256,
        what: about.what,
        host: context::host(),
        user: context::user(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        of_run: about.of_run,
    };
    let run = engine.journal.start_run(&new)?;
    let mode = match about.kind {
        RunKind::Rollback | RunKind::Restore => Mode::Rollback(run),
        _ => Mode::Apply(run),
    };
    let outcomes = engine.run(tasks, mode).await;
    let interrupted = engine.settings.cancel.is_cancelled();
    let mut outcome = RunOutcome::of(Some(run.to_string()), about.playbook, outcomes, interrupted);
    if let Err(error) = engine.journal.finish_run(&run, outcome.status, &outcome.counts) {
        tracing::error!(%error, "the end of the run could not be kept");
        outcome.workspace_failed = true;
    }
    Ok(outcome)
}
