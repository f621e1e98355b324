//! Whether a value can be what it is meant to be, once it is filled in.

use std::net::IpAddr;

/// The value, or what is wrong and what to do.
pub(super) type Checked<T> = Result<T, (String, Option<String>)>;

/// A host name or an IP address, without port, scheme or user.
///
/// # Errors
/// What is expected instead, and what probably happened.
pub(super) fn server(text: &str) -> Checked<String> {
    let wrong = |help: Option<&str>| {
        Err((
            format!("expected the mail server's host name or address, found {}", shown(text)),
            help.map(str::to_owned),
        ))
    };
    if text.contains("://") {
        return wrong(Some("write the host name alone, without `smtp://`"));
    }
    let bare = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')).unwrap_or(text);
    if bare.parse::<IpAddr>().is_ok() {
        return Ok(bare.to_owned());
    }
    if let Some((host, port)) = text.rsplit_once(':')
        && host_name(host)
        && port.parse::<u16>().is_ok()
    {
        return wrong(Some("write the port under `port`"));
    }
    if text.contains('@') {
        return wrong(Some("this looks like an e-mail address; the server is a host name"));
    }
    if !text.is_ascii() {
        return wrong(Some("write the name in its ASCII form (`xn--…`)"));
    }
    if host_name(text) { Ok(text.to_owned()) } else { wrong(None) }
}

/// A TCP port.
///
/// # Errors
/// What is expected instead.
pub(super) fn port(text: &str) -> Checked<u16> {
    let digits = !text.is_empty() && text.len() <= 5 && text.bytes().all(|b| b.is_ascii_digit());
    match text.parse::<u16>() {
        Ok(port) if digits && port > 0 => Ok(port),
        _ => Err((
            format!("expected a port number from 1 to 65535, found {}", shown(text)),
            Some("587 is submission, 25 is mail between servers, 465 is TLS from the first byte".into()),
        )),
    }
}

/// An e-mail address, roughly: the device and the server have their own ideas of the rest.
///
/// # Errors
/// What is expected instead.
pub(super) fn sender(text: &str) -> Checked<String> {
    let fit = text.rsplit_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && local.len() <= 64
            && !local.chars().any(|c| c.is_whitespace() || c.is_control() || "<>()[],;:\\\"@".contains(c))
            && (host_name(domain) || !domain.is_ascii() && !domain.chars().any(char::is_whitespace))
    });
    if fit && text.len() <= 254 {
        return Ok(text.to_owned());
    }
    let help = if text.contains('<') {
        Some("write the address alone, without a display name".to_owned())
    } else if text.contains([',', ';']) {
        Some("write one address".to_owned())
    } else {
        None
    };
    Err((format!("expected an e-mail address, found {}", shown(text)), help))
}

/// A user name: anything that fits on one line.
///
/// # Errors
/// What is expected instead.
pub(super) fn user(text: &str) -> Checked<String> {
    if text.is_empty() {
        return Err((
            "the user name is empty".into(),
            Some("write `auth: none` to switch signing in off, or remove `user` to leave it".into()),
        ));
    }
    if text.chars().any(char::is_control) || text.chars().count() > 255 {
        return Err(("a user name is one line of at most 255 characters".into(), None));
    }
    Ok(text.to_owned())
}

/// A DNS name; underscores are tolerated, since internal servers have them.
fn host_name(text: &str) -> bool {
    let text = text.strip_suffix('.').unwrap_or(text);
    let all_numeric = text.rsplit('.').next().is_some_and(|last| last.bytes().all(|b| b.is_ascii_digit()));
    !text.is_empty()
        && text.len() <= 253
        && !all_numeric
        && text.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        })
}

fn shown(text: &str) -> String {
    let cleaned = scanfleet_sdk::error::clean(text);
    match cleaned.chars().count() {
        0 => "nothing".into(),
        1..=80 => format!("`{cleaned}`"),
        _ => format!("`{}…`", cleaned.chars().take(80).collect::<String>()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers() {
        for good in
            ["smtp.office365.com", "mx", "10.0.0.1", "::1", "[2001:db8::1]", "mail_relay.local", "a-b.c."]
        {
            assert!(server(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            " ",
            "a b",
            "smtp://a.b",
            "a.b:25",
            "x@y.z",
            "1.2.3",
            "300.1.1.1",
            "-a.b",
            "a..b",
            "smtp.exämple.de",
            "a\nb",
        ] {
            assert!(server(bad).is_err(), "{bad:?}");
        }
        assert_eq!(server("a.b:25").unwrap_err().1.unwrap(), "write the port under `port`");
    }

    #[test]
    fn ports() {
        assert_eq!(port("587").unwrap(), 587);
        for bad in ["", "0", "65536", "five", "+25", "25.0", "0x19", "2 5", "-1"] {
            assert!(port(bad).is_err(), "{bad}");
        }
        assert!(port("five").unwrap_err().0.ends_with("found `five`"));
    }

    #[test]
    fn senders() {
        for good in ["scan@example.org", "o'hara+scan@mx", "scan@exämple.org"] {
            assert!(sender(good).is_ok(), "{good}");
        }
        for bad in
            ["", "scan", "@x.y", "a b@x.y", "A <a@x.y>", "a@x.y, b@x.y", "a@", "a@b c", "a@x.y\r\nBcc: z"]
        {
            assert!(sender(bad).is_err(), "{bad:?}");
        }
    }
}
