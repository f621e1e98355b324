//! The program dies or is stopped in the middle of an address book: what is there is known, nothing is done twice, nothing
//! stays open, and the next run ends what was begun.

mod support;

use std::collections::BTreeSet;

use scanfleet::journal::{DeviceKey, Journal};
use scanfleet_mocks::{BookEntry, DeviceHandle, DeviceSpec, Fault, FaultKind, LabSpec, MakerProfile};
use serde_json::{Value, json};
use support::child::{finish, signal};
use support::{Bench, requests, until};

/// Copiers that take an entry at a time, and the kind of page whose answer stores one.
const BY_ENTRY: [(&str, &str); 3] =
    [("mp-c3003", "book_confirm"), ("im-c4500", "book_confirm"), ("mfc-l8900cdw", "book_save")];

const PLAYBOOK: &str = "name: people\nplays: [{ address_book: { from: contacts.csv } }]\n";
const FOUR: [&str; 4] = ["Ann", "Bob", "Cid", "Dan"];

fn address(name: &str) -> String {
    format!("{}@northshore.example", name.to_lowercase())
}

fn write_list(bench: &Bench, names: &[&str]) {
    let rows: String = names.iter().map(|name| format!("{name},{}\n", address(name))).collect();
    bench.write("contacts.csv", &format!("name,email\n{rows}"));
}

async fn bench(profile: &str) -> Bench {
    let mut spec = LabSpec::single(profile);
    spec.devices[0].book = DeviceSpec::new("copier", MakerProfile::named(profile)).with_book(12).book;
    let bench = Bench::of(spec).await;
    bench.write("people.yaml", PLAYBOOK);
    write_list(&bench, &FOUR);
    bench
}

/// The book without what the device makes itself, sorted.
fn export(device: &DeviceHandle) -> Vec<String> {
    let book = device.book();
    let line = |e: &BookEntry| {
        let members: BTreeSet<String> =
            e.members.iter().filter_map(|id| book.entry(*id)).map(|m| m.name.clone()).collect();
        let folder = e.folder.as_ref().map(|f| f.path.clone()).unwrap_or_default();
        format!("{};{};{};{folder};{members:?}", e.email, e.name, e.key_display)
    };
    let mut lines: Vec<String> = book.entries().iter().map(line).collect();
    lines.sort();
    lines
}

/// Which of the four are there; each at most once.
fn there(device: &DeviceHandle) -> Vec<&'static str> {
    let book = device.book();
    let mut found = Vec::new();
    for name in FOUR {
        let count = book.with_email(&address(name)).count();
        assert!(count <= 1, "{name} is there {count} times");
        if count == 1 {
            found.push(name);
        }
    }
    found
}

fn key(bench: &Bench) -> DeviceKey {
    DeviceKey::of(Some(&bench.copier().info().serial), "copier")
}

fn fields(outcome: &Value) -> Vec<String> {
    let changes = outcome["devices"][0]["changes"].as_array().unwrap();
    let entries: BTreeSet<String> = changes
        .iter()
        .map(|c| {
            let field = c["field"].as_str().unwrap();
            let start = field.find('[').unwrap() + 1;
            field[start..field.find('@').unwrap()].to_owned()
        })
        .collect();
    entries.into_iter().collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_between_two_entries() {
    for (profile, save) in BY_ENTRY {
        // Once the device had taken the second entry, once it had not.
        for (kind, taken) in [(FaultKind::Slow { ms: 600_000 }, true), (FaultKind::Stuck, false)] {
            // This server serves one request after the other, so that one without an end would keep everybody out.
            let kind = match (profile, taken) {
                ("mfc-l8900cdw", true) => FaultKind::Slow { ms: 8_000 },
                ("mfc-l8900cdw", false) => continue,
                _ => kind,
            };
            let bench = bench(profile).await;
            let copier = bench.copier();
            let first = export(&copier);
            copier.fault(Fault::new(kind).on(format!("@{save}")).after(1).times(1));
            let args = ["apply", "people.yaml", "--yes"];
            let child = bench.command(&args).spawn().unwrap();
            until("the second entry has left", || requests(&copier, save) == 2).await;
            signal(&child, "KILL");
            let ran = finish(&args, child).await;
            assert_eq!(ran.code, None, "{}", ran.err);
            copier.clear_faults();
            // What the dead program left open is ended by the device in its own time.
            copier.expire_sessions();
            let so_far: &[&str] = if taken { &["Ann", "Bob"] } else { &["Ann"] };
            assert_eq!(there(&copier), so_far, "{profile}");
            let open =
                Journal::open_read_only(&bench.state_dir()).unwrap().open_intents(&key(&bench)).unwrap();
            assert!(!open.is_empty(), "{profile}: the write-ahead log tells of the last write");
            let history = bench.json(&["history"], 0).await;
            assert_eq!(history["runs"][0]["status"], "interrupted");
            let killed = history["runs"][0]["run"].as_str().unwrap().to_owned();

            // The next run reads before it touches, and adds whoever is missing.
            let seen = copier.requests().len();
            let again = bench.json(&["apply", "people.yaml", "--yes"], 0).await;
            assert_eq!(again["devices"][0]["result"], "changed", "{profile}: {again}");
            let missing: Vec<String> = FOUR[so_far.len()..].iter().map(|name| name.to_lowercase()).collect();
            assert_eq!(fields(&again), missing, "{profile}");
            let log = copier.requests();
            let store = log[seen..].iter().position(|r| r.kind == save).unwrap();
            let read = log[seen..]
                .iter()
                .position(|r| ["book_data", "book_list", "address_book"].contains(&r.kind.as_str()));
            assert!(read.unwrap() < store, "{profile}: {:?}", &log[seen..]);
            assert_eq!(there(&copier), FOUR, "{profile}");
            assert!(first.iter().all(|line| export(&copier).contains(line)), "{profile}");
            let journal = bench.journal();
            assert!(journal.open_intents(&key(&bench)).unwrap().is_empty(), "{profile}");
            journal.verify().unwrap();
            drop(journal);
            assert_eq!(bench.json(&["apply", "people.yaml", "--yes"], 0).await["counts"]["unchanged"], 1);

            // Whoever came with the dead run is ours all the same: leaving the list, they leave the copier.
            write_list(&bench, &FOUR[1..]);
            let left = bench.json(&["apply", "people.yaml", "--yes"], 0).await;
            assert_eq!(fields(&left), ["ann"], "{profile}: {left}");
            assert_eq!(there(&copier), FOUR[1..], "{profile}");
            bench.json(&["rollback", "last", "--yes"], 0).await;
            assert_eq!(there(&copier), FOUR, "{profile}");

            // Both runs can be taken back, the dead one too: its snapshot was stored before anything left.
            bench.json(&["rollback", again["run"].as_str().unwrap(), "--yes"], 0).await;
            assert_eq!(there(&copier), so_far, "{profile}");
            bench.json(&["rollback", &killed, "--yes"], 0).await;
            assert_eq!(export(&copier), first, "{profile}");
            assert!(!copier.book_is_open(), "{profile}");
            bench.assert_nobody_logged_in();
            bench.lab.shutdown().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopped_between_two_entries() {
    for (profile, save) in BY_ENTRY {
        let bench = bench(profile).await;
        let copier = bench.copier();
        let first = export(&copier);
        copier.fault(Fault::new(FaultKind::Slow { ms: 2_500 }).on(format!("@{save}")).after(1).times(1));
        let args = ["apply", "people.yaml", "--yes", "--format", "json"];
        let child = bench.command(&args).spawn().unwrap();
        until("the second entry has left", || requests(&copier, save) == 2).await;
        signal(&child, "INT");
        let ran = finish(&args, child).await.code(130);
        // The entry under way is finished and read back; the rest is left alone, and the answer says which is which.
        let outcome = ran.json();
        assert_eq!(outcome["status"], "interrupted", "{profile}");
        let device = &outcome["devices"][0];
        assert_eq!(device["category"], "interrupted", "{profile}: {device}");
        assert_eq!(fields(&outcome), ["ann", "bob"], "{profile}");
        let message = device["message"].as_str().unwrap();
        for word in ["2 of 4", "Cid", "Dan", "the run was stopped", "2 entries of the run are as wanted"] {
            assert!(message.contains(word), "{profile}: `{word}` is not said: {message}");
        }
        assert_eq!(there(&copier), ["Ann", "Bob"], "{profile}");
        assert!(!copier.book_is_open(), "{profile}: an edit was left open");
        bench.assert_nobody_logged_in();

        let next = bench.json(&["apply", "people.yaml", "--yes"], 0).await;
        assert_eq!(fields(&next), ["cid", "dan"], "{profile}");
        assert_eq!(there(&copier), FOUR, "{profile}");
        for run in [&next, &outcome] {
            let back = bench.json(&["rollback", run["run"].as_str().unwrap(), "--yes"], 0).await;
            assert_eq!(back["counts"], json!({"rolled-back": 1, "total": 1}), "{profile}");
        }
        assert_eq!(export(&copier), first, "{profile}");
        bench.assert_nobody_logged_in();
        bench.lab.shutdown().await;
    }
}

/// A file is taken as a whole: the program dies while the device imports it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_a_file_is_imported() {
    for (kind, taken) in [(FaultKind::Slow { ms: 600_000 }, true), (FaultKind::Stuck, false)] {
        let bench = bench("workcentre-7835").await;
        let copier = bench.copier();
        let first = export(&copier);
        copier.fault(Fault::new(kind).on("@book_save").times(1));
        let args = ["apply", "people.yaml", "--yes"];
        let child = bench.command(&args).spawn().unwrap();
        until("the import was started", || requests(&copier, "book_save") == 1).await;
        signal(&child, "KILL");
        finish(&args, child).await;
        copier.clear_faults();
        copier.expire_sessions();
        assert_eq!(there(&copier).len(), if taken { 4 } else { 0 });
        let history = bench.json(&["history"], 0).await;
        let killed = history["runs"][0]["run"].as_str().unwrap().to_owned();
        let again = bench.json(&["apply", "people.yaml", "--yes"], 0).await;
        let result = if taken { "unchanged" } else { "changed" };
        assert_eq!(again["devices"][0]["result"], result, "{again}");
        assert_eq!(there(&copier), FOUR);
        assert!(first.iter().all(|line| export(&copier).contains(line)));
        let back = if taken { killed } else { again["run"].as_str().unwrap().to_owned() };
        bench.json(&["rollback", &back, "--yes", "--yes-lose-passwords"], 0).await;
        assert!(there(&copier).is_empty());
        bench.assert_nobody_logged_in();
    }
}
