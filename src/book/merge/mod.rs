//! The three-way merge of an address book: what was last put there, what is there, and what a list wants.

mod apply;
mod fit;
mod groups;
mod index;
mod leaving;
mod matching;
mod names;
mod types;
mod users;
mod verdict;

#[cfg(test)]
mod model;
#[cfg(test)]
mod tests;

pub use apply::next_base;
pub use types::*;
pub use verdict::verdict;

use std::collections::HashMap;

use scanfleet_sdk::{Book, BookCapabilities};
use serde_json::Value;

use super::{ContactList, Who};
use groups::Groups;
use index::Index;
use matching::{Matching, matching};

/// Works out what has to change on one device. `theirs` is a reading of the whole book, `base` what the list last put there
/// (the default where it never did).
///
/// A conflict that `options` leave undecided is among the result's `conflicts` and [`Merge::blocked`] names it; then nothing
/// may be written. The plan of an unchanged device is empty, and so is the plan after the merge was carried out.
///
/// # Errors
/// What the device cannot hold, one sentence each: names over its limit, characters that its encoding lacks, a full book,
/// groups that it does not let us edit. Nothing has been decided then.
pub fn merge(
    base: &Base,
    theirs: &Book,
    ours: &ContactList,
    options: &MergeOptions,
    capabilities: &BookCapabilities,
) -> Result<Merge, Vec<String>> {
    let mut merge = Merge::default();
    let index = Index::of(theirs);
    let whos: Vec<Who> = ours.contacts.iter().map(super::Contact::who).collect();
    let matching = matching(&index, base, ours, &whos, options.mode == MergeMode::Exact);
    let (rows, mut problems) =
        fit::rows(ours, &whos, &index, &matching, options, capabilities, &mut merge.notes);
    let names = fit::group_names(ours, options, capabilities, &mut problems);
    ambiguous(&mut merge, &index, &whos, &matching, options);
    let afterwards = users::plan(&mut merge, &index, &rows, &matching, options);
    let leaving = leaving::plan(&mut merge, &index, &matching, options).into_iter().collect();
    let groups = Groups {
        index: &index,
        base,
        list: ours,
        matching: &matching,
        afterwards: &afterwards,
        leaving,
        renamed: renamed(&merge),
        options,
    };
    groups.plan(&mut merge, &names);
    problems.extend(fit::room(&mut merge, &index, capabilities));
    if problems.is_empty() { Ok(merge) } else { Err(problems) }
}

/// Works out the removal of every user who holds an address (case-insensitive), for a wish that is "this address is gone".
/// Entries that also lead to a folder or a fax lose only the address.
///
/// # Errors
/// The device's book cannot be written; one sentence.
pub fn without(theirs: &Book, address: &str, capabilities: &BookCapabilities) -> Result<Merge, Vec<String>> {
    let mut merge = Merge::default();
    let index = Index::of(theirs);
    let Some(address) = super::who::fold(address) else { return Ok(merge) };
    let mut planned: Vec<PlannedUser> =
        index.by_email(&address).iter().map(|at| leaving::leave(index.entry(*at), None)).collect();
    planned.sort_by(|one, two| one.who.cmp(&two.who));
    // An address that an entry loses may be remembered too.
    for mut planned in planned {
        planned.remembered = Some(address.clone());
        leaving::put(&mut merge, planned);
    }
    let problems = fit::room(&mut merge, &index, capabilities);
    if problems.is_empty() { Ok(merge) } else { Err(problems) }
}

/// Who an entry is once the users are done, by its handle, where that changes.
fn renamed(merge: &Merge) -> HashMap<String, Who> {
    let changes = merge.users.iter().filter(|user| matches!(user.change, UserChange::Change { .. }));
    changes.filter_map(|user| Some((user.entry()?.id.clone(), user.after()))).collect()
}

/// Rows for which several entries stand.
fn ambiguous(
    merge: &mut Merge,
    index: &Index<'_>,
    whos: &[Who],
    matching: &Matching<'_>,
    options: &MergeOptions,
) {
    for (row, candidates) in &matching.ambiguous {
        let who = &whos[*row];
        let mut names: Vec<&str> = candidates.iter().map(|at| index.entry(*at).name.trim()).collect();
        names.sort_unstable();
        let shown: Vec<String> = names.iter().map(|name| scanfleet_sdk::error::clean(name)).collect();
        merge.conflicts.push(Conflict {
            field: who.field("name"),
            base: Value::Null,
            device: names.clone().into(),
            list: who.name.as_str().into(),
            decided: (options.on_conflict == OnConflict::KeepDevice).then_some(OnConflict::KeepDevice),
            text: format!(
                "{who}: the copier has this address under {} names ({}), so nobody can tell which entry the list means; \
                 give the list one of these names, or remove the others at the copier.",
                names.len(),
                crate::files::words::list(shown.iter().map(String::as_str), 5)
            ),
        });
    }
}
