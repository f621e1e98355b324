//! One copier of each maker: who is listed where, somebody leaves, two books side by side, makers' own files.

use serde_json::Value;

use super::{altered, assert_all, books, copier, entries, exports, of, person, typed, workspace};

const RICOH: &str = "im-c4500";
const XEROX: &str = "altalink-c8155";
const BROTHER: &str = "mfc-l8900cdw";
const ALICE: &str = "alice.abbott@example.test";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_is_looked_for_and_leaves_every_copier() {
    let bench = workspace([RICOH, XEROX, BROTHER].map(|name| copier(name, 6)).to_vec()).await;
    typed(&bench, BROTHER, person("Alice Panel"));
    let first = exports(&bench).await;

    let text = bench.run(&["book", "who", "ALICE.Abbott@example.test"]).await.code(0).out;
    assert!(text.contains("is listed on 3 of 3 devices"), "{text}");
    for name in [RICOH, XEROX, BROTHER] {
        assert!(text.lines().any(|line| line.starts_with(name) && line.contains("Alice Abbott")), "{text}");
    }
    let told = bench.json(&["book", "who", "alice"], 0).await;
    assert_eq!((&told["looked"], told["failed"].as_array().unwrap().len()), (&3.into(), 0));
    let found: Vec<(&str, &str)> = told["found"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| (entry["device"].as_str().unwrap(), entry["name"].as_str().unwrap()))
        .collect();
    let mut expected = vec![
        (RICOH, "Alice Abbott"),
        (XEROX, "Alice Abbott"),
        (BROTHER, "Alice Abbott"),
        (BROTHER, "Alice Panel"),
    ];
    assert_eq!(found, expected);
    let rows = bench.run(&["--format", "csv", "book", "who", "Alice", XEROX, BROTHER]).await.code(0).csv();
    assert_eq!(rows[0][..3], ["device", "name", "email"]);
    let rows: Vec<(&str, &str)> = rows[1..].iter().map(|row| (row[0].as_str(), row[1].as_str())).collect();
    expected.remove(0);
    assert_eq!(rows, expected);
    let nobody = bench.run(&["book", "who", "nobody@example.test"]).await.code(0).out;
    assert!(nobody.contains("is listed on none of 3 devices"), "{nobody}");

    // Nobody can be asked: a plan.
    let before = books(&bench);
    let plan = bench.run(&["book", "remove", ALICE]).await.code(0);
    assert!(plan.out.contains("address_book[alice.abbott@example.test].name"), "{}", plan.out);
    assert!(plan.err.contains("`--yes`"), "{}", plan.err);
    assert_eq!(books(&bench), before, "a plan wrote");
    let removed = bench.json(&["book", "remove", "Alice.ABBOTT@example.test", "--yes"], 0).await;
    assert_all(&removed, "changed");
    let told = bench.json(&["book", "who", ALICE], 0).await;
    assert!(told["found"].as_array().unwrap().is_empty(), "{told:#}");
    for (device, before) in bench.devices().iter().zip(&before) {
        assert_eq!(device.book().entries().len(), before.entries().len() - 1, "{}", device.info().name);
    }
    let again = bench.json(&["book", "remove", ALICE, "--yes"], 0).await;
    assert_all(&again, "unchanged");
    // What was saved before tells it without asking anybody.
    let requests = |name: &str| bench.lab.device(name).state().requests["total"];
    let asked = [RICOH, XEROX, BROTHER].map(requests);
    let saved = bench.json(&["book", "who", ALICE, "--from-snapshots"], 0).await;
    assert_eq!(saved["found"].as_array().unwrap().len(), 3, "{saved:#}");
    assert_eq!([RICOH, XEROX, BROTHER].map(requests), asked);

    let back = bench.json(&["rollback", removed["run"].as_str().unwrap(), "--yes"], 0).await;
    assert_all(&back, "rolled-back");
    assert_eq!(exports(&bench).await, first, "byte for byte");

    // The newest saved book of a copier against the one before it.
    let listed = bench.json(&["snapshot"], 0).await;
    let of_xerox: Vec<&str> = listed["snapshots"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|s| s["device"] == XEROX && s["section"] == "address_book")
        .map(|s| s["id"].as_str().unwrap())
        .collect();
    let mut differing = 0;
    for pair in of_xerox.windows(2) {
        let told = bench.json(&["book", "diff", pair[0], pair[1]], 0).await;
        let changes = told["changes"].as_array().unwrap();
        assert!(changes.iter().all(|c| c["field"].as_str().unwrap().contains("alice.abbott@")), "{told:#}");
        differing += usize::from(!changes.is_empty());
    }
    assert_eq!(differing, 1, "{listed:#}");
    bench.assert_nobody_logged_in();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn books_side_by_side_and_in_makers_own_files() {
    let bench = workspace([RICOH, XEROX, BROTHER].map(|name| copier(name, 6)).to_vec()).await;
    for name in [RICOH, XEROX, BROTHER] {
        let members = bench.lab.device(name).book().entries()[..2].iter().map(|e| e.id).collect();
        typed(&bench, name, scanfleet_mocks::BookEntry::group("Team", members));
    }
    for (a, b) in [(RICOH, XEROX), (XEROX, BROTHER)] {
        let text = bench.run(&["book", "diff", a, b]).await.code(0).out;
        assert_eq!(text.trim_end(), format!("{a} and {b} do not differ."));
    }
    altered(&bench, XEROX, ALICE, |entry| entry.name = "Alice Ashford".into());
    typed(&bench, BROTHER, person("Panel Pat"));
    let told = bench.json(&["book", "diff", XEROX, BROTHER], 0).await;
    assert_eq!(entries(&told), [ALICE, "panel.pat@northshore.example"]);
    let renamed: Vec<&Value> =
        told["changes"].as_array().unwrap().iter().filter(|c| c["before"] == "Alice Ashford").collect();
    assert_eq!(renamed.len(), 1, "{told:#}");
    assert_eq!(renamed[0]["after"], "Alice Abbott");
    let text = bench.run(&["book", "diff", XEROX, BROTHER]).await.code(0).out;
    assert!(text.contains("Alice Ashford") && text.contains("Panel Pat"), "{text}");
    let rows = bench.run(&["--format", "csv", "book", "diff", XEROX, BROTHER]).await.code(0).csv();
    assert_eq!(rows[0], ["field", "a", "b"]);
    assert_eq!(rows.len() - 1, told["changes"].as_array().unwrap().len());

    bench.write("people.yaml", super::OWN_LISTS);
    for (name, form) in [(RICOH, "ricoh"), (XEROX, "xerox-26"), (BROTHER, "brother")] {
        let (own, list, again) =
            (format!("{name}.{form}.csv"), format!("{name}.csv"), format!("{name}.again.csv"));
        bench.run(&["book", "export", name, "--as", form, "-o", &own]).await.code(0);
        bench.run(&["book", "export", name, "-o", &list]).await.code(0);
        for file in [&own, &list] {
            let text = bench.run(&["book", "diff", name, &format!("./{file}")]).await.code(0).out;
            assert!(text.contains("do not differ"), "{name} and {file}: {text}");
        }
        let told = bench.json(&["book", "import", &own, "-o", &again], 0).await;
        assert_eq!(told["files"][0]["format"], form);
        assert!(told["doubts"].as_array().unwrap().is_empty(), "{told:#}");
        let read = |file: &str| std::fs::read_to_string(bench.workspace().join(file)).unwrap();
        let whole: &[&str] = match name {
            XEROX => &["book", "export", name],
            _ => &["book", "export", name, "--numbers"],
        };
        assert_eq!(read(&again), bench.run(whole).await.code(0).out, "{name}");
        // A copier and a file that somebody edited.
        std::fs::write(bench.workspace().join(&again), read(&list).replace("Bruno Hassan", "Bruno Hansen"))
            .unwrap();
        let told = bench.json(&["book", "diff", name, &format!("./{again}")], 0).await;
        assert_eq!(entries(&told), ["bruno.hassan@example.test"], "{told:#}");
    }
    // A list of what is there changes nothing.
    let plan = bench.json(&["plan", "people.yaml", "--detailed-exitcode"], 0).await;
    assert_all(&plan, "unchanged");
    assert!(of(&plan, RICOH)["changes"].as_array().unwrap().is_empty());
    bench.assert_nobody_logged_in();
}
