//! The file that an import takes: new rows alone, or the whole export with only the rows concerned altered.

use std::collections::HashMap;

use scanfleet_sdk::error::clean;
use scanfleet_sdk::{Book, BookEntry, EntryChange, EntryKind, EntryWanted, FolderDestination};

use super::columns::{Columns, is_on, list, listed};
use super::table::{Row, Table};

/// What an export holds: the file, its columns, and the book they make.
#[derive(Debug, Clone)]
pub(crate) struct Export {
    pub(crate) table: Table,
    pub(crate) columns: Columns,
    pub(crate) book: Book,
}

/// A file ready for an import.
pub(crate) struct Draft {
    pub(crate) bytes: Vec<u8>,
    /// How many rows stand below the headings.
    pub(crate) records: usize,
    /// Of each change: the row that carries it (from 0 below the headings), where it has one.
    pub(crate) rows: Vec<Option<usize>>,
    /// Of each change: why it is not in the file.
    pub(crate) unfit: Vec<Option<String>>,
    /// Columns that hold anything in some row.
    pub(crate) filled: Vec<usize>,
}

/// Cells to set in one row.
type Cells = Vec<(usize, String)>;

impl Export {
    /// Whether an import of the whole book would lose a password that the export leaves out.
    pub(crate) fn loses_passwords(&self) -> bool {
        self.table.rows.iter().any(|row| self.columns.loses_password(row))
    }

    /// Whether rows name their groups by the groups' names, so that a member can be put into one.
    pub(crate) fn groups_by_name(&self) -> Result<(), String> {
        if self.columns.at("member_of").is_none() || self.columns.at("is_group").is_none() {
            return Err("the export has no column that says who is in a group".to_owned());
        }
        let known =
            |name: &str| self.book.entries.iter().any(|e| e.kind == EntryKind::Group && e.name == name);
        let named = self.table.rows.iter().flat_map(|r| listed(self.columns.value(r, "member_of")));
        let mut others = named.filter(|n| !known(n));
        match others.next() {
            Some(other) => {
                Err(format!("the export names groups in another way than by their names ({})", clean(&other)))
            }
            None => Ok(()),
        }
    }

    /// A file with the additions alone. Changes of another kind are left out without a word.
    pub(crate) fn additions(&self, changes: &[EntryChange]) -> Draft {
        let mut draft = Draft::new(changes.len());
        let mut rows = Vec::new();
        for (at, change) in changes.iter().enumerate() {
            let EntryChange::Add(wanted) = change else { continue };
            match self.new_row(wanted) {
                Ok(row) => {
                    draft.rows[at] = Some(rows.len());
                    rows.push(row);
                }
                Err(why) => draft.unfit[at] = Some(why),
            }
        }
        self.close(draft, rows)
    }

    /// The whole export with the changes in it. Every row that no change concerns stays as it was exported.
    pub(crate) fn replacement(&self, changes: &[EntryChange]) -> Draft {
        let mut draft = Draft::new(changes.len());
        let places: HashMap<&str, usize> =
            self.book.entries.iter().enumerate().map(|(at, e)| (e.id.as_str(), at)).collect();
        let mut altered: Vec<Cells> = vec![Vec::new(); self.table.rows.len()];
        let mut gone = vec![false; self.table.rows.len()];
        let mut belongs = Memberships::default();
        let mut new: Vec<(usize, Row)> = Vec::new();
        for (change_at, change) in changes.iter().enumerate() {
            let done = match change {
                EntryChange::Add(wanted) => self.new_row(wanted).and_then(|row| {
                    if let Some(members) = &wanted.members {
                        let name = wanted.name.clone().unwrap_or_default();
                        self.enrol(&mut belongs, &places, None, &name, members)?;
                    }
                    new.push((change_at, row));
                    Ok(())
                }),
                EntryChange::Change { entry, to } => self.place(&places, entry).and_then(|at| {
                    let cells = self.cells(to, Some(&self.table.rows[at]))?;
                    let group = entry.kind == EntryKind::Group;
                    let name = to.name.clone().unwrap_or_else(|| entry.name.clone());
                    match (&to.members, group) {
                        (Some(members), true) => {
                            self.enrol(&mut belongs, &places, Some(at), &name, members)?;
                        }
                        (None, true) if name != entry.name => {
                            let members = self.book.entries[at].members.clone().unwrap_or_default();
                            self.enrol(&mut belongs, &places, Some(at), &name, &members)?;
                        }
                        (Some(_), false) => return Err("only a group has members".to_owned()),
                        _ => {}
                    }
                    altered[at].extend(cells);
                    draft.rows[change_at] = Some(at);
                    Ok(())
                }),
                EntryChange::Remove { entry } => self.place(&places, entry).and_then(|at| {
                    if entry.kind == EntryKind::Group {
                        self.enrol(&mut belongs, &places, Some(at), &entry.name, &[])?;
                    }
                    gone[at] = true;
                    Ok(())
                }),
            };
            if let Err(why) = done {
                draft.unfit[change_at] = Some(why);
            }
        }
        for (at, groups) in belongs.of {
            if let Some(column) = self.columns.at("member_of") {
                altered[at].push((column, list(&groups, self.no_group())));
                self.references(at, &groups, &mut altered[at]);
            }
        }
        let mut rows: Vec<Row> = Vec::new();
        let mut moved: Vec<Option<usize>> = vec![None; self.table.rows.len()];
        for (at, row) in self.table.rows.iter().enumerate() {
            if gone[at] {
                continue;
            }
            moved[at] = Some(rows.len());
            rows.push(if altered[at].is_empty() {
                row.clone()
            } else {
                self.table.altered(row, &altered[at])
            });
        }
        for place in &mut draft.rows {
            *place = place.and_then(|at| moved.get(at).copied().flatten());
        }
        for (change_at, row) in new {
            draft.rows[change_at] = Some(rows.len());
            rows.push(row);
        }
        self.close(draft, rows)
    }

    fn close(&self, mut draft: Draft, rows: Vec<Row>) -> Draft {
        let width = self.columns.headings().len();
        draft.filled = (0..width).filter(|c| rows.iter().any(|r| !r.get(*c).is_empty())).collect();
        draft.records = rows.len();
        draft.bytes = self.table.bytes(&rows);
        draft
    }

    fn place(&self, places: &HashMap<&str, usize>, entry: &BookEntry) -> Result<usize, String> {
        places
            .get(entry.id.as_str())
            .copied()
            .filter(|at| self.book.entries[*at].name == entry.name)
            .ok_or_else(|| "the entry is no longer there".to_owned())
    }

    /// Notes who is to be in a group of this name, and who no longer.
    fn enrol(
        &self,
        belongs: &mut Memberships,
        places: &HashMap<&str, usize>,
        group: Option<usize>,
        name: &str,
        members: &[String],
    ) -> Result<(), String> {
        self.groups_by_name()?;
        let old = group.map(|at| self.book.entries[at].name.as_str());
        let twice = |n: &str, but: Option<usize>| {
            let mut all = self.book.entries.iter().enumerate();
            all.any(|(at, e)| e.kind == EntryKind::Group && e.name == n && Some(at) != but)
        };
        if twice(name, group) || old.is_some_and(|old| twice(old, group)) {
            return Err("another group has the same name, and members name their groups by it".to_owned());
        }
        let wanted: Vec<usize> = members
            .iter()
            .map(|id| places.get(id.as_str()).copied().ok_or("a member is no longer there"))
            .collect::<Result<_, _>>()?;
        let was: Vec<usize> = group
            .and_then(|at| self.book.entries[at].members.as_ref())
            .into_iter()
            .flatten()
            .filter_map(|id| places.get(id.as_str()).copied())
            .collect();
        for at in was.iter().chain(&wanted) {
            let groups = belongs
                .of
                .entry(*at)
                .or_insert_with(|| listed(self.columns.value(&self.table.rows[*at], "member_of")));
            groups.retain(|g| Some(g.as_str()) != old && g != name);
            if wanted.contains(at) {
                groups.push(name.to_owned());
            }
        }
        Ok(())
    }

    /// References to groups beside their names, where the file has such a column.
    fn references(&self, at: usize, groups: &[String], cells: &mut Cells) {
        let Some(column) = self.columns.at("group_ref") else { return };
        let row = &self.table.rows[at];
        let refs: Vec<String> = groups
            .iter()
            .filter_map(|name| {
                let mut all = self.book.entries.iter().zip(&self.table.rows);
                all.find(|(e, _)| e.kind == EntryKind::Group && e.name == *name)
            })
            .map(|(_, row)| self.columns.value(row, "ref").to_owned())
            .filter(|r| !r.is_empty())
            .collect();
        let now = row.get(column);
        if now.is_empty() && self.table.rows.iter().all(|r| r.get(column).is_empty()) {
            return;
        }
        let parted = if self.table.rows.iter().any(|r| r.get(column).contains(';')) { ";" } else { "," };
        cells.push((column, refs.join(parted)));
    }

    /// What stands in the column of groups for somebody who is in none.
    fn no_group(&self) -> &str {
        let column = self.columns.at("member_of");
        let in_file = column
            .and_then(|c| self.table.rows.iter().map(|r| r.get(c)).find(|cell| listed(cell).is_empty()));
        in_file.unwrap_or(if self.narrow() { "\"\"" } else { "" })
    }

    /// The form of 26 columns: it alone has a column for Internet fax.
    fn narrow(&self) -> bool {
        self.columns.headed("InternetFaxAddress").is_some()
    }

    fn new_row(&self, wanted: &EntryWanted) -> Result<Row, String> {
        if wanted.name.as_deref().is_none_or(|n| n.trim().is_empty()) {
            return Err("a new entry needs a name".to_owned());
        }
        if wanted.kind == EntryKind::Group && self.columns.at("is_group").is_none() {
            return Err("the export has no column that tells groups".to_owned());
        }
        let mut values = self.blank(wanted.kind);
        for (column, value) in self.cells(wanted, None)? {
            if let Some(cell) = values.get_mut(column) {
                *cell = value;
            }
        }
        Ok(self.table.made(&values))
    }

    /// What the device gives an entry that holds nothing: as its plainest entry has it, else as is known of such files.
    fn blank(&self, kind: EntryKind) -> Vec<String> {
        let plain = |e: &BookEntry| e.kind == EntryKind::User && e.folder.is_none() && e.fax.is_none();
        let model =
            self.book.entries.iter().zip(&self.table.rows).find(|(e, _)| plain(e)).map(|(_, row)| row);
        let mut values = vec![String::new(); self.columns.headings().len()];
        let known: [(&str, &str, bool); 6] = [
            ("member_of", self.no_group(), false),
            ("is_group", "0", true),
            ("favourite", "0", true),
            ("scan_protocol", "4", false),
            ("scan_server", "(null)", false),
            ("scan_port", "0", false),
        ];
        for (name, value, always) in known {
            let Some(column) = self.columns.at(name) else { continue };
            values[column] = match model {
                Some(row) if name != "member_of" && !(name == "favourite" && is_on(row.get(column))) => {
                    row.get(column).to_owned()
                }
                _ if always || name == "member_of" || self.narrow() => value.to_owned(),
                _ => String::new(),
            };
        }
        // Marks of favourites that have no word of ours.
        for (column, heading) in self.columns.headings().iter().enumerate() {
            let mark = values[column].is_empty() && heading.starts_with("XrxIs");
            if mark && self.columns.at("favourite") != Some(column) {
                values[column] = match model.map(|row| row.get(column)) {
                    Some(cell) if !is_on(cell) => cell.to_owned(),
                    _ => "0".to_owned(),
                };
            }
        }
        if kind == EntryKind::Group
            && let Some(column) = self.columns.at("is_group")
        {
            "1".clone_into(&mut values[column]);
        }
        values
    }

    /// The cells that hold what is wanted.
    fn cells(&self, wanted: &EntryWanted, row: Option<&Row>) -> Result<Cells, String> {
        let mut cells = Cells::new();
        let mut put = |column: Option<usize>, what: &str, value: &str| -> Result<(), String> {
            let Some(column) = column else {
                return if value.is_empty() {
                    Ok(())
                } else {
                    Err(format!("the device's address book has no column for {what}"))
                };
            };
            if !self.table.holds(value) {
                let encoding = self.table.encoding().name();
                return Err(format!(
                    "the device's file is written in {encoding}, which lacks a letter of {what}"
                ));
            }
            cells.push((column, value.to_owned()));
            Ok(())
        };
        if let Some(name) = &wanted.name {
            if name.trim().is_empty() {
                return Err("an entry needs a name".to_owned());
            }
            put(self.columns.name(), "names", name)?;
        }
        if let Some(email) = &wanted.email {
            put(self.columns.at("email"), "e-mail addresses", email)?;
        }
        if let Some(fax) = &wanted.fax {
            put(self.columns.at("fax"), "fax numbers", fax)?;
        }
        if wanted.number.is_some() {
            return Err("entries of this device have no number of their own".to_owned());
        }
        if wanted.key.as_deref().is_some_and(|k| !k.is_empty()) {
            return Err("entries of this device have no key display".to_owned());
        }
        if let Some(on) = wanted.favourite {
            let column = self.columns.at("favourite");
            if on || column.is_some() {
                put(column, "favourites", &self.mark(column, on, row))?;
            }
        }
        if let Some(folder) = &wanted.folder {
            self.folder(folder, &mut put)?;
        }
        for (heading, value) in &wanted.extra {
            put(self.columns.headed(heading), &format!("\u{201c}{}\u{201d}", clean(heading)), value)?;
        }
        Ok(cells)
    }

    /// How the device marks a favourite, or one that is none.
    fn mark(&self, column: Option<usize>, on: bool, row: Option<&Row>) -> String {
        let Some(column) = column else { return String::new() };
        let own = row.map(|r| r.get(column)).filter(|cell| is_on(cell) == on);
        let other = self.table.rows.iter().map(|r| r.get(column)).find(|cell| is_on(cell) == on);
        own.or(other).unwrap_or(if on { "1" } else { "0" }).to_owned()
    }

    fn folder(
        &self,
        folder: &FolderDestination,
        put: &mut impl FnMut(Option<usize>, &str, &str) -> Result<(), String>,
    ) -> Result<(), String> {
        let unc = |path: &str| path.starts_with("\\\\");
        let alike = || {
            let mut folders = self.book.entries.iter().filter_map(|e| e.folder.as_ref());
            folders.find(|f| unc(&f.path) == unc(&folder.path) && !f.protocol.is_empty())
        };
        let protocol = match folder.protocol.as_str() {
            "" => alike().map(|f| f.protocol.clone()).ok_or_else(|| {
                "the device writes the folder's protocol as a number, and none is given".to_owned()
            })?,
            known => known.to_owned(),
        };
        put(self.columns.at("scan_protocol"), "the folder's protocol", &protocol)?;
        if !folder.server.is_empty() {
            put(self.columns.at("scan_server"), "the folder's server", &folder.server)?;
        }
        if let Some(port) = folder.port {
            put(self.columns.at("scan_port"), "the folder's port", &port.to_string())?;
        }
        // A place on the network is three columns.
        let parts = folder.path.strip_prefix(r"\\").and_then(|rest| rest.split_once('\\'));
        match (parts, self.columns.at("scan_share")) {
            (Some((server, rest)), Some(column)) => {
                let (share, path) = rest.split_once('\\').unwrap_or((rest, ""));
                put(self.columns.at("scan_server"), "the folder's server", server)?;
                put(Some(column), "the folder's share", share)?;
                put(self.columns.at("scan_path"), "the folder's path", path)?;
            }
            _ => put(self.columns.at("scan_path"), "the folder's path", &folder.path)?,
        }
        put(self.columns.at("scan_login"), "the folder's log-in", &folder.user)
    }
}

/// By the place of a row, the groups it is to name.
#[derive(Default)]
struct Memberships {
    of: HashMap<usize, Vec<String>>,
}

impl Draft {
    fn new(changes: usize) -> Self {
        Self {
            bytes: Vec::new(),
            records: 0,
            rows: vec![None; changes],
            unfit: vec![None; changes],
            filled: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::columns;
    use super::*;
    use crate::family;

    const HEAD: &str = "\"XrxAddressBookId\",\"DisplayName\",\"MemberOf\",\"IsDL\",\"E-mailAddress\",\"XrxIsEmailFavorite\",\"Odd\"";

    fn export(text: &str) -> Export {
        let families = family::embedded().unwrap();
        let table = Table::read(text.as_bytes(), None).unwrap();
        let columns = Columns::find(&table, families.get("xerox-altalink").unwrap()).unwrap();
        let book = columns::book(&table, &columns);
        Export { table, columns, book }
    }

    fn small() -> Export {
        export(&format!(
            "{HEAD}\r\n\"1\",\"Ann\",\"\"\"Team\"\"\",\"0\",\"ann@example.test\",\"1\",\"x\"\r\n\
             \"2\",\"Bob\",\"\"\"\"\"\",\"0\",\"bob@example.test\",\"0\",\"y\"\r\n\
             \"3\",\"Team\",\"\"\"\"\"\",\"1\",\"\",\"0\",\"\"\r\n"
        ))
    }

    fn wanted(name: &str, email: &str) -> EntryWanted {
        EntryWanted { name: Some(name.into()), email: Some(email.into()), ..EntryWanted::default() }
    }

    fn text(draft: &Draft) -> String {
        String::from_utf8(draft.bytes.clone()).unwrap()
    }

    #[test]
    fn an_addition_alone_looks_like_the_devices_own_rows() {
        let draft = small().additions(&[EntryChange::Add(wanted("=1+\"x\"", "new@example.test"))]);
        assert_eq!(
            text(&draft),
            format!("{HEAD}\r\n\"\",\"=1+\"\"x\"\"\",\"\"\"\"\"\",\"0\",\"new@example.test\",\"0\",\"\"\r\n")
        );
        assert_eq!((draft.records, draft.rows[0]), (1, Some(0)));
    }

    #[test]
    fn groups_are_kept_by_the_rows_of_their_members() {
        let export = small();
        let team = export.book.entries[2].clone();
        let to = EntryWanted {
            kind: EntryKind::Group,
            name: Some("Crew".into()),
            members: Some(vec!["2".into()]),
            ..EntryWanted::default()
        };
        let draft = export.replacement(&[EntryChange::Change { entry: team.clone(), to }]);
        let after = self::export(&text(&draft));
        assert_eq!(after.book.entries[2].name, "Crew");
        assert_eq!(after.book.entries[2].members, Some(vec!["2".to_owned()]));
        let gone = self::export(&text(&export.replacement(&[EntryChange::Remove { entry: team }])));
        assert_eq!(gone.book.entries.len(), 2);
        assert!(gone.book.entries[0].extra.keys().all(|k| k == "Odd"));
        let new = EntryWanted {
            kind: EntryKind::Group,
            name: Some("New".into()),
            members: Some(vec!["1".into(), "2".into()]),
            ..EntryWanted::default()
        };
        let added = self::export(&text(&export.replacement(&[EntryChange::Add(new)])));
        assert_eq!(added.book.entries[3].members.as_ref().map(Vec::len), Some(2));
        assert_eq!(added.book.entries[2].members, Some(vec!["1".to_owned()]));
    }

    #[test]
    fn what_a_column_cannot_hold_is_told_and_nothing_else_is_left_out() {
        let export = small();
        let strange = EntryWanted { fax: Some("5".into()), ..wanted("Fax", "f@example.test") };
        let ghost = BookEntry { id: "9".into(), name: "Ghost".into(), ..BookEntry::default() };
        let draft = export.replacement(&[
            EntryChange::Add(strange),
            EntryChange::Remove { entry: ghost },
            EntryChange::Remove { entry: export.book.entries[1].clone() },
        ]);
        assert!(draft.unfit[0].as_ref().unwrap().contains("fax"));
        assert!(draft.unfit[1].is_some() && draft.unfit[2].is_none());
        assert_eq!(draft.records, 2);
    }

    proptest! {
        #[test]
        fn an_edited_file_differs_only_in_the_rows_concerned(
            names in proptest::collection::vec("[a-zé,\" ]{1,8}", 1..20),
            which in any::<prop::sample::Index>(),
            gone in any::<prop::sample::Index>(),
            quoted in any::<bool>(),
        ) {
            let cell = |v: &str| if quoted || v.contains(['"', ',', ' ']) {
                format!("\"{}\"", v.replace('"', "\"\""))
            } else {
                v.to_owned()
            };
            let row = |(n, name): (usize, &String)| [
                cell(&format!("{n}")), cell(&format!("x{name}")), cell("\"\""), cell("0"),
                cell(&format!("u{n}@example.test")), cell("0"), cell("kept, \"as\" is"),
            ].join(",") + "\n";
            let head = "XrxAddressBookId,DisplayName,MemberOf,IsDL,E-mailAddress,XrxIsEmailFavorite,Odd\n";
            let text = head.to_owned() + &names.iter().enumerate().map(row).collect::<String>();
            let before = export(&text);
            let (which, gone) = (which.index(names.len()), gone.index(names.len()));
            let mut changes = vec![EntryChange::Change {
                entry: before.book.entries[which].clone(),
                to: EntryWanted { email: Some("else@example.test".into()), ..EntryWanted::default() },
            }];
            if gone != which {
                changes.push(EntryChange::Remove { entry: before.book.entries[gone].clone() });
            }
            let draft = before.replacement(&changes);
            let after = export(&String::from_utf8(draft.bytes).unwrap());
            let kept: Vec<&str> = before.table.rows.iter().enumerate()
                .filter(|(at, _)| *at != which && (*at != gone))
                .map(|(_, r)| r.raw()).collect();
            let now: Vec<&str> = after.table.rows.iter()
                .filter(|r| r.get(4) != "else@example.test").map(Row::raw).collect();
            prop_assert_eq!(kept, now);
            let one = after.book.entries.iter().find(|e| e.email.as_deref() == Some("else@example.test")).unwrap();
            let mut same = before.book.entries[which].clone();
            same.email = one.email.clone();
            prop_assert_eq!(one, &same);
            prop_assert_eq!(after.table.head.raw(), before.table.head.raw());
        }
    }
}
