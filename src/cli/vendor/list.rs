//! `scanfleet vendor list`: the support matrix.

use serde_json::json;

use super::super::args::{Format, Global};
use super::super::context;
use super::super::error::{CliError, Exit};
use super::super::render::wrap;
use super::super::ui::{Style, Ui};
use crate::family::matrix;

pub(super) fn run(ui: &Ui, global: &Global) -> Result<Exit, CliError> {
    let rows = matrix::rows(&context::makers(global)?);
    match ui.format {
        Format::Json => ui.json(&json!({"families": rows}))?,
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
                        row.caveats.join(" "),
                        row.origin.clone(),
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
                "caveats",
                "origin",
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
