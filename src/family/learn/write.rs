//! The family file of a lesson: valid YAML that the program reads at once, with comments for the person who checks it.

use std::fmt::Write as _;

use scanfleet_sdk::family::Shape;
use scanfleet_sdk::family::words::key;

use super::mapping::{Guess, How, Proposal, is_choice};
use crate::run::Visit;

/// A family file that extends the nearest family.
#[derive(Debug, Clone)]
pub struct Lesson {
    /// Its id.
    pub id: String,
    /// The id of the family it extends.
    pub extends: String,
    /// The text of the file.
    pub text: String,
}

/// Writes the family file for what was proposed; `None` where no page of the mail server was found.
pub fn lesson(visit: &Visit, proposal: &Proposal) -> Option<Lesson> {
    let page = proposal.page?;
    let family = visit.family.as_ref();
    let id = id(visit);
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(
        out,
        "# Proposed by `scanfleet vendor learn` from a look at one device. Read it before you use it: what is marked\n\
         # `assumed` is a guess by likeness. `scanfleet vendor verify DEVICE` proves that writing works."
    );
    let _ = writeln!(out, "id: {id}");
    let _ = writeln!(out, "title: {}", quoted(&format!("{}, as one device shows it", visit.identity.model)));
    let _ = writeln!(out, "maker: {}", family.maker());
    let _ = writeln!(out, "extends: {}", family.id());
    out.push_str("signs:\n");
    let _ = writeln!(
        out,
        "  - {{ where: model, contains: {}, certainty: captured }}",
        quoted(&visit.identity.model)
    );
    for sign in family.signs().iter().filter(|sign| sign.page != "model") {
        let contains = sign.contains.as_ref().map(|part| format!(" contains: {},", quoted(part)));
        let shape = sign.shape.map(|shape| match shape {
            Shape::Rows => " shape: rows,",
            Shape::Terms => " shape: terms,",
        });
        let _ = writeln!(
            out,
            "  - {{ where: {},{}{} certainty: {} }}",
            quoted(&sign.page),
            contains.unwrap_or_default(),
            shape.unwrap_or_default(),
            sign.certainty.as_str()
        );
    }
    let signpost = &visit.signposts[page];
    if !signpost.facts.is_empty() {
        out.push_str("facts:\n");
        for (name, value) in &signpost.facts {
            let _ = writeln!(out, "  {}: {{ value: {}, certainty: captured }}", quoted(name), quoted(value));
        }
    }
    out.push_str(
        "smtp_write:\n  certainty: assumed\n  because: the fields were found by a look at one device, and nobody has seen it \
         take a write\n",
    );
    fields(&mut out, visit, proposal);
    let words: Vec<_> = signpost
        .words
        .iter()
        .filter(|(group, word)| !key(word).is_empty() && !family.is(group, word))
        .collect();
    if !words.is_empty() {
        out.push_str("words:\n");
        for (group, word) in words {
            let _ = writeln!(
                out,
                "  {}:\n    - {{ lang: und, certainty: captured, words: [{}] }}",
                quoted(group),
                quoted(word)
            );
        }
    }
    for (field, words) in &proposal.unknown_choices {
        let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
        let groups: Vec<String> =
            family.groups().filter(|(g, _)| is_choice(g)).map(|(g, _)| format!("`{g}`")).collect();
        let _ = writeln!(
            out,
            "# The choices of `{field}` have words that no family knows: {}. Say what they mean, under `words:` in\n\
             # one of {}.",
            words.join(", "),
            groups.join(", ")
        );
    }
    Some(Lesson { id, extends: family.id().to_owned(), text: out })
}

fn fields(out: &mut String, visit: &Visit, proposal: &Proposal) {
    let known = visit.family.fields();
    let mut notes = Vec::new();
    let mut text = String::new();
    for (field, guess) in &proposal.fields {
        let (control, label, how) = match guess {
            Guess::Found { control, label, how } => (control, label, *how),
            Guess::Missing { optional } => {
                let why = if *optional {
                    "some devices lack it"
                } else {
                    "without it the family cannot be used as it stands"
                };
                notes.push(format!("# `{field}` was not found; {why}."));
                continue;
            }
            Guess::Doubled { controls } => {
                let all: Vec<String> = controls
                    .iter()
                    .map(|(name, label)| format!("{} ({})", quoted(name), quoted(label)))
                    .collect();
                notes.push(format!("# `{field}` could be any of {}.", all.join(", ")));
                continue;
            }
        };
        if how != How::Likeness {
            // What the family finds already stays with it, with its words in other languages.
            notes.push(format!(
                "# `{field}` is known to `{}`: {} ({}).",
                visit.family.id(),
                quoted(control),
                quoted(label)
            ));
            continue;
        }
        let certainty = "assumed";
        // A label that another field bears too would make both untellable; the name is enough.
        let folded = key(label);
        let free = !folded.is_empty()
            && !known
                .iter()
                .any(|(other, facts)| other != field && facts.all_labels().any(|l| l.key == folded))
            && !proposal.fields.iter().any(|(other, guess)| {
                other != field && matches!(guess, Guess::Found { label, .. } if key(label) == folded)
            });
        if control.is_empty() && !free {
            notes.push(format!(
                "# `{field}` seems to be {}, which has no name, and its label is another field's, too.",
                quoted(label)
            ));
            continue;
        }
        let _ = writeln!(text, "  {}:", quoted(field));
        if !control.is_empty() {
            let _ = writeln!(text, "    names: [{{ value: {}, certainty: {certainty} }}]", quoted(control));
        }
        if free {
            let _ = writeln!(
                text,
                "    labels:\n      - {{ lang: und, certainty: {certainty}, words: [{}] }}",
                quoted(label)
            );
        }
        if let Some(facts) = known.get(field.as_str()) {
            for (flag, set) in [("optional", facts.optional), ("secret", facts.secret)] {
                if set {
                    let _ = writeln!(text, "    {flag}: true");
                }
            }
        }
    }
    for note in notes {
        let _ = writeln!(out, "{note}");
    }
    if !text.is_empty() {
        out.push_str("fields:\n");
        out.push_str(&text);
    }
}

/// `ricoh-mp-c3003`, or the same with a number where a family has that id already.
fn id(visit: &Visit) -> String {
    let maker = visit.family.maker();
    let mut slug = String::new();
    for c in visit.identity.model.chars().take(60) {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_matches('-');
    let slug = slug.strip_prefix(maker).map_or(slug, |rest| rest.trim_matches('-'));
    let base = if slug.is_empty() { format!("{maker}-learned") } else { format!("{maker}-{slug}") };
    let mut id = base.clone();
    let mut number = 2;
    while visit.families.contains(&id) {
        id = format!("{base}-{number}");
        number += 1;
    }
    id
}

/// A text in double quotes, as YAML and JSON write it alike.
fn quoted(text: &str) -> String {
    let text = scanfleet_sdk::error::clean(text);
    serde_json::Value::from(text).to_string()
}
