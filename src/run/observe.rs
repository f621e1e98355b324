//! Reading what devices hold, and putting it into words for the journal and for people.

use std::sync::Arc;

use scanfleet_sdk::transport::{Access, ConnectionFacts};
use scanfleet_sdk::{Book, Category, DeviceError, Identity, Observed, Section, SmtpSettings};
use serde::Serialize;
use serde_json::{Value, json};

use super::attach::{Attached, Known};
use super::book::book_snapshot;
use super::{DeviceOutcome, Engine, Event, ResultKind, Task};
use crate::inventory::Device;
use crate::journal::{
    DeviceKey, DeviceResult, Journal, JournalError, NewSnapshot, PasswordAtSnapshot, RunId, SnapshotId,
    SnapshotReason,
};
use crate::run::engine::KnownSecret;

/// The password's field, as changes and the journal call it.
pub(super) const PASSWORD: &str = "smtp.password";

/// Which sections to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// Maker, model, serial number, firmware; needs no log-in.
    Identity,
    /// Scan-to-email settings.
    Smtp,
    /// The address book.
    Book,
    /// Everything. A family whose address books cannot be read has none, and a note says so.
    All,
    /// Everything that can be read: an address book whose pages are not as they are known is noted as well.
    Readable,
}

/// What a device holds now; the JSON of `show`.
#[derive(Debug, Clone, Serialize)]
pub struct DeviceView {
    /// The device's name in the inventory.
    pub device: String,
    /// Who it says it is.
    pub identity: Identity,
    /// The family that was used.
    pub family: String,
    /// Scan-to-email settings; absent where only the identity was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smtp: Option<SmtpSettings>,
    /// The address book; absent where it was not asked for or cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address_book: Option<Book>,
    /// What else is worth knowing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Facts about the connection.
    pub connection: ConnectionFacts,
    /// What the device is known by, for a snapshot.
    #[serde(skip)]
    pub(super) known: Known,
    /// The settings as they were read, for a snapshot.
    #[serde(skip)]
    pub(super) observed: Option<Observed>,
}

impl Engine {
    /// Reads one device; nothing that can alter it leaves.
    ///
    /// # Errors
    /// Why it could not be read.
    pub async fn view(
        &self,
        device: &Device,
        admin: Option<&KnownSecret>,
        view: View,
    ) -> Result<DeviceView, DeviceError> {
        self.observer.event(&Event::Started { device: &device.name });
        let result = self.view_quietly(device, admin, view).await;
        let outcome = match &result {
            Ok(_) => DeviceOutcome::new(&device.name, ResultKind::Unchanged, "Read."),
            Err(error) => DeviceOutcome::failed(&device.name, error),
        };
        self.finished(&outcome);
        result
    }

    async fn view_quietly(
        &self,
        device: &Device,
        admin: Option<&KnownSecret>,
        view: View,
    ) -> Result<DeviceView, DeviceError> {
        let access = |maker: &dyn scanfleet_sdk::Vendor| Access::ReadOnly(maker.reads());
        let mut attached = self.attach(device, admin, None, access, None, &self.settings.cancel).await?;
        let read = match view {
            View::Identity => Ok(Sections::default()),
            _ => self.log_in_and_read(device, admin, &mut attached, view).await,
        };
        let closed = attached.driver.close().await;
        let Sections { observed, book, note } = read?;
        let facts = attached.driver.session().facts().clone();
        let mut notes = connection_notes(&facts);
        notes.extend(note);
        if let Err(error) = closed {
            notes.push(format!("Logging out failed ({}).", error.got));
        }
        Ok(DeviceView {
            device: device.name.clone(),
            identity: attached.known.identity.clone(),
            family: attached.known.family.id.clone(),
            smtp: observed.as_ref().map(|o| o.smtp.clone()),
            address_book: book,
            notes,
            connection: facts,
            known: attached.known.clone(),
            observed,
        })
    }

    async fn log_in_and_read(
        &self,
        device: &Device,
        admin: Option<&KnownSecret>,
        attached: &mut Attached,
        view: View,
    ) -> Result<Sections, DeviceError> {
        self.sign_in(device, admin, None, attached).await?;
        let mut sections = Sections::default();
        if view != View::Book {
            self.step(&device.name, "reading the settings");
            sections.observed = Some(attached.driver.read(Section::Smtp).await?);
        }
        if view != View::Smtp {
            self.step(&device.name, "reading the address book");
            match attached.driver.read_book().await {
                Ok(book) => sections.book = Some(book),
                Err(error)
                    if matches!(view, View::All | View::Readable)
                        && error.category == Category::Unsupported =>
                {
                    sections.note = Some(format!("The address book was not read: {}.", error.got));
                }
                // The settings were read and are worth showing.
                Err(error) if view == View::Readable && error.category == Category::PageChanged => {
                    sections.note = Some(error.to_string());
                }
                Err(error) => return Err(error),
            }
        }
        Ok(sections)
    }

    /// Keeps what was read as snapshots, one a section; none where only the identity was read.
    ///
    /// # Errors
    /// The journal could not take it.
    pub async fn keep(&self, view: &DeviceView) -> Result<Vec<(Section, SnapshotId)>, JournalError> {
        let DeviceView { device, known, .. } = view;
        let mut snapshots = Vec::new();
        if let Some(observed) = &view.observed {
            let (key, identity) = (&known.key, &view.identity);
            snapshots.push(snapshot_of(None, device, key, identity, observed, SnapshotReason::Manual));
        }
        if let Some(book) = &view.address_book {
            snapshots.push(book_snapshot(device, known, book, SnapshotReason::Manual));
        }
        self.journal(move |journal| {
            let kept = snapshots.into_iter().map(|snapshot| {
                let section = snapshot.section;
                let id = match section {
                    Section::Smtp => keep(journal, snapshot)?,
                    _ => journal.save_snapshot(&snapshot)?,
                };
                Ok((section, id))
            });
            kept.collect()
        })
        .await
    }

    /// Reads many devices at once; `None` for those whose turn never came.
    pub async fn views(
        &self,
        devices: Vec<(Device, Option<KnownSecret>)>,
        view: View,
    ) -> Vec<Option<Result<DeviceView, DeviceError>>> {
        let engine = Arc::new(self.clone());
        let job = move |(device, admin): (Device, Option<KnownSecret>)| {
            let engine = Arc::clone(&engine);
            async move { engine.view(&device, admin.as_ref(), view).await }
        };
        let broken = |_| Err(broken_task());
        super::fleet::on_each(devices, self.settings.parallel, &self.settings.cancel, job, broken).await
    }
}

/// What was read of a device.
#[derive(Default)]
struct Sections {
    observed: Option<Observed>,
    book: Option<Book>,
    note: Option<String>,
}

/// A task that panicked: a bug of ours, and still only one device's result.
pub(super) fn broken_task() -> DeviceError {
    DeviceError::workspace("work on the device", "scanfleet itself failed; this is a bug")
}

/// What the connection was, where a person should know.
pub(super) fn connection_notes(facts: &ConnectionFacts) -> Vec<String> {
    let mut notes = Vec::new();
    if facts.plain_http {
        notes.push("The device was spoken to over plain http.".into());
    }
    if facts.legacy_tls {
        let protocol = facts.certificate.as_ref().map_or("an old TLS", |c| c.protocol.as_str());
        notes.push(format!("The device was spoken to over {protocol}, which is no longer secure."));
    }
    if facts.certificate.as_ref().is_some_and(|c| c.expired) {
        notes.push("The device's certificate has expired; it is trusted by its fingerprint.".into());
    }
    notes
}

/// What was read as a snapshot; what is known of the password is added when it is stored.
pub(super) fn snapshot_of(
    run: Option<&RunId>,
    device: &str,
    key: &DeviceKey,
    identity: &Identity,
    observed: &Observed,
    reason: SnapshotReason,
) -> NewSnapshot {
    NewSnapshot {
        run: run.copied(),
        device: device.to_owned(),
        key: key.clone(),
        serial: identity.serial.clone(),
        vendor: identity.vendor.clone(),
        model: identity.model.clone(),
        firmware: identity.firmware.clone(),
        section: Section::Smtp,
        typed: json!(observed.smtp),
        raw: observed.raw.clone(),
        password: None,
        reason,
    }
}

/// Stores a snapshot together with what the journal knows of the password the device holds.
pub(super) fn keep(journal: &Journal, mut snapshot: NewSnapshot) -> Result<SnapshotId, JournalError> {
    snapshot.password = journal.pushed_password(&snapshot.key, PASSWORD)?.map(|pushed| PasswordAtSnapshot {
        field: PASSWORD.to_owned(),
        fingerprint: pushed.fingerprint,
        reference: pushed.reference,
        version: pushed.version,
    });
    journal.save_snapshot(&snapshot)
}

/// An outcome as the journal keeps it; `known` is absent where the device was never reached or recognised.
pub(super) fn journal_entry(task: &Task, known: Option<&Known>, outcome: &DeviceOutcome) -> DeviceResult {
    let identity = known.map(|k| &k.identity);
    DeviceResult {
        device: task.device.name.clone(),
        address: task.device.address.clone(),
        vendor: identity.map(|i| i.vendor.clone()).or_else(|| task.device.vendor.clone()),
        model: identity.map(|i| i.model.clone()),
        serial: identity.and_then(|i| i.serial.clone()),
        firmware: identity.and_then(|i| i.firmware.clone()),
        result: outcome.result,
        grade: outcome.grade,
        category: outcome.category,
        message: outcome.message.clone(),
        changes: outcome.changes.clone(),
        unrestorable: outcome.unrestorable.clone(),
        family: known.map(|k| k.family.clone()),
        connection: outcome.connection.as_ref().map_or(Value::Null, |c| json!(c)),
        requests: outcome.connection.as_ref().map_or(0, |c| c.requests),
    }
}
