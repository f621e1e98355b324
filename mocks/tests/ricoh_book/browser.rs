//! What the vendor's scripts do, as far as a test needs it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use scanfleet_mocks::{Book, DeviceHandle, DeviceSpec, Lab, LabSpec, Profile};

use crate::common::{Client, Reply, inputs};

pub const PASSWORD: &str = "lab-admin-not-a-secret";

/// Fields of a form.
pub type Fields = Vec<(String, String)>;

/// A lab with one copier, and an administrator at its list page.
pub struct Desk {
    pub lab: Lab,
    pub profile: Profile,
    pub device: DeviceHandle,
    pub client: Client,
}

/// A lab with one copier whose profile may be changed first, and a book of so many entries.
pub async fn desk_with(name: &str, entries: usize, change: impl FnOnce(&mut DeviceSpec)) -> Desk {
    let mut spec = LabSpec::single(name);
    spec.devices[0] = spec.devices[0].clone().with_book(entries);
    change(&mut spec.devices[0]);
    let profile = spec.devices[0].profile.ricoh().unwrap().clone();
    let lab = Lab::start(spec).await.unwrap();
    let device = lab.device("copier");
    let mut client = Client::new(&lab.devices()[0].address, &profile.languages[0]);
    assert_eq!(client.log_in("admin", PASSWORD).await.status, 302);
    let mut desk = Desk { lab, profile, device, client };
    desk.open_list().await;
    desk
}

pub async fn desk(name: &str, entries: usize) -> Desk {
    desk_with(name, entries, |_| {}).await
}

pub fn pairs(fields: &[(&str, &str)]) -> Fields {
    fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

impl Desk {
    /// Another administrator's browser.
    pub async fn second(&self) -> Client {
        let mut client = Client::new(&self.lab.devices()[0].address, &self.profile.languages[0]);
        assert_eq!(client.log_in("admin", PASSWORD).await.status, 302);
        client
    }

    pub fn book(&self) -> Book {
        self.device.book()
    }

    pub fn path(&self, page: &str) -> String {
        self.client.entry(&format!("address/{page}"))
    }

    pub async fn open_list(&mut self) -> Reply {
        let path = self.path("adrsList.cgi?modeIn=LIST_ALL");
        self.client.get(&path).await.unwrap()
    }

    /// Reads batch after batch as the page's script does, by 50.
    pub async fn read_rows(&mut self) -> Vec<Vec<String>> {
        let total = self.book().entries().len();
        let mut rows = Vec::new();
        let mut batch = 1;
        while rows.len() < total {
            let page = format!("adrsListLoadEntry.cgi?_=1&listCountIn=50&getCountIn={batch}");
            let path = self.path(&page);
            let reply = self.client.get(&path).await.unwrap();
            assert_eq!(reply.header("content-type"), Some("text/plain"));
            let more = literal(&reply.body);
            assert!(!more.is_empty(), "batch {batch} is empty after {} of {total}", rows.len());
            rows.extend(more);
            batch += 1;
        }
        rows
    }

    /// Posts a form with the page's token.
    pub async fn post(&mut self, page: &str, fields: &[(String, String)]) -> Option<Reply> {
        let path = self.path(page);
        let mut all = fields.to_vec();
        all.push(("wimToken".to_owned(), self.client.token.clone()));
        self.client.post(&path, &all).await
    }

    pub async fn say(&mut self, page: &str, fields: &[(&str, &str)]) -> Reply {
        self.post(page, &pairs(fields)).await.unwrap()
    }

    /// One step of the wizard.
    pub async fn step(&mut self, mode: &str, step: &str, fields: &[(&str, &str)]) -> Option<Reply> {
        let mut all = pairs(&[("mode", mode), ("step", step)]);
        all.extend(pairs(fields));
        self.post("adrsSetUserWizard.cgi", &all).await
    }

    pub async fn base(&mut self, mode: &str, number: &str, name: &str) -> Option<Reply> {
        let mut fields = vec![("entryIndexIn", number), ("entryNameIn", name), ("entryDisplayNameIn", "key")];
        fields.extend([("entryTagInfoIn", "1"); 4]);
        self.step(mode, "BASE", &fields).await
    }

    pub async fn confirm(&mut self, mode: &str, steps: &[&str]) -> Option<Reply> {
        let fields: Vec<(&str, &str)> = steps.iter().map(|step| ("stepListIn", *step)).collect();
        self.step(mode, "CONFIRM", &fields).await
    }

    pub async fn open_wizard(&mut self, number: Option<&str>) -> Reply {
        match number {
            None => {
                self.say("adrsGetUserWizard.cgi", &[("mode", "ADDUSER"), ("outputSpecifyModeIn", "DEFAULT")])
                    .await
            }
            Some(number) => {
                let fields =
                    [("mode", "MODUSER"), ("outputSpecifyModeIn", "PROGRAMMED"), ("entryIndexIn", number)];
                self.say("adrsGetUserWizard.cgi", &fields).await
            }
        }
    }

    /// Adds a person with an address, step by step.
    pub async fn add(&mut self, name: &str, mail: &str) -> Reply {
        let page = self.open_wizard(None).await;
        let number = value_of(&page.body, "entryIndexIn");
        assert_eq!(self.base("ADDUSER", &number, name).await.unwrap().body, self.success());
        let step = self.step("ADDUSER", "MAIL", &[("mailAddressIn", mail)]).await.unwrap();
        assert_eq!(step.body, self.success());
        self.confirm("ADDUSER", &["BASE", "MAIL"]).await.unwrap()
    }

    /// What a step answers when it went well.
    pub fn success(&self) -> String {
        format!("[{}]", self.texts())
    }

    /// How many texts the table has.
    pub fn texts(&self) -> usize {
        if self.newer() { 14 } else { 11 }
    }

    pub fn newer(&self) -> bool {
        self.profile.address.generation == scanfleet_mocks::BookGeneration::Newer
    }

    /// Opens the full form of a user or the form of a group; its fields as a browser would post them.
    pub async fn open_form(&mut self, kind: &str, number: &str) -> (Reply, Fields) {
        let page = if kind == "USER" { "adrsGetUser.cgi" } else { "adrsGetGroup.cgi" };
        let mode = format!("MOD{kind}");
        let fields =
            [("mode", mode.as_str()), ("outputSpecifyModeIn", "PROGRAMMED"), ("entryIndexIn", number)];
        let reply = self.say(page, &fields).await;
        let fields = form_fields(&reply.body);
        (reply, fields)
    }

    /// Saves a form as the page's script does.
    pub async fn save_form(&mut self, kind: &str, fields: &[(String, String)]) -> Reply {
        let page = if kind == "USER" { "adrsSetUser.cgi" } else { "adrsSetGroup.cgi" };
        let mut all = pairs(&[("inputSpecifyModeIn", "WRITE"), ("listUpdateIn", "UPDATE")]);
        all.extend(fields.iter().cloned());
        let path = self.path(page);
        self.client.post(&path, &all).await.unwrap()
    }

    /// Deletes by the newer generation's page.
    pub async fn delete_entries(&mut self, ids: &str) -> Reply {
        let boundary = "-----------------------------1771507442000";
        let part = |name: &str, value: &str| {
            format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let body =
            format!("{}{}--{boundary}--\n", part("entryIndex", ids), part("wimToken", &self.client.token));
        let path = self.path("adrsDeleteEntries.cgi");
        let kind = format!("multipart/form-data; boundary={boundary}");
        self.client.send_as("POST", &path, &kind, body.as_bytes()).await.unwrap()
    }
}

pub fn b64(text: &str) -> String {
    BASE64.encode(text)
}

/// The hidden `returnValue` of a page.
pub fn result(reply: &Reply) -> String {
    value_of(&reply.body, "returnValue")
}

pub fn value_of(page: &str, name: &str) -> String {
    inputs(page).into_iter().find(|input| input.name == name).map_or(String::new(), |input| input.value)
}

/// The fields of `mainForm` as a browser would post them, its token among them.
pub fn form_fields(page: &str) -> Fields {
    let Some(form) = page.split("<form name=\"mainForm\"").nth(1) else { return Vec::new() };
    let form = form.split("</form>").next().unwrap();
    let mut fields = Vec::new();
    let mut select = String::new();
    for piece in form.split('<').skip(1) {
        let tag = format!(" {} ", piece.split('>').next().unwrap());
        let attribute = |name: &str| {
            let value = tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next()?;
            Some(value.replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&"))
        };
        let name = attribute("name").unwrap_or_default();
        match tag.split_whitespace().next().unwrap_or_default() {
            "input" => {
                let kind = attribute("type").unwrap();
                let on = !matches!(kind.as_str(), "radio" | "checkbox") || tag.contains(" checked ");
                if on && !tag.contains(" disabled ") {
                    fields.push((name, attribute("value").unwrap_or_default()));
                }
            }
            "select" => select = name,
            "option" if tag.contains(" selected ") => {
                fields.push((select.clone(), attribute("value").unwrap()));
            }
            _ => {}
        }
    }
    fields
}

/// Reads `[[…],[…]]` with numbers and texts in single quotes.
pub fn literal(text: &str) -> Vec<Vec<String>> {
    assert!(text.starts_with('['), "{text}");
    let mut rows = Vec::new();
    let mut row = Vec::new();
    let mut cell: Option<String> = None;
    let mut chars = text.chars().skip(1);
    while let Some(c) = chars.next() {
        match c {
            '[' => row = Vec::new(),
            '\'' => {
                let mut value = String::new();
                loop {
                    match chars.next().unwrap() {
                        '\\' => value.push(chars.next().unwrap()),
                        '\'' => break,
                        c => value.push(c),
                    }
                }
                cell = Some(value);
            }
            ',' => row.extend(cell.take()),
            ']' => {
                row.extend(cell.take());
                if !row.is_empty() {
                    rows.push(std::mem::take(&mut row));
                }
            }
            c if c.is_whitespace() => {}
            c => cell.get_or_insert_default().push(c),
        }
    }
    rows
}
