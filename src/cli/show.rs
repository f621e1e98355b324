//! `scanfleet show`: what devices hold now.

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::args::{Format, Global};
use super::context;
use super::error::{CliError, Exit};
use super::render;
use super::ui::{Style, Ui};
use crate::run::{DeviceOutcome, DeviceView, View};

/// A section to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ShowSection {
    /// Maker, model, serial number, firmware; needs no log-in.
    Identity,
    /// Scan-to-email settings.
    Smtp,
}

/// Options of `show`.
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// The devices; without them, and without `-t`, all of the inventory.
    pub devices: Vec<String>,
    /// Only one section.
    #[arg(long, value_enum)]
    pub section: Option<ShowSection>,
}

pub(super) async fn run(ui: &Ui, global: &Global, args: ShowArgs) -> Result<Exit, CliError> {
    let inventory = context::inventory(ui, global)?;
    let devices = context::selected(&inventory, &args.devices, global)?;
    let cancel = context::ctrl_c(ui);
    let engine = context::engine(ui, global, devices.len(), &cancel)?;
    let view = if args.section == Some(ShowSection::Identity) { View::Identity } else { View::All };
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
        Format::Csv => {
            let head = [
                "device", "vendor", "model", "serial", "firmware", "server", "port", "security", "sender",
                "auth", "user", "password",
            ];
            ui.csv(&head, &shown.iter().map(row).collect::<Vec<_>>())?;
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

fn answer(view: &DeviceView, section: Option<ShowSection>) -> Value {
    let mut value = json!(view);
    if let (Some(object), Some(section)) = (value.as_object_mut(), section) {
        match section {
            ShowSection::Identity => object.shift_remove("smtp"),
            ShowSection::Smtp => object.shift_remove("identity"),
        };
    }
    value
}

fn row(view: &DeviceView) -> Vec<String> {
    let identity = &view.identity;
    let mut row = vec![
        view.device.clone(),
        identity.vendor.clone(),
        identity.model.clone(),
        identity.serial.clone().unwrap_or_default(),
        identity.firmware.clone().unwrap_or_default(),
    ];
    match &view.smtp {
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
    let names = [
        "device", "vendor", "model", "serial", "firmware", "server", "port", "security", "sender", "auth",
        "user", "password",
    ];
    let row = row(view);
    let known = if view.smtp.is_some() { names.len() } else { 5 };
    for (name, value) in names.iter().zip(&row).take(known) {
        let value = if value.is_empty() { "(empty)".to_owned() } else { scanfleet_sdk::error::clean(value) };
        ui.out(format!("{}  {value}", ui.paint(&format!("{name:8}"), Style::Bold)))?;
    }
    ui.out(format!("{}  {}", ui.paint("family  ", Style::Bold), view.family))?;
    for note in &view.notes {
        ui.say(format!("Note: {note}"));
    }
    Ok(())
}
