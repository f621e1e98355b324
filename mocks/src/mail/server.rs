//! The server: its doors, what it kept, and its switches at run time.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::message::{Dialogue, Message, Via};
use super::session::Session;
use super::state::Shared;
use super::tenant::TenantSpec;
use super::tls;

/// A running mail service. Dropping it ends it.
pub struct MailServer {
    shared: Arc<Shared>,
    submission: SocketAddr,
    mx: SocketAddr,
    implicit_tls: Option<SocketAddr>,
    certificate: Vec<u8>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl fmt::Debug for MailServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MailServer")
            .field("submission", &self.submission)
            .field("mx", &self.mx)
            .field("implicit_tls", &self.implicit_tls)
            .finish_non_exhaustive()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.stop.cancel();
    }
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
        // Making a key is work of a kind that must not hold up other tasks.
        let (acceptor, certificate) =
            tokio::task::spawn_blocking(|| io::Result::Ok((tls::acceptor()?, tls::certificate_pem()?)))
                .await
                .map_err(io::Error::other)??;
        let with_implicit = spec.implicit_tls;
        let shared = Arc::new(Shared::new(spec, acceptor));
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let open = async |via| {
            let listener = TcpListener::bind((ip, 0)).await?;
            let address = listener.local_addr()?;
            let door =
                Door { listener, via, shared: shared.clone(), stop: stop.clone(), tasks: tasks.clone() };
            io::Result::Ok((address, door))
        };
        let (submission, submission_door) = open(Via::Submission).await?;
        let (mx, mx_door) = open(Via::Mx).await?;
        let mut doors = vec![submission_door, mx_door];
        let mut implicit_tls = None;
        if with_implicit {
            let (address, door) = open(Via::ImplicitTls).await?;
            implicit_tls = Some(address);
            doors.push(door);
        }
        for door in doors {
            tasks.spawn(door.serve());
        }
        Ok(Self { shared, submission, mx, implicit_tls, certificate, stop, tasks })
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
        let domain = self.shared.with_spec(|spec| spec.domains.first().cloned()).unwrap_or_default();
        format!("{}.mail.protection.outlook.com", domain.to_ascii_lowercase().replace('.', "-"))
    }

    /// The certificate (PEM) that this server shows, for a client that wants to check it.
    pub fn certificate_pem(&self) -> Vec<u8> {
        self.certificate.clone()
    }

    /// The messages taken so far, oldest first.
    pub fn messages(&self) -> Vec<Message> {
        self.shared.messages()
    }

    /// The sessions so far, oldest first, without login data and without bodies.
    pub fn sessions(&self) -> Vec<Dialogue> {
        self.shared.dialogues()
    }

    /// Forgets messages and sessions.
    pub fn clear(&self) {
        self.shared.clear();
    }

    /// A copy of the tenant as it is now.
    pub fn spec(&self) -> TenantSpec {
        self.shared.with_spec(Clone::clone)
    }

    /// Changes the tenant at run time; the next command of every session sees it. The change must not call back
    /// into this server.
    pub fn update(&self, change: impl FnOnce(&mut TenantSpec)) {
        self.shared.change_spec(change);
    }

    /// Ends every session, closes the ports, and returns when all of that is done.
    pub async fn shutdown(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

/// A listening port.
struct Door {
    listener: TcpListener,
    via: Via,
    shared: Arc<Shared>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Door {
    async fn serve(self) {
        while let Some(accepted) = self.stop.run_until_cancelled(self.listener.accept()).await {
            let Ok((stream, peer)) = accepted else {
                // Out of descriptors, most likely: give the open sessions a moment instead of spinning.
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            };
            let session = Session::new(self.shared.clone(), self.via, stream, peer);
            let stop = self.stop.clone();
            self.tasks.spawn(async move { stop.run_until_cancelled(session.run()).await });
        }
    }
}
