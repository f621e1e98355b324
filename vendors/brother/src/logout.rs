//! Ending the session: on every path, because an abandoned one may keep others out.

use scanfleet_sdk::DeviceError;
use scanfleet_sdk::page::Page;
use scanfleet_sdk::transport::{Effect, Request};

use crate::door::{Door, door};
use crate::driver::{BrotherDriver, Standing};
use crate::login::COOKIE;
use crate::problem;
use crate::signs::{Said, said};

const TRIED: &str = "log out";

impl BrotherDriver {
    /// Presses the log-out of the page that was shown last, else of the start page.
    pub(crate) async fn log_out(&mut self) -> Result<(), DeviceError> {
        let done = self.press_log_out().await;
        self.session.forget_cookie(COOKIE);
        self.standing = Standing::Outside;
        self.proven = false;
        self.last = None;
        done
    }

    async fn press_log_out(&mut self) -> Result<(), DeviceError> {
        let mut shown = self.last.take();
        for _ in 0..2 {
            let page = match shown.take() {
                Some(page) if self.offers_log_out(&page) => page,
                // A stop lets what ends the session through, this page included.
                _ => {
                    let path = if self.script { OLD_STYLE } else { self.status.as_str() };
                    let request = Request::get(path, TRIED).effect(Effect::Logout);
                    self.session.send(request).await?.page()
                }
            };
            let (form, field) = match door(&page, self.login_field.as_deref()) {
                Door::Inside { form, field } => (form, field),
                // The device ended the session itself, or there is none to end.
                Door::Outside { .. } | Door::Open if !self.script => return Ok(()),
                _ if page.status >= 400 && !self.script => {
                    return Err(problem::status(&self.session, &page, TRIED));
                }
                _ => {
                    let got = if self.script {
                        "no way to log out of pages made by script is known"
                    } else {
                        "the page offers no log-out"
                    };
                    let error = problem::page_changed(&self.session, &page, TRIED, got);
                    return Err(
                        error.hint("the session ends by itself; log out in a browser to end it at once")
                    );
                }
            };
            let submission = form
                .submission(None, None)
                .map_err(|e| problem::unfillable(&self.session, &page, "the log-out", &e))?;
            let request = Request::submit(submission, Effect::Logout, TRIED, &[&field, "CSRFToken"])
                .header("Referer", page.url.as_str())
                .no_follow();
            let answer = self.session.send(request).await?.page();
            // A stale token: once more from the start page.
            match (said(&answer, &self.family), door(&answer, self.login_field.as_deref())) {
                (Said::Rejected(_), _) | (_, Door::Inside { .. }) => {}
                _ => return Ok(()),
            }
        }
        Err(DeviceError::new(
            scanfleet_sdk::Category::Rejected,
            TRIED,
            "the device did not take the log-out, twice",
        )
        .hint("the session ends by itself; log out in a browser to end it at once"))
    }

    fn offers_log_out(&self, page: &Page) -> bool {
        match door(page, self.login_field.as_deref()) {
            Door::Inside { form, .. } => self.leads_to_start(&form),
            _ => false,
        }
    }
}

/// A page of the older kind that a device with pages made by script still has.
const OLD_STYLE: &str = "/net/security/certificate/certificate.html";
