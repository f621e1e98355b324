//! Names over a device's limit, cut so that they stay unique and stay what they are.

use std::collections::HashSet;

/// A name that may have to be cut.
pub(super) struct Long<'a> {
    /// As the list has it.
    pub(super) name: &'a str,
    /// Names it goes by already, the best first: on the device, then as last put there.
    pub(super) known: Vec<&'a str>,
}

/// Cuts names to a limit in characters. `all` are the names in an order of their own (not the file's), `taken` the names of
/// the list that need no cutting, `others` names on the device that belong to somebody else. A name that is cut already
/// keeps its form, so that neither a second plan nor a new row of the list alters it. `None` where no unique form fits.
pub(super) fn shorten(
    all: &[Long<'_>],
    limit: usize,
    taken: &HashSet<&str>,
    others: &HashSet<&str>,
) -> Vec<Option<String>> {
    let mut reserved: HashSet<String> = HashSet::new();
    let mut out: Vec<Option<String>> = vec![None; all.len()];
    for (long, slot) in all.iter().zip(&mut out) {
        let known = long.known.iter().find(|known| {
            is_form(long.name, known, limit) && !taken.contains(**known) && !reserved.contains(**known)
        });
        if let Some(known) = known {
            reserved.insert((*known).to_owned());
            *slot = Some((*known).to_owned());
        }
    }
    for (long, slot) in all.iter().zip(&mut out).filter(|(_, slot)| slot.is_none()) {
        let free = |form: &String| {
            !form.is_empty()
                && !taken.contains(form.as_str())
                && !others.contains(form.as_str())
                && !reserved.contains(form)
        };
        let numbered = (2..=all.len() + others.len() + taken.len() + 2).map(|n| form(long.name, limit, n));
        let found = std::iter::once(Some(cut(long.name, limit))).chain(numbered).flatten().find(free);
        if let Some(found) = found {
            reserved.insert(found.clone());
            *slot = Some(found);
        }
    }
    out
}

/// At most `limit` characters, without white space at the end and without a letter that has lost its accent.
pub(super) fn cut(name: &str, limit: usize) -> String {
    let mut chars = name.chars();
    let mut kept: String = chars.by_ref().take(limit).collect();
    let combining = |c: char| matches!(c, '\u{300}'..='\u{36f}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{3099}' | '\u{309a}');
    if chars.next().is_some_and(combining) {
        while kept.pop().is_some_and(combining) {}
    }
    kept.truncate(kept.trim_end().len());
    kept
}

/// The `n`th form of a name, such as `Maximiliane von un~2`.
fn form(name: &str, limit: usize, n: usize) -> Option<String> {
    let tail = format!("~{n}");
    let room = limit.checked_sub(tail.len()).filter(|room| *room > 0)?;
    let head = cut(name, room);
    (!head.is_empty()).then(|| head + &tail)
}

/// Whether a short name is one that [`shorten`] may have made of a long one.
fn is_form(name: &str, short: &str, limit: usize) -> bool {
    if short == cut(name, limit) {
        return true;
    }
    let Some((_, n)) = short.rsplit_once('~') else { return false };
    n.parse().is_ok_and(|n: usize| n >= 2 && form(name, limit, n).as_deref() == Some(short))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(names: &[&str], known: &[&str], taken: &[&str], others: &[&str]) -> Vec<Option<String>> {
        let all: Vec<Long<'_>> = names
            .iter()
            .enumerate()
            .map(|(at, name)| Long { name, known: known.get(at).copied().into_iter().collect() })
            .collect();
        shorten(&all, 10, &taken.iter().copied().collect(), &others.iter().copied().collect())
    }

    #[test]
    fn cut_names_are_unique_and_stay() {
        let names = ["Maximiliane A", "Maximiliane B", "Maximiliane C"];
        let first: Vec<String> = run(&names, &[], &[], &[]).into_iter().flatten().collect();
        assert_eq!(first, ["Maximilian", "Maximili~2", "Maximili~3"]);
        let known: Vec<&str> = first.iter().map(String::as_str).collect();
        // A second plan, and one with another name that came before them.
        assert_eq!(run(&names, &known, &[], &[]).into_iter().flatten().collect::<Vec<_>>(), first);
        let more = run(&["Maximiliane 0", names[0], names[1]], &["", known[0], known[1]], &[], &[]);
        assert_eq!(more, [Some("Maximili~3".into()), Some("Maximilian".into()), Some("Maximili~2".into())]);
    }

    #[test]
    fn nobody_elses_name_is_taken() {
        assert_eq!(run(&["Maximiliane"], &[], &["Maximilian"], &["Maximili~2"]), [Some("Maximili~3".into())]);
        // A name that stood there first stays, even if somebody typed the same at the panel.
        assert_eq!(run(&["Maximiliane"], &["Maximilian"], &[], &["Maximilian"]), [Some("Maximilian".into())]);
    }

    #[test]
    fn letters_keep_their_accents() {
        assert_eq!(cut("ab c", 3), "ab");
        assert_eq!(cut("abe\u{301}x", 3), "ab");
        assert_eq!(cut("日本語", 2), "日本");
        assert_eq!(
            shorten(&[Long { name: "abc", known: vec![] }], 0, &HashSet::new(), &HashSet::new()),
            [None]
        );
    }
}
