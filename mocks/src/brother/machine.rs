//! The machine as the lab knows it.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, MutexGuard};
use std::time::Duration;

use super::device::{Device, Done, Inner, Visit};
use super::route::Kind;
use super::wire::Fields;
use crate::http::{Manner, Reply, Request};
use crate::machine::{Aftermath, Answer, Common, Instead, Machine, PageKind as _, Purpose};
use crate::mail::client::{Login, MailClientSettings, Security};
use crate::settings::{Item, PasswordKind};
use crate::spec::DeviceSpec;

/// The part of a locked machine that all machines share.
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

impl Device {
    /// No page, in this manner.
    fn silence(&self, manner: Manner, slow: Duration) -> Answer {
        Answer { slow, ..Answer::plain(Reply { response: self.html(""), manner }) }
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
        let fields = match &parts {
            Some(parts) => Fields::of_parts(parts),
            None if request.method == "POST" => Fields::parse(&request.body),
            None => Fields::default(),
        };
        let kind = Kind::of(&self.profile, request, &fields);
        let mut inner = self.inner();
        if request.method == "POST" && request.header("content-length").is_none() {
            inner.note(request, kind.name(), 411);
            return Answer::plain(self.plain(411, "text/html", ""));
        }
        let mut strike = inner.faults.strike(kind, &request.path);
        let slow = Duration::from_millis(strike.slow);
        match strike.instead.take() {
            Some(Instead::Silence(manner)) => {
                inner.note(request, kind.name(), 0);
                return self.silence(manner, slow);
            }
            Some(Instead::Answer(response)) => {
                inner.note(request, kind.name(), response.status);
                return Answer { slow, ..Answer::plain(response.by(&self.profile.server)) };
            }
            Some(Instead::Restart(ms)) => {
                inner.note(request, kind.name(), 0);
                let aftermath = Aftermath::Restart(Duration::from_millis(ms));
                return Answer { aftermath, ..self.silence(Manner::Drop, slow) };
            }
            None => {}
        }
        inner.sessions.sweep(self.profile.idle);
        if strike.expire {
            inner.sessions.expire();
        }
        let manner = strike.manner.unwrap_or(Manner::Whole);
        let session =
            request.cookies("AuthCookie").find(|cookie| inner.sessions.knows(cookie)).map(str::to_owned);
        let visit = Visit { request, kind, fields, parts: parts.unwrap_or_default(), session, strike };
        let Done { response, aftermath, errand } = self.page(&mut inner, &visit);
        inner.note(request, kind.name(), if manner == Manner::Drop { 0 } else { response.status });
        Answer { reply: Reply { response, manner }, aftermath, slow, errand }
    }

    fn is_open(&self, path: &str) -> bool {
        let kind = Kind::of_path(&self.profile, path);
        !self.protected(kind)
    }

    fn sessions(&self) -> usize {
        let mut inner = self.inner();
        inner.sessions.sweep(self.profile.idle);
        inner.sessions.open()
    }

    fn expire(&self) {
        self.inner().sessions.expire();
    }

    fn power_cycle(&self) {
        let mut inner = self.inner();
        inner.sessions.expire();
        inner.account_locked = false;
        inner.failed_logins = 0;
        inner.panel_in_use = false;
        inner.http_wanted = None;
        inner.test = Arc::default();
        inner.import = None;
    }

    fn reset(&self) {
        *self.inner() = Inner::new(&self.spec);
    }

    fn server(&self) -> &str {
        &self.profile.server
    }

    fn one_at_a_time(&self) -> Option<Duration> {
        Some(self.profile.patience)
    }

    /// SSL is TLS from the first byte and TLS is STARTTLS: an assumption, as is that a certificate is good only when the
    /// administrator has put its authority in, which nobody has here.
    fn mail_client(&self, _: Purpose) -> Option<MailClientSettings> {
        let inner = self.inner();
        let held = &inner.settings;
        let server = held.get(Item::SmtpServer);
        if server.is_empty() {
            return None;
        }
        let mut settings = MailClientSettings::new(server, held.smtp_port(), held.get(Item::DeviceAddress));
        settings.security = match held.get(Item::SmtpSecurity) {
            "tls" => Security::Tls,
            "starttls" => Security::Starttls,
            "starttls_if_offered" => Security::StarttlsIfOffered,
            _ => Security::None,
        };
        settings.auth = held.on(Item::SmtpAuth).then(|| {
            let password = inner.passwords.get(&PasswordKind::Smtp).cloned().unwrap_or_default();
            Login::new(held.get(Item::SmtpUser), password)
        });
        settings.trusted = held.on(Item::VerifyCertificate).then(Vec::new);
        settings.tls_max = self.profile.mail_tls_max;
        Some(settings)
    }
}
