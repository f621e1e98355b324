//! Finding out how a device answers: https first, http only where that is safe to conclude.

use std::time::Duration;

use url::Url;

use super::wire::{OpenError, PlainWire, TlsWire, Wire, connect_tcp};
use super::{ConnectionFacts, Scheme, SessionOptions, TlsProfile};
use crate::error::Category;
use crate::{DeviceError, Fault};

/// How long a port other than 443 may keep silent at a TLS greeting before http is tried.
const SILENCE: Duration = Duration::from_secs(5);

/// What connecting found.
pub(super) struct Connected {
    pub(super) origin: Url,
    pub(super) wire: Box<dyn Wire>,
    pub(super) facts: ConnectionFacts,
}

pub(super) async fn connect(options: &SessionOptions) -> Result<Connected, DeviceError> {
    let endpoint = &options.endpoint;
    match (endpoint.scheme, endpoint.port) {
        (Some(Scheme::Https), port) => match tls(options, port.unwrap_or(443), None).await {
            Ok(connected) => Ok(connected),
            Err(error) => Err(failed(options, error)),
        },
        (Some(Scheme::Http), port) => http(options, port.unwrap_or(80), "the address says http").await,
        (None, Some(80)) => http(options, 80, "the address names port 80").await,
        (None, None) => match tls(options, 443, None).await {
            Err(OpenError::Refused(reason)) => http(options, 80, &reason).await,
            other => other.map_err(|error| failed(options, error)),
        },
        (None, Some(443)) => tls(options, 443, None).await.map_err(|error| failed(options, error)),
        (None, Some(port)) => match tls(options, port, Some(SILENCE)).await {
            Err(OpenError::NotTls(reason)) => http(options, port, &reason).await,
            other => other.map_err(|error| failed(options, error)),
        },
    }
}

async fn tls(options: &SessionOptions, port: u16, silence: Option<Duration>) -> Result<Connected, OpenError> {
    let mut wire = TlsWire::new(options, options.endpoint.host.clone(), port)?;
    let certificate = wire.open(silence).await?;
    let facts = ConnectionFacts {
        plain_http: false,
        legacy_tls: certificate.legacy_tls(),
        certificate: Some(certificate),
        requests: 0,
    };
    Ok(Connected { origin: origin(options, Scheme::Https, port)?, wire: Box::new(wire), facts })
}

/// `reason`: why https is out of the question.
async fn http(options: &SessionOptions, port: u16, reason: &str) -> Result<Connected, DeviceError> {
    let pinned = options.trust.pinned().await.map_err(|e| {
        DeviceError::workspace(tried(options), format!("the pinned certificates cannot be used: {e}"))
    })?;
    if pinned {
        return Err(DeviceError::new(
            Category::Tls,
            tried(options),
            format!("the device was https before, and now {reason}; it is not spoken to over http"),
        )
        .hint(format!(
            "find out why https is gone; if it was switched off on purpose, run `scanfleet trust forget {}`",
            options.device
        )));
    }
    if options.tls == TlsProfile::CertificateAuthority {
        return Err(DeviceError::new(
            Category::Tls,
            tried(options),
            format!("the inventory asks for a certificate of a known authority, and {reason}"),
        ));
    }
    // Only a look whether somebody listens; the wire opens its own connections.
    connect_tcp(&options.endpoint.host, port, options.limits.connect)
        .await
        .map_err(|error| match (error, options.endpoint.scheme, options.endpoint.port) {
            (OpenError::Refused(got), None, None) => OpenError::Unreachable(format!("{reason}, and {got}")),
            (OpenError::Unreachable(got), None, None) => {
                OpenError::Unreachable(format!("{reason}, and {got}"))
            }
            (error, ..) => error,
        })
        .map_err(|error| failed(options, error))?;
    let origin = origin(options, Scheme::Http, port).map_err(|error| failed(options, error))?;
    let wire = Box::new(PlainWire::new(options.limits.clone()));
    Ok(Connected { origin, wire, facts: ConnectionFacts { plain_http: true, ..ConnectionFacts::default() } })
}

fn origin(options: &SessionOptions, scheme: Scheme, port: u16) -> Result<Url, OpenError> {
    options.endpoint.root(scheme, port).ok_or_else(|| {
        OpenError::Unreachable(format!("`{}` is not a host that an address can hold", options.endpoint.host))
    })
}

fn tried(options: &SessionOptions) -> String {
    format!("connect to {}", options.endpoint)
}

fn failed(options: &SessionOptions, error: OpenError) -> DeviceError {
    let failure = error.into_failure();
    if failure.fault == Fault::Workspace {
        return DeviceError::workspace(tried(options), failure.got);
    }
    let error = DeviceError::new(failure.category, tried(options), failure.got);
    match failure.hint {
        Some(hint) => error.hint(hint),
        None if failure.category == Category::Unreachable => error.hint(UNREACHABLE),
        None => error,
    }
}

/// What to do when nothing answers.
pub(super) const UNREACHABLE: &str =
    "check that the device is switched on, that the address is right and that this machine may reach it";
