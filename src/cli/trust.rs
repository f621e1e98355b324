//! `scanfleet trust`: devices' certificates.

use clap::{Args, Subcommand};
use scanfleet_sdk::error::clean;
use serde_json::json;

use super::args::{Format, Global};
use super::context;
use super::error::{CliError, Exit};
use super::ui::Ui;
use crate::files::words::count;

/// Options of `trust`.
#[derive(Debug, Args)]
pub struct TrustArgs {
    /// What to do; without it, certificates are listed.
    #[command(subcommand)]
    pub action: Option<TrustAction>,
}

/// What to do with certificates.
#[derive(Debug, Subcommand)]
pub enum TrustAction {
    /// Lists the certificates trusted on first contact, and those refused since.
    List,
    /// Trusts the certificate that a device presented last.
    Accept {
        /// The device's name.
        device: String,
    },
    /// Forgets a device's certificates: the next contact trusts what is presented then.
    Forget {
        /// The device's name.
        device: String,
    },
}

pub(super) fn run(ui: &Ui, global: &Global, args: TrustArgs) -> Result<Exit, CliError> {
    match args.action.unwrap_or(TrustAction::List) {
        TrustAction::List => list(ui, global),
        TrustAction::Accept { device } => {
            let accepted = context::journal(global)?.accept(&device)?;
            match ui.format {
                Format::Json => ui.json(&json!({"accepted": accepted}))?,
                _ => {
                    for one in &accepted {
                        let before = one.before.as_deref().unwrap_or("nothing");
                        ui.out(format!(
                            "{} at {}: trusts {}, formerly {before}.",
                            one.key.device, one.key.address, one.after
                        ))?;
                    }
                }
            }
            Ok(Exit::Done)
        }
        TrustAction::Forget { device } => {
            let forgotten = context::journal(global)?.forget(&device)?;
            if forgotten == 0 {
                return Err(CliError::usage(format!(
                    "No certificate of `{device}` is trusted, so there is none to forget."
                )));
            }
            match ui.format {
                Format::Json => ui.json(&json!({"device": device, "forgotten": forgotten}))?,
                _ => ui.out(format!("Forgot {} of `{device}`.", count(forgotten, "certificate")))?,
            }
            Ok(Exit::Done)
        }
    }
}

fn list(ui: &Ui, global: &Global) -> Result<Exit, CliError> {
    let pins = match context::journal_to_read(global)? {
        Some(journal) => journal.pins()?,
        None => Vec::new(),
    };
    let head = ["DEVICE", "ADDRESS", "SHA-256", "SINCE", "VALID UNTIL", "REFUSED SINCE"];
    let rows: Vec<Vec<String>> = pins
        .iter()
        .map(|pin| {
            vec![
                pin.key.device.clone(),
                pin.key.address.clone(),
                pin.sha256.clone(),
                format!("{:.0}", pin.first_seen),
                pin.facts.not_after.clone(),
                pin.refused.as_ref().map(|r| r.facts.sha256.clone()).unwrap_or_default(),
            ]
        })
        .collect();
    match ui.format {
        Format::Json => ui.json(&json!({"certificates": pins}))?,
        Format::Csv => ui.csv(&["device", "address", "sha256", "since", "valid_until", "refused"], &rows)?,
        Format::Text if rows.is_empty() => ui.say("No certificate has been seen in this workspace yet."),
        Format::Text => {
            let short: Vec<Vec<String>> = rows
                .iter()
                .map(|row| {
                    let mut row = row.clone();
                    row[2] = format!("{:.16}…", row[2]);
                    row.truncate(5);
                    row
                })
                .collect();
            ui.table(&head[..5], &short, &["SINCE", "ADDRESS"])?;
            for pin in &pins {
                let Some(refused) = &pin.refused else { continue };
                let name = clean(&pin.key.device);
                ui.out(format!(
                    "\n{name} has presented another certificate since and was refused:\n  trusted    {}\n  presented  {}\nWhere the device was replaced or renewed its certificate, `scanfleet trust accept {name}` trusts the new one.",
                    pin.sha256, refused.facts.sha256,
                ))?;
            }
        }
    }
    Ok(Exit::Done)
}
