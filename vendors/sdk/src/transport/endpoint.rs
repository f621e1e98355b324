//! Where a device answers: scheme, host, port, as a person writes them.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

use url::{Host, Url};

/// `http` or `https`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// In clear.
    Http,
    /// TLS.
    Https,
}

impl Scheme {
    /// The word before `://`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    /// The port that is meant where none is written: 80 or 443.
    pub fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

/// A device's address as written in an inventory: a host, an IP, `host:port` or a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// The scheme, where it was written. Without it: https first, http only where 443 refuses.
    pub scheme: Option<Scheme>,
    /// Host name or IP address (IPv6 without brackets).
    pub host: String,
    /// The port, where it was written.
    pub port: Option<u16>,
}

impl Endpoint {
    /// Reads an address as a person writes it.
    ///
    /// White space around it is ignored, host names become lower case, and one trailing slash is allowed behind a host.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let shown = crate::error::clean(text);
        if text.is_empty() {
            return Err("The address is empty.".into());
        }
        if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(format!("The address `{shown}` contains a space or a control character."));
        }
        let (scheme, rest) = split_scheme(text, &shown)?;
        if rest.contains('@') {
            return Err(format!(
                "The address `{shown}` contains a user name; names and passwords have columns of their own."
            ));
        }
        if rest.contains(['?', '#']) {
            return Err(format!("The address `{shown}` contains a query; write only the host and the port."));
        }
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        if rest.contains(['/', '\\']) {
            return Err(format!("The address `{shown}` contains a path; write only the host and the port."));
        }
        let (host, port) = split_port(rest, &shown)?;
        Ok(Self { scheme, host: canonical_host(host, &shown)?, port })
    }

    /// The host as a URL writes it: IPv6 in brackets.
    pub fn url_host(&self) -> String {
        if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() }
    }

    /// The root URL under a scheme and port; `None` for a host that no URL can hold.
    pub(crate) fn root(&self, scheme: Scheme, port: u16) -> Option<Url> {
        Url::parse(&format!("{}://{}:{}/", scheme.as_str(), self.url_host(), port)).ok()
    }
}

fn split_scheme<'a>(text: &'a str, shown: &str) -> Result<(Option<Scheme>, &'a str), String> {
    let Some((scheme, rest)) = text.split_once("://") else {
        return Ok((None, text));
    };
    match scheme.to_ascii_lowercase().as_str() {
        "http" => Ok((Some(Scheme::Http), rest)),
        "https" => Ok((Some(Scheme::Https), rest)),
        _ => Err(format!("The address `{shown}` has a scheme other than http and https.")),
    }
}

fn split_port<'a>(rest: &'a str, shown: &str) -> Result<(&'a str, Option<u16>), String> {
    let (host, port) = if let Some(inner) = rest.strip_prefix('[') {
        let Some((host, behind)) = inner.split_once(']') else {
            return Err(format!("The address `{shown}` has an opening bracket without a closing one."));
        };
        if host.parse::<Ipv6Addr>().is_err() {
            return Err(format!("The address `{shown}` has no IPv6 address between its brackets."));
        }
        match behind.strip_prefix(':') {
            Some(port) => (host, Some(port)),
            None if behind.is_empty() => (host, None),
            None => return Err(format!("The address `{shown}` has something behind its brackets.")),
        }
    } else if rest.parse::<Ipv6Addr>().is_ok() {
        (rest, None)
    } else {
        match rest.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (rest, None),
        }
    };
    let Some(port) = port else { return Ok((host, None)) };
    let digits = !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
    match port.parse::<u16>() {
        Ok(number) if digits && number != 0 => Ok((host, Some(number))),
        _ => Err(format!("The port in the address `{shown}` is not a number from 1 to 65535.")),
    }
}

fn canonical_host(host: &str, shown: &str) -> Result<String, String> {
    if host.is_empty() {
        return Err(format!("The address `{shown}` has no host."));
    }
    if let Ok(ip) = host.parse::<IpAddr>() {
        return Ok(ip.to_string());
    }
    let looks_numeric = host.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let unusual = |c: char| c.is_ascii() && !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    let label_wrong = |l: &str| l.is_empty() || l.len() > 63 || l.starts_with('-') || l.ends_with('-');
    let plain = host.strip_suffix('.').unwrap_or(host);
    if looks_numeric || host.contains(unusual) || plain.split('.').any(label_wrong) || plain.len() > 253 {
        return Err(format!("`{shown}` is neither a host name nor an IP address."));
    }
    // The URL parser also reads `0x7f.1` and the like as IPv4 addresses, which no person means.
    match Host::parse(host) {
        Ok(Host::Domain(domain)) => Ok(domain),
        _ => Err(format!("`{shown}` is neither a host name nor an IP address.")),
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(scheme) = self.scheme {
            write!(f, "{}://", scheme.as_str())?;
        }
        match self.port {
            // A bare IPv6 address needs no brackets where nothing stands beside it.
            None if self.scheme.is_none() => f.write_str(&self.host),
            None => f.write_str(&self.url_host()),
            Some(port) => write!(f, "{}:{port}", self.url_host()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_as_people_write_them() {
        for (written, canonical) in [
            ("192.168.1.222", "192.168.1.222"),
            (" Copier-3.Example.COM ", "copier-3.example.com"),
            ("copier:8080", "copier:8080"),
            ("http://copier", "http://copier"),
            ("HTTPS://copier/", "https://copier"),
            ("https://10.0.0.1:8443/", "https://10.0.0.1:8443"),
            ("fe80::1", "fe80::1"),
            ("[FE80:0::1]", "fe80::1"),
            ("[fe80::1]:8443", "[fe80::1]:8443"),
            ("http://[::1]/", "http://[::1]"),
            ("copier.", "copier."),
            ("under_score", "under_score"),
        ] {
            let endpoint = Endpoint::parse(written).unwrap_or_else(|e| panic!("{written}: {e}"));
            assert_eq!(endpoint.to_string(), canonical, "{written}");
            assert_eq!(Endpoint::parse(canonical).as_ref(), Ok(&endpoint), "{canonical} reads back");
        }
    }

    #[test]
    fn everything_else_is_a_sentence() {
        for written in [
            "",
            " ",
            "a b",
            "a\u{7}b",
            "ftp://copier",
            "http://",
            "http:///",
            "copier/web",
            "copier//",
            "copier?x",
            "copier#x",
            "admin@copier",
            "http://admin:pw@copier",
            "copier:0",
            "copier:65536",
            "copier:",
            "copier:+80",
            "copier:80:81",
            "[::1",
            "[::1]x",
            "[copier]",
            "10.0.0",
            "10.0.0.256",
            "0x7f.1",
            "a..b",
            "-a",
            "a%20b",
            "javascript:alert(1)",
            "copier\\x",
            "fe80::1%eth0",
        ] {
            let error = Endpoint::parse(written).expect_err(written);
            assert!(error.ends_with('.') && !error.contains('\u{7}'), "{written}: {error}");
        }
    }
}
