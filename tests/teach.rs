//! Teaching a model that no family names, using what was learned, and proving that it can be written.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use scanfleet::family::learn::{Capture, Guess, How, lesson, propose};
use scanfleet::family::{find, load};
use scanfleet::files::SecretRef;
use scanfleet::inventory::{Device, Place};
use scanfleet::journal::{Journal, NewRun, RunId, RunKind};
use scanfleet::run::{Engine, ResultKind, Settings, Silent, VerifyChange, View, makers, makers_with};
use scanfleet::secrets::{Backend, Secrets, SecretsConfig};
use scanfleet_mocks::{DeviceSpec, Fault, FaultKind, Item, Lab, LabSpec, Profile, Row};
use scanfleet_sdk::survey::Reach;
use scanfleet_sdk::transport::{Endpoint, TlsProfile};
use scanfleet_sdk::{Category, Secret, Section};

const NAME: &str = "ward-7";

/// Another generation: other paths, field names and labels than any family knows.
fn profile() -> Profile {
    let mut profile = Profile::named("mp-c3003").with_panel_language("en");
    profile.email.page = "websys/owner/postOutGet.cgi".into();
    profile.email.save = "websys/owner/postOutWrite.cgi".into();
    let other = [
        (Item::AdminAddress, "ownerAddr"),
        (Item::SmtpServer, "relayHost"),
        (Item::SmtpPort, "relayPort"),
        (Item::SmtpSsl, "relayCrypt"),
        (Item::SmtpAuth, "relayLogin"),
        (Item::SmtpUser, "relayAccount"),
        (Item::SmtpAuthAddress, "relayAccountAddr"),
    ];
    for row in &mut profile.email.rows {
        if let Row::Field(item, name) = row
            && let Some((_, new)) = other.iter().find(|(known, _)| known == item)
        {
            (*new).clone_into(name);
        }
    }
    profile
}

fn labels() -> Vec<Fault> {
    [
        (Item::AdminAddress, "Owner's E-mail Address"),
        (Item::SmtpServer, "Mail Relay Host"),
        (Item::SmtpPort, "Relay Port"),
        (Item::SmtpSsl, "Encrypted Connection"),
        (Item::SmtpAuth, "Relay Requires Authentication"),
        (Item::SmtpUser, "Mail Account Name"),
        (Item::SmtpAuthAddress, "Account E-mail Address"),
    ]
    .map(|(item, label)| Fault::new(FaultKind::OtherLabel { item, label: label.into() }))
    .into()
}

struct Bench {
    lab: Lab,
    engine: Engine,
    device: Device,
    directory: tempfile::TempDir,
}

async fn bench() -> Bench {
    let mut spec = DeviceSpec::new(NAME, profile());
    spec.host_name = "RNP0026731A2B3C".into();
    spec.location = "Ward Seven Corridor".into();
    for (item, value) in [
        (Item::SmtpServer, "mail.clinic.example"),
        (Item::AdminAddress, "scans.ward7@clinic.example"),
        (Item::SmtpUser, "svc-Scanner"),
        (Item::Signature, "Kind regards, Nurse Ratched"),
    ] {
        spec.settings.set(item, value);
    }
    let mut lab = LabSpec::of(0);
    lab.devices = vec![spec];
    let lab = Lab::start(lab).await.unwrap();
    lab.device(NAME).faults(labels());
    let info = lab.device(NAME).info();
    let directory = tempfile::tempdir().unwrap();
    let journal = Journal::open(&directory.path().join(".scanfleet")).unwrap();
    let secrets = Secrets::open(SecretsConfig { index_dir: None, backend: Backend::Memory }).unwrap();
    secrets.set("lab/admin", &Secret::new(info.admin_password_in_inventory.clone())).unwrap();
    let device = Device {
        name: info.name.clone(),
        address: info.address.clone(),
        endpoint: Endpoint::parse(&info.address).unwrap(),
        vendor: Some(info.vendor.clone()),
        admin_user: Some(info.admin_user.clone()),
        admin_secret: Some(SecretRef::Keyring("lab/admin".into())),
        site: Some("Northshore".into()),
        location: Some(info.location.clone()),
        model: Some(info.model.clone()),
        serial: Some(info.serial.clone()),
        subnet: info.subnet.clone(),
        tls: TlsProfile::Modern,
        tags: BTreeMap::new(),
        place: Place::default(),
    };
    let engine = Engine::new(journal, secrets, Settings::default(), Arc::new(Silent));
    Bench { lab, engine, device, directory }
}

impl Bench {
    async fn admin(&self) -> Option<scanfleet::run::KnownSecret> {
        Some(self.engine.secret(self.device.admin_secret.as_ref().unwrap(), None).await.unwrap())
    }

    /// Learns the model and gives an engine that knows it.
    async fn taught(&self) -> Engine {
        let admin = self.admin().await;
        let visit = self.engine.visit(&self.device, admin.as_ref(), Reach::default()).await.unwrap();
        let lesson = lesson(&visit, &propose(&visit)).unwrap();
        let vendors = self.directory.path().join("vendors");
        fs::create_dir_all(&vendors).unwrap();
        fs::write(vendors.join(format!("{}.yaml", lesson.id)), &lesson.text).unwrap();
        let users =
            load(&find(&vendors).unwrap(), &makers()).unwrap_or_else(|e| panic!("{}", e.render(false, 100)));
        self.engine.clone().with_makers(makers_with(&users).unwrap())
    }

    fn run(&self) -> RunId {
        let new = NewRun {
            kind: RunKind::Verify,
            playbook: None,
            playbook_sha256: None,
            what: serde_json::json!({}),
            host: "test".into(),
            user: "test".into(),
            version: "0".into(),
            of_run: None,
        };
        self.engine.journal.start_run(&new).unwrap()
    }
}

#[tokio::test]
async fn a_model_that_no_family_names_is_learned_and_then_read() {
    let bench = bench().await;
    let admin = bench.admin().await;
    let unknown = bench.engine.view(&bench.device, admin.as_ref(), View::All).await.unwrap_err();
    assert_eq!(unknown.category, Category::PageChanged);

    let visit = bench.engine.visit(&bench.device, admin.as_ref(), Reach::default()).await.unwrap();
    let proposal = propose(&visit);
    let at = proposal.page.expect("the page is found");
    assert!(visit.survey.pages[at].page.url.path().ends_with("postOutGet.cgi"));
    for (field, name) in [
        ("server", "relayHost"),
        ("port", "relayPort"),
        ("ssl", "relayCrypt"),
        ("auth", "relayLogin"),
        ("user", "relayAccount"),
        ("auth_sender", "relayAccountAddr"),
        ("sender", "ownerAddr"),
    ] {
        match &proposal.fields[field] {
            Guess::Found { control, how: How::Likeness, .. } if control == name => {}
            other => panic!("{field}: {other:?}"),
        }
    }

    // Nothing but reads left, and the session was closed.
    let handle = bench.lab.device(NAME);
    let state = handle.state();
    assert_eq!((state.writes, state.sessions), (0, 0));
    for request in handle.requests() {
        let login = request.path.ends_with("/login.cgi");
        assert!(request.method == "GET" || login, "{} {}", request.method, request.path);
    }

    let engine = bench.taught().await;
    let view = engine.view(&bench.device, admin.as_ref(), View::All).await.unwrap();
    assert_eq!(view.family, "ricoh-mp-c3003");
    let smtp = view.smtp.unwrap();
    assert_eq!((smtp.server.as_str(), smtp.port), ("mail.clinic.example", Some(25)));
    assert_eq!(smtp.sender.as_deref(), Some("scans.ward7@clinic.example"));
    assert_eq!(smtp.auth.user.as_deref(), Some("svc-Scanner"));
    bench.lab.shutdown().await;
}

#[tokio::test]
async fn what_is_missing_or_doubled_is_said_and_not_guessed_at() {
    let bench = bench().await;
    let handle = bench.lab.device(NAME);
    handle.fault(FaultKind::FieldMissing { item: Item::SmtpPort });
    handle.fault(FaultKind::OtherLabel { item: Item::Signature, label: "Mail Relay Host".into() });
    let admin = bench.admin().await;
    let visit = bench.engine.visit(&bench.device, admin.as_ref(), Reach::default()).await.unwrap();
    let proposal = propose(&visit);
    assert_eq!(proposal.fields["port"], Guess::Missing { optional: false });
    match &proposal.fields["server"] {
        Guess::Doubled { controls } => assert_eq!(controls.len(), 2, "{controls:?}"),
        // What stands in a field speaks as well, and a signature is no host.
        Guess::Found { control, .. } => assert_eq!(control, "relayHost"),
        other => panic!("{other:?}"),
    }
    let text = lesson(&visit, &proposal).unwrap().text;
    assert!(text.contains("# `port` was not found"), "{text}");
    // What the nearest family finds anyway stays with it.
    assert!(text.contains("# `pop` is known to `ricoh-wim-older`"), "{text}");
    bench.lab.shutdown().await;
}

#[tokio::test]
async fn a_capture_does_not_tell_whose_device_it_was() {
    let bench = bench().await;
    let admin = bench.admin().await;
    let visit = bench.engine.visit(&bench.device, admin.as_ref(), Reach::default()).await.unwrap();
    let proposal = propose(&visit);
    let capture = Capture::of(&visit, &proposal, &bench.device);
    let mut all = serde_json::to_string(&capture).unwrap();
    for page in &capture.pages {
        all.push_str(&page.text);
    }
    let small = all.to_lowercase();
    let serial = bench.device.serial.clone().unwrap();
    for gone in [
        NAME,
        "clinic",
        "scans.ward7",
        "svc-scanner",
        "ratched",
        "RNP0026731A2B3C",
        "Ward Seven",
        "Northshore",
        "lab-admin-not-a-secret",
        "127.0.0.1",
        &serial,
    ] {
        let gone = gone.to_lowercase();
        let at = small.find(&gone);
        assert!(
            at.is_none(),
            "{gone}: …{}…",
            &small[at.unwrap().saturating_sub(80)..(at.unwrap() + 40).min(small.len())]
        );
    }
    // The tokens of the session are gone as well, and what a driver needs is still there.
    assert!(!visit.survey.pages.iter().any(|page| page.forms.iter().flat_map(|form| &form.controls).any(
        |control| control.name == "wimToken" && control.value.len() > 3 && all.contains(&control.value)
    )));
    for there in ["relayHost", "Mail Relay Host", "postOutWrite.cgi", &visit.identity.model] {
        assert!(all.contains(there), "{there}");
    }
    bench.lab.shutdown().await;
}

#[tokio::test]
async fn a_verified_family_is_proven_and_the_device_is_as_before() {
    let bench = bench().await;
    let engine = bench.taught().await;
    let before = bench.lab.device(NAME).state();
    let run = bench.run();
    let outcome = engine.verify(&bench.device, bench.admin().await, run, VerifyChange::Auto).await;
    assert_eq!(outcome.result, ResultKind::RolledBack, "{}", outcome.message);
    let after = bench.lab.device(NAME).state();
    assert_eq!(after.settings, before.settings);
    assert_eq!((after.writes, after.sessions), (before.writes + 2, 0));
    let results = engine.journal.results(&run).unwrap();
    let family = results[0].family.clone().unwrap();
    assert_eq!(family.id, "ricoh-mp-c3003");
    assert!(Path::new(&family.origin).is_file() && family.sha256.len() == 64, "{family:?}");
    let identity = engine.view(&bench.device, None, View::Identity).await.unwrap().identity;
    assert!(engine.journal.is_proven(&identity, Section::Smtp, &family).unwrap());
    assert_eq!(engine.journal.families_used().unwrap(), [family]);
    bench.lab.shutdown().await;
}

#[tokio::test]
async fn a_write_that_is_dropped_or_not_put_back_proves_nothing() {
    for (fault, untouched) in [
        (Fault::new(FaultKind::DroppedWrite), true),
        // Takes the first write and drops the second, which was to put it back.
        (Fault { after: 1, ..Fault::new(FaultKind::DroppedWrite) }, false),
    ] {
        let bench = bench().await;
        let engine = bench.taught().await;
        let before = bench.lab.device(NAME).state();
        bench.lab.device(NAME).fault(fault);
        let run = bench.run();
        let outcome = engine.verify(&bench.device, bench.admin().await, run, VerifyChange::Auto).await;
        assert_eq!((outcome.result, outcome.category), (ResultKind::Failed, Some(Category::NotApplied)));
        assert!(outcome.message.contains("s1"), "{}", outcome.message);
        let after = bench.lab.device(NAME).state();
        assert_eq!((after.settings == before.settings, after.sessions), (untouched, 0));
        if !untouched {
            assert!(outcome.message.contains("scanfleet restore s1"), "{}", outcome.message);
        }
        let family = engine.journal.results(&run).unwrap()[0].family.clone().unwrap();
        let identity = engine.view(&bench.device, None, View::Identity).await.unwrap().identity;
        assert!(!engine.journal.is_proven(&identity, Section::Smtp, &family).unwrap());
        bench.lab.shutdown().await;
    }
}

#[tokio::test]
async fn a_lost_reply_is_settled_by_reading_back() {
    let bench = bench().await;
    let engine = bench.taught().await;
    let before = bench.lab.device(NAME).state();
    bench.lab.device(NAME).fault(Fault {
        path: Some("@save".into()),
        times: Some(1),
        ..Fault::new(FaultKind::LostReply)
    });
    let outcome = engine.verify(&bench.device, bench.admin().await, bench.run(), VerifyChange::Port).await;
    assert_eq!(outcome.result, ResultKind::RolledBack, "{}", outcome.message);
    assert_eq!(bench.lab.device(NAME).state().settings, before.settings);
    bench.lab.shutdown().await;
}
