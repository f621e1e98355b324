//! One value that may be a template, with its place in the playbook.

use std::ops::Range;

/// A value that may hold `{{ … }}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// The value as written.
    pub text: String,
    /// Its place in the playbook, as byte offsets.
    pub span: Range<usize>,
}
