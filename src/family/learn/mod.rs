//! Teaching a new model: what a look through its pages proposes, as a family file and a capture that may be given away.

mod capture;
mod like;
mod mapping;
mod redact;
mod write;

pub use capture::{Capture, CapturedPage};
pub use mapping::{Guess, How, Proposal, propose};
pub use write::{Lesson, lesson};
