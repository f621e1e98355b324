//! Opening a TCP connection, and what can go wrong until a connection may carry a request.

use std::io;
use std::time::Duration;

use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use super::{WireFailure, spell};
use crate::error::{Category, Fault, clean};

/// Why a connection could not be opened. Nothing of any request has left.
#[derive(Debug)]
pub(in crate::transport) enum OpenError {
    /// Nothing listens on the port.
    Refused(String),
    /// No answer, no route, no such name.
    Unreachable(String),
    /// Something answered, and it was not TLS.
    NotTls(String),
    /// The handshake failed, or the certificate is not trusted.
    Tls {
        /// What happened.
        got: String,
        /// What to do next.
        hint: Option<String>,
    },
    /// Our own store of pins failed.
    Store(String),
}

impl OpenError {
    pub(in crate::transport) fn into_failure(self) -> WireFailure {
        match self {
            Self::Refused(got) | Self::Unreachable(got) => WireFailure::new(Category::Unreachable, got),
            Self::NotTls(got) => {
                let mut failure = WireFailure::new(Category::Tls, got);
                failure.hint = Some(
                    "set `tls: legacy` for the device in the inventory if it is old; write its address with `http://` \
                     if it offers no https"
                        .into(),
                );
                failure
            }
            Self::Tls { got, hint } => {
                let mut failure = WireFailure::new(Category::Tls, got);
                failure.hint = hint;
                failure
            }
            Self::Store(got) => {
                let mut failure = WireFailure::new(Category::Interrupted, got);
                failure.fault = Fault::Workspace;
                failure
            }
        }
    }
}

/// Connects to the first address of a host that answers.
pub(in crate::transport) async fn connect_tcp(
    host: &str,
    port: u16,
    limit: Duration,
) -> Result<TcpStream, OpenError> {
    let addresses = match timeout(limit, lookup_host((host, port))).await {
        Ok(Ok(addresses)) => addresses.collect::<Vec<_>>(),
        Ok(Err(error)) => {
            let reason = clean(&error.to_string());
            return Err(OpenError::Unreachable(format!("the name `{host}` cannot be resolved: {reason}")));
        }
        Err(_) => {
            let limit = spell(limit);
            return Err(OpenError::Unreachable(format!("the name `{host}` was not resolved within {limit}")));
        }
    };
    let mut refused = None;
    let mut silent = None;
    for address in addresses.iter().take(4) {
        match timeout(limit, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                // Small writes must not wait for each other; a failure here changes nothing but speed.
                let _ = stream.set_nodelay(true);
                return Ok(stream);
            }
            Ok(Err(error)) if error.kind() == io::ErrorKind::ConnectionRefused => {
                refused = Some(format!("port {port} refuses the connection"));
            }
            Ok(Err(error)) => {
                silent = Some(format!("port {port} cannot be reached: {}", clean(&error.to_string())))
            }
            Err(_) => silent = Some(format!("port {port} did not answer within {}", spell(limit))),
        }
    }
    Err(match (silent, refused) {
        (Some(got), _) => OpenError::Unreachable(got),
        (None, Some(got)) => OpenError::Refused(got),
        (None, None) => OpenError::Unreachable(format!("the name `{host}` has no address")),
    })
}
