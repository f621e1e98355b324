//! The cookie jar: host-only, tolerant of what old servers write.

use cookie_store::{CookieStore, RawCookie};
use url::Url;

/// Decides whether a cookie that the device sets may replace the present one: name, new value, present value.
pub type CookieGuard = Box<dyn Fn(&str, &str, Option<&str>) -> bool + Send + Sync>;

#[derive(Default)]
pub(super) struct Jar {
    store: CookieStore,
    guard: Option<CookieGuard>,
}

impl Jar {
    pub(super) fn guard(&mut self, guard: CookieGuard) {
        self.guard = Some(guard);
    }

    /// The `Cookie` header for an address, longest path first as browsers send it.
    pub(super) fn header(&self, url: &Url) -> Option<String> {
        let mut cookies = self.store.matches(url);
        // The store takes loopback addresses for secure; a lab must behave like a device.
        cookies.retain(|c| url.scheme() == "https" || !c.secure().unwrap_or(false));
        cookies.sort_by(|a, b| {
            let length = |c: &cookie_store::Cookie<'_>| String::from(&c.path).len();
            length(b).cmp(&length(a)).then_with(|| a.name().cmp(b.name()))
        });
        let pairs: Vec<String> = cookies.iter().map(|c| format!("{}={}", c.name(), c.value())).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    /// Takes a `Set-Cookie` value; gives name and value as sent, whatever the guard says.
    pub(super) fn take(&mut self, url: &Url, line: &str) -> Option<(String, String)> {
        let (name, value) = line.split(';').next().unwrap_or(line).split_once('=')?;
        let pair = (name.trim().to_owned(), value.trim().to_owned());
        if pair.0.is_empty() {
            return None;
        }
        let present = self.get(&pair.0);
        let allowed = self.guard.as_ref().is_none_or(|guard| guard(&pair.0, &pair.1, present.as_deref()));
        if allowed && let Ok(mut cookie) = RawCookie::parse(line.to_owned()) {
            // Host-only, whatever the device says its domain is.
            cookie.unset_domain();
            // Refused or expired cookies are simply not kept.
            let _ = self.store.insert_raw(&cookie, url);
        }
        Some(pair)
    }

    /// The value of a cookie; where several paths hold the name, the longest path wins.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        self.store
            .iter_unexpired()
            .filter(|c| c.name() == name)
            .max_by_key(|c| String::from(&c.path).len())
            .map(|c| c.value().to_owned())
    }

    /// Sets a cookie for the whole device; the name is then held once.
    pub(super) fn set(&mut self, url: &Url, name: &str, value: &str) {
        self.forget(name);
        let mut cookie = RawCookie::new(name.to_owned(), value.to_owned());
        cookie.set_path("/");
        let _ = self.store.insert_raw(&cookie, url);
    }

    pub(super) fn forget(&mut self, name: &str) {
        let held: Vec<(String, String)> = self
            .store
            .iter_any()
            .filter(|c| c.name() == name)
            .map(|c| (String::from(&c.domain), String::from(&c.path)))
            .collect();
        for (domain, path) in held {
            self.store.remove(&domain, &path, name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn cookies_as_old_servers_write_them() {
        let mut jar = Jar::default();
        let root = url("http://127.0.0.1:8080/web/x.cgi");
        for line in [
            "a=1; path=/; expires=Thursday, the first of never",
            "b=2;HttpOnly;path=/",
            "c=caf\u{e9}; Path=/web",
            "d=4; domain=.elsewhere.example; path=/",
            "e=; path=/",
            "f=6; path=/; Max-Age=99999999999999999999999",
            "g=7; path=/; expires=Fri, 31 Dec 99999 23:59:59 GMT",
            "h=8; path=/; Max-Age=-99999999999999999999999",
            "i=9; path=/; expires=Thu, 01 Jan 0000 00:00:00 GMT",
            "j=a=b; path=/",
            "=nameless",
            "bare",
            "",
            ";;;=;",
        ] {
            jar.take(&root, line);
        }
        let sent = jar.header(&root).unwrap();
        assert!(sent.starts_with("c=café; a=1; b=2; d=4; e=; "), "{sent}");
        assert!(sent.contains("j=a=b"), "{sent}");
        assert_eq!(jar.header(&url("http://10.0.0.1/web/")), None);
        jar.take(&root, "a=; path=/; Max-Age=0");
        assert_eq!(jar.get("a"), None);
    }

    #[test]
    fn secure_cookies_stay_on_https() {
        let mut jar = Jar::default();
        jar.take(&url("https://127.0.0.1/"), "s=1; Secure; path=/");
        assert_eq!(jar.header(&url("http://127.0.0.1/")), None);
        assert_eq!(jar.header(&url("https://127.0.0.1/")).as_deref(), Some("s=1"));
    }

    #[test]
    fn a_guard_sees_old_and_new_and_the_setter_wins() {
        let mut jar = Jar::default();
        let root = url("http://127.0.0.1/");
        jar.guard(Box::new(|name, new, old| !(name == "sid" && new == "--" && old.is_some())));
        assert_eq!(jar.take(&root, "sid=12; path=/"), Some(("sid".into(), "12".into())));
        assert_eq!(jar.take(&root, "sid=--; path=/"), Some(("sid".into(), "--".into())));
        assert_eq!(jar.get("sid").as_deref(), Some("12"));
        jar.take(&root, "sid=34; path=/web");
        jar.set(&root, "sid", "5");
        assert_eq!(jar.header(&url("http://127.0.0.1/web/x")).as_deref(), Some("sid=5"));
        jar.forget("sid");
        assert_eq!(jar.get("sid"), None);
    }
}
