//! The full form: posted whole, or it loses things. Groups, and passwords on their own page.

use scanfleet_mocks::Profile;

use crate::browser::{Desk, Fields, b64, desk, desk_with, form_fields, literal, pairs, result, value_of};
use crate::common::set;

#[tokio::test]
async fn a_form_posted_back_as_it_came_changes_nothing() {
    for name in Profile::NAMES {
        let mut desk = desk(name, 60).await;
        desk.read_rows().await;
        let before = desk.book();
        for entry in before.entries() {
            let number = format!("{:05}", entry.number);
            let kind = if entry.group { "GROUP" } else { "USER" };
            let (page, fields) = desk.open_form(kind, &number).await;
            assert_eq!(result(&page), "SUCCESS", "{name} {number}");
            let saved = desk.save_form(kind, &fields).await;
            assert_eq!(literal(&saved.body)[0].len(), desk.profile.address.columns.len());
        }
        assert_eq!(before.entries(), desk.book().entries(), "{name}");
        assert_eq!(desk.device.state().book_writes, 60);
    }
}

#[tokio::test]
async fn what_is_left_out_is_lost() {
    let mut desk = desk("mp-c4504ex", 31).await;
    let (_, fields) = desk.open_form("USER", "00023").await;
    assert!(fields.contains(&("priorityIn".into(), "3".into())));
    let fewer: Fields =
        fields.into_iter().filter(|(name, _)| name != "priorityIn" && name != "mailAddressIn").collect();
    desk.save_form("USER", &fewer).await;
    let book = desk.book();
    let entry = book.numbered(23).unwrap();
    assert!(entry.email.is_empty() && entry.hidden.is_empty() && !entry.name.is_empty());
    // An entry beside it stays.
    let (_, mut fields) = desk.open_form("USER", "00031").await;
    set(&mut fields, "folderPathNameIn", r"\\elsewhere\x");
    desk.save_form("USER", &fields).await;
    let book = desk.book();
    let folder = book.numbered(31).unwrap().folder.clone().unwrap();
    assert_eq!((folder.password, folder.login.as_str()), (None, "home"));
}

#[tokio::test]
async fn wrong_calls_have_their_pages() {
    let mut desk = desk("mp-c3003", 3).await;
    // The data were not read yet.
    let (page, _) = desk.open_form("USER", "00001").await;
    assert_eq!(result(&page), "BADFLOW");
    desk.read_rows().await;
    let (_, fields) = desk.open_form("USER", "00001").await;
    // The first of a doubled field counts, so a form on its own is no save.
    let path = desk.path("adrsSetUser.cgi");
    let reply = desk.client.post(&path, &fields).await.unwrap();
    assert_eq!(result(&reply), "BADFLOW");
    let mut bare = fields.clone();
    set(&mut bare, "entryIndexIn", "");
    assert!(desk.save_form("USER", &bare).await.body.contains("Parámetros incorrectos"));
    let mut taken = fields.clone();
    set(&mut taken, "entryIndexIn", "00002");
    let reply = desk.save_form("USER", &taken).await;
    assert!(reply.body.contains("Este número de registro ya existe.") && result(&reply) == "NGPARAM");
    let reply = desk.say("adrsGetUser.cgi", &[("mode", "DELETEUSER"), ("entryIndexIn", "00001")]).await;
    assert_eq!(result(&reply), "BADFLOW");
    let (reply, _) = desk.open_form("USER", "00077").await;
    assert!(reply.body.contains("g_columnInfoHash"));
    let reply = desk.save_form("USER", &fields).await;
    assert_eq!(
        (result(&reply).as_str(), value_of(&reply.body, "methodName").as_str()),
        ("TIMEOUT", "adrsSetUser")
    );
    assert!(reply.body.contains("<tr class=\"responseMessage\"><td>Tiempo de sesión agotado."));
    assert_eq!(desk.device.state().book_writes, 0);
}

#[tokio::test]
async fn a_user_code_is_there_once() {
    let mut desk = desk("mp-c4504ex", 30).await;
    let code = desk.book().numbered(29).unwrap().user_code.clone();
    let (_, mut fields) = desk.open_form("USER", "00001").await;
    set(&mut fields, "userCodeIn", &code);
    let reply = desk.save_form("USER", &fields).await;
    assert!(reply.body.contains("This user code already exists."), "{}", reply.body);
    desk.open_form("USER", "00001").await;
    set(&mut fields, "userCodeIn", "12345678");
    let rows = literal(&desk.save_form("USER", &fields).await.body);
    assert_eq!(rows[1], ["2"]);
}

#[tokio::test]
async fn a_user_is_added_by_the_vendors_own_minimal_form() {
    let mut desk = desk("mp-c4504ex", 1).await;
    let page = desk.say("adrsGetUser.cgi", &[("mode", "ADDUSER"), ("outputSpecifyModeIn", "DEFAULT")]).await;
    assert_eq!(value_of(&page.body, "entryIndexIn"), "00002");
    let fields = pairs(&[
        ("wimToken", &desk.client.token.clone()),
        ("mode", "ADDUSER"),
        ("inputSpecifyModeIn", ""),
        ("wayFrom", "adrsGetUser.cgi?outputSpecifyModeIn=SETTINGS"),
        ("wayTo", "adrsList.cgiundefined"),
        ("priorityIn", "5"),
        ("entryIndexIn", "00002"),
        ("entryNameIn", "Sample"),
        ("entryDisplayNameIn", "Sample"),
        ("entryTagInfoIn", "9,1,1,2"),
        ("smtpAuthAccountIn", "AUTH_SYSTEM_O"),
        ("folderAuthAccountIn", "AUTH_SYSTEM_O"),
        ("entryUseIn", "ENTRYUSE_TO_O"),
        ("entryUseIn", "ENTRYUSE_FROM_O"),
        ("mailAddressIn", "s@example.test"),
        ("folderProtocolIn", "SMB_O"),
        ("folderPathNameIn", ""),
    ]);
    desk.save_form("USER", &fields).await;
    let book = desk.book();
    let entry = book.named("Sample").unwrap();
    assert!(entry.sender && !entry.frequent && entry.titles == [9, 1, 1] && entry.folder.is_none());
}

/// From the form to the password page and back, as the browser goes.
async fn change_password(desk: &mut Desk, fields: &Fields, password: &str) -> Fields {
    let mut staged = pairs(&[("inputSpecifyModeIn", "SESSION")]);
    staged.extend(fields.iter().cloned());
    set_first(&mut staged, "wayFrom", "adrsGetUser.cgi#AUTH_INFO_C?outputSpecifyModeIn=SETTINGS");
    set_first(&mut staged, "wayTo", "adrsEditPassword.cgi?inputSpecifyMode=NONE&kind=FOLDER");
    let path = desk.path("adrsSetUser.cgi");
    let skip = desk.client.post(&path, &staged).await.unwrap();
    assert_eq!(result(&skip), "SUCCESS", "{}", skip.body);
    let to = desk.path(&value_of(&skip.body, "wayTo"));
    let page = desk.client.post(&to, &form_fields(&skip.body)).await.unwrap();
    let mut fields = form_fields(&page.body);
    set(&mut fields, "passwordIn", &b64(password));
    set(&mut fields, "passwordConfirmIn", &b64(password));
    let path = desk.path("adrsEditPassword.cgi");
    let done = desk.client.post(&path, &fields).await.unwrap();
    assert_eq!(
        (result(&done).as_str(), value_of(&done.body, "methodName").as_str()),
        ("SUCCESS", "adrsEditPassword")
    );
    let mode = value_of(&done.body, "mode");
    let back = desk.say("adrsGetUser.cgi", &[("mode", &mode), ("outputSpecifyModeIn", "SETTINGS")]).await;
    form_fields(&back.body)
}

fn set_first(fields: &mut Fields, name: &str, value: &str) {
    fields.iter_mut().find(|(key, _)| key == name).unwrap().1 = value.to_owned();
}

#[tokio::test]
async fn a_folder_password_is_changed_on_its_own_page() {
    for name in Profile::NAMES {
        let mut desk = desk(name, 31).await;
        desk.read_rows().await;
        let (_, mut fields) = desk.open_form("USER", "00031").await;
        set(&mut fields, "entryNameIn", "Also renamed");
        set(&mut fields, "folderPathNameIn", r"\\srv\new");
        let id = desk.book().numbered(31).unwrap().id;
        let fields = change_password(&mut desk, &fields, "lab-new-not-a-secret").await;
        // Nothing is stored before the form is.
        assert_ne!(desk.book().entry(id).unwrap().name, "Also renamed");
        desk.save_form("USER", &fields).await;
        let book = desk.book();
        assert_eq!(book.entry(id).unwrap().name, "Also renamed", "{name}");
        assert!(desk.device.folder_password_is(id, "lab-new-not-a-secret").unwrap(), "{name}");
        assert_eq!(desk.device.state().clear_passwords, 0);
    }
}

#[tokio::test]
async fn groups_are_made_and_their_members_changed() {
    for name in Profile::NAMES {
        let mut desk = desk_with(name, 6, |_| {}).await;
        let members = desk.profile.address.members.clone();
        desk.read_rows().await;
        let page =
            desk.say("adrsGetGroup.cgi", &[("mode", "ADDGROUP"), ("outputSpecifyModeIn", "DEFAULT")]).await;
        let mut fields = form_fields(&page.body);
        assert!(page.body.contains(&format!("<select name=\"{members}\" multiple>")));
        set(&mut fields, "entryNameIn", "Ward");
        fields.extend(pairs(&[(members.as_str(), "00002"), (members.as_str(), "00004")]));
        let rows = literal(&desk.save_form("GROUP", &fields).await.body);
        assert_eq!(rows[0][1], "2");
        let id = desk.book().named("Ward").unwrap().id;
        assert_eq!(desk.book().entry(id).unwrap().members, [2, 4], "{name}");
        desk.read_rows().await;
        let (_, mut fields) = desk.open_form("GROUP", "00007").await;
        let had = fields.iter().filter(|(key, _)| *key == members).count();
        assert_eq!(had, 2);
        fields.retain(|(key, value)| *key != members || value != "00002");
        desk.save_form("GROUP", &fields).await;
        assert_eq!(desk.book().entry(id).unwrap().members, [4]);
        // A user's form is not a group's.
        let (page, _) = desk.open_form("USER", "00007").await;
        assert!(page.body.contains("g_columnInfoHash"));
    }
}
