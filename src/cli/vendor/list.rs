//! `scanfleet vendor list`: the support matrix.

use serde_json::json;

use super::super::args::{Format, Global};
use super::super::context;
use super::super::error::{CliError, Exit};
use super::super::render::wrap;
use super::super::ui::{Style, Ui};
use crate::family::matrix;
use crate::journal::Proof;

pub(super) fn run(ui: &Ui, global: &Global) -> Result<Exit, CliError> {
    let rows = matrix::rows(&context::makers(global)?);
    let proofs = proofs(ui, global);
    // A proof is one of the very file: a file that has changed since is unproven again.
    let proven = |row: &matrix::Row| -> Vec<&Proof> {
        proofs.iter().filter(|proof| proof.vendor == row.maker && proof.family_sha256 == row.sha256).collect()
    };
    match ui.format {
        Format::Json => {
            let families: Vec<_> = rows
                .iter()
                .map(|row| {
                    let mut value = json!(row);
                    let proven: Vec<_> = proven(row)
                        .iter()
                        .map(|p| json!({"model": p.model, "firmware": p.firmware, "section": p.section}))
                        .collect();
                    value["proven"] = json!(proven);
                    value
                })
                .collect();
            ui.json(&json!({"families": families}))?;
        }
        Format::Csv => {
            let table: Vec<Vec<String>> = rows
                .iter()
                .map(|row| {
                    let word = |offer: &Option<matrix::Offer>| {
                        offer.as_ref().map_or("no", |offer| offer.certainty.as_str()).to_owned()
                    };
                    vec![
                        row.maker.clone(),
                        row.family.clone(),
                        row.title.clone(),
                        row.recognised_by.join("; "),
                        word(&row.smtp_read),
                        word(&row.smtp_write),
                        row.smtp_write.as_ref().map(|offer| offer.because.clone()).unwrap_or_default(),
                        word(&row.test_mail),
                        word(&row.book_read),
                        word(&row.book_write),
                        row.caveats.join(" "),
                        row.origin.clone(),
                        models(&proven(row)),
                    ]
                })
                .collect();
            let head = [
                "maker",
                "family",
                "title",
                "recognised_by",
                "smtp_read",
                "smtp_write",
                "because",
                "test_mail",
                "book_read",
                "book_write",
                "caveats",
                "origin",
                "proven",
            ];
            ui.csv(&head, &table)?;
        }
        Format::Text => {
            for row in &rows {
                ui.out(ui.paint(&format!("{}  {}", row.family, row.title), Style::Bold))?;
                let mut lines = vec![("offers", row.sections())];
                if !row.certainty().is_empty() {
                    lines.push(("certainty", row.certainty()));
                }
                lines.push(("recognised by", row.recognised_by.join("; ")));
                let proven = proven(row);
                if !proven.is_empty() {
                    lines.push(("proven for", models(&proven)));
                }
                lines.extend(row.caveats.iter().map(|caveat| ("caveat", caveat.clone())));
                if row.origin != "embedded" {
                    lines.push(("from", row.origin.clone()));
                }
                for (name, text) in lines {
                    for (index, line) in wrap(&text, ui.width().saturating_sub(19)).iter().enumerate() {
                        let name = if index == 0 { name } else { "" };
                        ui.out(format!("    {name:13}  {}", line.trim_start()))?;
                    }
                }
            }
        }
    }
    Ok(Exit::Done)
}

/// What this workspace's devices have proven; nothing where there is no journal, or none that can be read.
fn proofs(ui: &Ui, global: &Global) -> Vec<Proof> {
    let read = || Ok::<_, CliError>(context::journal_to_read(global)?.map(|j| j.proofs()).transpose()?);
    read().map(Option::unwrap_or_default).unwrap_or_else(|error| {
        ui.say(format!("Note: what is proven cannot be told. {error}"));
        Vec::new()
    })
}

/// The models as one phrase.
fn models(proofs: &[&Proof]) -> String {
    let named = |proof: &&Proof| {
        let firmware = proof.firmware.as_ref().map(|f| format!(" with firmware {f}")).unwrap_or_default();
        scanfleet_sdk::error::clean(&format!("{}{firmware}", proof.model))
    };
    proofs.iter().map(named).collect::<Vec<_>>().join("; ")
}
