//! The address book: finding its list, reading it, changing single entries.
//!
//! What a page can tell (columns, counters, result codes, programs, fields) is read from it; the family file knows the rest.
//! A form that is open for editing holds the book's lock: whoever opens one gives it back on every path.

mod answer;
mod change;
mod columns;
mod entry;
mod fields;
pub(crate) mod file;
mod find;
mod form;
mod group;
mod list;
mod literal;
mod read;
mod remove;
mod roles;
mod rows;
mod script;
mod state;
mod tags;
mod user;
mod wizard;

pub(crate) use state::BookState;
