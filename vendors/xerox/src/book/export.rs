//! Reading: the export of the whole book, as few requests as the pages allow.

use std::time::Duration;

use scanfleet_sdk::error::clean;
use scanfleet_sdk::page::Page;
use scanfleet_sdk::transport::{Effect, Request};
use scanfleet_sdk::{Book, Category, DeviceError};
use url::Url;

use super::columns::{Columns, book};
use super::find::{Opened, charset_of, export_form, is_file, ways};
use super::send::harmless_function;
use super::table::Table;
use super::{Export, fill, outcome};
use crate::driver::XeroxDriver;
use crate::press::origin;
use crate::problem;
use crate::sheet::loaded;
use crate::signs::{Sign, classify};

const READ: &str = "export the address book";
/// How often a file that is not ready yet is asked for.
const POLLS: usize = 40;
/// Pages between the button and the file at most, waiting aside.
const STEPS: usize = 5;

/// Why an export did not come about.
enum Stop {
    Session(Box<Page>),
    Token(Box<Page>),
    Error(Box<DeviceError>),
}

impl From<DeviceError> for Stop {
    fn from(error: DeviceError) -> Self {
        Self::Error(Box::new(error))
    }
}

impl XeroxDriver {
    /// Reads the whole book.
    pub(crate) async fn export_book(&mut self) -> Result<Book, DeviceError> {
        let export = self.export().await?;
        let book = export.book.clone();
        self.book.held = Some(export);
        self.look_at_one_contact(&book).await?;
        // Whether the book can be written is to be known from now on; most devices have shown the way by now.
        let places = &self.book.places;
        if self.book.single != Some(true) && places.import.is_none() && places.import_way.is_none() {
            match self.find_book(true).await {
                Ok(()) => {}
                Err(error) if error.category == Category::PageChanged => {}
                Err(error) => return Err(error),
            }
        }
        Ok(book)
    }

    /// Exports and checks the count, once more where somebody came in between.
    pub(crate) async fn export(&mut self) -> Result<Export, DeviceError> {
        self.sign_in().await?;
        self.find_book(false).await?;
        let mut last = None;
        for _ in 0..2 {
            let told = self.told_count().await?;
            let export = self.export_file().await?;
            let rows = export.table.rows.len();
            let users =
                export.book.entries.iter().filter(|e| e.kind == scanfleet_sdk::EntryKind::User).count();
            match told {
                // Whether a device counts its groups among the contacts is its own affair.
                Some(told) if told != rows && told != users => last = Some((told, rows)),
                _ => return Ok(export),
            }
        }
        let (told, rows) = last.unwrap_or_default();
        let got = format!("the list of contacts speaks of {told}, and the exported file has {rows} rows");
        Err(DeviceError::new(Category::PageChanged, READ, got)
            .hint("look at the address book in a browser: the file may be cut off, or the list may count otherwise; nothing was written"))
    }

    /// How many contacts the list says that there are.
    async fn told_count(&mut self) -> Result<Option<usize>, DeviceError> {
        let needed = self.book.places.counts || self.book.places.add.is_some();
        let Some(list) = self.book.places.list.clone().filter(|_| needed) else {
            return Ok(None);
        };
        let page = match self.book.fresh_list.take() {
            Some(page) => page,
            None => self.book_page(&list, "read the list of contacts").await?,
        };
        if self.book.places.add.is_some() {
            self.book.contacts = ways(&page);
        }
        Ok(self.counted(&page))
    }

    async fn export_file(&mut self) -> Result<Export, DeviceError> {
        let mut token = false;
        loop {
            match self.export_once().await {
                Ok((bytes, charset)) => return self.understood(&bytes, charset.as_deref()),
                Err(Stop::Session(page)) => self.renew(&page, READ).await?,
                Err(Stop::Token(_)) if !token => token = true,
                Err(Stop::Token(page)) => return Err(problem::token_refused(&page, READ)),
                Err(Stop::Error(error)) => return Err(*error),
            }
        }
    }

    fn understood(&self, bytes: &[u8], charset: Option<&str>) -> Result<Export, DeviceError> {
        let place = self.book.places.export.as_ref().map(|u| clean(u.path())).unwrap_or_default();
        let strange = |got: String| {
            DeviceError::new(Category::PageChanged, READ, got)
                .on_page(place.clone())
                .hint("export the address book in a browser and compare; nothing was written")
        };
        let table =
            Table::read(bytes, charset).map_err(|e| strange(format!("the file is no table: {}", e.0)))?;
        let columns = Columns::find(&table, &self.family).map_err(strange)?;
        let width = columns.headings().len();
        let odd = table
            .rows
            .iter()
            .find(|row| row.len() != width && row.len() + 1 != width && row.len() != width + 1);
        if let Some(row) = odd {
            return Err(strange(format!(
                "line {} of the file has {} cells under {width} headings",
                row.line,
                row.len()
            )));
        }
        let book = book(&table, &columns);
        Ok(Export { table, columns, book })
    }

    async fn export_once(&mut self) -> Result<(Vec<u8>, Option<String>), Stop> {
        let Some(url) = self.book.places.export.clone() else {
            return Err(
                DeviceError::new(Category::PageChanged, READ, "no page exports the address book").into()
            );
        };
        let page = match self.open(Request::get(url.as_str(), READ)).await? {
            Opened::File(bytes, charset) => return Ok((bytes, charset)),
            Opened::Page(page) => *page,
        };
        let external = self.helpers(&page).await;
        let (mut forms, _) = loaded(&page, &external);
        let mut next = match export_form(&forms, &page, &self.family) {
            Some(at) => {
                let form = &mut forms[at];
                // A file parted otherwise is read all the same.
                let _ = fill::set_delimiter(form, &self.family, ',');
                fill::not_legacy(form, &self.family);
                let ready = self.pressed(&page, &forms, at, &["button.export"], READ).await?;
                let (page, submission) = ready.submission(None).map_err(|(page, got)| {
                    Stop::from(problem::page_changed(&self.session, &page, READ, got))
                })?;
                if submission.method == "POST" {
                    let bad = submission.entries.iter().find(|(n, v)| {
                        n.to_ascii_lowercase().contains("_fun_function") && !harmless_function(v)
                    });
                    if let Some((_, function)) = bad {
                        let got = format!(
                            "its button would call `{}`, which is not known to leave the device as it is",
                            clean(function)
                        );
                        return Err(problem::page_changed(&self.session, &page, READ, got).into());
                    }
                }
                let request =
                    Request::submit(submission, Effect::Read, READ, &[]).header("Referer", page.url.as_str());
                if request.method == "POST" { request.header("Origin", &origin(&page.url)) } else { request }
            }
            None => Request::get(self.file_behind(&page)?.as_str(), READ),
        };
        let (mut polls, mut steps) = (0, 0);
        loop {
            let again = next.clone();
            let answer = self.session.send(next).await?;
            if is_file(&answer) {
                let charset = charset_of(&answer);
                return Ok((answer.body, charset));
            }
            let page = answer.page();
            self.look(&page)?;
            if outcome::in_progress(&page, &self.family) && polls < POLLS {
                polls += 1;
                tokio::time::sleep(Duration::from_secs(1)).await;
                // What was posted once is never posted again to ask how far it is.
                next = match outcome::refresh(&page) {
                    Some(url) => Request::get(url.as_str(), READ),
                    None if again.method == "GET" => again,
                    None => Request::get(page.url.as_str(), READ),
                };
                continue;
            }
            steps += 1;
            if steps > STEPS {
                let got = "the pages behind the button lead to no file";
                return Err(problem::page_changed(&self.session, &page, READ, got).into());
            }
            next = Request::get(self.file_behind(&page)?.as_str(), READ).header("Referer", page.url.as_str());
        }
    }

    /// Tells an ordinary page from the signs of failure.
    fn look(&mut self, page: &Page) -> Result<(), Stop> {
        match classify(page, &self.family) {
            Sign::SessionGone => Err(Stop::Session(Box::new(page.clone()))),
            Sign::Token => Err(Stop::Token(Box::new(page.clone()))),
            _ => match self.checked(page.clone(), READ) {
                Ok(_) => Ok(()),
                Err(error) => Err(error.into()),
            },
        }
    }

    /// What leads from a page to the file: its link, its frame, its script.
    fn file_behind(&self, page: &Page) -> Result<Url, Stop> {
        let own = |url: &Url| url.origin() == page.url.origin();
        let all = ways(page);
        let by_word = all.iter().find(|w| self.family.is("book.download", &w.text)).map(|w| w.url.clone());
        let by_name = || {
            let file = |u: &Url| {
                let path = u.path().to_ascii_lowercase();
                path.ends_with(".csv") || path.contains("download")
            };
            all.iter().map(|w| w.url.clone()).find(file)
        };
        let by_frame =
            || page.document().frames().into_iter().map(|(_, u)| u).find(|u| own(u) && *u != page.url);
        by_word.or_else(by_name).or_else(|| outcome::refresh(page)).or_else(by_frame).ok_or_else(|| {
            let got = format!("no link leads to the file; links: {}", outcome::texts(&all));
            Stop::from(problem::page_changed(&self.session, page, READ, got))
        })
    }
}
