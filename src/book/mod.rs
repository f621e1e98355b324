//! Address books: lists that people keep, files, and how a list, a device's book and what was last put there become one.
//!
//! This room is pure: it knows no device and prints nothing.

pub mod list;
pub mod merge;
mod who;

pub use list::{Contact, ContactList, Place};
pub use who::Who;
