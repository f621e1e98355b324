//! What is wrong in a family file, each mistake with its place.

mod words;

use scanfleet_sdk::Certainty;
use scanfleet_sdk::error::clean;
use scanfleet_sdk::family::{check_selector, hooks_of};

use super::Known;
use crate::files::fields::{Fields, Problems, found};
use crate::files::mask::looks_secret;
use crate::files::words::{did_you_mean, list};
use crate::files::{Key, Node, Problem, SourceFile, Value};

/// What a check has found.
#[derive(Debug, Clone, Default)]
pub struct Lint {
    /// What keeps the file from being used.
    pub errors: Vec<Problem>,
    /// What is doubtful.
    pub warnings: Vec<Problem>,
}

const KEYS: [&str; 17] = [
    "id",
    "title",
    "maker",
    "extends",
    "signs",
    "facts",
    "smtp_write",
    "smtp_read",
    "test_mail",
    "book_write",
    "book_read",
    "limits",
    "fields",
    "words",
    "selectors",
    "hooks",
    "caveats",
];
const CERTAINTIES: [Certainty; 4] =
    [Certainty::Captured, Certainty::Confirmed, Certainty::Single, Certainty::Assumed];

/// Checks a family file. `known` holds the embedded families and every file that is used beside this one.
pub fn lint(source: &SourceFile, document: &Node, known: &Known) -> Lint {
    let mut known = known.clone();
    known.add_document(document);
    let id = document.get("id").and_then(Node::scalar).unwrap_or_default().to_owned();
    let maker = known.maker(&id).map(str::to_owned);
    let mut check = Check { problems: Problems::of(source), warnings: Vec::new(), known: &known, id, maker };
    check.file(document);
    Lint { errors: check.problems.into_found(), warnings: check.warnings }
}

/// Whether a field of this name takes a secret. `credentialSource` says whose log-in is used, not which.
fn tells_a_secret(name: &str) -> bool {
    looks_secret(&name.replace("credentialSource", ""))
}

struct Check<'a> {
    problems: Problems<'a>,
    warnings: Vec<Problem>,
    known: &'a Known,
    id: String,
    maker: Option<String>,
}

impl Check<'_> {
    fn warn(&mut self, node: &Node, message: impl Into<String>, help: Option<String>) {
        self.warnings.push(Problem::new(message).span(node.span.clone()).help_maybe(help));
    }

    fn file(&mut self, document: &Node) {
        let top = self.problems.mapping(document, "a family file", &KEYS);
        if !matches!(document.value, Value::Map(_)) {
            return;
        }
        self.head(document, top);
        for (key, what) in [
            ("smtp_write", "`smtp_write`"),
            ("smtp_read", "`smtp_read`"),
            ("test_mail", "`test_mail`"),
            ("book_write", "`book_write`"),
            ("book_read", "`book_read`"),
        ] {
            if let Some(node) = top.get(key) {
                let entries = self.problems.mapping(node, what, &["certainty", "because"]);
                self.certainty(node, entries, what);
                self.required(node, entries, "because", what);
            }
        }
        self.signs(top);
        self.facts(top);
        self.limits(top);
        self.fields(top);
        self.words(top);
        self.selectors(top);
        self.hooks(top);
        if let Some(node) = top.get("caveats") {
            for item in self.problems.list(node, "`caveats`") {
                if let Some(text) = self.problems.text(item, "a caveat")
                    && !text.trim().ends_with(['.', '!', '?'])
                {
                    self.warn(item, "a caveat is a full sentence and ends with a period", None);
                }
            }
        }
    }

    fn head(&mut self, document: &Node, top: Fields<'_>) {
        for key in ["id", "title"] {
            match top.get(key) {
                Some(node) => {
                    if let Some(text) = self.problems.text(node, &format!("`{key}`"))
                        && text.trim().is_empty()
                    {
                        self.problems.at(node, format!("`{key}` is empty"), None);
                    }
                }
                None => {
                    let help = match key {
                        "id" => "begin with `id: maker-something`, unique among all families",
                        _ => "write `title:` for people, such as the name of the generation",
                    };
                    self.problems.at(document, format!("the family has no `{key}`"), Some(help.into()));
                }
            }
        }
        if let Some(node) = top.get("id")
            && let Value::Scalar(id) = &node.value
            && !id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        {
            let help = "small letters, digits and hyphens, such as `ricoh-wim-newer`".to_owned();
            self.problems.at(node, format!("{} is no id", found(node, "id")), Some(help));
        }
        if let Some(node) = top.get("maker")
            && let Some(maker) = self.problems.text(node, "`maker`")
            && !self.known.makers().any(|known| known == maker)
        {
            let makers = list(self.known.makers(), 12);
            let help = did_you_mean(maker, self.known.makers())
                .unwrap_or_else(|| format!("this version has adapters for {makers}"));
            self.problems.at(node, format!("the maker {} is unknown", found(node, "maker")), Some(help));
        }
        self.extends(top);
        if let Some(node) = top.get("id")
            && self.maker.is_none()
            && top.get("maker").is_none()
            && top.get("extends").is_none()
        {
            let help = format!("add `maker:` ({}) or `extends:`", list(self.known.makers(), 12));
            self.problems.at(node, "nothing says which maker's devices the family is for", Some(help));
        }
    }

    fn extends(&mut self, top: Fields<'_>) {
        let Some(node) = top.get("extends") else { return };
        let Some(parent) = self.problems.text(node, "`extends`") else { return };
        let known = self.known;
        let chain = known.chain(&self.id);
        if known.get(parent).is_none() {
            let others: Vec<&str> = known.ids().filter(|id| *id != self.id).collect();
            let help = did_you_mean(parent, others.iter().copied())
                .unwrap_or_else(|| format!("there are {}", list(others, 20)));
            self.problems.at(
                node,
                format!("it extends {}, which nobody knows", found(node, "extends")),
                Some(help),
            );
            return;
        }
        let Some(last) = chain.last() else { return };
        if chain[..chain.len() - 1].contains(last) {
            let way = chain.iter().map(|id| format!("`{}`", clean(id))).collect::<Vec<_>>().join(" extends ");
            let help = if chain.len() == 2 {
                "a file of this id replaces the embedded family; to build on that one, choose another id"
                    .to_owned()
            } else {
                "take one of these `extends` out".to_owned()
            };
            self.problems.at(node, format!("it comes back to itself: {way}"), Some(help));
        } else if known.get(last).is_none() {
            let message = format!(
                "{} extends in the end `{}`, which nobody knows",
                found(node, "extends"),
                clean(last)
            );
            self.problems.at(node, message, None);
        }
    }

    /// The certainty of an entry: there, and one of the four words.
    fn certainty(&mut self, at: &Node, entries: Fields<'_>, what: &str) -> Option<Certainty> {
        let words = CERTAINTIES.map(Certainty::as_str);
        let Some(node) = entries.get("certainty") else {
            if matches!(at.value, Value::Map(_)) {
                let help = format!("each fact bears how sure it is: {}", list(words, 4));
                self.problems.at(at, format!("{what} has no `certainty`"), Some(help));
            }
            return None;
        };
        let text = self.problems.text(node, "`certainty`")?;
        let known = CERTAINTIES.into_iter().find(|c| c.as_str() == text);
        if known.is_none() {
            let help = did_you_mean(text, words).unwrap_or_else(|| format!("write {}", list(words, 4)));
            self.problems.at(
                node,
                format!("the certainty {} is unknown", found(node, "certainty")),
                Some(help),
            );
        }
        known
    }

    /// A text that must be there.
    fn required<'n>(
        &mut self,
        at: &Node,
        entries: Fields<'n>,
        key: &str,
        what: &str,
    ) -> Option<(&'n Node, &'n str)> {
        match entries.get(key) {
            Some(node) => self.problems.text(node, &format!("`{key}` of {what}")).map(|text| (node, text)),
            None if matches!(at.value, Value::Map(_)) => {
                self.problems.at(at, format!("{what} has no `{key}`"), None);
                None
            }
            None => None,
        }
    }

    fn entries<'n>(&mut self, top: Fields<'n>, key: &str) -> &'n [(Key, Node)] {
        match top.get(key) {
            Some(node) => self.problems.mapping(node, &format!("`{key}`"), &[]).0,
            None => &[],
        }
    }

    /// A fact: `{ value, certainty }`.
    fn fact<'n>(&mut self, node: &'n Node, what: &str) -> Option<(&'n Node, &'n str)> {
        let entries = self.problems.mapping(node, what, &["value", "certainty"]);
        self.certainty(node, entries, what);
        self.required(node, entries, "value", what)
    }

    fn signs(&mut self, top: Fields<'_>) {
        let Some(node) = top.get("signs") else { return };
        let pages: Vec<String> = self
            .maker
            .iter()
            .flat_map(|maker| self.known.embedded_of(maker))
            .flat_map(|family| family.signs().iter().map(|sign| sign.page.clone()))
            .chain(["model".to_owned()])
            .collect();
        for item in self.problems.list(node, "`signs`") {
            let entries = self.problems.mapping(item, "a sign", &["where", "contains", "shape", "certainty"]);
            self.certainty(item, entries, "a sign");
            if let Some((node, page)) = self.required(item, entries, "where", "a sign")
                && !pages.iter().any(|known| known == page)
            {
                let known = pages.iter().map(String::as_str);
                let help = did_you_mean(page, known.clone())
                    .unwrap_or_else(|| format!("known are {}", list(known, 12)));
                self.warn(
                    node,
                    format!("no family of this maker looks at {}", found(node, "where")),
                    Some(help),
                );
            }
            if let Some(node) = entries.get("shape")
                && let Some(shape) = self.problems.text(node, "`shape`")
                && !["rows", "terms"].contains(&shape)
            {
                let help = "write `rows` (table rows) or `terms` (definition lists)".to_owned();
                self.problems.at(node, format!("the shape {} is unknown", found(node, "shape")), Some(help));
            }
            if let Some(node) = entries.get("contains") {
                self.problems.text(node, "`contains`");
            } else if entries.get("shape").is_none() && !entries.0.is_empty() {
                let help = "write `contains:` or `shape:`".to_owned();
                self.problems.at(
                    item,
                    "the sign says nothing of the page, so every page bears it",
                    Some(help),
                );
            }
        }
    }

    fn facts(&mut self, top: Fields<'_>) {
        let names: Vec<String> = match self.known.embedded_above(&self.id) {
            Some(family) => family.fact_names().map(str::to_owned).collect(),
            None => Vec::new(),
        };
        for (key, node) in self.entries(top, "facts") {
            let Some((value, text)) = self.fact(node, "a fact") else { continue };
            if leads_away(text) {
                let help =
                    "write the path on the device; a family leads nowhere but to its own device".to_owned();
                let named = clean(&key.text);
                self.problems.at(value, format!("the fact `{named}` is an address of its own"), Some(help));
            }
            self.unheard_of(key, names.iter().map(String::as_str), "fact");
        }
    }

    /// Warns of a name that nobody reads, where it looks like a mistyped one.
    fn unheard_of<'k>(&mut self, key: &Key, known: impl Iterator<Item = &'k str> + Clone, what: &str) {
        if !known.clone().any(|name| name == key.text)
            && let Some(help) = did_you_mean(&key.text, known)
        {
            let message = format!("no family that this one extends has a {what} `{}`", clean(&key.text));
            self.warnings.push(Problem::new(message).span(key.span.clone()).help(help));
        }
    }

    fn limits(&mut self, top: Fields<'_>) {
        for (_, node) in self.entries(top, "limits") {
            let Some((value, text)) = self.fact(node, "a limit") else { continue };
            if !text.parse::<usize>().is_ok_and(|limit| limit > 0) {
                let help = "write the longest length in characters".to_owned();
                self.problems.at(
                    value,
                    format!("a limit is a number from 1, found {}", found(value, "")),
                    Some(help),
                );
            }
        }
    }

    fn fields(&mut self, top: Fields<'_>) {
        let known = self.known.embedded_above(&self.id).cloned();
        for (key, node) in self.entries(top, "fields") {
            let what = format!("the field `{}`", clean(&key.text));
            let entries = self.problems.mapping(node, &what, &["names", "labels", "optional", "secret"]);
            let mut secret = false;
            for flag in ["optional", "secret"] {
                let Some(value) = entries.get(flag) else { continue };
                match self.problems.text(value, &format!("`{flag}`")) {
                    Some("true") => secret |= flag == "secret",
                    Some("false") | None => {}
                    Some(_) => {
                        let message = format!("`{flag}` is `true` or `false`, found {}", found(value, flag));
                        self.problems.at(value, message, None);
                    }
                }
            }
            let mut telling = looks_secret(&key.text);
            if let Some(names) = entries.get("names") {
                for name in self.problems.list(names, "`names`") {
                    telling |= self.fact(name, "a name").is_some_and(|(_, text)| tells_a_secret(text));
                }
            }
            if telling && !secret {
                self.problems.add(
                    Problem::new(format!("{what} is for a secret and is not typed so"))
                        .span(key.span.clone())
                        .help("add `secret: true`; a secret is put into no other field, and no snapshot keeps one"),
                );
            }
            if let Some(labels) = entries.get("labels") {
                self.word_list(labels, "`labels`");
            }
            if let Some(family) = &known {
                let fields = family.fields();
                self.unheard_of(key, fields.keys().copied(), "field");
            }
        }
        self.labels_of_two_fields(top);
    }

    fn selectors(&mut self, top: Fields<'_>) {
        for (key, node) in self.entries(top, "selectors") {
            if let Some((value, text)) = self.fact(node, "a selector")
                && let Err(why) = check_selector(text)
            {
                let message = format!("`{}` is no CSS selector: {why}", clean(&key.text));
                self.problems.at(value, message, Some("such as `form[name=\"form1\"] input`".into()));
            }
        }
    }

    fn hooks(&mut self, top: Fields<'_>) {
        let maker = self.maker.clone().unwrap_or_default();
        for (_, node) in self.entries(top, "hooks") {
            let Some(hook) = self.problems.text(node, "a hook") else { continue };
            if hooks_of(&maker).any(|known| known == hook) {
                continue;
            }
            let help =
                did_you_mean(hook, hooks_of(&maker)).unwrap_or_else(|| match hooks_of(&maker).next() {
                    Some(_) => format!("the hooks are {}", list(hooks_of(&maker), 12)),
                    None => {
                        "this maker's driver has no hooks; what data cannot say needs a change of the driver"
                            .to_owned()
                    }
                });
            self.problems.at(node, format!("the hook {} is unknown", found(node, "hook")), Some(help));
        }
    }
}

/// Whether a text is an address that leads to another host.
fn leads_away(text: &str) -> bool {
    let text = text.trim();
    text.contains("://") || text.starts_with("//") || text.starts_with('\\')
}
