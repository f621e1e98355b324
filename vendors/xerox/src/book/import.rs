//! Writing a file: upload, import, a mapping of headings where the device asks for one, the end. Each page tells the next.

use std::time::Duration;

use scanfleet_sdk::error::clean;
use scanfleet_sdk::form::{ControlType, FileContent, Form};
use scanfleet_sdk::page::Page;
use scanfleet_sdk::script::PageHooks;
use scanfleet_sdk::transport::Request;
use scanfleet_sdk::{Category, DeviceError};
use url::Url;

use super::edit::{Draft, Export};
use super::fill::{Mode, map_headings, set_delimiter, set_mode, untick};
use super::find::{number_behind, takes_file};
use super::outcome::{Said, in_progress, refresh, said};
use super::send::Stop;
use crate::driver::XeroxDriver;
use crate::problem;
use crate::sheet::loaded;

/// Pages with buttons from the upload to the end at most.
const STEPS: usize = 6;
/// How often a device that says "in progress" is asked again; the time for the device ends it sooner.
const POLLS: usize = 150;

impl Mode {
    fn tried(self) -> &'static str {
        match self {
            Self::Add => "import new contacts",
            Self::Replace => "replace the address book by its edited export",
        }
    }
}

impl XeroxDriver {
    /// Imports a file, and gives what the device says in the end.
    pub(crate) async fn import(
        &mut self,
        export: &Export,
        draft: &Draft,
        mode: Mode,
        posts: &mut u32,
    ) -> Result<(Page, Said), Stop> {
        let tried = mode.tried();
        self.find_book(true).await.map_err(|e| Stop::Error(Box::new(e)))?;
        let mut token = false;
        loop {
            match self.import_once(export, draft, mode, posts).await {
                // The log-in page in answer to a step means that it was not taken: all over again, after a new log-in.
                Err(Stop::Session(page)) => {
                    self.renew(&page, tried).await.map_err(|e| Stop::Error(Box::new(e)))?;
                }
                Err(Stop::Token(_)) if !token => token = true,
                Err(Stop::Token(page)) => {
                    return Err(Stop::Error(Box::new(problem::token_refused(&page, tried))));
                }
                other => return other,
            }
        }
    }

    async fn import_once(
        &mut self,
        export: &Export,
        draft: &Draft,
        mode: Mode,
        posts: &mut u32,
    ) -> Result<(Page, Said), Stop> {
        let tried = mode.tried();
        let Some(url) = self.book.places.import.clone() else {
            let got = "no page of the address book takes a file";
            return Err(DeviceError::new(Category::PageChanged, tried, got).into());
        };
        // The first page is only read: its failures are ordinary ones.
        let mut page = self.book_page(&url, tried).await.map_err(|e| Stop::Error(Box::new(e)))?;
        let (mut chosen, mut uploaded, mut finished) = (false, false, false);
        for _ in 0..STEPS {
            let external = self.helpers(&page).await;
            let (mut forms, _) = loaded(&page, &external);
            let Some(at) = self.next_form(&page, &forms, uploaded) else { break };
            let changed = |got: String| Stop::from(problem::page_changed(&self.session, &page, tried, got));
            let form = &mut forms[at];
            set_delimiter(form, &self.family, export.table.delimiter).map_err(changed)?;
            untick(form, &self.family, "import.brackets");
            chosen |= set_mode(form, &self.family, mode).map_err(changed)?;
            let mapped =
                if uploaded { map_headings(form, export.columns.headings()).map_err(changed)? } else { None };
            let file = if uploaded { None } else { file_field(form) };
            let finishing = has_button(&page, form, &self.family, "button.finish");
            if uploaded || finishing {
                // From here on the book may change: everything that can be known must be right.
                if !chosen {
                    let got = "no page asks whether the contacts are added or take the place of all others";
                    return Err(changed(got.to_owned()));
                }
                self.all_mapped(&page, export, draft, mapped.as_deref(), tried)?;
                let told = number_behind(&page.document().visible_text(), &self.family, "import.records");
                if let Some(told) = told.filter(|t| uploaded && *t != draft.records) {
                    return Err(changed(format!(
                        "the device sees {told} records in a file of {}",
                        draft.records
                    )));
                }
            }
            let words: &[&str] = if uploaded {
                &["button.finish", "button.import", "button.ok"]
            } else {
                &["button.upload", "button.finish", "button.import", "button.ok"]
            };
            let ready =
                self.pressed(&page, &forms, at, words, tried).await.map_err(|e| Stop::Error(Box::new(e)))?;
            let file = file.map(|field| {
                let content = FileContent {
                    name: "addressbook.csv".to_owned(),
                    content_type: "text/csv".to_owned(),
                    bytes: draft.bytes.clone(),
                };
                (field, content)
            });
            let (from, submission) = ready
                .submission(file)
                .map_err(|(page, got)| Stop::from(problem::page_changed(&self.session, &page, tried, got)))?;
            let next = submission.entries.iter().find(|(n, _)| n == "NextPage").map(|(_, v)| v.clone());
            let next = next.and_then(|n| from.url.join(&n).ok()).filter(|u| u.origin() == from.url.origin());
            let answer = self.alter(&from, submission, tried, posts).await?;
            finished |= uploaded;
            uploaded = true;
            page = self.waited(answer, next, tried).await?;
        }
        let said = said(&page, &self.family);
        if !finished && !said.failed && !said.done {
            let got = format!("after the upload no button goes on; the page says: {}", said.text);
            return Err(problem::page_changed(&self.session, &page, tried, got).into());
        }
        Ok((page, said))
    }

    /// Waits as long as the device says that it is at work.
    async fn waited(&mut self, mut page: Page, next: Option<Url>, tried: &str) -> Result<Page, Stop> {
        for poll in 0..POLLS {
            if !in_progress(&page, &self.family) {
                return Ok(page);
            }
            let pause = if poll < 10 { 400 } else { 2000 };
            tokio::time::sleep(Duration::from_millis(pause)).await;
            let answers_posts = page.url.path().ends_with(".set");
            let url = refresh(&page)
                .or_else(|| next.clone())
                .or_else(|| Some(page.url.clone()).filter(|_| !answers_posts));
            let Some(url) = url else { return Err(Stop::Lost) };
            // What was posted has been taken: whatever keeps its outcome from being seen leaves it open.
            let answer = match self.session.send(Request::get(url.as_str(), tried)).await {
                Ok(answer) => answer.page(),
                Err(_) => return Err(Stop::Lost),
            };
            self.notice_log_out(&answer);
            page = match self.judge(answer, tried) {
                Ok(page) => page,
                Err(Stop::Refused(page, text)) => return Err(Stop::Refused(page, text)),
                // Only the looking on needs the session again.
                Err(Stop::Session(gone)) => match self.renew(&gone, tried).await {
                    Ok(()) => continue,
                    Err(_) => return Err(Stop::Lost),
                },
                Err(_) => return Err(Stop::Lost),
            };
        }
        Err(Stop::Lost)
    }

    /// The form that goes on from here.
    fn next_form(&self, page: &Page, forms: &[Form], uploaded: bool) -> Option<usize> {
        if !uploaded {
            return (0..forms.len()).find(|at| takes_file(&forms[*at]));
        }
        let groups = ["button.finish", "button.import"];
        let own = |at: &usize| {
            let mut buttons = forms[*at].controls.iter().filter(|c| c.kind.is_button());
            buttons.any(|c| groups.iter().any(|g| self.family.is(g, c.label())))
        };
        let posts = || (0..forms.len()).filter(|at| forms[*at].method == "post" && !takes_file(&forms[*at]));
        posts().find(own).or_else(|| {
            let hooks = PageHooks::read(&page.text);
            let pressable = hooks
                .clickables
                .iter()
                .any(|c| c.code.is_some() && groups.iter().any(|g| self.family.is(g, &c.text)));
            let mut all = posts();
            match (pressable, all.next(), all.next()) {
                (true, Some(only), None) => Some(only),
                _ => None,
            }
        })
    }

    /// Everything that the file holds must reach the device, or an import would lose it.
    fn all_mapped(
        &self,
        page: &Page,
        export: &Export,
        draft: &Draft,
        mapped: Option<&[usize]>,
        tried: &str,
    ) -> Result<(), Stop> {
        let Some(mapped) = mapped else { return Ok(()) };
        let left: Vec<String> = draft
            .filled
            .iter()
            .filter(|c| !mapped.contains(c))
            .map(|c| clean(&export.columns.headings()[*c]))
            .collect();
        if left.is_empty() {
            return Ok(());
        }
        let got = format!("the device offers no field for the columns {}", left.join(", "));
        Err(problem::page_changed(&self.session, page, tried, got).into())
    }
}

fn has_button(page: &Page, form: &Form, family: &crate::family::Family, group: &str) -> bool {
    form.controls.iter().any(|c| c.kind.is_button() && family.is(group, c.label()))
        || PageHooks::read(&page.text)
            .clickables
            .iter()
            .any(|c| c.code.is_some() && family.is(group, &c.text))
}

/// The field that takes the file.
fn file_field(form: &Form) -> Option<String> {
    form.controls
        .iter()
        .find(|c| c.kind == ControlType::File && !c.name.is_empty() && !c.disabled)
        .map(|c| c.name.clone())
}
