//! The tree of a page: an arena that html5ever fills, walked by loops only.
//!
//! It is our own sink because a form's owner is told only through `associate_with_form`, templates must not leak their
//! controls into the page, and nothing here may recurse however deeply a page nests.

use std::borrow::Cow;
use std::cell::{Ref, RefCell};

use html5ever::interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::StrTendril;
use html5ever::{Attribute, LocalName, QualName, ns};

/// A node's place in the arena.
pub(super) type Id = usize;

/// What a node is.
#[derive(Debug)]
pub(super) enum Kind {
    /// The document or a template's contents.
    Root,
    Element(Element),
    Text(String),
    /// Comments, processing instructions, doctypes: nothing to read.
    Other,
}

/// An element.
#[derive(Debug)]
pub(super) struct Element {
    pub name: QualName,
    pub attrs: Vec<(LocalName, String)>,
    /// The form the parser associated it with.
    pub form: Option<Id>,
    /// A template's contents.
    contents: Option<Id>,
    /// Told by the parser of `annotation-xml`.
    integration_point: bool,
}

impl Element {
    pub fn attr(&self, name: &str) -> Option<&str> {
        self.attrs.iter().find(|(n, _)| &**n == name).map(|(_, v)| v.as_str())
    }
}

#[derive(Debug)]
struct Node {
    kind: Kind,
    parent: Option<Id>,
    first: Option<Id>,
    last: Option<Id>,
    prev: Option<Id>,
    next: Option<Id>,
}

/// A page's tree. Node 0 is the document.
#[derive(Debug)]
pub(super) struct Dom {
    nodes: Vec<Node>,
    nameless: QualName,
}

impl Dom {
    pub fn new() -> Self {
        let mut dom = Self { nodes: Vec::new(), nameless: QualName::new(None, ns!(), LocalName::from("")) };
        dom.push(Kind::Root);
        dom
    }

    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    pub fn kind(&self, id: Id) -> &Kind {
        &self.nodes[id].kind
    }

    pub fn element(&self, id: Id) -> Option<&Element> {
        match &self.nodes[id].kind {
            Kind::Element(e) => Some(e),
            _ => None,
        }
    }

    /// The local name of an HTML element; empty for everything else.
    pub fn tag(&self, id: Id) -> &str {
        match &self.nodes[id].kind {
            Kind::Element(e) if e.name.ns == ns!(html) => &e.name.local,
            _ => "",
        }
    }

    pub fn attr(&self, id: Id, name: &str) -> Option<&str> {
        self.element(id)?.attr(name)
    }

    pub fn has_attr(&self, id: Id, name: &str) -> bool {
        self.attr(id, name).is_some()
    }

    pub fn text(&self, id: Id) -> Option<&str> {
        match &self.nodes[id].kind {
            Kind::Text(t) => Some(t),
            _ => None,
        }
    }

    pub fn parent(&self, id: Id) -> Option<Id> {
        self.nodes[id].parent
    }

    pub fn next_sibling(&self, id: Id) -> Option<Id> {
        self.nodes[id].next
    }

    pub fn prev_sibling(&self, id: Id) -> Option<Id> {
        self.nodes[id].prev
    }

    pub fn first_child(&self, id: Id) -> Option<Id> {
        self.nodes[id].first
    }

    pub fn last_child(&self, id: Id) -> Option<Id> {
        self.nodes[id].last
    }

    pub fn children(&self, id: Id) -> impl Iterator<Item = Id> + '_ {
        std::iter::successors(self.nodes[id].first, |&c| self.nodes[c].next)
    }

    /// Parent, grandparent, and so on.
    pub fn ancestors(&self, id: Id) -> impl Iterator<Item = Id> + '_ {
        std::iter::successors(self.nodes[id].parent, |&p| self.nodes[p].parent)
    }

    /// The nearest ancestor of that name.
    pub fn nearest(&self, id: Id, tag: &str) -> Option<Id> {
        self.ancestors(id).find(|&a| self.tag(a) == tag)
    }

    /// The node after `id` in tree order, within `root`; without its descendants where `skip`.
    pub fn following(&self, id: Id, root: Id, skip: bool) -> Option<Id> {
        if !skip && let Some(child) = self.nodes[id].first {
            return Some(child);
        }
        let mut at = id;
        while at != root {
            if let Some(next) = self.nodes[at].next {
                return Some(next);
            }
            at = self.nodes[at].parent?;
        }
        None
    }

    /// All nodes below `root`, in tree order.
    pub fn descendants(&self, root: Id) -> impl Iterator<Item = Id> + '_ {
        std::iter::successors(self.following(root, root, false), move |&id| self.following(id, root, false))
    }

    fn push(&mut self, kind: Kind) -> Id {
        self.nodes.push(Node { kind, parent: None, first: None, last: None, prev: None, next: None });
        self.nodes.len() - 1
    }

    fn detach(&mut self, id: Id) {
        let (parent, prev, next) = (self.nodes[id].parent, self.nodes[id].prev, self.nodes[id].next);
        match prev {
            Some(p) => self.nodes[p].next = next,
            None => {
                if let Some(p) = parent {
                    self.nodes[p].first = next;
                }
            }
        }
        match next {
            Some(n) => self.nodes[n].prev = prev,
            None => {
                if let Some(p) = parent {
                    self.nodes[p].last = prev;
                }
            }
        }
        let node = &mut self.nodes[id];
        (node.parent, node.prev, node.next) = (None, None, None);
    }

    fn append(&mut self, parent: Id, child: Id) {
        self.detach(child);
        let last = self.nodes[parent].last;
        self.nodes[child].parent = Some(parent);
        self.nodes[child].prev = last;
        match last {
            Some(l) => self.nodes[l].next = Some(child),
            None => self.nodes[parent].first = Some(child),
        }
        self.nodes[parent].last = Some(child);
    }

    fn insert_before(&mut self, sibling: Id, child: Id) {
        self.detach(child);
        let Some(parent) = self.nodes[sibling].parent else { return };
        let prev = self.nodes[sibling].prev;
        self.nodes[child].parent = Some(parent);
        self.nodes[child].prev = prev;
        self.nodes[child].next = Some(sibling);
        self.nodes[sibling].prev = Some(child);
        match prev {
            Some(p) => self.nodes[p].next = Some(child),
            None => self.nodes[parent].first = Some(child),
        }
    }

    /// Adds text to the text node `at`, where it is one.
    fn join(&mut self, at: Option<Id>, more: &str) -> bool {
        match at.map(|id| &mut self.nodes[id].kind) {
            Some(Kind::Text(text)) => {
                text.push_str(more);
                true
            }
            _ => false,
        }
    }
}

/// The sink that html5ever builds into.
pub(super) struct Sink(RefCell<Dom>);

impl Sink {
    pub fn new() -> Self {
        Self(RefCell::new(Dom::new()))
    }

    pub fn len(&self) -> usize {
        self.0.borrow().len()
    }
}

/// Name of an element, borrowed from the tree.
#[derive(Debug)]
pub(super) struct Name<'a>(Ref<'a, QualName>);

impl html5ever::interface::ElemName for Name<'_> {
    fn ns(&self) -> &html5ever::Namespace {
        &self.0.ns
    }

    fn local_name(&self) -> &LocalName {
        &self.0.local
    }
}

impl TreeSink for Sink {
    type Handle = Id;
    type Output = Dom;
    type ElemName<'a> = Name<'a>;

    fn finish(self) -> Dom {
        self.0.into_inner()
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> Id {
        0
    }

    fn elem_name<'a>(&'a self, target: &'a Id) -> Name<'a> {
        // The builder asks only for elements; a nameless one is the answer to a mistake, not a panic.
        Name(Ref::map(self.0.borrow(), |dom| match &dom.nodes[*target].kind {
            Kind::Element(e) => &e.name,
            _ => &dom.nameless,
        }))
    }

    fn create_element(&self, name: QualName, attrs: Vec<Attribute>, flags: ElementFlags) -> Id {
        let mut dom = self.0.borrow_mut();
        let contents = flags.template.then(|| dom.push(Kind::Root));
        dom.push(Kind::Element(Element {
            name,
            attrs: attrs.into_iter().map(|a| (a.name.local, a.value.to_string())).collect(),
            form: None,
            contents,
            integration_point: flags.mathml_annotation_xml_integration_point,
        }))
    }

    fn create_comment(&self, _: StrTendril) -> Id {
        self.0.borrow_mut().push(Kind::Other)
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> Id {
        self.0.borrow_mut().push(Kind::Other)
    }

    fn append(&self, parent: &Id, child: NodeOrText<Id>) {
        let mut dom = self.0.borrow_mut();
        match child {
            NodeOrText::AppendNode(id) => dom.append(*parent, id),
            NodeOrText::AppendText(text) => {
                let last = dom.nodes[*parent].last;
                if !dom.join(last, &text) {
                    let id = dom.push(Kind::Text(text.to_string()));
                    dom.append(*parent, id);
                }
            }
        }
    }

    fn append_based_on_parent_node(&self, element: &Id, prev_element: &Id, child: NodeOrText<Id>) {
        if self.0.borrow().nodes[*element].parent.is_some() {
            self.append_before_sibling(element, child);
        } else {
            self.append(prev_element, child);
        }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    fn get_template_contents(&self, target: &Id) -> Id {
        let contents = self.0.borrow().element(*target).and_then(|e| e.contents);
        contents.unwrap_or_else(|| self.0.borrow_mut().push(Kind::Root))
    }

    fn same_node(&self, x: &Id, y: &Id) -> bool {
        x == y
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &Id, new_node: NodeOrText<Id>) {
        let mut dom = self.0.borrow_mut();
        match new_node {
            NodeOrText::AppendNode(id) => dom.insert_before(*sibling, id),
            NodeOrText::AppendText(text) => {
                let prev = dom.nodes[*sibling].prev;
                if !dom.join(prev, &text) {
                    let id = dom.push(Kind::Text(text.to_string()));
                    dom.insert_before(*sibling, id);
                }
            }
        }
    }

    fn add_attrs_if_missing(&self, target: &Id, attrs: Vec<Attribute>) {
        if let Kind::Element(e) = &mut self.0.borrow_mut().nodes[*target].kind {
            for attr in attrs {
                if e.attr(&attr.name.local).is_none() {
                    e.attrs.push((attr.name.local, attr.value.to_string()));
                }
            }
        }
    }

    fn associate_with_form(&self, target: &Id, form: &Id, nodes: (&Id, Option<&Id>)) {
        let mut dom = self.0.borrow_mut();
        // The association holds only where the element is to stand in the same tree as the form.
        let place = match nodes {
            (element, Some(prev)) if dom.nodes[*element].parent.is_none() => *prev,
            (element, _) => *element,
        };
        let root = |of: Id| dom.ancestors(of).last().unwrap_or(of);
        if root(place) != root(*form) {
            return;
        }
        if let Kind::Element(e) = &mut dom.nodes[*target].kind {
            e.form = Some(*form);
        }
    }

    fn remove_from_parent(&self, target: &Id) {
        self.0.borrow_mut().detach(*target);
    }

    fn reparent_children(&self, node: &Id, new_parent: &Id) {
        let mut dom = self.0.borrow_mut();
        while let Some(child) = dom.nodes[*node].first {
            dom.append(*new_parent, child);
        }
    }

    fn is_mathml_annotation_xml_integration_point(&self, handle: &Id) -> bool {
        self.0.borrow().element(*handle).is_some_and(|e| e.integration_point)
    }

    fn allow_declarative_shadow_roots(&self, _: &Id) -> bool {
        false
    }
}
