//! The verdict of the read-back: believe nothing else.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use scanfleet_sdk::{
    Book, BookCapabilities, BookEntry, BookTold, BookWrite, EntryKind, FieldChange, Support,
};
use serde_json::Value;

use super::groups::group_field;
use super::index::Index;
use super::types::{EntryVerdict, GroupChange, Merge, PlannedGroup, PlannedUser, UserChange, Verdict};
use crate::book::Who;

/// Compares what was asked for with what was read back. `before` is the reading of the plan, `after` the one after all
/// changes, `whole` the entries of `after` that were read whole (by their handles in `after`).
///
/// Of an entry that was changed, every other value that both readings tell has to be as it was; every entry that nobody
/// asked to change has to be there unaltered (numbers and handles excepted where the book is replaced as a whole, because
/// the device makes them anew).
pub fn verdict(
    merge: &Merge,
    before: &Book,
    after: &Book,
    whole: &[BookEntry],
    capabilities: &BookCapabilities,
) -> Verdict {
    let then = Index::of(before);
    let now = Index::of(after);
    let judge = Judge {
        then: &then,
        now: &now,
        whole: whole.iter().map(|entry| (entry.id.as_str(), entry)).collect(),
        told: BookTold {
            number: before.told.number
                && after.told.number
                && !matches!(capabilities.write, Support::Yes(BookWrite::Import { .. })),
            ..both(before.told, after.told)
        },
    };
    // How many more or fewer of somebody there have to be: a change may turn one entry into a namesake of another.
    let mut balance: HashMap<Who, isize> = HashMap::new();
    for user in &merge.users {
        if let Some(entry) = user.entry() {
            *balance.entry(Who::of(entry)).or_default() -= 1;
        }
        if user.wanted().is_some() {
            *balance.entry(user.after()).or_default() += 1;
        }
    }
    Verdict {
        users: merge.users.iter().map(|user| judge.user(user, &balance)).collect(),
        groups: merge.groups.iter().map(|group| judge.group(group)).collect(),
        foreign: judge.foreign(merge),
    }
}

fn both(one: BookTold, two: BookTold) -> BookTold {
    BookTold {
        number: one.number && two.number,
        key: one.key && two.key,
        favourite: one.favourite && two.favourite,
        members: one.members && two.members,
        extra: one.extra && two.extra,
    }
}

struct Judge<'a> {
    then: &'a Index<'a>,
    now: &'a Index<'a>,
    whole: HashMap<&'a str, &'a BookEntry>,
    told: BookTold,
}

impl Judge<'_> {
    fn user(&self, planned: &PlannedUser, balance: &HashMap<Who, isize>) -> EntryVerdict {
        let exactly = |index: &Index<'_>| {
            let found = index.of_who(&planned.who);
            found.into_iter().filter(|at| Who::of(index.entry(*at)) == planned.who).count()
        };
        let UserChange::Remove { entry } = &planned.change else {
            let mut found = self.now.of_who(&planned.after());
            found.sort_by_cached_key(|at| self.misses(planned, self.now.entry(*at)).missing.len());
            return match found.first() {
                Some(at) => self.misses(planned, self.now.entry(*at)),
                None => self.absent(planned),
            };
        };
        let balance = balance.get(&planned.who).copied().unwrap_or(-1);
        if exactly(self.now) == 0 || exactly(self.now) <= exactly(self.then).saturating_add_signed(balance) {
            return EntryVerdict { done: true, ..EntryVerdict::default() };
        }
        let field = planned.who.field("name");
        let missing = vec![FieldChange { field, before: entry.name.as_str().into(), after: Value::Null }];
        EntryVerdict { done: false, missing, unread: Vec::new() }
    }

    /// Nobody of that name or address is there: what the device holds of the entry as it was.
    fn absent(&self, planned: &PlannedUser) -> EntryVerdict {
        match self.now.of_who(&planned.who).first() {
            Some(at) => self.misses(planned, self.now.entry(*at)),
            None => {
                let after = planned.after();
                let missing =
                    FieldChange { field: after.field("name"), before: Value::Null, after: after.name.into() };
                EntryVerdict { done: false, missing: vec![missing], unread: Vec::new() }
            }
        }
    }

    fn misses(&self, planned: &PlannedUser, listed: &BookEntry) -> EntryVerdict {
        let mut verdict = EntryVerdict::default();
        let Some(wanted) = planned.wanted() else { return verdict };
        let whole = self.whole.get(listed.id.as_str()).copied();
        let entry = whole.unwrap_or(listed);
        let told = self.now.book.told;
        let text =
            |text: Option<&str>| text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        let email = |email: Option<&str>| text(email).map(|email| email.to_lowercase());
        let mut look = |field: &str, told: bool, same: bool, now: Value, asked: Value| {
            if !told && whole.is_none() {
                verdict.unread.push(field.to_owned());
            } else if !same {
                verdict.missing.push(FieldChange {
                    field: planned.who.field(field),
                    before: now,
                    after: asked,
                });
            }
        };
        if let Some(name) = wanted.name.as_deref() {
            look("name", true, name == entry.name.trim(), entry.name.as_str().into(), name.into());
        }
        if let Some(asked) = wanted.email.as_deref() {
            let same = email(Some(asked)) == email(entry.email.as_deref());
            look("email", true, same, json_of(&entry.email), json_of(&text(Some(asked))));
        }
        if let Some(asked) = wanted.key.as_deref() {
            let same = text(Some(asked)) == text(entry.key.as_deref());
            look("key", told.key, same, json_of(&entry.key), json_of(&text(Some(asked))));
        }
        if let Some(asked) = wanted.favourite {
            let now = entry.favourite.unwrap_or(false);
            look("favourite", told.favourite, now == asked, now.into(), asked.into());
        }
        if let Some(asked) = wanted.number {
            let now = entry.number.map_or(Value::Null, Value::from);
            look("number", told.number, entry.number == Some(asked), now, asked.into());
        }
        self.unasked(planned, listed, &mut verdict);
        verdict.done = verdict.missing.is_empty();
        verdict
    }

    /// Values of a changed entry that nobody asked to change, as far as both readings tell them.
    fn unasked(&self, planned: &PlannedUser, now: &BookEntry, verdict: &mut EntryVerdict) {
        let UserChange::Change { entry, to } = &planned.change else { return };
        let Some(then) = self.then.by_id(&entry.id).map(|at| self.then.entry(at)) else { return };
        let mut look = |field: &str, altered: bool, was: Value, is: Value| {
            if altered {
                verdict.missing.push(FieldChange { field: planned.who.field(field), before: is, after: was });
            }
        };
        look(
            "name",
            to.name.is_none() && then.name.trim() != now.name.trim(),
            then.name.as_str().into(),
            now.name.as_str().into(),
        );
        let (was, is) = (&then.email, &now.email);
        look("email", to.email.is_none() && was != is, json_of(was), json_of(is));
        let (was, is) = (&then.key, &now.key);
        look("key", self.told.key && to.key.is_none() && was != is, json_of(was), json_of(is));
        let flag = |entry: &BookEntry| entry.favourite.unwrap_or(false);
        let altered = self.told.favourite && to.favourite.is_none() && flag(then) != flag(now);
        look("favourite", altered, flag(then).into(), flag(now).into());
        look("fax", to.fax.is_none() && then.fax != now.fax, json_of(&then.fax), json_of(&now.fax));
        if to.folder.is_none() && then.folder != now.folder {
            let path = |entry: &BookEntry| json_of(&entry.folder.as_ref().map(|folder| folder.path.clone()));
            let field = if path(then) == path(now) { "folder" } else { "folder.path" };
            look(field, true, path(then), path(now));
        }
    }

    fn group(&self, planned: &PlannedGroup) -> EntryVerdict {
        let there = self.now.groups(&planned.name);
        let miss = |field: &str, before, after| EntryVerdict {
            done: false,
            missing: vec![FieldChange { field: group_field(&planned.name, field), before, after }],
            unread: Vec::new(),
        };
        let done = EntryVerdict { done: true, ..EntryVerdict::default() };
        let (need, forbid, only) = match &planned.change {
            GroupChange::Remove { .. } => {
                let fewer = there.len() < self.then.groups(&planned.name).len();
                let name = Value::from(planned.name.as_str());
                return if fewer || there.is_empty() { done } else { miss("name", name, Value::Null) };
            }
            GroupChange::Add { members } => (members.as_slice(), &[][..], None),
            GroupChange::Change { add, remove, only, .. } => {
                (add.as_slice(), remove.as_slice(), only.as_deref())
            }
        };
        let Some(group) = there.first().map(|at| self.now.entry(*at)) else {
            return miss("name", Value::Null, planned.name.as_str().into());
        };
        let group = self.whole.get(group.id.as_str()).copied().unwrap_or(group);
        let Some(members) = self.now.members(group) else {
            return EntryVerdict { unread: vec!["members".into()], ..done };
        };
        let members: HashSet<Who> = members.iter().map(|at| Who::of(self.now.entry(*at))).collect();
        let lacking: Vec<&str> = need.iter().filter(|who| !members.contains(who)).map(Who::word).collect();
        let foreign = |who: &&Who| forbid.contains(who) || only.is_some_and(|only| !only.contains(who));
        let mut excess: Vec<&str> = members.iter().filter(foreign).map(Who::word).collect();
        excess.sort_unstable();
        if lacking.is_empty() && excess.is_empty() {
            return done;
        }
        let or_null = |words: Vec<&str>| if words.is_empty() { Value::Null } else { words.into() };
        miss("members", or_null(excess), or_null(lacking))
    }

    /// Entries that nobody asked to change and that are no longer as they were.
    fn foreign(&self, merge: &Merge) -> Vec<String> {
        let users = merge.users.iter().filter_map(PlannedUser::entry);
        let groups = merge.groups.iter().filter_map(PlannedGroup::entry);
        let planned: HashSet<&str> = users.chain(groups).map(|entry| entry.id.as_str()).collect();
        // Whom a group holds under another name, or no longer, because the plan says so.
        let mut renamed: HashMap<&str, Option<Who>> = HashMap::new();
        for user in &merge.users {
            match &user.change {
                UserChange::Add { .. } => {}
                UserChange::Remove { entry } => drop(renamed.insert(&entry.id, None)),
                UserChange::Change { entry, .. } => {
                    renamed.insert(&entry.id, Some(user.after()));
                }
            }
        }
        let mut left: HashMap<u64, usize> = HashMap::new();
        for entry in &self.now.book.entries {
            *left.entry(self.content(self.now, entry, None)).or_default() += 1;
        }
        let mut said = Vec::new();
        for entry in self.then.book.entries.iter().filter(|entry| !planned.contains(entry.id.as_str())) {
            match left.get_mut(&self.content(self.then, entry, Some(&renamed))) {
                Some(how_many) if *how_many > 0 => *how_many -= 1,
                _ => said.push(self.lost(entry)),
            }
        }
        said
    }

    fn lost(&self, entry: &BookEntry) -> String {
        let who = Who::of(entry);
        let there = match entry.kind {
            EntryKind::Group => !self.now.groups(&entry.name).is_empty(),
            EntryKind::User => !self.now.of_who(&who).is_empty(),
        };
        let kind = if entry.kind == EntryKind::Group { "The group " } else { "" };
        match there {
            true => format!("{kind}{who} is no longer as it was, although nothing asked to change it."),
            false => format!("{kind}{who} is no longer in the book, although nothing asked to remove it."),
        }
    }

    /// Everything that both readings tell of an entry, without what the device makes itself.
    fn content(
        &self,
        index: &Index<'_>,
        entry: &BookEntry,
        renamed: Option<&HashMap<&str, Option<Who>>>,
    ) -> u64 {
        let mut hash = DefaultHasher::new();
        (entry.kind, entry.name.trim(), &entry.email, &entry.fax).hash(&mut hash);
        if let Some(folder) = &entry.folder {
            (&folder.protocol, &folder.server, folder.port, &folder.path, &folder.user).hash(&mut hash);
            folder.password.as_str().hash(&mut hash);
        }
        if self.told.number {
            entry.number.hash(&mut hash);
        }
        if self.told.key {
            entry.key.hash(&mut hash);
        }
        if self.told.favourite {
            entry.favourite.unwrap_or(false).hash(&mut hash);
        }
        if self.told.extra {
            entry
                .extra
                .iter()
                .filter(|(name, _)| !is_made_by_device(name))
                .for_each(|pair| pair.hash(&mut hash));
        }
        if self.told.members
            && let Some(members) = index.members(entry)
        {
            let mut members: Vec<Who> = members
                .into_iter()
                .filter_map(|at| {
                    let member = index.entry(at);
                    match renamed.and_then(|renamed| renamed.get(member.id.as_str())) {
                        Some(after) => after.clone(),
                        None => Some(Who::of(member)),
                    }
                })
                .collect();
            members.sort();
            members.hash(&mut hash);
        }
        hash.finish()
    }
}

/// Whether a device makes a value itself: ids, references to them, dates of use.
fn is_made_by_device(name: &str) -> bool {
    let name = name.to_lowercase();
    name.ends_with("id") || name.contains("last") && !name.contains("name") || name.contains("date")
}

fn json_of(text: &Option<String>) -> Value {
    text.as_deref().map_or(Value::Null, Value::from)
}
