//! `scanfleet vendor learn`: a family file for a model that no family knows.

use std::path::{Path, PathBuf};

use clap::Args;
use scanfleet_sdk::survey::Reach;
use serde_json::json;

use super::super::args::{Format, Global};
use super::super::context;
use super::super::error::{CliError, Exit};
use super::super::ui::{Style, Ui};
use crate::family::learn::{Capture, Guess, How, Lesson, Proposal, lesson, propose};
use crate::files::words::count;
use crate::run::{DeviceOutcome, Visit};

/// Options of `vendor learn`.
#[derive(Debug, Args)]
pub struct LearnArgs {
    /// The device's name in the inventory.
    pub device: String,
    /// Where the family file and the capture go; without it, `learned` in the workspace. Use it with `--vendor-dir`.
    #[arg(short, long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// Pages opened at most.
    #[arg(long, default_value_t = 60, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=500))]
    pub pages: u16,
}

pub(super) async fn run(ui: &Ui, global: &Global, args: LearnArgs) -> Result<Exit, CliError> {
    let inventory = context::inventory(ui, global)?;
    let Some(device) = inventory.device(&args.device).cloned() else {
        return Err(CliError::usage(format!("The inventory does not know `{}`.", args.device)));
    };
    let cancel = context::ctrl_c(ui);
    let engine = context::engine(ui, global, 1, &cancel)?;
    let mut devices = context::with_passwords(&engine, vec![device]).await?;
    let Some((device, admin)) = devices.pop() else { return Err(CliError::bug("a device got lost")) };
    let reach = Reach { pages: usize::from(args.pages), ..Reach::default() };
    let visit = match engine.visit(&device, admin.as_ref(), reach).await {
        Ok(visit) => visit,
        Err(error) => {
            let exit = if cancel.is_cancelled() { Exit::Interrupted } else { Exit::AllFailed };
            return Err(CliError::new(exit, DeviceOutcome::failed(&device.name, &error).message));
        }
    };
    let proposal = propose(&visit);
    let lesson = lesson(&visit, &proposal);
    let capture = Capture::of(&visit, &proposal, &device);
    let directory = args.output.unwrap_or_else(|| global.workspace.join("learned"));
    let files = keep(&directory, lesson.as_ref(), &capture, &device.name)?;
    tell(ui, &device.name, &visit, &proposal, lesson.as_ref(), &files)?;
    Ok(if lesson.is_some() { Exit::Done } else { Exit::AllFailed })
}

/// Writes the family file and the capture beside it. Nothing that is there already is overwritten.
fn keep(
    directory: &Path,
    lesson: Option<&Lesson>,
    capture: &Capture,
    device: &str,
) -> Result<Vec<PathBuf>, CliError> {
    let unwritable = |path: &Path, e: std::io::Error| {
        CliError::new(Exit::Unusable, format!("{} cannot be written: {e}.", path.display()))
    };
    let name = lesson.map_or_else(|| "unknown".to_owned(), |lesson| lesson.id.clone());
    let family = directory.join(format!("{name}.yaml"));
    let pages = directory.join(format!("{name}-capture"));
    for path in [Some(&family).filter(|_| lesson.is_some()), Some(&pages)].into_iter().flatten() {
        if path.exists() {
            return Err(CliError::usage(format!(
                "{} exists already and is not overwritten.",
                path.display()
            ))
            .hinted(format!("move it away, or choose another directory with `-o`; {device} was only read")));
        }
    }
    std::fs::create_dir_all(&pages).map_err(|e| unwritable(&pages, e))?;
    let mut files = Vec::new();
    let mut write = |path: PathBuf, text: &str| {
        std::fs::write(&path, text).map_err(|e| unwritable(&path, e))?;
        files.push(path);
        Ok::<_, CliError>(())
    };
    if let Some(lesson) = lesson {
        write(family, &lesson.text)?;
    }
    let index = serde_json::to_string_pretty(capture).map_err(|e| CliError::bug(e.to_string()))?;
    write(pages.join("index.json"), &format!("{index}\n"))?;
    for page in &capture.pages {
        write(pages.join(&page.file), &page.text)?;
    }
    Ok(files)
}

fn tell(
    ui: &Ui,
    device: &str,
    visit: &Visit,
    proposal: &Proposal,
    lesson: Option<&Lesson>,
    files: &[PathBuf],
) -> Result<(), CliError> {
    let path = |index: usize| scanfleet_sdk::error::clean(visit.survey.pages[index].page.url.path());
    let books: Vec<String> = proposal.address_books.iter().map(|index| path(*index)).collect();
    if ui.format == Format::Json {
        return ui.json(&json!({
            "device": device,
            "identity": visit.identity,
            "family": lesson.map(|l| &l.id),
            "extends": visit.family.id(),
            "page": proposal.page.map(path),
            "fields": proposal.fields,
            "unknown_choices": proposal.unknown_choices,
            "address_books": books,
            "pages": visit.survey.pages.len(),
            "avoided": visit.survey.avoided.len(),
            "unseen": visit.survey.unseen,
            "failed": visit.survey.failed,
            "files": files.iter().map(|f| f.display().to_string()).collect::<Vec<_>>(),
        }));
    }
    let head = ["field", "state", "control", "label", "how"];
    let rows: Vec<Vec<String>> = proposal.fields.iter().map(|(field, guess)| row(field, guess)).collect();
    if ui.format == Format::Csv {
        return ui.csv(&head, &rows);
    }
    ui.out(ui.paint(
        &format!("{device}: {}, spoken to by the family `{}`", visit.identity.model, visit.family.id()),
        Style::Bold,
    ))?;
    let survey = &visit.survey;
    ui.out(format!(
        "{} read, {} left alone because they look like orders, {} not reached.",
        count(survey.pages.len(), "page"),
        count(survey.avoided.len(), "link"),
        survey.unseen
    ))?;
    match proposal.page {
        Some(index) => {
            let title = &survey.pages[index].title;
            ui.out(format!(
                "The page of the mail server seems to be \u{201c}{title}\u{201d} ({}):",
                path(index)
            ))?;
            ui.whole_table(&head.map(str::to_uppercase).each_ref().map(String::as_str), &rows)?;
        }
        None => ui.out("No page looks like the one of the mail server.")?,
    }
    for (field, words) in &proposal.unknown_choices {
        ui.out(format!("The choices of `{field}` have words that no family knows: {}.", words.join(", ")))?;
    }
    for book in &books {
        ui.out(format!("Looks like an address book: {book}"))?;
    }
    for note in &visit.notes {
        ui.say(format!("Note: {note}"));
    }
    let Some(lesson) = lesson else {
        ui.say("No family file was written; the capture shows what was seen. Look whether the account may see the menu, or look \
                at more pages with `--pages`.");
        return Ok(());
    };
    if let Some(file) = files.first() {
        let directory = file.parent().unwrap_or(Path::new(".")).display();
        ui.out(format!(
            "The family `{}` is in {}, and a capture without names, addresses and secrets beside it.",
            lesson.id,
            file.display()
        ))?;
        ui.say(format!(
            "Read it, then try `scanfleet --vendor-dir {directory} show {device}` and \
             `scanfleet --vendor-dir {directory} vendor verify {device}`. In the workspace's `vendors/` it is used without being \
             named."
        ));
    }
    Ok(())
}

fn row(field: &str, guess: &Guess) -> Vec<String> {
    let cells = match guess {
        Guess::Found { control, label, how } => {
            let how = match how {
                How::KnownName => "name known",
                How::KnownLabel => "label known",
                How::Likeness => "looks like it",
            };
            ["found", control, label, how].map(str::to_owned)
        }
        Guess::Missing { optional: true } => ["missing", "", "", "some devices lack it"].map(str::to_owned),
        Guess::Missing { optional: false } => ["missing", "", "", "needed"].map(str::to_owned),
        Guess::Doubled { controls } => {
            let names: Vec<&str> = controls.iter().map(|(name, _)| name.as_str()).collect();
            let labels: Vec<&str> = controls.iter().map(|(_, label)| label.as_str()).collect();
            ["doubled".into(), names.join(", "), labels.join(", "), "cannot be told apart".into()]
        }
    };
    let clean = cells.map(|cell| scanfleet_sdk::error::clean(&cell));
    std::iter::once(field.to_owned()).chain(clean).collect()
}
