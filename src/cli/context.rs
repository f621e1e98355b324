//! What commands share: the workspace, its inventory and journal, secrets, and Ctrl-C.

use std::path::PathBuf;
use std::sync::Arc;

use scanfleet_sdk::Vendor;
use tokio_util::sync::CancellationToken;

use super::args::Global;
use super::error::{CliError, Exit};
use super::progress::Progress;
use super::ui::Ui;
use crate::inventory::{Device, Inventory, Selection};
use crate::journal::{Journal, JournalError};
use crate::run::{Engine, KnownSecret, Settings};
use crate::secrets::{Backend, Secrets, SecretsConfig};

/// The directory of a workspace's state.
const STATE: &str = ".scanfleet";

/// Where a workspace keeps its state.
pub(super) fn state_dir(global: &Global) -> PathBuf {
    global.workspace.join(STATE)
}

/// The inventory that is meant.
pub(super) fn inventory(ui: &Ui, global: &Global) -> Result<Inventory, CliError> {
    let file = match &global.inventory {
        Some(file) => file.clone(),
        None => Inventory::find(&global.workspace)?,
    };
    let inventory = Inventory::load(&file)?;
    for note in &inventory.notes {
        ui.say(format!("Note: {note}"));
    }
    Ok(inventory)
}

/// The devices meant by names and by `-t`, in the inventory's order.
pub(super) fn selected(
    inventory: &Inventory,
    names: &[String],
    global: &Global,
) -> Result<Vec<Device>, CliError> {
    let mut chosen: Vec<&Device> = inventory.select(&Selection::parse(&global.target)?)?;
    if !names.is_empty() {
        let named = inventory.select(&Selection::parse(names)?)?;
        chosen.retain(|device| named.iter().any(|n| n.name == device.name));
        if chosen.is_empty() {
            return Err(CliError::usage("No device is both named and selected with `-t`."));
        }
    }
    Ok(chosen.into_iter().cloned().collect())
}

/// The journal, for writing.
pub(super) fn journal(global: &Global) -> Result<Journal, CliError> {
    if !global.workspace.is_dir() {
        return Err(CliError::new(
            Exit::Unusable,
            format!("There is no directory {}, so it cannot be a workspace.", global.workspace.display()),
        ));
    }
    Ok(Journal::open(&state_dir(global))?)
}

/// The journal for reading; `None` where nothing has been run yet. Works on a read-only directory.
pub(super) fn journal_to_read(global: &Global) -> Result<Option<Journal>, CliError> {
    match Journal::open_read_only(&state_dir(global)) {
        Ok(journal) => Ok(Some(journal)),
        Err(JournalError::Missing { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Secrets in the operating system's keyring.
pub(super) fn secrets() -> Result<Secrets, CliError> {
    Ok(Secrets::open(SecretsConfig { index_dir: None, backend: Backend::Os })?)
}

/// A token that Ctrl-C cancels; a second Ctrl-C ends the program at once.
pub(super) fn ctrl_c(ui: &Ui) -> CancellationToken {
    let token = CancellationToken::new();
    let (stop, ui) = (token.clone(), ui.clone());
    tokio::spawn(async move {
        stop_asked_for().await;
        ui.say("Stopping. Devices that are being written to are finished and logged out first; press Ctrl-C again to give up on them.");
        stop.cancel();
        stop_asked_for().await;
        std::process::exit(i32::from(Exit::Interrupted.code()));
    });
    token
}

/// Waits for Ctrl-C, or for the signal by which a service manager or a scheduler ends a program.
async fn stop_asked_for() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    if tokio::signal::ctrl_c().await.is_err() {
        // Without a way to hear of Ctrl-C the run goes on to its end.
        std::future::pending::<()>().await;
    }
}

/// The users' family files: of the workspace's `vendors/`, then of `--vendor-dir`, so that the latter win.
pub(super) fn family_files(global: &Global) -> Result<Vec<PathBuf>, CliError> {
    let own = global.workspace.join("vendors");
    let mut files = if own.is_dir() { crate::family::find(&own)? } else { Vec::new() };
    if let Some(directory) = &global.vendor_dir {
        files.extend(crate::family::find(directory)?);
    }
    Ok(files)
}

/// The makers' adapters with the users' families, all of them checked before any connection.
pub(super) fn makers(global: &Global) -> Result<Vec<Arc<dyn Vendor>>, CliError> {
    let users = crate::family::load(&family_files(global)?, &crate::run::makers())?;
    crate::run::makers_with(&users).map_err(|e| CliError::new(Exit::Invalid, format!("{e}.")))
}

/// An engine over the workspace's journal, with progress for a number of devices.
pub(super) fn engine(
    ui: &Ui,
    global: &Global,
    total: usize,
    cancel: &CancellationToken,
) -> Result<Engine, CliError> {
    if let Some(directory) = &global.save_transcript {
        std::fs::create_dir_all(directory).map_err(|e| {
            CliError::new(
                Exit::Unusable,
                format!("The transcript directory {} cannot be made: {e}.", directory.display()),
            )
        })?;
    }
    let makers = makers(global)?;
    let settings = Settings {
        parallel: usize::from(global.parallel),
        transcripts: global.save_transcript.clone(),
        cancel: cancel.clone(),
        host: host(),
        ..Settings::default()
    };
    let observer = Arc::new(Progress::new(ui, total));
    Ok(Engine::new(journal(global)?, secrets()?, settings, observer).with_makers(makers))
}

/// Each device with its administrator's password, all of them resolved before any connection.
pub(super) async fn with_passwords(
    engine: &Engine,
    devices: Vec<Device>,
) -> Result<Vec<(Device, Option<KnownSecret>)>, CliError> {
    let mut known: std::collections::HashMap<crate::files::SecretRef, KnownSecret> =
        std::collections::HashMap::new();
    let mut all = Vec::with_capacity(devices.len());
    for device in devices {
        let secret = match &device.admin_secret {
            None => None,
            Some(reference) => match known.get(reference) {
                Some(secret) => Some(secret.clone()),
                None => {
                    let secret = engine.secret(reference, None).await.map_err(|error| {
                        CliError::from(error).hinted(format!(
                            "it is the administrator password of {}; no device was contacted",
                            device.name
                        ))
                    })?;
                    known.insert(reference.clone(), secret.clone());
                    Some(secret)
                }
            },
        };
        all.push((device, secret));
    }
    Ok(all)
}

/// This machine's name.
pub(super) fn host() -> String {
    ["HOSTNAME", "COMPUTERNAME"]
        .iter()
        .find_map(|name| std::env::var(name).ok())
        .or_else(|| std::fs::read_to_string("/etc/hostname").ok())
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "this machine".into())
}

/// The account this program runs as.
pub(super) fn user() -> String {
    ["USER", "USERNAME", "LOGNAME"].iter().find_map(|name| std::env::var(name).ok()).unwrap_or_default()
}

/// Refuses where nobody can answer a question, before any work is done.
pub(super) fn can_ask(ui: &Ui) -> Result<(), CliError> {
    if ui.is_interactive() {
        return Ok(());
    }
    Err(CliError::usage("Nobody can be asked here, because this is no terminal. Nothing was changed.")
        .hinted("look the changes over with `plan`, then run again with `--yes`"))
}

/// Asks a yes-or-no question on the terminal.
pub(super) fn confirmed(question: &str) -> Result<bool, CliError> {
    dialoguer::Confirm::new()
        .with_prompt(question)
        .default(false)
        .interact_on(&console::Term::stderr())
        .map_err(|e| {
            CliError::new(Exit::Interrupted, format!("No answer could be read: {e}. Nothing was changed."))
        })
}
