//! The columns of the list: which is what, by the map that the page brings. Never by position.

use crate::book::literal::Literal;
use crate::book::script::{assigned, assigned_members, objects};
use crate::family::Family;

/// The columns of the list and where each stands in a row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Columns {
    /// The device's own names, in the order of the rows.
    pub(crate) names: Vec<String>,
    /// The internal entry id, where the list has a column for it (which may be empty).
    pub(crate) id: Option<usize>,
    pub(crate) kind: usize,
    pub(crate) number: usize,
    pub(crate) name: usize,
    pub(crate) email: usize,
    pub(crate) folder: Option<usize>,
    pub(crate) fax: Option<usize>,
    pub(crate) favourite: Option<usize>,
    pub(crate) titles: Vec<usize>,
    pub(crate) user_code: Option<usize>,
    pub(crate) key: Option<usize>,
}

/// What a column can be, the groups of words in the order in which they are tried: a word that stands in longer names of
/// another meaning comes after those.
const MEANINGS: [&str; 13] = [
    "favourite",
    "title",
    "key",
    "used",
    "user_code",
    "lock",
    "fax",
    "folder",
    "email",
    "kind",
    "number",
    "name",
    "id",
];

impl Columns {
    /// Reads the map from the page's scripts (free of comments); the error says what is wrong with it.
    pub(crate) fn read(scripts: &[String], family: &Family) -> Result<Self, String> {
        let name = family.fact("book_columns").unwrap_or("g_columnInfoHash");
        let whole = scripts.iter().rev().find_map(|s| assigned(s, name)).map(|map| places(&map));
        let mut places = whole.unwrap_or_default();
        for (key, value) in scripts.iter().flat_map(|s| assigned_members(s, name)) {
            places.extend(place(&value).map(|at| (key, at)));
        }
        if places.is_empty() {
            // Under another name it is still the only table of its kind.
            let tables = scripts.iter().flat_map(|s| objects(s)).map(|o| self::places(&o));
            let mut tables: Vec<_> = tables.filter(|t| t.len() > 3).collect();
            if let (Some(only), true) = (tables.pop(), tables.is_empty()) {
                places = only;
            }
        }
        if places.is_empty() {
            return Err(format!("the scripts have no map of the columns (`{name}`)"));
        }
        Self::assign(places, family)
    }

    fn assign(mut places: Vec<(String, usize)>, family: &Family) -> Result<Self, String> {
        places.sort_by_key(|(_, at)| *at);
        let names: Vec<String> = places.iter().map(|(name, _)| name.clone()).collect();
        let listed = || {
            names
                .iter()
                .take(30)
                .map(|n| format!("`{}`", scanfleet_sdk::error::clean(n)))
                .collect::<Vec<_>>()
                .join(", ")
        };
        if places.windows(2).any(|pair| pair[0].1 == pair[1].1) {
            return Err(format!("two columns have the same place in the map: {}", listed()));
        }
        let meant: Vec<Option<&str>> = places.iter().map(|(name, _)| meaning(name, family)).collect();
        let all = |what: &str| -> Vec<usize> {
            let hits = places.iter().zip(&meant).filter(|(_, m)| **m == Some(what));
            hits.map(|((_, at), _)| *at).collect()
        };
        let one = |what: &str| -> Result<Option<usize>, String> {
            let exact = places
                .iter()
                .find(|(name, _)| family.words(&format!("book.column.{what}")).any(|w| w.text == *name));
            match (exact, all(what).as_slice()) {
                (Some((_, at)), _) => Ok(Some(*at)),
                (None, []) => Ok(None),
                (None, [at]) => Ok(Some(*at)),
                (None, _) => Err(format!("several columns could be the {what}: {}", listed())),
            }
        };
        let must = |what: &str| {
            one(what)?.ok_or_else(|| format!("no column is the {what}; there are: {}", listed()))
        };
        Ok(Self {
            id: one("id")?,
            kind: must("kind")?,
            number: must("number")?,
            name: must("name")?,
            email: must("email")?,
            folder: one("folder")?,
            fax: one("fax")?,
            favourite: one("favourite")?,
            titles: all("title"),
            user_code: one("user_code")?,
            key: one("key")?,
            names,
        })
    }

    /// How many cells a row has at least.
    pub(crate) fn width(&self) -> usize {
        [self.kind, self.number, self.name, self.email].into_iter().max().unwrap_or_default() + 1
    }
}

fn meaning(column: &str, family: &Family) -> Option<&'static str> {
    let column = column.to_ascii_lowercase();
    MEANINGS.into_iter().find(|what| {
        let group = format!("book.column.{what}");
        family.words(&group).any(|w| column.contains(&w.text.to_ascii_lowercase()))
    })
}

/// The place that one column's value gives: `{func: …, num: 3}`, or the bare number.
fn place(value: &Literal) -> Option<usize> {
    let at = match value {
        Literal::Object(_) => value.member("num")?.index()?,
        Literal::Number(_) => value.index()?,
        _ => return None,
    };
    (at < 200).then_some(at)
}

fn places(map: &Literal) -> Vec<(String, usize)> {
    let Literal::Object(members) = map else { return Vec::new() };
    members.iter().filter_map(|(name, value)| place(value).map(|at| (name.clone(), at))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::family;

    fn read(script: &str) -> Result<Columns, String> {
        Columns::read(&[script.to_owned()], &family::all().unwrap()[0])
    }

    #[test]
    fn all_known_layouts_and_others() {
        let b = "var g_columnInfoHash = { entrySelected:{func:o.sel,num:0},entryType:{func:o.type,num:1},entryIndex:{func:o.i,num:2},
            entryName:{func:o.n,num:3},userCode:{func:o.u,num:4},lastUsed:{func:o.l,num:5},mailAddress:{func:o.m,num:6},folder:{func:o.f,num:7} };";
        let found = read(b).unwrap();
        assert_eq!((found.id, found.kind, found.number, found.name), (Some(0), 1, 2, 3));
        assert_eq!((found.email, found.folder, found.fax, found.user_code), (6, Some(7), None, Some(4)));
        assert_eq!((found.favourite, found.titles.len(), found.width()), (None, 0, 7));
        let a = "g_columnInfoHash={entrySelected:{num:0},entryType:{num:1},entryIndex:{num:2},entryName:{num:3},freq:{num:4},title1:{num:5},title2:{num:6},title3:{num:7},userCode:{num:8},mailAddr:{num:9},folderName:{num:10}}";
        let found = read(a).unwrap();
        assert_eq!(
            (found.favourite, found.titles, found.email, found.folder),
            (Some(4), vec![5, 6, 7], 9, Some(10))
        );
        // Another order, other names, another way to write it.
        let other = "var g_columnInfoHash = {}; g_columnInfoHash.email = {num:0}; g_columnInfoHash['displayName'] = {num:5};
            g_columnInfoHash.entryName={num:4}; g_columnInfoHash.regNo={num:2}; g_columnInfoHash.kind={num:3}; g_columnInfoHash.id={num:1};";
        let found = read(other).unwrap();
        assert_eq!(
            (found.email, found.id, found.number, found.kind, found.name, found.key),
            (0, Some(1), 2, 3, 4, Some(5))
        );
        let renamed = "var cols = {entryType:{num:1},entryIndex:{num:0},entryName:{num:2},mail:{num:3}};";
        assert_eq!(read(renamed).unwrap().number, 0);
    }

    #[test]
    fn a_map_that_cannot_be_told_is_an_error_with_its_columns() {
        assert!(read("var x = 1;").unwrap_err().contains("no map"));
        let missing = "g_columnInfoHash={entryType:{num:1},entryIndex:{num:2},entryName:{num:3}}";
        assert!(read(missing).unwrap_err().contains("no column is the email; there are: `entryType`"));
        let doubled =
            "g_columnInfoHash={entryType:{num:1},entryIndex:{num:1},entryName:{num:3},mail:{num:4}}";
        assert!(read(doubled).unwrap_err().contains("same place"));
    }
}
