//! `scanfleet book import`: files of any kind as one list.

use std::collections::HashMap;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::export::write;
use super::source;
use crate::book::{Contact, Who, address_problem, to_csv};
use crate::cli::args::{Format, Global};
use crate::cli::error::{CliError, Exit};
use crate::cli::ui::Ui;
use crate::files::words::count;

/// Options of `book import`.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// CSV files, spreadsheets (.xlsx) and makers' own exports; of a person in several of them the first row is kept.
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Writes the list to this file instead of printing it.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// The encoding of text files (`windows-1252`, `shift_jis`), where it is not found out rightly.
    #[arg(long, value_name = "NAME")]
    pub encoding: Option<String>,
}

pub(super) fn run(ui: &Ui, global: &Global, args: ImportArgs) -> Result<Exit, CliError> {
    let mut all: Vec<Contact> = Vec::new();
    // Where each name and address was first.
    let (mut names, mut emails) = (HashMap::new(), HashMap::new());
    let (mut doubts, mut notes, mut read) = (Vec::new(), Vec::new(), Vec::new());
    for path in &args.files {
        let source = source::file(global, path, args.encoding.as_deref())?;
        let file = source.name.clone();
        doubts.extend(source.doubts.iter().map(|(line, text)| (file.clone(), Some(*line), text.clone())));
        notes.extend(source.notes.iter().map(|note| format!("{file}: {note}")));
        let (contacts, more) = source.contacts();
        notes.extend(more.into_iter().map(|note| format!("{file}: {note}")));
        read.push(json!({"file": file, "format": source.format, "entries": contacts.len()}));
        for contact in contacts {
            let line = Some(contact.place.line as u64).filter(|line| *line > 0);
            let who = Who::new(&contact.name, contact.email.as_deref());
            let at = || line.map_or_else(|| file.clone(), |line| format!("{file}:{line}"));
            let mut doubt = |text: String| doubts.push((file.clone(), line, text));
            if let Some(problem) = contact.email.as_deref().and_then(address_problem) {
                doubt(format!("{who}: {problem}; the row is left out."));
                continue;
            }
            if contact.name.is_empty() {
                doubt(format!("{who} has no name; the row is left out."));
                continue;
            }
            if let Some(first) = who.email.as_ref().and_then(|email| emails.get(email)) {
                doubt(format!("{who}: the address stands in {first} already; the row is left out."));
                continue;
            }
            if let Some(first) = names.get(&contact.name.to_lowercase()) {
                doubt(format!("{who}: the name stands in {first} already; the row is left out."));
                continue;
            }
            names.insert(contact.name.to_lowercase(), at());
            who.email.map(|email| emails.insert(email, at()));
            all.push(contact);
        }
    }
    for (file, line, text) in &doubts {
        let line = line.map(|line| format!(":{line}")).unwrap_or_default();
        ui.say(format!("{file}{line}: {text}"));
    }
    for note in &notes {
        ui.say(format!("Note: {note}"));
    }
    let numbers = all.iter().any(|contact| contact.number.is_some());
    let text = to_csv(&all, numbers);
    if let Some(output) = &args.output {
        write(output, text.as_bytes())?;
    }
    match (ui.format, &args.output) {
        (Format::Json, output) => {
            let told: Vec<_> = doubts
                .iter()
                .map(|(file, line, text)| json!({"file": file, "line": line, "text": text}))
                .collect();
            let output = output.as_ref().map(|output| output.display().to_string());
            ui.json(
                &json!({"files": read, "output": output, "contacts": all, "doubts": told, "notes": notes}),
            )?;
        }
        (_, Some(output)) => ui.say(format!(
            "Wrote {}: {}; {} in doubt.",
            output.display(),
            entries(all.len()),
            count(doubts.len(), "row")
        )),
        (_, None) => ui.out(text.trim_end_matches('\n'))?,
    }
    Ok(Exit::Done)
}

/// `1 entry`, `2 entries`.
pub(super) fn entries(number: usize) -> String {
    if number == 1 { "1 entry".into() } else { format!("{number} entries") }
}
