//! Masking of values that may be secret, so that no picture of a file shows one.
//!
//! The text may be no valid YAML at all: pictures are drawn of files that could not be read. So the masking goes by
//! lines and rather hides too much than too little.

/// Whether a key's or column's name says that its value may be a secret.
pub(crate) fn looks_secret(key: &str) -> bool {
    let folded: String = key.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    const PARTS: [&str; 10] = [
        "pass",
        "secret",
        "pwd",
        "kennwort",
        "token",
        "credential",
        "apikey",
        "contrase",
        "senha",
        "wachtwoord",
    ];
    PARTS.iter().any(|part| folded.contains(part))
        || matches!(folded.as_str(), "pw" | "pin" | "psk" | "key")
        || key.split(|c: char| !c.is_alphanumeric()).any(is_misspelt)
}

/// A slip of the finger in a secret's key must not show what stands under it.
fn is_misspelt(word: &str) -> bool {
    let word = word.to_lowercase();
    [("password", 2), ("passwort", 2), ("passphrase", 2), ("secret", 1), ("passwd", 1)]
        .iter()
        .any(|(right, slips)| strsim::osa_distance(&word, right) <= *slips)
}

/// Replaces by stars every value of a YAML text that stands under a key that looks secret. Line breaks, and the
/// number of characters and of bytes in each line, stay.
pub(crate) fn yaml(text: &str) -> String {
    let mut mask = Masker { out: String::with_capacity(text.len()), hiding: Hiding::No };
    for line in text.split_inclusive('\n') {
        mask.line(line);
    }
    mask.out
}

/// Replaces a whole text by stars; white space stays.
pub(crate) fn stars(text: &str) -> String {
    text.chars().map(star).collect()
}

/// A star as many bytes long as the character that it hides, so that places stay right.
fn star(c: char) -> char {
    match c.len_utf8() {
        _ if c.is_whitespace() => c,
        1 => '*',
        2 => '·',
        3 => '•',
        _ => '🞄',
    }
}

struct Masker {
    out: String,
    hiding: Hiding,
}

/// What the lines before say of the next one.
enum Hiding {
    No,
    /// A secret key without value on its own line: the value may come, on a line of its own or as a mapping.
    Below {
        indent: usize,
        first: bool,
    },
    /// The value began on the key's line and may go on below: lines that are indented deeper.
    Rest {
        indent: usize,
    },
    /// A quote was opened and not yet closed.
    Quoted {
        quote: char,
        indent: usize,
    },
}

impl Masker {
    fn line(&mut self, line: &str) {
        let content = line.trim();
        if content.is_empty() {
            self.out.push_str(line);
            return;
        }
        let indent = line.len() - line.trim_start().len();
        match self.hiding {
            Hiding::Quoted { quote, indent: outer } => {
                self.out.push_str(&stars(line));
                if line.contains(quote) {
                    self.hiding = Hiding::Rest { indent: outer };
                }
                return;
            }
            Hiding::Rest { indent: outer } if indent > outer => {
                self.out.push_str(&stars(line));
                return;
            }
            Hiding::Below { indent: outer, first } => {
                let deeper = indent > outer || content.starts_with('-');
                match key_of(line) {
                    // `password:` with a mapping below: its keys may be shown, its values not.
                    Some(colon) if deeper => {
                        self.out.push_str(&line[..=colon]);
                        self.value(&line[colon + 1..], indent);
                        return;
                    }
                    None if deeper || first => {
                        self.out.push_str(&stars(line));
                        self.hiding = Hiding::Below { indent: outer, first: false };
                        return;
                    }
                    _ => {}
                }
            }
            _ => {}
        }
        self.hiding = Hiding::No;
        // The value of an explicit key (`? password` above) stands alone.
        if content.starts_with(": ") {
            self.out.push_str(&stars(line));
            return;
        }
        self.plain(line, indent);
    }

    /// A line that nothing above it hides.
    fn plain(&mut self, line: &str, indent: usize) {
        // "the old password was …"
        if let Some(comment) = line.find('#').filter(|at| looks_secret(&line[*at..])) {
            let (code, comment) = line.split_at(comment);
            self.plain(code, indent);
            self.out.push_str(&stars(comment));
            return;
        }
        let mut from = 0;
        while let Some(at) = line[from..].find(':').map(|at| from + at) {
            let before = &line[from..at];
            let key = before.trim_end().trim_end_matches(['"', '\'']);
            let key = key.rsplit(['{', ',', '[', '"', '\'', '#', '-', '?']).next().unwrap_or(key);
            // `-` splits list items and words alike: look at the whole too.
            let whole = before.rsplit(['{', ',', '[']).next().unwrap_or(before);
            let after = &line[at + 1..];
            if looks_secret(key) || looks_secret(whole) {
                self.out.push_str(&line[from..=at]);
                self.value(after, indent);
                return;
            }
            // `auth: user:password`.
            let value = after.trim_start();
            if key.trim().eq_ignore_ascii_case("auth") && !value.starts_with(['{', '\n', '\r', '#']) {
                let word = value.trim_end().trim_matches(['"', '\'']);
                if !word.is_empty() && !word.starts_with("none") {
                    self.out.push_str(&line[from..=at]);
                    self.value(after, indent);
                    return;
                }
            }
            // `https://user:password@host`.
            if let Some(rest) = after.strip_prefix("//")
                && let Some(sign) =
                    rest.split([' ', '/', '"', '\'', '\n']).next().and_then(|host| host.rfind('@'))
            {
                self.out.push_str(&line[from..=at]);
                self.out.push_str("//");
                self.out.push_str(&stars(&rest[..sign]));
                from = at + 3 + sign;
                continue;
            }
            self.out.push_str(&line[from..=at]);
            from = at + 1;
        }
        self.out.push_str(&line[from..]);
    }

    /// What stands after a secret key's colon, up to the end of the line.
    fn value(&mut self, after: &str, indent: usize) {
        let value = after.trim();
        if value.is_empty() || value.starts_with('#') || value.starts_with('&') && !value.contains(' ') {
            self.out.push_str(&stars(after));
            self.hiding = Hiding::Below { indent, first: true };
            return;
        }
        self.hiding = Hiding::Rest { indent };
        if value.starts_with('{') {
            // `{ secret: … }`: the brackets and that one word may be shown.
            let shown = after.find(':').filter(|colon| {
                let name = after[..*colon].trim().trim_start_matches('{').trim();
                name.chars().all(|c| c.is_ascii_alphabetic() || c == '_') && looks_secret(name)
            });
            let from = shown.map_or(after.len() - after.trim_start().len() + 1, |colon| colon + 1);
            let to = after.trim_end().trim_end_matches(['}', ']', ' ']).len().max(from);
            self.out.push_str(&after[..from]);
            self.out.push_str(&stars(&after[from..to]));
            self.out.push_str(&after[to..]);
            return;
        }
        let body = value.strip_prefix(['"', '\'']);
        if let (Some(body), Some(quote)) = (body, value.chars().next())
            && !body.contains(quote)
        {
            self.hiding = Hiding::Quoted { quote, indent };
        }
        self.out.push_str(&stars(after));
    }
}

/// Where the colon of a line's key is, if the line looks like `key: …` or `- key: …`.
fn key_of(line: &str) -> Option<usize> {
    let colon = line.find(':')?;
    let name = line[..colon].trim().trim_start_matches("- ").trim_matches(['"', '\'']);
    let fit =
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ' '));
    let spaced = line[colon + 1..].chars().next().is_none_or(char::is_whitespace);
    (fit && spaced).then_some(colon)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every way in which somebody may write a password, each with `hunter2` in it.
    #[test]
    fn no_way_of_writing_a_password_shows_it() {
        for text in [
            "password: hunter2",
            "pasword: hunter2",
            "  - { admin_secrte: hunter2 }",
            "passwrod: \"hunter2\"",
            "  password:hunter2",
            "- admin_password: \"hunter2\"\n  name: x",
            "admin-pass: 'it''s hunter2'",
            "{\"password\": \"hunter2\", \"x\": 1}",
            "auth: { user: scan, password: hunter2 }",
            "auth: { user: scan, password: { secret: hunter2 } }",
            "auth: scan:hunter2",
            "auth: \"scan:hunter2\"",
            "password: # soon\n  hunter2\n",
            "password:\n\n  hunter2\nname: x",
            "password:\n  secret: hunter2\n",
            "password:\n- hunter2\n",
            "password: |\n  a: b\n  hunter2\nname: x",
            "password: >-\n  hunter2: x\n",
            "password: one\n  hunter2\n",
            "password: \"one\nhunter2\"\nname: x",
            "password: 'one\n\n  hunter2'\nname: x",
            "password: &anchor hunter2",
            "password: !hunter2 x",
            "? password\n: hunter2",
            "# the old password: hunter2",
            "name: x # its password was hunter2",
            "SMTP_PASSWORT: hunter2",
            "Kennwort : hunter2",
            "vars: { api_token: hunter2 }",
            "address: https://admin:hunter2@10.0.0.1/",
            "{ password:\nhunter2 }",
            "password: { secret:\n    hunter2 }",
        ] {
            let masked = yaml(text);
            assert!(!masked.contains("hunter2"), "{text:?} became {masked:?}");
            assert_eq!(masked.len(), text.len(), "{text:?}");
            assert_eq!(masked.chars().count(), text.chars().count(), "{text:?}");
        }
    }

    #[test]
    fn what_is_not_secret_stays() {
        for text in [
            "name: north\nplays:\n  - smtp: { server: a, port: 25 }\n",
            "auth: none\nserver: x",
            "auth: { user: scan }",
            "auth:\n  user: scan\nserver: x",
        ] {
            assert_eq!(yaml(text), text);
        }
        let text = "auth: { user: scan, password: { secret: é9 } }\nserver: x\n";
        assert_eq!(yaml(text), "auth: { user: scan, password: { secret: ·* } }\nserver: x\n");
        let text = "password: a\nuser: b\n";
        assert_eq!(yaml(text), "password: *\nuser: b\n");
        let text = "    password:\n      secret: ab\nsender: b\n";
        assert_eq!(yaml(text), "    password:\n      secret: **\nsender: b\n");
    }
}
