//! What goes wrong in the middle of the wizard.

use scanfleet_mocks::{Fault, FaultKind};
use serde_json::json;

use crate::browser::{desk, result};

#[tokio::test]
async fn a_lost_reply_was_stored_and_a_lost_request_was_not() {
    let mut desk = desk("mp-c4504ex", 1).await;
    for (kind, stored) in [(FaultKind::LostBefore, 1), (FaultKind::LostReply, 2)] {
        desk.open_list().await;
        desk.open_wizard(None).await;
        desk.base("ADDUSER", "00002", "New").await.unwrap();
        desk.device.fault(Fault::new(kind).times(1).on("@book_confirm"));
        assert!(desk.confirm("ADDUSER", &["BASE"]).await.is_none());
        assert_eq!(desk.book().entries().len(), stored);
    }
}

#[tokio::test]
async fn a_connection_lost_between_steps_leaves_the_wizard_half_open() {
    let mut desk = desk("mp-c4504ex", 1).await;
    desk.open_wizard(None).await;
    desk.device.fault(Fault::new(FaultKind::LostReply).times(1).on("@book_step"));
    assert!(desk.base("ADDUSER", "00002", "New").await.is_none());
    let mut other = desk.second().await;
    let list = other.entry("address/adrsList.cgi");
    other.get(&list).await.unwrap();
    let path = other.entry("address/adrsGetUserWizard.cgi");
    let fields = [("mode".to_owned(), "ADDUSER".to_owned()), ("wimToken".to_owned(), other.token.clone())];
    assert_eq!(result(&other.post(&path, &fields).await.unwrap()), "BUSY");
    desk.open_list().await;
    assert!(other.post(&path, &fields).await.unwrap().body.starts_with("<?xml"));
}

#[tokio::test]
async fn dropped_busy_forgotten_expired_and_cut() {
    let mut desk = desk("mp-c4504ex", 1).await;
    desk.device.fault(Fault::new(FaultKind::DroppedWrite).times(1).on("@book_confirm"));
    let reply = desk.add("Nobody", "n@example.test").await;
    assert!(reply.body.starts_with("[[2,1,'00002','Nobody'"), "{}", reply.body);
    assert_eq!((desk.book().entries().len(), desk.device.state().book_writes), (1, 0));

    desk.device.fault(Fault::new(FaultKind::Busy).times(1).on("@book_open"));
    assert_eq!(result(&desk.open_wizard(None).await), "BUSY");

    desk.open_wizard(None).await;
    desk.device.fault(Fault::new(FaultKind::EditLost).times(1).on("@book_step"));
    let reply = desk.base("ADDUSER", "00002", "New").await.unwrap();
    assert!(reply.body.contains("Session timed out") && desk.device.state().sessions == 1);

    desk.device.fault(Fault::new(FaultKind::HalfPage).times(1).on("@book_data"));
    let path = desk.path("adrsListLoadEntry.cgi?listCountIn=50&getCountIn=1");
    assert!(!desk.client.get(&path).await.unwrap().whole);

    desk.open_wizard(None).await;
    desk.device.fault(Fault::new(FaultKind::ExpireSession).times(1).on("@book_step"));
    assert!(desk.base("ADDUSER", "00002", "New").await.unwrap().is_trampoline());

    desk.device.fault(Fault::new(FaultKind::StaleToken).on("@book_delete"));
    desk.client.log_in("admin", crate::browser::PASSWORD).await;
    desk.open_list().await;
    assert_eq!(result(&desk.delete_entries("1,").await), "BADFLOW");
    assert_eq!(desk.book().entries().len(), 1);
}

#[tokio::test]
async fn nonsense_is_answered_and_changes_nothing() {
    let pages = [
        "adrsList.cgi",
        "adrsListLoadEntry.cgi",
        "adrsGetUserWizard.cgi",
        "adrsSetUserWizard.cgi",
        "adrsGetUser.cgi",
        "adrsSetUser.cgi",
        "adrsEditPassword.cgi",
        "adrsGetGroup.cgi",
        "adrsSetGroup.cgi",
        "adrsDeleteEntries.cgi",
        "adrsConfDeleteEntry.cgi",
        "adrsDeleteEntry.cgi",
    ];
    let bodies = [
        "",
        "%FF%00=%&&==",
        "mode=MODUSER&entryIndexIn=99999999999999999999&step=CONFIRM&stepListIn=",
        "mode=ADDUSER&step=BASE&entryTagInfoIn=,,,&entryNameIn=%00&getCountIn=-1&listCountIn=0",
        "mode=MODGROUP&inputSpecifyModeIn=WRITE&entryIndexIn=-1&kind=X&inputSpecifyMode=FIX",
        "mode=DELETE&entryIndex=,,18446744073709551616,&entryIndexIn=0",
    ];
    for name in scanfleet_mocks::Profile::NAMES {
        let mut desk = desk(name, 3).await;
        let before = desk.book();
        for page in pages {
            for body in bodies {
                let path = desk.path(page);
                let signed = format!("{body}&wimToken={}", desk.client.token);
                for (method, body) in [("POST", signed.as_str()), ("GET", body)] {
                    let reply = desk.client.send(method, &path, body).await;
                    assert!(
                        matches!(reply.map(|r| r.status), Some(200 | 404)),
                        "{name} {method} {page} {body}"
                    );
                }
                let kind = "multipart/form-data; boundary=x";
                let reply = desk.client.send_as("POST", &path, kind, body.as_bytes()).await;
                assert!(reply.is_some(), "{name} {page} {body}");
            }
        }
        assert_eq!(desk.book(), before);
    }
}

#[tokio::test]
async fn the_panel_works_with_the_book_through_the_control_endpoint() {
    let desk = desk("im-c4500", 20).await;
    let mut control = crate::common::Client::new(&desk.lab.control_url(), "en");
    let path = "/__lab/devices/copier/book";
    let wish = json!({ "add": { "name": "Typed In", "email": "t@example.test" } }).to_string();
    let added = control.send("POST", path, &wish).await.unwrap();
    assert_eq!(added.status, 200);
    let refused = control.send("POST", path, r#"{"delete":{"name":"Nobody"}}"#).await.unwrap();
    assert_eq!(refused.status, 422);
    let shown = control.send("GET", path, "").await.unwrap();
    assert!(shown.body.contains("Typed In") && !shown.body.contains("not-a-secret"), "{}", shown.body);
    let state = control.send("GET", "/__lab/devices/copier", "").await.unwrap();
    assert!(state.body.contains("Typed In") && !state.body.contains("lab-folder"));
    control.send("POST", path, r#"{"lock":"somebody"}"#).await.unwrap();
    assert_eq!(desk.book().locked_by.as_deref(), Some("somebody"));
    desk.device.reset();
    assert!(desk.book().named("Typed In").is_none() && desk.book().locked_by.is_none());
}
