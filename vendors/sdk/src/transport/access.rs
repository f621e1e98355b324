//! Who may send what: the read-only gate, and the witness that hears of every write before it leaves.

use std::sync::Arc;

use async_trait::async_trait;

use crate::Section;

/// What a request does to the device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Reads a page.
    Read,
    /// Opens the administrator session; carries the log-in.
    Login,
    /// Ends the administrator session.
    Logout,
    /// Can alter the device. The witness hears of it before it leaves and after its answer.
    Write {
        /// The section it alters.
        section: Section,
        /// What it does, in the infinitive ("stage the new SMTP password").
        what: String,
    },
}

/// One line of a driver's declared list of requests that only read.
///
/// A request passes the gate when some allowing rule matches and no denying rule does. `Effect::Write` never passes,
/// whatever the rules say.
#[derive(Debug, Clone, Copy)]
pub struct ReadRule {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// The path without query; `*` stands for any run of characters. Compared without regard to case.
    pub path: &'static str,
    /// True to allow, false to deny.
    pub allow: bool,
    /// What the fields of the request must hold besides, for devices where one address takes requests of every kind. Empty:
    /// the path alone decides.
    pub fields: &'static [FieldRule],
}

/// What a field must hold so that a request only reads. It is asked of what really leaves: of the query and of the body.
///
/// A body that is not `application/x-www-form-urlencoded` fulfils no such condition, because nobody has looked into it.
#[derive(Debug, Clone, Copy)]
pub struct FieldRule {
    /// The field. Every field whose name has this in it counts, without regard to case, so that no spelling slips by.
    pub name: &'static str,
    /// Whether there must be such a field.
    pub required: bool,
    /// Asked of each value; all must hold.
    pub holds: fn(&str) -> bool,
}

impl ReadRule {
    /// Allows a method on paths of a pattern.
    pub const fn allow(method: &'static str, path: &'static str) -> Self {
        Self { method, path, allow: true, fields: &[] }
    }

    /// Allows a method on paths of a pattern where the request's own fields fulfil all conditions.
    pub const fn allow_when(method: &'static str, path: &'static str, fields: &'static [FieldRule]) -> Self {
        Self { method, path, allow: true, fields }
    }

    /// Denies a method on paths of a pattern, whatever else is allowed.
    pub const fn deny(method: &'static str, path: &'static str) -> Self {
        Self { method, path, allow: false, fields: &[] }
    }
}

/// What a session may do.
#[derive(Clone)]
pub enum Access {
    /// Only requests on the driver's declared list of reads leave; any other fails loudly before it leaves.
    ReadOnly(&'static [ReadRule]),
    /// Writes leave too, each after its intent has been stored.
    ReadWrite(Arc<dyn Witness>),
}

/// A request that can alter the device, as it is stored before it leaves. Holds no values.
#[derive(Debug, Clone)]
pub struct Intent {
    /// The section it alters.
    pub section: Section,
    /// What it does, in the infinitive.
    pub what: String,
    /// `POST`, mostly.
    pub method: String,
    /// The path without query.
    pub path: String,
    /// The names of the fields it carries, in order.
    pub fields: Vec<String>,
}

/// The witness could not store an intent or a receipt.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct WitnessError(pub String);

/// Hears of every write: before it leaves, and after its answer.
#[async_trait]
pub trait Witness: Send + Sync {
    /// Stores an intent; the request leaves only after this returned `Ok`. Gives the intent's id.
    async fn intend(&self, intent: &Intent) -> Result<i64, WitnessError>;

    /// Stores what came back: the HTTP status, or `None` when the answer was lost.
    async fn receive(&self, intent: i64, status: Option<u16>) -> Result<(), WitnessError>;

    /// Stores that the request provably never left (connection refused, certificate not trusted, stopped before).
    /// Unless overridden it is stored like a lost answer, which is the careful reading.
    async fn withdraw(&self, intent: i64) -> Result<(), WitnessError> {
        self.receive(intent, None).await
    }

    /// Whether somebody wants the run to end (Ctrl-C): a batch of changes then ends before its next one. `false` unless
    /// overridden.
    fn stopping(&self) -> bool {
        false
    }
}
