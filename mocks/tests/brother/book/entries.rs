//! The list, single entries and groups.

use std::collections::HashSet;

use scanfleet_mocks::{Book, BrotherProfile};

use super::{bench, words};
use crate::client::Client;
use crate::{Bench, FORMS};

#[test]
fn no_two_profiles_share_the_numbers_of_their_fields() {
    let mut ids = Vec::new();
    let mut paths = HashSet::new();
    for name in FORMS {
        let book = BrotherProfile::named(name).book;
        ids.extend([book.fields.name, book.fields.kind, book.fields.address]);
        ids.extend(book.fields.fax);
        ids.extend(book.groups.map(|groups| groups.name));
        ids.extend(book.transfer.map(|transfer| transfer.file));
        assert!(paths.insert((book.entry.path, book.entry.number)), "{name}");
    }
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len());
}

#[tokio::test]
async fn the_list_comes_in_pages_behind_the_tab() {
    for name in FORMS {
        let (mut bench, t) = bench(name).await;
        let (at, page) = bench.list(&t).await;
        assert_eq!(
            at,
            format!("{}?start=1&pageid={}", bench.profile.paths.address, bench.profile.page_ids.address)
        );
        assert!(page.body.contains("<table summary=\"Address Book\">"));
        let rows = bench.rows(&t).await;
        let names: Vec<&str> = rows.iter().map(|row| row[1].as_str()).collect();
        assert_eq!(names, ["Ann Lee", "Fax", "Zoë & Co.", "Scans"], "{name}");
        assert_eq!((rows[0][2].as_str(), rows[0][3].as_str()), (t.email, "ann@example.test"));
        assert_eq!((rows[1][2].as_str(), rows[1][3].as_str()), ("Fax", "5550100"));
        let number = &rows[2][0];
        assert!(number.ends_with('7') && !number.contains('6'), "{number}");
        // A visitor is sent to the log-in, with 200.
        let mut visitor = Client::new(&bench.client.base);
        let shut = visitor.get(&at).await;
        assert!(shut.status == 200 && !shut.body.contains("<table"));
        assert!(shut.said("warningMessage").is_some());
    }
}

#[tokio::test]
async fn a_full_list_is_read_to_its_end() {
    for name in FORMS {
        let mut bench = Bench::with(name, |spec| {
            spec.book = Book::sample(150, spec.profile.book_limits());
            spec.admin_password = String::new();
        })
        .await;
        let t = words(name);
        let rows = bench.rows(&t).await;
        assert_eq!(rows.len(), bench.device.book().users(), "{name}");
    }
}

#[tokio::test]
async fn entries_are_added_changed_and_deleted_one_at_a_time() {
    for name in FORMS {
        let (mut bench, t) = bench(name).await;
        let before = bench.device.book();
        let reply = bench.add(&t, "Renée Ñ", "renee@example.test").await;
        assert!(reply.said("postError").is_none(), "{name}: {}", reply.body);
        let book = bench.device.book();
        let new = book.named("Renée Ñ").unwrap_or_else(|| panic!("{name}: not there"));
        assert_eq!((new.number, new.email.as_str()), (3, "renee@example.test"), "{name}");

        let (at, page) = bench.entry(&t, Some("Renée Ñ")).await;
        let mut form = page.main_form();
        assert_eq!(form.value(t.name), "Renée Ñ");
        form.set(t.address, "r.n@example.test");
        bench.client.submit(&at, &form).await;
        assert_eq!(bench.device.book().entry(new.id).unwrap().email, "r.n@example.test", "{name}");

        let reply = bench.delete(&t, "Renée Ñ").await;
        assert!(reply.said("postError").is_none(), "{name}: {}", reply.body);
        let after = bench.device.book();
        assert!(after.entry(new.id).is_none(), "{name}");
        assert_eq!(after.entries(), before.entries(), "{name}");
        assert_eq!(bench.device.state().book_writes, 3, "{name}");
    }
}

#[tokio::test]
async fn a_folder_keeps_what_the_page_does_not_ask_for() {
    for name in FORMS {
        let (mut bench, t) = bench(name).await;
        let (at, page) = bench.entry(&t, Some("Scans")).await;
        let mut form = page.main_form();
        assert!(form.controls.iter().any(|control| control.disabled), "{name}");
        form.set(t.name, "Scan folder");
        bench.client.submit(&at, &form).await;
        let book = bench.device.book();
        let folder = book.named("Scan folder").unwrap_or_else(|| panic!("{name}"));
        assert_eq!(folder.folder.as_ref().unwrap().path, r"\\files\scan");
        assert!(bench.device.folder_password_is(folder.id, "lab-not-a-secret").unwrap());
    }
}

#[tokio::test]
async fn groups_are_set_up_on_their_own_pages() {
    for name in FORMS {
        let (mut bench, t) = bench(name).await;
        let Some((_, list)) = bench.menu(&t, t.groups).await else {
            assert_eq!(name, "mfc-l2740dw");
            continue;
        };
        assert_ne!(name, "mfc-l2740dw");
        let rows = list.rows();
        assert_eq!(rows[0][1], "Night");
        let numbers: String = rows[0][2].chars().filter(|c| c.is_ascii_digit() || *c == ',').collect();
        let numbers: Vec<u32> = numbers.split(',').map(|it| it.parse().unwrap()).collect();
        assert_eq!(numbers, [1, 7], "{name}");
        // A new one, by the number of a free row.
        let (at, page) = bench.follow(&list, "2").await.unwrap();
        let mut form = page.main_form();
        form.set(t.group_name, "Day");
        let text = form.controls.iter().any(|it| it.name == form.labelled(t.members) && it.kind == "text");
        if text {
            form.set(t.members, "1, 2");
        } else {
            let boxes: Vec<String> =
                form.controls.iter().filter(|it| it.kind == "checkbox").map(|it| it.name.clone()).collect();
            assert_eq!(boxes.len(), 4);
            form.set_named(&boxes[0], "1");
            form.set_named(&boxes[1], "1");
        }
        bench.client.submit(&at, &form).await;
        let book = bench.device.book();
        let day = book.named("Day").unwrap_or_else(|| panic!("{name}"));
        let members: Vec<&str> =
            day.members.iter().map(|id| book.entry(*id).unwrap().name.as_str()).collect();
        assert_eq!((day.number, members), (2, vec!["Ann Lee", "Fax"]), "{name}");
        // And away with the first one; its members stay.
        let control = bench.profile.book.groups.clone().unwrap().control;
        let (_, list) = bench.menu(&t, t.groups).await.unwrap();
        let (at, page) = bench.follow(&list, "1").await.unwrap();
        bench.client.submit(&at, &page.form(&format!("name=\"{control}\""))).await;
        let book = bench.device.book();
        assert!(book.named("Night").is_none() && book.named("Ann Lee").is_some(), "{name}");
    }
}
