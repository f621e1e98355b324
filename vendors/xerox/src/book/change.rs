//! Changes of the book, in as few requests and with as little risk as the pages allow.

use scanfleet_sdk::error::Rerun;
use scanfleet_sdk::{
    Book, BookReceipt, Category, DeviceError, EntryChange, EntryKind, EntryReceipt, EntryWanted,
};

use super::edit::{Draft, Export};
use super::fill::Mode;
use super::outcome::Said;
use super::send::Stop;
use crate::driver::XeroxDriver;

const ADD: &str = "add entries to the address book";
const REPLACE: &str = "replace the address book by its edited export";
const ONE: &str = "write a contact";

/// So many additions in a row go as one file where single contacts have pages: a file takes four requests or more, a form
/// two for each contact.
const BY_FILE: usize = 3;

/// What has become of the changes so far.
struct Tally<'a> {
    posts: u32,
    entries: Vec<Option<EntryReceipt>>,
    done: &'a (dyn Fn(usize) + Send + Sync),
}

impl Tally<'_> {
    fn put(&mut self, at: usize, receipt: EntryReceipt) {
        if let Some(place) = self.entries.get_mut(at) {
            *place = Some(receipt);
        }
        (self.done)(self.entries.iter().filter(|e| e.is_some()).count());
    }

    fn finish(self) -> BookReceipt {
        let entries = self.entries.into_iter().map(|e| e.unwrap_or(EntryReceipt::NotTried)).collect();
        BookReceipt { posts: self.posts, entries }
    }
}

impl XeroxDriver {
    /// Carries changes out.
    pub(crate) async fn write_book(
        &mut self,
        book: &Book,
        changes: &[EntryChange],
        done: &(dyn Fn(usize) + Send + Sync),
    ) -> BookReceipt {
        let mut tally = Tally { posts: 0, entries: vec![None; changes.len()], done };
        if changes.is_empty() {
            return tally.finish();
        }
        let all: Vec<usize> = (0..changes.len()).collect();
        if self.book.held.is_none()
            && let Err(error) = self.export_book().await
        {
            refuse(&mut tally, &all, &error);
            return tally.finish();
        }
        if self.book.single == Some(true) {
            self.by_pages(book, changes, &mut tally).await;
        } else {
            self.by_file(book, changes, &all, &mut tally).await;
        }
        // Whatever came of it, what was read before is no longer what is there.
        self.book.fresh_list = None;
        tally.finish()
    }

    /// One entry after the other by the pages of single contacts; several additions in a row, and members of groups, by a
    /// file. Stops where going on could do harm.
    async fn by_pages(&mut self, book: &Book, changes: &[EntryChange], tally: &mut Tally<'_>) {
        let mut at = 0;
        while at < changes.len() && !self.session.stopping() {
            let run = changes[at..].iter().take_while(|c| is_person(c)).count();
            let import = self.book.places.import.is_some() || self.book.places.import_way.is_some();
            let by_form = |c: &EntryChange| matches!(c, EntryChange::Add(w) if form_holds(w));
            let file = run >= BY_FILE || (run > 0 && !by_form(&changes[at]));
            let together = match (file && import, concerns_members(&changes[at])) {
                (true, _) => run,
                (false, true) => 1,
                (false, false) => 0,
            };
            if together > 0 {
                let which: Vec<usize> = (at..at + together).collect();
                if !self.by_file(book, changes, &which, tally).await {
                    return;
                }
                at += together;
                continue;
            }
            let result = match &changes[at] {
                EntryChange::Add(wanted) => self.add_by_form(wanted, &mut tally.posts).await,
                EntryChange::Change { entry, to } => {
                    self.change_by_form(book, entry, to, &mut tally.posts).await
                }
                EntryChange::Remove { entry } => self.delete_by_form(book, entry, &mut tally.posts).await,
            };
            let (receipt, go_on) = self.receipt(result);
            tally.put(at, receipt);
            if !go_on {
                return;
            }
            at += 1;
        }
    }

    /// What one attempt came to, and whether the next may be tried.
    fn receipt(&self, result: Result<(), Stop>) -> (EntryReceipt, bool) {
        match result {
            Ok(()) => (EntryReceipt::Answered, true),
            Err(Stop::Lost) => (EntryReceipt::Lost, false),
            Err(Stop::Refused(page, text)) => {
                (EntryReceipt::Refused(self.turned_down(&page, ONE, &text)), true)
            }
            Err(Stop::Error(error)) => {
                // A contact that is gone, or that cannot be held so, concerns nobody else.
                let own = matches!(error.category, Category::Unsupported | Category::Rejected)
                    || (error.category == Category::Interrupted && error.tried == super::contact::OPEN);
                (EntryReceipt::Refused(*error), own)
            }
            Err(Stop::Session(page) | Stop::Token(page)) => {
                (EntryReceipt::Refused(crate::problem::session_lost(&page, ONE)), false)
            }
        }
    }

    /// Some of the changes as one import. Tells whether others may be tried.
    async fn by_file(
        &mut self,
        book: &Book,
        changes: &[EntryChange],
        which: &[usize],
        tally: &mut Tally<'_>,
    ) -> bool {
        let some: Vec<EntryChange> = which.iter().map(|at| changes[*at].clone()).collect();
        let mode = if some.iter().all(adds_alone) { Mode::Add } else { Mode::Replace };
        let export = match self.base(book, mode).await {
            Ok(export) => export,
            Err(error) => {
                refuse(tally, which, &error);
                return false;
            }
        };
        let draft = match mode {
            Mode::Add => export.additions(&some),
            Mode::Replace => export.replacement(&some),
        };
        let mut left: Vec<usize> = Vec::new();
        for (n, at) in which.iter().enumerate() {
            match &draft.unfit[n] {
                Some(why) => tally.put(*at, EntryReceipt::Refused(unfit(why, mode))),
                None => left.push(n),
            }
        }
        if left.is_empty() {
            return true;
        }
        let result = self.import(&export, &draft, mode, &mut tally.posts).await;
        let go_on = result.is_ok();
        let error = match result {
            Ok((page, said)) => {
                for n in left {
                    let receipt = match complaint(&said, &draft, n) {
                        Some(text) => EntryReceipt::Refused(self.turned_down(&page, tried(mode), &text)),
                        None => EntryReceipt::Answered,
                    };
                    tally.put(which[n], receipt);
                }
                return go_on;
            }
            Err(Stop::Lost) => {
                left.iter().for_each(|n| tally.put(which[*n], EntryReceipt::Lost));
                return go_on;
            }
            Err(Stop::Refused(page, text)) => self.turned_down(&page, tried(mode), &text),
            Err(Stop::Error(error)) => *error,
            Err(Stop::Session(page) | Stop::Token(page)) => crate::problem::session_lost(&page, tried(mode)),
        };
        let left: Vec<usize> = left.iter().map(|n| which[*n]).collect();
        refuse(tally, &left, &error);
        go_on
    }

    /// The export that a file is made of. A replacement is made of a fresh one, and only while the book is as it was read.
    async fn base(&mut self, book: &Book, mode: Mode) -> Result<Export, DeviceError> {
        if mode == Mode::Add
            && let Some(held) = &self.book.held
        {
            return Ok(held.clone());
        }
        let fresh = self.export().await?;
        if fresh.columns.is_legacy() {
            return Err(DeviceError::new(
                Category::Unsupported,
                REPLACE,
                "the device exports in legacy mode only, which leaves out favourites, groups, fax and scan destinations",
            )
            .hint("change this entry at the device; nothing was written"));
        }
        if fresh.book.entries != book.entries {
            let got = format!(
                "the address book changed after it was read ({} entries then, {} now), and an import would undo that",
                book.entries.len(),
                fresh.book.entries.len()
            );
            return Err(DeviceError::new(Category::Interrupted, REPLACE, got)
                .hint("run again: the book is read afresh; nothing was written")
                .rerun(Rerun::Safe));
        }
        self.book.held = Some(fresh.clone());
        Ok(fresh)
    }
}

fn refuse(tally: &mut Tally<'_>, which: &[usize], error: &DeviceError) {
    for at in which {
        tally.put(*at, EntryReceipt::Refused(error.clone()));
    }
}

fn tried(mode: Mode) -> &'static str {
    match mode {
        Mode::Add => ADD,
        Mode::Replace => REPLACE,
    }
}

/// An addition of a person.
fn is_person(change: &EntryChange) -> bool {
    matches!(change, EntryChange::Add(w) if w.kind == EntryKind::User)
}

/// An addition that no other row has to know of.
fn adds_alone(change: &EntryChange) -> bool {
    matches!(change, EntryChange::Add(w) if w.members.as_ref().is_none_or(Vec::is_empty))
}

/// Whether the change needs the rows of others.
fn concerns_members(change: &EntryChange) -> bool {
    match change {
        EntryChange::Add(wanted) => wanted.kind == EntryKind::Group,
        EntryChange::Change { to, .. } => to.members.is_some(),
        EntryChange::Remove { .. } => false,
    }
}

/// Whether a contact's form can be expected to hold it.
fn form_holds(wanted: &EntryWanted) -> bool {
    wanted.folder.is_none() && wanted.extra.is_empty() && wanted.members.is_none()
}

fn unfit(why: &str, mode: Mode) -> DeviceError {
    let category =
        if why.contains("no longer there") { Category::Interrupted } else { Category::Unsupported };
    DeviceError::new(category, tried(mode), why.to_owned())
        .hint("choose what the device's address book can hold; this entry was left out of the import")
}

/// What the device holds against one change, where it does.
fn complaint(said: &Said, draft: &Draft, n: usize) -> Option<String> {
    // The headings are the first row.
    let row = draft.rows[n].map(|at| at + 2);
    if let Some((_, text)) = said.rows.iter().find(|(number, _)| Some(*number) == row) {
        let text = if text.is_empty() { &said.text } else { text };
        return Some(text.clone());
    }
    match (said.failed, said.done, said.rows.is_empty()) {
        (false, ..) => None,
        // It speaks of rows that it left out and of what it has done: only reading back tells of the others.
        (true, true, false) => None,
        (true, ..) => Some(said.text.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(failed: bool, done: bool, rows: &[(usize, &str)]) -> Said {
        let rows = rows.iter().map(|(n, t)| (*n, (*t).to_owned())).collect();
        Said { text: "all of it".into(), failed, done, rows }
    }

    #[test]
    fn a_complaint_goes_to_the_row_it_is_about() {
        let draft = Draft {
            bytes: Vec::new(),
            records: 2,
            rows: vec![Some(0), Some(1), None],
            unfit: vec![None; 3],
            filled: Vec::new(),
        };
        let to = |said: &Said, n| complaint(said, &draft, n);
        let fine = said(false, true, &[]);
        assert_eq!(to(&fine, 0), None);
        let one = said(true, true, &[(3, "no name")]);
        assert_eq!((to(&one, 0), to(&one, 1), to(&one, 2)), (None, Some("no name".into()), None));
        let whole = said(true, false, &[(3, "no name")]);
        assert_eq!(to(&whole, 0), Some("all of it".into()));
        assert_eq!(to(&said(true, false, &[]), 2), Some("all of it".into()));
    }
}
