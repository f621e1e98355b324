//! Ricoh's Web Image Monitor, simulated.

mod profile;

pub use profile::Profile;
