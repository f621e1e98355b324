//! Which users go.

use scanfleet_sdk::{BookEntry, BookTold, EntryKind, EntryWanted, FieldChange};
use serde_json::Value;

use super::index::Index;
use super::matching::Matching;
use super::types::{
    BaseEntry, Conflict, Merge, MergeMode, MergeOptions, OnConflict, PlannedUser, UserChange,
};
use super::users::decided;
use crate::book::Who;

/// Plans the removals; gives the positions of the entries that go.
pub(super) fn plan(
    merge: &mut Merge,
    index: &Index<'_>,
    matching: &Matching<'_>,
    options: &MergeOptions,
) -> Vec<usize> {
    let mut leaving: Vec<(PlannedUser, usize)> = Vec::new();
    for (key, base, at) in &matching.dropped {
        let Some(at) = *at else {
            merge.gone.push((*key).to_owned());
            continue;
        };
        if options.mode == MergeMode::Exact {
            continue;
        }
        let entry = index.entry(at);
        if entry.has_other_destination() && Who::of(entry).email.is_none() {
            merge.gone.push((*key).to_owned());
            merge.notes.push(format!(
                "{}: the list no longer has this entry; it stays, because it leads to a folder or a fax.",
                Who::of(entry)
            ));
            continue;
        }
        let altered = altered(base, entry, index.book.told);
        if !altered.is_empty() {
            let conflict = conflict(base, entry, &altered, options.on_conflict);
            let goes = conflict.decided == Some(OnConflict::UseList);
            merge.conflicts.push(conflict);
            if !goes {
                continue;
            }
        }
        leaving.push((leave(entry, Some(key)), at));
    }
    if options.mode == MergeMode::Exact {
        let remembered: std::collections::HashMap<usize, &str> =
            matching.dropped.iter().filter_map(|(key, _, at)| Some(((*at)?, *key))).collect();
        let asked: Vec<usize> = matching.ambiguous.iter().flat_map(|(_, all)| all.iter().copied()).collect();
        for (at, entry) in index.book.entries.iter().enumerate() {
            if entry.kind != EntryKind::User || matching.claimed[at] || asked.contains(&at) {
                continue;
            }
            if entry.has_other_destination() && Who::of(entry).email.is_none() {
                merge.preserved += 1;
                continue;
            }
            let key = remembered.get(&at).copied();
            merge.foreign_removed += usize::from(key.is_none());
            leaving.push((remove(entry, key), at));
        }
        if merge.preserved > 0 {
            merge.notes.push(match merge.preserved {
                1 => "1 entry that leads only to a folder or a fax stays, although the list does not have it.".to_owned(),
                many => format!(
                    "{many} entries that lead only to a folder or a fax stay, although the list does not have them."
                ),
            });
        }
    }
    leaving.sort_by(|(one, _), (two, _)| one.who.cmp(&two.who));
    let gone = leaving.iter().filter(|(one, _)| matches!(one.change, UserChange::Remove { .. }));
    let gone = gone.map(|(_, at)| *at).collect();
    for (planned, _) in leaving {
        put(merge, planned);
    }
    gone
}

/// Adds the change of somebody who leaves, with its words.
pub(super) fn put(merge: &mut Merge, planned: PlannedUser) {
    let text = |text: &Option<String>| text.as_deref().map_or(Value::Null, Value::from);
    match &planned.change {
        UserChange::Change { entry, .. } => {
            merge.notes.push(format!(
                "{}: only the e-mail address goes; the entry stays, because it also leads to a folder or a fax.",
                planned.who
            ));
            let field = planned.who.field("email");
            merge.fields.push(FieldChange { field, before: text(&entry.email), after: Value::Null });
        }
        _ => merge.fields.push(FieldChange {
            field: planned.who.field("name"),
            before: planned.entry().map_or(Value::Null, |entry| entry.name.as_str().into()),
            after: Value::Null,
        }),
    }
    merge.users.push(planned);
}

/// Takes somebody out: the entry, or only its address where it leads elsewhere too.
pub(super) fn leave(entry: &BookEntry, key: Option<&str>) -> PlannedUser {
    if !entry.has_other_destination() {
        return remove(entry, key);
    }
    let to = EntryWanted { kind: entry.kind, email: Some(String::new()), ..EntryWanted::default() };
    let change = UserChange::Change { entry: Box::new(entry.clone()), to };
    PlannedUser { who: Who::of(entry), line: None, remembered: key.map(str::to_owned), change }
}

fn remove(entry: &BookEntry, key: Option<&str>) -> PlannedUser {
    let change = UserChange::Remove { entry: Box::new(entry.clone()) };
    PlannedUser { who: Who::of(entry), line: None, remembered: key.map(str::to_owned), change }
}

/// The told values of an entry that are no longer as they were left, by their words.
fn altered(base: &BaseEntry, entry: &BookEntry, told: BookTold) -> Vec<&'static str> {
    let then = Who::new(&base.name, base.email.as_deref());
    let now = Who::of(entry);
    let key = told.key && base.key.as_deref().is_some_and(|key| key != entry.key.as_deref().unwrap_or(""));
    let favourite =
        told.favourite && base.favourite.is_some_and(|flag| flag != entry.favourite.unwrap_or(false));
    [
        (then.name != now.name, "name"),
        (then.email != now.email, "e-mail address"),
        (key, "key display"),
        (favourite, "mark as a favourite"),
    ]
    .into_iter()
    .filter_map(|(altered, word)| altered.then_some(word))
    .collect()
}

fn conflict(base: &BaseEntry, entry: &BookEntry, altered: &[&str], on_conflict: OnConflict) -> Conflict {
    let who = Who::of(entry);
    Conflict {
        field: who.field("name"),
        base: base.name.as_str().into(),
        device: entry.name.as_str().into(),
        list: Value::Null,
        decided: decided(on_conflict),
        text: format!(
            "{who}: the list no longer has this entry, but somebody has since altered it on the copier ({}).",
            altered.join(", ")
        ),
    }
}
