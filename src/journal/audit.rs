//! The audit trail: entries chained by SHA-256, only ever added.

use rusqlite::{Transaction, params};
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::store::{Fault, now, to_json, word};
use super::{Journal, JournalError};

/// What happened to a secret's name; the secret itself is never known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecretChange {
    /// A version was stored.
    Set,
    /// Versions were deleted.
    Deleted,
}

/// What a verification has gone through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VerifyReport {
    /// How many entries hold.
    pub entries: u64,
    /// The hash of the last entry, lower-case hexadecimal: noted elsewhere, it proves later that nothing was cut off.
    pub head: String,
}

/// The kinds of entries; those that vouch for rows are gone through in [`Journal::verify`].
pub(super) mod kind {
    pub const RUN_START: &str = "run-start";
    pub const RUN_END: &str = "run-end";
    pub const RESULT: &str = "result";
    pub const INTENT: &str = "intent";
    pub const RECEIPT: &str = "receipt";
    pub const SNAPSHOT: &str = "snapshot";
    pub const TRUST: &str = "trust";
    pub const BOOK_BASE: &str = "book-base";
    pub const BOOK_CHANGES: &str = "book-changes";
    pub const SECRET: &str = "secret";
}

/// What the first entry is chained to.
pub(super) const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Adds an entry within the transaction that does what it tells of.
pub(super) fn append(
    transaction: &Transaction<'_>,
    kind: &str,
    subject: &str,
    content: &Value,
) -> Result<(), Fault> {
    let content = to_json(content)?;
    let last = transaction.query_row("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1", [], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
    });
    let (seq, prev) = match last {
        Ok((seq, hash)) => (seq + 1, hash),
        Err(rusqlite::Error::QueryReturnedNoRows) => (1, GENESIS.to_owned()),
        Err(error) => return Err(error.into()),
    };
    let at = now();
    let hash = entry_hash(seq, at, kind, subject, &content, &prev);
    transaction
        .prepare_cached(
            "INSERT INTO audit (seq, at, kind, subject, content, prev, hash) VALUES (?1,?2,?3,?4,?5,?6,?7)",
        )?
        .execute(params![seq, at, kind, subject, content, prev, hash])?;
    Ok(())
}

/// The hash of an entry; every part goes in with its length, so that no two entries look alike.
pub(super) fn entry_hash(seq: i64, at: i64, kind: &str, subject: &str, content: &str, prev: &str) -> String {
    let mut hasher = Sha256::new();
    for part in [&seq.to_string(), &at.to_string(), kind, subject, content, prev] {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    hex(&hasher.finalize())
}

/// SHA-256 of a text, lower-case hexadecimal.
pub(super) fn sha256(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl Journal {
    /// Notes that a secret's name got a version or lost some.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn note_secret(
        &self,
        name: &str,
        change: SecretChange,
        version: Option<u32>,
    ) -> Result<(), JournalError> {
        self.write("note the change of a secret", |transaction| {
            let content = json!({ "change": word(&change)?, "version": version });
            append(transaction, kind::SECRET, name, &content)
        })
    }
}
