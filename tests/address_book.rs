//! A device's address book through the engine, judged by what a copier of the test's own really holds: everything that can go
//! wrong between two steps.

#[path = "book/fake.rs"]
mod fake;
mod support;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use fake::{Fake, FakeVendor, Trouble};
use scanfleet::book::merge::{Base, MergeMode, MergeOptions, OnConflict};
use scanfleet::book::{Contact, ContactList};
use scanfleet::journal::{DeviceKey, RunId, RunKind};
use scanfleet::run::{
    Aim, BookAim, BookWish, DeviceOutcome, Engine, Expected, Grade, Mode, ResultKind, Task, View,
};
use scanfleet_ricoh::Ricoh;
use scanfleet_sdk::{
    BookEntry, BookWrite, Category, Certainty, EntryKind, FolderDestination, PasswordState, Section, Support,
};
use support::Bench;
use support::engine::{carry_out, secrets};

/// A workspace with one copier, whose pages nobody looks at.
struct Ward {
    bench: Bench,
    engine: Engine,
    fake: Fake,
}

impl Ward {
    async fn new() -> Self {
        let bench = Bench::single("mp-c3003").await;
        let fake = Fake::new();
        let vendor = FakeVendor { ricoh: Ricoh::default(), fake: fake.clone() };
        let engine = bench
            .engine_with(secrets(), |settings| settings.busy_wait = Duration::ZERO)
            .with_makers(vec![Arc::new(vendor)]);
        // Two people and a folder that somebody typed in at the panel.
        for entry in [
            user("Panel Pat", Some("pat@clinic.example")),
            BookEntry {
                key: Some("Quin".into()),
                favourite: Some(true),
                ..user("Quin", Some("quin@clinic.example"))
            },
            folder("Scans", PasswordState::Set),
        ] {
            fake.typed(entry);
        }
        Self { bench, engine, fake }
    }

    async fn task(&self, wish: BookWish, change: impl FnOnce(&mut BookAim)) -> Task {
        let mut device = self.bench.inventory().devices[0].clone();
        (device.model, device.serial) = (None, None);
        let admin = self.engine.secret(device.admin_secret.as_ref().unwrap(), None).await.unwrap();
        let mut book = BookAim::new(wish);
        change(&mut book);
        let aim = Aim { book: Some(book), ..Aim::default() };
        Task { device, admin: Some(admin), aim, expected: None }
    }

    async fn plan(&self, wish: BookWish) -> DeviceOutcome {
        let task = self.task(wish, |_| {}).await;
        self.engine.run(vec![task], Mode::Plan).await.remove(0)
    }

    async fn apply(&self, wish: BookWish) -> (RunId, DeviceOutcome) {
        self.apply_with(wish, |_| {}).await
    }

    async fn apply_with(&self, wish: BookWish, change: impl FnOnce(&mut BookAim)) -> (RunId, DeviceOutcome) {
        let task = self.task(wish, change).await;
        let (run, mut outcome) = carry_out(&self.engine, RunKind::Apply, vec![task]).await;
        self.engine.journal.verify().unwrap();
        (run, outcome.devices.remove(0))
    }

    async fn rollback(&self, run: RunId) -> DeviceOutcome {
        let mut inventory = self.bench.inventory();
        for device in &mut inventory.devices {
            (device.model, device.serial) = (None, None);
        }
        let restores = self.engine.before_run(run, &inventory, |_| true).await.unwrap();
        let restore = &restores.devices[0];
        let admin = self.engine.secret(restore.device.admin_secret.as_ref().unwrap(), None).await.unwrap();
        let task = restore.task(Some(admin)).unwrap();
        let (_, mut outcome) = carry_out(&self.engine, RunKind::Rollback, vec![task]).await;
        self.engine.journal.verify().unwrap();
        outcome.devices.remove(0)
    }

    fn base(&self) -> Base {
        self.engine.journal.book_base(&key(), "staff.csv").unwrap().unwrap_or_default()
    }

    /// No write of the book is left whose fate nobody knows.
    fn assert_settled(&self) {
        assert!(self.engine.journal.open_book_changes::<serde_json::Value>(&key()).unwrap().is_empty());
        assert_eq!(self.fake.count("login"), self.fake.count("close"), "somebody is logged in");
        assert_eq!(self.fake.count("smtp"), 0, "nobody asked for settings");
    }
}

fn key() -> DeviceKey {
    DeviceKey::of(Some("FAKE1"), "copier")
}

fn user(name: &str, email: Option<&str>) -> BookEntry {
    BookEntry { name: name.into(), email: email.map(str::to_owned), ..BookEntry::default() }
}

fn folder(name: &str, password: PasswordState) -> BookEntry {
    let folder = FolderDestination {
        path: r"\\files\scans".into(),
        user: "scanner".into(),
        password,
        ..FolderDestination::default()
    };
    BookEntry { folder: Some(folder), ..user(name, None) }
}

/// A list with these people; `name` or `name/group`.
fn people(names: &[&str]) -> ContactList {
    let contacts = names.iter().enumerate().map(|(at, text)| {
        let (name, group) = text.split_once('/').map_or((*text, None), |(name, group)| (name, Some(group)));
        let mut contact = Contact {
            name: name.into(),
            email: Some(format!("{}@clinic.example", name.to_lowercase().replace(' ', "."))),
            groups: group.map(str::to_owned).into_iter().collect(),
            ..Contact::default()
        };
        contact.place.line = at + 2;
        contact
    });
    ContactList {
        file: PathBuf::from("staff.csv"),
        contacts: contacts.collect(),
        has_groups: names.iter().any(|name| name.contains('/')),
        ..ContactList::default()
    }
}

fn list(names: &[&str]) -> BookWish {
    list_with(people(names), MergeOptions::default())
}

fn list_with(contacts: ContactList, options: MergeOptions) -> BookWish {
    BookWish::List { list: "staff.csv".into(), contacts: Arc::new(contacts), options }
}

#[track_caller]
fn assert_done(outcome: &DeviceOutcome, result: ResultKind) {
    assert_eq!(outcome.result, result, "{}", outcome.message);
    assert_eq!(outcome.grade, Some(Grade::Verified), "{}", outcome.message);
}

#[track_caller]
fn assert_failed(outcome: &DeviceOutcome, category: Category, words: &[&str]) {
    assert_eq!(outcome.category, Some(category), "{}", outcome.message);
    assert!(outcome.message.starts_with("Could not "), "{}", outcome.message);
    for word in words {
        assert!(outcome.message.contains(word), "`{word}` is not said: {}", outcome.message);
    }
}

fn fields(outcome: &DeviceOutcome) -> Vec<&str> {
    outcome.changes.iter().map(|c| c.field.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_comes_in_changes_and_goes_again() {
    let ward = Ward::new().await;
    let first = ward.fake.export();

    let plan = ward.plan(list(&["Ann", "Bob", "Quin"])).await;
    assert_eq!(
        (plan.result, plan.message.as_str()),
        (ResultKind::Pending, "2 address-book entries would change.")
    );
    assert_eq!(ward.fake.export(), first);

    let (run, outcome) = ward.apply(list(&["Ann", "Bob", "Quin"])).await;
    assert_done(&outcome, ResultKind::Changed);
    assert_eq!(outcome.message, "2 address-book entries changed and read back equal.");
    assert_eq!(outcome.changes, plan.changes);
    assert_eq!(ward.fake.export().len(), 5);
    // Whoever was there already is not ours.
    assert_eq!(ward.base().users.keys().collect::<Vec<_>>(), ["ann@clinic.example", "bob@clinic.example"]);
    assert!(ward.engine.journal.open_intents(&key()).unwrap().is_empty());

    let (_, again) = ward.apply(list(&["Ann", "Bob", "Quin"])).await;
    assert_eq!(again.result, ResultKind::Unchanged, "{}", again.message);

    // Bob leaves; Quin leaves the list, too, and stays: somebody else put them there.
    let (second, outcome) = ward.apply(list(&["Ann"])).await;
    assert_done(&outcome, ResultKind::Changed);
    assert_eq!(fields(&outcome), ["address_book[bob@clinic.example].name"]);
    assert_eq!(ward.fake.export().len(), 4);

    let back = ward.rollback(second).await;
    assert_done(&back, ResultKind::RolledBack);
    assert_eq!(ward.fake.export().len(), 5);
    assert_eq!(ward.base().users.len(), 2, "Bob is ours again");
    let back = ward.rollback(run).await;
    assert_done(&back, ResultKind::RolledBack);
    assert_eq!(ward.fake.export(), first, "as before the first run");
    assert!(ward.base().is_empty());
    let nothing = ward.rollback(run).await;
    assert_eq!(nothing.result, ResultKind::Unchanged, "{}", nothing.message);
    ward.assert_settled();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rollback_takes_back_what_its_run_touched_and_nothing_else() {
    let ward = Ward::new().await;
    let (_, outcome) = ward.apply(list(&["Ann", "Bob"])).await;
    assert_done(&outcome, ResultKind::Changed);
    let before = ward.fake.export();
    let mut renamed = people(&["Ann", "Cid"]);
    renamed.contacts[0].key = Some("A".into());
    let (run, outcome) = ward.apply(list_with(renamed, MergeOptions::default())).await;
    assert_done(&outcome, ResultKind::Changed);
    // Meanwhile somebody types in another entry; it stays.
    ward.fake.typed(user("Later", Some("later@clinic.example")));
    let back = ward.rollback(run).await;
    assert_done(&back, ResultKind::RolledBack);
    let mut expected = before;
    expected.push("later@clinic.example;Later;;false;;".into());
    expected.sort();
    assert_eq!(ward.fake.export(), expected);
    ward.assert_settled();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn groups_follow_their_people_there_and_back() {
    let ward = Ward::new().await;
    for told in [true, false] {
        ward.fake.with(|copier| copier.told.members = told);
        let first = ward.fake.export();
        let (run, outcome) = ward.apply(list(&["Ann/Nurses", "Bob/Nurses", "Cid"])).await;
        assert_done(&outcome, ResultKind::Changed);
        assert_eq!(outcome.message, "4 address-book entries changed and read back equal.");
        assert!(ward.fake.export().iter().any(|line| line.ends_with("Nurses;;false;;Ann+Bob")));
        // Bob leaves; the device takes him out of his groups, one of them typed in at the panel.
        let ids = |copier: &mut fake::Copier| {
            copier
                .entries
                .iter()
                .filter(|e| ["Bob", "Quin"].contains(&e.name.as_str()))
                .map(|e| e.id.clone())
                .collect()
        };
        let members = ward.fake.with(ids);
        ward.fake.typed(BookEntry {
            kind: EntryKind::Group,
            members: Some(members),
            ..user("Panel group", None)
        });
        let between = ward.fake.export();
        let (second, outcome) = ward.apply(list(&["Ann/Nurses", "Cid"])).await;
        assert_done(&outcome, ResultKind::Changed);
        let back = ward.rollback(second).await;
        assert_done(&back, ResultKind::RolledBack);
        assert_eq!(sorted_members(ward.fake.export()), sorted_members(between), "members told: {told}");
        ward.fake.with(|copier| copier.entries.retain(|e| e.name != "Panel group"));
        let back = ward.rollback(run).await;
        assert_done(&back, ResultKind::RolledBack);
        assert_eq!(ward.fake.export(), first);
    }
    ward.assert_settled();
}

/// Members are compared as a set: who came back stands last.
fn sorted_members(lines: Vec<String>) -> Vec<String> {
    let sorted = |line: &String| {
        let (head, members) = line.rsplit_once(';').unwrap();
        let mut members: Vec<&str> = members.split('+').collect();
        members.sort_unstable();
        format!("{head};{}", members.join("+"))
    };
    lines.iter().map(sorted).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_book_in_use_is_tried_again_at_the_end_and_then_busy() {
    let ward = Ward::new().await;
    let first = ward.fake.export();
    ward.fake.trouble(Trouble::Busy);
    let (run, outcome) = ward.apply(list(&["Ann", "Bob"])).await;
    assert_done(&outcome, ResultKind::Changed);
    assert_eq!(ward.fake.count("login"), 2);
    assert_eq!(ward.engine.journal.results(&run).unwrap()[0].result, ResultKind::Changed);
    ward.rollback(run).await;
    assert_eq!(ward.fake.export(), first);

    ward.fake.trouble(Trouble::Busy);
    ward.fake.trouble(Trouble::Busy);
    let (run, outcome) = ward.apply(list(&["Ann", "Bob"])).await;
    assert_failed(&outcome, Category::Busy, &["somebody edits the address book"]);
    assert!(outcome.changes.is_empty());
    assert_eq!(ward.fake.export(), first);
    assert!(ward.base().is_empty());
    let nothing = ward.engine.before_run(run, &ward.bench.inventory(), |_| true).await.unwrap_err();
    assert!(nothing.to_string().contains("changed no device"), "{nothing}");
    ward.assert_settled();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_answer_is_settled_by_reading_and_never_sent_again() {
    for stored in [true, false] {
        let ward = Ward::new().await;
        let first = ward.fake.export();
        ward.fake.trouble(Trouble::Lost { at: 1, stored });
        let (run, outcome) = ward.apply(list(&["Ann", "Bob", "Cid", "Dan"])).await;
        assert_eq!(ward.fake.count("add Bob"), 1, "sent again");
        assert_eq!(ward.fake.count("add "), 4, "the rest went on");
        if stored {
            assert_done(&outcome, ResultKind::Changed);
            assert!(outcome.notes.iter().any(|note| note.contains("was lost")), "{:?}", outcome.notes);
        } else {
            assert_failed(
                &outcome,
                Category::NotApplied,
                &["1 of 4", "Bob <bob@clinic.example>", "the answer was lost", "3 entries"],
            );
            assert!(!fields(&outcome).iter().any(|field| field.contains("bob@")), "{:?}", outcome.changes);
            assert!(fields(&outcome).contains(&"address_book[dan@clinic.example].name"));
            assert_eq!(ward.base().users.len(), 3);
            // The next run does what is missing.
            let (_, next) = ward.apply(list(&["Ann", "Bob", "Cid", "Dan"])).await;
            assert_done(&next, ResultKind::Changed);
            assert_eq!(next.message, "1 address-book entry changed and read back equal.");
            ward.fake.with(|copier| copier.entries.retain(|e| e.name != "Bob"));
        }
        let back = ward.rollback(run).await;
        assert_done(&back, ResultKind::RolledBack);
        assert_eq!(ward.fake.export(), first);
        ward.assert_settled();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_ends_in_the_middle_goes_on_once_after_a_fresh_reading() {
    let ward = Ward::new().await;
    ward.fake.trouble(Trouble::Ended { at: 2 });
    let (_, outcome) = ward.apply(list(&["Ann", "Bob", "Cid", "Dan"])).await;
    // The one that met the end of the session was answered with no success, and is not sent twice in one run.
    assert_failed(&outcome, Category::Interrupted, &["1 of 4", "Cid", "the session ended"]);
    assert_eq!(ward.fake.count("add "), 3);
    let (_, next) = ward.apply(list(&["Ann", "Bob", "Cid", "Dan"])).await;
    assert_done(&next, ResultKind::Changed);

    ward.fake.trouble(Trouble::Ended { at: 1 });
    ward.fake.trouble(Trouble::Ended { at: 0 });
    let (_, outcome) = ward.apply(list(&["Ann", "Bob", "Cid", "Dan", "Eve", "Fay", "Gus", "Hal"])).await;
    assert_failed(&outcome, Category::Interrupted, &["3 of 4", "Fay", "Gus", "Hal"]);
    assert_eq!(outcome.changes.iter().filter(|c| c.field.ends_with("].name")).count(), 1);
    assert_eq!(ward.base().users.len(), 5);
    ward.assert_settled();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_read_back_is_believed() {
    let ward = Ward::new().await;
    let first = ward.fake.export();
    ward.fake.trouble(Trouble::Dropped { at: 0 });
    let (_, outcome) = ward.apply(list(&["Ann", "Bob"])).await;
    assert_failed(&outcome, Category::NotApplied, &["1 of 2", "Ann <ann@clinic.example>", "1 entry"]);
    assert_eq!(outcome.grade, None);
    assert!(fields(&outcome).iter().all(|field| field.contains("bob@")), "{:?}", outcome.changes);

    ward.fake.trouble(Trouble::Refused { at: 0 });
    let (run, outcome) = ward.apply(list(&["Ann", "Bob", "Cid"])).await;
    assert_failed(&outcome, Category::Rejected, &["1 of 2", "does not like it"]);
    assert_done(&ward.rollback(run).await, ResultKind::RolledBack);

    // An entry of somebody else's that goes with the change is a failure of its own.
    ward.fake.trouble(Trouble::Takes { name: "Panel Pat" });
    let (run, outcome) = ward.apply(list(&["Ann", "Bob"])).await;
    assert_failed(&outcome, Category::NotApplied, &["Panel Pat"]);
    assert!(!first.is_empty() && ward.fake.export().iter().all(|line| !line.contains("Panel Pat")));
    assert_done(&ward.rollback(run).await, ResultKind::RolledBack);
    ward.assert_settled();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_book_that_cannot_be_read_back_is_unconfirmed_and_read_first_next_time() {
    let ward = Ward::new().await;
    let first = ward.fake.export();
    ward.fake.trouble(Trouble::Unreadable);
    let (run, outcome) = ward.apply(list(&["Ann", "Bob"])).await;
    assert_failed(&outcome, Category::Unconfirmed, &["read the address book back", "nobody answers"]);
    assert!(ward.base().is_empty(), "nothing is remembered that was not read");
    ward.fake.with(fake::Copier::heal);
    let (_, outcome) = ward.apply(list(&["Ann"])).await;
    assert_done(&outcome, ResultKind::Changed);
    assert_eq!(fields(&outcome), ["address_book[bob@clinic.example].name"], "Bob was ours");
    assert_eq!(ward.base().users.len(), 1);
    assert_done(&ward.rollback(run).await, ResultKind::RolledBack);
    assert_eq!(ward.fake.export(), first);
    ward.assert_settled();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_died_in_the_middle_is_caught_up_with() {
    for at in [0, 1, 2] {
        let ward = Ward::new().await;
        let first = ward.fake.export();
        ward.fake.trouble(Trouble::Dies { at });
        let (run, outcome) = ward.apply(list(&["Ann", "Bob", "Cid"])).await;
        assert_eq!(outcome.result, ResultKind::Failed, "{}", outcome.message);
        assert_eq!(ward.fake.count("add "), at);
        assert!(ward.base().is_empty());
        // A rollback of the dead run finds what it left.
        let back = ward.rollback(run).await;
        let expected = if at == 0 { ResultKind::Unchanged } else { ResultKind::RolledBack };
        assert_eq!(back.result, expected, "{}", back.message);
        assert_eq!(ward.fake.export(), first);

        ward.fake.trouble(Trouble::Dies { at });
        ward.apply(list(&["Ann", "Bob", "Cid"])).await;
        let (_, outcome) = ward.apply(list(&["Bob", "Cid"])).await;
        assert_done(&outcome, ResultKind::Changed);
        assert!(!ward.fake.export().iter().any(|line| line.contains("Ann")), "Ann was ours");
        assert_eq!(ward.base().users.len(), 2);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_changed_since_the_plan_stops_it_before_anything_is_written() {
    let ward = Ward::new().await;
    ward.apply(list(&["Ann", "Bob"])).await;
    let plan = ward.plan(list(&["Ann"])).await;
    assert_eq!(plan.result, ResultKind::Pending);
    ward.fake
        .with(|copier| copier.entries.iter_mut().find(|e| e.name == "Bob").unwrap().name = "Bobby".into());
    let before = ward.fake.export();
    let mut task = ward.task(list(&["Ann"]), |_| {}).await;
    task.expected = Some(Expected { model: None, serial: plan.serial, changes: Some(plan.changes) });
    let (_, mut outcome) = carry_out(&ward.engine, RunKind::Apply, vec![task]).await;
    let outcome = outcome.devices.remove(0);
    assert_failed(&outcome, Category::Interrupted, &["nothing was written"]);
    assert_eq!(ward.fake.export(), before);
    ward.assert_settled();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conflict_stops_the_device_until_somebody_decides() {
    let ward = Ward::new().await;
    let mut people_now = people(&["Ann", "Bob"]);
    ward.apply(list_with(people_now.clone(), MergeOptions::default())).await;
    ward.fake.with(|copier| {
        copier.entries.iter_mut().find(|e| e.name == "Ann").unwrap().name = "Ann at the panel".into()
    });
    people_now.contacts[0].name = "Ann in the list".into();
    let before = ward.fake.export();
    let (_, outcome) = ward.apply(list_with(people_now.clone(), MergeOptions::default())).await;
    assert_failed(&outcome, Category::Interrupted, &["on_conflict", "nothing was written"]);
    assert_eq!(outcome.conflicts.len(), 1);
    assert_eq!(outcome.conflicts[0].field, "address_book[ann@clinic.example].name");
    assert_eq!(ward.fake.export(), before);
    let options = |on_conflict| MergeOptions { on_conflict, ..MergeOptions::default() };
    let (_, kept) = ward.apply(list_with(people_now.clone(), options(OnConflict::KeepDevice))).await;
    assert_eq!(kept.result, ResultKind::Unchanged, "{}", kept.message);
    assert_eq!(kept.conflicts.len(), 1, "it is shown");
    let (_, used) = ward.apply(list_with(people_now, options(OnConflict::UseList))).await;
    assert_done(&used, ResultKind::Changed);
    assert!(ward.fake.export().iter().any(|line| line.contains("Ann in the list")));
    ward.assert_settled();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn entries_of_others_go_only_when_somebody_has_agreed_and_come_back() {
    let ward = Ward::new().await;
    let first = ward.fake.export();
    let exact = || {
        list_with(
            people(&["Ann", "Quin"]),
            MergeOptions { mode: MergeMode::Exact, ..MergeOptions::default() },
        )
    };
    let plan = ward.plan(exact()).await;
    assert_eq!(plan.foreign_removed, 1);
    assert!(plan.message.contains("1 entry of others would go"), "{}", plan.message);
    let (_, refused) = ward.apply(exact()).await;
    assert_failed(&refused, Category::Unsupported, &["1 entry", "--yes"]);
    assert_eq!(ward.fake.export(), first);
    let (run, outcome) = ward.apply_with(exact(), |book| book.may_remove_foreign = true).await;
    assert_done(&outcome, ResultKind::Changed);
    assert!(ward.fake.export().iter().any(|line| line.contains("Scans")), "a folder without address stays");
    assert!(!ward.fake.export().iter().any(|line| line.contains("Panel Pat")));
    assert_done(&ward.rollback(run).await, ResultKind::RolledBack);
    assert_eq!(ward.fake.export(), first);
    ward.assert_settled();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_snapshot_brings_the_whole_book_back_with_consent() {
    let ward = Ward::new().await;
    let first = ward.fake.export();
    let mut device = ward.bench.inventory().devices[0].clone();
    (device.model, device.serial) = (None, None);
    let admin = ward.engine.secret(device.admin_secret.as_ref().unwrap(), None).await.unwrap();
    let view = ward.engine.view(&device, Some(&admin), View::Book).await.unwrap();
    assert_eq!(view.address_book.as_ref().unwrap().entries.len(), 3);
    let kept = ward.engine.keep(&view).await.unwrap();
    assert_eq!(kept.iter().map(|(section, _)| *section).collect::<Vec<_>>(), [Section::AddressBook]);
    ward.apply(list(&["Ann", "Bob"])).await;
    ward.fake.with(|copier| copier.entries.retain(|e| e.name != "Panel Pat"));
    let snapshot = ward.engine.journal.snapshot(&kept[0].1.to_string()).unwrap();
    let restore = ward.engine.restore(device, snapshot, None).await.unwrap();
    let task = restore.task(Some(admin)).unwrap();
    let (_, refused) = carry_out(&ward.engine, RunKind::Restore, vec![task.clone()]).await;
    assert_failed(&refused.devices[0], Category::Unsupported, &["2 entries", "--yes"]);
    let mut agreed = task;
    agreed.aim.book.as_mut().unwrap().may_remove_foreign = true;
    let (_, restored) = carry_out(&ward.engine, RunKind::Restore, vec![agreed]).await;
    assert_done(&restored.devices[0], ResultKind::RolledBack);
    assert_eq!(ward.fake.export(), first);
    assert!(ward.base().is_empty(), "nobody is ours any more");
    ward.assert_settled();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_come_back_is_named_before_it_begins() {
    let ward = Ward::new().await;
    let with_folder = |copier: &mut fake::Copier| {
        let ann = copier.entries.iter_mut().find(|e| e.name == "Ann").unwrap();
        ann.folder = folder("x", PasswordState::Set).folder;
    };
    ward.apply(list(&["Ann", "Bob"])).await;
    ward.fake.with(with_folder);
    let before = ward.fake.export();
    let options =
        MergeOptions { on_conflict: OnConflict::UseList, mode: MergeMode::Exact, ..MergeOptions::default() };
    let wish = list_with(people(&["Bob", "Quin", "Panel Pat"]), options);
    let (run, outcome) = ward.apply_with(wish, |book| book.may_remove_foreign = true).await;
    assert_eq!(outcome.result, ResultKind::Changed, "{}", outcome.message);
    let field = "address_book[ann@clinic.example].folder.password";
    let restores = ward.engine.before_run(run, &ward.bench.inventory(), |_| true).await.unwrap();
    let task = restores.devices[0].task(None).unwrap();
    if before == ward.fake.export() {
        panic!("Ann should be gone");
    }
    assert_eq!(task.aim.unrestorable, [field]);
    assert!(task.aim.unrestorable_because.as_ref().unwrap().contains("type it in"));
    // Somebody else has Ann's number by now.
    let number = 4;
    ward.fake.typed(BookEntry { number: Some(number), ..user("Zoe", Some("zoe@clinic.example")) });
    let back = ward.rollback(run).await;
    assert_done(&back, ResultKind::RolledBack);
    assert_eq!(back.unrestorable, [field, "address_book[ann@clinic.example].number"]);
    assert!(ward.fake.export().iter().any(|line| line.contains("Ann") && line.contains("files")));
    ward.assert_settled();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn passwords_that_a_new_file_would_lose_are_refused_by_name() {
    let ward = Ward::new().await;
    ward.fake
        .with(|copier| copier.capabilities.write = Support::Yes(BookWrite::Import { loses_passwords: true }));
    let (run, added) = ward.apply(list(&["Ann", "Bob"])).await;
    assert_done(&added, ResultKind::Changed);
    let before = ward.fake.export();
    let plan = ward.plan(list(&["Ann"])).await;
    assert_failed(&plan, Category::Unsupported, &["Scans", "--yes-lose-passwords", "nothing was written"]);
    let (_, refused) = ward.apply(list(&["Ann"])).await;
    assert_failed(&refused, Category::Unsupported, &["Scans"]);
    assert_eq!(ward.fake.export(), before);
    let (second, agreed) = ward.apply_with(list(&["Ann"]), |book| book.may_lose_passwords = true).await;
    assert_done(&agreed, ResultKind::Changed);
    let restores = ward.engine.before_run(second, &ward.bench.inventory(), |_| true).await.unwrap();
    let task = restores.devices[0].task(None).unwrap();
    assert_eq!(task.aim.unrestorable, ["address_book[Scans].folder.password"]);
    assert_ne!(run, second);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_goes_everywhere_and_its_base_with_it() {
    let ward = Ward::new().await;
    ward.apply(list(&["Ann", "Bob"])).await;
    let before = ward.fake.export();
    let wish = || BookWish::Without { address: "ANN@clinic.example".into() };
    let (run, outcome) = ward.apply(wish()).await;
    assert_done(&outcome, ResultKind::Changed);
    assert_eq!(fields(&outcome), ["address_book[ann@clinic.example].name"]);
    assert_eq!(ward.base().users.len(), 1);
    let (_, again) = ward.apply(wish()).await;
    assert_eq!(again.result, ResultKind::Unchanged);
    assert_done(&ward.rollback(run).await, ResultKind::RolledBack);
    assert_eq!(ward.fake.export(), before);
    assert_eq!(ward.base().users.len(), 2);
    ward.assert_settled();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn values_that_the_list_of_entries_does_not_tell_are_read_from_the_entry() {
    let ward = Ward::new().await;
    ward.fake.with(|copier| copier.told.key = false);
    let mut keyed = people(&["Ann"]);
    keyed.contacts[0].key = Some("A".into());
    let (run, outcome) = ward.apply(list_with(keyed.clone(), MergeOptions::default())).await;
    assert_done(&outcome, ResultKind::Changed);
    assert!(ward.fake.count("entry Ann") > 0, "the key was looked for");
    let (_, again) = ward.apply(list_with(keyed, MergeOptions::default())).await;
    assert_eq!(again.result, ResultKind::Unchanged, "{}", again.message);
    assert_done(&ward.rollback(run).await, ResultKind::RolledBack);
    ward.assert_settled();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_path_that_is_assumed_is_proven_by_reading_back() {
    let ward = Ward::new().await;
    ward.fake.with(|copier| copier.certainty = Certainty::Assumed);
    let plan = ward.plan(list(&["Ann"])).await;
    assert!(
        plan.notes.iter().any(|note| note.contains("address book is partly assumed")),
        "{:?}",
        plan.notes
    );
    ward.fake.trouble(Trouble::Dropped { at: 0 });
    ward.apply(list(&["Ann"])).await;
    assert!(ward.engine.journal.proofs().unwrap().is_empty());
    let (_, outcome) = ward.apply(list(&["Ann"])).await;
    assert_done(&outcome, ResultKind::Changed);
    assert_eq!(ward.engine.journal.proofs().unwrap()[0].section, "address_book");
    ward.assert_settled();
}
