//! What an answer is, before anybody takes it for a page of settings. Nearly all of them come with status 200.

use scanfleet_sdk::page::Page;

use crate::family::Family;

/// What the device says of a request, in its own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Said {
    /// Nothing, or that it took the request.
    Nothing,
    /// That it took the request.
    Success(String),
    /// That it rejected the request as a whole: no `Referer`, no token or a stale one.
    Rejected(String),
    /// That it is in use.
    Busy(String),
    /// Another failure.
    Failure(String),
}

/// What an answer says of the request. The classes decide; words only tell the kinds of failure apart.
pub(crate) fn said(page: &Page, family: &Family) -> Said {
    let document = page.document();
    let text_of = |classes: &[&str]| {
        classes
            .iter()
            .flat_map(|class| document.texts_of_class(class))
            .find(|text| !text.trim().is_empty())
            .map(|text| text.chars().take(300).collect::<String>())
    };
    if let Some(text) = text_of(&["postError", "errorMessage"]) {
        return if family.holds("sign.rejected", &text) {
            Said::Rejected(text)
        } else if family.holds("sign.busy", &text) {
            Said::Busy(text)
        } else {
            Said::Failure(text)
        };
    }
    if let Some(text) = text_of(&["postSuccess"]) {
        return Said::Success(text);
    }
    // Without a class the words count only where nothing else is on the page.
    let visible = document.visible_text();
    if visible.chars().count() < 1500 && family.holds("sign.rejected", &visible) {
        return Said::Rejected(visible.chars().take(300).collect());
    }
    Said::Nothing
}

/// The heading of a page's own part, else its title.
pub(crate) fn heading(page: &Page) -> String {
    let document = page.document();
    match document.text_of_id("pageTitle") {
        Some(text) if !text.is_empty() => text,
        _ => document.title(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Said {
        let url = "http://192.0.2.1/net/net/x.html".parse().unwrap();
        said(&Page { url, status: 200, charset: "windows-1252", text: text.into() }, &crate::family::all()[0])
    }

    #[test]
    fn answers_are_told_apart() {
        assert_eq!(of("<div class=postSuccess>Submit&#32;OK</div>"), Said::Success("Submit OK".into()));
        assert_eq!(of("<div class=postSuccess></div><div class=postError></div>"), Said::Nothing);
        assert!(matches!(
            of("<p class='x errorMessage'>Your&#32;request was rejected. Please try again.</p>"),
            Said::Rejected(_)
        ));
        assert!(matches!(of("<p>Your request was rejected.</p>"), Said::Rejected(_)));
        assert!(matches!(of("<div class=postError>The machine is in use.</div>"), Said::Busy(_)));
        assert!(matches!(of("<div class=postError>Setting value is out of range</div>"), Said::Failure(_)));
        // A failure beside a success is a failure.
        assert!(matches!(
            of("<div class=postSuccess>OK</div><div class=postError>Submit Error</div>"),
            Said::Failure(_)
        ));
    }
}
