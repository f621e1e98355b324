//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::{
    apply, book, demo, diff, history, inventory, lab, plan, probe, restore, rollback, secret, show, snapshot,
};
use super::{trust, vendor};

/// Pushes scan-to-email settings to a fleet of office copiers through their own web pages, and proves that they can
/// send again.
///
/// Exit codes: 0 done; 1 a bug in scanfleet; 2 wrong usage; 3 an invalid file, or a secret that is missing or locked; 4 changes
/// pending (`plan --detailed-exitcode`); 5 some devices failed; 6 all devices failed; 7 stopped by a guard; 8 the workspace,
/// journal or keyring cannot be used; 130 interrupted.
#[derive(Debug, Parser)]
#[command(name = "scanfleet", version, max_term_width = 110, disable_help_subcommand = true)]
pub struct Cli {
    /// What holds for every command.
    #[command(flatten)]
    pub global: Global,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// How answers are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// One JSON document on stdout.
    Json,
    /// A table with a head line on stdout.
    Csv,
}

/// Options that stand before or after any command.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// The workspace: a directory with one `inventory.{yaml,yml,csv,xlsx}`; state is kept in its `.scanfleet/`.
    #[arg(
        short = 'w',
        long,
        global = true,
        default_value = ".",
        value_name = "DIR",
        help_heading = "Everywhere"
    )]
    pub workspace: PathBuf,
    /// The inventory, instead of the workspace's.
    #[arg(long, global = true, value_name = "FILE", help_heading = "Everywhere")]
    pub inventory: Option<PathBuf>,
    /// Which devices: names, or `vendor=ricoh site=north,south subnet=10.1.90.0/24 tag=…` (spaces are AND, commas OR).
    #[arg(short = 't', long, global = true, value_name = "SELECTION", help_heading = "Everywhere")]
    pub target: Vec<String>,
    /// How answers are printed.
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "FORMAT",
        help_heading = "Everywhere"
    )]
    pub format: Format,
    /// More family files: a directory with `*.yaml` or `<maker>/families/*.yaml`. The workspace's `vendors/` is read too.
    #[arg(long, global = true, value_name = "DIR", help_heading = "Everywhere")]
    pub vendor_dir: Option<PathBuf>,
    /// Says more on stderr: each step, each request (`-vv`), everything (`-vvv`). Secrets are never shown.
    #[arg(short, long, global = true, action = clap::ArgAction::Count, help_heading = "Everywhere")]
    pub verbose: u8,
    /// Devices in flight at once.
    #[arg(long, global = true, default_value_t = 16, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000), help_heading = "Everywhere")]
    pub parallel: u16,
    /// Keeps a redacted record of every exchange, one file a device.
    #[arg(long, global = true, value_name = "DIR", help_heading = "Everywhere")]
    pub save_transcript: Option<PathBuf>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Shows the main job on a simulated fleet, from the dead mail server to the rollback, in under a minute.
    Demo(demo::DemoArgs),
    /// Keeps the simulated fleet running until Ctrl-C, with an inventory that works with every other command.
    Lab(lab::LabArgs),
    /// Lists devices, groups them by subnet, or takes over a spreadsheet.
    Inventory(inventory::InventoryArgs),
    /// Looks whether each device is there, what it is and whether it lets us in. Changes nothing.
    Probe(probe::ProbeArgs),
    /// Shows what devices hold now. Changes nothing.
    Show(show::ShowArgs),
    /// Shows what a playbook would change. Changes nothing.
    Plan(plan::PlanArgs),
    /// Brings devices to what a playbook or a saved plan wants; shows the changes and asks first.
    Apply(apply::ApplyArgs),
    /// Lists runs, or shows what came of one.
    History(history::HistoryArgs),
    /// Lists, takes and shows saved configurations.
    Snapshot(snapshot::SnapshotArgs),
    /// Shows what differs between two saved configurations or devices.
    Diff(diff::DiffArgs),
    /// Takes every device that a run changed back to what it held before; shows the changes and asks first.
    Rollback(rollback::RollbackArgs),
    /// Takes one device back to a saved configuration; shows the changes and asks first.
    Restore(restore::RestoreArgs),
    /// Address books as files, over the fleet, and side by side.
    Book(book::BookArgs),
    /// Stores secrets in the operating system's keyring.
    Secret(secret::SecretArgs),
    /// Shows, accepts and forgets devices' certificates.
    Trust(trust::TrustArgs),
    /// Tools for makers' web pages.
    Vendor(vendor::VendorArgs),
}
