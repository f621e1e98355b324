//! What the sessions of one server share: the tenant, the kept mail, and who is logged in how often.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use openssl::ssl::SslAcceptor;

use super::message::{Dialogue, DialogueLine, Message, Speaker, Via};
use super::tenant::TenantSpec;

/// Lines kept of one session; a session of garbage must not fill the memory.
const KEPT_LINES: usize = 500;
/// Characters kept of one line.
const KEPT_CHARS: usize = 1000;

pub(super) struct Shared {
    pub(super) acceptor: SslAcceptor,
    /// Open sessions of all doors.
    pub(super) open: AtomicUsize,
    spec: Mutex<TenantSpec>,
    kept: Mutex<Kept>,
    next_session: AtomicU64,
}

#[derive(Default)]
struct Kept {
    messages: VecDeque<Message>,
    taken: u64,
    dialogues: VecDeque<(u64, Dialogue)>,
    /// Sessions of each account in the order of their logins.
    logged_in: HashMap<String, Vec<u64>>,
    failures: HashMap<String, u32>,
    recipients: HashMap<String, usize>,
}

/// A panic while a lock is held leaves plain data behind, which stays usable.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub(super) fn new(spec: TenantSpec, acceptor: SslAcceptor) -> Self {
        Self {
            acceptor,
            open: AtomicUsize::new(0),
            spec: Mutex::new(spec),
            kept: Mutex::default(),
            next_session: AtomicU64::new(1),
        }
    }

    pub(super) fn with_spec<T>(&self, ask: impl FnOnce(&TenantSpec) -> T) -> T {
        ask(&lock(&self.spec))
    }

    pub(super) fn change_spec(&self, change: impl FnOnce(&mut TenantSpec)) {
        change(&mut lock(&self.spec));
    }

    pub(super) fn messages(&self) -> Vec<Message> {
        lock(&self.kept).messages.iter().cloned().collect()
    }

    pub(super) fn dialogues(&self) -> Vec<Dialogue> {
        lock(&self.kept).dialogues.iter().map(|(_, dialogue)| dialogue.clone()).collect()
    }

    pub(super) fn clear(&self) {
        let mut kept = lock(&self.kept);
        kept.messages.clear();
        kept.dialogues.clear();
    }

    /// Opens a session and gives its number.
    pub(super) fn begin(&self, via: Via, peer: SocketAddr) -> u64 {
        let number = self.next_session.fetch_add(1, Ordering::Relaxed);
        let cap = self.with_spec(|spec| spec.limits.kept);
        let mut kept = lock(&self.kept);
        let dialogue = Dialogue { via, peer, tls: None, tls_error: None, lines: Vec::new(), ended: false };
        kept.dialogues.push_back((number, dialogue));
        while kept.dialogues.len() > cap {
            kept.dialogues.pop_front();
        }
        number
    }

    /// Ends a session and frees its place among those of its account.
    pub(super) fn end(&self, number: u64) {
        self.note(number, |dialogue| dialogue.ended = true);
        let mut kept = lock(&self.kept);
        for sessions in kept.logged_in.values_mut() {
            sessions.retain(|&other| other != number);
        }
        kept.logged_in.retain(|_, sessions| !sessions.is_empty());
    }

    /// Changes the record of a session, if it is still kept.
    pub(super) fn note(&self, number: u64, change: impl FnOnce(&mut Dialogue)) {
        let mut kept = lock(&self.kept);
        // New sessions are at the end.
        if let Some((_, dialogue)) = kept.dialogues.iter_mut().rev().find(|(other, _)| *other == number) {
            change(dialogue);
        }
    }

    /// Keeps a line of a session. The caller has taken out whatever must not be kept.
    pub(super) fn line(&self, number: u64, speaker: Speaker, text: &str) {
        self.note(number, |dialogue| {
            if dialogue.lines.len() < KEPT_LINES {
                let text = text.chars().take(KEPT_CHARS).collect();
                dialogue.lines.push(DialogueLine { speaker, text });
            }
        });
    }

    /// Keeps a message, whose order is filled in here.
    pub(super) fn keep(&self, mut message: Message) {
        let cap = self.with_spec(|spec| spec.limits.kept);
        let mut kept = lock(&self.kept);
        kept.taken += 1;
        message.received_at_order = kept.taken;
        kept.messages.push_back(message);
        while kept.messages.len() > cap {
            kept.messages.pop_front();
        }
    }

    pub(super) fn logged_in(&self, account: &str, session: u64) {
        let key = account.to_ascii_lowercase();
        let mut kept = lock(&self.kept);
        kept.failures.remove(&key);
        kept.logged_in.entry(key).or_default().push(session);
    }

    /// How many sessions of the account logged in before this one and are still open.
    pub(super) fn older_sessions(&self, account: &str, session: u64) -> usize {
        let kept = lock(&self.kept);
        let sessions = kept.logged_in.get(&account.to_ascii_lowercase());
        sessions.and_then(|all| all.iter().position(|&other| other == session)).unwrap_or_default()
    }

    /// Counts a wrong password; true when the account is to be locked now.
    pub(super) fn failed_login(&self, account: &str, lock_after: Option<u32>) -> bool {
        let mut kept = lock(&self.kept);
        let count = kept.failures.entry(account.to_ascii_lowercase()).or_default();
        *count = count.saturating_add(1);
        lock_after.is_some_and(|cap| *count >= cap)
    }

    /// Books recipients on an account; false, and nothing booked, if that is more than it may have.
    pub(super) fn book_recipients(&self, account: &str, count: usize, cap: Option<usize>) -> bool {
        let mut kept = lock(&self.kept);
        let used = kept.recipients.entry(account.to_ascii_lowercase()).or_default();
        if cap.is_some_and(|cap| used.saturating_add(count) > cap) {
            return false;
        }
        *used += count;
        true
    }
}
