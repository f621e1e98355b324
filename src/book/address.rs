//! Whether a text is an address that copiers can send to.

/// What is wrong with an address: a fragment, the piece of it that is meant, and what to do.
pub(super) struct Wrong {
    pub(super) message: String,
    /// A piece of the text, for the caret.
    pub(super) piece: String,
    pub(super) help: Option<String>,
}

/// What is wrong with an address, as a fragment without a final period; `None` where nothing is.
pub fn problem(text: &str) -> Option<String> {
    check(text).err().map(|wrong| match wrong.help {
        Some(help) => format!("{} ({help})", wrong.message),
        None => wrong.message,
    })
}

/// Checks an address: letters, digits and the usual signs on both sides of one `@`.
pub(super) fn check(text: &str) -> Result<(), Wrong> {
    let shown = scanfleet_sdk::error::clean(text);
    let wrong = |message: &str, piece: &str, help: Option<String>| {
        Err(Wrong { message: format!("`{shown}` {message}"), piece: piece.to_owned(), help })
    };
    let inner = text.strip_prefix("mailto:").unwrap_or(text);
    let inner =
        inner.rsplit_once('<').and_then(|(_, rest)| rest.split_once('>')).map_or(inner, |(inner, _)| inner);
    if inner != text && check(inner).is_ok() {
        return wrong("is more than an address", text, Some(format!("write only `{inner}`")));
    }
    if text.matches('@').count() > 1 {
        return wrong("holds several addresses", text, Some("give each person a row of their own".into()));
    }
    let Some((local, domain)) = text.split_once('@') else {
        return wrong("is no e-mail address: it has no `@`", text, None);
    };
    if let Some(space) = text.chars().find(|c| c.is_whitespace()) {
        let without: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let help = check(&without).is_ok().then(|| format!("did you mean `{without}`?"));
        return wrong("is no e-mail address: it holds a space", &space.to_string(), help);
    }
    if local.is_empty() || local.len() > 64 {
        return wrong("is no e-mail address: 1 to 64 characters stand before the `@`", text, None);
    }
    if let Some(letter) = local.chars().find(|c| !c.is_ascii()) {
        return wrong(
            &format!("is an international address: `{letter}` stands before the `@`"),
            &letter.to_string(),
            Some("copiers cannot send to it; use the person's address in plain letters".into()),
        );
    }
    let fit = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    if let Some(bad) = local.chars().find(|c| !fit(*c)) {
        return wrong(
            &format!("is no e-mail address: `{bad}` cannot stand before the `@`"),
            &bad.to_string(),
            None,
        );
    }
    if local.starts_with('.') || local.ends_with('.') || local.contains("..") {
        return wrong(
            "is no e-mail address: a dot before the `@` stands between two other characters",
            ".",
            None,
        );
    }
    if !domain.is_ascii() {
        let letter = domain.chars().find(|c| !c.is_ascii()).map(String::from).unwrap_or_default();
        let plain = url::Host::parse(domain).ok().map(|host| format!("{local}@{host}"));
        return wrong(
            "has an international domain, which copiers cannot send to as it is written",
            &letter,
            plain.map(|plain| format!("write `{plain}`")),
        );
    }
    let dotted = domain.replace([',', ';'], ".");
    if dotted != domain && check(&format!("{local}@{dotted}")).is_ok() {
        return wrong(
            "is no e-mail address",
            &domain.matches([',', ';']).collect::<String>()[..1],
            Some(format!("did you mean `{local}@{dotted}`?")),
        );
    }
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
    };
    if domain.len() > 190 || !domain.split('.').all(label) {
        let piece = if domain.is_empty() { text } else { domain };
        return wrong("is no e-mail address: what stands after the `@` is no domain", piece, None);
    }
    Ok(())
}
