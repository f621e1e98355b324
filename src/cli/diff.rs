//! `scanfleet diff`: what differs between two saved configurations, devices or files saved from devices.

use std::path::Path;

use clap::Args;
use scanfleet_sdk::{Book, FieldChange, Section, SmtpSettings};
use serde_json::json;

use super::args::{Format, Global};
use super::context;
use super::error::{CliError, Exit};
use super::render;
use super::saved;
use super::ui::Ui;
use crate::journal::{JournalError, Snapshot, SnapshotId};
use crate::plan::{Desired, DesiredPassword, diff};
use crate::run::{View, book_differences};

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
    holds: Holds,
}

/// What a side holds of the section that is compared.
enum Holds {
    Smtp(SmtpSettings),
    Book(Box<Book>),
}

impl Holds {
    fn section(&self) -> Section {
        match self {
            Self::Smtp(_) => Section::Smtp,
            Self::Book(_) => Section::AddressBook,
        }
    }
}

pub(super) async fn run(ui: &Ui, global: &Global, args: DiffArgs) -> Result<Exit, CliError> {
    // A snapshot is of one section; what it is compared with is read for the same.
    let saved = saved_side(global, &args.a)?;
    let (a, b) = match (saved, &args.b) {
        (Some(a), Some(b)) => {
            let section = a.holds.section();
            (a, side(ui, global, b, section).await?)
        }
        (None, Some(b)) => {
            let saved = saved_side(global, b)?;
            let section = saved.as_ref().map_or(Section::Smtp, |b| b.holds.section());
            let a = side(ui, global, &args.a, section).await?;
            let b = match saved {
                Some(b) => b,
                None => side(ui, global, b, section).await?,
            };
            (a, b)
        }
        // What was saved comes first, so that the answer reads as what has happened since.
        (Some(a), None) => (newest(global, &args.a)?, a),
        (None, None) => {
            let newest = newest(global, &args.a)?;
            let section = newest.holds.section();
            (newest, side(ui, global, &args.a, section).await?)
        }
    };
    let changes = match (&a.holds, &b.holds) {
        (Holds::Smtp(a), Holds::Smtp(b)) => {
            diff(a, &Desired::from_snapshot(b, DesiredPassword::Keep), false).0
        }
        (Holds::Book(a), Holds::Book(b)) => book_differences(a, b),
        _ => {
            return Err(CliError::usage(format!(
                "{} holds settings and {} an address book, or the other way round.",
                a.name, b.name
            ))
            .hinted("`scanfleet snapshot` lists what each snapshot is of"));
        }
    };
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

/// The snapshot of an id, where there is one.
fn saved_side(global: &Global, text: &str) -> Result<Option<Side>, CliError> {
    if text == "last" || text.parse::<SnapshotId>().is_ok() && text.starts_with(['s', 'S']) {
        let found = context::journal_to_read(global)?.map(|journal| journal.snapshot(text));
        match found {
            Some(Ok(snapshot)) => return of_snapshot(&snapshot).map(Some),
            Some(Err(error @ JournalError::UnknownSnapshot { .. })) if text == "last" => {
                return Err(error.into());
            }
            Some(Err(JournalError::UnknownSnapshot { .. })) | None => {}
            Some(Err(error)) => return Err(error.into()),
        }
    }
    Ok(None)
}

async fn side(ui: &Ui, global: &Global, text: &str, section: Section) -> Result<Side, CliError> {
    if let Some(side) = saved_side(global, text)? {
        return Ok(side);
    }
    let inventory = context::inventory(ui, global);
    let file = Path::new(text);
    // A device of that name comes first; `./NAME` is always the file.
    if file.is_file() && !inventory.as_ref().is_ok_and(|inventory| inventory.device(text).is_some()) {
        return Ok(Side { name: text.to_owned(), holds: Holds::Smtp(saved::read(global, file)?.smtp) });
    }
    let inventory = inventory?;
    let Some(device) = inventory.device(text).cloned() else {
        return Err(CliError::usage(format!("There is no snapshot, device or file called `{text}`."))
            .hinted("`scanfleet snapshot` lists saved configurations, `scanfleet inventory` lists devices"));
    };
    let cancel = context::ctrl_c(ui);
    let engine = context::engine(ui, global, 1, &cancel)?;
    let devices = context::with_passwords(&engine, vec![device]).await?;
    let view = if section == Section::AddressBook { View::Book } else { View::Smtp };
    match engine.views(devices, view).await.pop().flatten() {
        Some(Ok(view)) => {
            let holds = match view.address_book {
                Some(book) => Holds::Book(Box::new(book)),
                None => Holds::Smtp(view.smtp.unwrap_or_default()),
            };
            Ok(Side { name: text.to_owned(), holds })
        }
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
    let saved = journal.snapshots(Some(device))?;
    let settings = saved.iter().find(|s| s.section == Section::Smtp);
    let newest = settings.or(saved.first()).ok_or_else(none)?;
    of_snapshot(&journal.snapshot(&newest.id.to_string())?)
}

fn of_snapshot(snapshot: &Snapshot) -> Result<Side, CliError> {
    let id = snapshot.summary.id;
    let broken = |e| CliError::new(Exit::Unusable, format!("The snapshot {id} cannot be read: {e}."));
    let typed = snapshot.typed.clone();
    let holds = match snapshot.summary.section {
        Section::AddressBook => Holds::Book(Box::new(serde_json::from_value(typed).map_err(broken)?)),
        _ => Holds::Smtp(serde_json::from_value(typed).map_err(broken)?),
    };
    Ok(Side { name: id.to_string(), holds })
}
