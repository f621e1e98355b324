//! What an import does to the book.

use std::collections::HashSet;

use scanfleet_mocks::{Book, BookEntry};

use crate::browser::{
    Browser, Choice, LIST, PROFILES, action, choose, fields_of, first_line, form, message, people, rows,
};

#[tokio::test]
async fn an_import_adds_and_leaves_everybody_else_alone() {
    for name in PROFILES {
        let mut browser = Browser::logged_in(name).await;
        let before = browser.device.book();
        let headings = first_line(&browser.export().await).to_owned();
        let file = rows(&headings, &[("New \"N\" Person", "new@example.test")]);
        let said = browser.import(Choice::add(file.as_bytes())).await;
        assert!(said.contains("1 contacts were added"), "{name}: {said}");
        let after = browser.device.book();
        assert_eq!(after.entries()[..5], before.entries()[..], "{name}");
        let new = after.named("New \"N\" Person").unwrap();
        assert_eq!((new.email.as_str(), new.id, new.frequent), ("new@example.test", 6, false));
        // Once more: a duplicate, or an update.
        browser.import(Choice::add(file.as_bytes())).await;
        let twice = browser.device.book().with_email("new@example.test").count();
        let expected = if matches!(name, "altalink-c8155" | "workcentre-5735") { 2 } else { 1 };
        assert_eq!(twice, expected, "{name}");
        browser.lab.shutdown().await;
    }
}

#[tokio::test]
async fn an_import_that_replaces_brings_everything_back_but_scan_passwords() {
    for name in PROFILES {
        let mut browser = Browser::logged_in(name).await;
        let before = browser.device.book();
        let file = browser.export().await;
        browser.device.panel_book(|book| book.add(BookEntry::person("Panel", "panel@example.test"))).unwrap();
        let folder = before.named("Scans").unwrap().id;
        assert!(browser.device.folder_password_is(folder, "lab-not-a-secret").unwrap());
        let said = browser.import(Choice::replace(file.as_bytes())).await;
        assert!(said.contains("The address book was replaced. 5 contacts were imported."), "{name}: {said}");
        let after = browser.device.book();
        let sorted = |book: &Book| {
            let mut people = people(book);
            people.sort();
            people
        };
        assert_eq!(sorted(&after), sorted(&before), "{name}");
        assert!(after.entries().iter().all(|entry| entry.id > 6));
        let group = after.named("Ward 3, night").unwrap();
        let members: HashSet<&str> =
            group.members.iter().map(|id| after.entry(*id).unwrap().name.as_str()).collect();
        assert_eq!(members, HashSet::from(["Ann Lee", "Bob \"Bo\" O'Neil, Jr.", "Scans"]), "{name}");
        let scans = after.named("Scans").unwrap().folder.clone().unwrap();
        assert_eq!(
            (scans.path.as_str(), scans.login.as_str()),
            (r"\\files.example.test\scan\ward3", "scanner")
        );
        assert_eq!(scans.password, None, "{name}");
        let fax = after.named("Zoë Fax").unwrap();
        assert_eq!((fax.fax.as_str(), fax.frequent), ("5550100", false));
        assert_eq!(fax.company, "Müller & Söhne");
        // What a second export says differs in the device's own ids only.
        let again = browser.export().await;
        assert_eq!(again.lines().count(), file.lines().count());
        browser.lab.shutdown().await;
    }
}

#[tokio::test]
async fn headings_of_another_file_are_mapped_by_hand() {
    for name in PROFILES {
        let mut browser = Browser::logged_in(name).await;
        let file = "Nom;Courriel\r\nÉlodie Roy;elodie@example.test\r\n";
        let choice = Choice { delimiter: "Semicolon (;)", ..Choice::add(file.as_bytes()) };
        let page = browser.until_last(choice).await;
        let mut fields = fields_of(&page, "finishForm");
        choose(&page, &mut fields, "DisplayName", "Nom");
        choose(&page, &mut fields, "E-mailAddress", "Courriel");
        browser.client.post(&action(&page, "finishForm"), &fields).await.unwrap();
        for _ in 0..browser.profile.book.import.waits {
            browser.get(LIST).await;
        }
        browser.get(LIST).await;
        assert_eq!(browser.device.book().named("Élodie Roy").unwrap().email, "elodie@example.test", "{name}");
        // Exact headings need no mapping, where the device leaves it out.
        let exact = browser.export().await;
        let page = browser.until_last(Choice::add(exact.as_bytes())).await;
        assert_eq!(form(&page, "finishForm").contains("<select"), name == "workcentre-5735");
        browser.lab.shutdown().await;
    }
}

#[tokio::test]
async fn bad_rows_are_named_by_their_number() {
    for name in PROFILES {
        let mut browser = Browser::logged_in(name).await;
        let before = browser.device.book();
        let headings = first_line(&browser.export().await).to_owned();
        let long = "x".repeat(browser.profile.book.name_max + 1);
        let file = rows(
            &headings,
            &[
                ("Good", "good@example.test"),
                ("Bad", "no address"),
                (&long, "l@example.test"),
                ("", "n@example.test"),
            ],
        );
        let said = browser.import(Choice::add(format!("{file}one,two\r\n").as_bytes())).await;
        for row in [
            "Row 3: The email address is not valid.",
            "Row 4: The display name is too long.",
            "Row 5:",
            "Row 6:",
        ] {
            assert!(said.contains(row), "{name}: {said}");
        }
        let skips = name == "workcentre-5735";
        assert_eq!(browser.device.book().named("Good").is_some(), skips, "{name}");
        if !skips {
            assert_eq!(browser.device.book(), before);
        }
        browser.lab.shutdown().await;
    }
}

#[tokio::test]
async fn a_full_book_takes_nothing() {
    let mut browser = Browser::logged_in("workcentre-7835").await;
    let headings = first_line(&browser.export().await).to_owned();
    let limits = browser.device.panel_book(|book| {
        book.limits.users = 5;
        book.limits
    });
    assert_eq!(limits.users, 5);
    let file = rows(&headings, &[("One", "one@example.test"), ("Two", "two@example.test")]);
    let said = browser.import(Choice::add(file.as_bytes())).await;
    assert_eq!(said, "Row 3: The address book is full.");
    assert_eq!(browser.device.book().entries().len(), 5);
    browser.lab.shutdown().await;
}

#[tokio::test]
async fn brackets_go_and_other_charsets_are_mangled() {
    let mut browser = Browser::logged_in("altalink-c8155").await;
    let headings = first_line(&browser.export().await).to_owned();
    let file = rows(&headings, &[("[Bracket Person]", "[b@example.test]")]);
    let said = browser.import(Choice::add(file.as_bytes())).await;
    assert!(said.starts_with("No contacts were imported. Row 2:"), "{said}");
    browser.import(Choice { brackets: true, ..Choice::add(file.as_bytes()) }).await;
    assert_eq!(browser.device.book().named("Bracket Person").unwrap().email, "b@example.test");
    let latin: Vec<u8> = rows(&headings, &[("Renée", "renee@example.test")])
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect();
    browser.import(Choice::add(&latin)).await;
    let mangled = browser.device.book().with_email("renee@example.test").next().unwrap().name.clone();
    assert_eq!(mangled, "Ren\u{fffd}e");
    let nothing = browser.upload(Choice::add(b"")).await;
    assert_eq!(message(&nothing), "Select a file to import.");
    browser.lab.shutdown().await;
}

#[tokio::test]
async fn two_thousand_contacts_go_out_and_come_back() {
    for name in ["altalink-c8155", "versalink-c415"] {
        let mut browser = Browser::logged_in(name).await;
        let limits = browser.profile.book.limits;
        browser.device.panel_book(|book| *book = Book::sample(2000, limits));
        let before = people(&browser.device.book());
        let file = browser.export().await;
        assert_eq!(file.lines().count(), before.len() + 1);
        let said = browser.import(Choice::replace(file.as_bytes())).await;
        assert!(said.contains(&format!("{} contacts were imported.", before.len())), "{name}: {said}");
        let mut after = people(&browser.device.book());
        let mut before = before;
        before.sort();
        after.sort();
        assert_eq!(after, before, "{name}");
        browser.lab.shutdown().await;
    }
}
