//! The Brother driver's address book against every Brother of the lab: what it costs, and what must stay.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use async_trait::async_trait;
use scanfleet_brother::Brother;
use scanfleet_mocks::{BookEntry as Held, BookFolder, DeviceHandle, DeviceSpec, Lab, LabSpec, MakerProfile};
use scanfleet_sdk::transport::{
    Access, CertificateFacts, Endpoint, Intent, Limits, Session, SessionOptions, TlsProfile, Trust,
    TrustRefusal, Witness, WitnessError,
};
use scanfleet_sdk::{
    Book, BookEntry, Category, Credentials, Driver, EntryChange, EntryReceipt, EntryWanted, LoginHistory,
    Secret, Vendor,
};

const NAME: &str = "copier";

struct Anyone;

#[async_trait]
impl Trust for Anyone {
    async fn check(&self, _facts: &CertificateFacts) -> Result<(), TrustRefusal> {
        Ok(())
    }
    async fn pinned(&self) -> Result<bool, TrustRefusal> {
        Ok(false)
    }
}

struct Paper;

#[async_trait]
impl Witness for Paper {
    async fn intend(&self, _intent: &Intent) -> Result<i64, WitnessError> {
        Ok(1)
    }
    async fn receive(&self, _intent: i64, _status: Option<u16>) -> Result<(), WitnessError> {
        Ok(())
    }
}

async fn bench(profile: &str, entries: usize) -> (Lab, DeviceHandle, Box<dyn Driver>) {
    let mut spec = LabSpec::single(profile);
    let device = DeviceSpec::new(NAME, MakerProfile::named(profile)).with_book(entries);
    let password = device.admin_password.clone();
    spec.devices = vec![DeviceSpec { subnet: spec.devices[0].subnet.clone(), ..device }];
    spec.delay = std::time::Duration::ZERO;
    let lab = Lab::start(spec).await.unwrap();
    let device = lab.device(NAME);
    let mut session = Session::connect(SessionOptions {
        device: NAME.into(),
        endpoint: Endpoint::parse(&device.info().address).unwrap(),
        tls: TlsProfile::Modern,
        extra_ca: None,
        access: Access::ReadWrite(Arc::new(Paper)),
        trust: Arc::new(Anyone),
        transcript: None,
        limits: Limits::default(),
        deadline: None,
        cancel: Default::default(),
    })
    .await
    .unwrap();
    let seen = Brother::default().recognise(&mut session).await.unwrap().unwrap();
    let credentials =
        Credentials { user: None, password: Secret::new(password), history: LoginHistory::Unknown };
    let mut driver = Brother::default().driver(session, seen, Some(credentials));
    driver.login().await.unwrap();
    (lab, device, driver)
}

fn named<'a>(book: &'a Book, name: &str) -> &'a BookEntry {
    book.entries.iter().find(|e| e.name == name).unwrap_or_else(|| panic!("{name} is not in the book"))
}

fn person(name: &str) -> EntryChange {
    let email = Some(format!("{name}@example.test"));
    EntryChange::Add(EntryWanted { name: Some(name.into()), email, ..EntryWanted::default() })
}

#[tokio::test]
async fn what_a_full_book_and_one_addition_cost() {
    // The pages of the list, the groups where there are any, one entry's page; then the list's own way for a new entry.
    for (profile, entries, reading, adding) in [
        ("mfc-l8900cdw", 300, 8, 2),
        ("mfc-l2740dw", 200, 11, 2),
        ("mfc-l2750dw", 200, 10, 2),
        ("mfc-l8390cdw", 300, 5, 2),
    ] {
        let (lab, device, mut driver) = bench(profile, entries - 1).await;
        let before = device.requests().len();
        let book = driver.read_book().await.unwrap();
        let kept = device.book().entries().len();
        assert_eq!(book.entries.len(), kept, "{profile}");
        assert_eq!(device.requests().len() - before, reading, "{profile}: {:?}", device.requests());
        let before = device.requests().len();
        let receipt = driver.change_book(&book, &[person("zz")], &|_| {}).await;
        assert!(matches!(receipt.entries[0], EntryReceipt::Answered), "{profile}: {receipt:?}");
        assert_eq!(device.requests().len() - before, adding, "{profile}");
        assert_eq!(device.book().entries().len(), kept + 1, "{profile}");
        driver.close().await.unwrap();
        lab.shutdown().await;
    }
}

/// Where the link for a new entry changes with each, that is learnt once.
#[tokio::test]
async fn several_additions_cost_little_more() {
    for (profile, adding) in
        [("mfc-l8900cdw", 8), ("mfc-l2740dw", 8), ("mfc-l2750dw", 12), ("mfc-l8390cdw", 12)]
    {
        let (lab, device, mut driver) = bench(profile, 5).await;
        let book = driver.read_book().await.unwrap();
        let before = device.requests().len();
        let new = ["za", "zb", "zc", "zd"].map(person);
        let receipt = driver.change_book(&book, &new, &|_| {}).await;
        assert!(
            receipt.entries.iter().all(|e| matches!(e, EntryReceipt::Answered)),
            "{profile}: {receipt:?}"
        );
        let cost = device.requests().len() - before;
        assert!(cost <= adding, "{profile}: {cost}");
        assert!(["za", "zb", "zc", "zd"].iter().all(|name| device.book().named(name).is_some()), "{profile}");
        driver.close().await.unwrap();
        lab.shutdown().await;
    }
}

#[tokio::test]
async fn fax_numbers_and_folders_stay() {
    for profile in ["mfc-l8900cdw", "mfc-l2740dw", "mfc-l2750dw", "mfc-l8390cdw"] {
        let (lab, device, mut driver) = bench(profile, 0).await;
        device.panel_book(|book| {
            let fax = Held { fax: "0123 456".into(), ..Held::person("Fax One", "") };
            book.add(fax).unwrap();
            book.add(Held { fax: "555".into(), ..Held::person("Both", "both@example.test") }).unwrap();
            let folder =
                BookFolder { protocol: "smb".into(), path: r"\\files\x".into(), ..BookFolder::default() };
            book.add(Held { folder: Some(folder), ..Held::person("Folder", "") }).unwrap();
        });
        let book = driver.read_book().await.unwrap();
        assert_eq!(named(&book, "Fax One").fax.as_deref(), Some("0123 456"), "{profile}");
        assert!(
            named(&book, "Fax One").has_other_destination() && named(&book, "Folder").has_other_destination()
        );
        let rename = |name: &str, to: &str| EntryChange::Change {
            entry: named(&book, name).clone(),
            to: EntryWanted { name: Some(to.into()), ..EntryWanted::default() },
        };
        let mail = EntryChange::Change {
            entry: named(&book, "Folder").clone(),
            to: EntryWanted { email: Some("f@example.test".into()), ..EntryWanted::default() },
        };
        let changes =
            [mail, rename("Fax One", "Fax Two"), rename("Both", "Both Two"), rename("Folder", "Folder Two")];
        let receipt = driver.change_book(&book, &changes, &|_| {}).await;
        let EntryReceipt::Refused(error) = &receipt.entries[0] else { panic!("{profile}: {receipt:?}") };
        assert_eq!(error.category, Category::Unsupported, "{profile}: {error}");
        assert!(
            receipt.entries[1..].iter().all(|e| matches!(e, EntryReceipt::Answered)),
            "{profile}: {receipt:?}"
        );
        let held = device.book();
        let of = |name: &str| held.named(name).unwrap_or_else(|| panic!("{profile}: {name}")).clone();
        assert_eq!(of("Fax Two").fax, "0123 456", "{profile}");
        assert_eq!(
            (of("Both Two").fax, of("Both Two").email),
            ("555".into(), "both@example.test".into()),
            "{profile}"
        );
        assert_eq!(of("Folder Two").folder.unwrap().path, r"\\files\x", "{profile}");
        driver.close().await.unwrap();
        lab.shutdown().await;
    }
}
