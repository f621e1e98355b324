//! What happens to each user.

use scanfleet_sdk::{BookEntry, BookTold, EntryWanted, FieldChange};
use serde_json::Value;

use super::index::Index;
use super::matching::Matching;
use super::types::{
    BaseEntry, Conflict, Merge, MergeMode, MergeOptions, OnConflict, PlannedUser, UserChange,
};
use crate::book::{Contact, Who};

/// A row as the device is to hold it.
pub(super) struct Row<'a> {
    /// The row.
    pub(super) contact: &'a Contact,
    /// Its name, cut where it had to be.
    pub(super) name: String,
    /// Its key display, cut where it had to be; absent where the list gives none or the device has none.
    pub(super) key: Option<String>,
    /// As the list wants it; absent where the device has no favourites.
    pub(super) favourite: Option<bool>,
    /// The number that a new entry gets.
    pub(super) number: Option<u32>,
}

/// A value of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Val {
    Text(String),
    /// Compared without case.
    Email(String),
    Flag(bool),
}

impl Val {
    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Email(one), Self::Email(two)) => one.trim().to_lowercase() == two.trim().to_lowercase(),
            (one, two) => one == two,
        }
    }

    fn json(&self) -> Value {
        match self {
            Self::Text(text) | Self::Email(text) if text.is_empty() => Value::Null,
            Self::Text(text) | Self::Email(text) => text.as_str().into(),
            Self::Flag(flag) => (*flag).into(),
        }
    }

    fn shown(&self) -> String {
        match self {
            Self::Text(text) | Self::Email(text) if text.is_empty() => "nothing".into(),
            Self::Text(text) | Self::Email(text) => format!("`{}`", scanfleet_sdk::error::clean(text)),
            Self::Flag(flag) => if *flag { "yes" } else { "no" }.into(),
        }
    }
}

/// One value of a row against the device and what is remembered.
struct Compared {
    field: &'static str,
    list: Val,
    /// `None` where the reading does not tell it.
    device: Option<Val>,
    /// `None` where nothing is remembered of it.
    base: Option<Val>,
}

/// What becomes of one value.
enum Fate {
    Stays,
    /// Written.
    Written,
    /// Written only along with something else.
    Rides,
    /// As the panel has it.
    Kept,
    Conflict,
}

fn compared(row: &Row<'_>, entry: &BookEntry, base: Option<&BaseEntry>, told: BookTold) -> Vec<Compared> {
    let text = |text: &Option<String>| Val::Text(text.clone().unwrap_or_default());
    let mut all = vec![Compared {
        field: "name",
        list: Val::Text(row.name.clone()),
        device: Some(Val::Text(entry.name.trim().to_owned())),
        base: base.map(|base| Val::Text(base.name.clone())),
    }];
    if let Some(email) = &row.contact.email {
        let email_of = |email: &Option<String>| Val::Email(email.clone().unwrap_or_default());
        all.push(Compared {
            field: "email",
            list: Val::Email(email.clone()),
            device: Some(email_of(&entry.email)),
            base: base.map(|base| email_of(&base.email)),
        });
    }
    if let Some(key) = &row.key {
        all.push(Compared {
            field: "key",
            list: Val::Text(key.clone()),
            device: told.key.then(|| text(&entry.key)),
            base: base.and_then(|base| base.key.clone()).map(Val::Text),
        });
    }
    if let Some(favourite) = row.favourite {
        all.push(Compared {
            field: "favourite",
            list: Val::Flag(favourite),
            device: told.favourite.then(|| Val::Flag(entry.favourite.unwrap_or(false))),
            base: base.and_then(|base| base.favourite).map(Val::Flag),
        });
    }
    all
}

fn fate(value: &Compared, ours: bool, exact: bool) -> Fate {
    let Some(device) = &value.device else {
        return match &value.base {
            Some(base) if value.list.same(base) => Fate::Stays,
            Some(_) => Fate::Written,
            None => Fate::Rides,
        };
    };
    if value.list.same(device) {
        return Fate::Stays;
    }
    match &value.base {
        Some(base) if ours && !exact => {
            if value.list.same(base) {
                Fate::Kept
            } else if device.same(base) {
                Fate::Written
            } else {
                Fate::Conflict
            }
        }
        _ => Fate::Written,
    }
}

fn put(wanted: &mut EntryWanted, field: &str, value: &Val) {
    match (field, value) {
        ("name", Val::Text(text)) => wanted.name = Some(text.clone()),
        ("email", Val::Email(text)) => wanted.email = Some(text.clone()),
        ("key", Val::Text(text)) => wanted.key = Some(text.clone()),
        ("favourite", Val::Flag(flag)) => wanted.favourite = Some(*flag),
        _ => {}
    }
}

/// Plans the users of a list; gives who each row is on the device afterwards.
pub(super) fn plan(
    merge: &mut Merge,
    index: &Index<'_>,
    rows: &[Row<'_>],
    matching: &Matching<'_>,
    options: &MergeOptions,
) -> Vec<Who> {
    let mut afterwards = Vec::with_capacity(rows.len());
    let (mut added, mut changed) = (Vec::new(), Vec::new());
    let mut unsaid = 0;
    for (at, row) in rows.iter().enumerate() {
        let base = matching.base[at];
        let own = Who::new(&row.name, row.contact.email.as_deref());
        let line = Some(row.contact.place.line).filter(|line| *line > 0);
        let remembered = base.map(|(key, _)| key.to_owned());
        let Some(entry) = matching.entry[at].map(|at| index.entry(at)) else {
            if !matching.ambiguous.iter().any(|(other, _)| *other == at) {
                let wanted = new_entry(row);
                added.push((
                    PlannedUser { who: own.clone(), line, remembered, change: UserChange::Add { wanted } },
                    at,
                ));
            }
            afterwards.push(own);
            continue;
        };
        let mut who = Who::of(entry);
        if who.email.is_none() {
            who.email = own.email.clone();
        }
        let mut to = EntryWanted { kind: entry.kind, ..EntryWanted::default() };
        let (mut write, mut riding) = (false, Vec::new());
        let mut told = Vec::new();
        for value in compared(row, entry, base.map(|(_, base)| base), index.book.told) {
            let change = |after: &Val| FieldChange {
                field: who.field(value.field),
                before: value.device.as_ref().map_or(Value::Null, Val::json),
                after: after.json(),
            };
            let written = match fate(&value, base.is_some(), options.mode == MergeMode::Exact) {
                Fate::Stays => false,
                Fate::Written => true,
                Fate::Rides => {
                    riding.push((value.field, value.list.clone(), change(&value.list)));
                    false
                }
                Fate::Kept => {
                    merge.notes.push(kept(&who, &value));
                    false
                }
                Fate::Conflict => {
                    let conflict = conflict(&who, &value, options.on_conflict);
                    let written = conflict.decided == Some(OnConflict::UseList);
                    merge.conflicts.push(conflict);
                    written
                }
            };
            if written {
                write = true;
                put(&mut to, value.field, &value.list);
                told.push(change(&value.list));
            }
        }
        if !write {
            unsaid += riding.len();
            afterwards.push(Who::of(entry));
            continue;
        }
        for (field, value, change) in riding {
            put(&mut to, field, &value);
            told.push(change);
        }
        let change = UserChange::Change { entry: Box::new(entry.clone()), to };
        let planned = PlannedUser { who, line, remembered, change };
        afterwards.push(planned.after());
        changed.push((planned, told));
    }
    added.sort_by(|(one, _), (two, _)| one.who.cmp(&two.who));
    changed.sort_by(|(one, _), (two, _)| one.who.cmp(&two.who));
    for (planned, at) in added {
        merge.fields.extend(new_fields(&rows[at], &planned.who));
        merge.users.push(planned);
    }
    for (planned, told) in changed {
        merge.fields.extend(told);
        merge.users.push(planned);
    }
    if unsaid > 0 {
        merge.notes.push(format!(
            "This copier's list of entries does not tell {unsaid} of the values that the list gives (key displays, favourites); \
             they are written only where an entry is added or changed anyway."
        ));
    }
    afterwards
}

fn new_entry(row: &Row<'_>) -> EntryWanted {
    EntryWanted {
        name: Some(row.name.clone()),
        email: row.contact.email.clone(),
        number: row.number,
        key: row.key.clone(),
        favourite: row.favourite,
        ..EntryWanted::default()
    }
}

fn new_fields(row: &Row<'_>, who: &Who) -> Vec<FieldChange> {
    let mut fields = vec![("name", Value::from(row.name.as_str()))];
    fields.extend(row.contact.email.as_deref().map(|email| ("email", email.into())));
    fields.extend(row.key.as_deref().map(|key| ("key", key.into())));
    fields.extend(row.number.map(|number| ("number", number.into())));
    fields.extend(row.favourite.map(|flag| ("favourite", flag.into())));
    let change = |(field, after)| FieldChange { field: who.field(field), before: Value::Null, after };
    fields.into_iter().map(change).collect()
}

fn kept(who: &Who, value: &Compared) -> String {
    let device = value.device.as_ref().map_or_else(String::new, Val::shown);
    format!(
        "{who}: the {} stays {device}, as somebody set it at the panel since; the list has had {} all along.",
        word(value.field),
        value.list.shown()
    )
}

fn conflict(who: &Who, value: &Compared, on_conflict: OnConflict) -> Conflict {
    let json = |value: &Option<Val>| value.as_ref().map_or(Value::Null, Val::json);
    let shown = |value: &Option<Val>| value.as_ref().map_or_else(|| "nothing".into(), Val::shown);
    Conflict {
        field: who.field(value.field),
        base: json(&value.base),
        device: json(&value.device),
        list: value.list.json(),
        decided: decided(on_conflict),
        text: format!(
            "{who}: the {} was {} when it was last written; since then the copier has {} and the list {}.",
            word(value.field),
            shown(&value.base),
            shown(&value.device),
            value.list.shown()
        ),
    }
}

/// What decides a conflict, if anything does.
pub(super) fn decided(on_conflict: OnConflict) -> Option<OnConflict> {
    (on_conflict != OnConflict::Fail).then_some(on_conflict)
}

/// A field in a sentence.
fn word(field: &str) -> &str {
    match field {
        "email" => "e-mail address",
        "key" => "key display",
        "favourite" => "mark as a favourite",
        other => other,
    }
}
