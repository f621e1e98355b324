//! Faults, somebody at the panel, and nonsense.

use scanfleet_mocks::{Fault, FaultKind};

use crate::browser::{Browser, Choice, LIST, PROFILES, action, fields_of, first_line, message, rows};
use crate::common::inputs;

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
