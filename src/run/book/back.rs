//! The way back: the changes that take entries to what a snapshot has, with the handles of now.

use std::collections::{BTreeMap, HashSet};

use scanfleet_sdk::{
    Book, BookCapabilities, BookEntry, EntryKind, EntryWanted, FieldChange, PasswordState, Support,
};
use serde_json::{Value, json};

use super::find;
use super::record::BookRecord;
use crate::book::Who;
use crate::book::merge::{GroupChange, Merge, PlannedGroup, PlannedUser, UserChange};

/// The way back, and what of it nobody can bring back.
#[derive(Debug, Default)]
pub(super) struct Back {
    pub merge: Merge,
    pub unrestorable: Vec<String>,
}

/// Takes back what a run touched and nothing else. `before` is the snapshot, `now` the reading of now.
pub(super) fn of_run(
    before: &Book,
    record: &BookRecord,
    now: &Book,
    capabilities: &BookCapabilities,
) -> Result<Back, Vec<String>> {
    let mut way = Way::new(before, now, capabilities);
    way.back.unrestorable.extend(record.lost.iter().cloned());
    for (index, user) in record.merge.users.iter().enumerate() {
        if !record.user_touched(index) {
            continue;
        }
        match &user.change {
            UserChange::Add { .. } => way.remove(&user.after()),
            UserChange::Change { entry, to } => {
                let former = way.former(entry);
                let at = way.now(&user.after(), &entry.id).or_else(|| way.now(&user.who, &entry.id));
                match at {
                    Some(at) => way.change(&former, at, Some(to)),
                    None => way.add(&former),
                }
            }
            UserChange::Remove { entry } => {
                let former = way.former(entry);
                match way.now(&user.who, &entry.id) {
                    Some(at) => way.change(&former, at, None),
                    None => way.add(&former),
                }
            }
        }
    }
    for (index, group) in record.merge.groups.iter().enumerate() {
        if record.group_touched(index) {
            way.group_back(group);
        }
    }
    way.memberships(record);
    way.finish()
}

/// Makes the whole book what the snapshot has.
pub(super) fn whole(before: &Book, now: &Book, capabilities: &BookCapabilities) -> Result<Back, Vec<String>> {
    whole_way(before, now, capabilities).finish()
}

/// What differs between two books, as fields: `before` is what the first has, `after` what the second has.
pub fn book_differences(first: &Book, second: &Book) -> Vec<FieldChange> {
    let anything = BookCapabilities {
        write: Support::Unknown,
        users: None,
        groups: None,
        name_limit: None,
        key_limit: None,
        email_limit: None,
        has_key: true,
        has_favourite: true,
        has_number: true,
        edits_groups: Support::Unknown,
        encoding: None,
    };
    let mut way = whole_way(second, first, &anything);
    // A group whose members were never read is there all the same.
    way.problems.clear();
    way.finish().map(|back| back.merge.fields).unwrap_or_default()
}

fn whole_way<'a>(before: &'a Book, now: &'a Book, capabilities: &'a BookCapabilities) -> Way<'a> {
    let mut way = Way::new(before, now, capabilities);
    let mut kept: HashSet<&str> = HashSet::new();
    let mut gone: Vec<&BookEntry> = Vec::new();
    for former in before.entries.iter().filter(|e| e.kind == EntryKind::User) {
        match way.now(&Who::of(former), &former.id) {
            Some(at) => {
                kept.insert(&at.id);
                way.change(former, at, None);
            }
            None => gone.push(former),
        }
    }
    for entry in now.entries.iter().filter(|e| e.kind == EntryKind::User) {
        if !kept.contains(&entry.id.as_str()) {
            way.remove_entry(entry);
            way.back.merge.foreign_removed += 1;
        }
    }
    // Whoever goes may hold the number of somebody who comes back.
    for former in gone {
        way.add(former);
    }
    for former in before.entries.iter().filter(|e| e.kind == EntryKind::Group) {
        match find::group(now, &former.name, Some(&former.id)) {
            Some(at) => way.members(former, at),
            None => way.add_group(former),
        }
    }
    for entry in now.entries.iter().filter(|e| e.kind == EntryKind::Group) {
        if find::group(before, &entry.name, Some(&entry.id)).is_none() {
            way.remove_group(entry);
            way.back.merge.foreign_removed += 1;
        }
    }
    way
}

/// Fields whose passwords go with the entries that a merge removes; `before` tells them whole.
pub(super) fn lost_passwords(before: &Book, record: &BookRecord) -> Vec<String> {
    let mut lost = record.lost.clone();
    for (index, user) in record.merge.users.iter().enumerate() {
        if let UserChange::Remove { entry } = &user.change
            && record.user_touched(index)
            && let Some(former) = before.entry(&entry.id).or(Some(entry))
            && holds_password(former)
        {
            lost.push(Who::of(former).field("folder.password"));
        }
    }
    lost
}

/// Whether an entry's folder has a log-in whose password only the device knows.
pub(super) fn holds_password(entry: &BookEntry) -> bool {
    entry.folder.as_ref().is_some_and(|folder| match folder.password {
        PasswordState::Set => true,
        PasswordState::Unset => false,
        PasswordState::Unreadable => !folder.user.is_empty(),
    })
}

struct Way<'a> {
    before: &'a Book,
    now: &'a Book,
    capabilities: &'a BookCapabilities,
    additions: Vec<PlannedUser>,
    changes: Vec<PlannedUser>,
    removals: Vec<PlannedUser>,
    groups: BTreeMap<String, GroupChange>,
    problems: Vec<String>,
    back: Back,
}

impl<'a> Way<'a> {
    fn new(before: &'a Book, now: &'a Book, capabilities: &'a BookCapabilities) -> Self {
        Self {
            before,
            now,
            capabilities,
            additions: Vec::new(),
            changes: Vec::new(),
            removals: Vec::new(),
            groups: BTreeMap::new(),
            problems: Vec::new(),
            back: Back::default(),
        }
    }

    /// The entry as the snapshot has it, with everything that was read of it.
    fn former(&self, planned: &BookEntry) -> BookEntry {
        self.before.entry(&planned.id).unwrap_or(planned).clone()
    }

    fn now(&self, who: &Who, hint: &str) -> Option<&'a BookEntry> {
        find::user(self.now, who, Some(hint))
    }

    fn remove(&mut self, who: &Who) {
        if let Some(entry) = find::user(self.now, who, None) {
            self.remove_entry(entry);
        }
    }

    fn remove_entry(&mut self, entry: &BookEntry) {
        let who = Who::of(entry);
        self.back.merge.fields.push(field(who.field("name"), json!(entry.name), Value::Null));
        self.removals.push(PlannedUser {
            who,
            line: None,
            remembered: None,
            change: UserChange::Remove { entry: Box::new(entry.clone()) },
        });
    }

    fn add(&mut self, former: &BookEntry) {
        let who = Who::of(former);
        let mut wanted = EntryWanted {
            kind: EntryKind::User,
            name: Some(former.name.clone()),
            email: former.email.clone(),
            number: former.number.filter(|_| self.capabilities.has_number),
            key: former.key.clone().filter(|_| self.capabilities.has_key),
            favourite: former.favourite.filter(|_| self.capabilities.has_favourite),
            members: None,
            fax: former.fax.clone(),
            folder: former.folder.clone(),
            extra: former.extra.clone(),
        };
        if holds_password(former) {
            self.unrestorable(who.field("folder.password"));
        }
        if let Some(number) = wanted.number
            && let Some(holder) = self.now.entries.iter().find(|e| e.number == Some(number))
        {
            // Whoever took the number since keeps it, unless this very way takes them out.
            if self.removals.iter().any(|r| r.entry().is_some_and(|e| e.id == holder.id)) {
                self.back.merge.removals_first = true;
            } else {
                wanted.number = None;
                self.unrestorable(who.field("number"));
            }
        }
        let fields = &mut self.back.merge.fields;
        fields.push(field(who.field("name"), Value::Null, json!(former.name)));
        let values = [
            ("email", wanted.email.as_ref().map(|v| json!(v))),
            ("key", wanted.key.as_ref().map(|v| json!(v))),
            ("number", wanted.number.map(|v| json!(v))),
            ("favourite", wanted.favourite.map(|v| json!(v))),
            ("fax", wanted.fax.as_ref().map(|v| json!(v))),
            ("folder.path", wanted.folder.as_ref().map(|v| json!(v.path))),
        ];
        for (name, value) in values {
            if let Some(value) = value {
                fields.push(field(who.field(name), Value::Null, value));
            }
        }
        self.additions.push(PlannedUser {
            who,
            line: None,
            remembered: None,
            change: UserChange::Add { wanted },
        });
    }

    /// Puts values back: those that were altered, or all that differ.
    fn change(&mut self, former: &BookEntry, now: &BookEntry, altered: Option<&EntryWanted>) {
        let (told, who) = (self.now.told, Who::of(now));
        let mut to = EntryWanted { kind: EntryKind::User, ..EntryWanted::default() };
        let mut fields = Vec::new();
        let text = |value: Option<&String>| value.filter(|v| !v.is_empty()).map_or(Value::Null, |v| json!(v));
        if altered.is_none_or(|a| a.name.is_some()) && former.name != now.name {
            to.name = Some(former.name.clone());
            fields.push(field(who.field("name"), json!(now.name), json!(former.name)));
        }
        if altered.is_none_or(|a| a.email.is_some()) && former.email.as_deref() != now.email.as_deref() {
            to.email = Some(former.email.clone().unwrap_or_default());
            fields.push(field(who.field("email"), text(now.email.as_ref()), text(former.email.as_ref())));
        }
        // What the reading does not tell is written where it was altered, and left where nothing says that it was.
        let key = former.key.clone().unwrap_or_default();
        let differs = key != now.key.clone().unwrap_or_default();
        if altered.map_or(told.key && differs, |a| a.key.is_some() && (differs || !told.key)) {
            fields.push(field(who.field("key"), text(now.key.as_ref()), text(Some(&key))));
            to.key = Some(key);
        }
        let favourite = former.favourite.unwrap_or_default();
        let differs = favourite != now.favourite.unwrap_or_default();
        if altered
            .map_or(told.favourite && differs, |a| a.favourite.is_some() && (differs || !told.favourite))
        {
            fields.push(field(who.field("favourite"), json!(now.favourite), json!(favourite)));
            to.favourite = Some(favourite);
        }
        if fields.is_empty() {
            return;
        }
        self.back.merge.fields.extend(fields);
        self.changes.push(PlannedUser {
            who,
            line: None,
            remembered: None,
            change: UserChange::Change { entry: Box::new(now.clone()), to },
        });
    }

    fn group_back(&mut self, group: &PlannedGroup) {
        let hint = match &group.change {
            GroupChange::Add { .. } => None,
            GroupChange::Change { entry, .. } | GroupChange::Remove { entry, .. } => Some(entry),
        };
        let now = find::group(self.now, &group.name, hint.map(|e| e.id.as_str()));
        match (&group.change, now) {
            (GroupChange::Add { .. }, Some(now)) => self.remove_group(now),
            (GroupChange::Add { .. }, None) => {}
            (GroupChange::Change { entry, .. } | GroupChange::Remove { entry, .. }, None) => {
                let former = self.former(entry);
                self.add_group(&former);
            }
            (GroupChange::Change { entry, add, remove, .. }, Some(now)) => {
                let former = self.people(&self.former(entry), self.before);
                let back: Vec<Who> = remove.iter().filter(|who| former.contains(who)).cloned().collect();
                let out: Vec<Who> = add.iter().filter(|who| !former.contains(who)).cloned().collect();
                self.edit_group(now, back, out);
            }
            (GroupChange::Remove { entry, .. }, Some(now)) => {
                let former = self.former(entry);
                self.members(&former, now);
            }
        }
    }

    /// People whom a run took out of the book were in groups, too.
    fn memberships(&mut self, record: &BookRecord) {
        let gone: Vec<(&str, Who)> = record
            .merge
            .users
            .iter()
            .enumerate()
            .filter(|(index, _)| record.user_touched(*index))
            .filter_map(|(_, user)| match &user.change {
                UserChange::Remove { entry } => Some((entry.id.as_str(), user.who.clone())),
                _ => None,
            })
            .collect();
        if gone.is_empty() {
            return;
        }
        for group in self.before.entries.iter().filter(|e| e.kind == EntryKind::Group) {
            let Some(now) = find::group(self.now, &group.name, Some(&group.id)) else { continue };
            let there = self.people(now, self.now);
            let held = group.members.iter().flatten();
            let back: Vec<Who> = held
                .filter_map(|id| gone.iter().find(|(gone, _)| gone == id).map(|(_, who)| who.clone()))
                .filter(|who| !there.contains(who))
                .collect();
            if !back.is_empty() {
                self.edit_group(now, back, Vec::new());
            }
        }
    }

    /// Makes a group's members what they were. Who has only got another name since is a member still.
    fn members(&mut self, former: &BookEntry, now: &BookEntry) {
        let (Some(then), Some(there)) = (&former.members, &now.members) else { return };
        let mut back: Vec<Who> = Vec::new();
        let mut stay: HashSet<&str> = HashSet::new();
        for member in then.iter().filter_map(|id| self.before.entry(id)) {
            let at = match member.kind {
                EntryKind::User => self.now(&Who::of(member), &member.id),
                EntryKind::Group => find::group(self.now, &member.name, Some(&member.id)),
            };
            match at.filter(|at| there.contains(&at.id)) {
                Some(at) => {
                    stay.insert(&at.id);
                }
                None => back.push(Who::of(member)),
            }
        }
        let others = there.iter().filter(|id| !stay.contains(id.as_str()));
        let mut out: Vec<Who> = others.filter_map(|id| self.now.entry(id)).map(Who::of).collect();
        // Of several who are known by the same words nothing tells which is which.
        let twins: Vec<Who> = back.iter().filter(|who| out.contains(who)).cloned().collect();
        back.retain(|who| !twins.contains(who));
        out.retain(|who| !twins.contains(who));
        if !back.is_empty() || !out.is_empty() {
            self.edit_group(now, back, out);
        }
    }

    fn edit_group(&mut self, now: &BookEntry, back: Vec<Who>, out: Vec<Who>) {
        let change = self.groups.entry(now.name.trim().to_owned()).or_insert_with(|| GroupChange::Change {
            entry: Box::new(now.clone()),
            add: Vec::new(),
            remove: Vec::new(),
            forget: Vec::new(),
            only: None,
        });
        if let GroupChange::Change { add, remove, .. } = change {
            for who in back {
                if !add.contains(&who) {
                    add.push(who);
                }
            }
            for who in out {
                if !remove.contains(&who) {
                    remove.push(who);
                }
            }
        }
    }

    fn add_group(&mut self, former: &BookEntry) {
        let who = Who::of(former);
        if former.members.is_none() {
            self.problems.push(format!("the members of the group {who} were never read"));
            return;
        }
        // Groups are made with a name and members.
        for (name, held) in [("number", former.number.is_some() && self.capabilities.has_number)] {
            if held {
                self.unrestorable(who.field(name));
            }
        }
        let members = self.people(former, self.before);
        self.groups.insert(former.name.trim().to_owned(), GroupChange::Add { members });
    }

    fn remove_group(&mut self, now: &BookEntry) {
        let change = GroupChange::Remove { entry: Box::new(now.clone()), only: None };
        self.groups.insert(now.name.trim().to_owned(), change);
    }

    fn people(&self, group: &BookEntry, book: &Book) -> Vec<Who> {
        group.members.iter().flatten().filter_map(|id| book.entry(id).map(Who::of)).collect()
    }

    fn unrestorable(&mut self, field: String) {
        if !self.back.unrestorable.contains(&field) {
            self.back.unrestorable.push(field);
        }
    }

    fn finish(mut self) -> Result<Back, Vec<String>> {
        if !self.problems.is_empty() {
            return Err(self.problems);
        }
        let users = self.now.entries.iter().filter(|e| e.kind == EntryKind::User).count();
        let full = self.capabilities.users.is_some_and(|limit| users + self.additions.len() > limit);
        let merge = &mut self.back.merge;
        merge.removals_first |= full && !self.removals.is_empty();
        if let Some(limit) = self.capabilities.users
            && users + self.additions.len() > limit + self.removals.len()
        {
            return Err(vec![format!(
                "the book holds {users} of {limit} users, and {} would come back",
                self.additions.len()
            )]);
        }
        for (name, change) in std::mem::take(&mut self.groups) {
            let names =
                |people: &[Who]| people.iter().map(|who| who.word().to_owned()).collect::<Vec<String>>();
            let at = |value: &str| Who::new(&name, None).field(value);
            match &change {
                GroupChange::Add { members } => {
                    merge.fields.push(field(at("name"), Value::Null, json!(name)));
                    merge.fields.push(field(at("members"), Value::Null, json!(names(members))));
                }
                GroupChange::Change { entry, add, remove, .. } => {
                    let there: Vec<Who> = entry
                        .members
                        .iter()
                        .flatten()
                        .filter_map(|id| self.now.entry(id).map(Who::of))
                        .collect();
                    let mut after: Vec<Who> = there.iter().filter(|w| !remove.contains(w)).cloned().collect();
                    after.extend(add.iter().filter(|w| !there.contains(w)).cloned());
                    merge.fields.push(field(at("members"), json!(names(&there)), json!(names(&after))));
                }
                GroupChange::Remove { .. } => {
                    merge.fields.push(field(at("name"), json!(name), Value::Null));
                }
            }
            merge.groups.push(PlannedGroup { name, change });
        }
        // Who gets any number must not take one that another needs.
        self.additions.sort_by_key(|add| add.wanted().is_some_and(|wanted| wanted.number.is_none()));
        merge.users = self.additions;
        merge.users.append(&mut self.changes);
        merge.users.append(&mut self.removals);
        Ok(self.back)
    }
}

fn field(field: String, before: Value, after: Value) -> FieldChange {
    FieldChange { field, before, after }
}
