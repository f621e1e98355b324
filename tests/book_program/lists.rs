//! What a list may ask of a copier, on one of each maker: conflicts, exact books, names that do not fit, books that are full or
//! in use.

use scanfleet_mocks::{BookEntry, BookLimits};
use serde_json::Value;

use super::support::{Bench, child, until};
use super::{
    altered, assert_all, books, copier, entries, exports, of, person, playbook, sorted, typed, workspace,
};

const RICOH: &str = "mp-c3003";
const XEROX: &str = "altalink-c8155";
/// Takes changes as whole files only.
const XEROX_BY_FILE: &str = "versalink-c415";
const BROTHER: &str = "mfc-l2740dw";
/// Those whose pages tell how long a name may be.
const LIMITED: [&str; 2] = [RICOH, BROTHER];
const ALL: [&str; 4] = [RICOH, XEROX, XEROX_BY_FILE, BROTHER];

async fn bench(entries: usize) -> Bench {
    workspace(ALL.map(|name| copier(name, entries)).to_vec()).await
}

/// Writes a list of name and address.
fn write_list(bench: &Bench, rows: &[(&str, &str)]) {
    let rows: String =
        rows.iter().map(|(name, email)| format!("{name},{email}@northshore.example\n")).collect();
    bench.write("contacts.csv", &format!("name,email\n{rows}"));
}

fn names_of(bench: &Bench, email: &str) -> Vec<String> {
    let name = |book: &scanfleet_mocks::Book| {
        book.with_email(&format!("{email}@northshore.example")).map(|e| e.name.clone()).collect::<Vec<_>>()
    };
    books(bench).iter().flat_map(name).collect()
}

#[track_caller]
fn assert_refused(outcome: &Value, category: &str, words: &[&str]) {
    for device in outcome["devices"].as_array().unwrap() {
        assert_eq!(device["category"], category, "{device:#}");
        let message = device["message"].as_str().unwrap();
        for word in words {
            assert!(message.contains(word), "`{word}` is not said of {}: {message}", device["name"]);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conflict_is_shown_and_decided_as_the_playbook_says() {
    let bench = bench(3).await;
    let book = |words: &str| bench.write("people.yaml", &playbook("contacts.csv", words));
    book("");
    write_list(&bench, &[("Ann", "ann"), ("Bob", "bob")]);
    assert_all(&bench.json(&["apply", "people.yaml", "--yes"], 0).await, "changed");
    for name in ALL {
        altered(&bench, name, "ann@northshore.example", |entry| entry.name = "Ann Panel".into());
        altered(&bench, name, "bob@northshore.example", |entry| entry.name = "Bob Panel".into());
    }
    // Of Bob, the list says what it said before: the panel's name stays, and that is no drift.
    write_list(&bench, &[("Ann List", "ann"), ("Bob", "bob")]);
    let before = books(&bench);
    for args in [["plan", "people.yaml"].as_slice(), &["apply", "people.yaml", "--yes"]] {
        let told = bench.json(args, 6).await;
        assert_refused(
            &told,
            "interrupted",
            &["Ann Panel", "Ann List", "on_conflict", "nothing was written"],
        );
        for name in ALL {
            let conflicts = of(&told, name)["conflicts"].as_array().unwrap();
            assert_eq!(conflicts.len(), 1, "{conflicts:#?}");
            assert_eq!(conflicts[0]["field"], "address_book[ann@northshore.example].name");
            assert!(conflicts[0]["decided"].is_null());
        }
    }
    assert_eq!(books(&bench), before);

    book(", on_conflict: keep-device");
    for _ in 0..2 {
        let kept = bench.json(&["apply", "people.yaml", "--yes"], 0).await;
        assert_all(&kept, "unchanged");
        assert_eq!(of(&kept, XEROX)["conflicts"][0]["decided"], "keep-device", "{kept:#}");
    }
    assert_eq!(books(&bench), before);

    book(", on_conflict: use-list");
    let plan = bench.json(&["plan", "people.yaml"], 0).await;
    assert_eq!(entries(of(&plan, BROTHER)), ["ann@northshore.example"]);
    assert_eq!(of(&plan, BROTHER)["conflicts"][0]["decided"], "use-list", "{plan:#}");
    assert_all(&bench.json(&["apply", "people.yaml", "--yes"], 0).await, "changed");
    assert_eq!(names_of(&bench, "ann"), ["Ann List"; 4]);
    assert_eq!(names_of(&bench, "bob"), ["Bob Panel"; 4]);
    book("");
    assert_all(&bench.json(&["plan", "people.yaml", "--detailed-exitcode"], 0).await, "unchanged");
    bench.assert_nobody_logged_in();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_exact_book_is_the_list_and_needs_yes() {
    let bench = bench(6).await;
    for name in ALL {
        // Without a log-in: no new file loses a password.
        let mut other = BookEntry { email: String::new(), fax: "5550100".into(), ..person("Fax Room") };
        if name == RICOH {
            // This one has no fax.
            let folder =
                BookEntry::folder("Fax Room", r"\\files.northshore.example\fax", "", "").folder.unwrap();
            other.fax.clear();
            other.folder = Some(scanfleet_mocks::BookFolder { password: None, ..folder });
        }
        typed(&bench, name, other);
    }
    let first = exports(&bench).await;
    bench.write("exact.yaml", &playbook("contacts.csv", ", mode: exact"));
    bench.write(
        "contacts.csv",
        "name,email\nAlice Abbott,alice.abbott@example.test\nEve,eve@northshore.example\n",
    );
    let before = books(&bench);
    let plan = bench.json(&["plan", "exact.yaml"], 0).await;
    for name in ALL {
        let told = of(&plan, name);
        assert_eq!(told["foreign_removed"], 5, "{told:#}");
        assert!(told["message"].as_str().unwrap().contains("5 entries of others would go"), "{told:#}");
        assert!(
            told["notes"].to_string().contains("1 entry that leads only to a folder or a fax stays"),
            "{told:#}"
        );
    }
    let refused = bench.run(&["apply", "exact.yaml"]).await.code(2);
    assert!(refused.err.contains("--yes"), "{}", refused.err);
    assert_eq!(books(&bench), before, "nothing is written without --yes");

    let applied = bench.json(&["apply", "exact.yaml", "--yes"], 0).await;
    assert_all(&applied, "changed");
    for (device, book) in bench.devices().iter().zip(books(&bench)) {
        let mut names: Vec<&str> = book.entries().iter().map(|entry| entry.name.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, ["Alice Abbott", "Eve", "Fax Room"], "{}", device.info().name);
    }
    assert_all(&bench.json(&["plan", "exact.yaml", "--detailed-exitcode"], 0).await, "unchanged");
    assert_all(&bench.json(&["rollback", "last", "--yes"], 0).await, "rolled-back");
    assert_eq!(exports(&bench).await, first, "byte for byte");
    bench.assert_nobody_logged_in();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_that_do_not_fit_are_told_before_anything_is_written() {
    let bench = bench(3).await;
    let before = books(&bench);
    bench.write("people.yaml", &playbook("contacts.csv", ""));
    bench.write("short.yaml", &playbook("contacts.csv", ", shorten: true"));
    // Longer than any of them takes.
    let long = "Department of Radiology and Nuclear Medicine, First Floor, Room ";
    let (one, two) = (format!("\"{long}101\""), format!("\"{long}102\""));
    write_list(&bench, &[(&one, "r101"), (&two, "r102"), ("Ann", "ann")]);
    let refused = bench.json(&["apply", "people.yaml", "--yes"], 6).await;
    for name in LIMITED {
        let told = of(&refused, name);
        assert_eq!(told["category"], "unsupported", "{told:#}");
        let message = told["message"].as_str().unwrap();
        for word in ["this copier takes ", "shorten: true", "nothing was written"] {
            assert!(message.contains(word), "{name}: {message}");
        }
    }
    for name in [XEROX, XEROX_BY_FILE] {
        // Nobody knows their limit: they say so themselves, and take nothing of such a file.
        let told = of(&refused, name);
        assert_eq!(told["category"], "rejected", "{told:#}");
        assert!(told["message"].as_str().unwrap().contains("The display name is too long"), "{told:#}");
    }
    assert_eq!(books(&bench), before);

    let shortened = bench.json(&["-t", "vendor=ricoh,brother", "apply", "short.yaml", "--yes"], 0).await;
    assert_all(&shortened, "changed");
    for name in LIMITED {
        let book = bench.lab.device(name).book();
        let mut names: Vec<&str> =
            book.entries().iter().filter(|e| e.email.starts_with("r10")).map(|e| e.name.as_str()).collect();
        names.dedup();
        assert_eq!(names.len(), 2, "{name}: {names:?}");
        assert!(names.iter().all(|name| name.starts_with("Department of")), "{names:?}");
    }
    let again = ["-t", "vendor=ricoh,brother", "plan", "short.yaml", "--detailed-exitcode"];
    assert_all(&bench.json(&again, 0).await, "unchanged");
    assert_all(&bench.json(&["rollback", "last", "--yes"], 0).await, "rolled-back");

    // A letter that one maker's pages cannot write.
    write_list(&bench, &[("Łukasz", "lukasz")]);
    let told = bench.json(&["apply", "people.yaml", "--yes"], 5).await;
    let refused = of(&told, BROTHER);
    assert_eq!(refused["category"], "unsupported", "{refused:#}");
    let message = refused["message"].as_str().unwrap();
    assert!(message.contains("`Ł` (U+0141)") && message.contains("iso-8859-1"), "{message}");
    for name in [RICOH, XEROX, XEROX_BY_FILE] {
        assert_eq!(of(&told, name)["result"], "changed", "{told:#}");
    }
    assert_eq!(names_of(&bench, "lukasz"), ["Łukasz"; 3]);
    bench.assert_nobody_logged_in();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_book_is_told_and_stays_as_it_is() {
    let specs = ALL.map(|name| {
        let mut spec = copier(name, 6);
        let limits = BookLimits { users: 6, numbers: 6, ..spec.profile.book_limits() };
        spec.book = spec.book.with_limits(limits);
        spec
    });
    let bench = workspace(specs.to_vec()).await;
    let before = books(&bench);
    bench.write("people.yaml", &playbook("contacts.csv", ""));
    write_list(&bench, &[("Ann", "ann")]);
    let told = bench.json(&["apply", "people.yaml", "--yes"], 6).await;
    for name in ALL {
        // The lab's MP C3003 speaks Spanish.
        let message = of(&told, name)["message"].as_str().unwrap();
        assert!(message.contains("full") || message.contains("llena"), "{name}: {message}");
        assert!(of(&told, name)["changes"].as_array().unwrap().is_empty(), "{told:#}");
    }
    assert_eq!(books(&bench), before);
    assert_eq!(names_of(&bench, "ann"), Vec::<String>::new());
    bench.assert_nobody_logged_in();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_book_in_use_gets_a_second_pass_and_is_busy_then() {
    let bench = bench(3).await;
    bench.write("people.yaml", &playbook("contacts.csv", ""));
    write_list(&bench, &[("Ann", "ann")]);
    let lock = |name: &str, who: Option<&str>| {
        bench.lab.device(name).panel_book(|book| book.locked_by = who.map(str::to_owned));
    };
    let before = exports(&bench).await;
    ALL.iter().for_each(|name| lock(name, Some("the panel")));
    let logins =
        |name: &str| bench.lab.device(name).state().requests.get("login").copied().unwrap_or_default();
    let earlier = ALL.map(logins);
    let args = ["--format", "json", "apply", "people.yaml", "--yes"];
    let running = bench.command(&args).spawn().unwrap();
    // The first pass has been there and gone.
    until("the first pass", || {
        ALL.iter()
            .zip(earlier)
            .all(|(name, earlier)| logins(name) > earlier && bench.lab.device(name).state().sessions == 0)
    })
    .await;
    [RICOH, XEROX, XEROX_BY_FILE].iter().for_each(|name| lock(name, None));
    let told = child::finish(&args, running).await.code(5).json();
    for name in [RICOH, XEROX, XEROX_BY_FILE] {
        assert_eq!(of(&told, name)["result"], "changed", "{told:#}");
    }
    let busy = of(&told, BROTHER);
    assert_eq!((&busy["result"], &busy["category"]), (&"failed".into(), &"busy".into()), "{busy:#}");
    lock(BROTHER, None);
    let after = exports(&bench).await;
    assert_eq!(after[BROTHER], before[BROTHER]);
    assert!(ALL[..3].iter().all(|name| after[*name] != before[*name]));
    let mended = bench.json(&["apply", "people.yaml", "--yes"], 0).await;
    assert_eq!(of(&mended, BROTHER)["result"], "changed");
    assert_eq!(names_of(&bench, "ann"), ["Ann"; 4]);
    assert!(sorted(&before[RICOH]).len() < sorted(&after[RICOH]).len());
    bench.assert_nobody_logged_in();
}
