//! The list, one contact, the export, and who may see them.

use std::collections::HashSet;

use scanfleet_mocks::{Book, Lab, LabSpec, XeroxProfile};

use crate::browser::{Browser, LIST, PROFILES, first_line, link};
use crate::common::{Client, inputs};

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
