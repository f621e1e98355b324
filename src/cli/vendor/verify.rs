//! `scanfleet vendor verify`: proves a family on one device.

use clap::{Args, ValueEnum};
use serde_json::json;

use super::super::args::{Format, Global};
use super::super::context;
use super::super::error::{CliError, Exit};
use super::super::render;
use super::super::ui::Ui;
use crate::journal::{NewRun, RunKind};
use crate::run::{DeviceOutcome, HarmlessChange, RunOutcome, VerifyChange, View};

/// Which value is changed and put back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ChangeArg {
    /// The least harmful one that the device has: of these, the first possible.
    #[default]
    Auto,
    /// The case of one letter of the mail server's name; scanning goes on meanwhile.
    Server,
    /// The case of one letter of the sender's domain; scanning goes on meanwhile.
    Sender,
    /// The port; the device cannot send for the moments until it is put back.
    Port,
}

/// Options of `vendor verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// The device's name in the inventory.
    pub device: String,
    /// Which value is changed and put back.
    #[arg(long, value_enum, default_value_t)]
    pub change: ChangeArg,
    /// Does not ask.
    #[arg(short, long)]
    pub yes: bool,
}

pub(super) async fn run(ui: &Ui, global: &Global, args: VerifyArgs) -> Result<Exit, CliError> {
    let inventory = context::inventory(ui, global)?;
    let Some(device) = inventory.device(&args.device).cloned() else {
        return Err(CliError::usage(format!("The inventory does not know `{}`.", args.device)));
    };
    let wanted = match args.change {
        ChangeArg::Auto => VerifyChange::Auto,
        ChangeArg::Server => VerifyChange::Server,
        ChangeArg::Sender => VerifyChange::Sender,
        ChangeArg::Port => VerifyChange::Port,
    };
    let cancel = context::ctrl_c(ui);
    let engine = context::engine(ui, global, 1, &cancel)?;
    let mut devices = context::with_passwords(&engine, vec![device]).await?;
    let Some((device, admin)) = devices.pop() else { return Err(CliError::bug("a device got lost")) };
    if !args.yes {
        context::can_ask(ui)?;
        let view = engine.view(&device, admin.as_ref(), View::Smtp).await.map_err(|error| {
            let exit = if cancel.is_cancelled() { Exit::Interrupted } else { Exit::AllFailed };
            CliError::new(exit, DeviceOutcome::failed(&device.name, &error).message)
        })?;
        let now = view.smtp.unwrap_or_default();
        // Whether the device can express another port is asked of the driver when it comes to that.
        let Some(change) = HarmlessChange::choose(&now, wanted, |_, _| true) else {
            return Err(CliError::usage(format!(
                "{} holds no value that can be changed in the way asked for.",
                device.name
            )));
        };
        let field = &change.field;
        ui.say(format!(
            "{} ({}) would change from {} to {} and back at once. {}",
            field.field, device.name, field.before, field.after, change.why
        ));
        if !context::confirmed(&format!("Write to {} and put it back?", device.name))? {
            ui.say("Nothing was changed.");
            return Ok(Exit::Done);
        }
    }
    let run = engine.journal.start_run(&NewRun {
        kind: RunKind::Verify,
        playbook: None,
        playbook_sha256: None,
        what: json!({"verify": device.name}),
        host: context::host(),
        user: context::user(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        of_run: None,
    })?;
    let done = engine.verify(&device, admin, run, wanted).await;
    let interrupted = cancel.is_cancelled();
    let mut outcome = RunOutcome::of(Some(run.to_string()), None, vec![done], interrupted);
    if let Err(error) = engine.journal.finish_run(&run, outcome.status, &outcome.counts) {
        tracing::error!(%error, "the end of the run could not be kept");
        outcome.workspace_failed = true;
    }
    if let (Format::Text, [device]) = (ui.format, outcome.devices.as_slice())
        && device.category.is_none()
    {
        ui.out(format!("{}: {}", device.name, device.message))?;
        for note in &device.notes {
            ui.say(format!("Note: {note}"));
        }
    } else {
        render::outcome(ui, &outcome)?;
    }
    Ok(Exit::of(&outcome))
}
