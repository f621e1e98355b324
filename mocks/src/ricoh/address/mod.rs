//! The address book of Web Image Monitor: list, wizard, full form, groups, delete.

mod delete;
mod edit;
mod fields;
mod form;
mod group;
mod list;
mod pages;
mod password;
mod profile;
mod rows;
mod texts;
mod wizard;
mod wizard_page;

pub(crate) use edit::BookSession;
pub(crate) use pages::script_file;
pub use profile::{AddressPages, Batch, BookGeneration, Column, Counters};
pub(crate) use texts::book_text;
