//! What was done, what was seen and what was there before.
//!
//! One SQLite file per workspace, `journal.db` in the workspace's state directory (`.scanfleet/`). Whatever a method
//! has returned is on the disk. No secret is ever in it: passwords are known by a keyed [`Fingerprint`] only.
//!
//! Methods are synchronous and short. In async code use [`Journal::blocking`].

mod alive;
mod audit;
mod books;
mod error;
mod ids;
mod intents;
mod locks;
mod open;
mod pack;
mod passwords;
mod pins;
mod proofs;
mod results;
mod runs;
mod snapshots;
mod store;
mod verify;

pub use audit::{SecretChange, VerifyReport};
pub use books::BookChanges;
pub use error::JournalError;
pub use ids::{DeviceKey, RunId, SnapshotId};
pub use intents::{OpenIntent, OpenReceipt, Settlement};
pub use locks::{DeviceLock, Holder, LockError, LockedBy};
pub use passwords::{Fingerprint, Pushed};
pub use pins::{Accepted, Pin, PinKey, Presented};
pub use proofs::Proof;
pub use results::{DeviceOutcome, DeviceResult, Grade};
pub use runs::{NewRun, RunKind, RunRecord, RunStatus};
pub use snapshots::{NewSnapshot, PasswordAtSnapshot, Snapshot, SnapshotReason, SnapshotSummary};
pub use store::{Journal, JournalOptions};
