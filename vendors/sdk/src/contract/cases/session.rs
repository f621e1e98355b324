//! Sessions that end: renewed once, closed on every path.

use super::super::bench::{Times, Trouble};
use super::super::device::{Device, Stand, differences, none};
use super::super::hand::{Open, failed, refused};
use super::super::matrix::Stop;
use super::promises;
use super::writing::after;
use crate::{Category, ReplyState, SmtpWanted};

promises! { super::For::Driven;
    "expired-before-read" => before_read,
    "expired-between-reads" => between_reads,
    "expired-at-every-read" => every_read,
    "expired-before-save" => before_save,
    "expired-at-every-save" => every_save,
    "token-stale" => stale,
    "token-always-stale" => always_stale,
    "logout-unused" => unused,
    "logout-twice" => twice,
    "logout-cancelled" => cancelled,
    "logout-cancelled-in-write" => cancelled_in_write,
}

pub(super) fn new_server() -> SmtpWanted {
    SmtpWanted { server: Some("new.example.test".into()), ..SmtpWanted::default() }
}

async fn before_read(stand: &Stand) -> Result<(), Stop> {
    let device = stand.ready().await?;
    device.trouble(Trouble::ExpiredAtRead(Times::Once))?;
    let before = device.truth();
    let mut hand = device.hand().await?;
    hand.login().await?;
    hand.reads_the_truth(&device).await?;
    hand.close(&device).await?;
    renewed_once(&device)?;
    device.untouched(&before)
}

async fn between_reads(stand: &Stand) -> Result<(), Stop> {
    let device = stand.ready().await?;
    let before = device.truth();
    let mut hand = device.hand().await?;
    hand.login().await?;
    hand.reads_the_truth(&device).await?;
    device.sim.expire();
    hand.reads_the_truth(&device).await?;
    hand.close(&device).await?;
    renewed_once(&device)?;
    device.untouched(&before)
}

fn renewed_once(device: &Device) -> Result<(), Stop> {
    match device.truth().logins() {
        2 => Ok(()),
        logins => Err(format!("the session ended once, and {logins} log-ins were sent").into()),
    }
}

async fn every_read(stand: &Stand) -> Result<(), Stop> {
    let device = stand.ready().await?;
    device.trouble(Trouble::ExpiredAtRead(Times::Always))?;
    let before = device.truth();
    let mut hand = device.hand().await?;
    let result = hand.try_read().await;
    // A session that is never honoured may also mean that the log-in was no administrator's.
    refused("a read whose session always ends", result, &[Category::Interrupted, Category::AuthRefused])?;
    hand.close(&device).await?;
    match device.truth().logins() {
        0..=2 => device.untouched(&before),
        logins => Err(format!("{logins} log-ins were sent").into()),
    }
}

/// A write into which a session or token ends is taken once, and without another's help.
async fn taken_once(device: &Device, logins: usize) -> Result<(), Stop> {
    let before = device.truth();
    let mut hand = device.hand().await?;
    let from = hand.read().await?;
    let receipt = hand.try_apply(&from, &new_server()).await.map_err(|error| failed("apply", &error))?;
    if receipt.reply != ReplyState::Answered {
        return Err("the answer is said to be lost, and it came".to_owned().into());
    }
    let seen = hand.reads_the_truth(device).await?;
    hand.close(device).await?;
    let expected = after(&before.smtp, &new_server());
    none("the driver's read", differences(&seen, &expected))?;
    device.holds(&before, &expected)?;
    let now = device.truth();
    if now.writes != before.writes + 1 {
        return Err(format!("the save was carried out {} times", now.writes - before.writes).into());
    }
    if now.logins() > logins {
        return Err(format!("{} log-ins were sent", now.logins()).into());
    }
    Ok(())
}

async fn before_save(stand: &Stand) -> Result<(), Stop> {
    let device = stand.ready().await?;
    device.trouble(Trouble::ExpiredAtSave(Times::Once))?;
    taken_once(&device, 2).await
}

async fn stale(stand: &Stand) -> Result<(), Stop> {
    let device = stand.ready().await?;
    device.trouble(Trouble::StaleToken(Times::Once))?;
    taken_once(&device, 2).await
}

/// A write that never gets through ends, says so, and was tried twice at most.
async fn never_taken(device: &Device) -> Result<(), Stop> {
    let before = device.truth();
    let mut hand = device.hand().await?;
    let from = hand.read().await?;
    let result = hand.try_apply(&from, &new_server()).await;
    let categories =
        [Category::Interrupted, Category::PageChanged, Category::Rejected, Category::AuthRefused];
    refused("a save that is never taken", result, &categories)?;
    hand.close(device).await?;
    let now = device.truth();
    if now.saves() > 2 || now.logins() > 3 {
        return Err(format!("{} saves and {} log-ins were sent", now.saves(), now.logins()).into());
    }
    device.untouched(&before)
}

async fn every_save(stand: &Stand) -> Result<(), Stop> {
    let device = stand.ready().await?;
    device.trouble(Trouble::ExpiredAtSave(Times::Always))?;
    never_taken(&device).await
}

async fn always_stale(stand: &Stand) -> Result<(), Stop> {
    let device = stand.ready().await?;
    device.trouble(Trouble::StaleToken(Times::Always))?;
    never_taken(&device).await
}

/// Whoever never signed in sends no log-out, and closing is no mistake.
async fn unused(stand: &Stand) -> Result<(), Stop> {
    let device = stand.ready().await?;
    let before = device.truth();
    let mut hand = device.hand().await?;
    hand.close(&device).await?;
    let now = device.truth();
    if now.seen("logout") > 0 || now.logins() > 0 {
        return Err("closing a driver that never signed in sent a log-in or a log-out".to_owned().into());
    }
    device.untouched(&before)
}

async fn twice(stand: &Stand) -> Result<(), Stop> {
    let device = stand.ready().await?;
    let before = device.truth();
    let mut hand = device.hand().await?;
    hand.read().await?;
    hand.close(&device).await?;
    hand.close(&device).await?;
    match device.truth().seen("logout") {
        1 => device.untouched(&before),
        times => Err(format!("{times} log-outs were sent").into()),
    }
}

async fn cancelled(stand: &Stand) -> Result<(), Stop> {
    let device = stand.ready().await?;
    let before = device.truth();
    let mut hand = device.hand().await?;
    let from = hand.read().await?;
    hand.cancel.cancel();
    let result = hand.try_apply(&from, &new_server()).await;
    refused("a write after the run was stopped", result, &[Category::Interrupted])?;
    let result = hand.try_read().await;
    refused("a read after the run was stopped", result, &[Category::Interrupted])?;
    hand.close(&device).await?;
    device.untouched(&before)
}

/// Stopped when the write was announced already: it leaves or not, and is not told as done where it was not.
async fn cancelled_in_write(stand: &Stand) -> Result<(), Stop> {
    let device = stand.ready().await?;
    let before = device.truth();
    let mut hand = device.hand_as(Open { cancelled_by_first_write: true, ..Open::default() }).await?;
    let from = hand.read().await?;
    let result = hand.try_apply(&from, &new_server()).await;
    hand.close(&device).await?;
    let now = device.truth();
    if now.saves() > 1 {
        return Err(format!("{} saves were sent", now.saves()).into());
    }
    match result {
        Ok(receipt) if receipt.reply == ReplyState::Answered && now.writes == before.writes => {
            Err("the save is said to have been answered, and never was".to_owned().into())
        }
        _ if now.writes == before.writes => device.holds(&before, &before.smtp),
        _ => device.holds(&before, &after(&before.smtp, &new_server())),
    }
}
