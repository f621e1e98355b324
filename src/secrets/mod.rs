//! Where secrets are kept, and their former versions.
//!
//! Files hold references only ([`SecretRef`](crate::files::SecretRef)); [`Secrets`] turns a reference into a
//! [`Secret`](scanfleet_sdk::Secret). In the keyring each version of a secret is an entry of its own (service `scanfleet`,
//! account `NAME#vN`); an index of names, versions and dates, never values, lies in the user's data directory and is
//! shared by all workspaces. The last [`VERSIONS_KEPT`] versions of each name stay, so that a rollback can restore them.
//!
//! Methods are synchronous and may wait for a person who is asked to unlock the keyring; in async code call them through
//! `tokio::task::spawn_blocking`.

mod doctor;
mod error;
mod index;
mod os;
mod plain;
mod resolver;
#[cfg(test)]
mod tests;
mod vault;

pub use doctor::{CheckResult, DoctorReport, MissingEntry};
pub use error::SecretError;
pub use index::{SecretEntry, VersionEntry};
pub use resolver::{Backend, Resolved, Secrets, SecretsConfig, VERSIONS_KEPT};
