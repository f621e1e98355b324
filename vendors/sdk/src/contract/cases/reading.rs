//! Who a device is, what it holds, and what it offers.

use super::super::bench::Setup;
use super::super::device::{Stand, differences, none};
use super::super::hand::failed;
use super::super::matrix::Stop;
use super::promises;
use crate::{SmtpSettings, Support};

promises! { super::For::Driven;
    "identity" => identity,
    "capabilities" => capabilities,
    "can-hold" => can_hold,
    "read-in-clear" => read_in_clear,
    "read-signing-in" => read_signing_in,
    "read-other-ids-and-paths" => read_renamed,
    "read-after-the-panel" => after_the_panel,
}

async fn identity(stand: &Stand) -> Result<(), Stop> {
    let device = stand.ready().await?;
    let truth = device.truth().identity;
    let mut hand = device.hand().await?;
    hand.login().await?;
    let seen = hand.driver.identity().await.map_err(|error| failed("identity", &error))?;
    hand.close(&device).await?;
    let mut wrong = Vec::new();
    if seen.vendor != truth.vendor {
        wrong.push(format!("vendor is {:?}, not {:?}", seen.vendor, truth.vendor));
    }
    if bare(&seen.model) != bare(&truth.model) {
        wrong.push(format!("model is {:?}, not {:?}", seen.model, truth.model));
    }
    if seen.serial != truth.serial {
        wrong.push(format!("serial is {:?}, not {:?}", seen.serial, truth.serial));
    }
    if seen.firmware != truth.firmware {
        wrong.push(format!("firmware is {:?}, not {:?}", seen.firmware, truth.firmware));
    }
    none("the driver's identity", wrong)
}

/// A model's name without the maker's and without marks.
fn bare(model: &str) -> String {
    let words = model.to_lowercase();
    let words =
        words.split_whitespace().filter(|word| !["ricoh", "xerox", "brother", "series"].contains(word));
    words.flat_map(str::chars).filter(|c| c.is_alphanumeric()).collect()
}

async fn capabilities(stand: &Stand) -> Result<(), Stop> {
    let device = stand.ready().await?;
    let mut hand = device.hand().await?;
    hand.read().await?;
    let (has, family) = (hand.driver.capabilities(), hand.driver.family().clone());
    hand.close(&device).await?;
    let mut wrong = Vec::new();
    match has.smtp {
        Support::Yes(smtp) if smtp.separate_auth_sender != device.profile.offers.auth_sender => {
            wrong.push(format!("separate_auth_sender is {}", smtp.separate_auth_sender));
        }
        Support::Yes(_) => {}
        other => wrong.push(format!("smtp is {other:?}")),
    }
    match (&has.test_mail, &device.profile.offers.test_mail) {
        // Some offer it only once settings were saved; whoever has only read does not know.
        (Support::Yes(()) | Support::Unknown, Support::Yes(())) => {}
        (Support::No(why), Support::No(_)) if !why.is_empty() => {}
        (said, true_one) => wrong.push(format!("test_mail is {said:?}, and the page's is {true_one:?}")),
    }
    if let Support::No(why) = &has.log
        && why.is_empty()
    {
        wrong.push("log is No without a reason".into());
    }
    let digest = family.sha256.len() == 64 && family.sha256.bytes().all(|b| b.is_ascii_hexdigit());
    if family.id.is_empty() || family.origin.is_empty() || !digest {
        wrong.push(format!("the family is not told: {family:?}"));
    }
    none("the driver", wrong)
}

async fn can_hold(stand: &Stand) -> Result<(), Stop> {
    let device = stand.ready().await?;
    let mut hand = device.hand().await?;
    hand.read().await?;
    let mut wrong = Vec::new();
    for (security, port) in super::limits::COMBINATIONS {
        let offered = device.profile.offers.security.contains(&(security, port));
        match (offered, hand.driver.can_hold(security, port)) {
            (true, Err(text)) => wrong.push(format!("says that {security:?} on {port} cannot be: {text}")),
            (false, Ok(())) => wrong.push(format!("says that {security:?} on {port} can be")),
            (false, Err(text)) if text.trim().is_empty() => {
                wrong.push(format!("does not say why {security:?} on {port} cannot be"));
            }
            _ => {}
        }
    }
    hand.close(&device).await?;
    none("the driver", wrong)
}

async fn read_in_clear(stand: &Stand) -> Result<(), Stop> {
    read(stand, Setup { smtp: stand.plain(), ..Setup::default() }).await
}

async fn read_signing_in(stand: &Stand) -> Result<(), Stop> {
    let smtp_password = Some("held-before-7".to_owned());
    read(stand, Setup { smtp: stand.signed_in(), smtp_password, ..Setup::default() }).await
}

/// A person at the panel is seen by the next read of the same session.
async fn after_the_panel(stand: &Stand) -> Result<(), Stop> {
    let device = stand.ready().await?;
    let mut hand = device.hand().await?;
    hand.reads_the_truth(&device).await?;
    let changed = SmtpSettings { server: "panel.example.test".into(), port: Some(2500), ..stand.signed_in() };
    device.sim.panel(&changed)?;
    let seen = hand.reads_the_truth(&device).await?;
    hand.close(&device).await?;
    none("the driver's read", differences(&seen, &changed))
}

async fn read_renamed(stand: &Stand) -> Result<(), Stop> {
    read(stand, Setup { smtp: stand.signed_in(), renamed: true, ..Setup::default() }).await
}

async fn read(stand: &Stand, setup: Setup) -> Result<(), Stop> {
    let device = stand.device(setup).await?;
    let before = device.truth();
    let mut hand = device.hand().await?;
    hand.login().await?;
    hand.reads_the_truth(&device).await?;
    // Afresh each time: a person at the panel is seen.
    hand.reads_the_truth(&device).await?;
    hand.close(&device).await?;
    let after = device.truth();
    if let Some(seen) = after.log.iter().find(|seen| seen.alters) {
        return Err(format!("reading sent {} {}", seen.method, seen.path).into());
    }
    if after.logins() != 1 {
        return Err(format!("reading twice logged in {} times", after.logins()).into());
    }
    device.untouched(&before)
}
