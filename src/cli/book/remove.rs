//! `scanfleet book remove`: an address leaves every address book.

use clap::Args;
use serde_json::json;

use crate::book::address_problem;
use crate::cli::apply::{About, carry_out};
use crate::cli::args::Global;
use crate::cli::context;
use crate::cli::error::{CliError, Exit};
use crate::cli::plan::lose_passwords;
use crate::cli::render;
use crate::cli::ui::Ui;
use crate::journal::RunKind;
use crate::run::{Aim, BookAim, BookWish, Mode, ResultKind, RunOutcome, Task};

/// Options of `book remove`.
#[derive(Debug, Args)]
pub struct RemoveArgs {
    /// The e-mail address. Entries that also lead to a folder or a fax lose only the address.
    pub address: String,
    /// The devices; without them, and without `-t`, all of the inventory.
    pub devices: Vec<String>,
    /// Does not ask.
    #[arg(short, long)]
    pub yes: bool,
    /// Agrees to the loss of folder passwords on devices that take changes of their address book as a whole file only.
    #[arg(long)]
    pub yes_lose_passwords: bool,
}

pub(super) async fn run(ui: &Ui, global: &Global, args: RemoveArgs) -> Result<Exit, CliError> {
    // Whatever stands in a book can be taken out, valid or not; what has no `@` is a slip.
    if !args.address.contains('@') {
        let problem = address_problem(&args.address).unwrap_or_default();
        return Err(CliError::usage(format!("{problem}."))
            .hinted("`scanfleet book who NAME` tells under which address a person is listed"));
    }
    let inventory = context::inventory(ui, global)?;
    let devices = context::selected(&inventory, &args.devices, global)?;
    let cancel = context::ctrl_c(ui);
    let engine = context::engine(ui, global, devices.len(), &cancel)?;
    let wish = BookWish::Without { address: args.address.clone() };
    let mut tasks: Vec<Task> = context::with_passwords(&engine, devices)
        .await?
        .into_iter()
        .map(|(device, admin)| Task {
            device,
            admin,
            aim: Aim { book: Some(BookAim::new(wish.clone())), ..Aim::default() },
            expected: None,
        })
        .collect();
    lose_passwords(&mut tasks, args.yes_lose_passwords);
    if !args.yes && !ui.is_interactive() {
        // Nobody can be asked: the plan is the answer.
        let outcomes = engine.run(tasks, Mode::Plan).await;
        let outcome = RunOutcome::of(None, None, outcomes, cancel.is_cancelled());
        render::outcome(ui, &outcome)?;
        if outcome.count(ResultKind::Pending) > 0 {
            ui.say("Run again with `--yes` to carry it out.");
        }
        return Ok(Exit::of(&outcome));
    }
    let about = About {
        kind: RunKind::Apply,
        playbook: None,
        playbook_sha256: None,
        what: json!({"book": {"remove": args.address}}),
        of_run: None,
    };
    carry_out(ui, &engine, about, tasks, args.yes).await
}
