//! Bad input, one case a line of the list, through the program for Xerox and Brother: what a page cannot hold, what a page
//! does not say, and family files that cannot be used. Nothing is ever written.

mod support;

use scanfleet_mocks::{Fault, FaultKind, Item, LabSpec};
use serde_json::Value;
use support::Bench;

/// Two generations a maker.
const PROFILES: [&str; 4] = ["altalink-c8155", "workcentre-7835", "mfc-l8900cdw", "mfc-l2740dw"];

const USER: &str = "scan@northshore.example";

async fn bench(profile: &str, playbook: &str, password: &str) -> Bench {
    let mut spec = LabSpec::single(profile);
    spec.devices[0].settings.set(Item::SmtpServer, "mail.northshore.example");
    spec.devices[0].settings.set(Item::SmtpUser, "former");
    let bench = Bench::of(spec).await;
    std::fs::write(bench.workspace().join("secrets/m365-scan.txt"), password).unwrap();
    bench.write("play.yaml", playbook);
    bench
}

fn playbook(change: impl Fn(String) -> String) -> String {
    change(support::PLAYBOOK.replace("    target: vendor=ricoh\n", "").replace("scan@{{ domain }}", USER))
}

/// The plan and the write say the same, and nothing leaves that alters.
async fn refused(bench: &Bench, name: &str, categories: &[&str], told: &[&str]) {
    let before = bench.copier().state();
    for command in [&["plan", "play.yaml", "--detailed-exitcode"][..], &["apply", "play.yaml", "--yes"]] {
        let answer: Value = bench.json(command, 6).await;
        let device = &answer["devices"][0];
        let category = device["category"].as_str().unwrap();
        assert!(categories.contains(&category), "{name} {command:?}: {answer:#}");
        assert_eq!(answer["counts"], serde_json::json!({"failed": 1, "total": 1}), "{name}");
        let message = device["message"].as_str().unwrap();
        for part in told {
            assert!(message.contains(part), "{name} {command:?}: no {part:?} in {message}");
        }
        assert!(device["next"].is_string(), "{name}: nothing is said of what to do next");
    }
    let after = bench.copier().state();
    assert_eq!((&after.settings, &after.passwords), (&before.settings, &before.passwords), "{name}");
    assert_eq!((after.writes, after.sessions), (0, 0), "{name}");
    assert!(!after.requests.keys().any(|kind| kind.contains("save")), "{name}: {:?}", after.requests);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_value_longer_than_the_page_takes() {
    let long = format!("{0}.{0}", "x".repeat(60));
    for profile in PROFILES {
        let server = playbook(|text| text.replace("smtp.office365.com", &format!("{long}.example")));
        let user =
            playbook(|text| text.replace(&format!("user: \"{USER}\""), &format!("user: {long}{long}")));
        for (name, playbook) in [("server", server), ("user", user)] {
            let bench = bench(profile, &playbook, "short").await;
            refused(&bench, &format!("{profile}: a long {name}"), &["unsupported"], &["characters"]).await;
            bench.lab.shutdown().await;
        }
        let bench = bench(profile, &playbook(|text| text), &"p".repeat(300)).await;
        refused(
            &bench,
            &format!("{profile}: a long password"),
            &["unsupported"],
            &["characters", "password"],
        )
        .await;
        bench.lab.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_choice_that_the_page_does_not_offer() {
    for profile in PROFILES {
        let bench = bench(profile, &playbook(|text| text), "short").await;
        bench
            .copier()
            .fault(FaultKind::OptionMissing { item: Item::SmtpSecurity, choice: "starttls".into() });
        refused(&bench, profile, &["unsupported"], &["starttls", "offers"]).await;
        bench.lab.shutdown().await;
    }
}

/// The Xerox profiles of the lab are in UTF-8, which holds every letter; their driver meets a western page in
/// `vendors/xerox/tests/exchanges.rs`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn letters_that_the_pages_charset_lacks() {
    for profile in ["mfc-l8900cdw", "mfc-l2740dw"] {
        let sender = playbook(|text| text.replace(USER, "\u{3b1}\u{3b2}@northshore.example"));
        for (name, playbook, password) in
            [("sender", sender, "short"), ("password", playbook(|text| text), "p\u{3b1}ss")]
        {
            let bench = bench(profile, &playbook, password).await;
            refused(&bench, &format!("{profile}: {name}"), &["unsupported"], &["charset"]).await;
            bench.lab.shutdown().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_fields_under_one_label() {
    for profile in PROFILES {
        let bench = bench(profile, &playbook(|text| text), "short").await;
        // Without the names that a Xerox's pages are known by, only the label is left.
        let label = match bench.copier().info().vendor.as_str() {
            "xerox" => "Device Email Address",
            _ => "SMTP-AUTH Account Name",
        };
        for (item, name) in [(Item::DeviceAddress, "q1"), (Item::SmtpUser, "q2")] {
            bench.copier().fault(FaultKind::OtherName { item, name: name.into() });
            bench.copier().fault(FaultKind::OtherLabel { item, label: label.into() });
        }
        refused(&bench, profile, &["page-changed"], &["more than once"]).await;
        bench.lab.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_label_in_a_language_that_no_family_knows() {
    for profile in PROFILES {
        let bench = bench(profile, &playbook(|text| text), "short").await;
        let label = "Felhaszn\u{e1}l\u{f3}n\u{e9}v";
        bench.copier().fault(FaultKind::OtherName { item: Item::SmtpUser, name: "q2".into() });
        bench.copier().fault(FaultKind::OtherLabel { item: Item::SmtpUser, label: label.into() });
        refused(&bench, profile, &["page-changed"], &[label]).await;
        bench.lab.shutdown().await;
    }
}

/// Family files that cannot be used stop every command before a connection, with the place of the mistake.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn family_files_that_cannot_be_used() {
    for (maker, profile, base, fact) in [
        ("xerox", "altalink-c8155", "xerox-altalink", "site_index"),
        ("brother", "mfc-l8900cdw", "brother-wbm-c", "smtp_page"),
    ] {
        let file = |rest: &str| format!("id: {maker}-own\ntitle: Own\nmaker: {maker}\n{rest}");
        let based = |rest: &str| file(&format!("extends: {base}\n{rest}"));
        let cases = [
            (
                "an absolute URL",
                based(&format!(
                    "facts:\n  {fact}: {{ value: \"http://192.0.2.7/x.html\", certainty: single }}\n"
                )),
                "is an address of its own",
                6,
            ),
            (
                "another host",
                based(&format!("facts:\n  {fact}: {{ value: \"//192.0.2.7/x.html\", certainty: single }}\n")),
                "is an address of its own",
                6,
            ),
            (
                "a bad selector",
                based("selectors:\n  form: { value: \"form[name=\", certainty: single }\n"),
                "is no CSS selector",
                6,
            ),
            (
                "an unknown hook",
                based("hooks: { login: double-post }\n"),
                "the hook `double-post` is unknown",
                5,
            ),
            ("a cycle", file(&format!("extends: {maker}-own\n")), "comes back to itself", 4),
        ];
        for (name, text, told, line) in cases {
            let bench = bench(profile, &playbook(|text| text), "short").await;
            std::fs::create_dir(bench.workspace().join("vendors")).unwrap();
            bench.write("vendors/own.yaml", &text);
            for command in [
                &["vendor", "lint", "vendors/own.yaml"][..],
                &["plan", "play.yaml"],
                &["apply", "play.yaml", "--yes"],
                &["probe"],
            ] {
                let ran = bench.run(command).await.code(3);
                let said = format!("{}{}", ran.out, ran.err);
                assert!(said.contains(told), "{maker}, {name} {command:?}: {said}");
                assert!(said.contains(&format!("own.yaml:{line}:")), "{maker}, {name} {command:?}: {said}");
            }
            assert!(bench.copier().requests().is_empty(), "{maker}, {name}: the device was asked");
            bench.lab.shutdown().await;
        }
    }
}

/// A fault that strikes a plan must not be mistaken for what a page cannot hold.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_refused_is_not_remembered() {
    for profile in PROFILES {
        let bench = bench(profile, &playbook(|text| text), "short").await;
        let option = FaultKind::OptionMissing { item: Item::SmtpSecurity, choice: "starttls".into() };
        bench.copier().fault(Fault::new(option));
        bench.json(&["apply", "play.yaml", "--yes"], 6).await;
        bench.copier().clear_faults();
        let done = bench.json(&["apply", "play.yaml", "--yes"], 0).await;
        assert_eq!(done["devices"][0]["result"], "changed", "{profile}: {done:#}");
        bench.lab.shutdown().await;
    }
}
