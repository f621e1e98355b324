//! Address books: lists that people keep, files, and how a list, a device's book and what was last put there become one.
//!
//! This room is pure: it knows no device and prints nothing.

mod address;
mod columns;
mod decode;
pub mod list;
pub mod merge;
mod read;
#[cfg(test)]
mod tests;
mod who;
mod write;

pub use address::problem as address_problem;
pub use list::{Contact, ContactList, Place};
pub use read::text_of;
pub use who::Who;
pub use write::{contacts_of, to_book, to_csv};
