//! Faults: what goes wrong on demand, on which request and how often.

use serde::{Deserialize, Serialize};

use crate::settings::Item;

/// One fault of one device, active until it has struck `times` times or is cleared.
///
/// As JSON, for the control endpoint: `{"kind":"busy"}`, `{"kind":{"slow":{"ms":200}},"times":3,"path":"@email"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// What goes wrong.
    pub kind: FaultKind,
    /// How many matching requests it strikes; absent means every one until it is cleared.
    #[serde(default)]
    pub times: Option<u32>,
    /// How many matching requests pass unharmed before it strikes.
    #[serde(default)]
    pub after: u32,
    /// A part of the request's path, or `@` and a kind of page as the request counters name it: `@save`, `@email`,
    /// `@login`, `@menu`, `@identity`, `@password`. Absent means the pages where the fault makes sense.
    #[serde(default)]
    pub path: Option<String>,
}

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// A save is answered with the page "in use by other functions"; nothing is stored.
    Busy,
    /// The log-in form and the log-in say that too many people are logged in.
    TooManySessions,
    /// The session has ended before this request is looked at.
    ExpireSession,
    /// What was being edited in the address book is forgotten before this request is looked at, as after too long a
    /// pause; the log-in stays. Ricoh only.
    EditLost,
    /// The token that stood on the page is no longer the session's.
    StaleToken,
    /// The request is carried out, and the connection closed without an answer.
    LostReply,
    /// The connection is closed before the request is carried out.
    LostBefore,
    /// The save is answered as if it had worked, and nothing is stored.
    DroppedWrite,
    /// The answer comes late.
    Slow {
        /// How late, in milliseconds.
        ms: u64,
    },
    /// The answer comes byte by byte.
    Drip {
        /// Milliseconds between two bytes.
        ms: u64,
    },
    /// The request is read and never answered.
    Stuck,
    /// The head promises the whole page, half of it comes, the connection closes.
    HalfPage,
    /// The connection closes after so many bytes of the answer, head included.
    CloseAfter {
        /// How many bytes are sent.
        bytes: usize,
    },
    /// The answer is 1 GiB long.
    HugeBody,
    /// The answer is 1 GiB long once it is unpacked.
    GzipBomb,
    /// The answer sends the client to another place.
    RedirectTo {
        /// The `Location`.
        url: String,
    },
    /// The device presents another certificate than before (https only; counted in connections).
    OtherCertificate,
    /// The administrator's account is locked: each log-in fails with the text of a wrong password.
    LockedOut,
    /// The log-in is refused although the password is right.
    WrongPassword,
    /// The device restarts instead of answering: connections are refused for a while and sessions are gone.
    Restart {
        /// For how long, in milliseconds.
        ms: u64,
    },
    /// The E-mail page lacks a row.
    FieldMissing {
        /// Which one.
        item: Item,
    },
    /// The E-mail page has a row twice, with the same field name.
    FieldTwice {
        /// Which one.
        item: Item,
    },
    /// A radio group or select of the E-mail page lacks a choice.
    OptionMissing {
        /// Which control.
        item: Item,
        /// The choice, in the lab's word (`true`, `auto`, …).
        choice: String,
    },
    /// A row of the E-mail page bears another label.
    OtherLabel {
        /// Which one.
        item: Item,
        /// The label it bears.
        label: String,
    },
    /// A row of the E-mail page has another field name.
    OtherName {
        /// Which one.
        item: Item,
        /// The name it has.
        name: String,
    },
    /// The configuration list does not mention the E-mail page.
    MissingMenuEntry,
    /// The device says that it is another model.
    OtherModel {
        /// Which one.
        model: String,
    },
    /// The device says that it has another serial number.
    OtherSerial {
        /// Which one.
        serial: String,
    },
    /// The E-mail page can be read only: its buttons are absent and a save is refused.
    ReadOnlyPage,
    /// A save stores everything but one field.
    IgnoresField {
        /// Which one.
        item: Item,
    },
    /// The answer is `500 Internal Server Error`.
    ServerError,
}

impl Fault {
    /// A fault on every request where it makes sense, until it is cleared.
    pub fn new(kind: FaultKind) -> Self {
        Self { kind, times: None, after: 0, path: None }
    }

    /// Strikes only the next so many matching requests.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// Lets so many matching requests pass first.
    #[must_use]
    pub fn after(mut self, requests: u32) -> Self {
        self.after = requests;
        self
    }

    /// Strikes only requests whose path contains this, or of this `@kind`.
    #[must_use]
    pub fn on(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }
}

impl From<FaultKind> for Fault {
    fn from(kind: FaultKind) -> Self {
        Self::new(kind)
    }
}
