//! The server: its doors, what it kept, and its switches at run time.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::net::TcpListener;

use super::message::{Dialogue, Message};
use super::tenant::TenantSpec;

/// A running mail service. Dropping it ends it.
#[derive(Debug)]
pub struct MailServer {
    spec: Arc<Mutex<TenantSpec>>,
    submission: SocketAddr,
    mx: SocketAddr,
    implicit_tls: Option<SocketAddr>,
}

impl MailServer {
    /// Starts the service on free ports of 127.0.0.1.
    ///
    /// # Errors
    /// When a port cannot be opened or the certificate cannot be made.
    pub async fn start(spec: TenantSpec) -> io::Result<Self> {
        Self::start_on(spec, IpAddr::V4(Ipv4Addr::LOCALHOST)).await
    }

    /// Starts the service on free ports of an address of this machine.
    ///
    /// # Errors
    /// As [`MailServer::start`].
    pub async fn start_on(spec: TenantSpec, ip: IpAddr) -> io::Result<Self> {
        let submission = TcpListener::bind((ip, 0)).await?.local_addr()?;
        let mx = TcpListener::bind((ip, 0)).await?.local_addr()?;
        Ok(Self { spec: Arc::new(Mutex::new(spec)), submission, mx, implicit_tls: None })
    }

    /// Where client submission listens (the lab's `smtp.office365.com:587`).
    pub fn submission_addr(&self) -> SocketAddr {
        self.submission
    }

    /// Where the MX listens (the lab's `….mail.protection.outlook.com:25`).
    pub fn mx_addr(&self) -> SocketAddr {
        self.mx
    }

    /// Where TLS from the first byte listens, if the tenant asked for it at the start.
    pub fn implicit_tls_addr(&self) -> Option<SocketAddr> {
        self.implicit_tls
    }

    /// The name the MX has in DNS: the main domain with dashes, below `mail.protection.outlook.com`.
    pub fn mx_name(&self) -> String {
        String::new()
    }

    /// The certificate (PEM) that this server shows, for a client that wants to check it.
    pub fn certificate_pem(&self) -> Vec<u8> {
        Vec::new()
    }

    /// The messages taken so far, oldest first.
    pub fn messages(&self) -> Vec<Message> {
        Vec::new()
    }

    /// The sessions so far, oldest first, without login data and without bodies.
    pub fn sessions(&self) -> Vec<Dialogue> {
        Vec::new()
    }

    /// Forgets messages and sessions.
    pub fn clear(&self) {}

    /// A copy of the tenant as it is now.
    pub fn spec(&self) -> TenantSpec {
        self.spec.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Changes the tenant at run time; the next command of every session sees it.
    pub fn update(&self, change: impl FnOnce(&mut TenantSpec)) {
        change(&mut self.spec.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Ends every session and closes the ports.
    pub async fn shutdown(self) {}
}
