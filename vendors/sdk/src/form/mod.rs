//! Forms as a browser submits them, by the WHATWG algorithm.
//!
//! A [`Document`] is parsed as a browser parses it (html5ever, scripting on), its [`Form`]s are owned values that can be
//! filled and submitted. Filling changes only what the page offers and only where it is unmistakable: every doubt is a
//! [`FormError`]. Nothing here recurses, and nothing a device sends makes it panic.

mod beside;
mod build;
mod cells;
mod choices;
mod control;
mod document;
mod dom;
mod encode;
mod error;
mod facts;
mod fill;
pub mod json;
mod labels;
mod links;
mod model;
mod parse;
mod submit;
mod tables;
mod text;
mod value;

pub use control::{Choice, Control, ControlType, Label, LabelSource, Overrides};
pub use document::{Document, Link, RowLink};
pub use error::FormError;
pub use model::{FileContent, Form, Submission};
pub use tables::{Table, TableCell, TableRow};
pub use text::fold;
