//! Families of web UI as data: users' files, what is wrong in them, the support matrix, and teaching a new model.
//!
//! What a family means to a maker's pages stands in the maker's crate; this module knows the format only.

mod known;
pub mod learn;
mod lint;
pub mod matrix;
mod users;

pub use known::{Known, KnownFamily};
pub use lint::{Lint, lint};
pub use users::{find, load, of_maker};
