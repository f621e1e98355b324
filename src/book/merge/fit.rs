//! Whether a device can hold what a list wants; told before anything is written.

use std::collections::{BTreeMap, HashMap, HashSet};

use encoding_rs::Encoding;
use scanfleet_sdk::error::clean;
use scanfleet_sdk::{BookCapabilities, BookWrite, EntryKind, Support};

use super::index::Index;
use super::matching::Matching;
use super::names::{Long, cut, shorten};
use super::types::{GroupChange, Merge, MergeOptions, UserChange};
use super::users::Row;
use crate::book::{Contact, ContactList, Who};
use crate::files::words::{count, list as listed};

/// Gives every row the form in which the device can hold it, and says what it cannot hold.
pub(super) fn rows<'a>(
    list: &'a ContactList,
    whos: &[Who],
    index: &Index<'_>,
    matching: &Matching<'_>,
    options: &MergeOptions,
    can: &BookCapabilities,
    notes: &mut Vec<String>,
) -> (Vec<Row<'a>>, Vec<String>) {
    let mut problems = Vec::new();
    let names = fitting_names(list, whos, index, matching, options, can, &mut problems);
    let numbers: HashMap<u32, usize> = if index.book.told.number {
        let entries = index.book.entries.iter().enumerate();
        entries.filter_map(|(at, entry)| Some((entry.number?, at))).collect()
    } else {
        HashMap::new()
    };
    let (mut other_number, mut left_out) = (Vec::new(), [0usize; 3]);
    let mut rows = Vec::with_capacity(list.contacts.len());
    for (at, (contact, name)) in list.contacts.iter().zip(names).enumerate() {
        let entry = matching.entry[at].map(|at| index.entry(at));
        let unclear = matching.ambiguous.iter().any(|(row, _)| *row == at);
        let mut number = contact.number.filter(|_| entry.is_none());
        if let Some(wanted) = contact.number {
            match entry {
                _ if !can.has_number => {
                    left_out[0] += 1;
                    number = None;
                }
                Some(entry) => {
                    if entry.number.is_some_and(|has| has != wanted) {
                        other_number.push(named(contact));
                    }
                }
                None => {
                    if let Some(holder) = numbers.get(&wanted).map(|at| index.entry(*at)) {
                        problems.push(format!(
                            "{}: the number {wanted} is taken on this copier by {}; give another one, or none.",
                            named(contact),
                            Who::of(holder)
                        ));
                    }
                }
            }
        }
        let key = contact.key.clone().filter(|_| can.has_key);
        left_out[1] += usize::from(contact.key.is_some() && !can.has_key);
        let favourite = contact.favourite.filter(|_| can.has_favourite);
        left_out[2] += usize::from(contact.favourite.is_some() && !can.has_favourite);
        let key = key.map(|key| match can.key_limit {
            Some(limit) if key.chars().count() > limit && options.shorten => cut(&key, limit),
            Some(limit) if key.chars().count() > limit => {
                problems.push(too_long(contact, "key display", &key, limit, true));
                key
            }
            _ => key,
        });
        if let (Some(email), Some(limit)) = (&contact.email, can.email_limit)
            && email.chars().count() > limit
        {
            problems.push(too_long(contact, "e-mail address", email, limit, false));
        }
        if contact.email.is_none() && entry.is_none() && !unclear {
            problems.push(format!(
                "{} is not on this copier and has no e-mail address, so it cannot be added; give it one, or take the row out.",
                named(contact)
            ));
        }
        let texts = [Some(&name), key.as_ref(), contact.email.as_ref()];
        problems.extend(unmappable(&named(contact), texts.into_iter().flatten().map(String::as_str), can));
        rows.push(Row { contact, name, key, favourite, number });
    }
    for (how_many, what) in left_out.iter().zip(["registration numbers", "key displays", "favourites"]) {
        if *how_many > 0 {
            notes.push(format!(
                "This copier's entries have no {what} that can be set; those of the list are left out."
            ));
        }
    }
    if !other_number.is_empty() {
        notes.push(format!(
            "{} keep the number that they have on this copier: {}.",
            count(other_number.len(), "entry").replace("entrys", "entries"),
            listed(other_number.iter().map(String::as_str), 3)
        ));
    }
    (rows, problems)
}

/// The name that each row has on the device.
fn fitting_names(
    list: &ContactList,
    whos: &[Who],
    index: &Index<'_>,
    matching: &Matching<'_>,
    options: &MergeOptions,
    can: &BookCapabilities,
    problems: &mut Vec<String>,
) -> Vec<String> {
    let mut names: Vec<String> = list.contacts.iter().map(|contact| contact.name.clone()).collect();
    let Some(limit) = can.name_limit else { return names };
    let is_long = |row: &usize| list.contacts[*row].name.chars().count() > limit;
    let mut long: Vec<usize> = (0..names.len()).filter(is_long).collect();
    if long.is_empty() {
        return names;
    }
    if !options.shorten {
        problems.extend(long.iter().map(|row| {
            let contact = &list.contacts[*row];
            too_long(contact, "name", &contact.name, limit, true)
        }));
        return names;
    }
    long.sort_by(|one, two| whos[*one].cmp(&whos[*two]));
    let all: Vec<Long<'_>> = long
        .iter()
        .map(|row| {
            let device = matching.entry[*row].map(|at| index.entry(at).name.trim());
            let base = matching.base[*row].map(|(_, base)| base.name.as_str());
            Long { name: &list.contacts[*row].name, known: device.into_iter().chain(base).collect() }
        })
        .collect();
    let taken: HashSet<&str> = list
        .contacts
        .iter()
        .map(|contact| contact.name.as_str())
        .filter(|name| name.chars().count() <= limit)
        .collect();
    let entries = index.book.entries.iter().enumerate().filter(|(at, _)| !matching.claimed[*at]);
    let others: HashSet<&str> = entries.map(|(_, entry)| entry.name.trim()).collect();
    let short = shorten(&all, limit, &taken, &others);
    for (row, short) in long.iter().zip(short) {
        match short {
            Some(short) => names[*row] = short,
            None => {
                let contact = &list.contacts[*row];
                problems.push(too_long(contact, "name", &contact.name, limit, false));
            }
        }
    }
    names
}

/// The name that each group of the list has on the device.
pub(super) fn group_names<'a>(
    list: &'a ContactList,
    options: &MergeOptions,
    can: &BookCapabilities,
    problems: &mut Vec<String>,
) -> BTreeMap<&'a str, String> {
    let mut names: BTreeMap<&str, String> = BTreeMap::new();
    for contact in &list.contacts {
        for group in &contact.groups {
            if names.contains_key(group.as_str()) {
                continue;
            }
            let limit = can.name_limit.filter(|limit| group.chars().count() > *limit);
            let name = match limit {
                Some(limit) if options.shorten => cut(group, limit),
                Some(limit) => {
                    problems.push(too_long(contact, "group's name", group, limit, true));
                    group.clone()
                }
                None => group.clone(),
            };
            problems.extend(unmappable(&named(contact), [name.as_str()], can));
            names.insert(group, name);
        }
    }
    let mut seen: HashMap<&str, &str> = HashMap::new();
    for (group, name) in &names {
        if let Some(other) = seen.insert(name, group) {
            problems.push(format!(
                "the groups `{}` and `{}` would both be called `{}` on this copier; give them shorter names.",
                clean(other),
                clean(group),
                clean(name)
            ));
        }
    }
    names
}

/// Says whether the device takes the changes at all, and whether they fit; marks a book that is too full for additions
/// before removals.
pub(super) fn room(merge: &mut Merge, index: &Index<'_>, can: &BookCapabilities) -> Vec<String> {
    let mut problems = Vec::new();
    if merge.is_empty() {
        return problems;
    }
    match &can.write {
        Support::Yes(BookWrite::Entries | BookWrite::Import { .. }) => {}
        Support::No(why) => {
            problems.push(format!("the address book of this copier cannot be written: {}", clean(why)))
        }
        Support::Unknown => {
            problems.push("nobody knows yet how the address book of this copier is written".to_owned())
        }
    }
    if !merge.groups.is_empty() {
        let groups = listed(merge.groups.iter().map(|group| group.name.as_str()), 5);
        match &can.edits_groups {
            Support::Yes(()) => {}
            Support::No(why) => problems.push(format!(
                "the groups {groups} would have to change, but groups of this copier cannot be edited: {}; use a list without a \
                 column of groups for it.",
                clean(why)
            )),
            Support::Unknown => problems.push(format!(
                "the groups {groups} would have to change, but nobody knows yet how groups of this copier are edited; use a \
                 list without a column of groups for it."
            )),
        }
    }
    let added = merge.users.iter().filter(|user| matches!(user.change, UserChange::Add { .. })).count();
    let removed = merge.users.iter().filter(|user| matches!(user.change, UserChange::Remove { .. })).count();
    let users = index.count(EntryKind::User);
    problems.extend(full("users", users, added, removed, can.users));
    merge.removals_first = can.users.is_some_and(|most| users + added > most);
    let added = merge.groups.iter().filter(|group| matches!(group.change, GroupChange::Add { .. })).count();
    let removed =
        merge.groups.iter().filter(|group| matches!(group.change, GroupChange::Remove { .. })).count();
    problems.extend(full("groups", index.count(EntryKind::Group), added, removed, can.groups));
    problems
}

fn full(what: &str, has: usize, added: usize, removed: usize, most: Option<usize>) -> Option<String> {
    let most = most.filter(|most| added > 0 && has + added - removed.min(has) > *most)?;
    let going = if removed > 0 { format!(", {removed} would go") } else { String::new() };
    Some(format!(
        "the address book is full: this copier takes {most} {what}; it has {has}{going} and {added} would come."
    ))
}

fn named(contact: &Contact) -> String {
    let who = clean(&contact.name);
    match contact.place.line {
        0 => format!("`{who}`"),
        line => format!("`{who}` (line {line})"),
    }
}

fn too_long(contact: &Contact, what: &str, text: &str, limit: usize, can_shorten: bool) -> String {
    let cure = match (can_shorten, what) {
        (true, _) => "shorten it in the list, or set `shorten: true`",
        (false, "name") => "it cannot be cut so that it stays unique; shorten it in the list",
        _ => "it cannot be stored there",
    };
    format!(
        "{}: the {what} `{}` has {} characters and this copier takes {limit}; {cure}.",
        named(contact),
        clean(text),
        text.chars().count()
    )
}

/// Says which characters the device's encoding lacks.
fn unmappable<'a>(
    whose: &str,
    texts: impl IntoIterator<Item = &'a str>,
    can: &BookCapabilities,
) -> Option<String> {
    let label = can.encoding?;
    let encoding = Encoding::for_label(label.as_bytes())?;
    let mut missing: Vec<char> = Vec::new();
    for text in texts {
        if text.is_ascii() || !encoding.encode(text).2 {
            continue;
        }
        let mut buffer = [0; 4];
        let lacks = text.chars().filter(|c| encoding.encode(c.encode_utf8(&mut buffer)).2);
        missing.extend(lacks);
    }
    missing.dedup();
    if missing.is_empty() {
        return None;
    }
    let letters: Vec<String> =
        missing.iter().take(5).map(|c| format!("`{c}` (U+{:04X})", u32::from(*c))).collect();
    Some(format!(
        "{whose} holds {}, which this copier's encoding ({label}) cannot hold; write it with other letters.",
        letters.join(", ")
    ))
}
