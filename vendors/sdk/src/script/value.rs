//! Values of the small machine.

use std::rc::Rc;

use super::Place;
use super::ast::Function;

/// A value, or the fact that it is not known.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Undefined,
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    /// The content of a password field, having gone through the functions in `via`.
    Secret(Place, Vec<String>),
    Unknown,
    /// A function and the scope it was made in.
    Function(Rc<Function>, usize),
    /// A method of a value, before it is called.
    Method(Box<Value>, String),
    /// A function of the browser, or one that is not in the scripts at hand.
    Foreign(String),
    Window,
    Document,
    Forms,
    Form(usize),
    Elements(usize),
    Group(Vec<Place>),
    Control(Place),
    Options(Place),
    Choice(Place, usize),
    Location,
    /// An element that is no control, by its id.
    Node(String),
    /// A jQuery set.
    Set(Vec<Value>),
    /// An object, array or made element, by its place in the machine's store.
    Object(usize),
}

impl Value {
    /// Truth, where it is known.
    pub(super) fn truth(&self) -> Option<bool> {
        Some(match self {
            Self::Unknown => return None,
            Self::Undefined | Self::Null => false,
            Self::Bool(b) => *b,
            Self::Number(n) => *n != 0.0 && !n.is_nan(),
            Self::Text(t) => !t.is_empty(),
            _ => true,
        })
    }

    /// The text a concatenation or an assignment to a field would give, where it is known.
    pub(super) fn text(&self) -> Option<String> {
        Some(match self {
            Self::Undefined => "undefined".to_owned(),
            Self::Null => "null".to_owned(),
            Self::Bool(b) => b.to_string(),
            Self::Number(n) if n.is_nan() => "NaN".to_owned(),
            Self::Number(n) => n.to_string(),
            Self::Text(t) => t.clone(),
            _ => return None,
        })
    }

    /// The number, where it is known.
    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Self::Number(n) => Some(*n),
            Self::Bool(b) => Some(f64::from(u8::from(*b))),
            Self::Null => Some(0.0),
            Self::Text(t) if t.trim().is_empty() => Some(0.0),
            Self::Text(t) => Some(t.trim().parse().unwrap_or(f64::NAN)),
            Self::Undefined => Some(f64::NAN),
            _ => None,
        }
    }

    /// Equality, where it is known. Two contents of password fields hold the same password: that is how they are filled.
    pub(super) fn equals(&self, other: &Self, strict: bool) -> Option<bool> {
        use Value::{Bool, Null, Number, Secret, Text, Undefined, Unknown};
        Some(match (self, other) {
            (Unknown, _) | (_, Unknown) => return None,
            (Secret(_, a), Secret(_, b)) => a == b,
            (Secret(..), Text(t)) | (Text(t), Secret(..)) if t.is_empty() => false,
            (Secret(..), Null | Undefined) | (Null | Undefined, Secret(..)) => false,
            (Secret(..), _) | (_, Secret(..)) => return None,
            (Text(a), Text(b)) => a == b,
            (Number(a), Number(b)) => a == b,
            (Bool(a), Bool(b)) => a == b,
            (Null, Null) | (Undefined, Undefined) => true,
            (Null, Undefined) | (Undefined, Null) => !strict,
            (Null | Undefined, _) | (_, Null | Undefined) => false,
            (Text(_) | Number(_) | Bool(_), Text(_) | Number(_) | Bool(_)) if strict => false,
            (Text(_) | Number(_) | Bool(_), Text(_) | Number(_) | Bool(_)) => {
                self.number()? == other.number()?
            }
            (Self::Control(a), Self::Control(b)) => a == b,
            (Self::Form(a), Self::Form(b)) => a == b,
            (Self::Object(a), Self::Object(b)) => a == b,
            _ => return None,
        })
    }
}
