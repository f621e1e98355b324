//! The journal fails or the program dies: what was promised of the devices still holds.

mod support;

use std::path::Path;

use scanfleet::journal::{DeviceKey, Journal, JournalOptions, OpenReceipt};
use scanfleet::run::ResultKind;
use scanfleet_mocks::{Fault, FaultKind, LabSpec};
use serde_json::json;
use support::child::{finish, signal};
use support::engine::{apply, secrets, wish};
use support::{Bench, SCAN_PASSWORD, migrated, requests, sha256, smtp_password, until};

/// Requests that can alter a device.
fn altering(bench: &Bench) -> usize {
    let devices = bench.devices();
    let log = devices.iter().flat_map(|device| device.requests());
    log.filter(|r| r.method == "POST" && r.kind != "login").count()
}

/// Commands that need the journal end with 8 and leave every device alone.
async fn refuses(bench: &Bench, words: &[&str]) {
    for args in [
        &["apply", "m365.yaml", "--yes"][..],
        &["plan", "m365.yaml"],
        &["rollback", "last", "--yes"],
        &["probe"],
    ] {
        let mut all = vec!["--format", "json"];
        all.extend(args);
        let ran = bench.run(&all).await.code(8);
        assert_eq!(ran.json()["error"]["exit_code"], 8);
        for word in words {
            assert!(ran.err.contains(word), "`{word}` is not said: {}", ran.err);
        }
    }
    assert_eq!(bench.devices().iter().map(|d| requests(d, "total")).sum::<u64>(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_journal_that_cannot_be_used_stops_before_any_device() {
    // A file in the place of the directory.
    let bench = Bench::single("mp-c3003").await;
    bench.write(".scanfleet", "not a directory");
    refuses(&bench, &[]).await;

    // A file that is no database, and one of another program.
    let bench = Bench::single("mp-c3003").await;
    std::fs::create_dir(bench.state_dir()).unwrap();
    std::fs::write(bench.state_dir().join("journal.db"), "certainly not a database").unwrap();
    refuses(&bench, &["journal.db", "not a database"]).await;

    // A database of a newer version.
    let bench = Bench::single("mp-c3003").await;
    drop(bench.journal());
    let database = rusqlite::Connection::open(bench.state_dir().join("journal.db")).unwrap();
    database.pragma_update(None, "user_version", 4711).unwrap();
    drop(database);
    refuses(&bench, &["4711", "newer"]).await;
    let history = bench.run(&["history"]).await.code(8);
    assert!(history.err.contains("newer"), "{}", history.err);
}

/// A directory that nobody can write, not even root: the kernel's own.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_only_directory_stops_before_any_device() {
    let bench = Bench::single("mp-c3003").await;
    std::os::unix::fs::symlink("/proc/self/net", bench.state_dir()).unwrap();
    refuses(&bench, &[".scanfleet"]).await;

    // Where the account itself may not write, an existing history can still be read.
    let bench = Bench::single("mp-c3003").await;
    bench.json(&["plan", "m365.yaml"], 0).await;
    bench.json(&["apply", "m365.yaml", "--yes"], 0).await;
    let before = altering(&bench);
    set_mode(&bench.state_dir(), 0o500);
    set_mode(&bench.state_dir().join("journal.db"), 0o400);
    let restricted = std::fs::write(bench.state_dir().join("probe"), "x").is_err();
    if restricted {
        let refused = bench.run(&["apply", "m365.yaml", "--yes"]).await.code(8);
        assert!(refused.err.contains("cannot be written"), "{}", refused.err);
        assert_eq!(altering(&bench), before);
    }
    assert_eq!(bench.json(&["history"], 0).await["runs"].as_array().unwrap().len(), 1);
    set_mode(&bench.state_dir(), 0o700);
}

#[cfg(target_os = "linux")]
fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
}

/// The disk is full at every possible moment of a run: whatever the moment, a device is altered only after its intent is
/// on the disk, nobody stays logged in, and once there is space again the next run brings everything to its end.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_at_any_moment() {
    let (mut stopped, mut altered_once) = (0, false);
    // Ends at the first size that is enough.
    for more in 0.. {
        let bench = Bench::single("mp-c3003").await;
        let before = bench.copier().state().settings;
        drop(bench.journal());
        let database = rusqlite::Connection::open(bench.state_dir().join("journal.db")).unwrap();
        let pages: u32 = database.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
        drop(database);
        let options = JournalOptions { max_pages: Some(pages + more), ..JournalOptions::default() };
        let journal = Journal::open_with(&bench.state_dir(), &options).unwrap();
        let engine = bench.engine_over(journal, secrets(), |_| {});
        let new = scanfleet::journal::NewRun {
            kind: scanfleet::journal::RunKind::Apply,
            playbook: Some("m365".into()),
            playbook_sha256: None,
            what: json!({"filler": "x".repeat(500)}),
            host: "bench".into(),
            user: "tester".into(),
            version: "0".into(),
            of_run: None,
        };
        let Ok(run) = engine.journal.start_run(&new) else {
            stopped += 1;
            continue;
        };
        let device = bench.inventory().devices[0].clone();
        let task = support::engine::task(&engine, device, wish()).await;
        let outcome = engine.run(vec![task], scanfleet::run::Mode::Apply(run)).await.remove(0);
        let state = bench.copier().state();
        assert_eq!(state.sessions, 0, "a session stays open: {}", outcome.message);
        if outcome.result == ResultKind::Changed && !outcome.workspace_failed {
            assert_eq!(state.settings, migrated(&before));
            assert!(stopped > 2, "the disk was never full");
            assert!(altered_once, "no size let the device be altered before the disk was full");
            break;
        }
        stopped += 1;
        assert!(outcome.workspace_failed, "{}", outcome.message);
        if outcome.result == ResultKind::Failed {
            assert!(outcome.message.contains("full"), "{}", outcome.message);
        }
        let intents: i64 = rusqlite::Connection::open(bench.state_dir().join("journal.db"))
            .unwrap()
            .query_row("SELECT count(*) FROM intents", [], |row| row.get(0))
            .unwrap();
        assert!(i64::try_from(altering(&bench)).unwrap() <= intents, "something left without an intent");
        if state.settings != before {
            altered_once = true;
        }

        // Space again: the same run reads first and ends well.
        drop(engine);
        let engine = bench.engine();
        let (_, outcome) = apply(&bench, &engine, wish()).await;
        assert!(matches!(outcome.result, ResultKind::Changed | ResultKind::Unchanged), "{}", outcome.message);
        assert_eq!(bench.copier().state().settings, migrated(&before));
        assert_eq!(smtp_password(&bench.copier()), Some(sha256(SCAN_PASSWORD)));
        engine.journal.verify().unwrap();
        assert!(more < 60, "no size is enough");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_between_intent_and_receipt() {
    // Once the device had taken the save, once it had not.
    for (kind, taken) in [(FaultKind::Slow { ms: 600_000 }, true), (FaultKind::Stuck, false)] {
        let bench = Bench::single("mp-c4504ex").await;
        let copier = bench.copier();
        let before = copier.state().settings;
        let key = DeviceKey::of(Some(&copier.info().serial), "copier");
        copier.fault(Fault::new(kind).on("@save").times(1));
        let args = ["apply", "m365.yaml", "--yes"];
        let child = bench.command(&args).spawn().unwrap();
        until("the save has left", || requests(&copier, "save") == 1).await;
        signal(&child, "KILL");
        let ran = finish(&args, child).await;
        assert_eq!(ran.code, None, "{}", ran.err);
        copier.clear_faults();
        // What the dead program left open is ended by the device in its own time.
        copier.expire_sessions();
        assert_eq!(copier.state().settings == migrated(&before), taken);

        let open = Journal::open_read_only(&bench.state_dir()).unwrap().open_intents(&key).unwrap();
        assert_eq!(open.len(), 1, "{open:?}");
        assert_eq!(open[0].receipt, OpenReceipt::None);
        let history = bench.json(&["history"], 0).await;
        assert_eq!(history["runs"][0]["status"], "interrupted");
        let killed = history["runs"][0]["run"].as_str().unwrap().to_owned();

        // A plan names the password, because nobody knows whether it arrived; it settles nothing.
        let plan = bench.json(&["plan", "m365.yaml"], 0).await;
        let fields: Vec<&str> = plan["devices"][0]["changes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|c| c["field"].as_str().unwrap())
            .collect();
        assert!(fields.contains(&"smtp.password"));
        assert_eq!(fields.len() == 1, taken, "{fields:?}");

        // The next run reads before it touches, takes the dead run's lock over, and stores the password anew.
        let seen = copier.requests().len();
        let again = bench.json(&["apply", "m365.yaml", "--yes"], 0).await;
        assert_eq!(again["devices"][0]["result"], "changed");
        let log = copier.requests();
        let first_post = log[seen..].iter().position(|r| r.method == "POST" && r.kind != "login").unwrap();
        let first_read = log[seen..].iter().position(|r| r.kind == "email").unwrap();
        assert!(first_read < first_post, "{:?}", &log[seen..]);
        assert_eq!(copier.state().settings, migrated(&before));
        assert_eq!(smtp_password(&copier), Some(sha256(SCAN_PASSWORD)));
        let journal = bench.journal();
        assert!(journal.open_intents(&key).unwrap().is_empty());
        journal.verify().unwrap();
        assert_eq!(bench.json(&["apply", "m365.yaml", "--yes"], 0).await["counts"]["unchanged"], 1);

        // The dead run can be taken back: its snapshot was stored before anything left.
        let back = bench.json(&["rollback", &killed, "--yes"], 0).await;
        assert_eq!(back["devices"][0]["result"], "rolled-back");
        assert_eq!(back["devices"][0]["unrestorable"], json!(["smtp.password"]));
        assert_eq!(copier.state().settings, before);
        bench.assert_nobody_logged_in();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_the_password_was_staged() {
    let bench = Bench::single("mp-c3003").await;
    let copier = bench.copier();
    let before = copier.state().settings;
    copier.fault(Fault::new(FaultKind::Slow { ms: 600_000 }).on("@password_save").times(1));
    let args = ["apply", "m365.yaml", "--yes"];
    let child = bench.command(&args).spawn().unwrap();
    until("the password has left", || requests(&copier, "password_save") == 1).await;
    signal(&child, "KILL");
    finish(&args, child).await;
    copier.clear_faults();
    copier.expire_sessions();
    assert_eq!(copier.state().settings, before, "staged and never saved");
    assert_eq!(smtp_password(&copier), None);
    bench.json(&["apply", "m365.yaml", "--yes"], 0).await;
    assert_eq!(copier.state().settings, migrated(&before));
    assert_eq!(smtp_password(&copier), Some(sha256(SCAN_PASSWORD)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_with_many_devices_in_flight() {
    let bench = Bench::of(LabSpec::of(4)).await;
    let before: Vec<_> = bench.devices().iter().map(|d| d.state().settings).collect();
    for device in bench.devices() {
        device.fault(Fault::new(FaultKind::Slow { ms: 600_000 }).on("@save").times(1));
    }
    let args = ["apply", "m365.yaml", "--yes"];
    let child = bench.command(&args).spawn().unwrap();
    let devices = bench.devices();
    until("all saves have left", || devices.iter().all(|d| requests(d, "save") == 1)).await;
    signal(&child, "KILL");
    finish(&args, child).await;
    for device in &devices {
        device.clear_faults();
        device.expire_sessions();
    }
    let again = bench.json(&["apply", "m365.yaml", "--yes"], 0).await;
    assert_eq!(again["counts"], json!({"changed": 4, "total": 4}));
    for device in again["devices"].as_array().unwrap() {
        assert_eq!(
            device["changes"],
            json!([{"field": "smtp.password", "before": "unknown", "after": "new"}])
        );
        // A password cannot be read back: it was taken, and that is all that is claimed.
        assert_eq!(device["grade"], "applied");
    }
    for (device, before) in devices.iter().zip(&before) {
        assert_eq!(device.state().settings, migrated(before));
        assert_eq!(smtp_password(device), Some(sha256(SCAN_PASSWORD)));
    }
    bench.assert_nobody_logged_in();
    bench.json(&["history", "--verify"], 0).await;
}
