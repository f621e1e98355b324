//! A Brother device with an address book, in German.

use std::collections::BTreeMap;
use std::sync::MutexGuard;

use super::Stranger;
use crate::foreign_brother::address::{Book, Contact};
use crate::foreign_brother::device::{Device, What};
use crate::foreign_brother::{self, MAIL, Which};
use crate::strangers::program::Workspace;

pub struct Copier(foreign_brother::Copier);

impl Copier {
    pub fn start() -> Self {
        let copier = foreign_brother::Copier::start(Which::German);
        let mut people: Vec<Contact> = (1..=12)
            .map(|n| Contact {
                name: format!("Station {n}"),
                mail: format!("station{n}@klinik.example"),
                fax: String::new(),
                resolution: "1".into(),
            })
            .collect();
        people[2].fax = "0440000003".into();
        people[2].resolution = "2".into();
        people[4].mail = String::new();
        people[4].fax = "0440000005".into();
        people[6].name = "Küche & Büro".into();
        copier.get().book = Some(Book::of(people));
        // What the mail page keeps is nobody's business here either.
        copier.get().set_password(MAIL);
        Self(copier)
    }

    fn get(&self) -> MutexGuard<'_, Device> {
        self.0.get()
    }
}

impl Stranger for Copier {
    fn workspace(&self) -> Workspace {
        self.0.workspace()
    }

    fn people(&self) -> BTreeMap<String, String> {
        let book = self.get().book.clone().unwrap();
        book.places.iter().flatten().map(|c| (c.name.clone(), format!("{c:?}"))).collect()
    }

    fn known(&self) -> [(&'static str, &'static str); 2] {
        [("Station 6", "station6@klinik.example"), ("Station 3", "station3@klinik.example")]
    }

    fn typed(&self, name: &str, address: &str) {
        let contact =
            Contact { name: name.into(), mail: address.into(), fax: String::new(), resolution: "1".into() };
        self.get().book.as_mut().unwrap().put(contact);
    }

    fn complaints(&self) -> Vec<String> {
        self.get().complaints.clone()
    }

    fn logins(&self) -> usize {
        self.get().count(What::Login)
    }

    fn logouts(&self) -> usize {
        self.get().count(What::Logout)
    }

    fn inside(&self) -> usize {
        usize::from(self.get().session.is_some())
    }

    fn half_open(&self) -> usize {
        0
    }

    fn writes(&self) -> Vec<String> {
        let seen = &self.get().seen;
        seen.iter().filter(|s| s.what == What::Write).map(|s| s.line.clone()).collect()
    }

    fn log(&self) -> Vec<String> {
        self.get().book.as_ref().unwrap().log.clone()
    }

    fn forget(&self) {
        let mut device = self.get();
        device.seen.clear();
        device.book.as_mut().unwrap().log.clear();
    }
}
