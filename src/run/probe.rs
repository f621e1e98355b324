//! Is it there, what is it, does it let us in: one answer a device, nothing changed.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use scanfleet_sdk::transport::{Access, Scheme};
use scanfleet_sdk::{Category, DeviceError, Identity};
use serde::Serialize;

use super::engine::KnownSecret;
use super::{DeviceOutcome, Engine, Event, ResultKind};
use crate::inventory::Device;

/// Whether a port answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    /// Something listens there.
    Open,
    /// The connection was refused.
    Refused,
    /// Nothing came back in time.
    Silent,
    /// The name does not resolve, or there is no way there.
    Unreachable,
    /// It was not tried: the inventory names another port.
    Untried,
}

/// Whether the device answers a ping.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PingAnswer {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// This account may not send pings.
    NotAllowed,
}

/// What came of probing one device.
#[derive(Debug, Clone, Serialize)]
pub struct ProbeResult {
    /// The device's name in the inventory.
    pub name: String,
    /// Its address as the inventory writes it.
    pub address: String,
    /// Its subnet.
    pub subnet: String,
    /// `ok`, or `failed` with a category.
    pub result: &'static str,
    /// Ping.
    pub ping: PingAnswer,
    /// Port 80, or the inventory's own http port.
    pub http: Answer,
    /// Port 443, or the inventory's own https port.
    pub https: Answer,
    /// Who it says it is.
    pub identity: Option<Identity>,
    /// The family that knows it.
    pub family: Option<String>,
    /// Whether it let us in; null where that was not tried.
    pub login: Option<bool>,
    /// The stable category of a failure.
    pub category: Option<Category>,
    /// Full sentences.
    pub message: String,
    /// What else is worth knowing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

impl Engine {
    /// Probes many devices at once; `None` for those whose turn never came.
    pub async fn probe(&self, devices: Vec<(Device, Option<KnownSecret>)>) -> Vec<Option<ProbeResult>> {
        let engine = Arc::new(self.clone());
        let names: Vec<Device> = devices.iter().map(|(d, _)| d.clone()).collect();
        let job = move |(device, admin): (Device, Option<KnownSecret>)| {
            let engine = Arc::clone(&engine);
            async move { engine.probe_one(&device, admin.as_ref()).await }
        };
        let broken = |index: usize| {
            let mut result = ProbeResult::of(&names[index]);
            result.fail(&super::observe::broken_task());
            result
        };
        super::fleet::on_each(devices, self.settings.parallel, &self.settings.cancel, job, broken).await
    }

    async fn probe_one(&self, device: &Device, admin: Option<&KnownSecret>) -> ProbeResult {
        self.observer.event(&Event::Started { device: &device.name });
        let mut result = ProbeResult::of(device);
        self.step(&device.name, "looking for it");
        let endpoint = &device.endpoint;
        let (http, https) = match (endpoint.scheme, endpoint.port) {
            (Some(Scheme::Http), port) => {
                (Some(port.unwrap_or(80)), if port.is_none() { Some(443) } else { None })
            }
            (Some(Scheme::Https), port) => {
                (if port.is_none() { Some(80) } else { None }, Some(port.unwrap_or(443)))
            }
            (None, Some(port)) => (Some(port), Some(port)),
            (None, None) => (Some(80), Some(443)),
        };
        let wait = self.settings.limits.connect;
        (result.ping, result.http, result.https) = tokio::join!(
            ping(&endpoint.host, wait),
            knock(&endpoint.host, http, wait),
            knock(&endpoint.host, https, wait)
        );
        if let Err(error) = self.identify_and_log_in(device, admin, &mut result).await {
            result.fail(&error);
        } else if result.login.is_none() {
            result.message =
                "The device answers; the inventory names no administrator password to try.".into();
        }
        let mut outcome = DeviceOutcome::new(&device.name, ResultKind::Unchanged, result.message.clone());
        if let Some(category) = result.category {
            outcome.result = ResultKind::Failed;
            outcome.category = Some(category);
        }
        self.finished(&outcome);
        result
    }

    async fn identify_and_log_in(
        &self,
        device: &Device,
        admin: Option<&KnownSecret>,
        result: &mut ProbeResult,
    ) -> Result<(), DeviceError> {
        let access = |maker: &dyn scanfleet_sdk::Vendor| Access::ReadOnly(maker.reads());
        let mut attached = self.attach(device, admin, None, access, None, &self.settings.cancel).await?;
        result.identity = Some(attached.known.identity.clone());
        result.family = Some(attached.known.family.id.clone());
        let logged_in = match admin.is_some() || !attached.driver.needs_password() {
            true => {
                let signed_in = self.sign_in(device, admin, None, &mut attached).await;
                result.identity = Some(attached.known.identity.clone());
                Some(signed_in)
            }
            false => None,
        };
        let closed = attached.driver.close().await;
        result.notes = super::observe::connection_notes(attached.driver.session().facts());
        match logged_in {
            None => {}
            Some(Ok(())) => result.login = Some(true),
            Some(Err(error)) => {
                result.login = Some(false);
                return Err(error);
            }
        }
        closed
    }
}

impl ProbeResult {
    fn of(device: &Device) -> Self {
        Self {
            name: device.name.clone(),
            address: device.address.clone(),
            subnet: device.subnet.clone(),
            result: "ok",
            ping: PingAnswer::NotAllowed,
            http: Answer::Untried,
            https: Answer::Untried,
            identity: None,
            family: None,
            login: None,
            category: None,
            message: "The device answers and lets us in.".into(),
            notes: Vec::new(),
        }
    }

    fn fail(&mut self, error: &DeviceError) {
        let outcome = DeviceOutcome::failed(&self.name, error);
        self.result = "failed";
        self.category = outcome.category;
        self.message = outcome.message;
    }
}

async fn knock(host: &str, port: Option<u16>, wait: Duration) -> Answer {
    let Some(port) = port else { return Answer::Untried };
    match tokio::time::timeout(wait, tokio::net::TcpStream::connect((host, port))).await {
        Err(_) => Answer::Silent,
        Ok(Ok(_)) => Answer::Open,
        Ok(Err(error)) if error.kind() == std::io::ErrorKind::ConnectionRefused => Answer::Refused,
        Ok(Err(_)) => Answer::Unreachable,
    }
}

async fn ping(host: &str, wait: Duration) -> PingAnswer {
    let address = match host.parse::<IpAddr>() {
        Ok(address) => Some(address),
        Err(_) => tokio::net::lookup_host((host, 0))
            .await
            .ok()
            .and_then(|mut all| all.next())
            .map(|a: SocketAddr| a.ip()),
    };
    let Some(address) = address else { return PingAnswer::No };
    let kind = if address.is_ipv6() { surge_ping::ICMP::V6 } else { surge_ping::ICMP::V4 };
    let Ok(client) = surge_ping::Client::new(&surge_ping::Config::builder().kind(kind).build()) else {
        return PingAnswer::NotAllowed;
    };
    let id = surge_ping::PingIdentifier(u16::try_from(std::process::id() & 0xffff).unwrap_or_default());
    let mut pinger = client.pinger(address, id).await;
    pinger.timeout(wait.min(Duration::from_secs(1)));
    match pinger.ping(surge_ping::PingSequence(0), b"scanfleet").await {
        Ok(_) => PingAnswer::Yes,
        Err(surge_ping::SurgeError::IOError(error))
            if error.kind() == std::io::ErrorKind::PermissionDenied =>
        {
            PingAnswer::NotAllowed
        }
        Err(_) => PingAnswer::No,
    }
}
