//! Values and differences in words.

use scanfleet_sdk::FieldChange;

/// A value as people read it.
pub(super) fn words(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Null => "empty".into(),
        serde_json::Value::String(text) => format!("`{}`", scanfleet_sdk::error::clean(text)),
        other => other.to_string(),
    }
}

/// What is no longer as it was when a plan was made.
pub(super) fn differences(agreed: &[FieldChange], now: &[FieldChange]) -> String {
    let mut parts = Vec::new();
    for change in now {
        match agreed.iter().find(|a| a.field == change.field) {
            Some(planned) if planned == change => {}
            Some(planned) => parts.push(format!(
                "{} was {} and is {}",
                change.field,
                words(&planned.before),
                words(&change.before)
            )),
            None => parts.push(format!("{} is {}", change.field, words(&change.before))),
        }
    }
    for planned in agreed {
        if !now.iter().any(|c| c.field == planned.field) {
            parts.push(format!("{} is {} already", planned.field, words(&planned.after)));
        }
    }
    some(parts.iter().map(String::as_str), 6)
}

/// The first few texts, and how many more there are; nobody is spared the last one by "and 1 more".
pub(super) fn some<'a>(texts: impl IntoIterator<Item = &'a str>, most: usize) -> String {
    let texts: Vec<&str> = texts.into_iter().collect();
    let most = if texts.len() == most + 1 { texts.len() } else { most };
    let mut shown = texts.iter().take(most).copied().collect::<Vec<_>>().join("; ");
    if texts.len() > most {
        shown.push_str(&format!("; and {} more", texts.len() - most));
    }
    shown
}
