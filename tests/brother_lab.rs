//! The program against simulated Brother devices: finding out, reading, planning, writing, going back, and every way in
//! which their web server is known or feared to fail. That a run passes here proves nothing about a real SMTP page, which
//! nobody has recorded; it proves that the driver keeps to the dialect around it.
#![allow(missing_docs)]

use std::path::Path;
use std::process::{Command, Output};

use scanfleet_mocks::{
    BrotherProfile, DeviceHandle, DeviceSpec, Fault, FaultKind, Item, Lab, LabSpec, MissingFields, Stars,
};
use serde_json::Value;

/// The profiles with forms.
const FORMS: [&str; 4] = ["mfc-l8900cdw", "mfc-l2740dw", "mfc-l2750dw", "mfc-l8390cdw"];
const PASSWORD: &str = "app-p\u{e4}ss/+=&";

const PLAYBOOK: &str = "name: Submission
plays:
  - name: mail
    target: vendor=brother
    smtp:
      server: smtp.example.test
      port: 587
      security: starttls
      sender: scan@example.test
      auth:
        user: scan@example.test
        password: { secret: \"file:secrets/mail.txt\" }
";

struct Bench {
    lab: Lab,
    device: DeviceHandle,
    dir: tempfile::TempDir,
    profile: BrotherProfile,
}

impl Bench {
    async fn new(profile: &str) -> Self {
        Self::with(profile, |_| {}).await
    }

    async fn with(profile: &str, change: impl FnOnce(&mut DeviceSpec)) -> Self {
        let mut spec = LabSpec::single(profile);
        change(&mut spec.devices[0]);
        let profile = spec.devices[0].profile.brother().expect("a Brother").clone();
        let lab = Lab::start(spec).await.unwrap();
        let dir = tempfile::tempdir().unwrap();
        lab.write_workspace(dir.path()).unwrap();
        std::fs::write(dir.path().join("secrets/mail.txt"), PASSWORD).unwrap();
        let bench = Self { device: lab.device("copier"), lab, dir, profile };
        bench.playbook(PLAYBOOK);
        bench
    }

    fn playbook(&self, text: &str) {
        std::fs::write(self.dir.path().join("play.yaml"), text).unwrap();
    }

    async fn run(&self, args: &[&str]) -> (i32, Value, String) {
        let dir = self.dir.path().to_owned();
        let args: Vec<String> = args.iter().map(|a| (*a).to_owned()).collect();
        let output = tokio::task::spawn_blocking(move || scanfleet(&dir, &args)).await.unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let said = format!("{text}\n{}", String::from_utf8_lossy(&output.stderr));
        assert!(
            !said.contains(PASSWORD) && !said.contains("lab-admin-not-a-secret"),
            "a secret is told: {said}"
        );
        (output.status.code().unwrap(), serde_json::from_str(&text).unwrap_or_default(), said)
    }

    async fn plan(&self) -> (i32, Value, String) {
        let play = self.dir.path().join("play.yaml");
        self.run(&["plan", play.to_str().unwrap(), "--detailed-exitcode"]).await
    }

    async fn apply(&self) -> (i32, Value, String) {
        let play = self.dir.path().join("play.yaml");
        self.run(&["apply", play.to_str().unwrap(), "--yes"]).await
    }

    fn held(&self, item: Item) -> String {
        self.device.state().settings.get(item).to_owned()
    }

    /// Nobody is left inside, and nothing but reads, log-ins, log-outs, saves and test mails came.
    fn no_harm(&self) {
        let state = self.device.state();
        assert_eq!(state.sessions, 0, "a session is left open: {:?}", state.requests);
        for never in ["reset", "menu_save", "http_save", "admin_password"] {
            assert!(!state.requests.contains_key(never), "{never}: {:?}", state.requests);
        }
        assert_eq!(state.requests.get("waited").copied().unwrap_or_default(), 0, "two requests at once");
    }

    fn count(&self, kind: &str) -> u64 {
        self.device.state().requests.get(kind).copied().unwrap_or_default()
    }
}

fn scanfleet(dir: &Path, args: &[String]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_scanfleet"))
        .args(args)
        .arg("-w")
        .arg(dir)
        .args(["--format", "json"])
        .env("XDG_DATA_HOME", dir.join("data"))
        .env("NO_COLOR", "1")
        .output()
        .unwrap()
}

/// The one device in an answer.
fn device(answer: &Value) -> &Value {
    find(answer).unwrap_or_else(|| panic!("no device in {answer:#}"))
}

fn find(value: &Value) -> Option<&Value> {
    match value {
        Value::Object(map)
            if ["name", "device"].iter().any(|key| map.get(*key).is_some_and(|n| n == "copier")) =>
        {
            Some(value)
        }
        Value::Object(map) => map.values().find_map(find),
        Value::Array(all) => all.iter().find_map(find),
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn probe_tells_who_it_is_and_leaves_no_session() {
    for name in FORMS {
        let bench = Bench::new(name).await;
        let (code, answer, said) = bench.run(&["probe"]).await;
        assert_eq!(code, 0, "{name}: {said}");
        let found = device(&answer);
        assert_eq!(found["identity"]["model"], bench.profile.model, "{said}");
        assert_eq!(found["identity"]["serial"], bench.profile.sample_serial, "{said}");
        assert_eq!(found["identity"]["firmware"], bench.profile.firmware, "{said}");
        assert_eq!(found["login"], true);
        bench.no_harm();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_way_there_and_back() {
    for name in FORMS {
        let bench = Bench::with(name, |spec| {
            spec.settings = spec
                .settings
                .clone()
                .with(Item::SmtpServer, "exchange.example.test")
                .with(Item::DeviceAddress, "old@example.test");
        })
        .await;
        let before = bench.device.state().settings;
        let (code, answer, said) = bench.run(&["show"]).await;
        assert_eq!(code, 0, "{name}: {said}");
        assert_eq!(device(&answer)["smtp"]["server"], "exchange.example.test", "{said}");
        let (code, answer, said) = bench.plan().await;
        assert_eq!((code, device(&answer)["result"].as_str()), (4, Some("pending")), "{name}: {said}");
        assert_eq!(bench.device.state().writes, 0);
        let (code, answer, said) = bench.apply().await;
        assert_eq!((code, device(&answer)["result"].as_str()), (0, Some("changed")), "{name}: {said}");
        for (item, value) in [
            (Item::SmtpServer, "smtp.example.test"),
            (Item::SmtpPort, "587"),
            (Item::SmtpSecurity, "starttls"),
            (Item::SmtpAuth, "true"),
            (Item::SmtpUser, "scan@example.test"),
            (Item::DeviceAddress, "scan@example.test"),
        ] {
            assert_eq!(bench.held(item), value, "{name} {item:?}");
        }
        assert_eq!(
            bench.device.state().passwords.values().collect::<Vec<_>>(),
            [&sha256(PASSWORD)],
            "{name}"
        );
        assert_eq!(bench.device.state().writes, 1, "{name}");
        let (code, _, said) = bench.plan().await;
        assert_eq!(code, 0, "{name}: the second plan is not empty: {said}");
        let (code, _, said) = bench.apply().await;
        assert_eq!((code, bench.device.state().writes), (0, 1), "{name}: {said}");
        let (_, history, said) = bench.run(&["history"]).await;
        let run = find_run(&history).unwrap_or_else(|| panic!("no run in {said}"));
        let (code, _, said) = bench.run(&["rollback", &run, "--yes"]).await;
        assert_eq!(code, 0, "{name}: {said}");
        // The page locks the account while nobody signs in, so its name stays; the result names it as unrestorable.
        let mut after = bench.device.state().settings;
        if after.has(Item::SmtpUser) {
            after.set(Item::SmtpUser, before.get(Item::SmtpUser));
        }
        assert_eq!(after, before, "{name}");
        bench.no_harm();
    }
}

/// The id of the oldest run that changed something.
fn find_run(history: &Value) -> Option<String> {
    let runs = history["runs"].as_array().or_else(|| history.as_array())?;
    let id = |run: &Value| run["id"].as_str().or(run["run"].as_str()).map(str::to_owned);
    let mut changed = runs.iter().filter(|run| run.to_string().contains("\"changed\":1"));
    changed.next_back().or(runs.last()).and_then(id)
}

fn sha256(text: &str) -> String {
    use sha2::Digest as _;
    sha2::Sha256::digest(text.as_bytes()).iter().map(|b| format!("{b:02x}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_tried_once() {
    for name in ["mfc-l8900cdw", "mfc-l2740dw", "mfc-l2750dw", "mfc-l8390cdw", "ads-3350w"] {
        let bench = Bench::with(name, |spec| {
            spec.inventory_password = Some("another".to_owned());
            spec.lockout = Some(3);
        })
        .await;
        let (_, answer, said) = bench.apply().await;
        assert_eq!(device(&answer)["category"], "auth-refused", "{name}: {said}");
        assert_eq!(bench.device.state().failed_logins, 1, "{name}");
        assert_eq!(bench.device.state().writes, 0);
        bench.no_harm();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_password_set_there_is_no_log_in() {
    for name in FORMS {
        let bench = Bench::with(name, |spec| {
            spec.admin_password = String::new();
            spec.inventory_password = Some("unused".to_owned());
        })
        .await;
        let (code, answer, said) = bench.apply().await;
        assert_eq!((code, device(&answer)["result"].as_str()), (0, Some("changed")), "{name}: {said}");
        assert_eq!((bench.count("login"), bench.count("logout")), (0, 0), "{name}");
        assert_eq!(bench.held(Item::SmtpServer), "smtp.example.test");
        bench.no_harm();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_to_a_write() {
    for name in FORMS {
        for (fault, result, writes) in [
            (FaultKind::DroppedWrite, "not-applied", 0),
            (FaultKind::LostReply, "changed", 1),
            (FaultKind::StaleToken, "changed", 1),
            (FaultKind::ExpireSession, "changed", 1),
            (FaultKind::Busy, "busy", 0),
            (FaultKind::IgnoresField { item: Item::SmtpPort }, "not-applied", 1),
        ] {
            let bench = Bench::new(name).await;
            bench.device.fault(Fault::new(fault.clone()).times(1).on("@save"));
            let (_, answer, said) = bench.apply().await;
            let found = device(&answer);
            let told = found["category"].as_str().or(found["result"].as_str());
            assert_eq!(told, Some(result), "{name} {fault:?}: {said}");
            assert_eq!(bench.device.state().writes, writes, "{name} {fault:?}");
            bench.no_harm();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ends_while_reading_is_renewed_once() {
    for name in FORMS {
        let bench = Bench::new(name).await;
        bench.device.fault(Fault::new(FaultKind::ExpireSession).times(1).on("@email"));
        let (code, _, said) = bench.run(&["show"]).await;
        assert_eq!((code, bench.count("login")), (0, 2), "{name}: {said}");
        bench.no_harm();
        let bench = Bench::new(name).await;
        bench.device.fault(Fault::new(FaultKind::ExpireSession).on("@email"));
        let (_, answer, said) = bench.apply().await;
        assert_eq!(device(&answer)["category"], "interrupted", "{name}: {said}");
        assert_eq!((bench.count("login"), bench.device.state().writes), (2, 0), "{name}");
        bench.no_harm();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_is_not_understood_is_never_written() {
    for name in FORMS {
        for fault in [
            FaultKind::FieldMissing { item: Item::SmtpServer },
            FaultKind::FieldMissing { item: Item::SmtpAuth },
            FaultKind::FieldMissing { item: Item::SmtpSecurity },
            FaultKind::FieldTwice { item: Item::SmtpServer },
            FaultKind::FieldTwice { item: Item::SmtpPort },
            FaultKind::OtherLabel { item: Item::SmtpServer, label: "Lev\u{e9}lkiszolg\u{e1}l\u{f3}".into() },
            FaultKind::OtherLabel { item: Item::SmtpUser, label: "SMTP Server Address".into() },
            FaultKind::MissingMenuEntry,
            FaultKind::ReadOnlyPage,
        ] {
            let bench = Bench::new(name).await;
            bench.device.fault(Fault::new(fault.clone()));
            let (_, answer, said) = bench.apply().await;
            assert_eq!(device(&answer)["category"], "page-changed", "{name} {fault:?}: {said}");
            assert_eq!((bench.device.state().writes, bench.count("save")), (0, 0), "{name} {fault:?}");
            bench.no_harm();
        }
        let bench = Bench::new(name).await;
        let option = FaultKind::OptionMissing { item: Item::SmtpSecurity, choice: "starttls".into() };
        bench.device.fault(Fault::new(option));
        let (_, answer, said) = bench.apply().await;
        assert_eq!(device(&answer)["category"], "unsupported", "{name}: {said}");
        assert_eq!(bench.count("save"), 0, "{name}");
        bench.no_harm();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn values_the_page_cannot_hold_stop_before_anything_is_written() {
    let long = "x".repeat(80);
    for (from, to) in [
        ("smtp.example.test", long.as_str()),
        ("sender: scan@", "sender: \u{3b1}\u{3b2}@"),
        ("sender: scan@", "sender: \u{20ac}@"),
        ("security: starttls", "security: starttls-if-offered"),
    ] {
        let bench = Bench::new("mfc-l8900cdw").await;
        bench.playbook(&PLAYBOOK.replace(from, to));
        let (code, answer, said) = bench.apply().await;
        assert_ne!(code, 0, "{to}: {said}");
        if let Some(found) = find(&answer) {
            assert_eq!(found["category"], "unsupported", "{to}: {said}");
        }
        assert_eq!(bench.count("save"), 0, "{to}");
        bench.no_harm();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_device_must_be_the_one_that_is_meant() {
    for (fault, category) in [
        (FaultKind::OtherModel { model: "Xerox AltaLink C8155".into() }, "unknown-model"),
        (FaultKind::OtherModel { model: "MFC-L2710DW".into() }, "unknown-model"),
        (FaultKind::OtherSerial { serial: "U64180L7N999999".into() }, "unknown-model"),
    ] {
        for name in FORMS {
            let bench = Bench::new(name).await;
            bench.device.fault(Fault::new(fault.clone()));
            let (_, answer, said) = bench.apply().await;
            assert_eq!(device(&answer)["category"], category, "{name} {fault:?}: {said}");
            assert_eq!(bench.count("save"), 0);
            bench.no_harm();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_made_by_script_are_known_and_refused_behind_the_log_in() {
    let bench = Bench::new("ads-3350w").await;
    let (_, answer, said) = bench.apply().await;
    let found = device(&answer);
    assert_eq!(found["category"], "unsupported", "{said}");
    assert!(found["message"].as_str().unwrap().contains("made by script"), "{said}");
    let (_, answer, said) = bench.run(&["probe"]).await;
    assert_eq!(device(&answer)["login"], true, "{said}");
    assert_eq!(device(&answer)["family"], "brother-script");
    let locked = Bench::new("ads-3350w").await;
    locked.device.fault(Fault::new(FaultKind::LockedOut));
    let (_, answer, said) = locked.run(&["probe"]).await;
    assert_eq!(device(&answer)["category"], "locked-out", "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn manners_that_nobody_knows_of_the_page() {
    for (missing, stars) in [
        (MissingFields::Lost, Stars::Keep),
        (MissingFields::Kept, Stars::Keep),
        (MissingFields::Lost, Stars::Clear),
    ] {
        for name in FORMS {
            let bench = Bench::with(name, |spec| {
                let profile = spec.profile.brother_mut().unwrap();
                (profile.missing, profile.stars) = (missing, stars);
            })
            .await;
            let (code, answer, said) = bench.apply().await;
            assert_eq!((code, device(&answer)["result"].as_str()), (0, Some("changed")), "{name}: {said}");
            // Another change posts `***` as a browser does; what becomes of the password then is the device's secret.
            bench.playbook(&PLAYBOOK.replace("587", "2525"));
            let (code, _, said) = bench.apply().await;
            assert_eq!((code, bench.held(Item::SmtpPort).as_str()), (0, "2525"), "{name}: {said}");
            assert_eq!(
                bench.held(Item::VerifyCertificate),
                bench.profile.factory_settings().get(Item::VerifyCertificate)
            );
            bench.no_harm();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_web_server_that_restarts_after_the_save_is_waited_for() {
    for name in FORMS {
        let bench = Bench::new(name).await;
        bench.device.fault(Fault::new(FaultKind::Restart { ms: 1500 }).times(1).after(2).on("@email"));
        let (code, answer, said) = bench.apply().await;
        // The pages read before the save pass; the one that is read after it meets the restart, and the session is gone.
        let found = device(&answer);
        assert_eq!(found["result"], "changed", "{name} {code}: {said}");
        assert_eq!((bench.count("login"), bench.device.state().writes), (2, 1), "{name}: {said}");
        bench.no_harm();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_of_a_read() {
    for (name, requests) in
        [("mfc-l8900cdw", 6), ("mfc-l2740dw", 6), ("mfc-l2750dw", 7), ("mfc-l8390cdw", 10)]
    {
        let bench = Bench::new(name).await;
        bench.run(&["show", "--section", "smtp"]).await;
        let log: Vec<String> =
            bench.device.requests().iter().map(|r| format!("{} {}", r.method, r.path)).collect();
        assert_eq!(log.len(), requests, "{name}: {log:#?}");
        bench.lab.shutdown().await;
    }
}
