//! The address book of a simulated Ricoh, through a client that plays the browser.
#![allow(missing_docs)]

#[path = "../common/mod.rs"]
mod common;

mod browser;
mod delete;
mod faults;
mod form;
mod list;
mod wizard;
