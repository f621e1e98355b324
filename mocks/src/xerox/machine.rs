//! The device as the lab knows it.

use std::ops::{Deref, DerefMut};
use std::sync::MutexGuard;
use std::time::Duration;

use super::book::Import;
use super::clone_file;
use super::device::{Device, Inner, SERVER};
use super::route::Kind;
use crate::http::{Form, Manner, Reply, Request};
use crate::machine::{Aftermath, Answer, Common, Instead, Machine, PageKind as _, Purpose};
use crate::mail::client::{Login, MailClientSettings, Security};
use crate::settings::{Item, PasswordKind};
use crate::spec::DeviceSpec;

/// The part of a locked device that all machines share.
struct Shared<'a>(MutexGuard<'a, Inner>);

impl Deref for Shared<'_> {
    type Target = Common;

    fn deref(&self) -> &Common {
        &self.0.common
    }
}

impl DerefMut for Shared<'_> {
    fn deref_mut(&mut self) -> &mut Common {
        &mut self.0.common
    }
}

impl Machine for Device {
    fn spec(&self) -> &DeviceSpec {
        &self.spec
    }

    fn lock(&self) -> Box<dyn DerefMut<Target = Common> + '_> {
        Box::new(Shared(self.inner()))
    }

    fn answer(&self, request: &Request) -> Answer {
        let parts = if request.method == "POST" { request.parts() } else { None };
        let form = match &parts {
            Some(parts) => Form::of_parts(parts),
            None if request.method == "POST" => request.form(),
            None => Form::default(),
        };
        let kind = Kind::of(&self.profile, request, &form);
        let name = kind.name();
        let mut inner = self.inner();
        let mut strike = inner.faults.strike(kind, &request.path);
        let slow = Duration::from_millis(strike.slow);
        match strike.instead.take() {
            Some(Instead::Silence(manner)) => {
                inner.note(request, name, 0);
                return Answer { slow, ..Answer::silence(manner) };
            }
            Some(Instead::Answer(response)) => {
                inner.note(request, name, response.status);
                return Answer { slow, ..Answer::plain(response.by(SERVER)) };
            }
            Some(Instead::Restart(ms)) => {
                inner.note(request, name, 0);
                let aftermath = Aftermath::Restart(Duration::from_millis(ms));
                return Answer { slow, aftermath, ..Answer::silence(Manner::Drop) };
            }
            None => {}
        }
        let manner = strike.manner.unwrap_or(Manner::Whole);
        let outcome = self.outcome(&mut inner, request, (form, parts.unwrap_or_default()), kind, strike);
        let response = outcome.response.by(SERVER);
        inner.note(request, name, if manner == Manner::Drop { 0 } else { response.status });
        Answer { slow, errand: outcome.errand, ..Answer::plain(Reply { response, manner }) }
    }

    fn is_open(&self, path: &str) -> bool {
        // The home page comes in plain; the log-in switches to https.
        let kind = Kind::of_page(&self.profile, path);
        !self.is_shut(kind)
            && !matches!(kind, Kind::AuthForm | Kind::AfterLogin)
            && !path.ends_with("/xerox.set")
    }

    fn sessions(&self) -> usize {
        self.inner().sessions.open()
    }

    fn expire(&self) {
        self.inner().sessions.expire();
    }

    fn power_cycle(&self) {
        let mut inner = self.inner();
        inner.sessions.clear();
        inner.account_locked = false;
        inner.failed_logins = 0;
        inner.panel_in_use = false;
        inner.import = Import::default();
    }

    fn reset(&self) {
        *self.inner() = Inner::new(&self.spec);
    }

    /// The clone file with all groups, where the device can be cloned.
    fn saved_file(&self) -> Option<Vec<u8>> {
        self.profile.cloning.as_ref()?;
        Some(clone_file::bytes(&self.spec, &self.profile, &self.inner(), true))
    }

    /// That the device's own log-in is used where `credentialSource` says `system`, and none otherwise, follows from
    /// the manuals' labels; that the test mail counts as automated mail is INVENTED.
    fn mail_client(&self, purpose: Purpose) -> Option<MailClientSettings> {
        let inner = self.inner();
        let held = &inner.settings;
        let server = held.get(Item::SmtpServer);
        if server.is_empty() || server == "0.0.0.0" || held.get(Item::ServerChoice) != "manual" {
            return None;
        }
        let mut settings = MailClientSettings::new(server, held.smtp_port(), held.get(Item::DeviceAddress));
        settings.security = match held.get(Item::SmtpSecurity) {
            "starttls_if_offered" => Security::StarttlsIfOffered,
            "starttls" => Security::Starttls,
            "tls" => Security::Tls,
            _ => Security::None,
        };
        let source = match purpose {
            Purpose::Scan => Item::UserJobsLogin,
            Purpose::Automatic => Item::SystemJobsLogin,
        };
        settings.auth = (held.get(source) == "system").then(|| {
            let password = inner.passwords.get(&PasswordKind::Smtp).cloned().unwrap_or_default();
            Login::new(held.get(Item::SmtpUser), password)
        });
        settings.tls_max = self.profile.mail_tls_max;
        Some(settings)
    }
}
