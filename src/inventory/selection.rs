//! Which devices are meant.

use std::fmt;
use std::net::IpAddr;

use ipnet::IpNet;
use scanfleet_sdk::error::clean;

use super::columns::{Column, fold};

/// A selection over an inventory: device names, or `key=value[,value]` terms. Spaces are AND, commas OR; several
/// names are OR. Case does not matter, `*` and `?` stand for any letters and for one, quotes keep spaces together.
///
/// Keys are the inventory's columns under any of their names, `tag=NAME` and `tag=NAME=VALUE`, any tag or field of a
/// site, and `subnet=` or `address=` with a prefix, which means every address within. An empty value (`site=`) means
/// devices without one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Selection {
    pub(super) text: String,
    /// Device names; empty means any.
    pub(super) names: Vec<String>,
    pub(super) terms: Vec<Term>,
}

/// One `key=value[,value]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Term {
    pub(super) key: String,
    pub(super) values: Vec<String>,
}

/// A selection that cannot be read or means nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SelectError {
    /// What is wrong, as a fragment.
    pub message: String,
    /// What exists, or what was probably meant.
    pub help: Option<String>,
}

impl SelectError {
    pub(super) fn new(message: String, help: impl Into<Option<String>>) -> Self {
        Self { message, help: help.into() }
    }
}

impl Selection {
    /// Reads the words of a selection, as they come from `-t` or from a playbook's `target`. No words, or only empty
    /// ones, mean every device.
    ///
    /// # Errors
    /// A term that cannot be read.
    pub fn parse(words: &[String]) -> Result<Self, SelectError> {
        let text = words
            .iter()
            .map(|word| word.trim())
            .filter(|word| !word.is_empty())
            .collect::<Vec<_>>()
            .join(" ");
        let mut selection = Self { text: clean(&text), names: Vec::new(), terms: Vec::new() };
        for token in tokens(&text)? {
            let Some((key, values)) = split_key(&token) else {
                selection.names.extend(alternatives(&token).into_iter().filter(|name| !name.is_empty()));
                continue;
            };
            if fold(&key).is_empty() || !key.chars().all(|c| c.is_alphanumeric() || "_- ./#".contains(c)) {
                return Err(SelectError::new(
                    format!(
                        "`{}` is no term of a selection",
                        clean(&token.iter().map(|(c, _)| c).collect::<String>())
                    ),
                    "write `key=value[,value]`, or names of devices".to_owned(),
                ));
            }
            let mut values = alternatives(&values);
            // `site=north,` is a slip; `site=` alone means devices without one.
            if values.iter().any(|value| !value.is_empty()) {
                values.retain(|value| !value.is_empty());
            }
            let column = Column::of(&key).map(|(column, _)| column);
            for value in &values {
                if matches!(column, Some(Column::Subnet | Column::Address)) && looks_like_prefix(value) {
                    return Err(SelectError::new(
                        format!("`{}` is no subnet", clean(value)),
                        "write it as `10.1.90.0/24`".to_owned(),
                    ));
                }
            }
            selection.terms.push(Term { key, values });
        }
        Ok(selection)
    }

    /// Whether every device is meant.
    pub fn is_all(&self) -> bool {
        self.names.is_empty() && self.terms.is_empty()
    }
}

impl fmt::Display for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_all() { "all devices" } else { &self.text })
    }
}

fn looks_like_prefix(value: &str) -> bool {
    value.parse::<IpNet>().is_err()
        && value.split_once('/').is_some_and(|(address, _)| address.parse::<IpAddr>().is_ok())
}

/// A word whose characters know whether they were quoted.
type Token = Vec<(char, bool)>;

fn tokens(text: &str) -> Result<Vec<Token>, SelectError> {
    let (mut tokens, mut token, mut quote) = (Vec::new(), Token::new(), None);
    let mut before = ' ';
    for c in text.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), c) => token.push((c, true)),
            // An apostrophe within a word is none: nurses' station.
            (None, '"' | '\'') if matches!(before, ' ' | '=' | ',') => quote = Some(c),
            (None, c) if c.is_whitespace() => {
                if !token.is_empty() {
                    tokens.push(std::mem::take(&mut token));
                }
            }
            (None, c) => token.push((c, false)),
        }
        before = if c.is_whitespace() { ' ' } else { c };
    }
    if quote.is_some() {
        return Err(SelectError::new("a quote in the selection is not closed".into(), None));
    }
    if !token.is_empty() {
        tokens.push(token);
    }
    Ok(tokens)
}

fn split_key(token: &Token) -> Option<(String, Token)> {
    let at = token.iter().position(|(c, quoted)| *c == '=' && !quoted)?;
    Some((token[..at].iter().map(|(c, _)| c).collect(), token[at + 1..].to_vec()))
}

fn alternatives(token: &Token) -> Vec<String> {
    token
        .split(|(c, quoted)| *c == ',' && !quoted)
        .map(|part| part.iter().map(|(c, _)| c).collect::<String>().trim().to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_told() {
        for text in ["=x", "subnet=10.1.0.0/99", "site=\"north", "a!=b"] {
            assert!(Selection::parse(&[text.to_owned()]).is_err(), "{text}");
        }
        assert!(Selection::parse(&[]).unwrap().is_all());
        assert!(Selection::parse(&[" ".into()]).unwrap().is_all());
    }
}
