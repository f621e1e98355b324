//! `scanfleet lab`: the simulated fleet, kept running.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use scanfleet_mocks::{Lab, LabSpec};
use serde_json::json;

use super::args::{Format, Global};
use super::context;
use super::error::{CliError, Exit};
use super::ui::Ui;

/// Options of `lab`.
#[derive(Debug, Args)]
pub struct LabArgs {
    /// The workspace to write, with an inventory, its passwords and a playbook; without it, `lab` in the workspace.
    #[arg(long, value_name = "DIR")]
    pub directory: Option<PathBuf>,
    /// As many healthy copiers as this, instead of the demo's fleet.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=2000))]
    pub devices: Option<u16>,
    /// How long each page takes, in milliseconds.
    #[arg(long, default_value_t = 0, value_name = "MS")]
    pub delay: u64,
    /// The port of the control endpoint; without it, any free one.
    #[arg(long, value_name = "PORT")]
    pub control_port: Option<u16>,
}

pub(super) async fn run(ui: &Ui, global: &Global, args: LabArgs) -> Result<Exit, CliError> {
    let directory = args.directory.unwrap_or_else(|| global.workspace.join("lab"));
    let mut spec = match args.devices {
        Some(number) => LabSpec::of(usize::from(number)),
        None => LabSpec::demo(),
    };
    spec.delay = Duration::from_millis(args.delay);
    spec.control_port = args.control_port;
    let cancel = context::ctrl_c(ui);
    let lab = Lab::start(spec)
        .await
        .map_err(|e| CliError::new(Exit::Unusable, format!("The simulated fleet cannot be started: {e}.")))?;
    let inventory = lab.write_workspace(&directory)?;
    write_playbook(&directory)?;
    let devices = lab.devices().len();
    if ui.format == Format::Json {
        ui.json(&json!({
            "devices": devices,
            "workspace": directory.display().to_string(),
            "inventory": inventory.display().to_string(),
            "control": lab.control_url(),
        }))?;
    }
    ui.say(format!("Inventory  {}", inventory.display()));
    ui.say(format!("Control    {}/__lab/devices", lab.control_url()));
    ui.say(format!("In another terminal: `scanfleet -w {0} plan {0}/{PLAYBOOK}`", directory.display()));
    if ui.format == Format::Json {
        ui.say(format!("lab ready: {devices} devices"));
    } else {
        ui.out(format!("lab ready: {devices} devices"))?;
    }
    cancel.cancelled().await;
    lab.shutdown().await;
    Ok(Exit::Done)
}

/// The playbook that goes with the lab's workspace.
pub(super) const PLAYBOOK: &str = "microsoft-365.yaml";

/// Writes the playbook of the second story with the lab's own names.
fn write_playbook(directory: &Path) -> Result<(), CliError> {
    let text = include_str!("lab_playbook.yaml");
    Ok(std::fs::write(directory.join(PLAYBOOK), text)?)
}
