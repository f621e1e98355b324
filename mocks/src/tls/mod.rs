//! The certificates and TLS habits of copiers.
//!
//! Keys are made once in a process and shared; a certificate is made when a device is first spoken to.

use std::net::IpAddr;
use std::sync::OnceLock;

use openssl::asn1::{Asn1Integer, Asn1Time};
use openssl::bn::BigNum;
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::ssl::{SslAcceptor, SslContext, SslMethod, SslOptions, SslVersion};
use openssl::x509::extension::SubjectAlternativeName;
use openssl::x509::{X509, X509NameBuilder};

use crate::spec::TlsKind;

/// A day in seconds.
const DAY: i64 = 86_400;
/// The start of 2015, when the expired certificates began; they lasted five years.
const YEAR_2015: i64 = 1_420_070_400;

/// What a device shows of itself in a handshake.
pub(crate) struct Identity<'a> {
    pub(crate) kind: TlsKind,
    /// The common name.
    pub(crate) host_name: &'a str,
    pub(crate) address: IpAddr,
    /// Distinguishes the certificate from the device's others.
    pub(crate) generation: u32,
}

/// The TLS side of a device.
pub(crate) fn context(identity: &Identity<'_>) -> Result<SslContext, ErrorStack> {
    let key = key(identity.kind)?;
    let mut builder = match identity.kind {
        TlsKind::Legacy => {
            let mut builder = SslAcceptor::mozilla_intermediate(SslMethod::tls_server())?;
            // TLS 1.0, SHA-1 and 1024 bits exist only at security level 0.
            builder.set_security_level(0);
            builder.clear_options(SslOptions::NO_TLSV1 | SslOptions::NO_TLSV1_1);
            builder.set_min_proto_version(Some(SslVersion::TLS1))?;
            builder.set_max_proto_version(Some(SslVersion::TLS1))?;
            builder.set_cipher_list("AES128-SHA:AES256-SHA:@SECLEVEL=0")?;
            builder
        }
        TlsKind::None | TlsKind::SelfSigned | TlsKind::Expired => {
            let mut builder = SslAcceptor::mozilla_intermediate(SslMethod::tls_server())?;
            builder.set_max_proto_version(Some(SslVersion::TLS1_2))?;
            builder
        }
    };
    let certificate = certificate(identity, key)?;
    builder.set_certificate(&certificate)?;
    builder.set_private_key(key)?;
    Ok(builder.build().into_context())
}

fn certificate(identity: &Identity<'_>, key: &PKey<Private>) -> Result<X509, ErrorStack> {
    let mut name = X509NameBuilder::new()?;
    name.append_entry_by_text("O", "Example Copier Lab")?;
    // The common name may not be longer than 64 characters.
    name.append_entry_by_text("CN", &identity.host_name.chars().take(64).collect::<String>())?;
    let name = name.build();

    let mut builder = X509::builder()?;
    builder.set_version(2)?;
    let mut serial = BigNum::new()?;
    serial.rand(63, openssl::bn::MsbOption::MAYBE_ZERO, false)?;
    builder.set_serial_number(Asn1Integer::from_bn(&serial)?.as_ref())?;
    builder.set_subject_name(&name)?;
    builder.set_issuer_name(&name)?;
    builder.set_pubkey(key)?;
    match identity.kind {
        TlsKind::Expired => {
            builder.set_not_before(Asn1Time::from_unix(YEAR_2015)?.as_ref())?;
            builder.set_not_after(Asn1Time::from_unix(YEAR_2015 + 5 * 365 * DAY)?.as_ref())?;
        }
        TlsKind::None | TlsKind::SelfSigned | TlsKind::Legacy => {
            builder.set_not_before(
                Asn1Time::from_unix(YEAR_2015 + i64::from(identity.generation) * DAY)?.as_ref(),
            )?;
            builder.set_not_after(Asn1Time::days_from_now(3650)?.as_ref())?;
        }
    }
    let alternative = SubjectAlternativeName::new()
        .ip(&identity.address.to_string())
        .build(&builder.x509v3_context(None, None))?;
    builder.append_extension(alternative)?;
    let digest = match identity.kind {
        TlsKind::Legacy => MessageDigest::sha1(),
        TlsKind::None | TlsKind::SelfSigned | TlsKind::Expired => MessageDigest::sha256(),
    };
    builder.sign(key, digest)?;
    Ok(builder.build())
}

fn key(kind: TlsKind) -> Result<&'static PKey<Private>, ErrorStack> {
    static MODERN: OnceLock<PKey<Private>> = OnceLock::new();
    static LEGACY: OnceLock<PKey<Private>> = OnceLock::new();
    let (cell, bits) = match kind {
        TlsKind::Legacy => (&LEGACY, 1024),
        TlsKind::None | TlsKind::SelfSigned | TlsKind::Expired => (&MODERN, 2048),
    };
    if let Some(key) = cell.get() {
        return Ok(key);
    }
    let fresh = PKey::from_rsa(Rsa::generate(bits)?)?;
    Ok(cell.get_or_init(|| fresh))
}
