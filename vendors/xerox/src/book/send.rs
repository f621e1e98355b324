//! What pressing a button of these pages sends, and sending it.

use scanfleet_sdk::error::clean;
use scanfleet_sdk::form::{FileContent, Form, Submission};
use scanfleet_sdk::page::Page;
use scanfleet_sdk::script::Sent;
use scanfleet_sdk::transport::{Answer, Effect, Request};
use scanfleet_sdk::{Category, DeviceError, Section};

use crate::driver::XeroxDriver;
use crate::press::{Pressed, button_texts, origin};
use crate::problem;
use crate::settings::is_sensitive;
use crate::signs::{Sign, classify};
use crate::write::token_of;

/// Why something stopped.
pub(crate) enum Stop {
    /// The device had ended the session: the request was not taken.
    Session(Box<Page>),
    /// The device did not take the page's token: the request was not taken.
    Token(Box<Page>),
    /// The answer of a request that may have been carried out never came.
    Lost,
    /// The device refuses what was sent, in its own words.
    Refused(Box<Page>, String),
    /// Anything else.
    Error(Box<DeviceError>),
}

impl From<DeviceError> for Stop {
    fn from(error: DeviceError) -> Self {
        if error.answer_lost { Self::Lost } else { Self::Error(Box::new(error)) }
    }
}

/// Words of a function's name that say that it alters something.
const ALTERS: [&str; 34] = [
    "set", "import", "delete", "remove", "add", "create", "edit", "update", "write", "replace", "clear",
    "reset", "config", "attrib", "clone", "cloning", "upload", "install", "restore", "save", "apply",
    "modify", "change", "insert", "store", "reboot", "restart", "erase", "purge", "enable", "disable",
    "firmware", "upgrade", "move",
];

/// Whether a function that a page names in `_fun_function` only reads: one that exports, or that makes a download of the
/// address book, and whose name has no word of altering in it. Whatever is written in another way is not harmless.
pub(crate) fn harmless_function(name: &str) -> bool {
    let Some(bare) = name.strip_prefix("HTTP_").and_then(|n| n.strip_suffix("_fn")) else { return false };
    if bare.is_empty() || !bare.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
        return false;
    }
    let words = words_of(bare);
    let has = |word: &str| words.iter().any(|w| w == word);
    // `DeleteAll` and `Setup` are one word to us as well: a word that begins so alters, too.
    let alters = words.iter().any(|w| ALTERS.iter().any(|a| w == a || (a.len() > 3 && w.starts_with(a))));
    let exports = words.iter().any(|w| matches!(w.as_str(), "export" | "exports" | "exporting"));
    let book = has("addressbook") || (has("address") && has("book")) || has("ab") || has("contacts");
    !alters && (exports || (has("download") && book))
}

/// The words of a name, parted by underscores and capital letters, in lower case.
fn words_of(name: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut lower = false;
    for c in name.chars() {
        if c == '_' || (c.is_ascii_uppercase() && lower) {
            out.push(String::new());
        }
        lower = c.is_ascii_lowercase() || c.is_ascii_digit();
        if c != '_'
            && let Some(last) = out.last_mut()
        {
            last.push(c.to_ascii_lowercase());
        }
    }
    out.retain(|w| !w.is_empty());
    out
}

/// A form filled and pressed.
pub(crate) struct Ready {
    pub(crate) page: Page,
    pub(crate) sent: Sent,
}

impl Ready {
    /// What of it goes off, with a file where one is given.
    pub(crate) fn submission(
        self,
        file: Option<(String, FileContent)>,
    ) -> Result<(Page, Submission), (Page, String)> {
        let action = self.sent.action.as_deref();
        let made = match file {
            Some((field, file)) => self.sent.form.upload(None, action, &field, file),
            None => self.sent.form.submission(None, action),
        };
        match made {
            Ok(submission) => Ok((self.page, submission)),
            Err(error) => Err((self.page, error.to_string())),
        }
    }
}

impl XeroxDriver {
    /// Presses a button of one of these groups of words on a filled form.
    pub(crate) async fn pressed(
        &mut self,
        page: &Page,
        forms: &[Form],
        form: usize,
        words: &[&str],
        tried: &str,
    ) -> Result<Ready, DeviceError> {
        let mut unclear = false;
        for group in words {
            match self.press(page, forms, form, group, &[]).await {
                Pressed::Sent(sent) => return self.tokened(page, forms, *sent, tried),
                Pressed::Unclear => unclear = true,
                Pressed::Several(all) => {
                    let got =
                        format!("its scripts lead to several addresses ({all}), and none may be guessed");
                    return Err(problem::page_changed(&self.session, page, tried, got));
                }
                Pressed::NoButton => {}
            }
        }
        if unclear {
            // A button is there, and its script does more than can be followed: the form goes as it stands.
            let sent = Sent { form: forms[form].clone(), action: None, typed: Vec::new() };
            return self.tokened(page, forms, sent, tried);
        }
        let got = format!("the button is not there; buttons: {}", button_texts(page));
        Err(problem::page_changed(&self.session, page, tried, got))
    }

    /// Puts the page's token in where a script would, and looks whether the form says what it wants of the device.
    fn tokened(
        &self,
        page: &Page,
        forms: &[Form],
        mut sent: Sent,
        tried: &str,
    ) -> Result<Ready, DeviceError> {
        let silent = |name: &str| {
            sent.form.controls.iter().any(|c| c.name == name && !c.disabled && c.value.trim().is_empty())
        };
        if sent.form.method == "post" && silent("_fun_function") {
            let got = "the form does not say which function it calls, and its script cannot be followed";
            return Err(problem::page_changed(&self.session, page, tried, got));
        }
        let literals = crate::literals::of(&page.document().scripts());
        if sent.form.method == "post"
            && !sent.form.controls.iter().any(|c| c.name == "CSRFToken" && !c.value.is_empty())
            && let Some(token) = token_of(forms, &literals)
        {
            match sent.form.controls.iter_mut().find(|c| c.name == "CSRFToken") {
                Some(control) => control.value = token,
                None => sent.form.controls.push(crate::fields::hidden("CSRFToken", &token)),
            }
        }
        Ok(Ready { page: page.clone(), sent })
    }

    /// Sends what can alter the device, and counts it where it may have left.
    pub(crate) async fn alter(
        &mut self,
        page: &Page,
        submission: Submission,
        what: &str,
        posts: &mut u32,
    ) -> Result<Page, Stop> {
        let hidden: Vec<String> =
            submission.entries.iter().map(|(n, _)| n.clone()).filter(|n| is_sensitive(n)).collect();
        let names: Vec<&str> = hidden.iter().map(String::as_str).collect();
        let effect = Effect::Write { section: Section::AddressBook, what: what.to_owned() };
        let request = Request::submit(submission, effect, what, &names)
            .header("Referer", page.url.as_str())
            .header("Origin", &origin(&page.url));
        let answer = self.count(request, posts).await.map_err(Stop::from)?.page();
        self.notice_log_out(&answer);
        self.judge(answer, what)
    }

    /// Sends a request that can alter the device. One that the witness never heard of is not counted.
    pub(crate) async fn count(&mut self, request: Request, posts: &mut u32) -> Result<Answer, DeviceError> {
        let before = self.session.facts().requests;
        let result = self.session.send(request).await;
        let heard = match &result {
            Ok(_) => true,
            // Kept back by the gate or the origin rule, before anybody heard of it.
            Err(error) => {
                error.answer_lost
                    || self.session.facts().requests > before
                    || !(error.category == Category::PageChanged || error.got.contains("read-only gate"))
            }
        };
        *posts += u32::from(heard);
        result
    }

    /// What the answer to a request that can alter the device is.
    pub(crate) fn judge(&mut self, answer: Page, what: &str) -> Result<Page, Stop> {
        // An answer that is no page says nothing about what became of the request.
        if answer.status >= 400 {
            return Err(Stop::Lost);
        }
        match classify(&answer, &self.family) {
            Sign::Ordinary => Ok(answer),
            Sign::SessionGone => Err(Stop::Session(Box::new(answer))),
            Sign::Token => Err(Stop::Token(Box::new(answer))),
            Sign::Busy(text) => Err(Stop::Error(Box::new(problem::busy(&answer, what, &text)))),
            Sign::TooManySessions(text) => {
                Err(Stop::Error(Box::new(problem::too_many_sessions(&answer, what, &text))))
            }
            Sign::Refused(text) => Err(Stop::Refused(Box::new(answer), text)),
            Sign::Status(_) => Err(Stop::Lost),
        }
    }

    /// A refusal in the device's own words.
    pub(crate) fn turned_down(&self, page: &Page, tried: &str, text: &str) -> DeviceError {
        let text: String = text.chars().take(300).collect();
        DeviceError::new(Category::Rejected, tried, format!("the device says: {}", clean(&text)))
            .on_page(problem::place(page))
            .hint("set it in a browser to see what the device wants")
            .with_capture(self.session.redact(&page.text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_functions_that_export_are_harmless() {
        for name in [
            "HTTP_Export_Address_Book_fn",
            "HTTP_ExportAddressBook_fn",
            "HTTP_AB_Export_fn",
            "HTTP_Download_AddressBook_fn",
            "HTTP_AB_Download_fn",
        ] {
            assert!(harmless_function(name), "{name}");
        }
        for name in [
            "HTTP_Set_Config_Attrib_fn",
            "HTTP_Set_Config_Non_Sec_fn",
            "HTTP_Config_Cloning_fn",
            "HTTP_Machine_Reset_fn",
            "HTTP_Parser_Set_fn",
            "HTTP_Set_Export_fn",
            "HTTP_Export_And_Delete_fn",
            "HTTP_ExportDeleteAll_fn",
            "HTTP_Import_Address_Book_fn",
            "HTTP_Firmware_Download_fn",
            "HTTP_Download_fn",
            "HTTP_Generate_Key_fn",
            "HTTP_Authenticate_fn",
            "HTTP_Export%53et_fn",
            "HTTP_Export_fn,HTTP_Set_fn",
            "HTTP_Export",
            "Export",
            "",
        ] {
            assert!(!harmless_function(name), "{name}");
        }
    }
}
