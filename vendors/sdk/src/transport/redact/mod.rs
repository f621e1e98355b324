//! Redaction: by the names of fields, and by the very text of secrets.

mod mask;
mod page;
mod table;

pub(super) use mask::Mask;
pub use page::redact_page;

/// What stands in a record where a secret stood.
pub(super) const MARK: &str = "[redacted]";

/// Whether a field, cookie, parameter or variable of this name holds a password, a token or a session.
pub(super) fn looks_secret(name: &str) -> bool {
    const PARTS: [&str; 9] =
        ["pass", "pwd", "secret", "token", "sesid", "sessionid", "credential", "csrf", "nonce"];
    let name: String = name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    name.starts_with("wim")
        || name == "userid"
        || name == "pw"
        || PARTS.iter().any(|part| name.contains(part))
}

/// A body of `name=value&…` pairs with the values of secret-looking names replaced; names stay as sent.
pub(super) fn redact_pairs(text: &str, secret: &[String]) -> String {
    let pair = |pair: &str| match pair.split_once('=') {
        Some((name, _)) => {
            let read: String = form_urlencoded::parse(name.as_bytes())
                .map(|(n, _)| n.into_owned())
                .next()
                .unwrap_or_default();
            if looks_secret(&read) || secret.contains(&read) {
                format!("{name}={MARK}")
            } else {
                pair.to_owned()
            }
        }
        None => pair.to_owned(),
    };
    text.split('&').map(pair).collect::<Vec<_>>().join("&")
}
