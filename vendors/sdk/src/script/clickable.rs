//! What can be pressed on a page, and the handlers that hang on its forms and its body.

use scraper::{ElementRef, Html, Selector};

/// Something to press: a button, a link with a script, or any element with a click handler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clickable {
    /// The text a person reads on it: its text, value, alternative text or title; white space folded.
    pub text: String,
    /// The handler: `onclick`, or the code of a `javascript:` target.
    pub code: Option<String>,
    /// The element's id.
    pub id: Option<String>,
    /// The element's name.
    pub name: Option<String>,
    /// Whether it is a button that submits its form by itself.
    pub submits: bool,
    /// Whether it is a control (`input`, `button`), in contrast to a link or a plain element.
    pub control: bool,
    /// Whether it is disabled.
    pub disabled: bool,
    /// What stands before it in its row, definition list or paragraph; white space folded, a trailing colon removed.
    pub row_label: String,
}

/// Everything of a page that scripts hang on, beside the forms' own content.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageHooks {
    /// What can be pressed, in tree order.
    pub clickables: Vec<Clickable>,
    /// `onload` of the body.
    pub onload: Option<String>,
    /// `onsubmit` of each form, in tree order.
    pub onsubmit: Vec<Option<String>>,
    /// Texts of the inline scripts, in order.
    pub scripts: Vec<String>,
    /// `src` of the external scripts, as written.
    pub sources: Vec<String>,
}

fn selector(text: &str) -> Option<Selector> {
    Selector::parse(text).ok()
}

fn fold(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn text_of(element: &ElementRef<'_>) -> String {
    fold(&element.text().collect::<Vec<_>>().join(" "))
}

fn javascript(target: &str) -> Option<&str> {
    let target = target.trim();
    target.get(..11).filter(|p| p.eq_ignore_ascii_case("javascript:")).map(|_| &target[11..])
}

impl PageHooks {
    /// Reads a page.
    pub fn read(html: &str) -> Self {
        let document = Html::parse_document(html);
        let mut hooks = Self::default();
        if let Some(all) = selector("a, area, button, input, [onclick]") {
            hooks.clickables = document.select(&all).filter_map(|e| clickable(&e)).collect();
        }
        if let Some(body) = selector("body") {
            hooks.onload = document
                .select(&body)
                .next()
                .and_then(|b| b.value().attrs().find(|(k, _)| k.eq_ignore_ascii_case("onload")))
                .map(|(_, v)| v.to_owned());
        }
        if let Some(forms) = selector("form") {
            hooks.onsubmit =
                document.select(&forms).map(|f| f.value().attr("onsubmit").map(str::to_owned)).collect();
        }
        if let Some(scripts) = selector("script") {
            for script in document.select(&scripts) {
                match script.value().attr("src") {
                    Some(src) => hooks.sources.push(src.to_owned()),
                    None => hooks.scripts.push(script.text().collect()),
                }
            }
        }
        hooks
    }
}

fn clickable(element: &ElementRef<'_>) -> Option<Clickable> {
    let value = element.value();
    let onclick = value.attr("onclick").map(str::trim).filter(|c| !c.is_empty());
    let href = value.attr("href");
    let kind = value.attr("type").unwrap_or_default().to_ascii_lowercase();
    let (control, submits) = match value.name() {
        "button" => (true, matches!(kind.as_str(), "" | "submit")),
        "input" => match kind.as_str() {
            "submit" | "image" => (true, true),
            "button" | "reset" => (true, false),
            // Fields have handlers too, but nobody presses them to save.
            _ => return None,
        },
        "select" | "textarea" | "form" | "body" | "option" => return None,
        _ => (false, false),
    };
    let code = match (onclick, href.and_then(javascript)) {
        (Some(onclick), Some(target)) if !target.trim().is_empty() && !target.contains("void") => {
            Some(format!("{onclick};{target}"))
        }
        (Some(onclick), _) => Some(onclick.to_owned()),
        (None, Some(target)) => Some(target.to_owned()),
        (None, None) => None,
    };
    // A plain link belongs to the links of the page, unless a script may have hung a handler on it.
    let anchor_only = !control && code.is_none();
    if anchor_only
        && (value.attr("id").is_none() || href.is_some_and(|h| !h.starts_with('#') && !h.is_empty()))
    {
        return None;
    }
    let mut text = text_of(element);
    for attribute in ["value", "alt", "title"] {
        if text.is_empty() {
            text = fold(value.attr(attribute).unwrap_or_default());
        }
    }
    if text.is_empty()
        && let Some(images) = selector("img[alt]")
    {
        text =
            element.select(&images).next().and_then(|i| i.value().attr("alt")).map(fold).unwrap_or_default();
    }
    Some(Clickable {
        row_label: row_label(element, &text),
        text,
        code: code.map(|c| code_text(&c)),
        id: value.attr("id").map(str::to_owned),
        name: value.attr("name").map(str::to_owned),
        submits,
        control,
        disabled: value.attr("disabled").is_some(),
    })
}

/// A `javascript:` target may be percent-encoded.
fn code_text(code: &str) -> String {
    let code = javascript(code).unwrap_or(code);
    if code.contains("%27") || code.contains("%22") || code.contains("%20") {
        return code.replace("%27", "'").replace("%22", "\"").replace("%20", " ");
    }
    code.to_owned()
}

/// What labels an element in its row: the nearest cell before it that holds text, the `dt` of its `dd`, or the text before it.
fn row_label(element: &ElementRef<'_>, own: &str) -> String {
    for ancestor in element.ancestors().filter_map(ElementRef::wrap).take(12) {
        match ancestor.value().name() {
            "dd" | "td" | "th" => {
                let mut before = Vec::new();
                for sibling in ancestor.prev_siblings().filter_map(ElementRef::wrap) {
                    let text = text_of(&sibling);
                    let text = text.trim_matches([':', '：', ' ']).trim();
                    if !text.is_empty() {
                        before.push(text.to_owned());
                        break;
                    }
                }
                if let Some(label) = before.pop() {
                    return label;
                }
                // The cell itself may hold the label in front of the button; a button's own table holds nothing else.
                let inside = text_of(&ancestor);
                let inside =
                    inside.strip_suffix(own).unwrap_or(&inside).trim_matches([':', '：', ' ']).trim();
                if !inside.is_empty() && ancestor.value().name() == "dd" {
                    return inside.to_owned();
                }
            }
            "p" | "li" | "div" | "label" | "span" => {
                let inside = text_of(&ancestor);
                let inside =
                    inside.strip_suffix(own).unwrap_or(&inside).trim_matches([':', '：', ' ']).trim();
                if !inside.is_empty() && inside.chars().count() < 80 && inside != own {
                    return inside.to_owned();
                }
            }
            "form" | "body" => break,
            _ => {}
        }
    }
    String::new()
}
