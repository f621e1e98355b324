//! Many devices at once: a bounded number in flight, results in the order given.

use std::future::Future;
use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Runs a job for each item, at most `parallel` at once. `None` stands for an item whose turn had not come when
/// the run was cancelled; a job that panicked gives `broken(index)`.
pub async fn on_each<I, T, F, Fut>(
    items: Vec<I>,
    parallel: usize,
    cancel: &CancellationToken,
    job: F,
    broken: impl Fn(usize) -> T,
) -> Vec<Option<T>>
where
    I: Send + 'static,
    T: Send + 'static,
    F: Fn(I) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = T> + Send + 'static,
{
    let seats = Arc::new(Semaphore::new(parallel.max(1)));
    let job = Arc::new(job);
    let mut tasks = JoinSet::new();
    let mut results: Vec<Option<T>> = Vec::new();
    results.resize_with(items.len(), || None);
    let mut indexes = std::collections::HashMap::new();
    for (index, item) in items.into_iter().enumerate() {
        // A seat is taken before the task is made, so that a large fleet costs no more memory than the seats.
        let seat = tokio::select! {
            biased;
            () = cancel.cancelled() => break,
            seat = Arc::clone(&seats).acquire_owned() => seat,
        };
        let Ok(seat) = seat else { break };
        let job = Arc::clone(&job);
        let handle = tasks.spawn(async move {
            let result = job(item).await;
            drop(seat);
            (index, result)
        });
        indexes.insert(handle.id(), index);
        while let Some(done) = tasks.try_join_next_with_id() {
            settle(done, &indexes, &mut results, &broken);
        }
    }
    while let Some(done) = tasks.join_next_with_id().await {
        settle(done, &indexes, &mut results, &broken);
    }
    results
}

fn settle<T>(
    done: Result<(tokio::task::Id, (usize, T)), tokio::task::JoinError>,
    indexes: &std::collections::HashMap<tokio::task::Id, usize>,
    results: &mut [Option<T>],
    broken: &impl Fn(usize) -> T,
) {
    match done {
        Ok((_, (index, result))) => results[index] = Some(result),
        Err(error) => {
            if let Some(index) = indexes.get(&error.id()) {
                results[*index] = Some(broken(*index));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn never_more_than_asked_are_in_flight_and_the_order_holds() {
        static NOW: AtomicUsize = AtomicUsize::new(0);
        static MOST: AtomicUsize = AtomicUsize::new(0);
        let job = |i: usize| async move {
            let now = NOW.fetch_add(1, Ordering::SeqCst) + 1;
            MOST.fetch_max(now, Ordering::SeqCst);
            tokio::task::yield_now().await;
            NOW.fetch_sub(1, Ordering::SeqCst);
            i
        };
        let results = on_each((0..50).collect(), 4, &CancellationToken::new(), job, |_| 0).await;
        assert_eq!(results.into_iter().flatten().collect::<Vec<_>>(), (0..50).collect::<Vec<_>>());
        assert!(MOST.load(Ordering::SeqCst) <= 4);
    }

    #[tokio::test]
    async fn a_cancelled_run_leaves_the_rest_untouched() {
        let cancel = CancellationToken::new();
        let stop = cancel.clone();
        let job = move |i: usize| {
            let stop = stop.clone();
            async move {
                if i == 2 {
                    stop.cancel();
                }
                i
            }
        };
        let results = on_each((0..9).collect(), 1, &cancel, job, |_| 0).await;
        assert_eq!(results[..3], [Some(0), Some(1), Some(2)]);
        assert_eq!(results[8], None);
    }

    #[tokio::test]
    async fn one_broken_job_does_not_take_the_others_with_it() {
        let job = |i: usize| async move {
            assert_ne!(i, 1, "on purpose");
            i
        };
        let results = on_each(vec![0, 1, 2], 1, &CancellationToken::new(), job, |_| 99).await;
        assert_eq!(results, [Some(0), Some(99), Some(2)]);
    }
}
