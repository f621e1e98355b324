//! Reading YAML inventories: `defaults`, `sites`, `devices`.

use std::collections::BTreeMap;

use scanfleet_sdk::error::clean;

use super::columns::{Column, suggestion, tag_name};
use super::draft::{At, Cell, Draft, Drafts, SiteDraft, tag_of, tags_of};
use crate::files::fields::{Fields, Problems};
use crate::files::mask::looks_secret;
use crate::files::words::list;
use crate::files::yaml::{self, Size};
use crate::files::{FileError, Key, Node, Problem, SourceFile, Value};

/// What devices inherit from `defaults` and from their site.
const INHERITED: [Column; 5] =
    [Column::Vendor, Column::AdminUser, Column::AdminSecret, Column::Tls, Column::Site];

pub(super) fn read(source: &SourceFile) -> Result<Drafts, FileError> {
    let root = yaml::parse(source, Size::INVENTORY)?;
    let mut reader = Reader { problems: Problems::of(source), drafts: Drafts::default() };
    reader.document(&root);
    let Reader { problems, drafts } = reader;
    problems.finish(drafts)
}

struct Reader<'s> {
    problems: Problems<'s>,
    drafts: Drafts,
}

impl Reader<'_> {
    fn document(&mut self, root: &Node) {
        // A bare list is a list of devices.
        if matches!(root.value, Value::List(_)) {
            return self.devices(root);
        }
        let fields = self.problems.mapping(root, "an inventory", &["defaults", "sites", "devices"]);
        if let Some(node) = fields.get("defaults").filter(|node| !node.is_null()) {
            self.defaults(node);
        }
        if let Some(node) = fields.get("sites").filter(|node| !node.is_null()) {
            self.sites(node);
        }
        match fields.get("devices") {
            Some(node) => self.devices(node),
            None if matches!(root.value, Value::Map(_)) => self.problems.add(
                Problem::new("the inventory has no `devices`")
                    .span(root.span.start..root.span.start)
                    .help("add `devices:` with a list of devices, each with an `address`"),
            ),
            None => {}
        }
    }

    fn defaults(&mut self, node: &Node) {
        for (key, value) in self.problems.mapping(node, "`defaults`", &[]).0 {
            match Column::of(&key.text) {
                Some((column, _)) if INHERITED.contains(&column) => {
                    if let Some(cell) = self.cell(key, value) {
                        self.drafts.defaults.insert(column, cell);
                    }
                }
                _ => {
                    let keys = list(INHERITED.map(Column::as_str), 9);
                    self.problems.add(
                        Problem::new(format!("unknown key `{}` in `defaults`", clean(&key.text)))
                            .span(key.span.clone())
                            .help(format!("devices inherit {keys}")),
                    );
                }
            }
        }
    }

    fn sites(&mut self, node: &Node) {
        let entries: Vec<(Option<&Key>, &Node)> = match &node.value {
            Value::List(items) => items.iter().map(|item| (None, item)).collect(),
            Value::Map(entries) => entries.iter().map(|(key, site)| (Some(key), site)).collect(),
            _ => {
                self.problems.at(
                    node,
                    format!("`sites` is a mapping or a list, found {}", node.kind()),
                    None,
                );
                return;
            }
        };
        for (key, site) in entries {
            if let Some(draft) = self.site(key, site) {
                self.drafts.sites.push(draft);
            }
        }
    }

    fn site(&mut self, key: Option<&Key>, node: &Node) -> Option<SiteDraft> {
        let span = key.map_or(&node.span, |key| &key.span);
        let at = self.place(span);
        let mut draft = SiteDraft {
            name: key.map(|key| clean(&key.text)).unwrap_or_default(),
            at,
            fields: BTreeMap::new(),
            subnets: Vec::new(),
            extra: BTreeMap::new(),
        };
        // `north:` alone is a site without fields, and so is `- north`.
        let entries = match (&node.value, key) {
            (Value::Null, Some(_)) => Fields(&[]),
            (Value::Scalar(name), None) => {
                draft.name = clean(name);
                Fields(&[])
            }
            _ => self.problems.mapping(node, "a site", &[]),
        };
        for (key, value) in entries.0 {
            match Column::of(&key.text).map(|(column, _)| column) {
                Some(Column::Subnet) => {
                    let items = match &value.value {
                        Value::List(items) => items.as_slice(),
                        _ => std::slice::from_ref(value),
                    };
                    draft.subnets.extend(items.iter().filter_map(|item| self.cell(key, item)));
                }
                // `site: north` in a list of sites is its name.
                Some(Column::Name | Column::Site) => {
                    draft.name = self.cell(key, value).map(|cell| cell.text).unwrap_or(draft.name);
                }
                Some(column) if INHERITED.contains(&column) => {
                    if let Some(cell) = self.cell(key, value) {
                        draft.fields.insert(column, cell);
                    }
                }
                _ => self.extra(key, value, &mut draft.extra),
            }
        }
        if draft.name.is_empty() {
            self.problems.at(node, "the site has no name", Some("add `name:`".into()));
            return None;
        }
        Some(draft)
    }

    fn devices(&mut self, node: &Node) {
        match &node.value {
            Value::List(items) => {
                for item in items {
                    self.device(None, item);
                }
            }
            Value::Map(entries) => {
                for (key, item) in entries {
                    self.device(Some(key), item);
                }
            }
            Value::Null => {
                self.problems.at(node, "`devices` is empty", Some("add at least one device".into()))
            }
            _ => self.problems.at(
                node,
                format!("`devices` is a list, or a mapping of names, found {}", node.kind()),
                None,
            ),
        }
    }

    fn device(&mut self, key: Option<&Key>, node: &Node) {
        let span = key.map_or(&node.span, |key| &key.span);
        let mut draft = Draft { at: self.place(span), ..Draft::default() };
        if let Some(key) = key {
            let cell = Cell { text: clean(&key.text), at: self.place(&key.span), password: false };
            draft.fields.insert(Column::Name, cell);
        }
        match (&node.value, key) {
            // `- 10.1.90.11` and `north-1: 10.1.90.11`.
            (Value::Scalar(text), _) => {
                let cell = Cell { text: clean(text), at: self.place(&node.span), password: false };
                draft.fields.insert(Column::Address, cell);
            }
            _ => {
                for (inner, value) in self.problems.mapping(node, "a device", &[]).0 {
                    self.field(inner, value, key.is_some(), &mut draft);
                }
            }
        }
        self.drafts.devices.push(draft);
    }

    fn field(&mut self, key: &Key, value: &Node, named: bool, draft: &mut Draft) {
        match Column::of(&key.text) {
            Some((Column::Tags, _)) => match &value.value {
                Value::List(items) => {
                    for item in items {
                        if let Some(text) = self.problems.text(item, "a tag") {
                            tag_of(&clean(text), &mut draft.tags);
                        }
                    }
                }
                Value::Map(entries) => {
                    for (key, value) in entries {
                        self.extra(key, value, &mut draft.tags);
                    }
                }
                Value::Scalar(text) => tags_of(&clean(text), &mut draft.tags),
                Value::Null => {}
            },
            Some((column, _)) => {
                let Some(cell) = self.cell(key, value) else { return };
                let written =
                    |column| draft.fields.contains_key(&column) && !(column == Column::Name && named);
                match column {
                    // A host name beside an IP address names the device.
                    Column::Address if written(column) && tag_name(&key.text).contains("host") => {
                        draft.fields.entry(Column::Name).or_insert(cell);
                    }
                    _ if written(column) => self.problems.add(
                        Problem::new(format!("`{}` is given twice, under two names", column.as_str()))
                            .span(key.span.clone()),
                    ),
                    _ => {
                        draft.fields.insert(column, cell);
                    }
                }
            }
            None => {
                if let Some(meant) = suggestion(&key.text) {
                    let line = self.problems.source().line(key.span.start);
                    self.drafts.notes.push(format!(
                        "Line {line}: the key `{}` is kept as a tag; {meant}",
                        clean(&key.text)
                    ));
                }
                self.extra(key, value, &mut draft.tags);
            }
        }
    }

    /// A key without a meaning of its own.
    fn extra(&mut self, key: &Key, value: &Node, into: &mut BTreeMap<String, String>) {
        let name = tag_name(&key.text);
        let shown = clean(&key.text);
        if looks_secret(&key.text) {
            self.problems.add(
                Problem::new(format!("`{shown}` looks like a secret, and an inventory holds only references"))
                    .span(key.span.clone())
                    .help("the administrator's password is `admin_secret: NAME`, stored with `scanfleet secret set NAME`"),
            );
        } else if value.is_null() {
            into.insert(name, String::new());
        } else if let Some(text) = self.problems.text(value, &format!("`{shown}`")) {
            into.insert(name, clean(text));
        }
    }

    /// A value; an empty one is none.
    fn cell(&mut self, key: &Key, value: &Node) -> Option<Cell> {
        if value.is_null() {
            return None;
        }
        // `admin_secret: { secret: REF }`, as in a playbook.
        let secret = matches!(Column::of(&key.text), Some((Column::AdminSecret, _)));
        let (value, wrapped) = match value.get("secret") {
            Some(inner) if secret => (inner, true),
            _ => (value, false),
        };
        let text = clean(self.problems.text(value, &format!("`{}`", clean(&key.text)))?);
        if text.is_empty() {
            return None;
        }
        Some(Cell { text, at: self.place(&value.span), password: Column::is_password(&key.text) && !wrapped })
    }

    fn place(&self, span: &std::ops::Range<usize>) -> At {
        At { line: self.problems.source().line(span.start), column: None, span: Some(span.clone()) }
    }
}
