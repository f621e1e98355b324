//! Secrets in the operating system's own keyring.
//!
//! These tests touch a real keyring, so each runs only when `SCANFLEET_TEST_KEYRING` names its situation, and says so
//! when it does not: `1` an unlocked keyring; `lock` an unlocked Secret Service that the test locks itself; `locked` one
//! that was never unlocked; `none` no keyring at all. `.ci/keyring` makes all four.

use std::io::Write;

use scanfleet::files::SecretRef;
use scanfleet::secrets::{
    Backend, CheckResult, MissingEntry, SecretError, Secrets, SecretsConfig, VERSIONS_KEPT,
};
use scanfleet_sdk::Secret;

fn situation(wanted: &str, test: &str) -> bool {
    let found = std::env::var("SCANFLEET_TEST_KEYRING").unwrap_or_default();
    assert!(
        ["", "1", "lock", "locked", "none"].contains(&found.as_str()),
        "SCANFLEET_TEST_KEYRING={found} is unknown"
    );
    if found != wanted {
        // Written past the test harness, which would keep it to itself.
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED {test}: needs SCANFLEET_TEST_KEYRING={wanted} and the keyring it stands for; `.ci/keyring` does it"
        );
    }
    found == wanted
}

fn open(dir: &tempfile::TempDir) -> Secrets {
    Secrets::open(SecretsConfig { index_dir: Some(dir.path().to_owned()), backend: Backend::Os }).unwrap()
}

/// A name of this test run's own, so that nothing of a person's is touched.
fn name(purpose: &str) -> String {
    format!("scanfleet-test/{}/{purpose}", uuid::Uuid::now_v7())
}

fn secret(text: &str) -> Secret {
    Secret::new(text.into())
}

fn get(secrets: &Secrets, name: &str) -> Result<(String, Option<u32>), SecretError> {
    let found = secrets.get(&SecretRef::Keyring(name.into()))?;
    Ok((found.secret.expose().to_owned(), found.version))
}

#[test]
fn an_unlocked_keyring_keeps_every_version() {
    if !situation("1", "an_unlocked_keyring_keeps_every_version") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let secrets = open(&dir);
    let (first, other) = (name("admin"), name("scan"));
    assert!(matches!(get(&secrets, &first), Err(SecretError::Missing { .. })));
    assert_eq!(secrets.set(&first, &secret("pässword one")).unwrap(), 1);
    assert_eq!(secrets.set(&first, &secret("two")).unwrap(), 2);
    assert_eq!(secrets.set(&other, &secret("")).unwrap(), 1);
    // Another program start, the same keyring.
    let secrets = open(&dir);
    assert_eq!(get(&secrets, &first).unwrap(), ("two".into(), Some(2)));
    assert_eq!(
        get(&secrets, &other).unwrap(),
        (String::new(), Some(1)),
        "some devices have an empty password"
    );
    assert_eq!(secrets.get_version(&first, 1).unwrap().expose(), "pässword one");
    assert!(matches!(secrets.get_version(&first, 9), Err(SecretError::MissingVersion { .. })));
    let names: Vec<String> = secrets.list().unwrap().into_iter().map(|entry| entry.name).collect();
    assert!(names.contains(&first) && names.contains(&other));

    let report = secrets.doctor();
    assert!(report.ok, "{report:?}");
    assert_eq!((report.locked, report.names, report.missing), (Some(false), 2, Some(Vec::new())));

    // Deleted behind our back: an index that is ahead of the keyring.
    let index = std::fs::read(dir.path().join("secrets.json")).unwrap();
    assert_eq!(secrets.delete(&first, true).unwrap(), [2, 1]);
    std::fs::write(dir.path().join("secrets.json"), index).unwrap();
    assert!(matches!(get(&secrets, &first), Err(SecretError::Vanished { version: 2, .. })));
    let report = secrets.doctor();
    let gone = |version| MissingEntry { name: first.clone(), version };
    assert_eq!(report.missing, Some(vec![gone(2), gone(1)]));
    assert!(!report.ok && report.advice.len() == 2, "{report:?}");
    secrets.delete(&first, true).unwrap();

    for turn in 0..12 {
        secrets.set(&other, &secret(&format!("turn {turn}"))).unwrap();
    }
    assert_eq!(secrets.list().unwrap()[0].versions.len(), VERSIONS_KEPT);
    assert_eq!(secrets.delete(&other, true).unwrap().len(), VERSIONS_KEPT);
    assert!(matches!(get(&secrets, &other), Err(SecretError::Missing { .. })));
}

#[tokio::test]
async fn it_may_be_asked_from_async_code() {
    if !situation("1", "it_may_be_asked_from_async_code") {
        return;
    }
    // The Secret Service store panics where an async runtime is running; ours must not, called wrongly or rightly.
    let dir = tempfile::tempdir().unwrap();
    let (secrets, name) = (open(&dir), name("async"));
    secrets.set(&name, &secret("x")).unwrap();
    let (again, asked) = (secrets.clone(), name.clone());
    let found = tokio::task::spawn_blocking(move || get(&again, &asked)).await.unwrap().unwrap();
    assert_eq!(found, ("x".into(), Some(1)));
    secrets.delete(&name, true).unwrap();
}

/// A keyring that holds the secret and is locked answers "no entry" to a reader.
#[test]
fn a_keyring_that_is_locked_later_is_told_from_a_missing_entry() {
    if !situation("lock", "a_keyring_that_is_locked_later_is_told_from_a_missing_entry") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let (secrets, there) = (open(&dir), name("admin"));
    secrets.set(&there, &secret("x")).unwrap();
    assert_eq!(get(&secrets, &there).unwrap().0, "x");
    let locked = std::process::Command::new("dbus-send")
        .args(["--session", "--print-reply", "--dest=org.freedesktop.secrets", "/org/freedesktop/secrets"])
        .args([
            "org.freedesktop.Secret.Service.Lock",
            "array:objpath:/org/freedesktop/secrets/aliases/default",
        ])
        .output()
        .unwrap();
    assert!(locked.status.success(), "{}", String::from_utf8_lossy(&locked.stderr));
    refuses_as_locked(&secrets, &there);
    assert_eq!(secrets.list().unwrap().len(), 1, "the index still knows it");
}

/// A keyring that nobody has unlocked or even made yet.
#[test]
fn a_keyring_that_was_never_unlocked_is_told_from_a_missing_entry() {
    if !situation("locked", "a_keyring_that_was_never_unlocked_is_told_from_a_missing_entry") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    refuses_as_locked(&open(&dir), &name("admin"));
}

fn refuses_as_locked(secrets: &Secrets, name: &str) {
    let error = get(secrets, name).unwrap_err();
    assert!(matches!(error, SecretError::Locked { .. }), "{error:?}");
    assert!(error.to_string().contains(name) && error.to_string().contains("nlock"), "{error}");
    let error = secrets.set(name, &secret("y")).unwrap_err();
    assert!(matches!(error, SecretError::Locked { .. }), "{error:?}");
    let report = secrets.doctor();
    assert_eq!((report.ok, report.locked), (false, Some(true)), "{report:?}");
    assert_eq!((&report.reachable, &report.read), (&CheckResult::Ok, &CheckResult::NotTried));
    assert!(report.advice[0].starts_with("The keyring is locked."), "{report:?}");
}

#[test]
fn no_keyring_is_said_with_what_to_do_and_files_still_work() {
    if !situation("none", "no_keyring_is_said_with_what_to_do_and_files_still_work") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let secrets = open(&dir);
    let error = get(&secrets, "north/admin").unwrap_err();
    assert!(matches!(error, SecretError::NoKeyring { .. }), "{error:?}");
    for word in [
        "keyring:north/admin",
        "dbus-run-session",
        "gnome-keyring-daemon --unlock",
        "file:PATH",
        "LoadCredential",
    ] {
        assert!(error.to_string().contains(word), "{word}: {error}");
    }
    let report = secrets.doctor();
    assert!(matches!(report.reachable, CheckResult::Failed(_)) && report.locked.is_none(), "{report:?}");
    let file = dir.path().join("password");
    std::fs::write(&file, "x\n").unwrap();
    assert_eq!(secrets.get(&SecretRef::File(file)).unwrap().secret.expose(), "x");
}
