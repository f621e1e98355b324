//! The log-in of the generation whose pages are made by script. What lies behind it was never recorded.

use scanfleet_sdk::transport::{Effect, Request};
use scanfleet_sdk::{Category, DeviceError, Secret};

use crate::driver::{BrotherDriver, Standing};
use crate::family::login_page;
use crate::login::TRIED;
use crate::problem;

/// Why nothing behind the log-in is read or written.
pub(crate) const BEYOND: &str = "the pages of this generation are made by script (the first page has no password field in its HTML); \
     its log-in at /auth/login is known, and how its settings are read and written was never recorded";

/// The refusal of everything behind the log-in, naming the model.
pub(crate) fn beyond(tried: &str, model: &str) -> DeviceError {
    let model = if model.is_empty() { "a device without a model name" } else { model };
    DeviceError::new(Category::Unsupported, tried, format!("the device is {model}, and {BEYOND}"))
        .hint("set this device in a browser; nothing was written")
}

impl BrotherDriver {
    /// Logs in as the page's script does: a raw body that is no form, answered with 200, or 403 while it is locked.
    pub(crate) async fn script_login(&mut self, password: &Secret) -> Result<(), DeviceError> {
        let body =
            Secret::new(format!("PASS={}&&Admin_Password_Save", password.expose().replace('&', "&amp;")));
        self.session.hide(&body);
        let referer = self.front.as_ref().map(|page| page.url.to_string());
        let mut request = Request::get(login_page(&self.family), TRIED).effect(Effect::Login).no_follow();
        request.method = "POST";
        request.body =
            Some(("application/x-www-form-urlencoded".to_owned(), body.expose().as_bytes().to_vec()));
        request.secret_fields = vec!["PASS".to_owned()];
        request.fields = vec!["PASS".to_owned(), "Admin_Password_Save".to_owned()];
        if let Some(referer) = referer {
            request = request.header("Referer", &referer);
        }
        self.last = None;
        let answer = self.session.send(request).await?;
        let page = answer.page();
        match answer.status {
            200 => {
                self.standing = Standing::Inside;
                Ok(())
            }
            403 => Err(self.locked(&page, "status 403")),
            404 => Err(problem::page_changed(
                &self.session,
                &page,
                TRIED,
                "the first page has no password field in its HTML, and there is no /auth/login either",
            )),
            500..600 => Err(problem::status(&self.session, &page, TRIED)),
            status => {
                let got = format!("the device refused the log-in with status {status}");
                Err(self.script_refusal(&page, &got))
            }
        }
    }

    fn script_refusal(&self, page: &scanfleet_sdk::page::Page, got: &str) -> DeviceError {
        DeviceError::new(Category::AuthRefused, TRIED, format!("{got}: the password is wrong"))
            .on_page(problem::place(page))
            .hint("check the password in a browser first; the log-in is not repeated, because refused ones may lock it")
    }
}
