//! Reads the forms of a tree: whose control is whose, and what each holds when the page is opened.

use std::collections::HashMap;

use encoding_rs::Encoding;
use url::Url;

use super::choices;
use super::control::{Control, ControlType, Overrides};
use super::dom::{Dom, Id};
use super::encode;
use super::labels::Labels;
use super::model::Form;
use super::text;
use super::value::sanitise;

/// Where a page stands.
pub(super) struct Place<'a> {
    pub document: Option<&'a Url>,
    pub base: Option<&'a Url>,
    pub charset: &'static Encoding,
}

impl Place<'_> {
    /// The absolute address of what is written on the page.
    pub fn address(&self, written: &str) -> Option<Url> {
        address(written, self.base, self.charset.output_encoding())
    }
}

/// All forms of the tree, in tree order.
pub(super) fn forms(dom: &Dom, place: &Place<'_>) -> Vec<Form> {
    let mut forms = Vec::new();
    let mut index_of = HashMap::new();
    let mut by_id: HashMap<&str, Id> = HashMap::new();
    let mut heading = None;
    let mut controls = Vec::new();
    // The first legend of each fieldset, found once: a fieldset may hold very many controls.
    let mut legends: HashMap<Id, Id> = HashMap::new();
    for id in dom.descendants(0) {
        if let Some(name) = dom.attr(id, "id").filter(|n| !n.is_empty()) {
            by_id.entry(name).or_insert(id);
        }
        match dom.tag(id) {
            "form" => {
                index_of.insert(id, forms.len());
                forms.push(form(dom, id, forms.len(), place));
            }
            "input" | "select" | "textarea" | "button" => controls.push((id, heading)),
            "legend" => {
                if let Some(fieldset) = dom.parent(id).filter(|&p| dom.tag(p) == "fieldset") {
                    legends.entry(fieldset).or_insert(id);
                }
            }
            _ => {}
        }
        if is_heading(dom, id) {
            heading = Some(id);
        }
    }
    let labels = Labels::new(dom, &by_id, &legends);
    let mut groups: HashMap<(usize, String), usize> = HashMap::new();
    for (id, heading) in controls {
        let Some(owner) = owner(dom, id, &by_id).and_then(|f| index_of.get(&f).copied()) else { continue };
        let Some(form) = forms.get_mut(owner) else { continue };
        let mut control = control(dom, id, &legends);
        labels.fill(id, &mut control);
        control.heading = heading.map(|h| text::label_text(dom, h)).filter(|text| !text.is_empty());
        // Of the radio buttons of one group, the last checked one is the one that is checked.
        if control.kind == ControlType::Radio && control.checked && !control.name.is_empty() {
            let here = form.controls.len();
            if let Some(before) = groups.insert((owner, control.name.clone()), here) {
                form.controls[before].checked = false;
            }
        }
        form.controls.push(control);
    }
    forms
}

/// The form that owns a control: by `form=`, as the parser said, or the nearest around it.
fn owner(dom: &Dom, id: Id, by_id: &HashMap<&str, Id>) -> Option<Id> {
    if let Some(wanted) = dom.attr(id, "form") {
        return by_id.get(wanted).copied().filter(|&f| dom.tag(f) == "form");
    }
    let told = dom.element(id).and_then(|e| e.form);
    told.or_else(|| dom.nearest(id, "form"))
}

fn form(dom: &Dom, id: Id, index: usize, place: &Place<'_>) -> Form {
    let written = dom.attr(id, "action").map(str::to_owned).filter(|a| !a.is_empty());
    Form {
        index,
        name: dom.attr(id, "name").unwrap_or_default().to_owned(),
        id: dom.attr(id, "id").unwrap_or_default().to_owned(),
        method: method(dom.attr(id, "method").unwrap_or_default()),
        action: resolve(written.as_deref(), place.document, place.base, place.charset.output_encoding()),
        action_written: written,
        enctype: enctype(dom.attr(id, "enctype").unwrap_or_default()),
        charset: charset(dom.attr(id, "accept-charset"), place.charset).name(),
        controls: Vec::new(),
        document_url: place.document.cloned(),
        base: place.base.cloned(),
        page_charset: place.charset.name(),
    }
}

/// The address of an action; without one (or an empty one) the document's own.
pub(super) fn resolve(
    written: Option<&str>,
    document: Option<&Url>,
    base: Option<&Url>,
    charset: &'static Encoding,
) -> Option<Url> {
    match written.filter(|w| !w.is_empty()) {
        None => document.cloned(),
        Some(written) => address(written, base, charset),
    }
}

/// Resolves an address of a page; its query is in the page's charset.
fn address(written: &str, base: Option<&Url>, charset: &'static Encoding) -> Option<Url> {
    let query = encode::query_in(charset);
    let override_: url::EncodingOverride<'_> =
        if charset == encoding_rs::UTF_8 { None } else { Some(&query) };
    Url::options()
        .base_url(base)
        .encoding_override(override_)
        .parse(written.trim_matches(text::is_space))
        .ok()
}

pub(super) fn method(written: &str) -> String {
    let lower = written.to_ascii_lowercase();
    if matches!(lower.as_str(), "post" | "dialog") { lower } else { "get".to_owned() }
}

pub(super) fn enctype(written: &str) -> String {
    let lower = written.to_ascii_lowercase();
    if matches!(lower.as_str(), "multipart/form-data" | "text/plain") {
        lower
    } else {
        "application/x-www-form-urlencoded".to_owned()
    }
}

/// The encoding a form submits in: the first known one of `accept-charset`, else the page's.
fn charset(accept: Option<&str>, page: &'static Encoding) -> &'static Encoding {
    let chosen = match accept {
        None => page,
        Some(list) => list
            .split(|c| text::is_space(c) || c == ',')
            .filter(|l| !l.is_empty())
            .find_map(|label| Encoding::for_label(label.as_bytes()))
            .unwrap_or(encoding_rs::UTF_8),
    };
    chosen.output_encoding()
}

/// Disabled by itself, or by a fieldset whose first legend it does not stand in.
fn disabled(dom: &Dom, id: Id, legends: &HashMap<Id, Id>) -> bool {
    if dom.has_attr(id, "disabled") {
        return true;
    }
    let mut below = id;
    for above in dom.ancestors(id) {
        if dom.tag(above) == "fieldset"
            && dom.has_attr(above, "disabled")
            && legends.get(&above) != Some(&below)
        {
            return true;
        }
        below = above;
    }
    false
}

const TEXT_TYPES: &[&str] = &[
    "text",
    "search",
    "tel",
    "url",
    "email",
    "number",
    "range",
    "color",
    "date",
    "month",
    "week",
    "time",
    "datetime-local",
];

fn input_kind(type_name: &str) -> ControlType {
    match type_name {
        "hidden" => ControlType::Hidden,
        "password" => ControlType::Password,
        "checkbox" => ControlType::Checkbox,
        "radio" => ControlType::Radio,
        "file" => ControlType::File,
        "submit" => ControlType::Submit,
        "image" => ControlType::Image,
        "button" | "reset" => ControlType::Button,
        _ => ControlType::Text,
    }
}

/// Whether an element is a head line over what follows it.
fn is_heading(dom: &Dom, id: Id) -> bool {
    match dom.tag(id) {
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "legend" | "caption" => true,
        "dt" => dom
            .attr(id, "class")
            .is_some_and(|all| all.split_ascii_whitespace().any(|c| matches!(c, "head" | "subhead"))),
        _ => false,
    }
}

/// What kind of control an element is, which is one.
pub(super) fn kind(dom: &Dom, id: Id) -> ControlType {
    let type_name = dom.attr(id, "type").unwrap_or_default().to_ascii_lowercase();
    match dom.tag(id) {
        "select" if dom.attr(id, "multiple").is_some() => ControlType::SelectMultiple,
        "select" => ControlType::Select,
        "textarea" => ControlType::Textarea,
        "button" if matches!(type_name.as_str(), "reset" | "button") => ControlType::Button,
        "button" => ControlType::Submit,
        _ => input_kind(&type_name),
    }
}

fn control(dom: &Dom, id: Id, legends: &HashMap<Id, Id>) -> Control {
    let attr = |name: &str| dom.attr(id, name);
    let mut control = Control {
        name: attr("name").unwrap_or_default().to_owned(),
        id: attr("id").unwrap_or_default().to_owned(),
        kind: ControlType::Text,
        type_name: String::new(),
        labels: Vec::new(),
        group_label: None,
        heading: None,
        value: String::new(),
        checked: false,
        options: Vec::new(),
        disabled: disabled(dom, id, legends),
        readonly: attr("readonly").is_some(),
        max_length: attr("maxlength").and_then(non_negative),
        onclick: attr("onclick").map(str::to_owned),
        overrides: Overrides::default(),
        dirname: attr("dirname")
            .filter(|d| !d.is_empty() && matches!(dom.tag(id), "input" | "textarea"))
            .map(str::to_owned),
        rtl: None,
        default_caption: false,
        in_datalist: dom.nearest(id, "datalist").is_some(),
    };
    match dom.tag(id) {
        "select" => {
            let multiple = attr("multiple").is_some();
            control.kind = if multiple { ControlType::SelectMultiple } else { ControlType::Select };
            control.type_name = if multiple { "select-multiple" } else { "select-one" }.to_owned();
            control.options = choices::of(dom, id, multiple);
            control.value = choices::value(&control.options);
        }
        "textarea" => {
            control.kind = ControlType::Textarea;
            control.type_name = "textarea".to_owned();
            let raw: String = dom.children(id).filter_map(|c| dom.text(c)).collect();
            control.value = raw.replace("\r\n", "\n").replace('\r', "\n");
        }
        "button" => {
            let type_name = attr("type").unwrap_or_default().to_ascii_lowercase();
            control.type_name = if matches!(type_name.as_str(), "reset" | "button") {
                type_name
            } else {
                "submit".to_owned()
            };
            control.kind =
                if control.type_name == "submit" { ControlType::Submit } else { ControlType::Button };
            control.value = attr("value").unwrap_or_default().to_owned();
        }
        _ => {
            let type_name = attr("type").unwrap_or_default().to_ascii_lowercase();
            control.kind = input_kind(&type_name);
            control.type_name =
                if control.kind == ControlType::Text && !TEXT_TYPES.contains(&type_name.as_str()) {
                    "text".to_owned()
                } else {
                    type_name
                };
            control.default_caption = control.kind == ControlType::Submit && attr("value").is_none();
            control.checked = control.kind.is_checkable() && attr("checked").is_some();
            control.value = match control.kind {
                // A script cannot give a file field a value, and a page cannot either.
                ControlType::File => String::new(),
                ControlType::Checkbox | ControlType::Radio => attr("value").unwrap_or("on").to_owned(),
                _ => sanitise(&control.type_name, attr("value").unwrap_or_default(), attr),
            };
        }
    }
    if matches!(control.kind, ControlType::Submit | ControlType::Image) {
        control.overrides = Overrides {
            action: attr("formaction").map(str::to_owned),
            method: attr("formmethod").map(method),
            enctype: attr("formenctype").map(enctype),
        };
    }
    if control.dirname.is_some() {
        control.rtl = rtl(dom, id, &control);
    }
    control
}

/// The rules for parsing non-negative integers.
pub(super) fn non_negative(text: &str) -> Option<usize> {
    let text = text.trim_start_matches(text::is_space);
    let text = text.strip_prefix('+').unwrap_or(text);
    if text.starts_with("-0") {
        return Some(0);
    }
    let digits: &str = &text[..text.bytes().take_while(u8::is_ascii_digit).count()];
    digits.parse().ok()
}

/// The direction of a control's text: its own `dir` or the nearest above it.
fn rtl(dom: &Dom, id: Id, control: &Control) -> Option<bool> {
    for at in std::iter::once(id).chain(dom.ancestors(id)) {
        let dir = dom.attr(at, "dir").unwrap_or_default();
        if dir.eq_ignore_ascii_case("ltr") {
            return Some(false);
        }
        if dir.eq_ignore_ascii_case("rtl") {
            return Some(true);
        }
        if dir.eq_ignore_ascii_case("auto") {
            let strong =
                || dom.descendants(at).take(text::NODES).filter_map(|d| dom.text(d)).find_map(first_strong);
            return if at == id { None } else { Some(strong() == Some(true)) };
        }
        // A telephone number runs from left to right wherever it stands.
        if at == id && control.type_name == "tel" {
            return Some(false);
        }
    }
    Some(false)
}

/// Whether the first letter with a direction runs from right to left.
pub(super) fn first_strong(text: &str) -> Option<bool> {
    text.chars().find_map(|c| match c {
        '\u{590}'..='\u{8ff}'
        | '\u{fb1d}'..='\u{fdff}'
        | '\u{fe70}'..='\u{fefc}'
        | '\u{10800}'..='\u{10fff}'
        | '\u{1e800}'..='\u{1efff}'
        | '\u{200f}' => Some(true),
        '\u{200e}' => Some(false),
        c if c.is_alphabetic() => Some(false),
        _ => None,
    })
}
