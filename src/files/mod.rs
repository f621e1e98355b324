//! Files a user writes: reading, decoding, and errors that show the place.

pub(crate) mod fields;
pub(crate) mod mask;
mod node;
mod problem;
mod render;
mod secret_ref;
mod source;
pub mod words;
pub mod yaml;

pub use node::{Key, Node, Value};
pub use problem::{FileError, Problem};
pub use secret_ref::SecretRef;
pub use source::{SourceFile, read_capped};
