//! The pages of one contact.

use scanfleet_mocks::{ExportWay, XeroxProfile};

use crate::browser::{Browser, LIST, PROFILES, action, fields_of, labelled, link, message, set, tick};

#[tokio::test]
async fn one_contact_is_added_changed_and_deleted_where_pages_for_it_are() {
    let mut browser = Browser::logged_in("altalink-c8155").await;
    let device = browser.device.clone();
    let list = browser.get(LIST).await;
    let add = link(&list, "Add New Contact").unwrap();
    let page = browser.get(&add).await;
    let mut fields = fields_of(&page, "contactForm");
    set(&mut fields, &labelled(&page, "Display Name"), "Cleo Park");
    set(&mut fields, &labelled(&page, "Email"), "cleo@example.test");
    tick(&page, &mut fields, "Ward 3, night");
    browser.client.post(&action(&page, "contactForm"), &fields).await.unwrap();
    let book = device.book();
    let cleo = book.named("Cleo Park").unwrap();
    assert!(book.named("Ward 3, night").unwrap().members.contains(&cleo.id));
    assert!(!cleo.frequent);

    let page = browser.get(&format!("{LIST}?contactId={}", cleo.id)).await;
    let page = browser.get(&link(&page, "Edit").unwrap()).await;
    let mut fields = fields_of(&page, "contactForm");
    set(&mut fields, &labelled(&page, "Email"), "cleo.park@example.test");
    let reply = browser.client.post(&action(&page, "contactForm"), &fields).await.unwrap();
    assert!(reply.body.contains("cleo.park@example.test"));
    assert!(device.book().named("Ward 3, night").unwrap().members.contains(&cleo.id));
    set(&mut fields, &labelled(&page, "Email"), "nowhere");
    let reply = browser.client.post(&action(&page, "contactForm"), &fields).await.unwrap();
    assert_eq!(message(&reply.body), "Enter a valid email address.");

    // A scan destination is shown, and survives a change of the name.
    let scans = device.book().named("Scans").unwrap().id;
    let page = browser.get(&format!("{LIST}?contactId={scans}")).await;
    let page = browser.get(&link(&page, "Edit").unwrap()).await;
    let mut fields = fields_of(&page, "contactForm");
    set(&mut fields, &labelled(&page, "Display Name"), "Scan folder");
    browser.client.post(&action(&page, "contactForm"), &fields).await.unwrap();
    assert!(device.folder_password_is(scans, "lab-not-a-secret").unwrap());
    assert_eq!(device.book().entry(scans).unwrap().name, "Scan folder");

    let page = browser.get(&format!("{LIST}?contactId={}", cleo.id)).await;
    let fields = fields_of(&page, "deleteForm");
    browser.client.post(&action(&page, "deleteForm"), &fields).await.unwrap();
    assert!(device.book().entry(cleo.id).is_none());
    let reply = browser.client.post(&action(&page, "deleteForm"), &fields).await.unwrap();
    assert_eq!(message(&reply.body), "The contact does not exist.");
    assert!(matches!(browser.profile.book.export.way, ExportWay::Prepared(..)));
    browser.lab.shutdown().await;
    for name in &PROFILES[1..] {
        assert!(XeroxProfile::find(name).unwrap().book.contacts.is_none());
    }
}
