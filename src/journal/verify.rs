//! Going through the audit chain and the rows it vouches for.

use std::collections::HashMap;

use rusqlite::Transaction;
use serde_json::json;

use super::audit::{GENESIS, entry_hash, kind, sha256};
use super::pack::unpacked;
use super::store::{Fault, to_json};
use super::{Journal, JournalError, VerifyReport};
use super::{books, intents, pins, results, runs, snapshots};

/// What the chain says last of each subject: the entry's number and content.
type Vouched = HashMap<(String, String), (i64, String)>;

/// One row that must agree with the chain: kind, subject, content.
pub(super) type Row = (&'static str, String, serde_json::Value);

impl Journal {
    /// Goes through the whole chain, and through the runs, results, intents, snapshots and pins it vouches for.
    ///
    /// # Errors
    /// [`JournalError::BrokenChain`], or the journal cannot be read.
    pub fn verify(&self) -> Result<VerifyReport, JournalError> {
        self.read("verify the audit trail", |transaction| {
            let (report, mut vouched) = chain(transaction)?;
            bodies(transaction, &vouched)?;
            let mut rows = runs::vouched(transaction)?;
            rows.extend(results::vouched(transaction)?);
            rows.extend(intents::vouched(transaction)?);
            rows.extend(snapshots::vouched(transaction)?);
            rows.extend(pins::vouched(transaction)?);
            rows.extend(books::vouched(transaction)?);
            let end = i64::try_from(report.entries).unwrap_or(i64::MAX);
            for (kind, subject, content) in rows {
                let content = to_json(&content)?;
                match vouched.remove(&(kind.to_owned(), subject.clone())) {
                    None => {
                        return Err(broken(
                            end + 1,
                            format!("the {kind} of {subject} has no entry that vouches for it"),
                        ));
                    }
                    Some((at, entry)) if entry != content => {
                        return Err(broken(at, format!("the {kind} of {subject} is not what was stored")));
                    }
                    Some(_) => {}
                }
            }
            // A pin that was forgotten has an entry and rightly no row.
            let gone = vouched.into_iter().filter(|((kind, _), (_, content))| {
                *kind != kind::SECRET && !(*kind == kind::TRUST && content == pins::FORGOTTEN)
            });
            match gone.min_by_key(|(_, (at, _))| *at) {
                Some(((kind, subject), (at, _))) => {
                    Err(broken(at, format!("the {kind} of {subject} was deleted")))
                }
                None => Ok(report),
            }
        })
    }
}

fn chain(transaction: &Transaction<'_>) -> Result<(VerifyReport, Vouched), Fault> {
    let mut vouched = Vouched::new();
    let mut report = VerifyReport { entries: 0, head: GENESIS.to_owned() };
    let mut statement =
        transaction.prepare("SELECT seq, at, kind, subject, content, prev, hash FROM audit ORDER BY seq")?;
    let mut rows = statement.query([])?;
    let mut expected = 1;
    while let Some(row) = rows.next()? {
        let seq: i64 = row.get(0)?;
        let (kind, subject, content): (String, String, String) = (row.get(2)?, row.get(3)?, row.get(4)?);
        let (prev, hash): (String, String) = (row.get(5)?, row.get(6)?);
        if seq != expected {
            return Err(broken(expected, "an entry is missing".into()));
        }
        if prev != report.head {
            return Err(broken(seq, "it is not chained to the entry before it".into()));
        }
        if hash != entry_hash(seq, row.get(1)?, &kind, &subject, &content, &prev) {
            return Err(broken(seq, "its content is not what was stored".into()));
        }
        vouched.insert((kind, subject), (seq, content));
        report.entries += 1;
        report.head = hash;
        expected += 1;
    }
    Ok((report, vouched))
}

/// The bodies of snapshots are named by their content.
fn bodies(transaction: &Transaction<'_>, vouched: &Vouched) -> Result<(), Fault> {
    let mut statement = transaction.prepare(
        "SELECT b.sha256, b.body, s.id FROM bodies b LEFT JOIN snapshots s ON s.body = b.sha256 GROUP BY b.sha256",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (name, body, snapshot): (String, String, Option<i64>) = (row.get(0)?, row.get(1)?, row.get(2)?);
        if !unpacked(body).is_ok_and(|body| sha256(&body) == name) {
            let subject = format!("s{}", snapshot.unwrap_or_default());
            let at = vouched.get(&(kind::SNAPSHOT.to_owned(), subject.clone())).map_or(0, |(at, _)| *at);
            return Err(broken(at, format!("the content of the snapshot {subject} is not what was stored")));
        }
    }
    Ok(())
}

fn broken(at: i64, what: String) -> Fault {
    JournalError::BrokenChain { at, what }.into()
}

/// What is vouched for of a text too long to be repeated.
pub(super) fn digest(text: &str) -> serde_json::Value {
    json!({ "sha256": sha256(text) })
}
