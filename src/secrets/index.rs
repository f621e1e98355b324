//! The index of names, versions and dates. It never holds a value.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::SecretError;

const FORMAT: u32 = 1;

/// One version of a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionEntry {
    /// Its number; numbers are never used twice.
    pub version: u32,
    /// When it was set.
    pub set_at: Timestamp,
}

/// A name in the index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SecretEntry {
    /// The name.
    pub name: String,
    /// The versions that are kept, newest first.
    pub versions: Vec<VersionEntry>,
    /// The current version.
    pub current: u32,
    /// When the current version was set.
    pub changed_at: Timestamp,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Index {
    format: u32,
    pub(super) secrets: BTreeMap<String, Named>,
}

/// What is known of one name. It stays when all versions are deleted, so that no number is used twice: the journal
/// remembers versions.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Named {
    pub(super) next: u32,
    /// Oldest first.
    pub(super) versions: Vec<VersionEntry>,
}

impl Default for Index {
    fn default() -> Self {
        Self { format: FORMAT, secrets: BTreeMap::new() }
    }
}

impl Index {
    /// The current version of a name.
    pub(super) fn current(&self, name: &str) -> Option<u32> {
        Some(self.secrets.get(name)?.versions.last()?.version)
    }

    /// The names that have a version.
    pub(super) fn entries(&self) -> Vec<SecretEntry> {
        self.secrets
            .iter()
            .filter_map(|(name, named)| {
                let current = named.versions.last()?;
                Some(SecretEntry {
                    name: name.clone(),
                    versions: named.versions.iter().rev().cloned().collect(),
                    current: current.version,
                    changed_at: current.set_at,
                })
            })
            .collect()
    }

    /// Names that look like one that is not there, the likeliest first.
    pub(super) fn similar(&self, name: &str) -> Vec<String> {
        let mut near: Vec<(f64, String)> = self
            .entries()
            .into_iter()
            .map(|entry| (strsim::jaro_winkler(&entry.name.to_lowercase(), &name.to_lowercase()), entry.name))
            .filter(|(likeness, _)| *likeness > 0.85)
            .collect();
        near.sort_by(|a, b| b.0.total_cmp(&a.0));
        near.into_iter().take(3).map(|(_, name)| name).collect()
    }
}

/// Where the index is kept.
pub(super) enum Shelf {
    /// In a directory; `None` when the user's data directory could not be found out.
    Directory(Option<PathBuf>),
    /// In this process's memory.
    Memory(Mutex<Index>),
}

/// The index while nobody else changes it.
pub(super) struct Held<'a> {
    pub(super) index: Index,
    save: Save<'a>,
}

enum Save<'a> {
    File { path: PathBuf, _lock: File },
    Memory(MutexGuard<'a, Index>),
}

impl Shelf {
    /// The index's file, where it is one.
    pub(super) fn path(&self) -> Option<PathBuf> {
        match self {
            Self::Directory(directory) => Some(directory.as_ref()?.join("secrets.json")),
            Self::Memory(_) => None,
        }
    }

    /// Reads the index.
    pub(super) fn read(&self) -> Result<Index, SecretError> {
        match self {
            Self::Directory(_) => read(&self.file()?),
            Self::Memory(index) => Ok(index.lock().unwrap_or_else(PoisonError::into_inner).clone()),
        }
    }

    /// Reads the index and keeps other processes from changing it until the result is dropped.
    pub(super) fn hold(&self) -> Result<Held<'_>, SecretError> {
        if let Self::Memory(index) = self {
            let held = index.lock().unwrap_or_else(PoisonError::into_inner);
            return Ok(Held { index: held.clone(), save: Save::Memory(held) });
        }
        let path = self.file()?;
        let directory = path.parent().unwrap_or_else(|| Path::new("."));
        make_private_directory(directory).map_err(|error| refused(&path, &error))?;
        let lock = path.with_extension("lock");
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let lock = options.open(&lock).map_err(|error| refused(&lock, &error))?;
        // A file system that knows no locks still has the atomic replacement.
        let _ = lock.lock();
        Ok(Held { index: read(&path)?, save: Save::File { path, _lock: lock } })
    }

    fn file(&self) -> Result<PathBuf, SecretError> {
        self.path().ok_or_else(|| SecretError::Index {
            path: "secrets.json".into(),
            why: "this account has no home directory".into(),
            next: "Set HOME (or XDG_DATA_HOME) for this process, or refer to secrets with `file:PATH` or `env:VAR`.".into(),
        })
    }
}

impl Held<'_> {
    /// Stores the index, whole or not at all.
    pub(super) fn save(&mut self) -> Result<(), SecretError> {
        match &mut self.save {
            Save::Memory(index) => **index = self.index.clone(),
            Save::File { path, .. } => write(path, &self.index).map_err(|error| refused(path, &error))?,
        }
        Ok(())
    }
}

fn read(path: &Path) -> Result<Index, SecretError> {
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Index::default()),
        Err(error) => return Err(refused(path, &error)),
    };
    let damaged = |why: String| {
        SecretError::Index {
        path: path.display().to_string(),
        why,
        next: "The secrets themselves are in the keyring. Restore the file from a copy, or move it away and set the secrets \
               again."
            .into(),
    }
    };
    let index: Index =
        serde_json::from_slice(&text).map_err(|error| damaged(format!("it is damaged ({error})")))?;
    if index.format > FORMAT {
        return Err(damaged(format!("it has the format {} of a newer scanfleet", index.format)));
    }
    Ok(index)
}

fn write(path: &Path, index: &Index) -> io::Result<()> {
    let directory = path.parent().unwrap_or_else(|| Path::new("."));
    // Made with mode 0600.
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    file.write_all(&serde_json::to_vec_pretty(index)?)?;
    file.write_all(b"\n")?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

fn refused(path: &Path, error: &io::Error) -> SecretError {
    SecretError::Index {
        path: path.display().to_string(),
        why: error.to_string(),
        next:
            "Make the directory writable for this account, or refer to secrets with `file:PATH` or `env:VAR`."
                .into(),
    }
}

fn make_private_directory(directory: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}

/// The user's data directory for scanfleet, by the platform's custom.
pub(super) fn default_directory() -> Option<PathBuf> {
    let absolute = |variable: &str| {
        let path = PathBuf::from(std::env::var_os(variable)?);
        path.is_absolute().then_some(path)
    };
    let base = if cfg!(target_os = "windows") {
        absolute("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        std::env::home_dir().map(|home| home.join("Library/Application Support"))
    } else {
        absolute("XDG_DATA_HOME").or_else(|| std::env::home_dir().map(|home| home.join(".local/share")))
    };
    base.filter(|base| base.is_absolute()).map(|base| base.join("scanfleet"))
}
