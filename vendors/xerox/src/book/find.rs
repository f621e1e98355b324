//! Finding the pages of the address book: from its tab, by the words of links, else through the site index.

use std::time::Duration;

use scanfleet_sdk::error::clean;
use scanfleet_sdk::family::words::fold;
use scanfleet_sdk::form::{ControlType, Form};
use scanfleet_sdk::page::Page;
use scanfleet_sdk::script::{Outcome, PageHooks, Scripts, Trigger};
use scanfleet_sdk::transport::{Answer, Request};
use scanfleet_sdk::{Category, DeviceError};
use url::Url;

use super::Places;
use super::outcome::in_progress;
use crate::driver::XeroxDriver;
use crate::family::{Family, fact};
use crate::problem;
use crate::signs::{Sign, classify};

/// Pages opened at most on the way; each takes one to three seconds.
const OPENED: usize = 10;
/// Handlers of a page followed at most to learn where they lead.
const FOLLOWED: usize = 20;

/// How often a page that says "in progress" is asked again.
const POLLS: usize = 60;

const FIND: &str = "find the address book's pages";

/// Something that leads to another page.
#[derive(Debug, Clone)]
pub(crate) struct Way {
    pub(crate) text: String,
    pub(crate) url: Url,
}

/// What an address gave.
pub(crate) enum Opened {
    Page(Box<Page>),
    /// A file: its bytes, and the charset that its answer named.
    File(Vec<u8>, Option<String>),
}

/// Whether an answer is a file to be saved rather than a page.
pub(crate) fn is_file(answer: &Answer) -> bool {
    let kind = answer.header("content-type").unwrap_or_default().to_ascii_lowercase();
    let named = answer
        .header("content-disposition")
        .is_some_and(|d| d.to_ascii_lowercase().trim_start().starts_with("attachment"));
    let start: Vec<u8> = answer.body.iter().copied().filter(|b| !b.is_ascii_whitespace()).take(1).collect();
    let page = start == b"<";
    answer.status == 200
        && !page
        && (named
            || ["csv", "octet", "force-download", "excel", "comma-separated"]
                .iter()
                .any(|k| kind.contains(k))
            || kind.starts_with("text/plain"))
}

/// The charset that an answer named.
pub(crate) fn charset_of(answer: &Answer) -> Option<String> {
    let kind = answer.header("content-type")?.to_ascii_lowercase();
    let (_, rest) = kind.split_once("charset=")?;
    Some(rest.trim_matches(['"', ' ']).split(';').next().unwrap_or_default().to_owned())
}

/// Everything on a page that leads to another of the same device, handlers of buttons included.
pub(crate) fn ways(page: &Page) -> Vec<Way> {
    let mut out: Vec<Way> = Vec::new();
    let mut push = |text: &str, mut url: Url| {
        url.set_fragment(None);
        if url.origin() == page.url.origin() && url != page.url {
            out.push(Way { text: text.to_owned(), url });
        }
    };
    for link in page.document().links() {
        if let Some(target) = link.target {
            push(&link.text, target);
        }
    }
    let hooks = PageHooks::read(&page.text);
    let forms = page.forms();
    let scripts = Scripts { sources: &hooks.scripts, url: &page.url, forms: &forms };
    for one in hooks.clickables.iter().filter(|c| c.control && !c.disabled && c.code.is_some()).take(FOLLOWED)
    {
        let trigger = Trigger { code: one.code.clone(), id: one.id.clone(), control: None };
        for outcome in scripts.press(&trigger, &[]) {
            if let Outcome::Navigate(to) = outcome
                && let Ok(url) = page.url.join(&to)
            {
                push(&one.text, url);
            }
        }
    }
    out
}

/// The tab that leads to the address book, on any page that shows it.
pub(crate) fn tab(page: &Page, family: &Family) -> Option<Url> {
    // Most pages have none, and reading a page once more costs.
    let text = &page.text;
    let id = fact(family, "book_tab");
    let by_id = if !id.is_empty() && text.contains(id) { page.document().text_of_id(id) } else { None };
    let links = page.document().links();
    let own = |url: &Url| url.origin() == page.url.origin();
    let mut named = links.iter().filter(|l| {
        by_id.as_deref().is_some_and(|t| !t.is_empty() && t == l.text) || family.is("menu.book", &l.text)
    });
    let mut url = named.find_map(|l| l.target.clone().filter(own))?;
    url.set_fragment(None);
    Some(url)
}

/// A number that stands behind words of a group, such as "All Contacts (12)".
pub(crate) fn number_behind(text: &str, family: &Family, group: &str) -> Option<usize> {
    let lower = text.to_lowercase();
    family.words(group).find_map(|word| {
        let word = word.text.to_lowercase();
        lower.match_indices(&word).find_map(|(at, _)| {
            let rest = lower[at + word.len()..].trim_start_matches([' ', ':', '(', '[', '\u{a0}']);
            let mut digits = String::new();
            let mut chars = rest.chars().peekable();
            while let Some(c) = chars.next() {
                match c {
                    c if c.is_ascii_digit() => digits.push(c),
                    // Thousands apart.
                    ',' | '.' | '\'' | '\u{a0}' if !digits.is_empty() => {
                        let three: Vec<char> = chars.clone().take(4).collect();
                        let group = three.len() >= 3 && three[..3].iter().all(char::is_ascii_digit);
                        if !group || three.get(3).is_some_and(char::is_ascii_digit) {
                            break;
                        }
                    }
                    _ => break,
                }
            }
            digits.parse().ok()
        })
    })
}

/// Whether a form sends a file.
pub(crate) fn takes_file(form: &Form) -> bool {
    form.controls.iter().any(|c| c.kind == ControlType::File && !c.name.is_empty() && !c.disabled)
}

/// The form of a page that exports.
pub(crate) fn export_form(forms: &[Form], page: &Page, family: &Family) -> Option<usize> {
    let hooks = PageHooks::read(&page.text);
    let button = hooks.clickables.iter().any(|c| family.is("button.export", &c.text));
    let delimiter = |form: &Form| super::fill::delimiter(form, family).is_some();
    let with = |form: &Form| {
        form.controls.iter().any(|c| c.kind.is_button() && family.is("button.export", c.label()))
    };
    let usable = |at: &usize| !takes_file(&forms[*at]);
    let all = || (0..forms.len()).filter(usable);
    all()
        .find(|at| delimiter(&forms[*at]) && (button || with(&forms[*at])))
        .or_else(|| all().find(|at| with(&forms[*at])))
}

impl XeroxDriver {
    /// Opens an address within the session: a page, or a file.
    pub(crate) async fn open(&mut self, request: Request) -> Result<Opened, DeviceError> {
        let tried = request.tried.clone();
        let (mut renewed, mut polls) = (false, 0);
        loop {
            self.sign_in().await?;
            let answer = self.session.send(request.clone()).await?;
            if is_file(&answer) {
                let charset = charset_of(&answer);
                return Ok(Opened::File(answer.body, charset));
            }
            let page = answer.page();
            match self.checked(page, &tried)? {
                // An import that is under way stands in the place of every page of the book.
                Ok(page) if polls < POLLS && request.method == "GET" && in_progress(&page, &self.family) => {
                    polls += 1;
                    tokio::time::sleep(Duration::from_millis(if polls < 10 { 400 } else { 2000 })).await;
                }
                Ok(page) => return Ok(Opened::Page(Box::new(page))),
                Err(_) if renewed => break,
                Err(gone) => {
                    renewed = true;
                    self.renew(&gone, &tried).await?;
                }
            }
        }
        Err(DeviceError::new(Category::Interrupted, &tried, "the device ended the session again")
            .hint("look who else is signed in as administrator, and run again"))
    }

    /// Tells an ordinary page from the signs of failure; the inner error is a session that is gone.
    pub(crate) fn checked(&mut self, page: Page, tried: &str) -> Result<Result<Page, Page>, DeviceError> {
        match classify(&page, &self.family) {
            Sign::Ordinary => {
                self.notice_log_out(&page);
                Ok(Ok(page))
            }
            Sign::SessionGone => Ok(Err(page)),
            Sign::Busy(text) => Err(problem::busy(&page, tried, &text)),
            Sign::TooManySessions(text) => Err(problem::too_many_sessions(&page, tried, &text)),
            Sign::Status(status) => Err(problem::status(&self.session, &page, tried, status)),
            Sign::Token => {
                let got = "the device shows its error page";
                Err(problem::page_changed(&self.session, &page, tried, got))
            }
            Sign::Refused(text) => {
                let got = format!("the device says: {text}");
                Err(problem::page_changed(&self.session, &page, tried, got))
            }
        }
    }

    /// Opens a page of the address book.
    pub(crate) async fn book_page(&mut self, url: &Url, tried: &str) -> Result<Page, DeviceError> {
        match self.open(Request::get(url.as_str(), tried)).await? {
            Opened::Page(page) => Ok(*page),
            Opened::File(..) => Err(DeviceError::new(
                Category::PageChanged,
                tried,
                "the address gave a file where a page was expected",
            )
            .on_page(clean(url.path()))),
        }
    }

    /// Finds the pages, as far as they are not known yet; `import` says whether that one is needed, too.
    pub(crate) async fn find_book(&mut self, import: bool) -> Result<(), DeviceError> {
        let enough = |p: &Places| p.export.is_some() && (!import || p.import.is_some());
        if enough(&self.book.places) {
            return Ok(());
        }
        if self.book.tab.is_none() {
            // The tabs stand on the first page.
            if let Opened::Page(page) = self.open(Request::get("/", FIND)).await? {
                self.book.tab = tab(&page, &self.family);
            }
        }
        let mut queue: Vec<(u8, Url)> = Vec::new();
        let mut places = self.book.places.clone();
        let start = places.list.clone().or_else(|| self.book.tab.clone());
        let start = start.or_else(|| self.session.origin().join(fact(&self.family, "book_list")).ok());
        queue.extend(start.map(|url| (0, url)));
        queue.extend(places.import_way.clone().filter(|_| import).map(|url| (1, url)));
        let mut seen: Vec<Url> = Vec::new();
        let mut indices = vec!["site_index_other", "site_index"];
        let mut texts: Vec<String> = Vec::new();
        let mut last: Option<Page> = None;
        while seen.len() < OPENED && !enough(&places) {
            queue.sort_by_key(|(rank, _)| *rank);
            let index = queue.is_empty();
            let url = if index {
                let Some(name) = indices.pop() else { break };
                let Ok(url) = self.session.origin().join(fact(&self.family, name)) else { continue };
                url
            } else {
                queue.remove(0).1
            };
            if seen.contains(&url) {
                continue;
            }
            seen.push(url.clone());
            let page = match self.open(Request::get(url.as_str(), FIND)).await {
                Ok(Opened::Page(page)) => *page,
                // The link is the export itself.
                Ok(Opened::File(..)) => {
                    places.export.get_or_insert(url);
                    continue;
                }
                Err(error) if error.category == Category::PageChanged && seen.len() > 1 => continue,
                Err(error) => return Err(error),
            };
            if places.list.is_none() && seen.len() == 1 {
                places.list = Some(page.url.clone());
                places.counts = self.counted(&page).is_some();
                self.book.fresh_list = Some(page.clone());
            }
            let forms = page.forms();
            if !index {
                if export_form(&forms, &page, &self.family).is_some() {
                    places.export.get_or_insert(page.url.clone());
                }
                if forms.iter().any(takes_file) {
                    places.import.get_or_insert(page.url.clone());
                }
            }
            let home = places.list.clone().or_else(|| self.book.tab.clone());
            for way in ways(&page) {
                let Some((rank, kind)) = rank(&way, &self.family, home.as_ref(), index) else { continue };
                texts.push(clean(&way.text));
                match kind {
                    Kind::Add => {
                        places.add.get_or_insert(way.url);
                        continue;
                    }
                    // A page that is called so need not be opened before it is wanted.
                    Kind::Import if !import => {
                        places.import_way.get_or_insert(way.url);
                        continue;
                    }
                    _ => {}
                }
                if !seen.contains(&way.url) {
                    queue.push((rank, way.url));
                }
            }
            for (_, frame) in page.document().frames().into_iter().take(3) {
                if frame.origin() == page.url.origin() && !index {
                    queue.push((1, frame));
                }
            }
            last = Some(page);
        }
        self.book.places = places;
        if self.book.places.export.is_some() {
            if import && self.book.places.import.is_none() {
                let got = "no page takes a file for an import";
                return Err(DeviceError::new(Category::PageChanged, FIND, got).hint(
                    "sign in with an administrator who may import the address book; nothing was written",
                ));
            }
            return Ok(());
        }
        texts.dedup();
        texts.truncate(30);
        let got = if texts.is_empty() {
            "no page has a link or a form that exports it".to_owned()
        } else {
            format!("no page exports it; links there: {}", texts.join(", "))
        };
        Err(match last {
            Some(page) => problem::page_changed(&self.session, &page, FIND, got),
            None => DeviceError::new(Category::PageChanged, FIND, got),
        })
    }

    /// How many contacts a page says that there are.
    pub(crate) fn counted(&self, page: &Page) -> Option<usize> {
        number_behind(&page.document().visible_text(), &self.family, "book.all")
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Export,
    Import,
    Add,
    Manage,
}

/// What a way leads to, and how soon it is tried.
fn rank(way: &Way, family: &Family, home: Option<&Url>, index: bool) -> Option<(u8, Kind)> {
    let text = &way.text;
    if text.is_empty() || family.is("menu.logout", text) || family.holds("book.not", text) {
        return None;
    }
    // A contact may be called anything, even Export.
    let numbered = way.url.query_pairs().any(|(_, v)| !v.is_empty() && v.bytes().all(|b| b.is_ascii_digit()));
    if numbered && home.is_some_and(|h| h.path() == way.url.path()) {
        return None;
    }
    let folder = |url: &Url| url.path().rsplit_once('/').map(|(f, _)| f.to_owned()).unwrap_or_default();
    let beside = home.is_some_and(|h| folder(h) == folder(&way.url) && !folder(h).is_empty());
    let named =
        family.holds("book.itself", text) || way.url.path().to_ascii_lowercase().contains("addressbook");
    // The site index has exports of everything: logs, jobs, settings.
    if index && !beside && !named {
        return None;
    }
    let words: Vec<String> = fold(text).split(' ').map(str::to_owned).collect();
    let has = |group: &str| family.is(group, text);
    let part = |group: &str| (beside || named) && family.words(group).any(|w| words.contains(&w.folded));
    if has("book.add") {
        return Some((9, Kind::Add));
    }
    if has("book.export") || part("book.export") {
        return Some((if has("book.export") { 0 } else { 1 }, Kind::Export));
    }
    if has("book.import") || part("book.import") {
        return Some((1, Kind::Import));
    }
    if has("book.manage") || (named && part("book.manage")) {
        return Some((2, Kind::Manage));
    }
    if has("menu.book") {
        return Some((3, Kind::Manage));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::family;

    fn page(text: &str) -> Page {
        let url = "http://192.0.2.1/addressbook/viewContact.php".parse().unwrap();
        Page { url, status: 200, charset: "UTF-8", text: text.to_owned() }
    }

    #[test]
    fn ways_are_ranked_by_their_words() {
        let families = family::embedded().unwrap();
        let family = families.get("xerox-altalink").unwrap();
        let home: Url = "http://192.0.2.1/addressbook/viewContact.php".parse().unwrap();
        let kind = |text: &str, path: &str, index: bool| {
            let way = Way { text: text.into(), url: home.join(path).unwrap() };
            rank(&way, family, Some(&home), index).map(|(_, kind)| kind)
        };
        assert_eq!(kind("Export...", "/x/e.php", false), Some(Kind::Export));
        assert_eq!(kind("Export to File", "e.php", true), Some(Kind::Export));
        assert_eq!(kind("Export Audit Log", "/logs/e.php", true), None);
        assert_eq!(kind("Export", "/jobs/e.php", true), None);
        assert_eq!(kind("Import From File", "i.php", false), Some(Kind::Import));
        assert_eq!(kind("Management", "m.php", false), Some(Kind::Manage));
        assert_eq!(kind("Add New Contact", "a.php", false), Some(Kind::Add));
        assert_eq!(kind("Download Sample", "s.php", false), None);
        assert_eq!(kind("Ann Exporter", "viewContact.php?contactId=1", false), None);
        assert_eq!(kind("Email Address Books", "/properties/email/x.php", true), None);
    }

    #[test]
    fn numbers_behind_words() {
        let families = family::embedded().unwrap();
        let family = families.get("xerox-altalink").unwrap();
        for (text, number) in [
            ("Address Book All Contacts (12) Ann", Some(12)),
            ("All Contacts: 2,000", Some(2000)),
            ("all contacts 7, 100 more", Some(7)),
            ("All Contacts", None),
            ("Contacts 5", None),
        ] {
            assert_eq!(number_behind(text, family, "book.all"), number, "{text}");
        }
    }

    #[test]
    fn buttons_that_lead_elsewhere_are_ways() {
        let found = ways(&page(
            "<script>function go(u){ window.location = u; }</script><input type=button value=Export onclick=\"go('e.php?x=1')\">\
             <a href='m.php#x'>Management</a><a href='http://192.0.2.9/addressbook/x.php'>Import</a>",
        ));
        let all: Vec<(&str, &str)> = found.iter().map(|w| (w.text.as_str(), w.url.path())).collect();
        assert!(all.contains(&("Export", "/addressbook/e.php")), "{all:?}");
        assert!(all.contains(&("Management", "/addressbook/m.php")));
        assert!(!all.iter().any(|(t, _)| *t == "Import"));
    }

    #[test]
    fn the_tab_is_found_by_its_id_or_its_words() {
        let families = family::embedded().unwrap();
        let family = families.get("xerox-altalink").unwrap();
        let by_id = page("<a id=tab_addressbook href=/a/b.php>Carnet</a>");
        assert_eq!(tab(&by_id, family).unwrap().path(), "/a/b.php");
        assert_eq!(tab(&page("<a href=/c.php>Address Book</a>"), family).unwrap().path(), "/c.php");
        assert!(tab(&page("<a href=/c.php>Email Address Books</a>"), family).is_none());
    }
}
