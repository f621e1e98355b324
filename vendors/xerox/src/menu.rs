//! Finding the pages with SMTP settings through the site index, by the words of its links.

use scanfleet_sdk::error::clean;
use scanfleet_sdk::family::words::fold;
use scanfleet_sdk::form::Link;
use scanfleet_sdk::page::Page;
use scanfleet_sdk::{Category, DeviceError};
use url::Url;

use crate::driver::XeroxDriver;
use crate::family::{Family, fact};
use crate::fields::{REQUIRED, labels};
use crate::problem;
use crate::settings::find;
use crate::sheet::{self, Sheet, called};

/// Entries of the index opened at most; each is a page of one to three seconds.
const OPENED: usize = 4;
/// Pages opened at most beside the first, for fields that it does not have.
const TABS: usize = 8;

const FIND: &str = "find the SMTP page in the site index";
const READ: &str = "read the SMTP page";

impl XeroxDriver {
    /// The pages with SMTP settings, read afresh, with every field that is needed.
    pub(crate) async fn sheets(&mut self) -> Result<Vec<Sheet>, DeviceError> {
        let sheets = match self.settled.clone() {
            Some(urls) => {
                let mut sheets = Vec::new();
                for url in &urls {
                    let page = self.protected(url.as_str(), READ).await?;
                    match self.sheet(page).await? {
                        Ok(sheet) => sheets.push(sheet),
                        Err((page, _)) => return Err(self.no_fields(&page, READ)),
                    }
                }
                sheets
            }
            None => self.discover().await?,
        };
        self.complete(&sheets)?;
        self.settled = Some(sheets.iter().map(|s| s.page.url.clone()).collect());
        self.learn(&sheets);
        Ok(sheets)
    }

    /// Reads one page; the other way gives the page back, with its links, where it has no SMTP settings.
    async fn sheet(&mut self, page: Page) -> Result<Result<Sheet, (Page, Vec<Link>)>, DeviceError> {
        let links = page.document().links();
        let external = self.helpers(&page).await;
        match sheet::read(page.clone(), &external, &self.family) {
            Ok(Some(sheet)) => Ok(Ok(sheet)),
            Ok(None) => Ok(Err((page, links))),
            Err((page, _, field, trouble)) => {
                let got = format!("the field {} cannot be told: {trouble}", called(&self.family, field));
                Err(problem::page_changed(&self.session, &page, READ, got))
            }
        }
    }

    fn no_fields(&self, page: &Page, tried: &str) -> DeviceError {
        let got =
            format!("no form has the SMTP settings; labels there: {}", labels(&page.forms(), &self.family));
        problem::page_changed(&self.session, page, tried, got)
    }

    /// Stops where a field that is needed is nowhere.
    fn complete(&self, sheets: &[Sheet]) -> Result<(), DeviceError> {
        let Some(first) = sheets.first() else { return Ok(()) };
        let missing = missing(sheets);
        let Some(field) = missing.first() else { return Ok(()) };
        let forms: Vec<_> = sheets.iter().map(|s| s.form().clone()).collect();
        let got = format!(
            "the field {} is not there; labels there: {}",
            called(&self.family, field),
            labels(&forms, &self.family)
        );
        Err(problem::page_changed(&self.session, &first.page, READ, got))
    }

    async fn discover(&mut self) -> Result<Vec<Sheet>, DeviceError> {
        let (index, found) = self.index().await?;
        let mut fitting: Vec<Sheet> = Vec::new();
        let mut others: Vec<(Page, Vec<Link>)> = Vec::new();
        let mut seen: Vec<Url> = Vec::new();
        for (_, url) in found.iter().take(OPENED) {
            seen.push(url.clone());
            let opened = self.protected(url.as_str(), READ).await;
            let page = match opened {
                Ok(page) => page,
                // A candidate that is no page of ours must not keep the right one from being found.
                Err(error) if error.category == Category::PageChanged && found.len() > 1 => continue,
                Err(error) => return Err(error),
            };
            match self.sheet(page).await? {
                Ok(sheet) => fitting.push(sheet),
                Err(other) => others.push(other),
            }
            if fitting.len() == 1 && missing(&fitting).is_empty() && found.len() == 1 {
                break;
            }
        }
        let with_server: Vec<&Sheet> =
            fitting.iter().filter(|s| has_server(std::slice::from_ref(s))).collect();
        if with_server.len() > 1 {
            let names: Vec<String> = with_server.iter().map(|s| problem::place(&s.page)).collect();
            let got = format!("several pages have the SMTP server's field: {}", names.join(", "));
            return Err(problem::page_changed(&self.session, &index, FIND, got));
        }
        // The server's page first.
        fitting.sort_by_key(|s| !has_server(std::slice::from_ref(s)));
        let mut links: Vec<Link> = fitting.first().map(|s| s.page.document().links()).unwrap_or_default();
        links.extend(others.iter().flat_map(|(_, links)| links.iter().cloned()));
        let from: Vec<Url> = fitting
            .iter()
            .map(|s| s.page.url.clone())
            .chain(others.iter().map(|(p, _)| p.url.clone()))
            .collect();
        for url in tabs(&links, &from, &self.family).into_iter().take(TABS) {
            if !fitting.is_empty() && missing(&fitting).is_empty() {
                break;
            }
            if seen.contains(&url) {
                continue;
            }
            seen.push(url.clone());
            let Ok(page) = self.protected(url.as_str(), READ).await else { continue };
            let Ok(Ok(sheet)) = self.sheet(page).await else { continue };
            let wanted = missing(&fitting);
            if fitting.is_empty() || wanted.iter().any(|f| has(&sheet, f)) {
                fitting.push(sheet);
            }
        }
        fitting.sort_by_key(|s| !has_server(std::slice::from_ref(s)));
        if fitting.is_empty() {
            return Err(match others.first() {
                Some((page, _)) => self.no_fields(page, READ),
                None => self.no_fields(&index, FIND),
            });
        }
        Ok(fitting)
    }

    /// The site index and its entries that may be the SMTP page; a second index where the first has none.
    async fn index(&mut self) -> Result<(Page, Vec<(String, Url)>), DeviceError> {
        let mut last: Option<Page> = None;
        let mut trouble: Option<DeviceError> = None;
        for name in ["site_index", "site_index_other"] {
            let url = fact(&self.family, name).to_owned();
            let held = self.index.take().filter(|page| page.url.path() == url);
            let page = match held {
                Some(page) => page,
                None => match self.in_session(&url, "read the site index", false).await {
                    Ok(page) => page,
                    // Not every generation has both.
                    Err(error) if error.category == Category::PageChanged => {
                        trouble = Some(error);
                        continue;
                    }
                    Err(error) => return Err(error),
                },
            };
            let mut links = page.document().links();
            let frames = page.document().frames();
            for (_, frame) in frames.into_iter().take(3) {
                if frame.origin() == page.url.origin()
                    && let Ok(inner) = self.in_session(frame.as_str(), "read the site index", false).await
                {
                    links.extend(inner.document().links());
                }
            }
            links.extend(in_scripts(&page));
            let found = candidates(&links, &self.family);
            if !found.is_empty() {
                return Ok((page, found));
            }
            if last.as_ref().is_none_or(|l| l.document().links().is_empty()) {
                last = Some(page);
            }
        }
        let Some(page) = last else {
            return Err(trouble.unwrap_or_else(|| {
                DeviceError::new(Category::PageChanged, FIND, "the device shows no site index")
            }));
        };
        let mut texts: Vec<String> =
            page.document().links().iter().map(|l| clean(&l.text)).filter(|t| !t.is_empty()).collect();
        texts.dedup();
        texts.truncate(40);
        let got = format!("no entry is called SMTP; there are: {}", texts.join(", "));
        Err(problem::page_changed(&self.session, &page, FIND, got)
            .hint("sign in with an administrator who may set the network: the index shows only what the role may see"))
    }
}

fn has(sheet: &Sheet, field: &str) -> bool {
    if field == "server" { has_server(std::slice::from_ref(sheet)) } else { sheet.spots.contains_key(field) }
}

/// Whether the server can be told and set: the attribute with or without what a person fills, or both parts.
fn has_server(sheets: &[Sheet]) -> bool {
    find(sheets, "server").is_some() || find(sheets, "host").is_some()
}

/// The fields that are needed and are on none of the pages.
fn missing(sheets: &[Sheet]) -> Vec<&'static str> {
    let mut out = Vec::new();
    if !has_server(sheets) {
        out.push("server");
    }
    // Where a person fills the host in a field of its own, the port has one, too.
    let joined = find(sheets, "server").is_some_and(|(sheet, spot)| {
        spot.shown.is_none()
            && sheet.form().controls[spot.at].kind != scanfleet_sdk::form::ControlType::Hidden
    });
    if !joined && find(sheets, "host").is_some() && find(sheets, "port").is_none() {
        out.push("port");
    }
    out.extend(REQUIRED.into_iter().filter(|field| find(sheets, field).is_none()));
    out
}

/// The entries that may be the SMTP page: by the exact word, else by a part of the text, else by the address.
fn candidates(links: &[Link], family: &Family) -> Vec<(String, Url)> {
    let pick = |test: &dyn Fn(&Link) -> bool| {
        let mut found: Vec<(String, Url)> = Vec::new();
        for link in links {
            let Some(url) = &link.target else { continue };
            let mut url = url.clone();
            url.set_fragment(None);
            if test(link) && !found.iter().any(|(_, u)| *u == url) {
                found.push((link.text.clone(), url));
            }
        }
        found
    };
    let by_word = pick(&|link| family.is("menu.smtp", &link.text));
    if !by_word.is_empty() {
        return by_word;
    }
    let other = |link: &Link| family.holds("menu.other", &link.text);
    let by_part = pick(&|link| fold(&link.text).split(' ').any(|part| part == "smtp") && !other(link));
    if !by_part.is_empty() {
        return by_part;
    }
    pick(&|link| {
        let path = link.target.as_ref().map(|u| u.path().to_ascii_lowercase()).unwrap_or_default();
        path.contains("smtp") && !other(link)
    })
}

/// Other pages of the same settings: by the words of a tab, or in the same folder.
fn tabs(links: &[Link], from: &[Url], family: &Family) -> Vec<Url> {
    let folder =
        |url: &Url| url.path().rsplit_once('/').map(|(folder, _)| folder.to_owned()).unwrap_or_default();
    let rank = |link: &Link, url: &Url| {
        let smtp = url.path().to_ascii_lowercase().contains("smtp") || fold(&link.text).contains("smtp");
        let beside = from.iter().any(|f| folder(f) == folder(url) && !folder(url).is_empty());
        let word = family.is("menu.tab", &link.text);
        match (smtp || beside, word) {
            (true, true) => Some(0),
            (true, false) => Some(1),
            (false, true) => Some(2),
            _ => None,
        }
    };
    let mut found: Vec<(u8, Url)> = Vec::new();
    for link in links {
        let Some(url) = &link.target else { continue };
        let mut url = url.clone();
        url.set_fragment(None);
        let leaves = family.is("menu.logout", &link.text) || family.holds("menu.other", &link.text);
        if leaves
            || !url.path().ends_with(".php")
            || from.contains(&url)
            || found.iter().any(|(_, u)| *u == url)
        {
            continue;
        }
        if let Some(rank) = rank(link, &url) {
            found.push((rank, url));
        }
    }
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, url)| url).collect()
}

/// Entries that an index keeps in a script: a text that speaks of SMTP beside one that is an address.
fn in_scripts(page: &Page) -> Vec<Link> {
    let mut found = Vec::new();
    for script in page.document().scripts() {
        let texts = crate::literals::texts(&script);
        for (at, text) in texts.iter().enumerate() {
            if !fold(text).contains("smtp") || looks_like_page(text) {
                continue;
            }
            let near = [at.checked_add(1), at.checked_sub(1)].into_iter().flatten();
            let href = near.filter_map(|i| texts.get(i)).find(|t| looks_like_page(t));
            if let Some(href) = href {
                found.push(Link { text: text.clone(), href: href.clone(), target: page.url.join(href).ok() });
            }
        }
    }
    found
}

fn looks_like_page(text: &str) -> bool {
    text.split(['?', '#']).next().is_some_and(|path| path.ends_with(".php"))
        && !text.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::family;

    fn link(text: &str, target: &str) -> Link {
        Link {
            text: text.into(),
            href: target.into(),
            target: Url::parse("http://192.0.2.1/").unwrap().join(target).ok(),
        }
    }

    fn texts(links: &[Link]) -> Vec<String> {
        let families = family::embedded().unwrap();
        candidates(links, families.get("xerox-altalink").unwrap()).into_iter().map(|(t, _)| t).collect()
    }

    #[test]
    fn the_word_wins_then_a_part_then_the_address() {
        let alerts = link("Email Alerts", "/properties/alerts/smtpAlerts.php");
        let books = link("Email Address Books", "/x.php");
        assert_eq!(
            texts(&[alerts.clone(), books.clone(), link("SMTP (E-mail)", "/a.php")]),
            ["SMTP (E-mail)"]
        );
        assert_eq!(texts(&[alerts.clone(), link("Serveur SMTP", "/a.php")]), ["Serveur SMTP"]);
        assert_eq!(texts(&[alerts.clone(), link("Courriel", "/p/smtp/x.php")]), ["Courriel"]);
        assert!(texts(&[alerts, books]).is_empty());
    }

    #[test]
    fn an_index_in_a_script() {
        let text = "<script>var pages = [['LDAP', '/ldap/x.php'], ['SMTP (Email)', '/net/mail.php?from=x']];</script>";
        let url = "http://192.0.2.1/links.php".parse().unwrap();
        let found = in_scripts(&Page { url, status: 200, charset: "UTF-8", text: text.into() });
        assert_eq!(found[0].target.as_ref().unwrap().as_str(), "http://192.0.2.1/net/mail.php?from=x");
    }
}
