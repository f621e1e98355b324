//! One playbook over one inventory of all three makers, through the program: what is told, what the lab's copiers truly
//! hold, what a model cannot hold, and the way back.

mod support;

use std::collections::BTreeMap;

use scanfleet_mocks::{DeviceSpec, DeviceState, Item, LabSpec, MakerProfile, Settings};
use serde_json::Value;
use support::{Bench, SCAN_PASSWORD, sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// One copier of each dialect that is driven, by its name in the inventory.
const FLEET: [(&str, &str); 8] = [
    ("ricoh-older", "mp-c3003"),
    ("ricoh-im", "im-c4500"),
    ("xerox-altalink", "altalink-c8155"),
    ("xerox-workcentre", "workcentre-7835"),
    ("xerox-versalink", "versalink-c415"),
    ("brother-b", "mfc-l2740dw"),
    ("brother-c", "mfc-l8900cdw"),
    ("brother-c2", "mfc-l8390cdw"),
];

const SENDER: &str = "scan@northshore.example";

/// The playbook as it is handed to people, with the lab's names.
fn microsoft_365() -> String {
    let text = include_str!("../playbooks/microsoft-365.yaml")
        .replace("example.org", "northshore.example")
        .replace("{ secret: m365/scan }", "{ secret: \"file:secrets/m365-scan.txt\" }");
    assert!(text.contains("file:secrets") && text.contains("northshore.example"), "{text}");
    text
}

/// A lab of these copiers, all with the settings of a mail server that is gone.
async fn bench(fleet: &[(&str, &str)], change: impl Fn(&mut DeviceSpec)) -> Bench {
    let mut spec = LabSpec::single("im-c4500");
    spec.devices = fleet
        .iter()
        .map(|(name, profile)| {
            let mut device = DeviceSpec::new(*name, MakerProfile::named(profile));
            let sender =
                if device.profile.vendor() == "ricoh" { Item::AdminAddress } else { Item::DeviceAddress };
            device.settings.set(Item::SmtpServer, "exchange.northshore.example");
            device.settings.set(sender, "scanner@northshore.example");
            change(&mut device);
            device
        })
        .collect();
    let bench = Bench::of(spec).await;
    bench.write("relay.yaml", &microsoft_365());
    bench
}

/// What a device holds after the playbook, when nothing else has changed.
fn wanted(before: &DeviceState) -> Settings {
    let common = before
        .settings
        .clone()
        .with(Item::SmtpServer, "smtp.office365.com")
        .with(Item::SmtpPort, "587")
        .with(Item::SmtpUser, SENDER);
    match before.name.split('-').next().unwrap() {
        "ricoh" => common
            .with(Item::SmtpSsl, "true")
            .with(Item::SmtpAuth, "true")
            .with(Item::AdminAddress, SENDER)
            .with(Item::SmtpAuthAddress, SENDER),
        "xerox" => common
            .with(Item::SmtpSecurity, "starttls")
            .with(Item::UserJobsLogin, "system")
            .with(Item::SystemJobsLogin, "system")
            .with(Item::DeviceAddress, SENDER),
        _ => common
            .with(Item::SmtpSecurity, "starttls")
            .with(Item::SmtpAuth, "true")
            .with(Item::DeviceAddress, SENDER),
    }
}

/// The true state of every copier, asked over the lab's control endpoint.
async fn truth(bench: &Bench) -> BTreeMap<String, DeviceState> {
    let address = bench.lab.control_url().trim_start_matches("http://").to_owned();
    let mut stream = TcpStream::connect(&address).await.unwrap();
    let request = format!("GET /__lab/devices HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8(answer).unwrap();
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let devices: Value = serde_json::from_str(body).unwrap();
    devices["devices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|device| serde_json::from_value::<DeviceState>(device.clone()).unwrap())
        .map(|state| (state.name.clone(), state))
        .collect()
}

fn device<'a>(outcome: &'a Value, name: &str) -> &'a Value {
    let all = outcome["devices"].as_array().unwrap();
    all.iter().find(|d| d["name"] == name).unwrap_or_else(|| panic!("no {name} in {outcome:#}"))
}

fn writes(truth: &BTreeMap<String, DeviceState>) -> Vec<u64> {
    truth.values().map(|state| state.writes).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_playbook_moves_all_three_makers_and_back() {
    let bench = bench(&FLEET, |_| {}).await;
    let before = truth(&bench).await;

    let plan = bench.json(&["plan", "relay.yaml", "--detailed-exitcode"], 4).await;
    assert_eq!(plan["counts"], serde_json::json!({"pending": 8, "total": 8}));
    assert_eq!(writes(&truth(&bench).await), [0; 8]);

    let apply = bench.json(&["apply", "relay.yaml", "--yes"], 0).await;
    assert_eq!((&apply["status"], &apply["playbook"]), (&"ok".into(), &"microsoft-365".into()));
    assert_eq!(apply["counts"], serde_json::json!({"changed": 8, "total": 8}));
    let after = truth(&bench).await;
    for (name, _) in FLEET {
        let told = device(&apply, name);
        assert_eq!((&told["result"], &told["grade"]), (&"changed".into(), &"verified".into()), "{told:#}");
        assert!(told["category"].is_null());
        // What was planned is what was done.
        assert_eq!(told["changes"], device(&plan, name)["changes"], "{name}");
        let (old, new) = (&before[name], &after[name]);
        assert_eq!(new.settings, wanted(old), "{name}");
        assert_eq!(new.passwords.values().collect::<Vec<_>>(), [&sha256(SCAN_PASSWORD)], "{name}");
        assert_eq!(told["serial"], bench.lab.device(name).info().serial, "{name}");
    }

    // The same once more, as people read it: nothing is left to do.
    let again = bench.run(&["apply", "relay.yaml", "--yes"]).await.code(0);
    assert!(again.out.contains("8 unchanged"), "{}", again.out);
    assert_eq!(writes(&truth(&bench).await), writes(&after));
    let plan = bench.json(&["plan", "relay.yaml", "--detailed-exitcode"], 0).await;
    assert_eq!(plan["counts"], serde_json::json!({"total": 8, "unchanged": 8}));

    let run = apply["run"].as_str().unwrap();
    let back = bench.json(&["rollback", run, "--yes"], 0).await;
    assert_eq!(back["counts"], serde_json::json!({"rolled-back": 8, "total": 8}));
    for (name, now) in truth(&bench).await {
        let mut then = before[&name].settings.clone();
        // A Brother's page locks the account while nobody signs in, so its name stays; the result says so.
        let told = device(&back, &name);
        let locked = bench.lab.device(&name).info().vendor == "brother";
        let named = told["unrestorable"].as_array().unwrap().contains(&"smtp.auth.user".into());
        assert_eq!(named, locked, "{told:#}");
        if locked {
            then.set(Item::SmtpUser, now.settings.get(Item::SmtpUser));
        }
        assert_eq!(now.settings, then, "{name}");
    }
    bench.assert_nobody_logged_in();
    bench.lab.shutdown().await;
}

/// The text of a run as people get it, for one device a maker; addresses and ids stand aside.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_people_read_of_a_mixed_run() {
    let fleet = [FLEET[1], FLEET[2], FLEET[6]];
    let bench = bench(&fleet, |_| {}).await;
    let apply = bench.run(&["apply", "relay.yaml", "--yes"]).await.code(0);
    let filters = vec![(r"Run [0-9a-f-]{8,36}", "Run RUN")];
    insta::with_settings!({ filters => filters, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("mixed_apply", apply.out);
    });
    bench.lab.shutdown().await;
}

/// The JSON of the same run on fresh copiers, as other programs get it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_programs_read_of_a_mixed_run() {
    let fleet = [FLEET[1], FLEET[2], FLEET[6]];
    let bench = bench(&fleet, |_| {}).await;
    let mut json = bench.json(&["apply", "relay.yaml", "--yes"], 0).await;
    assert!(json["run"].is_string());
    json["run"] = "RUN".into();
    for device in json["devices"].as_array_mut().unwrap() {
        // Addresses and certificates are other ones in each lab.
        let connection = device.as_object_mut().unwrap().remove("connection");
        assert!(connection.is_some_and(|facts| facts.is_object()));
    }
    insta::with_settings!({ prepend_module_to_snapshot => false }, {
        insta::assert_json_snapshot!("mixed_apply_json", json);
    });
    bench.lab.shutdown().await;
}

/// What a model cannot hold is told by the plan, for that device alone, and is neither drift nor a change.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_model_cannot_hold_stops_that_device_and_no_other() {
    let fleet = [
        ("ricoh-im", "im-c4500"),
        ("xerox-altalink", "altalink-c8155"),
        // No TLS from the first byte.
        ("xerox-no-smtps", "workcentre-5735"),
        // Passwords of at most 32 characters.
        ("brother-b", "mfc-l2740dw"),
        // User names of at most 60 characters, and western letters only.
        ("brother-c", "mfc-l8900cdw"),
        ("brother-c2", "mfc-l8390cdw"),
    ];
    let bench = bench(&fleet, |_| {}).await;
    let password = "a-long-password-of-forty-eight-characters-in-all";
    std::fs::write(bench.workspace().join("secrets/m365-scan.txt"), password).unwrap();
    let long = format!("{}@northshore.example", "scanner-of-".repeat(4));
    assert_eq!((password.len(), long.len()), (48, 63));
    let play = |name: &str, target: &str, sender: &str, user: &str| {
        format!(
            "  - name: {name}\n{target}    smtp:\n      server: smtp.office365.com\n      port: 465\n      \
             security: tls\n      sender: \"{sender}\"\n      auth:\n        user: \"{user}\"\n        \
             password: {{ secret: \"file:secrets/m365-scan.txt\" }}\n"
        )
    };
    let playbook = format!(
        "name: TLS from the first byte\nplays:\n{}{}{}",
        play("all", "", SENDER, SENDER),
        play("long", "    target: brother-c\n", SENDER, &long),
        play("letters", "    target: brother-c2\n", "\u{3b1}\u{3b2}@northshore.example", SENDER),
    );
    bench.write("relay.yaml", &playbook);
    let cannot = [
        ("xerox-no-smtps", "tls"),
        ("brother-b", "the password has 48 characters"),
        ("brother-c", "63 characters"),
        ("brother-c2", "charset"),
    ];
    let before = truth(&bench).await;
    for (command, code) in [
        (vec!["plan", "relay.yaml", "--detailed-exitcode", "-o", "kept.json"], 5),
        (vec!["apply", "relay.yaml", "--yes"], 5),
        (vec!["plan", "relay.yaml", "--detailed-exitcode"], 5),
    ] {
        let outcome = bench.json(&command, code).await;
        assert_eq!((&outcome["status"], &outcome["counts"]["failed"]), (&"partial".into(), &4.into()));
        for (name, reason) in cannot {
            let told = device(&outcome, name);
            assert_eq!(
                (&told["result"], &told["category"], &told["changes"]),
                (&"failed".into(), &"unsupported".into(), &serde_json::json!([])),
                "{command:?} {name}: {told:#}"
            );
            let message = told["message"].as_str().unwrap();
            assert!(message.contains(reason) && message.contains("othing was written"), "{name}: {message}");
        }
        let text = bench.run(&command).await;
        assert!(text.out.contains("unsupported") || text.err.contains("unsupported"), "{text:?}");
    }
    // Only what can be carried out is in the plan that was kept.
    let kept: Value =
        serde_json::from_slice(&std::fs::read(bench.workspace().join("kept.json")).unwrap()).unwrap();
    let planned: Vec<&str> =
        kept["devices"].as_array().unwrap().iter().map(|d| d["name"].as_str().unwrap()).collect();
    assert_eq!(planned, ["ricoh-im", "xerox-altalink"]);
    let after = truth(&bench).await;
    for (name, state) in &after {
        let saved = state.requests.keys().any(|kind| kind.contains("save"));
        if cannot.iter().any(|(refused, _)| refused == name) {
            assert_eq!(
                (&state.settings, &state.passwords),
                (&before[name].settings, &before[name].passwords)
            );
            assert!(state.writes == 0 && !saved, "{name} was written to: {:?}", state.requests);
        } else {
            assert_eq!(state.settings.get(Item::SmtpPort), "465", "{name}");
            assert!(state.writes > 0 && saved, "{name}");
        }
    }
    // Where nothing else is left to do, it is a failure still, and nothing is pending.
    let rest = bench.json(&["plan", "relay.yaml", "--detailed-exitcode"], 5).await;
    assert_eq!(rest["counts"], serde_json::json!({"failed": 4, "total": 6, "unchanged": 2}));
    bench.assert_nobody_logged_in();
    bench.lab.shutdown().await;
}

/// The playbooks that people get mean the makers they speak of, whatever else is in the inventory.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_playbooks_mean_the_makers_that_they_name() {
    use scanfleet::playbook::Playbook;
    let bench = bench(&FLEET, |_| {}).await;
    let inventory = bench.inventory();
    for (file, makers) in [
        ("microsoft-365.yaml", vec!["brother", "ricoh", "xerox"]),
        ("gmail-app-password.yaml", vec!["brother", "xerox"]),
    ] {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("playbooks").join(file);
        let playbook = Playbook::load(&path).unwrap();
        let mut meant: Vec<String> = playbook
            .plays
            .iter()
            .flat_map(|play| match play.target() {
                Some(target) => inventory.select(target).unwrap(),
                None => inventory.devices.iter().collect(),
            })
            .filter_map(|device| device.vendor.clone())
            .collect();
        meant.sort();
        meant.dedup();
        assert_eq!(meant, makers, "{file}");
    }
    bench.lab.shutdown().await;
}
