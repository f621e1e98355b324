//! The full form of a user, and what it shares with the form of a group: opened, filled, saved.

use scanfleet_sdk::EntryWanted;
use scanfleet_sdk::form::Form;
use scanfleet_sdk::page::Page;

use crate::book::answer::{Halt, Said};
use crate::book::fields::{named, value};
use crate::book::form::{Post, pair};
use crate::book::roles::{Role, address, named as program_named};
use crate::book::wizard::{Target, same_entry};
use crate::driver::RicohDriver;
use crate::problem::page_changed;

const OPEN: &str = "open an entry of the address book";
const SAVE: &str = "save an entry of the address book";

impl RicohDriver {
    /// Adds or changes a user by the full form.
    pub(crate) async fn by_full_form(
        &mut self,
        target: Target<'_>,
        wanted: &EntryWanted,
    ) -> Result<(), Halt> {
        let (page, mut form) = self.open_form(Role::UserOpen, target).await?;
        if let Target::There(entry, _) = target {
            let email = named(&form, "email", &self.family).map(|_| value(&form, "email", &self.family));
            same_entry(entry, &value(&form, "name", &self.family), email.as_deref())?;
        }
        self.fill_entry(&page, &mut form, wanted, target.is_new())?;
        if let Some(email) = &wanted.email {
            self.fill_email(&page, &mut form, email)?;
        }
        self.fill_rest(&page, &mut form, wanted)?;
        self.save_form(Role::UserOpen, Role::UserSave, &page, form, wanted).await
    }

    /// Opens a form. It holds the lock of the book from here on.
    pub(crate) async fn open_form(&mut self, role: Role, target: Target<'_>) -> Result<(Page, Form), Halt> {
        let program = self.program(role).await?;
        let mut fields = target.opening(if role == Role::GroupOpen { "GROUP" } else { "USER" });
        fields.push(self.token_field());
        self.book.open = true;
        let page =
            self.book_post(Post { url: &program, fields: &fields, multipart: false, what: OPEN }).await?;
        if let Said::Saved(_) = self.judge_book(&page, OPEN)? {
            return Err(page_changed(&self.session, &page, OPEN, "data instead of a form").into());
        }
        let form = page.forms().into_iter().find(|f| named(f, "name", &self.family).is_some());
        match form {
            Some(form) => Ok((page, form)),
            None => Err(self.no_form(&page, OPEN, target)),
        }
    }

    /// Sends a filled form as the page's own script does.
    pub(crate) async fn save_form(
        &mut self,
        open: Role,
        save: Role,
        page: &Page,
        mut form: Form,
        wanted: &EntryWanted,
    ) -> Result<(), Halt> {
        // The form's own address counts where it is the program that saves.
        let own = form.action_written.clone().and_then(|action| program_named(save, &[action], &self.family));
        let program = match own.and_then(|written| address(&page.url, &written)) {
            Some(url) => url,
            None => self.program(save).await?,
        };
        let segment = |url: &url::Url| {
            url.path_segments().and_then(|mut s| s.next_back()).unwrap_or_default().to_owned()
        };
        let from = format!("{}?outputSpecifyModeIn=SETTINGS", segment(&self.program(open).await?));
        let to = segment(&self.listed()?.url);
        let mut fields = vec![pair("inputSpecifyModeIn", "WRITE"), pair("listUpdateIn", "UPDATE")];
        let mut missing = Vec::new();
        for (name, value) in [("wayFrom", from), ("wayTo", to)] {
            if form.assign(name, &value).is_err() {
                missing.push((name.to_owned(), value));
            }
        }
        let number = value(&form, "number", &self.family);
        let own = form.entries(None).unwrap_or_default();
        if !own.iter().any(|(name, _)| name == "wimToken") {
            fields.push(self.token_field());
        }
        fields.extend(own);
        fields.extend(missing);
        let answer =
            self.book_post(Post { url: &program, fields: &fields, multipart: false, what: SAVE }).await?;
        self.saved(&answer, SAVE, wanted, &number)
    }
}
