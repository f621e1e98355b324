//! Changing address books: what was asked for, and nothing else.

use super::super::bench::{Setup, Truth};
use super::super::book::Held;
use super::super::device::{Device, Stand};
use super::super::hand::Open;
use super::super::hand_book::{entry, folder_sha256, new_person, person};
use super::super::matrix::Stop;
use super::promises;
use crate::{BookEntry, EntryChange, EntryKind, EntryReceipt, EntryWanted, FolderDestination};

promises! { super::For::Driven;
    "book-add" => add,
    "book-add-to-empty" => add_to_empty,
    "book-add-many" => add_many,
    "book-add-odd-letters" => add_odd,
    "book-add-key-and-favourite" => add_key,
    "book-add-folder" => add_folder,
    "book-change-name" => change_name,
    "book-change-address" => change_address,
    "book-change-keeps-folder" => change_keeps_folder,
    "book-remove" => remove,
    "book-remove-several" => remove_several,
    "book-mixed" => mixed,
    "book-group" => group,
    "book-nothing" => nothing,
    "book-gate" => gate,
    "book-other-ids" => other_ids,
    "book-beside-settings" => beside_settings,
}

/// What a test expects of the book: entries are put in, altered and taken out as the changes say.
pub(super) fn after(held: &[Held], changes: &[EntryChange]) -> Vec<Held> {
    let mut all = held.to_vec();
    for change in changes {
        match change {
            EntryChange::Add(wanted) => all.push(Held {
                entry: BookEntry {
                    kind: wanted.kind,
                    name: wanted.name.clone().unwrap_or_default(),
                    email: wanted.email.clone(),
                    key: wanted.key.clone(),
                    favourite: wanted.favourite,
                    folder: wanted.folder.clone(),
                    ..BookEntry::default()
                },
                ..Held::default()
            }),
            EntryChange::Change { entry, to } => {
                for known in all.iter_mut().filter(|held| held.entry.name == entry.name) {
                    if let Some(name) = &to.name {
                        known.entry.name.clone_from(name);
                    }
                    if to.email.is_some() {
                        known.entry.email.clone_from(&to.email);
                    }
                    if to.key.is_some() {
                        known.entry.key.clone_from(&to.key);
                    }
                    if to.favourite.is_some() {
                        known.entry.favourite = to.favourite;
                    }
                }
            }
            EntryChange::Remove { entry } => all.retain(|held| held.entry.name != entry.name),
        }
    }
    // Nobody is a member of a group any more who is gone.
    let there: Vec<String> = all.iter().map(|held| held.entry.id.clone()).collect();
    for held in &mut all {
        if let Some(members) = &mut held.entry.members {
            members.retain(|id| there.contains(id));
        }
    }
    all
}

/// Carries out changes that `plan` makes of the book, and the device holds exactly that.
async fn carried_out(
    device: &Device,
    plan: impl FnOnce(&crate::Book) -> Result<Vec<EntryChange>, Stop>,
) -> Result<(), Stop> {
    let before: Truth = device.truth();
    let held = device.book().entries;
    let mut hand = device.hand().await?;
    let book = hand.book(device).await?;
    let changes = plan(&book)?;
    hand.change(&book, &changes).await?;
    hand.book(device).await?;
    hand.close(device).await?;
    device.book_is(&before, &after(&held, &changes))
}

fn rename(entry: &BookEntry, to: EntryWanted) -> EntryChange {
    EntryChange::Change { entry: entry.clone(), to }
}

async fn add(stand: &Stand) -> Result<(), Stop> {
    let device = stand.booked().await?;
    carried_out(&device, |_| Ok(vec![EntryChange::Add(new_person("New Person", "new@example.test"))])).await
}

async fn add_to_empty(stand: &Stand) -> Result<(), Stop> {
    let device = stand.with_book(Vec::new()).await?;
    carried_out(&device, |_| Ok(vec![EntryChange::Add(new_person("First Person", "first@example.test"))]))
        .await
}

async fn add_many(stand: &Stand) -> Result<(), Stop> {
    let device = stand.booked().await?;
    carried_out(&device, |_| {
        let new = (1..=12).map(|n| new_person(&format!("New {n:02}"), &format!("new{n:02}@example.test")));
        Ok(new.map(EntryChange::Add).collect())
    })
    .await
}

/// Letters that forms, files and scripts treat specially arrive as they are.
async fn add_odd(stand: &Stand) -> Result<(), Stop> {
    let device = stand.booked().await?;
    let letters = stand.book()?.letters;
    carried_out(&device, |_| {
        let names = [
            "O'Hara & \"Sons\"".to_owned(),
            "a<b>c; 100%, +1".to_owned(),
            r"back\slash [x]".to_owned(),
            format!("Zed {letters}"),
        ];
        let new =
            names.iter().enumerate().map(|(n, name)| new_person(name, &format!("odd{n}+x'y@example.test")));
        Ok(new.map(EntryChange::Add).collect())
    })
    .await
}

async fn add_key(stand: &Stand) -> Result<(), Stop> {
    let offers = stand.book()?;
    if !offers.keys && !offers.favourites {
        return Err(Stop::NotApplicable("its entries have neither key display nor favourites".into()));
    }
    let device = stand.booked().await?;
    carried_out(&device, |_| {
        let mut one = new_person("Keyed Person", "keyed@example.test");
        let mut two = new_person("Plain Person", "plain@example.test");
        if offers.keys {
            one.key = Some("Keyed".into());
        }
        if offers.favourites {
            one.favourite = Some(true);
            two.favourite = Some(false);
        }
        Ok(vec![EntryChange::Add(one), EntryChange::Add(two)])
    })
    .await
}

/// An entry that a rollback puts back leads to its folder again; nobody knows the password. A driver may refuse.
async fn add_folder(stand: &Stand) -> Result<(), Stop> {
    if !stand.book()?.folders {
        return Err(Stop::NotApplicable("its entries lead to no folders".into()));
    }
    let device = stand.booked().await?;
    let (before, held) = (device.truth(), device.book().entries);
    let mut hand = device.hand().await?;
    let book = hand.book(&device).await?;
    let path = r"\\files.example.test\new";
    let mut wanted = new_person("Back Again", "back@example.test");
    wanted.folder = Some(FolderDestination { path: path.into(), ..FolderDestination::default() });
    let receipt = hand.try_change(&book, &[EntryChange::Add(wanted)]).await?;
    hand.book(&device).await?;
    hand.close(&device).await?;
    match &receipt.entries[0] {
        EntryReceipt::Answered => {
            let now = device.book();
            let there = now.named("Back Again").next().and_then(|held| held.entry.folder.as_ref());
            if there.is_some_and(|folder| folder.path == path) {
                return Ok(());
            }
            Err(format!("the entry is told as stored and leads to {there:?}").into())
        }
        EntryReceipt::Refused(_) => device.book_is(&before, &held),
        other => Err(format!("the addition came to {other:?}").into()),
    }
}

async fn change_name(stand: &Stand) -> Result<(), Stop> {
    let device = stand.booked().await?;
    carried_out(&device, |book| {
        let to = EntryWanted { name: Some("Dora Newname".into()), ..EntryWanted::default() };
        Ok(vec![rename(entry(book, "Dora Dent")?, to)])
    })
    .await
}

async fn change_address(stand: &Stand) -> Result<(), Stop> {
    let device = stand.booked().await?;
    carried_out(&device, |book| {
        let to = EntryWanted { email: Some("ann.abbot@example.test".into()), ..EntryWanted::default() };
        Ok(vec![rename(entry(book, "Ann Abbot")?, to)])
    })
    .await
}

/// Another address, and the folder beside it stays with its password.
async fn change_keeps_folder(stand: &Stand) -> Result<(), Stop> {
    let offers = stand.book()?;
    if !offers.folders {
        return Err(Stop::NotApplicable("its entries lead to no folders".into()));
    }
    let device = stand.booked().await?;
    let held = device.book();
    let kept = held.named("Emil Ende").next().and_then(|held| held.folder_password_sha256.clone());
    if offers.by_entry && kept != Some(folder_sha256()) {
        return Err("the bench did not plant the folder's password".to_owned().into());
    }
    carried_out(&device, |book| {
        let to = EntryWanted { email: Some("emil.new@example.test".into()), ..EntryWanted::default() };
        Ok(vec![rename(entry(book, "Emil Ende")?, to)])
    })
    .await
}

async fn remove(stand: &Stand) -> Result<(), Stop> {
    let device = stand.booked().await?;
    carried_out(&device, |book| Ok(vec![EntryChange::Remove { entry: entry(book, "Bert O'Neil")?.clone() }]))
        .await
}

async fn remove_several(stand: &Stand) -> Result<(), Stop> {
    let device = stand.booked().await?;
    carried_out(&device, |book| {
        let all = ["Bert O'Neil", "Dora Dent", "Ann Abbot"].iter();
        all.map(|name| Ok(EntryChange::Remove { entry: entry(book, name)?.clone() })).collect()
    })
    .await
}

async fn mixed(stand: &Stand) -> Result<(), Stop> {
    let device = stand.booked().await?;
    carried_out(&device, |book| {
        let to = EntryWanted {
            name: Some("Dora Other".into()),
            email: Some("dora.other@example.test".into()),
            ..EntryWanted::default()
        };
        Ok(vec![
            EntryChange::Add(new_person("New One", "new1@example.test")),
            rename(entry(book, "Dora Dent")?, to),
            EntryChange::Add(new_person("New Two", "new2@example.test")),
            EntryChange::Remove { entry: entry(book, "Bert O'Neil")?.clone() },
        ])
    })
    .await
}

/// A group is made of entries that are there, and its members are changed; or the driver says that it cannot.
async fn group(stand: &Stand) -> Result<(), Stop> {
    if !stand.book()?.groups {
        return Err(Stop::NotApplicable("its book has no groups".into()));
    }
    let device = stand.booked().await?;
    let before = device.truth();
    let mut expected = device.book().entries;
    let mut hand = device.hand().await?;
    let book = hand.book(&device).await?;
    let crate::Support::Yes(capabilities) = hand.driver.book() else {
        return Err("the driver says nothing of the address book".to_owned().into());
    };
    if !capabilities.edits_groups.is_yes() {
        return Err(Stop::NotApplicable(format!(
            "the driver does not edit groups: {:?}",
            capabilities.edits_groups
        )));
    }
    let ids = |names: &[&str]| -> Result<Vec<String>, Stop> {
        names.iter().map(|name| Ok(entry(&book, name)?.id.clone())).collect()
    };
    let real = |name: &str, all: &[Held]| {
        all.iter().find(|held| held.entry.name == name).map(|held| held.entry.id.clone()).unwrap_or_default()
    };
    let wanted = EntryWanted {
        kind: EntryKind::Group,
        name: Some("New Team".into()),
        members: Some(ids(&["Ann Abbot", "Dora Dent"])?),
        ..EntryWanted::default()
    };
    let to = EntryWanted {
        kind: EntryKind::Group,
        members: Some(ids(&["Bert O'Neil", "Ann Abbot"])?),
        ..EntryWanted::default()
    };
    hand.change(&book, &[EntryChange::Add(wanted), rename(entry(&book, "Team")?, to)]).await?;
    hand.book(&device).await?;
    hand.close(&device).await?;
    let of = |names: &[&str]| Some(names.iter().map(|name| real(name, &expected)).collect::<Vec<_>>());
    let (new_members, team_members) = (of(&["Ann Abbot", "Dora Dent"]), of(&["Bert O'Neil", "Ann Abbot"]));
    for held in expected.iter_mut().filter(|held| held.entry.name == "Team") {
        held.entry.members.clone_from(&team_members);
    }
    let new = BookEntry {
        kind: EntryKind::Group,
        name: "New Team".into(),
        members: new_members,
        ..BookEntry::default()
    };
    expected.push(Held { entry: new, ..Held::default() });
    device.book_is(&before, &expected)
}

async fn nothing(stand: &Stand) -> Result<(), Stop> {
    let device = stand.booked().await?;
    let (before, held) = (device.truth(), device.book().entries);
    let mut hand = device.hand().await?;
    let book = hand.book(&device).await?;
    let receipt = hand.change(&book, &[]).await?;
    hand.close(&device).await?;
    if receipt.posts > 0 {
        return Err(format!("{} request(s) for no change", receipt.posts).into());
    }
    device.book_is(&before, &held)
}

/// A session that may only read changes nothing, whatever it is asked.
async fn gate(stand: &Stand) -> Result<(), Stop> {
    let device = stand.booked().await?;
    let (before, held) = (device.truth(), device.book().entries);
    let mut hand = device.hand_as(Open { read_only: true, ..Open::default() }).await?;
    let book = hand.book(&device).await?;
    let new = EntryChange::Add(new_person("New Person", "new@example.test"));
    let receipt = hand.driver.change_book(&book, &[new], &|_| {}).await;
    if receipt.entries.iter().any(|entry| !matches!(entry, EntryReceipt::Refused(_))) {
        return Err(format!("a session that may only read gave {receipt:?}").into());
    }
    hand.close(&device).await?;
    if let Some(alters) = device.truth().log.iter().find(|seen| seen.alters) {
        return Err(format!("{} {} left a session that may only read", alters.method, alters.path).into());
    }
    device.book_is(&before, &held)
}

/// Every id, name and address that firmware may change is another one.
async fn other_ids(stand: &Stand) -> Result<(), Stop> {
    let book = stand.mixture()?;
    let device = stand.device(Setup { smtp: stand.plain(), book, renamed: true, ..Setup::default() }).await?;
    carried_out(&device, |book| {
        let to = EntryWanted { name: Some("Dora Newname".into()), ..EntryWanted::default() };
        Ok(vec![
            EntryChange::Add(new_person("New Person", "new@example.test")),
            rename(entry(book, "Dora Dent")?, to),
            EntryChange::Remove { entry: entry(book, "Bert O'Neil")?.clone() },
        ])
    })
    .await
}

/// Settings and entries are changed in one session.
async fn beside_settings(stand: &Stand) -> Result<(), Stop> {
    let device = stand.with_book(vec![person("Ann Abbot", "ann@example.test")]).await?;
    let mut hand = device.hand().await?;
    let from = hand.read().await?;
    hand.apply(&from, &super::session::new_server()).await?;
    let book = hand.book(&device).await?;
    hand.change(&book, &[EntryChange::Add(new_person("New Person", "new@example.test"))]).await?;
    hand.book(&device).await?;
    hand.reads_the_truth(&device).await?;
    hand.close(&device).await?;
    let now = device.book();
    if now.named("New Person").count() != 1 || now.named("Ann Abbot").count() != 1 {
        return Err(format!("the book holds {:?}", now.entries).into());
    }
    Ok(())
}
