//! The way to the list, the list page, its data.

use scanfleet_mocks::{Batch, BookEntry, Column, Counters, Lab, LabSpec, Profile};

use crate::browser::{desk, desk_with, value_of};
use crate::common::Client;

#[tokio::test]
async fn administrators_find_the_book_in_the_menu_and_visitors_do_not() {
    let mut desk = desk("mp-c4504ex", 3).await;
    let menu = desk.client.entry("websys/webArch/topPage.cgi");
    let menu = desk.client.get(&menu).await.unwrap();
    assert!(menu.body.contains("../../address/adrsList.cgi") && menu.body.contains(">Address Book<"));
    let mut visitor = Client::new(&desk.client.base, "en");
    let menu = visitor.get("/web/guest/en/websys/webArch/topPage.cgi").await.unwrap();
    assert!(!menu.body.contains("adrsList"));
    for page in ["adrsList.cgi", "adrsListLoadEntry.cgi?getCountIn=1"] {
        assert!(visitor.get(&format!("/web/entry/en/address/{page}")).await.unwrap().is_trampoline());
    }
}

#[tokio::test]
async fn the_page_says_where_each_column_is_and_the_data_agree() {
    for name in Profile::NAMES {
        let mut desk = desk(name, 130).await;
        let page = desk.open_list().await.body;
        let book = desk.book();
        // Counters.
        match desk.profile.address.counters {
            Counters::Variables => {
                assert!(page.contains(&format!("g_NumOfUser={};", book.users())), "{name}");
                assert!(page.contains(&format!("g_NumOfGroup={};", book.groups())), "{name}");
            }
            _ => {
                for (id, count) in [("numOfUsers", book.users()), ("maxOfUsers", 2000), ("maxOfGroups", 100)]
                {
                    assert!(page.contains(&format!("<span id=\"span_{id}\">{count}</span>")), "{name}: {id}");
                }
            }
        }
        // The table of texts, each of which stands on the page in its language.
        let table = page.split("g_textResArray = [").nth(1).unwrap().split(']').next().unwrap();
        assert_eq!(table.matches("val()").count(), desk.texts());
        let message = page.split("id=\"INDEX_E\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        assert_eq!(message.starts_with("This Registration"), desk.profile.languages[0] == "en");
        // Columns.
        let place = |key: &str| -> usize {
            let rest =
                page.split(&format!("{key}:{{func:")).nth(1).unwrap_or_else(|| panic!("{name}: {key}"));
            rest.split("num:").nth(1).unwrap().split('}').next().unwrap().parse().unwrap()
        };
        let (index, title, mail, folder) =
            (place("entryIndex"), place("entryName"), place("mailAddress"), place("folder"));
        assert_eq!((place("entrySelected"), place("entryType")), (0, 1));
        assert!(place("entryType") < index);
        let rows = desk.read_rows().await;
        assert_eq!(rows.len(), 130);
        for (row, entry) in rows.iter().zip(book.entries()) {
            assert_eq!(row.len(), desk.profile.address.columns.len());
            assert_eq!(row[index], format!("{:05}", entry.number));
            assert_eq!((&row[title], &row[mail]), (&entry.name, &entry.email));
            assert_eq!(row[1], if entry.group { "2" } else { "1" });
            let path = entry.folder.as_ref().map_or("", |folder| &folder.path);
            assert_eq!(row[folder], path);
            let id = if desk.newer() { entry.id.to_string() } else { String::new() };
            assert_eq!(row[0], id);
        }
    }
}

#[tokio::test]
async fn the_orders_of_columns_differ() {
    let orders: Vec<Vec<Column>> =
        Profile::NAMES.iter().map(|name| Profile::named(name).address.columns).collect();
    let lengths: Vec<usize> = orders.iter().map(Vec::len).collect();
    assert_eq!(lengths, [11, 8, 9, 11]);
    assert_ne!(orders[0], orders[3]);
}

#[tokio::test]
async fn batches_are_as_asked_or_always_ten() {
    let mut desk = desk_with("mp-c4504ex", 120, |spec| {
        spec.profile.ricoh_mut().unwrap().address.batch = Batch::AsAsked;
    })
    .await;
    let counts = |body: &str| crate::browser::literal(body).len();
    for (query, count) in [
        ("listCountIn=50&getCountIn=1", 50),
        ("listCountIn=50&getCountIn=3", 20),
        ("listCountIn=50&getCountIn=4", 0),
        ("listCountIn=200&getCountIn=1", 120),
        ("listCountIn=x&getCountIn=99999999999999999999", 50),
    ] {
        let path = desk.path(&format!("adrsListLoadEntry.cgi?{query}"));
        let reply = desk.client.get(&path).await.unwrap();
        assert_eq!(counts(&reply.body), count, "{query}");
    }
    let mut ten = crate::browser::desk("aficio-mp-301", 25).await;
    let path = ten.path("adrsListLoadEntry.cgi?listCountIn=50&getCountIn=3");
    assert_eq!(counts(&ten.client.get(&path).await.unwrap().body), 5);
}

#[tokio::test]
async fn two_thousand_entries_come_in_forty_batches() {
    let mut desk = desk("mp-c4504ex", 2000).await;
    assert_eq!(desk.read_rows().await.len(), 2000);
    assert_eq!(desk.device.state().requests["book_data"], 40);
}

#[tokio::test]
async fn every_copier_of_a_lab_may_have_a_book() {
    let lab = Lab::start(LabSpec::demo()).await.unwrap();
    for device in lab.devices() {
        let book = lab.device(&device.name).book();
        assert!((6..=20).contains(&book.entries().len()) && book.groups() == 1, "{}", device.name);
        assert_eq!(book.entries()[0].email, "alice.abbott@northshore.example");
    }
    lab.shutdown().await;
    let lab = Lab::start(LabSpec::of(5).with_books(100)).await.unwrap();
    assert!(lab.devices().iter().all(|device| lab.device(&device.name).book().entries().len() == 100));
}

#[tokio::test]
async fn what_a_page_shows_cannot_break_out_of_it() {
    let mut desk = desk("mp-c4504ex", 0).await;
    let name = "</td>'\"<b>\\ é";
    desk.device.panel_book(|book| book.add(BookEntry::person(name, "a@example.test"))).unwrap();
    let rows = desk.read_rows().await;
    assert_eq!(rows[0][3], name);
    let page = desk.open_wizard(Some("00001")).await;
    assert_eq!(value_of(&page.body, "entryNameIn").replace("&lt;", "<").replace("&gt;", ">"), name);
}

#[tokio::test]
async fn the_page_wise_view_and_the_connection_test_exist() {
    let mut desk = desk("mp-c3003", 2).await;
    let path = desk.path("adrsList.cgi?modeIn=LIST");
    let page = desk.client.get(&path).await.unwrap().body;
    assert!(!page.contains("g_columnInfoHash") && page.contains("adrsList.cgi?modeIn=LIST_ALL"));
    assert_eq!(desk.client.post("/websys/util/connectTest.cgi", &[]).await.unwrap().body, "OK");
    let path = desk.path("adrsUserWizard.xjs");
    let script = desk.client.get(&path).await.unwrap();
    assert!(script.body.contains("adrsSetUserWizard.cgi"));
}
