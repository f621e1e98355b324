//! The story of an address book on every copier of the lab whose driver knows address books: a list comes in, one line of it
//! changes, what people typed at the panel stays, and every rollback gives back what was there before.

mod support;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use scanfleet::book::merge::MergeOptions;
use scanfleet::book::{Contact, ContactList};
use scanfleet::journal::{DeviceKey, RunId, RunKind};
use scanfleet::run::{Aim, BookAim, BookWish, DeviceOutcome, Engine, Mode, ResultKind, Task, View};
use scanfleet_mocks::{
    BookEntry, DeviceHandle, DeviceSpec, Fault, FaultKind, LabSpec, MakerProfile, Profile,
};
use support::Bench;
use support::engine::{carry_out, rollback, secrets};

async fn bench(profile: &str, entries: usize) -> Bench {
    let mut spec = LabSpec::single(profile);
    let device = DeviceSpec::new("copier", MakerProfile::named(profile)).with_book(entries);
    spec.devices[0].book = device.book;
    Bench::of(spec).await
}

fn engine(bench: &Bench) -> Engine {
    bench.engine_with(secrets(), |settings| settings.busy_wait = Duration::ZERO)
}

/// The book as an export has it: without what the device makes itself, sorted.
fn export(device: &DeviceHandle) -> Vec<String> {
    let book = device.book();
    let line = |entry: &BookEntry| {
        let name = |id: &u64| book.entry(*id).map_or("?".to_owned(), |e| e.name.clone());
        let mut members: Vec<String> = entry.members.iter().map(name).collect();
        members.sort();
        let folder = entry.folder.as_ref().map(|f| f.path.clone()).unwrap_or_default();
        let BookEntry { email, name, key_display, fax, frequent, .. } = entry;
        format!("{email};{name};{key_display};{fax};{frequent};{folder};{}", members.join("+"))
    };
    let mut lines: Vec<String> = book.entries().iter().map(line).collect();
    lines.sort();
    lines
}

fn people(rows: &[(&str, &str, &str)]) -> BookWish {
    let contacts = rows.iter().enumerate().map(|(at, (name, email, group))| {
        let mut contact = Contact {
            name: (*name).into(),
            email: Some((*email).into()),
            groups: Some((*group).to_owned()).filter(|g| !g.is_empty()).into_iter().collect(),
            ..Contact::default()
        };
        contact.place.line = at + 2;
        contact
    });
    let list = ContactList {
        file: PathBuf::from("contacts.csv"),
        contacts: contacts.collect(),
        has_groups: rows.iter().any(|row| !row.2.is_empty()),
        ..ContactList::default()
    };
    BookWish::List { list: "contacts.csv".into(), contacts: Arc::new(list), options: MergeOptions::default() }
}

async fn task(bench: &Bench, engine: &Engine, wish: BookWish) -> Task {
    let device = bench.inventory().devices[0].clone();
    let admin = engine.secret(device.admin_secret.as_ref().unwrap(), None).await.unwrap();
    let aim = Aim { book: Some(BookAim::new(wish)), ..Aim::default() };
    Task { device, admin: Some(admin), aim, expected: None }
}

async fn apply(bench: &Bench, engine: &Engine, wish: BookWish) -> (RunId, DeviceOutcome) {
    let task = task(bench, engine, wish).await;
    let (run, mut outcome) = carry_out(engine, RunKind::Apply, vec![task]).await;
    (run, outcome.devices.remove(0))
}

#[track_caller]
fn assert_result(profile: &str, outcome: &DeviceOutcome, result: ResultKind) {
    assert_eq!(outcome.result, result, "{profile}: {}\n{:?}", outcome.message, outcome.notes);
}

const FIRST: [(&str, &str, &str); 4] = [
    ("Ann O'Neil", "ann.oneil@northshore.example", "Radiology"),
    ("Bob Söder", "bob@northshore.example", "Radiology"),
    ("Cid", "cid@northshore.example", ""),
    ("Dan & Sons", "dan@northshore.example", ""),
];

/// One line edited, one gone, one new.
const SECOND: [(&str, &str, &str); 4] = [
    ("Ann Oakley", "ann.oneil@northshore.example", "Radiology"),
    ("Bob Söder", "bob@northshore.example", "Radiology"),
    ("Dan & Sons", "dan@northshore.example", ""),
    ("Eve", "eve@northshore.example", ""),
];

async fn story(profile: &str) {
    let bench = bench(profile, 30).await;
    let engine = engine(&bench);
    let copier = bench.copier();
    let first = export(&copier);

    let plan = {
        let task = task(&bench, &engine, people(&FIRST)).await;
        engine.run(vec![task], Mode::Plan).await.remove(0)
    };
    assert_result(profile, &plan, ResultKind::Pending);
    assert_eq!((export(&copier), copier.state().writes), (first.clone(), 0), "{profile}: a plan wrote");
    let (run, outcome) = apply(&bench, &engine, people(&FIRST)).await;
    assert_result(profile, &outcome, ResultKind::Changed);
    assert_eq!(outcome.changes, plan.changes, "{profile}");
    let added = export(&copier);
    assert_eq!(added.len(), first.len() + 5, "{profile}: four people and a group");
    assert!(first.iter().all(|line| added.contains(line)), "{profile}: an entry of others changed");
    let (_, again) = apply(&bench, &engine, people(&FIRST)).await;
    assert_result(profile, &again, ResultKind::Unchanged);

    // Somebody types an entry at the panel; the list changes.
    copier.panel_book(|book| book.add(BookEntry::person("Panel Pat", "pat@northshore.example"))).unwrap();
    let between = export(&copier);
    let (second, outcome) = apply(&bench, &engine, people(&SECOND)).await;
    assert_result(profile, &outcome, ResultKind::Changed);
    let now = export(&copier);
    assert!(now.iter().any(|line| line.contains("Panel Pat")), "{profile}");
    assert!(first.iter().all(|line| now.contains(line)), "{profile}: an entry of others changed");
    assert!(
        now.iter().any(|line| line.contains("Ann Oakley")) && !now.iter().any(|line| line.contains("Cid"))
    );
    assert!(!copier.book_is_open(), "{profile}: an edit was left open");

    let back = rollback(&bench, &engine, second).await.devices.remove(0);
    assert_result(profile, &back, ResultKind::RolledBack);
    assert_eq!(export(&copier), between, "{profile}: the second run taken back");
    let back = rollback(&bench, &engine, run).await.devices.remove(0);
    assert_result(profile, &back, ResultKind::RolledBack);
    let mut expected = first;
    expected.extend(between.iter().filter(|line| line.contains("Panel Pat")).cloned());
    expected.sort();
    assert_eq!(export(&copier), expected, "{profile}: the first run taken back");
    bench.assert_nobody_logged_in();
    let info = copier.info();
    let key = DeviceKey::of(Some(&info.serial), &info.name);
    assert!(engine.journal.open_intents(&key).unwrap().is_empty(), "{profile}");
    engine.journal.verify().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_ricoh_of_the_lab() {
    for profile in Profile::NAMES {
        story(profile).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_brother_of_the_lab() {
    story("mfc-l8900cdw").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_view_of_the_book_writes_nothing_and_is_kept() {
    for profile in Profile::NAMES {
        let bench = bench(profile, 120).await;
        let engine = engine(&bench);
        let device = bench.inventory().devices[0].clone();
        let admin = engine.secret(device.admin_secret.as_ref().unwrap(), None).await.unwrap();
        let view = engine.view(&device, Some(&admin), View::Book).await.unwrap();
        assert_eq!(view.address_book.as_ref().unwrap().entries.len(), 120, "{profile}");
        assert!(view.smtp.is_none());
        let kept = engine.keep(&view).await.unwrap();
        let snapshot = engine.journal.snapshot(&kept[0].1.to_string()).unwrap();
        assert_eq!(snapshot.typed["entries"].as_array().unwrap().len(), 120);
        assert_eq!(bench.copier().state().writes, 0);
        bench.assert_nobody_logged_in();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_book_that_somebody_edits_at_the_panel_is_busy_and_left_alone() {
    for profile in Profile::NAMES {
        let bench = bench(profile, 10).await;
        let engine = engine(&bench);
        let copier = bench.copier();
        let before = export(&copier);
        copier.panel_book(|book| book.locked_by = Some("the panel".into()));
        let (_, outcome) = apply(&bench, &engine, people(&FIRST)).await;
        assert_eq!(outcome.category, Some(scanfleet_sdk::Category::Busy), "{profile}: {}", outcome.message);
        assert_eq!(export(&copier), before, "{profile}");
        assert!(outcome.changes.is_empty());
        copier.panel_book(|book| book.locked_by = None);
        let (_, outcome) = apply(&bench, &engine, people(&FIRST)).await;
        assert_result(profile, &outcome, ResultKind::Changed);
        bench.assert_nobody_logged_in();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_whose_answer_is_lost_is_settled_by_reading() {
    for profile in Profile::NAMES {
        let bench = bench(profile, 10).await;
        let engine = engine(&bench);
        let copier = bench.copier();
        let first = export(&copier);
        copier.fault(Fault::new(FaultKind::LostReply).times(1).on("etUserWizard").after(2));
        let (run, outcome) = apply(&bench, &engine, people(&FIRST)).await;
        // Whatever came of it, what is said to be there is there, and it can be taken back.
        let named = |line: &&String| {
            outcome
                .changes
                .iter()
                .any(|c| c.field.ends_with("].name") && line.contains(c.after.as_str().unwrap_or("?")))
        };
        let now = export(&copier);
        let new = now.iter().filter(|line| !first.contains(line));
        assert_eq!(new.clone().count(), new.filter(named).count(), "{profile}: {}", outcome.message);
        copier.clear_faults();
        let (_, second) = apply(&bench, &engine, people(&FIRST)).await;
        assert_ne!(second.result, ResultKind::Failed, "{profile}: {}", second.message);
        if let Ok(restores) = engine.before_run(run, &bench.inventory(), |_| true).await {
            assert_eq!(restores.devices.len(), 1);
        }
        assert!(!copier.book_is_open(), "{profile}: an edit was left open");
        bench.assert_nobody_logged_in();
    }
}

const PLAYBOOK: &str = "name: The right people\nplays:\n  - address_book: { from: contacts.csv }\n";

fn write_list(bench: &Bench, rows: &[(&str, &str, &str)]) {
    let rows: String = rows.iter().map(|(name, email, group)| format!("{name},{email},{group}\n")).collect();
    bench.write("contacts.csv", &format!("name,email,group\n{rows}"));
}

/// The program itself: export, one line edited, plan, apply of the plan, export, rollback, and the first export again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_program_from_a_first_export_to_the_same_export_again() {
    for profile in [Profile::NAMES[0], "mfc-l8900cdw"] {
        let bench = bench(profile, 12).await;
        bench.write("people.yaml", PLAYBOOK);
        let export = || async { bench.run(&["book", "export", "copier"]).await.code(0).out };
        let first = export().await;
        write_list(&bench, &FIRST);
        let plan = bench.json(&["plan", "people.yaml", "-o", "plan.json", "--detailed-exitcode"], 4).await;
        assert_eq!(plan["counts"], serde_json::json!({"pending": 1, "total": 1}), "{profile}: {plan:#}");
        assert_eq!(export().await, first, "{profile}: a plan changes nothing");
        // What is carried out is what was planned, whatever becomes of the list.
        write_list(&bench, &FIRST[..1]);
        let applied = bench.json(&["apply", "plan.json", "--yes"], 0).await;
        assert_eq!(applied["devices"][0]["result"], "changed", "{profile}: {applied:#}");
        assert_eq!(applied["devices"][0]["grade"], "verified");
        assert_eq!(applied["devices"][0]["changes"], plan["devices"][0]["changes"]);
        let shown = bench.json(&["show", "copier", "--section", "address_book"], 0).await;
        assert_eq!(shown["address_book"]["entries"].as_array().unwrap().len(), 17, "{profile}");
        assert!(shown.get("smtp").is_none() && shown.get("identity").is_none());
        // Once more, nothing is left to do.
        let spent = bench.json(&["apply", "plan.json", "--yes"], 0).await;
        assert_eq!(spent["devices"][0]["result"], "unchanged", "{spent:#}");

        write_list(&bench, &SECOND);
        let second = bench.json(&["apply", "people.yaml", "--yes"], 0).await;
        let again = bench.json(&["plan", "people.yaml", "--detailed-exitcode"], 0).await;
        assert_eq!(again["counts"], serde_json::json!({"total": 1, "unchanged": 1}), "{profile}: {again:#}");
        let listed = bench.json(&["snapshot"], 0).await;
        assert!(listed["snapshots"].as_array().unwrap().iter().all(|s| s["section"] == "address_book"));
        let text = bench.run(&["snapshot", "show", "last"]).await.code(0).out;
        assert!(text.contains("ann.oneil@northshore.example"), "{text}");
        for run in [&second, &applied] {
            let back = bench.json(&["rollback", run["run"].as_str().unwrap(), "--yes"], 0).await;
            assert_eq!(back["devices"][0]["result"], "rolled-back", "{profile}: {back:#}");
        }
        assert_eq!(export().await, first, "{profile}: byte for byte");
        bench.json(&["history", "--verify"], 0).await;
        bench.assert_nobody_logged_in();
    }
}

/// A plan over many copiers with full books holds no book longer than it must.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_over_full_books_stays_small() {
    let bench = Bench::of(LabSpec::of(25).with_books(2_000)).await;
    bench.write("people.yaml", PLAYBOOK);
    let people: Vec<(String, String)> =
        (0..2_000).map(|n| (format!("Person {n:04}"), format!("person{n:04}@northshore.example"))).collect();
    let rows: Vec<(&str, &str, &str)> =
        people.iter().take(40).map(|(n, e)| (n.as_str(), e.as_str(), "")).collect();
    write_list(&bench, &rows);
    let mut child = bench.command(&["--format", "json", "plan", "people.yaml"]).spawn().unwrap();
    let pid = child.id().unwrap();
    let mut out = child.stdout.take().unwrap();
    let mut most = 0_u64;
    let mut said = Vec::new();
    let mut buffer = [0_u8; 65_536];
    let mut tick = tokio::time::interval(Duration::from_millis(20));
    loop {
        tokio::select! {
            read = tokio::io::AsyncReadExt::read(&mut out, &mut buffer) => match read.unwrap() {
                0 => break,
                n => said.extend_from_slice(&buffer[..n]),
            },
            _ = tick.tick() => {
                let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
                let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
                let kib = peak.and_then(|line| line.trim().split(' ').next()?.parse::<u64>().ok());
                most = most.max(kib.unwrap_or_default());
            }
        }
    }
    child.wait().await.unwrap();
    let outcome: serde_json::Value = serde_json::from_slice(&said).unwrap();
    assert_eq!(outcome["counts"]["total"], 25);
    assert!(most < 150 * 1_024, "{most} KiB");
}
