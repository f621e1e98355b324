//! `scanfleet diff`: what differs between two saved configurations, devices or files saved from devices.

use std::path::Path;

use clap::Args;
use scanfleet_sdk::{FieldChange, SmtpSettings};
use serde_json::json;

use super::args::{Format, Global};
use super::context;
use super::error::{CliError, Exit};
use super::render;
use super::saved;
use super::ui::Ui;
use crate::journal::{JournalError, Snapshot, SnapshotId};
use crate::plan::{Desired, DesiredPassword, diff};
use crate::run::View;

/// Options of `diff`.
#[derive(Debug, Args)]
pub struct DiffArgs {
    /// A snapshot (`s12`), a device, which is read now, or a file that was saved from a device (`./cloning.dlm`).
    pub a: String,
    /// Another snapshot, device or file; without it, A is compared with its newest snapshot.
    pub b: Option<String>,
}

/// One side of a comparison.
struct Side {
    name: String,
    settings: SmtpSettings,
}

pub(super) async fn run(ui: &Ui, global: &Global, args: DiffArgs) -> Result<Exit, CliError> {
    let a = side(ui, global, &args.a).await?;
    let (a, b) = match &args.b {
        Some(b) => (a, side(ui, global, b).await?),
        // What was saved comes first, so that the answer reads as what has happened since.
        None => (newest(global, &args.a)?, a),
    };
    let (changes, _) = diff(&a.settings, &Desired::from_snapshot(&b.settings, DesiredPassword::Keep), false);
    match ui.format {
        Format::Json => ui.json(&json!({"a": a.name, "b": b.name, "changes": changes}))?,
        Format::Csv => {
            let row =
                |c: &FieldChange| vec![c.field.clone(), render::bare(&c.before), render::bare(&c.after)];
            ui.csv(&["field", "a", "b"], &changes.iter().map(row).collect::<Vec<_>>())?;
        }
        Format::Text if changes.is_empty() => ui.out(format!("{} and {} do not differ.", a.name, b.name))?,
        Format::Text => {
            let row =
                |c: &FieldChange| vec![c.field.clone(), render::shown(&c.before), render::shown(&c.after)];
            ui.whole_table(&["FIELD", &a.name, &b.name], &changes.iter().map(row).collect::<Vec<_>>())?;
        }
    }
    Ok(Exit::Done)
}

async fn side(ui: &Ui, global: &Global, text: &str) -> Result<Side, CliError> {
    if text == "last" || text.parse::<SnapshotId>().is_ok() && text.starts_with(['s', 'S']) {
        let found = context::journal_to_read(global)?.map(|journal| journal.snapshot(text));
        match found {
            Some(Ok(snapshot)) => return of_snapshot(&snapshot),
            Some(Err(error @ JournalError::UnknownSnapshot { .. })) if text == "last" => {
                return Err(error.into());
            }
            Some(Err(JournalError::UnknownSnapshot { .. })) | None => {}
            Some(Err(error)) => return Err(error.into()),
        }
    }
    let inventory = context::inventory(ui, global);
    let file = Path::new(text);
    // A device of that name comes first; `./NAME` is always the file.
    if file.is_file() && !inventory.as_ref().is_ok_and(|inventory| inventory.device(text).is_some()) {
        return Ok(Side { name: text.to_owned(), settings: saved::read(global, file)?.smtp });
    }
    let inventory = inventory?;
    let Some(device) = inventory.device(text).cloned() else {
        return Err(CliError::usage(format!("There is no snapshot, device or file called `{text}`."))
            .hinted("`scanfleet snapshot` lists saved configurations, `scanfleet inventory` lists devices"));
    };
    let cancel = context::ctrl_c(ui);
    let engine = context::engine(ui, global, 1, &cancel)?;
    let devices = context::with_passwords(&engine, vec![device]).await?;
    match engine.views(devices, View::Smtp).await.pop().flatten() {
        Some(Ok(view)) => Ok(Side { name: text.to_owned(), settings: view.smtp.unwrap_or_default() }),
        Some(Err(error)) => {
            Err(CliError::new(Exit::AllFailed, format!("{text}: {}: {error}.", error.category)))
        }
        None => Err(CliError::new(Exit::Interrupted, "The run was stopped.")),
    }
}

fn newest(global: &Global, device: &str) -> Result<Side, CliError> {
    let none = || {
        CliError::usage(format!(
            "No configuration of `{device}` has been saved yet, so there is nothing to compare it with."
        ))
        .hinted(format!("save one with `scanfleet snapshot take {device}`"))
    };
    let journal = context::journal_to_read(global)?.ok_or_else(none)?;
    let newest = journal.snapshots(Some(device))?.into_iter().next().ok_or_else(none)?;
    of_snapshot(&journal.snapshot(&newest.id.to_string())?)
}

fn of_snapshot(snapshot: &Snapshot) -> Result<Side, CliError> {
    let id = snapshot.summary.id;
    let settings = serde_json::from_value(snapshot.typed.clone())
        .map_err(|e| CliError::new(Exit::Unusable, format!("The snapshot {id} cannot be read: {e}.")))?;
    Ok(Side { name: id.to_string(), settings })
}
