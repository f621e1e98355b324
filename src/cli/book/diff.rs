//! `scanfleet book diff`: two address books side by side.

use clap::Args;
use scanfleet_sdk::{Book, BookTold, FieldChange};
use serde_json::json;

use super::source::{self, Source};
use crate::cli::args::{Format, Global};
use crate::cli::error::{CliError, Exit};
use crate::cli::render;
use crate::cli::ui::Ui;
use crate::run::book_differences;

/// Options of `book diff`.
#[derive(Debug, Args)]
pub struct DiffArgs {
    /// A device, which is read now, a snapshot (`s12`) or a file.
    pub a: String,
    /// Another one.
    pub b: String,
}

pub(super) async fn run(ui: &Ui, global: &Global, args: DiffArgs) -> Result<Exit, CliError> {
    let mut a = source::find(ui, global, &args.a).await?;
    let mut b = source::find(ui, global, &args.b).await?;
    for side in [&a, &b] {
        for note in &side.notes {
            ui.say(format!("Note: {}: {note}", side.name));
        }
        for (line, doubt) in &side.doubts {
            ui.say(format!("{}:{line}: {doubt}", side.name));
        }
    }
    let same_kind = a.format.is_none() && b.format.is_none();
    comparable(&mut a, &mut b, same_kind);
    let changes = book_differences(&a.book, &b.book);
    match ui.format {
        Format::Json => ui.json(&json!({"a": a.name, "b": b.name, "changes": changes}))?,
        Format::Csv => {
            let row =
                |c: &FieldChange| vec![c.field.clone(), render::bare(&c.before), render::bare(&c.after)];
            ui.csv(&["field", "a", "b"], &changes.iter().map(row).collect::<Vec<_>>())?;
        }
        Format::Text if changes.is_empty() => ui.out(format!("{} and {} do not differ.", a.name, b.name))?,
        Format::Text => {
            let row =
                |c: &FieldChange| vec![c.field.clone(), render::shown(&c.before), render::shown(&c.after)];
            ui.whole_table(&["FIELD", &a.name, &b.name], &changes.iter().map(row).collect::<Vec<_>>())?;
        }
    }
    Ok(Exit::Done)
}

/// Leaves out of both what only one of them can tell: a list says nothing of numbers or folders, and where it gives no key
/// display, none is compared.
fn comparable(a: &mut Source, b: &mut Source, same_kind: bool) {
    let both = |one: bool, two: bool| one && two;
    let (one, two) = (a.book.told, b.book.told);
    let told = BookTold {
        number: same_kind && both(one.number, two.number),
        key: both(one.key, two.key) && [&*a, &*b].iter().all(|side| gives_keys(side)),
        favourite: both(one.favourite, two.favourite) && [&*a, &*b].iter().all(|side| gives_favourites(side)),
        members: both(one.members, two.members) && [&*a, &*b].iter().all(|side| gives_groups(side)),
        extra: same_kind && both(one.extra, two.extra),
    };
    for (side, other_is_list) in [(&mut *a, b.rows.is_some()), (&mut *b, false)] {
        trim(&mut side.book, told, other_is_list || side.rows.is_some(), same_kind);
    }
    if a.rows.is_some() {
        trim(&mut b.book, told, true, same_kind);
    }
}

fn gives_keys(side: &Source) -> bool {
    side.rows.as_ref().is_none_or(|rows| rows.iter().any(|row| row.key.is_some()))
}

fn gives_favourites(side: &Source) -> bool {
    side.rows.as_ref().is_none_or(|rows| rows.iter().any(|row| row.favourite.is_some()))
}

fn gives_groups(side: &Source) -> bool {
    side.rows.as_ref().is_none_or(|rows| rows.iter().any(|row| !row.groups.is_empty()))
}

fn trim(book: &mut Book, told: BookTold, list: bool, same_kind: bool) {
    book.told = told;
    if !told.members && list {
        book.entries.retain(|entry| entry.kind == scanfleet_sdk::EntryKind::User);
    }
    for entry in &mut book.entries {
        if !told.number {
            entry.number = None;
        }
        if !told.key {
            entry.key = None;
        }
        if !told.favourite {
            entry.favourite = None;
        }
        if !told.members {
            entry.members = None;
        }
        if !told.extra {
            entry.extra.clear();
        }
        if list {
            (entry.folder, entry.fax) = (None, None);
        } else if !same_kind && let Some(folder) = &mut entry.folder {
            // Makers tell these in words of their own.
            (folder.protocol, folder.password) = (String::new(), scanfleet_sdk::PasswordState::Unreadable);
        }
    }
}
