//! Finding and reading inventories.

use std::path::{Path, PathBuf};

use super::build::{Built, build};
use super::{Inventory, csv, document, sheet, table};
use crate::files::words::list;
use crate::files::yaml::Size;
use crate::files::{FileError, Problem, SourceFile, mask};

/// The names an inventory may have in a workspace.
const NAMES: [&str; 4] = ["inventory.yaml", "inventory.yml", "inventory.csv", "inventory.xlsx"];

impl Inventory {
    /// Reads an inventory; the suffix tells the format (`yaml`, `yml`, `json`, `csv`, `tsv`, `txt`, `xlsx`, `xlsm`).
    ///
    /// # Errors
    /// Everything that is wrong in the file, with places.
    pub fn load(path: &Path) -> Result<Self, FileError> {
        let suffix = path.extension().map(|s| s.to_string_lossy().to_lowercase()).unwrap_or_default();
        match suffix.as_str() {
            "yaml" | "yml" | "json" => Self::from_yaml(&SourceFile::read_utf8(path, Size::INVENTORY.bytes)?),
            "csv" | "tsv" | "txt" => Self::from_csv(&SourceFile::read_tolerant(path, Size::INVENTORY.bytes)?),
            "xlsx" | "xlsm" => {
                let built = build(sheet::read(path)?, path.parent().unwrap_or(Path::new("")));
                if built.problems.is_empty() {
                    Ok(Self::of(path, built))
                } else {
                    Err(FileError::of_problems(path, built.problems))
                }
            }
            "xls" | "ods" | "xlsb" | "numbers" => Err(FileError::of_file(
                path,
                Problem::new(format!("`.{suffix}` files cannot be read")).help("save it as .xlsx or .csv"),
            )),
            _ => Err(FileError::of_file(
                path,
                Problem::new("the suffix does not tell what kind of inventory this is")
                    .help("an inventory is a .yaml, .csv or .xlsx file"),
            )),
        }
    }

    /// Reads an inventory from a YAML text that is at hand already.
    ///
    /// # Errors
    /// Everything that is wrong in the text, with places.
    pub fn from_yaml(source: &SourceFile) -> Result<Self, FileError> {
        let built = build(document::read(source)?, source.dir());
        if built.problems.is_empty() {
            Ok(Self::of(source.path(), built))
        } else {
            Err(FileError::in_source(source, spanned(source, built.problems)))
        }
    }

    /// Reads an inventory from a CSV text that is at hand already.
    ///
    /// # Errors
    /// Everything that is wrong in the text, with places.
    pub fn from_csv(source: &SourceFile) -> Result<Self, FileError> {
        let table = csv::table(source);
        let built = build(table::drafts(&table), source.dir());
        if built.problems.is_empty() {
            return Ok(Self::of(source.path(), built));
        }
        let text = source.text();
        let (mut masked, mut from) = (String::with_capacity(text.len()), 0);
        for span in table::secret_cells(&table) {
            masked.push_str(&text[from..span.start]);
            masked.push_str(&mask::stars(&text[span.clone()]));
            from = span.end;
        }
        masked.push_str(&text[from..]);
        Err(FileError::masked(source, masked, spanned(source, built.problems)))
    }

    /// Finds the one `inventory.{yaml,yml,csv,xlsx}` of a workspace.
    ///
    /// # Errors
    /// There is none, or there are several.
    pub fn find(workspace: &Path) -> Result<PathBuf, FileError> {
        let found: Vec<&str> = NAMES.into_iter().filter(|name| workspace.join(name).is_file()).collect();
        let fail = |message: String, help: &str| {
            Err(FileError::of_file(workspace, Problem::new(message).help(help)))
        };
        match found.as_slice() {
            [one] => Ok(workspace.join(one)),
            [] => fail(
                format!("there is no inventory here: looked for {}", list(NAMES, 9)),
                "write one, name another file with `--inventory FILE`, or another directory with `-w DIR`",
            ),
            several => fail(
                format!("there are several inventories here: {}", list(several.iter().copied(), 9)),
                "keep one, or name one with `--inventory FILE`",
            ),
        }
    }

    fn of(path: &Path, built: Built) -> Self {
        Self { file: path.to_owned(), devices: built.devices, sites: built.sites, notes: built.notes }
    }
}

/// Gives problems that know only their line the text of that line.
fn spanned(source: &SourceFile, mut problems: Vec<Problem>) -> Vec<Problem> {
    for problem in &mut problems {
        if let (None, Some(line)) = (&problem.span, problem.line) {
            problem.span = source.line_span(line);
        }
    }
    problems
}
