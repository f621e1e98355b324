//! Writes that must succeed: every field alone and together, passwords set and kept, the sign-in off and on again.

use super::super::bench::{Setup, Trouble};
use super::super::device::{Device, Stand, collateral, differences, none, planted_sha256, sha256};
use super::super::hand::{Hand, planted, refused};
use super::super::matrix::Stop;
use super::promises;
use crate::{AuthMethod, AuthWanted, Category, Security, SmtpSettings, SmtpWanted, Support};

promises! { super::For::Driven;
    "write-server" => server,
    "write-port" => port,
    "write-security" => security,
    "write-sender" => sender,
    "write-sender-away" => sender_away,
    "write-user" => user,
    "write-auth-sender" => auth_sender,
    "write-auth-off-and-on" => off_and_on,
    "write-auth-method" => method,
    "write-everything" => everything,
    "write-what-stands" => what_stands,
    "write-server-password-kept" => kept,
    "write-password" => password,
    "write-password-new-device" => first_password,
    "write-other-ids-and-paths" => renamed,
    "write-no-more-than-asked" => modest,
    "write-keeps-what-the-panel-set" => panel_kept,
    "test-mail" => test_mail,
}

/// What a device holds after a wish.
pub(super) fn after(before: &SmtpSettings, wanted: &SmtpWanted) -> SmtpSettings {
    let mut after = before.clone();
    let text = |to: &mut Option<String>, wanted: &Option<String>| {
        if let Some(wanted) = wanted {
            *to = Some(wanted.clone()).filter(|text| !text.is_empty());
        }
    };
    if let Some(server) = &wanted.server {
        after.server.clone_from(server);
    }
    after.port = wanted.port.or(after.port);
    after.security = wanted.security.or(after.security);
    text(&mut after.sender, &wanted.sender);
    text(&mut after.auth.user, &wanted.auth.user);
    text(&mut after.auth.sender, &wanted.auth.sender);
    after.auth.method = wanted.auth.method.unwrap_or(after.auth.method);
    after
}

/// Writes a wish, compares the truth with it, and then what the driver reads with the truth.
pub(super) async fn write(hand: &mut Hand, device: &Device, wanted: &SmtpWanted) -> Result<(), Stop> {
    let before = device.truth();
    let from = hand.reads_the_truth(device).await?;
    hand.witness.forget();
    hand.apply(&from, wanted).await?;
    let now = device.truth();
    let mut wrong = differences(&now.smtp, &after(&before.smtp, wanted));
    wrong.extend(collateral(&before, &now));
    if wanted.password.is_set() {
        if now.password_sha256 != Some(planted_sha256()) {
            wrong.push("the stored password is not the one that was sent".into());
        }
    } else if now.password_sha256 != before.password_sha256 && device.profile.offers.loses_password.is_none()
    {
        wrong.push("the stored password changed although nobody asked for it".into());
    }
    none("the device after the write", wrong)?;
    hand.reads_the_truth(device).await.map(|_| ())
}

/// One wish, on a device that signs in.
async fn wish(stand: &Stand, wanted: SmtpWanted) -> Result<(), Stop> {
    let device = stand.ready().await?;
    let mut hand = device.hand().await?;
    hand.login().await?;
    write(&mut hand, &device, &wanted).await?;
    hand.close(&device).await
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn auth(auth: AuthWanted) -> SmtpWanted {
    SmtpWanted { auth, ..SmtpWanted::default() }
}

async fn server(stand: &Stand) -> Result<(), Stop> {
    wish(stand, SmtpWanted { server: some("new.example.test"), ..SmtpWanted::default() }).await?;
    // An address of four numbers is kept elsewhere on some pages.
    wish(stand, SmtpWanted { server: some("192.0.2.25"), ..SmtpWanted::default() }).await
}

async fn port(stand: &Stand) -> Result<(), Stop> {
    wish(stand, SmtpWanted { port: Some(2525), ..SmtpWanted::default() }).await
}

async fn security(stand: &Stand) -> Result<(), Stop> {
    let device = stand.ready().await?;
    let mut hand = device.hand().await?;
    hand.login().await?;
    // Alone first, then each with its usual port.
    write(&mut hand, &device, &SmtpWanted { security: Some(Security::None), ..SmtpWanted::default() })
        .await?;
    for (security, port) in device.profile.offers.security.clone() {
        let wanted = SmtpWanted { security: Some(security), port: Some(port), ..SmtpWanted::default() };
        write(&mut hand, &device, &wanted).await?;
    }
    hand.close(&device).await
}

async fn sender(stand: &Stand) -> Result<(), Stop> {
    wish(stand, SmtpWanted { sender: some("new@example.test"), ..SmtpWanted::default() }).await
}

async fn sender_away(stand: &Stand) -> Result<(), Stop> {
    wish(stand, SmtpWanted { sender: some(""), ..SmtpWanted::default() }).await
}

async fn user(stand: &Stand) -> Result<(), Stop> {
    wish(stand, auth(AuthWanted { user: some("new-user"), ..AuthWanted::default() })).await
}

async fn auth_sender(stand: &Stand) -> Result<(), Stop> {
    let wanted = auth(AuthWanted { sender: some("new-sign-in@example.test"), ..AuthWanted::default() });
    if stand.profile.offers.auth_sender {
        return wish(stand, wanted).await;
    }
    // A page without it must say so rather than drop it.
    let device = stand.ready().await?;
    let before = device.truth();
    let mut hand = device.hand().await?;
    let from = hand.read().await?;
    let result = hand.try_apply(&from, &wanted).await;
    refused("an address that the page does not keep", result, &[Category::Unsupported])?;
    hand.close(&device).await?;
    device.untouched(&before)
}

async fn off_and_on(stand: &Stand) -> Result<(), Stop> {
    let device = stand.ready().await?;
    let before = device.truth();
    let mut hand = device.hand().await?;
    hand.login().await?;
    let off = auth(AuthWanted { method: Some(AuthMethod::None), ..AuthWanted::default() });
    write(&mut hand, &device, &off).await?;
    let on = auth(AuthWanted {
        method: Some(AuthMethod::Password),
        user: before.smtp.auth.user.clone(),
        sender: before.smtp.auth.sender.clone(),
    });
    write(&mut hand, &device, &on).await?;
    hand.close(&device).await?;
    device.holds(&before, &before.smtp)
}

async fn method(stand: &Stand) -> Result<(), Stop> {
    for method in [AuthMethod::None, AuthMethod::Password, AuthMethod::PopBeforeSmtp, AuthMethod::Oauth] {
        let wanted = auth(AuthWanted { method: Some(method), ..AuthWanted::default() });
        if stand.profile.offers.methods.contains(&method) {
            wish(stand, wanted).await?;
            continue;
        }
        let device = stand.ready().await?;
        let before = device.truth();
        let mut hand = device.hand().await?;
        let from = hand.read().await?;
        let result = hand.try_apply(&from, &wanted).await;
        refused("a sign-in that the page does not offer", result, &[Category::Unsupported])?;
        hand.close(&device).await?;
        device.untouched(&before)?;
    }
    Ok(())
}

/// Every field other than before, password included.
pub(super) fn all_of_it(stand: &Stand) -> SmtpWanted {
    // The first that is neither in clear nor what the devices of the suite hold already, if there is one.
    let offers = &stand.profile.offers;
    let (security, port) = offers
        .security
        .iter()
        .rev()
        .find(|(security, _)| ![Security::None, Security::Starttls].contains(security))
        .copied()
        .unwrap_or((Security::Starttls, 587));
    SmtpWanted {
        server: some("smtp.new.example.test"),
        port: Some(port),
        security: Some(security),
        sender: some("new@example.test"),
        auth: AuthWanted {
            method: Some(AuthMethod::Password),
            user: some("new-user"),
            sender: offers.auth_sender.then(|| "new-sign-in@example.test".into()),
        },
        password: planted(),
    }
}

async fn everything(stand: &Stand) -> Result<(), Stop> {
    for device in [stand.bare().await?, stand.ready().await?] {
        let mut hand = device.hand().await?;
        hand.login().await?;
        write(&mut hand, &device, &all_of_it(stand)).await?;
        hand.close(&device).await?;
    }
    Ok(())
}

/// A wish for what stands already must not do harm.
async fn what_stands(stand: &Stand) -> Result<(), Stop> {
    let held = stand.signed_in();
    let wanted = SmtpWanted {
        server: Some(held.server),
        port: held.port,
        security: held.security,
        sender: held.sender,
        auth: AuthWanted { method: Some(held.auth.method), user: held.auth.user, sender: held.auth.sender },
        password: Default::default(),
    };
    wish(stand, wanted).await
}

async fn kept(stand: &Stand) -> Result<(), Stop> {
    if let Some(why) = &stand.profile.offers.loses_password {
        return Err(Stop::NotApplicable(why.clone()));
    }
    let device = stand.ready().await?;
    let mut hand = device.hand().await?;
    hand.login().await?;
    for server in ["one.example.test", "two.example.test"] {
        write(&mut hand, &device, &SmtpWanted { server: some(server), ..SmtpWanted::default() }).await?;
    }
    hand.close(&device).await?;
    match device.truth().password_sha256 {
        Some(digest) if digest == sha256("held-before-7") => Ok(()),
        _ => Err("the password of before is no longer stored".to_owned().into()),
    }
}

async fn password(stand: &Stand) -> Result<(), Stop> {
    wish(stand, SmtpWanted { password: planted(), ..SmtpWanted::default() }).await
}

async fn first_password(stand: &Stand) -> Result<(), Stop> {
    let setup = Setup { smtp: stand.signed_in(), ..Setup::default() };
    let device = stand.device(setup).await?;
    let mut hand = device.hand().await?;
    write(&mut hand, &device, &SmtpWanted { password: planted(), ..SmtpWanted::default() }).await?;
    hand.close(&device).await
}

async fn renamed(stand: &Stand) -> Result<(), Stop> {
    let setup = Setup {
        smtp: stand.signed_in(),
        smtp_password: Some("held-before-7".into()),
        renamed: true,
        ..Setup::default()
    };
    let device = stand.device(setup).await?;
    let mut hand = device.hand().await?;
    hand.login().await?;
    let wanted = SmtpWanted { server: some("new.example.test"), ..SmtpWanted::default() };
    write(&mut hand, &device, &wanted).await?;
    write(&mut hand, &device, &all_of_it(stand)).await?;
    hand.close(&device).await
}

/// Whoever asks for one field sends one save, and finds a field that the device ignores when reading back.
async fn modest(stand: &Stand) -> Result<(), Stop> {
    let device = stand.ready().await?;
    let before = device.truth();
    device.trouble(Trouble::IgnoresServer)?;
    let mut hand = device.hand().await?;
    let from = hand.read().await?;
    let wanted = SmtpWanted {
        server: some("new.example.test"),
        sender: some("new@example.test"),
        ..SmtpWanted::default()
    };
    hand.apply(&from, &wanted).await?;
    let seen = hand.reads_the_truth(&device).await?;
    hand.close(&device).await?;
    let expected = SmtpSettings { sender: some("new@example.test"), ..before.smtp.clone() };
    none("the driver's read", differences(&seen, &expected))?;
    match device.truth().saves() {
        1 => device.holds(&before, &expected),
        saves => Err(format!("one wish took {saves} saves").into()),
    }
}

/// Whole forms are posted as they stand then, not as they stood when they were read first.
async fn panel_kept(stand: &Stand) -> Result<(), Stop> {
    let device = stand.ready().await?;
    let before = device.truth();
    let mut hand = device.hand().await?;
    let from = hand.read().await?;
    device.sim.panel(&SmtpSettings { server: "panel.example.test".into(), ..before.smtp.clone() })?;
    let wanted = SmtpWanted { sender: some("new@example.test"), ..SmtpWanted::default() };
    hand.apply(&from, &wanted).await?;
    hand.reads_the_truth(&device).await?;
    hand.close(&device).await?;
    let expected = SmtpSettings {
        server: "panel.example.test".into(),
        sender: some("new@example.test"),
        ..before.smtp.clone()
    };
    device.holds(&before, &expected)
}

async fn test_mail(stand: &Stand) -> Result<(), Stop> {
    let device = stand.ready().await?;
    let (works, to) = device.sim.mail_that_works();
    let mut hand = device.hand().await?;
    let from = hand.read().await?;
    if let Support::No(_) = device.profile.offers.test_mail {
        let before = device.truth();
        let answer = hand.try_test_mail(&to).await;
        hand.close(&device).await?;
        return match answer {
            Ok(Support::No(why)) if !why.trim().is_empty() => device.untouched(&before),
            other => Err(format!("there is no test mail, and the driver says {other:?}").into()),
        };
    }
    hand.apply(&from, &works).await?;
    let before = device.truth();
    match hand.try_test_mail(&to).await {
        Ok(Support::Yes(words)) if !words.trim().is_empty() => {}
        other => return Err(format!("the test mail was not sent: {other:?}").into()),
    }
    if device.sim.delivered(&to).await != 1 {
        return Err("the driver says that the test mail was sent, and it did not arrive once"
            .to_owned()
            .into());
    }
    // The trial must not have changed what is stored.
    device.holds(&before, &before.smtp)?;
    // A mail server that refuses is told as what it is, not as success.
    let wrong = SmtpWanted { server: some("nowhere.example.test"), ..SmtpWanted::default() };
    let from = hand.read().await?;
    hand.try_apply(&from, &wrong).await.map_err(|error| super::super::hand::failed("apply", &error))?;
    let refused = hand.try_test_mail(&to).await;
    hand.close(&device).await?;
    if let Ok(Support::Yes(words)) = &refused {
        return Err(format!("a mail that cannot be sent is said to be sent: {words}").into());
    }
    Ok(())
}
