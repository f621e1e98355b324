//! Where a device answers: scheme, host, port, as a person writes them.

use std::fmt;

/// `http` or `https`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// In clear.
    Http,
    /// TLS.
    Https,
}

/// A device's address as written in an inventory: a host, an IP, `host:port` or a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// The scheme, where it was written. Without it: https first, http only where 443 refuses.
    pub scheme: Option<Scheme>,
    /// Host name or IP address (IPv6 without brackets).
    pub host: String,
    /// The port, where it was written.
    pub port: Option<u16>,
}

impl Endpoint {
    /// Reads an address as a person writes it.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn parse(_text: &str) -> Result<Self, String> {
        unimplemented!()
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, _f: &mut fmt::Formatter<'_>) -> fmt::Result {
        unimplemented!()
    }
}
