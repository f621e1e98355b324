//! Files a user writes: reading, decoding, and errors that show the place.

mod secret_ref;

pub use secret_ref::SecretRef;
