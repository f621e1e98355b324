//! Reading address books.

use super::super::bench::Trouble;
use super::super::device::{Stand, none};
use super::super::hand::{Open, failed, refused};
use super::super::hand_book::{entry, new_person, person, reading_differences};
use super::super::matrix::Stop;
use super::promises;
use crate::{Category, EntryChange, EntryKind};

promises! { super::For::Driven;
    "book-read" => small,
    "book-read-empty" => empty,
    "book-read-many" => many,
    "book-read-only-reads" => only_reads,
    "book-read-again" => again,
    "book-read-while-locked" => locked,
    "book-read-entry" => whole_entry,
}

async fn small(stand: &Stand) -> Result<(), Stop> {
    let device = stand.booked().await?;
    let before = device.truth();
    let held = device.book().entries;
    let mut hand = device.hand().await?;
    hand.book(&device).await?;
    if !hand.driver.book().is_yes() {
        return Err("after a reading the driver still says nothing of the address book".to_owned().into());
    }
    hand.close(&device).await?;
    device.book_is(&before, &held)
}

async fn empty(stand: &Stand) -> Result<(), Stop> {
    let device = stand.with_book(Vec::new()).await?;
    let mut hand = device.hand().await?;
    hand.book(&device).await?;
    hand.close(&device).await
}

/// More entries than any page shows at once.
async fn many(stand: &Stand) -> Result<(), Stop> {
    let count = stand.book()?.users.min(500);
    let book =
        (1..=count).map(|n| person(&format!("Person {n:04}"), &format!("p{n:04}@example.test"))).collect();
    let device = stand.with_book(book).await?;
    let mut hand = device.hand().await?;
    hand.book(&device).await?;
    hand.close(&device).await
}

/// A reading neither alters the device nor keeps others from the book, and passes the read-only gate.
async fn only_reads(stand: &Stand) -> Result<(), Stop> {
    let device = stand.booked().await?;
    let before = device.truth();
    let held = device.book().entries;
    let mut hand = device.hand_as(Open { read_only: true, ..Open::default() }).await?;
    hand.book(&device).await?;
    if device.book().open {
        return Err("a reading opens the book for editing".to_owned().into());
    }
    hand.close(&device).await?;
    if let Some(alters) = device.truth().log.iter().find(|seen| seen.alters) {
        return Err(format!("a reading sent {} {}", alters.method, alters.path).into());
    }
    device.untouched(&before)?;
    device.book_is(&before, &held)
}

/// A second reading of one session sees what changed in between, and the settings can be read beside.
async fn again(stand: &Stand) -> Result<(), Stop> {
    let device = stand.booked().await?;
    let mut hand = device.hand().await?;
    hand.book(&device).await?;
    device.panel_book(&super::super::book::PanelEdit::Add(Box::new(person(
        "Late Comer",
        "late@example.test",
    ))))?;
    let book = hand.book(&device).await?;
    entry(&book, "Late Comer")?;
    hand.reads_the_truth(&device).await?;
    hand.book(&device).await?;
    hand.close(&device).await
}

/// While somebody at the panel works with the book it is read rightly, or told as busy; never in part.
async fn locked(stand: &Stand) -> Result<(), Stop> {
    let device = stand.booked().await?;
    device.trouble(Trouble::BookLocked)?;
    let mut hand = device.hand().await?;
    match hand.try_book().await {
        Ok(book) => none("the driver's address book", reading_differences(&book, &device.book().entries))?,
        Err(error) => {
            refused::<()>("reading a book in use", Err(error), &[Category::Busy])?;
        }
    }
    hand.close(&device).await
}

/// Everything about one entry, and the book is free for others afterwards.
async fn whole_entry(stand: &Stand) -> Result<(), Stop> {
    let device = stand.booked().await?;
    let before = device.truth();
    let held = device.book().entries;
    let mut hand = device.hand().await?;
    let book = hand.book(&device).await?;
    for known in &held {
        if known.entry.kind == EntryKind::Group && !hand.driver.book().is_yes() {
            continue;
        }
        let of_list = entry(&book, &known.entry.name)?;
        let seen = hand.try_entry(of_list).await.map_err(|error| failed("reading one entry", &error))?;
        let mut wrong = Vec::new();
        if (seen.id.as_str(), &seen.name, &seen.email)
            != (of_list.id.as_str(), &known.entry.name, &known.entry.email)
        {
            wrong.push(format!("read {seen:?} for {:?}", known.entry.name));
        }
        let path = |entry: &crate::BookEntry| entry.folder.as_ref().map(|folder| folder.path.clone());
        if path(&seen) != path(&known.entry) {
            wrong.push(format!("the folder of {:?} was read as {:?}", known.entry.name, path(&seen)));
        }
        if known.entry.key.is_some() && seen.key.is_some() && seen.key != known.entry.key {
            wrong.push(format!("the key display of {:?} was read as {:?}", known.entry.name, seen.key));
        }
        none("the driver", wrong)?;
    }
    // A fresh reading afterwards still works, and so does a change by somebody else's session.
    hand.book(&device).await?;
    hand.close(&device).await?;
    device.book_is(&before, &held)?;
    let mut other = device.hand().await?;
    let book = other.book(&device).await?;
    other.change(&book, &[EntryChange::Add(new_person("Next One", "next@example.test"))]).await?;
    other.book(&device).await?;
    other.close(&device).await
}
