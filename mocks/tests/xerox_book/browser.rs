//! The client: links by their words, controls by their labels.

use crate::common::{Client, Reply, inputs};
use scanfleet_mocks::{Book, BookEntry, DeviceHandle, Lab, LabSpec, XeroxProfile};

pub const PROFILES: [&str; 4] = ["altalink-c8155", "workcentre-7835", "workcentre-5735", "versalink-c415"];
pub const LIST: &str = "/addressbook/viewContact.php";

/// A browser in front of one device.
#[derive(Debug)]
pub struct Browser {
    pub lab: Lab,
    pub device: DeviceHandle,
    pub client: Client,
    pub profile: XeroxProfile,
}

/// A file to upload.
#[derive(Debug, Clone, Copy)]
pub struct Choice<'a> {
    pub file: &'a [u8],
    pub delimiter: &'a str,
    pub brackets: bool,
    pub replace: bool,
}

impl<'a> Choice<'a> {
    pub fn add(file: &'a [u8]) -> Self {
        Self { file, delimiter: "Comma (,)", brackets: false, replace: false }
    }

    pub fn replace(file: &'a [u8]) -> Self {
        Self { replace: true, ..Self::add(file) }
    }
}

impl Browser {
    pub async fn new(name: &str) -> Self {
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

    pub async fn logged_in(name: &str) -> Self {
        let mut browser = Self::new(name).await;
        browser.log_in().await;
        browser
    }

    pub async fn log_in(&mut self) {
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
    pub async fn get(&mut self, path: &str) -> String {
        let mut reply = self.client.get(path).await.unwrap();
        while reply.status == 302 {
            let at = reply.header("location").unwrap().to_owned();
            reply = self.client.get(&at).await.unwrap();
        }
        reply.body
    }

    /// The pages of export and import, by the words of their links from the list.
    pub async fn way_to(&mut self, words: &str) -> String {
        let list = self.get(LIST).await;
        if let Some((_, between)) = self.profile.book.management.clone() {
            let page = self.get(&link(&list, &between).unwrap()).await;
            return link(&page, words).unwrap();
        }
        link(&list, words).unwrap()
    }

    pub async fn export_page(&mut self) -> String {
        let words = self.profile.book.export.link.clone();
        let page = self.way_to(&words).await;
        self.get(&page).await
    }

    pub async fn export_with(&mut self, delimiter: &str, legacy: bool) -> Reply {
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

    pub async fn export(&mut self) -> String {
        self.export_with("Comma (,)", false).await.body
    }

    /// "Upload File"; the answer.
    pub async fn upload(&mut self, choice: Choice<'_>) -> String {
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

    pub fn choices(&self, page: &str, fields: &mut Vec<(String, String)>, choice: Choice<'_>) {
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
    pub async fn until_last(&mut self, choice: Choice<'_>) -> String {
        let page = self.upload(choice).await;
        let mut fields = fields_of(&page, "startForm");
        self.choices(&page, &mut fields, choice);
        self.client.post(&action(&page, "startForm"), &fields).await.unwrap().body
    }

    /// The whole way; what the device says at the end.
    pub async fn import(&mut self, choice: Choice<'_>) -> String {
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

pub fn person(name: &str, email: &str) -> BookEntry {
    let (first, last) = name.split_once(' ').unwrap_or((name, ""));
    BookEntry { first_name: first.into(), last_name: last.into(), ..BookEntry::person(name, email) }
}

pub fn unescaped(text: &str) -> String {
    text.replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

pub fn message(page: &str) -> String {
    let said = page.split("id=\"importMessage\">").nth(1).unwrap_or_else(|| panic!("no message in {page}"));
    unescaped(said.split('<').next().unwrap())
}

/// Where the link with these words leads.
pub fn link(page: &str, words: &str) -> Option<String> {
    let place = page
        .split("<a href=\"")
        .skip(1)
        .find(|piece| unescaped(piece.split('>').nth(1).unwrap().split('<').next().unwrap()) == words)?;
    Some(unescaped(place.split('"').next().unwrap()))
}

pub fn form<'a>(page: &'a str, name: &str) -> &'a str {
    let rest = page.split(&format!("<form name=\"{name}\"")).nth(1);
    rest.unwrap_or_else(|| panic!("no {name} in {page}")).split("</form>").next().unwrap()
}

pub fn action(page: &str, name: &str) -> String {
    let head = form(page, name).split('>').next().unwrap();
    unescaped(head.split(" action=\"").nth(1).unwrap().split('"').next().unwrap())
}

/// What a browser would send if nothing was touched.
pub fn fields_of(page: &str, name: &str) -> Vec<(String, String)> {
    inputs(form(page, name))
        .into_iter()
        .filter(|input| !matches!(input.kind.as_str(), "file" | "button" | "submit"))
        .filter(|input| {
            !matches!(input.kind.as_str(), "radio" | "checkbox") || ticked(page, &input.name, &input.value)
        })
        .map(|input| (input.name, input.value))
        .collect()
}

pub fn ticked(page: &str, name: &str, value: &str) -> bool {
    page.split("<input")
        .filter(|tag| tag.contains(&format!("name=\"{name}\" value=\"{value}\"")))
        .any(|tag| tag.split('>').next().unwrap().contains(" checked="))
}

/// The id of the control with this label.
pub fn labelled(page: &str, label: &str) -> String {
    let place = page
        .split("<label for=\"")
        .skip(1)
        .find(|piece| unescaped(piece.split('>').nth(1).unwrap().split('<').next().unwrap()) == label);
    place.unwrap_or_else(|| panic!("no {label} in {page}")).split('"').next().unwrap().to_owned()
}

pub fn set(fields: &mut Vec<(String, String)>, name: &str, value: &str) {
    fields.retain(|(key, _)| key != name);
    fields.push((name.to_owned(), value.to_owned()));
}

pub fn choose(page: &str, fields: &mut Vec<(String, String)>, label: &str, words: &str) {
    let name = labelled(page, label);
    let select =
        page.split(&format!("<select id=\"{name}\"")).nth(1).unwrap().split("</select>").next().unwrap();
    let option = select
        .split("<option value=\"")
        .find(|option| option.split('>').nth(1).unwrap_or_default().split('<').next() == Some(words))
        .unwrap();
    set(fields, &name, &unescaped(option.split('"').next().unwrap()));
}

pub fn tag<'a>(page: &'a str, id: &str) -> &'a str {
    page.split("<input").find(|tag| tag.contains(&format!(" id=\"{id}\""))).unwrap()
}

pub fn attribute(tag: &str, name: &str) -> String {
    unescaped(tag.split(&format!(" {name}=\"")).nth(1).unwrap().split('"').next().unwrap())
}

pub fn tick(page: &str, fields: &mut Vec<(String, String)>, label: &str) {
    let tag = tag(page, &labelled(page, label));
    fields.push((attribute(tag, "name"), attribute(tag, "value")));
}

pub fn radio(page: &str, fields: &mut Vec<(String, String)>, label: &str) {
    let tag = tag(page, &labelled(page, label));
    set(fields, &attribute(tag, "name"), &attribute(tag, "value"));
}

/// Names and addresses, as they stand in a book.
pub fn people(book: &Book) -> Vec<(String, String)> {
    book.entries().iter().map(|entry| (entry.name.clone(), entry.email.clone())).collect()
}

/// A file of this profile's headings, in another order of nothing: one row for each name and address.
pub fn rows(headings: &str, people: &[(&str, &str)]) -> String {
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

pub fn first_line(file: &str) -> &str {
    file.trim_start_matches('\u{feff}').lines().next().unwrap()
}
