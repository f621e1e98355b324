//! Adding and changing one entry on its own page.

use scanfleet_sdk::error::clean;
use scanfleet_sdk::page::Page;
use scanfleet_sdk::{BookEntry, DeviceError, EntryKind, EntryWanted};

use crate::book::answer::Halt;
use crate::book::entry::EntryPage;
use crate::book::list::list;
use crate::book::state::Known;
use crate::driver::BrotherDriver;
use crate::problem;

pub(crate) const ADD: &str = "add an entry to the address book";
pub(crate) const CHANGE: &str = "change an entry of the address book";
/// Free numbers tried that somebody else had taken meanwhile.
const TAKEN: usize = 5;

/// Where a new entry goes.
enum Place {
    /// The row of a free number.
    Number(u32, Box<Known>),
    /// The page that the list leads to for a new entry.
    New,
}

impl BrotherDriver {
    /// Changes an entry: its whole form, with only what is wanted altered.
    pub(crate) async fn change_entry(&mut self, entry: &BookEntry, to: &EntryWanted) -> Result<(), Halt> {
        let opened = self.open_known(entry, CHANGE).await?.map_err(|e| Halt::One(Box::new(e)))?;
        let wanted = EntryWanted { kind: entry.kind, ..to.clone() };
        let form = self.filled(&opened, Some(entry), &wanted)?;
        self.post_book(&opened.page, &form, None, CHANGE).await?;
        if let (Some(known), Some(name)) = (self.book.known.get_mut(&entry.id), &to.name) {
            known.row.name.clone_from(name);
        }
        Ok(())
    }

    /// Adds an entry on the page of a free number, or on the page that the list has for new ones.
    pub(crate) async fn add_entry(&mut self, wanted: &EntryWanted) -> Result<(), Halt> {
        let mut fresh = false;
        for _ in 0..TAKEN {
            let Some(place) = self.place(wanted)? else {
                // The list is as it was read; somebody may have made room since.
                if fresh {
                    return Err(self.no_room(wanted.kind).into());
                }
                fresh = true;
                self.look_again(wanted.kind).await?;
                continue;
            };
            let opened = match &place {
                Place::Number(_, known) => self.open_free(known).await?,
                Place::New => {
                    let url = self.book.listed(wanted.kind).new.clone();
                    let Some(url) = url else { return Err(self.no_room(wanted.kind).into()) };
                    self.open_entry(url.as_str(), wanted.kind, ADD).await?
                }
            };
            if !opened.shown.is_free() {
                match place {
                    // Somebody else has taken the number.
                    Place::Number(number, _) => {
                        self.book.listed(wanted.kind).free.remove(&number);
                    }
                    // The address was good for one entry; the list has the next.
                    Place::New => {
                        let old = self.book.listed(wanted.kind).new.clone();
                        self.look_again(wanted.kind).await?;
                        let listed = self.book.listed(wanted.kind);
                        listed.new_is_used = listed.new == old;
                    }
                }
                continue;
            }
            let form = self.filled(&opened, None, wanted)?;
            let answer = self.post_book(&opened.page, &form, None, ADD).await?;
            self.after_addition(place, wanted.kind, &answer);
            return Ok(());
        }
        Err(problem::busy_with(ADD, "each free number was taken by somebody else meanwhile").into())
    }

    /// Where a new entry can go; `None` where the list shows no room.
    fn place(&mut self, wanted: &EntryWanted) -> Result<Option<Place>, DeviceError> {
        let taken = |number: u32| {
            let mut rows = self.book.known.values().filter(|known| known.kind == wanted.kind);
            rows.find(|known| known.row.number == Some(number)).map(|known| clean(&known.row.name))
        };
        if let Some(number) = wanted.number
            && let Some(name) = taken(number)
        {
            let got = format!("the number {number} is that of \u{201c}{name}\u{201d}");
            return Err(DeviceError::new(scanfleet_sdk::Category::Unsupported, ADD, got)
                .hint("give another number, or none; nothing was written"));
        }
        let listed = self.book.listed(wanted.kind);
        let free = match wanted.number {
            Some(number) => listed.free.get_key_value(&number),
            None => listed.free.first_key_value(),
        };
        if let Some((number, known)) = free {
            return Ok(Some(Place::Number(*number, Box::new(known.clone()))));
        }
        Ok((listed.new.is_some() && !listed.new_is_used).then_some(Place::New))
    }

    /// Opens the page of a free number, which must be the page of that very number.
    async fn open_free(&mut self, known: &Known) -> Result<EntryPage, Halt> {
        let Some(link) = &known.row.link else { return Err(self.no_room(known.kind).into()) };
        let opened = self.open_entry(link.as_str(), known.kind, ADD).await?;
        match (known.row.number, opened.shown.number) {
            (Some(wanted), Some(shown)) if wanted != shown => {
                let got = format!("the link of number {wanted} leads to the page of number {shown}");
                Err(problem::page_changed(&self.session, &opened.page, ADD, got).into())
            }
            _ => Ok(opened),
        }
    }

    /// What an addition leaves of the room that was seen.
    fn after_addition(&mut self, place: Place, kind: EntryKind, answer: &Page) {
        // Many devices show the list again.
        let shown = list(answer, &self.family).ok().and_then(|page| page.new);
        let listed = self.book.listed(kind);
        match place {
            Place::Number(number, _) => {
                listed.free.remove(&number);
            }
            Place::New if shown.as_ref().is_some_and(|new| Some(new) != listed.new.as_ref()) => {
                listed.new = shown
            }
            // Where the address was seen to change with each entry, the list is asked first.
            Place::New => listed.new_is_used = listed.new_changes,
        }
    }

    /// Reads the first page of a list again, for the room that it shows now.
    async fn look_again(&mut self, kind: EntryKind) -> Result<(), Halt> {
        let Some(url) = self.book.listed(kind).address.clone() else { return Ok(()) };
        let page = self.entry_page(url.as_str(), ADD).await?;
        let shown = self.listed_on(&page, ADD)?;
        let listed = self.book.listed(kind);
        if shown.new.is_some() {
            listed.new_changes |= listed.new.is_some() && listed.new != shown.new;
            listed.new_is_used = false;
            listed.new = shown.new;
        }
        for row in shown.rows.into_iter().filter(|row| row.is_free() && row.link.is_some()) {
            if let Some(number) = row.number {
                listed.free.insert(number, Known { kind, row, page: page.url.clone() });
            }
        }
        Ok(())
    }

    fn no_room(&mut self, kind: EntryKind) -> DeviceError {
        let what = match kind {
            EntryKind::User => "entry",
            EntryKind::Group => "group",
        };
        let got = match self.book.listed(kind).most {
            Some(most) => format!("the address book is full: all {most} numbers are taken"),
            None => format!("the list shows neither a free number nor a link to a page for a new {what}"),
        };
        DeviceError::new(scanfleet_sdk::Category::Unsupported, ADD, got)
            .hint("take entries out first; nothing was written")
    }
}
