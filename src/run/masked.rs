//! Passwords that a save may lose although nobody changed them: pages that show `***` for a stored one get it back with
//! every save, and what a device makes of it is not known. A password that is known goes along; else the run says so.

use std::path::Path;

use scanfleet_sdk::{AuthMethod, DeviceError, SmtpCapabilities, SmtpSettings};

use super::Task;
use super::engine::{Engine, KnownSecret};
use super::observe::PASSWORD;
use crate::files::SecretRef;
use crate::journal::{DeviceKey, JournalError};
use crate::plan::Desired;

/// What the plan and the result say where the password is not known.
pub(super) const MAY_BE_LOST: &str = "This page shows the stored password as a mask (`***`) that goes back with every save; firmware may store \
     the mask in its place. scanfleet does not know the password, so it may be lost: prove it with a test mail, or name the password in the playbook.";

/// What becomes of a stored password in a save that gives no new one.
pub(super) enum Masked {
    /// Nothing threatens it.
    Safe,
    /// It is known, and sent along.
    SentAlong(KnownSecret),
    /// It is not known.
    MayBeLost,
}

impl Engine {
    /// Looks for the password that a save without a new one has to send along.
    pub(super) async fn masked(
        &self,
        task: &Task,
        key: &DeviceKey,
        now: &SmtpSettings,
        desired: &Desired,
        capabilities: &SmtpCapabilities,
    ) -> Result<Masked, DeviceError> {
        // What hangs on signing in is not sent while nobody signs in.
        if !capabilities.password_masked
            || desired.auth_method.unwrap_or(now.auth.method) != AuthMethod::Password
        {
            return Ok(Masked::Safe);
        }
        if let Some(known) = &task.aim.password {
            return Ok(Masked::SentAlong(known.clone()));
        }
        let key = key.clone();
        let workspace =
            |e: JournalError| DeviceError::workspace("look up the stored password", e.to_string());
        let pushed =
            self.journal(move |journal| journal.pushed_password(&key, PASSWORD)).await.map_err(workspace)?;
        let Some(pushed) = pushed else { return Ok(Masked::MayBeLost) };
        let Ok(reference) = SecretRef::parse(&pushed.reference, Path::new("")) else {
            return Ok(Masked::MayBeLost);
        };
        // A keyring that is locked or has lost it, a file that is gone: the password is not known then.
        let Ok(known) = self.secret(&reference, pushed.version).await else { return Ok(Masked::MayBeLost) };
        let secret = known.secret.clone();
        let same = self.journal(move |journal| journal.fingerprint(&secret)).await.map_err(workspace)?;
        Ok(if same == pushed.fingerprint { Masked::SentAlong(known) } else { Masked::MayBeLost })
    }
}
