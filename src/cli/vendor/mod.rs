//! `scanfleet vendor`: what is known of makers' web pages, and teaching more.

mod forms;
mod learn;
mod lint;
mod list;
mod verify;

use clap::{Args, Subcommand};

use super::args::Global;
use super::error::{CliError, Exit};
use super::ui::Ui;

/// Options of `vendor`.
#[derive(Debug, Args)]
pub struct VendorArgs {
    /// The tool.
    #[command(subcommand)]
    pub action: VendorAction,
}

/// What is known of makers' web pages, and teaching more.
#[derive(Debug, Subcommand)]
pub enum VendorAction {
    /// Shows which web UIs are known, what each offers and how surely, with your own family files.
    List,
    /// Checks family files and shows each mistake at its place.
    Lint(lint::LintArgs),
    /// Prints a page's forms and what a browser would submit, as JSON.
    Forms(forms::FormsArgs),
    /// Looks through a device's pages and proposes a family file for its model. Changes nothing on the device.
    Learn(learn::LearnArgs),
    /// Proves on one device that its family's way of writing works: one harmless change, read back and put back; asks first.
    Verify(verify::VerifyArgs),
}

pub(super) async fn run(ui: &Ui, global: &Global, args: VendorArgs) -> Result<Exit, CliError> {
    match args.action {
        VendorAction::List => list::run(ui, global),
        VendorAction::Lint(args) => lint::run(ui, global, &args),
        VendorAction::Forms(args) => forms::run(ui, args).await,
        VendorAction::Learn(args) => learn::run(ui, global, args).await,
        VendorAction::Verify(args) => verify::run(ui, global, args).await,
    }
}
