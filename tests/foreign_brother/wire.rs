//! A web server that does one thing at a time: every connection carries one request, and a request must have a length.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use super::device::Device;
use crate::strangers::wire::Request;

/// An answer of the device.
#[derive(Debug, Clone, Default)]
pub struct Reply {
    pub status: u16,
    pub kind: &'static str,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    /// The connection closes and nothing is said.
    pub hang_up: bool,
    /// How long nobody listens afterwards.
    pub away: Option<Duration>,
}

impl Reply {
    /// A page in iso-8859-1, which only the page itself declares.
    pub fn page(text: &str) -> Self {
        let body = encoding_rs::WINDOWS_1252.encode(text).0.into_owned();
        Self { status: 200, kind: "text/html", body, ..Self::default() }
    }

    pub fn moved(status: u16, to: &str) -> Self {
        Self { status, kind: "text/html", headers: vec![("Location", to.to_owned())], ..Self::default() }
    }

    pub fn not_found() -> Self {
        Self { status: 404, ..Self::page("<html><head><title>404 Not Found</title></head></html>") }
    }
}

/// A server that stops with the test.
pub struct Server {
    pub address: SocketAddr,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub fn start(device: Arc<Mutex<Device>>) -> Self {
        // An address of its own, so that nobody takes the port while the device is away.
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let own = NEXT.fetch_add(1, Ordering::Relaxed);
        let [.., high, low] = std::process::id().to_be_bytes();
        let host = Ipv4Addr::new(127, 64 + (own % 128) as u8, high, low.max(1));
        let listener = TcpListener::bind((host, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        let thread = std::thread::spawn(move || serve(listener, address, &device, &stopped));
        Self { address, stop, thread: Some(thread) }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn serve(mut listener: TcpListener, address: SocketAddr, device: &Mutex<Device>, stop: &AtomicBool) {
    let mut waiting: Vec<TcpStream> = Vec::new();
    while !stop.load(Ordering::SeqCst) {
        let mut stream = match waiting.pop() {
            Some(stream) => stream,
            None => match listener.accept() {
                Ok((stream, _)) => stream,
                Err(_) => continue,
            },
        };
        let Some(request) = receive(&mut stream) else { continue };
        let reply = device.lock().unwrap().handle(&request);
        // Whoever asks while another waits for an answer gets a device that is stuck.
        listener.set_nonblocking(true).unwrap();
        while let Ok((other, _)) = listener.accept() {
            other.set_nonblocking(true).unwrap();
            if matches!(other.peek(&mut [0]), Ok(1..)) {
                device.lock().unwrap().complain("two requests in flight");
            }
            other.set_nonblocking(false).unwrap();
            waiting.push(other);
        }
        listener.set_nonblocking(false).unwrap();
        if !reply.hang_up {
            let _ = stream.write_all(&bytes(&reply));
        }
        drop(stream);
        if let Some(away) = reply.away {
            drop(listener);
            waiting.clear();
            std::thread::sleep(away);
            listener = loop {
                match TcpListener::bind(address) {
                    Ok(listener) => break listener,
                    Err(_) => std::thread::sleep(Duration::from_millis(20)),
                }
            };
        }
    }
}

fn bytes(reply: &Reply) -> Vec<u8> {
    let reason = match reply.status {
        200 => "OK",
        301 => "Moved Permanently",
        302 => "Found",
        403 => "Forbidden",
        411 => "Length Required",
        _ => "Not Found",
    };
    let mut head = format!("HTTP/1.1 {} {reason}\r\nServer: debut/1.30\r\n", reply.status);
    head += &format!("Content-Type: {}\r\nContent-Length: {}\r\n", reply.kind, reply.body.len());
    for (name, value) in &reply.headers {
        head += &format!("{name}: {value}\r\n");
    }
    head += "Connection: close\r\n\r\n";
    let mut out = head.into_bytes();
    out.extend_from_slice(&reply.body);
    out
}

fn receive(stream: &mut TcpStream) -> Option<Request> {
    stream.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
    let mut data = Vec::new();
    let end = loop {
        if let Some(at) = data.windows(4).position(|w| w == b"\r\n\r\n") {
            break at;
        }
        more(stream, &mut data)?;
    };
    let head = String::from_utf8_lossy(&data[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let mut words = lines.next()?.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(n, v)| (n.trim().to_owned(), v.trim().to_owned()))
        .collect();
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let mut request =
        Request { method, path: path.to_owned(), query: query.to_owned(), headers, body: Vec::new() };
    let length: usize = request.header("content-length").and_then(|v| v.parse().ok()).unwrap_or(0);
    let mut body = data.split_off(end + 4);
    while body.len() < length {
        more(stream, &mut body)?;
    }
    request.body = body;
    Some(request)
}

fn more(stream: &mut TcpStream, data: &mut Vec<u8>) -> Option<()> {
    let mut buffer = [0; 4096];
    let got = stream.read(&mut buffer).ok()?;
    data.extend_from_slice(&buffer[..got]);
    (got > 0).then_some(())
}
