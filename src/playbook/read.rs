//! Reading a playbook.

use std::collections::BTreeMap;
use std::path::Path;

use scanfleet_sdk::Security;
use scanfleet_sdk::error::clean;

use super::book;
use super::check::Checked;
use super::template::RESERVED;
use super::{AuthTemplate, BookTemplate, Play, Playbook, SmtpTemplate, Template, check};
use crate::book::merge::MergeOptions;
use crate::files::fields::{Fields, Problems, found};
use crate::files::mask::looks_secret;
use crate::files::words::{did_you_mean, list, nearest};
use crate::files::yaml::{self, Size};
use crate::files::{FileError, Node, Problem, SecretRef, SourceFile, Value};
use crate::inventory::Selection;

pub(super) const PLAYBOOK: [&str; 3] = ["name", "vars", "plays"];
pub(super) const PLAY: [&str; 4] = ["name", "target", "smtp", "address_book"];
pub(super) const SMTP: [&str; 5] = ["server", "port", "security", "sender", "auth"];
pub(super) const BOOK: [&str; 4] = ["mode", "from", "on_conflict", "shorten"];
pub(super) const AUTH: [&str; 2] = ["user", "password"];
pub(super) const PASSWORD: [&str; 1] = ["secret"];

/// How a literal secret is to be put right.
const STORE: &str = "store it with `scanfleet secret set NAME` and write `{ secret: NAME }` here; \
                     `env:VAR` and `file:PATH` are references too";

impl Playbook {
    /// Reads a playbook.
    ///
    /// # Errors
    /// Everything that is wrong in the file, with places.
    pub fn load(path: &Path) -> Result<Self, FileError> {
        Self::read(SourceFile::read_utf8(path, Size::PLAYBOOK.bytes)?)
    }

    /// Reads a playbook from a text that is at hand already.
    ///
    /// # Errors
    /// Everything that is wrong in the text, with places.
    pub fn read(source: SourceFile) -> Result<Self, FileError> {
        let root = yaml::parse(&source, Size::PLAYBOOK)?;
        let mut problems = Problems::of(&source);
        let mut reader = Reader { problems: &mut problems, vars: BTreeMap::new(), notes: Vec::new() };
        let (name, plays) = reader.playbook(&root);
        let (vars, notes) = (reader.vars, reader.notes);
        problems.finish(())?;
        Ok(Self {
            name,
            vars,
            plays,
            file: source.path().to_owned(),
            sha256: source.sha256().to_owned(),
            notes,
            source,
        })
    }
}

struct Reader<'p, 's> {
    problems: &'p mut Problems<'s>,
    vars: BTreeMap<String, String>,
    notes: Vec<String>,
}

impl Reader<'_, '_> {
    fn playbook(&mut self, root: &Node) -> (String, Vec<Play>) {
        let fields = self.problems.mapping(root, "a playbook", &PLAYBOOK);
        let stem = self.problems.source().path().file_stem().map(|s| s.to_string_lossy().into_owned());
        let name = self.line(fields, "name").or(stem).unwrap_or_else(|| "playbook".into());
        // Variables first: the templates below are checked against them.
        if let Some(node) = fields.get("vars").filter(|node| !node.is_null()) {
            self.variables(node);
        }
        let plays = match fields.get("plays") {
            Some(node) => self.plays(node),
            None => {
                // A misspelt `plays` was told already.
                let misspelt = fields.0.iter().any(|(key, _)| nearest(&key.text, PLAYBOOK) == Some("plays"));
                if matches!(root.value, Value::Map(_)) && !misspelt {
                    self.problems.add(
                        Problem::new("the playbook has no `plays`")
                            .span(root.span.start..root.span.start)
                            .help("add `plays:` with a list of plays, each with `name`, `target` and `smtp` or `address_book`"),
                    );
                }
                Vec::new()
            }
        };
        (name, plays)
    }

    fn variables(&mut self, node: &Node) {
        for (key, value) in self.problems.mapping(node, "`vars`", &[]).0 {
            let name = key.text.as_str();
            let shown = clean(name);
            let at = |message: String| Problem::new(message).span(key.span.clone());
            let fit = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
                && name.chars().next().is_some_and(|c| !c.is_ascii_digit());
            if !fit {
                self.problems.add(
                    at(format!("`{shown}` cannot be a variable's name"))
                        .help("use letters, digits and `_`; templates write it as `{{ name }}`"),
                );
            } else if RESERVED.contains(&name) {
                self.problems.add(
                    at(format!("a variable cannot be called `{name}`"))
                        .help(format!("templates see the {name}'s row of the inventory under this name")),
                );
            } else if names_a_password(name) {
                self.problems.add(
                    at(format!("the variable `{name}` looks like a secret, and a playbook never holds one"))
                        .help("store it with `scanfleet secret set NAME` and write `password: { secret: NAME }` under `auth`"),
                );
            } else if let Some(text) = self.problems.text(value, &format!("the variable `{name}`"))
                && ["{{", "{%"].iter().any(|mark| text.contains(mark))
            {
                self.problems.at(
                    value,
                    format!("the variable `{name}` is a template; variables are taken literally"),
                    Some("write the template where the variable is used".into()),
                );
            }
            // Kept even if wrong, so that its uses are not told as well.
            self.vars.insert(key.text.clone(), value.scalar().unwrap_or_default().to_owned());
        }
    }

    fn plays(&mut self, node: &Node) -> Vec<Play> {
        let items = self.problems.list(node, "`plays`");
        if items.is_empty() && matches!(node.value, Value::List(_)) {
            self.problems.at(node, "`plays` is empty", Some("write at least one play".into()));
        }
        let plays: Vec<_> = items.iter().enumerate().map(|(at, item)| self.play(item, at + 1)).collect();
        for (at, play) in plays.iter().enumerate() {
            if plays[..at].iter().any(|earlier| earlier.name == play.name) {
                self.notes.push(format!("Two plays are called `{}`.", play.name));
            }
        }
        plays
    }

    fn play(&mut self, node: &Node, number: usize) -> Play {
        let fields = self.problems.mapping(node, "a play", &PLAY);
        let name = self.line(fields, "name").unwrap_or_else(|| format!("play {number}"));
        let target = fields.get("target").and_then(|node| {
            let text = self.problems.text(node, "`target`")?;
            if text.trim().is_empty() {
                self.problems.at(
                    node,
                    "`target` is empty",
                    Some("remove the key to mean every device".into()),
                );
                return None;
            }
            match Selection::parse(&[text.to_owned()]) {
                Ok(selection) => Some(selection),
                Err(error) => {
                    self.problems.at(node, error.message, error.help);
                    None
                }
            }
        });
        let smtp = fields.get("smtp").map(|node| self.smtp(node, &name));
        let address_book = fields.get("address_book").and_then(|node| self.address_book(node));
        if smtp.is_none() && fields.get("address_book").is_none() && matches!(node.value, Value::Map(_)) {
            self.notes.push(format!(
                "The play `{name}` has neither `smtp` nor `address_book` and so changes nothing."
            ));
        }
        Play { name, target, smtp, address_book }
    }

    fn address_book(&mut self, node: &Node) -> Option<BookTemplate> {
        const FORM: &str = "write `address_book: { from: contacts.csv }`";
        let fields = self.problems.mapping(node, "`address_book`", &BOOK);
        let mode = self.word(fields, "mode", &book::MODES).unwrap_or_default();
        let on_conflict = self.word(fields, "on_conflict", &book::DECISIONS).unwrap_or_default();
        let shorten = self.word(fields, "shorten", &[("true", true), ("false", false)]).unwrap_or_default();
        let from = self.template(fields, "from", book::path);
        if fields.get("from").is_none() && matches!(node.value, Value::Map(_)) {
            // A misspelt `from` was told already.
            let misspelt = fields.0.iter().any(|(key, _)| nearest(&key.text, BOOK) == Some("from"));
            if !misspelt || fields.0.is_empty() {
                self.problems.at(node, "`address_book` names no list", Some(FORM.into()));
            }
        }
        Some(BookTemplate { from: from?, options: MergeOptions { mode, on_conflict, shorten } })
    }

    /// One of a few words.
    fn word<T: Copy>(&mut self, fields: Fields<'_>, key: &str, words: &[(&str, T)]) -> Option<T> {
        let node = fields.get(key)?;
        let text = self.problems.text(node, &format!("`{key}`"))?;
        let chosen = words.iter().find(|(word, _)| *word == text.trim()).map(|(_, value)| *value);
        if chosen.is_none() {
            let known = || words.iter().map(|(word, _)| *word);
            let help = match (key, text.trim().to_ascii_lowercase().as_str()) {
                ("mode", "replace" | "sync" | "mirror" | "overwrite") => {
                    Some("did you mean `exact` (the book becomes equal to the list)?".into())
                }
                ("mode", "add" | "append" | "update") => {
                    Some("did you mean `merge` (entries of others stay)?".into())
                }
                ("on_conflict", "device" | "panel" | "keep" | "theirs") => {
                    Some("did you mean `keep-device`?".into())
                }
                ("on_conflict", "list" | "ours" | "overwrite") => Some("did you mean `use-list`?".into()),
                ("shorten", "yes" | "on") => Some("did you mean `true`?".into()),
                ("shorten", "no" | "off") => Some("did you mean `false`?".into()),
                _ => did_you_mean(text, known()),
            };
            self.problems.at(
                node,
                format!("`{key}` is one of {}, found {}", list(known(), 9), found(node, key)),
                help,
            );
        }
        chosen
    }

    fn smtp(&mut self, node: &Node, play: &str) -> SmtpTemplate {
        let fields = self.problems.mapping(node, "`smtp`", &SMTP);
        if fields.0.is_empty() && matches!(node.value, Value::Map(_)) {
            self.problems.at(node, "`smtp` is empty", Some(format!("its keys are {}", list(SMTP, 9))));
        }
        let smtp = SmtpTemplate {
            server: self.template(fields, "server", check::server),
            port: self.template(fields, "port", check::port),
            security: fields.get("security").and_then(|node| self.security(node)),
            sender: self.template(fields, "sender", check::sender),
            auth: fields.get("auth").and_then(|node| self.auth(node)),
        };
        self.doubts(&smtp, play);
        smtp
    }

    fn security(&mut self, node: &Node) -> Option<Security> {
        let words = Security::ALL.map(Security::as_str);
        let text = node.scalar().unwrap_or_default();
        let chosen = Security::ALL.into_iter().find(|s| s.as_str() == text);
        if chosen.is_none() {
            let help = match text.to_ascii_lowercase().as_str() {
                "ssl" | "smtps" | "ssl/tls" | "implicit" => {
                    Some("did you mean `tls` (TLS from the first byte)?".into())
                }
                "off" | "no" | "false" | "plain" => Some("did you mean `none`?".into()),
                _ => did_you_mean(text, words),
            };
            self.problems.at(
                node,
                format!("`security` is one of {}, found {}", list(words, 9), found(node, "security")),
                help,
            );
        }
        chosen
    }

    fn auth(&mut self, node: &Node) -> Option<AuthTemplate> {
        const FORMS: &str = "write `auth: none`, or `auth: { user: NAME, password: { secret: NAME } }`";
        match &node.value {
            Value::Scalar(text) if text == "none" => return Some(AuthTemplate::None),
            // Whatever stands here may be `user:password`; it is not repeated.
            Value::Scalar(text) => {
                let help = match did_you_mean(text, ["none"]) {
                    Some(meant) => format!("{meant} Otherwise {FORMS}"),
                    None => format!("{FORMS}; a password itself never stands in a playbook: {STORE}"),
                };
                self.problems.at(
                    node,
                    "`auth` is `none` or a mapping with `user` and `password`, found a text",
                    Some(help),
                );
                return None;
            }
            Value::Map(entries) if !entries.is_empty() => {}
            _ => {
                let found =
                    if matches!(node.value, Value::Map(_)) { "an empty mapping" } else { node.kind() };
                self.problems.at(
                    node,
                    format!("`auth` is `none` or a mapping with `user` and `password`, found {found}"),
                    Some(FORMS.into()),
                );
                return None;
            }
        }
        let fields = self.problems.mapping(node, "`auth`", &AUTH);
        let user = self.template(fields, "user", check::user);
        let secret = fields.get("password").and_then(|node| self.secret(node));
        Some(AuthTemplate::Password { user, secret })
    }

    /// `password: { secret: REF }`; whatever else stands there is never repeated.
    fn secret(&mut self, node: &Node) -> Option<SecretRef> {
        if matches!(node.value, Value::Scalar(_)) {
            self.problems.at(node, "a password must not stand in a playbook", Some(STORE.into()));
            return None;
        }
        let Value::Map(entries) = &node.value else {
            self.problems.at(
                node,
                format!("`password` is `{{ secret: NAME }}`, found {}", node.kind()),
                Some(STORE.into()),
            );
            return None;
        };
        if let Some((key, _)) = entries.iter().find(|(key, _)| !PASSWORD.contains(&key.text.as_str())) {
            // The key may be the password.
            self.problems
                .add(Problem::new("`password` takes one key, `secret`").span(key.span.clone()).help(STORE));
            return None;
        }
        let Some(reference) = node.get("secret") else {
            self.problems.at(node, "`password` names no secret", Some(STORE.into()));
            return None;
        };
        let text = self.problems.text(reference, "`secret`")?;
        match SecretRef::parse(text, self.problems.source().dir()) {
            Ok(reference) => Some(reference),
            Err(said) => {
                self.problems.at(reference, said, None);
                None
            }
        }
    }

    /// A value that may be a template; a literal one is checked at once.
    fn template<T>(
        &mut self,
        fields: Fields<'_>,
        key: &str,
        fit: fn(&str) -> Checked<T>,
    ) -> Option<Template> {
        let node = fields.get(key)?;
        let text = self.problems.text(node, &format!("`{key}`"))?.to_owned();
        let template = Template { text, span: node.span.clone() };
        if template.is_literal() {
            if let Err((message, help)) = fit(template.text.trim()) {
                self.problems.at(node, message, help);
            }
        } else if let Some(problem) = template.check(self.problems.source(), &self.vars) {
            self.problems.add(problem);
        }
        Some(template)
    }

    /// A text on one line, for names.
    fn line(&mut self, fields: Fields<'_>, key: &str) -> Option<String> {
        let text = clean(self.problems.text(fields.get(key)?, &format!("`{key}`"))?);
        (!text.is_empty()).then_some(text)
    }

    /// What is legal and yet rarely meant.
    fn doubts(&mut self, smtp: &SmtpTemplate, play: &str) {
        let port = smtp.port.as_ref().map(|port| port.text.as_str());
        let mut note = |text: &str| self.notes.push(format!("In the play `{play}`: {text}."));
        match (port, smtp.security) {
            (Some("465"), Some(Security::Starttls | Security::StarttlsIfOffered)) => {
                note("port 465 speaks TLS from the first byte, which is `security: tls`, not STARTTLS")
            }
            (Some("465"), Some(Security::None)) => note("port 465 speaks TLS, and `security` is `none`"),
            (Some(port @ ("587" | "25")), Some(Security::Tls)) => {
                note(&format!("port {port} begins in clear and upgrades, which is `security: starttls`"))
            }
            _ => {}
        }
        if let Some(AuthTemplate::Password { secret, .. }) = &smtp.auth {
            match smtp.security {
                Some(Security::None) => {
                    note("the password goes over the network in clear (`security: none`)")
                }
                Some(Security::StarttlsIfOffered) => note(
                    "the password goes in clear where the server offers no STARTTLS; `starttls` prevents that",
                ),
                _ => {}
            }
            if secret.is_none() {
                note("`auth` names no password, so each device keeps the one that it holds")
            }
        }
    }
}

/// Stricter than the masking: a variable `pinboard` or `key` is no mistake.
fn names_a_password(name: &str) -> bool {
    let folded = name.to_ascii_lowercase().replace('_', "");
    looks_secret(name)
        && (["password", "passwd", "passwort", "kennwort", "passphrase", "secret", "credential"]
            .iter()
            .any(|part| folded.contains(part))
            || folded.ends_with("pass")
            || folded.ends_with("pwd")
            || folded == "pw")
}
