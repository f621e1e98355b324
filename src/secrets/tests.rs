//! Secrets on stand-ins for keyrings that are locked, absent or odd. The real one is in `tests/keyring.rs`.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use scanfleet_sdk::Secret;

use super::index::Shelf;
use super::vault::{Memory, Vault, VaultError};
use super::*;
use crate::files::SecretRef;

/// A keyring that answers as the Secret Service does, and can be locked or taken away.
#[derive(Default)]
struct Odd {
    memory: Memory,
    locked: AtomicBool,
    gone: AtomicBool,
}

/// The same keyring, so that a test can turn its key.
struct Shared(std::sync::Arc<Odd>);

impl Shared {
    fn answers(&self) -> Result<(), VaultError> {
        if self.0.gone.load(Ordering::Relaxed) {
            return Err(VaultError::Unreachable("no bus".into()));
        }
        Ok(())
    }
}

impl Vault for Shared {
    fn describe(&self) -> String {
        "a stand-in".into()
    }

    fn get(&self, account: &str) -> Result<Option<Secret>, VaultError> {
        self.answers()?;
        // As measured: a locked keyring says "no entry" to a reader.
        if self.0.locked.load(Ordering::Relaxed) { Ok(None) } else { self.0.memory.get(account) }
    }

    fn set(&self, account: &str, secret: &Secret) -> Result<(), VaultError> {
        self.answers()?;
        if self.0.locked.load(Ordering::Relaxed) {
            return Err(VaultError::Locked("no result".into()));
        }
        self.0.memory.set(account, secret)
    }

    fn delete(&self, account: &str) -> Result<bool, VaultError> {
        self.answers()?;
        if self.0.locked.load(Ordering::Relaxed) { Ok(false) } else { self.0.memory.delete(account) }
    }

    fn limit(&self) -> Option<usize> {
        Some(2560)
    }
}

fn odd() -> (Secrets, std::sync::Arc<Odd>) {
    let odd = std::sync::Arc::new(Odd::default());
    (Secrets::with(Box::new(Shared(odd.clone())), Shelf::Memory(Mutex::default())), odd)
}

fn secret(text: &str) -> Secret {
    Secret::new(text.into())
}

fn keyring(name: &str) -> SecretRef {
    SecretRef::Keyring(name.into())
}

#[test]
fn versions_count_up_and_former_ones_stay() {
    let secrets = Secrets::open(SecretsConfig { index_dir: None, backend: Backend::Memory }).unwrap();
    for turn in 1..=12 {
        assert_eq!(secrets.set("north/admin", &secret(&format!("value {turn}"))).unwrap(), turn);
    }
    let now = secrets.get(&keyring("north/admin")).unwrap();
    assert_eq!((now.secret.expose(), now.version), ("value 12", Some(12)));
    assert_eq!(secrets.get_version("north/admin", 3).unwrap().expose(), "value 3");
    let error = secrets.get_version("north/admin", 2).unwrap_err();
    assert!(
        matches!(&error, SecretError::MissingVersion { versions, .. } if versions.len() == VERSIONS_KEPT)
    );
    let list = secrets.list().unwrap();
    assert_eq!((list.len(), list[0].current, list[0].versions.len()), (1, 12, 10));
    assert_eq!(list[0].versions[0].version, 12);

    assert_eq!(secrets.delete("north/admin", false).unwrap(), [12]);
    assert_eq!(secrets.get(&keyring("north/admin")).unwrap().version, Some(11));
    assert_eq!(secrets.delete("north/admin", true).unwrap().len(), 9);
    assert!(secrets.list().unwrap().is_empty());
    assert!(matches!(secrets.get(&keyring("north/admin")), Err(SecretError::Missing { .. })));
    assert!(matches!(secrets.delete("north/admin", true), Err(SecretError::Missing { .. })));
    // A number is never used twice: the journal remembers versions.
    assert_eq!(secrets.set("north/admin", &secret("again")).unwrap(), 13);
    assert!(secrets.doctor().ok);
}

#[test]
fn a_locked_keyring_is_told_from_a_missing_entry() {
    let (secrets, odd) = odd();
    secrets.set("north/admin", &secret("one")).unwrap();
    let missing = secrets.get(&keyring("north/admn")).unwrap_err();
    assert!(
        matches!(&missing, SecretError::Missing { similar, .. } if *similar == ["north/admin"]),
        "{missing:?}"
    );
    assert!(missing.to_string().contains("Did you mean `north/admin`?"), "{missing}");

    odd.locked.store(true, Ordering::Relaxed);
    for name in ["north/admin", "north/other"] {
        let locked = secrets.get(&keyring(name)).unwrap_err();
        assert!(matches!(locked, SecretError::Locked { .. }), "{name}: {locked:?}");
        assert!(!locked.is_unusable_keyring());
    }
    assert!(matches!(secrets.set("x", &secret("y")), Err(SecretError::Locked { .. })));
    assert!(matches!(secrets.delete("north/admin", true), Err(SecretError::Locked { .. })));
    assert_eq!(secrets.list().unwrap().len(), 1, "nothing was struck from the index");
    let report = secrets.doctor();
    assert!(!report.ok && report.locked == Some(true) && report.reachable == CheckResult::Ok);
    assert!(report.advice[0].starts_with("The keyring is locked."), "{:?}", report.advice);
    assert_eq!(report.missing, None);

    odd.locked.store(false, Ordering::Relaxed);
    assert_eq!(secrets.get(&keyring("north/admin")).unwrap().secret.expose(), "one");
    assert!(secrets.doctor().ok);
}

#[test]
fn without_a_keyring_it_says_what_to_do() {
    let (secrets, odd) = odd();
    odd.gone.store(true, Ordering::Relaxed);
    let error = secrets.get(&keyring("north/admin")).unwrap_err();
    assert!(matches!(error, SecretError::NoKeyring { .. }) && error.is_unusable_keyring(), "{error:?}");
    assert!(error.to_string().contains("file:PATH"), "{error}");
    let report = secrets.doctor();
    assert_eq!(report.reachable, CheckResult::Failed("no bus".into()));
    assert_eq!((report.locked, report.read), (None, CheckResult::NotTried));
    assert!(!report.ok && report.advice.len() == 1);
}

#[test]
fn what_vanished_from_the_keyring_is_named() {
    let (secrets, odd) = odd();
    secrets.set("north/admin", &secret("one")).unwrap();
    odd.memory.delete("north/admin#v1").unwrap();
    let error = secrets.get(&keyring("north/admin")).unwrap_err();
    assert!(matches!(error, SecretError::Vanished { version: 1, .. }), "{error:?}");
    let report = secrets.doctor();
    assert_eq!(
        report.missing.as_deref(),
        Some(&[MissingEntry { name: "north/admin".into(), version: 1 }][..])
    );
    assert!(!report.ok);
    secrets.delete("north/admin", true).unwrap();
    assert!(secrets.doctor().ok);
}

#[test]
fn a_lost_index_loses_no_secret() {
    let (_, odd) = odd();
    let dir = tempfile::tempdir().unwrap();
    let open =
        || Secrets::with(Box::new(Shared(odd.clone())), Shelf::Directory(Some(dir.path().join("scanfleet"))));
    for value in ["one", "two"] {
        open().set("north/admin", &secret(value)).unwrap();
    }
    std::fs::remove_file(dir.path().join("scanfleet/secrets.json")).unwrap();
    let found = open().get(&keyring("north/admin")).unwrap();
    assert_eq!((found.secret.expose(), found.version), ("two", Some(2)));
    assert_eq!(open().set("north/admin", &secret("three")).unwrap(), 3);
    assert_eq!(open().get_version("north/admin", 1).unwrap().expose(), "one");
}

#[test]
fn the_index_holds_no_value_and_is_private() {
    let dir = tempfile::tempdir().unwrap();
    let index_dir = dir.path().join("data").join("scanfleet");
    let config = SecretsConfig { index_dir: Some(index_dir.clone()), backend: Backend::Memory };
    let secrets = Secrets::open(config).unwrap();
    secrets.set("north/admin", &secret("pl4nted")).unwrap();
    let file = index_dir.join("secrets.json");
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains("north/admin") && !text.contains("pl4nted"), "{text}");
    assert!(!format!("{secrets:?}{:?}{:?}", secrets.list(), secrets.doctor()).contains("pl4nted"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&file), mode(&index_dir)), (0o600, 0o700));
    }
    for bad in ["not json", r#"{"format":2,"secrets":{}}"#] {
        std::fs::write(&file, bad).unwrap();
        let error = secrets.list().unwrap_err();
        assert!(matches!(error, SecretError::Index { .. }), "{error:?}");
        assert!(matches!(secrets.set("x", &secret("y")), Err(SecretError::Index { .. })));
        assert_eq!(std::fs::read_to_string(&file).unwrap(), bad, "a damaged index is not written over");
        assert!(matches!(secrets.doctor().index, CheckResult::Failed(_)));
    }
}

#[test]
fn many_at_once_get_versions_of_their_own() {
    let dir = tempfile::tempdir().unwrap();
    let config = SecretsConfig { index_dir: Some(dir.path().to_owned()), backend: Backend::Memory };
    let secrets = Secrets::open(config).unwrap();
    let mut versions: Vec<u32> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|turn| {
                scope.spawn({
                    let secrets = secrets.clone();
                    move || secrets.set("n", &secret(&turn.to_string())).unwrap()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    versions.sort_unstable();
    assert_eq!(versions, (1..=8).collect::<Vec<_>>());
}

#[test]
fn names_and_lengths_are_checked_before_anything_is_stored() {
    let (secrets, _) = odd();
    for bad in ["", "a b", "a:b", "a#v1", " a", "a\n", &"x".repeat(300)] {
        assert!(matches!(secrets.set(bad, &secret("x")), Err(SecretError::BadName { .. })), "{bad:?}");
    }
    let error = secrets.set("long", &secret(&"x".repeat(2561))).unwrap_err();
    assert!(matches!(error, SecretError::TooLong { length: 2561, limit: 2560, .. }), "{error:?}");
    secrets.set("empty", &secret("")).unwrap();
    assert!(secrets.get(&keyring("empty")).unwrap().secret.is_empty());
}

#[test]
fn environment_references() {
    let (secrets, _) = odd();
    let get = |variable: &str| secrets.get(&SecretRef::Env(variable.into()));
    // Cargo sets this one for every test; a test cannot set one without touching its neighbours.
    let found = get("CARGO_PKG_NAME").unwrap();
    assert_eq!((found.secret.expose(), found.version), ("scanfleet", None));
    let error = get("SCANFLEET_SURELY_UNSET").unwrap_err();
    assert!(matches!(error, SecretError::EnvUnset { .. }));
    assert!(error.to_string().contains("env:SCANFLEET_SURELY_UNSET"), "{error}");
    if std::env::var_os("CARGO_PKG_README").is_some_and(|value| value.is_empty()) {
        assert!(matches!(get("CARGO_PKG_README"), Err(SecretError::Empty { .. })));
    }
}

#[test]
fn file_references() {
    let (secrets, _) = odd();
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| -> PathBuf {
        let path = dir.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let get = |path: &Path| secrets.get(&SecretRef::File(path.to_owned()));
    for bytes in ["p w\u{e9}".as_bytes(), "p w\u{e9}\n".as_bytes(), "\u{feff}p w\u{e9}\r\nsecond".as_bytes()]
    {
        let found = get(&write("good", bytes)).unwrap();
        assert_eq!((found.secret.expose(), found.version), ("p w\u{e9}", None));
    }
    assert_eq!(get(&write("blanks", b" x \n")).unwrap().secret.expose(), " x ");
    assert!(matches!(get(&dir.path().join("none")), Err(SecretError::FileMissing { .. })));
    assert!(matches!(get(dir.path()), Err(SecretError::FileUnusable { .. })));
    for empty in [&b""[..], b"\n", b"\r\nsecond"] {
        assert!(matches!(get(&write("empty", empty)), Err(SecretError::Empty { .. })));
    }
    for bad in [&b"\xff\xfe"[..], &vec![b'x'; 70_000]] {
        let error = get(&write("bad", bad)).unwrap_err();
        assert!(matches!(error, SecretError::FileUnusable { .. }), "{error:?}");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let null = get(Path::new("/dev/null")).unwrap();
        assert!(null.secret.is_empty() && null.note.is_none());
        let path = write("modes", b"x");
        let note = |mode| {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            get(&path).unwrap().note
        };
        assert_eq!(note(0o600), None);
        assert_eq!(note(0o640), None);
        assert!(note(0o644).unwrap().contains("mode 644"));
    }
}
