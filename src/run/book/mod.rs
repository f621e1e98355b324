//! The address-book part of a device's way through a run: read, merge, write entry by entry, read back, remember.

mod back;
mod batch;
mod find;
mod plan;
mod record;
mod verdict;
mod wish;
mod write;

pub use back::book_differences;
pub use wish::{BookAim, BookRestore, BookWish};

pub(super) use plan::{BookPlan, FIELDS, assumptions, entries_word};
pub(super) use write::{BookDone, book_snapshot};
