//! `scanfleet snapshot`: saved configurations.

use clap::{Args, Subcommand};
use scanfleet_sdk::{Book, Section};
use serde_json::json;

use super::args::{Format, Global};
use super::context;
use super::entries;
use super::error::{CliError, Exit};
use super::ui::{Style, Ui};
use crate::files::words::count;
use crate::run::View;

/// Options of `snapshot`.
#[derive(Debug, Args)]
pub struct SnapshotArgs {
    /// What to do; without it, saved configurations are listed.
    #[command(subcommand)]
    pub action: Option<SnapshotAction>,
}

/// What to do with saved configurations.
#[derive(Debug, Subcommand)]
pub enum SnapshotAction {
    /// Lists saved configurations, newest first.
    List {
        /// Only of this device.
        device: Option<String>,
    },
    /// Reads devices and saves what they hold. Changes nothing on them.
    Take {
        /// The devices; without them, and without `-t`, all of the inventory.
        devices: Vec<String>,
    },
    /// Shows a saved configuration.
    Show {
        /// Its id (`s12`) or `last`.
        snapshot: String,
    },
}

pub(super) async fn run(ui: &Ui, global: &Global, args: SnapshotArgs) -> Result<Exit, CliError> {
    match args.action.unwrap_or(SnapshotAction::List { device: None }) {
        SnapshotAction::List { device } => list(ui, global, device.as_deref()),
        SnapshotAction::Take { devices } => take(ui, global, &devices).await,
        SnapshotAction::Show { snapshot } => show(ui, global, &snapshot),
    }
}

fn list(ui: &Ui, global: &Global, device: Option<&str>) -> Result<Exit, CliError> {
    let snapshots = match context::journal_to_read(global)? {
        Some(journal) => journal.snapshots(device)?,
        None => Vec::new(),
    };
    let head = ["SNAPSHOT", "DEVICE", "SERIAL", "MODEL", "SECTION", "TAKEN", "WHY", "RUN"];
    let rows: Vec<Vec<String>> = snapshots
        .iter()
        .map(|s| {
            vec![
                s.id.to_string(),
                s.device.clone(),
                s.serial.clone().unwrap_or_default(),
                s.model.clone(),
                s.section.as_str().to_owned(),
                format!("{:.0}", s.at),
                serde_json::to_value(s.reason)
                    .ok()
                    .and_then(|v| v.as_str().map(str::to_owned))
                    .unwrap_or_default(),
                s.run.map(|r| r.short()).unwrap_or_default(),
            ]
        })
        .collect();
    match ui.format {
        Format::Json => ui.json(&json!({"snapshots": snapshots}))?,
        Format::Csv => ui.csv(&head.map(str::to_lowercase).each_ref().map(String::as_str), &rows)?,
        Format::Text if rows.is_empty() => ui.say("No configuration has been saved in this workspace yet."),
        Format::Text => ui.table(&head, &rows, &["SECTION", "SERIAL", "MODEL", "RUN"])?,
    }
    Ok(Exit::Done)
}

async fn take(ui: &Ui, global: &Global, names: &[String]) -> Result<Exit, CliError> {
    let inventory = context::inventory(ui, global)?;
    let devices = context::selected(&inventory, names, global)?;
    let cancel = context::ctrl_c(ui);
    let engine = context::engine(ui, global, devices.len(), &cancel)?;
    let devices = context::with_passwords(&engine, devices).await?;
    let names: Vec<String> = devices.iter().map(|(d, _)| d.name.clone()).collect();
    let mut answers = Vec::new();
    let mut failed = 0;
    for (name, result) in names.iter().zip(engine.views(devices, View::All).await) {
        match result {
            Some(Ok(view)) => {
                let kept = engine.keep(&view).await?;
                let several = kept.len() > 1;
                for (section, id) in kept {
                    answers.push(json!({"device": name, "snapshot": id, "section": section}));
                    if matches!(ui.format, Format::Text | Format::Csv) {
                        let section = if several { format!("  {}", section.as_str()) } else { String::new() };
                        ui.out(format!("{id}  {}{section}", scanfleet_sdk::error::clean(name)))?;
                    }
                }
            }
            Some(Err(error)) => {
                failed += 1;
                answers.push(json!({"device": name, "error": {"category": error.category, "message": error.to_string()}}));
            }
            None => answers.push(
                json!({"device": name, "error": {"category": "interrupted", "message": "not reached"}}),
            ),
        }
    }
    if ui.format == Format::Json {
        ui.json(&json!({"snapshots": answers}))?;
    } else if failed > 0 {
        ui.say(format!("{} could not be read.", count(failed, "device")));
    }
    if cancel.is_cancelled() {
        return Ok(Exit::Interrupted);
    }
    Ok(Exit::of_counts(failed, names.len()))
}

fn show(ui: &Ui, global: &Global, id: &str) -> Result<Exit, CliError> {
    let Some(journal) = context::journal_to_read(global)? else {
        return Err(CliError::usage("No configuration has been saved in this workspace yet."));
    };
    let snapshot = journal.snapshot(id)?;
    if ui.format == Format::Json {
        ui.json(&snapshot)?;
        return Ok(Exit::Done);
    }
    let summary = &snapshot.summary;
    ui.out(ui.paint(
        &format!(
            "{} of {} ({}), {:.0}",
            summary.id,
            scanfleet_sdk::error::clean(&summary.device),
            summary.model,
            summary.at
        ),
        Style::Bold,
    ))?;
    if summary.section == Section::AddressBook {
        let book: Book = serde_json::from_value(snapshot.typed.clone()).map_err(|e| {
            CliError::new(Exit::Unusable, format!("The snapshot {} cannot be read: {e}.", summary.id))
        })?;
        return entries::table(ui, &[(summary.device.as_str(), &book)]).map(|()| Exit::Done);
    }
    ui.out(serde_json::to_string_pretty(&snapshot.typed).map_err(|e| CliError::bug(e.to_string()))?)?;
    Ok(Exit::Done)
}
