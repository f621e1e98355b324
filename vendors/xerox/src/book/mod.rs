//! The address book: read by its export, written by its import or by the pages of single contacts.
//!
//! No request of it was ever recorded; the pages are found by their words and used as they are. See `notes.md`.
//! `csv` reads and writes files that people bring; `table`, `columns` and `edit` work on the device's own file, of which every
//! byte that nobody asked to alter has to stay.

mod change;
mod columns;
mod contact;
pub(crate) mod csv;
mod edit;
mod export;
mod fill;
mod find;
mod import;
mod outcome;
mod send;
mod table;
#[cfg(test)]
mod tests;

use scanfleet_sdk::page::Page;
use scanfleet_sdk::{BookCapabilities, BookWrite, Support};
use url::Url;

pub(crate) use edit::Export;
pub(crate) use find::tab;
pub(crate) use send::harmless_function;

use crate::driver::XeroxDriver;

/// Where the pages are.
#[derive(Debug, Clone, Default)]
pub(crate) struct Places {
    /// The list of contacts.
    pub(crate) list: Option<Url>,
    /// Whether the list says how many there are.
    pub(crate) counts: bool,
    pub(crate) export: Option<Url>,
    /// The page that takes a file.
    pub(crate) import: Option<Url>,
    /// A link that says that it leads there.
    pub(crate) import_way: Option<Url>,
    /// The page that adds one contact.
    pub(crate) add: Option<Url>,
}

/// What the driver knows of the address book.
#[derive(Debug, Default)]
pub(crate) struct BookState {
    /// The tab, as soon as a page has shown it.
    pub(crate) tab: Option<Url>,
    pub(crate) places: Places,
    /// The last export.
    pub(crate) held: Option<Export>,
    /// Whether single contacts have pages that change and delete them; absent before one was looked at.
    pub(crate) single: Option<bool>,
    /// What the list links to: the pages of single contacts among them.
    pub(crate) contacts: Vec<find::Way>,
    /// An address that opens one contact's form, and the contact it opens.
    pub(crate) edit: Option<(Url, String)>,
    /// The list as it was read on the way, until its count is asked for.
    pub(crate) fresh_list: Option<Page>,
    /// Limits that a contact's page tells: name, e-mail address.
    pub(crate) limits: (Option<usize>, Option<usize>),
}

impl XeroxDriver {
    /// What the last reading told of the address book.
    pub(crate) fn book_capabilities(&self) -> Support<BookCapabilities> {
        let Some(held) = &self.book.held else { return Support::Unknown };
        let import = self.book.places.import.is_some() || self.book.places.import_way.is_some();
        let single = self.book.single == Some(true);
        let legacy = held.columns.is_legacy();
        let write = if single {
            Support::Yes(BookWrite::Entries)
        } else if legacy {
            Support::No("the device exports in legacy mode only, which leaves out favourites, groups, fax and scan destinations; an import of such a file would lose them".to_owned())
        } else if import {
            Support::Yes(BookWrite::Import { loses_passwords: held.loses_passwords() })
        } else {
            Support::No("neither a page that takes a file nor pages of single contacts were found".to_owned())
        };
        let groups = match held.groups_by_name() {
            Err(why) => Support::No(why),
            Ok(()) if legacy || !import => Support::No("groups are written by an import only, and the device offers none".to_owned()),
            Ok(()) if single && held.loses_passwords() => Support::No("groups are written by an import of the whole book only, which would lose the passwords of scan destinations".to_owned()),
            Ok(()) => Support::Yes(()),
        };
        let (name, email) = self.book.limits;
        Support::Yes(BookCapabilities {
            write,
            users: self.family.limit("book.users"),
            groups: self.family.limit("book.groups"),
            name_limit: name.or(self.family.limit("book.name")),
            key_limit: None,
            email_limit: email.or(self.family.limit("book.email")),
            has_key: false,
            has_favourite: held.columns.at("favourite").is_some(),
            has_number: false,
            edits_groups: groups,
            encoding: if held.table.is_unicode() { None } else { Some(held.table.encoding().name()) },
        })
    }
}
