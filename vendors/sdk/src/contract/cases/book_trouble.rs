//! Changes of address books that fail, and changes of which nobody can tell.

use super::super::bench::{Setup, Trouble};
use super::super::book::PanelEdit;
use super::super::device::Stand;
use super::super::hand::{Open, refused};
use super::super::hand_book::{entry, new_person, person};
use super::super::matrix::Stop;
use super::book_writing::after;
use super::promises;
use crate::{Category, EntryChange, EntryReceipt, EntryWanted};

promises! { super::For::Driven;
    "book-locked" => locked,
    "book-lost-reply" => lost_reply,
    "book-lost-before" => lost_before,
    "book-dropped-write" => dropped,
    "book-expired" => expired,
    "book-full" => full,
    "book-entry-gone" => gone,
    "book-panel-between" => panel_between,
    "book-stopped" => stopped,
}

fn addition() -> Vec<EntryChange> {
    vec![EntryChange::Add(new_person("New Person", "new@example.test"))]
}

/// Somebody at the panel holds the book: told as busy, nothing stored, and free afterwards.
async fn locked(stand: &Stand) -> Result<(), Stop> {
    let device = stand.booked().await?;
    let (before, held) = (device.truth(), device.book().entries);
    let mut hand = device.hand().await?;
    let book = hand.book(&device).await?;
    device.trouble(Trouble::BookLocked)?;
    let receipt = hand.try_change(&book, &addition()).await?;
    match &receipt.entries[0] {
        EntryReceipt::Refused(error) => {
            refused::<()>("a change of a book in use", Err(error.clone()), &[Category::Busy])?;
        }
        other => return Err(format!("a change of a book in use came to {other:?}").into()),
    }
    device.sim.mend();
    device.book_is(&before, &held)?;
    // The same session goes on once the panel is free.
    let book = hand.book(&device).await?;
    hand.change(&book, &addition()).await?;
    hand.close(&device).await?;
    device.book_is(&before, &after(&held, &addition()))
}

/// One change whose answer is no proof: sent once, never told as done where it is not known.
async fn sent_once(
    stand: &Stand,
    trouble: Trouble,
    taken: bool,
    accept: impl Fn(&EntryReceipt) -> bool,
) -> Result<(), Stop> {
    let device = stand.booked().await?;
    let (before, held) = (device.truth(), device.book().entries);
    let mut hand = device.hand().await?;
    let book = hand.book(&device).await?;
    device.trouble(trouble)?;
    let saves = device.truth().seen("book_save");
    let receipt = hand.try_change(&book, &addition()).await?;
    if !accept(&receipt.entries[0]) {
        return Err(format!("the change came to {:?}", receipt.entries[0]).into());
    }
    let sent = device.truth().seen("book_save") - saves;
    if sent != 1 {
        return Err(format!("the change was sent {sent} times").into());
    }
    device.sim.mend();
    hand.book(&device).await?;
    hand.close(&device).await?;
    let expected = if taken { after(&held, &addition()) } else { held };
    device.book_is(&before, &expected)
}

async fn lost_reply(stand: &Stand) -> Result<(), Stop> {
    sent_once(stand, Trouble::BookLostReply, true, |entry| matches!(entry, EntryReceipt::Lost)).await
}

async fn lost_before(stand: &Stand) -> Result<(), Stop> {
    sent_once(stand, Trouble::BookLostBefore, false, |entry| matches!(entry, EntryReceipt::Lost)).await
}

/// Answered as if it had worked; a driver that looks into the answer may see that it did not.
async fn dropped(stand: &Stand) -> Result<(), Stop> {
    sent_once(stand, Trouble::BookDropped, false, |entry| {
        matches!(entry, EntryReceipt::Answered | EntryReceipt::Refused(_))
    })
    .await
}

/// The session ends in the middle: done once after a new log-in, or told; never done twice.
async fn expired(stand: &Stand) -> Result<(), Stop> {
    let device = stand.booked().await?;
    let (before, held) = (device.truth(), device.book().entries);
    let mut hand = device.hand().await?;
    let book = hand.book(&device).await?;
    device.trouble(Trouble::BookExpired)?;
    let receipt = hand.try_change(&book, &addition()).await?;
    device.sim.mend();
    hand.book(&device).await?;
    hand.close(&device).await?;
    match &receipt.entries[0] {
        EntryReceipt::Answered => device.book_is(&before, &after(&held, &addition())),
        EntryReceipt::Refused(_) | EntryReceipt::NotTried => device.book_is(&before, &held),
        EntryReceipt::Lost => {
            Err("a log-in page in place of the answer is told as a lost answer".to_owned().into())
        }
    }
}

/// A full book refuses, and keeps what it has.
async fn full(stand: &Stand) -> Result<(), Stop> {
    stand.book()?;
    let book: Vec<_> =
        (1..=12).map(|n| person(&format!("Person {n}"), &format!("p{n}@example.test"))).collect();
    let setup = Setup { smtp: stand.plain(), book_users: Some(book.len()), book, ..Setup::default() };
    let device = stand.device(setup).await?;
    let (before, held) = (device.truth(), device.book().entries);
    let mut hand = device.hand().await?;
    let book = hand.book(&device).await?;
    let receipt = hand.try_change(&book, &addition()).await?;
    // What a page does not say, the reading shows.
    if matches!(receipt.entries[0], EntryReceipt::Lost) {
        return Err("a refusal is told as a lost answer".to_owned().into());
    }
    hand.book(&device).await?;
    hand.close(&device).await?;
    device.book_is(&before, &held)
}

/// The entry went away in between: told, and no other entry is taken for it.
async fn gone(stand: &Stand) -> Result<(), Stop> {
    for remove in [true, false] {
        let device = stand.booked().await?;
        let before = device.truth();
        let mut hand = device.hand().await?;
        let book = hand.book(&device).await?;
        let dora = entry(&book, "Dora Dent")?.clone();
        device.panel_book(&PanelEdit::Remove("Dora Dent".into()))?;
        let held = device.book().entries;
        let change = if remove {
            EntryChange::Remove { entry: dora }
        } else {
            let to = EntryWanted { name: Some("Dora Newname".into()), ..EntryWanted::default() };
            EntryChange::Change { entry: dora, to }
        };
        let receipt = hand.try_change(&book, &[change]).await?;
        if !remove && !matches!(receipt.entries[0], EntryReceipt::Refused(_)) {
            return Err(format!("a change of an entry that is gone came to {:?}", receipt.entries[0]).into());
        }
        hand.book(&device).await?;
        hand.close(&device).await?;
        device.book_is(&before, &held)?;
    }
    Ok(())
}

/// What somebody typed at the panel after the reading is still there after the change.
async fn panel_between(stand: &Stand) -> Result<(), Stop> {
    let device = stand.booked().await?;
    let before = device.truth();
    let mut hand = device.hand().await?;
    let book = hand.book(&device).await?;
    device.panel_book(&PanelEdit::Add(Box::new(person("Panel Person", "panel@example.test"))))?;
    let held = device.book().entries;
    let to = EntryWanted { email: Some("ann.new@example.test".into()), ..EntryWanted::default() };
    let changes = [
        EntryChange::Change { entry: entry(&book, "Ann Abbot")?.clone(), to },
        EntryChange::Remove { entry: entry(&book, "Bert O'Neil")?.clone() },
    ];
    let receipt = hand.try_change(&book, &changes).await?;
    hand.book(&device).await?;
    hand.close(&device).await?;
    if receipt.entries.iter().all(|entry| matches!(entry, EntryReceipt::Answered)) {
        return device.book_is(&before, &after(&held, &changes));
    }
    // A driver that would have to replace the whole book may refuse instead; then nothing happened.
    device.book_is(&before, &held)
}

/// A run that is stopped at the first write leaves no session and no open edit.
async fn stopped(stand: &Stand) -> Result<(), Stop> {
    let device = stand.booked().await?;
    let mut hand = device.hand_as(Open { cancelled_by_first_write: true, ..Open::default() }).await?;
    let book = hand.book(&device).await?;
    let receipt = hand.try_change(&book, &addition()).await?;
    if matches!(receipt.entries[0], EntryReceipt::Answered) {
        return Err("a stopped session says that the device answered".to_owned().into());
    }
    hand.close(&device).await?;
    if device.book().open {
        return Err("an edit of the address book is left open".to_owned().into());
    }
    Ok(())
}
