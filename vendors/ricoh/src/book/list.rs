//! The list page: counters, limits, columns, result texts, the session's token, and what the page offers.

use scanfleet_sdk::form::{Document, Form};
use scanfleet_sdk::page::Page;
use scanfleet_sdk::script::PageHooks;
use url::Url;

use crate::book::columns::Columns;
use crate::book::literal::{Literal, strings};
use crate::book::roles::is_program;
use crate::book::script::{assigned, without_comments};
use crate::family::Family;

/// How entries are removed, by what the page offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Removal {
    /// Several at once, by internal ids.
    ByIds,
    /// One at a time, by registration number, after a page that asks.
    OneByOne,
    /// The page does not say: by id where the list tells ids.
    Untold,
}

/// A text of the table that result codes point into.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ResultText {
    /// The id of the hidden field it stands in, where it stands in one.
    pub(crate) id: String,
    /// The text in the device's language; empty where it is not to be had.
    pub(crate) text: String,
}

/// The list page, as far as it matters.
#[derive(Debug, Clone)]
pub(crate) struct ListPage {
    pub(crate) url: Url,
    pub(crate) charset: &'static str,
    pub(crate) token: Option<String>,
    pub(crate) users: usize,
    pub(crate) groups: usize,
    pub(crate) most_users: Option<usize>,
    pub(crate) most_groups: Option<usize>,
    pub(crate) columns: Columns,
    pub(crate) texts: Vec<ResultText>,
    pub(crate) removal: Removal,
    pub(crate) wizard: bool,
    /// Addresses of programs that the page, its forms and its scripts name.
    pub(crate) programs: Vec<String>,
}

/// Entries that any device could hold; a counter beyond is none.
const MOST: usize = 1_000_000;

impl ListPage {
    /// Reads the page, with the external scripts that were fetched for it.
    ///
    /// # Errors
    /// A sentence fragment: what the page lacks.
    pub(crate) fn read(page: &Page, external: &[String], family: &Family) -> Result<Self, String> {
        let hooks = PageHooks::read(&page.text);
        let document = page.document();
        let mut scripts: Vec<String> = external.iter().map(|s| without_comments(s)).collect();
        scripts.extend(hooks.scripts.iter().map(|s| without_comments(s)));
        let handlers: Vec<&str> = hooks.clickables.iter().filter_map(|c| c.code.as_deref()).collect();
        let numbers = numbers(&page.text, &scripts);
        let count = |most: bool, what: &str| counter(&numbers, most, what);
        let (users, groups) = (count(false, "user"), count(false, "group"));
        let (Some(users), groups) = (users, groups.unwrap_or_default()) else {
            return Err("neither its counters nor its scripts say how many users it has".to_owned());
        };
        let columns = Columns::read(&scripts, family)?;
        let programs = programs(&document.forms(), &hooks, &scripts);
        let own = &scripts[external.len()..];
        let removal = removal(&handlers, own, family);
        let sources = hooks.sources.iter().map(String::as_str);
        let wizard = family.words("book.wizard").any(|w| {
            let word = w.text.to_ascii_lowercase();
            let holds = |text: &str| text.to_ascii_lowercase().contains(&word);
            sources.clone().any(holds) || holds(&page.text) || programs.iter().any(|p| holds(p))
        });
        Ok(Self {
            url: page.url.clone(),
            charset: page.charset,
            token: token(&document.forms()),
            users,
            groups,
            most_users: count(true, "user"),
            most_groups: count(true, "group"),
            columns,
            texts: texts(&page.text, &scripts, family),
            removal,
            wizard,
            programs,
        })
    }

    /// What a result code means.
    pub(crate) fn text(&self, code: usize) -> Option<&ResultText> {
        self.texts.get(code)
    }
}

/// The session's token, as the page's forms carry it.
pub(crate) fn token(forms: &[Form]) -> Option<String> {
    let mut controls = forms.iter().flat_map(|f| &f.controls);
    controls.find(|c| c.name == "wimToken" && !c.value.is_empty()).map(|c| c.value.clone())
}

/// Whether a handler calls a function.
fn called(code: &str, name: &str) -> bool {
    code.match_indices(name).any(|(at, _)| {
        let before =
            code[..at].chars().next_back().is_none_or(|c| !(c.is_alphanumeric() || c == '_' || c == '$'));
        before && code[at + name.len()..].trim_start().starts_with('(')
    })
}

/// The newer page's scripts also name the older programs: what its buttons call decides, then what its own scripts speak of.
fn removal(handlers: &[&str], own: &[String], family: &Family) -> Removal {
    let said = |calls: &dyn Fn(&str) -> bool| {
        let any = |group: &str| family.words(group).any(|w| calls(&w.text));
        match (any("book.function.remove-one"), any("book.function.remove-many")) {
            (true, false) => Removal::OneByOne,
            (false, true) => Removal::ByIds,
            _ => Removal::Untold,
        }
    };
    match said(&|name| handlers.iter().any(|code| called(code, name))) {
        Removal::Untold => said(&|name| own.iter().any(|script| called(script, name))),
        told => told,
    }
}

/// Programs named by forms, by links and by the strings of scripts and handlers, each once.
fn programs(forms: &[Form], hooks: &PageHooks, scripts: &[String]) -> Vec<String> {
    let actions = forms.iter().filter_map(|f| f.action_written.clone());
    let handlers = hooks.clickables.iter().filter_map(|c| c.code.clone()).flat_map(|code| strings(&code));
    let literals = scripts.iter().flat_map(|s| strings(s));
    let mut found: Vec<String> = Vec::new();
    for text in actions.chain(handlers).chain(literals) {
        let text = text.trim();
        if is_program(text) && !found.iter().any(|f| f == text) && found.len() < 500 {
            found.push(text.to_owned());
        }
    }
    found
}

/// Numbers of the page by the name they stand under: elements by their id, variables of its scripts.
fn numbers(html: &str, scripts: &[String]) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    for (at, _) in html.match_indices("id=").take(20_000) {
        let rest = &html[at + 3..];
        let (id, rest) = match rest.chars().next() {
            Some(quote @ ('"' | '\'')) => match rest[1..].split_once(quote) {
                Some(parts) => parts,
                None => continue,
            },
            _ => {
                let end =
                    rest.find(|c: char| c.is_whitespace() || c == '>' || c == '/').unwrap_or(rest.len());
                rest.split_at(end)
            }
        };
        let Some((attributes, content)) = rest.split_once('>') else { continue };
        // An attribute that goes on for long is none of a counter's.
        if id.len() > 60 || attributes.len() > 200 {
            continue;
        }
        let inner: String = content.chars().take(20).take_while(|c| *c != '<').collect();
        found.extend(number(&inner).map(|n| (id.to_ascii_lowercase(), n)));
    }
    for script in scripts {
        for name in variables(script) {
            if let Some(n) = assigned(script, &name).as_ref().and_then(Literal::index) {
                found.push((name.to_ascii_lowercase(), n));
            }
        }
    }
    found.retain(|(_, n)| *n <= MOST);
    found
}

fn number(text: &str) -> Option<usize> {
    let digits: String = text.trim().chars().filter(|c| !matches!(c, ',' | '.' | ' ' | '\u{a0}')).collect();
    if digits.is_empty() || digits.len() > 7 { None } else { digits.parse().ok() }
}

/// Names in a script that speak of a count.
fn variables(script: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for word in script.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$')) {
        let lower = word.to_ascii_lowercase();
        let counts = (lower.contains("num") || lower.contains("max") || lower.contains("count"))
            && (lower.contains("user") || lower.contains("group"));
        if counts && word.len() < 60 && !found.iter().any(|f| f == word) && found.len() < 40 {
            found.push(word.to_owned());
        }
    }
    found
}

/// The count of users or groups (`most`: of how many there can be).
fn counter(numbers: &[(String, usize)], most: bool, what: &str) -> Option<usize> {
    let fits = |name: &str| {
        let counts = if most { name.contains("max") } else { name.contains("num") || name.contains("count") };
        counts
            && name.contains(what)
            && (most || !name.contains("max"))
            && !["code", "select", "check"].iter().any(|other| name.contains(other))
    };
    numbers.iter().find(|(name, _)| fits(name)).map(|(_, n)| *n)
}

/// The table of result texts: each element is a text, or a script's way to the hidden field that holds it.
fn texts(html: &str, scripts: &[String], family: &Family) -> Vec<ResultText> {
    let name = family.fact("book_texts").unwrap_or("g_textResArray");
    let Some(Literal::List(table)) = scripts.iter().rev().find_map(|s| assigned(s, name)) else {
        return Vec::new();
    };
    let held = held(html);
    table
        .into_iter()
        .map(|element| match element {
            Literal::Text(text) => ResultText { id: String::new(), text },
            Literal::Code(code) => {
                let id = strings(&code).into_iter().map(|s| s.trim_start_matches('#').to_owned());
                let id = id.into_iter().find(|s| !s.is_empty()).unwrap_or_default();
                let text = held.iter().find(|(i, _)| *i == id).map(|(_, t)| t.clone()).unwrap_or_default();
                ResultText { id, text }
            }
            _ => ResultText::default(),
        })
        .collect()
}

/// The values of the page's fields by their ids, whether they stand in a form or not.
fn held(html: &str) -> Vec<(String, String)> {
    // Within one form around everything, every field belongs to a form.
    let mut whole = String::with_capacity(html.len() + 16);
    whole.push_str("<form>");
    let mut rest = html;
    while let Some(at) = rest.find("<") {
        whole.push_str(&rest[..at]);
        let tag = rest[at..].get(..6).unwrap_or_default().to_ascii_lowercase();
        let skip = match tag.as_str() {
            "</form" => 6,
            _ if tag.starts_with("<form") => 5,
            _ => 0,
        };
        whole.push_str(if skip > 0 { "<i" } else { "<" });
        rest = &rest[at + skip.max(1)..];
    }
    whole.push_str(rest);
    let forms = Document::parse(&whole, None, "UTF-8").forms();
    let controls = forms.into_iter().flat_map(|f| f.controls).filter(|c| !c.id.is_empty());
    controls.map(|c| (c.id, c.value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::family;

    pub(crate) fn page(text: &str) -> Page {
        let url = "http://192.0.2.1/web/entry/en/address/adrsList.cgi?modeIn=LIST_ALL".parse().unwrap();
        Page { url, status: 200, charset: "UTF-8", text: text.to_owned() }
    }

    fn read(text: &str) -> Result<ListPage, String> {
        ListPage::read(&page(text), &[], &family::all().unwrap()[1])
    }

    const NEWER: &str = r##"<html><head><script src="../../scripts/adrsUserWizard.xjs"></script><script>//<![CDATA[
        var g_columnInfoHash = { entrySelected:{func:g_objAdrsCellCreate.selected,num:0},entryType:{func:g_objAdrsCellCreate.type,num:1},
          entryIndex:{func:x,num:2},entryName:{func:x,num:3},userCode:{func:x,num:4},lastUsed:{func:x,num:5},mail:{func:x,num:6},folder:{func:x,num:7} };
        /* var g_textResArray = ['old']; */
        var g_textResArray = [ $("#FREQ_OFF_LB").val(), $("#FREQ_ON_LB").val(), 'Literal', $('#INDEX_E').val() ];
        var g_machineDest=1;
        //]]></script></head><body>
        <form name="listAllForm" onSubmit="return false;"><input type="hidden" name="wimToken" value="1043841972"></form>
        <input type="hidden" id="FREQ_OFF_LB" value="Off"><input type="hidden" id="FREQ_ON_LB" value="On"><input type="hidden" id="INDEX_E" value="This Registration No. already exists.">
        <span id="span_numOfUsers">3</span>/<span id="span_maxOfUsers">2000</span> <span id="span_numOfGroups">1</span>/<span id="span_maxOfGroups">100</span>
        <span id="span_numOfUserCode">1</span>/<span id="span_maxOfUserCode">1000</span>
        <a href="javascript:Delete()">Delete</a><a href="javascript:Maintenance('BACKUP')">Maintenance</a></body></html>"##;

    #[test]
    fn the_newer_page() {
        let list = read(NEWER).unwrap();
        assert_eq!(
            (list.users, list.groups, list.most_users, list.most_groups),
            (3, 1, Some(2000), Some(100))
        );
        assert_eq!(list.token.as_deref(), Some("1043841972"));
        assert_eq!(list.removal, Removal::ByIds);
        assert!(list.wizard);
        assert_eq!(list.texts.len(), 4);
        assert_eq!(list.text(3).unwrap().text, "This Registration No. already exists.");
        assert_eq!(list.text(2).unwrap().text, "Literal");
        assert_eq!(list.columns.email, 6);
    }

    #[test]
    fn the_older_page() {
        let list = read(
            r#"<script>var g_NumOfUser=216; var g_NumOfGroup=0; function Delete(){}
            var g_columnInfoHash={entrySelected:{num:0},entryType:{num:1},entryIndex:{num:2},entryName:{num:3},freq:{num:4},mail:{num:5}};</script>
            <form name=listAllForm><input type=hidden name=wimToken value=1></form><span id="span_numOfUsers"></span>
            <a href="javascript:ConfDelete()">Delete</a><a href="javascript:Download('BACKUP')">x</a>"#,
        )
        .unwrap();
        assert_eq!((list.users, list.groups, list.most_users), (216, 0, None));
        assert_eq!(list.removal, Removal::OneByOne);
        assert!(!list.wizard);
        assert!(list.texts.is_empty());
    }

    #[test]
    fn what_is_missing_is_named() {
        assert!(read("<p>x").unwrap_err().contains("how many users"));
        let both = NEWER.replace("Maintenance('BACKUP')", "ConfDelete()");
        assert_eq!(read(&both).unwrap().removal, Removal::Untold);
    }

    #[test]
    fn hostile_pages_are_survived() {
        for bad in ["id=", "id='", "id=\"x\">", "<form <form </form", "<", "id=é>1", "<é<form>"] {
            let _ = read(bad);
            let _ = held(bad);
        }
    }
}
