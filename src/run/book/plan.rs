//! Reading a device's address book and working out what has to change; nothing is written.

use std::collections::BTreeMap;

use scanfleet_sdk::{
    Book, BookCapabilities, BookWrite, Category, Certainty, DeviceError, Driver, FieldChange, Rerun, Section,
    Support,
};

use super::back::{self, Back};
use super::record::BookRecord;
use super::{BookAim, BookWish};
use crate::book::Who;
use crate::book::merge::{Base, GroupChange, Merge, UserChange, Verdict, merge, next_base, without};
use crate::files::words::count;
use crate::journal::{DeviceKey, JournalError, RunId, Settlement, SnapshotId};
use crate::run::attach::Attached;
use crate::run::words::{differences, some};
use crate::run::{Engine, Mode, Task};

/// How fields of address books begin.
pub(in crate::run) const FIELDS: &str = "address_book[";

/// What a device's address book holds and what is to become of it.
pub(in crate::run) struct BookPlan {
    pub(super) before: Book,
    pub(super) capabilities: BookCapabilities,
    /// What the journal keeps of it; its merge is what has to change.
    pub(super) record: BookRecord,
    /// What nobody can bring back.
    pub unrestorable: Vec<String>,
}

impl BookPlan {
    /// What has to change, and what has to be told about it.
    pub fn merge(&self) -> &Merge {
        &self.record.merge
    }

    /// How many entries would change.
    pub fn entries(&self) -> usize {
        self.merge().users.len() + self.merge().groups.len()
    }

    /// Folder passwords that writing loses, as fields.
    pub fn lost(&self) -> &[String] {
        &self.record.lost
    }

    /// Why nothing may be written, where a conflict is undecided.
    pub fn blocked(&self) -> Option<DeviceError> {
        let texts: Vec<&str> = self.merge().blocked().map(|conflict| conflict.text.as_str()).collect();
        if texts.is_empty() {
            return None;
        }
        let said = format!(
            "the list and somebody at the panel changed the same: {}",
            some(texts.iter().map(|text| text.trim_end_matches('.')), 4)
        );
        let error = DeviceError::new(Category::Interrupted, "merge the address book", said);
        Some(
            error
                .hint("write `on_conflict: keep-device` or `on_conflict: use-list` to decide, or correct the list; nothing was written")
                .rerun(Rerun::AfterMending),
        )
    }
}

/// What a wish asks for, before anything is checked.
#[derive(Default)]
struct Wished {
    back: Back,
    list: Option<String>,
    bases: BTreeMap<String, Base>,
    formerly: BTreeMap<String, Base>,
    aliases: Vec<Vec<String>>,
}

impl Engine {
    /// Reads the book and works out what has to change.
    pub(in crate::run) async fn plan_book(
        &self,
        task: &Task,
        aim: &BookAim,
        mode: &Mode,
        attached: &mut Attached,
    ) -> Result<BookPlan, DeviceError> {
        self.step(&task.device.name, "reading the address book");
        let before = attached.driver.read_book().await?;
        let capabilities = match attached.driver.book() {
            Support::Yes(capabilities) => capabilities,
            Support::No(why) => return Err(unsupported(&why)),
            Support::Unknown => {
                return Err(unsupported("nobody knows how this family takes changes of its address book"));
            }
        };
        let key = attached.known.key.clone();
        self.catch_up(mode, &key, &before, &capabilities).await?;
        let wished = self.wished(aim, &key, &before, &capabilities).await?;
        let Wished { back: Back { merge, unrestorable }, list, bases, formerly, aliases } = wished;
        let mut record = BookRecord { list, merge, bases, formerly, aliases, ..BookRecord::default() };
        if record.merge.is_empty() {
            self.remember(mode, &key, &record, &before).await?;
            return Ok(BookPlan { before, capabilities, record, unrestorable });
        }
        if let Support::No(why) = &capabilities.write {
            return Err(unsupported(why));
        }
        record.lost = losses(&before, &record.merge, &capabilities);
        if !record.lost.is_empty() && !aim.may_lose_passwords {
            let entries = record.lost.iter().map(|field| inner(field));
            return Err(DeviceError::new(
                Category::Unsupported,
                "work out the change",
                format!(
                    "this device takes such a change as a new file for the whole book only, and that loses the folder passwords of {}: {}",
                    count(record.lost.len(), "entry").replace("entrys", "entries"),
                    some(entries, 6)
                ),
            )
            .hint("type these passwords in again afterwards and agree with `--yes-lose-passwords`, or only add entries; nothing was written"));
        }
        if mode.run().is_some()
            && aim.removes_foreign()
            && !aim.may_remove_foreign
            && record.merge.foreign_removed > 0
        {
            return Err(DeviceError::new(
                Category::Unsupported,
                "remove entries of others",
                format!(
                    "{} would go that the list did not put there, and nobody has agreed to it",
                    entries_word(record.merge.foreign_removed)
                ),
            )
            .hint("look the plan over and agree with `--yes`; nothing was written"));
        }
        if let Some(agreed) = task.expected.as_ref().and_then(|e| e.changes.as_ref()) {
            let of_book = |c: &&FieldChange| c.field.starts_with(FIELDS);
            let agreed: Vec<FieldChange> = agreed.iter().filter(of_book).cloned().collect();
            if agreed != record.merge.fields {
                return Err(DeviceError::new(
                    Category::Interrupted,
                    "carry out the plan",
                    format!(
                        "the address book changed since the plan was made: {}",
                        differences(&agreed, &record.merge.fields)
                    ),
                )
                .hint("make a new plan; nothing was written"));
            }
        }
        Ok(BookPlan { before, capabilities, record, unrestorable })
    }

    /// What a wish asks for, with what the journal knows.
    async fn wished(
        &self,
        aim: &BookAim,
        key: &DeviceKey,
        now: &Book,
        capabilities: &BookCapabilities,
    ) -> Result<Wished, DeviceError> {
        let impossible = |problems: Vec<String>| {
            let problems: Vec<&str> = problems.iter().map(|p| p.trim_end_matches('.')).collect();
            DeviceError::new(Category::Unsupported, "work out the change", some(problems, 4))
                .hint("correct the list, or the device's own entries; nothing was written")
        };
        match &aim.wish {
            BookWish::List { list, contacts, options } => {
                let (key, name) = (key.clone(), list.clone());
                let base: Base = self
                    .journal(move |j| j.book_base(&key, &name))
                    .await
                    .map_err(looking)?
                    .unwrap_or_default();
                let merge = merge(&base, now, contacts, options, capabilities).map_err(impossible)?;
                let bases = BTreeMap::from([(list.clone(), base)]);
                let back = Back { merge, unrestorable: Vec::new() };
                Ok(Wished { back, list: Some(list.clone()), bases, ..Wished::default() })
            }
            BookWish::Without { address } => {
                let merge = without(now, address, capabilities).map_err(impossible)?;
                let bases = self.bases(key).await?;
                let back = Back { merge, unrestorable: Vec::new() };
                Ok(Wished { back, bases, ..Wished::default() })
            }
            BookWish::Back { snapshot, run } => {
                let before = self.former_book(*snapshot).await?;
                let mut bases = self.bases(key).await?;
                let Some(run) = *run else {
                    let back = back::whole(&before, now, capabilities).map_err(impossible)?;
                    return Ok(Wished { back, bases, ..Wished::default() });
                };
                let of = key.clone();
                let found =
                    self.journal(move |j| j.book_changes::<BookRecord>(&run, &of)).await.map_err(looking)?;
                let Some(changes) = found else { return Ok(Wished::default()) };
                let mut record = changes.body;
                if !changes.settled {
                    record.settle_late(now, capabilities);
                }
                let back = back::of_run(&before, &record, now, capabilities).map_err(impossible)?;
                bases.retain(|list, _| record.bases.contains_key(list));
                for list in record.bases.keys() {
                    bases.entry(list.clone()).or_default();
                }
                let aliases = record.user_words();
                Ok(Wished { back, list: None, bases, formerly: record.bases, aliases })
            }
        }
    }

    /// What a list put there may have gone or become known although there is nothing to write.
    async fn remember(
        &self,
        mode: &Mode,
        key: &DeviceKey,
        record: &BookRecord,
        now: &Book,
    ) -> Result<(), DeviceError> {
        let (Some(run), Some(list)) = (mode.run().copied(), record.list.clone()) else { return Ok(()) };
        let base = record.bases.get(&list).cloned().unwrap_or_default();
        let next = next_base(&base, &record.merge, &Verdict::default(), now, &[]);
        if next == base {
            return Ok(());
        }
        let key = key.clone();
        self.journal(move |j| j.save_book_base(&run, &key, &list, &next)).await.map_err(looking)
    }

    async fn bases(&self, key: &DeviceKey) -> Result<BTreeMap<String, Base>, DeviceError> {
        let key = key.clone();
        self.journal(move |j| j.book_bases(&key)).await.map_err(looking)
    }

    /// The address book of a snapshot.
    pub(in crate::run) async fn former_book(&self, id: SnapshotId) -> Result<Book, DeviceError> {
        let snapshot = self.journal(move |j| j.snapshot(&id.to_string())).await.map_err(looking)?;
        serde_json::from_value(snapshot.typed).map_err(|e| {
            DeviceError::workspace(
                "read a saved address book",
                format!("the snapshot {id} cannot be read: {e}"),
            )
        })
    }

    /// Finds out what became of changes whose run never came to read back, now that the book was read.
    async fn catch_up(
        &self,
        mode: &Mode,
        key: &DeviceKey,
        now: &Book,
        capabilities: &BookCapabilities,
    ) -> Result<(), DeviceError> {
        // A plan keeps nothing; it sees the base without them, and the run that follows sees more.
        if mode.run().is_none() {
            return Ok(());
        }
        let of = key.clone();
        let open = self.journal(move |j| j.open_book_changes::<BookRecord>(&of)).await.map_err(looking)?;
        for mut left in open {
            // Another run of the same list may have come to its end since: what it knows counts.
            let current = self.bases(key).await?;
            for (list, base) in &mut left.body.bases {
                if let Some(current) = current.get(list) {
                    base.clone_from(current);
                }
            }
            let bases = left.body.settle_late(now, capabilities);
            let of = key.clone();
            self.journal(move |j| j.settle_book(&left.run, &of, &left.body, &bases))
                .await
                .map_err(looking)?;
        }
        self.settle_section(mode, key, Section::AddressBook, Settlement::Unknown).await
    }

    /// Which entries a run is going to touch, for the preview of a rollback; `None` where it touched no address book.
    pub(in crate::run) async fn lost_by(
        &self,
        run: RunId,
        key: &DeviceKey,
        snapshot: SnapshotId,
    ) -> Result<Option<Vec<String>>, JournalError> {
        let key = key.clone();
        self.journal(move |journal| {
            let Some(changes) = journal.book_changes::<BookRecord>(&run, &key)? else { return Ok(None) };
            if !changes.body.touched_any() {
                return Ok(None);
            }
            let before = serde_json::from_value::<Book>(journal.snapshot(&snapshot.to_string())?.typed);
            Ok(Some(back::lost_passwords(&before.unwrap_or_default(), &changes.body)))
        })
        .await
    }
}

fn looking(error: JournalError) -> DeviceError {
    DeviceError::workspace("look up what was put into the address book", error.to_string())
}

fn unsupported(why: &str) -> DeviceError {
    DeviceError::new(Category::Unsupported, "change the address book", why).hint("nothing was written")
}

/// Passwords that go although nobody touches their entries, because the whole book is written anew without them.
fn losses(before: &Book, merge: &Merge, capabilities: &BookCapabilities) -> Vec<String> {
    if capabilities.write != Support::Yes(BookWrite::Import { loses_passwords: true }) {
        return Vec::new();
    }
    let adds_only = merge.users.iter().all(|u| matches!(u.change, UserChange::Add { .. }))
        && merge.groups.iter().all(|g| matches!(g.change, GroupChange::Add { .. }));
    if adds_only {
        return Vec::new();
    }
    let goes = |id: &str| {
        merge.users.iter().any(|u| matches!(&u.change, UserChange::Remove { entry } if entry.id == id))
    };
    before
        .entries
        .iter()
        .filter(|entry| back::holds_password(entry) && !goes(&entry.id))
        .map(|entry| Who::of(entry).field("folder.password"))
        .collect()
}

/// The word between the brackets of a field.
fn inner(field: &str) -> &str {
    field.strip_prefix(FIELDS).and_then(|rest| rest.rsplit_once("].")).map_or(field, |(word, _)| word)
}

/// `1 entry`, `2 entries`.
pub(in crate::run) fn entries_word(number: usize) -> String {
    if number == 1 { "1 entry".to_owned() } else { format!("{number} entries") }
}

/// What the write path rests on, where that is no more than an assumption.
pub(in crate::run) fn assumptions(driver: &dyn Driver) -> Option<String> {
    let family = driver.family();
    (family.book_write == Some(Certainty::Assumed)).then(|| {
        format!(
            "The way this family ({}) changes its address book is partly assumed; the read-back decides.",
            family.id
        )
    })
}
