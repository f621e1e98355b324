//! Tables of a page: rows and cells with what stands in them, for lists whose columns only their head tells.

use std::collections::HashMap;

use super::build::{self, Place};
use super::control::ControlType;
use super::dom::{Dom, Id};
use super::links::{self, Link};
use super::text;

/// A table of a page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// Its `summary` or caption, white space folded.
    pub caption: String,
    /// The rows in tree order; rows of tables inside it are not among them.
    pub rows: Vec<TableRow>,
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TableRow {
    /// Its cells in order.
    pub cells: Vec<TableCell>,
}

/// A cell of a row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TableCell {
    /// The column it begins in, from 0, cells that span several columns counted.
    pub column: usize,
    /// The text a person reads, white space folded, without what stands in controls. Empty where it is far too long for a
    /// cell.
    pub text: String,
    /// Whether it is a heading (`th`).
    pub heading: bool,
    /// The links in it.
    pub links: Vec<Link>,
    /// The controls in it that have a name: name, kind, and value as written.
    pub controls: Vec<(String, ControlType, String)>,
}

impl TableRow {
    /// The cell that begins in a column.
    pub fn at(&self, column: usize) -> Option<&TableCell> {
        self.cells.iter().find(|cell| cell.column == column)
    }
}

/// Columns that one cell may span.
const WIDEST: usize = 100;

/// All tables, in tree order.
pub(super) fn of(dom: &Dom, page: &Place<'_>) -> Vec<Table> {
    let mut tables: Vec<Table> = Vec::new();
    // Where what comes next in the tree belongs: the table of an element, and the cell of an element.
    let mut table_of: HashMap<Id, usize> = HashMap::new();
    let mut cell_of: HashMap<Id, (usize, usize, usize)> = HashMap::new();
    for id in dom.descendants(0) {
        match dom.tag(id) {
            "table" => {
                table_of.insert(id, tables.len());
                let caption = text::fold(dom.attr(id, "summary").unwrap_or_default());
                tables.push(Table { caption, rows: Vec::new() });
            }
            "caption" => {
                if let Some(table) = dom.nearest(id, "table").and_then(|t| table_of.get(&t))
                    && tables[*table].caption.is_empty()
                {
                    tables[*table].caption = text::fold(&text::label_text(dom, id));
                }
            }
            "tr" => {
                if let Some(&table) = dom.nearest(id, "table").and_then(|t| table_of.get(&t)) {
                    let row = tables[table].rows.len();
                    tables[table].rows.push(TableRow::default());
                    let mut column = 0;
                    for cell in dom.children(id).filter(|&c| matches!(dom.tag(c), "td" | "th")) {
                        let cells = &mut tables[table].rows[row].cells;
                        cell_of.insert(cell, (table, row, cells.len()));
                        cells.push(TableCell {
                            column,
                            text: text::fold(&text::label_text(dom, cell)),
                            heading: dom.tag(cell) == "th",
                            ..TableCell::default()
                        });
                        let span = dom.attr(cell, "colspan").and_then(build::non_negative).unwrap_or(1);
                        column += span.clamp(1, WIDEST);
                    }
                }
            }
            tag => {
                let cell = || {
                    let cell = dom.ancestors(id).find(|&a| matches!(dom.tag(a), "td" | "th"))?;
                    cell_of.get(&cell).copied()
                };
                let control = matches!(tag, "input" | "select" | "textarea" | "button");
                let name = dom.attr(id, "name").filter(|name| control && !name.is_empty());
                let link = links::link(dom, id, page);
                if name.is_none() && link.is_none() {
                    continue;
                }
                let Some((table, row, cell)) = cell() else { continue };
                let cell = &mut tables[table].rows[row].cells[cell];
                cell.links.extend(link);
                if let Some(name) = name {
                    let value = dom.attr(id, "value").unwrap_or_default();
                    cell.controls.push((name.to_owned(), build::kind(dom, id), value.to_owned()));
                }
            }
        }
    }
    tables
}

#[cfg(test)]
mod tests {
    use crate::form::{ControlType, Document};

    #[test]
    fn rows_hold_what_stands_in_them() {
        let html = "<table summary=' The  list '><thead><tr><th></th><th>No&#46;</th><th colspan=2>Name</th><th>Mail</th></tr></thead>
            <tr><td><input type=checkbox name=B1 value=7></td><td><a href='/e?no=1'>&#35;001</a></td><td>Ann&#32;&amp; Co</td><td></td><td>a@b.c</td></tr>
            <tr><td><table><tr><td>inner</td></tr></table></td></tr></table><table><caption>Other</caption></table>";
        let url = "http://192.0.2.1/x".parse().unwrap();
        let tables = Document::parse(html, Some(&url), "UTF-8").tables();
        let captions: Vec<&str> = tables.iter().map(|t| t.caption.as_str()).collect();
        assert_eq!(captions, ["The list", "", "Other"]);
        let rows = &tables[0].rows;
        assert_eq!(rows.len(), 3);
        let columns: Vec<(usize, &str)> =
            rows[0].cells.iter().map(|cell| (cell.column, cell.text.as_str())).collect();
        assert_eq!(columns, [(0, ""), (1, "No."), (2, "Name"), (4, "Mail")]);
        assert!(rows[0].cells.iter().all(|cell| cell.heading));
        let row = &rows[1];
        assert_eq!(row.cells[0].controls, [("B1".to_owned(), ControlType::Checkbox, "7".to_owned())]);
        assert_eq!(row.at(1).unwrap().links[0].target.as_ref().unwrap().as_str(), "http://192.0.2.1/e?no=1");
        assert_eq!(
            (row.at(2).unwrap().text.as_str(), row.at(4).unwrap().text.as_str()),
            ("Ann & Co", "a@b.c")
        );
        assert_eq!(tables[1].rows[0].cells[0].text, "inner");
    }
}
