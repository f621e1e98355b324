//! Lines over TCP or TLS: what the server and the copier's client share. Nothing here knows SMTP's verbs.

use std::io;
use std::pin::Pin;
use std::time::Duration;

use openssl::ssl::Ssl;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_openssl::SslStream;

enum Stream {
    Plain(TcpStream),
    Tls(Box<SslStream<TcpStream>>),
    /// After a failed handshake: nothing can be said on it any more.
    Gone,
}

/// One line that was read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// The line without its end (CR LF, or LF alone).
    Whole(Vec<u8>),
    /// A line over the cap; it has been thrown away.
    TooLong,
    /// The other side closed.
    End,
}

/// A message body that was read up to its dot.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Body {
    /// The bytes with the dot-stuffing undone.
    Whole(Vec<u8>),
    /// More bytes than the cap; they have been thrown away.
    TooLarge,
    /// The other side closed before the dot.
    End,
}

/// A connection with a read buffer and a time-out for each wait.
pub(super) struct Wire {
    stream: Stream,
    buffer: Vec<u8>,
    start: usize,
    patience: Duration,
}

/// Body lines are taken in pieces of at most about this many bytes.
const PIECE: usize = 64 * 1024;

impl Wire {
    pub(super) fn new(stream: TcpStream, patience: Duration) -> Self {
        Self { stream: Stream::Plain(stream), buffer: Vec::new(), start: 0, patience }
    }

    /// The TLS version (`TLSv1.2`), or nothing on plain text.
    pub(super) fn tls_version(&self) -> Option<String> {
        match &self.stream {
            Stream::Tls(tls) => Some(tls.ssl().version_str().to_owned()),
            Stream::Plain(_) | Stream::Gone => None,
        }
    }

    /// Starts TLS. What the other side sent before the handshake is dropped, so that nobody on the way can slip
    /// plain commands into the protected session.
    pub(super) async fn start_tls(&mut self, ssl: Ssl, server: bool) -> io::Result<()> {
        self.buffer.clear();
        self.start = 0;
        let Stream::Plain(tcp) = std::mem::replace(&mut self.stream, Stream::Gone) else {
            return Err(io::Error::other("TLS is already up"));
        };
        let mut tls = SslStream::new(ssl, tcp).map_err(io::Error::other)?;
        let pinned = Pin::new(&mut tls);
        let handshake = async { if server { pinned.accept().await } else { pinned.connect().await } };
        match timeout(self.patience, handshake).await {
            Ok(Ok(())) => {
                self.stream = Stream::Tls(Box::new(tls));
                Ok(())
            }
            Ok(Err(error)) => Err(io::Error::other(error.to_string())),
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        }
    }

    pub(super) async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let all = async {
            match &mut self.stream {
                Stream::Plain(tcp) => tcp.write_all(bytes).await,
                Stream::Tls(tls) => {
                    tls.write_all(bytes).await?;
                    tls.flush().await
                }
                Stream::Gone => Err(io::ErrorKind::NotConnected.into()),
            }
        };
        timeout(self.patience, all).await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
    }

    /// Says good-bye on the level of the connection; whether the other side listens does not matter.
    pub(super) async fn close(&mut self) {
        let goodbye = async {
            match &mut self.stream {
                Stream::Plain(tcp) => drop(tcp.shutdown().await),
                Stream::Tls(tls) => drop(tls.shutdown().await),
                Stream::Gone => {}
            }
        };
        let _ = timeout(self.patience, goodbye).await;
    }

    /// Reads more bytes; false at the end of the stream.
    async fn more(&mut self) -> io::Result<bool> {
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        self.buffer.reserve(8 * 1024);
        let read = async {
            match &mut self.stream {
                Stream::Plain(tcp) => tcp.read_buf(&mut self.buffer).await,
                Stream::Tls(tls) => tls.read_buf(&mut self.buffer).await,
                Stream::Gone => Err(io::ErrorKind::NotConnected.into()),
            }
        };
        let read =
            timeout(self.patience, read).await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?;
        Ok(read? > 0)
    }

    /// Takes the bytes up to and with the next LF; nothing if there is none yet.
    fn take_line(&mut self) -> Option<Vec<u8>> {
        let waiting = &self.buffer[self.start..];
        let length = waiting.iter().position(|&byte| byte == b'\n')? + 1;
        let line = waiting[..length].to_vec();
        self.start += length;
        Some(line)
    }

    /// Reads one line of at most `cap` bytes, its end included.
    pub(super) async fn line(&mut self, cap: usize) -> io::Result<Line> {
        let mut dropping = false;
        loop {
            if let Some(mut line) = self.take_line() {
                if dropping || line.len() > cap {
                    return Ok(Line::TooLong);
                }
                line.pop();
                if line.last() == Some(&b'\r') {
                    line.pop();
                }
                return Ok(Line::Whole(line));
            }
            if self.buffer.len() - self.start > cap {
                dropping = true;
                self.start = self.buffer.len();
            }
            if !self.more().await? {
                return Ok(Line::End);
            }
        }
    }

    /// Reads a message body up to the line with the single dot. Only CR LF ends a line here: a bare LF around a dot
    /// must not end the message.
    pub(super) async fn body(&mut self, cap: usize) -> io::Result<Body> {
        let mut body = Vec::new();
        let mut too_large = false;
        let mut line_start = true;
        loop {
            let piece = match self.take_line() {
                Some(line) => line,
                None if self.buffer.len() - self.start > PIECE => {
                    // The last byte stays, as it may be the CR of a line end.
                    let end = self.buffer.len() - 1;
                    let piece = self.buffer[self.start..end].to_vec();
                    self.start = end;
                    piece
                }
                None => {
                    if !self.more().await? {
                        return Ok(Body::End);
                    }
                    continue;
                }
            };
            if line_start && piece == b".\r\n" {
                return Ok(if too_large { Body::TooLarge } else { Body::Whole(body) });
            }
            let stuffed = line_start && piece.first() == Some(&b'.');
            let bytes = if stuffed { &piece[1..] } else { &piece[..] };
            if !too_large && body.len() + bytes.len() > cap {
                too_large = true;
                body = Vec::new();
            }
            if !too_large {
                body.extend_from_slice(bytes);
            }
            line_start = piece.ends_with(b"\r\n");
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    async fn reader_of(bytes: &[u8]) -> Wire {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut writer = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (stream, _) = listener.accept().await.unwrap();
        let bytes = bytes.to_vec();
        tokio::spawn(async move { writer.write_all(&bytes).await });
        Wire::new(stream, Duration::from_secs(30))
    }

    #[tokio::test]
    async fn lines_end_with_either_end_and_have_a_cap() {
        let long = "x".repeat(100_000);
        let mut wire = reader_of(format!("one\r\ntwo\n{long}\r\n\r\nrest").as_bytes()).await;
        assert_eq!(wire.line(100).await.unwrap(), Line::Whole(b"one".to_vec()));
        assert_eq!(wire.line(100).await.unwrap(), Line::Whole(b"two".to_vec()));
        assert_eq!(wire.line(100).await.unwrap(), Line::TooLong);
        assert_eq!(wire.line(100).await.unwrap(), Line::Whole(Vec::new()));
        assert_eq!(wire.line(100).await.unwrap(), Line::End);
    }

    #[tokio::test]
    async fn only_a_dot_between_real_line_ends_ends_a_body() {
        let long = "y".repeat(200_000);
        let sent = format!("..a\r\nb\n.\n.\r\n.c\r\r\n{long}\r\n.\r\nnext\r\n");
        let mut wire = reader_of(sent.as_bytes()).await;
        let Body::Whole(body) = wire.body(1_000_000).await.unwrap() else { panic!("no body") };
        assert_eq!(String::from_utf8(body).unwrap(), format!(".a\r\nb\n.\n.\r\nc\r\r\n{long}\r\n"));
        assert_eq!(wire.line(100).await.unwrap(), Line::Whole(b"next".to_vec()));
    }

    #[tokio::test]
    async fn a_body_has_a_cap() {
        let mut wire = reader_of(b"0123456789\r\n.\r\n.\r\nq\r\n").await;
        assert_eq!(wire.body(5).await.unwrap(), Body::TooLarge);
        assert_eq!(wire.body(5).await.unwrap(), Body::Whole(Vec::new()));
        assert_eq!(wire.body(5).await.unwrap(), Body::End);
    }
}
