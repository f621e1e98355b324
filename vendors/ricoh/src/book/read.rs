//! Reading the whole list: the page, then its rows in batches until the counters are reached.

use std::collections::HashSet;
use std::time::{SystemTime, UNIX_EPOCH};

use scanfleet_sdk::page::Page;
use scanfleet_sdk::transport::Request;
use scanfleet_sdk::{Book, BookEntry, BookTold, Category, DeviceError};
use url::Url;

use crate::book::form::script_page;
use crate::book::list::ListPage;
use crate::book::roles::Role;
use crate::book::rows::{Row, batch};
use crate::book::state::Known;
use crate::driver::{Missed, RicohDriver};
use crate::problem;
use crate::signs::{Sign, classify};

const TRIED: &str = "read the rows of the address book";

/// Rows asked for at once: what the device's own pages ask for.
const ASKED: usize = 50;

impl RicohDriver {
    /// Reads the whole address book.
    pub(crate) async fn read_whole_book(&mut self) -> Result<Book, DeviceError> {
        for _ in 0..2 {
            let list = self.open_list().await?;
            match self.rows(&list).await {
                Ok(rows) => return Ok(self.take_rows(&list, rows)),
                Err(Missed::Session(page)) => self.renew(&page, TRIED).await?,
                Err(Missed::Error(error)) => return Err(*error),
            }
        }
        Err(DeviceError::new(Category::Interrupted, TRIED, "the device ended the session again")
            .hint("look who else is signed in as administrator, and run again"))
    }

    fn take_rows(&mut self, list: &ListPage, rows: Vec<Row>) -> Book {
        self.book.known = rows
            .iter()
            .enumerate()
            .map(|(place, row)| {
                let known = Known {
                    number: row.number.clone(),
                    name: row.entry.name.clone(),
                    has_id: row.has_id,
                    place: Some(place),
                };
                (row.entry.id.clone(), known)
            })
            .collect();
        Book {
            entries: rows.into_iter().map(|row| row.entry).collect(),
            told: BookTold {
                number: true,
                key: list.columns.key.is_some(),
                favourite: list.columns.favourite.is_some(),
                members: false,
                extra: false,
            },
            columns: list.columns.names.clone(),
        }
    }

    async fn rows(&mut self, list: &ListPage) -> Result<Vec<Row>, Missed> {
        let total = list.users + list.groups;
        let mut rows: Vec<Row> = Vec::new();
        if total == 0 {
            return Ok(rows);
        }
        let program = self.program(Role::Load).await?;
        let mut seen: HashSet<String> = HashSet::new();
        let mut size = ASKED;
        while rows.len() < total {
            let number = rows.len() / size + 1;
            let page = self.rows_page(list, &program, size, number).await?;
            let fresh = batch(&page.text, list, &self.family)
                .map_err(|why| problem::page_changed(&self.session, &page, TRIED, why))?;
            let came = fresh.len();
            let before = rows.len();
            rows.extend(fresh.into_iter().filter(|row| seen.insert(row.entry.id.clone())));
            if before == 0 && came > 0 {
                // Some firmware has a batch size of its own, whatever is asked for: then batches are counted in it.
                size = came;
            }
            self.book.batch = size;
            if rows.len() == before || (rows.len() < total && came < size) {
                let got = format!(
                    "the counters say {total} entries, and after {} of them batch {number} brought {came} rows, {} of them new",
                    before,
                    rows.len() - before
                );
                return Err(problem::page_changed(&self.session, &page, TRIED, got)
                    .hint("somebody may have changed the book while it was read: run again; nothing was written")
                    .into());
            }
        }
        Ok(rows)
    }

    /// Has the device give the batch in which an entry stands, for firmware that opens only what it has given since its
    /// list page was shown.
    pub(crate) async fn rows_near(&mut self, entry: &BookEntry) -> Result<(), DeviceError> {
        let place = self.book.known.get(&entry.id).and_then(|known| known.place);
        let (Some(place), size @ 1..) = (place, self.book.batch) else { return Ok(()) };
        let number = place / size + 1;
        if self.book.given.contains(&number) {
            return Ok(());
        }
        let list = self.listed()?;
        let program = self.program(Role::Load).await?;
        match self.rows_page(&list, &program, size, number).await {
            Err(Missed::Error(error)) => Err(*error),
            // A session that is gone says so to what comes next.
            _ => Ok(()),
        }
    }

    async fn rows_page(
        &mut self,
        list: &ListPage,
        program: &Url,
        size: usize,
        number: usize,
    ) -> Result<Page, Missed> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_millis());
        let mut url = program.clone();
        // The time keeps caches out, as the device's own pages do it.
        url.query_pairs_mut()
            .append_pair("_", &now.to_string())
            .append_pair("listCountIn", &size.to_string())
            .append_pair("getCountIn", &number.to_string());
        let request = Request::get(url.as_str(), TRIED)
            .header("X-Requested-With", "XMLHttpRequest")
            .header("Accept", "text/plain, */*")
            .header("Referer", list.url.as_str());
        let page = script_page(&self.session.send(request).await?);
        match classify(&page, &self.family) {
            Sign::Data => {
                self.book.given.insert(number);
                Ok(page)
            }
            Sign::Ordinary => {
                let got = "a page instead of rows";
                Err(problem::page_changed(&self.session, &page, TRIED, got).into())
            }
            _ => match self.judge(&page, TRIED) {
                Err(missed) => Err(missed),
                Ok(()) => Ok(page),
            },
        }
    }
}
