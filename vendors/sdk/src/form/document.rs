//! A parsed page and what can be read from it.

use encoding_rs::Encoding;
use url::Url;

use super::build::{self, Place};
use super::dom::{Dom, Id};
use super::model::Form;
use super::parse::parse;
use super::tables::Table;
use super::{facts, links, tables, text};

pub use super::links::{Link, RowLink};

/// A parsed page. Not `Send`.
pub struct Document {
    dom: Dom,
    url: Option<Url>,
    base: Option<Url>,
    charset: &'static Encoding,
    cut: bool,
    // Keeps it from being held over an `await`: what is needed is to be taken from it before.
    _not_send: std::marker::PhantomData<*const ()>,
}

impl Document {
    /// Parses a page's text. `url` is the page's own address (the base where no `<base href>` says otherwise); `charset` is
    /// the label of the encoding it was decoded with (UTF-8 where it is none).
    pub fn parse(text: &str, url: Option<&Url>, charset: &str) -> Self {
        let (dom, cut) = parse(text);
        let charset = Encoding::for_label(charset.as_bytes()).unwrap_or(encoding_rs::UTF_8);
        let base = base(&dom, &Place { document: url, base: url, charset });
        Self { dom, url: url.cloned(), base, charset, cut, _not_send: std::marker::PhantomData }
    }

    /// Whether part of the page was left out because it is deeper or larger than any page has a right to be.
    pub fn is_cut(&self) -> bool {
        self.cut
    }

    /// What relative addresses of the page are relative to.
    pub fn base(&self) -> Option<&Url> {
        self.base.as_ref()
    }

    /// All forms, in tree order.
    pub fn forms(&self) -> Vec<Form> {
        build::forms(&self.dom, &self.place())
    }

    /// The title, white space folded.
    pub fn title(&self) -> String {
        self.all("title").next().map(|id| text::fold(&text::content(&self.dom, id))).unwrap_or_default()
    }

    /// All links, in tree order.
    pub fn links(&self) -> Vec<Link> {
        links::of(&self.dom, &self.place())
    }

    /// All links with what labels their rows, in tree order; for lists in which every row has the same link ("Advanced
    /// Settings").
    pub fn row_links(&self) -> Vec<RowLink> {
        links::in_rows(&self.dom, &self.place())
    }

    /// All tables, in tree order, with what stands in their cells.
    pub fn tables(&self) -> Vec<Table> {
        tables::of(&self.dom, &self.place())
    }

    /// The text a person sees: no scripts, no styles, nothing with `hidden` or an inline `display:none`, no contents of
    /// selects and text areas, white space folded.
    pub fn visible_text(&self) -> String {
        self.read(0)
    }

    /// Texts of the inline scripts, in order.
    pub fn scripts(&self) -> Vec<String> {
        self.all("script")
            .filter(|&id| !self.dom.has_attr(id, "src"))
            .map(|id| self.dom.children(id).filter_map(|c| self.dom.text(c)).collect())
            .collect()
    }

    /// Absolute addresses of external scripts.
    pub fn script_sources(&self) -> Vec<Url> {
        self.all("script").filter_map(|id| self.address(id, "src")).collect()
    }

    /// Names and absolute addresses of frames and iframes.
    pub fn frames(&self) -> Vec<(String, Url)> {
        self.dom
            .descendants(0)
            .filter(|&id| matches!(self.dom.tag(id), "frame" | "iframe"))
            .filter_map(|id| {
                let name = self.dom.attr(id, "name").unwrap_or_default().to_owned();
                self.address(id, "src").map(|url| (name, url))
            })
            .collect()
    }

    /// Pairs of label and value as information pages show them: table rows (label cell, optional `:` cell, value cell) and
    /// `dt`/`dd`. White space folded; a trailing colon of the label and a leading one of the value removed.
    pub fn facts(&self) -> Vec<(String, String)> {
        facts::of(&self.dom)
    }

    /// The visible text of the element with this id.
    pub fn text_of_id(&self, id: &str) -> Option<String> {
        self.dom.descendants(0).find(|&n| self.dom.attr(n, "id") == Some(id)).map(|n| self.read(n))
    }

    /// The visible texts of all elements with this class, in tree order.
    pub fn texts_of_class(&self, class: &str) -> Vec<String> {
        let has = |n: &Id| {
            self.dom.attr(*n, "class").is_some_and(|c| c.split(text::is_space).any(|word| word == class))
        };
        self.dom.descendants(0).filter(has).map(|n| self.read(n)).collect()
    }

    fn all<'a>(&'a self, tag: &'a str) -> impl Iterator<Item = Id> + 'a {
        self.dom.descendants(0).filter(move |&id| self.dom.tag(id) == tag)
    }

    fn place(&self) -> Place<'_> {
        Place { document: self.url.as_ref(), base: self.base.as_ref(), charset: self.charset }
    }

    fn address(&self, id: Id, attr: &str) -> Option<Url> {
        self.place().address(self.dom.attr(id, attr)?)
    }

    fn read(&self, root: Id) -> String {
        text::fold(&text::gather(&self.dom, root, |id| {
            matches!(self.dom.tag(id), "select" | "textarea") || concealed(&self.dom, id)
        }))
    }
}

impl std::fmt::Debug for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Document")
            .field("url", &self.url.as_ref().map(Url::as_str))
            .field("charset", &self.charset.name())
            .field("nodes", &self.dom.len())
            .finish_non_exhaustive()
    }
}

/// Hidden by its own attributes; style sheets are not read.
fn concealed(dom: &Dom, id: Id) -> bool {
    dom.has_attr(id, "hidden")
        || dom.attr(id, "style").is_some_and(|style| {
            let style: String = style.chars().filter(|c| !c.is_whitespace()).collect();
            style.to_ascii_lowercase().contains("display:none")
        })
}

/// The first `base` with an `href` counts; it is itself relative to the page's address.
fn base(dom: &Dom, page: &Place<'_>) -> Option<Url> {
    let written = dom.descendants(0).find(|&id| dom.tag(id) == "base" && dom.has_attr(id, "href"));
    let base = written.and_then(|id| page.address(dom.attr(id, "href")?));
    // Browsers do not take such addresses for a base.
    base.filter(|b| !matches!(b.scheme(), "data" | "javascript")).or_else(|| page.document.cloned())
}
