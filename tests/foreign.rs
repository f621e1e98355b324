//! The program against copiers that are not ours.
//!
//! Each simulator here was written from what is publicly known of the maker's pages and without a look at the driver or
//! at the lab, so that a mistake in reading that knowledge cannot cancel itself out.

#[path = "foreign/mod.rs"]
mod foreign;
mod strangers;

use foreign::device::{Role, What};
use foreign::{Copier, MAIL, Which};
use serde_json::{Value, json};
use strangers::program::Workspace;

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

/// What every session owes: as many log-outs as log-ins, nobody left inside, nothing the copier took exception to.
fn settled(copier: &Copier) {
    let device = copier.get();
    assert_eq!(device.complaints, Vec::<String>::new());
    assert!(
        device.sessions.iter().all(|s| s.id.is_empty()),
        "a session was left open: {:?}",
        device.sessions
    );
    assert!(device.count(What::Logout) >= device.count(What::Login), "{:?}", device.seen);
}

/// Forgets what was seen, and says how many requests there were.
fn forget(copier: &Copier) -> usize {
    std::mem::take(&mut copier.get().seen).len()
}

/// Nothing but reads, log-in and log-out was sent.
fn only_read(copier: &Copier, logins: usize) {
    settled(copier);
    let seen = &copier.get().seen;
    assert!(!seen.iter().any(|s| s.what == What::Write), "{seen:?}");
    assert_eq!(seen.iter().filter(|s| s.what == What::Login).count(), logins, "{seen:?}");
    // `show` looks for the address book as well.
    assert!(seen.len() <= 16 * logins.max(1), "{} requests: {seen:?}", seen.len());
}

fn story(which: Which) {
    let copier = Copier::start(which);
    let workspace = Workspace::of(&copier);
    let (before, others) = (copier.all(), copier.others());
    let server = copier.get().value(Role::Server);
    let sender = copier.get().value(Role::Sender);
    let serial = copier.get().profile.serial;

    let probe = workspace.json(&["probe"], 0);
    assert_eq!(device(&probe)["login"], true, "{probe:#}");
    assert_eq!(device(&probe)["identity"]["serial"], serial);
    only_read(&copier, 1);
    forget(&copier);

    let show = workspace.json(&["show", "mfp-1"], 0);
    assert_eq!(show["device"], "mfp-1");
    assert_eq!(show["identity"]["vendor"], "ricoh");
    assert_eq!(show["identity"]["serial"], serial);
    let model = show["identity"]["model"].as_str().unwrap();
    assert!(model.contains("MP C") || model.contains("IM C"), "{model}");
    assert!(show["identity"]["firmware"].is_string(), "{show:#}");
    assert!(show["family"].is_string());
    assert_eq!(show["smtp"]["server"], server);
    assert_eq!(show["smtp"]["port"], 25);
    assert_eq!(show["smtp"]["security"], "none");
    assert_eq!(show["smtp"]["sender"], sender);
    assert_eq!(show["smtp"]["auth"]["method"], "none");
    assert_eq!(show["smtp"]["password"], "unreadable");
    only_read(&copier, 1);
    forget(&copier);

    let plan = workspace.json(&["plan", "playbook.yaml"], 0);
    assert_eq!(plan["status"], "ok");
    assert_eq!(plan["playbook"], "to the cloud");
    assert_eq!(device(&plan)["result"], "pending");
    let wanted = changes(&plan);
    let find = |name: &str| wanted.iter().find(|c| c.0 == name).map(|c| (c.1.clone(), c.2.clone()));
    assert_eq!(find("smtp.server"), Some((json!(server), json!("smtp.office365.com"))));
    assert_eq!(find("smtp.port"), Some((json!(25), json!(587))));
    assert_eq!(find("smtp.security"), Some((json!("none"), json!("starttls"))));
    assert_eq!(find("smtp.auth.method"), Some((json!("none"), json!("password"))));
    assert_eq!(find("smtp.password"), Some((json!("unknown"), json!("new"))));
    only_read(&copier, 1);
    forget(&copier);
    workspace.run(&["plan", "playbook.yaml", "--detailed-exitcode"]).exits(4);
    assert_eq!(copier.all(), before);
    only_read(&copier, 1);
    forget(&copier);

    let apply = workspace.json(&["apply", "playbook.yaml", "--yes"], 0);
    assert_eq!(apply["status"], "ok", "{apply:#}");
    assert_eq!(device(&apply)["result"], "changed");
    assert_eq!(device(&apply)["grade"], "verified");
    assert!(device(&apply)["category"].is_null());
    assert!(apply["run"].is_string());
    settled(&copier);
    holds_new(&copier);
    assert_eq!(copier.others(), others);
    assert_eq!(copier.get().saves, 1);
    assert_eq!(copier.get().count(What::Login), 1);
    assert!(forget(&copier) <= 25);

    let again = workspace.json(&["plan", "playbook.yaml", "--detailed-exitcode"], 0);
    assert_eq!(device(&again)["result"], "unchanged", "{again:#}");
    assert_eq!(changes(&again), []);
    let text = workspace.run(&["apply", "playbook.yaml", "--yes"]).exits(0);
    assert!(!text.stdout.is_empty());
    only_read(&copier, 2);
    forget(&copier);

    let history = workspace.json(&["history"], 0);
    let runs = history["runs"].as_array().unwrap();
    assert!(runs.iter().any(|r| r["run"] == apply["run"] && r["kind"] == "apply" && r["status"] == "ok"));
    assert_eq!(forget(&copier), 0);
    for text in [vec!["show"], vec!["probe"], vec!["history"], vec!["history", "last"]] {
        let ran = workspace.run(&text).exits(0);
        assert!(!ran.stdout.is_empty(), "{text:?}");
    }
    settled(&copier);
    forget(&copier);

    let run = apply["run"].as_str().unwrap();
    let back = workspace.json(&["rollback", run, "--yes"], 0);
    assert_eq!(back["status"], "ok", "{back:#}");
    assert_eq!(device(&back)["result"], "rolled-back");
    assert!(device(&back)["unrestorable"].to_string().contains("password"), "{back:#}");
    settled(&copier);
    let after = copier.all();
    for (old, new) in before.iter().zip(&after) {
        assert_eq!(old, new, "after the rollback");
    }
    let runs = workspace.json(&["history"], 0);
    assert_eq!(runs["runs"][0]["kind"], "rollback");
    workspace.search();
}

fn holds_new(copier: &Copier) {
    let device = copier.get();
    assert_eq!(device.value(Role::Server), "smtp.office365.com");
    assert_eq!(device.value(Role::Port), "587");
    assert_eq!(device.value(Role::Ssl), copier.switch(true));
    assert_eq!(device.value(Role::Auth), copier.switch(true));
    assert_eq!(device.value(Role::Sender), "scan@clinic.example");
    assert_eq!(device.value(Role::AuthSender), "scan@clinic.example");
    assert_eq!(device.value(Role::User), "scan@clinic.example");
    assert_eq!(device.password(copier.kind()).as_deref(), Some(MAIL));
    assert_eq!(device.passwords.len(), 1, "another password was touched");
}

fn failed<'a>(answer: &'a Value, category: &str) -> &'a str {
    let device = device(answer);
    assert_eq!(device["result"], "failed", "{answer:#}");
    assert_eq!(device["category"], category, "{answer:#}");
    assert_eq!(answer["status"], "failed");
    device["message"].as_str().unwrap()
}

fn missing_or_doubled(which: Which) {
    for (role, doubled) in [(Role::Server, false), (Role::Server, true), (Role::Ssl, false)] {
        let copier = Copier::start(which);
        let workspace = Workspace::of(&copier);
        let before = copier.all();
        let fault = Some(role);
        if doubled {
            copier.get().faults.doubled = fault
        } else {
            copier.get().faults.missing = fault
        }
        let answer = workspace.json(&["apply", "playbook.yaml", "--yes"], 6);
        assert!(!failed(&answer, "page-changed").is_empty());
        assert_eq!(copier.all(), before);
        only_read(&copier, 1);
        workspace.search();
    }
}

fn dropped_write(which: Which) {
    let copier = Copier::start(which);
    let workspace = Workspace::of(&copier);
    copier.get().faults.drop_write = true;
    let before = copier.all();
    let answer = workspace.json(&["apply", "playbook.yaml", "--yes"], 6);
    failed(&answer, "not-applied");
    assert_eq!(copier.all(), before);
    assert_eq!(copier.get().saves, 1);
    settled(&copier);
    workspace.search();
}

fn lost_reply(which: Which) {
    let copier = Copier::start(which);
    let workspace = Workspace::of(&copier);
    copier.get().faults.lose_reply = true;
    let answer = workspace.json(&["apply", "playbook.yaml", "--yes"], 0);
    assert_eq!(device(&answer)["result"], "changed", "{answer:#}");
    assert_eq!(copier.get().saves, 1);
    holds_new(&copier);
    settled(&copier);
    workspace.search();
}

fn lost_request(which: Which) {
    let copier = Copier::start(which);
    let workspace = Workspace::of(&copier);
    copier.get().faults.lose_request = true;
    let before = copier.all();
    let answer = workspace.json(&["apply", "playbook.yaml", "--yes"], 6);
    failed(&answer, "not-applied");
    assert_eq!(copier.all(), before);
    let save = copier.get().profile.save;
    let tries = copier.get().seen.iter().filter(|s| s.what == What::Write && s.line.ends_with(save)).count();
    assert_eq!(tries, 1, "a write is never repeated blindly");
    settled(&copier);
}

fn expired_session(which: Which) {
    let copier = Copier::start(which);
    let workspace = Workspace::of(&copier);
    copier.get().faults.expire_before_save = 1;
    let answer = workspace.json(&["apply", "playbook.yaml", "--yes"], 0);
    assert_eq!(device(&answer)["result"], "changed", "{answer:#}");
    assert_eq!(copier.get().saves, 1);
    assert_eq!(copier.get().count(What::Login), 2);
    holds_new(&copier);
    assert_eq!(copier.get().complaints, Vec::<String>::new());
    assert!(copier.get().sessions.iter().all(|s| s.id.is_empty()));
    // A session that always ends is renewed once and no more.
    forget(&copier);
    let copier = Copier::start(which);
    let workspace = Workspace::of(&copier);
    copier.get().faults.expire_before_save = 9;
    let before = copier.all();
    let answer = workspace.json(&["apply", "playbook.yaml", "--yes"], 6);
    failed(&answer, "interrupted");
    assert_eq!(copier.all(), before);
    assert_eq!(copier.get().count(What::Login), 2);
}

fn busy(which: Which) {
    let copier = Copier::start(which);
    let workspace = Workspace::of(&copier);
    copier.get().faults.busy = true;
    let before = copier.all();
    let answer = workspace.json(&["apply", "playbook.yaml", "--yes"], 6);
    failed(&answer, "busy");
    assert_eq!(copier.all(), before);
    settled(&copier);
}

fn wrong_copier(which: Which) {
    for (column, value) in [("model", "RICOH SP 8400DN"), ("serial", "Z999X000000")] {
        let copier = Copier::start(which);
        let mut workspace = Workspace::of(&copier);
        workspace.set(column, value);
        let answer = workspace.json(&["apply", "playbook.yaml", "--yes"], 6);
        let message = failed(&answer, "unknown-model");
        assert!(message.contains(value), "{message}");
        only_read(&copier, 0);
    }
}

fn refused(which: Which) {
    // A wrong password is tried once, and never again in the same run.
    let copier = Copier::start(which);
    let workspace = Workspace::of(&copier);
    std::fs::write(workspace.path("admin.txt"), "not this one").unwrap();
    let answer = workspace.json(&["plan", "playbook.yaml"], 6);
    failed(&answer, "auth-refused");
    assert_eq!(copier.get().count(What::Login), 1);
    assert_eq!(copier.get().count(What::Write), 0);
    // The right one is taken; the same one, refused later, can only mean a lock.
    let copier = Copier::start(which);
    let workspace = Workspace::of(&copier);
    workspace.json(&["plan", "playbook.yaml"], 0);
    forget(&copier);
    copier.get().faults.locked = true;
    let answer = workspace.json(&["plan", "playbook.yaml"], 6);
    failed(&answer, "locked-out");
    assert_eq!(copier.get().count(What::Login), 1);
    // Too many people inside.
    copier.get().faults.locked = false;
    copier.get().faults.full = true;
    forget(&copier);
    let answer = workspace.json(&["plan", "playbook.yaml"], 6);
    failed(&answer, "busy");
    assert_eq!(copier.get().count(What::Login), 0);
    workspace.search();
}

/// An address as people write it; the copier keeps silent at a TLS greeting.
#[test]
fn an_address_without_a_scheme_is_found_to_be_http() {
    let copier = Copier::start(Which::Spanish);
    let mut workspace = Workspace::of(&copier);
    workspace.set("address", &copier.address.to_string());
    let show = workspace.json(&["show"], 0);
    assert_eq!(show["smtp"]["server"], "correo-viejo.clinica.example");
    only_read(&copier, 1);
    workspace.search();
}

/// Guests may see nothing: who the copier is, it only says after the log-in.
#[test]
fn a_copier_that_tells_guests_nothing_is_known_after_the_log_in() {
    for which in [Which::Strict, Which::Newer] {
        let copier = Copier::start(which);
        let mut workspace = Workspace::of(&copier);
        copier.get().faults.guests_denied = true;
        let show = workspace.json(&["show"], 0);
        let serial = copier.get().profile.serial;
        assert_eq!(show["identity"]["serial"], serial);
        only_read(&copier, 1);
        workspace.set("serial", "Z999X000000");
        let answer = workspace.json(&["apply", "playbook.yaml", "--yes"], 6);
        failed(&answer, "unknown-model");
        assert_eq!(copier.get().count(What::Write), 0);
        workspace.set("serial", serial);
        workspace.json(&["plan", "playbook.yaml", "-o", "kept.json"], 0);
        let answer = workspace.json(&["apply", "kept.json", "--yes"], 0);
        assert_eq!(device(&answer)["result"], "changed");
        holds_new(&copier);
    }
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
            fn a_lost_answer_is_settled_by_reading() { lost_reply($which); }
            #[test]
            fn a_write_that_never_arrived_is_not_repeated() { lost_request($which); }
            #[test]
            fn a_session_that_ended_is_renewed_once() { expired_session($which); }
            #[test]
            fn a_busy_copier_keeps_what_it_had() { busy($which); }
            #[test]
            fn another_copier_gets_no_password() { wrong_copier($which); }
            #[test]
            fn refused_log_ins_are_not_repeated() { refused($which); }
        })*
    };
}

manners! {
    sober Which::Sober,
    sober_over_tls Which::SoberTls,
    newer Which::Newer,
    spanish Which::Spanish,
    japanese Which::Japanese,
    strict Which::Strict,
    odd Which::Odd,
}
