//! What would change: desired against observed, without touching a device.
//!
//! [`Desired`] says what one device should hold, from a playbook or from a snapshot; [`diff`](fn@diff) compares it with what was
//! read; [`group`](fn@group) gathers devices that would change alike; [`PlanFile`] keeps all of it for a later `apply`.

mod book;
mod desired;
mod diff;
mod file;
mod group;

pub use book::{PlannedBook, PlannedList};
pub use desired::{Desired, DesiredPassword};
pub use diff::{diff, unsupported};
pub use file::{PLAN_FORMAT, PlanFile, PlanFileError, PlannedDevice};
pub use group::{ChangeGroup, group};
