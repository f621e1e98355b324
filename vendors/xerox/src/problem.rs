//! Errors of this driver, each with what was tried, where, what came back and what to do next.

use scanfleet_sdk::error::clean;
use scanfleet_sdk::form::FormError;
use scanfleet_sdk::page::Page;
use scanfleet_sdk::transport::Session;
use scanfleet_sdk::{Category, DeviceError};

/// The address of a page without its query, which may hold a token.
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
    let title = page.document().title();
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

/// A form that cannot be filled as wanted. `what` names the setting in a person's words.
pub(crate) fn unfillable(session: &Session, page: &Page, what: &str, error: &FormError) -> DeviceError {
    let tried = format!("fill in {what}");
    match error {
        FormError::TooLong { .. } | FormError::Unencodable { .. } | FormError::Unfit { .. } => {
            unsupported(page, &tried, error.to_string())
        }
        _ => page_changed(session, page, &tried, error.to_string()),
    }
}

/// A value or a choice that the page cannot hold.
pub(crate) fn unsupported(page: &Page, tried: &str, got: String) -> DeviceError {
    DeviceError::new(Category::Unsupported, tried, got)
        .on_page(place(page))
        .hint("choose what the page of this device can hold; nothing was written")
}

/// The device is in use.
pub(crate) fn busy(page: &Page, tried: &str, got: &str) -> DeviceError {
    DeviceError::new(Category::Busy, tried, format!("the device says: {}", clean(got)))
        .on_page(place(page))
        .hint("wait until nobody uses the panel or another browser, and run again")
}

/// The device has as many sessions as it allows.
pub(crate) fn too_many_sessions(page: &Page, tried: &str, got: &str) -> DeviceError {
    DeviceError::new(Category::Busy, tried, format!("the device has too many sessions: {}", clean(got)))
        .on_page(place(page))
        .hint("log out of other browser windows, or wait until the device ends idle sessions, and run again")
}

/// The device refused a value, in its own words.
pub(crate) fn rejected(session: &Session, page: &Page, tried: &str, text: &str) -> DeviceError {
    DeviceError::new(Category::Rejected, tried, format!("the device says: {}", clean(text)))
        .on_page(place(page))
        .hint("set the value in a browser to see what the device wants; firmware that asks for the password with every new server needs both in one change")
        .with_capture(session.redact(&page.text))
}

/// The token was refused although it came from the page that was just read.
pub(crate) fn token_refused(page: &Page, tried: &str) -> DeviceError {
    DeviceError::new(
        Category::Interrupted,
        tried,
        "the device showed its error page in answer to the form, again after a fresh read of the page",
    )
    .on_page(place(page))
    .hint(
        "look who else is signed in as administrator, and run again; the device is read before it is touched",
    )
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
pub(crate) fn status(session: &Session, page: &Page, tried: &str, status: u16) -> DeviceError {
    let got = format!("the device answered with status {status}");
    match status {
        500..=599 => DeviceError::new(Category::Busy, tried, got)
            .on_page(place(page))
            .hint("the device's web server is starting or in trouble: wait a minute, open the page in a browser, and run again")
            .with_capture(session.redact(&page.text)),
        _ => page_changed(session, page, tried, got),
    }
}
