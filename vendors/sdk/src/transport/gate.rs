//! The read-only gate: compares a request with the driver's declared list of reads. Sends nothing.

use super::{FieldRule, ReadRule};

const FORM: &str = "application/x-www-form-urlencoded";

/// What a request carries besides its path.
#[derive(Clone, Copy, Default)]
pub(super) struct Load<'a> {
    /// The query as the URL holds it.
    pub(super) query: Option<&'a str>,
    /// Content type and body.
    pub(super) body: Option<&'a (String, Vec<u8>)>,
}

impl Load<'_> {
    /// Whether the fields fulfil every condition.
    fn fulfils(self, conditions: &[FieldRule]) -> bool {
        if conditions.is_empty() {
            return true;
        }
        let mut fields: Vec<(String, String)> = Vec::new();
        if let Some((content_type, body)) = self.body {
            let kind = content_type.split(';').next().unwrap_or_default().trim();
            if !body.is_empty() && !kind.eq_ignore_ascii_case(FORM) {
                return false;
            }
            fields.extend(form_urlencoded::parse(body).into_owned());
        }
        fields.extend(form_urlencoded::parse(self.query.unwrap_or_default().as_bytes()).into_owned());
        conditions.iter().all(|condition| {
            let name = condition.name.to_ascii_lowercase();
            let of_it = || fields.iter().filter(|(n, _)| n.to_ascii_lowercase().contains(&name));
            of_it().all(|(_, value)| (condition.holds)(value))
                && (!condition.required || of_it().next().is_some())
        })
    }
}

/// Whether some allowing rule matches and no denying rule does. `path` comes as the URL holds it.
pub(super) fn passes(rules: &[ReadRule], method: &str, path: &str, load: Load<'_>) -> bool {
    // A device decodes `%2F` and the like before it looks, so the rules must see what the device sees. Twice, because
    // some servers decode twice: each reading must pass.
    let once = decoded(path);
    let twice = decoded(&once);
    [path, once.as_str(), twice.as_str()].iter().all(|reading| {
        // A dot segment that only appears after decoding leads elsewhere than the rule's author meant.
        if reading.split(['/', '\\']).any(|segment| segment == "..") {
            return false;
        }
        let hits = |rule: &&ReadRule| {
            rule.method.eq_ignore_ascii_case(method)
                && glob(&rule.path.to_lowercase().chars().collect::<Vec<_>>(), &reading.to_lowercase())
        };
        rules.iter().filter(hits).any(|rule| rule.allow && load.fulfils(rule.fields))
            && !rules.iter().filter(hits).any(|rule| !rule.allow)
    })
}

fn decoded(path: &str) -> String {
    let bytes = path.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = |i: usize| bytes.get(i).and_then(|b| char::from(*b).to_digit(16));
        match (bytes[at], hex(at + 1), hex(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                at += 3;
            }
            (byte, ..) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// `*` stands for any run of characters, slashes too. Linear in practice: only the last star is ever retried.
fn glob(pattern: &[char], text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        if p < pattern.len() && pattern[p] == '*' {
            star = Some((p, t));
            p += 1;
        } else if p < pattern.len() && pattern[p] == text[t] {
            p += 1;
            t += 1;
        } else if let Some((at, from)) = star {
            p = at + 1;
            t = from + 1;
            star = Some((at, from + 1));
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &[ReadRule] = &[
        ReadRule::allow("GET", "/web/*"),
        ReadRule::deny("GET", "/web/*/*Set.cgi"),
        ReadRule::allow("POST", "/web/guest/*/login.cgi"),
        ReadRule::allow_when(
            "POST",
            "/any.set",
            &[
                FieldRule { name: "_function", required: true, holds: |v| v == "Export" },
                FieldRule { name: "NextPage", required: false, holds: |v| !v.contains("delete") },
            ],
        ),
    ];

    fn passes(rules: &[ReadRule], method: &str, path: &str) -> bool {
        super::passes(rules, method, path, Load::default())
    }

    fn carries(query: Option<&str>, kind: &str, body: &str) -> bool {
        let body = (kind.to_owned(), body.as_bytes().to_vec());
        super::passes(RULES, "POST", "/any.set", Load { query, body: Some(&body) })
    }

    #[test]
    fn what_the_fields_say_decides_where_one_address_takes_everything() {
        assert!(carries(None, FORM, "_function=Export&x=1"));
        assert!(carries(
            None,
            "application/x-www-form-urlencoded; charset=UTF-8",
            "_function=Export&NextPage=a"
        ));
        // Nothing says what it is.
        assert!(!passes(RULES, "POST", "/any.set"));
        assert!(!carries(None, FORM, "x=1"));
        // Another function, alone, beside the right one, in another spelling, in the query.
        assert!(!carries(None, FORM, "_function=Set"));
        assert!(!carries(None, FORM, "_function=Export&_function=Set"));
        assert!(!carries(None, FORM, "_function=Export&_Function%5B%5D=Set"));
        assert!(!carries(None, FORM, "_function=Export&%5ffunction=Set"));
        assert!(!carries(Some("_function=Set"), FORM, "_function=Export"));
        assert!(!carries(None, FORM, "_function=Export&NextPage=delete.php"));
        // What nobody looks into.
        assert!(!carries(None, "multipart/form-data; boundary=x", "_function=Export"));
        assert!(!carries(Some("_function=Export"), "text/plain", "_function=Set"));
    }

    #[test]
    fn rules_are_read_by_method_and_path() {
        assert!(passes(RULES, "GET", "/web/guest/en/websys/status.cgi"));
        assert!(passes(RULES, "GET", "/WEB/x"));
        assert!(passes(RULES, "POST", "/web/guest/en/login.cgi"));
        assert!(!passes(RULES, "POST", "/web/guest/en/status.cgi"));
        assert!(!passes(RULES, "GET", "/other"));
    }

    #[test]
    fn a_denied_path_cannot_be_disguised() {
        for path in [
            "/web/entry/mailSet.cgi",
            "/web/entry/MAILSET.CGI",
            "/web/entry/mail%53et.cgi",
            "/web/entry/mail%2553et.cgi",
            "/web/%2e%2e/entry/x.cgi",
        ] {
            assert!(!passes(RULES, "GET", path), "{path}");
        }
    }
}
