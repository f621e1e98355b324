//! Outcomes as text, JSON and CSV.

use scanfleet_sdk::error::clean;
use scanfleet_sdk::{Category, FieldChange};
use serde_json::Value;

use super::args::Format;
use super::error::CliError;
use super::ui::{Style, Ui};
use crate::files::words::count;
use crate::plan::group;
use crate::run::{DeviceOutcome, ResultKind, RunOutcome, Status};

/// How many device names a group names before it counts the rest.
const NAMED: usize = 12;
/// How many a note names.
const NOTED: usize = 4;

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

/// Prints what came of changes that were shown before: in text, without showing them once more.
pub(super) fn result(ui: &Ui, result: &RunOutcome) -> Result<(), CliError> {
    if ui.format != Format::Text {
        return outcome(ui, result);
    }
    failures(ui, &result.devices)?;
    unrestorable(ui, &result.devices)?;
    ui.out(summary(ui, result))
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
        let head = format!("{}: {}", count(group.devices.len(), "device"), names(&group.devices, NAMED));
        for line in wrap(&head, ui.width()) {
            ui.out(ui.paint(&line, Style::Bold))?;
        }
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
    for line in failed_lines(ui, failed.iter().map(|d| (d.name.as_str(), d.category, d.message.as_str()))) {
        ui.out(line)?;
    }
    ui.out("")
}

/// What failed and why, a paragraph a device: names, categories and whole messages.
pub(super) fn failed_lines<'a>(
    ui: &Ui,
    failed: impl ExactSizeIterator<Item = (&'a str, Option<Category>, &'a str)>,
) -> Vec<String> {
    let mut lines = vec![ui.paint(&format!("{} failed:", count(failed.len(), "device")), Style::Bad)];
    for (name, category, message) in failed {
        let category = category.map(|c| format!("{c}: ")).unwrap_or_default();
        let text = format!("{}  {category}{}", clean(name), clean(message));
        lines.extend(wrap(&text, ui.width().saturating_sub(4)).iter().map(|line| format!("    {line}")));
    }
    lines
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
        for line in wrap(&format!("Note: {} ({})", clean(note), names(devices, NOTED)), ui.width()) {
            ui.out(ui.paint(&line, Style::Dim))?;
        }
    }
    if gathered.is_empty() { Ok(()) } else { ui.out("") }
}

fn unrestorable(ui: &Ui, devices: &[DeviceOutcome]) -> Result<(), CliError> {
    let mut gathered: Vec<(&DeviceOutcome, Vec<String>)> = Vec::new();
    for device in devices.iter().filter(|d| !d.unrestorable.is_empty()) {
        let alike = |other: &DeviceOutcome| {
            other.unrestorable == device.unrestorable
                && other.unrestorable_because == device.unrestorable_because
        };
        match gathered.iter_mut().find(|(other, _)| alike(other)) {
            Some((_, names)) => names.push(device.name.clone()),
            None => gathered.push((device, vec![device.name.clone()])),
        }
    }
    for (first, devices) in gathered {
        let fields = &first.unrestorable;
        let because = first.unrestorable_because.as_deref().unwrap_or_default();
        let text =
            format!("Cannot be restored: {} on {}. {because}", fields.join(", "), names(&devices, NAMED));
        for line in wrap(text.trim_end(), ui.width()) {
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
    .map(|kind| {
        let words = match kind {
            ResultKind::Pending => "would change",
            ResultKind::RolledBack => "taken back",
            ResultKind::NotReached => "not reached",
            other => other.as_str(),
        };
        format!("{} {words}", outcome.count(kind))
    })
    .collect();
    let (word, style) = match outcome.status {
        Status::Ok => ("ok", Style::Good),
        Status::Partial => ("partial", Style::Warn),
        Status::Failed => ("failed", Style::Bad),
        Status::Stopped => ("stopped", Style::Bad),
        Status::Interrupted => ("interrupted", Style::Bad),
    };
    let run = outcome.run.as_ref().map(|run| format!(" Run {run}")).unwrap_or_default();
    let nothing = if outcome.run.is_none() { " Nothing was changed." } else { "" };
    format!(
        "{}: {}.{run}{nothing}",
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

/// Names, so many of them at most; nobody is spared the last one by "and 1 more".
pub(super) fn names(devices: &[String], most: usize) -> String {
    let most = if devices.len() == most + 1 { devices.len() } else { most };
    let mut shown: Vec<String> = devices.iter().take(most).map(|d| clean(d)).collect();
    if devices.len() > most {
        shown.push(format!("and {} more", devices.len() - most));
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
        assert!(names(&all, 12).ends_with("d11, and 2 more"));
        assert!(names(&all, 13).ends_with("d12, d13"));
    }
}
