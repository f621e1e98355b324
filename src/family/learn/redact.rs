//! Replacing whatever tells who owns a device, the same way in every page.

use std::collections::HashMap;

use super::like::{looks_like_address, looks_like_host};

/// What is replaced by what. Equal things stay equal, so that a page still makes sense.
#[derive(Debug, Default)]
pub(super) struct Replacements {
    /// In small letters, with the placeholder.
    known: HashMap<String, String>,
    counts: HashMap<&'static str, usize>,
}

/// What kind of thing a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Serial,
    Host,
    Name,
}

impl Replacements {
    /// Adds a text that must not stay. A text without letters that is no address, and one of less than three characters,
    /// tells nothing and stays.
    pub(super) fn add(&mut self, text: &str, kind: Kind) {
        let text = text.trim();
        if text.chars().count() < 3 || text.chars().all(|c| !c.is_alphanumeric()) {
            return;
        }
        if looks_like_address(text) {
            if let Some((_, domain)) = text.rsplit_once('@') {
                self.add(domain, Kind::Host);
            }
            self.put(text, "somebody", "@example.org");
        } else if is_ip(text) {
            self.put(text, "192.0.2.", "");
        } else if kind == Kind::Host || looks_like_host(text) && text.chars().any(|c| c.is_ascii_alphabetic())
        {
            if text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',')) {
                return;
            }
            self.put(text, "host-", ".example.org");
            // `MAIL01` of `mail01.clinic.example`, and the domain alone.
            if let Some((first, domain)) = text.split_once('.')
                && domain.contains('.')
            {
                self.put_if_telling(first);
                self.put(domain, "domain-", ".example");
            }
        } else if kind == Kind::Serial {
            self.put(text, "SERIAL", "");
        } else if text.chars().any(char::is_alphabetic) || text.chars().count() >= 6 {
            self.put(text, "text-", "");
        }
    }

    fn put_if_telling(&mut self, text: &str) {
        if text.chars().count() >= 4 && text.chars().any(|c| c.is_ascii_digit()) {
            self.put(text, "host-", "");
        }
    }

    fn put(&mut self, text: &str, before: &'static str, behind: &str) {
        let folded = text.to_lowercase();
        if self.known.contains_key(&folded) {
            return;
        }
        let count = self.counts.entry(before).or_default();
        *count += 1;
        self.known.insert(folded, format!("{before}{count}{behind}"));
    }

    /// The text with everything replaced: what was added, and whatever looks like an address of mail, network or adapter.
    pub(super) fn apply(&mut self, text: &str) -> String {
        // Some makers write every sign that is no letter as a number, which would hide an address from whoever looks for it.
        let text = &plain_signs(text);
        self.gather(text);
        let mut all: Vec<(String, &String)> = Vec::new();
        for (original, placeholder) in &self.known {
            for form in forms(original) {
                all.push((form, placeholder));
            }
        }
        // Longest first, so that a part never spoils the whole.
        all.sort_by(|a, b| b.0.chars().count().cmp(&a.0.chars().count()).then_with(|| a.0.cmp(&b.0)));
        let mut by_first: HashMap<char, Vec<(Vec<char>, &String)>> = HashMap::new();
        for (form, placeholder) in all {
            let letters: Vec<char> = form.chars().collect();
            if let Some(first) = letters.first() {
                by_first.entry(*first).or_default().push((letters, placeholder));
            }
        }
        let letters: Vec<char> = text.chars().collect();
        let small: Vec<char> = letters.iter().map(|c| c.to_lowercase().next().unwrap_or(*c)).collect();
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        while at < letters.len() {
            let whole = at == 0 || !letters[at - 1].is_alphanumeric();
            let hit = by_first.get(&small[at]).filter(|_| whole).into_iter().flatten().find(|(form, _)| {
                let end = at + form.len();
                small.get(at..end) == Some(form.as_slice())
                    && letters.get(end).is_none_or(|next| !next.is_alphanumeric())
            });
            match hit {
                Some((form, placeholder)) => {
                    out.push_str(placeholder);
                    at += form.len();
                }
                None => {
                    out.push(letters[at]);
                    at += 1;
                }
            }
        }
        out
    }

    /// Takes note of addresses of mail, network and adapter, and of serial numbers, wherever they stand.
    fn gather(&mut self, text: &str) {
        let inside = |c: char| c.is_alphanumeric() || matches!(c, '@' | '.' | '-' | '_' | '+' | ':');
        for word in text.split(|c: char| !inside(c)) {
            let word = word.trim_matches(['.', ':', '-', '+', '_']);
            if looks_like_address(word) {
                self.add(word, Kind::Name);
            } else if is_ip(word) || is_hardware_address(word) {
                if is_hardware_address(word) {
                    self.put(word, "02-00-00-00-00-0", "")
                } else {
                    self.put(word, "192.0.2.", "")
                }
            } else {
                for part in word.split([':', '@']) {
                    if looks_like_serial(part) {
                        self.put(part, "SERIAL", "");
                    }
                }
            }
        }
    }
}

/// A page whose signs written as numbers (`&#46;`, `&#x2e;`) stand as themselves, but for those that would alter the page.
fn plain_signs(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("&#") {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let digits = &rest[2..];
        let (digits, radix, before) = match digits.strip_prefix(['x', 'X']) {
            Some(digits) => (digits, 16, 3),
            None => (digits, 10, 2),
        };
        let length = digits.bytes().take_while(|b| char::from(*b).is_digit(radix)).count();
        let sign = u32::from_str_radix(&digits[..length], radix).ok().and_then(char::from_u32);
        match sign {
            Some(sign) if !sign.is_control() && !matches!(sign, '<' | '>' | '&' | '"' | '\'') => {
                out.push(sign);
                rest = &rest[before + length..];
                rest = rest.strip_prefix(';').unwrap_or(rest);
            }
            _ => {
                out.push_str("&#");
                rest = &rest[2..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// As a page, an address and a script may write a text; the text itself is in small letters.
fn forms(text: &str) -> Vec<String> {
    let mut all = vec![text.to_owned()];
    let html = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    all.push(html.replace('"', "&quot;"));
    all.push(html.replace('"', "&quot;").replace('\'', "&#39;"));
    let numeric: String = text
        .chars()
        .map(|c| if c.is_ascii() { c.to_string() } else { format!("&#{};", u32::from(c)) })
        .collect();
    all.push(numeric);
    let encode = |keep: &dyn Fn(u8) -> bool| -> String {
        text.bytes().map(|b| if keep(b) { char::from(b).to_string() } else { format!("%{b:02x}") }).collect()
    };
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    all.push(encode(&plain));
    all.push(encode(&plain).replace("%20", "+"));
    all.push(encode(&|b| b.is_ascii_alphanumeric()));
    let json = serde_json::Value::from(text).to_string();
    all.push(json[1..json.len() - 1].to_owned());
    all.push(text.replace('\'', "\\'"));
    all.sort();
    all.dedup();
    all
}

fn is_ip(text: &str) -> bool {
    let v4 = text.parse::<std::net::Ipv4Addr>().is_ok_and(|ip| !ip.is_unspecified() && ip.octets()[0] != 255);
    v4 || text.matches(':').count() >= 2
        && text.parse::<std::net::Ipv6Addr>().is_ok_and(|ip| !ip.is_unspecified())
}

fn is_hardware_address(text: &str) -> bool {
    [':', '-'].iter().any(|sign| {
        let parts: Vec<&str> = text.split(*sign).collect();
        parts.len() == 6 && parts.iter().all(|p| p.len() == 2 && p.bytes().all(|b| b.is_ascii_hexdigit()))
    })
}

/// Capital letters and at least five digits, eight to twenty in all: `E174M830457`, `RNP0026731A2B3C`.
fn looks_like_serial(text: &str) -> bool {
    (8..=20).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        && text.bytes().any(|b| b.is_ascii_uppercase())
        && text.bytes().filter(u8::is_ascii_digit).count() >= 5
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_thing_is_replaced_the_same_way_and_structure_stays() {
        let mut all = Replacements::default();
        all.add("Ward 3, nurses' station", Kind::Name);
        all.add("RNP3", Kind::Host);
        let page = "<title>RNP3 - x</title><a href=\"mailConfGet.cgi\">E-mail</a> 10.1.90.21 10.1.90.210 \
            <input value=\"Scan@Clinic.example\"> scan@clinic.example Ward 3, nurses&#39; station; id E174M830457, \
            00-26-73-1A-2B-3C fe80::1 mail.clinic.example port 25 version 1.16";
        let out = all.apply(page);
        for gone in ["RNP3", "10.1.90", "linic", "Ward", "nurses", "E174", "00-26", "fe80"] {
            assert!(!out.contains(gone), "{gone} in {out}");
        }
        assert!(
            out.contains("href=\"mailConfGet.cgi\">E-mail</a>") && out.contains("port 25 version 1.16"),
            "{out}"
        );
        assert_eq!(out.matches("somebody1@example.org").count(), 2, "{out}");
        let numbers = "<dd>mail&#46;clinic&#x2e;example</dd> scan&#64;clinic&#46;example Ward&#32;3&#44; nurses&#39; station &#99999999; &#";
        let out = all.apply(numbers);
        assert!(!out.contains("linic") && !out.contains("Ward") && out.ends_with("&#99999999; &#"), "{out}");
        assert_ne!(all.apply("10.1.90.21"), all.apply("10.1.90.210"));
    }
}
