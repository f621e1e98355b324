//! Everything that can go wrong with a device, each with its category, a message full of use, and the device's true state.

mod support;

use std::time::Duration;

use scanfleet::journal::{DeviceKey, Journal, RunKind};
use scanfleet::plan::Desired;
use scanfleet::run::{DeviceOutcome, Expected, Mode, ResultKind};
use scanfleet_mocks::{DeviceSpec, Fault, FaultKind, Item, LabSpec, PlainDoor, Profile, Settings, TlsKind};
use scanfleet_sdk::{Category, Rerun, Security};
use serde_json::json;
use support::engine::{apply, assert_changed, carry_out, other_server, plan, secrets, task, wish};
use support::{Bench, SCAN_PASSWORD, lived_in, migrated, requests, sha256, smtp_password, until};

/// Applies the playbook's wish against a fault and checks what every failure has in common: its category, words that
/// help, nothing altered on the device, nobody left logged in, a password asked at most once.
#[track_caller]
fn assert_failed(
    bench: &Bench,
    outcome: &DeviceOutcome,
    category: Category,
    words: &[&str],
    before: &Settings,
) {
    assert_eq!(outcome.result, ResultKind::Failed, "{}", outcome.message);
    assert_eq!(outcome.category, Some(category), "{}", outcome.message);
    for word in words {
        assert!(outcome.message.contains(word), "`{word}` is not said: {}", outcome.message);
    }
    assert!(outcome.message.starts_with("Could not "), "{}", outcome.message);
    assert!(outcome.rerun.is_some() && outcome.message.ends_with('.'), "{}", outcome.message);
    let state = bench.copier().state();
    assert_eq!(state.settings, *before, "the device was altered: {}", outcome.message);
    assert_eq!(state.sessions, 0, "a session is open: {}", outcome.message);
    assert_eq!(state.clear_passwords, 0);
}

/// One fault on a copier that is to be migrated.
async fn strikes(
    profile: &str,
    fault: impl Into<Fault>,
    category: Category,
    words: &[&str],
) -> (Bench, DeviceOutcome) {
    let bench = Bench::single(profile).await;
    let before = bench.copier().state().settings;
    bench.copier().fault(fault);
    let engine = bench.engine();
    let (_, outcome) = apply(&bench, &engine, wish()).await;
    assert_failed(&bench, &outcome, category, words, &before);
    assert_eq!(bench.copier().state().writes, 0);
    assert!(requests(&bench.copier(), "login") <= 1, "the password was tried again");
    (bench, outcome)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_that_is_not_there() {
    let mut spec = LabSpec::single("mp-c3003");
    spec.devices[0].dead = true;
    let bench = Bench::of(spec).await;
    let before = bench.copier().state().settings;
    let (_, outcome) = apply(&bench, &bench.engine(), wish()).await;
    assert_failed(&bench, &outcome, Category::Unreachable, &["refuses the connection"], &before);
    assert_eq!(outcome.rerun, Some(Rerun::Safe));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_that_answers_badly_or_never() {
    // Which page the trouble strikes decides what has happened until then; the log-in page comes after recognising.
    let read = Duration::from_secs(4);
    for (kind, category, word) in [
        (FaultKind::Stuck, Category::Unreachable, "no answer came within 4 s"),
        (FaultKind::Drip { ms: 1000 }, Category::Unreachable, "no answer came within 4 s"),
        (FaultKind::Drip { ms: 3 }, Category::Interrupted, "not complete in time"),
        (FaultKind::HalfPage, Category::Interrupted, "middle of the page"),
        (FaultKind::CloseAfter { bytes: 700 }, Category::Interrupted, "middle of the page"),
        (FaultKind::HugeBody, Category::PageChanged, "larger than"),
        (FaultKind::GzipBomb, Category::PageChanged, "larger than"),
        (FaultKind::RedirectTo { url: "http://127.0.0.9:9/".into() }, Category::PageChanged, "127.0.0.9"),
        (FaultKind::ServerError, Category::Busy, "500"),
    ] {
        let bench = Bench::single("mp-c3003").await;
        let before = bench.copier().state().settings;
        bench.copier().fault(Fault::new(kind.clone()).on("@email"));
        let engine = bench.engine_with(secrets(), |settings| settings.limits.read = read);
        let (_, outcome) = apply(&bench, &engine, wish()).await;
        assert_failed(&bench, &outcome, category, &[word], &before);
        assert_eq!(
            outcome.rerun,
            Some(if category == Category::Interrupted { Rerun::ReadsFirst } else { Rerun::Safe }),
            "{kind:?}"
        );
        assert_eq!(requests(&bench.copier(), "login"), 1, "{kind:?}");
        assert_eq!(requests(&bench.copier(), "logout"), 1, "{kind:?}");
        assert_eq!(requests(&bench.copier(), "save") + requests(&bench.copier(), "password"), 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redirect_to_another_host_carries_nothing_there() {
    // The other host is a copier of ours that would log whatever reached it.
    let mut spec = LabSpec::single("mp-c3003");
    spec.devices.push(DeviceSpec::new("elsewhere", Profile::named("mp-c3003")));
    let bench = Bench::of(spec).await;
    let elsewhere = bench.lab.device("elsewhere");
    let url = elsewhere.info().address;
    for page in ["@auth_form", "@login", "@menu", "@email", "@save"] {
        bench.copier().reset();
        let before = bench.copier().state().settings;
        bench
            .copier()
            .fault(Fault::new(FaultKind::RedirectTo { url: format!("{url}/web/guest/en/x.cgi") }).on(page));
        let (_, outcome) = apply(&bench, &bench.engine(), wish()).await;
        assert_eq!(outcome.result, ResultKind::Failed, "{page}: {}", outcome.message);
        assert_eq!(bench.copier().state().settings, before, "{page}");
        assert_eq!(requests(&elsewhere, "total"), 0, "{page}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_certificate_than_yesterday() {
    let bench = Bench::single("im-c4500").await;
    let copier = bench.copier();
    let before = copier.state().settings;
    bench.run(&["probe"]).await.code(0);
    let (logins, total) = (requests(&copier, "login"), requests(&copier, "total"));
    copier.fault(FaultKind::OtherCertificate);

    let stopped = bench.json(&["apply", "m365.yaml", "--yes"], 6).await;
    let told = &stopped["devices"][0];
    assert_eq!(told["category"], "tls");
    assert!(told["message"].as_str().unwrap().contains("scanfleet trust accept"), "{told}");
    assert_eq!(requests(&copier, "total"), total, "nothing was sent, not even a question");
    let listed = bench.json(&["trust", "list"], 0).await;
    let pin = &listed["certificates"][0];
    assert_ne!(pin["sha256"], pin["refused"]["facts"]["sha256"], "{listed}");
    assert!(pin["refused"].is_object(), "{listed}");

    // A plan stops as well; only a person's word mends it.
    assert_eq!(bench.json(&["plan", "m365.yaml"], 6).await["devices"][0]["category"], "tls");
    let accepted = bench.json(&["trust", "accept", "copier"], 0).await;
    assert_eq!(accepted["accepted"].as_array().unwrap().len(), 1);
    bench.json(&["apply", "m365.yaml", "--yes"], 0).await;
    assert_eq!(copier.state().settings, migrated(&before));
    assert_eq!(requests(&copier, "login"), logins + 1);

    // Back to yesterday's: refused again, and forgetting trusts whatever comes next.
    copier.clear_faults();
    bench.run(&["probe"]).await.code(6);
    bench.run(&["trust", "forget", "copier"]).await.code(0);
    bench.run(&["probe"]).await.code(0);
    bench.assert_nobody_logged_in();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_pinned_on_https_is_never_spoken_to_over_http() {
    let mut spec = LabSpec::single("im-c4500");
    spec.devices[0].plain = PlainDoor::UntilLogIn;
    let bench = Bench::of(spec).await;
    let copier = bench.copier();
    bench.run(&["probe"]).await.code(0);
    let had = requests(&copier, "total");
    // The same name at the plain port, without a scheme: a way down that somebody else could offer, too.
    let plain = copier.info().plain_address.unwrap();
    let https = copier.info().address;
    bench.edit_inventory(|text| text.replace(&https, plain.strip_prefix("http://").unwrap()));
    let refused = bench.json(&["probe"], 6).await;
    assert_eq!(refused["devices"][0]["category"], "tls", "{refused}");
    assert_eq!(requests(&copier, "total"), had);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_password_and_locked_account() {
    // Nobody knows whether it is wrong or locked: the text is the same.
    let (bench, outcome) =
        strikes("mp-c4504ex", FaultKind::WrongPassword, Category::AuthRefused, &["wrong", "locked"]).await;
    assert_eq!(requests(&bench.copier(), "login"), 1);
    assert_eq!(outcome.rerun, Some(Rerun::AfterMending));

    // The journal knows that this password was accepted before: then it is locked (or changed).
    let bench = Bench::single("mp-c3003").await;
    let before = bench.copier().state().settings;
    plan(&bench, &bench.engine(), wish()).await;
    bench.copier().fault(FaultKind::LockedOut);
    let (_, outcome) = apply(&bench, &bench.engine(), wish()).await;
    assert_failed(&bench, &outcome, Category::LockedOut, &["accepted before", "supervisor"], &before);
    assert_eq!(requests(&bench.copier(), "login"), 2, "once for the plan, once for the apply");
    assert_eq!(outcome.rerun, Some(Rerun::AfterMending));

    // Another password than the accepted one is wrong or locked again.
    std::fs::write(bench.workspace().join("secrets/lab-admin.txt"), "another").unwrap();
    bench.copier().clear_faults();
    let (_, outcome) = apply(&bench, &bench.engine(), wish()).await;
    assert_failed(&bench, &outcome, Category::AuthRefused, &["locked"], &before);
    assert_eq!(bench.copier().state().failed_logins, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_administrator_password_in_the_inventory() {
    let bench = Bench::single("mp-c3003").await;
    bench.edit_inventory(|text| text.replace("file:secrets/lab-admin.txt", ""));
    let before = bench.copier().state().settings;
    let (_, outcome) = apply(&bench, &bench.engine(), wish()).await;
    assert_failed(&bench, &outcome, Category::AuthRefused, &["admin_secret"], &before);
    // Whether it needs one is known once it is recognised; nobody logs in.
    assert_eq!(requests(&bench.copier(), "login") + requests(&bench.copier(), "auth_form"), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn too_many_sessions_and_a_machine_in_use() {
    let (bench, _) =
        strikes("mp-c4504ex", FaultKind::TooManySessions, Category::Busy, &["too many sessions"]).await;
    assert_eq!(requests(&bench.copier(), "login"), 0, "the password was not sent");

    // Somebody at the panel: the save is refused, nothing is stored, and nobody tries again by himself.
    for profile in ["mp-c3003", "mp-c4504ex", "im-c4500", "aficio-mp-301"] {
        let bench = Bench::single(profile).await;
        let before = bench.copier().state().settings;
        bench.copier().lock(true);
        let (_, outcome) = apply(&bench, &bench.engine(), wish()).await;
        assert_failed(&bench, &outcome, Category::Busy, &["Wait until nobody uses the panel"], &before);
        assert_eq!(requests(&bench.copier(), "save"), 1, "{profile}");
        assert_eq!(smtp_password(&bench.copier()), None, "{profile}");
        // The same again once the panel is free.
        bench.copier().lock(false);
        let (_, outcome) = apply(&bench, &bench.engine(), wish()).await;
        assert_changed(&outcome);
        assert_eq!(bench.copier().state().settings, migrated(&before), "{profile}");
        assert_eq!(smtp_password(&bench.copier()), Some(sha256(SCAN_PASSWORD)));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_device_than_the_one_that_is_meant() {
    for (fault, word) in [
        (FaultKind::OtherModel { model: "RICOH MP C9999".into() }, "RICOH MP C9999"),
        (FaultKind::OtherSerial { serial: "X999Y000001".into() }, "X999Y000001"),
    ] {
        let (bench, outcome) = strikes("im-c4500", fault, Category::UnknownModel, &["inventory", word]).await;
        assert_eq!(requests(&bench.copier(), "login") + requests(&bench.copier(), "auth_form"), 0);
        assert!(outcome.message.contains("nothing was sent"), "{}", outcome.message);
    }
    // A plan is for one serial number, whatever the inventory leaves open.
    let bench = Bench::single("mp-c3003").await;
    let serial = bench.copier().info().serial;
    bench.edit_inventory(|text| text.replace(&serial, ""));
    bench.json(&["plan", "m365.yaml", "-o", "plan.json"], 0).await;
    let had = requests(&bench.copier(), "login");
    let before = bench.copier().state().settings;
    bench.copier().fault(FaultKind::OtherSerial { serial: "E174M000000".into() });
    let refused = bench.json(&["apply", "plan.json", "--yes"], 6).await;
    let told = &refused["devices"][0];
    assert_eq!(told["category"], "unknown-model");
    let message = told["message"].as_str().unwrap();
    assert!(message.contains("plan was made for") && message.contains("E174M000000"), "{message}");
    assert_eq!(requests(&bench.copier(), "login"), had, "the password was not sent");
    assert_eq!(bench.copier().state().settings, before);
    // A device that is none of ours at all.
    let bench = Bench::single("mp-c3003").await;
    bench.copier().fault(FaultKind::ServerError);
    let (_, outcome) = apply(&bench, &bench.engine(), wish()).await;
    assert_eq!(outcome.category, Some(Category::UnknownModel), "{}", outcome.message);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_e_mail_page_that_is_not_what_was_looked_for() {
    for profile in ["mp-c3003", "im-c4500"] {
        for (fault, words) in [
            (
                FaultKind::FieldMissing { item: Item::SmtpServer },
                &["SMTP Server Name", "not there", "labels there"][..],
            ),
            (FaultKind::FieldMissing { item: Item::SmtpPort }, &["SMTP Port", "not there"]),
            (FaultKind::FieldMissing { item: Item::SmtpUser }, &["not there"]),
            (FaultKind::FieldTwice { item: Item::SmtpServer }, &["SMTP Server Name", "2 controls"]),
            (FaultKind::FieldTwice { item: Item::SmtpUser }, &["2 controls"]),
            (FaultKind::OptionMissing { item: Item::SmtpAuth, choice: "true".into() }, &["SMTP"]),
            (FaultKind::OptionMissing { item: Item::SmtpSsl, choice: "true".into() }, &["SSL"]),
            (FaultKind::MissingMenuEntry, &["no entry leads to", "there are:"]),
            (FaultKind::ReadOnlyPage, &["OK button"]),
        ] {
            let (bench, outcome) = strikes(profile, fault.clone(), Category::PageChanged, words).await;
            let copier = bench.copier();
            let posts = requests(&copier, "save")
                + requests(&copier, "password_save")
                + requests(&copier, "password");
            assert_eq!(posts, 0, "{profile} {fault:?}: something was posted");
            assert_eq!(outcome.rerun, Some(Rerun::Safe));
            assert!(outcome.message.contains("/web/entry/"), "the page is named: {}", outcome.message);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fields_are_found_by_label_where_the_name_is_another_and_by_name_where_the_label_is() {
    for profile in ["mp-c3003", "mp-c4504ex"] {
        for fault in [
            FaultKind::OtherName { item: Item::SmtpServer, name: "field_4711".into() },
            FaultKind::OtherLabel { item: Item::SmtpServer, label: "Mail gateway".into() },
            FaultKind::OtherName { item: Item::AdminAddress, name: "x1".into() },
        ] {
            let bench = Bench::single(profile).await;
            let before = bench.copier().state().settings;
            bench.copier().fault(fault.clone());
            let (_, outcome) = apply(&bench, &bench.engine(), wish()).await;
            // Either it works wholly or it is refused before anything is posted.
            match outcome.result {
                ResultKind::Changed => {
                    assert_eq!(bench.copier().state().settings, migrated(&before), "{fault:?}")
                }
                _ => {
                    assert_failed(&bench, &outcome, Category::PageChanged, &[], &before);
                    assert_eq!(requests(&bench.copier(), "save"), 0, "{fault:?}");
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_that_the_device_did_not_store() {
    for profile in ["mp-c3003", "mp-c4504ex"] {
        let bench = Bench::single(profile).await;
        let before = bench.copier().state().settings;
        bench.copier().fault(FaultKind::DroppedWrite);
        let engine = bench.engine();
        let (_, outcome) = apply(&bench, &engine, wish()).await;
        assert_failed(&bench, &outcome, Category::NotApplied, &["nothing was stored", "snapshot"], &before);
        assert_eq!(requests(&bench.copier(), "save"), 1, "{profile}");
        assert_eq!(smtp_password(&bench.copier()), None);
        // Nothing is believed of the password either: the next run stores it.
        bench.copier().clear_faults();
        let (_, outcome) = apply(&bench, &engine, wish()).await;
        assert_changed(&outcome);
        assert_eq!(bench.copier().state().settings, migrated(&before));
        assert_eq!(smtp_password(&bench.copier()), Some(sha256(SCAN_PASSWORD)));
    }
    // One field only.
    let bench = Bench::single("mp-c3003").await;
    let before = bench.copier().state().settings;
    bench.copier().fault(FaultKind::IgnoresField { item: Item::SmtpPort });
    let (run, outcome) = apply(&bench, &bench.engine(), wish()).await;
    assert_eq!(outcome.category, Some(Category::NotApplied), "{}", outcome.message);
    assert!(outcome.message.contains("smtp.port is 25, not 587"), "{}", outcome.message);
    assert_eq!(bench.copier().state().settings, migrated(&before).with(Item::SmtpPort, "25"));
    // What did change can be taken back: the snapshot was stored before.
    bench.copier().clear_faults();
    let back = support::engine::rollback(&bench, &bench.engine(), run).await;
    assert_eq!(back.count(ResultKind::RolledBack), 1, "{:?}", back.devices);
    assert_eq!(bench.copier().state().settings, before);
    bench.assert_nobody_logged_in();
}

/// A setting that this program has no word for, and that a write must not lose.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_that_loses_something_else_on_the_page() {
    for profile in ["mp-c3003", "im-c4500"] {
        for item in [Item::Signature, Item::StorageInServer] {
            let mut spec = LabSpec::single(profile);
            spec.devices[0].settings =
                lived_in(&spec.devices[0].settings).with(Item::StorageInServer, "errors");
            let bench = Bench::of(spec).await;
            let before = bench.copier().state().settings;
            // The save looks for it under another name than the page gives it, and takes it for emptied.
            bench
                .copier()
                .fault(Fault::new(FaultKind::OtherName { item, name: "elsewhere".into() }).on("@save"));
            let (_, outcome) = apply(&bench, &bench.engine(), wish()).await;
            let now = bench.copier().state().settings;
            assert_ne!(now.get(item), before.get(item));
            assert_eq!(outcome.category, Some(Category::NotApplied), "{profile}: {}", outcome.message);
            assert!(outcome.message.contains("although nobody asked for it"), "{}", outcome.message);
            bench.assert_nobody_logged_in();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reply_lost_after_the_write_is_settled_by_reading_back() {
    for profile in ["mp-c3003", "mp-c4504ex", "im-c4500", "aficio-mp-301"] {
        let bench = Bench::single(profile).await;
        let before = bench.copier().state().settings;
        bench.copier().fault(Fault::new(FaultKind::LostReply).times(1));
        let engine = bench.engine();
        let (_, outcome) = apply(&bench, &engine, wish()).await;
        assert_changed(&outcome);
        assert!(outcome.notes.iter().any(|note| note.contains("lost")), "{:?}", outcome.notes);
        assert_eq!(requests(&bench.copier(), "save"), 1, "{profile}: the save was sent again");
        assert_eq!(bench.copier().state().settings, migrated(&before), "{profile}");
        assert_eq!(bench.copier().state().writes, 1);
        assert_no_open_intents(&bench, &engine.journal);
        bench.assert_nobody_logged_in();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reply_lost_where_only_the_password_was_sent_is_unconfirmed() {
    let bench = Bench::single("mp-c3003").await;
    let engine = bench.engine();
    assert_changed(&apply(&bench, &engine, wish()).await.1);
    let held = bench.copier().state().settings;
    engine.secrets.set(support::engine::SCAN, &scanfleet_sdk::Secret::new("the second one".into())).unwrap();
    bench.copier().fault(Fault::new(FaultKind::LostReply).times(1));
    let saves = requests(&bench.copier(), "save");
    let (_, outcome) = apply(&bench, &engine, wish()).await;
    assert_failed(&bench, &outcome, Category::Unconfirmed, &["password"], &held);
    assert_eq!(requests(&bench.copier(), "save"), saves + 1, "sent once");
    assert_eq!(outcome.rerun, Some(Rerun::ReadsFirst));
    // The next run does not trust either password and stores it anew.
    let (_, outcome) = apply(&bench, &engine, wish()).await;
    assert_changed(&outcome);
    assert_eq!(outcome.changes.len(), 1);
    assert_eq!(smtp_password(&bench.copier()), Some(sha256("the second one")));
    assert_no_open_intents(&bench, &engine.journal);
    // And then it is known.
    assert_eq!(apply(&bench, &engine, wish()).await.1.result, ResultKind::Unchanged);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_lost_before_the_device_took_it() {
    for profile in ["mp-c3003", "im-c4500"] {
        let bench = Bench::single(profile).await;
        let before = bench.copier().state().settings;
        bench.copier().fault(Fault::new(FaultKind::LostBefore).times(1));
        let engine = bench.engine();
        let (_, outcome) = apply(&bench, &engine, wish()).await;
        assert_failed(&bench, &outcome, Category::NotApplied, &["nothing was stored"], &before);
        assert_eq!(requests(&bench.copier(), "save"), 1, "{profile}: the save was sent again");
        assert_no_open_intents(&bench, &engine.journal);
        let (_, outcome) = apply(&bench, &engine, wish()).await;
        assert_changed(&outcome);
        assert_eq!(bench.copier().state().settings, migrated(&before));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_in_whose_answer_is_lost_is_not_repeated() {
    let (bench, outcome) = {
        let bench = Bench::single("mp-c3003").await;
        bench.copier().fault(Fault::new(FaultKind::LostReply).on("@login"));
        let (_, outcome) = apply(&bench, &bench.engine(), wish()).await;
        (bench, outcome)
    };
    assert_eq!(outcome.result, ResultKind::Failed);
    assert_eq!(requests(&bench.copier(), "login"), 1);
    assert_eq!(bench.copier().state().writes, 0);
}

#[track_caller]
fn assert_no_open_intents(bench: &Bench, journal: &Journal) {
    let info = bench.copier().info();
    let open = journal.open_intents(&DeviceKey::of(Some(&info.serial), &info.name)).unwrap();
    assert!(open.is_empty(), "{open:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_the_device_ended_is_renewed_once() {
    for profile in ["mp-c3003", "mp-c4504ex", "im-c4500", "aficio-mp-301"] {
        let pages: &[&str] =
            if profile == "mp-c3003" { &["@email", "@save", "@password"] } else { &["@save"] };
        for page in pages.iter().copied() {
            let bench = Bench::single(profile).await;
            let before = bench.copier().state().settings;
            bench.copier().fault(Fault::new(FaultKind::ExpireSession).on(page).times(1));
            let (_, outcome) = apply(&bench, &bench.engine(), wish()).await;
            assert_eq!(outcome.result, ResultKind::Changed, "{profile} {page}: {}", outcome.message);
            let state = bench.copier().state();
            assert_eq!(state.settings, migrated(&before), "{profile} {page}");
            assert_eq!(smtp_password(&bench.copier()), Some(sha256(SCAN_PASSWORD)), "{profile} {page}");
            assert_eq!((state.requests["login"], state.writes), (2, 1), "{profile} {page}");
            bench.assert_nobody_logged_in();
        }
    }
    // Ended every time: renewed once, then given up.
    let bench = Bench::single("mp-c3003").await;
    let before = bench.copier().state().settings;
    bench.copier().fault(Fault::new(FaultKind::ExpireSession).on("@email"));
    let (_, outcome) = apply(&bench, &bench.engine(), wish()).await;
    assert_eq!(outcome.result, ResultKind::Failed);
    assert_eq!(requests(&bench.copier(), "login"), 2, "{}", outcome.message);
    assert_eq!(bench.copier().state().settings, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_that_changed_between_plan_and_apply() {
    let bench = Bench::single("mp-c4504ex").await;
    bench.json(&["plan", "m365.yaml", "-o", "plan.json"], 0).await;
    bench.copier().panel(&[(Item::SmtpServer, "mail.elsewhere.example")]).unwrap();
    let held = bench.copier().state().settings;
    let refused = bench.json(&["apply", "plan.json", "--yes"], 6).await;
    let message = refused["devices"][0]["message"].as_str().unwrap();
    assert!(message.contains("changed since the plan was made"), "{message}");
    assert!(message.contains("exchange.northshore.example") && message.contains("mail.elsewhere.example"));
    assert_eq!((bench.copier().state().settings, bench.copier().state().writes), (held, 0));
    bench.assert_nobody_logged_in();
    // A plan that was carried out already has nothing left to do, or says why not; it writes nothing.
    bench.json(&["plan", "m365.yaml", "-o", "plan.json"], 0).await;
    bench.json(&["apply", "plan.json", "--yes"], 0).await;
    let again = bench.json(&["apply", "plan.json", "--yes"], 0).await;
    assert_eq!(again["counts"], json!({"total": 1, "unchanged": 1}));
    assert_eq!(bench.copier().state().writes, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_runs_on_one_device_at_once() {
    let bench = Bench::single("mp-c3003").await;
    bench.copier().fault(Fault::new(FaultKind::Slow { ms: 3000 }).on("@email").times(1));
    let args = ["apply", "m365.yaml", "--yes", "--format", "json"];
    let first = bench.command(&args).spawn().unwrap();
    let pid = first.id().unwrap();
    until("the first run is on the device", || requests(&bench.copier(), "email") == 1).await;
    let second = bench.json(&["apply", "m365.yaml", "--yes"], 6).await;
    let message = second["devices"][0]["message"].as_str().unwrap();
    assert_eq!(second["devices"][0]["category"], "busy");
    assert!(message.contains(&format!("process {pid}")) && message.contains("on bench"), "{message}");
    let first = support::child::finish(&args, first).await.code(0).json();
    assert!(message.contains(first["run"].as_str().unwrap()), "{message}");
    assert_eq!(requests(&bench.copier(), "login"), 1);
    // A plan only reads and waits for nobody; after the first run the way is free.
    assert_eq!(bench.json(&["apply", "m365.yaml", "--yes"], 0).await["counts"]["unchanged"], 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_model_cannot_hold_is_refused_before_anything_is_posted() {
    let bench = Bench::single("mp-c3003").await;
    let before = bench.copier().state().settings;
    let engine = bench.engine();
    let long = "x".repeat(200);
    for (desired, words) in [
        (
            Desired { security: Some(Security::StarttlsIfOffered), ..Desired::default() },
            &["starttls-if-offered"][..],
        ),
        (Desired { security: Some(Security::Tls), port: Some(587), ..Desired::default() }, &["587"]),
        (other_server(&long), &["200 characters"]),
        (Desired { sender: Some(format!("{long}@x.example")), ..Desired::default() }, &["characters"]),
    ] {
        let (_, outcome) = apply(&bench, &engine, desired).await;
        assert_failed(&bench, &outcome, Category::Unsupported, words, &before);
        assert_eq!(requests(&bench.copier(), "save"), 0);
    }
    // A password too long for the field, in characters and not in bytes.
    engine.secrets.set(support::engine::SCAN, &scanfleet_sdk::Secret::new("ä".repeat(129))).unwrap();
    let (_, outcome) = apply(&bench, &engine, wish()).await;
    assert_failed(&bench, &outcome, Category::Unsupported, &["129 characters", "128"], &before);
    engine.secrets.set(support::engine::SCAN, &scanfleet_sdk::Secret::new("ä".repeat(128))).unwrap();
    assert_changed(&apply(&bench, &engine, wish()).await.1);
    assert_eq!(smtp_password(&bench.copier()), Some(sha256(&"ä".repeat(128))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_sick_device_does_not_hold_up_the_others() {
    let mut spec = LabSpec::of(4);
    spec.devices[0].settings = lived_in(&spec.devices[0].settings);
    // Two of one model: the first to write is stuck, and the second still gets its turn.
    spec.devices[1] = DeviceSpec {
        name: "copier-0001".into(),
        serial: "E174M000001".into(),
        address: spec.devices[1].address,
        subnet: spec.devices[1].subnet.clone(),
        ..spec.devices[0].clone()
    };
    let bench = Bench::of(spec).await;
    bench.lab.device("copier-0000").fault(Fault::new(FaultKind::Stuck).on("@save"));
    let engine = bench.engine_with(secrets(), |settings| settings.limits.read = Duration::from_secs(6));
    let mut tasks = Vec::new();
    for device in bench.inventory().devices {
        tasks.push(task(&engine, device, wish()).await);
    }
    let (_, outcome) = carry_out(&engine, RunKind::Apply, tasks).await;
    assert_eq!(outcome.count(ResultKind::Changed), 3, "{:?}", outcome.devices);
    assert_eq!(outcome.devices[0].result, ResultKind::Failed);
    assert_eq!(bench.lab.device("copier-0000").state().writes, 0);
    bench.assert_nobody_logged_in();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_never_alters_a_device_whatever_it_says() {
    for kind in [FaultKind::Busy, FaultKind::ExpireSession, FaultKind::ReadOnlyPage, FaultKind::HalfPage] {
        let bench = Bench::single("im-c4500").await;
        let before = bench.copier().state().settings;
        bench.copier().fault(Fault::new(kind).on("@email").times(1));
        let engine = bench.engine();
        let device = bench.inventory().devices[0].clone();
        let mut task = task(&engine, device, wish()).await;
        task.expected =
            Some(Expected { model: None, serial: Some(bench.copier().info().serial), changes: None });
        engine.run(vec![task], Mode::Plan).await;
        assert_eq!((bench.copier().state().settings, bench.copier().state().writes), (before, 0));
        let log = bench.copier().requests();
        let posts: Vec<_> = log.iter().filter(|r| r.method == "POST" && r.kind != "login").collect();
        assert!(posts.is_empty(), "{posts:?}");
        bench.assert_nobody_logged_in();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn plain_http_and_old_tls_are_named_in_the_result() {
    let http = Bench::single("mp-c3003").await;
    let outcome = plan(&http, &http.engine(), wish()).await;
    assert!(outcome.notes.iter().any(|note| note.contains("plain http")), "{:?}", outcome.notes);

    let old = Bench::single("aficio-mp-301").await;
    let outcome = plan(&old, &old.engine(), wish()).await;
    assert_eq!(outcome.result, ResultKind::Pending, "{}", outcome.message);
    assert!(outcome.notes.iter().any(|note| note.contains("no longer secure")), "{:?}", outcome.notes);
    // Without `tls: legacy` in the inventory it is refused, and the message says what to write.
    old.edit_inventory(|text| text.replace(",legacy,", ",,"));
    let outcome = plan(&old, &old.engine(), wish()).await;
    assert_eq!(outcome.category, Some(Category::Tls));
    assert!(outcome.message.contains("legacy"), "{}", outcome.message);

    let mut spec = LabSpec::single("im-c4500");
    spec.devices[0].tls = TlsKind::Expired;
    let expired = Bench::of(spec).await;
    let outcome = plan(&expired, &expired.engine(), wish()).await;
    assert!(outcome.notes.iter().any(|note| note.contains("expired")), "{:?}", outcome.notes);
}
