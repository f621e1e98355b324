//! What is to become of a device's address book.

use std::sync::Arc;

use crate::book::ContactList;
use crate::book::merge::{MergeMode, MergeOptions};
use crate::journal::{RunId, SnapshotId};

/// What a device's address book should become.
#[derive(Debug, Clone)]
pub enum BookWish {
    /// The people of a list have to be there.
    List {
        /// The list's path as the playbook writes it; the merge base is kept by it.
        list: String,
        /// The people.
        contacts: Arc<ContactList>,
        /// How the list is meant.
        options: MergeOptions,
    },
    /// Nobody holds this address any more. Entries that also lead to a folder or a fax lose only the address.
    Without {
        /// The address; case does not count.
        address: String,
    },
    /// Entries come back as a snapshot has them.
    Back {
        /// The snapshot.
        snapshot: SnapshotId,
        /// Only the entries that this run touched, which the snapshot was taken before; absent means the whole book.
        run: Option<RunId>,
    },
}

/// What a device's address book should become, and what somebody has agreed to lose for it.
#[derive(Debug, Clone)]
pub struct BookAim {
    /// What it should become.
    pub wish: BookWish,
    /// Entries that were never this program's may go (`--yes`).
    pub may_remove_foreign: bool,
    /// Passwords of folders may be lost where the device takes changes as a whole file only (`--yes-lose-passwords`).
    pub may_lose_passwords: bool,
}

impl BookAim {
    /// A wish for which nobody has agreed to lose anything yet.
    pub fn new(wish: BookWish) -> Self {
        Self { wish, may_remove_foreign: false, may_lose_passwords: false }
    }

    /// Whether entries of others may be part of what goes.
    pub fn removes_foreign(&self) -> bool {
        match &self.wish {
            BookWish::List { options, .. } => options.mode == MergeMode::Exact,
            BookWish::Without { .. } => false,
            BookWish::Back { run, .. } => run.is_none(),
        }
    }
}

/// One device's way back to a former address book.
#[derive(Debug, Clone)]
pub struct BookRestore {
    /// What it was.
    pub snapshot: SnapshotId,
    /// The run whose changes are taken back; absent means that the whole book is put back.
    pub run: Option<RunId>,
    /// The model the device said it was then.
    pub model: String,
    /// The serial number the device told then.
    pub serial: Option<String>,
    /// What nobody can bring back, such as `address_book[ann@example.com].folder.password`.
    pub unrestorable: Vec<String>,
}
