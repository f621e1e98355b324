//! Devices of the worst kind: raw servers that answer byte for byte what a test says, and record what reached them.

#![allow(dead_code, unused_imports, reason = "each test file uses its own part")]

mod certs;
mod server;
mod sides;

pub use certs::{certificate, common, legacy_context, modern_context, signed_by_own_ca, tls12_rsa_context};
pub use server::{Reply, Seen, Server, page};
pub use sides::{Ledger, Pins, options, short_limits, write};
