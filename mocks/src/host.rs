//! A device on the network: its listener, its TLS, its restarts, its way out.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::time::Duration;

use openssl::ssl::{Ssl, SslContext};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_openssl::SslStream;
use tokio_util::sync::CancellationToken;

use crate::control;
use crate::http::{self, Reply, Request, Turn};
use crate::lab::Shared;
use crate::machine::{Aftermath, Errand, Machine, Purpose};
use crate::spec::{PlainDoor, TlsKind};
use crate::tls;

/// How long to wait before a listener is tried again that could not be opened, or a connection not accepted.
const PAUSE: Duration = Duration::from_millis(20);

/// How long a device that announced its restart still answers.
const SOON: Duration = Duration::from_millis(50);

/// A device on the network.
pub(crate) struct Host {
    pub(crate) device: Box<dyn Machine>,
    pub(crate) address: SocketAddr,
    /// Its plain http port, where it has one beside https.
    pub(crate) plain: OnceLock<SocketAddr>,
    /// The lab it belongs to, for the control paths on its own port.
    pub(crate) lab: OnceLock<Weak<Shared>>,
    delay: Duration,
    /// Where the web server takes one request at a time.
    turn: Option<Turn>,
    /// The usual context and the one with another certificate, each made when it is first needed.
    contexts: [OnceLock<SslContext>; 2],
    down_until: watch::Sender<Option<Instant>>,
    stop: CancellationToken,
    /// Ends the connections of the time before the next restart.
    uptime: Mutex<CancellationToken>,
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Host")
            .field("name", &self.device.spec().name)
            .field("address", &self.address)
            .finish()
    }
}

impl Host {
    pub(crate) fn new(
        device: Box<dyn Machine>,
        address: SocketAddr,
        delay: Duration,
        stop: CancellationToken,
    ) -> Self {
        let uptime = Mutex::new(stop.child_token());
        let turn = device.one_at_a_time().map(Turn::new);
        Self {
            device,
            address,
            plain: OnceLock::new(),
            lab: OnceLock::new(),
            delay,
            turn,
            contexts: [OnceLock::new(), OnceLock::new()],
            down_until: watch::Sender::new(None),
            stop,
            uptime,
        }
    }

    /// How many requests came while another was under way, where the web server takes one at a time.
    pub(crate) fn waited(&self) -> u64 {
        self.turn.as_ref().map_or(0, Turn::waited)
    }

    /// The base URL.
    pub(crate) fn url(&self) -> String {
        let scheme = if self.device.spec().tls == TlsKind::None { "http" } else { "https" };
        format!("{scheme}://{}", self.address)
    }

    /// Refuses connections for a while; sessions are gone afterwards, settings stay.
    pub(crate) fn restart(&self, down: Duration) {
        self.device.power_cycle();
        self.down_until.send_replace(Some(Instant::now() + down));
        let mut uptime = self.uptime.lock().unwrap_or_else(PoisonError::into_inner);
        uptime.cancel();
        *uptime = self.stop.child_token();
    }

    fn uptime(&self) -> CancellationToken {
        self.uptime.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Listens until the lab ends.
    pub(crate) async fn run(self: Arc<Self>, listener: TcpListener) {
        let mut listener = Some(listener);
        let mut down = self.down_until.subscribe();
        loop {
            let until = *down.borrow_and_update();
            if let Some(until) = until.filter(|until| *until > Instant::now()) {
                listener = None;
                tokio::select! {
                    () = tokio::time::sleep_until(until) => {}
                    _ = down.changed() => {}
                    () = self.stop.cancelled() => return,
                }
                continue;
            }
            let Some(open) = &listener else {
                match TcpListener::bind(self.address).await {
                    Ok(fresh) => listener = Some(fresh),
                    Err(error) => {
                        tracing::debug!(%error, address = %self.address, "listener not yet back");
                        tokio::time::sleep(PAUSE).await;
                    }
                }
                continue;
            };
            tokio::select! {
                biased;
                () = self.stop.cancelled() => return,
                _ = down.changed() => {}
                accepted = open.accept() => match accepted {
                    Ok((stream, _)) => {
                        let uptime = self.uptime();
                        tokio::spawn(Arc::clone(&self).connection(stream, uptime));
                    }
                    Err(_) => tokio::time::sleep(PAUSE).await,
                },
            }
        }
    }

    /// Listens on the plain port of a device with https until the lab ends.
    pub(crate) async fn run_plain(self: Arc<Self>, listener: TcpListener) {
        loop {
            let stream = tokio::select! {
                () = self.stop.cancelled() => return,
                accepted = listener.accept() => match accepted {
                    Ok((stream, _)) => stream,
                    Err(_) => {
                        tokio::time::sleep(PAUSE).await;
                        continue;
                    }
                },
            };
            let me = Arc::clone(&self);
            let handle = move |request: Request| {
                let me = Arc::clone(&me);
                async move { me.respond_plain(request).await }
            };
            let (me, uptime) = (Arc::clone(&self), self.uptime());
            tokio::spawn(async move { http::serve(stream, uptime, me.turn.as_ref(), handle).await });
        }
    }

    async fn respond_plain(self: &Arc<Self>, request: Request) -> Reply {
        let spec = self.device.spec();
        if spec.plain == PlainDoor::UntilLogIn && self.device.is_open(&request.path) {
            return self.respond(request).await;
        }
        let query = if request.query.is_empty() { String::new() } else { format!("?{}", request.query) };
        let target = format!("{}{}{query}", self.url(), request.path);
        http::Response::found(target).by(self.device.server()).into()
    }

    async fn connection(self: Arc<Self>, stream: TcpStream, uptime: CancellationToken) {
        let _ = stream.set_nodelay(true);
        let me = Arc::clone(&self);
        let handle = move |request: Request| {
            let me = Arc::clone(&me);
            async move { me.respond(request).await }
        };
        if self.device.spec().tls == TlsKind::None {
            http::serve(stream, uptime, self.turn.as_ref(), handle).await;
            return;
        }
        let shaken = tokio::select! {
            shaken = self.shake_hands(stream) => shaken,
            () = uptime.cancelled() => return,
        };
        match shaken {
            Ok(stream) => http::serve(stream, uptime, self.turn.as_ref(), handle).await,
            Err(error) => tracing::debug!(%error, device = %self.device.spec().name, "handshake failed"),
        }
    }

    async fn shake_hands(&self, stream: TcpStream) -> io::Result<SslStream<TcpStream>> {
        let other = self.device.lock().faults.other_certificate();
        let cell = &self.contexts[usize::from(other)];
        let context = match cell.get() {
            Some(context) => context,
            None => {
                let spec = self.device.spec();
                let fresh = tls::context(&tls::Identity {
                    kind: spec.tls,
                    host_name: &spec.host_name,
                    address: self.address.ip(),
                    generation: u32::from(other),
                })?;
                cell.get_or_init(|| fresh)
            }
        };
        let mut stream = SslStream::new(Ssl::new(context)?, stream)?;
        Pin::new(&mut stream).accept().await.map_err(io::Error::other)?;
        Ok(stream)
    }

    /// Sends the mail that a page wants sent, and lets the page tell of it.
    async fn send(&self, errand: Errand) -> http::Response {
        match self.lab.get().and_then(Weak::upgrade) {
            Some(lab) => (errand.told)(&lab.scan(self, errand.scan, Purpose::Automatic).await),
            // The lab is going down.
            None => http::Response::not_found(),
        }
    }

    async fn respond(self: &Arc<Self>, request: Request) -> Reply {
        if control::is_control(&request.path) {
            return match self.lab.get().and_then(Weak::upgrade) {
                Some(lab) => control::answer(&lab, &request, Some(&self.device.spec().name)).await.into(),
                None => http::Response::not_found().into(),
            };
        }
        if !self.delay.is_zero() {
            tokio::time::sleep(self.delay).await;
        }
        let mut answer = self.device.answer(&request);
        if let Some(errand) = answer.errand.take() {
            if errand.background {
                let me = Arc::clone(self);
                tokio::spawn(async move {
                    tokio::select! {
                        _ = me.send(errand) => {}
                        () = me.stop.cancelled() => {}
                    }
                });
            } else {
                answer.reply.response = self.send(errand).await;
            }
        }
        if !answer.slow.is_zero() {
            tokio::time::sleep(answer.slow).await;
        }
        match answer.aftermath {
            Aftermath::None => {}
            Aftermath::Restart(down) => self.restart(down),
            Aftermath::RestartSoon(down) => {
                let me = Arc::clone(self);
                tokio::spawn(async move {
                    tokio::time::sleep(SOON).await;
                    me.restart(down);
                });
            }
        }
        answer.reply
    }
}
