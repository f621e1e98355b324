//! The read-only gate, planted passwords, other makers' devices, and models that are refused.

use super::super::bench::{Setup, Standing, Trouble};
use super::super::device::Stand;
use super::super::hand::{Open, refused};
use super::super::matrix::Stop;
use super::writing::all_of_it;
use super::{Case, For, promises};
use crate::{Category, LoginHistory, Support};

promises! { For::Driven;
    "gate-read-only" => gate,
    "secrets-in-no-record" => secrets,
}

/// The cases that suit every profile, or only those that are refused.
pub(super) fn for_all() -> Vec<Case> {
    vec![
        Case { id: "other-makers-pass-by", suits: For::All, run: |stand| Box::pin(strangers(stand)) },
        Case { id: "refused-by-name", suits: For::Refused, run: |stand| Box::pin(refused_by_name(stand)) },
    ]
}

async fn gate(stand: &Stand) -> Result<(), Stop> {
    let device = stand.ready().await?;
    // Some devices have to be prepared for a mail that works, which is no doing of the driver's.
    let (_, to) = device.sim.mail_that_works();
    let before = device.truth();
    let mut hand = device.hand_as(Open { read_only: true, ..Open::default() }).await?;
    hand.login().await?;
    let from = hand.reads_the_truth(&device).await?;
    let result = hand.try_apply(&from, &all_of_it(stand)).await;
    refused("a write in a session that may only read", result, &[Category::Interrupted])?;
    match hand.try_test_mail(&to).await {
        Ok(Support::No(_)) => {}
        Ok(other) => return Err(format!("a test mail in a session that may only read: {other:?}").into()),
        Err(error) => {
            refused::<()>(
                "a test mail in a session that may only read",
                Err(error),
                &[Category::Interrupted],
            )?;
        }
    }
    hand.reads_the_truth(&device).await?;
    hand.close(&device).await?;
    if let Some(seen) = device.truth().log.iter().find(|seen| seen.alters) {
        return Err(format!("{} {} left a session that may only read", seen.method, seen.path).into());
    }
    device.untouched(&before)
}

/// What a driver said is searched after every case; here the record of the session and the noisiest failures too.
async fn secrets(stand: &Stand) -> Result<(), Stop> {
    let directory =
        tempfile::tempdir().map_err(|error| format!("no directory for the transcript: {error}"))?;
    let troubles = [
        None,
        Some(Trouble::LoginRefused),
        Some(Trouble::Busy),
        Some(Trouble::LostReply),
        Some(Trouble::DroppedWrite),
        Some(Trouble::ServerErrorAtSave),
        Some(Trouble::LookOnly),
    ];
    for (number, trouble) in troubles.into_iter().enumerate() {
        let device = stand.bare().await?;
        if let Some(trouble) = &trouble
            && device.sim.trouble(trouble).is_err()
        {
            continue;
        }
        let file = directory.path().join(format!("{number}.txt"));
        let open = Open { transcript: Some(&file), history: LoginHistory::AcceptedBefore, ..Open::default() };
        let mut hand = device.hand_as(open).await?;
        if let Ok(seen) = hand.try_read().await {
            let _ = hand.try_apply(&seen.smtp, &all_of_it(stand)).await;
            let _ = hand.try_read().await;
        }
        hand.close(&device).await?;
        let transcript = std::fs::read(&file).map_err(|error| format!("no transcript: {error}"))?;
        if transcript.len() < 200 {
            return Err("the transcript holds nothing".to_owned().into());
        }
        stand.said.push(String::from_utf8_lossy(&transcript));
    }
    Ok(())
}

/// Every other maker's adapter looks at the device and passes by; so nobody logs in by the wrong dialect.
async fn strangers(stand: &Stand) -> Result<(), Stop> {
    let mut tried = 0;
    for adapter in stand.bench.adapters().iter().filter(|adapter| adapter.name() != stand.profile.maker) {
        tried += 1;
        let device = stand.device(Setup { smtp: stand.plain(), ..Setup::default() }).await?;
        let before = device.truth();
        match device.recognised(adapter.as_ref()).await? {
            Ok(None) => {}
            Ok(Some(seen)) => {
                return Err(format!("{} takes it for its own: {:?}", adapter.name(), seen.identity).into());
            }
            Err(error) => return Err(format!("{} stumbles over it: {error}", adapter.name()).into()),
        }
        if device.truth().logins() > 0 {
            return Err(format!("{} logged in to it", adapter.name()).into());
        }
        device.untouched(&before)?;
    }
    if tried == 0 { Err(Stop::NotApplicable("there is no other adapter".into())) } else { Ok(()) }
}

/// A model that is told apart and not driven: refused before anything is written, by a message that names it.
async fn refused_by_name(stand: &Stand) -> Result<(), Stop> {
    let Standing::Refused { names } = stand.profile.standing.clone() else { return Ok(()) };
    let device = stand.device(Setup::default()).await?;
    let before = device.truth();
    let own = device.vendor.clone();
    let mut model = String::new();
    let error = match device.recognised(own.as_ref()).await? {
        Err(error) => error,
        Ok(None) => return Err("its own adapter does not recognise it".to_owned().into()),
        // Some can be signed in to, and no more.
        Ok(Some(seen)) => {
            model = seen.identity.model;
            let mut hand = device.hand().await?;
            let categories = [Category::UnknownModel, Category::Unsupported];
            let result = hand.try_read().await;
            let error = refused("reading it", result, &categories)?;
            hand.close(&device).await?;
            error
        }
    };
    if ![Category::UnknownModel, Category::Unsupported].contains(&error.category) {
        return Err(format!("it is refused with {}: {error}", error.category).into());
    }
    let told = format!("{model} {error} {}", error.next.as_deref().unwrap_or_default()).to_lowercase();
    if !names.iter().any(|name| told.contains(&name.to_lowercase())) {
        return Err(format!("the refusal names none of {}: {told}", names.join(", ")).into());
    }
    device.untouched(&before)
}
