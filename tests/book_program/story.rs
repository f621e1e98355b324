//! Every Xerox and Brother of the lab that is driven, from a first export to the same export again.

use std::collections::BTreeMap;

use scanfleet_mocks::{BookEntry, BrotherProfile, MakerProfile, XeroxProfile};

use super::support::Bench;
use super::{
    OWN_LISTS, assert_all, books, copier, entries, exports, of, person, sorted, typed, without, workspace,
};

/// Those that nobody drives: contract/profiles.rs says why.
const REFUSED: [&str; 3] = ["versalink-c405", "xerox-b235", "ads-3350w"];
const FOLDER_PASSWORD: &str = "lab-folder-not-a-secret";

fn driven(names: &[&'static str]) -> Vec<&'static str> {
    names.iter().copied().filter(|name| !REFUSED.contains(name)).collect()
}

/// An export with a line more, in whose columns it stands.
fn with(export: &str, name: &str) -> String {
    let head = export.lines().next().unwrap();
    let entry = person(name);
    let favourite = if head.ends_with(",favourite") { ",no" } else { "" };
    format!("{export}{name},{},,,{favourite}\n", entry.email)
}

/// Each device's list is its first export, changed like this.
fn write_lists(bench: &Bench, first: &BTreeMap<String, String>, change: impl Fn(&str) -> String) {
    for (name, export) in first {
        bench.write(&format!("{name}.csv"), &change(export));
    }
}

/// Alice, with whom every book begins, has another name.
fn edited(export: &str) -> String {
    assert_eq!(export.matches("\nAlice Abbott,alice.abbott@example.test,").count(), 1, "{export}");
    export.replace("\nAlice Abbott,", "\nAlice Ashford,")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_a_first_export_to_the_same_export_again() {
    let names = [driven(&XeroxProfile::NAMES), driven(&BrotherProfile::NAMES)].concat();
    let bench = workspace(names.iter().map(|name| copier(name, 12)).collect()).await;
    bench.write("people.yaml", OWN_LISTS);
    for name in &names {
        if MakerProfile::named(name).book_limits().groups > 0 {
            let members = bench.lab.device(name).book().entries()[..3].iter().map(|e| e.id).collect();
            typed(&bench, name, BookEntry::group("Team", members));
        }
    }
    let first = exports(&bench).await;
    for (name, export) in &first {
        assert_eq!(export.lines().count(), 13, "{name}: {export}");
        let groups = MakerProfile::named(name).book_limits().groups;
        assert_eq!(export.matches("Team").count(), if groups > 0 { 3 } else { 0 }, "{name}: {export}");
    }

    // An earlier list had somebody who leaves now.
    write_lists(&bench, &first, |export| with(export, "Lee Leaver"));
    let early = bench.json(&["apply", "people.yaml", "--yes"], 0).await;
    assert_all(&early, "changed");
    for name in &names {
        typed(&bench, name, person("Panel Pat"));
    }
    let second = exports(&bench).await;

    // One line edited, one new, one gone.
    write_lists(&bench, &first, |export| with(&edited(export), "Eve Newman"));
    let before = books(&bench);
    let text = bench.run(&["plan", "people.yaml"]).await.code(0);
    let plan = bench.json(&["plan", "people.yaml", "--detailed-exitcode"], 4).await;
    assert_all(&plan, "pending");
    assert_eq!(books(&bench), before, "a plan wrote");
    let who = ["alice.abbott@example.test", "eve.newman@northshore.example", "lee.leaver@northshore.example"];
    for name in &names {
        assert!(text.out.contains(name), "{}", text.out);
        assert_eq!(entries(of(&plan, name)), who, "{name}");
    }
    for word in ["Alice Abbott", "Alice Ashford", "Lee Leaver", "Eve Newman"] {
        assert!(text.out.contains(word), "{}", text.out);
    }

    let applied = bench.json(&["apply", "people.yaml", "--yes"], 0).await;
    assert_all(&applied, "changed");
    for name in &names {
        assert_eq!(of(&applied, name)["grade"], "verified", "{name}");
        assert_eq!(of(&applied, name)["changes"], of(&plan, name)["changes"], "{name}");
    }
    let third = exports(&bench).await;
    for (name, export) in &third {
        let intended = with(&without(&edited(&second[name]), &["Lee Leaver"]), "Eve Newman");
        assert_eq!(sorted(export), sorted(&intended), "{name}");
    }
    let again = bench.json(&["plan", "people.yaml", "--detailed-exitcode"], 0).await;
    assert_all(&again, "unchanged");

    for name in &names {
        typed(&bench, name, person("Panel Quin"));
    }
    let back = bench.json(&["rollback", "last", "--yes"], 0).await;
    assert_all(&back, "rolled-back");
    for (name, export) in exports(&bench).await {
        assert_eq!(export.matches("Panel Quin").count(), 1, "{name}: {export}");
        assert_eq!(without(&export, &["Panel Quin"]), second[&name], "{name}");
    }
    let back = bench.json(&["rollback", early["run"].as_str().unwrap(), "--yes"], 0).await;
    assert_all(&back, "rolled-back");
    for (name, export) in exports(&bench).await {
        assert_eq!(export.matches("Panel ").count(), 2, "{name}: {export}");
        assert_eq!(without(&export, &["Panel "]), first[&name], "{name}");
    }
    bench.json(&["history", "--verify"], 0).await;
    bench.assert_nobody_logged_in();
}

/// A Xerox whose contacts have no pages of their own takes a change as a whole new file, and its export leaves the passwords of
/// scan log-ins out.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_would_lose_passwords_is_refused_by_name() {
    let names = driven(&XeroxProfile::NAMES);
    let (by_contact, by_file): (Vec<&str>, Vec<&str>) = names
        .iter()
        .copied()
        .partition(|name| MakerProfile::named(name).xerox().unwrap().book.contacts.is_some());
    assert!(!by_contact.is_empty() && !by_file.is_empty());
    let bench = workspace(names.iter().map(|name| copier(name, 4)).collect()).await;
    bench.write("people.yaml", OWN_LISTS);
    let mut folders = BTreeMap::new();
    for name in &names {
        let folder =
            BookEntry::folder("Scans", r"\\files.northshore.example\scans", "scanner", FOLDER_PASSWORD);
        folders.insert(*name, typed(&bench, name, folder));
    }
    let kept = |name: &str| bench.lab.device(name).folder_password_is(folders[name], FOLDER_PASSWORD);
    let first = exports(&bench).await;
    let listed: BTreeMap<String, String> =
        first.iter().map(|(name, export)| (name.clone(), without(export, &["Scans"]))).collect();

    // To add somebody loses nothing.
    write_lists(&bench, &listed, |export| with(export, "Eve Newman"));
    assert_all(&bench.json(&["apply", "people.yaml", "--yes"], 0).await, "changed");
    assert!(names.iter().all(|name| kept(name).unwrap()));

    write_lists(&bench, &listed, edited);
    let before = books(&bench);
    let plan = bench.json(&["plan", "people.yaml"], 5).await;
    assert_eq!(books(&bench), before);
    let applied = bench.json(&["apply", "people.yaml", "--yes"], 5).await;
    for outcome in [&plan, &applied] {
        for name in &by_file {
            let told = of(outcome, name);
            assert_eq!(told["category"], "unsupported", "{told:#}");
            let message = told["message"].as_str().unwrap();
            for word in ["Scans", "--yes-lose-passwords", "nothing was written"] {
                assert!(message.contains(word), "{name}: {message}");
            }
        }
    }
    for (device, before) in bench.devices().iter().zip(&before) {
        let name = device.info().name;
        assert!(kept(&name).unwrap(), "{name}");
        assert_eq!(device.book() == *before, by_file.contains(&name.as_str()), "{name}");
    }

    let args = ["apply", "people.yaml", "--yes", "--yes-lose-passwords"];
    let planned = bench.json(&["plan", "people.yaml", "--yes-lose-passwords"], 0).await;
    let text = bench.run(&["plan", "people.yaml", "--yes-lose-passwords"]).await.code(0).out;
    assert!(text.contains("address_book[Scans].folder.password"), "{text}");
    let agreed = bench.json(&args, 0).await;
    for name in &by_contact {
        assert_eq!(of(&agreed, name)["result"], "unchanged", "done before");
        assert!(kept(name).unwrap());
    }
    for name in &by_file {
        for outcome in [&planned, &agreed] {
            let told = of(outcome, name);
            assert_eq!(told["unrestorable"][0], "address_book[Scans].folder.password", "{told:#}");
            assert!(told["unrestorable_because"].as_str().unwrap().contains("type it in"), "{told:#}");
        }
        let told = of(&agreed, name);
        assert_eq!((&told["result"], &told["grade"]), (&"changed".into(), &"verified".into()), "{told:#}");
        let now = exports_of(&bench, name).await;
        assert_eq!(sorted(&now), sorted(&edited(&first[*name])), "{name}");
    }

    // The way back is a new file as well.
    let run = agreed["run"].as_str().unwrap();
    let refused = bench.json(&["rollback", run, "--yes"], 6).await;
    assert_eq!(refused["devices"][0]["category"], "unsupported", "{refused:#}");
    let back = bench.json(&["rollback", run, "--yes", "--yes-lose-passwords"], 0).await;
    assert_eq!(back["devices"].as_array().unwrap().len(), by_file.len());
    assert_all(&back, "rolled-back");
    for name in &by_file {
        assert_eq!(of(&back, name)["unrestorable"][0], "address_book[Scans].folder.password");
        let now = exports_of(&bench, name).await;
        assert_eq!(sorted(&now), sorted(&with(&first[*name], "Eve Newman")), "{name}");
    }
    bench.assert_nobody_logged_in();
}

async fn exports_of(bench: &Bench, name: &str) -> String {
    bench.run(&["book", "export", name]).await.code(0).out
}
