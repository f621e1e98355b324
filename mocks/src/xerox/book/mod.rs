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

pub(super) use flow::Import;
pub(super) use pages::export_ready;
pub use profile::{
    BadRows, ContactFields, ContactPages, ExportWay, OnAgain, XeroxBook, XeroxColumns, XeroxExport,
    XeroxImport, XeroxQuotes,
};
pub(super) use profiles::{altalink, old_workcentre, versalink, workcentre};

/// The list of contacts, and with `contactId` one of them.
pub(super) const LIST: &str = "/addressbook/viewContact.php";
