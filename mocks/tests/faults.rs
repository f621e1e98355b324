//! What goes wrong on demand, seen from the wire.
#![allow(missing_docs)]

mod common;

use std::time::Duration;

use common::{Client, Reply, entries, inputs, set, target};
use scanfleet_mocks::{DeviceHandle, Fault, FaultKind, Item, Lab, LabSpec};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const PASSWORD: &str = "lab-admin-not-a-secret";
const EMAIL: &str = "websys/mail/mailConfGet.cgi";
const IDENTITY: &str = "/web/guest/en/websys/status/configuration.cgi";

async fn start() -> (Lab, DeviceHandle, Client) {
    let lab = Lab::start(LabSpec::single("mp-c4504ex")).await.unwrap();
    let device = lab.device("copier");
    let client = Client::new(&lab.devices()[0].address, "en");
    (lab, device, client)
}

/// Logs in, changes the server's name and saves; nothing if no answer to the save came.
async fn save(client: &mut Client, server: &str) -> Option<Reply> {
    client.log_in("admin", PASSWORD).await;
    let path = client.entry(EMAIL);
    let page = client.get(&path).await.unwrap();
    let mut fields = entries(&inputs(&page.body));
    set(&mut fields, "smtpServerName", server);
    let to = target(&page.body, "applyButton", &path);
    client.post(&to, &fields).await
}

#[tokio::test]
async fn busy_saves_nothing_and_says_so() {
    let (_lab, device, mut client) = start().await;
    device.fault(Fault::new(FaultKind::Busy).times(1));
    let reply = save(&mut client, "new.example").await.unwrap();
    assert_eq!(reply.status, 200);
    assert!(reply.body.contains("being used by other functions"), "{}", reply.body);
    assert!(reply.body.contains("<title>Email / Error</title>"), "{}", reply.body);
    assert_eq!((device.state().writes, device.state().settings.get(Item::SmtpServer)), (0, ""));
    assert_eq!(save(&mut client, "new.example").await.unwrap().status, 302);
    assert_eq!(device.state().settings.get(Item::SmtpServer), "new.example");
}

#[tokio::test]
async fn a_stale_token_is_refused_once() {
    let (_lab, device, mut client) = start().await;
    device.fault(Fault::new(FaultKind::StaleToken).times(1));
    let reply = save(&mut client, "new.example").await.unwrap();
    assert!(reply.body.contains("BADFLOW"), "{}", reply.body);
    assert_eq!(device.state().writes, 0);
    assert_eq!(save(&mut client, "new.example").await.unwrap().status, 302);
    assert_eq!(device.state().writes, 1);
}

#[tokio::test]
async fn somebody_at_the_panel_makes_it_busy() {
    let (_lab, device, mut client) = start().await;
    device.lock(true);
    save(&mut client, "new.example").await.unwrap();
    assert!(device.state().locked && device.state().writes == 0);
    device.lock(false);
    save(&mut client, "new.example").await.unwrap();
    assert_eq!(device.state().writes, 1);
}

#[tokio::test]
async fn a_lost_reply_changed_the_state_and_a_lost_request_did_not() {
    let (_lab, device, mut client) = start().await;
    device.fault(Fault::new(FaultKind::LostBefore).times(1));
    assert!(save(&mut client, "one.example").await.is_none());
    assert_eq!(device.state().writes, 0);
    device.fault(Fault::new(FaultKind::LostReply).times(1));
    assert!(save(&mut client, "two.example").await.is_none());
    assert_eq!((device.state().writes, device.state().settings.get(Item::SmtpServer)), (1, "two.example"));
    assert_eq!(device.requests().last().unwrap().status, 0);
}

#[tokio::test]
async fn a_dropped_write_looks_like_a_good_one() {
    let (_lab, device, mut client) = start().await;
    device.fault(FaultKind::DroppedWrite);
    assert_eq!(save(&mut client, "new.example").await.unwrap().status, 302);
    assert_eq!((device.state().writes, device.state().settings.get(Item::SmtpServer)), (0, ""));
    device.faults(vec![FaultKind::IgnoresField { item: Item::SmtpServer }.into()]);
    assert_eq!(save(&mut client, "new.example").await.unwrap().status, 302);
    assert_eq!((device.state().writes, device.state().settings.get(Item::SmtpServer)), (1, ""));
}

#[tokio::test]
async fn a_session_that_ends_on_the_save_is_answered_with_the_trampoline() {
    let (_lab, device, mut client) = start().await;
    device.fault(Fault::new(FaultKind::ExpireSession).times(1).on("@save"));
    assert!(save(&mut client, "new.example").await.unwrap().is_trampoline());
    assert_eq!(device.state().writes, 0);
}

#[tokio::test]
async fn faults_count_matching_requests_only() {
    let (_lab, device, mut client) = start().await;
    device.fault(Fault::new(FaultKind::ServerError).after(1).times(1).on("@identity"));
    let mut statuses = Vec::new();
    for path in [IDENTITY, "/", IDENTITY, IDENTITY] {
        statuses.push(client.get(path).await.unwrap().status);
    }
    assert_eq!(statuses, [200, 200, 500, 200]);
}

#[tokio::test]
async fn pages_break_in_every_way() {
    let (_lab, device, mut client) = start().await;
    type Seen = fn(Option<Reply>) -> bool;
    let cases: [(FaultKind, Seen); 5] = [
        (FaultKind::HalfPage, |reply| reply.is_some_and(|reply| !reply.whole && !reply.body.is_empty())),
        (FaultKind::CloseAfter { bytes: 10 }, |reply| reply.is_none()),
        (FaultKind::RedirectTo { url: "http://127.0.0.2:9/".into() }, |reply| {
            reply.is_some_and(|reply| {
                reply.status == 302 && reply.header("location") == Some("http://127.0.0.2:9/")
            })
        }),
        (FaultKind::OtherSerial { serial: "X1".into() }, |reply| {
            reply.is_some_and(|reply| reply.body.contains("&nbsp;X1<") && !reply.body.contains("C737M900123"))
        }),
        (FaultKind::OtherModel { model: "RICOH X".into() }, |reply| {
            reply.is_some_and(|reply| reply.body.contains("RICOH X"))
        }),
    ];
    for (kind, seen) in cases {
        device.faults(vec![Fault::new(kind.clone()).times(1)]);
        assert!(seen(client.get(IDENTITY).await), "{kind:?}");
        assert!(client.get(IDENTITY).await.unwrap().whole, "after {kind:?}");
    }
}

#[tokio::test]
async fn big_bodies_announce_or_hide_their_size() {
    let (lab, device, mut client) = start().await;
    device.fault(Fault::new(FaultKind::HugeBody).times(1));
    let address = lab.devices()[0].address.replace("http://", "");
    let mut stream = TcpStream::connect(&address).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let mut head = vec![0; 4096];
    stream.read_exact(&mut head).await.unwrap();
    assert!(String::from_utf8_lossy(&head).contains("Content-Length: 1073741824\r\n"));
    drop(stream);
    device.fault(Fault::new(FaultKind::GzipBomb).times(1));
    let reply = client.get("/").await.unwrap();
    assert_eq!(reply.header("content-encoding"), Some("gzip"));
    let packed: usize = reply.header("content-length").unwrap().parse().unwrap();
    assert!(packed < 4 << 20);
}

#[tokio::test]
async fn a_stuck_device_reads_and_never_answers() {
    let (lab, device, _) = start().await;
    device.fault(FaultKind::Stuck);
    let address = lab.devices()[0].address.replace("http://", "");
    let mut stream = TcpStream::connect(&address).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    // The request is in the log as soon as it was read; then the lab ends without an answer.
    while device.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    lab.shutdown().await;
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest).await;
    assert!(rest.is_empty());
}

#[tokio::test]
async fn a_restart_refuses_for_a_while_and_ends_sessions() {
    let (_lab, device, mut client) = start().await;
    client.log_in("admin", PASSWORD).await;
    assert_eq!(device.state().sessions, 1);
    // Long enough that the test never sees its end.
    device.fault(Fault::new(FaultKind::Restart { ms: 3_600_000 }).times(1).on("@identity"));
    assert!(client.get(IDENTITY).await.is_none());
    assert_eq!(device.state().sessions, 0);
    while client.get(IDENTITY).await.is_some() {}
    device.restart(Duration::ZERO);
    let mut reply = client.get(IDENTITY).await;
    while reply.is_none() {
        tokio::task::yield_now().await;
        reply = client.get(IDENTITY).await;
    }
    assert_eq!(reply.unwrap().status, 200);
}

#[tokio::test]
async fn the_email_page_can_be_spoilt() {
    let (_lab, device, mut client) = start().await;
    client.log_in("admin", PASSWORD).await;
    let path = client.entry(EMAIL);
    let count =
        |reply: &Reply, name: &str| inputs(&reply.body).iter().filter(|input| input.name == name).count();
    let item = Item::SmtpServer;
    device.faults(vec![FaultKind::FieldMissing { item }.into()]);
    assert_eq!(count(&client.get(&path).await.unwrap(), "smtpServerName"), 0);
    device.faults(vec![FaultKind::FieldTwice { item }.into()]);
    assert_eq!(count(&client.get(&path).await.unwrap(), "smtpServerName"), 2);
    device.faults(vec![FaultKind::OptionMissing { item: Item::SmtpSsl, choice: "true".into() }.into()]);
    assert_eq!(count(&client.get(&path).await.unwrap(), "smtpOverSSL"), 1);
    device.faults(vec![FaultKind::OtherLabel { item, label: "Relay Host".into() }.into()]);
    let page = client.get(&path).await.unwrap();
    assert!(page.body.contains("Relay Host") && !page.body.contains("SMTP Server Name"));
    device.faults(vec![FaultKind::OtherName { item, name: "srv".into() }.into()]);
    assert_eq!(count(&client.get(&path).await.unwrap(), "srv"), 1);
    device.faults(vec![FaultKind::ReadOnlyPage.into()]);
    let page = client.get(&path).await.unwrap();
    assert!(
        !page.body.contains("clickOK()\"") && !page.body.contains("onclick=\"smtpPwd()\""),
        "{}",
        page.body
    );
    device.faults(vec![FaultKind::MissingMenuEntry.into()]);
    let list = client.entry("websys/webArch/configList.cgi");
    assert!(!client.get(&list).await.unwrap().body.contains(EMAIL));
}

#[tokio::test]
async fn log_ins_can_be_refused() {
    let (_lab, device, mut client) = start().await;
    for kind in [FaultKind::LockedOut, FaultKind::WrongPassword] {
        device.fault(Fault::new(kind).times(1));
        assert!(client.log_in("admin", PASSWORD).await.body.contains("Authentication has failed."));
    }
    device.fault(Fault::new(FaultKind::TooManySessions).times(2));
    assert!(client.log_in("admin", PASSWORD).await.body.contains("exceeds the maximum number"));
    assert_eq!(client.log_in("admin", PASSWORD).await.status, 302);
}

#[tokio::test]
async fn slow_and_dripping_answers_are_whole_in_the_end() {
    let (_lab, device, mut client) = start().await;
    device.fault(Fault::new(FaultKind::Slow { ms: 1 }).times(1));
    device.fault(Fault::new(FaultKind::Drip { ms: 0 }).times(1));
    assert!(client.get(IDENTITY).await.unwrap().whole);
    assert_eq!(device.requests().len(), 1);
}
