//! What can go wrong with a device, each under one stable category.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The stable category of a device failure; scripts and reports build on these words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    /// Nothing answered, or the connection broke before an answer.
    Unreachable,
    /// The TLS handshake failed, or the certificate is not the one that was trusted.
    Tls,
    /// The device refused the log-in; the password may be wrong or the account locked.
    AuthRefused,
    /// The account is locked, by a sign of its own.
    LockedOut,
    /// The device is in use by another function, session or person.
    Busy,
    /// The device is not one that any family knows, or not the one the inventory or the plan names.
    UnknownModel,
    /// A page lacks what the driver needs, has it twice, or has it in another type.
    PageChanged,
    /// The device cannot hold what is wanted.
    Unsupported,
    /// The device refused the value.
    Rejected,
    /// The device answered that it took the change, and the read-back differs.
    NotApplied,
    /// The answer to a write was lost, and reading back could not settle whether it was taken.
    Unconfirmed,
    /// The run was stopped, or the session ended in the middle.
    Interrupted,
}

impl Category {
    /// Every category, in the order of the documentation.
    pub const ALL: [Self; 12] = [
        Self::Unreachable,
        Self::Tls,
        Self::AuthRefused,
        Self::LockedOut,
        Self::Busy,
        Self::UnknownModel,
        Self::PageChanged,
        Self::Unsupported,
        Self::Rejected,
        Self::NotApplied,
        Self::Unconfirmed,
        Self::Interrupted,
    ];

    /// The word used in JSON, reports and the journal.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Tls => "tls",
            Self::AuthRefused => "auth-refused",
            Self::LockedOut => "locked-out",
            Self::Busy => "busy",
            Self::UnknownModel => "unknown-model",
            Self::PageChanged => "page-changed",
            Self::Unsupported => "unsupported",
            Self::Rejected => "rejected",
            Self::NotApplied => "not-applied",
            Self::Unconfirmed => "unconfirmed",
            Self::Interrupted => "interrupted",
        }
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether the same command may be run again after this failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rerun {
    /// Running again changes nothing twice and cannot lock anybody out.
    Safe,
    /// Running again is safe because it reads the device before it touches it.
    ReadsFirst,
    /// Running again unchanged may do harm (a refused log-in counts towards a lock-out).
    AfterMending,
}

/// Which side failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The device, its pages or the way to it.
    Device,
    /// Our own workspace: the journal could not take an intent or a receipt.
    Workspace,
}

/// One failure on one device: what was tried, on which page, what came back and what to do next.
///
/// Texts are fragments without a final period. No field ever holds a secret; device text in `got` has its control
/// characters removed by [`clean`].
#[derive(Debug, Clone, thiserror::Error)]
pub struct DeviceError {
    /// The stable category.
    pub category: Category,
    /// What was being done, in the infinitive ("read the E-mail page").
    pub tried: String,
    /// Address or title of the page, where a page is concerned.
    pub page: Option<String>,
    /// What came back or was found.
    pub got: String,
    /// What a person should do next.
    pub next: Option<String>,
    /// Whether the same command may be run again.
    pub rerun: Rerun,
    /// Which side failed.
    pub fault: Fault,
    /// True when a request left and its answer never came: the request may or may not have been carried out.
    pub answer_lost: bool,
    /// The page as it came, secrets and tokens removed, for whoever extends the family.
    pub capture: Option<String>,
}

impl DeviceError {
    /// Starts an error of a category; `got` says what came back.
    pub fn new(category: Category, tried: impl Into<String>, got: impl Into<String>) -> Self {
        let rerun = match category {
            Category::AuthRefused | Category::LockedOut | Category::Tls | Category::Unsupported => {
                Rerun::AfterMending
            }
            Category::Unconfirmed | Category::NotApplied | Category::Interrupted => Rerun::ReadsFirst,
            _ => Rerun::Safe,
        };
        Self {
            category,
            tried: tried.into(),
            page: None,
            got: clean(&got.into()),
            next: None,
            rerun,
            fault: Fault::Device,
            answer_lost: false,
            capture: None,
        }
    }

    /// Names the page.
    pub fn on_page(mut self, page: impl Into<String>) -> Self {
        self.page = Some(clean(&page.into()));
        self
    }

    /// Says what to do next.
    pub fn hint(mut self, next: impl Into<String>) -> Self {
        self.next = Some(next.into());
        self
    }

    /// Says whether the command may be run again.
    pub fn rerun(mut self, rerun: Rerun) -> Self {
        self.rerun = rerun;
        self
    }

    /// Keeps a redacted copy of the page.
    pub fn with_capture(mut self, redacted_page: String) -> Self {
        self.capture = Some(redacted_page);
        self
    }

    /// Marks the error as one where a request left and its answer never came.
    pub fn lost_answer(mut self) -> Self {
        self.answer_lost = true;
        self.rerun = Rerun::ReadsFirst;
        self
    }

    /// An error of our own workspace (journal full, directory read-only) in the middle of a device's work.
    pub fn workspace(tried: impl Into<String>, got: impl Into<String>) -> Self {
        let mut error = Self::new(Category::Interrupted, tried, got);
        error.fault = Fault::Workspace;
        error
    }
}

impl fmt::Display for DeviceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "could not {}", self.tried)?;
        if let Some(page) = &self.page {
            write!(f, " ({page})")?;
        }
        write!(f, ": {}", self.got)
    }
}

/// Removes what a terminal could take for a command: control characters, escapes, bidirectional overrides.
/// Line breaks and tabs become spaces; the text is cut at 500 characters.
pub fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(512));
    for c in text.chars() {
        let c = match c {
            '\n' | '\r' | '\t' | '\u{a0}' => ' ',
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => {
                continue;
            }
            c if c.is_control() => continue,
            c => c,
        };
        if c == ' ' && out.ends_with(' ') {
            continue;
        }
        out.push(c);
        if out.chars().count() >= 500 {
            out.push('…');
            break;
        }
    }
    out.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn device_text_cannot_reach_the_terminal_as_a_command() {
        assert_eq!(clean("a\u{1b}[31mred\u{7}\r\n b\u{202e}c"), "a[31mred bc");
    }

    #[test]
    fn every_category_serialises_as_its_word() {
        for category in Category::ALL {
            assert_eq!(serde_json::to_value(category).unwrap(), category.as_str());
        }
    }
}
