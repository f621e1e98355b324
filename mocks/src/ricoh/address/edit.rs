//! What one session has under way in the address book.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::super::session::Sessions;
use crate::book::BookEntry;

/// What one session has under way.
#[derive(Clone, Default)]
pub(crate) struct BookSession {
    /// The edit that holds the book, until it is saved, left or forgotten.
    pub(super) edit: Option<Edit>,
    /// How many entries of the list were read since the list page was.
    pub(super) loaded: usize,
}

/// One edit.
#[derive(Clone)]
pub(super) struct Edit {
    pub(super) way: Way,
    /// Whether a new entry is made; otherwise the draft's id says which one is changed.
    pub(super) adding: bool,
    pub(super) draft: BookEntry,
    /// What the steps of the wizard brought, by the name of the step.
    pub(super) pieces: BTreeMap<String, BookEntry>,
    /// New passwords by their kind, until the form is saved.
    pub(super) passwords: BTreeMap<String, String>,
    /// The password page that is open.
    pub(super) open: Option<String>,
    used: Instant,
}

/// By what pages an entry is edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Wizard,
    Form,
    Group,
    /// The older generation's question before an entry is deleted.
    Delete,
}

impl Edit {
    pub(super) fn new(way: Way, adding: bool, draft: BookEntry) -> Self {
        Self {
            way,
            adding,
            draft,
            pieces: BTreeMap::new(),
            passwords: BTreeMap::new(),
            open: None,
            used: Instant::now(),
        }
    }
}

impl Sessions {
    /// What a session has under way in the address book; nothing for a session that is none.
    pub(super) fn book(&mut self, id: Option<&str>) -> Option<&mut BookSession> {
        self.find(id?).map(|session| &mut session.book)
    }

    /// A session's edit, unless it was left for too long; from now on it counts as used.
    pub(super) fn edit(&mut self, id: Option<&str>, idle: Duration) -> Option<&mut Edit> {
        let book = self.book(id)?;
        if book.edit.as_ref().is_some_and(|edit| edit.used.elapsed() >= idle) {
            book.edit = None;
        }
        let edit = book.edit.as_mut()?;
        edit.used = Instant::now();
        Some(edit)
    }

    /// Begins an edit in the place of the session's former one.
    pub(super) fn begin(&mut self, id: Option<&str>, edit: Edit) {
        if let Some(book) = self.book(id) {
            book.edit = Some(edit);
        }
    }

    /// Ends a session's edit and frees the book; answers what it was.
    pub(super) fn leave(&mut self, id: Option<&str>) -> Option<Edit> {
        self.book(id).and_then(|book| book.edit.take())
    }

    /// Whether another session holds the book.
    pub(in crate::ricoh) fn held_by_another(&self, id: Option<&str>, idle: Duration) -> bool {
        self.all()
            .filter(|session| Some(session.id.as_str()) != id)
            .any(|session| session.book.edit.as_ref().is_some_and(|edit| edit.used.elapsed() < idle))
    }
}
