//! Outcomes as text, JSON and CSV.

use scanfleet_sdk::FieldChange;
use scanfleet_sdk::error::clean;
use serde_json::Value;

use super::args::Format;
use super::error::CliError;
use super::ui::{Style, Ui};
use crate::files::words::count;
use crate::plan::group;
use crate::run::{DeviceOutcome, ResultKind, RunOutcome, Status};

/// How many device names a group names before it counts the rest.
const NAMED: usize = 12;

/// Prints a run's outcome in the format asked for.
pub(super) fn outcome(ui: &Ui, outcome: &RunOutcome) -> Result<(), CliError> {
    match ui.format {
        Format::Json => ui.json(outcome),
        Format::Csv => csv(ui, outcome),
        Format::Text => {
            changes(ui, &outcome.devices)?;
            failures(ui, &outcome.devices)?;
            notes(ui, &outcome.devices)?;
            unrestorable(ui, &outcome.devices)?;
            ui.out(summary(ui, outcome))
        }
    }
}

fn csv(ui: &Ui, outcome: &RunOutcome) -> Result<(), CliError> {
    let mut rows = Vec::new();
    for device in &outcome.devices {
        let row = |change: Option<&FieldChange>| {
            vec![
                device.name.clone(),
                device.result.as_str().to_owned(),
                device.grade.map(|g| g.as_str().to_owned()).unwrap_or_default(),
                device.category.map(|c| c.as_str().to_owned()).unwrap_or_default(),
                change.map(|c| c.field.clone()).unwrap_or_default(),
                change.map(|c| bare(&c.before)).unwrap_or_default(),
                change.map(|c| bare(&c.after)).unwrap_or_default(),
                device.message.clone(),
            ]
        };
        if device.changes.is_empty() {
            rows.push(row(None));
        } else {
            rows.extend(device.changes.iter().map(|change| row(Some(change))));
        }
    }
    ui.csv(&["device", "result", "grade", "category", "field", "before", "after", "message"], &rows)
}

/// Prints changes, gathered by devices that change alike.
pub(super) fn changes(ui: &Ui, devices: &[DeviceOutcome]) -> Result<(), CliError> {
    for group in group(devices.iter().map(|d| (d.name.as_str(), d.changes.as_slice()))) {
        let head = format!("{}: {}", count(group.devices.len(), "device"), names(&group.devices));
        ui.out(ui.paint(&head, Style::Bold))?;
        let width = group.changes.iter().map(|c| c.field.len()).max().unwrap_or_default();
        let before = group.changes.iter().map(|c| shown(&c.before).chars().count()).max().unwrap_or_default();
        for change in &group.changes {
            ui.out(format!(
                "    {:width$}  {:before$}  ->  {}",
                change.field,
                shown(&change.before),
                ui.paint(&shown(&change.after), Style::Good),
            ))?;
        }
        ui.out("")?;
    }
    Ok(())
}

fn failures(ui: &Ui, devices: &[DeviceOutcome]) -> Result<(), CliError> {
    let failed: Vec<_> = devices.iter().filter(|d| d.result == ResultKind::Failed).collect();
    if failed.is_empty() {
        return Ok(());
    }
    ui.out(ui.paint(&format!("{} failed:", count(failed.len(), "device")), Style::Bad))?;
    for device in failed {
        let category = device.category.map_or("unknown", |c| c.as_str());
        let text = format!("{}  {category}: {}", clean(&device.name), clean(&device.message));
        for line in wrap(&text, ui.width().saturating_sub(4)) {
            ui.out(format!("    {line}"))?;
        }
    }
    ui.out("")
}

fn notes(ui: &Ui, devices: &[DeviceOutcome]) -> Result<(), CliError> {
    let mut gathered: Vec<(&str, Vec<String>)> = Vec::new();
    for device in devices {
        for note in &device.notes {
            match gathered.iter_mut().find(|(text, _)| text == note) {
                Some((_, names)) => names.push(device.name.clone()),
                None => gathered.push((note, vec![device.name.clone()])),
            }
        }
    }
    for (note, devices) in &gathered {
        for line in wrap(&format!("Note: {} ({})", clean(note), names(devices)), ui.width()) {
            ui.out(ui.paint(&line, Style::Dim))?;
        }
    }
    if gathered.is_empty() { Ok(()) } else { ui.out("") }
}

fn unrestorable(ui: &Ui, devices: &[DeviceOutcome]) -> Result<(), CliError> {
    let mut gathered: Vec<(&[String], Vec<String>)> = Vec::new();
    for device in devices.iter().filter(|d| !d.unrestorable.is_empty()) {
        match gathered.iter_mut().find(|(fields, _)| *fields == device.unrestorable.as_slice()) {
            Some((_, names)) => names.push(device.name.clone()),
            None => gathered.push((&device.unrestorable, vec![device.name.clone()])),
        }
    }
    for (fields, devices) in gathered {
        let text = format!(
            "Cannot be restored: {} on {}. scanfleet never stored what was there before, and no copier shows it.",
            fields.join(", "),
            names(&devices)
        );
        for line in wrap(&text, ui.width()) {
            ui.out(ui.paint(&line, Style::Warn))?;
        }
    }
    Ok(())
}

fn summary(ui: &Ui, outcome: &RunOutcome) -> String {
    let parts: Vec<String> = [
        ResultKind::Pending,
        ResultKind::Changed,
        ResultKind::RolledBack,
        ResultKind::Unchanged,
        ResultKind::Drift,
        ResultKind::Skipped,
        ResultKind::Failed,
        ResultKind::NotReached,
    ]
    .into_iter()
    .filter(|kind| outcome.count(*kind) > 0)
    .map(|kind| format!("{} {}", outcome.count(kind), kind.as_str()))
    .collect();
    let (word, style) = match outcome.status {
        Status::Ok => ("ok", Style::Good),
        Status::Partial => ("partial", Style::Warn),
        Status::Failed => ("failed", Style::Bad),
        Status::Stopped => ("stopped", Style::Bad),
        Status::Interrupted => ("interrupted", Style::Bad),
    };
    let run = outcome.run.as_ref().map(|run| format!(" Run {run}")).unwrap_or_default();
    format!(
        "{}: {}.{run}",
        ui.paint(word, style),
        if parts.is_empty() { "no devices".to_owned() } else { parts.join(", ") },
    )
}

/// A value as a person reads it.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::Null => "(empty)".into(),
        other => bare(other),
    }
}

/// A value without quotes; empty for null.
pub(super) fn bare(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => clean(text),
        other => other.to_string(),
    }
}

/// Names, the first few of them.
pub(super) fn names(devices: &[String]) -> String {
    let mut shown: Vec<String> = devices.iter().take(NAMED).map(|d| clean(d)).collect();
    if devices.len() > NAMED {
        shown.push(format!("and {} more", devices.len() - NAMED));
    }
    shown.join(", ")
}

/// Breaks a text into lines of a width, at spaces where there are any.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut();
        if let Some(line) = line {
            if line.is_empty() {
                line.push_str(word);
            } else if line.chars().count() + 1 + word.chars().count() <= width {
                line.push(' ');
                line.push_str(word);
            } else {
                lines.push(format!("  {word}"));
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_text_is_broken_at_spaces_and_continued_with_an_indent() {
        assert_eq!(wrap("one two three", 8), ["one two", "  three"]);
        assert_eq!(wrap("", 8), [""]);
    }

    #[test]
    fn many_names_are_counted() {
        let all: Vec<String> = (0..14).map(|i| format!("d{i}")).collect();
        assert!(names(&all).ends_with("d11, and 2 more"));
    }
}
