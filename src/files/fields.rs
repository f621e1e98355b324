//! Taking a document apart: expected keys, expected types, and problems at their places.

use super::mask::looks_secret;
use super::words::{did_you_mean, list};
use super::{FileError, Key, Node, Problem, SourceFile, Value};

/// Collects what is wrong in a document, so that one reading tells everything.
pub(crate) struct Problems<'a> {
    source: &'a SourceFile,
    found: Vec<Problem>,
}

impl<'a> Problems<'a> {
    /// Starts without problems.
    pub(crate) fn of(source: &'a SourceFile) -> Self {
        Self { source, found: Vec::new() }
    }

    /// The file.
    pub(crate) fn source(&self) -> &'a SourceFile {
        self.source
    }

    /// Adds a problem.
    pub(crate) fn add(&mut self, problem: Problem) {
        self.found.push(problem);
    }

    /// Adds a problem at a node.
    pub(crate) fn at(&mut self, node: &Node, message: impl Into<String>, help: Option<String>) {
        self.add(Problem::new(message).span(short(node)).help_maybe(help));
    }

    /// Gives the result, or everything that is wrong.
    pub(crate) fn finish<T>(self, result: T) -> Result<T, FileError> {
        if self.found.is_empty() { Ok(result) } else { Err(FileError::in_source(self.source, self.found)) }
    }

    /// Everything that is wrong.
    pub(crate) fn into_found(self) -> Vec<Problem> {
        self.found
    }

    /// The entries of a mapping; reports another type, and keys that are not in `known` (unless it is empty).
    pub(crate) fn mapping<'n>(&mut self, node: &'n Node, what: &str, known: &[&str]) -> Fields<'n> {
        let Value::Map(entries) = &node.value else {
            let help =
                (!known.is_empty()).then(|| format!("the keys are {}", list(known.iter().copied(), 12)));
            self.at(node, format!("{what} is a mapping (`key: value`), found {}", node.kind()), help);
            return Fields(&[]);
        };
        for (key, _) in entries {
            if known.is_empty() || known.contains(&key.text.as_str()) {
                continue;
            }
            let named = scanfleet_sdk::error::clean(&key.text);
            let keys = list(known.iter().copied(), 12);
            let help = match did_you_mean(&key.text, known.iter().copied()) {
                Some(meant) => format!("{meant} The keys here are {keys}"),
                None => format!("the keys here are {keys}"),
            };
            self.add(
                Problem::new(format!("unknown key `{named}` in {what}")).span(key.span.clone()).help(help),
            );
        }
        Fields(entries)
    }

    /// The items of a list; reports another type.
    pub(crate) fn list<'n>(&mut self, node: &'n Node, what: &str) -> &'n [Node] {
        match &node.value {
            Value::List(items) => items,
            _ => {
                self.at(
                    node,
                    format!("{what} is a list, found {}", node.kind()),
                    Some("begin each item with `- `".into()),
                );
                &[]
            }
        }
    }

    /// A text, number or truth value as written; reports another type.
    pub(crate) fn text<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n str> {
        match &node.value {
            Value::Scalar(text) => return Some(text),
            Value::Null => self.at(
                node,
                format!("{what} has no value"),
                Some("write the value, or remove the key".into()),
            ),
            // `server: {{ x }}` without quotes is a mapping to YAML.
            Value::Map(entries) if entries.len() == 1 && entries[0].0.text.is_empty() => {
                self.at(node, format!("{what} is a text, found a mapping"), Some(QUOTE.into()))
            }
            _ => {
                let slice = self.source.text().get(node.span.start..).unwrap_or_default();
                let help = slice.starts_with("{").then(|| QUOTE.to_owned());
                self.at(node, format!("{what} is a text, found {}", node.kind()), help);
            }
        }
        None
    }
}

const QUOTE: &str = "a value that begins with `{{` needs quotes: \"{{ name }}\"";

/// The entries of a mapping.
#[derive(Clone, Copy)]
pub(crate) struct Fields<'n>(pub(crate) &'n [(Key, Node)]);

impl<'n> Fields<'n> {
    /// The node under a key.
    pub(crate) fn get(self, key: &str) -> Option<&'n Node> {
        self.0.iter().find(|(k, _)| k.text == key).map(|(_, node)| node)
    }
}

/// What was found, fit for a message: a short text in back-ticks, or only its type. A value that stands under a key
/// that looks secret is never told.
pub(crate) fn found(node: &Node, key: &str) -> String {
    match &node.value {
        Value::Scalar(text) if !looks_secret(key) => {
            let text = scanfleet_sdk::error::clean(text);
            match text.chars().count() {
                0 => "an empty text".into(),
                1..=60 => format!("`{text}`"),
                _ => format!("`{}…`", text.chars().take(60).collect::<String>()),
            }
        }
        _ => node.kind().into(),
    }
}

/// A node's place; of a list or mapping only its beginning, so that the caret does not run over the whole file.
fn short(node: &Node) -> std::ops::Range<usize> {
    match node.value {
        Value::List(_) | Value::Map(_) => node.span.start..node.span.end.min(node.span.start + 1),
        _ => node.span.clone(),
    }
}
