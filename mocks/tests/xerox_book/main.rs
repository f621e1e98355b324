//! Address books of the Xerox profiles on the wire, with a client that clicks links, fills forms and knows nothing else.
#![allow(missing_docs)]

#[path = "../common/mod.rs"]
mod common;

mod browser;
mod contacts;
mod imports;
mod reading;
mod trouble;
