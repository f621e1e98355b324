//! The support matrix in README and docs is the one that the family files give.
//!
//! `BLESS=1 cargo test --test models` writes it anew.

use std::fs;

use scanfleet::family::matrix;
use scanfleet::run::makers;

fn same(file: &str, wanted: &str) {
    if std::env::var_os("BLESS").is_some() {
        fs::write(file, wanted).unwrap();
        return;
    }
    let there = fs::read_to_string(file).unwrap_or_default().replace("\r\n", "\n");
    assert!(
        there == wanted,
        "{file} is not what the family files give; run `BLESS=1 cargo test --test models`"
    );
}

#[test]
fn the_documents_tell_what_the_family_files_say() {
    let rows = matrix::rows(&makers());
    assert!(rows.iter().all(|row| !row.recognised_by.is_empty() && !row.title.is_empty()));
    same("docs/models.md", &matrix::page(&rows));
    let readme = fs::read_to_string("README.md").unwrap().replace("\r\n", "\n");
    let readme =
        matrix::into_document(&readme, &matrix::table(&rows)).expect("the README has a place for the table");
    same("README.md", &readme);
}

#[test]
fn every_family_that_writes_says_how_surely_and_why() {
    for row in matrix::rows(&makers()) {
        let offers = [&row.smtp_read, &row.smtp_write, &row.test_mail, &row.book_read, &row.book_write];
        for offer in offers.into_iter().flatten() {
            assert!(!offer.because.is_empty(), "{}", row.family);
        }
        for caveat in &row.caveats {
            assert!(caveat.ends_with('.'), "{}: {caveat}", row.family);
        }
    }
}
