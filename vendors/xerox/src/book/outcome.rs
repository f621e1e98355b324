//! What a device says became of an import. Its words are told, never believed.

use scanfleet_sdk::error::clean;
use scanfleet_sdk::family::words::fold;
use scanfleet_sdk::page::Page;
use url::Url;

use super::find::Way;
use crate::family::Family;

/// Whether a page says that the work goes on.
pub(crate) fn in_progress(page: &Page, family: &Family) -> bool {
    let fields = page.forms().iter().any(|f| f.controls.iter().any(|c| c.kind.is_button()));
    let text = page.document().visible_text();
    // A list of contacts may hold any words.
    !fields && text.chars().count() < 600 && family.holds("book.progress", &text)
}

/// Where a page goes on by itself: a refresh in its head, or a script that opens another page when it has loaded.
pub(crate) fn refresh(page: &Page) -> Option<Url> {
    let lower = page.text.to_ascii_lowercase();
    let own = |url: &Url| url.origin() == page.url.origin();
    let meta = lower.match_indices("http-equiv").find_map(|(at, _)| {
        let end = lower[at..].find('>').map_or(lower.len(), |n| at + n);
        let tag = page.text.get(at..end)?;
        let low = lower.get(at..end)?;
        if !low.contains("refresh") {
            return None;
        }
        let from = low.find("url=")? + 4;
        let target = tag.get(from..)?.trim_start_matches(['"', '\'']);
        let target = target.split(['"', '\'', '>']).next()?.replace("&amp;", "&");
        page.url.join(target.trim()).ok()
    });
    let script = || {
        page.document().scripts().iter().find_map(|script| {
            let at = script.find("location")?;
            let rest = script[at + "location".len()..].trim_start_matches(".href").trim_start();
            let rest = rest.strip_prefix('=').or_else(|| rest.strip_prefix(".replace("))?;
            page.url.join(&crate::literals::quoted(rest.trim_start())?).ok()
        })
    };
    meta.or_else(script).filter(own)
}

/// Texts of ways, for an error.
pub(crate) fn texts(ways: &[Way]) -> String {
    let mut all: Vec<String> = ways.iter().map(|w| clean(&w.text)).filter(|t| !t.is_empty()).collect();
    all.dedup();
    all.truncate(20);
    if all.is_empty() { "none".to_owned() } else { all.join(", ") }
}

/// What a device said at the end.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Said {
    /// Its words.
    pub(crate) text: String,
    /// It speaks of failure.
    pub(crate) failed: bool,
    /// It speaks of something done, too.
    pub(crate) done: bool,
    /// Rows of the file (from 1, the headings being the first) with what is wrong with them.
    pub(crate) rows: Vec<(usize, String)>,
}

/// Reads the words of a page.
pub(crate) fn said(page: &Page, family: &Family) -> Said {
    let text = page.document().visible_text();
    let rows = rows(&text, family);
    Said {
        failed: !rows.is_empty() || family.holds("import.failed", &text),
        done: family.holds("import.done", &text),
        rows,
        text: clean(&text),
    }
}

/// "Row 3: …" and the like.
fn rows(text: &str, family: &Family) -> Vec<(usize, String)> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let starts: Vec<(usize, usize)> = words
        .windows(2)
        .enumerate()
        .filter_map(|(at, pair)| {
            let digits = pair[1].trim_end_matches([':', '.', ',', ')', '-', '\u{2013}']);
            let number: usize = digits.parse().ok()?;
            // A colon tells a row that something is wrong with from a number of rows.
            let told = pair[1].len() > digits.len()
                || words.get(at + 2).is_some_and(|w| matches!(*w, ":" | "-" | "\u{2013}"));
            let word = fold(pair[0]);
            let is_row = !word.is_empty() && family.words("import.row").any(|w| w.folded == word);
            (is_row && told).then_some((at, number))
        })
        .collect();
    starts
        .iter()
        .enumerate()
        .map(|(n, (at, number))| {
            let end = starts.get(n + 1).map_or(words.len(), |(next, _)| *next);
            (*number, clean(&words[at + 2..end].join(" ")))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::family;

    fn page(text: &str) -> Page {
        let url = "http://192.0.2.1/addressbook/x.php".parse().unwrap();
        Page { url, status: 200, charset: "UTF-8", text: text.to_owned() }
    }

    #[test]
    fn rows_that_were_refused_are_told_apart() {
        let families = family::embedded().unwrap();
        let family = families.get("xerox-altalink").unwrap();
        let said = |text: &str| said(&page(text), family);
        let bad = said(
            "<p>2 rows were not imported. Row 2: A name is required. Row 13: The address is <b>not valid</b>.</p>",
        );
        assert_eq!(
            bad.rows,
            [(2, "A name is required.".to_owned()), (13, "The address is not valid.".to_owned())]
        );
        assert!(bad.failed);
        let fine = said("<p>The import is complete. 3 contacts were added, 0 were updated.</p>");
        assert!(!fine.failed && fine.done && fine.rows.is_empty());
        assert!(said("<p>The address book is full.</p>").failed);
    }

    #[test]
    fn waiting_and_going_on() {
        let families = family::embedded().unwrap();
        let family = families.get("xerox-altalink").unwrap();
        let wait = page(
            "<meta http-equiv='Refresh' content='3; url=y.php?a=1&amp;b=2'><p>The import is in progress. Please wait...",
        );
        assert!(in_progress(&wait, family));
        assert_eq!(refresh(&wait).unwrap().as_str(), "http://192.0.2.1/addressbook/y.php?a=1&b=2");
        let script = page("<script>window.location.href = \"/z.php\";</script>");
        assert_eq!(refresh(&script).unwrap().path(), "/z.php");
        assert!(refresh(&page("<script>location = 'http://192.0.2.7/x'</script>")).is_none());
        assert!(!in_progress(&page("<p>done"), family));
    }
}
