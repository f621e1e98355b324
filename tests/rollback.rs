//! The way back, judged by what the lab's copiers really hold.

mod support;

use scanfleet::journal::{RunKind, SnapshotReason};
use scanfleet::plan::Desired;
use scanfleet::run::{FormerPassword, ResultKind};
use scanfleet_mocks::{Item, LabSpec};
use scanfleet_sdk::{AuthMethod, Secret, Security};
use serde_json::{Value, json};
use support::engine::{SCAN, apply, assert_changed, carry_out, other_server, rollback, secrets, task, wish};
use support::{Bench, SCAN_PASSWORD, lived_in, migrated, requests, sha256, smtp_password};

const PROFILES: [&str; 4] = ["mp-c3003", "mp-c4504ex", "im-c4500", "aficio-mp-301"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_former_password_comes_back_with_the_former_version() {
    for profile in PROFILES {
        let bench = Bench::single(profile).await;
        let original = bench.copier().state().settings;
        let engine = bench.engine();
        let (first, outcome) = apply(&bench, &engine, wish()).await;
        assert_changed(&outcome);
        engine.secrets.set(SCAN, &Secret::new("the second one".into())).unwrap();
        let (second, outcome) = apply(&bench, &engine, wish()).await;
        assert_changed(&outcome);
        assert_eq!(outcome.changes.len(), 1, "only the password is new: {:?}", outcome.changes);
        assert_eq!(smtp_password(&bench.copier()), Some(sha256("the second one")));

        let back = rollback(&bench, &engine, second).await;
        assert_eq!(back.devices[0].result, ResultKind::RolledBack, "{}", back.devices[0].message);
        assert!(back.devices[0].unrestorable.is_empty());
        assert_eq!(smtp_password(&bench.copier()), Some(sha256(SCAN_PASSWORD)), "{profile}");
        assert_eq!(bench.copier().state().settings, migrated(&original));

        // The journal knows what is there now: nothing to do for the same rollback, and the playbook wants version 2.
        let again = rollback(&bench, &engine, second).await;
        assert_eq!(again.devices[0].result, ResultKind::Unchanged, "{}", again.devices[0].message);
        let (_, outcome) = apply(&bench, &engine, wish()).await;
        assert_changed(&outcome);
        assert_eq!(smtp_password(&bench.copier()), Some(sha256("the second one")));

        // Before the first run there was a password that nobody here ever knew, or none.
        let back = rollback(&bench, &engine, first).await;
        assert_eq!(back.devices[0].result, ResultKind::RolledBack);
        assert_eq!(back.devices[0].unrestorable, ["smtp.password"]);
        assert_eq!(bench.copier().state().settings, original, "{profile}");
        bench.assert_nobody_logged_in();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_version_that_is_gone_is_named() {
    let bench = Bench::single("mp-c3003").await;
    let engine = bench.engine();
    assert_changed(&apply(&bench, &engine, wish()).await.1);
    // Ten versions are kept: version 1 is gone.
    for version in 2..=12 {
        engine.secrets.set(SCAN, &Secret::new(format!("number {version}"))).unwrap();
    }
    let (second, outcome) = apply(&bench, &engine, wish()).await;
    assert_changed(&outcome);
    let restores = engine.before_run(second, &bench.inventory(), |_| true).await.unwrap();
    let FormerPassword::Unrestorable(why) = &restores.devices[0].password else {
        panic!("{:?}", restores.devices[0].password)
    };
    assert!(why.contains("Version 1 of the secret"), "{why}");
    let back = rollback(&bench, &engine, second).await;
    assert_eq!(back.devices[0].unrestorable, ["smtp.password"]);
    assert_eq!(smtp_password(&bench.copier()), Some(sha256("number 12")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_knows_is_listed_and_does_not_spoil_the_exit_code() {
    let mut spec = LabSpec::single("mp-c4504ex");
    spec.devices[0].settings = migrated(&lived_in(&spec.devices[0].settings))
        .with(Item::SmtpServer, "smtp.former.example")
        .with(Item::SmtpUser, "somebody");
    spec.devices[0].smtp_password = Some("nobody-here-knows-it".into());
    let bench = Bench::of(spec).await;
    let before = bench.copier().state();
    let applied = bench.json(&["apply", "m365.yaml", "--yes"], 0).await;
    assert_eq!(smtp_password(&bench.copier()), Some(sha256(SCAN_PASSWORD)));
    let run = applied["run"].as_str().unwrap();

    bench.run(&["rollback", run]).await.code(2);
    let text = bench.run(&["rollback", run, "--yes"]).await.code(0);
    assert!(text.out.contains("Cannot be restored: smtp.password on copier"), "{}", text.out);
    assert!(text.out.contains("never stored by scanfleet"), "{}", text.out);
    assert_eq!(bench.copier().state().settings, before.settings);
    let told = bench.json(&["history", "last"], 0).await;
    assert_eq!(told["devices"][0]["unrestorable"], json!(["smtp.password"]));
    assert_eq!(told["devices"][0]["result"], "rolled-back");

    // A file keeps no former versions either, and says so.
    bench.json(&["apply", "m365.yaml", "--yes"], 0).await;
    std::fs::write(bench.workspace().join("secrets/m365-scan.txt"), "a newer one").unwrap();
    bench.json(&["apply", "m365.yaml", "--yes"], 0).await;
    assert_eq!(smtp_password(&bench.copier()), Some(sha256("a newer one")));
    let back = bench.json(&["rollback", "last", "--yes"], 0).await;
    assert_eq!(back["devices"][0]["unrestorable"], json!(["smtp.password"]));
    let because = back["devices"][0]["unrestorable_because"].as_str().unwrap();
    assert!(because.contains("keeps no former versions"), "{because}");
    bench.assert_nobody_logged_in();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_setting_comes_back_byte_for_byte() {
    for profile in PROFILES {
        let mut spec = LabSpec::single(profile);
        spec.devices[0].settings = lived_in(&spec.devices[0].settings)
            .with(Item::PopBeforeSmtp, "true")
            .with(Item::PopAddress, "pop@northshore.example")
            .with(Item::PopWait, "700")
            .with(Item::SmtpServer, "Exchange.NorthShore.example")
            .with(Item::SmtpUser, "left over")
            .with(Item::SmtpAuthAddress, "old@northshore.example")
            .with(Item::SmtpEncryption, "inactive")
            .with(Item::ReceptionProtocol, "imap4")
            .with(Item::StorageInServer, "errors");
        let bench = Bench::of(spec).await;
        let before = bench.copier().state().settings;
        let engine = bench.engine();
        let (run, outcome) = apply(&bench, &engine, wish()).await;
        assert_changed(&outcome);
        let expected = migrated(&before).with(Item::PopBeforeSmtp, "false");
        assert_eq!(bench.copier().state().settings, expected, "{profile}");

        let back = rollback(&bench, &engine, run).await;
        assert_eq!(back.devices[0].result, ResultKind::RolledBack, "{profile}: {}", back.devices[0].message);
        assert_eq!(bench.copier().state().settings, before, "{profile}");

        // And the rollback can be taken back like any run.
        let second = back.run.unwrap().parse().unwrap();
        let forth = rollback(&bench, &engine, second).await;
        assert_eq!(forth.devices[0].result, ResultKind::RolledBack, "{}", forth.devices[0].message);
        assert_eq!(bench.copier().state().settings, expected, "{profile}");
        bench.assert_nobody_logged_in();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn implicit_tls_and_a_switched_off_sign_in_come_back() {
    for (server, port, ssl, auth) in [
        ("one.example", "465", "true", "true"),
        ("two.example", "25", "false", "false"),
        ("three.example", "2525", "true", "false"),
    ] {
        let mut spec = LabSpec::single("mp-c4504ex");
        spec.devices[0].settings = lived_in(&spec.devices[0].settings)
            .with(Item::SmtpServer, server)
            .with(Item::SmtpPort, port)
            .with(Item::SmtpSsl, ssl)
            .with(Item::SmtpAuth, auth)
            .with(Item::SmtpUser, "kept");
        let bench = Bench::of(spec).await;
        let before = bench.copier().state().settings;
        let engine = bench.engine();
        let desired = Desired {
            server: Some("relay.example".into()),
            port: Some(26),
            security: Some(Security::None),
            auth_method: Some(AuthMethod::None),
            ..Desired::default()
        };
        let (run, outcome) = apply(&bench, &engine, desired).await;
        assert_changed(&outcome);
        assert_eq!(
            bench.copier().state().settings,
            before
                .clone()
                .with(Item::SmtpServer, "relay.example")
                .with(Item::SmtpPort, "26")
                .with(Item::SmtpSsl, "false")
                .with(Item::SmtpAuth, "false")
        );
        let back = rollback(&bench, &engine, run).await;
        assert_eq!(back.devices[0].result, ResultKind::RolledBack, "{}", back.devices[0].message);
        // No password was touched on the way, so none is missing on the way back.
        assert!(back.devices[0].unrestorable.is_empty(), "{server}");
        assert_eq!(bench.copier().state().settings, before, "{server}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_at_the_panel_is_taken_back_with_the_run() {
    let bench = Bench::single("im-c4500").await;
    let before = bench.copier().state().settings;
    let engine = bench.engine();
    let (run, _) = apply(&bench, &engine, wish()).await;
    let panel =
        [(Item::SmtpServer, "mail.elsewhere.example"), (Item::SmtpPort, "2525"), (Item::SmtpAuth, "false")];
    bench.copier().panel(&panel).unwrap();
    // A setting that the run never touched stays as the person at the panel has put it.
    bench.copier().panel(&[(Item::MaxReceptionSize, "11")]).unwrap();
    let back = rollback(&bench, &engine, run).await;
    assert_eq!(back.devices[0].result, ResultKind::RolledBack, "{}", back.devices[0].message);
    assert_eq!(bench.copier().state().settings, before.with(Item::MaxReceptionSize, "11"));
    // What the panel had put there is in the snapshot of the rollback.
    let snapshots = engine.journal.snapshots(Some("copier")).unwrap();
    let newest = engine.journal.snapshot(&snapshots[0].id.to_string()).unwrap();
    assert_eq!(newest.summary.reason, SnapshotReason::BeforeApply);
    assert_eq!(newest.typed["server"], "mail.elsewhere.example");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_what_the_run_changed_is_touched() {
    let bench = Bench::of(LabSpec::of(4)).await;
    let engine = bench.engine();
    // The second has it already, the third is not meant.
    let devices = bench.inventory().devices;
    let desired = || other_server("relay.example");
    carry_out(&engine, RunKind::Apply, vec![task(&engine, devices[1].clone(), desired()).await]).await;
    let before: Vec<_> = bench.devices().iter().map(|d| d.state().settings).collect();
    let mut tasks = Vec::new();
    for device in [&devices[0], &devices[1], &devices[3]] {
        tasks.push(task(&engine, device.clone(), desired()).await);
    }
    let (run, outcome) = carry_out(&engine, RunKind::Apply, tasks).await;
    assert_eq!((outcome.count(ResultKind::Changed), outcome.count(ResultKind::Unchanged)), (2, 1));
    let had: Vec<u64> = bench.devices().iter().map(|d| requests(d, "total")).collect();

    let restores = engine.before_run(run, &bench.inventory(), |_| true).await.unwrap();
    assert_eq!(
        restores.devices.iter().map(|r| r.device.name.as_str()).collect::<Vec<_>>(),
        ["copier-0000", "copier-0003"]
    );
    let back = rollback(&bench, &engine, run).await;
    assert_eq!(back.count(ResultKind::RolledBack), 2);
    for (at, device) in bench.devices().iter().enumerate() {
        assert_eq!(device.state().settings, before[at]);
        if at == 1 || at == 2 {
            assert_eq!(requests(device, "total"), had[at], "copier-{at:04} was not part of it");
        }
    }
    // Narrowed to one device that the run never touched, there is nothing to do.
    let none =
        engine.before_run(run, &bench.inventory(), |device| device.name == "copier-0002").await.unwrap();
    assert!(none.devices.is_empty() && none.missing.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_changed_nothing_has_nothing_to_take_back() {
    let bench = Bench::single("mp-c3003").await;
    bench.json(&["apply", "m365.yaml", "--yes"], 0).await;
    let held = bench.copier().state().settings;
    let empty = bench.json(&["apply", "m365.yaml", "--yes"], 0).await;
    assert_eq!(empty["counts"], json!({"total": 1, "unchanged": 1}));
    let had = requests(&bench.copier(), "total");
    let ran =
        bench.run(&["rollback", empty["run"].as_str().unwrap(), "--yes", "--format", "json"]).await.code(0);
    let back = ran.json();
    assert_eq!(
        (&back["status"], &back["devices"], &back["counts"]),
        (&json!("ok"), &json!([]), &json!({"total": 0}))
    );
    assert_eq!(back["run"], Value::Null, "no run was made");
    assert!(ran.err.contains("changed no device"), "{}", ran.err);
    assert_eq!(requests(&bench.copier(), "total"), had);
    assert_eq!(bench.copier().state().settings, held);
    // A failed run that never came to write has nothing either.
    bench.copier().panel(&[(Item::SmtpPort, "2525")]).unwrap();
    bench.copier().fault(scanfleet_mocks::FaultKind::WrongPassword);
    let failed = bench.json(&["apply", "m365.yaml", "--yes"], 6).await;
    bench.json(&["rollback", failed["run"].as_str().unwrap(), "--yes"], 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_that_left_the_inventory_or_was_exchanged() {
    let bench = Bench::of(LabSpec::of(2)).await;
    bench.json(&["apply", "m365.yaml", "--yes"], 0).await;
    let run = bench.json(&["history", "-n", "1"], 0).await["runs"][0]["run"].as_str().unwrap().to_owned();
    let held = bench.lab.device("copier-0000").state().settings;

    // Gone from the inventory: nothing is done by halves, and the message names it.
    let whole = std::fs::read_to_string(bench.workspace().join("inventory.csv")).unwrap();
    bench.edit_inventory(|text| {
        text.lines().filter(|l| !l.starts_with("copier-0000")).map(|l| format!("{l}\n")).collect()
    });
    let refused = bench.run(&["rollback", &run, "--yes"]).await.code(3);
    assert!(refused.err.contains("copier-0000"), "{}", refused.err);
    assert_eq!(bench.lab.device("copier-0001").state().settings, held);

    // Another machine at the same address: its serial number tells.
    std::fs::write(bench.workspace().join("inventory.csv"), whole).unwrap();
    let serial = bench.lab.device("copier-0000").info().serial;
    bench.edit_inventory(|text| text.replace(&serial, ""));
    bench
        .lab
        .device("copier-0000")
        .fault(scanfleet_mocks::FaultKind::OtherSerial { serial: "E999M999999".into() });
    let back = bench.json(&["rollback", &run, "--yes"], 5).await;
    assert_eq!(back["devices"][0]["category"], "unknown-model", "{back}");
    assert_eq!(back["devices"][1]["result"], "rolled-back");
    assert_eq!(bench.lab.device("copier-0000").state().settings, held);
    bench.assert_nobody_logged_in();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_renamed_device_is_known_by_its_serial_number() {
    let bench = Bench::single("mp-c3003").await;
    let before = bench.copier().state().settings;
    bench.json(&["apply", "m365.yaml", "--yes"], 0).await;
    bench.edit_inventory(|text| text.replace("copier,", "front-desk,"));
    let back = bench.json(&["rollback", "last", "--yes"], 0).await;
    assert_eq!(back["devices"][0]["name"], "front-desk");
    assert_eq!(bench.copier().state().settings, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn restoring_a_snapshot_brings_its_password_too() {
    let bench = Bench::single("mp-c4504ex").await;
    let engine = bench.engine_with(secrets(), |_| {});
    apply(&bench, &engine, wish()).await;
    engine.secrets.set(SCAN, &Secret::new("the second one".into())).unwrap();
    apply(&bench, &engine, wish()).await;
    assert_eq!(smtp_password(&bench.copier()), Some(sha256("the second one")));
    // The second run's snapshot is of the device with version 1.
    let newest = engine.journal.snapshots(Some("copier")).unwrap()[0].id.to_string();
    let snapshot = engine.journal.snapshot(&newest).unwrap();
    let restore = engine.restore(bench.inventory().devices[0].clone(), snapshot, None).await.unwrap();
    assert!(matches!(restore.password, FormerPassword::Known(_)), "{:?}", restore.password);
    let admin = engine.secret(restore.device.admin_secret.as_ref().unwrap(), None).await.unwrap();
    let tasks = vec![restore.task(Some(admin)).unwrap()];
    let (_, outcome) = carry_out(&engine, RunKind::Restore, tasks).await;
    assert_eq!(outcome.count(ResultKind::RolledBack), 1, "{:?}", outcome.devices);
    assert_eq!(smtp_password(&bench.copier()), Some(sha256(SCAN_PASSWORD)));
}
