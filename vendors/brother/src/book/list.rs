//! A page of the list: its rows read by the words at the head of its columns, else by what stands in them.

use scanfleet_sdk::error::clean;
use scanfleet_sdk::form::{ControlType, Link, Table, TableCell, TableRow};
use scanfleet_sdk::page::Page;
use url::Url;

use crate::book::words::{Role, address, number, role};
use crate::family::Family;
use crate::pages::forbidden;

/// A row of the list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Row {
    /// What the device calls the entry by: the text of its number, else the address of its page.
    pub(crate) id: String,
    pub(crate) number: Option<u32>,
    pub(crate) name: String,
    /// What stands in the column of kinds.
    pub(crate) kind: String,
    pub(crate) email: Option<String>,
    pub(crate) fax: Option<String>,
    /// A destination that is neither.
    pub(crate) other: Option<String>,
    pub(crate) members: String,
    /// The entry's own page.
    pub(crate) link: Option<Url>,
    /// The page that takes it out, where the row leads to one.
    pub(crate) delete: Option<Url>,
    /// The name and value of its box.
    pub(crate) tick: Option<(String, String)>,
}

impl Row {
    /// Whether the row stands for a free number.
    pub(crate) fn is_free(&self) -> bool {
        self.name.is_empty()
            && self.email.is_none()
            && self.fax.is_none()
            && self.other.is_none()
            && self.members.is_empty()
    }

    /// Whether the list shows only the beginning of something.
    pub(crate) fn is_cut(&self) -> bool {
        let cut = |text: &str| text.ends_with("...") || text.ends_with('\u{2026}');
        cut(&self.name) || [&self.email, &self.fax].iter().any(|t| t.as_deref().is_some_and(cut))
    }
}

/// A page of the list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct ListPage {
    pub(crate) rows: Vec<Row>,
    /// The other pages that this one leads to, by their first entry.
    pub(crate) turns: Vec<(u32, Url)>,
    /// The page for a new entry, where it is a link of its own.
    pub(crate) new: Option<Url>,
}

/// The columns of a table, by what they hold.
type Columns = Vec<(Role, usize)>;

fn column(columns: &Columns, wanted: Role) -> Option<usize> {
    columns.iter().find(|(role, _)| *role == wanted).map(|(_, at)| *at)
}

/// Reads a page of the list.
///
/// # Errors
/// A fragment that says why the page is none, or cannot be read without a doubt.
pub(crate) fn list(page: &Page, family: &Family) -> Result<ListPage, String> {
    let document = page.document();
    if document.is_cut() {
        return Err("the page is too large to be a list of addresses".to_owned());
    }
    let tables = document.tables();
    let mut read: Vec<(usize, Columns, usize)> = Vec::new();
    for (at, table) in tables.iter().enumerate() {
        if let Some((columns, head)) = by_words(table, family)? {
            read.push((at, columns, head + 1));
        }
    }
    if read.is_empty() {
        let shaped = tables.iter().enumerate();
        read = shaped
            .filter_map(|(at, table)| by_shape(table).map(|(columns, first)| (at, columns, first)))
            .collect();
        if read.len() > 1 {
            return Err(format!(
                "{} tables look like the list, and none has a head that is known",
                read.len()
            ));
        }
    }
    if read.is_empty() {
        return Err(format!("no table of the page is a list of names; heads there: {}", heads(&tables)));
    }
    let mut found = ListPage::default();
    for (at, columns, first) in &read {
        for row in tables[*at].rows.iter().skip(*first) {
            if let Some(row) = row_of(row, columns, family)? {
                found.rows.push(row);
            }
        }
    }
    for (at, row) in found.rows.iter().enumerate() {
        if found.rows[..at].iter().any(|other| other.id == row.id) {
            return Err(format!("two rows are called \u{201c}{}\u{201d}", clean(&row.id)));
        }
    }
    let links = document.links();
    found.turns = turns(&links, &page.url);
    found.new = new_entry(&links, &found.rows, &page.url, family)?;
    Ok(found)
}

/// The columns by the words of the head, and the row that is the head.
fn by_words(table: &Table, family: &Family) -> Result<Option<(Columns, usize)>, String> {
    // A head stands near the top, whatever is above it.
    for (at, row) in table.rows.iter().enumerate().take(4) {
        let mut columns: Columns = Vec::new();
        let mut doubled = None;
        for cell in &row.cells {
            let Some(role) = role(family, &cell.text) else { continue };
            if column(&columns, role).is_some() {
                doubled = Some(cell.text.clone());
            } else {
                columns.push((role, cell.column));
            }
        }
        let tells = [Role::Number, Role::Address, Role::Email, Role::Fax, Role::Members];
        if column(&columns, Role::Name).is_none()
            || !tells.iter().any(|role| column(&columns, *role).is_some())
        {
            continue;
        }
        if let Some(twice) = doubled {
            return Err(format!("two columns are headed as \u{201c}{}\u{201d} is", clean(&twice)));
        }
        return Ok(Some((columns, at)));
    }
    Ok(None)
}

/// The columns of a table whose head nobody knows: numbers that rise, a column with addresses, and one text beside.
fn by_shape(table: &Table) -> Option<(Columns, usize)> {
    let first = table.rows.iter().position(|row| !row.cells.iter().all(|cell| cell.heading))?;
    let rows: Vec<&TableRow> = table.rows.iter().skip(first).filter(|row| row.cells.len() > 1).collect();
    let width = rows.first()?.cells.len();
    if rows.iter().any(|row| row.cells.len() != width) {
        return None;
    }
    let texts = |at: usize| rows.iter().map(move |row| row.cells[at].text.as_str()).collect::<Vec<_>>();
    let numbered = (0..width).find(|&at| {
        let numbers: Option<Vec<u32>> = texts(at).into_iter().map(number).collect();
        numbers.is_some_and(|all| all.windows(2).all(|pair| pair[0] < pair[1]))
    })?;
    let mailed: Vec<usize> =
        (0..width).filter(|&at| texts(at).iter().any(|text| text.contains('@'))).collect();
    let [mailed] = mailed.as_slice() else { return None };
    let rest: Vec<usize> = (0..width)
        .filter(|at| *at != numbered && at != mailed && texts(*at).iter().any(|text| !text.is_empty()))
        .collect();
    let linked: Vec<usize> =
        rest.iter().copied().filter(|&at| rows.iter().any(|row| !row.cells[at].links.is_empty())).collect();
    let named = match (rest.as_slice(), linked.as_slice()) {
        ([name], _) | (_, [name]) => *name,
        _ => return None,
    };
    let at = |cell: usize| rows[0].cells[cell].column;
    Some((vec![(Role::Number, at(numbered)), (Role::Name, at(named)), (Role::Address, at(*mailed))], first))
}

/// A row of the list; `None` for one that only says something.
fn row_of(row: &TableRow, columns: &Columns, family: &Family) -> Result<Option<Row>, String> {
    if row.cells.len() < 2 || row.cells.iter().all(|cell| cell.heading) {
        return Ok(None);
    }
    let text = |wanted: Role| -> Result<String, String> {
        let Some(at) = column(columns, wanted) else { return Ok(String::new()) };
        let cell = row.at(at).ok_or_else(|| format!("a row lacks a column: {}", shown(row)))?;
        Ok(cell.text.clone())
    };
    let some = |text: String| Some(text).filter(|text| !text.is_empty());
    let (mut email, mut fax, mut other) = address(&text(Role::Address)?);
    if let Some(own) = some(text(Role::Email)?) {
        (email, other) = if own.contains('@') { (Some(own), other) } else { (email, Some(own)) };
    }
    fax = some(text(Role::Fax)?).or(fax);
    let shown_number = text(Role::Number)?;
    let link = entry_link(row, columns, family)?;
    let id = match (some(shown_number.clone()), &link) {
        (Some(number), _) => number,
        (None, Some(link)) => bare(link),
        (None, None) => String::new(),
    };
    let found = Row {
        number: number(&shown_number),
        name: text(Role::Name)?,
        kind: text(Role::Kind)?,
        email,
        fax,
        other,
        members: text(Role::Members)?,
        tick: tick(row)?,
        delete: delete_link(row, family),
        link,
        id,
    };
    if found.id.is_empty() {
        return if found.is_free() {
            Ok(None)
        } else {
            Err(format!("a row has neither number nor link: {}", shown(row)))
        };
    }
    Ok(Some(found))
}

/// The link to the entry's page: that of its number or name, else the only one.
fn entry_link(row: &TableRow, columns: &Columns, family: &Family) -> Result<Option<Url>, String> {
    let own = [Role::Number, Role::Name].iter().filter_map(|role| column(columns, *role));
    let own: Vec<&TableCell> = own.filter_map(|at| row.at(at)).collect();
    for cells in [own, row.cells.iter().collect()] {
        let mut targets: Vec<Url> = Vec::new();
        for link in cells.iter().flat_map(|cell| &cell.links) {
            let Some(url) = link.target.clone().filter(|url| !forbidden(url)) else { continue };
            if !family.is("book.delete", &link.text) && !deletes(&url) && !targets.contains(&url) {
                targets.push(url);
            }
        }
        match targets.as_slice() {
            [] => {}
            [one] => return Ok(Some(one.clone())),
            _ => return Err(format!("a row leads to several pages: {}", shown(row))),
        }
    }
    Ok(None)
}

/// Whether an address says itself that it takes something out.
fn deletes(url: &Url) -> bool {
    url.path().to_ascii_lowercase().contains("delete")
}

/// The one link of a row that takes the entry out, by its text. Its address need not say so: pages are numbered at will.
fn delete_link(row: &TableRow, family: &Family) -> Option<Url> {
    let links =
        row.cells.iter().flat_map(|cell| &cell.links).filter(|link| family.is("book.delete", &link.text));
    let mut targets: Vec<Url> =
        links.filter_map(|link| link.target.clone()).filter(|url| !forbidden(url)).collect();
    targets.dedup();
    if targets.len() == 1 { targets.pop() } else { None }
}

fn tick(row: &TableRow) -> Result<Option<(String, String)>, String> {
    let controls = row.cells.iter().flat_map(|cell| &cell.controls);
    let mut boxes = controls.filter(|(_, kind, _)| *kind == ControlType::Checkbox);
    match (boxes.next(), boxes.next()) {
        (Some((name, _, value)), None) => Ok(Some((name.clone(), value.clone()))),
        (None, _) => Ok(None),
        _ => Err(format!("a row has several boxes: {}", shown(row))),
    }
}

/// What a row says, for a message.
fn shown(row: &TableRow) -> String {
    let cells: Vec<&str> = row.cells.iter().map(|cell| cell.text.as_str()).collect();
    format!("\u{201c}{}\u{201d}", clean(&cells.join(" | ")))
}

/// Path and query without the number of the page, which may differ from link to link.
fn bare(url: &Url) -> String {
    let kept: Vec<String> =
        url.query_pairs().filter(|(name, _)| name != "pageid").map(|(n, v)| format!("{n}={v}")).collect();
    format!("{}?{}", url.path(), kept.join("&"))
}

/// The first entry that an address of the list begins with.
pub(crate) fn start(url: &Url) -> Option<u32> {
    url.query_pairs().find(|(name, _)| name == "start").and_then(|(_, value)| value.parse().ok())
}

/// Links to other pages of the same list: the page's own address with another `start`.
fn turns(links: &[Link], own: &Url) -> Vec<(u32, Url)> {
    let same = |url: &Url| {
        url.path() == own.path()
            && url.query_pairs().filter(|(name, _)| name != "start").all(|(name, value)| {
                own.query_pairs().find(|(known, _)| *known == name).is_none_or(|(_, held)| held == value)
            })
    };
    let targets = links.iter().filter_map(|link| link.target.clone()).filter(same);
    targets.filter_map(|url| start(&url).map(|first| (first, url))).collect()
}

/// The page for a new entry: a link that says so, else one beside the rows to the page that their links lead to.
fn new_entry(links: &[Link], rows: &[Row], own: &Url, family: &Family) -> Result<Option<Url>, String> {
    let outside = |link: &&Link| {
        link.target.as_ref().is_some_and(|url| {
            !forbidden(url)
                && url.origin() == own.origin()
                && !rows.iter().any(|row| row.link.as_ref() == Some(url))
        })
    };
    let of = |test: &dyn Fn(&Link) -> bool| {
        let mut urls: Vec<Url> = Vec::new();
        for url in
            links.iter().filter(outside).filter(|link| test(link)).filter_map(|link| link.target.clone())
        {
            if !urls.contains(&url) {
                urls.push(url);
            }
        }
        urls
    };
    let said = of(&|link| family.is("book.new", &link.text));
    let paths: Vec<&str> = rows.iter().filter_map(|row| row.link.as_ref()).map(Url::path).collect();
    let beside = of(&|link| {
        link.target.as_ref().is_some_and(|url| url.path() != own.path() && paths.contains(&url.path()))
    });
    for found in [said, beside] {
        match found.as_slice() {
            [] => {}
            [one] => return Ok(Some(one.clone())),
            _ => return Err("several links lead to a page for a new entry".to_owned()),
        }
    }
    Ok(None)
}

/// The heads of tables, for a message.
fn heads(tables: &[Table]) -> String {
    let mut all: Vec<String> = Vec::new();
    for row in tables.iter().filter_map(|table| table.rows.first()).take(10) {
        let cells: Vec<&str> =
            row.cells.iter().map(|c| c.text.as_str()).filter(|t| !t.is_empty()).take(10).collect();
        all.push(format!("\u{201c}{}\u{201d}", clean(&cells.join(" | "))));
    }
    if all.is_empty() { "none".to_owned() } else { all.join(", ") }
}
