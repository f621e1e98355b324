//! A driver in the suite's hand: everything it says is kept, and what it may not say is looked for afterwards.

use std::fmt::Debug;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use super::bench::SMTP_PASSWORD;
use super::device::{Device, differences, none};
use super::leak::Said;
use super::matrix::Stop;
use crate::transport::{CertificateFacts, Intent, Trust, TrustRefusal, Witness, WitnessError};
use crate::{
    Category, Change, DeviceError, Driver, LoginHistory, Observed, PasswordState, PasswordWanted, Receipt,
    ReplyState, Secret, Section, SmtpChange, SmtpSettings, SmtpWanted, Support,
};

/// How a driver is opened.
#[derive(Default)]
pub(super) struct Open<'a> {
    /// Only requests that the adapter declares as reading may leave.
    pub(super) read_only: bool,
    /// The driver is given no credentials.
    pub(super) nobody: bool,
    /// What is known of the password.
    pub(super) history: LoginHistory,
    /// Where the record of the session goes.
    pub(super) transcript: Option<&'a Path>,
    /// Whether the run is stopped the moment that the first write is announced.
    pub(super) cancelled_by_first_write: bool,
}

/// A driver, and what the suite holds of it.
pub(super) struct Hand {
    pub(super) driver: Box<dyn Driver>,
    pub(super) cancel: CancellationToken,
    pub(super) witness: Arc<Listener>,
    pub(super) said: Said,
}

impl Hand {
    /// Logs in, whatever comes of it.
    pub(super) async fn try_login(&mut self) -> Result<(), DeviceError> {
        let result = self.driver.login().await;
        self.heard(result)
    }

    /// Reads, whatever comes of it.
    pub(super) async fn try_read(&mut self) -> Result<Observed, DeviceError> {
        let result = self.driver.read(Section::Smtp).await;
        self.heard(result)
    }

    /// Asks whether the device could hold it, as a plan does.
    pub(super) fn check(&self, from: &SmtpSettings, to: &SmtpWanted) -> Result<(), DeviceError> {
        let change = Change::Smtp(Box::new(SmtpChange { from: from.clone(), to: to.clone() }));
        let result = self.driver.check(&change);
        self.heard(result)
    }

    /// Writes, whatever comes of it.
    pub(super) async fn try_apply(
        &mut self,
        from: &SmtpSettings,
        to: &SmtpWanted,
    ) -> Result<Receipt, DeviceError> {
        let change = Change::Smtp(Box::new(SmtpChange { from: from.clone(), to: to.clone() }));
        self.said.push(format!("{change:?}"));
        let result = self.driver.apply(&change).await;
        self.heard(result)
    }

    /// Asks for a test mail, whatever comes of it.
    pub(super) async fn try_test_mail(&mut self, to: &str) -> Result<Support<String>, DeviceError> {
        let result = self.driver.send_test_mail(to).await;
        self.heard(result)
    }

    /// Logs in.
    pub(super) async fn login(&mut self) -> Result<(), Stop> {
        self.try_login().await.map_err(|error| failed("log-in", &error))
    }

    /// Reads.
    pub(super) async fn read(&mut self) -> Result<SmtpSettings, Stop> {
        self.try_read().await.map(|seen| seen.smtp).map_err(|error| failed("read", &error))
    }

    /// Writes, and the answer came.
    pub(super) async fn apply(&mut self, from: &SmtpSettings, to: &SmtpWanted) -> Result<Receipt, Stop> {
        let receipt = self.try_apply(from, to).await.map_err(|error| failed("apply", &error))?;
        if receipt.reply != ReplyState::Answered {
            return Err("apply says that the answer was lost, and it was not".to_owned().into());
        }
        let told = self.witness.intents();
        if usize::try_from(receipt.posts) != Ok(told) || told == 0 {
            return Err(format!(
                "the receipt counts {} request(s) that alter, and the witness heard of {told}",
                receipt.posts
            )
            .into());
        }
        Ok(receipt)
    }

    /// Ends the session; the log-out must work and leave nobody signed in.
    pub(super) async fn close(&mut self, device: &Device) -> Result<(), Stop> {
        let result = self.driver.close().await;
        self.heard(result).map_err(|error| failed("close", &error))?;
        device.left_clean()
    }

    /// What the driver reads is what the device holds.
    pub(super) async fn reads_the_truth(&mut self, device: &Device) -> Result<SmtpSettings, Stop> {
        let seen = self.read().await?;
        let truth = device.truth();
        let mut wrong = differences(&seen, &truth.smtp);
        match seen.password {
            PasswordState::Set if truth.password_sha256.is_none() => {
                wrong.push("the password is said to be set, and none is stored".into());
            }
            PasswordState::Unset if truth.password_sha256.is_some() => {
                wrong.push("the password is said to be unset, and one is stored".into());
            }
            _ => {}
        }
        none("the driver's read", wrong)?;
        Ok(seen)
    }

    pub(super) fn heard<T: Debug>(&self, result: Result<T, DeviceError>) -> Result<T, DeviceError> {
        if let Err(error) = &result {
            self.said.push(error.to_string());
        }
        self.said.push(format!("{result:?}"));
        result
    }
}

/// "the X failed: …".
pub(super) fn failed(what: &str, error: &DeviceError) -> Stop {
    Stop::Failed(format!("{what} failed: {error} [{}]", error.category))
}

/// The result is a failure of one of these categories, told so that a person can do something.
pub(super) fn refused<T: Debug>(
    what: &str,
    result: Result<T, DeviceError>,
    categories: &[Category],
) -> Result<DeviceError, Stop> {
    match result {
        Ok(value) => Err(format!("{what} should have been refused, and gave {value:?}").into()),
        Err(error) if !categories.contains(&error.category) => {
            let words: Vec<&str> = categories.iter().map(|category| category.as_str()).collect();
            Err(format!(
                "{what} should have failed with {}: {error} [{}]",
                words.join(" or "),
                error.category
            )
            .into())
        }
        Err(error) if error.got.is_empty() || error.tried.is_empty() => {
            Err(format!("{what} failed as it should, without saying what came back: {error}").into())
        }
        Err(error) => Ok(error),
    }
}

/// A wish for the password that the suite stores.
pub(super) fn planted() -> PasswordWanted {
    PasswordWanted::Set(Secret::new(SMTP_PASSWORD.into()))
}

/// Hears of writes and counts them.
pub(super) struct Listener {
    said: Said,
    intents: Mutex<usize>,
    cancel: Mutex<Option<CancellationToken>>,
}

impl Listener {
    pub(super) fn new(said: &Said) -> Self {
        Self { said: said.clone(), intents: Mutex::new(0), cancel: Mutex::new(None) }
    }

    /// Stops the run at the first write.
    pub(super) fn cancel_at_first(&self, token: &CancellationToken) {
        *self.cancel.lock().unwrap_or_else(PoisonError::into_inner) = Some(token.clone());
    }

    /// How many writes were announced.
    pub(super) fn intents(&self) -> usize {
        *self.intents.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts anew.
    pub(super) fn forget(&self) {
        *self.intents.lock().unwrap_or_else(PoisonError::into_inner) = 0;
    }
}

#[async_trait]
impl Witness for Listener {
    async fn intend(&self, intent: &Intent) -> Result<i64, WitnessError> {
        self.said.push(format!("{intent:?}"));
        if let Some(token) = &*self.cancel.lock().unwrap_or_else(PoisonError::into_inner) {
            token.cancel();
        }
        let mut intents = self.intents.lock().unwrap_or_else(PoisonError::into_inner);
        *intents += 1;
        Ok(i64::try_from(*intents).unwrap_or(i64::MAX))
    }

    async fn receive(&self, _: i64, _: Option<u16>) -> Result<(), WitnessError> {
        Ok(())
    }
}

/// Takes every certificate: the simulated devices sign their own.
pub(super) struct Trusting;

#[async_trait]
impl Trust for Trusting {
    async fn check(&self, _: &CertificateFacts) -> Result<(), TrustRefusal> {
        Ok(())
    }

    async fn pinned(&self) -> Result<bool, TrustRefusal> {
        Ok(false)
    }
}
