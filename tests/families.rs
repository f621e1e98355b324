//! Family files that must be accepted and family files that must not, found by folder.
//!
//! Each `tests/families/invalid/<case>.yaml` has its picture in `<case>.err`: errors, then warnings. To write the
//! pictures anew, run the test with `BLESS=1` and read the difference. A case `cycle-…` may name a second file
//! `<case>.yaml.other`, which is used beside it.

use std::fs;
use std::path::{Path, PathBuf};

use scanfleet::family::{Known, Lint, lint, load};
use scanfleet::files::yaml::{self, Size};
use scanfleet::files::{FileError, SourceFile};
use scanfleet::run::{makers, makers_with};

fn cases(folder: &str) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(Path::new("tests/families").join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|suffix| suffix == "yaml"))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no case in {folder}");
    files
}

fn check(path: &Path) -> Result<(SourceFile, Lint), FileError> {
    let source = SourceFile::read_utf8(path, Size::PLAYBOOK.bytes)?;
    let document = yaml::parse(&source, Size::PLAYBOOK)?;
    let mut known = Known::of(&makers());
    let other = path.with_extension("yaml.other");
    if other.exists() {
        let other = SourceFile::read_utf8(&other, Size::PLAYBOOK.bytes)?;
        known.add_document(&yaml::parse(&other, Size::PLAYBOOK)?);
    }
    let found = lint(&source, &document, &known);
    Ok((source, found))
}

fn picture(path: &Path) -> String {
    let drawn = match check(path) {
        Err(error) => vec![error.render(false, 100)],
        Ok((source, found)) => {
            let warnings = FileError::in_source(&source, found.warnings.clone()).render(false, 100);
            [
                (!found.errors.is_empty())
                    .then(|| FileError::in_source(&source, found.errors).render(false, 100)),
                (!found.warnings.is_empty()).then(|| warnings.replace("error: ", "warning: ")),
            ]
            .into_iter()
            .flatten()
            .collect()
        }
    };
    format!("{}\n", drawn.join("\n\n")).replace('\\', "/")
}

#[test]
fn every_wrong_family_file_is_told_as_its_picture_says() {
    let mut wrong = Vec::new();
    for path in cases("invalid") {
        let refused =
            check(&path).map_or(true, |(_, found)| !found.errors.is_empty() || !found.warnings.is_empty());
        if !refused {
            wrong.push(format!("{} was accepted", path.display()));
            continue;
        }
        let picture = picture(&path);
        assert!(!picture.chars().any(|c| c.is_control() && c != '\n'), "{picture:?}");
        let golden = path.with_extension("err");
        if std::env::var_os("BLESS").is_some() {
            fs::write(&golden, &picture).unwrap();
        } else if fs::read_to_string(&golden).unwrap_or_default().replace("\r\n", "\n") != picture {
            wrong.push(format!("{} now says:\n{picture}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_right_family_file_is_accepted_by_the_checks_and_by_its_adapter() {
    for path in cases("valid") {
        let (_, found) = check(&path).unwrap();
        assert!(found.errors.is_empty() && found.warnings.is_empty(), "{}", picture(&path));
        let users = load(std::slice::from_ref(&path), &makers()).unwrap();
        let all = makers_with(&users).unwrap();
        let own = all.iter().flat_map(|maker| maker.families().everything());
        let origin = path.display().to_string();
        assert!(own.into_iter().any(|family| family.origin() == origin), "{origin} is nobody's");
    }
}

#[test]
fn embedded_files_pass_their_own_checks() {
    let mut folders = 0;
    for maker in fs::read_dir("vendors").unwrap() {
        let families = maker.unwrap().path().join("families");
        if !families.is_dir() {
            continue;
        }
        folders += 1;
        for entry in fs::read_dir(families).unwrap() {
            let path = entry.unwrap().path();
            let (_, found) = check(&path).unwrap();
            assert!(found.errors.is_empty() && found.warnings.is_empty(), "{}", picture(&path));
        }
    }
    assert!(folders > 0);
}
