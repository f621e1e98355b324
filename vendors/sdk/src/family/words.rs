//! Comparing words of a page with words of a family, whatever their case, accents and punctuation.

/// Folds a text: lower case, accents and punctuation gone, full-width letters made plain, `e-mail` one word.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let c = match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
            '°' | 'º' | 'ª' => 'o',
            c => c,
        };
        for c in c.to_lowercase() {
            let c = plain(c);
            if c.is_alphanumeric() {
                out.push(c);
            } else if !is_mark(c) {
                out.push(' ');
            }
        }
    }
    let words: Vec<&str> = out.split_whitespace().collect();
    let mut joined: Vec<String> = Vec::new();
    for word in words {
        match joined.last_mut() {
            // "e-mail", "E mail" and "email" are one word.
            Some(last) if last == "e" && word.starts_with("mail") => last.push_str(word),
            _ => joined.push(word.to_owned()),
        }
    }
    joined.join(" ")
}

/// Folds a text and leaves out its spaces, so that compound and divided words compare equal.
pub fn key(text: &str) -> String {
    fold(text).replace(' ', "")
}

/// Articles and prepositions that one firmware writes and another leaves out.
const FILLING: [&str; 33] = [
    "a", "al", "d", "da", "das", "de", "del", "dell", "della", "den", "der", "des", "di", "die", "do", "dos",
    "du", "el", "fur", "het", "il", "l", "la", "las", "le", "les", "los", "of", "per", "pour", "the", "van",
    "von",
];

/// The words that carry a label's meaning, without anything in brackets and in no order.
pub fn bearing(text: &str) -> Vec<String> {
    let folded = fold(&without_brackets(text));
    let mut words: Vec<String> =
        folded.split(' ').filter(|w| !w.is_empty() && !FILLING.contains(w)).map(str::to_owned).collect();
    words.sort_unstable();
    words
}

/// Whether two labels say the same with other small words, in another order, or abbreviated otherwise
/// (`autent.` and `autenticación`).
pub fn alike(one: &[String], other: &[String]) -> bool {
    let same = |a: &String, b: &String| {
        let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
        // A lone word, and languages without spaces, have no abbreviations that could be told.
        let abbreviated = one.len() > 1 && short.len() >= 4 && long.is_ascii();
        short == long || (abbreviated && long.starts_with(short.as_str()))
    };
    !one.is_empty() && one.len() == other.len() && one.iter().zip(other).all(|(a, b)| same(a, b))
}

const OPENING: [char; 4] = ['(', '[', '（', '【'];

/// The folded text without anything in brackets, for labels with a hint such as `(1-65535)`.
pub fn key_without_brackets(text: &str) -> String {
    key(&without_brackets(text))
}

fn without_brackets(text: &str) -> String {
    let mut depth = 0;
    let mut out = String::new();
    for c in text.chars() {
        match c {
            c if OPENING.contains(&c) => depth += 1,
            ')' | ']' | '）' | '】' => depth = (depth - 1).max(0),
            c if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out
}

/// Combining marks: a decomposed accent is no letter.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// The letter without its accent.
fn plain(c: char) -> char {
    match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ą' => 'a',
        'ç' | 'č' | 'ć' => 'c',
        'è' | 'é' | 'ê' | 'ë' | 'ę' | 'ě' => 'e',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'ñ' | 'ń' | 'ň' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' => 'o',
        'ù' | 'ú' | 'û' | 'ü' | 'ů' => 'u',
        'ý' | 'ÿ' => 'y',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_label_are_one() {
        for (a, b) in [
            ("SMTP-Servername:", "SMTP Server Name"),
            ("N° de port SMTP", "no de port smtp"),
            ("SMTP Auth. E-mail Address", "SMTP Auth. Email Address *"),
            ("Autenticación SMTP", "AUTENTICACION SMTP"),
            ("ＳＭＴＰ認証", "SMTP認証"),
            ("SMTP 서버 이름", "SMTP 서버이름"),
            ("Use Secure Connection (SSL)", "Use Secure Connection SSL"),
        ] {
            assert_eq!(key(a), key(b), "{a} / {b}");
        }
        assert_eq!(key_without_brackets("SMTP Port No. (1-65535)"), key("SMTP Port No."));
        assert_ne!(key("SMTP Server Name"), key("POP3 Server Name"));
    }

    #[test]
    fn small_words_order_and_abbreviations_do_not_part_labels() {
        let alike = |a, b| alike(&bearing(a), &bearing(b));
        for (a, b) in [
            (
                "Dirección correo electrónico autent. SMTP",
                "Dirección de correo electrónico de autenticación SMTP",
            ),
            ("Port SMTP (n°)", "Port SMTP"),
            ("SMTP, nom du serveur", "Nom serveur SMTP"),
        ] {
            assert!(alike(a, b), "{a} / {b}");
        }
        for (a, b) in [
            ("SMTP Server Name", "POP3 Server Name"),
            ("SMTP Auth. Password", "SMTP Auth. User Name"),
            ("SMTP Port No.", "SMTP Server Port No."),
            ("Authentification SMTP", "Cryptage auth. SMTP"),
            ("Smtp", "SMTPサーバー名"),
        ] {
            assert!(!alike(a, b), "{a} / {b}");
        }
    }
}
