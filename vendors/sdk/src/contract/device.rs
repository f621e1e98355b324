//! A case's stand: fresh devices of one profile, and the ways to them.

use std::path::Path;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::bench::{ADMIN_PASSWORD, Bench, Profile, SMTP_PASSWORD, Setup, Simulated, Trouble, Truth};
use super::hand::{Hand, Listener, Open};
use super::leak::Said;
use super::matrix::Stop;
use crate::transport::{Access, Limits, Session, SessionOptions, Transcript};
use crate::{
    AuthMethod, Credentials, DeviceError, LoginHistory, Recognised, Secret, Security, SmtpAuth, SmtpSettings,
    Vendor,
};

/// One case on one profile.
pub(super) struct Stand {
    pub(super) bench: Arc<dyn Bench>,
    pub(super) profile: Profile,
    pub(super) said: Said,
}

/// One simulated device, and the adapter of its maker.
pub(super) struct Device {
    pub(super) sim: Box<dyn Simulated>,
    pub(super) vendor: Arc<dyn Vendor>,
    pub(super) profile: Profile,
    pub(super) said: Said,
    open_door: bool,
}

impl Stand {
    /// What a device holds that sends in clear and signs in nowhere.
    pub(super) fn plain(&self) -> SmtpSettings {
        SmtpSettings {
            server: "old.example.test".into(),
            port: Some(25),
            security: Some(Security::None),
            sender: Some("old@example.test".into()),
            ..SmtpSettings::default()
        }
    }

    /// What a device holds that signs in.
    pub(super) fn signed_in(&self) -> SmtpSettings {
        SmtpSettings {
            server: "mail.example.test".into(),
            port: Some(587),
            security: Some(Security::Starttls),
            sender: Some("scan@example.test".into()),
            auth: SmtpAuth {
                method: AuthMethod::Password,
                user: Some("scan-user".into()),
                sender: self.profile.offers.auth_sender.then(|| "signs-in@example.test".into()),
            },
            ..SmtpSettings::default()
        }
    }

    /// A fresh device, set up so.
    pub(super) async fn device(&self, setup: Setup) -> Result<Device, Stop> {
        let adapters = self.bench.adapters();
        let vendor = adapters
            .into_iter()
            .find(|vendor| vendor.name() == self.profile.maker)
            .ok_or_else(|| format!("no adapter for {}", self.profile.maker))?;
        let sim = self.bench.start(&self.profile.name, &setup).await.map_err(Stop::NotApplicable)?;
        Ok(Device {
            sim,
            vendor,
            profile: self.profile.clone(),
            said: self.said.clone(),
            open_door: setup.open_door,
        })
    }

    /// A fresh device that signs in and holds a password.
    pub(super) async fn ready(&self) -> Result<Device, Stop> {
        self.device(Setup {
            smtp: self.signed_in(),
            smtp_password: Some("held-before-7".into()),
            ..Setup::default()
        })
        .await
    }

    /// A fresh device that sends in clear and holds no password.
    pub(super) async fn bare(&self) -> Result<Device, Stop> {
        self.device(Setup { smtp: self.plain(), ..Setup::default() }).await
    }
}

impl Device {
    pub(super) fn truth(&self) -> Truth {
        self.sim.truth()
    }

    pub(super) fn trouble(&self, trouble: Trouble) -> Result<(), Stop> {
        self.sim.trouble(&trouble).map_err(Stop::NotApplicable)
    }

    /// The administrator's credentials.
    pub(super) fn credentials(&self, history: LoginHistory) -> Credentials {
        let password = if self.open_door { "" } else { ADMIN_PASSWORD };
        Credentials { user: self.sim.admin_user(), password: Secret::new(password.into()), history }
    }

    /// A connection in which only what an adapter declares as reading may leave, or any request.
    pub(super) async fn connect(
        &self,
        vendor: &dyn Vendor,
        open: &Open<'_>,
        witness: &Arc<Listener>,
        cancel: &CancellationToken,
    ) -> Result<Session, DeviceError> {
        let access = if open.read_only {
            Access::ReadOnly(vendor.reads())
        } else {
            Access::ReadWrite(Arc::clone(witness) as Arc<_>)
        };
        Session::connect(SessionOptions {
            device: self.profile.name.clone(),
            endpoint: self.sim.endpoint(),
            tls: self.sim.tls(),
            extra_ca: None,
            access,
            trust: Arc::new(super::hand::Trusting),
            transcript: open.transcript.map(|file: &Path| Transcript { file: file.to_owned() }),
            limits: Limits::default(),
            deadline: None,
            cancel: cancel.clone(),
        })
        .await
    }

    /// Connects with the maker's own adapter and lets it look.
    pub(super) async fn recognised(
        &self,
        vendor: &dyn Vendor,
    ) -> Result<Result<Option<Recognised>, DeviceError>, Stop> {
        let (witness, cancel) = (Arc::new(Listener::new(&self.said)), CancellationToken::new());
        let open = Open { read_only: true, ..Open::default() };
        let mut session = self
            .connect(vendor, &open, &witness, &cancel)
            .await
            .map_err(|error| format!("could not connect: {error}"))?;
        let seen = vendor.recognise(&mut session).await;
        self.said.push(format!("{seen:?}"));
        Ok(seen)
    }

    /// A driver that may write, not yet signed in.
    pub(super) async fn hand(&self) -> Result<Hand, Stop> {
        self.hand_as(Open::default()).await
    }

    /// A driver, not yet signed in.
    pub(super) async fn hand_as(&self, open: Open<'_>) -> Result<Hand, Stop> {
        let (witness, cancel) = (Arc::new(Listener::new(&self.said)), CancellationToken::new());
        if open.cancelled_by_first_write {
            witness.cancel_at_first(&cancel);
        }
        let connected = self.connect(self.vendor.as_ref(), &open, &witness, &cancel).await;
        let mut session = connected.map_err(|error| format!("could not connect: {error}"))?;
        let seen = self.vendor.recognise(&mut session).await;
        self.said.push(format!("{seen:?}"));
        let recognised = match seen {
            Ok(Some(recognised)) => recognised,
            Ok(None) => return Err("its own adapter does not recognise it".to_owned().into()),
            Err(error) => return Err(format!("could not be recognised: {error}").into()),
        };
        let credentials = (!open.nobody).then(|| self.credentials(open.history));
        let driver = self.vendor.driver(session, recognised, credentials);
        Ok(Hand { driver, cancel, witness, said: self.said.clone() })
    }

    /// Nobody is left signed in.
    pub(super) fn left_clean(&self) -> Result<(), Stop> {
        match self.truth().sessions {
            0 => Ok(()),
            left => Err(format!("{left} administrator session(s) left open after close").into()),
        }
    }

    /// The device is as it was: nothing stored, nothing lost, nobody left signed in.
    pub(super) fn untouched(&self, before: &Truth) -> Result<(), Stop> {
        let after = self.truth();
        same(before, &after, &before.smtp)?;
        if after.writes != before.writes {
            return Err(format!("{} save(s) were carried out", after.writes - before.writes).into());
        }
        self.left_clean()
    }

    /// The device holds exactly this, and all else is as it was.
    pub(super) fn holds(&self, before: &Truth, smtp: &SmtpSettings) -> Result<(), Stop> {
        let mut after = self.truth();
        if self.profile.offers.loses_password.is_some() {
            after.password_sha256.clone_from(&before.password_sha256);
        }
        same(before, &after, smtp)
    }
}

/// The SHA-256 of the password that the suite stores, as the truth tells it.
pub(super) fn planted_sha256() -> String {
    sha256(SMTP_PASSWORD)
}

/// The SHA-256 of a text, lower-case hexadecimal.
pub(super) fn sha256(text: &str) -> String {
    use sha2::Digest as _;
    sha2::Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Compares the truth with what it was but for the settings, which are to be these. A stored password must be the same.
fn same(before: &Truth, after: &Truth, smtp: &SmtpSettings) -> Result<(), Stop> {
    let mut wrong = differences(&after.smtp, smtp);
    if after.password_sha256 != before.password_sha256 {
        wrong.push("the stored password is another one".into());
    }
    wrong.extend(collateral(before, after));
    none("the device", wrong)
}

/// What else on the page became other than it was.
pub(super) fn collateral(before: &Truth, after: &Truth) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, value) in &before.others {
        let now = after.others.get(name).map_or("gone", String::as_str);
        if now != value {
            wrong.push(format!("{name} was {value:?} and is {now:?} although nobody asked for it"));
        }
    }
    if after.other_passwords != before.other_passwords {
        wrong.push("another stored password changed".into());
    }
    wrong
}

/// Where settings differ, passwords aside; "what: is X, not Y".
pub(super) fn differences(is: &SmtpSettings, wanted: &SmtpSettings) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut compare = |what: &str, is: String, wanted: String| {
        if is != wanted {
            wrong.push(format!("{what} is {is}, not {wanted}"));
        }
    };
    compare("server", format!("{:?}", is.server), format!("{:?}", wanted.server));
    compare("port", format!("{:?}", is.port), format!("{:?}", wanted.port));
    compare("security", format!("{:?}", is.security), format!("{:?}", wanted.security));
    compare("sender", format!("{:?}", is.sender), format!("{:?}", wanted.sender));
    compare("auth.method", format!("{:?}", is.auth.method), format!("{:?}", wanted.auth.method));
    compare("auth.user", format!("{:?}", is.auth.user), format!("{:?}", wanted.auth.user));
    compare("auth.sender", format!("{:?}", is.auth.sender), format!("{:?}", wanted.auth.sender));
    wrong
}

/// Nothing is wrong, or all of it in one line.
pub(super) fn none(who: &str, wrong: Vec<String>) -> Result<(), Stop> {
    if wrong.is_empty() { Ok(()) } else { Err(format!("{who}: {}", wrong.join("; ")).into()) }
}
