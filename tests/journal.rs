//! The journal as a whole: versions, every way it can fail to open or write, crashes, concurrency, and what must never be
//! in it.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use proptest::prelude::*;
use rusqlite::Connection;
use scanfleet::journal::*;
use scanfleet_sdk::transport::{CertificateFacts, Intent};
use scanfleet_sdk::{Category, Certainty, FamilyUsed, FieldChange, Identity, RawForm, Secret, Section};
use serde_json::{Value, json};

const CHILD: &str = "SCANFLEET_JOURNAL_TEST_CHILD";
const STATE: &str = "SCANFLEET_JOURNAL_TEST_STATE";

fn new_run(kind: RunKind) -> NewRun {
    NewRun {
        kind,
        playbook: Some("m365".into()),
        playbook_sha256: Some("ab".repeat(32)),
        what: json!({ "targets": "site=north" }),
        host: "desk".into(),
        user: "pat".into(),
        version: "0.1.0".into(),
        of_run: None,
    }
}

fn intent(what: &str) -> Intent {
    Intent {
        section: Section::Smtp,
        what: what.into(),
        method: "POST".into(),
        path: "/set.cgi".into(),
        fields: vec!["server".into(), "port".into()],
    }
}

fn family() -> FamilyUsed {
    FamilyUsed {
        id: "ricoh-newer".into(),
        sha256: "cd".repeat(32),
        origin: "embedded".into(),
        smtp_write: Certainty::Assumed,
        book_write: None,
    }
}

fn result(device: &str) -> DeviceResult {
    DeviceResult {
        device: device.into(),
        address: "127.0.0.9".into(),
        vendor: Some("ricoh".into()),
        model: Some("MP C3003".into()),
        serial: Some("E1".into()),
        firmware: Some("1.2".into()),
        result: DeviceOutcome::Failed,
        grade: None,
        category: Some(Category::NotApplied),
        message: "The device did not keep the port.".into(),
        changes: vec![FieldChange { field: "smtp.port".into(), before: json!(25), after: json!(587) }],
        unrestorable: vec!["smtp.password".into()],
        family: Some(family()),
        connection: json!({ "plain_http": false }),
        requests: 9,
    }
}

fn snapshot(run: Option<RunId>, device: &str, server: &str) -> NewSnapshot {
    NewSnapshot {
        run,
        device: device.into(),
        key: DeviceKey::of(Some("E1"), device),
        serial: Some("E1".into()),
        vendor: "ricoh".into(),
        model: "MP C3003".into(),
        firmware: None,
        section: Section::Smtp,
        typed: json!({ "server": server, "port": 25 }),
        raw: RawForm { page: "/mail.cgi".into(), entries: vec![("srv".into(), server.into())] },
        password: None,
        reason: SnapshotReason::BeforeApply,
    }
}

fn facts(sha256: &str) -> CertificateFacts {
    CertificateFacts {
        sha256: sha256.into(),
        subject: "CN=copier".into(),
        issuer: "CN=copier".into(),
        not_before: "Jan  1 00:00:00 2010 GMT".into(),
        not_after: "Jan  1 00:00:00 2020 GMT".into(),
        expired: true,
        key_bits: 1024,
        protocol: "TLSv1.2".into(),
        cipher: "AES128-SHA".into(),
    }
}

fn key() -> DeviceKey {
    DeviceKey::of(Some("E1"), "ward-1")
}

/// One of everything, so that a fixture and the leak test cover every table.
fn fill(journal: &Journal) -> RunId {
    let run = journal.start_run(&new_run(RunKind::Apply)).unwrap();
    let bases = BTreeMap::from([("contacts.csv".to_owned(), json!({"users": ["ann@example.com"]}))]);
    journal.settle_book(&run, &key(), &json!({"users": ["ann@example.com"]}), &bases).unwrap();
    journal.save_snapshot(&snapshot(Some(run), "ward-1", "mail.old.example")).unwrap();
    let answered = journal.intend(&run, &key(), &intent("set the server")).unwrap();
    journal.receive(answered, Some(200)).unwrap();
    let lost = journal.intend(&run, &key(), &intent("set the port")).unwrap();
    journal.receive(lost, None).unwrap();
    journal.intend(&run, &key(), &intent("set the password")).unwrap();
    journal.record_result(&run, &result("ward-1")).unwrap();
    let pin = PinKey::new("ward-1", "127.0.0.9", 443);
    journal.pin_first(&pin, &facts(&"11".repeat(32))).unwrap();
    journal.observe(&pin, &facts(&"22".repeat(32)), true).unwrap();
    let identity = Identity { vendor: "ricoh".into(), model: "MP C3003".into(), ..Identity::default() };
    journal.record_proven(&run, &identity, Section::Smtp, &family()).unwrap();
    journal.note_secret("m365/scan", SecretChange::Set, Some(1)).unwrap();
    journal.finish_run(&run, RunStatus::Partial, &BTreeMap::from([("failed".into(), 1)])).unwrap();
    run
}

fn raw(state: &Path) -> Connection {
    Connection::open(state.join("journal.db")).unwrap()
}

// ---------------------------------------------------------------------------------------------- children

/// Not a test of its own: what the other tests start as another process.
#[test]
fn child() {
    let (Ok(role), Some(state)) = (std::env::var(CHILD), std::env::var_os(STATE)) else { return };
    let state = PathBuf::from(state);
    let say = |text: &str| {
        let mut out = std::io::stdout();
        writeln!(out, "\nchild: {text}").unwrap();
        out.flush().unwrap();
    };
    match role.as_str() {
        "intend" => {
            let journal = Journal::open(&state).unwrap();
            let run = journal.start_run(&new_run(RunKind::Apply)).unwrap();
            let holder =
                Holder { host: "desk".into(), pid: std::process::id(), run, command: "apply".into() };
            let _lock = journal.lock_device(&key(), &holder, Duration::from_secs(3600)).unwrap();
            journal.intend(&run, &key(), &intent("set the server")).unwrap();
            say(&run.to_string());
            // Until the parent ends this process.
            let _ = std::io::stdin().read(&mut [0]);
        }
        "write" => {
            let journal = Journal::open(&state).unwrap();
            let run = journal.start_run(&new_run(RunKind::Apply)).unwrap();
            for _ in 0..20 {
                let id = journal.intend(&run, &key(), &intent("write from a process")).unwrap();
                journal.receive(id, Some(200)).unwrap();
            }
            say("done");
        }
        "open" => match Journal::open(&state) {
            Ok(_) => say("opened"),
            Err(JournalError::ReadOnly { path, why }) => {
                say(&format!("read-only {} {why}", path.display()));
            }
            Err(other) => say(&format!("other {other:?}")),
        },
        "read" => {
            let journal = Journal::open_read_only(&state).unwrap();
            let refused = journal.start_run(&new_run(RunKind::Apply)).is_err();
            say(&format!("runs={} refused={refused}", journal.runs().unwrap().len()));
        }
        other => panic!("unknown role {other}"),
    }
}

fn command(exe: &Path, role: &str, state: &Path) -> Command {
    let mut command = Command::new(exe);
    command.args(["--exact", "child", "--nocapture", "--test-threads=1"]);
    command.env(CHILD, role).env(STATE, state).stdin(Stdio::piped()).stdout(Stdio::piped());
    command
}

fn start(role: &str, state: &Path) -> Child {
    command(&std::env::current_exe().unwrap(), role, state).spawn().unwrap()
}

/// The line that the child says.
fn heard(child: &mut Child) -> String {
    let mut lines = BufReader::new(child.stdout.as_mut().unwrap()).lines();
    lines.find_map(|line| Some(line.unwrap().strip_prefix("child: ")?.to_owned())).unwrap()
}

// ---------------------------------------------------------------------------------------------- versions

#[test]
fn an_empty_directory_becomes_a_private_journal() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("workspace").join(".scanfleet");
    let journal = Journal::open(&state).unwrap();
    assert!(journal.runs().unwrap().is_empty());
    journal.fingerprint(&Secret::new("x".into())).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&state), 0o700);
        for file in ["journal.db", "journal.db-wal", "journal.db-shm", "key", "journal.lock"] {
            assert_eq!(mode(&state.join(file)), 0o600, "{file}");
        }
    }
    let settings = raw(&state);
    let ask = |pragma: &str| -> String {
        settings
            .query_row(&format!("PRAGMA {pragma}"), [], |row| row.get::<_, rusqlite::types::Value>(0))
            .map(|value| format!("{value:?}"))
            .unwrap()
    };
    assert_eq!(ask("journal_mode"), r#"Text("wal")"#);
    assert_eq!(ask("integrity_check"), r#"Text("ok")"#);
}

#[test]
fn every_older_version_is_brought_up_with_all_it_holds() {
    let mut seen = 0;
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/journal")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "sql") {
            continue;
        }
        seen += 1;
        let dir = tempfile::tempdir().unwrap();
        raw(dir.path()).execute_batch(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let journal = Journal::open(dir.path()).unwrap();
        let runs = journal.runs().unwrap();
        assert_eq!(runs.len(), 1, "{}", path.display());
        assert_eq!(runs[0].status, Some(RunStatus::Partial));
        assert_eq!(journal.results(&runs[0].id).unwrap(), [result("ward-1")]);
        assert_eq!(journal.open_intents(&key()).unwrap().len(), 2);
        let before = journal.snapshot_before(&runs[0].id, &key(), Section::Smtp).unwrap().unwrap();
        assert_eq!(before.typed["server"], "mail.old.example");
        assert_eq!(journal.pins().unwrap()[0].sha256, "11".repeat(32));
        assert_eq!(journal.proofs().unwrap().len(), 1, "{}", path.display());
        journal.verify().unwrap();
        // And it goes on from there.
        fill(&journal);
        journal.verify().unwrap();
    }
    assert!(seen >= 1, "the fixtures of older versions are missing");
}

#[test]
fn a_newer_version_is_refused_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    fill(&Journal::open(dir.path()).unwrap());
    raw(dir.path()).execute_batch("PRAGMA user_version = 4711; PRAGMA wal_checkpoint(TRUNCATE);").unwrap();
    let bytes = std::fs::read(dir.path().join("journal.db")).unwrap();
    for error in [Journal::open(dir.path()).unwrap_err(), Journal::open_read_only(dir.path()).unwrap_err()] {
        assert!(matches!(error, JournalError::Newer { found: 4711, .. }), "{error:?}");
        assert!(error.to_string().contains("4711") && error.to_string().contains("newer scanfleet"));
    }
    assert_eq!(std::fs::read(dir.path().join("journal.db")).unwrap(), bytes);
}

#[test]
fn what_is_not_a_journal_is_refused_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("journal.db");
    for text in ["hello", &"not a database at all ".repeat(300)] {
        std::fs::write(&file, text).unwrap();
        for error in
            [Journal::open(dir.path()).unwrap_err(), Journal::open_read_only(dir.path()).unwrap_err()]
        {
            assert!(matches!(error, JournalError::NotADatabase { .. }), "{error:?}");
        }
        assert_eq!(std::fs::read_to_string(&file).unwrap(), *text);
    }
    std::fs::remove_file(&file).unwrap();
    raw(dir.path()).execute_batch("CREATE TABLE recipes (id)").unwrap();
    let error = Journal::open(dir.path()).unwrap_err();
    assert!(matches!(error, JournalError::NotAJournal { .. }), "{error:?}");
}

#[test]
fn nothing_there_is_told_apart_when_reading() {
    let dir = tempfile::tempdir().unwrap();
    let error = Journal::open_read_only(&dir.path().join(".scanfleet")).unwrap_err();
    assert!(matches!(error, JournalError::Missing { .. }), "{error:?}");
    assert!(!dir.path().join(".scanfleet").exists());
}

#[test]
fn a_file_in_place_of_the_directory_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join(".scanfleet");
    std::fs::write(&state, "x").unwrap();
    let error = Journal::open(&state).unwrap_err();
    assert!(matches!(error, JournalError::Io { .. }), "{error:?}");
    assert!(error.to_string().contains("a file is in the place of a directory"), "{error}");
}

// ---------------------------------------------------------------------------------------------- failures

#[cfg(unix)]
#[test]
fn a_read_only_directory_is_refused_for_runs_and_readable_for_history() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    use std::os::unix::process::CommandExt;

    let dir = tempfile::tempdir().unwrap();
    let chmod = |path: &Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    chmod(dir.path(), 0o755);
    let state = dir.path().join("state");
    fill(&Journal::open(&state).unwrap());
    let waiting = dir.path().join("waiting");
    {
        // As a killed process leaves it: everything still in the write-ahead log.
        let scratch = dir.path().join("scratch");
        let journal = Journal::open(&scratch).unwrap();
        fill(&journal);
        std::fs::create_dir(&waiting).unwrap();
        for file in ["journal.db", "journal.db-wal"] {
            std::fs::copy(scratch.join(file), waiting.join(file)).unwrap();
        }
    }
    for state in [&state, &waiting] {
        for entry in std::fs::read_dir(state).unwrap() {
            let path = entry.unwrap().path();
            chmod(&path, if path.is_dir() { 0o555 } else { 0o444 });
        }
        chmod(state, 0o555);
    }
    // Modes do not bind the superuser, so the children then run as somebody else.
    let superuser = std::fs::metadata(dir.path()).unwrap().uid() == 0;
    let mut exe = std::env::current_exe().unwrap();
    if superuser {
        let copy = dir.path().join("child");
        std::fs::copy(&exe, &copy).unwrap();
        chmod(&copy, 0o755);
        exe = copy;
    }
    let ask = |role: &str, state: &Path| {
        let mut command = command(&exe, role, state);
        command.current_dir(dir.path());
        if superuser {
            command.uid(65534).gid(65534);
        }
        match command.spawn() {
            Ok(mut child) => {
                let said = heard(&mut child);
                child.wait().unwrap();
                Some(said)
            }
            Err(error) => {
                // Written past the test harness, which would keep it to itself.
                let _ = writeln!(
                    std::io::stderr(),
                    "SKIPPED a_read_only_directory: this machine lets no process run as another account: {error}"
                );
                None
            }
        }
    };
    for state in [&state, &waiting] {
        let Some(opened) = ask("open", state) else { return };
        assert!(opened.starts_with("read-only "), "{opened}");
        assert_eq!(ask("read", state).unwrap(), "runs=1 refused=true");
        chmod(state, 0o755);
    }
}

#[test]
fn a_full_disk_fails_the_intent_and_loses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let run = fill(&Journal::open(dir.path()).unwrap());
    let full = JournalOptions { max_pages: Some(1), ..JournalOptions::default() };
    let journal = Journal::open_with(dir.path(), &full).unwrap();
    let mut stored = journal.open_intents(&key()).unwrap().len();
    let error = loop {
        match journal.intend(&run, &key(), &intent(&"set the server ".repeat(20))) {
            Ok(_) => stored += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(error, JournalError::Full { .. }), "{error:?}");
    assert!(error.to_string().contains("full"), "{error}");
    assert!(error.to_string().contains("store what is about to be sent to a device"), "{error}");
    assert_eq!(journal.open_intents(&key()).unwrap().len(), stored);
    drop(journal);
    let journal = Journal::open(dir.path()).unwrap();
    assert_eq!(journal.open_intents(&key()).unwrap().len(), stored);
    journal.verify().unwrap();
    journal.intend(&run, &key(), &intent("set the server")).unwrap();
}

#[test]
fn a_journal_that_somebody_else_holds_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let journal = Journal::open(dir.path()).unwrap();
    let options = JournalOptions { busy: Duration::from_millis(50), ..JournalOptions::default() };
    let other = raw(dir.path());
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = Journal::open_with(dir.path(), &options).unwrap_err();
    assert!(matches!(error, JournalError::Busy { .. }), "{error:?}");
    // Reading goes on meanwhile.
    assert!(journal.runs().unwrap().is_empty());
    other.execute_batch("ROLLBACK").unwrap();
    Journal::open_with(dir.path(), &options).unwrap();
}

#[test]
fn a_damaged_database_is_named() {
    let dir = tempfile::tempdir().unwrap();
    fill(&Journal::open(dir.path()).unwrap());
    let file = dir.path().join("journal.db");
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[100..].fill(0x5a);
    std::fs::write(&file, bytes).unwrap();
    let error = Journal::open(dir.path()).unwrap_err();
    assert!(matches!(error, JournalError::Corrupt { .. }), "{error:?}");
}

#[test]
fn a_damaged_key_is_named_and_kept() {
    let dir = tempfile::tempdir().unwrap();
    let journal = Journal::open(dir.path()).unwrap();
    std::fs::write(dir.path().join("key"), "short").unwrap();
    let error = journal.fingerprint(&Secret::new("x".into())).unwrap_err();
    assert!(matches!(error, JournalError::Key { .. }), "{error:?}");
    assert_eq!(std::fs::read(dir.path().join("key")).unwrap(), b"short");
}

// ---------------------------------------------------------------------------------------------- crashes

#[test]
fn a_killed_process_leaves_its_intent_open_and_its_run_interrupted() {
    let dir = tempfile::tempdir().unwrap();
    let mut child = start("intend", dir.path());
    let run: RunId = heard(&mut child).parse().unwrap();
    let journal = Journal::open(dir.path()).unwrap();
    assert_eq!(journal.run(&run).unwrap().status, None, "it is running");
    let me = journal.start_run(&new_run(RunKind::Apply)).unwrap();
    let holder = Holder { host: "desk".into(), pid: std::process::id(), run: me, command: "apply".into() };
    let held = journal.lock_device(&key(), &holder, Duration::from_secs(60)).unwrap_err();
    let LockError::Held(by) = held else { panic!("{held:?}") };
    assert_eq!((by.holder.run, by.holder.pid), (run, child.id()));
    assert!(by.to_string().contains(&run.to_string()), "{by}");

    child.kill().unwrap();
    child.wait().unwrap();

    let open = journal.open_intents(&key()).unwrap();
    assert_eq!(open.len(), 1);
    assert_eq!((open[0].run, open[0].receipt), (run, OpenReceipt::None));
    assert_eq!((open[0].what.as_str(), open[0].path.as_str()), ("set the server", "/set.cgi"));
    assert_eq!(journal.run(&run).unwrap().status, Some(RunStatus::Interrupted));
    // The lock of a dead process is no lock, though its time has not come.
    let _lock = journal.lock_device(&key(), &holder, Duration::from_secs(60)).unwrap();
    journal.settle_all(&key(), Section::Smtp, Settlement::NotApplied, "read back: the old server").unwrap();
    assert!(journal.open_intents(&key()).unwrap().is_empty());
    journal.verify().unwrap();
    drop(journal);
    let again = Journal::open(dir.path()).unwrap();
    assert_eq!(again.run(&run).unwrap().status, Some(RunStatus::Interrupted));
    assert!(again.open_intents(&key()).unwrap().is_empty());
}

#[test]
fn threads_and_processes_write_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let mut children: Vec<Child> = (0..2).map(|_| start("write", dir.path())).collect();
    let journal = Journal::open(dir.path()).unwrap();
    let run = journal.start_run(&new_run(RunKind::Apply)).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let journal = journal.clone();
            scope.spawn(move || {
                for turn in 0..10 {
                    let device = DeviceKey::of(None, &format!("ward-{thread}"));
                    let id = journal.intend(&run, &device, &intent(&format!("turn {turn}"))).unwrap();
                    journal.receive(id, None).unwrap();
                }
            });
        }
    });
    for child in &mut children {
        assert_eq!(heard(child), "done");
        assert!(child.wait().unwrap().success());
    }
    for thread in 0..4 {
        let open = journal.open_intents(&DeviceKey::of(None, &format!("ward-{thread}"))).unwrap();
        assert_eq!(open.len(), 10);
        assert!(open.iter().all(|intent| intent.receipt == OpenReceipt::Lost));
    }
    assert_eq!(journal.runs().unwrap().len(), 3);
    journal.verify().unwrap();
}

#[tokio::test]
async fn async_code_uses_it_without_blocking_the_runtime() {
    let dir = tempfile::tempdir().unwrap();
    let journal = Journal::open(dir.path()).unwrap();
    let run = journal.blocking(|journal| journal.start_run(&new_run(RunKind::Check))).await.unwrap();
    assert_eq!(journal.run(&run).unwrap().kind, RunKind::Check);
}

// ---------------------------------------------------------------------------------------------- contents

#[test]
fn runs_are_found_by_id_prefix_and_last() {
    let dir = tempfile::tempdir().unwrap();
    let journal = Journal::open(dir.path()).unwrap();
    assert!(matches!(journal.resolve_run("last"), Err(JournalError::NoRun)));
    let apply = journal.start_run(&new_run(RunKind::Apply)).unwrap();
    let rollback = NewRun { of_run: Some(apply), ..new_run(RunKind::Rollback) };
    let rollback = journal.start_run(&rollback).unwrap();
    let check = journal.start_run(&new_run(RunKind::Check)).unwrap();
    assert_eq!(journal.resolve_run("last").unwrap(), rollback);
    assert_eq!(journal.resolve_run(&apply.to_string().to_uppercase()).unwrap(), apply);
    assert_eq!(journal.run(&rollback).unwrap().of_run, Some(apply));
    let ambiguous = journal.resolve_run("0").unwrap_err();
    let JournalError::AmbiguousRun { candidates, .. } = &ambiguous else { panic!("{ambiguous:?}") };
    assert_eq!(*candidates, [check, rollback, apply]);
    assert!(ambiguous.to_string().contains(&apply.to_string()));
    for unknown in ["", "zz", "ffffffff"] {
        assert!(matches!(journal.resolve_run(unknown), Err(JournalError::UnknownRun { .. })), "{unknown}");
    }
    let counts = BTreeMap::from([("changed".to_owned(), 25)]);
    journal.finish_run(&apply, RunStatus::Ok, &counts).unwrap();
    let record = journal.run(&apply).unwrap();
    assert_eq!((record.status, &record.counts), (Some(RunStatus::Ok), &counts));
    assert!(record.ended.is_some());
    let json: Value = serde_json::to_value(&record).unwrap();
    assert_eq!(json["kind"], "apply");
    assert_eq!(json["status"], "ok");
}

#[test]
fn results_read_back_as_they_were_stored() {
    let dir = tempfile::tempdir().unwrap();
    let journal = Journal::open(dir.path()).unwrap();
    let run = journal.start_run(&new_run(RunKind::Apply)).unwrap();
    journal.record_result(&run, &result("ward-2")).unwrap();
    journal.record_result(&run, &result("ward-1")).unwrap();
    let better = DeviceResult {
        result: DeviceOutcome::RolledBack,
        grade: Some(Grade::Verified),
        category: None,
        ..result("ward-2")
    };
    journal.record_result(&run, &better).unwrap();
    assert_eq!(journal.results(&run).unwrap(), [better, result("ward-1")]);
    assert_eq!(journal.families_used().unwrap(), [family()]);
    journal.verify().unwrap();
}

#[test]
fn an_intent_is_open_until_it_is_answered_withdrawn_or_settled() {
    let dir = tempfile::tempdir().unwrap();
    let journal = Journal::open(dir.path()).unwrap();
    let run = journal.start_run(&new_run(RunKind::Apply)).unwrap();
    let ids: Vec<i64> =
        (0..4).map(|_| journal.intend(&run, &key(), &intent("set the server")).unwrap()).collect();
    journal.receive(ids[0], Some(200)).unwrap();
    journal.receive(ids[1], None).unwrap();
    journal.withdraw(ids[2]).unwrap();
    let open = |journal: &Journal| -> Vec<(i64, OpenReceipt)> {
        journal.open_intents(&key()).unwrap().iter().map(|open| (open.id, open.receipt)).collect()
    };
    assert_eq!(open(&journal), [(ids[1], OpenReceipt::Lost), (ids[3], OpenReceipt::None)]);
    assert!(journal.open_intents(&DeviceKey::of(None, "other")).unwrap().is_empty());
    journal.settle(ids[1], Settlement::Applied, "read back equal").unwrap();
    assert_eq!(open(&journal), [(ids[3], OpenReceipt::None)]);
    assert_eq!(
        journal.settle_all(&key(), Section::Smtp, Settlement::Unknown, "the page does not tell").unwrap(),
        1
    );
    assert!(open(&journal).is_empty());
    assert!(journal.receive(4711, Some(200)).unwrap_err().to_string().contains("no intent 4711"));
    journal.verify().unwrap();
}

#[test]
fn equal_contents_are_stored_once() {
    let dir = tempfile::tempdir().unwrap();
    let journal = Journal::open(dir.path()).unwrap();
    let run = journal.start_run(&new_run(RunKind::Apply)).unwrap();
    let first = journal.save_snapshot(&snapshot(Some(run), "ward-1", "mail.old.example")).unwrap();
    let second = journal.save_snapshot(&snapshot(Some(run), "ward-2", "mail.old.example")).unwrap();
    let third = journal.save_snapshot(&snapshot(None, "ward-1", "smtp.office365.com")).unwrap();
    let bodies: i64 = raw(dir.path()).query_row("SELECT count(*) FROM bodies", [], |row| row.get(0)).unwrap();
    assert_eq!(bodies, 2);
    let found = journal.snapshot(&first.to_string()).unwrap();
    assert_eq!(found.summary.content, journal.snapshot("s2").unwrap().summary.content);
    assert_eq!(found.raw.entries, [("srv".to_owned(), "mail.old.example".to_owned())]);
    assert_eq!(journal.snapshot("last").unwrap().summary.id, third);
    let ids = |device| -> Vec<SnapshotId> {
        journal.snapshots(device).unwrap().iter().map(|snapshot| snapshot.id).collect()
    };
    assert_eq!(ids(None), [third, second, first]);
    assert_eq!(ids(Some("ward-1")), [third, first]);
    assert_eq!(ids(Some("E1")), [third, second, first]);
    // Several before one change: the first is what was there.
    let before = journal.snapshot_before(&run, &key(), Section::Smtp).unwrap().unwrap();
    assert_eq!(before.summary.id, first);
    assert_eq!(journal.snapshots_before(&run).unwrap().len(), 2);
    for unknown in ["s99", "99", "x", ""] {
        let error = journal.snapshot(unknown).unwrap_err();
        assert!(matches!(error, JournalError::UnknownSnapshot { .. }), "{error:?}");
    }
}

fn book(run: RunId, entries: usize) -> NewSnapshot {
    let entry = |n: usize| {
        json!({"id": format!("{n}"), "kind": "user", "name": format!("Person {n}"), "number": n,
               "email": format!("person{n}@clinic.example"), "key": format!("Person {n}"), "favourite": false})
    };
    let mut snapshot = snapshot(Some(run), "ward-1", "");
    snapshot.section = Section::AddressBook;
    snapshot.typed = json!({"entries": (0..entries).map(entry).collect::<Vec<_>>()});
    snapshot
}

#[test]
fn a_book_of_two_thousand_entries_costs_little_and_is_stored_once() {
    let dir = tempfile::tempdir().unwrap();
    let journal = Journal::open(dir.path()).unwrap();
    let run = journal.start_run(&new_run(RunKind::Apply)).unwrap();
    let large = book(run, 2_000);
    for _ in 0..3 {
        journal.save_snapshot(&large).unwrap();
    }
    let (bodies, bytes): (i64, i64) = raw(dir.path())
        .query_row("SELECT count(*), sum(length(body)) FROM bodies", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    assert_eq!(bodies, 1);
    assert!(bytes < 80_000, "{bytes} bytes for 2,000 entries");
    let found = journal.snapshot_before(&run, &key(), Section::AddressBook).unwrap().unwrap();
    assert_eq!(found.typed, large.typed);
    assert!(journal.snapshot_before(&run, &key(), Section::Smtp).unwrap().is_none());
    assert_eq!(journal.snapshots(None).unwrap()[0].section, Section::AddressBook);
    journal.verify().unwrap();
    raw(dir.path()).execute("UPDATE bodies SET body = substr(body, 1, 2000)", []).unwrap();
    assert!(matches!(journal.verify(), Err(JournalError::BrokenChain { .. })));
    assert!(matches!(journal.snapshot("s1"), Err(JournalError::Corrupt { .. })));
}

#[test]
fn what_lists_put_into_a_book_is_kept_per_device_and_list_and_only_once_it_was_read_back() {
    let dir = tempfile::tempdir().unwrap();
    let journal = Journal::open(dir.path()).unwrap();
    let run = journal.start_run(&new_run(RunKind::Apply)).unwrap();
    let other = DeviceKey::of(Some("E2"), "ward-2");
    journal.begin_book(&run, &key(), &json!(["about to"])).unwrap();
    let open = journal.open_book_changes::<Value>(&key()).unwrap();
    assert_eq!(open, [BookChanges { run, settled: false, body: json!(["about to"]) }]);
    assert!(journal.open_book_changes::<Value>(&other).unwrap().is_empty());
    assert_eq!(journal.book_base::<Value>(&key(), "contacts.csv").unwrap(), None);

    let bases = BTreeMap::from([("contacts.csv".to_owned(), json!({"a": 1}))]);
    journal.settle_book(&run, &key(), &json!(["done"]), &bases).unwrap();
    assert!(journal.open_book_changes::<Value>(&key()).unwrap().is_empty());
    let changes = journal.book_changes::<Value>(&run, &key()).unwrap().unwrap();
    assert_eq!((changes.settled, changes.body), (true, json!(["done"])));
    assert_eq!(journal.book_base(&key(), "contacts.csv").unwrap(), Some(json!({"a": 1})));
    assert_eq!(journal.book_base::<Value>(&key(), "other.csv").unwrap(), None);
    assert_eq!(journal.book_base::<Value>(&other, "contacts.csv").unwrap(), None);
    assert_eq!(journal.book_bases::<Value>(&key()).unwrap(), bases);
    journal.verify().unwrap();
}

#[test]
fn what_reading_a_section_shows_settles_writes_to_that_section_only() {
    let dir = tempfile::tempdir().unwrap();
    let journal = Journal::open(dir.path()).unwrap();
    let run = journal.start_run(&new_run(RunKind::Apply)).unwrap();
    for section in [Section::Smtp, Section::AddressBook] {
        let intent = Intent { section, ..intent("write") };
        journal.intend(&run, &key(), &intent).unwrap();
    }
    assert_eq!(journal.settle_all(&key(), Section::AddressBook, Settlement::Applied, "read").unwrap(), 1);
    let open = journal.open_intents(&key()).unwrap();
    assert_eq!(open.iter().map(|i| i.section.as_str()).collect::<Vec<_>>(), ["smtp"]);
}

#[test]
fn certificates_are_trusted_on_first_use_and_changed_by_people_only() {
    let dir = tempfile::tempdir().unwrap();
    let journal = Journal::open(dir.path()).unwrap();
    let key = PinKey::new("ward-1", "Copier.Example", 443);
    let (old, new) = ("11".repeat(32), "22".repeat(32));
    assert!(matches!(journal.accept("ward-1"), Err(JournalError::NothingPresented { .. })));
    assert!(!journal.pinned("ward-1").unwrap());
    assert_eq!(journal.pin_first(&key, &facts(&old)).unwrap().sha256, old);
    assert!(journal.pinned("ward-1").unwrap());
    // Whoever comes second learns what is trusted.
    assert_eq!(journal.pin_first(&key, &facts(&new)).unwrap().sha256, old);
    journal.observe(&key, &facts(&new), true).unwrap();
    let pin = journal.pin(&key).unwrap().unwrap();
    let refused = pin.refused.unwrap();
    assert_eq!((pin.sha256.as_str(), refused.facts.sha256.as_str(), refused.refused), (&*old, &*new, true));
    assert_eq!(pin.key.address, "copier.example:443");
    let accepted = journal.accept("ward-1").unwrap();
    assert_eq!(accepted.len(), 1);
    assert_eq!((accepted[0].before.as_deref(), accepted[0].after.as_str()), (Some(&*old), &*new));
    let pin = journal.pin(&key).unwrap().unwrap();
    assert!(pin.sha256 == new && pin.refused.is_none());
    assert!(journal.accept("ward-1").unwrap().is_empty(), "nothing is left to accept");
    assert_eq!(journal.pins().unwrap().len(), 1);
    assert_eq!(journal.forget("ward-1").unwrap(), 1);
    assert!(journal.pin(&key).unwrap().is_none() && !journal.pinned("ward-1").unwrap());
    assert_eq!(journal.forget("ward-1").unwrap(), 0);
    journal.verify().unwrap();
}

#[test]
fn passwords_are_known_by_what_was_pushed_and_when() {
    let dir = tempfile::tempdir().unwrap();
    let journal = Journal::open(dir.path()).unwrap();
    let mark = |text: &str| journal.fingerprint(&Secret::new(text.into())).unwrap();
    let field = "smtp.password";
    let push = |run: &RunId, text: &str, version| {
        journal.push_password(run, &key(), field, &mark(text), "keyring:m365/scan", Some(version)).unwrap();
    };
    let runs: Vec<RunId> = (0..4).map(|_| journal.start_run(&new_run(RunKind::Apply)).unwrap()).collect();
    assert!(journal.pushed_password(&key(), field).unwrap().is_none());
    push(&runs[0], "one", 1);
    push(&runs[2], "two", 2);
    let now = journal.pushed_password(&key(), field).unwrap().unwrap();
    assert_eq!((now.version, now.run, &now.fingerprint), (Some(2), runs[2], &mark("two")));
    assert_ne!(now.fingerprint, mark("one"));
    let before = |run: &RunId| journal.pushed_before(run, &key(), field).unwrap().and_then(|p| p.version);
    assert_eq!(before(&runs[0]), None);
    assert_eq!(before(&runs[1]), Some(1), "a run that pushed nothing: what was there when it started");
    assert_eq!(before(&runs[2]), Some(1));
    assert_eq!(before(&runs[3]), Some(2));
    journal.password_unknown(&runs[3], &key(), field).unwrap();
    assert!(journal.pushed_password(&key(), field).unwrap().is_none());
    assert!(journal.pushed_password(&DeviceKey::of(None, "x"), field).unwrap().is_none());

    assert!(!journal.login_was_accepted(&key(), &mark("admin")).unwrap());
    journal.login_accepted(&key(), &mark("admin")).unwrap();
    journal.login_accepted(&key(), &mark("admin")).unwrap();
    assert!(journal.login_was_accepted(&key(), &mark("admin")).unwrap());
    assert!(!journal.login_was_accepted(&key(), &mark("Admin")).unwrap());

    // The same key after reopening; another workspace's fingerprints say nothing here.
    let again = Journal::open(dir.path()).unwrap();
    assert_eq!(again.fingerprint(&Secret::new("one".into())).unwrap(), mark("one"));
    let other = tempfile::tempdir().unwrap();
    let other = Journal::open(other.path()).unwrap().fingerprint(&Secret::new("one".into())).unwrap();
    assert!(other != mark("one") && !other.comparable(&mark("one")) && mark("one").comparable(&mark("two")));
}

#[test]
fn a_proof_holds_for_one_maker_model_firmware_section_and_family() {
    let dir = tempfile::tempdir().unwrap();
    let journal = Journal::open(dir.path()).unwrap();
    let run = journal.start_run(&new_run(RunKind::Apply)).unwrap();
    let this = Identity {
        vendor: "ricoh".into(),
        model: "MP C3003".into(),
        serial: Some("E1".into()),
        firmware: Some("1.2".into()),
    };
    let proven = |identity: &Identity, family: &FamilyUsed| {
        journal.is_proven(identity, Section::Smtp, family).unwrap()
    };
    assert!(!proven(&this, &family()));
    journal.record_proven(&run, &this, Section::Smtp, &family()).unwrap();
    journal.record_proven(&run, &this, Section::Smtp, &family()).unwrap();
    assert!(proven(&Identity { serial: Some("E2".into()), ..this.clone() }, &family()));
    assert!(!proven(&Identity { firmware: Some("1.3".into()), ..this.clone() }, &family()));
    assert!(!proven(&Identity { firmware: None, ..this.clone() }, &family()));
    // A changed file is unproven again; the former proof stays with the former file.
    let changed = FamilyUsed { sha256: "ef".repeat(32), ..family() };
    assert!(!proven(&this, &changed));
    journal.record_proven(&run, &this, Section::Smtp, &changed).unwrap();
    assert!(proven(&this, &changed) && proven(&this, &family()));
    let kept: Vec<String> = journal.proofs().unwrap().into_iter().map(|proof| proof.family_sha256).collect();
    assert_eq!(kept.len(), 2, "{kept:?}");
    assert!(kept.contains(&changed.sha256) && kept.contains(&family().sha256));
}

#[test]
fn locks_exclude_expire_and_are_released() {
    let dir = tempfile::tempdir().unwrap();
    let journal = Journal::open(dir.path()).unwrap();
    let run = journal.start_run(&new_run(RunKind::Apply)).unwrap();
    let holder = Holder { host: "desk".into(), pid: 1, run, command: "apply".into() };
    let hour = Duration::from_secs(3600);
    let lock = journal.lock_device(&key(), &holder, hour).unwrap();
    assert!(matches!(journal.lock_device(&key(), &holder, hour), Err(LockError::Held(_))));
    let other = journal.lock_device(&DeviceKey::of(None, "other"), &holder, hour).unwrap();
    lock.renew(hour).unwrap();
    drop(lock);
    let short = journal.lock_device(&key(), &holder, Duration::ZERO).unwrap();
    let taken = journal.lock_device(&key(), &holder, hour).unwrap();
    let lost = short.renew(hour).unwrap_err();
    assert!(matches!(lost, JournalError::LockLost { .. }), "{lost:?}");
    // The loser's release leaves the winner's lock alone.
    drop(short);
    assert!(matches!(journal.lock_device(&key(), &holder, hour), Err(LockError::Held(_))));
    drop((taken, other));
    drop(journal.lock_device(&key(), &holder, hour).unwrap());
}

// ---------------------------------------------------------------------------------------------- audit

#[test]
fn the_chain_notices_every_kind_of_tampering() {
    let tampering = [
        "UPDATE runs SET user = 'somebody else'",
        "UPDATE runs SET counts = '{}'",
        "UPDATE results SET body = replace(body, '587', '588')",
        "DELETE FROM results",
        "UPDATE intents SET path = '/other.cgi' WHERE id = 1",
        "UPDATE intents SET settlement = 'applied' WHERE id = 2",
        "DELETE FROM intents WHERE id = 3",
        "UPDATE bodies SET body = replace(body, 'mail.old', 'mail.new')",
        "UPDATE snapshots SET device_key = 'name:x'",
        "UPDATE book_bases SET body = replace(body, 'ann', 'eve')",
        "UPDATE book_bases SET run = (SELECT id FROM runs), body = 'deflate:%'",
        "DELETE FROM book_bases",
        "UPDATE book_changes SET settled = 0",
        "DELETE FROM book_changes",
        "UPDATE pins SET sha256 = 'ff'",
        "DROP TRIGGER audit_is_never_changed; UPDATE audit SET content = '{}' WHERE seq = 3",
        "DROP TRIGGER audit_is_never_changed; UPDATE audit SET prev = 'x' WHERE seq = 2",
        "DROP TRIGGER audit_is_never_cut; DELETE FROM audit WHERE seq = 4",
        "DROP TRIGGER audit_is_never_cut; DELETE FROM audit WHERE seq > 2",
    ];
    for sql in tampering {
        let dir = tempfile::tempdir().unwrap();
        let journal = Journal::open(dir.path()).unwrap();
        fill(&journal);
        let report = journal.verify().unwrap();
        assert!(report.entries > 8 && report.head.len() == 64);
        raw(dir.path()).execute_batch(sql).unwrap();
        let error = journal.verify().unwrap_err();
        assert!(matches!(error, JournalError::BrokenChain { .. }), "{sql}: {error:?}");
    }
    let dir = tempfile::tempdir().unwrap();
    fill(&Journal::open(dir.path()).unwrap());
    for sql in ["UPDATE audit SET content = '{}'", "DELETE FROM audit"] {
        assert!(raw(dir.path()).execute_batch(sql).is_err(), "{sql}");
    }
}

#[test]
fn a_password_is_nowhere_in_the_files() {
    const PLANTED: &str = "pl4nted&Paßword+9";
    let dir = tempfile::tempdir().unwrap();
    let journal = Journal::open(dir.path()).unwrap();
    let run = fill(&journal);
    let secret = Secret::new(PLANTED.into());
    let fingerprint = journal.fingerprint(&secret).unwrap();
    journal.push_password(&run, &key(), "smtp.password", &fingerprint, "keyring:m365/scan", Some(3)).unwrap();
    journal.login_accepted(&key(), &fingerprint).unwrap();
    let mut new = snapshot(Some(run), "ward-1", "mail.old.example");
    // An adapter that forgot to leave them out.
    for name in ["smtpPassword", "PWD", "wimToken", "client_secret"] {
        new.raw.entries.push((name.into(), PLANTED.into()));
    }
    new.password = Some(PasswordAtSnapshot {
        field: "smtp.password".into(),
        fingerprint,
        reference: "keyring:m365/scan".into(),
        version: Some(3),
    });
    let id = journal.save_snapshot(&new).unwrap();
    assert_eq!(journal.snapshot(&id.to_string()).unwrap().password, new.password);
    assert_eq!(journal.snapshot(&id.to_string()).unwrap().raw.entries.len(), 1);
    let key = std::fs::read(dir.path().join("key")).unwrap();
    let encoded = [
        PLANTED.as_bytes().to_vec(),
        base64::Engine::encode(&base64::engine::general_purpose::STANDARD, PLANTED).into_bytes(),
        form_urlencoded::byte_serialize(PLANTED.as_bytes()).collect::<String>().into_bytes(),
        "pl4nted".into(),
        key,
    ];
    for entry in std::fs::read_dir(dir.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() || path.ends_with("key") {
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        for needle in &encoded {
            assert!(!bytes.windows(needle.len()).any(|window| window == needle), "{}", path.display());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]
    #[test]
    fn history_is_newest_first_and_every_id_resolves(kinds in prop::collection::vec(0_usize..5, 0..12)) {
        const KINDS: [RunKind; 5] =
            [RunKind::Plan, RunKind::Apply, RunKind::Check, RunKind::Rollback, RunKind::Restore];
        let dir = tempfile::tempdir().unwrap();
        let journal = Journal::open(dir.path()).unwrap();
        let mut expected: Vec<(RunId, RunKind)> =
            kinds.iter().map(|kind| (journal.start_run(&new_run(KINDS[*kind])).unwrap(), KINDS[*kind])).collect();
        expected.reverse();
        let runs: Vec<(RunId, RunKind)> = journal.runs().unwrap().iter().map(|run| (run.id, run.kind)).collect();
        prop_assert_eq!(&runs, &expected);
        let last = expected.iter().find(|(_, kind)| !matches!(kind, RunKind::Plan | RunKind::Check));
        prop_assert_eq!(journal.resolve_run("last").ok(), last.map(|(id, _)| *id));
        for (id, _) in &expected {
            prop_assert_eq!(journal.resolve_run(&id.to_string()).unwrap(), *id);
        }
    }
}

/// Writes the fixture of the present version; run it by hand before the first release that changes the schema:
/// `SCANFLEET_WRITE_JOURNAL=DIR cargo test --test journal write_a_journal`, then dump DIR/journal.db as SQL.
#[test]
fn write_a_journal() {
    let Some(dir) = std::env::var_os("SCANFLEET_WRITE_JOURNAL") else { return };
    fill(&Journal::open(Path::new(&dir)).unwrap());
}
