//! A copier that holds an address book and nothing else, with everything that can go wrong in the middle of a change.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use scanfleet_ricoh::Ricoh;
use scanfleet_sdk::family::Families;
use scanfleet_sdk::transport::{ReadRule, Session};
use scanfleet_sdk::{
    Book, BookCapabilities, BookEntry, BookReceipt, BookTold, BookWrite, Capabilities, Category, Certainty,
    Change, Credentials, DeviceError, Driver, EntryChange, EntryKind, EntryReceipt, EntryWanted, FamilyUsed,
    Identity, Observed, Receipt, Recognised, Section, Security, Support, Vendor,
};

/// What goes wrong with the next batch of changes; numbers are of changes within the batch.
#[derive(Debug, Clone)]
pub enum Trouble {
    /// Somebody edits the book at the panel.
    Busy,
    /// An answer is lost; the change is stored or not.
    Lost { at: usize, stored: bool },
    /// The session ends.
    Ended { at: usize },
    /// One entry is refused.
    Refused { at: usize },
    /// The device answers and stores nothing.
    Dropped { at: usize },
    /// Somebody else's entry goes with the change.
    Takes { name: &'static str },
    /// This program dies.
    Dies { at: usize },
    /// The book cannot be read any more afterwards.
    Unreadable,
}

/// What the copier holds and has seen.
#[derive(Debug)]
pub struct Copier {
    pub entries: Vec<BookEntry>,
    pub capabilities: BookCapabilities,
    pub told: BookTold,
    pub certainty: Certainty,
    pub troubles: VecDeque<Trouble>,
    /// Every request, in words.
    pub log: Vec<String>,
    next: u32,
    unreadable: bool,
}

/// A handle on the copier, for the test and for the driver.
#[derive(Debug, Clone)]
pub struct Fake(pub Arc<Mutex<Copier>>);

impl Fake {
    /// A copier that takes single entries and tells everything.
    pub fn new() -> Self {
        Self(Arc::new(Mutex::new(Copier {
            entries: Vec::new(),
            capabilities: BookCapabilities {
                write: Support::Yes(BookWrite::Entries),
                users: Some(2_000),
                groups: Some(100),
                name_limit: Some(20),
                key_limit: Some(16),
                email_limit: Some(128),
                has_key: true,
                has_favourite: true,
                has_number: true,
                edits_groups: Support::Yes(()),
                encoding: None,
            },
            told: BookTold { number: true, key: true, favourite: true, members: true, extra: true },
            certainty: Certainty::Confirmed,
            troubles: VecDeque::new(),
            log: Vec::new(),
            next: 1,
            unreadable: false,
        })))
    }

    pub fn with<T>(&self, look: impl FnOnce(&mut Copier) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    /// Somebody types an entry at the panel.
    pub fn typed(&self, entry: BookEntry) {
        self.with(|copier| {
            copier.add(&EntryWanted {
                kind: entry.kind,
                name: Some(entry.name),
                email: entry.email,
                key: entry.key,
                number: entry.number,
                favourite: entry.favourite,
                members: entry.members,
                fax: entry.fax,
                folder: entry.folder,
                extra: entry.extra,
            });
        });
    }

    pub fn trouble(&self, trouble: Trouble) {
        self.with(|copier| copier.troubles.push_back(trouble));
    }

    /// How often something was asked for.
    pub fn count(&self, what: &str) -> usize {
        self.with(|copier| copier.log.iter().filter(|line| line.starts_with(what)).count())
    }

    /// What it holds, sorted, without handles: as an export has it.
    pub fn export(&self) -> Vec<String> {
        self.with(|copier| {
            let name = |id: &String| {
                copier.entries.iter().find(|e| e.id == *id).map_or("?".to_owned(), |e| e.name.clone())
            };
            let mut lines: Vec<String> = copier
                .entries
                .iter()
                .map(|e| {
                    let members: Vec<String> = e.members.iter().flatten().map(name).collect();
                    let folder = e.folder.as_ref().map(|f| f.path.clone()).unwrap_or_default();
                    let email = e.email.clone().unwrap_or_default();
                    let key = e.key.clone().unwrap_or_default();
                    format!(
                        "{email};{};{key};{:?};{folder};{}",
                        e.name,
                        e.favourite.unwrap_or_default(),
                        members.join("+")
                    )
                })
                .collect();
            lines.sort();
            lines
        })
    }
}

impl Copier {
    fn add(&mut self, wanted: &EntryWanted) {
        let taken = |number: u32| self.entries.iter().any(|e| e.number == Some(number));
        let number = wanted.number.unwrap_or_else(|| (1..).find(|n| !taken(*n)).unwrap());
        assert!(!taken(number), "the number {number} is taken");
        // Handles are never used twice and tell nothing.
        let id = format!("h{}", self.next * 7 % 1_009);
        self.next += 1;
        self.entries.push(BookEntry {
            id,
            kind: wanted.kind,
            name: wanted.name.clone().unwrap(),
            email: wanted.email.clone().filter(|e| !e.is_empty()),
            number: Some(number),
            key: wanted.key.clone().filter(|k| !k.is_empty()),
            favourite: wanted.favourite,
            fax: wanted.fax.clone(),
            folder: wanted.folder.clone(),
            members: (wanted.kind == EntryKind::Group).then(|| wanted.members.clone().unwrap_or_default()),
            extra: wanted.extra.clone(),
        });
    }

    fn carry_out(&mut self, change: &EntryChange) -> Result<(), DeviceError> {
        let gone = |name: &str| {
            DeviceError::new(Category::Interrupted, "change the entry", format!("{name} is not there"))
        };
        match change {
            EntryChange::Add(wanted) => self.add(wanted),
            EntryChange::Change { entry, to } => {
                let Some(now) = self.entries.iter_mut().find(|e| e.id == entry.id) else {
                    return Err(gone(&entry.name));
                };
                if let Some(name) = &to.name {
                    now.name.clone_from(name);
                }
                if let Some(email) = &to.email {
                    now.email = Some(email.clone()).filter(|e| !e.is_empty());
                }
                if let Some(key) = &to.key {
                    now.key = Some(key.clone()).filter(|k| !k.is_empty());
                }
                now.favourite = to.favourite.or(now.favourite);
                if let Some(members) = &to.members {
                    now.members = Some(members.clone());
                }
            }
            EntryChange::Remove { entry } => {
                let before = self.entries.len();
                self.entries.retain(|e| e.id != entry.id);
                if self.entries.len() == before {
                    return Err(gone(&entry.name));
                }
                for group in &mut self.entries {
                    if let Some(members) = &mut group.members {
                        members.retain(|id| *id != entry.id);
                    }
                }
            }
        }
        Ok(())
    }
}

pub struct FakeVendor {
    pub ricoh: Ricoh,
    pub fake: Fake,
}

#[async_trait]
impl Vendor for FakeVendor {
    fn name(&self) -> &'static str {
        "ricoh"
    }

    fn families(&self) -> &Families {
        self.ricoh.families()
    }

    fn reads(&self) -> &'static [ReadRule] {
        &[]
    }

    async fn recognise(&self, _session: &mut Session) -> Result<Option<Recognised>, DeviceError> {
        let identity = Identity {
            vendor: "ricoh".into(),
            model: "MP C3003".into(),
            serial: Some("FAKE1".into()),
            firmware: Some("1.0".into()),
        };
        Ok(Some(Recognised { identity, memory: Box::new(()) }))
    }

    fn driver(
        &self,
        session: Session,
        recognised: Recognised,
        _credentials: Option<Credentials>,
    ) -> Box<dyn Driver> {
        let certainty = self.fake.with(|copier| copier.certainty);
        let family = FamilyUsed {
            id: "fake".into(),
            sha256: "00".into(),
            origin: "embedded".into(),
            smtp_write: Certainty::Confirmed,
            book_write: Some(certainty),
        };
        Box::new(FakeDriver { session, identity: recognised.identity, family, fake: self.fake.clone() })
    }
}

struct FakeDriver {
    session: Session,
    identity: Identity,
    family: FamilyUsed,
    fake: Fake,
}

impl FakeDriver {
    fn log(&self, line: impl Into<String>) {
        self.fake.with(|copier| copier.log.push(line.into()));
    }
}

#[async_trait]
impl Driver for FakeDriver {
    fn family(&self) -> &FamilyUsed {
        &self.family
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { smtp: Support::Unknown, test_mail: Support::Unknown, log: Support::Unknown }
    }

    fn can_hold(&self, _security: Security, _port: u16) -> Result<(), String> {
        Ok(())
    }

    async fn identity(&mut self) -> Result<Identity, DeviceError> {
        Ok(self.identity.clone())
    }

    async fn login(&mut self) -> Result<(), DeviceError> {
        self.log("login");
        Ok(())
    }

    async fn read(&mut self, _section: Section) -> Result<Observed, DeviceError> {
        self.log("smtp");
        Ok(Observed::default())
    }

    async fn apply(&mut self, _change: &Change) -> Result<Receipt, DeviceError> {
        panic!("nobody asked for settings")
    }

    fn book(&self) -> Support<BookCapabilities> {
        Support::Yes(self.fake.with(|copier| copier.capabilities.clone()))
    }

    async fn read_book(&mut self) -> Result<Book, DeviceError> {
        self.log("read");
        self.fake.with(|copier| {
            if copier.unreadable {
                return Err(DeviceError::new(
                    Category::Unreachable,
                    "read the address book",
                    "nobody answers",
                ));
            }
            let mut entries = copier.entries.clone();
            for entry in &mut entries {
                if !copier.told.key {
                    entry.key = None;
                }
                if !copier.told.members {
                    entry.members = None;
                }
            }
            Ok(Book { entries, told: copier.told, columns: Vec::new() })
        })
    }

    async fn read_entry(&mut self, entry: &BookEntry) -> Result<BookEntry, DeviceError> {
        self.log(format!("entry {}", entry.name));
        let found = self.fake.with(|copier| copier.entries.iter().find(|e| e.id == entry.id).cloned());
        found
            .ok_or_else(|| DeviceError::new(Category::Interrupted, "read the entry", "it is no longer there"))
    }

    async fn change_book(
        &mut self,
        _book: &Book,
        changes: &[EntryChange],
        done: &(dyn Fn(usize) + Send + Sync),
    ) -> BookReceipt {
        let trouble = self.fake.with(|copier| copier.troubles.pop_front());
        let mut entries = vec![EntryReceipt::NotTried; changes.len()];
        let mut posts = 0;
        for (index, change) in changes.iter().enumerate() {
            let refuse = |category, got: &str| {
                EntryReceipt::Refused(DeviceError::new(category, "change the entry", got))
            };
            match &trouble {
                Some(Trouble::Busy) => {
                    entries[index] = refuse(Category::Busy, "somebody edits the address book at the panel");
                    break;
                }
                Some(Trouble::Ended { at }) if *at == index => {
                    entries[index] = refuse(Category::Interrupted, "the session ended");
                    break;
                }
                Some(Trouble::Refused { at }) if *at == index => {
                    entries[index] = refuse(Category::Rejected, "the device does not like it");
                    continue;
                }
                Some(Trouble::Dies { at }) if *at == index => panic!("on purpose"),
                _ => {}
            }
            posts += 1;
            let word = match change {
                EntryChange::Add(_) => "add",
                EntryChange::Change { .. } => "change",
                EntryChange::Remove { .. } => "remove",
            };
            self.log(format!("{word} {}", change.name()));
            match &trouble {
                Some(Trouble::Lost { at, stored }) if *at == index => {
                    if *stored {
                        self.fake.with(|copier| copier.carry_out(change)).unwrap();
                    }
                    entries[index] = EntryReceipt::Lost;
                    break;
                }
                Some(Trouble::Dropped { at }) if *at == index => {
                    entries[index] = EntryReceipt::Answered;
                    continue;
                }
                _ => {}
            }
            entries[index] = match self.fake.with(|copier| copier.carry_out(change)) {
                Ok(()) => EntryReceipt::Answered,
                Err(error) => EntryReceipt::Refused(error),
            };
            done(index + 1);
        }
        self.fake.with(|copier| match trouble {
            Some(Trouble::Takes { name }) => copier.entries.retain(|e| e.name != name),
            Some(Trouble::Unreadable) => copier.unreadable = true,
            _ => {}
        });
        BookReceipt { posts, entries }
    }

    async fn send_test_mail(&mut self, _to: &str) -> Result<Support<String>, DeviceError> {
        Ok(Support::Unknown)
    }

    async fn fetch_log(&mut self) -> Result<Support<String>, DeviceError> {
        Ok(Support::Unknown)
    }

    async fn close(&mut self) -> Result<(), DeviceError> {
        self.log("close");
        Ok(())
    }

    fn session(&self) -> &Session {
        &self.session
    }
}

impl Copier {
    /// The book answers again.
    pub fn heal(&mut self) {
        self.unreadable = false;
    }
}
