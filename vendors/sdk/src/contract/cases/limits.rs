//! What a page cannot hold is refused before anything is sent, and told as what it is.

use super::super::bench::Trouble;
use super::super::device::{Device, Stand};
use super::super::hand::refused;
use super::super::matrix::Stop;
use super::promises;
use super::writing::after;
use crate::{AuthWanted, Category, PasswordWanted, Secret, Security, SmtpWanted};

promises! { super::For::Driven;
    "too-long-server" => long_server,
    "too-long-user" => long_user,
    "too-long-password" => long_password,
    "security-not-offered" => not_offered,
    "security-option-missing" => option_missing,
    "charset-of-the-page" => charset,
    "control-characters" => control_characters,
}

/// Combinations of security and port, offered or not.
pub(super) const COMBINATIONS: [(Security, u16); 4] = [
    (Security::None, 25),
    (Security::StarttlsIfOffered, 587),
    (Security::Starttls, 587),
    (Security::Tls, 465),
];

/// A wish that must be refused before anything leaves that alters.
async fn cannot(device: &Device, what: &str, wanted: &SmtpWanted) -> Result<(), Stop> {
    let before = device.truth();
    let mut hand = device.hand().await?;
    let from = hand.read().await?;
    // A plan hears of it already.
    refused(&format!("{what}, planned"), hand.check(&from, wanted), &[Category::Unsupported])?;
    let result = hand.try_apply(&from, wanted).await;
    let error = refused(what, result, &[Category::Unsupported])?;
    if error.next.as_ref().is_none_or(|next| next.trim().is_empty()) {
        return Err(format!("{what}: the error does not say what to do next: {error}").into());
    }
    hand.close(device).await?;
    if let Some(seen) = device.truth().log.iter().find(|seen| seen.alters) {
        return Err(format!("{what} was refused, and {} {} had been sent", seen.method, seen.path).into());
    }
    device.untouched(&before)
}

async fn long_server(stand: &Stand) -> Result<(), Stop> {
    let server = Some(format!("{}.example.test", "long".repeat(70)));
    cannot(&stand.ready().await?, "a server too long", &SmtpWanted { server, ..SmtpWanted::default() }).await
}

async fn long_user(stand: &Stand) -> Result<(), Stop> {
    let auth = AuthWanted { user: Some("u".repeat(300)), ..AuthWanted::default() };
    cannot(&stand.ready().await?, "a user too long", &SmtpWanted { auth, ..SmtpWanted::default() }).await
}

async fn long_password(stand: &Stand) -> Result<(), Stop> {
    let password = PasswordWanted::Set(Secret::new("p".repeat(300)));
    // Pages on which the password is entered elsewhere tell its limit only there.
    let device = stand.ready().await?;
    let before = device.truth();
    let mut hand = device.hand().await?;
    let from = hand.read().await?;
    let result = hand.try_apply(&from, &SmtpWanted { password, ..SmtpWanted::default() }).await;
    refused("a password too long", result, &[Category::Unsupported])?;
    hand.close(&device).await?;
    device.untouched(&before)
}

async fn not_offered(stand: &Stand) -> Result<(), Stop> {
    let mut any = false;
    for (security, port) in COMBINATIONS {
        if !stand.profile.offers.security.contains(&(security, port)) {
            any = true;
            let wanted = SmtpWanted { security: Some(security), port: Some(port), ..SmtpWanted::default() };
            cannot(&stand.ready().await?, &format!("{security:?} on {port}"), &wanted).await?;
        }
    }
    if any { Ok(()) } else { Err(Stop::NotApplicable("the page offers every kind of security".into())) }
}

async fn option_missing(stand: &Stand) -> Result<(), Stop> {
    let device = stand.bare().await?;
    device.trouble(Trouble::SecurityMissing(Security::Starttls))?;
    let before = device.truth();
    let mut hand = device.hand().await?;
    // A page that lost a choice may also be one that is not understood any more.
    let result = match hand.try_read().await {
        Ok(seen) => {
            let wanted =
                SmtpWanted { security: Some(Security::Starttls), port: Some(587), ..SmtpWanted::default() };
            hand.try_apply(&seen.smtp, &wanted).await
        }
        Err(error) => Err(error),
    };
    refused("a choice that is not there", result, &[Category::Unsupported, Category::PageChanged])?;
    hand.close(&device).await?;
    device.untouched(&before)
}

/// Signs of no western charset are stored right or refused, and never stored as others.
async fn charset(stand: &Stand) -> Result<(), Stop> {
    for user in ["\u{6f22}\u{5b57}-user", "J\u{fc}rgen"] {
        let device = stand.ready().await?;
        let before = device.truth();
        let auth = AuthWanted { user: Some(user.into()), ..AuthWanted::default() };
        let wanted = SmtpWanted { auth, ..SmtpWanted::default() };
        let mut hand = device.hand().await?;
        let from = hand.read().await?;
        match hand.try_apply(&from, &wanted).await {
            Ok(_) => {
                hand.reads_the_truth(&device).await?;
                hand.close(&device).await?;
                device.holds(&before, &after(&before.smtp, &wanted))?;
            }
            error => {
                refused("signs that the page cannot hold", error, &[Category::Unsupported])?;
                hand.close(&device).await?;
                device.untouched(&before)?;
            }
        }
    }
    Ok(())
}

/// Line breaks in a value could become further fields or lines somewhere; no page takes them.
async fn control_characters(stand: &Stand) -> Result<(), Stop> {
    let device = stand.ready().await?;
    let before = device.truth();
    let wanted =
        SmtpWanted { server: Some("a.example.test\r\nb.example.test".into()), ..SmtpWanted::default() };
    let mut hand = device.hand().await?;
    let from = hand.read().await?;
    let result = hand.try_apply(&from, &wanted).await;
    refused("a value of two lines", result, &[Category::Unsupported, Category::Rejected])?;
    hand.close(&device).await?;
    device.untouched(&before)
}
