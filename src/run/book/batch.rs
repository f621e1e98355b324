//! Carrying out changes of entries: batches, lost answers, sessions that end in the middle.

use std::collections::{BTreeMap, BTreeSet};

use scanfleet_sdk::{Book, Category, DeviceError, EntryChange, EntryReceipt, Fault, Rerun};

use super::find;
use crate::book::Who;
use crate::run::attach::Attached;
use crate::run::{Engine, Event};

/// What came of changes of entries, by their numbers.
#[derive(Debug, Default)]
pub(super) struct Batch {
    /// Requests that can alter the device.
    pub posts: u32,
    /// The book after the last of them; absent where none was sent.
    pub after: Option<Book>,
    /// Why an entry was refused.
    pub errors: BTreeMap<usize, DeviceError>,
    /// Entries whose answer never came.
    pub lost: BTreeSet<usize>,
    /// Entries that nobody came to.
    pub not_tried: BTreeSet<usize>,
    /// What ended it before its end.
    pub stopped: Option<DeviceError>,
}

impl Engine {
    /// Sends changes and reads the book again. What was left over because an answer was lost or the session ended goes
    /// on once, after that reading; what was sent is never sent again.
    ///
    /// # Errors
    /// The journal failed, or the book could not be read back.
    pub(super) async fn batch(
        &self,
        device: &str,
        attached: &mut Attached,
        now: &Book,
        mut todo: Vec<(usize, EntryChange)>,
    ) -> Result<Batch, DeviceError> {
        let total = todo.len();
        let mut batch = Batch::default();
        for second in [false, true] {
            let changes: Vec<EntryChange> = todo.iter().map(|(_, change)| change.clone()).collect();
            let before = total - changes.len();
            let (observer, name) = (self.observer.clone(), device.to_owned());
            let heard = move |done: usize| {
                observer.event(&Event::Entries { device: &name, done: before + done, total });
            };
            let receipt = {
                let book = batch.after.as_ref().unwrap_or(now);
                attached.driver.change_book(book, &changes, &heard).await
            };
            batch.posts += receipt.posts;
            let mut rest = Vec::new();
            let mut receipts = receipt.entries.into_iter();
            batch.stopped = None;
            let mut last: Option<DeviceError> = None;
            for (index, change) in todo {
                match receipts.next().unwrap_or(EntryReceipt::NotTried) {
                    EntryReceipt::Answered => last = None,
                    EntryReceipt::Lost => {
                        batch.lost.insert(index);
                        last = Some(lost());
                    }
                    EntryReceipt::Refused(error) if error.fault == Fault::Workspace => return Err(error),
                    EntryReceipt::Refused(error) => {
                        if error.answer_lost {
                            batch.lost.insert(index);
                        }
                        batch.errors.insert(index, error.clone());
                        last = Some(error);
                    }
                    EntryReceipt::NotTried => {
                        if rest.is_empty() {
                            batch.stopped = last.take();
                        }
                        rest.push((index, change));
                    }
                }
            }
            if !rest.is_empty() && batch.stopped.is_none() && self.settings.cancel.is_cancelled() {
                batch.stopped = Some(stopped());
            }
            if receipt.posts > 0 || !batch.lost.is_empty() {
                self.step(device, "reading the address book back");
                batch.after = Some(attached.driver.read_book().await.map_err(|error| unread(&batch, error))?);
            }
            let goes_on = batch.stopped.as_ref().is_some_and(|why| {
                why.answer_lost || matches!(why.category, Category::Interrupted | Category::Unreachable)
            });
            if second || rest.is_empty() || !goes_on || self.settings.cancel.is_cancelled() {
                batch.not_tried.extend(rest.iter().map(|(index, _)| *index));
                break;
            }
            // A fresh reading before anything else is touched.
            let fresh = match batch.after.take() {
                Some(fresh) => fresh,
                None => match attached.driver.read_book().await {
                    Ok(fresh) => fresh,
                    Err(error) => {
                        batch.not_tried.extend(rest.iter().map(|(index, _)| *index));
                        batch.stopped = Some(error);
                        break;
                    }
                },
            };
            todo = Vec::with_capacity(rest.len());
            for (index, change) in rest {
                match renewed(change, &fresh) {
                    Ok(change) => todo.push((index, change)),
                    Err(name) => {
                        batch.errors.insert(index, gone(&name));
                    }
                }
            }
            batch.after = Some(fresh);
            if todo.is_empty() {
                break;
            }
        }
        Ok(batch)
    }
}

/// The change with the handle that a fresh reading gives.
fn renewed(mut change: EntryChange, fresh: &Book) -> Result<EntryChange, String> {
    if let EntryChange::Change { entry, .. } | EntryChange::Remove { entry } = &mut change {
        let now = match entry.kind {
            scanfleet_sdk::EntryKind::User => find::user(fresh, &Who::of(entry), Some(&entry.id)),
            scanfleet_sdk::EntryKind::Group => find::group(fresh, &entry.name, Some(&entry.id)),
        };
        match now {
            Some(now) if find::same(entry, now, fresh.told) => entry.id.clone_from(&now.id),
            _ => return Err(entry.name.clone()),
        }
    }
    Ok(change)
}

fn lost() -> DeviceError {
    DeviceError::new(Category::Unconfirmed, "change the entry", "the answer was lost").lost_answer()
}

fn stopped() -> DeviceError {
    DeviceError::new(Category::Interrupted, "change the entry", "the run was stopped")
}

fn gone(name: &str) -> DeviceError {
    DeviceError::new(
        Category::Interrupted,
        "change the entry",
        format!("{name} changed at the device in the meantime"),
    )
}

/// The book was written to and cannot be read back.
fn unread(batch: &Batch, error: DeviceError) -> DeviceError {
    let first = batch.stopped.as_ref().map(|first| format!("{first}; then ")).unwrap_or_default();
    DeviceError::new(Category::Unconfirmed, "read the address book back", format!("{first}{error}"))
        .hint("run this again: the book is read before anything else is written")
        .rerun(Rerun::ReadsFirst)
}
