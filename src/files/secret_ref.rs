//! References to secrets, as files hold them; never the secrets.

use std::fmt;
use std::path::{Path, PathBuf};

/// Where a secret is kept.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SecretRef {
    /// `keyring:NAME`, also the bare `NAME`: the operating system's keyring.
    Keyring(String),
    /// `env:VAR`: an environment variable.
    Env(String),
    /// `file:PATH`: the first line of a file. Relative paths were resolved against the file that names them.
    File(PathBuf),
}

impl SecretRef {
    /// Reads a reference; `base` is the directory of the file that holds it.
    ///
    /// # Errors
    /// A sentence that says what is wrong. It never repeats the text, which may be a literal password.
    pub fn parse(text: &str, base: &Path) -> Result<Self, String> {
        let text = text.trim();
        let (scheme, rest) = text.split_once(':').unwrap_or(("keyring", text));
        let rest = rest.trim();
        if rest.is_empty() {
            return Err("the reference names nothing; write `keyring:NAME`, `env:VAR` or `file:PATH`".into());
        }
        match scheme {
            "keyring" if name_is_fit(rest) => Ok(Self::Keyring(rest.to_owned())),
            "env" if rest.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') => Ok(Self::Env(rest.to_owned())),
            "file" => Ok(Self::File(base.join(rest))),
            _ => Err("this is not a reference to a secret (`keyring:NAME`, `env:VAR` or `file:PATH`); a password itself \
                      must not stand in a file: store it with `scanfleet secret set NAME` and write the name here"
                .into()),
        }
    }
}

/// Names are by convention `site/purpose` or `site/device/purpose`.
fn name_is_fit(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 200
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '/' | '-' | '_' | '.' | '@'))
}

impl fmt::Display for SecretRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Keyring(name) => write!(f, "keyring:{name}"),
            Self::Env(name) => write!(f, "env:{name}"),
            Self::File(path) => write!(f, "file:{}", path.display()),
        }
    }
}
