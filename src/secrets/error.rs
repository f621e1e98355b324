//! Why a secret cannot be had, each with what to do next.

/// A secret could not be found, read or stored. Each text is one or more full sentences, names the reference, and never
/// holds a value.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SecretError {
    /// The keyring works and has no such entry.
    #[error("{}", missing(name, similar))]
    Missing {
        /// The name.
        name: String,
        /// Names that look like it.
        similar: Vec<String>,
    },
    /// The secret exists, and this version of it is gone.
    #[error(
        "Version {version} of the secret `{name}` is not in the keyring any more; {}.",
        versions_there(versions)
    )]
    MissingVersion {
        /// The name.
        name: String,
        /// The version.
        version: u32,
        /// The versions that are there, newest first.
        versions: Vec<u32>,
    },
    /// The index names it, and the keyring works and lacks it.
    #[error(
        "The secret `{name}` was stored as version {version}, and the keyring does not hold it: it was deleted outside \
         scanfleet, or this is another account's keyring. Store it again with `scanfleet secret set {name}`."
    )]
    Vanished {
        /// The name.
        name: String,
        /// The version.
        version: u32,
    },
    /// The keyring is there and locked.
    #[error("The keyring is locked, so `{reference}` cannot be read or stored: {why}. {how}")]
    Locked {
        /// What was wanted.
        reference: String,
        /// What the keyring said.
        why: String,
        /// How to unlock it here.
        how: String,
    },
    /// No keyring answers.
    #[error("No keyring answers, so `{reference}` cannot be read or stored: {why}. {how}")]
    NoKeyring {
        /// What was wanted.
        reference: String,
        /// What was tried and what came back.
        why: String,
        /// What to do here.
        how: String,
    },
    /// The environment variable is not set.
    #[error(
        "The environment variable `{variable}`, which `env:{variable}` refers to, is not set. Set it for this process."
    )]
    EnvUnset {
        /// The variable.
        variable: String,
    },
    /// The environment variable is not UTF-8.
    #[error(
        "The environment variable `{variable}`, which `env:{variable}` refers to, is not valid UTF-8 text."
    )]
    EnvNotUnicode {
        /// The variable.
        variable: String,
    },
    /// The file is not there.
    #[error("The file that `{reference}` refers to does not exist. Write the secret on its first line.")]
    FileMissing {
        /// The reference.
        reference: String,
    },
    /// This account may not read the file.
    #[error(
        "The file that `{reference}` refers to cannot be read by this account: {why}. Give this account the right to read it."
    )]
    FilePermissions {
        /// The reference.
        reference: String,
        /// What the system said.
        why: String,
    },
    /// The file cannot be used for another reason.
    #[error("The file that `{reference}` refers to cannot be used: {why}.")]
    FileUnusable {
        /// The reference.
        reference: String,
        /// Why.
        why: String,
    },
    /// The environment variable or the first line of the file is empty.
    #[error(
        "`{reference}` is there and holds nothing. If the device really has an empty password, store the empty text in the \
         keyring or refer to `file:/dev/null`; otherwise write the secret there."
    )]
    Empty {
        /// The reference.
        reference: String,
    },
    /// The keyring cannot hold so much.
    #[error("The secret for `{reference}` has {length} bytes, and this keyring holds {limit} at most.")]
    TooLong {
        /// The reference.
        reference: String,
        /// Its length in bytes.
        length: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// The name cannot be used.
    #[error(
        "`{name}` cannot be the name of a secret: letters, digits and `/ - _ . @` are allowed, at most 200 bytes, for instance \
         `north/ward-3/admin`."
    )]
    BadName {
        /// The name.
        name: String,
    },
    /// The index of names cannot be read or written.
    #[error("The index of secret names {path} cannot be used: {why}. {next}")]
    Index {
        /// The file.
        path: String,
        /// What came back.
        why: String,
        /// What to do next.
        next: String,
    },
    /// Any other refusal of the keyring.
    #[error("The keyring refused `{reference}`: {why}. Run `scanfleet secret doctor`.")]
    Backend {
        /// What was wanted.
        reference: String,
        /// What came back.
        why: String,
    },
}

impl SecretError {
    /// Whether the keyring itself cannot be used (exit code 8), as against a secret that is missing or locked (exit code 3).
    pub fn is_unusable_keyring(&self) -> bool {
        matches!(self, Self::NoKeyring { .. } | Self::Backend { .. } | Self::Index { .. })
    }
}

/// A name without a `/` may be a password that somebody wrote where a reference belongs, so it is not repeated.
fn missing(name: &str, similar: &[String]) -> String {
    if name.contains('/') {
        return format!(
            "There is no secret called `{name}` in the keyring. Store it with `scanfleet secret set {name}`.{}",
            did_you_mean(similar)
        );
    }
    format!(
        "A reference names no secret that the keyring has.{} The name is not shown here, because it has no `/` and may be a \
         password itself: a file holds the name of a secret (by convention `site/purpose`), and the password is stored with \
         `scanfleet secret set NAME`.",
        did_you_mean(similar)
    )
}

fn did_you_mean(similar: &[String]) -> String {
    match similar {
        [] => String::new(),
        [one] => format!(" Did you mean `{one}`?"),
        [all @ .., last] => {
            let all: Vec<String> = all.iter().map(|name| format!("`{name}`")).collect();
            format!(" Did you mean {} or `{last}`?", all.join(", "))
        }
    }
}

fn versions_there(versions: &[u32]) -> String {
    if versions.is_empty() {
        return "no version of it is left".into();
    }
    let list: Vec<String> = versions.iter().map(u32::to_string).collect();
    format!("the versions {} are", list.join(", "))
}
