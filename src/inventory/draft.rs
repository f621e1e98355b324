//! An inventory as written, before its values are understood: the same for YAML, CSV and spreadsheets.

use std::collections::BTreeMap;
use std::ops::Range;

use super::columns::Column;
use crate::files::Problem;

/// Where something stands.
#[derive(Debug, Clone, Default)]
pub(crate) struct At {
    /// Line or row, counted from 1.
    pub(crate) line: usize,
    /// Column of a spreadsheet, counted from 1.
    pub(crate) column: Option<usize>,
    /// Bytes in the file's text.
    pub(crate) span: Option<Range<usize>>,
}

impl At {
    /// A problem here.
    pub(crate) fn problem(&self, message: impl Into<String>) -> Problem {
        let problem = Problem::new(message).at(self.line, self.column);
        match &self.span {
            Some(span) => problem.span(span.clone()),
            None => problem,
        }
    }
}

/// One value.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    /// The value, trimmed, without control characters; never empty.
    pub(super) text: String,
    pub(super) at: At,
    /// Whether it stands in a column whose name speaks of a password.
    pub(super) password: bool,
}

/// One device's values.
#[derive(Debug, Clone, Default)]
pub(super) struct Draft {
    pub(super) at: At,
    pub(super) fields: BTreeMap<Column, Cell>,
    pub(super) tags: BTreeMap<String, String>,
}

/// One site's values.
#[derive(Debug, Clone)]
pub(super) struct SiteDraft {
    pub(super) name: String,
    pub(super) at: At,
    /// Values that its devices inherit.
    pub(super) fields: BTreeMap<Column, Cell>,
    pub(super) subnets: Vec<Cell>,
    /// Everything that is only for templates and selections.
    pub(super) extra: BTreeMap<String, String>,
}

/// A whole file's values.
#[derive(Debug, Clone, Default)]
pub(super) struct Drafts {
    pub(super) sheet: Option<String>,
    pub(super) defaults: BTreeMap<Column, Cell>,
    pub(super) sites: Vec<SiteDraft>,
    pub(super) devices: Vec<Draft>,
    pub(super) notes: Vec<String>,
    pub(super) problems: Vec<Problem>,
}

/// Reads a cell's list of tags: `color, floor=2` are a tag without and one with value. Without a comma or semicolon,
/// spaces part them.
pub(super) fn tags_of(text: &str, tags: &mut BTreeMap<String, String>) {
    if text.contains([',', ';']) {
        text.split([',', ';']).for_each(|tag| tag_of(tag, tags));
    } else {
        text.split_whitespace().for_each(|tag| tag_of(tag, tags));
    }
}

/// Reads one tag, `name` or `name=value`.
pub(super) fn tag_of(text: &str, tags: &mut BTreeMap<String, String>) {
    let (name, value) = text.split_once(['=', ':']).unwrap_or((text, ""));
    let name = super::columns::tag_name(name);
    if !name.is_empty() {
        tags.insert(name, value.trim().to_owned());
    }
}
