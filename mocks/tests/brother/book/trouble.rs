//! The traps of these machines, faults, and nonsense.

use scanfleet_mocks::{Fault, FaultKind};

use super::{bench, fill, latin1, waits};
use crate::FORMS;

#[tokio::test]
async fn the_traps_of_these_machines_hold_for_the_book_too() {
    // No Referer.
    let (mut one, t) = bench("mfc-l8900cdw").await;
    let before = one.device.book();
    one.client.referer = false;
    let reply = one.add(&t, "New", "new@example.test").await;
    assert!(reply.text().contains("Your request was rejected"));
    one.client.referer = true;
    // A token of another page; the same for a file.
    let (at, page) = one.entry(&t, None).await;
    let mut form = page.main_form();
    fill(&mut form, &t, "New", "new@example.test");
    one.list(&t).await;
    assert!(one.client.submit(&at, &form).await.text().contains("Your request was rejected"));
    let (at, page) = one.menu(&t, t.import).await.unwrap();
    let form = page.main_form();
    one.list(&t).await;
    let reply = one.client.upload(&at, &form, b"No.,Name\r\n").await;
    assert!(reply.text().contains("Your request was rejected"));
    // A box that is replayed unticked deletes; the question comes first.
    let (at, page) = one.list(&t).await;
    let mut form = page.main_form();
    let boxes: Vec<String> =
        form.controls.iter().filter(|it| it.kind == "checkbox").map(|it| it.name.clone()).collect();
    assert_eq!(boxes.len(), 3);
    for name in &boxes {
        form.set_named(name, "1");
    }
    let question = one.client.submit(&at, &form).await;
    assert!(question.text().contains("Do you want to delete") && one.device.book() == before);
    // The log-out's field.
    let (at, page) = one.entry(&t, None).await;
    let mut form = page.main_form();
    fill(&mut form, &t, "New", "new@example.test");
    let mut fields = form.fields();
    fields.push((format!("B{:x}", one.profile.field_ids.login + 1), String::new()));
    one.client.post(&form.target(&at), &at, &fields).await.unwrap();
    assert_eq!((one.device.state().sessions, one.device.book() == before), (0, true));

    // What is not sent is lost, or kept.
    for (name, left) in [("mfc-l8390cdw", false), ("mfc-l2750dw", true)] {
        let (mut bench, t) = bench(name).await;
        let (at, page) = bench.entry(&t, Some("Ann Lee")).await;
        let form = page.main_form();
        let name_field = form.labelled(t.name);
        let fields: Vec<_> = form.fields().into_iter().filter(|(field, _)| *field != name_field).collect();
        let reply = bench.client.post(&form.target(&at), &at, &fields).await.unwrap();
        // Without a name an entry cannot be, so the post is refused where it is lost.
        assert_eq!(reply.said("postError").is_none(), left, "{name}");
        assert!(bench.device.book().named("Ann Lee").is_some());
    }
}

#[tokio::test]
async fn values_that_a_machine_does_not_take_are_refused() {
    for name in FORMS {
        let (mut bench, t) = bench(name).await;
        let before = bench.device.book();
        let long = "x".repeat(bench.profile.book.name_max + 1);
        for (who, email) in
            [("", "n@example.test"), (long.as_str(), "n@example.test"), ("New", "no address"), ("New", "")]
        {
            let reply = bench.add(&t, who, email).await;
            assert!(reply.said("postError").is_some(), "{name}: {who:?} {email:?}");
        }
        assert_eq!(bench.device.book(), before);
        // Numbers end where the book does.
        let page = bench.profile.book.entry.clone();
        let past = bench.profile.book.limits.numbers + 1;
        let reply =
            bench.client.get(&format!("{}?{}={past}&pageid={}", page.path, page.number, page.page_id)).await;
        assert!(reply.said("postError").is_some(), "{name}");
    }
}

#[tokio::test]
async fn faults_can_be_aimed_at_the_book() {
    let (mut bench, t) = bench("mfc-l2740dw").await;
    let device = bench.device.clone();
    device.fault(Fault::new(FaultKind::Busy).on("@book_save").times(1));
    assert!(bench.add(&t, "New", "new@example.test").await.said("postError").is_some());
    device.panel_book(|book| book.locked_by = Some("panel".into()));
    assert!(bench.add(&t, "New", "new@example.test").await.said("postError").is_some());
    assert!(bench.delete(&t, "Fax").await.said("postError").is_some());
    let file = latin1("Speed Dial;Name;Number\r\n9;New;new@example.test\r\n");
    assert!(bench.import(&t, false, &file).await.said("postError").is_some());
    device.panel_book(|book| book.locked_by = None);
    device.fault(Fault::new(FaultKind::DroppedWrite).on("@book_save").times(1));
    assert!(bench.add(&t, "New", "new@example.test").await.said("postSuccess").is_some());
    device.fault(Fault::new(FaultKind::DroppedWrite).on("@book_delete").times(1));
    assert!(bench.delete(&t, "Fax").await.said("postSuccess").is_some());
    assert!(device.book().named("New").is_none() && device.book().named("Fax").is_some());
    assert_eq!(device.state().book_writes, 0);
    device.fault(Fault::new(FaultKind::LostReply).on("@book_save").times(1));
    let (at, page) = bench.entry(&t, None).await;
    let mut form = page.main_form();
    fill(&mut form, &t, "New", "new@example.test");
    assert!(bench.client.post(&form.target(&at), &at, &form.fields()).await.is_none());
    assert!(device.book().named("New").is_some());
    device.fault(Fault::new(FaultKind::ExpireSession).on("@book_save").times(1));
    let reply = bench.add(&t, "Later", "later@example.test").await;
    assert!(reply.body.contains("Please&#32;Login") && device.book().named("Later").is_none());
}

#[tokio::test]
async fn nonsense_is_answered_and_changes_nothing() {
    for name in FORMS {
        let (mut bench, t) = bench(name).await;
        let before = bench.device.book();
        let (list, book) = (bench.profile.paths.address.clone(), bench.profile.book.clone());
        for query in ["start=0", "start=-1", "start=4294967295", "start=x", "start=201&start=1", ""] {
            assert_eq!(bench.client.get(&format!("{list}?{query}")).await.status, 200, "{name} {query}");
        }
        let mut pages = vec![book.entry.clone()];
        pages.extend(book.groups.clone().map(|groups| groups.page));
        for page in pages {
            for number in ["0", "-1", "4294967296", "", "x"] {
                let reply = bench.client.get(&format!("{}?{}={number}", page.path, page.number)).await;
                assert!(reply.said("postError").is_some(), "{name} {number}");
            }
        }
        // A network folder cannot be made here.
        let (at, page) = bench.entry(&t, None).await;
        let mut form = page.main_form();
        fill(&mut form, &t, "New", "new@example.test");
        let mut fields = form.fields();
        let kind = form.labelled(t.kind);
        fields.iter_mut().find(|(name, _)| *name == kind).unwrap().1 = book.fields.kinds[2].clone();
        let reply = bench.client.post(&form.target(&at), &at, &fields).await.unwrap();
        assert!(reply.said("postError").is_some(), "{name}");
        if book.transfer.is_some() {
            for file in [
                &b""[..],
                b"\xff",
                b"\xff\xfe\x00",
                b"\"",
                b"No.,Name,Type,Fax No./E-mail Address\r\n,,,\r\n",
            ] {
                bench.import(&t, false, file).await;
                let page = book.transfer.clone().unwrap().import.0;
                while waits(&bench.client.get(&page).await) {}
            }
        }
        assert_eq!(bench.device.book(), before, "{name}");
    }
}
