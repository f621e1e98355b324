//! Removing entries: several by their internal ids in one request, or one at a time by registration number after a page
//! that asks. Which of the two the list page decides.

use scanfleet_sdk::form::Form;
use scanfleet_sdk::{BookEntry, Category, DeviceError};

use crate::book::answer::{Halt, Said};
use crate::book::fields::value;
use crate::book::form::{Post, pair};
use crate::book::list::Removal;
use crate::book::roles::Role;
use crate::book::wizard::{Target, same_entry};
use crate::driver::RicohDriver;

const REMOVE: &str = "remove entries of the address book";

/// Entries removed by one request at most.
pub(crate) const AT_ONCE: usize = 100;

impl RicohDriver {
    /// How many entries one request can remove.
    pub(crate) fn removed_at_once(&self, entry: &BookEntry) -> usize {
        if self.removes_by_id(entry) { AT_ONCE } else { 1 }
    }

    fn removes_by_id(&self, entry: &BookEntry) -> bool {
        let has_id = self.book.known.get(&entry.id).is_some_and(|k| k.has_id);
        match self.book.list.as_ref().map(|l| l.removal) {
            Some(Removal::OneByOne) => false,
            Some(Removal::ByIds) => true,
            _ => has_id,
        }
    }

    /// Removes entries.
    pub(crate) async fn remove(&mut self, entries: &[&BookEntry]) -> Result<(), Halt> {
        for entry in entries {
            self.number_of(entry, REMOVE)?;
        }
        match entries {
            [] => Ok(()),
            [entry] if !self.removes_by_id(entry) => self.remove_one(entry).await,
            entries => self.remove_many(entries).await,
        }
    }

    async fn remove_many(&mut self, entries: &[&BookEntry]) -> Result<(), Halt> {
        if let Some(without) = entries.iter().find(|e| !self.book.known.get(&e.id).is_some_and(|k| k.has_id))
        {
            let got = format!(
                "the page removes by internal ids, and the list tells none for \u{201c}{}\u{201d}",
                scanfleet_sdk::error::clean(&without.name)
            );
            return Err(DeviceError::new(Category::Unsupported, REMOVE, got)
                .hint("remove it in a browser; nothing was removed")
                .into());
        }
        let program = self.program(Role::RemoveMany).await?;
        // Each id is followed by a comma, the last one too.
        let ids: String = entries.iter().map(|e| format!("{},", e.id)).collect();
        let fields = [pair("entryIndex", &ids), self.token_field()];
        let page =
            self.book_post(Post { url: &program, fields: &fields, multipart: true, what: REMOVE }).await?;
        if page.status >= 400 {
            return Err(Halt::Lost);
        }
        self.judge_book(&page, REMOVE).map(|_| ())
    }

    async fn remove_one(&mut self, entry: &BookEntry) -> Result<(), Halt> {
        const ASK: &str = "open the page that asks whether an entry is to be removed";
        let number = self.number_of(entry, REMOVE)?;
        self.rows_near(entry).await?;
        let program = self.program(Role::RemoveAsk).await?;
        let fields = [self.token_field(), pair("entryIndexIn", &number)];
        self.book.open = true;
        let page =
            self.book_post(Post { url: &program, fields: &fields, multipart: false, what: ASK }).await?;
        if let Said::Saved(_) = self.judge_book(&page, ASK)? {
            return Err(
                crate::problem::page_changed(&self.session, &page, ASK, "data instead of a page").into()
            );
        }
        let columns = self.family.fact("book_columns").unwrap_or("g_columnInfoHash");
        if page.text.contains(columns) {
            return Err(self.no_form(&page, ASK, Target::There(entry, &number)));
        }
        let asked = page.forms().into_iter().find(|f| f.controls.iter().any(|c| c.name == "entryIndexIn"));
        if let Some(form) = &asked {
            let name = value(form, "name", &self.family);
            if !name.is_empty() {
                same_entry(entry, &name, None)?;
            }
        }
        let program = self.program(Role::RemoveOne).await?;
        let mut fields = confirmation(asked.as_ref(), &number, &program, &self.listed()?.url);
        if !fields.iter().any(|(name, _)| name == "wimToken") {
            fields.insert(0, self.token_field());
        }
        let page =
            self.book_post(Post { url: &program, fields: &fields, multipart: false, what: REMOVE }).await?;
        if page.status >= 400 {
            return Err(Halt::Lost);
        }
        self.judge_book(&page, REMOVE)?;
        self.book.open = false;
        Ok(())
    }
}

/// What confirms a removal: the asking page's own form, with what its script puts in.
fn confirmation(
    asked: Option<&Form>,
    number: &str,
    program: &url::Url,
    list: &url::Url,
) -> Vec<(String, String)> {
    let segment =
        |url: &url::Url| url.path_segments().and_then(|mut s| s.next_back()).unwrap_or_default().to_owned();
    let mut fields = asked.and_then(|f| f.entries(None).ok()).unwrap_or_default();
    let put = [
        ("entryIndexIn", number.to_owned()),
        ("inputSpecifyModeIn", "WRITE".to_owned()),
        ("listUpdateIn", "UPDATE".to_owned()),
        ("mode", "DELETE".to_owned()),
        ("wayFrom", segment(program)),
        ("wayTo", segment(list)),
    ];
    for (name, value) in put {
        let way = name.starts_with("way");
        match fields.iter_mut().find(|(n, _)| n == name) {
            // Where the page says itself which way it goes, it knows better.
            Some((_, has)) if way && !has.is_empty() => {}
            Some((_, has)) => *has = value,
            None => fields.push((name.to_owned(), value)),
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use scanfleet_sdk::form::Document;

    use super::*;

    #[test]
    fn the_confirmation_is_the_pages_own_form_completed() {
        let program = "http://192.0.2.1/web/entry/en/address/adrsDeleteEntry.cgi".parse().unwrap();
        let list = "http://192.0.2.1/web/entry/en/address/adrsList.cgi?modeIn=LIST_ALL".parse().unwrap();
        let html = "<form><input type=hidden name=wimToken value=9><input type=hidden name=entryIndexIn value=1><input type=hidden name=mode value=''><input type=hidden name=wayFrom value=own.cgi><input type=hidden name=more value=m></form>";
        let form = Document::parse(html, None, "UTF-8").forms().remove(0);
        let fields = confirmation(Some(&form), "00228", &program, &list);
        let get = |name: &str| fields.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
        assert_eq!(
            (get("entryIndexIn"), get("mode"), get("more")),
            (Some("00228"), Some("DELETE"), Some("m"))
        );
        assert_eq!(
            (get("wayFrom"), get("wayTo"), get("inputSpecifyModeIn")),
            (Some("own.cgi"), Some("adrsList.cgi"), Some("WRITE"))
        );
        assert_eq!(confirmation(None, "00228", &program, &list).len(), 6);
    }
}
