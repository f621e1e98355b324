//! References that need no keyring: environment variables and files.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use scanfleet_sdk::Secret;
use zeroize::Zeroizing;

use super::{Resolved, SecretError};

/// No password is longer; whoever names a larger file has named the wrong one.
const LONGEST: u64 = 64 << 10;

/// The secret in an environment variable.
pub(super) fn env(variable: &str) -> Result<Resolved, SecretError> {
    let value = std::env::var_os(variable)
        .ok_or_else(|| SecretError::EnvUnset { variable: variable.to_owned() })?
        .into_string()
        .map_err(|_| SecretError::EnvNotUnicode { variable: variable.to_owned() })?;
    if value.is_empty() {
        return Err(SecretError::Empty { reference: format!("env:{variable}") });
    }
    Ok(Resolved { secret: Secret::new(value), version: None, note: None })
}

/// The secret on the first line of a file; the null device stands for the empty password that copiers leave the factory
/// with.
pub(super) fn file(path: &Path) -> Result<Resolved, SecretError> {
    let reference = format!("file:{}", path.display());
    let refused = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => SecretError::FileMissing { reference: reference.clone() },
        io::ErrorKind::PermissionDenied => {
            SecretError::FilePermissions { reference: reference.clone(), why: error.to_string() }
        }
        _ => SecretError::FileUnusable { reference: reference.clone(), why: error.to_string() },
    };
    let unusable =
        |why: &str| SecretError::FileUnusable { reference: reference.clone(), why: why.to_owned() };
    let file = File::open(path).map_err(refused)?;
    let facts = file.metadata().map_err(refused)?;
    if facts.is_dir() {
        return Err(unusable("it is a directory"));
    }
    let mut line = Zeroizing::new(Vec::new());
    BufReader::new(file.take(LONGEST)).read_until(b'\n', &mut line).map_err(refused)?;
    if line.len() as u64 == LONGEST {
        return Err(unusable("its first line is longer than 64 KiB"));
    }
    let text = std::str::from_utf8(&line).map_err(|_| unusable("its first line is not UTF-8 text"))?;
    let text = text.trim_start_matches('\u{feff}').trim_end_matches(['\r', '\n']);
    if text.is_empty() {
        // Nobody names the null device by mistake, while an empty file is one.
        if is_device(&facts) {
            return Ok(Resolved { secret: Secret::new(String::new()), version: None, note: None });
        }
        return Err(SecretError::Empty { reference });
    }
    Ok(Resolved {
        secret: Secret::new(text.to_owned()),
        version: None,
        note: open_to_all(&reference, &facts),
    })
}

#[cfg(unix)]
fn is_device(facts: &std::fs::Metadata) -> bool {
    std::os::unix::fs::FileTypeExt::is_char_device(&facts.file_type())
}

#[cfg(not(unix))]
fn is_device(_facts: &std::fs::Metadata) -> bool {
    false
}

#[cfg(unix)]
fn open_to_all(reference: &str, facts: &std::fs::Metadata) -> Option<String> {
    use std::os::unix::fs::PermissionsExt;
    let mode = facts.permissions().mode() & 0o777;
    (mode & 0o007 != 0).then(|| {
        format!(
            "The file that `{reference}` refers to is open to every account of this machine (mode {mode:03o}); make it private \
             with `chmod 600`."
        )
    })
}

#[cfg(not(unix))]
fn open_to_all(_reference: &str, _facts: &std::fs::Metadata) -> Option<String> {
    None
}
