//! Finding the address book through the menu of the signed-in session, and the programs its pages name.

use scanfleet_sdk::form::Link;
use scanfleet_sdk::page::Page;
use scanfleet_sdk::transport::Request;
use scanfleet_sdk::{Category, DeviceError};
use url::Url;

use crate::book::list::ListPage;
use crate::book::literal::strings;
use crate::book::roles::{Role, address, is_program, known, named};
use crate::book::script::without_comments;
use crate::driver::RicohDriver;
use crate::family::Family;
use crate::problem;

/// Frames of the main page opened at most, and external scripts fetched for one page.
const FRAMES: usize = 4;
const FETCHED: usize = 6;

impl RicohDriver {
    /// The address of the list: from pages that are there already, else from the main page and its frames, else the known one.
    pub(crate) async fn book_address(&mut self) -> Result<Url, DeviceError> {
        const TRIED: &str = "find the address book in the menu";
        if let Some(url) = &self.book.address {
            return Ok(url.clone());
        }
        let seen = self.menu.as_ref().and_then(|menu| candidate(&menu.page.document().links(), &self.family));
        let mut found = seen;
        if found.is_none() {
            let main = self.entry("websys/webArch/mainFrame.cgi");
            let page = self.optional_page(&main, TRIED).await?;
            if let Some(page) = page {
                found = candidate(&page.document().links(), &self.family);
                let mut frames = page.document().frames();
                // The menu stands in the frame that does the work; the head comes last.
                frames.sort_by_key(|(name, url)| (name != "work", url.path().contains("header")));
                frames.retain(|(_, url)| self.session.may_read(url));
                for (_, url) in frames.into_iter().take(FRAMES) {
                    if found.is_some() {
                        break;
                    }
                    if let Some(page) = self.optional_page(url.as_str(), TRIED).await? {
                        found = candidate(&page.document().links(), &self.family);
                    }
                }
            }
        }
        let url = match found {
            Some(url) => url,
            None => {
                let known = self.family.fact("book_path").unwrap_or("address/adrsList.cgi");
                let path = self.entry(known);
                self.session.origin().join(&path).map_err(|_| {
                    DeviceError::new(Category::PageChanged, TRIED, format!("`{known}` is no address"))
                })?
            }
        };
        let url = whole_list(url, &self.family);
        self.book.address = Some(url.clone());
        Ok(url)
    }

    /// A page that may be missing.
    async fn optional_page(&mut self, url: &str, tried: &str) -> Result<Option<Page>, DeviceError> {
        match self.entry_page(url, tried).await {
            Ok(page) => Ok(Some(page)),
            Err(error) if error.category == Category::PageChanged => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Opens the list page (which gives back whatever was open for editing in this session).
    pub(crate) async fn open_list(&mut self) -> Result<ListPage, DeviceError> {
        const TRIED: &str = "read the list of the address book";
        let url = self.book_address().await?;
        let page = self.entry_page(url.as_str(), TRIED).await?;
        self.book.open = false;
        self.book.given.clear();
        self.note_scripts(&page);
        let mut trouble;
        loop {
            match ListPage::read(&page, &self.book.scripts, &self.family) {
                Ok(list) => {
                    self.book.list = Some(list.clone());
                    return Ok(list);
                }
                Err(why) => trouble = why,
            }
            // What the page itself lacks may stand in a script of its own.
            if !self.fetch_script().await? {
                break;
            }
        }
        // Found once at a wrong place, it is looked for again.
        self.book.address = None;
        Err(problem::page_changed(&self.session, &page, TRIED, format!("this is not the list as it is known: {trouble}"))
            .hint("sign in with an administrator who has the user role: the address book is shown to no other; else extend the family file with what the page shows"))
    }

    fn note_scripts(&mut self, page: &Page) {
        if self.book.unread.is_some() {
            return;
        }
        let origin = self.session.origin().origin();
        let mut sources: Vec<Url> = page.document().script_sources();
        sources.retain(|u| u.origin() == origin && self.session.may_read(u));
        let rank = |url: &Url| {
            let name =
                url.path_segments().and_then(|mut s| s.next_back()).unwrap_or_default().to_ascii_lowercase();
            let library = ["jquery", "base64", "ajax", "modal", "prototype"].iter().any(|l| name.contains(l));
            let list = name.contains("list");
            let own = ["adrs", "addr", "book"].iter().any(|w| name.contains(w));
            (library, !own, !list)
        };
        sources.sort_by_key(rank);
        sources.retain(|u| !rank(u).0);
        sources.dedup();
        sources.truncate(FETCHED);
        self.book.unread = Some(sources);
    }

    /// Fetches the next external script of the list page; false where there is none.
    async fn fetch_script(&mut self) -> Result<bool, DeviceError> {
        let Some(url) = self.book.unread.as_mut().filter(|u| !u.is_empty()).map(|u| u.remove(0)) else {
            return Ok(false);
        };
        let request = Request::get(url.as_str(), "read a script of the address book");
        match self.session.send(request).await {
            Ok(answer) if answer.status == 200 => {
                let page = answer.page();
                if !page.text.trim_start().starts_with('<') {
                    self.book.scripts.push(page.text);
                }
                Ok(true)
            }
            Ok(_) => Ok(true),
            // What cannot be had is done without; a connection that broke says so to the next request.
            Err(error) if error.category == Category::PageChanged => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// The address of a program: as the page and its scripts name it, else the known one.
    pub(crate) async fn program(&mut self, role: Role) -> Result<Url, DeviceError> {
        let list = self.listed()?;
        loop {
            let fetched = self.book.scripts.iter().flat_map(|s| strings(&without_comments(s)));
            let mut programs = list.programs.clone();
            programs.extend(fetched.filter(|text| is_program(text)));
            let named = named(role, &programs, &self.family);
            if let Some(url) = named.and_then(|written| address(&list.url, &written)) {
                return Ok(url);
            }
            if !self.fetch_script().await? {
                break;
            }
        }
        let known = known(role, &self.family).and_then(|written| address(&list.url, &written));
        known.ok_or_else(|| {
            DeviceError::new(
                Category::PageChanged,
                "use the address book",
                format!("neither the page nor the family file names the program for it ({role:?})"),
            )
            .on_page(list.url.path())
        })
    }
}

/// The menu's link to the list: by the page's name, else by the exact word.
fn candidate(links: &[Link], family: &Family) -> Option<Url> {
    let name = page_name(family);
    let last = |url: &Url| {
        url.path_segments().and_then(|mut s| s.next_back()).unwrap_or_default().to_ascii_lowercase()
    };
    let by_name = links.iter().find(|l| l.target.as_ref().is_some_and(|u| last(u) == name));
    let by_word = || {
        links.iter().find(|l| {
            l.target.as_ref().is_some_and(|u| last(u).ends_with(".cgi")) && family.is("menu.book", &l.text)
        })
    };
    let mut url = by_name.or_else(by_word)?.target.clone()?;
    url.set_fragment(None);
    Some(url)
}

fn page_name(family: &Family) -> String {
    let path = family.fact("book_path").unwrap_or("address/adrsList.cgi");
    path.rsplit('/').next().unwrap_or_default().to_ascii_lowercase()
}

/// The list of the known name shows all entries, and not a page of them.
fn whole_list(mut url: Url, family: &Family) -> Url {
    let known = url
        .path_segments()
        .and_then(|mut s| s.next_back())
        .is_some_and(|l| l.eq_ignore_ascii_case(&page_name(family)));
    if known {
        let others: Vec<(String, String)> = url
            .query_pairs()
            .filter(|(k, _)| k != "modeIn")
            .map(|(k, v)| (k.into_owned(), v.into_owned()))
            .collect();
        url.query_pairs_mut().clear().append_pair("modeIn", "LIST_ALL").extend_pairs(others);
    }
    url
}

#[cfg(test)]
mod tests {
    use scanfleet_sdk::form::Document;

    use super::*;
    use crate::family;

    fn find(html: &str) -> Option<String> {
        let url: Url = "http://192.0.2.1/web/entry/en/websys/webArch/topPage.cgi".parse().unwrap();
        let family = &family::all().unwrap()[0];
        let found = candidate(&Document::parse(html, Some(&url), "UTF-8").links(), family)?;
        Some(whole_list(found, family).to_string())
    }

    #[test]
    fn the_menu_leads_to_the_list() {
        let by_name =
            "<a href=\"javascript:wsMenu_jumpUrl('../../websys/status/configuration.cgi')\">Configuration</a>
            <a href=\"javascript:wsMenu_jumpUrl('../../address/adrsList.cgi')\">???</a>";
        assert_eq!(
            find(by_name).unwrap(),
            "http://192.0.2.1/web/entry/en/address/adrsList.cgi?modeIn=LIST_ALL"
        );
        let paged = "<a href='../../address/adrsList.cgi?modeIn=LIST&x=1'>Address Book</a>";
        assert_eq!(
            find(paged).unwrap(),
            "http://192.0.2.1/web/entry/en/address/adrsList.cgi?modeIn=LIST_ALL&x=1"
        );
        for word in ["Address Book", "Libreta de direcciones", "Carnet d'adresses", "アドレス帳", "주소록"]
        {
            let other = format!("<a href='../../people/index.cgi'>{word}</a>");
            assert_eq!(find(&other).unwrap(), "http://192.0.2.1/web/entry/en/people/index.cgi", "{word}");
        }
        assert_eq!(find("<a href='x.cgi'>Address of the administrator</a>"), None);
    }
}
