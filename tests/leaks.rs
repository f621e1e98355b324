//! A planted password is found nowhere: not in any output, log, transcript, plan, journal or error, in none of the forms
//! that it takes on its way.

#[path = "leaks/book.rs"]
mod book;
mod support;

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use scanfleet::inventory::Inventory;
use scanfleet::plan::Desired;
use scanfleet::playbook::Playbook;
use scanfleet::run::{Expected, Mode};
use scanfleet_mocks::mail::{Account, TenantSpec};
use scanfleet_mocks::{Fault, FaultKind, Item, LabSpec};
use scanfleet_sdk::{
    Change, Credentials, LoginHistory, PasswordWanted, Secret, SmtpChange, SmtpSettings, SmtpWanted,
};
use support::child::Ran;
use support::engine::{SCAN, apply, secrets, task, wish};
use support::{Bench, files, sha256, smtp_password};

const ADMIN: &str = "p@ss wörd+\"'<>&%=/\\";
const MAIL: &str = "ßmtp;{geheim}+%2F&amp;?#\"'<b>\\ ~/";

/// Every form in which a secret could be found.
struct Needles(Vec<(String, String)>);

impl Needles {
    fn of(secrets: &[&str]) -> Self {
        let mut all: Vec<(String, String)> = Vec::new();
        let mut add = |what: &str, bytes: &[u8]| {
            if bytes.len() >= 8 {
                all.push((what.to_owned(), latin1(bytes)));
            }
        };
        for secret in secrets {
            let western = encoding_rs::WINDOWS_1252.encode(secret).0.into_owned();
            add("raw", secret.as_bytes());
            add("latin-1", &western);
            add("utf-16", &secret.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>());
            for bytes in [secret.as_bytes(), &western] {
                for form in [
                    form_urlencoded::byte_serialize(bytes).collect::<String>(),
                    percent(bytes, "-_.~"),
                    percent(bytes, "-_.!~*'()"),
                    percent(bytes, "@*_+-./"),
                    percent(bytes, ""),
                    bytes.iter().map(|b| format!("%{b:02X}")).collect(),
                ] {
                    add("url", form.as_bytes());
                    add("url with %20", form.replace('+', "%20").as_bytes());
                    add("url, small", lower_percent(&form).as_bytes());
                    add("url twice", percent(form.as_bytes(), "-_.~").as_bytes());
                }
                for engine in [&STANDARD, &STANDARD_NO_PAD, &URL_SAFE, &URL_SAFE_NO_PAD] {
                    let coded = engine.encode(bytes);
                    add("base64", coded.as_bytes());
                    add("base64, url", percent(coded.as_bytes(), "-_.~").as_bytes());
                    add("base64, url, small", lower_percent(&percent(coded.as_bytes(), "-_.~")).as_bytes());
                    add("base64 twice", engine.encode(coded.as_bytes()).as_bytes());
                }
                add("hex", bytes.iter().map(|b| format!("{b:02x}")).collect::<String>().as_bytes());
            }
            let json = serde_json::to_string(secret).unwrap();
            add("json", json.trim_matches('"').as_bytes());
            add("json, ascii", ascii_json(&json).trim_matches('"').as_bytes());
            add("json twice", serde_json::to_string(&json).unwrap().trim_matches('"').as_bytes());
            add("debug", format!("{secret:?}").trim_matches('"').as_bytes());
            for apostrophe in ["'", "&#39;", "&#x27;", "&apos;"] {
                let html = secret
                    .replace('&', "&amp;")
                    .replace('<', "&lt;")
                    .replace('>', "&gt;")
                    .replace('"', "&quot;")
                    .replace('\'', apostrophe);
                add("html", html.as_bytes());
            }
            // A digest without a key could be guessed from; SQLite and logs must not hold it.
            add("sha256", sha256(secret).as_bytes());
        }
        Self(all)
    }

    #[track_caller]
    fn absent(&self, place: &str, bytes: &[u8]) {
        let text = latin1(bytes);
        for (what, needle) in &self.0 {
            if let Some(at) = text.find(needle.as_str()) {
                let around: String =
                    text[..at].chars().rev().take(80).collect::<Vec<_>>().into_iter().rev().collect();
                panic!("a planted password is in {place} ({what}), after …{around}");
            }
        }
    }

    #[track_caller]
    fn absent_in_files(&self, directory: &Path) -> usize {
        let all = files(directory);
        for file in &all {
            self.absent(&file.display().to_string(), &std::fs::read(file).unwrap());
        }
        all.len()
    }

    #[track_caller]
    fn absent_in(&self, ran: &Ran) {
        self.absent(&format!("stdout of {}", ran.args), ran.out.as_bytes());
        self.absent(&format!("stderr of {}", ran.args), ran.err.as_bytes());
    }
}

/// A character for each byte, so that bytes can be searched as a text is: fast also without optimisation.
fn latin1(bytes: &[u8]) -> String {
    encoding_rs::mem::decode_latin1(bytes).into_owned()
}

fn percent(bytes: &[u8], kept: &str) -> String {
    bytes
        .iter()
        .map(|b| {
            if b.is_ascii_alphanumeric() || kept.as_bytes().contains(b) {
                char::from(*b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect()
}

fn lower_percent(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        let end = (at + 3).min(rest.len());
        out.push_str(&rest[..at]);
        out.push_str(&rest[at..end].to_ascii_lowercase());
        rest = &rest[end..];
    }
    out + rest
}

fn ascii_json(text: &str) -> String {
    let mut units = [0; 2];
    text.chars()
        .map(|c| match c.is_ascii() {
            true => c.to_string(),
            false => c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")).collect(),
        })
        .collect()
}

/// A copier with planted passwords.
async fn planted(profile: &str) -> Bench {
    let mut spec = LabSpec::single(profile);
    spec.devices[0].admin_password = ADMIN.into();
    spec.mail =
        TenantSpec::new("northshore.example").with_account(Account::new("scan@northshore.example", MAIL));
    Bench::of(spec).await
}

#[test]
fn the_search_itself_finds_what_is_planted() {
    let needles = Needles::of(&[ADMIN]);
    for text in [
        format!("x{ADMIN}y"),
        format!("password={}&a=b", percent(ADMIN.as_bytes(), "")),
        format!(
            "password={}&a=b",
            form_urlencoded::byte_serialize(STANDARD.encode(ADMIN).as_bytes()).collect::<String>()
        ),
        serde_json::json!({ "a": ADMIN }).to_string(),
    ] {
        let found = std::panic::catch_unwind(|| needles.absent("here", text.as_bytes()));
        assert!(found.is_err(), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_command_keeps_the_passwords_to_itself() {
    let needles = Needles::of(&[ADMIN, MAIL]);
    for profile in ["mp-c3003", "mp-c4504ex", "im-c4500", "aficio-mp-301"] {
        let bench = planted(profile).await;
        let verbose = ["-vvv", "--save-transcript", "talk"];
        let mut all = Vec::new();
        for args in [
            &["probe"][..],
            &["show", "--format", "json"],
            &["plan", "m365.yaml", "-o", "plan.json", "--format", "json"],
            &["apply", "plan.json", "--yes", "--format", "json"],
            &["history", "last", "--format", "json"],
            &["diff", "copier", "--format", "csv"],
            &["rollback", "last", "--yes"],
            &["apply", "m365.yaml", "--yes", "--format", "csv"],
            &["snapshot", "show", "last", "--format", "json"],
            &["trust", "list", "--format", "json"],
            &["inventory", "--format", "json"],
        ] {
            let mut line = verbose.to_vec();
            line.extend(args);
            let ran = bench.run(&line).await.code(0);
            needles.absent_in(&ran);
            all.push(ran);
        }
        // The passwords really went over the wire, and the logs and transcripts really tell of it.
        assert_eq!(smtp_password(&bench.copier()), Some(sha256(MAIL)), "{profile}");
        assert!(all[3].err.contains("POST") && all[3].err.contains("login.cgi"), "{}", all[3].err);
        let talk = std::fs::read_to_string(bench.workspace().join("talk/copier.txt")).unwrap();
        assert!(
            talk.contains("login.cgi") && talk.contains("smtp.office365.com") && talk.contains("redacted")
        );
        assert!(needles.absent_in_files(&bench.workspace().join("talk")) > 0);
        assert!(needles.absent_in_files(&bench.state_dir()) > 1);
        needles.absent("the plan", &std::fs::read(bench.workspace().join("plan.json")).unwrap());
        bench.assert_nobody_logged_in();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_failure_keeps_the_passwords_to_itself() {
    use FaultKind::*;
    let needles = Needles::of(&[ADMIN, MAIL]);
    let bench = planted("mp-c4504ex").await;
    let engine_talk = bench.path("talk");
    std::fs::create_dir(&engine_talk).unwrap();
    let mut told = String::new();
    for fault in [
        Fault::new(WrongPassword),
        Fault::new(LockedOut),
        Fault::new(TooManySessions),
        Fault::new(Busy),
        Fault::new(DroppedWrite),
        Fault::new(LostReply).times(1),
        Fault::new(LostReply).on("@password_save").times(1),
        Fault::new(LostReply).on("@login"),
        Fault::new(LostBefore).times(1),
        Fault::new(ExpireSession).on("@password_save"),
        Fault::new(HalfPage).on("@password_save"),
        Fault::new(HalfPage).on("@save"),
        Fault::new(ServerError).on("@login"),
        Fault::new(ServerError).on("@password_save"),
        Fault::new(RedirectTo { url: "http://127.0.0.9:9/x?password=1".into() }).on("@login"),
        Fault::new(RedirectTo { url: "http://127.0.0.9:9/x".into() }).on("@password_save"),
        Fault::new(GzipBomb).on("@password"),
        Fault::new(FieldMissing { item: Item::SmtpServer }),
        Fault::new(FieldTwice { item: Item::SmtpServer }),
        Fault::new(IgnoresField { item: Item::SmtpPort }),
        Fault::new(MissingMenuEntry),
        Fault::new(ReadOnlyPage),
        Fault::new(OtherSerial { serial: "X1".into() }),
    ] {
        bench.copier().reset();
        // The serial number in the journal would make the password known from the case before.
        std::fs::remove_dir_all(bench.state_dir()).ok();
        bench.copier().fault(fault.clone());
        let secrets = secrets();
        secrets.set(SCAN, &Secret::new(MAIL.into())).unwrap();
        let engine = bench.engine_with(secrets, |settings| settings.transcripts = Some(engine_talk.clone()));
        let (_, outcome) = apply(&bench, &engine, wish()).await;
        needles.absent(&format!("the outcome of {fault:?}"), format!("{outcome:?}").as_bytes());
        needles
            .absent(&format!("the JSON of {fault:?}"), serde_json::to_string(&outcome).unwrap().as_bytes());
        told.push_str(&outcome.message);
        drop(engine);
        needles.absent_in_files(&bench.state_dir());
    }
    needles.absent_in_files(&engine_talk);
    assert!(told.matches("Could not").count() > 15, "{told}");

    // The same as a program, with everything it can say.
    for fault in
        [Fault::new(WrongPassword), Fault::new(DroppedWrite), Fault::new(ServerError).on("@password_save")]
    {
        bench.copier().reset();
        bench.copier().fault(fault);
        for format in ["text", "json", "csv"] {
            let args =
                ["-vvv", "apply", "m365.yaml", "--yes", "--format", format, "--save-transcript", "talk"];
            needles.absent_in(&bench.run(&args).await.code(6));
        }
    }
    needles.absent_in_files(&bench.workspace().join("talk"));
    needles.absent_in_files(&bench.state_dir());
}

/// A device that shows a password back in its pages, as hasty ones do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_that_echoes_the_password_does_not_spread_it() {
    let needles = Needles::of(&[ADMIN, MAIL]);
    let bench = planted("mp-c3003").await;
    // The former administrator typed the password where the user name belongs, and where the signature belongs.
    bench.copier().panel(&[(Item::Signature, MAIL), (Item::PopUser, ADMIN)]).unwrap();
    let args = ["-vvv", "--save-transcript", "talk", "apply", "m365.yaml", "--yes", "--format", "json"];
    needles.absent_in(&bench.run(&args).await.code(0));
    needles.absent_in_files(&bench.workspace().join("talk"));
    assert_eq!(bench.copier().state().settings.get(Item::Signature), MAIL, "what is there stays there");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn passwords_written_where_a_reference_belongs() {
    let needles = Needles::of(&[ADMIN, MAIL]);
    let bench = planted("mp-c3003").await;
    let quoted = serde_json::to_string(MAIL).unwrap();
    let playbooks = [
        support::PLAYBOOK.replace("{ secret: \"file:secrets/m365-scan.txt\" }", &quoted),
        support::PLAYBOOK
            .replace("{ secret: \"file:secrets/m365-scan.txt\" }", &format!("{{ secret: {quoted} }}")),
        support::PLAYBOOK
            .replace("password: { secret: \"file:secrets/m365-scan.txt\" }", &format!("pasword: {quoted}")),
        support::PLAYBOOK.replace(
            "password: { secret: \"file:secrets/m365-scan.txt\" }",
            &format!("password: [{quoted}]"),
        ),
    ];
    for text in &playbooks {
        assert!(text.contains(&quoted));
        let path = bench.write("literal.yaml", text);
        for format in ["text", "json"] {
            let ran = bench.run(&["-vvv", "plan", "literal.yaml", "--format", format]).await.code(3);
            needles.absent_in(&ran);
            assert!(ran.err.contains("literal.yaml"), "{}", ran.err);
        }
        let error = Playbook::load(&path).unwrap_err();
        needles.absent("the error of a playbook", format!("{error:?} {error} {error:#?}").as_bytes());
    }
    let csv = std::fs::read_to_string(bench.workspace().join("inventory.csv")).unwrap();
    let cell = format!("\"{}\"", ADMIN.replace('"', "\"\""));
    let yaml = serde_json::to_string(ADMIN).unwrap();
    let address = bench.copier().info().address;
    for (name, text) in [
        ("literal.csv", csv.replace("file:secrets/lab-admin.txt", &cell)),
        (
            "literal2.csv",
            csv.replace("admin_secret", "password").replace("file:secrets/lab-admin.txt", &cell),
        ),
        (
            "literal.yaml",
            format!("devices:\n  - {{ name: copier, address: \"{address}\", admin_secret: {yaml} }}\n"),
        ),
        ("literal2.yaml", format!("defaults: {{ admin_secret: {yaml} }}\ndevices:\n  - \"{address}\"\n")),
        ("literal3.yaml", format!("devices:\n  - {{ address: \"{address}\", admin_password: {yaml} }}\n")),
    ] {
        let path = bench.write(name, &text);
        for args in [&["inventory"][..], &["inventory", "--format", "json"], &["-vvv", "probe"]] {
            let mut line = vec!["--inventory", name];
            line.extend(args);
            let ran = bench.run(&line).await;
            needles.absent_in(&ran);
            assert_eq!(ran.code, Some(3), "{name}: {} {}", ran.out, ran.err);
        }
        let error = Inventory::load(&path).unwrap_err();
        needles.absent("the error of an inventory", format!("{error:?} {error} {error:#?}").as_bytes());
    }
    assert_eq!(support::requests(&bench.copier(), "total"), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_can_be_printed_holds_a_password() {
    let needles = Needles::of(&[ADMIN, MAIL]);
    let bench = planted("mp-c3003").await;
    let secrets = secrets();
    secrets.set(SCAN, &Secret::new(MAIL.into())).unwrap();
    let engine = bench.engine_with(secrets.clone(), |_| {});
    let device = bench.inventory().devices[0].clone();
    let mut task = task(&engine, device, wish()).await;
    task.expected = Some(Expected::default());
    let credentials = Credentials {
        user: Some("admin".into()),
        password: Secret::new(ADMIN.into()),
        history: LoginHistory::AcceptedBefore,
    };
    let change = Change::Smtp(Box::new(SmtpChange {
        from: SmtpSettings::default(),
        to: SmtpWanted { password: PasswordWanted::Set(Secret::new(MAIL.into())), ..SmtpWanted::default() },
    }));
    let outcome = engine.run(vec![task.clone()], Mode::Plan).await.remove(0);
    let run = support::engine::start(&engine, scanfleet::journal::RunKind::Apply, None);
    let printed = format!(
        "{task:#?} {credentials:#?} {change:#?} {outcome:#?} {secrets:#?} {:#?} {:#?} {:#?} {:#?} {run:#?}",
        engine.journal,
        wish(),
        Desired::default(),
        bench.lab,
    );
    needles.absent("what Debug prints", printed.as_bytes());
    // A panic message shows what was formatted into it, and nothing else of the values at hand.
    let panicked = std::panic::catch_unwind(|| panic!("{task:?}"));
    let message = panicked.unwrap_err();
    let message = message.downcast_ref::<String>().unwrap();
    assert!(message.contains("Secret(…)"), "{message}");
    needles.absent("a panic message", message.as_bytes());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn secrets_from_the_environment_and_from_stdin_stay_there() {
    let needles = Needles::of(&[ADMIN, MAIL]);
    let bench = planted("mp-c3003").await;
    bench.edit_inventory(|text| text.replace("file:secrets/lab-admin.txt", "env:LAB_ADMIN"));
    bench.write("env.yaml", &support::PLAYBOOK.replace("file:secrets/m365-scan.txt", "env:LAB_MAIL"));
    let args = ["-vvv", "apply", "env.yaml", "--yes"];
    let child = bench.command(&args).env("LAB_ADMIN", ADMIN).env("LAB_MAIL", MAIL).spawn().unwrap();
    needles.absent_in(&support::child::finish(&args, child).await.code(0));
    assert_eq!(smtp_password(&bench.copier()), Some(sha256(MAIL)));
    // There is no keyring here: the secret is refused, and not repeated.
    let args = ["-vvv", "secret", "set", "m365/scan", "--format", "json"];
    let mut child = bench.command(&args).stdin(std::process::Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut stdin, format!("{MAIL}\n").as_bytes()).await.unwrap();
    drop(stdin);
    needles.absent_in(&support::child::finish(&args, child).await.code(8));
    needles.absent_in_files(&bench.path("home"));
    needles.absent_in_files(&bench.state_dir());
}
