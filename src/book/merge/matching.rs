//! Which entry of the device is which row of the list.

use std::collections::HashSet;

use scanfleet_sdk::BookEntry;

use super::index::Index;
use super::types::{Base, BaseEntry};
use crate::book::{Contact, ContactList, Who};

/// Rows, entries and what is remembered, put together.
pub(super) struct Matching<'a> {
    /// Of each row: the entry's position.
    pub(super) entry: Vec<Option<usize>>,
    /// Of each row: what is remembered of it, with the key under which it is.
    pub(super) base: Vec<Option<(&'a str, &'a BaseEntry)>>,
    /// Of each entry: whether it is some row's.
    pub(super) claimed: Vec<bool>,
    /// Rows for which several entries stand and nothing tells which is meant.
    pub(super) ambiguous: Vec<(usize, Vec<usize>)>,
    /// What is remembered of entries that the list no longer has, with the entry where it is still there.
    pub(super) dropped: Vec<(&'a str, &'a BaseEntry, Option<usize>)>,
}

/// Puts them together: by address, then by what is remembered, then by name where one side has no address.
pub(super) fn matching<'a>(
    index: &Index<'_>,
    base: &'a Base,
    list: &ContactList,
    whos: &[Who],
    decide: bool,
) -> Matching<'a> {
    let mut found = Matching {
        entry: vec![None; list.contacts.len()],
        base: remembered(base, whos),
        claimed: vec![false; index.book.entries.len()],
        ambiguous: Vec::new(),
        dropped: Vec::new(),
    };
    let listed: HashSet<&str> = whos.iter().filter_map(|who| who.email.as_deref()).collect();
    for (row, who) in whos.iter().enumerate() {
        let Some(email) = &who.email else { continue };
        let candidates = index.by_email(email).to_vec();
        found.choose(index, list, row, candidates, decide);
    }
    for row in 0..whos.len() {
        let Some((_, base)) = found.base[row].filter(|_| found.is_open(row)) else { continue };
        // Under the address it had, or still under the name with whatever address the panel gave it.
        let known = [&base.email, &base.panel_email].into_iter().flatten().map(|email| email.to_lowercase());
        let mut candidates = Vec::new();
        for email in known.filter(|email| !listed.contains(email.as_str())) {
            if candidates.is_empty() {
                candidates = found.free(index.by_email(&email));
            }
        }
        if candidates.is_empty() {
            candidates = found.free(index.by_name(&base.name));
            candidates.retain(|at| {
                let entry = index.entry(*at);
                let email = Who::of(entry).email;
                is_same(base, entry) && email.is_none_or(|email| !listed.contains(email.as_str()))
            });
        }
        found.choose(index, list, row, candidates, decide);
    }
    for (row, who) in whos.iter().enumerate() {
        if index.by_name(&who.name).is_empty() || !found.is_open(row) {
            continue;
        }
        let mut candidates = found.free(index.by_name(&who.name));
        // An entry with the address of another row is that row's, even where nobody can tell which of several.
        candidates.retain(|at| {
            Who::of(index.entry(*at)).email.is_none_or(|email| !listed.contains(email.as_str()))
        });
        let without = |at: &usize| Who::of(index.entry(*at)).email.is_none();
        if who.email.is_some() || candidates.iter().any(without) {
            candidates.retain(without);
        } else if index.by_name(&who.name).len() > 1 {
            // A bare name says nothing where several people have it.
            candidates.clear();
        }
        found.choose(index, list, row, candidates, decide);
    }
    let used: HashSet<&str> = found.base.iter().flatten().map(|(key, _)| *key).collect();
    for (key, entry) in base.users.iter().filter(|(key, _)| !used.contains(key.as_str())) {
        let at = found.where_dropped(index, entry);
        found.dropped.push((key, entry, at));
    }
    found
}

/// What is remembered of each row: under its address or name, or under an address that the list has since changed.
fn remembered<'a>(base: &'a Base, whos: &[Who]) -> Vec<Option<(&'a str, &'a BaseEntry)>> {
    let keyed = |who: &Who| base.users.get_key_value(who.word()).map(|(key, entry)| (key.as_str(), entry));
    let mut found: Vec<_> = whos.iter().map(keyed).collect();
    if base.users.is_empty() {
        return found;
    }
    let words: HashSet<&str> = whos.iter().map(Who::word).collect();
    let mut free: std::collections::HashMap<&str, (&str, &BaseEntry)> = std::collections::HashMap::new();
    for (key, entry) in base.users.iter().filter(|(key, _)| !words.contains(key.as_str())) {
        // The first of equals, in the order of addresses.
        free.entry(entry.name.as_str()).or_insert((key.as_str(), entry));
    }
    for (slot, who) in found.iter_mut().zip(whos).filter(|(slot, _)| slot.is_none()) {
        *slot = free.remove(who.name.as_str());
    }
    found
}

/// Whether an entry with another address is the one that is remembered: its number or handle has to prove it, because a
/// namesake may be somebody else.
fn is_same(base: &BaseEntry, entry: &BookEntry) -> bool {
    base.number.is_some() && base.number == entry.number || base.handle == entry.id
}

impl Matching<'_> {
    /// Whether a row has neither an entry nor a question open.
    fn is_open(&self, row: usize) -> bool {
        self.entry[row].is_none() && self.ambiguous.iter().all(|(other, _)| *other != row)
    }

    fn free(&self, candidates: &[usize]) -> Vec<usize> {
        candidates.iter().copied().filter(|at| !self.claimed[*at]).collect()
    }

    /// Gives a row its entry; of several the one of the very name that needs least, otherwise the question stays open
    /// unless `decide`.
    fn choose(
        &mut self,
        index: &Index<'_>,
        list: &ContactList,
        row: usize,
        mut candidates: Vec<usize>,
        decide: bool,
    ) {
        candidates.retain(|at| !self.claimed[*at]);
        let contact = &list.contacts[row];
        let base = self.base[row].map(|(_, base)| base);
        if candidates.len() > 1 {
            let named = |at: &usize| {
                let name = index.entry(*at).name.trim();
                name == contact.name || base.is_some_and(|base| base.name == name)
            };
            let any_named = candidates.iter().any(named);
            if !any_named && !decide {
                self.ambiguous.push((row, candidates));
                return;
            }
            if any_named {
                candidates.retain(named);
            }
            candidates.sort_by_cached_key(|at| rank(contact, base, index.entry(*at)));
        }
        if let Some(at) = candidates.first() {
            self.entry[row] = Some(*at);
            self.claimed[*at] = true;
        }
    }

    /// Where an entry that the list no longer has is now.
    fn where_dropped(&self, index: &Index<'_>, base: &BaseEntry) -> Option<usize> {
        let known = [&base.email, &base.panel_email].into_iter().map(|email| email.as_deref());
        let whos = known
            .filter(|email| email.is_some() || base.email.is_none())
            .map(|email| Who::new(&base.name, email));
        let mut candidates =
            whos.map(|who| self.free(&index.of_who(&who))).find(|all| !all.is_empty()).unwrap_or_default();
        if candidates.is_empty() {
            candidates = self.free(index.by_name(&base.name));
            candidates.retain(|at| is_same(base, index.entry(*at)));
        }
        // What another remembered entry is already known as.
        candidates.retain(|at| self.dropped.iter().all(|(_, _, other)| *other != Some(*at)));
        candidates.sort_by_cached_key(|at| {
            let entry = index.entry(*at);
            (base.handle != entry.id, differs(base, entry), content(entry))
        });
        candidates.first().copied()
    }
}

/// Whether an entry is another one than is remembered, how little it differs from a row, then from what is remembered, then
/// its content: never its place.
fn rank(contact: &Contact, base: Option<&BaseEntry>, entry: &BookEntry) -> (bool, usize, usize, String) {
    let differs_from_list = usize::from(entry.name.trim() != contact.name)
        + usize::from(contact.key.is_some() && contact.key != entry.key)
        + usize::from(contact.favourite.is_some_and(|wanted| wanted != entry.favourite.unwrap_or(false)));
    let other = base.is_some_and(|base| base.handle != entry.id);
    (other, differs_from_list, base.map_or(0, |base| differs(base, entry)), content(entry))
}

fn differs(base: &BaseEntry, entry: &BookEntry) -> usize {
    usize::from(base.name != entry.name.trim())
        + usize::from(base.key.is_some() && base.key.as_deref() != Some(entry.key.as_deref().unwrap_or("")))
        + usize::from(base.favourite.is_some() && base.favourite != entry.favourite)
        + usize::from(base.number.is_some() && base.number != entry.number)
}

fn content(entry: &BookEntry) -> String {
    format!(
        "{}\u{1f}{:?}\u{1f}{:?}\u{1f}{:?}\u{1f}{:?}\u{1f}{:?}",
        entry.name, entry.key, entry.favourite, entry.fax, entry.folder, entry.extra
    )
}
