//! The whole way through a machine's pages, with each profile.

use scanfleet_mocks::{Item, PasswordKind, ScanRequest};

use super::client::{Client, Reply};
use super::{Bench, FORMS, PASSWORD};

/// Asks until the wait page is gone; how often it came, and what followed.
async fn poll(client: &mut Client, page: &str) -> (u32, Reply) {
    let mut waits = 0;
    loop {
        let reply = client.get(page).await;
        if !reply.body.contains("waitMessage") {
            return (waits, reply);
        }
        waits += 1;
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn from_the_start_page_to_a_test_mail_with_every_profile() {
    for name in FORMS {
        let mut bench = Bench::new(name).await;
        let status = bench.profile.paths.status.clone();
        let start = bench.client.get(&status).await;
        assert!(start.header("server").unwrap().starts_with("debut/"), "{name}");
        assert!(start.header("content-type").unwrap().contains("iso-8859-1"));
        assert!(start.text().contains(&format!("<h1>{} series</h1>", bench.profile.model)));
        assert!(start.text().contains(&format!("<title>Brother {} series</title>", bench.profile.model)));

        bench.client.log_in(&status, PASSWORD).await;
        assert_eq!(bench.device.state().sessions, 1, "{name}");
        let (page, mut form) = bench.smtp().await;
        assert_eq!(page, bench.profile.paths.smtp);
        bench.fill(&mut form);
        let answer = bench.client.submit(&page, &form).await;
        assert_eq!(answer.status, 200);
        let state = bench.device.state();
        assert_eq!(state.writes, 1, "{name}: {}", answer.body);
        assert_eq!(state.settings.get(Item::SmtpServer), "smtp.office365.com");
        assert_eq!(state.settings.get(Item::SmtpSecurity), "starttls");
        assert!(state.settings.on(Item::SmtpAuth) && !state.settings.on(Item::PopBeforeSmtp));
        assert!(state.passwords.contains_key(&PasswordKind::Smtp));

        // The second step: where to send a test, with a token of its own.
        let mut test = answer.form("type=\"text\"");
        let field = test.controls.iter().find(|control| control.kind == "text").unwrap().name.clone();
        test.set_named(&field, "smtptest@northshore.example");
        let wait = bench.client.submit(&page, &test).await;
        assert!(wait.body.contains("http-equiv=\"refresh\""), "{name}: {}", wait.body);
        let (waits, result) = poll(&mut bench.client, &page).await;
        assert!(waits >= 1, "{name}");
        assert!(result.said("postSuccess").is_some(), "{name}: {}", result.text());
        assert_eq!(bench.lab.mail().messages().len(), 1, "{name}");
        let message = &bench.lab.mail().messages()[0];
        assert_eq!(message.authenticated_as.as_deref(), Some("scan@northshore.example"));
        // The result is told once.
        let (_, after) = bench.smtp().await;
        assert_eq!(after.value(&bench.label(Item::SmtpServer)), "smtp.office365.com");
        assert_eq!(after.value(&bench.password_labels()[0]), "***");

        let scan = bench.device.scan(ScanRequest::to("smtptest@northshore.example")).await;
        assert!(scan.sent, "{}", scan.detail);
        bench.client.log_out(&status).await;
        assert_eq!(bench.device.state().sessions, 0, "{name}");
        assert!(bench.client.get(&page).await.body.contains("id=\"LogBox\""), "{name}");
    }
}

#[tokio::test]
async fn a_test_with_a_wrong_server_says_so_in_the_end() {
    let mut bench = Bench::new("mfc-l8900cdw").await;
    let (page, mut form) = bench.smtp().await;
    bench.fill(&mut form);
    form.set("SMTP Server Address", "nobody.example");
    let answer = bench.client.submit(&page, &form).await;
    assert_eq!(answer.said("postSuccess").as_deref(), Some("Submit OK"));
    let mut test = answer.main_form();
    test.set("Destination E-mail Address", "smtptest@northshore.example");
    bench.client.submit(&page, &test).await;
    // Others see the page as ever.
    let mut other = Client::new(&bench.client.base);
    other.log_in("/general/status.html", PASSWORD).await;
    assert!(other.get(&page).await.text().contains("<dt>SMTP Server Address</dt>"));
    let (waits, result) = poll(&mut bench.client, &page).await;
    assert!(waits >= 2);
    assert_eq!(result.said("postError").as_deref(), Some("The SMTP server could not be reached."));
    assert!(bench.lab.mail().messages().is_empty());
    assert_eq!(bench.device.state().requests.get("test_mail"), Some(&1));
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_ends_a_test() {
    let mut bench = Bench::new("mfc-l8900cdw").await;
    let (page, mut form) = bench.smtp().await;
    bench.fill(&mut form);
    form.set("Verify Server Certificate", "1");
    let mut test = bench.client.submit(&page, &form).await.main_form();
    test.set("Destination E-mail Address", "smtptest@northshore.example");
    bench.client.submit(&page, &test).await;
    let (_, result) = poll(&mut bench.client, &page).await;
    assert_eq!(result.said("postError").as_deref(), Some("A secure connection could not be made."));
}

#[tokio::test]
async fn a_test_without_an_address_is_asked_again() {
    let mut bench = Bench::new("mfc-l8900cdw").await;
    let (page, form) = bench.smtp().await;
    let answer = bench.client.submit(&page, &form).await;
    let again = bench.client.submit(&page, &answer.main_form()).await;
    assert!(again.said("postError").is_some(), "{}", again.body);
    assert!(again.main_form().value("Destination E-mail Address").is_empty());
}

#[tokio::test]
async fn identity_is_open_but_in_the_newer_forms() {
    for name in FORMS {
        let mut bench = Bench::new(name).await;
        let page = format!("{}?kind=item", bench.profile.paths.information);
        let open = bench.client.get(&page).await;
        assert_eq!(open.text().contains(&bench.profile.sample_serial), name != "mfc-l8390cdw", "{name}");
        bench.client.log_in(&bench.profile.paths.status.clone(), PASSWORD).await;
        let inside = bench.client.get(&page).await.text();
        assert!(inside.contains(&bench.profile.sample_serial), "{name}");
        assert!(inside.contains(&format!("<dd>{}</dd>", bench.profile.firmware)), "{name}");
    }
    let mut bench = Bench::new("mfc-l8900cdw").await;
    let page = bench.client.get("/general/information.html?kind=item").await;
    assert!(page.body.contains("<dt>Model&#32;Name</dt>") && page.body.contains("<dt>Serial&#32;no.</dt>"));
}

#[tokio::test]
async fn mnt_info_is_open_repaired_or_gone() {
    let mut bench = Bench::new("mfc-l8900cdw").await;
    let csv = bench.client.get("/etc/mnt_info.csv").await;
    let lines: Vec<&str> = csv.body.trim_end().split("\r\n").collect();
    assert_eq!(lines.len(), 2, "{}", csv.body);
    assert!(lines[0].starts_with("\"Node Name\",\"Model Name\",") && lines[0].ends_with(','));
    assert!(
        lines[1].contains("\"Brother MFC-L8900CDW series\",") && lines[1].contains("\"U64180L7N120345\",")
    );
    let mut bench = Bench::new("mfc-l2750dw").await;
    assert_eq!(bench.client.get("/etc/mnt_info.csv").await.status, 404);
    let mut bench = Bench::new("mfc-l8390cdw").await;
    assert!(bench.client.get("/etc/mnt_info.csv").await.body.contains("Please&#32;Login"));
}

#[tokio::test]
async fn another_language_translates_the_labels_and_not_the_ids() {
    let mut bench = Bench::new("mfc-l2750dw").await;
    let page = bench.client.get("/general/information.html?kind=item").await;
    assert!(page.text().contains("Nombre del modelo"), "{}", page.text());
    let english =
        Bench::with("mfc-l2750dw", |spec| spec.profile.brother_mut().unwrap().language = "fr".into());
    let page = english.await.client.get("/general/information.html?kind=item").await;
    assert!(page.text().contains("N° de série"), "{}", page.text());
}
