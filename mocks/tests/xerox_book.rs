//! Address books of the Xerox profiles on the wire, with a client that clicks links, fills forms and knows nothing else.
#![allow(clippy::unwrap_used)]

mod common;

use std::collections::HashSet;

use common::{Client, Reply, inputs};
use scanfleet_mocks::{
    Book, BookEntry, DeviceHandle, ExportWay, Fault, FaultKind, Lab, LabSpec, XeroxProfile,
};

const PROFILES: [&str; 4] = ["altalink-c8155", "workcentre-7835", "workcentre-5735", "versalink-c415"];
const LIST: &str = "/addressbook/viewContact.php";

/// A browser in front of one device.
struct Browser {
    lab: Lab,
    device: DeviceHandle,
    client: Client,
    profile: XeroxProfile,
}

/// A file to upload.
#[derive(Clone, Copy)]
struct Choice<'a> {
    file: &'a [u8],
    delimiter: &'a str,
    brackets: bool,
    replace: bool,
}

impl<'a> Choice<'a> {
    fn add(file: &'a [u8]) -> Self {
        Self { file, delimiter: "Comma (,)", brackets: false, replace: false }
    }

    fn replace(file: &'a [u8]) -> Self {
        Self { replace: true, ..Self::add(file) }
    }
}

impl Browser {
    async fn new(name: &str) -> Self {
        let mut spec = LabSpec::single(name);
        let book = &mut spec.devices[0].book;
        let ann = book.add(person("Ann Lee", "ann@example.test")).unwrap();
        let bob = book.add(person("Bob \"Bo\" O'Neil, Jr.", "bob@example.test")).unwrap();
        let mut fax =
            BookEntry { frequent: false, fax: "5550100".into(), ..person("Zoë Fax", "zoe@example.test") };
        fax.company = "Müller & Söhne".into();
        book.add(fax).unwrap();
        let folder =
            BookEntry::folder("Scans", r"\\files.example.test\scan\ward3", "scanner", "lab-not-a-secret");
        let folder = book.add(folder).unwrap();
        book.add(BookEntry::group("Ward 3, night", vec![ann, bob, folder])).unwrap();
        let profile = spec.devices[0].profile.xerox().unwrap().clone();
        let lab = Lab::start(spec).await.unwrap();
        let device = lab.device("copier");
        let mut client = Client::new(&lab.devices()[0].address, "en");
        client.cookies.clear();
        Self { lab, device, client, profile }
    }

    async fn logged_in(name: &str) -> Self {
        let mut browser = Self::new(name).await;
        browser.log_in().await;
        browser
    }

    async fn log_in(&mut self) {
        let page = self.get("/properties/authentication/login.php").await;
        let door = self.profile.door.clone();
        let mut fields = vec![
            ("_fun_function".to_owned(), "HTTP_Authenticate_fn".to_owned()),
            ("NextPage".to_owned(), door.next_page),
            (door.user_field, "admin".to_owned()),
            (door.password_field, "lab-admin-not-a-secret".to_owned()),
            ("frmaltDomain".to_owned(), "default".to_owned()),
        ];
        fields.extend(
            inputs(&page).into_iter().filter(|it| it.name == "CSRFToken").map(|it| (it.name, it.value)),
        );
        self.client.post("/userpost/xerox.set", &fields).await.unwrap();
        assert_eq!(self.device.state().sessions, 1);
    }

    /// A page, redirects followed.
    async fn get(&mut self, path: &str) -> String {
        let mut reply = self.client.get(path).await.unwrap();
        while reply.status == 302 {
            let at = reply.header("location").unwrap().to_owned();
            reply = self.client.get(&at).await.unwrap();
        }
        reply.body
    }

    /// The pages of export and import, by the words of their links from the list.
    async fn way_to(&mut self, words: &str) -> String {
        let list = self.get(LIST).await;
        if let Some((_, between)) = self.profile.book.management.clone() {
            let page = self.get(&link(&list, &between).unwrap()).await;
            return link(&page, words).unwrap();
        }
        link(&list, words).unwrap()
    }

    async fn export_page(&mut self) -> String {
        let words = self.profile.book.export.link.clone();
        let page = self.way_to(&words).await;
        self.get(&page).await
    }

    async fn export_with(&mut self, delimiter: &str, legacy: bool) -> Reply {
        let page = self.export_page().await;
        let mut fields = fields_of(&page, "exportForm");
        choose(&page, &mut fields, "Delimiter", delimiter);
        if legacy {
            tick(&page, &mut fields, "Export in Legacy Mode");
        }
        if page.contains("name=\"exportForm\" id=\"exportForm\" method=\"get\"") {
            let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
            let target = format!("{}?{query}", action(&page, "exportForm"));
            return self.client.get(&target).await.unwrap();
        }
        let ready = self.client.post(&action(&page, "exportForm"), &fields).await.unwrap().body;
        self.client.get(&link(&ready, "Download").unwrap()).await.unwrap()
    }

    async fn export(&mut self) -> String {
        self.export_with("Comma (,)", false).await.body
    }

    /// "Upload File"; the answer.
    async fn upload(&mut self, choice: Choice<'_>) -> String {
        let words = self.profile.book.import.link.clone();
        let page = self.way_to(&words).await;
        let page = self.get(&page).await;
        let mut fields = fields_of(&page, "uploadForm");
        self.choices(&page, &mut fields, choice);
        let file = inputs(&page).into_iter().find(|input| input.kind == "file").unwrap().name;
        let mut body = Vec::new();
        for (name, value) in &fields {
            body.extend(
                format!("--lab\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                    .bytes(),
            );
        }
        body.extend(
            format!("--lab\r\nContent-Disposition: form-data; name=\"{file}\"; filename=\"book.csv\"\r\nContent-Type: text/csv\r\n\r\n")
                .bytes(),
        );
        body.extend(choice.file);
        body.extend(b"\r\n--lab--\r\n");
        let kind = "multipart/form-data; boundary=lab";
        let target = action(&page, "uploadForm");
        assert_eq!(target, "/upload/xerox.set");
        self.client.send_as("POST", &target, kind, &body).await.unwrap().body
    }

    fn choices(&self, page: &str, fields: &mut Vec<(String, String)>, choice: Choice<'_>) {
        if !page.contains("Record Delimiter") {
            return;
        }
        choose(page, fields, "Record Delimiter", choice.delimiter);
        if choice.brackets {
            tick(page, fields, "Remove brackets from the beginning and end of text fields");
        }
        let words = match choice.replace {
            true => "Replace existing Device Address Book with new contacts",
            false => "Add new contacts to existing Device Address Book",
        };
        radio(page, fields, words);
    }

    /// "Upload File", "Import": the page with the last button.
    async fn until_last(&mut self, choice: Choice<'_>) -> String {
        let page = self.upload(choice).await;
        let mut fields = fields_of(&page, "startForm");
        self.choices(&page, &mut fields, choice);
        self.client.post(&action(&page, "startForm"), &fields).await.unwrap().body
    }

    /// The whole way; what the device says at the end.
    async fn import(&mut self, choice: Choice<'_>) -> String {
        let page = self.until_last(choice).await;
        let fields = fields_of(&page, "finishForm");
        let mut page = self.client.post(&action(&page, "finishForm"), &fields).await.unwrap().body;
        let mut polls = 0;
        while page.contains("id=\"importProgress\"") {
            let again = page.split("; url=").nth(1).unwrap().split('"').next().unwrap().to_owned();
            page = self.get(&again).await;
            polls += 1;
        }
        assert_eq!(polls, self.profile.book.import.waits, "{page}");
        message(&page)
    }
}

fn person(name: &str, email: &str) -> BookEntry {
    let (first, last) = name.split_once(' ').unwrap_or((name, ""));
    BookEntry { first_name: first.into(), last_name: last.into(), ..BookEntry::person(name, email) }
}

fn unescaped(text: &str) -> String {
    text.replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

fn message(page: &str) -> String {
    let said = page.split("id=\"importMessage\">").nth(1).unwrap_or_else(|| panic!("no message in {page}"));
    unescaped(said.split('<').next().unwrap())
}

/// Where the link with these words leads.
fn link(page: &str, words: &str) -> Option<String> {
    let place = page
        .split("<a href=\"")
        .skip(1)
        .find(|piece| unescaped(piece.split('>').nth(1).unwrap().split('<').next().unwrap()) == words)?;
    Some(unescaped(place.split('"').next().unwrap()))
}

fn form<'a>(page: &'a str, name: &str) -> &'a str {
    let rest = page.split(&format!("<form name=\"{name}\"")).nth(1);
    rest.unwrap_or_else(|| panic!("no {name} in {page}")).split("</form>").next().unwrap()
}

fn action(page: &str, name: &str) -> String {
    let head = form(page, name).split('>').next().unwrap();
    unescaped(head.split(" action=\"").nth(1).unwrap().split('"').next().unwrap())
}

/// What a browser would send if nothing was touched.
fn fields_of(page: &str, name: &str) -> Vec<(String, String)> {
    inputs(form(page, name))
        .into_iter()
        .filter(|input| !matches!(input.kind.as_str(), "file" | "button" | "submit"))
        .filter(|input| {
            !matches!(input.kind.as_str(), "radio" | "checkbox") || ticked(page, &input.name, &input.value)
        })
        .map(|input| (input.name, input.value))
        .collect()
}

fn ticked(page: &str, name: &str, value: &str) -> bool {
    page.split("<input")
        .filter(|tag| tag.contains(&format!("name=\"{name}\" value=\"{value}\"")))
        .any(|tag| tag.split('>').next().unwrap().contains(" checked="))
}

/// The id of the control with this label.
fn labelled(page: &str, label: &str) -> String {
    let place = page
        .split("<label for=\"")
        .skip(1)
        .find(|piece| unescaped(piece.split('>').nth(1).unwrap().split('<').next().unwrap()) == label);
    place.unwrap_or_else(|| panic!("no {label} in {page}")).split('"').next().unwrap().to_owned()
}

fn set(fields: &mut Vec<(String, String)>, name: &str, value: &str) {
    fields.retain(|(key, _)| key != name);
    fields.push((name.to_owned(), value.to_owned()));
}

fn choose(page: &str, fields: &mut Vec<(String, String)>, label: &str, words: &str) {
    let name = labelled(page, label);
    let select =
        page.split(&format!("<select id=\"{name}\"")).nth(1).unwrap().split("</select>").next().unwrap();
    let option = select
        .split("<option value=\"")
        .find(|option| option.split('>').nth(1).unwrap_or_default().split('<').next() == Some(words))
        .unwrap();
    set(fields, &name, &unescaped(option.split('"').next().unwrap()));
}

fn tag<'a>(page: &'a str, id: &str) -> &'a str {
    page.split("<input").find(|tag| tag.contains(&format!(" id=\"{id}\""))).unwrap()
}

fn attribute(tag: &str, name: &str) -> String {
    unescaped(tag.split(&format!(" {name}=\"")).nth(1).unwrap().split('"').next().unwrap())
}

fn tick(page: &str, fields: &mut Vec<(String, String)>, label: &str) {
    let tag = tag(page, &labelled(page, label));
    fields.push((attribute(tag, "name"), attribute(tag, "value")));
}

fn radio(page: &str, fields: &mut Vec<(String, String)>, label: &str) {
    let tag = tag(page, &labelled(page, label));
    set(fields, &attribute(tag, "name"), &attribute(tag, "value"));
}

/// Names and addresses, as they stand in a book.
fn people(book: &Book) -> Vec<(String, String)> {
    book.entries().iter().map(|entry| (entry.name.clone(), entry.email.clone())).collect()
}

/// A file of this profile's headings, in another order of nothing: one row for each name and address.
fn rows(headings: &str, people: &[(&str, &str)]) -> String {
    let own: Vec<&str> = headings.split(',').map(|it| it.trim_matches('"')).collect();
    let mut file = format!("{headings}\r\n");
    for (name, email) in people {
        let cells: Vec<String> = own
            .iter()
            .map(|heading| match *heading {
                "DisplayName" => format!("\"{}\"", name.replace('"', "\"\"")),
                "E-mailAddress" => format!("\"{email}\""),
                "IsDL" | "XrxIsEmailFavorite" => "0".to_owned(),
                _ => String::new(),
            })
            .collect();
        file.push_str(&cells.join(","));
        file.push_str("\r\n");
    }
    file
}

fn first_line(file: &str) -> &str {
    file.trim_start_matches('\u{feff}').lines().next().unwrap()
}

#[test]
fn no_two_profiles_share_their_requests() {
    let books: Vec<_> = PROFILES.iter().map(|name| XeroxProfile::find(name).unwrap().book).collect();
    let different = |what: Vec<String>| assert_eq!(what.iter().collect::<HashSet<_>>().len(), 4, "{what:?}");
    different(books.iter().map(|it| it.export.page.clone()).collect());
    different(books.iter().map(|it| it.export.link.clone()).collect());
    different(books.iter().map(|it| it.import.page.clone()).collect());
    different(books.iter().map(|it| it.import.link.clone()).collect());
    different(books.iter().map(|it| it.import.file.clone()).collect());
    different(books.iter().map(|it| it.import.delimiter.clone()).collect());
    different(books.iter().map(|it| format!("{:?}", it.import.mode)).collect());
    different(books.iter().map(|it| it.import.finish.0.clone()).collect());
}

#[tokio::test]
async fn an_export_has_the_columns_of_its_generation() {
    for name in PROFILES {
        let mut browser = Browser::logged_in(name).await;
        let reply = browser.export_with("Comma (,)", false).await;
        assert!(reply.header("content-disposition").unwrap().contains("attachment"));
        let file = reply.body;
        let newer = name == "versalink-c415";
        assert_eq!(file.starts_with('\u{feff}'), newer, "{name}");
        assert_eq!(first_line(&file).split(',').count(), if newer { 28 } else { 26 });
        assert_eq!(first_line(&file).contains("InternetFaxAddress"), !newer);
        assert_eq!(first_line(&file).contains("MailRefId"), newer);
        assert_eq!(file.lines().count(), 6);
        // The stored password does not leave the device; the login does.
        assert!(!file.contains("lab-not-a-secret") && file.contains("scanner") && file.contains("Zoë Fax"));
        let ann = file.lines().find(|line| line.contains("ann@example.test")).unwrap();
        let zoe = file.lines().find(|line| line.contains("zoe@example.test")).unwrap();
        match name {
            "versalink-c415" => {
                assert!(
                    ann.starts_with("1,\"Ann Lee\",\"Ann\",\"Lee\",,,\"\"\"Ward 3, night\"\"\",0,,,0,"),
                    "{ann}"
                );
                assert!(zoe.contains(",,,0,,\"5550100\",0,\"zoe@example.test\",0,0,,,,,"), "{zoe}");
            }
            "workcentre-5735" => {
                assert!(
                    zoe.starts_with("3,Zoë Fax,Zoë,Fax,Müller & Söhne,,\"\"\"\"\"\",0,,5550100,0,"),
                    "{zoe}"
                );
                assert!(zoe.contains(",4,(null),0,"), "{zoe}");
            }
            _ => {
                assert!(
                    zoe.starts_with(
                        "\"3\",\"Zoë Fax\",\"Zoë\",\"Fax\",\"Müller & Söhne\",\"\",\"\"\"\"\"\",\"0\","
                    ),
                    "{zoe}"
                );
                assert!(zoe.contains(",\"4\",\"(null)\",\"0\","), "{zoe}");
            }
        }
        let legacy = browser.export_with("Semicolon (;)", true).await.body;
        assert!(first_line(&legacy).contains("Friendly Name") && !first_line(&legacy).contains("MemberOf"));
        assert!(first_line(&legacy).contains(';') && !legacy.contains("Ward 3, night"));
        browser.lab.shutdown().await;
    }
}

#[tokio::test]
async fn an_import_adds_and_leaves_everybody_else_alone() {
    for name in PROFILES {
        let mut browser = Browser::logged_in(name).await;
        let before = browser.device.book();
        let headings = first_line(&browser.export().await).to_owned();
        let file = rows(&headings, &[("New \"N\" Person", "new@example.test")]);
        let said = browser.import(Choice::add(file.as_bytes())).await;
        assert!(said.contains("1 contacts were added"), "{name}: {said}");
        let after = browser.device.book();
        assert_eq!(after.entries()[..5], before.entries()[..], "{name}");
        let new = after.named("New \"N\" Person").unwrap();
        assert_eq!((new.email.as_str(), new.id, new.frequent), ("new@example.test", 6, false));
        // Once more: a duplicate, or an update.
        browser.import(Choice::add(file.as_bytes())).await;
        let twice = browser.device.book().with_email("new@example.test").count();
        let expected = if matches!(name, "altalink-c8155" | "workcentre-5735") { 2 } else { 1 };
        assert_eq!(twice, expected, "{name}");
        browser.lab.shutdown().await;
    }
}

#[tokio::test]
async fn an_import_that_replaces_brings_everything_back_but_scan_passwords() {
    for name in PROFILES {
        let mut browser = Browser::logged_in(name).await;
        let before = browser.device.book();
        let file = browser.export().await;
        browser.device.panel_book(|book| book.add(BookEntry::person("Panel", "panel@example.test"))).unwrap();
        let folder = before.named("Scans").unwrap().id;
        assert!(browser.device.folder_password_is(folder, "lab-not-a-secret").unwrap());
        let said = browser.import(Choice::replace(file.as_bytes())).await;
        assert!(said.contains("The address book was replaced. 5 contacts were imported."), "{name}: {said}");
        let after = browser.device.book();
        let sorted = |book: &Book| {
            let mut people = people(book);
            people.sort();
            people
        };
        assert_eq!(sorted(&after), sorted(&before), "{name}");
        assert!(after.entries().iter().all(|entry| entry.id > 6));
        let group = after.named("Ward 3, night").unwrap();
        let members: HashSet<&str> =
            group.members.iter().map(|id| after.entry(*id).unwrap().name.as_str()).collect();
        assert_eq!(members, HashSet::from(["Ann Lee", "Bob \"Bo\" O'Neil, Jr.", "Scans"]), "{name}");
        let scans = after.named("Scans").unwrap().folder.clone().unwrap();
        assert_eq!(
            (scans.path.as_str(), scans.login.as_str()),
            (r"\\files.example.test\scan\ward3", "scanner")
        );
        assert_eq!(scans.password, None, "{name}");
        let fax = after.named("Zoë Fax").unwrap();
        assert_eq!((fax.fax.as_str(), fax.frequent), ("5550100", false));
        assert_eq!(fax.company, "Müller & Söhne");
        // What a second export says differs in the device's own ids only.
        let again = browser.export().await;
        assert_eq!(again.lines().count(), file.lines().count());
        browser.lab.shutdown().await;
    }
}

#[tokio::test]
async fn headings_of_another_file_are_mapped_by_hand() {
    for name in PROFILES {
        let mut browser = Browser::logged_in(name).await;
        let file = "Nom;Courriel\r\nÉlodie Roy;elodie@example.test\r\n";
        let choice = Choice { delimiter: "Semicolon (;)", ..Choice::add(file.as_bytes()) };
        let page = browser.until_last(choice).await;
        let mut fields = fields_of(&page, "finishForm");
        choose(&page, &mut fields, "DisplayName", "Nom");
        choose(&page, &mut fields, "E-mailAddress", "Courriel");
        browser.client.post(&action(&page, "finishForm"), &fields).await.unwrap();
        for _ in 0..browser.profile.book.import.waits {
            browser.get(LIST).await;
        }
        browser.get(LIST).await;
        assert_eq!(browser.device.book().named("Élodie Roy").unwrap().email, "elodie@example.test", "{name}");
        // Exact headings need no mapping, where the device leaves it out.
        let exact = browser.export().await;
        let page = browser.until_last(Choice::add(exact.as_bytes())).await;
        assert_eq!(form(&page, "finishForm").contains("<select"), name == "workcentre-5735");
        browser.lab.shutdown().await;
    }
}

#[tokio::test]
async fn bad_rows_are_named_by_their_number() {
    for name in PROFILES {
        let mut browser = Browser::logged_in(name).await;
        let before = browser.device.book();
        let headings = first_line(&browser.export().await).to_owned();
        let long = "x".repeat(browser.profile.book.name_max + 1);
        let file = rows(
            &headings,
            &[
                ("Good", "good@example.test"),
                ("Bad", "no address"),
                (&long, "l@example.test"),
                ("", "n@example.test"),
            ],
        );
        let said = browser.import(Choice::add(format!("{file}one,two\r\n").as_bytes())).await;
        for row in [
            "Row 3: The email address is not valid.",
            "Row 4: The display name is too long.",
            "Row 5:",
            "Row 6:",
        ] {
            assert!(said.contains(row), "{name}: {said}");
        }
        let skips = name == "workcentre-5735";
        assert_eq!(browser.device.book().named("Good").is_some(), skips, "{name}");
        if !skips {
            assert_eq!(browser.device.book(), before);
        }
        browser.lab.shutdown().await;
    }
}

#[tokio::test]
async fn a_full_book_takes_nothing() {
    let mut browser = Browser::logged_in("workcentre-7835").await;
    let headings = first_line(&browser.export().await).to_owned();
    let limits = browser.device.panel_book(|book| {
        book.limits.users = 5;
        book.limits
    });
    assert_eq!(limits.users, 5);
    let file = rows(&headings, &[("One", "one@example.test"), ("Two", "two@example.test")]);
    let said = browser.import(Choice::add(file.as_bytes())).await;
    assert_eq!(said, "Row 3: The address book is full.");
    assert_eq!(browser.device.book().entries().len(), 5);
    browser.lab.shutdown().await;
}

#[tokio::test]
async fn brackets_go_and_other_charsets_are_mangled() {
    let mut browser = Browser::logged_in("altalink-c8155").await;
    let headings = first_line(&browser.export().await).to_owned();
    let file = rows(&headings, &[("[Bracket Person]", "[b@example.test]")]);
    let said = browser.import(Choice::add(file.as_bytes())).await;
    assert!(said.starts_with("No contacts were imported. Row 2:"), "{said}");
    browser.import(Choice { brackets: true, ..Choice::add(file.as_bytes()) }).await;
    assert_eq!(browser.device.book().named("Bracket Person").unwrap().email, "b@example.test");
    let latin: Vec<u8> = rows(&headings, &[("Renée", "renee@example.test")])
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect();
    browser.import(Choice::add(&latin)).await;
    let mangled = browser.device.book().with_email("renee@example.test").next().unwrap().name.clone();
    assert_eq!(mangled, "Ren\u{fffd}e");
    let nothing = browser.upload(Choice::add(b"")).await;
    assert_eq!(message(&nothing), "Select a file to import.");
    browser.lab.shutdown().await;
}

#[tokio::test]
async fn a_visitor_sees_what_the_rights_allow() {
    for name in PROFILES {
        let mut browser = Browser::new(name).await;
        let home = browser.get("/stat/welcome.php").await;
        assert!(home.contains("id=\"tab_addressbook\" href=\"/addressbook/viewContact.php\""));
        let list = browser.get(LIST).await;
        let open = name != "workcentre-7835";
        assert_eq!(list.contains("<span id=\"allContacts\">5</span>"), open, "{name}");
        assert_eq!(list.contains("action=\"/userpost/xerox.set\""), !open);
        if open {
            let one = browser.get("/addressbook/viewContact.php?contactId=1").await;
            assert!(one.contains("<h6>Email</h6>\n<span class=\"subText\">ann@example.test</span>"), "{one}");
            let none = browser.get("/addressbook/viewContact.php?contactId=77").await;
            assert!(!none.contains("<h6>"));
        }
        let book = browser.profile.book.clone();
        for page in [&book.import.page, &book.export.page] {
            assert!(browser.get(page).await.contains("action=\"/userpost/xerox.set\""), "{name} {page}");
        }
        let file = browser.client.get(&book.export.file).await.unwrap().body;
        assert_eq!(file.contains("ann@example.test"), name == "workcentre-5735", "{name}");
        // A post without a log-in changes nothing.
        let token = inputs(&home)
            .into_iter()
            .chain(inputs(&browser.get("/properties/authentication/login.php").await));
        let token = token.filter(|it| it.name == "CSRFToken").map(|it| it.value).next().unwrap_or_default();
        let fields = [
            ("_fun_function", book.import.finish.0.as_str()),
            ("NextPage", &book.import.finish.1),
            ("CSRFToken", &token),
        ];
        let fields: Vec<_> = fields.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        browser.client.post("/dummypost/xerox.set", &fields).await.unwrap();
        assert_eq!(browser.device.state().book_writes, 0);
        browser.lab.shutdown().await;
    }
}

#[tokio::test]
async fn a_long_list_has_several_pages() {
    let mut spec = LabSpec::single("workcentre-5735");
    spec.devices[0].book = Book::sample(25, spec.devices[0].profile.book_limits());
    let lab = Lab::start(spec).await.unwrap();
    let mut client = Client::new(&lab.devices()[0].address, "en");
    client.cookies.clear();
    let (mut at, mut seen) = (LIST.to_owned(), 0);
    loop {
        let page = client.get(&at).await.unwrap().body;
        seen += page.matches("contactId=").count();
        match link(&page, "Next") {
            Some(next) => at = next,
            None => break,
        }
    }
    assert_eq!(seen, lab.device("copier").book().entries().len());
    lab.shutdown().await;
}

#[tokio::test]
async fn faults_and_the_panel_strike_the_last_step() {
    let mut browser = Browser::logged_in("workcentre-7835").await;
    let headings = first_line(&browser.export().await).to_owned();
    let one = rows(&headings, &[("One", "one@example.test")]);
    let two = rows(&headings, &[("Two", "two@example.test")]);
    let device = browser.device.clone();
    device.fault(Fault::new(FaultKind::Busy).on("@book_save").times(1));
    assert!(browser.import(Choice::add(one.as_bytes())).await.contains("in use"));
    device.panel_book(|book| book.locked_by = Some("Nurse".into()));
    assert!(browser.import(Choice::add(one.as_bytes())).await.contains("in use"));
    device.panel_book(|book| book.locked_by = None);
    assert!(device.book().named("One").is_none());
    device.fault(Fault::new(FaultKind::DroppedWrite).on("@book_save").times(1));
    assert!(browser.import(Choice::add(one.as_bytes())).await.contains("1 contacts were added"));
    assert!(device.book().named("One").is_none());
    // Carried out, and no answer.
    let page = browser.until_last(Choice::add(one.as_bytes())).await;
    device.fault(Fault::new(FaultKind::LostReply).on("@book_save").times(1));
    let fields = fields_of(&page, "finishForm");
    assert!(browser.client.post(&action(&page, "finishForm"), &fields).await.is_none());
    assert!(device.book().named("One").is_some());
    // The session ends between two steps.
    let page = browser.until_last(Choice::add(two.as_bytes())).await;
    device.fault(Fault::new(FaultKind::ExpireSession).on("@book_save").times(1));
    let fields = fields_of(&page, "finishForm");
    let reply = browser.client.post(&action(&page, "finishForm"), &fields).await.unwrap();
    assert!(reply.header("location").unwrap().contains("login.php"));
    assert!(device.book().named("Two").is_none());
    browser.lab.shutdown().await;
}

#[tokio::test]
async fn one_contact_is_added_changed_and_deleted_where_pages_for_it_are() {
    let mut browser = Browser::logged_in("altalink-c8155").await;
    let device = browser.device.clone();
    let list = browser.get(LIST).await;
    let add = link(&list, "Add New Contact").unwrap();
    let page = browser.get(&add).await;
    let mut fields = fields_of(&page, "contactForm");
    set(&mut fields, &labelled(&page, "Display Name"), "Cleo Park");
    set(&mut fields, &labelled(&page, "Email"), "cleo@example.test");
    tick(&page, &mut fields, "Ward 3, night");
    browser.client.post(&action(&page, "contactForm"), &fields).await.unwrap();
    let book = device.book();
    let cleo = book.named("Cleo Park").unwrap();
    assert!(book.named("Ward 3, night").unwrap().members.contains(&cleo.id));
    assert!(!cleo.frequent);

    let page = browser.get(&format!("{LIST}?contactId={}", cleo.id)).await;
    let page = browser.get(&link(&page, "Edit").unwrap()).await;
    let mut fields = fields_of(&page, "contactForm");
    set(&mut fields, &labelled(&page, "Email"), "cleo.park@example.test");
    let reply = browser.client.post(&action(&page, "contactForm"), &fields).await.unwrap();
    assert!(reply.body.contains("cleo.park@example.test"));
    assert!(device.book().named("Ward 3, night").unwrap().members.contains(&cleo.id));
    set(&mut fields, &labelled(&page, "Email"), "nowhere");
    let reply = browser.client.post(&action(&page, "contactForm"), &fields).await.unwrap();
    assert_eq!(message(&reply.body), "Enter a valid email address.");

    // A scan destination is shown, and survives a change of the name.
    let scans = device.book().named("Scans").unwrap().id;
    let page = browser.get(&format!("{LIST}?contactId={scans}")).await;
    let page = browser.get(&link(&page, "Edit").unwrap()).await;
    let mut fields = fields_of(&page, "contactForm");
    set(&mut fields, &labelled(&page, "Display Name"), "Scan folder");
    browser.client.post(&action(&page, "contactForm"), &fields).await.unwrap();
    assert!(device.folder_password_is(scans, "lab-not-a-secret").unwrap());
    assert_eq!(device.book().entry(scans).unwrap().name, "Scan folder");

    let page = browser.get(&format!("{LIST}?contactId={}", cleo.id)).await;
    let fields = fields_of(&page, "deleteForm");
    browser.client.post(&action(&page, "deleteForm"), &fields).await.unwrap();
    assert!(device.book().entry(cleo.id).is_none());
    let reply = browser.client.post(&action(&page, "deleteForm"), &fields).await.unwrap();
    assert_eq!(message(&reply.body), "The contact does not exist.");
    assert!(matches!(browser.profile.book.export.way, ExportWay::Prepared(..)));
    browser.lab.shutdown().await;
    for name in &PROFILES[1..] {
        assert!(XeroxProfile::find(name).unwrap().book.contacts.is_none());
    }
}

#[tokio::test]
async fn two_thousand_contacts_go_out_and_come_back() {
    for name in ["altalink-c8155", "versalink-c415"] {
        let mut browser = Browser::logged_in(name).await;
        let limits = browser.profile.book.limits;
        browser.device.panel_book(|book| *book = Book::sample(2000, limits));
        let before = people(&browser.device.book());
        let file = browser.export().await;
        assert_eq!(file.lines().count(), before.len() + 1);
        let said = browser.import(Choice::replace(file.as_bytes())).await;
        assert!(said.contains(&format!("{} contacts were imported.", before.len())), "{name}: {said}");
        let mut after = people(&browser.device.book());
        let mut before = before;
        (before.sort(), after.sort());
        assert_eq!(after, before, "{name}");
        browser.lab.shutdown().await;
    }
}

#[tokio::test]
async fn nonsense_is_answered_and_changes_nothing() {
    for name in PROFILES {
        let mut browser = Browser::logged_in(name).await;
        let before = browser.device.book();
        let book = browser.profile.book.clone();
        for page in [
            "?page=0",
            "?page=-1",
            "?page=18446744073709551615",
            "?contactId=",
            "?contactId=99999999999999999999",
            "?page=x&page=2",
        ] {
            let reply = browser.client.get(&format!("{LIST}{page}")).await.unwrap();
            assert_eq!(reply.status, 200, "{name} {page}");
        }
        // Steps out of their order, without a file, and files that are none.
        for page in [&book.import.upload.1, &book.import.start.1, &book.import.finish.1] {
            assert_eq!(message(&browser.get(page).await), "Upload a file first.", "{name}");
        }
        for (function, next) in [&book.import.start, &book.import.finish] {
            let page = browser.export_page().await;
            let token = inputs(&page).into_iter().find(|it| it.name == "CSRFToken").map(|it| it.value);
            let mut fields =
                vec![("_fun_function".to_owned(), function.clone()), ("NextPage".to_owned(), next.clone())];
            let from = browser.get(&book.import.page).await;
            let token = token
                .or_else(|| inputs(&from).into_iter().find(|it| it.name == "CSRFToken").map(|it| it.value));
            fields.extend(token.map(|token| ("CSRFToken".to_owned(), token)));
            let reply = browser.client.post("/dummypost/xerox.set", &fields).await.unwrap();
            assert_eq!(message(&reply.body), "Upload a file first.", "{name}");
        }
        for (kind, body) in [
            ("multipart/form-data; boundary=x", &b"--x\r\nContent-Disposition: form-data\r\n\r\n--x"[..]),
            ("multipart/form-data; boundary=", b"----"),
            ("multipart/form-data", b"\xff\xfe"),
        ] {
            let reply = browser.client.send_as("POST", "/upload/xerox.set", kind, body).await.unwrap();
            assert!(matches!(reply.status, 200 | 302), "{name}");
        }
        for file in [&b"\xff\xfe\x00"[..], b"\"", b",,,,\r\n\"\"\"", b"\r\n\r\n"] {
            let page = browser.until_last(Choice::replace(file)).await;
            let fields = fields_of(&page, "finishForm");
            browser.client.post(&action(&page, "finishForm"), &fields).await.unwrap();
            for _ in 0..=book.import.waits {
                browser.get(LIST).await;
            }
        }
        let left = browser.device.book();
        // An empty file that replaces leaves nothing: exactly what it says.
        assert!(left == before || left.entries().is_empty(), "{name}");
        browser.lab.shutdown().await;
    }
}
