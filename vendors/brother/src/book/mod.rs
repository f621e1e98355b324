//! The address book: its list, the pages of its entries and groups, and changes of single entries.
//!
//! Only the list's address was ever recorded; everything else is read off the pages, by the words of their heads and
//! labels and by what stands under them. A page that shows other values than the list did for an entry is not written to.

mod answer;
mod change;
mod entry;
mod fill;
mod find;
mod list;
mod members;
mod put;
mod read;
mod remove;
mod state;
#[cfg(test)]
mod tests;
mod words;

pub(crate) use state::BookState;
