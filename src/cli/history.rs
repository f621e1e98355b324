//! `scanfleet history`: runs, and what came of them.

use clap::Args;
use serde_json::json;

use super::args::{Format, Global};
use super::context;
use super::error::{CliError, Exit};
use super::render;
use super::ui::Ui;
use crate::journal::{Journal, RunKind, RunRecord};
use crate::run::{DeviceOutcome, RunOutcome, Status};

/// Options of `history`.
#[derive(Debug, Args)]
pub struct HistoryArgs {
    /// One run: its id, a unique prefix, or `last`.
    pub run: Option<String>,
    /// How many runs to list.
    #[arg(short = 'n', long, default_value_t = 50, value_name = "N")]
    pub number: usize,
    /// Checks that nobody has altered the journal's record of what was done.
    #[arg(long, conflicts_with = "run")]
    pub verify: bool,
}

const HEAD: [&str; 6] = ["RUN", "KIND", "PLAYBOOK", "STARTED", "STATUS", "DEVICES"];

pub(super) fn run(ui: &Ui, global: &Global, args: HistoryArgs) -> Result<Exit, CliError> {
    let Some(journal) = context::journal_to_read(global)? else {
        return match (args.run, ui.format) {
            (Some(_), _) => Err(CliError::usage("Nothing has been run in this workspace yet.")),
            (None, Format::Json) => ui.json(&json!({"runs": []})).map(|()| Exit::Done),
            (None, Format::Csv) => {
                ui.csv(&HEAD.map(str::to_lowercase).each_ref().map(String::as_str), &[]).map(|()| Exit::Done)
            }
            (None, _) => {
                ui.say("Nothing has been run in this workspace yet.");
                Ok(Exit::Done)
            }
        };
    };
    if args.verify {
        return verify(ui, &journal);
    }
    if let Some(run) = &args.run {
        return one(ui, &journal, run);
    }
    let runs: Vec<RunRecord> =
        journal.runs()?.into_iter().filter(|run| run.kind != RunKind::Plan).take(args.number).collect();
    match ui.format {
        Format::Json => {
            let runs: Vec<_> = runs
                .iter()
                .map(|run| {
                    let mut value = json!(run);
                    // A run that is going on has no status of its own yet.
                    value["status"] = json!(status(run));
                    value
                })
                .collect();
            ui.json(&json!({"runs": runs}))?;
        }
        format => {
            let rows: Vec<Vec<String>> = runs
                .iter()
                .map(|run| {
                    vec![
                        // A unique beginning will do wherever a run is named, and leaves room for the rest.
                        if format == Format::Csv { run.id.to_string() } else { run.id.short() },
                        run.kind.as_str().to_owned(),
                        run.playbook.clone().unwrap_or_default(),
                        format!("{:.0}", run.started),
                        status(run).to_owned(),
                        run.counts
                            .iter()
                            .filter(|(kind, _)| *kind != "total")
                            .map(|(kind, number)| format!("{number} {kind}"))
                            .collect::<Vec<_>>()
                            .join(", "),
                    ]
                })
                .collect();
            if format == Format::Csv {
                ui.csv(&HEAD.map(str::to_lowercase).each_ref().map(String::as_str), &rows)?;
            } else if rows.is_empty() {
                ui.say("Nothing has been run in this workspace yet.");
            } else {
                ui.table(&HEAD, &rows, &["PLAYBOOK", "STARTED"])?;
            }
        }
    }
    Ok(Exit::Done)
}

fn status(run: &RunRecord) -> &'static str {
    run.status.map_or("running", |s| s.as_str())
}

fn one(ui: &Ui, journal: &Journal, text: &str) -> Result<Exit, CliError> {
    let run = journal.run(&journal.resolve_run(text)?)?;
    let mut results = journal.results(&run.id)?;
    // The journal has them in the order in which they were done, which is another each time.
    results.sort_by(|a, b| a.device.cmp(&b.device));
    let devices = results
        .into_iter()
        .map(|result| {
            let mut outcome = DeviceOutcome::new(&result.device, result.result, result.message);
            outcome.grade = result.grade;
            outcome.category = result.category;
            outcome.changes = result.changes;
            outcome.unrestorable = result.unrestorable;
            outcome.model = result.model;
            outcome.serial = result.serial;
            outcome
        })
        .collect();
    let mut outcome = RunOutcome::of(Some(run.id.to_string()), run.playbook.clone(), devices, false);
    outcome.status = run.status.unwrap_or(Status::Interrupted);
    render::outcome(ui, &outcome)?;
    Ok(Exit::Done)
}

fn verify(ui: &Ui, journal: &Journal) -> Result<Exit, CliError> {
    let report = journal.verify()?;
    match ui.format {
        Format::Json => ui.json(&report)?,
        _ => ui.out(format!(
            "The record is whole; entries that follow one another unaltered: {}.",
            report.entries
        ))?,
    }
    Ok(Exit::Done)
}
