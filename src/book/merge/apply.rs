//! Around the writing: entries read whole, members as handles, and what to remember.

use std::collections::{HashMap, HashSet};

use scanfleet_sdk::error::clean;
use scanfleet_sdk::{Book, BookEntry, EntryChange, EntryKind, EntryWanted};

use super::index::Index;
use super::types::{Base, BaseEntry, GroupChange, Merge, PlannedGroup, PlannedUser, UserChange, Verdict};
use crate::book::Who;

impl Merge {
    /// Puts an entry as [`scanfleet_sdk::Driver::read_entry`] gave it in the place of the planned one of the same handle;
    /// an entry that is not planned is ignored. `book` is the reading that the plan was made of. To be called for every
    /// entry about to be touched, before anything is written.
    ///
    /// # Errors
    /// A sentence: the entry is no longer as it was when the plan was made, or a group that would go holds somebody else.
    pub fn complete(&mut self, full: BookEntry, book: &Book) -> Result<(), String> {
        let mut renamed: HashMap<String, Option<Who>> =
            super::renamed(self).into_iter().map(|(id, who)| (id, Some(who))).collect();
        let leaving = self.users.iter().filter(|user| user.wanted().is_none());
        renamed.extend(leaving.filter_map(|user| Some((user.entry()?.id.clone(), None))));
        for group in &self.groups {
            if let GroupChange::Remove { entry, only: Some(only) } = &group.change
                && entry.id == full.id
                && let Some(stranger) = stranger(&Index::of(book), &full, only, &renamed)
            {
                return Err(kept_for(&group.name, &stranger));
            }
        }
        let users = self.users.iter_mut().filter_map(|user| match &mut user.change {
            UserChange::Add { .. } => None,
            UserChange::Change { entry, .. } | UserChange::Remove { entry } => Some(entry),
        });
        let groups = self.groups.iter_mut().filter_map(|group| match &mut group.change {
            GroupChange::Add { .. } => None,
            GroupChange::Change { entry, .. } | GroupChange::Remove { entry, .. } => Some(entry),
        });
        for entry in users.chain(groups).filter(|entry| entry.id == full.id) {
            if let Some(word) = altered(entry, &full) {
                return Err(format!(
                    "{} is no longer as it was when the plan was made: the {word} has changed since; plan again",
                    Who::of(entry)
                ));
            }
            **entry = full.clone();
        }
        Ok(())
    }
}

/// Somebody in a group whom the plan did not know of.
fn stranger(
    index: &Index<'_>,
    group: &BookEntry,
    only: &[Who],
    renamed: &HashMap<String, Option<Who>>,
) -> Option<Who> {
    let members = index.members(group)?.into_iter().map(|at| index.entry(at));
    let who = |entry: &BookEntry| renamed.get(&entry.id).cloned().unwrap_or_else(|| Some(Who::of(entry)));
    let mut whos = members.filter_map(who);
    whos.find(|who| !only.contains(who))
}

fn kept_for(group: &str, stranger: &Who) -> String {
    format!(
        "the list no longer has the group `{}`, but {stranger} is in it, whom the list did not put there; take them out at the \
         copier, or name the group in the list again",
        clean(group)
    )
}

/// The first told value that is not the same any more.
fn altered(planned: &BookEntry, full: &BookEntry) -> Option<&'static str> {
    let differ = |one: &Option<String>, two: &Option<String>| matches!((one, two), (Some(one), Some(two)) if one.trim() != two.trim());
    if planned.name.trim() != full.name.trim() {
        return Some("name");
    }
    if Who::of(planned).email != Who::of(full).email {
        return Some("e-mail address");
    }
    if differ(&planned.key, &full.key) {
        return Some("key display");
    }
    if matches!((planned.favourite, full.favourite), (Some(one), Some(two)) if one != two) {
        return Some("mark as a favourite");
    }
    if matches!((&planned.folder, &full.folder), (Some(one), Some(two)) if one.path != two.path) {
        return Some("folder");
    }
    None
}

impl PlannedGroup {
    /// The group as the plan saw it, where it is there already.
    pub fn entry(&self) -> Option<&BookEntry> {
        match &self.change {
            GroupChange::Add { .. } => None,
            GroupChange::Change { entry, .. } | GroupChange::Remove { entry, .. } => Some(entry),
        }
    }

    /// The change for a driver, with the handles of `book`, a reading in which the users are already there. `full` is the
    /// group as [`scanfleet_sdk::Driver::read_entry`] gave it, where the reading does not tell members. `None` where
    /// nothing is left to do.
    ///
    /// # Errors
    /// A sentence: a member is not in the book, the group is not there, or it holds somebody whom the plan did not know of.
    pub fn resolve(&self, book: &Book, full: Option<&BookEntry>) -> Result<Option<EntryChange>, String> {
        let index = Index::of(book);
        let name = clean(&self.name);
        let handle = |who: &Who| {
            index.the_one(who).map(|at| index.entry(at).id.clone()).ok_or_else(|| {
                format!("the group `{name}` cannot be written: {who} is not in the book, or not only once")
            })
        };
        let wanted = |members: Vec<String>| EntryWanted {
            kind: EntryKind::Group,
            members: Some(members),
            ..EntryWanted::default()
        };
        let there = match (index.groups(&self.name), &self.change) {
            ([], GroupChange::Remove { .. }) => return Ok(None),
            ([], GroupChange::Add { members }) => {
                let members = members.iter().map(handle).collect::<Result<_, _>>()?;
                let wanted = EntryWanted { name: Some(self.name.clone()), ..wanted(members) };
                return Ok(Some(EntryChange::Add(wanted)));
            }
            (_, GroupChange::Add { .. }) => {
                return Err(format!(
                    "the group `{name}` has come into the book since the plan was made; plan again"
                ));
            }
            ([], GroupChange::Change { .. }) => {
                return Err(format!(
                    "the group `{name}` has gone from the book since the plan was made; plan again"
                ));
            }
            ([one], _) => index.entry(*one),
            _ => return Err(format!("the copier has several groups called `{name}`")),
        };
        let there = full.filter(|full| full.id == there.id).unwrap_or(there);
        let members = index.members(there);
        let unread = || format!("the members of the group `{name}` could not be read");
        match &self.change {
            GroupChange::Remove { only, .. } => {
                if let Some(only) = only {
                    members.ok_or_else(unread)?;
                    if let Some(stranger) = stranger(&index, there, only, &HashMap::new()) {
                        return Err(kept_for(&self.name, &stranger));
                    }
                }
                Ok(Some(EntryChange::Remove { entry: there.clone() }))
            }
            GroupChange::Change { add, remove, only, .. } => {
                let members = members.ok_or_else(unread)?;
                let stays = |at: &usize| {
                    let who = Who::of(index.entry(*at));
                    !remove.contains(&who) && only.as_ref().is_none_or(|only| only.contains(&who))
                };
                let mut now: Vec<String> =
                    members.iter().filter(|at| stays(at)).map(|at| index.entry(*at).id.clone()).collect();
                let mut seen: HashSet<String> = now.iter().cloned().collect();
                for who in add {
                    let id = handle(who)?;
                    if seen.insert(id.clone()) {
                        now.push(id);
                    }
                }
                let same = now.len() == members.len()
                    && now.iter().zip(&members).all(|(id, at)| *id == index.entry(*at).id);
                if same {
                    return Ok(None);
                }
                Ok(Some(EntryChange::Change { entry: there.clone(), to: wanted(now) }))
            }
            GroupChange::Add { .. } => Ok(None),
        }
    }
}

/// What to remember for the next merge: changes that the verdict found done, as read back; what is no longer there is
/// forgotten. To be stored also where some changes failed, and where there were none.
pub fn next_base(base: &Base, merge: &Merge, verdict: &Verdict, after: &Book, whole: &[BookEntry]) -> Base {
    let mut next = base.clone();
    let now = Index::of(after);
    for key in &merge.gone {
        next.users.remove(key);
    }
    for name in &merge.gone_groups {
        next.groups.remove(name);
    }
    // An entry that came anew is in no group yet, whatever is remembered of the one before it.
    for user in merge.users.iter().filter(|user| matches!(user.change, UserChange::Add { .. })) {
        let words = [user.remembered.as_deref(), Some(user.who.word())];
        for group in next.groups.values_mut() {
            group.members.retain(|member, _| !words.contains(&Some(member.as_str())));
        }
    }
    let done = |verdicts: &[super::EntryVerdict], at: usize| verdicts.get(at).is_some_and(|one| one.done);
    for (_, user) in merge.users.iter().enumerate().filter(|(at, _)| done(&verdict.users, *at)) {
        remember(&mut next, user, &now, whole);
    }
    for (_, group) in merge.groups.iter().enumerate().filter(|(at, _)| done(&verdict.groups, *at)) {
        match &group.change {
            GroupChange::Remove { .. } => drop(next.groups.remove(&group.name)),
            GroupChange::Add { members } => {
                let known = next.groups.entry(group.name.clone()).or_default();
                known.made = true;
                known.members = members.iter().map(|who| (who.word().to_owned(), true)).collect();
            }
            GroupChange::Change { entry, add, remove, forget, .. } => {
                // Whoever was there when the group was read whole is not ours.
                let found: HashSet<&str> = entry.members.iter().flatten().map(String::as_str).collect();
                let known = next.groups.entry(group.name.clone()).or_default();
                for who in add {
                    let was_there =
                        now.the_one(who).is_some_and(|at| found.contains(now.entry(at).id.as_str()));
                    known.members.insert(who.word().to_owned(), !was_there);
                }
                for word in remove.iter().map(Who::word).chain(forget.iter().map(String::as_str)) {
                    known.members.remove(word);
                }
            }
        }
    }
    // Whoever has gone takes no membership back when somebody types them in again.
    let is_there = |word: &String| !now.by_email(word).is_empty() || !now.by_name(word).is_empty();
    let Base { users, groups } = &mut next;
    for group in groups.values_mut() {
        group.members.retain(|word, _| users.contains_key(word) || is_there(word));
    }
    groups.retain(|_, group| group.made || !group.members.is_empty());
    next
}

fn forget(base: &mut Base, key: &str) {
    base.users.remove(key);
    for group in base.groups.values_mut() {
        group.members.remove(key);
    }
}

/// Remembers a change of a user that is there.
fn remember(base: &mut Base, user: &PlannedUser, now: &Index<'_>, whole: &[BookEntry]) {
    let (after, to) = match &user.change {
        UserChange::Remove { .. } => {
            // Of others nothing is remembered; a namesake's memberships are not theirs.
            user.remembered.iter().for_each(|key| forget(base, key));
            return;
        }
        UserChange::Change { to, .. } if to.email.as_deref() == Some("") => {
            user.remembered.iter().for_each(|key| forget(base, key));
            return;
        }
        UserChange::Change { to, .. } => (user.after(), Some(to)),
        UserChange::Add { .. } => (user.after(), None),
    };
    let mut found = now.of_who(&after);
    found.retain(|at| Who::of(now.entry(*at)) == after);
    // Of twins the one that keeps its handle.
    found.sort_by_key(|at| user.entry().is_some_and(|entry| entry.id != now.entry(*at).id));
    let Some(listed) = found.first().map(|at| now.entry(*at)) else { return };
    let full = whole.iter().find(|entry| entry.id == listed.id);
    let entry = full.unwrap_or(listed);
    let told = now.book.told;
    let read = BaseEntry {
        name: entry.name.trim().to_owned(),
        email: entry.email.clone(),
        handle: entry.id.clone(),
        panel_email: None,
        key: (told.key || full.is_some()).then(|| entry.key.clone().unwrap_or_default()),
        favourite: (told.favourite || full.is_some()).then(|| entry.favourite.unwrap_or(false)),
        number: entry.number,
    };
    let key = user.remembered.as_deref().unwrap_or(user.who.word());
    let known = match (base.users.remove(key), to) {
        // What was not written stays as it was remembered, so that an edit at the panel is still known as one.
        (Some(old), Some(to)) => BaseEntry {
            handle: read.handle,
            name: if to.name.is_some() { read.name } else { old.name },
            panel_email: read
                .email
                .clone()
                .filter(|now| to.email.is_none() && old.email.as_ref() != Some(now)),
            email: if to.email.is_some() { read.email } else { old.email },
            key: if to.key.is_some() { read.key } else { old.key.or(read.key) },
            favourite: if to.favourite.is_some() { read.favourite } else { old.favourite.or(read.favourite) },
            number: read.number,
        },
        _ => read,
    };
    let word = match &known.email {
        Some(email) => email.to_lowercase(),
        None => known.name.clone(),
    };
    let before = user.entry().map(Who::of);
    let before = before.as_ref().map_or(word.as_str(), Who::word);
    for group in base.groups.values_mut() {
        if before != word && user.remembered.as_ref() != Some(&word) {
            // Remembered of somebody who had the address before, and has gone.
            group.members.remove(&word);
        }
        for old in [key, before] {
            if let Some(ours) = group.members.remove(old) {
                group.members.insert(word.clone(), ours);
            }
        }
    }
    base.users.insert(word, known);
}
