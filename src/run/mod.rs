//! Carrying out a plan on many devices at once.
//!
//! One device's way through a run stands in [`work`](self): attach (connect, recognise, compare with the inventory), log in,
//! read, compare, snapshot, write, read back, log out, record. [`Engine`] holds what all of them share.

mod attach;
mod engine;
mod event;
mod fleet;
mod makers;
mod observe;
mod outcome;
mod probe;
mod rollback;
mod survey;
mod trust;
mod verify;
mod witness;
mod work;

pub use engine::{Engine, KnownSecret, RunError, Settings};
pub use event::{Event, Observer, Silent};
pub use makers::{makers, makers_with};
pub use observe::{DeviceView, View};
pub use outcome::{DeviceOutcome, Grade, ResultKind, RunOutcome, Status};
pub use probe::{Answer, PingAnswer, ProbeResult};
pub use rollback::{FormerPassword, Restore, Restores};
pub use survey::Visit;
pub use verify::{HarmlessChange, VerifyChange};
pub use work::{Aim, Expected, Mode, Task};
