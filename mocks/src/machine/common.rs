//! What a machine holds and has seen, and what an answer brings with it.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::time::Duration;

use super::strike::Faults;
use crate::book::Book;
use crate::http::{Manner, Reply, Request, Response};
use crate::mail::client::SendOutcome;
use crate::scan::ScanRequest;
use crate::settings::{PasswordKind, Settings};
use crate::spec::DeviceSpec;
use crate::state::LoggedRequest;

/// How many requests the log keeps.
const LOG: usize = 10_000;

/// Everything of a machine that changes, its sessions aside. No `Debug`: it holds passwords.
pub(crate) struct Common {
    pub(crate) settings: Settings,
    pub(crate) passwords: BTreeMap<PasswordKind, String>,
    pub(crate) book: Book,
    pub(crate) faults: Faults,
    pub(crate) panel_in_use: bool,
    pub(crate) failed_logins: u32,
    pub(crate) account_locked: bool,
    pub(crate) writes: u64,
    pub(crate) book_writes: u64,
    pub(crate) clear_passwords: u64,
    pub(crate) counters: BTreeMap<String, u64>,
    pub(crate) log: VecDeque<LoggedRequest>,
    numbered: u64,
}

impl Common {
    /// The state at the start.
    pub(crate) fn new(spec: &DeviceSpec) -> Self {
        let mut passwords = BTreeMap::new();
        if let Some(password) = &spec.smtp_password {
            passwords.insert(PasswordKind::Smtp, password.clone());
        }
        Self {
            settings: spec.settings.clone(),
            passwords,
            book: spec.book.clone(),
            faults: Faults::default(),
            panel_in_use: false,
            failed_logins: 0,
            account_locked: false,
            writes: 0,
            book_writes: 0,
            clear_passwords: 0,
            counters: BTreeMap::new(),
            log: VecDeque::new(),
            numbered: 0,
        }
    }

    /// Counts a request and writes it into the log; `kind` is the kind of page, `status` 0 where nothing is answered.
    pub(crate) fn note(&mut self, request: &Request, kind: &str, status: u16) {
        for name in [kind, "total"] {
            *self.counters.entry(name.to_owned()).or_default() += 1;
        }
        if self.log.len() >= LOG {
            self.log.pop_front();
        }
        self.numbered += 1;
        self.log.push_back(LoggedRequest {
            number: self.numbered,
            method: request.method.clone(),
            path: request.path.clone(),
            kind: kind.to_owned(),
            status,
        });
    }
}

/// What a device does besides answering.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aftermath {
    /// Nothing.
    None,
    /// It restarts and refuses connections for this long.
    Restart(Duration),
    /// It answers, and restarts right after that.
    RestartSoon(Duration),
}

/// A mail that a page sends before it answers, and how the page speaks of it.
pub(crate) struct Errand {
    /// What to send, from whom, to whom.
    pub(crate) scan: ScanRequest,
    /// Whether the answer is given before the mail is sent, so that the page must be asked again.
    pub(crate) background: bool,
    /// Makes the answer; in the background, it only learns what came of the mail.
    pub(crate) told: Box<dyn FnOnce(&SendOutcome) -> Response + Send>,
}

impl fmt::Debug for Errand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Errand").field("scan", &self.scan).finish_non_exhaustive()
    }
}

/// An answer, what else happens, and how much later than usual.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) reply: Reply,
    pub(crate) aftermath: Aftermath,
    pub(crate) slow: Duration,
    /// A mail to be sent first; its page then takes the place of the response, in the same manner.
    pub(crate) errand: Option<Errand>,
}

impl Answer {
    /// Only an answer.
    pub(crate) fn plain(reply: impl Into<Reply>) -> Self {
        Self { reply: reply.into(), aftermath: Aftermath::None, slow: Duration::ZERO, errand: None }
    }

    /// No answer, in this manner.
    pub(crate) fn silence(manner: Manner) -> Self {
        Self::plain(Reply { response: Response::html(""), manner })
    }
}
