//! `scanfleet plan`: what a playbook would change.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::args::Global;
use super::context;
use super::error::{CliError, Exit};
use super::render;
use super::ui::Ui;
use crate::book::ContactList;
use crate::files::SecretRef;
use crate::inventory::{Device, Inventory};
use crate::plan::{Desired, DesiredPassword, PlanFile, PlannedBook, PlannedDevice, PlannedList};
use crate::playbook::{Playbook, WantedBook};
use crate::run::{Aim, BookAim, BookWish, Engine, KnownSecret, Mode, ResultKind, RunOutcome, Task};

/// Options of `plan`.
#[derive(Debug, Args)]
pub struct PlanArgs {
    /// The playbook.
    pub playbook: PathBuf,
    /// Keeps the plan in a file, for `scanfleet apply FILE`.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Plans as if the loss of folder passwords were agreed to, on devices that take changes of their address book as a
    /// whole file only.
    #[arg(long)]
    pub yes_lose_passwords: bool,
    /// Exits with 4 when changes are pending.
    #[arg(long)]
    pub detailed_exitcode: bool,
}

pub(super) async fn run(ui: &Ui, global: &Global, args: PlanArgs) -> Result<Exit, CliError> {
    let mut prepared = Prepared::from_playbook(ui, global, &args.playbook).await?;
    lose_passwords(&mut prepared.tasks, args.yes_lose_passwords);
    let (outcome, tasks) = prepared.plan().await;
    if let Some(path) = &args.output {
        prepared.file(&outcome, &tasks).save(path)?;
        ui.say(format!("The plan is kept in {}. Carry it out with `scanfleet apply {0}`.", path.display()));
    }
    render::outcome(ui, &outcome)?;
    let exit = Exit::of(&outcome);
    let pending = outcome.count(ResultKind::Pending) > 0;
    Ok(if exit == Exit::Done && pending && args.detailed_exitcode { Exit::Pending } else { exit })
}

/// Notes that somebody has agreed, or not, to the loss of folder passwords.
pub(super) fn lose_passwords(tasks: &mut [Task], agreed: bool) {
    for book in tasks.iter_mut().filter_map(|task| task.aim.book.as_mut()) {
        book.may_lose_passwords = agreed;
    }
}

/// A playbook and the devices it means, with every secret resolved: nothing has been connected to yet.
pub(super) struct Prepared {
    pub engine: Engine,
    pub playbook: Playbook,
    pub tasks: Vec<Task>,
}

impl Prepared {
    pub(super) async fn from_playbook(ui: &Ui, global: &Global, path: &Path) -> Result<Self, CliError> {
        let playbook = Playbook::load(path)?;
        for note in &playbook.notes {
            ui.say(format!("Note: {note}"));
        }
        let inventory = context::inventory(ui, global)?;
        let chosen = context::selected(&inventory, &[], global)?;
        let wishes = wishes(&playbook, &inventory, &chosen)?;
        for note in list_notes(&wishes) {
            ui.say(format!("Note: {note}"));
        }
        let cancel = context::ctrl_c(ui);
        let engine = context::engine(ui, global, wishes.len(), &cancel)?;
        let tasks = tasks(&engine, wishes).await?;
        Ok(Self { engine, playbook, tasks })
    }

    /// Reads and compares. The tasks come back with what was found, for an `apply` that follows.
    pub(super) async fn plan(&self) -> (RunOutcome, Vec<Task>) {
        let outcomes = self.engine.run(self.tasks.clone(), Mode::Plan).await;
        let interrupted = self.engine.settings.cancel.is_cancelled();
        let outcome = RunOutcome::of(None, Some(self.playbook.name.clone()), outcomes, interrupted);
        (outcome, self.tasks.clone())
    }

    fn file(&self, outcome: &RunOutcome, tasks: &[Task]) -> PlanFile {
        let mut lists: BTreeMap<String, PlannedList> = BTreeMap::new();
        let mut devices = Vec::new();
        let pending = outcome.devices.iter().zip(tasks).filter(|(d, _)| d.result == ResultKind::Pending);
        for (device, task) in pending {
            let book = match task.aim.book.as_ref().map(|book| &book.wish) {
                Some(BookWish::List { list, contacts, options }) => {
                    let people = contacts.file.display().to_string();
                    lists.entry(people.clone()).or_insert_with(|| PlannedList::from(contacts.as_ref()));
                    Some(PlannedBook { list: list.clone(), people, options: *options })
                }
                _ => None,
            };
            devices.push(PlannedDevice {
                name: device.name.clone(),
                model: device.model.clone().unwrap_or_default(),
                serial: device.serial.clone(),
                changes: device.changes.clone(),
                desired: task.aim.desired.clone(),
                password: match &task.aim.desired.password {
                    DesiredPassword::Keep => None,
                    DesiredPassword::Secret { reference, .. } => Some(reference.to_string()),
                },
                book,
            });
        }
        PlanFile {
            scanfleet_plan: PlanFile::layout(&lists),
            playbook: self.playbook.name.clone(),
            playbook_file: self.playbook.file.clone(),
            playbook_sha256: self.playbook.sha256.clone(),
            made: jiff::Timestamp::now().to_string(),
            lists,
            devices,
        }
    }
}

/// What one device should hold.
pub(super) struct Wish {
    pub device: Device,
    pub desired: Desired,
    pub book: Option<BookAim>,
}

/// What each device should hold: the plays that mean it, laid over each other in order. Lists are read and checked here.
pub(super) fn wishes(
    playbook: &Playbook,
    inventory: &Inventory,
    chosen: &[Device],
) -> Result<Vec<Wish>, CliError> {
    let mut wishes: HashMap<&str, (Desired, Option<WantedBook>)> = HashMap::new();
    for play in &playbook.plays {
        let targets = match play.target() {
            Some(selection) => inventory.select(selection)?,
            None => inventory.devices.iter().collect(),
        };
        for device in targets {
            if !chosen.iter().any(|c| c.name == device.name) {
                continue;
            }
            let site = inventory.site_of(device);
            let later = Desired::from_playbook(&play.wanted(playbook, device, site)?);
            let later_book = play.wanted_book(playbook, device, site)?;
            let (desired, book) = wishes.remove(device.name.as_str()).unwrap_or_default();
            let book = match (book, later_book) {
                (Some(book), Some(later)) => Some(book.then(later, playbook, &device.name)?),
                (book, later) => later.or(book),
            };
            wishes.insert(&device.name, (desired.then(later), book));
        }
    }
    let mut lists: HashMap<PathBuf, Arc<ContactList>> = HashMap::new();
    let mut meant = Vec::new();
    for device in chosen {
        let Some((desired, book)) = wishes.remove(device.name.as_str()) else { continue };
        let book = match book {
            None => None,
            Some(wanted) => {
                let contacts = match lists.get(&wanted.file) {
                    Some(contacts) => Arc::clone(contacts),
                    None => {
                        let contacts = Arc::new(ContactList::load(&wanted.file)?);
                        lists.insert(wanted.file.clone(), Arc::clone(&contacts));
                        contacts
                    }
                };
                let WantedBook { list, options, .. } = wanted;
                Some(BookAim::new(BookWish::List { list, contacts, options }))
            }
        };
        meant.push(Wish { device: device.clone(), desired, book });
    }
    if meant.is_empty() {
        return Err(CliError::usage("The playbook's targets and `-t` have no device in common."));
    }
    Ok(meant)
}

/// What lists have that looks odd, each list once.
pub(super) fn list_notes(wishes: &[Wish]) -> Vec<String> {
    let mut seen: Vec<&ContactList> = Vec::new();
    for wish in wishes {
        if let Some(BookWish::List { contacts, .. }) = wish.book.as_ref().map(|book| &book.wish)
            && !seen.iter().any(|list| list.file == contacts.file)
        {
            seen.push(contacts);
        }
    }
    let named = |list: &&ContactList| {
        let file = list.file.display().to_string();
        list.notes.iter().map(move |note| format!("{file}: {note}")).collect::<Vec<_>>()
    };
    seen.iter().flat_map(named).collect()
}

/// Resolves every secret, so that a missing one is known before any connection.
pub(super) async fn tasks(engine: &Engine, wishes: Vec<Wish>) -> Result<Vec<Task>, CliError> {
    let mut devices = Vec::new();
    let mut rest = Vec::new();
    for Wish { device, desired, book } in wishes {
        devices.push(device);
        rest.push((desired, book));
    }
    let mut known: HashMap<SecretRef, KnownSecret> = HashMap::new();
    let mut tasks = Vec::new();
    for ((device, admin), (desired, book)) in
        context::with_passwords(engine, devices).await?.into_iter().zip(rest)
    {
        let password = match &desired.password {
            DesiredPassword::Keep => None,
            DesiredPassword::Secret { reference, version } => match known.get(reference) {
                Some(secret) => Some(secret.clone()),
                None => {
                    let secret = engine.secret(reference, *version).await.map_err(|error| {
                        CliError::from(error).hinted("the playbook names it; no device was contacted")
                    })?;
                    known.insert(reference.clone(), secret.clone());
                    Some(secret)
                }
            },
        };
        tasks.push(Task {
            device,
            admin,
            aim: Aim { desired, password, book, ..Aim::default() },
            expected: None,
        });
    }
    Ok(tasks)
}
