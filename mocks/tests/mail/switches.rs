//! Each switch of the tenant with the true words it makes the server say.

use scanfleet_mocks::mail::client::{AuthHabit, Login, MailClientSettings, Security, Stage, TlsMax};
use scanfleet_mocks::mail::{
    Connector, MailServer, SendAsReply, SmtpAuthSwitch, TenantSpec, TlsMin, UnknownRecipient, Via, replies,
};

use crate::{NURSE, PASSWORD, SCAN, copier, direct, direct_send, logged_in, server, submit, tenant};

/// Submits with a changed tenant and a changed copier; gives the stage and the server's words.
async fn with(
    change: impl FnOnce(&mut TenantSpec),
    settings: impl FnOnce(&mut MailClientSettings),
) -> (Stage, String) {
    let server = server().await;
    server.update(change);
    let mut copier = copier();
    settings(&mut copier);
    let outcome = submit(&server, &copier).await;
    assert_eq!(outcome.sent, server.messages().len() == 1);
    assert_eq!(outcome.sent, outcome.stage == Stage::Quit);
    (outcome.stage, outcome.reply.unwrap_or(outcome.detail))
}

fn assert_bracketed(reply: &str, words: &str) {
    let rest = reply.strip_prefix(words).unwrap_or_else(|| panic!("{reply}"));
    let inner =
        rest.strip_prefix(" [").and_then(|rest| rest.strip_suffix(']')).unwrap_or_else(|| panic!("{reply}"));
    let parts: Vec<_> = inner.split(' ').collect();
    assert_eq!(parts.len(), 3, "{reply}");
    assert!(parts[0].ends_with(".prod.outlook.com") && parts[1].ends_with('Z') && parts[2].len() == 16);
}

#[tokio::test]
async fn without_obstacles_a_scan_goes_through() {
    let (stage, reply) = with(|_| {}, |_| {}).await;
    assert_eq!(stage, Stage::Quit);
    assert!(reply.starts_with("250 2.0.0 OK <3352M510123."), "{reply}");
}

#[tokio::test]
async fn smtp_auth_of_tenant_and_mailbox() {
    let tenant_off = "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled for more information.";
    let (stage, reply) = with(|spec| spec.smtp_auth = SmtpAuthSwitch::Off, |_| {}).await;
    assert_eq!(stage, Stage::Auth);
    assert_bracketed(&reply, tenant_off);

    let own = |spec: &mut TenantSpec, value| spec.account_mut(SCAN).unwrap().smtp_auth = value;
    let (stage, reply) = with(|spec| own(spec, Some(false)), |_| {}).await;
    assert_eq!(stage, Stage::Auth);
    assert_bracketed(
        &reply,
        "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox. Visit https://aka.ms/smtp_auth_disabled for more information.",
    );

    // The mailbox's own value beats the tenant's.
    let change = |spec: &mut TenantSpec| {
        spec.smtp_auth = SmtpAuthSwitch::Off;
        own(spec, Some(true));
    };
    assert_eq!(with(change, |_| {}).await.0, Stage::Quit);
    // The password is not judged behind the switch.
    let wrong = |copier: &mut MailClientSettings| copier.auth = Some(Login::new(SCAN, "wrong"));
    assert!(with(|spec| spec.smtp_auth = SmtpAuthSwitch::Off, wrong).await.1.starts_with(tenant_off));
}

#[tokio::test]
async fn refusals_of_a_login() {
    let wrong = |copier: &mut MailClientSettings| copier.auth = Some(Login::new(SCAN, "wrong"));
    let nobody =
        |copier: &mut MailClientSettings| copier.auth = Some(Login::new("no@ward.example", PASSWORD));
    let incorrect = "535 5.7.139 Authentication unsuccessful, the user credentials were incorrect.";
    for (stage, reply) in [with(|_| {}, wrong).await, with(|_| {}, nobody).await] {
        assert_eq!(stage, Stage::Auth);
        assert_bracketed(&reply, incorrect);
    }
    let (_, reply) = with(|spec| spec.basic_auth_disabled = true, |_| {}).await;
    assert_bracketed(&reply, "535 5.7.139 Authentication unsuccessful, basic authentication is disabled.");
    assert_eq!(
        with(|spec| spec.basic_auth_retired = true, |_| {}).await,
        (Stage::Auth, "550 5.7.30 Basic authentication is not supported for Client Submission.".to_owned())
    );
    assert_eq!(
        with(|spec| spec.security_defaults = true, |_| {}).await,
        (
            Stage::Auth,
            "535 5.7.139 Authentication unsuccessful, user is locked by your organization's security defaults policy. Contact your administrator.".to_owned()
        )
    );
    let (_, reply) = with(|spec| spec.conditional_access = true, |_| {}).await;
    assert_bracketed(
        &reply,
        "535 5.7.139 Authentication unsuccessful, the request did not meet the criteria to be authenticated successfully. Contact your administrator.",
    );
    let excluded = |spec: &mut TenantSpec| {
        spec.conditional_access = true;
        spec.account_mut(SCAN).unwrap().excluded_from_conditional_access = true;
    };
    assert_eq!(with(excluded, |_| {}).await.0, Stage::Quit);
    let (_, reply) = with(|spec| spec.account_mut(SCAN).unwrap().licensed = false, |_| {}).await;
    assert!(reply.starts_with("550 5.2.1 Mailbox cannot be accessed ["), "{reply}");
}

#[tokio::test]
async fn wrong_passwords_lock_an_account() {
    let server = server().await;
    server.update(|spec| spec.limits.lock_after = Some(2));
    let mut wrong = copier();
    wrong.auth = Some(Login::new(SCAN, "wrong"));
    for _ in 0..2 {
        let reply = submit(&server, &wrong).await.reply.unwrap();
        assert!(reply.contains("the user credentials were incorrect"), "{reply}");
    }
    let reply = submit(&server, &copier()).await.reply.unwrap();
    assert_eq!(reply, "535 5.7.139 Authentication unsuccessful, account locked.");
    server.update(|spec| spec.account_mut(SCAN).unwrap().locked = false);
    assert!(submit(&server, &copier()).await.sent);
}

#[tokio::test]
async fn the_submission_side_wants_tls_and_a_login() {
    let (stage, reply) = with(|_| {}, |copier| copier.auth = None).await;
    assert_eq!(stage, Stage::MailFrom);
    assert_eq!(
        reply,
        "530 5.7.57 SMTP; Client was not authenticated to send anonymous mail during MAIL FROM [AM0PR04CA0083.eurprd04.prod.outlook.com]"
    );
    // Without TLS no login is offered, so the copier goes on without one.
    let (stage, reply) = with(|_| {}, |copier| copier.security = Security::None).await;
    assert_eq!(stage, Stage::MailFrom);
    assert!(reply.starts_with("451 5.7.3 STARTTLS is required to send mail ["), "{reply}");
    let (stage, reply) = with(|_| {}, |copier| copier.auth_habit = AuthHabit::PlainAlways).await;
    assert_eq!(stage, Stage::Auth);
    assert!(reply.starts_with("504 5.7.4 Unrecognized authentication type ["), "{reply}");
}

#[tokio::test]
async fn old_tls() {
    for max in [TlsMax::Tls10, TlsMax::Tls11] {
        let (stage, reply) = with(|_| {}, |copier| copier.tls_max = Some(max)).await;
        assert_eq!(stage, Stage::Auth);
        assert_eq!(
            reply,
            "421 4.7.66 TLS 1.0 and 1.1 are not supported. Please upgrade/update your client to support TLS 1.2. Visit https://aka.ms/smtp_auth_tls"
        );
    }
    assert_eq!(with(|_| {}, |copier| copier.tls_max = Some(TlsMax::Tls12)).await.0, Stage::Quit);
    let (stage, detail) =
        with(|spec| spec.tls_min = TlsMin::Tls12ByHandshake, |copier| copier.tls_max = Some(TlsMax::Tls10))
            .await;
    assert_eq!(stage, Stage::Tls);
    assert!(detail.contains("TLS handshake failed"), "{detail}");

    let server = server().await;
    server.update(|spec| spec.tls_min = TlsMin::Tls10);
    let mut old = copier();
    old.tls_max = Some(TlsMax::Tls10);
    let outcome = submit(&server, &old).await;
    assert!(outcome.sent, "{outcome:?}");
    assert_eq!(outcome.tls.as_deref(), Some("TLSv1"));
    assert_eq!(server.messages()[0].tls.as_deref(), Some("TLSv1"));
}

#[tokio::test]
async fn a_foreign_sender_is_refused_after_the_data() {
    let other = |copier: &mut MailClientSettings| copier.sender = "mfp7@ward.example".to_owned();
    let (stage, reply) = with(|_| {}, other).await;
    assert_eq!(stage, Stage::Data);
    assert!(
        reply.starts_with(
            "554 5.2.252 SendAsDenied; scan@ward.example not allowed to send as mfp7@ward.example; STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied;"
        ),
        "{reply}"
    );
    let (_, reply) = with(|spec| spec.send_as_reply = SendAsReply::Older, other).await;
    assert!(
        reply.starts_with("550 5.7.60 SMTP; Client does not have permissions to send as this sender ["),
        "{reply}"
    );
    let granted = |spec: &mut TenantSpec| {
        spec.account_mut(SCAN).unwrap().may_send_as.push("MFP7@ward.example".to_owned())
    };
    assert_eq!(with(granted, other).await.0, Stage::Quit);
}

#[tokio::test]
async fn limits_of_an_account() {
    let (stage, reply) = with(|spec| spec.account_mut(SCAN).unwrap().full = true, |_| {}).await;
    assert_eq!(stage, Stage::Data);
    assert!(reply.starts_with("554 5.2.2 mailbox full; STOREDRV.Submission.Exception:"), "{reply}");
    let (_, reply) = with(|spec| spec.limits.message_size = 100, |_| {}).await;
    assert_eq!(reply, "552 5.3.4 Message size exceeds fixed maximum message size");

    let server = server().await;
    server.update(|spec| spec.limits.recipients_per_day = Some(2));
    assert!(submit(&server, &copier()).await.sent);
    assert!(submit(&server, &copier()).await.sent);
    let reply = submit(&server, &copier()).await.reply.unwrap();
    assert_eq!(reply, "554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException");
}

#[tokio::test]
async fn too_many_sessions_of_one_account() {
    let server = server().await;
    let mut open = Vec::new();
    for _ in 0..3 {
        open.push(logged_in(&server).await);
    }
    let outcome = submit(&server, &copier()).await;
    assert_eq!(outcome.stage, Stage::Data);
    let reply = outcome.reply.unwrap();
    assert!(
        reply.starts_with("432 4.3.2 Concurrent connections limit exceeded. Visit https://aka.ms/concurrent_sending for more information. [Hostname="),
        "{reply}"
    );
    // The sessions that were there first may go on, and a place that is left is free again.
    let mut first = open.remove(0);
    for (line, wanted) in [
        (format!("MAIL FROM:<{SCAN}>"), "250 2.1.0 Sender OK"),
        (format!("RCPT TO:<{NURSE}>"), "250 2.1.5 Recipient OK"),
        ("DATA".to_owned(), "354 "),
        (format!("From: {SCAN}\r\n\r\nx\r\n."), "250 2.0.0 OK"),
        ("QUIT".to_owned(), "221 "),
    ] {
        first.say(&line, wanted).await;
    }
    assert_eq!(first.reply().await, "");
    while server.sessions().iter().filter(|session| !session.ended).count() > 2 {
        tokio::task::yield_now().await;
    }
    assert!(submit(&server, &copier()).await.sent);
}

#[tokio::test]
async fn the_mx_takes_own_recipients_without_a_login() {
    let server = server().await;
    let outcome = direct_send(&server, &direct(), NURSE).await;
    assert!(outcome.sent, "{outcome:?}");
    assert!(outcome.reply.unwrap().ends_with("Queued mail for delivery"));
    let message = server.messages().remove(0);
    assert_eq!((message.via, message.authenticated_as, message.tls), (Via::Mx, None, None));

    let relay_denied = direct_send(&server, &direct(), "doctor@elsewhere.example").await;
    assert_eq!(relay_denied.stage, Stage::Rcpt);
    assert_eq!(
        relay_denied.reply.unwrap(),
        "550 5.7.64 TenantAttribution; Relay Access Denied [DB5EUR02FT041.eop-EUR02.prod.protection.outlook.com]"
    );
    server.update(|spec| {
        spec.connectors.push(Connector { network: "127.0.0.0".parse().unwrap(), prefix: 8 });
    });
    assert!(direct_send(&server, &direct(), "doctor@elsewhere.example").await.sent);
}

#[tokio::test]
async fn reject_direct_send_looks_at_the_envelope_sender() {
    let server = server().await;
    server.update(|spec| spec.reject_direct_send = true);
    let outcome = direct_send(&server, &direct(), NURSE).await;
    assert_eq!(outcome.stage, Stage::Rcpt);
    assert_eq!(
        outcome.reply.unwrap(),
        "550 5.7.68 TenantInboundAttribution; Direct Send not allowed for this organization from unauthorized sources"
    );
    let mut foreign = direct();
    foreign.sender = "copier@supplier.example".to_owned();
    assert!(direct_send(&server, &foreign, NURSE).await.sent);
    server.update(|spec| {
        spec.connectors.push(Connector { network: "127.0.0.1".parse().unwrap(), prefix: 32 });
    });
    assert!(direct_send(&server, &direct(), NURSE).await.sent);
}

#[tokio::test]
async fn unknown_recipients() {
    let nobody = "nobody@ward.example";
    let server = server().await;
    let outcome = direct_send(&server, &direct(), nobody).await;
    assert_eq!(outcome.stage, Stage::Rcpt);
    assert_eq!(
        outcome.reply.unwrap(),
        "550 5.4.1 [nobody@ward.example]: Recipient address rejected: Access denied [DB5EUR02FT041.eop-EUR02.prod.protection.outlook.com]"
    );
    let not_found = "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup";
    server.update(|spec| spec.unknown_recipient = UnknownRecipient::Bounced);
    assert!(direct_send(&server, &direct(), nobody).await.sent);
    assert_eq!(server.messages()[0].undeliverable, [(nobody.to_owned(), not_found.to_owned())]);
    server.update(|spec| spec.unknown_recipient = UnknownRecipient::Refused);
    assert_eq!(direct_send(&server, &direct(), nobody).await.reply.as_deref(), Some(not_found));
    server.update(|spec| spec.recipients.push("*@ward.example".to_owned()));
    assert!(direct_send(&server, &direct(), nobody).await.sent);
}

#[tokio::test]
async fn a_reply_can_be_replaced_by_its_id() {
    let (_, reply) = with(
        |spec| {
            spec.basic_auth_disabled = true;
            let translated = "535 5.7.139 Authentification impossible [{host}]".to_owned();
            spec.overrides.insert(replies::BASIC_DISABLED.id.to_owned(), translated);
        },
        |_| {},
    )
    .await;
    assert_eq!(reply, "535 5.7.139 Authentification impossible [AM0PR04CA0083.eurprd04.prod.outlook.com]");
}

#[tokio::test]
async fn a_full_server_turns_new_sessions_away() {
    let mut spec = tenant();
    spec.limits.connections = 0;
    let server = MailServer::start(spec).await.unwrap();
    let outcome = submit(&server, &copier()).await;
    assert_eq!(outcome.stage, Stage::Banner);
    assert!(outcome.reply.unwrap().starts_with("421 4.3.2 "));
}
