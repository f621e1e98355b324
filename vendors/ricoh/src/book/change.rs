//! A batch of changes: in their order, as few requests as the dialect allows, nothing left open behind.

use scanfleet_sdk::{
    Book, BookEntry, BookReceipt, Category, DeviceError, EntryChange, EntryKind, EntryReceipt, EntryWanted,
};

use crate::book::answer::{Halt, changed_meanwhile};
use crate::book::fields::needs_full_form;
use crate::book::wizard::{Target, Went};
use crate::driver::RicohDriver;
use crate::problem;

const TRIED: &str = "change the address book";

impl RicohDriver {
    /// Carries out changes.
    pub(crate) async fn change_whole_book(
        &mut self,
        book: &Book,
        changes: &[EntryChange],
        done: &(dyn Fn(usize) + Send + Sync),
    ) -> BookReceipt {
        self.book.posts = 0;
        let mut entries: Vec<EntryReceipt> = Vec::with_capacity(changes.len());
        if let Err(error) = self.prepared(book, changes).await {
            entries.push(EntryReceipt::Refused(error));
        }
        let mut stopped = !entries.is_empty();
        while entries.len() < changes.len() && !stopped && !self.session.stopping() {
            let batch = self.next_batch(&changes[entries.len()..]);
            let receipt = match self.settled(book, batch).await {
                Ok(()) => EntryReceipt::Answered,
                Err(Halt::Refused(error)) => EntryReceipt::Refused(*error),
                Err(Halt::Lost) => {
                    stopped = true;
                    EntryReceipt::Lost
                }
                Err(Halt::Stop(error) | Halt::Context(error)) => {
                    stopped = true;
                    EntryReceipt::Refused(*error)
                }
                Err(Halt::Session(page)) => {
                    stopped = true;
                    EntryReceipt::Refused(problem::session_lost(&page, TRIED))
                }
            };
            // What is still open is of no use to anybody, least of all to the next change.
            self.release().await;
            let count = batch.len();
            entries.extend(std::iter::repeat_n(receipt, count));
            done(entries.len());
        }
        entries.resize_with(changes.len(), || EntryReceipt::NotTried);
        BookReceipt { posts: self.book.posts, entries }
    }

    /// The list must have been shown in this session, and must still hold what is to be changed.
    async fn prepared(&mut self, book: &Book, changes: &[EntryChange]) -> Result<(), DeviceError> {
        if changes.is_empty() {
            return Ok(());
        }
        self.sign_in().await?;
        if self.book.list.is_some() {
            return Ok(());
        }
        let now = self.read_whole_book().await?;
        for entry in changes.iter().filter_map(EntryChange::id).filter_map(|id| book.entry(id)) {
            if !now.entry(&entry.id).is_some_and(|n| same(n, entry)) {
                let got = format!(
                    "\u{201c}{}\u{201d} is no longer as it was read",
                    scanfleet_sdk::error::clean(&entry.name)
                );
                return Err(DeviceError::new(Category::Interrupted, TRIED, got)
                    .hint("somebody changed the book since it was read: plan again"));
            }
        }
        Ok(())
    }

    /// The next changes that go together: one, or several removals.
    fn next_batch<'a>(&self, changes: &'a [EntryChange]) -> &'a [EntryChange] {
        let Some(EntryChange::Remove { entry }) = changes.first() else {
            return &changes[..changes.len().min(1)];
        };
        let most = self.removed_at_once(entry);
        let count = changes.iter().take(most).take_while(|c| matches!(c, EntryChange::Remove { .. })).count();
        &changes[..count.max(1)]
    }

    /// One batch; once more where the device lost the context or the session, after the book was read again.
    async fn settled(&mut self, book: &Book, batch: &[EntryChange]) -> Result<(), Halt> {
        let first = match self.one(batch).await {
            Err(halt @ (Halt::Context(_) | Halt::Session(_))) => halt,
            other => return other,
        };
        if let Halt::Session(page) = &first {
            self.renew(page, TRIED).await.map_err(|e| Halt::Stop(Box::new(e)))?;
        }
        // What was taken after all, and what somebody else did meanwhile, only the book tells. Its list page, the first of
        // it, gives back what was open.
        let now = self.read_whole_book().await.map_err(|e| Halt::Stop(Box::new(e)))?;
        match standing(batch, book, &now) {
            Standing::Done => Ok(()),
            Standing::Same => self.one(batch).await,
            Standing::Other(name) => Err(changed_meanwhile(
                TRIED,
                format!(
                    "the device lost the change, and \u{201c}{}\u{201d} is no longer as it was read",
                    scanfleet_sdk::error::clean(&name)
                ),
            )),
        }
    }

    async fn one(&mut self, batch: &[EntryChange]) -> Result<(), Halt> {
        match batch {
            [EntryChange::Add(wanted)] => self.write(Target::New, wanted).await,
            [EntryChange::Change { entry, to }] => {
                let number = self.number_of(entry, TRIED)?;
                self.rows_near(entry).await?;
                let to = EntryWanted { kind: entry.kind, ..to.clone() };
                self.write(Target::There(entry, &number), &to).await
            }
            removals => {
                let entries: Vec<&BookEntry> = removals
                    .iter()
                    .filter_map(|c| if let EntryChange::Remove { entry } = c { Some(entry) } else { None })
                    .collect();
                self.remove(&entries).await
            }
        }
    }

    async fn write(&mut self, target: Target<'_>, wanted: &EntryWanted) -> Result<(), Halt> {
        if wanted.kind == EntryKind::Group {
            return self.by_group_form(target, wanted).await;
        }
        let offered = self.listed()?.wizard && !self.book.no_wizard;
        if offered && !needs_full_form(wanted, target.is_new()) {
            if let Went::Through = self.by_wizard(target, wanted).await? {
                return Ok(());
            }
            // The wizard may hold the lock that the form needs.
            self.release().await;
        }
        self.by_full_form(target, wanted).await
    }
}

/// Whether two readings of the list show the same entry.
fn same(one: &BookEntry, other: &BookEntry) -> bool {
    one.kind == other.kind && one.name.trim() == other.name.trim() && one.email == other.email
}

/// How a batch stands after the book was read again.
enum Standing {
    /// It was taken.
    Done,
    /// Nothing of it was taken.
    Same,
    /// The entry of this name is neither as it was nor as it is wanted.
    Other(String),
}

fn standing(batch: &[EntryChange], before: &Book, now: &Book) -> Standing {
    match batch {
        [EntryChange::Add(wanted)] => {
            let fits = |e: &&BookEntry| {
                let email = wanted.email.as_deref().filter(|e| !e.is_empty());
                before.entry(&e.id).is_none()
                    && wanted.name.as_deref().is_some_and(|n| n.trim() == e.name.trim())
                    && email == e.email.as_deref()
            };
            if now.entries.iter().any(|e| fits(&e)) { Standing::Done } else { Standing::Same }
        }
        [EntryChange::Change { entry, to }] => {
            let Some(found) = now.entry(&entry.id) else { return Standing::Other(entry.name.clone()) };
            let name = to.name.as_deref().unwrap_or(&entry.name);
            let email = to.email.as_deref().or(entry.email.as_deref()).filter(|e| !e.is_empty());
            let listed = to.name.is_some() || to.email.is_some();
            if same(found, entry) {
                Standing::Same
            } else if listed && found.name.trim() == name.trim() && found.email.as_deref() == email {
                Standing::Done
            } else {
                Standing::Other(entry.name.clone())
            }
        }
        removals => {
            let entries = removals
                .iter()
                .filter_map(|c| if let EntryChange::Remove { entry } = c { Some(entry) } else { None });
            let mut left = 0;
            for entry in entries {
                match now.entry(&entry.id) {
                    None => {}
                    Some(found) if same(found, entry) => left += 1,
                    Some(_) => return Standing::Other(entry.name.clone()),
                }
            }
            match left {
                0 => Standing::Done,
                n if n == removals.len() => Standing::Same,
                // Some are gone: what remains is for the caller, who reads again.
                _ => Standing::Done,
            }
        }
    }
}
