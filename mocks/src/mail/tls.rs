//! TLS of the mail side: one generated certificate for the process, a server side that can still speak TLS 1.0,
//! and the client side of an old copier.

use std::io;
use std::sync::OnceLock;

use openssl::asn1::{Asn1Integer, Asn1Time};
use openssl::bn::{BigNum, MsbOption};
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::ssl::{
    Ssl, SslAcceptor, SslConnector, SslMethod, SslMode, SslOptions, SslVerifyMode, SslVersion,
};
use openssl::x509::extension::{BasicConstraints, SubjectAlternativeName};
use openssl::x509::{X509, X509NameBuilder};

use super::client::{MailClientSettings, TlsMax};
use super::tenant::TlsMin;

struct Identity {
    key: PKey<Private>,
    certificate: X509,
}

/// The identity of every mail server of this process: making an RSA key takes noticeable time.
fn identity() -> io::Result<&'static Identity> {
    static IDENTITY: OnceLock<Result<Identity, ErrorStack>> = OnceLock::new();
    IDENTITY.get_or_init(make_identity).as_ref().map_err(|error| io::Error::other(error.clone()))
}

fn make_identity() -> Result<Identity, ErrorStack> {
    // RSA, because old copiers know nothing else.
    let key = PKey::from_rsa(Rsa::generate(2048)?)?;
    let mut name = X509NameBuilder::new()?;
    name.append_entry_by_text("O", "Lab mail service")?;
    name.append_entry_by_text("CN", "outlook.com")?;
    let name = name.build();
    let mut serial = BigNum::new()?;
    serial.rand(127, MsbOption::MAYBE_ZERO, false)?;
    let mut builder = X509::builder()?;
    builder.set_version(2)?;
    builder.set_serial_number(&*Asn1Integer::from_bn(&serial)?)?;
    builder.set_subject_name(&name)?;
    builder.set_issuer_name(&name)?;
    builder.set_pubkey(&key)?;
    builder.set_not_before(&*Asn1Time::days_from_now(0)?)?;
    builder.set_not_after(&*Asn1Time::days_from_now(365)?)?;
    builder.append_extension(BasicConstraints::new().critical().ca().build()?)?;
    let names = SubjectAlternativeName::new()
        .dns("outlook.com")
        .dns("*.outlook.com")
        .dns("*.outlook.office365.com")
        .dns("smtp.office365.com")
        .dns("*.mail.protection.outlook.com")
        .dns("mail.protection.outlook.com")
        .build(&builder.x509v3_context(None, None))?;
    builder.append_extension(names)?;
    builder.sign(&key, MessageDigest::sha256())?;
    Ok(Identity { key, certificate: builder.build() })
}

/// The certificate as PEM.
pub(super) fn certificate_pem() -> io::Result<Vec<u8>> {
    identity()?.certificate.to_pem().map_err(io::Error::other)
}

/// The server's side for all its doors.
pub(super) fn acceptor() -> io::Result<SslAcceptor> {
    let identity = identity()?;
    let make = || {
        let mut builder = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server())?;
        builder.clear_options(SslOptions::NO_TLSV1 | SslOptions::NO_TLSV1_1);
        builder.set_min_proto_version(Some(SslVersion::TLS1))?;
        // TLS below 1.2 needs security level 0; how old a version is welcome is decided for each handshake.
        builder.set_cipher_list("ALL:!aNULL:!eNULL:@SECLEVEL=0")?;
        builder.set_private_key(&identity.key)?;
        builder.set_certificate(&identity.certificate)?;
        builder.check_private_key()?;
        Ok(builder.build())
    };
    make().map_err(|error: ErrorStack| io::Error::other(error))
}

/// One handshake of the server.
pub(super) fn server_side(acceptor: &SslAcceptor, min: TlsMin) -> io::Result<Ssl> {
    let make = || {
        let mut ssl = Ssl::new(acceptor.context())?;
        if min == TlsMin::Tls12ByHandshake {
            ssl.set_min_proto_version(Some(SslVersion::TLS1_2))?;
        }
        Ok(ssl)
    };
    make().map_err(|error: ErrorStack| io::Error::other(error))
}

/// One handshake of a copier.
pub(super) fn client_side(settings: &MailClientSettings) -> io::Result<Ssl> {
    let make = || {
        let mut builder = SslConnector::builder(SslMethod::tls_client())?;
        builder.set_mode(SslMode::AUTO_RETRY);
        builder.set_min_proto_version(Some(SslVersion::TLS1))?;
        builder.set_max_proto_version(settings.tls_max.map(|max| match max {
            TlsMax::Tls10 => SslVersion::TLS1,
            TlsMax::Tls11 => SslVersion::TLS1_1,
            TlsMax::Tls12 => SslVersion::TLS1_2,
        }))?;
        builder.set_cipher_list("ALL:!aNULL:!eNULL:@SECLEVEL=0")?;
        if let Some(pem) = &settings.trusted {
            for certificate in X509::stack_from_pem(pem)? {
                builder.cert_store_mut().add_cert(certificate)?;
            }
        } else {
            builder.set_verify(SslVerifyMode::NONE);
        }
        let configuration = builder
            .build()
            .configure()?
            .verify_hostname(settings.trusted.is_some())
            // An address is no name for SNI, and old firmware leaves SNI out anyway.
            .use_server_name_indication(settings.server.parse::<std::net::IpAddr>().is_err());
        configuration.into_ssl(&settings.server)
    };
    make().map_err(|error: ErrorStack| io::Error::other(error))
}
