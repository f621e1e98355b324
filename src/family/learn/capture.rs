//! A capture of a device's pages that may be given away: who owns the device cannot be told from it.

use scanfleet_sdk::family::words::fold;
use scanfleet_sdk::form::ControlType;
use scanfleet_sdk::page::Page;
use serde::Serialize;

use super::mapping::Proposal;
use super::redact::{Kind, Replacements};
use crate::inventory::Device;
use crate::run::Visit;

/// Pages without secrets, tokens, names, addresses, serial numbers and host names.
#[derive(Debug, Clone, Serialize)]
pub struct Capture {
    /// The maker.
    pub vendor: String,
    /// The model.
    pub model: String,
    /// The firmware, where told.
    pub firmware: Option<String>,
    /// The family it was spoken to by.
    pub family: String,
    /// The pages, in the order in which they were opened.
    pub pages: Vec<CapturedPage>,
    /// Links left alone because they look like orders: text and path.
    pub avoided: Vec<(String, String)>,
    /// Pages that could not be had: path and reason.
    pub failed: Vec<(String, String)>,
}

/// One page of a capture.
#[derive(Debug, Clone, Serialize)]
pub struct CapturedPage {
    /// The file's name.
    pub file: String,
    /// The path on the device.
    pub path: String,
    /// The text of the link that led there.
    pub link: String,
    /// The encoding it came in; the file is UTF-8.
    pub charset: &'static str,
    /// `smtp` and `address-book` for pages that look like it.
    pub role: Option<&'static str>,
    /// The page.
    #[serde(skip)]
    pub text: String,
}

impl Capture {
    /// Redacts the pages of a visit. What the inventory knows of the device goes too.
    pub fn of(visit: &Visit, proposal: &Proposal, device: &Device) -> Self {
        let mut replace = Replacements::default();
        if let Some(serial) = &visit.identity.serial {
            replace.add(serial, Kind::Serial);
        }
        for host in [&device.endpoint.host, &device.name] {
            replace.add(host, Kind::Host);
        }
        let told = [&device.serial, &device.site, &device.location].into_iter().flatten();
        for text in told.chain(device.tags.values()) {
            replace.add(text, Kind::Name);
        }
        let vocabulary = Vocabulary::of(visit);
        for page in &visit.survey.pages {
            gather(&page.page, &vocabulary, &mut replace);
        }
        let mut pages = Vec::new();
        for (index, page) in visit.survey.pages.iter().enumerate() {
            let book = proposal.address_books.contains(&index);
            let role = match () {
                () if proposal.page == Some(index) => Some("smtp"),
                () if book => Some("address-book"),
                () => None,
            };
            let text =
                if book { without_entries(&visit.redacted[index]) } else { visit.redacted[index].clone() };
            pages.push(CapturedPage {
                file: format!("{:03}.html", index + 1),
                path: replace.apply(page.page.url.path()),
                link: replace.apply(&page.link),
                charset: page.page.charset,
                role,
                text: replace.apply(&text),
            });
        }
        let mut both = |list: &[(String, String)]| -> Vec<(String, String)> {
            list.iter().map(|(a, b)| (replace.apply(a), replace.apply(b))).collect()
        };
        Self {
            vendor: visit.identity.vendor.clone(),
            model: visit.identity.model.clone(),
            firmware: visit.identity.firmware.clone(),
            family: visit.family.id().to_owned(),
            avoided: both(&visit.survey.avoided),
            failed: both(&visit.survey.failed),
            pages,
        }
    }
}

/// What may stay: the model, and the words that every device of the family shows.
struct Vocabulary<'a> {
    visit: &'a Visit,
    titles: Vec<String>,
}

impl<'a> Vocabulary<'a> {
    fn of(visit: &'a Visit) -> Self {
        // What a menu entry and a page's title share is the page's name.
        let titles =
            visit.survey.pages.iter().map(|page| fold(&page.link)).filter(|t| !t.is_empty()).collect();
        Self { visit, titles }
    }

    fn knows(&self, text: &str) -> bool {
        let folded = fold(text);
        let identity = &self.visit.identity;
        let told = [Some(&identity.model), identity.firmware.as_ref()];
        let family = self.visit.family.as_ref();
        folded.is_empty()
            || told.into_iter().flatten().any(|known| fold(known).contains(&folded))
            || self.titles.contains(&folded)
            || family.groups().any(|(group, _)| family.is(group, text))
    }
}

/// Takes note of what people have entered: values of text fields, and facts that information pages show.
fn gather(page: &Page, vocabulary: &Vocabulary<'_>, replace: &mut Replacements) {
    let document = page.document();
    let mut texts: Vec<String> = Vec::new();
    for form in document.forms() {
        for control in form.controls {
            if matches!(control.kind, ControlType::Text | ControlType::Textarea | ControlType::Password) {
                texts.push(control.value.clone());
            }
        }
    }
    for (label, value) in document.facts() {
        let label = fold(&label);
        // Short words such as "Ready" and "Enabled" tell nobody; a name of one word under these labels does.
        let naming =
            ["host", "name", "nom", "nombre", "location", "place", "comment", "contact", "site", "domain"]
                .iter()
                .any(|part| label.contains(part));
        let wordy = value.split_whitespace().count() > 1 || value.contains(['.', '@', '-', '_']);
        if naming
            || wordy
            || value.chars().any(|c| c.is_ascii_digit()) && value.chars().any(char::is_alphabetic)
        {
            texts.push(value);
        }
    }
    // A title often begins or ends with the device's own name.
    let title = document.title();
    texts.extend(
        title.split([' ', '|']).filter(|word| word.chars().any(|c| c.is_ascii_digit())).map(str::to_owned),
    );
    for text in texts {
        if text.chars().count() <= 200 && !vocabulary.knows(&text) {
            for line in text.lines() {
                replace.add(line, Kind::Name);
            }
        }
    }
}

/// A page of an address book without its entries: texts of cells, items and options, and strings of scripts that are no
/// paths.
fn without_entries(page: &str) -> String {
    const HOLDERS: [&str; 6] = ["td", "li", "option", "dd", "script", "textarea"];
    let mut out = String::with_capacity(page.len());
    let mut open: Vec<&'static str> = Vec::new();
    let mut rest = page;
    while !rest.is_empty() {
        let end = rest.find('<').unwrap_or(rest.len());
        let (text, tail) = rest.split_at(end);
        match open.last() {
            Some(&"script") => out.push_str(&without_strings(text)),
            Some(_) if text.chars().any(char::is_alphanumeric) => out.push_str("text"),
            _ => out.push_str(text),
        }
        let tag_end = tail.find('>').map_or(tail.len(), |at| at + 1);
        let (tag, after) = tail.split_at(tag_end);
        let name: String =
            tag.trim_start_matches(['<', '/']).chars().take_while(char::is_ascii_alphanumeric).collect();
        if let Some(holder) = HOLDERS.iter().find(|holder| name.eq_ignore_ascii_case(holder)) {
            if tag.starts_with("</") {
                if let Some(at) = open.iter().rposition(|o| o == holder) {
                    open.truncate(at);
                }
            } else if open.last() != Some(holder) {
                open.push(holder);
            }
        }
        out.push_str(tag);
        rest = after;
    }
    out
}

fn without_strings(script: &str) -> String {
    let mut out = String::with_capacity(script.len());
    let mut letters = script.chars().peekable();
    while let Some(c) = letters.next() {
        out.push(c);
        if !matches!(c, '"' | '\'') {
            continue;
        }
        let mut string = String::new();
        let mut closed = false;
        while let Some(next) = letters.next() {
            if next == c {
                closed = true;
                break;
            }
            string.push(next);
            if next == '\\' {
                string.extend(letters.next());
            }
        }
        let path = string.contains('/')
            || string.rsplit_once('.').is_some_and(|(_, s)| ["cgi", "html", "php", "js"].contains(&s));
        let harmless = path || string.len() < 2 || string.bytes().all(|b| b.is_ascii_digit());
        out.push_str(if harmless { &string } else { "text" });
        if closed {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_book_keeps_its_build_and_loses_its_people() {
        let page = "<h1>Address Book</h1><table><tr><th>Name</th></tr><tr><td><a href=\"e.cgi?id=3\">Dr. Jane Roe</a></td>\
            <td>00012</td></tr></table><script>var rows=[['Jane Roe','3','adrsGet.cgi']];</script><option value=3>Roe</option>";
        let out = without_entries(page);
        assert!(!out.contains("Roe") && !out.contains("Jane"), "{out}");
        assert!(
            out.contains("<th>Name</th>") && out.contains("adrsGet.cgi") && out.contains("Address Book"),
            "{out}"
        );
    }
}
