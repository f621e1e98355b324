//! What the scripts of a page would send when somebody presses a button.
//!
//! A small reader of page scripts: it follows the handler of a button through the functions it calls, on the page's own
//! forms as they are filled now, and tells which form would be submitted, where to and with which values.
//! It knows no network, no clock and no device; what it cannot tell is unknown, never guessed. Where the way depends on
//! something unknown, every way is followed and each different end is reported.

mod ast;
mod builtins;
mod clickable;
mod dom;
mod evaluate;
mod jquery;
mod lex;
mod machine;
mod parse;
mod parse_expression;
mod put;
mod statement;
mod value;

use url::Url;

use crate::form::Form;

pub use clickable::{Clickable, PageHooks};

/// The scripts of a page, with the page they stand on.
#[derive(Debug, Clone, Copy)]
pub struct Scripts<'a> {
    /// Texts of the scripts, in order.
    pub sources: &'a [String],
    /// The page's address, for `location`.
    pub url: &'a Url,
    /// All forms of the page, filled as they are to be sent.
    pub forms: &'a [Form],
}

/// Place of a control: index of the form among [`Scripts::forms`], index of the control in it.
pub type Place = (usize, usize);

/// What is pressed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trigger {
    /// The handler as written (`onclick`, or the target of a `javascript:` link).
    pub code: Option<String>,
    /// The element's id, for handlers that a script attaches.
    pub id: Option<String>,
    /// The control, where it is one of a form.
    pub control: Option<Place>,
}

/// A field that a script fills from a password field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed {
    /// Index of the control that is filled, in the submitted form.
    pub into: usize,
    /// The password field it comes from.
    pub from: Place,
    /// The functions the text goes through, innermost first.
    pub via: Vec<String>,
}

/// What would be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The form, with everything the script assigned to its fields.
    pub form: Form,
    /// The action a script set; absent where the form's own holds.
    pub action: Option<String>,
    /// Fields that take a password.
    pub typed: Vec<Typed>,
}

/// How pressing the button ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// A form is submitted.
    Submit(Box<Sent>),
    /// Another page is opened.
    Navigate(String),
    /// Nothing is sent by the script itself; a submit button would go on unless `returned` is `Some(false)`.
    Nothing {
        /// What the handler returned, where that is known.
        returned: Option<bool>,
        /// Every form as the script left it, in the page's order.
        forms: Vec<Sent>,
        /// Functions that were called and are not in the scripts at hand.
        missing: Vec<String>,
    },
}

impl Scripts<'_> {
    /// Follows a button. `secrets` are the fields whose content is only followed, never read.
    /// Each different end is given once, the likeliest first; never empty.
    pub fn press(&self, trigger: &Trigger, secrets: &[Place]) -> Vec<Outcome> {
        machine::press(self, trigger, secrets)
    }

    /// The forms as the scripts leave them when the page has loaded (`onload` is the body's handler), and the places of the
    /// fields whose content a script set to something that cannot be told; these keep what the source says.
    pub fn load(&self, onload: Option<&str>) -> (Vec<Form>, Vec<Place>) {
        machine::load(self, onload)
    }

    /// Whether a function of this name is defined at the top of the scripts.
    pub fn defines(&self, name: &str) -> bool {
        machine::defines(self.sources, name)
    }
}

#[cfg(test)]
mod tests;
