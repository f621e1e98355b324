//! Writing an address book: snapshot, users, groups, read-back, and what is remembered.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use scanfleet_sdk::{
    Book, BookEntry, Category, DeviceError, EntryChange, EntryKind, FieldChange, FolderDestination, RawForm,
    Section,
};
use serde_json::json;

use super::batch::Batch;
use super::find;
use super::plan::{BookPlan, FIELDS};
use super::record::BookRecord;
use super::verdict::Came;
use crate::book::merge::{Base, Merge, PlannedGroup, PlannedUser, UserChange, Verdict, verdict};
use crate::journal::{JournalError, NewSnapshot, Settlement, SnapshotReason};
use crate::run::attach::{Attached, Known};
use crate::run::work::Writes;
use crate::run::{Engine, Event};

/// What came of an address book that was written to.
#[derive(Debug, Default)]
pub(in crate::run) struct BookDone {
    /// What is there now that was not before, as read back.
    pub changes: Vec<FieldChange>,
    /// How many entries are as asked for.
    pub entries: usize,
    /// How many values nobody could read back.
    pub unread: usize,
    /// Whether an answer was lost that reading back has settled.
    pub lost: bool,
    /// What is not as it should be.
    pub error: Option<DeviceError>,
}

impl Engine {
    /// Writes what [`Engine::plan_book`] has found to be different, and reads it back.
    ///
    /// # Errors
    /// Nothing was written to the book, or (`unconfirmed`, or the journal failed) it could not be read back.
    pub(in crate::run) async fn write_book(
        &self,
        writes: &Writes<'_>,
        attached: &mut Attached,
        plan: BookPlan,
    ) -> Result<BookDone, DeviceError> {
        let Writes { task, mode, run, witness, writing } = *writes;
        let name = &task.device.name;
        let BookPlan { before, capabilities, mut record, .. } = plan;
        let gate = self.unproven(&attached.known, Section::AddressBook).await?;
        let _first = match &gate {
            Some(gate) => {
                self.step(name, "waiting for the first of its model");
                Some(gate.lock().await)
            }
            None => None,
        };
        if self.settings.cancel.is_cancelled() {
            return Err(DeviceError::new(
                Category::Interrupted,
                "change the address book",
                "the run was stopped before that",
            )
            .hint("nothing was written to it"));
        }
        let _writing = writing.lock().await;
        let full = self.complete_entries(name, attached, &before, &mut record).await?;
        self.save_book(writes, &attached.known, &before, full).await?;
        let (key, id, begun) = (attached.known.key.clone(), *run, record.clone());
        self.journal(move |j| j.begin_book(&id, &key, &begun)).await.map_err(keeping)?;
        let written = witness.writes();

        self.step(name, "changing the address book");
        let todo: Vec<(usize, EntryChange)> =
            record.order().into_iter().map(|(index, user)| (index, user.to_change(None))).collect();
        let mut users = Batch::default();
        if !todo.is_empty() {
            users = self.batch(name, attached, &before, todo).await?;
        }
        let mut groups = Batch::default();
        if users.stopped.is_none() && !record.merge.groups.is_empty() {
            let now = users.after.take().unwrap_or_else(|| before.clone());
            groups = self.write_groups(name, attached, &now, &record).await?;
            users.after = Some(now);
        } else {
            groups.not_tried.extend(0..record.merge.groups.len());
            groups.stopped.clone_from(&users.stopped);
        }
        let posts = users.posts + groups.posts;
        if posts == 0
            && users.lost.is_empty()
            && groups.lost.is_empty()
            && witness.writes() == written
            && let Some(error) = first_error(&users, &groups)
        {
            // Nothing left for the device that could alter it.
            record.users = vec![false; record.merge.users.len()];
            record.groups = vec![false; record.merge.groups.len()];
            self.keep_record(writes, &attached.known, &record, &BTreeMap::new()).await?;
            self.settle_section(mode, &attached.known.key, Section::AddressBook, Settlement::NotApplied)
                .await?;
            return Err(error);
        }
        let after = groups.after.take().or_else(|| users.after.take());
        let after = match after {
            Some(after) => after,
            None => attached.driver.read_book().await?,
        };
        let whole = self.whole_entries(attached, &record, &users, &after).await;
        let mut found = verdict(&record.merge, &before, &after, &whole, &capabilities);
        destinations(&record.merge, &after, &whole, &mut found);
        let bases = record.settle(&found, &after, &whole);
        self.keep_record(writes, &attached.known, &record, &bases).await?;
        let came = Came { merge: &record.merge, verdict: &found, users: &users, groups: &groups };
        let error = came.error();
        let settlement = if error.is_none() { Settlement::Applied } else { Settlement::Unknown };
        self.settle_section(mode, &attached.known.key, Section::AddressBook, settlement).await?;
        let done = BookDone {
            changes: came.changes(),
            entries: came.done(),
            unread: came.unread(),
            lost: !users.lost.is_empty() || !groups.lost.is_empty(),
            error,
        };
        if done.error.is_none() && done.changes.len() > done.unread {
            self.prove(mode, &attached.known, Section::AddressBook).await?;
        }
        debug_assert!(done.changes.iter().all(|c| c.field.starts_with(FIELDS)));
        Ok(done)
    }

    /// Reads everything about the entries that are about to be touched: only that can be put back. Stops where one is no
    /// longer as the plan saw it. Gives what was read, by handle.
    async fn complete_entries(
        &self,
        name: &str,
        attached: &mut Attached,
        book: &Book,
        record: &mut BookRecord,
    ) -> Result<HashMap<String, BookEntry>, DeviceError> {
        let merge = &record.merge;
        let users = merge.users.iter().filter_map(PlannedUser::entry);
        let groups = merge.groups.iter().filter_map(PlannedGroup::entry);
        let mut ids: BTreeSet<String> = users.chain(groups).map(|entry| entry.id.clone()).collect();
        let removes = merge.users.iter().any(|user| matches!(user.change, UserChange::Remove { .. }));
        if removes && !book.told.members {
            // Whoever leaves the book leaves its groups, too; a rollback has to know them.
            let groups = book.entries.iter().filter(|e| e.kind == EntryKind::Group);
            ids.extend(groups.map(|e| e.id.clone()));
        }
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        self.step(name, "reading the entries that change");
        let touched = book.entries.iter().filter(|entry| ids.contains(&entry.id));
        let mut full = HashMap::new();
        for (at, entry) in touched.enumerate() {
            if self.settings.cancel.is_cancelled() {
                return Err(DeviceError::new(
                    Category::Interrupted,
                    "change the address book",
                    "the run was stopped before that",
                )
                .hint("nothing was written to it"));
            }
            let whole = BookEntry { id: entry.id.clone(), ..attached.driver.read_entry(entry).await? };
            let changed = |why: String| {
                DeviceError::new(Category::Interrupted, "change the address book", why.trim_end_matches('.'))
                    .hint("make a new plan; nothing was written")
            };
            record.merge.complete(whole.clone(), book).map_err(changed)?;
            full.insert(whole.id.clone(), whole);
            self.observer.event(&Event::Entries { device: name, done: at + 1, total: ids.len() });
        }
        Ok(full)
    }

    async fn save_book(
        &self,
        writes: &Writes<'_>,
        known: &Known,
        before: &Book,
        mut full: HashMap<String, BookEntry>,
    ) -> Result<(), DeviceError> {
        self.step(&writes.task.device.name, "saving the address book");
        let entry = |listed: &BookEntry| full.remove(&listed.id).unwrap_or_else(|| listed.clone());
        let before = Book {
            entries: before.entries.iter().map(entry).collect(),
            told: before.told,
            columns: before.columns.clone(),
        };
        let snapshot = NewSnapshot {
            run: Some(*writes.run),
            ..book_snapshot(&writes.task.device.name, known, &before, SnapshotReason::BeforeApply)
        };
        self.journal(move |j| j.save_snapshot(&snapshot))
            .await
            .map(|_| ())
            .map_err(|e| DeviceError::workspace("save the address book", e.to_string()))
    }

    /// Makes groups what they should be, with the handles that the users have now.
    async fn write_groups(
        &self,
        name: &str,
        attached: &mut Attached,
        now: &Book,
        record: &BookRecord,
    ) -> Result<Batch, DeviceError> {
        let mut todo = Vec::new();
        let mut errors = BTreeMap::new();
        for (index, group) in record.merge.groups.iter().enumerate() {
            let full = match find::group(now, &group.name, None) {
                Some(entry) if !now.told.members => Some(attached.driver.read_entry(entry).await),
                _ => None,
            };
            let resolved = match full {
                Some(Err(error)) => Err(error),
                Some(Ok(full)) => group.resolve(now, Some(&full)).map_err(|why| unresolved(&why)),
                None => group.resolve(now, None).map_err(|why| unresolved(&why)),
            };
            match resolved {
                Ok(Some(change)) => todo.push((index, change)),
                Ok(None) => {}
                Err(error) => {
                    errors.insert(index, error);
                }
            }
        }
        let mut batch = Batch::default();
        if !todo.is_empty() {
            self.step(name, "changing the groups of the address book");
            batch = self.batch(name, attached, now, todo).await?;
        }
        batch.errors.append(&mut errors);
        Ok(batch)
    }

    /// Entries whose new values the list does not tell, read whole. An entry that cannot be read stays unread.
    async fn whole_entries(
        &self,
        attached: &mut Attached,
        record: &BookRecord,
        users: &Batch,
        after: &Book,
    ) -> Vec<BookEntry> {
        let mut whole = Vec::new();
        for (index, user) in record.merge.users.iter().enumerate() {
            let leads = user.wanted().is_some_and(|w| w.folder.is_some() || w.fax.is_some());
            if users.not_tried.contains(&index) || !(leads || user.needs_whole(after.told)) {
                continue;
            }
            let hint = user.entry().map(|entry| entry.id.as_str());
            let Some(entry) = find::user(after, &user.after(), hint) else { continue };
            match attached.driver.read_entry(entry).await {
                Ok(read) => whole.push(BookEntry { id: entry.id.clone(), ..read }),
                Err(error) => {
                    tracing::warn!(%error, "an entry could not be read whole");
                    break;
                }
            }
        }
        // The members of groups that were touched, where the reading does not tell them.
        if !after.told.members {
            for group in &record.merge.groups {
                let Some(entry) = find::group(after, &group.name, None) else { continue };
                if let Ok(read) = attached.driver.read_entry(entry).await {
                    whole.push(BookEntry { id: entry.id.clone(), ..read });
                }
            }
        }
        whole
    }

    async fn keep_record(
        &self,
        writes: &Writes<'_>,
        known: &Known,
        record: &BookRecord,
        bases: &BTreeMap<String, Base>,
    ) -> Result<(), DeviceError> {
        let (run, key) = (*writes.run, known.key.clone());
        let (record, bases) = (Arc::new(record.clone()), bases.clone());
        self.journal(move |j| j.settle_book(&run, &key, &*record, &bases)).await.map_err(keeping)
    }
}

/// A book as a snapshot that belongs to no run.
pub(in crate::run) fn book_snapshot(
    device: &str,
    known: &Known,
    book: &Book,
    reason: SnapshotReason,
) -> NewSnapshot {
    NewSnapshot {
        run: None,
        device: device.to_owned(),
        key: known.key.clone(),
        serial: known.identity.serial.clone(),
        vendor: known.identity.vendor.clone(),
        model: known.identity.model.clone(),
        firmware: known.identity.firmware.clone(),
        section: Section::AddressBook,
        typed: json!(book),
        raw: RawForm::default(),
        password: None,
        reason,
    }
}

fn keeping(error: JournalError) -> DeviceError {
    DeviceError::workspace("keep what changes in the address book", error.to_string())
}

fn unresolved(why: &str) -> DeviceError {
    DeviceError::new(Category::NotApplied, "change the group", why.trim_end_matches('.'))
}

/// Folders and fax numbers that came back with an entry have to be there, too.
fn destinations(merge: &Merge, after: &Book, whole: &[BookEntry], found: &mut Verdict) {
    for (user, verdict) in merge.users.iter().zip(&mut found.users) {
        let Some(wanted) = user.wanted().filter(|_| verdict.done) else { continue };
        let Some(listed) = find::user(after, &user.after(), user.entry().map(|e| e.id.as_str())) else {
            continue;
        };
        let there = whole.iter().find(|e| e.id == listed.id).unwrap_or(listed);
        let mut look = |field: &str, wanted: Option<&String>, there: Option<&String>| {
            if let Some(wanted) = wanted
                && Some(wanted) != there
            {
                verdict.done = false;
                let field = user.who.field(field);
                verdict.missing.push(FieldChange { field, before: json!(there), after: json!(wanted) });
            }
        };
        let path = |folder: &Option<FolderDestination>| folder.as_ref().map(|f| f.path.clone());
        look("folder.path", path(&wanted.folder).as_ref(), path(&there.folder).as_ref());
        look("fax", wanted.fax.as_ref(), there.fax.as_ref());
    }
}

fn first_error(users: &Batch, groups: &Batch) -> Option<DeviceError> {
    let of = |batch: &Batch| batch.stopped.clone().or_else(|| batch.errors.values().next().cloned());
    of(users).or_else(|| of(groups))
}
