//! What can go wrong with the journal, each with what to do next.

use std::path::PathBuf;

use super::RunId;

/// The journal could not be opened, read or written. Each text is one or more full sentences.
#[derive(Debug, Clone, thiserror::Error)]
pub enum JournalError {
    /// Nothing can be written where the journal lives.
    #[error(
        "The journal {} cannot be written: {why}. scanfleet keeps what it does there before it touches a device, so nothing \
         was changed. Make the directory writable for this account, or choose another workspace with `-w`.",
        path.display()
    )]
    ReadOnly {
        /// The journal's file or its directory.
        path: PathBuf,
        /// What the system said.
        why: String,
    },
    /// There is no journal yet (only when opened for reading).
    #[error("There is no journal {} yet: nothing has been run in this workspace.", path.display())]
    Missing {
        /// The file that was looked for.
        path: PathBuf,
    },
    /// The file is not an SQLite database.
    #[error(
        "The file {} is not a database, so it cannot be scanfleet's journal. Nothing was changed. Move it away if it is not \
         needed, or restore the journal from a copy.",
        path.display()
    )]
    NotADatabase {
        /// The file.
        path: PathBuf,
    },
    /// The file is a database of another program.
    #[error(
        "The database {} does not belong to scanfleet. Nothing was changed. Move it away or choose another workspace with \
         `-w`.",
        path.display()
    )]
    NotAJournal {
        /// The file.
        path: PathBuf,
    },
    /// A newer program wrote the journal.
    #[error(
        "The journal {} has version {found}, and this program knows versions up to {known}: it was written by a newer \
         scanfleet. Nothing was changed. Use the newer program for this workspace.",
        path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// The version of the file.
        found: i64,
        /// The newest version this program knows.
        known: i64,
    },
    /// An older program wrote the journal, and it was opened for reading only.
    #[error(
        "The journal {} has version {found} and must be brought to version {known} first, which needs a writable directory. \
         Nothing was changed.",
        path.display()
    )]
    Older {
        /// The file.
        path: PathBuf,
        /// The version of the file.
        found: i64,
        /// The version this program reads.
        known: i64,
    },
    /// No room is left.
    #[error(
        "The disk or the quota that holds the journal {} is full, so scanfleet could not {doing}. What was stored before is \
         whole. Free some space and run again; the run reads each device before it touches it.",
        path.display()
    )]
    Full {
        /// The file.
        path: PathBuf,
        /// What was being stored, in the infinitive.
        doing: String,
    },
    /// Another process holds the database for longer than the time-out.
    #[error(
        "Another program has kept the journal {} locked for {seconds} s, so scanfleet could not {doing}. Wait until it has \
         ended, or close the program that has the file open, and run again.",
        path.display()
    )]
    Busy {
        /// The file.
        path: PathBuf,
        /// What was being done, in the infinitive.
        doing: String,
        /// How long was waited, in seconds.
        seconds: u64,
    },
    /// The database is damaged.
    #[error(
        "The journal {} is damaged: {detail} (while trying to {doing}). Keep a copy of the file, then restore the journal from \
         a backup or move it away; without it, former settings cannot be rolled back.",
        path.display()
    )]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What was being done, in the infinitive.
        doing: String,
        /// What SQLite said.
        detail: String,
    },
    /// The system refused a file operation.
    #[error("scanfleet could not {doing} ({}): {detail}.", path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What was being done, in the infinitive.
        doing: String,
        /// What the system said.
        detail: String,
    },
    /// Any other refusal of the database.
    #[error("The journal {} could not {doing}: {detail}.", path.display())]
    Database {
        /// The file.
        path: PathBuf,
        /// What was being done, in the infinitive.
        doing: String,
        /// What SQLite said.
        detail: String,
    },
    /// A key file of the wrong length.
    #[error(
        "The fingerprint key {} is damaged: it must hold exactly 32 bytes. Move it away and a new one is made; passwords that \
         were pushed before then count as unknown.",
        path.display()
    )]
    Key {
        /// The file.
        path: PathBuf,
    },
    /// No run fits `last`.
    #[error("No run in this workspace has changed devices yet. `scanfleet history` lists all runs.")]
    NoRun,
    /// No run has this id or prefix.
    #[error("No run is called `{text}`. `scanfleet history` lists all runs.")]
    UnknownRun {
        /// What was asked for.
        text: String,
    },
    /// Several runs begin with this prefix.
    #[error("`{text}` fits {} runs: {}. Write more of the id.", candidates.len(), list(candidates))]
    AmbiguousRun {
        /// What was asked for.
        text: String,
        /// The runs it fits, newest first.
        candidates: Vec<RunId>,
    },
    /// No snapshot has this id.
    #[error("No snapshot is called `{text}`. `scanfleet snapshot list` lists them all.")]
    UnknownSnapshot {
        /// What was asked for.
        text: String,
    },
    /// A certificate was to be accepted that was never presented.
    #[error(
        "No certificate of `{device}` has been seen, so there is nothing to accept. Run `scanfleet probe` on it first."
    )]
    NothingPresented {
        /// The device's inventory name.
        device: String,
    },
    /// The audit chain does not hold.
    #[error(
        "The journal was altered outside scanfleet: audit entry {at} does not hold, {what}. What stands after it cannot be \
         relied on; compare with a copy of the journal."
    )]
    BrokenChain {
        /// The number of the first entry that does not hold.
        at: i64,
        /// What does not hold.
        what: String,
    },
    /// Somebody else took a device's lock after it expired.
    #[error(
        "The lock on the device ({device}) expired and was taken over, so this run must not touch it any more."
    )]
    LockLost {
        /// The device.
        device: String,
    },
}

fn list(runs: &[RunId]) -> String {
    let shown: Vec<String> = runs.iter().take(5).map(ToString::to_string).collect();
    let more = if runs.len() > shown.len() { ", …" } else { "" };
    format!("{}{more}", shown.join(", "))
}
