//! Who talks to a device: visitors, and administrators who logged in.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use super::address::BookSession;
use crate::settings::{PasswordKind, Settings};

/// How long an unused administrator session holds its slot. The true value is configurable and not known.
const IDLE: Duration = Duration::from_secs(30 * 60);
/// How many visitors a device remembers.
const GUESTS: usize = 64;

/// One administrator's session.
#[derive(Clone)]
pub(crate) struct Session {
    /// The digits of `wimsesid`.
    pub(crate) id: String,
    /// Its `wimToken`.
    pub(crate) token: String,
    /// What was entered on the E-mail page and not yet saved.
    pub(crate) staged: Option<Staged>,
    /// What is under way in the address book.
    pub(super) book: BookSession,
    used: Instant,
}

/// What was entered on the E-mail page and not yet saved.
#[derive(Clone, Default)]
pub(crate) struct Staged {
    pub(crate) settings: Settings,
    pub(crate) passwords: BTreeMap<PasswordKind, String>,
    /// The password page that is open.
    pub(crate) open: Option<PasswordKind>,
}

/// All sessions of one device.
#[derive(Default)]
pub(crate) struct Sessions {
    /// Visitors: `risessionid` and token.
    guests: VecDeque<(String, String)>,
    admins: Vec<Session>,
}

impl Sessions {
    /// The administrator's session that a request belongs to, marked as used.
    pub(crate) fn find(&mut self, id: &str) -> Option<&mut Session> {
        self.sweep();
        let session = self.admins.iter_mut().find(|session| session.id == id)?;
        session.used = Instant::now();
        Some(session)
    }

    /// The administrators' sessions, those left for too long among them.
    pub(super) fn all(&self) -> impl Iterator<Item = &Session> {
        self.admins.iter().filter(|session| session.used.elapsed() < IDLE)
    }

    /// How many administrators are logged in.
    pub(crate) fn open(&mut self) -> usize {
        self.sweep();
        self.admins.len()
    }

    /// Logs an administrator in.
    pub(crate) fn log_in(&mut self) -> Session {
        let session = Session {
            id: digits(9),
            token: digits(10),
            staged: None,
            book: BookSession::default(),
            used: Instant::now(),
        };
        self.admins.push(session.clone());
        session
    }

    /// Ends one session; answers whether there was one.
    pub(crate) fn log_out(&mut self, id: &str) -> bool {
        let before = self.admins.len();
        self.admins.retain(|session| session.id != id);
        self.admins.len() < before
    }

    /// Ends all administrators' sessions.
    pub(crate) fn expire(&mut self) {
        self.admins.clear();
    }

    /// The token of a visitor, if the device knows the visitor.
    pub(crate) fn guest_token(&self, id: &str) -> Option<&str> {
        self.guests.iter().find(|(known, _)| known == id).map(|(_, token)| token.as_str())
    }

    /// Meets a new visitor: `risessionid` and token.
    pub(crate) fn welcome(&mut self) -> (String, String) {
        if self.guests.len() >= GUESTS {
            self.guests.pop_front();
        }
        let guest = (digits(15), digits(10));
        self.guests.push_back(guest.clone());
        guest
    }

    /// Gives a visitor another token.
    pub(crate) fn rotate_guest(&mut self, id: &str) -> Option<String> {
        let guest = self.guests.iter_mut().find(|(known, _)| known == id)?;
        guest.1 = digits(10);
        Some(guest.1.clone())
    }

    /// Gives every administrator's session another token.
    pub(crate) fn renew_tokens(&mut self) {
        for session in &mut self.admins {
            session.token = digits(10);
        }
    }

    fn sweep(&mut self) {
        self.admins.retain(|session| session.used.elapsed() < IDLE);
    }
}

/// So many random digits, the first not zero.
pub(crate) fn digits(count: usize) -> String {
    let mut bytes = vec![0_u8; count];
    // Without randomness the ids are all ones: the lab still works, and nothing of value depends on them.
    let _ = openssl::rand::rand_bytes(&mut bytes);
    bytes
        .iter()
        .enumerate()
        .map(|(place, byte)| char::from(if place == 0 { b'1' + byte % 9 } else { b'0' + byte % 10 }))
        .collect()
}
