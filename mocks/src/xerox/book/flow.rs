//! Export and import, request by request.

use super::super::device::{Device, Inner, Visit};
use super::super::pages::with_error;
use super::import::{self, Outcome, Uploaded};
use super::{columns, pages};
use crate::http::{Form, Response};

/// What a page says while somebody works with the book. INVENTED.
const BUSY: &str = "The address book is in use. Try again later.";

/// Where an import stands.
#[derive(Debug, Default)]
pub(in crate::xerox) struct Import {
    /// The file that was uploaded last.
    file: Option<Uploaded>,
    /// Whether "Import" was pressed after that.
    started: bool,
    /// What is carried out when "in progress" was said often enough.
    under_way: Option<(u32, Uploaded, import::Mapping)>,
    /// What came of the last one.
    outcome: Option<Outcome>,
}

impl Device {
    /// The list of contacts, or one contact.
    pub(in crate::xerox) fn contacts(&self, inner: &mut Inner, visit: &Visit<'_>, query: &Form) -> Response {
        if let Some(response) = self.in_progress(inner, visit) {
            return response;
        }
        match query.get("contactId") {
            Some(id) => {
                let entry = id.parse().ok().and_then(|id| inner.book.entry(id));
                self.html(visit, |page| pages::contact(page, &inner.book, entry))
            }
            None => {
                let number = query.get("page").and_then(|page| page.parse().ok()).unwrap_or(1);
                self.html(visit, |page| pages::list(page, &inner.book, number))
            }
        }
    }

    /// The page with the links to export and import.
    pub(in crate::xerox) fn management(&self, visit: &Visit<'_>) -> Response {
        self.html(visit, pages::management)
    }

    /// The page with the export's choices.
    pub(in crate::xerox) fn export_page(&self, visit: &Visit<'_>) -> Response {
        self.html(visit, pages::export)
    }

    /// Prepares the file; the page that follows links it.
    pub(in crate::xerox) fn prepare_export(&self, inner: &mut Inner, visit: &Visit<'_>) -> Response {
        inner.export_wish = Some(self.export_wish(&visit.form));
        self.next(inner, visit)
    }

    /// Delimiter, and whether legacy mode is wanted.
    fn export_wish(&self, form: &Form) -> (char, bool) {
        let book = &self.profile.book;
        let value = form.text(&book.export.delimiter);
        let known = book.import.delimiters.iter().find(|(known, ..)| known == value);
        (known.map_or(',', |(.., sign)| *sign), form.get(&book.export.legacy).is_some())
    }

    /// The file.
    pub(in crate::xerox) fn export_file(
        &self,
        inner: &mut Inner,
        visit: &Visit<'_>,
        query: &Form,
    ) -> Response {
        if let Some(response) = self.in_progress(inner, visit) {
            return response;
        }
        let export = &self.profile.book.export;
        let (delimiter, legacy) = match &export.way {
            super::ExportWay::Get => self.export_wish(query),
            super::ExportWay::Prepared(..) => match inner.export_wish {
                Some(wish) => wish,
                None => return self.export_page(visit),
            },
        };
        let bytes = columns::export(export, &inner.book, delimiter, legacy);
        // That a download bears these headers is known of another CSV.
        let mut response = Response::plain(200, "application/octet-stream", bytes);
        response.header("Content-Disposition", "attachment; filename=\"AddressBook.csv\"");
        response
    }

    /// The pages of the import, as they stand now.
    pub(in crate::xerox) fn import_page(&self, visit: &Visit<'_>) -> Response {
        self.html(visit, |page| pages::import(page, None))
    }

    /// "Upload File".
    pub(in crate::xerox) fn upload(&self, inner: &mut Inner, visit: &Visit<'_>) -> Response {
        let import = &self.profile.book.import;
        let part = visit.parts.iter().find(|part| part.name == import.file && part.file_name.is_some());
        let name = part.and_then(|part| part.file_name.clone()).unwrap_or_default();
        let Some(part) = part.filter(|part| !name.is_empty() && !part.body.is_empty()) else {
            return self.import_error(visit, "Select a file to import.");
        };
        let mut file = Uploaded::new(&visit.session, &name, &part.body);
        if !import.choices_with_import
            && let Err(words) = self.choices(&mut file, &visit.form)
        {
            return self.import_error(visit, words);
        }
        inner.import =
            Import { file: Some(file), under_way: inner.import.under_way.take(), ..Import::default() };
        self.next(inner, visit)
    }

    /// What a form says of delimiter, brackets, and adding or replacing.
    fn choices(&self, file: &mut Uploaded, form: &Form) -> Result<(), &'static str> {
        let import = &self.profile.book.import;
        let (mode, add, replace) = &import.mode;
        file.replace = match form.get(mode) {
            Some(value) if value == replace => true,
            Some(value) if value == add => false,
            _ => return Err("Select how the contacts are imported."),
        };
        let delimiter = form.text(&import.delimiter);
        let known = import.delimiters.iter().find(|(known, ..)| known == delimiter);
        file.delimiter = known.ok_or("Select a record delimiter.")?.2;
        file.strip = form.get(&import.brackets.0) == Some(import.brackets.1.as_str());
        Ok(())
    }

    /// "Import": the headings are read.
    pub(in crate::xerox) fn start_import(&self, inner: &mut Inner, visit: &Visit<'_>) -> Response {
        let with_import = self.profile.book.import.choices_with_import;
        let Some(mut file) = inner.import.file.take().filter(|file| file.session == visit.session) else {
            return self.import_error(visit, "Upload a file first.");
        };
        let chosen = if with_import { self.choices(&mut file, &visit.form) } else { Ok(()) };
        inner.import.file = Some(file);
        match chosen {
            Ok(()) => {
                inner.import.started = true;
                self.next(inner, visit)
            }
            Err(words) => self.import_error(visit, words),
        }
    }

    /// The page after the upload.
    pub(in crate::xerox) fn uploaded_page(&self, inner: &Inner, visit: &Visit<'_>) -> Response {
        match self.own_file(inner, visit) {
            Some(file) => self.html(visit, |page| pages::uploaded(page, file)),
            None => self.import_error(visit, "Upload a file first."),
        }
    }

    /// The page after "Import": the mapping of headings, or only the last button.
    pub(in crate::xerox) fn mapping_page(&self, inner: &Inner, visit: &Visit<'_>) -> Response {
        match self.own_file(inner, visit).filter(|_| inner.import.started) {
            Some(file) => self.html(visit, |page| pages::mapping(page, file)),
            None => self.import_error(visit, "Upload a file first."),
        }
    }

    fn own_file<'a>(&self, inner: &'a Inner, visit: &Visit<'_>) -> Option<&'a Uploaded> {
        inner.import.file.as_ref().filter(|file| file.session == visit.session)
    }

    /// "Import Address Book".
    pub(in crate::xerox) fn finish_import(&self, inner: &mut Inner, visit: &Visit<'_>) -> Response {
        let profile = &self.profile.book;
        if visit.strike.busy || inner.panel_in_use || inner.book.locked_by.is_some() {
            return self.import_error(visit, BUSY);
        }
        let started = inner.import.started;
        let file = inner.import.file.take().filter(|file| started && file.session == visit.session);
        let Some(file) = file else {
            return self.import_error(visit, "Upload a file first.");
        };
        let headings = file.headings();
        let (mut mapping, _) = import::by_heading(profile, &headings);
        let posted = |place: usize| visit.form.get(&format!("{}{place}", profile.import.mapping));
        if (0..mapping.len()).any(|place| posted(place).is_some()) {
            for (place, column) in mapping.iter_mut().enumerate() {
                *column = posted(place).and_then(|value| value.parse().ok());
            }
        }
        inner.import = Import::default();
        if visit.strike.drop_write {
            let (_, outcome) = import::carry_out(profile, &inner.book, &file, &mapping);
            inner.import.outcome = Some(outcome);
        } else {
            inner.import.under_way = Some((profile.import.waits, file, mapping));
        }
        self.next(inner, visit)
    }

    /// The page after "Import Address Book": "in progress", and then what came of it.
    pub(in crate::xerox) fn outcome_page(&self, inner: &mut Inner, visit: &Visit<'_>) -> Response {
        if let Some(response) = self.in_progress(inner, visit) {
            return response;
        }
        match &inner.import.outcome {
            Some(outcome) => {
                let html = pages::outcome(&self.page(visit), &outcome.words, outcome.done);
                let html = if outcome.done { html } else { with_error(&html, &outcome.words) };
                Response::html(html)
            }
            None => self.import_error(visit, "Upload a file first."),
        }
    }

    /// While an import is under way every page of the book says so; each such page brings it nearer to its end.
    fn in_progress(&self, inner: &mut Inner, visit: &Visit<'_>) -> Option<Response> {
        let (left, file, mapping) = inner.import.under_way.take()?;
        if let Some(left) = left.checked_sub(1) {
            inner.import.under_way = Some((left, file, mapping));
            return Some(self.html(visit, pages::in_progress));
        }
        let (book, outcome) = import::carry_out(&self.profile.book, &inner.book, &file, &mapping);
        if outcome.done {
            inner.book = book;
            inner.book_writes += 1;
        }
        inner.import.outcome = Some(outcome);
        None
    }

    /// The first page of the import again, with an error.
    fn import_error(&self, visit: &Visit<'_>, words: &str) -> Response {
        self.html(visit, |page| with_error(&pages::import(page, Some(words)), words))
    }
}
