//! Single exchanges of the address book against pages of our own making.

mod common;

use std::sync::{Arc, Mutex};

use common::{ADMIN_PASSWORD, Book as Intents, Device, Style, credentials, drive};
use scanfleet_sdk::transport::Access;
use scanfleet_sdk::{
    BookReceipt, Category, DeviceError, Driver, EntryChange, EntryKind, EntryReceipt, EntryWanted, Section,
    Support,
};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

type Answer = dyn Fn(&Request, &str, &str) -> Option<ResponseTemplate> + Send + Sync;

/// A device whose log-in is the common one, and whose address book is the test's.
struct Wim {
    door: Device,
    answer: Box<Answer>,
    log: Arc<Mutex<Vec<String>>>,
}

impl Respond for Wim {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let path = request.url.path();
        let last = path.rsplit('/').next().unwrap_or_default();
        let body = String::from_utf8_lossy(&request.body).into_owned();
        if path.starts_with("/web/entry/") && !matches!(last, "configList.cgi" | "logout.cgi")
            || path.ends_with(".xjs")
        {
            let query = request.url.query().unwrap_or_default();
            let query: String =
                query.split('&').filter(|p| !p.starts_with("_=")).collect::<Vec<_>>().join("&");
            self.log
                .lock()
                .unwrap()
                .push(format!("{} {last} {query}{body}", request.method).trim().to_owned());
            if let Some(answer) = (self.answer)(request, last, &body) {
                return answer;
            }
        }
        self.door.respond(request)
    }
}

fn html(body: &str) -> Option<ResponseTemplate> {
    Some(ResponseTemplate::new(200).set_body_raw(body.to_owned(), "text/html; charset=UTF-8"))
}

fn data(body: &str) -> Option<ResponseTemplate> {
    Some(ResponseTemplate::new(200).set_body_raw(body.to_owned(), "text/plain"))
}

struct Bench {
    _server: MockServer,
    driver: Box<dyn Driver>,
    log: Arc<Mutex<Vec<String>>>,
    door: Device,
}

impl Bench {
    async fn start(
        answer: impl Fn(&Request, &str, &str) -> Option<ResponseTemplate> + Send + Sync + 'static,
    ) -> Self {
        let door = Device::new(Style::Plain);
        let log = Arc::new(Mutex::new(Vec::new()));
        let wim = Wim { door: door.clone(), answer: Box::new(answer), log: log.clone() };
        let server = MockServer::start().await;
        Mock::given(wiremock::matchers::any()).respond_with(wim).mount(&server).await;
        let access = Access::ReadWrite(Arc::new(Intents::default()));
        let driver = drive(&server, access, credentials(ADMIN_PASSWORD)).await;
        Self { _server: server, driver, log, door }
    }

    fn log(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }

    async fn change(&mut self, changes: &[EntryChange]) -> BookReceipt {
        let book = self.driver.read_book().await.unwrap();
        self.log.lock().unwrap().clear();
        self.driver.change_book(&book, changes, &|_| {}).await
    }
}

const HEAD: &str = "var g_columnInfoHash={entrySelected:{num:0},entryType:{num:1},entryIndex:{num:2},entryName:{num:3},mail:{num:4},folder:{num:5}};";
const TEXTS: &str = "var g_textResArray=['Off','On','a','b','c','d','e','This Registration No. already exists.','p','q','r','s','Set a title.<br />Or Freq.','There is an error with the entry.'];";

/// A list page of a book with so many users.
fn list(users: usize, more: &str) -> String {
    format!(
        "<html><head><title>Address List</title><script>{HEAD}{TEXTS} var url='adrsListLoadEntry.cgi';</script></head><body>
         <form name=listAllForm><input type=hidden name=wimToken value=77></form>
         <span id=span_numOfUsers>{users}</span><span id=span_numOfGroups>0</span><span id=span_maxOfUsers>2000</span>{more}</body></html>"
    )
}

fn rows(from: usize, to: usize) -> String {
    let row = |n: usize| format!("[{},1,'{n:05}','Person {n}','p{n}@example.test','']", n + 100);
    format!("[{}]", (from..=to).map(row).collect::<Vec<_>>().join(",\n"))
}

fn count(request: &Request, name: &str) -> usize {
    request.url.query_pairs().find(|(n, _)| n == name).and_then(|(_, v)| v.parse().ok()).unwrap_or_default()
}

/// A book of so many users whose batches are made by a function of batch number and asked size.
async fn batches(users: usize, of: impl Fn(usize, usize) -> String + Send + Sync + 'static) -> Bench {
    Bench::start(move |request, last, _| match last {
        "adrsList.cgi" => html(&list(users, "")),
        "adrsListLoadEntry.cgi" => data(&of(count(request, "getCountIn"), count(request, "listCountIn"))),
        _ => None,
    })
    .await
}

async fn fails(mut bench: Bench) -> DeviceError {
    let error = bench.driver.read_book().await.unwrap_err();
    assert!(bench.log().len() < 12, "{:?}", bench.log());
    error
}

#[tokio::test]
async fn batches_of_any_size_are_counted_to_the_end() {
    for (size, expected) in [(50, 3), (10, 12), (200, 1), (60, 2)] {
        let mut bench = batches(120, move |n, _| rows((n - 1) * size + 1, (n * size).min(120))).await;
        let book = bench.driver.read_book().await.unwrap();
        assert_eq!(book.entries.len(), 120, "{size}");
        assert_eq!(book.entries[119].name, "Person 120");
        let asked = bench.log().iter().filter(|l| l.contains("LoadEntry")).count();
        assert_eq!(asked, expected, "batches of {size}");
    }
    // A device that obeys whatever is asked for.
    let mut bench = batches(120, |n, size| rows((n - 1) * size + 1, (n * size).min(120))).await;
    assert_eq!(bench.driver.read_book().await.unwrap().entries.len(), 120);
    // Nothing is asked for where nothing is.
    let mut bench = batches(0, |_, _| "[]".into()).await;
    assert!(bench.driver.read_book().await.unwrap().entries.is_empty());
    assert!(!bench.log().iter().any(|l| l.contains("LoadEntry")));
}

#[tokio::test]
async fn short_repeated_and_broken_batches_are_errors_and_no_endless_loop() {
    let error = fails(batches(120, |_, _| rows(1, 50)).await).await;
    assert!(error.got.contains("0 of them new"), "{error}");
    let error = fails(batches(120, |n, _| if n == 1 { rows(1, 50) } else { rows(51, 60) }).await).await;
    assert!(error.got.contains("brought 10 rows"), "{error}");
    for body in ["[]", "[[1,2", "[14]", "[[101,1]]", "[[101,5,'00001','x','','']]", "hello"] {
        let error = fails(batches(3, move |_, _| body.to_owned()).await).await;
        assert_eq!(error.category, Category::PageChanged, "{body}: {error}");
    }
}

#[tokio::test]
async fn a_device_with_other_paths_names_and_columns_is_read_by_its_own_pages() {
    let mut bench = Bench::start(|_, last, body| match last {
        "mainFrame.cgi" => html("<frameset rows='64,*'><frame name=header src=header.cgi><frame name=work src=start.cgi></frameset>"),
        "start.cgi" => html("<a href=\"javascript:wsMenu_jumpUrl('../../people/everybody.cgi')\">Address Book</a>"),
        "everybody.cgi" => html(
            "<script src='../../../../scripts/jquery.js'></script><script src='people.xjs'></script>
             <form name=f><input type=hidden name=wimToken value=88></form>
             <script>var g_NumOfUser = 1; var g_NumOfGroup=1;</script>
             <div onclick='Delete()'>x</div>",
        ),
        "people.xjs" => data(
            "// var x = 'oldLoadEntries.cgi';
             var g_columnInfoHash = { email:{func:f,num:0}, entryName:{func:f,num:4}, id:{func:f,num:2}, regNo:{func:f,num:3}, entryType:{func:f,num:1} };
             var g_textResArray = ['a','b'];
             function load(){ $.get('rows/giveEntryList.cgi'); $.get('rows/loadEntryList.cgi?x=1'); } function del(){ $.post('rows/deleteTheseEntries.cgi'); }",
        ),
        "loadEntryList.cgi" => data("[['one@example.test',1,'7','00003','One & Ünï'],['',2,'9','00004','All']]"),
        "deleteTheseEntries.cgi" => {
            assert!(body.contains("name=\"entryIndex\"\r\n\r\n7,9,\r\n") && body.contains("88"), "{body}");
            html("<body onload=\"adrsListDelete('7,9',0)\"></body>")
        }
        _ => None,
    })
    .await;
    let book = bench.driver.read_book().await.unwrap();
    assert_eq!(book.columns, ["email", "entryType", "id", "regNo", "entryName"]);
    let one = &book.entries[0];
    assert_eq!((one.id.as_str(), one.number, one.name.as_str()), ("7", Some(3), "One & Ünï"));
    assert_eq!((book.entries[1].kind, &book.entries[1].email), (EntryKind::Group, &None));
    assert!(!book.told.favourite && book.told.number);
    let removals: Vec<EntryChange> =
        book.entries.iter().map(|entry| EntryChange::Remove { entry: entry.clone() }).collect();
    let receipt = bench.driver.change_book(&book, &removals, &|_| {}).await;
    assert_eq!(receipt.posts, 1);
    assert!(matches!(receipt.entries[..], [EntryReceipt::Answered, EntryReceipt::Answered]), "{receipt:?}");
}

fn ann() -> EntryChange {
    EntryChange::Add(EntryWanted {
        name: Some("Ann".into()),
        email: Some("ann@example.test".into()),
        ..EntryWanted::default()
    })
}

const WIZARD: &str = "<script src='x/adrsUserWizard.xjs'></script>";
const FRAGMENT: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><div id=\"additionalArea\"><div id=\"step_BASE\"><form id=\"form_BASE\">
    <input type=\"text\" name=\"entryIndexIn\" value=\"00003\"/><input type=\"text\" name=\"entryNameIn\" maxlength=\"20\"/><input type=\"text\" name=\"entryDisplayNameIn\" maxlength=\"2\"/>
    <input type=\"text\" name=\"entryReadNameIn\" value=\"kept\"/></form></div><div id=\"step_MAIL\"><form id=\"form_MAIL\"><input type=\"text\" name=\"mailAddressIn\" maxlength=\"128\"/>
    <input type=\"checkbox\" name=\"mailSendUserIn\" value=\"true\" checked=\"checked\"/></form></div></div>";

/// A wizard that answers its POSTs in turn.
async fn wizard(answers: &'static [&'static str]) -> Bench {
    let turn = Mutex::new(0);
    Bench::start(move |request, last, _| match last {
        "adrsList.cgi" => html(&list(1, WIZARD)),
        "adrsListLoadEntry.cgi" => data(&rows(1, 1)),
        "adrsUserWizard.xjs" => data("var a = 'adrsGetUserWizard.cgi', b = 'adrsSetUserWizard.cgi';"),
        _ if request.method.as_str() == "POST" => {
            let mut turn = turn.lock().unwrap();
            let answer = answers.get(*turn).copied().unwrap_or("<p>unexpected");
            *turn += 1;
            if answer.starts_with('[') { data(answer) } else { html(answer) }
        }
        _ => None,
    })
    .await
}

const SAVED: &str = "[[150,1,'00003','Ann','ann@example.test',''],[0]]";

#[tokio::test]
async fn an_addition_takes_four_posts_in_the_wizards_own_words() {
    let mut bench = wizard(&[FRAGMENT, "[14]", "[14]", SAVED]).await;
    let receipt = bench.change(&[ann()]).await;
    assert!(matches!(receipt.entries[0], EntryReceipt::Answered), "{receipt:?}");
    let log: Vec<String> = bench.log().into_iter().filter(|l| l.starts_with("POST")).collect();
    assert_eq!(
        log,
        [
            "POST adrsGetUserWizard.cgi mode=ADDUSER&outputSpecifyModeIn=DEFAULT&wimToken=77",
            "POST adrsSetUserWizard.cgi mode=ADDUSER&step=BASE&wimToken=77&entryIndexIn=00003&entryNameIn=Ann&entryDisplayNameIn=An&entryReadNameIn=kept",
            "POST adrsSetUserWizard.cgi mode=ADDUSER&step=MAIL&wimToken=77&mailAddressIn=ann%40example.test&mailSendUserIn=true",
            "POST adrsSetUserWizard.cgi wimToken=77&stepListIn=BASE&stepListIn=MAIL&mode=ADDUSER&step=CONFIRM",
        ]
    );
}

const LOST: &str = "<html><title>Add User</title><body class=\"errorMessage\"><img src=messageIconE.gif><table><tr class=responseMessage><td>Session timed out.<br />Settings will be reset.</td></tr></table></body></html>";
const BUSY: &str = "<html><body><form name=basicForm><input type=hidden name=returnValue value=BUSY></form><p>is being used by other functions</p></body></html>";
const BADFLOW: &str = "<html><body><form name=basicForm><input value=BADFLOW type=hidden name=returnValue></form></body></html>";

#[tokio::test]
async fn answers_are_told_apart_and_the_wizard_is_given_back() {
    let refused = |receipt: &BookReceipt| match &receipt.entries[0] {
        EntryReceipt::Refused(error) => error.clone(),
        other => panic!("{other:?}"),
    };
    // Twice lost: given back, read again, tried again, given back.
    for lost in [LOST, BADFLOW] {
        let answers: &'static [&'static str] =
            if lost == LOST { &[FRAGMENT, LOST, FRAGMENT, LOST] } else { &[BADFLOW, BADFLOW] };
        let mut bench = wizard(answers).await;
        let receipt = bench.change(&[ann(), ann()]).await;
        assert_eq!(refused(&receipt).category, Category::Interrupted);
        assert!(matches!(receipt.entries[1], EntryReceipt::NotTried));
        let log = bench.log();
        assert!(log.last().unwrap().starts_with("GET adrsList.cgi"), "{log:?}");
        assert!(log.iter().filter(|l| l.starts_with("GET adrsListLoadEntry")).count() == 1, "{log:?}");
    }
    let mut bench = wizard(&[BUSY]).await;
    let receipt = bench.change(&[ann(), ann()]).await;
    assert_eq!(refused(&receipt).category, Category::Busy);
    assert_eq!(receipt.posts, 1);
    // A code of the table, with the fields it names; the next entry goes on.
    let mut bench = wizard(&[FRAGMENT, "[13,'entryNameIn','x']", FRAGMENT, "[14]", "[14]", SAVED]).await;
    let receipt = bench.change(&[ann(), ann()]).await;
    let error = refused(&receipt);
    assert_eq!(error.category, Category::Rejected);
    assert!(
        error.got.contains("There is an error with the entry.") && error.got.contains("`entryNameIn`, `x`"),
        "{error}"
    );
    assert!(matches!(receipt.entries[1], EntryReceipt::Answered), "{receipt:?}");
    let mut bench = wizard(&[FRAGMENT, "[12]"]).await;
    assert!(refused(&bench.change(&[ann()]).await).got.contains("Set a title. Or Freq. (code 12)"));
    // Another row than the one that was wanted: only reading settles that.
    let mut bench = wizard(&[FRAGMENT, "[14]", "[14]", "[[9,1,'00003','Bob','bob@example.test','']]"]).await;
    let receipt = bench.change(&[ann(), ann()]).await;
    assert!(matches!(receipt.entries[..], [EntryReceipt::Lost, EntryReceipt::NotTried]), "{receipt:?}");
}

#[tokio::test]
async fn hostile_answers_are_refused_and_never_a_panic() {
    for answer in [
        "[",
        "[[",
        "[[]]",
        "[]",
        "[{}]",
        "['x']",
        "[[[[[[[[",
        "",
        "<",
        "[-1]",
        "[1e400]",
        "[99999999999999999999]",
    ] {
        let answers: &'static [&'static str] = Box::leak(Box::new([FRAGMENT, answer]));
        let mut bench = wizard(answers).await;
        let receipt = bench.change(&[ann()]).await;
        assert!(!matches!(receipt.entries[0], EntryReceipt::NotTried), "{answer}");
        assert!(bench.log().last().unwrap().starts_with("GET adrsList.cgi") || receipt.posts > 2, "{answer}");
    }
}

const FORM: &str = "<html><body><form name=basicForm><input type=hidden name=returnValue value=SUCCESS></form><form name=mainForm>
    <input type=hidden name=wimToken value=78><input type=hidden name=mode value=MODUSER><input type=hidden name=wayFrom value=x><input type=hidden name=isFolderAuthPasswordUpdated value=false>
    <input name=entryIndexIn value=00001><input name=entryNameIn value='Person 1'><input name=entryDisplayNameIn value=P1><input name=mailAddressIn value='p1@example.test'>
    <input name=folderPathNameIn value='\\\\srv\\x'><input name=other value='a &amp; b'></form></body></html>";

#[tokio::test]
async fn without_a_wizard_the_full_form_is_sent_whole() {
    // Once the page does not offer it, once it is offered and not there.
    for more in ["", WIZARD] {
        let mut bench = Bench::start(move |_, last, _| match last {
            "adrsList.cgi" => html(&list(1, more)),
            "adrsListLoadEntry.cgi" => data(&rows(1, 1)),
            "adrsGetUser.cgi" => html(FORM),
            "adrsSetUser.cgi" => data("[['101',1,'00001','Person 1','new@example.test','']]"),
            _ => None,
        })
        .await;
        let entry = bench.driver.read_book().await.unwrap().entries[0].clone();
        let to = EntryWanted { email: Some("new@example.test".into()), ..EntryWanted::default() };
        let receipt = bench.change(&[EntryChange::Change { entry, to }]).await;
        assert!(matches!(receipt.entries[0], EntryReceipt::Answered), "{receipt:?}");
        let log = bench.log();
        assert!(log.contains(&"POST adrsGetUser.cgi mode=MODUSER&outputSpecifyModeIn=PROGRAMMED&entryIndexIn=00001&wimToken=77".to_owned()), "{log:?}");
        assert_eq!(
            log.last().unwrap(),
            "POST adrsSetUser.cgi inputSpecifyModeIn=WRITE&listUpdateIn=UPDATE&wimToken=78&mode=MODUSER&wayFrom=adrsGetUser.cgi%3FoutputSpecifyModeIn%3DSETTINGS&isFolderAuthPasswordUpdated=false&entryIndexIn=00001&entryNameIn=Person+1&entryDisplayNameIn=P1&mailAddressIn=new%40example.test&folderPathNameIn=%5C%5Csrv%5Cx&other=a+%26+b&wayTo=adrsList.cgi"
        );
    }
}

#[tokio::test]
async fn a_group_form_without_members_says_so() {
    let group =
        "<form name=mainForm><input name=entryIndexIn value=00001><input name=entryNameIn value=''></form>";
    let mut bench = Bench::start(move |_, last, _| match last {
        "adrsList.cgi" => html(&list(1, "")),
        "adrsListLoadEntry.cgi" => data(&rows(1, 1)),
        "adrsGetGroup.cgi" => html(group),
        _ => None,
    })
    .await;
    let wanted = EntryWanted {
        kind: EntryKind::Group,
        name: Some("All".into()),
        members: Some(vec!["101".into()]),
        ..EntryWanted::default()
    };
    let receipt = bench.change(&[EntryChange::Add(wanted)]).await;
    let EntryReceipt::Refused(error) = &receipt.entries[0] else { panic!("{receipt:?}") };
    assert_eq!(error.category, Category::Unsupported);
    assert!(bench.log().last().unwrap().starts_with("GET adrsList.cgi"), "it is given back");
    let Support::Yes(can) = bench.driver.book() else { panic!() };
    assert!(matches!(can.edits_groups, Support::No(ref why) if why.contains("members cannot be told")));
    assert_eq!((can.users, can.groups, can.name_limit), (Some(2000), Some(100), Some(20)));
}

#[tokio::test]
async fn a_list_in_use_or_out_of_reach_is_said_so_and_the_session_ends() {
    let mut bench = Bench::start(|_, last, _| if last == "adrsList.cgi" { html(BUSY) } else { None }).await;
    assert_eq!(bench.driver.read_book().await.unwrap_err().category, Category::Busy);
    let mut bench =
        Bench::start(|_, last, _| if last == "adrsList.cgi" { html("<p>Welcome") } else { None }).await;
    let error = bench.driver.read(Section::AddressBook).await.unwrap_err();
    assert!(error.got.contains("how many users") && error.next.unwrap().contains("user role"));
    bench.driver.close().await.unwrap();
    assert!(bench.door.state.lock().unwrap().session.is_none());
}

/// Opens only what it has given rows of since the list was shown last.
#[tokio::test]
async fn an_entry_is_read_whole_and_given_back_on_strict_firmware_too() {
    let given = Mutex::new(0usize);
    let mut bench = Bench::start(move |request, last, body| {
        let mut given = given.lock().unwrap();
        match last {
            "adrsList.cgi" => {
                *given = 0;
                html(&list(120, ""))
            }
            "adrsListLoadEntry.cgi" => {
                *given = count(request, "getCountIn");
                data(&rows((*given - 1) * 50 + 1, (*given * 50).min(120)))
            }
            "adrsGetUser.cgi" => {
                let number: usize = body.split("entryIndexIn=").nth(1).unwrap()[..5].parse().unwrap();
                if (number - 1) / 50 + 1 != *given {
                    return html(BADFLOW);
                }
                html(
                    &FORM
                        .replace("00001", &format!("{number:05}"))
                        .replace("Person 1", &format!("Person {number}")),
                )
            }
            _ => None,
        }
    })
    .await;
    let book = bench.driver.read_book().await.unwrap();
    bench.log.lock().unwrap().clear();
    for (at, requests) in [(119, 2), (60, 3), (59, 3)] {
        let before = bench.log().len();
        let read = bench.driver.read_entry(&book.entries[at]).await.unwrap();
        assert_eq!((read.name.as_str(), read.key.as_deref()), (book.entries[at].name.as_str(), Some("P1")));
        assert_eq!(read.extra.iter().next().unwrap(), (&"other".to_owned(), &"a & b".to_owned()));
        assert_eq!(read.folder.unwrap().path, r"\\srv\x");
        let log = bench.log();
        assert!(log.last().unwrap().starts_with("GET adrsList.cgi"), "{log:?}");
        assert_eq!(log.len() - before, requests, "{:?}", &log[before..]);
    }
}
