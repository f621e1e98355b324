//! What the journal keeps of a run's changes in one address book: enough to take them back, and to go on after a crash.

use std::collections::{BTreeMap, BTreeSet};

use scanfleet_sdk::{Book, BookCapabilities, BookEntry};
use serde::{Deserialize, Serialize};

use super::find;
use crate::book::Who;
use crate::book::merge::{Base, GroupChange, Merge, PlannedUser, UserChange, Verdict, next_base, verdict};

/// What a run was about to change, and once it has read back, what it did change.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(in crate::run) struct BookRecord {
    /// The list, where the run followed one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<String>,
    /// The changes.
    pub merge: Merge,
    /// What the lists concerned had put there before.
    #[serde(default)]
    pub bases: BTreeMap<String, Base>,
    /// Of a rollback: what the lists had put there before the run that is taken back.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub formerly: BTreeMap<String, Base>,
    /// Of a rollback: words that stood for the same user in the run that is taken back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<Vec<String>>,
    /// Whether each of the merge's users was touched; empty until that was read.
    #[serde(default)]
    pub users: Vec<bool>,
    /// The same of groups.
    #[serde(default)]
    pub groups: Vec<bool>,
    /// Fields that the way of writing lost, such as `address_book[ann@example.com].folder.password`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lost: Vec<String>,
}

impl BookRecord {
    /// Whether one of the merge's users was touched, or may have been.
    pub(super) fn user_touched(&self, index: usize) -> bool {
        self.users.get(index).copied().unwrap_or(true)
    }

    /// Whether one of the merge's groups was touched, or may have been.
    pub(super) fn group_touched(&self, index: usize) -> bool {
        self.groups.get(index).copied().unwrap_or(true)
    }

    /// The users' changes in the order in which they are carried out, by their numbers.
    pub(super) fn order(&self) -> Vec<(usize, &PlannedUser)> {
        let removes = |(_, user): &(usize, &PlannedUser)| matches!(user.change, UserChange::Remove { .. });
        let (mut removals, mut others): (Vec<_>, Vec<_>) =
            self.merge.users.iter().enumerate().partition(removes);
        if self.merge.removals_first {
            removals.append(&mut others);
            removals
        } else {
            others.append(&mut removals);
            others
        }
    }

    /// Whether anything was touched, or may have been.
    pub(in crate::run) fn touched_any(&self) -> bool {
        (0..self.merge.users.len()).any(|i| self.user_touched(i))
            || (0..self.merge.groups.len()).any(|i| self.group_touched(i))
    }

    /// Notes what a reading after the changes shows, and gives what to remember of each list.
    pub(super) fn settle(
        &mut self,
        verdict: &Verdict,
        after: &Book,
        whole: &[BookEntry],
    ) -> BTreeMap<String, Base> {
        self.users =
            self.merge.users.iter().zip(&verdict.users).map(|(u, v)| touched(u, v.done, after)).collect();
        self.groups = self
            .merge
            .groups
            .iter()
            .zip(&verdict.groups)
            .map(|(group, v)| {
                let there = find::group(after, &group.name, None);
                match &group.change {
                    GroupChange::Add { .. } => there.is_some(),
                    GroupChange::Change { entry, .. } => {
                        v.done
                            || there.is_none_or(|now| now.members.is_none() || now.members != entry.members)
                    }
                    GroupChange::Remove { .. } => there.is_none(),
                }
            })
            .collect();
        self.bases_after(verdict, after, whole)
    }

    /// The same for a run that never came to read back: its process died, or the device went away.
    pub(super) fn settle_late(
        &mut self,
        now: &Book,
        capabilities: &BookCapabilities,
    ) -> BTreeMap<String, Base> {
        // What else changed since is nobody's business here.
        let verdict = verdict(&self.merge, &Book::default(), now, &[], capabilities);
        self.settle(&verdict, now, &[])
    }

    fn bases_after(&self, verdict: &Verdict, after: &Book, whole: &[BookEntry]) -> BTreeMap<String, Base> {
        if let Some(list) = &self.list {
            let base = self.bases.get(list).cloned().unwrap_or_default();
            return BTreeMap::from([(list.clone(), next_base(&base, &self.merge, verdict, after, whole))]);
        }
        let (users, groups) = self.words();
        let mut bases = self.bases.clone();
        for (list, base) in &mut bases {
            let formerly = self.formerly.get(list);
            for word in &users {
                match formerly.and_then(|former| former.users.get(word)) {
                    Some(former) => base.users.insert(word.clone(), former.clone()),
                    None => base.users.remove(word),
                };
            }
            for name in &groups {
                match formerly.and_then(|former| former.groups.get(*name)) {
                    Some(former) => base.groups.insert((*name).to_owned(), former.clone()),
                    None => base.groups.remove(*name),
                };
            }
        }
        bases.retain(|list, base| self.bases.get(list) != Some(base));
        bases
    }

    /// The words that stood for each touched user.
    pub(super) fn user_words(&self) -> Vec<Vec<String>> {
        let touched = self.merge.users.iter().enumerate().filter(|(index, _)| self.user_touched(*index));
        touched
            .map(|(_, user)| {
                let mut words = vec![user.who.word().to_owned(), user.after().word().to_owned()];
                words.extend(user.remembered.clone());
                words.dedup();
                words
            })
            .collect()
    }

    /// The words of the touched users, and the names of the touched groups.
    fn words(&self) -> (BTreeSet<String>, BTreeSet<&str>) {
        let own: BTreeSet<String> = self.user_words().into_iter().flatten().collect();
        let mut users = own.clone();
        for alias in self.aliases.iter().filter(|alias| alias.iter().any(|word| own.contains(word))) {
            users.extend(alias.iter().cloned());
        }
        let groups = self.merge.groups.iter().enumerate();
        let groups = groups.filter(|(i, _)| self.group_touched(*i)).map(|(_, g)| g.name.as_str()).collect();
        (users, groups)
    }
}

/// Whether a user is no longer as before the change, as far as the reading tells.
fn touched(user: &PlannedUser, done: bool, after: &Book) -> bool {
    match &user.change {
        UserChange::Add { .. } => find::user(after, &user.after(), None).is_some(),
        UserChange::Remove { entry } => find::user(after, &user.who, Some(&entry.id)).is_none(),
        UserChange::Change { entry, .. } => {
            let now = find::user(after, &user.after(), Some(&entry.id))
                .or_else(|| find::user(after, &Who::of(entry), Some(&entry.id)));
            done || now.is_none_or(|now| !find::same(entry, now, after.told))
        }
    }
}
