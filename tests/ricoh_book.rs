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
        let mut lab = LabSpec::single(spec.profile.name());
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
        // The menu, the list, one script and forty batches; one profile gives ten rows at a time.
        let few = if profile == "aficio-mp-301" { 205 } else { 45 };
        assert!(requests <= few, "{profile}: {requests} requests");
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
        // Once for each session, a script tells where the wizard is.
        assert!(bench.requests() - before <= 5, "{profile}");
        assert_eq!(receipt.posts, 4, "{profile}");
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
        let older = matches!(profile, "mp-c3003" | "aficio-mp-301");
        assert_eq!(receipt.posts, if older { 8 } else { 1 }, "{profile}");
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

fn strike(kind: FaultKind, path: &str, after: u32) -> Fault {
    Fault { kind, times: Some(1), after, path: Some(path.into()) }
}

/// Names of all entries.
fn names(bench: &Bench) -> Vec<String> {
    bench.device().book().entries().iter().map(|e| e.name.clone()).collect()
}

/// Somebody else can work with the book.
async fn is_free(bench: &Bench) {
    let mut other = bench.driver().await;
    let book = other.read_book().await.unwrap();
    let receipt = change(&mut other, &book, &[EntryChange::Add(person("Other", "other@example.test"))]).await;
    all_answered(&receipt);
    other.close().await.unwrap();
    let id = bench.held("Other").unwrap().id;
    bench.device().panel_book(|book| book.remove(id));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_lost_at_any_step_stops_and_leaves_nothing_locked() {
    for profile in Profile::NAMES {
        for after in 0..4 {
            let bench = Bench::of(profile, 5).await;
            let before = names(&bench);
            let mut driver = bench.driver().await;
            let book = driver.read_book().await.unwrap();
            bench.device().fault(strike(FaultKind::LostReply, "etUserWizard", after));
            let changes = [
                EntryChange::Add(person("Ann", "ann@example.test")),
                EntryChange::Add(person("Bob", "bob@example.test")),
            ];
            let receipt = change(&mut driver, &book, &changes).await;
            assert!(matches!(receipt.entries[0], EntryReceipt::Lost), "{profile} {after}: {receipt:?}");
            assert!(matches!(receipt.entries[1], EntryReceipt::NotTried));
            assert_eq!(receipt.posts, after + 1);
            is_free(&bench).await;
            let book = driver.read_book().await.unwrap();
            // Only the confirmation stores anything.
            assert_eq!(book.entries.len(), before.len() + usize::from(after == 3), "{profile} {after}");
            driver.close().await.unwrap();
            assert_eq!(bench.device().state().sessions, 0);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_context_or_session_is_taken_up_again_once() {
    for profile in ["mp-c3003", "im-c4500"] {
        for kind in [FaultKind::EditLost, FaultKind::ExpireSession] {
            for after in 0..4 {
                let bench = Bench::of(profile, 5).await;
                let before = names(&bench);
                let mut driver = bench.driver().await;
                let book = driver.read_book().await.unwrap();
                bench.device().fault(strike(kind.clone(), "etUserWizard", after));
                let receipt =
                    change(&mut driver, &book, &[EntryChange::Add(person("Ann", "ann@example.test"))]).await;
                all_answered(&receipt);
                assert_eq!(names(&bench).len(), before.len() + 1, "{profile} {kind:?} {after}");
                is_free(&bench).await;
                driver.close().await.unwrap();
                assert_eq!(bench.device().state().sessions, 0);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_removal_is_found_out() {
    for profile in ["mp-c3003", "im-c4500"] {
        for kind in [FaultKind::EditLost, FaultKind::ExpireSession, FaultKind::LostReply] {
            let bench = Bench::of(profile, 5).await;
            let mut driver = bench.driver().await;
            let book = driver.read_book().await.unwrap();
            let entry = book.entries[1].clone();
            bench.device().fault(strike(kind.clone(), "Delete", u32::from(profile == "mp-c3003")));
            let receipt = change(&mut driver, &book, &[EntryChange::Remove { entry: entry.clone() }]).await;
            match kind {
                FaultKind::LostReply => assert!(matches!(receipt.entries[0], EntryReceipt::Lost)),
                _ => all_answered(&receipt),
            }
            assert!(bench.held(&entry.name).is_none(), "{profile} {kind:?}");
            assert_eq!(bench.device().book().entries().len(), 4);
            is_free(&bench).await;
            driver.close().await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_book_locked_at_the_panel_is_busy_and_untouched() {
    for profile in Profile::NAMES {
        let bench = Bench::of(profile, 5).await;
        let mut driver = bench.driver().await;
        let book = driver.read_book().await.unwrap();
        bench.device().panel_book(|book| book.locked_by = Some("panel".into()));
        let before = bench.device().book();
        let changes = [
            EntryChange::Add(person("Ann", "ann@example.test")),
            EntryChange::Remove { entry: book.entries[0].clone() },
        ];
        let receipt = change(&mut driver, &book, &changes).await;
        let EntryReceipt::Refused(error) = &receipt.entries[0] else { panic!("{profile}: {receipt:?}") };
        assert_eq!(error.category, Category::Busy, "{profile}: {error}");
        assert!(matches!(receipt.entries[1], EntryReceipt::NotTried));
        let error = driver.read_entry(&book.entries[0]).await.unwrap_err();
        assert_eq!(error.category, Category::Busy, "{profile}: {error}");
        assert_eq!(bench.device().book(), before);
        bench.device().panel_book(|book| book.locked_by = None);
        let now = driver.read_book().await.unwrap();
        let remove = EntryChange::Remove { entry: now.entries[0].clone() };
        all_answered(&change(&mut driver, &now, &[remove]).await);
        driver.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_that_changed_meanwhile_is_left_alone_and_the_next_goes_on() {
    for profile in Profile::NAMES {
        let bench = Bench::of(profile, 4).await;
        let mut driver = bench.driver().await;
        let book = driver.read_book().await.unwrap();
        let entry = book.entries[1].clone();
        bench.device().panel_book(|book| {
            let mut held = book.named(&entry.name).unwrap().clone();
            held.name = "Somebody Else".into();
            held.email = "else@example.test".into();
            book.change(held).unwrap();
        });
        let to = EntryWanted { email: Some("x@example.test".into()), ..EntryWanted::default() };
        let changes = [
            EntryChange::Change { entry: entry.clone(), to },
            EntryChange::Add(person("Ann", "ann@example.test")),
        ];
        let receipt = change(&mut driver, &book, &changes).await;
        let EntryReceipt::Refused(error) = &receipt.entries[0] else { panic!("{profile}: {receipt:?}") };
        assert_eq!(error.category, Category::Interrupted, "{profile}: {error}");
        assert!(error.got.contains("Somebody Else"), "{error}");
        assert!(matches!(receipt.entries[1], EntryReceipt::Answered), "{profile}: {receipt:?}");
        assert_eq!(bench.held("Somebody Else").unwrap().email, "else@example.test");
        assert_eq!(driver.read_entry(&entry).await.unwrap_err().category, Category::Interrupted);
        is_free(&bench).await;
        driver.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_device_refuses_is_said_in_its_words() {
    for profile in Profile::NAMES {
        let bench = Bench::of(profile, 4).await;
        let mut driver = bench.driver().await;
        let book = driver.read_book().await.unwrap();
        let taken = EntryWanted { number: Some(2), ..person("Ann", "ann@example.test") };
        let long = person("A name that is much too long for it", "long@example.test");
        let titled = EntryWanted { favourite: Some(false), ..person("Nora", "nora@example.test") };
        let numbered =
            EntryWanted { number: Some(77), key: Some("K".into()), ..person("Bob", "b@example.test") };
        let changes = [taken, long, titled, numbered].map(EntryChange::Add);
        let receipt = change(&mut driver, &book, &changes).await;
        let EntryReceipt::Refused(error) = &receipt.entries[0] else { panic!("{profile}: {receipt:?}") };
        assert_eq!(error.category, Category::Rejected, "{profile}: {error}");
        assert!(error.got.contains("INDEX_E"), "{profile}: {error}");
        let EntryReceipt::Refused(error) = &receipt.entries[1] else { panic!("{profile}: {receipt:?}") };
        assert_eq!(error.category, Category::Unsupported, "{profile}: {error}");
        assert!(error.got.contains("20"), "{error}");
        assert!(
            matches!(receipt.entries[2..], [EntryReceipt::Answered, EntryReceipt::Answered]),
            "{receipt:?}"
        );
        let nora = bench.held("Nora").unwrap();
        assert!(!nora.frequent && nora.titles[0] == 7, "{profile}: {nora:?}");
        let bob = bench.held("Bob").unwrap();
        assert_eq!((bob.number, bob.key_display.as_str()), (77, "K"));
        assert!(bench.held("Ann").is_none());
        let Support::Yes(can) = driver.book() else { panic!("{:?}", driver.book()) };
        assert_eq!((can.name_limit, can.key_limit, can.email_limit), (Some(20), Some(16), Some(128)));
        driver.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_book_takes_no_more() {
    for profile in ["mp-c3003", "im-c4500"] {
        let bench = Bench::of(profile, 4).await;
        let users = bench.device().book().users();
        bench.device().panel_book(|book| book.limits.users = users);
        let mut driver = bench.driver().await;
        let book = driver.read_book().await.unwrap();
        let receipt =
            change(&mut driver, &book, &[EntryChange::Add(person("Ann", "ann@example.test"))]).await;
        assert!(matches!(receipt.entries[0], EntryReceipt::Refused(_)), "{profile}: {receipt:?}");
        assert!(bench.held("Ann").is_none());
        driver.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_are_read_added_changed_and_removed() {
    for profile in Profile::NAMES {
        let bench = Bench::of(profile, 50).await;
        let mut driver = bench.driver().await;
        let book = driver.read_book().await.unwrap();
        let held = bench.device().book();
        let ids =
            |names: &[&str]| -> Vec<String> { names.iter().map(|n| find(&book, n).id.clone()).collect() };
        let people: Vec<&str> =
            book.entries.iter().filter(|e| e.kind == EntryKind::User).map(|e| e.name.as_str()).collect();
        for group in book.entries.iter().filter(|e| e.kind == EntryKind::Group) {
            let read = driver.read_entry(group).await.unwrap();
            let want: Vec<String> = held
                .named(&group.name)
                .unwrap()
                .members
                .iter()
                .map(|id| find(&book, &held.entry(*id).unwrap().name).id.clone())
                .collect();
            let mut got = read.members.unwrap_or_else(|| panic!("{profile}: {:?}", driver.book()));
            got.sort();
            let mut want = want;
            want.sort();
            assert_eq!(got, want, "{profile}");
        }
        let wanted = EntryWanted {
            kind: EntryKind::Group,
            name: Some("Reception".into()),
            members: Some(ids(&people[..2])),
            ..EntryWanted::default()
        };
        all_answered(&change(&mut driver, &book, &[EntryChange::Add(wanted)]).await);
        let group = bench.held("Reception").unwrap();
        assert!(group.group && group.members.len() == 2, "{profile}: {group:?}");
        let now = driver.read_book().await.unwrap();
        let entry = find(&now, "Reception").clone();
        let to = EntryWanted {
            kind: EntryKind::Group,
            members: Some(ids(&people[1..4])),
            ..EntryWanted::default()
        };
        all_answered(&change(&mut driver, &now, &[EntryChange::Change { entry, to }]).await);
        let group = bench.held("Reception").unwrap();
        let members: Vec<String> =
            group.members.iter().map(|id| bench.device().book().entry(*id).unwrap().name.clone()).collect();
        assert_eq!(members, people[1..4], "{profile}");
        let now = driver.read_book().await.unwrap();
        let entry = find(&now, "Reception").clone();
        all_answered(&change(&mut driver, &now, &[EntryChange::Remove { entry }]).await);
        assert!(bench.held("Reception").is_none());
        is_free(&bench).await;
        driver.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_is_restored_by_the_full_form() {
    for profile in Profile::NAMES {
        let bench = Bench::of(profile, 0).await;
        bench.device().panel_book(|book| {
            let mut entry = Held::folder("Both", r"\\srv\scan", "scanner", FOLDER_PASSWORD);
            entry.email = "both@example.test".into();
            entry.key_display = "B".into();
            entry.frequent = false;
            entry.titles = [3, 2, 1];
            entry.user_code = "7104".into();
            book.add(entry).unwrap();
            book.add(Held::person("Solo", "solo@example.test")).unwrap();
        });
        let before = bench.held("Both").unwrap();
        let mut driver = bench.driver().await;
        let book = driver.read_book().await.unwrap();
        let whole = driver.read_entry(find(&book, "Both")).await.unwrap();
        all_answered(&change(&mut driver, &book, &[EntryChange::Remove { entry: whole.clone() }]).await);
        let wanted = EntryWanted {
            kind: EntryKind::User,
            name: Some(whole.name.clone()),
            email: whole.email.clone(),
            number: whole.number,
            key: whole.key.clone(),
            favourite: whole.favourite,
            fax: whole.fax.clone(),
            folder: whole.folder.clone(),
            extra: whole.extra.clone(),
            members: None,
        };
        all_answered(&change(&mut driver, &book, &[EntryChange::Add(wanted)]).await);
        let mut after = bench.held("Both").unwrap();
        assert_eq!(after.folder.as_ref().unwrap().password, None);
        (after.id, after.last_used) = (before.id, before.last_used);
        after.folder.as_mut().unwrap().password.clone_from(&before.folder.as_ref().unwrap().password);
        assert_eq!(after, before, "{profile}");
        // An address goes by the full form too; the folder stays.
        let book = driver.read_book().await.unwrap();
        let entry = find(&book, "Both").clone();
        let to = EntryWanted { email: Some(String::new()), ..EntryWanted::default() };
        all_answered(&change(&mut driver, &book, &[EntryChange::Change { entry, to }]).await);
        let after = bench.held("Both").unwrap();
        assert!(after.email.is_empty() && after.folder.is_some(), "{profile}: {after:?}");
        let book = driver.read_book().await.unwrap();
        let shown = find(&book, "Both");
        assert_eq!(
            shown.folder,
            Some(FolderDestination { path: r"\\srv\scan".into(), ..Default::default() })
        );
        driver.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_columns_and_names_are_found_on_the_pages() {
    for profile in Profile::NAMES {
        let mut spec = DeviceSpec::new(NAME, MakerProfile::named(profile)).with_book(45);
        let address = &mut spec.profile.ricoh_mut().unwrap().address;
        address.columns.rotate_left(3);
        address.columns.swap(0, 4);
        address.members = "zqWho".into();
        let bench = Bench::start(spec).await;
        let mut driver = bench.driver().await;
        let book = driver.read_book().await.unwrap();
        for (read, held) in book.entries.iter().zip(bench.device().book().entries()) {
            assert_eq!(
                (read.name.as_str(), read.number),
                (held.name.as_str(), Some(held.number)),
                "{profile}"
            );
            assert_eq!(read.email.as_deref().unwrap_or_default(), held.email, "{profile}");
        }
        let group = book.entries.iter().find(|e| e.kind == EntryKind::Group).unwrap();
        assert_eq!(driver.read_entry(group).await.unwrap().members.unwrap().len(), 5);
        let changes = [
            EntryChange::Add(person("Ann", "ann@example.test")),
            EntryChange::Remove { entry: book.entries[0].clone() },
        ];
        all_answered(&change(&mut driver, &book, &changes).await);
        assert!(bench.held("Ann").is_some() && bench.held(&book.entries[0].name).is_none());
        driver.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_takes_the_lock_leaves_a_session_that_only_reads() {
    for profile in ["mp-c3003", "im-c4500"] {
        let bench = Bench::of(profile, 3).await;
        let before = bench.device().book();
        let mut driver = bench.driver_with(Access::ReadOnly(Ricoh::default().reads())).await;
        let book = driver.read_book().await.unwrap();
        let error = driver.read_entry(&book.entries[0]).await.unwrap_err();
        assert!(error.got.contains("read-only gate"), "{error}");
        let receipt =
            change(&mut driver, &book, &[EntryChange::Add(person("Ann", "ann@example.test"))]).await;
        assert!(matches!(receipt.entries[0], EntryReceipt::Refused(_)));
        assert_eq!(bench.device().book(), before);
        let posts = bench
            .device()
            .requests()
            .iter()
            .filter(|r| r.method == "POST" && r.path.contains("adrs"))
            .count();
        assert_eq!(posts, 0);
        driver.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_post_is_announced_and_counted() {
    let bench = Bench::of("im-c4500", 3).await;
    let mut driver = bench.driver().await;
    let book = driver.read_book().await.unwrap();
    assert!(bench.intents.0.lock().unwrap().is_empty());
    let receipt = change(&mut driver, &book, &[EntryChange::Add(person("Ann", "ann@example.test"))]).await;
    let intents = bench.intents.0.lock().unwrap().clone();
    assert_eq!((receipt.posts, intents.len()), (4, 4));
    assert!(intents.iter().all(|i| i.section.as_str() == "address_book" && i.method == "POST"));
    assert!(intents[2].fields.contains(&"mailAddressIn".to_owned()), "{:?}", intents[2].fields);
    driver.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_save_that_ends_in_an_error_page_is_for_the_reading_to_settle() {
    for (kind, lost) in [(FaultKind::ServerError, true), (FaultKind::HalfPage, true)] {
        let bench = Bench::of("im-c4500", 3).await;
        let mut driver = bench.driver().await;
        let book = driver.read_book().await.unwrap();
        bench.device().fault(strike(kind, "etUserWizard", 3));
        let receipt =
            change(&mut driver, &book, &[EntryChange::Add(person("Ann", "ann@example.test"))]).await;
        assert_eq!(matches!(receipt.entries[0], EntryReceipt::Lost), lost, "{receipt:?}");
        is_free(&bench).await;
        driver.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_on_a_server_and_a_group_are_changed_beside_their_values() {
    for profile in Profile::NAMES {
        let bench = Bench::of(profile, 45).await;
        bench.device().panel_book(|book| {
            let mut entry = Held::folder("Server", "in/box", "scanner", FOLDER_PASSWORD);
            entry.email = "server@example.test".into();
            let folder = entry.folder.as_mut().unwrap();
            folder.protocol = "ftp".into();
            folder.server = "192.0.2.9".into();
            folder.port = Some(2121);
            book.add(entry).unwrap();
        });
        let before = bench.held("Server").unwrap();
        let mut driver = bench.driver().await;
        let book = driver.read_book().await.unwrap();
        let entry = find(&book, "Server").clone();
        assert_eq!(entry.folder.as_ref().unwrap().server, "192.0.2.9", "{profile}");
        let whole = driver.read_entry(&entry).await.unwrap();
        let folder = whole.folder.clone().unwrap();
        assert_eq!(
            (folder.server.as_str(), folder.path.as_str(), folder.port),
            ("192.0.2.9", "in/box", Some(2121))
        );
        let group = book.entries.iter().find(|e| e.kind == EntryKind::Group).unwrap().clone();
        let members = bench.held(&group.name).unwrap().members;
        let to = EntryWanted {
            name: Some("Served".into()),
            favourite: Some(true),
            email: Some("served@example.test".into()),
            ..EntryWanted::default()
        };
        let renamed =
            EntryWanted { kind: EntryKind::Group, name: Some("Renamed".into()), ..EntryWanted::default() };
        let changes =
            [EntryChange::Change { entry: whole, to }, EntryChange::Change { entry: group, to: renamed }];
        all_answered(&change(&mut driver, &book, &changes).await);
        let mut after = bench.held("Served").unwrap();
        assert_eq!((after.email.as_str(), after.frequent), ("served@example.test", true), "{profile}");
        (after.name, after.email, after.frequent) =
            (before.name.clone(), before.email.clone(), before.frequent);
        assert_eq!(after, before, "{profile}");
        assert!(bench.device().folder_password_is(before.id, FOLDER_PASSWORD).unwrap(), "{profile}");
        assert_eq!(bench.held("Renamed").unwrap().members, members, "{profile}");
        // Taken back by what was read whole before.
        let book = driver.read_book().await.unwrap();
        let to = EntryWanted {
            name: Some("Server".into()),
            email: Some("server@example.test".into()),
            favourite: Some(before.frequent),
            folder: Some(folder),
            ..EntryWanted::default()
        };
        let entry = find(&book, "Served").clone();
        all_answered(&change(&mut driver, &book, &[EntryChange::Change { entry, to }]).await);
        assert_eq!(bench.held("Server").unwrap(), before, "{profile}: an equal folder keeps its password");
        driver.close().await.unwrap();
    }
}
