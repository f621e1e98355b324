//! The way to a live session with the right device: connect, recognise, compare with inventory and plan.

use std::sync::Arc;
use std::time::Instant;

use scanfleet_sdk::error::clean;
use scanfleet_sdk::transport::{Access, Session, SessionOptions, Transcript};
use scanfleet_sdk::{Category, Credentials, DeviceError, Driver, FamilyUsed, Identity, LoginHistory, Vendor};
use tokio_util::sync::CancellationToken;

use super::engine::KnownSecret;
use super::trust::JournalTrust;
use super::{Engine, Expected};
use crate::inventory::Device;
use crate::journal::DeviceKey;

/// A recognised device with its driver, not yet logged in.
pub(super) struct Attached {
    /// The driver.
    pub driver: Box<dyn Driver>,
    /// Who the device is.
    pub known: Known,
}

/// Who a device is, and by which family it is spoken to.
#[derive(Debug, Clone)]
pub(super) struct Known {
    /// Who the device says it is.
    pub identity: Identity,
    /// What the journal knows it by.
    pub key: DeviceKey,
    /// The family in use.
    pub family: FamilyUsed,
}

impl Engine {
    /// Connects, recognises, and makes sure that the device is the one the inventory and the plan mean. Nothing secret
    /// is sent. `hidden` is a secret that may go to the device later: a page that shows it already, in a field where
    /// somebody typed it by mistake, must not bring it into the transcript.
    pub(super) async fn attach(
        &self,
        device: &Device,
        credentials: Option<&KnownSecret>,
        hidden: Option<&KnownSecret>,
        access: impl Fn(&dyn Vendor) -> Access,
        expected: Option<&Expected>,
        cancel: &CancellationToken,
    ) -> Result<Attached, DeviceError> {
        let mut seen = Vec::new();
        for maker in self.candidates(device)? {
            self.step(&device.name, "connecting");
            let options = self.options(device, access(maker.as_ref()), cancel);
            let mut session = Session::connect(options).await?;
            for known in credentials.iter().chain(&hidden) {
                session.hide(&known.secret);
            }
            self.step(&device.name, "finding out what it is");
            let Some(recognised) = maker.recognise(&mut session).await? else {
                seen.push(maker.name());
                continue;
            };
            let identity = recognised.identity.clone();
            // What a device keeps from guests is compared once it has let us in.
            if !identity.model.is_empty() {
                matches_inventory(device, &identity)?;
                expected.map_or(Ok(()), |expected| expected.check_model(&identity))?;
            }
            if identity.serial.is_some() {
                expected.map_or(Ok(()), |expected| expected.check(&identity))?;
            }
            let key = DeviceKey::of(identity.serial.as_deref(), &device.name);
            let credentials = match credentials {
                Some(known) => Some(self.credentials(device, known, &key).await?),
                None => None,
            };
            let driver = maker.driver(session, recognised, credentials);
            let known = Known { identity, key, family: driver.family().clone() };
            return Ok(Attached { driver, known });
        }
        let got = match &device.vendor {
            Some(vendor) => {
                let other = self.other_maker(device, vendor, cancel).await;
                let other = other.unwrap_or_else(|| {
                    format!("its pages are not those of a {vendor} copier that any family knows")
                });
                format!("the inventory says {vendor}, and {other}")
            }
            None => {
                format!(
                    "its pages are not those of a copier that any family knows (tried: {})",
                    seen.join(", ")
                )
            }
        };
        Err(DeviceError::new(Category::UnknownModel, "find out what the device is", got)
            .hint("check the address; open it in a browser to see what answers there"))
    }

    /// What another maker's adapter says of a device that is not of the maker that the inventory names. Only first pages
    /// are read; it says nothing where nobody knows the device, or where it cannot be reached any more.
    async fn other_maker(&self, device: &Device, vendor: &str, cancel: &CancellationToken) -> Option<String> {
        for maker in self.makers.iter().filter(|maker| maker.name() != vendor) {
            let options = self.options(device, Access::ReadOnly(maker.reads()), cancel);
            let mut session = Session::connect(options).await.ok()?;
            match maker.recognise(&mut session).await {
                Ok(Some(recognised)) => {
                    let model = clean(&recognised.identity.model);
                    let model =
                        if model.is_empty() { String::new() } else { format!(", \u{201c}{model}\u{201d}") };
                    return Some(format!("its pages are those of a {} copier{model}", maker.name()));
                }
                Ok(None) => {}
                // It names two makers; both are in the message.
                Err(error) if error.category == Category::UnknownModel => {
                    let page = error.page.map(|page| format!(" ({page})")).unwrap_or_default();
                    return Some(format!("{}{page}", error.got));
                }
                Err(_) => return None,
            }
        }
        None
    }

    /// How a session with a device is opened.
    fn options(&self, device: &Device, access: Access, cancel: &CancellationToken) -> SessionOptions {
        SessionOptions {
            device: device.name.clone(),
            endpoint: device.endpoint.clone(),
            tls: device.tls,
            extra_ca: None,
            access,
            trust: Arc::new(JournalTrust::new(&self.journal, &device.name, &device.endpoint)),
            transcript: self.settings.transcripts.as_ref().map(|directory| Transcript {
                file: directory.join(format!("{}.txt", file_name(&device.name))),
            }),
            limits: self.settings.limits.clone(),
            deadline: Some(Instant::now() + self.settings.device_time),
            cancel: cancel.clone(),
        }
    }

    /// Logs in, makes sure once more that it is the right device, and remembers which password it accepted.
    pub(super) async fn sign_in(
        &self,
        device: &Device,
        admin: Option<&KnownSecret>,
        expected: Option<&Expected>,
        attached: &mut Attached,
    ) -> Result<(), DeviceError> {
        self.step(&device.name, "logging in");
        attached.driver.login().await?;
        self.complete(device, expected, attached).await?;
        if let Some(admin) = admin {
            let (secret, key) = (admin.secret.clone(), attached.known.key.clone());
            self.journal(move |journal| {
                let fingerprint = journal.fingerprint(&secret)?;
                journal.login_accepted(&key, &fingerprint)
            })
            .await
            .map_err(|e| DeviceError::workspace("note the log-in", e.to_string()))?;
        }
        Ok(())
    }

    /// Fills in what the device tells only a signed-in session, and compares again. Nothing has been written by then.
    async fn complete(
        &self,
        device: &Device,
        expected: Option<&Expected>,
        attached: &mut Attached,
    ) -> Result<(), DeviceError> {
        let told = &attached.known.identity;
        if !told.model.is_empty() && told.serial.is_some() {
            return Ok(());
        }
        let identity = attached.driver.identity().await?;
        is_the_one(device, expected, &identity)?;
        attached.known.key = DeviceKey::of(identity.serial.as_deref(), &device.name);
        attached.known.identity = identity;
        Ok(())
    }

    fn candidates(&self, device: &Device) -> Result<Vec<Arc<dyn Vendor>>, DeviceError> {
        let wanted: Vec<_> = self
            .makers
            .iter()
            .filter(|maker| device.vendor.as_deref().is_none_or(|vendor| vendor == maker.name()))
            .cloned()
            .collect();
        if wanted.is_empty() {
            let known: Vec<_> = self.makers.iter().map(|m| m.name()).collect();
            return Err(DeviceError::new(
                Category::UnknownModel,
                "choose an adapter",
                format!(
                    "the inventory says {}, and this version has adapters for: {}",
                    device.vendor.as_deref().unwrap_or_default(),
                    known.join(", ")
                ),
            ));
        }
        Ok(wanted)
    }

    async fn credentials(
        &self,
        device: &Device,
        known: &KnownSecret,
        key: &DeviceKey,
    ) -> Result<Credentials, DeviceError> {
        let (secret, key) = (known.secret.clone(), key.clone());
        let accepted = self
            .journal(move |journal| {
                let fingerprint = journal.fingerprint(&secret)?;
                journal.login_was_accepted(&key, &fingerprint)
            })
            .await
            .map_err(|e| DeviceError::workspace("look up former log-ins", e.to_string()))?;
        Ok(Credentials {
            user: device.admin_user.clone(),
            password: known.secret.clone(),
            history: if accepted { LoginHistory::AcceptedBefore } else { LoginHistory::Unknown },
        })
    }
}

/// Stops where the device is not the one that the inventory and the plan mean.
fn is_the_one(device: &Device, expected: Option<&Expected>, identity: &Identity) -> Result<(), DeviceError> {
    matches_inventory(device, identity)?;
    expected.map_or(Ok(()), |expected| expected.check(identity))
}

/// Makes sure that an identity is the one that the inventory gives for a device: maker, model and serial number, as far
/// as both tell them.
///
/// # Errors
/// `unknown-model`, naming what the inventory says and what was seen.
pub fn matches_inventory(device: &Device, identity: &Identity) -> Result<(), DeviceError> {
    let mismatch = |what: &str, inventory: &str, seen: &str| {
        Err(DeviceError::new(
            Category::UnknownModel,
            "make sure it is the right device",
            format!("the inventory says the {what} is {inventory}, and the device says {seen}"),
        )
        .hint("correct the inventory or the address; nothing was sent to this device"))
    };
    if let Some(vendor) = &device.vendor
        && !identity.vendor.is_empty()
        && *vendor != identity.vendor
    {
        return mismatch("maker", vendor, &identity.vendor);
    }
    if let Some(model) = &device.model
        && !same_model(model, &identity.model)
    {
        return mismatch("model", model, &identity.model);
    }
    if let (Some(expected), Some(seen)) = (&device.serial, &identity.serial)
        && !same_serial(expected, seen)
    {
        return mismatch("serial number", expected, seen);
    }
    Ok(())
}

/// Compares serial numbers as people copy them: case and spaces do not count.
pub(super) fn same_serial(a: &str, b: &str) -> bool {
    letters(a) == letters(b)
}

/// Compares model names as people write them: the maker's name, the word "series", case, spaces and hyphens do not count.
pub(super) fn same_model(a: &str, b: &str) -> bool {
    let bare = |name: &str| {
        let words: Vec<String> = name
            .to_lowercase()
            .split_whitespace()
            .filter(|word| !["ricoh", "aficio", "xerox", "brother", "series"].contains(word))
            .map(str::to_owned)
            .collect();
        letters(&words.concat())
    };
    bare(a) == bare(b)
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// A device's name as a file name.
fn file_name(name: &str) -> String {
    name.chars().map(|c| if c.is_alphanumeric() || matches!(c, '-' | '_') { c } else { '_' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_are_compared_as_people_write_them() {
        assert!(same_model("MP C4504ex", "RICOH MP C4504ex"));
        assert!(same_model("Ricoh Aficio MP-C3003", "aficio mp c3003"));
        assert!(same_model("Brother MFC-L8900CDW series", "mfc l8900cdw"));
        assert!(!same_model("MP C4504", "MP C4504ex"));
        assert!(same_serial("e153-r60 0123", "E153R600123"));
        assert!(!same_serial("E153R600123", "E153R600124"));
    }

    #[test]
    fn a_device_name_cannot_leave_the_transcript_directory() {
        assert_eq!(file_name("../../etc/passwd"), "______etc_passwd");
    }
}
