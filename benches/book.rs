//! Address books of 2,000 entries: read from each maker's copier, planned over many copiers, and merged.
//!
//! The copiers run in the same process, so their work is measured too.

use std::hint::black_box;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use scanfleet::book::merge::{Base, MergeOptions, merge};
use scanfleet::book::{Contact, ContactList};
use scanfleet::inventory::Inventory;
use scanfleet::journal::Journal;
use scanfleet::run::{Aim, BookAim, BookWish, Engine, Mode, ResultKind, Settings, Silent, Task, View};
use scanfleet::secrets::{Backend, Secrets, SecretsConfig};
use scanfleet_mocks::{Lab, LabSpec};
use scanfleet_sdk::{Book, BookCapabilities, BookEntry, BookTold, BookWrite, Support};

struct Fleet {
    lab: Lab,
    engine: Engine,
    inventory: Inventory,
    _workspace: tempfile::TempDir,
}

async fn fleet(spec: LabSpec) -> Fleet {
    let lab = Lab::start(spec).await.unwrap();
    let workspace = tempfile::tempdir().unwrap();
    let inventory = Inventory::load(&lab.write_workspace(workspace.path()).unwrap()).unwrap();
    let journal = Journal::open(&workspace.path().join(".scanfleet")).unwrap();
    let secrets =
        Secrets::open(SecretsConfig { index_dir: Some(workspace.path().into()), backend: Backend::Memory })
            .unwrap();
    let engine = Engine::new(journal, secrets, Settings::default(), Arc::new(Silent));
    Fleet { lab, engine, inventory, _workspace: workspace }
}

/// `cargo bench` says so; as a test, each runs once and small.
fn measured() -> bool {
    std::env::args().any(|arg| arg == "--bench")
}

fn contact(name: &str, email: &str) -> Contact {
    Contact { name: name.into(), email: Some(email.into()), ..Contact::default() }
}

fn list(contacts: Vec<Contact>) -> ContactList {
    ContactList { file: PathBuf::from("contacts.csv"), contacts, ..ContactList::default() }
}

fn readings(c: &mut Criterion) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let entries = if measured() { 2_000 } else { 60 };
    let mut group = c.benchmark_group("read an address book");
    group.sample_size(10).measurement_time(Duration::from_secs(10));
    for profile in ["im-c4500", "altalink-c8155", "mfc-l8900cdw"] {
        let fleet = runtime.block_on(fleet(LabSpec::single(profile).with_books(entries)));
        let device = fleet.inventory.devices[0].clone();
        let reference = device.admin_secret.clone().unwrap();
        let admin = runtime.block_on(fleet.engine.secret(&reference, None)).unwrap();
        let holds = fleet.lab.device("copier").book().entries().len();
        group.bench_function(format!("{profile}, {holds} entries"), |b| {
            b.to_async(&runtime).iter(|| async {
                let view = fleet.engine.view(&device, Some(&admin), View::Book).await.unwrap();
                assert!(view.address_book.is_some());
            });
        });
        runtime.block_on(fleet.lab.shutdown());
    }
    group.finish();
}

fn plans(c: &mut Criterion) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (copiers, entries) = if measured() { (25, 2_000) } else { (2, 60) };
    let fleet = runtime.block_on(fleet(LabSpec::of(copiers).with_books(entries)));
    let wish = BookWish::List {
        list: "contacts.csv".into(),
        contacts: Arc::new(list(vec![contact("Newcomer", "newcomer@northshore.example")])),
        options: MergeOptions::default(),
    };
    let mut tasks = Vec::new();
    for device in &fleet.inventory.devices {
        let reference = device.admin_secret.clone().unwrap();
        let admin = Some(runtime.block_on(fleet.engine.secret(&reference, None)).unwrap());
        let aim = Aim { book: Some(BookAim::new(wish.clone())), ..Aim::default() };
        tasks.push(Task { device: device.clone(), admin, aim, expected: None });
    }
    let mut group = c.benchmark_group("plan an address book");
    group.sample_size(10).measurement_time(Duration::from_secs(20));
    group.bench_function(format!("{copiers} copiers, {entries} entries"), |b| {
        b.to_async(&runtime).iter(|| async {
            let outcomes = fleet.engine.run(tasks.clone(), Mode::Plan).await;
            assert!(outcomes.iter().all(|o| o.result == ResultKind::Pending), "{:?}", outcomes[0]);
        });
    });
    group.finish();
    runtime.block_on(fleet.lab.shutdown());
}

fn capabilities() -> BookCapabilities {
    BookCapabilities {
        write: Support::Yes(BookWrite::Entries),
        users: None,
        groups: None,
        name_limit: Some(20),
        key_limit: Some(16),
        email_limit: Some(128),
        has_key: true,
        has_favourite: true,
        has_number: true,
        edits_groups: Support::Yes(()),
        encoding: None,
    }
}

fn merges(c: &mut Criterion) {
    let entry = |n: usize| BookEntry {
        id: n.to_string(),
        name: format!("Person {n}"),
        email: Some(format!("person{n}@northshore.example")),
        ..BookEntry::default()
    };
    let theirs =
        Book { entries: (0..2_000).map(entry).collect(), told: BookTold::default(), ..Book::default() };
    // A tenth of the list has other names, a tenth is new.
    let rows = (0..2_000).map(|n| match n % 10 {
        0 => contact(&format!("Renamed {n}"), &format!("person{n}@northshore.example")),
        1 => contact(&format!("New {n}"), &format!("new{n}@northshore.example")),
        _ => contact(&format!("Person {n}"), &format!("person{n}@northshore.example")),
    });
    let (ours, options, capabilities) = (list(rows.collect()), MergeOptions::default(), capabilities());
    c.bench_function("merge a list of 2,000 into a book of 2,000", |b| {
        b.iter(|| {
            let merged = merge(&Base::default(), black_box(&theirs), &ours, &options, &capabilities).unwrap();
            assert_eq!(merged.users.len(), 400);
        });
    });
}

criterion_group!(benches, merges, readings, plans);
criterion_main!(benches);
