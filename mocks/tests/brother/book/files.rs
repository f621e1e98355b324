//! Export and import.

use super::{bench, bench_with, latin1, utf16, waits};
use crate::FORMS;
use crate::client::decoded;

#[tokio::test]
async fn files_go_out_and_come_back() {
    for name in FORMS {
        let (mut bench, t) = bench(name).await;
        if name == "mfc-l2750dw" {
            let (_, list) = bench.list(&t).await;
            assert!(list.link(t.export).is_none() && list.link(t.import).is_none());
            continue;
        }
        let before = bench.device.book();
        let file = bench.export(&t, false).await;
        let expected = match name {
            "mfc-l8900cdw" => "\u{feff}\"No.\",\"Name\",\"Type\",\"Fax No./E-mail Address\",\r\n\
                 \"1\",\"Ann Lee\",\"2\",\"ann@example.test\",\r\n\"2\",\"Fax\",\"0\",\"5550100\",\r\n\
                 \"7\",\"Zoë & Co.\",\"2\",\"zoe@example.test\",\r\n\"60\",\"Scans\",\"5\",\"\",\r\n"
                .as_bytes()
                .to_vec(),
            "mfc-l2740dw" => latin1(
                "Speed Dial;Name;Number\r\n1;Ann Lee;ann@example.test\r\n2;Fax;5550100\r\n\
                 7;Zoë & Co.;zoe@example.test\r\n60;Scans;\r\n",
            ),
            _ => utf16(
                "\u{feff}ID\tDisplay Name\tE-mail Address\tFax Number\r\n1\tAnn Lee\tann@example.test\t\r\n\
                 2\tFax\t\t5550100\r\n7\tZoë & Co.\tzoe@example.test\t\r\n60\tScans\t\t\r\n",
            ),
        };
        assert_eq!(file, expected, "{name}");
        bench.import(&t, false, &file).await;
        assert_eq!(bench.device.book(), before, "{name}");
        if name == "mfc-l2740dw" {
            continue;
        }
        if name == "mfc-l8390cdw" {
            let page = bench.profile.book.transfer.clone().unwrap().import.0;
            while waits(&bench.client.get(&page).await) {}
        }
        let groups = bench.export(&t, true).await;
        bench.import(&t, true, &groups).await;
        assert_eq!(bench.device.book(), before, "{name}");
    }
}

#[tokio::test]
async fn an_import_lies_over_the_numbers_it_has() {
    let header = "Speed Dial;Name;Number\r\n";
    for replaces in [false, true] {
        let (mut bench, t) = bench_with("mfc-l2740dw", |profile| {
            profile.book.transfer.as_mut().unwrap().replaces = replaces;
        })
        .await;
        let file = latin1(&format!("{header}1;Ann Ray;ray@example.test\r\n9;Noël;noel@example.test\r\n"));
        let reply = bench.import(&t, false, &file).await;
        assert_eq!(reply.said("postSuccess").as_deref(), Some("The file has been imported."));
        let book = bench.device.book();
        let names: Vec<&str> = book.entries().iter().map(|entry| entry.name.as_str()).collect();
        let merged = ["Ann Ray", "Fax", "Zoë & Co.", "Noël", "Scans"];
        assert_eq!(names, if replaces { vec!["Ann Ray", "Noël"] } else { merged.to_vec() });
    }
    // Another charset, other headings, a number too high, a bad address: nothing of it is taken.
    let (mut bench, t) = bench("mfc-l2740dw").await;
    let before = bench.device.book();
    for bad in [
        "No.;Name\r\n1;x\r\n",
        "Speed Dial;Name;Number\r\n201;High;h@example.test\r\n",
        "Speed Dial;Name;Number\r\n1;Bad;two words\r\n",
        "",
    ] {
        let reply = bench.import(&t, false, bad.as_bytes()).await;
        assert!(reply.said("postError").is_some(), "{bad}");
    }
    assert_eq!(bench.device.book(), before);
    bench.import(&t, false, format!("{header}1;Zoë;z@example.test\r\n").as_bytes()).await;
    assert_eq!(bench.device.book().entries()[0].name, "ZoÃ«");
}

#[tokio::test]
async fn please_wait_is_all_that_some_imports_say() {
    let good = "No.,Name,Type,Fax No./E-mail Address\r\n9,New,2,new@example.test\r\n";
    let (mut bench, t) = bench("mfc-l8900cdw").await;
    assert!(waits(&bench.import(&t, false, b"nonsense").await));
    assert!(bench.device.book().named("New").is_none());
    assert!(waits(&bench.import(&t, false, good.as_bytes()).await));
    assert!(bench.device.book().named("New").is_some());
    let (_, page) = bench.menu(&t, t.import).await.unwrap();
    assert!(!waits(&page) && page.said("postSuccess").is_none());

    let (mut bench, t) = super::bench("mfc-l8390cdw").await;
    for (file, class) in [
        (utf16("nonsense"), "postError"),
        (
            utf16("\u{feff}ID\tDisplay Name\tE-mail Address\tFax Number\r\n9\tNew\tn@example.test\t\r\n"),
            "postSuccess",
        ),
    ] {
        let mut page = bench.import(&t, false, &file).await;
        let mut polls = 0;
        while waits(&page) {
            let again = decoded(page.body.split("; url=").nth(1).unwrap().split('"').next().unwrap());
            page = bench.client.get(&again).await;
            polls += 1;
        }
        assert_eq!(polls, 3);
        assert!(page.said(class).is_some(), "{}", page.body);
    }
    assert!(bench.device.book().named("New").is_some());
}
