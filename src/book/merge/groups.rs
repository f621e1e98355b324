//! What happens to each group.

use std::collections::{BTreeMap, HashMap, HashSet};

use scanfleet_sdk::{BookEntry, EntryKind, FieldChange};
use serde_json::{Value, json};

use super::index::Index;
use super::matching::Matching;
use super::types::{
    Base, BaseGroup, Conflict, GroupChange, Merge, MergeMode, MergeOptions, OnConflict, PlannedGroup,
};
use super::users::decided;
use crate::book::{ContactList, Who};

/// What the planning of groups knows.
pub(super) struct Groups<'a> {
    pub(super) index: &'a Index<'a>,
    pub(super) base: &'a Base,
    pub(super) list: &'a ContactList,
    pub(super) matching: &'a Matching<'a>,
    /// Who each row is on the device once the users are done.
    pub(super) afterwards: &'a [Who],
    /// Entries that go.
    pub(super) leaving: HashSet<usize>,
    /// Who an entry is afterwards, by handle, where that changes.
    pub(super) renamed: HashMap<String, Who>,
    pub(super) options: &'a MergeOptions,
}

impl Groups<'_> {
    fn exact(&self) -> bool {
        self.options.mode == MergeMode::Exact
    }

    /// Plans all groups. `names` gives the name on the device of each group of the list.
    pub(super) fn plan(&self, merge: &mut Merge, names: &BTreeMap<&str, String>) {
        if !self.list.has_groups && !self.exact() {
            return;
        }
        let mut rows: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, contact) in self.list.contacts.iter().enumerate() {
            // A row whose entry nobody can tell is in no group either.
            if self.matching.ambiguous.iter().any(|(row, _)| *row == at) {
                continue;
            }
            for group in &contact.groups {
                let name = names.get(group.as_str()).map_or(group.as_str(), String::as_str);
                rows.entry(name).or_default().push(at);
            }
        }
        let (mut added, mut changed, mut removed) = (Vec::new(), Vec::new(), Vec::new());
        for (name, rows) in &rows {
            match self.index.groups(name) {
                [] => added.push(PlannedGroup {
                    name: (*name).to_owned(),
                    change: GroupChange::Add { members: self.whos(rows) },
                }),
                [one] => changed.extend(self.altered(merge, name, rows, self.index.entry(*one))),
                several => merge.conflicts.push(namesakes(name, several.len(), self.options.on_conflict)),
            }
        }
        for (name, group) in self.base.groups.iter().filter(|(name, _)| !rows.contains_key(name.as_str())) {
            match self.index.groups(name) {
                [one] if !self.exact() => {
                    let entry = self.index.entry(*one);
                    match self.dropped(merge, name, group, entry) {
                        Some(change @ GroupChange::Remove { .. }) => {
                            removed.push(PlannedGroup { name: name.clone(), change });
                        }
                        Some(change) => changed.push(PlannedGroup { name: name.clone(), change }),
                        None => {}
                    }
                }
                _ => merge.gone_groups.push(name.clone()),
            }
        }
        if self.exact() {
            for entry in self.index.book.entries.iter().filter(|entry| entry.kind == EntryKind::Group) {
                if rows.contains_key(entry.name.trim()) {
                    continue;
                }
                let made = self.base.groups.get(entry.name.trim()).is_some_and(|group| group.made);
                merge.foreign_removed += usize::from(!made);
                let change = GroupChange::Remove { entry: Box::new(entry.clone()), only: None };
                removed.push(PlannedGroup { name: entry.name.trim().to_owned(), change });
            }
        }
        for planned in [added, changed, removed].concat() {
            merge.fields.extend(self.fields(&planned));
            merge.groups.push(planned);
        }
    }

    /// Who stands at a position once the users are done.
    fn who(&self, at: usize) -> Who {
        let entry = self.index.entry(at);
        self.renamed.get(&entry.id).cloned().unwrap_or_else(|| Who::of(entry))
    }

    fn whos(&self, rows: &[usize]) -> Vec<Who> {
        rows.iter().map(|row| self.afterwards[*row].clone()).collect()
    }

    /// The words under which a row may be remembered as a member.
    fn words(&self, row: usize) -> Vec<String> {
        let entry = self.matching.entry[row].map(|at| Who::of(self.index.entry(at)).word().to_owned());
        let base = self.matching.base[row].map(|(key, _)| key.to_owned());
        entry.into_iter().chain(base).collect()
    }

    /// What changes in a group that is there and that the list names.
    fn altered(
        &self,
        merge: &mut Merge,
        name: &str,
        rows: &[usize],
        entry: &BookEntry,
    ) -> Option<PlannedGroup> {
        let nothing = BaseGroup::default();
        let base = self.base.groups.get(name).unwrap_or(&nothing);
        let there: Option<HashSet<usize>> = self.index.members(entry).map(|all| all.into_iter().collect());
        let mut add = Vec::new();
        let mut words: HashSet<String> = HashSet::new();
        for row in rows {
            let own = self.words(*row);
            let remembered = own.iter().any(|word| base.members.contains_key(word));
            words.extend(own);
            let at = self.matching.entry[*row];
            let missing = match (&there, at) {
                (_, None) => true,
                (Some(there), Some(at)) if there.contains(&at) => false,
                (Some(_), Some(_)) if remembered && !self.exact() => {
                    merge.notes.push(format!(
                        "{} stays out of the group `{}`, as somebody took them out at the panel.",
                        self.afterwards[*row],
                        scanfleet_sdk::error::clean(name)
                    ));
                    false
                }
                (Some(_), Some(_)) => true,
                (None, Some(_)) => !remembered,
            };
            if missing {
                add.push(self.afterwards[*row].clone());
            }
        }
        let (mut remove, forget) = self.ours_to_remove(base, &words, there.as_ref());
        let mut only = None;
        if self.exact() {
            let preserved = |at: &usize| {
                let member = self.index.entry(*at);
                member.kind == EntryKind::User
                    && member.has_other_destination()
                    && Who::of(member).email.is_none()
                    // The list says of its own people in which groups they are.
                    && !self.matching.claimed[*at]
            };
            let wanted: HashSet<usize> = rows.iter().filter_map(|row| self.matching.entry[*row]).collect();
            let told = self.index.members(entry);
            if let Some(there) = &told {
                let others = there.iter().filter(|at| !wanted.contains(*at) && !self.leaving.contains(*at));
                remove = others.filter(|at| !preserved(at)).map(|at| self.who(*at)).collect();
            }
            let there = told.unwrap_or_else(|| (0..self.index.book.entries.len()).collect());
            let stay = there.iter().filter(|at| preserved(at)).map(|at| self.who(*at));
            only = Some(self.whos(rows).into_iter().chain(stay).collect());
        }
        if add.is_empty() && remove.is_empty() {
            return None;
        }
        let change = GroupChange::Change { entry: Box::new(entry.clone()), add, remove, forget, only };
        Some(PlannedGroup { name: name.to_owned(), change })
    }

    /// Members that we put there, that the list no longer names and that are not leaving the book anyway; with the words
    /// under which they are remembered.
    fn ours_to_remove(
        &self,
        base: &BaseGroup,
        keep: &HashSet<String>,
        there: Option<&HashSet<usize>>,
    ) -> (Vec<Who>, Vec<String>) {
        let ours = base.members.iter().filter(|(word, ours)| **ours && !keep.contains(word.as_str()));
        let found = ours.filter_map(|(word, _)| Some((self.position(word)?, word)));
        let found = found
            .filter(|(at, _)| !self.leaving.contains(at) && there.is_none_or(|there| there.contains(at)));
        let (mut whos, mut words) = (Vec::new(), Vec::new());
        for (at, word) in found {
            whos.push(self.who(at));
            words.push(word.clone());
            // A change of the entry brings its memberships under the word it is remembered by.
            words.extend(self.remembered(at).map(str::to_owned));
        }
        words.sort_unstable();
        words.dedup();
        (whos, words)
    }

    /// The word under which an entry is remembered.
    fn remembered(&self, at: usize) -> Option<&str> {
        let Matching { base, entry, dropped, .. } = self.matching;
        let of_row = entry.iter().position(|known| *known == Some(at)).and_then(|row| base[row]);
        let key = of_row.map(|(key, _)| key);
        key.or_else(|| dropped.iter().find(|(.., known)| *known == Some(at)).map(|(key, ..)| *key))
    }

    /// Where a remembered member stands now. Somebody may have taken the address off the entry since.
    fn position(&self, word: &str) -> Option<usize> {
        let Matching { base, entry, dropped, .. } = self.matching;
        let row = base.iter().position(|known| known.is_some_and(|(key, _)| key == word));
        if let Some(at) = row.and_then(|row| entry[row]) {
            return Some(at);
        }
        if let Some(at) = dropped.iter().find(|(key, ..)| *key == word).and_then(|(.., at)| *at) {
            return Some(at);
        }
        match self.index.by_email(word) {
            [one, ..] => Some(*one),
            [] => self
                .index
                .by_name(word)
                .iter()
                .copied()
                .find(|at| Who::of(self.index.entry(*at)).email.is_none()),
        }
    }

    /// What becomes of a group that the list no longer names.
    fn dropped(
        &self,
        merge: &mut Merge,
        name: &str,
        base: &BaseGroup,
        entry: &BookEntry,
    ) -> Option<GroupChange> {
        let there = self.index.members(entry);
        let ours: Vec<usize> = base
            .members
            .iter()
            .filter(|(_, ours)| **ours)
            .filter_map(|(word, _)| self.position(word))
            .collect();
        let entry = Box::new(entry.clone());
        if !base.made {
            let there = there.map(|there| there.into_iter().collect());
            let (remove, forget) = self.ours_to_remove(base, &HashSet::new(), there.as_ref());
            if remove.is_empty() {
                merge.gone_groups.push(name.to_owned());
                return None;
            }
            return Some(GroupChange::Change { entry, add: Vec::new(), remove, forget, only: None });
        }
        let mut only = Some(ours.iter().map(|at| self.who(*at)).collect::<Vec<_>>());
        let others: Vec<String> = there
            .iter()
            .flatten()
            .filter(|at| !ours.contains(at) && !self.leaving.contains(*at))
            .map(|at| self.who(*at).to_string())
            .collect();
        if !others.is_empty() {
            let conflict = Conflict {
                field: group_field(name, "name"),
                base: name.into(),
                device: name.into(),
                list: Value::Null,
                decided: decided(self.options.on_conflict),
                text: format!(
                    "The list no longer has the group `{}`, but somebody has since put {} into it on the copier.",
                    scanfleet_sdk::error::clean(name),
                    crate::files::words::list(others.iter().map(String::as_str), 5)
                ),
            };
            let goes = conflict.decided == Some(OnConflict::UseList);
            merge.conflicts.push(conflict);
            if !goes {
                return None;
            }
            only = None;
        }
        Some(GroupChange::Remove { entry, only })
    }

    fn fields(&self, planned: &PlannedGroup) -> Vec<FieldChange> {
        let name = planned.name.as_str();
        let words = |whos: &[Who]| -> Value {
            match whos {
                [] => Value::Null,
                whos => whos.iter().map(Who::word).collect::<Vec<_>>().into(),
            }
        };
        let change =
            |field: &str, before, after| FieldChange { field: group_field(name, field), before, after };
        match &planned.change {
            GroupChange::Add { members } => {
                vec![change("name", Value::Null, name.into()), change("members", Value::Null, words(members))]
            }
            GroupChange::Remove { .. } => vec![change("name", name.into(), Value::Null)],
            GroupChange::Change { entry, add, remove, .. } => {
                let Some(there) = self.index.members(entry) else {
                    // Nobody knows the others.
                    return vec![change("members", words(remove), words(add))];
                };
                let before: Vec<Who> = there.iter().map(|at| Who::of(self.index.entry(*at))).collect();
                let staying = there.iter().filter(|at| !self.leaving.contains(at)).map(|at| self.who(*at));
                let after: Vec<Who> =
                    staying.filter(|who| !remove.contains(who)).chain(add.iter().cloned()).collect();
                vec![change("members", words(&before), words(&after))]
            }
        }
    }
}

/// A field of a group as results name it.
pub(super) fn group_field(name: &str, field: &str) -> String {
    format!("address_book[{}].{field}", scanfleet_sdk::error::clean(name))
}

fn namesakes(name: &str, how_many: usize, on_conflict: OnConflict) -> Conflict {
    let text = format!(
        "The copier has {how_many} groups called `{}`, so nobody can tell which one the list means; give them different \
         names at the copier.",
        scanfleet_sdk::error::clean(name)
    );
    Conflict {
        field: group_field(name, "members"),
        base: Value::Null,
        device: json!(how_many),
        list: name.into(),
        decided: (on_conflict == OnConflict::KeepDevice).then_some(on_conflict),
        text,
    }
}
