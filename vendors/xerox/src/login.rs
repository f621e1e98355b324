//! Signing in. A refused log-in is never repeated.

use scanfleet_sdk::error::clean;
use scanfleet_sdk::form::{ControlType, Form};
use scanfleet_sdk::page::Page;
use scanfleet_sdk::transport::{Effect, Request};
use scanfleet_sdk::{Category, DeviceError, LoginHistory, Secret};

use crate::driver::XeroxDriver;
use crate::family::{Family, fact, is_name_of};
use crate::fields::hidden;
use crate::press::origin;
use crate::problem;
use crate::signs::{Sign, classify, login_failed, login_form};

const TRIED: &str = "log in";

impl XeroxDriver {
    /// Opens a session where none is open.
    pub(crate) async fn sign_in(&mut self) -> Result<(), DeviceError> {
        if self.logged_in {
            return Ok(());
        }
        if let Some(error) = &self.turned_away {
            return Err(error.clone());
        }
        let Some(credentials) = self.credentials.clone() else {
            return Err(DeviceError::new(
                Category::AuthRefused,
                TRIED,
                "no administrator password is given for this device",
            )
            .hint("name one in the inventory with `admin_secret`; nothing was sent"));
        };
        let (page, form) = self.login_page().await?;
        let user = credentials.user.clone().unwrap_or_else(|| fact(&self.family, "default_user").to_owned());
        let (form, secret) = self.filled(&page, form, &user, &credentials.password)?;
        let target = form.action_written.clone().filter(|a| a.contains("xerox.set"));
        let target = target.unwrap_or_else(|| fact(&self.family, "login_target").to_owned());
        let submission = form
            .submission(None, Some(&target))
            .map_err(|e| problem::unfillable(&self.session, &page, "the log-in", &e))?;
        let request = Request::submit(submission, Effect::Login, TRIED, &[&secret])
            .header("Referer", page.url.as_str())
            .header("Origin", &origin(&page.url));
        let answer = self.session.send(request).await?;
        let settled = self.settle(&answer.page());
        if let Err(error) = &settled
            && matches!(error.category, Category::AuthRefused | Category::LockedOut)
        {
            self.turned_away = Some(error.clone());
        }
        settled
    }

    /// The log-in page and its form. It leads on to the site index, which is wanted next.
    async fn login_page(&mut self) -> Result<(Page, Form), DeviceError> {
        const TRIED: &str = "open the log-in page";
        let url = format!("{}?redir={}", fact(&self.family, "login_page"), fact(&self.family, "site_index"));
        let page = self.session.get(&url, TRIED).await?;
        if let Some(form) = login_form(&page.forms(), &self.family).cloned() {
            return Ok((page, form));
        }
        let visible = page.document().visible_text();
        if self.family.holds("sign.locked", &visible) {
            return Err(self.locked(&page, &visible));
        }
        Err(match classify(&page, &self.family) {
            Sign::Busy(text) => problem::busy(&page, TRIED, &text),
            Sign::TooManySessions(text) => problem::too_many_sessions(&page, TRIED, &text),
            Sign::Status(status) => problem::status(&self.session, &page, TRIED, status),
            _ if self.family.holds("sign.sessions", &visible) => {
                problem::too_many_sessions(&page, TRIED, &visible)
            }
            _ => {
                let got = "no form with the fields `frmwebUsername` or `webUsername` and a password is there";
                problem::page_changed(&self.session, &page, TRIED, got)
            }
        })
    }

    /// Fills in the log-in: the page's own fields in its own order, what its script would fill, and the decoy left empty.
    /// Gives the name of the password's field.
    fn filled(
        &self,
        page: &Page,
        mut form: Form,
        user: &str,
        password: &Secret,
    ) -> Result<(Form, String), DeviceError> {
        let changed = |got: String| problem::page_changed(&self.session, page, TRIED, got);
        let user_at = user_field(&form, &self.family).map_err(changed)?;
        let passwords: Vec<usize> = form
            .controls
            .iter()
            .enumerate()
            .filter(|(_, c)| c.kind == ControlType::Password && !c.name.is_empty())
            .map(|(at, _)| at)
            .collect();
        let known: Vec<usize> = passwords
            .iter()
            .copied()
            .filter(|at| is_name_of(&self.family, "login_password", &form.controls[*at].name))
            .collect();
        let [password_at] = (if known.is_empty() { passwords.as_slice() } else { known.as_slice() }) else {
            return Err(changed(format!(
                "{} password fields are there, and one was looked for",
                passwords.len()
            )));
        };
        let password_at = *password_at;
        for (at, control) in form.controls.iter_mut().enumerate() {
            match control.kind {
                _ if at == user_at => user.clone_into(&mut control.value),
                _ if at == password_at => password.expose().clone_into(&mut control.value),
                // A trap for programs: whoever fills it is no person.
                ControlType::Text | ControlType::Password => control.value.clear(),
                _ => continue,
            }
            control.disabled = false;
        }
        // The page's script fills these in; what stands in the source may be something else.
        let function = fact(&self.family, "login_function").to_owned();
        let domain = fact(&self.family, "login_domain").to_owned();
        let next = fact(&self.family, "login_next").to_owned();
        put(&mut form, "_fun_function", &function, true, 0);
        put(&mut form, "NextPage", &next, false, 1);
        put(&mut form, "frmaltDomain", &domain, false, usize::MAX);
        "post".clone_into(&mut form.method);
        let secret = form.controls.iter().find(|c| c.kind == ControlType::Password && !c.value.is_empty());
        let secret = secret.map(|c| c.name.clone()).unwrap_or_default();
        Ok((form, secret))
    }

    /// Tells what the answer to the log-in means. That nothing speaks of failure proves nothing yet.
    fn settle(&mut self, page: &Page) -> Result<(), DeviceError> {
        let visible = page.document().visible_text();
        let sign = login_failed(page, &self.family);
        if sign.is_some() || page.document().links().is_empty() {
            let told = crate::signs::message(page).unwrap_or_else(|| visible.chars().take(300).collect());
            if self.family.holds("sign.sessions", &told) {
                return Err(problem::too_many_sessions(page, TRIED, &told));
            }
            if self.family.holds("sign.locked", &told) {
                return Err(self.locked(page, &told));
            }
            if self.family.holds("sign.busy", &told) {
                return Err(problem::busy(page, TRIED, &told));
            }
        }
        if let Some(sign) = sign {
            return Err(self.refused(page, &format!("the device refused it ({sign})")));
        }
        match page.status {
            200..=299 => {}
            // Where the way on leads to a page that is not there, the log-in itself may stand; the next page tells.
            404 => {}
            status => return Err(problem::status(&self.session, page, TRIED, status)),
        }
        self.logged_in = true;
        self.notice_log_out(page);
        let index = fact(&self.family, "site_index");
        if page.status == 200 && page.url.path() == index && !page.document().links().is_empty() {
            self.index = Some(page.clone());
        }
        Ok(())
    }

    fn locked(&self, page: &Page, text: &str) -> DeviceError {
        let text: String = text.chars().take(200).collect();
        DeviceError::new(Category::LockedOut, TRIED, format!("the device says: {}", clean(&text)))
            .on_page(problem::place(page))
            .hint(RELEASE)
    }

    /// A log-in that the device did not take.
    pub(crate) fn refused(&self, page: &Page, got: &str) -> DeviceError {
        let before = self.credentials.as_ref().is_some_and(|c| c.history == LoginHistory::AcceptedBefore);
        let (category, got, hint) = if before {
            let got = format!(
                "{got}, and it had accepted this password before: the account is locked, or the password was changed"
            );
            (Category::LockedOut, got, RELEASE)
        } else {
            let got = format!("{got}: name or password is wrong, or the account is locked");
            (
                Category::AuthRefused,
                got,
                "check name and password in a browser first; the log-in is not repeated, because refused ones may lock the account",
            )
        };
        DeviceError::new(category, TRIED, got).on_page(problem::place(page)).hint(hint)
    }
}

const RELEASE: &str =
    "a lock is released by switching the device off and on, or by its timer; do not try again before";

/// Puts a value into a hidden field: always, or only where it is empty; adds the field where a script would.
fn put(form: &mut Form, name: &str, value: &str, always: bool, at: usize) {
    match form.controls.iter_mut().find(|c| c.name == name) {
        Some(control) => {
            if always || control.value.is_empty() {
                value.clone_into(&mut control.value);
                for option in &mut control.options {
                    option.selected = option.value == value;
                }
            }
            control.disabled = false;
        }
        None => {
            let at = at.min(form.controls.len());
            form.controls.insert(at, hidden(name, value));
        }
    }
}

/// The field for the name: by its known name, else by its label, else the only one that is no decoy.
fn user_field(form: &Form, family: &Family) -> Result<usize, String> {
    let texts: Vec<usize> = (0..form.controls.len())
        .filter(|at| form.controls[*at].kind == ControlType::Text && !form.controls[*at].name.is_empty())
        .filter(|at| form.controls[*at].name != fact(family, "login_decoy"))
        .collect();
    let pick = |test: &dyn Fn(usize) -> bool| -> Vec<usize> {
        texts.iter().copied().filter(|at| test(*at)).collect()
    };
    let named = pick(&|at| is_name_of(family, "login_user", &form.controls[at].name));
    let labelled = pick(&|at| form.controls[at].labels.iter().any(|l| family.is("login.user", &l.text)));
    for found in [named, labelled, texts.clone()] {
        match found.as_slice() {
            [] => {}
            [one] => return Ok(*one),
            many => return Err(format!("{} fields could take the user's name", many.len())),
        }
    }
    Err("no field for the user's name is there".to_owned())
}
