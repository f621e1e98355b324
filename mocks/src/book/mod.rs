//! The address book that a copier of any maker keeps.

mod control;
mod entry;
mod seed;
mod store;

pub(crate) use control::change as change_by_panel;
pub use entry::{BookEntry, BookFolder};
pub(crate) use seed::demo;
pub use store::{Book, BookLimits, BookRefusal};
