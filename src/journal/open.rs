//! Opening the database file: modes, versions, migrations, and every way it can fail.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};
use rusqlite_migration::{M, Migrations};

use super::JournalError;
use super::store::{Inner, JournalOptions, explain};

/// Migrations are only ever added; the version of a database is how many of them it has seen.
const MIGRATIONS: &[M<'_>] = &[
    M::up(include_str!("migrations/v1.sql")),
    M::up(include_str!("migrations/v2.sql")),
    M::up(include_str!("migrations/v3.sql")),
];
/// The version this program writes.
const KNOWN: i64 = MIGRATIONS.len() as i64;
/// Marks the file as scanfleet's; set by the first migration.
const APPLICATION: i64 = 1_935_894_124;
const MAGIC: &[u8; 16] = b"SQLite format 3\0";
const OPENING: &str = "open it";

pub(super) fn writable(state: &Path, options: &JournalOptions) -> Result<Inner, JournalError> {
    let path = state.join("journal.db");
    make_directory(state)?;
    // Two processes that both find an empty file must not both migrate it, and the switch to WAL does not wait.
    let _opening = exclusive(state, options.busy)?;
    create_private(&path)?;
    check_header(&path)?;
    let failed = |error: rusqlite::Error| explain(&path, options.busy, OPENING, &error);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(&path, flags).map_err(failed)?;
    connection.busy_timeout(options.busy).map_err(failed)?;
    check_version(&connection, &path, options.busy)?;
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;",
        )
        .map_err(failed)?;
    Migrations::from_slice(MIGRATIONS).to_latest(&mut connection).map_err(|error| match error {
        rusqlite_migration::Error::RusqliteError { err, .. } => {
            explain(&path, options.busy, "bring it to this program's version", &err)
        }
        other => JournalError::Database {
            path: path.clone(),
            doing: "be brought to this program's version".into(),
            detail: other.to_string(),
        },
    })?;
    if let Some(pages) = options.max_pages {
        connection.pragma_update(None, "max_page_count", pages).map_err(failed)?;
    }
    // A file that can be read and not written shows itself only now, and it must before a device is touched.
    connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .and_then(rusqlite::Transaction::rollback)
        .map_err(failed)?;
    Ok(inner(state, path.clone(), connection, options.busy, None))
}

pub(super) fn read_only(state: &Path) -> Result<Inner, JournalError> {
    let path = state.join("journal.db");
    let busy = JournalOptions::default().busy;
    match fs::metadata(&path) {
        Ok(found) if found.len() > 0 => {}
        Ok(_) => return Err(JournalError::Missing { path }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(JournalError::Missing { path }),
        Err(error) => return Err(io_error(&path, "read the journal", &error)),
    }
    check_header(&path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let direct = Connection::open_with_flags(&path, flags).and_then(|connection| {
        connection.busy_timeout(busy)?;
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
        Ok(connection)
    });
    let (connection, copy) = match direct {
        Ok(connection) => (connection, None),
        Err(error) if needs_writing(&error) => read_beside(&path, busy)?,
        Err(error) => return Err(explain(&path, busy, OPENING, &error)),
    };
    let found = check_version(&connection, &path, busy)?;
    if found < KNOWN {
        return Err(JournalError::Older { path, found, known: KNOWN });
    }
    Ok(inner(state, path, connection, busy, copy))
}

fn inner(
    state: &Path,
    path: PathBuf,
    connection: Connection,
    busy: Duration,
    copy: Option<tempfile::TempDir>,
) -> Inner {
    Inner {
        connection: Mutex::new(connection),
        state: state.to_owned(),
        path,
        busy,
        alive: Mutex::new(HashMap::new()),
        key: Mutex::new(None),
        _copy: copy,
    }
}

/// A database in WAL mode needs its shared-memory file even for reading, unless nobody can be writing.
fn needs_writing(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied)
    )
}

/// Reads a journal whose directory cannot be written: in place where nothing waits in the write-ahead log, from a copy
/// otherwise.
fn read_beside(path: &Path, busy: Duration) -> Result<(Connection, Option<tempfile::TempDir>), JournalError> {
    let failed = |error: rusqlite::Error| explain(path, busy, OPENING, &error);
    let wal = path.with_extension("db-wal");
    if fs::metadata(&wal).map_or(0, |found| found.len()) > 0 {
        let copying = |error: io::Error| io_error(path, "copy the journal to read it", &error);
        let copy = tempfile::tempdir().map_err(copying)?;
        let there = copy.path().join("journal.db");
        fs::copy(path, &there).map_err(copying)?;
        fs::copy(&wal, there.with_extension("db-wal")).map_err(copying)?;
        // The copies keep the modes of their originals, which may forbid writing.
        for file in [there.clone(), there.with_extension("db-wal")] {
            set_mode(&file, 0o600).map_err(copying)?;
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        return Ok((Connection::open_with_flags(&there, flags).map_err(failed)?, Some(copy)));
    }
    let absolute = fs::canonicalize(path).map_err(|error| io_error(path, "read the journal", &error))?;
    let mut uri = url::Url::from_file_path(&absolute).map_err(|()| JournalError::Io {
        path: path.to_owned(),
        doing: "read the journal".into(),
        detail: "its path cannot be written as a URI".into(),
    })?;
    uri.set_query(Some("immutable=1"));
    let flags =
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    Ok((Connection::open_with_flags(uri.as_str(), flags).map_err(failed)?, None))
}

/// Refuses what is not a journal or not one this program knows, before anything is changed. Gives the version.
fn check_version(connection: &Connection, path: &Path, busy: Duration) -> Result<i64, JournalError> {
    let failed = |error: rusqlite::Error| explain(path, busy, OPENING, &error);
    let ask = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).map_err(failed);
    let found = ask("PRAGMA user_version")?;
    let application = ask("PRAGMA application_id")?;
    let tables = ask("SELECT count(*) FROM sqlite_schema")?;
    let ours = application == APPLICATION || (application == 0 && found == 0 && tables == 0);
    if !ours {
        return Err(JournalError::NotAJournal { path: path.to_owned() });
    }
    if found > KNOWN {
        return Err(JournalError::Newer { path: path.to_owned(), found, known: KNOWN });
    }
    Ok(found)
}

/// SQLite itself notices a foreign file only at the first read, and would take a short one for an empty database.
fn check_header(path: &Path) -> Result<(), JournalError> {
    let mut head = Vec::new();
    File::open(path)
        .and_then(|file| file.take(16).read_to_end(&mut head))
        .map_err(|error| io_error(path, "read the journal", &error))?;
    if head.is_empty() || head == MAGIC {
        return Ok(());
    }
    Err(JournalError::NotADatabase { path: path.to_owned() })
}

fn make_directory(state: &Path) -> Result<(), JournalError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(state) {
        // Best effort: a directory of somebody else's cannot be tightened, and the files in it are private anyway.
        Ok(()) => {
            let _ = set_mode(state, 0o700);
            Ok(())
        }
        Err(error) => Err(io_error(state, "make the directory for its state", &error)),
    }
}

fn create_private(path: &Path) -> Result<(), JournalError> {
    open_private(path).map_err(|error| io_error(path, "open the journal for writing", &error))?;
    let _ = set_mode(path, 0o600);
    Ok(())
}

/// Opens or makes a file that only this account can read.
pub(super) fn open_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let now = fs::metadata(path)?.permissions().mode() & 0o777;
    if now == mode {
        return Ok(());
    }
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn set_mode(path: &Path, _mode: u32) -> io::Result<()> {
    let mut permissions = fs::metadata(path)?.permissions();
    if permissions.readonly() {
        // Only ever asked for files this program has just copied.
        #[expect(
            clippy::permissions_set_readonly_false,
            reason = "not reached on Unix, where it would open the file to all"
        )]
        permissions.set_readonly(false);
        fs::set_permissions(path, permissions)?;
    }
    Ok(())
}

/// Holds the door while a database is opened; released when the file is dropped.
fn exclusive(state: &Path, patience: Duration) -> Result<File, JournalError> {
    let path = state.join("journal.lock");
    let file = open_private(&path).map_err(|error| io_error(&path, "open the journal's lock", &error))?;
    let until = Instant::now() + patience;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if Instant::now() < until => {
                std::thread::sleep(Duration::from_millis(10));
            }
            Err(TryLockError::WouldBlock) => {
                return Err(JournalError::Busy {
                    path: state.join("journal.db"),
                    doing: OPENING.into(),
                    seconds: patience.as_secs(),
                });
            }
            // Some network file systems know no locks; SQLite's own still hold there or refuse by themselves.
            Err(TryLockError::Error(_)) => return Ok(file),
        }
    }
}

pub(super) fn io_error(path: &Path, doing: &str, error: &io::Error) -> JournalError {
    match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            JournalError::ReadOnly { path: path.to_owned(), why: error.to_string() }
        }
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            JournalError::Full { path: path.to_owned(), doing: doing.to_owned() }
        }
        io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => JournalError::Io {
            path: path.to_owned(),
            doing: doing.to_owned(),
            detail:
                "a file is in the place of a directory; move it away or choose another workspace with `-w`"
                    .into(),
        },
        _ => JournalError::Io { path: path.to_owned(), doing: doing.to_owned(), detail: error.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_migrations_are_sound() {
        Migrations::from_slice(MIGRATIONS).validate().unwrap();
    }
}
