//! Carrying out a plan on many devices at once.
//!
//! One device's way through a run stands in [`work`](self): attach (connect, recognise, compare with the inventory), log in,
//! read, compare, snapshot, write, read back, log out, record. [`Engine`] holds what all of them share.

mod attach;
mod book;
mod engine;
mod event;
mod fleet;
mod joined;
mod lock;
mod makers;
mod masked;
mod observe;
mod outcome;
mod probe;
mod prove;
mod read_back;
mod rollback;
mod smtp;
mod survey;
mod task;
mod trust;
mod verify;
mod witness;
mod words;
mod work;

pub use attach::matches_inventory;
pub use book::{BookAim, BookRestore, BookWish, book_differences};
pub use engine::{Engine, KnownSecret, RunError, Settings};
pub use event::{Event, Observer, Silent};
pub use makers::{makers, makers_with, read_saved};
pub use observe::{DeviceView, View};
pub use outcome::{DeviceOutcome, Grade, ResultKind, RunOutcome, Status};
pub use probe::{Answer, PingAnswer, ProbeResult};
pub use rollback::{FormerPassword, Restore, Restores};
pub use survey::Visit;
pub use task::{Aim, Expected, Mode, Task};
pub use verify::{HarmlessChange, VerifyChange};
