//! Where a redirect may lead: inside the session's own origin, or from http to https on the same host. Nowhere else.

use url::Url;

use super::Effect;
use crate::error::{Category, clean};

/// What to do with an answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// It is the answer.
    Stay,
    /// Go on there; `repeat` sends method and body again, otherwise a GET follows.
    Follow { url: Url, repeat: bool },
    /// Go nowhere.
    Refuse { category: Category, got: String, hint: &'static str },
}

/// How an address lies to the session's origin.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reach {
    Inside,
    /// https on the same host, seen from http.
    Upgrade,
    /// http on the same host, seen from https.
    Downgrade,
    Outside,
}

pub(super) fn reach(origin: &Url, target: &Url) -> Reach {
    let web = matches!(target.scheme(), "http" | "https");
    let named = !target.username().is_empty() || target.password().is_some();
    if !web || named || origin.host() != target.host() {
        return Reach::Outside;
    }
    match (origin.scheme(), target.scheme()) {
        ("http", "https") => Reach::Upgrade,
        ("https", "http") => Reach::Downgrade,
        _ if origin.port_or_known_default() == target.port_or_known_default() => Reach::Inside,
        _ => Reach::Outside,
    }
}

/// An address without what a message must not hold: query, fragment, user name.
pub(super) fn named(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    let _ = url.set_username("");
    let _ = url.set_password(None);
    clean(url.as_str())
}

/// What stands before the query of an address that could not be read: a query may hold a token.
pub(super) fn without_query(address: &str) -> &str {
    address.split(['?', '#']).next().unwrap_or(address)
}

pub(super) fn next(
    origin: &Url,
    from: &Url,
    status: u16,
    location: Option<&str>,
    method: &str,
    effect: &Effect,
) -> Next {
    let (301 | 302 | 303 | 307 | 308, Some(location)) = (status, location) else {
        return Next::Stay;
    };
    let refuse = |got: String, hint| Next::Refuse { category: Category::PageChanged, got, hint };
    let Ok(mut url) = from.join(location) else {
        let got =
            format!("the device redirects to `{}`, which is no address", clean(without_query(location)));
        return refuse(got, "look at the page in a browser");
    };
    url.set_fragment(None);
    let target = named(&url);
    match reach(origin, &url) {
        Reach::Inside | Reach::Upgrade => {}
        Reach::Downgrade => {
            return Next::Refuse {
                category: Category::Tls,
                got: format!("the device redirects from https to {target}; nothing was sent there"),
                hint: "switch the device to https only, or write its address with `http://` if it was never pinned",
            };
        }
        Reach::Outside => {
            return refuse(
                format!("the device redirects to {target}, outside its own origin; nothing was sent there"),
                "if that is the same device, write that host and port as its address in the inventory",
            );
        }
    }
    let again = matches!(status, 307 | 308) && method == "POST";
    if again && matches!(effect, Effect::Write { .. } | Effect::Login) {
        return refuse(
            format!(
                "the device wants the same POST at {target} again (status {status}); it was not repeated"
            ),
            "read the device before anything else is sent",
        );
    }
    Next::Follow { url, repeat: again }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Section;

    fn lead(origin: &str, status: u16, location: &str, method: &str, effect: &Effect) -> Next {
        let origin = Url::parse(origin).unwrap();
        next(&origin, &origin.join("/a/b").unwrap(), status, Some(location), method, effect)
    }

    #[test]
    fn only_the_own_origin_and_the_way_to_https() {
        let read = Effect::Read;
        let write = Effect::Write { section: Section::Smtp, what: "x".into() };
        let follows = |next: &Next, to: &str, again: bool| match next {
            Next::Follow { url, repeat } => url.as_str() == to && *repeat == again,
            _ => false,
        };
        let http = "http://10.0.0.1:80";
        assert!(follows(&lead(http, 302, "c d", "GET", &read), "http://10.0.0.1/a/c%20d", false));
        assert!(follows(
            &lead(http, 302, "HTTP://10.0.0.1:80/c#f", "POST", &write),
            "http://10.0.0.1/c",
            false
        ));
        assert!(follows(&lead(http, 301, "https://10.0.0.1/c", "GET", &read), "https://10.0.0.1/c", false));
        assert!(follows(&lead(http, 307, "/c", "POST", &read), "http://10.0.0.1/c", true));
        assert_eq!(lead(http, 200, "/c", "GET", &read), Next::Stay);
        for (origin, status, to, effect) in [
            (http, 302, "//10.0.0.2/c", &read),
            (http, 302, "http://10.0.0.1:8080/c", &read),
            (http, 302, "http://admin@10.0.0.1/c", &read),
            (http, 302, "ftp://10.0.0.1/c", &read),
            (http, 302, "javascript:alert(1)", &read),
            (http, 302, "http://[", &read),
            (http, 307, "/c", &write),
            (http, 308, "/c", &Effect::Login),
            ("https://10.0.0.1", 302, "http://10.0.0.1/c", &read),
            ("https://10.0.0.1", 302, "https://10.0.0.1:8443/c", &read),
        ] {
            let next = lead(origin, status, to, "POST", effect);
            assert!(matches!(next, Next::Refuse { .. }), "{to}: {next:?}");
        }
    }
}
