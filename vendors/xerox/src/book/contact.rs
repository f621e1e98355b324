//! The pages of single contacts, where a device offers them: one entry is touched and no other.

use scanfleet_sdk::error::clean;
use scanfleet_sdk::family::words::key;
use scanfleet_sdk::form::{ControlType, Form};
use scanfleet_sdk::page::Page;
use scanfleet_sdk::script::PageHooks;
use scanfleet_sdk::transport::{Effect, Request};
use scanfleet_sdk::{Book, BookEntry, Category, DeviceError, EntryKind, EntryWanted, Section};
use url::Url;

use super::find::{Way, ways};
use super::outcome::said;
use super::send::Stop;
use crate::driver::XeroxDriver;
use crate::family::Family;
use crate::problem;
use crate::sheet::loaded;

pub(super) const OPEN: &str = "open the contact's page";
const SAVE: &str = "save a contact";
const DELETE: &str = "delete a contact";

/// A text as a page shows it.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The control of a form that these words label.
fn labelled(form: &Form, family: &Family, group: &str, kind: &[ControlType]) -> Option<usize> {
    form.controls.iter().position(|c| {
        kind.contains(&c.kind) && c.labels.iter().any(|l| family.is(group, &l.text)) && !c.name.is_empty()
    })
}

const TEXTS: [ControlType; 2] = [ControlType::Text, ControlType::Textarea];

/// The form of one contact among a page's forms.
fn contact_form(forms: &[Form], family: &Family) -> Option<usize> {
    forms.iter().position(|form| {
        form.method == "post"
            && labelled(form, family, "contact.name", &TEXTS).is_some()
            && labelled(form, family, "contact.email", &TEXTS).is_some()
    })
}

/// An address with one value of its query replaced.
fn with_id(url: &Url, from: &str, to: &str) -> Option<Url> {
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    if pairs.iter().filter(|(_, v)| v == from).count() != 1 {
        return None;
    }
    let mut out = url.clone();
    out.query_pairs_mut()
        .clear()
        .extend_pairs(pairs.iter().map(|(n, v)| (n.as_str(), if v == from { to } else { v.as_str() })));
    Some(out)
}

fn bears(url: &Url, id: &str) -> bool {
    url.query_pairs().any(|(_, v)| v == id)
}

/// The page of an entry, by the links of the list: where its own is not there, made like another's.
pub(crate) fn page_of(links: &[Way], book: &Book, entry: &BookEntry) -> Option<Url> {
    let name = squeezed(&entry.name);
    let named = || links.iter().filter(|w| w.text == name);
    if let Some(own) = named().find(|w| bears(&w.url, &entry.id)) {
        return Some(own.url.clone());
    }
    let alone = book.entries.iter().filter(|e| squeezed(&e.name) == name).count() == 1;
    let mut all = named().filter(|w| w.url.query().is_some());
    if let (true, Some(only), None) = (alone, all.next(), all.next()) {
        return Some(only.url.clone());
    }
    book.entries.iter().take(50).find_map(|other| {
        let text = squeezed(&other.name);
        let like = links.iter().find(|w| w.text == text && bears(&w.url, &other.id))?;
        with_id(&like.url, &other.id, &entry.id)
    })
}

/// A contact's form, ready to be filled.
struct Sheet {
    page: Page,
    forms: Vec<Form>,
    at: usize,
}

impl XeroxDriver {
    /// Learns once whether single contacts have pages of their own.
    pub(crate) async fn look_at_one_contact(&mut self, book: &Book) -> Result<(), DeviceError> {
        if self.book.single.is_some() {
            return Ok(());
        }
        let Some(add) = self.book.places.add.clone() else {
            self.book.single = Some(false);
            return Ok(());
        };
        let person = book.entries.iter().find(|e| e.kind == EntryKind::User).cloned();
        let found = match person {
            // Nobody is there to be looked at: the page that adds says as much as can be known.
            None => self.sheet_at(&add).await.map(|sheet| sheet.is_some()),
            Some(entry) => self.has_own_pages(&entry, book).await,
        };
        match found {
            Ok(found) => self.book.single = Some(found),
            Err(error) if error.category == Category::PageChanged => self.book.single = Some(false),
            Err(error) => return Err(error),
        }
        Ok(())
    }

    async fn has_own_pages(&mut self, entry: &BookEntry, book: &Book) -> Result<bool, DeviceError> {
        let Some(url) = page_of(&self.book.contacts, book, entry) else { return Ok(false) };
        let page = self.book_page(&url, OPEN).await?;
        let family = self.family.clone();
        let all = ways(&page);
        let edit = all.iter().find(|w| family.is("book.edit", &w.text)).map(|w| w.url.clone());
        let form = contact_form(&page.forms(), &family);
        let hooks = PageHooks::read(&page.text);
        let delete = hooks.clickables.iter().any(|c| family.is("button.delete", &c.text))
            || all.iter().any(|w| family.is("button.delete", &w.text));
        Ok(delete && (edit.is_some() || form.is_some()))
    }

    /// Opens a page with a contact's form.
    async fn sheet_at(&mut self, url: &Url) -> Result<Option<Sheet>, DeviceError> {
        let page = self.book_page(url, OPEN).await?;
        let external = self.helpers(&page).await;
        let (forms, _) = loaded(&page, &external);
        let Some(at) = contact_form(&forms, &self.family) else { return Ok(None) };
        let limit = |group| {
            labelled(&forms[at], &self.family, group, &TEXTS).and_then(|c| forms[at].controls[c].max_length)
        };
        self.book.limits = (limit("contact.name"), limit("contact.email"));
        Ok(Some(Sheet { page, forms, at }))
    }

    /// The form of an entry that is there; it must show that very entry.
    async fn sheet_of(&mut self, book: &Book, entry: &BookEntry) -> Result<Sheet, DeviceError> {
        // One edit page was seen: the others are addressed alike, and the form shows whose it is.
        if let Some((url, id)) = self.book.edit.clone()
            && let Some(url) = with_id(&url, &id, &entry.id)
            && let Ok(Some(sheet)) = self.sheet_at(&url).await
            && self.shows(&sheet, entry)
        {
            return Ok(sheet);
        }
        let Some(url) = page_of(&self.book.contacts, book, entry) else {
            return Err(gone("the list of contacts has no link to it"));
        };
        let page = self.book_page(&url, OPEN).await?;
        let sheet = if contact_form(&page.forms(), &self.family).is_some() {
            self.sheet_at(&page.url.clone()).await?
        } else {
            let edit = ways(&page).into_iter().find(|w| self.family.is("book.edit", &w.text));
            let Some(edit) = edit else {
                return Err(gone("its page has no way to change it").on_page(problem::place(&page)));
            };
            let sheet = self.sheet_at(&edit.url).await?;
            if sheet.is_some() && bears(&edit.url, &entry.id) {
                self.book.edit = Some((edit.url, entry.id.clone()));
            }
            sheet
        };
        match sheet {
            Some(sheet) if self.shows(&sheet, entry) => Ok(sheet),
            Some(sheet) => Err(gone("its page shows another contact, or other values than were read")
                .on_page(problem::place(&sheet.page))),
            None => Err(gone("its page has no form").on_page(clean(url.path()))),
        }
    }

    fn shows(&self, sheet: &Sheet, entry: &BookEntry) -> bool {
        let form = &sheet.forms[sheet.at];
        let value =
            |group| labelled(form, &self.family, group, &TEXTS).map(|at| squeezed(&form.controls[at].value));
        value("contact.name").as_deref() == Some(squeezed(&entry.name).as_str())
            && value("contact.email").is_none_or(|e| e == entry.email.as_deref().unwrap_or_default())
    }

    /// Adds one contact by its form.
    pub(crate) async fn add_by_form(&mut self, wanted: &EntryWanted, posts: &mut u32) -> Result<(), Stop> {
        let Some(url) = self.book.places.add.clone() else {
            let got = "no page adds a contact";
            return Err(DeviceError::new(Category::PageChanged, SAVE, got).into());
        };
        for _ in 0..2 {
            let Some(sheet) = self.sheet_at(&url).await.map_err(early)? else {
                return Err(DeviceError::new(
                    Category::PageChanged,
                    SAVE,
                    "the page that adds a contact has no form",
                )
                .on_page(clean(url.path()))
                .into());
            };
            match self.save(sheet, wanted, None, posts).await {
                Err(stop) => self.once_more(stop, SAVE).await?,
                done => return done,
            }
        }
        Err(again(SAVE))
    }

    /// Changes one contact by its form.
    pub(crate) async fn change_by_form(
        &mut self,
        book: &Book,
        entry: &BookEntry,
        to: &EntryWanted,
        posts: &mut u32,
    ) -> Result<(), Stop> {
        for _ in 0..2 {
            let sheet = self.sheet_of(book, entry).await.map_err(early)?;
            match self.save(sheet, to, Some(entry), posts).await {
                Err(stop) => self.once_more(stop, SAVE).await?,
                done => return done,
            }
        }
        Err(again(SAVE))
    }

    /// Deletes one contact on its page.
    pub(crate) async fn delete_by_form(
        &mut self,
        book: &Book,
        entry: &BookEntry,
        posts: &mut u32,
    ) -> Result<(), Stop> {
        for _ in 0..2 {
            let Some(url) = page_of(&self.book.contacts, book, entry) else {
                return Err(gone("the list of contacts has no link to it").into());
            };
            let page = self.book_page(&url, OPEN).await.map_err(early)?;
            let text = squeezed(&page.document().visible_text());
            let form = contact_form(&page.forms(), &self.family);
            let there = text.contains(&squeezed(&entry.name))
                && entry.email.as_deref().is_none_or(|e| text.contains(e));
            let in_form = form.is_some_and(|at| {
                let sheet = Sheet { page: page.clone(), forms: page.forms(), at };
                self.shows(&sheet, entry)
            });
            if !there && !in_form {
                return Err(gone("its page shows another contact, or none")
                    .on_page(problem::place(&page))
                    .into());
            }
            match self.delete_on(&page, posts).await {
                Err(stop) => self.once_more(stop, DELETE).await?,
                done => return done,
            }
        }
        Err(again(DELETE))
    }

    async fn delete_on(&mut self, page: &Page, posts: &mut u32) -> Result<(), Stop> {
        let (forms, _) = loaded(page, &[]);
        let own = |form: &Form| {
            form.controls.iter().any(|c| c.kind.is_button() && self.family.is("button.delete", c.label()))
        };
        let hooks = PageHooks::read(&page.text);
        let pressable =
            hooks.clickables.iter().any(|c| c.code.is_some() && self.family.is("button.delete", &c.text));
        let at = forms
            .iter()
            .position(own)
            .or_else(|| if pressable { forms.iter().position(|f| f.method == "post") } else { None });
        let answer = if let Some(at) = at {
            let ready = self.pressed(page, &forms, at, &["button.delete"], DELETE).await.map_err(early)?;
            self.off(ready, DELETE, posts).await?
        } else {
            let way = ways(page).into_iter().find(|w| self.family.is("button.delete", &w.text));
            let Some(way) = way else {
                let got = "no button deletes it";
                return Err(problem::page_changed(&self.session, page, DELETE, got).into());
            };
            // A link may delete at once.
            let effect = Effect::Write { section: Section::AddressBook, what: DELETE.to_owned() };
            let request =
                Request::get(way.url.as_str(), DELETE).effect(effect).header("Referer", page.url.as_str());
            let answer = self.count(request, posts).await.map_err(Stop::from)?.page();
            self.judge(answer, DELETE)?
        };
        // Some ask once more.
        let (forms, _) = loaded(&answer, &[]);
        let asks = |form: &Form| {
            form.controls.iter().any(|c| c.kind.is_button() && self.family.is("button.confirm", c.label()))
                && !form.controls.iter().any(|c| TEXTS.contains(&c.kind))
        };
        if let Some(at) = forms.iter().position(asks) {
            let ready =
                self.pressed(&answer, &forms, at, &["button.confirm"], DELETE).await.map_err(early)?;
            self.off(ready, DELETE, posts).await?;
        }
        Ok(())
    }

    async fn off(&mut self, ready: super::send::Ready, what: &str, posts: &mut u32) -> Result<Page, Stop> {
        let (page, submission) = ready
            .submission(None)
            .map_err(|(page, got)| Stop::from(problem::page_changed(&self.session, &page, what, got)))?;
        self.alter(&page, submission, what, posts).await
    }

    /// After a session that ended or a token that was not taken, once more; anything else is final.
    async fn once_more(&mut self, stop: Stop, tried: &str) -> Result<(), Stop> {
        match stop {
            Stop::Session(page) => self.renew(&page, tried).await.map_err(early),
            Stop::Token(_) => Ok(()),
            other => Err(other),
        }
    }

    /// Fills a contact's form and posts it whole.
    async fn save(
        &mut self,
        mut sheet: Sheet,
        wanted: &EntryWanted,
        now: Option<&BookEntry>,
        posts: &mut u32,
    ) -> Result<(), Stop> {
        self.fill_contact(&mut sheet, wanted, now).map_err(|got| {
            DeviceError::new(Category::Unsupported, SAVE, got)
                .on_page(problem::place(&sheet.page))
                .hint("choose what the page of this device can hold; nothing was written")
        })?;
        let words = ["button.save", "button.ok"];
        let Sheet { page, forms, at } = sheet;
        let ready = self.pressed(&page, &forms, at, &words, SAVE).await.map_err(early)?;
        let answer = self.off(ready, SAVE, posts).await?;
        // A form that comes back is one that was not taken: it says why.
        let back = contact_form(&answer.forms(), &self.family).is_some();
        let told = said(&answer, &self.family);
        if back && told.failed {
            let message = ["error", "errorMessage", "message", "alert"]
                .iter()
                .flat_map(|class| answer.document().texts_of_class(class))
                .find(|t| !t.is_empty());
            return Err(Stop::Refused(Box::new(answer), message.unwrap_or(told.text)));
        }
        Ok(())
    }

    fn fill_contact(
        &self,
        sheet: &mut Sheet,
        wanted: &EntryWanted,
        now: Option<&BookEntry>,
    ) -> Result<(), String> {
        let family = &self.family;
        let form = &mut sheet.forms[sheet.at];
        let mut put = |group: &str, what: &str, value: &str| -> Result<(), String> {
            match labelled(form, family, group, &TEXTS) {
                Some(at) => {
                    let name = form.controls[at].name.clone();
                    form.set_text(&name, value).map_err(|e| e.to_string())
                }
                None => Err(format!("the contact's page has no field for {what}")),
            }
        };
        if let Some(name) = &wanted.name {
            put("contact.name", "the name", name)?;
        }
        if let Some(email) = &wanted.email {
            put("contact.email", "the e-mail address", email)?;
        }
        let same = |a: Option<&str>, b: Option<&str>| a.unwrap_or_default() == b.unwrap_or_default();
        if let Some(fax) = wanted.fax.as_deref()
            && !same(Some(fax), now.and_then(|e| e.fax.as_deref()))
        {
            put("contact.fax", "the fax number", fax)?;
        }
        if let Some(on) = wanted.favourite
            && on != now.and_then(|e| e.favourite).unwrap_or(false)
        {
            match labelled(form, family, "contact.favourite", &[ControlType::Checkbox]) {
                Some(at) => {
                    form.controls[at].checked = on;
                    form.controls[at].disabled = false;
                }
                None => return Err("the contact's page has no box for favourites".to_owned()),
            }
        }
        for (heading, value) in &wanted.extra {
            if now.is_some_and(|e| e.extra.get(heading) == Some(value)) {
                continue;
            }
            let wanted_key = key(heading);
            let at = form
                .controls
                .iter()
                .position(|c| TEXTS.contains(&c.kind) && c.labels.iter().any(|l| key(&l.text) == wanted_key));
            let Some(at) = at else {
                return Err(format!("the contact's page has no field \u{201c}{}\u{201d}", clean(heading)));
            };
            let name = form.controls[at].name.clone();
            form.set_text(&name, value).map_err(|e| e.to_string())?;
        }
        if let Some(folder) = &wanted.folder
            && now.and_then(|e| e.folder.as_ref()) != Some(folder)
        {
            return Err("the contact's page has no fields for scan destinations".to_owned());
        }
        if wanted.members.is_some() {
            return Err("the contact's page has no list of members".to_owned());
        }
        if wanted.number.is_some() || wanted.key.as_deref().is_some_and(|k| !k.is_empty()) {
            return Err("the contact's page has neither a number nor a key display".to_owned());
        }
        Ok(())
    }
}

/// A failure before anything was sent that could alter the device.
fn early(error: DeviceError) -> Stop {
    Stop::Error(Box::new(error))
}

fn again(tried: &str) -> Stop {
    let got = "the device did not take the form, again after a fresh reading of the page";
    Stop::Error(Box::new(DeviceError::new(Category::Interrupted, tried, got).hint(
        "look who else is signed in as administrator, and run again; the device is read before it is touched",
    )))
}

/// The entry is not what it was.
fn gone(got: &str) -> DeviceError {
    DeviceError::new(Category::Interrupted, OPEN, got)
        .hint("somebody changed the address book meanwhile: run again; nothing was written for this entry")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(text: &str, to: &str) -> Way {
        Way { text: text.into(), url: Url::parse("http://192.0.2.1/ab/").unwrap().join(to).unwrap() }
    }

    #[test]
    fn a_contacts_page_is_its_own_link_or_made_like_anothers() {
        let entry =
            |id: &str, name: &str| BookEntry { id: id.into(), name: name.into(), ..BookEntry::default() };
        let book = Book {
            entries: vec![entry("1", "Ann"), entry("2", "Bob"), entry("3", "Bob"), entry("4", "Cy")],
            ..Book::default()
        };
        let links = [
            way("Ann", "v.php?tab=x&contactId=1"),
            way("Bob", "v.php?tab=x&contactId=2"),
            way("Help", "h.php?4=4"),
        ];
        let path =
            |at: usize| page_of(&links, &book, &book.entries[at]).map(|u| u.query().unwrap().to_owned());
        assert_eq!(path(0).as_deref(), Some("tab=x&contactId=1"));
        assert_eq!(path(1).as_deref(), Some("tab=x&contactId=2"));
        // On another page of the list.
        assert_eq!(path(2).as_deref(), Some("tab=x&contactId=3"));
        assert_eq!(path(3).as_deref(), Some("tab=x&contactId=4"));
        let other = [way("Cy", "v.php?key=abc")];
        assert_eq!(page_of(&other, &book, &book.entries[3]).unwrap().query(), Some("key=abc"));
        assert!(page_of(&other, &book, &book.entries[1]).is_none());
    }
}
