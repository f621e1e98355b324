//! "Send Test E-mail": the second step behind a save. Assumed as a whole, after other pages of two steps.

use std::time::Duration;

use scanfleet_sdk::error::clean;
use scanfleet_sdk::form::{ControlType, Form};
use scanfleet_sdk::page::Page;
use scanfleet_sdk::{Category, DeviceError, PasswordWanted, Rerun, SmtpWanted, Support};

use crate::choice::holdable;
use crate::driver::BrotherDriver;
use crate::problem;
use crate::signs::{Said, said};
use crate::smtp::smtp_form;
use crate::write::Stop;

const TRIED: &str = "send a test mail";
/// How often the page is asked for the outcome.
const POLLS: u32 = 60;

impl BrotherDriver {
    /// Asks the device to send a test mail, and tells its answer in its own words.
    pub(crate) async fn test_mail_to(&mut self, to: &str) -> Result<Support<String>, DeviceError> {
        let mut posts = 0;
        for attempt in 0..2 {
            let (page, form, field) = match self.question(&mut posts).await {
                Ok(Some(found)) => found,
                Ok(None) => {
                    self.test_mail = Some(false);
                    return Ok(Support::No("the SMTP page of this device asks for no test mail".to_owned()));
                }
                Err(stop) => match self.recover(stop, attempt).await {
                    Ok(()) => continue,
                    Err(error) => return Err(error),
                },
            };
            self.test_mail = Some(true);
            let mut form = form;
            holdable(&page, &field, to)
                .and_then(|()| form.set_text(&field, to))
                .map_err(|e| problem::unfillable(&self.session, &page, "the address of the test mail", &e))?;
            match self.post(&page, &form, TRIED, &mut posts).await {
                Ok(answer) => return self.outcome(answer).await,
                Err(stop) => self.recover(stop, attempt).await?,
            }
        }
        Err(DeviceError::new(Category::Interrupted, TRIED, "the device ended the session again")
            .rerun(Rerun::ReadsFirst))
    }

    /// Makes ready for one more try where nothing was taken.
    async fn recover(&mut self, stop: Stop, attempt: u32) -> Result<(), DeviceError> {
        match stop {
            Stop::Session(page) => self.renew(&page, TRIED).await,
            Stop::Stale(..) if attempt == 0 => Ok(()),
            Stop::Stale(page, text) => Err(problem::request_rejected(&self.session, &page, TRIED, &text)),
            Stop::Lost => Err(DeviceError::new(
                Category::Unconfirmed,
                TRIED,
                "the answer was lost, so that whether a mail was sent is not known",
            )
            .hint("look into the mailbox, or send the test again")
            .lost_answer()),
            Stop::Error(error) => Err(*error),
        }
    }

    /// The form that asks where to send a test: on the page itself, else in the answer to saving the page as it is.
    async fn question(&mut self, posts: &mut u32) -> Result<Option<(Page, Form, String)>, Stop> {
        // A save may just have been answered with the question.
        if let Some(page) = &self.last
            && let Some((form, field)) = ask(&page.forms(), self)
        {
            return Ok(Some((page.clone(), form, field)));
        }
        let page = self.smtp_page().await.map_err(|e| Stop::Error(Box::new(e)))?;
        if let Some((form, field)) = ask(&page.forms(), self) {
            return Ok(Some((page, form, field)));
        }
        let (mut form, fields) = self.smtp_fields(&page, TRIED).map_err(|e| Stop::Error(Box::new(e)))?;
        // What the device makes of `***` is not known, so a password that was stored in this session is given again.
        if let (Some(password), Some(_)) = (self.stored.clone(), &fields.password) {
            let same = SmtpWanted { password: PasswordWanted::Set(password), ..SmtpWanted::default() };
            self.fill(&page, &mut form, &fields, &same).map_err(|e| Stop::Error(Box::new(e)))?;
        }
        let answer = self.post(&page, &form, TRIED, posts).await?;
        self.check_saved(&answer)?;
        Ok(ask(&answer.forms(), self).map(|(form, field)| (answer, form, field)))
    }

    /// Waits for what came of it.
    async fn outcome(&mut self, answer: Page) -> Result<Support<String>, DeviceError> {
        let mut page = answer;
        let address = self.smtp.clone();
        for _ in 0..POLLS {
            if crate::door::is_outside(&page) && self.standing == crate::driver::Standing::Inside {
                return Ok(Support::Unknown);
            }
            match said(&page, &self.family) {
                Said::Success(text) => return Ok(Support::Yes(clean(&text))),
                Said::Busy(text) => return Err(problem::busy(&page, TRIED, &text)),
                Said::Rejected(text) | Said::Failure(text) => {
                    return Err(DeviceError::new(
                        Category::Rejected,
                        TRIED,
                        format!("the device says: {}", clean(&text)),
                    )
                    .on_page(problem::place(&page))
                    .hint("the settings are stored; the device could not send with them"));
                }
                Said::Nothing => {}
            }
            // The page itself again means that nothing more is said.
            if smtp_form(&page.forms(), &self.family).is_some() || page.status >= 400 {
                return Ok(Support::Unknown);
            }
            let (pause, next) = refresh(&page);
            let Some(url) = next.or_else(|| address.clone()) else { return Ok(Support::Unknown) };
            tokio::time::sleep(pause).await;
            page = self.fetch(url.as_str(), "ask what came of the test mail").await?;
        }
        Ok(Support::Unknown)
    }
}

/// The form of the question: one visible text field, a hidden control, and none of the mail server's fields.
fn ask(forms: &[Form], driver: &BrotherDriver) -> Option<(Form, String)> {
    let door = driver.login_field.as_deref();
    let fitting: Vec<(&Form, &str)> = forms
        .iter()
        .filter(|form| form.method == "post" && !form.controls.iter().any(|c| Some(c.name.as_str()) == door))
        .filter_map(|form| {
            let mut seen =
                form.controls.iter().filter(|c| c.kind != ControlType::Hidden && !c.kind.is_button());
            match (seen.next(), seen.next()) {
                (Some(field), None)
                    if field.kind == ControlType::Text && !field.name.is_empty() && is_address(field) =>
                {
                    Some((form, field.name.as_str()))
                }
                _ => None,
            }
        })
        .collect();
    match fitting.as_slice() {
        [(form, field)] => Some(((*form).clone(), (*field).to_owned())),
        _ => None,
    }
}

/// Whether a field may take an address: it is empty or holds one, and is long enough.
fn is_address(field: &scanfleet_sdk::form::Control) -> bool {
    let held = field.value.trim();
    (held.is_empty() || held.contains('@')) && field.max_length.is_none_or(|most| most >= 16)
}

/// When and where a page wants to be asked again (`<meta http-equiv="refresh">`).
fn refresh(page: &Page) -> (Duration, Option<url::Url>) {
    const USUAL: Duration = Duration::from_secs(2);
    let lower = page.text.to_ascii_lowercase();
    let Some(at) = lower.find("http-equiv=\"refresh\"").or_else(|| lower.find("http-equiv='refresh'")) else {
        return (USUAL, None);
    };
    let tag = &page.text[at..];
    let tag = &tag[..tag.find('>').unwrap_or(tag.len())];
    let Some(content) = tag.to_ascii_lowercase().find("content=").map(|at| &tag[at + 8..]) else {
        return (USUAL, None);
    };
    let content = content.trim_matches(['"', '\'', '/', ' ']);
    let seconds: String = content.chars().take_while(char::is_ascii_digit).collect();
    let pause = seconds.parse::<u64>().map_or(USUAL, |s| Duration::from_secs(s.clamp(1, 5)));
    let target = content.to_ascii_lowercase().find("url=").and_then(|at| {
        let written = content[at + 4..].trim_matches(['"', '\'', ' ', '/']).to_owned();
        let written = if content[at + 4..].starts_with('/') { format!("/{written}") } else { written };
        page.url.join(&written).ok()
    });
    (pause, target.filter(|url| url.origin() == page.url.origin()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn page(text: &str) -> Page {
        let url = "http://192.0.2.1/net/net/smtp.html".parse().unwrap();
        Page { url, status: 200, charset: "windows-1252", text: text.into() }
    }

    #[test]
    fn a_page_says_when_it_wants_to_be_asked_again() {
        let (pause, url) =
            refresh(&page("<meta http-equiv=\"refresh\" content=\"1; url=/net/x.html?pageid=3\" />"));
        assert_eq!((pause.as_secs(), url.unwrap().as_str()), (1, "http://192.0.2.1/net/x.html?pageid=3"));
        let (pause, url) = refresh(&page("<p>Please wait</p>"));
        assert_eq!((pause.as_secs(), url), (2, None));
        let away = "<meta http-equiv='refresh' content='900;url=http://192.0.2.9/x'>";
        assert_eq!(refresh(&page(away)), (Duration::from_secs(5), None));
    }

    proptest! {
        #[test]
        fn no_page_breaks_the_waiting(text in any::<String>()) {
            let _ = refresh(&page(&format!("<meta http-equiv=\"refresh\" content=\"{text}")));
        }
    }
}
