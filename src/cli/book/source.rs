//! Address books from wherever they are: a copier, a snapshot, a file.

use std::path::Path;

use scanfleet_sdk::{Book, Section};

use crate::book::{Contact, ContactList, contacts_of, text_of, to_book};
use crate::cli::args::Global;
use crate::cli::context;
use crate::cli::error::{CliError, Exit};
use crate::cli::ui::Ui;
use crate::files::SourceFile;
use crate::journal::{JournalError, Snapshot, SnapshotId};
use crate::run::View;

/// An address book and where it came from.
pub(super) struct Source {
    pub(super) name: String,
    pub(super) book: Book,
    /// The rows, where it came from a list.
    pub(super) rows: Option<Vec<Contact>>,
    /// The format of a file (`list`, `ricoh`, `xerox-26`).
    pub(super) format: Option<&'static str>,
    /// Rows that are doubtful: the line and a full sentence.
    pub(super) doubts: Vec<(u64, String)>,
    /// What else should be known, as full sentences.
    pub(super) notes: Vec<String>,
}

impl Source {
    /// The people as rows of a list, and what a list cannot say.
    pub(super) fn contacts(&self) -> (Vec<Contact>, Vec<String>) {
        match &self.rows {
            Some(rows) => (rows.clone(), Vec::new()),
            None => contacts_of(&self.book),
        }
    }
}

/// The address book that is meant: of a snapshot, a device, or a file.
pub(super) async fn find(ui: &Ui, global: &Global, text: &str) -> Result<Source, CliError> {
    if let Some(snapshot) = snapshot(global, text)? {
        return of_snapshot(&snapshot);
    }
    let inventory = context::inventory(ui, global);
    let known = inventory.as_ref().is_ok_and(|inventory| inventory.device(text).is_some());
    // A device of that name comes first; `./NAME` is always the file.
    if Path::new(text).is_file() && !known {
        return file(global, Path::new(text), None);
    }
    if inventory.is_err() && text.contains(['.', '/', '\\']) {
        return Err(CliError::usage(format!("There is no file {text}.")));
    }
    let Some(device) = inventory?.device(text).cloned() else {
        return Err(CliError::usage(format!("There is no snapshot, device or file called `{text}`."))
            .hinted("`scanfleet snapshot` lists saved configurations, `scanfleet inventory` lists devices"));
    };
    let cancel = context::ctrl_c(ui);
    let engine = context::engine(ui, global, 1, &cancel)?;
    let devices = context::with_passwords(&engine, vec![device]).await?;
    match engine.views(devices, View::Book).await.pop().flatten() {
        Some(Ok(view)) => Ok(Source {
            name: view.device,
            book: view.address_book.unwrap_or_default(),
            rows: None,
            format: None,
            doubts: Vec::new(),
            notes: view.notes,
        }),
        Some(Err(error)) => {
            Err(CliError::new(Exit::AllFailed, format!("{text}: {}: {error}.", error.category)))
        }
        None => Err(CliError::new(Exit::Interrupted, "The run was stopped.")),
    }
}

fn snapshot(global: &Global, text: &str) -> Result<Option<Snapshot>, CliError> {
    if text.parse::<SnapshotId>().is_err() || !text.starts_with(['s', 'S']) {
        return Ok(None);
    }
    match context::journal_to_read(global)?.map(|journal| journal.snapshot(text)) {
        Some(Ok(snapshot)) => Ok(Some(snapshot)),
        Some(Err(JournalError::UnknownSnapshot { .. })) | None => Ok(None),
        Some(Err(error)) => Err(error.into()),
    }
}

/// The address book that a snapshot holds.
pub(super) fn of_snapshot(snapshot: &Snapshot) -> Result<Source, CliError> {
    let id = snapshot.summary.id;
    if snapshot.summary.section != Section::AddressBook {
        return Err(CliError::usage(format!("The snapshot {id} holds no address book."))
            .hinted("`scanfleet snapshot` lists what each snapshot is of"));
    }
    let book = serde_json::from_value(snapshot.typed.clone())
        .map_err(|e| CliError::new(Exit::Unusable, format!("The snapshot {id} cannot be read: {e}.")))?;
    Ok(Source { name: id.to_string(), book, rows: None, format: None, doubts: Vec::new(), notes: Vec::new() })
}

/// Reads a file of any kind.
pub(super) fn file(global: &Global, path: &Path, encoding: Option<&str>) -> Result<Source, CliError> {
    let name = path.display().to_string();
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_lowercase();
    if matches!(extension.as_str(), "xlsx" | "xlsm") {
        return Ok(of_list(name, ContactList::load(path)?, None));
    }
    let (source, note) = text_of(path, encoding)?;
    if let Some(found) = of_maker(global, &source)? {
        return Ok(Source {
            name,
            book: found.book,
            rows: None,
            format: Some(found.format),
            doubts: found.doubts,
            notes: note.into_iter().collect(),
        });
    }
    Ok(of_list(name, ContactList::of_source(&source)?, note))
}

fn of_maker(global: &Global, source: &SourceFile) -> Result<Option<scanfleet_sdk::BookFile>, CliError> {
    Ok(context::makers(global)?.iter().find_map(|maker| maker.read_book_file(source.text())))
}

fn of_list(name: String, list: ContactList, note: Option<String>) -> Source {
    Source {
        name,
        book: to_book(&list.contacts),
        rows: Some(list.contacts),
        format: Some("list"),
        doubts: Vec::new(),
        notes: note.into_iter().chain(list.notes).collect(),
    }
}
