//! The page of one entry: its fields by their labels, and what it shows.

use scanfleet_sdk::error::clean;
use scanfleet_sdk::form::{ControlType, Form, fold};
use scanfleet_sdk::page::Page;
use scanfleet_sdk::{BookEntry, Category, DeviceError, EntryKind, FolderDestination, Rerun};

use crate::book::words::{Role, address, fields, number, role};
use crate::choice::chosen;
use crate::door::login_form;
use crate::driver::BrotherDriver;
use crate::family::Family;
use crate::problem;
use crate::signs::{Said, said};
use crate::smtp::labels;

pub(crate) const READ: &str = "read an entry of the address book";

/// The names of the controls of an entry's page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Fields {
    pub(crate) name: String,
    pub(crate) email: Option<String>,
    pub(crate) fax: Option<String>,
    /// The field of the e-mail address is that of the fax number too.
    pub(crate) joint: bool,
    pub(crate) kind: Option<String>,
    pub(crate) number: Option<String>,
    pub(crate) members: Vec<String>,
}

/// What an entry's page shows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Shown {
    pub(crate) name: String,
    pub(crate) email: Option<String>,
    pub(crate) fax: Option<String>,
    pub(crate) other: Option<String>,
    /// The text of the kind that is chosen.
    pub(crate) kind: Option<String>,
    pub(crate) number: Option<u32>,
}

impl Shown {
    /// Whether the page is that of a free number.
    pub(crate) fn is_free(&self) -> bool {
        self.name.trim().is_empty() && self.email.is_none() && self.fax.is_none() && self.other.is_none()
    }

    /// Whether it is the entry as the list showed it.
    pub(crate) fn is(&self, entry: &BookEntry) -> bool {
        fold(&self.name) == fold(&entry.name) && self.email == entry.email
    }
}

/// An entry's page, understood.
pub(crate) struct EntryPage {
    pub(crate) page: Page,
    pub(crate) form: Form,
    pub(crate) fields: Fields,
    pub(crate) shown: Shown,
}

/// The one control of a field; several are a doubt.
fn one(form: &Form, role: Role, family: &Family) -> Result<Option<String>, String> {
    match fields(form, role, family).as_slice() {
        [] => Ok(None),
        [name] => {
            let same = form.named(name);
            if same.len() > 1 && !same.iter().all(|c| c.kind == ControlType::Radio) {
                return Err(format!("{} controls are named `{}`", same.len(), clean(name)));
            }
            Ok(Some((*name).to_owned()))
        }
        many => {
            let names: Vec<String> = many.iter().map(|name| format!("`{}`", clean(name))).collect();
            Err(format!("the page has the field of the {} more than once: {}", word(role), names.join(", ")))
        }
    }
}

fn word(role: Role) -> &'static str {
    match role {
        Role::Number => "number",
        Role::Name => "name",
        Role::Kind => "type",
        Role::Address => "address",
        Role::Email => "e-mail address",
        Role::Fax => "fax number",
        Role::Members => "members",
    }
}

/// The form of an entry, and its fields.
///
/// # Errors
/// A fragment: it is not there, or cannot be told without a doubt.
pub(crate) fn entry_form(page: &Page, kind: EntryKind, family: &Family) -> Result<(Form, Fields), String> {
    let has = |form: &Form, role: Role| !fields(form, role, family).is_empty();
    let fits = |form: &&Form| {
        let beside = match kind {
            EntryKind::User => [Role::Address, Role::Email].iter().any(|role| has(form, *role)),
            EntryKind::Group => has(form, Role::Members),
        };
        login_form(std::slice::from_ref(*form)).is_none() && has(form, Role::Name) && beside
    };
    let forms = page.forms();
    let fitting: Vec<&Form> = forms.iter().filter(fits).collect();
    let form = match fitting.as_slice() {
        [form] => *form,
        [] => return Err(format!("no form has the fields of an entry; labels there: {}", labels(&forms))),
        many => return Err(format!("{} forms have the fields of an entry", many.len())),
    };
    let one = |role| one(form, role, family);
    let name = one(Role::Name)?.ok_or("the field of the name is not there")?;
    let (mut email, fax, mut joint) = (one(Role::Email)?, one(Role::Fax)?, false);
    if email.is_none() && kind == EntryKind::User {
        email = one(Role::Address)?;
        joint = fax.is_none();
    }
    let members = fields(form, Role::Members, family).into_iter().map(str::to_owned).collect();
    let found =
        Fields { name, email, fax, joint, kind: one(Role::Kind)?, number: one(Role::Number)?, members };
    let mut names: Vec<&String> = vec![&found.name];
    let more = [&found.email, &found.fax, &found.kind, &found.number];
    names.extend(more.into_iter().flatten().chain(&found.members));
    if let Some((_, twice)) = names.iter().enumerate().find(|(at, name)| names[..*at].contains(name)) {
        return Err(format!("the control `{}` bears the labels of two fields", clean(twice)));
    }
    Ok((form.clone(), found))
}

/// The text of a control.
fn text_of(form: &Form, name: &str) -> String {
    let control = form.controls.iter().find(|c| c.name == name && c.kind.is_text());
    control.map(|c| c.value.trim().to_owned()).unwrap_or_default()
}

/// What an entry's page shows.
pub(crate) fn shown(page: &Page, form: &Form, fields: &Fields, family: &Family) -> Shown {
    let some = |name: &Option<String>| {
        name.as_deref().map(|name| text_of(form, name)).filter(|text| !text.is_empty())
    };
    let (mut email, mut fax, mut other) = (some(&fields.email), some(&fields.fax), None);
    if fields.joint {
        (email, fax, other) = address(email.as_deref().unwrap_or_default());
    }
    let facts = page.document().facts();
    let told = facts.iter().find(|(label, _)| role(family, label) == Some(Role::Number));
    let own = fields.number.as_deref().and_then(|name| {
        let text = text_of(form, name);
        number(&chosen(form, name).unwrap_or(text))
    });
    let control = form.controls.iter().find(|c| c.name == fields.name);
    Shown {
        // As it stands there: blanks are part of a name.
        name: control.map(|c| c.value.clone()).unwrap_or_default(),
        email: email.take(),
        fax: fax.take(),
        other,
        kind: fields.kind.as_deref().and_then(|name| chosen(form, name)),
        number: own.or_else(|| told.and_then(|(_, value)| number(value))),
    }
}

impl BrotherDriver {
    /// Opens the page of an entry or of a free number.
    pub(crate) async fn open_entry(
        &mut self,
        url: &str,
        kind: EntryKind,
        tried: &str,
    ) -> Result<EntryPage, DeviceError> {
        let page = self.entry_page(url, tried).await?;
        match entry_form(&page, kind, &self.family) {
            Ok((form, fields)) => {
                let shown = shown(&page, &form, &fields, &self.family);
                Ok(EntryPage { page, form, fields, shown })
            }
            Err(got) => Err(match said(&page, &self.family) {
                Said::Busy(text) => problem::busy(&page, tried, &text),
                _ => problem::page_changed(&self.session, &page, tried, got),
            }),
        }
    }

    /// Opens the page of an entry. The inner error says that it is no longer the one that was read, or has no page: that
    /// concerns no other entry.
    pub(crate) async fn open_known(
        &mut self,
        entry: &BookEntry,
        tried: &str,
    ) -> Result<Result<EntryPage, DeviceError>, DeviceError> {
        let Some(known) = self.book.known.get(&entry.id).cloned() else {
            return Ok(Err(not_there(entry, tried)));
        };
        let Some(link) = &known.row.link else {
            let got = format!("the list leads to no page of \u{201c}{}\u{201d}", clean(&entry.name));
            return Ok(Err(DeviceError::new(Category::Unsupported, tried, got)
                .hint("change the entry in a browser or at the panel")));
        };
        let opened = self.open_entry(link.as_str(), known.kind, tried).await?;
        let same = if known.row.is_cut() { !opened.shown.is_free() } else { opened.shown.is(entry) };
        Ok(if same { Ok(opened) } else { Err(other_than(entry, &opened.page, &opened.shown, tried)) })
    }

    /// An entry with everything that its page tells.
    pub(crate) async fn complete(&mut self, entry: &BookEntry) -> Result<BookEntry, DeviceError> {
        let opened = self.open_known(entry, READ).await??;
        let EntryPage { form, fields, shown, page } = opened;
        let mut whole = entry.clone();
        whole.name = shown.name;
        if entry.kind == EntryKind::Group {
            whole.members = Some(self.members_on(&page, &form, &fields, READ)?);
        } else {
            whole.email = shown.email;
            whole.fax = shown.fax;
            if let Some(other) = shown.other {
                let folder = whole.folder.get_or_insert_with(FolderDestination::default);
                folder.path = other;
            }
        }
        let own = [Some(&fields.name), fields.email.as_ref(), fields.fax.as_ref(), fields.number.as_ref()];
        // A kind that has a word here follows from what the entry holds.
        let kind = fields.kind.as_ref().filter(|_| whole.folder.is_none());
        let known = |name: &str| {
            own.iter().flatten().chain(&kind).any(|own| *own == name)
                || fields.members.iter().any(|own| own == name)
        };
        whole.extra = form.beside(known).into_iter().filter(|(_, value)| !value.is_empty()).collect();
        Ok(whole)
    }

    /// Everything about one entry.
    pub(crate) async fn read_one(&mut self, entry: &BookEntry) -> Result<BookEntry, DeviceError> {
        if !self.book.read {
            let now = self.read_whole_book().await?;
            if now.entry(&entry.id).is_none_or(|found| found.name != entry.name) {
                return Err(not_there(entry, READ));
            }
        }
        self.complete(entry).await
    }

    /// Looks at the page of one entry, so that what it can hold is known before anything is planned; once in a session.
    pub(crate) async fn learn_page(&mut self, entries: &[BookEntry]) -> Result<(), DeviceError> {
        const TRIED: &str = "look at the page of an address-book entry";
        if self.book.seen {
            return Ok(());
        }
        let linked = |entry: &&BookEntry| {
            entry.kind == EntryKind::User
                && self
                    .book
                    .known
                    .get(&entry.id)
                    .is_some_and(|known| known.row.link.is_some() && !known.row.is_cut())
        };
        let with_address = entries.iter().filter(linked).find(|entry| entry.email.is_some());
        let one = with_address.or_else(|| entries.iter().find(linked));
        let users = &self.book.users;
        let free =
            users.free.values().next().and_then(|known| known.row.link.clone()).or_else(|| users.new.clone());
        let opened = match (one, free) {
            (Some(entry), _) => self.open_known(entry, TRIED).await,
            (None, Some(url)) => self.open_entry(url.as_str(), EntryKind::User, TRIED).await.map(Ok),
            (None, None) => {
                self.book.no_write = Some("the list of addresses leads to no page of an entry".to_owned());
                return Ok(());
            }
        };
        match opened {
            Ok(Ok(opened)) => {
                let limit = |name: &String| {
                    opened.form.controls.iter().find(|c| c.name == *name).and_then(|c| c.max_length)
                };
                self.book.limits = [limit(&opened.fields.name), opened.fields.email.as_ref().and_then(limit)];
                self.book.seen = true;
                Ok(())
            }
            // The book can be read all the same.
            Ok(Err(error)) => {
                self.book.no_write = Some(format!("the page of an entry cannot be used: {}", error.got));
                Ok(())
            }
            Err(error) if matches!(error.category, Category::PageChanged | Category::Unsupported) => {
                self.book.no_write = Some(format!("the page of an entry cannot be used: {}", error.got));
                Ok(())
            }
            Err(error) => Err(error),
        }
    }
}

/// The entry is gone.
pub(crate) fn not_there(entry: &BookEntry, tried: &str) -> DeviceError {
    let got = format!("\u{201c}{}\u{201d} is no longer there", clean(&entry.name));
    DeviceError::new(Category::Interrupted, tried, got)
        .hint("somebody changed the book since it was read: plan again")
        .rerun(Rerun::ReadsFirst)
}

/// Another entry stands in its place, or it was changed.
fn other_than(entry: &BookEntry, page: &Page, shown: &Shown, tried: &str) -> DeviceError {
    if shown.is_free() {
        return not_there(entry, tried).on_page(problem::place(page));
    }
    let held = |name: &str, email: Option<&str>| {
        format!("\u{201c}{}\u{201d} <{}>", clean(name), clean(email.unwrap_or_default()))
    };
    let got = format!(
        "{} is no longer as it was read: its page shows {}",
        held(&entry.name, entry.email.as_deref()),
        held(&shown.name, shown.email.as_deref())
    );
    DeviceError::new(Category::Interrupted, tried, got)
        .on_page(problem::place(page))
        .hint("somebody changed the book since it was read: plan again")
        .rerun(Rerun::ReadsFirst)
}
