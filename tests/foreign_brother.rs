//! The program against Brother devices that are not ours.
//!
//! Each simulator here was written from what is publicly known of the maker's pages and without a look at the driver or
//! at the lab, so that a mistake in reading that knowledge cannot cancel itself out.

#[path = "foreign_brother/mod.rs"]
mod foreign_brother;
mod strangers;

use std::time::Duration;

use foreign_brother::device::{Role, Stars, What};
use foreign_brother::{Copier, MAIL, Which};
use serde_json::{Value, json};

#[track_caller]
fn device(answer: &Value) -> &Value {
    let devices = answer["devices"].as_array().unwrap();
    assert_eq!(devices.len(), 1, "{answer:#}");
    &devices[0]
}

fn changes(answer: &Value) -> Vec<(String, Value, Value)> {
    let changes = device(answer)["changes"].as_array().unwrap();
    changes
        .iter()
        .map(|c| (c["field"].as_str().unwrap().to_owned(), c["before"].clone(), c["after"].clone()))
        .collect()
}

/// What every session owes: nobody left inside, nothing the device took exception to.
#[track_caller]
fn settled(copier: &Copier) {
    let device = copier.get();
    assert_eq!(device.complaints, Vec::<String>::new(), "{:?}", device.seen);
    assert_eq!(device.session, None, "a session was left open: {:?}", device.seen);
    assert_eq!(device.mails, Vec::<String>::new(), "nobody asked for a test mail");
}

fn forget(copier: &Copier) -> usize {
    std::mem::take(&mut copier.get().seen).len()
}

/// Nothing but reads, log-in and log-out was sent.
#[track_caller]
fn only_read(copier: &Copier, logins: usize) {
    settled(copier);
    let logins = if copier.get().profile.admin.is_some() { logins } else { 0 };
    let device = copier.get();
    assert_eq!(device.count(What::Write), 0, "{:?}", device.seen);
    assert_eq!(device.count(What::Login), logins, "{:?}", device.seen);
    assert_eq!(device.count(What::Logout), logins, "{:?}", device.seen);
}

#[track_caller]
fn holds_new(copier: &Copier) {
    let (tls, password) = (copier.choice(Role::Security, 2), copier.choice(Role::Auth, 1));
    let device = copier.get();
    assert_eq!(device.value(Role::Server), "smtp.office365.com", "{:?}", device.seen);
    assert_eq!(device.value(Role::Port), "587");
    assert_eq!(device.value(Role::Security), tls);
    assert_eq!(device.value(Role::Auth), password);
    assert_eq!(device.value(Role::Sender), "scan@clinic.example");
    assert_eq!(device.value(Role::User), "scan@clinic.example");
    assert_eq!(device.value(Role::Password), MAIL);
}

fn story(which: Which) {
    let copier = Copier::start(which);
    let workspace = copier.workspace();
    let (before, others) = (copier.all(), copier.others());
    let server = copier.get().value(Role::Server);
    let sender = copier.get().value(Role::Sender);
    let profile = copier.get().profile.clone();
    let (serial, model, firmware) = (profile.serial, profile.model, profile.firmware);

    let probe = workspace.json(&["probe"], 0);
    assert_eq!(device(&probe)["login"], true, "{probe:#}");
    assert_eq!(device(&probe)["identity"]["serial"], serial);
    only_read(&copier, 1);
    assert!(forget(&copier) <= 12);

    let show = workspace.json(&["show", "mfp-1"], 0);
    assert_eq!(show["identity"]["vendor"], "brother");
    assert_eq!(show["identity"]["serial"], serial);
    assert_eq!(show["identity"]["firmware"], firmware, "{show:#}");
    assert!(model.starts_with(show["identity"]["model"].as_str().unwrap()), "{show:#}");
    assert_eq!(show["smtp"]["server"], server, "{show:#}");
    assert_eq!(show["smtp"]["port"], 25);
    assert_eq!(show["smtp"]["security"], "none");
    assert_eq!(show["smtp"]["sender"], sender);
    assert_eq!(show["smtp"]["auth"]["method"], "none");
    only_read(&copier, 1);
    forget(&copier);

    let plan = workspace.json(&["plan", "playbook.yaml"], 0);
    assert_eq!(device(&plan)["result"], "pending", "{plan:#}");
    let wanted = changes(&plan);
    let find = |name: &str| wanted.iter().find(|c| c.0 == name).map(|c| (c.1.clone(), c.2.clone()));
    assert_eq!(find("smtp.server"), Some((json!(server), json!("smtp.office365.com"))));
    assert_eq!(find("smtp.port"), Some((json!(25), json!(587))));
    assert_eq!(find("smtp.security"), Some((json!("none"), json!("starttls"))));
    assert_eq!(find("smtp.auth.method"), Some((json!("none"), json!("password"))));
    assert_eq!(copier.all(), before);
    only_read(&copier, 1);
    forget(&copier);

    let apply = workspace.json(&["apply", "playbook.yaml", "--yes"], 0);
    assert_eq!(device(&apply)["result"], "changed", "{apply:#}");
    assert_eq!(device(&apply)["grade"], "verified");
    settled(&copier);
    holds_new(&copier);
    assert_eq!(copier.others(), others);
    let saves = copier.get().saves;
    assert!((1..=2).contains(&saves), "{saves} {:?}", copier.get().seen);
    assert!(forget(&copier) <= 25);

    let again = workspace.json(&["plan", "playbook.yaml", "--detailed-exitcode"], 0);
    assert_eq!(device(&again)["result"], "unchanged", "{again:#}");
    workspace.run(&["apply", "playbook.yaml", "--yes"]).exits(0);
    only_read(&copier, 2);
    forget(&copier);
    holds_new(&copier);

    let run = apply["run"].as_str().unwrap();
    let back = workspace.json(&["rollback", run, "--yes"], 0);
    assert_eq!(device(&back)["result"], "rolled-back", "{back:#}");
    settled(&copier);
    let mut after = copier.all();
    // The account's name is locked while nobody signs in, and may stay as it was.
    let user = copier.get().rows.iter().find(|r| r.role == Role::User).unwrap().name;
    for (name, value) in &mut after {
        if name == user {
            value.clear();
        }
    }
    assert_eq!(after, before, "after the rollback");
    workspace.search();
}

#[track_caller]
fn failed<'a>(answer: &'a Value, category: &str) -> &'a str {
    let device = device(answer);
    assert_eq!(device["result"], "failed", "{answer:#}");
    assert_eq!(device["category"], category, "{answer:#}");
    device["message"].as_str().unwrap()
}

fn missing_or_doubled(which: Which) {
    for (role, doubled) in
        [(Role::Server, false), (Role::Server, true), (Role::Security, false), (Role::Auth, true)]
    {
        let copier = Copier::start(which);
        let workspace = copier.workspace();
        let before = copier.all();
        if doubled {
            copier.get().faults.doubled = Some(role)
        } else {
            copier.get().faults.missing = Some(role)
        }
        let answer = workspace.json(&["apply", "playbook.yaml", "--yes"], 6);
        let outcome = device(&answer);
        assert_eq!(outcome["result"], "failed", "{role:?} {doubled} {answer:#}");
        let category = outcome["category"].as_str().unwrap();
        // A setting that is not there at all may as well be one that this model does not have.
        assert!(category == "page-changed" || (!doubled && category == "unsupported"), "{role:?} {answer:#}");
        assert_eq!(copier.all(), before);
        only_read(&copier, 1);
    }
}

fn dropped_write(which: Which) {
    let copier = Copier::start(which);
    let workspace = copier.workspace();
    copier.get().faults.drop_write = true;
    let before = copier.all();
    let answer = workspace.json(&["apply", "playbook.yaml", "--yes"], 6);
    failed(&answer, "not-applied");
    assert_eq!(copier.all(), before);
    settled(&copier);
    workspace.search();
}

fn refused_value(which: Which) {
    let copier = Copier::start(which);
    let workspace = copier.workspace();
    copier.get().faults.out_of_range = true;
    let before = copier.all();
    let range = copier.get().profile.words.range;
    let answer = workspace.json(&["apply", "playbook.yaml", "--yes"], 6);
    let message = failed(&answer, "rejected");
    assert!(message.contains(range), "{message}");
    assert_eq!(copier.all(), before);
    assert_eq!(copier.get().saves, 1);
    settled(&copier);
}

fn lost_reply(which: Which) {
    let copier = Copier::start(which);
    let workspace = copier.workspace();
    copier.get().faults.lose_reply = true;
    let answer = workspace.json(&["apply", "playbook.yaml", "--yes"], 0);
    assert_eq!(device(&answer)["result"], "changed", "{answer:#}");
    holds_new(&copier);
    settled(&copier);
    workspace.search();
}

fn lost_request(which: Which) {
    let copier = Copier::start(which);
    let workspace = copier.workspace();
    copier.get().faults.lose_request = true;
    let before = copier.all();
    let answer = workspace.json(&["apply", "playbook.yaml", "--yes"], 6);
    failed(&answer, "not-applied");
    assert_eq!(copier.all(), before);
    assert_eq!(copier.get().count(What::Write), 1, "a write is never repeated blindly");
    settled(&copier);
}

fn restart(which: Which) {
    let copier = Copier::start(which);
    let workspace = copier.workspace();
    copier.get().faults.away = Some(Duration::from_millis(1500));
    let answer = workspace.json(&["apply", "playbook.yaml", "--yes"], 0);
    assert_eq!(device(&answer)["result"], "changed", "{answer:#}");
    holds_new(&copier);
    settled(&copier);
}

fn expired_session(which: Which) {
    let copier = Copier::start(which);
    if copier.get().profile.admin.is_none() {
        return;
    }
    let workspace = copier.workspace();
    copier.get().faults.expire_before_save = 1;
    let answer = workspace.json(&["apply", "playbook.yaml", "--yes"], 0);
    assert_eq!(device(&answer)["result"], "changed", "{answer:#}");
    assert_eq!(copier.get().count(What::Login), 2);
    holds_new(&copier);
    settled(&copier);
    // Any page in the middle of a run may come as the log-in page.
    for pages in 2..7 {
        let copier = Copier::start(which);
        let workspace = copier.workspace();
        copier.get().faults.expire_after = Some(pages);
        let answer = workspace.json(&["apply", "playbook.yaml", "--yes"], 0);
        assert_eq!(device(&answer)["result"], "changed", "{pages} {answer:#}");
        assert!(copier.get().count(What::Login) <= 2);
        holds_new(&copier);
        assert_eq!(copier.get().session, None);
    }
    // A session that always ends is renewed once and no more.
    let copier = Copier::start(which);
    let workspace = copier.workspace();
    copier.get().faults.expire_before_save = 9;
    let before = copier.all();
    let answer = workspace.json(&["apply", "playbook.yaml", "--yes"], 6);
    failed(&answer, "interrupted");
    assert_eq!(copier.all(), before);
    assert_eq!(copier.get().count(What::Login), 2);
}

fn wrong_copier(which: Which) {
    for (column, value) in [("model", "MFC-J1234X"), ("serial", "Z999X000000")] {
        let copier = Copier::start(which);
        // Whoever says nothing before the log-in is known after it.
        let closed = !copier.get().profile.identity_open && column == "serial";
        let mut workspace = copier.workspace();
        workspace.set(column, value);
        let answer = workspace.json(&["apply", "playbook.yaml", "--yes"], 6);
        let message = failed(&answer, "unknown-model");
        assert!(message.contains(value), "{message}");
        only_read(&copier, usize::from(closed));
    }
}

fn refused(which: Which) {
    let copier = Copier::start(which);
    if copier.get().profile.admin.is_none() {
        return;
    }
    let workspace = copier.workspace();
    std::fs::write(workspace.path("admin.txt"), "not this one").unwrap();
    let answer = workspace.json(&["plan", "playbook.yaml"], 6);
    failed(&answer, "auth-refused");
    assert_eq!(copier.get().count(What::Login), 1);
    assert_eq!(copier.get().count(What::Write), 0);
    assert_eq!(copier.get().complaints, Vec::<String>::new());
}

/// Nobody ever set a password: what the inventory says of one is not used, and nothing is lost by saying nothing.
#[test]
fn a_device_without_a_password_gets_none() {
    let copier = Copier::start(Which::Open);
    let mut workspace = copier.workspace();
    std::fs::write(workspace.path("admin.txt"), "initpass").unwrap();
    workspace.set("admin_secret", &format!("file:{}", workspace.path("admin.txt").display()));
    workspace.json(&["apply", "playbook.yaml", "--yes"], 0);
    holds_new(&copier);
    settled(&copier);
    assert_eq!(copier.get().count(What::Login), 0);
}

/// A small printer: its one page about mail holds two of the settings, which no family claims to write.
#[test]
fn a_printer_that_holds_two_settings_is_left_alone() {
    let copier = Copier::start(Which::Single);
    let workspace = copier.workspace();
    let before = copier.all();
    for command in [vec!["plan", "playbook.yaml"], vec!["apply", "playbook.yaml", "--yes"]] {
        let answer = workspace.json(&command, 6);
        let outcome = device(&answer);
        assert_eq!(outcome["result"], "failed");
        let category = outcome["category"].as_str().unwrap();
        assert!(["unsupported", "page-changed"].contains(&category), "{answer:#}");
    }
    assert_eq!(copier.all(), before);
    only_read(&copier, 0);
}

/// Pages made by script: known for what they are, named, and left alone.
#[test]
fn pages_made_by_script_are_refused_by_name() {
    let copier = Copier::start(Which::Scripted);
    let workspace = copier.workspace();
    for command in [vec!["plan", "playbook.yaml"], vec!["apply", "playbook.yaml", "--yes"]] {
        let answer = workspace.json(&command, 6);
        let outcome = device(&answer);
        let category = outcome["category"].as_str().unwrap();
        assert!(["unsupported", "unknown-model"].contains(&category), "{answer:#}");
        assert!(outcome["message"].as_str().unwrap().contains("ADS-3350W"), "{answer:#}");
    }
    let device = copier.get();
    assert_eq!(device.complaints, Vec::<String>::new(), "{:?}", device.seen);
    assert!(device.count(What::Login) <= 2, "{:?}", device.seen);
    drop(device);
    workspace.search();
}

const MOVED: &str = "name: moved\nplays:\n  - name: all\n    smtp: { server: other.clinic.example }\n";

fn signed_in(copier: &Copier) {
    let password = copier.choice(Role::Auth, 1);
    let mut device = copier.get();
    device.profile.stars = Stars::Literal;
    device.set(Role::Auth, password);
    device.set(Role::User, "scan@clinic.example");
    device.set_password("stored before");
}

/// The page shows `***` and takes it for a password: nobody knows the right one, and the plan says what may happen.
#[test]
fn a_password_nobody_knows_may_be_lost_and_that_is_said() {
    for which in [Which::Strict, Which::German, Which::Newer] {
        let copier = Copier::start(which);
        let workspace = copier.workspace();
        signed_in(&copier);
        std::fs::write(workspace.path("moved.yaml"), MOVED).unwrap();
        let plan = workspace.json(&["plan", "moved.yaml"], 0);
        let notes = device(&plan)["notes"].to_string();
        assert!(notes.contains("may be lost") && notes.contains("test mail"), "{plan:#}");
        let apply = workspace.json(&["apply", "moved.yaml", "--yes"], 0);
        assert!(device(&apply)["notes"].to_string().contains("may be lost"), "{apply:#}");
        assert_eq!(copier.get().value(Role::Password), "***");
        settled(&copier);
    }
}

/// The same page; the password is in the playbook, or was once stored by this program.
#[test]
fn a_password_that_is_known_goes_along_with_every_save() {
    for which in [Which::Strict, Which::Open] {
        let copier = Copier::start(which);
        let workspace = copier.workspace();
        copier.get().profile.stars = Stars::Literal;
        if which == Which::Open {
            // Its other password would be lost by any save.
            copier.get().set_password("");
        }
        workspace.json(&["apply", "playbook.yaml", "--yes"], 0);
        holds_new(&copier);
        let text = std::fs::read_to_string(workspace.path("playbook.yaml")).unwrap();
        std::fs::write(
            workspace.path("again.yaml"),
            text.replace("smtp.office365.com", "relay.clinic.example"),
        )
        .unwrap();
        let plan = workspace.json(&["plan", "again.yaml"], 0);
        assert!(!device(&plan)["notes"].to_string().contains("may be lost"), "{plan:#}");
        workspace.json(&["apply", "again.yaml", "--yes"], 0);
        assert_eq!(copier.get().value(Role::Password), MAIL);
        std::fs::write(workspace.path("moved.yaml"), MOVED.replace("other", "third")).unwrap();
        let last = workspace.json(&["apply", "moved.yaml", "--yes"], 0);
        assert!(!device(&last)["notes"].to_string().contains("may be lost"), "{last:#}");
        assert_eq!(copier.get().value(Role::Server), "third.clinic.example");
        assert_eq!(copier.get().value(Role::Password), MAIL);
        settled(&copier);
        workspace.search();
    }
}

/// What is too long for the page's own field is said before anything is written.
#[test]
fn a_password_too_long_for_the_page_is_not_sent() {
    let copier = Copier::start(Which::Newer);
    let workspace = copier.workspace();
    copier.get().rows.iter_mut().filter(|r| r.max == 64).for_each(|r| r.max = 8);
    let before = copier.all();
    let answer = workspace.json(&["plan", "playbook.yaml"], 6);
    failed(&answer, "unsupported");
    assert_eq!(copier.all(), before);
    only_read(&copier, 1);
}

/// OAuth is one of the choices; it is read as what it is and left by the choice of a password.
#[test]
fn oauth_is_known_by_its_name() {
    let copier = Copier::start(Which::Newer);
    let workspace = copier.workspace();
    let oauth = copier.choice(Role::Auth, 3);
    copier.get().set(Role::Auth, oauth);
    let show = workspace.json(&["show", "mfp-1"], 0);
    assert_eq!(show["smtp"]["auth"]["method"], "oauth", "{show:#}");
    let apply = workspace.json(&["apply", "playbook.yaml", "--yes"], 0);
    holds_new(&copier);
    workspace.json(&["rollback", apply["run"].as_str().unwrap(), "--yes"], 0);
    assert_eq!(copier.get().value(Role::Auth), oauth);
    settled(&copier);
}

/// A language that no family knows: nothing is written by guess, and the program can be taught.
#[test]
fn a_language_that_no_family_knows_is_learned() {
    let copier = Copier::start(Which::Finnish);
    let workspace = copier.workspace();
    let before = copier.all();
    let answer = workspace.json(&["apply", "playbook.yaml", "--yes"], 6);
    failed(&answer, "page-changed");
    assert_eq!(copier.all(), before);
    only_read(&copier, 1);
    forget(&copier);
    let learned = workspace.json(&["vendor", "learn", "mfp-1"], 0);
    only_read(&copier, 1);
    assert_eq!(learned["page"], "/net/net/s_post.html", "{learned:#}");
    for (field, control) in [
        ("server", "Bd1"),
        ("port", "Bd2"),
        ("security", "Bd7"),
        ("method", "Bd3"),
        ("user", "Bd4"),
        ("password", "Bd5"),
        ("sender", "Bd9"),
    ] {
        assert!(learned["fields"][field].to_string().contains(control), "{field} {learned:#}");
    }
    let file = std::path::PathBuf::from(learned["files"][0].as_str().unwrap());
    let taught = file.parent().unwrap().to_str().unwrap();
    let apply = workspace.json(&["--vendor-dir", taught, "apply", "playbook.yaml", "--yes"], 0);
    assert_eq!(device(&apply)["result"], "changed", "{apply:#}");
    holds_new(&copier);
    settled(&copier);
    workspace.search();
}

macro_rules! manners {
    ($($name:ident $which:expr,)*) => {
        $(mod $name {
            use super::*;
            #[test]
            fn reads_changes_and_goes_back() { story($which); }
            #[test]
            fn a_missing_or_doubled_control_stops_the_write() { missing_or_doubled($which); }
            #[test]
            fn a_write_that_is_not_stored_is_told() { dropped_write($which); }
            #[test]
            fn a_value_the_device_refuses_is_told() { refused_value($which); }
            #[test]
            fn a_lost_answer_is_settled_by_reading() { lost_reply($which); }
            #[test]
            fn a_write_that_never_arrived_is_not_repeated() { lost_request($which); }
            #[test]
            fn a_restart_after_the_save_is_waited_for() { restart($which); }
            #[test]
            fn a_session_that_ended_is_renewed_once() { expired_session($which); }
            #[test]
            fn another_copier_gets_no_password() { wrong_copier($which); }
            #[test]
            fn refused_log_ins_are_not_repeated() { refused($which); }
        })*
    };
}

manners! {
    open Which::Open,
    strict Which::Strict,
    german Which::German,
    newer Which::Newer,
}
