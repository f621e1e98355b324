//! The program against the lab: every command on the demo fleet and on a copier of each generation, in all formats, with
//! the lab's true state as the judge.

mod support;

use std::collections::BTreeMap;

use scanfleet_mocks::{DeviceState, Fault, FaultKind, Item, LabSpec, Settings};
use serde_json::{Value, json};
use support::child::{finish, signal};
use support::{Bench, SCAN_PASSWORD, lived_in, migrated, requests, sha256, smtp_password, until};

const DEAD: &str = "sb-archive";
const OTHER_PASSWORD: &str = "sb-executive";

fn truth(bench: &Bench) -> BTreeMap<String, DeviceState> {
    bench.devices().iter().map(|device| (device.info().name, device.state())).collect()
}

fn healthy(name: &str) -> bool {
    name != DEAD && name != OTHER_PASSWORD
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

/// The shape that others build on: every key is there, and every word is one of the contract.
#[track_caller]
fn assert_contract(outcome: &Value) {
    for key in ["run", "playbook", "status", "counts", "devices"] {
        assert!(keys(outcome).contains(&key), "{key} is missing: {outcome}");
    }
    let statuses = ["ok", "partial", "failed", "stopped", "interrupted"];
    assert!(statuses.contains(&outcome["status"].as_str().unwrap()));
    let devices = outcome["devices"].as_array().unwrap();
    assert_eq!(outcome["counts"]["total"], devices.len());
    let mut counted: BTreeMap<&str, u64> = BTreeMap::new();
    for device in devices {
        for key in ["name", "result", "grade", "category", "message", "changes", "unrestorable"] {
            assert!(keys(device).contains(&key), "{key} is missing: {device}");
        }
        let result = device["result"].as_str().unwrap();
        *counted.entry(result).or_default() += 1;
        assert_eq!(result == "failed", device["category"].is_string(), "{device}");
        assert!(device["message"].as_str().unwrap().ends_with('.'), "no sentence: {device}");
        for change in device["changes"].as_array().unwrap() {
            assert_eq!(keys(change), ["field", "before", "after"]);
            if change["field"] == "smtp.password" {
                assert!(["set", "unset", "unknown"].contains(&change["before"].as_str().unwrap()));
                assert_eq!(change["after"], "new");
            }
        }
    }
    for (result, number) in counted {
        assert_eq!(outcome["counts"][result], number);
    }
}

fn device<'a>(outcome: &'a Value, name: &str) -> &'a Value {
    let key = if outcome["devices"][0]["name"].is_string() { "name" } else { "device" };
    outcome["devices"].as_array().unwrap().iter().find(|d| d[key] == name).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demo_fleet_from_probe_to_rollback() {
    let bench = Bench::of(LabSpec::demo()).await;
    let before = truth(&bench);
    assert_eq!(before.len(), 26);

    // Probe: who is there and who lets us in; nothing is written, and a refused password is tried once.
    let probe = bench.json(&["probe"], 5).await;
    assert_eq!(probe["counts"], json!({"total": 26, "ok": 24, "failed": 2, "not-reached": 0}));
    assert_eq!(probe["subnets"].as_array().unwrap().len(), 4);
    assert_eq!(device(&probe, DEAD)["category"], "unreachable");
    assert_eq!(device(&probe, OTHER_PASSWORD)["category"], "auth-refused");
    assert!(device(&probe, OTHER_PASSWORD)["message"].as_str().unwrap().contains("locked"));
    for (name, state) in truth(&bench).iter().filter(|(name, _)| **name != DEAD) {
        let found = device(&probe, name);
        assert_eq!(found["identity"]["serial"], state.serial);
        assert_eq!(found["identity"]["model"], before[name].model);
        assert_eq!(found["login"], healthy(name));
        assert_eq!(state.requests["login"], 1, "{name}");
        assert_eq!(state.writes, 0);
    }
    assert_eq!(bench.lab.device(OTHER_PASSWORD).state().failed_logins, 1);
    bench.assert_nobody_logged_in();

    // Plan, kept in a file: failures count more than pending changes, and nothing is written.
    let plan = bench.json(&["plan", "m365.yaml", "-o", "plan.json", "--detailed-exitcode"], 5).await;
    assert_contract(&plan);
    assert_eq!(plan["run"], Value::Null);
    assert_eq!(plan["playbook"], "Microsoft 365 submission");
    assert_eq!(plan["status"], "partial");
    assert_eq!(plan["counts"], json!({"failed": 2, "pending": 24, "total": 26}));
    let changes = &device(&plan, "hv-imaging")["changes"];
    assert_eq!(
        changes[0],
        json!({"field": "smtp.server", "before": "10.1.1.20", "after": "smtp.office365.com"})
    );
    assert_eq!(changes[1], json!({"field": "smtp.port", "before": 25, "after": 587}));
    assert!(changes.as_array().unwrap().contains(&json!(
        {"field": "smtp.password", "before": "unknown", "after": "new"}
    )));
    for (name, state) in truth(&bench) {
        assert_eq!((&state.settings, state.writes), (&before[&name].settings, 0), "{name}");
        assert_eq!(requests(&bench.lab.device(&name), "save"), 0);
    }

    // Nobody can be asked here, so nothing is done.
    let refused = bench.run(&["apply", "plan.json"]).await.code(2);
    assert!(refused.err.contains("--yes"), "{}", refused.err);
    assert!(truth(&bench).values().all(|state| state.writes == 0));
    let logins: BTreeMap<String, u64> =
        bench.devices().iter().map(|d| (d.info().name, requests(d, "login"))).collect();

    // Apply the plan: only what was pending in it is touched, one session each.
    let applied = bench.json(&["apply", "plan.json", "--yes"], 0).await;
    assert_contract(&applied);
    assert_eq!(applied["counts"], json!({"changed": 24, "total": 24}));
    let run = applied["run"].as_str().unwrap().to_owned();
    for (name, state) in truth(&bench) {
        let copier = bench.lab.device(&name);
        if !healthy(&name) {
            assert_eq!(state.settings, before[&name].settings, "{name}");
            continue;
        }
        assert_eq!(state.settings, migrated(&before[&name].settings), "{name}");
        assert_eq!(smtp_password(&copier), Some(sha256(SCAN_PASSWORD)), "{name}");
        assert_eq!(requests(&copier, "login"), logins[&name] + 1, "{name}");
        assert_eq!(requests(&copier, "logout"), logins[&name] + 1, "{name}");
        let told = device(&applied, &name);
        assert_eq!((&told["result"], &told["grade"]), (&json!("changed"), &json!("verified")));
        assert_eq!(told["changes"], device(&plan, &name)["changes"], "{name}");
    }
    bench.assert_nobody_logged_in();

    // Somebody changes one copier at its panel: a plan of its site finds that one and nothing else.
    bench
        .lab
        .device("ls-kitchen")
        .panel(&[(Item::SmtpServer, "mail.elsewhere.example"), (Item::SmtpPort, "2525")])
        .unwrap();
    let drift = bench.json(&["plan", "m365.yaml", "-t", "site=lakeside", "--detailed-exitcode"], 4).await;
    assert_eq!(drift["counts"], json!({"pending": 1, "total": 5, "unchanged": 4}));
    assert_eq!(device(&drift, "ls-kitchen")["changes"].as_array().unwrap().len(), 2);
    assert_eq!(device(&drift, "ls-therapy")["changes"], json!([]));

    // A second apply over the rest of the site writes nothing, the password included.
    let writes = |bench: &Bench| truth(bench).values().map(|state| state.writes).sum::<u64>();
    let already = writes(&bench);
    let again = bench.json(&["apply", "m365.yaml", "--yes", "-t", "ls-therapy,ls-front-desk"], 0).await;
    assert_eq!(again["counts"], json!({"total": 2, "unchanged": 2}));
    assert_eq!(writes(&bench), already);

    // History, newest first; a run is known by a unique prefix.
    let history = bench.json(&["history"], 0).await;
    let runs = history["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 2);
    for run in runs {
        for key in ["run", "kind", "playbook", "started", "status", "counts"] {
            assert!(keys(run).contains(&key), "{key} is missing: {run}");
        }
        assert_eq!(run["kind"], "apply");
        assert_eq!(run["status"], "ok");
    }
    assert_eq!(runs[0]["run"], again["run"]);
    assert_eq!(runs[1]["run"], run.as_str());
    assert_eq!(runs[1]["counts"], json!({"changed": 24, "total": 24}));
    let one = bench.json(&["history", &run[..16]], 0).await;
    assert_contract(&one);
    assert_eq!(device(&one, "hv-imaging")["changes"], device(&applied, "hv-imaging")["changes"]);
    let names: Vec<&str> =
        one["devices"].as_array().unwrap().iter().map(|d| d["name"].as_str().unwrap()).collect();
    assert!(names.is_sorted(), "the order does not depend on who came first: {names:?}");
    assert!(bench.json(&["history", "--verify"], 0).await["entries"].as_u64().unwrap() > 100);

    // Rollback: every copier holds what it held, byte for byte, the one changed at its panel included; what nobody can
    // know is named and does not spoil the exit code.
    let back = bench.json(&["rollback", &run, "--yes"], 0).await;
    assert_contract(&back);
    assert_eq!(back["counts"], json!({"rolled-back": 24, "total": 24}));
    assert_eq!(back["playbook"], "Microsoft 365 submission");
    for (name, state) in truth(&bench) {
        assert_eq!(state.settings, before[&name].settings, "{name}");
        if healthy(&name) {
            assert_eq!(device(&back, &name)["unrestorable"], json!(["smtp.password"]));
        }
    }
    bench.assert_nobody_logged_in();
    let history = bench.json(&["history", "-n", "1"], 0).await;
    assert_eq!(history["runs"][0]["kind"], "rollback");
    assert_eq!(history["runs"][0]["of_run"], run.as_str());
    bench.json(&["history", "--verify"], 0).await;
}

/// Four copiers, one of each generation, that somebody has used for years.
async fn four() -> Bench {
    let mut spec = LabSpec::of(4);
    for device in &mut spec.devices {
        device.settings = lived_in(&device.settings);
    }
    Bench::of(spec).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_copier_of_each_generation_through_every_command_and_format() {
    let bench = four().await;
    let before: BTreeMap<String, Settings> =
        truth(&bench).into_iter().map(|(name, state)| (name, state.settings)).collect();

    // Before anything was run.
    assert_eq!(bench.json(&["history"], 0).await, json!({"runs": []}));
    assert_eq!(bench.json(&["snapshot"], 0).await, json!({"snapshots": []}));
    assert_eq!(bench.json(&["trust", "list"], 0).await, json!({"certificates": []}));
    bench.run(&["rollback", "last", "--yes"]).await.code(2);
    assert!(bench.devices().iter().all(|device| requests(device, "total") == 0));

    // Inventory.
    let inventory = bench.json(&["inventory"], 0).await;
    assert_eq!(inventory["devices"].as_array().unwrap().len(), 4);
    let rows = bench.run(&["inventory", "--format", "csv", "-t", "copier-0001"]).await.code(0).csv();
    assert_eq!((rows.len(), rows[0][0].as_str(), rows[1][0].as_str()), (2, "name", "copier-0001"));
    assert!(bench.run(&["inventory", "subnets"]).await.code(0).out.contains("127.21.0.0/24"));
    assert!(bench.run(&["inventory"]).await.code(0).out.contains("4 devices."));

    // Show: one device is the object, several are a list; the maker's truth in all formats.
    for device in bench.devices() {
        let state = device.state();
        let one = bench.json(&["show", &state.name], 0).await;
        assert_eq!(one["device"], state.name);
        assert_eq!(
            one["identity"],
            json!({"vendor": "ricoh", "model": state.model, "serial": state.serial, "firmware": one["identity"]["firmware"]})
        );
        assert!(one["identity"]["firmware"].is_string());
        let smtp = &one["smtp"];
        assert_eq!(smtp["server"], "exchange.northshore.example");
        assert_eq!(
            (&smtp["port"], &smtp["security"], &smtp["sender"]),
            (&json!(25), &json!("none"), &json!("scanner@northshore.example"))
        );
        assert_eq!(smtp["auth"]["method"], "none");
        assert_eq!(smtp["auth"]["user"], Value::Null);
        assert_eq!(smtp["password"], "unreadable");
    }
    let identity = bench.json(&["show", "copier-0002", "--section", "identity"], 0).await;
    assert!(!keys(&identity).contains(&"smtp"));
    assert_eq!(requests(&bench.lab.device("copier-0002"), "login"), 1, "identity needs no log-in");
    let rows = bench.run(&["show", "--format", "csv"]).await.code(0).csv();
    assert_eq!(rows.len(), 5);
    assert!(rows[1..].iter().all(|row| row[5] == "exchange.northshore.example" && row[6] == "25"));
    let text = bench.run(&["show", "copier-0000"]).await.code(0).out;
    assert!(text.contains("exchange.northshore.example") && text.contains("E174M"), "{text}");

    // Snapshots.
    let taken = bench.json(&["snapshot", "take", "copier-0000", "copier-0003"], 0).await;
    assert_eq!(taken["snapshots"][0], json!({"device": "copier-0000", "snapshot": "s1", "section": "smtp"}));
    let listed = bench.json(&["snapshot"], 0).await;
    let sections: Vec<&str> =
        listed["snapshots"].as_array().unwrap().iter().map(|s| s["section"].as_str().unwrap()).collect();
    assert_eq!(sections, ["address_book", "smtp", "address_book", "smtp"]);
    let shown = bench.json(&["snapshot", "show", "s1"], 0).await;
    assert_eq!(shown["typed"]["server"], "exchange.northshore.example");
    assert_eq!(
        bench.json(&["diff", "s1", "copier-0000"], 0).await,
        json!({"a": "s1", "b": "copier-0000", "changes": []})
    );

    // Plan in text: devices that change alike stand together. In CSV: a row a change.
    let text = bench.run(&["plan", "m365.yaml"]).await.code(0);
    assert!(
        text.out.contains("4 devices: copier-0000, copier-0001, copier-0002, copier-0003"),
        "{}",
        text.out
    );
    assert!(text.out.contains("4 would change"), "{}", text.out);
    let rows = bench.run(&["plan", "m365.yaml", "--format", "csv", "-t", "copier-0001"]).await.code(0).csv();
    assert_eq!(rows[0], ["device", "result", "grade", "category", "field", "before", "after", "message"]);
    assert!(rows.iter().any(|row| row[4] == "smtp.port" && row[5] == "25" && row[6] == "587"));

    // Without --yes nothing happens where nobody can be asked, in any format; JSON stays one document.
    for format in ["text", "json", "csv"] {
        let refused = bench.run(&["apply", "m365.yaml", "--format", format]).await.code(2);
        if format == "json" {
            assert_eq!(refused.json()["error"]["exit_code"], 2);
        }
    }
    assert!(bench.devices().iter().all(|device| device.state().writes == 0));

    let applied =
        bench.run(&["apply", "m365.yaml", "--yes", "-t", "copier-0000,copier-0001,copier-0002"]).await;
    let applied = applied.code(0);
    assert!(applied.out.contains("3 changed") && applied.err.contains("rollback"), "{}", applied.out);
    for (name, state) in truth(&bench) {
        let meant = name != "copier-0003";
        let wanted = if meant { migrated(&before[&name]) } else { before[&name].clone() };
        assert_eq!(state.settings, wanted, "{name}");
        assert_eq!(state.smtp_password_set(), meant, "{name}");
    }
    let rows = bench.run(&["history", "last", "--format", "csv"]).await.code(0).csv();
    assert!(rows[1..].iter().all(|row| row[1] == "changed" && row[2] == "verified"));
    assert!(bench.run(&["history"]).await.code(0).out.contains("3 changed"));
    assert!(bench.run(&["history", "--verify"]).await.code(0).out.contains("whole"));

    // What has changed since the snapshot, and back to it.
    assert_eq!(bench.json(&["diff", "copier-0003"], 0).await["changes"], json!([]));
    let changes = bench.json(&["diff", "copier-0000"], 0).await;
    assert_eq!(
        changes["changes"][0],
        json!({"field": "smtp.server", "before": "exchange.northshore.example", "after": "smtp.office365.com"})
    );
    bench.run(&["restore", "s1"]).await.code(2);
    let restored = bench.json(&["restore", "s1", "--yes"], 0).await;
    assert_contract(&restored);
    assert_eq!(restored["counts"], json!({"rolled-back": 1, "total": 1}));
    assert_eq!(bench.lab.device("copier-0000").state().settings, before["copier-0000"]);
    assert_eq!(bench.lab.device("copier-0001").state().settings, migrated(&before["copier-0001"]));

    // Certificates: two of the four speak https.
    let trusted = bench.json(&["trust", "list"], 0).await;
    let certificates = trusted["certificates"].as_array().unwrap();
    assert_eq!(certificates.len(), 2, "{trusted}");
    assert_eq!(bench.run(&["trust", "list", "--format", "csv"]).await.code(0).csv().len(), 3);
    bench.run(&["trust", "accept", "copier-0000"]).await.code(2);
    bench.run(&["trust", "forget", "copier-0000"]).await.code(2);
    bench.run(&["trust", "forget", "copier-0002"]).await.code(0);
    assert_eq!(bench.json(&["trust", "list"], 0).await["certificates"].as_array().unwrap().len(), 1);
    bench.assert_nobody_logged_in();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exit_codes_tell_what_kind_of_end_it_was() {
    let bench = Bench::single("mp-c3003").await;
    let copier = bench.copier();
    bench.write("broken.yaml", "name: x\nplays:\n  - smpt: {}\n");
    bench.write("no-secret.yaml", &support::PLAYBOOK.replace("file:secrets/m365-scan.txt", "env:NOT_THERE"));
    bench
        .write("keyring.yaml", &support::PLAYBOOK.replace("file:secrets/m365-scan.txt", "keyring:m365/scan"));

    // 2: wrong usage.
    for args in [
        &["frobnicate"][..],
        &["plan"],
        &["show", "nobody"],
        &["plan", "m365.yaml", "-t", "site=nowhere"],
        &["history", "0000"],
        &["rollback", "last"],
        &["diff", "s99"],
        &["apply", "m365.yaml"],
    ] {
        bench.run(args).await.code(2);
    }
    // 3: invalid files and secrets that cannot be had, before any connection.
    let seen = requests(&copier, "total");
    for args in [
        &["plan", "broken.yaml"][..],
        &["plan", "nowhere.yaml"],
        &["plan", "no-secret.yaml"],
        &["apply", "no-secret.yaml", "--yes"],
        &["plan", "m365.yaml", "--inventory", "nowhere.csv"],
    ] {
        let ran = bench.run(args).await.code(3);
        assert!(!ran.err.is_empty());
        let mut json = args.to_vec();
        json.extend(["--format", "json"]);
        assert_eq!(bench.run(&json).await.code(3).json()["error"]["exit_code"], 3);
    }
    // 8: the keyring, the workspace, the journal.
    bench.run(&["plan", "keyring.yaml"]).await.code(8);
    bench.run(&["-w", "nowhere", "history"]).await.code(0);
    bench.run(&["-w", "nowhere", "--inventory", "inventory.csv", "probe"]).await.code(8);
    assert_eq!(requests(&copier, "total"), seen, "no device was contacted");
    // 0, 4: pending changes count only when asked.
    bench.run(&["plan", "m365.yaml"]).await.code(0);
    bench.run(&["plan", "m365.yaml", "--detailed-exitcode"]).await.code(4);
    bench.run(&["apply", "m365.yaml", "--yes"]).await.code(0);
    bench.run(&["plan", "m365.yaml", "--detailed-exitcode"]).await.code(0);
    // 6: all failed.
    copier.fault(FaultKind::TooManySessions);
    for args in [
        &["plan", "m365.yaml"][..],
        &["apply", "m365.yaml", "--yes"],
        &["probe"],
        &["show"],
        &["snapshot", "take"],
    ] {
        let mut json = args.to_vec();
        json.extend(["--format", "json"]);
        bench.run(&json).await.code(6).json();
    }
    bench.assert_nobody_logged_in();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn selections_mean_the_same_for_every_command() {
    let bench = Bench::of(LabSpec::demo()).await;
    for (selection, count) in [
        ("site=lakeside", 5),
        ("site=lakeside,stonebridge", 11),
        ("vendor=ricoh subnet=127.20.1.0/24", 8),
        ("subnet=127.20.0.0/16 site=harbourview", 8),
        ("hv-ward-2,cr-hr", 2),
        ("site=harbourview hv-ward-2", 1),
        ("model=\"Aficio MP 301\"", 1),
    ] {
        let listed = bench.json(&["inventory", "-t", selection], 0).await;
        assert_eq!(listed["devices"].as_array().unwrap().len(), count, "{selection}");
    }
    let probed = bench.json(&["probe", "--no-login", "-t", "model=\"Aficio MP 301\""], 0).await;
    assert_eq!(probed["devices"][0]["name"], "cr-dental");
    assert_eq!(probed["devices"][0]["login"], Value::Null);
    let planned = bench.json(&["plan", "m365.yaml", "-t", "hv-ward-2,cr-hr"], 0).await;
    assert_eq!(planned["counts"]["total"], 2);
    let touched: Vec<String> = bench
        .devices()
        .iter()
        .filter(|device| requests(device, "total") > 0)
        .map(|device| device.info().name)
        .collect();
    assert_eq!(touched, ["hv-ward-2", "cr-dental", "cr-hr"]);
    assert_eq!(requests(&bench.lab.device("cr-dental"), "login"), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ctrl_c_finishes_what_is_being_written_and_lists_the_rest() {
    let mut spec = LabSpec::of(6);
    for device in &mut spec.devices {
        device.settings = lived_in(&device.settings);
    }
    let bench = Bench::of(spec).await;
    let before = truth(&bench);
    let (writing, reading) = (bench.lab.device("copier-0000"), bench.lab.device("copier-0001"));
    // One is in the middle of its save, one in the middle of being read; two at once, so that the others wait.
    writing.fault(Fault::new(FaultKind::Slow { ms: 2500 }).on("@save").times(1));
    reading.fault(Fault::new(FaultKind::Stuck).on("@menu"));
    let args = ["apply", "m365.yaml", "--yes", "--parallel", "2", "--format", "json"];
    let child = bench.command(&args).spawn().unwrap();
    until("the save and the stuck page", || {
        requests(&writing, "save") == 1 && requests(&reading, "menu") == 1
    })
    .await;
    signal(&child, "INT");
    let ran = finish(&args, child).await.code(130);

    let outcome = ran.json();
    assert_contract(&outcome);
    assert_eq!(outcome["status"], "interrupted");
    assert_eq!(device(&outcome, "copier-0000")["result"], "changed");
    assert_eq!(device(&outcome, "copier-0000")["grade"], "verified");
    assert_eq!(device(&outcome, "copier-0001")["category"], "interrupted");
    for name in ["copier-0002", "copier-0003", "copier-0004", "copier-0005"] {
        assert_eq!(device(&outcome, name)["result"], "not-reached");
        assert_eq!(requests(&bench.lab.device(name), "total"), 0);
    }
    assert_eq!(writing.state().settings, migrated(&before["copier-0000"].settings));
    assert_eq!(reading.state().settings, before["copier-0001"].settings);
    bench.assert_nobody_logged_in();
    let history = bench.json(&["history", "last"], 0).await;
    assert_eq!(history["status"], "interrupted");
    assert_eq!(history["counts"], outcome["counts"]);

    // The same for a plan and a probe: valid JSON, nobody logged in.
    for args in [
        ["plan", "m365.yaml", "--format", "json"].as_slice(),
        &["probe", "--format", "json"],
        &["show", "--format", "json"],
    ] {
        let had = requests(&reading, "menu");
        let child = bench.command(args).spawn().unwrap();
        until("the stuck page", || requests(&reading, "menu") > had).await;
        signal(&child, "INT");
        finish(args, child).await.code(130).json();
        bench.assert_nobody_logged_in();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_lab_as_a_program_works_with_every_other_command() {
    use tokio::io::{AsyncBufReadExt, BufReader};
    let bench = Bench::single("mp-c3003").await;
    let mut lab = bench.command(&["lab", "--devices", "2", "--directory", "field"]).spawn().unwrap();
    let mut lines = BufReader::new(lab.stdout.take().unwrap()).lines();
    assert_eq!(lines.next_line().await.unwrap().unwrap(), "lab ready: 2 devices");
    let applied = bench.json(&["-w", "field", "apply", "field/microsoft-365.yaml", "--yes"], 0).await;
    assert_eq!(applied["counts"], json!({"changed": 2, "total": 2}));
    let back = bench.json(&["-w", "field", "rollback", "last", "--yes"], 0).await;
    assert_eq!(back["counts"], json!({"rolled-back": 2, "total": 2}));
    signal(&lab, "INT");
    assert_eq!(lab.wait().await.unwrap().code(), Some(0));
    let gone = bench.json(&["-w", "field", "probe"], 6).await;
    assert_eq!(gone["devices"][0]["category"], "unreachable");
}
