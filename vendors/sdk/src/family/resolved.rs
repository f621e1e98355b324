//! A family with everything it takes over from the families it extends, and all families of a maker.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::file::{FamilyFile, FieldFacts, Limit, Sign, Weakest, Word, Words};
use super::words::{alike, bearing, fold, key, key_without_brackets};
use super::{FamilyError, digest, load};
use crate::{Certainty, FamilyUsed};

/// The text of a family file and where it came from.
#[derive(Debug, Clone)]
pub struct FamilySource {
    /// The file, for messages.
    pub file: String,
    /// `embedded`, or the path of a user's file.
    pub origin: String,
    /// The text.
    pub text: String,
}

impl FamilySource {
    /// A file that is part of the program.
    pub fn embedded(file: &str, text: &str) -> Self {
        Self { file: file.to_owned(), origin: "embedded".to_owned(), text: text.to_owned() }
    }
}

/// One family, resolved.
#[derive(Debug)]
pub struct Family {
    /// Itself first, then what it extends, nearest first.
    chain: Vec<Arc<FamilyFile>>,
    sha256: String,
    origin: String,
}

impl Family {
    /// A family that knows nothing, for a program whose own files cannot be read.
    pub fn empty() -> Self {
        Self { chain: vec![Arc::default()], sha256: digest(&[]), origin: "embedded".to_owned() }
    }

    /// Its id.
    pub fn id(&self) -> &str {
        self.chain.first().map_or("", |f| f.id.as_str())
    }

    /// Its title, for people.
    pub fn title(&self) -> &str {
        self.chain.first().map_or("", |f| f.title.as_str())
    }

    /// The maker, in the word of the inventory.
    pub fn maker(&self) -> &str {
        self.chain.iter().find_map(|f| f.maker.as_deref()).unwrap_or_default()
    }

    /// Where its file came from: `embedded`, or a path.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The ids of the families it extends, nearest first.
    pub fn extends(&self) -> impl Iterator<Item = &str> {
        self.chain.iter().skip(1).map(|f| f.id.as_str())
    }

    /// What the journal records.
    pub fn used(&self) -> FamilyUsed {
        FamilyUsed {
            id: self.id().to_owned(),
            sha256: self.sha256.clone(),
            origin: self.origin.clone(),
            smtp_write: self.smtp_write().map_or(Certainty::Assumed, |w| w.certainty),
            book_write: self.book_write().map(|w| w.certainty),
        }
    }

    /// How sure the way is that scan-to-email settings are written; `None` where the family does not write them.
    pub fn smtp_write(&self) -> Option<&Weakest> {
        self.chain.iter().find_map(|f| f.smtp_write.as_ref())
    }

    /// How sure the way is that scan-to-email settings are read; `None` where the family neither reads nor writes them.
    pub fn smtp_read(&self) -> Option<&Weakest> {
        self.chain.iter().find_map(|f| f.smtp_read.as_ref()).or_else(|| self.smtp_write())
    }

    /// How sure the way is that the pages send a test mail; `None` where they do not.
    pub fn test_mail(&self) -> Option<&Weakest> {
        self.chain.iter().find_map(|f| f.test_mail.as_ref())
    }

    /// How sure the way is that address-book entries are written; `None` where the family does not write them.
    pub fn book_write(&self) -> Option<&Weakest> {
        self.chain.iter().find_map(|f| f.book_write.as_ref())
    }

    /// How sure the way is that the address book is read; `None` where the family neither reads nor writes it.
    pub fn book_read(&self) -> Option<&Weakest> {
        self.chain.iter().find_map(|f| f.book_read.as_ref()).or_else(|| self.book_write())
    }

    /// A CSS selector.
    pub fn selector(&self, name: &str) -> Option<&str> {
        self.chain.iter().find_map(|f| f.selectors.get(name)).map(|s| s.value.as_str())
    }

    /// The code hook for a place, where the family names one.
    pub fn hook(&self, place: &str) -> Option<&str> {
        self.chain.iter().find_map(|f| f.hooks.get(place)).map(String::as_str)
    }

    /// What speaks for this family; its own signs only.
    pub fn signs(&self) -> &[Sign] {
        self.chain.first().map_or(&[], |f| f.signs.as_slice())
    }

    /// How many of its signs the pages bear. `source` gives the source of a page by the driver's name for it.
    pub fn score<'a>(&self, source: impl Fn(&str) -> Option<&'a str>) -> usize {
        self.signs().iter().filter(|sign| source(&sign.page).is_some_and(|text| sign.is_in(text))).count()
    }

    /// A single fact.
    pub fn fact(&self, name: &str) -> Option<&str> {
        self.chain.iter().find_map(|f| f.facts.get(name)).map(|f| f.value.as_str())
    }

    /// The names of all facts.
    pub fn fact_names(&self) -> impl Iterator<Item = &str> {
        self.chain.iter().flat_map(|f| f.facts.keys().map(String::as_str))
    }

    /// The groups of words, and the words of each with language and certainty, its own first.
    pub fn groups(&self) -> impl Iterator<Item = (&str, &[Words])> {
        self.chain
            .iter()
            .flat_map(|f| f.words.iter().map(|(group, words)| (group.as_str(), words.as_slice())))
    }

    /// A limit in characters.
    pub fn limit(&self, name: &str) -> Option<usize> {
        self.chain.iter().find_map(|f| f.limits.get(name)).map(|l: &Limit| l.value)
    }

    /// Every word of a group, in all languages.
    pub fn words(&self, group: &str) -> impl Iterator<Item = &Word> {
        self.chain.iter().filter_map(move |f| f.words.get(group)).flatten().flat_map(|w| &w.words)
    }

    /// Whether a text is one of a group's words.
    pub fn is(&self, group: &str, text: &str) -> bool {
        let (text, bare) = (key(text), key_without_brackets(text));
        !text.is_empty() && self.words(group).any(|w| w.key == text || w.key == bare)
    }

    /// Whether a text says the same as one of a group's words, small words, order and abbreviations aside.
    pub fn is_like(&self, group: &str, text: &str) -> bool {
        let bearing = bearing(text);
        self.words(group).any(|w| alike(&w.bearing, &bearing))
    }

    /// Whether a text holds one of a group's parts of sentences.
    pub fn holds(&self, group: &str, text: &str) -> bool {
        let (spaced, tight) = (fold(text), key(text));
        self.words(group).any(|w| {
            // Languages without spaces are compared without them; others keep their word boundaries.
            if w.text.is_ascii() { spaced.contains(&w.folded) } else { tight.contains(&w.key) }
        })
    }

    /// The facts about a field.
    pub fn field(&self, field: &str) -> Option<&FieldFacts> {
        self.chain.iter().find_map(|f| f.fields.get(field))
    }

    /// All fields and their facts, by the driver's names for them.
    pub fn fields(&self) -> BTreeMap<&str, &FieldFacts> {
        let mut all = BTreeMap::new();
        for file in self.chain.iter().rev() {
            all.extend(file.fields.iter().map(|(name, facts)| (name.as_str(), facts)));
        }
        all
    }

    /// Restrictions and oddities, as full sentences.
    pub fn caveats(&self) -> impl Iterator<Item = &str> {
        self.chain.iter().flat_map(|f| f.caveats.iter().map(String::as_str))
    }
}

/// All families of one maker.
#[derive(Debug, Clone, Default)]
pub struct Families {
    families: Vec<Arc<Family>>,
}

impl Families {
    /// Resolves a maker's files. A later file of the same id replaces an earlier one, so users' files come last.
    ///
    /// # Errors
    /// A file that cannot be read, a family that extends itself or a family nobody knows, an address that leaves the device.
    pub fn resolve(sources: &[FamilySource]) -> Result<Self, FamilyError> {
        let mut files: Vec<(&FamilySource, Arc<FamilyFile>)> = Vec::new();
        for source in sources {
            let read: FamilyFile = load(&source.file, &source.text)?;
            fenced(source, &read)?;
            match files.iter_mut().find(|(_, f)| f.id == read.id) {
                Some(place) => *place = (source, Arc::new(read)),
                None => files.push((source, Arc::new(read))),
            }
        }
        let mut families = Vec::new();
        for (source, file) in &files {
            let mut chain = vec![Arc::clone(file)];
            let mut texts = vec![source.text.as_str()];
            let mut next = file.extends.clone();
            while let Some(id) = next.take() {
                if chain.iter().any(|f| f.id == id) {
                    return Err(problem(source, format!("it extends itself by way of `{id}`")));
                }
                let Some((parent, found)) = files.iter().find(|(_, f)| f.id == id) else {
                    let known: Vec<&str> = files.iter().map(|(_, f)| f.id.as_str()).collect();
                    return Err(problem(
                        source,
                        format!("it extends `{id}`, which nobody knows; there are: {}", known.join(", ")),
                    ));
                };
                chain.push(Arc::clone(found));
                texts.push(&parent.text);
                next.clone_from(&found.extends);
            }
            families.push(Arc::new(Family { chain, sha256: digest(&texts), origin: source.origin.clone() }));
        }
        Ok(Self { families })
    }

    /// The families a device can be of: those with signs.
    pub fn all(&self) -> impl DoubleEndedIterator<Item = &Arc<Family>> {
        self.families.iter().filter(|f| !f.signs().is_empty())
    }

    /// Every family, those that are only extended included.
    pub fn everything(&self) -> &[Arc<Family>] {
        &self.families
    }

    /// A family by its id.
    pub fn get(&self, id: &str) -> Option<&Arc<Family>> {
        self.families.iter().find(|f| f.id() == id)
    }

    /// The family most of whose signs the pages bear; the last one where none speaks, a family that knows nothing where
    /// there is none at all.
    pub fn choose<'a>(&self, source: impl Fn(&str) -> Option<&'a str>) -> Arc<Family> {
        let mut best: Option<(&Arc<Family>, usize)> = None;
        for family in self.all() {
            let score = family.score(&source);
            // Of equals the later one wins: users' files come last.
            if best.is_none_or(|(_, most)| score >= most) {
                best = Some((family, score));
            }
        }
        best.map_or_else(|| Arc::new(Family::empty()), |(family, _)| Arc::clone(family))
    }
}

/// A family may lead nowhere but to its own device.
fn fenced(source: &FamilySource, file: &FamilyFile) -> Result<(), FamilyError> {
    if file.id.is_empty() {
        return Err(problem(source, "it has no id".to_owned()));
    }
    for (name, fact) in &file.facts {
        let value = fact.value.trim();
        if value.contains("://") || value.starts_with("//") || value.starts_with('\\') {
            return Err(problem(
                source,
                format!(
                    "the fact `{name}` is an address of its own (`{value}`); paths on the device are meant"
                ),
            ));
        }
    }
    for (name, selector) in &file.selectors {
        super::check_selector(&selector.value)
            .map_err(|why| problem(source, format!("the selector `{name}` is none: {why}")))?;
    }
    for (place, hook) in &file.hooks {
        if !super::HOOKS.iter().any(|(_, hooks)| hooks.contains(&hook.as_str())) {
            return Err(problem(source, format!("the hook `{hook}` for `{place}` is unknown")));
        }
    }
    Ok(())
}

fn problem(source: &FamilySource, problem: String) -> FamilyError {
    FamilyError { file: source.file.clone(), problem }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(texts: &[&str]) -> Result<Families, FamilyError> {
        let sources: Vec<_> =
            texts.iter().enumerate().map(|(i, t)| FamilySource::embedded(&format!("{i}.yaml"), t)).collect();
        Families::resolve(&sources)
    }

    const BASE: &str = "{id: base, title: Base, maker: m, facts: {page: {value: a.cgi, certainty: single}}, words: {w: [{lang: en, certainty: single, words: [E-mail]}]}}";

    #[test]
    fn what_a_family_does_not_say_comes_from_what_it_extends() {
        let own =
            "{id: own, title: Own, extends: base, signs: [{where: root, contains: X, certainty: single}]}";
        let families = resolve(&[BASE, own]).unwrap();
        let family = families.get("own").unwrap();
        assert_eq!((family.maker(), family.fact("page")), ("m", Some("a.cgi")));
        assert!(family.is("w", "e mail:"));
        assert_eq!(families.all().count(), 1);
        assert_eq!(families.choose(|page| (page == "root").then_some("..x..")).id(), "own");
        assert_ne!(family.used().sha256, families.get("base").unwrap().used().sha256);
    }

    #[test]
    fn a_users_file_replaces_the_embedded_one_of_its_id() {
        let other = BASE.replace("a.cgi", "b.cgi");
        assert_eq!(resolve(&[BASE, &other]).unwrap().get("base").unwrap().fact("page"), Some("b.cgi"));
    }

    #[test]
    fn cycles_strangers_and_foreign_addresses_are_refused() {
        let a = "{id: a, title: A, extends: b}";
        let b = "{id: b, title: B, extends: a}";
        assert!(resolve(&[a, b]).unwrap_err().to_string().contains("extends itself"));
        assert!(resolve(&[a]).unwrap_err().to_string().contains("nobody knows"));
        let away = "{id: a, title: A, facts: {page: {value: 'http://192.0.2.1/x', certainty: single}}}";
        assert!(resolve(&[away]).unwrap_err().to_string().contains("paths on the device"));
    }
}
