//! What came back from a form of the address book, and why a change ends.

use scanfleet_sdk::error::clean;
use scanfleet_sdk::page::Page;
use scanfleet_sdk::{Category, DeviceError, Rerun};

use crate::book::literal::{Literal, parse};
use crate::book::rows::{Row, row};
use crate::book::state::Known;
use crate::driver::RicohDriver;
use crate::problem::{self, place};
use crate::signs::{Sign, classify};

/// Why a change did not go through.
#[derive(Debug)]
pub(crate) enum Halt {
    /// The device lost what was open for editing, or a page came out of order: nothing was taken by this request.
    Context(Box<DeviceError>),
    /// The session is gone: nothing was taken by this request.
    Session(Box<Page>),
    /// The answer never came.
    Lost,
    /// This entry is refused; the next may pass.
    Refused(Box<DeviceError>),
    /// Nothing that follows can pass either.
    Stop(Box<DeviceError>),
}

impl From<DeviceError> for Halt {
    fn from(error: DeviceError) -> Self {
        if error.answer_lost {
            return Self::Lost;
        }
        match error.category {
            Category::PageChanged | Category::Unsupported | Category::Rejected => {
                Self::Refused(Box::new(error))
            }
            _ => Self::Stop(Box::new(error)),
        }
    }
}

/// What a form's answer says.
#[derive(Debug)]
pub(crate) enum Said {
    /// The row as it was saved, where one came.
    Saved(Option<Box<Row>>),
    /// An ordinary page.
    Page,
}

impl RicohDriver {
    /// Judges an answer that has no business to be an error: a page, or data.
    pub(crate) fn judge_book(&self, page: &Page, tried: &str) -> Result<Said, Halt> {
        match classify(page, &self.family) {
            Sign::Data => self.judge_data(page, tried),
            Sign::Ordinary => Ok(Said::Page),
            Sign::SessionGone => Err(Halt::Session(Box::new(page.clone()))),
            Sign::TimedOut => Err(context(page, tried, "the device lost what was open for editing")),
            Sign::BadFlow => Err(context(page, tried, "the device says that the page came out of order")),
            Sign::Busy(text) => Err(Halt::Stop(Box::new(
                problem::busy(page, tried, &text)
                    .hint("somebody edits the address book at the panel or in another session: wait, and run again; nothing was written"),
            ))),
            Sign::TooManySessions(text) => {
                Err(Halt::Stop(Box::new(problem::too_many_sessions(page, tried, &text))))
            }
            Sign::Cookie => Err(Halt::Stop(Box::new(problem::cookies(page, tried)))),
            Sign::Status(status) => {
                let error = problem::status(&self.session, page, tried, status);
                Err(if status >= 500 { Halt::Stop(Box::new(error)) } else { Halt::Refused(Box::new(error)) })
            }
            // An error page: its own words tell a lost context from a refusal.
            Sign::Failure(text) if self.family.holds("sign.timeout", &text) => {
                Err(context(page, tried, &format!("the device says: {}", clean(&text))))
            }
            Sign::Failure(text) => Err(Halt::Refused(Box::new(
                DeviceError::new(Category::Rejected, tried, format!("the device says: {}", clean(&text)))
                    .on_page(place(page))
                    .hint("nothing was stored; make the same change in a browser to see what the device wants")
                    .with_capture(self.session.redact(&page.text)),
            ))),
        }
    }

    /// Rows, or a code of the device's own table.
    fn judge_data(&self, page: &Page, tried: &str) -> Result<Said, Halt> {
        let odd = |got: &str| Halt::from(problem::page_changed(&self.session, page, tried, got));
        let Ok(Literal::List(elements)) = parse(page.text.trim_start()) else {
            return Err(odd("the answer cannot be read"));
        };
        let list = self.listed()?;
        match elements.first() {
            Some(first @ Literal::List(_)) => row(first, &list, &self.family)
                .map(|r| Said::Saved(Some(Box::new(r))))
                .map_err(|why| odd(&format!("the saved row: {why}"))),
            Some(first) => {
                let Some(code) = first.index() else {
                    return Err(odd("the answer is neither a row nor a code"));
                };
                let known = self.family.fact("book_success").and_then(|n| n.parse().ok());
                let success =
                    if list.texts.is_empty() { known.unwrap_or(usize::MAX) } else { list.texts.len() };
                if code >= success {
                    return Ok(Said::Saved(None));
                }
                let fields: Vec<String> =
                    elements[1..].iter().map(|f| format!("`{}`", clean(&f.text()))).collect();
                let told = list.text(code);
                let text = told.map(|t| clean(&plain(&t.text))).filter(|t| !t.is_empty());
                let id = told.map(|t| clean(&t.id)).unwrap_or_default();
                let mut got = match text {
                    Some(text) => format!("the device says: {text} (code {code}"),
                    None => format!("the device answered with code {code} (no text for it"),
                };
                if !id.is_empty() {
                    got.push_str(&format!(", {id}"));
                }
                got.push(')');
                if !fields.is_empty() {
                    got.push_str(&format!("; it names {}", fields.join(", ")));
                }
                Err(Halt::Refused(Box::new(
                    DeviceError::new(Category::Rejected, tried, got)
                        .on_page(place(page))
                        .hint("change what the device objects to; nothing was stored for this entry"),
                )))
            }
            None => Err(odd("the answer is an empty list")),
        }
    }

    /// The row that a save answered with must be the one that was wanted.
    pub(crate) fn check_row(
        &mut self,
        said: Said,
        name: Option<&str>,
        email: Option<&str>,
        number: &str,
    ) -> Result<(), Halt> {
        let Said::Saved(Some(row)) = said else { return Ok(()) };
        let differs = |want: Option<&str>, has: &str| want.is_some_and(|w| w.trim() != has.trim());
        let same_number = number.is_empty() || number.parse::<u32>().ok() == row.entry.number;
        if differs(name, &row.entry.name)
            || differs(email, row.entry.email.as_deref().unwrap_or_default())
            || !same_number
        {
            tracing::warn!(wanted = ?name, "the device says that it saved another entry than the one wanted");
            // What it did instead only reading tells, and nothing more may be sent before that.
            return Err(Halt::Lost);
        }
        let known = Known { number: row.number, name: row.entry.name, has_id: row.has_id, place: None };
        self.book.known.insert(row.entry.id, known);
        Ok(())
    }
}

/// A text of the table, its line breaks gone.
fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("<br") {
        out.push_str(&rest[..at]);
        out.push(' ');
        rest = rest[at..].split_once('>').map_or("", |(_, after)| after);
    }
    out + rest
}

fn context(page: &Page, tried: &str, got: &str) -> Halt {
    Halt::Context(Box::new(
        DeviceError::new(Category::Interrupted, tried, got)
            .on_page(place(page))
            .rerun(Rerun::ReadsFirst)
            .hint(
                "look who else uses the address book, and run again; the device is read before it is touched",
            ),
    ))
}

/// The entry is no longer what it was when it was read.
pub(crate) fn changed_meanwhile(tried: &str, got: impl Into<String>) -> Halt {
    Halt::Refused(Box::new(
        DeviceError::new(Category::Interrupted, tried, got)
            .rerun(Rerun::ReadsFirst)
            .hint("somebody changed the book since it was read: plan again"),
    ))
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn line_breaks_of_texts_go() {
        assert_eq!(plain("a<br />b<br>c"), "a b c");
        assert_eq!(plain("a<br"), "a ");
    }
}
