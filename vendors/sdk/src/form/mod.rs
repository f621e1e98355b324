//! Forms as a browser submits them, by the WHATWG algorithm.

mod model;

pub use model::{
    Choice, Control, ControlType, Document, Form, FormError, Label, LabelSource, Link, Submission,
};
