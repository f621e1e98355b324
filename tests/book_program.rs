//! The program and the address books of a fleet, as its users run it: what the lab's copiers really hold decides.

#[path = "book_program/fleet.rs"]
mod fleet;
#[path = "book_program/lists.rs"]
mod lists;
#[path = "book_program/story.rs"]
mod story;
mod support;

use std::collections::BTreeMap;

use scanfleet_mocks::{Book, BookEntry, DeviceSpec, LabSpec, MakerProfile};
use serde_json::Value;
use support::Bench;

/// A playbook whose list is each device's own.
const OWN_LISTS: &str =
    "name: The right people\nplays:\n  - address_book: { from: \"{{ device.name }}.csv\" }\n";

/// A copier that is called as its profile, with so many entries in its address book.
fn copier(profile: &str, entries: usize) -> DeviceSpec {
    DeviceSpec::new(profile, MakerProfile::named(profile)).with_book(entries)
}

/// A workspace beside these copiers.
async fn workspace(devices: Vec<DeviceSpec>) -> Bench {
    let mut spec = LabSpec::single("mp-c3003");
    spec.devices = devices;
    for (number, device) in spec.devices.iter_mut().enumerate() {
        // Profiles of one family share a sample, and a serial number is who a device is.
        let end = device.serial.len() - 2;
        device.serial.replace_range(end.., &format!("{number:02}"));
    }
    Bench::of(spec).await
}

/// A playbook that takes this list, with further words about it.
fn playbook(list: &str, words: &str) -> String {
    format!("name: The right people\nplays:\n  - address_book: {{ from: {list}{words} }}\n")
}

/// What the copiers really hold.
fn books(bench: &Bench) -> Vec<Book> {
    bench.devices().iter().map(|device| device.book()).collect()
}

/// Every copier's book as the program exports it.
async fn exports(bench: &Bench) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for info in bench.lab.devices() {
        let text = bench.run(&["book", "export", &info.name]).await.code(0).out;
        all.insert(info.name, text);
    }
    all
}

/// Somebody types an entry in at the panel of a copier.
fn typed(bench: &Bench, device: &str, entry: BookEntry) -> u64 {
    bench.lab.device(device).panel_book(|book| book.add(entry)).unwrap()
}

/// Somebody alters an entry at the panel of a copier.
fn altered(bench: &Bench, device: &str, email: &str, work: impl FnOnce(&mut BookEntry)) {
    bench.lab.device(device).panel_book(|book| {
        let mut entry = book.with_email(email).next().unwrap().clone();
        work(&mut entry);
        book.change(entry).unwrap();
    });
}

/// What came of one device.
#[track_caller]
fn of<'a>(outcome: &'a Value, device: &str) -> &'a Value {
    let devices = outcome["devices"].as_array().unwrap();
    devices.iter().find(|d| d["name"] == device).unwrap_or_else(|| panic!("{device}: {outcome:#}"))
}

/// Fails unless this came of every device.
#[track_caller]
fn assert_all(outcome: &Value, result: &str) {
    for device in outcome["devices"].as_array().unwrap() {
        assert_eq!(device["result"], result, "{device:#}");
    }
}

/// The words between the brackets of a device's changes, each once.
fn entries(device: &Value) -> Vec<&str> {
    let fields = device["changes"].as_array().unwrap().iter().map(|c| c["field"].as_str().unwrap());
    let mut words: Vec<&str> = fields
        .map(|field| field.strip_prefix("address_book[").unwrap().rsplit_once("].").unwrap().0)
        .collect();
    words.sort_unstable();
    words.dedup();
    words
}

fn person(name: &str) -> BookEntry {
    let email = format!("{}@northshore.example", name.to_lowercase().replace(' ', "."));
    BookEntry::person(name, &email)
}

/// Lines in an order of their own: only what they say is compared.
fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines
}

/// An export without the lines that speak of any of these.
fn without(text: &str, words: &[&str]) -> String {
    let kept = text.lines().filter(|line| !words.iter().any(|word| line.contains(word)));
    kept.map(|line| format!("{line}\n")).collect()
}
