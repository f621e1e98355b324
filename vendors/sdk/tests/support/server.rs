//! A raw HTTP(S) server: it reads requests, records them, and writes what the test says.

use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use openssl::ssl::{Ssl, SslContext};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_openssl::SslStream;

/// One request as it reached the server.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Which connection it came on, from 1.
    pub connection: usize,
    /// Which request of that connection it is, from 1.
    pub number: usize,
    /// Request line and headers, as latin-1.
    pub head: String,
    pub body: Vec<u8>,
}

impl Seen {
    pub fn line(&self) -> &str {
        self.head.lines().next().unwrap().strip_suffix(" HTTP/1.1").unwrap()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// What the server does with a request.
pub enum Reply {
    /// Sends the bytes and keeps the connection.
    Keep(Vec<u8>),
    /// Sends the bytes and closes.
    Close(Vec<u8>),
    /// Says nothing and holds the connection open.
    Silence,
    /// Sends the head, then one byte at a time for ever.
    Drip(Vec<u8>),
    /// Sends the head, then this piece over and over until somebody hangs up.
    Flood(Vec<u8>, Vec<u8>),
}

pub struct Server {
    pub port: u16,
    seen: Arc<Mutex<Vec<Seen>>>,
    connections: Arc<AtomicUsize>,
    bytes: Arc<AtomicUsize>,
    flooded: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

type Answerer = dyn Fn(&Seen) -> Reply + Send + Sync;

#[derive(Clone)]
struct Shared {
    seen: Arc<Mutex<Vec<Seen>>>,
    bytes: Arc<AtomicUsize>,
    flooded: Arc<AtomicUsize>,
    answer: Arc<Answerer>,
}

impl Server {
    pub async fn http(answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        Self::start(Vec::new(), answer).await
    }

    pub async fn https(context: SslContext, answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        Self::start(vec![context], answer).await
    }

    /// Over TLS where contexts are given: the first connection uses the first, later ones the next, the last one for ever.
    pub async fn start(
        contexts: Vec<SslContext>,
        answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Shared {
            seen: Arc::default(),
            bytes: Arc::default(),
            flooded: Arc::default(),
            answer: Arc::new(answer),
        };
        let connections = Arc::new(AtomicUsize::new(0));
        let (kept, counted) = (shared.clone(), connections.clone());
        let task = tokio::spawn(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                let number = counted.fetch_add(1, Ordering::SeqCst) + 1;
                let context = contexts.get((number - 1).min(contexts.len().saturating_sub(1))).cloned();
                let shared = shared.clone();
                tokio::spawn(async move {
                    match context {
                        None => serve(tcp, number, shared).await,
                        Some(context) => {
                            let mut tls = SslStream::new(Ssl::new(&context).unwrap(), tcp).unwrap();
                            if Pin::new(&mut tls).accept().await.is_ok() {
                                serve(tls, number, shared).await;
                            }
                        }
                    }
                });
            }
        });
        Self { port, seen: kept.seen, connections, bytes: kept.bytes, flooded: kept.flooded, task }
    }

    /// A server that does one thing with each connection, whatever comes.
    pub async fn raw<F>(each: impl Fn(TcpStream) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = connections.clone();
        let task = tokio::spawn(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(each(tcp));
            }
        });
        Self { port, seen: Arc::default(), connections, bytes: Arc::default(), flooded: Arc::default(), task }
    }

    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// The request lines, without the version.
    pub fn lines(&self) -> Vec<String> {
        self.seen().iter().map(|seen| seen.line().to_owned()).collect()
    }

    /// Bytes of HTTP that came in, inside of TLS where there is TLS.
    pub fn bytes(&self) -> usize {
        self.bytes.load(Ordering::SeqCst)
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// Bytes that a flood got rid of.
    pub fn flooded(&self) -> usize {
        self.flooded.load(Ordering::SeqCst)
    }
}

async fn serve<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, connection: usize, shared: Shared) {
    let mut buffer = Vec::new();
    for number in 1.. {
        let Some(seen) = request(&mut stream, &mut buffer, connection, number, &shared.bytes).await else {
            return;
        };
        shared.seen.lock().unwrap().push(seen.clone());
        match (shared.answer)(&seen) {
            Reply::Keep(bytes) => {
                if stream.write_all(&bytes).await.is_err() || stream.flush().await.is_err() {
                    return;
                }
            }
            Reply::Close(bytes) => {
                let _ = stream.write_all(&bytes).await;
                let _ = stream.shutdown().await;
                return;
            }
            Reply::Silence => return std::future::pending().await,
            Reply::Drip(head) => {
                let _ = stream.write_all(&head).await;
                while stream.write_all(b"x").await.is_ok() && stream.flush().await.is_ok() {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                return;
            }
            Reply::Flood(head, piece) => {
                let _ = stream.write_all(&head).await;
                while stream.write_all(&piece).await.is_ok() {
                    shared.flooded.fetch_add(piece.len(), Ordering::SeqCst);
                }
                return;
            }
        }
    }
}

async fn request<S: AsyncRead + Unpin>(
    stream: &mut S,
    buffer: &mut Vec<u8>,
    connection: usize,
    number: usize,
    bytes: &AtomicUsize,
) -> Option<Seen> {
    let mut piece = [0; 4096];
    loop {
        if let Some(end) = buffer.windows(4).position(|w| w == b"\r\n\r\n") {
            let head: String = buffer[..end].iter().map(|b| char::from(*b)).collect();
            let mut seen = Seen { connection, number, head, body: Vec::new() };
            let length: usize = seen.header("content-length").map_or(0, |v| v.parse().unwrap());
            if buffer.len() >= end + 4 + length {
                seen.body = buffer[end + 4..end + 4 + length].to_vec();
                buffer.drain(..end + 4 + length);
                return Some(seen);
            }
        }
        match stream.read(&mut piece).await {
            Ok(0) | Err(_) => return None,
            Ok(n) => {
                bytes.fetch_add(n, Ordering::SeqCst);
                buffer.extend_from_slice(&piece[..n]);
            }
        }
    }
}

/// A page with its length, as a decent server sends it.
pub fn page(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n{headers}\r\n", body.len());
    [head.as_bytes(), body].concat()
}
