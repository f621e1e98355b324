//! The address book: the list, one contact, export and import.
//!
//! Known: the tab, `/addressbook/viewContact.php` with `contactId`, `<h6>Email</h6>` and `<span class="subText">`, the
//! columns of the CSV, the words on the import's and export's pages and their order. Every request that changes the book
//! is INVENTED, and differs from profile to profile.

mod columns;
mod contact;
mod flow;
mod import;
mod pages;
mod profile;
mod profiles;

use crate::book::BookEntry;

pub(super) use flow::Import;
pub(super) use pages::export_ready;
pub use profile::{
    BadRows, ContactFields, ContactPages, ExportWay, OnAgain, XeroxBook, XeroxColumns, XeroxExport,
    XeroxImport, XeroxQuotes,
};
pub(super) use profiles::{altalink, old_workcentre, versalink, workcentre};

/// Takes out what these devices have no place for.
pub(crate) fn fit(entry: &mut BookEntry) {
    entry.titles = [0; 3];
    entry.last_used = 0;
    entry.sender = false;
    entry.hidden.clear();
    for text in [&mut entry.key_display, &mut entry.reading, &mut entry.user_code] {
        text.clear();
    }
}

/// The list of contacts, and with `contactId` one of them.
pub(super) const LIST: &str = "/addressbook/viewContact.php";
