//! Certificates as copiers have them: self-signed, weak, expired.

use std::sync::OnceLock;

use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::ssl::{SslContext, SslContextBuilder, SslMethod, SslOptions, SslVersion};
use openssl::x509::extension::{BasicConstraints, SubjectAlternativeName};
use openssl::x509::{X509, X509NameBuilder};

#[derive(Clone)]
pub struct Certificate {
    pub key: PKey<Private>,
    pub x509: X509,
}

impl Certificate {
    pub fn sha256(&self) -> String {
        let digest = self.x509.digest(MessageDigest::sha256()).unwrap();
        digest.iter().map(|b| format!("{b:02x}")).collect()
    }
}

/// A self-signed certificate valid from long ago until `days` from now (negative: expired).
pub fn certificate(bits: u32, digest: MessageDigest, days: i64) -> Certificate {
    build(bits, digest, days, None, false)
}

/// A decent self-signed certificate, made once: keys are slow to find.
pub fn common() -> Certificate {
    static COMMON: OnceLock<Certificate> = OnceLock::new();
    COMMON.get_or_init(|| certificate(2048, MessageDigest::sha256(), 30)).clone()
}

/// An authority and a certificate for 127.0.0.1 that it signed.
pub fn signed_by_own_ca() -> (Certificate, Certificate) {
    let authority = build(2048, MessageDigest::sha256(), 30, None, true);
    let leaf = build(2048, MessageDigest::sha256(), 30, Some(&authority), false);
    (authority, leaf)
}

fn build(
    bits: u32,
    digest: MessageDigest,
    days: i64,
    issuer: Option<&Certificate>,
    authority: bool,
) -> Certificate {
    let key = PKey::from_rsa(Rsa::generate(bits).unwrap()).unwrap();
    let mut name = X509NameBuilder::new().unwrap();
    name.append_entry_by_text("CN", if authority { "own authority" } else { "copier\u{1b}[31m" }).unwrap();
    let name = name.build();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() as i64;
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    let mut serial = BigNum::new().unwrap();
    serial.rand(64, openssl::bn::MsbOption::MAYBE_ZERO, false).unwrap();
    builder.set_serial_number(&serial.to_asn1_integer().unwrap()).unwrap();
    builder.set_subject_name(&name).unwrap();
    builder.set_issuer_name(issuer.map_or(&name, |i| i.x509.subject_name())).unwrap();
    builder.set_pubkey(&key).unwrap();
    builder.set_not_before(&Asn1Time::from_unix(now - 4000 * 86400).unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::from_unix(now + days * 86400).unwrap()).unwrap();
    if authority {
        builder.append_extension(BasicConstraints::new().critical().ca().build().unwrap()).unwrap();
    } else if issuer.is_some() {
        let alternative =
            SubjectAlternativeName::new().ip("127.0.0.1").build(&builder.x509v3_context(None, None));
        builder.append_extension(alternative.unwrap()).unwrap();
    }
    builder.sign(issuer.map_or(&key, |i| &i.key), digest).unwrap();
    Certificate { key, x509: builder.build() }
}

fn context(certificate: &Certificate, set: impl FnOnce(&mut SslContextBuilder)) -> SslContext {
    let mut builder = SslContext::builder(SslMethod::tls_server()).unwrap();
    builder.set_cipher_list("ALL:@SECLEVEL=0").unwrap();
    builder.set_min_proto_version(None).unwrap();
    set(&mut builder);
    builder.set_private_key(&certificate.key).unwrap();
    builder.set_certificate(&certificate.x509).unwrap();
    builder.build()
}

/// Whatever both sides can do best.
pub fn modern_context(certificate: &Certificate) -> SslContext {
    context(certificate, |_| {})
}

/// TLS 1.2 with RSA key exchange only.
pub fn tls12_rsa_context(certificate: &Certificate) -> SslContext {
    context(certificate, |builder| {
        builder.set_max_proto_version(Some(SslVersion::TLS1_2)).unwrap();
        builder.set_cipher_list("AES128-SHA:@SECLEVEL=0").unwrap();
    })
}

/// One old protocol version with the ciphers given.
pub fn legacy_context(certificate: &Certificate, version: SslVersion, ciphers: &str) -> SslContext {
    context(certificate, |builder| {
        builder.clear_options(SslOptions::NO_TLSV1 | SslOptions::NO_TLSV1_1);
        builder.set_min_proto_version(Some(SslVersion::TLS1)).unwrap();
        builder.set_max_proto_version(Some(version)).unwrap();
        builder.set_cipher_list(&format!("{ciphers}:@SECLEVEL=0")).unwrap();
    })
}
