//! One connection: requests in, answers out, in the manner asked for.

use std::future::Future;
use std::io;
use std::sync::OnceLock;
use std::time::Duration;

use flate2::{Compress, Compression, FlushCompress};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio_util::sync::CancellationToken;

use super::request::{ReadError, Request};
use super::response::{Manner, Response};
use super::turn::Turn;
use crate::control::is_control;

/// The size that a client is threatened with.
const GIB: u64 = 1 << 30;

/// An answer with its manner.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) response: Response,
    pub(crate) manner: Manner,
}

impl From<Response> for Reply {
    fn from(response: Response) -> Self {
        Self { response, manner: Manner::Whole }
    }
}

/// Serves one connection until either side has had enough or `stop` is cancelled.
///
/// With `turn`, only one request is under way on the whole server from the end of its head to the end of its answer.
pub(crate) async fn serve<S, H, F>(mut stream: S, stop: CancellationToken, turn: Option<&Turn>, handle: H)
where
    S: AsyncRead + AsyncWrite + Unpin,
    H: Fn(Request) -> F,
    F: Future<Output = Reply>,
{
    let mut buffer = Vec::new();
    let work = async {
        loop {
            let read = Request::read_head(&mut stream, &mut buffer).await;
            // The lab's own paths are answered whatever the machine is doing.
            let turn = turn.filter(|_| !matches!(&read, Ok((request, _)) if is_control(&request.path)));
            let mut under_way = None;
            let read = match (read, turn) {
                (Ok((mut request, length)), Some(turn)) => {
                    under_way = Some(turn.take().await);
                    let body = request.read_body(&mut stream, &mut buffer, length);
                    match tokio::time::timeout(turn.patience, body).await {
                        Ok(body) => body.map(|()| request),
                        Err(_) => Err(ReadError::Refused(500)),
                    }
                }
                (Ok((mut request, length)), None) => {
                    request.read_body(&mut stream, &mut buffer, length).await.map(|()| request)
                }
                (Err(error), _) => Err(error),
            };
            let request = match read {
                Ok(request) => request,
                Err(ReadError::Gone) => break,
                Err(ReadError::Refused(status)) => {
                    let refusal = Response::plain(status, "text/plain", "");
                    let _ = write_all(&mut stream, &refusal, true).await;
                    break;
                }
            };
            let close = request.close;
            let reply = handle(request).await;
            if answer(&mut stream, &reply, close).await.is_err() || close {
                break;
            }
            drop(under_way);
        }
        let _ = stream.shutdown().await;
    };
    tokio::select! {
        () = work => {}
        () = stop.cancelled() => {}
    }
}

/// Gives the answer; an error also stands for "close the connection now".
async fn answer<S>(stream: &mut S, reply: &Reply, close: bool) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let response = &reply.response;
    let done = || io::Error::from(io::ErrorKind::ConnectionAborted);
    match reply.manner {
        Manner::Whole => write_all(stream, response, close).await,
        Manner::Drop => Err(done()),
        Manner::Stuck => {
            // Ends when the client does.
            let mut sink = [0_u8; 1024];
            while stream.read(&mut sink).await? > 0 {}
            Err(done())
        }
        Manner::Drip(ms) => {
            for byte in whole(response, close) {
                stream.write_all(&[byte]).await?;
                stream.flush().await?;
                tokio::time::sleep(Duration::from_millis(ms)).await;
            }
            Ok(())
        }
        Manner::Half => {
            let bytes = whole(response, close);
            let kept = bytes.len() - response.body.len().div_ceil(2);
            stream.write_all(&bytes[..kept]).await?;
            stream.flush().await?;
            Err(done())
        }
        Manner::Cut(at) => {
            let bytes = whole(response, close);
            stream.write_all(&bytes[..at.min(bytes.len())]).await?;
            stream.flush().await?;
            Err(done())
        }
        Manner::Huge => {
            stream.write_all(&response.head(GIB, close)).await?;
            let piece = b"<!-- still warming up, please wait -->\n".repeat(1024);
            let mut left = GIB;
            while left > 0 {
                let now = piece.len().min(usize::try_from(left).unwrap_or(usize::MAX));
                stream.write_all(&piece[..now]).await?;
                left -= now as u64;
            }
            stream.flush().await
        }
        Manner::Bomb => {
            let bomb = gzip_bomb();
            let mut response = response.clone();
            response.header("Content-Encoding", "gzip");
            stream.write_all(&response.head(bomb.len() as u64, close)).await?;
            stream.write_all(bomb).await?;
            stream.flush().await
        }
    }
}

fn whole(response: &Response, close: bool) -> Vec<u8> {
    let mut bytes = response.head(response.body.len() as u64, close);
    bytes.extend_from_slice(&response.body);
    bytes
}

async fn write_all<S: AsyncWrite + Unpin>(
    stream: &mut S,
    response: &Response,
    close: bool,
) -> io::Result<()> {
    stream.write_all(&whole(response, close)).await?;
    stream.flush().await
}

/// A gzip stream that unpacks to 1 GiB of blanks. Its check sum is wrong; nobody should come that far.
fn gzip_bomb() -> &'static [u8] {
    static BOMB: OnceLock<Vec<u8>> = OnceLock::new();
    BOMB.get_or_init(|| {
        // One MiB is packed once and repeated: a full flush ends at a byte and refers to nothing before it.
        let mut block = Vec::with_capacity(16 * 1024);
        let mut packer = Compress::new(Compression::best(), false);
        let packed = packer.compress_vec(&vec![b' '; 1 << 20], &mut block, FlushCompress::Full);
        let mut bomb = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03".to_vec();
        if packed.is_ok() {
            for _ in 0..1024 {
                bomb.extend_from_slice(&block);
            }
        }
        // An empty last block, then check sum and length.
        bomb.extend_from_slice(b"\x03\x00");
        bomb.extend_from_slice(&[0, 0, 0, 0, 0, 0, 0, 0x40]);
        bomb
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    #[test]
    fn the_bomb_unpacks() {
        assert!(gzip_bomb().len() < 4 << 20);
        let mut head = vec![0_u8; 3 << 20];
        flate2::read::GzDecoder::new(gzip_bomb()).read_exact(&mut head).unwrap();
        assert!(head.iter().all(|byte| *byte == b' '));
    }
}
