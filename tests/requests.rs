//! How many requests each driver needs for an operation, counted by the lab, as a table in the documents.
//!
//! `BLESS=1 cargo test --test requests` writes it anew.

mod support;

use std::fmt::Write as _;

use scanfleet::book::merge::MergeOptions;
use scanfleet::book::{Contact, ContactList};
use scanfleet::journal::RunKind;
use scanfleet::run::{Aim, BookAim, BookWish, ResultKind, Task, View};
use scanfleet_mocks::{BrotherProfile, Item, LabSpec, LoggedRequest, MakerProfile, Profile, XeroxProfile};
use scanfleet_sdk::Category;
use support::Bench;
use support::engine::{carry_out, secrets};

/// Profiles that are recognised only.
const REFUSED: [&str; 3] = ["versalink-c405", "xerox-b235", "ads-3350w"];

const OPERATIONS: [(&str, &[&str]); 5] = [
    ("probe", &["probe"]),
    ("show", &["show", "copier"]),
    ("plan", &["plan", "m365.yaml"]),
    ("apply", &["apply", "m365.yaml", "--yes"]),
    ("rollback", &["rollback", "last", "--yes"]),
];

/// The requests of each operation on a fresh copier.
async fn log(profile: &str) -> Vec<(&'static str, Vec<LoggedRequest>)> {
    let mut spec = LabSpec::single(profile);
    spec.devices[0].settings.set(Item::SmtpServer, "exchange.northshore.example");
    let bench = Bench::of(spec).await;
    bench.write("m365.yaml", &support::PLAYBOOK.replace("    target: vendor=ricoh\n", ""));
    let mut all = Vec::new();
    for (name, command) in OPERATIONS {
        let before = bench.copier().requests().len();
        bench.run(command).await.code(0);
        all.push((name, bench.copier().requests()[before..].to_vec()));
    }
    bench.assert_nobody_logged_in();
    bench.lab.shutdown().await;
    all
}

/// The fewest requests with which a client that knows the device's generation could do the same, in the order of
/// [`OPERATIONS`]; a page whose address only another page tells counts with that page.
fn least(maker: &str) -> [usize; 5] {
    match maker {
        // Who it is, the log-in form, the log-in, a page that proves it, the log-out; the configuration list leads to the
        // E-mail page; the password has two pages of its own; saved, and read back.
        "ricoh" => [5, 6, 6, 10, 8],
        // The same with a site index for the list; the password stands on the page itself.
        "xerox" => [5, 6, 6, 8, 8],
        // The same with the list of protocols; the start page is the log-in form.
        _ => [5, 6, 6, 8, 8],
    }
}

const HEAD: &str = "# Requests

Counted by the simulated copiers: `BLESS=1 cargo test --test requests` writes this page anew. Each cell is what the program sends for
the whole command, from recognising to logging out, on a copier it has never seen; in brackets stands the least that the copier's
dialect allows to somebody who knows its generation beforehand. Reading settings anew is never saved on: what a copier says of its own
write counts for nothing. `apply` stores a new password, `rollback` stores none.

| Maker | Profile of the lab | probe | show | plan | apply | rollback |
| --- | --- | --- | --- | --- | --- | --- |
";

const WHY: &str = "
## Where the others come from

- **Ricoh**: the first page tells the language and whether it is a Ricoh at all (1). A write reads the E-mail page afresh before it
  fills it (1), looks the list up again after the save, because its addresses may carry what the save has ended (1), and looks once
  more where fields hung on a choice that has just been made, because some copiers drop what comes together with the choice (1).
- **Xerox**: the first page tells the generation (1), the device-configuration service the serial number that visitors are told nowhere
  else (1). The page behind the log-in is followed where the device leads there (1), the first page is read again for the link that
  logs out (1), and the page behind the log-out is followed (1). `probe` reads the site index and the SMTP page, because only a page
  that visitors are not shown proves a log-in. A write reads the page afresh before it fills it (1).
- **Brother**: the newest generation of forms has its start page elsewhere (1) and tells visitors neither model nor serial number, so
  that the page and the file are asked in vain before the log-in (2). Where the log-in form has a token, the start page is read again
  for a fresh one (1). A write reads the page afresh before it fills it (1), and looks once more where the account hung on the choice
  of SMTP-AUTH (1).
- **Address books**: a list of more than one page is one request a page; in brackets Brother's counts as one. Ricoh's list tells its
  columns and result codes in scripts (2), and not who is in a group: whoever goes leaves its groups, too, so that each group is opened
  before a removal, because a rollback has to know them. An entry is read whole before it changes (1 or 2). Xerox looks whether the
  device has pages for single contacts (3), and makes an export for each reading. Brother's form is read for what it can hold (1).
";

/// The requests of a large book's operations, in the order of [`BOOK_OPERATIONS`], and how many entries the copier holds;
/// nothing where the family has no address book.
async fn book_log(profile: &str) -> Option<(usize, Vec<Vec<LoggedRequest>>)> {
    let bench = Bench::of(LabSpec::single(profile).with_books(2_000)).await;
    let copier = bench.copier();
    // A book that is full takes nobody.
    copier.panel_book(|book| {
        let last = book.entries().iter().rev().find(|e| !e.group && e.folder.is_none()).map(|e| e.id);
        last.map(|id| book.remove(id))
    });
    let held = copier.book().entries().len();
    let mut all = Vec::new();
    let device = bench.inventory().devices[0].clone();
    for names in [None, Some(&["Newcomer"][..]), Some(&["New Comer"][..]), Some(&[][..])] {
        // A journal of its own each time would forget who is ours.
        let engine = bench.engine_with(secrets(), |_| {});
        let admin = engine.secret(device.admin_secret.as_ref().unwrap(), None).await.unwrap();
        let before = copier.requests().len();
        match names {
            None => match engine.view(&device, Some(&admin), View::Book).await {
                Err(error) if error.category == Category::Unsupported => return None,
                view => assert_eq!(view.unwrap().address_book.unwrap().entries.len(), held, "{profile}"),
            },
            Some(names) => {
                let mut book = BookAim::new(people(names));
                book.may_lose_passwords = true;
                let aim = Aim { book: Some(book), ..Aim::default() };
                let task = Task { device: device.clone(), admin: Some(admin), aim, expected: None };
                let (_, outcome) = carry_out(&engine, RunKind::Apply, vec![task]).await;
                assert_eq!(
                    outcome.devices[0].result,
                    ResultKind::Changed,
                    "{profile} {names:?}: {}",
                    outcome.devices[0].message
                );
            }
        }
        all.push(copier.requests()[before..].to_vec());
    }
    assert_eq!(copier.book().entries().len(), held, "{profile}");
    bench.assert_nobody_logged_in();
    bench.lab.shutdown().await;
    Some((held, all))
}

fn people(names: &[&str]) -> BookWish {
    let contact = |name: &&str| Contact {
        name: (*name).to_owned(),
        email: Some("newcomer@northshore.example".into()),
        ..Contact::default()
    };
    let contacts = names.iter().map(contact).collect();
    let list = ContactList { file: "contacts.csv".into(), contacts, ..ContactList::default() };
    BookWish::List { list: "contacts.csv".into(), contacts: list.into(), options: MergeOptions::default() }
}

const BOOK_OPERATIONS: [&str; 4] = ["read", "add one", "change one", "remove one"];

/// As [`least`], for the operations of [`BOOK_OPERATIONS`] with so many entries. Reading back is part of every write.
fn least_book(profile: &str, held: usize) -> [usize; 4] {
    match MakerProfile::named(profile).vendor() {
        // Who it is, the log-in form, the log-in, the list's page, fifty rows a request, the log-out.
        "ricoh" => {
            let rows = held.div_ceil(50);
            let read = 5 + rows;
            // An entry is added by opening the wizard and two steps, changed by its form, removed by one request; then the
            // list's rows once more.
            [read, read + rows + 3, read + rows + 2, read + rows + 1]
        }
        // Who it is, the log-in form, the log-in, the export's page, its making and its file, the log-out; an import is its
        // page, the file and the start, and reading back is an export's making and its file.
        "xerox" => [7, 12, 12, 12],
        // Who it is, the log-in, the list, the log-out; a form and its save.
        _ => [4, 4 + 3, 4 + 3, 4 + 2],
    }
}

const BOOK_HEAD: &str = "
## Address books

A copier with 2,000 entries (fewer where its book is smaller; one place is free), read through the whole of its book, and the list of a
run that brings one person, changes the name, and takes the person out again. Every write reads the book before and after it, so that
each of them contains `read`, and reads it back.

| Maker | Profile of the lab | entries | read | add one | change one | remove one |
| --- | --- | --- | --- | --- | --- | --- |
";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_table_of_requests_is_true() {
    let mut page = HEAD.to_owned();
    let all = Profile::NAMES.iter().chain(&XeroxProfile::NAMES).chain(&BrotherProfile::NAMES);
    for profile in all.filter(|name| !REFUSED.contains(name)) {
        let maker = MakerProfile::named(profile).vendor();
        let _ = write!(page, "| {maker} | `{profile}` |");
        for ((operation, requests), least) in log(profile).await.into_iter().zip(least(maker)) {
            let sent = requests.len();
            assert!(
                sent >= least,
                "{profile} {operation}: {sent} requests are fewer than the least, {least}"
            );
            let _ = write!(page, " {sent} ({least}) |");
            let of = |kind: &str| requests.iter().filter(|request| request.kind == kind).count();
            // Whatever is saved elsewhere, nobody logs in twice, stays inside, or saves twice.
            let saves = usize::from(matches!(operation, "apply" | "rollback"));
            assert_eq!((of("login"), of("logout"), of("save")), (1, 1, saves), "{profile} {operation}");
        }
        page.push('\n');
    }
    page.push_str(BOOK_HEAD);
    let all = Profile::NAMES.iter().chain(&XeroxProfile::NAMES).chain(&BrotherProfile::NAMES);
    for profile in all.filter(|name| !REFUSED.contains(name)) {
        let Some((held, operations)) = book_log(profile).await else { continue };
        let maker = MakerProfile::named(profile).vendor();
        let _ = write!(page, "| {maker} | `{profile}` | {held} |");
        for ((operation, requests), least) in
            BOOK_OPERATIONS.iter().zip(&operations).zip(least_book(profile, held))
        {
            let sent = requests.len();
            assert!(
                sent >= least,
                "{profile} {operation}: {sent} requests are fewer than the least, {least}"
            );
            let _ = write!(page, " {sent} ({least}) |");
            let of = |kind: &str| requests.iter().filter(|request| request.kind == kind).count();
            assert_eq!((of("login"), of("logout")), (1, 1), "{profile} {operation}");
        }
        page.push('\n');
    }
    page.push_str(WHY);
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/requests.md");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(file, &page).unwrap();
        return;
    }
    let there = std::fs::read_to_string(file).unwrap_or_default().replace("\r\n", "\n");
    assert!(
        there == page,
        "docs/requests.md is not what was counted; run `BLESS=1 cargo test --test requests`\n{page}"
    );
}
