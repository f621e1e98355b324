//! Words of a family file: their languages, and words that mean two things.

use std::collections::BTreeMap;

use scanfleet_sdk::Certainty;
use scanfleet_sdk::error::clean;
use scanfleet_sdk::family::words::key;

use super::Check;
use crate::files::fields::{Fields, found};
use crate::files::words::list;
use crate::files::{Node, Problem, Value};

impl Check<'_> {
    /// Checks the groups of words, and that none is both on and off.
    pub(super) fn words(&mut self, top: Fields<'_>) {
        let known: Vec<String> = match self.known.embedded_above(&self.id) {
            Some(family) => family.groups().map(|(group, _)| group.to_owned()).collect(),
            None => Vec::new(),
        };
        for (group, node) in self.entries(top, "words") {
            self.word_list(node, &format!("the words of `{}`", clean(&group.text)));
            self.unheard_of(group, known.iter().map(String::as_str), "group of words");
        }
        self.on_and_off(top);
    }

    /// A list of `{ lang, certainty, words }`.
    pub(super) fn word_list(&mut self, node: &Node, what: &str) {
        for item in self.problems.list(node, what) {
            let entries = self.problems.mapping(item, what, &["lang", "certainty", "words"]);
            let certainty = self.certainty(item, entries, what);
            let lang = self.required(item, entries, "lang", what);
            match entries.get("words") {
                Some(words) => {
                    for word in self.problems.list(words, "`words`") {
                        if let Some(text) = self.problems.text(word, "a word")
                            && key(text).is_empty()
                        {
                            self.problems.at(
                                word,
                                format!("{} has no letter to compare", found(word, "")),
                                None,
                            );
                        }
                    }
                }
                None if matches!(item.value, Value::Map(_)) => {
                    self.problems.at(item, format!("{what} has no `words`"), None);
                }
                None => {}
            }
            if let (Some((node, lang)), Some(certainty)) = (lang, certainty) {
                self.language(node, lang, certainty);
            }
        }
    }

    /// Words of a language in which nobody has seen a device are general knowledge.
    fn language(&mut self, node: &Node, lang: &str, certainty: Certainty) {
        if certainty == Certainty::Assumed {
            return;
        }
        let Some(maker) = self.maker.clone() else { return };
        let mut seen: Vec<&str> = self
            .known
            .embedded_of(&maker)
            .flat_map(|family| {
                let groups = family.groups().flat_map(|(_, words)| words);
                groups
                    .chain(family.fields().into_values().flat_map(|facts| &facts.labels))
                    .collect::<Vec<_>>()
            })
            .filter(|words| words.certainty > Certainty::Assumed)
            .map(|words| words.lang.as_str())
            .collect();
        seen.sort_unstable();
        seen.dedup();
        // `script` are words of scripts, `all` names of protocols; `und` was seen without anybody knowing the language.
        seen.retain(|seen| !["script", "all", "und"].contains(seen));
        if !seen.is_empty() && !seen.contains(&lang) && !["script", "all", "und"].contains(&lang) {
            let known = list(seen, 12);
            self.warn(
                node,
                format!("no device of this maker was seen in {} before", found(node, "lang")),
                Some(format!(
                    "seen were {known}; words that no device has shown are `assumed`, and stand for a write only beside a known \
                     field name"
                )),
            );
        }
    }

    fn on_and_off(&mut self, top: Fields<'_>) {
        let groups = self.entries(top, "words");
        let of = |name: &str| groups.iter().find(|(key, _)| key.text == name).map(|(_, node)| node);
        for (on, node) in groups.iter().filter(|(key, _)| key.text.ends_with(".on")) {
            let off = format!("{}off", on.text.strip_suffix("on").unwrap_or(&on.text));
            let other: BTreeMap<String, &Node> = of(&off).into_iter().flat_map(words_in).collect();
            for (folded, word) in words_in(node) {
                if other.contains_key(&folded) {
                    self.both(word, &on.text, &off);
                }
            }
        }
        let Some(family) = self.known.embedded_above(&self.id).cloned() else { return };
        for (group, node) in groups {
            let opposite = if let Some(stem) = group.text.strip_suffix(".on") {
                format!("{stem}.off")
            } else if let Some(stem) = group.text.strip_suffix(".off") {
                format!("{stem}.on")
            } else {
                continue;
            };
            for (folded, word) in words_in(node) {
                if family.words(&opposite).any(|known| known.key == folded) {
                    self.both(word, &group.text, &opposite);
                }
            }
        }
    }

    fn both(&mut self, word: &Node, group: &str, other: &str) {
        let message = format!("{} is in `{}` and in `{}`", found(word, ""), clean(group), clean(other));
        let help = "a word that means both means nothing; take it out of one of them".to_owned();
        self.problems.at(word, message, Some(help));
    }

    /// A label that two fields bear finds neither.
    pub(super) fn labels_of_two_fields(&mut self, top: Fields<'_>) {
        let fields = self.entries(top, "fields");
        let mut bearers: BTreeMap<String, String> = BTreeMap::new();
        if let Some(family) = self.known.embedded_above(&self.id) {
            // A field of this file stands in the place of the one above it.
            for (name, facts) in family.fields() {
                if !fields.iter().any(|(key, _)| key.text == name) {
                    bearers.extend(facts.all_labels().map(|label| (label.key.clone(), name.to_owned())));
                }
            }
        }
        for (field, node) in fields {
            for (folded, word) in node.get("labels").into_iter().flat_map(words_in) {
                match bearers.get(&folded) {
                    Some(other) if *other != field.text => {
                        let message = format!(
                            "the label {} is one of `{}` and of `{}`",
                            found(word, ""),
                            clean(other),
                            clean(&field.text)
                        );
                        let help = "a label names one field; otherwise neither can be told".to_owned();
                        self.problems.add(Problem::new(message).span(word.span.clone()).help(help));
                    }
                    _ => {
                        bearers.insert(folded, field.text.clone());
                    }
                }
            }
        }
    }
}

/// The words of a list of `{ lang, certainty, words }`, as they are compared.
fn words_in(list: &Node) -> Vec<(String, &Node)> {
    let Value::List(items) = &list.value else { return Vec::new() };
    items
        .iter()
        .filter_map(|item| item.get("words"))
        .filter_map(|words| match &words.value {
            Value::List(words) => Some(words),
            _ => None,
        })
        .flatten()
        .filter_map(|word| word.scalar().map(|text| (key(text), word)))
        .filter(|(key, _)| !key.is_empty())
        .collect()
}
