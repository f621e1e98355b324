//! "Import" and "Export".

use super::super::device::{Device, Inner, Visit};
use super::super::pages::Note;
use super::super::profile::field;
use super::files;
use super::pages;
use super::profile::{BookExport, BrotherTransfer, ImportAnswer};
use super::words::words;
use crate::http::Response;

/// An import whose page still says "Please wait", or has something to tell.
#[derive(Debug, Clone, Copy)]
pub(in crate::brother) struct Import {
    waits: u32,
    said: Note,
}

impl Device {
    pub(in crate::brother) fn export_page(&self, inner: &mut Inner, visit: &Visit<'_>) -> Response {
        let Some(transfer) = &self.profile.book.transfer else { return self.book_list(inner, visit) };
        self.show(inner, visit, |view| pages::export(view, transfer))
    }

    /// One of the two files.
    pub(in crate::brother) fn export_file(&self, inner: &mut Inner, visit: &Visit<'_>) -> Response {
        let Some(transfer) = &self.profile.book.transfer else { return self.book_list(inner, visit) };
        let groups = match &transfer.way {
            BookExport::Links(_, groups) => visit.request.path == *groups,
            BookExport::Post => match self.wants_groups(visit, transfer) {
                Some(groups) => groups,
                None => return self.export_page(inner, visit),
            },
        };
        let bytes = files::export(&self.profile.book, transfer, &inner.book, groups);
        let mut response = self.plain(200, "application/octet-stream", bytes);
        let name = if groups { "group.csv" } else { "address.csv" };
        response.header("Content-Disposition", format!("attachment; filename=\"{name}\""));
        response
    }

    /// Which of the two files a post means; nothing where it does not say so.
    fn wants_groups(&self, visit: &Visit<'_>, transfer: &BrotherTransfer) -> Option<bool> {
        let (id, book, groups) = &transfer.choice;
        match visit.fields.get(&field(*id))? {
            value if value == book => Some(false),
            value if value == groups && self.profile.book.groups.is_some() => Some(true),
            _ => None,
        }
    }

    /// The import's page, or "Please wait", or once what came of it.
    pub(in crate::brother) fn import_page(&self, inner: &mut Inner, visit: &Visit<'_>) -> Response {
        let Some(transfer) = &self.profile.book.transfer else { return self.book_list(inner, visit) };
        match &mut inner.import {
            Some(import) if import.waits > 0 => {
                import.waits -= 1;
                self.show(inner, visit, pages::please_wait)
            }
            import => {
                let said = import.take().map(|import| import.said);
                self.show(inner, visit, |view| pages::import(view, transfer, said))
            }
        }
    }

    /// A file came.
    pub(in crate::brother) fn import_file(&self, inner: &mut Inner, visit: &Visit<'_>) -> Response {
        let Some(transfer) = &self.profile.book.transfer else { return self.book_list(inner, visit) };
        let words = words(&self.profile.language);
        let part =
            visit.parts.iter().find(|part| part.name == field(transfer.file) && part.file_name.is_some());
        let read = match (part, self.wants_groups(visit, transfer)) {
            (Some(part), Some(groups)) => {
                files::import(&self.profile.book, transfer, &inner.book, &part.body, groups)
            }
            _ => None,
        };
        let said = match (self.in_use(inner, visit), read) {
            (Some(note), _) => note,
            (None, None) => Note::Error(words.bad_file),
            (None, Some(book)) => {
                if !visit.strike.drop_write {
                    inner.book = book;
                    inner.book_writes += 1;
                }
                Note::Success(words.imported)
            }
        };
        match transfer.answer {
            ImportAnswer::Tells => self.show(inner, visit, |view| pages::import(view, transfer, Some(said))),
            ImportAnswer::WaitsOnly => self.show(inner, visit, pages::please_wait),
            ImportAnswer::WaitsThenTells(waits) => {
                inner.import = Some(Import { waits, said });
                self.show(inner, visit, pages::please_wait)
            }
        }
    }
}
