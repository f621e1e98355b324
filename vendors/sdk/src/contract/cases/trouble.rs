//! Saves that fail, and saves of which nobody can tell.

use super::super::bench::Trouble;
use super::super::device::{Device, Stand, differences, none};
use super::super::hand::{failed, refused};
use super::super::matrix::Stop;
use super::promises;
use super::session::new_server;
use super::writing::after;
use crate::{Category, Receipt, ReplyState};

promises! { super::For::Driven;
    "busy" => busy,
    "busy-panel" => panel,
    "lost-reply" => lost_reply,
    "lost-before" => lost_before,
    "dropped-write" => dropped,
    "server-error-at-save" => server_error,
    "look-only" => look_only,
}

/// A save that the device refuses: told so, sent once.
async fn refused_once(device: &Device, categories: &[Category]) -> Result<(), Stop> {
    let before = device.truth();
    let mut hand = device.hand().await?;
    let from = hand.read().await?;
    let result = hand.try_apply(&from, &new_server()).await;
    refused("the save", result, categories)?;
    hand.close(device).await?;
    match device.truth().saves() {
        0 | 1 => device.untouched(&before),
        saves => Err(format!("the save was sent {saves} times").into()),
    }
}

async fn busy(stand: &Stand) -> Result<(), Stop> {
    let device = stand.ready().await?;
    device.trouble(Trouble::Busy)?;
    refused_once(&device, &[Category::Busy]).await
}

async fn panel(stand: &Stand) -> Result<(), Stop> {
    let device = stand.ready().await?;
    device.trouble(Trouble::PanelInUse)?;
    refused_once(&device, &[Category::Busy]).await
}

async fn look_only(stand: &Stand) -> Result<(), Stop> {
    let device = stand.ready().await?;
    device.trouble(Trouble::LookOnly)?;
    refused_once(&device, &[Category::PageChanged, Category::Rejected, Category::Unsupported]).await
}

/// A save whose answer is no proof: sent once, and told by what the receipt says and reading back shows.
async fn sent_once(device: &Device, taken: bool, accept: impl Fn(&Receipt) -> bool) -> Result<(), Stop> {
    let before = device.truth();
    let mut hand = device.hand().await?;
    let from = hand.read().await?;
    let receipt = hand.try_apply(&from, &new_server()).await.map_err(|error| failed("apply", &error))?;
    if !accept(&receipt) {
        return Err(format!("the receipt says {receipt:?}").into());
    }
    let saves = device.truth().saves();
    if saves != 1 {
        return Err(format!("the save was sent {saves} times").into());
    }
    let seen = hand.reads_the_truth(device).await?;
    hand.close(device).await?;
    let expected = if taken { after(&before.smtp, &new_server()) } else { before.smtp.clone() };
    none("the driver's read", differences(&seen, &expected))?;
    if taken { device.holds(&before, &expected) } else { device.untouched(&before) }
}

async fn lost_reply(stand: &Stand) -> Result<(), Stop> {
    let device = stand.ready().await?;
    device.trouble(Trouble::LostReply)?;
    sent_once(&device, true, |receipt| receipt.reply == ReplyState::Lost && receipt.posts > 0).await
}

async fn lost_before(stand: &Stand) -> Result<(), Stop> {
    let device = stand.ready().await?;
    device.trouble(Trouble::LostBefore)?;
    sent_once(&device, false, |receipt| receipt.reply == ReplyState::Lost && receipt.posts > 0).await
}

async fn dropped(stand: &Stand) -> Result<(), Stop> {
    let device = stand.ready().await?;
    device.trouble(Trouble::DroppedWrite)?;
    sent_once(&device, false, |receipt| receipt.reply == ReplyState::Answered).await
}

/// An answer that is no page says nothing about the save: lost or an error, and never taken for done.
async fn server_error(stand: &Stand) -> Result<(), Stop> {
    let device = stand.ready().await?;
    device.trouble(Trouble::ServerErrorAtSave)?;
    let before = device.truth();
    let mut hand = device.hand().await?;
    let from = hand.read().await?;
    let result = hand.try_apply(&from, &new_server()).await;
    if let Ok(Receipt { reply: ReplyState::Answered, .. }) = result {
        return Err("a save answered with status 500 is told as answered".to_owned().into());
    }
    let saves = device.truth().saves();
    device.sim.mend();
    hand.reads_the_truth(&device).await?;
    hand.close(&device).await?;
    match saves {
        1 => device.untouched(&before),
        saves => Err(format!("the save was sent {saves} times").into()),
    }
}
