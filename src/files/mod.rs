//! Files a user writes: reading, decoding, and errors that show the place.

mod mask;
mod problem;
mod render;
mod secret_ref;
mod source;
pub mod words;

pub use problem::{FileError, Problem};
pub use secret_ref::SecretRef;
pub use source::{SourceFile, read_capped};
