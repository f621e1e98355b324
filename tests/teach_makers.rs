//! Teaching Xerox and Brother models that no family names, through the program: what is proposed, what is kept of the
//! device, planning and writing by what was learned, and proving it.

mod support;

use std::fs;
use std::path::Path;

use scanfleet_mocks::{
    BrotherProfile, BrotherRow, DeviceSpec, FaultKind, FieldValues, Item, LabSpec, MakerProfile,
    PasswordKind, SmtpField, XeroxProfile,
};
use serde_json::Value;
use support::{Bench, files};

const RELAY: &str = "mail.clinic.example";
const SENDER: &str = "scans.ward7@clinic.example";
const USER: &str = "svc-scanner";

/// A Xerox of another wording: other page, other link, other attributes, other labels.
fn xerox() -> DeviceSpec {
    let mut profile = XeroxProfile::find("workcentre-7835").unwrap();
    profile.model = "Xerox WorkCentre 7999X".into();
    profile.firmware = "099.001.001.00001".into();
    profile.smtp.page = "/outbound/gateway.php?view=all".into();
    profile.smtp.link = "Outgoing Mail Gateway".into();
    profile.smtp.values = FieldValues::Inputs;
    for field in &mut profile.smtp.fields {
        match field {
            SmtpField::Server(attribute) => "outbound.relay.target".clone_into(attribute),
            SmtpField::Setting(item, attribute) => {
                let other = match item {
                    Item::DeviceAddress => "outbound.relay.from",
                    Item::SmtpSecurity => "outbound.relay.crypto",
                    Item::UserJobsLogin => "outbound.relay.loginUserJobs",
                    Item::SystemJobsLogin => "outbound.relay.loginSystemJobs",
                    Item::SmtpUser => "outbound.relay.account",
                    _ => continue,
                };
                other.clone_into(attribute);
            }
            _ => {}
        }
    }
    DeviceSpec::new("ward-7", MakerProfile::from(profile))
}

fn xerox_labels() -> Vec<(Item, &'static str)> {
    vec![
        (Item::SmtpServer, "Mail Relay Host Name or Address"),
        (Item::SmtpPort, "Relay Port"),
        (Item::DeviceAddress, "Sender Address of this Device"),
        (Item::SmtpSecurity, "Encrypted Connection to Relay"),
        (Item::UserJobsLogin, "Credentials for Scanned Mail"),
        (Item::SystemJobsLogin, "Credentials for Automatic Mail"),
        (Item::SmtpUser, "Mail Account"),
    ]
}

/// A Brother of another wording and other numbers: other page, other row, other ids, other labels.
fn brother() -> DeviceSpec {
    let mut profile = BrotherProfile::named("mfc-l8900cdw");
    profile.model = "MFC-L9999XYZ".into();
    profile.firmware = "ZZ".into();
    profile.paths.smtp = "/net/net/outbound.html".into();
    profile.smtp_row = "Outgoing Mail".into();
    for row in &mut profile.rows {
        match row {
            BrotherRow::Text { id, .. } | BrotherRow::Choice { id, .. } | BrotherRow::Switch { id, .. } => {
                *id += 0x700
            }
            BrotherRow::Password { id, again, label, kind, .. } => {
                *id += 0x700;
                if *kind == PasswordKind::Smtp {
                    "Mail Account Password".clone_into(label);
                }
                if let Some((id, _)) = again {
                    *id += 0x700;
                }
            }
            BrotherRow::Heading(_) => {}
        }
    }
    DeviceSpec::new("ward-7", MakerProfile::from(profile))
}

fn brother_labels() -> Vec<(Item, &'static str)> {
    vec![
        (Item::SmtpServer, "Mail Relay Host"),
        (Item::SmtpPort, "Relay Port"),
        (Item::DeviceAddress, "Sender Address of this Machine"),
        (Item::SmtpSecurity, "Encrypted Connection"),
        (Item::SmtpAuth, "Relay Authentication"),
        (Item::SmtpUser, "Mail Account"),
    ]
}

async fn bench(mut device: DeviceSpec, labels: Vec<(Item, &'static str)>) -> Bench {
    device.host_name = "CLINICMFP0026731A".into();
    device.location = "Ward Seven Corridor".into();
    device.smtp_password = Some("former-not-a-secret".into());
    for (item, value) in [(Item::SmtpServer, RELAY), (Item::DeviceAddress, SENDER), (Item::SmtpUser, USER)] {
        device.settings.set(item, value);
    }
    let mut spec = LabSpec::single("im-c4500");
    spec.devices = vec![device];
    let bench = Bench::of(spec).await;
    for (item, label) in labels {
        bench.lab.device("ward-7").fault(FaultKind::OtherLabel { item, label: label.into() });
    }
    bench.write("m365.yaml", &support::PLAYBOOK.replace("    target: vendor=ricoh\n", ""));
    bench
}

/// Everything that was written of the device, as one text.
fn kept(directory: &Path) -> String {
    let texts = files(directory).into_iter().map(|file| fs::read_to_string(file).unwrap());
    texts.collect::<Vec<_>>().join("\n")
}

async fn taught(spec: DeviceSpec, labels: Vec<(Item, &'static str)>, page: &str, fields: &[&str]) {
    let maker = spec.profile.vendor();
    let bench = bench(spec, labels).await;
    let device = bench.lab.device("ward-7");
    let before = device.state();

    // No family knows it: it is recognised, and its page is told as changed.
    let unknown = bench.json(&["plan", "m365.yaml"], 6).await;
    assert_eq!(unknown["devices"][0]["category"], "page-changed", "{unknown:#}");

    let learned = bench.json(&["vendor", "learn", "ward-7"], 0).await;
    assert_eq!(learned["page"], page, "{learned:#}");
    for field in fields {
        let guess = &learned["fields"][field];
        assert_eq!(guess["state"], "found", "{field}: {learned:#}");
        assert!(guess["label"].as_str().is_some_and(|label| !label.is_empty()), "{field}: {guess}");
    }
    assert_eq!((device.state().writes, device.state().sessions), (0, 0), "learning wrote or stayed");
    let family = learned["family"].as_str().unwrap().to_owned();
    assert!(family.starts_with(maker) && learned["extends"].as_str().unwrap().starts_with(maker));

    // What is kept tells the page and not whose device it was.
    let text = kept(&bench.workspace().join("learned"));
    let small = text.to_lowercase();
    let info = device.info();
    for gone in [
        "ward-7",
        "clinic",
        "scans.ward7",
        USER,
        "CLINICMFP",
        "Ward Seven",
        "not-a-secret",
        "127.0.0.1",
        &info.serial,
    ] {
        let at = small.find(&gone.to_lowercase());
        assert!(at.is_none(), "{gone}: …{}…", {
            let at = at.unwrap();
            small.chars().skip(at.saturating_sub(80)).take(160).collect::<String>()
        });
    }
    for there in [page, "Relay Port", "Mail Account"] {
        assert!(text.contains(there), "{there} is not in what was kept");
    }

    // The file is taken where users' files are.
    let vendors = bench.workspace().join("vendors");
    fs::create_dir(&vendors).unwrap();
    let file = format!("{family}.yaml");
    fs::rename(bench.workspace().join("learned").join(&file), vendors.join(&file)).unwrap();
    bench.run(&["vendor", "lint", &format!("vendors/{file}")]).await.code(0);
    let view = bench.json(&["show", "ward-7"], 0).await;
    assert_eq!(view["family"], family.as_str());
    assert_eq!(
        (&view["smtp"]["server"], &view["smtp"]["sender"]),
        (&RELAY.into(), &SENDER.into()),
        "{view:#}"
    );
    assert_eq!(view["smtp"]["auth"]["user"], USER);

    // Proven on purpose: one harmless change there and back.
    assert_eq!(proven(&bench, &family).await, Value::Array(Vec::new()));
    let verified = bench.json(&["vendor", "verify", "ward-7", "--yes"], 0).await;
    assert_eq!(device.state().settings, before.settings, "{verified:#}");
    assert_eq!(device.state().writes, before.writes + 2);
    let proof = proven(&bench, &family).await;
    assert_eq!((&proof[0]["model"], &proof[0]["section"]), (&view["identity"]["model"], &"smtp".into()));

    // And written by the playbook, read back, and taken back.
    let applied = bench.json(&["apply", "m365.yaml", "--yes"], 0).await;
    assert_eq!(applied["devices"][0]["grade"], "verified", "{applied:#}");
    assert_eq!(device.state().settings.get(Item::SmtpServer), "smtp.office365.com");
    bench.json(&["plan", "m365.yaml", "--detailed-exitcode"], 0).await;
    let back = bench.json(&["rollback", "last", "--yes"], 0).await;
    let mut then = before.settings.clone();
    if back["devices"][0]["unrestorable"].as_array().unwrap().contains(&"smtp.auth.user".into()) {
        // A Brother's page locks the account while nobody signs in, so its name stays, as the result says.
        assert_eq!(maker, "brother");
        then.set(Item::SmtpUser, device.state().settings.get(Item::SmtpUser));
    }
    assert_eq!(device.state().settings, then);

    // A file that has changed since is unproven again.
    let path = vendors.join(&file);
    fs::write(&path, format!("{}# read by a person\n", fs::read_to_string(&path).unwrap())).unwrap();
    assert_eq!(proven(&bench, &family).await, Value::Array(Vec::new()));
    bench.assert_nobody_logged_in();
    bench.lab.shutdown().await;
}

/// What `vendor list` tells of the models that a family is proven for.
async fn proven(bench: &Bench, family: &str) -> Value {
    let list = bench.json(&["vendor", "list"], 0).await;
    let row = list["families"].as_array().unwrap().iter().find(|row| row["family"] == family).cloned();
    row.unwrap_or_else(|| panic!("`vendor list` does not know {family}"))["proven"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_xerox_that_no_family_names() {
    let fields = ["host", "port", "sender", "encryption", "user_jobs", "system_jobs", "user"];
    taught(xerox(), xerox_labels(), "/outbound/gateway.php", &fields).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_brother_that_no_family_names() {
    let fields = ["server", "port", "sender", "security", "method", "user", "password"];
    taught(brother(), brother_labels(), "/net/net/outbound.html", &fields).await;
}
