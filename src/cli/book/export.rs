//! `scanfleet book export`: an address book as a file.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::source;
use crate::book::to_csv;
use crate::cli::args::{Format, Global};
use crate::cli::context;
use crate::cli::error::{CliError, Exit};
use crate::cli::ui::Ui;
use crate::files::words::list;

/// Options of `book export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// A device, which is read now, a snapshot (`s12`) or a file.
    pub source: String,
    /// Writes to this file instead of printing.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// The format: `csv` is a list, as playbooks take it; makers' own are `ricoh`, `xerox-26`, `xerox-28` and `brother`
    /// (whose columns are assumed).
    #[arg(long = "as", default_value = "csv", value_name = "FORMAT")]
    pub form: String,
    /// Adds the registration numbers to a list; they belong to this copier and are left out otherwise.
    #[arg(long)]
    pub numbers: bool,
}

pub(super) async fn run(ui: &Ui, global: &Global, args: ExportArgs) -> Result<Exit, CliError> {
    let makers = context::makers(global)?;
    let maker = makers.iter().find(|maker| maker.book_formats().contains(&args.form.as_str()));
    if args.form != "csv" && maker.is_none() {
        let known = makers.iter().flat_map(|maker| maker.book_formats().iter().copied());
        let known: Vec<&str> = std::iter::once("csv").chain(known).collect();
        return Err(CliError::usage(format!("There is no address-book format `{}`.", args.form))
            .hinted(format!("the formats are {}", list(known, 12))));
    }
    if maker.is_some() && args.output.is_none() {
        return Err(CliError::usage("A maker's format is written to a file, as its own bytes.")
            .hinted("name the file with `-o FILE`"));
    }
    let source = source::find(ui, global, &args.source).await?;
    for note in &source.notes {
        ui.say(format!("Note: {note}"));
    }
    for (line, doubt) in &source.doubts {
        ui.say(format!("{}:{line}: {doubt}", source.name));
    }
    if let (Some(maker), Some(output)) = (maker, &args.output) {
        let bytes = maker
            .write_book_file(&args.form, &source.book)
            .map_err(|said| CliError::new(Exit::Invalid, format!("{}: {said}.", source.name)))?;
        write(output, &bytes)?;
        return done(ui, &args, &source.name, source.book.entries.len());
    }
    let (contacts, notes) = source.contacts();
    for note in &notes {
        ui.say(format!("Note: {note}"));
    }
    let text = to_csv(&contacts, args.numbers);
    match &args.output {
        Some(output) => {
            write(output, text.as_bytes())?;
            done(ui, &args, &source.name, contacts.len())
        }
        None => {
            match ui.format {
                Format::Json => {
                    ui.json(&json!({"source": source.name, "contacts": contacts, "notes": notes}))?
                }
                _ => ui.out(text.trim_end_matches('\n'))?,
            }
            Ok(Exit::Done)
        }
    }
}

fn done(ui: &Ui, args: &ExportArgs, name: &str, entries: usize) -> Result<Exit, CliError> {
    let file = args.output.as_ref().map(|file| file.display().to_string()).unwrap_or_default();
    match ui.format {
        Format::Json => {
            ui.json(&json!({"source": name, "file": file, "format": args.form, "entries": entries}))?;
        }
        _ => ui.say(format!("Wrote {file}: {}.", super::import::entries(entries))),
    }
    Ok(Exit::Done)
}

/// Writes a file; tells where it cannot be.
pub(super) fn write(path: &std::path::Path, bytes: &[u8]) -> Result<(), CliError> {
    std::fs::write(path, bytes)
        .map_err(|e| CliError::new(Exit::Unusable, format!("{} cannot be written: {e}.", path.display())))
}
