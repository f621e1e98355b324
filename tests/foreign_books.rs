//! The program against address books of copiers that are not ours.
//!
//! Each simulator here was written from what is publicly known of the maker's pages and without a look at the driver or
//! at the lab, so that a mistake in reading that knowledge cannot cancel itself out.

#[path = "foreign_books/mod.rs"]
mod books;
#[path = "foreign/mod.rs"]
#[allow(dead_code)]
mod foreign;
#[path = "foreign_brother/mod.rs"]
#[allow(dead_code)]
mod foreign_brother;
#[path = "foreign_xerox/mod.rs"]
#[allow(dead_code)]
mod foreign_xerox;
mod strangers;

use std::collections::BTreeMap;

use books::Stranger;
use books::brother;
use books::ricoh::{self, NEWER, OLDER};
use books::xerox::{self, GERMAN, PLAIN};
use serde_json::{Value, json};
use strangers::program::Workspace;

fn device(answer: &Value) -> &Value {
    let devices = answer["devices"].as_array().unwrap_or_else(|| panic!("{answer:#}"));
    assert_eq!(devices.len(), 1, "{answer:#}");
    &devices[0]
}

fn changes(answer: &Value) -> BTreeMap<String, (Value, Value)> {
    let changes = device(answer)["changes"].as_array().unwrap_or_else(|| panic!("{answer:#}"));
    changes
        .iter()
        .map(|c| (c["field"].as_str().unwrap().to_owned(), (c["before"].clone(), c["after"].clone())))
        .collect()
}

fn wants(workspace: &Workspace, lines: &str) {
    std::fs::write(workspace.path("people.csv"), format!("name,email\n{lines}")).unwrap();
    std::fs::write(
        workspace.path("playbook.yaml"),
        "name: the right people\nplays:\n  - name: all\n    address_book: { mode: merge, from: people.csv }\n",
    )
    .unwrap();
}

/// What the program tells of the book, without the handles that the copier makes.
fn shown(workspace: &Workspace) -> Vec<Value> {
    let show = workspace.json(&["show", "mfp-1", "--section", "address_book"], 0);
    let mut entries =
        show["address_book"]["entries"].as_array().unwrap_or_else(|| panic!("{show:#}")).clone();
    for entry in &mut entries {
        entry.as_object_mut().unwrap().remove("id");
    }
    entries.sort_by_key(|e| format!("{} {}", e["email"], e["name"]));
    entries
}

/// The book as our own list.
fn exported(workspace: &Workspace) -> String {
    workspace.run(&["book", "export", "mfp-1"]).exits(0).stdout
}

/// What every session owes: a log-out for each log-in, nobody left inside, no edit left open, nothing the copier took
/// exception to.
fn settled(copier: &dyn Stranger) {
    assert_eq!(copier.complaints(), Vec::<String>::new(), "{:#?}", copier.log());
    assert_eq!(copier.inside(), 0, "{:#?}", copier.log());
    assert_eq!(copier.half_open(), 0, "{:#?}", copier.log());
    assert_eq!(copier.logins(), copier.logouts(), "{:#?}", copier.log());
}

fn only_read(copier: &dyn Stranger, before: &BTreeMap<String, String>) {
    settled(copier);
    assert_eq!(copier.writes(), Vec::<String>::new());
    assert_eq!(&copier.people(), before);
    assert_eq!(copier.logins(), 1);
    copier.forget();
}

/// Which people differ between two states of a book.
fn differing(one: &BTreeMap<String, String>, other: &BTreeMap<String, String>) -> Vec<String> {
    let mut names: Vec<String> = one
        .iter()
        .filter(|(name, text)| other.get(*name) != Some(text))
        .chain(other.iter().filter(|(name, text)| one.get(*name) != Some(text)))
        .map(|(name, _)| name.clone())
        .collect();
    names.sort();
    names.dedup();
    names
}

/// Reads, plans, applies, applies again, goes back.
fn story(copier: &dyn Stranger) {
    let workspace = copier.workspace();
    let before = copier.people();
    let first = shown(&workspace);
    assert_eq!(first.len(), copier.entries(), "{first:#?}");
    only_read(copier, &before);
    let export = exported(&workspace);
    only_read(copier, &before);
    // A list that says what is there asks for nothing.
    wants(&workspace, "");
    std::fs::write(workspace.path("people.csv"), &export).unwrap();
    let plan = workspace.json(&["plan", "playbook.yaml"], 0);
    assert_eq!(device(&plan)["result"], "unchanged", "{plan:#}\n{export}");
    only_read(copier, &before);

    let [same, changed] = copier.known();
    let list =
        format!("{},{}\n{} neu,{}\nNadia Émile,nadia@clinic.example\n", same.0, same.1, changed.0, changed.1);
    wants(&workspace, &list);
    let plan = workspace.json(&["plan", "playbook.yaml"], 0);
    assert_eq!(device(&plan)["result"], "pending", "{plan:#}");
    let wanted = changes(&plan);
    let of = |address: &str| format!("address_book[{}].name", address.to_lowercase());
    assert_eq!(wanted[&of("nadia@clinic.example")].0, Value::Null, "{wanted:#?}");
    assert_eq!(
        wanted[&of(changed.1)],
        (json!(changed.0), json!(format!("{} neu", changed.0))),
        "{wanted:#?}"
    );
    assert!(!wanted.contains_key(&of(same.1)), "{wanted:#?}");
    only_read(copier, &before);

    let apply = workspace.json(&["apply", "playbook.yaml", "--yes"], 0);
    assert_eq!(device(&apply)["result"], "changed", "{apply:#}");
    settled(copier);
    copier.forget();
    let after = copier.people();
    let new = format!("{} neu", changed.0);
    assert_eq!(
        differing(&before, &after),
        sorted(vec!["Nadia Émile".to_owned(), new.clone(), changed.0.to_owned()])
    );
    assert_eq!(after[&new], before[changed.0].replace(changed.0, &new), "only the name was to change");

    let again = workspace.json(&["apply", "playbook.yaml", "--yes"], 0);
    assert_eq!(device(&again)["result"], "unchanged", "{again:#}");
    only_read(copier, &after);

    // Somebody types an entry at the panel; then Nadia leaves.
    copier.typed("Zoé am Gerät", "zoe@clinic.example");
    let typed = copier.people();
    wants(&workspace, &format!("{},{}\n{new},{}\n", same.0, same.1, changed.1));
    let second = workspace.json(&["apply", "playbook.yaml", "--yes"], 0);
    assert_eq!(device(&second)["result"], "changed", "{second:#}");
    assert_eq!(changes(&second).keys().collect::<Vec<_>>(), [&of("nadia@clinic.example")]);
    settled(copier);
    copier.forget();
    assert_eq!(differing(&typed, &copier.people()), ["Nadia Émile"]);

    let back = workspace.json(&["rollback", second["run"].as_str().unwrap(), "--yes"], 0);
    assert_eq!(device(&back)["result"], "rolled-back", "{back:#}");
    settled(copier);
    copier.forget();
    assert_eq!(copier.people(), typed);
    let back = workspace.json(&["rollback", apply["run"].as_str().unwrap(), "--yes"], 0);
    assert_eq!(device(&back)["result"], "rolled-back", "{back:#}");
    settled(copier);
    copier.forget();
    assert_eq!(differing(&before, &copier.people()), ["Zoé am Gerät"]);
    let last: Vec<Value> =
        shown(&workspace).into_iter().filter(|e| e["email"] != "zoe@clinic.example").collect();
    assert_eq!(last, first);
    let lines = exported(&workspace);
    let lines: Vec<&str> = lines.lines().filter(|l| !l.contains("zoe@clinic.example")).collect();
    assert_eq!(lines, export.lines().collect::<Vec<_>>());
    workspace.search();
}

fn sorted(mut names: Vec<String>) -> Vec<String> {
    names.sort();
    names
}

#[test]
fn ricoh_older() {
    story(&ricoh::Copier::start(&OLDER));
}

#[test]
fn ricoh_newer() {
    story(&ricoh::Copier::start(&NEWER));
}

#[test]
fn xerox_import_only() {
    story(&xerox::Copier::start(&PLAIN, false));
}

#[test]
fn xerox_in_german() {
    story(&xerox::Copier::start(&GERMAN, false));
}

#[test]
fn brother_in_german() {
    story(&brother::Copier::start());
}

fn failed(answer: &Value, category: &str) -> String {
    assert_eq!(device(answer)["result"], "failed", "{answer:#}");
    assert_eq!(device(answer)["category"], category, "{answer:#}");
    device(answer)["message"].as_str().unwrap().to_owned()
}

/// What comes of a run on which something goes wrong in the wizard.
fn troubled(
    words: &'static ricoh::Words,
    trouble: fn(&mut ricoh::book::Book),
) -> (ricoh::Copier, Workspace, BTreeMap<String, String>, Value) {
    let copier = ricoh::Copier::start(words);
    let workspace = copier.workspace();
    wants(&workspace, "Nadia,nadia@clinic.example\n");
    let before = copier.people();
    trouble(&mut copier.book());
    let ran = workspace.run(&["apply", "playbook.yaml", "--yes", "--format", "json"]);
    workspace.search();
    (copier, workspace, before, ran.json())
}

fn settled_but_for(copier: &dyn Stranger, complaints: usize) {
    assert_eq!(copier.complaints().len(), complaints, "{:#?}", copier.complaints());
    assert_eq!((copier.inside(), copier.half_open()), (0, 0), "{:#?}", copier.log());
    assert_eq!(copier.logins(), copier.logouts());
}

#[test]
fn ricoh_answers_the_confirmation_with_an_error_page() {
    for words in [&OLDER, &NEWER] {
        // Once: the list is read again, Nadia is not there, and she is added.
        let (copier, _, before, answer) = troubled(words, |book| book.refuse_confirm = 1);
        assert_eq!(device(&answer)["result"], "changed", "{answer:#}");
        assert_eq!(differing(&before, &copier.people()), ["Nadia"]);
        settled_but_for(&copier, 0);
        // Always: nothing is there, and the program says so.
        let (copier, _, before, answer) = troubled(words, |book| book.refuse_confirm = 99);
        failed(&answer, "interrupted");
        assert_eq!(copier.people(), before);
        settled_but_for(&copier, 0);
        assert_eq!(copier.log().iter().filter(|l| *l == "refused").count(), 2, "{:#?}", copier.log());
    }
}

#[test]
fn ricoh_stores_and_does_not_answer() {
    for words in [&OLDER, &NEWER] {
        let (copier, workspace, before, answer) = troubled(words, |book| book.lose_confirm = 1);
        assert_eq!(device(&answer)["result"], "changed", "{answer:#}");
        assert_eq!(differing(&before, &copier.people()), ["Nadia"]);
        assert_eq!(copier.log().iter().filter(|l| l.starts_with("stored")).count(), 1);
        settled_but_for(&copier, 0);
        let again = workspace.json(&["apply", "playbook.yaml", "--yes"], 0);
        assert_eq!(device(&again)["result"], "unchanged");
    }
}

#[test]
fn ricoh_forgets_a_wizard_between_two_steps() {
    for words in [&OLDER, &NEWER] {
        let (copier, _, before, answer) = troubled(words, |book| book.forget_edit = 1);
        assert_eq!(device(&answer)["result"], "changed", "{answer:#}");
        assert_eq!(differing(&before, &copier.people()), ["Nadia"]);
        // The copier itself noted the one step that came out of turn.
        settled_but_for(&copier, 1);
    }
}

#[test]
fn ricoh_with_somebody_at_the_panel() {
    for words in [&OLDER, &NEWER] {
        let (copier, _, before, answer) = troubled(words, |book| book.panel = true);
        failed(&answer, "busy");
        assert_eq!(copier.people(), before);
        settled_but_for(&copier, 0);
    }
}

#[test]
fn xerox_keeps_the_passwords_it_would_lose() {
    let copier = xerox::Copier::start(&PLAIN, true);
    let workspace = copier.workspace();
    let before = copier.people();
    wants(&workspace, "Ward 3 new,ward3@clinic.example\n");
    let answer = workspace.json(&["apply", "playbook.yaml", "--yes"], 6);
    let message = failed(&answer, "unsupported");
    assert!(message.contains("ward5@clinic.example"), "{message}");
    assert_eq!(copier.people(), before);
    assert_eq!(copier.writes(), Vec::<String>::new());
    // An addition loses nothing.
    wants(&workspace, "Nadia,nadia@clinic.example\n");
    let answer = workspace.json(&["apply", "playbook.yaml", "--yes"], 0);
    assert_eq!(device(&answer)["result"], "changed", "{answer:#}");
    assert_eq!(differing(&before, &copier.people()), ["Nadia"]);
    settled(&copier);
    // Taking it back would.
    let back = workspace.run(&["rollback", answer["run"].as_str().unwrap(), "--yes", "--format", "json"]);
    assert_ne!(back.code, 0, "{}", back.stdout);
    assert_eq!(differing(&before, &copier.people()), ["Nadia"]);
    workspace.search();
}
