//! Which page is the one of the mail server, and which of its controls is which field.

use std::collections::BTreeMap;

use scanfleet_sdk::error::clean;
use scanfleet_sdk::family::words::{fold, key, key_without_brackets};
use scanfleet_sdk::family::{Family, FieldFacts};
use scanfleet_sdk::form::{Control, ControlType, Form};
use serde::Serialize;

use super::like::{fits, likeness, looks_like_address, row_labels};
use crate::run::Visit;

/// How a control was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// It has a name that the family knows.
    KnownName,
    /// It has a label that the family knows.
    KnownLabel,
    /// It looks like it; a person has to judge.
    Likeness,
}

/// What is proposed for one field.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum Guess {
    /// This control.
    Found {
        /// Its name in the page's source; empty where a script carries it into another field.
        control: String,
        /// What the page calls it; empty where nothing labels it.
        label: String,
        /// Why this one.
        how: How,
    },
    /// Nothing on the page looks like it.
    Missing {
        /// Some devices lack it, says the family.
        optional: bool,
    },
    /// Several controls look equally like it.
    Doubled {
        /// Their names and labels.
        controls: Vec<(String, String)>,
    },
}

/// What a look through a device's pages proposes.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// The page of scan-to-email settings, as an index into the visit's pages; absent where none looks like it.
    pub page: Option<usize>,
    /// Pages that look like an address book.
    pub address_books: Vec<usize>,
    /// The guess for each field of the nearest family, by the driver's name for it.
    pub fields: BTreeMap<String, Guess>,
    /// Choices whose words the family does not know: field, and the words of its options.
    pub unknown_choices: Vec<(String, Vec<String>)>,
}

/// Alike enough to be proposed.
const ENOUGH: f64 = 0.5;
/// Nearer than this to the best is as good.
const AS_GOOD: f64 = 0.05;
/// Fields found at least on the page of the mail server.
const FEWEST: usize = 3;

/// Looks for the page of the mail server and maps its controls.
pub fn propose(visit: &Visit) -> Proposal {
    let family = visit.family.as_ref();
    let mut fields = family.fields();
    // They stand on the page of the log-in.
    fields.retain(|name, _| !name.starts_with("login_"));
    let mut best: Option<(usize, usize, f64)> = None;
    for (index, page) in visit.survey.pages.iter().enumerate() {
        for (at, form) in page.forms.iter().enumerate() {
            let found = map(form, &fields);
            let hits = found.values().filter(|g| matches!(g, Guess::Found { .. })).count();
            // A page that speaks of the mail server beats one that merely has a host, a port and a user.
            let score = hits as f64 + if speaks_of_mail(page, form) { 2.0 } else { 0.0 };
            if hits >= FEWEST && best.is_none_or(|(.., most)| score > most) {
                best = Some((index, at, score));
            }
        }
    }
    let form = best.map(|(page, at, _)| &visit.survey.pages[page].forms[at]);
    let nothing = |facts: &FieldFacts| Guess::Missing { optional: facts.optional };
    let mapped = match form {
        Some(form) => map(form, &fields),
        None => fields.iter().map(|(name, facts)| ((*name).to_owned(), nothing(facts))).collect(),
    };
    Proposal {
        page: best.map(|(page, ..)| page),
        address_books: (0..visit.survey.pages.len()).filter(|page| is_address_book(visit, *page)).collect(),
        unknown_choices: form.map(|form| unknown_choices(form, &mapped, family)).unwrap_or_default(),
        fields: mapped,
    }
}

fn speaks_of_mail(page: &scanfleet_sdk::survey::Surveyed, form: &Form) -> bool {
    const WORDS: [&str; 5] = ["smtp", "email", "mail server", "correo", "courrier"];
    let texts = [page.title.as_str(), page.link.as_str()].into_iter();
    let labels = form.controls.iter().flat_map(row_labels);
    texts.chain(labels).map(fold).any(|text| WORDS.iter().any(|word| text.contains(word)))
}

/// Whether a page looks like an address book: by its title, the way there, or its address.
fn is_address_book(visit: &Visit, index: usize) -> bool {
    const WORDS: [&str; 14] = [
        "address book",
        "addressbook",
        "address list",
        "adressbuch",
        "carnet d adresses",
        "libreta de direcciones",
        "rubrica",
        "adresboek",
        "lista de enderecos",
        "livro de enderecos",
        "adrslist",
        "アドレス帳",
        "주소록",
        "通訊錄",
    ];
    let page = &visit.survey.pages[index];
    let texts = [fold(&page.title), fold(&page.link), fold(page.page.url.path())];
    texts.iter().any(|text| WORDS.iter().any(|word| text.contains(word)))
}

/// One candidate for a field: the control's index, how alike, and why.
type Candidate = (usize, f64, How);

/// The guess for each field. A control goes to one field only: to the one it is most like.
fn map(form: &Form, fields: &BTreeMap<&str, &FieldFacts>) -> BTreeMap<String, Guess> {
    let mut candidates: BTreeMap<&str, Vec<Candidate>> = BTreeMap::new();
    for (name, facts) in fields {
        let list = form
            .controls
            .iter()
            .enumerate()
            .filter(|(index, control)| is_first_of_its_name(form, *index, control))
            .filter(|(_, control)| fits(name, facts, control))
            .filter_map(|(index, control)| {
                judge(name, facts, control).map(|(score, how)| (index, score, how))
            })
            .collect();
        candidates.insert(name, list);
    }
    let mut guesses = BTreeMap::new();
    let mut taken: Vec<usize> = Vec::new();
    while !candidates.is_empty() {
        for list in candidates.values_mut() {
            list.retain(|(index, ..)| !taken.contains(index));
            list.sort_by(|a, b| b.1.total_cmp(&a.1));
        }
        let top = |list: &Vec<Candidate>| list.first().map_or(0.0, |(_, score, _)| *score);
        let next = candidates.iter().max_by(|a, b| top(a.1).total_cmp(&top(b.1))).map(|(name, _)| *name);
        let Some(name) = next else { break };
        let list = candidates.remove(name).unwrap_or_default();
        let guess = match list.as_slice() {
            [] => Guess::Missing { optional: fields.get(name).is_some_and(|facts| facts.optional) },
            [(index, score, how), rest @ ..] => {
                let rivals: Vec<usize> = rest
                    .iter()
                    .filter(|(_, other, _)| score - other < AS_GOOD)
                    .map(|(index, ..)| *index)
                    .collect();
                if rivals.is_empty() {
                    taken.push(*index);
                    let control = &form.controls[*index];
                    Guess::Found { control: control.name.clone(), label: label(control), how: *how }
                } else {
                    let named = |index: &usize| {
                        let control = &form.controls[*index];
                        (clean(&control.name), label(control))
                    };
                    Guess::Doubled { controls: std::iter::once(index).chain(&rivals).map(named).collect() }
                }
            }
        };
        guesses.insert(name.to_owned(), guess);
    }
    lone_address(form, fields, &taken, &mut guesses);
    guesses
}

/// In a language nobody knows, the one field left that holds an address is the address mail leaves under.
fn lone_address(
    form: &Form,
    fields: &BTreeMap<&str, &FieldFacts>,
    taken: &[usize],
    guesses: &mut BTreeMap<String, Guess>,
) {
    let Some(facts) = fields.get("sender") else { return };
    if !matches!(guesses.get("sender"), Some(Guess::Missing { .. })) {
        return;
    }
    let mut left = form.controls.iter().enumerate().filter(|(index, control)| {
        !taken.contains(index) && fits("sender", facts, control) && looks_like_address(&control.value)
    });
    if let (Some((_, control)), None) = (left.next(), left.next()) {
        let found = Guess::Found { control: control.name.clone(), label: label(control), how: How::Likeness };
        guesses.insert("sender".to_owned(), found);
    }
}

/// Of a group of radio buttons one stands for all.
fn is_first_of_its_name(form: &Form, index: usize, control: &Control) -> bool {
    control.kind != ControlType::Radio
        || !form.controls[..index].iter().any(|c| c.kind == ControlType::Radio && c.name == control.name)
}

fn judge(name: &str, facts: &FieldFacts, control: &Control) -> Option<(f64, How)> {
    if facts.names.iter().any(|known| known.value == control.name) {
        return Some((3.0, How::KnownName));
    }
    let known = |text: &&str| {
        let (text, bare) = (key(text), key_without_brackets(text));
        !text.is_empty() && facts.all_labels().any(|word| word.key == text || word.key == bare)
    };
    if row_labels(control).iter().any(known) {
        return Some((2.0, How::KnownLabel));
    }
    let alike = likeness(name, facts, control);
    (alike >= ENOUGH).then_some((alike, How::Likeness))
}

fn label(control: &Control) -> String {
    clean(row_labels(control).first().copied().unwrap_or_default())
}

/// Whether a group of words is about what a choice offers.
pub(super) fn is_choice(group: &str) -> bool {
    ["choice.", "security.", "method.", "login."].iter().any(|kind| group.starts_with(kind))
        && group != "login.user"
}

/// Options of the found choices that the family has no word for.
fn unknown_choices(
    form: &Form,
    mapped: &BTreeMap<String, Guess>,
    family: &Family,
) -> Vec<(String, Vec<String>)> {
    let groups: Vec<&str> = family.groups().map(|(group, _)| group).filter(|g| is_choice(g)).collect();
    let mut unknown = Vec::new();
    for (field, guess) in mapped {
        let Guess::Found { control, .. } = guess else { continue };
        let mut words = Vec::new();
        for one in form.named(control) {
            match one.kind {
                ControlType::Select => words.extend(one.options.iter().map(|o| clean(&o.label))),
                ControlType::Radio => {
                    let group = one.group_label.as_deref();
                    let own = one.labels.iter().map(|l| l.text.as_str()).find(|t| Some(*t) != group);
                    words.extend(own.map(clean));
                }
                _ => {}
            }
        }
        words.retain(|word| !word.is_empty() && !groups.iter().any(|group| family.is(group, word)));
        if !words.is_empty() && !groups.is_empty() {
            unknown.push((field.clone(), words));
        }
    }
    unknown
}
