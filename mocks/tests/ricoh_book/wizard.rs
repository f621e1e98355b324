//! The wizard: order, codes, lock.

use std::time::Duration;

use scanfleet_mocks::{BookEntry, BookLimits, Profile};

use crate::browser::{b64, desk, desk_with, literal, pairs, result, value_of};

#[tokio::test]
async fn a_person_is_added_step_by_step_with_every_profile() {
    for name in Profile::NAMES {
        let mut desk = desk(name, 4).await;
        desk.device.panel_book(|book| book.remove(3)).unwrap();
        let page = desk.open_wizard(None).await;
        assert!(
            page.body.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?><div id=\"additionalArea\">")
        );
        assert!(!page.body.contains("<body"));
        for step in ["STEP", "BASE", "MAIL", "FOLDER", "CONFIRM"] {
            assert!(page.body.contains(&format!("<div id=\"step_{step}\">")), "{name}: {step}");
        }
        assert_eq!(page.body.contains("step_FAX"), desk.profile.address.fax);
        // The lowest free number; the machine's own number goes on.
        assert_eq!(value_of(&page.body, "entryIndexIn"), "00003");
        let saved = desk.add("Zoë O'Néill", "zoe@example.test").await;
        let rows = literal(&saved.body);
        assert_eq!(rows[0].len(), desk.profile.address.columns.len(), "{name}: {}", saved.body);
        assert_eq!(rows.len(), if desk.newer() { 2 } else { 1 });
        let book = desk.book();
        let entry = book.named("Zoë O'Néill").unwrap();
        assert_eq!((entry.id, entry.number, entry.email.as_str()), (5, 3, "zoe@example.test"));
        assert!(entry.frequent && entry.folder.is_none() && !entry.sender);
        assert_eq!(desk.device.state().book_writes, 1);
        if desk.newer() {
            assert_eq!(rows[0][0], "5");
        }
    }
}

#[tokio::test]
async fn a_folder_brings_its_password_in_base64() {
    let mut desk = desk("im-c4500", 0).await;
    desk.open_wizard(None).await;
    desk.base("ADDUSER", "00001", "Scans").await.unwrap();
    let mut fields = vec![
        ("folderProtocolIn", "SMB_O"),
        ("folderPathNameIn", r"\\srv\scan"),
        ("folderAuthUserNameIn", "me"),
    ];
    let (right, wrong) = (b64("lab-f-not-a-secret"), b64("other"));
    fields.extend([("folderPasswordIn", right.as_str()), ("folderPasswordConfirmIn", wrong.as_str())]);
    assert_eq!(desk.step("ADDUSER", "FOLDER", &fields).await.unwrap().body, "[9]");
    fields[4] = ("folderPasswordConfirmIn", &right);
    assert_eq!(desk.step("ADDUSER", "FOLDER", &fields).await.unwrap().body, "[14]");
    desk.confirm("ADDUSER", &["BASE", "FOLDER"]).await.unwrap();
    assert!(desk.device.folder_password_is(1, "lab-f-not-a-secret").unwrap());

    // A change that leaves the password alone, then one of the path, which loses it.
    desk.open_wizard(Some("00001")).await;
    desk.base("MODUSER", "00001", "Scans").await.unwrap();
    fields.truncate(3);
    fields.push(("folderPasswordUpdateIn", "ACCOUNTPWD_OFF_RB"));
    fields[2] = ("folderAuthUserNameIn", "you");
    desk.step("MODUSER", "FOLDER", &fields).await.unwrap();
    desk.confirm("MODUSER", &["BASE", "FOLDER"]).await.unwrap();
    assert!(desk.device.folder_password_is(1, "lab-f-not-a-secret").unwrap());
    assert_eq!(desk.book().entries()[0].folder.as_ref().unwrap().login, "you");
    desk.open_wizard(Some("00001")).await;
    desk.base("MODUSER", "00001", "Scans").await.unwrap();
    fields[1] = ("folderPathNameIn", r"\\srv\other");
    desk.step("MODUSER", "FOLDER", &fields).await.unwrap();
    desk.confirm("MODUSER", &["BASE", "FOLDER"]).await.unwrap();
    assert_eq!(desk.book().entries()[0].folder.as_ref().unwrap().password, None);
}

#[tokio::test]
async fn a_change_by_the_wizard_touches_only_its_steps() {
    let mut desk = desk("mp-c4504ex", 40).await;
    let before = desk.book();
    // Number 31 has a folder beside its address, number 23 hidden fields, number 29 a user code.
    for number in ["00031", "00023", "00029"] {
        desk.open_wizard(Some(number)).await;
        desk.base("MODUSER", number, "Renamed").await.unwrap();
        desk.confirm("MODUSER", &["BASE"]).await.unwrap();
        let place = number.parse::<u32>().unwrap();
        let (old, new) = (before.numbered(place).unwrap(), desk.book());
        let new = new.numbered(place).unwrap();
        assert_eq!(new.name, "Renamed");
        assert_eq!((&new.email, &new.folder, &new.hidden), (&old.email, &old.folder, &old.hidden));
        assert_eq!((new.id, &new.user_code, new.sender), (old.id, &old.user_code, old.sender));
    }
}

#[tokio::test]
async fn wrong_entries_are_answered_by_the_devices_own_table() {
    for name in ["mp-c3003", "mp-c4504ex"] {
        let mut desk = desk(name, 3).await;
        // The older table lacks three texts before these.
        let missing = 14 - desk.texts();
        let code = |newer: usize| format!("[{}", newer - missing);
        desk.open_wizard(None).await;
        assert!(desk.base("ADDUSER", "00001", "A").await.unwrap().body.starts_with(&code(7)));
        let long = "a".repeat(21);
        let reply = desk.base("ADDUSER", "00004", &long).await.unwrap().body;
        assert_eq!(reply, format!("{},'entryNameIn']", code(13)));
        let mut fields = vec![("entryIndexIn", "00004"), ("entryNameIn", "A")];
        fields.extend([("entryTagInfoIn", "1"); 3]);
        fields.push(("entryTagInfoIn", "2"));
        let reply = desk.step("ADDUSER", "BASE", &fields).await.unwrap().body;
        assert_eq!(reply, format!("{}]", code(12)));
        for mail in ["", "a b@example.test", "é@example.test", "nobody"] {
            let reply = desk.step("ADDUSER", "MAIL", &[("mailAddressIn", mail)]).await.unwrap().body;
            assert_eq!(reply, format!("{},'mailAddressIn']", code(13)), "{mail}");
        }
        assert_eq!(desk.device.state().book_writes, 0);
    }
}

#[tokio::test]
async fn the_order_of_the_steps_is_enforced() {
    let mut desk = desk("mp-c4504ex", 3).await;
    // Never opened.
    let reply = desk.base("ADDUSER", "00009", "A").await.unwrap();
    assert!(reply.body.contains("class=\"errorMessage\"") && reply.body.contains("Session timed out.<br />"));
    assert!(reply.body.contains("messageIconE.gif") && reply.body.contains("g_objModalDialog.hide()"));
    assert!(reply.body.contains("<title>Add User</title>"));
    // Confirmed without the first step, or with one that never came.
    desk.open_wizard(None).await;
    assert!(desk.confirm("ADDUSER", &["BASE"]).await.unwrap().body.contains("<body"));
    desk.base("ADDUSER", "00009", "A").await.unwrap();
    assert!(desk.confirm("ADDUSER", &["BASE", "MAIL"]).await.unwrap().body.contains("<body"));
    // Opened to add, gone on with to change.
    assert!(desk.base("MODUSER", "00009", "A").await.unwrap().body.contains("<body"));
    // A reload of the list leaves the wizard.
    desk.open_list().await;
    assert!(desk.confirm("ADDUSER", &["BASE"]).await.unwrap().body.contains("<body"));
    assert_eq!(desk.book().entries().len(), 3);
    // A number that is not there: the list page, and no error.
    let reply = desk.open_wizard(Some("00099")).await;
    assert!(reply.body.contains("g_columnInfoHash"));
    assert!(desk.base("MODUSER", "00099", "A").await.unwrap().body.contains("<body"));
}

#[tokio::test]
async fn one_session_holds_the_book_until_it_lets_go() {
    let mut desk = desk("mp-c4504ex", 3).await;
    let mut other = desk.second().await;
    let open =
        |token: &str| pairs(&[("mode", "ADDUSER"), ("outputSpecifyModeIn", "DEFAULT"), ("wimToken", token)]);
    let path = desk.path("adrsGetUserWizard.cgi");
    desk.open_wizard(None).await;
    let list = other.entry("address/adrsList.cgi");
    other.get(&list).await.unwrap();
    let fields = open(&other.token);
    let reply = other.post(&path, &fields).await.unwrap();
    assert_eq!(result(&reply), "BUSY");
    assert!(reply.body.contains("being used by other functions"));
    // The first one reloads its list.
    desk.open_list().await;
    let fields = open(&other.token);
    assert!(other.post(&path, &fields).await.unwrap().body.starts_with("<?xml"));
    assert_eq!(result(&desk.open_wizard(None).await), "BUSY");
    assert_eq!(result(&desk.delete_entries("1,").await), "BUSY");
    // The second one logs out.
    let out = other.entry("websys/webArch/logout.cgi");
    other.get(&out).await.unwrap();
    assert_eq!(desk.add("A", "a@example.test").await.status, 200);
    // Somebody at the panel.
    desk.device.panel_book(|book| book.locked_by = Some("nurse".into()));
    assert_eq!(result(&desk.open_wizard(None).await), "BUSY");
    let (reply, _) = desk.open_form("USER", "00001").await;
    assert_eq!(result(&reply), "BUSY");
    desk.device.panel_book(|book| book.locked_by = None);
    assert!(desk.open_wizard(None).await.body.starts_with("<?xml"));
}

#[tokio::test]
async fn an_edit_left_alone_is_forgotten_and_frees_the_book() {
    let mut desk = desk_with("mp-c4504ex", 3, |spec| {
        spec.profile.ricoh_mut().unwrap().address.idle = Duration::ZERO;
    })
    .await;
    desk.open_wizard(None).await;
    let reply = desk.base("ADDUSER", "00009", "A").await.unwrap();
    assert!(reply.body.contains("Session timed out"));
    let mut other = desk.second().await;
    let page = other.entry("address/adrsList.cgi");
    other.get(&page).await.unwrap();
    let fields = pairs(&[("mode", "ADDUSER"), ("wimToken", &other.token)]);
    let path = desk.path("adrsGetUserWizard.cgi");
    assert!(other.post(&path, &fields).await.unwrap().body.starts_with("<?xml"));
}

#[tokio::test]
async fn a_full_book_takes_nobody() {
    let mut desk = desk_with("mp-c4504ex", 0, |spec| {
        spec.book.limits = BookLimits { users: 1, ..BookLimits::default() };
    })
    .await;
    desk.add("A", "a@example.test").await;
    let reply = desk.open_wizard(None).await;
    assert!(reply.body.contains("<body") && reply.body.contains("Address Book is full"), "{}", reply.body);
    // It was not full yet when the wizard was opened.
    desk.device.panel_book(|book| book.remove(1)).unwrap();
    desk.open_wizard(None).await;
    desk.base("ADDUSER", "00009", "B").await.unwrap();
    desk.device.panel_book(|book| book.add(BookEntry::person("C", ""))).unwrap();
    let reply = desk.confirm("ADDUSER", &["BASE"]).await.unwrap();
    assert!(reply.body.contains("Address Book is full"), "{}", reply.body);
    assert_eq!(desk.book().entries().len(), 1);
}

#[tokio::test]
async fn a_number_taken_between_step_and_confirmation_is_an_error() {
    let mut desk = desk("mp-c4504ex", 1).await;
    desk.open_wizard(None).await;
    desk.base("ADDUSER", "00002", "B").await.unwrap();
    desk.device.panel_book(|book| book.add(BookEntry::person("Panel", ""))).unwrap();
    let reply = desk.confirm("ADDUSER", &["BASE"]).await.unwrap();
    assert!(reply.body.contains("already exists"), "{}", reply.body);
    assert_eq!(desk.book().numbered(2).unwrap().name, "Panel");
}
