//! A batch of changes: in their order, removals of one page of the list together.

use std::collections::HashMap;

use scanfleet_sdk::error::clean;
use scanfleet_sdk::{
    Book, BookEntry, BookReceipt, Category, DeviceError, EntryChange, EntryKind, EntryReceipt,
};

use crate::book::answer::Halt;
use crate::driver::BrotherDriver;
use crate::problem;

const TRIED: &str = "change the address book";

/// What came of a part of a batch: one receipt for each of its changes, and whether the rest may be tried.
struct Part {
    /// Places in the batch, and what came of each.
    receipts: Vec<(usize, EntryReceipt)>,
    go_on: bool,
}

impl BrotherDriver {
    /// Carries out changes.
    pub(crate) async fn change_whole_book(
        &mut self,
        book: &Book,
        changes: &[EntryChange],
        done: &(dyn Fn(usize) + Send + Sync),
    ) -> BookReceipt {
        self.book.posts = 0;
        let mut receipts: Vec<Option<EntryReceipt>> = changes.iter().map(|_| None).collect();
        let mut go_on = match self.prepared(book, changes).await {
            Ok(()) => true,
            Err(error) => {
                if let Some(first) = receipts.first_mut() {
                    *first = Some(EntryReceipt::Refused(error));
                }
                false
            }
        };
        let mut at = 0;
        while go_on && at < changes.len() {
            let run = changes[at..].iter().take_while(|c| matches!(c, EntryChange::Remove { .. })).count();
            let next = at + run.max(1);
            let parts = if run > 0 { self.by_pages(&changes[at..next]) } else { vec![vec![0]] };
            for places in parts {
                go_on = go_on && !self.session.stopping();
                if !go_on {
                    break;
                }
                let places: Vec<usize> = places.into_iter().map(|place| at + place).collect();
                let part = self.part(changes, &places).await;
                go_on = part.go_on;
                for (place, receipt) in part.receipts {
                    receipts[place] = Some(receipt);
                }
                done(receipts.iter().flatten().count());
            }
            at = next;
        }
        let entries = receipts.into_iter().map(|receipt| receipt.unwrap_or(EntryReceipt::NotTried)).collect();
        BookReceipt { posts: self.book.posts, entries }
    }

    /// The list must have been read in this session, and must still hold what is to be changed.
    async fn prepared(&mut self, book: &Book, changes: &[EntryChange]) -> Result<(), DeviceError> {
        if changes.is_empty() || self.book.read {
            return Ok(());
        }
        let now = self.read_whole_book().await?;
        for entry in changes.iter().filter_map(EntryChange::id).filter_map(|id| book.entry(id)) {
            let same = |n: &BookEntry| n.kind == entry.kind && n.name == entry.name && n.email == entry.email;
            if !now.entry(&entry.id).is_some_and(same) {
                let got = format!("\u{201c}{}\u{201d} is no longer as it was read", clean(&entry.name));
                return Err(DeviceError::new(Category::Interrupted, TRIED, got)
                    .hint("somebody changed the book since it was read: plan again"));
            }
        }
        Ok(())
    }

    /// Removals, sorted into those that go together. Pages come last first: what is taken out of a later page moves nothing on
    /// an earlier one.
    fn by_pages(&self, removals: &[EntryChange]) -> Vec<Vec<usize>> {
        let mut ticked: Vec<(url::Url, Vec<usize>)> = Vec::new();
        let mut single: Vec<Vec<usize>> = Vec::new();
        for (place, change) in removals.iter().enumerate() {
            let EntryChange::Remove { entry } = change else { continue };
            match self.box_page(entry) {
                None => single.push(vec![place]),
                Some(page) => match ticked.iter_mut().find(|(known, _)| *known == page) {
                    Some((_, places)) => places.push(place),
                    None => ticked.push((page, vec![place])),
                },
            }
        }
        ticked.sort_by_key(|(page, _)| std::cmp::Reverse(crate::book::list::start(page).unwrap_or(0)));
        ticked.into_iter().map(|(_, places)| places).chain(single).collect()
    }

    /// One change, or removals that go together; once more where nothing was taken because the session or a token was gone.
    async fn part(&mut self, changes: &[EntryChange], places: &[usize]) -> Part {
        let mut stale = true;
        loop {
            let halt = match self.attempt(changes, places).await {
                Ok(receipts) => return Part { receipts, go_on: true },
                Err(halt) => halt,
            };
            let refused = |error: DeviceError| EntryReceipt::Refused(error);
            let (receipt, go_on) = match halt {
                // The page is read afresh before anything is sent again.
                Halt::Session(page) => match self.renew(&page, TRIED).await {
                    Ok(()) => continue,
                    Err(error) => (refused(error), false),
                },
                Halt::Stale(..) if stale => {
                    stale = false;
                    continue;
                }
                Halt::Stale(page, text) => {
                    (refused(problem::request_rejected(&self.session, &page, TRIED, &text)), false)
                }
                Halt::Lost => (EntryReceipt::Lost, false),
                Halt::One(error) => (refused(*error), true),
                Halt::All(error) => (refused(*error), false),
            };
            return Part { receipts: places.iter().map(|place| (*place, receipt.clone())).collect(), go_on };
        }
    }

    async fn attempt(
        &mut self,
        changes: &[EntryChange],
        places: &[usize],
    ) -> Result<Vec<(usize, EntryReceipt)>, Halt> {
        let all = |receipt: EntryReceipt| places.iter().map(|place| (*place, receipt.clone())).collect();
        let entry_of = |place: usize| match &changes[place] {
            EntryChange::Remove { entry } => Some(entry),
            _ => None,
        };
        let Some(&first) = places.first() else { return Ok(Vec::new()) };
        self.allowed(&changes[first])?;
        match &changes[first] {
            EntryChange::Add(wanted) => self.add_entry(wanted).await?,
            EntryChange::Change { entry, to } => self.change_entry(entry, to).await?,
            EntryChange::Remove { entry } => match self.box_page(entry) {
                None => self.remove_one(entry).await?,
                Some(page) => {
                    let entries: Vec<&BookEntry> =
                        places.iter().filter_map(|place| entry_of(*place)).collect();
                    let mut left = self.remove_ticked(&page, &entries).await?;
                    if !left.is_empty() {
                        // A list of taken numbers only moves up when others go: look where they are now, once.
                        self.find_again(&mut left, &entries).await?;
                    }
                    return Ok(places
                        .iter()
                        .map(|place| {
                            let error = entry_of(*place).and_then(|entry| left.remove(&entry.id));
                            (*place, error.map_or(EntryReceipt::Answered, EntryReceipt::Refused))
                        })
                        .collect());
                }
            },
        }
        Ok(all(EntryReceipt::Answered))
    }

    /// What is known not to go is refused before anything is sent.
    fn allowed(&self, change: &EntryChange) -> Result<(), Halt> {
        let kind = match change {
            EntryChange::Add(wanted) => wanted.kind,
            EntryChange::Change { entry, .. } | EntryChange::Remove { entry } => entry.kind,
        };
        let why = match kind {
            EntryKind::Group => self.book.no_groups.clone(),
            EntryKind::User => self.book.no_write.clone(),
        };
        let why = why.or_else(|| {
            self.family.book_write().is_none().then(|| "the family file knows no way to write it".to_owned())
        });
        match why {
            None => Ok(()),
            Some(why) => Err(DeviceError::new(Category::Unsupported, TRIED, why)
                .hint("change the entry in a browser or at the panel; nothing was written")
                .into()),
        }
    }

    /// Looks for entries that were not on the page that showed them, and takes those out that are somewhere else.
    async fn find_again(
        &mut self,
        left: &mut HashMap<String, DeviceError>,
        entries: &[&BookEntry],
    ) -> Result<(), Halt> {
        let before: HashMap<String, url::Url> = left
            .keys()
            .filter_map(|id| self.book.known.get(id).map(|k| (id.clone(), k.page.clone())))
            .collect();
        let now = self.read_whole_book().await?;
        for entry in entries.iter().filter(|entry| before.contains_key(&entry.id)) {
            let same = now.entry(&entry.id).is_some_and(|n| n.name == entry.name && n.email == entry.email);
            let Some(page) = self.box_page(entry).filter(|_| same) else { continue };
            if before.get(&entry.id) == Some(&page) {
                continue;
            }
            if self.remove_ticked(&page, &[entry]).await?.is_empty() {
                left.remove(&entry.id);
            }
        }
        Ok(())
    }
}
