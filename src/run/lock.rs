//! Who may work on a device, and how long it may take when somebody wants to stop.

use std::sync::Arc;

use scanfleet_sdk::{Category, DeviceError};
use tokio_util::sync::CancellationToken;

use super::Engine;
use crate::inventory::Device;
use crate::journal::{DeviceKey, DeviceLock, Holder, LockError, RunId};

/// How long a device's lock lasts without being renewed, beyond the device's own time.
const LOCK_GRACE: std::time::Duration = std::time::Duration::from_secs(60);

/// How Ctrl-C is heard while one device is worked on.
pub(super) struct Patience {
    /// Ends the device's session; cancelled once nothing is being written.
    pub cancel: CancellationToken,
    /// Held while the device is being written to.
    pub writing: Arc<tokio::sync::Mutex<()>>,
    watch: tokio::task::JoinHandle<()>,
}

impl Drop for Patience {
    fn drop(&mut self) {
        self.watch.abort();
    }
}

impl Engine {
    /// Takes the device's lock.
    pub(super) async fn hold(
        &self,
        device: &Device,
        run: &RunId,
        command: &str,
    ) -> Result<DeviceLock, DeviceError> {
        let key = DeviceKey::of(None, &device.name);
        let holder = Holder {
            host: self.settings.host.clone(),
            pid: std::process::id(),
            run: *run,
            command: command.to_owned(),
        };
        let ttl = self.settings.device_time + LOCK_GRACE;
        self.journal(move |journal| journal.lock_device(&key, &holder, ttl)).await.map_err(
            |error| match error {
                LockError::Held(other) => {
                    DeviceError::new(Category::Busy, "lock the device", other.to_string())
                        .hint("wait until that run is done")
                }
                LockError::Journal(error) => DeviceError::workspace("lock the device", error.to_string()),
            },
        )
    }

    /// Ctrl-C ends a device that is only being read at once, and lets one that is being written to finish: an answer
    /// thrown away would leave a change that nobody has seen.
    pub(super) fn patience(&self) -> Patience {
        let cancel = CancellationToken::new();
        let writing = Arc::new(tokio::sync::Mutex::new(()));
        let (stop, token, busy) = (self.settings.cancel.clone(), cancel.clone(), Arc::clone(&writing));
        let watch = tokio::spawn(async move {
            stop.cancelled().await;
            let _done = busy.lock().await;
            token.cancel();
        });
        Patience { cancel, writing, watch }
    }
}
