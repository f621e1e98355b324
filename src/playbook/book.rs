//! The key `address_book` of a play: which list has to be in the address books, and how it is meant.

use std::ops::Range;
use std::path::PathBuf;

use super::check::Checked;
use super::{Play, Playbook, Template};
use crate::book::merge::{MergeMode, MergeOptions, OnConflict};
use crate::files::{FileError, Problem};
use crate::inventory::{Device, Site};

/// An address book as a play wants it, before templates are filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookTemplate {
    /// The list's file, relative to the playbook.
    pub from: Template,
    /// How the list is meant.
    pub options: MergeOptions,
}

/// An address book as a play wants it of one device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedBook {
    /// The list's path as the playbook writes it; the merge base is kept by it.
    pub list: String,
    /// The list's file.
    pub file: PathBuf,
    /// How the list is meant.
    pub options: MergeOptions,
    /// The play's name, for messages.
    pub play: String,
    pub(super) span: Range<usize>,
}

impl WantedBook {
    /// Lays a later play over this one: its words win, and both have to mean the same list.
    ///
    /// # Errors
    /// The lists differ; names both plays, at the later one's place.
    pub fn then(self, later: Self, playbook: &Playbook, device: &str) -> Result<Self, FileError> {
        if self.list == later.list {
            return Ok(later);
        }
        let problem = Problem::new(format!(
            "for the device `{device}`: the play `{}` takes its address book from `{}`, and the play `{}` from `{}`",
            self.play, self.list, later.play, later.list
        ))
        .span(later.span.clone())
        .help("one device has one list; put both into one file, or narrow a `target`");
        Err(FileError::in_source(&playbook.source, vec![problem]))
    }
}

impl Play {
    /// The address book that the play wants of one device; `None` where it wants none.
    ///
    /// # Errors
    /// A value that is undefined or is no path, at its place in the playbook and naming the device.
    pub fn wanted_book(
        &self,
        playbook: &Playbook,
        device: &Device,
        site: Option<&Site>,
    ) -> Result<Option<WantedBook>, FileError> {
        let Some(book) = &self.address_book else { return Ok(None) };
        let scope = super::template::Scope::new(device, site, &playbook.vars);
        let list = book.from.fill(&playbook.source, &scope).and_then(|text| {
            path(&text).map_err(|(message, help)| {
                let message = format!("for the device `{}`: {message}", device.name);
                Box::new(Problem::new(message).span(book.from.span.clone()).help_maybe(help))
            })
        });
        match list {
            Ok(list) => Ok(Some(WantedBook {
                file: playbook.dir().join(&list),
                list,
                options: book.options,
                play: self.name.clone(),
                span: book.from.span.clone(),
            })),
            Err(problem) => Err(FileError::in_source(&playbook.source, vec![*problem])),
        }
    }
}

/// A path of a file.
pub(super) fn path(text: &str) -> Checked<String> {
    if text.is_empty() || text.ends_with(['/', '\\']) {
        return Err((
            "expected the path of a list, found none".into(),
            Some("write the file's name, such as `contacts.csv`".into()),
        ));
    }
    if text.contains("://") {
        return Err((
            "expected the path of a list, found a web address".into(),
            Some("save the list beside the playbook and write its name".into()),
        ));
    }
    if text.chars().any(char::is_control) || text.len() > 1_000 {
        return Err(("expected the path of a list on one line".into(), None));
    }
    Ok(text.to_owned())
}

/// The words of `mode`, and those that are meant by others.
pub(super) const MODES: [(&str, MergeMode); 2] = [("merge", MergeMode::Merge), ("exact", MergeMode::Exact)];

/// The words of `on_conflict`.
pub(super) const DECISIONS: [(&str, OnConflict); 3] =
    [("fail", OnConflict::Fail), ("keep-device", OnConflict::KeepDevice), ("use-list", OnConflict::UseList)];
