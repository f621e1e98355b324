//! Users' family files: finding them, reading them, and handing each to the maker it belongs to.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use scanfleet_sdk::Vendor;
use scanfleet_sdk::family::{FamilyError, FamilyFile, FamilySource};

use super::{Known, lint};
use crate::files::yaml::{self, Size};
use crate::files::{FileError, Node, Problem, SourceFile};

/// The family files in a directory: `*.yaml` in itself, and `<maker>/families/*.yaml` as this program's own sources keep
/// them. In the order of their names, so that which of two wins does not depend on the disk.
///
/// # Errors
/// The directory cannot be read.
pub fn find(directory: &Path) -> Result<Vec<PathBuf>, FileError> {
    let mut files = yaml_files(directory)?;
    for maker in entries(directory)? {
        let families = maker.join("families");
        if families.is_dir() {
            files.extend(yaml_files(&families)?);
        }
    }
    Ok(files)
}

fn yaml_files(directory: &Path) -> Result<Vec<PathBuf>, FileError> {
    let mut files = entries(directory)?;
    files.retain(|path| {
        path.extension().is_some_and(|suffix| suffix == "yaml" || suffix == "yml") && path.is_file()
    });
    Ok(files)
}

fn entries(directory: &Path) -> Result<Vec<PathBuf>, FileError> {
    let unreadable = |e: std::io::Error| {
        FileError::of_file(directory, Problem::new(format!("the directory of families cannot be read: {e}")))
    };
    let mut all = Vec::new();
    for entry in std::fs::read_dir(directory).map_err(unreadable)? {
        all.push(entry.map_err(unreadable)?.path());
    }
    all.sort();
    Ok(all)
}

/// Reads and checks users' files; a later file of an id hides an earlier one. Warnings are not told here.
///
/// # Errors
/// The first file that cannot be used, with everything that is wrong in it.
pub fn load(files: &[PathBuf], makers: &[Arc<dyn Vendor>]) -> Result<Vec<FamilySource>, FileError> {
    let mut read: Vec<(SourceFile, Node)> = Vec::new();
    let mut known = Known::of(makers);
    for path in files {
        let source = SourceFile::read_utf8(path, Size::PLAYBOOK.bytes)?;
        let document = yaml::parse(&source, Size::PLAYBOOK)?;
        known.add_document(&document);
        read.push((source, document));
    }
    let mut sources = Vec::new();
    for (source, document) in &read {
        let found = lint(source, document, &known);
        if !found.errors.is_empty() {
            return Err(FileError::in_source(source, found.errors));
        }
        let file = source.path().display().to_string();
        let family = FamilySource { origin: file.clone(), file, text: source.text().to_owned() };
        // What the checks here let pass and the driver's own reading does not is told too, if without a picture.
        scanfleet_sdk::family::load::<FamilyFile>(&family.file, &family.text)
            .map_err(|e| FileError::of_file(source.path(), Problem::new(e.problem)))?;
        sources.push(family);
    }
    Ok(sources)
}

/// The files that are for one maker's devices: by their own word, or by the family they extend. `known` are the embedded
/// families.
///
/// # Errors
/// A file that cannot be read as a family.
pub fn of_maker(
    users: &[FamilySource],
    maker: &str,
    known: &Known,
) -> Result<Vec<FamilySource>, FamilyError> {
    let mut known = known.clone();
    let mut ids = Vec::new();
    for source in users {
        let file: FamilyFile = scanfleet_sdk::family::load(&source.file, &source.text)?;
        known.add(&file.id, file.maker.as_deref(), file.extends.as_deref());
        ids.push(file.id);
    }
    let own = users.iter().zip(&ids).filter(|(_, id)| known.maker(id) == Some(maker));
    Ok(own.map(|(source, _)| source.clone()).collect())
}
