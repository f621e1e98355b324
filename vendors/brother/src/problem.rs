//! Errors of this driver, each with what was tried, where, what came back and what to do next.

use scanfleet_sdk::error::clean;
use scanfleet_sdk::form::FormError;
use scanfleet_sdk::page::Page;
use scanfleet_sdk::transport::Session;
use scanfleet_sdk::{Category, DeviceError, Rerun};

/// The address of a page without its query.
pub(crate) fn place(page: &Page) -> String {
    clean(page.url.path())
}

/// A page that lacks what the driver needs, with a redacted copy of it.
pub(crate) fn page_changed(
    session: &Session,
    page: &Page,
    tried: &str,
    got: impl Into<String>,
) -> DeviceError {
    let title = crate::signs::heading(page);
    let name = if title.is_empty() {
        place(page)
    } else {
        format!("{} \u{201c}{}\u{201d}", place(page), clean(&title))
    };
    DeviceError::new(Category::PageChanged, tried, got)
        .on_page(name)
        .hint("nothing was written; extend the family file with what the page shows, or compare the page in a browser")
        .with_capture(session.redact(&page.text))
}

/// What this device cannot hold; nothing was written.
pub(crate) fn unsupported(page: &Page, what: &str, got: impl Into<String>) -> DeviceError {
    DeviceError::new(Category::Unsupported, format!("set {what}"), got)
        .on_page(place(page))
        .hint("choose what the page of this device can hold; nothing was written")
}

/// A form that cannot be filled as wanted. `what` names the setting in a person's words.
pub(crate) fn unfillable(session: &Session, page: &Page, what: &str, error: &FormError) -> DeviceError {
    match error {
        FormError::TooLong { .. }
        | FormError::Unencodable { .. }
        | FormError::Unfit { .. }
        | FormError::NoSuchChoice { .. } => unsupported(page, what, error.to_string()),
        _ => page_changed(session, page, &format!("fill in {what}"), error.to_string()),
    }
}

/// The device is in use.
pub(crate) fn busy(page: &Page, tried: &str, got: &str) -> DeviceError {
    DeviceError::new(Category::Busy, tried, format!("the device says: {}", clean(got)))
        .on_page(place(page))
        .hint("wait until nobody uses the panel or another browser, and run again")
}

/// Somebody else is at work, as what was found shows.
pub(crate) fn busy_with(tried: &str, got: &str) -> DeviceError {
    DeviceError::new(Category::Busy, tried, got)
        .hint("wait until nobody uses the panel or another browser, and run again")
}

/// The device refused a value, in its own words.
pub(crate) fn rejected(session: &Session, page: &Page, tried: &str, got: &str) -> DeviceError {
    DeviceError::new(Category::Rejected, tried, format!("the device says: {}", clean(got)))
        .on_page(place(page))
        .hint("nothing was saved; set the value in a browser to see what the device wants")
        .with_capture(session.redact(&page.text))
}

/// The device rejected a request as a whole (token, `Referer`), twice.
pub(crate) fn request_rejected(session: &Session, page: &Page, tried: &str, got: &str) -> DeviceError {
    DeviceError::new(
        Category::Rejected,
        tried,
        format!("the device rejected the request itself, again with a fresh token: {}", clean(got)),
    )
    .on_page(place(page))
    .hint("nothing was saved; look whether another browser is open on the device, or a proxy removes the `Referer`")
    .rerun(Rerun::ReadsFirst)
    .with_capture(session.redact(&page.text))
}

/// The session ended, and it had been renewed before.
pub(crate) fn session_lost(page: &Page, tried: &str) -> DeviceError {
    DeviceError::new(
        Category::Interrupted,
        tried,
        "the device ended the session again after it had been renewed once",
    )
    .on_page(place(page))
    .hint(
        "look who else is signed in as administrator, and run again; the device is read before it is touched",
    )
}

/// A status that is no page.
pub(crate) fn status(session: &Session, page: &Page, tried: &str) -> DeviceError {
    let got = format!("the device answered with status {}", page.status);
    match page.status {
        500..=599 => DeviceError::new(Category::Busy, tried, got)
            .on_page(place(page))
            .hint("the device's web server is starting or in trouble: wait a minute, open the page in a browser, and run again")
            .with_capture(session.redact(&page.text)),
        _ => page_changed(session, page, tried, got),
    }
}
