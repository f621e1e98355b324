//! Clone files: what the lab's devices save, and files that are damaged, sealed or made to do harm.
#![allow(missing_docs, clippy::unwrap_used)]

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use scanfleet_mocks::{Item, Lab, LabSpec};
use scanfleet_sdk::{AuthMethod, PasswordState, Saved, SavedError, Security, Vendor as _};
use scanfleet_xerox::Xerox;

const HEAD: &str = "%%XRXbegin\n%%OID_ATT_JOB_COMMENT \"device-clone@WorkCentre_7835\"\n%%OID_ATT_DLM_NAME \"cloning\"\n%%XRXend\n";
const SETTINGS: &str = "set auditlog.enabled = TRUE\n\
     set connectivity.smtp.credentialSource.systemJobs = system\n\
     set connectivity.smtp.credentialSource.userJobs = system\n\
     set connectivity.smtp.emailAddress = mfp@example.test\n\
     set connectivity.smtp.encryption = none\n\
     set connectivity.smtp.password = 0x00112233445566778899AABBCCDDEEFFAA\n\
     set connectivity.smtp.server = 192.0.2.10:25\n\
     set connectivity.smtp.serverChoice = manual\n\
     set connectivity.smtp.username = \"scanner\"\n";
const PART: &str = "data/cloneStorage/cfg_clone";

fn read(bytes: &[u8]) -> Option<Result<Saved, SavedError>> {
    Xerox::default().read_saved(bytes)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A part of a tar; `size` is what its head says.
fn part(name: &str, kind: u8, content: &[u8], size: u64) -> Vec<u8> {
    let mut header = [0_u8; 512];
    header[..name.len()].copy_from_slice(name.as_bytes());
    header[124..135].copy_from_slice(format!("{size:011o}").as_bytes());
    header[148..156].copy_from_slice(b"        ");
    header[156] = kind;
    header[257..262].copy_from_slice(b"ustar");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let mut all = header.to_vec();
    all.extend_from_slice(content);
    all.resize(all.len().next_multiple_of(512), 0);
    all
}

fn file(parts: &[Vec<u8>]) -> Vec<u8> {
    let mut tar = parts.concat();
    tar.resize(tar.len() + 1024, 0);
    [HEAD.as_bytes(), &gzip(&tar)].concat()
}

fn with(settings: &str) -> Vec<u8> {
    file(&[part(PART, b'0', settings.as_bytes(), settings.len() as u64)])
}

#[track_caller]
fn refused(bytes: &[u8], why: &str) -> SavedError {
    let error = read(bytes).expect("it begins like a clone file").unwrap_err();
    assert!(error.got.contains(why), "{why}: {}", error.got);
    assert!(!error.next.is_empty());
    error
}

#[test]
fn the_lines_of_a_real_device() {
    let saved = read(&with(SETTINGS)).unwrap().unwrap();
    assert_eq!(saved.identity.model, "Xerox WorkCentre 7835");
    assert_eq!((saved.smtp.server.as_str(), saved.smtp.port), ("192.0.2.10", Some(25)));
    assert_eq!(saved.smtp.security, Some(Security::None));
    assert_eq!(saved.smtp.sender.as_deref(), Some("mfp@example.test"));
    assert_eq!(saved.smtp.auth.method, AuthMethod::Password);
    assert_eq!(saved.smtp.auth.user.as_deref(), Some("scanner"));
    assert_eq!(saved.smtp.password, PasswordState::Set);
    assert!(saved.notes.is_empty(), "{:?}", saved.notes);
    // The sealed password is nowhere.
    assert!(!format!("{saved:?}").contains("0x0011"));

    let empty =
        SETTINGS.replace("0x00112233445566778899AABBCCDDEEFFAA", "\"\"").replace("\"scanner\"", "\"\"");
    let saved = read(&with(&empty)).unwrap().unwrap();
    assert_eq!((saved.smtp.password, saved.smtp.auth.user), (PasswordState::Unset, None));
}

#[test]
fn what_the_file_does_not_tell_is_said() {
    let few =
        "set connectivity.smtp.server = mail.example.test:587\nset connectivity.smtp.encryption = rot13\n";
    let saved = read(&with(few)).unwrap().unwrap();
    assert_eq!((saved.smtp.security, saved.smtp.password), (None, PasswordState::Unreadable));
    assert_eq!(saved.smtp.auth.method, AuthMethod::Other);
    for told in ["rot13", "`connectivity.smtp.password`", "`connectivity.smtp.credentialSource.userJobs`"] {
        assert!(saved.notes.iter().any(|note| note.contains(told)), "{told}: {:?}", saved.notes);
    }
    let twice = format!("{SETTINGS}set connectivity.smtp.server = other.example.test:26\n");
    let saved = read(&with(&twice)).unwrap().unwrap();
    assert_eq!(saved.smtp.server, "other.example.test");
    assert!(saved.notes.iter().any(|note| note.contains("two values")), "{:?}", saved.notes);
    // A line that would write to a terminal is only text.
    let odd = SETTINGS.replace("mfp@example.test", "\u{1b}[31mmfp\u{202e}@example.test");
    assert_eq!(read(&with(&odd)).unwrap().unwrap().smtp.sender.as_deref(), Some("[31mmfp@example.test"));
}

#[test]
fn other_files_are_none_of_ours() {
    for bytes in [&b""[..], b"   ", b"\x1f\x8b\x08", b"<html>Please Login</html>", b"%%XRX", b"%!PS-Adobe"] {
        assert!(read(bytes).is_none(), "{bytes:?}");
    }
}

#[test]
fn damaged_and_sealed_files_are_refused() {
    let whole = with(SETTINGS);
    // Wherever it was cut off.
    for cut in [whole.len() - 1, whole.len() - 9, HEAD.len() + 30, HEAD.len() + 12] {
        refused(&whole[..cut], "damaged");
    }
    refused(HEAD.as_bytes(), "nothing follows its head");
    refused(&HEAD.as_bytes()[..20], "%%XRXend");
    refused(&[b"%%XRXbegin\n".as_slice(), &vec![b'x'; 200_000]].concat(), "%%XRXend");
    let mut flipped = whole.clone();
    let last = flipped.len() - 6;
    flipped[last] ^= 0xff;
    refused(&flipped, "damaged");
    refused(&[HEAD.as_bytes(), b"Salted__\x01\x02\x03"].concat(), "encrypted");
    refused(&with("\u{1}\u{2}\u{fffd} no lines"), "encrypted");
    let sealed = "data/cloneStorage/cfg_clone.enc";
    refused(&file(&[part(sealed, b'0', b"xxxx", 4)]), "encrypted");
    refused(&file(&[part("CloningManifest.xml", b'0', b"<x/>", 4)]), "no part");
    refused(&with("set ldap.maxSearchResults = 25\n"), "group was not exported");
}

#[test]
fn hostile_archives_do_no_harm() {
    let here = SETTINGS.as_bytes();
    let size = here.len() as u64;
    // Names that lead elsewhere are no part of ours, and nothing is unpacked.
    for name in [
        "../data/cloneStorage/cfg_clone",
        "/data/cloneStorage/cfg_clone",
        "data/../data/cloneStorage/cfg_clone",
    ] {
        refused(&file(&[part(name, b'0', here, size)]), "no part");
    }
    // A link of the right name is no part, either.
    refused(&file(&[part(PART, b'2', b"", 0)]), "no part");
    refused(&file(&[part(PART, b'0', here, size), part(PART, b'0', here, size)]), "twice");
    refused(&file(&[part(PART, b'0', here, 0o77_777_777_777)]), "bytes long");
    refused(&file(&[part(PART, b'0', here, size + 4096)]), "damaged");
    refused(&file(&[part("x", b'0', b"", 0o77_777_777_777)]), "damaged");
    let mut crooked = part(PART, b'0', here, size);
    crooked[0] ^= 1;
    refused(&file(&[crooked]), "checksum");
    let many: Vec<Vec<u8>> = (0..10_100).map(|_| part("x", b'0', b"", 0)).collect();
    refused(&file(&many), "no part");
    // A bomb of 300 MiB in as many kilobytes.
    let mut bomb = GzEncoder::new(Vec::new(), Compression::fast());
    bomb.write_all(&part("x", b'0', b"", 300 << 20)).unwrap();
    for _ in 0..300 {
        bomb.write_all(&vec![0; 1 << 20]).unwrap();
    }
    refused(&[HEAD.as_bytes(), &bomb.finish().unwrap()].concat(), "more than any device holds");
}

#[tokio::test]
async fn what_the_labs_devices_save() {
    for (profile, model) in [
        ("altalink-c8155", "Xerox AltaLink C8155"),
        ("workcentre-7835", "Xerox WorkCentre 7835"),
        ("workcentre-5735", "Xerox WorkCentre 5735"),
    ] {
        let mut spec = LabSpec::single(profile);
        let device = &mut spec.devices[0];
        device.smtp_password = Some("lab-not-a-secret".into());
        device.settings = device
            .settings
            .clone()
            .with(Item::SmtpServer, "mail.example.test")
            .with(Item::SmtpPort, "587")
            .with(Item::DeviceAddress, "mfp@example.test")
            .with(Item::SmtpUser, "scanner")
            .with(Item::UserJobsLogin, "system")
            .with(Item::SystemJobsLogin, "system");
        let lab = Lab::start(spec).await.unwrap();
        let saved = read(&lab.device("copier").saved_file().unwrap()).unwrap().unwrap();
        assert_eq!(saved.identity.model, model);
        assert_eq!(
            (saved.smtp.server.as_str(), saved.smtp.port),
            ("mail.example.test", Some(587)),
            "{profile}"
        );
        assert_eq!(saved.smtp.sender.as_deref(), Some("mfp@example.test"));
        assert_eq!(saved.smtp.auth.user.as_deref(), Some("scanner"));
        assert_eq!((saved.smtp.auth.method, saved.smtp.password), (AuthMethod::Password, PasswordState::Set));
        lab.device("copier").panel_smtp_password(None);
        let saved = read(&lab.device("copier").saved_file().unwrap()).unwrap().unwrap();
        assert_eq!(saved.smtp.password, PasswordState::Unset);
        lab.shutdown().await;
    }
}

proptest! {
    #[test]
    fn no_file_breaks_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..400), at in 0..4000_usize) {
        let _ = read(&[HEAD.as_bytes(), &bytes].concat());
        let _ = read(&[HEAD.as_bytes(), &gzip(&bytes)].concat());
        let mut whole = with(SETTINGS);
        let at = at % whole.len();
        whole[at] = bytes.first().copied().unwrap_or_default();
        let _ = read(&whole);
    }
}
