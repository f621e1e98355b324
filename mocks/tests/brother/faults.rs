//! Faults on demand.

use scanfleet_mocks::{Fault, FaultKind, Item};

use super::client::Reply;
use super::{Bench, PASSWORD};

/// Logs in and posts another server; nothing where no answer came.
async fn save(bench: &mut Bench, server: &str) -> Option<Reply> {
    let (page, mut form) = bench.smtp().await;
    form.set("SMTP Server Address", server);
    bench.client.post(&page, &page, &form.fields()).await
}

async fn bench(fault: FaultKind) -> Bench {
    let bench = Bench::new("mfc-l8900cdw").await;
    bench.device.fault(Fault::new(fault).times(1));
    bench
}

#[tokio::test]
async fn a_refused_log_in_a_lost_session_and_a_stale_token() {
    let mut refused = bench(FaultKind::WrongPassword).await;
    let answer = refused.client.log_in("/general/status.html", PASSWORD).await;
    assert_eq!(answer.header("location"), Some("/etc/passerror.html"));

    let mut lost = Bench::new("mfc-l8900cdw").await;
    lost.device.fault(Fault::new(FaultKind::ExpireSession).times(1).on("@save"));
    let answer = save(&mut lost, "new.example").await.unwrap();
    assert!(answer.body.contains("Please&#32;Login"), "{}", answer.body);

    let mut stale = bench(FaultKind::StaleToken).await;
    let answer = save(&mut stale, "new.example").await.unwrap();
    assert!(answer.text().contains("Your request was rejected"));
    assert_eq!(stale.device.state().writes, 0);
    assert_eq!(
        save(&mut stale, "new.example").await.unwrap().said("postSuccess").as_deref(),
        Some("Submit OK")
    );
}

#[tokio::test]
async fn busy_dropped_and_lost_saves() {
    let mut busy = bench(FaultKind::Busy).await;
    assert!(save(&mut busy, "new.example").await.unwrap().said("postError").is_some());
    busy.device.lock(true);
    assert!(save(&mut busy, "new.example").await.unwrap().said("postError").is_some());
    assert_eq!(busy.device.state().writes, 0);

    let mut dropped = bench(FaultKind::DroppedWrite).await;
    assert_eq!(
        save(&mut dropped, "new.example").await.unwrap().said("postSuccess").as_deref(),
        Some("Submit OK")
    );
    assert_eq!(dropped.device.state().settings.get(Item::SmtpServer), "");

    let mut lost = bench(FaultKind::LostReply).await;
    assert!(save(&mut lost, "new.example").await.is_none());
    assert_eq!(lost.device.state().settings.get(Item::SmtpServer), "new.example");

    let mut before = bench(FaultKind::LostBefore).await;
    assert!(save(&mut before, "new.example").await.is_none());
    assert_eq!(before.device.state().writes, 0);
}

#[tokio::test]
async fn the_page_changes_under_ones_hands() {
    let item = Item::SmtpServer;
    let mut bench = Bench::new("mfc-l8900cdw").await;
    bench.client.log_in("/general/status.html", PASSWORD).await;
    let page = bench.profile.paths.smtp.clone();
    let mut count = async |fault: Option<FaultKind>, text: &str| {
        bench.device.faults(fault.into_iter().map(Fault::new).collect());
        bench.client.get(&page).await.text().matches(text).count()
    };
    let label = "<dt>SMTP Server Address</dt>";
    assert_eq!(count(None, label).await, 1);
    assert_eq!(count(Some(FaultKind::FieldMissing { item }), label).await, 0);
    assert_eq!(count(Some(FaultKind::FieldTwice { item }), label).await, 2);
    assert_eq!(count(Some(FaultKind::OtherLabel { item, label: "Port".into() }), "<dt>Port</dt>").await, 2);
    assert_eq!(count(Some(FaultKind::OtherName { item, name: "Bbeef".into() }), "name=\"Bbeef\"").await, 1);
    let lacks = FaultKind::OptionMissing { item: Item::SmtpSecurity, choice: "tls".into() };
    assert_eq!(count(Some(lacks), ">SSL</label>").await, 0);
    assert_eq!(count(Some(FaultKind::ReadOnlyPage), "type=\"submit\" value=\"Submit\"").await, 0);
    let other = FaultKind::OtherModel { model: "MFC-9999".into() };
    assert_eq!(count(Some(other), "<h1>MFC-9999 series</h1>").await, 1);
    bench.device.faults(vec![FaultKind::MissingMenuEntry.into()]);
    assert!(!bench.client.get("/net/net/protocol.html").await.text().contains("<dt>SMTP</dt>"));
}

#[tokio::test]
async fn one_field_is_ignored_and_the_panel_refuses_what_there_is_not() {
    let mut bench = bench(FaultKind::IgnoresField { item: Item::SmtpServer }).await;
    let (page, mut form) = bench.smtp().await;
    bench.fill(&mut form);
    bench.client.submit(&page, &form).await;
    let state = bench.device.state();
    assert_eq!((state.settings.get(Item::SmtpServer), state.settings.get(Item::SmtpPort)), ("", "587"));
    assert!(bench.device.panel(&[(Item::FaxAddress, "x@y.example")]).is_err());
    bench.device.panel(&[(Item::SmtpServer, "panel.example")]).unwrap();
    let (_, form) = bench.smtp().await;
    assert_eq!(form.value("SMTP Server Address"), "panel.example");
}

#[tokio::test]
async fn the_lab_tells_the_truth_and_plays_the_panel() {
    let mut bench =
        Bench::with("mfc-l8900cdw", |spec| spec.smtp_password = Some("stored-not-a-secret".into())).await;
    let truth = bench.client.get("/__lab/self").await.body;
    for word in ["\"profile\": \"mfc-l8900cdw\"", "\"device_address\"", "\"verify_certificate\": \"false\""] {
        assert!(truth.contains(word), "{truth}");
    }
    assert!(!truth.contains("stored-not-a-secret") && !truth.contains(PASSWORD));
    let change = r#"{"smtp_security":"starttls","verify_certificate":true}"#;
    let request = format!(
        "POST /__lab/self/panel HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{change}",
        change.len()
    );
    assert_eq!(bench.client.raw(&request).await.unwrap().status, 200);
    assert!(bench.device.state().settings.on(Item::VerifyCertificate));
    let (_, form) = bench.smtp().await;
    assert!(form.fields().contains(&(form.labelled("Verify Server Certificate"), "1".into())));
}
