//! The program against Xerox copiers that are not ours.
//!
//! Each simulator here was written from what is publicly known of the maker's pages and without a look at the driver or
//! at the lab, so that a mistake in reading that knowledge cannot cancel itself out.

#[path = "foreign_xerox/mod.rs"]
mod foreign_xerox;
mod strangers;

use foreign_xerox::altalink::Tongue;
use foreign_xerox::device::What;
use foreign_xerox::other::Other;
use foreign_xerox::{Copier, MAIL, Which};
use serde_json::{Value, json};

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

/// What every session owes: nobody left inside, nothing the copier took exception to.
fn settled(copier: &Copier) {
    let device = copier.get();
    assert_eq!(device.complaints, Vec::<String>::new(), "{:?}", device.seen);
    assert_eq!(device.inside(), 0, "a session was left open: {:?}", device.seen);
    assert!(device.count(What::Logout) >= device.count(What::Login), "{:?}", device.seen);
}

fn forget(copier: &Copier) -> usize {
    std::mem::take(&mut copier.get().seen).len()
}

/// Nothing but reads, log-in and log-out was sent.
fn only_read(copier: &Copier, logins: usize) {
    settled(copier);
    let device = copier.get();
    assert_eq!(device.count(What::Write), 0, "{:?}", device.seen);
    assert_eq!(device.count(What::Login), logins, "{:?}", device.seen);
    assert!(device.seen.len() <= 25 * logins.max(1), "{} requests: {:?}", device.seen.len(), device.seen);
}

fn holds_new(copier: &Copier) {
    let [_, starttls, _, system] = copier.words();
    let device = copier.get();
    assert_eq!(device.server(), ("smtp.office365.com", "587"));
    assert_eq!(device.value("encryption"), starttls);
    assert_eq!(device.value("email"), "scan@clinic.example");
    assert_eq!((device.value("user_jobs"), device.value("system_jobs")), (system, system));
    assert_eq!(device.value("username"), "scan@clinic.example");
    assert_eq!(device.password.as_deref(), Some(MAIL));
    if device.attributes.contains_key("choice") {
        assert_eq!(device.value("choice"), "manual");
    }
}

/// What no playbook here speaks of.
fn others(copier: &Copier) -> Vec<(&'static str, String)> {
    let all = copier.all().into_iter();
    all.filter(|(name, _)| ["maxFragSize", "maxFragments", "splitting", "certificate"].contains(name))
        .collect()
}

fn story(which: Which) {
    let copier = Copier::start(which);
    let workspace = copier.workspace();
    let (before, kept) = (copier.all(), others(&copier));
    let (server, port) = {
        let device = copier.get();
        (device.server().0.to_owned(), device.server().1.to_owned())
    };
    let sender = copier.get().value("email").to_owned();
    let serial = copier.get().profile.serial;
    let model = copier.get().profile.model;

    let probe = workspace.json(&["probe"], 0);
    assert_eq!(device(&probe)["login"], true, "{probe:#}");
    assert_eq!(device(&probe)["identity"]["serial"], serial, "{probe:#}");
    only_read(&copier, 1);
    forget(&copier);

    let show = workspace.json(&["show", "mfp-1"], 0);
    assert_eq!(show["identity"]["vendor"], "xerox");
    assert_eq!(show["identity"]["serial"], serial);
    let short = model.split(' ').nth(2).unwrap();
    assert!(show["identity"]["model"].as_str().unwrap().contains(short), "{show:#}");
    assert_eq!(show["smtp"]["server"], server, "{show:#}");
    assert_eq!(show["smtp"]["port"].to_string(), port, "{show:#}");
    assert_eq!(show["smtp"]["security"], "none", "{show:#}");
    assert_eq!(show["smtp"]["sender"], sender, "{show:#}");
    only_read(&copier, 1);
    forget(&copier);

    let plan = workspace.json(&["plan", "playbook.yaml"], 0);
    assert_eq!(device(&plan)["result"], "pending", "{plan:#}");
    let wanted = changes(&plan);
    let find = |name: &str| wanted.iter().find(|c| c.0 == name).map(|c| (c.1.clone(), c.2.clone()));
    assert_eq!(find("smtp.server"), Some((json!(server), json!("smtp.office365.com"))));
    assert_eq!(find("smtp.security"), Some((json!("none"), json!("starttls"))));
    assert_eq!(find("smtp.password"), Some((json!("unknown"), json!("new"))));
    only_read(&copier, 1);
    assert_eq!(copier.all(), before);
    forget(&copier);

    let apply = workspace.json(&["apply", "playbook.yaml", "--yes"], 0);
    assert_eq!(device(&apply)["result"], "changed", "{apply:#}");
    assert_eq!(device(&apply)["grade"], "verified");
    settled(&copier);
    holds_new(&copier);
    assert_eq!(others(&copier), kept);
    let forms = if matches!(which, Which::AltaLink(_)) { 3 } else { 1 };
    assert!(copier.get().writes <= forms, "{} writes", copier.get().writes);
    assert_eq!(copier.get().count(What::Login), 1);
    forget(&copier);

    let again = workspace.json(&["plan", "playbook.yaml", "--detailed-exitcode"], 0);
    assert_eq!(device(&again)["result"], "unchanged", "{again:#}");
    workspace.run(&["apply", "playbook.yaml", "--yes"]).exits(0);
    only_read(&copier, 2);
    forget(&copier);

    let run = apply["run"].as_str().unwrap();
    let back = workspace.json(&["rollback", run, "--yes"], 0);
    assert_eq!(device(&back)["result"], "rolled-back", "{back:#}");
    assert!(device(&back)["unrestorable"].to_string().contains("password"), "{back:#}");
    settled(&copier);
    assert_eq!(copier.all(), before, "after the rollback");
    workspace.search();
}

fn failed<'a>(answer: &'a Value, category: &str) -> &'a str {
    let device = device(answer);
    assert_eq!(device["result"], "failed", "{answer:#}");
    assert_eq!(device["category"], category, "{answer:#}");
    device["message"].as_str().unwrap()
}

/// A control that is not there or twice: nothing is written, not even what could be.
fn missing_or_doubled(which: Which) {
    for (name, doubled) in [("server", false), ("server", true), ("email", true), ("encryption", false)] {
        let copier = Copier::start(which);
        let workspace = copier.workspace();
        let before = copier.all();
        let fault = Some(name);
        if doubled {
            copier.get().faults.doubled = fault
        } else {
            copier.get().faults.missing = fault
        }
        let answer = workspace.json(&["apply", "playbook.yaml", "--yes"], 6);
        let message = if name == "encryption" {
            let category = device(&answer)["category"].as_str().unwrap_or_default().to_owned();
            assert!(category == "page-changed" || category == "unsupported", "{answer:#}");
            failed(&answer, &category)
        } else {
            failed(&answer, "page-changed")
        };
        assert!(!message.is_empty());
        assert_eq!(copier.all(), before);
        only_read(&copier, 1);
        workspace.search();
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

fn lost_reply(which: Which) {
    let copier = Copier::start(which);
    let workspace = copier.workspace();
    copier.get().faults.lose_reply = true;
    let answer = workspace.run(&["apply", "playbook.yaml", "--yes", "--format", "json"]).json();
    let result = device(&answer)["result"].as_str().unwrap();
    let category = device(&answer)["category"].as_str().unwrap_or_default();
    assert!(
        result == "changed" || ["unconfirmed", "interrupted", "not-applied"].contains(&category),
        "{answer:#}"
    );
    let lines: Vec<Vec<String>> =
        copier.get().seen.iter().filter(|s| s.what == What::Write).map(|s| s.names.clone()).collect();
    for (at, line) in lines.iter().enumerate() {
        assert!(!lines[..at].contains(line), "a write was repeated blindly: {lines:?}");
    }
    settled(&copier);
    workspace.search();
}

fn expired_session(which: Which) {
    let copier = Copier::start(which);
    let workspace = copier.workspace();
    copier.get().faults.expire_before_write = 1;
    let answer = workspace.json(&["apply", "playbook.yaml", "--yes"], 0);
    assert_eq!(device(&answer)["result"], "changed", "{answer:#}");
    assert_eq!(copier.get().count(What::Login), 2);
    holds_new(&copier);
    assert_eq!(copier.get().complaints, Vec::<String>::new());
    assert_eq!(copier.get().inside(), 0);
    // A session that always ends is renewed once and no more.
    let copier = Copier::start(which);
    let workspace = copier.workspace();
    copier.get().faults.expire_before_write = 9;
    let before = copier.all();
    let answer = workspace.json(&["apply", "playbook.yaml", "--yes"], 6);
    failed(&answer, "interrupted");
    assert_eq!(copier.all(), before);
    assert_eq!(copier.get().count(What::Login), 2);
}

fn refused_token(which: Which) {
    let copier = Copier::start(which);
    let workspace = copier.workspace();
    copier.get().faults.refuse_tokens = true;
    let before = copier.all();
    let answer = workspace.json(&["apply", "playbook.yaml", "--yes"], 6);
    let category = device(&answer)["category"].as_str().unwrap_or_default().to_owned();
    assert!(
        ["rejected", "not-applied", "interrupted", "page-changed"].contains(&category.as_str()),
        "{answer:#}"
    );
    assert_eq!(copier.all(), before);
    assert!(copier.get().count(What::Write) <= 2, "{:?}", copier.get().seen);
    settled(&copier);
    workspace.search();
}

fn wrong_copier(which: Which) {
    for (column, value) in [("model", "Xerox Phaser 9999"), ("serial", "Z999X000000")] {
        let copier = Copier::start(which);
        let mut workspace = copier.workspace();
        workspace.set(column, value);
        let answer = workspace.json(&["apply", "playbook.yaml", "--yes"], 6);
        let message = failed(&answer, "unknown-model");
        assert!(message.contains(value), "{message}");
        assert_eq!(copier.get().count(What::Write), 0);
        if column == "model" || copier.get().profile.soap {
            assert_eq!(copier.get().count(What::Login), 0, "{:?}", copier.get().seen);
        }
        settled(&copier);
    }
}

/// A wrong password is tried once, and never again in the same run.
fn refused(which: Which) {
    let copier = Copier::start(which);
    let workspace = copier.workspace();
    std::fs::write(workspace.path("admin.txt"), "not this one").unwrap();
    let answer = workspace.json(&["plan", "playbook.yaml"], 6);
    failed(&answer, "auth-refused");
    assert_eq!(copier.get().count(What::Login), 1);
    assert_eq!(copier.get().count(What::Write), 0);
    assert_eq!(copier.get().complaints, Vec::<String>::new());
    workspace.search();
}

/// What the page cannot hold is told by the plan, and nothing is written.
fn too_long(which: Which) {
    let copier = Copier::start(which);
    let workspace = copier.workspace();
    let path = workspace.path("playbook.yaml");
    let long = format!(
        "{}@{}.example",
        "s".repeat(60),
        "clinic".repeat(10).replace("cc", "c") + "." + &"ward".repeat(15)
    );
    let text = std::fs::read_to_string(&path)
        .unwrap()
        .replace("sender: scan@clinic.example", &format!("sender: {long}"));
    std::fs::write(&path, text).unwrap();
    let before = copier.all();
    for arguments in [vec!["plan", "playbook.yaml"], vec!["apply", "playbook.yaml", "--yes"]] {
        let answer = workspace.json(&arguments, 6);
        failed(&answer, "unsupported");
    }
    assert_eq!(copier.all(), before);
    only_read(&copier, 2);
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
            fn a_session_that_ended_is_renewed_once() { expired_session($which); }
            #[test]
            fn a_token_that_is_refused_is_no_success() { refused_token($which); }
            #[test]
            fn another_copier_gets_no_password() { wrong_copier($which); }
            #[test]
            fn refused_log_ins_are_not_repeated() { refused($which); }
            #[test]
            fn what_does_not_fit_is_not_written() { too_long($which); }
        })*
    };
}

manners! {
    workcentre Which::WorkCentre,
    connectkey Which::ConnectKey,
    connectkey_apart Which::ConnectKeyApart,
    altalink Which::AltaLink(Tongue::English),
    altalink_in_french Which::AltaLink(Tongue::French),
    altalink_in_spanish Which::AltaLink(Tongue::Spanish),
    versalink Which::VersaLink,
}

/// Without encryption there is nothing to choose, and a plan that needs it says so.
#[test]
fn an_option_that_is_not_there_is_unsupported() {
    let copier = Copier::start(Which::ClearOnly);
    let workspace = copier.workspace();
    let show = workspace.json(&["show"], 0);
    assert_eq!(show["smtp"]["server"], "10.20.1.25", "{show:#}");
    let before = copier.all();
    for arguments in [vec!["plan", "playbook.yaml"], vec!["apply", "playbook.yaml", "--yes"]] {
        let answer = workspace.json(&arguments, 6);
        let message = failed(&answer, "unsupported");
        assert!(message.to_lowercase().contains("starttls"), "{message}");
    }
    assert_eq!(copier.all(), before);
    only_read(&copier, 3);
}

/// Two sources of credentials that differ are neither on nor off, and a plan to use them changes both. There is no word for
/// the mix, so that going back restores the rest and says what it cannot.
#[test]
fn credentials_that_differ_are_shown_as_they_are() {
    for (user, system) in [(3, 2), (2, 3)] {
        let copier = Copier::start(Which::ConnectKey);
        let words = copier.words();
        copier.get().attributes.insert("user_jobs", words[user].into());
        copier.get().attributes.insert("system_jobs", words[system].into());
        let mut before = copier.all();
        let workspace = copier.workspace();
        let show = workspace.json(&["show"], 0);
        assert_eq!(show["smtp"]["auth"]["method"], "other", "{show:#}");
        let apply = workspace.json(&["apply", "playbook.yaml", "--yes"], 0);
        assert_eq!(device(&apply)["result"], "changed", "{apply:#}");
        holds_new(&copier);
        let run = apply["run"].as_str().unwrap();
        let back = workspace.json(&["rollback", run, "--yes"], 0);
        assert_eq!(device(&back)["result"], "rolled-back", "{back:#}");
        let left = device(&back)["unrestorable"].to_string();
        assert!(left.contains("smtp.auth.method") && left.contains("smtp.password"), "{left}");
        let mut after = copier.all();
        for name in ["user_jobs", "system_jobs"] {
            before.remove(name);
            assert_eq!(after.remove(name).as_deref(), Some(words[3]));
        }
        assert_eq!(after, before);
        settled(&copier);
    }
}

/// While a copier asks DNS for its server, it has none that a playbook could mean; a playbook's server ends that, and
/// going back begins it again.
#[test]
fn a_copier_that_asks_dns_is_told_its_server() {
    let copier = Copier::start(Which::VersaLink);
    copier.get().attributes.insert("choice", "dns".into());
    let workspace = copier.workspace();
    let show = workspace.json(&["show"], 0);
    assert_eq!(show["smtp"]["server"], "", "{show:#}");
    let apply = workspace.json(&["apply", "playbook.yaml", "--yes"], 0);
    assert_eq!(device(&apply)["result"], "changed", "{apply:#}");
    holds_new(&copier);
    let back = workspace.json(&["rollback", apply["run"].as_str().unwrap(), "--yes"], 0);
    assert_eq!(device(&back)["result"], "rolled-back", "{back:#}");
    assert_eq!(copier.get().value("choice"), "dns");
    settled(&copier);
}

/// What bears the name and speaks another language is known, named and left alone.
#[test]
fn other_generations_are_refused_without_a_log_in() {
    for (other, word) in
        [(Other::SinglePage, "VersaLink"), (Other::WebGlue, "Lexmark"), (Other::Nic5, "6605")]
    {
        let copier = Copier::start(Which::Other(other));
        let workspace = copier.workspace();
        for arguments in [vec!["plan", "playbook.yaml"], vec!["apply", "playbook.yaml", "--yes"]] {
            let answer = workspace.json(&arguments, 6);
            let message = failed(&answer, "unknown-model");
            assert!(message.contains(word), "{other:?}: {message}");
        }
        let device = copier.get();
        assert_eq!((device.count(What::Login), device.count(What::Write)), (0, 0), "{:?}", device.seen);
        assert_eq!(device.complaints, Vec::<String>::new());
    }
}

/// A copier that says it is another maker's.
#[test]
fn a_copier_of_another_maker_gets_no_password() {
    let copier = Copier::start(Which::ConnectKey);
    copier.get().faults.other_model = Some("Brother MFC-L8900CDW");
    let answer = copier.workspace().json(&["apply", "playbook.yaml", "--yes"], 6);
    failed(&answer, "unknown-model");
    only_read(&copier, 0);
}

/// Labels and names that no family knows: the program learns them, and then it can write.
#[test]
fn a_firmware_that_calls_everything_otherwise_can_be_taught() {
    let copier = Copier::start(Which::Taught);
    let workspace = copier.workspace();
    let before = copier.all();
    let answer = workspace.json(&["apply", "playbook.yaml", "--yes"], 6);
    failed(&answer, "page-changed");
    only_read(&copier, 1);
    forget(&copier);
    let learnt = workspace.run(&["vendor", "learn", "mfp-1"]);
    assert_eq!(learnt.code, 0, "{}\n{}", learnt.stdout, learnt.stderr);
    settled(&copier);
    assert_eq!(copier.get().count(What::Write), 0);
    assert_eq!(copier.all(), before);
    forget(&copier);
    let vendors = workspace.path("vendors");
    std::fs::rename(workspace.path("learned"), &vendors).unwrap();
    // Which of two credentials is whose, it asks rather than guesses; a person answers.
    let file = vendors.join("xerox-workcentre-7970.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains("svcout.walkup"), "{text}");
    if !text.contains("\"user_jobs\":") {
        let answer = "fields:\n  \"user_jobs\":\n    names: [{ value: svcout.walkup, certainty: assumed }]\n";
        std::fs::write(&file, text.replacen("fields:\n", answer, 1)).unwrap();
    }
    let show = workspace.json(&["show"], 0);
    assert_eq!(show["smtp"]["server"], "relay.clinic.example", "{show:#}\n{}", learnt.stdout);
    let apply = workspace.json(&["apply", "playbook.yaml", "--yes"], 0);
    assert_eq!(device(&apply)["result"], "changed", "{apply:#}\n{}", learnt.stdout);
    holds_new(&copier);
    settled(&copier);
    let back = workspace.json(&["rollback", apply["run"].as_str().unwrap(), "--yes"], 0);
    assert_eq!(device(&back)["result"], "rolled-back", "{back:#}");
    assert_eq!(copier.all(), before);
    workspace.search();
}
