//! Words for people: suggestions and lists.

/// The known word nearest to a mistyped one, where one is near enough; case, spaces, `-` and `_` do not count.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let fold = |text: &str| {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).take(80).collect::<String>()
    };
    let wanted = fold(word);
    if wanted.is_empty() {
        return None;
    }
    known
        .into_iter()
        .filter_map(|candidate| {
            let folded = fold(candidate);
            let distance = strsim::damerau_levenshtein(&wanted, &folded);
            let length = wanted.chars().count().max(folded.chars().count());
            // A third of the letters may differ, and at least one must not.
            (distance <= (length / 3).max(1) && distance < length).then_some((distance, candidate))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// ``did you mean `x`?``, where something is near enough.
pub fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(word, known).map(|found| format!("did you mean `{found}`?"))
}

/// `a`, `b` and `c`, each in back-ticks; from `most` on only a count of the rest.
pub fn list<'a>(words: impl IntoIterator<Item = &'a str>, most: usize) -> String {
    let words: Vec<_> = words.into_iter().collect();
    let shown: Vec<_> = words.iter().take(most).map(|w| format!("`{w}`")).collect();
    match (shown.as_slice(), words.len().saturating_sub(most)) {
        ([], _) => "none".into(),
        ([one], 0) => one.clone(),
        ([most @ .., last], 0) => format!("{} and {last}", most.join(", ")),
        (shown, rest) => format!("{} and {rest} more", shown.join(", ")),
    }
}

/// `1 device`, `2 devices`.
pub fn count(number: usize, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}
