//! Why a form cannot be filled or submitted. No error ever holds a value that was set: it may be a password.

/// Why a form cannot be filled as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// There is no such control.
    #[error("the form has no control named `{0}`")]
    Missing(String),
    /// There are several where one was meant.
    #[error("the form has {count} controls named `{name}`")]
    Doubled {
        /// The name.
        name: String,
        /// How many.
        count: usize,
    },
    /// The select or radio group does not offer the value.
    #[error("`{name}` does not offer `{wanted}`; it offers {offered}")]
    NoSuchChoice {
        /// The name.
        name: String,
        /// What was wanted.
        wanted: String,
        /// What is offered, readable.
        offered: String,
    },
    /// Longer than `maxlength`.
    #[error("`{name}` holds {limit} characters, and the value has {length}")]
    TooLong {
        /// The name.
        name: String,
        /// The limit.
        limit: usize,
        /// The value's length.
        length: usize,
    },
    /// The page's charset cannot hold a character.
    #[error("`{name}` cannot hold every character of the value in the page's charset {charset}")]
    Unencodable {
        /// The name.
        name: String,
        /// The charset.
        charset: String,
    },
    /// The control is of a kind that cannot be set so.
    #[error("`{name}` is a {kind}, which cannot be set this way")]
    WrongType {
        /// The name.
        name: String,
        /// What it is.
        kind: String,
    },
    /// A browser would change the value before it sends it (line breaks in a single line, letters in a number).
    #[error("`{name}` is a field of type `{type_name}`, which cannot hold the value as it is")]
    Unfit {
        /// The name.
        name: String,
        /// The control's type.
        type_name: String,
    },
    /// Where the form goes cannot be told: its action is not an address, or is relative and the page has none.
    #[error("where the form goes cannot be told: its action is `{0}`")]
    NoTarget(String),
    /// A form of method `dialog`, which sends nothing.
    #[error("the form sends nothing: its method is `dialog`")]
    Dialog,
}
