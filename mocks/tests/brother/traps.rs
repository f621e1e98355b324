//! What these machines do to a client that is not a browser.

use std::time::Duration;

use scanfleet_mocks::{Item, MissingFields, PasswordKind, Stars};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::Bench;

fn rejected(text: &str) -> bool {
    text.contains("Your request was rejected. Please try again.")
}

#[tokio::test]
async fn a_post_without_a_referer_is_rejected_where_it_is_looked_at() {
    for (name, stored) in [("mfc-l8900cdw", 0), ("mfc-l2750dw", 1)] {
        let mut bench = Bench::new(name).await;
        let (page, form) = bench.smtp().await;
        bench.client.referer = false;
        let answer = bench.client.submit(&page, &form).await;
        assert_eq!(answer.status, 200);
        assert_eq!(rejected(&answer.text()), stored == 0, "{name}");
        assert_eq!(bench.device.state().writes, stored, "{name}");
    }
}

#[tokio::test]
async fn a_token_without_its_line_breaks_is_another_one() {
    let mut bench = Bench::new("mfc-l8900cdw").await;
    let (page, form) = bench.smtp().await;
    let token = form.fields().iter().find(|(name, _)| name == "CSRFToken").unwrap().1.clone();
    assert_eq!(token.matches("\r\n").count(), 2);
    let mut stripped = form.clone();
    stripped.set_named("CSRFToken", &token.replace("\r\n", ""));
    assert!(rejected(&bench.client.submit(&page, &stripped).await.text()));
    let (page, form) = bench.smtp().await;
    assert_eq!(bench.client.submit(&page, &form).await.said("postSuccess").as_deref(), Some("Submit OK"));
}

#[tokio::test]
async fn a_token_is_good_once_and_goes_stale_with_the_next_page() {
    let mut bench = Bench::new("mfc-l8900cdw").await;
    let (page, form) = bench.smtp().await;
    bench.client.get("/general/status.html").await;
    assert!(rejected(&bench.client.submit(&page, &form).await.text()));
    // Elsewhere it outlives other pages, and still is good only once.
    let mut bench = Bench::new("mfc-l2750dw").await;
    let (page, form) = bench.smtp().await;
    bench.client.get("/general/status.html").await;
    bench.client.submit(&page, &form).await;
    let again = bench.client.submit(&page, &form).await;
    assert!(again.said("errorMessage").is_some(), "{}", again.body);
    assert_eq!(bench.device.state().writes, 1);
}

#[tokio::test]
async fn the_log_outs_field_among_settings_logs_out_and_loses_them() {
    let mut bench = Bench::new("mfc-l2740dw").await;
    let (page, mut form) = bench.smtp().await;
    bench.fill(&mut form);
    let mut fields = form.fields();
    fields.push(("B6f2".into(), String::new()));
    let answer = bench.client.post(&page, &page, &fields).await.unwrap();
    assert_eq!(answer.status, 200);
    assert!(answer.said("postError").is_none() && answer.said("errorMessage").is_none());
    let state = bench.device.state();
    assert_eq!((state.sessions, state.writes, state.settings.get(Item::SmtpServer)), (0, 0, ""));
}

#[tokio::test]
async fn fields_that_are_not_sent_are_lost_or_kept_by_model() {
    for (missing, left) in [(MissingFields::Lost, ""), (MissingFields::Kept, "old.example")] {
        let mut bench = Bench::with("mfc-l8900cdw", |spec| {
            spec.profile.brother_mut().unwrap().missing = missing;
            spec.settings.set(Item::SmtpServer, "old.example");
        })
        .await;
        let (page, form) = bench.smtp().await;
        let mut fields = form.fields();
        let server = form.labelled("SMTP Server Address");
        fields.retain(|(name, _)| *name != server);
        bench.client.post(&page, &page, &fields).await.unwrap();
        assert_eq!(bench.device.state().settings.get(Item::SmtpServer), left);
        assert_eq!(bench.device.state().writes, 1);
    }
}

#[tokio::test]
async fn a_box_that_is_sent_is_on_and_one_that_is_not_is_off() {
    let mut bench = Bench::new("mfc-l8900cdw").await;
    let (page, form) = bench.smtp().await;
    let name = form.labelled("Verify Server Certificate");
    assert!(!form.fields().iter().any(|(field, _)| *field == name));
    // A client that replays every input switches verification on, and the next test fails for it.
    let mut fields = form.fields();
    fields.push((name, "1".into()));
    bench.client.post(&page, &page, &fields).await.unwrap();
    assert!(bench.device.state().settings.on(Item::VerifyCertificate));

    let list = bench.client.get("/net/net/protocol.html").await.main_form();
    let telnet = list.labelled("Telnet");
    let mut fields = list.fields();
    fields.push((telnet.clone(), "1".into()));
    let answer =
        bench.client.post("/net/net/protocol.html", "/net/net/protocol.html", &fields).await.unwrap();
    let ticked = answer.main_form().fields();
    assert!(ticked.iter().any(|(field, _)| *field == telnet), "{}", answer.body);
}

#[tokio::test]
async fn the_account_is_disabled_until_smtp_auth_is_chosen_and_may_follow_later() {
    let mut bench = Bench::new("mfc-l8900cdw").await;
    let (page, mut form) = bench.smtp().await;
    let account = form.labelled("SMTP-AUTH Account Name");
    assert!(form.controls.iter().any(|control| control.name == account && control.disabled));
    // First the method alone, as the page sends it; then the account, on the page that has it enabled now.
    form.choose("Server Authentication Method (SMTP)", "SMTP-AUTH");
    bench.client.submit(&page, &form).await;
    let (page, mut form) = bench.smtp().await;
    assert!(form.controls.iter().any(|control| control.name == account && !control.disabled));
    form.set("SMTP-AUTH Account Name", "scan@northshore.example");
    form.set("SMTP-AUTH Account Password", "secret-of-the-lab");
    let mismatch = bench.client.submit(&page, &form).await;
    assert!(mismatch.said("postError").is_some());
    let (page, mut form) = bench.smtp().await;
    form.set("SMTP-AUTH Account Name", "scan@northshore.example");
    form.set("SMTP-AUTH Account Password", "secret-of-the-lab");
    form.set("Retype Password", "secret-of-the-lab");
    bench.client.submit(&page, &form).await;
    let state = bench.device.state();
    assert_eq!((state.writes, state.settings.get(Item::SmtpUser)), (2, "scan@northshore.example"));
    assert_eq!(state.passwords[&PasswordKind::Smtp].len(), 64);
}

#[tokio::test]
async fn asterisks_that_come_back_mean_three_things() {
    for (stars, same) in [(Stars::Keep, Some(true)), (Stars::Literal, Some(false)), (Stars::Clear, None)] {
        let mut bench = Bench::with("mfc-l8900cdw", |spec| {
            spec.profile.brother_mut().unwrap().stars = stars;
            spec.settings.set(Item::SmtpAuth, "true");
            spec.smtp_password = Some("stored-not-a-secret".into());
        })
        .await;
        let before = bench.device.state().passwords[&PasswordKind::Smtp].clone();
        let (page, form) = bench.smtp().await;
        assert_eq!(form.value("SMTP-AUTH Account Password"), "***");
        bench.client.submit(&page, &form).await;
        let after = bench.device.state().passwords.get(&PasswordKind::Smtp).cloned();
        assert_eq!(after.map(|after| after == before), same, "{stars:?}");
    }
}

#[tokio::test]
async fn values_out_of_range_are_refused_with_200() {
    let mut bench = Bench::new("mfc-l8900cdw").await;
    for (label, value) in [("Port", "70000"), ("Port", "abc"), ("SMTP Server Address", &*"a".repeat(65))] {
        let (page, mut form) = bench.smtp().await;
        form.set(label, value);
        let answer = bench.client.submit(&page, &form).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.said("postError").as_deref(), Some("Setting value is out of range"));
    }
    assert_eq!(bench.device.state().writes, 0);
}

#[tokio::test]
async fn names_nobody_knows_are_ignored_and_text_is_iso_8859_1() {
    let mut bench = Bench::with("mfc-l2740dw", |spec| spec.location = "Médecine".into()).await;
    let (page, mut form) = bench.smtp().await;
    form.set("Device E-mail Address", "né@example");
    let mut fields = form.fields();
    fields.push(("Bffff".into(), "nothing".into()));
    bench.client.post(&page, &page, &fields).await.unwrap();
    assert_eq!(bench.device.state().settings.get(Item::DeviceAddress), "né@example");
    let reply = bench.client.get("/general/status.html").await;
    assert!(reply.body.contains("Médecine") && !reply.body.contains("MÃ"));
}

#[tokio::test]
async fn a_body_shorter_than_announced_holds_everybody_up() {
    let bench = Bench::with("mfc-l8900cdw", |spec| {
        spec.profile.brother_mut().unwrap().patience = Duration::from_millis(50);
    })
    .await;
    let address = bench.client.base.trim_start_matches("http://").to_owned();
    let mut stuck = TcpStream::connect(&address).await.unwrap();
    let head =
        format!("POST /general/status.html HTTP/1.1\r\nHost: {address}\r\nContent-Length: 10\r\n\r\nB1=");
    stuck.write_all(head.as_bytes()).await.unwrap();
    let mut other = bench.client.clone();
    let (answer, page) = tokio::join!(
        async {
            let mut answer = Vec::new();
            stuck.read_to_end(&mut answer).await.unwrap();
            String::from_utf8(answer).unwrap()
        },
        other.get("/general/status.html")
    );
    assert!(answer.starts_with("HTTP/1.1 500 "), "{answer}");
    assert_eq!(page.status, 200);
}

#[tokio::test]
async fn a_post_without_a_length_is_411() {
    let mut bench = Bench::new("mfc-l8900cdw").await;
    for more in ["", "Transfer-Encoding: chunked\r\n"] {
        let request =
            format!("POST /general/status.html HTTP/1.1\r\nHost: x\r\n{more}Connection: close\r\n\r\n");
        assert_eq!(bench.client.raw(&request).await.unwrap().status, 411);
    }
}

#[tokio::test]
async fn requests_side_by_side_are_taken_one_after_the_other() {
    let bench = Bench::new("mfc-l8900cdw").await;
    bench.device.fault(scanfleet_mocks::Fault::new(scanfleet_mocks::FaultKind::Slow { ms: 20 }));
    let (mut a, mut b, mut c) = (bench.client.clone(), bench.client.clone(), bench.client.clone());
    let path = "/general/status.html";
    let replies = tokio::join!(a.get(path), b.get(path), c.get(path));
    assert_eq!((replies.0.status, replies.1.status, replies.2.status), (200, 200, 200));
    assert_eq!(bench.device.state().requests["total"], 3);
}

#[tokio::test]
async fn http_settings_take_two_steps_and_a_restart() {
    let mut bench = Bench::new("mfc-l8900cdw").await;
    bench.smtp().await;
    let page = "/net/net/certificate/http.html";
    let form = bench.client.get(page).await.main_form();
    let question = bench.client.submit(page, &form).await.main_form();
    assert!(question.fields().contains(&("http_page_mode".into(), "4".into())));
    let last = bench.client.submit(page, &question).await;
    assert!(last.body.contains("seconds"), "{}", last.body);
    // It goes away, comes back, and knows nobody.
    let address = bench.client.base.trim_start_matches("http://").to_owned();
    while TcpStream::connect(&address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    while TcpStream::connect(&address).await.is_err() {
        tokio::task::yield_now().await;
    }
    assert_eq!(bench.device.state().sessions, 0);
    assert!(bench.client.get(page).await.body.contains("Please&#32;Login"));
}
