//! Two copiers of one maker with an address book that is exported and imported as a table and has no pages for single
//! contacts. The export, the table and the words of the import's steps are known; the addresses and the names of what is
//! posted there have never been published and are inventions here, two different ones.

mod pages;
pub mod table;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use crate::foreign_xerox::ADMIN;
use crate::foreign_xerox::device::{Device, Form, Manner, Profile, Seat, Seen, What};
use crate::foreign_xerox::versalink::VersaLink;
use crate::foreign_xerox::workcentre::WorkCentre;
use crate::strangers::program::{Setup, Workspace};
use crate::strangers::wire::{self, Answers, Reply, Request, Wire};
use table::{Row, at, person, with};

/// The password of every scan log-in; no export shows it.
pub const SCAN: &str = "Ordner<7>&'geheim\"";

/// The words and addresses of one copier.
pub struct Shape {
    pub german: bool,
    pub delimiter: char,
    /// Where everything about imports stands.
    pub dir: &'static str,
    pub export: &'static str,
    pub menu: [&'static str; 3],
    /// Upload File, Import, Import Address Book.
    pub steps: [&'static str; 3],
    pub add: &'static str,
    pub replace: &'static str,
    pub brackets: &'static str,
    pub record: &'static str,
    pub headings: &'static str,
    pub done: &'static str,
    pub file: &'static str,
    /// What the fields of the first page are called: file, delimiter, brackets, mode; then the values of the mode.
    pub names: [&'static str; 6],
}

pub const PLAIN: Shape = Shape {
    german: false,
    delimiter: ',',
    dir: "/addressbook/mgmt",
    export: "/addressbook/exportAddressBook.php",
    menu: ["Management", "Import from File", "Export"],
    steps: ["Upload File", "Import", "Import Address Book"],
    add: "Add new contacts to existing Device Address Book",
    replace: "Replace existing Device Address Book with new contacts",
    brackets: "Remove brackets from the beginning and end of text fields",
    record: "Record Delimiter",
    headings: "Mapping of Headings",
    done: "Address Book Import Complete",
    file: "Address Book File",
    names: ["_adm_AB", "recDelim", "stripBrackets", "importKind", "add", "replace"],
};

pub const GERMAN: Shape = Shape {
    german: true,
    delimiter: ';',
    dir: "/addressbook/verwaltung",
    export: "/addressbook/exportAddressBookToFile.php",
    menu: ["Verwaltung", "Aus Datei importieren", "Exportieren"],
    steps: ["Datei hochladen", "Importieren", "Adressbuch importieren"],
    add: "Neue Kontakte zum vorhandenen Geräteadressbuch hinzufügen",
    replace: "Vorhandenes Geräteadressbuch durch neue Kontakte ersetzen",
    brackets: "Klammern am Anfang und Ende von Textfeldern entfernen",
    record: "Datensatztrennzeichen",
    headings: "Zuordnung der Überschriften",
    done: "Import des Adressbuchs abgeschlossen",
    file: "Adressbuchdatei",
    names: ["abDatei", "trenner", "klammern", "modus", "1", "2"],
};

/// An import on its way.
#[derive(Debug, Clone, Default)]
pub struct Import {
    pub bytes: Vec<u8>,
    pub delimiter: char,
    pub brackets: bool,
    pub replace: bool,
    /// The second page was confirmed.
    pub read: bool,
}

#[derive(Default)]
pub struct Book {
    pub rows: Vec<Row>,
    /// Passwords of scan log-ins by the contact's number.
    pub passwords: BTreeMap<String, String>,
    pub next: u32,
    pub import: Option<Import>,
    pub log: Vec<String>,
}

struct Pages {
    base: Box<dyn Manner>,
    shape: &'static Shape,
    book: Arc<Mutex<Book>>,
}

impl Manner for Pages {
    fn profile(&self) -> Profile {
        self.base.profile()
    }

    fn page(&self, device: &Device, target: &str, seat: &Seat) -> Option<Reply> {
        let mut book = self.book.lock().unwrap();
        pages::page(self.shape, &mut book, target, seat).or_else(|| self.base.page(device, target, seat))
    }

    fn protected(&self, path: &str) -> bool {
        path.starts_with("/addressbook/") || self.base.protected(path)
    }

    fn forms(&self) -> Vec<Form> {
        self.base.forms()
    }

    fn attributes(&self) -> Vec<(&'static str, &'static str)> {
        self.base.attributes()
    }
}

/// The copier: what it does with an import, and everything else left to the one it is built on.
pub struct Importer {
    pub device: Device,
    shape: &'static Shape,
    book: Arc<Mutex<Book>>,
}

impl Answers for Importer {
    fn answer(&mut self, request: &Request) -> Reply {
        let of_import = request.method == "POST"
            && (request.path.starts_with(self.shape.dir) || request.path.starts_with("/upload/"));
        if !of_import {
            return self.device.answer(request);
        }
        self.device.seen.push(Seen {
            what: What::Write,
            line: format!("POST {}", request.path),
            names: Vec::new(),
        });
        let Some(seat) = self.device.seat_of(request) else {
            return Reply::moved("/properties/authentication/login.php?redir=/addressbook/viewContact.php");
        };
        let host = request.header("host").unwrap_or_default();
        let referer = request.header("referer").unwrap_or_default();
        // The second page comes as the answer to the upload.
        let from = [format!("{host}{}/", self.shape.dir), format!("{host}/upload/xerox.set")];
        if !from.iter().any(|f| referer.contains(f)) {
            self.device.complaints.push(format!("an import sent from {referer:?}"));
        }
        let mut book = self.book.lock().unwrap();
        match pages::step(self.shape, &mut book, request, &seat) {
            Ok(reply) => reply,
            Err(why) => {
                book.import = None;
                self.device.complaints.push(why);
                Reply::moved("/error.php?token=4711")
            }
        }
    }
}

pub struct Copier {
    pub device: Arc<Mutex<Importer>>,
    pub book: Arc<Mutex<Book>>,
    pub address: SocketAddr,
    _runtime: tokio::runtime::Runtime,
}

impl Copier {
    /// `logins`: some contact's scan destination has a log-in with a password.
    pub fn start(shape: &'static Shape, logins: bool) -> Self {
        let rows = people(logins);
        let passwords = rows
            .iter()
            .filter(|r| !r[at("ScanLoginName")].is_empty())
            .map(|r| (r[0].clone(), SCAN.to_owned()))
            .collect();
        let next = rows.len() as u32 + 1;
        let book = Arc::new(Mutex::new(Book { rows, passwords, next, ..Book::default() }));
        let base: Box<dyn Manner> =
            if shape.german { Box::new(VersaLink) } else { Box::new(WorkCentre { clear_only: false }) };
        let device = Device::new(Arc::new(Pages { base, shape, book: book.clone() }));
        let device = Arc::new(Mutex::new(Importer { device, shape, book: book.clone() }));
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let wire = if shape.german {
            Wire { keep_alive: true, chunked: true, gzip: true, ..Wire::default() }
        } else {
            Wire { old: true, ..Wire::default() }
        };
        let address = runtime.block_on(wire::serve(device.clone(), wire));
        Self { device, book, address, _runtime: runtime }
    }

    pub fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap()
    }

    fn importer(&self) -> MutexGuard<'_, Importer> {
        self.device.lock().unwrap()
    }
}

fn people(logins: bool) -> Vec<Row> {
    let ward = |n: u32| person(n, &format!("Ward {n}"), &format!("ward{n}@clinic.example"));
    let mut rows: Vec<Row> = (1..=6).map(ward).collect();
    rows[2] = with(rows[2].clone(), "XrxAllFavoritesOrder", "1");
    rows[2] = with(rows[2].clone(), "XrxIsEmailFavorite", "1");
    rows[2] = with(rows[2].clone(), "Company", "Clinic; 3rd floor, \"east\"");
    rows[2] = with(rows[2].clone(), "FirstName", "Ward");
    rows[2] = with(rows[2].clone(), "LastName", "[3]");
    rows[2] = with(rows[2].clone(), "FaxNumber", "+41 44 000 00 01");
    rows[3] = with(rows[3].clone(), "FaxNumber", "0440000002");
    rows[4] = with(rows[4].clone(), "ScanNickName", "Archive");
    rows[4] = with(rows[4].clone(), "ScanServerAddress", "192.0.2.44:139");
    rows[4] = with(rows[4].clone(), "ScanServerPort", "139");
    rows[4] = with(rows[4].clone(), "ScanSMBShare", "scan");
    rows[4] = with(rows[4].clone(), "ScanDocumentPath", r"in\ward 5");
    if logins {
        rows[4] = with(rows[4].clone(), "ScanLoginName", r"CLINIC\scanner");
    }
    rows
}

impl crate::books::Stranger for Copier {
    fn workspace(&self) -> Workspace {
        Workspace::new(&Setup {
            vendor: "xerox",
            url: &format!("http://{}", self.address),
            admin_user: Some("admin"),
            admin: Some(ADMIN),
            mail: SCAN,
        })
    }

    fn people(&self) -> BTreeMap<String, String> {
        let book = self.book();
        let text = |r: &Row| format!("{:?} {:?}", &r[1..], book.passwords.get(&r[0]));
        let people: BTreeMap<String, String> =
            book.rows.iter().map(|r| (r[at("DisplayName")].clone(), text(r))).collect();
        assert_eq!(people.len(), book.rows.len(), "two contacts of one name");
        people
    }

    fn known(&self) -> [(&'static str, &'static str); 2] {
        [("Ward 6", "ward6@clinic.example"), ("Ward 3", "ward3@clinic.example")]
    }

    fn typed(&self, name: &str, address: &str) {
        let mut book = self.book();
        let row = person(book.next, name, address);
        book.next += 1;
        book.rows.push(row);
    }

    fn complaints(&self) -> Vec<String> {
        self.importer().device.complaints.clone()
    }

    fn logins(&self) -> usize {
        self.importer().device.count(What::Login)
    }

    fn logouts(&self) -> usize {
        self.importer().device.count(What::Logout)
    }

    fn inside(&self) -> usize {
        self.importer().device.inside()
    }

    fn half_open(&self) -> usize {
        usize::from(self.book().import.is_some())
    }

    fn writes(&self) -> Vec<String> {
        let seen = &self.importer().device.seen;
        seen.iter().filter(|s| s.what == What::Write).map(|s| s.line.clone()).collect()
    }

    fn log(&self) -> Vec<String> {
        self.book().log.clone()
    }

    fn forget(&self) {
        self.importer().device.seen.clear();
        self.book().log.clear();
    }
}
