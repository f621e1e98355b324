//! `scanfleet inventory`: devices, subnets, and taking over a spreadsheet.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use scanfleet_sdk::error::clean;
use serde_json::{Value, json};

use super::args::{Format, Global};
use super::context;
use super::error::{CliError, Exit};
use super::render;
use super::ui::{Style, Ui};
use crate::files::words::count;
use crate::inventory::{Device, Inventory};

/// Options of `inventory`.
#[derive(Debug, Args)]
pub struct InventoryArgs {
    /// What to do; without it, devices are listed.
    #[command(subcommand)]
    pub action: Option<InventoryAction>,
}

/// What to do with the inventory.
#[derive(Debug, Subcommand)]
pub enum InventoryAction {
    /// Lists devices.
    List,
    /// Groups devices by subnet.
    Subnets,
    /// Reads a CSV or XLSX file and writes an inventory with the canonical columns.
    Import {
        /// The file to read.
        file: PathBuf,
        /// The inventory to write: `.yaml` or `.csv`; without it, `inventory.yaml` in the workspace.
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
        /// Overwrites an existing file.
        #[arg(long)]
        force: bool,
    },
}

const HEAD: [&str; 10] =
    ["NAME", "ADDRESS", "VENDOR", "MODEL", "SERIAL", "SITE", "LOCATION", "SUBNET", "SECRET", "TAGS"];

pub(super) fn run(ui: &Ui, global: &Global, args: InventoryArgs) -> Result<Exit, CliError> {
    match args.action.unwrap_or(InventoryAction::List) {
        InventoryAction::List => list(ui, global),
        InventoryAction::Subnets => subnets(ui, global),
        InventoryAction::Import { file, output, force } => import(ui, global, &file, output, force),
    }
}

fn list(ui: &Ui, global: &Global) -> Result<Exit, CliError> {
    let inventory = context::inventory(ui, global)?;
    let devices = context::selected(&inventory, &[], global)?;
    match ui.format {
        Format::Json => ui.json(&json!({"devices": devices.iter().map(described).collect::<Vec<_>>()}))?,
        Format::Csv => ui.csv(
            &HEAD.map(str::to_lowercase).each_ref().map(String::as_str),
            &devices.iter().map(row).collect::<Vec<_>>(),
        )?,
        Format::Text => {
            let expendable = ["SECRET", "TAGS", "VENDOR", "SERIAL", "SUBNET", "SITE", "MODEL"];
            ui.table(&HEAD, &devices.iter().map(row).collect::<Vec<_>>(), &expendable)?;
            ui.out(format!("{}.", count(devices.len(), "device")))?;
        }
    }
    Ok(Exit::Done)
}

fn subnets(ui: &Ui, global: &Global) -> Result<Exit, CliError> {
    let inventory = context::inventory(ui, global)?;
    let chosen = context::selected(&inventory, &[], global)?;
    let subnets: Vec<(String, Vec<&Device>)> = inventory
        .subnets()
        .into_iter()
        .map(|(subnet, devices)| {
            (
                subnet,
                devices.into_iter().filter(|d| chosen.iter().any(|c| c.name == d.name)).collect::<Vec<_>>(),
            )
        })
        .filter(|(_, devices)| !devices.is_empty())
        .collect();
    let rows: Vec<Vec<String>> = subnets
        .iter()
        .map(|(subnet, devices)| {
            let names: Vec<&str> = devices.iter().map(|d| d.name.as_str()).collect();
            vec![subnet.clone(), devices.len().to_string(), names.join(", ")]
        })
        .collect();
    match ui.format {
        Format::Json => {
            let answer: Vec<Value> = subnets
                .iter()
                .map(|(subnet, devices)| {
                    json!({"subnet": subnet, "devices": devices.iter().map(|d| &d.name).collect::<Vec<_>>()})
                })
                .collect();
            ui.json(&json!({"subnets": answer}))?;
        }
        Format::Csv => ui.csv(&["subnet", "count", "devices"], &rows)?,
        Format::Text => {
            for (subnet, devices) in &subnets {
                ui.out(ui.paint(&format!("{subnet}: {}", count(devices.len(), "device")), Style::Bold))?;
                let names: Vec<&str> = devices.iter().map(|d| d.name.as_str()).collect();
                for line in render::wrap(&clean(&names.join(", ")), ui.width().saturating_sub(4)) {
                    ui.out(format!("    {}", line.trim_start()))?;
                }
            }
        }
    }
    Ok(Exit::Done)
}

fn import(
    ui: &Ui,
    global: &Global,
    file: &std::path::Path,
    output: Option<PathBuf>,
    force: bool,
) -> Result<Exit, CliError> {
    let inventory = Inventory::load(file)?;
    for note in &inventory.notes {
        ui.say(format!("Note: {note}"));
    }
    let output = output.unwrap_or_else(|| global.workspace.join("inventory.yaml"));
    if output.exists() && !force {
        return Err(CliError::usage(format!("{} exists already. Nothing was written.", output.display()))
            .hinted("choose another file with `-o`, or overwrite it with `--force`"));
    }
    let is_csv = output.extension().is_some_and(|suffix| suffix.eq_ignore_ascii_case("csv"));
    let text = if is_csv { inventory.to_csv() } else { inventory.to_yaml() };
    std::fs::write(&output, text).map_err(|e| {
        CliError::new(Exit::Unusable, format!("{} cannot be written: {e}.", output.display()))
    })?;
    match ui.format {
        Format::Json => {
            ui.json(&json!({"file": output.display().to_string(), "devices": inventory.devices.len()}))?;
        }
        _ => {
            ui.out(format!("Wrote {} to {}.", count(inventory.devices.len(), "device"), output.display()))?
        }
    }
    Ok(Exit::Done)
}

fn row(device: &Device) -> Vec<String> {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let tags = device
        .tags
        .iter()
        .map(|(key, value)| if value.is_empty() { key.clone() } else { format!("{key}={value}") });
    vec![
        device.name.clone(),
        device.address.clone(),
        text(&device.vendor),
        text(&device.model),
        text(&device.serial),
        text(&device.site),
        text(&device.location),
        device.subnet.clone(),
        device.admin_secret.as_ref().map(ToString::to_string).unwrap_or_default(),
        tags.collect::<Vec<_>>().join(" "),
    ]
}

fn described(device: &Device) -> Value {
    json!({
        "name": device.name, "address": device.address, "vendor": device.vendor, "admin_user": device.admin_user,
        "admin_secret": device.admin_secret.as_ref().map(ToString::to_string), "site": device.site,
        "location": device.location, "model": device.model, "serial": device.serial, "subnet": device.subnet,
        "tags": device.tags,
    })
}
