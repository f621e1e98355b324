//! `scanfleet secret`: secrets in the operating system's keyring.

use std::io::{IsTerminal, Read};

use clap::{Args, Subcommand};
use scanfleet_sdk::Secret;
use serde_json::json;
use zeroize::Zeroizing;

use super::args::{Format, Global};
use super::context;
use super::error::{CliError, Exit};
use super::ui::Ui;
use crate::files::words::count;
use crate::secrets::{CheckResult, DoctorReport, Secrets};

/// Options of `secret`.
#[derive(Debug, Args)]
pub struct SecretArgs {
    /// What to do; without it, names are listed.
    #[command(subcommand)]
    pub action: Option<SecretAction>,
}

/// What to do with secrets.
#[derive(Debug, Subcommand)]
pub enum SecretAction {
    /// Stores a secret: asks without echo, or takes the first line of stdin where that is no terminal.
    Set {
        /// Its name, by convention `site/purpose` or `site/device/purpose`.
        name: String,
    },
    /// Lists names and versions; never values.
    List,
    /// Deletes the current version of a secret; the one before becomes current.
    Delete {
        /// Its name.
        name: String,
        /// Deletes every version.
        #[arg(long)]
        all: bool,
    },
    /// Finds out whether the keyring works here, and what to do where it does not.
    Doctor,
}

pub(super) async fn run(ui: &Ui, _global: &Global, args: SecretArgs) -> Result<Exit, CliError> {
    let secrets = context::secrets()?;
    match args.action.unwrap_or(SecretAction::List) {
        SecretAction::Set { name } => {
            let secret = ask(&name)?;
            let stored = name.clone();
            let version = off_the_runtime(secrets, move |s| s.set(&stored, &secret)).await??;
            match ui.format {
                Format::Json => ui.json(&json!({"name": name, "version": version}))?,
                _ => ui.out(format!(
                    "Stored `{name}` as version {version}. Write `keyring:{name}` where it is wanted."
                ))?,
            }
        }
        SecretAction::List => {
            let entries = off_the_runtime(secrets, Secrets::list).await??;
            let rows: Vec<Vec<String>> = entries
                .iter()
                .map(|e| {
                    vec![
                        e.name.clone(),
                        e.current.to_string(),
                        e.versions.len().to_string(),
                        format!("{:.0}", e.changed_at),
                    ]
                })
                .collect();
            match ui.format {
                Format::Json => ui.json(&json!({"secrets": entries}))?,
                Format::Csv => ui.csv(&["name", "version", "kept", "changed"], &rows)?,
                Format::Text if rows.is_empty() => ui.say("No secret has been stored yet."),
                Format::Text => ui.table(&["NAME", "VERSION", "KEPT", "CHANGED"], &rows, &[])?,
            }
        }
        SecretAction::Delete { name, all } => {
            let meant = name.clone();
            let versions = off_the_runtime(secrets, move |s| s.delete(&meant, all)).await??;
            match ui.format {
                Format::Json => ui.json(&json!({"name": name, "deleted": versions}))?,
                _ => ui.out(format!("Deleted {} of `{name}`.", count(versions.len(), "version")))?,
            }
        }
        SecretAction::Doctor => return doctor(ui, &off_the_runtime(secrets, Secrets::doctor).await?),
    }
    Ok(Exit::Done)
}

/// Keyring stores must not run inside an async task.
async fn off_the_runtime<T: Send + 'static>(
    secrets: Secrets,
    work: impl FnOnce(&Secrets) -> T + Send + 'static,
) -> Result<T, CliError> {
    tokio::task::spawn_blocking(move || work(&secrets)).await.map_err(|e| CliError::bug(e.to_string()))
}

fn ask(name: &str) -> Result<Secret, CliError> {
    let no_answer = |e: String| CliError::usage(format!("No secret could be read: {e}. Nothing was stored."));
    if std::io::stdin().is_terminal() {
        let text = dialoguer::Password::new()
            .with_prompt(format!("Secret for `{name}`"))
            .with_confirmation("Once more", "The two differ")
            .allow_empty_password(true)
            .interact_on(&console::Term::stderr())
            .map_err(|e| no_answer(e.to_string()))?;
        return Ok(Secret::new(text));
    }
    let mut text = Zeroizing::new(String::new());
    std::io::stdin().take(64 << 10).read_to_string(&mut text).map_err(|e| no_answer(e.to_string()))?;
    let line = text.strip_suffix('\n').unwrap_or(&text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    if line.contains(['\n', '\r']) {
        return Err(no_answer("stdin holds more than one line".into()));
    }
    Ok(Secret::new(line.to_owned()))
}

fn doctor(ui: &Ui, report: &DoctorReport) -> Result<Exit, CliError> {
    if ui.format == Format::Json {
        ui.json(report)?;
    } else {
        let word = |check: &CheckResult| match check {
            CheckResult::Ok => "ok".to_owned(),
            CheckResult::Failed(why) => format!("failed: {why}"),
            CheckResult::NotTried => "not tried".to_owned(),
        };
        let locked = match report.locked {
            Some(true) => "yes",
            Some(false) => "no",
            None => "cannot be told",
        };
        let rows = [
            ("keyring", report.store.clone()),
            ("answers", word(&report.reachable)),
            ("locked", locked.to_owned()),
            ("write", word(&report.write)),
            ("read", word(&report.read)),
            ("delete", word(&report.delete)),
            ("index", word(&report.index)),
            ("names", report.names.to_string()),
        ];
        for (name, value) in rows {
            ui.out(format!("{name:8}  {value}"))?;
        }
        for entry in report.missing.iter().flatten() {
            ui.out(format!(
                "missing   version {} of `{}` is in the index and not in the keyring",
                entry.version, entry.name
            ))?;
        }
        for advice in &report.advice {
            ui.out(format!("\n{advice}"))?;
        }
        if report.ok {
            ui.out("\nEverything works.")?;
        }
    }
    Ok(match (report.ok, report.locked) {
        (true, _) => Exit::Done,
        (false, Some(true)) => Exit::Invalid,
        (false, _) => Exit::Unusable,
    })
}
