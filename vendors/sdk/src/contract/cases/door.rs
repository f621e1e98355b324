//! The log-in: asked once, never insisted on.

use super::super::bench::{Setup, Trouble};
use super::super::device::{Device, Stand};
use super::super::hand::{Open, refused};
use super::super::matrix::Stop;
use super::promises;
use super::writing::{all_of_it, write};
use crate::{Category, LoginHistory};

promises! { super::For::Driven;
    "login-refused" => login_refused,
    "login-locked-out" => locked_out,
    "login-too-many-sessions" => too_many,
    "login-nobody" => nobody,
    "no-password-set" => open_door,
}

/// The log-in fails, and whatever is asked afterwards does not try it again.
async fn fails_once(
    device: &Device,
    history: LoginHistory,
    categories: &[Category],
    logins: usize,
) -> Result<(), Stop> {
    let before = device.truth();
    let mut hand = device.hand_as(Open { history, ..Open::default() }).await?;
    let result = hand.try_login().await;
    let error = refused("the log-in", result, categories)?;
    if error.next.as_ref().is_none_or(|next| next.trim().is_empty()) {
        return Err(format!("the refused log-in does not say what to do next: {error}").into());
    }
    let again = hand.try_read().await;
    if categories.contains(&Category::AuthRefused) {
        refused("reading after a refused log-in", again, categories)?;
    }
    hand.close(device).await?;
    let seen = device.truth().logins();
    if seen > logins {
        return Err(format!("the password was sent {seen} times").into());
    }
    device.untouched(&before)
}

async fn login_refused(stand: &Stand) -> Result<(), Stop> {
    let device = stand.ready().await?;
    device.trouble(Trouble::LoginRefused)?;
    fails_once(&device, LoginHistory::Unknown, &[Category::AuthRefused, Category::LockedOut], 1).await
}

async fn locked_out(stand: &Stand) -> Result<(), Stop> {
    let device = stand.ready().await?;
    device.trouble(Trouble::LockedOut)?;
    let categories = [Category::AuthRefused, Category::LockedOut];
    fails_once(&device, LoginHistory::AcceptedBefore, &categories, 1).await
}

async fn too_many(stand: &Stand) -> Result<(), Stop> {
    let device = stand.ready().await?;
    device.trouble(Trouble::TooManySessions)?;
    fails_once(&device, LoginHistory::Unknown, &[Category::Busy], 2).await
}

/// Without credentials nothing is tried that needs them.
async fn nobody(stand: &Stand) -> Result<(), Stop> {
    let device = stand.ready().await?;
    let before = device.truth();
    let mut hand = device.hand_as(Open { nobody: true, ..Open::default() }).await?;
    let result = hand.try_login().await;
    refused("the log-in of nobody", result, &[Category::AuthRefused])?;
    let result = hand.try_read().await;
    refused("reading as nobody", result, &[Category::AuthRefused])?;
    hand.close(&device).await?;
    match device.truth().logins() {
        0 => device.untouched(&before),
        logins => Err(format!("{logins} log-ins were sent for nobody").into()),
    }
}

async fn open_door(stand: &Stand) -> Result<(), Stop> {
    let setup = Setup { smtp: stand.signed_in(), open_door: true, ..Setup::default() };
    let device = stand.device(setup).await?;
    let mut hand = device.hand().await?;
    hand.login().await?;
    write(&mut hand, &device, &all_of_it(stand)).await?;
    hand.close(&device).await
}
