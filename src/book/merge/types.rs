//! What goes into a merge and what comes out of it.

use std::collections::BTreeMap;

use scanfleet_sdk::{BookEntry, BookTold, EntryChange, EntryWanted, FieldChange};
use serde::{Deserialize, Serialize};

use crate::book::Who;

/// How a list is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MergeMode {
    /// Entries of others stay; what somebody altered at the panel stays where the list did not change.
    #[default]
    Merge,
    /// The book becomes equal to the list, apart from entries that only lead to a folder or a fax.
    Exact,
}

/// What decides where both sides changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnConflict {
    /// Nothing is written to this device.
    #[default]
    Fail,
    /// The device's value stays.
    KeepDevice,
    /// The list's value is written.
    UseList,
}

/// How a merge is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct MergeOptions {
    /// How the list is meant.
    #[serde(default)]
    pub mode: MergeMode,
    /// What decides a conflict.
    #[serde(default)]
    pub on_conflict: OnConflict,
    /// Whether names over the device's limit are cut instead of refused.
    #[serde(default)]
    pub shorten: bool,
}

/// What one list last put on one device: only entries that were added or changed for it, as they were read back then.
/// Kept by the journal per serial number and list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Base {
    /// Users by [`Who::word`].
    #[serde(default)]
    pub users: BTreeMap<String, BaseEntry>,
    /// Groups by name.
    #[serde(default)]
    pub groups: BTreeMap<String, BaseGroup>,
}

impl Base {
    /// Whether nothing is remembered.
    pub fn is_empty(&self) -> bool {
        self.users.is_empty() && self.groups.is_empty()
    }
}

/// A user as we last left it. An absent value was not told.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct BaseEntry {
    /// The name on the device, shortened if it was.
    pub name: String,
    /// The address; absent where it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The device's handle of it then; only tells twins apart.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub handle: String,
    /// Another address that somebody has given it at the panel since, where that was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub panel_email: Option<String>,
    /// The key display; empty where it was told to be empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Whether it was a favourite.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub favourite: Option<bool>,
    /// The number it had, which tells an entry whose address somebody altered at the panel from a namesake.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u32>,
}

/// A group that the list has put members into.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct BaseGroup {
    /// Whether the group itself was made for the list; such a group goes when the list no longer names it.
    pub made: bool,
    /// Members that the list names, by [`Who::word`]: `true` where we put them there, `false` where they were found there.
    #[serde(default)]
    pub members: BTreeMap<String, bool>,
}

/// Everything that has to change on one device, and what has to be told about it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Merge {
    /// Changes of users: additions, then changes, then removals, each in the order of [`Who`].
    pub users: Vec<PlannedUser>,
    /// Changes of groups, made after the users are there; additions, then changes, then removals.
    pub groups: Vec<PlannedGroup>,
    /// The same in words of results.
    pub fields: Vec<FieldChange>,
    /// Where both sides changed, decided or not.
    #[serde(default)]
    pub conflicts: Vec<Conflict>,
    /// What a person should know, as full sentences: values kept as the panel has them, entries preserved, what the device
    /// has no place for.
    #[serde(default)]
    pub notes: Vec<String>,
    /// How many users and groups that were never the list's go (`exact` only).
    #[serde(default)]
    pub foreign_removed: usize,
    /// How many entries that only lead to a folder or a fax `exact` leaves alone.
    #[serde(default)]
    pub preserved: usize,
    /// Whether removals have to come before additions, because the book is too full for both.
    #[serde(default)]
    pub removals_first: bool,
    /// Keys of [`Base::users`] that the list no longer has and that are gone from the device: to be forgotten.
    #[serde(default)]
    pub gone: Vec<String>,
    /// The same of [`Base::groups`].
    #[serde(default)]
    pub gone_groups: Vec<String>,
}

impl Merge {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.users.is_empty() && self.groups.is_empty()
    }

    /// Conflicts that nothing decides: with any of them nothing may be written to this device.
    pub fn blocked(&self) -> impl Iterator<Item = &Conflict> {
        self.conflicts.iter().filter(|conflict| conflict.decided.is_none())
    }

    /// The users' changes in the order in which they are to be carried out.
    pub fn user_order(&self) -> Vec<&PlannedUser> {
        let removes = |user: &&PlannedUser| matches!(user.change, UserChange::Remove { .. });
        let (removals, others): (Vec<_>, Vec<_>) = self.users.iter().partition(removes);
        if self.removals_first { [removals, others].concat() } else { [others, removals].concat() }
    }
}

/// A planned change of one user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedUser {
    /// Who it is, before the change where it is there already.
    pub who: Who,
    /// The line of the list, where it stands in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// The key of [`Base::users`] under which it is remembered, where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remembered: Option<String>,
    /// The change.
    pub change: UserChange,
}

/// What happens to a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "kind")]
pub enum UserChange {
    /// It comes.
    Add {
        /// Its values.
        wanted: EntryWanted,
    },
    /// Some of its values change.
    Change {
        /// The entry as the reading had it.
        entry: Box<BookEntry>,
        /// Only the values to alter.
        to: EntryWanted,
    },
    /// It goes.
    Remove {
        /// The entry as the reading had it.
        entry: Box<BookEntry>,
    },
}

impl PlannedUser {
    /// The change for a driver. `full` is the entry as [`scanfleet_sdk::Driver::read_entry`] gave it, where it was read.
    pub fn to_change(&self, full: Option<&BookEntry>) -> EntryChange {
        let entry = |planned: &BookEntry| full.unwrap_or(planned).clone();
        match &self.change {
            UserChange::Add { wanted } => EntryChange::Add(wanted.clone()),
            UserChange::Change { entry: planned, to } => {
                EntryChange::Change { entry: entry(planned), to: to.clone() }
            }
            UserChange::Remove { entry: planned } => EntryChange::Remove { entry: entry(planned) },
        }
    }

    /// The entry as the plan saw it, where it is there already.
    pub fn entry(&self) -> Option<&BookEntry> {
        match &self.change {
            UserChange::Add { .. } => None,
            UserChange::Change { entry, .. } | UserChange::Remove { entry } => Some(entry),
        }
    }

    /// What is asked for, where the user stays or comes.
    pub fn wanted(&self) -> Option<&EntryWanted> {
        match &self.change {
            UserChange::Add { wanted } => Some(wanted),
            UserChange::Change { to, .. } => Some(to),
            UserChange::Remove { .. } => None,
        }
    }

    /// Who it is once the change is made.
    pub fn after(&self) -> Who {
        let own = (self.who.name.as_str(), self.who.email.as_deref());
        let (name, email) = self.entry().map_or(own, |entry| (entry.name.as_str(), entry.email.as_deref()));
        let wanted = self.wanted();
        let name = wanted.and_then(|wanted| wanted.name.as_deref()).unwrap_or(name);
        Who::new(name, wanted.and_then(|wanted| wanted.email.as_deref()).or(email))
    }

    /// Whether the read-back of the list alone cannot prove the change, so that the entry has to be read whole.
    pub fn needs_whole(&self, told: BookTold) -> bool {
        self.wanted().is_some_and(|wanted| {
            (wanted.key.is_some() && !told.key)
                || (wanted.favourite.is_some() && !told.favourite)
                || (wanted.number.is_some() && !told.number)
        })
    }
}

/// A planned change of one group; its members are people, which become handles once the users are there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedGroup {
    /// The group's name.
    pub name: String,
    /// The change.
    pub change: GroupChange,
}

/// What happens to a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "kind")]
pub enum GroupChange {
    /// It comes.
    Add {
        /// Its members in the list's order.
        members: Vec<Who>,
    },
    /// Its members change.
    Change {
        /// The group as the reading had it.
        entry: Box<BookEntry>,
        /// Who has to be a member.
        add: Vec<Who>,
        /// Who must not be one.
        remove: Vec<Who>,
        /// The words under which members that go are remembered, where they are not their present ones.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        forget: Vec<String>,
        /// Who else may stay: `None` is everybody (a merge); else the others go (`exact`).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        only: Option<Vec<Who>>,
    },
    /// It goes.
    Remove {
        /// The group as the reading had it.
        entry: Box<BookEntry>,
        /// Whom it may hold at most; somebody else's presence stops the removal. `None` is anybody (`exact`).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        only: Option<Vec<Who>>,
    },
}

/// Where the list and the device both differ from what was last put there, or nothing tells which entry is meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// Such as `address_book[ann@example.com].name`.
    pub field: String,
    /// What we last put there.
    pub base: serde_json::Value,
    /// What the device has.
    pub device: serde_json::Value,
    /// What the list wants; null where it no longer has the entry.
    pub list: serde_json::Value,
    /// What decided it; absent where nothing did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided: Option<OnConflict>,
    /// A full sentence about it.
    pub text: String,
}

/// What reading the book again says of a merge that was carried out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Verdict {
    /// One for each of [`Merge::users`].
    pub users: Vec<EntryVerdict>,
    /// One for each of [`Merge::groups`].
    pub groups: Vec<EntryVerdict>,
    /// Entries that nobody asked to change and that changed or vanished, as full sentences.
    pub foreign: Vec<String>,
}

impl Verdict {
    /// Whether everything asked for is there and nothing else changed.
    pub fn is_good(&self) -> bool {
        self.foreign.is_empty() && self.users.iter().chain(&self.groups).all(|one| one.done)
    }
}

/// What reading the book again says of one planned change.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct EntryVerdict {
    /// Whether all of it is there (a removal: is gone), as far as it could be read.
    pub done: bool,
    /// What is not as asked for: `before` is what the device holds now, `after` what was asked for.
    pub missing: Vec<FieldChange>,
    /// Values asked for that no reading told, by their words (`key`); `done` says nothing about them.
    pub unread: Vec<String>,
}
