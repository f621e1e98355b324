//! `scanfleet book`: address books as files, over the fleet, and side by side.

mod diff;
mod export;
mod import;
mod remove;
mod source;
mod who;

use clap::{Args, Subcommand};

use super::args::Global;
use super::error::{CliError, Exit};
use super::ui::Ui;

/// Options of `book`.
#[derive(Debug, Args)]
pub struct BookArgs {
    /// What to do.
    #[command(subcommand)]
    pub action: BookAction,
}

/// What to do with address books.
#[derive(Debug, Subcommand)]
pub enum BookAction {
    /// Writes an address book as a list (`name,email,key,group,tags`), or in a maker's own format. Changes nothing.
    Export(export::ExportArgs),
    /// Makes a list of files of any kind: CSV, spreadsheets, makers' own exports; names every doubtful row by its line.
    Import(import::ImportArgs),
    /// Says on which copiers a person is listed. Changes nothing.
    Who(who::WhoArgs),
    /// Takes an address out of every address book; shows the changes and asks first.
    Remove(remove::RemoveArgs),
    /// Shows what differs between two address books: of copiers, snapshots or files.
    Diff(diff::DiffArgs),
}

pub(super) async fn run(ui: &Ui, global: &Global, args: BookArgs) -> Result<Exit, CliError> {
    match args.action {
        BookAction::Export(args) => export::run(ui, global, args).await,
        BookAction::Import(args) => import::run(ui, global, args),
        BookAction::Who(args) => who::run(ui, global, args).await,
        BookAction::Remove(args) => remove::run(ui, global, args).await,
        BookAction::Diff(args) => diff::run(ui, global, args).await,
    }
}
