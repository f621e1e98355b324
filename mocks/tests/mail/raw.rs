//! A bare connection, for what no sound client would say.

use std::net::SocketAddr;
use std::pin::Pin;

use openssl::ssl::{SslConnector, SslMethod, SslVerifyMode};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio_openssl::SslStream;

trait Duplex: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Duplex for T {}

pub struct Raw {
    stream: BufReader<Box<dyn Duplex>>,
}

impl Raw {
    pub async fn connect(address: SocketAddr) -> Self {
        let stream: Box<dyn Duplex> = Box::new(TcpStream::connect(address).await.unwrap());
        let mut raw = Self { stream: BufReader::new(stream) };
        assert!(raw.reply().await.starts_with("220 "));
        raw
    }

    /// A connection that has done EHLO, STARTTLS and EHLO again.
    pub async fn secure(address: SocketAddr) -> Self {
        let mut raw = Self::connect(address).await;
        raw.say("EHLO x", "250").await;
        raw.say("STARTTLS", "220 2.0.0 ").await;
        let mut raw = raw.tls().await;
        raw.say("EHLO x", "250").await;
        raw
    }

    pub async fn tls(self) -> Self {
        let mut builder = SslConnector::builder(SslMethod::tls_client()).unwrap();
        builder.set_verify(SslVerifyMode::NONE);
        let ssl =
            builder.build().configure().unwrap().verify_hostname(false).into_ssl("outlook.com").unwrap();
        let mut stream = SslStream::new(ssl, self.stream.into_inner()).unwrap();
        Pin::new(&mut stream).connect().await.unwrap();
        Self { stream: BufReader::new(Box::new(stream)) }
    }

    pub async fn send(&mut self, bytes: &[u8]) {
        self.stream.get_mut().write_all(bytes).await.unwrap();
        self.stream.get_mut().flush().await.unwrap();
    }

    /// One reply, its lines joined by a line feed; empty when the server has closed.
    pub async fn reply(&mut self) -> String {
        let mut lines = String::new();
        loop {
            let mut line = Vec::new();
            if self.stream.read_until(b'\n', &mut line).await.unwrap_or(0) == 0 {
                return lines;
            }
            let line = String::from_utf8(line).unwrap();
            lines.push_str(line.trim_end());
            if line.as_bytes().get(3) != Some(&b'-') {
                return lines;
            }
            lines.push('\n');
        }
    }

    /// Says a line and wants a reply that begins like this.
    pub async fn say(&mut self, line: &str, wanted: &str) -> String {
        self.send(format!("{line}\r\n").as_bytes()).await;
        let reply = self.reply().await;
        assert!(reply.starts_with(wanted), "{line}: wanted {wanted}, got {reply}");
        reply
    }
}
