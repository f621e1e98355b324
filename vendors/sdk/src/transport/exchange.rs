//! One exchange under all limits: whole answer or failure, the device's deadline, cancellation.

use std::time::{Duration, Instant};

use http_body_util::BodyExt;
use tokio::time::{sleep_until, timeout, timeout_at};
use tokio_util::sync::CancellationToken;

use super::CertificateFacts;
use super::decompress::{BodyError, Inflator};
use super::wire::{Left, Outgoing, Wire, WireFailure};
use crate::error::{Category, clean};

/// What a request that must not be abandoned in the middle (a log-in, a write, a log-out) gets after the stop.
const GRACE: Duration = Duration::from_secs(5);

/// A whole answer, decompressed.
pub(super) struct Whole {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
    pub(super) certificate: Option<CertificateFacts>,
}

/// When to stop, and why.
#[derive(Clone)]
pub(super) struct Stop {
    pub(super) cancel: CancellationToken,
    pub(super) deadline: Option<Instant>,
}

/// How a stop treats a request.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Patience {
    /// Abandoned at once.
    None,
    /// Abandoned at once unless it has left; then it gets a few seconds for its answer.
    OnceLeft,
    /// Gets a few seconds even where it has not begun.
    Always,
}

impl Stop {
    /// The failure, where the stop has come already.
    pub(super) fn reached(&self) -> Option<WireFailure> {
        if self.cancel.is_cancelled() {
            Some(stopped(Why::Cancelled))
        } else if self.deadline.is_some_and(|deadline| deadline <= Instant::now()) {
            Some(stopped(Why::Deadline))
        } else {
            None
        }
    }

    async fn wait(&self) -> Why {
        let deadline = async {
            match self.deadline {
                Some(deadline) => sleep_until(deadline.into()).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = self.cancel.cancelled() => Why::Cancelled,
            () = deadline => Why::Deadline,
        }
    }

    /// Runs work until it is done or the stop comes.
    pub(super) async fn within<T>(
        &self,
        patience: Patience,
        left: &Left,
        work: impl Future<Output = Result<T, WireFailure>>,
    ) -> Result<T, WireFailure> {
        let mut work = std::pin::pin!(work);
        let why = tokio::select! {
            biased;
            why = self.wait() => why,
            done = &mut work => return done,
        };
        let wait = match patience {
            Patience::None => false,
            Patience::OnceLeft => left.is_marked(),
            Patience::Always => true,
        };
        if wait && let Ok(done) = timeout(GRACE, work).await {
            return done;
        }
        Err(stopped(why))
    }
}

#[derive(Clone, Copy)]
enum Why {
    Cancelled,
    Deadline,
}

fn stopped(why: Why) -> WireFailure {
    WireFailure::new(
        Category::Interrupted,
        match why {
            Why::Cancelled => "the run was interrupted",
            Why::Deadline => "the time for this device was up",
        },
    )
}

/// Sends a request and reads its whole answer, at most `cap` bytes of it.
pub(super) async fn whole(
    wire: &mut dyn Wire,
    outgoing: &Outgoing<'_>,
    cap: usize,
) -> Result<Whole, WireFailure> {
    let incoming = wire.exchange(outgoing).await?;
    let encoding = incoming.headers.iter().find(|(name, _)| name == "content-encoding");
    let too_large = |e| body_failure(e, cap);
    let mut inflator = Inflator::new(encoding.map(|(_, value)| value.as_str()), cap).map_err(too_large)?;
    let mut body = incoming.body;
    let mut came = 0_usize;
    loop {
        match timeout_at(incoming.until, body.frame()).await {
            Ok(None) => break,
            Ok(Some(Ok(frame))) => {
                if let Some(piece) = frame.data_ref() {
                    came = came.saturating_add(piece.len());
                    inflator.push(piece).map_err(too_large)?;
                }
            }
            Ok(Some(Err(_))) => {
                let mut failure = WireFailure::new(
                    Category::Interrupted,
                    format!("the connection broke in the middle of the page, after {came} bytes"),
                );
                failure.broke = true;
                // Unless the device sent nothing but a head on a connection that it had used before.
                failure.stale = incoming.reused && came == 0;
                return Err(failure);
            }
            Err(_) => {
                return Err(WireFailure::new(
                    Category::Interrupted,
                    format!("the answer was not complete in time; {came} bytes had come"),
                ));
            }
        }
    }
    let body = inflator.finish().map_err(too_large)?;
    Ok(Whole { status: incoming.status, headers: incoming.headers, body, certificate: incoming.certificate })
}

fn body_failure(error: BodyError, cap: usize) -> WireFailure {
    let (category, got, broke) = match error {
        BodyError::TooLarge => {
            let got = format!("the answer is larger than {cap} bytes, the most that is taken of one page");
            (Category::PageChanged, got, false)
        }
        BodyError::UnknownEncoding(name) => {
            let got = format!("the answer is encoded as `{}`, which was not asked for", clean(&name));
            (Category::PageChanged, got, false)
        }
        BodyError::Broken(reason) => {
            (Category::Interrupted, format!("the compressed answer is damaged: {}", clean(&reason)), true)
        }
    };
    let mut failure = WireFailure::new(category, got);
    failure.broke = broke;
    failure
}
