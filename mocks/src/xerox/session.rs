//! Who talks to a device: everybody has a `PHPSESSID`, and some of them have logged in.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// How long an unused session lives: `security.webSystemTimeout = 60` minutes.
const IDLE: Duration = Duration::from_secs(60 * 60);
/// How many sessions a device remembers.
const KEPT: usize = 256;

/// One session.
pub(super) struct Session {
    /// The `PHPSESSID`; it stays the same when its owner logs in.
    pub(super) id: String,
    /// The `CSRFToken`.
    pub(super) token: String,
    /// Whether its owner has logged in.
    pub(super) admin: bool,
    /// The page that its owner wanted before the log-in came in between.
    pub(super) wanted: Option<String>,
    used: Instant,
}

/// All sessions of one device.
#[derive(Default)]
pub(super) struct Sessions(VecDeque<Session>);

impl Sessions {
    /// The session of this id, marked as used.
    pub(super) fn find(&mut self, id: &str) -> Option<&mut Session> {
        self.0.retain(|session| session.used.elapsed() < IDLE);
        let session = self.0.iter_mut().find(|session| session.id == id)?;
        session.used = Instant::now();
        Some(session)
    }

    /// Meets a new visitor: the id.
    pub(super) fn welcome(&mut self) -> String {
        while self.0.len() >= KEPT {
            // Visitors go first, so that many of them cannot push an administrator out.
            let place = self.0.iter().position(|session| !session.admin).unwrap_or(0);
            self.0.remove(place);
        }
        let id = hex(16);
        self.0.push_back(Session {
            id: id.clone(),
            token: hex(64),
            admin: false,
            wanted: None,
            used: Instant::now(),
        });
        id
    }

    /// How many administrators are logged in.
    pub(super) fn open(&mut self) -> usize {
        self.0.retain(|session| session.used.elapsed() < IDLE);
        self.0.iter().filter(|session| session.admin).count()
    }

    /// Logs everybody out. Sessions and tokens of visitors stay.
    pub(super) fn expire(&mut self) {
        for session in &mut self.0 {
            session.admin = false;
        }
    }

    /// Forgets everybody.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Gives every session another token.
    pub(super) fn renew_tokens(&mut self) {
        for session in &mut self.0 {
            session.token = hex(64);
        }
    }
}

/// So many random bytes in lower-case hexadecimal digits.
fn hex(bytes: usize) -> String {
    let mut random = vec![0_u8; bytes];
    // Without randomness the ids are zeros: the lab still works, and nothing of value depends on them.
    let _ = openssl::rand::rand_bytes(&mut random);
    random.iter().map(|byte| format!("{byte:02x}")).collect()
}
