//! Reading the whole book: page after page of the list by the page's own links, then the groups.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use scanfleet_sdk::error::clean;
use scanfleet_sdk::page::Page;
use scanfleet_sdk::{Book, BookEntry, BookTold, Category, DeviceError, EntryKind, FolderDestination, Rerun};
use url::Url;

use crate::book::list::{ListPage, Row, start};
use crate::book::members::by_numbers;
use crate::book::state::{BookState, Known, Listed};
use crate::driver::BrotherDriver;
use crate::family::Family;
use crate::problem;

const TRIED: &str = "read the address book";
const GROUPS: &str = "read the groups of the address book";
/// Pages read at most; no device has so many.
const PAGES: usize = 400;

/// A list as it was walked through.
struct Walked {
    rows: Vec<(Row, Url)>,
    new: Option<Url>,
}

impl BrotherDriver {
    /// Reads the whole book afresh.
    pub(crate) async fn read_whole_book(&mut self) -> Result<Book, DeviceError> {
        if !self.script && self.family.book_read().is_none() {
            let got = "the family file knows no way to read the address book of this device";
            return Err(DeviceError::new(Category::Unsupported, TRIED, got));
        }
        self.book.read = false;
        let (page, first) = self.book_page().await?;
        let charset = page.charset;
        let own = page.url.clone();
        let groups_link = groups_link(&page, &self.family);
        let walked = self.walk(page, first, TRIED).await?;
        let mut state = BookState {
            limits: self.book.limits,
            seen: self.book.seen,
            charset: Some(charset),
            posts: self.book.posts,
            ..BookState::default()
        };
        state.users.address = Some(own);
        let mut entries = Vec::new();
        let beside = groups_link.is_some();
        let numbered = take((EntryKind::User, beside), walked, &mut state, &mut entries, &self.family)?;
        let told_members = self.take_groups(groups_link, &mut state, &mut entries).await?;
        self.book = state;
        for entry in &mut entries {
            // The list shows only the beginning of it: its own page tells it.
            let cut = self.book.known.get(&entry.id).is_some_and(|known| known.row.is_cut());
            if cut && entry.kind == EntryKind::User {
                let whole = self.complete(entry).await?;
                *entry = whole;
            }
        }
        self.learn_page(&entries).await?;
        self.book.read = true;
        let told = BookTold { number: numbered, members: told_members, ..BookTold::default() };
        Ok(Book { entries, told, columns: Vec::new() })
    }

    /// Reads the groups, where the list's page leads to them; says whether their members were told.
    async fn take_groups(
        &mut self,
        link: Option<Url>,
        state: &mut BookState,
        entries: &mut Vec<BookEntry>,
    ) -> Result<bool, DeviceError> {
        let Some(link) = link else {
            state.no_groups = Some("the address book of this device leads to no page for groups".to_owned());
            return Ok(false);
        };
        let page = match self.entry_page(link.as_str(), GROUPS).await {
            Err(error) if error.category == Category::PageChanged => {
                state.no_groups = Some(format!("the page for groups cannot be read: {}", error.got));
                return Ok(false);
            }
            other => other?,
        };
        let first = match self.listed_on(&page, GROUPS) {
            Err(error) if error.category == Category::PageChanged => {
                state.no_groups = Some(format!("the page for groups cannot be read: {}", error.got));
                return Ok(false);
            }
            other => other?,
        };
        state.groups.address = Some(page.url.clone());
        let walked = self.walk(page, first, GROUPS).await?;
        let from = entries.len();
        take((EntryKind::Group, false), walked, state, entries, &self.family)?;
        if !state.groups.linked {
            state.no_groups = Some("the list of groups leads to no page of a group".to_owned());
        }
        let (users, groups) = entries.split_at_mut(from);
        let mut told = true;
        for group in groups {
            let text = state.known.get(&group.id).map(|known| known.row.members.clone()).unwrap_or_default();
            group.members = by_numbers(&text, users);
            told &= group.members.is_some();
        }
        if !told {
            entries[from..].iter_mut().for_each(|group| group.members = None);
        }
        Ok(told)
    }

    /// Walks through all pages of a list, each once, by the links of its pages.
    async fn walk(&mut self, page: Page, first: ListPage, tried: &str) -> Result<Walked, DeviceError> {
        let mut walked = Walked { rows: Vec::new(), new: first.new.clone() };
        let mut seen: HashMap<String, Row> = HashMap::new();
        let mut visited: BTreeSet<u32> = BTreeSet::from([start(&page.url).unwrap_or(1)]);
        let mut next: BTreeMap<u32, Url> = BTreeMap::new();
        let (mut page, mut shown) = (page, first);
        let mut pages = 1;
        loop {
            let mut fresh = false;
            for row in shown.rows {
                match seen.get(&row.id) {
                    None => {
                        fresh = true;
                        seen.insert(row.id.clone(), row.clone());
                        walked.rows.push((row, page.url.clone()));
                    }
                    Some(known) if *known == row => {}
                    // Boxes may be counted anew on each page.
                    Some(known) if Row { tick: row.tick.clone(), ..known.clone() } == row => {}
                    Some(known) => {
                        let got = format!(
                            "\u{201c}{}\u{201d} was {} on one page of the list and {} on another",
                            clean(&row.id),
                            named(known),
                            named(&row)
                        );
                        return Err(DeviceError::new(Category::Interrupted, tried, got)
                            .on_page(problem::place(&page))
                            .hint("somebody changes the book: run again")
                            .rerun(Rerun::Safe));
                    }
                }
            }
            // A page that shows nothing new leads nowhere new either: a device may show its last page for ever.
            if fresh {
                for (first, url) in shown.turns {
                    if !visited.contains(&first) {
                        next.entry(first).or_insert(url);
                    }
                }
            }
            let Some((first, url)) = next.pop_first() else { return Ok(walked) };
            visited.insert(first);
            pages += 1;
            if pages > PAGES {
                let got = format!("the list goes on after {PAGES} pages");
                return Err(problem::page_changed(&self.session, &page, tried, got));
            }
            page = self.entry_page(url.as_str(), tried).await?;
            shown = self.listed_on(&page, tried)?;
        }
    }
}

fn named(row: &Row) -> String {
    if row.is_free() { "free".to_owned() } else { format!("\u{201c}{}\u{201d}", clean(&row.name)) }
}

/// The link to the groups.
fn groups_link(page: &Page, family: &Family) -> Option<Url> {
    let links = page.document().links().into_iter();
    let mut found = links.filter(|link| family.is("menu.groups", &link.text)).filter_map(|link| link.target);
    found.find(|url| url.origin() == page.url.origin() && !crate::pages::forbidden(url))
}

/// Takes the rows of a list into the state and the book; says whether each has a number. `kind` says what the list is of,
/// and whether groups that it shows have a list of their own beside.
fn take(
    (kind, groups_beside): (EntryKind, bool),
    walked: Walked,
    state: &mut BookState,
    entries: &mut Vec<BookEntry>,
    family: &Family,
) -> Result<bool, DeviceError> {
    let numbers: BTreeSet<u32> = walked.rows.iter().filter_map(|(row, _)| row.number).collect();
    let numbered = numbers.len() == walked.rows.len();
    let free = walked.rows.iter().any(|(row, _)| row.is_free());
    // Every number has a row: from 1 on without a gap, free ones among them or no other way to a new one.
    let every = numbered
        && !walked.rows.is_empty()
        && (free || walked.new.is_none())
        && numbers.last().and_then(|last| usize::try_from(*last).ok()) == Some(walked.rows.len());
    let mut listed = Listed {
        address: state.listed(kind).address.take(),
        most: every.then_some(walked.rows.len()),
        linked: walked.rows.is_empty()
            || walked.rows.iter().any(|(row, _)| row.link.is_some())
            || walked.new.is_some(),
        new: walked.new,
        ..Listed::default()
    };
    for (row, page) in walked.rows {
        if row.is_free() {
            if let Some(number) = row.number.filter(|_| row.link.is_some()) {
                listed.free.insert(number, Known { kind, row, page });
            }
            continue;
        }
        // Some lists show groups among the others; a list of their own tells more of them.
        let is_group = kind == EntryKind::User && family.is("book.type.group", &row.kind);
        if is_group && groups_beside {
            continue;
        }
        let id = match kind {
            EntryKind::User => row.id.clone(),
            EntryKind::Group => format!("group {}", row.id),
        };
        let kind = if is_group { EntryKind::Group } else { kind };
        let entry = BookEntry {
            id: id.clone(),
            kind,
            name: row.name.clone(),
            email: row.email.clone(),
            number: row.number,
            fax: row.fax.clone(),
            folder: elsewhere(&row, kind, family),
            ..BookEntry::default()
        };
        if state.known.insert(id, Known { kind, row, page }).is_some() {
            let got = format!("two entries are called \u{201c}{}\u{201d}", clean(&entry.id));
            return Err(DeviceError::new(Category::PageChanged, TRIED, got));
        }
        entries.push(entry);
    }
    *state.listed(kind) = listed;
    Ok(numbered)
}

/// A destination that is neither an address nor a fax number, so that nobody takes the entry for an empty one.
fn elsewhere(row: &Row, kind: EntryKind, family: &Family) -> Option<FolderDestination> {
    if kind == EntryKind::Group {
        return None;
    }
    let known = ["book.type.email", "book.type.fax"].iter().any(|group| family.is(group, &row.kind));
    let unknown = !row.kind.is_empty() && !known && row.email.is_none() && row.fax.is_none();
    (row.other.is_some() || unknown).then(|| FolderDestination {
        protocol: row.kind.clone(),
        path: row.other.clone().unwrap_or_default(),
        ..FolderDestination::default()
    })
}
