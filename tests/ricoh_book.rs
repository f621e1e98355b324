//! The Ricoh driver's address book against every Ricoh of the lab.
#![allow(clippy::unwrap_used)]

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use scanfleet_mocks::{
    BookEntry as Held, DeviceHandle, DeviceSpec, Fault, FaultKind, Lab, LabSpec, MakerProfile, Profile,
};
use scanfleet_ricoh::Ricoh;
use scanfleet_sdk::transport::{
    Access, CertificateFacts, Endpoint, Intent, Limits, Session, SessionOptions, TlsProfile, Trust,
    TrustRefusal, Witness, WitnessError,
};
use scanfleet_sdk::{
    Book, BookEntry, BookReceipt, Category, Credentials, Driver, EntryChange, EntryKind, EntryReceipt,
    EntryWanted, FolderDestination, LoginHistory, Secret, Support, Vendor,
};

const NAME: &str = "copier";
const FOLDER_PASSWORD: &str = "lab-folder-1-not-a-secret";

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

/// Keeps every intent.
#[derive(Default)]
struct Intents(Mutex<Vec<Intent>>);

#[async_trait]
impl Witness for Intents {
    async fn intend(&self, intent: &Intent) -> Result<i64, WitnessError> {
        let mut all = self.0.lock().unwrap();
        all.push(intent.clone());
        Ok(i64::try_from(all.len()).unwrap())
    }
    async fn receive(&self, _intent: i64, _status: Option<u16>) -> Result<(), WitnessError> {
        Ok(())
    }
}

struct Bench {
    lab: Lab,
    password: String,
    intents: Arc<Intents>,
}

impl Bench {
    async fn start(spec: DeviceSpec) -> Self {
        let password = spec.admin_password.clone();
        let mut lab = LabSpec::single(&spec.profile.name().to_owned());
        lab.devices = vec![DeviceSpec { subnet: lab.devices[0].subnet.clone(), ..spec }];
        lab.delay = std::time::Duration::ZERO;
        Self { lab: Lab::start(lab).await.unwrap(), password, intents: Arc::default() }
    }

    async fn of(profile: &str, entries: usize) -> Self {
        Self::start(DeviceSpec::new(NAME, MakerProfile::named(profile)).with_book(entries)).await
    }

    fn device(&self) -> DeviceHandle {
        self.lab.device(NAME)
    }

    async fn driver_with(&self, access: Access) -> Box<dyn Driver> {
        let mut session = Session::connect(SessionOptions {
            device: NAME.into(),
            endpoint: Endpoint::parse(&self.device().info().address).unwrap(),
            tls: TlsProfile::Legacy,
            extra_ca: None,
            access,
            trust: Arc::new(Anyone),
            transcript: None,
            limits: Limits::default(),
            deadline: None,
            cancel: Default::default(),
        })
        .await
        .unwrap();
        let adapter = Ricoh::default();
        let seen = adapter.recognise(&mut session).await.unwrap().unwrap();
        let credentials = Credentials {
            user: None,
            password: Secret::new(self.password.clone()),
            history: LoginHistory::Unknown,
        };
        adapter.driver(session, seen, Some(credentials))
    }

    /// A driver that may write.
    async fn driver(&self) -> Box<dyn Driver> {
        self.driver_with(Access::ReadWrite(self.intents.clone())).await
    }

    fn requests(&self) -> u64 {
        self.device().state().requests["total"]
    }

    fn held(&self, name: &str) -> Option<Held> {
        self.device().book().named(name).cloned()
    }
}

fn person(name: &str, email: &str) -> EntryWanted {
    EntryWanted { name: Some(name.into()), email: Some(email.into()), ..EntryWanted::default() }
}

fn find<'a>(book: &'a Book, name: &str) -> &'a BookEntry {
    book.entries.iter().find(|e| e.name == name).unwrap_or_else(|| panic!("{name} is not in the book"))
}

async fn change(driver: &mut Box<dyn Driver>, book: &Book, changes: &[EntryChange]) -> BookReceipt {
    let heard = Mutex::new(Vec::new());
    let receipt = driver.change_book(book, changes, &|n| heard.lock().unwrap().push(n)).await;
    assert_eq!(receipt.entries.len(), changes.len());
    assert!(heard.lock().unwrap().windows(2).all(|w| w[0] < w[1]));
    receipt
}

fn all_answered(receipt: &BookReceipt) {
    for (at, entry) in receipt.entries.iter().enumerate() {
        assert!(matches!(entry, EntryReceipt::Answered), "change {at}: {entry:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_thousand_entries_are_read_whole() {
    for profile in Profile::NAMES {
        let bench = Bench::of(profile, 2000).await;
        let mut driver = bench.driver_with(Access::ReadOnly(Ricoh::default().reads())).await;
        driver.login().await.unwrap();
        let before = bench.requests();
        let book = driver.read_book().await.unwrap();
        let requests = bench.requests() - before;
        println!("{profile}: {requests} requests for 2000 entries");
        assert_eq!(book.entries.len(), 2000, "{profile}");
        for (read, held) in book.entries.iter().zip(bench.device().book().entries()) {
            assert_eq!(
                (read.name.as_str(), read.number),
                (held.name.as_str(), Some(held.number)),
                "{profile}"
            );
            assert_eq!(read.email.as_deref().unwrap_or_default(), held.email, "{profile}");
            assert_eq!(read.kind == EntryKind::Group, held.group);
            assert_eq!(read.folder.is_some(), held.folder.is_some(), "{profile}: {}", held.name);
            if book.told.favourite {
                assert_eq!(read.favourite, Some(held.frequent), "{profile}: {}", held.name);
            }
        }
        driver.close().await.unwrap();
        assert_eq!(bench.device().state().sessions, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn users_are_added_changed_and_removed() {
    for profile in Profile::NAMES {
        let bench = Bench::of(profile, 60).await;
        let mut driver = bench.driver().await;
        driver.login().await.unwrap();
        let book = driver.read_book().await.unwrap();
        let before = bench.requests();
        let receipt =
            change(&mut driver, &book, &[EntryChange::Add(person("Ann O'Neil & Söhne", "ann@example.test"))])
                .await;
        all_answered(&receipt);
        println!("{profile}: {} requests for one addition", bench.requests() - before);
        let held = bench.held("Ann O'Neil & Söhne").unwrap();
        assert_eq!(
            (held.email.as_str(), held.key_display.as_str()),
            ("ann@example.test", "Ann O'Neil & Söh")
        );
        assert!(held.frequent, "{profile}");
        let book = driver.read_book().await.unwrap();
        assert_eq!(book.entries.len(), 61);
        let ann = find(&book, "Ann O'Neil & Söhne").clone();
        let to = EntryWanted { email: Some("ann.new@example.test".into()), ..EntryWanted::default() };
        all_answered(&change(&mut driver, &book, &[EntryChange::Change { entry: ann, to }]).await);
        let book = driver.read_book().await.unwrap();
        let ann = find(&book, "Ann O'Neil & Söhne").clone();
        assert_eq!(ann.email.as_deref(), Some("ann.new@example.test"));
        let others: Vec<BookEntry> =
            book.entries.iter().filter(|e| e.kind == EntryKind::User).take(3).cloned().collect();
        let changes: Vec<EntryChange> =
            others.iter().chain([&ann]).map(|entry| EntryChange::Remove { entry: entry.clone() }).collect();
        let receipt = change(&mut driver, &book, &changes).await;
        all_answered(&receipt);
        println!("{profile}: {} posts to remove four", receipt.posts);
        assert_eq!(bench.device().book().entries().len(), 57, "{profile}");
        assert!(bench.held("Ann O'Neil & Söhne").is_none());
        driver.close().await.unwrap();
        assert_eq!(bench.device().state().sessions, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_the_address_touches_nothing_else() {
    for profile in Profile::NAMES {
        let bench = Bench::of(profile, 0).await;
        let id = bench.device().panel_book(|book| {
            let mut entry = Held::folder("Both", r"\\srv\scan", "scanner", FOLDER_PASSWORD);
            entry.email = "both@example.test".into();
            entry.key_display = "B".into();
            entry.frequent = false;
            entry.titles = [3, 2, 1];
            entry.user_code = "7104".into();
            book.add(entry).unwrap()
        });
        let before = bench.device().book().entry(id).unwrap().clone();
        let mut driver = bench.driver().await;
        let book = driver.read_book().await.unwrap();
        let entry = find(&book, "Both").clone();
        let whole = driver.read_entry(&entry).await.unwrap();
        assert_eq!(whole.key.as_deref(), Some("B"), "{profile}");
        assert_eq!(whole.folder.as_ref().map(|f| f.path.as_str()), Some(r"\\srv\scan"));
        assert_eq!(whole.folder.as_ref().map(|f| f.user.as_str()), Some("scanner"));
        assert_eq!(whole.favourite, Some(false), "{profile}");
        println!("{profile}: {:?}", whole.extra);
        for email in ["new@example.test", "newer@example.test"] {
            let book = driver.read_book().await.unwrap();
            let entry = find(&book, "Both").clone();
            let to = EntryWanted { email: Some(email.into()), ..EntryWanted::default() };
            all_answered(&change(&mut driver, &book, &[EntryChange::Change { entry, to }]).await);
            let mut after = bench.device().book().entry(id).unwrap().clone();
            assert_eq!(after.email, email, "{profile}");
            after.email.clone_from(&before.email);
            assert_eq!(after, before, "{profile}");
            assert!(bench.device().folder_password_is(id, FOLDER_PASSWORD).unwrap(), "{profile}");
        }
        driver.close().await.unwrap();
    }
}
