//! The clone file: a text head, then a gzip of a tar with the settings as `set attribute = value`.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::device::Inner;
use super::profile::{SmtpField, XeroxProfile};
use crate::http::Response;
use crate::settings::{Item, PasswordKind};
use crate::spec::DeviceSpec;

/// The file as it is downloaded. Without an export before it there is none.
pub(super) fn download(spec: &DeviceSpec, profile: &XeroxProfile, inner: &Inner) -> Response {
    if inner.cloned.is_empty() {
        return Response::not_found();
    }
    let with_smtp = profile
        .cloning
        .as_ref()
        .is_some_and(|cloning| inner.cloned.iter().any(|group| group == cloning.smtp_group));
    let body = bytes(spec, profile, inner, with_smtp);
    let mut response = Response::plain(200, "application/octet-stream", body);
    response.header("Content-Disposition", "attachment; filename=\"cloning.dlm\"");
    response
}

/// The file's bytes, with the SMTP settings or without.
pub(super) fn bytes(spec: &DeviceSpec, profile: &XeroxProfile, inner: &Inner, with_smtp: bool) -> Vec<u8> {
    let mut body = head(&spec.model).into_bytes();
    let files = [
        ("CloningManifest.xml", manifest()),
        ("data/cloneStorage/cfg_clone", attributes(profile, inner, with_smtp)),
        ("data/cloneStorage/ds_clone", String::new()),
        ("data/cloneStorage/clone_install_requires_reboot", "FALSE\n".to_owned()),
    ];
    body.extend(gzip(&tar(&files)));
    body
}

fn head(model: &str) -> String {
    let model = model.trim_start_matches("Xerox ").replace(' ', "_");
    format!(
        "%%XRXbegin\n\
         %%OID_ATT_JOB_TYPE OID_VAL_JOB_TYPE_DYNAMIC_LOADABLE_MODULE\n\
         %%OID_ATT_JOB_SCHEDULING OID_VAL_JOB_SCHEDULING_AFTER_COMPLETE\n\
         %%OID_ATT_JOB_COMMENT \"device-clone@{model}\"\n\
         %%OID_ATT_JOB_COMMENT \"DLM toolkit 2.0\"\n\
         %%OID_ATT_DLM_NAME \"cloning\"\n\
         %%OID_ATT_DLM_VERSION \"NO_DLM_VERSION_CHECK\"\n\
         %%OID_ATT_DLM_SIGNATURE \"{}\"\n\
         %%OID_ATT_DLM_SIGNATURE1 \"{}\"\n\
         %%OID_ATT_DLM_EXTRACTION_CRITERIA \"extract /tmp/cloning.dnld\"\n\
         %%XRXend\n",
        // A signature by nobody, of the true length.
        "A".repeat(250),
        "A".repeat(94),
    )
}

fn manifest() -> String {
    "<?xml version=\"1.0\"?>\n<CloningManifest><part name=\"data/cloneStorage/cfg_clone\"/></CloningManifest>\n".into()
}

/// `cfg_clone`: the lines of the SMTP settings among a few others.
fn attributes(profile: &XeroxProfile, inner: &Inner, with_smtp: bool) -> String {
    let mut lines = vec![
        "set auditlog.enabled = TRUE".to_owned(),
        "set connectivity.http.portNumber = 80".to_owned(),
        "set connectivity.pop3.server = 0.0.0.0:110".to_owned(),
        "set connectivity.wsd.xrxdevcfg.enabled = TRUE".to_owned(),
        "set ldap.maxSearchResults = 25".to_owned(),
        "set security.webSystemTimeout = 60".to_owned(),
    ];
    if with_smtp {
        let held = &inner.settings;
        for field in &profile.smtp.fields {
            let (attribute, value) = match field {
                SmtpField::Server(attribute) => {
                    let host = match held.get(Item::SmtpServer) {
                        "" => "0.0.0.0",
                        host => host,
                    };
                    (attribute, format!("{host}:{}", held.get(Item::SmtpPort)))
                }
                SmtpField::Setting(item, attribute) => (attribute, profile.smtp.wire(*item, held.get(*item))),
                SmtpField::Password(attribute) => (
                    attribute,
                    inner.passwords.get(&PasswordKind::Smtp).map_or(String::new(), |it| sealed(it)),
                ),
                _ => continue,
            };
            let value = if value.is_empty() { "\"\"".to_owned() } else { value };
            lines.push(format!("set {attribute} = {value}"));
        }
    }
    lines.sort();
    lines.push(String::new());
    lines.join("\n")
}

/// A password as the file shows it: `0x`, 32 digits of an encrypted block, `AA`. The lab has no key; a digest stands
/// in for the block.
fn sealed(password: &str) -> String {
    let digest = openssl::sha::sha256(password.as_bytes());
    let block: String = digest.iter().take(16).map(|byte| format!("{byte:02X}")).collect();
    format!("0x{block}AA")
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    // Writing into memory does not fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

/// A tar in the `ustar` form.
fn tar(files: &[(&str, String)]) -> Vec<u8> {
    let mut archive = Vec::new();
    for (name, content) in files {
        let mut header = [0_u8; 512];
        let mut put = |at: usize, text: &str| header[at..at + text.len()].copy_from_slice(text.as_bytes());
        put(0, name);
        put(100, "0000644\0");
        put(108, "0000000\0");
        put(116, "0000000\0");
        put(124, &format!("{:011o}\0", content.len()));
        put(136, "00000000000\0");
        put(148, "        ");
        put(156, "0");
        put(257, "ustar\x0000");
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        archive.extend_from_slice(&header);
        archive.extend_from_slice(content.as_bytes());
        archive.resize(archive.len().next_multiple_of(512), 0);
    }
    archive.resize(archive.len() + 1024, 0);
    archive
}
