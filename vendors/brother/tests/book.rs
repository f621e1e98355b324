//! The address book of a device of our own making, in ways that the lab's have not: German, free numbers in a select, entries
//! taken out behind a link with two questions as certificates are, and a list that never ends.
#![allow(missing_docs)]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use scanfleet_brother::Brother;
use scanfleet_sdk::transport::{
    Access, CertificateFacts, Endpoint, Intent, Limits, Session, SessionOptions, TlsProfile, Trust,
    TrustRefusal, Witness, WitnessError,
};
use scanfleet_sdk::{
    Book, BookEntry, BookReceipt, Category, Credentials, Driver, EntryChange, EntryReceipt, EntryWanted,
    LoginHistory, Secret, Vendor,
};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

struct Anyone;

#[async_trait]
impl Trust for Anyone {
    async fn check(&self, _: &CertificateFacts) -> Result<(), TrustRefusal> {
        Ok(())
    }
    async fn pinned(&self) -> Result<bool, TrustRefusal> {
        Ok(false)
    }
}

struct Paper;

#[async_trait]
impl Witness for Paper {
    async fn intend(&self, _: &Intent) -> Result<i64, WitnessError> {
        Ok(1)
    }
    async fn receive(&self, _: i64, _: Option<u16>) -> Result<(), WitnessError> {
        Ok(())
    }
}

/// What befalls the next post of a page of the book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Odd {
    Login,
    Stale,
    Busy,
    Refuses,
    Trap,
}

#[derive(Default)]
struct State {
    /// Name, e-mail and fax of each number.
    held: BTreeMap<u32, (String, String, String)>,
    session: u32,
    token: u32,
    odd: Vec<Odd>,
    log: Vec<String>,
}

#[derive(Clone, Default)]
struct Device(Arc<Mutex<State>>);

const MOST: u32 = 6;

fn html(body: &str) -> ResponseTemplate {
    let text = format!(
        "<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=iso-8859-1\"/><title>Brother MFC-X1 series</title></head><body><div id=modelName><h1>MFC-X1 series</h1></div>{body}</body></html>"
    );
    ResponseTemplate::new(200).set_body_raw(text.chars().map(|c| c as u8).collect::<Vec<_>>(), "text/html")
}

const OUTSIDE: &str = "<form method=post action=/general/status.html><input type=password id=LogBox name=B126><input type=hidden name=loginurl value=/x></form>";
const INSIDE: &str = "<div id=tabMenu><a href='/address/speeddial.html?start=1&amp;pageid=44'>Adressbuch</a></div><form method=post action=/general/status.html><input type=hidden name=B127 value=''><input type=submit value=Abmelden></form>";

impl State {
    fn list(&self, start: u32) -> String {
        let row = |(number, (name, email, fax)): (&u32, &(String, String, String))| {
            format!(
                "<tr><td>{}</td><td>{email}{fax}</td><td>{number:03}</td><td><a href='e.html?x={number}&amp;pageid=45'>{name}</a></td><td><a href='delete.html?x={number}'>L&ouml;schen</a></td></tr>",
                if fax.is_empty() { "E-Mail" } else { "Fax" }
            )
        };
        let rows: Vec<String> = self.held.iter().skip_while(|(n, _)| **n < start).take(2).map(row).collect();
        // Behind the last page stands the last page again, under another number.
        format!(
            "{INSIDE}<p><a href='new.html?pageid=46'>Neuer Eintrag</a> <a href='speeddial.html?start={}&amp;pageid=44'>&gt;&gt;</a></p>
             <table><tr><th>Typ</th><th>Fax-Nr./E-Mail-Adresse</th><th>Nr.</th><th>Name</th><th></th></tr>{}</table>",
            start + 2,
            rows.concat()
        )
    }

    fn form(&mut self, action: &str, inner: &str, button: &str) -> String {
        self.token += 1;
        let token = format!("<input type=hidden name=CSRFToken value='QUJD&#13;&#10;{}'>", self.token);
        format!("<form method=post action={action}>{token}{inner}<input type=submit value={button}></form>")
    }

    fn entry(&mut self, number: Option<u32>) -> String {
        let empty = (String::new(), String::new(), String::new());
        let (name, email, fax) = number.and_then(|n| self.held.get(&n)).unwrap_or(&empty).clone();
        let number = match number {
            Some(number) => format!("<dd>{number:03}<input type=hidden name=x value={number}></dd>"),
            None => {
                let free = (1..=MOST).filter(|n| !self.held.contains_key(n));
                let all: String = free.map(|n| format!("<option value={n}>{n:03}</option>")).collect();
                format!("<dd><select name=B20>{all}</select></dd>")
            }
        };
        let trap =
            if self.odd.last() == Some(&Odd::Trap) { "<input type=hidden name=B127 value=''>" } else { "" };
        let (mail_on, fax_on) = if fax.is_empty() { ("checked", "") } else { ("", "checked") };
        let inner = format!(
            "{trap}<dl><dt>Nr.</dt>{number}<dt>Name</dt><dd><input name=B21 value=\"{name}\" maxlength=12></dd>
             <dt>Typ</dt><dd><input type=radio name=B22 id=f value=7 {fax_on}><label for=f>Fax</label><input type=radio name=B22 id=m value=9 {mail_on}><label for=m>E-Mail</label></dd>
             <dt>E-Mail-Adresse</dt><dd><input name=B23 value='{email}'></dd><dt>Fax-Nr.</dt><dd><input name=B24 value='{fax}'></dd>
             <dt>Privat</dt><dd><input type=checkbox name=B25 value=1></dd></dl>"
        );
        let action = if number.contains("B20") { "new.html" } else { "e.html" };
        INSIDE.to_owned() + &self.form(action, &inner, "Senden")
    }
}

impl Respond for Device {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let mut state = self.0.lock().unwrap();
        let header = |name: &str| {
            request.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned()
        };
        let post = request.method.as_str() == "POST";
        let body: BTreeMap<String, String> = form_urlencoded::parse(&request.body).into_owned().collect();
        let query: BTreeMap<String, String> = request.url.query_pairs().into_owned().collect();
        let path = request.url.path().to_owned();
        let line = format!("{} {path}", request.method);
        state.log.push(line);
        if post && body.contains_key("B126") {
            state.session += 1;
            return ResponseTemplate::new(301)
                .insert_header("Set-Cookie", format!("AuthCookie=s{}", state.session).as_str())
                .insert_header("Location", "/x");
        }
        let inside = state.session > 0 && header("cookie") == format!("AuthCookie=s{}", state.session);
        if path == "/general/status.html" {
            return html(if inside && !post { INSIDE } else { OUTSIDE });
        }
        if path == "/general/information.html" {
            return html(&format!(
                "{OUTSIDE}<dl><dt>Model Name</dt><dd>Brother MFC-X1</dd><dt>Serial no.</dt><dd>X1</dd></dl>"
            ));
        }
        if !inside {
            return html(&format!("<h2>Please Login</h2>{OUTSIDE}"));
        }
        if post {
            match state.odd.pop() {
                Some(Odd::Login) => {
                    state.session += 1;
                    return html(&format!("<h2>Please Login</h2>{OUTSIDE}"));
                }
                Some(Odd::Stale) => {
                    return html("<p class=errorMessage>Your request was rejected. Please try again.</p>");
                }
                Some(Odd::Busy) => return html("<div class=postError>The address book is in use.</div>"),
                Some(Odd::Refuses) => {
                    let page = state.entry(None);
                    return html(&format!("<div class=postError>Der Name ist vergeben</div>{page}"));
                }
                Some(Odd::Trap) | None => {}
            }
            let fresh = body.get("CSRFToken") == Some(&format!("QUJD\r\n{}", state.token));
            if !fresh || header("referer").is_empty() || body.contains_key("B127") {
                return html("<p class=errorMessage>Your request was rejected. Please try again.</p>");
            }
        }
        let number =
            |from: &BTreeMap<String, String>, name: &str| from.get(name).and_then(|v| v.parse::<u32>().ok());
        match path.as_str() {
            "/net/net/protocol.html" => html(INSIDE),
            "/address/speeddial.html" => html(&state.list(number(&query, "start").unwrap_or(1))),
            "/address/delete.html" => {
                let x = number(if post { &body } else { &query }, "x").unwrap_or(0);
                if body.get("process").is_some_and(|step| step == "2") {
                    state.held.remove(&x);
                    return html(&state.list(1));
                }
                let step = if post { 2 } else { 1 };
                let inner = format!(
                    "<input type=hidden name=x value={x}><input type=hidden name=process value={step}>"
                );
                let form = state.form("delete.html", &inner, "Ja");
                html(&format!("{INSIDE}<p>Wirklich?</p>{form}"))
            }
            _ if post => {
                let Some(x) = number(&body, "x").or_else(|| number(&body, "B20")) else { return html("") };
                let text = |name: &str| body.get(name).cloned().unwrap_or_default();
                if text("B22").is_empty() || body.contains_key("B25") {
                    return html("<div class=postError>Fehler</div>");
                }
                let latin: String = text("B21");
                state.held.insert(x, (latin, text("B23"), text("B24")));
                let page = state.entry(Some(x));
                html(&format!("<div class=postSuccess>OK</div>{page}"))
            }
            "/address/new.html" => html(&state.entry(None)),
            "/address/e.html" => html(&state.entry(number(&query, "x"))),
            _ => ResponseTemplate::new(404),
        }
    }
}

async fn drive(count: u32) -> (MockServer, Device, Box<dyn Driver>) {
    let device = Device::default();
    for n in 1..=count {
        let held = (format!("Person {n}"), format!("p{n}@example.test"), String::new());
        device.0.lock().unwrap().held.insert(n, held);
    }
    let server = MockServer::start().await;
    Mock::given(wiremock::matchers::any()).respond_with(device.clone()).mount(&server).await;
    let mut session = Session::connect(SessionOptions {
        device: "copier".into(),
        endpoint: Endpoint::parse(&server.uri()).unwrap(),
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
    let recognised = Brother::default().recognise(&mut session).await.unwrap().unwrap();
    let password = Secret::new("not-a-secret".into());
    let credentials = Credentials { user: None, password, history: LoginHistory::Unknown };
    let driver = Brother::default().driver(session, recognised, Some(credentials));
    (server, device, driver)
}

fn names(book: &Book) -> Vec<&str> {
    book.entries.iter().map(|entry| entry.name.as_str()).collect()
}

fn person(name: &str) -> EntryChange {
    let email = Some(format!("{}@example.test", name.to_lowercase()));
    EntryChange::Add(EntryWanted { name: Some(name.into()), email, ..EntryWanted::default() })
}

fn category(receipt: &BookReceipt, at: usize) -> Category {
    match &receipt.entries[at] {
        EntryReceipt::Refused(error) => error.category,
        other => panic!("{other:?}"),
    }
}

fn answered(receipt: &BookReceipt) -> bool {
    receipt.entries.iter().all(|entry| matches!(entry, EntryReceipt::Answered))
}

async fn change(driver: &mut dyn Driver, book: &Book, changes: &[EntryChange]) -> BookReceipt {
    driver.change_book(book, changes, &|_| {}).await
}

#[tokio::test]
async fn a_list_without_end_is_read_once() {
    let (_server, device, mut driver) = drive(5).await;
    let book = driver.read_book().await.unwrap();
    assert_eq!(names(&book), ["Person 1", "Person 2", "Person 3", "Person 4", "Person 5"]);
    assert!(book.told.number && !book.told.members);
    let limits = driver.book();
    let scanfleet_sdk::Support::Yes(limits) = limits else { panic!() };
    assert_eq!((limits.name_limit, limits.encoding), (Some(12), Some("iso-8859-1")));
    assert!(!limits.edits_groups.is_yes());
    // Three pages and the one behind them that shows nothing new; nothing was posted but the log-in.
    let log = device.0.lock().unwrap().log.clone();
    assert_eq!(log.iter().filter(|line| line.ends_with("speeddial.html")).count(), 4, "{log:?}");
    assert_eq!(log.iter().filter(|line| line.starts_with("POST")).count(), 1, "{log:?}");
    driver.close().await.unwrap();
}

#[tokio::test]
async fn entries_are_added_changed_and_taken_out() {
    let (_server, device, mut driver) = drive(3).await;
    device.0.lock().unwrap().held.insert(4, ("Amt".into(), String::new(), "0123".into()));
    let book = driver.read_book().await.unwrap();
    assert_eq!(book.entries[3].fax.as_deref(), Some("0123"));
    let to = EntryWanted { email: Some("new@example.test".into()), ..EntryWanted::default() };
    let fax = EntryWanted { name: Some("\u{c4}mter".into()), ..EntryWanted::default() };
    let changes = [
        person("Zo\u{eb}"),
        EntryChange::Change { entry: book.entries[1].clone(), to },
        EntryChange::Change { entry: book.entries[3].clone(), to: fax },
        EntryChange::Remove { entry: book.entries[0].clone() },
    ];
    let receipt = change(driver.as_mut(), &book, &changes).await;
    assert!(answered(&receipt), "{receipt:?}");
    // One for each of the first three; the link and two questions for the last.
    assert_eq!(receipt.posts, 6);
    let book = driver.read_book().await.unwrap();
    assert_eq!(book.entries.len(), 4, "{book:?}");
    let find = |number: u32| book.entries.iter().find(|e| e.number == Some(number)).unwrap().clone();
    assert_eq!(find(2).email.as_deref(), Some("new@example.test"));
    let amt: BookEntry = find(4);
    assert_eq!((amt.email, amt.fax.as_deref()), (None, Some("0123")));
    driver.close().await.unwrap();
}

#[tokio::test]
async fn a_lost_session_and_a_stale_token_cost_one_try_each() {
    for odd in [Odd::Login, Odd::Stale] {
        let (_server, device, mut driver) = drive(2).await;
        let book = driver.read_book().await.unwrap();
        device.0.lock().unwrap().odd = vec![odd];
        let receipt = change(driver.as_mut(), &book, &[person("Ann"), person("Bert")]).await;
        assert!(answered(&receipt), "{odd:?}: {receipt:?}");
        assert_eq!(receipt.posts, 3);
        // A second time is told, and nothing more is tried.
        device.0.lock().unwrap().odd = vec![odd; 2];
        let receipt = change(driver.as_mut(), &book, &[person("Cleo"), person("Dora")]).await;
        assert!(matches!(category(&receipt, 0), Category::Interrupted | Category::Rejected), "{receipt:?}");
        assert!(matches!(receipt.entries[1], EntryReceipt::NotTried), "{receipt:?}");
        assert_eq!(device.0.lock().unwrap().held.len(), 4);
        let _ = driver.close().await;
    }
}

#[tokio::test]
async fn refusals_concern_one_entry_and_a_busy_book_all() {
    let (_server, device, mut driver) = drive(2).await;
    let book = driver.read_book().await.unwrap();
    device.0.lock().unwrap().odd = vec![Odd::Refuses];
    let receipt = change(driver.as_mut(), &book, &[person("Ann"), person("Bert")]).await;
    let EntryReceipt::Refused(error) = &receipt.entries[0] else { panic!("{receipt:?}") };
    assert!(error.category == Category::Rejected && error.got.contains("Der Name ist vergeben"), "{error}");
    assert!(matches!(receipt.entries[1], EntryReceipt::Answered));
    device.0.lock().unwrap().odd = vec![Odd::Busy];
    let receipt = change(driver.as_mut(), &book, &[person("Cleo"), person("Dora")]).await;
    assert_eq!(category(&receipt, 0), Category::Busy);
    assert!(matches!(receipt.entries[1], EntryReceipt::NotTried));
    // A form that would log out is not sent; what is too long or foreign to the charset neither.
    device.0.lock().unwrap().odd = vec![Odd::Trap];
    let wrong = [person("Eve"), person("A very long name indeed"), person("\u{65e5}")];
    let receipt = change(driver.as_mut(), &book, &wrong).await;
    assert_eq!(receipt.posts, 0);
    let found: Vec<Category> = (0..3).map(|at| category(&receipt, at)).collect();
    assert_eq!(found, [Category::PageChanged, Category::Unsupported, Category::Unsupported]);
    driver.close().await.unwrap();
}

#[tokio::test]
async fn nobody_is_taken_for_somebody_else() {
    let (_server, device, mut driver) = drive(3).await;
    let book = driver.read_book().await.unwrap();
    let other = ("Stranger".to_owned(), "s@example.test".to_owned(), String::new());
    device.0.lock().unwrap().held.insert(2, other.clone());
    let to = EntryWanted { name: Some("X".into()), ..EntryWanted::default() };
    let entry = book.entries[1].clone();
    assert_eq!(driver.read_entry(&entry).await.unwrap_err().category, Category::Interrupted);
    let changes = [EntryChange::Change { entry: entry.clone(), to }, EntryChange::Remove { entry }];
    let receipt = change(driver.as_mut(), &book, &changes).await;
    assert_eq!(
        (category(&receipt, 0), category(&receipt, 1)),
        (Category::Interrupted, Category::Interrupted)
    );
    assert_eq!(receipt.posts, 0);
    assert_eq!(device.0.lock().unwrap().held[&2], other);
    // All numbers are taken: refused before anything is sent.
    for n in 4..=MOST {
        device
            .0
            .lock()
            .unwrap()
            .held
            .insert(n, (format!("P{n}"), format!("{n}@example.test"), String::new()));
    }
    let receipt = change(driver.as_mut(), &book, &[person("Late")]).await;
    assert_eq!((category(&receipt, 0), receipt.posts), (Category::Unsupported, 0));
    driver.close().await.unwrap();
}
