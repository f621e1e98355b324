//! The address book: list, entries, groups, import and export.
//!
//! Known: the list's address with `start` and `pageid`, its tab, and the names of the submenu's entries. Every request
//! that changes the book, the markup of the list and the files are INVENTED, as the SMTP page is: a client that passes
//! here is not proven against a machine.

mod files;
mod flow;
mod group;
mod pages;
mod profile;
mod profiles;
mod transfer;
mod words;

pub use profile::{
    BookCharset, BookColumn, BookDelete, BookExport, BookPage, BrotherBook, BrotherGroups, BrotherTransfer,
    EntryFields, GroupMembers, ImportAnswer,
};
pub(super) use profiles::{l2740, l2750, l8390, l8900};
pub(super) use transfer::Import;
