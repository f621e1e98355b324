//! `scanfleet restore`: takes one device back to a saved configuration.

use clap::Args;
use serde_json::json;

use super::apply::{About, carry_out};
use super::args::Global;
use super::context;
use super::error::{CliError, Exit};
use super::plan::lose_passwords;
use super::rollback::restore_tasks;
use super::ui::Ui;
use crate::journal::RunKind;

/// Options of `restore`.
#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// The snapshot: its id (`s12`) or `last`; see `scanfleet snapshot`.
    pub snapshot: String,
    /// Does not ask. Also agrees to the removal of address-book entries that the saved book does not hold.
    #[arg(short, long)]
    pub yes: bool,
    /// Agrees to the loss of folder passwords on devices that take changes of their address book as a whole file only.
    #[arg(long)]
    pub yes_lose_passwords: bool,
}

pub(super) async fn run(ui: &Ui, global: &Global, args: RestoreArgs) -> Result<Exit, CliError> {
    let inventory = context::inventory(ui, global)?;
    let cancel = context::ctrl_c(ui);
    let engine = context::engine(ui, global, 1, &cancel)?;
    let snapshot = engine.journal.snapshot(&args.snapshot)?;
    let name = snapshot.summary.device.clone();
    let id = snapshot.summary.id;
    let Some(device) = inventory.device(&name) else {
        return Err(CliError::new(
            Exit::Invalid,
            format!("The snapshot {id} is of `{name}`, and the inventory does not know that device."),
        ));
    };
    let restore = engine.restore(device.clone(), snapshot, None).await?;
    let mut tasks = restore_tasks(&engine, &[restore]).await?;
    lose_passwords(&mut tasks, args.yes_lose_passwords);
    let about = About {
        kind: RunKind::Restore,
        playbook: None,
        playbook_sha256: None,
        what: json!({"restore": id.to_string()}),
        of_run: None,
    };
    carry_out(ui, &engine, about, tasks, args.yes).await
}
