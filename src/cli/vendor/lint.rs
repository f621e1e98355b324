//! `scanfleet vendor lint`: what is wrong in family files.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::super::args::{Format, Global};
use super::super::context;
use super::super::error::{CliError, Exit};
use super::super::ui::Ui;
use crate::family::{Known, lint};
use crate::files::words::count;
use crate::files::yaml::{self, Size};
use crate::files::{FileError, Node, Problem, SourceFile};
use crate::run::makers;

/// Options of `vendor lint`.
#[derive(Debug, Args)]
pub struct LintArgs {
    /// The family files. They may extend each other, the workspace's and the embedded ones.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

/// One mistake or doubt of one file.
struct Found {
    file: PathBuf,
    severity: &'static str,
    problem: Problem,
}

pub(super) fn run(ui: &Ui, global: &Global, args: &LintArgs) -> Result<Exit, CliError> {
    let mut known = Known::of(&makers());
    // Whatever else is used beside these files may be extended, if it can be read.
    for path in context::family_files(global)? {
        if let Ok((_, document)) = read(&path) {
            known.add_document(&document);
        }
    }
    let documents: Vec<_> = args.files.iter().map(|path| (path, read(path))).collect();
    for (_, document) in documents.iter().filter_map(|(_, read)| read.as_ref().ok()) {
        known.add_document(document);
    }
    let mut all = Vec::new();
    let mut pictures = Vec::new();
    for (path, result) in documents {
        let mut add = |severity, error: FileError| {
            let problems = error.problems().iter().cloned();
            all.extend(problems.map(|problem| Found { file: path.clone(), severity, problem }));
            pictures.push((severity, error));
        };
        match result {
            Err(error) => add("error", error),
            Ok((source, document)) => {
                let found = lint(&source, &document, &known);
                for (severity, problems) in [("error", found.errors), ("warning", found.warnings)] {
                    if !problems.is_empty() {
                        add(severity, FileError::in_source(&source, problems));
                    }
                }
            }
        }
    }
    let errors = all.iter().filter(|found| found.severity == "error").count();
    let warnings = all.len() - errors;
    answer(ui, &all)?;
    if ui.format == Format::Text {
        for (severity, error) in &pictures {
            let picture = error.render(false, ui.width());
            ui.out(if *severity == "warning" { as_warning(&picture) } else { picture })?;
            ui.out("")?;
        }
        let files = count(args.files.len(), "file");
        ui.out(match (errors, warnings) {
            (0, 0) => format!("{files} checked; nothing is wrong."),
            _ => format!("{files} checked: {}, {}.", count(errors, "error"), count(warnings, "warning")),
        })?;
    }
    Ok(if errors > 0 { Exit::Invalid } else { Exit::Done })
}

fn read(path: &Path) -> Result<(SourceFile, Node), FileError> {
    let source = SourceFile::read_utf8(path, Size::PLAYBOOK.bytes)?;
    let document = yaml::parse(&source, Size::PLAYBOOK)?;
    Ok((source, document))
}

/// The pictures are drawn for errors.
fn as_warning(picture: &str) -> String {
    let line = |line: &str| match line.strip_prefix("error") {
        Some(rest) => format!("warning{rest}"),
        None => line.to_owned(),
    };
    picture.lines().map(line).collect::<Vec<_>>().join("\n")
}

fn answer(ui: &Ui, all: &[Found]) -> Result<(), CliError> {
    match ui.format {
        Format::Text => Ok(()),
        Format::Json => {
            let problems: Vec<_> = all
                .iter()
                .map(|found| {
                    json!({
                        "file": found.file.display().to_string(),
                        "line": found.problem.line,
                        "column": found.problem.column,
                        "severity": found.severity,
                        "message": found.problem.message,
                        "help": found.problem.help,
                    })
                })
                .collect();
            ui.json(&json!({"problems": problems}))
        }
        Format::Csv => {
            let number = |n: Option<usize>| n.map(|n| n.to_string()).unwrap_or_default();
            let rows: Vec<Vec<String>> = all
                .iter()
                .map(|found| {
                    vec![
                        found.file.display().to_string(),
                        number(found.problem.line),
                        number(found.problem.column),
                        found.severity.to_owned(),
                        found.problem.message.clone(),
                        found.problem.help.clone().unwrap_or_default(),
                    ]
                })
                .collect();
            ui.csv(&["file", "line", "column", "severity", "message", "help"], &rows)
        }
    }
}
