//! The program: one file a command; the only room that prints.

mod args;
mod context;
mod entries;
mod error;
mod progress;
mod render;
mod saved;
mod table;
mod ui;

mod apply;
mod book;
mod demo;
mod diff;
mod history;
mod inventory;
mod lab;
mod plan;
mod probe;
mod restore;
mod rollback;
mod secret;
mod show;
mod snapshot;
mod trust;
mod vendor;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

pub use args::{Cli, Command, Global};
pub use error::{CliError, Exit};

/// The whole command-line interface, for help pages and tests.
pub fn command() -> clap::Command {
    Cli::command()
}

/// Reads the command line, carries the command out and gives the exit code.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let asked_for = !error.use_stderr();
            // A closed pipe is the reader's choice, not a failure.
            let _ = error.print();
            return if asked_for { Exit::Done.into() } else { Exit::Usage.into() };
        }
    };
    let ui = ui::Ui::new(&cli.global);
    ui.start_log();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            ui.error(&CliError::bug(format!("the async runtime cannot start: {error}")));
            return Exit::Bug.into();
        }
    };
    let result = runtime.block_on(dispatch(&ui, cli));
    ui.farewell();
    // Blocking lookups (name resolution, a keyring's prompt) must not keep a finished program alive.
    runtime.shutdown_background();
    match result {
        Ok(exit) => exit.into(),
        Err(error) => {
            ui.error(&error);
            error.exit.into()
        }
    }
}

async fn dispatch(ui: &ui::Ui, cli: Cli) -> Result<Exit, CliError> {
    let global = &cli.global;
    match cli.command {
        Command::Demo(args) => demo::run(ui, args).await,
        Command::Lab(args) => lab::run(ui, global, args).await,
        Command::Inventory(args) => inventory::run(ui, global, args),
        Command::Probe(args) => probe::run(ui, global, args).await,
        Command::Show(args) => show::run(ui, global, args).await,
        Command::Plan(args) => plan::run(ui, global, args).await,
        Command::Apply(args) => apply::run(ui, global, args).await,
        Command::History(args) => history::run(ui, global, args),
        Command::Snapshot(args) => snapshot::run(ui, global, args).await,
        Command::Diff(args) => diff::run(ui, global, args).await,
        Command::Rollback(args) => rollback::run(ui, global, args).await,
        Command::Restore(args) => restore::run(ui, global, args).await,
        Command::Book(args) => book::run(ui, global, args).await,
        Command::Secret(args) => secret::run(ui, global, args).await,
        Command::Trust(args) => trust::run(ui, global, args),
        Command::Vendor(args) => vendor::run(ui, global, args).await,
    }
}
