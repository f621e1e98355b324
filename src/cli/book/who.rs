//! `scanfleet book who`: on which copiers a person is listed.

use clap::Args;
use scanfleet_sdk::delimited::groups_of;
use scanfleet_sdk::{Book, BookEntry, EntryKind, Section};
use serde_json::{Value, json};

use super::source::of_snapshot;
use crate::cli::args::{Format, Global};
use crate::cli::context;
use crate::cli::error::{CliError, Exit};
use crate::cli::render;
use crate::cli::ui::Ui;
use crate::files::words::count;
use crate::run::{DeviceOutcome, View};

/// Options of `book who`.
#[derive(Debug, Args)]
pub struct WhoArgs {
    /// An e-mail address, or a name or a part of one.
    pub person: String,
    /// The devices; without them, and without `-t`, all of the inventory.
    pub devices: Vec<String>,
    /// Looks into the newest saved address book of each device and contacts none.
    #[arg(long)]
    pub from_snapshots: bool,
}

/// A book that was looked into.
struct Looked {
    device: String,
    /// The snapshot that it is of.
    snapshot: Option<String>,
    book: Book,
}

pub(super) async fn run(ui: &Ui, global: &Global, args: WhoArgs) -> Result<Exit, CliError> {
    if args.person.trim().is_empty() {
        return Err(CliError::usage("Whom to look for is empty."));
    }
    let inventory = context::inventory(ui, global)?;
    let devices = context::selected(&inventory, &args.devices, global)?;
    let total = devices.len();
    let cancel = context::ctrl_c(ui);
    let (mut looked, mut failed) = (Vec::new(), Vec::new());
    if args.from_snapshots {
        let journal = context::journal_to_read(global)?;
        for device in &devices {
            let newest = match &journal {
                Some(journal) => {
                    let saved = journal.snapshots(Some(&device.name))?;
                    saved.into_iter().find(|snapshot| snapshot.section == Section::AddressBook)
                }
                None => None,
            };
            match (newest, &journal) {
                (Some(newest), Some(journal)) => {
                    let id = newest.id.to_string();
                    let book = of_snapshot(&journal.snapshot(&id)?)?.book;
                    looked.push(Looked { device: device.name.clone(), snapshot: Some(id), book });
                }
                _ => failed.push((
                    device.name.clone(),
                    None,
                    "no address book of it has been saved yet".into(),
                )),
            }
        }
    } else {
        let engine = context::engine(ui, global, total, &cancel)?;
        let devices = context::with_passwords(&engine, devices).await?;
        let names: Vec<String> = devices.iter().map(|(device, _)| device.name.clone()).collect();
        for (device, result) in names.into_iter().zip(engine.views(devices, View::Book).await) {
            match result {
                Some(Ok(view)) => {
                    let book = view.address_book.unwrap_or_default();
                    looked.push(Looked { device, snapshot: None, book });
                }
                Some(Err(error)) => {
                    let outcome = DeviceOutcome::failed(&device, &error);
                    failed.push((device, outcome.category, outcome.message));
                }
                None => {
                    let outcome = DeviceOutcome::not_reached(&device);
                    failed.push((device, outcome.category, outcome.message));
                }
            }
        }
    }
    let found: Vec<(&Looked, &BookEntry)> = looked
        .iter()
        .flat_map(|looked| looked.book.entries.iter().map(move |entry| (looked, entry)))
        .filter(|(_, entry)| is_meant(&args.person, entry))
        .collect();
    let groups = |looked: &Looked, entry: &BookEntry| groups_of(&looked.book, entry).join("; ");
    match ui.format {
        Format::Json => {
            let entries: Vec<Value> = found.iter().map(|(looked, entry)| told(looked, entry)).collect();
            let errors: Vec<Value> = failed
                .iter()
                .map(|(device, category, message)| {
                    json!({"device": device, "error": {"category": category, "message": message}})
                })
                .collect();
            ui.json(
                &json!({"who": args.person, "looked": looked.len(), "found": entries, "failed": errors}),
            )?;
        }
        _ => {
            let rows: Vec<Vec<String>> = found
                .iter()
                .map(|(looked, entry)| {
                    vec![
                        looked.device.clone(),
                        entry.name.clone(),
                        entry.email.clone().unwrap_or_default(),
                        entry.key.clone().unwrap_or_default(),
                        entry.number.map(|number| number.to_string()).unwrap_or_default(),
                        groups(looked, entry),
                        looked.snapshot.clone().unwrap_or_default(),
                    ]
                })
                .collect();
            if ui.format == Format::Csv {
                ui.csv(&["device", "name", "email", "key", "number", "groups", "snapshot"], &rows)?;
            } else {
                let head = ["DEVICE", "NAME", "E-MAIL", "KEY", "NUMBER", "GROUPS", "SNAPSHOT"];
                ui.table(&head, &rows, &["KEY", "NUMBER", "GROUPS"])?;
                let mut devices: Vec<&str> = found.iter().map(|(looked, _)| looked.device.as_str()).collect();
                devices.dedup();
                let person = scanfleet_sdk::error::clean(&args.person);
                ui.out(match devices.len() {
                    0 => format!("`{person}` is listed on none of {}.", count(looked.len(), "device")),
                    listed => {
                        format!("`{person}` is listed on {listed} of {}.", count(looked.len(), "device"))
                    }
                })?;
            }
            if !failed.is_empty() {
                let failed = failed
                    .iter()
                    .map(|(name, category, message)| (name.as_str(), *category, message.as_str()));
                for line in render::failed_lines(ui, failed) {
                    ui.say(line);
                }
            }
        }
    }
    if cancel.is_cancelled() {
        return Ok(Exit::Interrupted);
    }
    Ok(Exit::of_counts(failed.len(), total))
}

/// Whether an entry is the person: by the whole address, or by a part of the name; case does not count.
fn is_meant(person: &str, entry: &BookEntry) -> bool {
    let wanted = person.trim().to_lowercase();
    if wanted.contains('@') {
        return entry.email.as_deref().is_some_and(|email| email.trim().to_lowercase() == wanted);
    }
    entry.kind == EntryKind::User && entry.name.to_lowercase().contains(&wanted)
}

fn told(looked: &Looked, entry: &BookEntry) -> Value {
    json!({
        "device": looked.device, "snapshot": looked.snapshot, "name": entry.name, "email": entry.email, "key": entry.key,
        "number": entry.number, "groups": groups_of(&looked.book, entry),
    })
}
