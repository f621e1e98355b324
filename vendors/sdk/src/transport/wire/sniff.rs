//! A stream that remembers the first bytes the peer sent, to tell TLS from everything else.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// Enough for the head of a TLS record.
const HEAD: usize = 3;

pub(super) struct Sniff {
    inner: TcpStream,
    head: Vec<u8>,
}

impl Sniff {
    pub(super) fn new(inner: TcpStream) -> Self {
        Self { inner, head: Vec::with_capacity(HEAD) }
    }

    /// Whether the peer has not sent a single byte.
    pub(super) fn is_silent(&self) -> bool {
        self.head.is_empty()
    }

    /// Whether the peer's first bytes can be the head of a TLS record: alert or handshake, major version 3.
    pub(super) fn is_tls(&self) -> bool {
        let kind = self.head.first().is_some_and(|b| matches!(b, 0x15 | 0x16));
        kind && self.head.get(1).is_none_or(|major| *major == 3)
    }
}

impl AsyncRead for Sniff {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let polled = Pin::new(&mut self.inner).poll_read(cx, buf);
        let missing = HEAD - self.head.len();
        if missing > 0 {
            let new = &buf.filled()[before..];
            let new = &new[..new.len().min(missing)];
            self.head.extend_from_slice(new);
        }
        polled
    }
}

impl AsyncWrite for Sniff {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
