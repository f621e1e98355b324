//! Finding the list: behind the tab that every page of a session shows.

use scanfleet_sdk::page::Page;
use scanfleet_sdk::{Category, DeviceError};
use url::Url;

use crate::book::list::{ListPage, list};
use crate::driver::BrotherDriver;
use crate::family::Family;
use crate::pages::forbidden;
use crate::signs::{Said, said};
use crate::{problem, script_door};

/// Where the list is on devices whose tab nobody can read.
const USUAL: &str = "/address/speeddial.html";

/// The list's usual address.
fn usual(family: &Family) -> &str {
    family.fact("book_list").unwrap_or(USUAL)
}

/// The addresses that a page's tabs and menus give for the list: those of its name, else the usual one.
fn tabs(page: &Page, family: &Family) -> Vec<Url> {
    let mut named: Vec<Url> = Vec::new();
    let mut usual_ones: Vec<Url> = Vec::new();
    for link in page.document().links() {
        let Some(url) = link.target.filter(|url| !forbidden(url) && url.origin() == page.url.origin()) else {
            continue;
        };
        let place = if family.is("menu.book", &link.text) {
            &mut named
        } else if url.path() == usual(family) {
            &mut usual_ones
        } else {
            continue;
        };
        if !place.contains(&url) {
            place.push(url);
        }
    }
    if named.is_empty() { usual_ones } else { named }
}

impl BrotherDriver {
    /// The list's address, as the device's own pages give it.
    async fn book_address(&mut self) -> Result<Url, DeviceError> {
        const TRIED: &str = "find the address book";
        if let Some(url) = &self.book.users.address {
            return Ok(url.clone());
        }
        let told = self.family.fact("book_page").map(str::to_owned);
        let shown = [self.protocols.as_ref(), self.last.as_ref(), self.front.as_ref()];
        let mut found: Vec<Url> = shown
            .into_iter()
            .flatten()
            .map(|page| tabs(page, &self.family))
            .find(|t| !t.is_empty())
            .unwrap_or_default();
        if found.is_empty() {
            let status = self.status.clone();
            let page = self.entry_page(&status, TRIED).await?;
            found = tabs(&page, &self.family);
        }
        if let Some(path) = told {
            // A family file that names the page goes first; the tab then only tells the rest of the address.
            if let Some(url) = found.iter().find(|url| url.path() == path) {
                return Ok(url.clone());
            }
            return self.at_origin(&path, TRIED);
        }
        match found.into_iter().next() {
            Some(url) => Ok(url),
            None => self.at_origin(&format!("{}?start=1", usual(&self.family)), TRIED),
        }
    }

    fn at_origin(&self, path: &str, tried: &str) -> Result<Url, DeviceError> {
        self.session.origin().join(path).map_err(|_| {
            DeviceError::new(Category::PageChanged, tried, "the family file names an address that is none")
        })
    }

    /// The first page of the list.
    pub(crate) async fn book_page(&mut self) -> Result<(Page, ListPage), DeviceError> {
        const TRIED: &str = "read the address book";
        if self.script {
            return Err(script_door::beyond(TRIED, &self.identity.model));
        }
        let url = self.book_address().await?;
        let guessed = !self.shown_somewhere(&url);
        let page = match self.entry_page(url.as_str(), TRIED).await {
            Err(error) if guessed && error.category == Category::PageChanged => {
                return Err(DeviceError::new(
                    Category::Unsupported,
                    TRIED,
                    "the device's pages have no tab that is known as the address book's",
                )
                .hint("look in a browser whether the device has one, and name it in a family file (`menu.book`, `book_page`)"));
            }
            other => other?,
        };
        if let Ok(found) = list(&page, &self.family) {
            self.book.users.address = Some(page.url.clone());
            return Ok((page, found));
        }
        // The tab may open another page of the section first.
        let inner = tabs(&page, &self.family).into_iter().find(|inner| *inner != url && *inner != page.url);
        let page = match inner {
            Some(inner) if !matches!(said(&page, &self.family), Said::Busy(_)) => {
                self.entry_page(inner.as_str(), TRIED).await?
            }
            _ => page,
        };
        let found = self.listed_on(&page, TRIED)?;
        self.book.users.address = Some(page.url.clone());
        Ok((page, found))
    }

    fn shown_somewhere(&self, url: &Url) -> bool {
        let shown = [self.protocols.as_ref(), self.last.as_ref(), self.front.as_ref()];
        self.book.users.address.is_some()
            || shown.into_iter().flatten().any(|page| tabs(page, &self.family).contains(url))
    }

    /// The list on a page.
    pub(crate) fn listed_on(&self, page: &Page, tried: &str) -> Result<ListPage, DeviceError> {
        list(page, &self.family).map_err(|got| match said(page, &self.family) {
            Said::Busy(text) => problem::busy(page, tried, &text),
            _ => problem::page_changed(&self.session, page, tried, got),
        })
    }
}
