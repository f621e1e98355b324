//! `scanfleet show`: what devices hold now, or what a file holds that was saved from one.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use scanfleet_sdk::{Book, Identity, SmtpSettings};
use serde_json::{Value, json};

use super::args::{Format, Global};
use super::context;
use super::entries;
use super::error::{CliError, Exit};
use super::render;
use super::saved;
use super::ui::{Style, Ui};
use crate::run::{DeviceOutcome, DeviceView, View, matches_inventory};

/// A section to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ShowSection {
    /// Maker, model, serial number, firmware; needs no log-in.
    Identity,
    /// Scan-to-email settings.
    Smtp,
    /// The address book.
    #[value(name = "address_book", alias = "address-book")]
    AddressBook,
}

/// Options of `show`.
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// The devices; without them, and without `-t`, all of the inventory.
    pub devices: Vec<String>,
    /// Only one section.
    #[arg(long, value_enum)]
    pub section: Option<ShowSection>,
    /// Reads a file that was saved from a device (a Xerox clone file, `cloning.dlm`) instead of a device; with a device's
    /// name, the file must be of that maker and model.
    #[arg(long, value_name = "FILE")]
    pub from_clone: Option<PathBuf>,
}

pub(super) async fn run(ui: &Ui, global: &Global, args: ShowArgs) -> Result<Exit, CliError> {
    if let Some(file) = &args.from_clone {
        return from_clone(ui, global, &args, file);
    }
    let inventory = context::inventory(ui, global)?;
    let devices = context::selected(&inventory, &args.devices, global)?;
    let cancel = context::ctrl_c(ui);
    let engine = context::engine(ui, global, devices.len(), &cancel)?;
    let view = match args.section {
        Some(ShowSection::Identity) => View::Identity,
        Some(ShowSection::Smtp) => View::Smtp,
        Some(ShowSection::AddressBook) => View::Book,
        None if ui.format == Format::Json || ui.format == Format::Text && devices.len() == 1 => {
            View::Readable
        }
        // A table of devices has no room for their address books.
        None => View::Smtp,
    };
    let devices = context::with_passwords(&engine, devices).await?;
    let names: Vec<String> = devices.iter().map(|(d, _)| d.name.clone()).collect();
    let results = engine.views(devices, view).await;

    let mut shown = Vec::new();
    let mut failed = Vec::new();
    let mut answers = Vec::new();
    for (name, result) in names.iter().zip(results) {
        match result {
            Some(Ok(view)) => {
                answers.push(answer(&view, args.section));
                shown.push(view);
            }
            Some(Err(error)) => failed.push(DeviceOutcome::failed(name, &error)),
            None => failed.push(DeviceOutcome::not_reached(name)),
        }
    }
    for outcome in &failed {
        answers.push(json!({
            "device": outcome.name, "error": {"category": outcome.category, "message": outcome.message}
        }));
    }
    match ui.format {
        Format::Json if answers.len() == 1 => ui.json(&answers[0])?,
        Format::Json => ui.json(&json!({"devices": answers}))?,
        Format::Csv if view == View::Book => entries::csv(ui, &books(&shown))?,
        Format::Text if view == View::Book => entries::table(ui, &books(&shown))?,
        Format::Csv => {
            ui.csv(&HEAD, &shown.iter().map(row).collect::<Vec<_>>())?;
        }
        Format::Text if shown.len() == 1 => one(ui, &shown[0])?,
        Format::Text => {
            let head = ["DEVICE", "MODEL", "SERIAL", "SERVER", "PORT", "SECURITY", "SENDER", "AUTH", "USER"];
            let pick =
                |row: Vec<String>| [0, 2, 3, 5, 6, 7, 8, 9, 10].map(|i: usize| row[i].clone()).to_vec();
            ui.table(
                &head,
                &shown.iter().map(|v| pick(row(v))).collect::<Vec<_>>(),
                &["SERIAL", "MODEL", "USER"],
            )?;
        }
    }
    if ui.format == Format::Text && !failed.is_empty() {
        let failed = failed.iter().map(|f| (f.name.as_str(), f.category, f.message.as_str()));
        for line in render::failed_lines(ui, failed) {
            ui.say(line);
        }
    }
    if cancel.is_cancelled() {
        return Ok(Exit::Interrupted);
    }
    Ok(Exit::of_counts(failed.len(), names.len()))
}

/// Shows what a saved file holds; nothing is connected to.
fn from_clone(ui: &Ui, global: &Global, args: &ShowArgs, file: &Path) -> Result<Exit, CliError> {
    let name = match args.devices.as_slice() {
        [] => file.file_name().unwrap_or(file.as_os_str()).to_string_lossy().into_owned(),
        [name] => name.clone(),
        _ => return Err(CliError::usage("A file is of one device; give one name, or none.")),
    };
    let saved = saved::read(global, file)?;
    if !args.devices.is_empty() {
        let inventory = context::inventory(ui, global)?;
        let Some(device) = inventory.device(&name) else {
            return Err(CliError::usage(format!("The inventory has no device called `{name}`.")));
        };
        let mut device = device.clone();
        if saved.identity.model.is_empty() {
            device.model = None;
        }
        matches_inventory(&device, &saved.identity).map_err(|error| {
            CliError::new(Exit::Invalid, format!("{} is not of {name}: {}.", file.display(), error.got))
        })?;
    }
    let section = args.section;
    if section == Some(ShowSection::AddressBook) {
        return Err(CliError::usage("Such a file holds no address book that can be read."));
    }
    let smtp = (section != Some(ShowSection::Identity)).then_some(&saved.smtp);
    let row = cells(&name, &saved.identity, smtp);
    match ui.format {
        Format::Json => {
            let mut value = json!({"device": name, "identity": saved.identity, "smtp": smtp});
            trim(&mut value, section);
            value["from"] = json!({"kind": saved.kind, "file": file.display().to_string()});
            if !saved.notes.is_empty() {
                value["notes"] = json!(saved.notes);
            }
            ui.json(&value)?;
        }
        Format::Csv => ui.csv(&HEAD, &[row])?,
        Format::Text => {
            lines(ui, &row, smtp.is_some())?;
            ui.out(format!("{}  {} ({})", ui.paint("from    ", Style::Bold), file.display(), saved.kind))?;
            for note in &saved.notes {
                ui.say(format!("Note: {note}"));
            }
        }
    }
    Ok(Exit::Done)
}

/// The columns of a device.
const HEAD: [&str; 12] = [
    "device", "vendor", "model", "serial", "firmware", "server", "port", "security", "sender", "auth",
    "user", "password",
];

fn answer(view: &DeviceView, section: Option<ShowSection>) -> Value {
    let mut value = json!(view);
    trim(&mut value, section);
    value
}

/// Leaves out what was not asked for.
fn trim(value: &mut Value, section: Option<ShowSection>) {
    if let (Some(object), Some(section)) = (value.as_object_mut(), section) {
        match section {
            ShowSection::Identity => {
                object.retain(|key, _| !["smtp", "address_book"].contains(&key.as_str()))
            }
            ShowSection::Smtp => {
                object.retain(|key, _| !["identity", "address_book"].contains(&key.as_str()))
            }
            ShowSection::AddressBook => object.retain(|key, _| !["identity", "smtp"].contains(&key.as_str())),
        }
    }
}

/// The devices' address books.
fn books(shown: &[DeviceView]) -> Vec<(&str, &Book)> {
    shown
        .iter()
        .filter_map(|view| view.address_book.as_ref().map(|book| (view.device.as_str(), book)))
        .collect()
}

fn row(view: &DeviceView) -> Vec<String> {
    cells(&view.device, &view.identity, view.smtp.as_ref())
}

fn cells(name: &str, identity: &Identity, smtp: Option<&SmtpSettings>) -> Vec<String> {
    let mut row = vec![
        name.to_owned(),
        identity.vendor.clone(),
        identity.model.clone(),
        identity.serial.clone().unwrap_or_default(),
        identity.firmware.clone().unwrap_or_default(),
    ];
    match smtp {
        Some(smtp) => row.extend([
            smtp.server.clone(),
            smtp.port.map(|p| p.to_string()).unwrap_or_default(),
            smtp.security.map(|s| s.as_str().to_owned()).unwrap_or_default(),
            smtp.sender.clone().unwrap_or_default(),
            smtp.auth.method.as_str().to_owned(),
            smtp.auth.user.clone().unwrap_or_default(),
            smtp.password.as_str().to_owned(),
        ]),
        None => row.extend(std::iter::repeat_n(String::new(), 7)),
    }
    row
}

fn one(ui: &Ui, view: &DeviceView) -> Result<(), CliError> {
    lines(ui, &row(view), view.smtp.is_some())?;
    ui.out(format!("{}  {}", ui.paint("family  ", Style::Bold), view.family))?;
    if let Some(book) = &view.address_book {
        ui.out(format!("{}  {}", ui.paint("book    ", Style::Bold), entries::summary(book)))?;
    }
    for note in &view.notes {
        ui.say(format!("Note: {note}"));
    }
    Ok(())
}

/// A device's cells, one a line; the settings where they were asked for.
fn lines(ui: &Ui, row: &[String], settings: bool) -> Result<(), CliError> {
    let known = if settings { HEAD.len() } else { 5 };
    for (name, value) in HEAD.iter().zip(row).take(known) {
        let value = if value.is_empty() { "(empty)".to_owned() } else { scanfleet_sdk::error::clean(value) };
        ui.out(format!("{}  {value}", ui.paint(&format!("{name:8}"), Style::Bold)))?;
    }
    Ok(())
}
