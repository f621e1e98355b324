//! The way back: what each device held before a run, and the passwords that can be restored with it.

use std::path::Path;

use scanfleet_sdk::{AuthMethod, Section, SmtpSettings};

use super::engine::KnownSecret;
use super::observe::PASSWORD;
use super::{Aim, BookAim, BookRestore, BookWish, Engine, Expected, RunError, Task};
use crate::files::SecretRef;
use crate::inventory::{Device, Inventory};
use crate::journal::{DeviceKey, JournalError, RunId, Snapshot, SnapshotReason, SnapshotSummary};
use crate::plan::{Desired, DesiredPassword};

/// What the way of signing in is called in a result.
const METHOD: &str = "smtp.auth.method";

/// One device's way back.
#[derive(Debug, Clone)]
pub struct Restore {
    /// The device as the inventory tells it now.
    pub device: Device,
    /// The settings it should hold again; absent where they stay as they are.
    pub snapshot: Option<Snapshot>,
    /// Its password then, where the keyring still has it; else why not.
    pub password: FormerPassword,
    /// The address book it should have again; absent where it stays as it is.
    pub book: Option<BookRestore>,
}

/// What is known of the password a device held.
#[derive(Debug, Clone)]
pub enum FormerPassword {
    /// The device did not sign in with one, or this program has not changed it since.
    NotNeeded,
    /// A version that the keyring still has.
    Known(KnownSecret),
    /// Nobody knows it; the text says why.
    Unrestorable(String),
}

/// Ways back, and devices that the inventory no longer has.
#[derive(Debug, Clone)]
pub struct Restores {
    /// The devices.
    pub devices: Vec<Restore>,
    /// Names of devices that the run changed and the inventory does not know, with their serial numbers.
    pub missing: Vec<String>,
}

impl Engine {
    /// Everything that a run changed, with what was there before. `only` narrows it to some devices.
    ///
    /// # Errors
    /// The run changed nothing, the journal cannot be read, or a keyring that holds a former password is locked.
    pub async fn before_run(
        &self,
        run: RunId,
        inventory: &Inventory,
        only: impl Fn(&Device) -> bool,
    ) -> Result<Restores, RunError> {
        let nothing = format!("The run {run} changed no device, so there is nothing to take back.");
        // The first of each section counts: it is what was there before the run.
        let snapshots = self
            .journal(move |journal| {
                let mut found: Vec<SnapshotSummary> = Vec::new();
                let mut all = journal.snapshots(None)?;
                all.retain(|s| s.run == Some(run) && s.reason == SnapshotReason::BeforeApply);
                for summary in all.into_iter().rev() {
                    if !found.iter().any(|s| s.key == summary.key && s.section == summary.section) {
                        found.push(summary);
                    }
                }
                Ok::<_, JournalError>(found)
            })
            .await?;
        if snapshots.is_empty() {
            return Err(RunError::Nothing(nothing));
        }
        let mut any_left_out = false;
        let mut restores = Restores { devices: Vec::new(), missing: Vec::new() };
        for summary in snapshots {
            let Some(device) = device_of(inventory, &summary) else {
                if !restores.missing.contains(&summary.device) {
                    restores.missing.push(summary.device.clone());
                }
                continue;
            };
            if !only(device) {
                any_left_out = true;
                continue;
            }
            let id = summary.id.to_string();
            let snapshot = self.journal(move |journal| journal.snapshot(&id)).await?;
            let restore = self.restore(device.clone(), snapshot, Some(run)).await?;
            if restore.snapshot.is_none() && restore.book.is_none() {
                continue;
            }
            match restores.devices.iter_mut().find(|r| r.device.name == device.name) {
                Some(other) => {
                    if restore.snapshot.is_some() {
                        (other.snapshot, other.password) = (restore.snapshot, restore.password);
                    }
                    other.book = other.book.take().or(restore.book);
                }
                None => restores.devices.push(restore),
            }
        }
        if restores.devices.is_empty() && restores.missing.is_empty() && !any_left_out {
            return Err(RunError::Nothing(nothing));
        }
        // The inventory's order, not that in which the run came to its devices.
        restores.devices.sort_by_key(|r| inventory.devices.iter().position(|d| d.name == r.device.name));
        Ok(restores)
    }

    /// One device's way back to a snapshot.
    ///
    /// # Errors
    /// The journal cannot be read, or a keyring that holds the former password is locked.
    pub async fn restore(
        &self,
        device: Device,
        snapshot: Snapshot,
        run: Option<RunId>,
    ) -> Result<Restore, RunError> {
        if snapshot.summary.section == Section::AddressBook {
            let book = self.former_entries(&snapshot, run).await?;
            return Ok(Restore { device, snapshot: None, password: FormerPassword::NotNeeded, book });
        }
        let password = self.former_password(&snapshot, run).await?;
        Ok(Restore { device, snapshot: Some(snapshot), password, book: None })
    }

    /// The way back of an address book; `None` where the run touched no entry.
    async fn former_entries(
        &self,
        snapshot: &Snapshot,
        run: Option<RunId>,
    ) -> Result<Option<BookRestore>, RunError> {
        let SnapshotSummary { id, serial, model, key, .. } = &snapshot.summary;
        let unrestorable = match run {
            None => Vec::new(),
            Some(run) => match self.lost_by(run, key, *id).await? {
                Some(lost) => lost,
                None => return Ok(None),
            },
        };
        Ok(Some(BookRestore {
            snapshot: *id,
            run,
            model: model.clone(),
            serial: serial.clone(),
            unrestorable,
        }))
    }

    async fn former_password(
        &self,
        snapshot: &Snapshot,
        run: Option<RunId>,
    ) -> Result<FormerPassword, RunError> {
        let key = snapshot.summary.key.clone();
        let (now, changed_by_run, open) = self
            .journal(move |journal| {
                let now = journal.pushed_password(&key, PASSWORD)?;
                let open = journal.open_intents(&key)?;
                let touched = match run {
                    Some(run) => {
                        let before = journal.pushed_before(&run, &key, PASSWORD)?;
                        before.as_ref().map(|b| &b.fingerprint) != now.as_ref().map(|n| &n.fingerprint)
                    }
                    None => now.is_some(),
                };
                let open = open.iter().any(|i| i.section == Section::Smtp.as_str());
                Ok::<_, JournalError>((now, touched || open, open))
            })
            .await?;
        match &snapshot.password {
            Some(then) => {
                let held = !open && now.is_some_and(|n| n.fingerprint == then.fingerprint);
                Ok(match self.stored(&then.reference, then.version).await? {
                    // What the device still holds need not be known to anybody.
                    FormerPassword::Unrestorable(_) if held => FormerPassword::NotNeeded,
                    other => other,
                })
            }
            None if !changed_by_run => Ok(FormerPassword::NotNeeded),
            None => {
                let was_used = serde_json::from_value::<SmtpSettings>(snapshot.typed.clone())
                    .is_ok_and(|s| s.auth.method == AuthMethod::Password);
                let why = if was_used {
                    "The password that was there before was never stored by scanfleet; type it in at the device."
                } else {
                    "The password that may have been there before was never stored by scanfleet, and no copier shows it; the device did not sign in with it."
                };
                Ok(FormerPassword::Unrestorable(why.into()))
            }
        }
    }

    async fn stored(&self, reference: &str, version: Option<u32>) -> Result<FormerPassword, RunError> {
        let parsed = match SecretRef::parse(reference, Path::new("")) {
            Ok(parsed) => parsed,
            Err(why) => return Ok(FormerPassword::Unrestorable(why)),
        };
        let Some(version) = version else {
            return Ok(FormerPassword::Unrestorable(format!(
                "The password that was there before came from {reference}, which keeps no former versions; type it in at the device."
            )));
        };
        match self.secret(&parsed, Some(version)).await {
            Ok(known) => Ok(FormerPassword::Known(known)),
            Err(error @ crate::secrets::SecretError::Locked { .. }) => Err(error.into()),
            Err(error) => Ok(FormerPassword::Unrestorable(error.to_string())),
        }
    }
}

impl Restore {
    /// The task that takes the device back.
    ///
    /// # Errors
    /// A sentence, when the snapshot cannot be read.
    pub fn task(&self, admin: Option<KnownSecret>) -> Result<Task, String> {
        let mut aim = Aim::default();
        let (mut model, mut serial) = (None, None);
        if let Some(snapshot) = &self.snapshot {
            let settings: SmtpSettings = serde_json::from_value(snapshot.typed.clone())
                .map_err(|e| format!("the snapshot {} cannot be read: {e}", snapshot.summary.id))?;
            let (wanted, password, mut because) = match &self.password {
                FormerPassword::Known(known) => {
                    let reference = SecretRef::parse(&known.reference, Path::new(""))?;
                    let wanted = DesiredPassword::Secret { reference, version: known.version };
                    (wanted, Some(known.clone()), None)
                }
                FormerPassword::NotNeeded => (DesiredPassword::Keep, None, None),
                FormerPassword::Unrestorable(why) => (DesiredPassword::Keep, None, Some(why.clone())),
            };
            aim.unrestorable.extend(because.iter().map(|_| PASSWORD.to_owned()));
            aim.desired = Desired::from_snapshot(&settings, wanted);
            // A way of signing in that has no word of its own cannot be asked for; everything else goes back.
            if settings.auth.method == AuthMethod::Other {
                aim.desired.auth_method = None;
                aim.unrestorable.push(METHOD.to_owned());
                let why = "how it signed in at the mail server has no word here (people at the panel, or only one kind of jobs): choose that on the device's page";
                because = Some(because.map_or_else(|| why.to_owned(), |first| format!("{first}; {why}")));
            }
            aim.unrestorable_because = because;
            aim.password = password;
            serial.clone_from(&snapshot.summary.serial);
            model = Some(snapshot.summary.model.clone());
        }
        if let Some(book) = &self.book {
            if !book.unrestorable.is_empty() {
                aim.unrestorable.extend(book.unrestorable.iter().cloned());
                let why = aim.unrestorable_because.take().map(|why| format!("{why} ")).unwrap_or_default();
                aim.unrestorable_because = Some(format!("{why}{FOLDER_PASSWORDS}"));
            }
            aim.book = Some(BookAim::new(BookWish::Back { snapshot: book.snapshot, run: book.run }));
            serial = serial.or_else(|| book.serial.clone());
            model = model.or_else(|| Some(book.model.clone()));
        }
        let model = model.filter(|model| !model.is_empty());
        Ok(Task {
            device: self.device.clone(),
            admin,
            aim,
            expected: Some(Expected { model, serial, changes: None }),
        })
    }
}

/// Why folder passwords stay lost.
pub(super) const FOLDER_PASSWORDS: &str = "Only the device knew the password of a folder; type it in there.";

/// The inventory's device that a snapshot is of: by serial number where both know one, by name otherwise.
fn device_of<'a>(inventory: &'a Inventory, snapshot: &SnapshotSummary) -> Option<&'a Device> {
    let by_name = inventory.devices.iter().find(|d| d.name == snapshot.device);
    by_name.or_else(|| {
        inventory
            .devices
            .iter()
            .find(|d| d.serial.is_some() && DeviceKey::of(d.serial.as_deref(), &d.name) == snapshot.key)
    })
}
