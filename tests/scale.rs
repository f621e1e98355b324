//! Twenty-five copiers with two thousand entries each: what a plan needs of memory, seen from outside the process.

mod support;

use std::fmt::Write as _;

use scanfleet_mocks::LabSpec;
use support::Bench;
use support::child::finish;

const COPIERS: usize = 25;
const ENTRIES: usize = 2_000;
/// Megabytes that the program may have needed at its highest.
const LIMIT: u64 = 150;

/// A list with everybody who is there and has an address, and one newcomer.
fn list(bench: &Bench) -> String {
    let mut text = "name,email\n".to_owned();
    let book = bench.devices()[0].book();
    for entry in book.entries().iter().filter(|e| !e.group && !e.email.is_empty()) {
        let _ = writeln!(text, "\"{}\",{}", entry.name, entry.email);
    }
    text + "Newcomer,newcomer@northshore.example\n"
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_over_25_copiers_with_2000_entries_each_stays_small() {
    let bench = Bench::of(LabSpec::of(COPIERS).with_books(ENTRIES)).await;
    bench.write("people.yaml", "name: people\nplays: [{ address_book: { from: contacts.csv } }]\n");
    bench.write("contacts.csv", &list(&bench));
    for device in bench.devices() {
        assert_eq!(device.book().entries().len(), ENTRIES, "{}", device.info().name);
    }
    let args = ["plan", "people.yaml", "--format", "json"];
    let child = bench.command(&args).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id().unwrap());
    let watch = tokio::spawn(async move {
        let mut highest = 0;
        // The kernel keeps the highest mark; the last one that can be read is the one.
        while let Ok(text) = std::fs::read_to_string(&status) {
            let mark = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let Some(mark) = mark else { break };
            let kilobytes: u64 = mark.trim().trim_end_matches("kB").trim().parse().unwrap();
            highest = highest.max(kilobytes);
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        highest
    });
    let ran = finish(&args, child).await.code(0);
    let highest = watch.await.unwrap() / 1024;
    let plan = ran.json();
    assert_eq!(plan["counts"], serde_json::json!({"pending": COPIERS, "total": COPIERS}), "{}", ran.err);
    for device in plan["devices"].as_array().unwrap() {
        let changes = device["changes"].as_array().unwrap();
        assert!(
            changes.iter().all(|c| c["field"].as_str().unwrap().contains("newcomer@")),
            "one newcomer, one change: {changes:?}"
        );
    }
    assert!(bench.devices().iter().all(|device| device.state().book_writes == 0));
    bench.assert_nobody_logged_in();
    assert!(highest > 0 && highest <= LIMIT, "{highest} MB, more than {LIMIT} MB");
}
