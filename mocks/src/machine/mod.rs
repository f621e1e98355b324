//! What all simulated machines have in common, whoever made them: what they hold, what goes wrong with them, and what
//! the lab may ask of them.

mod common;
mod contract;
mod strike;

pub(crate) use common::{Aftermath, Answer, Common, Errand};
pub(crate) use contract::{Machine, Purpose};
pub(crate) use strike::{Instead, Marks, PageKind, Role, Strike};
