//! A web server that takes one request at a time.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::{Mutex, MutexGuard};

/// Whose turn it is on such a server.
#[derive(Debug)]
pub(crate) struct Turn {
    gate: Mutex<()>,
    /// How long a body that does not come holds everybody up.
    pub(crate) patience: Duration,
    waited: AtomicU64,
}

impl Turn {
    /// A server with this patience.
    pub(crate) fn new(patience: Duration) -> Self {
        Self { gate: Mutex::new(()), patience, waited: AtomicU64::new(0) }
    }

    /// Waits until no other request is under way.
    pub(crate) async fn take(&self) -> MutexGuard<'_, ()> {
        if let Ok(free) = self.gate.try_lock() {
            return free;
        }
        self.waited.fetch_add(1, Ordering::Relaxed);
        self.gate.lock().await
    }

    /// How many requests came while another was under way.
    pub(crate) fn waited(&self) -> u64 {
        self.waited.load(Ordering::Relaxed)
    }
}
