//! What reading back has shown, in words.

use std::collections::BTreeSet;

use scanfleet_sdk::error::clean;
use scanfleet_sdk::{Category, DeviceError, FieldChange, Rerun};

use super::batch::Batch;
use super::plan::entries_word;
use crate::book::Who;
use crate::book::merge::{EntryVerdict, Merge, Verdict};
use crate::run::words::{some, words};

/// What came of the users' changes and of the groups'.
pub(super) struct Came<'a> {
    pub merge: &'a Merge,
    pub verdict: &'a Verdict,
    pub users: &'a Batch,
    pub groups: &'a Batch,
}

impl Came<'_> {
    /// The fields that are there now as asked for.
    pub(super) fn changes(&self) -> Vec<FieldChange> {
        let mut missing: BTreeSet<&str> = BTreeSet::new();
        // Of an entry that is not there at all, nothing is.
        let mut absent: BTreeSet<String> = BTreeSet::new();
        let users = self.merge.users.iter().map(|user| user.after().field(""));
        let groups = self.merge.groups.iter().map(|group| Who::new(&group.name, None).field(""));
        let all = self.verdict.users.iter().chain(&self.verdict.groups);
        for (one, prefix) in all.zip(users.chain(groups)) {
            for field in &one.missing {
                missing.insert(&field.field);
                if field.before.is_null() && field.field.ends_with("].name") {
                    absent.insert(prefix.clone());
                }
            }
        }
        let there = |change: &&FieldChange| {
            let entry = change.field.rfind("].").map(|end| &change.field[..end + 2]);
            !missing.contains(change.field.as_str()) && entry.is_none_or(|entry| !absent.contains(entry))
        };
        self.merge.fields.iter().filter(there).cloned().collect()
    }

    /// How many entries are as asked for.
    pub(super) fn done(&self) -> usize {
        self.verdict.users.iter().chain(&self.verdict.groups).filter(|one| one.done).count()
    }

    /// How many values nobody could read back.
    pub(super) fn unread(&self) -> usize {
        self.verdict.users.iter().chain(&self.verdict.groups).map(|one| one.unread.len()).sum()
    }

    /// The failure, where something is not as it should be.
    pub(super) fn error(&self) -> Option<DeviceError> {
        if self.verdict.is_good() {
            return None;
        }
        let total = self.merge.users.len() + self.merge.groups.len();
        let users = self.merge.users.iter().zip(&self.verdict.users).enumerate();
        let mut failed: Vec<String> = users
            .filter(|(_, (_, one))| !one.done)
            .map(|(index, (user, one))| self.entry(&user.who.to_string(), index, one, self.users))
            .collect();
        let groups = self.merge.groups.iter().zip(&self.verdict.groups).enumerate();
        failed.extend(groups.filter(|(_, (_, one))| !one.done).map(|(index, (group, one))| {
            self.entry(&format!("the group {}", clean(&group.name)), index, one, self.groups)
        }));
        let mut parts = Vec::new();
        if !failed.is_empty() {
            let others = match self.done() {
                0 => String::new(),
                done => format!("; {} of the run are as wanted", entries_word(done)),
            };
            parts.push(format!(
                "{} of {total} address-book entries are not as wanted: {}{others}",
                failed.len(),
                some(failed.iter().map(String::as_str), 3)
            ));
        }
        if !self.verdict.foreign.is_empty() {
            parts.push(some(self.verdict.foreign.iter().map(|text| text.trim_end_matches('.')), 3));
        }
        let mut error = DeviceError::new(self.category(), "change the address book", parts.join("; "));
        error.rerun = Rerun::ReadsFirst;
        error.next = self.reasons().find_map(|reason| reason.next.clone()).or_else(|| {
            Some("run this again: the book is read first, and only what is missing is written".into())
        });
        Some(error)
    }

    fn reasons(&self) -> impl Iterator<Item = &DeviceError> {
        let of = |batch| -> &Batch { batch };
        [of(self.users), of(self.groups)].into_iter().flat_map(|b| b.stopped.iter().chain(b.errors.values()))
    }

    /// The category that every reason has, or what stopped it all.
    fn category(&self) -> Category {
        if !self.verdict.foreign.is_empty() {
            return Category::NotApplied;
        }
        let mut reasons = self.reasons().map(|reason| reason.category);
        match reasons.next() {
            Some(first) if first != Category::Unconfirmed && reasons.all(|other| other == first) => first,
            _ => Category::NotApplied,
        }
    }

    fn entry(&self, name: &str, index: usize, one: &EntryVerdict, batch: &Batch) -> String {
        let why = if let Some(error) = batch.errors.get(&index) {
            error.got.clone()
        } else if batch.lost.contains(&index) {
            "the answer was lost, and reading back shows that it was not stored".into()
        } else if batch.not_tried.contains(&index) {
            match &batch.stopped {
                Some(stopped) => format!("not tried: {}", stopped.got),
                None => "not tried".into(),
            }
        } else if let Some(missing) = one.missing.first() {
            let field = missing.field.rsplit_once("].").map_or("value", |(_, field)| field);
            format!("{field} is {}, not {}", words(&missing.before), words(&missing.after))
        } else {
            "the device does not hold it".into()
        };
        format!("{name} ({})", why.trim_end_matches('.'))
    }
}
